//! Number of Frames (0028,0008), read the same by whoever lists frames and whoever decodes them.

use dicom_dictionary_std::tags;

use super::Elements;
use super::PixelDataLocation;

/// How many frames there are, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberOfFrames {
    /// At least 1; nothing here was checked against bytes unless it is counted.
    pub frames: u32,
    /// The attribute cannot be read, and this many uncompressed frames come out even.
    pub is_counted: bool,
}

impl NumberOfFrames {
    /// The attribute where it is a number above 0, one where it is absent or empty; where it is
    /// anything else (`1A`, `0`, `-3`), as many frames as fill the native pixel data exactly.
    #[must_use]
    pub fn read(elements: Elements<'_>, location: Option<PixelDataLocation>) -> Self {
        let declared = elements
            .integer(tags::NUMBER_OF_FRAMES)
            .and_then(|frames| u32::try_from(frames).ok())
            .filter(|&frames| frames > 0);
        if let Some(frames) = declared {
            return Self {
                frames,
                is_counted: false,
            };
        }
        let is_there = elements.has(tags::NUMBER_OF_FRAMES);
        let counted = location
            .filter(|_| is_there)
            .and_then(|location| frames_that_fill(elements, u64::from(location.length?)));
        Self {
            frames: counted.unwrap_or(1),
            is_counted: counted.is_some(),
        }
    }
}

/// How many native frames make `length` bytes, a padding byte aside. `None` if they do not come
/// out even, or if it is one.
fn frames_that_fill(elements: Elements<'_>, length: u64) -> Option<u32> {
    let number = |tag| u64::try_from(elements.integer(tag)?).ok();
    let is_packed_422 = elements
        .text(tags::PHOTOMETRIC_INTERPRETATION)
        .is_some_and(|name| name.trim() == "YBR_FULL_422");
    let samples = if is_packed_422 {
        2
    } else {
        number(tags::SAMPLES_PER_PIXEL).unwrap_or(1)
    };
    let frame_bits = number(tags::ROWS)?
        .checked_mul(number(tags::COLUMNS)?)?
        .checked_mul(samples)?
        .checked_mul(number(tags::BITS_ALLOCATED)?)?;
    let frames = length.checked_mul(8)?.checked_div(frame_bits)?;
    let bytes = frames.checked_mul(frame_bits)?.div_ceil(8);
    let is_even = length == bytes || length == bytes.saturating_add(bytes % 2);
    u32::try_from(frames)
        .ok()
        .filter(|&frames| is_even && frames > 1)
}
