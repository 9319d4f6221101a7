//! The file format (PS3.10 7): preamble, meta group, data set.

use std::io::Write as _;
use std::path::Path;

use dicom_core::DataElement;
use dicom_core::VR;
use dicom_dictionary_std::tags;
use dicom_dictionary_std::uids;
use dicom_encoding::transfer_syntax::TransferSyntaxIndex as _;
use dicom_object::FileMetaTableBuilder;
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;

use crate::dicom::Dataset;
use crate::dicom::write::builder::copied;
use crate::files::FileError;
use crate::files::Readable;
use crate::files::write_atomically;
use crate::problem::Message;
use crate::problem::msg;

/// Names this program as the writer of a file (a UUID of its own, so that it needs no root).
pub const IMPLEMENTATION_CLASS_UID: &str = "2.25.217809346479498579188972945950615874522";

/// Why a data set could not become a file.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It has no SOP Class or SOP Instance UID.
    #[error("the data set has no SOP class or instance UID")]
    NoInstance,
    /// The syntax is unknown, or needs a compressor.
    #[error("cannot write transfer syntax {0}")]
    TransferSyntax(String),
    /// An element cannot be encoded.
    #[error("cannot encode: {0}")]
    Encode(String),
    /// The disk said no.
    #[error(transparent)]
    File(#[from] FileError),
}

impl WriteError {
    /// What happened and what to do.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::File(error) => error.message(),
            other => Message::new(msg("files-not-encoded")).text("error", other.to_string()),
        }
    }
}

/// The bytes of a whole Part 10 file in a transfer syntax of native samples (implicit or explicit
/// little endian, explicit big endian, deflated), or of fragments that already have that syntax.
/// All text is written in UTF-8.
///
/// # Errors
/// [`WriteError`] but never its `File`.
pub fn write_part10_bytes(
    dataset: &Dataset,
    transfer_syntax_uid: &str,
) -> Result<Vec<u8>, WriteError> {
    let elements = dataset.elements();
    let (Some(class), Some(instance)) = (
        elements.text(tags::SOP_CLASS_UID),
        elements.text(tags::SOP_INSTANCE_UID),
    ) else {
        return Err(WriteError::NoInstance);
    };
    let syntax = TransferSyntaxRegistry
        .get(transfer_syntax_uid)
        .ok_or_else(|| WriteError::TransferSyntax(transfer_syntax_uid.to_owned()))?;
    let mut object = copied(elements, 0);
    object.put(DataElement::new(
        tags::SPECIFIC_CHARACTER_SET,
        VR::CS,
        "ISO_IR 192",
    ));
    let is_deflated = transfer_syntax_uid == uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN;
    let encode_as = if is_deflated {
        TransferSyntaxRegistry
            .get(uids::EXPLICIT_VR_LITTLE_ENDIAN)
            .ok_or_else(|| WriteError::TransferSyntax(transfer_syntax_uid.to_owned()))?
    } else {
        syntax
    };
    let mut body = Vec::new();
    object
        .write_dataset_with_ts(&mut body, encode_as)
        .map_err(|error| WriteError::Encode(error.to_string()))?;
    if is_deflated {
        body = deflated(&body).map_err(|error| WriteError::Encode(error.to_string()))?;
    }
    let meta = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(class)
        .media_storage_sop_instance_uid(instance)
        .transfer_syntax(transfer_syntax_uid)
        .implementation_class_uid(IMPLEMENTATION_CLASS_UID)
        .implementation_version_name(concat!("ISOCENTRE_", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| WriteError::Encode(error.to_string()))?;
    let mut file = vec![0; 128];
    file.extend_from_slice(b"DICM");
    meta.write(&mut file)
        .map_err(|error| WriteError::Encode(error.to_string()))?;
    file.append(&mut body);
    Ok(file)
}

/// Raw deflate, padded to an even length (PS3.5 A.5).
fn deflated(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes)?;
    let mut out = encoder.finish()?;
    if out.len() % 2 == 1 {
        out.push(0);
    }
    Ok(out)
}

/// Writes a data set to a file, whole or not at all, explicit VR little endian.
///
/// # Errors
/// [`WriteError`]; the file that was there before is then untouched.
pub fn write_part10(dataset: &Dataset, path: &Path) -> Result<(), WriteError> {
    let bytes = write_part10_bytes(dataset, uids::EXPLICIT_VR_LITTLE_ENDIAN)?;
    write_atomically(path, &bytes, Readable::AsUsual)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::DatasetBuilder;
    use dicom_object::from_reader;

    fn secondary_capture() -> Dataset {
        let mut builder = DatasetBuilder::new();
        builder
            .text(tags::SOP_CLASS_UID, uids::SECONDARY_CAPTURE_IMAGE_STORAGE)
            .text(tags::SOP_INSTANCE_UID, "1.2.3")
            .text(tags::PATIENT_NAME, "Ünal^Çağ")
            .integer(tags::ROWS, 1)
            .integer(tags::COLUMNS, 2)
            .integer(tags::BITS_ALLOCATED, 16)
            .words(tags::PIXEL_DATA, &[0x0102, 0xfffe]);
        builder.into_dataset()
    }

    #[test]
    fn what_is_written_in_each_native_syntax_reads_the_same() {
        for syntax in [
            uids::IMPLICIT_VR_LITTLE_ENDIAN,
            uids::EXPLICIT_VR_LITTLE_ENDIAN,
            #[expect(deprecated, reason = "retired in the standard, alive on disks")]
            uids::EXPLICIT_VR_BIG_ENDIAN,
        ] {
            let bytes = write_part10_bytes(&secondary_capture(), syntax).unwrap();
            let read = from_reader(bytes.as_slice()).unwrap();
            assert_eq!(read.meta().transfer_syntax(), syntax);
            assert_eq!(read.meta().media_storage_sop_instance_uid(), "1.2.3");
            assert_eq!(
                read.meta().implementation_class_uid(),
                IMPLEMENTATION_CLASS_UID
            );
            let name = read.element(tags::PATIENT_NAME).unwrap().to_str().unwrap();
            assert_eq!(name, "Ünal^Çağ", "{syntax}");
            let pixels = read.element(tags::PIXEL_DATA).unwrap();
            assert_eq!(
                pixels.to_multi_int::<u16>().unwrap(),
                [0x0102, 0xfffe],
                "{syntax}"
            );
        }
    }

    #[test]
    fn a_deflated_file_inflates_to_the_explicit_one() {
        use std::io::Read as _;
        let dataset = secondary_capture();
        let plain = write_part10_bytes(&dataset, uids::EXPLICIT_VR_LITTLE_ENDIAN).unwrap();
        let deflated =
            write_part10_bytes(&dataset, uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN).unwrap();
        // The meta group's own length, (0002,0000) UL, follows the 132 bytes of preamble and magic.
        let body = |file: &[u8]| {
            let length = u32::from_le_bytes(file[140..144].try_into().unwrap()) as usize;
            file[144 + length..].to_vec()
        };
        let mut inflated = Vec::new();
        flate2::read::DeflateDecoder::new(body(&deflated).as_slice())
            .read_to_end(&mut inflated)
            .unwrap();
        assert_eq!(inflated, body(&plain));
    }

    #[test]
    fn our_own_uid_is_one() {
        let number = IMPLEMENTATION_CLASS_UID.strip_prefix("2.25.").unwrap();
        assert!(number.parse::<u128>().is_ok());
        assert!(crate::dicom::is_valid_uid(IMPLEMENTATION_CLASS_UID));
    }

    #[test]
    fn a_data_set_without_identity_is_refused() {
        assert!(matches!(
            write_part10_bytes(&Dataset::new(), uids::EXPLICIT_VR_LITTLE_ENDIAN),
            Err(WriteError::NoInstance)
        ));
    }
}
