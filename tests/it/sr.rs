//! Structured reports: written, judged by tools of others, and read back.

mod faults;
mod other_makers;
mod roundtrip;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use isocentre::annotation::Anchor;
use isocentre::annotation::Annotation;
use isocentre::annotation::AnnotationId;
use isocentre::annotation::AnnotationKind;
use isocentre::annotation::Code;
use isocentre::annotation::Geometry;
use isocentre::annotation::Points;
use isocentre::annotation::SingleFrame;
use isocentre::annotation::measure;
use isocentre::dicom::Dataset;
use isocentre::dicom::DatasetBuilder;
use isocentre::dicom::Samples;
use isocentre::dicom::new_uid;
use isocentre::dicom::tags;
use isocentre::geom::DVec3;
use isocentre::imaging::Calibration;
use isocentre::imaging::FrameImage;
use isocentre::imaging::ImagePlane;
use isocentre::imaging::PixelSpacing;
use isocentre::imaging::Units;
use isocentre::objects::sr;
use isocentre::objects::sr::Evidence;
use isocentre::objects::sr::EvidenceImage;
use isocentre::objects::sr::Finding;
use isocentre::objects::sr::Findings;
use isocentre::objects::sr::Language;
use isocentre::objects::sr::NoImages;
use isocentre::objects::sr::Saved;
use isocentre::problem::Problems;

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";

const FRAME_OF_REFERENCE: &str = "1.2.826.0.1.3680043.9";

/// The header of a CT slice, with names in another alphabet and some values no standard allows.
fn header(instance: u32) -> Dataset {
    let mut b = DatasetBuilder::new();
    b.text(tags::SOP_CLASS_UID, CT)
        .text(tags::SOP_INSTANCE_UID, &format!("1.2.3.1.{instance}"))
        .text(tags::STUDY_INSTANCE_UID, "1.2.3")
        .text(tags::SERIES_INSTANCE_UID, "1.2.3.1")
        .text(tags::FRAME_OF_REFERENCE_UID, FRAME_OF_REFERENCE)
        .text(tags::MODALITY, "CT")
        .text(
            tags::PATIENT_NAME,
            "Łukasiewicz^Żaneta=山田^太郎=やまだ^たろう",
        )
        .text(tags::PATIENT_ID, "ID-1")
        .text(tags::PATIENT_BIRTH_DATE, "1970.01.31")
        .text(tags::PATIENT_SEX, "female")
        .text(tags::STUDY_DATE, "20260131")
        .text(tags::STUDY_TIME, "10:11:12")
        .text(tags::STUDY_DESCRIPTION, "Thorax \"natif\"");
    b.into_dataset()
}

fn evidence(instances: u32) -> Evidence {
    let images = (0..instances).filter_map(|n| EvidenceImage::of(header(n).elements()));
    Evidence {
        source: header(0),
        images: images.collect(),
        predecessor: None,
    }
}

fn anchor(instance: u32, is_in_patient: bool) -> Anchor {
    Anchor {
        series_instance_uid: "1.2.3.1".into(),
        sop_instance_uid: format!("1.2.3.1.{instance}").into(),
        sop_class_uid: CT.into(),
        frame: 0,
        frame_of_reference: is_in_patient.then(|| FRAME_OF_REFERENCE.into()),
        normal: is_in_patient.then_some(DVec3::Z),
    }
}

/// 32 × 32 pixels of 0.5 mm (rows) by 0.25 mm (columns), the value being the column.
fn frame() -> FrameImage {
    let values: Vec<i16> = (0..32 * 32).map(|index| index % 32).collect();
    FrameImage {
        units: Units::Hounsfield,
        plane: Some(ImagePlane {
            origin: DVec3::ZERO,
            row: DVec3::X,
            column: DVec3::Y,
            frame_of_reference: Some(FRAME_OF_REFERENCE.into()),
        }),
        spacing: Some(PixelSpacing {
            row_mm: 0.5,
            column_mm: 0.25,
            source: Calibration::Patient,
        }),
        ..FrameImage::plain([32, 32], Samples::I16(values.into()))
    }
}

fn annotation(kind: AnnotationKind, geometry: Geometry, points: Points) -> Annotation {
    let is_patient = matches!(points, Points::Patient(_));
    Annotation {
        id: AnnotationId(0),
        tracking_uid: new_uid().into(),
        label: format!("{kind:?} – Läsion"),
        text: String::new(),
        kind,
        geometry,
        points,
        anchor: anchor(u32::from(is_patient), is_patient),
        finding: None,
        label_offset: None,
    }
}

fn patient(points: &[[f64; 2]]) -> Points {
    Points::Patient(points.iter().map(|p| DVec3::new(p[0], p[1], 0.0)).collect())
}

/// One of every kind a reader can draw, measured on [`frame`].
fn every_kind(points: impl Fn(&[[f64; 2]]) -> Points) -> Findings {
    use AnnotationKind as K;
    use Geometry as G;
    let mut drawn = vec![
        annotation(K::Probe, G::Point, points(&[[3.1, 4.1]])),
        annotation(K::Length, G::Polyline, points(&[[1.1, 1.0], [4.4, 5.3]])),
        annotation(
            K::Angle,
            G::Polyline,
            points(&[[1.0, 1.0], [4.0, 1.0], [4.0, 5.0]]),
        ),
        annotation(
            K::EllipseRoi,
            G::Ellipse,
            points(&[[1.0, 3.0], [5.0, 3.0], [3.0, 2.0], [3.0, 4.0]]),
        ),
        annotation(
            K::RectangleRoi,
            G::Polygon,
            points(&[[1.0, 1.0], [5.0, 1.0], [5.0, 4.0], [1.0, 4.0]]),
        ),
        annotation(K::Arrow, G::Polyline, points(&[[2.0, 2.0], [6.0, 6.0]])),
        annotation(K::Other, G::MultiPoint, points(&[[2.0, 2.0], [6.0, 6.0]])),
        annotation(
            K::Other,
            G::Polyline,
            points(&[[1.0, 1.0], [2.0, 3.0], [3.0, 3.0], [5.0, 1.0]]),
        ),
        annotation(
            K::Other,
            G::Polygon,
            points(&[[1.0, 1.0], [6.0, 2.0], [3.0, 5.0]]),
        ),
    ];
    "Ground glass\nhere".clone_into(&mut drawn[5].text);
    drawn[3].finding = Some(Code::new("27925004", "SCT", "Nodule"));
    let source = SingleFrame(Arc::new(frame()));
    let findings = drawn.into_iter().map(|annotation| {
        let measured = measure(&annotation, &source);
        assert_eq!(measured.missing, [], "{}", annotation.label);
        Finding {
            measurements: measured.values.into_iter().map(|(_, m)| m).collect(),
            annotation,
            kept: Vec::new(),
        }
    });
    Findings {
        title: "Imaging Measurement Report".to_owned(),
        observer: "Doe^Jane".to_owned(),
        language: Language::French,
        findings: findings.collect(),
        text: "Nodule du lobe supérieur.\n  9 mm \\ stable".to_owned(),
        impression: "À contrôler".to_owned(),
        is_complete: true,
        other: Vec::new(),
    }
}

/// Runs a judge on a file; the lines it says.
fn judged(judge: &str, path: &Path) -> (bool, Vec<String>) {
    let output = Command::new(judge)
        .arg(path)
        .output()
        .unwrap_or_else(|error| {
            panic!("{judge} does not start ({error}): run tests/run, which installs the judges")
        });
    let text = [output.stdout, output.stderr].concat();
    let lines = String::from_utf8_lossy(&text);
    (
        output.status.success(),
        lines.lines().map(ToOwned::to_owned).collect(),
    )
}

fn assert_accepted_by_the_judges(saved: &Saved) {
    let (_, lines) = judged("dciodvfy", saved.path());
    let errors: Vec<_> = lines.iter().filter(|l| l.starts_with("Error")).collect();
    assert!(errors.is_empty(), "dciodvfy: {errors:#?}");
    let (reads, lines) = judged("dsrdump", saved.path());
    assert!(reads, "dsrdump: {lines:#?}");
}

fn reread(saved: &Saved) -> Findings {
    let document = sr::read_file(saved.path()).unwrap();
    let problems = Problems::new();
    let template = sr::template_of(&document.root).unwrap();
    let findings = template.read(&document, &NoImages, &problems);
    assert_eq!(problems.drain(), []);
    findings
}
