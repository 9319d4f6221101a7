//! Others send to us at any time: what they send is kept in the archive, and goes into the window
//! if its study is open there.

use std::sync::Arc;

use crate::pacs::Failure;
use crate::workspace::PacsSettings;

use super::transfers::Shared;

/// A receiver that listens until it goes.
pub(super) struct Listener {
    port: u16,
    title: String,
}

impl Listener {
    pub(super) fn begin(settings: &PacsSettings, _shared: Arc<Shared>) -> Result<Self, Failure> {
        Ok(Self {
            port: settings.port,
            title: settings.ae_title.to_string(),
        })
    }

    /// Whether it listens as the settings say.
    pub(super) fn is_as(&self, settings: &PacsSettings) -> bool {
        settings.is_listening
            && self.port == settings.port
            && self.title == settings.ae_title.as_str()
    }
}
