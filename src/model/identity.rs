//! Who is the same patient. In doubt two patients are kept apart: mixing them can kill, a person
//! shown twice is only untidy.

use crate::dicom::modules::{PatientModule, normalised_name};

/// How two patient modules stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    /// The same person.
    Same,
    /// The same identifier, but another name or birth date: kept apart, and said.
    Conflicting,
    /// Different people.
    Different,
}

/// Two texts that do not contradict each other: equal, or one of them not given.
fn agree(a: &str, b: &str) -> bool {
    a.is_empty() || b.is_empty() || a == b
}

/// Compares by Patient ID and issuer, then name and birth date; without IDs by name and birth date.
pub(super) fn compare(a: &PatientModule, b: &PatientModule) -> Identity {
    let names_agree = agree(&normalised_name(&a.name), &normalised_name(&b.name));
    let births_agree = agree(&a.birth_date, &b.birth_date);
    if a.patient_id.is_empty() || b.patient_id.is_empty() {
        let is_same = a.patient_id == b.patient_id
            && normalised_name(&a.name) == normalised_name(&b.name)
            && a.birth_date == b.birth_date;
        return if is_same { Identity::Same } else { Identity::Different };
    }
    if a.patient_id != b.patient_id || !agree(&a.issuer, &b.issuer) {
        Identity::Different
    } else if names_agree && births_agree {
        Identity::Same
    } else {
        Identity::Conflicting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patient(id: &str, name: &str, birth: &str) -> PatientModule {
        PatientModule {
            patient_id: id.to_owned(),
            name: name.to_owned(),
            birth_date: birth.to_owned(),
            ..PatientModule::default()
        }
    }

    #[test]
    fn one_identifier_with_two_names_is_two_patients() {
        let a = patient("17", "Doe^John", "19500101");
        assert_eq!(compare(&a, &patient("17", "DOE^John^", "19500101")), Identity::Same);
        assert_eq!(compare(&a, &patient("17", "Roe^Jane", "19500101")), Identity::Conflicting);
        assert_eq!(compare(&a, &patient("17", "Doe^John", "19610101")), Identity::Conflicting);
        assert_eq!(compare(&a, &patient("18", "Doe^John", "19500101")), Identity::Different);
    }

    #[test]
    fn without_an_identifier_name_and_birth_date_must_be_equal() {
        let a = patient("", "Doe^John", "19500101");
        assert_eq!(compare(&a, &patient("", "Doe^John", "19500101")), Identity::Same);
        assert_eq!(compare(&a, &patient("", "Doe^John", "")), Identity::Different);
        assert_eq!(compare(&a, &patient("17", "Doe^John", "19500101")), Identity::Different);
    }
}
