//! A plain folder that takes instances, as `pacs get --out` does.

use isocentre::pacs::FolderSink;

use super::EXPLICIT_LITTLE;
use super::image;
use super::receive_as;
use crate::common::SyntheticImage;
use crate::common::files_below;
use crate::common::temp_folder;

#[test]
fn another_content_under_a_known_uid_never_takes_the_first_ones_place() {
    let folder = temp_folder();
    let sink = FolderSink::new(folder.path());
    let receive =
        |image: &SyntheticImage| receive_as(&sink, image, "1.2.1", EXPLICIT_LITTLE).unwrap();
    let first = receive(&image());
    assert_eq!(first.path, folder.path().join("1.2.1.dcm"));
    let bytes = std::fs::read(&first.path).unwrap();
    assert!(receive(&image()).was_known);
    assert_eq!(sink.problems().drain(), []);

    let other = image().pixels(|row, _| row as i64);
    let beside = receive(&other);
    assert_eq!(beside.path, folder.path().join("1.2.1-2.dcm"));
    assert!(!beside.was_known);
    assert_eq!(std::fs::read(&first.path).unwrap(), bytes);
    let said = sink.problems().drain();
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].path.as_deref(), Some(beside.path.as_path()));
    // Each is known again.
    assert_eq!(receive(&other).path, beside.path);
    assert_eq!(receive(&image()).path, first.path);
    assert_eq!(files_below(folder.path()).len(), 2);

    // What is no instance had the name first, and keeps it.
    let text = folder.path().join("1.2.2.dcm");
    std::fs::write(&text, "notes").unwrap();
    let kept = receive_as(&sink, &image(), "1.2.2", EXPLICIT_LITTLE).unwrap();
    assert_eq!(kept.path, folder.path().join("1.2.2-2.dcm"));
    assert_eq!(std::fs::read(&text).unwrap(), b"notes");
}
