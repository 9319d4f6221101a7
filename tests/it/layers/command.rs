//! Objects over images as scripts see them: `info` and `render --overlay-object`.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::objects::{Seg, at, dose_grid, region, square, structure_set};
use crate::common::{Encoding, SyntheticImage, temp_folder};

fn isocentre(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .env("LC_ALL", "C.UTF-8")
        .env("LANGUAGE", "en")
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

fn write(folder: &Path, name: &str, image: &SyntheticImage) {
    std::fs::write(folder.join(name), image.write(Encoding::ExplicitLittle)).unwrap();
}

/// Slices in `ct`, objects beside.
fn study(folder: &Path) {
    std::fs::create_dir(folder.join("ct")).unwrap();
    for k in 0..3 {
        let slice = SyntheticImage::new(8, 8)
            .sop_instance(&format!("1.2.3.4.5.1.{k}"))
            .position([0.0, 0.0, 2.0 * f64::from(k)]);
        write(folder, &format!("ct/{k}"), &slice);
    }
    let mut samples = vec![0; 64];
    samples[3 * 8 + 5] = 1;
    let seg = Seg::new("BINARY", [8, 8], vec![at(1, [0.0, 0.0, 2.0])], samples);
    write(folder, "seg", &seg.image());
    let contours = vec![("CLOSED_PLANAR", square([1.0; 2], [6.0; 2], 2.0))];
    write(
        folder,
        "rtss",
        &structure_set(&[region(4, "Heart", contours)]),
    );
    write(folder, "dose", &dose_grid(&[0.0, 2.0], 16, "1"));
}

/// Pixels of the middle slice that differ from the bare image, with these objects over it.
fn drawn(folder: &Path, objects: &[&str]) -> Vec<(u32, u32)> {
    let render = |objects: &[&str], out: &str| {
        let mut arguments = vec![
            "render",
            "ct",
            "--index",
            "2",
            "--renderer",
            "cpu",
            "--out",
            out,
        ];
        for object in objects {
            arguments.extend(["--overlay-object", object]);
        }
        let output = isocentre(folder, &arguments);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        image::open(folder.join(out)).unwrap().to_rgb8()
    };
    let (bare, over) = (render(&[], "bare.png"), render(objects, "over.png"));
    let pixels = bare.enumerate_pixels().zip(over.pixels());
    pixels
        .filter(|((_, _, bare), over)| bare != over)
        .map(|((x, y, _), _)| (x, y))
        .collect()
}

#[test]
fn render_draws_the_objects_named_and_no_others() {
    let folder = temp_folder();
    study(folder.path());
    assert!(drawn(folder.path(), &[]).is_empty());
    assert_eq!(drawn(folder.path(), &["seg"]), [(5, 3)]);
    let contour = drawn(folder.path(), &["rtss"]);
    assert!(contour.contains(&(1, 3)) && contour.contains(&(6, 3)) && !contour.contains(&(3, 3)));
    let refused = isocentre(
        folder.path(),
        &[
            "render",
            "ct",
            "--out",
            "x.png",
            "--overlay-object",
            "1.2.3.999",
        ],
    );
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("1.2.3.999"));
}

#[test]
fn an_object_of_another_patient_is_named_and_the_picture_is_without_it() {
    let folder = temp_folder();
    study(folder.path());
    let frames = vec![at(1, [0.0, 0.0, 2.0])];
    let seg = Seg::new("BINARY", [8, 8], frames, vec![1; 64]).image();
    write(folder.path(), "other", &seg.patient("Other^Person", "ID9"));
    let arguments = [
        "render",
        "ct",
        "--renderer",
        "cpu",
        "--out",
        "x.png",
        "--overlay-object",
        "other",
    ];
    let output = isocentre(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("another patient"));
    let picture = image::open(folder.path().join("x.png")).unwrap().to_rgb8();
    assert!(
        picture
            .pixels()
            .all(|pixel| pixel.0[0] == pixel.0[1] && pixel.0[1] == pixel.0[2])
    );
}

#[test]
fn info_lists_segments_regions_and_dose_facts() {
    let folder = temp_folder();
    study(folder.path());
    let output = isocentre(folder.path(), &["info", ".", "--json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut objects = Vec::new();
    collect(&document, &mut objects);
    let of = |kind: &str| {
        objects
            .iter()
            .find(|object| object["kind"] == kind)
            .unwrap()
    };
    assert_eq!(of("segmentation")["segmentation_type"], "BINARY");
    assert_eq!(of("segmentation")["segments"][0]["label"], "Liver");
    assert_eq!(of("segmentation")["segments"][1]["number"], 2);
    assert_eq!(of("structure_set")["rois"][0]["name"], "Heart");
    assert_eq!(of("structure_set")["rois"][0]["contours"], 1);
    assert_eq!(of("dose")["units"], "GY");
    assert_eq!(of("dose")["plan_uids"][0], "1.2.3.4.481.5");
    assert_eq!(objects.len(), 3);
    let listing = isocentre(folder.path(), &["info", "."]);
    let listing = String::from_utf8_lossy(&listing.stdout).into_owned();
    for part in [
        "1: Liver · Organ",
        "4: Heart · ORGAN · 1 contour",
        "RT dose: GY · PHYSICAL · PLAN",
    ] {
        assert!(listing.contains(part), "{part}\n{listing}");
    }
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if key == "overlay_objects" {
                    found.extend(value.as_array().into_iter().flatten());
                } else {
                    collect(value, found);
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}
