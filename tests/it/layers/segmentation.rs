//! Segmentations: every type, every byte border, every place.

use isocentre::geom::DVec3;
use isocentre::objects::layer::{Segmentation, SegmentationType};
use isocentre::volume::LayerSamples;

use super::objects::{Frame, Place, Seg, UNNAMED, at};
use super::{read, segmentation};
use crate::common::{Element, Value};

/// The segments at a patient point.
fn parts(found: &Segmentation, point: [f64; 3]) -> Vec<u32> {
    let point = DVec3::from_array(point);
    let volumes = found.volumes.iter();
    let mut parts: Vec<u32> = volumes
        .filter_map(|it| it.segment(it.volume.label_at(point)))
        .collect();
    parts.sort_unstable();
    parts
}

#[test]
fn frames_of_nine_bits_are_told_apart_across_byte_borders() {
    // Three frames of 3 × 3, one segment: a diagonal, a column, a single corner.
    let frames = [
        [1, 0, 0, 0, 1, 0, 0, 0, 1],
        [0, 1, 0, 0, 1, 0, 0, 1, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 1],
    ];
    let samples: Vec<i64> = frames.iter().flatten().copied().collect();
    let places = (0..3)
        .map(|k| at(1, [0.0, 0.0, 2.0 * f64::from(k)]))
        .collect();
    let found = segmentation(&Seg::new("BINARY", [3, 3], places, samples).image());
    assert_eq!(found.kind, SegmentationType::Binary);
    for (k, frame) in frames.iter().enumerate() {
        for (place, is_in) in frame.iter().enumerate() {
            let point = [(place % 3) as f64, (place / 3) as f64, 2.0 * k as f64];
            let expected: &[u32] = if *is_in == 1 { &[1] } else { &[] };
            assert_eq!(parts(&found, point), expected, "{point:?}");
        }
    }
}

#[test]
fn segments_that_overlap_are_both_there() {
    let samples = vec![1, 1, 0, 0, 0, 1, 1, 0];
    let places = vec![at(1, [0.0; 3]), at(2, [0.0; 3])];
    let found = segmentation(&Seg::new("BINARY", [1, 4], places, samples).image());
    assert_eq!(parts(&found, [0.0; 3]), [1]);
    assert_eq!(parts(&found, [1.0, 0.0, 0.0]), [1, 2]);
    assert_eq!(parts(&found, [2.0, 0.0, 0.0]), [2]);
    assert!(parts(&found, [3.0, 0.0, 0.0]).is_empty());
    assert_eq!(found.volumes.len(), 2);
}

#[test]
fn segments_that_do_not_overlap_share_a_volume_no_larger_than_they_are() {
    let mut samples = vec![0; 2 * 64 * 64];
    samples[10 * 64 + 20] = 1;
    samples[64 * 64 + 12 * 64 + 23] = 1;
    let places = vec![at(1, [0.0; 3]), at(2, [0.0; 3])];
    let found = segmentation(&Seg::new("BINARY", [64, 64], places, samples).image());
    assert_eq!(found.volumes.len(), 1);
    assert_eq!(found.volumes[0].volume.grid().dims, [4, 3, 1]);
    assert_eq!(parts(&found, [20.0, 10.0, 0.0]), [1]);
    assert_eq!(parts(&found, [23.0, 12.0, 0.0]), [2]);
}

#[test]
fn a_fraction_is_the_stored_value_over_the_largest_one() {
    let places = vec![at(1, [0.0; 3]), at(2, [0.0, 0.0, 1.0])];
    let seg = Seg::new("FRACTIONAL", [1, 3], places, vec![0, 50, 200, 10, 0, 0]);
    let found = segmentation(&seg.image());
    assert_eq!(found.fractional_type, "PROBABILITY");
    assert_eq!(found.volumes.len(), 2);
    let value = |x: f64| found.volumes[0].volume.value_at(DVec3::X * x);
    assert_eq!(value(1.0), Some(0.25));
    assert_eq!(value(1.5), Some(0.625));
    assert_eq!(value(2.0), Some(1.0));
    assert_eq!(&*found.volumes[0].segments, [1]);
    assert!(matches!(
        found.volumes[1].volume.samples(),
        LayerSamples::Shares { full: 200, .. }
    ));
}

#[test]
fn a_label_map_of_sixteen_bits_keeps_numbers_beyond_a_byte() {
    let places = vec![at(0, [0.0; 3]), at(0, [0.0, 0.0, 1.0])];
    let mut seg = Seg::new("LABELMAP", [1, 3], places, vec![0, 300, 7, 300, 65_535, 0]);
    seg.bits = 16;
    seg.segments = vec![
        (0, "Background", None),
        (7, "Seven", None),
        (300, "Many", None),
    ];
    let found = segmentation(&seg.image());
    assert_eq!(found.kind, SegmentationType::Labelmap);
    let numbers: Vec<u32> = found.segments.iter().map(|it| it.number).collect();
    assert_eq!(numbers, [7, 300]);
    assert!(parts(&found, [0.0; 3]).is_empty());
    assert_eq!(parts(&found, [1.0, 0.0, 0.0]), [300]);
    assert_eq!(parts(&found, [2.0, 0.0, 0.0]), [7]);
    assert_eq!(parts(&found, [0.0, 0.0, 1.0]), [300]);
    // No segment describes it; it is there all the same.
    assert_eq!(parts(&found, [1.0, 0.0, 1.0]), [65_535]);
}

#[test]
fn a_label_map_with_a_palette_is_read_by_its_labels_and_coloured_by_its_palette() {
    let seg = Seg {
        segments: vec![(1, "One", None), (2, "Two", Some([65_535, 32_896, 32_896]))],
        ..Seg::new("LABELMAP", [1, 3], vec![at(0, [0.0; 3])], vec![0, 1, 2])
    };
    let mut image = seg.image().photometric("PALETTE COLOR");
    for (element, levels) in [
        (0x1101, [0, 200, 9]),
        (0x1102, [0, 100, 9]),
        (0x1103, [0, 50, 9]),
    ] {
        let descriptor = Value::U16(vec![3, 0, 8]);
        image = image
            .element(Element::new(0x0028, element, "US", descriptor))
            .element(Element::new(
                0x0028,
                element + 0x100,
                "OW",
                Value::Bytes(levels.to_vec()),
            ));
    }
    let found = segmentation(&image);
    assert_eq!(parts(&found, [1.0, 0.0, 0.0]), [1]);
    assert_eq!(parts(&found, [2.0, 0.0, 0.0]), [2]);
    assert_eq!(found.segments[0].rgb, [200, 100, 50]);
    assert_eq!(found.segments[1].rgb, [255, 255, 255]);
}

#[test]
fn more_labels_than_a_byte_holds_go_into_several_volumes() {
    let samples: Vec<i64> = (0..600).collect();
    let mut seg = Seg::new("LABELMAP", [20, 30], vec![at(0, [0.0; 3])], samples);
    seg.bits = 16;
    let found = segmentation(&seg.image());
    assert_eq!(found.volumes.len(), 3);
    for label in [1_u32, 255, 256, 511, 599] {
        let (x, y) = (label % 30, label / 30);
        assert_eq!(parts(&found, [x.into(), y.into(), 0.0]), [label]);
    }
}

#[test]
fn another_spacing_another_orientation_and_a_part_of_the_image_are_placed_in_the_patient() {
    // Coronal, half a millimetre from row to row, 2 mm from column to column.
    let mut seg = Seg::new(
        "BINARY",
        [2, 3],
        vec![at(1, [10.0, 5.0, 40.0]), at(1, [10.0, 8.0, 40.0])],
        vec![0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0],
    );
    seg.orientation = [1.0, 0.0, 0.0, 0.0, 0.0, -1.0];
    seg.spacing = [0.5, 2.0];
    let found = segmentation(&seg.image());
    assert_eq!(parts(&found, [14.0, 5.0, 40.0]), [1]);
    assert_eq!(parts(&found, [14.9, 6.4, 40.2]), [1]);
    assert!(parts(&found, [14.0, 5.0, 39.5]).is_empty());
    assert_eq!(parts(&found, [10.0, 8.0, 39.5]), [1]);
    assert!(parts(&found, [10.0, 5.0, 39.5]).is_empty());
}

#[test]
fn a_frame_left_out_leaves_its_slice_empty() {
    let places = vec![at(1, [0.0; 3]), at(1, [0.0, 0.0, 6.0])];
    let mut seg = Seg::new("BINARY", [1, 1], places, vec![1, 1]);
    seg.slice_mm = Some(2.0);
    let found = segmentation(&seg.image());
    assert_eq!(parts(&found, [0.0, 0.0, 0.9]), [1]);
    assert!(parts(&found, [0.0, 0.0, 1.1]).is_empty());
    assert_eq!(parts(&found, [0.0, 0.0, 5.1]), [1]);
}

#[test]
fn the_colour_is_the_recommended_one_and_texts_are_kept() {
    let mut seg = Seg::new("BINARY", [1, 1], vec![at(1, [0.0; 3])], vec![1]);
    // L* 53.59 without a tint: the middle grey of sRGB.
    seg.segments = vec![(1, "Liver", Some([35_120, 32_896, 32_896]))];
    let found = segmentation(&seg.image());
    let segment = &found.segments[0];
    assert!(
        segment.rgb.iter().all(|level| level.abs_diff(128) <= 1),
        "{:?}",
        segment.rgb
    );
    assert_eq!(segment.label, "Liver");
    assert_eq!(segment.property_type, "Organ");
    assert_eq!(segment.algorithm_type, "MANUAL");
    assert_eq!(segment.tracking_id, "lesion 1");
}

#[test]
fn without_planes_a_segmentation_lies_on_the_pixels_of_the_images_it_names() {
    let frame = |segment, uid, number| Frame::new(segment, Place::Image(uid, number));
    let frames = vec![
        frame(1, "1.2.3.9", 0),
        frame(1, "1.2.3.8", 0),
        frame(2, "1.2.3.9", 0),
    ];
    let samples = vec![1, 0, 0, 0, 1, 0, 0, 0, 1];
    let found = segmentation(&Seg::new("BINARY", [1, 3], frames, samples).image());
    let images = found.images.clone().unwrap();
    let slice = |uid: &str, frame| images.slice(&uid.into(), frame);
    assert_eq!(slice("1.2.3.8", 0), Some(0));
    assert_eq!(slice("1.2.3.9", 0), Some(1));
    assert_eq!((slice("1.2.3.9", 1), slice("1.2.3.7", 0)), (None, None));
    assert_eq!(parts(&found, [1.0, 0.0, 0.0]), [1]);
    assert_eq!(parts(&found, [0.0, 0.0, 1.0]), [1]);
    assert_eq!(parts(&found, [2.0, 0.0, 1.0]), [2]);
    assert!(parts(&found, [1.0, 0.0, 1.0]).is_empty());
}

#[test]
fn a_frame_lies_on_every_image_it_names_and_on_all_frames_where_it_names_none() {
    let frames = vec![Frame::new(1, Place::Images(vec!["1.2.3.8", "1.2.3.9"]))];
    let found = segmentation(&Seg::new("BINARY", [1, 2], frames, vec![0, 1]).image());
    let images = found.images.clone().unwrap();
    for (uid, frame) in [("1.2.3.8", 0), ("1.2.3.8", 17), ("1.2.3.9", 0)] {
        let slice = images.slice(&uid.into(), frame).unwrap();
        assert_eq!(parts(&found, [1.0, 0.0, slice.into()]), [1]);
    }
}

#[test]
fn a_frame_of_a_moved_image_is_not_laid_on_its_pixels() {
    for (preserved, id) in [
        ("YES", None),
        ("NO", Some("layer-pixels-moved")),
        ("REORIENTED_ONLY", Some("layer-pixels-moved")),
    ] {
        let frames = vec![Frame::new(1, Place::Derived("1.2.3.8", preserved))];
        let read = read(&Seg::new("BINARY", [1, 1], frames, vec![1]).image());
        assert_eq!(read.err().map(|why| why.id.0), id);
    }
}

#[test]
fn a_segment_at_two_times_in_one_place_is_no_union() {
    let at_time = |phase| Frame {
        phase: Some(phase),
        ..at(1, [0.0; 3])
    };
    let frames = vec![at_time(1), at_time(2)];
    let refused = read(&Seg::new("BINARY", [1, 2], frames, vec![1, 0, 0, 1]).image());
    assert_eq!(refused.unwrap_err().id.0, "layer-several-at-one-place");
    // Two frames on one image without a place neither.
    let on_image = || Frame::new(1, Place::Image("1.2.3.8", 0));
    let frames = vec![on_image(), on_image()];
    let refused = read(&Seg::new("BINARY", [1, 2], frames, vec![1, 0, 0, 1]).image());
    assert_eq!(refused.unwrap_err().id.0, "layer-several-at-one-place");
}

#[test]
fn a_frame_without_a_place_or_a_segment_is_counted_and_costs_itself_alone() {
    let frames = vec![
        at(1, [0.0; 3]),
        Frame::new(1, Place::Nowhere),
        at(1, [0.0, 0.0, 1.0]),
    ];
    let seg = Seg::new("BINARY", [1, 1], frames, vec![1; 3]);
    let found = segmentation(&seg.image());
    assert_eq!(parts(&found, [0.0; 3]), [1]);
    assert_eq!(parts(&found, [0.0, 0.0, 1.0]), [1]);
    let (count, reason) = found.unreadable.unwrap();
    assert_eq!((count, reason.id.0), (1, "layer-frame-no-place"));
    // No number but two segments to choose from.
    let frames = vec![at(UNNAMED, [0.0; 3]), at(1, [0.0; 3])];
    let found = segmentation(&Seg::new("BINARY", [1, 1], frames, vec![1; 2]).image());
    let (count, reason) = found.unreadable.unwrap();
    assert_eq!((count, reason.id.0), (1, "layer-frame-no-segment"));
}

#[test]
fn what_has_no_type_no_segment_or_no_place_is_refused_in_a_sentence() {
    let whole = Seg::new("BINARY", [1, 1], vec![at(1, [0.0; 3])], vec![1]).image();
    for (broken, id) in [
        (
            whole.clone().without(0x0062, 0x0001),
            "layer-no-segmentation-type",
        ),
        (whole.clone().without(0x0062, 0x0002), "layer-no-segments"),
        (whole.clone().without(0x0020, 0x0052), "layer-no-place"),
    ] {
        assert_eq!(read(&broken).unwrap_err().id.0, id);
    }
}
