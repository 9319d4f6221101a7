//! What a node says there is of what a transfer is for.

use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use crate::jobs::JobCtx;
use crate::model::{StudyMatch, StudyQuery};
use crate::pacs::{Failure, ListStep, ListedSeries, Service};
use crate::workspace::{Arrival, ListedInstance};

use super::super::order::Listed;
use super::super::run::Run;
use super::super::transfers::{Shared, lock};

/// What a node says there is.
pub(super) struct Listing {
    pub instances: Vec<Listed>,
    /// Instances in all by what it counts, or lists.
    pub count: usize,
    /// The same of each series.
    pub counts: Vec<(String, u32)>,
    /// It lists as many as it counts. Some shorten their lists, and say nothing of it: then only the
    /// node itself can tell when all has come.
    pub is_whole: bool,
}

/// Asks a node what there is, and tells the window of each series as soon as it is known, and
/// `more` of each of which nothing is left out: of no other is it ever said that all is here.
pub(super) fn take_list(
    shared: &Shared,
    run: &Run,
    service: &dyn Service,
    listing: &OnceLock<Listing>,
    more: &dyn Fn(&[Listed]),
) {
    let transfer = &run.transfer;
    let all = |series: &[StudyMatch]| {
        tell_series(shared, run, series);
        run.unlisted.store(series.len(), Ordering::SeqCst);
    };
    let each = |list: &[Listed], reach: Reach| {
        if reach == Reach::Short {
            run.is_list_short.store(true, Ordering::SeqCst);
        }
        let unlisted = run.unlisted.load(Ordering::SeqCst).saturating_sub(1);
        run.unlisted.store(unlisted, Ordering::SeqCst);
        if let Some(first) = list.first()
            && reach != Reach::All
        {
            note_series(
                shared,
                run,
                &[(first.series_uid.clone(), number(list.len()))],
            );
        }
        // First, so that who opens the study just now hears of it one way or the other.
        lock(&run.listed).extend_from_slice(list);
        if shared.is_open(&transfer.study_uid) {
            tell_list(shared, &transfer.study_uid, list);
        }
        if reach == Reach::All {
            more(list);
        }
    };
    let hear = Hear {
        all: &all,
        each: &each,
        is_stopped: &|| run.is_stopped(),
    };
    let list = instances(service, transfer, &run.listing, &hear);
    // Without a list everything comes in the node's own order.
    // An empty list is that of a node that does not list instances.
    let Some(list) = list.ok().filter(|list| !list.instances.is_empty()) else {
        return;
    };
    let of = number(list.count);
    let queue = shared.archive.transfers();
    if let Err(error) = queue.expect(transfer.id, of) {
        tracing::warn!("the number of instances is not kept: {error}");
    }
    if let Err(error) = queue.note_listed(transfer.id, &list.counts, list.is_whole) {
        tracing::warn!("what the node lists is not kept: {error}");
    }
    if shared.is_open(&transfer.study_uid) {
        shared.tell_listed(&transfer.study_uid, &transfer.patient_id);
    }
    let mut live = lock(&run.live);
    // It may list less than it did before, or leave something out.
    let least = if list.is_whole { 0 } else { live.of };
    live.of = list.count.max(live.done).max(least);
    drop(live);
    drop(listing.set(list));
}

/// Before the first image is asked for: who stops while the series are listed has a part of the study,
/// and is told so.
fn tell_series(shared: &Shared, run: &Run, series: &[StudyMatch]) {
    let transfer = &run.transfer;
    let counts = series.iter().map(|series| {
        let least = series.instance_count.unwrap_or(0);
        (series.series_uid.clone(), least)
    });
    let counts: Vec<(String, u32)> = counts.collect();
    let is_counted = series.iter().all(|it| it.instance_count.is_some());
    let listed = shared
        .archive
        .transfers()
        .listed(&transfer.study_uid, &transfer.patient_id);
    let is_study_counted = listed.is_ok_and(|listed| {
        let mut its = listed.iter().filter(|it| it.node == transfer.node);
        its.any(|it| it.count > 0)
    });
    if !is_counted && !is_study_counted {
        run.is_list_short.store(true, Ordering::SeqCst);
    }
    note_series(shared, run, &counts);
    if shared.is_open(&transfer.study_uid) {
        shared.tell_listed(&transfer.study_uid, &transfer.patient_id);
    }
    if is_counted && transfer.instance_uids.is_empty() {
        let mut live = lock(&run.live);
        let of = counts.iter().map(|(_, count)| *count as usize).sum();
        live.of = live.done.max(of);
    }
}

fn note_series(shared: &Shared, run: &Run, series: &[(String, u32)]) {
    let queue = shared.archive.transfers();
    if let Err(error) = queue.note_series(run.transfer.id, series) {
        tracing::warn!("what the node lists is not kept: {error}");
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// How much of a series is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// As much as the node counts.
    All,
    /// Nobody said how much there is, or not all of it is wanted.
    Uncounted,
    /// Something is missing.
    Short,
}

/// Who hears of a list while it is taken.
struct Hear<'a> {
    /// Of all series, before any of them is listed.
    all: &'a dyn Fn(&[StudyMatch]),
    /// Of each that is.
    each: &'a dyn Fn(&[Listed], Reach),
    /// It is not wanted any more.
    is_stopped: &'a dyn Fn() -> bool,
}

/// The instances of what a transfer is for, as the node lists them, series by series.
fn instances(
    service: &dyn Service,
    transfer: &crate::archive::Transfer,
    ctx: &JobCtx,
    hear: &Hear<'_>,
) -> Result<Listing, Failure> {
    let mut is_whole = true;
    let mut is_counted = true;
    let mut instances = Vec::new();
    let mut count = 0;
    let mut counts = Vec::new();
    let mut take = |listed: ListedSeries| {
        let series = listed.series;
        let found = listed.instances.into_iter();
        let mut of_series: Vec<Listed> = found
            .map(|found| Listed {
                sop_instance_uid: found.sop_instance_uid,
                sop_class_uid: found.sop_class_uid,
                series_uid: series.series_uid.clone(),
                instance_number: found.instance_number,
            })
            .collect();
        // Some nodes shorten their lists, and say nothing of it.
        let said_count = series.instance_count.map(|said| said as usize);
        let has_names = of_series.iter().all(|it| !it.sop_instance_uid.is_empty());
        let is_short = said_count.is_some_and(|said| said > of_series.len());
        let is_sound = listed.is_sound && !is_short && has_names;
        is_whole &= is_sound;
        is_counted &= said_count.is_some();
        let mut reach = match said_count {
            _ if !is_sound => Reach::Short,
            Some(_) => Reach::All,
            None => Reach::Uncounted,
        };
        if transfer.instance_uids.is_empty() {
            let of = of_series.len().max(said_count.unwrap_or(0));
            counts.push((series.series_uid.clone(), number(of)));
            count += of;
        } else {
            of_series.retain(|it| transfer.instance_uids.contains(&it.sop_instance_uid));
            if reach == Reach::All {
                reach = Reach::Uncounted;
            }
            count += of_series.len();
        }
        (hear.each)(&of_series, reach);
        instances.extend(of_series);
    };
    let mut step = |step: ListStep| {
        match step {
            ListStep::AllSeries(all) => (hear.all)(&all),
            ListStep::Series(listed) => take(*listed),
        }
        !(hear.is_stopped)()
    };
    service.list(&transfer.study_uid, &transfer.series_uids, &mut step, ctx)?;
    if (hear.is_stopped)() {
        // The rest of the series may not be in it.
        return Err(Failure::Cancelled);
    }
    // Where a node does not count the instances of its series, it may count those of the study.
    if is_whole && !is_counted {
        is_whole = count_of_study(service, transfer, ctx) == Some(instances.len());
    }
    Ok(Listing {
        instances,
        count,
        counts,
        is_whole,
    })
}

/// How many instances a whole study has, if the node says so.
fn count_of_study(
    service: &dyn Service,
    transfer: &crate::archive::Transfer,
    ctx: &JobCtx,
) -> Option<usize> {
    if !transfer.series_uids.is_empty() || !transfer.instance_uids.is_empty() {
        return None;
    }
    let query = StudyQuery {
        study_uids: vec![transfer.study_uid.clone()],
        ..StudyQuery::default()
    };
    let mut counts = Vec::new();
    let said = service.find(&query, &mut |found| counts.push(found.instance_count), ctx);
    // Two answers are two patients' studies of one UID.
    match (said, counts.as_slice()) {
        (Ok(_), [Some(count)]) => Some(*count as usize),
        _ => None,
    }
}

/// Tells the window what a node lists of a study.
pub(in crate::engine::pacs) fn tell_list(shared: &Shared, study_uid: &str, list: &[Listed]) {
    shared.messenger.send(Arrival::Listed {
        study_uid: study_uid.to_owned(),
        series: by_series(list),
    });
}

/// As the window is told.
fn by_series(list: &[Listed]) -> Vec<(String, Vec<ListedInstance>)> {
    let mut series: Vec<(String, Vec<ListedInstance>)> = Vec::new();
    for listed in list {
        let instance = ListedInstance {
            instance_number: listed.instance_number,
            sop_instance_uid: listed.sop_instance_uid.clone(),
        };
        match series.last_mut() {
            Some((uid, instances)) if *uid == listed.series_uid => instances.push(instance),
            _ => series.push((listed.series_uid.clone(), vec![instance])),
        }
    }
    series
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::SystemTime;

    use super::*;
    use crate::archive::{
        Label, Transfer, TransferId, TransferKind, TransferPriority, TransferState,
    };
    use crate::dicom::InstanceSink;
    use crate::engine::pacs::transfers::tests::Stage;
    use crate::model::StudyMatch;
    use crate::pacs::{Echo, Found, RetrieveEvent, Retrieved, SendOutcome, Sent, Wanted};

    /// Lists two series of three instances each, and counts only those of the study.
    struct Node {
        count_of_study: Option<u32>,
        /// The line is cut after the first series.
        is_cut: bool,
    }

    impl Service for Node {
        fn echo(&self, _: &JobCtx) -> Result<Echo, Failure> {
            Err(Failure::Cancelled)
        }

        fn find(
            &self,
            _: &StudyQuery,
            found: &mut dyn FnMut(StudyMatch),
            _: &JobCtx,
        ) -> Result<Found, Failure> {
            found(StudyMatch {
                instance_count: self.count_of_study,
                ..StudyMatch::default()
            });
            Ok(Found::default())
        }

        fn list(
            &self,
            _: &str,
            _: &[String],
            each: &mut dyn FnMut(ListStep) -> bool,
            _: &JobCtx,
        ) -> Result<(), Failure> {
            let all = ["1.2.1", "1.2.2"].map(|uid| StudyMatch {
                series_uid: uid.to_owned(),
                ..StudyMatch::default()
            });
            each(ListStep::AllSeries(all.into()));
            for series_uid in ["1.2.1", "1.2.2"] {
                let instances = ["1", "2", "3"].map(|name| StudyMatch {
                    sop_instance_uid: format!("{series_uid}.{name}"),
                    ..StudyMatch::default()
                });
                let series = StudyMatch {
                    series_uid: series_uid.to_owned(),
                    ..StudyMatch::default()
                };
                each(ListStep::Series(Box::new(ListedSeries {
                    series,
                    instances: instances.into(),
                    is_sound: true,
                })));
                if self.is_cut {
                    return Err(Failure::Cancelled);
                }
            }
            Ok(())
        }

        fn retrieve(
            &self,
            _: &[Wanted],
            _: &dyn InstanceSink,
            _: &(dyn Fn(RetrieveEvent) + Sync),
            _: &JobCtx,
        ) -> Result<Retrieved, Failure> {
            Err(Failure::Cancelled)
        }

        fn send(
            &self,
            _: &[PathBuf],
            _: &(dyn Fn(&SendOutcome) + Sync),
            _: &JobCtx,
        ) -> Result<Sent, Failure> {
            Err(Failure::Cancelled)
        }
    }

    fn transfer(series_uids: Vec<String>) -> Transfer {
        let now = SystemTime::UNIX_EPOCH;
        Transfer {
            id: TransferId(1),
            kind: TransferKind::Retrieve,
            node: "main".to_owned(),
            study_uid: "1.2".to_owned(),
            patient_id: String::new(),
            series_uids,
            instance_uids: Vec::new(),
            label: Label::default(),
            priority: TransferPriority::Normal,
            is_to_be_committed: false,
            state: TransferState::Running,
            attempts: 1,
            next_attempt: None,
            reason: String::new(),
            transaction_uid: String::new(),
            asks: 0,
            expected: None,
            succeeded: 0,
            failed: 0,
            bytes: 0,
            created: now,
            changed: now,
        }
    }

    #[test]
    fn a_node_that_lists_less_than_before_has_that_many() {
        let stage = Stage::new();
        stage.add("1.2");
        let run = stage.begin();
        lock(&run.live).of = 20;
        let node = Node {
            count_of_study: Some(6),
            is_cut: false,
        };
        take_list(&stage.shared, &run, &node, &OnceLock::new(), &|_| {});
        assert_eq!(lock(&run.live).of, 6);
    }

    #[test]
    fn a_list_without_counts_of_series_is_whole_where_the_study_counts_as_many() {
        let is_whole = |count_of_study, series_uids| {
            let node = Node {
                count_of_study,
                is_cut: false,
            };
            let hear = Hear {
                all: &|_| {},
                each: &|_, _| {},
                is_stopped: &|| false,
            };
            let list = instances(&node, &transfer(series_uids), &JobCtx::new(), &hear);
            list.unwrap().is_whole
        };
        assert!(is_whole(Some(6), Vec::new()));
        assert!(!is_whole(Some(7), Vec::new()), "it has shortened its lists");
        assert!(!is_whole(None, Vec::new()));
        // What the study counts says nothing of a part of it.
        assert!(!is_whole(Some(6), vec!["1.2.1".to_owned()]));
    }

    #[test]
    fn who_stops_while_a_study_is_listed_has_a_part_of_it() {
        let stage = Stage::new();
        stage.add("1.2");
        let run = stage.begin();
        let node = Node {
            count_of_study: None,
            is_cut: true,
        };
        let listing = OnceLock::new();
        take_list(&stage.shared, &run, &node, &listing, &|_| {});
        assert!(listing.get().is_none());
        let listed = stage.queue().listed("1.2", "").unwrap();
        let series: Vec<(&str, u32)> = listed[0]
            .series
            .iter()
            .map(|(uid, count)| (uid.as_str(), *count))
            .collect();
        assert_eq!(series, [("1.2.1", 3), ("1.2.2", 0)]);
        // What is here is never all there is.
        assert_eq!(listed[0].counted(), None);
        // Nobody counts, so that nobody can tell whether the list is shortened.
        assert!(run.is_list_short.load(Ordering::SeqCst));
    }
}
