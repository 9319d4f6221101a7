//! The demo study holds what it says it holds, as plain bytes show.

use std::sync::OnceLock;

use isocentre::demo;
use isocentre::dicom::ByteSource;
use isocentre::dicom::InstanceHeader;
use isocentre::dicom::tags;

fn study() -> &'static [InstanceHeader] {
    static STUDY: OnceLock<Vec<InstanceHeader>> = OnceLock::new();
    STUDY.get_or_init(demo::study)
}

fn bytes(header: &InstanceHeader) -> &[u8] {
    match &header.source {
        ByteSource::Memory(bytes) => bytes,
        other => panic!("the demo lies in memory, not at {other:?}"),
    }
}

fn stored(header: &InstanceHeader) -> Vec<u16> {
    let at = header.pixel_data.unwrap();
    let offset = at.offset as usize;
    let file = bytes(header);
    let value = &file[offset..offset + at.length.unwrap() as usize];
    // The element's head stands right before its value: (7FE0,0010) OW, length.
    let length = at.length.unwrap().to_le_bytes();
    let head = [&[0xE0, 0x7F, 0x10, 0x00, b'O', b'W', 0, 0], &length[..]].concat();
    assert_eq!(&file[offset - 12..offset], head);
    value
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect()
}

fn ct() -> Vec<&'static InstanceHeader> {
    let is_ct =
        |h: &&InstanceHeader| h.dataset.elements().text(tags::MODALITY).as_deref() == Some("CT");
    study().iter().filter(is_ct).collect()
}

/// Calls `with(position mm, HU)` for every voxel of the CT.
fn each_voxel(mut with: impl FnMut([f64; 3], f64)) {
    for header in ct() {
        let e = header.dataset.elements();
        let origin = e.floats(tags::IMAGE_POSITION_PATIENT);
        let spacing = e.floats(tags::PIXEL_SPACING);
        let columns = e.integer(tags::COLUMNS).unwrap() as usize;
        let (slope, intercept) = (
            e.float(tags::RESCALE_SLOPE).unwrap(),
            e.float(tags::RESCALE_INTERCEPT).unwrap(),
        );
        for (index, value) in stored(header).into_iter().enumerate() {
            let (row, column) = (index / columns, index % columns);
            let position = [
                origin[0] + spacing[1] * column as f64,
                origin[1] + spacing[0] * row as f64,
                origin[2],
            ];
            with(position, slope * f64::from(value) + intercept);
        }
    }
}

#[test]
fn the_demo_is_one_patient_in_two_series_and_says_it_is_synthetic() {
    assert!(study().len() > 100);
    let mut uids = std::collections::BTreeSet::new();
    for header in study() {
        let e = header.dataset.elements();
        assert_eq!(
            e.text(tags::PATIENT_NAME).as_deref(),
            Some("Demo^Isocentre")
        );
        assert!(e.text(tags::PATIENT_ID).unwrap().contains("SYNTHETIC"));
        assert!(e.texts(tags::IMAGE_TYPE).contains(&"SYNTHETIC".to_owned()));
        assert!(uids.insert(e.text(tags::SOP_INSTANCE_UID).unwrap()));
        let pixels = e.integer(tags::ROWS).unwrap() * e.integer(tags::COLUMNS).unwrap();
        assert_eq!(stored(header).len() as i64, pixels);
        assert_eq!(&bytes(header)[128..132], b"DICM");
    }
    let radiograph = study().last().unwrap().dataset.elements();
    assert!(!radiograph.has(tags::FRAME_OF_REFERENCE_UID));
    assert!(!radiograph.has(tags::PIXEL_SPACING) && radiograph.has(tags::IMAGER_PIXEL_SPACING));
    let total: usize = study().iter().map(|h| bytes(h).len()).sum();
    assert!(total <= 64 << 20, "{total} bytes");
}

#[test]
fn the_demo_is_the_same_every_time() {
    for (a, b) in study().iter().zip(demo::study()) {
        assert_eq!(bytes(a), bytes(&b));
    }
}

#[test]
fn the_nodule_lies_where_the_truth_says_with_its_size_and_density() {
    let truth = demo::truth();
    let radius = truth.nodule_diameter_mm / 2.0;
    let (mut inside, mut volume, mut moment) = (Vec::new(), 0.0, [0.0; 3]);
    let voxel_mm3 = 0.9 * 0.9 * 2.5;
    each_voxel(|position, hu| {
        let offset: Vec<f64> = (0..3)
            .map(|i| position[i] - truth.nodule_centre_mm[i])
            .collect();
        let distance = offset.iter().map(|d| d * d).sum::<f64>().sqrt();
        if distance < radius - 1.0 {
            inside.push(hu);
        }
        if distance < radius + 3.0 {
            // Between lung and nodule, the part of the voxel that is nodule.
            let lung = -880.0 + 0.45 * (position[1] + 80.0);
            let part = (hu - lung) / (truth.nodule_hu - lung);
            volume += part * voxel_mm3;
            for (sum, d) in moment.iter_mut().zip(offset) {
                *sum += part * voxel_mm3 * d;
            }
        }
    });
    let n = inside.len() as f64;
    let mean = inside.iter().sum::<f64>() / n;
    let sd = (inside.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    assert!(
        (mean - truth.nodule_hu).abs() < 4.0 * truth.noise_hu / n.sqrt(),
        "{mean}"
    );
    assert!((sd - truth.noise_hu).abs() < 2.0, "{sd}");
    let diameter = (6.0 * volume / std::f64::consts::PI).cbrt();
    assert!(
        (diameter - truth.nodule_diameter_mm).abs() < 0.3,
        "{diameter}"
    );
    for sum in moment {
        assert!((sum / volume).abs() < 0.2, "{moment:?}");
    }
}

#[test]
fn the_aorta_is_as_wide_and_bright_as_the_truth_says() {
    let truth = demo::truth();
    let (mut area, mut values) = (0.0, Vec::new());
    each_voxel(|position, hu| {
        let [x, y, z] = truth.aorta_centre_mm;
        let distance = (position[0] - x).hypot(position[1] - y);
        if (position[2] - z).abs() < 1.0 {
            if distance < truth.aorta_diameter_mm / 2.0 - 1.0 {
                values.push(hu);
            }
            if distance < truth.aorta_diameter_mm / 2.0 + 1.5 && hu > truth.aorta_hu / 2.0 {
                area += 0.81;
            }
        }
    });
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    assert!((mean - truth.aorta_hu).abs() < 3.0, "{mean}");
    let diameter = (4.0_f64 * area / std::f64::consts::PI).sqrt();
    assert!(
        (diameter - truth.aorta_diameter_mm).abs() < 1.0,
        "{diameter}"
    );
}

/// For looking at: with `ISOCENTRE_DEMO_PICTURES` set to a folder, writes every tenth slice in
/// both windows, a coronal cut and the radiograph there.
#[test]
fn pictures_for_the_eye_are_written_when_asked_for() {
    let Some(folder) = std::env::var_os("ISOCENTRE_DEMO_PICTURES") else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    let grey = |value: f64, center: f64, width: f64| {
        (((value - center) / width + 0.5) * 255.0).clamp(0.0, 255.0) as u8
    };
    let save = |name: String, width: u32, pixels: Vec<u8>| {
        let height = pixels.len() as u32 / width;
        let image = image::GrayImage::from_raw(width, height, pixels).unwrap();
        image.save(folder.join(name)).unwrap();
    };
    let mut coronal = Vec::new();
    for (index, header) in ct().into_iter().enumerate() {
        let hu: Vec<f64> = stored(header)
            .iter()
            .map(|&v| f64::from(v) - 1024.0)
            .collect();
        if index % 10 == 0 {
            for (name, center, width) in [("soft", 40.0, 400.0), ("lung", -600.0, 1500.0)] {
                let pixels = hu.iter().map(|&v| grey(v, center, width)).collect();
                save(format!("{name}-{index:03}.png"), 384, pixels);
            }
        }
        let line: Vec<u8> = hu[384 * 190..384 * 191]
            .iter()
            .map(|&v| grey(v, -100.0, 1400.0))
            .collect();
        for _ in 0..3 {
            coronal.splice(0..0, line.iter().copied());
        }
    }
    save("coronal.png".into(), 384, coronal);
    let radiograph = stored(study().last().unwrap());
    let pixels = radiograph
        .iter()
        .map(|&v| grey(f64::from(v), 1900.0, 3000.0))
        .collect();
    save("radiograph.png".into(), 384, pixels);
}
