//! Series that grow while they are looked at.

use std::path::{Path, PathBuf};

use isocentre::cache::Budget;
use isocentre::model::{DisplaySetId, FrameKey};
use isocentre::problem::msg;
use isocentre::view::{Frames, Loading};
use isocentre::workspace::{Arrival, Command, Transfer, TransferId, TransferKind, TransferState};

use crate::common::{Encoding, Session, SyntheticImage, ct, temp_folder};

/// Bytes of a decoded slice of [`ct`].
const SLICE: u64 = 32 * 32 * 2;

fn write(folder: &Path, images: &[SyntheticImage]) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    for (n, image) in images.iter().enumerate() {
        let bytes = image.write(Encoding::ExplicitLittle);
        std::fs::write(folder.join(n.to_string()), bytes).unwrap();
    }
    folder.to_owned()
}

/// Opens a folder and waits for every frame of what is shown.
fn open(session: &mut Session, folder: PathBuf) -> DisplaySetId {
    session.apply(Command::Open(vec![folder]));
    session.until("the files", |session| {
        session.workspace.scans_running == 0 && session.workspace.panes.active_view().is_some()
    });
    let set = session.shown().display_set;
    session.until("its frames", |session| {
        let frames = session.workspace.library.display_set(set).unwrap();
        let loaded = session.engine.loaded_frames(set);
        loaded.len() == frames.frames.len() && loaded.iter().all(|is_here| *is_here)
    });
    set
}

/// The lowest value of a frame of [`ct`]: 100 times its slice.
fn first_value(session: &Session, key: FrameKey) -> Option<f64> {
    match session.engine.frame(key) {
        Loading::Ready(frame) => frame.modality_value(0, 0),
        _ => None,
    }
}

fn says(session: &Session, id: &'static str) -> bool {
    let mut notices = session.workspace.notices.shown().iter();
    notices.any(|notice| notice.problem.message.id == msg(id))
}

#[test]
fn a_set_that_lost_a_frame_to_another_does_not_answer_for_it() {
    let echo = |image: SyntheticImage, ms: &str| image.text(0x0018, 0x0081, "DS", ms);
    // One slice of a second echo among those of the first is no set of its own …
    let first: Vec<_> = ct(("A^B", "1"), "1.2.80", 5)
        .into_iter()
        .enumerate()
        .map(|(k, image)| echo(image, if k == 2 { "90" } else { "15" }))
        .collect();
    // … until the rest of them comes.
    let rest: Vec<_> = ct(("A^B", "1"), "1.2.80", 5)
        .into_iter()
        .enumerate()
        .map(|(k, image)| {
            let echo_ms = if k == 2 { "15" } else { "90" };
            echo(image, echo_ms)
                .sop_instance(&format!("1.2.80.4.{k}"))
                .rescale(1.0, 1000.0)
        })
        .collect();
    let home = temp_folder();
    let mut session = Session::new(home.path());
    let set = open(&mut session, write(&home.path().join("first"), &first));
    let lost = session.workspace.library.display_set(set).unwrap().frames[2];
    assert_eq!(first_value(&session, lost), Some(200.0));

    assert_eq!(
        open(&mut session, write(&home.path().join("rest"), &rest)),
        set
    );
    let library = &session.workspace.library;
    let now = library.place(lost).unwrap();
    assert_ne!(now.0, set, "the slice is in the other echo's set");
    let frames = library.display_set(set).unwrap().frames.iter();
    let values: Vec<_> = frames
        .map(|key| first_value(&session, *key).unwrap())
        .collect();
    assert_eq!(values, [0.0, 100.0, 1200.0, 300.0, 400.0]);
    assert!(matches!(first_value(&session, lost), None | Some(200.0)));
}

#[test]
fn a_set_that_grows_counts_once_against_the_memory() {
    let images = ct(("A^B", "1"), "1.2.81", 6);
    let home = temp_folder();
    let mut session = Session::with_budget(home.path(), Budget::new(6 * SLICE));
    let set = open(&mut session, write(&home.path().join("four"), &images[..4]));
    let folder = write(&home.path().join("two"), &images[4..]);
    assert_eq!(open(&mut session, folder), set);
    let library = &session.workspace.library;
    assert_eq!(library.display_set(set).unwrap().frames.len(), 6);
    assert!(session.engine.volume(set).ready().is_some());
    assert!(session.workspace.notices.shown().is_empty());
}

/// A retrieval of this study that is under way.
fn on_its_way(study_uid: &str) -> Command {
    Command::Arrived(Arrival::Transfers(vec![Transfer {
        id: TransferId(1),
        kind: TransferKind::Retrieve,
        node: "PACS".into(),
        label: String::new(),
        study_uid: study_uid.into(),
        patient_id: "1".into(),
        is_of_whole_study: true,
        state: TransferState::Running,
        done: 3,
        of: 9,
        reason: None,
        failed: Vec::new(),
        remarks: Vec::new(),
        is_committed: false,
        bytes: 0,
        bytes_per_s: None,
    }]))
}

#[test]
fn the_first_image_of_a_series_that_arrives_stays_on_screen_while_it_grows() {
    let images = ct(("A^B", "1"), "1.2.83", 9);
    for is_arriving in [true, false] {
        let home = temp_folder();
        let mut session = Session::new(home.path());
        let folder = home.path().join("first");
        let set = open(&mut session, write(&folder, &images[1..4]));
        let shown = |session: &Session| {
            let frames = &session.workspace.library.display_set(set).unwrap().frames;
            first_value(session, frames[session.shown().index as usize])
        };
        assert_eq!(shown(&session), Some(200.0));
        if is_arriving {
            session.apply(on_its_way("1.2.83.1"));
        }
        open(&mut session, write(&home.path().join("rest"), &images[4..]));
        // A folder that is read is shown at its middle; what comes by itself does not move.
        let expected = if is_arriving { 200.0 } else { 500.0 };
        assert_eq!(shown(&session), Some(expected));
    }
}

#[test]
fn a_study_that_arrives_never_takes_the_screen_from_the_one_that_is_read() {
    let home = temp_folder();
    let mut session = Session::new(home.path());
    let read = ct(("A^B", "1"), "1.2.84", 5);
    let set = open(&mut session, write(&home.path().join("read"), &read));
    let shown = |session: &Session| {
        let panes = session.workspace.panes.shown();
        panes
            .map(|(_, view)| (view.display_set, view.index))
            .collect::<Vec<_>>()
    };
    let before = shown(&session);
    assert!(before.iter().any(|(shown, _)| *shown == set));
    for (study, patient) in [("1.2.85", ("A^B", "1")), ("1.2.86", ("C^D", "2"))] {
        session.apply(on_its_way(&format!("{study}.1")));
        let images = ct(patient, study, 9);
        for (n, some) in images.chunks(3).enumerate() {
            let folder = write(&home.path().join(format!("{study}-{n}")), some);
            session.apply(Command::Open(vec![folder]));
            session.until("some of it", |it| it.workspace.scans_running == 0);
            assert_eq!(shown(&session), before, "{study} has not been chosen");
        }
    }
    assert_eq!(session.workspace.library.studies().count(), 3);
}

#[test]
fn a_set_larger_than_the_memory_says_so_and_shows_its_frames() {
    let images = ct(("A^B", "1"), "1.2.82", 6);
    let home = temp_folder();
    let mut session = Session::with_budget(home.path(), Budget::new(6 * SLICE - 1));
    let set = open(&mut session, write(&home.path().join("six"), &images));
    assert!(session.engine.volume(set).ready().is_none());
    session.until("the reason", |session| says(session, "memory-refused"));
}

#[test]
fn a_reading_that_was_stopped_is_not_taken_for_a_whole_one() {
    let home = temp_folder();
    let folder = home.path().join("many");
    std::fs::create_dir(&folder).unwrap();
    for n in 0..2000 {
        std::fs::write(folder.join(n.to_string()), "no image").unwrap();
    }
    let mut session = Session::new(home.path());
    session.apply(Command::Open(vec![folder]));
    let jobs = session.engine.jobs();
    let scan = jobs.iter().find(|job| job.title.id == msg("job-scan"));
    session.apply(Command::CancelJob(scan.expect("it is being read").id));
    session.until("the end", |session| session.workspace.scans_running == 0);
    assert!(says(&session, "scan-stopped"));
}
