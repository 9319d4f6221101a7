//! Below a study of the browser: earlier ones of the same patient, a click from being opened.

use eframe::egui;
use egui::{Role, Sense, Ui, WidgetInfo, vec2};

use crate::model::StudyKey;
use crate::problem::{Message, msg};
use crate::ui::bidi_label::{Text, galley};
use crate::ui::panel::PanelCtx;
use crate::workspace::{Command, FoundStudy, Source, TransferEdit};

/// Studies named at once; a search has them all.
const NAMED: usize = 8;

/// The earlier studies, newest first, but those that are open.
pub(super) fn earlier_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, study: StudyKey) {
    let workspace = ctx.workspace;
    let library = &workspace.library;
    let (Some(patient), Some(study)) = (library.patient_of(study), library.study(study)) else {
        return;
    };
    let Some(earlier) = workspace.earlier.get(&study.module.study_instance_uid) else {
        return;
    };
    let uids = library
        .studies()
        .map(|study| &study.module.study_instance_uid);
    let open: Vec<&String> = uids.collect();
    let rows: Vec<&FoundStudy> = earlier
        .iter()
        // Another patient's study may bear the UID of the one that was opened.
        .filter(|it| it.study.patient_id == patient.module.patient_id)
        .filter(|it| !open.contains(&&it.study.study_uid))
        .collect();
    if rows.is_empty() {
        return;
    }
    let theme = ctx.theme;
    ui.add_space(theme.sizes.space);
    let words = ctx.say(msg("browser-earlier"));
    Text::new(&words, theme.small(), theme.colours.secondary).ui(ui);
    for found in rows.iter().take(NAMED) {
        row_ui(ui, ctx, found);
    }
    if rows.len() > NAMED {
        let more = Message::new(msg("browser-earlier-more")).count("count", rows.len() - NAMED);
        let words = ctx.words.get(&more);
        Text::new(&words, theme.small(), theme.colours.secondary)
            .wrapped()
            .ui(ui);
    }
}

fn row_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, found: &FoundStudy) {
    let theme = ctx.theme;
    let study = &found.study;
    let date = study.study_date;
    let date = date.map(|date| ctx.words.date(&date.to_da()));
    let modalities = study.modalities.join(" ");
    let parts = [
        date.as_deref().unwrap_or_default(),
        &modalities,
        &study.study_description,
    ];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let text = parts.join(" · ");
    let is_here = found.sources.contains(&Source::Archive);
    let colour = if is_here {
        theme.colours.text
    } else {
        theme.colours.secondary
    };
    let size = vec2(
        ui.available_width(),
        theme.sizes.small + 2.0 * theme.sizes.space,
    );
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &text));
    if ui.is_rect_visible(rect) {
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, 0.0, theme.colours.raised);
        }
        let words = galley(ui, &text, &theme.small(), colour, rect.width());
        let place = egui::pos2(rect.left(), rect.center().y - words.size().y / 2.0);
        ui.painter().galley(place, words, colour);
    }
    let is_asked = response.clicked();
    let whence = if is_here {
        Message::new(msg("browser-earlier-here"))
    } else {
        let nodes = found.sources.iter().filter_map(|source| match source {
            Source::Node(name) => Some(name.as_str()),
            Source::Archive | Source::Worklist(_) => None,
        });
        let nodes: Vec<&str> = nodes.collect();
        Message::new(msg("browser-earlier-away")).text("nodes", nodes.join(", "))
    };
    let whence = ctx.words.get(&whence);
    response.on_hover_ui(|ui| {
        Text::new(&text, theme.strong(), theme.colours.text)
            .width(280.0)
            .wrapped()
            .ui(ui);
        Text::new(&whence, theme.body(), theme.colours.secondary)
            .width(280.0)
            .wrapped()
            .ui(ui);
    });
    if is_asked {
        let found = Box::new(found.clone());
        ctx.commands
            .push(Command::Transfer(TransferEdit::Open(found)));
    }
}
