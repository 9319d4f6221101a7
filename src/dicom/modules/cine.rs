//! Cine Module (PS3.3 C.7.6.5), with what XA/XRF Presentation (C.8.19.7) and the NM modules add:
//! how long each frame of an instance is shown, which frames, and in which sense.

use crate::dicom::Elements;
use crate::dicom::tags;

/// A frame shown for longer than this is a pause, not a film, ms.
const LONGEST_MS: f64 = 60_000.0;
/// Faster than any camera, ms a frame.
const SHORTEST_MS: f64 = 0.5;

/// The attributes as stored, checked for being positive, finite and plausible; which of them is
/// followed is decided in `view`.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub struct CineModule {
    pub frame_time_ms: Option<f64>,
    /// Time since the frame before, one for each frame, the first of no meaning; empty if it does
    /// not fit the number of frames.
    pub frame_time_vector_ms: Vec<f64>,
    /// Recommended Display Frame Rate, or the one of the XA/XRF presentation, frames a second.
    pub recommended_display_frame_rate: Option<f64>,
    pub cine_rate: Option<f64>,
    pub actual_frame_duration_ms: Option<f64>,
    /// Preferred Playback Sequencing 1: forth and back.
    pub is_sweeping: bool,
    /// Start Trim and Stop Trim: first and last frame of the part worth seeing, from 0.
    pub trim: Option<(u32, u32)>,
}

impl CineModule {
    /// Reads it for an instance of `frames` frames.
    #[must_use]
    pub fn read(root: Elements<'_>, frames: u32) -> Self {
        let time = |tag| root.float(tag).filter(|ms| is_time(*ms));
        let rate = |value: Option<f64>| value.filter(|fps| *fps > 0.0 && is_time(1000.0 / fps));
        let presentation = root.item(tags::FRAME_DISPLAY_SEQUENCE);
        Self {
            frame_time_ms: time(tags::FRAME_TIME),
            frame_time_vector_ms: vector(root, frames),
            recommended_display_frame_rate: rate(root.float(tags::RECOMMENDED_DISPLAY_FRAME_RATE))
                .or_else(|| {
                    rate(presentation?.float(tags::RECOMMENDED_DISPLAY_FRAME_RATE_IN_FLOAT))
                }),
            cine_rate: rate(root.float(tags::CINE_RATE)),
            actual_frame_duration_ms: time(tags::ACTUAL_FRAME_DURATION),
            is_sweeping: root.integer(tags::PREFERRED_PLAYBACK_SEQUENCING) == Some(1),
            trim: trim(root, frames),
        }
    }
}

fn is_time(ms: f64) -> bool {
    (SHORTEST_MS..=LONGEST_MS).contains(&ms)
}

/// Frame Time Vector, if it holds a time for each frame.
fn vector(root: Elements<'_>, frames: u32) -> Vec<f64> {
    let vector = root.floats(tags::FRAME_TIME_VECTOR);
    let fits = vector.len() == frames as usize && vector.len() > 1;
    if fits && vector.iter().skip(1).all(|ms| is_time(*ms)) {
        vector
    } else {
        Vec::new()
    }
}

/// Start Trim and Stop Trim count from 1; a part that is none of the image is no part.
fn trim(root: Elements<'_>, frames: u32) -> Option<(u32, u32)> {
    let frame = |tag| {
        let number = u32::try_from(root.integer(tag)?).ok()?;
        number.checked_sub(1).filter(|frame| *frame < frames)
    };
    let first = frame(tags::START_TRIM).unwrap_or(0);
    let last = frame(tags::STOP_TRIM).unwrap_or(frames.saturating_sub(1));
    let is_part = first < last && (first > 0 || last + 1 < frames);
    is_part.then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::modules::testing::Header;

    fn read(header: Header, frames: u32) -> CineModule {
        CineModule::read(header.dataset().elements(), frames)
    }

    #[test]
    fn a_time_for_each_frame_is_taken_and_one_too_few_is_not() {
        let vector = |values: &[f64]| Header::new().floats(tags::FRAME_TIME_VECTOR, values);
        let whole = read(vector(&[0.0, 40.0, 80.0]), 3);
        assert_eq!(whole.frame_time_vector_ms, [0.0, 40.0, 80.0]);
        assert!(
            read(vector(&[0.0, 40.0]), 3)
                .frame_time_vector_ms
                .is_empty()
        );
        let negative = read(vector(&[0.0, -40.0, 80.0]), 3);
        assert!(negative.frame_time_vector_ms.is_empty());
    }

    #[test]
    fn times_and_rates_that_are_none_say_nothing() {
        for value in [0.0, -33.0, f64::INFINITY, 1e9] {
            let header = Header::new()
                .floats(tags::FRAME_TIME, &[value])
                .floats(tags::CINE_RATE, &[value])
                .floats(tags::RECOMMENDED_DISPLAY_FRAME_RATE, &[value]);
            assert_eq!(read(header, 4), CineModule::default(), "{value}");
        }
    }

    #[test]
    fn trims_count_from_one_and_a_part_beyond_the_image_is_none() {
        let trim = |first: u16, last: u16| {
            let header = Header::new()
                .u16s(tags::START_TRIM, &[first])
                .u16s(tags::STOP_TRIM, &[last]);
            read(header, 10).trim
        };
        assert_eq!(trim(3, 7), Some((2, 6)));
        assert_eq!(trim(1, 10), None);
        assert_eq!(trim(3, 99), Some((2, 9)));
        assert_eq!(trim(0, 5), Some((0, 4)));
        assert_eq!(trim(7, 3), None);
    }

    #[test]
    fn the_rate_of_an_angiographic_presentation_is_a_recommendation() {
        let presentation = Header::new()
            .floats(tags::RECOMMENDED_DISPLAY_FRAME_RATE_IN_FLOAT, &[7.5])
            .dataset();
        let header = Header::new().items(tags::FRAME_DISPLAY_SEQUENCE, vec![presentation]);
        assert_eq!(read(header, 4).recommended_display_frame_rate, Some(7.5));
    }
}
