//! Associations that others make with us: C-STORE, C-ECHO, and reports of storage commitments
//! (PS3.4 annexes A, B, J), several at once.

use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use dicom_ul::pdu::AssociationRJ;
use dicom_ul::pdu::AssociationRJResult;
use dicom_ul::pdu::AssociationRJServiceProviderPresentationReason as PresentationReason;
use dicom_ul::pdu::AssociationRJServiceUserReason as UserReason;
use dicom_ul::pdu::AssociationRJSource;
use dicom_ul::pdu::AssociationRQ;

use super::accepted::accepted;
use super::association::Association;
use super::association::Decision;
use super::association::Request;
use super::association::Untaken;
use super::callers::Callers;
use super::command::Command;
use super::command::kind;
use super::commitment;
use super::intake;
use super::refused::WhyRefused;
use super::storage_scp::MoveOriginator;
use super::storage_scp::ScpEvent;
use super::storage_scp::ScpOptions;
use super::tls::Door;
use crate::dicom::InstanceSink;
use crate::jobs::JobCtx;
use crate::pacs::CommitmentSink;
use crate::pacs::Failure;

/// Associations at once; one more is told that there is no room.
const MOST_ASSOCIATIONS: usize = 32;

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
