//! The findings on the right: what was measured, then the report's text, then saving.

use std::sync::Arc;

use eframe::egui;
use egui::{ScrollArea, Sense, Ui, vec2};

use crate::action::{action, report_folder};
use crate::annotation::{Annotation, AnnotationId};
use crate::model::StudyKey;
use crate::problem::{Message, msg};
use crate::text::has_right_to_left;
use crate::ui::bidi_label::Text;
use crate::ui::icons::{self, Sign};
use crate::ui::layers::layers_ui;
use crate::ui::panel::{PanelCtx, button_ui, heading_ui, icon_button_ui, row_end_ui};
use crate::ui::viewport::MeasurementCache;
use crate::workspace::{
    AnnotationEdit, Command, GestureId, PickKind, ReportEdit, SaveState, SettingsEdit, StudyRecord,
    is_default_label, kind_name,
};

/// Gestures of fields count from here, those of the pointer from nought.
const FIRST_GESTURE: u64 = 1 << 62;

/// Text being typed; the workspace has it as soon as it changes.
#[derive(Default)]
pub struct Edits {
    study: Option<StudyKey>,
    findings: String,
    impression: String,
    observer: String,
    pub(super) report_folder: String,
    label: Option<(AnnotationId, String)>,
    gesture: u64,
}

impl Edits {
    fn gesture(&self) -> GestureId {
        GestureId(FIRST_GESTURE + self.gesture)
    }

    fn next_gesture(&mut self) {
        self.gesture += 1;
    }
}

/// The rail that stays of the folded panel.
pub fn findings_rail_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    ui.add_space(ctx.theme.sizes.space);
    let name = ctx.say(msg("findings-unfold"));
    if icon_button_ui(ui, ctx.theme, icons::sign(Sign::UnfoldRight), &name, false).clicked() {
        ctx.commands
            .push(Command::Settings(SettingsEdit::FoldRight(false)));
    }
}

/// The sign that folds the panel; it stands at its top.
pub(super) fn fold_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let name = ctx.say(msg("findings-fold"));
    if icon_button_ui(ui, ctx.theme, icons::sign(Sign::FoldRight), &name, false).clicked() {
        ctx.commands
            .push(Command::Settings(SettingsEdit::FoldRight(true)));
    }
}

/// The panel.
pub fn findings_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    edits: &mut Edits,
    measured: &mut MeasurementCache,
) {
    let theme = ctx.theme;
    let is_headed = layers_ui(ui, ctx);
    ui.horizontal(|ui| {
        let words = ctx.say(msg("measurements-title"));
        heading_ui(ui, theme, &words);
        if !is_headed {
            row_end_ui(ui, |ui| fold_ui(ui, ctx));
        }
    });
    let Some(study) = ctx.workspace.active_study() else {
        let words = ctx.say(msg("why-no-image"));
        Text::new(&words, theme.body(), theme.colours.secondary)
            .wrapped()
            .ui(ui);
        return;
    };
    let empty = StudyRecord::default();
    let record = ctx.workspace.studies.get(&study).unwrap_or(&empty);
    if edits.study != Some(study) {
        edits.study = Some(study);
        edits.label = None;
        edits.next_gesture();
    }
    egui::Panel::bottom("save")
        .frame(egui::Frame::NONE)
        .show_separator_line(false)
        .show(ui, |ui| save_ui(ui, ctx, edits, record));
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            journal_ui(ui, ctx, study, record);
            if record.document.annotations.is_empty() {
                let words = ctx.say(msg("measurements-empty"));
                Text::new(&words, theme.body(), theme.colours.secondary)
                    .wrapped()
                    .ui(ui);
            }
            for annotation in &record.document.annotations {
                annotation_ui(ui, ctx, edits, annotation, measured);
            }
            ui.add_space(2.0 * theme.sizes.space);
            ui.separator();
            report_text_ui(ui, ctx, edits, study, record);
        });
}

/// Work of an earlier run, offered until taken or thrown away.
fn journal_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, study: StudyKey, record: &StudyRecord) {
    let Some(found) = &record.journal else {
        return;
    };
    let theme = ctx.theme;
    egui::Frame::new()
        .fill(theme.colours.raised)
        .stroke(egui::Stroke::new(1.0, theme.colours.warning))
        .inner_margin(2.0 * theme.sizes.space)
        .show(ui, |ui| {
            let words = ctx
                .words
                .get(&Message::new(msg("journal-found")).count("count", found.annotations.len()));
            Text::new(&words, theme.body(), theme.colours.text)
                .wrapped()
                .ui(ui);
            ui.horizontal(|ui| {
                if button_ui(ui, theme, None, &ctx.say(msg("journal-restore")), true).clicked() {
                    ctx.commands
                        .push(Command::Report(ReportEdit::Restore(study)));
                }
                if button_ui(ui, theme, None, &ctx.say(msg("journal-discard")), false).clicked() {
                    ctx.commands
                        .push(Command::Report(ReportEdit::DiscardJournal(study)));
                }
            });
        });
    ui.add_space(2.0 * theme.sizes.space);
}

fn annotation_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    edits: &mut Edits,
    annotation: &Arc<Annotation>,
    measured: &mut MeasurementCache,
) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    let is_selected = ctx.workspace.selected == Some(annotation.id);
    let fill = if is_selected {
        colours.raised
    } else {
        colours.panel
    };
    let row = egui::Frame::new()
        .fill(fill)
        .inner_margin(egui::Margin::symmetric(4, 2))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            head_ui(ui, ctx, edits, annotation);
            // A name of the reader's own does not say what was drawn.
            if !is_default_label(&annotation.label) {
                let kind = capitalised(&ctx.say(kind_name(annotation.kind)));
                indented_ui(ui, &kind, theme.small(), colours.secondary);
            }
            let values = measured.lines(annotation, ctx.workspace, &*ctx.engine, ctx.words);
            for value in values.all() {
                indented_ui(ui, value, theme.body(), colours.text);
            }
            if !annotation.text.is_empty() {
                indented_ui(ui, &annotation.text, theme.body(), colours.text);
            }
            ui.add_space(theme.sizes.space);
        });
    // Under the field and the button, which are laid over it and so keep their clicks.
    let id = ui.scope_id().with(("measurement", annotation.id.0));
    let response = ui.interact(row.response.rect, id, Sense::click());
    if response.clicked() {
        ctx.commands
            .push(Command::Annotate(AnnotationEdit::JumpTo(annotation.id)));
    }
}

/// A dot in the colour of the drawing, the name, the image it was drawn on, the bin.
fn head_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, edits: &mut Edits, annotation: &Arc<Annotation>) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme.sizes.space;
        let (dot, _) = ui.allocate_exact_size(vec2(8.0, theme.sizes.control), Sense::hover());
        let colour = if theme.is_dark {
            colours.measurement
        } else {
            colours.warning
        };
        ui.painter().circle_filled(dot.center(), 3.5, colour);
        row_end_ui(ui, |ui| {
            let name = ctx
                .words
                .get(&Message::new(msg("measurement-delete")).text("label", &annotation.label));
            let bin = icons::glyph(crate::action::Icon::Delete);
            if icon_button_ui(ui, theme, bin, &name, false).clicked() {
                ctx.commands
                    .push(Command::Annotate(AnnotationEdit::Remove(annotation.id)));
            }
            if let Some(place) = place(ctx, annotation) {
                Text::new(&place, theme.small(), colours.secondary).ui(ui);
            }
            label_field_ui(ui, ctx, edits, annotation);
        });
    });
}

/// A word of a sentence as the first of a line.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// `Im 143`, the image it was drawn on.
fn place(ctx: &PanelCtx<'_>, annotation: &Annotation) -> Option<String> {
    let (_, index) = ctx.workspace.place_of_annotation(annotation)?;
    let message = Message::new(msg("measurement-place")).count("number", index as usize + 1);
    Some(ctx.words.get(&message))
}

fn indented_ui(ui: &mut Ui, text: &str, font: egui::FontId, colour: egui::Color32) {
    ui.spacing_mut().interact_size.y = 0.0; // lines of text, no controls
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        ui.add_space(12.0);
        Text::new(text, font, colour).ui(ui);
    });
}

fn label_field_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, edits: &mut Edits, annotation: &Annotation) {
    let mut text = match &edits.label {
        Some((id, text)) if *id == annotation.id => text.clone(),
        _ => annotation.label.clone(),
    };
    let name = ctx.say(msg("measurement-label"));
    let field = egui::TextEdit::singleline(&mut text)
        .id_salt(("label", annotation.id.0))
        .font(ctx.theme.strong())
        .frame(egui::Frame::NONE)
        .margin(egui::Margin::symmetric(2, 2))
        .min_size(vec2(0.0, ctx.theme.sizes.control))
        .align(egui::Align2::LEFT_CENTER)
        .desired_width(f32::INFINITY);
    let response = ui.add(field);
    name_field(&response, &text, &name);
    if response.gained_focus() {
        edits.next_gesture();
        ctx.commands
            .push(Command::Annotate(AnnotationEdit::JumpTo(annotation.id)));
    }
    if response.changed() {
        let renamed = Annotation {
            label: text.clone(),
            ..annotation.clone()
        };
        ctx.commands.push(Command::Annotate(AnnotationEdit::Change(
            renamed,
            edits.gesture(),
        )));
        edits.label = Some((annotation.id, text));
    }
    if response.lost_focus() {
        edits.label = None;
    }
}

/// What a screen reader calls a text field.
pub fn name_field(response: &egui::Response, text: &str, name: &str) {
    name_text(response, text, name, egui::Role::TextInput);
}

fn name_text(response: &egui::Response, text: &str, name: &str, role: egui::Role) {
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(role, true, name);
        info.current_text_value = Some(text.to_owned());
        info
    });
}

fn report_text_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    edits: &mut Edits,
    study: StudyKey,
    record: &StudyRecord,
) {
    let findings = ctx.say(msg("report-text-findings"));
    let mut text = std::mem::take(&mut edits.findings);
    if text_ui(
        ui,
        ctx,
        edits,
        &findings,
        &record.document.findings,
        &mut text,
        6,
    ) {
        let edit = ReportEdit::Findings(study, text.clone(), edits.gesture());
        ctx.commands.push(Command::Report(edit));
    }
    edits.findings = text;
    let impression = ctx.say(msg("report-text-impression"));
    let mut text = std::mem::take(&mut edits.impression);
    if text_ui(
        ui,
        ctx,
        edits,
        &impression,
        &record.document.impression,
        &mut text,
        4,
    ) {
        let edit = ReportEdit::Impression(study, text.clone(), edits.gesture());
        ctx.commands.push(Command::Report(edit));
    }
    edits.impression = text;
}

/// A heading and a text of several lines under it. Returns whether it was changed.
fn text_ui(
    ui: &mut Ui,
    ctx: &PanelCtx<'_>,
    edits: &mut Edits,
    name: &str,
    now: &str,
    text: &mut String,
    rows: usize,
) -> bool {
    let theme = ctx.theme;
    heading_ui(ui, theme, name);
    // A field of its own for each study: what is being typed never goes on in another one's.
    let id = ui.scope_id().with((name, edits.study));
    if !ui.memory(|memory| memory.has_focus(id)) {
        now.clone_into(text); // undo, restore and another study come in here
    }
    let field = egui::TextEdit::multiline(text)
        .id(id)
        .desired_rows(rows)
        .desired_width(f32::INFINITY);
    let response = ui.add(field);
    name_text(&response, text, name, egui::Role::MultilineTextInput);
    if response.gained_focus() {
        edits.next_gesture();
    }
    // The field itself cannot order mixed directions; below stands how it will read.
    if has_right_to_left(text) {
        Text::new(text, theme.body(), theme.colours.secondary)
            .wrapped()
            .ui(ui);
    }
    ui.add_space(theme.sizes.space);
    response.changed()
}

fn save_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, edits: &mut Edits, record: &StudyRecord) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    ui.separator();
    ui.horizontal(|ui| {
        let words = ctx.say(msg("report-observer"));
        Text::new(&words, theme.body(), colours.secondary).ui(ui);
        observer_ui(ui, ctx, edits);
    });
    let folder = report_folder(ctx.workspace);
    let place = folder.map_or_else(
        || ctx.say(msg("report-folder-none")),
        |folder| folder.display().to_string(),
    );
    ui.horizontal(|ui| {
        row_end_ui(ui, |ui| {
            let name = ctx.say(msg("action-report-folder"));
            let glyph = icons::glyph(crate::action::Icon::Folder);
            if icon_button_ui(ui, theme, glyph, &name, false).clicked() {
                ctx.commands.push(Command::Pick(PickKind::ReportFolder));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                Text::new(&place, theme.small(), colours.secondary).ui(ui);
            });
        });
    });
    let state = save_state(ctx, record);
    if let Some((glyph, words, colour)) = state {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme.sizes.space;
            ui.add(egui::Label::new(
                egui::RichText::new(glyph)
                    .font(icons::font(theme.sizes.body))
                    .color(colour),
            ));
            Text::new(&words, theme.small(), colour).ui(ui);
        });
    }
    let Some(action) = action("save-report") else {
        return;
    };
    let is_saving = record.save_state == SaveState::Saving;
    let why = action.enabled(ctx.workspace).err();
    let response = ui
        .add_enabled_ui(why.is_none() && !is_saving, |ui| {
            let words = ctx.say(action.label);
            let glyph = icons::glyph(crate::action::Icon::Save);
            button_ui(ui, theme, Some(glyph), &words, true)
        })
        .inner;
    let response = match why {
        Some(why) => response.on_disabled_hover_text(ctx.words.get(&why)),
        None => response,
    };
    if response.clicked() {
        ctx.run(action);
    }
    ui.add_space(theme.sizes.space);
}

/// Icon, words and colour of how the document stands to what is on disk.
fn save_state(
    ctx: &PanelCtx<'_>,
    record: &StudyRecord,
) -> Option<(&'static str, String, egui::Color32)> {
    let colours = &ctx.theme.colours;
    if record.save_state == SaveState::Saving {
        return Some((
            icons::sign(Sign::Waiting),
            ctx.say(msg("report-saving")),
            colours.secondary,
        ));
    }
    if record.is_unsaved() {
        return Some((
            icons::sign(Sign::Problem),
            ctx.say(msg("report-unsaved")),
            colours.warning,
        ));
    }
    let SaveState::Saved { path } = &record.save_state else {
        return None;
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let words = ctx
        .words
        .get(&Message::new(msg("report-saved-as")).text("file", name));
    Some((icons::sign(Sign::Good), words, colours.good))
}

/// The name that goes into reports; kept when the field is left.
pub fn observer_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, edits: &mut Edits) {
    let name = ctx.say(msg("report-observer"));
    let id = ui.scope_id().with("observer");
    if !ui.memory(|memory| memory.has_focus(id)) {
        edits.observer.clone_from(&ctx.workspace.settings.observer);
    }
    let hint = ctx.say(msg("report-observer-hint"));
    let field = egui::TextEdit::singleline(&mut edits.observer)
        .id(id)
        .hint_text(hint)
        .desired_width(f32::INFINITY);
    let response = ui.add(field);
    name_field(&response, &edits.observer, &name);
    if response.changed() {
        ctx.commands.push(Command::Settings(SettingsEdit::Observer(
            edits.observer.clone(),
        )));
    }
}
