//! Patient Module (PS3.3 C.7.1.1), Patient Study Module for the age (C.7.2.2).

use crate::dicom::Elements;
use crate::dicom::tags;

/// Who was examined. Empty texts are what the file does not say.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub struct PatientModule {
    pub patient_id: String,
    pub issuer: String,
    /// As stored: component groups apart by `=`, components by `^` (PS3.5 6.2.1).
    pub name: String,
    /// `YYYYMMDD`, as stored.
    pub birth_date: String,
    pub sex: String,
    /// `045Y`, as stored.
    pub age: String,
}

impl PatientModule {
    /// Reads it.
    #[must_use]
    pub fn read(elements: Elements<'_>) -> Self {
        let text = |tag| elements.text(tag).unwrap_or_default();
        Self {
            patient_id: text(tags::PATIENT_ID),
            issuer: text(tags::ISSUER_OF_PATIENT_ID),
            name: text(tags::PATIENT_NAME),
            birth_date: text(tags::PATIENT_BIRTH_DATE),
            sex: text(tags::PATIENT_SEX),
            age: text(tags::PATIENT_AGE),
        }
    }
}

/// A person name as it is compared: each component group upper case, with single spaces, without
/// empty components at its end. `Doe^John^^` and `DOE^John` are one; `Doe^John` and `John^Doe` not.
#[must_use]
pub fn normalised_name(name: &str) -> String {
    let groups: Vec<String> = name
        .split('=')
        .map(|group| {
            let components: Vec<String> = group
                .split('^')
                .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect();
            components.join("^").trim_end_matches('^').to_uppercase()
        })
        .collect();
    groups.join("=").trim_end_matches('=').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_spaces_or_empty_components_are_one() {
        assert_eq!(normalised_name("Doe^John^^"), "DOE^JOHN");
        assert_eq!(normalised_name(" doe ^  john=="), "DOE^JOHN");
        assert_ne!(normalised_name("Doe^John"), normalised_name("John^Doe"));
        assert_eq!(normalised_name("^^"), "");
    }
}
