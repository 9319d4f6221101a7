//! What cannot wait, by the word of whoever asked for it.

use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::tags;

/// Requested Procedure Priority (0040,1003) and its retired forerunner, Study Priority ID.
pub const PRIORITIES: [Tag; 2] = [tags::REQUESTED_PROCEDURE_PRIORITY, Tag(0x0032, 0x000c)];

/// The priority that is said; empty if none is.
#[must_use]
pub fn priority_of(elements: Elements<'_>) -> String {
    let said = PRIORITIES.into_iter().find_map(|tag| elements.text(tag));
    said.unwrap_or_default()
}

/// Whether a priority says that something cannot wait.
#[must_use]
pub fn is_urgent(priority: &str) -> bool {
    let priority = priority.trim().to_uppercase();
    ["STAT", "HIGH", "URGENT"].contains(&priority.as_str())
}
