//! ICC profiles (PS3.3 C.11.15): from the file to the picture, by the adapter and by its twin.

use isocentre::imaging::{Colours, Filter, FrameImage, Probe, Samples, SliceView, probe};
use isocentre::problem::{Message, msg};

use super::common::drawn::{drawn, frame_of, plain_look};
use super::common::{Element, Encoding, SyntheticImage, Value};

/// sRGB with its primaries renamed: what is stored as red is blue, green is red, blue is green.
fn swapped_primaries() -> Vec<u8> {
    let mut profile = moxcms::ColorProfile::new_srgb();
    let stored = (
        profile.red_colorant,
        profile.green_colorant,
        profile.blue_colorant,
    );
    (
        profile.green_colorant,
        profile.blue_colorant,
        profile.red_colorant,
    ) = stored;
    profile.encode().unwrap()
}

fn icc(profile: Vec<u8>) -> Element {
    Element::new(0x0028, 0x2000, "OB", Value::Bytes(profile))
}

const PIXELS: [[i64; 3]; 4] = [[200, 10, 60], [0, 0, 0], [255, 255, 255], [17, 130, 240]];

fn colour() -> SyntheticImage {
    let values = PIXELS.as_flattened().to_vec();
    SyntheticImage::new(2, 2)
        .bits(8, 8)
        .samples_per_pixel(3)
        .photometric("RGB")
        .pixels_all(1, values)
}

fn load(image: &SyntheticImage) -> FrameImage {
    frame_of(image.write(Encoding::ExplicitLittle), 0)
}

fn shown(image: &FrameImage, colours: Colours) -> Vec<[u8; 3]> {
    let mut look = plain_look().with_filter(Filter::Nearest);
    look.colours = colours;
    let picture = drawn(image, &SliceView::one_to_one(image, look));
    let pixels = picture.rgba.chunks(4);
    pixels.map(|p| [p[0], p[1], p[2]]).collect()
}

fn is_near(got: &[[u8; 3]], want: &[[i64; 3]]) -> bool {
    let pairs = got.as_flattened().iter().zip(want.as_flattened());
    got.len() == want.len() && { pairs }.all(|(a, b)| (i64::from(*a) - b).abs() <= 1)
}

#[test]
fn an_image_with_a_profile_is_shown_in_the_colours_it_means() {
    let image = load(&colour().element(icc(swapped_primaries())));
    let meant = PIXELS.map(|[r, g, b]| [g, b, r]);
    let shown = shown(&image, Colours::Managed);
    assert!(is_near(&shown, &meant), "{shown:?}");
}

#[test]
fn stored_samples_and_probe_know_nothing_of_the_profile() {
    let image = load(&colour().element(icc(swapped_primaries())));
    assert_eq!(shown(&image, Colours::AsStored)[0], [200, 10, 60]);
    assert_eq!(probe(&image, 0.0, 0.0), Some(Probe::Colour([200, 10, 60])));
    let stored: Vec<u8> = PIXELS.as_flattened().iter().map(|v| *v as u8).collect();
    assert_eq!(image.samples, Samples::Rgb8(stored.into()));
}

#[test]
fn an_image_without_a_profile_is_shown_as_it_is_stored() {
    let image = load(&colour());
    assert_eq!(image.colour, None);
    assert!(is_near(&shown(&image, Colours::Managed), &PIXELS));
}

#[test]
fn the_colours_of_a_palette_go_through_the_profile_too() {
    let table = |element: u16, values: [u8; 2]| {
        let descriptor = Element::new(0x0028, element, "US", Value::U16(vec![2, 0, 8]));
        let data = Element::new(0x0028, element + 0x100, "OW", Value::Bytes(values.into()));
        [descriptor, data]
    };
    let mut image = SyntheticImage::new(1, 2)
        .bits(8, 8)
        .photometric("PALETTE COLOR")
        .pixels(|_, column| column as i64)
        .element(icc(swapped_primaries()));
    for element in [
        table(0x1101, [200, 17]),
        table(0x1102, [10, 130]),
        table(0x1103, [60, 240]),
    ] {
        image = element.into_iter().fold(image, SyntheticImage::element);
    }
    let shown = shown(&load(&image), Colours::Managed);
    assert!(
        is_near(&shown, &[[10, 60, 200], [130, 240, 17]]),
        "{shown:?}"
    );
}

#[test]
fn a_broken_profile_leaves_the_image_as_stored_and_is_named() {
    let mut broken = swapped_primaries();
    broken.truncate(200);
    let image = load(&colour().element(icc(broken)));
    assert!(is_near(&shown(&image, Colours::Managed), &PIXELS));
    let why = image.colour.unwrap().unwrap_err();
    let reason = Message::new(msg("colour-profile-unreadable"));
    assert_eq!(
        why,
        Message::new(msg("colour-profile-not-applied")).message("reason", reason)
    );
}

#[test]
fn grey_images_have_no_colours_to_manage() {
    let image = SyntheticImage::new(2, 2).element(icc(swapped_primaries()));
    assert_eq!(load(&image).colour, None);
}
