//! Numbers out of a value, whatever representation it came in.

use dicom_core::VR;
use dicom_core::value::PrimitiveValue;

/// All values as f64, in their places: `None` for one that is empty or no number.
pub(super) fn floats(value: &PrimitiveValue, vr: VR) -> Vec<Option<f64>> {
    fn exact<T: Copy + Into<f64>>(values: &[T]) -> Vec<Option<f64>> {
        values.iter().map(|value| Some((*value).into())).collect()
    }
    match value {
        PrimitiveValue::U16(values) => exact(values),
        PrimitiveValue::I16(values) => exact(values),
        PrimitiveValue::U32(values) => exact(values),
        PrimitiveValue::I32(values) => exact(values),
        PrimitiveValue::F32(values) => exact(values),
        PrimitiveValue::F64(values) => exact(values),
        PrimitiveValue::U64(values) => values.iter().map(|value| Some(*value as f64)).collect(),
        PrimitiveValue::I64(values) => values.iter().map(|value| Some(*value as f64)).collect(),
        PrimitiveValue::U8(bytes) => match vr {
            VR::OF => words(bytes, |word| f64::from(f32::from_le_bytes(word))),
            VR::OD => words(bytes, f64::from_le_bytes),
            VR::UN => text_of_unknown(bytes).map_or_else(Vec::new, |text| split(text, float)),
            _ => integers(value, vr)
                .into_iter()
                .map(|value| value.map(|value| value as f64))
                .collect(),
        },
        PrimitiveValue::Str(text) => split(text, float),
        PrimitiveValue::Strs(texts) => texts.iter().map(|text| float(text)).collect(),
        _ => Vec::new(),
    }
}

/// All values as integers, in their places: `None` for one that is empty or no integer.
pub(super) fn integers(value: &PrimitiveValue, vr: VR) -> Vec<Option<i64>> {
    fn exact<T: Copy + Into<i64>>(values: &[T]) -> Vec<Option<i64>> {
        values.iter().map(|value| Some((*value).into())).collect()
    }
    match value {
        PrimitiveValue::U16(values) => exact(values),
        PrimitiveValue::I16(values) => exact(values),
        PrimitiveValue::U32(values) => exact(values),
        PrimitiveValue::I32(values) => exact(values),
        PrimitiveValue::I64(values) => exact(values),
        PrimitiveValue::U64(values) => values
            .iter()
            .map(|value| i64::try_from(*value).ok())
            .collect(),
        PrimitiveValue::F32(values) => values.iter().map(|value| whole((*value).into())).collect(),
        PrimitiveValue::F64(values) => values.iter().map(|value| whole(*value)).collect(),
        PrimitiveValue::U8(bytes) => match vr {
            VR::OW => words(bytes, |word| i64::from(u16::from_le_bytes(word))),
            VR::OL => words(bytes, |word| i64::from(u32::from_le_bytes(word))),
            VR::OV => words(bytes, u64::from_le_bytes)
                .into_iter()
                .map(|value| value.and_then(|value| i64::try_from(value).ok()))
                .collect(),
            VR::UN => text_of_unknown(bytes).map_or_else(Vec::new, |text| split(text, integer)),
            _ => exact(bytes),
        },
        PrimitiveValue::Str(text) => split(text, integer),
        PrimitiveValue::Strs(texts) => texts.iter().map(|text| integer(text)).collect(),
        _ => Vec::new(),
    }
}

fn words<T, const N: usize>(bytes: &[u8], from_le_bytes: impl Fn([u8; N]) -> T) -> Vec<Option<T>> {
    let (words, _) = bytes.as_chunks::<N>();
    words
        .iter()
        .map(|word| Some(from_le_bytes(*word)))
        .collect()
}

/// An unknown value that can only be a list of decimal numbers.
fn text_of_unknown(bytes: &[u8]) -> Option<&str> {
    let is_list = bytes.iter().all(|byte| {
        matches!(
            byte,
            b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E' | b'\\' | b' ' | 0
        )
    }) && bytes.iter().any(u8::is_ascii_digit);
    is_list.then(|| str::from_utf8(bytes).ok()).flatten()
}

fn split<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<Option<T>> {
    text.split('\\').map(parse).collect()
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\0')
}

fn float(text: &str) -> Option<f64> {
    // Rust's own parser would take "inf" and "nan", which are no decimal strings.
    trimmed(text)
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
}

fn integer(text: &str) -> Option<i64> {
    let text = trimmed(text);
    text.parse().ok().or_else(|| whole(float(text)?))
}

/// Writers put `512.0` where an integer belongs.
fn whole(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() < 9.0e15).then_some(value as i64)
}
