//! The markers of a JPEG stream (ITU-T T.81 Annex B): its frame header, what its components
//! are, and a copy of it that leaves a decoder nothing to guess.

use super::StreamSize;
use crate::dicom::DecodeError;
use crate::dicom::PixelDescription;

pub const NAME: &str = "JPEG";

pub const SOI: u8 = 0xD8;
pub const EOI: u8 = 0xD9;
pub const SOS: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP14: u8 = 0xEE;

/// One component of the frame header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component {
    /// Its identifier.
    pub id: u8,
    /// Horizontal (high nibble) and vertical (low nibble) sampling factor.
    pub sampling: u8,
}

/// The frame header, and the hints about colour before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The SOF marker: 0xC0 baseline, 0xC1 extended, 0xC2 progressive, 0xC3 lossless.
    pub process: u8,
    /// Bits a sample.
    pub precision: u32,
    /// Lines.
    pub rows: u32,
    /// Samples a line.
    pub columns: u32,
    /// Components in order.
    pub components: Vec<Component>,
    /// Whether there is a JFIF marker.
    pub is_jfif: bool,
    /// The transform flag of an Adobe marker.
    pub adobe_transform: Option<u8>,
}

pub fn damaged(detail: impl Into<String>) -> DecodeError {
    DecodeError::Damaged {
        codec: NAME,
        detail: detail.into(),
    }
}

/// A marker segment: its marker and its bytes behind the length.
pub struct Segment<'a> {
    pub marker: u8,
    pub body: &'a [u8],
}

/// The segments up to and including each SOS, entropy-coded data stepped over.
pub struct Segments<'a> {
    pub rest: &'a [u8],
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        loop {
            // Whatever is not a marker is entropy-coded data or fill: step to the next marker.
            let at = memchr::memchr(0xFF, self.rest)?;
            let (_, from_marker) = self.rest.split_at(at);
            let &[_, marker] = from_marker.first_chunk::<2>()?;
            match marker {
                0xFF => self.rest = from_marker.get(1..)?,
                // A stuffed zero, restarts, SOI and TEM stand alone.
                0x00 | 0x01 | 0xD0..=0xD8 => self.rest = from_marker.get(2..)?,
                EOI => {
                    self.rest = &[];
                    return None;
                }
                _ => {
                    let &length = from_marker.get(2..)?.first_chunk::<2>()?;
                    let length = usize::from(u16::from_be_bytes(length));
                    let body = from_marker.get(4..2 + length)?;
                    self.rest = from_marker.get(2 + length..)?;
                    return Some(Segment { marker, body });
                }
            }
        }
    }
}

const fn is_frame_header(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// The stream from its SOI on.
pub fn from_start(encoded: &[u8]) -> Result<&[u8], DecodeError> {
    let at = encoded
        .windows(3)
        .position(|bytes| matches!(bytes, [0xFF, SOI, 0xFF]))
        .ok_or_else(|| damaged("no start of image"))?;
    Ok(encoded.get(at..).unwrap_or_default())
}

impl Header {
    /// Reads the frame header and what precedes it.
    pub fn read(stream: &[u8]) -> Result<Self, DecodeError> {
        let mut is_jfif = false;
        let mut adobe_transform = None;
        for segment in (Segments { rest: stream }) {
            match segment.marker {
                APP0 => is_jfif |= segment.body.starts_with(b"JFIF"),
                APP14 if segment.body.starts_with(b"Adobe") => {
                    adobe_transform = segment.body.get(11).copied();
                }
                SOS => break,
                marker if is_frame_header(marker) => {
                    return Self::from_frame_header(&segment, is_jfif, adobe_transform);
                }
                _ => {}
            }
        }
        Err(damaged("no frame header"))
    }

    fn from_frame_header(
        segment: &Segment<'_>,
        is_jfif: bool,
        adobe_transform: Option<u8>,
    ) -> Result<Self, DecodeError> {
        let &[precision, y0, y1, x0, x1, count] = segment
            .body
            .first_chunk::<6>()
            .ok_or_else(|| damaged("the frame header is cut off"))?;
        let components: Vec<Component> = segment
            .body
            .get(6..)
            .unwrap_or_default()
            .as_chunks::<3>()
            .0
            .iter()
            .take(usize::from(count))
            .map(|&[id, sampling, _]| Component { id, sampling })
            .collect();
        if components.len() != usize::from(count) {
            return Err(damaged("the frame header is cut off"));
        }
        Ok(Self {
            process: segment.marker,
            precision: u32::from(precision),
            rows: u32::from(u16::from_be_bytes([y0, y1])),
            columns: u32::from(u16::from_be_bytes([x0, x1])),
            components,
            is_jfif,
            adobe_transform,
        })
    }

    /// Whether the process is lossless (SOF3).
    pub fn is_lossless(&self) -> bool {
        self.process == 0xC3
    }

    /// Whether this is what the data set declares, and what `length` bytes can hold.
    ///
    /// The frame's memory is taken only after this: even an empty sample costs one bit of a
    /// lossless stream, and an empty block of 64 samples one bit of any other.
    pub fn check(&self, pixels: &PixelDescription, length: usize) -> Result<(), DecodeError> {
        let size = StreamSize {
            columns: self.columns,
            rows: self.rows,
            components: self.components.len() as u32,
            precision: self.precision,
        };
        size.check(NAME, pixels)?;
        let pixels_a_byte: u64 = if self.is_lossless() { 8 } else { 2048 };
        if pixels.pixels() as u64 > pixels_a_byte * length as u64 {
            return Err(damaged(format!(
                "{length} bytes cannot hold {}",
                pixels.size_text()
            )));
        }
        Ok(())
    }

    /// Whether the three components are luminance and chrominance.
    ///
    /// The stream's own word counts first: identifiers R, G, B, then a JFIF or Adobe marker.
    /// Without them chrominance of lower resolution gives YBR away, and only then the data set
    /// is believed, which is where labels are wrong most often.
    pub fn is_ybr(&self, declared_ybr: bool) -> bool {
        let ids: Vec<u8> = self.components.iter().map(|c| c.id).collect();
        let [first, others @ ..] = self.components.as_slice() else {
            return false;
        };
        let is_subsampled = others.iter().any(|c| c.sampling != first.sampling);
        if matches!(ids.as_slice(), b"RGB" | b"rgb") {
            return false;
        }
        if self.is_jfif {
            return true;
        }
        match self.adobe_transform {
            Some(0) => is_subsampled && declared_ybr,
            Some(_) => true,
            None => is_subsampled || declared_ybr,
        }
    }
}

/// A copy of the stream for a decoder that goes by markers: application segments dropped, the
/// three components named so that it applies no transform or (`as_ybr`) YCbCr to RGB, the
/// parameters of sequential scans set to the only legal ones, and an EOI at its end.
pub fn canonical(stream: &[u8], header: &Header, as_ybr: bool) -> Result<Vec<u8>, DecodeError> {
    let names: &[u8] = if as_ybr { &[1, 2, 3] } else { b"RGB" };
    let rename = |id: u8, position: usize, in_scan: usize| {
        if header.components.len() != 3 {
            return id;
        }
        let is_whole = in_scan == header.components.len();
        let found = header.components.iter().position(|c| c.id == id);
        let index = if is_whole { Some(position) } else { found };
        index.and_then(|at| names.get(at)).copied().unwrap_or(id)
    };
    let mut copy = Vec::with_capacity(stream.len() + 2);
    copy.extend([0xFF, SOI]);
    let mut segments = Segments { rest: stream };
    let mut has_scan = false;
    loop {
        let before = segments.rest;
        let Some(segment) = segments.next() else {
            if has_scan {
                // What is left is the last scan's data, up to the end of the image.
                copy.extend_from_slice(until_end(before));
            }
            break;
        };
        let (marker, body) = (segment.marker, segment.body);
        let behind = segments.rest.len() + body.len() + 4;
        let entropy = before.len().saturating_sub(behind);
        if has_scan {
            copy.extend_from_slice(before.get(..entropy).unwrap_or_default());
        }
        if matches!(marker, 0xE0..=0xEF | 0xFE) {
            continue;
        }
        copy.extend([0xFF, marker]);
        copy.extend(((body.len() + 2) as u16).to_be_bytes());
        let at = copy.len();
        copy.extend_from_slice(body);
        let Some(body) = copy.get_mut(at..) else {
            break;
        };
        if is_frame_header(marker) {
            let count = header.components.len();
            for (position, component) in body.iter_mut().skip(6).step_by(3).enumerate() {
                *component = rename(*component, position, count);
            }
        } else if marker == SOS {
            has_scan = true;
            let count = usize::from(body.first().copied().unwrap_or(0));
            for (position, id) in body.iter_mut().skip(1).step_by(2).take(count).enumerate() {
                *id = rename(*id, position, count);
            }
            // Some writers leave these zero; a sequential scan has but one choice.
            if let ([.., start, end, approximation], 0xC0 | 0xC1) = (body, header.process) {
                (*start, *end, *approximation) = (0, 63, 0);
            }
        }
    }
    if !has_scan {
        return Err(damaged("no scan"));
    }
    copy.extend([0xFF, EOI]);
    Ok(copy)
}

/// The bytes before the end of the image; all of them if it has no end.
fn until_end(data: &[u8]) -> &[u8] {
    let end = memchr::memmem::find(data, &[0xFF, EOI]);
    end.and_then(|end| data.get(..end)).unwrap_or(data)
}
