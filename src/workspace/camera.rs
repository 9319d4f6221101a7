//! What pointer and keys do to a camera, in the terms of the view they were done on.

use crate::geom::DVec2;
use crate::view::{Camera, ResolvedKind, ResolvedView, Zoom};

/// Screen pixels a unit, smallest and largest: from a whole-body scout in a thumbnail to single
/// pixels as wide as a hand.
const SCALE_MIN: f64 = 0.01;
const SCALE_MAX: f64 = 200.0;

/// Screen pixels an image pixel (stack) or a millimetre (plane).
fn scale_px(view: &ResolvedView) -> f64 {
    match &view.kind {
        ResolvedKind::Image {
            image_from_screen, ..
        } => {
            1.0 / image_from_screen
                .transform_vector2(column_on_screen(view))
                .length()
        }
        ResolvedKind::Plane { mm_per_px, .. } => 1.0 / mm_per_px,
    }
}

/// A screen step of one pixel along the image's row direction.
fn column_on_screen(view: &ResolvedView) -> DVec2 {
    match &view.kind {
        ResolvedKind::Image {
            image_from_screen, ..
        } => image_from_screen
            .inverse()
            .transform_vector2(DVec2::X)
            .normalize_or(DVec2::X),
        ResolvedKind::Plane { .. } => DVec2::X,
    }
}

/// A screen step in the camera's own unturned directions and units.
fn units_from_screen(camera: &Camera, view: &ResolvedView, step_px: DVec2) -> DVec2 {
    let turned_back = DVec2::from_angle(-camera.rotation_degrees.to_radians()).rotate(step_px);
    let mirror = DVec2::new(
        if camera.flip_horizontal { -1.0 } else { 1.0 },
        if camera.flip_vertical { -1.0 } else { 1.0 },
    );
    turned_back * mirror / scale_px(view)
}

/// The picture follows the pointer by this many screen pixels.
#[must_use]
pub fn panned(camera: &Camera, view: &ResolvedView, step_px: DVec2) -> Camera {
    Camera {
        pan: camera.pan - units_from_screen(camera, view, step_px),
        ..*camera
    }
}

/// Larger by `factor`, with what is under the pointer staying there.
#[must_use]
pub fn zoomed_at(camera: &Camera, view: &ResolvedView, at_px: DVec2, factor: f64) -> Camera {
    let before = scale_px(view);
    let after = (before * factor).clamp(SCALE_MIN, SCALE_MAX);
    let from_middle = units_from_screen(camera, view, at_px - view.middle_px());
    let pan = camera.pan + from_middle * (1.0 - before / after);
    Camera {
        zoom: Zoom::Scale(after),
        pan,
        ..*camera
    }
}

/// One image pixel a screen pixel.
#[must_use]
pub fn one_to_one(camera: &Camera) -> Camera {
    Camera {
        zoom: Zoom::Scale(1.0),
        ..*camera
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{StackGeometry, resolve_stack};

    fn geometry() -> StackGeometry {
        StackGeometry {
            image_size: [256, 128],
            pixel_aspect: 1.5,
            pixel_mm: None,
            patient_from_image: None,
            area: None,
        }
    }

    fn cameras() -> [Camera; 3] {
        let turned = Camera {
            rotation_degrees: 90.0,
            flip_horizontal: true,
            ..Camera::default()
        };
        let moved = Camera {
            zoom: Zoom::Scale(2.5),
            pan: DVec2::new(10.0, -3.0),
            rotation_degrees: 25.0,
            ..turned
        };
        [Camera::default(), turned, moved]
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer_there() {
        let size = DVec2::new(640.0, 480.0);
        let at = DVec2::new(500.0, 100.0);
        for camera in cameras() {
            let before = resolve_stack(&camera, &geometry(), size);
            let zoomed = zoomed_at(&camera, &before, at, 1.7);
            let after = resolve_stack(&zoomed, &geometry(), size);
            let (a, b) = (
                before.image_from_screen(at).unwrap(),
                after.image_from_screen(at).unwrap(),
            );
            assert!((a - b).length() < 1e-9, "{camera:?}: {a} {b}");
        }
    }

    #[test]
    fn panning_moves_the_picture_with_the_pointer() {
        let size = DVec2::new(640.0, 480.0);
        let (at, step) = (DVec2::new(200.0, 300.0), DVec2::new(31.0, -17.0));
        for camera in cameras() {
            let before = resolve_stack(&camera, &geometry(), size);
            let after = resolve_stack(&panned(&camera, &before, step), &geometry(), size);
            let a = before.image_from_screen(at).unwrap();
            let b = after.image_from_screen(at + step).unwrap();
            // The zoom of a fitted view does not change by panning.
            assert!((a - b).length() < 1e-9, "{camera:?}: {a} {b}");
        }
    }
}
