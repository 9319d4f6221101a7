//! TLS under DIMSE (PS3.15 annex B).

use std::io;
use std::io::Read;
use std::io::Write;
use std::sync::Arc;

use rustls::ClientConnection;
use rustls::ServerConfig;
use rustls::ServerConnection;
use rustls::StreamOwned;
use rustls::pki_types::ServerName;

use super::link::failure_of;
use super::wire::Wire;
use crate::pacs::Failure;
use crate::pacs::ReceiverTls;
use crate::pacs::Tls;
use crate::pacs::TlsTrouble;
use crate::pacs::lines::Line;
use crate::pacs::tls::carried_trouble;
use crate::pacs::tls::client_config;
use crate::pacs::tls::is_cut_after_us;
use crate::pacs::tls::server_config;
use crate::pacs::tls::shake_hands;
use crate::pacs::tls::trouble_of;

/// How others may speak to us.
#[derive(Default)]
pub(super) struct Door {
    config: Option<Arc<ServerConfig>>,
    takes_plain: bool,
}

impl Door {
    /// # Errors
    /// [`Failure::Tls`] where certificate or key cannot be used: then nobody is taken, least of all
    /// unencrypted.
    pub fn new(tls: Option<&ReceiverTls>) -> Result<Self, Failure> {
        let config = tls.map(server_config).transpose();
        let config = config.map_err(|trouble| Failure::Tls {
            peer: String::new(),
            trouble,
        })?;
        Ok(Self {
            config: config.map(Arc::new),
            takes_plain: tls.is_none_or(|tls| tls.takes_plain),
        })
    }

    /// For those who speak TLS; none: they cannot be taken.
    pub const fn encrypted(&self) -> Option<&Arc<ServerConfig>> {
        self.config.as_ref()
    }

    pub const fn takes_plain(&self) -> bool {
        self.takes_plain
    }
}

/// A connection, plain or encrypted.
pub(super) enum Stream {
    Plain(Wire),
    Client(Box<StreamOwned<ClientConnection, Wire>>),
    Server(Box<StreamOwned<ServerConnection, Wire>>),
}

impl Stream {
    pub fn wire(&self) -> &Wire {
        match self {
            Self::Plain(wire) => wire,
            Self::Client(stream) => &stream.sock,
            Self::Server(stream) => &stream.sock,
        }
    }

    pub fn wire_mut(&mut self) -> &mut Wire {
        match self {
            Self::Plain(wire) => wire,
            Self::Client(stream) => &mut stream.sock,
            Self::Server(stream) => &mut stream.sock,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.read(buffer),
            Self::Client(stream) => stream.read(buffer),
            Self::Server(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.write(buffer),
            Self::Client(stream) => stream.write(buffer),
            Self::Server(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(wire) => wire.flush(),
            Self::Client(stream) => stream.flush(),
            Self::Server(stream) => stream.flush(),
        }
    }
}

/// Encrypts a connection that we made; the other side is who it says when this returns.
pub(super) fn connect(
    mut wire: Wire,
    tls: &Tls,
    host: &str,
    peer: &str,
    line: &Line,
) -> Result<Stream, Failure> {
    let failed = |trouble| Failure::Tls {
        peer: peer.to_owned(),
        trouble,
    };
    let config = client_config(tls).map_err(failed)?;
    let name = ServerName::try_from(host.to_owned())
        .map_err(|error| failed(TlsTrouble::Other(error.to_string())))?;
    let mut session = ClientConnection::new(Arc::new(config), name)
        .map_err(|error| failed(trouble_of(&error)))?;
    shake_hands(&mut session, &mut wire, Some(line))
        .map_err(|error| failure_of(&error, peer, wire.patience()))?;
    Ok(Stream::Client(Box::new(StreamOwned::new(session, wire))))
}

/// Why a connection that the other side made is not encrypted.
pub(super) enum Unencrypted {
    /// One side refused.
    Trouble(TlsTrouble),
    /// The other side was gone when it had seen who we are.
    HungUpOnUs,
    /// It never came to that.
    Line(Failure),
}

/// Encrypts a connection that the other side made.
pub(super) fn accept(
    mut wire: Wire,
    config: &Arc<ServerConfig>,
    peer: &str,
) -> Result<Stream, Unencrypted> {
    let mut session = ServerConnection::new(config.clone())
        .map_err(|error| Unencrypted::Trouble(trouble_of(&error)))?;
    match shake_hands(&mut session, &mut wire, None) {
        Ok(()) => Ok(Stream::Server(Box::new(StreamOwned::new(session, wire)))),
        Err(error) if is_cut_after_us(&error) => Err(Unencrypted::HungUpOnUs),
        Err(error) => Err(match carried_trouble(&error) {
            // Something else that happens to begin like it.
            None | Some(TlsTrouble::NotSpoken | TlsTrouble::ClosedAtOnce) => {
                Unencrypted::Line(failure_of(&error, peer, wire.patience()))
            }
            Some(trouble) => Unencrypted::Trouble(trouble),
        }),
    }
}
