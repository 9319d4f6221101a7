//! Values against what geometry says they must be.

use std::f64::consts::PI;
use std::sync::Arc;
use std::sync::OnceLock;

use isocentre::annotation::Anchor;
use isocentre::annotation::Annotation;
use isocentre::annotation::AnnotationId;
use isocentre::annotation::AnnotationKind;
use isocentre::annotation::Geometry;
use isocentre::annotation::ImageGeometry;
use isocentre::annotation::Measured;
use isocentre::annotation::PixelSource;
use isocentre::annotation::Points;
use isocentre::annotation::Quantity;
use isocentre::annotation::SingleFrame;
use isocentre::annotation::ellipse_from_corners;
use isocentre::annotation::measure;
use isocentre::annotation::patient_from_pixel;
use isocentre::annotation::rectangle_from_corners;
use isocentre::dicom::Samples;
use isocentre::geom::DAffine3;
use isocentre::geom::DVec2;
use isocentre::geom::DVec3;
use isocentre::geom::PlanePose;
use isocentre::imaging::Calibration;
use isocentre::imaging::FrameImage;
use isocentre::imaging::ImagePlane;
use isocentre::imaging::PaddingRange;
use isocentre::imaging::PixelSpacing;
use isocentre::imaging::Units;
use isocentre::volume::GridReport;
use isocentre::volume::Volume;
use isocentre::volume::VolumeGrid;

const EXACT: f64 = 1e-9;

/// An oblique image of 40 rows and 48 columns, 0.5 mm from row to row and 0.8 mm from column to
/// column, whose value is `10 + 2 · column + 3 · row`.
fn image() -> FrameImage {
    let (rows, columns) = (40, 48);
    let values: Vec<i16> = (0..rows * columns)
        .map(|index| (10 + 2 * (index % columns) + 3 * (index / columns)) as i16)
        .collect();
    let row = DVec3::new(0.8, 0.6, 0.0);
    let column = DVec3::new(-0.36, 0.48, 0.8);
    FrameImage {
        units: Units::Hounsfield,
        plane: Some(ImagePlane {
            origin: DVec3::new(-12.0, 34.0, 56.0),
            row,
            column,
            frame_of_reference: Some("1.2.9".into()),
        }),
        spacing: Some(PixelSpacing {
            row_mm: 0.5,
            column_mm: 0.8,
            source: Calibration::Patient,
        }),
        ..FrameImage::plain([columns as u32, rows as u32], Samples::I16(values.into()))
    }
}

fn annotation(kind: AnnotationKind, geometry: Geometry, points: Points) -> Annotation {
    Annotation {
        id: AnnotationId(1),
        tracking_uid: "1.2.3".into(),
        label: String::new(),
        text: String::new(),
        kind,
        geometry,
        points,
        anchor: Anchor {
            series_instance_uid: "1.2".into(),
            sop_instance_uid: "1.2.1".into(),
            sop_class_uid: "1.2.840.10008.5.1.4.1.1.2".into(),
            frame: 0,
            frame_of_reference: Some("1.2.9".into()),
            normal: None,
        },
        finding: None,
        label_offset: None,
    }
}

fn pixels(points: &[[f64; 2]]) -> Vec<DVec2> {
    points.iter().map(|&p| DVec2::from(p)).collect()
}

/// The same points in the image's pixels, and in the patient.
fn both_spaces(image: &FrameImage, points: &[[f64; 2]]) -> [Points; 2] {
    let (plane, spacing) = (image.plane.as_ref().unwrap(), image.spacing.unwrap());
    let points = pixels(points);
    let in_patient = points
        .iter()
        .map(|&p| patient_from_pixel(plane, spacing, p));
    [Points::Patient(in_patient.collect()), Points::Image(points)]
}

fn value(measured: &Measured, quantity: Quantity) -> f64 {
    measured
        .value(quantity)
        .unwrap_or_else(|| panic!("{quantity:?} is missing in {measured:?}"))
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} instead of {expected}"
    );
}

#[test]
fn a_length_is_the_same_in_pixels_and_in_the_patient_whatever_the_shape_of_a_pixel() {
    let image = image();
    for points in both_spaces(&image, &[[2.5, 3.5], [32.5, 33.5]]) {
        let drawn = annotation(AnnotationKind::Length, Geometry::Polyline, points);
        let measured = measure(&drawn, &SingleFrame(Arc::new(image.clone())));
        near(
            value(&measured, Quantity::Length),
            24.0_f64.hypot(15.0),
            EXACT,
        );
        assert_eq!(measured.calibration, Some(Calibration::Patient));
        assert_eq!(measured.values[0].1.unit.value, "mm");
    }
}

#[test]
fn an_angle_is_that_of_the_patient_not_of_the_pixels() {
    let image = image();
    // 8 mm along the row, then 8 mm along the column: 45 degrees at the corner between them.
    let points = [[20.5, 4.5], [10.5, 4.5], [20.5, 20.5]];
    for points in both_spaces(&image, &points) {
        let drawn = annotation(AnnotationKind::Angle, Geometry::Polyline, points);
        let measured = measure(&drawn, &SingleFrame(Arc::new(image.clone())));
        near(value(&measured, Quantity::Angle), 45.0, EXACT);
    }
    // Near a straight line, where an arc cosine would be off by a thousandth.
    let tiny = 1e-6_f64;
    let almost = vec![DVec3::X, DVec3::ZERO, DVec3::new(-1.0, tiny, 0.0)];
    let drawn = annotation(
        AnnotationKind::Angle,
        Geometry::Polyline,
        Points::Patient(almost),
    );
    let measured = measure(&drawn, &SingleFrame(Arc::new(image)));
    near(
        value(&measured, Quantity::Angle),
        180.0 - tiny.to_degrees(),
        EXACT,
    );
}

#[test]
fn without_calibration_lengths_are_in_pixels_and_angles_follow_the_aspect() {
    let mut image = image();
    image.spacing = None;
    image.plane = None;
    image.units = Units::None;
    image.aspect = 2.0;
    let source = SingleFrame(Arc::new(image));
    let points = Points::Image(pixels(&[[10.0, 0.0], [0.0, 0.0], [10.0, 5.0]]));
    let angle = annotation(AnnotationKind::Angle, Geometry::Polyline, points);
    near(
        value(&measure(&angle, &source), Quantity::Angle),
        45.0,
        EXACT,
    );
    let line = Points::Image(pixels(&[[1.0, 1.0], [4.0, 5.0]]));
    let measured = measure(
        &annotation(AnnotationKind::Length, Geometry::Polyline, line),
        &source,
    );
    near(value(&measured, Quantity::Length), 5.0, EXACT);
    assert_eq!(measured.calibration, None);
    assert_eq!(measured.values[0].1.unit.value, "{pixels}");
    let square = Points::Image(pixels(&[[1.0, 1.0], [5.0, 1.0], [5.0, 5.0], [1.0, 5.0]]));
    let measured = measure(
        &annotation(AnnotationKind::RectangleRoi, Geometry::Polygon, square),
        &source,
    );
    near(value(&measured, Quantity::Area), 16.0, EXACT);
    let units: Vec<&str> = measured
        .values
        .iter()
        .map(|(_, m)| m.unit.value.as_str())
        .collect();
    assert_eq!(units, ["{square-pixels}", "1", "1", "1", "1", "{pixels}"]);
}

#[test]
fn areas_are_those_of_the_textbook() {
    let image = image();
    let source = SingleFrame(Arc::new(image.clone()));
    // 16 mm by 10 mm.
    let corners = [[4.0, 6.0], [24.0, 6.0], [24.0, 26.0], [4.0, 26.0]];
    let ends = [[4.0, 16.0], [24.0, 16.0], [14.0, 6.0], [14.0, 26.0]];
    let triangle = [[4.0, 6.0], [24.0, 6.0], [9.0, 26.0]];
    let cases = [
        (Geometry::Polygon, &corners[..], 160.0),
        (Geometry::Ellipse, &ends[..], PI * 8.0 * 5.0),
        (Geometry::Polygon, &triangle[..], 80.0),
    ];
    for (geometry, points, area) in cases {
        for points in both_spaces(&image, points) {
            let drawn = annotation(AnnotationKind::Other, geometry, points);
            near(
                value(&measure(&drawn, &source), Quantity::Area),
                area,
                EXACT,
            );
        }
    }
    let circle = vec![DVec3::new(1.0, 2.0, 3.0), DVec3::new(4.0, 2.0, 7.0)];
    let drawn = annotation(
        AnnotationKind::Other,
        Geometry::Circle,
        Points::Patient(circle),
    );
    near(
        value(&measure(&drawn, &source), Quantity::Area),
        PI * 25.0,
        EXACT,
    );
}

#[test]
fn a_region_counts_the_pixels_whose_centres_it_holds_and_no_other() {
    let image = image();
    // From the left edge of column 4 to the right edge of column 19, rows 6 to 25.
    let corners = [[4.0, 6.0], [20.0, 6.0], [20.0, 26.0], [4.0, 26.0]];
    for points in both_spaces(&image, &corners) {
        let drawn = annotation(AnnotationKind::RectangleRoi, Geometry::Polygon, points);
        let measured = measure(&drawn, &SingleFrame(Arc::new(image.clone())));
        assert_eq!(value(&measured, Quantity::Count), 16.0 * 20.0);
        near(
            value(&measured, Quantity::Mean),
            10.0 + 2.0 * 11.5 + 3.0 * 15.5,
            EXACT,
        );
        assert_eq!(
            value(&measured, Quantity::Minimum),
            10.0 + 2.0 * 4.0 + 3.0 * 6.0
        );
        assert_eq!(
            value(&measured, Quantity::Maximum),
            10.0 + 2.0 * 19.0 + 3.0 * 25.0
        );
        // Variance of a ramp of n values is (n² − 1) / 12; that of a sample has n − 1 below.
        let (columns, rows) = (16.0, 20.0);
        let n: f64 = columns * rows;
        let population = 4.0 * (columns * columns - 1.0) / 12.0 + 9.0 * (rows * rows - 1.0) / 12.0;
        let sd = (population * n / (n - 1.0)).sqrt();
        near(value(&measured, Quantity::StandardDeviation), sd, EXACT);
    }
}

#[test]
fn padding_does_not_count_in_a_region() {
    let mut image = image();
    image.padding = Some(PaddingRange {
        low: 10.0,
        high: 14.0,
    });
    let corners = Points::Image(pixels(&[[0.0, 0.0], [4.0, 0.0], [4.0, 1.0], [0.0, 1.0]]));
    let drawn = annotation(AnnotationKind::RectangleRoi, Geometry::Polygon, corners);
    let measured = measure(&drawn, &SingleFrame(Arc::new(image)));
    // 10, 12, 14 are padding; 16 is left, and one value has no deviation.
    assert_eq!(value(&measured, Quantity::Count), 1.0);
    assert_eq!(value(&measured, Quantity::Mean), 16.0);
    assert_eq!(measured.missing, [Quantity::StandardDeviation]);
}

#[test]
fn a_probe_gives_the_stored_value_of_the_pixel_it_lies_in() {
    let image = image();
    for points in both_spaces(&image, &[[7.9, 3.1]]) {
        let drawn = annotation(AnnotationKind::Probe, Geometry::Point, points);
        let measured = measure(&drawn, &SingleFrame(Arc::new(image.clone())));
        assert_eq!(
            value(&measured, Quantity::Value),
            10.0 + 2.0 * 7.0 + 3.0 * 3.0
        );
        assert_eq!(measured.values[0].1.unit.value, "[hnsf'U]");
    }
    for outside in [[-0.1, 3.0], [48.0, 3.0], [3.0, 40.0], [1e30, 1.0]] {
        let points = Points::Image(pixels(&[outside]));
        let drawn = annotation(AnnotationKind::Probe, Geometry::Point, points);
        let measured = measure(&drawn, &SingleFrame(Arc::new(image.clone())));
        assert_eq!(measured.missing, [Quantity::Value], "{outside:?}");
    }
}

#[test]
fn values_off_the_image_are_missing_where_there_is_no_volume() {
    let image = image();
    let normal = image.plane.as_ref().unwrap().normal();
    let [on_plane, _] = both_spaces(&image, &[[4.0, 6.0], [24.0, 6.0], [9.0, 26.0]]);
    let Points::Patient(points) = on_plane else {
        panic!("patient points")
    };
    let above = points.iter().map(|&p| p + normal * 0.5).collect();
    let drawn = annotation(
        AnnotationKind::Other,
        Geometry::Polygon,
        Points::Patient(above),
    );
    let measured = measure(&drawn, &SingleFrame(Arc::new(image)));
    near(value(&measured, Quantity::Area), 80.0, EXACT);
    assert_eq!(measured.missing.len(), 5);
}

/// 64 slices of 64² voxels on an oblique grid, the value being a linear field of patient space.
struct Field {
    gradient: DVec3,
    volume: Arc<Volume>,
}

impl Field {
    const AT_ORIGIN: f64 = 40.0;

    fn new(gradient: DVec3) -> Self {
        let column = DVec3::new(0.8, 0.6, 0.0) * 0.75;
        let row = DVec3::new(-0.36, 0.48, 0.8) * 0.5;
        // A tilted stack: the step is not along the normal.
        let slice = column.cross(row).normalize() * 1.25 + row * 0.3;
        let origin = DVec3::new(5.0, -7.0, 100.0) - (column + row + slice) * 31.5;
        let grid = VolumeGrid {
            dims: [64, 64, 64],
            patient_from_voxel: DAffine3::from_cols(column, row, slice, origin),
        };
        let frames = (0..64).map(|k| {
            let values: Vec<f64> = (0..64 * 64)
                .map(|index| {
                    let voxel =
                        DVec3::new(f64::from(index % 64), f64::from(index / 64), f64::from(k));
                    let at = grid.patient_from_voxel.transform_point3(voxel);
                    at.dot(gradient) + Self::AT_ORIGIN
                })
                .collect();
            OnceLock::from(Arc::new(FrameImage {
                rows: 64,
                columns: 64,
                samples: Samples::F64(values.into()),
                plane: None,
                spacing: None,
                ..image()
            }))
        });
        Self {
            gradient,
            volume: Arc::new(Volume {
                slices: frames.collect(),
                frames: vec![None; 64].into(),
                unreadable: Box::default(),
                report: GridReport::default(),
                frame_of_reference: Some("1.2.9".into()),
                grid,
            }),
        }
    }

    fn at(&self, point: DVec3) -> f64 {
        point.dot(self.gradient) + Self::AT_ORIGIN
    }
}

impl PixelSource for Field {
    fn image(&self, _anchor: &Anchor) -> Option<ImageGeometry> {
        None
    }

    fn frame(&self, _anchor: &Anchor) -> Option<Arc<FrameImage>> {
        None
    }

    fn volume(&self, _anchor: &Anchor) -> Option<Arc<Volume>> {
        Some(Arc::clone(&self.volume))
    }
}

#[test]
fn a_region_on_an_oblique_plane_through_a_linear_field_has_the_value_of_its_middle() {
    let field = Field::new(DVec3::new(1.0, -2.0, 0.5));
    let plane = PlanePose::new(
        DVec3::new(5.0, -7.0, 100.0),
        DVec3::new(1.0, 0.4, -0.3),
        DVec3::new(0.1, 0.2, -1.0),
    )
    .unwrap();
    let half = DVec2::new(8.0, 6.0);
    let (a, b) = (plane.point(-half), plane.point(half));
    let along = DVec2::new(
        plane.right.dot(field.gradient),
        plane.down.dot(field.gradient),
    );
    // The variance of a coordinate is a²/4 over an ellipse and a²/3 over a rectangle.
    let cases = [
        (
            Geometry::Ellipse,
            ellipse_from_corners(&plane, a, b),
            4.0,
            PI * 48.0,
        ),
        (
            Geometry::Polygon,
            rectangle_from_corners(&plane, a, b),
            3.0,
            192.0,
        ),
    ];
    for (geometry, points, part, area) in cases {
        let drawn = annotation(AnnotationKind::Other, geometry, Points::Patient(points));
        let measured = measure(&drawn, &field);
        assert_eq!(measured.missing, []);
        near(value(&measured, Quantity::Area), area, EXACT);
        // Samples are whole voxel steps apart, so an edge may hold one more than the other:
        // a hundredth of the range of the field in the region.
        let sd = ((along * half).length_squared() / part).sqrt();
        let tolerance = sd * 0.03;
        near(
            value(&measured, Quantity::Mean),
            field.at(plane.centre),
            tolerance,
        );
        near(value(&measured, Quantity::StandardDeviation), sd, tolerance);
    }
}

#[test]
fn a_region_along_the_slices_reads_the_voxels_themselves() {
    let field = Field::new(DVec3::new(1.0, -2.0, 0.5));
    let at = |i, j| {
        let grid = &field.volume.grid.patient_from_voxel;
        grid.transform_point3(DVec3::new(i, j, 20.0))
    };
    // Columns 10 to 17, rows 8 to 11 of slice 20.
    let corners = vec![at(9.5, 7.5), at(17.5, 7.5), at(17.5, 11.5), at(9.5, 11.5)];
    let drawn = annotation(
        AnnotationKind::RectangleRoi,
        Geometry::Polygon,
        Points::Patient(corners),
    );
    let measured = measure(&drawn, &field);
    assert_eq!(value(&measured, Quantity::Count), 32.0);
    near(
        value(&measured, Quantity::Area),
        8.0 * 0.75 * 4.0 * 0.5,
        EXACT,
    );
    near(
        value(&measured, Quantity::Mean),
        field.at(at(13.5, 9.5)),
        EXACT,
    );
    let corner_values = [at(10.0, 8.0), at(17.0, 8.0), at(17.0, 11.0), at(10.0, 11.0)];
    let corner_values = corner_values.map(|p| field.at(p));
    let lowest = corner_values.into_iter().fold(f64::INFINITY, f64::min);
    near(value(&measured, Quantity::Minimum), lowest, EXACT);
    // A probe off every image reads the nearest voxel.
    let drawn = annotation(
        AnnotationKind::Probe,
        Geometry::Point,
        Points::Patient(vec![at(10.3, 8.4)]),
    );
    let measured = measure(&drawn, &field);
    near(
        value(&measured, Quantity::Value),
        field.at(at(10.0, 8.0)),
        EXACT,
    );
}

#[test]
fn an_absurdly_large_region_is_sampled_only_where_the_volume_is() {
    let field = Field::new(DVec3::X);
    let points = [[-1e9, -1e9], [1e9, -1e9], [1e9, 1e9], [-1e9, 1e9]];
    let points = points.map(|[x, y]| DVec3::new(x, y, 100.0));
    let drawn = annotation(
        AnnotationKind::RectangleRoi,
        Geometry::Polygon,
        Points::Patient(points.to_vec()),
    );
    let measured = measure(&drawn, &field);
    near(value(&measured, Quantity::Area), 4e18, 1e6);
    assert!(value(&measured, Quantity::Count) < 64.0 * 64.0 * 2.0);
}
