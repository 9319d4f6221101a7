//! Voxels laid over a picture: the adapter against the twin.

use std::sync::Arc;

use isocentre::geom::{DAffine3, DMat3, DVec3};
use isocentre::imaging::Picture;
use isocentre::render::pass::layer;
use isocentre::volume::layer_twin::{MOST_LEVELS, PALETTE, lay_over, picture};
use isocentre::volume::{LayerLook, LayerSamples, LayerVolume, ReslicePlane, VolumeGrid};

use super::{Numbers, Tolerance, compare_pictures, gpu};

const DIMS: [u32; 3] = [23, 17, 9];

fn grid() -> VolumeGrid {
    // Turned, with steps of three lengths and a tilt.
    let turn = DMat3::from_rotation_z(0.3) * DMat3::from_rotation_x(-0.2);
    let steps = turn * DMat3::from_diagonal(DVec3::new(0.8, 1.1, 2.5));
    VolumeGrid {
        dims: DIMS,
        patient_from_voxel: DAffine3::from_mat3_translation(
            DMat3::from_cols(steps.x_axis, steps.y_axis, steps.z_axis + DVec3::Y * 0.4),
            DVec3::new(-9.0, 4.0, 30.0),
        ),
    }
}

fn planes() -> Vec<ReslicePlane> {
    let centre = grid().centre();
    let of = |right: DVec3, down: DVec3, size_px: [u32; 2]| ReslicePlane {
        origin: centre - right * f64::from(size_px[0]) * 0.5 - down * f64::from(size_px[1]) * 0.5,
        right_step: right,
        down_step: down,
        size_px,
    };
    vec![
        of(DVec3::X * 0.31, DVec3::Y * 0.31, [90, 70]),
        of(DVec3::X * 0.4, DVec3::NEG_Z * 0.4, [80, 90]),
        of(
            DVec3::new(0.2, 0.1, 0.2),
            DVec3::new(-0.1, 0.3, 0.05),
            [111, 64],
        ),
    ]
}

fn look(line_px: u32) -> LayerLook {
    let mut numbers = Numbers(7);
    let mut palette = [[0; 4]; PALETTE];
    for (at, entry) in palette.iter_mut().enumerate() {
        let mut level = || numbers.below(256) as u8;
        // Every fifth one is hidden.
        *entry = [level(), level(), level(), if at % 5 == 4 { 0 } else { 255 }];
    }
    let mut levels = [f32::MAX; MOST_LEVELS];
    levels[..5].copy_from_slice(&[4.0, 9.0, 15.5, 22.0, 30.0]);
    LayerLook {
        palette: Arc::new(palette),
        fill: 0.4,
        line: 0.9,
        line_px,
        full: 40.0,
        threshold: 6.0,
        levels,
    }
}

fn smooth(at: usize) -> f64 {
    let [columns, rows, _] = DIMS.map(|n| n as usize);
    let (x, y, z) = (at % columns, at / columns % rows, at / columns / rows);
    let far = (x as f64 - 11.0)
        .hypot(y as f64 - 8.0)
        .hypot(2.0 * (z as f64 - 4.0));
    (1.0 - far / 15.0).max(0.0)
}

fn count() -> usize {
    DIMS.iter().product::<u32>() as usize
}

/// The adapter draws over black; so does the twin.
fn both(samples: LayerSamples, look: &LayerLook, plane: &ReslicePlane) -> (Picture, Picture) {
    let volume = LayerVolume::new(grid(), samples, None).unwrap();
    let drawn = layer::render(gpu(), &volume, plane, look).unwrap();
    let [width, height] = plane.size_px;
    let mut want = Picture {
        size_px: plane.size_px,
        rgba: [0, 0, 0, 255].repeat((width * height) as usize),
    };
    lay_over(&mut want, &picture(&volume, plane, look));
    (drawn, want)
}

fn coloured(picture: &Picture) -> usize {
    let is_coloured = |pixel: &&[u8]| pixel[..3] != [0, 0, 0];
    picture.rgba.chunks_exact(4).filter(is_coloured).count()
}

#[test]
fn labels_and_their_outlines_are_those_of_the_twin() {
    let mut numbers = Numbers(3);
    // Blocks of one label, some of them empty.
    let labels: Vec<u8> = (0..count())
        .map(|at| {
            if smooth(at) > 0.1 {
                1 + (smooth(at) * 6.0) as u8
            } else {
                0
            }
        })
        .map(|label| if numbers.below(40) == 0 { 0 } else { label })
        .collect();
    for plane in planes() {
        for line_px in [1, 2] {
            let samples = LayerSamples::Labels(labels.clone().into());
            let (drawn, want) = both(samples, &look(line_px), &plane);
            assert!(coloured(&want) > 500);
            compare_pictures(&drawn, &want, Tolerance::Near).unwrap();
        }
    }
}

#[test]
fn shares_and_their_outline_at_one_half_are_those_of_the_twin() {
    let stored: Vec<u8> = (0..count()).map(|at| (smooth(at) * 200.0) as u8).collect();
    for plane in planes() {
        let samples = LayerSamples::Shares {
            stored: stored.clone().into(),
            full: 200,
        };
        let (drawn, want) = both(samples, &look(2), &plane);
        assert!(coloured(&want) > 500);
        compare_pictures(&drawn, &want, Tolerance::Near).unwrap();
    }
}

/// Pixels of two to three voxels: they cover more than the voxel at their centre.
fn coarse_planes() -> Vec<ReslicePlane> {
    let coarser = |plane: ReslicePlane| {
        let (right_step, down_step) = (plane.right_step * 5.0, plane.down_step * 7.0);
        ReslicePlane {
            origin: grid().centre() - right_step * 11.5 - down_step * 7.5,
            right_step,
            down_step,
            size_px: [24, 16],
        }
    };
    planes().into_iter().map(coarser).collect()
}

#[test]
fn what_coarse_pixels_cover_is_that_of_the_twin() {
    let mut numbers = Numbers(5);
    let scattered: Vec<u8> = (0..count())
        .map(|_| {
            if numbers.below(20) == 0 {
                1 + numbers.below(7) as u8
            } else {
                0
            }
        })
        .collect();
    for plane in coarse_planes() {
        let labels = LayerSamples::Labels(scattered.clone().into());
        let (drawn, want) = both(labels, &look(1), &plane);
        assert!(coloured(&want) > 20);
        compare_pictures(&drawn, &want, Tolerance::Near).unwrap();
        let shares = LayerSamples::Shares {
            stored: { scattered.iter() }.map(|label| label * 25).collect(),
            full: 200,
        };
        let (drawn, want) = both(shares, &look(1), &plane);
        assert!(coloured(&want) > 20);
        compare_pictures(&drawn, &want, Tolerance::Near).unwrap();
    }
}

#[test]
fn a_segment_of_one_voxel_is_seen_however_far_the_picture_is_zoomed_out() {
    let grid = VolumeGrid {
        dims: [256, 256, 1],
        patient_from_voxel: DAffine3::IDENTITY,
    };
    for at in [0, 255, 100 * 256 + 37, 128 * 256 + 128, 256 * 256 - 1] {
        let mut labels = vec![0; 256 * 256];
        labels[at] = 1;
        let volume = LayerVolume::new(grid, LayerSamples::Labels(labels.into()), None);
        let volume = volume.unwrap();
        for step in [1.0, 2.0, 3.7, 10.0, 14.5] {
            let side: f64 = 256.0 / step;
            let plane = ReslicePlane {
                origin: DVec3::new(-0.5 + step / 2.0, -0.5 + step / 2.0, 0.0),
                right_step: DVec3::X * step,
                down_step: DVec3::Y * step,
                size_px: [side.ceil() as u32; 2],
            };
            let seen = picture(&volume, &plane, &look(1));
            let opaque = seen
                .rgba
                .chunks_exact(4)
                .filter(|pixel| pixel[3] > 0)
                .count();
            assert_eq!(opaque, 1, "voxel {at}, {step} voxels a pixel");
        }
    }
}

#[test]
fn a_dose_wash_and_its_isodose_lines_are_those_of_the_twin() {
    let doses: Vec<f32> = (0..count()).map(|at| smooth(at) as f32 * 38.0).collect();
    for plane in planes() {
        let samples = LayerSamples::Doses(doses.clone().into());
        let (drawn, want) = both(samples, &look(1), &plane);
        assert!(coloured(&want) > 500);
        // Random colours: at an edge between two of them a rounding is another colour.
        let differs = |(a, b): &(&[u8], &[u8])| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 1);
        let pairs = drawn.rgba.chunks_exact(4).zip(want.rgba.chunks_exact(4));
        let other = pairs.filter(differs).count();
        assert!(other * 1000 <= coloured(&want), "{other} pixels differ");
    }
}

#[test]
fn a_layer_larger_than_the_adapter_takes_is_refused() {
    let gpu = super::new_gpu().with_caps(|caps| caps.max_3d = 16);
    let samples = LayerSamples::Labels(vec![1; count()].into());
    let volume = LayerVolume::new(grid(), samples, None).unwrap();
    assert!(layer::render(&gpu, &volume, &planes()[0], &look(1)).is_err());
}
