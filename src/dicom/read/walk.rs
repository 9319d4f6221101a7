//! The walk over a data set: elements, sequences, items, up to the pixel data.
//!
//! Every length is held against what contains it; where something is wrong, what was read before
//! stays, and the walk goes on behind the innermost container whose end is known.

use dicom_core::Length;
use dicom_core::Tag;
use dicom_core::VR;
use dicom_core::header::DataElement;
use dicom_core::value::C;
use dicom_core::value::DataSetSequence;
use dicom_core::value::PrimitiveValue;
use dicom_core::value::Value;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use crate::dicom::PixelDataLocation;
use crate::dicom::charset::CharacterSet;

use super::element;
use super::element::ElementHeader;
use super::element::Encoding;
use super::element::IMPLICIT_LITTLE;
use super::element::NoElement;
use super::value;

/// Items within items. Real objects stay below ten.
const MAX_DEPTH: usize = 48;

/// Elements and items of one data set. An enhanced object of 10 000 frames has a million.
const MAX_ELEMENTS: usize = 8_000_000;

const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_DELIMITER: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_DELIMITER: Tag = Tag(0xFFFE, 0xE0DD);

/// Why the walk stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// At least this many bytes are needed to go on.
    More(usize),
    /// The bytes end, or make no sense any more.
    End,
}

/// What the walk met besides elements.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) pixel_data: Option<PixelDataLocation>,
    /// Where the items of the Directory Record Sequence begin.
    pub(super) record_offsets: Vec<u64>,
    /// Where the data end before their time.
    pub(super) truncated_at: Option<u64>,
    /// A length or a delimiter was wrong at this place, and the walk went on.
    pub(super) repaired_at: Option<u64>,
    /// Text outside its character set.
    pub(super) is_text_doubtful: bool,
    /// A Specific Character Set that is none.
    pub(super) unknown_character_set: Option<String>,
    is_exhausted: bool,
    elements: usize,
}

/// What holds for the elements of one data set or item.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Where it ends; `None`: at a delimiter, or with the bytes.
    pub(super) end: Option<usize>,
    pub(super) encoding: Encoding,
    pub(super) depth: usize,
    pub(super) charset: CharacterSet,
    /// Pixel Representation, which decides some representations of implicit data sets.
    pub(super) is_signed: bool,
}

impl Place {
    pub(super) fn top(encoding: Encoding) -> Self {
        Self {
            end: None,
            encoding,
            depth: 0,
            charset: CharacterSet::default(),
            is_signed: false,
        }
    }
}

pub(super) struct Walker<'b> {
    pub(super) bytes: &'b [u8],
    /// No more bytes can be had.
    pub(super) is_complete: bool,
    /// Nothing can reach beyond; `u64::MAX` while unknown.
    pub(super) total: u64,
    /// Reads what follows the pixel data, too.
    pub(super) goes_past_pixels: bool,
    /// Stops before the first element of another group.
    pub(super) only_group: Option<u16>,
    pub(super) found: Found,
}

impl Walker<'_> {
    /// Reads the elements from `at` on into `object`; returns where they end.
    pub(super) fn elements(
        &mut self,
        mut at: usize,
        mut place: Place,
        object: &mut InMemDicomObject,
    ) -> Result<usize, Stop> {
        let mut highest = None;
        loop {
            if let Some(end) = place.end.filter(|end| at >= *end) {
                return Ok(end);
            }
            let is_top = place.depth == 0;
            if is_top && self.is_padding(at) {
                return Ok(at);
            }
            if let Some(group) = self.only_group
                && is_top
                && let Some(tag) = element::tag_at(self.bytes, at, place.encoding)
                && tag.0 != group
            {
                return Ok(at);
            }
            let limit = self.limit(place);
            let header = match element::read(self.bytes, at, place.encoding, limit) {
                Ok(header) => header,
                Err(NoElement::Short(needed)) => return Err(self.short(at, needed)),
                Err(NoElement::Garbage) => return Err(self.broken(at)),
            };
            self.count(at)?;
            if header.tag.0 == 0xFFFE {
                match (header.tag, is_top, place.end) {
                    (ITEM_DELIMITER, false, None) => return Ok(header.value_at),
                    // The item's own delimiter is missing.
                    (_, false, None) => {
                        self.repaired(at);
                        return Ok(at);
                    }
                    // A stray one.
                    _ => {
                        self.repaired(at);
                        at = header.value_at;
                        continue;
                    }
                }
            }
            if is_top && is_pixel_data(header.tag) {
                if self.found.pixel_data.is_none() {
                    self.found.pixel_data = Some(PixelDataLocation {
                        tag: header.tag,
                        offset: header.value_at as u64,
                        length: header.length,
                    });
                }
                if !self.goes_past_pixels {
                    return Ok(at);
                }
                at = self.skip(at, header, place)?;
                continue;
            }
            let is_new = highest.is_none_or(|highest| header.tag > highest)
                || object.get(header.tag).is_none();
            if highest.is_none_or(|highest| header.tag > highest) {
                highest = Some(header.tag);
            }
            at = self.element(at, header, &mut place, is_new.then_some(&mut *object))?;
        }
    }

    /// Reads one element's value; the first of two elements with one tag is the one kept.
    fn element(
        &mut self,
        at: usize,
        header: ElementHeader,
        place: &mut Place,
        object: Option<&mut InMemDicomObject>,
    ) -> Result<usize, Stop> {
        let is_unknown = header.vr == Some(VR::UN);
        let vr = match header.vr {
            Some(VR::UN) | None => {
                element::dictionary_vr(header.tag, place.is_signed).unwrap_or(VR::UN)
            }
            Some(vr) => vr,
        };
        // PS3.5 6.2.2: what became UN is implicit little endian within.
        let encoding = if is_unknown {
            IMPLICIT_LITTLE
        } else {
            place.encoding
        };
        let is_sequence = vr == VR::SQ
            || (header.length.is_none()
                && (vr == VR::UN || !matches!(vr, VR::OB | VR::OW | VR::OF | VR::OD | VR::OL)));
        if is_sequence {
            let inner = Place {
                end: self.sequence_end(at, header, *place),
                encoding,
                depth: place.depth + 1,
                ..*place
            };
            let mut items = C::new();
            let result = self.sequence(header, inner, &mut items);
            if let Some(object) = object {
                put(
                    object,
                    header.tag,
                    VR::SQ,
                    DataSetSequence::new(items, Length::UNDEFINED),
                );
            }
            return result;
        }
        let Some(end) = header.end() else {
            return self.skip(at, header, *place);
        };
        if let Some(container) = place.end.filter(|container| end > *container as u64) {
            self.repaired(at);
            return Ok(container);
        }
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        let Some(bytes) = self.bytes.get(header.value_at..end) else {
            return Err(self.short(at, end));
        };
        if header.tag == tags::SPECIFIC_CHARACTER_SET {
            self.character_set(bytes, place);
            if let Some(object) = object.filter(|_| !bytes.is_empty()) {
                // Text is Unicode from here on, and so is whatever is written of it.
                put(
                    object,
                    header.tag,
                    VR::CS,
                    PrimitiveValue::from("ISO_IR 192"),
                );
            }
            return Ok(end);
        }
        let (value, is_doubtful) =
            value::primitive(bytes, vr, encoding.is_big_endian, &place.charset);
        self.found.is_text_doubtful |= is_doubtful;
        if header.tag == tags::PIXEL_REPRESENTATION {
            place.is_signed = bytes.contains(&1);
        }
        if let Some(object) = object {
            put(object, header.tag, vr, value);
        }
        Ok(end)
    }

    fn character_set(&mut self, bytes: &[u8], place: &mut Place) {
        let terms = String::from_utf8_lossy(bytes);
        let terms = terms.trim_end_matches([' ', '\0']);
        place.charset = CharacterSet::from_terms(terms.split('\\').map(str::trim));
        if !place.charset.is_known() {
            let unknown = &mut self.found.unknown_character_set;
            unknown.get_or_insert_with(|| terms.to_owned());
        }
    }

    /// Where a sequence ends: never beyond its container.
    fn sequence_end(&mut self, at: usize, header: ElementHeader, place: Place) -> Option<usize> {
        let Some(end) = header.end() else {
            return place.end; // a missing delimiter cannot lead out of the container
        };
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        match place.end.filter(|container| end > *container) {
            Some(container) => {
                self.repaired(at);
                Some(container)
            }
            None => Some(end),
        }
    }

    /// Reads the items of a sequence; returns where it ends.
    fn sequence(
        &mut self,
        header: ElementHeader,
        place: Place,
        items: &mut C<InMemDicomObject>,
    ) -> Result<usize, Stop> {
        let mut at = header.value_at;
        let is_defined = header.length.is_some();
        if place.depth > MAX_DEPTH {
            return match place.end.filter(|_| is_defined) {
                Some(end) => {
                    self.repaired(at);
                    Ok(end)
                }
                None => Err(self.broken(at)),
            };
        }
        loop {
            if let Some(end) = place.end.filter(|end| at >= *end) {
                return Ok(end);
            }
            let limit = self.limit(place);
            let item = match element::read(self.bytes, at, place.encoding, limit) {
                Ok(item) => item,
                Err(NoElement::Short(needed)) => return Err(self.short(at, needed)),
                Err(NoElement::Garbage) => return Ok(self.recover(at, place, is_defined)),
            };
            match item.tag {
                ITEM => {}
                SEQUENCE_DELIMITER => {
                    return Ok(place.end.filter(|_| is_defined).unwrap_or(item.value_at));
                }
                ITEM_DELIMITER => {
                    at = item.value_at;
                    continue;
                }
                // The sequence's delimiter is missing.
                _ => return Ok(self.recover(at, place, is_defined)),
            }
            self.count(at)?;
            if header.tag == tags::DIRECTORY_RECORD_SEQUENCE && place.depth == 1 {
                self.found.record_offsets.push(at as u64);
            }
            let end = item
                .end()
                .map(|end| usize::try_from(end).unwrap_or(usize::MAX));
            let end = match (end, place.end) {
                (Some(end), Some(container)) if end > container => {
                    self.repaired(at);
                    Some(container)
                }
                (Some(end), _) => Some(end),
                (None, _) => None,
            };
            let mut object = InMemDicomObject::new_empty();
            let inner = Place { end, ..place };
            let result = self.elements(item.value_at, inner, &mut object);
            items.push(object);
            at = match (result, end) {
                // What is broken within a container costs no more than the container.
                (Err(Stop::End), Some(end))
                    if end <= self.bytes.len() && !self.found.is_exhausted =>
                {
                    let at = self.found.truncated_at.take();
                    self.found.repaired_at = self.found.repaired_at.or(at);
                    end
                }
                (result, _) => result?,
            };
        }
    }

    /// Leaves a sequence that goes on with something that is no item.
    fn recover(&mut self, at: usize, place: Place, is_defined: bool) -> usize {
        self.repaired(at);
        place.end.filter(|_| is_defined).unwrap_or(at)
    }

    /// Where what follows a value begins that is not to be read.
    fn skip(&mut self, at: usize, header: ElementHeader, place: Place) -> Result<usize, Stop> {
        if let Some(end) = header.end() {
            return match usize::try_from(end) {
                Ok(end) if end <= self.bytes.len() => Ok(end),
                _ => Err(self.short(at, usize::try_from(end).unwrap_or(usize::MAX))),
            };
        }
        let mut at = header.value_at;
        loop {
            let fragment = match element::read(self.bytes, at, place.encoding, u64::MAX) {
                Ok(fragment) => fragment,
                Err(NoElement::Short(needed)) => return Err(self.short(at, needed)),
                Err(NoElement::Garbage) => return Err(self.broken(at)),
            };
            match (fragment.tag, fragment.end()) {
                (SEQUENCE_DELIMITER, _) => return Ok(fragment.value_at),
                (ITEM, Some(end)) => {
                    at = usize::try_from(end).unwrap_or(usize::MAX);
                    if at > self.bytes.len() {
                        return Err(self.short(fragment.value_at, at));
                    }
                }
                _ => return Err(self.broken(at)),
            }
        }
    }

    fn limit(&self, place: Place) -> u64 {
        place
            .end
            .map_or(self.total, |end| self.total.min(end as u64))
    }

    /// Zeros up to the end, or nothing.
    fn is_padding(&self, at: usize) -> bool {
        self.is_complete
            && self
                .bytes
                .get(at..)
                .is_none_or(|rest| rest.iter().all(|byte| *byte == 0))
    }

    fn count(&mut self, at: usize) -> Result<(), Stop> {
        self.found.elements += 1;
        if self.found.elements > MAX_ELEMENTS {
            self.found.is_exhausted = true;
            return Err(self.broken(at));
        }
        Ok(())
    }

    fn short(&mut self, at: usize, needed: usize) -> Stop {
        if self.is_complete || needed as u64 > self.total {
            self.broken(at)
        } else {
            Stop::More(needed)
        }
    }

    fn broken(&mut self, at: usize) -> Stop {
        self.found.truncated_at.get_or_insert(at as u64);
        Stop::End
    }

    fn repaired(&mut self, at: usize) {
        self.found.repaired_at.get_or_insert(at as u64);
    }
}

fn is_pixel_data(tag: Tag) -> bool {
    matches!(
        tag,
        tags::PIXEL_DATA | tags::FLOAT_PIXEL_DATA | tags::DOUBLE_FLOAT_PIXEL_DATA
    )
}

fn put(object: &mut InMemDicomObject, tag: Tag, vr: VR, value: impl Into<Value<InMemDicomObject>>) {
    object.put(DataElement::new(tag, vr, value));
}
