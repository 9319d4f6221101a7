//! A data set and a borrowed view of it or of a sequence item, with getters that forgive.
//!
//! Getters return `None` or an empty list for what is absent, empty or unreadable; who needs an
//! attribute says so in a sentence of its own. Text is Unicode: the reader decoded it by the
//! character set in force at its place, ISO 2022 escapes included; here it is split and trimmed.

use std::borrow::Cow;

use dicom_core::Tag;
use dicom_core::VR;
use dicom_core::header::HasLength as _;
use dicom_core::value::PrimitiveValue;
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;

use super::Date;
use super::PersonName;
use super::Time;
use super::date_time::parse_date_time;
use super::number;

/// An owned data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    pub(super) object: InMemDicomObject,
}

impl Default for Dataset {
    fn default() -> Self {
        Self {
            object: InMemDicomObject::new_empty(),
        }
    }
}

impl Dataset {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The getters.
    #[must_use]
    pub fn elements(&self) -> Elements<'_> {
        Elements {
            object: &self.object,
        }
    }
}

/// The elements of a data set or of a sequence item.
#[derive(Debug, Clone, Copy)]
pub struct Elements<'a> {
    pub(super) object: &'a InMemDicomObject,
}

impl<'a> Elements<'a> {
    fn primitive(self, tag: Tag) -> Option<(&'a PrimitiveValue, VR)> {
        let element: &InMemElement = self.object.get(tag)?;
        Some((element.value().primitive()?, element.vr()))
    }

    /// Whether the element is there with a value.
    #[must_use]
    pub fn has(self, tag: Tag) -> bool {
        self.object
            .get(tag)
            .is_some_and(|element| !element.is_empty())
    }

    /// The value representation of an element by its two letters.
    #[must_use]
    pub fn representation(self, tag: Tag) -> Option<&'static str> {
        Some(self.object.get(tag)?.vr().to_string())
    }

    /// The tags of the elements, ascending.
    pub fn tags(self) -> impl Iterator<Item = Tag> + use<'a> {
        self.object.tags()
    }

    /// The first value as text.
    #[must_use]
    pub fn text(self, tag: Tag) -> Option<String> {
        let (value, vr) = self.primitive(tag)?;
        let text = match value {
            PrimitiveValue::Str(text) if has_one_value(vr) => trimmed(text, vr).to_owned(),
            PrimitiveValue::Str(text) => trimmed(text.split('\\').next()?, vr).to_owned(),
            _ => texts(value, vr).into_iter().next()?,
        };
        (!text.is_empty()).then_some(text)
    }

    /// All values as text, in their places: an empty one is an empty string.
    #[must_use]
    pub fn texts(self, tag: Tag) -> Vec<String> {
        self.primitive(tag)
            .map_or_else(Vec::new, |(value, vr)| texts(value, vr))
    }

    /// The first value as a UID: nothing but digits and dots, or `None`.
    #[must_use]
    pub fn uid(self, tag: Tag) -> Option<String> {
        self.text(tag).filter(|uid| {
            uid.bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
        })
    }

    /// The first value as a person's name.
    #[must_use]
    pub fn person_name(self, tag: Tag) -> Option<PersonName> {
        let name = PersonName::parse(&self.text(tag)?);
        (!name.is_empty()).then_some(name)
    }

    /// The first value as a date; of a DT, its date.
    #[must_use]
    pub fn date(self, tag: Tag) -> Option<Date> {
        let text = self.text(tag)?;
        Date::parse(&text).or_else(|| Some(parse_date_time(&text)?.0))
    }

    /// The first value as a time; of a DT, its time.
    #[must_use]
    pub fn time(self, tag: Tag) -> Option<Time> {
        let (value, vr) = self.primitive(tag)?;
        let text = texts(value, vr).into_iter().next()?;
        if vr == VR::DT {
            parse_date_time(&text)?.1
        } else {
            Time::parse(&text)
        }
    }

    /// The first value as a number, if it is finite.
    #[must_use]
    pub fn float(self, tag: Tag) -> Option<f64> {
        self.optional_floats(tag)
            .first()
            .copied()
            .flatten()
            .filter(|value| value.is_finite())
    }

    /// All values as numbers; empty if one of them is missing or not finite, for a vector with a
    /// hole is none. Empty places behind the last value do not count.
    #[must_use]
    pub fn floats(self, tag: Tag) -> Vec<f64> {
        let mut values = self.optional_floats(tag);
        drop_trailing(&mut values);
        let values: Option<Vec<f64>> = values
            .into_iter()
            .map(|value| value.filter(|value| value.is_finite()))
            .collect();
        values.unwrap_or_default()
    }

    /// All values as numbers in their places, for lists whose values stand alone; binary values
    /// as they are, even if not finite.
    #[must_use]
    pub fn optional_floats(self, tag: Tag) -> Vec<Option<f64>> {
        self.primitive(tag)
            .map_or_else(Vec::new, |(value, vr)| number::floats(value, vr))
    }

    /// The first value as an integer.
    #[must_use]
    pub fn integer(self, tag: Tag) -> Option<i64> {
        let (value, vr) = self.primitive(tag)?;
        number::integers(value, vr).first().copied().flatten()
    }

    /// All values as integers; empty if one of them is missing. Empty places behind the last
    /// value do not count.
    #[must_use]
    pub fn integers(self, tag: Tag) -> Vec<i64> {
        let mut values = self
            .primitive(tag)
            .map_or_else(Vec::new, |(value, vr)| number::integers(value, vr));
        drop_trailing(&mut values);
        let values: Option<Vec<i64>> = values.into_iter().collect();
        values.unwrap_or_default()
    }

    /// The values of an attribute that points at attributes (VR AT).
    #[must_use]
    pub fn pointers(self, tag: Tag) -> Vec<Tag> {
        match self.primitive(tag) {
            Some((PrimitiveValue::Tags(tags), _)) => tags.to_vec(),
            _ => Vec::new(),
        }
    }

    /// The value's bytes (little endian), whatever its representation.
    #[must_use]
    pub fn bytes(self, tag: Tag) -> Option<Vec<u8>> {
        self.primitive(tag)
            .map(|(value, _)| value.to_bytes().into_owned())
    }

    /// The same without a copy, where the value is kept as bytes.
    #[must_use]
    pub fn raw(self, tag: Tag) -> Option<Cow<'a, [u8]>> {
        self.primitive(tag).map(|(value, _)| value.to_bytes())
    }

    /// Where the maker `creator` put its attribute `(group, xx|low)`: the private block is
    /// reserved by name (PS3.5 7.8.1).
    #[must_use]
    pub fn private_tag(self, group: u16, creator: &str, low: u8) -> Option<Tag> {
        (0x10..=0xFF_u16)
            .find(|block| {
                self.text(Tag(group, *block))
                    .is_some_and(|name| name == creator)
            })
            .map(|block| Tag(group, block << 8 | u16::from(low)))
    }

    /// The items of a sequence; empty if it is absent.
    #[must_use]
    pub fn items(self, tag: Tag) -> Vec<Self> {
        self.object
            .get(tag)
            .and_then(|element| element.items())
            .map_or_else(Vec::new, |items| {
                items.iter().map(|object| Self { object }).collect()
            })
    }

    /// The first item of a sequence.
    #[must_use]
    pub fn item(self, tag: Tag) -> Option<Self> {
        let object = self.object.get(tag)?.items()?.first()?;
        Some(Self { object })
    }

    /// A copy that stands on its own.
    #[must_use]
    pub fn to_dataset(self) -> Dataset {
        Dataset {
            object: self.object.clone(),
        }
    }
}

/// Representations in which a backslash is a backslash.
fn has_one_value(vr: VR) -> bool {
    matches!(vr, VR::ST | VR::LT | VR::UT | VR::UR)
}

/// Without padding; in running text a leading blank means something.
fn trimmed(text: &str, vr: VR) -> &str {
    let padding = [' ', '\0'];
    if has_one_value(vr) {
        text.trim_end_matches(padding)
    } else {
        text.trim_matches(padding)
    }
}

fn texts(value: &PrimitiveValue, vr: VR) -> Vec<String> {
    let own = |text: &str| trimmed(text, vr).to_owned();
    match value {
        PrimitiveValue::Str(text) if has_one_value(vr) => vec![own(text)],
        PrimitiveValue::Str(text) => text.split('\\').map(own).collect(),
        PrimitiveValue::U8(bytes) if vr == VR::UN => {
            text_of_unknown(bytes).map_or_else(Vec::new, |text| text.split('\\').map(own).collect())
        }
        _ => value.to_multi_str().iter().map(|text| own(text)).collect(),
    }
}

/// An unknown value that is nothing but printable ASCII.
fn text_of_unknown(bytes: &[u8]) -> Option<&str> {
    let padding = bytes.iter().rev().take_while(|byte| **byte == 0).count();
    let text = bytes.get(..bytes.len() - padding)?;
    let is_text = text
        .iter()
        .all(|byte| matches!(byte, 0x20..=0x7E | b'\t' | b'\r' | b'\n'));
    is_text.then(|| str::from_utf8(text).ok()).flatten()
}

fn drop_trailing<T>(values: &mut Vec<Option<T>>) {
    while values.last().is_some_and(Option::is_none) {
        values.pop();
    }
}

#[cfg(test)]
mod tests {
    use dicom_core::dicom_value;
    use dicom_core::header::DataElement;
    use dicom_dictionary_std::tags;

    use super::*;

    fn with(tag: Tag, vr: VR, value: impl Into<PrimitiveValue>) -> Dataset {
        let mut object = InMemDicomObject::new_empty();
        object.put(DataElement::new(tag, vr, value.into()));
        Dataset { object }
    }

    fn floats(text: &str) -> Vec<f64> {
        let data = with(tags::WINDOW_CENTER, VR::DS, text);
        data.elements().floats(tags::WINDOW_CENTER)
    }

    #[test]
    fn numbers_are_read_from_text_as_it_comes() {
        assert_eq!(floats("40"), [40.0]);
        assert_eq!(floats(" 1e-3 \\+2.5\\-.5\\3. "), [0.001, 2.5, -0.5, 3.0]);
        assert_eq!(floats("40\0"), [40.0]);
        assert_eq!(floats("0.333333333333333333333333333333333"), [1.0 / 3.0]);
        assert_eq!(floats("1\r\n\\2"), [1.0, 2.0]);
    }

    #[test]
    fn a_vector_with_a_hole_is_none() {
        assert_eq!(floats("1\\2\\"), [1.0, 2.0]);
        assert!(floats("1\\\\3").is_empty());
        assert!(floats("\\2").is_empty());
        assert!(floats("1\\x\\3").is_empty());
        assert!(floats("nan").is_empty());
        assert!(floats("inf\\1").is_empty());
        assert!(floats("1,5").is_empty());
        assert!(floats("").is_empty());
        let data = with(tags::WINDOW_CENTER, VR::DS, "\\40");
        let data = data.elements();
        assert_eq!(
            data.optional_floats(tags::WINDOW_CENTER),
            [None, Some(40.0)]
        );
        assert_eq!(data.float(tags::WINDOW_CENTER), None);
        let data = with(tags::IMAGE_POSITION_PATIENT, VR::FD, f64::NAN);
        assert!(
            data.elements()
                .floats(tags::IMAGE_POSITION_PATIENT)
                .is_empty()
        );
        assert_eq!(data.elements().float(tags::IMAGE_POSITION_PATIENT), None);
    }

    #[test]
    fn numbers_are_read_from_any_representation() {
        let ow = PrimitiveValue::U8([1, 0, 0, 0x80].as_slice().into());
        for (vr, value, expected) in [
            (VR::US, dicom_value!(U16, [1, 0x8000]), [1, 0x8000]),
            (VR::SS, dicom_value!(I16, [1, -0x8000]), [1, -0x8000]),
            (VR::OW, ow, [1, 0x8000]),
            (VR::FD, dicom_value!(F64, [1.0, 2.0]), [1, 2]),
            (VR::IS, PrimitiveValue::from("1\\2.0"), [1, 2]),
            (VR::DS, dicom_value!(Strs, ["1 ", "+2"]), [1, 2]),
            (
                VR::UN,
                PrimitiveValue::U8(b"1\\2 ".as_slice().into()),
                [1, 2],
            ),
            (VR::UV, dicom_value!(U64, [1, 2]), [1, 2]),
        ] {
            let data = with(tags::ROWS, vr, value);
            assert_eq!(data.elements().integers(tags::ROWS), expected, "{vr}");
            let expected = expected.map(|value| value as f64);
            assert_eq!(data.elements().floats(tags::ROWS), expected, "{vr}");
        }
        let half = with(tags::ROWS, VR::DS, "1.5");
        assert_eq!(half.elements().integer(tags::ROWS), None);
        let binary = with(
            tags::ROWS,
            VR::UN,
            PrimitiveValue::U8([1, 2].as_slice().into()),
        );
        assert!(binary.elements().integers(tags::ROWS).is_empty());
    }

    #[test]
    fn text_is_split_and_trimmed_by_its_representation() {
        let data = with(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY \\\\AXIAL");
        let texts = data.elements().texts(tags::IMAGE_TYPE);
        assert_eq!(texts, ["ORIGINAL", "PRIMARY", "", "AXIAL"]);
        assert_eq!(data.elements().text(tags::IMAGE_TYPE).unwrap(), "ORIGINAL");
        let data = with(tags::IMAGE_COMMENTS, VR::LT, " a\\b ");
        assert_eq!(data.elements().texts(tags::IMAGE_COMMENTS), [" a\\b"]);
        assert_eq!(data.elements().text(tags::PATIENT_ID), None);
        assert_eq!(
            with(tags::PATIENT_ID, VR::LO, " \0")
                .elements()
                .text(tags::PATIENT_ID),
            None
        );
    }

    #[test]
    fn a_uid_is_digits_and_dots() {
        let uid = |text: &str| {
            with(tags::SOP_INSTANCE_UID, VR::UI, text)
                .elements()
                .uid(tags::SOP_INSTANCE_UID)
        };
        assert_eq!(uid("1.2.3\0").as_deref(), Some("1.2.3"));
        assert_eq!(uid("1.2.x"), None);
    }

    #[test]
    fn private_attributes_are_found_by_their_creator() {
        let mut data = with(Tag(0x0043, 0x0011), VR::LO, "GEMS_PARM_01");
        data.object.put(DataElement::new(
            Tag(0x0043, 0x1139),
            VR::IS,
            PrimitiveValue::from("1000\\8"),
        ));
        let elements = data.elements();
        let tag = elements.private_tag(0x0043, "GEMS_PARM_01", 0x39).unwrap();
        assert_eq!(elements.integer(tag), Some(1000));
        assert_eq!(elements.private_tag(0x0043, "OTHER", 0x39), None);
    }
}
