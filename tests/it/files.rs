//! Writing where writing fails.

use std::io::Write as _;

use isocentre::files::Readable;
use isocentre::files::write_atomically;
use isocentre::files::write_atomically_with;
use isocentre::problem::Arg;
use isocentre::problem::msg;
use isocentre::text::Language;
use isocentre::text::Words;

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_in_words_and_leaves_the_old_file_alone() {
    let folder = super::common::temp_folder();
    let path = folder.path().join("report.dcm");
    write_atomically(&path, b"old", Readable::AsUsual).unwrap();
    let error = write_atomically_with(&path, Readable::AsUsual, |file| {
        file.write_all(b"the first part")?;
        // The kernel's own full disk.
        let mut full = std::fs::OpenOptions::new().write(true).open("/dev/full")?;
        full.write_all(b"and the rest")
    })
    .unwrap_err();
    let message = error.message();
    let Some((_, Arg::Message(reason))) = message.args.first() else {
        panic!("{message:?} has no reason");
    };
    assert_eq!(reason.id, msg("files-reason-full"));
    let sentence = Words::new(Language::English).get(&message);
    assert!(sentence.contains("disk is full"), "{sentence}");
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_where_a_folder_should_be_is_told_with_what_to_do() {
    let folder = super::common::temp_folder();
    let file = folder.path().join("file");
    std::fs::write(&file, b"x").unwrap();
    let error = write_atomically(&file.join("report.dcm"), b"x", Readable::AsUsual).unwrap_err();
    let sentence = Words::new(Language::English).get(&error.message());
    assert!(sentence.contains("another folder"), "{sentence}");
}
