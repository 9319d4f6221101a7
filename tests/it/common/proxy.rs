//! A line with faults: a proxy on loopback that delays, slows down, falls silent or cuts.

use std::io::Read as _;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::net::Shutdown;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::accepting::Accepting;

/// What is wrong with the line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fault {
    /// Every portion of bytes, either way, waits so long first.
    pub delay: Duration,
    /// After so many bytes from the server (the target) over all connections, the connection
    /// that carries them is cut.
    pub cut_after: Option<u64>,
    /// After so many bytes from the server, over all connections, nothing more is passed on, and
    /// the connections stay open.
    pub silent_after: Option<u64>,
    /// At most so many bytes a second from the server, a connection.
    pub bytes_per_s: Option<u64>,
    /// The bytes from the server after so many, over all connections, are not what they were.
    pub garbled_after: Option<u64>,
    /// All this is of the bytes to the server instead.
    pub is_of_caller: bool,
}

/// Passes bytes between whoever connects to [`Proxy::port`] and a target on loopback. Ends with
/// its value.
pub struct Proxy {
    accepting: Accepting,
    shared: Arc<Shared>,
}

struct Shared {
    target: u16,
    fault: Fault,
    from_server: AtomicU64,
    connections: AtomicU64,
    is_over: AtomicBool,
    is_mended: AtomicBool,
}

impl Proxy {
    /// In front of a port on loopback.
    pub fn new(target: u16, fault: Fault) -> Self {
        let shared = Arc::new(Shared {
            target,
            fault,
            from_server: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
            is_mended: AtomicBool::new(false),
        });
        let its = shared.clone();
        let accepting = Accepting::start(move |client| {
            its.connections.fetch_add(1, Ordering::SeqCst);
            join(client, &its);
        });
        Self { accepting, shared }
    }

    pub fn port(&self) -> u16 {
        self.accepting.port()
    }

    /// Bytes that came from the server so far.
    pub fn bytes_from_server(&self) -> u64 {
        self.shared.from_server.load(Ordering::SeqCst)
    }

    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// From now on the line cuts and falls silent no more.
    pub fn mend(&self) {
        self.shared.is_mended.store(true, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
    }
}

fn join(client: TcpStream, shared: &Arc<Shared>) {
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, shared.target)) else {
        return;
    };
    for stream in [&client, &server] {
        stream.set_nodelay(true).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(100)))
            .unwrap();
    }
    let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let for_there = shared.clone();
    std::thread::spawn(move || {
        pass(client, server, &for_there, for_there.fault.is_of_caller);
    });
    let for_back = shared.clone();
    std::thread::spawn(move || {
        pass(back.0, back.1, &for_back, !for_back.fault.is_of_caller);
    });
}

fn pass(mut from: TcpStream, mut to: TcpStream, shared: &Shared, is_from_server: bool) {
    let mut buffer = vec![0; 16 * 1024];
    let end = |from: &TcpStream, to: &TcpStream| {
        drop(from.shutdown(Shutdown::Both));
        drop(to.shutdown(Shutdown::Both));
    };
    loop {
        let is_mended = shared.is_mended.load(Ordering::SeqCst);
        let read = match from.read(&mut buffer) {
            Ok(0) => return end(&from, &to),
            Ok(read) => read,
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) =>
            {
                if shared.is_over.load(Ordering::SeqCst) {
                    return end(&from, &to);
                }
                continue;
            }
            Err(_) => return end(&from, &to),
        };
        std::thread::sleep(shared.fault.delay);
        let mut passed = read;
        if is_from_server {
            let before = shared.from_server.fetch_add(read as u64, Ordering::SeqCst);
            let allowed = |after: u64| after.saturating_sub(before).min(read as u64) as usize;
            if let Some(after) = shared.fault.silent_after
                && !is_mended
            {
                passed = allowed(after);
            }
            if let Some(after) = shared.fault.cut_after
                && !is_mended
                && allowed(after) < read
            {
                drop(to.write_all(&buffer[..allowed(after)]));
                return end(&from, &to);
            }
            if let Some(after) = shared.fault.garbled_after
                && !is_mended
            {
                let from = allowed(after);
                buffer[from..read].iter_mut().for_each(|byte| *byte ^= 0x55);
            }
            if let Some(rate) = shared.fault.bytes_per_s {
                std::thread::sleep(Duration::from_secs_f64(passed as f64 / rate as f64));
            }
        }
        if to.write_all(&buffer[..passed]).is_err() {
            return end(&from, &to);
        }
    }
}
