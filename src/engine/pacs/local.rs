//! The archive, its queue's runner and its receiver, on a thread of their own: opening an archive
//! may mean looking through what a power cut left, and no window waits for that.
//!
//! Nothing is made on the disk before it is needed: an archive that is not there yet is made when
//! something is to be kept in it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use crate::archive::{
    Archive, ArchiveError, NewTransfer, NodeListing, TransferKind, TransferPriority, TransferState,
};
use crate::files::{AppFolders, Readable, make_folder};
use crate::model::StudyQuery;
use crate::pacs::Lines;
use crate::problem::{Message, Problem, msg};
use crate::text::Words;
use crate::workspace::{
    AnswerEnd, ArchiveEdit, Arrival, Command, FoundStudy, InUse, PacsSettings, Source, TransferEdit,
};

use super::listener::Listener;
use super::order::Focus;
use super::retrieve::tell_list;
use super::tidying::Tidying;
use super::transfers::{Opened, Runner, lock};
use super::urgent::Questions;
use super::{ARCHIVE_FOLDER, Messenger, asks, on_thread, priors};

/// How long what the archive has to say may wait.
const BETWEEN_WORDS: Duration = Duration::from_secs(2);

/// What is asked of the thread.
pub(super) enum Ask {
    /// The settings are these now.
    Follow(PacsSettings, &'static Words),
    /// A search of the archive.
    Search {
        generation: u64,
        questions: Questions,
    },
    /// The queue.
    Transfer(TransferEdit),
    /// Files of an open study to a node.
    Send(Box<NewTransfer>),
    /// The archive itself, for longer work.
    Give(Sender<Result<Arc<Archive>, Message>>),
    /// What is looked at.
    LookAt(Option<Focus>),
    /// What is open in the window (Study Instance UIDs).
    InUse(InUse),
}

/// The thread, and the way to it. It ends when this goes.
pub(super) struct Local {
    asks: Sender<Ask>,
}

impl Local {
    pub(super) fn begin(folders: &AppFolders, messenger: &Messenger, lines: &Lines) -> Self {
        let (asks, asked) = crossbeam_channel::unbounded();
        let worker = Worker {
            default_folder: folders.data.join(ARCHIVE_FOLDER),
            messenger: messenger.clone(),
            lines: lines.clone(),
            settings: None,
            open: None,
            failed: None,
            left_open: None,
            looked: Instant::now(),
            tidying: Tidying::new(),
            in_use: InUse::new(),
        };
        on_thread("archive", messenger, move || worker.work(&asked));
        Self { asks }
    }

    /// A way to it for another thread.
    pub(super) fn handle(&self) -> Handle {
        Handle(self.asks.clone())
    }

    pub(super) fn ask(&self, ask: Ask) {
        // The thread is gone only where it could not be begun; that was said.
        drop(self.asks.send(ask));
    }
}

/// A way to the archive for another thread.
pub(super) struct Handle(Sender<Ask>);

impl Handle {
    /// The archive, opened or made.
    pub(super) fn archive(&self) -> Result<Arc<Archive>, Message> {
        let (give, given) = crossbeam_channel::bounded(1);
        let gone = || Message::new(msg("pacs-no-thread"));
        self.0.send(Ask::Give(give)).map_err(|_closed| gone())?;
        given.recv().map_err(|_closed| gone())?
    }
}

struct Worker {
    default_folder: PathBuf,
    messenger: Messenger,
    lines: Lines,
    settings: Option<(PacsSettings, &'static Words)>,
    open: Option<Open>,
    /// The folder that could not be opened, told once.
    failed: Option<Failed>,
    /// For when its drive can be opened again.
    left_open: Option<LeftOpen>,
    /// When the folder was looked after last.
    looked: Instant,
    tidying: Tidying,
    /// What is open in the window.
    in_use: InUse,
}

/// What was open of an archive when its drive went.
struct LeftOpen {
    folder: PathBuf,
    /// Study Instance UIDs.
    studies: Vec<String>,
    opened: HashMap<(String, String), Opened>,
}

/// An archive that could not be opened.
struct Failed {
    folder: PathBuf,
    why: Message,
    /// Its drive is away.
    is_gone: bool,
}

/// An archive that is open. The receiver goes before the runner, and that before the archive.
struct Open {
    folder: PathBuf,
    /// Its drive was unplugged, or its share is out of reach.
    is_away: bool,
    listener: Option<Listener>,
    runner: Runner,
    archive: Arc<Archive>,
}

impl Worker {
    fn work(mut self, asked: &Receiver<Ask>) {
        loop {
            match asked.recv_timeout(BETWEEN_WORDS) {
                Ok(ask) => self.answer(ask),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if self.looked.elapsed() >= BETWEEN_WORDS {
                self.looked = Instant::now();
                self.look_after_folder();
            }
            if let Some(open) = &mut self.open {
                tell_problems(&open.archive, &self.messenger);
                if self.tidying.is_due(Instant::now()) {
                    let tidy = Command::Archive(ArchiveEdit::Tidy);
                    self.messenger.command(tidy);
                }
                // The port may be free by now; why it was not has been said.
                if let Some((settings, _)) = &self.settings
                    && settings.is_listening
                    && open.listener.is_none()
                {
                    open.listener = Listener::begin(settings, &open.runner.shared).ok();
                }
            }
        }
    }

    fn answer(&mut self, ask: Ask) {
        match ask {
            Ask::Follow(settings, words) => self.follow(settings, words),
            Ask::Search {
                generation,
                questions,
            } => self.search(generation, questions),
            // What the reader asks for is tried anew: the drive may be there again by now.
            Ask::Transfer(edit) => {
                self.failed = None;
                self.transfer(edit);
            }
            Ask::Send(new) => {
                self.failed = None;
                if let Ok(open) = self.open() {
                    open.runner.shared.add(&new);
                }
            }
            Ask::Give(to) => {
                let archive = self.open().map(|open| Arc::clone(&open.archive));
                to.send(archive).ok();
            }
            Ask::InUse(studies) => {
                self.in_use = studies;
                if let Some(open) = &self.open {
                    say_in_use(&open.archive, &self.in_use);
                }
            }
            Ask::LookAt(focus) => {
                if let Some(open) = &self.open {
                    open.runner.look_at(focus);
                }
            }
        }
    }

    fn folder(&self) -> PathBuf {
        let chosen = self
            .settings
            .as_ref()
            .and_then(|(settings, _)| settings.archive_folder.clone());
        chosen.unwrap_or_else(|| self.default_folder.clone())
    }

    fn follow(&mut self, settings: PacsSettings, words: &'static Words) {
        let is_listening = settings.is_listening;
        self.settings = Some((settings.clone(), words));
        self.tidying.follow(&settings.clean_up, Instant::now());
        self.failed = None;
        let folder = self.folder();
        if self.open.as_ref().is_some_and(|open| open.folder != folder) {
            self.open = None;
        }
        // What was being moved when the program ended goes on; who may send, may.
        let is_needed = is_listening || Archive::is_at(&folder);
        if self.open.is_none() && !is_needed {
            return;
        }
        let messenger = self.messenger.clone();
        if let Ok(open) = self.open() {
            open.runner.follow(&settings, words);
            open.listen(&settings, &messenger);
        }
    }

    /// A drive that was away is there again: what waits in its queue goes on. What was open of it is
    /// opened anew, for files of a drive that went are of no use any more.
    fn look_after_folder(&mut self) {
        let folder = self.folder();
        let is_there = Archive::is_at(&folder);
        match &mut self.open {
            Some(open) if is_there && open.is_away => {
                self.left_open = Some(LeftOpen {
                    folder: folder.clone(),
                    studies: open.runner.open_studies(),
                    opened: open.runner.take_opened(),
                });
            }
            Some(open) => {
                open.is_away = !is_there;
                return;
            }
            None => {
                let is_hopeless = self.failed.as_ref().is_some_and(|it| !it.is_gone);
                if !is_there || is_hopeless {
                    return;
                }
            }
        }
        let Some((settings, _)) = self.settings.clone() else {
            return;
        };
        self.open = None;
        self.failed = None;
        let messenger = self.messenger.clone();
        if let Ok(open) = self.open() {
            open.listen(&settings, &messenger);
        }
    }

    /// The archive, opened if it was not. A failure is told once, until the settings change or the
    /// reader asks for something.
    fn open(&mut self) -> Result<&mut Open, Message> {
        let folder = self.folder();
        if let Some(failed) = self.failed.as_ref().filter(|it| it.folder == folder) {
            return Err(failed.why.clone());
        }
        if let Some(open) = self.open.take() {
            return Ok(self.open.insert(open));
        }
        match self.opened(&folder) {
            Ok(open) => {
                let left = self.left_open.take();
                if let Some(left) = left.filter(|it| it.folder == folder) {
                    for study_uid in left.studies {
                        open.runner.open(&study_uid, false);
                    }
                    open.runner.give_opened(left.opened);
                }
                Ok(self.open.insert(open))
            }
            Err(error) => {
                let why = error.message();
                self.messenger
                    .notify(Problem::error(why.clone()).at(&folder));
                self.failed = Some(Failed {
                    folder,
                    why: why.clone(),
                    is_gone: matches!(error, ArchiveError::Gone(_)),
                });
                Err(why)
            }
        }
    }

    fn opened(&self, folder: &std::path::Path) -> Result<Open, ArchiveError> {
        if *folder == self.default_folder
            && let Some(data) = folder.parent()
        {
            // A folder of ours may be made; that of a drive that is away may not.
            make_folder(data, Readable::ByUserAlone)?;
        }
        let archive = Arc::new(Archive::open(folder)?);
        tell_problems(&archive, &self.messenger);
        say_in_use(&archive, &self.in_use);
        if archive.needs_rebuild()? {
            // As a job, beside everything else. When it is stopped, or the program ends before it
            // is done, the next opening begins anew.
            let rebuild = Command::Archive(ArchiveEdit::Rebuild);
            self.messenger.command(rebuild);
        }
        let (settings, words) = match &self.settings {
            Some((settings, words)) => (settings.clone(), *words),
            None => (PacsSettings::default(), Words::system()),
        };
        let archived = Arc::clone(&archive);
        let runner = Runner::begin(archived, &self.messenger, &self.lines, &settings, words);
        Ok(Open {
            folder: folder.to_owned(),
            is_away: false,
            listener: None,
            runner,
            archive,
        })
    }

    /// An archive that is not there has nothing; it is not made for that.
    fn search(&mut self, generation: u64, questions: Questions) {
        let messenger = self.messenger.clone();
        let is_there = self.open.is_some() || Archive::is_at(&self.folder());
        let archive = if is_there {
            self.open().map(|open| Some(Arc::clone(&open.archive)))
        } else {
            Ok(None)
        };
        let telling = messenger.clone();
        on_thread("archive search", &messenger, move || {
            let mut end = AnswerEnd::default();
            let result = archive.and_then(|archive| {
                let Some(archive) = archive else {
                    return Ok(());
                };
                let mut ask = |queries: &[StudyQuery]| {
                    for query in queries {
                        let matches = archive.search(query).map_err(|error| error.message())?;
                        end.is_cut |= query.limit > 0 && matches.len() >= query.limit;
                        telling.send(Arrival::Found {
                            generation,
                            source: Source::Archive,
                            matches,
                        });
                    }
                    Ok(end.is_cut)
                };
                if ask(&questions.queries)? {
                    ask(&questions.by_number())?;
                }
                Ok(())
            });
            telling.send(Arrival::SearchEnded {
                generation,
                source: Source::Archive,
                result: result.map(|()| end),
            });
        });
    }

    fn transfer(&mut self, edit: TransferEdit) {
        let settings = self.settings.as_ref().map(|(settings, _)| settings.clone());
        let messenger = self.messenger.clone();
        let is_opening = matches!(edit, TransferEdit::Open(_));
        let Ok(open) = self.open() else {
            if is_opening {
                messenger.send(Arrival::ScanEnded { files_found: 0 });
            }
            return;
        };
        let now = SystemTime::now;
        let runner = &open.runner;
        match edit {
            TransferEdit::Open(found) => {
                open.show(&found, &messenger);
                if let Some(settings) = settings {
                    priors::fetch(&runner.shared, &found, &settings);
                }
            }
            TransferEdit::Fetch(found) => {
                let found = open.with_all_sources(&found);
                let nodes = runner.shared.settings().nodes;
                if let Some(new) = asks::retrieval(&found, &nodes, TransferPriority::Normal) {
                    open.fetch(&found, &new);
                }
            }
            TransferEdit::Pause(id) => runner.steer(id, |queue| queue.pause(id, now())),
            TransferEdit::Cancel(id) => runner.steer(id, |queue| queue.cancel(id, now())),
            TransferEdit::Resume(id) => runner.tidy(|queue| queue.resume(id, now())),
            TransferEdit::First(id) => {
                if let Err(error) = runner.shared.go_first(id) {
                    messenger.notify(Problem::error(error.message()));
                }
            }
            TransferEdit::ClearOver => runner.tidy(crate::archive::Transfers::remove_over),
            // Come as `Ask::Send`, with their files.
            TransferEdit::Send(..) | TransferEdit::SendPart(..) => {}
        }
    }
}

impl Open {
    /// Into the window: what is here at once, what is not as it comes.
    fn show(&self, found: &FoundStudy, messenger: &Messenger) {
        let found = &self.with_all_sources(found);
        let study_uid = &found.study.study_uid;
        // First, so that what comes while its files are listed is shown, too.
        self.runner.open_found(&found.study);
        let here = self
            .archive
            .open_study(&found.study, SystemTime::now())
            .unwrap_or_else(|error| {
                messenger.notify(Problem::error(error.message()));
                Vec::new()
            });
        let is_whole = found
            .sources
            .iter()
            .all(|source| *source == Source::Archive)
            || (found.node_count()).is_some_and(|count| here.len() >= count as usize);
        let nodes = self.runner.shared.settings().nodes;
        let new = asks::retrieval(found, &nodes, TransferPriority::Urgent);
        let new = new.filter(|_| !is_whole);
        self.runner.note_shown(&found.study, &here);
        if new.is_some() {
            self.runner.open(study_uid, true);
        }
        if !here.is_empty() {
            messenger.command(Command::OpenArchived(here));
        }
        match new {
            Some(new) => self.fetch(found, &new),
            None => messenger.send(Arrival::ScanEnded { files_found: 0 }),
        }
        let shared = &self.runner.shared;
        shared.tell_listed(study_uid, &found.study.patient_id);
        // What was listed before it was opened, the window has not heard.
        for run in lock(&shared.running).values() {
            if run.transfer.kind != TransferKind::Send && run.transfer.study_uid == *study_uid {
                tell_list(shared, study_uid, &lock(&run.listed));
            }
        }
    }

    /// From a node into the archive. How many images it counts is remembered until all have come.
    fn fetch(&self, found: &FoundStudy, new: &NewTransfer) {
        let queue = self.archive.transfers();
        let study = &found.study;
        let counted = found.counts.get(&Source::Node(new.node.clone()));
        let listed = queue.listed(&study.study_uid, &study.patient_id);
        // What was listed series by series says more.
        let is_listed = |listed: &[NodeListing]| {
            let its = listed.iter().find(|it| it.node == new.node);
            its.is_some_and(|it| !it.series.is_empty() && it.counted() >= counted.copied())
        };
        if let Some(count) = counted
            && !listed.is_ok_and(|listed| is_listed(&listed))
            && let Err(error) = queue.note_counted(&new.node, study, *count)
        {
            tracing::warn!("the number of images is not kept: {error}");
        }
        self.runner.shared.add(new);
    }

    /// A study that was found, with the nodes that it was not fetched to its end from, whoever
    /// answered the search.
    fn with_all_sources(&self, found: &FoundStudy) -> FoundStudy {
        let mut found = found.clone();
        let study = found.study.clone();
        let queue = self.archive.transfers();
        let listed = queue.listed(&study.study_uid, &study.patient_id);
        let listed = listed.unwrap_or_else(|error| {
            tracing::warn!("what nodes listed is not known: {error}");
            Vec::new()
        });
        for listing in listed {
            found.know(&Source::Node(listing.node.clone()), listing.counted());
        }
        let transfers = queue.list().unwrap_or_default().into_iter().filter(|it| {
            let is_in_part = it.state != TransferState::Done;
            let is_of_study = it.study_uid == study.study_uid && it.patient_id == study.patient_id;
            is_in_part && is_of_study && it.kind != TransferKind::Send
        });
        for transfer in transfers {
            found.know(&Source::Node(transfer.node), transfer.expected);
        }
        found
    }

    /// Others may send to us at any time, or may not any more.
    fn listen(&mut self, settings: &PacsSettings, messenger: &Messenger) {
        if let Some(listener) = &self.listener
            && listener.is_as(settings)
        {
            return;
        }
        self.listener = None;
        if settings.is_listening {
            match Listener::begin(settings, &self.runner.shared) {
                Ok(listener) => self.listener = Some(listener),
                Err(failure) => messenger.notify(Problem::error(failure.message())),
            }
        }
    }
}

/// Other programs' clean-ups leave alone what is open here.
fn say_in_use(archive: &Archive, studies: &[String]) {
    if let Err(error) = archive.set_in_use(studies) {
        // The disk is full, perhaps; what was opened within a day is safe from what nobody looks at.
        tracing::warn!("what is open is not said: {error}");
    }
}

/// What the archive has to say.
fn tell_problems(archive: &Archive, messenger: &Messenger) {
    let problems = archive.problems().drain().into_iter();
    problems.for_each(|problem| messenger.notify(problem));
}
