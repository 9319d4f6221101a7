//! The keys, from the one table of actions.

use eframe::egui;
use egui::Ui;

use crate::action::{ACTIONS, Group};
use crate::ui::bidi_label::Text;
use crate::ui::panel::{PanelCtx, heading_ui, shortcut_text};

const COLUMN: f32 = 248.0;

/// Every action that has a key, by group, in columns.
pub fn help_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let theme = ctx.theme;
    let gap = 6.0 * theme.sizes.space;
    let count = (ui.available_width() / (COLUMN + gap)).floor().max(1.0) as usize;
    let mut columns: Vec<(usize, Vec<Group>)> = vec![(0, Vec::new()); count];
    for group in Group::ALL {
        let rows = ACTIONS
            .iter()
            .filter(|action| action.group == group && !action.shortcuts.is_empty())
            .count();
        if let Some(shortest) = columns.iter_mut().min_by_key(|column| column.0) {
            shortest.0 += rows + 2;
            shortest.1.push(group);
        }
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for (_, groups) in columns {
            ui.vertical(|ui| {
                ui.set_width(COLUMN);
                for group in groups {
                    group_ui(ui, ctx, group);
                }
            });
        }
    });
}

fn group_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, group: Group) {
    let theme = ctx.theme;
    heading_ui(ui, theme, &ctx.say(group.label()));
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.spacing_mut().interact_size.y = theme.sizes.body + 5.0;
    for action in ACTIONS.iter().filter(|action| action.group == group) {
        if action.shortcuts.is_empty() {
            continue;
        }
        let keys: Vec<String> = action
            .shortcuts
            .iter()
            .map(|shortcut| shortcut_text(ctx.words, *shortcut))
            .collect();
        row_ui(ui, ctx, &ctx.say(action.label), &keys.join(", "));
    }
    ui.add_space(3.0 * theme.sizes.space);
}

fn row_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, name: &str, keys: &str) {
    let theme = ctx.theme;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme.sizes.space;
        crate::ui::panel::row_end_ui(ui, |ui| {
            Text::new(keys, theme.small(), theme.colours.secondary).ui(ui);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                Text::new(name, theme.body(), theme.colours.text).ui(ui);
            });
        });
    });
}
