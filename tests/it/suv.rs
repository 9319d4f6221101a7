//! Uptake of PET images: beside the values they hold, never in their place.

use isocentre::imaging::{Probe, Units, probe};

use super::common::drawn::frame_of;
use super::common::{Element, Encoding, SyntheticImage, Value};

/// An hour and a half after 400 MBq of fluorine-18 into 80 kg: `2 · stored + 10` Bq/ml.
fn pet() -> SyntheticImage {
    let text = |group, element, vr, value: &str| Element::text(group, element, vr, value);
    let injection = vec![
        text(0x0018, 0x1072, "TM", "090000"),
        text(0x0018, 0x1074, "DS", "400000000"),
        text(0x0018, 0x1075, "DS", "6586.2"),
    ];
    SyntheticImage::new(2, 2)
        .pixels(|row, column| (1000 * row + column) as i64)
        .rescale(2.0, 10.0)
        .text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.128")
        .text(0x0008, 0x0021, "DA", "20261121")
        .text(0x0008, 0x0022, "DA", "20261121")
        .text(0x0008, 0x0031, "TM", "103000")
        .text(0x0008, 0x0032, "TM", "103000.5")
        .text(0x0008, 0x0060, "CS", "PT")
        .text(0x0010, 0x1030, "DS", "80")
        .text(0x0028, 0x0051, "CS", "ATTN\\DECY\\RADL")
        .text(0x0054, 0x1001, "CS", "BQML")
        .text(0x0054, 0x1102, "CS", "START")
        .element(Element::new(
            0x0054,
            0x0016,
            "SQ",
            Value::Items(vec![injection]),
        ))
}

#[test]
fn a_pet_image_is_probed_in_becquerels_and_in_suv() {
    // 400 MBq · 2^(-5400 / 6586.2) = 226 593 088 Bq; 80 000 g over that.
    let per_value = 80_000.0 / 226_593_088.0;
    for encoding in Encoding::ALL {
        let image = frame_of(pet().write(encoding), 0);
        let Some(Probe::Grey {
            value,
            units,
            suv_bw: Some(suv),
            ..
        }) = probe(&image, 1.0, 1.0)
        else {
            panic!("{encoding:?}: no uptake");
        };
        assert_eq!(value, 2012.0, "the values stay what the file holds");
        assert_eq!(units, Units::Named("BQML".into()));
        assert!((suv / (2012.0 * per_value) - 1.0).abs() < 1e-6, "{suv}");
    }
}

#[test]
fn without_the_patients_weight_there_is_no_suv() {
    let image = frame_of(
        pet()
            .without(0x0010, 0x1030)
            .write(Encoding::ExplicitLittle),
        0,
    );
    assert_eq!(image.suv_bw_factor, None);
    assert!(matches!(
        probe(&image, 0.0, 0.0),
        Some(Probe::Grey { suv_bw: None, .. })
    ));
}
