//! Whose study it is: patients, studies and instances are never mixed up.

use isocentre::dicom::tags;
use isocentre::model::Library;

use super::library;
use super::sizes;
use crate::headers::*;

#[test]
fn one_patient_id_with_two_names_is_two_patients_and_someone_is_told() {
    let mut first = Header::axial("1.1", 0.0);
    first.text(tags::STUDY_INSTANCE_UID, "1.2.10");
    let mut second = Header::axial("1.2", 0.0);
    second
        .text(tags::STUDY_INSTANCE_UID, "1.2.11")
        .text(tags::PATIENT_NAME, "Roe^Richard");
    let mut same = Header::axial("1.3", 0.0);
    same.text(tags::STUDY_INSTANCE_UID, "1.2.12")
        .text(tags::PATIENT_NAME, "DOE^JANE^^");
    let mut unborn = Header::axial("1.4", 0.0);
    unborn
        .text(tags::STUDY_INSTANCE_UID, "1.2.13")
        .text(tags::PATIENT_BIRTH_DATE, "");

    let mut library = Library::default();
    assert!(library.insert(first.build()).unwrap().is_empty());
    assert_eq!(library.insert(second.build()).unwrap().len(), 1);
    assert!(library.insert(same.build()).unwrap().is_empty());
    assert!(library.insert(unborn.build()).unwrap().is_empty());
    assert_eq!(library.patients().count(), 2);
    for set in library.display_sets() {
        let name = library.patient_of(set.study).unwrap().module.name.clone();
        for ix in set.instances.iter() {
            let own = library
                .header(*ix)
                .unwrap()
                .dataset
                .elements()
                .text(tags::PATIENT_NAME);
            assert_eq!(own.unwrap()[..3].to_uppercase(), name[..3].to_uppercase());
        }
    }
}

#[test]
fn another_birth_date_another_issuer_and_no_name_at_all_keep_patients_apart() {
    let with = |uid: &str, change: &dyn Fn(&mut Header)| {
        let mut header = Header::axial(uid, 0.0);
        header.text(tags::STUDY_INSTANCE_UID, &format!("{uid}.1"));
        change(&mut header);
        header
    };
    let anonymous = |header: &mut Header| {
        header
            .text(tags::PATIENT_ID, "")
            .text(tags::PATIENT_NAME, "")
            .text(tags::PATIENT_BIRTH_DATE, "");
    };
    let library = library(&[
        with("1.1", &|header| {
            header.text(tags::ISSUER_OF_PATIENT_ID, "A");
        }),
        with("1.2", &|header| {
            header.text(tags::PATIENT_BIRTH_DATE, "19800101");
        }),
        with("1.3", &|header| {
            header.text(tags::ISSUER_OF_PATIENT_ID, "B");
        }),
        with("1.4", &anonymous),
        with("1.5", &anonymous),
    ]);
    assert_eq!(library.patients().count(), 5);
}

#[test]
fn a_study_uid_of_two_patients_is_kept_apart_and_reported() {
    let first = Header::axial("1.1", 0.0);
    let mut second = Header::axial("1.2", 0.0);
    second
        .text(tags::PATIENT_ID, "P2")
        .text(tags::PATIENT_NAME, "Roe^Richard");
    let mut library = Library::default();
    assert!(library.insert(first.build()).unwrap().is_empty());
    assert_eq!(library.insert(second.build()).unwrap().len(), 1);
    assert_eq!(library.studies().count(), 2);
    assert_eq!(library.display_sets().count(), 2);
}

#[test]
fn the_same_instance_twice_is_shown_once_and_a_namesake_is_kept() {
    let header = Header::axial("1.1", 0.0);
    let mut library = Library::default();
    library.insert(header.build()).unwrap();
    assert!(library.insert(header.build()).is_err());
    let mut other_pixels = header.clone();
    other_pixels.pixels[15] = 1;
    assert_eq!(library.insert(other_pixels.build()).unwrap().len(), 1);
    let mut other_header = header.clone();
    other_header.text(tags::STATION_NAME, "B");
    assert_eq!(library.insert(other_header.build()).unwrap().len(), 1);
    assert_eq!(library.instances().count(), 3);
    assert_eq!(sizes(&library), [3]);
}

#[test]
fn studies_stand_newest_first_and_series_by_number() {
    let mut headers = Vec::new();
    for (k, (study, date, series)) in [
        ("1.2.1", "20200101", 5),
        ("1.2.2", "20260101", 2),
        ("1.2.2", "20260101", 1),
        ("1.2.3", "", 1),
    ]
    .into_iter()
    .enumerate()
    {
        let mut header = Header::axial(&format!("1.{k}"), 0.0);
        header
            .text(tags::STUDY_INSTANCE_UID, study)
            .text(tags::STUDY_DATE, date)
            .text(tags::SERIES_INSTANCE_UID, &format!("{study}.{series}"))
            .integer(tags::SERIES_NUMBER, series);
        headers.push(header);
    }
    let library = library(&headers);
    let order: Vec<&str> = library
        .display_sets()
        .map(|set| &*set.series_instance_uid)
        .collect();
    assert_eq!(order, ["1.2.2.1", "1.2.2.2", "1.2.1.5", "1.2.3.1"]);
}
