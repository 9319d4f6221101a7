//! The queue's runner: takes what is due from the archive's queue, a thread each, one a node.
//!
//! The queue on disk is the truth: what runs here can be cut off at any moment, and goes on where
//! it was at the next start. What the reader asks for makes what runs with the same node give way.

mod dispatch;
mod turns;

#[cfg(test)]
pub(super) mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::Sender;

use crate::archive::{self, Archive, Ending, TransferId, TransferKind, TransferPriority};
use crate::dicom::modules::PatientModule;
use crate::dicom::{Received, tags};
use crate::model::{StudyMatch, identity};
use crate::pacs::{Caller, Lines, Node, NodeAddress, Reception, StorageScp};
use crate::problem::{Message, Problem, msg};
use crate::text::{self, Words};
use crate::workspace::{Arrival, Command, PacsSettings};

use super::beginnings::UnderWay;
use super::order::Focus;
use super::retrieve::Shortages;
use super::run::Run;
use super::{Messenger, caller, on_thread};

use turns::{Asked, turned};

/// How often the window hears how far they are.
const TOLD_EVERY: Duration = Duration::from_millis(250);

/// The runner of one archive's queue. Stops when it goes; what ran waits for the next start.
pub(super) struct Runner {
    pub(super) shared: Arc<Shared>,
}

/// What the runner's threads have in common.
pub(super) struct Shared {
    pub(super) archive: Arc<Archive>,
    pub(super) messenger: Messenger,
    settings: Mutex<(PacsSettings, &'static Words)>,
    lines: Lines,
    /// The receiver that listens all the time, if one does.
    receiver: Mutex<Option<Arc<StorageScp>>>,
    pub(super) running: Mutex<BTreeMap<TransferId, Arc<Run>>>,
    /// Studies that go into the window as they come, and how many openings wait for their end.
    open_studies: Mutex<HashMap<String, usize>>,
    /// What the reader opened, by Study Instance UID and Patient ID.
    opened: Mutex<HashMap<(String, String), Opened>>,
    /// What somebody waits for, what was asked for last at the end.
    asked: Mutex<Vec<Asked>>,
    /// What stood back at its last attempt before anything had come.
    fruitless: Mutex<HashSet<TransferId>>,
    focus: Mutex<Option<(Focus, Instant)>>,
    /// Something else is looked at, or something came of what is.
    pub(super) looked: Condvar,
    /// What is arriving.
    pub(super) under_way: UnderWay,
    /// What the disk had no room for.
    pub(super) shortages: Shortages,
    /// Nodes that render no pictures, as far as this run of the program has seen.
    pictureless: Mutex<HashSet<String>>,
    is_over: AtomicBool,
    wake: Sender<()>,
}

/// A study as the reader found and opened it.
pub(super) struct Opened {
    found: StudyMatch,
    /// Files that were handed to the window.
    shown: HashSet<PathBuf>,
}

impl Opened {
    /// Whose it is, as far as a search says.
    fn patient(&self) -> PatientModule {
        PatientModule {
            patient_id: self.found.patient_id.clone(),
            issuer: self.found.issuer_of_patient_id.clone(),
            name: self.found.patient_name.clone(),
            ..PatientModule::default()
        }
    }
}

/// What a transfer says that waits for the local archive.
pub(super) fn waits_for_archive(why: Message) -> Message {
    Message::new(msg("transfer-hindered")).message("reason", why)
}

/// A lock that a panic elsewhere does not take away.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn new(
        archive: Arc<Archive>,
        messenger: &Messenger,
        lines: &Lines,
        settings: (PacsSettings, &'static Words),
        wake: Sender<()>,
    ) -> Self {
        Self {
            archive,
            messenger: messenger.clone(),
            settings: Mutex::new(settings),
            lines: lines.clone(),
            receiver: Mutex::default(),
            running: Mutex::default(),
            open_studies: Mutex::default(),
            opened: Mutex::default(),
            asked: Mutex::default(),
            fruitless: Mutex::default(),
            focus: Mutex::default(),
            looked: Condvar::new(),
            under_way: UnderWay::default(),
            shortages: Shortages::default(),
            pictureless: Mutex::default(),
            is_over: AtomicBool::new(false),
            wake,
        }
    }

    pub(super) fn settings(&self) -> PacsSettings {
        lock(&self.settings).0.clone()
    }

    /// Whether pictures stand for what is still to come.
    pub(super) fn is_previewing(&self) -> bool {
        lock(&self.settings).0.is_previewing
    }

    /// Who we are to nodes.
    pub(super) fn caller(&self) -> Caller {
        let mut caller = caller(&self.settings(), &self.lines);
        if let Some(scp) = &*lock(&self.receiver) {
            caller.reception = Reception::Running(Arc::clone(scp));
        }
        caller
    }

    /// By this receiver from now on.
    pub(super) fn receive_by(&self, receiver: Option<Arc<StorageScp>>) {
        let before = std::mem::replace(&mut *lock(&self.receiver), receiver);
        self.tell_receiver();
        // It waits for its associations to end, and nobody should wait for that.
        on_thread("receiver", &self.messenger, move || drop(before));
    }

    /// What limited nodes send to us is limited as well, they may call us by the title that each
    /// knows us under, and who speaks TLS encrypts.
    fn tell_receiver(&self) {
        let settings = self.settings();
        let (mut limits, mut titles, mut encrypted) = (Vec::new(), Vec::new(), Vec::new());
        for node in &settings.nodes {
            let NodeAddress::Dimse(address) = &node.address else {
                continue;
            };
            let limit = self.lines.throttle(node);
            limits.extend(limit.map(|limit| (address.ae_title.clone(), limit)));
            titles.extend(address.calling_ae_title.clone());
            if address.tls.is_some() && !address.moves_in_clear {
                encrypted.push(address.ae_title.clone());
            }
        }
        if let Some(scp) = &*lock(&self.receiver) {
            scp.limit(limits);
            scp.answer_to(&titles);
            scp.expect_encrypted(&encrypted);
        }
    }

    /// A sentence for the queue's memory.
    pub(super) fn said(&self, message: &Message) -> String {
        text::kept(message, lock(&self.settings).1)
    }

    /// The local archive keeps a transfer from going on.
    pub(super) fn hindered(&self, why: Message) -> Ending {
        Ending::Hindered(self.said(&waits_for_archive(why)))
    }

    /// A node as what is fetched from it bears it.
    fn origin_of(&self, name: &str) -> archive::NodeOrigin {
        let settings = self.settings();
        archive::NodeOrigin {
            name: name.to_owned(),
            origin: settings.node(name).map_or_else(String::new, Node::origin),
        }
    }

    /// Whether a retrieval is under way from the node of this AE title, on behalf of this one.
    pub(super) fn is_fetching(&self, from: &str, on_behalf_of: Option<&str>) -> bool {
        let settings = self.settings();
        lock(&self.running).values().any(|run| {
            let node = settings.node(&run.transfer.node);
            let address = node.map(|node| &node.address);
            let Some(NodeAddress::Dimse(address)) = address else {
                return false;
            };
            let own = address.calling_ae_title.as_ref();
            let own = own.unwrap_or(&settings.ae_title).as_str();
            run.transfer.kind != TransferKind::Send
                && address.ae_title.as_str() == from
                && on_behalf_of == Some(own)
        })
    }

    /// Whether what comes of this study goes into the window.
    pub(super) fn is_open(&self, study_uid: &str) -> bool {
        lock(&self.open_studies).contains_key(study_uid)
    }

    /// Whether what came goes into the window, because its study is open as its patient's; it is
    /// noted then.
    pub(super) fn takes(&self, received: &Received) -> bool {
        let elements = received.header.dataset.elements();
        let study_uid = elements.uid(tags::STUDY_INSTANCE_UID).unwrap_or_default();
        if !self.is_open(&study_uid) {
            return false;
        }
        let own = PatientModule::read(elements);
        let mut opened = lock(&self.opened);
        let of_study = opened.iter_mut().filter(|((uid, _), _)| *uid == study_uid);
        let mut of_study = of_study.map(|(_, opened)| opened);
        let its = of_study.find(|opened| !identity::is_another(&opened.patient(), &own));
        its.is_some_and(|opened| {
            opened.shown.insert(received.path.clone());
            true
        })
    }

    /// What came into the archive by another way since the study was opened goes into the window.
    pub(super) fn show_what_came(&self, transfer: &archive::Transfer) {
        let key = (transfer.study_uid.clone(), transfer.patient_id.clone());
        let Some(found) = lock(&self.opened).get(&key).map(|it| it.found.clone()) else {
            return;
        };
        self.archive.flush();
        let mut new = self.archive.study_files(&found).unwrap_or_default(); // told elsewhere
        if let Some(opened) = lock(&self.opened).get_mut(&key) {
            new.retain(|file| opened.shown.insert(file.clone()));
        }
        if !new.is_empty() {
            self.messenger.command(Command::OpenArchived(new));
        }
    }

    /// Who a transfer is for: as found, where the reader opened it, else by the ID alone.
    pub(super) fn whose(&self, transfer: &archive::Transfer) -> PatientModule {
        let key = (transfer.study_uid.clone(), transfer.patient_id.clone());
        let opened = lock(&self.opened);
        opened.get(&key).map_or_else(
            || PatientModule {
                patient_id: transfer.patient_id.clone(),
                ..PatientModule::default()
            },
            Opened::patient,
        )
    }

    /// Tells the window how much of a study there is by what nodes said, where it was not fetched
    /// to its end.
    pub(super) fn tell_listed(&self, study_uid: &str, patient_id: &str) {
        let listed = match self.archive.transfers().listed(study_uid, patient_id) {
            Ok(listed) => listed,
            Err(error) => {
                self.messenger.notify(Problem::error(error.message()));
                return;
            }
        };
        let mut series: BTreeMap<String, usize> = BTreeMap::new();
        for (uid, count) in listed.iter().flat_map(|it| &it.series) {
            let most = series.entry(uid.clone()).or_default();
            *most = (*most).max(*count as usize);
        }
        let count = listed.iter().map(archive::NodeListing::instances).max();
        self.messenger.send(Arrival::Counted {
            study_uid: study_uid.to_owned(),
            count: count.unwrap_or(0) as usize,
            series,
        });
    }

    /// Whether a transfer under way fetches this study.
    pub(super) fn is_asked_for(&self, study_uid: &str) -> bool {
        let running = lock(&self.running);
        let mut transfers = running.values().map(|run| &run.transfer);
        transfers.any(|it| it.kind != TransferKind::Send && it.study_uid == study_uid)
    }

    /// What is looked at, if it is of this study, and since when.
    pub(super) fn focus(&self, study_uid: &str) -> Option<(Focus, Instant)> {
        let focus = lock(&self.focus);
        focus
            .clone()
            .filter(|(focus, _)| focus.study_uid == study_uid)
    }

    /// Whether the reader waits for this instance, or, with nothing on screen yet, for any.
    pub(super) fn waits_for(&self, sop_instance_uid: &str) -> bool {
        let focus = lock(&self.focus);
        focus.as_ref().is_none_or(|(focus, _)| {
            let awaited = focus.awaited.as_deref();
            awaited == Some(sop_instance_uid)
        })
    }

    /// Until something else is looked at, or so long.
    pub(super) fn wait_for_look(&self, longest: Duration) {
        let focus = lock(&self.focus);
        drop(self.looked.wait_timeout(focus, longest));
    }

    pub(super) fn renders_nothing(&self, node: &str) -> bool {
        lock(&self.pictureless).contains(node)
    }

    /// Said once.
    pub(super) fn render_nothing(&self, node: &str) {
        if lock(&self.pictureless).insert(node.to_owned()) {
            tracing::info!("{node} renders no pictures: images are shown when they are here");
        }
    }

    /// Puts outcomes into the queue's memory: a few times a second, or at once at the end.
    pub(super) fn record(&self, run: &Run, is_end: bool) {
        let (outcomes, fetched, remarks, bytes) = {
            let mut live = lock(&run.live);
            let is_due = live
                .recorded
                .is_none_or(|at| at.elapsed() >= 2 * TOLD_EVERY);
            let is_nothing = live.outcomes.is_empty() && live.fetched.is_empty();
            if is_nothing || !(is_due || is_end) {
                return;
            }
            live.recorded = Some(Instant::now());
            let bytes = std::mem::take(&mut live.bytes);
            let fetched = std::mem::take(&mut live.fetched);
            let remarks = std::mem::take(&mut live.remarks);
            (std::mem::take(&mut live.outcomes), fetched, remarks, bytes)
        };
        let id = run.transfer.id;
        let transfers = self.archive.transfers();
        let uids = fetched.iter().map(String::as_str);
        if !fetched.is_empty()
            && let Err(error) = transfers.mark_fetched(&self.origin_of(&run.transfer.node), uids)
        {
            // Tried once more with the next; at worst more is kept than need be.
            tracing::warn!("what was fetched is not noted: {error}");
            lock(&run.live).fetched.extend(fetched);
        }
        let recorded = transfers.record(id, &outcomes, bytes, SystemTime::now());
        if !remarks.is_empty() && (recorded.is_err() || transfers.remark(id, &remarks).is_err()) {
            // Once more with the next outcomes.
            lock(&run.live).remarks.extend(remarks);
        }
        match recorded {
            Ok(Some(transfer)) if transfer.state == archive::TransferState::Running => {}
            // Paused or taken off the list by another program.
            Ok(_) => run.stop(),
            Err(error) => {
                let mut live = lock(&run.live);
                live.bytes += bytes;
                live.outcomes.splice(0..0, outcomes);
                drop(live);
                self.messenger.notify(Problem::error(error.message()));
            }
        }
    }

    /// Adds to the queue. What the reader waits for makes what else runs give way.
    /// One that runs already is asked for anew when it ends.
    pub(super) fn add(&self, new: &archive::NewTransfer) {
        let added = {
            // Held, so that what runs does not end unnoticed between the two.
            let running = lock(&self.running);
            let added = self.archive.transfers().add(new, SystemTime::now());
            let run = added.as_ref().ok().and_then(|added| running.get(&added.id));
            if let Some(run) = run {
                *lock(&run.again) = Some(new.clone());
            }
            added
        };
        match added {
            Ok(added) if new.priority == TransferPriority::Urgent => {
                self.ask_first(added.id, &new.node, &new.study_uid);
            }
            Ok(_) => {}
            Err(error) => {
                self.opening_ended(&new.study_uid);
                self.messenger.notify(Problem::error(error.message()));
            }
        }
        self.wake();
    }

    pub(super) fn wake(&self) {
        // One waking is enough.
        self.wake.try_send(()).ok();
    }

    /// Those who opened this study have now all of it that can be had.
    fn opening_ended(&self, study_uid: &str) {
        let waiting = lock(&self.open_studies)
            .get_mut(study_uid)
            .map_or(0, std::mem::take);
        for _ in 0..waiting {
            let files_found = 0;
            self.messenger.send(Arrival::ScanEnded { files_found });
        }
    }
}

impl Runner {
    /// Begins to run the queue of an archive.
    pub(super) fn begin(
        archive: Arc<Archive>,
        messenger: &Messenger,
        lines: &Lines,
        settings: &PacsSettings,
        words: &'static Words,
    ) -> Self {
        let (wake, woken) = crossbeam_channel::bounded(1);
        let settings = (settings.clone(), words);
        let shared = Arc::new(Shared::new(archive, messenger, lines, settings, wake));
        let its = Arc::clone(&shared);
        on_thread("transfers", messenger, move || {
            dispatch::dispatch(&its, &woken)
        });
        Self { shared }
    }

    pub(super) fn follow(&self, settings: &PacsSettings, words: &'static Words) {
        *lock(&self.shared.settings) = (settings.clone(), words);
        self.shared.tell_receiver();
        // It may be another node by the same name.
        lock(&self.shared.pictureless).clear();
        self.shared.wake();
    }

    /// What comes of this patient's study goes into the window from now on.
    pub(super) fn open_found(&self, found: &StudyMatch) {
        let key = (found.study_uid.clone(), found.patient_id.clone());
        let opened = Opened {
            found: found.clone(),
            shown: HashSet::new(),
        };
        lock(&self.shared.opened).entry(key).or_insert(opened);
        self.open(&found.study_uid, false);
    }

    /// These files of a study that is open go into the window.
    pub(super) fn note_shown(&self, found: &StudyMatch, files: &[PathBuf]) {
        let key = (found.study_uid.clone(), found.patient_id.clone());
        if let Some(opened) = lock(&self.shared.opened).get_mut(&key) {
            opened.shown.extend(files.iter().cloned());
        }
    }

    /// What comes of this study goes into the window from now on.
    pub(super) fn open(&self, study_uid: &str, is_awaited: bool) {
        let mut open = lock(&self.shared.open_studies);
        *open.entry(study_uid.to_owned()).or_default() += usize::from(is_awaited);
    }

    /// Whose studies were opened, and what of them is shown: for the runner that follows this one.
    pub(super) fn take_opened(&self) -> HashMap<(String, String), Opened> {
        std::mem::take(&mut *lock(&self.shared.opened))
    }

    /// What the runner before this one knew.
    pub(super) fn give_opened(&self, opened: HashMap<(String, String), Opened>) {
        lock(&self.shared.opened).extend(opened);
    }

    /// Studies of which what comes goes into the window.
    pub(super) fn open_studies(&self) -> Vec<String> {
        let open = lock(&self.shared.open_studies);
        open.keys().cloned().collect()
    }

    /// What is looked at now.
    pub(super) fn look_at(&self, focus: Option<Focus>) {
        let turned = {
            let mut known = lock(&self.shared.focus);
            let before = known.as_ref().map(|(focus, _)| focus);
            if before == focus.as_ref() {
                return;
            }
            let turned = turned(before, focus.as_ref()).map(str::to_owned);
            *known = focus.map(|focus| (focus, Instant::now()));
            self.shared.looked.notify_all();
            turned
        };
        if let Some(study_uid) = turned {
            self.shared.turn_to(&study_uid);
        }
    }

    /// Steers one transfer; what runs of it is stopped.
    pub(super) fn steer(
        &self,
        id: TransferId,
        turn: impl FnOnce(&archive::Transfers) -> Result<(), archive::ArchiveError>,
    ) {
        if let Err(error) = turn(self.shared.archive.transfers()) {
            self.shared
                .messenger
                .notify(Problem::error(error.message()));
        }
        let run = lock(&self.shared.running).get(&id).cloned();
        if let Some(run) = run {
            run.stop();
        } else if let Ok(Some(transfer)) = self.shared.archive.transfers().get(id) {
            // What had not begun will not end by itself.
            self.shared.opening_ended(&transfer.study_uid);
        }
        self.shared.wake();
    }

    /// Something other than one transfer's state is to change.
    pub(super) fn tidy(
        &self,
        turn: impl FnOnce(&archive::Transfers) -> Result<(), archive::ArchiveError>,
    ) {
        if let Err(error) = turn(self.shared.archive.transfers()) {
            self.shared
                .messenger
                .notify(Problem::error(error.message()));
        }
        self.shared.wake();
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        self.shared.wake();
        for run in lock(&self.shared.running).values() {
            run.stop();
        }
        // What had not begun will not end by itself.
        for study_uid in self.open_studies() {
            self.shared.opening_ended(&study_uid);
        }
    }
}

/// Instances of a study of this patient that the archive has.
pub(super) fn known_instances(
    archive: &Archive,
    study_uid: &str,
    patient_id: &str,
) -> HashSet<String> {
    let query = crate::model::StudyQuery {
        level: crate::model::Level::Instance,
        study_uids: vec![study_uid.to_owned()],
        ..crate::model::StudyQuery::default()
    };
    archive.flush();
    let found = archive.search(&query).unwrap_or_default();
    found
        .into_iter()
        // The same UIDs under another patient's name are another's.
        .filter(|it| patient_id.is_empty() || it.patient_id == patient_id)
        .map(|it| it.sop_instance_uid)
        .collect()
}
