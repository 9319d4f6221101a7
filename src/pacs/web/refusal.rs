//! Errors of the line and refusals of the service, told apart by what is likely behind them.

use std::io;

use super::ProxyRefusal;
use super::WebTrouble;
use super::address::Origin;
use super::session::Answer;
use super::session::Session;
use crate::pacs::Authentication;
use crate::pacs::Failure;
use crate::pacs::TlsTrouble;
use crate::pacs::tls::carried_trouble;
use crate::pacs::tls::is_cut_midway;

/// Longest body that is read for a reason.
const MOST_DETAIL: usize = 64 * 1024;
/// Longest reason that is shown.
const LONGEST_DETAIL: usize = 300;

/// Why there is no answer.
pub(super) fn of_line(session: &Session<'_>, error: ureq::Error) -> Failure {
    use ureq::Error;
    use ureq::Timeout;
    let site = session.site;
    if session.ctx.check().is_err() {
        return Failure::Cancelled; // that is what cut the line
    }
    let peer = site.peer.clone();
    let patience = site.patience();
    match error {
        Error::HostNotFound => Failure::HostUnknown {
            host: site.origin.host.clone(),
        },
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => Failure::NoConnection {
            place: peer,
            patience,
        },
        Error::Timeout(_) => Failure::NoAnswer { peer, patience },
        Error::ConnectProxyFailed(detail) => site.trouble(WebTrouble::Proxy { detail }),
        Error::InvalidProxyUrl => site.trouble(WebTrouble::Proxy {
            detail: Error::InvalidProxyUrl.to_string(),
        }),
        Error::Io(error) => of_io(session, &error),
        Error::Rustls(error) => of_io(session, &io::Error::other(error)),
        Error::Tls(detail) => Failure::Tls {
            peer,
            trouble: TlsTrouble::Other(detail.to_owned()),
        },
        Error::BadUri(_) | Error::Http(_) => site.trouble(WebTrouble::Address),
        Error::Decompress(..) => site.trouble(WebTrouble::Truncated),
        Error::ConnectionFailed => Failure::Refused { place: peer },
        other => {
            tracing::debug!("no HTTP: {other}");
            site.trouble(WebTrouble::NotHttp)
        }
    }
}

fn of_io(session: &Session<'_>, error: &io::Error) -> Failure {
    let site = session.site;
    let peer = site.peer.clone();
    let patience = site.patience();
    if let Some(trouble) = carried_trouble(error) {
        return Failure::Tls { peer, trouble };
    }
    if let Some(refusal) = ProxyRefusal::carried(error) {
        return site.trouble(WebTrouble::ProxyRefused(refusal));
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Failure::Refused { place: peer },
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Failure::NoAnswer { peer, patience },
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => Failure::Unreachable {
            place: peer,
            detail: error.to_string(),
        },
        _ if site.line.has_answered() || is_cut_midway(error) => Failure::Cut { peer },
        // Nothing that speaks HTTP was ever heard there.
        _ => Failure::ClosedUnanswered { peer },
    }
}

/// Why a body did not come to its end.
pub(super) fn of_body(session: &Session<'_>, error: io::Error) -> Failure {
    let is_short = error.kind() == io::ErrorKind::UnexpectedEof
        || (error.kind() == io::ErrorKind::InvalidData && carried_trouble(&error).is_none());
    let failure = of_line(session, error.into());
    match failure {
        Failure::Cut { .. } if is_short => session.site.trouble(WebTrouble::Truncated),
        // What both sides took for TLS is still TLS: something on the way broke it.
        Failure::Tls { peer, .. } => Failure::Cut { peer },
        // A chunk that is none: the line was cut, or something between us wrote into it.
        Failure::Web {
            trouble: WebTrouble::NotHttp,
            ..
        } => session.site.trouble(WebTrouble::Truncated),
        failure => failure,
    }
}

/// Why the service says no.
pub(super) fn failure(session: &Session<'_>, url: &str, answer: Answer<'_>) -> Failure {
    let site = session.site;
    if session.ctx.check().is_err() {
        return Failure::Cancelled;
    }
    let status = answer.status;
    let trouble = match status {
        401 => match site.address.authentication {
            Authentication::None => WebTrouble::NoSecret {
                variable: site.credentials.variable(),
            },
            Authentication::OpenId { .. } => WebTrouble::SignIn,
            Authentication::Basic { .. } | Authentication::Bearer => WebTrouble::Unauthorised,
        },
        403 => WebTrouble::Forbidden,
        404 | 405 | 410 | 501 => WebTrouble::NoService {
            path: path_of(url, &site.origin),
        },
        406 | 415 => WebTrouble::NotAcceptable,
        407 => WebTrouble::ProxyRefused(ProxyRefusal::Credentials),
        429 | 503 => WebTrouble::Busy,
        507 => WebTrouble::NoRoom,
        300..=399 => WebTrouble::Redirected {
            to: site.peer.clone(),
        },
        status => WebTrouble::Status {
            status,
            detail: detail(answer),
        },
    };
    site.trouble(trouble)
}

/// The failure of a test, where the address names a host and no path: a server whose services lie
/// below paths may take what it is asked for as something else.
pub(super) fn at_address(failure: Failure, url: &str) -> Failure {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let has_path = rest.trim_end_matches('/').contains('/');
    match failure {
        Failure::Web {
            peer,
            trouble: WebTrouble::Status { status, detail },
        } if !has_path && (400..500).contains(&status) => Failure::Web {
            peer,
            trouble: WebTrouble::NoPath { status, detail },
        },
        failure => failure,
    }
}

/// Without what was searched for, which may name a patient.
fn path_of(url: &str, origin: &Origin) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let host = path.find('/').unwrap_or(path.len());
    let path = path.get(host..).unwrap_or_default();
    if path.is_empty() {
        origin.place()
    } else {
        path.to_owned()
    }
}

/// The service's own words: Orthanc's, dcm4chee's, or plain text. A page has none.
fn detail(answer: Answer<'_>) -> String {
    let media_type = answer.media_type.clone();
    let Ok(body) = answer.read_all(MOST_DETAIL) else {
        return String::new();
    };
    let text = String::from_utf8_lossy(&body);
    let json: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let said = |name: &str| {
        let value = json.as_ref()?.get(name)?.as_str()?;
        (!value.trim().is_empty()).then(|| value.to_owned())
    };
    let words = [
        "Details",
        "errorMessage",
        "error_description",
        "Message",
        "message",
        "error",
    ]
    .into_iter()
    .find_map(said);
    let plain = || {
        let is_plain = media_type.essence == "text/plain" && !text.trim_start().starts_with('<');
        is_plain.then(|| text.to_string())
    };
    let words = words.or_else(plain).unwrap_or_default();
    let words: Vec<&str> = words.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST_DETAIL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_fails_at_an_address_without_a_path_says_that_one_may_be_missing() {
        let refused = |status| Failure::Web {
            peer: "pacs".into(),
            trouble: WebTrouble::Status {
                status,
                detail: "Missing \"since\" argument".into(),
            },
        };
        let told = |status, url| at_address(refused(status), url).message().id.0;
        assert_eq!(told(400, "http://pacs:8042/"), "web-no-path");
        assert_eq!(told(400, "http://pacs:8042/rs"), "web-status-detail");
        assert_eq!(told(500, "http://pacs:8042"), "web-status-detail");
    }
}
