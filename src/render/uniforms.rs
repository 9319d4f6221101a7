//! The uniforms as the shaders read them; `shaders/common/types.wgsl` holds the same structs.

use bytemuck::{Pod, Zeroable};

use crate::imaging::grey_chain::Look;
use crate::imaging::marks::OVERLAYS;
use crate::imaging::sampling::Stepper;
use crate::imaging::voi::VoiStage;
use crate::imaging::{PaddingRange, Photometric};
use crate::render::shaders::SampleClass;
use crate::volume::Footprint;
use crate::volume::LayerSamples;
use crate::volume::layer_twin::{LayerLook, MOST_LEVELS};

/// `struct View`: one pane.
#[derive(Debug, Clone, Copy, PartialEq, Default, Pod, Zeroable)]
#[repr(C)]
pub struct ViewUniform {
    frac: [[u32; 4]; 3],
    estimate: [[f32; 4]; 3],
    background: [f32; 4],
    voi: [f32; 4],
    viewport_px: [i32; 2],
    is_inverted: u32,
    is_blank: u32,
    voi_lut_first: i32,
    voi_lut_count: u32,
    display_count: u32,
    marks_shown: u32,
    shutter: [f32; 4],
    marks_reach: [i32; 2],
    unused: [u32; 2],
    overlays: [[f32; 4]; OVERLAYS],
}

const _: () = assert!(size_of::<ViewUniform>() == 448);

/// `struct Layer`: how the voxels of a layer become colour.
#[derive(Debug, Clone, Copy, PartialEq, Default, Pod, Zeroable)]
#[repr(C)]
pub struct LayerUniform {
    fill: f32,
    line: f32,
    full: f32,
    threshold: f32,
    levels: [f32; MOST_LEVELS],
    line_px: i32,
    unused: i32,
    footprint: [u32; 2],
}

const _: () = assert!(size_of::<LayerUniform>() == 64);

impl LayerUniform {
    /// Of a look at some voxels.
    pub fn new(look: &LayerLook, samples: &LayerSamples, footprint: Footprint) -> Self {
        Self {
            fill: look.fill,
            line: look.line,
            full: match samples {
                LayerSamples::Shares { full, .. } => f32::from(*full),
                LayerSamples::Labels(_) | LayerSamples::Doses(_) => look.full,
            },
            threshold: look.threshold,
            levels: look.levels,
            line_px: look.line_px as i32,
            unused: 0,
            footprint: [footprint.across, footprint.down],
        }
    }
}

/// `struct Data`: one texture.
#[derive(Debug, Clone, Copy, PartialEq, Default, Pod, Zeroable)]
#[repr(C)]
pub struct DataUniform {
    pub dims: [i32; 3],
    pub slope: f32,
    pub intercept: f32,
    pub padding: [u32; 2],
    pub lut_first: i32,
    pub lut_count: u32,
    pub white: f32,
    pub pixels_held: u32,
    pub unused: u32,
    pub slab_first: [i32; 4],
    pub slab_end: [i32; 4],
}

const _: () = assert!(size_of::<DataUniform>() == 80);

/// Two texels of the slice table: what differs from slice to slice.
#[derive(Debug, Clone, Copy, PartialEq, Default, Pod, Zeroable)]
#[repr(C)]
pub struct SliceRow {
    pub slope: f32,
    pub intercept: f32,
    /// State of its taps in the low two bits, entries of its table above them.
    pub state_and_lut_count: u32,
    pub pixels_held: u32,
    pub padding: [u32; 2],
    pub lut_first: i32,
    pub lut_start: u32,
}

const _: () = assert!(size_of::<SliceRow>() == 32);

/// States of a tap in the shaders.
pub const NO_DATA: u32 = 0;
pub const VALID: u32 = 1;
pub const GAP: u32 = 2;

fn widened<T: Copy + Default, const N: usize>(values: &[T; N]) -> [T; 4] {
    let mut wide = [T::default(); 4];
    for (wide, value) in wide.iter_mut().zip(values) {
        *wide = *value;
    }
    wide
}

impl ViewUniform {
    /// The uniform of a picture at `viewport_px` of its target.
    pub fn new<const N: usize>(
        stepper: Option<&Stepper<N>>,
        look: &Look,
        photometric: Photometric,
        viewport_px: [i32; 2],
    ) -> Self {
        let mut uniform = Self {
            is_inverted: (look.invert != (photometric == Photometric::Monochrome1)).into(),
            display_count: look.display.as_ref().map_or(0, |d| d.inputs() as u32),
            ..Self::of_positions(stepper, viewport_px)
        };
        uniform.background = colour(look.background);
        uniform.overlays = look.marks.overlays_rgb.map(colour);
        uniform.marks_shown = look.marks.shown;
        match VoiStage::new(&look.voi) {
            VoiStage::Ramp {
                centre,
                inverse_width,
                low,
                high,
            } => uniform.voi = [centre, inverse_width, low, high],
            VoiStage::Sigmoid { centre, factor } => {
                uniform.voi = [centre, factor, 0.0, 0.0];
            }
            VoiStage::Lut(lut) => {
                uniform.voi = [lut.max().into(), 0.0, 0.0, 0.0];
                uniform.voi_lut_first = lut.first;
                uniform.voi_lut_count = lut.entries.len() as u32;
            }
        }
        uniform
    }

    /// Positions alone, for what takes no look.
    pub fn of_positions<const N: usize>(
        stepper: Option<&Stepper<N>>,
        viewport_px: [i32; 2],
    ) -> Self {
        let mut uniform = Self {
            viewport_px,
            is_blank: stepper.is_none().into(),
            ..Self::default()
        };
        if let Some(stepper) = stepper {
            uniform.frac = stepper.frac.each_ref().map(widened);
            uniform.estimate = stepper.estimate.each_ref().map(widened);
        }
        uniform
    }

    /// The same, with the red, green and blue of what a shutter covers, and how far overlays are
    /// looked for ([`crate::imaging::marks::reach`]).
    pub fn with_marks(mut self, shutter_rgb: [u8; 3], reach: [i32; 2]) -> Self {
        self.shutter = colour(shutter_rgb);
        self.marks_reach = reach;
        self
    }
}

fn colour(rgb: [u8; 3]) -> [f32; 4] {
    let [r, g, b] = rgb.map(|level| f32::from(level) / 255.0);
    [r, g, b, 1.0]
}

/// A padding range in the terms taps are loaded in; empty where there is none. Float textures
/// carry their padding in the samples.
pub fn padding_bits(padding: Option<PaddingRange>, class: SampleClass) -> [u32; 2] {
    const NONE: [u32; 2] = [1, 0];
    let Some(PaddingRange { low, high }) = padding else {
        return NONE;
    };
    let (low, high) = (low.ceil(), high.floor());
    let (least, most) = match class {
        SampleClass::U32 => (0.0, f64::from(u32::MAX)),
        SampleClass::I32 => (f64::from(i32::MIN), f64::from(i32::MAX)),
        SampleClass::F32 => return NONE,
    };
    let is_range = low <= high && high >= least && low <= most; // false for NaN
    if !is_range {
        return NONE;
    }
    [low, high].map(|edge| match class {
        SampleClass::U32 => edge as u32,
        _ => edge as i32 as u32,
    })
}
