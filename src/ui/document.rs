//! What is no picture, as text in a pane: a report's content tree, or what the object is.

use eframe::egui;
use egui::{Margin, ScrollArea, Ui};

use crate::model::{DisplaySet, DisplaySetKind};
use crate::objects::sr::{content_tree, lines};
use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::panel::PanelCtx;
use crate::ui::presentation_page::presentation_page_ui;
use crate::workspace::{Command, LayoutEdit, PaneId};

/// Lines longer than this side by side become two.
const MEASURE: f32 = 720.0;
/// Width of one step into the tree.
const STEP: f32 = 16.0;

/// The document, in all of the room there is.
pub fn document_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, pane: PaneId, set: &DisplaySet) {
    let theme = ctx.theme;
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0.0, theme.colours.panel);
    let is_active = ctx.workspace.panes.active == pane;
    if is_active {
        let stroke = egui::Stroke::new(theme.sizes.active_line, theme.colours.accent);
        ui.painter()
            .rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Inside);
    }
    let is_pressed =
        ui.input(|input| input.pointer.any_pressed()) && ui.rect_contains_pointer(rect);
    if is_pressed && !is_active {
        ctx.commands
            .push(Command::Layout(LayoutEdit::Activate(pane)));
    }
    egui::Frame::new()
        .inner_margin(Margin::same(16))
        .show(ui, |ui| {
            ScrollArea::vertical()
                .id_salt(("document", pane.0))
                .auto_shrink([false, false])
                .show(ui, |ui| contents_ui(ui, ctx, set));
        });
}

fn contents_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, set: &DisplaySet) {
    let theme = ctx.theme;
    let title = if set.description.is_empty() {
        set.modality.clone()
    } else {
        set.description.clone()
    };
    Text::new(&title, theme.heading(), theme.colours.text).ui(ui);
    ui.add_space(2.0 * theme.sizes.space);
    match &set.kind {
        DisplaySetKind::Report => tree_ui(ui, ctx, set),
        DisplaySetKind::PresentationState => presentation_page_ui(ui, ctx, set),
        DisplaySetKind::NotShown(what) => {
            let words = ctx.words.get(what);
            Text::new(&words, theme.body(), theme.colours.warning)
                .wrapped()
                .ui(ui);
        }
        DisplaySetKind::Stack | DisplaySetKind::Loop | DisplaySetKind::Waveform => {}
    }
}

fn tree_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, set: &DisplaySet) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    for instance in set.instances.iter() {
        let Some(header) = ctx.workspace.library.header(*instance) else {
            continue;
        };
        for line in lines(&content_tree(header.dataset.elements())) {
            ui.horizontal_top(|ui| {
                ui.add_space(STEP * line.depth as f32);
                let width = (ui.available_width()).min(MEASURE);
                let value = line.value.map(|value| ctx.words.get(&value));
                match value {
                    None => {
                        Text::new(&line.name, theme.strong(), colours.text)
                            .width(width)
                            .wrapped()
                            .ui(ui);
                    }
                    Some(value) if line.name.is_empty() => {
                        Text::new(&value, theme.body(), colours.text)
                            .width(width)
                            .wrapped()
                            .ui(ui);
                    }
                    Some(value) => {
                        let message = Message::new(msg("name-and-detail"))
                            .text("name", line.name)
                            .text("detail", value);
                        let both = ctx.words.get(&message);
                        Text::new(&both, theme.body(), colours.text)
                            .width(width)
                            .wrapped()
                            .ui(ui);
                    }
                }
            });
        }
    }
}
