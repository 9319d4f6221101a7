//! An index that is made again, and a check of what is kept against it.

use std::time::Duration;
use std::time::SystemTime;

use isocentre::archive::Archive;
use isocentre::archive::ArchiveError;
use isocentre::archive::CheckDepth;
use isocentre::archive::CleanUpLimits;
use isocentre::archive::ImportMode;
use isocentre::archive::KeptBack;
use isocentre::jobs::JobCtx;
use isocentre::model::Level;

use super::all_at;
use super::found_uids;
use super::kept_files;
use super::message_ids;
use super::receive;
use super::tending::everything;
use super::tending::filled;
use super::tending::names;
use super::tending::of_patient;
use crate::common::temp_folder;

#[test]
fn a_rebuilt_index_finds_the_same() {
    let folder = temp_folder();
    let archive = filled(folder.path(), 5);
    let study = all_at(&archive, Level::Study).pop().unwrap();
    let opened = SystemTime::now() + Duration::from_mins(1);
    archive.mark_opened(&study, opened).unwrap();
    let (before, recent) = (everything(&archive), archive.recent(9).unwrap());
    let report = archive.rebuild(&JobCtx::new()).unwrap();
    assert_eq!(
        (report.files, report.instances, report.missing_references),
        (10, 11, 0)
    );
    assert_eq!(everything(&archive), before);
    assert_eq!(archive.recent(9).unwrap(), recent);
    let words = isocentre::model::StudyQuery {
        patient_name: "eva name3".into(),
        study_description: "number 3".into(),
        ..Default::default()
    };
    assert_eq!(archive.search(&words).unwrap().len(), 1);
    // What arrives afterwards joins what was there.
    receive(&archive, &of_patient(0), "1.2.0.1.3").unwrap();
    assert_eq!(found_uids(&archive).len(), 12);
    assert_eq!(all_at(&archive, Level::Study).len(), 6);
    let check = archive.check(CheckDepth::Contents, &JobCtx::new()).unwrap();
    assert!(check.is_clean(), "{check:?}");
}

#[test]
fn an_index_that_is_lost_or_damaged_is_made_again_and_someone_is_told() {
    for is_removed in [true, false] {
        let folder = temp_folder();
        let archive = filled(folder.path(), 3);
        let before = everything(&archive);
        let archive_folder = archive.folder().to_owned();
        drop(archive);
        let index = archive_folder.join(".isocentre/index.sqlite");
        if is_removed {
            std::fs::remove_file(&index).unwrap();
        } else {
            std::fs::write(&index, [0x55; 10_000]).unwrap();
        }
        let archive = Archive::open(&archive_folder).unwrap();
        let told = message_ids(&archive);
        if is_removed {
            assert_eq!(told, Vec::<&str>::new());
        } else {
            assert_eq!(told, ["archive-index-lost"]);
            assert_eq!(
                std::fs::read(index.with_file_name("index.sqlite.damaged-1")).unwrap(),
                [0x55; 10_000]
            );
        }
        assert!(archive.needs_rebuild().unwrap());
        drop(archive);
        // It still does after an opening that did nothing about it.
        let archive = Archive::open(&archive_folder).unwrap();
        assert!(archive.needs_rebuild().unwrap());
        archive.rebuild(&JobCtx::new()).unwrap();
        assert!(!archive.needs_rebuild().unwrap());
        assert_eq!(everything(&archive), before);
    }
}

#[test]
fn an_imported_original_is_kept_back_from_a_clean_up_after_its_index_was_lost() {
    let folder = temp_folder();
    let archive = filled(folder.path(), 1);
    // A disc that another archive wrote: the title of the station that sent it is in the file.
    let other = Archive::open(&folder.path().join("other")).unwrap();
    let disc = receive(&other, &of_patient(7), "1.2.7.1.1").unwrap().path;
    archive
        .import(&[disc], ImportMode::Copy, &JobCtx::new(), &|_| {})
        .unwrap();
    let limits = CleanUpLimits {
        unused_for: Some(Duration::ZERO),
        ..CleanUpLimits::default()
    };
    let later = SystemTime::now() + Duration::from_mins(1);
    let kept_back = |archive: &Archive| {
        let plan = archive.plan_clean_up(&limits, &[], later, &JobCtx::new());
        let mut names = names(&plan.unwrap().kept_back);
        names.sort_by(|a, b| a.0.cmp(&b.0));
        names
    };
    let imported = ("ID7".to_owned(), KeptBack::NeverSent);
    assert_eq!(kept_back(&archive), std::slice::from_ref(&imported));
    archive.rebuild(&JobCtx::new()).unwrap();
    assert_eq!(kept_back(&archive), std::slice::from_ref(&imported));

    let archive_folder = archive.folder().to_owned();
    drop(archive);
    std::fs::remove_file(archive_folder.join(".isocentre/index.sqlite")).unwrap();
    let archive = Archive::open(&archive_folder).unwrap();
    archive.rebuild(&JobCtx::new()).unwrap();
    assert_eq!(kept_back(&archive), [imported]);
}

#[test]
fn a_rebuild_that_is_cancelled_leaves_the_index_as_it_was() {
    let folder = temp_folder();
    let archive = filled(folder.path(), 3);
    let before = everything(&archive);
    let ctx = JobCtx::new();
    ctx.cancel();
    assert!(matches!(
        archive.rebuild(&ctx),
        Err(ArchiveError::Cancelled(_))
    ));
    assert_eq!(everything(&archive), before);
}

#[test]
fn a_check_names_what_is_missing_changed_and_unknown() {
    let folder = temp_folder();
    let archive = filled(folder.path(), 3);
    archive.flush();
    let files: Vec<_> = kept_files(archive.folder())
        .into_iter()
        .map(|file| archive.folder().join(file))
        .collect();
    let check = |depth| archive.check(depth, &JobCtx::new()).unwrap();
    let clean = check(CheckDepth::Contents);
    assert!(clean.is_clean() && clean.checked == 7, "{clean:?}");

    std::fs::remove_file(&files[0]).unwrap();
    std::fs::write(&files[1], b"short").unwrap();
    let mut bytes = std::fs::read(&files[2]).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&files[2], bytes).unwrap();
    let stranger = files[3].with_file_name("9.9.dcm");
    std::fs::copy(&files[3], &stranger).unwrap();
    std::fs::remove_file(folder.path().join("elsewhere.dcm")).unwrap();

    let quick = check(CheckDepth::Files);
    assert_eq!(quick.missing, [files[0].clone()]);
    assert_eq!(quick.changed, [files[1].clone()]);
    assert_eq!(quick.unindexed, [stranger]);
    assert_eq!(
        quick.missing_references,
        [folder.path().join("elsewhere.dcm")]
    );
    let deep = check(CheckDepth::Contents);
    assert_eq!(deep.changed, [files[1].clone(), files[2].clone()]);
    assert!(!deep.is_clean());
}
