//! A password of an archive: kept in memory alone, and never printed.

use std::sync::Arc;

/// What opens an encrypted archive.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Password(Arc<str>);

impl Password {
    /// As typed.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}
