//! Which instances are laid over images, by SOP class (PS3.4 B.5).

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
        match sop_class_uid.strip_prefix("1.2.840.10008.5.1.4.1.1.")? {
            "66.4" | "66.7" => Some(Self::Segmentation),
            "481.3" => Some(Self::StructureSet),
            "481.2" => Some(Self::Dose),
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
