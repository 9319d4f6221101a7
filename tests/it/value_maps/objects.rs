//! Real World Value Mapping objects: which values they give to which images, and to none else.

use eframe::egui;
use egui_kittest::kittest::Queryable as _;
use isocentre::dicom::{ByteSource, InstanceHeader, read_header};
use isocentre::imaging::{MappedValue, mapped_values};
use isocentre::model::FrameKey;
use isocentre::text::{Language, Words};
use isocentre::tool::Button;
use isocentre::ui::viewport::MeasurementCache;
use isocentre::view::Frames as _;
use isocentre::workspace::{Arrival, Command};

use super::{line, mappings, table};
use crate::common::{
    Desk, Element, Encoding, Screen, SyntheticImage, Value, ct, encode, file_meta, temp_folder,
};

const MAPPING: &str = "1.2.840.10008.5.1.4.1.1.67";
const BENALI: (&str, &str) = ("Benali^Fatima", "004711");
const OTHER: (&str, &str) = ("Haddad^Omar", "004712");

/// Images by their UIDs; frames from 1, none for all.
fn images(named: &[(&str, &[u16])]) -> Element {
    let item = |(uid, frames): &(&str, &[u16])| {
        let class = "1.2.840.10008.5.1.4.1.1.2";
        let mut item = vec![
            Element::text(0x0008, 0x1150, "UI", class),
            Element::text(0x0008, 0x1155, "UI", uid),
        ];
        if !frames.is_empty() {
            let frames: Vec<String> = frames.iter().map(u16::to_string).collect();
            item.push(Element::text(0x0008, 0x1160, "IS", &frames.join("\\")));
        }
        item
    };
    let items = named.iter().map(item).collect();
    Element::new(0x0008, 0x1140, "SQ", Value::Items(items))
}

type Item = Vec<Element>;

fn item(named: &[(&str, &[u16])], maps: Vec<Vec<Element>>) -> Item {
    vec![images(named), mappings(maps)]
}

fn object(patient: (&str, &str), uid: &str, items: Vec<Item>, encoding: Encoding) -> Vec<u8> {
    let elements = [
        Element::text(0x0008, 0x0016, "UI", MAPPING),
        Element::text(0x0008, 0x0018, "UI", uid),
        Element::text(0x0008, 0x0060, "CS", "RWV"),
        Element::text(0x0008, 0x103E, "LO", "Body weight"),
        Element::text(0x0010, 0x0010, "PN", patient.0),
        Element::text(0x0010, 0x0020, "LO", patient.1),
        Element::text(0x0020, 0x000D, "UI", "1.2.3.10.1"),
        Element::text(0x0020, 0x000E, "UI", "1.2.3.10.9"),
        Element::new(0x0040, 0x9094, "SQ", Value::Items(items)),
    ];
    let mut bytes = file_meta(encoding.transfer_syntax(), MAPPING, uid);
    bytes.extend(encode(&elements, encoding));
    bytes
}

fn header(bytes: Vec<u8>) -> InstanceHeader {
    read_header(ByteSource::Memory(bytes.into())).unwrap()
}

fn of_benali(items: Vec<Item>) -> InstanceHeader {
    header(object(
        BENALI,
        "1.2.3.10.8",
        items,
        Encoding::ExplicitLittle,
    ))
}

fn arrive(desk: &mut Desk, header: InstanceHeader) {
    desk.ask(Command::Arrived(Arrival::headers(vec![header])));
}

/// What a stored value of a frame of every instance with this UID stands for beside.
fn values(desk: &Desk, uid: &str, frame: u32, stored: f64) -> Vec<Vec<MappedValue>> {
    let library = &desk.workspace.library;
    let of = |instance: &std::sync::Arc<isocentre::model::Instance>| {
        let key = FrameKey {
            instance: instance.ix,
            frame,
        };
        let image = desk.frames.frame(key).ready().unwrap().clone();
        let mappings = &desk.workspace.value_mappings;
        mapped_values(&mappings.beside(library, key, &image), stored)
    };
    library.namesakes(uid).map(of).collect()
}

fn value(desk: &Desk, uid: &str, stored: f64) -> Vec<(String, f64, String)> {
    let found = values(desk, uid, 0, stored).remove(0);
    let plain = |it: MappedValue| (it.label, it.value, it.unit);
    found.into_iter().map(plain).collect()
}

fn named(label: &str, value: f64, unit: &str) -> (String, f64, String) {
    (label.to_owned(), value, unit.to_owned())
}

fn suv() -> Vec<Element> {
    line("SUV", "g/ml", 0.5, 1.0)
}

const FIRST: &str = "1.2.3.10.3.0";
const SECOND: &str = "1.2.3.10.3.1";

#[test]
fn a_mapping_object_gives_its_values_to_the_images_it_names_alone() {
    let mut desk = Desk::open(&ct(BENALI, "1.2.3.10", 3));
    assert_eq!(value(&desk, FIRST, 100.0), []);
    let short = table("Table", 100, &[7.5, 8.5]);
    arrive(
        &mut desk,
        of_benali(vec![
            item(&[(FIRST, &[])], vec![suv(), short]),
            item(&[(SECOND, &[1])], vec![line("T2", "ms", 2.0, 0.0)]),
        ]),
    );
    let suv = named("SUV", 51.0, "g/ml");
    let in_table = named("Table", 7.5, "ms");
    assert_eq!(value(&desk, FIRST, 100.0), [suv, in_table]);
    assert_eq!(value(&desk, FIRST, 102.0), [named("SUV", 52.0, "g/ml")]);
    assert_eq!(value(&desk, FIRST, 4096.0), [], "beyond its range");
    assert_eq!(value(&desk, SECOND, 100.0), [named("T2", 200.0, "ms")]);
    assert_eq!(value(&desk, "1.2.3.10.3.2", 100.0), []);
}

#[test]
fn only_the_frames_that_are_named_are_mapped() {
    let pixels = (0..12).collect();
    let image = SyntheticImage::new(2, 2)
        .patient(BENALI.0, BENALI.1)
        .sop_instance(FIRST)
        .pixels_all(3, pixels)
        .text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.7.3")
        .study("1.2.3.10.1")
        .series("1.2.3.10.2");
    let mut desk = Desk::open(&[image]);
    arrive(
        &mut desk,
        of_benali(vec![item(&[(FIRST, &[2])], vec![suv()])]),
    );
    let count = |frame| values(&desk, FIRST, frame, 1.0).remove(0).len();
    assert_eq!((count(0), count(1), count(2)), (0, 1, 0));
}

#[test]
fn an_image_of_another_patient_with_the_same_uid_is_not_mapped() {
    let own = ct(BENALI, "1.2.3.10", 1);
    let other = ct(OTHER, "1.2.3.10", 1);
    let mut desk = Desk::open(&[own, other].concat());
    arrive(
        &mut desk,
        of_benali(vec![item(&[(FIRST, &[])], vec![suv()])]),
    );
    let counts: Vec<usize> = values(&desk, FIRST, 0, 1.0).iter().map(Vec::len).collect();
    assert_eq!(counts, [1, 0]);
}

#[test]
fn of_two_images_with_one_uid_neither_is_mapped() {
    let own = ct(BENALI, "1.2.3.10", 1).remove(0);
    let another = own.clone().pixels(|row, _| row as i64);
    let mut desk = Desk::open(&[own, another]);
    arrive(
        &mut desk,
        of_benali(vec![item(&[(FIRST, &[])], vec![suv()])]),
    );
    assert_eq!(values(&desk, FIRST, 0, 1.0), [vec![], vec![]]);
}

#[test]
fn a_mapping_may_come_before_its_images() {
    let mut desk = Desk::open(&[]);
    arrive(
        &mut desk,
        of_benali(vec![item(&[(FIRST, &[])], vec![suv()])]),
    );
    let bytes = ct(BENALI, "1.2.3.10", 1)[0].write(Encoding::ExplicitLittle);
    arrive(&mut desk, header(bytes));
    desk.decode();
    assert_eq!(value(&desk, FIRST, 100.0), [named("SUV", 51.0, "g/ml")]);
}

#[test]
fn a_mapping_that_says_what_the_image_says_is_named_once() {
    let own = ct(BENALI, "1.2.3.10", 1).remove(0);
    let own = own.element(mappings(vec![suv()]));
    let mut desk = Desk::open(&[own]);
    let again = line("Same", "1", 1.0, 0.0);
    arrive(
        &mut desk,
        of_benali(vec![item(&[(FIRST, &[])], vec![suv(), again])]),
    );
    assert_eq!(value(&desk, FIRST, 100.0), [named("SUV", 51.0, "g/ml")]);
}

#[test]
fn an_object_without_a_sign_of_its_own_maps_the_negative_values_of_its_images() {
    let signed = ct(BENALI, "1.2.3.10", 1).remove(0).bits(16, 16).signed();
    let mut desk = Desk::open(&[signed]);
    let mut map = suv();
    map[2] = Element::new(0x0040, 0x9211, "US", Value::U16(vec![3071]));
    map[3] = Element::new(0x0040, 0x9216, "US", Value::U16(vec![(-1024_i16) as u16]));
    let items = vec![item(&[(FIRST, &[])], vec![map])];
    let bytes = object(BENALI, "1.2.3.10.8", items, Encoding::ImplicitLittle);
    arrive(&mut desk, header(bytes));
    let suv = |value| [named("SUV", value, "g/ml")];
    assert_eq!(value(&desk, FIRST, -1024.0), suv(-511.0));
    assert_eq!(value(&desk, FIRST, 3071.0), suv(1536.5));
    assert_eq!(value(&desk, FIRST, -1025.0), []);
}

#[test]
fn a_region_is_measured_anew_when_a_mapping_of_its_image_comes() {
    let mut desk = Desk::open(&ct(BENALI, "1.2.3.10", 3));
    desk.ask(Command::Tool("rectangle"));
    desk.drag(Button::Primary, [150.0, 150.0], [250.0, 250.0]);
    let drawn = desk.only();
    let words = Words::of(Language::English);
    let mut cache = MeasurementCache::default();
    let mut lines = |desk: &Desk| {
        let lines = cache.lines(&drawn, &desk.workspace, &desk.frames, words);
        lines.values.join("\n")
    };
    assert!(!lines(&desk).contains("SUV"));
    let uid = drawn.anchor.sop_instance_uid.to_string();
    let before = lines(&desk);
    arrive(
        &mut desk,
        of_benali(vec![item(&[(&uid, &[])], vec![suv()])]),
    );
    let after = lines(&desk);
    assert!(after.starts_with(&before), "{before} became {after}");
    assert!(after.contains("SUV") && after.contains("g/ml"), "{after}");
}

#[test]
fn the_window_shows_the_value_and_what_the_object_maps() {
    let home = temp_folder();
    let folder = home.path().join("images");
    std::fs::create_dir(&folder).unwrap();
    for (number, image) in ct(BENALI, "1.2.3.10", 3).iter().enumerate() {
        let bytes = image.write(Encoding::ExplicitLittle);
        std::fs::write(folder.join(format!("{number}.dcm")), bytes).unwrap();
    }
    let items = vec![item(
        &[(FIRST, &[]), (SECOND, &[]), ("1.2.9", &[])],
        vec![suv()],
    )];
    let bytes = object(BENALI, "1.2.3.10.8", items, Encoding::ExplicitLittle);
    std::fs::write(folder.join("mapping.dcm"), bytes).unwrap();
    let mut screen = Screen::open(home.path(), vec![folder]);
    let row = screen
        .0
        .get_by_label_contains("Body weight")
        .rect()
        .center();
    let pane = screen.0.get_by_label_contains("Benali, Fatima, Im").rect();
    for (at, wanted) in [
        (pane.center(), "SUV"),
        (row, "SUV (g/ml): 3 images, 2 open"),
    ] {
        screen.0.event(egui::Event::PointerMoved(at));
        screen.0.run_steps(60);
        screen.0.get_by_label_contains(wanted);
    }
}
