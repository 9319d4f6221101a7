//! A web server of the test's own, which answers as badly as the test wants.

use std::io;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::ServerConnection;
use rustls::StreamOwned;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::WebPkiClientVerifier;

use super::certificates::TestCertificate;

/// What came.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    pub method: String,
    /// Path and query.
    pub target: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// A header's value; the name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }
}

/// One piece of an answer.
#[derive(Debug, Clone)]
pub enum Piece {
    Bytes(Vec<u8>),
    Wait(Duration),
    /// The same bytes again and again, until the other side hangs up.
    Endless(Vec<u8>),
}

/// An answer; the connection stays open behind it unless it is to be closed.
#[derive(Debug, Clone)]
pub struct Reply {
    pub pieces: Vec<Piece>,
    pub closes: bool,
}

impl Reply {
    /// A whole answer with its length.
    pub fn new(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        Self::with(status, &[("Content-Type", content_type)], body)
    }

    pub fn status(status: u16) -> Self {
        Self::with(status, &[], "")
    }

    pub fn json(body: &str) -> Self {
        Self::new(200, "application/dicom+json", body)
    }

    pub fn with(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        Self {
            pieces: vec![Piece::Bytes([head.as_bytes(), body].concat())],
            closes: false,
        }
    }

    /// Any bytes, and then the line is cut.
    pub fn cut(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            pieces: vec![Piece::Bytes(bytes.into())],
            closes: true,
        }
    }

    /// An answer whose header is followed by these pieces, until the connection is closed.
    pub fn stream(content_type: &str, pieces: Vec<Piece>) -> Self {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n");
        let mut all = vec![Piece::Bytes(head.into_bytes())];
        all.extend(pieces);
        Self {
            pieces: all,
            closes: true,
        }
    }
}

type Handler = dyn Fn(&HttpRequest) -> Reply + Send + Sync;

/// Runs until it is dropped.
pub struct HttpServer {
    pub port: u16,
    is_secure: bool,
    requests: Arc<Mutex<Vec<HttpRequest>>>,
    has_ended: Arc<AtomicBool>,
}

impl HttpServer {
    pub fn start(answer: impl Fn(&HttpRequest) -> Reply + Send + Sync + 'static) -> Self {
        Self::run(None, Arc::new(answer))
    }

    /// Over TLS; clients must show a certificate of this authority, if one is named.
    pub fn start_tls(
        own: &TestCertificate,
        clients: Option<&Path>,
        answer: impl Fn(&HttpRequest) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::run(Some(Arc::new(tls(own, clients))), Arc::new(answer))
    }

    /// In front of another server of this computer, as a proxy is.
    pub fn tls_in_front_of(port: u16, own: &TestCertificate, clients: Option<&Path>) -> Self {
        Self::start_tls(own, clients, move |request| {
            forwarded(port, request).unwrap()
        })
    }

    fn run(tls: Option<Arc<ServerConfig>>, handler: Arc<Handler>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            is_secure: tls.is_some(),
            requests: Arc::default(),
            has_ended: Arc::default(),
        };
        let (requests, has_ended) = (server.requests.clone(), server.has_ended.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if has_ended.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (tls, handler) = (tls.clone(), handler.clone());
                let requests = requests.clone();
                std::thread::spawn(move || {
                    // A client that hangs up is part of many a test.
                    drop(match tls {
                        None => serve(stream, &*handler, &requests),
                        Some(tls) => ServerConnection::new(tls)
                            .map_err(io::Error::other)
                            .and_then(|session| {
                                serve(StreamOwned::new(session, stream), &*handler, &requests)
                            }),
                    });
                });
            }
        });
        server
    }

    pub fn url(&self) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// What came so far.
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.has_ended.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(("127.0.0.1", self.port))); // wakes the listener
    }
}

fn tls(own: &TestCertificate, clients: Option<&Path>) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            let authority = CertificateDer::from_pem_file(authority).unwrap();
            roots.add(authority).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let chain = vec![CertificateDer::from_pem_file(&own.certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_file(&own.key).unwrap();
    builder.with_single_cert(chain, key).unwrap()
}

fn serve(
    mut stream: impl Read + Write,
    handler: &Handler,
    requests: &Mutex<Vec<HttpRequest>>,
) -> io::Result<()> {
    let mut pending = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut pending)? {
        requests.lock().unwrap().push(request.clone());
        let reply = handler(&request);
        for piece in reply.pieces {
            match piece {
                Piece::Bytes(bytes) => stream.write_all(&bytes)?,
                Piece::Wait(pause) => {
                    stream.flush()?;
                    std::thread::sleep(pause);
                }
                Piece::Endless(bytes) => loop {
                    stream.write_all(&bytes)?;
                },
            }
        }
        stream.flush()?;
        if reply.closes {
            return Ok(());
        }
    }
    Ok(())
}

fn read_request(stream: &mut impl Read, pending: &mut Vec<u8>) -> io::Result<Option<HttpRequest>> {
    let mut buffer = [0; 16 * 1024];
    let mut more = |pending: &mut Vec<u8>| -> io::Result<bool> {
        let read = stream.read(&mut buffer)?;
        pending.extend_from_slice(&buffer[..read]);
        Ok(read > 0)
    };
    let head = loop {
        if pending
            .first()
            .is_some_and(|byte| !byte.is_ascii_uppercase())
        {
            return Ok(None); // no HTTP
        }
        if let Some(end) = pending.windows(4).position(|end| end == b"\r\n\r\n") {
            break end + 4;
        }
        if !more(pending)? {
            return Ok(None);
        }
    };
    let text = String::from_utf8(pending[..head].to_vec()).unwrap();
    pending.drain(..head);
    let mut lines = text.lines();
    let mut words = lines.next().unwrap().split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut request = HttpRequest {
        method,
        target,
        headers,
        body: Vec::new(),
    };
    let length = request.header("content-length");
    let length: usize = length.map_or(0, |length| length.parse().unwrap());
    while pending.len() < length && more(pending)? {}
    request.body = pending.drain(..length.min(pending.len())).collect();
    Ok(Some(request))
}

/// The other server's answer to the same request.
pub fn forwarded(port: u16, request: &HttpRequest) -> io::Result<Reply> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let mut head = format!(
        "{} {} HTTP/1.1\r\nConnection: close\r\n",
        request.method, request.target
    );
    for (name, value) in &request.headers {
        if name != "connection" {
            head.extend([name, ": ", value, "\r\n"]);
        }
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(&request.body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(Reply::cut(answer))
}
