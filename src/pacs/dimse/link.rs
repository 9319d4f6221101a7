//! PDUs over a connection (PS3.8 9.3), and the values within them, piece by piece: nothing is
//! kept but what one read gave, and no length that the other side names reserves memory.

use std::io;
use std::io::BufRead;
use std::io::Read;
use std::io::Write as _;
use std::time::Duration;

use dicom_ul::pdu::AbortRQSource;
use dicom_ul::pdu::Pdu;
use dicom_ul::pdu::read_pdu;
use dicom_ul::pdu::write_pdu;

use super::command::Command;

use super::tls::Stream;
use super::wire::Ended;
use crate::pacs::Failure;
use crate::pacs::TlsTrouble;
use crate::pacs::throttle::Throttle;
use crate::pacs::tls::carried_trouble;

/// The longest PDU we ask for and send: what DCMTK takes at most.
pub(super) const LONGEST_PDU: u32 = 128 * 1024;
/// The longest PDU of an association's set-up: 128 contexts with all syntaxes are half of it.
const LONGEST_SETUP: u32 = 1024 * 1024;
/// The shortest PDU that a peer may ask for; some ask for nonsense.
const SHORTEST_PDU: u32 = 1024;
/// Bytes read at once.
const BUFFER: usize = 256 * 1024;
/// PDUs are collected up to here before they go to the system.
const BATCH: usize = 256 * 1024;
/// Length of a PDU's head, and of the head of a value within it.
const HEAD: usize = 6;

const P_DATA: u8 = 0x04;
const A_ASSOCIATE_AC: u8 = 0x02;
const TLS_ALERT: u8 = 0x15;

/// A connection that speaks PDUs.
pub(super) struct Link {
    stream: Stream,
    /// Who is at the other end, for messages.
    pub peer: String,
    input: Box<[u8]>,
    /// What of `input` was read and not yet taken.
    from: usize,
    to: usize,
    /// Bytes left of the P-DATA PDU, its value's heads included.
    pdu_left: usize,
    value: Option<ValueHead>,
    output: Vec<u8>,
    /// The longest PDU the other side takes.
    longest_out: usize,
    /// Bytes of values read.
    pub bytes_in: u64,
    has_heard: bool,
}

#[derive(Debug, Clone, Copy)]
struct ValueHead {
    context_id: u8,
    flags: u8,
    left: usize,
}

/// What comes in.
pub(super) enum Incoming<'a> {
    Piece(Piece<'a>),
    /// Anything but data.
    Pdu(Pdu),
}

/// Part of a command or of a data set.
pub(super) struct Piece<'a> {
    pub context_id: u8,
    pub is_command: bool,
    /// Nothing of this command or data set follows.
    pub is_last: bool,
    pub bytes: &'a [u8],
}

impl Link {
    pub fn new(stream: Stream, peer: String) -> Self {
        Self {
            stream,
            peer,
            input: vec![0; BUFFER].into(),
            from: 0,
            to: 0,
            pdu_left: 0,
            value: None,
            output: Vec::new(),
            longest_out: 16 * 1024,
            bytes_in: 0,
            has_heard: false,
        }
    }

    /// What the other side said of the PDUs it takes; 0 is no limit.
    pub fn set_longest_out(&mut self, length: u32) {
        let length = match length {
            0 => LONGEST_PDU,
            length => length.clamp(SHORTEST_PDU, LONGEST_PDU),
        };
        self.longest_out = length as usize;
    }

    pub fn set_patience(&mut self, patience: Duration) {
        self.stream.wire_mut().set_patience(patience);
    }

    /// No more bytes a second than this, from now on.
    pub fn throttle(&mut self, throttle: Option<Throttle>) {
        self.stream.wire_mut().throttle_by(throttle);
    }

    pub fn patience(&self) -> Duration {
        self.stream.wire().patience()
    }

    pub fn is_encrypted(&self) -> bool {
        !matches!(self.stream, Stream::Plain(_))
    }

    /// Whether anything ever came.
    pub const fn has_heard(&self) -> bool {
        self.has_heard
    }

    /// The next PDU, where there is no association yet that data could belong to.
    pub fn next_pdu(&mut self) -> Result<Pdu, Failure> {
        match self.next()? {
            Incoming::Pdu(pdu) => Ok(pdu),
            Incoming::Piece(_) => Err(self.nonsense("data before the association was accepted")),
        }
    }

    /// The next piece of data, or the next other PDU. After [`Failure::NoAnswer`] it may be
    /// called again: nothing is lost.
    pub fn next(&mut self) -> Result<Incoming<'_>, Failure> {
        loop {
            if let Some(mut value) = self.value {
                if value.left > 0 {
                    self.fill(1)?;
                }
                let taken = value.left.min(self.to - self.from);
                value.left -= taken;
                self.pdu_left -= taken;
                self.value = (value.left > 0).then_some(value);
                self.bytes_in += taken as u64;
                let bytes = self.take(taken);
                return Ok(Incoming::Piece(Piece {
                    context_id: value.context_id,
                    is_command: value.flags & 1 != 0,
                    is_last: value.flags & 2 != 0 && value.left == 0,
                    bytes,
                }));
            }
            if self.pdu_left > 0 {
                self.read_value_head()?;
                continue;
            }
            self.fill(HEAD)?;
            let [kind, _, length @ ..] = *self.peek::<HEAD>();
            let length = u32::from_be_bytes(length);
            if kind != P_DATA {
                return self.read_other(kind, length).map(Incoming::Pdu);
            }
            self.take(HEAD);
            self.pdu_left = length as usize;
        }
    }

    fn read_value_head(&mut self) -> Result<(), Failure> {
        if self.pdu_left < HEAD {
            return Err(self.nonsense("a data PDU ends within the head of a value"));
        }
        self.fill(HEAD)?;
        let [a, b, c, d, context_id, flags] = *self.peek::<HEAD>();
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        // The length counts context and flags, the last two bytes of the head.
        if length < 2 || length - 2 > self.pdu_left - HEAD {
            return Err(self.nonsense("a value is longer than its PDU"));
        }
        self.take(HEAD);
        self.pdu_left -= HEAD;
        self.value = Some(ValueHead {
            context_id,
            flags,
            left: length - 2,
        });
        Ok(())
    }

    /// Everything but data: read whole, for it is short.
    fn read_other(&mut self, kind: u8, length: u32) -> Result<Pdu, Failure> {
        if kind == TLS_ALERT {
            return Err(Failure::Tls {
                peer: self.peer.clone(),
                trouble: TlsTrouble::Needed,
            });
        }
        if !(1..=7).contains(&kind) {
            return Err(self.nonsense(&format!("PDU type {kind:02X}")));
        }
        if length > LONGEST_SETUP {
            return Err(self.nonsense(&format!("a PDU of {length} bytes")));
        }
        let whole = HEAD + length as usize;
        let mut pdu = Vec::new();
        if whole <= self.input.len() {
            self.fill(whole)?;
            pdu.extend_from_slice(self.take(whole));
        } else {
            while pdu.len() < whole {
                self.fill(1)?;
                let taken = (whole - pdu.len()).min(self.to - self.from);
                pdu.extend_from_slice(self.take(taken));
            }
        }
        if kind == A_ASSOCIATE_AC {
            pdu = without_refused_contexts(&pdu);
        }
        match read_pdu(pdu.as_slice(), LONGEST_SETUP, false) {
            Ok(Some(pdu)) => Ok(pdu),
            Ok(None) => Err(self.nonsense("a PDU that ends too early")),
            Err(error) => Err(self.nonsense(&error.to_string())),
        }
    }

    /// Reads until at least so many bytes (at most [`BUFFER`]) wait.
    fn fill(&mut self, wanted: usize) -> Result<(), Failure> {
        if self.from == self.to {
            (self.from, self.to) = (0, 0);
        }
        if self.from + wanted > self.input.len() {
            self.input.copy_within(self.from..self.to, 0);
            (self.from, self.to) = (0, self.to - self.from);
        }
        while self.to - self.from < wanted {
            let room = self.input.get_mut(self.to..).unwrap_or_default();
            match self.stream.read(room) {
                Ok(0) => {
                    return Err(Failure::Cut {
                        peer: self.peer.clone(),
                    });
                }
                Ok(read) => {
                    self.to += read;
                    self.has_heard = true;
                }
                // What both sides took for TLS is still TLS: something on the way broke it.
                Err(error) if self.has_heard && carried_trouble(&error).is_some() => {
                    return Err(Failure::Cut {
                        peer: self.peer.clone(),
                    });
                }
                Err(error) => return Err(failure_of(&error, &self.peer, self.patience())),
            }
        }
        Ok(())
    }

    /// The first bytes that wait, which [`Self::fill`] has seen to.
    fn peek<const N: usize>(&self) -> &[u8; N] {
        self.input
            .get(self.from..)
            .and_then(|bytes| bytes.first_chunk())
            .expect("filled")
    }

    fn take(&mut self, bytes: usize) -> &[u8] {
        let from = self.from;
        self.from += bytes;
        self.input.get(from..self.from).unwrap_or_default()
    }

    /// What the other side sends is against the standard.
    pub fn nonsense(&self, detail: &str) -> Failure {
        Failure::Protocol {
            peer: self.peer.clone(),
            detail: detail.to_owned(),
        }
    }

    /// Sends a PDU that is no data.
    pub fn send_pdu(&mut self, pdu: &Pdu) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        write_pdu(&mut bytes, pdu).map_err(|error| self.nonsense(&error.to_string()))?;
        self.write_all(&bytes)
    }

    /// Sends a command, and what follows it if that is in memory.
    pub fn send(
        &mut self,
        context_id: u8,
        command: &Command,
        data: Option<&[u8]>,
    ) -> Result<(), Failure> {
        self.put(context_id, true, &mut command.encode().as_slice())?;
        if let Some(mut data) = data {
            self.put(context_id, false, &mut data)?;
        }
        self.flush()
    }

    /// Sends a command, then a data set from wherever it is read. Gives the data set's bytes.
    ///
    /// # Errors
    /// [`Failure`]; a data set that cannot be read to its end is [`Failure::Told`], after which
    /// nothing but an abort can be said.
    pub fn send_from(
        &mut self,
        context_id: u8,
        command: &Command,
        data: &mut dyn BufRead,
    ) -> Result<u64, Failure> {
        self.put(context_id, true, &mut command.encode().as_slice())?;
        let bytes = self.put(context_id, false, data)?;
        self.flush()?;
        Ok(bytes)
    }

    /// Cuts a command or a data set into PDUs of one value each. Many peers take short PDUs only:
    /// several go to the system at once, and the last waits for [`Self::flush`].
    fn put(
        &mut self,
        context_id: u8,
        is_command: bool,
        data: &mut dyn BufRead,
    ) -> Result<u64, Failure> {
        let most = self.longest_out - HEAD;
        let mut total = 0;
        loop {
            if self.output.len() >= BATCH {
                self.flush()?;
            }
            let at = self.output.len();
            self.output.extend_from_slice(&[0; 2 * HEAD]);
            let filled = append(data, most, &mut self.output)?;
            total += filled as u64;
            let is_last = is_at_end(data)?;
            let flags = u8::from(is_command) | u8::from(is_last) << 1;
            let [a, b, c, d] = ((filled + HEAD) as u32).to_be_bytes();
            let [e, f, g, h] = ((filled + 2) as u32).to_be_bytes();
            let head = [P_DATA, 0, a, b, c, d, e, f, g, h, context_id, flags];
            let place = self.output.get_mut(at..).unwrap_or_default();
            if let Some(place) = place.first_chunk_mut() {
                *place = head;
            }
            if is_last {
                return Ok(total);
            }
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let output = std::mem::take(&mut self.output);
        let written = self.write_all(&output);
        self.output = output;
        self.output.clear();
        written
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self
            .stream
            .write_all(bytes)
            .and_then(|()| self.stream.flush());
        written.map_err(|error| failure_of(&error, &self.peer, self.patience()))
    }

    /// Ends the association at once: says so if that can be said, and closes.
    pub fn abort(&mut self) {
        self.stream.wire_mut().last_words();
        let source = AbortRQSource::ServiceUser;
        // Who is aborted need not be there any more.
        drop(self.send_pdu(&Pdu::AbortRQ { source }));
        self.close();
    }

    /// Asks to stop a request although the job is cancelled.
    pub fn send_last(&mut self, context_id: u8, command: &Command) {
        self.stream.wire_mut().last_words();
        drop(self.send(context_id, command, None));
    }

    pub fn close(&mut self) {
        self.stream.wire().close();
    }
}

/// As many bytes as there are, up to `most`; gives how many.
fn append(data: &mut dyn BufRead, most: usize, to: &mut Vec<u8>) -> Result<usize, Failure> {
    let mut appended = 0;
    while appended < most && !is_at_end(data)? {
        let bytes = data.fill_buf().map_err(|error| unread(&error))?;
        let bytes = bytes.get(..most - appended).unwrap_or(bytes);
        to.extend_from_slice(bytes);
        let taken = bytes.len();
        data.consume(taken);
        appended += taken;
    }
    Ok(appended)
}

fn is_at_end(data: &mut dyn BufRead) -> Result<bool, Failure> {
    loop {
        match data.fill_buf() {
            Ok(bytes) => return Ok(bytes.is_empty()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unread(&error)),
        }
    }
}

fn unread(error: &io::Error) -> Failure {
    Failure::Told(crate::dicom::io_message(error))
}

/// What an error of the connection means.
pub(super) fn failure_of(error: &io::Error, peer: &str, patience: Duration) -> Failure {
    let peer = peer.to_owned();
    if let Some(trouble) = carried_trouble(error) {
        return Failure::Tls { peer, trouble };
    }
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(Ended::Cancelled) => Failure::Cancelled,
        Some(Ended::Silence) => Failure::NoAnswer { peer, patience },
        None => Failure::Cut { peer },
    }
}

/// The same A-ASSOCIATE-AC without its refused contexts: they say nothing that we use, and many
/// peers leave out their transfer syntax, which the reader of PDUs insists on.
fn without_refused_contexts(pdu: &[u8]) -> Vec<u8> {
    /// Where the variable items begin.
    const FIXED: usize = HEAD + 68;
    const CONTEXT_RESULT: u8 = 0x21;
    let Some((fixed, mut items)) = pdu.split_at_checked(FIXED) else {
        return pdu.to_vec();
    };
    let mut kept = fixed.to_vec();
    while let Some([kind, _, high, low]) = items.first_chunk() {
        let length = 4 + usize::from(u16::from_be_bytes([*high, *low]));
        let Some((item, rest)) = items.split_at_checked(length) else {
            break;
        };
        let is_refused = *kind == CONTEXT_RESULT && item.get(6).is_some_and(|result| *result != 0);
        if !is_refused {
            kept.extend_from_slice(item);
        }
        items = rest;
    }
    kept.extend_from_slice(items);
    let length = (kept.len() - HEAD) as u32;
    if let Some(place) = kept.get_mut(2..HEAD) {
        place.copy_from_slice(&length.to_be_bytes());
    }
    kept
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::net::TcpStream;

    use crate::jobs::JobCtx;
    use crate::pacs::dimse::command::kind;
    use crate::pacs::dimse::wire::Wire;

    use super::*;

    /// What a peer that takes PDUs of this length gets of a data set: of each value whether it is
    /// a command, whether it is the last, and its bytes.
    fn values_of(longest: u32, data: Vec<u8>) -> Vec<(bool, bool, Vec<u8>)> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let sender = std::thread::spawn(move || {
            let tcp = TcpStream::connect(address).unwrap();
            let wire = Wire::new(tcp, Duration::from_secs(10), &JobCtx::new()).unwrap();
            let mut link = Link::new(Stream::Plain(wire), "P".into());
            link.set_longest_out(longest);
            let command = Command::request(kind::C_STORE, 1, "1.2").with_data();
            let sent = link.send_from(1, &command, &mut data.as_slice());
            assert_eq!(sent, Ok(data.len() as u64));
            link.close();
        });
        let mut bytes = Vec::new();
        let (mut tcp, _) = listener.accept().unwrap();
        tcp.read_to_end(&mut bytes).unwrap();
        sender.join().unwrap();
        let mut values = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[2..6].try_into().unwrap()) as usize;
            let value = u32::from_be_bytes(rest[6..10].try_into().unwrap()) as usize;
            assert_eq!((rest[0], value + 4), (P_DATA, length));
            assert!(length <= longest as usize, "{length}");
            let flags = rest[11];
            let body = rest[12..HEAD + length].to_vec();
            values.push((flags & 1 != 0, flags & 2 != 0, body));
            rest = &rest[HEAD + length..];
        }
        values
    }

    #[test]
    fn a_data_set_of_any_length_ends_with_its_last_byte() {
        let room = 2048 - HEAD;
        for length in [
            2,
            room - 2,
            room,
            room + 2,
            3 * room,
            2 * BATCH,
            2 * BATCH + 2,
        ] {
            let data: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let values = values_of(2048, data.clone());
            let (command, parts) = values.split_first().unwrap();
            assert!(command.0 && command.1);
            assert_eq!(parts.len(), length.div_ceil(room));
            for (n, (is_command, is_last, _)) in parts.iter().enumerate() {
                assert_eq!((*is_command, *is_last), (false, n + 1 == parts.len()));
            }
            let came: Vec<u8> = parts.iter().flat_map(|part| part.2.clone()).collect();
            assert!(came == data, "{length}");
        }
    }
}
