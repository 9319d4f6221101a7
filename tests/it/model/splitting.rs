//! How a series becomes display sets, and their order.

use isocentre::dicom::tags;
use isocentre::model::Library;

use super::heights;
use super::library;
use super::sets;
use super::sizes;
use crate::headers::*;

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
