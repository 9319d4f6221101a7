//! Rows and columns chosen by pointing at them.

use eframe::egui;
use egui::{Rect, Sense, Ui, vec2};

use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::panel::PanelCtx;
use crate::workspace::{Command, Layout, LayoutEdit};

/// Rows and columns offered.
const MOST: u8 = 5;
const CELL: f32 = 28.0;

/// A grid of cells; the one pointed at says how many views there will be.
pub fn layout_chooser_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let theme = ctx.theme;
    let now = ctx.workspace.panes.main().layout;
    let (rect, area) = ui.allocate_exact_size(vec2(CELL, CELL) * f32::from(MOST), Sense::hover());
    let mut pointed = None;
    for row in 1..=MOST {
        for column in 1..=MOST {
            let corner = rect.min + vec2(f32::from(column - 1), f32::from(row - 1)) * CELL;
            let cell = Rect::from_min_size(corner, vec2(CELL, CELL)).shrink(2.0);
            let name = grid_name(ctx, row, column);
            let id = area.id.with((row, column));
            let response = ui.interact(cell, id, Sense::click());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
            if response.hovered() {
                pointed = Some((row, column));
            }
            if response.clicked() {
                let layout = Layout::Grid {
                    rows: row,
                    columns: column,
                };
                ctx.commands.push(Command::Layout(LayoutEdit::Set(layout)));
                ui.close();
            }
        }
    }
    let shown = pointed.or(match now {
        Layout::Grid { rows, columns } => Some((rows, columns)),
        Layout::Mpr => None,
    });
    for row in 1..=MOST {
        for column in 1..=MOST {
            let corner = rect.min + vec2(f32::from(column - 1), f32::from(row - 1)) * CELL;
            let cell = Rect::from_min_size(corner, vec2(CELL, CELL)).shrink(2.0);
            let is_in = shown.is_some_and(|(rows, columns)| row <= rows && column <= columns);
            let fill = if is_in {
                theme.colours.accent
            } else {
                theme.colours.line
            };
            ui.painter().rect_filled(cell, 2.0, fill);
        }
    }
    let words = shown.map_or_else(
        || ctx.say(msg("action-mpr")),
        |(rows, columns)| grid_name(ctx, rows, columns),
    );
    Text::new(&words, theme.body(), theme.colours.secondary).ui(ui);
}

fn grid_name(ctx: &PanelCtx<'_>, rows: u8, columns: u8) -> String {
    let message = Message::new(msg("layout-grid"))
        .count("rows", usize::from(rows))
        .count("columns", usize::from(columns));
    ctx.words.get(&message)
}
