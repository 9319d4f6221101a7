//! What ends a worker costs what it was asked, and nothing else.

use std::path::Path;
use std::process::{Command, Output};

use isocentre::dicom::{DatasetBuilder, tags, write_part10_bytes};
use isocentre::worker::{self, Ended, Kind, Limits, Worker};

use crate::common::{Encoding, SyntheticImage, Value, temp_folder};
use crate::decode::encoders::jpeg_2000::Jpeg2000;
use crate::decode::encoders::{Jpeg, jpeg_ls::JpegLs};

const LIMITS: Limits = Limits {
    memory_bytes: 1 << 30,
};
/// Ends a worker that is told so by its environment.
const END: &str = "the end of a worker";

fn worker(kind: Kind, limits: Limits) -> Worker {
    Worker::start_program(Path::new(env!("CARGO_BIN_EXE_isocentre")), kind, limits).unwrap()
}

fn isocentre(arguments: &[&str], path: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .args(arguments)
        .arg(path)
        .args(more)
        .env("ISOCENTRE_WORKER_ENDS_AT", END)
        .output()
        .unwrap()
}

/// Three frames in this syntax; the second has the words that end a worker behind its start, in a
/// comment, which every decoder passes over.
fn three_frames(syntax: &str, mut stream: Vec<u8>, comment: [u8; 2], at: usize) -> Vec<u8> {
    let whole = stream.clone();
    let length = (END.len() as u16 + 4).to_be_bytes();
    let text = [&comment[..], &length, &[0, 1], END.as_bytes()].concat();
    stream.splice(at..at, text);
    SyntheticImage::new(16, 16)
        .bits(8, 8)
        .text(0x0028, 0x0008, "IS", "3")
        .transfer_syntax(syntax)
        .raw_pixels(Value::Fragments(vec![whole.clone(), stream, whole]))
        .write(Encoding::ExplicitLittle)
}

#[test]
fn a_frame_that_ends_its_decoder_costs_itself_alone_and_says_so() {
    let grey: Vec<i64> = (0..256).collect();
    let jpeg_2000 = Jpeg2000::grey(16, 16, 8).encode(&grey);
    let siz = 4 + usize::from(u16::from_be_bytes([jpeg_2000[4], jpeg_2000[5]]));
    let files = [
        (
            "JPEG 2000",
            three_frames("1.2.840.10008.1.2.4.90", jpeg_2000, [0xFF, 0x64], siz),
        ),
        (
            "JPEG-LS",
            three_frames(
                "1.2.840.10008.1.2.4.80",
                JpegLs::grey(16, 16, 8).encode(&grey),
                [0xFF, 0xFE],
                2,
            ),
        ),
    ];
    for (codec, file) in files {
        let folder = temp_folder();
        let path = folder.path().join("a.dcm");
        std::fs::write(&path, file).unwrap();
        let out = folder.path().join("out");
        let done = isocentre(&["frames"], &path, &["--out", out.to_str().unwrap()]);
        assert_eq!(done.status.code(), Some(3), "{codec} {done:?}");
        let said = String::from_utf8(done.stderr).unwrap();
        let said: Vec<_> = said.lines().filter(|line| line.contains(codec)).collect();
        let [sentence] = said[..] else {
            panic!("{codec} {said:?}");
        };
        assert!(sentence.contains("ended unexpectedly"), "{sentence}");
        let json: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        let frames = json["frames"].as_array().unwrap();
        let numbers: Vec<_> = frames
            .iter()
            .map(|frame| frame["number"].as_u64())
            .collect();
        assert_eq!(numbers, [Some(1), Some(3)], "{codec}");
        for frame in frames {
            let bytes = std::fs::read(out.join(frame["file"].as_str().unwrap())).unwrap();
            assert_eq!(bytes, (0..=255).collect::<Vec<u8>>(), "{codec}");
        }
    }
}

#[test]
fn frames_come_out_of_workers_as_they_do_without_them() {
    let samples: Vec<i64> = (0..64 * 64).map(|at| (at * 13) % 4096).collect();
    let streams = [
        (
            "1.2.840.10008.1.2.4.70",
            Jpeg::grey(64, 64, 12).lossless(1).encode(&samples),
        ),
        (
            "1.2.840.10008.1.2.4.80",
            JpegLs::grey(64, 64, 12).encode(&samples),
        ),
        (
            "1.2.840.10008.1.2.4.90",
            Jpeg2000::grey(64, 64, 12).encode(&samples),
        ),
    ];
    let expected: Vec<u8> = samples
        .iter()
        .flat_map(|v| (*v as u16).to_le_bytes())
        .collect();
    for (syntax, stream) in streams {
        let folder = temp_folder();
        let path = folder.path().join("a.dcm");
        let image = SyntheticImage::new(64, 64)
            .bits(16, 12)
            .transfer_syntax(syntax)
            .raw_pixels(Value::Fragments(vec![stream]));
        std::fs::write(&path, image.write(Encoding::ExplicitLittle)).unwrap();
        let done = isocentre(
            &["frames"],
            &path,
            &["--out", folder.path().to_str().unwrap()],
        );
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        let json: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        let file = json["frames"][0]["file"].as_str().unwrap();
        assert!(
            std::fs::read(folder.path().join(file)).unwrap() == expected,
            "{syntax}"
        );
    }
}

#[test]
fn a_worker_that_wants_more_memory_than_it_may_have_ends() {
    let limits = Limits {
        memory_bytes: 512 << 20,
    };
    let mut worker = worker(Kind::Document, limits);
    let ended = worker.ask::<serde_json::Value>(&"Open", &vec![b' '; 600 << 20]);
    assert_eq!(ended.unwrap_err(), Ended::Unexpectedly);
}

#[test]
fn a_worker_that_is_stopped_gives_no_answer() {
    let mut worker = worker(Kind::Document, LIMITS);
    worker.stopper().stop();
    let ended = worker.ask::<serde_json::Value>(&"Open", b"");
    assert_eq!(ended.unwrap_err(), Ended::Unexpectedly);
}

#[test]
fn a_program_that_is_no_worker_is_not_taken_for_one() {
    assert!(!worker::is_enabled(), "tests do their work themselves");
    let nothing = Worker::start_program(Path::new("/nowhere/at/all"), Kind::Frames, LIMITS);
    assert_eq!(nothing.unwrap_err(), Ended::NotStarted);
}

/// A PDF of one blue page, with these words in a comment.
fn pdf(words: &str) -> Vec<u8> {
    let content = "0 0 1 rg 0 0 200 100 re f";
    let length = content.len();
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>".to_owned(),
        format!("<< /Length {length} >>\nstream\n{content}\nendstream"),
    ];
    let mut file = format!("%PDF-1.7\n% {words}\n").into_bytes();
    for (index, object) in objects.iter().enumerate() {
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    file.extend(b"trailer\n<< /Root 1 0 R >>\n%%EOF\n");
    file
}

#[test]
fn a_document_that_ends_what_draws_it_is_a_sentence_and_others_are_drawn() {
    let folder = temp_folder();
    let png = folder.path().join("a.png");
    let render = |words: &str| {
        let path = folder.path().join("a.dcm");
        let mut root = DatasetBuilder::new();
        root.text(tags::SOP_CLASS_UID, "1.2.840.10008.5.1.4.1.1.104.1")
            .text(tags::SOP_INSTANCE_UID, "1.2.3.1")
            .text(tags::STUDY_INSTANCE_UID, "1.2.3.2")
            .text(tags::SERIES_INSTANCE_UID, "1.2.3.3")
            .text(tags::MODALITY, "DOC")
            .text(tags::MIME_TYPE_OF_ENCAPSULATED_DOCUMENT, "application/pdf")
            .bytes(tags::ENCAPSULATED_DOCUMENT, &pdf(words));
        let file = write_part10_bytes(&root.into_dataset(), "1.2.840.10008.1.2.1").unwrap();
        std::fs::write(&path, file).unwrap();
        isocentre(&["render"], &path, &["--out", png.to_str().unwrap()])
    };
    let hostile = render(END);
    let said = String::from_utf8(hostile.stderr).unwrap();
    assert_eq!(hostile.status.code(), Some(1), "{said}");
    assert!(said.contains("unexpectedly"), "{said}");
    assert_eq!(render("harmless").status.code(), Some(0));
    assert!(png.is_file());
}
