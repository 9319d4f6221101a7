//! What a layer looks like over a picture, on the CPU: the twin of `shaders/layer.wgsl`.

use std::sync::Arc;

use crate::imaging::Picture;
use crate::imaging::sampling::{Position, Stepper};
use crate::volume::ReslicePlane;
use crate::volume::footprint::Footprint;
use crate::volume::layer::{LayerSamples, LayerVolume};

/// Isodose lines at most.
pub const MOST_LEVELS: usize = 8;
/// Entries of a palette.
pub const PALETTE: usize = 256;

/// Red, green, blue, and 255 where it is shown or 0 where it is not.
pub type LayerPalette = [[u8; 4]; PALETTE];

/// How a layer's voxels become colour.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerLook {
    /// Labels: the colour of each. Shares: that of entry 1. Doses: from nothing to `full`.
    pub palette: Arc<LayerPalette>,
    /// Opacity of areas, 0 to 1.
    pub fill: f32,
    /// Opacity of outlines and isodose lines, 0 to 1.
    pub line: f32,
    /// Width of outlines, screen pixels.
    pub line_px: u32,
    /// Doses: the dose of the palette's last entry.
    pub full: f32,
    /// Doses: what is below is not coloured.
    pub threshold: f32,
    /// Doses: where the isodose lines are, ascending; `f32::MAX` where there is none.
    pub levels: [f32; MOST_LEVELS],
}

/// Entry of the palette for a dose.
#[inline]
fn entry(dose: f32, full: f32) -> usize {
    ((dose / full).clamp(0.0, 1.0) * 255.0) as usize
}

/// The value at which an outline of shares runs.
const HALF: f32 = 0.5;

/// The layer alone: red, green, blue and opacity of each pixel of a plane, not multiplied.
#[must_use]
pub fn picture(volume: &LayerVolume, plane: &ReslicePlane, look: &LayerLook) -> Picture {
    let footprint = Footprint::of(plane, volume.grid());
    let Some(stepper) = footprint.positions(plane).stepper(volume.grid()) else {
        return Picture::paint(plane.size_px, |_, _| [0; 4]);
    };
    let layer = Layer {
        volume,
        stepper,
        footprint,
        look,
        full: match volume.samples() {
            LayerSamples::Shares { full, .. } => f32::from(*full),
            LayerSamples::Labels(_) | LayerSamples::Doses(_) => 1.0,
        },
    };
    Picture::paint(plane.size_px, |x, y| {
        let (x, y) = (x as i32, y as i32);
        match volume.samples() {
            LayerSamples::Labels(_) => layer.label_colour(x, y),
            LayerSamples::Shares { .. } => layer.share_colour(x, y),
            LayerSamples::Doses(_) => layer.dose_colour(x, y),
        }
    })
}

/// Lays one picture over another of the same size, as the adapter blends.
pub fn lay_over(under: &mut Picture, over: &Picture) {
    for (under, over) in under
        .rgba
        .chunks_exact_mut(4)
        .zip(over.rgba.chunks_exact(4))
    {
        let ([r, g, b, a], [or, og, ob, oa]) = (under, over) else {
            continue;
        };
        let share = f32::from(*oa) / 255.0;
        for (under, over) in [(r, or), (g, og), (b, ob)] {
            let mixed = f32::from(*over) * share + f32::from(*under) * (1.0 - share);
            *under = mixed.round() as u8;
        }
        *a = 255;
    }
}

struct Layer<'a> {
    volume: &'a LayerVolume,
    /// Of the positions in a pixel's footprint.
    stepper: Stepper<3>,
    footprint: Footprint,
    look: &'a LayerLook,
    full: f32,
}

impl Layer<'_> {
    /// One of the positions of a pixel's footprint, counted from its first.
    fn position(&self, [x, y]: [i32; 2], [i, j]: [u32; 2]) -> Position<3> {
        let Footprint { across, down } = self.footprint;
        self.stepper.at(
            (x as u32).wrapping_mul(across).wrapping_add(i),
            (y as u32).wrapping_mul(down).wrapping_add(j),
        )
    }

    fn centre(&self, pixel: [i32; 2]) -> Position<3> {
        let Footprint { across, down } = self.footprint;
        self.position(pixel, [across / 2, down / 2])
    }

    /// All of a pixel's footprint.
    fn positions(&self, pixel: [i32; 2]) -> impl Iterator<Item = Position<3>> {
        let Footprint { across, down } = self.footprint;
        let places = (0..down).flat_map(move |j| (0..across).map(move |i| [i, j]));
        places.map(move |place| self.position(pixel, place))
    }

    fn colour(&self, entry: usize) -> [u8; 4] {
        self.look.palette.get(entry).copied().unwrap_or_default()
    }

    /// A colour with an opacity in whole levels, so that the target has nothing left to decide.
    fn drawn([r, g, b, shown]: [u8; 4], opacity: f32) -> [u8; 4] {
        let alpha = opacity * (f32::from(shown) / 255.0);
        [r, g, b, (alpha * 255.0).round_ties_even() as u8]
    }

    /// The four pixels an outline's width away.
    fn around(&self, x: i32, y: i32) -> [(i32, i32); 4] {
        let d = self.look.line_px as i32;
        [(x - d, y), (x + d, y), (x, y - d), (x, y + d)]
    }

    fn label_at(&self, position: Position<3>) -> u8 {
        let dims = self.volume.dims();
        if !position.is_inside(dims) {
            return 0;
        }
        match self.volume.samples() {
            LayerSamples::Labels(samples) => {
                let index = self.volume.index(position.nearest(dims));
                samples.get(index).copied().unwrap_or(0)
            }
            _ => 0,
        }
    }

    fn is_shown(&self, label: u8) -> bool {
        let [.., shown] = self.colour(label.into());
        label > 0 && shown > 0
    }

    /// The label at the pixel's centre; where it is none that is shown, the highest shown one that the
    /// pixel covers.
    fn label(&self, x: i32, y: i32) -> u8 {
        let centre = self.label_at(self.centre([x, y]));
        if self.footprint == Footprint::CENTRE || self.is_shown(centre) {
            return centre;
        }
        let labels = { self.positions([x, y]) }.map(|position| self.label_at(position));
        labels
            .filter(|label| self.is_shown(*label))
            .max()
            .unwrap_or(centre)
    }

    fn label_colour(&self, x: i32, y: i32) -> [u8; 4] {
        let label = self.label(x, y);
        if label == 0 {
            return [0; 4];
        }
        let is_edge = self
            .around(x, y)
            .iter()
            .any(|(x, y)| self.label(*x, *y) != label);
        let opacity = if is_edge {
            self.look.line
        } else {
            self.look.fill
        };
        Self::drawn(self.colour(label.into()), opacity)
    }

    /// The value at the pixel's centre, if there is one.
    fn value(&self, x: i32, y: i32) -> Option<f32> {
        self.volume.linear(self.centre([x, y])).ok()
    }

    /// The largest share that the pixel covers.
    fn share(&self, x: i32, y: i32) -> f32 {
        let shares = { self.positions([x, y]) }
            .map(|position| self.volume.linear(position).unwrap_or(0.0) / self.full);
        shares.fold(0.0, f32::max)
    }

    fn share_colour(&self, x: i32, y: i32) -> [u8; 4] {
        let share = self.share(x, y);
        let is_in = |share: f32| share >= HALF;
        let is_out = |(x, y): &(i32, i32)| !is_in(self.share(*x, *y));
        let is_edge = is_in(share) && self.around(x, y).iter().any(is_out);
        let opacity = if is_edge {
            self.look.line
        } else {
            self.look.fill * share.clamp(0.0, 1.0)
        };
        Self::drawn(self.colour(1), opacity)
    }

    /// How many isodose levels a dose reaches.
    fn rank(&self, dose: f32) -> usize {
        let reached = self.look.levels.iter().filter(|level| dose >= **level);
        reached.count()
    }

    fn dose_colour(&self, x: i32, y: i32) -> [u8; 4] {
        let Some(dose) = self.value(x, y) else {
            return [0; 4];
        };
        let rank = self.rank(dose);
        // At the border of the grid the dose ends, and no isodose line runs there.
        let beside = |x, y| self.value(x, y).map_or(rank, |dose| self.rank(dose));
        let d = self.look.line_px as i32;
        let highest = rank.max(beside(x + d, y)).max(beside(x, y + d));
        let lowest = rank.min(beside(x + d, y)).min(beside(x, y + d));
        if highest > lowest {
            let level = self.look.levels.get(highest - 1).copied();
            let level = level.unwrap_or(self.look.full);
            return Self::drawn(self.colour(entry(level, self.look.full)), self.look.line);
        }
        if dose < self.look.threshold {
            return [0; 4];
        }
        Self::drawn(self.colour(entry(dose, self.look.full)), self.look.fill)
    }
}
