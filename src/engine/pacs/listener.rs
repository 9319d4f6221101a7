//! Others send to us at any time: what they send is kept in the archive, and goes into the window
//! if its study is open there. What nodes say of commitments goes to the queue.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};

use crate::dicom::tags;
use crate::pacs::{Failure, ReceiverTls, ScpEvent, ScpOptions, StorageScp};
use crate::problem::{Message, Problem, Severity, msg};
use crate::workspace::{Arrival, PacsSettings};

use super::beginnings::Watched;
use super::on_thread;
use super::transfers::Shared;

/// Silence after which what came without being asked for is said, all of it at once.
const QUIET: Duration = Duration::from_secs(3);

/// A receiver that listens until it goes.
pub(super) struct Listener {
    port: u16,
    title: String,
    tls: Option<ReceiverTls>,
    shared: Arc<Shared>,
}

impl Listener {
    pub(super) fn begin(settings: &PacsSettings, shared: &Arc<Shared>) -> Result<Self, Failure> {
        let options = ScpOptions {
            ae_title: Some(settings.ae_title.clone()),
            tls: settings.receiver_tls.clone(),
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
            tls: settings.receiver_tls.clone(),
            shared: Arc::clone(shared),
        })
    }

    /// Whether it listens as the settings say.
    pub(super) fn is_as(&self, settings: &PacsSettings) -> bool {
        settings.is_listening
            && self.port == settings.port
            && self.title == settings.ae_title.as_str()
            && self.tls == settings.receiver_tls
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
    let mut unasked = Unasked::default();
    loop {
        let event = match unasked.next_word() {
            None => events
                .recv()
                .map_err(|_gone| RecvTimeoutError::Disconnected),
            Some(wait) => events.recv_timeout(wait),
        };
        match event {
            Ok(event) => take_one(event, shared, &mut unasked),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        for message in unasked.quiet() {
            shared.messenger.notify(Problem {
                severity: Severity::Note,
                message,
                path: None,
            });
        }
    }
}

fn take_one(event: ScpEvent, shared: &Shared, unasked: &mut Unasked) {
    match event {
        ScpEvent::Instance {
            outcome,
            from,
            move_originator,
        } => {
            let originator = move_originator.as_ref().map(|it| it.ae_title.as_str());
            let is_fetched = shared.is_fetching(&from, originator);
            let received = match outcome.result {
                Ok(received) => received,
                // It is told with the transfer that it belongs to.
                Err(_) if is_fetched => return,
                Err(reason) => {
                    // The sender was told, in a number; its reader sits elsewhere.
                    let message = Message::new(msg("pacs-push-refused"))
                        .text("title", from)
                        .message("reason", reason);
                    shared.messenger.notify(Problem::warning(message));
                    return;
                }
            };
            let elements = received.header.dataset.elements();
            let study_uid = elements.uid(tags::STUDY_INSTANCE_UID).unwrap_or_default();
            if !is_fetched && !shared.is_asked_for(&study_uid) {
                unasked.add(from, &study_uid);
            }
            if shared.takes(&received) {
                let headers = vec![received.header];
                shared.messenger.send(Arrival::headers(headers));
            }
        }
        ScpEvent::Commitment { .. } => {} // taken by `CommitmentSink`
        ScpEvent::Refused(call) => {
            shared.messenger.notify(Problem::warning(call.message()));
        }
        ScpEvent::Broken { from, failure } => {
            tracing::warn!("who was sending broke off: {failure:?}");
            let message = Message::new(msg("pacs-push-broken")).text("from", from);
            shared.messenger.notify(Problem::warning(message));
        }
        // Whoever looks after the network does so all day.
        ScpEvent::Probe(failure) => tracing::debug!("a connection for nothing: {failure:?}"),
    }
}

/// What others sent of themselves and was not said yet, by their titles.
#[derive(Default)]
struct Unasked(BTreeMap<String, Burst>);

struct Burst {
    instances: usize,
    studies: BTreeSet<String>,
    last: Instant,
}

impl Unasked {
    fn add(&mut self, from: String, study_uid: &str) {
        let burst = self.0.entry(from).or_insert_with(|| Burst {
            instances: 0,
            studies: BTreeSet::new(),
            last: Instant::now(),
        });
        burst.instances += 1;
        burst.studies.insert(study_uid.to_owned());
        burst.last = Instant::now();
    }

    /// How long until there may be something to say.
    fn next_word(&self) -> Option<Duration> {
        let first = self.0.values().map(|burst| burst.last).min()?;
        Some((first + QUIET).saturating_duration_since(Instant::now()))
    }

    /// What is to be said of those who came to rest.
    fn quiet(&mut self) -> Vec<Message> {
        let is_quiet = |_: &String, burst: &mut Burst| burst.last.elapsed() >= QUIET;
        let quiet = self.0.extract_if(.., is_quiet);
        let said = quiet.map(|(title, burst)| {
            Message::new(msg("pacs-pushed"))
                .text("title", title)
                .count("count", burst.instances)
                .count("studies", burst.studies.len())
        });
        said.collect()
    }
}
