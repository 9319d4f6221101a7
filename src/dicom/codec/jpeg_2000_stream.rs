//! A JPEG 2000 codestream (ITU-T T.800 Annex A) before it is decoded: where it begins and ends,
//! what its image is, and whether all of it is there.
//!
//! A decoder takes memory by what these headers claim, so the claims are held against the data
//! set and against the length of the stream first.

use std::collections::BTreeMap;

use super::StreamSize;
use super::boxes::boxes;
use crate::dicom::DecodeError;
use crate::dicom::PixelDescription;

pub const NAME: &str = "JPEG 2000";

pub const SOC: [u8; 2] = [0xFF, 0x4F];
pub const EOC: [u8; 2] = [0xFF, 0xD9];
const SIZ: u8 = 0x51;
pub const COD: u8 = 0x52;
pub const COC: u8 = 0x53;
pub const SOT: u8 = 0x90;
pub const SOD: u8 = 0x93;
/// Array-based transforms between components (T.801 Annex A): their definition, collection and
/// order, and the bit depths they lead to.
const MULTI_COMPONENT: [u8; 4] = [0x74, 0x75, 0x77, 0x78];

/// Bytes of an empty tile-part: SOT and SOD.
const TILE_PART: usize = 14;
/// Tiles smaller than this many pixels are a way to take memory, not to code a picture.
const MIN_TILE_PIXELS: u64 = 64;
/// An empty picture costs a few bytes whatever its size; beyond this many samples it is none.
const MAX_EMPTY_SAMPLES: u64 = 1 << 26;
/// Samples a byte of larger pictures.
const MAX_SAMPLES_A_BYTE: u64 = 1 << 14;

pub fn damaged(detail: impl Into<String>) -> DecodeError {
    DecodeError::Damaged {
        codec: NAME,
        detail: detail.into(),
    }
}

/// One component of the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component {
    /// Bits a sample.
    pub precision: u32,
    /// Whether samples are two's complement.
    pub is_signed: bool,
    /// Columns and rows of the image a sample stands for.
    pub step: (u32, u32),
}

/// The image and tile sizes (SIZ) and what the main header says of its coding (COD).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub columns: u32,
    pub rows: u32,
    /// Tiles.
    pub tiles: u64,
    pub components: Vec<Component>,
    /// Whether the components were transformed to luminance and chrominance, which every decoder
    /// turns back.
    pub has_colour_transform: bool,
    /// Whether the wavelet transform is the one with rounding errors.
    pub is_irreversible: bool,
}

/// The codestream: as it is, or out of the box of a JP2 file.
///
/// # Errors
/// There is none, or the boxes change what its components mean.
pub fn codestream(encoded: &[u8]) -> Result<&[u8], DecodeError> {
    if encoded.get(4..8) == Some(b"jP  ") {
        return boxed(encoded);
    }
    let at = encoded
        .windows(4)
        .position(|bytes| bytes.starts_with(&SOC) && bytes.ends_with(&[0xFF, SIZ]))
        .ok_or_else(|| damaged("no start of codestream"))?;
    Ok(encoded.get(at..).unwrap_or_default())
}

/// The codestream in a JP2 file (T.800 Annex I).
///
/// DICOM knows neither its palette nor its channel order (PS3.5 8.2.4), so that both must be the
/// plain ones; its colour space is the data set's.
fn boxed(file: &[u8]) -> Result<&[u8], DecodeError> {
    for (kind, content) in boxes(file) {
        match &kind {
            b"jp2h" => {
                for (kind, content) in boxes(content) {
                    let is_plain = match &kind {
                        b"pclr" => false,
                        b"cdef" => is_plain_order(content),
                        _ => true,
                    };
                    if !is_plain {
                        return Err(damaged("the JP2 header has a palette or reorders channels"));
                    }
                }
            }
            b"jp2c" => return Ok(content),
            _ => {}
        }
    }
    Err(damaged("the JP2 file holds no codestream"))
}

/// Whether each channel of a Channel Definition box is the colour of its own number.
fn is_plain_order(content: &[u8]) -> bool {
    let (entries, _) = content.get(2..).unwrap_or_default().as_chunks::<6>();
    entries.iter().all(|&[c0, c1, t0, t1, a0, a1]| {
        let channel = u16::from_be_bytes([c0, c1]);
        let association = u16::from_be_bytes([a0, a1]);
        [t0, t1] == [0, 0] && (association == 0 || association == channel.saturating_add(1))
    })
}

/// The marker segments of a header, up to (and not including) SOT or SOD.
pub struct Segments<'a> {
    pub rest: &'a [u8],
}

impl<'a> Iterator for Segments<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let &[ff, marker, l0, l1] = self.rest.first_chunk::<4>()?;
        if ff != 0xFF || marker == SOT || marker == SOD {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        let body = self.rest.get(4..2 + length)?;
        self.rest = self.rest.get(2 + length..)?;
        Some((marker, body))
    }
}

impl Header {
    /// Reads the main header of a codestream.
    pub fn read(stream: &[u8]) -> Result<Self, DecodeError> {
        let mut segments = main_header(stream);
        let (SIZ, siz) = segments.next().unwrap_or_default() else {
            return Err(damaged("no image size"));
        };
        let mut header = Self::from_siz(siz).ok_or_else(|| damaged("a bad image size"))?;
        let mut coding = None;
        for (marker, body) in segments {
            if MULTI_COMPONENT.contains(&marker) {
                return Err(DecodeError::NotDecodedYet {
                    name: "JPEG 2000 Part 2 multi-component transform".into(),
                });
            }
            if marker == COD && coding.is_none() {
                coding = Coding::of_cod(body);
            }
        }
        let coding = coding.ok_or_else(|| damaged("no coding style"))?;
        header.has_colour_transform = coding.has_colour_transform;
        header.is_irreversible = coding.is_irreversible;
        Ok(header)
    }

    fn from_siz(body: &[u8]) -> Option<Self> {
        let word = |at: usize| {
            let &bytes = body.get(at..)?.first_chunk::<4>()?;
            Some(u64::from(u32::from_be_bytes(bytes)))
        };
        let (right, bottom, left, top) = (word(2)?, word(6)?, word(10)?, word(14)?);
        let (tile_columns, tile_rows) = (word(18)?, word(22)?);
        let (tile_left, tile_top) = (word(26)?, word(30)?);
        let count = u16::from_be_bytes(*body.get(34..)?.first_chunk::<2>()?);
        let components: Vec<Component> = body
            .get(36..)?
            .as_chunks::<3>()
            .0
            .iter()
            .map(|&[depth, dx, dy]| Component {
                precision: u32::from(depth & 0x7F) + 1,
                is_signed: depth & 0x80 != 0,
                step: (u32::from(dx), u32::from(dy)),
            })
            .collect();
        if components.len() != usize::from(count) {
            return None;
        }
        let tiles_along = |end: u64, start: u64, tile: u64| {
            Some(
                end.checked_sub(start)?
                    .div_ceil((tile > 0).then_some(tile)?),
            )
        };
        Some(Self {
            columns: u32::try_from(right.checked_sub(left)?).ok()?,
            rows: u32::try_from(bottom.checked_sub(top)?).ok()?,
            tiles: tiles_along(right, tile_left, tile_columns)?
                .saturating_mul(tiles_along(bottom, tile_top, tile_rows)?),
            components,
            has_colour_transform: false,
            is_irreversible: false,
        })
    }

    /// Whether any component has fewer samples than there are pixels.
    pub fn is_subsampled(&self) -> bool {
        self.components.iter().any(|c| c.step != (1, 1))
    }

    /// Whether this is what the data set declares, and what `length` bytes can hold.
    pub fn check(&self, pixels: &PixelDescription, length: usize) -> Result<(), DecodeError> {
        let size = StreamSize {
            columns: self.columns,
            rows: self.rows,
            components: self.components.len() as u32,
            precision: self
                .components
                .iter()
                .map(|c| c.precision)
                .max()
                .unwrap_or(0),
        };
        size.check(NAME, pixels)?;
        if self
            .components
            .iter()
            .any(|c| c.step.0 == 0 || c.step.1 == 0)
        {
            return Err(damaged("a bad image size"));
        }
        let samples = pixels.samples() as u64;
        let is_too_much = samples > MAX_EMPTY_SAMPLES
            && samples > MAX_SAMPLES_A_BYTE.saturating_mul(length as u64);
        let are_too_many_tiles =
            self.tiles > (length / TILE_PART) as u64 || self.tiles > 1 + samples / MIN_TILE_PIXELS;
        if is_too_much || are_too_many_tiles {
            return Err(damaged(format!(
                "{length} bytes cannot hold {} in {} tiles",
                pixels.size_text(),
                self.tiles
            )));
        }
        Ok(())
    }

    /// Whether the coding styles among these segments ask for no more packets than `length` bytes
    /// can hold.
    ///
    /// # Errors
    /// They ask for more, or cannot be read.
    pub fn check_coding(
        &self,
        segments: &mut Segments<'_>,
        length: usize,
    ) -> Result<(), DecodeError> {
        for (marker, body) in segments {
            let coding = match marker {
                COD => Coding::of_cod(body),
                COC => Coding::of_coc(body, self.components.len()),
                _ => continue,
            };
            let coding = coding.ok_or_else(|| damaged("a bad coding style"))?;
            if !self.can_hold(&coding, length) {
                return Err(damaged("more packets than bytes"));
            }
        }
        Ok(())
    }

    /// Whether a packet a precinct, layer and component fits into `length` bytes: each costs one.
    ///
    /// Counted as if there were one tile, which is fewer.
    fn can_hold(&self, coding: &Coding<'_>, length: usize) -> bool {
        let layers = u64::from(coding.layers.max(1));
        let packets = self.components.iter().fold(0_u64, |sum, component| {
            let (right, down) = component.step;
            let columns = self.columns.div_ceil(right.max(1));
            let rows = self.rows.div_ceil(down.max(1));
            sum.saturating_add(precincts([columns, rows], coding))
        });
        packets.saturating_mul(layers) <= length as u64
    }
}

/// Precincts of all resolutions of a component of this size.
fn precincts([columns, rows]: [u32; 2], coding: &Coding<'_>) -> u64 {
    (0..=u32::from(coding.levels)).fold(0_u64, |sum, resolution| {
        let exponents = coding.precincts.get(resolution as usize).copied();
        let exponents = exponents.unwrap_or(0xFF);
        let down = u32::from(coding.levels) - resolution;
        let along = |size: u32, exponent: u8| {
            let size = u64::from(size).div_ceil(1_u64 << down.min(32));
            size.div_ceil(1 << exponent)
        };
        let precincts =
            along(columns, exponents & 0x0F).saturating_mul(along(rows, exponents >> 4));
        sum.saturating_add(precincts)
    })
}

/// The segments of the main header.
pub fn main_header(stream: &[u8]) -> Segments<'_> {
    Segments {
        rest: stream.get(SOC.len()..).unwrap_or_default(),
    }
}

/// What a coding style segment says.
pub struct Coding<'a> {
    has_colour_transform: bool,
    is_irreversible: bool,
    layers: u16,
    /// Decomposition levels.
    pub levels: u8,
    /// A byte a resolution: exponents of width (low nibble) and height. Empty: 2¹⁵.
    pub precincts: &'a [u8],
}

impl<'a> Coding<'a> {
    pub fn of_cod(body: &'a [u8]) -> Option<Self> {
        let &[style, _, l0, l1, transform] = body.first_chunk::<5>()?;
        let mut coding = Self::of_parameters(style, body.get(5..)?)?;
        coding.layers = u16::from_be_bytes([l0, l1]);
        coding.has_colour_transform = transform & 1 != 0;
        Some(coding)
    }

    /// The coding style of one component, of an image with so many of them.
    pub fn of_coc(body: &'a [u8], components: usize) -> Option<Self> {
        let number = if components < 257 { 1 } else { 2 };
        let (&style, parameters) = body.get(number..)?.split_first()?;
        Self::of_parameters(style, parameters)
    }

    fn of_parameters(style: u8, parameters: &'a [u8]) -> Option<Self> {
        let &[levels, _, _, _, wavelet] = parameters.first_chunk::<5>()?;
        Some(Self {
            has_colour_transform: false,
            is_irreversible: wavelet == 0,
            layers: 1,
            levels,
            precincts: if style & 1 != 0 {
                parameters.get(5..)?
            } else {
                &[]
            },
        })
    }
}

/// The parts of a tile.
#[derive(Debug, Clone, Copy, Default)]
struct TileParts {
    seen: u32,
    /// As many as its headers say there are; 0 if none says.
    promised: u32,
    /// The number of the one seen last.
    last: u32,
}

/// The length of the codestream up to the end of its last tile-part, when every tile is whole and
/// no header asks for more packets than there are bytes.
///
/// # Errors
/// Something is missing, or asked for that cannot be there.
pub fn whole_length(stream: &[u8], header: &Header) -> Result<usize, DecodeError> {
    let check = |segments: &mut Segments<'_>| header.check_coding(segments, stream.len());
    let mut main = main_header(stream);
    check(&mut main)?;
    let mut tiles: BTreeMap<u16, TileParts> = BTreeMap::new();
    let mut at = stream.len() - main.rest.len();
    let mut is_last_open = false;
    while let Some(&[0xFF, SOT, _, _, t0, t1, p0, p1, p2, p3, part, count]) =
        stream.get(at..).and_then(|rest| rest.first_chunk::<12>())
    {
        let parts = tiles.entry(u16::from_be_bytes([t0, t1])).or_default();
        if parts.seen > 0 && u32::from(part) != parts.last + 1 {
            return Err(damaged("a part of a tile is missing"));
        }
        parts.last = part.into();
        parts.seen += 1;
        parts.promised = parts.promised.max(count.into());
        is_last_open = [p0, p1, p2, p3] == [0; 4];
        let length = u32::from_be_bytes([p0, p1, p2, p3]) as usize;
        let end = if length == 0 {
            at + up_to_end(stream.get(at..).unwrap_or_default())
        } else {
            at.saturating_add(length)
        };
        let part = stream
            .get(at + 12..end)
            .ok_or_else(|| damaged("it ends within a tile"))?;
        check(&mut Segments { rest: part })?;
        at = end;
    }
    // What follows is the end, padding before or instead of it, or a sign that lengths are wrong.
    let behind = stream.get(at..).unwrap_or_default();
    let padding = behind.iter().take_while(|&&byte| byte == 0).count();
    let behind = behind.get(padding..).unwrap_or_default();
    if !behind.is_empty() && !behind.starts_with(&EOC) {
        return Err(damaged("it does not end where its last tile does"));
    }
    let is_whole = tiles.values().all(|parts| parts.seen >= parts.promised);
    // Where a tile does not say how many parts it has, only the end says that none is missing.
    let is_counted = tiles.values().all(|parts| parts.promised > 0);
    if !is_counted && !is_last_open && !behind.starts_with(&EOC) {
        return Err(damaged("it has no end, and its last part may be missing"));
    }
    if tiles.len() as u64 != header.tiles || !is_whole {
        return Err(damaged(format!(
            "{} of {} tiles",
            tiles.len(),
            header.tiles
        )));
    }
    Ok(at)
}

/// Bytes before the last end of codestream; all of them if it has none.
fn up_to_end(bytes: &[u8]) -> usize {
    let end = memchr::memmem::rfind(bytes, &EOC);
    end.unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_asks_for_more_packets_than_bytes_is_seen() {
        let header = Header {
            columns: 512,
            rows: 512,
            tiles: 1,
            components: vec![
                Component {
                    precision: 8,
                    is_signed: false,
                    step: (1, 1)
                };
                3
            ],
            has_colour_transform: false,
            is_irreversible: false,
        };
        let coding = |layers, precincts| Coding {
            has_colour_transform: false,
            is_irreversible: false,
            layers,
            levels: 1,
            precincts,
        };
        assert!(header.can_hold(&coding(1, &[]), 6));
        assert!(!header.can_hold(&coding(1, &[]), 5));
        assert!(!header.can_hold(&coding(1000, &[]), 5999));
        // 128 × 128: 2 × 2 of the lower, 4 × 4 of the higher resolution.
        assert!(header.can_hold(&coding(1, &[0x77, 0x77]), 60));
        assert!(!header.can_hold(&coding(1, &[0x77, 0x77]), 59));
        // One component of half the rows has packets, too.
        let halved = Header {
            components: vec![Component {
                precision: 8,
                is_signed: false,
                step: (1, 2),
            }],
            ..header
        };
        assert!(!halved.can_hold(&coding(1, &[0x00, 0x00]), 512 * 256));
        assert!(halved.can_hold(&coding(1, &[0x88, 0x88]), 3));
    }
}
