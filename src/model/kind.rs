//! What an instance is, by its SOP class (PS3.4 B.5), and what can be done with it here.

use crate::dicom::modules::ImageKind;
use crate::dicom::modules::InstanceFacts;
use crate::dicom::sop_class;
use crate::dicom::sop_class_name;
use crate::problem::Message;
use crate::problem::msg;

/// What a display set shows.
#[derive(Debug, Clone, PartialEq)]
pub enum DisplaySetKind {
    /// One or several frames in an order of space, or of numbers where there is no space.
    Stack,
    /// Frames of one instance that share a description: a loop in time.
    Loop,
    /// A structured report or another tree of content: readable as text.
    Report,
    /// Presentation states: how images of other series are to be seen.
    PresentationState,
    /// Signals in time: an ECG, pressures, a voice.
    Waveform,
    /// A PDF document inside the object.
    Pdf,
    /// What cannot be shown yet; the message says what it is.
    NotShown(Message),
}

impl DisplaySetKind {
    /// What an instance without pictures is.
    pub(super) fn without_pictures(facts: &InstanceFacts) -> Option<Self> {
        if facts.kind != ImageKind::NotAnImage {
            return None;
        }
        let uid = &*facts.sop_class_uid;
        let Some(class) = uid.strip_prefix(sop_class::STORAGE) else {
            return Some(if uid.is_empty() {
                Self::NotShown(Message::new(msg("kind-no-sop-class")))
            } else {
                unknown(uid)
            });
        };
        let is = |prefix: &str| {
            class
                .strip_prefix(prefix)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let not_shown = |id| Self::NotShown(Message::new(id));
        Some(if is("88") {
            Self::Report
        } else if class == "104.1" {
            Self::Pdf
        } else if let Some(inside) = class.strip_prefix("104.") {
            not_shown(match inside {
                "2" => msg("kind-cda"),
                "3" => msg("kind-stl"),
                "4" => msg("kind-obj"),
                "5" => msg("kind-mtl"),
                _ => msg("kind-document"),
            })
        } else if is("9") {
            Self::Waveform
        } else if is("11") {
            Self::PresentationState
        } else if class == "66" {
            not_shown(msg("kind-raw-data"))
        } else if class == "67" {
            not_shown(msg("kind-real-world-values"))
        } else if is("481.3") {
            not_shown(msg("kind-structure-set"))
        } else if is("481.5") || is("481.8") {
            not_shown(msg("kind-radiotherapy-plan"))
        } else if is("481") {
            not_shown(msg("kind-radiotherapy"))
        } else if is("4.2") {
            not_shown(msg("kind-spectroscopy"))
        } else if is("91") {
            not_shown(msg("kind-annotations"))
        } else if is_image_class(class) {
            not_shown(msg("kind-image-without-pixels"))
        } else {
            unknown(uid)
        })
    }

    /// The message of a kind that cannot be shown.
    #[must_use]
    pub const fn message(&self) -> Option<&Message> {
        match self {
            Self::NotShown(message) => Some(message),
            _ => None,
        }
    }

    /// The name in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Stack => "stack",
            Self::Loop => "loop",
            Self::Report => "report",
            Self::PresentationState => "presentation_state",
            Self::Waveform => "waveform",
            Self::Pdf => "pdf",
            Self::NotShown(_) => "not_shown",
        }
    }
}

/// What is not drawn here, by the name the standard gives it; a private class by its UID.
fn unknown(uid: &str) -> DisplaySetKind {
    DisplaySetKind::NotShown(match sop_class_name(uid) {
        Some(name) => Message::new(msg("kind-standard")).text("name", name),
        None => Message::new(msg("kind-unknown")).text("uid", uid),
    })
}

/// Storage classes of pictures, by the number behind the common prefix.
fn is_image_class(class: &str) -> bool {
    let first = class.split('.').next().unwrap_or_default();
    matches!(
        first,
        "1" | "2" | "3" | "4" | "6" | "7" | "12" | "13" | "14" | "20" | "30" | "77" | "128" | "130"
    )
}
