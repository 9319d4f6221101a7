//! A TCP connection that never waits for ever: every read and write ends when bytes move, when
//! the job is cancelled, or when patience ends.

use std::io;
use std::io::Read;
use std::io::Write;
use std::net::Shutdown;
use std::net::TcpStream;
use std::net::ToSocketAddrs as _;
use std::time::Duration;
use std::time::Instant;

use crossbeam_channel::RecvTimeoutError;
use crossbeam_channel::bounded;

use crate::jobs::JobCtx;
use crate::pacs::Failure;
use crate::pacs::throttle::Throttle;

/// How often a call that waits looks whether it is still wanted.
pub(super) const GLANCE: Duration = Duration::from_millis(50);

/// Bytes read or written at once on a line that is limited.
const EVENLY: usize = 16 * 1024;

/// Why a read or a write ended; carried within an [`io::Error`] through whatever lies between.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub(super) enum Ended {
    #[error("cancelled")]
    Cancelled,
    #[error("no answer")]
    Silence,
}

/// A connection, and how long it may be silent.
pub(super) struct Wire {
    tcp: TcpStream,
    ctx: JobCtx,
    patience: Duration,
    throttle: Option<Throttle>,
}

impl Wire {
    /// From a connected socket.
    pub fn new(tcp: TcpStream, patience: Duration, ctx: &JobCtx) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        tcp.set_nonblocking(false)?; // an accepted socket may inherit it
        tcp.set_read_timeout(Some(GLANCE))?;
        tcp.set_write_timeout(Some(GLANCE))?;
        Ok(Self {
            tcp,
            ctx: ctx.clone(),
            patience,
            throttle: None,
        })
    }

    /// Connects.
    pub fn connect(
        host: &str,
        port: u16,
        patience: Duration,
        ctx: &JobCtx,
    ) -> Result<Self, Failure> {
        let place = place(host, port);
        let (sender, receiver) = bounded(1);
        let name = host.to_owned();
        // Neither looking a name up nor connecting can be called off: a thread of their own is
        // left behind where they take too long.
        let spawned = std::thread::Builder::new()
            .name("connect".into())
            .spawn(move || drop(sender.send(connected(&name, port, patience))));
        if let Err(error) = spawned {
            let detail = error.to_string();
            return Err(Failure::Unreachable { place, detail });
        }
        let end = Instant::now() + patience;
        loop {
            ctx.check()?;
            match receiver.recv_timeout(GLANCE) {
                Ok(Ok(tcp)) => {
                    return Self::new(tcp, patience, ctx).map_err(|error| Failure::Unreachable {
                        place,
                        detail: error.to_string(),
                    });
                }
                Ok(Err(failure)) => return Err(failure),
                Err(RecvTimeoutError::Timeout) if Instant::now() < end => {}
                Err(_) => return Err(Failure::NoConnection { place, patience }),
            }
        }
    }

    /// No more bytes a second than this, from now on.
    pub fn throttle_by(&mut self, throttle: Option<Throttle>) {
        self.throttle = throttle;
    }

    /// What goes at once: on a line that is limited it is little, so that it goes evenly.
    fn at_once(&self) -> usize {
        if self.throttle.is_some() {
            EVENLY
        } else {
            usize::MAX
        }
    }

    /// For what is said although the job was cancelled, and only if it can be said at once.
    pub fn last_words(&mut self) {
        self.ctx = JobCtx::new();
        self.patience = Duration::from_millis(500);
    }

    pub const fn patience(&self) -> Duration {
        self.patience
    }

    pub const fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// The first byte that came, which stays where it is; `None` where the other side hung up.
    pub fn first(&self) -> io::Result<Option<u8>> {
        let mut first = [0];
        let read = self.patiently(|| self.tcp.peek(&mut first))?;
        Ok(Some(first[0]).filter(|_| read > 0))
    }

    /// Nothing more goes either way.
    pub fn close(&self) {
        // A socket that the other side closed already is closed.
        drop(self.tcp.shutdown(Shutdown::Both));
    }

    fn patiently(&self, mut step: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
        let mut end = None;
        loop {
            if self.ctx.check().is_err() {
                return Err(io::Error::other(Ended::Cancelled));
            }
            match step() {
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    ) =>
                {
                    let end = *end.get_or_insert_with(|| Instant::now() + self.patience);
                    if Instant::now() >= end {
                        return Err(io::Error::other(Ended::Silence));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => return done,
            }
        }
    }

    fn throttle(&self, bytes: usize) {
        if let Some(throttle) = &self.throttle {
            throttle.pass(bytes, &self.ctx);
        }
    }
}

/// What comes is acknowledged at once. Many peers leave Nagle's algorithm on and write a message in
/// two parts: then the second waits for this, and by default for 40 ms.
fn acknowledge_at_once(tcp: &TcpStream) {
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::TcpStreamExt as _;
        // It is slower without; nothing else.
        drop(tcp.set_quickack(true));
    }
    #[cfg(not(target_os = "linux"))]
    let _: &TcpStream = tcp;
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The system forgets it after a while.
        acknowledge_at_once(&self.tcp);
        let most = self.at_once().min(buffer.len());
        let buffer = buffer.get_mut(..most).unwrap_or_default();
        let bytes = self.patiently(|| (&self.tcp).read(buffer))?;
        self.throttle(bytes);
        Ok(bytes)
    }
}

impl Write for Wire {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let buffer = buffer.get(..self.at_once()).unwrap_or(buffer);
        let bytes = self.patiently(|| (&self.tcp).write(buffer))?;
        self.throttle(bytes);
        Ok(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// `host:port`, with brackets around an address that has colons.
pub(super) fn place(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// Connects to the first address of the host that answers. One that is dead leaves the others
/// their share of the patience.
fn connected(host: &str, port: u16, patience: Duration) -> Result<TcpStream, Failure> {
    let addresses = (host, port).to_socket_addrs();
    let addresses =
        addresses.map_err(|_no_such_name| Failure::HostUnknown { host: host.into() })?;
    let mut last = Failure::HostUnknown { host: host.into() };
    let end = Instant::now() + patience;
    let addresses: Vec<_> = addresses.collect();
    let count = addresses.len();
    for (n, address) in addresses.into_iter().enumerate() {
        let left = end.saturating_duration_since(Instant::now());
        let share = (left / (count - n) as u32).max(GLANCE);
        match TcpStream::connect_timeout(&address, share) {
            Ok(tcp) => return Ok(tcp),
            Err(error) => {
                let place = place(host, port);
                last = match error.kind() {
                    io::ErrorKind::ConnectionRefused => Failure::Refused { place },
                    io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                        Failure::NoConnection { place, patience }
                    }
                    _ => Failure::Unreachable {
                        place,
                        detail: error.to_string(),
                    },
                };
            }
        }
    }
    Err(last)
}
