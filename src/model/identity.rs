//! Whether two files speak of the same patient. Two patients are never mixed; in doubt they are
//! kept apart, and someone is told.

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
