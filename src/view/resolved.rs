//! A view resolved for one frame on screen.

use crate::geom::{DAffine2, DAffine3, DVec2, DVec3, PlanePose};

/// Screen positions are physical pixels from the pane's top-left corner (a pixel's centre at .5);
/// image positions are (column, row) with pixel centres at integers.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedView {
    /// Width and height of the pane, physical pixels.
    pub size_px: DVec2,
    /// What is shown.
    pub kind: ResolvedKind,
}

/// The two ways a pane shows something.
#[derive(Debug, Clone, PartialEq)]
pub enum ResolvedKind {
    /// One frame as acquired.
    Image {
        /// Screen px → image (column, row).
        image_from_screen: DAffine2,
        /// Image (column, row, 0) → patient mm, when the frame has a plane and millimetres.
        patient_from_image: Option<DAffine3>,
        /// Millimetres a column step and a row step, when anything calibrates the frame.
        pixel_mm: Option<DVec2>,
        /// Columns and rows.
        image_size: [u32; 2],
    },
    /// A plane through a volume.
    Plane {
        /// The plane, turned and mirrored as on screen; its centre lies at the middle of the pane.
        pose: PlanePose,
        /// Millimetres a screen pixel.
        mm_per_px: f64,
    },
}

impl ResolvedView {
    /// The middle of the pane.
    #[must_use]
    pub fn middle_px(&self) -> DVec2 {
        self.size_px * 0.5
    }

    /// The patient point shown at a screen position; `None` where the picture has no patient space.
    #[must_use]
    pub fn patient_from_screen(&self, screen_px: DVec2) -> Option<DVec3> {
        match &self.kind {
            ResolvedKind::Image {
                image_from_screen,
                patient_from_image,
                ..
            } => {
                let image = image_from_screen.transform_point2(screen_px);
                patient_from_image.map(|patient| patient.transform_point3(image.extend(0.0)))
            }
            ResolvedKind::Plane { pose, mm_per_px } => {
                Some(pose.point((screen_px - self.middle_px()) * *mm_per_px))
            }
        }
    }

    /// Where a patient point falls on screen (its foot on the plane), and its signed distance from
    /// the plane, mm.
    #[must_use]
    pub fn screen_from_patient(&self, point: DVec3) -> Option<(DVec2, f64)> {
        match &self.kind {
            ResolvedKind::Image {
                image_from_screen,
                patient_from_image,
                ..
            } => {
                let patient_from_image = (*patient_from_image)?;
                let image = patient_from_image.inverse().transform_point3(point);
                let normal = patient_from_image.matrix3.z_axis;
                let screen = image_from_screen
                    .inverse()
                    .transform_point2(image.truncate());
                Some((screen, image.z * normal.length()))
            }
            ResolvedKind::Plane { pose, mm_per_px } => {
                let offset = pose.plane_from_patient().transform_point3(point);
                Some((self.middle_px() + offset.truncate() / *mm_per_px, offset.z))
            }
        }
    }

    /// The image position at a screen position (stack only).
    #[must_use]
    pub fn image_from_screen(&self, screen_px: DVec2) -> Option<DVec2> {
        match &self.kind {
            ResolvedKind::Image {
                image_from_screen, ..
            } => Some(image_from_screen.transform_point2(screen_px)),
            ResolvedKind::Plane { .. } => None,
        }
    }

    /// Where an image position falls on screen (stack only).
    #[must_use]
    pub fn screen_from_image(&self, image: DVec2) -> Option<DVec2> {
        match &self.kind {
            ResolvedKind::Image {
                image_from_screen, ..
            } => Some(image_from_screen.inverse().transform_point2(image)),
            ResolvedKind::Plane { .. } => None,
        }
    }

    /// The plane of the picture in patient space.
    #[must_use]
    pub fn plane(&self) -> Option<PlanePose> {
        match &self.kind {
            ResolvedKind::Plane { pose, .. } => Some(*pose),
            ResolvedKind::Image { .. } => {
                let middle = self.middle_px();
                let centre = self.patient_from_screen(middle)?;
                let right = self.patient_from_screen(middle + DVec2::X)? - centre;
                let down = self.patient_from_screen(middle + DVec2::Y)? - centre;
                PlanePose::new(centre, right, down)
            }
        }
    }

    /// Millimetres a screen pixel, when there are millimetres.
    #[must_use]
    pub fn mm_per_px(&self) -> Option<f64> {
        match &self.kind {
            ResolvedKind::Plane { mm_per_px, .. } => Some(*mm_per_px),
            ResolvedKind::Image {
                image_from_screen,
                pixel_mm,
                ..
            } => {
                let step = image_from_screen.matrix2.x_axis * (*pixel_mm)?;
                Some(step.length())
            }
        }
    }
}
