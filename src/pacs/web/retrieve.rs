//! Retrieval: what is wanted first is asked for first, over several connections at once.

use std::collections::HashSet;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use super::WebTrouble;
use super::address::escaped;
use super::instance::Forms;
use super::instance::InstancePlace;
use super::instance::fetch;
use super::receive::Arrived;
use super::receive::Ended;
use super::receive::take_in;
use super::search::instance_count_of;
use super::search::instances_of;
use super::session::Ask;
use super::session::Session;
use super::site::CONNECTIONS;
use super::site::Site;
use super::trouble::Streak;
use crate::dicom::InstanceSink;
use crate::dicom::tags;
use crate::jobs::JobCtx;
use crate::pacs::Failure;
use crate::pacs::InstanceOutcome;
use crate::pacs::RetrieveEvent;
use crate::pacs::Retrieved;
use crate::pacs::Wanted;
use crate::pacs::mixed::Patients;
use crate::pacs::pace::End;
use crate::pacs::pace::may_join;
use crate::problem::Message;
use crate::problem::msg;

/// So few instances are asked for one by one.
const FEW: usize = 8;
/// How often a connection that waits looks whether it is called for.
const GLANCE: Duration = Duration::from_millis(5);

/// Who hears of every instance.
pub(super) type Told<'a> = &'a (dyn Fn(RetrieveEvent) + Sync);

/// Fetches studies, series or instances in their order.
pub(super) fn retrieve(
    site: &Site,
    forms: &Forms,
    wanted: &[Wanted],
    sink: &dyn InstanceSink,
    told: Told<'_>,
    ctx: &JobCtx,
) -> Result<Retrieved, Failure> {
    let session = Session::new(site, ctx)?;
    let tally = Tally::new(told);
    let mut places = VecDeque::new();
    let mut whole = Vec::new();
    let mut unlisted = Vec::new();
    for part in parts_of(wanted) {
        match Plan::of(&session, part, forms.is_slow())? {
            Plan::Each(found) => places.extend(found),
            Plan::Whole(part, count) => whole.push((part, count)),
            Plan::Unlisted(part) => unlisted.push(part),
        }
    }
    if unlisted.is_empty() {
        let counts = whole.iter().map(|(_, count)| count);
        tally.expect(places.len() + counts.sum::<usize>());
    }
    for (part, count) in whole {
        if !tally.has_ended() {
            let left_out = fetch_whole(&session, &part, count, sink, &tally);
            places.extend(left_out);
        }
    }
    let queue = Mutex::new(places);
    let next = || {
        queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    };
    fetch_all(&session, forms, &next, sink, &tally);
    for part in unlisted {
        if tally.has_ended() {
            break;
        }
        if let Err(failure) = fetch_in_bulk(&session, &part, sink, &tally) {
            tally.end(failure);
        }
    }
    tally.into_outcome()
}

/// How a part of a study is asked for.
enum Plan {
    /// One by one, in this order.
    Each(Vec<InstancePlace>),
    /// In one answer, which is quicker than hundreds, and on a fast line quicker even than their
    /// list; so many instances are to come.
    Whole(PartOfStudy, usize),
    /// In one answer, by a service that cannot list instances.
    Unlisted(PartOfStudy),
}

impl Plan {
    fn of(session: &Session<'_>, part: PartOfStudy, is_slow: bool) -> Result<Self, Failure> {
        let may_be_whole = part.instance_uids.is_empty() && !is_slow;
        if may_be_whole {
            match instance_count_of(session, &part) {
                Ok(Some(count)) if count > FEW => return Ok(Self::Whole(part, count)),
                Ok(_few_or_not_said) => {}
                // It may well list what it cannot count.
                Err(Failure::Web { trouble, .. }) if trouble.is_of_one_instance() => {}
                Err(failure) => return Err(failure),
            }
        }
        match instances_of(session, &part) {
            Ok(found) if found.is_empty() => Ok(Self::Unlisted(part)),
            Ok(found) if may_be_whole && found.len() > FEW => Ok(Self::Whole(part, found.len())),
            Ok(found) => Ok(Self::Each(found)),
            Err(Failure::Web { trouble, .. }) if trouble.is_of_one_request() => {
                Ok(Self::Unlisted(part))
            }
            Err(failure) => Err(failure),
        }
    }
}

/// Fetches a part of a study in one answer: what that left out.
fn fetch_whole(
    session: &Session<'_>,
    part: &PartOfStudy,
    count: usize,
    sink: &dyn InstanceSink,
    tally: &Tally<'_>,
) -> Vec<InstancePlace> {
    let result = fetch_in_bulk(session, part, sink, tally);
    let come = tally.take_come();
    if tally.has_ended() || (result.is_ok() && come.len() >= count) {
        return Vec::new();
    }
    match (result, instances_of(session, part)) {
        (Err(Failure::Cancelled), _) => tally.end(Failure::Cancelled),
        (_, Ok(mut found)) if !found.is_empty() => {
            tally.expect_instead(count, found.len());
            found.retain(|place| !come.contains(&place.instance_uid));
            return found;
        }
        // A service that cannot list them leaves its count to say what is missing.
        (Ok(()), Ok(_)) => {}
        (Ok(()), Err(Failure::Web { trouble, .. })) if trouble.is_of_one_request() => {}
        (Err(failure), _) | (Ok(()), Err(failure)) => tally.end(failure),
    }
    Vec::new()
}

/// Fetches what `next` says until it says no more.
pub(super) fn retrieve_ordered(
    site: &Site,
    forms: &Forms,
    next: &(dyn Fn() -> Option<InstancePlace> + Sync),
    sink: &dyn InstanceSink,
    told: Told<'_>,
    ctx: &JobCtx,
) -> Result<Retrieved, Failure> {
    let session = Session::new(site, ctx)?;
    let tally = Tally::new(told);
    fetch_all(&session, forms, next, sink, &tally);
    tally.into_outcome()
}

/// A study, a series of it, or instances of that.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct PartOfStudy {
    pub study_uid: String,
    pub series_uid: Option<String>,
    /// None: all of them.
    pub instance_uids: Vec<String>,
}

impl PartOfStudy {
    fn url(&self, base: &str) -> String {
        let study = format!("{base}/studies/{}", escaped(&self.study_uid));
        match &self.series_uid {
            Some(series) => format!("{study}/series/{}", escaped(series)),
            None => study,
        }
    }
}

fn parts_of(wanted: &[Wanted]) -> impl Iterator<Item = PartOfStudy> + '_ {
    wanted.iter().flat_map(|study| {
        let whole = study.series.is_empty().then(|| PartOfStudy {
            study_uid: study.study_uid.clone(),
            ..PartOfStudy::default()
        });
        let series = study.series.iter().map(|series| PartOfStudy {
            study_uid: study.study_uid.clone(),
            series_uid: Some(series.series_uid.clone()),
            instance_uids: series.instance_uids.clone(),
        });
        whole.into_iter().chain(series)
    })
}

fn fetch_all(
    session: &Session<'_>,
    forms: &Forms,
    next: &(dyn Fn() -> Option<InstancePlace> + Sync),
    sink: &dyn InstanceSink,
    tally: &Tally<'_>,
) {
    let is_done = AtomicBool::new(false);
    let work = |number: usize| {
        while !tally.has_ended() {
            let (come, since_first) = tally.pace();
            if !may_join(number, come, since_first) {
                if is_done.load(Ordering::Relaxed) {
                    return;
                }
                std::thread::sleep(GLANCE);
                continue;
            }
            if let Err(cancelled) = session.ctx.check() {
                tally.end(cancelled.into());
                return;
            }
            let Some(place) = next() else {
                is_done.store(true, Ordering::Relaxed);
                return;
            };
            match fetch(session, forms, &place, sink) {
                Ok(arrived) => {
                    tally.streak().succeed();
                    tally.count(arrived, Some(&place.study_uid));
                }
                Err(Failure::Web { peer, trouble }) if trouble.is_of_one_instance() => {
                    tally.count(
                        Arrived {
                            sop_instance_uid: place.instance_uid,
                            result: Err(trouble.message(&peer)),
                            has_no_place: false,
                        },
                        None,
                    );
                    if tally.streak().refuse(&trouble) {
                        tally.end(Failure::Web { peer, trouble });
                    }
                }
                Err(failure) => tally.end(failure),
            }
        }
    };
    std::thread::scope(|scope| {
        let work = &work;
        for number in 1..CONNECTIONS {
            scope.spawn(move || work(number));
        }
        let _end = End(&is_done);
        work(0);
    });
}

/// All of a series or a study in one answer.
fn fetch_in_bulk(
    session: &Session<'_>,
    part: &PartOfStudy,
    sink: &dyn InstanceSink,
    tally: &Tally<'_>,
) -> Result<(), Failure> {
    let base = &session.site.base;
    let accept = r#"multipart/related; type="application/dicom"; transfer-syntax=*"#;
    let url = part.url(base);
    let answer = session.get(&Ask {
        url,
        accept,
        may_pack: false,
    });
    let answer = answer?;
    let is_partial = answer.is_partial();
    // A disk takes its time to promise that something lasts; the line does not wait for it.
    let (give, take) = crossbeam_channel::bounded(CONNECTIONS);
    let keep = || {
        for ended in take.clone() {
            match Ended::keep(ended) {
                Ok(arrived) => tally.count(arrived, Some(&part.study_uid)),
                Err(failure) => tally.end(failure),
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(keep);
        }
        let taken = take_in(session, answer, None, sink, &mut |ended| {
            if tally.has_ended() {
                return Err(Failure::Cancelled);
            }
            give.send(ended).map_err(|_closed| Failure::Cancelled)
        });
        drop(give);
        match taken {
            Ok(()) if is_partial => Err(session.site.trouble(WebTrouble::Truncated)),
            taken => taken,
        }
    })
}

/// What came so far, over all connections.
struct Tally<'a> {
    told: Told<'a>,
    begin: Instant,
    has_ended: AtomicBool,
    state: Mutex<Retrieved>,
    /// SOP Instance UIDs of what was kept of the studies asked for, or refused for good.
    come: Mutex<HashSet<String>>,
    streak: Mutex<Streak>,
    patients: Mutex<Patients>,
}

impl<'a> Tally<'a> {
    fn new(told: Told<'a>) -> Self {
        Self {
            told,
            begin: Instant::now(),
            has_ended: AtomicBool::new(false),
            state: Mutex::default(),
            come: Mutex::default(),
            streak: Mutex::default(),
            patients: Mutex::default(),
        }
    }

    fn expect(&self, count: usize) {
        self.lock().expected = Some(count);
        (self.told)(RetrieveEvent::Expected(count));
    }

    /// Where a part turns out to have another number of instances than the service said.
    fn expect_instead(&self, said: usize, found: usize) {
        let mut state = self.lock();
        let expected = state.expected.map(|all| all.saturating_sub(said) + found);
        state.expected = expected;
        drop(state);
        if let Some(expected) = expected {
            (self.told)(RetrieveEvent::Expected(expected));
        }
    }

    fn count(&self, arrived: Arrived, study_uid: Option<&str>) {
        let elapsed: Duration = self.begin.elapsed();
        let (mut remark, mut two_patients) = (None, None);
        {
            let patients = self.patients.lock();
            let mut patients = patients.unwrap_or_else(PoisonError::into_inner);
            let mut state = self.lock();
            match &arrived.result {
                Ok(received) => {
                    state.instances += 1;
                    state.bytes += received.bytes;
                    state.first_instance.get_or_insert(elapsed);
                    let own = received.header.dataset.elements();
                    let own = own.uid(tags::STUDY_INSTANCE_UID).unwrap_or_default();
                    if study_uid.is_some_and(|asked| asked != own) {
                        let message = Message::new(msg("pacs-other-study"));
                        remark = Some(message.text("uid", &arrived.sop_instance_uid));
                        state.warnings.extend(remark.clone());
                    } else if let Some(message) = patients.note(&received.header) {
                        state.is_of_two_patients = true;
                        if !state.warnings.contains(&message) {
                            state.warnings.push(message.clone());
                        }
                        two_patients = Some(message);
                    }
                }
                Err(message) => {
                    let failed = (arrived.sop_instance_uid.clone(), message.clone());
                    state.failed.push(failed);
                }
            }
        }
        if remark.is_none() {
            let mut come = self.come.lock().unwrap_or_else(PoisonError::into_inner);
            come.insert(arrived.sop_instance_uid.clone());
        }
        (self.told)(RetrieveEvent::Instance(InstanceOutcome {
            has_no_room: false, // that ends the retrieval
            has_no_place: arrived.has_no_place,
            sop_instance_uid: arrived.sop_instance_uid,
            result: arrived.result,
            remark: remark.or(two_patients),
        }));
    }

    /// Instances that came or were refused, and how long ago the first of them came.
    fn pace(&self) -> (usize, Duration) {
        let state = self.lock();
        let since = state.first_instance;
        let since = since.map(|first| self.begin.elapsed().saturating_sub(first));
        (
            state.instances + state.failed.len(),
            since.unwrap_or_default(),
        )
    }

    fn take_come(&self) -> HashSet<String> {
        std::mem::take(&mut self.come.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn streak(&self) -> MutexGuard<'_, Streak> {
        self.streak.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, failure: Failure) {
        self.has_ended.store(true, Ordering::Relaxed);
        self.lock().end.get_or_insert(failure);
    }

    fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Relaxed)
    }

    /// What came; the failure alone where nothing could be asked for.
    fn into_outcome(self) -> Result<Retrieved, Failure> {
        let state = self.state.into_inner();
        let state = state.unwrap_or_else(PoisonError::into_inner);
        match state.end {
            Some(failure) if state.instances == 0 && state.failed.is_empty() => Err(failure),
            _ => Ok(state),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Retrieved> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
