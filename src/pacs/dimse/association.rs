//! Associations: what is proposed, what of it is accepted, messages, and the end (PS3.8 7, PS3.7
//! annex D). Made on the PDUs of dicom-ul rather than on its associations, because those read
//! without a way to call a read off, and set no time-out while TLS is negotiated.

mod called;
mod calling;

use std::io::BufRead;
use std::time::Duration;

use dicom_ul::pdu::Pdu;
use dicom_ul::pdu::UserVariableItem;

use super::command::Command;
use super::command::LONGEST;
use super::link::Incoming;
use super::link::LONGEST_PDU;
use super::link::Link;
use crate::dicom::IMPLEMENTATION_CLASS_UID;
use crate::pacs::Failure;

pub(super) use called::Decision;
pub(super) use called::Untaken;
pub(super) use calling::Call;
pub(super) use calling::Proposal;

/// DICOM's only application context (PS3.7 A.2.1).
pub(super) const APPLICATION_CONTEXT: &str = "1.2.840.10008.3.1.1.1";
/// Contexts in one association: their ids are the odd numbers of a byte.
pub(super) const MOST_CONTEXTS: usize = 128;
/// The longest data set that is kept in memory: a match, an event.
const LONGEST_DATA_SET: usize = 16 * 1024 * 1024;
/// What we call our program.
pub(super) const IMPLEMENTATION: &str = concat!("ISOCENTRE_", env!("CARGO_PKG_VERSION"));

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

/// What we say of ourselves.
pub(super) fn our_variables() -> Vec<UserVariableItem> {
    vec![
        UserVariableItem::MaxLength(LONGEST_PDU),
        UserVariableItem::ImplementationClassUID(IMPLEMENTATION_CLASS_UID.to_owned()),
        UserVariableItem::ImplementationVersionName(IMPLEMENTATION.to_owned()),
    ]
}
