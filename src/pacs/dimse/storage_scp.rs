//! The receiver that is always on: how it behaves, what it tells, and who listens to that. What is
//! said over its associations is [`super::server`]'s.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::Receiver;
use crossbeam_channel::Sender;
use crossbeam_channel::unbounded;

use super::callers::Callers;
use super::command::Command;
use super::command::field;
use super::listening::listen;
use super::listening::wake;
use super::refused::RefusedCall;
use super::server::Server;
use super::tls::Door;
use crate::dicom::InstanceSink;
use crate::jobs::JobCtx;
use crate::pacs::AeTitle;
use crate::pacs::Commitment;
use crate::pacs::CommitmentSink;
use crate::pacs::Failure;
use crate::pacs::InstanceOutcome;
use crate::pacs::ReceiverTls;
use crate::pacs::Throttle;

/// How a receiver behaves.
#[derive(Debug, Clone)]
pub struct ScpOptions {
    /// Our title; who calls another one is refused, if it is set.
    pub ae_title: Option<AeTitle>,
    /// Longest silence of a peer before its association is ended.
    pub patience: Duration,
    /// Who speaks TLS is taken; who does not, only if this says so or is not there.
    pub tls: Option<ReceiverTls>,
}

impl Default for ScpOptions {
    fn default() -> Self {
        Self {
            ae_title: None,
            patience: Duration::from_secs(30),
            tls: None,
        }
    }
}

/// The C-MOVE that an instance is sent for (PS3.7 9.1.1.1.9, 9.1.1.1.10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveOriginator {
    /// Title of who asked for it.
    pub ae_title: String,
    /// Message ID of the request, where the sender says it.
    pub message_id: Option<u16>,
}

impl MoveOriginator {
    /// What a C-STORE request says of it.
    pub(super) fn of(request: &Command) -> Option<Self> {
        let title = request.get_text(field::MOVE_ORIGINATOR)?;
        let title = title.trim();
        (!title.is_empty()).then(|| Self {
            ae_title: title.to_owned(),
            message_id: request.get_number(field::MOVE_ORIGINATOR_MESSAGE_ID),
        })
    }
}

/// What happens at a receiver.
#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all events are of the large kind"
)]
pub enum ScpEvent {
    /// An instance came, or was refused.
    Instance {
        /// Title of who sent it.
        from: String,
        /// Who had it sent here, where the sender says so.
        move_originator: Option<MoveOriginator>,
        /// What became of it.
        outcome: InstanceOutcome,
    },
    /// A node reports on a commitment that it was asked for.
    Commitment {
        /// Title of the node.
        from: String,
        /// Transaction UID of the request.
        transaction_uid: String,
        /// What it says.
        commitment: Commitment,
    },
    /// A call was not taken.
    Refused(RefusedCall),
    /// A connection ended before anything was asked of us: somebody looks whether the port is open,
    /// or takes it for another.
    Probe(Failure),
    /// An association that was sending broke; nothing of the instance on its way stays.
    Broken {
        /// `TITLE (address)` of who was sending.
        from: String,
        /// What broke it.
        failure: Failure,
    },
}

/// A receiver that listens until it is dropped.
pub struct StorageScp {
    port: u16,
    is_encrypted: bool,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// Who listens to the events.
#[derive(Default)]
struct Shared {
    ctx: JobCtx,
    listeners: Mutex<Vec<Sender<ScpEvent>>>,
    prefers_plain: AtomicBool,
    callers: Callers,
}

impl Shared {
    fn tell(&self, event: &ScpEvent) {
        let mut listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| listener.send(event.clone()).is_ok());
    }
}

impl StorageScp {
    /// Begins to listen on a port of all interfaces, IPv4 and IPv6 (0: any free one).
    ///
    /// # Errors
    /// [`Failure::Listen`] where the port is taken, [`Failure::Tls`] where the certificate cannot
    /// be used.
    pub fn start(
        port: u16,
        options: ScpOptions,
        sink: Arc<dyn InstanceSink>,
    ) -> Result<Self, Failure> {
        Self::begin(port, options, sink, None)
    }

    /// The same with somebody who takes reports on commitments before the node hears that they
    /// were taken.
    ///
    /// # Errors
    /// As [`StorageScp::start`].
    pub fn start_with_reports(
        port: u16,
        options: ScpOptions,
        sink: Arc<dyn InstanceSink>,
        reports: Arc<dyn CommitmentSink>,
    ) -> Result<Self, Failure> {
        Self::begin(port, options, sink, Some(reports))
    }

    fn begin(
        port: u16,
        options: ScpOptions,
        sink: Arc<dyn InstanceSink>,
        reports: Option<Arc<dyn CommitmentSink>>,
    ) -> Result<Self, Failure> {
        let door = Door::new(options.tls.as_ref())?;
        let (listeners, port) = listen(port)?;
        let is_encrypted = options.tls.is_some();
        let shared = Arc::new(Shared::default());
        let for_thread = shared.clone();
        let thread = std::thread::Builder::new()
            .name("storage SCP".into())
            .spawn(move || {
                let server = Server {
                    options: &options,
                    door: &door,
                    sink: &*sink,
                    reports: reports.as_deref(),
                    told: &|event| for_thread.tell(&event),
                    prefers_plain: &for_thread.prefers_plain,
                    callers: &for_thread.callers,
                    ctx: &for_thread.ctx,
                };
                server.run(&listeners);
            })
            .map_err(|error| Failure::Listen {
                port,
                detail: error.to_string(),
            })?;
        Ok(Self {
            port,
            is_encrypted,
            shared,
            thread: Some(thread),
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Whether it takes what is encrypted.
    #[must_use]
    pub const fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// From the next association on, these AE titles are taken only encrypted, if we encrypt.
    pub fn expect_encrypted(&self, titles: &[AeTitle]) {
        self.shared.callers.expect_encrypted(titles);
    }

    /// Whether uncompressed is taken where a peer leaves the choice to us.
    pub(super) fn prefers_plain(&self) -> &AtomicBool {
        &self.shared.prefers_plain
    }

    /// From the next association on, instances from these AE titles come no faster than this, over
    /// all associations of a title and all else that shares the limit.
    pub fn limit(&self, limits: Vec<(AeTitle, Throttle)>) {
        self.shared.callers.limit(limits);
    }

    /// From the next association on, calls to these titles are taken as well: what single nodes
    /// know us as, and send to when they are asked to.
    pub fn answer_to(&self, titles: &[AeTitle]) {
        self.shared.callers.answer_to(titles);
    }

    pub(super) fn callers(&self) -> &Callers {
        &self.shared.callers
    }

    /// What happens from now on, until the receiver of the events is dropped.
    #[must_use]
    pub fn events(&self) -> Receiver<ScpEvent> {
        let (sender, receiver) = unbounded();
        let mut listeners = (self.shared.listeners.lock()).unwrap_or_else(PoisonError::into_inner);
        listeners.push(sender);
        receiver
    }
}

impl Drop for StorageScp {
    fn drop(&mut self) {
        self.shared.ctx.cancel();
        wake(self.port);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the storage SCP panicked");
        }
    }
}
