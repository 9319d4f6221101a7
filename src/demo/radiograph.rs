//! The radiograph: the CT's own attenuation, seen from the front, on a detector.

use super::STEP_MM;
use super::canvas::SIZE;
use super::canvas::SPACING_MM;

/// A radiograph as stored.
pub(super) struct Radiograph {
    pub rows: u16,
    pub columns: u16,
    pub stored: Vec<u16>,
}

/// Stored values a millimetre of water.
const PER_MM: f32 = 16.0;

/// From each slice's attenuation by column, from the feet up.
pub(super) fn from_projections(projections: &[Vec<f32>]) -> Radiograph {
    let height_mm = STEP_MM * projections.len().saturating_sub(1) as f32;
    let rows = (height_mm / SPACING_MM) as u16;
    let mut stored = Vec::with_capacity(usize::from(rows) * SIZE);
    for row in 0..rows {
        // The top row is nearest to the head.
        let at = (height_mm - f32::from(row) * SPACING_MM).max(0.0) / STEP_MM;
        let (below, part) = (at.floor() as usize, at.fract());
        let above = projections.get(below + 1).or(projections.get(below));
        if let (Some(below), Some(above)) = (projections.get(below), above) {
            // x grows to the patient's left: the picture has the patient's right on its left side.
            stored.extend(below.iter().zip(above).map(|(below, above)| {
                let mm = below + part * (above - below);
                (mm * PER_MM).round().clamp(0.0, 4095.0) as u16
            }));
        }
    }
    Radiograph {
        rows,
        columns: SIZE as u16,
        stored,
    }
}
