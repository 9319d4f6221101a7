//! A node of the test's own, which answers by a script, PDU by PDU.

use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;

use dicom_ul::pdu::AssociationAC;
use dicom_ul::pdu::PDataValue;
use dicom_ul::pdu::PDataValueType;
use dicom_ul::pdu::Pdu;
use dicom_ul::pdu::PresentationContextResult;
use dicom_ul::pdu::PresentationContextResultReason;
use dicom_ul::pdu::UserVariableItem;
use dicom_ul::pdu::read_pdu;
use dicom_ul::pdu::write_pdu;

use crate::common::Element;
use crate::common::Encoding;
use crate::common::encode;

pub const C_STORE: u16 = 0x0001;
pub const C_GET: u16 = 0x0010;
pub const C_FIND: u16 = 0x0020;
pub const C_MOVE: u16 = 0x0021;
pub const N_EVENT_REPORT: u16 = 0x0100;
pub const C_CANCEL: u16 = 0x0fff;
pub const C_ECHO: u16 = 0x0030;

/// A request as it came.
pub struct Request {
    pub kind: u16,
    pub id: u16,
    pub context: u8,
    /// SOP class of the context.
    pub sop_class: String,
    /// The command set.
    pub command: Vec<u8>,
    /// The data set.
    pub data: Vec<u8>,
}

impl Request {
    /// The data set's letters.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.data).into_owned()
    }

    /// Query/Retrieve Level, if it has one.
    pub fn level(&self) -> &'static str {
        let text = self.text();
        let levels = ["PATIENT", "STUDY", "SERIES", "IMAGE"];
        let level = levels.into_iter().find(|level| text.contains(level));
        level.unwrap_or("")
    }

    /// A text of the command set.
    pub fn command_text(&self, element: u16) -> Option<String> {
        let bytes = field(&self.command, element)?;
        let text = String::from_utf8_lossy(bytes);
        Some(text.trim_end_matches([' ', '\0']).to_owned())
    }
}

/// What a node answers with; `false` ends the association.
type Script = dyn Fn(&mut TcpStream, &Request) -> bool + Send + Sync;

/// A node on a port of its own that accepts everything and answers by a script. It ends with the
/// test's process.
pub fn peer(script: impl Fn(&mut TcpStream, &Request) -> bool + Send + Sync + 'static) -> u16 {
    peer_without(&[], script)
}

/// One that does not take these SOP classes.
pub fn peer_without(
    refused: &'static [&'static str],
    script: impl Fn(&mut TcpStream, &Request) -> bool + Send + Sync + 'static,
) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let script: Arc<Script> = Arc::new(script);
    std::thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            let script = script.clone();
            std::thread::spawn(move || serve(tcp, refused, &*script));
        }
    });
    port
}

pub fn next(tcp: &mut TcpStream) -> Option<Pdu> {
    let mut head = [0; 6];
    tcp.read_exact(&mut head).ok()?;
    let length = u32::from_be_bytes(head[2..].try_into().unwrap());
    let mut pdu = head.to_vec();
    pdu.resize(6 + length as usize, 0);
    tcp.read_exact(&mut pdu[6..]).ok()?;
    read_pdu(pdu.as_slice(), 1 << 20, false).unwrap()
}

pub fn say(tcp: &mut TcpStream, pdu: &Pdu) -> bool {
    let mut bytes = Vec::new();
    write_pdu(&mut bytes, pdu).unwrap();
    tcp.write_all(&bytes).is_ok()
}

fn serve(mut tcp: TcpStream, refused: &[&str], script: &Script) {
    tcp.set_nodelay(true).unwrap();
    let Some(Pdu::AssociationRQ(association)) = next(&mut tcp) else {
        return;
    };
    let contexts = association.presentation_contexts.iter();
    let accepted = AssociationAC {
        protocol_version: 1,
        calling_ae_title: association.calling_ae_title.clone(),
        called_ae_title: association.called_ae_title.clone(),
        application_context_name: association.application_context_name.clone(),
        presentation_contexts: contexts
            .map(|context| PresentationContextResult {
                id: context.id,
                reason: if refused.contains(&context.abstract_syntax.as_str()) {
                    PresentationContextResultReason::AbstractSyntaxNotSupported
                } else {
                    PresentationContextResultReason::Acceptance
                },
                transfer_syntax: context.transfer_syntaxes[0].clone(),
            })
            .collect(),
        user_variables: vec![UserVariableItem::MaxLength(65536)],
    };
    say(&mut tcp, &Pdu::AssociationAC(accepted));
    let mut request: Option<Request> = None;
    while let Some(pdu) = next(&mut tcp) {
        let Pdu::PData { data } = pdu else {
            say(&mut tcp, &Pdu::ReleaseRP);
            return;
        };
        for value in data {
            if value.value_type == PDataValueType::Command {
                let id = value.presentation_context_id;
                let mut contexts = association.presentation_contexts.iter();
                let context = contexts.find(|context| context.id == id);
                let number = |element| number(&value.data, element).unwrap_or(0);
                let new = Request {
                    kind: number(0x0100),
                    id: number(0x0110).max(number(0x0120)),
                    context: id,
                    sop_class: context.unwrap().abstract_syntax.clone(),
                    command: value.data,
                    data: Vec::new(),
                };
                if matches!(new.kind, C_CANCEL | C_ECHO) {
                    script(&mut tcp, &new);
                } else {
                    request = Some(new);
                }
                continue;
            }
            let Some(open) = &mut request else {
                continue;
            };
            open.data.extend(value.data);
            if value.is_last
                && let Some(whole) = request.take()
                && !script(&mut tcp, &whole)
            {
                return;
            }
        }
    }
}

/// An element of a command set: implicit VR little endian.
pub fn field(command: &[u8], element: u16) -> Option<&[u8]> {
    let [low, high] = element.to_le_bytes();
    let mut at = 0;
    while let Some(head) = command.get(at..at + 8) {
        let length = u32::from_le_bytes(head[4..8].try_into().unwrap()) as usize;
        if head[..4] == [0, 0, low, high] {
            return command.get(at + 8..at + 8 + length);
        }
        at += 8 + length;
    }
    None
}

pub fn number(command: &[u8], element: u16) -> Option<u16> {
    let value = field(command, element)?;
    Some(u16::from_le_bytes(value.try_into().unwrap()))
}

/// A command set of these elements, in their order.
pub fn command_of(fields: &[(u16, &[u8])]) -> Vec<u8> {
    let mut group = Vec::new();
    for (element, value) in fields {
        group.extend([0, 0]);
        group.extend(element.to_le_bytes());
        let padded = value.len().next_multiple_of(2);
        group.extend((padded as u32).to_le_bytes());
        group.extend(*value);
        group.resize(group.len() + padded - value.len(), 0);
    }
    let mut all = vec![0, 0, 0, 0, 4, 0, 0, 0];
    all.extend((group.len() as u32).to_le_bytes());
    all.extend(group);
    all
}

pub fn value(context: u8, value_type: PDataValueType, data: Vec<u8>) -> PDataValue {
    PDataValue {
        presentation_context_id: context,
        value_type,
        is_last: true,
        data,
    }
}

/// The command of an answer with a status, and numbers by their elements.
pub fn command(to: &Request, status: u16, numbers: &[(u16, u16)], has_data: bool) -> PDataValue {
    let mut numbers = numbers.to_vec();
    numbers.extend([
        (0x0100, to.kind | 0x8000),
        (0x0120, to.id),
        (0x0800, if has_data { 1 } else { 0x0101 }),
        (0x0900, status),
    ]);
    numbers.sort_unstable();
    let bytes: Vec<(u16, [u8; 2])> = numbers
        .iter()
        .map(|(element, value)| (*element, value.to_le_bytes()))
        .collect();
    let fields: Vec<(u16, &[u8])> = bytes
        .iter()
        .map(|(element, value)| (*element, value.as_slice()))
        .collect();
    value(to.context, PDataValueType::Command, command_of(&fields))
}

/// An answer with a status, numbers by their elements, and a data set.
pub fn answer(
    tcp: &mut TcpStream,
    to: &Request,
    status: u16,
    numbers: &[(u16, u16)],
    data: Option<&[Element]>,
) -> bool {
    let mut values = vec![command(to, status, numbers, data.is_some())];
    if let Some(elements) = data {
        let bytes = encode(elements, Encoding::ExplicitLittle);
        values.push(value(to.context, PDataValueType::Data, bytes));
    }
    say(tcp, &Pdu::PData { data: values })
}
