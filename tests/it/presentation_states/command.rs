//! States on the command line.

use std::path::Path;
use std::process::{Command, Output};

use isocentre::dicom::tags;

use super::super::common::{Encoding, SyntheticImage, temp_folder};
use super::{GRAYSCALE, area, bytes, dataset, state};

/// A folder with one image of 4 × 2 pixels and two states for it.
fn folder() -> tempfile::TempDir {
    let folder = temp_folder();
    let image = SyntheticImage::new(2, 4)
        .bits(8, 8)
        .pixels(|row, column| (row * 4 + column) as i64 * 30);
    let write = |name: &str, bytes: Vec<u8>| {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    };
    write("image.dcm", image.write(Encoding::ExplicitLittle));
    let turned = state(GRAYSCALE, &["1.2.3.4.5.1"], |b| {
        b.integer(tags::IMAGE_ROTATION, 90);
    });
    write("turned.dcm", bytes(&turned));
    let cut = state(GRAYSCALE, &["1.2.3.4.5.1"], |b| {
        b.text(tags::SOP_INSTANCE_UID, "1.2.3.4.5.99")
            .text(tags::CONTENT_LABEL, "CUT")
            .items(
                tags::DISPLAYED_AREA_SELECTION_SEQUENCE,
                vec![area([[2, 1], [3, 2]], |_| ())],
            );
    });
    write("cut.dcm", bytes(&cut));
    folder
}

fn isocentre(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// The levels drawn, row by row.
fn levels(folder: &Path, arguments: &[&str]) -> Vec<Vec<u8>> {
    let common = [
        "--renderer",
        "cpu",
        "--filter",
        "nearest",
        "--out",
        "out.png",
    ];
    let arguments = [&["render"], arguments, &common].concat();
    let done = isocentre(folder, &arguments);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    let picture = image::open(folder.join("out.png")).unwrap().to_luma8();
    picture
        .rows()
        .map(|row| row.map(|pixel| pixel.0[0]).collect())
        .collect()
}

#[test]
fn a_state_is_named_by_its_uid_its_label_or_its_file() {
    let folder = folder();
    let folder = folder.path();
    let turned = vec![vec![120, 0], vec![150, 30], vec![180, 60], vec![210, 90]];
    for name in ["1.2.3.4.5.77", "READ", "turned.dcm"] {
        assert_eq!(
            levels(folder, &[".", "--presentation", name]),
            turned,
            "{name}"
        );
    }
    let by_file = ["image.dcm", "--presentation", "turned.dcm"];
    assert_eq!(
        levels(folder, &by_file),
        turned,
        "one that is not among the paths"
    );
    let cut = levels(folder, &[".", "--presentation", "CUT"]);
    assert_eq!(
        cut,
        [[30, 60], [150, 180]],
        "the displayed area, sample for sample"
    );
    let large = ["--presentation", "CUT", "--size", "4x4"];
    let large = levels(folder, &[&["."][..], &large].concat());
    assert_eq!(large[0], [30, 30, 60, 60]);
}

#[test]
fn a_state_that_is_not_there_is_refused_with_the_names_of_those_that_are() {
    let folder = folder();
    let render = |name: &str| {
        isocentre(
            folder.path(),
            &["render", ".", "--presentation", name, "--out", "o.png"],
        )
    };
    let done = render("OTHER");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(
        ["OTHER", "READ", "CUT"]
            .iter()
            .all(|name| said.contains(name)),
        "{said}"
    );
}

#[test]
fn info_lists_states_with_their_makers_and_what_they_are_about() {
    let folder = folder();
    let done = isocentre(folder.path(), &["info", "."]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let line = said.lines().find(|line| line.contains("READ"));
    let line = line.expect(&said);
    for part in ["Reader, First", "one image", "one series"] {
        assert!(line.contains(part), "{line}");
    }
    let done = isocentre(folder.path(), &["info", "--json", "."]);
    let json: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let sets = json.pointer("/patients/0/studies/0/series").unwrap();
    let states: Vec<&serde_json::Value> = sets
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|series| series["display_sets"].as_array().unwrap())
        .flat_map(|set| set["presentation_states"].as_array().unwrap())
        .collect();
    assert_eq!(states.len(), 2);
    let cut = states.iter().find(|it| it["label"] == "CUT").unwrap();
    assert_eq!(cut["sop_instance_uid"], "1.2.3.4.5.99");
    assert_eq!(cut["creator"], "Reader^First");
    assert_eq!(cut["images"], 1);
    assert_eq!(cut["referenced_series"][0], "1.2.3.4.5.3");
}

#[test]
fn graphics_and_texts_are_drawn_over_the_picture_unless_overlays_are_off() {
    let folder = temp_folder();
    let folder = folder.path();
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(folder.join(name), bytes).unwrap();
    let dark = SyntheticImage::new(80, 120).bits(8, 8);
    write("image.dcm", dark.write(Encoding::ExplicitLittle));
    let drawn = state(GRAYSCALE, &["1.2.3.4.5.1"], |b| {
        let line = dataset(|item| {
            item.text(tags::GRAPHIC_ANNOTATION_UNITS, "PIXEL")
                .floats(tags::GRAPHIC_DATA, &[10.0, 60.5, 110.0, 60.5])
                .text(tags::GRAPHIC_TYPE, "POLYLINE");
        });
        let text = dataset(|item| {
            item.text(tags::UNFORMATTED_TEXT_VALUE, "MMMM")
                .text(tags::BOUNDING_BOX_ANNOTATION_UNITS, "DISPLAY")
                .floats(tags::BOUNDING_BOX_TOP_LEFT_HAND_CORNER, &[0.5, 0.0])
                .floats(tags::BOUNDING_BOX_BOTTOM_RIGHT_HAND_CORNER, &[1.0, 0.25])
                .text(tags::BOUNDING_BOX_TEXT_HORIZONTAL_JUSTIFICATION, "RIGHT");
        });
        let annotation = dataset(|item| {
            item.text(tags::GRAPHIC_LAYER, "L")
                .items(tags::GRAPHIC_OBJECT_SEQUENCE, vec![line])
                .items(tags::TEXT_OBJECT_SEQUENCE, vec![text]);
        });
        b.items(tags::GRAPHIC_ANNOTATION_SEQUENCE, vec![annotation]);
    });
    write("state.dcm", bytes(&drawn));
    let with = levels(folder, &[".", "--presentation", "READ"]);
    assert!(with[60][12..108].iter().all(|level| *level > 250));
    assert!(with[60][..8].iter().all(|level| *level == 0));
    let lit = |columns: std::ops::Range<usize>| {
        let rows = with[..20].iter().flat_map(|row| &row[columns.clone()]);
        rows.filter(|level| **level > 200).count()
    };
    assert!(lit(60..120) > 60, "letters in the box: {}", lit(60..120));
    assert_eq!(lit(0..58), 0, "and none beside it");
    let without = [".", "--presentation", "READ", "--overlays", "off"];
    let without = levels(folder, &without);
    assert!(without.iter().flatten().all(|level| *level == 0));
}

#[test]
fn a_state_is_not_drawn_over_another_patient_s_image_of_the_same_uid() {
    let folder = folder();
    let folder = folder.path();
    let other = SyntheticImage::new(2, 4)
        .bits(8, 8)
        .patient("Other^Patient", "ID2")
        .pixels(|_, _| 255);
    // Found, and listed, first.
    std::fs::write(folder.join("a.dcm"), other.write(Encoding::ExplicitLittle)).unwrap();
    let own = levels(folder, &[".", "--presentation", "CUT"]);
    assert_eq!(own, [[30, 60], [150, 180]]);
    std::fs::remove_file(folder.join("image.dcm")).unwrap();
    let done = isocentre(
        folder,
        &["render", ".", "--presentation", "CUT", "--out", "other.png"],
    );
    assert!(!done.status.success() && !folder.join("other.png").exists());
}
