//! `isocentre pacs get --form …`: what a service makes of an instance, byte for byte as curl has it.

use std::path::Path;
use std::process::Command;
use std::process::Output;

use serde_json::Value;

use super::*;
use crate::common::files_below;
use crate::common::http::HttpServer;
use crate::common::http::Reply;
use crate::common::orthanc::Orthanc;
use crate::common::temp_folder;

const FRAMES: usize = 3;

/// Three frames, and a value that metadata leave out besides the pixels.
fn multi_frame() -> Vec<u8> {
    let samples: Vec<i64> = (0..FRAMES as i64 * 256).map(|n| n % 251).collect();
    image(9)
        .text(0x0028, 0x0008, "IS", "3")
        .pixels_all(FRAMES, samples)
        .write(Encoding::ExplicitLittle)
}

fn get(address: &str, out: &Path, more: &[&str]) -> Output {
    let home = temp_folder();
    let out = out.to_str().unwrap();
    Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .env("ISOCENTRE_HOME", home.path())
        .args(["pacs", "get", address, "--study", STUDY, "--series", SERIES])
        .args(["--out", out])
        .args(more)
        .output()
        .unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The files that came for the instance 9, by their names.
fn got(orthanc: &Orthanc, more: &[&str]) -> Vec<(String, Vec<u8>)> {
    let folder = temp_folder();
    let uid = uid(9);
    let arguments = [&["--instance", &uid], more, &["--json"]].concat();
    let output = get(&orthanc.dicom_web(), folder.path(), &arguments);
    assert!(output.status.success(), "{more:?}: {}", errors(&output));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let said = said["files"].as_array().unwrap();
    let files = files_below(folder.path());
    assert_eq!(said.len(), files.len(), "{said:?}");
    let named = files.iter().map(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(path).unwrap();
        let is_said = |it: &&Value| it["file"].as_str().unwrap().ends_with(&name);
        let entry = said.iter().find(is_said).unwrap();
        assert_eq!(entry["bytes"], bytes.len());
        (name, bytes)
    });
    let mut named: Vec<_> = named.collect();
    named.sort();
    named
}

/// What curl has of the instance 9.
fn curl(orthanc: &Orthanc, below: &str, accept: &str) -> Vec<u8> {
    let place = format!("studies/{STUDY}/series/{SERIES}/instances/{}", uid(9));
    let url = format!("{}/{place}{below}", orthanc.dicom_web());
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--fail", "--noproxy", "*"])
        .args(["--header", &format!("Accept: {accept}"), &url])
        .output()
        .expect("curl (Debian: apt install curl)");
    assert!(output.status.success(), "{url}: {}", errors(&output));
    output.stdout
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

const WINDOW: &str = "window=100,300,linear";

#[test]
fn every_form_of_an_instance_is_what_curl_has_of_it() {
    let Some(orthanc) = Orthanc::start("forms over DICOMweb") else {
        return;
    };
    let file = multi_frame();
    orthanc.store(&file);
    orthanc.store(&super::file(1));
    let names = |files: &[(String, Vec<u8>)]| -> Vec<String> {
        files.iter().map(|(name, _)| name.clone()).collect()
    };

    let metadata = got(&orthanc, &["--form", "metadata"]);
    assert_eq!(names(&metadata), ["1.2.3.1.1.9.json"]);
    let theirs = curl(&orthanc, "/metadata", "application/dicom+json");
    assert!(metadata[0].1 == theirs);

    let rendered = got(&orthanc, &["--form", "rendered"]);
    assert_eq!(names(&rendered), ["1.2.3.1.1.9.jpg"]);
    // With the window that its metadata state.
    let theirs = curl(&orthanc, &format!("/rendered?{WINDOW}"), "image/jpeg");
    assert!(rendered[0].1 == theirs);
    let second = ["--form", "rendered", "--frame", "2", "--size", "8x8"];
    let second = got(&orthanc, &second);
    assert_eq!(names(&second), ["1.2.3.1.1.9-frame-2.jpg"]);
    let path = format!("/frames/2/rendered?viewport=8,8&{WINDOW}");
    let theirs = curl(&orthanc, &path, "image/jpeg");
    assert!(second[0].1 == theirs && theirs != rendered[0].1);

    // This Orthanc has no thumbnails, but renders.
    let thumbnail = got(&orthanc, &["--form", "thumbnail"]);
    assert_eq!(names(&thumbnail), ["1.2.3.1.1.9-thumbnail.jpg"]);
    let path = format!("/rendered?viewport=128,128&{WINDOW}");
    let theirs = curl(&orthanc, &path, "image/jpeg");
    assert!(thumbnail[0].1 == theirs);

    let octets = r#"multipart/related; type="application/octet-stream"; transfer-syntax=*"#;
    let pixels = &file[file.len() - FRAMES * 512..];
    let frames = got(&orthanc, &["--form", "frames"]);
    let expected = [1, 2, 3].map(|n| format!("1.2.3.1.1.9-frame-{n}.bin"));
    assert_eq!(names(&frames), expected);
    for (n, (_, frame)) in frames.iter().enumerate() {
        assert!(frame == &pixels[n * 512..(n + 1) * 512], "frame {}", n + 1);
        let theirs = curl(&orthanc, &format!("/frames/{}", n + 1), octets);
        assert!(contains(&theirs, frame), "frame {}", n + 1);
    }
    let third = got(&orthanc, &["--form", "frames", "--frame", "3"]);
    assert_eq!(third, frames[2..]);

    let bulk = got(&orthanc, &["--form", "bulk-data", "--element", "PixelData"]);
    let all = got(&orthanc, &["--form", "bulk-data"]);
    assert_eq!(bulk, all);
    assert!(names(&bulk)[0].starts_with("1.2.3.1.1.9-PixelData"));
    let came: Vec<u8> = bulk.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    assert!(came == pixels, "{:?}", names(&bulk));

    let whole = got_dicom(&orthanc);
    assert_eq!(whole.len(), 1);
    assert_eq!(data_set(&whole[0]), data_set(&file));
}

/// The DICOM files that came where the instance 9 was asked for by name.
fn got_dicom(orthanc: &Orthanc) -> Vec<Vec<u8>> {
    let folder = temp_folder();
    let address = orthanc.dicom_web();
    let output = get(&address, folder.path(), &["--instance", &uid(9)]);
    assert!(output.status.success(), "{}", errors(&output));
    let by_dimse = temp_folder();
    let output = get(&orthanc.dimse(), by_dimse.path(), &["--instance", &uid(9)]);
    assert!(output.status.success(), "{}", errors(&output));
    let read = |folder: &Path| -> Vec<Vec<u8>> {
        let files = files_below(folder).into_iter();
        files.map(|path| std::fs::read(path).unwrap()).collect()
    };
    let (whole, by_dimse) = (read(folder.path()), read(by_dimse.path()));
    assert_eq!(by_dimse.len(), 1);
    assert_eq!(data_set(&whole[0]), data_set(&by_dimse[0]));
    whole
}

#[test]
fn values_within_sequences_are_fetched_and_named_by_their_place() {
    let server = HttpServer::start(move |request| match request.path() {
        path if path.ends_with("/metadata") => Reply::json(
            r#"[{"54000100":{"vr":"SQ","Value":[
                {"54001010":{"vr":"OW","BulkDataURI":"first"}},
                {"54001010":{"vr":"OW","BulkDataURI":"second"}}
            ]}}]"#,
        ),
        path if path.ends_with("/first") => Reply::new(200, "application/octet-stream", "1st"),
        _ => Reply::new(200, "application/octet-stream", "2nd"),
    });
    let folder = temp_folder();
    let uid = uid(9);
    let arguments = ["--instance", &uid, "--form", "bulk-data"];
    let output = get(&server.url(), folder.path(), &arguments);
    assert!(output.status.success(), "{}", errors(&output));
    for (item, value) in [(1, "1st"), (2, "2nd")] {
        let name = format!("{uid}-WaveformSequence-{item}-WaveformData.bin");
        let came = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(came, value);
    }
}

#[test]
fn a_form_that_cannot_be_had_is_a_sentence_and_leaves_no_file() {
    let page = "<html>sign in</html>";
    let server = HttpServer::start(move |request| {
        let path = request.path();
        if path.ends_with("/metadata") {
            return Reply::json(r#"[{"00080018":{"vr":"UI","Value":["1.2.3.1.1.9"]}}]"#);
        }
        if path.ends_with("/rendered") {
            return Reply::new(200, "text/html", page);
        }
        Reply::status(404)
    });
    let empty = HttpServer::start(|_| Reply::json("[]"));
    let (url, empty) = (server.url(), empty.url());
    let uid = uid(9);
    let one = ["--instance", &uid];
    let cases: [(&str, &[&str], i32, &str); 9] = [
        (&url, &["--form", "rendered"], 1, "web page"),
        (&url, &["--form", "thumbnail"], 1, "web page"),
        (&url, &["--form", "frames"], 1, "has nothing at"),
        (&url, &["--form", "frames", "--frame", "2"], 1, "no frame 2"),
        (&url, &["--form", "bulk-data"], 1, "sent nothing"),
        (
            &url,
            &["--form", "bulk-data", "--element", "PixelData"],
            1,
            "keeps no value of PixelData",
        ),
        (
            &url,
            &["--form", "bulk-data", "--element", "Pixels"],
            1,
            "“Pixels”",
        ),
        (&empty, &["--form", "metadata"], 1, "sent nothing"),
        ("A@127.0.0.1:1", &["--form", "rendered"], 2, "DICOMweb"),
    ];
    for (address, form, status, sentence) in cases {
        let folder = temp_folder();
        let output = get(address, folder.path(), &[&one, form].concat());
        let said = errors(&output);
        assert_eq!(output.status.code(), Some(status), "{form:?}: {said}");
        assert!(said.contains(sentence), "{form:?}: {said}");
        assert_eq!(files_below(folder.path()), [] as [std::path::PathBuf; 0]);
    }
    // Several instances, and names that would lead out of the folder.
    let folder = temp_folder();
    let several = ["--instance", "1.2", "--instance", "1.3", "--form", "frames"];
    let outside = ["--instance", "../1.2", "--form", "frames"];
    for arguments in [&several[..], &outside[..]] {
        let output = get(&url, folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
    }
}

#[test]
fn what_came_before_a_frame_that_does_not_come_is_kept_and_said_to_be_part() {
    let server = HttpServer::start(|request| match request.path() {
        path if path.ends_with("/metadata") => {
            Reply::json(r#"[{"00280008":{"vr":"IS","Value":["2"]}}]"#)
        }
        path if path.ends_with("/frames/1") => {
            let body = "--b\r\nContent-Type: application/octet-stream\r\n\r\nABCD\r\n--b--";
            let kind = r#"multipart/related; type="application/octet-stream"; boundary=b"#;
            Reply::new(200, kind, body)
        }
        _ => Reply::status(404),
    });
    let folder = temp_folder();
    let arguments = ["--instance", "1.2.9", "--form", "frames"];
    let output = get(&server.url(), folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(3), "{}", errors(&output));
    let came = files_below(folder.path());
    assert_eq!(came, [folder.path().join("1.2.9-frame-1.bin")]);
    assert_eq!(std::fs::read(&came[0]).unwrap(), b"ABCD");
}
