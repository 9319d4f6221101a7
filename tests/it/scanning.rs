//! Scanning: every file found is a header or has its reason, once.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;

use isocentre::dicom::ScanEvent;
use isocentre::dicom::ScanSummary;
use isocentre::dicom::scan;
use isocentre::dicom::tags;
use isocentre::jobs::JobCtx;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::common::Element;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::Value;
use crate::common::encode;
use crate::common::file_meta;
use crate::common::temp_folder;
use crate::common::test_data;

/// What a scan gave, by the names a test uses.
struct Found {
    locked: Vec<(PathBuf, usize)>,
    summary: ScanSummary,
    /// Path and SOP instance UID, in order.
    headers: Vec<(PathBuf, String)>,
    passed_over: BTreeMap<PathBuf, &'static str>,
    batches: Vec<usize>,
}

impl Found {
    fn uids(&self) -> Vec<&str> {
        self.headers.iter().map(|(_, uid)| uid.as_str()).collect()
    }

    fn reason(&self, path: impl AsRef<Path>) -> &'static str {
        self.passed_over.get(path.as_ref()).unwrap_or_else(|| {
            panic!(
                "{} is not in {:?}",
                path.as_ref().display(),
                self.passed_over
            )
        })
    }
}

#[track_caller]
fn scan_all(inputs: &[&Path]) -> Found {
    let events = Mutex::new(Vec::new());
    let inputs: Vec<PathBuf> = inputs.iter().map(|path| path.to_path_buf()).collect();
    let summary = scan(&inputs, &JobCtx::new(), &|event| {
        events.lock().unwrap().push(event);
    })
    .unwrap();
    let mut found = Found {
        locked: Vec::new(),
        summary,
        headers: Vec::new(),
        passed_over: BTreeMap::new(),
        batches: Vec::new(),
    };
    let mut passed_over = 0;
    for event in events.into_inner().unwrap() {
        match event {
            ScanEvent::Headers(headers) => {
                found.batches.push(headers.len());
                found.headers.extend(headers.into_iter().map(|header| {
                    let uid = header.dataset.elements().uid(tags::SOP_INSTANCE_UID);
                    (header.source.display_path(), uid.unwrap_or_default())
                }));
            }
            ScanEvent::Locked { archive, entries } => found.locked.push((archive, entries)),
            ScanEvent::PassedOver { path, reason } => {
                passed_over += 1;
                let before = found.passed_over.insert(path, reason.id.0);
                assert!(before.is_none(), "passed over twice");
            }
        }
    }
    assert_eq!(summary.headers, found.headers.len());
    assert_eq!(summary.passed_over, passed_over);
    assert_eq!(summary.files_found, summary.headers + summary.passed_over);
    found
}

fn image(uid: &str) -> Vec<u8> {
    SyntheticImage::new(2, 2)
        .sop_instance(uid)
        .write(Encoding::ExplicitLittle)
}

fn write(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
    let path = path.as_ref();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        if name.ends_with('/') {
            zip.add_directory(*name, SimpleFileOptions::default())
                .unwrap();
        } else {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn every_file_of_a_folder_is_a_header_or_explained() {
    let folder = temp_folder();
    let at = |name: &str| folder.path().join(name);
    write(at("b/IM2"), image("1.2"));
    write(at("a/IM1.dcm"), image("1.1"));
    let bare = SyntheticImage::new(2, 2)
        .sop_instance("1.3")
        .without_preamble_and_meta()
        .write(Encoding::ImplicitLittle);
    write(at("c/deep/er/no_extension"), bare);
    write(at("README.txt"), "Patient: see the other folder\n");
    write(at("picture.png"), b"\x89PNG\r\n\x1a\n....");
    write(at("empty.dcm"), b"");
    write(
        at("document.docx"),
        zip(&[("word/document.xml", b"<xml/>")]),
    );
    write(at("hollow.dcm"), [[0; 128].as_slice(), b"DICM"].concat());
    let found = scan_all(&[folder.path()]);
    assert_eq!(found.uids(), ["1.1", "1.2", "1.3"]);
    assert_eq!(found.reason(at("README.txt")), "reading-not-dicom");
    assert_eq!(found.reason(at("picture.png")), "reading-picture");
    assert_eq!(found.reason(at("document.docx")), "reading-not-dicom");
    assert_eq!(found.reason(at("empty.dcm")), "reading-empty");
    assert_eq!(found.reason(at("hollow.dcm")), "reading-nothing-usable");
    assert_eq!(found.summary.files_found, 8);
}

#[test]
fn the_first_headers_come_in_a_small_batch() {
    let folder = temp_folder();
    for n in 0..60 {
        write(
            folder.path().join(format!("{n:03}")),
            image(&format!("1.{n}")),
        );
    }
    let found = scan_all(&[folder.path()]);
    assert_eq!(found.headers.len(), 60);
    assert!(found.batches[0] <= 8, "{:?}", found.batches);
    assert!(found.batches.len() < 5, "{:?}", found.batches);
    let expected: Vec<String> = (0..60).map(|n| format!("1.{n}")).collect();
    assert_eq!(found.uids(), expected);
}

#[test]
fn what_several_inputs_lead_to_counts_once() {
    let folder = temp_folder();
    let file = folder.path().join("a/IM1");
    write(&file, image("1.1"));
    write(folder.path().join("a/IM2"), image("1.2"));
    let twisted = folder.path().join("a/../a/IM1");
    let found = scan_all(&[&file, folder.path(), &twisted, folder.path(), &file]);
    assert_eq!(found.uids(), ["1.1", "1.2"]);
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_end_and_broken_ones_are_explained() {
    use std::os::unix::fs::symlink;
    let folder = temp_folder();
    let at = |name: &str| folder.path().join(name);
    write(at("a/IM1"), image("1.1"));
    symlink(folder.path(), at("a/loop")).unwrap();
    symlink(at("a/IM1"), at("again")).unwrap();
    symlink(at("nowhere"), at("broken")).unwrap();
    let found = scan_all(&[folder.path()]);
    assert_eq!(found.uids(), ["1.1"]);
    assert_eq!(found.reason(at("broken")), "reading-not-found");
    assert_eq!(found.summary.files_found, 2);
}

#[test]
fn an_input_that_is_not_there_is_explained() {
    let folder = temp_folder();
    let gone = folder.path().join("gone");
    let found = scan_all(&[&gone]);
    assert_eq!(found.reason(&gone), "reading-not-found");
}

#[test]
fn entries_of_an_archive_are_files() {
    let folder = temp_folder();
    let nested = zip(&[("IM9", &image("1.9"))]);
    let archive = folder.path().join("study.zip");
    write(
        &archive,
        zip(&[
            ("study/", b""),
            ("study/IM1", &image("1.1")),
            ("study/IM2", &image("1.2")),
            ("README", b"words"),
            ("empty", b""),
            ("inner.zip", &nested),
        ]),
    );
    let found = scan_all(&[folder.path()]);
    assert_eq!(found.uids(), ["1.1", "1.2"]);
    assert_eq!(found.headers[0].0, archive.join("study/IM1"));
    assert_eq!(found.reason(archive.join("README")), "reading-not-dicom");
    assert_eq!(found.reason(archive.join("empty")), "reading-empty");
    assert_eq!(
        found.reason(archive.join("inner.zip")),
        "reading-archive-nested"
    );
    assert_eq!(found.summary.files_found, 5);
}

#[test]
fn archives_are_known_by_their_content() {
    let folder = temp_folder();
    let at = |name: &str| folder.path().join(name);
    let content = zip(&[("IM1", &image("1.1"))]);
    write(at("extensionless"), &content);
    write(at("odd.name"), &content);
    write(at("false.zip"), "no archive at all");
    write(at("cut.zip"), &content[..content.len() / 2]);
    write(at("none.zip"), zip(&[]));
    let found = scan_all(&[folder.path()]);
    assert_eq!(found.uids(), ["1.1"]);
    assert_eq!(found.reason(at("odd.name")), "reading-not-dicom");
    assert_eq!(found.reason(at("false.zip")), "reading-not-dicom");
    assert_eq!(found.reason(at("cut.zip")), "reading-archive-damaged");
    assert_eq!(found.reason(at("none.zip")), "reading-archive-empty");
    assert_eq!(scan_all(&[&at("odd.name")]).uids(), ["1.1"]);
}

#[test]
fn an_encrypted_entry_says_so() {
    let folder = temp_folder();
    let archive = folder.path().join("secret.zip");
    let mut zip = ZipWriter::new(fs::File::create(&archive).unwrap());
    let options =
        SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, "password");
    zip.start_file("IM1", options).unwrap();
    zip.write_all(&image("1.1")).unwrap();
    zip.finish().unwrap();
    let found = scan_all(&[&archive]);
    assert_eq!(
        found.reason(archive.join("IM1")),
        "reading-archive-encrypted"
    );
    assert_eq!(found.locked, [(archive, 1)]);
}

#[test]
fn an_archive_that_expands_without_end_is_bounded() {
    let folder = temp_folder();
    let archive = folder.path().join("bomb.zip");
    let mut head = file_meta("1.2.840.10008.1.2.1", "1.2.840.10008.5.1.4.1.1.7", "1.2");
    head.extend(encode(
        &[Element::text(8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.7")],
        Encoding::ExplicitLittle,
    ));
    let length = 100 << 20_u32;
    head.extend(b"\x09\0\x01\x10OB\0\0");
    head.extend(u32::to_le_bytes(length));
    let zeros = vec![0; 1 << 20];
    let mut zip = ZipWriter::new(fs::File::create(&archive).unwrap());
    for n in 0..3 {
        zip.start_file(format!("IM{n}"), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(&head).unwrap();
        for _ in 0..100 {
            zip.write_all(&zeros).unwrap();
        }
    }
    zip.start_file("zeros", SimpleFileOptions::default())
        .unwrap();
    for _ in 0..50 {
        zip.write_all(&zeros).unwrap();
    }
    zip.finish().unwrap();
    assert!(fs::metadata(&archive).unwrap().len() < 1 << 20);
    let found = scan_all(&[&archive]);
    assert_eq!(found.summary.files_found, 4);
    assert_eq!(found.headers.len(), 0);
    assert_eq!(found.reason(archive.join("IM0")), "reading-archive-bomb");
}

#[test]
fn a_cancelled_scan_stops() {
    let folder = temp_folder();
    for n in 0..100 {
        write(
            folder.path().join(format!("{n:03}")),
            image(&format!("1.{n}")),
        );
    }
    let ctx = JobCtx::new();
    let seen = Mutex::new(0);
    let result = scan(&[folder.path().to_owned()], &ctx, &|event| {
        if let ScanEvent::Headers(headers) = event {
            *seen.lock().unwrap() += headers.len();
        }
        ctx.cancel();
    });
    assert!(result.is_err());
    assert!(*seen.lock().unwrap() < 100);
}

/// A directory whose records list these files, one record each under one patient. `shift` falsifies
/// every offset.
fn dicomdir(files: &[&str], shift: u32) -> Vec<u8> {
    let record = |kind: &str, next: u32, lower: u32, file: Option<&str>| {
        let mut elements = vec![
            Element::new(4, 0x1400, "UL", Value::U32(vec![next])),
            Element::u16(4, 0x1410, 0xFFFF),
            Element::new(4, 0x1420, "UL", Value::U32(vec![lower])),
            Element::text(4, 0x1430, "CS", kind),
        ];
        elements.extend(file.map(|file| Element::text(4, 0x1500, "CS", file)));
        elements
    };
    let build = |offsets: &[u32]| {
        let offset = |n: usize| offsets.get(n).map_or(0, |offset| offset + shift);
        let mut items = vec![record("PATIENT", 0, offset(1), None)];
        for (n, file) in files.iter().enumerate() {
            // The tree runs through the files from the last to the first.
            let next = if n == 0 { 0 } else { offset(n) };
            items.push(record("IMAGE", next, 0, Some(file)));
        }
        if let Some(first) = items.first_mut() {
            first[2] = Element::new(4, 0x1420, "UL", Value::U32(vec![offset(files.len())]));
        }
        let head = [Element::new(4, 0x1200, "UL", Value::U32(vec![offset(0)]))];
        let mut bytes = file_meta("1.2.840.10008.1.2.1", "1.2.840.10008.1.3.10", "1.2");
        bytes.extend(encode(&head, Encoding::ExplicitLittle));
        let mut at = bytes.len() + 12;
        let mut offsets = Vec::new();
        for item in &items {
            offsets.push(u32::try_from(at).unwrap());
            at += 8 + encode(item, Encoding::ExplicitLittle).len();
        }
        let records = Element::new(4, 0x1220, "SQ", Value::Items(items));
        bytes.extend(encode(&[records], Encoding::ExplicitLittle));
        (bytes, offsets)
    };
    let (_, offsets) = build(&[]);
    build(&offsets).0
}

#[test]
fn a_dicomdir_opens_the_files_it_lists_in_its_order() {
    let folder = temp_folder();
    let at = |name: &str| folder.path().join(name);
    // Names as copying from a disc leaves them.
    write(at("images/im1"), image("1.1"));
    write(at("IMAGES2/IM2;1"), image("1.2"));
    write(at("IM3"), image("1.3"));
    write(at("UNLISTED"), image("1.4"));
    let listed = [
        "IMAGES\\IM1",
        "IMAGES2\\IM2",
        "IM3",
        "GONE",
        "GONE",
        "..\\OUTSIDE",
    ];
    for (shift, expected) in [(0, ["1.3", "1.2", "1.1"]), (2, ["1.1", "1.2", "1.3"])] {
        write(at("DICOMDIR"), dicomdir(&listed, shift));
        let found = scan_all(&[&at("DICOMDIR")]);
        assert_eq!(found.uids(), expected, "offsets wrong by {shift}");
        assert_eq!(found.reason(at("DICOMDIR")), "reading-dicomdir");
        assert_eq!(found.reason(at("GONE")), "reading-dicomdir-missing");
        assert_eq!(found.reason(at("../OUTSIDE")), "reading-dicomdir-missing");
        assert_eq!(found.summary.files_found, 6);
    }
}

#[test]
fn a_dicomdir_within_a_scanned_folder_counts_no_file_twice() {
    let folder = temp_folder();
    let at = |name: &str| folder.path().join(name);
    write(at("disc/IM1"), image("1.1"));
    write(at("disc/IM2"), image("1.2"));
    write(at("disc/DICOMDIR"), dicomdir(&["IM1", "IM2"], 0));
    write(at("disc/other/DICOMDIR"), dicomdir(&["IM5"], 0));
    let found = scan_all(&[folder.path(), &at("disc/DICOMDIR")]);
    assert_eq!(found.uids(), ["1.1", "1.2"]);
    assert_eq!(found.reason(at("disc/DICOMDIR")), "reading-dicomdir");
    assert_eq!(
        found.reason(at("disc/other/IM5")),
        "reading-dicomdir-missing"
    );
    assert_eq!(found.summary.files_found, 5);
}

#[test]
fn a_dicomdir_within_an_archive_is_explained_with_what_it_lacks() {
    let folder = temp_folder();
    let archive = folder.path().join("disc.zip");
    let index = dicomdir(&["IMAGES\\IM1", "IMAGES\\IM2"], 0);
    write(
        &archive,
        zip(&[
            ("disc/DICOMDIR", &index),
            ("disc/images/im1", &image("1.1")),
        ]),
    );
    let found = scan_all(&[&archive]);
    assert_eq!(found.uids(), ["1.1"]);
    assert_eq!(
        found.reason(archive.join("disc/DICOMDIR")),
        "reading-dicomdir"
    );
    let missing = archive.join("disc/IMAGES/IM2");
    assert_eq!(found.reason(missing), "reading-dicomdir-missing");
    assert_eq!(found.summary.files_found, 3);
}

#[test]
fn a_directory_whose_records_point_in_a_circle_ends() {
    let folder = temp_folder();
    let at = |name: &str| folder.path().join(name);
    write(at("IM1"), image("1.1"));
    let mut bytes = dicomdir(&["IM1"], 0);
    // Every record's successor is the first record.
    let first = bytes
        .windows(8)
        .position(|w| w == b"\x04\0\0\x12UL\x04\0")
        .unwrap()
        + 8;
    let offset: [u8; 4] = bytes[first..first + 4].try_into().unwrap();
    for at in 0..bytes.len() - 12 {
        if bytes[at..].starts_with(b"\x04\0\0\x14UL\x04\0") {
            bytes[at + 8..at + 12].copy_from_slice(&offset);
        }
    }
    write(at("DICOMDIR"), bytes);
    assert_eq!(scan_all(&[&at("DICOMDIR")]).uids(), ["1.1"]);
}

#[test]
fn every_sample_file_is_a_header_or_explained() {
    let Some(folder) = test_data("every_sample_file_is_a_header_or_explained") else {
        return;
    };
    let files = crate::common::files_below(&folder).len();
    let found = scan_all(&[&folder]);
    assert!(found.summary.files_found >= files);
    assert!(found.summary.headers > found.summary.passed_over);
    for path in found.passed_over.keys() {
        let is_dicom = path.extension().is_some_and(|extension| extension == "dcm");
        let is_index = path.to_string_lossy().contains("DICOMDIR");
        assert!(!is_dicom || is_index, "{} was passed over", path.display());
    }
}

#[test]
fn a_corrupt_entry_is_noted_or_explained() {
    let folder = temp_folder();
    let archive = folder.path().join("corrupt.zip");
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("IM1", stored).unwrap();
    zip.write_all(&image("1.1")).unwrap();
    let mut bytes = zip.finish().unwrap().into_inner();
    let name = bytes.windows(9).position(|w| w == b"Synthetic").unwrap();
    bytes[name] = b'Z';
    write(&archive, bytes);
    let notes = Mutex::new(Vec::new());
    scan(&[archive], &JobCtx::new(), &|event| {
        if let ScanEvent::Headers(headers) = event {
            let ids = headers.iter().flat_map(|header| &header.notes);
            notes.lock().unwrap().extend(ids.map(|note| note.id.0));
        }
    })
    .unwrap();
    assert_eq!(*notes.lock().unwrap(), ["reading-compressed-corrupt"]);
}

/// Its first image stands in the open there, a few bytes into the file.
#[test]
fn an_archive_without_compression_is_not_taken_for_its_first_image() {
    let folder = temp_folder();
    let archive = folder.path().join("stored.zip");
    let mut zip = ZipWriter::new(fs::File::create(&archive).unwrap());
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for n in 1..=3 {
        zip.start_file(format!("IM{n}"), stored).unwrap();
        zip.write_all(&image(&format!("1.{n}"))).unwrap();
    }
    zip.finish().unwrap();
    assert_eq!(scan_all(&[&archive]).uids(), ["1.1", "1.2", "1.3"]);
}
