//! Which node a command is about, and who we are to it.

use std::path::PathBuf;

use clap::Args;

use crate::engine::read_settings;
use crate::files::AppFolders;
use crate::pacs::AeTitle;
use crate::pacs::Authentication;
use crate::pacs::Authorities;
use crate::pacs::BadAddress;
use crate::pacs::Caller;
use crate::pacs::Node;
use crate::pacs::NodeAddress;
use crate::pacs::Reception;
use crate::pacs::Service;
use crate::pacs::Tls;
use crate::pacs::has_user_info;
use crate::pacs::service;
use crate::pacs::web::WebService;
use crate::problem::Message;
use crate::problem::msg;
use crate::workspace::PacsSettings;

/// Options of every `pacs` command.
#[derive(Debug, Args)]
pub(super) struct NodeArgs {
    /// A configured name, AET@host:port, AET@host:port+tls, or the URL of a DICOMweb service
    #[arg(value_name = "NODE")]
    pub node: String,
    /// What we call ourselves
    #[arg(long, value_name = "AET")]
    calling_ae: Option<String>,
    /// The port we listen on, for C-MOVE and storage commitments
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
    /// Let a node that speaks TLS send unencrypted what C-MOVE fetches
    #[arg(long)]
    move_in_clear: bool,
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
        let known = settings()
            .nodes
            .into_iter()
            .find(|node| node.name == self.node);
        let mut node = match known {
            Some(node) => node,
            None => Node {
                name: self.name().to_owned(),
                address: NodeAddress::parse(&self.node).map_err(|error| error.message())?,
                is_searched: true,
                limit_bytes_per_s: None,
                is_slow: false,
            },
        };
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
        match &mut node.address {
            NodeAddress::Dimse(address) => {
                if is_said {
                    address.tls = Some(tls());
                }
                address.moves_in_clear |= self.move_in_clear;
                if let Some(patience) = self.patience {
                    address.patience_s = patience;
                }
            }
            NodeAddress::Web(address) => {
                if is_said {
                    address.tls = tls();
                }
                if self.proxy.as_deref().is_some_and(has_user_info) {
                    return Err(BadAddress::UserInfo.message());
                }
                if self.proxy.is_some() {
                    address.proxy.clone_from(&self.proxy);
                }
                match (&self.user, self.token) {
                    (Some(user), _) => {
                        let user = user.clone();
                        address.authentication = Authentication::Basic { user };
                    }
                    (None, true) => address.authentication = Authentication::Bearer,
                    (None, false) => {}
                }
                if let Some(patience) = self.patience {
                    address.patience_s = patience;
                }
            }
        }
        node.limit_bytes_per_s = self.limit_rate.or(node.limit_bytes_per_s);
        node.is_slow |= self.slow;
        Ok(node)
    }

    /// Of a URL the host and port: its variable for a password bears that name.
    fn name(&self) -> &str {
        let place = self.node.split_once("://").map(|(_, rest)| rest);
        let host = place.and_then(|place| place.split('/').next());
        host.unwrap_or(&self.node)
    }

    /// The services of a node, for who these options say we are.
    pub fn service(&self, node: &Node) -> Result<Box<dyn Service>, Message> {
        let settings = settings();
        let ae_title = match &self.calling_ae {
            Some(title) => AeTitle::try_from(title.clone()).map_err(|error| error.message())?,
            None => settings.ae_title,
        };
        let reception = self.listen.map_or(Reception::None, Reception::Listen);
        let caller = Caller {
            ae_title,
            reception,
            receiver_tls: settings.receiver_tls,
            ..Caller::default()
        };
        Ok(service(node, &caller))
    }
}

/// The web service of a node, for what only such services have.
pub(super) fn web_service(node: &Node) -> Result<WebService, Message> {
    match &node.address {
        NodeAddress::Web(address) => Ok(WebService::new(address, node, &Caller::default())),
        NodeAddress::Dimse(_) => Err(Message::new(msg("pacs-get-form-web"))),
    }
}

/// What the window's settings say of the network; the defaults where there are none.
pub(super) fn settings() -> PacsSettings {
    let folders = AppFolders::of_user().ok();
    folders.map_or_else(PacsSettings::default, |folders| {
        read_settings(&folders).0.pacs
    })
}
