//! A line as real ones are: a proxy on loopback with one bandwidth for all of its connections, and a
//! time that bytes travel.

use std::io::Read as _;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::net::Shutdown;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::Duration;
use std::time::Instant;

use super::accepting::Accepting;

/// Bytes passed on at once.
const PORTION: usize = 8 * 1024;
/// What the sender's system may hold back unseen, as it would for such a line.
#[cfg(unix)]
const BEHIND: usize = 64 * 1024;

/// Passes bytes between whoever connects to [`Line::port`] and a port on loopback. Ends with its
/// value.
pub struct Line {
    accepting: Accepting,
    shared: Arc<Shared>,
}

struct Shared {
    target: u16,
    bytes_per_s: f64,
    /// One way.
    travel: Duration,
    /// When the line from the server is free again.
    free: Mutex<Instant>,
    from_server: AtomicU64,
}

impl Line {
    /// In front of a port on loopback: so fast towards the client, as fast as may be from it, and
    /// `travel` each way.
    pub fn new(target: u16, bytes_per_s: f64, travel: Duration) -> Self {
        let shared = Arc::new(Shared {
            target,
            bytes_per_s,
            travel,
            free: Mutex::new(Instant::now()),
            from_server: AtomicU64::new(0),
        });
        let its = Arc::clone(&shared);
        let accepting = Accepting::start(move |client| join(client, &its));
        Self { accepting, shared }
    }

    pub fn port(&self) -> u16 {
        self.accepting.port()
    }

    /// Bytes that came from the server so far.
    pub fn bytes_from_server(&self) -> u64 {
        self.shared.from_server.load(Ordering::SeqCst)
    }
}

fn join(client: TcpStream, shared: &Arc<Shared>) {
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, shared.target)) else {
        return;
    };
    for stream in [&client, &server] {
        stream.set_nodelay(true).unwrap();
    }
    #[cfg(unix)]
    rustix::net::sockopt::set_socket_recv_buffer_size(&server, BEHIND).unwrap();
    let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
    pass(client, server, Arc::clone(shared), false);
    pass(back.0, back.1, Arc::clone(shared), true);
}

/// Reads when the line is free, and writes when the bytes have travelled.
fn pass(mut from: TcpStream, mut to: TcpStream, shared: Arc<Shared>, is_from_server: bool) {
    let (give, take) = mpsc::channel::<(Instant, Vec<u8>)>();
    std::thread::spawn(move || {
        for (due, bytes) in take {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        drop(to.shutdown(Shutdown::Both));
    });
    std::thread::spawn(move || {
        let mut buffer = vec![0; PORTION];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            let mut gone = Instant::now();
            if is_from_server {
                shared.from_server.fetch_add(read as u64, Ordering::SeqCst);
                let time = Duration::from_secs_f64(read as f64 / shared.bytes_per_s);
                let mut free = shared.free.lock().unwrap();
                gone = (*free).max(gone) + time;
                *free = gone;
                drop(free);
                std::thread::sleep(gone.saturating_duration_since(Instant::now()));
            }
            let bytes = buffer[..read].to_vec();
            if give.send((gone + shared.travel, bytes)).is_err() {
                break;
            }
        }
        drop(from.shutdown(Shutdown::Both));
    });
}
