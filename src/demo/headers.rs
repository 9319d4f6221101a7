//! The attributes of the demo's instances, and their way into Part 10 bytes.

use crate::dicom::ByteSource;
use crate::dicom::DatasetBuilder;
use crate::dicom::InstanceHeader;
use crate::dicom::PixelDataLocation;
use crate::dicom::sop_class::{COMPUTED_RADIOGRAPHY_IMAGE_STORAGE, CT_IMAGE_STORAGE};
use crate::dicom::tags;
use crate::dicom::write_part10_bytes;

use super::canvas::FIRST_MM;
use super::canvas::INTERCEPT_HU;
use super::canvas::SIZE;
use super::canvas::SPACING_MM;
use super::radiograph::Radiograph;
use super::{SLICES, STEP_MM, slice_z_mm};

const EXPLICIT_VR_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2.1";

/// The demo's UIDs count up from a random UUID's number: `2.25.` and that number (PS3.5 B.2).
const FIRST_UID: u128 = 0x6b1f_3c52_9d0e_4a47_8e21_5a90_c3d7_1000;

const STUDY: u128 = 0;
const FRAME_OF_REFERENCE: u128 = 1;
const CT_SERIES: u128 = 2;
const RADIOGRAPH_SERIES: u128 = 3;
const RADIOGRAPH: u128 = 4;
const FIRST_SLICE: u128 = 16;

fn uid(offset: u128) -> String {
    format!("2.25.{}", FIRST_UID + offset)
}

/// One slice of the CT. Instance numbers count from the head, as scanners do.
pub(super) fn ct_slice(index: u16, stored: &[u16]) -> Option<InstanceHeader> {
    let z_mm = f64::from(slice_z_mm(index));
    let mut d = common(CT_IMAGE_STORAGE, FIRST_SLICE + u128::from(index));
    d.texts(
        tags::IMAGE_TYPE,
        &["ORIGINAL", "PRIMARY", "AXIAL", "SYNTHETIC"],
    )
    .text(tags::MODALITY, "CT")
    .text(tags::SERIES_DESCRIPTION, "Thorax 2.5 mm, synthetic")
    .text(tags::PROTOCOL_NAME, "Thorax with contrast")
    .text(tags::SERIES_INSTANCE_UID, &uid(CT_SERIES))
    .integer(tags::SERIES_NUMBER, 2)
    .integer(tags::ACQUISITION_NUMBER, 1)
    .integer(tags::INSTANCE_NUMBER, i64::from(SLICES - index))
    .text(tags::PATIENT_POSITION, "HFS")
    .text(tags::FRAME_OF_REFERENCE_UID, &uid(FRAME_OF_REFERENCE))
    .empty(tags::POSITION_REFERENCE_INDICATOR)
    .floats(
        tags::IMAGE_POSITION_PATIENT,
        &[decimal(FIRST_MM), decimal(FIRST_MM), z_mm],
    )
    .floats(
        tags::IMAGE_ORIENTATION_PATIENT,
        &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
    )
    .float(tags::SLICE_LOCATION, z_mm)
    .float(tags::SLICE_THICKNESS, decimal(STEP_MM))
    .floats(tags::PIXEL_SPACING, &[decimal(SPACING_MM); 2])
    .float(tags::KVP, 120.0)
    .text(tags::BODY_PART_EXAMINED, "CHEST")
    .text(tags::CONTRAST_BOLUS_AGENT, "Synthetic contrast")
    .float(tags::RESCALE_INTERCEPT, decimal(INTERCEPT_HU))
    .float(tags::RESCALE_SLOPE, 1.0)
    .text(tags::RESCALE_TYPE, "HU")
    .floats(tags::WINDOW_CENTER, &[40.0, -600.0])
    .floats(tags::WINDOW_WIDTH, &[400.0, 1500.0])
    .texts(
        tags::WINDOW_CENTER_WIDTH_EXPLANATION,
        &["Soft tissue", "Lung"],
    );
    finish(d, SIZE as u16, SIZE as u16, stored)
}

/// The radiograph: no frame of reference, no patient position, spacing at the detector only.
pub(super) fn radiograph(image: &Radiograph) -> Option<InstanceHeader> {
    let mut d = common(COMPUTED_RADIOGRAPHY_IMAGE_STORAGE, RADIOGRAPH);
    d.texts(tags::IMAGE_TYPE, &["ORIGINAL", "PRIMARY", "", "SYNTHETIC"])
        .text(tags::MODALITY, "CR")
        .text(tags::SERIES_DESCRIPTION, "Chest PA, synthetic")
        .text(tags::SERIES_INSTANCE_UID, &uid(RADIOGRAPH_SERIES))
        .integer(tags::SERIES_NUMBER, 1)
        .integer(tags::INSTANCE_NUMBER, 1)
        .text(tags::BODY_PART_EXAMINED, "CHEST")
        .text(tags::VIEW_POSITION, "PA")
        .texts(tags::PATIENT_ORIENTATION, &["L", "F"])
        .floats(tags::IMAGER_PIXEL_SPACING, &[decimal(SPACING_MM); 2])
        .floats(tags::WINDOW_CENTER, &[1900.0])
        .floats(tags::WINDOW_WIDTH, &[3000.0]);
    finish(d, image.rows, image.columns, &image.stored)
}

/// What every instance of the study says.
fn common(sop_class: &str, instance: u128) -> DatasetBuilder {
    let mut d = DatasetBuilder::new();
    d.text(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192")
        .text(tags::SOP_CLASS_UID, sop_class)
        .text(tags::SOP_INSTANCE_UID, &uid(instance))
        .text(tags::STUDY_INSTANCE_UID, &uid(STUDY))
        .text(tags::STUDY_ID, "DEMO")
        .text(
            tags::STUDY_DESCRIPTION,
            "CT thorax, synthetic demonstration",
        )
        .text(tags::ACCESSION_NUMBER, "DEMO-1")
        .empty(tags::REFERRING_PHYSICIAN_NAME)
        .text(tags::PATIENT_NAME, "Demo^Isocentre")
        .text(tags::PATIENT_ID, "SYNTHETIC-0001")
        .text(tags::PATIENT_BIRTH_DATE, "19720312")
        .text(tags::PATIENT_SEX, "O")
        .text(tags::PATIENT_AGE, "054Y")
        .text(
            tags::PATIENT_COMMENTS,
            "Synthetic images made by isocentre. This is nobody.",
        )
        .text(tags::MANUFACTURER, "isocentre")
        .text(tags::MANUFACTURER_MODEL_NAME, "Synthetic study")
        .text(tags::SOFTWARE_VERSIONS, env!("CARGO_PKG_VERSION"))
        .text(tags::BURNED_IN_ANNOTATION, "NO")
        .text(tags::LOSSY_IMAGE_COMPRESSION, "00");
    for date in [
        tags::STUDY_DATE,
        tags::SERIES_DATE,
        tags::ACQUISITION_DATE,
        tags::CONTENT_DATE,
    ] {
        d.text(date, "20261121");
    }
    for time in [
        tags::STUDY_TIME,
        tags::SERIES_TIME,
        tags::ACQUISITION_TIME,
        tags::CONTENT_TIME,
    ] {
        d.text(time, "083000");
    }
    d
}

/// Adds the pixels; the header is what stands before them.
fn finish(
    mut d: DatasetBuilder,
    rows: u16,
    columns: u16,
    stored: &[u16],
) -> Option<InstanceHeader> {
    d.integer(tags::SAMPLES_PER_PIXEL, 1)
        .text(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME2")
        .integer(tags::ROWS, rows.into())
        .integer(tags::COLUMNS, columns.into())
        .integer(tags::BITS_ALLOCATED, 16)
        .integer(tags::BITS_STORED, 12)
        .integer(tags::HIGH_BIT, 11)
        .integer(tags::PIXEL_REPRESENTATION, 0);
    let header = d.clone().into_dataset();
    d.words(tags::PIXEL_DATA, stored);
    let bytes = write_part10_bytes(&d.into_dataset(), EXPLICIT_VR_LITTLE_ENDIAN)
        .inspect_err(|error| tracing::error!(%error, "an instance of the demo"))
        .ok()?;
    // Pixel Data is the last element, so its value ends the file.
    let length = u32::try_from(2 * stored.len()).ok()?;
    let offset = (bytes.len() as u64).checked_sub(length.into())?;
    Some(InstanceHeader::new(
        ByteSource::Memory(bytes.into()),
        EXPLICIT_VR_LITTLE_ENDIAN,
        header,
        Some(PixelDataLocation {
            tag: tags::PIXEL_DATA,
            offset,
            length: Some(length),
        }),
    ))
}

/// The number a person would write: 0.9, not 0.8999999762.
fn decimal(value: f32) -> f64 {
    (f64::from(value) * 1e4).round() / 1e4
}
