//! What is no picture, as text in a pane: a report's content tree, or what the object is.

use eframe::egui;
use egui::{ScrollArea, Ui};

use crate::model::{DisplaySet, DisplaySetKind, PatientKey};
use crate::objects::sr::{ImageReference, Line, content_tree, lines};
use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::panel::PanelCtx;
use crate::ui::presentation_page::presentation_page_ui;
use crate::ui::viewport::warning_around;
use crate::workspace::{Command, LayoutEdit, PaneId, ViewEdit, Workspace};

/// Around the text, points.
const MARGIN: f32 = 16.0;
/// Lines longer than this side by side become two.
const MEASURE: f32 = 720.0;
/// Links of one item, at most.
const MOST_LINKS: usize = 200;
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
    let place = (theme, ctx.words);
    let inside = warning_around(ui, ctx.workspace, set, rect, place).shrink(MARGIN);
    let builder = egui::UiBuilder::new().max_rect(inside);
    ui.scope_builder(builder, |ui| {
        ScrollArea::vertical()
            .id_salt(("document", pane.0))
            .auto_shrink([false, false])
            .show(ui, |ui| contents_ui(ui, ctx, pane, set));
    });
}

fn contents_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, pane: PaneId, set: &DisplaySet) {
    let theme = ctx.theme;
    let title = if set.description.is_empty() {
        set.modality.clone()
    } else {
        set.description.clone()
    };
    Text::new(&title, theme.heading(), theme.colours.text).ui(ui);
    ui.add_space(2.0 * theme.sizes.space);
    match &set.kind {
        DisplaySetKind::Report => tree_ui(ui, ctx, (pane, set), &title),
        DisplaySetKind::PresentationState => presentation_page_ui(ui, ctx, set),
        DisplaySetKind::NotShown(what) => {
            let words = ctx.words.get(what);
            Text::new(&words, theme.body(), theme.colours.warning)
                .wrapped()
                .ui(ui);
        }
        DisplaySetKind::Stack
        | DisplaySetKind::Loop
        | DisplaySetKind::Waveform
        | DisplaySetKind::Pdf => {}
    }
}

fn tree_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, (pane, set): (PaneId, &DisplaySet), title: &str) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    for instance in set.instances.iter() {
        let Some(header) = ctx.workspace.library.header(*instance) else {
            continue;
        };
        for line in lines(&content_tree(header.dataset.elements())) {
            // It stands above already.
            if line.depth == 0 && line.value.is_none() && line.name == title {
                continue;
            }
            ui.horizontal_top(|ui| {
                ui.add_space(STEP * line.depth as f32);
                let width = (ui.available_width()).min(MEASURE);
                if let Some(image) = &line.image {
                    links_ui(ui, ctx, (pane, set.patient), &line, image);
                    return;
                }
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

/// The images an item points at: those that are open lead there.
fn links_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    (pane, patient): (PaneId, PatientKey),
    line: &Line,
    image: &ImageReference,
) {
    let theme = ctx.theme;
    let named = |name: &str, detail: String| {
        if name.is_empty() {
            return Message::new(msg("sr-value-text")).text("text", detail);
        }
        Message::new(msg("name-and-detail"))
            .text("name", name)
            .text("detail", detail)
    };
    let whole = [1];
    let frames = if image.frames.is_empty() {
        &whole[..]
    } else {
        &image.frames
    };
    let uid = &image.instance.sop_instance_uid;
    ui.vertical(|ui| {
        let mut is_open = false;
        for frame in frames.iter().take(MOST_LINKS) {
            let library = &ctx.workspace.library;
            let place = library.find_frame_of(patient, uid, frame.saturating_sub(1));
            let Some((set, index)) = place else {
                continue;
            };
            is_open = true;
            let Some(found) = library.display_set(set) else {
                continue;
            };
            let link = Message::new(msg("document-image"))
                .text("series", series_text(found))
                .count("image", index as usize + 1)
                .count("count", found.frames.len());
            let words = ctx.words.get(&named(&line.name, ctx.words.get(&link)));
            let response = Text::new(&words, theme.body(), theme.colours.accent)
                .width(ui.available_width().min(MEASURE))
                .clickable()
                .ui(ui);
            if response.hovered() {
                ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
            }
            if response.clicked() {
                let pane = beside(ctx.workspace, pane);
                let edit = ViewEdit::ShowAt(set, index);
                ctx.commands.push(Command::View(pane, edit));
            }
        }
        if !is_open && let Some(value) = &line.value {
            let value = ctx.words.get(value);
            let missing = Message::new(msg("document-image-missing")).text("image", value);
            let words = ctx.words.get(&named(&line.name, ctx.words.get(&missing)));
            Text::new(&words, theme.body(), theme.colours.secondary)
                .width(ui.available_width().min(MEASURE))
                .wrapped()
                .ui(ui);
        }
    });
}

/// What a series is called: description, modality and number.
fn series_text(set: &DisplaySet) -> String {
    let number = set.number.map(|number| number.to_string());
    let parts = [set.modality.clone(), number.unwrap_or_default()];
    let short: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let parts = [short.join(" "), set.description.clone()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

/// Another pane on screen, so that the document stays in sight; its own where it is alone.
fn beside(workspace: &Workspace, pane: PaneId) -> PaneId {
    let visible = workspace.panes.visible();
    let place = visible.iter().position(|it| *it == pane).unwrap_or(0);
    let after = visible.iter().skip(place + 1);
    let mut others = after.chain(visible.iter()).filter(|it| **it != pane);
    others.next().copied().unwrap_or(pane)
}
