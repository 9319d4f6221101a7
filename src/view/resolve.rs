//! From a view's state and its pane's size to a [`ResolvedView`].

use super::resolved::{ResolvedKind, ResolvedView};
use super::state::{Camera, Zoom};
use crate::geom::{DAffine2, DAffine3, DMat2, DMat3, DVec2, DVec3, PlanePose};
use crate::imaging::{FrameImage, ImagePlane, PixelSpacing};
use crate::objects::presentation_state::{DisplayedArea, PresentationSize};
use crate::volume::VolumeGrid;

/// What resolving a stack needs to know of its frame; known from the header, before any decode.
#[derive(Debug, Clone, PartialEq)]
pub struct StackGeometry {
    /// Columns and rows.
    pub image_size: [u32; 2],
    /// Height over width of a pixel on screen (row spacing ÷ column spacing).
    pub pixel_aspect: f64,
    /// Millimetres a column step and a row step.
    pub pixel_mm: Option<DVec2>,
    /// Image (column, row, distance mm) → patient mm.
    pub patient_from_image: Option<DAffine3>,
    /// The part of it that a presentation state shows.
    pub area: Option<DisplayedArea>,
}

impl StackGeometry {
    /// The geometry of a decoded frame.
    #[must_use]
    pub fn of(frame: &FrameImage) -> Self {
        Self::new(
            frame.size(),
            frame.spacing,
            frame.aspect,
            frame.plane.as_ref(),
        )
    }

    /// The same from what a header says: columns and rows, millimetres a pixel, else height over
    /// width of one, and where it lies.
    #[must_use]
    pub fn new(
        image_size: [u32; 2],
        spacing: Option<PixelSpacing>,
        aspect: f64,
        plane: Option<&ImagePlane>,
    ) -> Self {
        let pixel_mm = spacing.map(|spacing| DVec2::new(spacing.column_mm, spacing.row_mm));
        let patient_from_image = plane.zip(pixel_mm).map(|(plane, mm)| {
            DAffine3::from_mat3_translation(
                DMat3::from_cols(plane.row * mm.x, plane.column * mm.y, plane.normal()),
                plane.origin,
            )
        });
        let pixel_aspect = pixel_mm.map_or(aspect, |mm| mm.y / mm.x);
        Self {
            image_size,
            pixel_aspect,
            pixel_mm,
            patient_from_image,
            area: None,
        }
    }

    /// The same as a presentation state shows it: an area of it, in pixels of the state's shape.
    #[must_use]
    pub fn presented(self, area: Option<DisplayedArea>) -> Self {
        let aspect = area.and_then(|area| area.pixel_aspect);
        Self {
            pixel_aspect: aspect.unwrap_or(self.pixel_aspect),
            area,
            ..self
        }
    }

    /// A column step and a row step in square units, one unit a column step.
    fn stretch(&self) -> DVec2 {
        DVec2::new(1.0, self.pixel_aspect)
    }

    /// Width and height of the picture in square units.
    fn extent(&self) -> DVec2 {
        let [columns, rows] = self.image_size;
        DVec2::new(f64::from(columns), f64::from(rows)) * self.stretch()
    }

    /// The middle of the picture, image (column, row).
    fn middle(&self) -> DVec2 {
        let [columns, rows] = self.image_size;
        (DVec2::new(f64::from(columns), f64::from(rows)) - 1.0) * 0.5
    }
}

/// The same camera with its zoom in numbers where it was the presentation state's: what zooming and
/// panning start from.
#[must_use]
pub fn with_own_zoom(camera: &Camera, geometry: &StackGeometry, size_px: DVec2) -> Camera {
    let (Zoom::Presented, Some(area)) = (camera.zoom, geometry.area) else {
        return *camera;
    };
    let extent = (area.high - area.low) * geometry.stretch();
    let scale = match area.size {
        PresentationSize::Magnify(ratio) => ratio,
        // How large a pixel of the screen is, the system does not say.
        PresentationSize::ScaleToFit | PresentationSize::TrueSize => {
            fit_scale(extent, screen_from_unturned(camera), size_px)
        }
    };
    Camera {
        zoom: Zoom::Scale(scale),
        pan: camera.pan + (area.middle() - geometry.middle()) * geometry.stretch(),
        ..*camera
    }
}

/// Mirror, then turn clockwise on screen.
fn screen_from_unturned(camera: &Camera) -> DMat2 {
    let mirror = DVec2::new(
        if camera.flip_horizontal { -1.0 } else { 1.0 },
        if camera.flip_vertical { -1.0 } else { 1.0 },
    );
    DMat2::from_angle(camera.rotation_degrees.to_radians()) * DMat2::from_diagonal(mirror)
}

/// Scale that fits a turned rectangle into the pane.
fn fit_scale(extent: DVec2, turn: DMat2, size_px: DVec2) -> f64 {
    let bounds = (turn.x_axis * extent.x).abs() + (turn.y_axis * extent.y).abs();
    (size_px / bounds.max(DVec2::splat(1e-9))).min_element()
}

/// Screen pixels a unit (a column step of a stack, a millimetre of a plane) under this camera.
fn scale_px(camera: &Camera, extent: DVec2, turn: DMat2, size_px: DVec2) -> f64 {
    match camera.zoom {
        Zoom::Fit | Zoom::Presented => fit_scale(extent, turn, size_px),
        Zoom::Scale(scale) => scale,
    }
}

/// A frame as acquired.
#[must_use]
pub fn resolve_stack(camera: &Camera, geometry: &StackGeometry, size_px: DVec2) -> ResolvedView {
    let camera = &with_own_zoom(camera, geometry, size_px);
    let turn = screen_from_unturned(camera);
    let extent = geometry.extent();
    let scale = scale_px(camera, extent, turn, size_px);
    // Image (column, row), centres at integers → square units from the middle of the image.
    let (middle, stretch) = (geometry.middle(), geometry.stretch());
    let units_from_image =
        DAffine2::from_mat2_translation(DMat2::from_diagonal(stretch), -middle * stretch);
    let screen_from_units =
        DAffine2::from_mat2_translation(turn * scale, size_px * 0.5 - turn * scale * camera.pan);
    let screen_from_image = screen_from_units * units_from_image;
    ResolvedView {
        size_px,
        kind: ResolvedKind::Image {
            image_from_screen: screen_from_image.inverse(),
            patient_from_image: geometry.patient_from_image,
            pixel_mm: geometry.pixel_mm,
            image_size: geometry.image_size,
        },
    }
}

/// A plane through a volume: `right` and `down` of the unturned picture, through `through`.
#[must_use]
pub fn resolve_plane(
    camera: &Camera,
    grid: &VolumeGrid,
    right: DVec3,
    down: DVec3,
    through: DVec3,
    size_px: DVec2,
) -> Option<ResolvedView> {
    let unturned = PlanePose::new(through, right, down)?;
    let extent = extent_mm(grid, &unturned);
    let turn = screen_from_unturned(camera);
    let scale = scale_px(camera, extent, turn, size_px);
    // The camera pans relative to the volume's middle, so that moving the plane does not move the picture.
    let centre = unturned.project(grid.centre())
        + unturned.right * camera.pan.x
        + unturned.down * camera.pan.y;
    // Screen axes in patient space: the rows of the turn (its inverse, being orthonormal).
    let axis = |screen_axis: DVec2| {
        let plane = turn.transpose() * screen_axis;
        unturned.right * plane.x + unturned.down * plane.y
    };
    let pose = PlanePose {
        centre,
        right: axis(DVec2::X),
        down: axis(DVec2::Y),
    };
    Some(ResolvedView {
        size_px,
        kind: ResolvedKind::Plane {
            pose,
            mm_per_px: 1.0 / scale,
        },
    })
}

/// Width and height of a volume's shadow on a plane, mm.
fn extent_mm(grid: &VolumeGrid, pose: &PlanePose) -> DVec2 {
    let steps = grid.patient_from_voxel.matrix3;
    let spans = [
        steps.x_axis * f64::from(grid.dims[0]),
        steps.y_axis * f64::from(grid.dims[1]),
        steps.z_axis * f64::from(grid.dims[2]),
    ];
    spans
        .iter()
        .map(|span| DVec2::new(span.dot(pose.right).abs(), span.dot(pose.down).abs()))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: DVec2, b: DVec2) -> bool {
        (a - b).length() < 1e-9
    }

    fn geometry() -> StackGeometry {
        StackGeometry {
            image_size: [100, 50],
            pixel_aspect: 1.0,
            pixel_mm: Some(DVec2::new(0.5, 0.5)),
            patient_from_image: Some(DAffine3::from_mat3_translation(
                DMat3::from_cols(DVec3::X * 0.5, DVec3::Y * 0.5, DVec3::Z),
                DVec3::new(-10.0, -20.0, 30.0),
            )),
            area: None,
        }
    }

    #[test]
    fn a_fitted_image_fills_the_pane_from_corner_to_corner() {
        let view = resolve_stack(&Camera::default(), &geometry(), DVec2::new(200.0, 100.0));
        assert!(close(
            view.image_from_screen(DVec2::ZERO).unwrap(),
            DVec2::splat(-0.5)
        ));
        assert!(close(
            view.image_from_screen(DVec2::new(200.0, 100.0)).unwrap(),
            DVec2::new(99.5, 49.5)
        ));
        assert!((view.mm_per_px().unwrap() - 0.25).abs() < 1e-12);
    }

    #[test]
    fn screen_and_patient_are_inverse_under_turn_mirror_and_pan() {
        let camera = Camera {
            zoom: Zoom::Scale(3.0),
            pan: DVec2::new(7.0, -4.0),
            rotation_degrees: 30.0,
            flip_horizontal: true,
            flip_vertical: false,
        };
        let view = resolve_stack(&camera, &geometry(), DVec2::new(640.0, 480.0));
        let screen = DVec2::new(123.0, 321.0);
        let (back, distance) = view
            .screen_from_patient(view.patient_from_screen(screen).unwrap())
            .unwrap();
        assert!(close(back, screen) && distance.abs() < 1e-9);
    }

    #[test]
    fn turning_clockwise_brings_the_top_of_the_image_to_the_right() {
        let camera = Camera {
            rotation_degrees: 90.0,
            ..Camera::default()
        };
        let view = resolve_stack(&camera, &geometry(), DVec2::new(100.0, 100.0));
        let right_edge = view.image_from_screen(DVec2::new(99.0, 50.0)).unwrap();
        assert!(
            right_edge.y < 1.0 && (right_edge.x - 49.5).abs() < 1e-9,
            "{right_edge}"
        );
    }

    #[test]
    fn pixels_that_are_not_square_are_drawn_square_in_millimetres() {
        let geometry = StackGeometry {
            pixel_aspect: 2.0,
            pixel_mm: Some(DVec2::new(0.5, 1.0)),
            ..geometry()
        };
        let view = resolve_stack(&Camera::default(), &geometry, DVec2::new(300.0, 300.0));
        let a = view.screen_from_image(DVec2::new(10.0, 10.0)).unwrap();
        let b = view.screen_from_image(DVec2::new(12.0, 10.0)).unwrap();
        let c = view.screen_from_image(DVec2::new(10.0, 11.0)).unwrap();
        assert!(((b - a).length() - (c - a).length()).abs() < 1e-9);
    }

    #[test]
    fn a_plane_view_turns_and_mirrors_like_a_stack_of_the_same_plane() {
        let grid = VolumeGrid {
            dims: [100, 50, 10],
            patient_from_voxel: DAffine3::from_mat3_translation(
                DMat3::from_diagonal(DVec3::new(0.5, 0.5, 1.0)),
                DVec3::new(-10.0, -20.0, 30.0),
            ),
        };
        let size = DVec2::new(300.0, 300.0);
        for (rotation_degrees, flip_horizontal) in [(0.0, false), (90.0, false), (37.0, true)] {
            let camera = Camera {
                rotation_degrees,
                flip_horizontal,
                ..Camera::default()
            };
            let stack = resolve_stack(&camera, &geometry(), size);
            let plane = resolve_plane(
                &camera,
                &grid,
                DVec3::X,
                DVec3::Y,
                DVec3::new(0.0, 0.0, 30.0),
                size,
            )
            .unwrap();
            for screen in [DVec2::new(12.0, 200.0), DVec2::new(250.0, 30.0)] {
                let a = stack.patient_from_screen(screen).unwrap();
                let b = plane.patient_from_screen(screen).unwrap();
                assert!((a - b).length() < 1e-9, "{rotation_degrees} {a} {b}");
            }
        }
    }
}
