//! Searches find what is asked for, however it is spelt, and nothing else.

use isocentre::archive::Archive;
use isocentre::archive::ArchiveError;
use isocentre::dicom::Date;
use isocentre::dicom::tags;
use isocentre::model::DateRange;
use isocentre::model::Level;
use isocentre::model::StudyQuery;

use super::image;
use super::receive;
use super::search;
use crate::common::temp_folder;

/// One study a patient: name, ID, day, modality, description.
const STUDIES: [(&str, &str, &str, &str, &str); 6] = [
    (
        "Müller^Anna-Lena",
        "10",
        "20260101",
        "CT",
        "CT thorax abdomen",
    ),
    ("Muller^Andreas", "11", "20260201", "MR", "IRM cérébrale"),
    (
        "O'Brien^Mary",
        "12",
        "20260301",
        "US",
        "Échographie abdomen",
    ),
    ("أحمد^فاطمة", "13", "20260401", "CT", "CT thorax"),
    ("BENALI^Ahmed=أحمد^بن علي", "14", "20260501", "PT", "PET/CT"),
    ("Doe", "1[0]*", "20260601", "CT", ""),
];

fn archive(folder: &std::path::Path) -> Archive {
    let archive = Archive::open(folder).unwrap();
    for (at, (name, id, day, modality, description)) in STUDIES.into_iter().enumerate() {
        let image = image()
            .text(0x0008, 0x0005, "CS", "ISO_IR 192")
            .patient(name, id)
            .study(&format!("1.2.{at}"))
            .series(&format!("1.2.{at}.1"))
            .text(0x0008, 0x0020, "DA", day)
            .text(0x0008, 0x0060, "CS", modality)
            .text(0x0008, 0x0050, "SH", &format!("ACC{at}"))
            .text(0x0008, 0x1030, "LO", description);
        receive(&archive, &image, &format!("1.2.{at}.1.1")).unwrap();
    }
    archive
}

fn ids(archive: &Archive, query: &StudyQuery) -> Vec<String> {
    let mut ids: Vec<String> = search(archive, query)
        .into_iter()
        .map(|found| found.patient_id)
        .collect();
    ids.sort();
    ids
}

fn named(name: &str) -> StudyQuery {
    StudyQuery {
        patient_name: name.to_owned(),
        ..StudyQuery::default()
    }
}

#[test]
fn names_are_found_by_beginnings_in_any_order_without_accents_in_both_scripts() {
    let folder = temp_folder();
    let archive = archive(folder.path());
    let expected: [(&str, &[&str]); 17] = [
        ("muller", &["10", "11"]),
        ("MÜLLER", &["10", "11"]),
        ("anna mull", &["10"]),
        ("lena", &["10"]),
        ("annalena", &["10"]),
        ("ann müll", &["10"]),
        ("obrien", &["12"]),
        ("o'brien mary", &["12"]),
        ("احمد", &["13", "14"]),
        ("أحمد فاطمه", &["13"]),
        ("فاط", &["13"]),
        ("ahmed", &["14"]),
        ("benali احمد", &["14"]),
        ("mull*", &["10", "11"]),
        ("m?ller", &["10", "11"]),
        ("*rien", &["12"]),
        ("uller", &[]),
    ];
    for (asked, found) in expected {
        assert_eq!(ids(&archive, &named(asked)), found, "{asked}");
    }
    assert_eq!(ids(&archive, &named("")).len(), 6);
    assert_eq!(ids(&archive, &named("\" OR *")).len(), 0);
}

#[test]
fn every_key_narrows_the_search() {
    let folder = temp_folder();
    let archive = archive(folder.path());
    let all = StudyQuery::default();
    let day = |month| Date {
        year: 2026,
        month,
        day: 1,
    };
    let cases: [(StudyQuery, &[&str]); 11] = [
        (
            StudyQuery {
                patient_id: "10".into(),
                ..all.clone()
            },
            &["10"],
        ),
        (
            StudyQuery {
                patient_id: "1".into(),
                ..all.clone()
            },
            &[],
        ),
        (
            StudyQuery {
                patient_id: "1?".into(),
                ..all.clone()
            },
            &["10", "11", "12", "13", "14"],
        ),
        (
            StudyQuery {
                patient_id: "1[*".into(),
                ..all.clone()
            },
            &["1[0]*"],
        ),
        (
            StudyQuery {
                accession_number: "ACC3".into(),
                ..all.clone()
            },
            &["13"],
        ),
        (
            StudyQuery {
                modalities: vec!["CT".into(), "US".into()],
                ..all.clone()
            },
            &["10", "12", "13", "1[0]*"],
        ),
        (
            StudyQuery {
                study_description: "abdo thor".into(),
                ..all.clone()
            },
            &["10"],
        ),
        (
            StudyQuery {
                study_description: "cerebrale irm".into(),
                ..all.clone()
            },
            &["11"],
        ),
        (
            StudyQuery {
                study_uids: vec!["1.2.0".into(), "1.2.4".into()],
                ..all.clone()
            },
            &["10", "14"],
        ),
        (
            StudyQuery {
                other: vec![(tags::PATIENT_SEX, "F".into())],
                ..all.clone()
            },
            &[],
        ),
        (
            StudyQuery {
                study_date: DateRange {
                    from: Some(day(3)),
                    to: Some(day(5)),
                },
                ..all.clone()
            },
            &["12", "13", "14"],
        ),
    ];
    for (query, found) in cases {
        for level in [Level::Patient, Level::Study, Level::Series, Level::Instance] {
            let query = StudyQuery {
                level,
                ..query.clone()
            };
            assert_eq!(ids(&archive, &query), found, "{query:?}");
        }
    }
    let unknown = StudyQuery {
        other: vec![(tags::PATIENT_WEIGHT, "80".into())],
        ..all.clone()
    };
    let error = archive.search(&unknown).unwrap_err();
    assert!(matches!(error, ArchiveError::NoSuchKey(_)));
    let asked_back = StudyQuery {
        other: vec![(tags::PATIENT_WEIGHT, String::new())],
        ..all
    };
    assert_eq!(ids(&archive, &asked_back).len(), 6);
}

#[test]
fn the_newest_come_first_and_no_more_than_asked_for() {
    let folder = temp_folder();
    let archive = archive(folder.path());
    let query = StudyQuery {
        limit: 2,
        ..StudyQuery::default()
    };
    let found = search(&archive, &query).into_iter();
    let uids: Vec<String> = found.map(|it| it.study_uid).collect();
    assert_eq!(uids, ["1.2.5", "1.2.4"]);
    let recent = archive.recent(1).unwrap();
    assert_eq!(recent[0].study_uid, "1.2.5");
    assert_eq!(recent[0].patient_name, "Doe");
}
