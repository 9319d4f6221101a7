//! Files, folders and zip archives are taken in, each told once.

use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;

use isocentre::archive::Archive;
use isocentre::archive::ArchiveError;
use isocentre::archive::ImportEvent;
use isocentre::archive::ImportMode;
use isocentre::archive::ImportSummary;
use isocentre::dicom::ByteSource;
use isocentre::dicom::read_header;
use isocentre::jobs::JobCtx;
use isocentre::model::Level;

use super::all_at;
use super::found_uids;
use super::image;
use super::kept_files;
use crate::common::Encoding;
use crate::common::temp_folder;

fn import(archive: &Archive, input: &Path, mode: ImportMode) -> (ImportSummary, Vec<ImportEvent>) {
    let events = Mutex::new(Vec::new());
    let on = |event| events.lock().unwrap().push(event);
    let inputs = [input.to_owned()];
    let summary = archive.import(&inputs, mode, &JobCtx::new(), &on).unwrap();
    (summary, events.into_inner().unwrap())
}

/// Three instances, one of them twice, one without meta information, one in a zip archive; and a
/// file that is none.
fn medium(folder: &Path) -> PathBuf {
    let medium = folder.join("medium");
    std::fs::create_dir_all(medium.join("copy")).unwrap();
    let bytes = |uid: &str| image().sop_instance(uid).write(Encoding::ExplicitLittle);
    std::fs::write(medium.join("1"), bytes("1.2.1")).unwrap();
    std::fs::write(medium.join("copy/1"), bytes("1.2.1")).unwrap();
    let bare = image().sop_instance("1.2.2").without_preamble_and_meta();
    std::fs::write(medium.join("2"), bare.write(Encoding::ExplicitLittle)).unwrap();
    std::fs::write(medium.join("readme.txt"), "no image").unwrap();
    let file = std::fs::File::create(medium.join("3.zip")).unwrap();
    let mut zip = zip::ZipWriter::new(file);
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("a/3.dcm", options).unwrap();
    zip.write_all(&bytes("1.2.3")).unwrap();
    zip.finish().unwrap();
    medium
}

#[test]
fn copies_are_whole_part_10_files_and_each_file_is_told_once() {
    let folder = temp_folder();
    let medium = medium(folder.path());
    let archive_folder = folder.path().join("archive");
    let archive = Archive::open(&archive_folder).unwrap();
    let (summary, events) = import(&archive, &medium, ImportMode::Copy);
    let expected = ImportSummary {
        files_found: 5,
        added: 3,
        known: 1,
        aside: 0,
        passed_over: 1,
    };
    assert_eq!((summary, events.len()), (expected, 5));
    std::fs::remove_dir_all(&medium).unwrap();
    assert_eq!(found_uids(&archive), ["1.2.1", "1.2.2", "1.2.3"]);
    for file in kept_files(&archive_folder) {
        let path = archive_folder.join(file);
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(&bytes[128..132], b"DICM");
        let header = read_header(ByteSource::File(path.as_path().into())).unwrap();
        assert_eq!(header.notes, []);
        assert!(header.pixel_data.is_some());
    }
    let study = &all_at(&archive, Level::Study)[0];
    assert_eq!(archive.study_files(study).unwrap().len(), 3);
}

#[test]
fn references_stay_where_they_are_and_are_found() {
    let folder = temp_folder();
    let medium = medium(folder.path());
    let archive = Archive::open(&folder.path().join("archive")).unwrap();
    let (summary, _) = import(&archive, &medium, ImportMode::Reference);
    assert_eq!(
        (summary.added, summary.known, summary.passed_over),
        (3, 1, 1)
    );
    assert_eq!(found_uids(&archive), ["1.2.1", "1.2.2", "1.2.3"]);
    assert!(kept_files(archive.folder()).is_empty());
    let study = &all_at(&archive, Level::Study)[0];
    let files = archive.study_files(study).unwrap();
    assert_eq!(
        files,
        [medium.join("1"), medium.join("2"), medium.join("3.zip")]
    );
    let (again, _) = import(&archive, &medium, ImportMode::Reference);
    assert_eq!((again.added, again.known, again.aside), (0, 4, 0));

    // Where the medium went, the same files elsewhere take their place.
    let moved = folder.path().join("moved");
    std::fs::rename(&medium, &moved).unwrap();
    let (again, _) = import(&archive, &moved, ImportMode::Reference);
    assert_eq!((again.added, again.known, again.aside), (3, 1, 0));
    let files = archive.study_files(study).unwrap();
    assert_eq!(
        files,
        [moved.join("1"), moved.join("2"), moved.join("3.zip")]
    );

    // A copy is better than a reference.
    let (copied, _) = import(&archive, &moved, ImportMode::Copy);
    assert_eq!(copied.added, 3);
    assert!(archive.study_files(study).unwrap()[0].starts_with(archive.folder()));
    assert_eq!(found_uids(&archive).len(), 3);
}

#[test]
fn another_content_under_the_same_identifiers_is_told_with_both_files() {
    let folder = temp_folder();
    let medium = folder.path().join("medium");
    std::fs::create_dir(&medium).unwrap();
    let archive = Archive::open(&folder.path().join("archive")).unwrap();
    let other = image().pixels(|row, _| row as i64);
    for (name, image) in [("a", image()), ("b", other)] {
        let bytes = image.sop_instance("1.2.1").write(Encoding::ExplicitLittle);
        std::fs::write(medium.join(name), bytes).unwrap();
    }
    let (summary, events) = import(&archive, &medium, ImportMode::Reference);
    assert_eq!((summary.added, summary.aside), (1, 1));
    assert!(events.contains(&ImportEvent::Aside {
        path: medium.join("b"),
        other: medium.join("a"),
    }));
    let (summary, _) = import(&archive, &medium, ImportMode::Copy);
    assert_eq!(
        (summary.added, summary.aside),
        (1, 1),
        "which of them came first may differ"
    );
    assert_eq!(found_uids(&archive), ["1.2.1"]);
}

#[test]
fn the_archive_does_not_take_in_itself() {
    let folder = temp_folder();
    let medium = medium(folder.path());
    let archive = Archive::open(&medium.join("archive")).unwrap();
    import(&archive, &medium, ImportMode::Copy);
    let (again, events) = import(&archive, &medium, ImportMode::Reference);
    assert_eq!((again.added, again.known), (0, 4));
    let own = events.iter().filter(|event| {
        matches!(event, ImportEvent::PassedOver { reason, .. } if reason.id.0 == "archive-own-file")
    });
    assert_eq!(own.count(), 3);
}

#[test]
fn a_cancelled_import_keeps_what_it_took_in() {
    let folder = temp_folder();
    let medium = folder.path().join("medium");
    std::fs::create_dir(&medium).unwrap();
    for n in 0..600 {
        let bytes = image()
            .sop_instance(&format!("1.2.{n}"))
            .write(Encoding::ExplicitLittle);
        std::fs::write(medium.join(format!("{n:04}")), bytes).unwrap();
    }
    let archive = Archive::open(&folder.path().join("archive")).unwrap();
    let ctx = JobCtx::new();
    let added = Mutex::new(0);
    let on = |event: ImportEvent| {
        if matches!(event, ImportEvent::Added(_)) {
            *added.lock().unwrap() += 1;
            ctx.cancel();
        }
    };
    let cancelled = archive.import(&[medium], ImportMode::Copy, &ctx, &on);
    assert!(matches!(cancelled, Err(ArchiveError::Cancelled(_))));
    let added = *added.lock().unwrap();
    assert!((1..600).contains(&added), "{added}");
    assert_eq!(found_uids(&archive).len(), added);
}
