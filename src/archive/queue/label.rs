//! What the list of transfers calls a transfer.

use std::fmt;

/// Words for the reader, such as a name and a study's description. Never logged: its debug form
/// does not tell it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Label(pub String);

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Label(…)")
    }
}
