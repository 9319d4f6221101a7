//! Measuring on ultrasound pictures, where what a pixel measures depends on where it lies.

use std::sync::Arc;

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
use isocentre::annotation::measure;
use isocentre::dicom::ByteSource;
use isocentre::dicom::DecodedFrame;
use isocentre::dicom::InstanceHeader;
use isocentre::dicom::Photometric;
use isocentre::dicom::Samples;
use isocentre::dicom::read_header;
use isocentre::geom::DVec2;
use isocentre::imaging::Calibration;
use isocentre::imaging::FrameImage;
use isocentre::imaging::ImageAttributes;

use crate::common::Element;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::Value;

/// One item of Sequence of Ultrasound Regions.
#[derive(Clone)]
struct Region {
    bounds: [u32; 4],
    units: [u16; 2],
    deltas: [f64; 2],
    flags: u32,
    reference: Option<([i32; 2], [f64; 2])>,
}

const TISSUE: [u16; 2] = [3, 3];
const DOPPLER: [u16; 2] = [4, 7];
const M_MODE: [u16; 2] = [4, 3];

impl Region {
    fn new(bounds: [u32; 4], units: [u16; 2], deltas: [f64; 2]) -> Self {
        Self {
            bounds,
            units,
            deltas,
            flags: 0,
            reference: None,
        }
    }

    fn item(&self) -> Vec<Element> {
        let ul = |element, value: u32| Element::new(0x0018, element, "UL", Value::U32(vec![value]));
        let fd = |element, value: f64| {
            Element::new(
                0x0018,
                element,
                "FD",
                Value::Bytes(value.to_le_bytes().to_vec()),
            )
        };
        let sl = |element, value: i32| {
            Element::new(0x0018, element, "SL", Value::U32(vec![value as u32]))
        };
        let mut item = vec![
            ul(0x6016, self.flags),
            ul(0x6018, self.bounds[0]),
            ul(0x601A, self.bounds[1]),
            ul(0x601C, self.bounds[2]),
            ul(0x601E, self.bounds[3]),
        ];
        if let Some((pixel, _)) = self.reference {
            item.extend([sl(0x6020, pixel[0]), sl(0x6022, pixel[1])]);
        }
        item.extend([
            Element::u16(0x0018, 0x6024, self.units[0]),
            Element::u16(0x0018, 0x6026, self.units[1]),
        ]);
        if let Some((_, value)) = self.reference {
            item.extend([fd(0x6028, value[0]), fd(0x602A, value[1])]);
        }
        item.extend([fd(0x602C, self.deltas[0]), fd(0x602E, self.deltas[1])]);
        item
    }
}

/// A picture of 640 × 480 with tissue above, a spectrum below it, and an M-mode strip beside that.
fn regions() -> Vec<Region> {
    let mut doppler = Region::new([0, 240, 319, 479], DOPPLER, [0.005, -0.5]);
    // The baseline is 100 pixels below the region's top.
    doppler.reference = Some(([0, 100], [0.0, 0.0]));
    vec![
        Region::new([0, 0, 639, 239], TISSUE, [0.05, 0.04]),
        doppler,
        Region::new([320, 240, 639, 479], M_MODE, [0.01, 0.02]),
    ]
}

fn header(image: SyntheticImage, regions: &[Region]) -> InstanceHeader {
    let items = regions.iter().map(Region::item).collect();
    let file = image
        .text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.6.1")
        .text(0x0008, 0x0060, "CS", "US")
        .without(0x0020, 0x0032)
        .without(0x0020, 0x0037)
        .without(0x0020, 0x0052)
        .element(Element::new(0x0018, 0x6011, "SQ", Value::Items(items)))
        .write(Encoding::ExplicitLittle);
    read_header(ByteSource::Memory(file.into())).unwrap()
}

fn picture(header: &InstanceHeader, samples: Samples) -> FrameImage {
    let photometric = if samples.samples_per_pixel() == 3 {
        Photometric::Rgb
    } else {
        Photometric::Monochrome2
    };
    let decoded = DecodedFrame {
        missing: None,
        rows: 480,
        columns: 640,
        photometric,
        samples,
    };
    ImageAttributes::read(header).frame_image(0, decoded)
}

fn grey(regions: &[Region]) -> FrameImage {
    let image = SyntheticImage::new(480, 640)
        .bits(8, 8)
        .without(0x0028, 0x0030);
    picture(
        &header(image, regions),
        Samples::U8(vec![9; 640 * 480].into()),
    )
}

fn drawn(kind: AnnotationKind, geometry: Geometry, points: &[[f64; 2]]) -> Annotation {
    Annotation {
        id: AnnotationId(1),
        tracking_uid: "1.2.3".into(),
        label: "1".to_owned(),
        text: String::new(),
        kind,
        geometry,
        points: Points::Image(points.iter().map(|&p| DVec2::from(p)).collect()),
        anchor: Anchor {
            series_instance_uid: "1.2".into(),
            sop_instance_uid: "1.2.4".into(),
            sop_class_uid: "1.2.5".into(),
            frame: 0,
            frame_of_reference: None,
            normal: None,
        },
        finding: None,
        label_offset: None,
    }
}

fn line(image: &FrameImage, points: [[f64; 2]; 2]) -> Measured {
    let line = drawn(AnnotationKind::Length, Geometry::Polyline, &points);
    measure(&line, &SingleFrame(Arc::new(image.clone())))
}

fn near(found: Option<f64>, expected: f64) {
    let found = found.unwrap_or(f64::NAN);
    assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
}

#[test]
fn a_line_is_measured_by_the_region_it_lies_in() {
    let image = grey(&regions());
    // 30 pixels of 0.5 mm to the right, 50 of 0.4 mm down.
    let tissue = line(&image, [[10.0, 10.0], [40.0, 60.0]]);
    near(tissue.value(Quantity::Length), 25.0);
    assert_eq!(tissue.calibration, Some(Calibration::UltrasoundRegion));
    let doppler = line(&image, [[10.0, 250.0], [50.0, 400.0]]);
    near(doppler.value(Quantity::Duration), 200.0);
    near(doppler.value(Quantity::Velocity), 75.0);
    assert_eq!(doppler.value(Quantity::Length), None);
    assert_eq!(doppler.missing, []);
    let m_mode = line(&image, [[330.0, 250.0], [380.0, 300.0]]);
    near(m_mode.value(Quantity::Duration), 500.0);
    near(m_mode.value(Quantity::Depth), 10.0);
    assert_eq!(m_mode.value(Quantity::Length), None);
}

#[test]
fn a_line_from_one_region_into_another_or_beside_all_is_in_pixels() {
    let mut regions = regions();
    regions.remove(2);
    let image = grey(&regions);
    for points in [
        [[10.0, 200.0], [10.0, 300.0]],
        [[400.0, 300.0], [500.0, 300.0]],
    ] {
        let measured = line(&image, points);
        near(measured.value(Quantity::Length), 100.0);
        assert_eq!(measured.calibration, None);
        assert_eq!(measured.values[0].1.unit.value, "{pixels}");
    }
}

#[test]
fn where_regions_overlap_the_one_of_high_priority_measures() {
    let mut wide = Region::new([0, 0, 639, 479], TISSUE, [0.1, 0.1]);
    let box_of_colour = Region::new([100, 100, 299, 299], TISSUE, [0.02, 0.02]);
    let points = [[150.0, 150.0], [250.0, 150.0]];
    wide.flags = 1;
    let image = grey(&[wide.clone(), box_of_colour.clone()]);
    near(line(&image, points).value(Quantity::Length), 20.0);
    wide.flags = 0;
    let low = Region {
        flags: 1,
        ..box_of_colour
    };
    near(
        line(&grey(&[wide, low]), points).value(Quantity::Length),
        100.0,
    );
}

#[test]
fn a_regions_own_calibration_goes_before_a_pixel_spacing_of_the_whole_picture() {
    let spaced = SyntheticImage::new(480, 640).bits(8, 8).spacing(0.3, 0.3);
    let image = picture(
        &header(spaced, &regions()),
        Samples::U8(vec![9; 640 * 480].into()),
    );
    let tissue = line(&image, [[10.0, 10.0], [110.0, 10.0]]);
    near(tissue.value(Quantity::Length), 50.0);
    assert_eq!(tissue.calibration, Some(Calibration::UltrasoundRegion));
    let doppler = line(&image, [[10.0, 250.0], [50.0, 250.0]]);
    assert_eq!(doppler.value(Quantity::Length), None);
    near(doppler.value(Quantity::Duration), 200.0);
}

#[test]
fn a_point_on_a_spectrum_has_the_velocity_of_its_distance_from_the_baseline() {
    let image = grey(&regions());
    let probe = |y: f64| {
        let point = drawn(AnnotationKind::Probe, Geometry::Point, &[[20.5, y]]);
        measure(&point, &SingleFrame(Arc::new(image.clone())))
    };
    // Baseline: row 340; 60 pixels above it at 0.5 cm/s a pixel, upwards positive.
    near(probe(280.5).value(Quantity::Velocity), 30.0);
    near(probe(340.5).value(Quantity::Velocity), 0.0);
    near(probe(360.5).value(Quantity::Velocity), -10.0);
    near(probe(100.5).value(Quantity::Value), 9.0);
}

#[test]
fn a_region_drawn_on_a_colour_picture_has_its_area_and_lacks_nothing() {
    let image = SyntheticImage::new(480, 640)
        .bits(8, 8)
        .samples_per_pixel(3)
        .without(0x0028, 0x0030)
        .photometric("RGB");
    let colour = picture(
        &header(image, &regions()),
        Samples::Rgb8(vec![9; 640 * 480 * 3].into()),
    );
    let ellipse = drawn(
        AnnotationKind::EllipseRoi,
        Geometry::Ellipse,
        &[[10.0, 50.0], [50.0, 50.0], [30.0, 40.0], [30.0, 60.0]],
    );
    let measured = measure(&ellipse, &SingleFrame(Arc::new(colour)));
    // Half axes of 20 × 0.5 mm and 10 × 0.4 mm.
    near(
        measured.value(Quantity::Area),
        std::f64::consts::PI * 10.0 * 4.0,
    );
    assert_eq!(measured.missing, []);
    assert_eq!(measured.values.len(), 1);
}

/// The pixels of a colour picture are not there yet.
struct NotLoaded(ImageGeometry);

impl PixelSource for NotLoaded {
    fn image(&self, _anchor: &Anchor) -> Option<ImageGeometry> {
        Some(self.0.clone())
    }

    fn frame(&self, _anchor: &Anchor) -> Option<Arc<FrameImage>> {
        None
    }

    fn volume(&self, _anchor: &Anchor) -> Option<Arc<isocentre::volume::Volume>> {
        None
    }
}

#[test]
fn values_of_an_image_that_is_not_there_are_missing_not_left_out() {
    let geometry = ImageGeometry::from(&grey(&regions()));
    let point = drawn(AnnotationKind::Probe, Geometry::Point, &[[20.5, 20.5]]);
    let measured = measure(&point, &NotLoaded(geometry));
    assert_eq!(measured.missing, [Quantity::Value]);
}
