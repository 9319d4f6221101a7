//! One element's tag, representation and length, whichever way they are encoded.

use dicom_core::DataDictionary as _;
use dicom_core::Tag;
use dicom_core::VR;
use dicom_core::dictionary::DataDictionaryEntry as _;
use dicom_core::dictionary::VirtualVr;
use dicom_dictionary_std::StandardDataDictionary;

/// How elements are encoded (PS3.5 annex A).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encoding {
    pub(super) is_explicit: bool,
    pub(super) is_big_endian: bool,
}

pub(super) const IMPLICIT_LITTLE: Encoding = Encoding {
    is_explicit: false,
    is_big_endian: false,
};
pub(super) const EXPLICIT_LITTLE: Encoding = Encoding {
    is_explicit: true,
    is_big_endian: false,
};
pub(super) const EXPLICIT_BIG: Encoding = Encoding {
    is_explicit: true,
    is_big_endian: true,
};

/// What precedes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ElementHeader {
    pub(super) tag: Tag,
    /// As the file says; `None` where it says nothing (implicit, items, delimiters).
    pub(super) vr: Option<VR>,
    /// `None`: undefined.
    pub(super) length: Option<u32>,
    pub(super) value_at: usize,
}

impl ElementHeader {
    /// Where the value ends, if that is defined.
    pub(super) fn end(&self) -> Option<u64> {
        Some(self.value_at as u64 + u64::from(self.length?))
    }
}

/// Why there is no element at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoElement {
    /// The bytes end at or before this many.
    Short(usize),
    /// This is no element.
    Garbage,
}

pub(super) fn u16_at(bytes: &[u8], at: usize, encoding: Encoding) -> Option<u16> {
    let raw = *bytes.get(at..)?.first_chunk::<2>()?;
    Some(if encoding.is_big_endian {
        u16::from_be_bytes(raw)
    } else {
        u16::from_le_bytes(raw)
    })
}

pub(super) fn u32_at(bytes: &[u8], at: usize, encoding: Encoding) -> Option<u32> {
    let raw = *bytes.get(at..)?.first_chunk::<4>()?;
    Some(if encoding.is_big_endian {
        u32::from_be_bytes(raw)
    } else {
        u32::from_le_bytes(raw)
    })
}

/// Reads the element header at `at`. `limit` is where no value can reach beyond; where the
/// encoding at hand gives nonsense there and the other one sense, the other one is right.
pub(super) fn read(
    bytes: &[u8],
    at: usize,
    encoding: Encoding,
    limit: u64,
) -> Result<ElementHeader, NoElement> {
    let short = |needed: usize| NoElement::Short(at.saturating_add(needed));
    let tag = tag_at(bytes, at, encoding).ok_or(short(8))?;
    let word = u32_at(bytes, at + 4, encoding).ok_or(short(8))?;
    let implicit = ElementHeader {
        tag,
        vr: None,
        length: defined(word),
        value_at: at + 8,
    };
    if tag.0 == 0xFFFE {
        return Ok(implicit);
    }
    if encoding.is_explicit {
        match explicit(bytes, at, tag, encoding, limit) {
            Err(NoElement::Garbage) if is_implicit_plausible(&implicit, limit) => Ok(implicit),
            other => other,
        }
    } else {
        if implicit.end().is_some_and(|end| end > limit)
            && let Ok(header) = explicit(bytes, at, tag, encoding, limit)
        {
            return Ok(header);
        }
        Ok(implicit)
    }
}

fn defined(length: u32) -> Option<u32> {
    (length != u32::MAX).then_some(length)
}

pub(super) fn tag_at(bytes: &[u8], at: usize, encoding: Encoding) -> Option<Tag> {
    Some(Tag(
        u16_at(bytes, at, encoding)?,
        u16_at(bytes, at + 2, encoding)?,
    ))
}

fn is_implicit_plausible(header: &ElementHeader, limit: u64) -> bool {
    let is_tag = header.tag.0 % 2 == 1 || is_known(header.tag);
    is_tag && header.end().is_none_or(|end| end <= limit)
}

fn explicit(
    bytes: &[u8],
    at: usize,
    tag: Tag,
    encoding: Encoding,
    limit: u64,
) -> Result<ElementHeader, NoElement> {
    let short = |needed: usize| NoElement::Short(at.saturating_add(needed));
    let letters = *bytes
        .get(at + 4..)
        .and_then(|rest| rest.first_chunk::<2>())
        .ok_or(short(8))?;
    let word = u16_at(bytes, at + 6, encoding).ok_or(short(8))?;
    let vr = vr_of(letters);
    let is_unknown_vr = vr.is_none() && letters.iter().all(u8::is_ascii_uppercase);
    let short_form = ElementHeader {
        tag,
        vr: Some(vr.unwrap_or(VR::UN)),
        length: Some(u32::from(word)),
        value_at: at + 8,
    };
    // PS3.5 6.2: representations yet to come have a length of four bytes.
    let has_long_form = vr.map_or(is_unknown_vr && word == 0, is_long_form);
    if has_long_form {
        let length = u32_at(bytes, at + 8, encoding).ok_or(short(12))?;
        let long_form = ElementHeader {
            length: defined(length),
            value_at: at + 12,
            ..short_form
        };
        let is_too_long = long_form.end().is_some_and(|end| end > limit);
        if is_too_long && word != 0 && short_form.end().is_some_and(|end| end <= limit) {
            return Ok(short_form);
        }
        return Ok(long_form);
    }
    // "??", "--", blanks or zeros instead of letters: old writers' unknown.
    let is_placeholder = matches!(&letters, b"??" | b"--" | b"  " | b"\0\0");
    if vr.is_some() || is_unknown_vr || (is_placeholder && word != 0) {
        return Ok(short_form);
    }
    Err(NoElement::Garbage)
}

fn vr_of(letters: [u8; 2]) -> Option<VR> {
    letters
        .iter()
        .all(u8::is_ascii_uppercase)
        .then(|| VR::from_binary(letters))
        .flatten()
}

fn is_long_form(vr: VR) -> bool {
    matches!(
        vr,
        VR::OB
            | VR::OD
            | VR::OF
            | VR::OL
            | VR::OV
            | VR::OW
            | VR::SQ
            | VR::SV
            | VR::UC
            | VR::UN
            | VR::UR
            | VR::UT
            | VR::UV
    )
}

/// Whether PS3.6 has the tag.
pub(super) fn is_known(tag: Tag) -> bool {
    tag.1 == 0 || StandardDataDictionary.by_tag(tag).is_some()
}

/// The representation PS3.6 gives a tag; `is_signed` decides where Pixel Representation does.
pub(super) fn dictionary_vr(tag: Tag, is_signed: bool) -> Option<VR> {
    if tag.1 == 0 {
        return Some(VR::UL);
    }
    if tag.0 % 2 == 1 {
        // Private creators; the rest is the makers' own.
        return (0x10..=0xFF).contains(&tag.1).then_some(VR::LO);
    }
    Some(match StandardDataDictionary.by_tag(tag)?.vr() {
        VirtualVr::Exact(vr) => vr,
        VirtualVr::Xs if is_signed => VR::SS,
        VirtualVr::Xs => VR::US,
        VirtualVr::Ox | VirtualVr::Px | VirtualVr::Lt => VR::OW,
        _ => VR::UN,
    })
}

/// How many plausible elements follow each other at `at`, up to `enough`: ascending tags, values
/// within `limit`, and, where the file gives no representations, tags that PS3.6 has. Counts as
/// enough when the bytes end cleanly before.
pub(super) fn count_plausible(
    bytes: &[u8],
    at: usize,
    encoding: Encoding,
    limit: u64,
    enough: usize,
) -> usize {
    let mut at = at;
    let mut last = None;
    for count in 0..enough {
        if count > 0 && at as u64 == limit {
            return enough;
        }
        let Ok(header) = read(bytes, at, encoding, limit) else {
            return count;
        };
        let is_form_right = header.vr.is_some() == encoding.is_explicit;
        let is_tag_right = header.tag.0 != 0xFFFE
            && header.tag.0 <= 0x7FE0
            && last.is_none_or(|last| header.tag > last)
            && (encoding.is_explicit || header.tag.0 % 2 == 1 || is_known(header.tag));
        if !is_form_right || !is_tag_right {
            return count;
        }
        match header.end() {
            Some(end) if end > limit => return count,
            Some(end) => at = usize::try_from(end).unwrap_or(usize::MAX),
            None => {
                // A sequence: it begins with an item or ends at once.
                let inner = if header.vr == Some(VR::UN) {
                    IMPLICIT_LITTLE
                } else {
                    encoding
                };
                let is_sequence =
                    tag_at(bytes, header.value_at, inner).is_some_and(|tag| tag.0 == 0xFFFE);
                return if is_sequence { enough } else { count };
            }
        }
        if at >= bytes.len() && (at as u64) < limit {
            // The next one lies beyond what was read; what led here was sound.
            return if count > 0 { enough } else { count + 1 };
        }
        last = Some(header.tag);
    }
    enough
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_encoding_is_taken_where_this_one_gives_nonsense() {
        let explicit = b"\x08\x00\x60\x00CS\x02\x00CT";
        let implicit = b"\x08\x00\x60\x00\x02\x00\x00\x00CT";
        for encoding in [EXPLICIT_LITTLE, IMPLICIT_LITTLE] {
            let header = read(explicit, 0, encoding, 10).unwrap();
            assert_eq!((header.vr, header.length), (Some(VR::CS), Some(2)));
            let header = read(implicit, 0, encoding, 10).unwrap();
            assert_eq!((header.vr, header.length), (None, Some(2)));
        }
    }

    #[test]
    fn unknown_representations_are_stepped_over() {
        let long = b"\x08\x00\x60\x00ZZ\x00\x00\x02\x00\x00\x00CT";
        assert_eq!(read(long, 0, EXPLICIT_LITTLE, 14).unwrap().value_at, 12);
        let short = b"\x08\x00\x60\x00ZZ\x02\x00CT";
        assert_eq!(read(short, 0, EXPLICIT_LITTLE, 10).unwrap().value_at, 8);
        let blank = b"\x08\x00\x60\x00??\x02\x00CT";
        assert_eq!(read(blank, 0, EXPLICIT_LITTLE, 10).unwrap().value_at, 8);
    }

    #[test]
    fn too_few_bytes_say_how_many_are_needed() {
        let ow = b"\x08\x00\x60\x00OW\x00\x00\x02\x00\x00\x00";
        for length in 0..12 {
            let needed = if length < 8 { 8 } else { 12 };
            let result = read(&ow[..length], 0, EXPLICIT_LITTLE, 100);
            assert_eq!(result, Err(NoElement::Short(needed)), "{length}");
        }
    }
}
