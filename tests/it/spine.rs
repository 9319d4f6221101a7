//! The whole path without a window: open → look → draw → journal → save → open again.

use std::sync::Arc;

use isocentre::annotation::{
    Annotation, AnnotationKind, Geometry, PixelSource as _, Points, Quantity, measure,
};
use isocentre::engine::LoadedPixels;
use isocentre::files::AppFolders;
use isocentre::view::{Frames as _, ViewMode};
use isocentre::workspace::{
    AnnotationEdit, Arrival, Command, GestureId, Language, ReportEdit, SaveState, Settings,
    ViewEdit, Workspace,
};

use super::common::{Encoding, Session, SyntheticImage, temp_folder};

#[test]
fn the_first_images_of_the_demo_are_hung_and_become_a_volume() {
    let home = temp_folder();
    let mut session = Session::new(home.path());
    session.open_demo();
    let set = session.shown().display_set;
    assert_eq!(session.shown().mode, ViewMode::Stack);
    session.until("the volume", |session| {
        session
            .engine
            .volume(set)
            .ready()
            .is_some_and(|volume| volume.is_complete())
    });
    assert!(
        session
            .engine
            .loaded_frames(set)
            .iter()
            .all(|loaded| *loaded)
    );
}

#[test]
fn unsaved_work_is_journalled_and_offered_to_the_next_run() {
    let home = temp_folder();
    let mut session = Session::new(home.path());
    session.open_demo();
    session.draw_length();
    let study = session.workspace.active_study().expect("a study");
    let drawn = session.workspace.studies[&study].document.clone();
    let journal = AppFolders::under(home.path()).journal;
    let has_draft = || std::fs::read_dir(&journal).is_ok_and(|mut files| files.next().is_some());
    session.until("the journal", |_| has_draft());
    // The program is killed here: nothing is told to it any more.
    std::mem::forget(session);

    let mut next = Session::new(home.path());
    next.open_demo();
    next.until("the offer", |next| {
        next.workspace
            .studies
            .values()
            .any(|record| record.journal.is_some())
    });
    let study = next.workspace.active_study().expect("a study");
    next.apply(Command::Report(ReportEdit::Restore(study)));
    let restored = &next.workspace.studies[&study].document;
    assert_eq!(restored.annotations.len(), 1);
    assert_eq!(restored.annotations[0].points, drawn.annotations[0].points);
    assert_eq!(
        restored.annotations[0].tracking_uid,
        drawn.annotations[0].tracking_uid
    );
}

#[test]
fn a_saved_report_leaves_no_draft_and_puts_its_measurements_back_when_it_is_opened() {
    let home = temp_folder();
    let reports = home.path().join("reports");
    let mut session = Session::new(home.path());
    session.workspace.settings.language = Language::French;
    session.open_demo();
    session.draw_length();
    let study = session.workspace.active_study().expect("a study");
    let impression = "Taille inchangée.".to_owned();
    session.apply(Command::Report(ReportEdit::Impression(
        study,
        impression,
        GestureId(2),
    )));
    assert_eq!(session.workspace.unsaved_studies(), [study]);
    session.apply(Command::Report(ReportEdit::Save(study, reports.clone())));
    session.until("the report", |session| {
        matches!(
            session.workspace.studies[&study].save_state,
            SaveState::Saved { .. }
        )
    });
    assert_eq!(session.workspace.unsaved_studies(), []);
    let SaveState::Saved { path } = &session.workspace.studies[&study].save_state else {
        panic!("it was saved");
    };
    let report = isocentre::objects::sr::read_file(path).expect("a report");
    let content = format!("{:?}", isocentre::objects::sr::lines(&report.root));
    assert!(content.contains("French"), "the language chosen: {content}");
    session.engine.finish();
    let journal = AppFolders::under(home.path()).journal;
    let drafts = std::fs::read_dir(&journal).map_or(0, Iterator::count);
    assert_eq!(drafts, 0, "what is saved needs no draft");
    let drawn = session.workspace.studies[&study].document.clone();

    let mut next = Session::new(home.path());
    next.open_demo();
    next.apply(Command::Open(vec![reports]));
    next.until("the findings", |next| {
        next.workspace
            .active_document()
            .is_some_and(|document| !document.annotations.is_empty())
    });
    let document = next
        .workspace
        .active_document()
        .expect("a document")
        .clone();
    assert_eq!(document.annotations.len(), 1);
    assert_eq!(
        document.annotations[0].tracking_uid,
        drawn.annotations[0].tracking_uid
    );
    assert_eq!(document.annotations[0].label, "Lesion 1");
    assert_eq!(&*document.impression, "Taille inchangée.");
    assert!(
        next.workspace.unsaved_studies().is_empty(),
        "what a report says is saved already"
    );
    let pixels = LoadedPixels {
        library: &next.workspace.library,
        frames: &next.engine,
        patient: None,
    };
    let length = measure(&document.annotations[0], &pixels)
        .value(Quantity::Length)
        .expect("a length");
    assert!((length - 30.0).abs() < 1e-3, "{length}");
}

#[test]
fn a_report_that_cannot_be_written_is_said_and_nothing_is_lost() {
    let home = temp_folder();
    let blocked = home.path().join("a file, not a folder");
    std::fs::write(&blocked, b"x").expect("a file");
    let mut session = Session::new(home.path());
    session.open_demo();
    session.draw_length();
    let study = session.workspace.active_study().expect("a study");
    session.apply(Command::Report(ReportEdit::Save(
        study,
        blocked.join("below"),
    )));
    session.until("the sentence", |session| {
        !session.workspace.notices.shown().is_empty()
    });
    assert_eq!(session.workspace.unsaved_studies(), [study]);
    assert_eq!(
        session.workspace.studies[&study].save_state,
        SaveState::Never
    );
}

#[test]
fn undo_takes_the_drawing_back_and_redo_draws_it_again() {
    let home = temp_folder();
    let mut session = Session::new(home.path());
    session.open_demo();
    session.draw_length();
    let study = session.workspace.active_study().expect("a study");
    session.apply(Command::Undo);
    assert!(
        session.workspace.studies[&study]
            .document
            .annotations
            .is_empty()
    );
    session.apply(Command::Redo);
    assert_eq!(
        session.workspace.studies[&study].document.annotations.len(),
        1
    );
}

/// Lends a volume that somebody else fills.
struct OneVolume(Arc<isocentre::volume::Volume>);

impl isocentre::view::Frames for OneVolume {
    fn frame(
        &self,
        _key: isocentre::model::FrameKey,
    ) -> isocentre::view::Loading<Arc<isocentre::imaging::FrameImage>> {
        isocentre::view::Loading::Waiting
    }

    fn volume(
        &self,
        _set: isocentre::model::DisplaySetId,
    ) -> isocentre::view::Loading<Arc<isocentre::volume::Volume>> {
        isocentre::view::Loading::Ready(Arc::clone(&self.0))
    }
}

#[test]
fn a_region_is_not_measured_over_half_a_volume() {
    let home = temp_folder();
    let mut session = Session::new(home.path());
    session.open_demo();
    session.draw_length();
    let set = session.shown().display_set;
    session.until("the volume", |session| {
        session
            .engine
            .volume(set)
            .ready()
            .is_some_and(|volume| volume.is_complete())
    });
    let whole = session.engine.volume(set).ready().cloned().expect("it");
    let plan = session.workspace.library.volume_plan(set).expect("a plan");
    let filling = Arc::new(isocentre::volume::Volume::new(plan.clone()));
    let document = session.workspace.active_document().expect("a document");
    let anchor = document.annotations[0].anchor.clone();
    let frames = OneVolume(Arc::clone(&filling));
    let pixels = LoadedPixels {
        library: &session.workspace.library,
        frames: &frames,
        patient: None,
    };
    for (k, slice) in whole.slices.iter().enumerate() {
        assert!(pixels.volume(&anchor).is_none(), "after {k} slices");
        filling.set_slice(k as u32, Arc::clone(slice.get().expect("complete")));
    }
    assert!(pixels.volume(&anchor).is_some());
}

#[test]
fn a_set_that_grows_keeps_the_slice_that_is_read_and_the_middle_of_one_that_is_not() {
    // The radiograph comes last; take the CT alone, the upper half first.
    let mut headers: Vec<_> = isocentre::demo::study();
    headers.truncate(120);
    let upper = headers.split_off(60);
    for is_read in [false, true] {
        let mut workspace = Workspace::new(Settings::default());
        let _effects = workspace.apply(Command::Arrived(Arrival::headers(upper.clone())));
        let pane = workspace.panes.active;
        if is_read {
            let _effects = workspace.apply(Command::View(pane, ViewEdit::Index(10)));
        }
        let frame = |workspace: &Workspace| {
            let view = workspace.panes.active_view().expect("shown").clone();
            let set = workspace
                .library
                .display_set(view.display_set)
                .expect("set");
            (
                view.index,
                set.frames[view.index as usize],
                set.frames.len(),
            )
        };
        let before = frame(&workspace);
        let _effects = workspace.apply(Command::Arrived(Arrival::headers(headers.clone())));
        let after = frame(&workspace);
        assert_eq!((before.2, after.2), (60, 120));
        if is_read {
            assert_eq!((after.0, after.1), (70, before.1));
        } else {
            assert_eq!(after.0, 60);
        }
    }
}

#[test]
fn work_offered_from_an_earlier_run_is_not_written_over_by_new_work() {
    let home = temp_folder();
    let mut session = Session::new(home.path());
    session.open_demo();
    session.draw_length();
    session.engine.finish();
    std::mem::forget(session);

    let mut next = Session::new(home.path());
    next.open_demo();
    next.draw_length();
    next.until("the offer", |next| {
        let mut records = next.workspace.studies.values();
        records.any(|record| record.journal.is_some())
    });
    let study = next.workspace.active_study().expect("a study");
    let impression = "Seen again.".to_owned();
    next.apply(Command::Report(ReportEdit::Impression(
        study,
        impression,
        GestureId(3),
    )));
    next.engine.finish();
    std::mem::forget(next);

    let mut last = Session::new(home.path());
    last.open_demo();
    last.until("the offer", |last| {
        let mut records = last.workspace.studies.values();
        records.any(|record| record.journal.is_some())
    });
    let study = last.workspace.active_study().expect("a study");
    last.apply(Command::Report(ReportEdit::Restore(study)));
    let document = &last.workspace.studies[&study].document;
    assert_eq!(document.annotations.len(), 2, "both runs' lengths");
    assert_eq!(&*document.impression, "Seen again.");
}

#[test]
fn a_folder_opened_twice_is_shown_once_and_its_copies_are_explained() {
    use super::common::{Encoding, SyntheticImage};
    let home = temp_folder();
    let folder = temp_folder();
    let bytes = SyntheticImage::new(4, 4).write(Encoding::ExplicitLittle);
    std::fs::write(folder.path().join("a"), &bytes).expect("a file");
    std::fs::write(folder.path().join("copy"), &bytes).expect("a file");
    let other = SyntheticImage::new(4, 4).pixels(|row, _| row as i64);
    let other = other.write(Encoding::ExplicitLittle);
    std::fs::write(folder.path().join("other"), other).expect("a file");
    let mut session = Session::new(home.path());
    for (round, passed_over) in [(1, 1), (2, 4)] {
        session.apply(Command::Open(vec![folder.path().to_owned()]));
        session.until("the folder", |session| session.workspace.scans_running == 0);
        let shown = session.workspace.library.instances().count();
        assert_eq!((round, shown), (round, 2), "two different images");
        assert_eq!(session.workspace.passed_over.len(), passed_over);
        assert_eq!(session.workspace.files_found, round * 3);
    }
}

#[test]
fn a_region_over_a_slice_that_cannot_be_decoded_has_no_value_and_its_report_is_not_saved() {
    let home = temp_folder();
    let series = home.path().join("series");
    std::fs::create_dir(&series).expect("a folder");
    for k in 0..5 {
        let mut bytes = SyntheticImage::new(32, 32)
            .sop_instance(&format!("1.2.3.4.5.1.{k}"))
            .position([0.0, 0.0, 2.0 * f64::from(k)])
            .pixels(|_, column| column as i64)
            .write(Encoding::ExplicitLittle);
        if k == 3 {
            bytes.truncate(bytes.len() - 2048);
        }
        std::fs::write(series.join(format!("{k}.dcm")), bytes).expect("a file");
    }
    let reports = home.path().join("reports");
    let mut session = Session::new(home.path());
    session.apply(Command::Open(vec![series]));
    session.until("the series", |session| {
        session.workspace.panes.active_view().is_some()
    });
    session.draw_length();
    let set = session.shown().display_set;
    session.until("every slice that can be decoded", |session| {
        session.engine.volume(set).ready().is_some_and(|volume| {
            let there = volume.slices.iter().filter(|slice| slice.get().is_some());
            there.count() == 4
        })
    });
    let study = session.workspace.active_study().expect("a study");
    let drawn = session.workspace.studies[&study].document.annotations[0].clone();
    let upright = [(1.0, 1.0), (20.0, 1.0), (20.0, 7.0), (1.0, 7.0)];
    let region = Annotation {
        tracking_uid: isocentre::dicom::new_uid().into(),
        label: "Upright".to_owned(),
        kind: AnnotationKind::RectangleRoi,
        geometry: Geometry::Polygon,
        points: Points::Patient(upright.map(|(x, z)| [x, 15.0, z].into()).to_vec()),
        ..(*drawn).clone()
    };
    session.apply(Command::Annotate(AnnotationEdit::Add(region, GestureId(9))));
    let pixels = LoadedPixels {
        library: &session.workspace.library,
        frames: &session.engine,
        patient: None,
    };
    let document = session.workspace.studies[&study].document.clone();
    let measured = measure(&document.annotations[1], &pixels);
    assert_eq!(measured.value(Quantity::Mean), None, "over a hole");
    assert!(measured.value(Quantity::Area).is_some());
    session.apply(Command::Report(ReportEdit::Save(study, reports.clone())));
    session.until("the reasons", |session| {
        let notices = session.workspace.notices.shown();
        let about = |name: &str| {
            notices
                .iter()
                .any(|notice| format!("{notice:?}").contains(name))
        };
        about("report-value-missing") && about("3.dcm")
    });
    assert_eq!(session.workspace.unsaved_studies(), [study]);
    assert!(!reports.exists(), "a report that lacks a value was written");
}

#[test]
fn what_a_later_report_withdrew_does_not_come_back_from_the_earlier_one() {
    let home = temp_folder();
    let reports = home.path().join("reports");
    let mut session = Session::new(home.path());
    session.open_demo();
    session.draw_length();
    let study = session.workspace.active_study().expect("a study");
    let save = |session: &mut Session, files: usize| {
        session.apply(Command::Report(ReportEdit::Save(study, reports.clone())));
        session.until("the report", |session| {
            let is_saved = matches!(
                session.workspace.studies[&study].save_state,
                SaveState::Saved { .. }
            );
            is_saved && std::fs::read_dir(&reports).map_or(0, Iterator::count) == files
        });
    };
    save(&mut session, 1);
    // Opened again, so that the next one names it as its predecessor.
    let mut next = Session::new(home.path());
    next.open_demo();
    next.apply(Command::Open(vec![reports.clone()]));
    next.until("the findings", |next| {
        let document = next.workspace.active_document();
        document.is_some_and(|document| document.annotations.len() == 1)
    });
    let study = next.workspace.active_study().expect("a study");
    let drawn = next.workspace.studies[&study].document.annotations[0].id;
    next.apply(Command::Annotate(AnnotationEdit::Remove(drawn)));
    let nothing = "Nothing.".to_owned();
    next.apply(Command::Report(ReportEdit::Impression(
        study,
        nothing,
        GestureId(5),
    )));
    next.apply(Command::Report(ReportEdit::Save(study, reports.clone())));
    next.until("the second report", |next| {
        let state = &next.workspace.studies[&study].save_state;
        matches!(state, SaveState::Saved { .. })
            && std::fs::read_dir(&reports).map_or(0, Iterator::count) == 2
    });

    let mut last = Session::new(home.path());
    last.open_demo();
    last.apply(Command::Open(vec![reports]));
    last.until("the later report", |last| {
        let document = last.workspace.active_document();
        document.is_some_and(|document| &*document.impression == "Nothing.")
    });
    let document = last.workspace.active_document().expect("a document");
    assert_eq!(document.annotations.len(), 0, "it was withdrawn");
}
