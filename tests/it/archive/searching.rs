//! Searches find what is asked for, however it is spelt, and nothing else.

use isocentre::archive::Archive;
use isocentre::archive::ArchiveError;
use isocentre::archive::ImportMode;
use isocentre::dicom::Date;
use isocentre::dicom::tags;
use isocentre::jobs::JobCtx;
use isocentre::model::DateRange;
use isocentre::model::Level;
use isocentre::model::StudyQuery;

use super::image;
use super::receive;
use super::search;
use crate::common::Encoding;
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
fn a_study_says_how_urgent_it_is_where_its_images_do() {
    let folder = temp_folder();
    let archive = Archive::open(folder.path()).unwrap();
    for (number, priority) in ["", "STAT"].iter().enumerate() {
        let image = image()
            .series(&format!("1.9.{number}"))
            .text(0x0040, 0x1003, "SH", priority);
        receive(&archive, &image, &format!("1.9.{number}.1")).unwrap();
    }
    let found = search(&archive, &StudyQuery::default());
    let priorities: Vec<_> = found.iter().map(|it| it.priority.as_str()).collect();
    assert_eq!(priorities, ["STAT"]);
}

/// More than are looked up one by one: then all studies are gone through in their order.
#[test]
fn what_thousands_match_is_listed_as_what_few_match() {
    let folder = temp_folder();
    let archive = archive(folder.path());
    let images = temp_folder();
    for n in 0..4100 {
        let image = image()
            .patient(&format!("Many^{n}"), &format!("MANY{n:04}"))
            .study(&format!("1.3.{n}"))
            .series(&format!("1.3.{n}.1"))
            .sop_instance(&format!("1.3.{n}.1.1"))
            .text(0x0008, 0x0020, "DA", &format!("{}0101", 1990 + n % 30))
            .text(0x0008, 0x0050, "SH", &format!("MANY{n}"))
            .text(0x0008, 0x1030, "LO", "Many words");
        let bytes = image.write(Encoding::ExplicitLittle);
        std::fs::write(images.path().join(n.to_string()), bytes).unwrap();
    }
    let input = [images.path().to_owned()];
    let ctx = JobCtx::new();
    archive
        .import(&input, ImportMode::Reference, &ctx, &|_| {})
        .unwrap();
    let all = StudyQuery {
        limit: 200,
        ..StudyQuery::default()
    };
    let queries = [
        named("many"),
        StudyQuery {
            patient_id: "MANY*".into(),
            ..all.clone()
        },
        StudyQuery {
            accession_number: "MANY*".into(),
            ..all.clone()
        },
        StudyQuery {
            study_description: "many".into(),
            ..all.clone()
        },
        StudyQuery {
            patient_name: "many".into(),
            patient_id: "M*".into(),
            study_date: DateRange {
                from: None,
                to: Date::parse("20191231"),
            },
            modalities: vec!["MR".into(), "CT".into()],
            ..all.clone()
        },
    ];
    for query in queries {
        let query = StudyQuery {
            limit: 200,
            ..query
        };
        let found = search(&archive, &query);
        assert_eq!(found.len(), 200, "{query:?}");
        // 136 of the newest year, then those of the year before; the last that came come first.
        let days: Vec<_> = found.iter().map(|it| it.study_date.unwrap().year).collect();
        let newest = days.iter().filter(|year| **year == 2019).count();
        assert_eq!((newest, days[136]), (136, 2018), "{query:?}");
        assert!(found.iter().all(|it| it.patient_id.starts_with("MANY")));
    }
    let narrow = StudyQuery {
        patient_name: "many".into(),
        patient_id: "MANY0007".into(),
        ..all
    };
    assert_eq!(ids(&archive, &narrow), ["MANY0007"]);
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
