//! What a state makes of the values of an image.

use isocentre::dicom::{DatasetBuilder, tags};
use isocentre::imaging::{Look, SliceView};
use isocentre::view::{VoiChoice, resolve_voi};

use super::super::common::drawn::{self, drawn, plain_look};
use super::super::common::{Element, SyntheticImage, Value};
use super::{
    COLOR, FrameImage, GRAYSCALE, PSEUDO_COLOR, dataset, image_item, overlay, parsed, shown,
    shown_frame, state, table, window,
};

const IMAGE: &str = "1.2.3.4.5.1";

/// Values 0, 16, 32 … 240 of 8 bits.
fn ramp() -> SyntheticImage {
    SyntheticImage::new(2, 8)
        .bits(8, 8)
        .pixels(|row, column| ((row * 8 + column) * 16) as i64)
}

/// The levels drawn, by adapter and twin, in the first window there is.
fn levels(image: &FrameImage) -> Vec<u8> {
    let voi = resolve_voi(VoiChoice::Own(0), image, || panic!("no window is left"));
    let picture = drawn(image, &SliceView::one_to_one(image, Look::new(voi)));
    picture.rgba.chunks(4).map(|rgba| rgba[0]).collect()
}

fn stored() -> Vec<u8> {
    (0..16).map(|value| value * 16).collect()
}

#[test]
fn without_a_voi_lut_the_whole_range_that_values_can_have_is_shown() {
    let image = ramp().window(30.0, 10.0);
    assert_eq!(
        levels(&shown(&image, &state(GRAYSCALE, &[IMAGE], |_| ()))),
        stored()
    );
    let twice = state(GRAYSCALE, &[IMAGE], |b| {
        b.float(tags::RESCALE_SLOPE, 2.0)
            .float(tags::RESCALE_INTERCEPT, -100.0)
            .text(tags::RESCALE_TYPE, "US");
    });
    assert_eq!(levels(&shown(&image, &twice)), stored());
}

#[test]
fn without_a_modality_lut_the_stored_values_go_into_the_window() {
    let image = ramp().rescale(1.0, -1024.0);
    let plain = state(GRAYSCALE, &[IMAGE], |b| window(b, 128.0, 256.0));
    assert_eq!(levels(&shown(&image, &plain)), stored());
    assert_eq!(shown(&image, &plain).units.symbol(), "", "no longer HU");
    let rescaled = state(GRAYSCALE, &[IMAGE], |b| {
        b.float(tags::RESCALE_SLOPE, 1.0)
            .float(tags::RESCALE_INTERCEPT, -1024.0)
            .text(tags::RESCALE_TYPE, "HU");
        window(b, 128.0 - 1024.0, 256.0);
    });
    assert_eq!(levels(&shown(&image, &rescaled)), stored());
    assert_eq!(shown(&image, &rescaled).units.symbol(), "HU");
}

#[test]
fn the_modality_lut_of_the_state_takes_the_place_of_the_image_s_own() {
    let image = ramp().rescale(7.0, 300.0);
    let halved: Vec<u16> = (0..256).map(|value| value / 2).collect();
    let by_table = state(GRAYSCALE, &[IMAGE], |b| {
        b.items(tags::MODALITY_LUT_SEQUENCE, vec![table(0, 8, &halved)]);
        window(b, 128.0, 256.0);
    });
    let half: Vec<u8> = stored().iter().map(|value| value / 2).collect();
    assert_eq!(levels(&shown(&image, &by_table)), half);
}

#[test]
fn the_voi_lut_is_the_one_for_the_frame() {
    let image = SyntheticImage::new(1, 4)
        .bits(8, 8)
        .pixels_all(2, vec![0, 60, 120, 180, 0, 60, 120, 180]);
    let by_frame = |frame: i64, center: f64, width: f64| {
        dataset(|item| {
            item.items(
                tags::REFERENCED_IMAGE_SEQUENCE,
                vec![image_item(IMAGE, &[frame])],
            )
            .float(tags::WINDOW_CENTER, center)
            .float(tags::WINDOW_WIDTH, width);
        })
    };
    let both = state(GRAYSCALE, &[IMAGE], |b| {
        b.items(
            tags::SOFTCOPY_VOILUT_SEQUENCE,
            vec![by_frame(2, 128.0, 256.0), by_frame(1, 100.0, 1.0)],
        );
    });
    assert_eq!(levels(&shown_frame(&image, &both, 0)), [0, 0, 255, 255]);
    assert_eq!(levels(&shown_frame(&image, &both, 1)), [0, 60, 120, 180]);
}

#[test]
fn polarity_is_the_state_s_and_not_the_image_s() {
    let inverse: Vec<u8> = stored().iter().map(|value| 255 - value).collect();
    for photometric in ["MONOCHROME1", "MONOCHROME2"] {
        let image = ramp().photometric(photometric);
        for (shape, expected) in [("IDENTITY", stored()), ("INVERSE", inverse.clone())] {
            let shaped = state(GRAYSCALE, &[IMAGE], |b| {
                b.text(tags::PRESENTATION_LUT_SHAPE, shape);
            });
            assert_eq!(
                levels(&shown(&image, &shaped)),
                expected,
                "{photometric} {shape}"
            );
        }
    }
}

#[test]
fn a_presentation_lut_makes_p_values_of_what_the_window_gives() {
    let squares: Vec<u16> = (0..256_u32)
        .map(|v| (v * v * 1023 / 65_025) as u16)
        .collect();
    let squared = state(GRAYSCALE, &[IMAGE], |b| {
        b.remove(tags::PRESENTATION_LUT_SHAPE).items(
            tags::PRESENTATION_LUT_SEQUENCE,
            vec![table(0, 10, &squares)],
        );
    });
    let expected: Vec<u8> = stored()
        .iter()
        .map(|v| (f64::from(*v).powi(2) / 255.0).round() as u8)
        .collect();
    let got = levels(&shown(&ramp().photometric("MONOCHROME1"), &squared));
    let off = got.iter().zip(&expected).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(off <= Some(1), "{got:?} {expected:?}");
}

#[test]
fn a_pseudo_color_state_shows_grey_through_its_palette() {
    let channel = |level: fn(u16) -> u16| (0..256).map(level).collect::<Vec<u16>>();
    let coloured = state(PSEUDO_COLOR, &[IMAGE], |b| {
        for (descriptor, data, entries) in [
            (
                tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
                channel(|v| v * 256),
            ),
            (
                tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
                channel(|v| (255 - v) * 256),
            ),
            (
                tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
                channel(|_| 7 * 256),
            ),
        ] {
            b.integers(descriptor, &[256, 0, 16]).words(data, &entries);
        }
    });
    let image = shown(&ramp(), &coloured);
    let voi = resolve_voi(VoiChoice::Own(0), &image, || None);
    let picture = drawn(&image, &SliceView::one_to_one(&image, Look::new(voi)));
    for (value, rgba) in stored().into_iter().zip(picture.rgba.chunks(4)) {
        assert_eq!(rgba, [value, 255 - value, 7, 255]);
    }
}

#[test]
fn a_color_state_leaves_colours_as_they_are() {
    let colour = SyntheticImage::new(1, 2)
        .bits(8, 8)
        .photometric("RGB")
        .samples_per_pixel(3)
        .pixels_all(1, vec![10, 20, 30, 200, 100, 50]);
    let image = shown(&colour, &state(COLOR, &[IMAGE], |_| ()));
    let picture = drawn(&image, &SliceView::one_to_one(&image, plain_look()));
    assert_eq!(picture.rgba, [10, 20, 30, 255, 200, 100, 50, 255]);
}

#[test]
fn colours_are_those_of_the_profile_that_the_state_names() {
    let image = SyntheticImage::new(1, 2)
        .bits(8, 8)
        .photometric("RGB")
        .samples_per_pixel(3)
        .pixels_all(1, vec![40, 160, 40, 200, 100, 50]);
    let picture =
        |image: &FrameImage| drawn(image, &SliceView::one_to_one(image, plain_look())).rgba;
    let named = |b: &mut DatasetBuilder| {
        b.text(tags::COLOR_SPACE, "ADOBERGB");
    };
    let by_state = picture(&shown(&image, &state(COLOR, &[IMAGE], named)));
    let plain = picture(&shown(&image, &state(COLOR, &[IMAGE], |_| ())));
    assert_ne!(by_state, plain);
    let own = image.clone().text(0x0028, 0x2002, "CS", "ADOBERGB");
    assert_eq!(
        by_state,
        picture(&shown(&own, &state(COLOR, &[IMAGE], |_| ())))
    );
    // One that cannot be read costs itself and is named.
    let broken = parsed(&state(COLOR, &[IMAGE], |b| {
        b.bytes(tags::ICC_PROFILE, b"none");
    }));
    assert_eq!((broken.colour.is_none(), broken.faults.len()), (true, 1));
}

/// `#` where the image is seen, `o` the shutter's grey, `w` white, `.` black.
fn signs(image: &FrameImage) -> Vec<String> {
    let look = plain_look();
    let picture = drawn(image, &SliceView::one_to_one(image, look));
    drawn::signs(&picture, |rgba| match rgba[0] {
        100 => '#',
        117 => 'o',
        255 => 'w',
        0 => '.',
        _ => '?',
    })
}

fn grey() -> SyntheticImage {
    SyntheticImage::new(3, 6).bits(8, 8).pixels(|_, _| 100)
}

/// The shutter of an image or a state.
fn rectangle(b: &mut DatasetBuilder) {
    b.text(tags::SHUTTER_SHAPE, "RECTANGULAR")
        .integer(tags::SHUTTER_LEFT_VERTICAL_EDGE, 2)
        .integer(tags::SHUTTER_RIGHT_VERTICAL_EDGE, 4)
        .integer(tags::SHUTTER_UPPER_HORIZONTAL_EDGE, 2)
        .integer(tags::SHUTTER_LOWER_HORIZONTAL_EDGE, 3)
        .integer(tags::SHUTTER_PRESENTATION_VALUE, 30_000);
}

#[test]
fn the_shutter_is_the_state_s_and_not_the_image_s() {
    let shuttered = grey()
        .text(0x0018, 0x1600, "CS", "RECTANGULAR")
        .text(0x0018, 0x1602, "IS", "1")
        .text(0x0018, 0x1604, "IS", "1")
        .text(0x0018, 0x1606, "IS", "1")
        .text(0x0018, 0x1608, "IS", "1");
    let without = state(GRAYSCALE, &[IMAGE], |_| ());
    assert_eq!(signs(&shown(&shuttered, &without)), ["######"; 3]);
    let with = state(GRAYSCALE, &[IMAGE], rectangle);
    assert_eq!(
        signs(&shown(&shuttered, &with)),
        ["oooooo", "o###oo", "o###oo"]
    );
}

#[test]
fn a_bitmap_shutter_is_the_overlay_of_the_state() {
    let with = state(GRAYSCALE, &[IMAGE], |b| {
        overlay(b, 0x6002, &["##..##", "#....#", "##..##"], None);
        b.text(tags::SHUTTER_SHAPE, "BITMAP")
            .integer(tags::SHUTTER_OVERLAY_GROUP, 0x6002)
            .integer(tags::SHUTTER_PRESENTATION_VALUE, 30_000);
    });
    assert_eq!(
        signs(&shown(&grey(), &with)),
        ["oo##oo", "o####o", "oo##oo"]
    );
}

#[test]
fn only_overlays_that_the_state_activates_are_drawn_and_its_own_go_before_the_image_s() {
    let with_overlay = grey()
        .element(Element::u16(0x6000, 0x0010, 3))
        .element(Element::u16(0x6000, 0x0011, 6))
        .text(0x6000, 0x0040, "CS", "G")
        .element(Element::u16(0x6000, 0x0100, 1))
        .element(Element::u16(0x6000, 0x0102, 0))
        // The first row.
        .element(Element::new(
            0x6000,
            0x3000,
            "OW",
            Value::U16(vec![0b11_1111, 0]),
        ));
    let silent = state(GRAYSCALE, &[IMAGE], |_| ());
    assert_eq!(signs(&shown(&with_overlay, &silent)), ["######"; 3]);
    let active = state(GRAYSCALE, &[IMAGE], |b| {
        b.text(isocentre::dicom::Tag(0x6000, 0x1001), "L");
    });
    assert_eq!(
        signs(&shown(&with_overlay, &active)),
        ["wwwwww", "######", "######"]
    );
    let own = state(GRAYSCALE, &[IMAGE], |b| {
        overlay(b, 0x6000, &["......", "......", "##...."], Some("L"));
        overlay(b, 0x6002, &["#.....", "#.....", "#....."], None);
    });
    assert_eq!(
        signs(&shown(&with_overlay, &own)),
        ["######", "######", "ww####"]
    );
}

#[test]
fn each_overlay_has_the_colour_of_its_own_layer() {
    let layer = |name: &str, order: i64, rgb: &[i64]| {
        dataset(|b| {
            b.text(tags::GRAPHIC_LAYER, name)
                .integer(tags::GRAPHIC_LAYER_ORDER, order)
                .integers(isocentre::dicom::Tag(0x0070, 0x0067), rgb);
        })
    };
    let state = state(GRAYSCALE, &[IMAGE], |b| {
        overlay(b, 0x6000, &["##....", "......", "......"], Some("RED"));
        overlay(b, 0x6002, &[".##...", "......", "......"], Some("GREEN"));
        overlay(b, 0x6004, &["....#.", "......", "......"], Some("PLAIN"));
        b.items(
            tags::GRAPHIC_LAYER_SEQUENCE,
            vec![
                layer("RED", 1, &[65_535, 0, 0]),
                layer("GREEN", 2, &[0, 65_535, 0]),
            ],
        );
    });
    let colours = parsed(&state).overlays_rgb([9, 9, 9]);
    assert_eq!(colours[..3], [[255, 0, 0], [0, 255, 0], [9, 9, 9]]);
    let image = shown(&grey(), &state);
    let mut look = plain_look();
    look.marks.overlays_rgb = colours;
    let picture = drawn(&image, &SliceView::one_to_one(&image, look));
    let row: Vec<_> = (0..5)
        .map(|x| picture.at(x, 0).unwrap()[..3].to_vec())
        .collect();
    assert_eq!(row[0], [255, 0, 0]);
    assert_eq!(row[1], [0, 255, 0], "of two the higher is seen");
    assert_eq!(row[2], [0, 255, 0]);
    assert_eq!(row[4], [9, 9, 9]);
}

#[test]
fn a_state_is_for_the_frames_it_names_alone() {
    let named = dataset(|b| {
        let items = vec![image_item("1.2.9", &[2, 4]), image_item("1.2.8", &[])];
        let series = dataset(|item| {
            item.text(tags::SERIES_INSTANCE_UID, "1.2.3")
                .items(tags::REFERENCED_IMAGE_SEQUENCE, items);
        });
        b.text(tags::SOP_CLASS_UID, GRAYSCALE)
            .text(tags::SOP_INSTANCE_UID, "1.2.7")
            .items(tags::REFERENCED_SERIES_SEQUENCE, vec![series]);
    });
    let state = parsed(&named);
    let is_for = |uid: &str| {
        (0..5)
            .map(|frame| state.is_for(uid, frame))
            .collect::<Vec<_>>()
    };
    assert_eq!(is_for("1.2.9"), [false, true, false, true, false]);
    assert_eq!(is_for("1.2.8"), [true; 5]);
    assert_eq!(is_for("1.2.7"), [false; 5]);
}
