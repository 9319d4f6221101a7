//! A data set alone, without preamble and meta information, as messages carry it (PS3.5 7).

use dicom_core::DataElement;
use dicom_core::VR;
use dicom_dictionary_std::tags;
use dicom_encoding::transfer_syntax::TransferSyntaxIndex as _;
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;

use super::ByteSource;
use super::Dataset;
use super::ReadError;
use super::WriteError;
use super::read_full;

/// The bytes of a data set in implicit or explicit VR. Text is written in this character set (a
/// value of Specific Character Set), which is put into the data set; `None` leaves it out, for
/// text that is nothing but ASCII.
///
/// # Errors
/// [`WriteError`] where the syntax is no plain one, or the text does not fit the character set.
pub fn encode_data_set(
    dataset: &Dataset,
    transfer_syntax_uid: &str,
    character_set: Option<&str>,
) -> Result<Vec<u8>, WriteError> {
    let syntax = TransferSyntaxRegistry
        .get(transfer_syntax_uid)
        .ok_or_else(|| WriteError::TransferSyntax(transfer_syntax_uid.to_owned()))?;
    let mut object: InMemDicomObject = dataset.object.clone();
    object.remove_element(tags::SPECIFIC_CHARACTER_SET);
    if let Some(name) = character_set {
        object.put(DataElement::new(tags::SPECIFIC_CHARACTER_SET, VR::CS, name));
    }
    let mut bytes = Vec::new();
    object
        .write_dataset_with_ts(&mut bytes, syntax)
        .map_err(|error| WriteError::Encode(error.to_string()))?;
    Ok(bytes)
}

/// Reads a data set as tolerantly as a file. Its text is Unicode afterwards.
///
/// # Errors
/// [`ReadError`] where the bytes hold no element; no bytes are an empty data set.
pub fn decode_data_set(bytes: &[u8], transfer_syntax_uid: &str) -> Result<Dataset, ReadError> {
    if bytes.is_empty() {
        return Ok(Dataset::new());
    }
    let mut file = vec![0; 128];
    file.extend_from_slice(b"DICM");
    file.extend_from_slice(&syntax_element(transfer_syntax_uid));
    file.extend_from_slice(bytes);
    let header = read_full(ByteSource::Memory(file.into()))?;
    Ok(header.dataset)
}

/// Transfer Syntax UID (0002,0010) in explicit VR little endian: all that the reader needs of the
/// meta information.
fn syntax_element(uid: &str) -> Vec<u8> {
    let mut value = uid.as_bytes().to_vec();
    if value.len() % 2 == 1 {
        value.push(0);
    }
    let mut element = vec![0x02, 0x00, 0x10, 0x00, b'U', b'I'];
    element.extend_from_slice(&(value.len() as u16).to_le_bytes());
    element.append(&mut value);
    element
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::DatasetBuilder;

    const IMPLICIT: &str = "1.2.840.10008.1.2";
    const EXPLICIT: &str = "1.2.840.10008.1.2.1";

    #[test]
    fn a_data_set_reads_back_in_both_syntaxes_and_several_character_sets() {
        let mut builder = DatasetBuilder::new();
        builder
            .text(tags::PATIENT_NAME, "*فاطمة*")
            .empty(tags::STUDY_DATE);
        let dataset = builder.into_dataset();
        for syntax in [IMPLICIT, EXPLICIT] {
            for set in ["ISO_IR 192", "ISO_IR 127"] {
                let bytes = encode_data_set(&dataset, syntax, Some(set)).unwrap();
                let read = decode_data_set(&bytes, syntax).unwrap();
                let name = read.elements().text(tags::PATIENT_NAME);
                assert_eq!(name.as_deref(), Some("*فاطمة*"), "{set}");
            }
        }
        let ascii = encode_data_set(&Dataset::new(), EXPLICIT, None).unwrap();
        assert!(ascii.is_empty());
    }

    #[test]
    fn bytes_that_are_no_data_set_are_refused() {
        assert!(decode_data_set(b"no", IMPLICIT).is_err());
        assert_eq!(decode_data_set(&[], IMPLICIT).unwrap(), Dataset::new());
    }
}
