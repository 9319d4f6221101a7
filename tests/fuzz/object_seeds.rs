//! Whole files of what is shown over images or beside them, and of videos.

use isocentre::dicom::Dataset;
use isocentre::dicom::DatasetBuilder;
use isocentre::dicom::tags;
use isocentre::dicom::write_part10_bytes;

use crate::common::bytes::Encoding;
use crate::common::bytes::Value;
use crate::common::synthetic::SyntheticImage;
use crate::encoders::video::film;
use crate::encoders::video::h264;
use crate::encoders::video::mp4;
use crate::encoders::video::mpeg2;
use crate::encoders::video::program_stream;
use crate::encoders::video::transport_stream;
use crate::layer_objects::Seg;
use crate::layer_objects::at;
use crate::layer_objects::dose_grid;
use crate::layer_objects::region;
use crate::layer_objects::square;
use crate::layer_objects::structure_set;

fn dataset(put: impl FnOnce(&mut DatasetBuilder)) -> Dataset {
    let mut builder = DatasetBuilder::new();
    put(&mut builder);
    builder.into_dataset()
}

fn file(dataset: &Dataset) -> Vec<u8> {
    write_part10_bytes(dataset, "1.2.840.10008.1.2.1").unwrap()
}

pub fn layers() -> Vec<Vec<u8>> {
    let segmentation = |kind, samples| {
        let frames = vec![at(1, [0.0; 3]), at(2, [0.0, 0.0, 1.0])];
        Seg::new(kind, [3, 3], frames, samples).image()
    };
    let contours = vec![
        ("CLOSED_PLANAR", square([0.0; 2], [4.0; 2], 0.0)),
        ("CLOSED_PLANAR", square([1.0; 2], [5.0; 2], 3.0)),
        ("POINT", vec![[1.0; 3]]),
    ];
    let objects = [
        segmentation("BINARY", (0..18).map(|at| at % 2).collect()),
        segmentation("FRACTIONAL", (0..18).collect()),
        segmentation("LABELMAP", (0..18).collect()),
        structure_set(&[region(1, "A", contours)]),
        dose_grid(&[0.0, 1.0], 16, "1"),
    ];
    objects
        .iter()
        .map(|object| object.write(Encoding::ExplicitLittle))
        .collect()
}

/// States with something of everything, for the image of [`crate::targets::presentation`].
pub fn presentation_states() -> Vec<Vec<u8>> {
    let classes = ["1", "2", "3"];
    classes.iter().map(|class| file(&state(class))).collect()
}

fn state(class: &str) -> Dataset {
    let image = || {
        dataset(|item| {
            item.text(tags::REFERENCED_SOP_CLASS_UID, "1.2.840.10008.5.1.4.1.1.2")
                .text(tags::REFERENCED_SOP_INSTANCE_UID, "1.2.3.4.5.1");
        })
    };
    let table = |entries: &[u16]| {
        dataset(|item| {
            item.integers(tags::LUT_DESCRIPTOR, &[entries.len() as i64, 0, 12])
                .words(tags::LUT_DATA, entries);
        })
    };
    let figure = |kind: &str, points: &[f64]| {
        dataset(|item| {
            item.text(tags::GRAPHIC_ANNOTATION_UNITS, "PIXEL")
                .integer(tags::NUMBER_OF_GRAPHIC_POINTS, points.len() as i64 / 2)
                .floats(tags::GRAPHIC_DATA, points)
                .text(tags::GRAPHIC_TYPE, kind)
                .text(tags::GRAPHIC_FILLED, "Y");
        })
    };
    let annotation = dataset(|item| {
        let text = dataset(|item| {
            item.text(tags::UNFORMATTED_TEXT_VALUE, "a text")
                .text(tags::BOUNDING_BOX_ANNOTATION_UNITS, "DISPLAY")
                .floats(tags::BOUNDING_BOX_TOP_LEFT_HAND_CORNER, &[0.1, 0.1])
                .floats(tags::BOUNDING_BOX_BOTTOM_RIGHT_HAND_CORNER, &[0.5, 0.2]);
        });
        let figures = vec![
            figure("CIRCLE", &[3.0, 3.0, 5.0, 3.0]),
            figure("ELLIPSE", &[1.0, 3.0, 5.0, 3.0, 3.0, 2.0, 3.0, 4.0]),
            figure("INTERPOLATED", &[1.0, 1.0, 4.0, 2.0, 3.0, 5.0, 1.0, 1.0]),
        ];
        item.text(tags::GRAPHIC_LAYER, "L")
            .items(tags::GRAPHIC_OBJECT_SEQUENCE, figures)
            .items(tags::TEXT_OBJECT_SEQUENCE, vec![text]);
    });
    let area = dataset(|item| {
        item.integers(tags::DISPLAYED_AREA_TOP_LEFT_HAND_CORNER, &[1, 1])
            .integers(tags::DISPLAYED_AREA_BOTTOM_RIGHT_HAND_CORNER, &[8, 2])
            .text(tags::PRESENTATION_SIZE_MODE, "MAGNIFY")
            .floats(tags::PRESENTATION_PIXEL_MAGNIFICATION_RATIO, &[2.0]);
    });
    let window = dataset(|item| {
        item.floats(tags::WINDOW_CENTER, &[100.0])
            .floats(tags::WINDOW_WIDTH, &[50.0]);
    });
    let curve: Vec<u16> = (0..64).map(|value| value * 64).collect();
    let series = dataset(|item| {
        item.text(tags::SERIES_INSTANCE_UID, "1.2.3.4.5.3")
            .items(tags::REFERENCED_IMAGE_SEQUENCE, vec![image()]);
    });
    dataset(|b| {
        let class = format!("1.2.840.10008.5.1.4.1.1.11.{class}");
        b.text(tags::SOP_CLASS_UID, &class)
            .text(tags::SOP_INSTANCE_UID, "1.2.3.4.5.77")
            .text(tags::CONTENT_LABEL, "READ")
            .items(tags::REFERENCED_SERIES_SEQUENCE, vec![series])
            .text(tags::PRESENTATION_LUT_SHAPE, "INVERSE")
            .integer(tags::IMAGE_ROTATION, 270)
            .text(tags::IMAGE_HORIZONTAL_FLIP, "Y")
            .items(tags::MODALITY_LUT_SEQUENCE, vec![table(&curve)])
            .items(tags::SOFTCOPY_VOILUT_SEQUENCE, vec![window])
            .items(tags::PRESENTATION_LUT_SEQUENCE, vec![table(&curve)])
            .items(tags::DISPLAYED_AREA_SELECTION_SEQUENCE, vec![area])
            .text(tags::SHUTTER_SHAPE, "CIRCULAR")
            .integers(tags::CENTER_OF_CIRCULAR_SHUTTER, &[4, 4])
            .integer(tags::RADIUS_OF_CIRCULAR_SHUTTER, 3)
            .items(tags::GRAPHIC_ANNOTATION_SEQUENCE, vec![annotation]);
        for (descriptor, data) in [
            (
                tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
            ),
            (
                tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
            ),
            (
                tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
            ),
        ] {
            b.integers(descriptor, &[64, 0, 16]).words(data, &curve);
        }
    })
}

pub fn documents() -> Vec<Vec<u8>> {
    let content = "BT /F1 40 Tf 50 200 Td (1) Tj ET 0 0 50 50 re f";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [4 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 60 80] /Contents 5 0 R \
         /Resources << /Font << /F1 3 0 R >> >> >>"
            .to_owned(),
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ),
    ];
    let mut pdf = b"%PDF-1.7\n".to_vec();
    for (index, object) in objects.iter().enumerate() {
        pdf.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    pdf.extend(b"trailer\n<< /Root 1 0 R >>\n%%EOF\n");
    vec![file(&dataset(|b| {
        b.text(tags::SOP_CLASS_UID, "1.2.840.10008.5.1.4.1.1.104.1")
            .text(tags::SOP_INSTANCE_UID, "1.2.3.77.1")
            .text(tags::DOCUMENT_TITLE, "Discharge letter")
            .text(tags::MIME_TYPE_OF_ENCAPSULATED_DOCUMENT, "application/pdf")
            .bytes(tags::ENCAPSULATED_DOCUMENT, &pdf);
    }))]
}

pub fn videos() -> Vec<Vec<u8>> {
    let film = film(4);
    let (avc, mpeg) = (h264::stream(&film), mpeg2::stream(&film, 1));
    let in_mp4 = mp4(&h264::parameter_sets([2, 2]), &h264::slices(&film));
    let streams = [
        ("1.2.840.10008.1.2.4.102", avc.clone()),
        ("1.2.840.10008.1.2.4.102", transport_stream(&avc, 0x1B)),
        ("1.2.840.10008.1.2.4.102", in_mp4),
        ("1.2.840.10008.1.2.4.100", mpeg.clone()),
        ("1.2.840.10008.1.2.4.100", program_stream(&mpeg)),
    ];
    streams
        .into_iter()
        .map(|(syntax, stream)| {
            SyntheticImage::new(32, 32)
                .bits(8, 8)
                .samples_per_pixel(3)
                .photometric("YBR_PARTIAL_420")
                .text(0x0028, 0x0008, "IS", "10")
                .transfer_syntax(syntax)
                .raw_pixels(Value::Fragments(vec![stream]))
                .write(Encoding::ExplicitLittle)
        })
        .collect()
}
