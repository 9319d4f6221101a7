//! Key Object Selection documents (PS3.3 A.35.4, TID 2010): images that somebody picked out, and
//! why.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::annotation::Code;
use crate::dicom::Elements;
use crate::dicom::codes;
use crate::dicom::codes::CodeRef;
use crate::dicom::sop_class;
use crate::dicom::tags;
use crate::objects::sr::{ContentItem, ContentValue, ImageReference, content_tree};

/// SOP Class UID of Key Object Selection Document Storage.
pub const KEY_OBJECT_SELECTION: &str = sop_class::KEY_OBJECT_SELECTION_DOCUMENT_STORAGE;

/// Titles that take images away from reading rather than point at them (CID 7011).
const REJECTIONS: [CodeRef; 4] = [
    codes::REJECTED_FOR_QUALITY_REASONS,
    codes::REJECTED_FOR_PATIENT_SAFETY_REASONS,
    codes::INCORRECT_MODALITY_WORKLIST_ENTRY,
    codes::DATA_RETENTION_POLICY_EXPIRED,
];

/// A selection: what for, in whose words, and which images.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyObjectSelection {
    /// Document title: `Of Interest`, `Rejected for Quality Reasons` …
    pub title: Code,
    /// Title modifiers: the reason for a rejection, which series is the best.
    pub modifiers: Vec<Code>,
    /// Key Object Description; empty if there is none.
    pub description: String,
    /// Its images, in its order.
    pub images: Vec<ImageReference>,
}

impl KeyObjectSelection {
    /// Reads a document; `None` if it is of another class or has no title.
    #[must_use]
    pub fn read(root: Elements<'_>) -> Option<Self> {
        if root.text(tags::SOP_CLASS_UID)? != KEY_OBJECT_SELECTION {
            return None;
        }
        Self::of_tree(&content_tree(root))
    }

    fn of_tree(tree: &ContentItem) -> Option<Self> {
        let mut selection = Self {
            title: tree.name.clone()?,
            modifiers: Vec::new(),
            description: String::new(),
            images: Vec::new(),
        };
        selection.take(tree);
        Some(selection)
    }

    fn take(&mut self, item: &ContentItem) {
        for child in &item.children {
            let is_named = |code| child.name.as_ref().is_some_and(|name| name.is(code));
            match &child.value {
                ContentValue::Image(image) => self.images.push(image.clone()),
                ContentValue::Text(text) if is_named(codes::KEY_OBJECT_DESCRIPTION) => {
                    self.description.clone_from(text);
                }
                ContentValue::Code(code) if is_named(codes::DOCUMENT_TITLE_MODIFIER) => {
                    self.modifiers.push(code.clone());
                }
                _ => {}
            }
            self.take(child);
        }
    }

    /// Whether its images are not to be read rather than to be looked at.
    #[must_use]
    pub fn is_rejection(&self) -> bool {
        REJECTIONS.iter().any(|code| self.title.is(*code))
    }

    /// The title with its modifiers, as the document words them.
    #[must_use]
    pub fn title_text(&self) -> String {
        let worded = |code: &Code| {
            if code.meaning.is_empty() {
                code.value.clone()
            } else {
                code.meaning.clone()
            }
        };
        let modifiers: Vec<String> = self.modifiers.iter().map(worded).collect();
        if modifiers.is_empty() {
            worded(&self.title)
        } else {
            format!("{} ({})", worded(&self.title), modifiers.join(", "))
        }
    }
}

/// Why an image is a key image, or is not to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyMark {
    /// The document's title with its modifiers.
    pub title: Arc<str>,
    /// Its description; empty if there is none.
    pub description: Arc<str>,
    /// It was rejected.
    pub is_rejection: bool,
    /// Frames meant, counted from 1; empty for all.
    frames: Arc<[u32]>,
}

/// What documents say of images, whichever of the two comes first.
#[derive(Debug, Clone, Default)]
pub struct KeyImages {
    marks: BTreeMap<String, Vec<KeyMark>>,
}

impl KeyImages {
    /// Takes a document's images in.
    pub fn add(&mut self, selection: &KeyObjectSelection) {
        let title: Arc<str> = selection.title_text().into();
        let description: Arc<str> = selection.description.as_str().into();
        for image in &selection.images {
            let mark = KeyMark {
                title: Arc::clone(&title),
                description: Arc::clone(&description),
                is_rejection: selection.is_rejection(),
                frames: image.frames.as_slice().into(),
            };
            let marks = self.marks.entry(image.instance.sop_instance_uid.clone());
            let marks = marks.or_default();
            if !marks.contains(&mark) {
                marks.push(mark);
            }
        }
    }

    /// What is said of a frame (from 0) of an instance.
    pub fn of<'a>(
        &'a self,
        sop_instance_uid: &str,
        frame: u32,
    ) -> impl Iterator<Item = &'a KeyMark> + use<'a> {
        let marks = self.marks.get(sop_instance_uid).map_or(&[][..], |m| m);
        marks.iter().filter(move |mark| {
            mark.frames.is_empty() || mark.frames.contains(&(frame.saturating_add(1)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::sr::{Reference, Relationship};

    fn item(name: CodeRef, value: ContentValue, children: Vec<ContentItem>) -> ContentItem {
        ContentItem {
            relationship: Some(Relationship::Contains),
            name: Some(name.into()),
            value,
            children,
            original: None,
        }
    }

    fn image(uid: &str, frames: &[u32]) -> ContentItem {
        let instance = Reference {
            sop_class_uid: sop_class::CT_IMAGE_STORAGE.to_owned(),
            sop_instance_uid: uid.to_owned(),
        };
        let value = ContentValue::Image(ImageReference {
            instance,
            frames: frames.to_vec(),
            segments: Vec::new(),
        });
        ContentItem {
            name: None,
            ..item(codes::KEY_OBJECT_DESCRIPTION, value, Vec::new())
        }
    }

    fn selection(title: CodeRef, children: Vec<ContentItem>) -> KeyObjectSelection {
        let container = ContentValue::Container {
            is_continuous: false,
            template: None,
        };
        KeyObjectSelection::of_tree(&item(title, container, children)).unwrap()
    }

    #[test]
    fn a_selection_says_what_for_and_which_images() {
        let text = ContentValue::Text("Nodule, segment 6".to_owned());
        let read = selection(
            codes::OF_INTEREST,
            vec![
                item(codes::KEY_OBJECT_DESCRIPTION, text, Vec::new()),
                image("1.2.3", &[]),
                image("1.2.4", &[2, 5]),
            ],
        );
        assert_eq!(read.title_text(), "Of Interest");
        assert_eq!(read.description, "Nodule, segment 6");
        assert_eq!(read.images.len(), 2);
        assert!(!read.is_rejection());
    }

    #[test]
    fn rejected_images_are_no_key_images_and_say_why() {
        let reason: Code = Code::new("111212", "DCM", "Image artifact(s)");
        let modifier = item(
            codes::DOCUMENT_TITLE_MODIFIER,
            ContentValue::Code(reason),
            Vec::new(),
        );
        let read = selection(
            codes::REJECTED_FOR_QUALITY_REASONS,
            vec![modifier, image("1.2.3", &[])],
        );
        assert!(read.is_rejection());
        assert_eq!(
            read.title_text(),
            "Rejected for Quality Reasons (Image artifact(s))"
        );
    }

    #[test]
    fn only_the_frames_that_are_named_are_key_images() {
        let mut keys = KeyImages::default();
        let read = selection(
            codes::OF_INTEREST,
            vec![image("1.2.3", &[]), image("1.2.4", &[2, 5])],
        );
        keys.add(&read);
        keys.add(&read);
        let count = |uid, frame| keys.of(uid, frame).count();
        assert_eq!((count("1.2.3", 0), count("1.2.3", 9)), (1, 1));
        assert_eq!((count("1.2.4", 0), count("1.2.4", 1)), (0, 1));
        assert_eq!((count("1.2.4", 4), count("1.2.5", 0)), (1, 0));
    }
}
