//! The windows and tables an image offers, each by its name; and which of them each frame has.

use std::path::Path;
use std::process::Command;

use isocentre::imaging::{FrameImage, Picture, VoiFunction, VoiTransform};
use isocentre::problem::Message;
use isocentre::view::{VoiChoice, own_voi, resolve_voi, voi_name};
use isocentre::workspace::{Command as Ask, ViewEdit};

use super::common::drawn::frame_of;
use super::common::{Desk, Element, Encoding, SyntheticImage, Value, ct, temp_folder};

fn ramp() -> SyntheticImage {
    SyntheticImage::new(16, 16).pixels(|row, column| (row * 16 + column) as i64 * 16)
}

fn sequence(group: u16, element: u16, items: Vec<Vec<Element>>) -> Element {
    Element::new(group, element, "SQ", Value::Items(items))
}

fn table(name: &str, first: i16, entries: Vec<u16>) -> Vec<Element> {
    let descriptor = vec![entries.len() as i16, first, 16];
    vec![
        Element::new(0x0028, 0x3002, "SS", Value::I16(descriptor)),
        Element::text(0x0028, 0x3003, "LO", name),
        Element::new(0x0028, 0x3006, "US", Value::U16(entries)),
    ]
}

/// Two windows, one of them named, and two tables, one of them named.
fn of_many_minds() -> SyntheticImage {
    ramp()
        .text(0x0028, 0x1050, "DS", "1000\\2000")
        .text(0x0028, 0x1051, "DS", "300\\4000")
        .text(0x0028, 0x1055, "LO", "\\Wide")
        .element(sequence(
            0x0028,
            0x3010,
            vec![
                table("Bright", 0, vec![0, 65_535]),
                table(" ", -100, vec![65_535, 0]),
            ],
        ))
}

fn load(image: &SyntheticImage, frame: u32) -> FrameImage {
    frame_of(image.write(Encoding::ExplicitLittle), frame)
}

fn window(center: f64, width: f64) -> VoiTransform {
    VoiTransform::Window {
        center,
        width,
        function: VoiFunction::Linear,
    }
}

#[test]
fn every_window_and_every_table_is_offered_by_its_name_or_its_number() {
    let image = load(&of_many_minds(), 0);
    let names: Vec<Message> = (0..4).map(|index| voi_name(&image.vois, index)).collect();
    let ids: Vec<&str> = names.iter().map(|name| name.id.0).collect();
    assert_eq!(ids, ["voi-window", "voi-named", "voi-named", "voi-table"]);
    assert_eq!(image.vois[1].name, "Wide");
    assert_eq!(image.vois[1].voi, window(2000.0, 4000.0));
    assert_eq!(image.vois[2].name, "Bright");
    let VoiTransform::Lut(last) = &image.vois[3].voi else {
        panic!("a table");
    };
    assert_eq!(last.first, -100);
    assert_eq!(&*last.entries, [65_535, 0]);
}

#[test]
fn after_the_last_of_an_images_windows_comes_the_first() {
    let image = load(&of_many_minds(), 0);
    let chosen = |n| resolve_voi(VoiChoice::Own(n), &image, || None);
    for n in 0..4 {
        assert_eq!(chosen(n), image.vois[n].voi);
        assert_eq!(chosen(n + 4), image.vois[n].voi);
        assert_eq!(own_voi(VoiChoice::Own(n + 8), &image.vois), Some(n));
    }
    assert_eq!(own_voi(VoiChoice::FullRange, &image.vois), None);
    assert_eq!(own_voi(VoiChoice::Own(1), &[]), None);
}

#[test]
fn one_key_goes_through_an_images_windows_and_back_to_them() {
    let mut desk = Desk::open(&ct(("A", "1"), "1.2.840.1", 2));
    let next = |desk: &mut Desk| {
        let pane = desk.pane();
        desk.ask(Ask::View(pane, ViewEdit::NextOwnVoi));
        desk.state().look.voi
    };
    assert_eq!(next(&mut desk), VoiChoice::Own(1));
    assert_eq!(next(&mut desk), VoiChoice::Own(2));
    let pane = desk.pane();
    desk.ask(Ask::View(pane, ViewEdit::Voi(VoiChoice::FullRange)));
    assert_eq!(next(&mut desk), VoiChoice::Own(0));
}

fn render(file: &Path, preset: &[&str]) -> (Option<i32>, String, Option<Picture>) {
    let out = file.with_extension("png");
    let _gone = std::fs::remove_file(&out);
    let done = Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .args(["render", "--renderer", "cpu", "--out"])
        .arg(&out)
        .arg(file)
        .args(preset)
        .output()
        .unwrap();
    let picture = image::open(&out).ok().map(|picture| {
        let picture = picture.to_rgba8();
        Picture {
            size_px: [picture.width(), picture.height()],
            rgba: picture.into_raw(),
        }
    });
    let said = String::from_utf8(done.stderr).unwrap();
    (done.status.code(), said, picture)
}

#[test]
fn render_takes_an_images_window_by_its_name_or_its_number() {
    let folder = temp_folder();
    let file = folder.path().join("image.dcm");
    std::fs::write(&file, of_many_minds().write(Encoding::ExplicitLittle)).unwrap();
    let wide = render(&file, &["--window", "2000,4000"]).2.unwrap();
    let first = render(&file, &[]).2.unwrap();
    assert_ne!(first, wide);
    assert_eq!(render(&file, &["--preset", "wide"]).2.unwrap(), wide);
    assert_eq!(render(&file, &["--preset", "default-2"]).2.unwrap(), wide);
    assert_eq!(render(&file, &["--preset", "default-1"]).2.unwrap(), first);
    let bright = render(&file, &["--preset", "BRIGHT"]).2.unwrap();
    assert_eq!(bright.at(0, 0), Some([0, 0, 0, 255]));
    assert_eq!(bright.at(1, 0), Some([255; 4]));
    for unknown in ["narrow", "default-5", "default-0", ""] {
        let (code, said, picture) = render(&file, &["--preset", unknown]);
        assert_eq!((code, picture), (Some(2), None), "{unknown}");
        assert!(said.contains("Wide") && said.contains("lung"), "{said}");
    }
}

fn decimal(group: u16, element: u16, value: &str) -> Element {
    Element::text(group, element, "DS", value)
}

/// A macro's sequence of one item.
fn one(element: u16, item: Vec<Element>) -> Element {
    sequence(0x0028, element, vec![item])
}

#[test]
fn what_a_frame_says_of_window_and_rescale_goes_before_what_all_frames_share() {
    let voi = |center: &str| {
        one(
            0x9132_u16,
            vec![
                decimal(0x0028, 0x1050, center),
                decimal(0x0028, 0x1051, "10"),
            ],
        )
    };
    let rescale = |slope: &str, kind: &str| {
        one(
            0x9145,
            vec![
                decimal(0x0028, 0x1052, "-5"),
                decimal(0x0028, 0x1053, slope),
                Element::text(0x0028, 0x1054, "LO", kind),
            ],
        )
    };
    // The first frame says both, the second the window alone, the third nothing.
    let image = ramp()
        .pixels_all(3, vec![7; 3 * 256])
        .window(999.0, 9.0)
        .rescale(9.0, 9.0)
        .element(sequence(
            0x5200,
            0x9229,
            vec![vec![voi("100"), rescale("2", "HU")]],
        ))
        .element(sequence(
            0x5200,
            0x9230,
            vec![
                vec![voi("200"), rescale("3", "OD")],
                vec![voi("300")],
                vec![],
            ],
        ));
    let bytes = image.write(Encoding::ExplicitLittle);
    let frames: Vec<FrameImage> = (0..3).map(|frame| frame_of(bytes.clone(), frame)).collect();
    let values: Vec<_> = frames.iter().map(|it| it.modality_value(0, 0)).collect();
    assert_eq!(values, [Some(16.0), Some(9.0), Some(9.0)]);
    let units: Vec<_> = frames.iter().map(|it| it.units.symbol()).collect();
    assert_eq!(units, ["OD", "HU", "HU"]);
    let vois: Vec<_> = frames.iter().map(|it| it.vois[0].voi.clone()).collect();
    assert_eq!(
        vois,
        [
            window(200.0, 10.0),
            window(300.0, 10.0),
            window(100.0, 10.0)
        ]
    );
}

#[test]
fn padding_from_its_value_to_its_limit_is_no_part_of_the_picture_in_either_order_and_sign() {
    for (value, limit) in [(-20_i16, -10_i16), (-10, -20)] {
        let image = SyntheticImage::new(1, 5)
            .bits(16, 16)
            .signed()
            .pixels(|_, column| [-21, -20, -15, -10, -9][column])
            .element(Element::new(0x0028, 0x0120, "SS", Value::I16(vec![value])))
            .element(Element::new(0x0028, 0x0121, "SS", Value::I16(vec![limit])));
        for encoding in Encoding::ALL {
            let image = frame_of(image.write(encoding), 0);
            let values: Vec<_> = (0..5)
                .map(|column| image.modality_value(column, 0))
                .collect();
            assert_eq!(
                values,
                [Some(-21.0), None, None, None, Some(-9.0)],
                "{encoding:?}"
            );
        }
    }
}
