//! Reports and images of other makers.

use isocentre::annotation::Anchor;
use isocentre::annotation::AnnotationKind;
use isocentre::annotation::Geometry;
use isocentre::annotation::Points;
use isocentre::dicom::ByteSource;
use isocentre::dicom::codes;
use isocentre::dicom::is_valid_uid;
use isocentre::dicom::read_header;
use isocentre::dicom::tags;
use isocentre::geom::DVec2;
use isocentre::geom::DVec3;
use isocentre::objects::sr;
use isocentre::objects::sr::Evidence;
use isocentre::objects::sr::EvidenceImage;
use isocentre::objects::sr::Finding;
use isocentre::objects::sr::Findings;
use isocentre::objects::sr::NoImages;
use isocentre::objects::sr::Tid1500;
use isocentre::problem::Problems;

use super::annotation;
use super::assert_accepted_by_the_judges;
use super::judged;
use super::patient;

/// A report of another maker among the sample files, if they are there.
fn sample(name: &str) -> Option<sr::SrDocument> {
    let folder = crate::common::test_data("reports of other makers")?;
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
    let Some(folder) = crate::common::test_data("reports of other makers") else {
        return;
    };
    let mut reports = 0;
    for path in crate::common::files_below(&folder) {
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
fn a_report_on_any_sample_image_is_accepted_whatever_its_header_is_like() {
    let Some(folder) = crate::common::test_data("reports on images of every kind") else {
        return;
    };
    let out = tempfile::tempdir().unwrap();
    let mut series = std::collections::BTreeSet::new();
    let mut refused = Vec::new();
    for path in crate::common::files_below(&folder) {
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
