//! What a retrieval asks for, portion by portion, from what the node says of the studies.

use std::collections::BTreeSet;

use super::association::Call;
use super::find::Finder;
use super::keys::keys;
use super::tally::Tally;
use crate::dicom::tags as t;
use crate::jobs::JobCtx;
use crate::model::Level;
use crate::model::StudyMatch;
use crate::model::StudyQuery;
use crate::pacs::Failure;
use crate::pacs::Wanted;
use crate::pacs::WantedSeries;
use crate::pacs::matches::After;
use crate::problem::Message;
use crate::problem::msg;

/// Instances asked for at once of a series that is longer: several associations share it, and a
/// wish that comes later waits for no more than this.
const PORTION: usize = 50;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Task {
    pub study_uid: String,
    /// Empty for the whole study.
    pub series_uid: String,
    /// Asked for by name; none for the whole series.
    pub instances: Vec<String>,
    /// All instances that should come; none where the node does not say.
    pub known: Vec<String>,
    /// Nothing else of the series may come.
    pub is_exact: bool,
    /// SOP classes of what is to come; none where the node does not say.
    pub classes: Vec<String>,
    /// What the classes are guessed from then.
    pub modalities: Vec<String>,
    /// How many instances, where they are not known by name.
    pub count: Option<usize>,
}

impl Task {
    /// Whether more may come than is known by name.
    pub fn has_unnamed(&self) -> bool {
        self.known.is_empty() || self.expected() > Some(self.known.len())
    }

    /// How many instances are to come; none where the node does not say.
    pub fn expected(&self) -> Option<usize> {
        let named = Some(self.known.len()).filter(|named| *named > 0);
        if self.instances.is_empty() {
            named.max(self.count)
        } else {
            named
        }
    }

    /// The same for all of the series, or of the study.
    pub fn whole(self) -> Self {
        Self {
            instances: Vec::new(),
            ..self
        }
    }
}

/// The requests, in order.
pub(super) fn plan(
    call: &Call,
    wanted: &[Wanted],
    tally: &Tally<'_>,
    ctx: &JobCtx,
) -> Result<Vec<Task>, Failure> {
    if let Some(tasks) = told(wanted) {
        return Ok(tasks);
    }
    let mut finder = match Finder::new(call, Level::Series, ctx) {
        Ok(finder) => finder,
        // A node that offers no searches may still send.
        Err(Failure::NoContext { .. }) => return Ok(unasked(wanted)),
        Err(failure) => return Err(failure),
    };
    let mut tasks = Vec::new();
    for study in wanted {
        match of_study(&mut finder, study) {
            Ok(found) => tasks.extend(found),
            Err(Failure::Status { .. }) => tasks.extend(unasked(std::slice::from_ref(study))),
            Err(failure) => return Err(failure),
        }
    }
    if let Some(warning) = finder.unreadable() {
        tally.warn(warning);
    }
    finder.association.release();
    if tasks.is_empty() {
        let uid = wanted.first().map(|study| study.study_uid.as_str());
        let message = Message::new(msg("pacs-study-unknown"))
            .text("peer", call.peer())
            .text("uid", uid.unwrap_or_default());
        return Err(Failure::Told(message));
    }
    Ok(tasks)
}

/// The requests where all is known already.
fn told(wanted: &[Wanted]) -> Option<Vec<Task>> {
    let mut tasks = Vec::new();
    for study in wanted {
        let is_known = |series: &WantedSeries| {
            !series.instance_uids.is_empty() && !series.sop_class_uids.is_empty()
        };
        if study.series.is_empty() || !study.series.iter().all(is_known) {
            return None;
        }
        for series in &study.series {
            tasks.extend(series.instance_uids.chunks(PORTION).map(|uids| Task {
                study_uid: study.study_uid.clone(),
                series_uid: series.series_uid.clone(),
                instances: uids.to_vec(),
                known: uids.to_vec(),
                classes: series.sop_class_uids.clone(),
                is_exact: series.is_exact,
                ..Task::default()
            }));
        }
    }
    (!tasks.is_empty()).then_some(tasks)
}

/// The requests where nobody can be asked.
fn unasked(wanted: &[Wanted]) -> Vec<Task> {
    let mut tasks = Vec::new();
    for study in wanted {
        let whole = Task {
            study_uid: study.study_uid.clone(),
            ..Task::default()
        };
        if study.series.is_empty() {
            tasks.push(whole.clone());
        }
        tasks.extend(study.series.iter().map(|series| Task {
            series_uid: series.series_uid.clone(),
            instances: series.instance_uids.clone(),
            known: series.instance_uids.clone(),
            is_exact: series.is_exact,
            ..whole.clone()
        }));
    }
    tasks
}

fn of_study(finder: &mut Finder, study: &Wanted) -> Result<Vec<Task>, Failure> {
    let unreadable = finder.unreadable;
    let mut series = ask(finder, Level::Series, &study.study_uid, None)?;
    if finder.unreadable > unreadable && study.series.is_empty() {
        // The list has not all of them.
        return Ok(unasked(std::slice::from_ref(study)));
    }
    series.sort_by_key(|series| series.series_number.unwrap_or(i64::MAX));
    let all: Vec<WantedSeries> = if study.series.is_empty() {
        let wanted = |series: &StudyMatch| WantedSeries {
            series_uid: series.series_uid.clone(),
            ..WantedSeries::default()
        };
        series.iter().map(wanted).collect()
    } else {
        study.series.clone()
    };
    let mut tasks = Vec::new();
    for wanted in all {
        let said = series
            .iter()
            .find(|said| said.series_uid == wanted.series_uid);
        tasks.extend(of_series(finder, &study.study_uid, &wanted, said)?);
    }
    Ok(tasks)
}

fn of_series(
    finder: &mut Finder,
    study_uid: &str,
    wanted: &WantedSeries,
    said: Option<&StudyMatch>,
) -> Result<Vec<Task>, Failure> {
    let unreadable = finder.unreadable;
    let instances = match ask(finder, Level::Instance, study_uid, Some(&wanted.series_uid)) {
        Ok(instances) => instances,
        // No searches at this level: the series is asked for as a whole.
        Err(Failure::Status { .. }) => Vec::new(),
        Err(failure) => return Err(failure),
    };
    let mut known: Vec<(&str, i64)> = instances
        .iter()
        .map(|found| {
            let number = found.instance_number.unwrap_or(i64::MAX);
            (found.sop_instance_uid.as_str(), number)
        })
        .filter(|(uid, _)| !uid.is_empty())
        .collect();
    known.sort_by_key(|(_, number)| *number);
    let mut known: Vec<String> = known.into_iter().map(|(uid, _)| uid.to_owned()).collect();
    let mut seen = BTreeSet::new();
    known.retain(|uid| seen.insert(uid.clone()));
    let count = said.and_then(|said| said.instance_count.map(|count| count as usize));
    // Some nodes shorten their lists, and say nothing of it.
    let is_short = finder.unreadable > unreadable
        || instances
            .iter()
            .any(|found| found.sop_instance_uid.is_empty())
        || count > Some(known.len());
    let mut classes: Vec<String> = Vec::new();
    for found in &instances {
        if !found.sop_class_uid.is_empty() && !classes.contains(&found.sop_class_uid) {
            classes.push(found.sop_class_uid.clone());
        }
    }
    let is_part = !wanted.instance_uids.is_empty();
    if is_part {
        known.clone_from(&wanted.instance_uids);
    }
    let task = Task {
        study_uid: study_uid.to_owned(),
        series_uid: wanted.series_uid.clone(),
        is_exact: is_part && wanted.is_exact,
        classes,
        modalities: said.map(|said| said.modalities.clone()).unwrap_or_default(),
        count,
        ..Task::default()
    };
    if !is_part && (is_short || known.len() <= PORTION) {
        return Ok(vec![Task { known, ..task }]);
    }
    let portions = known.chunks(PORTION).map(|portion| Task {
        instances: portion.to_vec(),
        known: portion.to_vec(),
        ..task.clone()
    });
    Ok(portions.collect())
}

pub(super) fn ask(
    finder: &mut Finder,
    level: Level,
    study_uid: &str,
    series_uid: Option<&str>,
) -> Result<Vec<StudyMatch>, Failure> {
    let query = StudyQuery {
        level,
        study_uids: vec![study_uid.to_owned()],
        series_uids: series_uid.map(str::to_owned).into_iter().collect(),
        ..StudyQuery::default()
    };
    let mut all = Vec::new();
    for keys in keys(&query) {
        finder.ask(&keys, &mut |dataset| {
            let found = StudyMatch::from_dataset(dataset);
            // Some nodes leave out what they were asked with.
            if query.admits(&found) {
                all.push(found);
            }
            After::Go
        })?;
    }
    all.retain(|found| level != Level::Series || !found.series_uid.is_empty());
    Ok(all)
}

/// The identifier of a request (PS3.4 C.4.2.1.4, C.4.3.1.3).
pub(super) fn identifier(task: &Task) -> crate::dicom::Dataset {
    let mut builder = crate::dicom::DatasetBuilder::new();
    let level = match (task.series_uid.is_empty(), task.instances.is_empty()) {
        (true, _) => Level::Study,
        (false, true) => Level::Series,
        (false, false) => Level::Instance,
    };
    builder
        .text(t::QUERY_RETRIEVE_LEVEL, super::keys::level_name(level))
        .text(t::STUDY_INSTANCE_UID, &task.study_uid);
    if level != Level::Study {
        builder.text(t::SERIES_INSTANCE_UID, &task.series_uid);
    }
    if level == Level::Instance {
        builder.texts(t::SOP_INSTANCE_UID, &task.instances);
    }
    builder.into_dataset()
}
