//! Whom to talk to: an archive's name and address, and how the line to it is.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::problem::{Message, msg};

/// The port DICOM is registered for.
const DICOM_PORT: u16 = 11112;

/// An application entity title: 1 to 16 printable characters (PS3.5 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AeTitle(String);

impl AeTitle {
    /// What this program calls itself, unless told otherwise.
    #[must_use]
    pub fn ours() -> Self {
        Self("ISOCENTRE".to_owned())
    }

    /// As it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AeTitle {
    type Error = BadAddress;

    fn try_from(text: String) -> Result<Self, BadAddress> {
        let title = text.trim();
        let is_allowed = |c: char| (c.is_ascii_graphic() && c != '\\') || c == ' ';
        if title.is_empty() || title.len() > 16 || !title.chars().all(is_allowed) {
            return Err(BadAddress::AeTitle(text));
        }
        Ok(Self(title.to_owned()))
    }
}

impl From<AeTitle> for String {
    fn from(title: AeTitle) -> Self {
        title.0
    }
}

impl fmt::Display for AeTitle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An archive on the network. No secrets: these are in the system's keyring, under its name and place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// What the reader calls it.
    pub name: String,
    /// Where it is.
    pub address: NodeAddress,
    /// Asked by every search.
    #[serde(default = "yes")]
    pub is_searched: bool,
    /// Most it may take of the line.
    #[serde(default)]
    pub limit_bytes_per_s: Option<u64>,
    /// The reader said that its line is slow, whatever its limit.
    #[serde(default)]
    pub is_slow: bool,
}

/// The speed of a line, bytes a second, up to which it is slow: 10 Mbit/s, half a second for a slice
/// of CT.
const SLOW_LINE: u64 = 1_250_000;

/// Whether a line of this limit, bytes a second, is slow.
#[must_use]
pub const fn is_slow_limit(limit_bytes_per_s: Option<u64>) -> bool {
    matches!(limit_bytes_per_s, Some(limit) if limit <= SLOW_LINE)
}

impl Node {
    /// Whether compressed and reduced forms are asked for first: its line was said to be slow, or
    /// what it may take of one is no more than a slow line gives.
    #[must_use]
    pub const fn has_slow_line(&self) -> bool {
        self.is_slow || is_slow_limit(self.limit_bytes_per_s)
    }

    /// What an instance that was fetched from it is said to come from
    /// ([`crate::dicom::Announced::from`]).
    #[must_use]
    pub fn origin(&self) -> String {
        match &self.address {
            NodeAddress::Dimse(address) => address.ae_title.to_string(),
            NodeAddress::Web(address) => super::web::place(&address.url),
        }
    }

    /// Whether it encrypts, and nobody vouches for who it is ([`Authorities::Anyone`]).
    #[must_use]
    pub fn is_unverified(&self) -> bool {
        let tls = match &self.address {
            NodeAddress::Dimse(address) => address.tls.as_ref(),
            NodeAddress::Web(address) => {
                let is_encrypted = address.url.to_ascii_lowercase().starts_with("https:");
                is_encrypted.then_some(&address.tls)
            }
        };
        tls.is_some_and(|tls| tls.authorities == Authorities::Anyone)
    }

    /// Whether it is asked what is planned; one that has no worklist says so.
    #[must_use]
    pub const fn has_worklist(&self) -> bool {
        matches!(&self.address, NodeAddress::Dimse(address) if address.has_worklist)
    }

    /// Whether it has nothing but a worklist: nothing is searched, fetched or kept there.
    #[must_use]
    pub const fn is_worklist_only(&self) -> bool {
        matches!(&self.address, NodeAddress::Dimse(address) if address.is_worklist_only)
    }

    /// Whether it is asked to commit itself to keep what is sent to it.
    #[must_use]
    pub const fn commits(&self) -> bool {
        matches!(&self.address, NodeAddress::Dimse(address) if address.commits)
    }
}

/// One of the two languages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum NodeAddress {
    /// DIMSE over TCP (PS3.7, PS3.8).
    Dimse(DimseAddress),
    /// DICOMweb (PS3.18).
    Web(WebAddress),
}

/// Where a DIMSE peer listens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DimseAddress {
    /// Its title.
    pub ae_title: AeTitle,
    /// Its host name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// TLS, if it speaks that.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// How instances are fetched.
    #[serde(default)]
    pub retrieval: Retrieval,
    /// What we call ourselves there; [`AeTitle::ours`] or the settings' if not set.
    #[serde(default)]
    pub calling_ae_title: Option<AeTitle>,
    /// Longest wait for any answer.
    #[serde(default = "patience_s")]
    pub patience_s: f64,
    /// Ask for a storage commitment after sending.
    #[serde(default)]
    pub commits: bool,
    /// Asked for its worklist.
    #[serde(default = "yes")]
    pub has_worklist: bool,
    /// It has nothing else.
    #[serde(default)]
    pub is_worklist_only: bool,
    /// A node that speaks TLS may send unencrypted what C-MOVE fetches: the reader said so.
    #[serde(default)]
    pub moves_in_clear: bool,
}

impl DimseAddress {
    /// Longest wait for any answer.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs_f64(self.patience_s.clamp(0.1, 3600.0))
    }
}

/// How instances are fetched over DIMSE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Retrieval {
    /// C-GET: over the same association, through any router.
    #[default]
    Get,
    /// C-MOVE: the node calls us back.
    Move,
}

/// Where a DICOMweb service is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebAddress {
    /// Its base, without a slash at its end: `https://pacs.example/dicom-web`.
    pub url: String,
    /// Who we are.
    #[serde(default)]
    pub authentication: Authentication,
    /// Whom we trust.
    #[serde(default)]
    pub tls: Tls,
    /// `http://host:port` or `socks5://host:port`; the environment's where not set.
    #[serde(default)]
    pub proxy: Option<String>,
    /// Longest wait for any answer.
    #[serde(default = "patience_s")]
    pub patience_s: f64,
}

/// Who we are to a DICOMweb service; passwords and tokens are in the keyring.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Authentication {
    /// It does not ask.
    #[default]
    None,
    /// User name; the password is in the keyring.
    Basic {
        /// User name.
        user: String,
    },
    /// A token, in the keyring.
    Bearer,
    /// OpenID Connect: the code flow with PKCE (RFC 7636) in the system's browser.
    OpenId {
        /// Issuer; its discovery document is below it.
        issuer: String,
        /// Our client there.
        client_id: String,
        /// Scopes asked for.
        scopes: Vec<String>,
    },
}

/// Transport security.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tls {
    /// Who may vouch for the other side.
    pub authorities: Authorities,
    /// Our own certificate (PEM, chain), where the other side wants one.
    pub certificate: Option<PathBuf>,
    /// Its key (PEM).
    pub key: Option<PathBuf>,
}

impl Tls {
    /// The same identity, for those who call us; `None` without a certificate.
    pub(super) fn of_receiver(&self) -> Option<ReceiverTls> {
        Some(ReceiverTls {
            certificate: self.certificate.clone()?,
            key: self.key.clone(),
            callers: match &self.authorities {
                Authorities::File(path) => Some(path.clone()),
                Authorities::System | Authorities::Anyone => None,
            },
            takes_plain: false,
        })
    }
}

/// Transport security of our receiver.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReceiverTls {
    /// Our certificate (PEM, chain).
    pub certificate: PathBuf,
    /// Its key (PEM); in the same file if not set.
    pub key: Option<PathBuf>,
    /// Callers must show a certificate that one of these authorities (PEM) vouches for.
    pub callers: Option<PathBuf>,
    /// Who does not speak TLS is taken as well.
    pub takes_plain: bool,
}

/// Who may vouch for the other side.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Authorities {
    /// Those of the system.
    #[default]
    System,
    /// Those in this file (PEM).
    File(PathBuf),
    /// Nobody: anyone may listen and change what is sent. Said wherever the node is named.
    Anyone,
}

const fn yes() -> bool {
    true
}

const fn patience_s() -> f64 {
    30.0
}

/// What cannot be an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// No title of an application entity.
    #[error("not an AE title: {0}")]
    AeTitle(String),
    /// Not `AET@host:port`, and not a URL.
    #[error("not an address: {0}")]
    Address(String),
    /// No port.
    #[error("not a port: {0}")]
    Port(String),
    /// A user name or password in a URL, where everybody sees it. It is not quoted.
    #[error("a user name or password in an address")]
    UserInfo,
}

impl BadAddress {
    /// What happened and what to do.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::AeTitle(text) => Message::new(msg("pacs-bad-ae-title")).text("text", text),
            Self::Address(text) => Message::new(msg("pacs-bad-address")).text("text", text),
            Self::Port(text) => Message::new(msg("pacs-bad-port")).text("port", text),
            Self::UserInfo => Message::new(msg("pacs-user-in-address")),
        }
    }
}

/// Whether a URL names a user: `http://user:password@host`.
#[must_use]
pub fn has_user_info(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next();
    authority.is_some_and(|it| it.contains('@'))
}

/// A URL without the user it names.
fn without_user_info(url: &str) -> String {
    if !has_user_info(url) {
        return url.to_owned();
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let mark = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{mark}{host}{path}")
}

impl Node {
    /// Without users and passwords in its URLs: these may stand in settings written by hand.
    #[must_use]
    pub fn without_user_info(mut self) -> Self {
        if let NodeAddress::Web(address) = &mut self.address {
            address.url = without_user_info(&address.url);
            address.proxy = address.proxy.as_deref().map(without_user_info);
        }
        self
    }
}

impl NodeAddress {
    /// `AET@host:port`, `AET@host:port+tls`, or the http(s) URL of a DICOMweb service.
    ///
    /// # Errors
    /// [`BadAddress`].
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("http://") || lower.starts_with("https://") {
            if has_user_info(text) {
                return Err(BadAddress::UserInfo);
            }
            return Ok(Self::Web(WebAddress {
                url: text.trim_end_matches('/').to_owned(),
                authentication: Authentication::None,
                tls: Tls::default(),
                proxy: None,
                patience_s: patience_s(),
            }));
        }
        let bad = || BadAddress::Address(text.to_owned());
        let (title, place) = text.split_once('@').ok_or_else(bad)?;
        let (place, tls) = match place.strip_suffix("+tls") {
            Some(place) => (place, Some(Tls::default())),
            None => (place, None),
        };
        let bad_place =
            || bad_port(place).map_or_else(bad, |port| BadAddress::Port(port.to_owned()));
        let (host, port) = host_and_port(place).ok_or_else(bad_place)?;
        Ok(Self::Dimse(DimseAddress {
            ae_title: AeTitle::try_from(title.to_owned())?,
            host,
            port,
            tls,
            retrieval: Retrieval::Get,
            calling_ae_title: None,
            patience_s: patience_s(),
            commits: false,
            has_worklist: true,
            is_worklist_only: false,
            moves_in_clear: false,
        }))
    }
}

impl fmt::Display for NodeAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dimse(address) => {
                let DimseAddress { ae_title, host, .. } = address;
                let (open, close) = if host.contains(':') {
                    ("[", "]")
                } else {
                    ("", "")
                };
                let tls = if address.tls.is_some() { "+tls" } else { "" };
                write!(f, "{ae_title}@{open}{host}{close}:{}{tls}", address.port)
            }
            Self::Web(address) => f.write_str(&address.url),
        }
    }
}

/// What stands for a port behind a host, and is none.
fn bad_port(place: &str) -> Option<&str> {
    let rest = place.rsplit_once(']').map_or(place, |(_, rest)| rest);
    let (_, port) = rest.split_once(':')?;
    let is_port = port.parse().is_ok_and(|port: u16| port != 0);
    (!is_port && !port.contains(':')).then_some(port)
}

/// `host`, `host:port`, `[::1]:port`.
fn host_and_port(place: &str) -> Option<(String, u16)> {
    if let Some(rest) = place.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        let port = match rest.strip_prefix(':') {
            Some(port) => port.parse().ok()?,
            None if rest.is_empty() => DICOM_PORT,
            None => return None,
        };
        return Some((host.to_owned(), port));
    }
    let (host, port) = match place.split_once(':') {
        Some((host, port)) => (host, port.parse().ok().filter(|port| *port != 0)?),
        None => (place, DICOM_PORT),
    };
    let is_host = !host.is_empty() && !host.contains([' ', '/', '@', ':']);
    is_host.then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dimse(text: &str) -> DimseAddress {
        match NodeAddress::parse(text).unwrap() {
            NodeAddress::Dimse(address) => address,
            NodeAddress::Web(_) => panic!("{text} is no URL"),
        }
    }

    #[test]
    fn a_line_is_slow_if_that_is_said_or_if_its_limit_is_that_of_one() {
        let node = |is_slow, limit_bytes_per_s| Node {
            name: "PACS".to_owned(),
            address: NodeAddress::Dimse(dimse("P@h:104")),
            is_searched: true,
            limit_bytes_per_s,
            is_slow,
        };
        assert!(!node(false, None).has_slow_line());
        assert!(node(true, None).has_slow_line());
        assert!(node(false, Some(250_000)).has_slow_line());
        // What is left to others of a fast line.
        assert!(!node(false, Some(5_000_000)).has_slow_line());
        assert!(node(true, Some(5_000_000)).has_slow_line());
    }

    #[test]
    fn an_address_names_title_host_port_and_tls() {
        let plain = dimse("ORTHANC@pacs.example:4242");
        assert_eq!(plain.ae_title.as_str(), "ORTHANC");
        assert_eq!((plain.host.as_str(), plain.port), ("pacs.example", 4242));
        assert_eq!(plain.tls, None);
        let secure = dimse("MAIN@[::1]:2762+tls");
        assert_eq!((secure.host.as_str(), secure.port), ("::1", 2762));
        assert_eq!(secure.tls, Some(Tls::default()));
        assert_eq!(dimse("MAIN@pacs").port, DICOM_PORT);
        for text in ["MAIN@[::1]:2762+tls", "https://pacs/dicom-web"] {
            assert_eq!(NodeAddress::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_url_is_a_web_service_without_its_last_slash() {
        let NodeAddress::Web(web) = NodeAddress::parse("https://pacs.example/dicom-web/").unwrap()
        else {
            panic!("a URL")
        };
        assert_eq!(web.url, "https://pacs.example/dicom-web");
    }

    #[test]
    fn a_password_in_a_url_is_refused_and_never_written() {
        let bad = NodeAddress::parse("http://user:pw@pacs/rs");
        assert_eq!(bad, Err(BadAddress::UserInfo));
        assert_eq!(
            without_user_info("http://user:p@w@pacs:80/rs@1"),
            "http://pacs:80/rs@1"
        );
        assert_eq!(without_user_info("user:pw@proxy:3128"), "proxy:3128");
        assert_eq!(without_user_info("https://pacs/a@b"), "https://pacs/a@b");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "", "pacs", "@host:1", "A@", "A@host:x", "A@host:0", "A@h:1:2",
        ] {
            assert!(NodeAddress::parse(text).is_err(), "{text}");
        }
        for text in ["A@host:99999", "A@[::1]:99999"] {
            let port = BadAddress::Port("99999".into());
            assert_eq!(NodeAddress::parse(text), Err(port));
        }
        let long = NodeAddress::parse("SEVENTEENLETTERSX@host:104");
        assert_eq!(long, Err(BadAddress::AeTitle("SEVENTEENLETTERSX".into())));
    }

    #[test]
    fn a_node_reads_back_from_the_settings() {
        let node = Node {
            name: "Main".into(),
            address: NodeAddress::parse("MAIN@pacs:104+tls").unwrap(),
            is_searched: true,
            limit_bytes_per_s: Some(250_000),
            is_slow: true,
        };
        let text = ron::to_string(&node).unwrap();
        assert_eq!(ron::from_str::<Node>(&text).unwrap(), node);
    }
}
