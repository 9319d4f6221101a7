//! Instances as jobs hand them to the workspace: with what they say of other images, which takes
//! time to read, read already.

use crate::dicom::InstanceHeader;
use crate::model::InstanceIx;
use crate::objects::key_objects::{KEY_OBJECT_SELECTION, KeyObjectSelection};
use crate::objects::presentation_state::{self, PresentationState, is_presentation_state};
use crate::objects::value_mappings::ValueMapping;
use crate::problem::Message;
use crate::workspace::Workspace;

/// An instance that was found.
#[derive(Debug, Clone)]
pub struct ArrivedInstance {
    /// Its header.
    pub header: InstanceHeader,
    said: Option<Said>,
}

/// What an object says of images.
#[derive(Debug, Clone)]
pub(super) enum Said {
    Presentation(Box<Result<PresentationState, Message>>),
    Mapping(ValueMapping),
    KeyObjects(KeyObjectSelection),
}

impl ArrivedInstance {
    /// Reads what there is to read; not for the window's thread.
    #[must_use]
    pub fn read(header: InstanceHeader) -> Self {
        let root = header.dataset.elements();
        let class = root.uid(crate::dicom::tags::SOP_CLASS_UID);
        let said = match class.as_deref() {
            Some(class) if is_presentation_state(class) => {
                let state = presentation_state::read(&header);
                Some(Said::Presentation(Box::new(state)))
            }
            Some(KEY_OBJECT_SELECTION) => KeyObjectSelection::read(root).map(Said::KeyObjects),
            _ => ValueMapping::read(root).map(Said::Mapping),
        };
        Self { header, said }
    }

    pub(super) fn into_parts(self) -> (InstanceHeader, Option<Said>) {
        (self.header, self.said)
    }
}

impl Workspace {
    /// Takes up what an instance of the library says.
    pub(super) fn hear(&mut self, ix: InstanceIx, said: Said) {
        match said {
            Said::Presentation(state) => self.presentations.take(&self.library, ix, *state),
            Said::KeyObjects(selection) => self.key_objects.take(ix, selection),
            Said::Mapping(mapping) => self.value_mappings.take(&self.library, ix, mapping),
        }
    }
}
