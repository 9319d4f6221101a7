//! Anatomical directions: the letters at the edges of a picture, and the name of a plane.

use glam::DVec3;
use serde::{Deserialize, Serialize};

/// A direction cosine below this adds no letter (PS3.3 C.7.6.1.1.1 allows up to three letters).
const LETTER_THRESHOLD: f64 = 0.17; // 10 degrees off a plane

/// The letters a patient direction points to, strongest first: `L`, `AL`, `PRS` …
/// (R/L right and left, A/P front and back, S/I head and feet, as radiologists write them).
#[must_use]
pub fn anatomical_letters(direction: DVec3) -> String {
    let Some(unit) = direction.try_normalize() else {
        return String::new();
    };
    let mut axes = [
        (unit.x.abs(), if unit.x > 0.0 { 'L' } else { 'R' }),
        (unit.y.abs(), if unit.y > 0.0 { 'P' } else { 'A' }),
        (unit.z.abs(), if unit.z > 0.0 { 'S' } else { 'I' }),
    ];
    axes.sort_by(|a, b| b.0.total_cmp(&a.0));
    axes.iter()
        .filter(|axis| axis.0 > LETTER_THRESHOLD)
        .map(|axis| axis.1)
        .collect()
}

/// The three planes of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AnatomicalPlane {
    /// Across the body, seen from the feet.
    Axial,
    /// Parallel to the front, seen from the front.
    Coronal,
    /// Parallel to the side, seen from the patient's left.
    Sagittal,
}

impl AnatomicalPlane {
    /// All three, in reading order.
    pub const ALL: [Self; 3] = [Self::Axial, Self::Coronal, Self::Sagittal];

    /// Its place in [`Self::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// (right, down) of the usual picture of this plane, patient directions.
    #[must_use]
    pub fn right_down(self) -> (DVec3, DVec3) {
        match self {
            Self::Axial => (DVec3::X, DVec3::Y),
            Self::Coronal => (DVec3::X, DVec3::NEG_Z),
            Self::Sagittal => (DVec3::Y, DVec3::NEG_Z),
        }
    }
}

/// The anatomical plane whose normal is nearest to this one.
#[must_use]
pub fn nearest_anatomical_plane(normal: DVec3) -> AnatomicalPlane {
    let n = normal.abs();
    if n.z >= n.x && n.z >= n.y {
        AnatomicalPlane::Axial
    } else if n.y >= n.x {
        AnatomicalPlane::Coronal
    } else {
        AnatomicalPlane::Sagittal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_name_the_side_a_direction_points_to_strongest_first() {
        assert_eq!(anatomical_letters(DVec3::X), "L");
        assert_eq!(anatomical_letters(DVec3::NEG_Z), "I");
        assert_eq!(anatomical_letters(DVec3::new(-0.5, 0.8, 0.0)), "PR");
        assert_eq!(anatomical_letters(DVec3::new(0.3, -0.8, 0.5)), "ASL");
        assert_eq!(anatomical_letters(DVec3::ZERO), "");
    }
}
