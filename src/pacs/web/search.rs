//! Searches: which instances a part of a study holds.

use super::address::escaped;
use super::instance::InstancePlace;
use super::list::After;
use super::list::entries;
use super::list::instance_number;
use super::list::list;
use super::retrieve::PartOfStudy;
use super::session::Answer;
use super::session::Session;
use crate::dicom::tags;
use crate::model::StudyMatch;
use crate::model::StudyQuery;
use crate::pacs::Failure;
use crate::pacs::Found;

/// Whether an answer to a search is one.
///
/// # Errors
/// [`Failure`].
pub(super) fn checked(session: &Session<'_>, answer: Answer<'_>) -> Result<(), Failure> {
    entries(session, answer).map(|_| ())
}

pub(super) fn find(
    _session: &Session<'_>,
    _query: &StudyQuery,
    _found: &mut dyn FnMut(StudyMatch),
) -> Result<Found, Failure> {
    Ok(Found::default())
}

/// The instances of a part of a study, series by series, each in the order of their numbers.
///
/// # Errors
/// [`Failure`]; the service may be unable to list instances.
pub(super) fn instances_of(
    session: &Session<'_>,
    part: &PartOfStudy,
) -> Result<Vec<InstancePlace>, Failure> {
    let place = |series_uid: &str, instance_uid: &str| InstancePlace {
        study_uid: part.study_uid.clone(),
        series_uid: series_uid.to_owned(),
        instance_uid: instance_uid.to_owned(),
    };
    if let (Some(series), [_, ..]) = (&part.series_uid, part.instance_uids.as_slice()) {
        let uids = part.instance_uids.iter();
        return Ok(uids.map(|uid| place(series, uid)).collect());
    }
    let study = escaped(&part.study_uid);
    let path = match &part.series_uid {
        Some(series) => format!("/studies/{study}/series/{}/instances", escaped(series)),
        None => format!("/studies/{study}/instances"),
    };
    let mut found = Vec::new();
    let mut order: Vec<String> = Vec::new();
    list(session, &path, &[], tags::SOP_INSTANCE_UID, &mut |entry| {
        let e = entry.dataset.elements();
        let series = e.uid(tags::SERIES_INSTANCE_UID);
        // Some leave out what the address said already.
        let series = series.or_else(|| part.series_uid.clone());
        if let (Some(series), Some(instance)) = (series, e.uid(tags::SOP_INSTANCE_UID)) {
            let known = order.iter().position(|known| *known == series);
            let of = known.unwrap_or_else(|| {
                order.push(series.clone());
                order.len() - 1
            });
            found.push((of, instance_number(e), place(&series, &instance)));
        }
        After::Go
    })?;
    found.sort_by_key(|(series, number, _)| (*series, *number));
    Ok(found.into_iter().map(|(_, _, place)| place).collect())
}
