//! Associations: what is proposed, what of it is accepted, messages, and the end (PS3.8 7, PS3.7
//! annex D). Made on the PDUs of dicom-ul rather than on its associations, because those read
//! without a way to call a read off, and set no time-out while TLS is negotiated.

use std::io::BufRead;
use std::net::TcpStream;
use std::time::Duration;

use dicom_ul::pdu::AssociationAC;
use dicom_ul::pdu::AssociationRJ;
use dicom_ul::pdu::AssociationRJServiceProviderPresentationReason as PresentationReason;
use dicom_ul::pdu::AssociationRJServiceUserReason as UserReason;
use dicom_ul::pdu::AssociationRJSource;
use dicom_ul::pdu::AssociationRQ;
use dicom_ul::pdu::Pdu;
use dicom_ul::pdu::PresentationContextProposed;
use dicom_ul::pdu::RequestorRoles;
use dicom_ul::pdu::UserVariableItem;

use super::command::Command;
use super::command::LONGEST;
use super::link::Incoming;
use super::link::LONGEST_PDU;
use super::link::Link;
use super::link::failure_of;
use super::refused::RefusedCall;
use super::refused::WhyRefused;
use super::tls;
use super::tls::Door;
use super::tls::Stream;
use super::tls::Unencrypted;
use super::wire::Wire;
use super::wire::place;
use crate::dicom::IMPLEMENTATION_CLASS_UID;
use crate::jobs::JobCtx;
use crate::pacs::AeTitle;
use crate::pacs::DimseAddress;
use crate::pacs::Failure;
use crate::pacs::lines::Line;

/// DICOM's only application context (PS3.7 A.2.1).
pub(super) const APPLICATION_CONTEXT: &str = "1.2.840.10008.3.1.1.1";
/// Contexts in one association: their ids are the odd numbers of a byte.
pub(super) const MOST_CONTEXTS: usize = 128;
/// The longest data set that is kept in memory: a match, an event.
const LONGEST_DATA_SET: usize = 16 * 1024 * 1024;
/// The first byte of a connection that is encrypted (RFC 8446 5.1).
const TLS_HANDSHAKE: u8 = 0x16;
/// What we call our program.
pub(super) const IMPLEMENTATION: &str = concat!("ISOCENTRE_", env!("CARGO_PKG_VERSION"));

/// Who we are and whom we call.
#[derive(Clone)]
pub(super) struct Call {
    pub address: DimseAddress,
    pub calling: AeTitle,
    pub line: Line,
}

impl Call {
    /// `TITLE (host:port)`, for messages.
    pub fn peer(&self) -> String {
        let place = place(&self.address.host, self.address.port);
        format!("{} ({place})", self.address.ae_title)
    }
}

/// What an association is for.
#[derive(Debug, Clone, Default)]
pub(super) struct Proposal {
    /// The service in the standard's words, for messages.
    pub service: &'static str,
    /// SOP class and transfer syntaxes of each context.
    pub contexts: Vec<(String, Vec<String>)>,
    /// SOP classes whose instances we take (role selection, for C-GET).
    pub scp_for: Vec<String>,
}

impl Proposal {
    pub fn new(service: &'static str) -> Self {
        Self {
            service,
            ..Self::default()
        }
    }

    /// The same with one more context.
    pub fn with(mut self, sop_class: &str, transfer_syntaxes: &[&str]) -> Self {
        let syntaxes = transfer_syntaxes.iter().map(|uid| (*uid).to_owned());
        self.contexts
            .push((sop_class.to_owned(), syntaxes.collect()));
        self
    }
}

/// An accepted context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Context {
    pub id: u8,
    pub sop_class: String,
    pub transfer_syntax: String,
}

/// What the other side wants.
pub(super) enum Request {
    Message {
        context_id: u8,
        command: Command,
    },
    /// It is done, and was told that this is fine.
    Release,
}

/// A call to us that came to nothing.
pub(super) enum Untaken {
    /// Nothing was asked for: somebody looks whether the port is open, or takes it for another.
    Probe(Failure),
    Refused(RefusedCall),
}

/// What is answered to a call: the contexts that are accepted, or why it is not taken.
pub(super) type Decision = Result<(AssociationAC, Vec<Context>), (AssociationRJ, WhyRefused)>;

/// An association. Dropped without [`Association::release`], it is aborted.
pub(super) struct Association {
    pub link: Link,
    /// In the order of their ids.
    pub contexts: Vec<Context>,
    /// What the other side calls its program.
    pub implementation: String,
    /// The title of the other side.
    pub peer_title: String,
    last_message_id: u16,
    /// What came of a command whose end is still to come.
    command: Vec<u8>,
    is_over: bool,
}

impl Association {
    /// Calls a node and proposes.
    pub fn request(call: &Call, proposal: &Proposal, ctx: &JobCtx) -> Result<Self, Failure> {
        let DimseAddress { host, port, .. } = &call.address;
        let peer = call.peer();
        let patience = call.address.patience();
        let mut wire = Wire::connect(host, *port, patience, ctx)?;
        wire.throttle_by(call.line.throttle.clone());
        let stream = match &call.address.tls {
            None => Stream::Plain(wire),
            Some(tls) => tls::connect(wire, tls, host, &peer, &call.line)?,
        };
        let mut link = Link::new(stream, peer);
        let sent = link.send_pdu(&Pdu::AssociationRQ(request(call, proposal)));
        let answer = match sent.and_then(|()| link.next_pdu()) {
            Ok(pdu) => pdu,
            // Nothing that speaks as we do was ever heard there.
            Err(Failure::Cut { peer }) if !link.has_heard() && !call.line.has_answered() => {
                return Err(Failure::ClosedUnanswered { peer });
            }
            Err(failure) => return Err(failure),
        };
        call.line.answered();
        let accepted = match answer {
            Pdu::AssociationAC(accepted) => accepted,
            Pdu::AssociationRJ(rejected) => return Err(rejection(call, &rejected.source)),
            Pdu::AbortRQ { .. } => return Err(Failure::Aborted { peer: link.peer }),
            _ => {
                return Err(
                    link.nonsense("a request for an association is answered with another PDU")
                );
            }
        };
        let contexts = accepted_contexts(proposal, &accepted);
        let mut association = Self {
            link,
            contexts,
            implementation: String::new(),
            peer_title: call.address.ae_title.to_string(),
            last_message_id: 0,
            command: Vec::new(),
            is_over: false,
        };
        association.note(&accepted.user_variables);
        if association.contexts.is_empty() {
            let peer = association.link.peer.clone();
            association.release();
            return Err(Failure::NoContext {
                peer,
                service: proposal.service,
            });
        }
        Ok(association)
    }

    /// Takes a call. `decide` says which contexts are accepted, or why the call is not, of a request
    /// that came encrypted or not.
    pub fn accept(
        tcp: TcpStream,
        door: &Door,
        patience: Duration,
        ctx: &JobCtx,
        decide: impl FnOnce(&AssociationRQ, bool) -> Decision,
    ) -> Result<Self, Untaken> {
        let place = match tcp.peer_addr() {
            Ok(address) => address.ip().to_canonical().to_string(),
            Err(_closed) => String::new(),
        };
        let refused = |from: String, why| Untaken::Refused(RefusedCall { from, why });
        let cut = || Failure::Cut {
            peer: place.clone(),
        };
        let wire = Wire::new(tcp, patience, ctx).map_err(|_closed| Untaken::Probe(cut()))?;
        let first = wire
            .first()
            .map_err(|error| Untaken::Probe(failure_of(&error, &place, patience)))?;
        let stream = match (first, door.encrypted()) {
            (None, _) => return Err(Untaken::Probe(cut())),
            (Some(TLS_HANDSHAKE), None) => return Err(refused(place, WhyRefused::Encrypted)),
            (Some(TLS_HANDSHAKE), Some(config)) => {
                tls::accept(wire, config, &place).map_err(|why| match why {
                    Unencrypted::Trouble(trouble) => {
                        refused(place.clone(), WhyRefused::Tls(trouble))
                    }
                    Unencrypted::HungUpOnUs => refused(place.clone(), WhyRefused::HungUpOnUs),
                    Unencrypted::Line(failure) => Untaken::Probe(failure),
                })?
            }
            (Some(_), _) => Stream::Plain(wire),
        };
        let mut link = Link::new(stream, place.clone());
        let request = match link.next() {
            Ok(Incoming::Pdu(Pdu::AssociationRQ(request))) => request,
            Ok(_) => {
                let failure = link.nonsense("something else than a request for an association");
                link.abort();
                return Err(Untaken::Probe(failure));
            }
            // A caller that does not trust our certificate may say so only now (TLS 1.3).
            Err(Failure::Tls { trouble, .. }) => {
                return Err(refused(place, WhyRefused::Tls(trouble)));
            }
            Err(failure) => return Err(Untaken::Probe(failure)),
        };
        link.peer = format!("{} ({place})", request.calling_ae_title.trim());
        match decide(&request, link.is_encrypted()) {
            Ok((answer, contexts)) => {
                let mut association = Self {
                    link,
                    contexts,
                    implementation: String::new(),
                    peer_title: request.calling_ae_title,
                    last_message_id: 0,
                    command: Vec::new(),
                    is_over: false,
                };
                association.note(&request.user_variables);
                let sent = association.link.send_pdu(&Pdu::AssociationAC(answer));
                sent.map_err(Untaken::Probe)?;
                Ok(association)
            }
            Err((rejection, why)) => {
                // Who hung up by now need not be told.
                drop(link.send_pdu(&Pdu::AssociationRJ(rejection)));
                Err(refused(link.peer, why))
            }
        }
    }

    /// What the other side says of itself.
    fn note(&mut self, variables: &[UserVariableItem]) {
        for variable in variables {
            match variable {
                UserVariableItem::MaxLength(length) => self.link.set_longest_out(*length),
                UserVariableItem::ImplementationVersionName(name) => {
                    name.trim_matches([' ', '\0'])
                        .clone_into(&mut self.implementation);
                }
                _ => {}
            }
        }
    }

    pub fn context(&self, sop_class: &str) -> Option<&Context> {
        let mut contexts = self.contexts.iter();
        contexts.find(|context| context.sop_class == sop_class)
    }

    /// The same where nothing can be done without it.
    pub fn needed_context(
        &self,
        sop_class: &str,
        service: &'static str,
    ) -> Result<Context, Failure> {
        self.context(sop_class)
            .cloned()
            .ok_or_else(|| Failure::NoContext {
                peer: self.link.peer.clone(),
                service,
            })
    }

    pub fn context_of_id(&self, id: u8) -> Option<&Context> {
        self.contexts.iter().find(|context| context.id == id)
    }

    pub const fn next_message_id(&mut self) -> u16 {
        self.last_message_id = self.last_message_id.wrapping_add(1);
        if self.last_message_id == 0 {
            self.last_message_id = 1;
        }
        self.last_message_id
    }

    pub fn send(
        &mut self,
        context_id: u8,
        command: &Command,
        data: Option<&[u8]>,
    ) -> Result<(), Failure> {
        let sent = self.link.send(context_id, command, data);
        self.noted(sent)
    }

    /// A command, then a data set from wherever it is read. Gives the data set's bytes.
    pub fn send_from(
        &mut self,
        context_id: u8,
        command: &Command,
        data: &mut dyn BufRead,
    ) -> Result<u64, Failure> {
        let sent = self.link.send_from(context_id, command, data);
        self.noted(sent)
    }

    /// A line that was cut where the other side says why first, is an abort.
    fn noted<T>(&mut self, result: Result<T, Failure>) -> Result<T, Failure> {
        if let Err(Failure::Cut { .. }) = &result {
            self.is_over = true;
            self.link.set_patience(Duration::from_millis(100));
            if let Ok(Incoming::Pdu(Pdu::AbortRQ { .. })) = self.link.next() {
                return Err(Failure::Aborted {
                    peer: self.link.peer.clone(),
                });
            }
        }
        result
    }

    /// Waits for the next command. After [`Failure::NoAnswer`] it may be called again: what came
    /// of a command by then is not lost.
    pub fn next(&mut self) -> Result<Request, Failure> {
        loop {
            let piece = match self.link.next()? {
                Incoming::Piece(piece) => piece,
                Incoming::Pdu(pdu) => return self.ended(&pdu),
            };
            let context_id = piece.context_id;
            if !piece.is_command {
                return Err(self.against("a data set where a command was due"));
            }
            self.command.extend_from_slice(piece.bytes);
            let is_last = piece.is_last;
            if self.command.len() > LONGEST {
                return Err(self.against("a command without end"));
            }
            if is_last {
                let bytes = std::mem::take(&mut self.command);
                let Some(command) = Command::decode(&bytes) else {
                    return Err(self.against("a command that cannot be read"));
                };
                if self.context_of_id(context_id).is_none() {
                    return Err(self.against("a message in a context that was not agreed on"));
                }
                return Ok(Request::Message {
                    context_id,
                    command,
                });
            }
        }
    }

    /// The data set that a command announced, piece by piece.
    pub fn read_data(
        &mut self,
        context_id: u8,
        mut each: impl FnMut(&[u8]),
    ) -> Result<(), Failure> {
        loop {
            let piece = match self.link.next()? {
                Incoming::Piece(piece) => piece,
                Incoming::Pdu(pdu) => {
                    return match self.ended(&pdu) {
                        Err(failure) => Err(failure),
                        Ok(_) => Err(self.against("a release in the middle of a message")),
                    };
                }
            };
            if piece.is_command || piece.context_id != context_id {
                return Err(self.against("a message within another"));
            }
            let is_last = piece.is_last;
            each(piece.bytes);
            if is_last {
                return Ok(());
            }
        }
    }

    /// The same at once, for what is short by its nature.
    pub fn read_data_set(&mut self, context_id: u8) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let mut is_too_long = false;
        self.read_data(context_id, |piece| {
            if bytes.len() + piece.len() > LONGEST_DATA_SET {
                is_too_long = true;
            } else {
                bytes.extend_from_slice(piece);
            }
        })?;
        if is_too_long {
            return Err(self.against("an identifier of more than 16 MiB"));
        }
        Ok(bytes)
    }

    /// Waits for a command that answers this message.
    pub fn answer(&mut self, message_id: u16) -> Result<Command, Failure> {
        match self.next()? {
            Request::Message { command, .. } if command.answers(message_id) => Ok(command),
            Request::Message { .. } => Err(self.against("an answer to another message")),
            Request::Release => Err(Failure::Cut {
                peer: self.link.peer.clone(),
            }),
        }
    }

    fn ended(&mut self, pdu: &Pdu) -> Result<Request, Failure> {
        self.is_over = true;
        match pdu {
            Pdu::ReleaseRQ => {
                // Who is done may be gone before it hears that this is fine.
                drop(self.link.send_pdu(&Pdu::ReleaseRP));
                Ok(Request::Release)
            }
            Pdu::AbortRQ { .. } => Err(Failure::Aborted {
                peer: self.link.peer.clone(),
            }),
            _ => Err(self.against("a PDU that has no place here")),
        }
    }

    /// The other side breaks the rules: the association cannot go on.
    fn against(&mut self, detail: &str) -> Failure {
        self.abort();
        self.link.nonsense(detail)
    }

    /// Nothing more can be said.
    pub const fn is_over(&self) -> bool {
        self.is_over
    }

    pub fn abort(&mut self) {
        self.is_over = true;
        self.link.abort();
    }

    /// Ends the association as it should be; a peer that never agrees is not waited for long.
    pub fn release(mut self) {
        if self.is_over {
            return;
        }
        self.is_over = true;
        let patience = self.link.patience().min(Duration::from_secs(2));
        self.link.set_patience(patience);
        if self.link.send_pdu(&Pdu::ReleaseRQ).is_ok() {
            while let Ok(incoming) = self.link.next() {
                if let Incoming::Pdu(_) = incoming {
                    break;
                }
            }
        }
        self.link.close();
    }
}

impl Drop for Association {
    fn drop(&mut self) {
        if self.is_over {
            self.link.close();
        } else {
            self.abort();
        }
    }
}

fn request(call: &Call, proposal: &Proposal) -> AssociationRQ {
    let contexts = proposal.contexts.iter().take(MOST_CONTEXTS).enumerate();
    let contexts = contexts.map(
        |(index, (sop_class, syntaxes))| PresentationContextProposed {
            id: (2 * index + 1) as u8,
            abstract_syntax: sop_class.clone(),
            transfer_syntaxes: syntaxes.clone(),
        },
    );
    let mut user_variables = our_variables();
    user_variables.extend(proposal.scp_for.iter().map(|sop_class| {
        UserVariableItem::ScuScpRoleSelectionSubItem(
            sop_class.clone(),
            RequestorRoles {
                scu: false,
                scp: true,
            },
        )
    }));
    AssociationRQ {
        protocol_version: 1,
        calling_ae_title: call.calling.to_string(),
        called_ae_title: call.address.ae_title.to_string(),
        application_context_name: APPLICATION_CONTEXT.to_owned(),
        presentation_contexts: contexts.collect(),
        user_variables,
    }
}

/// What we say of ourselves.
pub(super) fn our_variables() -> Vec<UserVariableItem> {
    vec![
        UserVariableItem::MaxLength(LONGEST_PDU),
        UserVariableItem::ImplementationClassUID(IMPLEMENTATION_CLASS_UID.to_owned()),
        UserVariableItem::ImplementationVersionName(IMPLEMENTATION.to_owned()),
    ]
}

fn accepted_contexts(proposal: &Proposal, accepted: &AssociationAC) -> Vec<Context> {
    // Refused ones were left out when the PDU was read.
    let contexts = accepted.presentation_contexts.iter().filter_map(|context| {
        let index = usize::from(context.id.checked_sub(1)?) / 2;
        let (sop_class, syntaxes) = proposal.contexts.get(index)?;
        let transfer_syntax = context.transfer_syntax.trim_matches([' ', '\0']);
        let is_ours = context.id % 2 == 1 && syntaxes.iter().any(|uid| uid == transfer_syntax);
        is_ours.then(|| Context {
            id: context.id,
            sop_class: sop_class.clone(),
            transfer_syntax: transfer_syntax.to_owned(),
        })
    });
    contexts.collect()
}

fn rejection(call: &Call, source: &AssociationRJSource) -> Failure {
    let peer = call.peer();
    match source {
        AssociationRJSource::ServiceUser(UserReason::CalledAETitleNotRecognized) => {
            Failure::CalledTitleUnknown {
                peer,
                title: call.address.ae_title.to_string(),
            }
        }
        AssociationRJSource::ServiceUser(UserReason::CallingAETitleNotRecognized) => {
            Failure::CallingTitleUnknown {
                peer,
                title: call.calling.to_string(),
            }
        }
        AssociationRJSource::ServiceProviderPresentation(
            PresentationReason::TemporaryCongestion | PresentationReason::LocalLimitExceeded,
        ) => Failure::Busy { peer },
        other => Failure::Rejected {
            peer,
            reason: other.to_string(),
        },
    }
}
