//! Earlier studies of the patient who is being read, fetched when nothing else is to be done.

use std::sync::Arc;

use crate::archive::{TransferKind, TransferPriority};
use crate::dicom::Date;
use crate::jobs::JobCtx;
use crate::model::{StudyMatch, StudyQuery};
use crate::pacs::service;
use crate::workspace::{PacsSettings, Priors, Source};

use super::asks::of_study;
use super::transfers::{Shared, known_instances};
use super::{caller, on_thread};

/// Bytes of an image where the node does not say how many there are: a CT slice.
const USUAL_BYTES: u64 = 512 * 1024;

/// Asks the node the study is from, beside everything else.
pub(super) fn fetch(
    shared: &Arc<Shared>,
    study: &StudyMatch,
    sources: &[Source],
    settings: &PacsSettings,
) {
    let node = sources.iter().find_map(|source| match source {
        Source::Node(name) => settings.node(name),
        Source::Archive => None,
    });
    let (Some(node), true) = (node.cloned(), settings.priors.is_on) else {
        return;
    };
    if study.patient_id.is_empty() {
        return; // a name alone is not enough to say whose study it is
    }
    let (queue, priors) = (Arc::clone(shared), settings.priors.clone());
    let (caller, study) = (caller(settings), study.clone());
    on_thread("priors", &shared.messenger, move || {
        let query = StudyQuery {
            patient_id: study.patient_id.clone(),
            ..StudyQuery::default()
        };
        let mut found = Vec::new();
        let service = service(&node, &caller);
        // Who cannot be asked has no priors to give; nobody waits for them.
        let asked = service.find(&query, &mut |it| found.push(it), &JobCtx::new());
        if let Err(failure) = asked {
            tracing::debug!("no earlier studies: {:?}", failure.message().id);
        }
        let is_whole = |prior: &StudyMatch| {
            let here = known_instances(&queue.archive, &prior.study_uid, &prior.patient_id);
            let of = prior
                .instance_count
                .map_or(usize::MAX, |count| count as usize);
            here.len() >= of
        };
        let wanted = relevant(&study, found, &priors).into_iter();
        for prior in wanted.filter(|prior| !is_whole(prior)) {
            let kind = TransferKind::Priors;
            queue.add(&of_study(
                &prior,
                &node.name,
                kind,
                TransferPriority::Background,
            ));
        }
    });
}

/// The earlier studies to fetch, the most relevant first, within number and budget.
fn relevant(study: &StudyMatch, found: Vec<StudyMatch>, rules: &Priors) -> Vec<StudyMatch> {
    let mut priors: Vec<(u32, StudyMatch)> = found
        .into_iter()
        .filter(|it| it.study_uid != study.study_uid && it.patient_id == study.patient_id)
        // Two hospitals may have given two patients the same ID.
        .filter(|it| {
            let born = (it.patient_birth_date, study.patient_birth_date);
            !matches!(born, (Some(its), Some(own)) if its != own)
        })
        .filter(
            |it| !matches!((it.study_date, study.study_date), (Some(its), Some(own)) if its > own),
        )
        .filter(|it| !is_too_old(study, it, rules))
        .filter_map(|it| Some((relevance(study, &it, rules)?, it)))
        .collect();
    priors.sort_by(|(a, x), (b, y)| b.cmp(a).then(y.study_date.cmp(&x.study_date)));
    let mut left = rules.budget_bytes;
    let within = |(_, prior): &(u32, StudyMatch)| {
        let images = u64::from(prior.instance_count.unwrap_or(1)).max(1);
        let bytes = images * USUAL_BYTES;
        let fits = bytes <= left;
        if fits {
            left -= bytes;
        }
        fits
    };
    let chosen = priors.into_iter().take(usize::from(rules.most));
    chosen.filter(within).map(|(_, prior)| prior).collect()
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

/// By Body Part Examined, else by a word that the descriptions share.
fn is_same_part(study: &StudyMatch, prior: &StudyMatch) -> bool {
    if study
        .body_parts
        .iter()
        .any(|part| prior.body_parts.contains(part))
    {
        return true;
    }
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric());
        let long = words.filter(|word| word.chars().count() > 3);
        long.map(str::to_lowercase).collect()
    };
    let own = words(&study.study_description);
    words(&prior.study_description)
        .iter()
        .any(|word| own.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn study(uid: &str, date: &str, modality: &str, description: &str) -> StudyMatch {
        StudyMatch {
            patient_id: "4711".into(),
            study_uid: uid.into(),
            study_date: Date::parse(date),
            modalities: vec![modality.into()],
            study_description: description.into(),
            instance_count: Some(100),
            ..StudyMatch::default()
        }
    }

    fn uids(priors: &[StudyMatch]) -> Vec<&str> {
        priors.iter().map(|it| it.study_uid.as_str()).collect()
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
        assert_eq!(uids(&relevant(&now, found, &rules)), ["3", "2", "1"]);
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
        assert!(relevant(&now, found, &Priors::default()).is_empty());
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
        assert_eq!(uids(&relevant(&now, found(), &rules(2))), ["1", "3"]);
        assert_eq!(uids(&relevant(&now, found(), &rules(0))), ["1", "2", "3"]);
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
        assert_eq!(uids(&relevant(&now, found(), &rules(true, false))), ["2"]);
        assert_eq!(uids(&relevant(&now, found(), &rules(false, true))), ["1"]);
        let all = ["2", "1", "3"];
        assert_eq!(uids(&relevant(&now, found(), &rules(false, false))), all);
    }

    #[test]
    fn priors_end_where_the_budget_does() {
        let now = study("0", "20261121", "CT", "CT Thorax");
        let found = vec![
            study("1", "20250101", "CT", "Thorax"),
            study("2", "20240101", "CT", "Thorax"),
        ];
        let rules = Priors {
            budget_bytes: 150 * USUAL_BYTES,
            ..Priors::default()
        };
        assert_eq!(uids(&relevant(&now, found, &rules)), ["1"]);
    }
}
