//! Pictures against those of DCMTK's `dcmj2pnm`, another reading of the same standard: within one
//! level of 255, over images made here and over the sample files where they are.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use isocentre::dicom::modules::InstanceFacts;
use isocentre::dicom::{ByteSource, InstanceHeader, read_header, tags};
use isocentre::engine::InstanceSource;
use isocentre::imaging::{
    Colours, FrameImage, Look, Picture, SliceView, VoiFunction, VoiTransform, full_range,
    slice_twin,
};
use isocentre::jobs::JobCtx;
use isocentre::view::{VoiChoice, resolve_voi};
use rayon::prelude::*;

use super::common::{
    Element, Encoding, SyntheticImage, Value, files_below, temp_folder, test_data,
};

/// What DCMTK draws of a file, overlays and all; `None` if it does not.
fn theirs(file: &Path, options: &[&str], folder: &Path) -> Option<image::RgbImage> {
    let name = file.file_name().unwrap().to_string_lossy();
    let out = folder.join(format!("{name}.{}.png", options.concat()));
    let done = Command::new("dcmj2pnm")
        .args(["+on", "-il", "+O", "0"])
        .args(options)
        .arg(file)
        .arg(&out)
        .output()
        .expect("dcmj2pnm (Debian: apt install dcmtk)");
    if !done.status.success() {
        return None;
    }
    Some(image::open(&out).unwrap().to_rgb8())
}

/// The largest difference beyond one level where `counts` says so, else 0; a thousand levels if the
/// pictures are not of one size.
fn difference(ours: &Picture, theirs: &image::RgbImage, counts: impl Fn(u32, u32) -> bool) -> u32 {
    let (width, height) = theirs.dimensions();
    if ours.size_px != [width, height] {
        return 1000;
    }
    let pairs = ours
        .rgba
        .chunks_exact(4)
        .zip(theirs.as_raw().chunks_exact(3));
    (0_u32..)
        .zip(pairs)
        .map(|(at, (ours, theirs))| {
            let off = ours.iter().zip(theirs).map(|(a, b)| a.abs_diff(*b));
            (at, off.max().unwrap_or(0))
        })
        .filter(|(at, off)| *off > 1 && counts(at % width, at / width))
        .map(|(_, off)| off.into())
        .max()
        .unwrap_or(0)
}

/// The options that make DCMTK apply the n-th transform (from 0) an image offers.
fn option_of(image: &FrameImage, n: usize) -> Vec<String> {
    let is_table = |n: usize| {
        matches!(
            image.vois.get(n).map(|it| &it.voi),
            Some(VoiTransform::Lut(_))
        )
    };
    match image.vois.get(n).map(|it| &it.voi) {
        None => vec!["+Wm".to_owned()],
        Some(VoiTransform::Lut(_)) => {
            let tables_before = (0..n).filter(|n| is_table(*n)).count();
            vec!["+Wl".to_owned(), (tables_before + 1).to_string()]
        }
        Some(VoiTransform::Window { function, .. }) => {
            let mut options = vec!["+Wi".to_owned(), (n + 1).to_string()];
            if *function == VoiFunction::Sigmoid {
                options.push("+Wfs".to_owned());
            }
            options
        }
    }
}

/// Compares every transform a file offers; what DCMTK does not draw is left out. Returns how many
/// pictures were compared.
fn compare(path: &Path, header: Arc<InstanceHeader>, folder: &Path) -> Result<usize, String> {
    let is_ybr = header
        .dataset
        .elements()
        .text(tags::PHOTOMETRIC_INTERPRETATION)
        .is_some_and(|name| name.starts_with("YBR"));
    let bits_stored = InstanceFacts::read(&header).pixel.bits_stored;
    let Ok(image) = InstanceSource::new(header).frame(0, &JobCtx::new()) else {
        return Ok(0);
    };
    let is_grey = image.samples.samples_per_pixel() == 1;
    // DCMTK cuts what YBR comes to off where we round it, and wraps what a lossy stream overshoots
    // where we clamp it; it knows no padding.
    let tolerance = if is_ybr { 2 } else { 1 };
    let brightest = f64::from(u32::MAX >> (32 - bits_stored.clamp(1, 32)));
    let stored = |x: u32, y: u32| image.samples.get((y * image.columns + x) as usize);
    let counts = |x, y| {
        !is_grey
            || (image.modality_value(x, y).is_some()
                && (image.lossy.is_none() || stored(x, y).is_some_and(|it| it < brightest)))
    };
    // Without a window DCMTK's range counts padding in.
    if image.vois.is_empty() && image.padding.is_some() {
        return Ok(0);
    }
    let mut compared = 0;
    for n in 0..image.vois.len().max(1) {
        let options = if is_grey {
            option_of(&image, n)
        } else {
            Vec::new()
        };
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let Some(theirs) = theirs(path, &options, folder) else {
            continue;
        };
        let voi = resolve_voi(VoiChoice::Own(n), &image, || full_range(&image));
        // DCMTK knows no colour profiles.
        let look = Look {
            colours: Colours::AsStored,
            ..Look::new(voi)
        };
        let view = SliceView::one_to_one(&image, look);
        let off = difference(&slice_twin::render(&image, &view), &theirs, counts);
        if off > tolerance {
            return Err(format!("{}: {off} levels with {options:?}", path.display()));
        }
        compared += 1;
    }
    Ok(compared)
}

#[test]
fn the_sample_files_look_as_dcmtk_draws_them() {
    let Some(data) = test_data("comparing pictures with DCMTK's") else {
        return;
    };
    // One image of every series; what it is compressed in, other tests compare.
    let mut images = BTreeMap::new();
    for path in files_below(&data) {
        let Ok(header) = read_header(ByteSource::File(path.as_path().into())) else {
            continue;
        };
        let root = header.dataset.elements();
        // Of cells of 32 bits in big endian DCMTK reads the halves the other way round.
        let is_wide = root.integer(tags::BITS_ALLOCATED) == Some(32);
        let key = root.text(tags::SERIES_INSTANCE_UID);
        if !is_wide {
            images.entry(key).or_insert((path, Arc::new(header)));
        }
    }
    let folder = temp_folder();
    let compared: Vec<Result<usize, String>> = images
        .into_values()
        .enumerate()
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(number, (path, header))| {
            let own = folder.path().join(number.to_string());
            std::fs::create_dir(&own).unwrap();
            compare(&path, header, &own)
        })
        .collect();
    let wrong: Vec<&String> = compared.iter().filter_map(|it| it.as_ref().err()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let pictures: usize = compared.iter().flatten().sum();
    eprintln!("{pictures} pictures of the sample files compared with DCMTK's");
    assert!(pictures > 0, "no picture was compared");
}

fn render(file: &Path, folder: &Path, more: &[&str]) -> Picture {
    let out = folder.join("ours.png");
    let done = Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .arg("render")
        .arg(file)
        .arg("--out")
        .arg(&out)
        .args(more)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let picture = image::open(&out).unwrap().to_rgba8();
    Picture {
        size_px: [picture.width(), picture.height()],
        rgba: picture.into_raw(),
    }
}

/// Values of 12 bits, all of them, from dark to light.
fn ramp() -> SyntheticImage {
    SyntheticImage::new(64, 64).pixels(|row, column| (row * 64 + column) as i64)
}

fn table(sequence: (u16, u16), descriptor: Value, data: Value) -> Element {
    let vr = if matches!(descriptor, Value::I16(_)) {
        "SS"
    } else {
        "US"
    };
    let item = vec![
        Element::new(0x0028, 0x3002, vr, descriptor),
        Element::text(0x0028, 0x3003, "LO", "of this test"),
        Element::text(0x0028, 0x3004, "LO", "OD"),
        Element::new(0x0028, 0x3006, "OW", data),
    ];
    Element::new(sequence.0, sequence.1, "SQ", Value::Items(vec![item]))
}

#[test]
fn render_draws_what_dcmtk_draws() {
    const MODALITY_LUT: (u16, u16) = (0x0028, 0x3000);
    const VOI_LUT: (u16, u16) = (0x0028, 0x3010);
    let square_root: Vec<u16> = (0..4096_u32)
        .map(|v| f64::from(v * 4096).sqrt() as u16)
        .collect();
    let steep: Vec<u16> = (0..100).map(|v| v * 655).collect();
    let bytes: Vec<u8> = (0..=255_u8).rev().collect();
    let sigmoid = |image: SyntheticImage| image.text(0x0028, 0x1056, "CS", "SIGMOID");
    let shape = |image: SyntheticImage, shape| image.text(0x2050, 0x0020, "CS", shape);
    let dark = |image: SyntheticImage| image.photometric("MONOCHROME1");
    let overlay = |image: SyntheticImage| {
        image
            .element(Element::u16(0x6000, 0x0010, 40))
            .element(Element::u16(0x6000, 0x0011, 37))
            .text(0x6000, 0x0040, "CS", "G")
            .element(Element::new(0x6000, 0x0050, "SS", Value::I16(vec![-5, 30])))
            .element(Element::u16(0x6000, 0x0100, 1))
            .element(Element::u16(0x6000, 0x0102, 0))
            .element(Element::new(
                0x6000,
                0x3000,
                "OW",
                Value::U16(vec![0b0110_1001_1100_0111; 93]),
            ))
    };
    let narrow = |image: SyntheticImage| image.window(1000.0, 300.0);
    let cases: Vec<(&str, SyntheticImage, Vec<&str>)> = vec![
        ("a window", narrow(ramp()), vec!["+Wi", "1"]),
        (
            "a window of width 1",
            ramp().window(1000.0, 1.0),
            vec!["+Wi", "1"],
        ),
        (
            "a window with fractions",
            ramp().window(1000.3, 77.7),
            vec!["+Wi", "1"],
        ),
        (
            "a sigmoid",
            sigmoid(narrow(ramp())),
            vec!["+Wi", "1", "+Wfs"],
        ),
        ("MONOCHROME1", dark(narrow(ramp())), vec!["+Wi", "1"]),
        (
            "IDENTITY",
            shape(narrow(ramp()), "IDENTITY"),
            vec!["+Wi", "1"],
        ),
        (
            "INVERSE",
            shape(narrow(ramp()), "INVERSE"),
            vec!["+Wi", "1"],
        ),
        (
            "MONOCHROME1 and INVERSE",
            shape(dark(narrow(ramp())), "INVERSE"),
            vec!["+Wi", "1"],
        ),
        (
            "MONOCHROME1 and IDENTITY",
            shape(dark(narrow(ramp())), "IDENTITY"),
            vec!["+Wi", "1"],
        ),
        (
            "a rescale",
            narrow(ramp().rescale(0.7, -1024.5)).window(100.0, 900.0),
            vec!["+Wi", "1"],
        ),
        (
            "a negative slope",
            ramp().rescale(-1.0, 100.0).window(-900.0, 2000.0),
            vec!["+Wi", "1"],
        ),
        (
            "a VOI table",
            ramp().element(table(
                VOI_LUT,
                Value::U16(vec![4096, 0, 12]),
                Value::U16(square_root.clone()),
            )),
            vec!["+Wl", "1"],
        ),
        (
            "a VOI table shorter than the range",
            ramp().element(table(
                VOI_LUT,
                Value::U16(vec![100, 1500, 16]),
                Value::U16(steep.clone()),
            )),
            vec!["+Wl", "1"],
        ),
        (
            "a VOI table of negative values",
            ramp().rescale(1.0, -2000.0).element(table(
                VOI_LUT,
                Value::I16(vec![100, -300, 16]),
                Value::U16(steep),
            )),
            vec!["+Wl", "1"],
        ),
        (
            "a VOI table of 8 bits",
            ramp().element(table(
                VOI_LUT,
                Value::U16(vec![256, 700, 8]),
                Value::U16(bytes.iter().map(|byte| (*byte).into()).collect()),
            )),
            vec!["+Wl", "1"],
        ),
        (
            "a modality table",
            ramp()
                .element(table(
                    MODALITY_LUT,
                    Value::U16(vec![4096, 0, 16]),
                    Value::U16(square_root),
                ))
                .window(2000.0, 3000.0),
            vec!["+Wi", "1"],
        ),
        ("no window at all", ramp(), vec!["+Wm"]),
        ("an overlay", overlay(narrow(ramp())), vec!["+Wi", "1"]),
        (
            "an overlay on MONOCHROME1",
            overlay(dark(narrow(ramp()))),
            vec!["+Wi", "1"],
        ),
    ];
    let folder = temp_folder();
    let mut wrong = Vec::new();
    for (number, (name, image, options)) in cases.iter().enumerate() {
        let file = folder.path().join(format!("{number}.dcm"));
        std::fs::write(&file, image.write(Encoding::ExplicitLittle)).unwrap();
        let theirs = theirs(&file, options, folder.path()).expect("DCMTK draws it");
        let off = difference(&render(&file, folder.path(), &[]), &theirs, |_, _| true);
        if off > 0 {
            wrong.push(format!("{name}: {off} levels"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_picture_that_is_another_one_is_told_apart_from_dcmtks() {
    let folder = temp_folder();
    let file = folder.path().join("image.dcm");
    std::fs::write(
        &file,
        ramp().window(1000.0, 300.0).write(Encoding::ExplicitLittle),
    )
    .unwrap();
    let theirs = theirs(&file, &["+Wi", "1"], folder.path()).unwrap();
    let other = render(&file, folder.path(), &["--window", "1005,300"]);
    assert!(difference(&other, &theirs, |_, _| true) > 0);
}
