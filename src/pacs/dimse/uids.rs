//! SOP classes and transfer syntaxes of the services (PS3.6 annex A).

pub(super) const VERIFICATION: &str = "1.2.840.10008.1.1";

pub(super) const IMPLICIT_LITTLE: &str = "1.2.840.10008.1.2";
pub(super) const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";

/// What every peer speaks, for messages without pixels.
pub(super) const PLAIN: [&str; 2] = [EXPLICIT_LITTLE, IMPLICIT_LITTLE];
