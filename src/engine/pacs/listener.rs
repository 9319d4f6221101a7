//! Others send to us at any time: what they send is kept in the archive, and goes into the window
//! if its study is open there. What nodes say of commitments goes to the queue.

use std::sync::Arc;

use crossbeam_channel::Receiver;

use crate::pacs::{Failure, ScpEvent, ScpOptions, StorageScp};
use crate::problem::{Message, Problem, msg};
use crate::workspace::{Arrival, PacsSettings};

use super::beginnings::Watched;
use super::on_thread;
use super::transfers::Shared;

/// A receiver that listens until it goes.
pub(super) struct Listener {
    port: u16,
    title: String,
    shared: Arc<Shared>,
}

impl Listener {
    pub(super) fn begin(settings: &PacsSettings, shared: &Arc<Shared>) -> Result<Self, Failure> {
        let options = ScpOptions {
            ae_title: Some(settings.ae_title.clone()),
            ..ScpOptions::default()
        };
        let archive = Arc::new(Watched::new(shared));
        let reports = Arc::clone(shared);
        let scp = StorageScp::start_with_reports(settings.port, options, archive, reports)?;
        let events = scp.events();
        shared.receive_by(Some(Arc::new(scp)));
        let telling = Arc::clone(shared);
        on_thread("received", &shared.messenger, move || {
            take(&events, &telling);
        });
        Ok(Self {
            port: settings.port,
            title: settings.ae_title.to_string(),
            shared: Arc::clone(shared),
        })
    }

    /// Whether it listens as the settings say.
    pub(super) fn is_as(&self, settings: &PacsSettings) -> bool {
        settings.is_listening
            && self.port == settings.port
            && self.title == settings.ae_title.as_str()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // The last who has the receiver ends it: a retrieval that it serves goes on to its end.
        self.shared.receive_by(None);
    }
}

/// Until the receiver is gone.
fn take(events: &Receiver<ScpEvent>, shared: &Shared) {
    for event in events {
        match event {
            ScpEvent::Instance {
                outcome,
                from,
                move_originator,
            } => {
                let received = match outcome.result {
                    Ok(received) => received,
                    // It is told with the transfer that it belongs to.
                    Err(_) if shared.is_fetching(&from, move_originator.as_deref()) => continue,
                    Err(reason) => {
                        // The sender was told, in a number; its reader sits elsewhere.
                        let message = Message::new(msg("pacs-push-refused"))
                            .text("title", from)
                            .message("reason", reason);
                        shared.messenger.notify(Problem::warning(message));
                        continue;
                    }
                };
                if shared.takes(&received) {
                    let headers = vec![received.header];
                    shared.messenger.send(Arrival::headers(headers));
                }
            }
            ScpEvent::Commitment { .. } => {} // taken by `CommitmentSink`
            ScpEvent::Broken(failure) => {
                shared.messenger.notify(Problem::warning(failure.message()));
            }
        }
    }
}
