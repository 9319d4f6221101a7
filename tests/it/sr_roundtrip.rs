//! Reports written, judged by tools of others, and read back.

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
use isocentre::dicom::ByteSource;
use isocentre::dicom::Dataset;
use isocentre::dicom::DatasetBuilder;
use isocentre::dicom::Photometric;
use isocentre::dicom::Samples;
use isocentre::dicom::codes;
use isocentre::dicom::is_valid_uid;
use isocentre::dicom::new_uid;
use isocentre::dicom::read_header;
use isocentre::dicom::tags;
use isocentre::geom::DVec2;
use isocentre::geom::DVec3;
use isocentre::imaging::Calibration;
use isocentre::imaging::FrameImage;
use isocentre::imaging::ImagePlane;
use isocentre::imaging::ModalityTransform;
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
use isocentre::objects::sr::Template as _;
use isocentre::objects::sr::Tid1500;
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
        rows: 32,
        columns: 32,
        samples: Samples::I16(values.into()),
        photometric: Photometric::Monochrome2,
        modality: ModalityTransform::Identity,
        units: Units::Hounsfield,
        padding: None,
        vois: Arc::new([]),
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
        aspect: 1.0,
        lossy: None,
        marks: None,
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

#[test]
fn a_report_of_every_kind_in_patient_space_is_accepted_and_reads_back_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let meant = every_kind(patient);
    let saved = sr::save(&meant, &evidence(3), &Tid1500, folder.path()).unwrap();
    if let Some(copy) = std::env::var_os("ISOCENTRE_KEEP_REPORTS") {
        std::fs::copy(saved.path(), Path::new(&copy).join("patient.dcm")).unwrap();
    }
    assert_accepted_by_the_judges(&saved);
    let read = reread(&saved);
    meant.same_as(&read).unwrap();
    for (meant, read) in meant.findings.iter().zip(&read.findings) {
        assert_eq!(meant.annotation.kind, read.annotation.kind);
        assert_eq!(
            meant.annotation.anchor.series_instance_uid,
            read.annotation.anchor.series_instance_uid
        );
    }
    assert_eq!((read.language, read.is_complete), (Language::French, true));
    let document = sr::read_file(saved.path()).unwrap();
    let e = document.dataset.elements();
    assert_eq!(
        e.text(tags::SOP_CLASS_UID).unwrap(),
        sr::COMPREHENSIVE_3D_SR
    );
    assert_eq!(
        e.text(tags::PATIENT_NAME),
        header(0).elements().text(tags::PATIENT_NAME)
    );
    assert_eq!(e.text(tags::VERIFICATION_FLAG).unwrap(), "UNVERIFIED");
}

#[test]
fn a_report_without_a_frame_of_reference_is_a_comprehensive_sr() {
    let folder = tempfile::tempdir().unwrap();
    let pixels = |points: &[[f64; 2]]| {
        Points::Image(points.iter().map(|p| DVec2::new(p[0], p[1])).collect())
    };
    let mut meant = every_kind(pixels);
    meant.findings.push(Finding {
        annotation: annotation(
            AnnotationKind::Other,
            Geometry::Circle,
            pixels(&[[10.0, 10.0], [14.0, 10.0]]),
        ),
        measurements: Vec::new(),
        kept: Vec::new(),
    });
    let saved = sr::save(&meant, &evidence(3), &Tid1500, folder.path()).unwrap();
    if let Some(copy) = std::env::var_os("ISOCENTRE_KEEP_REPORTS") {
        std::fs::copy(saved.path(), Path::new(&copy).join("pixels.dcm")).unwrap();
    }
    assert_accepted_by_the_judges(&saved);
    meant.same_as(&reread(&saved)).unwrap();
    let document = sr::read_file(saved.path()).unwrap();
    let class = document
        .dataset
        .elements()
        .text(tags::SOP_CLASS_UID)
        .unwrap();
    assert_eq!(class, sr::COMPREHENSIVE_SR);
}

#[test]
fn a_report_of_text_alone_and_without_an_observer_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let meant = Findings {
        impression: "Nothing found".to_owned(),
        ..Findings::default()
    };
    let saved = sr::save(&meant, &evidence(1), &Tid1500, folder.path()).unwrap();
    assert_accepted_by_the_judges(&saved);
    let read = reread(&saved);
    assert_eq!(read.impression, "Nothing found");
    assert!(!read.is_complete);
}

#[test]
fn a_report_saved_again_is_a_new_instance_that_names_its_predecessor() {
    let folder = tempfile::tempdir().unwrap();
    let mut evidence = evidence(3);
    let first = sr::save(&every_kind(patient), &evidence, &Tid1500, folder.path()).unwrap();
    let document = sr::read_file(first.path()).unwrap();
    evidence.predecessor = document.reference();
    let second = sr::save(&reread(&first), &evidence, &Tid1500, folder.path()).unwrap();
    assert_ne!(first.sop_instance_uid(), second.sop_instance_uid());
    assert_accepted_by_the_judges(&second);
    let document = sr::read_file(second.path()).unwrap();
    let e = document.dataset.elements();
    let predecessor = e
        .item(tags::PREDECESSOR_DOCUMENTS_SEQUENCE)
        .and_then(|study| study.item(tags::REFERENCED_SERIES_SEQUENCE))
        .and_then(|series| series.item(tags::REFERENCED_SOP_SEQUENCE))
        .and_then(|sop| sop.text(tags::REFERENCED_SOP_INSTANCE_UID));
    assert_eq!(predecessor.as_deref(), Some(first.sop_instance_uid()));
    assert_eq!(e.integer(tags::INSTANCE_NUMBER), Some(2));
}

#[test]
fn an_annotation_of_another_study_never_gets_into_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let mut evidence = evidence(3);
    evidence.images[1].study_instance_uid = "9.9.9".to_owned();
    let error = sr::save(&every_kind(patient), &evidence, &Tid1500, folder.path()).unwrap_err();
    assert!(
        matches!(error, sr::SaveError::ForeignImage { .. }),
        "{error}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_comparer_sees_a_point_moved_by_a_thousandth_of_a_millimetre() {
    let meant = every_kind(patient);
    let mut other = meant.clone();
    assert!(meant.same_as(&other).is_ok());
    if let Points::Patient(points) = &mut other.findings[1].annotation.points {
        points[1].y += 0.001;
    }
    assert!(meant.same_as(&other).unwrap_err().what.contains("geometry"));
    let mut other = meant.clone();
    other.findings[1].measurements[0].value += 1e-9;
    assert!(meant.same_as(&other).is_err());
    let mut other = meant.clone();
    other.impression.push('.');
    assert!(meant.same_as(&other).is_err());
}

/// A report of another maker among the sample files, if they are there.
fn sample(name: &str) -> Option<sr::SrDocument> {
    let folder = super::common::test_data("reports of other makers")?;
    Some(sr::read_file(&folder.join(name)).unwrap())
}

#[test]
fn measurements_of_another_maker_come_back_on_their_images_and_survive_being_saved_again() {
    let Some(document) = sample("highdicom/sr_document_with_multiple_groups.dcm") else {
        return;
    };
    let template = sr::template_of(&document.root).unwrap();
    let problems = Problems::new();
    let read = template.read(&document, &NoImages, &problems);
    assert_eq!(read.observer, "Doe^John");
    let labels: Vec<&str> = read
        .findings
        .iter()
        .map(|f| f.annotation.label.as_str())
        .collect();
    assert_eq!(labels, ["LungNodule0001", "Aorta0001", "Vertebra0001"]);
    let nodule = &read.findings[0];
    assert_eq!(nodule.annotation.geometry, Geometry::Circle);
    assert_eq!(
        nodule.annotation.finding.as_ref().unwrap().meaning,
        "Nodule"
    );
    assert_eq!(
        (
            nodule.measurements[0].value,
            nodule.measurements[0].unit.value.as_str()
        ),
        (10.0, "mm")
    );
    assert_eq!(
        read.findings[2].annotation.points,
        Points::Patient(vec![DVec3::new(
            123.5,
            f64::from(234.1_f32),
            f64::from(-23.7_f32)
        )])
    );
    // The group of a whole image has no place to draw; it is told and kept.
    assert_eq!((problems.drain().len(), read.other.len()), (1, 1));

    let evidence = Evidence {
        source: document.dataset.clone(),
        images: document.evidence(),
        predecessor: document.reference(),
    };
    let folder = tempfile::tempdir().unwrap();
    let saved = sr::save(&read, &evidence, template, folder.path()).unwrap();
    assert_accepted_by_the_judges(&saved);
    let again = sr::read_file(saved.path()).unwrap();
    let texts: Vec<String> = sr::lines(&again.root)
        .into_iter()
        .map(|line| line.name)
        .collect();
    for kept in [
        "Finding Site",
        "Finding category",
        "Level of Significance",
        "Intensity Histogram Mean",
    ] {
        assert!(texts.iter().any(|name| name == kept), "{kept} got lost");
    }
}

#[test]
fn every_report_among_the_sample_files_is_a_readable_tree_that_is_written_back_as_it_was() {
    let Some(folder) = super::common::test_data("reports of other makers") else {
        return;
    };
    let mut reports = 0;
    for path in super::common::files_below(&folder) {
        let Ok(document) = sr::read_file(&path) else {
            continue;
        };
        reports += 1;
        assert!(sr::lines(&document.root).len() > 1, "{}", path.display());
        let written = sr::content_dataset(&document.root);
        assert_eq!(
            sr::content_tree(written.elements()),
            document.root,
            "{}",
            path.display()
        );
        // Nothing is hidden: each group of measurements is an annotation or kept.
        let Some(template) = sr::template_of(&document.root) else {
            continue;
        };
        let read = template.read(&document, &NoImages, &Problems::new());
        let groups = document
            .root
            .child(codes::IMAGING_MEASUREMENTS)
            .map_or(0, |container| container.children.len());
        assert!(
            read.findings.len() + read.other.len() >= groups,
            "{}: {groups} groups, {} annotations, {} kept",
            path.display(),
            read.findings.len(),
            read.other.len()
        );
    }
    assert!(reports >= 2, "{reports} reports in {}", folder.display());
}

#[test]
fn a_tree_deeper_than_any_template_is_cut_and_a_reference_to_itself_is_harmless() {
    let mut item = DatasetBuilder::new();
    item.text(tags::VALUE_TYPE, "TEXT")
        .text(tags::TEXT_VALUE, "end");
    for _ in 0..500 {
        let mut outer = DatasetBuilder::new();
        outer
            .text(tags::VALUE_TYPE, "CONTAINER")
            .items(tags::CONTENT_SEQUENCE, vec![item.into_dataset()]);
        item = outer;
    }
    let root = sr::content_tree(item.into_dataset().elements());
    assert!((10..500).contains(&sr::lines(&root).len()));

    let mut b = DatasetBuilder::from(header(0));
    let reference = {
        let mut b = DatasetBuilder::new();
        b.text(tags::RELATIONSHIP_TYPE, "SELECTED FROM")
            .integers(tags::REFERENCED_CONTENT_ITEM_IDENTIFIER, &[1]);
        b.into_dataset()
    };
    b.text(tags::SOP_CLASS_UID, sr::COMPREHENSIVE_SR)
        .text(tags::VALUE_TYPE, "CONTAINER")
        .items(tags::CONTENT_SEQUENCE, vec![reference]);
    let document = sr::read_document(b.into_dataset()).unwrap();
    let findings = Tid1500.read(&document, &NoImages, &Problems::new());
    assert!(findings.is_empty());
}

#[test]
fn a_report_on_any_sample_image_is_accepted_whatever_its_header_is_like() {
    let Some(folder) = super::common::test_data("reports on images of every kind") else {
        return;
    };
    let out = tempfile::tempdir().unwrap();
    let mut series = std::collections::BTreeSet::new();
    let mut refused = Vec::new();
    for path in super::common::files_below(&folder) {
        let Ok(header) = read_header(ByteSource::File(path.as_path().into())) else {
            continue;
        };
        let e = header.dataset.elements();
        let Some(image) = EvidenceImage::of(e) else {
            continue;
        };
        // A reference by a UID that is none cannot please the judges, and theirs is a shorter list
        // of what an image is.
        let uids = [
            &image.study_instance_uid,
            &image.series_instance_uid,
            &image.instance.sop_instance_uid,
        ];
        let is_proper = uids
            .iter()
            .all(|uid| is_valid_uid(uid) && uid.starts_with(['1', '2']));
        let class = &image.instance.sop_class_uid;
        let is_standard = class.starts_with("1.2.840.10008.5.1.4.1.1.");
        if !is_proper || !is_standard || ["RTDOSE", "SEG"].contains(&image.modality.as_str()) {
            continue;
        }
        if !e.has(tags::ROWS) || !series.insert(image.series_instance_uid.clone()) {
            continue;
        }
        let frame_of_reference = image.frame_of_reference.clone();
        let points = [[1.0, 2.0], [11.5, 2.25]];
        let mut drawn = annotation(
            AnnotationKind::Length,
            Geometry::Polyline,
            match &frame_of_reference {
                Some(_) => patient(&points),
                None => Points::Image(points.map(DVec2::from).to_vec()),
            },
        );
        drawn.anchor = Anchor {
            series_instance_uid: image.series_instance_uid.as_str().into(),
            sop_instance_uid: image.instance.sop_instance_uid.as_str().into(),
            sop_class_uid: image.instance.sop_class_uid.as_str().into(),
            frame: image.frames - 1,
            frame_of_reference: frame_of_reference.map(Into::into),
            normal: None,
        };
        let findings = Findings {
            findings: vec![Finding {
                measurements: vec![],
                annotation: drawn,
                kept: Vec::new(),
            }],
            text: "…".to_owned(),
            ..Findings::default()
        };
        let evidence = Evidence {
            images: vec![image],
            source: header.dataset,
            predecessor: None,
        };
        match sr::save(&findings, &evidence, &Tid1500, out.path()) {
            Ok(saved) => {
                let (_, lines) = judged("dciodvfy", saved.path());
                let (reads, dump) = judged("dsrdump", saved.path());
                let errors = lines.iter().filter(|l| l.starts_with("Error"));
                refused.extend(errors.map(|l| format!("{}: {l}", path.display())));
                if !reads {
                    refused.push(format!("{}: {dump:?}", path.display()));
                }
            }
            Err(error) => refused.push(format!("{}: {error}", path.display())),
        }
    }
    assert!(series.len() > 50, "{} series", series.len());
    refused.truncate(20);
    assert!(refused.is_empty(), "{refused:#?}");
}
