//! Exact values: probe and regions of frames and volumes.

use std::sync::{Arc, OnceLock};

use glam::{DAffine3, DMat3, DVec2, DVec3};
use isocentre::dicom::Samples;
use isocentre::geom::PlanePose;
use isocentre::imaging::{
    FrameImage, ModalityTransform, PaddingRange, Probe, Region, Units, probe, region_statistics,
};
use isocentre::model::{FrameKey, InstanceIx};
use isocentre::volume::{GridReport, Volume, VolumeGrid};

fn frame(k: u32) -> FrameImage {
    let samples = Samples::U16((0..600).map(|at| (at + k * 10) as u16).collect());
    FrameImage {
        modality: ModalityTransform::Rescale {
            slope: 0.1,
            intercept: -5.0,
        },
        units: Units::Hounsfield,
        ..FrameImage::plain([30, 20], samples)
    }
}

fn volume() -> Volume {
    Volume {
        grid: VolumeGrid {
            dims: [30, 20, 8],
            patient_from_voxel: DAffine3::from_mat3_translation(
                DMat3::from_diagonal(DVec3::new(0.5, 0.5, 2.0)),
                DVec3::new(10.0, -20.0, 300.0),
            ),
        },
        slices: (0..8)
            .map(|k| {
                let cell = OnceLock::new();
                cell.set(Arc::new(frame(k))).unwrap();
                cell
            })
            .collect(),
        frames: (0..8)
            .map(|k| {
                Some(FrameKey {
                    instance: InstanceIx(k),
                    frame: 0,
                })
            })
            .collect(),
        unreadable: Box::default(),
        report: GridReport::default(),
        frame_of_reference: None,
    }
}

#[test]
fn a_probe_reads_the_pixel_under_it_in_its_own_unit() {
    let image = frame(0);
    let grey = |stored: f64| {
        Some(Probe::Grey {
            stored,
            value: 0.1 * stored - 5.0,
            units: Units::Hounsfield,
            suv_bw: None,
        })
    };
    assert_eq!(probe(&image, 3.4, 1.6), grey(63.0));
    assert_eq!(probe(&image, -0.5, -0.5), grey(0.0));
    assert_eq!(probe(&image, 29.49, 19.49), grey(599.0));
    assert_eq!(probe(&image, 29.5, 0.0), None);
    assert_eq!(probe(&image, f64::NAN, 0.0), None);
}

#[test]
fn a_probe_names_padding_and_the_channels_of_colour() {
    let mut image = frame(0);
    image.padding = Some(PaddingRange {
        low: 5.0,
        high: 5.0,
    });
    assert_eq!(
        probe(&image, 5.0, 0.0),
        Some(Probe::Padding { stored: 5.0 })
    );
    image.samples = Samples::Rgb8((0..1800).map(|at| at as u8).collect());
    assert_eq!(probe(&image, 1.0, 0.0), Some(Probe::Colour([3, 4, 5])));
}

#[test]
fn a_region_counts_the_pixels_whose_centres_it_holds_and_no_padding() {
    let mut image = frame(0);
    let region = Region::rectangle(DVec2::new(1.5, 0.5), DVec2::new(4.5, 2.5));
    // Columns 2 to 4 of rows 1 and 2: stored 32, 33, 34, 62, 63, 64.
    let s = region_statistics(&image, &region).unwrap();
    assert_eq!(s.count, 6);
    assert!((s.mean - (0.1 * 48.0 - 5.0)).abs() < 1e-12);
    assert!((s.min + 1.8).abs() < 1e-12 && (s.max - 1.4).abs() < 1e-12);
    let squares: f64 = [-16.0, -15.0, -14.0, 14.0, 15.0, 16.0_f64]
        .map(|d| d * d)
        .iter()
        .sum();
    let want = 0.1 * (squares / 5.0).sqrt();
    assert!((s.standard_deviation.unwrap() - want).abs() < 1e-12);
    image.padding = Some(PaddingRange {
        low: 60.0,
        high: 70.0,
    });
    assert_eq!(region_statistics(&image, &region).unwrap().count, 3);
    let outside = Region::rectangle(DVec2::new(100.0, 0.0), DVec2::new(110.0, 9.0));
    assert_eq!(region_statistics(&image, &outside), None);
    let endless = Region::rectangle(DVec2::splat(f64::NEG_INFINITY), DVec2::splat(1e300));
    assert_eq!(
        region_statistics(&image, &endless).map(|s| s.count > 0),
        Some(true)
    );
}

#[test]
fn a_volume_is_probed_at_the_voxel_that_holds_the_point() {
    let volume = volume();
    let hit = volume.probe(DVec3::new(11.6, -18.9, 304.9)).unwrap();
    assert_eq!(hit.voxel, [3, 2, 2]);
    let stored = 2.0 * 30.0 + 3.0 + 20.0;
    assert!((hit.value.unwrap() - (0.1 * stored - 5.0)).abs() < 1e-12);
    assert_eq!(hit.units, Units::Hounsfield);
    assert_eq!(volume.probe(DVec3::new(11.6, -18.9, 298.9)), None);
}

#[test]
fn a_region_on_a_slice_of_a_volume_has_the_statistics_of_that_slice() {
    let volume = volume();
    // Slice 3 lies at z = 306; the pose's centre is voxel (10, 8).
    let pose = PlanePose::new(DVec3::new(15.0, -16.0, 306.0), DVec3::X, DVec3::Y).unwrap();
    let in_plane = Region::ellipse([
        DVec2::new(-3.1, 0.0),
        DVec2::new(3.1, 0.0),
        DVec2::new(0.0, -2.2),
        DVec2::new(0.0, 2.2),
    ]);
    let in_image = Region::ellipse([
        DVec2::new(10.0 - 6.2, 8.0),
        DVec2::new(10.0 + 6.2, 8.0),
        DVec2::new(10.0, 8.0 - 4.4),
        DVec2::new(10.0, 8.0 + 4.4),
    ]);
    let got = volume.region_statistics(&pose, &in_plane).unwrap();
    let want = region_statistics(&frame(3), &in_image).unwrap();
    assert_eq!(got.count, want.count);
    for (got, want) in [
        (got.mean, want.mean),
        (got.min, want.min),
        (got.max, want.max),
        (
            got.standard_deviation.unwrap(),
            want.standard_deviation.unwrap(),
        ),
    ] {
        assert!((got - want).abs() < 1e-9, "{got}, not {want}");
    }
}

#[test]
fn a_region_across_the_slices_samples_as_finely_as_the_pixels() {
    let volume = volume();
    // Coronal through row 8: x in steps of 0.5 mm, z in steps of 2 mm.
    let pose = PlanePose::new(DVec3::new(15.0, -16.0, 306.0), DVec3::X, DVec3::NEG_Z).unwrap();
    let region = Region::rectangle(DVec2::new(-1.1, -3.9), DVec2::new(1.1, 3.9));
    let s = volume.region_statistics(&pose, &region).unwrap();
    assert_eq!(s.count, 5 * 3);
    let want = 0.1 * (8.0 * 30.0 + 10.0 + 30.0) - 5.0;
    assert!((s.mean - want).abs() < 1e-9);
    let far = Region::rectangle(DVec2::splat(500.0), DVec2::splat(600.0));
    assert_eq!(volume.region_statistics(&pose, &far), None);
}
