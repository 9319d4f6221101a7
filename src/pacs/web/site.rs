//! A web service and our way to it: address, trust, proxy, time-outs, who we are.

use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::unversioned::transport::ConnectProxyConnector;
use ureq::unversioned::transport::Connector as _;
use ureq::unversioned::transport::SocksConnector;
use ureq::unversioned::transport::TcpConnector;

use super::WebTrouble;
use super::address::Origin;
use super::credentials::Credentials;
use super::lookup::Lookup;
use super::proxy::ThroughProxy;
use super::tls::TlsConnector;
use crate::pacs::Authentication;
use crate::pacs::Failure;
use crate::pacs::Node;
use crate::pacs::Secrets;
use crate::pacs::Tls;
use crate::pacs::WebAddress;
use crate::pacs::lines::Line;
use crate::pacs::tls::client_config;

/// Connections to one host that are kept open for the next request.
pub(super) const CONNECTIONS: usize = 6;

/// A web service and our way to it.
pub(super) struct Site {
    pub address: WebAddress,
    /// Without a slash at its end.
    pub base: String,
    pub origin: Origin,
    /// `host:port`, for messages.
    pub peer: String,
    pub credentials: Credentials,
    pub line: Line,
}

impl Site {
    /// # Errors
    /// [`WebTrouble::Address`].
    pub fn new(
        address: &WebAddress,
        node: &Node,
        secrets: &Secrets,
        line: Line,
    ) -> Result<Self, Failure> {
        Self::of(address, &node.name, secrets, line)
    }

    fn of(
        address: &WebAddress,
        node: &str,
        secrets: &Secrets,
        line: Line,
    ) -> Result<Self, Failure> {
        let base = address.url.trim().trim_end_matches('/').to_owned();
        let origin = Origin::of(&base).ok_or_else(|| Failure::Web {
            peer: address.url.clone(),
            trouble: WebTrouble::Address,
        })?;
        Ok(Self {
            address: address.clone(),
            base,
            peer: origin.place(),
            credentials: Credentials::new(address, node, secrets),
            origin,
            line,
        })
    }

    /// Another service that this one sends us to, which does not know who we are.
    pub fn beside(&self, url: &str, tls: Tls) -> Result<Self, Failure> {
        let address = WebAddress {
            url: url.to_owned(),
            authentication: Authentication::None,
            tls,
            ..self.address.clone()
        };
        let secrets = Secrets::of_this_run();
        let line = match Origin::of(url) {
            Some(there) if there == self.origin => self.line.clone(),
            Some(there) => self.line.beside(&there.place()),
            None => Line::default(),
        };
        Self::of(&address, "", &secrets, line)
    }

    pub fn patience(&self) -> Duration {
        Duration::from_secs_f64(self.address.patience_s.clamp(0.1, 3600.0))
    }

    pub fn trouble(&self, trouble: WebTrouble) -> Failure {
        Failure::Web {
            peer: self.peer.clone(),
            trouble,
        }
    }

    /// Fresh connections.
    pub fn agent(&self) -> Result<Agent, Failure> {
        let patience = Some(self.patience());
        let proxy = match &self.address.proxy {
            None => ureq::Proxy::try_from_env(),
            Some(proxy) => Some(ureq::Proxy::new(proxy).map_err(|error| {
                let detail = error.to_string();
                self.trouble(WebTrouble::Proxy { detail })
            })?),
        };
        let settings = Agent::config_builder()
            .user_agent(concat!("isocentre/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            // Followed by us, who know what may be said where.
            .max_redirects(0)
            .proxy(proxy)
            .timeout_resolve(patience)
            .timeout_connect(patience)
            .timeout_send_request(patience)
            .timeout_recv_response(patience)
            .timeout_per_read(patience)
            .timeout_per_write(patience)
            .max_idle_connections(CONNECTIONS * 2)
            .max_idle_connections_per_host(CONNECTIONS * 2)
            .build();
        let config = client_config(&self.address.tls).map_err(|trouble| Failure::Tls {
            peer: self.peer.clone(),
            trouble,
        })?;
        let tls = TlsConnector {
            config: Arc::new(config),
            line: self.line.clone(),
        };
        let connector =
            ().chain(ThroughProxy(SocksConnector::default()))
                .chain(ThroughProxy(ConnectProxyConnector::default()))
                .chain(TcpConnector::default())
                .chain(tls);
        Ok(Agent::with_parts(settings, connector, Lookup::default()))
    }
}
