//! Planes through a volume on the adapter against their twin.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use glam::{DAffine3, DMat3, DVec3};
use isocentre::dicom::{Photometric, Samples};
use isocentre::imaging::sampling::Blank;
use isocentre::imaging::{
    Filter, FrameImage, Look, MissingEnd, ModalityTransform, PaddingRange, VoiFunction,
};
use isocentre::render::pass::reslice;
use isocentre::render::{Gpu, RenderError, VolumeTexture};
use isocentre::volume::reslice as reslice_twin;
use isocentre::volume::{GridReport, ReslicePlane, Volume, VolumeGrid};

use super::{
    FILTERS, Numbers, Tolerance, compare_pictures, compare_values, count_values, curved_lut, gpu,
    new_gpu, rescale, samples_i16, tolerance, window,
};

/// An oblique, anisotropic, sheared grid far from the origin.
fn grid(dims: [u32; 3]) -> VolumeGrid {
    let turn = DMat3::from_rotation_x(0.3) * DMat3::from_rotation_z(-0.5);
    let steps = DMat3::from_cols(
        DVec3::new(0.7, 0.0, 0.0),
        DVec3::new(0.0, 0.7, 0.0),
        DVec3::new(0.05, 0.2, 1.3),
    );
    VolumeGrid {
        dims,
        patient_from_voxel: DAffine3::from_mat3_translation(
            turn * steps,
            DVec3::new(-180.0, 95.5, -1203.25),
        ),
    }
}

fn volume(grid: VolumeGrid, slices: Vec<Option<FrameImage>>) -> Volume {
    let frames = slices
        .iter()
        .enumerate()
        .map(|(k, slice)| {
            slice.as_ref().map(|_| isocentre::model::FrameKey {
                instance: isocentre::model::InstanceIx(k as u32),
                frame: 0,
            })
        })
        .collect();
    let grid_depth = grid.dims[2];
    Volume {
        grid,
        slices: slices
            .into_iter()
            .map(|slice| {
                let cell = OnceLock::new();
                if let Some(slice) = slice {
                    cell.set(Arc::new(slice)).unwrap();
                }
                cell
            })
            .collect(),
        unreadable: (0..grid_depth).map(|_| AtomicBool::new(false)).collect(),
        frames,
        report: GridReport::default(),
        frame_of_reference: None,
    }
}

fn slices(dims: [u32; 3], seed: u64) -> Vec<Option<FrameImage>> {
    (0..dims[2])
        .map(|k| {
            let size = [dims[0], dims[1]];
            Some(FrameImage::plain(
                size,
                samples_i16(size, seed + u64::from(k), -1000, 3000),
            ))
        })
        .collect()
}

/// Planes through the middle at random angles, one along the slices, one that misses.
fn planes(grid: &VolumeGrid) -> Vec<ReslicePlane> {
    let mut numbers = Numbers(77);
    let mut planes: Vec<_> = (0..4)
        .map(|_| {
            let mut random = || numbers.between(-1.0, 1.0);
            let right = DVec3::new(random(), random(), random()).normalize();
            let down = DVec3::new(random(), random(), random())
                .cross(right)
                .normalize();
            let step = 0.21 + random().abs() * 0.3;
            ReslicePlane {
                origin: grid.centre() - (right * 38.5 + down * 30.2) * step + random() * 3.0,
                right_step: right * step,
                down_step: down * step,
                size_px: [77, 61],
            }
        })
        .collect();
    let m = grid.patient_from_voxel;
    planes.push(ReslicePlane {
        origin: m.transform_point3(DVec3::new(-2.0, -2.0, 3.0)),
        right_step: m.transform_vector3(DVec3::X),
        down_step: m.transform_vector3(DVec3::Y),
        size_px: [40, 40],
    });
    planes.push(ReslicePlane {
        origin: DVec3::splat(9000.0),
        right_step: DVec3::X,
        down_step: DVec3::Y,
        size_px: [9, 9],
    });
    planes
}

/// The adapter with slices row by row or in bricks, whatever suits it.
fn laid_out(brick_slices: bool) -> &'static Gpu {
    static GPUS: OnceLock<[Gpu; 2]> = OnceLock::new();
    let [plain, bricks] = GPUS.get_or_init(|| {
        [false, true].map(|wanted| new_gpu().with_caps(|caps| caps.brick_slices = wanted))
    });
    if brick_slices { bricks } else { plain }
}

fn assert_reslice_equals_twin(name: &str, gpu: &Gpu, volume: &Volume, look: &Look) {
    let mut texture = VolumeTexture::new(gpu, volume).unwrap();
    texture.upload_all(gpu, volume).unwrap();
    assert_reslice_of(name, gpu, &texture, volume, look);
}

fn assert_reslice_of(name: &str, gpu: &Gpu, texture: &VolumeTexture, volume: &Volume, look: &Look) {
    let grid = &volume.grid;
    for filter in FILTERS {
        let look = look.clone().with_filter(filter);
        let mut there = 0;
        for (at, plane) in planes(grid).iter().enumerate() {
            let tolerance = tolerance(filter, &look.voi);
            let context = format!("{name}, {filter:?}, plane {at}");
            let want = reslice_twin::values(volume, plane, filter);
            there += count_values(&want);
            let got = reslice::render_values(gpu, texture, grid, plane, filter).unwrap();
            compare_values(&got, &want, tolerance).unwrap_or_else(|e| panic!("{context}: {e}"));
            let want = reslice_twin::picture(volume, plane, &look);
            let got = reslice::render(gpu, texture, grid, plane, &look).unwrap();
            compare_pictures(&got, &want, tolerance).unwrap_or_else(|e| panic!("{context}: {e}"));
        }
        assert!(there > 2000, "{name}: only {there} values compared");
    }
    assert_eq!(gpu.take_problems(), []);
}

const DIMS: [u32; 3] = [33, 29, 21];

fn look() -> Look {
    let mut look = Look::new(window(200.0, 2500.0, VoiFunction::Linear));
    look.background = [1, 2, 3];
    look
}

#[test]
fn planes_through_a_volume_are_drawn_as_the_twin_draws_them() {
    let mut all = slices(DIMS, 100);
    let plain = volume(grid(DIMS), all.clone());
    assert_reslice_equals_twin("row by row", laid_out(false), &plain, &look());
    assert_reslice_equals_twin("in bricks", laid_out(true), &plain, &look());
    for slice in all.iter_mut().flatten() {
        slice.modality = rescale(1.5, -30.0);
        slice.photometric = Photometric::Monochrome1;
    }
    let rescaled = volume(grid(DIMS), all.clone());
    assert_reslice_equals_twin("rescaled MONOCHROME1", gpu(), &rescaled, &look());
    for slice in all.iter_mut().flatten() {
        let Samples::I16(samples) = &slice.samples else {
            panic!("made as i16")
        };
        slice.samples = Samples::U8(samples.iter().map(|v| (v >> 4) as u8).collect());
    }
    let bytes = volume(grid(DIMS), all.clone());
    assert_reslice_equals_twin("8 bit", gpu(), &bytes, &look());
    for slice in all.iter_mut().flatten() {
        let Samples::U8(samples) = &slice.samples else {
            panic!("made as u8")
        };
        let floats = samples.iter().enumerate();
        slice.samples = Samples::F32(
            floats
                .map(|(at, v)| {
                    if at % 97 == 0 {
                        f32::NAN
                    } else {
                        f32::from(*v) * 3.7
                    }
                })
                .collect(),
        );
    }
    let floats = volume(grid(DIMS), all);
    assert_reslice_equals_twin("floats with NaN", gpu(), &floats, &look());
}

#[test]
fn slopes_and_tables_that_differ_from_slice_to_slice_are_drawn_as_the_twin_draws_them() {
    let mut all = slices(DIMS, 200);
    for (k, slice) in all.iter_mut().flatten().enumerate() {
        slice.modality = rescale(0.5 + k as f64 * 0.11, k as f64 * -7.5);
    }
    let slopes = volume(grid(DIMS), all.clone());
    assert_reslice_equals_twin("slopes", gpu(), &slopes, &look());
    for (k, slice) in all.iter_mut().flatten().enumerate() {
        if k % 3 == 0 {
            slice.modality = ModalityTransform::Lut(curved_lut(-900 + k as i32, 1500, 11));
        }
    }
    let tables = volume(grid(DIMS), all);
    assert_reslice_equals_twin("tables", gpu(), &tables, &look());
}

#[test]
fn padding_in_a_volume_never_bleeds() {
    let mut all = slices(DIMS, 300);
    for (k, slice) in all.iter_mut().flatten().enumerate() {
        let inside = |at: usize| {
            let (x, y) = ((at % 33) as f64 - 16.0, (at / 33) as f64 - 14.0);
            x.hypot(y) < 11.0 + (k % 3) as f64
        };
        slice.samples = Samples::I16(
            (0..33 * 29)
                .map(|at| if inside(at) { 500 } else { -2000 })
                .collect(),
        );
        slice.padding = Some(PaddingRange {
            low: -2000.0,
            high: -2000.0,
        });
    }
    let common = volume(grid(DIMS), all.clone());
    assert_reslice_equals_twin("common padding", gpu(), &common, &look());
    all[4].as_mut().unwrap().padding = Some(PaddingRange {
        low: -2000.0,
        high: -1500.5,
    });
    let differing = volume(grid(DIMS), all);
    assert_reslice_equals_twin("differing padding", gpu(), &differing, &look());
    for volume in [&common, &differing] {
        let mut texture = VolumeTexture::new(gpu(), volume).unwrap();
        texture.upload_all(gpu(), volume).unwrap();
        for plane in planes(&volume.grid) {
            for filter in FILTERS {
                let values =
                    reslice::render_values(gpu(), &texture, &volume.grid, &plane, filter).unwrap();
                for value in values.iter().filter(|value| !value.is_nan()) {
                    assert!((value - 500.0).abs() < 0.05, "{filter:?}: {value}");
                }
            }
        }
    }
}

#[test]
fn a_missing_slice_is_hatched_and_never_filled_from_its_neighbours() {
    let mut all = slices(DIMS, 400);
    all[9] = None;
    let gapped = volume(grid(DIMS), all);
    assert_reslice_equals_twin("gap", gpu(), &gapped, &look());
    let m = gapped.grid.patient_from_voxel;
    let along = |k: f64| ReslicePlane {
        origin: m.transform_point3(DVec3::new(2.0, 2.0, k)),
        right_step: m.transform_vector3(DVec3::X),
        down_step: m.transform_vector3(DVec3::Y),
        size_px: [16, 16],
    };
    let picture = reslice_twin::picture(&gapped, &along(9.4), &look());
    let levels: Vec<u8> = (0..16).map(|x| picture.at(x, 0).unwrap()[0]).collect();
    assert_eq!(levels, [72, 72, 1, 1, 1, 1, 1, 1, 72, 72, 1, 1, 1, 1, 1, 1]);
    assert!(
        reslice_twin::gaps(&gapped, &along(9.4))
            .iter()
            .all(|gap| *gap)
    );
    assert!(!reslice_twin::gaps(&gapped, &along(9.6)).contains(&true));
    let values = reslice_twin::values(&gapped, &along(9.6), Filter::Linear);
    let next = reslice_twin::values(&gapped, &along(10.0), Filter::Linear);
    compare_values(&values, &next, Tolerance::Near).unwrap();
}

#[test]
fn the_end_of_a_slice_that_was_cut_off_is_hatched_in_planes_and_bleeds_into_none() {
    let mut all = slices(DIMS, 470);
    for (k, pixels_held) in [(8, 33 * 14 + 9), (9, 33 * 7), (11, 33 * 29 - 1)] {
        let slice = all[k].as_mut().unwrap();
        let Samples::I16(samples) = &slice.samples else {
            unreachable!()
        };
        let held = samples.iter().take(pixels_held).copied();
        // Far from every value, so that one tap of it would be seen.
        let cut = held.chain(std::iter::repeat(i16::MAX)).take(samples.len());
        slice.samples = Samples::I16(cut.collect());
        slice.missing = Some(MissingEnd {
            pixels_held,
            bytes: 1,
        });
    }
    let cut = volume(grid(DIMS), all);
    assert_reslice_equals_twin("cut off", gpu(), &cut, &look());
    let m = cut.grid.patient_from_voxel;
    let along = ReslicePlane {
        origin: m.transform_point3(DVec3::new(0.0, 0.0, 9.0)),
        right_step: m.transform_vector3(DVec3::X),
        down_step: m.transform_vector3(DVec3::Y),
        size_px: [33, 29],
    };
    for filter in FILTERS {
        let values = reslice_twin::values(&cut, &along, filter);
        let held = values.iter().take(33 * 7).filter(|v| v.is_finite()).count();
        assert_eq!(held, 33 * 7, "{filter:?}");
        assert!(values[33 * 7..].iter().all(|v| v.is_nan()), "{filter:?}");
    }
    for plane in planes(&cut.grid) {
        for filter in FILTERS {
            let values = reslice_twin::values(&cut, &plane, filter);
            assert!(values.iter().all(|v| v.is_nan() || *v < 4000.0));
        }
    }
    let probe = |j: f64| {
        cut.probe(m.transform_point3(DVec3::new(4.0, j, 9.0)))
            .unwrap()
    };
    assert!(probe(6.0).value.is_ok());
    assert_eq!(probe(7.0).value, Err(Blank::Gap));
}

#[test]
fn a_slice_that_turns_out_unreadable_is_hatched_as_a_missing_one_is() {
    let mut all = slices(DIMS, 450);
    let present = all[9].take();
    let missing = volume(grid(DIMS), all.clone());
    all[9] = present;
    let unreadable = volume(grid(DIMS), all);
    let unreadable = Volume {
        slices: missing.slices.clone(),
        ..unreadable
    };
    let mut texture = VolumeTexture::new(gpu(), &unreadable).unwrap();
    texture.upload_all(gpu(), &unreadable).unwrap();
    assert!(texture.is_current(&unreadable));
    assert_reslice_of("still waited for", gpu(), &texture, &unreadable, &look());
    unreadable.set_unreadable(9);
    assert!(!texture.is_current(&unreadable));
    texture.upload_all(gpu(), &unreadable).unwrap();
    assert_reslice_of("unreadable", gpu(), &texture, &unreadable, &look());
    for plane in planes(&unreadable.grid) {
        assert_eq!(
            reslice_twin::picture(&unreadable, &plane, &look()),
            reslice_twin::picture(&missing, &plane, &look())
        );
    }
    assert!(!unreadable.is_complete());
}

#[test]
fn a_volume_is_drawn_while_its_slices_still_arrive() {
    let all = slices(DIMS, 500);
    let gpu = || laid_out(false);
    let loading = volume(grid(DIMS), all.clone());
    let loading = Volume {
        slices: (0..21).map(|_| OnceLock::new()).collect(),
        ..loading
    };
    let mut texture = VolumeTexture::new(gpu(), &loading).unwrap();
    assert!(texture.upload_pending(gpu(), &loading, 1).unwrap());
    let plane = &planes(&loading.grid)[0];
    let nothing =
        reslice::render_values(gpu(), &texture, &loading.grid, plane, Filter::Linear).unwrap();
    assert_eq!(count_values(&nothing), 0);
    for (k, slice) in all.into_iter().enumerate().rev() {
        loading.slices[k].set(Arc::new(slice.unwrap())).unwrap();
        if k == 7 {
            // 14 slices wait; one byte of budget takes one.
            assert!(!texture.upload_pending(gpu(), &loading, 1).unwrap());
            assert_eq!(texture.uploaded(), 1);
            texture.upload_all(gpu(), &loading).unwrap();
            assert_reslice_of("two thirds", gpu(), &texture, &loading, &look());
        }
    }
    texture.upload_all(gpu(), &loading).unwrap();
    assert_eq!(texture.uploaded(), 21);
    assert_eq!(texture.bytes(), 33 * 29 * 21 * 2);
    assert_reslice_of("complete", gpu(), &texture, &loading, &look());
}

#[test]
fn slices_of_different_types_share_one_volume() {
    let mut all = slices(DIMS, 600);
    for (k, slice) in all.iter_mut().flatten().enumerate() {
        let Samples::I16(samples) = &slice.samples else {
            panic!("made as i16")
        };
        match k % 3 {
            0 => slice.samples = Samples::U16(samples.iter().map(|v| *v as u16).collect()),
            1 => slice.samples = Samples::U8(samples.iter().map(|v| *v as u8).collect()),
            _ => {}
        }
    }
    let mixed = volume(grid(DIMS), all);
    let look = Look::new(window(20_000.0, 70_000.0, VoiFunction::Linear));
    assert_reslice_equals_twin("mixed", gpu(), &mixed, &look);
}

#[test]
fn a_volume_deeper_than_a_texture_is_drawn_from_slabs() {
    let small = new_gpu().with_caps(|caps| caps.max_3d = 33);
    let dims = [33, 29, 100];
    let mut all = slices(dims, 700);
    let deep = volume(grid(dims), all.clone());
    assert_reslice_equals_twin("slabs", &small, &deep, &look());
    all[49] = None;
    for slice in all.iter_mut().flatten() {
        slice.padding = Some(PaddingRange {
            low: -1000.0,
            high: -900.0,
        });
    }
    let gapped = volume(grid(dims), all);
    assert_reslice_equals_twin("slabs with a gap and padding", &small, &gapped, &look());
}

#[test]
fn a_volume_too_large_for_slabs_is_left_to_the_twin() {
    let small = new_gpu().with_caps(|caps| caps.max_3d = 16);
    let deep = volume(grid([8, 8, 90]), slices([8, 8, 90], 1));
    assert!(matches!(
        VolumeTexture::new(&small, &deep),
        Err(RenderError::TooLarge { depth: 90, .. })
    ));
    let wide = volume(grid([17, 8, 4]), slices([17, 8, 4], 1));
    assert!(matches!(
        VolumeTexture::new(&small, &wide),
        Err(RenderError::TooLarge { width: 17, .. })
    ));
}
