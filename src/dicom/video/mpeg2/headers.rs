//! Headers of MPEG-2 Video (H.262 6.2.2, 6.2.3): sequence, picture and their extensions.
//! MPEG-1 Video has the same without the extensions.

use crate::dicom::video::bits::Bits;
use crate::dicom::video::format::Matrix;
use crate::dicom::video::format::PictureFormat;
use crate::dicom::video::format::plausible_rate;

pub(in crate::dicom::video) const PICTURE: u8 = 0x00;
pub(in crate::dicom::video) const SEQUENCE: u8 = 0xB3;
pub(in crate::dicom::video) const EXTENSION: u8 = 0xB5;
pub(in crate::dicom::video) const SEQUENCE_END: u8 = 0xB7;
pub(in crate::dicom::video) const GROUP: u8 = 0xB8;

/// Zigzag scan (figure 7-2): where in the block (row by row) the n-th coefficient stands.
pub(super) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Alternate scan (figure 7-3).
pub(super) const ALTERNATE: [u8; 64] = [
    0, 8, 16, 24, 1, 9, 2, 10, 17, 25, 32, 40, 48, 56, 57, 49, 41, 33, 26, 18, 3, 11, 4, 12, 19,
    27, 34, 42, 50, 58, 35, 43, 51, 59, 20, 28, 5, 13, 6, 14, 21, 29, 36, 44, 52, 60, 37, 45, 53,
    61, 22, 30, 7, 15, 23, 31, 38, 46, 54, 62, 39, 47, 55, 63,
];

/// The intra matrix where none is sent (6.3.11), row by row.
const DEFAULT_INTRA: [u8; 64] = [
    8, 16, 19, 22, 26, 27, 29, 34, 16, 16, 22, 24, 27, 29, 34, 37, 19, 22, 26, 27, 29, 34, 34, 38,
    22, 22, 26, 27, 29, 34, 37, 40, 22, 26, 27, 29, 32, 35, 40, 48, 26, 27, 29, 32, 35, 40, 48, 58,
    26, 27, 29, 34, 38, 46, 56, 69, 27, 29, 35, 38, 46, 56, 69, 83,
];

/// Weights of coefficients, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Weights {
    pub(super) intra: [u8; 64],
    pub(super) inter: [u8; 64],
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            intra: DEFAULT_INTRA,
            inter: [16; 64],
        }
    }
}

/// A matrix as sent, in zigzag order.
fn read_matrix(bits: &mut Bits<'_>) -> Option<[u8; 64]> {
    let mut matrix = [0; 64];
    for place in ZIGZAG {
        // A weight of 0 is forbidden; it would make coefficients vanish.
        let weight = bits.number(8)?.max(1) as u8;
        *matrix.get_mut(usize::from(place))? = weight;
    }
    Some(matrix)
}

/// The sequence header with its extensions.
#[derive(Debug, Clone)]
pub(in crate::dicom::video) struct Sequence {
    pub(in crate::dicom::video) format: PictureFormat,
    pub(super) weights: Weights,
    pub(super) is_progressive: bool,
    /// Whether the MPEG-2 extension came; else it is MPEG-1.
    pub(in crate::dicom::video) is_mpeg2: bool,
    /// 1: 4:2:0.
    pub(super) chroma_format: u32,
    aspect_code: u32,
    display_size: Option<[u32; 2]>,
}

impl Sequence {
    /// Reads `sequence_header`, behind its start code.
    pub(in crate::dicom::video) fn read(bytes: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(bytes);
        let size = [bits.number(12)?, bits.number(12)?];
        if size.contains(&0) {
            return None;
        }
        let aspect_code = bits.number(4)?;
        let frame_rate = rate_of_code(bits.number(4)?);
        bits.skip(18 + 1 + 10 + 1);
        let mut weights = Weights::default();
        if bits.flag()? {
            weights.intra = read_matrix(&mut bits)?;
        }
        if bits.flag()? {
            weights.inter = read_matrix(&mut bits)?;
        }
        let mut sequence = Self {
            format: PictureFormat {
                size,
                coded_size: size,
                sample_aspect: None,
                matrix: None,
                is_full_range: Some(false),
                chroma_location: 1, // MPEG-1: between the pixels
                half_bytes_a_pixel: 3,
                frame_rate,
            },
            weights,
            is_progressive: true,
            is_mpeg2: false,
            chroma_format: 1,
            aspect_code,
            display_size: None,
        };
        sequence.settle();
        Some(sequence)
    }

    /// Takes in an extension (its bytes behind the start code); others than the sequence's are
    /// passed over.
    pub(in crate::dicom::video) fn extend(&mut self, bytes: &[u8]) -> Option<()> {
        let mut bits = Bits::new(bytes);
        match bits.number(4)? {
            1 => {
                self.is_mpeg2 = true;
                self.format.chroma_location = 0;
                bits.skip(8);
                self.is_progressive = bits.flag()?;
                self.chroma_format = bits.number(2)?;
                let [width, height] = &mut self.format.size;
                *width |= bits.number(2)? << 12;
                *height |= bits.number(2)? << 12;
                bits.skip(12 + 1 + 8 + 1);
                let (numerator, denominator) = (bits.number(2)?, bits.number(5)?);
                self.format.frame_rate = self.format.frame_rate.and_then(|rate| {
                    plausible_rate(rate * f64::from(numerator + 1), f64::from(denominator + 1))
                });
            }
            2 => {
                bits.skip(3);
                if bits.flag()? {
                    bits.skip(16);
                    self.format.matrix = Matrix::of_code(bits.number(8)?);
                }
                let width = bits.number(14)?;
                bits.skip(1);
                let size = [width, bits.number(14)?];
                self.display_size = (!size.contains(&0)).then_some(size);
            }
            3 => {
                if bits.flag()? {
                    self.weights.intra = read_matrix(&mut bits)?;
                }
                if bits.flag()? {
                    self.weights.inter = read_matrix(&mut bits)?;
                }
            }
            _ => {}
        }
        self.settle();
        Some(())
    }

    /// What follows from header and extensions together.
    fn settle(&mut self) {
        let [width, height] = self.format.size;
        let rows = if self.is_progressive {
            height.next_multiple_of(16)
        } else {
            height.next_multiple_of(32)
        };
        self.format.coded_size = [width.next_multiple_of(16), rows];
        // MPEG-2 states the aspect of the display, MPEG-1 that of a pixel (table 6-3).
        let [x, y] = match (self.is_mpeg2, self.aspect_code) {
            (true, 2) => [4, 3],
            (true, 3) => [16, 9],
            (true, 4) => [221, 100],
            _ => {
                self.format.sample_aspect = None;
                return;
            }
        };
        let [shown_width, shown_height] = self.display_size.unwrap_or([width, height]);
        let aspect = [x * shown_height, y * shown_width];
        self.format.sample_aspect = (!aspect.contains(&0)).then_some(aspect);
    }
}

/// Table 6-4.
fn rate_of_code(code: u32) -> Option<f64> {
    Some(match code {
        1 => 24_000.0 / 1001.0,
        2 => 24.0,
        3 => 25.0,
        4 => 30_000.0 / 1001.0,
        5 => 30.0,
        6 => 50.0,
        7 => 60_000.0 / 1001.0,
        8 => 60.0,
        _ => return None,
    })
}

/// How a picture is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dicom::video) enum PictureType {
    I,
    P,
    B,
}

/// Which lines of a frame a picture holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dicom::video) enum Structure {
    Top,
    Bottom,
    Frame,
}

/// A picture header with its coding extension.
#[derive(Debug, Clone)]
pub(in crate::dicom::video) struct Picture {
    pub(in crate::dicom::video) kind: PictureType,
    pub(in crate::dicom::video) structure: Structure,
    pub(in crate::dicom::video) is_progressive: bool,
    /// Bits of motion vectors by direction (forward, backward) and axis (across, down).
    pub(super) f_code: [[u32; 2]; 2],
    /// Whole pixels by direction (MPEG-1).
    pub(super) is_full_pixel: [bool; 2],
    pub(super) dc_precision: u32,
    pub(super) is_top_first: bool,
    /// Neither field prediction nor field transforms in a frame.
    pub(super) is_frame_only: bool,
    pub(super) has_concealment_vectors: bool,
    pub(super) is_quantiser_nonlinear: bool,
    pub(super) is_intra_table_one: bool,
    pub(super) is_scan_alternate: bool,
    pub(super) is_mpeg2: bool,
}

impl Picture {
    /// Reads `picture_header`, behind its start code.
    pub(in crate::dicom::video) fn read(bytes: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(bytes);
        bits.skip(10);
        let kind = match bits.number(3)? {
            1 => PictureType::I,
            2 => PictureType::P,
            3 => PictureType::B,
            _ => return None,
        };
        bits.skip(16);
        let mut f_code = [[15; 2]; 2];
        let mut is_full_pixel = [false; 2];
        let directions = match kind {
            PictureType::I => 0,
            PictureType::P => 1,
            PictureType::B => 2,
        };
        for (code, is_full) in f_code.iter_mut().zip(&mut is_full_pixel).take(directions) {
            *is_full = bits.flag()?;
            *code = [bits.number(3)?; 2];
        }
        Some(Self {
            kind,
            structure: Structure::Frame,
            is_progressive: true,
            f_code,
            is_full_pixel,
            dc_precision: 0,
            is_top_first: true,
            is_frame_only: true,
            has_concealment_vectors: false,
            is_quantiser_nonlinear: false,
            is_intra_table_one: false,
            is_scan_alternate: false,
            is_mpeg2: false,
        })
    }

    /// Takes in an extension (its bytes behind the start code); others than the picture's are
    /// passed over.
    pub(in crate::dicom::video) fn extend(&mut self, bytes: &[u8]) -> Option<()> {
        let mut bits = Bits::new(bytes);
        if bits.number(4)? != 8 {
            return Some(());
        }
        self.is_mpeg2 = true;
        self.is_full_pixel = [false; 2];
        for code in self.f_code.iter_mut().flatten() {
            *code = bits.number(4)?;
        }
        self.dc_precision = bits.number(2)?;
        self.structure = match bits.number(2)? {
            1 => Structure::Top,
            2 => Structure::Bottom,
            3 => Structure::Frame,
            _ => return None,
        };
        self.is_top_first = bits.flag()?;
        self.is_frame_only = bits.flag()?;
        self.has_concealment_vectors = bits.flag()?;
        self.is_quantiser_nonlinear = bits.flag()?;
        self.is_intra_table_one = bits.flag()?;
        self.is_scan_alternate = bits.flag()?;
        bits.skip(2);
        self.is_progressive = bits.flag()?;
        Some(())
    }
}
