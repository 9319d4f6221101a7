//! What stands where the images will be, before anything is open.

use eframe::egui;
use egui::{Align, Layout, Ui, vec2};

use crate::action::{Icon, action};
use crate::problem::msg;
use crate::ui::bidi_label::Text;
use crate::ui::browser::passed_over_badge_ui;
use crate::ui::icons;
use crate::ui::panel::{PanelCtx, button_ui, heading_ui};
use crate::ui::path_field::{PathField, path_field_ui};
use crate::workspace::Command;

const WIDTH: f32 = 600.0;
/// Recent places shown.
const RECENT: usize = 8;

/// The start screen.
pub fn start_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, field: &mut PathField) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    let is_dropping = ui.input(|input| !input.raw.hovered_files.is_empty());
    let area = ui.max_rect();
    let height = 420.0;
    let top = ((area.height() - height) / 2.5).max(2.0 * theme.sizes.space);
    let left = ((area.width() - WIDTH) / 2.0).max(0.0);
    let place = egui::Rect::from_min_size(
        area.min + vec2(left, top),
        vec2(WIDTH.min(area.width()), area.height() - top),
    );
    ui.scope_builder(
        egui::UiBuilder::new()
            .max_rect(place)
            .layout(Layout::top_down(Align::Min)),
        |ui| {
            drop_zone_ui(ui, ctx, is_dropping);
            ui.add_space(4.0 * theme.sizes.space);
            let words = ctx.say(msg("start-path"));
            Text::new(&words, theme.body(), colours.secondary).ui(ui);
            path_field_ui(ui, ctx, field);
            passed_over_badge_ui(ui, ctx);
            ui.add_space(4.0 * theme.sizes.space);
            recent_ui(ui, ctx);
        },
    );
}

fn drop_zone_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, is_dropping: bool) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    let edge = if is_dropping {
        colours.accent
    } else {
        colours.line
    };
    egui::Frame::new()
        .fill(colours.raised)
        .stroke(egui::Stroke::new(if is_dropping { 2.0 } else { 1.0 }, edge))
        .inner_margin(6.0 * theme.sizes.space)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.vertical_centered(|ui| {
                let title = ctx.say(msg("start-title"));
                Text::new(&title, theme.heading(), colours.text).ui(ui);
                ui.add_space(theme.sizes.space);
                let help = ctx.say(msg("start-help"));
                Text::new(&help, theme.body(), colours.secondary)
                    .wrapped()
                    .ui(ui);
            });
            ui.add_space(4.0 * theme.sizes.space);
            let ids = ["open-folder", "open-files", "search", "open-demo"];
            centred_row_ui(ui, ctx.words.language().code(), |ui| {
                for (number, id) in ids.into_iter().enumerate() {
                    let Some(action) = action(id) else { continue };
                    let words = ctx.say(action.label);
                    let glyph = icons::glyph(action.icon.unwrap_or(Icon::Folder));
                    if button_ui(ui, theme, Some(glyph), &words, number == 0).clicked() {
                        ctx.run(action);
                    }
                }
            });
        });
}

/// A row in the middle; its width is known from the frame before. What has no room in one row of
/// this language takes several.
fn centred_row_ui(ui: &mut Ui, language: &str, add: impl FnOnce(&mut Ui)) {
    let id = ui.scope_id().with(("centred-row", language));
    let known: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(0.0);
    if known > ui.available_width() {
        ui.horizontal_wrapped(add);
        return;
    }
    ui.horizontal(|ui| {
        ui.add_space(((ui.available_width() - known) / 2.0).max(0.0));
        let row = ui.horizontal(add);
        let width = row.response.rect.width();
        if (width - known).abs() > 0.5 {
            ui.data_mut(|data| data.insert_temp(id, width));
            ui.ctx()
                .request_discard("a row is centred by its own width");
        }
    });
}

fn recent_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let theme = ctx.theme;
    let recent: Vec<_> = ctx
        .workspace
        .settings
        .recent
        .iter()
        .take(RECENT)
        .cloned()
        .collect();
    if recent.is_empty() {
        return;
    }
    let words = ctx.say(msg("start-recent"));
    heading_ui(ui, theme, &words);
    for path in recent {
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        let folder = path
            .parent()
            .map(|folder| folder.display().to_string())
            .unwrap_or_default();
        let sense = egui::Sense::click();
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), theme.sizes.control), sense);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, 3.0, theme.colours.line);
        }
        let row = egui::UiBuilder::new()
            .max_rect(rect.shrink2(vec2(theme.sizes.space, 0.0)))
            .layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(row, |ui| {
            Text::new(&name, theme.body(), theme.colours.text)
                .width(rect.width() * 0.5)
                .ui(ui);
            Text::new(&folder, theme.small(), theme.colours.secondary).ui(ui);
        });
        if response.clicked() {
            ctx.commands.push(Command::Open(vec![path]));
        }
    }
}
