//! Lists out of a service (QIDO-RS, PS3.18 10.6), page by page.

use std::collections::BTreeSet;

use super::MediaType;
use super::WebTrouble;
use super::receive::other_kind;
use super::session::Answer;
use super::session::Ask;
use super::session::Session;
use crate::dicom::Elements;
use crate::dicom::JsonDataset;
use crate::dicom::Tag;
use crate::dicom::datasets_from_json;
use crate::dicom::tags;
use crate::pacs::Failure;
use crate::pacs::matches::After;

/// Asked for at once.
const PAGE: usize = 1000;
/// A page shorter than asked for may be cut by the service's own limit from here on.
const PERHAPS_CUT: usize = 50;
/// Longest answer.
pub(super) const LONGEST: usize = 512 * 1024 * 1024;

/// Asks for `path` below the service's base with these parameters, and for what follows until
/// there is no more; `each` gets every entry once. Entries are told apart by their UID at `key`.
///
/// # Errors
/// [`Failure`].
pub(super) fn list(
    session: &Session<'_>,
    path: &str,
    parameters: &[String],
    key: Tag,
    each: &mut dyn FnMut(JsonDataset) -> After,
) -> Result<(), Failure> {
    let site = session.site;
    let mut seen = BTreeSet::new();
    let mut offset = 0;
    loop {
        let mut query = parameters.to_vec();
        query.push(format!("limit={PAGE}"));
        if offset > 0 {
            query.push(format!("offset={offset}"));
        }
        let answer = session.get(&Ask {
            url: format!("{}{path}?{}", site.base, query.join("&")),
            accept: "application/dicom+json",
            may_pack: true,
        })?;
        if answer.status == 204 {
            return Ok(());
        }
        let is_cut = answer.is_partial()
            || answer
                .header("warning")
                .is_some_and(|text| text.contains("299"));
        let entries = entries(session, answer)?;
        let came = entries.len();
        let mut is_new = false;
        for entry in entries {
            session.ctx.check()?;
            match entry.dataset.elements().uid(key) {
                // The page before ended with it, or the service does not know pages.
                Some(uid) if !seen.insert(uid.clone()) => continue,
                Some(_) => is_new = true,
                // Nobody can tell whether it came before, so it proves no new page.
                None if offset > 0 && !is_new => continue,
                None => {}
            }
            if each(entry) == After::Stop {
                return Ok(());
            }
        }
        offset += came;
        if !is_new || (came < PERHAPS_CUT && !is_cut) {
            return Ok(());
        }
    }
}

/// The data sets of an answer.
///
/// # Errors
/// The line's, or what came is no list.
pub(super) fn entries(
    session: &Session<'_>,
    answer: Answer<'_>,
) -> Result<Vec<JsonDataset>, Failure> {
    let media_type = answer.media_type.clone();
    let bytes = answer.read_all(LONGEST)?;
    entries_of(session, &media_type, &bytes)
}

/// The data sets of a body of this kind.
///
/// # Errors
/// What came is no list.
pub(super) fn entries_of(
    session: &Session<'_>,
    media_type: &MediaType,
    bytes: &[u8],
) -> Result<Vec<JsonDataset>, Failure> {
    datasets_from_json(bytes).map_err(|error| {
        let is_page = bytes.trim_ascii_start().starts_with(b"<");
        session
            .site
            .trouble(if is_page && !media_type.essence.contains("xml") {
                WebTrouble::Html
            } else if media_type.is_json() || media_type.essence.is_empty() {
                WebTrouble::NotJson { detail: error.0 }
            } else {
                other_kind(media_type)
            })
    })
}

/// The number by which the instances of a series are put in order; without one they come last.
pub(super) fn instance_number(elements: Elements<'_>) -> i64 {
    elements.integer(tags::INSTANCE_NUMBER).unwrap_or(i64::MAX)
}
