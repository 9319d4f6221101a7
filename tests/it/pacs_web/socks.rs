//! SOCKS proxies (RFC 1928, with names and passwords by RFC 1929) on the way to a service.

use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::sync::Mutex;

use isocentre::pacs::Authorities;
use isocentre::pacs::Failure;
use isocentre::pacs::Service as _;
use isocentre::pacs::Tls;

use super::*;
use crate::common::certificates::TestAuthority;
use crate::common::http::HttpServer;
use crate::common::http::Reply;
use crate::common::temp_folder;

/// What a proxy was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Name(String, u16),
    Address([u8; 4], u16),
}

/// A proxy that leads to one port of this computer, wherever one wants to go.
#[derive(Debug, Clone, Default)]
struct Rules {
    to: u16,
    /// Who may.
    user: Option<(&'static str, &'static str)>,
    /// What it answers to a request; 0 lets it through.
    code: u8,
}

struct Socks {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Socks {
    /// It ends with the test's process.
    fn start(rules: Rules) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let its = asked.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (asked, rules) = (its.clone(), rules.clone());
                std::thread::spawn(move || serve(client, &rules, &asked));
            }
        });
        Self { port, asked }
    }

    fn leading_to(to: u16) -> Self {
        Self::start(Rules {
            to,
            ..Rules::default()
        })
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn read<const N: usize>(mut stream: &TcpStream) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// A length, and so many bytes.
fn text(stream: &TcpStream) -> Option<String> {
    let [length] = read(stream)?;
    let mut bytes = vec![0; usize::from(length)];
    (&mut &*stream).read_exact(&mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}

fn serve(client: TcpStream, rules: &Rules, asked: &Mutex<Vec<Asked>>) -> Option<()> {
    let [version, count] = read(&client)?;
    if version != 5 {
        return None;
    }
    let mut methods = vec![0; usize::from(count)];
    (&client).read_exact(&mut methods).ok()?;
    let method = u8::from(rules.user.is_some()) * 2;
    if !methods.contains(&method) {
        (&client).write_all(&[5, 0xff]).ok()?;
        return None;
    }
    (&client).write_all(&[5, method]).ok()?;
    if let Some((user, password)) = rules.user {
        let [1] = read(&client)? else { return None };
        let (name, word) = (text(&client)?, text(&client)?);
        let is_known = name == user && word == password;
        (&client).write_all(&[1, u8::from(!is_known)]).ok()?;
        is_known.then_some(())?;
    }
    let [5, 1, 0, kind] = read(&client)? else {
        return None;
    };
    let port = |client| Some(u16::from_be_bytes(read(client)?));
    let goal = match kind {
        1 => Asked::Address(read(&client)?, port(&client)?),
        3 => Asked::Name(text(&client)?, port(&client)?),
        _ => return None,
    };
    asked.lock().unwrap().push(goal);
    (&client)
        .write_all(&[5, rules.code, 0, 1, 0, 0, 0, 0, 0, 0])
        .ok()?;
    if rules.code != 0 {
        return None;
    }
    let server = TcpStream::connect(("127.0.0.1", rules.to)).ok()?;
    let (mut from, mut into) = (client.try_clone().ok()?, server.try_clone().ok()?);
    std::thread::spawn(move || drop(std::io::copy(&mut from, &mut into)));
    // Whoever hangs up first ends it.
    drop(std::io::copy(&mut &server, &mut &client));
    Some(())
}

/// Through the proxy at this address.
fn echo(url: &str, proxy: String, tls: Tls) -> Result<bool, Failure> {
    let node = node_with(url, |address| {
        address.proxy = Some(proxy);
        address.tls = tls;
        address.patience_s = 2.0;
    });
    service(&node).echo(&ctx()).map(|echo| echo.is_verified)
}

fn plain_echo(url: &str, proxy: String) -> Result<bool, Failure> {
    echo(url, proxy, Tls::default())
}

fn sentence(outcome: Result<bool, Failure>) -> String {
    in_english(&outcome.unwrap_err().message())
}

fn nobodys_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn names_are_looked_up_by_the_proxy_or_here_as_its_address_says() {
    let server = HttpServer::start(|_| Reply::json("[]"));
    let socks = Socks::leading_to(server.port);
    let by_proxy = format!("socks5h://127.0.0.1:{}", socks.port);
    plain_echo("http://pacs.example:8042/dicom-web", by_proxy.clone()).unwrap();
    assert_eq!(socks.asked(), [Asked::Name("pacs.example".into(), 8042)]);
    // What is no name need not be looked up.
    plain_echo("http://127.0.0.9/rs", by_proxy).unwrap();
    assert_eq!(socks.asked()[1..], [Asked::Address([127, 0, 0, 9], 80)]);

    let by_us = format!("socks5://127.0.0.1:{}", socks.port);
    plain_echo("http://localhost:8042/rs", by_us.clone()).unwrap();
    assert_eq!(socks.asked()[2..], [Asked::Address([127, 0, 0, 1], 8042)]);
    let unknown = plain_echo("http://pacs.invalid/rs", by_us);
    assert!(
        matches!(unknown, Err(Failure::HostUnknown { .. })),
        "{unknown:?}"
    );
    assert_eq!(socks.asked().len(), 3);
}

#[test]
fn through_socks_the_archive_is_still_who_its_certificate_says() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let own = authority.issue("pacs", &["pacs.example"], false);
    let server = HttpServer::start_tls(&own, None, |_| Reply::json("[]"));
    let socks = Socks::leading_to(server.port);
    let proxy = || format!("socks5h://127.0.0.1:{}", socks.port);
    let trusting = || Tls {
        authorities: Authorities::File(authority.file.clone()),
        ..Tls::default()
    };
    let verified = echo("https://pacs.example/rs", proxy(), trusting());
    assert_eq!(verified, Ok(true));
    assert_eq!(socks.asked(), [Asked::Name("pacs.example".into(), 443)]);
    let other = sentence(echo("https://other.example/rs", proxy(), trusting()));
    assert!(other.contains("another host’s"), "{other}");
}

/// `isocentre pacs echo` where this computer has a proxy: status and all that is said.
fn by_environment(url: &str, proxy: &str, more: &[&str]) -> (Option<i32>, String) {
    let home = temp_folder();
    let output = Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .env("ISOCENTRE_HOME", home.path())
        .env("ALL_PROXY", proxy)
        .env("RUST_LOG", "debug")
        .args(["pacs", "echo", url, "--patience", "5"])
        .args(more)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn a_proxy_that_asks_who_we_are_hears_what_this_computers_setting_says() {
    let server = HttpServer::start(|_| Reply::json("[]"));
    let socks = Socks::start(Rules {
        to: server.port,
        user: Some(("reader", "s3cret")),
        code: 0,
    });
    let url = "http://pacs.example/rs";
    let with = |user: &str| format!("socks5h://{user}127.0.0.1:{}", socks.port);
    let (status, said) = by_environment(url, &with("reader:s3cret@"), &[]);
    assert_eq!(status, Some(0), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
    for user in ["reader:wr0ng@", ""] {
        let (status, said) = by_environment(url, &with(user), &[]);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains("user name and password"), "{said}");
        assert!(!said.contains("wr0ng"), "{said}");
    }
    // Everybody may read what is on a command line.
    let open = with("reader:s3cret@");
    let (status, said) = by_environment(url, &with(""), &["--proxy", &open]);
    assert_eq!(status, Some(2), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
    assert_eq!(socks.asked().len(), 1);
}

#[test]
fn what_a_proxy_refuses_is_said_in_a_sentence_that_names_the_cause() {
    for (code, cause) in [
        (1, "does not find or reach"),
        (2, "does not allow"),
        (3, "does not find or reach"),
        (4, "does not find or reach"),
        (5, "lets us through, but"),
        (6, "does not find or reach"),
        (7, "does not answer as one"),
        (8, "does not find or reach"),
    ] {
        let socks = Socks::start(Rules {
            code,
            ..Rules::default()
        });
        let proxy = format!("socks5h://127.0.0.1:{}", socks.port);
        let said = sentence(plain_echo("http://pacs.example/rs", proxy));
        assert!(said.contains(cause), "{code}: {said}");
        assert!(said.contains("pacs.example:80"), "{code}: {said}");
    }
}

#[test]
fn a_proxy_that_is_none_is_blamed_and_not_the_archive() {
    let page = HttpServer::start(|_| Reply::new(200, "text/html", "<html>"));
    // Accepts, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let ports = [
        nobodys_port(),
        page.port,
        silent.local_addr().unwrap().port(),
    ];
    for port in ports {
        for scheme in ["socks5h", "http"] {
            if (scheme, port) == ("http", page.port) {
                continue; // which it is
            }
            let proxy = format!("{scheme}://127.0.0.1:{port}");
            let said = sentence(plain_echo("https://pacs.example/rs", proxy));
            assert!(said.contains("does not answer as one"), "{scheme}: {said}");
        }
    }
    let proxy = "socks5h://proxy.invalid:1080".to_owned();
    let said = sentence(plain_echo("http://pacs.example/rs", proxy));
    assert!(said.contains("does not answer as one"), "{said}");
}
