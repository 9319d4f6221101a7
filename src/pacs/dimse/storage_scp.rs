//! The receiving side that is always on: C-STORE, C-ECHO, and reports of storage commitments
//! (PS3.4 annexes A, B, J), several associations at once.

use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::Receiver;
use crossbeam_channel::Sender;
use crossbeam_channel::unbounded;
use dicom_ul::pdu::AssociationAC;
use dicom_ul::pdu::AssociationRJ;
use dicom_ul::pdu::AssociationRJResult;
use dicom_ul::pdu::AssociationRJServiceProviderPresentationReason as PresentationReason;
use dicom_ul::pdu::AssociationRJServiceUserReason as UserReason;
use dicom_ul::pdu::AssociationRJSource;
use dicom_ul::pdu::AssociationRQ;
use dicom_ul::pdu::PresentationContextProposed;
use dicom_ul::pdu::PresentationContextResult;
use dicom_ul::pdu::PresentationContextResultReason as Answer;
use dicom_ul::pdu::RequestorRoles;
use dicom_ul::pdu::UserVariableItem;

use super::association::APPLICATION_CONTEXT;
use super::association::Association;
use super::association::Context;
use super::association::Decision;
use super::association::Request;
use super::association::Untaken;
use super::association::our_variables;
use super::callers::Callers;
use super::command::Command;
use super::command::field;
use super::command::kind;
use super::commitment;
use super::contexts;
use super::intake;
use super::listening::listen;
use super::listening::wake;
use super::refused::RefusedCall;
use super::refused::WhyRefused;
use super::tls::Door;
use super::uids;
use crate::dicom::InstanceSink;
use crate::jobs::JobCtx;
use crate::pacs::AeTitle;
use crate::pacs::Commitment;
use crate::pacs::CommitmentSink;
use crate::pacs::Failure;
use crate::pacs::InstanceOutcome;
use crate::pacs::ReceiverTls;
use crate::pacs::Throttle;

/// Associations at once; one more is told that there is no room.
const MOST_ASSOCIATIONS: usize = 32;

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
    fn of(request: &Command) -> Option<Self> {
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

/// What a receiver works with.
pub(super) struct Server<'a> {
    pub options: &'a ScpOptions,
    pub door: &'a Door,
    pub sink: &'a dyn InstanceSink,
    /// Who takes reports on commitments; none: whoever listens to the events.
    pub reports: Option<&'a dyn CommitmentSink>,
    pub told: &'a (dyn Fn(ScpEvent) + Sync),
    pub prefers_plain: &'a AtomicBool,
    pub callers: &'a Callers,
    pub ctx: &'a JobCtx,
}

/// An association's place among those that may be open, given back however it ends.
struct Slot<'a>(&'a AtomicUsize);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Server<'_> {
    /// Takes associations until the job is cancelled (and [`wake`] called), then waits for the
    /// last of them to end.
    pub fn run(&self, listeners: &[TcpListener]) {
        let open = AtomicUsize::new(0);
        let open = &open;
        std::thread::scope(|scope| {
            let Some((last, others)) = listeners.split_last() else {
                return;
            };
            for listener in others {
                let spawned = std::thread::Builder::new()
                    .name("storage SCP".into())
                    .spawn_scoped(scope, move || self.take_from(listener, open));
                if let Err(error) = spawned {
                    tracing::warn!(%error, "no thread for a second socket");
                }
            }
            self.take_from(last, open);
        });
    }

    fn take_from(&self, listener: &TcpListener, open: &AtomicUsize) {
        std::thread::scope(|scope| {
            for tcp in listener.incoming() {
                if self.ctx.check().is_err() {
                    return;
                }
                let tcp = match tcp {
                    Ok(tcp) => tcp,
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be taken");
                        // Out of descriptors: others must end first.
                        std::thread::sleep(Duration::from_millis(50));
                        continue;
                    }
                };
                let is_full = open.fetch_add(1, Ordering::SeqCst) >= MOST_ASSOCIATIONS;
                let slot = Slot(open);
                let spawned = std::thread::Builder::new()
                    .name("association".into())
                    .spawn_scoped(scope, move || {
                        let _slot = slot;
                        self.serve(tcp, is_full);
                    });
                if let Err(error) = spawned {
                    tracing::warn!(%error, "no thread for an association");
                }
            }
        });
    }

    /// One association, from its request to its end.
    fn serve(&self, tcp: TcpStream, is_full: bool) {
        let taken = Association::accept(
            tcp,
            self.door,
            self.options.patience,
            self.ctx,
            |request, is_encrypted| self.decide(request, is_encrypted, is_full),
        );
        let association = match taken {
            Ok(association) => association,
            Err(Untaken::Refused(call)) => return (self.told)(ScpEvent::Refused(call)),
            Err(Untaken::Probe(Failure::Cancelled)) => return,
            Err(Untaken::Probe(failure)) => return (self.told)(ScpEvent::Probe(failure)),
        };
        let from = association.link.peer.clone();
        let mut is_begun = false;
        match self.answer(association, &mut is_begun) {
            Ok(()) | Err(Failure::Cancelled) => {}
            Err(failure) if is_begun => (self.told)(ScpEvent::Broken { from, failure }),
            Err(failure) => (self.told)(ScpEvent::Probe(failure)),
        }
    }

    fn decide(&self, request: &AssociationRQ, is_encrypted: bool, is_full: bool) -> Decision {
        let forever = |reason| AssociationRJ {
            result: AssociationRJResult::Permanent,
            source: AssociationRJSource::ServiceUser(reason),
        };
        if is_full {
            let reason = PresentationReason::LocalLimitExceeded;
            let rejection = AssociationRJ {
                result: AssociationRJResult::Transient,
                source: AssociationRJSource::ServiceProviderPresentation(reason),
            };
            return Err((rejection, WhyRefused::NoRoom));
        }
        let must_encrypt = !self.door.takes_plain()
            || (self.door.encrypted().is_some()
                && (self.callers).must_encrypt(request.calling_ae_title.trim()));
        if !is_encrypted && must_encrypt {
            return Err((forever(UserReason::NoReasonGiven), WhyRefused::Unencrypted));
        }
        let called = request.called_ae_title.trim();
        if let Some(title) = &self.options.ae_title
            && title.as_str() != called
            && !self.callers.is_ours(called)
        {
            let why = WhyRefused::OtherTitle {
                called: called.to_owned(),
                ours: title.to_string(),
            };
            return Err((forever(UserReason::CalledAETitleNotRecognized), why));
        }
        let prefers_plain = self.prefers_plain.load(Ordering::Relaxed);
        Ok(accepted(request, prefers_plain))
    }

    /// `is_begun` says whether it sent anything.
    fn answer(&self, mut association: Association, is_begun: &mut bool) -> Result<(), Failure> {
        let throttle = self.callers.throttle(association.peer_title.trim());
        association.link.throttle(throttle);
        loop {
            let (context_id, command) = match association.next() {
                Ok(Request::Message {
                    context_id,
                    command,
                }) => (context_id, command),
                Ok(Request::Release) => return Ok(()),
                Err(failure) => {
                    association.abort();
                    return Err(failure);
                }
            };
            *is_begun |= matches!(command.kind(), kind::C_STORE | kind::N_EVENT_REPORT);
            match command.kind() {
                kind::C_STORE => {
                    let from = association.peer_title.trim().to_owned();
                    let heard = || self.callers.hear(&from);
                    let outcome =
                        intake::take(&mut association, context_id, &command, self.sink, &heard)?;
                    (self.told)(ScpEvent::Instance {
                        from,
                        move_originator: MoveOriginator::of(&command),
                        outcome,
                    });
                }
                kind::C_ECHO => {
                    association.send(context_id, &Command::answer(&command, 0), None)?;
                }
                kind::N_EVENT_REPORT => self.hear_report(&mut association, context_id, &command)?,
                // Answers, cancels and requests of other services.
                _ => {
                    if command.has_data() {
                        association.read_data_set(context_id)?;
                    }
                    if command.kind() & kind::ANSWER == 0 && command.kind() != kind::C_CANCEL {
                        /// Unrecognized operation (PS3.7 C.5.22).
                        const UNRECOGNIZED: u16 = 0x0211;
                        let answer = Command::answer(&command, UNRECOGNIZED);
                        association.send(context_id, &answer, None)?;
                    }
                }
            }
        }
    }
}

impl Server<'_> {
    fn hear_report(
        &self,
        association: &mut Association,
        context_id: u8,
        command: &Command,
    ) -> Result<(), Failure> {
        let from = association.peer_title.trim().to_owned();
        let taken = commitment::take_report(association, context_id, command, |uid, report| {
            let reports = self.reports;
            reports.map_or(Ok(()), |reports| reports.take(&from, uid, report))
        })?;
        if let Some((transaction_uid, commitment)) = taken {
            (self.told)(ScpEvent::Commitment {
                from,
                transaction_uid,
                commitment,
            });
        }
        Ok(())
    }
}

/// What we take of a request.
fn accepted(request: &AssociationRQ, prefers_plain: bool) -> (AssociationAC, Vec<Context>) {
    let mut contexts = Vec::new();
    let mut results = Vec::new();
    for proposed in &request.presentation_contexts {
        let (reason, transfer_syntax) = judged(proposed, prefers_plain);
        if reason == Answer::Acceptance
            && contexts
                .iter()
                .all(|known: &Context| known.id != proposed.id)
        {
            contexts.push(Context {
                id: proposed.id,
                sop_class: proposed
                    .abstract_syntax
                    .trim_matches([' ', '\0'])
                    .to_owned(),
                transfer_syntax: transfer_syntax.clone(),
            });
        }
        results.push(PresentationContextResult {
            id: proposed.id,
            reason,
            transfer_syntax,
        });
    }
    let mut user_variables = our_variables();
    for variable in &request.user_variables {
        // Who asks to be the SCP (of a commitment, reporting on an association of its own) may.
        if let UserVariableItem::ScuScpRoleSelectionSubItem(class, roles) = variable {
            let is_commitment = class == uids::STORAGE_COMMITMENT;
            let roles = RequestorRoles {
                scu: roles.scu,
                scp: roles.scp && is_commitment,
            };
            let item = UserVariableItem::ScuScpRoleSelectionSubItem(class.clone(), roles);
            user_variables.push(item);
        }
    }
    let answer = AssociationAC {
        protocol_version: 1,
        calling_ae_title: request.calling_ae_title.clone(),
        called_ae_title: request.called_ae_title.clone(),
        application_context_name: APPLICATION_CONTEXT.to_owned(),
        presentation_contexts: results,
        user_variables,
    };
    (answer, contexts)
}

fn judged(proposed: &PresentationContextProposed, prefers_plain: bool) -> (Answer, String) {
    let class = proposed.abstract_syntax.trim_matches([' ', '\0']);
    let is_plain = matches!(class, uids::VERIFICATION | uids::STORAGE_COMMITMENT);
    if !is_plain && !contexts::is_storage(class) {
        return (
            Answer::AbstractSyntaxNotSupported,
            uids::IMPLICIT_LITTLE.to_owned(),
        );
    }
    match contexts::chosen(&proposed.transfer_syntaxes, prefers_plain) {
        Some(syntax) => (Answer::Acceptance, syntax.to_owned()),
        None => (
            Answer::TransferSyntaxesNotSupported,
            uids::IMPLICIT_LITTLE.to_owned(),
        ),
    }
}
