//! Whether two files speak of the same patient. Two patients are never mixed; in doubt they are
//! kept apart, and someone is told.

use crate::dicom::PersonName;
use crate::dicom::modules::PatientModule;
use crate::dicom::modules::normalised_name;

/// How a file's patient relates to a known one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The same.
    Same,
    /// The same ID, but a different name or birth date: apart, and worth a word.
    Contradicting,
    /// Another.
    Other,
}

/// Compares a file's patient, within the study it names, with a known one, who may be known by
/// one study alone ([`only_study`]).
///
/// With an ID: same ID and issuer, and no contradiction in name or birth date (what one of them
/// leaves out contradicts nothing). Without: same name and birth date, both stated. With less
/// than that only the study itself tells.
#[must_use]
pub fn relation(
    own: &PatientModule,
    own_only_study: Option<&str>,
    file: &PatientModule,
    study_uid: &str,
) -> Relation {
    if own.patient_id != file.patient_id {
        return Relation::Other;
    }
    if file.patient_id.is_empty() {
        let is_same = own.birth_date == file.birth_date
            && normalised_name(&own.name) == normalised_name(&file.name)
            && own_only_study.is_none_or(|uid| uid == study_uid);
        return if is_same {
            Relation::Same
        } else {
            Relation::Other
        };
    }
    if !may_be_equal(&own.issuer, &file.issuer) {
        return Relation::Other;
    }
    if have_same_name(&own.name, &file.name) && may_be_equal(&own.birth_date, &file.birth_date) {
        Relation::Same
    } else {
        Relation::Contradicting
    }
}

/// Whether a file is of another patient than the one who was found and asked for, of whom no more
/// is known than what a search said: the ID, perhaps the issuer, perhaps the name as it is shown.
///
/// The ID tells, and the issuer where both give one. A name alone never makes it another: nodes
/// correct names in their lists before they do in their files. Where the file has no ID it must
/// have the name; where nobody knows an ID to ask for, nothing tells.
#[must_use]
pub fn is_another(asked: &PatientModule, file: &PatientModule) -> bool {
    if asked.patient_id.is_empty() {
        return false;
    }
    if file.patient_id.is_empty() {
        let asked = words_of(&asked.name);
        return asked.is_empty() || asked != words_of(&file.name);
    }
    asked.patient_id != file.patient_id || !may_be_equal(&asked.issuer, &file.issuer)
}

/// Words of a name as it is shown, in the order of the alphabet.
fn words_of(name: &str) -> Vec<String> {
    let shown = PersonName::parse(name).display().to_lowercase();
    let words = shown.split(|c: char| !c.is_alphanumeric());
    let mut words: Vec<String> = words.map(str::to_owned).collect();
    words.retain(|word| !word.is_empty());
    words.sort();
    words
}

/// The study, where nothing else identifies a patient.
#[must_use]
pub fn only_study(file: &PatientModule, study_uid: &str) -> Option<String> {
    let is_identified = !file.patient_id.is_empty()
        || (!normalised_name(&file.name).is_empty() && !file.birth_date.is_empty());
    (!is_identified).then(|| study_uid.to_owned())
}

/// Takes over what the known patient lacks.
pub fn complete(known: &mut PatientModule, file: &PatientModule) {
    let fill = |own: &mut String, other: &String| {
        if own.is_empty() {
            own.clone_from(other);
        }
    };
    fill(&mut known.name, &file.name);
    fill(&mut known.issuer, &file.issuer);
    fill(&mut known.birth_date, &file.birth_date);
    fill(&mut known.sex, &file.sex);
    fill(&mut known.age, &file.age);
}

fn may_be_equal(a: &str, b: &str) -> bool {
    a.is_empty() || b.is_empty() || a == b
}

/// Names in several scripts are groups of one name: those that both files have must agree.
fn have_same_name(a: &str, b: &str) -> bool {
    let (a, b) = (normalised_name(a), normalised_name(b));
    a.is_empty()
        || b.is_empty()
        || a.split('=')
            .zip(b.split('='))
            .all(|(a, b)| may_be_equal(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patient(patient_id: &str, issuer: &str, name: &str) -> PatientModule {
        PatientModule {
            patient_id: patient_id.into(),
            issuer: issuer.into(),
            name: name.into(),
            ..PatientModule::default()
        }
    }

    #[test]
    fn who_was_asked_for_is_told_from_others_by_the_id_and_by_the_issuer_where_both_have_one() {
        let asked = patient("007", "Clinic", "Foxtrot, X");
        assert!(!is_another(&asked, &patient("007", "Clinic", "Foxtrot^X")));
        assert!(!is_another(&asked, &patient("007", "", "Married^X")));
        assert!(is_another(&asked, &patient("7", "Clinic", "Foxtrot^X")));
        assert!(is_another(&asked, &patient("007", "Other", "Foxtrot^X")));
        assert!(is_another(&asked, &patient("008", "", "Foxtrot^X")));
        let unknown = patient("", "", "Foxtrot, X");
        assert!(!is_another(&unknown, &patient("008", "", "Golf^X")));
    }

    #[test]
    fn a_file_without_an_id_is_of_who_was_asked_for_only_by_the_name() {
        let asked = patient("007", "", "Foxtrot, X");
        assert!(!is_another(&asked, &patient("", "", "FOXTROT^X^^")));
        assert!(is_another(&asked, &patient("", "", "Golf^X")));
        assert!(is_another(&asked, &patient("", "", "")));
        let nameless = patient("007", "", "");
        assert!(is_another(&nameless, &patient("", "", "Foxtrot^X")));
    }
}
