//! The one request that the browser makes to this computer when the reader has signed in
//! (RFC 8252 7.3).

use std::io;
use std::io::Read as _;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::net::TcpListener;
use std::net::TcpStream;
use std::time::Duration;
use std::time::Instant;

use super::SignInPage;
use super::form::value;
use crate::jobs::JobCtx;
use crate::pacs::Failure;

/// Longest request that is read.
const LONGEST: usize = 16 * 1024;
/// How soon a cancelled job is noticed.
const GLANCE: Duration = Duration::from_millis(50);
/// Longest wait for a browser that has connected.
const BROWSER: Duration = Duration::from_secs(5);

/// Listens on this computer alone.
pub(super) struct Loopback {
    listener: TcpListener,
    port: u16,
}

impl Loopback {
    pub fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    pub fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}/signed-in", self.port)
    }

    /// Waits for the code that belongs to our `state`; what else comes to the port is answered
    /// and passed over. The inner error is what the issuer says went wrong.
    pub fn code(
        &self,
        state: &str,
        page: &SignInPage,
        deadline: Instant,
        ctx: &JobCtx,
    ) -> Result<Result<String, String>, Failure> {
        while Instant::now() < deadline {
            ctx.check()?;
            let Ok((stream, _)) = self.listener.accept() else {
                std::thread::sleep(GLANCE);
                continue;
            };
            // A browser that hangs up costs its own request only.
            if let Ok(Some(outcome)) = answered(stream, state, page) {
                return Ok(outcome);
            }
        }
        Ok(Err(io::Error::from(io::ErrorKind::TimedOut).to_string()))
    }
}

fn answered(
    mut stream: TcpStream,
    state: &str,
    page: &SignInPage,
) -> io::Result<Option<Result<String, String>>> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(BROWSER))?;
    stream.set_write_timeout(Some(BROWSER))?;
    let target = request_target(&mut stream)?;
    let query = target
        .as_deref()
        .and_then(|target| target.strip_prefix("/signed-in?"));
    let Some(query) = query.filter(|query| value(query, "state").as_deref() == Some(state)) else {
        // An icon, or somebody who guesses.
        stream.write_all(
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        )?;
        return Ok(None);
    };
    let outcome = match (value(query, "code"), value(query, "error")) {
        (Some(code), None) => Ok(code),
        (_, error) => {
            let words = value(query, "error_description").or(error);
            Err(words.unwrap_or_default().chars().take(300).collect())
        }
    };
    let text = if outcome.is_ok() {
        &page.done
    } else {
        &page.failed
    };
    let body = format!("<!doctype html><meta charset=utf-8><title>isocentre</title><p>{text}");
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // The code is here, whether or not the browser shows the page.
    drop(stream.write_all(format!("{head}{body}").as_bytes()));
    Ok(Some(outcome))
}

/// The target of a GET request, read to the end of its header.
fn request_target(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut buffer)?;
        if read == 0 || request.len() > LONGEST {
            return Ok(None);
        }
        request.extend_from_slice(buffer.get(..read).unwrap_or_default());
    }
    let text = String::from_utf8_lossy(&request);
    let mut words = text.lines().next().unwrap_or_default().split(' ');
    let is_get = words.next() == Some("GET");
    Ok(words.next().filter(|_| is_get).map(str::to_owned))
}
