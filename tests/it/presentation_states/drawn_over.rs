//! Where the picture lies by a state, and what is drawn over it.

use isocentre::dicom::{Dataset, DatasetBuilder, tags};
use isocentre::geom::DVec2;
use isocentre::view::{
    PresentationMark, ResolvedView, StackGeometry, TextPlace, filled_rows, presentation_marks,
    presented_camera, resolve_stack,
};

use super::{GRAYSCALE, PresentationState, area, dataset, parsed, state};

const IMAGE: &str = "1.2.3.4.5.1";

/// 40 columns, 20 rows.
fn geometry(state: &PresentationState) -> StackGeometry {
    StackGeometry {
        image_size: [40, 20],
        pixel_aspect: 1.0,
        pixel_mm: None,
        patient_from_image: None,
        area: None,
    }
    .presented(state.area(IMAGE, 0).copied())
}

fn view(state: &PresentationState, size: [f64; 2]) -> ResolvedView {
    let camera = presented_camera(state);
    resolve_stack(&camera, &geometry(state), DVec2::from_array(size))
}

/// The image position (as PIXEL counts) at a place on screen.
fn at(view: &ResolvedView, screen: [f64; 2]) -> [f64; 2] {
    let image = view.image_from_screen(DVec2::from_array(screen)).unwrap();
    (image + 0.5)
        .to_array()
        .map(|side| (side * 1e6).round() / 1e6)
}

fn with(put: impl FnOnce(&mut DatasetBuilder)) -> PresentationState {
    parsed(&state(GRAYSCALE, &[IMAGE], put))
}

fn with_area(corners: [[i64; 2]; 2], put: impl FnOnce(&mut DatasetBuilder)) -> PresentationState {
    with(|b| {
        b.items(
            tags::DISPLAYED_AREA_SELECTION_SEQUENCE,
            vec![area(corners, put)],
        );
    })
}

#[test]
fn scale_to_fit_shows_the_area_as_large_as_it_fits() {
    // Columns 11 to 20, rows 6 to 15: 10 by 10.
    let view = view(&with_area([[11, 6], [20, 15]], |_| ()), [200.0, 100.0]);
    assert_eq!(at(&view, [50.0, 0.0]), [10.0, 5.0]);
    assert_eq!(at(&view, [150.0, 100.0]), [20.0, 15.0]);
}

#[test]
fn corners_outside_the_image_are_shown_too() {
    let view = view(&with_area([[-9, -9], [50, 30]], |_| ()), [60.0, 40.0]);
    assert_eq!(at(&view, [0.0, 0.0]), [-10.0, -10.0]);
    assert_eq!(at(&view, [60.0, 40.0]), [50.0, 30.0]);
}

#[test]
fn magnify_makes_so_many_screen_pixels_of_a_column_around_the_middle_of_the_area() {
    let state = with_area([[1, 1], [20, 20]], |item| {
        item.text(tags::PRESENTATION_SIZE_MODE, "MAGNIFY")
            .float(tags::PRESENTATION_PIXEL_MAGNIFICATION_RATIO, 3.0)
            .texts(tags::PRESENTATION_PIXEL_ASPECT_RATIO, &["2", "1"]);
    });
    let view = view(&state, [90.0, 90.0]);
    assert_eq!(at(&view, [45.0, 45.0]), [10.0, 10.0]);
    assert_eq!(at(&view, [48.0, 45.0]), [11.0, 10.0]);
    assert_eq!(
        at(&view, [45.0, 51.0]),
        [10.0, 11.0],
        "pixels twice as high as wide"
    );
}

#[test]
fn an_image_is_turned_and_then_mirrored() {
    let corners = |rotation: i64, flip: &str| {
        let state = with(|b| {
            b.integer(tags::IMAGE_ROTATION, rotation)
                .text(tags::IMAGE_HORIZONTAL_FLIP, flip);
        });
        let size = if rotation % 180 == 0 {
            [40.0, 20.0]
        } else {
            [20.0, 40.0]
        };
        let view = view(&state, size);
        [at(&view, [0.0, 0.0]), at(&view, [size[0], 0.0])]
    };
    // What lies top left and top right.
    assert_eq!(corners(0, "N"), [[0.0, 0.0], [40.0, 0.0]]);
    assert_eq!(corners(90, "N"), [[0.0, 20.0], [0.0, 0.0]]);
    assert_eq!(corners(180, "N"), [[40.0, 20.0], [0.0, 20.0]]);
    assert_eq!(corners(270, "N"), [[40.0, 0.0], [40.0, 20.0]]);
    assert_eq!(corners(0, "Y"), [[40.0, 0.0], [0.0, 0.0]]);
    assert_eq!(corners(90, "Y"), [[0.0, 0.0], [0.0, 20.0]]);
    assert_eq!(corners(180, "Y"), [[0.0, 20.0], [40.0, 20.0]]);
    assert_eq!(corners(270, "Y"), [[40.0, 20.0], [40.0, 0.0]]);
}

fn figure(kind: &str, units: &str, points: &[f64]) -> Dataset {
    dataset(|item| {
        item.text(tags::GRAPHIC_ANNOTATION_UNITS, units)
            .integer(tags::GRAPHIC_DIMENSIONS, 2)
            .integer(tags::NUMBER_OF_GRAPHIC_POINTS, points.len() as i64 / 2)
            .floats(tags::GRAPHIC_DATA, points)
            .text(tags::GRAPHIC_TYPE, kind);
    })
}

fn annotation(layer: &str, put: impl FnOnce(&mut DatasetBuilder)) -> Dataset {
    dataset(|item| {
        item.text(tags::GRAPHIC_LAYER, layer);
        put(item);
    })
}

fn layer(name: &str, order: i64, grey: i64) -> Dataset {
    dataset(|item| {
        item.text(tags::GRAPHIC_LAYER, name)
            .integer(tags::GRAPHIC_LAYER_ORDER, order)
            .integer(
                tags::GRAPHIC_LAYER_RECOMMENDED_DISPLAY_GRAYSCALE_VALUE,
                grey,
            );
    })
}

fn text(put: impl FnOnce(&mut DatasetBuilder)) -> Dataset {
    dataset(|item| {
        item.text(tags::UNFORMATTED_TEXT_VALUE, "left\r\nkidney");
        put(item);
    })
}

fn boxed(corners: [[f64; 2]; 2]) -> Dataset {
    text(|item| {
        item.text(tags::BOUNDING_BOX_ANNOTATION_UNITS, "PIXEL")
            .floats(tags::BOUNDING_BOX_TOP_LEFT_HAND_CORNER, &corners[0])
            .floats(tags::BOUNDING_BOX_BOTTOM_RIGHT_HAND_CORNER, &corners[1])
            .text(tags::BOUNDING_BOX_TEXT_HORIZONTAL_JUSTIFICATION, "RIGHT");
    })
}

/// What is drawn by a state in a pane of this size.
fn marks(state: &PresentationState, size: [f64; 2]) -> Vec<PresentationMark> {
    presentation_marks(state, IMAGE, 0, &view(state, size))
}

#[test]
fn layers_are_drawn_in_their_order_and_in_their_grey() {
    let state = with(|b| {
        let point = |x| figure("POINT", "PIXEL", &[x, 5.0]);
        let of = |name: &str, x| {
            annotation(name, |item| {
                item.items(tags::GRAPHIC_OBJECT_SEQUENCE, vec![point(x)]);
            })
        };
        b.items(
            tags::GRAPHIC_LAYER_SEQUENCE,
            vec![layer("UPPER", 2, 65_535), layer("LOWER", 1, 25_700)],
        )
        .items(
            tags::GRAPHIC_ANNOTATION_SEQUENCE,
            vec![of("UPPER", 1.0), of("LOWER", 2.0), of("NONE", 3.0)],
        );
    });
    let drawn = marks(&state, [40.0, 20.0]);
    let expected = [(2.0, Some([100; 3])), (1.0, Some([255; 3])), (3.0, None)];
    for (mark, (x, colour)) in drawn.iter().zip(expected) {
        assert_eq!(
            *mark,
            PresentationMark::Point {
                at: DVec2::new(x, 5.0),
                rgb: colour
            }
        );
    }
    assert_eq!(drawn.len(), 3);
}

#[test]
fn pixels_turn_with_the_picture_and_fractions_of_the_display_do_not() {
    let state = with(|b| {
        let figures = vec![
            figure("POLYLINE", "PIXEL", &[0.0, 0.0, 40.0, 0.0]),
            figure("POLYLINE", "DISPLAY", &[0.0, 0.0, 1.0, 0.5]),
        ];
        b.integer(tags::IMAGE_ROTATION, 90)
            .text(tags::IMAGE_HORIZONTAL_FLIP, "Y")
            .items(
                tags::GRAPHIC_ANNOTATION_SEQUENCE,
                vec![annotation("L", |item| {
                    item.items(tags::GRAPHIC_OBJECT_SEQUENCE, figures);
                })],
            );
    });
    let lines: Vec<Vec<[f64; 2]>> = marks(&state, [20.0, 40.0])
        .into_iter()
        .map(|mark| match mark {
            PresentationMark::Line { points, .. } => points
                .iter()
                .map(|at| at.to_array().map(|side| (side * 1e6).round() / 1e6))
                .collect(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        lines[0],
        [[0.0, 0.0], [0.0, 40.0]],
        "the first row, upright"
    );
    assert_eq!(lines[1], [[0.0, 0.0], [20.0, 20.0]]);
}

#[test]
fn closed_figures_are_filled_where_the_state_says_so_and_open_ones_never() {
    let filled = |kind: &str, points: &[f64]| {
        let mut item = DatasetBuilder::from(figure(kind, "PIXEL", points));
        item.text(tags::GRAPHIC_FILLED, "Y");
        item.into_dataset()
    };
    let state = with(|b| {
        let figures = vec![
            filled("CIRCLE", &[10.0, 10.0, 14.0, 10.0]),
            filled("POLYLINE", &[1.0, 1.0, 5.0, 1.0, 5.0, 5.0, 1.0, 1.0]),
            filled("POLYLINE", &[1.0, 1.0, 5.0, 1.0, 5.0, 5.0]),
        ];
        b.items(
            tags::GRAPHIC_ANNOTATION_SEQUENCE,
            vec![annotation("L", |item| {
                item.items(tags::GRAPHIC_OBJECT_SEQUENCE, figures);
            })],
        );
    });
    let kinds: Vec<char> = marks(&state, [40.0, 20.0])
        .iter()
        .map(|mark| match mark {
            PresentationMark::Area { .. } => 'a',
            PresentationMark::Line { .. } => 'l',
            _ => '?',
        })
        .collect();
    assert_eq!(kinds, ['a', 'l', 'a', 'l', 'l']);
}

/// The place of the one text, and whether a line leads from it.
fn place_of(state: &PresentationState) -> (TextPlace, bool) {
    let drawn = marks(state, [40.0, 20.0]);
    let place = drawn.iter().find_map(|mark| match mark {
        PresentationMark::Text { place, text, .. } => {
            assert_eq!(text, "left\nkidney");
            Some(*place)
        }
        _ => None,
    });
    let has_line = drawn
        .iter()
        .any(|mark| matches!(mark, PresentationMark::Line { .. }));
    (place.unwrap(), has_line)
}

fn with_text(item: Dataset, put: impl FnOnce(&mut DatasetBuilder)) -> PresentationState {
    with(|b| {
        b.items(
            tags::GRAPHIC_ANNOTATION_SEQUENCE,
            vec![annotation("L", |annotation| {
                annotation.items(tags::TEXT_OBJECT_SEQUENCE, vec![item]);
            })],
        );
        put(b);
    })
}

#[test]
fn a_text_runs_from_its_top_left_corner_wherever_that_has_come_to_lie() {
    let turns = |item: Dataset, rotation: i64, flip: &str| {
        let state = with_text(item, |b| {
            b.integer(tags::IMAGE_ROTATION, rotation)
                .text(tags::IMAGE_HORIZONTAL_FLIP, flip);
        });
        match place_of(&state).0 {
            TextPlace::Box { quarter_turns, .. } => quarter_turns,
            TextPlace::Beside(_) => panic!("the box is lost"),
        }
    };
    let upright = || boxed([[2.0, 3.0], [12.0, 6.0]]);
    let got = [0, 90, 180, 270].map(|rotation| turns(upright(), rotation, "N"));
    assert_eq!(got, [0, 1, 2, 3]);
    assert_eq!(turns(upright(), 0, "Y"), 0, "no letters are mirrored");
    // Corners given for how the turned picture is to be read.
    let for_a_quarter_turn = boxed([[2.0, 6.0], [12.0, 3.0]]);
    assert_eq!(turns(for_a_quarter_turn, 90, "N"), 0);
}

#[test]
fn a_visible_anchor_has_a_line_to_its_text_and_an_invisible_one_none() {
    let anchored = |visibility: &str| {
        let mut item = DatasetBuilder::from(boxed([[2.0, 3.0], [12.0, 6.0]]));
        item.text(tags::ANCHOR_POINT_ANNOTATION_UNITS, "PIXEL")
            .floats(tags::ANCHOR_POINT, &[30.0, 15.0])
            .text(tags::ANCHOR_POINT_VISIBILITY, visibility);
        place_of(&with_text(item.into_dataset(), |_| ())).1
    };
    assert!(anchored("Y"));
    assert!(!anchored("N"));
    let alone = text(|item| {
        item.text(tags::ANCHOR_POINT_ANNOTATION_UNITS, "DISPLAY")
            .floats(tags::ANCHOR_POINT, &[0.5, 0.5])
            .text(tags::ANCHOR_POINT_VISIBILITY, "N");
    });
    let place = place_of(&with_text(alone, |_| ())).0;
    assert_eq!(place, TextPlace::Beside(DVec2::new(20.0, 10.0)));
}

#[test]
fn a_polygon_that_crosses_itself_is_filled_on_both_sides_of_the_crossing() {
    let bow: Vec<DVec2> = [[0.0, 0.0], [6.0, 4.0], [6.0, 0.0], [0.0, 4.0], [0.0, 0.0]]
        .into_iter()
        .map(DVec2::from_array)
        .collect();
    let mut rows = vec![vec!['.'; 6]; 4];
    for (row, [from, to]) in filled_rows(&bow, 4) {
        for column in 0..6 {
            let middle = f64::from(column) + 0.5;
            if middle > from && middle < to {
                rows[row as usize][column as usize] = '#';
            }
        }
    }
    let rows: Vec<String> = rows
        .into_iter()
        .map(|row| row.into_iter().collect())
        .collect();
    assert_eq!(rows, ["#....#", "##..##", "##..##", "#....#"]);
    assert!(filled_rows(&bow, 0).is_empty() && filled_rows(&[], 4).is_empty());
}
