//! Which node a command is about, and who we are to it.

use std::path::PathBuf;

use clap::Args;

use crate::pacs::AeTitle;
use crate::pacs::Authentication;
use crate::pacs::Authorities;
use crate::pacs::Caller;
use crate::pacs::Node;
use crate::pacs::NodeAddress;
use crate::pacs::Reception;
use crate::pacs::Service;
use crate::pacs::Tls;
use crate::pacs::service;
use crate::problem::Message;

/// Options of every `pacs` command.
#[derive(Debug, Args)]
pub(super) struct NodeArgs {
    /// AET@host:port, AET@host:port+tls, or the URL of a DICOMweb service
    #[arg(value_name = "NODE")]
    pub node: String,
    /// What we call ourselves
    #[arg(long, value_name = "AET", default_value = "ISOCENTRE")]
    calling_ae: String,
    /// The port we listen on, for C-MOVE
    #[arg(long, value_name = "PORT")]
    listen: Option<u16>,
    /// Longest wait for an answer, seconds
    #[arg(long, value_name = "S")]
    patience: Option<f64>,
    /// Who may vouch for the node (PEM)
    #[arg(long, value_name = "FILE")]
    tls_authorities: Option<PathBuf>,
    /// Our own certificate (PEM)
    #[arg(long, value_name = "FILE")]
    tls_certificate: Option<PathBuf>,
    /// Its key (PEM)
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Take whoever answers for the node
    #[arg(long, conflicts_with = "tls_authorities")]
    tls_anyone: bool,
    /// Who we are to a DICOMweb service
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Show a DICOMweb service a token
    #[arg(long, conflicts_with = "user")]
    token: bool,
    /// The way to a DICOMweb service
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// At most so much of the line, bytes per second
    #[arg(long, value_name = "BYTES")]
    limit_rate: Option<u64>,
    /// A slow line
    #[arg(long)]
    slow: bool,
}

impl NodeArgs {
    /// The node, as these options have it.
    pub fn node(&self) -> Result<Node, Message> {
        let mut address = NodeAddress::parse(&self.node).map_err(|error| error.message())?;
        let is_said = self.tls_authorities.is_some()
            || self.tls_certificate.is_some()
            || self.tls_key.is_some()
            || self.tls_anyone;
        let tls = || Tls {
            authorities: match (&self.tls_authorities, self.tls_anyone) {
                (_, true) => Authorities::Anyone,
                (Some(file), _) => Authorities::File(file.clone()),
                (None, _) => Authorities::System,
            },
            certificate: self.tls_certificate.clone(),
            key: self.tls_key.clone(),
        };
        match &mut address {
            NodeAddress::Dimse(address) => {
                if is_said || address.tls.is_some() {
                    address.tls = Some(tls());
                }
                if let Some(patience) = self.patience {
                    address.patience_s = patience;
                }
            }
            NodeAddress::Web(address) => {
                address.tls = tls();
                address.proxy.clone_from(&self.proxy);
                address.authentication = match (&self.user, self.token) {
                    (Some(user), _) => Authentication::Basic { user: user.clone() },
                    (None, true) => Authentication::Bearer,
                    (None, false) => Authentication::None,
                };
                if let Some(patience) = self.patience {
                    address.patience_s = patience;
                }
            }
        }
        Ok(Node {
            name: self.name().to_owned(),
            address,
            is_searched: true,
            limit_bytes_per_s: self.limit_rate,
            is_slow: self.slow,
        })
    }

    /// Of a URL the host and port: its variable for a password bears that name.
    fn name(&self) -> &str {
        let place = self.node.split_once("://").map(|(_, rest)| rest);
        let host = place.and_then(|place| place.split('/').next());
        host.unwrap_or(&self.node)
    }

    /// The services of a node, for who these options say we are.
    pub fn service(&self, node: &Node) -> Result<Box<dyn Service>, Message> {
        let ae_title =
            AeTitle::try_from(self.calling_ae.clone()).map_err(|error| error.message())?;
        let reception = self.listen.map_or(Reception::None, Reception::Listen);
        let caller = Caller {
            ae_title,
            reception,
            ..Caller::default()
        };
        Ok(service(node, &caller))
    }
}
