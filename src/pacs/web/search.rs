//! Searches (QIDO-RS, PS3.18 10.6): with the keys of a DIMSE search, judged here as well.

use super::WebTrouble;
use super::address::escaped;
use super::instance::InstancePlace;
use super::list::entries;
use super::list::instance_number;
use super::list::list;
use super::retrieve::PartOfStudy;
use super::session::Answer;
use super::session::Session;
use crate::dicom::Dataset;
use crate::dicom::Tag;
use crate::dicom::tags;
use crate::model::Level;
use crate::model::StudyMatch;
use crate::model::StudyQuery;
use crate::pacs::Failure;
use crate::pacs::Found;
use crate::pacs::dimse::keys::keys;
use crate::pacs::matches::After;
use crate::pacs::matches::Matches;
use crate::pacs::matches::Spelling;
use crate::pacs::matches::studies_of;
use crate::pacs::matches::tells_studies_apart;
use crate::pacs::matches::without_studies;

/// Searches. What the service ignores of the query is judged here.
///
/// # Errors
/// [`Failure`]; what was found before it stays found.
pub(super) fn find(
    session: &Session<'_>,
    query: &StudyQuery,
    found: &mut dyn FnMut(StudyMatch),
) -> Result<Found, Failure> {
    let mut matches = Matches::new(query, found);
    for one in single_queries(session, query)? {
        run(session, &one, &mut matches)?;
        if matches.state.is_cut_off {
            break;
        }
    }
    Ok(matches.state)
}

/// Whether an answer to a search is one.
///
/// # Errors
/// [`Failure`].
pub(super) fn checked(session: &Session<'_>, answer: Answer<'_>) -> Result<(), Failure> {
    entries(session, answer).map(|_| ())
}

/// Each names one study, and one series below it, as an address does.
fn single_queries(session: &Session<'_>, query: &StudyQuery) -> Result<Vec<StudyQuery>, Failure> {
    let mut studies = query.study_uids.clone();
    let is_below = matches!(query.level, Level::Series | Level::Instance);
    if studies.is_empty() && !is_below {
        return Ok(vec![query.clone()]);
    }
    if is_below && tells_studies_apart(query) {
        studies.clear();
        find(session, &studies_of(query), &mut |found| {
            studies.push(found.study_uid);
        })?;
    }
    let query = &if is_below {
        without_studies(query)
    } else {
        query.clone()
    };
    let of_series = |study: &str, series: Vec<String>| StudyQuery {
        study_uids: vec![study.to_owned()],
        series_uids: series,
        ..query.clone()
    };
    Ok(studies
        .iter()
        .flat_map(|study| {
            let is_below = query.level == Level::Instance && !query.series_uids.is_empty();
            if is_below {
                let series = query.series_uids.iter();
                series
                    .map(|series| of_series(study, vec![series.clone()]))
                    .collect()
            } else {
                vec![of_series(study, query.series_uids.clone())]
            }
        })
        .collect())
}

/// Sends a query in all its spellings.
fn run(
    session: &Session<'_>,
    query: &StudyQuery,
    matches: &mut Matches<'_>,
) -> Result<(), Failure> {
    let before = matches.state.matches;
    let mut ignores_case = false;
    for keys in keys(query) {
        let is_needless = keys.is_last_resort && matches.state.matches > before
            || keys.is_variant && ignores_case
            // JSON is Unicode.
            || keys.character_set != "ISO_IR 192";
        if is_needless {
            continue;
        }
        for escapes in [Escapes::Used, Escapes::Avoided] {
            let question = Question::new(query, &keys.dataset, escapes);
            let is_again = escapes == Escapes::Avoided;
            if is_again && (!question.has_gaps || matches.state.matches > before) {
                continue;
            }
            let mut spelling = Spelling::new(&keys, keys.is_last_resort || is_again);
            question.ask(session, &mut |dataset| {
                let found = StudyMatch::from_dataset(dataset);
                matches.take(found, &mut spelling, |found, _| query.admits(found))
            })?;
            ignores_case |= spelling.ignores_case;
            if matches.state.is_cut_off {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Whether letters beyond ASCII are sent: some services do not decode what comes in an address,
/// and find them only where a wildcard stands for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escapes {
    Used,
    Avoided,
}

/// One request for a list.
struct Question {
    path: String,
    /// What tells its answers apart.
    key: Tag,
    /// What must match.
    keys: Vec<String>,
    /// What is to be returned besides.
    wishes: Vec<String>,
    /// Wildcards stand for letters that were not sent, or might not be.
    has_gaps: bool,
}

impl Question {
    fn new(query: &StudyQuery, keys: &Dataset, escapes: Escapes) -> Self {
        let e = keys.elements();
        let (path, key) = address(query);
        let mut question = Self {
            path,
            key,
            keys: Vec::new(),
            wishes: Vec::new(),
            has_gaps: false,
        };
        let is_in_address = |tag: Tag| match tag {
            tags::STUDY_INSTANCE_UID => !matches!(query.level, Level::Patient | Level::Study),
            tags::SERIES_INSTANCE_UID => query.level == Level::Instance,
            _ => false,
        };
        for tag in e.tags() {
            if tag == tags::QUERY_RETRIEVE_LEVEL || is_in_address(tag) {
                continue;
            }
            let name = format!("{:04X}{:04X}", tag.group(), tag.element());
            match e.texts(tag).as_slice() {
                [one] if !one.is_empty() => {
                    question.has_gaps |= !one.is_ascii();
                    question
                        .keys
                        .push(format!("{name}={}", key_text(one, escapes)));
                }
                [] | [_] => question.wishes.push(name),
                // Several are judged here.
                _ => {}
            }
        }
        question
    }

    /// Asks once, and once more without wishes where the service does not know one of them.
    fn ask(
        &self,
        session: &Session<'_>,
        each: &mut dyn FnMut(Dataset) -> After,
    ) -> Result<(), Failure> {
        let mut ask = |parameters: &[String]| {
            list(session, &self.path, parameters, self.key, &mut |entry| {
                each(entry.dataset)
            })
        };
        if self.wishes.is_empty() {
            return ask(&self.keys);
        }
        let mut parameters = self.keys.clone();
        parameters.push(format!("includefield={}", self.wishes.join(",")));
        match ask(&parameters) {
            Err(Failure::Web {
                trouble: WebTrouble::Status { status: 400, .. },
                ..
            }) => ask(&self.keys),
            outcome => outcome,
        }
    }
}

/// A key as it stands in an address. What is not escaped need not be decoded: wildcards as they
/// are, and one for each sign that would have to be escaped.
fn key_text(text: &str, escapes: Escapes) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '*' if out.ends_with('*') => {}
            '*' | '?' => out.push(c),
            c if c.is_ascii_alphanumeric() || "-._~".contains(c) => out.push(c),
            c if c.is_ascii() => out.push('?'),
            c if escapes == Escapes::Used => out.push_str(&escaped(c.encode_utf8(&mut [0; 4]))),
            _ if out.ends_with('*') => {}
            _ => out.push('*'),
        }
    }
    out
}

/// The address that a query of one study is sent to, and what tells its answers apart.
fn address(query: &StudyQuery) -> (String, Tag) {
    let study = query.study_uids.first().map(|uid| escaped(uid));
    let below = study.map_or_else(String::new, |study| format!("/studies/{study}"));
    match query.level {
        Level::Patient | Level::Study => ("/studies".to_owned(), tags::STUDY_INSTANCE_UID),
        Level::Series => (format!("{below}/series"), tags::SERIES_INSTANCE_UID),
        Level::Instance => {
            let below = match query.series_uids.as_slice() {
                [series] => format!("{below}/series/{}", escaped(series)),
                _ => below,
            };
            (format!("{below}/instances"), tags::SOP_INSTANCE_UID)
        }
    }
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

/// How many instances a study or a series has by what the service says of its series, which it
/// tells much faster than their list. None where it does not say.
///
/// # Errors
/// [`Failure`].
pub(super) fn instance_count_of(
    session: &Session<'_>,
    part: &PartOfStudy,
) -> Result<Option<usize>, Failure> {
    let path = format!("/studies/{}/series", escaped(&part.study_uid));
    let keys: Vec<String> = part
        .series_uid
        .iter()
        .map(|uid| format!("SeriesInstanceUID={}", escaped(uid)))
        .collect();
    let mut count = None;
    list(
        session,
        &path,
        &keys,
        tags::SERIES_INSTANCE_UID,
        &mut |entry| {
            let e = entry.dataset.elements();
            let series = e.uid(tags::SERIES_INSTANCE_UID);
            if part.series_uid.is_some() && series != part.series_uid {
                return After::Go; // a service that does not filter
            }
            let own = e.integer(tags::NUMBER_OF_SERIES_RELATED_INSTANCES);
            let own = own.and_then(|own| usize::try_from(own).ok());
            count = own.map(|own| own + count.unwrap_or(0));
            if count.is_some() {
                After::Go
            } else {
                After::Stop
            }
        },
    )?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_so_that_it_need_not_be_decoded() {
        for (text, used, avoided) in [
            ("*BENALI*", "*BENALI*", "*BENALI*"),
            ("DOE^JANE A", "DOE?JANE?A", "DOE?JANE?A"),
            ("a&b=c#%", "a?b?c??", "a?b?c??"),
            (
                "20260101-20260131",
                "20260101-20260131",
                "20260101-20260131",
            ),
            ("*太郎*", "*%E5%A4%AA%E9%83%8E*", "*"),
            ("M*ller", "M*ller", "M*ller"),
        ] {
            assert_eq!(key_text(text, Escapes::Used), used);
            assert_eq!(key_text(text, Escapes::Avoided), avoided);
        }
    }
}
