//! Which instances are laid over images, by SOP class (PS3.4 B.5).

use crate::dicom::sop_class;

/// What kind of object it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LayerKind {
    /// Segmentation or Label Map Segmentation.
    Segmentation,
    /// RT Structure Set.
    StructureSet,
    /// RT Dose.
    Dose,
}

impl LayerKind {
    /// The kind of a SOP class; `None` for what is not laid over images.
    #[must_use]
    pub fn of(sop_class_uid: &str) -> Option<Self> {
        match sop_class_uid {
            sop_class::SEGMENTATION_STORAGE | sop_class::LABEL_MAP_SEGMENTATION_STORAGE => {
                Some(Self::Segmentation)
            }
            sop_class::RT_STRUCTURE_SET_STORAGE => Some(Self::StructureSet),
            sop_class::RT_DOSE_STORAGE => Some(Self::Dose),
            _ => None,
        }
    }

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Segmentation => "segmentation",
            Self::StructureSet => "structure_set",
            Self::Dose => "dose",
        }
    }
}
