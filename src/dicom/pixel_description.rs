//! What the Image Pixel module says about the pixel data (PS3.3 C.7.6.3), read tolerantly.
//!
//! Attributes that real files leave out get the value that the rest implies; claims that cannot
//! be true are refused before anything is allocated.

use dicom_dictionary_std::tags;
use serde::Deserialize;
use serde::Serialize;

use super::DecodeError;
use super::Elements;
use super::NumberOfFrames;
use super::PixelDataLocation;

/// No frame is larger than this: two gibibytes.
pub const MAX_FRAME_BYTES: u64 = 1 << 31;

/// What the sample values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SampleKind {
    /// Integers of `bits_stored` bits in cells of `bits_allocated`.
    Integer,
    /// Float Pixel Data: IEEE 754 single precision.
    Float,
    /// Double Float Pixel Data: IEEE 754 double precision.
    Double,
}

/// Photometric Interpretation as declared (PS3.3 C.7.6.3.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the standard's")]
pub enum DeclaredPhotometric {
    Monochrome1,
    Monochrome2,
    PaletteColor,
    Rgb,
    YbrFull,
    YbrFull422,
    YbrPartial422,
    YbrPartial420,
    /// Transforms within the streams of JPEG 2000 (YBR_RCT, YBR_ICT) and JPEG XL (XYB), which
    /// their decoders turn back. Whatever is not such a stream holds RGB under this label.
    InStream,
}

/// The Image Pixel module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PixelDescription {
    /// Height of a frame, pixels.
    pub rows: u32,
    /// Width of a frame, pixels.
    pub columns: u32,
    /// 1 or 3.
    pub samples_per_pixel: u32,
    /// Bits of a cell: 1, 8, 16 or 32 (64 for doubles).
    pub bits_allocated: u32,
    /// Bits of a value, at most `bits_allocated`.
    pub bits_stored: u32,
    /// The bit of the cell that holds the value's highest, at least `bits_stored` − 1.
    pub high_bit: u32,
    /// Whether grey values are two's complement.
    pub is_signed: bool,
    /// Whether colour comes plane by plane rather than pixel by pixel.
    pub is_planar: bool,
    /// Photometric interpretation as declared.
    pub photometric: DeclaredPhotometric,
    /// Number of frames, at least 1.
    pub frames: u32,
    /// Integers or floating point.
    pub kind: SampleKind,
}

impl PixelDescription {
    /// The same of one frame, its sides halved so many times and rounded up.
    pub(super) fn halved(&self, times: u32) -> Self {
        let side = |side: u32| side.div_ceil(1 << times.min(31));
        Self {
            rows: side(self.rows),
            columns: side(self.columns),
            frames: 1,
            ..self.clone()
        }
    }

    /// Reads the module of a data set whose pixels are at `location`.
    ///
    /// # Errors
    /// Rows or columns are missing, the layout or photometric interpretation is one that is not
    /// decoded, or the size is beyond [`MAX_FRAME_BYTES`].
    pub fn read(elements: Elements<'_>, location: PixelDataLocation) -> Result<Self, DecodeError> {
        let number = |tag| {
            elements
                .integer(tag)
                .and_then(|value| u32::try_from(value).ok())
        };
        let positive = |tag| number(tag).filter(|&value| value > 0);
        let rows = positive(tags::ROWS).ok_or(DecodeError::Missing("Rows (0028,0010)"))?;
        let columns = positive(tags::COLUMNS).ok_or(DecodeError::Missing("Columns (0028,0011)"))?;
        let name = elements.text(tags::PHOTOMETRIC_INTERPRETATION);
        let samples_declared = positive(tags::SAMPLES_PER_PIXEL);
        let photometric = photometric(name.as_deref(), samples_declared)?;
        let samples_per_pixel =
            samples_declared.unwrap_or(if photometric.is_colour() { 3 } else { 1 });
        let frames = NumberOfFrames::read(elements, Some(location)).frames;
        let kind = match location.tag {
            tags::FLOAT_PIXEL_DATA => SampleKind::Float,
            tags::DOUBLE_FLOAT_PIXEL_DATA => SampleKind::Double,
            _ => SampleKind::Integer,
        };
        let cells = u64::from(rows)
            .saturating_mul(columns.into())
            .saturating_mul(samples_per_pixel.into());
        let bits_allocated = match kind {
            SampleKind::Float => 32,
            SampleKind::Double => 64,
            SampleKind::Integer => positive(tags::BITS_ALLOCATED)
                .or_else(|| implied_bits(cells.saturating_mul(frames.into()), location))
                .ok_or(DecodeError::Missing("Bits Allocated (0028,0100)"))?,
        };
        let layout = DecodeError::Layout {
            samples: samples_per_pixel,
            bits: bits_allocated,
        };
        let is_known = match (kind, samples_per_pixel) {
            (SampleKind::Integer, 1) => matches!(bits_allocated, 1 | 8 | 16 | 32),
            (SampleKind::Integer, 3) => matches!(bits_allocated, 8 | 16 | 32),
            (_, samples) => samples == 1,
        };
        if !is_known || photometric.is_colour() != (samples_per_pixel == 3) {
            return Err(layout);
        }
        let bytes = cells.saturating_mul(bits_allocated.into()).div_ceil(8);
        if bytes > MAX_FRAME_BYTES {
            return Err(DecodeError::Absurd {
                columns,
                rows,
                bytes,
            });
        }
        let bits_stored = positive(tags::BITS_STORED)
            .filter(|&bits| bits <= bits_allocated)
            .unwrap_or(bits_allocated);
        // Zero is a legal high bit only of one-bit data.
        let high_bit = number(tags::HIGH_BIT)
            .filter(|bit| (bits_stored - 1..bits_allocated).contains(bit))
            .unwrap_or(bits_stored - 1);
        Ok(Self {
            rows,
            columns,
            samples_per_pixel,
            bits_allocated,
            bits_stored,
            high_bit,
            is_signed: number(tags::PIXEL_REPRESENTATION) == Some(1),
            is_planar: number(tags::PLANAR_CONFIGURATION) == Some(1) && samples_per_pixel > 1,
            photometric,
            frames,
            kind,
        })
    }

    /// Pixels of a frame.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.rows as usize * self.columns as usize
    }

    /// Samples of a frame, all components.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.pixels() * self.samples_per_pixel as usize
    }

    /// Bits of a frame when stored uncompressed.
    #[must_use]
    pub fn frame_bits(&self) -> u64 {
        self.samples() as u64 * u64::from(self.bits_allocated)
    }

    /// `columns×rows×samples`, for messages.
    #[must_use]
    pub fn size_text(&self) -> String {
        size_text(self.columns, self.rows, self.samples_per_pixel)
    }
}

/// `columns×rows×samples`, for messages.
pub(super) fn size_text(columns: u32, rows: u32, samples: u32) -> String {
    format!("{columns}×{rows}×{samples}")
}

impl DeclaredPhotometric {
    /// Whether a pixel has three samples.
    #[must_use]
    pub const fn is_colour(self) -> bool {
        !matches!(
            self,
            Self::Monochrome1 | Self::Monochrome2 | Self::PaletteColor
        )
    }

    /// Whether the samples are luminance and chrominance.
    #[must_use]
    pub const fn is_ybr(self) -> bool {
        matches!(
            self,
            Self::YbrFull | Self::YbrFull422 | Self::YbrPartial422 | Self::YbrPartial420
        )
    }
}

fn photometric(
    name: Option<&str>,
    samples: Option<u32>,
) -> Result<DeclaredPhotometric, DecodeError> {
    let Some(name) = name else {
        return Ok(match samples {
            Some(3) => DeclaredPhotometric::Rgb,
            _ => DeclaredPhotometric::Monochrome2,
        });
    };
    Ok(match name.trim().to_ascii_uppercase().as_str() {
        "MONOCHROME1" => DeclaredPhotometric::Monochrome1,
        "MONOCHROME2" => DeclaredPhotometric::Monochrome2,
        "PALETTE COLOR" | "PALETTE_COLOR" | "PALETTE" => DeclaredPhotometric::PaletteColor,
        "RGB" => DeclaredPhotometric::Rgb,
        "YBR_FULL" => DeclaredPhotometric::YbrFull,
        "YBR_FULL_422" => DeclaredPhotometric::YbrFull422,
        "YBR_PARTIAL_422" => DeclaredPhotometric::YbrPartial422,
        "YBR_PARTIAL_420" => DeclaredPhotometric::YbrPartial420,
        "YBR_RCT" | "YBR_ICT" | "XYB" => DeclaredPhotometric::InStream,
        _ => return Err(DecodeError::Photometric(name.chars().take(40).collect())),
    })
}

/// Bits a cell that make the native pixel data come out even.
fn implied_bits(cells: u64, location: PixelDataLocation) -> Option<u32> {
    let length = u64::from(location.length?);
    [8_u32, 16, 32].into_iter().find(|&bits| {
        let bytes = cells.saturating_mul(u64::from(bits / 8));
        length == bytes || length == bytes.saturating_add(bytes % 2)
    })
}
