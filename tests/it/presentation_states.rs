//! Softcopy presentation states (PS3.3 A.33): made here element by element, applied to images made
//! here, and looked at.

mod applied;
mod command;
mod drawn_over;
mod faults;
mod in_panes;
mod with_dcmtk;

use std::sync::Arc;

use isocentre::dicom::{
    ByteSource, Dataset, DatasetBuilder, InstanceHeader, Tag, read_header, tags, write_part10_bytes,
};
use isocentre::imaging::FrameImage;
use isocentre::objects::presentation_state::{PresentationState, PresentedFrame, read};

use super::common::drawn::frame_of;
use super::common::{Encoding, SyntheticImage};

pub const GRAYSCALE: &str = "1.2.840.10008.5.1.4.1.1.11.1";
pub const COLOR: &str = "1.2.840.10008.5.1.4.1.1.11.2";
pub const PSEUDO_COLOR: &str = "1.2.840.10008.5.1.4.1.1.11.3";

/// A data set.
pub fn dataset(put: impl FnOnce(&mut DatasetBuilder)) -> Dataset {
    let mut builder = DatasetBuilder::new();
    put(&mut builder);
    builder.into_dataset()
}

/// A reference to an image, or to some of its frames (from 1).
pub fn image_item(uid: &str, frames: &[i64]) -> Dataset {
    dataset(|item| {
        item.text(tags::REFERENCED_SOP_CLASS_UID, "1.2.840.10008.5.1.4.1.1.2")
            .text(tags::REFERENCED_SOP_INSTANCE_UID, uid);
        if !frames.is_empty() {
            item.integers(tags::REFERENCED_FRAME_NUMBER, frames);
        }
    })
}

/// A state for these images (UIDs) of the series of [`SyntheticImage`], that leaves everything as
/// it is stored; `put` changes it.
pub fn state(class: &str, images: &[&str], put: impl FnOnce(&mut DatasetBuilder)) -> Dataset {
    dataset(|b| {
        let items = images.iter().map(|uid| image_item(uid, &[])).collect();
        let series = dataset(|item| {
            item.text(tags::SERIES_INSTANCE_UID, "1.2.3.4.5.3")
                .items(tags::REFERENCED_IMAGE_SEQUENCE, items);
        });
        b.text(tags::SOP_CLASS_UID, class)
            .text(tags::SOP_INSTANCE_UID, "1.2.3.4.5.77")
            .text(tags::STUDY_INSTANCE_UID, "1.2.3.4.5.2")
            .text(tags::SERIES_INSTANCE_UID, "1.2.3.4.5.78")
            .text(tags::STUDY_DATE, "20261121")
            .text(tags::MODALITY, "PR")
            .text(tags::PATIENT_NAME, "Test^Synthetic")
            .text(tags::PATIENT_ID, "ID1")
            .text(tags::PATIENT_BIRTH_DATE, "19700101")
            .text(tags::PATIENT_SEX, "O")
            .integer(tags::INSTANCE_NUMBER, 1)
            .text(tags::CONTENT_LABEL, "READ")
            .text(tags::CONTENT_CREATOR_NAME, "Reader^First")
            .text(tags::PRESENTATION_CREATION_DATE, "20261121")
            .text(tags::PRESENTATION_CREATION_TIME, "120000")
            .items(tags::REFERENCED_SERIES_SEQUENCE, vec![series])
            .text(tags::PRESENTATION_LUT_SHAPE, "IDENTITY");
        put(b);
    })
}

/// A window for all images of a state.
pub fn window(b: &mut DatasetBuilder, center: f64, width: f64) {
    let item = dataset(|item| {
        item.float(tags::WINDOW_CENTER, center)
            .float(tags::WINDOW_WIDTH, width);
    });
    b.items(tags::SOFTCOPY_VOILUT_SEQUENCE, vec![item]);
}

/// A displayed area: corners as (column, row) from 1.
pub fn area(corners: [[i64; 2]; 2], put: impl FnOnce(&mut DatasetBuilder)) -> Dataset {
    dataset(|item| {
        item.integers(tags::DISPLAYED_AREA_TOP_LEFT_HAND_CORNER, &corners[0])
            .integers(tags::DISPLAYED_AREA_BOTTOM_RIGHT_HAND_CORNER, &corners[1])
            .text(tags::PRESENTATION_SIZE_MODE, "SCALE TO FIT");
        put(item);
    })
}

/// A table of a Modality, VOI or Presentation LUT Sequence.
pub fn table(first: i64, bits: i64, entries: &[u16]) -> Dataset {
    dataset(|item| {
        item.integers(
            tags::LUT_DESCRIPTOR,
            &[entries.len() as i64 % 65_536, first, bits],
        )
        .words(tags::LUT_DATA, entries);
    })
}

/// An overlay of a state, `#` where it is set, and the layer it is activated in.
pub fn overlay(b: &mut DatasetBuilder, group: u16, rows: &[&str], layer: Option<&str>) {
    let bits: Vec<u16> = rows
        .iter()
        .flat_map(|row| row.chars())
        .map(|c| u16::from(c == '#'))
        .collect();
    let word = |bits: &[u16]| {
        let set = bits.iter().enumerate();
        set.fold(0, |word, (at, bit)| word | bit << at)
    };
    let words: Vec<u16> = bits.chunks(16).map(word).collect();
    b.integer(Tag(group, 0x0010), rows.len() as i64)
        .integer(Tag(group, 0x0011), rows[0].len() as i64)
        .text(Tag(group, 0x0040), "G")
        .integers(Tag(group, 0x0050), &[1, 1])
        .integer(Tag(group, 0x0100), 1)
        .integer(Tag(group, 0x0102), 0)
        .words(Tag(group, 0x3000), &words);
    if let Some(layer) = layer {
        b.text(Tag(group, 0x1001), layer);
    }
}

/// A state's bytes as a file has them.
pub fn bytes(state: &Dataset) -> Vec<u8> {
    write_part10_bytes(state, "1.2.840.10008.1.2.1").unwrap()
}

/// Read back from its bytes.
pub fn header(state: &Dataset) -> InstanceHeader {
    read_header(ByteSource::Memory(bytes(state).into())).unwrap()
}

pub fn parsed(state: &Dataset) -> PresentationState {
    read(&header(state)).unwrap()
}

/// The first frame of an image as a state shows it.
pub fn shown(image: &SyntheticImage, state: &Dataset) -> FrameImage {
    shown_frame(image, state, 0)
}

pub fn shown_frame(image: &SyntheticImage, state: &Dataset, frame: u32) -> FrameImage {
    let bytes = image.write(Encoding::ExplicitLittle);
    let header = read_header(ByteSource::Memory(bytes.clone().into())).unwrap();
    let facts = isocentre::dicom::modules::InstanceFacts::read(&header);
    let of = PresentedFrame {
        sop_instance_uid: &facts.sop_instance_uid,
        frame,
        pixel: &facts.pixel,
    };
    let state = Arc::new(parsed(state));
    assert!(state.is_for(of.sop_instance_uid, frame));
    state.apply(&frame_of(bytes, frame), of)
}
