//! Patients, studies, series and display sets.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use isocentre::dicom::ScanEvent;
use isocentre::dicom::scan;
use isocentre::dicom::tags;
use isocentre::jobs::JobCtx;
use isocentre::model::DisplaySet;
use isocentre::model::DisplaySetKind;
use isocentre::model::Library;
use isocentre::text::Language;
use isocentre::text::Words;

use crate::common::test_data;
use crate::headers::*;

fn library(headers: &[Header]) -> Library {
    let mut library = Library::default();
    for header in headers {
        library.insert(header.build()).unwrap();
    }
    library
}

fn sets(library: &Library) -> Vec<&DisplaySet> {
    library.display_sets().collect()
}

/// Frames a set, in browser order.
fn sizes(library: &Library) -> Vec<usize> {
    library.display_sets().map(|set| set.frames.len()).collect()
}

/// z of every frame of a set, in its order.
fn heights(library: &Library, set: &DisplaySet) -> Vec<f64> {
    let height = |ix| {
        library.instance(ix).unwrap().facts.frames[0]
            .plane
            .unwrap()
            .origin
            .z
    };
    set.frames.iter().map(|key| height(key.instance)).collect()
}

#[test]
fn slices_stand_in_the_order_of_their_position_whatever_their_number() {
    let mut headers = shuffled(stack(20, 2.0));
    for (number, header) in headers.iter_mut().enumerate() {
        header.integer(tags::INSTANCE_NUMBER, number as i64);
    }
    let library = library(&headers);
    let set = sets(&library)[0];
    let heights = heights(&library, set);
    assert_eq!(heights.len(), 20);
    assert!(heights.is_sorted(), "{heights:?}");
}

#[test]
fn two_echoes_at_the_same_places_are_two_sets() {
    let mut headers = Vec::new();
    for echo in 1..=2 {
        for (k, mut header) in stack(10, 3.0).into_iter().enumerate() {
            header
                .text(tags::SOP_INSTANCE_UID, &format!("1.{echo}.{k}"))
                .integer(tags::ECHO_NUMBERS, echo)
                .floats(tags::ECHO_TIME, &[15.0 * echo as f64]);
            headers.push(header);
        }
    }
    let library = library(&shuffled(headers));
    assert_eq!(sizes(&library), [10, 10]);
    assert!(
        sets(&library)
            .iter()
            .all(|set| set.volume.is_ok() && set.apart_by.len() == 1)
    );
}

#[test]
fn b_values_are_apart_and_their_directions_by_repetition() {
    let mut headers = Vec::new();
    for (volume, b) in [0.0, 1000.0, 1000.0, 1000.0].into_iter().enumerate() {
        for (k, mut header) in stack(8, 3.0).into_iter().enumerate() {
            header
                .text(tags::SOP_CLASS_UID, MR)
                .text(tags::SOP_INSTANCE_UID, &format!("1.{volume}.{k}"))
                .floats(tags::DIFFUSION_B_VALUE, &[b])
                .integer(tags::INSTANCE_NUMBER, (volume * 8 + k) as i64);
            headers.push(header);
        }
    }
    let library = library(&shuffled(headers));
    assert_eq!(sizes(&library), [8, 8, 8, 8]);
    for set in library.display_sets() {
        let first = library.instance(set.instances[0]).unwrap();
        let volume = first.facts.instance_number.unwrap() / 8;
        assert!(
            set.instances.iter().all(|ix| {
                let number = library
                    .instance(*ix)
                    .unwrap()
                    .facts
                    .instance_number
                    .unwrap();
                number / 8 == volume
            }),
            "directions are mixed"
        );
    }
}

#[test]
fn phases_without_any_temporal_attribute_are_apart_and_a_time_per_slice_shatters_nothing() {
    let mut headers = Vec::new();
    for phase in 0..3_i64 {
        for (k, mut header) in stack(10, 3.0).into_iter().enumerate() {
            header
                .text(tags::SOP_INSTANCE_UID, &format!("1.{phase}.{k}"))
                .text(tags::ACQUISITION_TIME, &format!("12{phase:02}{k:02}"))
                .integer(tags::INSTANCE_NUMBER, phase + 3 * k as i64);
            headers.push(header);
        }
    }
    let four_dimensional = library(&shuffled(headers));
    assert_eq!(sizes(&four_dimensional), [10, 10, 10]);

    let mut headers = stack(30, 1.0);
    for (k, header) in headers.iter_mut().enumerate() {
        header
            .text(tags::ACQUISITION_TIME, &format!("1200{k:02}"))
            .integer(tags::ACQUISITION_NUMBER, k as i64)
            .floats(tags::TRIGGER_TIME, &[k as f64 * 7.0]);
    }
    assert_eq!(sizes(&library(&shuffled(headers))), [30]);
}

#[test]
fn temporal_positions_are_apart() {
    let mut headers = Vec::new();
    for time in 1..=4 {
        for (k, mut header) in stack(6, 3.0).into_iter().enumerate() {
            header
                .text(tags::SOP_INSTANCE_UID, &format!("1.{time}.{k}"))
                .integer(tags::TEMPORAL_POSITION_IDENTIFIER, time);
            headers.push(header);
        }
    }
    // The last time was cut short.
    headers.truncate(21);
    assert_eq!(sizes(&library(&shuffled(headers))), [6, 6, 6, 3]);
}

#[test]
fn localizers_stand_apart_from_the_slices_and_are_not_scattered() {
    let mut headers = stack(10, 3.0);
    for (k, orientation) in [
        [1.0, 0.0, 0.0, 0.0, 0.0, -1.0],
        [0.0, 1.0, 0.0, 0.0, 0.0, -1.0],
    ]
    .into_iter()
    .enumerate()
    {
        let mut scout = Header::plane(&format!("1.5.{k}"), [0.0; 3], orientation);
        scout
            .builder
            .texts(tags::IMAGE_TYPE, &["ORIGINAL", "PRIMARY", "LOCALIZER"]);
        scout.integer(tags::INSTANCE_NUMBER, 0);
        headers.push(scout);
    }
    assert_eq!(sizes(&library(&headers)), [2, 10]);
}

#[test]
fn orientations_sizes_and_frames_of_reference_are_apart() {
    let mut headers = stack(5, 3.0);
    for k in 0..5 {
        let coronal = [1.0, 0.0, 0.0, 0.0, 0.0, -1.0];
        headers.push(Header::plane(
            &format!("1.6.{k}"),
            [0.0, f64::from(k), 0.0],
            coronal,
        ));
    }
    let mut large = stack(5, 3.0);
    for (k, header) in large.iter_mut().enumerate() {
        header
            .text(tags::SOP_INSTANCE_UID, &format!("1.7.{k}"))
            .integer(tags::ROWS, 96);
    }
    let mut elsewhere = stack(5, 3.0);
    for (k, header) in elsewhere.iter_mut().enumerate() {
        header
            .text(tags::SOP_INSTANCE_UID, &format!("1.8.{k}"))
            .text(tags::FRAME_OF_REFERENCE_UID, "1.2.4");
    }
    headers.extend(large);
    headers.extend(elsewhere);
    let library = library(&shuffled(headers));
    assert_eq!(sizes(&library), [5, 5, 5, 5]);
    assert!(sets(&library).iter().all(|set| set.volume.is_ok()));
}

#[test]
fn two_kernels_are_never_one_stack() {
    let mut headers = stack(20, 1.0);
    for (k, header) in headers.iter_mut().enumerate() {
        header.text(
            tags::CONVOLUTION_KERNEL,
            if k < 10 { "B30f" } else { "B70f" },
        );
    }
    assert_eq!(sizes(&library(&headers)), [10, 10]);
}

#[test]
fn a_set_that_grows_keeps_its_id_and_an_unchanged_one_its_frames() {
    let headers = shuffled(stack(20, 2.0));
    let mut library = Library::default();
    library.insert(headers[0].build()).unwrap();
    let id = sets(&library)[0].id;
    for header in &headers[1..] {
        library.insert(header.build()).unwrap();
        assert_eq!(library.display_sets().count(), 1);
        assert_eq!(sets(&library)[0].id, id);
    }
    let frames = sets(&library)[0].frames.clone();
    let mut other = Header::axial("1.77", 0.0);
    other.text(tags::SERIES_INSTANCE_UID, "1.2.9");
    library.insert(other.build()).unwrap();
    let same = library.display_set(id).unwrap();
    assert!(std::sync::Arc::ptr_eq(&same.frames, &frames));
    // A new set beside it does not take its place.
    let mut echo = Header::axial("1.78", 500.0);
    echo.integer(tags::ROWS, 10);
    library.insert(echo.build()).unwrap();
    assert_eq!(library.display_set(id).unwrap().frames.len(), 20);
    assert_eq!(library.display_sets().count(), 3);
}

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
fn every_instance_is_in_exactly_one_display_set_and_says_what_it_is() {
    let mut headers = stack(4, 2.0);
    for (k, class) in [
        "88.33", "104.1", "481.3", "9.1.1", "11.1", "66", "2", "999", "",
    ]
    .into_iter()
    .enumerate()
    {
        let mut header = Header::axial(&format!("1.50.{k}"), 0.0);
        let uid = format!("1.2.840.10008.5.1.4.1.1.{class}");
        header.text(
            tags::SOP_CLASS_UID,
            if class.is_empty() { "" } else { &uid },
        );
        header.has_pixels = false;
        headers.push(header);
    }
    let library = library(&headers);
    for instance in library.instances() {
        let holding = library
            .display_sets()
            .filter(|set| set.instances.contains(&instance.ix));
        assert_eq!(holding.count(), 1);
    }
    let reports = library
        .display_sets()
        .filter(|set| set.kind == DisplaySetKind::Report);
    assert_eq!(reports.count(), 1);
    assert_eq!(library.report_sets().len(), 1);
    let explained = library
        .display_sets()
        .filter(|set| set.kind.message().is_some());
    assert_eq!(explained.count(), 8);
}

#[test]
fn frames_are_found_by_uid_where_they_are_shown() {
    let library = library(&shuffled(stack(9, 2.0)));
    let (set, place) = library.find_frame("1.9.4", 0).unwrap();
    assert_eq!(place, 4);
    assert_eq!(library.display_set(set).unwrap().frames.len(), 9);
    assert_eq!(library.find_frame("1.9.4", 1), None);
    assert_eq!(
        library.decoded_bytes(library.display_set(set).unwrap()),
        9 * 48 * 64 * 2
    );
}

#[test]
fn a_claim_of_four_billion_frames_is_held_to_what_the_bytes_could_hold() {
    let mut header = Header::axial("1.1", 0.0);
    header.text(tags::NUMBER_OF_FRAMES, "2147483647");
    let mut built = header.build();
    built.pixel_data.as_mut().unwrap().length = Some(1 << 14);
    let mut library = Library::default();
    library.insert(built).unwrap();
    assert!(sizes(&library)[0] <= 6, "{:?}", sizes(&library));
}

/// One line a display set: what `info` would say of it.
fn described(library: &Library, set: &DisplaySet) -> String {
    let words = Words::new(Language::English);
    let series = library.series(set.series).unwrap();
    let apart: Vec<String> = set.apart_by.iter().map(|why| words.get(why)).collect();
    let volume = match &set.volume {
        Ok(plan) => format!("{:?} {:?}", plan.grid.dims, plan.report),
        Err(why) => words.get(&why.message()),
    };
    format!(
        "{} {:?} {} frames {}x{} [{}] {} {}",
        series.module.modality,
        series.module.description,
        set.frames.len(),
        set.columns,
        set.rows,
        apart.join(", "),
        set.kind
            .message()
            .map_or_else(|| set.kind.name().to_owned(), |why| words.get(why)),
        volume,
    )
}

/// Everything below a folder; checks that all that was found is shown or explained.
fn opened(folder: &Path) -> Library {
    let state = Mutex::new((Library::default(), 0_usize));
    let summary = scan(&[folder.to_owned()], &JobCtx::new(), &|event| {
        let mut state = state.lock().unwrap();
        match event {
            ScanEvent::Headers(headers) => {
                for header in headers {
                    if state.0.insert(header).is_err() {
                        state.1 += 1;
                    }
                }
            }
            ScanEvent::PassedOver { .. } => state.1 += 1,
        }
    });
    let (library, passed_over) = state.into_inner().unwrap();
    let mut shown = BTreeSet::new();
    for set in library.display_sets() {
        let whole = set.instances.iter().map(|ix| (*ix, None));
        let frames = set.frames.iter().map(|key| (key.instance, Some(key.frame)));
        let keys: Vec<_> = if set.is_image() {
            frames.collect()
        } else {
            whole.collect()
        };
        for key in keys {
            assert!(shown.insert(key), "{key:?} is shown twice");
        }
    }
    let expected: usize = library
        .instances()
        .map(|instance| instance.facts.frame_count.max(1) as usize)
        .sum();
    assert_eq!(shown.len(), expected, "a frame is hidden");
    let shown = library.instances().count();
    assert_eq!(summary.unwrap().files_found, shown + passed_over);
    library
}

#[test]
fn what_the_sample_files_hold_is_shown_as_it_is_or_explained() {
    let Some(data) = test_data("display sets") else {
        return;
    };
    for folder in [
        "mr-structural",
        "mr-brain",
        "enhanced",
        "highdicom",
        "radiotherapy",
        "nema-wg04",
        "pydicom",
    ] {
        let library = opened(&data.join(folder));
        for patient in library.patients() {
            eprintln!(
                "{folder} {:?} {:?}",
                patient.module.patient_id, patient.module.name
            );
            for set in library
                .display_sets()
                .filter(|set| set.patient == patient.key)
            {
                eprintln!("    {}", described(&library, set));
            }
        }
    }
    let structural = opened(&data.join("mr-structural"));
    let sets = sets(&structural);
    assert_eq!(sets.len(), 1);
    let plan = sets[0].volume.as_ref().unwrap();
    assert_eq!(plan.grid.dims[2], 384);
    assert_eq!(plan.report.missing, [0_u32; 0]);
    let brain = opened(&data.join("mr-brain"));
    let sets = self::sets(&brain);
    assert_eq!(sets.len(), 1);
    assert_eq!(sets[0].volume.as_ref().unwrap().grid.dims[2], 20);
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

#[test]
fn a_rotating_acquisition_stays_one_set_to_scroll() {
    let headers = (0..12).map(|k| {
        let (sin, cos) = (f64::from(k) * 15.0).to_radians().sin_cos();
        let mut header =
            Header::plane(&format!("1.{k}"), [0.0; 3], [cos, sin, 0.0, 0.0, 0.0, -1.0]);
        header.integer(tags::INSTANCE_NUMBER, i64::from(k));
        header
    });
    let library = library(&headers.collect::<Vec<_>>());
    assert_eq!(sizes(&library), [12]);
}
