//! RT structure sets.

use isocentre::geom::{DVec3, PlanePose};
use isocentre::objects::layer::{cut, holds};

use super::objects::{region, square, structure_set};
use super::{read, structures};

const CLOSED: &str = "CLOSED_PLANAR";

#[test]
fn a_region_has_its_number_name_colour_and_type() {
    let heart = region(7, "Heart", vec![(CLOSED, square([0.0; 2], [4.0; 2], 0.0))]);
    let mut lung = region(3, "Lung", Vec::new());
    lung.rgb = None;
    lung.kind = "AVOIDANCE";
    let layer = read(&structure_set(&[heart, lung])).unwrap();
    assert_eq!(layer.label, "Plan 1");
    let items = layer.items();
    assert_eq!(items[0].number, 7);
    assert_eq!(items[0].label, "Heart");
    assert_eq!(items[0].detail, "ORGAN");
    assert_eq!(items[0].rgb, [10, 200, 30]);
    assert_eq!((items[1].number, &*items[1].detail), (3, "AVOIDANCE"));
    assert_ne!(items[1].rgb, items[0].rgb);
}

#[test]
fn a_slab_reaches_half_way_to_the_next_contour_and_not_over_a_gap() {
    let planes = [0.0, 2.0, 4.0, 20.0];
    let contours = planes.map(|z| (CLOSED, square([0.0; 2], [10.0; 2], z)));
    let found = structures(&structure_set(&[region(1, "GTV", contours.to_vec())]));
    let roi = &found.rois[0];
    assert_eq!(roi.contours, 4);
    let slabs = &roi.stacks[0].slabs;
    let reach: Vec<[f64; 2]> = slabs.iter().map(|slab| slab.reach).collect();
    assert_eq!(reach, [[-1.0, 1.0], [1.0, 3.0], [3.0, 5.0], [19.0, 21.0]]);
    let inside = |z: f64| holds(roi, DVec3::new(5.0, 5.0, z), 0.0);
    assert!(inside(4.9) && !inside(10.0) && inside(20.5) && !inside(21.1));
}

#[test]
fn contours_in_either_sense_and_out_of_order_form_one_region() {
    let mut back = square([0.0; 2], [10.0; 2], 1.0);
    back.reverse();
    let contours = vec![
        (CLOSED, square([0.0; 2], [10.0; 2], 2.0)),
        (CLOSED, back),
        (CLOSED, square([0.0; 2], [10.0; 2], 0.0)),
    ];
    let found = structures(&structure_set(&[region(1, "A", contours)]));
    assert_eq!(found.rois[0].stacks.len(), 1);
    let slabs = found.rois[0].stacks[0].slabs.iter();
    let distances: Vec<f64> = slabs.map(|slab| slab.distance).collect();
    assert_eq!(distances, [0.0, 1.0, 2.0]);
}

#[test]
fn points_and_open_lines_are_seen_in_their_plane_alone() {
    let contours = vec![
        ("POINT", vec![[1.0, 2.0, 3.0]]),
        ("OPEN_PLANAR", vec![[0.0, 0.0, 3.0], [5.0, 0.0, 3.0]]),
    ];
    let found = structures(&structure_set(&[region(1, "Iso", contours)]));
    let plane = |z: f64| PlanePose::new(DVec3::Z * z, DVec3::X, DVec3::Y).unwrap();
    let here = cut(&found.rois[0], &plane(3.4), 0.5);
    assert_eq!(here.points, [DVec3::new(1.0, 2.0, 3.0)]);
    assert_eq!(
        here.lines,
        [vec![DVec3::new(0.0, 0.0, 3.0), DVec3::new(5.0, 0.0, 3.0)]]
    );
    let away = cut(&found.rois[0], &plane(3.6), 0.5);
    assert!(away.points.is_empty() && away.lines.is_empty());
}

#[test]
fn a_contour_that_cannot_be_read_costs_itself_and_is_counted() {
    let contours = vec![
        (CLOSED, square([0.0; 2], [10.0; 2], 0.0)),
        ("SPIRAL", square([0.0; 2], [10.0; 2], 1.0)),
        (CLOSED, Vec::new()),
    ];
    let found = structures(&structure_set(&[region(1, "A", contours)]));
    assert_eq!(found.rois[0].contours, 3);
    assert_eq!(found.rois[0].unreadable, 2);
    assert_eq!(found.rois[0].stacks[0].slabs.len(), 1);
}

#[test]
fn a_second_item_of_a_region_adds_its_contours_and_a_contour_written_twice_counts_once() {
    let one = region(1, "A", vec![(CLOSED, square([0.0; 2], [10.0; 2], 0.0))]);
    let mut turned = square([0.0; 2], [10.0; 2], 0.0);
    turned.reverse();
    turned.rotate_left(1);
    let two = region(
        1,
        "A",
        vec![(CLOSED, turned), (CLOSED, square([0.0; 2], [10.0; 2], 3.0))],
    );
    let found = structures(&structure_set(&[one, two]));
    assert_eq!(found.rois.len(), 1);
    assert_eq!(found.rois[0].contours, 3);
    let inside = |z: f64| holds(&found.rois[0], DVec3::new(5.0, 5.0, z), 0.0);
    assert!(inside(0.0) && inside(3.0));
}

#[test]
fn a_tiny_slanted_contour_does_not_turn_the_planes_of_the_others() {
    let slanted = vec![[0.0, 0.0, -2.0], [1.0, 0.0, -1.991], [0.0, 1.0, -2.0]];
    let contours = vec![
        (CLOSED, slanted),
        (CLOSED, square([100.0; 2], [180.0; 2], 0.0)),
        (CLOSED, square([100.0; 2], [180.0; 2], 2.0)),
    ];
    let found = structures(&structure_set(&[region(1, "A", contours)]));
    let stack = &found.rois[0].stacks[0];
    assert!(
        (stack.normal - DVec3::Z).length() < 1e-5,
        "{}",
        stack.normal
    );
}
