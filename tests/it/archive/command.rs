//! `isocentre archive` as a script uses it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::image;
use crate::common::Encoding;
use crate::common::files_below;
use crate::common::temp_folder;

/// Exit status, the JSON on stdout, stderr.
fn run(archive: &Path, arguments: &[&dyn AsRef<OsStr>]) -> (i32, Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .env("LC_ALL", "C.UTF-8")
        .env("LANGUAGE", "en")
        .arg("archive")
        .args(arguments.iter().map(|it| it.as_ref()))
        .args([
            OsStr::new("--json"),
            OsStr::new("--archive"),
            archive.as_os_str(),
        ])
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_script_imports_finds_checks_rebuilds_and_cleans() {
    let folder = temp_folder();
    let medium = folder.path().join("medium");
    std::fs::create_dir(&medium).unwrap();
    for n in 1..=3 {
        let bytes = image()
            .sop_instance(&format!("1.2.{n}"))
            .write(Encoding::ExplicitLittle);
        std::fs::write(medium.join(n.to_string()), bytes).unwrap();
    }
    std::fs::write(medium.join("readme"), "x").unwrap();
    let archive = folder.path().join("archive");

    let (status, imported, said) = run(&archive, &[&"import", &medium]);
    assert_eq!(status, 0, "{said}");
    assert_eq!(
        (&imported["files_found"], &imported["added"]),
        (&4.into(), &3.into())
    );
    assert_eq!(
        imported["passed_over"][0]["path"],
        medium.join("readme").to_str().unwrap()
    );
    assert!(said.contains("readme"), "{said}");

    let (status, found, _) = run(
        &archive,
        &[&"find", &"--key", &"PatientName=synth tes", &"--files"],
    );
    assert_eq!(status, 0);
    let study = &found["matches"][0];
    assert_eq!(study["PatientName"], "Test, Synthetic");
    assert_eq!(study["NumberOfStudyRelatedInstances"], 3);
    assert_eq!(study["files"].as_array().unwrap().len(), 3);
    // A name is looked for without an option.
    let (status, by_words, _) = run(&archive, &[&"find", &"synth", &"tes", &"--files"]);
    assert_eq!((status, &by_words), (0, &found));
    let (status, nothing, _) = run(&archive, &[&"find", &"synth", &"nobody"]);
    assert_eq!(
        (status, nothing["matches"].as_array().unwrap().len()),
        (1, 0)
    );
    let (status, nothing, said) = run(&archive, &[&"find", &"--key", &"PatientID=nobody"]);
    assert_eq!(
        (status, nothing["matches"].as_array().unwrap().len()),
        (1, 0)
    );
    assert_eq!(said.trim(), "Nothing in the archive matches");

    let (status, check, _) = run(&archive, &[&"check", &"--contents"]);
    assert_eq!(
        (status, &check["checked"], &check["is_clean"]),
        (0, &3.into(), &true.into())
    );
    std::fs::remove_file(archive.join(".isocentre/index.sqlite")).unwrap();
    let (_, found, said) = run(&archive, &[&"find"]);
    assert_eq!(found["matches"][0]["NumberOfStudyRelatedInstances"], 3);
    assert!(said.contains("made again"), "{said}");
    let (status, rebuilt, _) = run(&archive, &[&"rebuild"]);
    assert_eq!((status, &rebuilt["instances"]), (0, &3.into()));

    let clean: [&dyn AsRef<OsStr>; 3] = [&"clean", &"--at-most-gib", &"0"];
    let (status, plan, _) = run(&archive, &clean);
    assert_eq!(status, 0);
    assert_eq!(plan["kept_back"][0]["why"], "never_sent");
    assert_eq!(plan["removed"], Value::Null);
    let all = [clean.as_slice(), &[&"--also-never-sent", &"--remove"]].concat();
    let (status, done, _) = run(&archive, &all);
    assert_eq!((status, &done["removed"]["studies"]), (0, &1.into()));
    let left = files_below(&archive).into_iter();
    assert_eq!(
        left.filter(|file| file.extension().is_some_and(|it| it == "dcm"))
            .count(),
        0
    );
    let (status, _, said) = run(&archive, &[&"clean"]);
    assert_eq!(status, 2, "{said}");
}

#[test]
fn an_archive_that_cannot_be_opened_is_a_sentence_and_status_1() {
    let folder = temp_folder();
    let away = folder.path().join("drive/archive");
    let (status, document, said) = run(&away, &[&"find"]);
    assert_eq!((status, document), (1, Value::Null));
    assert!(said.contains("is not there"), "{said}");
}
