//! The way through a proxy (HTTP CONNECT, or SOCKS by RFC 1928 and RFC 1929): what goes wrong there
//! is the proxy's, and not the archive's.

use std::error;
use std::fmt;
use std::io;

use ureq::ProxyProtocol;
use ureq::unversioned::transport::ConnectionDetails;
use ureq::unversioned::transport::Connector;
use ureq::unversioned::transport::Transport;

/// Why a proxy does not let us through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyRefusal {
    /// It is not there, or silent, or it is no proxy of this kind.
    Absent,
    /// It wants a user name and password, or does not take ours.
    Credentials,
    /// Its rules do not allow it.
    NotAllowed,
    /// It does not find or reach the archive's host.
    Unreachable,
    /// The archive's host refuses the connection.
    Refused,
}

impl fmt::Display for ProxyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy: {self:?}")
    }
}

impl error::Error for ProxyRefusal {}

impl ProxyRefusal {
    /// What an error carries, if it is one of a proxy.
    pub(super) fn carried(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

/// A connector of ureq's to a proxy, whose errors are told from those of what lies behind it.
#[derive(Debug)]
pub(super) struct ThroughProxy<C>(pub C);

impl<In: Transport, C: Connector<In>> Connector<In> for ThroughProxy<C> {
    type Out = C::Out;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let protocol = details.config.proxy().map(ureq::Proxy::protocol);
        let is_http = matches!(protocol, Some(ProxyProtocol::Http | ProxyProtocol::Https));
        self.0.connect(details, chained).map_err(|error| {
            match protocol.and_then(|_| refusal(&error, is_http)) {
                Some(refusal) => io::Error::other(refusal).into(),
                None => error,
            }
        })
    }
}

/// What an error on the way to a proxy, or of its own, is about.
fn refusal(error: &ureq::Error, is_http: bool) -> Option<ProxyRefusal> {
    use ureq::Error;
    match error {
        Error::HostNotFound | Error::ConnectionFailed | Error::Timeout(_) => {
            Some(ProxyRefusal::Absent)
        }
        Error::Io(error) => Some(of_io(error, is_http)),
        // `proxy server responded 407/407`
        Error::ConnectProxyFailed(said) if said.contains("407") => Some(ProxyRefusal::Credentials),
        Error::ConnectProxyFailed(said) if said.contains("403") => Some(ProxyRefusal::NotAllowed),
        Error::ConnectProxyFailed(said)
            if ["502", "503", "504"].iter().any(|code| said.contains(code)) =>
        {
            Some(ProxyRefusal::Unreachable)
        }
        _ => None,
    }
}

/// ureq has a text for each answer of a SOCKS proxy, and no other sign.
fn of_io(error: &io::Error, is_http: bool) -> ProxyRefusal {
    if is_http || error.get_ref().is_none() {
        return ProxyRefusal::Absent;
    }
    match error.to_string().as_str() {
        "no acceptable auth methods" | "unknown auth method" | "password authentication failed" => {
            ProxyRefusal::Credentials
        }
        "connection not allowed by ruleset" => ProxyRefusal::NotAllowed,
        "connection refused" => ProxyRefusal::Refused,
        "network unreachable"
        | "host unreachable"
        | "TTL expired"
        | "general SOCKS server failure"
        | "address kind not supported" => ProxyRefusal::Unreachable,
        _ => ProxyRefusal::Absent,
    }
}
