//! What the adapter draws against what its twin computes. A missing adapter fails these tests.

mod layers;
mod panes;
mod slice;
mod volume;

use std::sync::{Arc, OnceLock};

use isocentre::dicom::Samples;
use isocentre::imaging::{Filter, Lut, ModalityTransform, Picture, VoiFunction, VoiTransform};
use isocentre::render::Gpu;

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

fn samples_i16(size: [u32; 2], seed: u64, low: i16, span: u64) -> Samples {
    let mut numbers = Numbers(seed);
    let count = size[0] * size[1];
    Samples::I16(
        (0..count)
            .map(|_| low + numbers.below(span) as i16)
            .collect(),
    )
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
