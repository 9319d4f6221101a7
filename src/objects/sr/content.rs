//! The content tree (PS3.3 C.17.3): items with a name, a value and children.

use crate::annotation::Code;
use crate::dicom::Dataset;
use crate::dicom::codes::CodeRef;
use crate::geom::DVec2;
use crate::geom::DVec3;

/// How an item relates to the one it lies under.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub enum Relationship {
    Contains,
    HasObsContext,
    HasAcqContext,
    HasConceptMod,
    HasProperties,
    InferredFrom,
    SelectedFrom,
    /// As a document says that we do not know.
    Other(String),
}

impl Relationship {
    const TERMS: [(Self, &'static str); 7] = [
        (Self::Contains, "CONTAINS"),
        (Self::HasObsContext, "HAS OBS CONTEXT"),
        (Self::HasAcqContext, "HAS ACQ CONTEXT"),
        (Self::HasConceptMod, "HAS CONCEPT MOD"),
        (Self::HasProperties, "HAS PROPERTIES"),
        (Self::InferredFrom, "INFERRED FROM"),
        (Self::SelectedFrom, "SELECTED FROM"),
    ];

    /// From Relationship Type (0040,A010).
    #[must_use]
    pub fn from_term(term: &str) -> Self {
        Self::TERMS
            .iter()
            .find(|(_, known)| *known == term)
            .map_or_else(|| Self::Other(term.to_owned()), |(kind, _)| kind.clone())
    }

    /// Relationship Type (0040,A010).
    #[must_use]
    pub fn term(&self) -> &str {
        match self {
            Self::Other(term) => term,
            known => Self::TERMS
                .iter()
                .find(|(kind, _)| kind == known)
                .map_or("CONTAINS", |(_, term)| term),
        }
    }
}

/// Content Template Sequence (0040,A504).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateId {
    /// Mapping Resource, `DCMR`.
    pub resource: String,
    /// Template Identifier, `1500`.
    pub identifier: String,
}

/// A code as a value.
pub type CodedValue = Code;

/// A measured value (PS3.3 C.18.1).
#[derive(Debug, Clone, PartialEq)]
pub struct NumericValue {
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: Code,
}

/// A SOP instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Referenced SOP Class UID.
    pub sop_class_uid: String,
    /// Referenced SOP Instance UID.
    pub sop_instance_uid: String,
}

/// An image, or frames of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageReference {
    /// The instance.
    pub instance: Reference,
    /// Referenced Frame Number, counted from 1; empty for all (and for single-frame images).
    pub frames: Vec<u32>,
    /// Referenced Segment Number.
    pub segments: Vec<u32>,
}

/// What an item holds (PS3.3 C.17.3.2.1).
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub enum ContentValue {
    Container {
        /// Whether the parts read as one text.
        is_continuous: bool,
        template: Option<TemplateId>,
    },
    Text(String),
    Code(CodedValue),
    /// `None`: no value, perhaps with the reason (a qualifier).
    Num(Option<NumericValue>, Option<Code>),
    PersonName(String),
    Date(String),
    Time(String),
    DateTime(String),
    UidRef(String),
    Image(ImageReference),
    Composite(Reference),
    Waveform(Reference),
    /// Graphic Type and (column, row) pairs.
    Scoord {
        graphic: String,
        points: Vec<DVec2>,
    },
    /// Graphic Type and patient points, mm.
    Scoord3d {
        graphic: String,
        points: Vec<DVec3>,
        frame_of_reference: String,
    },
    /// Temporal Range Type.
    Tcoord(String),
    /// By reference: position of the item meant, counted from 1 at each level.
    ByReference(Vec<u32>),
    /// Anything else: its value type.
    Unknown(String),
}

impl PartialEq for ContentValue {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Container {
                    is_continuous: a,
                    template: b,
                },
                Self::Container {
                    is_continuous: c,
                    template: d,
                },
            ) => a == c && b == d,
            (Self::Text(a), Self::Text(b))
            | (Self::PersonName(a), Self::PersonName(b))
            | (Self::Date(a), Self::Date(b))
            | (Self::Time(a), Self::Time(b))
            | (Self::DateTime(a), Self::DateTime(b))
            | (Self::UidRef(a), Self::UidRef(b))
            | (Self::Tcoord(a), Self::Tcoord(b))
            | (Self::Unknown(a), Self::Unknown(b)) => a == b,
            (Self::Code(a), Self::Code(b)) => a == b,
            (Self::Num(a, b), Self::Num(c, d)) => a == c && b == d,
            (Self::Image(a), Self::Image(b)) => a == b,
            (Self::Composite(a), Self::Composite(b)) | (Self::Waveform(a), Self::Waveform(b)) => {
                a == b
            }
            (
                Self::Scoord {
                    graphic: a,
                    points: b,
                },
                Self::Scoord {
                    graphic: c,
                    points: d,
                },
            ) => {
                // The file holds 32-bit floats.
                a == c
                    && b.len() == d.len()
                    && b.iter().zip(d).all(|(p, q)| p.as_vec2() == q.as_vec2())
            }
            (
                Self::Scoord3d {
                    graphic: a,
                    points: b,
                    frame_of_reference: e,
                },
                Self::Scoord3d {
                    graphic: c,
                    points: d,
                    frame_of_reference: f,
                },
            ) => {
                a == c
                    && e == f
                    && b.len() == d.len()
                    && b.iter().zip(d).all(|(p, q)| p.as_vec3() == q.as_vec3())
            }
            (Self::ByReference(a), Self::ByReference(b)) => a == b,
            _ => false,
        }
    }
}

/// One item of a document and all below it.
#[derive(Debug, Clone)]
pub struct ContentItem {
    /// How it relates to its parent; `None` for the root.
    pub relationship: Option<Relationship>,
    /// Concept Name.
    pub name: Option<Code>,
    /// What it holds.
    pub value: ContentValue,
    /// The items below it.
    pub children: Vec<Self>,
    /// The item as it was read (without its children): written back as it is, so that what we do
    /// not understand survives.
    pub original: Option<Dataset>,
}

/// Two items are equal when they say the same, wherever they came from.
impl PartialEq for ContentItem {
    fn eq(&self, other: &Self) -> bool {
        self.relationship == other.relationship
            && self.name == other.name
            && self.value == other.value
            && self.children == other.children
    }
}

impl ContentItem {
    /// An item without children.
    #[must_use]
    pub fn new(relationship: Relationship, name: CodeRef, value: ContentValue) -> Self {
        Self::named(relationship, name.into(), value)
    }

    /// The same with a name that came from elsewhere.
    #[must_use]
    pub fn named(relationship: Relationship, name: Code, value: ContentValue) -> Self {
        Self {
            relationship: Some(relationship),
            name: Some(name),
            value,
            children: Vec::new(),
            original: None,
        }
    }

    /// A container.
    #[must_use]
    pub fn container(name: CodeRef, children: Vec<Self>) -> Self {
        Self {
            children,
            ..Self::new(
                Relationship::Contains,
                name,
                ContentValue::Container {
                    is_continuous: false,
                    template: None,
                },
            )
        }
    }

    /// The same with children.
    #[must_use]
    pub fn with(mut self, children: Vec<Self>) -> Self {
        self.children = children;
        self
    }

    /// Whether its name is this concept.
    #[must_use]
    pub fn is_named(&self, concept: CodeRef) -> bool {
        self.name.as_ref().is_some_and(|name| name.is(concept))
    }

    /// The first child with this name.
    #[must_use]
    pub fn child(&self, concept: CodeRef) -> Option<&Self> {
        self.children.iter().find(|child| child.is_named(concept))
    }

    /// Its text, whether TEXT, UIDREF, PNAME or the meaning of a CODE.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            ContentValue::Text(text)
            | ContentValue::UidRef(text)
            | ContentValue::PersonName(text)
            | ContentValue::Date(text)
            | ContentValue::Time(text)
            | ContentValue::DateTime(text) => Some(text),
            ContentValue::Code(code) => Some(&code.meaning),
            _ => None,
        }
    }

    /// Its code, if it is one.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        match &self.value {
            ContentValue::Code(code) => Some(code),
            _ => None,
        }
    }

    /// The item at a position (counted from 1 at each level, the root being `[1]`).
    #[must_use]
    pub fn at(&self, position: &[u32]) -> Option<&Self> {
        let mut item = self;
        for &index in position.get(1..)? {
            item = item
                .children
                .get(usize::try_from(index).ok()?.checked_sub(1)?)?;
        }
        Some(item)
    }
}
