//! A value's bytes to a `PrimitiveValue`.
//!
//! Text becomes one string, delimiters included: splitting a long list of numbers into strings
//! would cost more than reading it. Words of OW and its kin stay bytes, turned to little endian.

use dicom_core::Tag;
use dicom_core::VR;
use dicom_core::value::C;
use dicom_core::value::PrimitiveValue;

use crate::dicom::charset::CharacterSet;

/// The value, and whether its text was doubtful.
pub(super) fn primitive(
    bytes: &[u8],
    vr: VR,
    is_big_endian: bool,
    charset: &CharacterSet,
) -> (PrimitiveValue, bool) {
    if bytes.is_empty() {
        return (PrimitiveValue::Empty, false);
    }
    let value = match vr {
        VR::US => PrimitiveValue::U16(numbers(bytes, is_big_endian, u16::from_le_bytes)),
        VR::SS => PrimitiveValue::I16(numbers(bytes, is_big_endian, i16::from_le_bytes)),
        VR::UL => PrimitiveValue::U32(numbers(bytes, is_big_endian, u32::from_le_bytes)),
        VR::SL => PrimitiveValue::I32(numbers(bytes, is_big_endian, i32::from_le_bytes)),
        VR::UV => PrimitiveValue::U64(numbers(bytes, is_big_endian, u64::from_le_bytes)),
        VR::SV => PrimitiveValue::I64(numbers(bytes, is_big_endian, i64::from_le_bytes)),
        VR::FL => PrimitiveValue::F32(numbers(bytes, is_big_endian, f32::from_le_bytes)),
        VR::FD => PrimitiveValue::F64(numbers(bytes, is_big_endian, f64::from_le_bytes)),
        VR::AT => {
            let halves: C<u16> = numbers(bytes, is_big_endian, u16::from_le_bytes);
            let (pairs, _) = halves.as_chunks::<2>();
            PrimitiveValue::Tags(
                pairs
                    .iter()
                    .map(|[group, element]| Tag(*group, *element))
                    .collect(),
            )
        }
        VR::OB | VR::UN | VR::SQ => PrimitiveValue::U8(C::from_slice(bytes)),
        VR::OW => PrimitiveValue::U8(little_endian::<2>(bytes, is_big_endian)),
        VR::OF | VR::OL => PrimitiveValue::U8(little_endian::<4>(bytes, is_big_endian)),
        VR::OD | VR::OV => PrimitiveValue::U8(little_endian::<8>(bytes, is_big_endian)),
        _ => {
            let end = bytes
                .iter()
                .rposition(|byte| !matches!(byte, b' ' | 0))
                .map_or(0, |last| last + 1);
            // Trailing blanks of an ISO 2022 value cannot be part of a character of two bytes.
            let text = bytes.get(..end).unwrap_or_default();
            let decoded = charset.decode(text, vr == VR::PN);
            return (PrimitiveValue::Str(decoded.text), decoded.is_doubtful);
        }
    };
    (value, false)
}

fn numbers<T, const N: usize>(
    bytes: &[u8],
    is_big_endian: bool,
    from_le_bytes: impl Fn([u8; N]) -> T,
) -> C<T> {
    let (words, _) = bytes.as_chunks::<N>();
    words
        .iter()
        .map(|word| {
            let mut word = *word;
            if is_big_endian {
                word.reverse();
            }
            from_le_bytes(word)
        })
        .collect()
}

fn little_endian<const N: usize>(bytes: &[u8], is_big_endian: bool) -> C<u8> {
    let mut bytes: C<u8> = C::from_slice(bytes);
    if is_big_endian {
        let (words, _) = bytes.as_chunks_mut::<N>();
        for word in words {
            word.reverse();
        }
    }
    bytes
}
