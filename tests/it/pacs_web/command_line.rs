//! `isocentre pacs …` with the URL of a service.

use std::path::Path;
use std::process::Command;
use std::process::Output;

use serde_json::Value;

use super::*;
use crate::common::files_below;
use crate::common::orthanc::Orthanc;
use crate::common::orthanc::OrthancOptions;
use crate::common::temp_folder;

fn pacs(home: &Path, arguments: &[&str], password: Option<(&str, &str)>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_isocentre"));
    command
        .env("ISOCENTRE_HOME", home)
        .arg("pacs")
        .args(arguments);
    command.envs(password);
    command.output().unwrap()
}

fn json(output: &Output) -> Value {
    let errors = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"))
}

#[test]
fn a_study_goes_to_an_archive_is_found_there_and_comes_back() {
    let options = OrthancOptions {
        users: vec![("reader".into(), "s3cret".into())],
        ..OrthancOptions::default()
    };
    let Some(orthanc) = Orthanc::start_with("DICOMweb by the command line", options) else {
        return;
    };
    let home = temp_folder();
    let folder = temp_folder();
    for n in 1..=3 {
        std::fs::write(folder.path().join(n.to_string()), file(n)).unwrap();
    }
    let url = orthanc.dicom_web();
    let variable = format!("ISOCENTRE_SECRET_127_0_0_1_{}", orthanc.http_port);
    let run = |arguments: &[&str]| {
        let (head, tail) = arguments.split_first().unwrap();
        let all = [&[*head, url.as_str(), "--user", "reader"], tail].concat();
        pacs(home.path(), &all, Some((&variable, "s3cret")))
    };
    let refused = pacs(home.path(), &["echo", &url, "--user", "reader"], None);
    let text = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{text}");
    assert!(text.contains(&variable), "{text}");
    let refused = pacs(
        home.path(),
        &["echo", &url, "--user", "reader", "--json"],
        None,
    );
    let error = json(&refused)["error"].as_str().unwrap().to_owned();
    assert!(error.contains(&variable), "{error}");

    assert!(run(&["echo"]).status.success());
    let sent = run(&["send", folder.path().to_str().unwrap(), "--json"]);
    assert!(
        sent.status.success(),
        "{}",
        String::from_utf8_lossy(&sent.stderr)
    );
    assert_eq!(orthanc.instance_count(), 3);

    let found = run(&["find", "--key", "PatientID=ID1", "--json"]);
    assert!(found.status.success());
    assert!(json(&found).to_string().contains(STUDY));

    let back = temp_folder();
    let out = back.path().to_str().unwrap();
    let got = run(&[
        "get", "--study", STUDY, "--via", "web", "--out", out, "--json",
    ]);
    assert!(
        got.status.success(),
        "{}",
        String::from_utf8_lossy(&got.stderr)
    );
    assert_eq!(json(&got)["instances"], 3);
    assert_eq!(files_below(back.path()).len(), 3);
    let kept = std::fs::read(back.path().join(format!("{}.dcm", uid(2)))).unwrap();
    assert_eq!(data_set(&kept), data_set(&file(2)));
}
