//! Overlay planes (PS3.3 C.9.2): from the file to the picture, by the adapter and by its twin.

use std::process::Command;

use glam::{DAffine2, DMat2, DVec2};
use isocentre::dicom::{ByteSource, read_header};
use isocentre::imaging::marks::overlay_bit;
use isocentre::imaging::{Filter, FrameImage, MarksLook, SliceView};
use isocentre::view::MarksChoice;
use isocentre::workspace::{LayoutEdit, ViewEdit};

use super::common::drawn::{drawn, frame_of, plain_look, signs};
use super::common::{Desk, Element, Encoding, Screen, SyntheticImage, Value, ct, temp_folder};

/// Bits of an overlay drawn with `#`, packed as PS3.5 8.1.2 says, several frames one behind the
/// other without padding between them.
fn packed(rows: &[&str]) -> Vec<u16> {
    let bits: Vec<u16> = rows
        .iter()
        .flat_map(|row| row.chars())
        .map(|c| u16::from(c == '#'))
        .collect();
    let word = |bits: &[u16]| {
        bits.iter()
            .enumerate()
            .fold(0, |word, (at, bit)| word | bit << at)
    };
    bits.chunks(16).map(word).collect()
}

trait WithOverlay {
    fn overlay(self, group: u16, origin: [i16; 2], size: [u16; 2], rows: &[&str]) -> Self;
}

impl WithOverlay for SyntheticImage {
    fn overlay(
        self,
        group: u16,
        origin: [i16; 2],
        [height, width]: [u16; 2],
        rows: &[&str],
    ) -> Self {
        self.element(Element::u16(group, 0x0010, height))
            .element(Element::u16(group, 0x0011, width))
            .text(group, 0x0040, "CS", "G")
            .element(Element::new(group, 0x0050, "SS", Value::I16(origin.into())))
            .element(Element::u16(group, 0x0100, 1))
            .element(Element::u16(group, 0x0102, 0))
            .element(Element::new(group, 0x3000, "OW", Value::U16(packed(rows))))
    }
}

/// Grey levels 100 to 139 from left to right and down: nothing of it is white.
fn grey(rows: u16, columns: u16) -> SyntheticImage {
    SyntheticImage::new(rows, columns).pixels(|row, column| 100 + ((row * 7 + column) % 40) as i64)
}

fn white(rgba: [u8; 4]) -> char {
    if rgba == [255; 4] { '#' } else { '.' }
}

fn one_to_one(image: &FrameImage) -> Vec<String> {
    signs(
        &drawn(image, &SliceView::one_to_one(image, plain_look())),
        white,
    )
}

#[test]
fn an_overlay_is_drawn_at_its_pixels_whatever_the_file_is_encoded_in() {
    let rows = ["#..#.", ".##..", "....#"];
    let image = grey(6, 7).overlay(0x6000, [2, 3], [3, 5], &rows);
    for encoding in Encoding::ALL {
        let image = frame_of(image.write(encoding), 0);
        let want = [
            ".......", "..#..#.", "...##..", "......#", ".......", ".......",
        ];
        assert_eq!(one_to_one(&image), want, "{encoding:?}");
        assert_eq!(image.marks.unwrap().faults, []);
    }
}

#[test]
fn what_of_an_overlay_lies_outside_the_image_is_cut_off() {
    let image = grey(3, 3)
        .overlay(0x6000, [-1, 0], [4, 2], &["##", "##", "##", ".#"])
        .overlay(0x601E, [3, 3], [2, 2], &["##", "##"]);
    let image = frame_of(image.write(Encoding::ExplicitLittle), 0);
    assert_eq!(one_to_one(&image), ["#..", "#..", "..#"]);
}

#[test]
fn each_frame_has_its_own_overlay_and_they_need_not_begin_on_a_byte() {
    let image = grey(3, 3)
        .pixels_all(4, vec![100; 36])
        .overlay(
            0x6000,
            [1, 1],
            [3, 3],
            &["#..", "...", "...", ".#.", ".#.", ".#."],
        )
        .text(0x6000, 0x0015, "IS", "2")
        .element(Element::u16(0x6000, 0x0051, 2));
    let bytes = image.write(Encoding::ExplicitLittle);
    let of_frame = |frame| one_to_one(&frame_of(bytes.clone(), frame));
    assert_eq!(of_frame(0), ["...", "...", "..."]);
    assert_eq!(of_frame(1), ["#..", "...", "..."]);
    assert_eq!(of_frame(2), [".#.", ".#.", ".#."]);
    assert_eq!(of_frame(3), ["...", "...", "..."]);
}

#[test]
fn an_overlay_without_frames_of_its_own_is_drawn_on_every_frame() {
    let image = grey(1, 3)
        .pixels_all(2, vec![100; 6])
        .overlay(0x6000, [1, 1], [1, 3], &[".#."]);
    let bytes = image.write(Encoding::ExplicitLittle);
    for frame in 0..2 {
        assert_eq!(one_to_one(&frame_of(bytes.clone(), frame)), [".#."]);
    }
}

/// Values of 12 bits with the column's parity in bit 13 and the row's in bit 15.
fn with_embedded() -> SyntheticImage {
    let embedded = |image: SyntheticImage, group, bit| {
        image
            .element(Element::u16(group, 0x0010, 3))
            .element(Element::u16(group, 0x0011, 4))
            .text(group, 0x0040, "CS", "G")
            .element(Element::new(group, 0x0050, "SS", Value::I16(vec![1, 1])))
            .element(Element::u16(group, 0x0100, 16))
            .element(Element::u16(group, 0x0102, bit))
    };
    let image = SyntheticImage::new(3, 4)
        .pixels(|row, column| 100 + ((column % 2) << 13) as i64 + ((row % 2) << 15) as i64);
    embedded(embedded(image, 0x6000, 13), 0x6002, 15)
}

#[test]
fn an_overlay_in_free_bits_of_the_pixels_is_drawn_and_is_no_part_of_their_values() {
    for encoding in Encoding::ALL {
        let image = frame_of(with_embedded().write(encoding), 0);
        assert_eq!(one_to_one(&image), [".#.#", "####", ".#.#"], "{encoding:?}");
        assert_eq!(image.modality_value(1, 1), Some(100.0));
    }
}

#[test]
fn an_overlay_in_the_bits_of_the_samples_is_refused() {
    let image = with_embedded().element(Element::u16(0x6002, 0x0102, 11));
    let image = frame_of(image.write(Encoding::ExplicitLittle), 0);
    assert_eq!(one_to_one(&image), [".#.#", ".#.#", ".#.#"]);
    assert_eq!(image.marks.unwrap().faults.len(), 1);
}

#[test]
fn all_sixteen_overlays_are_drawn_and_each_can_be_hidden() {
    let image = (0..16_u16).fold(grey(4, 16), |image, index| {
        image.overlay(
            0x6000 + 2 * index,
            [2, index as i16 + 1],
            [2, 1],
            &["#", "#"],
        )
    });
    let image = frame_of(image.write(Encoding::ExplicitLittle), 0);
    let all = "#".repeat(16);
    let none = ".".repeat(16);
    assert_eq!(one_to_one(&image), [none.as_str(), &all, &all, &none]);
    for hidden in 0..16_u8 {
        let mut look = plain_look();
        look.marks.shown &= !overlay_bit(hidden);
        let mut row = all.clone();
        row.replace_range(usize::from(hidden)..=usize::from(hidden), ".");
        let got = signs(&drawn(&image, &SliceView::one_to_one(&image, look)), white);
        assert_eq!(got, [none.as_str(), &row, &row, &none]);
    }
}

#[test]
fn an_overlay_turns_mirrors_and_grows_with_the_image_and_takes_no_part_in_its_filter() {
    let rows = [
        "#.......", "........", "..#.....", "...#....", "........", ".......#",
    ];
    let plain = grey(6, 8);
    let with = frame_of(
        plain
            .clone()
            .overlay(0x6000, [1, 1], [6, 8], &rows)
            .write(Encoding::ExplicitLittle),
        0,
    );
    let without = frame_of(plain.write(Encoding::ExplicitLittle), 0);
    let turns = [
        DMat2::IDENTITY,
        DMat2::from_angle(std::f64::consts::FRAC_PI_2),
        DMat2::from_angle(0.3),
        DMat2::from_diagonal(DVec2::new(-1.0, 1.0)),
        DMat2::from_diagonal(DVec2::new(1.0, -1.0)),
    ];
    let mut marked = 0;
    for turn in turns {
        for scale in [0.21, 1.0, 2.7] {
            for filter in [Filter::Nearest, Filter::Linear, Filter::Cubic] {
                let middle = DVec2::new(3.5, 2.5);
                let size = 41.0;
                let image_from_screen = DAffine2::from_mat2_translation(turn * scale, middle)
                    * DAffine2::from_translation(DVec2::splat(-(size - 1.0) / 2.0));
                let view = SliceView {
                    size_px: [size as u32; 2],
                    image_from_screen,
                    look: plain_look().with_filter(filter),
                };
                let (got, bare) = (drawn(&with, &view), drawn(&without, &view));
                for y in 0..41 {
                    for x in 0..41 {
                        let at = image_from_screen
                            .transform_point2(DVec2::new(f64::from(x), f64::from(y)));
                        let nearest = (at + 0.5).floor();
                        // Nobody promises which of two pixels owns the line between them.
                        if ((at + 0.5) - (at + 0.5).round()).abs().min_element() < 1e-3 {
                            continue;
                        }
                        // Zoomed out it is sought beside the nearest pixel, too.
                        let reach = if scale > 1.0 { -1..=1 } else { 0..=0 };
                        let is_inside = nearest.cmpge(DVec2::ZERO).all()
                            && nearest.cmplt(DVec2::new(8.0, 6.0)).all();
                        let is_set = is_inside
                            && reach.clone().any(|down| {
                                reach.clone().any(|right| {
                                    let (x, y) =
                                        (nearest.x + f64::from(right), nearest.y + f64::from(down));
                                    let row = (y >= 0.0).then(|| rows.get(y as usize)).flatten();
                                    x >= 0.0
                                        && row.and_then(|row| row.chars().nth(x as usize))
                                            == Some('#')
                                })
                            });
                        marked += usize::from(is_set);
                        let want = if is_set {
                            Some([255; 4])
                        } else {
                            bare.at(x, y)
                        };
                        assert_eq!(got.at(x, y), want, "({x}, {y}) {turn:?} {scale} {filter:?}");
                    }
                }
            }
        }
    }
    assert!(marked > 1000);
}

#[test]
fn a_line_of_one_pixel_is_whole_however_far_the_picture_is_zoomed_out() {
    let rows: Vec<String> = (0..60)
        .map(|row| {
            let of = |column| if row == 23 || column == 37 { '#' } else { '.' };
            (0..60).map(of).collect()
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let image = grey(60, 60).overlay(0x6000, [1, 1], [60, 60], &rows);
    let image = frame_of(image.write(Encoding::ExplicitLittle), 0);
    for step in [1.3, 2.0, 3.9, 7.5, 13.0] {
        let side = (60.0 / step) as u32;
        let view = SliceView {
            size_px: [side; 2],
            image_from_screen: DAffine2::from_scale_angle_translation(
                DVec2::splat(step),
                0.0,
                DVec2::splat(step / 2.0 - 0.5),
            ),
            look: plain_look(),
        };
        let picture = signs(&drawn(&image, &view), white);
        let is_whole = |line: &dyn Fn(usize) -> char| (0..side as usize).all(|at| line(at) == '#');
        let pixel = |x: usize, y: usize| picture[y].chars().nth(x).unwrap();
        let across = (0..side as usize).any(|y| is_whole(&|x| pixel(x, y)));
        let down = (0..side as usize).any(|x| is_whole(&|y| pixel(x, y)));
        assert!(across && down, "{step}: {picture:?}");
    }
}

#[test]
fn an_overlay_lies_over_colour_too() {
    let image = SyntheticImage::new(2, 2)
        .photometric("RGB")
        .samples_per_pixel(3)
        .bits(8, 8)
        .pixels_all(1, vec![10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120])
        .overlay(0x6000, [1, 1], [2, 2], &[".#", "#."]);
    let image = frame_of(image.write(Encoding::ExplicitLittle), 0);
    let mut look = plain_look();
    look.marks = MarksLook {
        overlays_rgb: [[1, 2, 3]; 16],
        ..MarksLook::default()
    };
    let picture = drawn(&image, &SliceView::one_to_one(&image, look));
    assert_eq!(picture.at(0, 0), Some([10, 20, 30, 255]));
    assert_eq!(picture.at(1, 0), Some([1, 2, 3, 255]));
    assert_eq!(picture.at(0, 1), Some([1, 2, 3, 255]));
}

#[test]
fn an_absurd_overlay_costs_itself_and_is_named_and_the_image_is_shown() {
    let sane = grey(2, 2).overlay(0x6002, [1, 1], [1, 1], &["#"]);
    let absurd: [fn(SyntheticImage) -> SyntheticImage; 6] = [
        |image| image.overlay(0x6000, [1, 1], [65_535, 65_535], &["#"]),
        |image| image.overlay(0x6000, [1, 1], [0, 4], &["#"]),
        |image| image.overlay(0x6000, [1, 1], [8, 8], &["#"]),
        |image| {
            image
                .overlay(0x6000, [1, 1], [1, 1], &["#"])
                .text(0x6000, 0x0015, "IS", "2147483647")
        },
        |image| {
            image
                .overlay(0x6000, [1, 1], [1, 1], &["#"])
                .element(Element::u16(0x6000, 0x0100, 8))
        },
        |image| {
            image
                .overlay(0x6000, [1, 1], [1, 1], &["#"])
                .without(0x6000, 0x3000)
        },
    ];
    for (number, make) in absurd.into_iter().enumerate() {
        let image = frame_of(make(sane.clone()).write(Encoding::ExplicitLittle), 0);
        assert_eq!(one_to_one(&image), ["#.", ".."], "{number}");
        let faults = &image.marks.unwrap().faults;
        assert_eq!(faults.len(), 1, "{number}");
        assert_eq!(faults[0].id.0, "overlay-not-shown");
    }
    let short = sane.clone().overlay(0x6000, [1, 1], [8, 8], &["#"]);
    let source = ByteSource::Memory(short.write(Encoding::ExplicitLittle).into());
    let notes = read_header(source).unwrap().notes;
    assert_eq!(notes.len(), 1, "the reader is told when the file is opened");
    // Far outside is odd, but nothing is wrong with it.
    let far = sane.overlay(0x6000, [i16::MIN, i16::MAX], [3, 3], &["###", "###", "###"]);
    let image = frame_of(far.write(Encoding::ExplicitLittle), 0);
    assert_eq!(one_to_one(&image), ["#.", ".."]);
}

#[test]
fn render_draws_overlays_unless_told_not_to_and_names_what_it_could_not() {
    let folder = temp_folder();
    let rows = ["#.", ".#"];
    let good = folder.path().join("good.dcm");
    std::fs::write(
        &good,
        grey(2, 2)
            .overlay(0x6000, [1, 1], [2, 2], &rows)
            .write(Encoding::ExplicitLittle),
    )
    .unwrap();
    let bad = folder.path().join("bad.dcm");
    std::fs::write(
        &bad,
        grey(2, 2)
            .overlay(0x6000, [1, 1], [9, 9], &rows)
            .write(Encoding::ExplicitLittle),
    )
    .unwrap();
    let render = |file: &std::path::Path, more: &[&str]| {
        let out = folder.path().join("out.png");
        let done = Command::new(env!("CARGO_BIN_EXE_isocentre"))
            .arg("render")
            .arg(file)
            .arg("--out")
            .arg(&out)
            .args(more)
            .output()
            .unwrap();
        let picture = image::open(&out).unwrap().to_rgba8();
        let is_white = |x, y| picture.get_pixel(x, y).0 == [255; 4];
        let seen = [
            is_white(0, 0),
            is_white(1, 0),
            is_white(0, 1),
            is_white(1, 1),
        ];
        (
            done.status.code(),
            String::from_utf8(done.stderr).unwrap(),
            seen,
        )
    };
    for renderer in ["gpu", "cpu"] {
        let window = ["--window", "128,256", "--renderer", renderer];
        let (code, _, seen) = render(&good, &window);
        assert_eq!((code, seen), (Some(0), [true, false, false, true]));
        let off = [&window[..], &["--overlays", "off"]].concat();
        assert_eq!(render(&good, &off).2, [false; 4]);
        let (code, said, seen) = render(&bad, &window);
        assert_eq!((code, seen), (Some(3), [false; 4]));
        assert!(said.contains("6000"), "{said}");
    }
}

#[test]
fn overlays_are_shown_until_the_reader_hides_all_or_one_and_reset_shows_them() {
    let mut desk = Desk::open(&ct(("A", "1"), "1.2.840.1", 2));
    let ask = |desk: &mut Desk, edit| {
        let pane = desk.pane();
        desk.ask(isocentre::workspace::Command::View(pane, edit));
        desk.state().look.marks
    };
    assert_eq!(desk.state().look.marks, MarksChoice::default());
    let one = ask(&mut desk, ViewEdit::ToggleOverlay(3));
    assert!(one.shows(2) && !one.shows(3));
    let none = ask(&mut desk, ViewEdit::ToggleOverlays);
    assert!(!(0..16).any(|index| none.shows(index)));
    let alone = ask(&mut desk, ViewEdit::ToggleOverlay(5));
    assert!((0..16).all(|index| alone.shows(index) == (index == 5)));
    assert_eq!(ask(&mut desk, ViewEdit::Reset), MarksChoice::default());
}

#[test]
fn planes_say_that_overlays_of_the_images_are_not_drawn_on_them() {
    let home = temp_folder();
    let images: Vec<SyntheticImage> = ct(("A", "1"), "1.2.840.1", 8)
        .into_iter()
        .map(|image| image.overlay(0x6000, [1, 1], [2, 2], &["#.", ".#"]))
        .collect();
    let mut screen = Screen::of(home.path(), &images);
    assert!(!screen.says("stack only"));
    screen.ask(isocentre::workspace::Command::Layout(LayoutEdit::ToggleMpr));
    assert!(screen.says("overlays: stack only"));
}
