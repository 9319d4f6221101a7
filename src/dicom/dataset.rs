//! A data set and a borrowed view of it or of a sequence item, with getters that forgive.
//!
//! Getters return `None` or an empty list for what is absent, empty or unreadable; who needs an
//! attribute says so in a sentence of its own. Text is decoded by the data set's own character
//! set, ISO 2022 escapes included, trimmed of padding.

use dicom_core::Tag;
use dicom_core::header::HasLength as _;
use dicom_core::value::PrimitiveValue;
use dicom_object::InMemDicomObject;

/// An owned data set.
#[derive(Debug, Clone)]
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
    fn primitive(self, tag: Tag) -> Option<&'a PrimitiveValue> {
        self.object.get(tag)?.value().primitive()
    }

    /// Whether the element is there with a value.
    #[must_use]
    pub fn has(self, tag: Tag) -> bool {
        self.object
            .get(tag)
            .is_some_and(|element| !element.is_empty())
    }

    /// The first value as text.
    #[must_use]
    pub fn text(self, tag: Tag) -> Option<String> {
        self.texts(tag)
            .into_iter()
            .next()
            .filter(|text| !text.is_empty())
    }

    /// All values as text.
    #[must_use]
    pub fn texts(self, tag: Tag) -> Vec<String> {
        self.primitive(tag).map_or_else(Vec::new, |value| {
            value
                .to_multi_str()
                .iter()
                .map(|text| text.trim_matches([' ', '\0']).to_owned())
                .collect()
        })
    }

    /// The first value as a number.
    #[must_use]
    pub fn float(self, tag: Tag) -> Option<f64> {
        self.floats(tag).first().copied()
    }

    /// All values as numbers; empty if any is not one.
    #[must_use]
    pub fn floats(self, tag: Tag) -> Vec<f64> {
        self.primitive(tag)
            .and_then(|value| value.to_multi_float64().ok())
            .unwrap_or_default()
    }

    /// The first value as an integer.
    #[must_use]
    pub fn integer(self, tag: Tag) -> Option<i64> {
        self.integers(tag).first().copied()
    }

    /// All values as integers; empty if any is not one.
    #[must_use]
    pub fn integers(self, tag: Tag) -> Vec<i64> {
        self.primitive(tag)
            .and_then(|value| value.to_multi_int::<i64>().ok())
            .unwrap_or_default()
    }

    /// The value's bytes (little endian), whatever its representation.
    #[must_use]
    pub fn bytes(self, tag: Tag) -> Option<Vec<u8>> {
        self.primitive(tag)
            .map(|value| value.to_bytes().into_owned())
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
        self.items(tag).into_iter().next()
    }

    /// A copy that stands on its own.
    #[must_use]
    pub fn to_dataset(self) -> Dataset {
        Dataset {
            object: self.object.clone(),
        }
    }
}
