//! Until both sides know each other, and what it means where they never do.

use std::io;
use std::io::Read;
use std::io::Write;

use rustls::ConnectionCommon;
use rustls::SideData;

use crate::pacs::TlsTrouble;
use crate::pacs::lines::Line;

use super::trouble_of;

/// First bytes of a record of TLS (RFC 8446 5.1): an alert or a handshake, of version 3.x.
const RECORDS: [u8; 2] = [0x15, 0x16];
const VERSION: u8 = 3;

/// How a handshake ends that nobody refused; carried within an [`io::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum HungUp {
    /// Without a word: by who does not understand what we begin with, or is not ready.
    #[error("closed before any word of TLS")]
    AtOnce,
    /// In bytes that are no TLS.
    #[error("closed after something else than TLS")]
    Otherwise,
    /// Both spoke TLS: the line, or a caller that takes us for somebody else.
    #[error("cut in the handshake")]
    Midway {
        /// Whether we had said who we are.
        after_us: bool,
    },
}

/// Until both sides know each other.
///
/// # Errors
/// The line's; what rustls says is carried ([`carried_trouble`]), and so is where the other side
/// hung up. On a `line` that ever spoke TLS, closing it is a cut.
pub(in crate::pacs) fn shake_hands<D: SideData>(
    session: &mut ConnectionCommon<D>,
    stream: &mut (impl Read + Write),
    line: Option<&Line>,
) -> io::Result<()> {
    let mut stream = Watched {
        stream,
        first: [0; 2],
        read: 0,
        has_written: false,
    };
    while session.is_handshaking() {
        if let Err(error) = session.complete_io(&mut stream) {
            // Why we refuse is the last of several records, of which rustls wrote but one.
            if carried_trouble(&error).is_some() {
                while session.wants_write()
                    && session
                        .write_tls(&mut stream)
                        .is_ok_and(|written| written > 0)
                {}
            }
            let speaks_tls = stream.speaks_tls();
            if let Some(line) = line.filter(|_| speaks_tls) {
                line.spoke_tls();
            }
            return Err(match stream.hung_up(&error, line) {
                Some(hung_up) => io::Error::other(hung_up),
                None => error,
            });
        }
    }
    if let Some(line) = line {
        line.spoke_tls();
    }
    Ok(())
}

/// What is behind an error of rustls, if an [`io::Error`] carries one, or behind a handshake that
/// never began.
pub(in crate::pacs) fn carried_trouble(error: &io::Error) -> Option<TlsTrouble> {
    let inner = error.get_ref()?;
    match inner.downcast_ref() {
        Some(HungUp::AtOnce) => return Some(TlsTrouble::ClosedAtOnce),
        Some(HungUp::Otherwise) => return Some(TlsTrouble::NotSpoken),
        Some(HungUp::Midway { .. }) => return None,
        None => {}
    }
    inner.downcast_ref().map(trouble_of)
}

/// Whether the line was cut in a handshake that had begun.
pub(in crate::pacs) fn is_cut_midway(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    matches!(inner, Some(HungUp::Midway { .. }))
}

/// Whether that was after we had shown our certificate.
pub(in crate::pacs) fn is_cut_after_us(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    inner == Some(&HungUp::Midway { after_us: true })
}

/// A connection of which is noted what it begins with.
struct Watched<'a, S> {
    stream: &'a mut S,
    first: [u8; 2],
    read: usize,
    has_written: bool,
}

impl<S> Watched<'_, S> {
    fn speaks_tls(&self) -> bool {
        let [kind, version] = self.first;
        self.read > 0 && RECORDS.contains(&kind) && (self.read == 1 || version == VERSION)
    }

    /// What an error means that is none of rustls, or that rustls takes for nonsense.
    fn hung_up(&self, error: &io::Error, line: Option<&Line>) -> Option<HungUp> {
        let speaks_tls = self.speaks_tls();
        let is_end = matches!(
            error.kind(),
            io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
        );
        if is_end && self.read > 0 && !speaks_tls {
            return Some(HungUp::Otherwise);
        }
        if is_end && !speaks_tls && !line.is_some_and(Line::has_spoken_tls) {
            return Some(HungUp::AtOnce);
        }
        // Bytes that are wrong after right ones: something on the way.
        let is_broken = speaks_tls && carried_trouble(error) == Some(TlsTrouble::NotSpoken);
        (is_end || is_broken).then_some(HungUp::Midway {
            after_us: self.has_written,
        })
    }
}

impl<S: Read> Read for Watched<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        let bytes = buffer.get(..read).unwrap_or_default();
        let places = self.first.iter_mut().skip(self.read);
        places.zip(bytes).for_each(|(place, byte)| *place = *byte);
        self.read += read;
        Ok(read)
    }
}

impl<S: Write> Write for Watched<'_, S> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.stream.write(buffer)?;
        self.has_written |= written > 0;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
