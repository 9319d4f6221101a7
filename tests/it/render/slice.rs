//! One frame on the adapter against its twin.

use std::sync::Arc;

use glam::{DAffine2, DVec2};
use isocentre::dicom::{Photometric, Samples};
use isocentre::imaging::grey_chain::HATCH_LEVEL;
use isocentre::imaging::{
    DisplayLut, Filter, FrameImage, Look, MissingEnd, ModalityTransform, PaddingRange,
    PresentationTable, Probe, Region, SliceView, VoiFunction, VoiTransform, full_range, probe,
    region_statistics, slice_twin,
};
use isocentre::render::pass::slice;
use isocentre::render::{FrameTexture, RenderError};

use super::{
    FILTERS, Numbers, Tolerance, compare_pictures, compare_values, count_values, curved_lut, gpu,
    rescale, samples_i16, tolerance, window,
};

/// Turned, zoomed and moved, some of it outside.
fn turned(image: &FrameImage, size_px: [u32; 2], angle: f64, zoom: f64) -> DAffine2 {
    let middle = |[x, y]: [u32; 2]| (DVec2::new(f64::from(x), f64::from(y)) - 1.0) * 0.5;
    DAffine2::from_translation(middle(image.size()) + DVec2::new(0.37, -1.21))
        * DAffine2::from_angle(angle)
        * DAffine2::from_scale(DVec2::splat(zoom))
        * DAffine2::from_translation(-middle(size_px))
}

/// The frame drawn both ways, from several sides, with every filter.
fn assert_slice_equals_twin(name: &str, image: &FrameImage, look: &Look) {
    let gpu = gpu();
    let texture = FrameTexture::new(gpu, image).unwrap();
    let size_px = [97, 83];
    for filter in FILTERS {
        for (angle, zoom) in [
            (0.0, 0.25),
            (0.6, 0.31),
            (-2.1, 0.07),
            (0.0, 1.0),
            (1.2, 3.7),
        ] {
            let view = SliceView {
                size_px,
                image_from_screen: turned(image, size_px, angle, zoom),
                look: look.clone().with_filter(filter),
            };
            let tolerance = tolerance(filter, &look.voi);
            let context = format!("{name}, {filter:?}, {angle} {zoom}");
            let want = slice_twin::render(image, &view);
            let got = slice::render(gpu, &texture, &view).unwrap();
            compare_pictures(&got, &want, tolerance).unwrap_or_else(|e| panic!("{context}: {e}"));
            if image.photometric == Photometric::Rgb {
                continue;
            }
            let transform = view.image_from_screen;
            let want = slice_twin::modality_values(image, size_px, transform, filter);
            let got = slice::render_values(gpu, &texture, size_px, transform, filter).unwrap();
            compare_values(&got, &want, tolerance).unwrap_or_else(|e| panic!("{context}: {e}"));
        }
    }
    assert_eq!(gpu.take_problems(), []);
}

#[test]
fn every_kind_of_stored_sample_is_drawn_as_the_twin_draws_it() {
    let size = [31, 23];
    let mut numbers = Numbers(11);
    let mut random = |n: u64| numbers.below(n);
    let count = 31 * 23;
    let look = Look::new(window(100.0, 300.0, VoiFunction::Linear));
    let wide = Look::new(window(30_000.0, 70_000.0, VoiFunction::Linear));
    let huge = Look::new(window(0.0, 4e9, VoiFunction::LinearExact));
    let u8s: Arc<[u8]> = (0..count).map(|_| random(256) as u8).collect();
    let i8s: Arc<[i8]> = (0..count).map(|_| random(256) as u8 as i8).collect();
    let u16s: Arc<[u16]> = (0..count).map(|_| random(65_536) as u16).collect();
    let i16s: Arc<[i16]> = (0..count).map(|_| random(65_536) as u16 as i16).collect();
    let u32s: Arc<[u32]> = (0..count).map(|_| random(1 << 32) as u32).collect();
    let i32s: Arc<[i32]> = (0..count).map(|_| random(1 << 32) as u32 as i32).collect();
    let f32s: Arc<[f32]> = (0..count)
        .map(|_| random(4000) as f32 / 7.0 - 200.0)
        .collect();
    let f64s: Arc<[f64]> = (0..count)
        .map(|_| random(4000) as f64 / 7.0 - 200.0)
        .collect();
    for (name, samples, look) in [
        ("u8", Samples::U8(u8s), &look),
        ("i8", Samples::I8(i8s), &look),
        ("u16", Samples::U16(u16s), &wide),
        ("i16", Samples::I16(i16s), &wide),
        ("u32", Samples::U32(u32s), &huge),
        ("i32", Samples::I32(i32s), &huge),
        ("f32", Samples::F32(f32s), &look),
        ("f64", Samples::F64(f64s), &look),
    ] {
        assert_slice_equals_twin(name, &FrameImage::plain(size, samples), look);
    }
}

#[test]
fn a_rescale_is_drawn_as_the_twin_draws_it() {
    let mut image = FrameImage::plain([40, 40], samples_i16([40, 40], 3, 0, 4096));
    for (slope, intercept) in [(1.0, -1024.0), (0.38, 0.0), (-2.5, 17.25), (1e-3, 0.5)] {
        image.modality = rescale(slope, intercept);
        let middle = slope * 2048.0 + intercept;
        let width = (slope * 3000.0).abs().max(1.0);
        for function in [
            VoiFunction::Linear,
            VoiFunction::LinearExact,
            VoiFunction::Sigmoid,
        ] {
            let look = Look::new(window(middle, width, function));
            assert_slice_equals_twin(&format!("{slope} {intercept} {function:?}"), &image, &look);
        }
    }
}

#[test]
fn modality_voi_and_display_tables_are_drawn_as_the_twin_draws_them() {
    let mut image = FrameImage::plain([40, 40], samples_i16([40, 40], 5, -300, 3000));
    let mut look = Look::new(VoiTransform::Lut(curved_lut(-200, 2500, 12)));
    assert_slice_equals_twin("voi table", &image, &look);
    look.display = DisplayLut::new((0..1024_u32).map(|v| (v * v / 16) as u16).collect());
    assert_slice_equals_twin("voi and display table", &image, &look);
    image.modality = ModalityTransform::Lut(curved_lut(-250, 2600, 16));
    look.voi = window(30_000.0, 60_000.0, VoiFunction::Linear);
    assert_slice_equals_twin("modality and display table", &image, &look);
    look.voi = VoiTransform::Lut(curved_lut(0, 65_536, 10));
    look.display = None;
    assert_slice_equals_twin("modality and voi table", &image, &look);
    image.photometric = Photometric::Monochrome1;
    assert_slice_equals_twin("MONOCHROME1 through tables", &image, &look);
}

#[test]
fn presentation_luts_and_palettes_are_drawn_as_the_twin_draws_them() {
    let mut image = FrameImage::plain([40, 40], samples_i16([40, 40], 8, -300, 3000));
    let mut look = Look::new(window(1000.0, 2500.0, VoiFunction::Linear));
    let palette: Vec<[u8; 3]> = (0..=255).map(|v| [v, 255 - v, v / 2]).collect();
    for (name, table) in [
        ("P-LUT", PresentationTable::Grey(curved_lut(0, 4096, 12))),
        (
            "P-LUT of 65536",
            PresentationTable::Grey(curved_lut(0, 65_536, 16)),
        ),
        ("palette", PresentationTable::Colour(palette.into())),
    ] {
        image.presentation = Some(table);
        for (photometric, invert, has_display) in [
            (Photometric::Monochrome2, false, false),
            (Photometric::Monochrome1, true, false),
            (Photometric::Monochrome1, false, true),
        ] {
            image.photometric = photometric;
            look.invert = invert;
            let display = || DisplayLut::new((0..1024_u32).map(|v| (v * v / 16) as u16).collect());
            look.display = has_display.then(display).flatten();
            for voi in [
                window(1000.0, 2500.0, VoiFunction::Linear),
                VoiTransform::Lut(curved_lut(-200, 2500, 12)),
            ] {
                look.voi = voi;
                assert_slice_equals_twin(name, &image, &look);
            }
        }
    }
}

#[test]
fn monochrome1_and_invert_are_drawn_as_the_twin_draws_them() {
    let mut image = FrameImage::plain([20, 20], samples_i16([20, 20], 6, 0, 256));
    let mut look = Look::new(window(128.0, 256.0, VoiFunction::Linear));
    look.background = [10, 20, 30];
    for photometric in [Photometric::Monochrome1, Photometric::Monochrome2] {
        for invert in [false, true] {
            image.photometric = photometric;
            look.invert = invert;
            assert_slice_equals_twin(&format!("{photometric:?} {invert}"), &image, &look);
        }
    }
}

#[test]
fn colour_is_drawn_as_the_twin_draws_it() {
    let mut numbers = Numbers(8);
    let bytes: Arc<[u8]> = (0..30 * 20 * 3).map(|_| numbers.below(256) as u8).collect();
    let words: Arc<[u16]> = (0..30 * 20 * 3)
        .map(|_| numbers.below(65_536) as u16)
        .collect();
    let mut look = Look::new(window(0.0, 1.0, VoiFunction::Linear));
    look.background = [200, 0, 9];
    for samples in [Samples::Rgb8(bytes), Samples::Rgb16(words)] {
        for invert in [false, true] {
            look.invert = invert;
            assert_slice_equals_twin(
                "colour",
                &FrameImage::plain([30, 20], samples.clone()),
                &look,
            );
        }
    }
}

#[test]
fn the_end_of_a_frame_that_was_cut_off_is_hatched_and_bleeds_into_no_pixel() {
    let cut = |samples: Samples| FrameImage {
        missing: Some(MissingEnd {
            pixels_held: 20 * 13 + 7,
            bytes: 1,
        }),
        ..FrameImage::plain([20, 30], samples)
    };
    let held = |at: usize, pixel: usize| at / pixel < 20 * 13 + 7;
    let grey = (0..20 * 30).map(|at| if held(at, 1) { 100 } else { -3000 });
    let float = (0..20 * 30).map(|at| if held(at, 1) { 100.5 } else { 3e38 });
    let rgb = (0..20 * 30 * 3).map(|at| if held(at, 3) { 200 } else { 0 });
    let deep = (0..20 * 30 * 3).map(|at| if held(at, 3) { 51_400 } else { 0 });
    let mut look = Look::new(window(128.0, 256.0, VoiFunction::Linear));
    look.background = [1, 2, 3];
    for samples in [
        Samples::I16(grey.collect()),
        Samples::F32(float.collect()),
        Samples::Rgb8(rgb.collect()),
        Samples::Rgb16(deep.collect()),
    ] {
        let image = cut(samples);
        assert_slice_equals_twin("cut off", &image, &look);
        for filter in FILTERS {
            let view = SliceView {
                size_px: [60, 90],
                image_from_screen: DAffine2::from_scale_angle_translation(
                    DVec2::splat(1.0 / 3.0),
                    0.0,
                    DVec2::ZERO,
                ),
                look: look.clone().with_filter(filter),
            };
            let picture = slice_twin::render(&image, &view);
            let mut seen = [0; 3];
            for pixel in picture.rgba.chunks(4) {
                let [r, g, b] = [pixel[0], pixel[1], pixel[2]];
                let what = match [r, g, b] {
                    [100 | 101 | 200, ..] => 0,
                    [HATCH_LEVEL, ..] => 1,
                    [1, 2, 3] => 2,
                    other => panic!("{other:?} is neither image, hatch nor background"),
                };
                seen[what] += 1;
            }
            assert!(seen.iter().all(|count| *count > 100), "{seen:?}");
        }
    }
    let image = cut(Samples::I16((0..600).collect()));
    assert_eq!(image.modality_value(6, 13), Some(266.0));
    assert_eq!(image.modality_value(7, 13), None);
    assert_eq!(probe(&image, 7.0, 13.0), Some(Probe::Missing));
    assert_eq!(full_range(&image), Some((0.0, 266.0)));
    // A region of which a part is missing has no values; one above it has all.
    let down_to = |row: f64| Region::rectangle(DVec2::splat(-1.0), DVec2::new(40.0, row));
    let held = region_statistics(&image, &down_to(12.5)).unwrap();
    assert_eq!((held.count, held.max), (260, 259.0));
    assert_eq!(region_statistics(&image, &down_to(13.5)), None);
}

#[test]
fn values_of_a_colour_frame_are_refused() {
    let image = FrameImage::plain([2, 1], Samples::Rgb8(Arc::from([0; 6])));
    let texture = FrameTexture::new(gpu(), &image).unwrap();
    let values = slice::render_values(gpu(), &texture, [2, 1], DAffine2::IDENTITY, Filter::Nearest);
    assert_eq!(values, Err(RenderError::Unsuitable));
}

/// An object of 100 in padding of −2000 (or NaN in floats).
fn padded(samples: impl Fn(bool) -> f64) -> Vec<f64> {
    (0..32 * 32)
        .map(|at| {
            let (x, y) = (f64::from(at % 32) - 15.5, f64::from(at / 32) - 15.5);
            samples(x.hypot(y) < 10.0)
        })
        .collect()
}

#[test]
fn padding_never_bleeds_into_interpolated_pixels() {
    let integers = padded(|inside| if inside { 100.0 } else { -2000.0 });
    let mut signed = FrameImage::plain(
        [32, 32],
        Samples::I16(integers.iter().map(|v| *v as i16).collect()),
    );
    signed.padding = Some(PaddingRange {
        low: -2000.0,
        high: -1999.0,
    });
    let floats = padded(|inside| if inside { 100.0 } else { f64::NAN });
    let float = FrameImage::plain(
        [32, 32],
        Samples::F32(floats.iter().map(|v| *v as f32).collect()),
    );
    let look = Look::new(window(40.0, 400.0, VoiFunction::Linear));
    for image in [&signed, &float] {
        assert_slice_equals_twin("padding", image, &look);
        let texture = FrameTexture::new(gpu(), image).unwrap();
        for filter in FILTERS {
            let view = SliceView::fit(image, [200, 200], 1.0, look.clone().with_filter(filter));
            let transform = view.image_from_screen;
            let values =
                slice::render_values(gpu(), &texture, [200, 200], transform, filter).unwrap();
            assert!(count_values(&values) > 1000);
            for value in values.iter().filter(|value| !value.is_nan()) {
                assert!((value - 100.0).abs() < 0.01, "{filter:?}: {value}");
            }
        }
    }
}

#[test]
fn a_picture_shifted_by_a_pixel_fails_the_comparison() {
    let image = FrameImage::plain([40, 40], samples_i16([40, 40], 9, 0, 256));
    let look = Look::new(window(128.0, 256.0, VoiFunction::Linear));
    let texture = FrameTexture::new(gpu(), &image).unwrap();
    let mut view = SliceView::fit(&image, [90, 90], 1.0, look);
    let want = slice_twin::render(&image, &view);
    let transform = view.image_from_screen;
    let values = slice_twin::modality_values(&image, [90, 90], transform, Filter::Linear);
    view.image_from_screen *= DAffine2::from_translation(DVec2::new(1.0, 0.0));
    let got = slice::render(gpu(), &texture, &view).unwrap();
    assert!(compare_pictures(&got, &want, Tolerance::Near).is_err());
    let shifted = view.image_from_screen;
    let got = slice::render_values(gpu(), &texture, [90, 90], shifted, Filter::Linear).unwrap();
    assert!(compare_values(&got, &values, Tolerance::Near).is_err());
}
