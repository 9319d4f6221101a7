//! OpenID Connect: the code flow with PKCE (RFC 6749, RFC 7636) in the system's browser, its answer
//! to a port of this computer (RFC 8252), and tokens renewed without asking again.

mod form;
mod loopback;

use std::io::Cursor;
use std::time::Duration;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::Digest as _;
use sha2::Sha256;

use super::WebTrouble;
use super::address::Origin;
use super::session::Ask;
use super::session::Content;
use super::session::Session;
use super::site::Site;
use crate::jobs::JobCtx;
use crate::pacs::Authentication;
use crate::pacs::Authorities;
use crate::pacs::Failure;
use crate::pacs::Kept;
use crate::pacs::KeyringTrouble;
use crate::pacs::Node;
use crate::pacs::NodeAddress;
use crate::pacs::Secret;
use crate::pacs::SecretKind;
use crate::pacs::SecretOwner;
use crate::pacs::Secrets;
use crate::pacs::Tls;
use crate::pacs::TlsTrouble;
use crate::pacs::lines::Line;
use crate::pacs::secrets::AccessToken;

use form::encoded;
use loopback::Loopback;

/// How long a person may take to sign in.
const PATIENCE: Duration = Duration::from_mins(5);
/// Longest answer of an issuer.
const LONGEST: usize = 1024 * 1024;

/// What the browser shows when it may be closed.
#[derive(Debug, Clone)]
pub struct SignInPage {
    /// After success.
    pub done: String,
    /// After failure.
    pub failed: String,
}

/// Signs the reader in for a node: `open` gets the address that the browser is to show, this
/// waits for the browser's answer, and the tokens go to `secrets`. Nothing happens for nodes that
/// do not ask for it.
///
/// # Errors
/// The issuer cannot be reached or refuses, the reader did not sign in in time, or the answer is
/// not the one to our question.
pub fn sign_in(
    node: &Node,
    secrets: &Secrets,
    page: &SignInPage,
    open: &dyn Fn(&str),
    ctx: &JobCtx,
) -> Result<Option<Kept>, Failure> {
    let NodeAddress::Web(address) = &node.address else {
        return Ok(None);
    };
    let Authentication::OpenId {
        issuer,
        client_id,
        scopes,
    } = &address.authentication
    else {
        return Ok(None);
    };
    let site = Site::new(address, node, secrets, Line::default())?;
    let failed = |detail: String| site.trouble(WebTrouble::SignInFailed(detail));
    let endpoints = Endpoints::discover(&site, ctx, issuer)?;
    let loopback = Loopback::open().map_err(|error| failed(error.to_string()))?;
    let redirect = loopback.redirect_uri();
    let (state, verifier) = (random(), random());
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let scope = with_openid(scopes);
    let question = encoded(&[
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", &redirect),
        ("scope", &scope),
        ("state", &state),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    let mark = if endpoints.authorization.contains('?') {
        '&'
    } else {
        '?'
    };
    open(&format!("{}{mark}{question}", endpoints.authorization));
    let code = loopback
        .code(&state, page, Instant::now() + PATIENCE, ctx)?
        .map_err(failed)?;
    let tokens = endpoints.tokens(
        &site,
        ctx,
        &[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &redirect),
            ("client_id", client_id),
            ("code_verifier", &verifier),
        ],
    )?;
    Ok(Some(
        tokens.keep(&SecretOwner::new(&node.name, address), secrets),
    ))
}

/// New tokens for a refresh token.
///
/// # Errors
/// The issuer cannot be reached, or wants the reader to sign in again.
pub(super) fn refreshed(
    site: &Site,
    ctx: &JobCtx,
    issuer: &str,
    client_id: &str,
    refresh: &Secret,
) -> Result<Tokens, Failure> {
    let endpoints = Endpoints::discover(site, ctx, issuer)?;
    let tokens = endpoints.tokens(
        site,
        ctx,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.expose()),
            ("client_id", client_id),
        ],
    );
    match tokens {
        Err(Failure::Web {
            trouble: WebTrouble::Status { status: 400, .. } | WebTrouble::NoSecret { .. },
            ..
        }) => Err(site.trouble(WebTrouble::SignIn)), // it has run out, or was withdrawn
        tokens => tokens,
    }
}

/// What an issuer gives.
pub(super) struct Tokens {
    access: AccessToken,
    refresh: Option<Secret>,
}

impl Tokens {
    pub fn keep(self, owner: &SecretOwner, secrets: &Secrets) -> Kept {
        secrets.set_access_token(owner, Some(self.access));
        // Without a new one the old one stays good.
        self.refresh
            .map_or(Kept::ForThisRun(KeyringTrouble::Absent), |refresh| {
                secrets.set(owner, SecretKind::Refresh, &refresh)
            })
    }
}

/// Where an issuer is asked (OpenID Connect Discovery 1.0).
struct Endpoints {
    authorization: String,
    token: String,
}

impl Endpoints {
    fn discover(site: &Site, ctx: &JobCtx, issuer: &str) -> Result<Self, Failure> {
        let failed = |detail: &str| site.trouble(WebTrouble::SignInFailed(detail.to_owned()));
        let issuer = issuer.trim_end_matches('/');
        if !is_safe(issuer) {
            return Err(failed(issuer));
        }
        let url = format!("{issuer}/.well-known/openid-configuration");
        let document = with_issuer(site, ctx, issuer, |session| {
            let answer = session.get(&Ask {
                url: url.clone(),
                accept: "application/json",
                may_pack: true,
            })?;
            json(site, &answer.read_all(LONGEST)?)
        })?;
        let said = |name: &str| document.get(name).and_then(Value::as_str);
        // Another issuer's document would send the reader's password elsewhere.
        if said("issuer").map(|said| said.trim_end_matches('/')) != Some(issuer) {
            return Err(failed(said("issuer").unwrap_or("?")));
        }
        let endpoint = |name| {
            let url = said(name).filter(|url| is_safe(url));
            url.map(str::to_owned).ok_or_else(|| failed(name))
        };
        Ok(Self {
            authorization: endpoint("authorization_endpoint")?,
            token: endpoint("token_endpoint")?,
        })
    }

    fn tokens(
        &self,
        site: &Site,
        ctx: &JobCtx,
        fields: &[(&str, &str)],
    ) -> Result<Tokens, Failure> {
        let form = encoded(fields);
        let answer = with_issuer(site, ctx, &self.token, |session| {
            let ask = Ask {
                url: self.token.clone(),
                accept: "application/json",
                may_pack: false,
            };
            let answer = session.post(
                &ask,
                &Content {
                    content_type: "application/x-www-form-urlencoded",
                    length: form.len() as u64,
                    open: &|| Ok(Box::new(Cursor::new(form.clone()))),
                },
            )?;
            json(site, &answer.read_all(LONGEST)?)
        })?;
        let said = |name: &str| answer.get(name).and_then(Value::as_str);
        let access = said("access_token").filter(|token| is_token(token));
        let access = access
            .ok_or_else(|| site.trouble(WebTrouble::SignInFailed("access_token".to_owned())))?;
        let seconds = answer.get("expires_in").and_then(|value| {
            let text = || value.as_str()?.parse().ok();
            value.as_u64().or_else(text)
        });
        // Renewed before it runs out on the way.
        let life = seconds.map(|s| Duration::from_secs(s - (s / 4).min(20)));
        let good_until = life.and_then(|life| Instant::now().checked_add(life));
        Ok(Tokens {
            access: AccessToken {
                token: Secret::new(access),
                good_until,
            },
            refresh: said("refresh_token").map(Secret::new),
        })
    }
}

/// What may stand in a header (RFC 6750 2.1).
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Encrypted, or on this computer.
fn is_safe(url: &str) -> bool {
    Origin::of(url).is_some_and(|origin| origin.is_secure || origin.is_loopback())
}

fn json(site: &Site, bytes: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(bytes)
        .map_err(|error| site.trouble(WebTrouble::SignInFailed(error.to_string())))
}

fn with_openid(scopes: &[String]) -> String {
    let mut all = vec!["openid"];
    all.extend(
        scopes
            .iter()
            .map(String::as_str)
            .filter(|scope| *scope != "openid"),
    );
    all.join(" ")
}

/// 256 random bits as text (RFC 7636 4.1).
fn random() -> String {
    let bits = [
        uuid::Uuid::new_v4(),
        uuid::Uuid::new_v4(),
        uuid::Uuid::new_v4(),
    ];
    let bits = Sha256::digest(bits.map(uuid::Uuid::into_bytes).concat());
    URL_SAFE_NO_PAD.encode(bits)
}

/// A conversation with the issuer. On the node's own host it is trusted by the node's rules; on
/// another one by the authorities of the node's file, if it has one, or else by the system's: who
/// trusts anyone for the node's sake does not trust anyone with a password.
fn with_issuer<T>(
    site: &Site,
    ctx: &JobCtx,
    url: &str,
    talk: impl Fn(&Session<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let by = |tls: Tls| {
        let issuer = site.beside(url, tls)?;
        talk(&Session::new(&issuer, ctx)?)
    };
    let is_same_host = Origin::of(url).is_some_and(|origin| origin.host == site.origin.host);
    if is_same_host {
        return by(site.address.tls.clone());
    }
    let Authorities::File(_) = &site.address.tls.authorities else {
        return by(Tls::default());
    };
    let own = Tls {
        authorities: site.address.tls.authorities.clone(),
        ..Tls::default()
    };
    match by(own) {
        Err(Failure::Tls {
            trouble: TlsTrouble::UnknownAuthority,
            ..
        }) => by(Tls::default()),
        outcome => outcome,
    }
}
