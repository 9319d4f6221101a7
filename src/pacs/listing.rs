//! What a study holds, series by series, over one connection: that is all a node must know how to
//! answer (PS3.4 C.4.1.2.1), and a connection for each would cost as many journeys as the answers.

use super::Failure;
use super::Found;
use crate::model::Level;
use crate::model::StudyMatch;
use crate::model::StudyQuery;

/// What a node says of what a study holds, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub enum ListStep {
    /// Its series, in the order of their numbers, before anything else is known of them.
    AllSeries(Vec<StudyMatch>),
    /// What one of them holds.
    Series(Box<ListedSeries>),
}

/// A series with what it holds, as a node lists it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListedSeries {
    /// The series.
    pub series: StudyMatch,
    /// Its instances, in the node's order.
    pub instances: Vec<StudyMatch>,
    /// Nothing was odd about the answers: none cut off, none unreadable.
    pub is_sound: bool,
}

/// Asks one thing of a node; whoever asks keeps the connection.
pub(super) type Ask<'a> =
    dyn FnMut(&StudyQuery, &mut dyn FnMut(StudyMatch)) -> Result<Found, Failure> + 'a;

/// Lists a study, or series of it, in the order of their numbers. `each` hears of every step as soon
/// as it is known, and ends the list with `false`.
pub(super) fn list(
    ask: &mut Ask<'_>,
    study_uid: &str,
    series_uids: &[String],
    each: &mut dyn FnMut(ListStep) -> bool,
) -> Result<(), Failure> {
    let query = StudyQuery {
        level: Level::Series,
        study_uids: vec![study_uid.to_owned()],
        series_uids: series_uids.to_vec(),
        ..StudyQuery::default()
    };
    let is_sound = |said: &Found| !said.is_cut_off && said.warnings.is_empty();
    let mut all = Vec::new();
    let said = ask(&query, &mut |found| all.push(found))?;
    let are_all = is_sound(&said);
    all.sort_by_key(|series| series.series_number);
    if !each(ListStep::AllSeries(all.clone())) {
        return Err(Failure::Cancelled);
    }
    for series in all {
        let query = StudyQuery {
            level: Level::Instance,
            study_uids: vec![study_uid.to_owned()],
            series_uids: vec![series.series_uid.clone()],
            ..StudyQuery::default()
        };
        let mut instances = Vec::new();
        let said = ask(&query, &mut |found| instances.push(found))?;
        let listed = ListedSeries {
            series,
            instances,
            is_sound: are_all && is_sound(&said),
        };
        if !each(ListStep::Series(Box::new(listed))) {
            return Err(Failure::Cancelled);
        }
    }
    Ok(())
}
