//! States that are broken or absurd, and those that are refused.

use isocentre::dicom::{ByteSource, DatasetBuilder, read_header, tags};
use isocentre::geom::DVec2;
use isocentre::imaging::FrameImage;
use isocentre::imaging::Samples;
use isocentre::objects::presentation_state::{PresentationSize, PresentedFrame, read};
use isocentre::problem::msg;
use isocentre::view::{StackGeometry, presentation_marks, presented_camera, resolve_stack};

use super::{GRAYSCALE, area, bytes, dataset, header, overlay, state, table, window};

const IMAGE: &str = "1.2.3.4.5.1";

fn refusal(put: impl FnOnce(&mut DatasetBuilder)) -> isocentre::problem::MessageId {
    read(&header(&state(GRAYSCALE, &[IMAGE], put)))
        .unwrap_err()
        .id
}

#[test]
fn what_cannot_be_shown_as_it_is_meant_is_refused_with_its_reason() {
    let mask = |b: &mut DatasetBuilder| {
        let item = dataset(|item| {
            item.text(tags::MASK_OPERATION, "AVG_SUB");
        });
        b.items(tags::MASK_SUBTRACTION_SEQUENCE, vec![item]);
    };
    assert_eq!(refusal(mask), msg("presentation-mask"));
    let blending = |b: &mut DatasetBuilder| {
        b.text(tags::SOP_CLASS_UID, "1.2.840.10008.5.1.4.1.1.11.4");
    };
    assert_eq!(refusal(blending), msg("presentation-class"));
    let nothing = |b: &mut DatasetBuilder| {
        b.remove(tags::REFERENCED_SERIES_SEQUENCE);
    };
    assert_eq!(refusal(nothing), msg("presentation-no-images"));
    let broken = |b: &mut DatasetBuilder| {
        let item = dataset(|item| {
            item.integers(tags::LUT_DESCRIPTOR, &[4096, 0, 12])
                .words(tags::LUT_DATA, &[1, 2, 3]);
        });
        b.items(tags::PRESENTATION_LUT_SEQUENCE, vec![item]);
    };
    assert_eq!(refusal(broken), msg("presentation-no-lut"));
}

#[test]
fn figures_that_make_no_sense_are_left_out_and_counted() {
    let figure = |kind: &str, points: &[f64]| {
        dataset(|item| {
            item.text(tags::GRAPHIC_ANNOTATION_UNITS, "PIXEL")
                .floats(tags::GRAPHIC_DATA, points)
                .text(tags::GRAPHIC_TYPE, kind);
        })
    };
    let figures = vec![
        figure("CIRCLE", &[1.0, 1.0]),
        figure("SPIRAL", &[1.0, 1.0, 2.0, 2.0]),
        figure("POINT", &[f64::NAN, 1.0]),
        // Drawn dash by dash, it would never be done.
        figure("POLYLINE", &[1.0, 1.0, 1e9, 1.0]),
        figure("POINT", &[1.0, 1.0]),
    ];
    let read = super::parsed(&state(GRAYSCALE, &[IMAGE], |b| {
        let item = dataset(|item| {
            item.items(tags::GRAPHIC_OBJECT_SEQUENCE, figures);
        });
        b.items(tags::GRAPHIC_ANNOTATION_SEQUENCE, vec![item]);
    }));
    assert_eq!(read.annotations[0].graphics.len(), 1);
    let ids: Vec<_> = read.faults.iter().map(|fault| fault.id).collect();
    assert_eq!(ids, [msg("presentation-objects-lost")]);
}

#[test]
fn a_magnification_that_shows_nothing_is_passed_over() {
    let size = |ratio: f64| {
        let read = super::parsed(&state(GRAYSCALE, &[IMAGE], |b| {
            let item = area([[1, 1], [8, 8]], |item| {
                item.text(tags::PRESENTATION_SIZE_MODE, "MAGNIFY")
                    .float(tags::PRESENTATION_PIXEL_MAGNIFICATION_RATIO, ratio);
            });
            b.items(tags::DISPLAYED_AREA_SELECTION_SEQUENCE, vec![item]);
        }));
        read.area(IMAGE, 0).unwrap().size
    };
    assert_eq!(size(4.0), PresentationSize::Magnify(4.0));
    for ratio in [1e30, 1e-30, 0.0, -2.0] {
        assert_eq!(size(ratio), PresentationSize::ScaleToFit, "{ratio}");
    }
}

/// A state with something of everything.
fn rich() -> Vec<u8> {
    bytes(&state(GRAYSCALE, &[IMAGE], |b| {
        window(b, 100.0, 50.0);
        overlay(b, 0x6000, &["#.#.#.#.", ".#.#.#.#"], Some("L"));
        overlay(b, 0x6002, &["#.#.#.#.", ".#.#.#.#"], None);
        let figure = |kind: &str, points: &[f64]| {
            dataset(|item| {
                item.text(tags::GRAPHIC_ANNOTATION_UNITS, "PIXEL")
                    .integer(tags::NUMBER_OF_GRAPHIC_POINTS, points.len() as i64 / 2)
                    .floats(tags::GRAPHIC_DATA, points)
                    .text(tags::GRAPHIC_TYPE, kind)
                    .text(tags::GRAPHIC_FILLED, "Y");
            })
        };
        let text = dataset(|item| {
            item.text(tags::UNFORMATTED_TEXT_VALUE, "a text")
                .text(tags::BOUNDING_BOX_ANNOTATION_UNITS, "DISPLAY")
                .floats(tags::BOUNDING_BOX_TOP_LEFT_HAND_CORNER, &[0.1, 0.1])
                .floats(tags::BOUNDING_BOX_BOTTOM_RIGHT_HAND_CORNER, &[0.5, 0.2])
                .text(tags::ANCHOR_POINT_ANNOTATION_UNITS, "PIXEL")
                .floats(tags::ANCHOR_POINT, &[3.0, 3.0])
                .text(tags::ANCHOR_POINT_VISIBILITY, "Y");
        });
        let annotation = dataset(|item| {
            item.text(tags::GRAPHIC_LAYER, "L")
                .items(
                    tags::GRAPHIC_OBJECT_SEQUENCE,
                    vec![
                        figure("CIRCLE", &[3.0, 3.0, 5.0, 3.0]),
                        figure("ELLIPSE", &[1.0, 3.0, 5.0, 3.0, 3.0, 2.0, 3.0, 4.0]),
                        figure("INTERPOLATED", &[1.0, 1.0, 4.0, 2.0, 3.0, 5.0, 1.0, 1.0]),
                    ],
                )
                .items(tags::TEXT_OBJECT_SEQUENCE, vec![text]);
        });
        let curve: Vec<u16> = (0..64).map(|v| v * 64).collect();
        b.integer(tags::IMAGE_ROTATION, 270)
            .text(tags::IMAGE_HORIZONTAL_FLIP, "Y")
            .items(tags::MODALITY_LUT_SEQUENCE, vec![table(0, 12, &curve)])
            .items(tags::PRESENTATION_LUT_SEQUENCE, vec![table(0, 12, &curve)])
            .items(
                tags::DISPLAYED_AREA_SELECTION_SEQUENCE,
                vec![area([[1, 1], [8, 2]], |item| {
                    item.floats(tags::PRESENTATION_PIXEL_SPACING, &[0.5, 1.0]);
                })],
            )
            .text(tags::SHUTTER_SHAPE, "BITMAP")
            .integer(tags::SHUTTER_OVERLAY_GROUP, 0x6002)
            .items(tags::GRAPHIC_ANNOTATION_SEQUENCE, vec![annotation]);
    }))
}

/// Everything that showing an image by a state does; how much is drawn.
fn drawn(bytes: &[u8]) -> usize {
    let Ok(header) = read_header(ByteSource::Memory(bytes.into())) else {
        return 0;
    };
    let Ok(state) = read(&header) else {
        return 0;
    };
    let image = FrameImage::plain([8, 8], Samples::U8((0..64).collect()));
    let pixel = isocentre::dicom::modules::ImagePixelModule {
        rows: 8,
        columns: 8,
        bits_allocated: 8,
        bits_stored: 8,
        ..Default::default()
    };
    let of = PresentedFrame {
        sop_instance_uid: IMAGE,
        frame: 0,
        pixel: &pixel,
    };
    let shown = state.apply(&image, of);
    let voi = shown.vois.first().unwrap().voi.clone();
    let geometry = StackGeometry::of(&image).presented(state.area(IMAGE, 0).copied());
    let view = resolve_stack(&presented_camera(&state), &geometry, DVec2::splat(32.0));
    let slice = isocentre::imaging::SliceView::fit(
        &shown,
        [32, 32],
        geometry.pixel_aspect,
        isocentre::imaging::Look::new(voi),
    );
    let picture = isocentre::imaging::slice_twin::render(&shown, &slice);
    assert_eq!(picture.rgba.len(), 32 * 32 * 4);
    presentation_marks(&state, IMAGE, 0, &view).len()
}

#[test]
fn every_prefix_of_a_state_is_applied_with_what_it_holds_or_refused() {
    let bytes = rich();
    let whole = drawn(&bytes);
    // A filling and a line each for three figures; a line, a point and the text.
    assert_eq!(whole, 9);
    for length in 0..bytes.len() {
        assert!(drawn(&bytes[..length]) <= whole, "{length}");
    }
}

#[test]
fn no_corruption_of_a_state_panics() {
    let bytes = rich();
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize
    };
    for _ in 0..3000 {
        let mut corrupt = bytes.clone();
        for _ in 0..=next() % 8 {
            let at = next() % corrupt.len();
            corrupt[at] = [next() as u8, 0xFF, 0x00, 0xFE][next() % 4];
        }
        assert!(drawn(&corrupt) <= 9);
    }
}
