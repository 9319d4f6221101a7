//! Names of folders and files in the archive: readable, and never a path somewhere else, whatever
//! a file or a peer claims.

use sha2::Digest as _;
use sha2::Sha256;

use crate::dicom::modules::PatientModule;
use crate::dicom::modules::normalised_name;

/// The folder of images within the archive's.
pub(super) const IMAGES: &str = "images";
/// Where files go that contradict one that is there.
pub(super) const ASIDE: &str = "aside";

/// Letters of a patient's ID that its folder is named with.
const ID_LETTERS: usize = 32;

/// A UID as the name of a file or folder: itself where it is digits and dots, as nearly all are,
/// else what is unlike any other's.
pub(super) fn of_uid(uid: &str) -> String {
    let is_plain = uid.len() <= 64
        && uid
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if is_plain {
        uid.to_owned()
    } else {
        format!("uid_{}", digest(&[uid], 16))
    }
}

/// The folder of a patient: its ID as far as that can be a name, and what tells it from others who
/// have the same one.
pub(super) fn of_patient(patient: &PatientModule, only_study: Option<&str>) -> String {
    let is_harmless = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let id: String = patient.patient_id.chars().take(ID_LETTERS).collect();
    let id = id.replace(|c: char| !is_harmless(c), "_");
    let id = if id.is_empty() { "no-id" } else { &id };
    let told_by = [
        patient.patient_id.as_str(),
        patient.issuer.as_str(),
        &normalised_name(&patient.name),
        patient.birth_date.as_str(),
        only_study.unwrap_or_default(),
    ];
    format!("{id}_{}", digest(&told_by, 10))
}

/// Hexadecimal digits that stand for these texts, in this order.
pub(super) fn digest(texts: &[&str], digits: usize) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.len().to_le_bytes());
        hash.update(text.as_bytes());
    }
    let mut hex = hex(&hash.finalize());
    hex.truncate(digits);
    hex
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16);
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_claim_becomes_a_path() {
        for hostile in [
            "..", "../..", "/etc", "a/b", "C:\\x", "1..2", "", ".1", "CON", "1.2\n",
        ] {
            let name = of_uid(hostile);
            assert!(name.starts_with("uid_"), "{hostile}: {name}");
            let patient = PatientModule {
                patient_id: hostile.to_owned(),
                ..PatientModule::default()
            };
            let name = of_patient(&patient, None);
            assert!(!name.contains(['/', '\\', '.', ':', '\n']), "{name}");
            assert!(name.len() > 11, "{name}");
        }
        assert_eq!(of_uid("1.2.03"), "1.2.03");
        assert_ne!(of_uid(".."), of_uid("..."));
    }

    #[test]
    fn patients_with_one_id_have_folders_of_their_own() {
        let patient = |name: &str| PatientModule {
            patient_id: "42/a".to_owned(),
            name: name.to_owned(),
            ..PatientModule::default()
        };
        let (a, b) = (patient("Doe^Jane"), patient("Roe^Jane"));
        assert!(of_patient(&a, None).starts_with("42_a_"));
        assert_ne!(of_patient(&a, None), of_patient(&b, None));
        assert_eq!(
            of_patient(&a, None),
            of_patient(&patient("DOE^JANE^"), None)
        );
        assert_ne!(of_patient(&a, Some("1.2")), of_patient(&a, Some("1.3")));
    }
}
