//! Instance headers put together in code: what the model and the volume are tested on.

use isocentre::dicom::ByteSource;
use isocentre::dicom::Dataset;
use isocentre::dicom::DatasetBuilder;
use isocentre::dicom::InstanceHeader;
use isocentre::dicom::PixelDataLocation;
use isocentre::dicom::Tag;
use isocentre::dicom::tags;

pub const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
pub const MR: &str = "1.2.840.10008.5.1.4.1.1.4";
pub const ENHANCED_MR: &str = "1.2.840.10008.5.1.4.1.1.4.1";

/// One header of one series of one patient; every test changes what it is about.
#[derive(Debug, Clone)]
pub struct Header {
    pub builder: DatasetBuilder,
    pub pixels: Vec<u8>,
    pub has_pixels: bool,
}

impl Header {
    /// An axial slice of 64 × 48 pixels of 0.5 mm (down) × 0.75 mm (right) at this height.
    pub fn axial(uid: &str, z: f64) -> Self {
        Self::plane(uid, [0.0, 0.0, z], [1.0, 0.0, 0.0, 0.0, 1.0, 0.0])
    }

    pub fn plane(uid: &str, position: [f64; 3], orientation: [f64; 6]) -> Self {
        let mut header = Self {
            builder: DatasetBuilder::new(),
            pixels: vec![0; 16],
            has_pixels: true,
        };
        header
            .text(tags::SOP_CLASS_UID, CT)
            .text(tags::SOP_INSTANCE_UID, uid)
            .text(tags::STUDY_INSTANCE_UID, "1.2.1")
            .text(tags::SERIES_INSTANCE_UID, "1.2.2")
            .text(tags::FRAME_OF_REFERENCE_UID, "1.2.3")
            .text(tags::PATIENT_ID, "P1")
            .text(tags::PATIENT_NAME, "Doe^Jane")
            .text(tags::PATIENT_BIRTH_DATE, "19700101")
            .text(tags::MODALITY, "CT")
            .text(tags::STUDY_DATE, "20260101")
            .integer(tags::SERIES_NUMBER, 1)
            .integer(tags::ROWS, 48)
            .integer(tags::COLUMNS, 64)
            .integer(tags::BITS_ALLOCATED, 16)
            .integer(tags::BITS_STORED, 12)
            .integer(tags::SAMPLES_PER_PIXEL, 1)
            .floats(tags::IMAGE_POSITION_PATIENT, &position)
            .floats(tags::IMAGE_ORIENTATION_PATIENT, &orientation)
            .floats(tags::PIXEL_SPACING, &[0.5, 0.75]);
        header
            .builder
            .texts(tags::IMAGE_TYPE, &["ORIGINAL", "PRIMARY", "AXIAL"]);
        header
    }

    pub fn text(&mut self, tag: Tag, value: &str) -> &mut Self {
        self.builder.text(tag, value);
        self
    }

    pub fn integer(&mut self, tag: Tag, value: i64) -> &mut Self {
        self.builder.integer(tag, value);
        self
    }

    pub fn floats(&mut self, tag: Tag, values: &[f64]) -> &mut Self {
        self.builder.floats(tag, values);
        self
    }

    pub fn build(&self) -> InstanceHeader {
        let pixel_data = PixelDataLocation {
            tag: tags::PIXEL_DATA,
            offset: 0,
            length: None,
        };
        InstanceHeader::new(
            ByteSource::Memory(self.pixels.clone().into()),
            "1.2.840.10008.1.2.1",
            self.builder.clone().into_dataset(),
            self.has_pixels.then_some(pixel_data),
        )
    }
}

/// A data set of one number list, for functional groups.
pub fn item(put: impl FnOnce(&mut DatasetBuilder) -> &mut DatasetBuilder) -> Dataset {
    let mut builder = DatasetBuilder::new();
    put(&mut builder);
    builder.into_dataset()
}

/// `count` axial slices, `step` mm apart from z = 0 on.
pub fn stack(count: u32, step: f64) -> Vec<Header> {
    (0..count)
        .map(|k| {
            let mut header = Header::axial(&format!("1.9.{k}"), f64::from(k) * step);
            header.integer(tags::INSTANCE_NUMBER, i64::from(k) + 1);
            header
        })
        .collect()
}

/// The same, in an order that repeats but has nothing to do with position.
pub fn shuffled<T>(mut items: Vec<T>) -> Vec<T> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for i in (1..items.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        items.swap(i, (state % (i as u64 + 1)) as usize);
    }
    items
}
