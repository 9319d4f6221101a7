//! Rebuild, check and clean-up: the index is what the files are, and nothing goes that should stay.

use std::path::Path;
use std::time::Duration;
use std::time::SystemTime;

use isocentre::archive::Archive;
use isocentre::archive::ArchiveError;
use isocentre::archive::BrokenOff;
use isocentre::archive::CheckDepth;
use isocentre::archive::CleanUpLimits;
use isocentre::archive::Ending;
use isocentre::archive::ImportMode;
use isocentre::archive::ItemOutcome;
use isocentre::archive::KeptBack;
use isocentre::archive::Label;
use isocentre::archive::NewItem;
use isocentre::archive::NewTransfer;
use isocentre::archive::NodeOrigin;
use isocentre::archive::NotKept;
use isocentre::archive::TransferKind;
use isocentre::archive::TransferPriority;
use isocentre::archive::TransferState;
use isocentre::archive::Unattended;
use isocentre::jobs::JobCtx;
use isocentre::model::Level;
use isocentre::model::StudyMatch;

use super::all_at;
use super::image;
use super::kept_files;
use super::receive;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::temp_folder;

/// An image of a study of a patient of its own.
pub(super) fn of_patient(n: usize) -> SyntheticImage {
    image()
        .patient(&format!("Name{n}^Éva"), &format!("ID{n}"))
        .study(&format!("1.2.{n}"))
        .series(&format!("1.2.{n}.1"))
        .text(0x0008, 0x1030, "LO", &format!("study number {n}"))
}

/// Patients with two instances each, fetched from "main"; and one by reference.
pub(super) fn filled(folder: &Path, patients: usize) -> Archive {
    let archive = Archive::open(&folder.join("archive")).unwrap();
    for n in 0..patients {
        for instance in 1..=2 {
            let uid = format!("1.2.{n}.1.{instance}");
            receive(&archive, &of_patient(n).instance_number(instance), &uid).unwrap();
            archive
                .transfers()
                .mark_fetched(&node("main", "MAIN"), [uid.as_str()])
                .unwrap();
        }
    }
    archive.flush();
    let elsewhere = folder.join("elsewhere.dcm");
    let image = of_patient(900).sop_instance("1.2.900.1.1");
    std::fs::write(&elsewhere, image.write(Encoding::ExplicitLittle)).unwrap();
    let mode = ImportMode::Reference;
    archive
        .import(&[elsewhere], mode, &JobCtx::new(), &|_| {})
        .unwrap();
    archive
}

pub(super) fn everything(archive: &Archive) -> Vec<Vec<StudyMatch>> {
    [Level::Patient, Level::Study, Level::Series, Level::Instance]
        .into_iter()
        .map(|level| {
            let mut found = all_at(archive, level);
            found.sort_by_key(|it| (it.patient_id.clone(), it.sop_instance_uid.clone()));
            found
        })
        .collect()
}

fn node(name: &str, origin: &str) -> NodeOrigin {
    NodeOrigin {
        name: name.to_owned(),
        origin: origin.to_owned(),
    }
}

#[test]
fn what_a_machine_sent_unasked_stays_though_it_is_a_node_until_that_gave_it_when_asked() {
    let folder = temp_folder();
    let archive = Archive::open(&folder.path().join("archive")).unwrap();
    let uid = "1.2.4.1.1";
    receive(&archive, &of_patient(4), uid).unwrap();
    let queue = archive.transfers();
    let now = SystemTime::now();
    // A retrieval begins, and finds it here: a success of it, but nobody gave it.
    let retrieval = NewTransfer {
        kind: TransferKind::Retrieve,
        node: "scanner".into(),
        study_uid: "1.2.4".into(),
        patient_id: "ID4".into(),
        series_uids: Vec::new(),
        instance_uids: Vec::new(),
        items: Vec::new(),
        label: Label::default(),
        priority: TransferPriority::Normal,
        is_to_be_committed: false,
    };
    let id = queue.add(&retrieval, now).unwrap().id;
    queue.next(&[], now).unwrap().unwrap();
    let here = [(uid.to_owned(), ItemOutcome::Success)];
    queue.record(id, &here, 0, now).unwrap();
    queue.finish(id, &Ending::Complete, now).unwrap();
    assert_eq!(queue.get(id).unwrap().unwrap().state, TransferState::Done);

    let later = now + Duration::from_hours(10 * 24);
    let plan = |unattended| {
        let limits = CleanUpLimits {
            unused_for: Some(Duration::from_hours(24)),
            unattended,
            ..CleanUpLimits::default()
        };
        let plan = archive.plan_clean_up(&limits, &[], later, &JobCtx::new());
        let plan = plan.unwrap();
        (plan.studies.len(), names(&plan.kept_back))
    };
    let by_itself = |name, origin| {
        let nodes = vec![node(name, origin)];
        plan(Some(Unattended { nodes }))
    };
    let stays = (0, vec![("ID4".to_owned(), KeptBack::Unasked)]);
    assert_eq!(by_itself("scanner", "SCANNER"), stays);
    assert_eq!(plan(None), stays);

    let scanner = node("scanner", "SCANNER");
    queue.mark_fetched(&scanner, [uid]).unwrap();
    queue.remove(id).unwrap();
    assert_eq!(by_itself("scanner", "SCANNER").0, 1);
    assert_eq!(plan(None).0, 1);
    // The node that gave it is none of ours any more, or another has its name by now.
    assert_eq!(by_itself("other", "SCANNER"), stays);
    assert_eq!(by_itself("scanner", "OTHER"), stays);

    // It goes, and comes again unasked.
    let limits = CleanUpLimits {
        unused_for: Some(Duration::ZERO),
        ..CleanUpLimits::default()
    };
    let ctx = JobCtx::new();
    let all = archive.plan_clean_up(&limits, &[], later, &ctx).unwrap();
    let gone = archive.clean_up(&all, &limits, &[], &ctx).unwrap();
    assert_eq!(gone.studies, 1);
    receive(&archive, &of_patient(4), uid).unwrap();
    assert_eq!(plan(None), stays);
}

#[test]
fn where_what_was_fetched_came_from_is_known_after_the_index_was_lost() {
    let folder = temp_folder();
    let archive = Archive::open(&folder.path().join("archive")).unwrap();
    // One was asked for, the other came by itself.
    for n in [4, 5] {
        receive(&archive, &of_patient(n), &format!("1.2.{n}.1.1")).unwrap();
    }
    let scanner = node("scanner", "SCANNER");
    let queue = archive.transfers();
    queue.mark_fetched(&scanner, ["1.2.4.1.1"]).unwrap();
    let archive_folder = archive.folder().to_owned();
    drop(archive);
    std::fs::remove_file(archive_folder.join(".isocentre/index.sqlite")).unwrap();
    let archive = Archive::open(&archive_folder).unwrap();
    archive.rebuild(&JobCtx::new()).unwrap();
    let later = SystemTime::now() + Duration::from_hours(10 * 24);
    let plan = |nodes| {
        let limits = CleanUpLimits {
            unused_for: Some(Duration::from_hours(24)),
            unattended: Some(Unattended { nodes }),
            ..CleanUpLimits::default()
        };
        let plan = archive.plan_clean_up(&limits, &[], later, &JobCtx::new());
        let studies = plan.unwrap().studies.into_iter();
        let ids: Vec<String> = studies.map(|it| it.study.patient_id).collect();
        ids
    };
    assert_eq!(plan(vec![scanner]), ["ID4"]);
    assert!(plan(vec![node("scanner", "OTHER")]).is_empty());
}

pub(super) fn names(studies: &[(StudyMatch, KeptBack)]) -> Vec<(String, KeptBack)> {
    let names = studies
        .iter()
        .map(|(study, why)| (study.patient_id.clone(), *why));
    names.collect()
}

#[test]
fn a_clean_up_takes_the_longest_unused_and_never_what_must_stay() {
    let folder = temp_folder();
    let archive = filled(folder.path(), 6);
    let by_hand = folder.path().join("by_hand.dcm");
    let image = of_patient(7).sop_instance("1.2.7.1.1");
    std::fs::write(&by_hand, image.write(Encoding::ExplicitLittle)).unwrap();
    archive
        .import(&[by_hand], ImportMode::Copy, &JobCtx::new(), &|_| {})
        .unwrap();
    archive.flush();
    let study = |n: usize| {
        let all = all_at(&archive, Level::Study).into_iter();
        let id = format!("ID{n}");
        all.into_iter().find(|it| it.patient_id == id).unwrap()
    };
    let now = SystemTime::now() + Duration::from_hours(10 * 24);
    // 0 was read yesterday, 1 is pinned, 2 is open, 3 is in the queue; 7 came by hand.
    archive
        .mark_opened(&study(0), now - Duration::from_hours(24))
        .unwrap();
    archive.set_pinned(&study(1), true).unwrap();
    let in_use = ["1.2.2".to_owned()];
    let transfer = NewTransfer {
        kind: TransferKind::Retrieve,
        node: "main".into(),
        study_uid: "1.2.3".into(),
        patient_id: String::new(),
        series_uids: Vec::new(),
        instance_uids: Vec::new(),
        items: Vec::new(),
        label: Label::default(),
        priority: TransferPriority::Normal,
        is_to_be_committed: false,
    };
    archive.transfers().add(&transfer, now).unwrap();

    let limits = CleanUpLimits {
        unused_for: Some(Duration::from_hours(7 * 24)),
        ..CleanUpLimits::default()
    };
    let ctx = JobCtx::new();
    let plan = archive.plan_clean_up(&limits, &in_use, now, &ctx).unwrap();
    let ids: Vec<_> = plan
        .studies
        .iter()
        .map(|it| it.study.patient_id.as_str())
        .collect();
    assert_eq!(ids, ["ID4", "ID5", "ID900"]);
    assert_eq!(plan.studies[2].references, 1);
    assert_eq!(
        names(&plan.kept_back),
        [
            ("ID1".to_owned(), KeptBack::Pinned),
            ("ID2".to_owned(), KeptBack::InUse),
            ("ID3".to_owned(), KeptBack::InQueue),
            ("ID7".to_owned(), KeptBack::NeverSent),
        ]
    );
    assert_eq!(
        kept_files(archive.folder()).len(),
        13,
        "a plan removes nothing"
    );

    // One of them is opened after the plan was made.
    archive.mark_opened(&study(5), now).unwrap();
    let report = archive.clean_up(&plan, &limits, &in_use, &ctx).unwrap();
    assert_eq!((report.studies, report.passed_over), (2, 1));
    assert_eq!(report.bytes, plan.studies[0].bytes);
    assert_eq!(report.not_removed, Vec::<std::path::PathBuf>::new());
    assert_eq!(kept_files(archive.folder()).len(), 11);
    assert!(folder.path().join("elsewhere.dcm").exists());
    assert_eq!(all_at(&archive, Level::Study).len(), 6);
    assert!(
        !archive
            .folder()
            .join("images")
            .read_dir()
            .unwrap()
            .any(|entry| {
                entry
                    .unwrap()
                    .file_name()
                    .to_str()
                    .unwrap()
                    .starts_with("ID4_")
            })
    );
    let check = archive.check(CheckDepth::Contents, &ctx).unwrap();
    assert!(check.is_clean(), "{check:?}");
    archive.rebuild(&ctx).unwrap();
    assert_eq!(
        all_at(&archive, Level::Study).len(),
        6,
        "a reference comes not back"
    );

    // What was sent may go.
    let sent = ("1.2.7.1.1".to_owned(), ItemOutcome::Success);
    let send = NewTransfer {
        kind: TransferKind::Send,
        study_uid: "1.2.7".into(),
        ..transfer
    };
    let id = archive.transfers().add(&send, now).unwrap().id;
    archive.transfers().record(id, &[sent], 0, now).unwrap();
    archive.transfers().remove(id).unwrap();
    let plan = archive.plan_clean_up(&limits, &in_use, now, &ctx).unwrap();
    let ids: Vec<_> = plan
        .studies
        .iter()
        .map(|it| it.study.patient_id.as_str())
        .collect();
    assert_eq!(ids, ["ID7"]);
}

#[test]
fn an_only_copy_stays_when_the_node_it_was_sent_to_has_not_got_it_after_all() {
    let folder = temp_folder();
    let archive = Archive::open(&folder.path().join("archive")).unwrap();
    let by_hand = folder.path().join("by_hand.dcm");
    let image = of_patient(7).sop_instance("1.2.7.1.1");
    std::fs::write(&by_hand, image.write(Encoding::ExplicitLittle)).unwrap();
    archive
        .import(&[by_hand], ImportMode::Copy, &JobCtx::new(), &|_| {})
        .unwrap();
    let now = SystemTime::now();
    let queue = archive.transfers();
    let uid = "1.2.7.1.1".to_owned();
    let new = NewTransfer {
        kind: TransferKind::Send,
        node: "main".into(),
        study_uid: "1.2.7".into(),
        patient_id: "ID7".into(),
        series_uids: Vec::new(),
        instance_uids: Vec::new(),
        items: vec![NewItem {
            sop_class_uid: "1.2.840.10008.5.1.4.1.1.2".into(),
            sop_instance_uid: uid.clone(),
            path: None,
        }],
        label: Label::default(),
        priority: TransferPriority::Normal,
        is_to_be_committed: true,
    };
    let id = queue.add(&new, now).unwrap().id;
    queue.next(&[], now).unwrap().unwrap();
    let stored = [(uid.clone(), ItemOutcome::Success)];
    queue.record(id, &stored, 0, now).unwrap();
    queue.ask_commitment(id, "2.25.7", now).unwrap();
    queue.finish(id, &Ending::AwaitsCommitment, now).unwrap();
    let lost = [NotKept {
        sop_instance_uid: uid,
        reason: "no such instance".into(),
        is_absent: true,
    }];
    queue.commitment("2.25.7", &[], &lost, now).unwrap();
    queue.cancel(id, now).unwrap();

    let limits = CleanUpLimits {
        unused_for: Some(Duration::from_hours(24)),
        unattended: Some(Unattended::default()),
        ..CleanUpLimits::default()
    };
    let later = now + Duration::from_hours(10 * 24);
    let plan = archive.plan_clean_up(&limits, &[], later, &JobCtx::new());
    let plan = plan.unwrap();
    assert_eq!(plan.studies, []);
    let kept_back = [("ID7".to_owned(), KeptBack::NeverSent)];
    assert_eq!(names(&plan.kept_back), kept_back);
}

#[test]
fn what_arrives_makes_its_study_young_again() {
    let folder = temp_folder();
    let archive = filled(folder.path(), 3);
    let now = SystemTime::now();
    for study in all_at(&archive, Level::Study) {
        archive
            .mark_opened(&study, now - Duration::from_hours(30 * 24))
            .unwrap();
    }
    // One gets a new series, one an instance that it has.
    let follow_up = of_patient(0).series("1.2.0.2");
    receive(&archive, &follow_up, "1.2.0.2.1").unwrap();
    let again = of_patient(1).instance_number(1);
    assert!(receive(&archive, &again, "1.2.1.1.1").unwrap().was_known);
    let limits = CleanUpLimits {
        unused_for: Some(Duration::from_hours(7 * 24)),
        ..CleanUpLimits::default()
    };
    let plan = archive.plan_clean_up(&limits, &[], now, &JobCtx::new());
    let plan = plan.unwrap().studies.into_iter();
    let ids: Vec<_> = plan.map(|it| it.study.patient_id).collect();
    assert_eq!(ids, ["ID2", "ID900"]);
    // What is known of the one that came again is not forgotten.
    let check = archive.check(CheckDepth::Contents, &JobCtx::new()).unwrap();
    assert!(check.is_clean(), "{check:?}");
}

#[test]
fn a_study_with_a_file_that_stays_is_not_counted_as_gone() {
    let folder = temp_folder();
    let archive = filled(folder.path(), 1);
    let limits = CleanUpLimits {
        unused_for: Some(Duration::ZERO),
        ..CleanUpLimits::default()
    };
    let later = SystemTime::now() + Duration::from_mins(1);
    let ctx = JobCtx::new();
    let plan = archive.plan_clean_up(&limits, &[], later, &ctx).unwrap();
    // A folder in the place of a file cannot be removed as one.
    let file = archive.folder().join(&kept_files(archive.folder())[0]);
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    let report = archive.clean_up(&plan, &limits, &[], &ctx).unwrap();
    assert_eq!(report.not_removed, [file]);
    assert_eq!(report.studies, 1, "the reference alone");
}

#[test]
fn a_clean_up_by_size_stops_when_there_is_room() {
    let folder = temp_folder();
    let archive = filled(folder.path(), 6);
    archive.flush();
    let now = SystemTime::now();
    let ctx = JobCtx::new();
    let plan = |limits: &CleanUpLimits, now| archive.plan_clean_up(limits, &[], now, &ctx).unwrap();
    let bytes = plan(&CleanUpLimits::default(), now).bytes_before;
    let limits = CleanUpLimits {
        at_most_bytes: Some(bytes / 2),
        ..CleanUpLimits::default()
    };
    let half = plan(&limits, now);
    assert_eq!(half.studies.len(), 3);
    assert_eq!(half.studies[0].study.patient_id, "ID0");
    archive.clean_up(&half, &limits, &[], &ctx).unwrap();
    assert_eq!(plan(&limits, now).studies, []);
    // With the clock before all that was kept nothing is old.
    let limits = CleanUpLimits {
        unused_for: Some(Duration::ZERO),
        ..CleanUpLimits::default()
    };
    assert_eq!(plan(&limits, SystemTime::UNIX_EPOCH).studies, []);
}

#[test]
fn what_nobody_looks_at_first_goes_only_if_it_is_old_whole_here_and_on_a_known_node() {
    let folder = temp_folder();
    let archive = filled(folder.path(), 4);
    archive.flush();
    let now = SystemTime::now() + Duration::from_hours(10 * 24);
    let first = all_at(&archive, Level::Study).into_iter();
    let first = first.min_by_key(|it| it.patient_id.clone()).unwrap();
    archive
        .mark_opened(&first, now - Duration::from_hours(1))
        .unwrap();
    let ctx = JobCtx::new();
    let plan = |nodes: &[&str]| {
        let limits = CleanUpLimits {
            at_most_bytes: Some(0),
            unused_for: Some(Duration::ZERO),
            unattended: Some(Unattended {
                nodes: nodes.iter().map(|it| node("main", it)).collect(),
            }),
            ..CleanUpLimits::default()
        };
        archive.plan_clean_up(&limits, &[], now, &ctx).unwrap()
    };
    let ids = |plan: &isocentre::archive::CleanUpPlan| -> Vec<String> {
        let studies = plan.studies.iter();
        studies.map(|it| it.study.patient_id.clone()).collect()
    };
    // Who sent it is no node of ours: it may have kept nothing.
    let nothing = plan(&["OTHER"]);
    assert_eq!(ids(&nothing), Vec::<String>::new());
    let some = plan(&["SCANNER"]);
    assert_eq!(ids(&some), ["ID1", "ID2", "ID3"]);
    let kept = names(&some.kept_back);
    assert!(
        kept.contains(&("ID0".to_owned(), KeptBack::Today)),
        "{kept:?}"
    );
    let elsewhere = ("ID900".to_owned(), KeptBack::Elsewhere);
    assert!(kept.contains(&elsewhere), "{kept:?}");
}

fn all_old() -> (CleanUpLimits, SystemTime) {
    let limits = CleanUpLimits {
        unused_for: Some(Duration::ZERO),
        ..CleanUpLimits::default()
    };
    (limits, SystemTime::now() + Duration::from_mins(1))
}

#[test]
fn what_is_open_in_another_program_is_not_cleaned_away_until_it_is_closed_there() {
    let folder = temp_folder();
    let reading = filled(folder.path(), 3);
    let cleaning = Archive::open(reading.folder()).unwrap();
    let (limits, later) = all_old();
    let ctx = JobCtx::new();
    let plan = || cleaning.plan_clean_up(&limits, &[], later, &ctx).unwrap();
    reading.set_in_use(&["1.2.0".to_owned()]).unwrap();
    let planned = plan();
    let open = ("ID0".to_owned(), KeptBack::InUse);
    assert_eq!(names(&planned.kept_back), [open]);
    // Another is opened after the plan was made.
    let both = ["1.2.0".to_owned(), "1.2.1".to_owned()];
    reading.set_in_use(&both).unwrap();
    let report = cleaning.clean_up(&planned, &limits, &[], &ctx).unwrap();
    assert_eq!((report.studies, report.passed_over), (2, 1));
    assert_eq!(kept_files(cleaning.folder()).len(), 4);
    reading.set_in_use(&both[..1]).unwrap();
    assert_eq!(plan().studies.len(), 1);
    drop(reading);
    assert_eq!(plan().studies.len(), 2);
}

#[test]
fn a_study_opened_while_a_clean_up_runs_is_whole_or_gone() {
    const STUDIES: usize = 12;
    let folder = temp_folder();
    let archive = filled(folder.path(), STUDIES);
    let (limits, later) = all_old();
    let ctx = JobCtx::new();
    let plan = archive.plan_clean_up(&limits, &[], later, &ctx).unwrap();
    let mut studies = all_at(&archive, Level::Study);
    studies.sort_by_key(|it| std::cmp::Reverse(it.patient_id.clone()));
    let opened = std::thread::scope(|scope| {
        let cleaning = scope.spawn(|| archive.clean_up(&plan, &limits, &[], &ctx).unwrap());
        let open = |study| archive.open_study(study, later).unwrap();
        let opened: Vec<_> = studies.iter().map(open).collect();
        cleaning.join().unwrap();
        opened
    });
    for files in opened {
        assert!(files.iter().all(|file| file.exists()), "{files:?}");
        assert!(files.len() != 1 || files[0].ends_with("elsewhere.dcm"));
    }
}

#[test]
fn a_clean_up_that_is_stopped_says_what_went_until_then() {
    const STUDIES: usize = 40;
    let folder = temp_folder();
    let archive = filled(folder.path(), STUDIES);
    let (limits, later) = all_old();
    let ctx = JobCtx::new();
    let plan = archive.plan_clean_up(&limits, &[], later, &ctx).unwrap();
    let first = plan.studies.first().unwrap().study.clone();
    let files = archive.study_files(&first).unwrap();
    let result = std::thread::scope(|scope| {
        let cleaning = scope.spawn(|| archive.clean_up(&plan, &limits, &[], &ctx));
        while files.iter().any(|file| file.exists()) {
            std::thread::yield_now();
        }
        ctx.cancel();
        cleaning.join().unwrap()
    });
    let BrokenOff { report, why } = result.unwrap_err();
    assert!(matches!(why, ArchiveError::Cancelled(_)));
    let left = kept_files(archive.folder()).len();
    assert!(report.studies > 0 && report.bytes > 0, "{report:?}");
    assert_eq!(2 * report.studies + left, 2 * STUDIES);
}
