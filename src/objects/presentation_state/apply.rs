//! An image as a state shows it: the same samples, with the state's stages, shutter and overlays in
//! place of the image's own.

use std::sync::Arc;

use super::{PresentationClass, PresentationState};
use crate::dicom::modules::{ImagePixelModule, OverlayBits};
use crate::dicom::tags;
use crate::imaging::marks::{FrameOverlay, OVERLAYS};
use crate::imaging::{FrameImage, FrameMarks, GreyStages, ModalityTransform, Photometric};

/// What the pixels of a frame do not tell themselves.
#[derive(Debug, Clone, Copy)]
pub struct PresentedFrame<'a> {
    /// SOP Instance UID.
    pub sop_instance_uid: &'a str,
    /// The frame, from 0.
    pub frame: u32,
    /// The description of its pixels.
    pub pixel: &'a ImagePixelModule,
}

impl PresentationState {
    /// A frame as the state shows it; whether the state is for it, the caller knows.
    #[must_use]
    pub fn apply(&self, image: &FrameImage, of: PresentedFrame<'_>) -> FrameImage {
        let is_grey = image.samples.samples_per_pixel() == 1;
        let mut shown = if is_grey && self.class != PresentationClass::Color {
            self.with_stages(image, of)
        } else {
            image.clone()
        };
        if let (PresentationClass::Color, Some(colour)) = (self.class, &self.colour) {
            shown.colour = Some(Ok(Arc::clone(colour)));
        }
        let marks = self.marks(image, of);
        shown.marks = (!marks.is_empty() || !marks.faults.is_empty()).then(|| Arc::new(marks));
        shown
    }

    /// Modality, VOI and Presentation LUT of the state.
    fn with_stages(&self, image: &FrameImage, of: PresentedFrame<'_>) -> FrameImage {
        let root = self.dataset.elements();
        let items = root.items(tags::SOFTCOPY_VOILUT_SEQUENCE);
        let voi = self
            .vois
            .iter()
            .position(|scope| scope.holds(of.sop_instance_uid, of.frame))
            .and_then(|place| items.get(place).copied());
        let stages = GreyStages::read(root, voi, of.pixel);
        let is_same = stages.modality == image.modality
            || (is_identity(&stages.modality) && is_identity(&image.modality));
        FrameImage {
            photometric: if self.is_inverse {
                Photometric::Monochrome1
            } else {
                Photometric::Monochrome2
            },
            presentation: self.table.clone(),
            modality: stages.modality,
            units: if is_same {
                image.units.clone()
            } else {
                stages.units
            },
            suv_bw_factor: image.suv_bw_factor.filter(|_| is_same),
            vois: stages.vois.into(),
            ..image.clone()
        }
    }

    /// The state's overlays and, where it has none of the same group, the image's; of both those it
    /// activates.
    fn marks(&self, image: &FrameImage, of: PresentedFrame<'_>) -> FrameMarks {
        let mut overlays: Vec<FrameOverlay> = self
            .overlays
            .iter()
            .filter_map(|plane| {
                let OverlayBits::Separate(bits) = &plane.bits else {
                    return None;
                };
                Some(FrameOverlay {
                    plane: Arc::clone(plane),
                    bits: Arc::clone(bits),
                    first_bit: plane.first_bit(of.frame)?,
                })
            })
            .collect();
        if let Some(own) = &image.marks {
            // The image's own shutter is none here, so its bitmap is an overlay as others are.
            let bitmap = own.shutter.as_ref().and_then(|it| it.bitmap.as_ref());
            for overlay in own.overlays.iter().chain(bitmap) {
                let index = overlay.plane.index;
                if self.overlays.iter().all(|plane| plane.index != index) {
                    overlays.push(overlay.clone());
                }
            }
        }
        overlays.sort_by_key(|overlay| overlay.plane.index);
        let mut marks = FrameMarks {
            overlays,
            ..FrameMarks::default()
        };
        if let Some(shutter) = &self.shutter {
            let area = self.area(of.sop_instance_uid, of.frame);
            let own = image
                .spacing
                .map_or(image.aspect, |mm| mm.row_mm / mm.column_mm);
            let aspect = area.and_then(|area| area.pixel_aspect).unwrap_or(own);
            marks.cover(shutter, image.size(), aspect);
        }
        marks.overlays.retain(|overlay| {
            let active = self.active_overlays.get(usize::from(overlay.plane.index));
            active.is_some_and(Option::is_some)
        });
        marks
    }

    /// The colour of each overlay: that of the layer which shows it, else a plain one.
    #[must_use]
    pub fn overlays_rgb(&self, plain: [u8; 3]) -> [[u8; 3]; OVERLAYS] {
        self.active_overlays.each_ref().map(|active| {
            let layer = |name: &String| self.layers.iter().find(|layer| layer.name == *name);
            { active.as_ref().and_then(layer) }
                .and_then(|layer| layer.rgb)
                .unwrap_or(plain)
        })
    }
}

fn is_identity(modality: &ModalityTransform) -> bool {
    match modality {
        ModalityTransform::Identity => true,
        ModalityTransform::Rescale { slope, intercept } => *slope == 1.0 && *intercept == 0.0,
        ModalityTransform::Lut(_) => false,
    }
}
