//! What a row says of how urgent it is, in the words of Requested Procedure Priority (0040,1003).

use crate::problem::{MessageId, msg};

/// What a row says of this priority. Routine, as nearly all is, needs no word.
pub(super) fn priority_words(priority: &str) -> Option<MessageId> {
    match priority.trim().to_uppercase().as_str() {
        "STAT" => Some(msg("priority-stat")),
        "HIGH" => Some(msg("priority-high")),
        // Of the retired Study Priority ID (0032,000C), or a word of the node's own.
        "URGENT" => Some(msg("priority-urgent")),
        "MEDIUM" | "MED" => Some(msg("priority-medium")),
        "LOW" => Some(msg("priority-low")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_the_priority_that_was_requested_and_no_other() {
        for (priority, said) in [
            ("STAT", Some(msg("priority-stat"))),
            ("HIGH", Some(msg("priority-high"))),
            ("medium ", Some(msg("priority-medium"))),
            ("LOW", Some(msg("priority-low"))),
            ("ROUTINE", None),
            ("", None),
        ] {
            assert_eq!(priority_words(priority), said, "{priority}");
        }
    }
}
