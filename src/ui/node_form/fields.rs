//! What is typed of a node, and the node it describes.

use std::path::{Path, PathBuf};

use crate::pacs::{
    Authentication, Authorities, BadAddress, DimseAddress, Node, NodeAddress, Retrieval, Tls,
    WebAddress, has_user_info,
};
use crate::workspace::PathOf;

/// Whom we trust, as a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Trust {
    #[default]
    System,
    File,
    Anyone,
}

/// What the worklist of a node is to us, as a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worklist {
    /// Never asked for.
    LeftOut,
    /// Asked for, and the node is searched, too.
    Asked,
    /// All there is: no search asks this node for studies.
    Alone,
}

/// Who we are, as a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Who {
    #[default]
    Nobody,
    Basic,
    Bearer,
    OpenId,
}

/// The fields as they are typed.
#[derive(Clone, PartialEq, Default)]
pub struct Form {
    /// The node that is changed, by its name until now.
    pub(super) was: Option<String>,
    /// Its address until now, for what has no field here.
    base: Option<NodeAddress>,
    pub(super) name: String,
    pub(super) is_web: bool,
    pub(super) ae_title: String,
    pub(super) host: String,
    pub(super) port: String,
    pub(super) is_tls: bool,
    pub(super) is_move: bool,
    pub(super) moves_in_clear: bool,
    pub(super) commits: bool,
    pub(super) is_worklist_left_out: bool,
    pub(super) is_worklist_only: bool,
    pub(super) url: String,
    pub(super) who: Who,
    pub(super) user: String,
    pub(super) secret: String,
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) proxy: String,
    pub(super) trust: Trust,
    pub(super) authorities: String,
    pub(super) certificate: String,
    pub(super) key: String,
    pub(super) limit_kbit_s: String,
    pub(super) is_slow: bool,
    pub(super) is_searched: Option<bool>,
    pub(super) is_tested: bool,
}

impl Form {
    /// Whether something was written since it was `begun`.
    #[must_use]
    pub fn is_written_since(&self, begun: &Self) -> bool {
        let written = Self {
            is_tested: begun.is_tested,
            ..self.clone()
        };
        written != *begun
    }

    /// The fields of a node there is.
    #[must_use]
    pub fn of(node: &Node) -> Self {
        let mut form = Self {
            was: Some(node.name.clone()),
            base: Some(node.address.clone()),
            name: node.name.clone(),
            is_slow: node.is_slow,
            is_searched: Some(node.is_searched),
            limit_kbit_s: node
                .limit_bytes_per_s
                .map(|limit| (limit * 8 / 1000).to_string())
                .unwrap_or_default(),
            ..Self::default()
        };
        match &node.address {
            NodeAddress::Dimse(address) => {
                form.ae_title = address.ae_title.to_string();
                form.host.clone_from(&address.host);
                form.port = address.port.to_string();
                form.is_move = address.retrieval == Retrieval::Move;
                form.moves_in_clear = address.moves_in_clear;
                form.commits = address.commits;
                form.is_worklist_left_out = !address.has_worklist;
                form.is_worklist_only = address.is_worklist_only;
                form.is_tls = address.tls.is_some();
                form.take_tls(&address.tls.clone().unwrap_or_default());
            }
            NodeAddress::Web(address) => {
                form.is_web = true;
                form.url.clone_from(&address.url);
                form.proxy = address.proxy.clone().unwrap_or_default();
                form.take_tls(&address.tls);
                match &address.authentication {
                    Authentication::None => {}
                    Authentication::Basic { user } => {
                        form.who = Who::Basic;
                        form.user.clone_from(user);
                    }
                    Authentication::Bearer => form.who = Who::Bearer,
                    Authentication::OpenId {
                        issuer, client_id, ..
                    } => {
                        form.who = Who::OpenId;
                        form.issuer.clone_from(issuer);
                        form.client_id.clone_from(client_id);
                    }
                }
            }
        }
        form
    }

    pub(super) fn worklist(&self) -> Worklist {
        if self.is_worklist_left_out {
            Worklist::LeftOut
        } else if self.is_worklist_only {
            Worklist::Alone
        } else {
            Worklist::Asked
        }
    }

    pub(super) fn set_worklist(&mut self, worklist: Worklist) {
        // A node that was left out of the search for its worklist alone is searched again.
        if self.worklist() == Worklist::Alone {
            self.is_searched = Some(true);
        }
        self.is_worklist_left_out = worklist == Worklist::LeftOut;
        self.is_worklist_only = worklist == Worklist::Alone;
        if worklist == Worklist::Alone {
            self.is_searched = Some(false);
        }
    }

    /// A file was chosen.
    pub fn fill_in(&mut self, field: PathOf, path: &Path) {
        let text = match field {
            PathOf::Authorities => &mut self.authorities,
            PathOf::Certificate => &mut self.certificate,
            PathOf::Key => &mut self.key,
            _ => return, // of another form
        };
        *text = path.display().to_string();
    }

    fn take_tls(&mut self, tls: &Tls) {
        let shown = |path: &Option<PathBuf>| {
            path.as_ref()
                .map(|path| path.display().to_string())
                .unwrap_or_default()
        };
        self.certificate = shown(&tls.certificate);
        self.key = shown(&tls.key);
        self.trust = match &tls.authorities {
            Authorities::System => Trust::System,
            Authorities::File(path) => {
                self.authorities = path.display().to_string();
                Trust::File
            }
            Authorities::Anyone => Trust::Anyone,
        };
    }

    fn tls(&self) -> Tls {
        let path =
            |text: &str| Some(PathBuf::from(text.trim())).filter(|it| !it.as_os_str().is_empty());
        Tls {
            authorities: match self.trust {
                Trust::System => Authorities::System,
                Trust::File => Authorities::File(PathBuf::from(self.authorities.trim())),
                Trust::Anyone => Authorities::Anyone,
            },
            certificate: path(&self.certificate),
            key: path(&self.key),
        }
    }

    /// The node these fields describe.
    pub(super) fn node(&self) -> Result<Node, BadAddress> {
        let address = if self.is_web {
            let NodeAddress::Web(address) = NodeAddress::parse(&self.url)? else {
                return Err(BadAddress::Address(self.url.clone()));
            };
            let proxy = Some(self.proxy.trim().to_owned()).filter(|proxy| !proxy.is_empty());
            if proxy.as_deref().is_some_and(has_user_info) {
                return Err(BadAddress::UserInfo);
            }
            NodeAddress::Web(WebAddress {
                authentication: self.authentication(),
                tls: self.tls(),
                proxy,
                patience_s: match &self.base {
                    Some(NodeAddress::Web(base)) => base.patience_s,
                    _ => address.patience_s,
                },
                ..address
            })
        } else {
            let host = self.host.trim();
            let host = if host.contains(':') && !host.starts_with('[') {
                format!("[{host}]")
            } else {
                host.to_owned()
            };
            let port = Some(self.port.trim()).filter(|port| !port.is_empty());
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            let text = format!("{}@{host}{port}", self.ae_title.trim());
            let NodeAddress::Dimse(address) = NodeAddress::parse(&text)? else {
                return Err(BadAddress::Address(text));
            };
            let base = match &self.base {
                Some(NodeAddress::Dimse(base)) => base,
                _ => &address,
            };
            NodeAddress::Dimse(DimseAddress {
                calling_ae_title: base.calling_ae_title.clone(),
                patience_s: base.patience_s,
                tls: self.is_tls.then(|| self.tls()),
                retrieval: if self.is_move {
                    Retrieval::Move
                } else {
                    Retrieval::Get
                },
                moves_in_clear: self.moves_in_clear,
                commits: self.commits,
                has_worklist: !self.is_worklist_left_out,
                is_worklist_only: self.is_worklist_only,
                ..address
            })
        };
        let name = self.name.trim();
        Ok(Node {
            name: if name.is_empty() {
                address.to_string()
            } else {
                name.to_owned()
            },
            address,
            is_searched: self.is_searched.unwrap_or(true),
            limit_bytes_per_s: self.limit_bytes_per_s(),
            is_slow: self.is_slow,
        })
    }

    pub(super) fn limit_bytes_per_s(&self) -> Option<u64> {
        let limit: Option<u64> = self.limit_kbit_s.trim().parse().ok();
        limit
            .filter(|kbit| *kbit > 0)
            .map(|kbit| kbit.saturating_mul(1000) / 8)
    }

    fn authentication(&self) -> Authentication {
        match self.who {
            Who::Nobody => Authentication::None,
            Who::Basic => Authentication::Basic {
                user: self.user.trim().to_owned(),
            },
            Who::Bearer => Authentication::Bearer,
            Who::OpenId => Authentication::OpenId {
                issuer: self.issuer.trim().to_owned(),
                client_id: self.client_id.trim().to_owned(),
                scopes: match &self.base {
                    Some(NodeAddress::Web(WebAddress {
                        authentication: Authentication::OpenId { scopes, .. },
                        ..
                    })) => scopes.clone(),
                    _ => vec!["openid".to_owned(), "offline_access".to_owned()],
                },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pacs::AeTitle;

    fn node(address: NodeAddress) -> Node {
        Node {
            name: "Main".into(),
            address,
            is_searched: false,
            limit_bytes_per_s: None,
            is_slow: true,
        }
    }

    #[test]
    fn what_has_no_field_survives_the_form() {
        let mut dimse = NodeAddress::parse("MAIN@pacs:104").unwrap();
        if let NodeAddress::Dimse(address) = &mut dimse {
            address.calling_ae_title = Some(AeTitle::ours());
            address.patience_s = 5.0;
            address.moves_in_clear = true;
        }
        let mut web = NodeAddress::parse("https://pacs/rs").unwrap();
        if let NodeAddress::Web(address) = &mut web {
            address.patience_s = 5.0;
            address.authentication = Authentication::OpenId {
                issuer: "https://issuer".into(),
                client_id: "isocentre".into(),
                scopes: vec!["openid".into(), "dicom".into()],
            };
        }
        for node in [node(dimse), node(web)] {
            assert_eq!(Form::of(&node).node(), Ok(node));
        }
    }

    #[test]
    fn a_node_that_has_nothing_but_a_worklist_is_left_out_of_the_search() {
        let mut form = Form::of(&Node {
            is_searched: true,
            ..node(NodeAddress::parse("WL@ris:104").unwrap())
        });
        assert_eq!(form.worklist(), Worklist::Asked);
        form.set_worklist(Worklist::Alone);
        let alone = form.node().unwrap();
        assert!(alone.has_worklist() && alone.is_worklist_only() && !alone.is_searched);
        assert_eq!(Form::of(&alone).worklist(), Worklist::Alone);
        form.set_worklist(Worklist::LeftOut);
        let searched = form.node().unwrap();
        assert!(!searched.has_worklist() && searched.is_searched);
        assert!(!searched.is_worklist_only());
    }

    #[test]
    fn a_node_that_is_left_out_of_the_search_is_not_taken_for_a_mere_worklist() {
        let archive = node(NodeAddress::parse("MAIN@pacs:104").unwrap());
        assert!(archive.has_worklist() && !archive.is_searched);
        assert_eq!(Form::of(&archive).worklist(), Worklist::Asked);
    }

    #[test]
    fn a_password_in_the_proxys_address_is_refused() {
        let mut form = Form::of(&node(NodeAddress::parse("https://pacs/rs").unwrap()));
        form.proxy = "http://user:pw@proxy:3128".into();
        assert_eq!(form.node(), Err(BadAddress::UserInfo));
    }
}
