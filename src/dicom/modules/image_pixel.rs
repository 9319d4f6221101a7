//! Image Pixel Module (PS3.3 C.7.6.3): the description of the samples, not the samples.

use std::ops::RangeInclusive;

use crate::dicom::Elements;
use crate::dicom::NumberOfFrames;
use crate::dicom::PixelDataLocation;
use crate::dicom::tags;

/// What the header claims about its pixels; nothing here was checked against bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub struct ImagePixelModule {
    pub rows: u32,
    pub columns: u32,
    pub samples_per_pixel: u32,
    pub bits_allocated: u32,
    pub bits_stored: u32,
    /// The bit of a cell that holds a sample's highest.
    pub high_bit: u32,
    /// Pixel Representation (0028,0103) is 1.
    pub is_signed: bool,
    /// Photometric Interpretation is PALETTE COLOR: three samples a pixel come out.
    pub is_palette: bool,
    /// [`NumberOfFrames`], at least 1.
    pub frames: u32,
}

impl ImagePixelModule {
    /// Reads it; what is absent or negative is 0 (samples per pixel: 1).
    #[must_use]
    pub fn read(elements: Elements<'_>, location: Option<PixelDataLocation>) -> Self {
        let count = |tag| {
            elements
                .integer(tag)
                .and_then(|value| u32::try_from(value).ok())
                .unwrap_or(0)
        };
        let bits_allocated = count(tags::BITS_ALLOCATED);
        let bits_stored = Some(count(tags::BITS_STORED))
            .filter(|stored| (1..=bits_allocated).contains(stored))
            .unwrap_or(bits_allocated);
        let high_bit = Some(count(tags::HIGH_BIT))
            .filter(|bit| (bits_stored.saturating_sub(1)..bits_allocated).contains(bit))
            .unwrap_or(bits_stored.saturating_sub(1));
        Self {
            rows: count(tags::ROWS),
            columns: count(tags::COLUMNS),
            samples_per_pixel: count(tags::SAMPLES_PER_PIXEL).max(1),
            bits_allocated,
            bits_stored,
            high_bit,
            is_signed: elements.integer(tags::PIXEL_REPRESENTATION) == Some(1),
            is_palette: elements
                .text(tags::PHOTOMETRIC_INTERPRETATION)
                .is_some_and(|text| text == "PALETTE COLOR"),
            frames: NumberOfFrames::read(elements, location).frames,
        }
    }

    /// The bits of a cell that hold a sample, the lowest first.
    #[must_use]
    pub const fn sample_bits(&self) -> RangeInclusive<u32> {
        (self.high_bit + 1).saturating_sub(self.bits_stored)..=self.high_bit
    }

    /// Bits of one uncompressed frame by these claims.
    #[must_use]
    pub fn frame_bits(&self) -> u64 {
        let samples =
            u64::from(self.rows) * u64::from(self.columns) * u64::from(self.samples_per_pixel);
        samples.saturating_mul(u64::from(self.bits_allocated))
    }

    /// Bytes of one decoded frame in memory: whole bytes a sample, palettes as 8-bit RGB.
    #[must_use]
    pub fn decoded_frame_bytes(&self) -> u64 {
        let sample = if self.is_palette {
            3
        } else {
            let width = u64::from(self.bits_allocated.div_ceil(8).next_power_of_two());
            width * u64::from(self.samples_per_pixel)
        };
        (u64::from(self.rows) * u64::from(self.columns)).saturating_mul(sample)
    }

    /// Smallest and largest value a stored integer sample can take.
    #[must_use]
    pub fn stored_range(&self) -> (i64, i64) {
        let bits = self.bits_stored.clamp(1, 32);
        if self.is_signed {
            (-(1_i64 << (bits - 1)), (1_i64 << (bits - 1)) - 1)
        } else {
            (0, (1_i64 << bits) - 1)
        }
    }
}
