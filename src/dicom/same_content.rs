//! Whether two instances are the same one found twice.

use std::time::Duration;
use std::time::Instant;

use dicom_core::Tag;
use dicom_core::header::Header as _;
use dicom_core::value::Value;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;

use crate::jobs::JobCtx;

use super::ByteSource;
use super::DecodeError;
use super::FrameDecoder;
use super::InstanceHeader;
use super::codec::deflate;
use super::fragments::end_of_items;
use super::pixel_data::MAX_WHOLE_BYTES;
use super::transfer_syntax;
use super::transfer_syntax::Encoding;

/// As long may frames be compared while a peer waits for its answer: most give up after 30 seconds,
/// or a little less.
pub const LONGEST_COMPARISON: Duration = Duration::from_secs(5);
/// Bytes compared at a time.
const CHUNK: usize = 1 << 20;
/// Here the pixels' offset counts in the inflated stream.
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
/// Data Set Trailing Padding (FFFC,FFFC), which has no meaning (PS3.10 7.2), in either byte order.
const PADDING: [[u8; 4]; 2] = [[0xFC, 0xFF, 0xFC, 0xFF], [0xFF, 0xFC, 0xFF, 0xFC]];
/// How colour is written, which another lossless syntax may have to say otherwise.
const COLOUR_LAYOUT: [Tag; 2] = [tags::PLANAR_CONFIGURATION, tags::PHOTOMETRIC_INTERPRETATION];

/// What a comparison of two instances found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sameness {
    /// They are one.
    Same,
    /// Something differs.
    Different,
    /// Nothing was found that differs, and not everything could be compared.
    Unproven,
}

impl InstanceHeader {
    /// Whether everything is equal: every element of the header, and the pixel data byte by byte.
    /// Reads both sources unless they are one place; what cannot be read counts as different.
    #[must_use]
    pub fn has_same_content(&self, other: &Self) -> bool {
        let is_in_memory = matches!(self.source, ByteSource::Memory(_));
        if !is_in_memory && self.source == other.source {
            return true;
        }
        if self.transfer_syntax != other.transfer_syntax
            || !is_same(&self.dataset.object, &other.dataset.object, &[])
        {
            return false;
        }
        match (self.pixel_data, other.pixel_data) {
            (None, None) => true,
            (Some(own), Some(others)) if (own.tag, own.length) == (others.tag, others.length) => {
                if &*self.transfer_syntax == DEFLATED {
                    self.has_same_bytes(other, 0, 0)
                } else {
                    self.has_same_bytes(other, own.offset, others.offset)
                }
            }
            _ => false,
        }
    }

    /// Whether both are one image, each in a lossless syntax of its own: every element of the
    /// header is equal, and every stored value decodes to the same. Takes as long as decoding both.
    #[must_use]
    pub fn is_same_in_another_syntax(&self, other: &Self, until: Instant) -> bool {
        self.compare_in_another_syntax(other, until) == Sameness::Same
    }

    /// The same with what is known where they are not the same. Nothing is proven where a syntax is
    /// lossy, or pixels cannot be decoded; where there is more than stored values: overlays in bits
    /// of their cells, or elements that follow them; and where no more frame is begun, for it is
    /// `until` by then.
    #[must_use]
    pub fn compare_in_another_syntax(&self, other: &Self, until: Instant) -> Sameness {
        if self.transfer_syntax == other.transfer_syntax || !self.has_same_header(other) {
            return Sameness::Different;
        }
        let tag = |header: &Self| header.pixel_data.map(|pixels| pixels.tag);
        if tag(self) != tag(other) {
            return Sameness::Different;
        }
        if !(self.is_lossless() && other.is_lossless()) {
            return Sameness::Unproven;
        }
        if self.pixel_data.is_none() {
            return Sameness::Same;
        }
        let has_values_alone = !self.has_overlay_in_cells()
            && matches!(self.has_more_behind_pixels(), Ok(false))
            && matches!(other.has_more_behind_pixels(), Ok(false));
        if !has_values_alone {
            return Sameness::Unproven;
        }
        let compared = self.compare_values(other, until);
        compared.unwrap_or(Sameness::Unproven)
    }

    fn is_lossless(&self) -> bool {
        transfer_syntax::lookup(&self.transfer_syntax).is_some_and(|row| {
            !row.is_lossy
                && matches!(
                    row.encoding,
                    Encoding::Native { .. } | Encoding::DeflatedDataSet | Encoding::Encapsulated(_)
                )
        })
    }

    fn has_same_header(&self, other: &Self) -> bool {
        let (own, others) = (&self.dataset.object, &other.dataset.object);
        // YBR_RCT is what JPEG 2000 makes of RGB without loss (PS3.3 C.7.6.3.1.2).
        let colour = |header: &Self| {
            let photometric = header.dataset.elements();
            let photometric = photometric.text(tags::PHOTOMETRIC_INTERPRETATION);
            photometric.map(|it| if it == "YBR_RCT" { "RGB".into() } else { it })
        };
        is_same(own, others, &COLOUR_LAYOUT) && colour(self) == colour(other)
    }

    /// An overlay plane in bits that hold no sample (PS3.3 C.9.2, retired).
    fn has_overlay_in_cells(&self) -> bool {
        let elements = self.dataset.elements();
        let of_plane = |tag: Tag, of: Tag| (0x6000..0x6100).contains(&tag.0) && tag.1 == of.1;
        elements.tags().any(|tag| {
            let data = Tag(tag.0, tags::OVERLAY_DATA.inner().1);
            of_plane(tag, tags::OVERLAY_BIT_POSITION.inner())
                && elements.integer(tag) != Some(0)
                && elements.bytes(data).is_none_or(|bytes| bytes.is_empty())
        })
    }

    /// Whether anything but padding follows the pixel data; the header does not have it.
    fn has_more_behind_pixels(&self) -> Result<bool, DecodeError> {
        let Some(location) = self.pixel_data else {
            return Ok(false);
        };
        let end = match location.length {
            Some(length) => location.offset.saturating_add(length.into()),
            None => end_of_items(&self.source, location.offset)?,
        };
        let next = if &*self.transfer_syntax == DEFLATED {
            let file = self.source.read_all(MAX_WHOLE_BYTES)?;
            let deflated = file.get(deflate::start_of_data_set(&file)..);
            deflate::inflate_range(deflated.unwrap_or_default(), end, 4).bytes
        } else {
            self.source.read_range(end, 4)?
        };
        let is_padding = PADDING.iter().any(|tag| next == tag);
        Ok(!next.is_empty() && !is_padding)
    }

    /// Of every frame.
    fn compare_values(&self, other: &Self, until: Instant) -> Result<Sameness, DecodeError> {
        let ctx = JobCtx::new();
        let own = FrameDecoder::of_stored_values(self)?;
        let others = FrameDecoder::of_stored_values(other)?;
        if own.frame_count() != others.frame_count() {
            return Ok(Sameness::Different);
        }
        for frame in 0..own.frame_count() {
            if Instant::now() >= until {
                return Ok(Sameness::Unproven);
            }
            let (own, others) = (own.decode(frame, &ctx)?, others.decode(frame, &ctx)?);
            if own.missing.is_some() || others.missing.is_some() {
                return Ok(Sameness::Unproven);
            }
            if own.samples != others.samples {
                return Ok(Sameness::Different);
            }
        }
        Ok(Sameness::Same)
    }

    /// Compares from these offsets to the end of both.
    fn has_same_bytes(&self, other: &Self, mut own_at: u64, mut other_at: u64) -> bool {
        loop {
            let own = self.source.read_range(own_at, CHUNK);
            let others = other.source.read_range(other_at, CHUNK);
            match (own, others) {
                (Ok(own), Ok(others)) if own == others => {
                    if own.len() < CHUNK {
                        return true;
                    }
                    own_at += CHUNK as u64;
                    other_at += CHUNK as u64;
                }
                _ => return false,
            }
        }
    }
}

/// Whether two data sets have the same elements but for these. Their own equality compares lengths,
/// of which an undefined one equals none, itself included.
fn is_same(one: &InMemDicomObject, other: &InMemDicomObject, but_for: &[Tag]) -> bool {
    let counted = |element: &&InMemElement| !but_for.contains(&element.tag());
    let (mut one, mut other) = (one.iter().filter(counted), other.iter().filter(counted));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if is_same_element(one, other) => {}
            _ => return false,
        }
    }
}

fn is_same_element(one: &InMemElement, other: &InMemElement) -> bool {
    if one.tag() != other.tag() || one.vr() != other.vr() {
        return false;
    }
    match (one.value(), other.value()) {
        (Value::Primitive(one), Value::Primitive(other)) => one == other,
        (Value::Sequence(one), Value::Sequence(other)) => {
            let (one, other) = (one.items(), other.items());
            let mut pairs = one.iter().zip(other);
            one.len() == other.len() && pairs.all(|(one, other)| is_same(one, other, &[]))
        }
        (Value::PixelSequence(one), Value::PixelSequence(other)) => one == other,
        _ => false,
    }
}
