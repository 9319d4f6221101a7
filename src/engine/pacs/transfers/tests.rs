//! Who gives way to whom, and what is left when an attempt ends.

use crossbeam_channel::Receiver;

use crate::archive::{Label, NewTransfer, Retry, TransferState};

use super::dispatch::let_go;
use super::*;

/// A queue without a runner, and what the window hears.
pub(in crate::engine::pacs) struct Stage {
    _folder: tempfile::TempDir,
    pub shared: Arc<Shared>,
    heard: Receiver<Command>,
}

impl Stage {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = Arc::new(Archive::open(folder.path()).unwrap());
        let (sender, heard) = crossbeam_channel::unbounded();
        let waker = Arc::new(|| {});
        let messenger = Messenger { sender, waker };
        let (wake, _) = crossbeam_channel::bounded(1);
        let settings = (PacsSettings::default(), Words::system());
        let lines = Lines::default();
        let shared = Shared::new(archive, &messenger, &lines, settings, wake);
        Self {
            _folder: folder,
            shared: Arc::new(shared),
            heard,
        }
    }

    pub fn queue(&self) -> &archive::Transfers {
        self.shared.archive.transfers()
    }

    pub fn add(&self, study_uid: &str) -> TransferId {
        let new = NewTransfer {
            kind: TransferKind::Retrieve,
            node: "main".to_owned(),
            study_uid: study_uid.to_owned(),
            patient_id: String::new(),
            series_uids: Vec::new(),
            instance_uids: Vec::new(),
            items: Vec::new(),
            label: Label::default(),
            priority: TransferPriority::Normal,
            is_to_be_committed: false,
        };
        self.queue().add(&new, SystemTime::now()).unwrap().id
    }

    /// Takes the next from the queue, as a runner does.
    pub fn begin(&self) -> Arc<Run> {
        let asked = self.shared.asked();
        let (least, now) = (TransferPriority::Background, SystemTime::now());
        let next = self.queue().next_asked(&[], &asked, least, now);
        let transfer = next.unwrap().unwrap();
        let run = Arc::new(Run::new(transfer));
        lock(&self.shared.running).insert(run.transfer.id, Arc::clone(&run));
        run
    }

    /// What the reader has just turned to.
    pub fn look_at(&self, study_uid: &str, series_uid: &str, awaited: Option<&str>) {
        let focus = Focus {
            study_uid: study_uid.to_owned(),
            series_uid: series_uid.to_owned(),
            instance_number: None,
            awaited: awaited.map(str::to_owned),
        };
        *lock(&self.shared.focus) = Some((focus, Instant::now()));
    }

    /// Its runner has seen that it is stopped.
    fn end(&self, run: &Run) {
        let (id, yielded) = (run.transfer.id, Ending::Yielded);
        let ended = self.queue().finish(id, &yielded, SystemTime::now());
        self.shared.note_turn(run, true);
        let_go(&self.shared, run, &yielded, ended.unwrap().as_ref());
    }

    fn openings_ended(&self) -> usize {
        let is_end = |it: &Command| matches!(it, Command::Arrived(Arrival::ScanEnded { .. }));
        self.heard.try_iter().filter(is_end).count()
    }
}

#[test]
fn an_opening_ends_where_its_transfer_is_cancelled_in_the_moment_in_which_it_yields() {
    for is_cancelled in [false, true] {
        let stage = Stage::new();
        lock(&stage.shared.open_studies).insert("1.2".to_owned(), 1);
        let id = stage.add("1.2");
        let run = stage.begin();
        run.stop();
        let now = SystemTime::now();
        let ended = stage.queue().finish(id, &Ending::Yielded, now).unwrap();
        if is_cancelled {
            // It runs still, as far as whoever cancels it can see.
            stage.queue().cancel(id, now).unwrap();
        }
        let_go(&stage.shared, &run, &Ending::Yielded, ended.as_ref());
        assert_eq!(stage.openings_ended(), usize::from(is_cancelled));
    }
}

#[test]
fn what_cannot_run_takes_the_line_from_nobody() {
    let stage = Stage::new();
    stage.add("1.1");
    let run = stage.begin();
    let second = stage.add("1.2");
    stage.queue().pause(second, SystemTime::now()).unwrap();
    stage.shared.go_first(second).unwrap();
    assert!(!run.is_stopped(), "the second is paused");
    stage.queue().resume(second, SystemTime::now()).unwrap();
    stage.shared.go_first(second).unwrap();
    assert!(run.is_stopped());
}

#[test]
fn what_is_to_go_first_does_so_also_before_its_next_attempt_is_due() {
    let stage = Stage::new();
    let id = stage.add("1.1");
    stage.begin();
    let why = Ending::Failed("no answer".to_owned(), Retry::Later);
    stage.queue().finish(id, &why, SystemTime::now()).unwrap();
    lock(&stage.shared.running).clear();
    stage.add("1.2");
    let run = stage.begin();
    stage.shared.go_first(id).unwrap();
    assert!(run.is_stopped());
    stage.end(&run);
    assert_eq!(stage.begin().transfer.id, id);
}

#[test]
fn what_stood_back_before_anything_came_brings_something_before_it_does_so_again() {
    let stage = Stage::new();
    let (first, second) = (stage.add("1.1"), stage.add("1.2"));
    let run = stage.begin();
    assert_eq!(run.transfer.id, first);
    stage.shared.go_first(second).unwrap();
    assert!(run.is_stopped(), "the first time at once");
    stage.end(&run);
    let run = stage.begin();
    assert_eq!(run.transfer.id, second);
    stage.shared.go_first(first).unwrap();
    assert!(run.is_stopped());
    stage.end(&run);

    let run = stage.begin();
    assert_eq!(run.transfer.id, first);
    stage.shared.go_first(second).unwrap();
    assert!(!run.is_stopped(), "it has had nothing of its turns so far");
    run.note("1.1.1", archive::ItemOutcome::Success, 1);
    assert!(run.is_stopped());
    stage.end(&run);
    let state = stage.queue().get(first).unwrap().unwrap().state;
    assert_eq!(state, TransferState::Waiting);

    let run = stage.begin();
    assert_eq!(run.transfer.id, second);
    stage.shared.go_first(first).unwrap();
    assert!(!run.is_stopped());
    // Who turns back to it does not interrupt it.
    stage.shared.go_first(second).unwrap();
    run.note("1.2.1", archive::ItemOutcome::Success, 1);
    assert!(!run.is_stopped());
}

#[test]
fn what_waits_for_its_turn_when_the_runner_goes_ends_its_opening() {
    let stage = Stage::new();
    let runner = Runner {
        shared: Arc::clone(&stage.shared),
    };
    runner.open("1.2", true);
    stage.add("1.2");
    drop(runner);
    assert_eq!(stage.openings_ended(), 1);
}
