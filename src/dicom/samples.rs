//! Stored samples, decoded but not yet interpreted.

use std::sync::Arc;

/// Sample values as stored: masked and sign-extended to the bits stored, native byte order,
/// shared between CPU, GPU upload and jobs without copying.
///
/// Row by row from the top left; colour is interleaved red, green, blue.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say width and sign")]
pub enum Samples {
    U8(Arc<[u8]>),
    I8(Arc<[i8]>),
    U16(Arc<[u16]>),
    I16(Arc<[i16]>),
    U32(Arc<[u32]>),
    I32(Arc<[i32]>),
    F32(Arc<[f32]>),
    F64(Arc<[f64]>),
    Rgb8(Arc<[u8]>),
    Rgb16(Arc<[u16]>),
    Rgb32(Arc<[u32]>),
}

/// Width and sign of a sample; the names of `isocentre frames`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say width and sign")]
pub enum SampleType {
    U1,
    U2,
    U4,
    I1,
    I2,
    I4,
    F4,
    F8,
}

impl SampleType {
    /// `u1`, `i2`, `f4` …: numpy's names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::U1 => "u1",
            Self::U2 => "u2",
            Self::U4 => "u4",
            Self::I1 => "i1",
            Self::I2 => "i2",
            Self::I4 => "i4",
            Self::F4 => "f4",
            Self::F8 => "f8",
        }
    }
}

impl Samples {
    /// Number of samples (three a pixel in colour).
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::U8(s) | Self::Rgb8(s) => s.len(),
            Self::I8(s) => s.len(),
            Self::U16(s) | Self::Rgb16(s) => s.len(),
            Self::I16(s) => s.len(),
            Self::U32(s) | Self::Rgb32(s) => s.len(),
            Self::I32(s) => s.len(),
            Self::F32(s) => s.len(),
            Self::F64(s) => s.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Samples a pixel: 1 or 3.
    #[must_use]
    pub const fn samples_per_pixel(&self) -> usize {
        match self {
            Self::Rgb8(_) | Self::Rgb16(_) | Self::Rgb32(_) => 3,
            _ => 1,
        }
    }

    /// Width and sign of one sample.
    #[must_use]
    pub const fn sample_type(&self) -> SampleType {
        match self {
            Self::U8(_) | Self::Rgb8(_) => SampleType::U1,
            Self::I8(_) => SampleType::I1,
            Self::U16(_) | Self::Rgb16(_) => SampleType::U2,
            Self::I16(_) => SampleType::I2,
            Self::U32(_) | Self::Rgb32(_) => SampleType::U4,
            Self::I32(_) => SampleType::I4,
            Self::F32(_) => SampleType::F4,
            Self::F64(_) => SampleType::F8,
        }
    }

    /// The samples' bytes in native order.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::U8(s) | Self::Rgb8(s) => s,
            Self::I8(s) => bytemuck::cast_slice(s),
            Self::U16(s) | Self::Rgb16(s) => bytemuck::cast_slice(s),
            Self::I16(s) => bytemuck::cast_slice(s),
            Self::U32(s) | Self::Rgb32(s) => bytemuck::cast_slice(s),
            Self::I32(s) => bytemuck::cast_slice(s),
            Self::F32(s) => bytemuck::cast_slice(s),
            Self::F64(s) => bytemuck::cast_slice(s),
        }
    }

    /// One sample as f64 (exact for every type); `None` beyond the end.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<f64> {
        match self {
            Self::U8(s) | Self::Rgb8(s) => s.get(index).map(|&v| v.into()),
            Self::I8(s) => s.get(index).map(|&v| v.into()),
            Self::U16(s) | Self::Rgb16(s) => s.get(index).map(|&v| v.into()),
            Self::I16(s) => s.get(index).map(|&v| v.into()),
            Self::U32(s) | Self::Rgb32(s) => s.get(index).map(|&v| v.into()),
            Self::I32(s) => s.get(index).map(|&v| v.into()),
            Self::F32(s) => s.get(index).map(|&v| v.into()),
            Self::F64(s) => s.get(index).copied(),
        }
    }
}

/// How decoded samples become light. Palettes and YBR are already RGB here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Photometric {
    /// The smallest value is white.
    Monochrome1,
    /// The smallest value is black.
    Monochrome2,
    /// Interleaved red, green, blue.
    Rgb,
}

/// The end of a frame that the file does not hold, because it was cut off.
///
/// The samples of these pixels are zero and mean nothing: whoever shows or measures asks for
/// [`MissingEnd::pixels_held`] first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingEnd {
    /// Pixels that are whole, row by row from the top left; all that follow are missing.
    pub pixels_held: usize,
    /// Bytes of the pixel data that are missing.
    pub bytes: u64,
}

impl MissingEnd {
    /// The first row, from 1, of which pixels are missing.
    #[must_use]
    pub fn row(&self, columns: u32) -> u32 {
        (self.pixels_held / (columns as usize).max(1)) as u32 + 1
    }
}

/// One frame out of a decoder.
#[derive(Debug, Clone, PartialEq)]
pub struct DecodedFrame {
    /// Height, pixels.
    pub rows: u32,
    /// Width, pixels.
    pub columns: u32,
    /// `rows × columns × samples per pixel` values.
    pub samples: Samples,
    /// What they mean as light.
    pub photometric: Photometric,
    /// The end that is missing, if any.
    pub missing: Option<MissingEnd>,
}
