//! One attempt at fetching a study: everything at once while that is quick, in the order of what
//! is looked at where the line is slow, and nothing that is here already.

mod apart;
mod aside;
mod each;
mod listing;
mod meanwhile;
mod room;

use std::collections::HashSet;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant, SystemTime};

use crate::archive::{Ending, ItemOutcome, Retry};
use crate::dicom::InstanceHeader;
use crate::dicom::modules::PatientModule;
use crate::pacs::web::WebService;
use crate::pacs::{
    Failure, NodeAddress, Reception, Retrieval, RetrieveEvent, Retrieved, Service, Wanted,
    WantedSeries, service,
};
use crate::problem::{Message, Problem, msg};
use crate::workspace::Arrival;

use super::beginnings::Watched;
use super::order::{Listed, in_order, wanted};
use super::previews::Previews;
use super::right_of_way::{Gate, Yielding};
use super::run::Run;
use super::transfers::{Shared, known_instances, lock};

use apart::{Apart, Whose};
use aside::EndOfAside;
use listing::Listing;
use room::ran_out;

pub(super) use listing::tell_list;
pub(super) use room::{InVain, Shortages, end_in_vain};

/// What comes in less time need not be asked for in another order.
const SOON: Duration = Duration::from_secs(2);
/// Instances asked for at once when their order matters.
const FEW: usize = 24;
/// Who has looked at one slice for so long is not scrolling: all is asked for at once then.
const STILL: Duration = Duration::from_secs(1);
/// Headers are handed to the window at least so often.
const HANDED_ON_EVERY: Duration = Duration::from_millis(60);

/// Carries one attempt out.
pub(super) fn run(shared: &Arc<Shared>, run: &Arc<Run>) -> Ending {
    let transfer = &run.transfer;
    let settings = shared.settings();
    let Some(node) = settings.node(&transfer.node) else {
        let why = Message::new(msg("transfer-no-node")).text("node", &transfer.node);
        return Ending::Failed(shared.said(&why), Retry::Never);
    };
    if let Err(error) = shared.check_room(transfer.id) {
        return shared.hindered(error.message());
    }
    let caller = shared.caller();
    let service: Arc<dyn Service> = Arc::from(service(node, &caller));
    let known = known_instances(&shared.archive, &transfer.study_uid, &transfer.patient_id);
    let attempt = Attempt::new(shared, run, known);
    shared.show_what_came(transfer);
    lock(&run.live).done = lock(&attempt.known).len();
    let here: Vec<(String, ItemOutcome)> = lock(&attempt.known)
        .iter()
        .map(|uid| (uid.clone(), ItemOutcome::Success))
        .collect();
    let queue = shared.archive.transfers();
    if let Err(error) = queue.record(transfer.id, &here, 0, SystemTime::now()) {
        return shared.hindered(error.message());
    }
    let is_resumed = !lock(&attempt.known).is_empty();
    let web = match &node.address {
        NodeAddress::Web(address) => Some(WebService::new(address, node, &caller)),
        NodeAddress::Dimse(_) => None,
    };
    let ctx = run.previews.clone();
    let previews = Previews::new(shared, run, &attempt.known, ctx);
    let previews = (node.has_slow_line() && settings.is_previewing).then_some(&previews);
    let may_go_aside = match &node.address {
        NodeAddress::Web(_) => true,
        // Two requests cannot listen at one port.
        NodeAddress::Dimse(address) => {
            address.retrieval == Retrieval::Get || matches!(caller.reception, Reception::Running(_))
        }
    };
    let is_over = AtomicBool::new(false);
    let ending = std::thread::scope(|scope| {
        let _end = EndOfAside {
            is_over: &is_over,
            run,
        };
        if let (Some(web), Some(previews)) = (&web, previews) {
            let aside = std::thread::Builder::new().name("previews".to_owned());
            if let Err(error) = aside.spawn_scoped(scope, || previews.run(web)) {
                tracing::warn!(%error, "no pictures");
                previews.end();
            }
        }
        let _ended = previews.map(EndPreviews);
        if may_go_aside {
            let aside = std::thread::Builder::new().name("right of way".to_owned());
            let aside =
                aside.spawn_scoped(scope, || attempt.fetch_awaited(service.as_ref(), &is_over));
            if let Err(error) = aside {
                tracing::warn!(%error, "nothing has the right of way");
            }
        }
        match &web {
            // A web service on a fast line needs no list: one answer with everything is quickest.
            Some(web) if !node.has_slow_line() => {
                if is_resumed {
                    attempt.list(service.as_ref(), None);
                } else {
                    attempt.list_beside(&service);
                }
                attempt.fetch(web, Some(web))
            }
            Some(web) => {
                attempt.list_meanwhile(scope, service.as_ref(), previews);
                attempt.fetch_each(web, previews)
            }
            None => {
                let listing = attempt.list_meanwhile(scope, service.as_ref(), previews);
                if let Some(ending) = attempt.fetch_meanwhile(service.as_ref()) {
                    return ending;
                }
                drop(listing.map(ScopedJoinHandle::join));
                attempt.fetch(service.as_ref(), None)
            }
        }
    });
    attempt.hand_on(true);
    attempt.tell_apart();
    ending
}

struct Attempt<'a> {
    shared: &'a Arc<Shared>,
    run: &'a Arc<Run>,
    /// Instances that are here.
    known: Mutex<HashSet<String>>,
    /// What the node says there is, once it has.
    listing: Arc<OnceLock<Listing>>,
    /// It is being asked what there is, and what it says so far is used.
    is_listing: AtomicBool,
    /// Closed while what the reader waits for comes.
    gate: Arc<Gate>,
    /// Where instances go.
    watched: Watched,
    /// Instances that were asked for one by one, so that none comes twice.
    taken: Mutex<HashSet<String>>,
    /// Instances that did not come when they were asked for: the next attempt asks again.
    failed: Mutex<HashSet<String>>,
    /// Headers on their way to the window, and when some were handed on last.
    waiting: Mutex<(Vec<InstanceHeader>, Option<Instant>)>,
    /// What the request under way asks for, in its order; none where that is the node's own.
    asked_for: Mutex<Vec<String>>,
    /// When the request under way was made.
    begun: Mutex<Instant>,
    /// Who was asked for.
    patient: PatientModule,
    /// What came besides.
    apart: Mutex<Apart>,
    /// What the node warned of.
    warned: Mutex<Vec<Message>>,
}

impl<'a> Attempt<'a> {
    /// Before its first request; these instances are here.
    fn new(shared: &'a Arc<Shared>, run: &'a Arc<Run>, known: HashSet<String>) -> Self {
        Self {
            shared,
            run,
            known: Mutex::new(known),
            listing: Arc::default(),
            is_listing: AtomicBool::new(false),
            gate: Arc::default(),
            watched: Watched::new(shared),
            taken: Mutex::default(),
            failed: Mutex::default(),
            waiting: Mutex::default(),
            asked_for: Mutex::default(),
            begun: Mutex::new(Instant::now()),
            patient: shared.whose(&run.transfer),
            apart: Mutex::default(),
            warned: Mutex::default(),
        }
    }
}

impl Attempt<'_> {
    fn listed(&self) -> Option<&[Listed]> {
        Some(self.listing.get()?.instances.as_slice())
    }

    /// The list, if nothing is missing in it.
    fn whole_list(&self) -> Option<&[Listed]> {
        let list = self.listing.get().filter(|list| list.is_whole)?;
        Some(list.instances.as_slice())
    }

    /// What the node warns of, each once. Images of other studies are told with their number.
    fn warn(&self, warnings: &[Message]) {
        for warning in warnings
            .iter()
            .filter(|it| it.id != msg("pacs-other-study"))
        {
            let mut warned = lock(&self.warned);
            if !warned.contains(warning) {
                warned.push(warning.clone());
                self.shared
                    .messenger
                    .notify(Problem::warning(warning.clone()));
            }
        }
    }

    /// What is missing, in the node's own order or in ours: then from a web service instance after
    /// instance.
    fn fetch(&self, service: &dyn Service, web: Option<&WebService>) -> Ending {
        let is_known = web.is_none() || !lock(&self.known).is_empty();
        let mut is_ordered = is_known && self.whole_list().is_some();
        let sink = self.sink();
        loop {
            let (asked, is_last) = if is_ordered {
                self.next_few()
            } else {
                lock(&self.asked_for).clear();
                (self.everything(), true)
            };
            if asked.is_empty() {
                return self.end();
            }
            let before = self.over().len();
            let ctx = self.run.begin();
            *lock(&self.begun) = Instant::now();
            let told = |event: RetrieveEvent| self.hear(event, is_last);
            let result = service.retrieve(&asked, &sink, &told, &ctx);
            self.shared.record(self.run, false);
            if self.run.is_stopped() {
                return Ending::Yielded;
            }
            let failure = match result {
                Err(failure) => Some(failure),
                Ok(retrieved) => {
                    self.warn(&retrieved.warnings);
                    let is_steered = matches!(retrieved.end, Some(Failure::Cancelled));
                    if is_steered && let Some(web) = web.filter(|_| self.whole_list().is_some()) {
                        return self.fetch_each(web, None);
                    }
                    if is_steered || (retrieved.end.is_none() && !is_last) {
                        is_ordered = self.whole_list().is_some();
                        if self.over().len() == before && !is_steered {
                            // The node has not what it listed.
                            return self.end();
                        }
                        continue;
                    }
                    if retrieved.end.is_none() && self.lacks(&retrieved) {
                        let why = Message::new(msg("transfer-incomplete"))
                            .count("count", retrieved.failed.len().max(1));
                        return Ending::Failed(self.shared.said(&why), Retry::Later);
                    }
                    retrieved.end
                }
            };
            match failure {
                None => return self.end(),
                Some(Failure::Cancelled) => is_ordered = self.whole_list().is_some(),
                Some(failure) => return self.broken_off(&failure),
            }
        }
    }

    /// Whether it was not asked for yet; it is now.
    fn take(&self, listed: &Listed) -> bool {
        lock(&self.taken).insert(listed.sop_instance_uid.clone())
    }

    fn sink(&self) -> Yielding<'_> {
        Yielding {
            sink: &self.watched,
            gate: Arc::clone(&self.gate),
        }
    }

    fn broken_off(&self, failure: &Failure) -> Ending {
        if let Failure::NoRoom(why) = failure {
            return ran_out(self.shared, self.run, why.clone());
        }
        let retry = if failure.is_lasting() {
            Retry::Never
        } else {
            Retry::Later
        };
        tracing::debug!("a retrieval of {} broke off", self.run.transfer.node);
        Ending::Failed(self.shared.said(&failure.message()), retry)
    }

    /// All that the transfer is for, in the node's own order.
    fn everything(&self) -> Vec<Wanted> {
        let transfer = &self.run.transfer;
        let series = transfer.series_uids.iter().map(|series| WantedSeries {
            series_uid: series.clone(),
            ..WantedSeries::default()
        });
        vec![Wanted {
            study_uid: transfer.study_uid.clone(),
            series: series.collect(),
        }]
    }

    /// The node itself says that not all came, whatever it listed.
    fn lacks(&self, retrieved: &Retrieved) -> bool {
        let known = lock(&self.known);
        let is_missing = |(uid, _): &(String, Message)| uid.is_empty() || !known.contains(uid);
        retrieved.failed.iter().any(is_missing)
            || (self.whole_list().is_none() && !retrieved.is_complete())
    }

    /// What is wanted first of what is missing, and whether that is all.
    fn next_few(&self) -> (Vec<Wanted>, bool) {
        let study_uid = &self.run.transfer.study_uid;
        let Some(listed) = self.listed() else {
            return (self.everything(), true);
        };
        let focus = self.shared.focus(study_uid);
        let is_still = focus
            .as_ref()
            .is_none_or(|(_, since)| since.elapsed() >= STILL);
        let focus = focus.map(|(focus, _)| focus);
        let order = in_order(listed, &self.over(), focus.as_ref());
        let is_soon = self.time_for(order.len()).is_some_and(|time| time < SOON);
        let count = if is_soon || is_still {
            order.len()
        } else {
            order.len().min(FEW)
        };
        let few = order.get(..count).unwrap_or_default();
        if few.is_empty() {
            return (Vec::new(), true);
        }
        *lock(&self.asked_for) = few.iter().map(|it| it.sop_instance_uid.clone()).collect();
        (wanted(study_uid, few), count == order.len())
    }

    /// How long so many instances will take, at the speed of late.
    fn time_for(&self, instances: usize) -> Option<Duration> {
        lock(&self.run.live).speed.time_for(instances)
    }

    /// An instance came, or the node says how many there are.
    fn hear(&self, event: RetrieveEvent, is_all: bool) {
        let outcome = match event {
            RetrieveEvent::Expected(count) => {
                if is_all && self.listed().is_none() {
                    let known = lock(&self.known).len();
                    let mut live = lock(&self.run.live);
                    live.of = live.of.max(count).max(known);
                }
                return;
            }
            RetrieveEvent::Instance(outcome) => outcome,
        };
        room::note_place(self.shared, self.run, &outcome);
        match outcome.result {
            Ok(received) => {
                match self.whose(&outcome.sop_instance_uid, &received) {
                    Whose::Asked => {}
                    Whose::OpenToo => {
                        lock(&self.waiting).0.push(received.header);
                        return;
                    }
                    Whose::Other => return,
                }
                let uid = outcome.sop_instance_uid;
                if !self.shared.archive.is_aside(&received.path) {
                    self.run.note_fetched(&uid);
                }
                let is_new = lock(&self.known).insert(uid.clone());
                if is_new {
                    if let Some(remark) = &outcome.remark {
                        self.run.note_remark(&uid, self.shared.said(remark));
                    }
                    self.run.note(&uid, ItemOutcome::Success, received.bytes);
                    if self.shared.takes(&received) {
                        lock(&self.waiting).0.push(received.header);
                    }
                }
            }
            // What has no name is counted by who asked for it: no later attempt could bring it.
            Err(_) if outcome.sop_instance_uid.is_empty() => {}
            Err(why) => {
                let (uid, why) = (outcome.sop_instance_uid, self.shared.said(&why));
                self.run.note(&uid, ItemOutcome::Failed(why), 0);
                lock(&self.failed).insert(uid);
            }
        }
        self.hand_on(false);
        self.shared.record(self.run, false);
        if is_all && self.is_order_wrong() {
            self.run.break_off();
        }
    }

    /// The reader has turned to slices that would come late.
    fn is_order_wrong(&self) -> bool {
        let Some((focus, since)) = self.shared.focus(&self.run.transfer.study_uid) else {
            return false;
        };
        // What is awaited and arriving already would only be cut off.
        let is_arriving = |uid: &String| self.shared.under_way.has(uid);
        if since < *lock(&self.begun) || focus.awaited.as_ref().is_some_and(is_arriving) {
            return false;
        }
        let Some(listed) = self.whole_list() else {
            return false;
        };
        let settled = self.settled();
        let missing = listed.len().saturating_sub(settled.len());
        if self.time_for(missing).is_none_or(|time| time <= SOON) {
            return false; // before the list is put in order, which takes its time
        }
        // About the slice looked at, is anything missing that would not come next anyway?
        let asked_for = lock(&self.asked_for);
        let coming = asked_for.iter().filter(|uid| !settled.contains(*uid));
        let coming: HashSet<&str> = coming.take(FEW).map(String::as_str).collect();
        let near = in_order(listed, &HashSet::new(), Some(&focus));
        near.iter().take(FEW / 2).any(|instance| {
            let uid = instance.sop_instance_uid.as_str();
            !settled.contains(uid) && !coming.contains(uid)
        })
    }

    /// Gives headers to the window: the first at once, then a few times a second.
    fn hand_on(&self, is_end: bool) {
        let headers = {
            let mut waiting = lock(&self.waiting);
            let is_due = waiting.1.is_none_or(|at| at.elapsed() >= HANDED_ON_EVERY);
            if waiting.0.is_empty() || !(is_due || is_end) {
                return;
            }
            waiting.1 = Some(Instant::now());
            std::mem::take(&mut waiting.0)
        };
        self.shared.messenger.send(Arrival::headers(headers));
    }

    /// All was asked for: is all here?
    fn end(&self) -> Ending {
        let settled = self.settled();
        let listed = self.listed().unwrap_or_default().iter();
        let missing = listed.filter(|it| !settled.contains(&it.sop_instance_uid));
        let missing = missing.count();
        if missing == 0 {
            self.forget_unlisted();
            return self.end_without_others();
        }
        let why = Message::new(msg("transfer-incomplete")).count("count", missing);
        Ending::Failed(self.shared.said(&why), Retry::Later)
    }
}

impl Attempt<'_> {
    /// Instances that need not be asked for in this attempt any more.
    fn over(&self) -> HashSet<String> {
        let mut over = self.settled();
        over.extend(lock(&self.failed).iter().cloned());
        over
    }

    /// What failed before, and the node does not list any more, is not missing.
    fn forget_unlisted(&self) {
        let Some(listed) = self.whole_list() else {
            return;
        };
        self.shared.record(self.run, true);
        // What came as another patient's is not missing either.
        let others = &self.settled() - &lock(&self.known);
        let uids = listed.iter().map(|it| it.sop_instance_uid.as_str());
        let uids = uids.filter(|uid| !others.contains(*uid));
        let queue = self.shared.archive.transfers();
        if let Err(error) = queue.keep_failed_of(self.run.transfer.id, uids) {
            tracing::warn!("what is not there any more is still awaited: {error}");
        }
    }
}

/// Ends the pictures when it goes, however that comes.
struct EndPreviews<'a>(&'a Previews<'a>);

impl Drop for EndPreviews<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}
