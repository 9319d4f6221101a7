//! Real world values: from the file to what is measured.

use isocentre::annotation::unit_of_values;
use isocentre::geom::{DAffine2, DVec2};
use isocentre::imaging::sampling::Filter;
use isocentre::imaging::slice_twin::modality_values;
use isocentre::imaging::{
    FrameImage, Probe, Region, Units, mapped_values, probe, region_statistics,
};

use crate::common::drawn::frame_of;
use crate::common::{Element, Encoding, SyntheticImage, Value};

mod objects;

const PARAMETRIC_MAP: &str = "1.2.840.10008.5.1.4.1.1.30";

fn unit(code: &str) -> Element {
    let item = vec![
        Element::text(0x0008, 0x0100, "SH", code),
        Element::text(0x0008, 0x0102, "SH", "UCUM"),
        Element::text(0x0008, 0x0104, "LO", code),
    ];
    Element::new(0x0040, 0x08EA, "SQ", Value::Items(vec![item]))
}

fn line(label: &str, code: &str, slope: f64, intercept: f64) -> Vec<Element> {
    vec![
        unit(code),
        Element::text(0x0040, 0x9210, "SH", label),
        Element::new(0x0040, 0x9211, "US", Value::U16(vec![4095])),
        Element::new(0x0040, 0x9216, "US", Value::U16(vec![0])),
        Element::new(0x0040, 0x9224, "FD", Value::F64(vec![intercept])),
        Element::new(0x0040, 0x9225, "FD", Value::F64(vec![slope])),
    ]
}

fn table(label: &str, first: u16, values: &[f64]) -> Vec<Element> {
    vec![
        unit("ms"),
        Element::text(0x0040, 0x9210, "SH", label),
        Element::new(
            0x0040,
            0x9211,
            "US",
            Value::U16(vec![first + values.len() as u16 - 1]),
        ),
        Element::new(0x0040, 0x9212, "FD", Value::F64(values.to_vec())),
        Element::new(0x0040, 0x9216, "US", Value::U16(vec![first])),
    ]
}

fn mappings(items: Vec<Vec<Element>>) -> Element {
    Element::new(0x0040, 0x9096, "SQ", Value::Items(items))
}

fn shared(items: Vec<Vec<Element>>) -> Element {
    let group = vec![mappings(items)];
    Element::new(0x5200, 0x9229, "SQ", Value::Items(vec![group]))
}

fn image() -> SyntheticImage {
    SyntheticImage::new(2, 2).pixels(|row, column| (1000 + 100 * row + 10 * column) as i64)
}

fn load(image: &SyntheticImage) -> FrameImage {
    frame_of(image.write(Encoding::ExplicitLittle), 0)
}

fn value(image: &FrameImage) -> f64 {
    match probe(image, 1.0, 1.0) {
        Some(Probe::Grey { value, .. }) => value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_parametric_map_measures_in_the_unit_it_states() {
    let map = image()
        .text(0x0008, 0x0016, "UI", PARAMETRIC_MAP)
        .element(shared(vec![line("ADC", "mm2/s", 1e-6, 0.0)]));
    let map = load(&map);
    assert!((value(&map) - 0.001_11).abs() < 1e-12);
    assert_eq!(map.units, Units::Ucum("mm2/s".into()));
    let code = unit_of_values(&map.units);
    assert_eq!(
        (code.value.as_str(), code.scheme.as_str()),
        ("mm2/s", "UCUM")
    );
}

#[test]
fn a_map_without_a_unit_is_never_given_one() {
    let map = image()
        .text(0x0008, 0x0016, "UI", PARAMETRIC_MAP)
        .element(shared(vec![line("Score", "1", 0.5, 0.0)]));
    let map = load(&map);
    assert_eq!((value(&map), &map.units), (555.0, &Units::None));
}

#[test]
fn other_images_keep_their_values_and_say_what_else_they_stand_for() {
    let maps = vec![
        line("T2", "ms", 0.1, 5.0),
        table("Table", 1110, &[7.5, 8.5]),
        line("Elsewhere", "ms", 1.0, 0.0),
    ];
    let image = load(&image().rescale(2.0, 0.0).element(mappings(maps)));
    assert_eq!(value(&image), 2220.0);
    let mapped = mapped_values(&image, 1110.0);
    let said: Vec<(&str, f64, &str)> = mapped
        .iter()
        .map(|it| (it.label.as_str(), it.value, it.unit.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("T2", 116.0, "ms"),
            ("Table", 7.5, "ms"),
            ("Elsewhere", 1110.0, "ms")
        ]
    );
    assert_eq!(mapped_values(&image, 5000.0), []);
}

#[test]
fn a_mapping_that_repeats_the_rescale_names_the_unit_of_the_values() {
    let maps = vec![line("RCBF", "ml/100ml/s", 1.0, -1024.0)];
    let image = image()
        .text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.4")
        .rescale(1.0, -1024.0)
        .text(0x0028, 0x1054, "LO", "US")
        .element(mappings(maps));
    let image = load(&image);
    assert_eq!(value(&image), 86.0);
    assert_eq!(image.units, Units::Ucum("ml/100ml/s".into()));
    assert!(image.value_maps.is_empty());
}

#[test]
fn beyond_the_values_it_maps_a_parametric_map_has_none() {
    let map = SyntheticImage::new(2, 2)
        .bits(16, 16)
        .pixels(|row, column| [[1000, 5000], [2000, 4096]][row][column])
        .text(0x0008, 0x0016, "UI", PARAMETRIC_MAP)
        .element(shared(vec![line("ADC", "mm2/s", 1e-6, 0.0)]));
    let map = load(&map);
    assert_eq!(
        probe(&map, 1.0, 0.0),
        Some(Probe::Unmapped { stored: 5000.0 })
    );
    let region = Region::rectangle(DVec2::splat(-0.5), DVec2::splat(1.5));
    let statistics = region_statistics(&map, &region).unwrap();
    assert_eq!(statistics.count, 2, "1000 and 2000");
    assert!((statistics.max - 0.002).abs() < 1e-12);
    let values = modality_values(&map, [2, 2], DAffine2::IDENTITY, Filter::Nearest);
    let is_there: Vec<bool> = values.iter().map(|value| value.is_finite()).collect();
    assert_eq!(is_there, [true, false, true, false]);
}
