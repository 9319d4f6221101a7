//! What this workplace is to others: its title and port, whether they may send at any time, and
//! how that is encrypted.

use std::path::{Path, PathBuf};

use eframe::egui;
use egui::Ui;

use crate::pacs::ReceiverTls;
use crate::problem::{MessageId, msg};
use crate::ui::bidi_label::Text;
use crate::ui::panel::{PanelCtx, heading_ui};
use crate::ui::rows::{choice_ui, path_row_ui, text_row_ui};
use crate::workspace::{Command, NodeEdit, PacsSettings, PathOf, PickKind};

/// What is typed here.
pub(super) struct Workplace {
    ae_title: String,
    port: String,
    encryption: Encryption,
    certificate: String,
    key: String,
    callers: String,
    /// A file was chosen, and is not in the settings yet.
    is_filled_in: bool,
}

/// Whether what is sent to us is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    Never,
    Offered,
    Always,
}

impl Workplace {
    fn of(pacs: &PacsSettings) -> Self {
        let tls = pacs.receiver_tls.as_ref();
        let shown = |path: Option<&PathBuf>| {
            path.map(|path| path.display().to_string())
                .unwrap_or_default()
        };
        Self {
            ae_title: pacs.ae_title.to_string(),
            port: pacs.port.to_string(),
            encryption: match tls {
                None => Encryption::Never,
                Some(tls) if tls.takes_plain => Encryption::Offered,
                Some(_) => Encryption::Always,
            },
            certificate: shown(tls.map(|tls| &tls.certificate)),
            key: shown(tls.and_then(|tls| tls.key.as_ref())),
            callers: shown(tls.and_then(|tls| tls.callers.as_ref())),
            is_filled_in: false,
        }
    }

    /// A file was chosen.
    pub(super) fn fill_in(&mut self, field: PathOf, path: &Path) {
        let text = match field {
            PathOf::OwnCertificate => &mut self.certificate,
            PathOf::OwnKey => &mut self.key,
            PathOf::Callers => &mut self.callers,
            _ => return, // of another form
        };
        *text = path.display().to_string();
        self.is_filled_in = true;
    }

    /// What the fields say; `Err` where a certificate is still to be chosen.
    fn tls(&self) -> Result<Option<ReceiverTls>, ()> {
        let path = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| PathBuf::from(text))
        };
        if self.encryption == Encryption::Never {
            return Ok(None);
        }
        Ok(Some(ReceiverTls {
            certificate: path(&self.certificate).ok_or(())?,
            key: path(&self.key),
            callers: path(&self.callers),
            takes_plain: self.encryption == Encryption::Offered,
        }))
    }
}

/// The part of the page.
pub(super) fn workplace_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, fields: &mut Option<Workplace>) {
    let pacs = ctx.workspace.settings.pacs.clone();
    let words = ctx.say(msg("nodes-own"));
    heading_ui(ui, ctx.theme, &words);
    let own = fields.get_or_insert_with(|| Workplace::of(&pacs));
    let response = text_row_ui(ui, ctx, msg("nodes-own-title"), &mut own.ae_title, "");
    // Each change calls the receiver anew: only what is written to its end counts.
    if response.lost_focus()
        && own.ae_title.trim() != pacs.ae_title.as_str()
        && let Ok(title) = own.ae_title.clone().try_into()
    {
        ctx.commands.push(Command::Node(NodeEdit::AeTitle(title)));
    }
    let response = text_row_ui(ui, ctx, msg("nodes-own-port"), &mut own.port, "");
    if response.lost_focus()
        && let Some(port) = own.port.trim().parse().ok()
        && port != 0
        && port != pacs.port
    {
        ctx.commands.push(Command::Node(NodeEdit::Port(port)));
    }
    let choices = [
        (false, msg("nodes-listen-off")),
        (true, msg("nodes-listen-on")),
    ];
    choice_ui(
        ui,
        ctx,
        msg("nodes-listen"),
        &choices,
        pacs.is_listening,
        |ctx, on| {
            ctx.commands.push(Command::Node(NodeEdit::Listen(on)));
        },
    );
    encryption_ui(ui, ctx, own, pacs.receiver_tls.as_ref());
    let choices = [
        (true, msg("nodes-previews-on")),
        (false, msg("nodes-previews-off")),
    ];
    choice_ui(
        ui,
        ctx,
        msg("nodes-previews"),
        &choices,
        pacs.is_previewing,
        |ctx, is_on| ctx.commands.push(Command::Node(NodeEdit::Previews(is_on))),
    );
}

/// Whether what is sent to us is encrypted, and with which certificate.
fn encryption_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    own: &mut Workplace,
    now: Option<&ReceiverTls>,
) {
    let choices = [
        (Encryption::Never, msg("nodes-encryption-never")),
        (Encryption::Offered, msg("nodes-encryption-offered")),
        (Encryption::Always, msg("nodes-encryption-always")),
    ];
    let mut is_changed = std::mem::take(&mut own.is_filled_in);
    let chosen = own.encryption;
    let name = msg("nodes-encryption");
    choice_ui(ui, ctx, name, &choices, chosen, |_, encryption| {
        own.encryption = encryption;
        is_changed = true;
    });
    if own.encryption != Encryption::Never {
        let rows: [(MessageId, &mut String, String, PathOf); 3] = [
            (
                msg("node-certificate"),
                &mut own.certificate,
                "/…/own.pem".to_owned(),
                PathOf::OwnCertificate,
            ),
            (
                msg("node-key"),
                &mut own.key,
                "/…/own.key".to_owned(),
                PathOf::OwnKey,
            ),
            (
                msg("nodes-callers"),
                &mut own.callers,
                ctx.say(msg("nodes-callers-hint")),
                PathOf::Callers,
            ),
        ];
        for (name, text, hint, field) in rows {
            let pick = PickKind::Field(field);
            is_changed |= path_row_ui(ui, ctx, name, text, &hint, pick).lost_focus();
        }
    }
    match own.tls() {
        Ok(tls) if is_changed && tls.as_ref() != now => {
            ctx.commands.push(Command::Node(NodeEdit::ReceiverTls(tls)));
        }
        Ok(_) => {}
        Err(()) => {
            let words = ctx.say(msg("nodes-encryption-not-yet"));
            Text::new(&words, ctx.theme.small(), ctx.theme.colours.warning)
                .wrapped()
                .ui(ui);
        }
    }
}
