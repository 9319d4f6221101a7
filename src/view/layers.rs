//! What of the objects laid over images a view shows, and where.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::resolved::{ResolvedKind, ResolvedView};
use super::shown::ShownData;
use crate::geom::{DVec2, DVec3};
use crate::objects::layer::{
    CutLines, Layer, LayerContent, LayerSpace, Roi, SegmentVolume, Segmentation, cut, holds,
};
use crate::volume::layer_twin::{MOST_LEVELS, PALETTE};
use crate::volume::{LayerLook, LayerPalette, LayerSamples, LayerVolume, ReslicePlane};

/// Isodose lines, in shares of the largest dose.
pub const ISODOSES: [f32; MOST_LEVELS] = [0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
/// An outline is as opaque as this whatever its area is.
const LINE_OPACITY: f32 = 1.0;

/// How the reader wants to see an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerSetting {
    /// At all.
    pub is_shown: bool,
    /// Opacity of its areas, 0 to 1; outlines are always whole.
    pub opacity: f32,
    /// Segments or regions that are not drawn, by number.
    pub hidden: BTreeSet<u32>,
    /// Doses below this share of the largest are not coloured.
    pub threshold: f32,
    /// Doses: lines of equal dose.
    pub has_isodoses: bool,
}

impl Default for LayerSetting {
    fn default() -> Self {
        Self {
            is_shown: true,
            opacity: 0.35,
            hidden: BTreeSet::new(),
            threshold: 0.1,
            has_isodoses: true,
        }
    }
}

/// Voxels to draw over a picture.
#[derive(Debug, Clone)]
pub struct LayerDraw {
    /// The voxels.
    pub volume: Arc<LayerVolume>,
    /// The picture's pixels in their space.
    pub plane: ReslicePlane,
    /// Their look.
    pub look: LayerLook,
}

/// A region's lines to draw over a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerCut {
    /// ROI Number.
    pub number: u32,
    /// Its colour.
    pub rgb: [u8; 3],
    /// Where.
    pub lines: CutLines,
}

/// What lies under a pointer.
#[derive(Debug, Clone, PartialEq)]
pub enum LayerProbe {
    /// A segment's or region's name, its colour, and how much of it for fractional ones.
    Part {
        /// Its name; empty if it has none.
        label: String,
        /// Its number.
        number: u32,
        /// Its colour.
        rgb: [u8; 3],
        /// 0 to 1, of a fractional segment.
        share: Option<f64>,
        /// What the share is: PROBABILITY, OCCUPANCY; else empty.
        fractional_type: String,
    },
    /// A dose in the unit of its object.
    Dose {
        /// How much.
        value: f64,
        /// `GY` or `RELATIVE`.
        units: String,
        /// PHYSICAL, EFFECTIVE or ERROR.
        dose_type: String,
    },
}

/// An object over a view.
#[derive(Debug, Clone, Copy)]
pub struct LayerOver<'a> {
    /// The object.
    pub layer: &'a Layer,
    /// How it lies over the images.
    pub space: LayerSpace,
    /// How it is to be seen.
    pub setting: &'a LayerSetting,
    /// Where the images are on screen.
    pub view: &'a ResolvedView,
    /// Which images they are.
    pub shown: &'a ShownData,
}

impl LayerOver<'_> {
    /// The voxels to draw; outlines are `line_px` wide.
    #[must_use]
    pub fn draws(&self, line_px: u32) -> Vec<LayerDraw> {
        if !self.setting.is_shown {
            return Vec::new();
        }
        let Some(plane) = self.plane() else {
            return Vec::new();
        };
        let opacity = self.setting.opacity.clamp(0.0, 1.0);
        let look = |palette, full, threshold, levels| LayerLook {
            palette,
            fill: opacity,
            line: LINE_OPACITY,
            line_px,
            full,
            threshold,
            levels,
        };
        match &self.layer.content {
            LayerContent::Segmentation(segmentation) => {
                let met = segmentation
                    .volumes
                    .iter()
                    .filter(|it| meets(&it.volume, &plane));
                met.map(|it| LayerDraw {
                    volume: Arc::clone(&it.volume),
                    plane,
                    look: look(
                        self.palette(segmentation, it),
                        1.0,
                        0.0,
                        [f32::MAX; MOST_LEVELS],
                    ),
                })
                .collect()
            }
            LayerContent::Dose(dose) if dose.most > 0.0 && meets(&dose.volume, &plane) => {
                let levels = if self.setting.has_isodoses {
                    ISODOSES.map(|share| share * dose.most)
                } else {
                    [f32::MAX; MOST_LEVELS]
                };
                vec![LayerDraw {
                    volume: Arc::clone(&dose.volume),
                    plane,
                    look: look(
                        Arc::clone(dose_palette()),
                        dose.most,
                        self.setting.threshold.max(0.0) * dose.most,
                        levels,
                    ),
                }]
            }
            LayerContent::Dose(_) | LayerContent::Structures(_) => Vec::new(),
        }
    }

    /// The lines to draw.
    #[must_use]
    pub fn cuts(&self) -> Vec<LayerCut> {
        let Some(plane) = self.view.plane() else {
            return Vec::new();
        };
        self.rois()
            .map(|roi| LayerCut {
                number: roi.number,
                rgb: roi.rgb,
                lines: cut(roi, &plane, self.shown.half_step_mm),
            })
            .filter(|cut| cut.lines != CutLines::default())
            .collect()
    }

    /// The regions that are shown and lie in the space of the images.
    fn rois(&self) -> impl Iterator<Item = &Roi> {
        let rois = match &self.layer.content {
            LayerContent::Structures(structures) if self.setting.is_shown => &structures.rois[..],
            _ => &[],
        };
        let shown = self.shown.frame_of_reference.as_ref();
        rois.iter()
            .filter(move |roi| self.layer.is_roi_in(roi, shown))
            .filter(|roi| !self.setting.hidden.contains(&roi.number))
    }

    /// What of it lies at a position of the pane.
    #[must_use]
    pub fn probe(&self, at_px: DVec2) -> Vec<LayerProbe> {
        let Some(point) = self.point(at_px).filter(|_| self.setting.is_shown) else {
            return Vec::new();
        };
        match &self.layer.content {
            LayerContent::Segmentation(segmentation) => {
                let parts = segmentation
                    .volumes
                    .iter()
                    .filter_map(|it| part_at(segmentation, it, point));
                parts
                    .filter(|(number, _)| !self.setting.hidden.contains(number))
                    .filter_map(|(number, share)| {
                        let known = segmentation.segments.iter();
                        let segment = known.clone().find(|it| it.number == number)?;
                        Some(LayerProbe::Part {
                            label: segment.label.clone(),
                            number,
                            rgb: segment.rgb,
                            share,
                            fractional_type: segmentation.fractional_type.clone(),
                        })
                    })
                    .collect()
            }
            LayerContent::Structures(_) => self
                .rois()
                .filter(|roi| holds(roi, point, self.shown.half_step_mm))
                .map(|roi| LayerProbe::Part {
                    label: roi.name.clone(),
                    number: roi.number,
                    rgb: roi.rgb,
                    share: None,
                    fractional_type: String::new(),
                })
                .collect(),
            LayerContent::Dose(dose) => dose
                .volume
                .value_at(point)
                .map(|value| LayerProbe::Dose {
                    value,
                    units: dose.units.clone(),
                    dose_type: dose.dose_type.clone(),
                })
                .into_iter()
                .collect(),
        }
    }

    /// The slice of a segmentation's own space that stands for the image shown.
    fn image_number(&self) -> Option<f64> {
        let LayerContent::Segmentation(segmentation) = &self.layer.content else {
            return None;
        };
        let shown = &self.shown.image;
        let images = segmentation.images.as_ref()?;
        let slice = images.slice(&shown.sop_instance_uid, shown.frame)?;
        Some(f64::from(slice))
    }

    /// A screen position in the space of the object's voxels or contours.
    fn point(&self, at_px: DVec2) -> Option<DVec3> {
        match (self.space, &self.view.kind) {
            (LayerSpace::Patient, _) => self.view.patient_from_screen(at_px),
            (LayerSpace::Images, ResolvedKind::Image { .. }) => {
                let image = self.view.image_from_screen(at_px)?;
                Some(image.extend(self.image_number()?))
            }
            // Pixels of single images have no place in a resliced plane.
            (LayerSpace::Images, ResolvedKind::Plane { .. }) => None,
        }
    }

    /// The pane's pixels in that space.
    fn plane(&self) -> Option<ReslicePlane> {
        let origin = self.point(DVec2::splat(0.5))?;
        let size = self.view.size_px;
        Some(ReslicePlane {
            origin,
            right_step: self.point(DVec2::new(1.5, 0.5))? - origin,
            down_step: self.point(DVec2::new(0.5, 1.5))? - origin,
            size_px: [size.x as u32, size.y as u32],
        })
    }

    fn palette(&self, segmentation: &Segmentation, volume: &SegmentVolume) -> Arc<LayerPalette> {
        let mut palette = [[0; 4]; PALETTE];
        for (entry, number) in palette.iter_mut().skip(1).zip(&volume.segments) {
            let segment = segmentation.segments.iter().find(|it| it.number == *number);
            // A label that no segment describes is drawn all the same: grey, never hidden.
            let [r, g, b] = segment.map_or([160; 3], |segment| segment.rgb);
            let is_shown = !self.setting.hidden.contains(number);
            *entry = [r, g, b, if is_shown { 255 } else { 0 }];
        }
        Arc::new(palette)
    }
}

/// The segment of a volume at a point, and its share if it is fractional.
fn part_at(
    segmentation: &Segmentation,
    it: &SegmentVolume,
    point: DVec3,
) -> Option<(u32, Option<f64>)> {
    let number = match it.volume.samples() {
        LayerSamples::Labels(_) => return Some((it.segment(it.volume.label_at(point))?, None)),
        LayerSamples::Shares { .. } => it.segment(1)?,
        LayerSamples::Doses(_) => return None,
    };
    let share = it.volume.value_at(point).filter(|share| *share > 0.0)?;
    segmentation
        .segments
        .iter()
        .any(|segment| segment.number == number)
        .then_some((number, Some(share)))
}

/// Whether a plane meets the box of a volume.
fn meets(volume: &LayerVolume, plane: &ReslicePlane) -> bool {
    let normal = plane.right_step.cross(plane.down_step).normalize_or_zero();
    let dims = volume.grid().dims.map(f64::from);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for corner in 0..8_u8 {
        let at = |axis: u8, n: f64| {
            if corner >> axis & 1 == 1 {
                n - 0.5
            } else {
                -0.5
            }
        };
        let voxel = DVec3::new(at(0, dims[0]), at(1, dims[1]), at(2, dims[2]));
        let corner = volume.grid().patient_from_voxel.transform_point3(voxel);
        let distance = (corner - plane.origin).dot(normal);
        low = low.min(distance);
        high = high.max(distance);
    }
    low <= 1e-6 && high >= -1e-6
}

/// From nothing to the largest dose: blue, cyan, green, yellow, red.
#[must_use]
pub fn dose_palette() -> &'static Arc<LayerPalette> {
    static DOSES: OnceLock<Arc<LayerPalette>> = OnceLock::new();
    DOSES.get_or_init(|| {
        const STOPS: [[f32; 3]; 5] = [
            [30.0, 60.0, 220.0],
            [0.0, 190.0, 230.0],
            [40.0, 200.0, 60.0],
            [245.0, 220.0, 40.0],
            [230.0, 30.0, 30.0],
        ];
        let mut palette = [[0, 0, 0, 255]; PALETTE];
        for (at, entry) in palette.iter_mut().enumerate() {
            let place = at as f32 / 255.0 * 4.0;
            let low = (place as usize).min(3);
            let share = place - low as f32;
            if let Some([from, to]) = STOPS.get(low..low + 2) {
                for (channel, (from, to)) in entry.iter_mut().zip(from.iter().zip(to)) {
                    *channel = (from + (to - from) * share).round() as u8;
                }
            }
        }
        Arc::new(palette)
    })
}
