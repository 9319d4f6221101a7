//! Overlay Plane Module (PS3.3 C.9.2): bit planes drawn over the image, up to sixteen, in the
//! repeating groups 6000, 6002 … 601E; and their retired form, in bits of the pixel data's cells
//! that hold no sample.

use std::ops::Range;
use std::sync::Arc;

use super::ImagePixelModule;
use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::tags;
use crate::problem::{Message, msg};

/// Groups that may hold an overlay.
const GROUPS: u16 = 16;

/// Overlay Type (60xx,0040).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub enum OverlayType {
    Graphics,
    RegionOfInterest,
}

/// Where the bits of an overlay are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OverlayBits {
    /// Overlay Data: frame after frame, row by row, without padding, lowest bit of a byte first.
    /// Never shorter than rows, columns and frames claim.
    Separate(Arc<[u8]>),
    /// A bit of every cell of the pixel data, counted from 0; rows and columns are the image's.
    Embedded(u32),
}

/// One overlay, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverlayPlane {
    /// Which one: its group is 6000 + 2 · index, in hexadecimal.
    pub index: u8,
    /// Height, pixels.
    pub rows: u32,
    /// Width, pixels.
    pub columns: u32,
    /// Row and column of the image, from 0, that the overlay's first pixel lies on; may be outside.
    pub origin: (i64, i64),
    /// What its bits mean.
    pub overlay_type: OverlayType,
    /// Overlay Label, else Overlay Description; may be empty.
    pub name: String,
    /// The image frames (from 0) it is drawn on, one of its own frames each; `None` if its only
    /// frame is for all of them.
    pub frames: Option<Range<u32>>,
    /// Its bits.
    pub bits: OverlayBits,
}

impl OverlayPlane {
    /// All overlays of an image, in order of their groups, and a sentence for each that cannot be
    /// shown.
    #[must_use]
    pub fn read_all(root: Elements<'_>, pixel: &ImagePixelModule) -> (Vec<Self>, Vec<Message>) {
        let mut groups: Vec<u8> = root.tags().filter_map(|tag| index_of(tag.0)).collect();
        groups.dedup();
        let (mut planes, mut faults) = (Vec::new(), Vec::new());
        for index in groups {
            match Self::read(root, index, pixel) {
                Ok(plane) => planes.push(plane),
                Err(reason) => faults.push(fault(index, reason)),
            }
        }
        (planes, faults)
    }

    fn read(root: Elements<'_>, index: u8, pixel: &ImagePixelModule) -> Result<Self, Message> {
        let group = group_of(index);
        let count = |element| {
            let value = root.integer(Tag(group, element))?;
            u32::try_from(value).ok().filter(|value| *value > 0)
        };
        let text = |element| root.text(Tag(group, element));
        let data = root
            .bytes(Tag(group, tags::OVERLAY_DATA.inner().1))
            .filter(|bytes| !bytes.is_empty());
        let bits_allocated = count(tags::OVERLAY_BITS_ALLOCATED.inner().1).unwrap_or(1);
        let own_frames = count(tags::NUMBER_OF_FRAMES_IN_OVERLAY.inner().1);
        let first_frame = count(tags::IMAGE_FRAME_ORIGIN.inner().1);
        let mut plane = Self {
            index,
            rows: pixel.rows,
            columns: pixel.columns,
            origin: (0, 0),
            overlay_type: match text(tags::OVERLAY_TYPE.inner().1).as_deref() {
                Some("R") => OverlayType::RegionOfInterest,
                _ => OverlayType::Graphics,
            },
            name: text(tags::OVERLAY_LABEL.inner().1)
                .or_else(|| text(tags::OVERLAY_DESCRIPTION.inner().1))
                .unwrap_or_default(),
            frames: None,
            bits: OverlayBits::Embedded(0),
        };
        let Some(data) = data else {
            let bit = count(tags::OVERLAY_BIT_POSITION.inner().1)
                .ok_or_else(|| Message::new(msg("overlay-no-data")))?;
            plane.bits = embedded(bit, bits_allocated, pixel)?;
            return Ok(plane);
        };
        if bits_allocated != 1 {
            return Err(
                Message::new(msg("overlay-layout")).number("bits", f64::from(bits_allocated))
            );
        }
        (plane.rows, plane.columns) = count(tags::OVERLAY_ROWS.inner().1)
            .zip(count(tags::OVERLAY_COLUMNS.inner().1))
            .ok_or_else(|| Message::new(msg("overlay-no-size")))?;
        // Without an origin it covers the image from its first pixel.
        if let [row, column, ..] = *root.integers(Tag(group, tags::OVERLAY_ORIGIN.inner().1)) {
            plane.origin = (row.saturating_sub(1), column.saturating_sub(1));
        }
        plane.frames = match (first_frame, own_frames) {
            (None, None | Some(1)) => None,
            (first, own) => {
                let first = first.unwrap_or(1) - 1;
                Some(first..first.saturating_add(own.unwrap_or(1)))
            }
        };
        let needed = plane
            .frame_bits()
            .saturating_mul(own_frames.unwrap_or(1).into())
            .div_ceil(8);
        if (data.len() as u64) < needed {
            return Err(Message::new(msg("overlay-too-short"))
                .number("columns", f64::from(plane.columns))
                .number("rows", f64::from(plane.rows))
                .number("needed", needed as f64)
                .number("found", data.len() as f64));
        }
        plane.bits = OverlayBits::Separate(data.into());
        Ok(plane)
    }

    /// That it is not drawn, and why.
    #[must_use]
    pub fn not_shown(&self, reason: Message) -> Message {
        fault(self.index, reason)
    }

    fn frame_bits(&self) -> u64 {
        u64::from(self.rows) * u64::from(self.columns)
    }

    /// The first bit of what is drawn on an image frame (from 0); `None` if nothing is.
    #[must_use]
    pub fn first_bit(&self, frame: u32) -> Option<u64> {
        let Some(frames) = &self.frames else {
            return Some(0);
        };
        frames
            .contains(&frame)
            .then(|| u64::from(frame - frames.start) * self.frame_bits())
    }
}

fn index_of(group: u16) -> Option<u8> {
    let index = group.checked_sub(0x6000)? / 2;
    (group.is_multiple_of(2) && index < GROUPS).then_some(index as u8)
}

const fn group_of(index: u8) -> u16 {
    0x6000 + 2 * index as u16
}

fn fault(index: u8, reason: Message) -> Message {
    Message::new(msg("overlay-not-shown"))
        .text("group", format!("{:04X}", group_of(index)))
        .message("reason", reason)
}

/// A bit of the cells that no sample uses.
fn embedded(
    bit: u32,
    bits_allocated: u32,
    pixel: &ImagePixelModule,
) -> Result<OverlayBits, Message> {
    let is_free = bit < pixel.bits_allocated && !pixel.sample_bits().contains(&bit);
    if pixel.samples_per_pixel != 1 || bits_allocated != pixel.bits_allocated || !is_free {
        return Err(Message::new(msg("overlay-bit-taken")).number("bit", f64::from(bit)));
    }
    Ok(OverlayBits::Embedded(bit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::modules::testing::Header;

    fn tag(element: u16) -> Tag {
        Tag(0x6002, element)
    }

    fn header() -> Header {
        Header::new()
            .u16s(tag(0x0010), &[3])
            .u16s(tag(0x0011), &[5])
            .text(tag(0x0040), "G")
            .i16s(tag(0x0050), &[-1, 4])
            .u16s(tag(0x0100), &[1])
            .u16s(tag(0x0102), &[0])
    }

    fn read(header: Header) -> (Vec<OverlayPlane>, Vec<Message>) {
        let pixel = ImagePixelModule {
            rows: 8,
            columns: 8,
            samples_per_pixel: 1,
            bits_allocated: 16,
            bits_stored: 12,
            high_bit: 11,
            ..ImagePixelModule::default()
        };
        OverlayPlane::read_all(header.dataset().elements(), &pixel)
    }

    #[test]
    fn an_overlay_says_where_it_lies_from_the_first_pixel_on() {
        let (planes, faults) = read(header().u16s(tag(0x3000), &[0xFFFF]));
        assert!(faults.is_empty());
        assert_eq!(planes[0].index, 1);
        assert_eq!(planes[0].origin, (-2, 3));
        assert_eq!(planes[0].first_bit(17), Some(0));
    }

    #[test]
    fn an_origin_that_no_picture_has_costs_nothing_else() {
        for origin in [i64::MIN, i64::MAX] {
            let absurd = header()
                .text(tag(0x0050), &format!("{origin}\\{origin}"))
                .u16s(tag(0x3000), &[0xFFFF]);
            assert_eq!(read(absurd).0.len(), 1);
        }
    }

    #[test]
    fn an_overlay_shorter_than_it_claims_costs_itself_alone() {
        let short = header()
            .text(tag(0x0015), "3")
            .u16s(tag(0x3000), &[0xFFFF])
            .u16s(Tag(0x6004, 0x0010), &[1])
            .u16s(Tag(0x6004, 0x0011), &[1])
            .u16s(Tag(0x6004, 0x3000), &[1]);
        let (planes, faults) = read(short);
        assert_eq!(planes.len(), 1);
        assert_eq!(planes[0].index, 2);
        assert_eq!(faults.len(), 1);
    }

    #[test]
    fn the_frames_of_an_overlay_follow_each_other_without_padding() {
        let several = header()
            .text(tag(0x0015), "2")
            .u16s(tag(0x0051), &[4])
            .u16s(tag(0x3000), &[0xFFFF, 0xFFFF]);
        let (planes, _) = read(several);
        assert_eq!(planes[0].first_bit(2), None);
        assert_eq!(planes[0].first_bit(3), Some(0));
        assert_eq!(planes[0].first_bit(4), Some(15));
        assert_eq!(planes[0].first_bit(5), None);
    }

    #[test]
    fn an_overlay_in_the_pixel_data_lies_in_a_bit_no_sample_uses() {
        let bit = |bit| header().u16s(tag(0x0100), &[16]).u16s(tag(0x0102), &[bit]);
        assert_eq!(read(bit(12)).0[0].bits, OverlayBits::Embedded(12));
        assert_eq!(read(bit(11)).0.len(), 0, "a sample's bit");
        assert_eq!(read(bit(16)).0.len(), 0, "beyond the cell");
        assert_eq!(read(bit(0)).1.len(), 1, "no data at all");
    }
}
