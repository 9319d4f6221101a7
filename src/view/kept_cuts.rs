//! The lines of regions in a plane, kept while all they depend on stays as it was.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::layers::{LayerCut, LayerOver};
use crate::geom::PlanePose;
use crate::objects::layer::LayerSpace;

/// Lines in a plane, with all they depend on.
#[derive(Debug, Clone)]
pub struct KeptCuts {
    plane: PlanePose,
    reach_mm: f64,
    hidden: BTreeSet<u32>,
    space: LayerSpace,
    /// Regions of another one lie elsewhere, at whatever coordinates.
    frame_of_reference: Option<Arc<str>>,
    sop_instance_uid: Arc<str>,
    cuts: Vec<LayerCut>,
}

impl KeptCuts {
    fn is_of(&self, over: &LayerOver<'_>, plane: &PlanePose) -> bool {
        // The camera moves the picture within its plane: nothing is cut anew.
        let is_same_plane = (self.plane.normal() - plane.normal()).length() < 1e-12
            && self.plane.distance_mm(plane.centre).abs() < 1e-9;
        is_same_plane
            && self.reach_mm == over.shown.half_step_mm
            && self.hidden == over.setting.hidden
            && self.space == over.space
            && self.frame_of_reference == over.shown.frame_of_reference
            && self.sop_instance_uid == over.layer.sop_instance_uid
    }
}

impl LayerOver<'_> {
    /// The lines to draw: those kept from before where they still hold, else cut anew.
    pub fn kept_cuts<'k>(&self, kept: &'k mut Option<KeptCuts>) -> &'k [LayerCut] {
        let Some(plane) = self.view.plane().filter(|_| self.setting.is_shown) else {
            return &[];
        };
        if !kept.as_ref().is_some_and(|kept| kept.is_of(self, &plane)) {
            *kept = Some(KeptCuts {
                plane,
                reach_mm: self.shown.half_step_mm,
                hidden: self.setting.hidden.clone(),
                space: self.space,
                frame_of_reference: self.shown.frame_of_reference.clone(),
                sop_instance_uid: Arc::clone(&self.layer.sop_instance_uid),
                cuts: self.cuts(),
            });
        }
        kept.as_ref().map_or(&[], |kept| &kept.cuts)
    }
}
