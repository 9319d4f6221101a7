//! One node being written: its name, which language it speaks, where it is, whom we trust.

use std::path::PathBuf;

use eframe::egui;
use egui::Ui;

use crate::pacs::{
    Authentication, Authorities, BadAddress, DimseAddress, Node, NodeAddress, Retrieval, Secret,
    SecretOwner, Tls, WebAddress, has_user_info,
};
use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::nodes::test_ui;
use crate::ui::panel::{PanelCtx, button_ui};
use crate::ui::rows::{NAMES, choice_ui, text_row_ui};
use crate::workspace::{Command, NodeEdit};

/// Whom we trust, as a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Trust {
    #[default]
    System,
    File,
    Anyone,
}

/// Who we are, as a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Who {
    #[default]
    Nobody,
    Basic,
    Bearer,
    OpenId,
}

/// The fields as they are typed.
#[derive(Default)]
pub struct Form {
    /// The node that is changed, by its name until now.
    was: Option<String>,
    /// Its address until now, for what has no field here.
    base: Option<NodeAddress>,
    name: String,
    is_web: bool,
    ae_title: String,
    host: String,
    port: String,
    is_tls: bool,
    is_move: bool,
    commits: bool,
    is_worklist_left_out: bool,
    url: String,
    who: Who,
    user: String,
    secret: String,
    issuer: String,
    client_id: String,
    proxy: String,
    trust: Trust,
    authorities: String,
    certificate: String,
    key: String,
    limit_kbit_s: String,
    is_slow: bool,
    is_searched: Option<bool>,
    is_tested: bool,
}

impl Form {
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
                form.commits = address.commits;
                form.is_worklist_left_out = !address.has_worklist;
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
    fn node(&self) -> Result<Node, BadAddress> {
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
                commits: self.commits,
                has_worklist: !self.is_worklist_left_out,
                ..address
            })
        };
        let name = self.name.trim();
        let limit: Option<u64> = self.limit_kbit_s.trim().parse().ok();
        Ok(Node {
            name: if name.is_empty() {
                address.to_string()
            } else {
                name.to_owned()
            },
            address,
            is_searched: self.is_searched.unwrap_or(true),
            limit_bytes_per_s: limit.filter(|kbit| *kbit > 0).map(|kbit| kbit * 1000 / 8),
            is_slow: self.is_slow,
        })
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

/// The form. Returns whether it is done with.
pub fn form_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, form: &mut Form) -> bool {
    text_row_ui(ui, ctx, msg("node-name"), &mut form.name, "");
    let languages = [(false, msg("node-dimse")), (true, msg("node-web"))];
    choice_ui(
        ui,
        ctx,
        msg("node-language"),
        &languages,
        form.is_web,
        |_, is_web| {
            form.is_web = is_web;
        },
    );
    if form.is_web {
        web_ui(ui, ctx, form);
    } else {
        dimse_ui(ui, ctx, form);
    }
    line_ui(ui, ctx, form);
    ui.add_space(2.0 * ctx.theme.sizes.space);
    ends_ui(ui, ctx, form)
}

fn dimse_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, form: &mut Form) {
    text_row_ui(ui, ctx, msg("node-ae-title"), &mut form.ae_title, "");
    text_row_ui(ui, ctx, msg("node-host"), &mut form.host, "");
    text_row_ui(ui, ctx, msg("node-port"), &mut form.port, "11112");
    let ways = [(false, msg("node-get")), (true, msg("node-move"))];
    choice_ui(
        ui,
        ctx,
        msg("node-retrieval"),
        &ways,
        form.is_move,
        |_, is_move| {
            form.is_move = is_move;
        },
    );
    let commitment = [(false, msg("node-no")), (true, msg("node-yes"))];
    choice_ui(
        ui,
        ctx,
        msg("node-commits"),
        &commitment,
        form.commits,
        |_, commits| {
            form.commits = commits;
        },
    );
    let worklist = [
        (true, msg("node-worklist-no")),
        (false, msg("node-worklist-yes")),
    ];
    choice_ui(
        ui,
        ctx,
        msg("node-worklist"),
        &worklist,
        form.is_worklist_left_out,
        |_, is_left_out| {
            form.is_worklist_left_out = is_left_out;
        },
    );
    let tls = [(false, msg("node-no")), (true, msg("node-yes"))];
    choice_ui(ui, ctx, msg("node-tls"), &tls, form.is_tls, |_, is_tls| {
        form.is_tls = is_tls;
    });
    if form.is_tls {
        tls_ui(ui, ctx, form);
    }
}

fn web_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, form: &mut Form) {
    let hint = "https://pacs.example/dicom-web";
    text_row_ui(ui, ctx, msg("node-url"), &mut form.url, hint);
    let whos = [
        (Who::Nobody, msg("node-who-nobody")),
        (Who::Basic, msg("node-who-basic")),
        (Who::Bearer, msg("node-who-bearer")),
        (Who::OpenId, msg("node-who-openid")),
    ];
    choice_ui(ui, ctx, msg("node-who"), &whos, form.who, |_, who| {
        form.who = who
    });
    match form.who {
        Who::Nobody => {}
        Who::Basic => {
            text_row_ui(ui, ctx, msg("node-user"), &mut form.user, "");
            secret_ui(ui, ctx, form);
        }
        Who::Bearer => secret_ui(ui, ctx, form),
        Who::OpenId => {
            text_row_ui(ui, ctx, msg("node-issuer"), &mut form.issuer, "");
            text_row_ui(ui, ctx, msg("node-client-id"), &mut form.client_id, "");
            sign_in_ui(ui, ctx, form);
        }
    }
    text_row_ui(ui, ctx, msg("node-proxy"), &mut form.proxy, "");
    tls_ui(ui, ctx, form);
}

/// The browser asks who the reader is; only the service hears the answer.
fn sign_in_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, form: &Form) {
    let node = form.node().ok();
    ui.horizontal(|ui| {
        ui.add_space(NAMES);
        let words = ctx.say(msg("node-sign-in"));
        let add = |ui: &mut Ui| button_ui(ui, ctx.theme, None, &words, false);
        let is_clicked = ui.add_enabled_ui(node.is_some(), add).inner.clicked();
        if let (true, Some(node)) = (is_clicked, node) {
            ctx.commands.push(Command::Node(NodeEdit::SignIn(node)));
        }
    });
}

/// A password or token: into the keyring, never shown again.
fn secret_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, form: &mut Form) {
    crate::ui::rows::row_ui(ui, ctx, msg("node-secret"), |ui, ctx, words| {
        let hint = ctx.say(msg("node-secret-hint"));
        let field = egui::TextEdit::singleline(&mut form.secret)
            .password(true)
            .hint_text(hint)
            .desired_width(f32::INFINITY);
        let response = ui.add(field);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::PasswordInput, true, words));
    });
}

fn tls_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, form: &mut Form) {
    let trusts = [
        (Trust::System, msg("node-trust-system")),
        (Trust::File, msg("node-trust-file")),
        (Trust::Anyone, msg("node-trust-anyone")),
    ];
    choice_ui(
        ui,
        ctx,
        msg("node-trust"),
        &trusts,
        form.trust,
        |_, trust| form.trust = trust,
    );
    match form.trust {
        Trust::System => {}
        Trust::File => {
            text_row_ui(
                ui,
                ctx,
                msg("node-authorities"),
                &mut form.authorities,
                "/…/ca.pem",
            );
        }
        Trust::Anyone => {
            let words = ctx.say(msg("node-trust-warning"));
            Text::new(&words, ctx.theme.body(), ctx.theme.colours.danger)
                .wrapped()
                .ui(ui);
        }
    }
    text_row_ui(
        ui,
        ctx,
        msg("node-certificate"),
        &mut form.certificate,
        "/…/client.pem",
    );
    text_row_ui(ui, ctx, msg("node-key"), &mut form.key, "/…/client.key");
}

/// What may be taken of the line, and how slow it is.
fn line_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, form: &mut Form) {
    let hint = ctx.say(msg("node-limit-hint"));
    text_row_ui(ui, ctx, msg("node-limit"), &mut form.limit_kbit_s, &hint);
    let lines = [
        (false, msg("node-line-fast")),
        (true, msg("node-line-slow")),
    ];
    choice_ui(
        ui,
        ctx,
        msg("node-line"),
        &lines,
        form.is_slow,
        |_, is_slow| {
            form.is_slow = is_slow;
        },
    );
}

fn ends_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, form: &mut Form) -> bool {
    let theme = ctx.theme;
    let node = form.node();
    let mut is_done = false;
    ui.horizontal(|ui| {
        ui.add_space(NAMES);
        let is_complete = node.is_ok();
        let button = |ui: &mut Ui, id, is_chief, is_enabled: bool| {
            let words = ctx.say(id);
            let add = |ui: &mut Ui| button_ui(ui, theme, None, &words, is_chief);
            ui.add_enabled_ui(is_enabled, add).inner.clicked()
        };
        let saves = button(ui, msg("node-save"), true, is_complete);
        let tests = button(ui, msg("nodes-test"), false, is_complete);
        is_done = button(ui, msg("node-cancel"), false, true);
        if let (true, Ok(node)) = (saves || tests, &node) {
            let secret = Some(form.secret.as_str()).filter(|secret| !secret.is_empty());
            let secret = secret.map(Secret::new);
            let edit = if tests {
                form.is_tested = true;
                NodeEdit::Test(node.clone(), secret)
            } else {
                is_done = true;
                if let (Some(owner), Some(secret)) = (SecretOwner::of(node), secret) {
                    let edit = NodeEdit::Secret(owner, secret);
                    ctx.commands.push(Command::Node(edit));
                }
                match form.was.clone() {
                    Some(was) => NodeEdit::Change(was, node.clone()),
                    None => NodeEdit::Put(node.clone()),
                }
            };
            ctx.commands.push(Command::Node(edit));
        }
    });
    match &node {
        Ok(node) if form.is_tested => test_ui(ui, ctx, node),
        // An address that is only begun is not scolded.
        Err(error) if !form.host.is_empty() || form.url.len() > 8 => {
            let words = ctx.words.get(&error.message());
            Text::new(&words, theme.small(), theme.colours.warning)
                .wrapped()
                .ui(ui);
        }
        _ => {}
    }
    let is_taken =
        form.was.is_none() && ctx.workspace.settings.pacs.node(form.name.trim()).is_some();
    if is_taken {
        let words = Message::new(msg("node-name-taken")).text("node", form.name.trim());
        let words = ctx.words.get(&words);
        Text::new(&words, theme.small(), theme.colours.warning)
            .wrapped()
            .ui(ui);
    }
    is_done
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
    fn a_password_in_the_proxys_address_is_refused() {
        let mut form = Form::of(&node(NodeAddress::parse("https://pacs/rs").unwrap()));
        form.proxy = "http://user:pw@proxy:3128".into();
        assert_eq!(form.node(), Err(BadAddress::UserInfo));
    }
}
