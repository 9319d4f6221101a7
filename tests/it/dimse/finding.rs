//! Searches at Orthanc.

use isocentre::dicom::Date;
use isocentre::jobs::JobCtx;
use isocentre::model::DateRange;
use isocentre::model::Level;
use isocentre::model::StudyQuery;

use super::find;
use super::orthanc;
use super::speak;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::orthanc::Orthanc;
use crate::common::orthanc::OrthancOptions;

fn patient(n: usize, name: &str, set: &str, day: &str) -> Vec<u8> {
    SyntheticImage::new(2, 2)
        .patient(name, &format!("P{n}"))
        .text(0x0008, 0x0005, "CS", set)
        .text(0x0008, 0x0020, "DA", day)
        .text(0x0008, 0x1030, "LO", "Thorax")
        .study(&format!("1.2.3.{n}"))
        .series(&format!("1.2.3.{n}.1"))
        .sop_instance(&format!("1.2.3.{n}.1.1"))
        .write(Encoding::ExplicitLittle)
}

#[test]
fn a_name_is_found_by_its_words_in_any_order_case_and_spelling() {
    for encoding in ["Utf8", "Latin1"] {
        let orthanc = orthanc(OrthancOptions {
            other: Some(serde_json::json!({"DefaultEncoding": encoding})),
            ..OrthancOptions::default()
        });
        names_are_found(&orthanc);
    }
}

fn names_are_found(orthanc: &Orthanc) {
    for (n, (name, day)) in [
        ("BENALI^FATIMA", "20260105"),
        ("Benali^Karim", "20260110"),
        ("Müller^Jörg", "20260115"),
        ("فاطمة^بنت علي", "20260120"),
    ]
    .into_iter()
    .enumerate()
    {
        orthanc.store(&patient(n + 1, name, "ISO_IR 192", day));
    }
    let service = speak(&orthanc.dimse());
    let found = |name: &str| -> Vec<String> {
        let query = StudyQuery {
            patient_name: name.into(),
            ..StudyQuery::default()
        };
        let found = find(&*service, &query).unwrap();
        let mut ids: Vec<String> = found.into_iter().map(|it| it.patient_id).collect();
        ids.sort();
        ids
    };
    assert_eq!(found("fatima benali"), ["P1"]);
    assert_eq!(found("benali"), ["P1", "P2"]);
    assert_eq!(found("BEN*"), ["P1", "P2"]);
    assert_eq!(found("Müller"), ["P3"]);
    assert_eq!(found("muller jorg"), ["P3"]);
    assert_eq!(found("فاطمة"), ["P4"]);
    assert_eq!(found("fatima karim"), Vec::<String>::new());
}

#[test]
fn other_keys_narrow_a_search_and_the_limit_ends_it() {
    let orthanc = orthanc(OrthancOptions::default());
    for n in 1..=6 {
        let day = format!("2026010{n}");
        orthanc.store(&patient(n, &format!("TEST^{n}"), "ISO_IR 100", &day));
    }
    let service = speak(&orthanc.dimse());
    let days = StudyQuery {
        study_date: DateRange {
            from: Date::parse("20260102"),
            to: Date::parse("20260103"),
        },
        ..StudyQuery::default()
    };
    let found = find(&*service, &days).unwrap();
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|it| it.study_description == "Thorax"));
    assert!(found.iter().all(|it| it.modalities == ["CT"]));
    assert!(found.iter().all(|it| it.instance_count == Some(1)));
    let both = StudyQuery {
        modalities: vec!["CT".into(), "MR".into()],
        ..StudyQuery::default()
    };
    assert_eq!(find(&*service, &both).unwrap().len(), 6);
    let none = StudyQuery {
        modalities: vec!["MR".into()],
        ..StudyQuery::default()
    };
    assert_eq!(find(&*service, &none).unwrap().len(), 0);
    let text = StudyQuery {
        study_description: "thorax".into(),
        ..StudyQuery::default()
    };
    assert_eq!(find(&*service, &text).unwrap().len(), 6);
    let limited = StudyQuery {
        limit: 4,
        ..StudyQuery::default()
    };
    let mut count = 0;
    let ended = service.find(&limited, &mut |_| count += 1, &JobCtx::new());
    assert_eq!(count, 4);
    assert!(ended.unwrap().is_cut_off);
}

#[test]
fn every_level_is_searched_and_patients_too() {
    let orthanc = orthanc(OrthancOptions::default());
    orthanc.store(&patient(1, "A^B", "ISO_IR 100", "20260101"));
    orthanc.store(&patient(2, "C^D", "ISO_IR 100", "20260101"));
    let service = speak(&orthanc.dimse());
    let at = |level, study: Option<&str>| {
        let query = StudyQuery {
            level,
            study_uids: study.map(str::to_owned).into_iter().collect(),
            ..StudyQuery::default()
        };
        find(&*service, &query).unwrap()
    };
    assert_eq!(at(Level::Patient, None).len(), 2);
    let series = at(Level::Series, Some("1.2.3.2"));
    assert_eq!(series.len(), 1);
    assert_eq!(series[0].series_uid, "1.2.3.2.1");
    // Without a study: all of them, one after the other.
    assert_eq!(at(Level::Series, None).len(), 2);
    let named = StudyQuery {
        level: Level::Series,
        patient_id: "P2".into(),
        ..StudyQuery::default()
    };
    let series = find(&*service, &named).unwrap();
    let uids: Vec<&str> = series.iter().map(|it| it.series_uid.as_str()).collect();
    assert_eq!(uids, ["1.2.3.2.1"]);
    let instances = at(Level::Instance, Some("1.2.3.1"));
    assert_eq!(instances.len(), 1);
    assert_eq!(instances[0].sop_instance_uid, "1.2.3.1.1.1");
    assert_eq!(instances[0].sop_class_uid, "1.2.840.10008.5.1.4.1.1.2");
}

#[test]
fn series_are_found_by_the_name_and_id_of_their_patient_over_either_language() {
    let orthanc = orthanc(OrthancOptions::default());
    orthanc.store(&patient(1, "A^B", "ISO_IR 100", "20260101"));
    orthanc.store(&patient(2, "C^D", "ISO_IR 100", "20260101"));
    let (dimse, web) = (orthanc.dimse(), orthanc.dicom_web());
    let services = [&dimse, &web].map(|address| {
        let node = isocentre::pacs::Node {
            address: isocentre::pacs::NodeAddress::parse(address).unwrap(),
            ..super::node(&dimse, |_| {})
        };
        isocentre::pacs::service(&node, &isocentre::pacs::Caller::default())
    });
    let studies = [
        vec![],
        vec!["1.2.3.2".to_owned()],
        vec!["1.2.3.1".to_owned()],
    ];
    for (service, study_uids) in services
        .iter()
        .flat_map(|it| studies.iter().map(move |uids| (it, uids)))
    {
        for (level, name, id) in [
            (Level::Series, "c d", ""),
            (Level::Series, "", "P2"),
            (Level::Instance, "c", "P2"),
        ] {
            let query = StudyQuery {
                level,
                patient_name: name.into(),
                patient_id: id.into(),
                study_uids: study_uids.clone(),
                ..StudyQuery::default()
            };
            let found = find(&**service, &query).unwrap();
            // The first study is another patient's.
            let expected = usize::from(study_uids != &["1.2.3.1".to_owned()]);
            assert_eq!(
                found.len(),
                expected,
                "{level:?} {name} {id} {study_uids:?}"
            );
            assert!(found.iter().all(|it| it.series_uid == "1.2.3.2.1"));
        }
    }
}
