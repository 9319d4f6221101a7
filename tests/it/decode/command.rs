//! `isocentre frames`.

use std::path::Path;
use std::process::Command;
use std::process::Output;

use sha2::Digest as _;

use super::*;
use crate::common::temp_folder;

fn frames_command(file: &Path, out: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .arg("frames")
        .arg(file)
        .arg("--out")
        .arg(out)
        .args(more)
        .output()
        .unwrap()
}

#[test]
fn frames_are_written_as_described() {
    let folder = temp_folder();
    let (file, out) = (folder.path().join("a.dcm"), folder.path().join("new/out"));
    let image = SyntheticImage::new(2, 3)
        .signed()
        .pixels_all(2, (-6..6).collect());
    std::fs::write(&file, image.write(Encoding::ExplicitBig)).unwrap();
    let output = frames_command(&file, &out, &[]);
    assert_eq!(output.status.code(), Some(0));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["rows"], 2);
    assert_eq!(json["columns"], 3);
    assert_eq!(json["samples_per_pixel"], 1);
    assert_eq!(json["sample_type"], "i2");
    assert_eq!(json["photometric"], "MONOCHROME2");
    assert_eq!(json["transfer_syntax"], "1.2.840.10008.1.2.2");
    let mut written = Vec::new();
    for (at, frame) in json["frames"].as_array().unwrap().iter().enumerate() {
        assert_eq!(frame["number"], at + 1);
        let bytes = std::fs::read(out.join(frame["file"].as_str().unwrap())).unwrap();
        let digest = format!("{:x}", sha2::Sha256::digest(&bytes));
        assert_eq!(frame["sha256"], digest);
        written.extend(bytes);
    }
    let expected: Vec<u8> = (-6_i16..6).flat_map(i16::to_le_bytes).collect();
    assert_eq!(written, expected);

    let one = temp_folder();
    let output = frames_command(&file, one.path(), &["--frame", "2"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(std::fs::read_dir(one.path()).unwrap().count(), 1);
}

#[test]
fn the_exit_status_tells_all_some_none_and_misuse_apart() {
    let folder = temp_folder();
    let file = folder.path().join("a.dcm");
    let out = folder.path().join("out");
    let image = SyntheticImage::new(2, 2).text(0x0028, 0x0008, "IS", "3");
    let cut = image.clone().raw_pixels(Value::U16((0..8).collect()));
    std::fs::write(&file, cut.write(Encoding::ExplicitLittle)).unwrap();

    let output = frames_command(&file, &out, &[]);
    assert_eq!(output.status.code(), Some(3));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["frames"].as_array().unwrap().len(), 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("a.dcm"));
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 2);

    for (more, status) in [
        (&["--frame", "3"], 1),
        (&["--frame", "4"], 1),
        (&["--frame", "0"], 2),
    ] {
        let output = frames_command(&file, &out, more);
        assert_eq!(output.status.code(), Some(status), "{more:?}");
        assert!(output.stdout.is_empty());
        assert!(!output.stderr.is_empty());
    }

    std::fs::write(&file, b"no DICOM at all").unwrap();
    let nothing = folder.path().join("nothing");
    let output = frames_command(&file, &nothing, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("a.dcm"));
    assert!(!nothing.exists());
}

#[test]
fn a_frame_that_is_cut_off_is_written_with_zeros_and_said_to_be_cut_off() {
    let folder = temp_folder();
    let (file, out) = (folder.path().join("a.dcm"), folder.path().join("out"));
    let image = SyntheticImage::new(2, 2)
        .text(0x0028, 0x0008, "IS", "2")
        .raw_pixels(Value::U16((1..8).collect()));
    std::fs::write(&file, image.write(Encoding::ExplicitLittle)).unwrap();
    let output = frames_command(&file, &out, &[]);
    assert_eq!(output.status.code(), Some(0));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(json["frames"][0].get("missing").is_none());
    let missing = serde_json::json!({"pixels_held": 3, "bytes": 2});
    assert_eq!(json["frames"][1]["missing"], missing);
    let bytes = std::fs::read(out.join("frame-00002.raw")).unwrap();
    assert_eq!(bytes, [5, 0, 6, 0, 7, 0, 0, 0]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("Frame 2 is cut off at row 2 of 2"), "{said}");
}
