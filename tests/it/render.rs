//! What the adapter draws against what its twin computes. A missing adapter fails these tests.

use std::sync::{Arc, OnceLock};

use glam::{DAffine2, DAffine3, DMat3, DVec2, DVec3};
use isocentre::dicom::{Photometric, Samples};
use isocentre::imaging::{
    DisplayLut, Filter, FrameImage, Look, Lut, ModalityTransform, PaddingRange, Picture, SliceView,
    Units, VoiFunction, VoiTransform, slice_twin,
};
use isocentre::render::pass::{Pane, reslice, slice};
use isocentre::render::{FrameTexture, Gpu, Offscreen, Output, RenderError, VolumeTexture};
use isocentre::volume::reslice as reslice_twin;
use isocentre::volume::{GridReport, ReslicePlane, Volume, VolumeGrid};

const FILTERS: [Filter; 3] = [Filter::Nearest, Filter::Linear, Filter::Cubic];

fn gpu() -> &'static Gpu {
    static GPU: OnceLock<Gpu> = OnceLock::new();
    GPU.get_or_init(new_gpu)
}

fn new_gpu() -> Gpu {
    Gpu::headless().unwrap_or_else(|error| {
        panic!(
            "These tests need a graphics adapter; a software one will do \
             (Debian: apt install mesa-vulkan-drivers). {error}"
        )
    })
}

/// A reproducible number generator: tests must not depend on luck.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: u64) -> u64 {
        (self.next() >> 16) % n
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.below(1 << 30) as f64 / f64::from(1 << 30))
    }
}

fn image([columns, rows]: [u32; 2], samples: Samples) -> FrameImage {
    FrameImage {
        rows,
        columns,
        photometric: if samples.samples_per_pixel() == 3 {
            Photometric::Rgb
        } else {
            Photometric::Monochrome2
        },
        samples,
        modality: ModalityTransform::Identity,
        units: Units::None,
        padding: None,
        vois: Arc::from([]),
        plane: None,
        spacing: None,
        aspect: 1.0,
        lossy: None,
        marks: None,
    }
}

fn rescale(slope: f64, intercept: f64) -> ModalityTransform {
    ModalityTransform::Rescale { slope, intercept }
}

fn window(center: f64, width: f64, function: VoiFunction) -> VoiTransform {
    VoiTransform::Window {
        center,
        width,
        function,
    }
}

/// What a comparison tolerates.
#[derive(Clone, Copy)]
enum Tolerance {
    Exact,
    /// One display level; 0.01 % of the range of values.
    Near,
}

fn tolerance(filter: Filter, voi: &VoiTransform) -> Tolerance {
    match (filter, voi) {
        (
            Filter::Nearest,
            VoiTransform::Window {
                function: VoiFunction::Linear,
                ..
            },
        ) => Tolerance::Exact,
        _ => Tolerance::Near,
    }
}

fn compare_pictures(got: &Picture, want: &Picture, tolerance: Tolerance) -> Result<(), String> {
    if got.size_px != want.size_px || got.rgba.len() != want.rgba.len() {
        return Err(format!("{:?} is not {:?}", got.size_px, want.size_px));
    }
    let allowed = match tolerance {
        Tolerance::Exact => 0,
        Tolerance::Near => 1,
    };
    let off: Vec<usize> = (0..got.rgba.len())
        .filter(|at| got.rgba[*at].abs_diff(want.rgba[*at]) > allowed)
        .collect();
    match off.first() {
        None => Ok(()),
        Some(at) => Err(format!(
            "{} of {} bytes differ, first at pixel {}: {}, not {}",
            off.len(),
            got.rgba.len(),
            at / 4,
            got.rgba[*at],
            want.rgba[*at]
        )),
    }
}

fn compare_values(got: &[f32], want: &[f32], tolerance: Tolerance) -> Result<(), String> {
    if got.len() != want.len() {
        return Err(format!("{} values, not {}", got.len(), want.len()));
    }
    let there = || want.iter().copied().filter(|value| !value.is_nan());
    let range = there().fold(f32::MIN, f32::max) - there().fold(f32::MAX, f32::min);
    let largest = there().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let allowed = match tolerance {
        Tolerance::Exact => 0.0,
        // Where all values are the same, f32 itself still rounds.
        Tolerance::Near => (range * 1e-4).max(largest * 1e-6),
    };
    for (at, (got, want)) in got.iter().zip(want).enumerate() {
        let is_same = got.is_nan() == want.is_nan()
            && (got.is_nan() || got == want || (got - want).abs() <= allowed);
        if !is_same {
            return Err(format!("value {at} is {got}, not {want} (range {range})"));
        }
    }
    Ok(())
}

fn count_values(values: &[f32]) -> usize {
    values.iter().filter(|value| !value.is_nan()).count()
}

/// Turned, zoomed and moved, some of it outside.
fn turned(image: &FrameImage, size_px: [u32; 2], angle: f64, zoom: f64) -> DAffine2 {
    let middle = |[x, y]: [u32; 2]| (DVec2::new(f64::from(x), f64::from(y)) - 1.0) * 0.5;
    DAffine2::from_translation(middle(image.size()) + DVec2::new(0.37, -1.21))
        * DAffine2::from_angle(angle)
        * DAffine2::from_scale(DVec2::splat(zoom))
        * DAffine2::from_translation(-middle(size_px))
}

/// The frame drawn both ways, from several sides, with every filter.
fn assert_slice_equals_twin(name: &str, image: &FrameImage, look: &Look) {
    let gpu = gpu();
    let texture = FrameTexture::new(gpu, image).unwrap();
    let size_px = [97, 83];
    for filter in FILTERS {
        for (angle, zoom) in [
            (0.0, 0.25),
            (0.6, 0.31),
            (-2.1, 0.07),
            (0.0, 1.0),
            (1.2, 3.7),
        ] {
            let view = SliceView {
                size_px,
                image_from_screen: turned(image, size_px, angle, zoom),
                look: look.clone().with_filter(filter),
            };
            let tolerance = tolerance(filter, &look.voi);
            let context = format!("{name}, {filter:?}, {angle} {zoom}");
            let want = slice_twin::render(image, &view);
            let got = slice::render(gpu, &texture, &view).unwrap();
            compare_pictures(&got, &want, tolerance).unwrap_or_else(|e| panic!("{context}: {e}"));
            if image.photometric == Photometric::Rgb {
                continue;
            }
            let transform = view.image_from_screen;
            let want = slice_twin::modality_values(image, size_px, transform, filter);
            let got = slice::render_values(gpu, &texture, size_px, transform, filter).unwrap();
            compare_values(&got, &want, tolerance).unwrap_or_else(|e| panic!("{context}: {e}"));
        }
    }
    assert_eq!(gpu.take_problems(), []);
}

fn samples_i16(size: [u32; 2], seed: u64, low: i16, span: u64) -> Samples {
    let mut numbers = Numbers(seed);
    let count = size[0] * size[1];
    Samples::I16(
        (0..count)
            .map(|_| low + numbers.below(span) as i16)
            .collect(),
    )
}

#[test]
fn every_kind_of_stored_sample_is_drawn_as_the_twin_draws_it() {
    let size = [31, 23];
    let mut numbers = Numbers(11);
    let mut random = |n: u64| numbers.below(n);
    let count = 31 * 23;
    let look = Look::new(window(100.0, 300.0, VoiFunction::Linear));
    let wide = Look::new(window(30_000.0, 70_000.0, VoiFunction::Linear));
    let huge = Look::new(window(0.0, 4e9, VoiFunction::LinearExact));
    let u8s: Arc<[u8]> = (0..count).map(|_| random(256) as u8).collect();
    let i8s: Arc<[i8]> = (0..count).map(|_| random(256) as u8 as i8).collect();
    let u16s: Arc<[u16]> = (0..count).map(|_| random(65_536) as u16).collect();
    let i16s: Arc<[i16]> = (0..count).map(|_| random(65_536) as u16 as i16).collect();
    let u32s: Arc<[u32]> = (0..count).map(|_| random(1 << 32) as u32).collect();
    let i32s: Arc<[i32]> = (0..count).map(|_| random(1 << 32) as u32 as i32).collect();
    let f32s: Arc<[f32]> = (0..count)
        .map(|_| random(4000) as f32 / 7.0 - 200.0)
        .collect();
    let f64s: Arc<[f64]> = (0..count)
        .map(|_| random(4000) as f64 / 7.0 - 200.0)
        .collect();
    for (name, samples, look) in [
        ("u8", Samples::U8(u8s), &look),
        ("i8", Samples::I8(i8s), &look),
        ("u16", Samples::U16(u16s), &wide),
        ("i16", Samples::I16(i16s), &wide),
        ("u32", Samples::U32(u32s), &huge),
        ("i32", Samples::I32(i32s), &huge),
        ("f32", Samples::F32(f32s), &look),
        ("f64", Samples::F64(f64s), &look),
    ] {
        assert_slice_equals_twin(name, &image(size, samples), look);
    }
}

#[test]
fn a_rescale_is_drawn_as_the_twin_draws_it() {
    let mut image = image([40, 40], samples_i16([40, 40], 3, 0, 4096));
    for (slope, intercept) in [(1.0, -1024.0), (0.38, 0.0), (-2.5, 17.25), (1e-3, 0.5)] {
        image.modality = rescale(slope, intercept);
        let middle = slope * 2048.0 + intercept;
        let width = (slope * 3000.0).abs().max(1.0);
        for function in [
            VoiFunction::Linear,
            VoiFunction::LinearExact,
            VoiFunction::Sigmoid,
        ] {
            let look = Look::new(window(middle, width, function));
            assert_slice_equals_twin(&format!("{slope} {intercept} {function:?}"), &image, &look);
        }
    }
}

fn curved_lut(first: i32, count: u32, bits: u8) -> Arc<Lut> {
    let max = f64::from((1_u32 << bits) - 1);
    Arc::new(Lut {
        first,
        bits,
        entries: (0..count)
            .map(|at| ((f64::from(at) / f64::from(count - 1)).sqrt() * max) as u16)
            .collect(),
    })
}

#[test]
fn modality_voi_and_display_tables_are_drawn_as_the_twin_draws_them() {
    let mut image = image([40, 40], samples_i16([40, 40], 5, -300, 3000));
    let mut look = Look::new(VoiTransform::Lut(curved_lut(-200, 2500, 12)));
    assert_slice_equals_twin("voi table", &image, &look);
    look.display = DisplayLut::new((0..1024_u32).map(|v| (v * v / 16) as u16).collect());
    assert_slice_equals_twin("voi and display table", &image, &look);
    image.modality = ModalityTransform::Lut(curved_lut(-250, 2600, 16));
    look.voi = window(30_000.0, 60_000.0, VoiFunction::Linear);
    assert_slice_equals_twin("modality and display table", &image, &look);
    look.voi = VoiTransform::Lut(curved_lut(0, 65_536, 10));
    look.display = None;
    assert_slice_equals_twin("modality and voi table", &image, &look);
    image.photometric = Photometric::Monochrome1;
    assert_slice_equals_twin("MONOCHROME1 through tables", &image, &look);
}

#[test]
fn monochrome1_and_invert_are_drawn_as_the_twin_draws_them() {
    let mut image = image([20, 20], samples_i16([20, 20], 6, 0, 256));
    let mut look = Look::new(window(128.0, 256.0, VoiFunction::Linear));
    look.background = [10, 20, 30];
    for photometric in [Photometric::Monochrome1, Photometric::Monochrome2] {
        for invert in [false, true] {
            image.photometric = photometric;
            look.invert = invert;
            assert_slice_equals_twin(&format!("{photometric:?} {invert}"), &image, &look);
        }
    }
}

#[test]
fn colour_is_drawn_as_the_twin_draws_it() {
    let mut numbers = Numbers(8);
    let bytes: Arc<[u8]> = (0..30 * 20 * 3).map(|_| numbers.below(256) as u8).collect();
    let words: Arc<[u16]> = (0..30 * 20 * 3)
        .map(|_| numbers.below(65_536) as u16)
        .collect();
    let mut look = Look::new(window(0.0, 1.0, VoiFunction::Linear));
    look.background = [200, 0, 9];
    for samples in [Samples::Rgb8(bytes), Samples::Rgb16(words)] {
        for invert in [false, true] {
            look.invert = invert;
            assert_slice_equals_twin("colour", &image([30, 20], samples.clone()), &look);
        }
    }
}

#[test]
fn values_of_a_colour_frame_are_refused() {
    let image = image([2, 1], Samples::Rgb8(Arc::from([0; 6])));
    let texture = FrameTexture::new(gpu(), &image).unwrap();
    let values = slice::render_values(gpu(), &texture, [2, 1], DAffine2::IDENTITY, Filter::Nearest);
    assert_eq!(values, Err(RenderError::Unsuitable));
}

/// An object of 100 in padding of −2000 (or NaN in floats).
fn padded(samples: impl Fn(bool) -> f64) -> Vec<f64> {
    (0..32 * 32)
        .map(|at| {
            let (x, y) = (f64::from(at % 32) - 15.5, f64::from(at / 32) - 15.5);
            samples(x.hypot(y) < 10.0)
        })
        .collect()
}

#[test]
fn padding_never_bleeds_into_interpolated_pixels() {
    let integers = padded(|inside| if inside { 100.0 } else { -2000.0 });
    let mut signed = image(
        [32, 32],
        Samples::I16(integers.iter().map(|v| *v as i16).collect()),
    );
    signed.padding = Some(PaddingRange {
        low: -2000.0,
        high: -1999.0,
    });
    let floats = padded(|inside| if inside { 100.0 } else { f64::NAN });
    let float = image(
        [32, 32],
        Samples::F32(floats.iter().map(|v| *v as f32).collect()),
    );
    let look = Look::new(window(40.0, 400.0, VoiFunction::Linear));
    for image in [&signed, &float] {
        assert_slice_equals_twin("padding", image, &look);
        let texture = FrameTexture::new(gpu(), image).unwrap();
        for filter in FILTERS {
            let view = SliceView::fit(image, [200, 200], 1.0, look.clone().with_filter(filter));
            let transform = view.image_from_screen;
            let values =
                slice::render_values(gpu(), &texture, [200, 200], transform, filter).unwrap();
            assert!(count_values(&values) > 1000);
            for value in values.iter().filter(|value| !value.is_nan()) {
                assert!((value - 100.0).abs() < 0.01, "{filter:?}: {value}");
            }
        }
    }
}

#[test]
fn a_picture_shifted_by_a_pixel_fails_the_comparison() {
    let image = image([40, 40], samples_i16([40, 40], 9, 0, 256));
    let look = Look::new(window(128.0, 256.0, VoiFunction::Linear));
    let texture = FrameTexture::new(gpu(), &image).unwrap();
    let mut view = SliceView::fit(&image, [90, 90], 1.0, look);
    let want = slice_twin::render(&image, &view);
    let transform = view.image_from_screen;
    let values = slice_twin::modality_values(&image, [90, 90], transform, Filter::Linear);
    view.image_from_screen *= DAffine2::from_translation(DVec2::new(1.0, 0.0));
    let got = slice::render(gpu(), &texture, &view).unwrap();
    assert!(compare_pictures(&got, &want, Tolerance::Near).is_err());
    let shifted = view.image_from_screen;
    let got = slice::render_values(gpu(), &texture, [90, 90], shifted, Filter::Linear).unwrap();
    assert!(compare_values(&got, &values, Tolerance::Near).is_err());
}

#[test]
fn two_panes_prepared_before_one_submit_keep_their_own_windows() {
    let gpu = gpu();
    let image = image([16, 16], samples_i16([16, 16], 10, 0, 1000));
    let texture = FrameTexture::new(gpu, &image).unwrap();
    let output = Output::Display(eframe::wgpu::TextureFormat::Rgba8Unorm);
    let views = [(40.0, 400.0), (500.0, 3000.0)].map(|(center, width)| {
        let look = Look::new(window(center, width, VoiFunction::Linear));
        SliceView::fit(&image, [32, 32], 1.0, look.with_filter(Filter::Nearest))
    });
    let mut panes = [Pane::new(gpu), Pane::new(gpu)];
    for (pane, view) in panes.iter_mut().zip(&views) {
        slice::prepare(gpu, pane, &texture, view, [0, 0], output).unwrap();
    }
    for (pane, view) in panes.iter().zip(&views) {
        let target = Offscreen::new(gpu, [32, 32], output).unwrap();
        target.draw(gpu, pane);
        let got = target.read_picture(gpu).unwrap();
        let want = slice_twin::render(&image, view);
        compare_pictures(&got, &want, Tolerance::Exact).unwrap();
    }
}

#[test]
fn a_pane_away_from_the_corner_of_its_target_shows_the_same_picture() {
    let gpu = gpu();
    let image = image([16, 16], samples_i16([16, 16], 12, 0, 256));
    let texture = FrameTexture::new(gpu, &image).unwrap();
    let output = Output::Display(eframe::wgpu::TextureFormat::Rgba8Unorm);
    let look = Look::new(window(128.0, 256.0, VoiFunction::Linear)).with_filter(Filter::Nearest);
    let view = SliceView::fit(&image, [64, 64], 1.0, look);
    let want = slice_twin::render(&image, &view);
    for origin in [[7, 3], [-9, -20]] {
        let mut pane = Pane::new(gpu);
        slice::prepare(gpu, &mut pane, &texture, &view, origin, output).unwrap();
        let target = Offscreen::new(gpu, [40, 40], output).unwrap();
        target.draw(gpu, &pane);
        let got = target.read_picture(gpu).unwrap();
        for y in 0..40_i32 {
            for x in 0..40_i32 {
                let (vx, vy) = (x - origin[0], y - origin[1]);
                if vx >= 0 && vy >= 0 {
                    assert_eq!(
                        got.at(x as u32, y as u32),
                        want.at(vx as u32, vy as u32),
                        "{origin:?} {x} {y}"
                    );
                }
            }
        }
    }
}

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
        frames,
        report: GridReport::default(),
        frame_of_reference: None,
    }
}

fn slices(dims: [u32; 3], seed: u64) -> Vec<Option<FrameImage>> {
    (0..dims[2])
        .map(|k| {
            let size = [dims[0], dims[1]];
            Some(image(
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

#[test]
fn frames_and_pictures_beyond_the_adapter_are_refused_with_a_reason() {
    let side = gpu().caps().max_2d + 1;
    let long = image([side, 1], Samples::U8(vec![0; side as usize].into()));
    assert!(matches!(
        FrameTexture::new(gpu(), &long),
        Err(RenderError::TooLarge { .. })
    ));
    let short = image([10, 10], Samples::U8(Arc::from([0; 99])));
    assert!(matches!(
        FrameTexture::new(gpu(), &short),
        Err(RenderError::Unsuitable)
    ));
    assert!(Offscreen::new(gpu(), [side, 1], Output::Values).is_err());
    assert_eq!(gpu().take_problems(), []);
}
