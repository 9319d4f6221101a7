//! From slices to grids.

use isocentre::dicom::tags;
use isocentre::geom::DVec3;
use isocentre::model::DisplaySet;
use isocentre::model::Library;
use isocentre::model::VolumePlan;
use isocentre::model::WhyNoVolume;

use crate::headers::*;

/// Closer than this is the truth.
const TRUE_MM: f64 = 1e-6;

fn library(headers: &[Header]) -> Library {
    let mut library = Library::default();
    for header in headers {
        library.insert(header.build()).unwrap();
    }
    library
}

fn only_set(library: &Library) -> &DisplaySet {
    let sets: Vec<&DisplaySet> = library.display_sets().collect();
    assert_eq!(sets.len(), 1);
    sets[0]
}

fn plan(headers: Vec<Header>) -> Result<VolumePlan, WhyNoVolume> {
    let library = library(&shuffled(headers));
    only_set(&library)
        .volume
        .as_deref()
        .cloned()
        .map_err(|why| *why)
}

/// Planes at `origin + k · step`, without those to drop.
fn planes(
    count: u32,
    origin: DVec3,
    row: DVec3,
    column: DVec3,
    step: DVec3,
    drop: &[u32],
) -> Vec<Header> {
    (0..count)
        .filter(|k| !drop.contains(k))
        .map(|k| {
            let position = origin + step * f64::from(k);
            let orientation = [row.x, row.y, row.z, column.x, column.y, column.z];
            Header::plane(&format!("1.4.{k}"), position.to_array(), orientation)
        })
        .collect()
}

/// Every voxel corner of the grid lies where it was put.
fn assert_true(
    plan: &VolumePlan,
    origin: DVec3,
    row: DVec3,
    column: DVec3,
    step: DVec3,
    slices: u32,
) {
    assert_eq!(plan.grid.dims, [64, 48, slices]);
    let last = f64::from(slices - 1);
    for (i, j, k) in [
        (0.0, 0.0, 0.0),
        (63.0, 0.0, 0.0),
        (0.0, 47.0, 0.0),
        (0.0, 0.0, last),
        (63.0, 47.0, last),
    ] {
        let expected = origin + row * 0.75 * i + column * 0.5 * j + step * k;
        let found = plan
            .grid
            .patient_from_voxel
            .transform_point3(DVec3::new(i, j, k));
        assert!(
            (found - expected).length() < TRUE_MM,
            "({i}, {j}, {k}): {found} is not {expected}"
        );
    }
}

fn oblique() -> (DVec3, DVec3) {
    let (tilt, turn) = (20_f64.to_radians(), 12_f64.to_radians());
    let row = DVec3::new(turn.cos(), turn.sin(), 0.0);
    let column = DVec3::new(
        -turn.sin() * tilt.cos(),
        turn.cos() * tilt.cos(),
        tilt.sin(),
    );
    (row, column)
}

#[test]
fn an_oblique_stack_lies_where_its_slices_say() {
    let (row, column) = oblique();
    let origin = DVec3::new(-120.5, 33.25, 700.125);
    let step = row.cross(column) * 1.25;
    let plan = plan(planes(40, origin, row, column, step, &[])).unwrap();
    assert_true(&plan, origin, row, column, step, 40);
    assert_eq!(plan.report.tilt_degrees, 0.0);
    assert!((plan.report.slice_mm - 1.25).abs() < TRUE_MM);
    assert_eq!(plan.report.pixel_mm, [0.75, 0.5]);
}

#[test]
fn a_gantry_tilt_is_the_shear_of_the_grid_and_reported_in_degrees() {
    let tilt = 15_f64.to_radians();
    let (row, column) = (DVec3::X, DVec3::new(0.0, tilt.cos(), tilt.sin()));
    let step = DVec3::new(0.0, 0.0, 2.0);
    let plan = plan(planes(30, DVec3::ZERO, row, column, step, &[])).unwrap();
    assert_true(&plan, DVec3::ZERO, row, column, step, 30);
    assert!((plan.report.tilt_degrees - 15.0).abs() < 1e-6);
    assert!((plan.report.slice_mm - 2.0 * tilt.cos()).abs() < TRUE_MM);
}

#[test]
fn missing_slices_are_gaps_and_never_squeezed() {
    let step = DVec3::Z * 2.0;
    let plan = plan(planes(
        100,
        DVec3::ZERO,
        DVec3::X,
        DVec3::Y,
        step,
        &[41, 42, 70],
    ))
    .unwrap();
    assert_true(&plan, DVec3::ZERO, DVec3::X, DVec3::Y, step, 100);
    assert_eq!(plan.report.missing, [41, 42, 70]);
    assert!(plan.frames[41].is_none() && plan.frames[43].is_some());
    assert_eq!(plan.frames.iter().flatten().count(), 97);
}

#[test]
fn doubles_are_left_out_and_named() {
    let mut headers = stack(12, 2.0);
    headers.push(Header::axial("1.5.1", 6.0));
    let plan = plan(headers).unwrap();
    assert_eq!(plan.grid.dims[2], 12);
    assert_eq!(plan.report.duplicates.len(), 1);
    assert_eq!(plan.report.missing, [0_u32; 0]);
}

#[test]
fn positions_rounded_to_a_tenth_are_one_grid_and_larger_deviations_are_refused() {
    let rounded = |mm: f64| {
        let headers = (0..50).map(|k| {
            let z = f64::from(k) * 2.5 + if k % 2 == 0 { mm } else { -mm };
            Header::axial(&format!("1.4.{k}"), z)
        });
        plan(headers.collect())
    };
    let report = rounded(0.05).unwrap().report;
    assert!((report.largest_deviation_mm - 0.05).abs() < 0.005);
    assert!((report.slice_mm - 2.5).abs() < 1e-3);
    assert!(matches!(
        rounded(0.5),
        Err(WhyNoVolume::IrregularSpacing { .. })
    ));
}

#[test]
fn a_series_that_changes_its_step_midway_has_gaps_where_the_step_is_large() {
    let heights = [0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0];
    let headers = heights
        .iter()
        .map(|z| Header::axial(&format!("1.4.{z}"), *z));
    let found = plan(headers.collect()).unwrap();
    assert_eq!(found.grid.dims[2], 9);
    assert_eq!(found.report.missing, [5, 7]);
    let heights = [0.0, 10.0, 20.0, 30.0, 35.0, 40.0];
    let headers = heights
        .iter()
        .map(|z| Header::axial(&format!("1.4.{z}"), *z));
    assert_eq!(plan(headers.collect()).unwrap().report.missing, [1, 3, 5]);
}

#[test]
fn what_forms_no_volume_says_why() {
    assert_eq!(
        plan(stack(2, 1.0)),
        Err(WhyNoVolume::TooFewSlices {
            found: 2,
            needed: 3
        })
    );
    let mut nowhere = stack(5, 1.0);
    for header in &mut nowhere {
        header.builder.remove(tags::IMAGE_POSITION_PATIENT);
    }
    assert_eq!(plan(nowhere), Err(WhyNoVolume::NoPosition { frames: 5 }));
    for spacing in ["0\\0", "NaN\\0.5", "", "1e400\\1"] {
        let mut headers = stack(5, 1.0);
        for header in &mut headers {
            header.builder.remove(tags::PIXEL_SPACING);
            let values: Vec<&str> = spacing.split('\\').collect();
            header.builder.texts(tags::PIXEL_SPACING, &values);
        }
        assert_eq!(
            plan(headers),
            Err(WhyNoVolume::NoSpacing { frames: 5 }),
            "{spacing}"
        );
    }
    let mut far = stack(4, 1.0);
    far.push(Header::axial("1.5", 1e6));
    assert!(matches!(plan(far), Err(WhyNoVolume::TooManyMissing { .. })));
    let same_place = (0..6)
        .map(|k| Header::axial(&format!("1.{k}"), 3.0))
        .collect();
    assert_eq!(
        plan(same_place),
        Err(WhyNoVolume::TooFewPositions {
            positions: 1,
            needed: 3
        })
    );
    let sideways = (0..6).map(|k| {
        let x = if k == 3 { 20.0 } else { 0.0 };
        Header::plane(
            &format!("1.{k}"),
            [x, 0.0, f64::from(k)],
            [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        )
    });
    assert!(matches!(
        plan(sideways.collect()),
        Err(WhyNoVolume::NotInLine { .. })
    ));
    let mut colour = stack(5, 1.0);
    for header in &mut colour {
        header.integer(tags::SAMPLES_PER_PIXEL, 3);
    }
    assert_eq!(plan(colour), Err(WhyNoVolume::Colour));
    let turned = (0..6).map(|k| {
        let (sin, cos) = (f64::from(k) * 0.1).to_radians().sin_cos();
        Header::plane(
            &format!("1.{k}"),
            [0.0, 0.0, f64::from(k)],
            [cos, sin, 0.0, -sin, cos, 0.0],
        )
    });
    assert!(matches!(
        plan(turned.collect()),
        Err(WhyNoVolume::NotParallel { .. })
    ));
}

/// One enhanced instance: two stacks of ten slices, shuffled, each frame with its own slope.
fn enhanced() -> Header {
    let mut header = Header::axial("1.1", 0.0);
    for tag in [
        tags::IMAGE_POSITION_PATIENT,
        tags::IMAGE_ORIENTATION_PATIENT,
        tags::PIXEL_SPACING,
    ] {
        header.builder.remove(tag);
    }
    header
        .text(tags::SOP_CLASS_UID, ENHANCED_MR)
        .text(tags::NUMBER_OF_FRAMES, "20");
    let orientation = item(|i| {
        i.floats(
            tags::IMAGE_ORIENTATION_PATIENT,
            &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        )
    });
    let measures = item(|i| i.floats(tags::PIXEL_SPACING, &[0.5, 0.75]));
    let shared = item(|i| {
        i.item(tags::PLANE_ORIENTATION_SEQUENCE, orientation)
            .item(tags::PIXEL_MEASURES_SEQUENCE, measures)
    });
    let frames = shuffled((0..20_i64).collect()).into_iter().map(|k| {
        let (stack, slice) = (k / 10, k % 10);
        let position = item(|i| {
            i.floats(
                tags::IMAGE_POSITION_PATIENT,
                &[0.0, 0.0, slice as f64 * 3.0],
            )
        });
        let content = item(|i| {
            i.text(tags::STACK_ID, &stack.to_string())
                .integer(tags::IN_STACK_POSITION_NUMBER, slice + 1)
        });
        let values = item(|i| {
            i.float(tags::RESCALE_SLOPE, 1.0 + k as f64)
                .float(tags::RESCALE_INTERCEPT, 0.0)
        });
        item(|i| {
            i.item(tags::PLANE_POSITION_SEQUENCE, position)
                .item(tags::FRAME_CONTENT_SEQUENCE, content)
                .item(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, values)
        })
    });
    let frames = frames.collect();
    header
        .builder
        .item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, shared)
        .items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, frames);
    header
}

#[test]
fn the_frames_of_one_enhanced_instance_form_volumes_stack_by_stack() {
    let library = library(&[enhanced()]);
    let sets: Vec<&DisplaySet> = library.display_sets().collect();
    assert_eq!(sets.len(), 2);
    for set in sets {
        let plan = set.volume.as_ref().unwrap();
        assert_eq!(plan.grid.dims, [64, 48, 10]);
        assert!((plan.report.slice_mm - 3.0).abs() < TRUE_MM);
        assert_eq!(
            plan.frames.iter().flatten().copied().collect::<Vec<_>>(),
            *set.frames
        );
    }
}

#[test]
fn each_frame_of_an_enhanced_instance_keeps_its_own_values_and_place() {
    use isocentre::dicom::DecodedFrame;
    use isocentre::dicom::Photometric;
    use isocentre::imaging::Calibration;
    use isocentre::imaging::ImageAttributes;
    use isocentre::imaging::ModalityTransform;
    use isocentre::imaging::Samples;

    let header = enhanced().build();
    let attributes = ImageAttributes::read(&header);
    let library = library(&[enhanced()]);
    let set = library.display_sets().next().unwrap();
    let image = |frame: u32| {
        attributes.frame_image(
            frame,
            DecodedFrame {
                missing: None,
                rows: 48,
                columns: 64,
                samples: Samples::U16(vec![0; 48 * 64].into()),
                photometric: Photometric::Monochrome2,
            },
        )
    };
    for (slice, key) in set.frames.iter().enumerate() {
        let image = image(key.frame);
        assert_eq!(image.plane.unwrap().origin.z, slice as f64 * 3.0);
        let slope = 1.0 + slice as f64;
        assert_eq!(
            image.modality,
            ModalityTransform::Rescale {
                slope,
                intercept: 0.0
            }
        );
        let spacing = image.spacing.unwrap();
        assert_eq!(
            (spacing.row_mm, spacing.column_mm, spacing.source),
            (0.5, 0.75, Calibration::Patient)
        );
    }
    assert_eq!(
        image(99).plane,
        None,
        "a frame that nobody described lies nowhere"
    );
}

#[test]
fn slices_may_be_published_from_many_threads_and_only_where_they_belong() {
    use isocentre::imaging::ImageAttributes;
    use isocentre::volume::Volume;
    use std::sync::Arc;

    let headers = planes(20, DVec3::ZERO, DVec3::X, DVec3::Y, DVec3::Z, &[7]);
    let attributes = ImageAttributes::read(&headers[0].build());
    let volume = Volume::new(plan(headers).unwrap());
    let slice = |rows: u32| {
        let samples = isocentre::imaging::Samples::U16(vec![0; (rows * 64) as usize].into());
        let photometric = isocentre::imaging::Photometric::Monochrome2;
        let decoded = isocentre::dicom::DecodedFrame {
            missing: None,
            rows,
            columns: 64,
            samples,
            photometric,
        };
        Arc::new(attributes.frame_image(0, decoded))
    };
    assert!(!volume.set_slice(0, slice(47)), "another size");
    assert!(!volume.set_slice(7, slice(48)), "a gap stays a gap");
    assert!(!volume.set_slice(20, slice(48)), "beyond the grid");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (volume, slice) = (&volume, &slice);
            scope.spawn(move || {
                for k in (0..20).filter(|k| k % 4 == thread) {
                    assert_eq!(volume.set_slice(k, slice(48)), k != 7);
                }
            });
        }
    });
    assert_eq!((volume.loaded(), volume.expected()), (19, 19));
    assert!(volume.is_complete());
    assert!(!volume.set_slice(0, slice(48)), "filled once");
}
