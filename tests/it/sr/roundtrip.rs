//! What is written is accepted by the judges and reads back the same.

use std::path::Path;

use isocentre::annotation::AnnotationKind;
use isocentre::annotation::Geometry;
use isocentre::annotation::Points;
use isocentre::dicom::tags;
use isocentre::geom::DVec2;
use isocentre::objects::sr;
use isocentre::objects::sr::Finding;
use isocentre::objects::sr::Findings;
use isocentre::objects::sr::Language;
use isocentre::objects::sr::Tid1500;

use super::annotation;
use super::assert_accepted_by_the_judges;
use super::every_kind;
use super::evidence;
use super::header;
use super::patient;
use super::reread;

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
