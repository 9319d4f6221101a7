//! Between the screen and the space an annotation's points live in.
//!
//! Points are kept in three dimensions throughout: patient mm, or image pixels with z = 0 and
//! (0, 0) at the corner of the first pixel, as SCOORD counts.

use super::resolved::ResolvedView;
use crate::annotation::{Annotation, Points};
use crate::geom::{DVec2, DVec3, PlanePose};

/// The space of an annotation's points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// Patient mm, LPS.
    Patient,
    /// Pixels of one image, (0, 0) at the corner of the first.
    Image,
}

impl Space {
    /// The space some points are in.
    #[must_use]
    pub const fn of(points: &Points) -> Self {
        match points {
            Points::Patient(_) => Self::Patient,
            Points::Image(_) => Self::Image,
        }
    }

    /// Points of this space.
    #[must_use]
    pub fn points(self, points: Vec<DVec3>) -> Points {
        match self {
            Self::Patient => Points::Patient(points),
            Self::Image => Points::Image(points.into_iter().map(DVec3::truncate).collect()),
        }
    }
}

/// From pixel centres at integers to SCOORD's corner.
const CORNER: DVec2 = DVec2::splat(0.5);

impl ResolvedView {
    /// What lies at a screen position, in a space; `None` if the view has no such space.
    #[must_use]
    pub fn place(&self, space: Space, screen_px: DVec2) -> Option<DVec3> {
        match space {
            Space::Patient => self.patient_from_screen(screen_px),
            Space::Image => {
                let image = self.image_from_screen(screen_px)?;
                Some((image + CORNER).extend(0.0))
            }
        }
    }

    /// Where a place falls on screen (its foot on the plane shown).
    #[must_use]
    pub fn screen_from_place(&self, space: Space, place: DVec3) -> Option<DVec2> {
        match space {
            Space::Patient => Some(self.screen_from_patient(place)?.0),
            Space::Image => self.screen_from_image(place.truncate() - CORNER),
        }
    }

    /// The plane to draw right-angled shapes along: the screen's in patient space, the pixels' own
    /// in an image.
    #[must_use]
    pub fn drawing_plane(&self, space: Space) -> Option<PlanePose> {
        match space {
            Space::Patient => self.plane(),
            Space::Image => PlanePose::new(DVec3::ZERO, DVec3::X, DVec3::Y),
        }
    }

    /// An annotation's lines on screen; empty where it cannot be shown.
    #[must_use]
    pub fn outlines_on_screen(&self, annotation: &Annotation) -> Vec<Vec<DVec2>> {
        let space = Space::of(&annotation.points);
        let on_screen = |line: Vec<DVec3>| -> Option<Vec<DVec2>> {
            line.into_iter()
                .map(|place| self.screen_from_place(space, place))
                .collect()
        };
        annotation
            .outlines()
            .into_iter()
            .filter_map(on_screen)
            .collect()
    }
}
