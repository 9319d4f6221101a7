//! Display shutters (PS3.3 C.7.6.11, C.7.6.15): from the file to the picture, by the adapter and by
//! its twin.

use glam::DVec2;
use isocentre::imaging::{FrameImage, Region, SliceView, region_statistics};
use isocentre::view::MarksChoice;

use super::common::drawn::{drawn, frame_of, plain_look, signs};
use super::common::{Element, Encoding, SyntheticImage, Value};

/// All of one grey.
fn grey(rows: u16, columns: u16) -> SyntheticImage {
    SyntheticImage::new(rows, columns).pixels(|_, _| 100)
}

trait WithShutter {
    fn shape(self, shapes: &str) -> Self;
    fn number(self, element: u16, value: &str) -> Self;
    fn rectangle(self, left: i32, right: i32, upper: i32, lower: i32) -> Self;
}

impl WithShutter for SyntheticImage {
    fn shape(self, shapes: &str) -> Self {
        self.text(0x0018, 0x1600, "CS", shapes)
    }

    fn number(self, element: u16, value: &str) -> Self {
        self.text(0x0018, element, "IS", value)
    }

    fn rectangle(self, left: i32, right: i32, upper: i32, lower: i32) -> Self {
        [
            (0x1602, left),
            (0x1604, right),
            (0x1606, upper),
            (0x1608, lower),
        ]
        .into_iter()
        .fold(self, |image, (element, value)| {
            image.number(element, &value.to_string())
        })
    }
}

fn load(image: &SyntheticImage) -> FrameImage {
    frame_of(image.write(Encoding::ExplicitLittle), 0)
}

/// `#` the image, `.` black, `o` anything else.
fn seen(image: &FrameImage) -> Vec<String> {
    signs(
        &drawn(image, &SliceView::one_to_one(image, plain_look())),
        |rgba| match rgba {
            [100, 100, 100, 255] => '#',
            [0, 0, 0, 255] => '.',
            _ => 'o',
        },
    )
}

#[test]
fn a_rectangular_shutter_covers_what_lies_outside_its_edges() {
    let image = load(&grey(4, 6).shape("RECTANGULAR").rectangle(2, 5, 2, 3));
    assert_eq!(seen(&image), ["......", ".####.", ".####.", "......"]);
}

#[test]
fn a_circular_shutter_is_round_on_screen_whatever_the_pixels_are() {
    let circle = |image: SyntheticImage| {
        image
            .shape("CIRCULAR")
            .number(0x1610, "3\\4")
            .number(0x1612, "2")
    };
    let square = load(&circle(grey(5, 6)));
    assert_eq!(
        seen(&square),
        ["...#..", "..###.", ".#####", "..###.", "...#.."]
    );
    let flat = load(&circle(grey(5, 6)).spacing(0.5, 1.0));
    assert_eq!(
        seen(&flat),
        ["..###.", "..###.", ".#####", "..###.", "..###."]
    );
}

#[test]
fn what_all_shapes_leave_open_is_seen() {
    let image = grey(5, 6)
        .shape("RECTANGULAR\\POLYGONAL")
        .rectangle(1, 4, 1, 4)
        .number(0x1620, "1\\3\\3\\5\\5\\3\\3\\1");
    assert_eq!(
        seen(&load(&image)),
        ["..#...", ".###..", "####..", ".###..", "......"]
    );
}

#[test]
fn a_bitmap_shutter_covers_where_its_overlay_is_set_and_the_overlay_is_not_drawn() {
    let image = grey(2, 4)
        .shape("BITMAP")
        .element(Element::u16(0x0018, 0x1623, 0x6004))
        .element(Element::u16(0x6004, 0x0010, 2))
        .element(Element::u16(0x6004, 0x0011, 4))
        .element(Element::new(
            0x6004,
            0x3000,
            "OW",
            Value::U16(vec![0b1001_1111]),
        ));
    let image = load(&image);
    assert_eq!(seen(&image), ["....", ".##."]);
    assert!(image.marks.unwrap().overlays.is_empty());
}

#[test]
fn a_shutter_is_drawn_in_the_grey_or_the_colour_it_asks_for() {
    let base = grey(1, 2).shape("RECTANGULAR").rectangle(1, 1, 1, 1);
    let covered = |image: &SyntheticImage, invert| {
        let image = load(image);
        let mut look = plain_look();
        look.invert = invert;
        drawn(&image, &SliceView::one_to_one(&image, look))
            .at(1, 0)
            .unwrap()
    };
    let half = base.clone().element(Element::u16(0x0018, 0x1622, 0x8000));
    assert_eq!(covered(&half, false), [128, 128, 128, 255]);
    assert_eq!(
        covered(&half, true),
        [128, 128, 128, 255],
        "a P-value is not the image's light"
    );
    let lab = Value::U16(vec![0xFFFF, 0x8080, 0x8080]);
    let white = half.element(Element::new(0x0018, 0x1624, "US", lab));
    assert_eq!(covered(&white, false), [255; 4]);
}

#[test]
fn a_shutter_can_be_opened_and_values_under_it_are_values_all_the_same() {
    let image = load(&grey(4, 4).shape("RECTANGULAR").rectangle(2, 2, 2, 2));
    let mut look = plain_look();
    look.marks = MarksChoice {
        shutter: false,
        ..MarksChoice::default()
    }
    .look();
    let open = drawn(&image, &SliceView::one_to_one(&image, look));
    assert_eq!(open.at(0, 0), Some([100, 100, 100, 255]));
    let all = Region::rectangle(DVec2::splat(-0.5), DVec2::splat(3.5));
    assert_eq!(region_statistics(&image, &all).unwrap().count, 16);
}

#[test]
fn each_frame_may_have_a_shutter_of_its_own() {
    let shutter = |left: &str| {
        let shutter = [
            ("CS", 0x1600, "RECTANGULAR"),
            ("IS", 0x1602, left),
            ("IS", 0x1604, left),
            ("IS", 0x1606, "1"),
            ("IS", 0x1608, "1"),
        ];
        let item = shutter.map(|(vr, element, text)| Element::text(0x0018, element, vr, text));
        vec![Element::new(
            0x0018,
            0x9472,
            "SQ",
            Value::Items(vec![item.into()]),
        )]
    };
    let image = grey(1, 3).pixels_all(2, vec![100; 6]).element(Element::new(
        0x5200,
        0x9230,
        "SQ",
        Value::Items(vec![shutter("1"), shutter("3")]),
    ));
    let bytes = image.write(Encoding::ExplicitLittle);
    assert_eq!(seen(&frame_of(bytes.clone(), 0)), ["#.."]);
    assert_eq!(seen(&frame_of(bytes, 1)), ["..#"]);
}

#[test]
fn a_shutter_that_covers_everything_or_makes_no_sense_is_left_open_and_said() {
    for (number, image) in [
        grey(2, 2).shape("RECTANGULAR").rectangle(0, 0, 0, 0),
        grey(2, 2).shape("RECTANGULAR").rectangle(9, 9, 9, 9),
        grey(2, 2).shape("RECTANGULAR").rectangle(2, 1, 1, 2),
        grey(2, 2).shape("RECTANGULAR"),
        grey(2, 2)
            .shape("CIRCULAR")
            .number(0x1610, "1\\1")
            .number(0x1612, "-5"),
        grey(2, 2).shape("POLYGONAL").number(0x1620, "1\\1\\2"),
        grey(2, 2)
            .shape("BITMAP")
            .element(Element::u16(0x0018, 0x1623, 0x6000)),
        grey(2, 2)
            .shape("CIRCULAR")
            .number(0x1610, "2147483647\\-2147483648")
            .number(0x1612, "1"),
    ]
    .into_iter()
    .enumerate()
    {
        let image = load(&image);
        assert_eq!(seen(&image), ["##", "##"], "{number}");
        assert_eq!(image.marks.unwrap().faults.len(), 1, "{number}");
    }
}

#[test]
fn overlays_are_drawn_over_a_shutter() {
    let image = grey(1, 3)
        .shape("RECTANGULAR")
        .rectangle(1, 1, 1, 1)
        .element(Element::u16(0x6000, 0x0010, 1))
        .element(Element::u16(0x6000, 0x0011, 3))
        .element(Element::new(0x6000, 0x3000, "OW", Value::U16(vec![0b100])));
    assert_eq!(seen(&load(&image)), ["#.o"]);
}
