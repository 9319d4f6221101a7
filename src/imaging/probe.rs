//! The value under the cursor, exactly as the data hold it.

use crate::dicom::Samples;
use crate::imaging::frame_image::{FrameImage, Units};

/// What a frame holds at one pixel.
#[derive(Debug, Clone, PartialEq)]
pub enum Probe {
    /// A grey pixel.
    Grey {
        /// As stored.
        stored: f64,
        /// After the modality transform.
        value: f64,
        /// Unit of `value`.
        units: Units,
        /// `value` as SUVbw, g/ml, where the image holds what that takes.
        suv_bw: Option<f64>,
    },
    /// A grey pixel that is padding: no image here.
    Padding {
        /// As stored.
        stored: f64,
    },
    /// A grey pixel whose value no mapping of the image gives a meaning.
    Unmapped {
        /// As stored.
        stored: f64,
    },
    /// A pixel of the end that was cut off.
    Missing,
    /// A colour pixel: red, green, blue as stored.
    Colour([u16; 3]),
}

/// The pixel whose area holds the continuous image position (pixel centres at integers); `None`
/// outside the image.
#[must_use]
pub fn probe(image: &FrameImage, column: f64, row: f64) -> Option<Probe> {
    let index = |position: f64, count: u32| {
        let nearest = (position + 0.5).floor();
        (nearest >= 0.0 && nearest < f64::from(count)).then_some(nearest as u32)
    };
    let (column, row) = (index(column, image.columns)?, index(row, image.rows)?);
    let at = row as usize * image.columns as usize + column as usize;
    if at >= image.pixels_held() {
        return Some(Probe::Missing);
    }
    let rgb = |channel: usize| Some(image.samples.get(at * 3 + channel)? as u16);
    if let Samples::Rgb8(_) | Samples::Rgb16(_) | Samples::Rgb32(_) = image.samples {
        return Some(Probe::Colour([rgb(0)?, rgb(1)?, rgb(2)?]));
    }
    let stored = image.samples.get(at)?;
    Some(match image.modality_value(column, row) {
        None if stored.is_finite()
            && !image.is_mapped(stored)
            && !image
                .padding
                .is_some_and(|padding| padding.contains(stored)) =>
        {
            Probe::Unmapped { stored }
        }
        None => Probe::Padding { stored },
        Some(value) => Probe::Grey {
            stored,
            value,
            units: image.units.clone(),
            suv_bw: image.suv_bw_factor.map(|factor| factor * value),
        },
    })
}
