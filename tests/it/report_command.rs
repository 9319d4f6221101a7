//! `isocentre report` as a script uses it.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;

use serde_json::Value;
use serde_json::json;

use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::temp_folder;

/// Five slices 2 mm apart; 0.5 mm from row to row, 0.25 mm from column to column; the value is
/// `column − 10` HU.
fn write_series(folder: &Path) -> PathBuf {
    let series = folder.join("series");
    std::fs::create_dir(&series).unwrap();
    for k in 0..5 {
        let image = SyntheticImage::new(32, 32)
            .sop_instance(&format!("1.2.3.4.5.1.{k}"))
            .instance_number(5 - k)
            .position([0.0, 0.0, 2.0 * f64::from(k)])
            .spacing(0.5, 0.25)
            .rescale(1.0, -10.0)
            .text(0x0028, 0x1054, "LO", "HU")
            .pixels(|_, column| i64::try_from(column).unwrap());
        let bytes = image.write(Encoding::ExplicitLittle);
        std::fs::write(series.join(format!("{k}.dcm")), bytes).unwrap();
    }
    series
}

fn isocentre(arguments: &[&std::ffi::OsStr]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .env("LC_ALL", "C.UTF-8")
        .env("LANGUAGE", "en")
        .args(arguments)
        .output()
        .unwrap()
}

/// Runs `report new`; exit status, the JSON on stdout, stderr.
fn report_new(folder: &Path, findings: &Value) -> (i32, Value, String) {
    let series = folder.join("series");
    let file = folder.join("findings.json");
    std::fs::write(&file, findings.to_string()).unwrap();
    let out = folder.join("out");
    let output = isocentre(&[
        "report".as_ref(),
        "new".as_ref(),
        series.as_ref(),
        "--findings".as_ref(),
        file.as_ref(),
        "--out".as_ref(),
        out.as_ref(),
        "--json".as_ref(),
    ]);
    (
        output.status.code().unwrap(),
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn measured(report: &Value, label: &str, name: &str) -> f64 {
    let findings = report["findings"].as_array().unwrap();
    let finding = findings.iter().find(|f| f["label"] == label).unwrap();
    let measurements = finding["measurements"].as_array().unwrap();
    let found = measurements.iter().find(|m| m["name"] == name);
    found.unwrap_or_else(|| panic!("{label} has no {name}: {finding}"))["value"]
        .as_f64()
        .unwrap()
}

#[test]
fn a_script_measures_what_is_there_and_gets_a_report_that_says_so() {
    let folder = temp_folder();
    write_series(folder.path());
    let (status, report, stderr) = report_new(
        folder.path(),
        &json!({
            "template": "TID1500", "title": "Imaging Measurement Report", "observer": "Doe^Jane",
            "findings": [
                {"label": "Line", "code": ["49755003", "SCT", "Morphologically Abnormal Structure"],
                 "geometry": {"type": "polyline", "points_mm": [[1.0, 2.0, 6.1], [4.0, 6.0, 6.1]]},
                 "measurements": ["length"]},
                {"label": "Corner",
                 "geometry": {"type": "polyline",
                              "points_mm": [[1.0, 1.0, 2.0], [2.0, 1.0, 2.0], [2.0, 1.0, 5.0]]},
                 "measurements": ["angle"]},
                {"label": "Box",
                 "geometry": {"type": "polygon", "sop_instance_uid": "1.2.3.4.5.1.2", "frame": 1,
                              "points_px": [[4, 6], [20, 6], [20, 26], [4, 26]]},
                 "measurements": ["area", "mean", "sd", "min", "max", "count"]},
                {"label": "Coronal ellipse",
                 "geometry": {"type": "ellipse",
                              "points_mm": [[2, 8, 4], [6, 8, 4], [4, 8, 1], [4, 8, 7]]},
                 "measurements": ["area", "mean"]},
                {"label": "Point",
                 "geometry": {"type": "point", "points_px": [[7.9, 3.1]],
                              "sop_instance_uid": "1.2.3.4.5.1.4"},
                 "measurements": ["mean", "value"]},
            ],
            "text": {"findings": "A line.", "impression": "Known length."}}),
    );
    assert_eq!((status, stderr.as_str()), (0, ""));
    let value = |label, name| measured(&report, label, name);
    let near = |found: f64, expected: f64| {
        assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
    };
    near(value("Line", "length"), 5.0);
    near(value("Corner", "angle"), 90.0);
    near(value("Box", "area"), 16.0 * 0.25 * 20.0 * 0.5);
    near(value("Box", "mean"), 11.5 - 10.0);
    near(value("Box", "min"), -6.0);
    near(value("Box", "max"), 9.0);
    near(value("Box", "count"), 320.0);
    near(value("Coronal ellipse", "area"), std::f64::consts::PI * 6.0);
    near(value("Coronal ellipse", "mean"), 16.0 - 10.0);
    near(value("Point", "value"), 7.0 - 10.0);
    // The image nearest to the line's first point.
    assert_eq!(report["findings"][0]["sop_instance_uid"], "1.2.3.4.5.1.3");

    let path = report["path"].as_str().unwrap();
    let shown = isocentre(&["report".as_ref(), "show".as_ref(), path.as_ref()]);
    let text = String::from_utf8(shown.stdout).unwrap();
    for part in ["Jane", "Known length.", "Coronal ellipse", "Length: 5 mm"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let shown = isocentre(&[
        "report".as_ref(),
        "show".as_ref(),
        path.as_ref(),
        "--json".as_ref(),
    ]);
    let tree: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(tree["template"], "TID1500");
    assert_eq!(tree["content"]["name"]["value"], "126000");
}

#[test]
fn what_cannot_be_measured_is_named_and_the_rest_is_reported() {
    let folder = temp_folder();
    write_series(folder.path());
    let (status, report, stderr) = report_new(
        folder.path(),
        &json!({"findings": [
            {"label": "Line",
             "geometry": {"type": "polyline", "points_mm": [[1, 2, 6], [4, 6, 6]]},
             "measurements": ["length", "area"]},
            {"label": "Elsewhere",
             "geometry": {"type": "point", "points_px": [[1, 1]], "sop_instance_uid": "9.9"}},
            {"label": "Misspelt",
             "geometry": {"type": "point", "points_mm": [[1, 1, 1]]}, "measurements": ["lenght"]},
            {"label": "Too few",
             "geometry": {"type": "ellipse", "points_mm": [[1, 1, 1]]}},
        ]}),
    );
    assert_eq!(status, 3, "{stderr}");
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    for name in ["Line", "Elsewhere", "Misspelt", "Too few"] {
        assert!(stderr.contains(name), "{name} is not named in\n{stderr}");
    }
}

#[test]
fn a_slice_that_cannot_be_decoded_leaves_no_value_of_a_region_and_is_named() {
    let folder = temp_folder();
    let series = write_series(folder.path());
    let broken = series.join("3.dcm");
    let mut bytes = std::fs::read(&broken).unwrap();
    bytes.truncate(bytes.len() - 700);
    std::fs::write(&broken, bytes).unwrap();
    // Upright through the series, so that every slice is under it.
    let upright = json!({"type": "polygon",
        "points_mm": [[1, 4, 1], [6, 4, 1], [6, 4, 7], [1, 4, 7]]});
    let flat = json!({"type": "polyline", "points_mm": [[1, 2, 2], [4, 6, 2]]});
    let (status, report, stderr) = report_new(
        folder.path(),
        &json!({"findings": [
            {"label": "Upright", "geometry": upright},
            {"label": "Flat", "geometry": flat},
        ]}),
    );
    assert_eq!(status, 3, "{stderr}");
    assert!(stderr.contains("3.dcm"), "{stderr}");
    assert!((measured(&report, "Flat", "length") - 5.0).abs() < 1e-6);
    let upright = &report["findings"][0];
    assert_eq!(upright["label"], "Upright");
    let names: Vec<&str> = upright["measurements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|measurement| measurement["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"area"), "{names:?}");
    assert!(!names.contains(&"mean"), "measured over a hole: {names:?}");
}

#[test]
fn formats_that_are_not_built_are_wrong_usage_and_nothing_is_written() {
    let folder = temp_folder();
    let series = write_series(folder.path());
    let out = folder.path().join("out");
    let output = isocentre(&[
        "report".as_ref(),
        "new".as_ref(),
        series.as_ref(),
        "--findings".as_ref(),
        "f.json".as_ref(),
        "--out".as_ref(),
        out.as_ref(),
        "--format".as_ref(),
        "sr,pdf".as_ref(),
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!out.exists());
}

#[test]
fn what_is_no_report_or_no_findings_is_a_sentence_that_names_the_file() {
    let folder = temp_folder();
    let series = write_series(folder.path());
    let image = series.join("0.dcm");
    let output = isocentre(&["report".as_ref(), "show".as_ref(), image.as_ref()]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("0.dcm") && !stderr.contains("panicked"),
        "{stderr}"
    );
    for broken in [
        json!([1, 2]),
        json!({"findings": [{}]}),
        json!({"template": "TID9"}),
    ] {
        let (status, _, stderr) = report_new(folder.path(), &broken);
        assert_eq!(status, 1, "{broken}: {stderr}");
        assert!(stderr.contains("findings.json"), "{stderr}");
    }
    let (status, _, stderr) = report_new(folder.path(), &json!({}));
    assert_eq!(status, 1, "{stderr}");
}

/// A limit on file size stands in for the full disk: it needs no rights and no mount.
#[cfg(target_os = "linux")]
#[test]
fn a_report_that_does_not_fit_on_the_disk_is_told_and_leaves_nothing() {
    let folder = temp_folder();
    let series = write_series(folder.path());
    let findings = folder.path().join("findings.json");
    std::fs::write(&findings, r#"{"text": {"findings": "Nothing."}}"#).unwrap();
    let out = folder.path().join("out");
    // One block, and an error instead of the signal.
    let output = Command::new("bash")
        .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "bash"])
        .arg(env!("CARGO_BIN_EXE_isocentre"))
        .args(["report", "new"])
        .arg(&series)
        .arg("--findings")
        .arg(&findings)
        .arg("--out")
        .arg(&out)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("larger"), "{stderr}");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 0);
}
