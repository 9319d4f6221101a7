//! New unique identifiers.

use uuid::Uuid;

/// A UID nobody else has: `2.25.` and a random UUID as a decimal number (PS3.5 B.2).
#[must_use]
pub fn new_uid() -> String {
    format!("2.25.{}", Uuid::new_v4().as_u128())
}

/// Whether a text is a UID as PS3.5 9.1 asks: digits and dots, at most 64 characters, no empty
/// component, no leading zero.
#[must_use]
pub fn is_valid_uid(text: &str) -> bool {
    text.len() <= 64
        && text.split('.').all(|part| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && (part.len() == 1 || !part.starts_with('0'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_uids_are_valid_and_differ() {
        let (a, b) = (new_uid(), new_uid());
        assert!(is_valid_uid(&a), "{a}");
        assert_ne!(a, b);
    }

    #[test]
    fn what_is_no_uid_is_told_apart() {
        for text in ["", "1..2", "1.02", "1.2a", "1.2 ", &"1.".repeat(40)] {
            assert!(!is_valid_uid(text), "{text}");
        }
        assert!(is_valid_uid("1.0.2"));
    }
}
