//! Images of several frames: dimensions, concatenations, slices of nuclear medicine, volumes of
//! ultrasound.

use isocentre::dicom::{Dataset, tags};
use isocentre::model::{DisplaySet, DisplaySetKind, Library, WhyNoVolume};
use isocentre::text::{Language, Words};

use super::library;
use super::sets;
use super::sizes;
use crate::headers::*;

const ENHANCED_ULTRASOUND_VOLUME: &str = "1.2.840.10008.5.1.4.1.1.6.2";
const NUCLEAR_MEDICINE: &str = "1.2.840.10008.5.1.4.1.1.20";

/// What a frame says of itself.
#[derive(Clone, Default)]
struct Frame {
    z: Option<f64>,
    index: Vec<i64>,
    volume_z: Option<f64>,
    /// Row and column directions in the volume's own space, if not those of all.
    volume_directions: Option<[f64; 6]>,
}

impl Frame {
    fn dataset(&self) -> Dataset {
        let content = item(|b| b.integers(tags::DIMENSION_INDEX_VALUES, &self.index));
        let mut group = item(|b| b.items(tags::FRAME_CONTENT_SEQUENCE, vec![content]));
        let mut put = |tag, position_tag, z: f64| {
            let position = item(|b| b.floats(position_tag, &[0.0, 0.0, z]));
            let mut builder = isocentre::dicom::DatasetBuilder::from_dataset(&group);
            builder.items(tag, vec![position]);
            group = builder.into_dataset();
        };
        if let Some(z) = self.z {
            put(
                tags::PLANE_POSITION_SEQUENCE,
                tags::IMAGE_POSITION_PATIENT,
                z,
            );
        }
        if let Some(z) = self.volume_z {
            put(
                tags::PLANE_POSITION_VOLUME_SEQUENCE,
                tags::IMAGE_POSITION_VOLUME,
                z,
            );
        }
        if let Some(directions) = &self.volume_directions {
            let orientation = item(|b| b.floats(tags::IMAGE_ORIENTATION_VOLUME, directions));
            let mut builder = isocentre::dicom::DatasetBuilder::from_dataset(&group);
            builder.items(tags::PLANE_ORIENTATION_VOLUME_SEQUENCE, vec![orientation]);
            group = builder.into_dataset();
        }
        group
    }
}

/// An enhanced image of these frames; `pointers` are its dimensions.
fn enhanced(uid: &str, pointers: &[isocentre::dicom::Tag], frames: &[Frame]) -> Header {
    let mut header = Header::axial(uid, 0.0);
    let axial = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    let orientation = item(|b| b.floats(tags::IMAGE_ORIENTATION_PATIENT, &axial));
    let in_volume = item(|b| b.floats(tags::IMAGE_ORIENTATION_VOLUME, &axial));
    let measures = item(|b| b.floats(tags::PIXEL_SPACING, &[0.5, 0.75]));
    let shared = item(|b| {
        b.items(tags::PLANE_ORIENTATION_SEQUENCE, vec![orientation])
            .items(tags::PLANE_ORIENTATION_VOLUME_SEQUENCE, vec![in_volume])
            .items(tags::PIXEL_MEASURES_SEQUENCE, vec![measures])
    });
    let dimension = |pointer: &isocentre::dicom::Tag| {
        item(|b| b.attribute_tags(tags::DIMENSION_INDEX_POINTER, &[*pointer]))
    };
    header
        .text(tags::SOP_CLASS_UID, ENHANCED_MR)
        .integer(tags::NUMBER_OF_FRAMES, frames.len() as i64);
    header
        .builder
        .remove(tags::IMAGE_POSITION_PATIENT)
        .remove(tags::IMAGE_ORIENTATION_PATIENT)
        .items(
            tags::DIMENSION_INDEX_SEQUENCE,
            pointers.iter().map(dimension).collect(),
        )
        .items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![shared])
        .items(
            tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
            frames.iter().map(Frame::dataset).collect(),
        );
    header
}

fn frames(set: &DisplaySet) -> Vec<u32> {
    set.frames.iter().map(|key| key.frame).collect()
}

fn apart(library: &Library) -> Vec<String> {
    let words = Words::new(Language::English);
    let said = |set: &DisplaySet| set.apart_by.iter().map(|why| words.get(why)).collect();
    library
        .display_sets()
        .map(said)
        .collect::<Vec<Vec<_>>>()
        .concat()
}

#[test]
fn dimensions_order_frames_that_lie_nowhere() {
    let index = |values: &[i64]| Frame {
        index: values.to_vec(),
        ..Frame::default()
    };
    let image = enhanced(
        "1.5",
        &[tags::STACK_ID, tags::IN_STACK_POSITION_NUMBER],
        &[
            index(&[2, 1]),
            index(&[1, 2]),
            index(&[2, 2]),
            index(&[1, 1]),
        ],
    );
    let library = library(&[image]);
    assert_eq!(frames(sets(&library)[0]), [3, 1, 0, 2]);
}

#[test]
fn positions_come_before_dimensions() {
    let at = |z: f64, n: i64| Frame {
        z: Some(z),
        index: vec![n],
        ..Frame::default()
    };
    let image = enhanced(
        "1.5",
        &[tags::IN_STACK_POSITION_NUMBER],
        &[at(6.0, 1), at(4.0, 2), at(2.0, 3), at(0.0, 4)],
    );
    let library = library(&[image]);
    assert_eq!(frames(sets(&library)[0]), [3, 2, 1, 0]);
}

#[test]
fn a_dimension_nothing_else_tells_keeps_volumes_apart_and_names_them() {
    let mut all = Vec::new();
    for direction in 1..=3 {
        for k in 0..4 {
            all.push(Frame {
                z: Some(f64::from(k) * 3.0),
                index: vec![direction, i64::from(k) + 1],
                ..Frame::default()
            });
        }
    }
    let image = enhanced(
        "1.5",
        &[
            tags::VELOCITY_ENCODING_DIRECTION,
            tags::IN_STACK_POSITION_NUMBER,
        ],
        &all,
    );
    let library = library(&[image]);
    assert_eq!(sizes(&library), [4, 4, 4]);
    assert!(library.display_sets().all(|set| set.volume.is_ok()));
    let name = "VelocityEncodingDirection";
    assert_eq!(
        apart(&library),
        [
            format!("{name} 1"),
            format!("{name} 2"),
            format!("{name} 3")
        ]
    );
    // The same slices three times: scrolled in a second direction.
    let phase = sets(&library)[0].phase.as_ref().unwrap();
    assert_eq!(phase.sets.len(), 3);
}

#[test]
fn a_moment_an_instance_is_a_phase_and_another_kind_of_image_is_none() {
    let volume = |n: i64, kind: &str| {
        let all: Vec<Frame> = (0..4)
            .map(|k| Frame {
                z: Some(f64::from(k) * 3.0),
                ..Frame::default()
            })
            .collect();
        let mut header = enhanced(&format!("1.5.{kind}.{n}"), &[], &all);
        header
            .integer(tags::INSTANCE_NUMBER, 10 - n)
            .text(tags::ACQUISITION_DATE_TIME, &format!("2026112110150{n}"));
        header
            .builder
            .texts(tags::IMAGE_TYPE, &["ORIGINAL", "PRIMARY", kind]);
        header
    };
    let library = library(&[
        volume(1, "M"),
        volume(2, "M"),
        volume(3, "M"),
        volume(1, "P"),
    ]);
    let mut moments: Vec<_> = library
        .display_sets()
        .filter_map(|set| {
            let phase = set.phase.as_ref()?;
            let header = library.header(set.instances[0])?;
            let number = header.dataset.elements().integer(tags::INSTANCE_NUMBER)?;
            assert!(phase.is_time && phase.sets.len() == 3 && phase.by.is_empty());
            Some((phase.place, number))
        })
        .collect();
    moments.sort_unstable();
    assert_eq!(moments, [(0, 9), (1, 8), (2, 7)], "in the order of time");
}

/// Part `number` of `of`, of five slices.
fn part(number: u32, of: Option<u32>) -> Header {
    let all: Vec<Frame> = (0..5)
        .map(|k| Frame {
            z: Some(f64::from((number - 1) * 5 + k) * 2.0),
            index: vec![i64::from((number - 1) * 5 + k) + 1],
            ..Frame::default()
        })
        .collect();
    let uid = format!("1.5.{}", 10 - number);
    let mut header = enhanced(&uid, &[tags::IN_STACK_POSITION_NUMBER], &all);
    header
        .text(tags::CONCATENATION_UID, "1.7.7")
        .integer(tags::IN_CONCATENATION_NUMBER, number.into())
        .integer(
            tags::CONCATENATION_FRAME_OFFSET_NUMBER,
            i64::from(number - 1) * 5,
        );
    if let Some(of) = of {
        header.integer(tags::IN_CONCATENATION_TOTAL_NUMBER, of.into());
    }
    header
}

fn missing(parts: &[Header]) -> Option<String> {
    let library = library(&shuffled(parts.to_vec()));
    let sets = sets(&library);
    assert_eq!(sets.len(), 1);
    let words = Words::new(Language::English);
    sets[0].missing.as_ref().map(|what| words.get(what))
}

#[test]
fn the_parts_of_a_concatenation_are_one_stack_in_their_order() {
    let parts = [part(1, Some(3)), part(2, Some(3)), part(3, Some(3))];
    let library = library(&shuffled(parts.to_vec()));
    let set = sets(&library)[0];
    assert_eq!(set.frames.len(), 15);
    assert_eq!(set.missing, None);
    let numbers: Vec<u32> = set
        .frames
        .iter()
        .map(|key| {
            let facts = &library.instance(key.instance).unwrap().facts;
            facts.concatenation.frame_offset.unwrap() + key.frame
        })
        .collect();
    assert_eq!(numbers, (0..15).collect::<Vec<u32>>());
    assert_eq!(set.volume.as_ref().unwrap().grid.dims[2], 15);
}

#[test]
fn parts_that_lie_nowhere_follow_their_number_in_the_concatenation() {
    let nowhere = |number: i64, uid: &str| {
        let mut header = enhanced(uid, &[], &[Frame::default(), Frame::default()]);
        header
            .text(tags::CONCATENATION_UID, "1.7.7")
            .integer(tags::IN_CONCATENATION_NUMBER, number);
        header
    };
    let parts = [
        nowhere(3, "1.5.1"),
        nowhere(1, "1.5.2"),
        nowhere(2, "1.5.3"),
    ];
    let library = library(&parts);
    let set = sets(&library)[0];
    let order: Vec<(u32, u32)> = set
        .frames
        .iter()
        .map(|key| {
            let facts = &library.instance(key.instance).unwrap().facts;
            (
                facts.concatenation.in_concatenation_number.unwrap(),
                key.frame,
            )
        })
        .collect();
    assert_eq!(order, [(1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 1)]);
}

#[test]
fn a_part_that_is_not_there_is_told_whether_or_not_the_total_is_known() {
    assert_eq!(missing(&[part(1, None), part(2, None)]), None);
    let told = missing(&[part(1, Some(3)), part(2, Some(3))]);
    assert_eq!(told.as_deref(), Some("Part 3 of 3 is missing"));
    let told = missing(&[part(1, None), part(4, None)]);
    assert_eq!(told.as_deref(), Some("Parts 2, 3 of 4 are missing"));
    let unnumbered = |number| {
        let mut part = part(number, None);
        part.builder.remove(tags::IN_CONCATENATION_NUMBER);
        part
    };
    let told = missing(&[unnumbered(1), unnumbered(3)]);
    assert_eq!(told.as_deref(), Some("5 images are missing"));
}

#[test]
fn a_volume_in_the_space_of_the_transducer_is_a_stack_in_order_and_no_volume_of_the_patient() {
    let at = |z: f64| Frame {
        volume_z: Some(z),
        ..Frame::default()
    };
    let mut image = enhanced("1.5", &[], &[at(2.0), at(0.0), at(3.0), at(1.0)]);
    image.text(tags::SOP_CLASS_UID, ENHANCED_ULTRASOUND_VOLUME);
    let library = library(&[image]);
    let set = sets(&library)[0];
    assert_eq!(frames(set), [1, 3, 0, 2]);
    assert_eq!(set.volume, Err(WhyNoVolume::NotInPatient));
    // No plane of the patient: no letters, no millimetres of the patient.
    let facts = &library.instance(set.instances[0]).unwrap().facts;
    assert!(facts.frames.iter().all(|frame| frame.plane.is_none()));
}

#[test]
fn directions_in_the_space_of_the_transducer_bear_no_anatomical_names() {
    let frame = |z: f64, directions: [f64; 6]| Frame {
        volume_z: Some(z),
        volume_directions: Some(directions),
        ..Frame::default()
    };
    let (across, along) = (
        [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        [0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
    );
    let frames: Vec<Frame> = [0.0, 1.0, 2.0]
        .into_iter()
        .flat_map(|z| [frame(z, across), frame(z, along)])
        .collect();
    let mut header = enhanced("1.5", &[], &frames);
    header.text(tags::SOP_CLASS_UID, ENHANCED_ULTRASOUND_VOLUME);
    let library = library(&[header]);
    assert_eq!(apart(&library), ["direction 1", "direction 2"]);
}

/// Reconstructed slices of nuclear medicine, `step` mm apart from z = 10 on.
fn reconstruction(slices: &[i64], step: f64) -> Header {
    let mut header = Header::axial("1.5", 0.0);
    let detector = item(|b| {
        b.floats(tags::IMAGE_POSITION_PATIENT, &[-20.0, -30.0, 10.0])
            .floats(
                tags::IMAGE_ORIENTATION_PATIENT,
                &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
            )
    });
    header
        .text(tags::SOP_CLASS_UID, NUCLEAR_MEDICINE)
        .text(tags::MODALITY, "NM")
        .integer(tags::NUMBER_OF_FRAMES, slices.len() as i64)
        .floats(tags::SPACING_BETWEEN_SLICES, &[step]);
    header
        .builder
        .texts(
            tags::IMAGE_TYPE,
            &["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"],
        )
        .remove(tags::IMAGE_POSITION_PATIENT)
        .remove(tags::IMAGE_ORIENTATION_PATIENT)
        .integers(tags::SLICE_VECTOR, slices)
        .items(tags::DETECTOR_INFORMATION_SEQUENCE, vec![detector]);
    header
}

#[test]
fn reconstructed_slices_of_nuclear_medicine_are_a_volume_on_the_side_their_spacing_says() {
    for (step, lowest) in [(4.0, 10.0), (-4.0, -10.0)] {
        let library = library(&[reconstruction(&[1, 2, 3, 4, 5, 6], step)]);
        let set = sets(&library)[0];
        assert_eq!(set.kind, DisplaySetKind::Stack);
        let plan = set.volume.as_ref().unwrap();
        assert_eq!(plan.grid.dims, [64, 48, 6]);
        let origin = plan.grid.patient_from_voxel.translation;
        assert!((origin.z - lowest).abs() < 1e-9, "{origin}");
        assert!((origin.x + 20.0).abs() < 1e-9 && (origin.y + 30.0).abs() < 1e-9);
        assert!((plan.report.slice_mm - 4.0).abs() < 1e-9);
    }
}

#[test]
fn gated_slices_of_nuclear_medicine_are_phases() {
    let slices: Vec<i64> = (0..8).flat_map(|_| 1..=5).collect();
    let slots: Vec<i64> = (1..=8).flat_map(|slot| [slot; 5]).collect();
    let mut header = reconstruction(&slices, 4.0);
    header
        .builder
        .texts(
            tags::IMAGE_TYPE,
            &["ORIGINAL", "PRIMARY", "RECON GATED TOMO", "EMISSION"],
        )
        .integers(tags::TIME_SLOT_VECTOR, &slots);
    let library = library(&[header]);
    assert_eq!(sizes(&library), [5; 8]);
    let phase = sets(&library)[0].phase.as_ref().unwrap();
    assert!(phase.is_time && phase.sets.len() == 8);
    assert!(library.display_sets().all(|set| set.volume.is_ok()));
}

#[test]
fn nuclear_images_that_do_not_say_where_their_slices_lie_stay_a_loop() {
    let mut without_spacing = reconstruction(&[1, 2, 3, 4], 4.0);
    without_spacing.builder.remove(tags::SPACING_BETWEEN_SLICES);
    let mut planar = reconstruction(&[1, 2, 3, 4], 4.0);
    planar.builder.texts(
        tags::IMAGE_TYPE,
        &["ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"],
    );
    let mut without_vector = reconstruction(&[1, 2, 3, 4], 4.0);
    without_vector.builder.remove(tags::SLICE_VECTOR);
    for header in [without_spacing, planar, without_vector] {
        let library = library(&[header]);
        let set = sets(&library)[0];
        assert_eq!(set.kind, DisplaySetKind::Loop);
        assert!(set.volume.is_err());
    }
    let wrong = library(&[reconstruction(&[1, 2, -3, 4], 4.0)]);
    assert_eq!(sets(&wrong)[0].kind, DisplaySetKind::Loop);
}
