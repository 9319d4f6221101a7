//! OpenID Connect: signing in by the browser, tokens that run out, answers that are forged.

use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use isocentre::pacs::Failure;
use isocentre::pacs::Secret;
use isocentre::pacs::SecretKind;
use isocentre::pacs::Secrets;
use isocentre::pacs::Service as _;
use isocentre::pacs::web::SignInPage;
use isocentre::pacs::web::sign_in;
use sha2::Digest as _;
use sha2::Sha256;

use super::*;
use crate::common::http::HttpRequest;
use crate::common::http::HttpServer;
use crate::common::http::Reply;

/// What the issuer knows.
struct Issuer {
    life_s: Mutex<u32>,
    challenge: Mutex<String>,
    tokens_given: Mutex<usize>,
    /// The token that the archive takes.
    good: Mutex<String>,
    url: Mutex<String>,
}

fn value(text: &str, name: &str) -> String {
    let found = text.split(['&', '?']).find_map(|field| {
        let (own, value) = field.split_once('=')?;
        (own == name).then(|| value.to_owned())
    });
    found.unwrap_or_else(|| panic!("{name} in {text}"))
}

impl Issuer {
    fn answer(&self, request: &HttpRequest) -> Reply {
        let url = self.url.lock().unwrap().clone();
        match request.path() {
            "/.well-known/openid-configuration" => Reply::new(
                200,
                "application/json",
                format!(
                    r#"{{"issuer":"{url}","authorization_endpoint":"{url}/auth","token_endpoint":"{url}/token"}}"#
                ),
            ),
            "/token" => {
                assert_eq!(request.header("authorization"), None);
                let form = String::from_utf8(request.body.clone()).unwrap();
                match value(&form, "grant_type").as_str() {
                    "authorization_code" => {
                        let verifier = value(&form, "code_verifier");
                        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
                        assert_eq!(hash, *self.challenge.lock().unwrap());
                        assert_eq!(value(&form, "code"), "the%20code");
                    }
                    "refresh_token" if value(&form, "refresh_token") == "stale" => {
                        return Reply::new(400, "application/json", r#"{"error":"invalid_grant"}"#);
                    }
                    other => assert_eq!(other, "refresh_token"),
                }
                let mut given = self.tokens_given.lock().unwrap();
                *given += 1;
                let token = format!("token-{given}");
                let life = *self.life_s.lock().unwrap();
                self.good.lock().unwrap().clone_from(&token);
                Reply::new(
                    200,
                    "application/json",
                    format!(
                        r#"{{"access_token":"{token}","refresh_token":"refresh-{given}","expires_in":{life}}}"#
                    ),
                )
            }
            _ => {
                let good = format!("Bearer {}", self.good.lock().unwrap());
                if request.header("authorization") == Some(&good) {
                    Reply::json("[]")
                } else {
                    Reply::status(401)
                }
            }
        }
    }
}

fn start() -> (HttpServer, Arc<Issuer>, Node) {
    let issuer = Arc::new(Issuer {
        life_s: Mutex::new(3600),
        challenge: Mutex::default(),
        tokens_given: Mutex::default(),
        good: Mutex::default(),
        url: Mutex::default(),
    });
    let answering = issuer.clone();
    let server = HttpServer::start(move |request| answering.answer(request));
    issuer.url.lock().unwrap().clone_from(&server.url());
    let node = node_with(&server.url(), |address| {
        address.authentication = Authentication::OpenId {
            issuer: server.url(),
            client_id: "isocentre".into(),
            scopes: vec!["offline_access".into()],
        };
    });
    (server, issuer, node)
}

fn page() -> SignInPage {
    SignInPage {
        done: "Done".into(),
        failed: "Failed".into(),
    }
}

/// What a browser does when the reader has signed in.
fn browser_gets(redirect: &str, query: &str) -> String {
    let redirect = redirect.replace("%3A", ":").replace("%2F", "/");
    let (host, path) = redirect
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!("GET /{path}?{query} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn who_signs_in_is_known_until_the_token_runs_out_and_then_without_being_asked() {
    let (_server, issuer, node) = start();
    let secrets = Secrets::of_this_run();
    let service = service_with(&node, &secrets);
    let failure = service.echo(&ctx()).unwrap_err();
    let text = in_english(&failure.message());
    assert!(text.contains("sign in"), "{text}");

    let open = |url: &str| {
        assert_eq!(value(url, "code_challenge_method"), "S256");
        assert_eq!(value(url, "scope"), "openid%20offline_access");
        *issuer.challenge.lock().unwrap() = value(url, "code_challenge");
        let (redirect, state) = (value(url, "redirect_uri"), value(url, "state"));
        std::thread::spawn(move || {
            // Somebody who guesses is not believed.
            let forged = browser_gets(&redirect, "code=evil&state=guessed");
            assert!(forged.starts_with("HTTP/1.1 404"), "{forged}");
            let shown = browser_gets(&redirect, &format!("state={state}&code=the%20code"));
            assert!(shown.ends_with("<p>Done"), "{shown}");
        });
    };
    sign_in(&node, &secrets, &page(), &open, &ctx())
        .unwrap()
        .unwrap();
    service.echo(&ctx()).unwrap();
    assert_eq!(*issuer.tokens_given.lock().unwrap(), 1);

    // The archive does not take the token any more.
    *issuer.good.lock().unwrap() = "another".into();
    service.echo(&ctx()).unwrap();
    assert_eq!(*issuer.tokens_given.lock().unwrap(), 2);
    let refresh = secrets.get(&owner(&node), SecretKind::Refresh).unwrap();
    assert_eq!(refresh.expose(), "refresh-2");

    // Nor the issuer what gets new ones.
    *issuer.good.lock().unwrap() = "another".into();
    secrets.set(&owner(&node), SecretKind::Refresh, &Secret::new("stale"));
    let failure = service.echo(&ctx()).unwrap_err();
    let text = in_english(&failure.message());
    assert!(text.contains("sign in"), "{text}");
}

#[test]
fn who_is_refused_by_the_issuer_is_told_why() {
    let (_server, _, node) = start();
    let open = |url: &str| {
        let (redirect, state) = (value(url, "redirect_uri"), value(url, "state"));
        std::thread::spawn(move || {
            let query = format!("error=access_denied&error_description=No+entry&state={state}");
            let shown = browser_gets(&redirect, &query);
            assert!(shown.ends_with("<p>Failed"), "{shown}");
        });
    };
    let outcome = sign_in(&node, &Secrets::of_this_run(), &page(), &open, &ctx());
    let text = in_english(&outcome.unwrap_err().message());
    assert!(text.contains("No entry"), "{text}");
}

#[test]
fn an_issuer_that_names_another_one_is_not_believed() {
    let (_server, issuer, node) = start();
    *issuer.url.lock().unwrap() = "http://127.0.0.1:9".into();
    let open = |_: &str| panic!("nothing is to be opened");
    let outcome = sign_in(&node, &Secrets::of_this_run(), &page(), &open, &ctx());
    assert!(matches!(outcome, Err(Failure::Web { .. })), "{outcome:?}");
}

#[test]
fn signing_in_can_be_given_up() {
    let (_server, _, node) = start();
    let ctx = ctx();
    let open = |_: &str| ctx.cancel();
    let outcome = sign_in(&node, &Secrets::of_this_run(), &page(), &open, &ctx);
    assert_eq!(outcome, Err(Failure::Cancelled));
}

#[test]
fn a_token_that_runs_out_is_renewed_before_it_is_refused() {
    let (_server, issuer, node) = start();
    *issuer.life_s.lock().unwrap() = 1;
    let secrets = Secrets::of_this_run();
    secrets.set(&owner(&node), SecretKind::Refresh, &Secret::new("refresh"));
    let service = service_with(&node, &secrets);
    service.echo(&ctx()).unwrap();
    service.echo(&ctx()).unwrap();
    assert_eq!(*issuer.tokens_given.lock().unwrap(), 1);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    service.echo(&ctx()).unwrap();
    assert_eq!(*issuer.tokens_given.lock().unwrap(), 2);
}
