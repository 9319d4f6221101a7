//! One node being written: its name, which language it speaks, where it is, whom we trust.

mod fields;

use eframe::egui;
use egui::Ui;

use crate::pacs::{Node, Secret, SecretOwner, is_slow_limit};
use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::nodes::test_ui;
use crate::ui::panel::{PanelCtx, button_ui};
use crate::ui::rows::{NAMES, choice_ui, path_row_ui, row_ui, text_row_ui};
use crate::workspace::{Command, NodeEdit, PathOf, PickKind};

pub use fields::Form;
use fields::{Trust, Who, Worklist};

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
        (Worklist::LeftOut, msg("node-worklist-no")),
        (Worklist::Asked, msg("node-worklist-yes")),
        (Worklist::Alone, msg("node-worklist-alone")),
    ];
    choice_ui(
        ui,
        ctx,
        msg("node-worklist"),
        &worklist,
        form.worklist(),
        |_, worklist| form.set_worklist(worklist),
    );
    let tls = [(false, msg("node-no")), (true, msg("node-yes"))];
    choice_ui(ui, ctx, msg("node-tls"), &tls, form.is_tls, |_, is_tls| {
        form.is_tls = is_tls;
    });
    if form.is_tls {
        tls_ui(ui, ctx, form);
        if form.is_move {
            in_clear_ui(ui, ctx, form);
        }
    }
}

/// With C-MOVE the node calls us, and encrypts or does not.
fn in_clear_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, form: &mut Form) {
    let clear = [
        (false, msg("node-in-clear-never")),
        (true, msg("node-in-clear-allowed")),
    ];
    choice_ui(
        ui,
        ctx,
        msg("node-in-clear"),
        &clear,
        form.moves_in_clear,
        |_, is_allowed| form.moves_in_clear = is_allowed,
    );
    if form.moves_in_clear {
        let words = ctx.say(msg("node-in-clear-warning"));
        Text::new(&words, ctx.theme.body(), ctx.theme.colours.danger)
            .wrapped()
            .ui(ui);
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
    row_ui(ui, ctx, msg("node-secret"), |ui, ctx, words| {
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
            let pick = PickKind::Field(PathOf::Authorities);
            let text = &mut form.authorities;
            path_row_ui(ui, ctx, msg("node-authorities"), text, "/…/ca.pem", pick);
        }
        Trust::Anyone => {
            let words = ctx.say(msg("node-trust-warning"));
            Text::new(&words, ctx.theme.body(), ctx.theme.colours.danger)
                .wrapped()
                .ui(ui);
        }
    }
    let pick = PickKind::Field(PathOf::Certificate);
    let text = &mut form.certificate;
    path_row_ui(
        ui,
        ctx,
        msg("node-certificate"),
        text,
        "/…/client.pem",
        pick,
    );
    let pick = PickKind::Field(PathOf::Key);
    path_row_ui(
        ui,
        ctx,
        msg("node-key"),
        &mut form.key,
        "/…/client.key",
        pick,
    );
}

/// What may be taken of the line, and how slow it is.
fn line_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, form: &mut Form) {
    let hint = ctx.say(msg("node-limit-hint"));
    text_row_ui(ui, ctx, msg("node-limit"), &mut form.limit_kbit_s, &hint);
    // DIMSE has no rendered pictures to ask for.
    if !form.is_web {
        return;
    }
    let is_slow_by_limit = is_slow_limit(form.limit_bytes_per_s());
    let lines: &[_] = if is_slow_by_limit {
        &[(true, msg("node-line-slow-by-limit"))]
    } else {
        &[
            (false, msg("node-line-fast")),
            (true, msg("node-line-slow")),
        ]
    };
    choice_ui(
        ui,
        ctx,
        msg("node-line"),
        lines,
        is_slow_by_limit || form.is_slow,
        |_, is_slow| {
            // What was chosen before counts again without the limit.
            if !is_slow_by_limit {
                form.is_slow = is_slow;
            }
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
        let taken = taken_name(ctx, form, node.as_ref().ok());
        let button = |ui: &mut Ui, id, is_chief, is_enabled: bool| {
            let words = ctx.say(id);
            let add = |ui: &mut Ui| button_ui(ui, theme, None, &words, is_chief);
            ui.add_enabled_ui(is_enabled, add).inner.clicked()
        };
        let saves = button(ui, msg("node-save"), true, is_complete && taken.is_none());
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
    if let Some(name) = taken_name(ctx, form, node.as_ref().ok()) {
        let words = Message::new(msg("node-name-taken")).text("node", name);
        let words = ctx.words.get(&words);
        Text::new(&words, theme.small(), theme.colours.warning)
            .wrapped()
            .ui(ui);
    }
    is_done
}

/// The name that another node has already.
fn taken_name(ctx: &PanelCtx<'_>, form: &Form, node: Option<&Node>) -> Option<String> {
    // A node without a name of its own is called by its address.
    let name = node.map_or_else(|| form.name.trim(), |node| node.name.as_str());
    let is_taken = ctx.workspace.settings.pacs.node(name).is_some();
    (is_taken && form.was.as_deref() != Some(name)).then(|| name.to_owned())
}
