//! Which earlier studies are the patient's own, and which of them have something to say to the one
//! that is read.

use std::collections::BTreeSet;

use crate::dicom::Date;
use crate::model::{Regions, StudyMatch, plain, words};
use crate::workspace::{FoundStudy, Priors};

/// Words of descriptions that are shared by examinations of anything.
const COMMON: [&str; 24] = [
    "scanner",
    "examen",
    "exam",
    "examination",
    "etude",
    "study",
    "avec",
    "sans",
    "with",
    "without",
    "injection",
    "contrast",
    "contraste",
    "produit",
    "controle",
    "control",
    "standard",
    "routine",
    "face",
    "profil",
    "lateral",
    "left",
    "right",
    "droit",
];

/// Whether it is the patient's, and not later than the study that is read. Two hospitals may have
/// given two patients the same ID: who answers for another one than the study is from
/// (`is_elsewhere`) must say the same day of birth, too.
pub(super) fn is_earlier(study: &StudyMatch, other: &StudyMatch, is_elsewhere: bool) -> bool {
    let is_later =
        matches!((other.study_date, study.study_date), (Some(its), Some(own)) if its > own);
    let issuers = (&other.issuer_of_patient_id, &study.issuer_of_patient_id);
    let is_other_issuer = !issuers.0.is_empty() && !issuers.1.is_empty() && issuers.0 != issuers.1;
    let is_born_alike = match (other.patient_birth_date, study.patient_birth_date) {
        (Some(its), Some(own)) => Some(its == own),
        _ => None,
    };
    let is_own = match is_born_alike {
        // Names change by marriage and by the alphabet.
        Some(is_alike) => {
            is_alike && (!is_elsewhere || is_named_alike(study, other) != Some(false))
        }
        None => !is_elsewhere && is_named_alike(study, other) != Some(false),
    };
    other.study_uid != study.study_uid
        && !study.patient_id.is_empty()
        && other.patient_id == study.patient_id
        && !is_other_issuer
        && !is_later
        && is_own
}

/// Whether a word is in both names; `None` where that cannot be said: one is missing, or they are
/// written in different alphabets.
fn is_named_alike(study: &StudyMatch, other: &StudyMatch) -> Option<bool> {
    let name =
        |text: &str| -> BTreeSet<String> { words(&plain(text)).map(str::to_owned).collect() };
    let is_latin = |names: &BTreeSet<String>| names.iter().all(|name| name.is_ascii());
    let (own, its) = (name(&study.patient_name), name(&other.patient_name));
    if own.is_empty() || its.is_empty() || is_latin(&own) != is_latin(&its) {
        return None;
    }
    Some(!own.is_disjoint(&its))
}

/// The earlier studies to fetch, the most relevant first, within number and budget.
pub(super) fn relevant<'a>(
    study: &StudyMatch,
    found: &'a [FoundStudy],
    rules: &Priors,
) -> Vec<&'a FoundStudy> {
    let mut priors: Vec<(u32, &FoundStudy)> = found
        .iter()
        .filter(|it| !is_too_old(study, &it.study, rules))
        .filter_map(|it| Some((relevance(study, &it.study, rules)?, it)))
        .collect();
    priors.sort_by(|(a, x), (b, y)| b.cmp(a).then(y.study.study_date.cmp(&x.study.study_date)));
    let mut left = rules.budget_bytes;
    let within = |(_, prior): &(u32, &FoundStudy)| {
        let bytes = likely_bytes(prior);
        let fits = bytes <= left;
        if fits {
            left -= bytes;
        }
        fits
    };
    let chosen = priors.into_iter().take(usize::from(rules.most));
    chosen.filter(within).map(|(_, prior)| prior).collect()
}

/// How many bytes a study takes, by what its images usually take: nodes count images, not bytes.
fn likely_bytes(prior: &FoundStudy) -> u64 {
    let images = prior.node_count().max(prior.study.instance_count);
    let usual = |modality: &String| match modality.as_str() {
        "MG" => 40_000_000,
        "CR" | "DX" | "RG" | "XA" | "RF" | "US" | "IVUS" => 15_000_000,
        "SM" | "OPT" => 100_000_000,
        "SR" | "PR" | "KO" | "DOC" | "RTSTRUCT" | "RTPLAN" => 0,
        _ => 540_000,
    };
    let one = prior.study.modalities.iter().map(usual).max();
    u64::from(images.unwrap_or(1)).max(1) * one.unwrap_or(540_000).max(50_000)
}

/// By the years before the study that is read; what bears no date is not left out for it.
fn is_too_old(study: &StudyMatch, prior: &StudyMatch, rules: &Priors) -> bool {
    let (Some(own), Some(its)) = (study.study_date, prior.study_date) else {
        return false;
    };
    let years = u16::from(rules.most_years);
    let day = |date: Date| (date.year, date.month, date.day);
    let oldest = (own.year.saturating_sub(years), own.month, own.day);
    years > 0 && day(its) < oldest
}

/// How much an earlier study has to say to this one; `None` if the rules leave it out.
fn relevance(study: &StudyMatch, prior: &StudyMatch, rules: &Priors) -> Option<u32> {
    let same_modality = prior
        .modalities
        .iter()
        .any(|modality| study.modalities.contains(modality));
    let same_part = is_same_part(study, prior);
    let is_wanted = (rules.same_modality && same_modality) || (rules.same_body_part && same_part);
    let is_any = !rules.same_modality && !rules.same_body_part;
    (is_wanted || is_any).then_some(2 * u32::from(same_part) + u32::from(same_modality))
}

/// The regions that codes and descriptions name.
pub(super) fn regions(study: &StudyMatch) -> Regions {
    let texts = study.body_parts.iter().map(String::as_str);
    Regions::of(texts.chain([study.study_description.as_str(), &study.series_description]))
}

/// By the regions both name; where one names none that is known, by a word that both descriptions
/// have and not any description has.
fn is_same_part(study: &StudyMatch, prior: &StudyMatch) -> bool {
    let (own, its) = (regions(study), regions(prior));
    if !own.is_empty() && !its.is_empty() {
        return own.overlaps(its);
    }
    let particular = |text: &str| -> BTreeSet<String> {
        let text = plain(text);
        let words = text.split(|c: char| !c.is_alphanumeric());
        let particular = words.filter(|word| word.chars().count() > 3 && !COMMON.contains(word));
        particular.map(str::to_owned).collect()
    };
    let same_code = (study.body_parts.iter()).any(|part| prior.body_parts.contains(part));
    let (own, its) = (
        particular(&study.study_description),
        particular(&prior.study_description),
    );
    same_code || !own.is_disjoint(&its)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Source;

    fn study(uid: &str, date: &str, modality: &str, description: &str) -> StudyMatch {
        StudyMatch {
            patient_id: "4711".into(),
            study_uid: uid.into(),
            study_date: Date::parse(date),
            modalities: vec![modality.into()],
            study_description: description.into(),
            instance_count: Some(if modality == "CR" { 2 } else { 100 }),
            ..StudyMatch::default()
        }
    }

    /// UIDs of what is fetched of these, all of the study's own node.
    fn uids(now: &StudyMatch, found: Vec<StudyMatch>, rules: &Priors) -> Vec<String> {
        let own = found.into_iter().filter(|it| is_earlier(now, it, false));
        let found: Vec<FoundStudy> = own
            .map(|study| FoundStudy::new(study, Source::Archive))
            .collect();
        let priors = relevant(now, &found, rules);
        priors.iter().map(|it| it.study.study_uid.clone()).collect()
    }

    #[test]
    fn the_same_part_comes_before_the_same_modality_and_the_newer_before_the_older() {
        let now = study("0", "20261121", "CT", "CT Thorax");
        let found = vec![
            study("1", "20250101", "CT", "CT Abdomen"),
            study("2", "20240101", "CR", "Thorax pa"),
            study("3", "20230101", "CT", "Thorax"),
            study("4", "20250601", "MR", "Knee"),
        ];
        let rules = Priors {
            most: 3,
            ..Priors::default()
        };
        assert_eq!(uids(&now, found, &rules), ["3", "2", "1"]);
    }

    #[test]
    fn later_studies_and_those_of_others_are_no_priors() {
        let now = study("0", "20261121", "CT", "CT Thorax");
        let born = |mut it: StudyMatch, date: &str| {
            it.patient_birth_date = Date::parse(date);
            it
        };
        let other = StudyMatch {
            patient_id: "47110".into(),
            ..study("2", "20250101", "CT", "Thorax")
        };
        let found = vec![
            study("0", "20261121", "CT", "CT Thorax"),
            study("1", "20261122", "CT", "Thorax"),
            other,
            born(study("3", "20250101", "CT", "Thorax"), "19500101"),
        ];
        let now = born(now, "19720312");
        assert!(uids(&now, found, &Priors::default()).is_empty());
    }

    #[test]
    fn what_is_older_than_the_reader_wants_is_not_fetched_to_the_day() {
        let now = study("0", "20261121", "CT", "CT Thorax");
        let found = || {
            vec![
                study("1", "20241121", "CT", "Thorax"),
                study("2", "20241120", "CT", "Thorax"),
                study("3", "", "CT", "Thorax"),
            ]
        };
        let rules = |most_years| Priors {
            most: 9,
            most_years,
            ..Priors::default()
        };
        assert_eq!(uids(&now, found(), &rules(2)), ["1", "3"]);
        assert_eq!(uids(&now, found(), &rules(0)), ["1", "2", "3"]);
    }

    #[test]
    fn the_reader_may_want_only_the_same_region_only_the_same_modality_or_everything() {
        let now = study("0", "20261121", "CT", "CT Thorax");
        let found = || {
            vec![
                study("1", "20250101", "CT", "CT Abdomen"),
                study("2", "20240101", "CR", "Thorax pa"),
                study("3", "20230101", "MR", "Knee"),
            ]
        };
        let rules = |same_body_part, same_modality| Priors {
            most: 9,
            same_body_part,
            same_modality,
            ..Priors::default()
        };
        assert_eq!(uids(&now, found(), &rules(true, false)), ["2"]);
        assert_eq!(uids(&now, found(), &rules(false, true)), ["1"]);
        let all = ["2", "1", "3"];
        assert_eq!(uids(&now, found(), &rules(false, false)), all);
    }

    #[test]
    fn priors_end_where_the_budget_does() {
        let now = study("0", "20261121", "CT", "CT Thorax");
        let found = vec![
            study("1", "20250101", "CT", "Thorax"),
            study("2", "20240101", "CT", "Thorax"),
        ];
        let rules = Priors {
            budget_bytes: 80_000_000,
            ..Priors::default()
        };
        assert_eq!(uids(&now, found, &rules), ["1"]);
    }

    #[test]
    fn a_few_mammograms_are_not_counted_as_a_few_slices() {
        let now = study("0", "20261121", "MG", "Mammographie");
        let mut prior = study("1", "20250101", "MG", "Mammographie");
        prior.instance_count = Some(8);
        let rules = |budget_bytes| Priors {
            budget_bytes,
            ..Priors::default()
        };
        let fetched = |bytes| uids(&now, vec![prior.clone()], &rules(bytes));
        assert!(fetched(100_000_000).is_empty());
        assert_eq!(fetched(400_000_000), ["1"]);
    }

    #[test]
    fn the_same_words_around_another_part_make_no_prior() {
        let now = study("0", "20261121", "CT", "Scanner thorax avec injection");
        let found = vec![
            study("1", "20250101", "MR", "IRM genou avec injection"),
            study("2", "20240101", "CR", "Chest"),
        ];
        assert_eq!(uids(&now, found, &Priors::default()), ["2"]);
    }

    #[test]
    fn the_same_number_of_another_person_makes_no_prior() {
        let named = |name: &str, born: &str| StudyMatch {
            patient_name: name.into(),
            patient_birth_date: Date::parse(born),
            ..study("0", "20250101", "CT", "Thorax")
        };
        let of = |name: &str, born: &str| StudyMatch {
            study_uid: "1".into(),
            ..named(name, born)
        };
        let now = named("Benali, Fatima", "19720312");
        for (name, born, here, elsewhere) in [
            ("BENALI Fatima", "19720312", true, true),
            ("Alaoui, Fatima", "19720312", true, true),
            ("فاطمة بن علي", "19720312", true, true),
            ("Idrissi, Omar", "19720312", true, false),
            ("Idrissi, Omar", "", false, false),
            ("Benali, Fatima", "", true, false),
            ("", "", true, false),
            ("Benali, Fatima", "19500101", false, false),
        ] {
            let other = of(name, born);
            let is = [false, true].map(|elsewhere| is_earlier(&now, &other, elsewhere));
            assert_eq!(is, [here, elsewhere], "{name} {born}");
        }
        let mut issued = of("Benali, Fatima", "19720312");
        issued.issuer_of_patient_id = "RABAT".into();
        let mut own = now.clone();
        own.issuer_of_patient_id = "TRIPOLI".into();
        assert!(!is_earlier(&own, &issued, false));
    }
}
