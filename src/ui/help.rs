//! The keys and what the hand does, from the tables of actions and bindings.

use eframe::egui;
use egui::Ui;

use crate::action::{ACTIONS, Group};
use crate::problem::msg;
use crate::tool::{BINDINGS, Binding, Does, Modifiers, tool};
use crate::ui::bidi_label::Text;
use crate::ui::panel::{PanelCtx, heading_ui, shortcut_text};
use crate::ui::theme::Theme;

/// Width of a column, points.
const COLUMN: f32 = 260.0;
/// Columns side by side, at most.
const COLUMNS: u8 = 4;

/// A heading with its rows.
#[derive(Debug, Clone, Copy)]
enum Section {
    Pointer,
    Actions(Group),
}

impl Section {
    /// Heading, what is done, with which keys.
    fn rows(self, ctx: &PanelCtx<'_>) -> (String, Vec<(String, String)>) {
        match self {
            Self::Pointer => {
                // The table asks for rows with more keys first; a reader for the plain ones.
                let is_plain = |row: &&Binding| row.modifiers == Modifiers::default();
                let (plain, with_keys): (Vec<&Binding>, Vec<_>) =
                    BINDINGS.iter().partition(is_plain);
                let rows = plain.into_iter().chain(with_keys);
                let rows = rows.map(|row| (meaning(ctx, row), ctx.say(row.keys)));
                (ctx.say(msg("help-pointer")), rows.collect())
            }
            Self::Actions(group) => (ctx.say(group.label()), action_rows(ctx, group)),
        }
    }
}

fn meaning(ctx: &PanelCtx<'_>, row: &Binding) -> String {
    match row.does {
        Does::Tool(id) => tool(id).map_or_else(String::new, |tool| ctx.say(tool.label())),
        _ => ctx.say(row.help),
    }
}

fn action_rows(ctx: &PanelCtx<'_>, group: Group) -> Vec<(String, String)> {
    ACTIONS
        .iter()
        .filter(|action| action.group == group && !action.shortcuts.is_empty())
        .map(|action| {
            let keys: Vec<String> = action
                .shortcuts
                .iter()
                .map(|shortcut| shortcut_text(ctx.words, *shortcut))
                .collect();
            (ctx.say(action.label), keys.join(", "))
        })
        .collect()
}

/// How wide the sheet is with all its columns, points.
#[must_use]
pub fn help_width(theme: &Theme) -> f32 {
    f32::from(COLUMNS) * (COLUMN + gap(theme))
}

fn gap(theme: &Theme) -> f32 {
    6.0 * theme.sizes.space
}

/// The pointer first, then every action that has a key, by group, in columns of like height.
pub fn help_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let gap = gap(ctx.theme);
    let count = (ui.available_width() / (COLUMN + gap)).floor();
    let count = count.clamp(1.0, f32::from(COLUMNS)) as usize;
    let mut columns: Vec<(usize, Vec<Section>)> = vec![(0, Vec::new()); count];
    let groups = Group::ALL.into_iter().map(Section::Actions);
    for section in std::iter::once(Section::Pointer).chain(groups) {
        let rows = section.rows(ctx).1.len();
        if let Some(shortest) = columns.iter_mut().min_by_key(|column| column.0) {
            shortest.0 += rows + 2;
            shortest.1.push(section);
        }
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for (_, sections) in columns {
            ui.vertical(|ui| {
                ui.set_width(COLUMN);
                for section in sections {
                    section_ui(ui, ctx, section);
                }
            });
        }
    });
}

fn section_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, section: Section) {
    let theme = ctx.theme;
    let (heading, rows) = section.rows(ctx);
    heading_ui(ui, theme, &heading);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.spacing_mut().interact_size.y = theme.sizes.body + 5.0;
    for (name, keys) in rows {
        row_ui(ui, ctx, &name, &keys);
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
