//! What a stream says about its pictures as a whole: size, colour, rate.

/// The compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoCodec {
    /// MPEG-2 Video (ISO/IEC 13818-2, H.262); MPEG-1 Video comes with it.
    Mpeg2,
    /// MPEG-4 AVC (ISO/IEC 14496-10, H.264).
    H264,
    /// HEVC (ISO/IEC 23008-2, H.265).
    Hevc,
}

impl VideoCodec {
    /// Its name in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mpeg2 => "MPEG-2",
            Self::H264 => "H.264",
            Self::Hevc => "HEVC",
        }
    }
}

/// What the stream is wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoContainer {
    /// Nothing: start codes and units.
    Elementary,
    /// MPEG-2 transport stream (ISO/IEC 13818-1).
    Transport,
    /// MPEG-2 program stream.
    Program,
    /// MP4 (ISO/IEC 14496-12).
    Mp4,
}

impl VideoContainer {
    /// Its name in messages and listings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Elementary => "elementary stream",
            Self::Transport => "MPEG-2 transport stream",
            Self::Program => "MPEG-2 program stream",
            Self::Mp4 => "MP4",
        }
    }
}

/// How luminance and chrominance make red, green and blue (H.273, `MatrixCoefficients`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matrix {
    /// The planes are green, blue and red.
    Identity,
    Bt709,
    Bt601,
    Smpte240,
    Bt2020,
}

impl Matrix {
    /// The matrix of a code; `None` where the code says nothing or nothing known.
    pub(super) const fn of_code(code: u32) -> Option<Self> {
        match code {
            0 => Some(Self::Identity),
            1 => Some(Self::Bt709),
            4..=6 => Some(Self::Bt601),
            7 => Some(Self::Smpte240),
            9 | 10 => Some(Self::Bt2020),
            _ => None,
        }
    }

    /// What pictures of a size have where nothing is said: ITU-R BT.601 up to the size of
    /// standard-definition television, BT.709 above.
    pub(super) const fn of_size([columns, rows]: [u32; 2]) -> Self {
        if rows > 576 || columns > 1024 {
            Self::Bt709
        } else {
            Self::Bt601
        }
    }
}

/// Of all pictures of a stream.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PictureFormat {
    /// Columns and rows shown.
    pub(super) size: [u32; 2],
    /// Columns and rows coded; the memory of a picture.
    pub(super) coded_size: [u32; 2],
    /// Width to height of a pixel, where that is said.
    pub(super) sample_aspect: Option<[u32; 2]>,
    /// `None` where it is not said.
    pub(super) matrix: Option<Matrix>,
    /// Whether black is 0 rather than 16 (of 8 bits); `None` where it is not said.
    pub(super) is_full_range: Option<bool>,
    /// `chroma_sample_loc_type` (H.264 figure E-1).
    pub(super) chroma_location: u32,
    /// Half bytes of memory a pixel of a decoded picture takes.
    pub(super) half_bytes_a_pixel: u64,
    /// Pictures a second.
    pub(super) frame_rate: Option<f64>,
}

/// Half bytes a pixel takes with chrominance of a `chroma_format_idc` and samples of so many bits.
pub(super) const fn half_bytes_a_pixel(chroma: u32, bits: u32) -> u64 {
    let samples = match chroma {
        0 | 1 => 3, // a picture without chrominance is given some
        2 => 4,
        _ => 6,
    };
    if bits > 8 { 2 * samples } else { samples }
}

/// The sample aspect ratios of H.264 table E-1 (and H.265's), from code 1.
const SAMPLE_ASPECTS: [[u32; 2]; 16] = [
    [1, 1],
    [12, 11],
    [10, 11],
    [16, 11],
    [40, 33],
    [24, 11],
    [20, 11],
    [32, 11],
    [80, 33],
    [18, 11],
    [15, 11],
    [64, 33],
    [160, 99],
    [4, 3],
    [3, 2],
    [2, 1],
];

/// The aspect of an `aspect_ratio_idc`; not 255, which is followed by the numbers.
pub(super) fn sample_aspect(code: u32) -> Option<[u32; 2]> {
    let at = usize::try_from(code).ok()?.checked_sub(1)?;
    SAMPLE_ASPECTS.get(at).copied()
}

/// A rate that a film can have.
pub(super) fn plausible_rate(numerator: f64, denominator: f64) -> Option<f64> {
    let rate = numerator / denominator;
    (rate.is_finite() && (0.1..=1000.0).contains(&rate)).then_some(rate)
}
