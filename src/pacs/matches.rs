//! What a search has so far, in whichever language it is asked: every answer is judged here by all
//! that the query says, and handed over once.

use std::collections::BTreeSet;

use super::Found;
use super::dimse::keys::Keys;
use super::dimse::keys::identity;
use crate::model::DateRange;
use crate::model::Level;
use crate::model::StudyMatch;
use crate::model::StudyQuery;

/// Answers to a search that leaves nearly all open; more are not worth their time.
const MOST_OF_A_LAST_RESORT: usize = 5_000;

/// What to do after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    Go,
    /// Enough: the rest is called off.
    Stop,
}

/// The matches of a query, over all requests that it takes.
pub(super) struct Matches<'a> {
    query: &'a StudyQuery,
    found: &'a mut dyn FnMut(StudyMatch),
    seen: BTreeSet<String>,
    pub state: Found,
}

/// One request, in one of the spellings of the query.
pub(super) struct Spelling {
    is_variant: bool,
    is_last_resort: bool,
    answers: usize,
    /// What it gave another had given already: the node takes capitals and small letters for one.
    pub ignores_case: bool,
}

impl Spelling {
    /// `is_last_resort`: it leaves nearly all open, by its keys or otherwise.
    pub fn new(keys: &Keys, is_last_resort: bool) -> Self {
        Self {
            is_variant: keys.is_variant,
            is_last_resort,
            answers: 0,
            ignores_case: false,
        }
    }
}

impl<'a> Matches<'a> {
    pub fn new(query: &'a StudyQuery, found: &'a mut dyn FnMut(StudyMatch)) -> Self {
        Self {
            query,
            found,
            seen: BTreeSet::new(),
            state: Found::default(),
        }
    }

    /// Takes an answer. `admits` says whether it is what was asked for, and hears whether it is
    /// new.
    pub fn take(
        &mut self,
        answer: StudyMatch,
        spelling: &mut Spelling,
        admits: impl FnOnce(&StudyMatch, bool) -> bool,
    ) -> After {
        spelling.answers += 1;
        let is_new = self.seen.insert(identity(self.query.level, &answer));
        if spelling.is_variant && !is_new {
            spelling.ignores_case = true;
            return After::Stop;
        }
        let is_cut_off = if admits(&answer, is_new) && is_new {
            let is_full = self.query.limit > 0 && self.state.matches >= self.query.limit;
            if !is_full {
                self.state.matches += 1;
                (self.found)(answer);
            }
            is_full
        } else {
            false
        };
        if is_cut_off || spelling.is_last_resort && spelling.answers >= MOST_OF_A_LAST_RESORT {
            self.state.is_cut_off = true;
            return After::Stop;
        }
        After::Go
    }
}

/// The search for the studies that a query below their level is about.
pub(super) fn studies_of(query: &StudyQuery) -> StudyQuery {
    StudyQuery {
        level: Level::Study,
        series_uids: Vec::new(),
        instance_uids: Vec::new(),
        other: Vec::new(),
        limit: 0,
        ..query.clone()
    }
}

/// Whether a query below the level of studies says more of them than which they are.
pub(super) fn tells_studies_apart(query: &StudyQuery) -> bool {
    query.study_uids.is_empty() || without_studies(query) != *query
}

/// A query below the level of studies without what was asked of these: no answer repeats it.
pub(super) fn without_studies(query: &StudyQuery) -> StudyQuery {
    StudyQuery {
        patient_name: String::new(),
        patient_id: String::new(),
        accession_number: String::new(),
        study_description: String::new(),
        study_date: DateRange::default(),
        ..query.clone()
    }
}
