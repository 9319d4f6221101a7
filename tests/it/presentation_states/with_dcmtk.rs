//! Pictures by presentation states against those of DCMTK's `dcmp2pgm`: within one level of 255. It
//! draws neither geometric shutters nor overlays, and knows no VOI LUT Function; these are not
//! compared.

use std::path::Path;
use std::process::Command;

use isocentre::dicom::{Dataset, DatasetBuilder, tags};

use super::super::common::{Encoding, SyntheticImage, temp_folder};
use super::{GRAYSCALE, area, bytes, overlay, state, table, window};

const IMAGE: &str = "1.2.3.4.5.1";

fn grey(path: &Path) -> image::GrayImage {
    image::open(path).unwrap().to_luma8()
}

fn ours(folder: &Path, renderer: &str) -> image::GrayImage {
    let out = folder.join("ours.png");
    let done = Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .arg("render")
        .arg(folder.join("image.dcm"))
        .arg("--presentation")
        .arg(folder.join("state.dcm"))
        .args(["--renderer", renderer, "--overlays", "off", "--out"])
        .arg(&out)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    grey(&out)
}

/// The largest difference between the two pictures of an image by a state.
fn difference(name: &str, image: &SyntheticImage, state: &Dataset) {
    let folder = temp_folder();
    let folder = folder.path();
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(folder.join(name), bytes).unwrap();
    write("image.dcm", image.write(Encoding::ExplicitLittle));
    write("state.dcm", bytes(state));
    // The tool tells a PGM by nothing but what it writes.
    let out = folder.join("theirs.pgm");
    let done = Command::new("dcmp2pgm")
        .arg("-p")
        .arg(folder.join("state.dcm"))
        .arg(folder.join("image.dcm"))
        .arg(&out)
        .output()
        .expect("dcmp2pgm (Debian: apt install dcmtk)");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{name}: {said}");
    let theirs = pgm(&std::fs::read(&out).unwrap());
    for renderer in ["cpu", "gpu"] {
        let ours = ours(folder, renderer);
        assert_eq!(
            [ours.width(), ours.height()],
            [theirs.0[0], theirs.0[1]],
            "{name}"
        );
        let off = ours.as_raw().iter().zip(&theirs.1);
        let off = off.map(|(a, b)| a.abs_diff(*b)).max();
        assert!(off <= Some(1), "{name}, {renderer}: {off:?} levels");
    }
}

/// Size and levels of a binary PGM of 8 bits.
fn pgm(bytes: &[u8]) -> ([u32; 2], Vec<u8>) {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let words: Vec<u32> = lines
        .take(3)
        .flat_map(str::split_whitespace)
        .filter_map(|word| word.parse().ok())
        .collect();
    let size = [words[0], words[1]];
    let count = (size[0] * size[1]) as usize;
    (size, bytes[bytes.len() - count..].to_vec())
}

/// Values of 12 bits in disorder, wider than high.
fn image() -> SyntheticImage {
    SyntheticImage::new(40, 64)
        .pixels(|row, column| ((row * 64 + column) * 37 % 4096) as i64)
        .rescale(1.0, -1024.0)
        .window(50.0, 400.0)
}

fn for_all(put: impl FnOnce(&mut DatasetBuilder)) -> Dataset {
    state(GRAYSCALE, &[IMAGE], |b| {
        b.items(
            tags::DISPLAYED_AREA_SELECTION_SEQUENCE,
            vec![area([[1, 1], [64, 40]], |item| {
                item.floats(tags::PRESENTATION_PIXEL_SPACING, &[1.0, 1.0]);
            })],
        );
        put(b);
    })
}

#[test]
fn images_look_by_a_state_as_dcmtk_draws_them() {
    let curve: Vec<u16> = (0..4096_u32)
        .map(|v| (f64::from(v * 4095).sqrt()) as u16)
        .collect();
    let hounsfield = |b: &mut DatasetBuilder| {
        b.float(tags::RESCALE_SLOPE, 1.0)
            .float(tags::RESCALE_INTERCEPT, -1024.0)
            .text(tags::RESCALE_TYPE, "HU");
    };
    let with_table = |b: &mut DatasetBuilder, tag, bits| {
        b.items(tag, vec![table(0, bits, &curve)]);
    };
    let states: Vec<(&str, Dataset)> = vec![
        ("nothing", for_all(|_| ())),
        ("a window", for_all(|b| window(b, 1000.0, 1500.0))),
        (
            "a rescale and a window",
            for_all(|b| {
                hounsfield(b);
                window(b, 40.0, 400.0);
            }),
        ),
        (
            "a Modality LUT",
            for_all(|b| with_table(b, tags::MODALITY_LUT_SEQUENCE, 12)),
        ),
        (
            "a VOI LUT",
            for_all(|b| {
                let item = super::dataset(|item| {
                    item.items(tags::VOILUT_SEQUENCE, vec![table(0, 12, &curve)]);
                });
                b.items(tags::SOFTCOPY_VOILUT_SEQUENCE, vec![item]);
            }),
        ),
        (
            "a Presentation LUT",
            for_all(|b| {
                b.remove(tags::PRESENTATION_LUT_SHAPE);
                // Nothing steep: DCMTK cuts its index off where we round it.
                let squares: Vec<u16> = (0..4096_u32).map(|v| (v * v / 4095) as u16).collect();
                b.items(
                    tags::PRESENTATION_LUT_SEQUENCE,
                    vec![table(0, 12, &squares)],
                );
                window(b, 1000.0, 1500.0);
            }),
        ),
        (
            "INVERSE",
            for_all(|b| {
                b.text(tags::PRESENTATION_LUT_SHAPE, "INVERSE");
            }),
        ),
        (
            "a bitmap shutter",
            for_all(|b| {
                let rows: Vec<String> = (0..40_usize)
                    .map(|row| {
                        let sign = |column| if (row + column) % 5 < 2 { '#' } else { '.' };
                        (0..64_usize).map(sign).collect()
                    })
                    .collect();
                let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
                overlay(b, 0x6000, &rows, None);
                b.text(tags::SHUTTER_SHAPE, "BITMAP")
                    .integer(tags::SHUTTER_OVERLAY_GROUP, 0x6000)
                    .integer(tags::SHUTTER_PRESENTATION_VALUE, 30_000);
            }),
        ),
    ];
    for (name, state) in &states {
        difference(name, &image(), state);
        difference(name, &image().photometric("MONOCHROME1"), state);
    }
    for rotation in [0, 90, 180, 270] {
        for flip in ["N", "Y"] {
            let turned = for_all(|b| {
                window(b, 1000.0, 1500.0);
                b.integer(tags::IMAGE_ROTATION, rotation)
                    .text(tags::IMAGE_HORIZONTAL_FLIP, flip);
            });
            difference(&format!("{rotation} {flip}"), &image(), &turned);
        }
    }
}
