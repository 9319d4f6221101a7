//! SOP classes and transfer syntaxes of the services (PS3.6 annex A).

pub(super) const VERIFICATION: &str = "1.2.840.10008.1.1";

pub(super) const IMPLICIT_LITTLE: &str = "1.2.840.10008.1.2";
pub(super) const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";

/// What every peer speaks, for messages without pixels.
pub(super) const PLAIN: [&str; 2] = [EXPLICIT_LITTLE, IMPLICIT_LITTLE];

pub(super) const PATIENT_ROOT_FIND: &str = "1.2.840.10008.5.1.4.1.2.1.1";
pub(super) const STUDY_ROOT_FIND: &str = "1.2.840.10008.5.1.4.1.2.2.1";
pub(super) const STUDY_ROOT_MOVE: &str = "1.2.840.10008.5.1.4.1.2.2.2";
pub(super) const STUDY_ROOT_GET: &str = "1.2.840.10008.5.1.4.1.2.2.3";
pub(super) const PATIENT_ROOT_MOVE: &str = "1.2.840.10008.5.1.4.1.2.1.2";
pub(super) const PATIENT_ROOT_GET: &str = "1.2.840.10008.5.1.4.1.2.1.3";
pub(super) const WORKLIST_FIND: &str = "1.2.840.10008.5.1.4.31";
pub(super) const STORAGE_COMMITMENT: &str = "1.2.840.10008.1.20.1";
pub(super) const STORAGE_COMMITMENT_INSTANCE: &str = "1.2.840.10008.1.20.1.1";
