//! What there is to read: studies by one search over the archive and all nodes, or what the
//! nodes' worklists plan.
//!
//! | file | what it owns |
//! |---|---|
//! | `line.rs` | the line that is typed, and the chips of the search |
//! | `sources.rs` | who was asked, and how far each is |
//! | `studies.rs` | the studies that were found |
//! | `worklist.rs` | what is planned |

mod line;
mod priority;
mod sources;
mod studies;
mod worklist;

use eframe::egui;
use egui::Ui;

use crate::problem::msg;
use crate::ui::panel::PanelCtx;
use crate::ui::parts::most_height;
use crate::workspace::{Command, SearchEdit, WorklistEdit};

/// What the page remembers while it is open.
#[derive(Default)]
pub struct SearchPage {
    tab: Tab,
    selection: studies::Selection,
    planned: worklist::Planned,
    has_focus: bool,
}

/// One of the two.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Tab {
    #[default]
    Studies,
    Worklist,
}

/// Rows shown at once, at least and at most.
const ROWS: (f32, f32) = (5.0, 24.0);
/// Height of what stands above and below the rows, points.
const AROUND_ROWS: f32 = 262.0;

/// Rows for which there is room.
fn rows_shown(ui: &Ui, ctx: &PanelCtx<'_>) -> f32 {
    let room = most_height(ui.ctx(), ctx.theme) - AROUND_ROWS;
    (room / ctx.theme.sizes.control)
        .floor()
        .clamp(ROWS.0, ROWS.1)
}

/// The page.
pub fn search_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut SearchPage) {
    tabs_ui(ui, ctx, page);
    ui.add_space(ctx.theme.sizes.space);
    match page.tab {
        Tab::Studies => {
            line::line_ui(ui, ctx, page);
            ui.add_space(ctx.theme.sizes.space);
            line::chips_ui(ui, ctx);
            let search = &ctx.workspace.search;
            sources::sources_ui(ui, ctx, &search.sources, &|source| search.left_out(source));
            ui.add_space(ctx.theme.sizes.space);
            studies::studies_ui(ui, ctx, &mut page.selection);
            ui.add_space(ctx.theme.sizes.space);
            studies::deeds_ui(ui, ctx, &page.selection);
            sources::days_ui(ui, ctx);
            let search = &ctx.workspace.search;
            sources::failures_ui(ui, ctx, &search.sources, &|source| search.left_out(source));
        }
        Tab::Worklist => {
            if worklist::worklist_ui(ui, ctx, &mut page.planned) {
                page.tab = Tab::Studies;
                page.selection.clear();
            }
        }
    }
}

fn edit(ctx: &mut PanelCtx<'_>, edit: SearchEdit) {
    ctx.commands.push(Command::Search(edit));
}

fn tabs_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut SearchPage) {
    let tabs = [
        (Tab::Studies, msg("search-tab-studies")),
        (Tab::Worklist, msg("search-tab-worklist")),
    ];
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = ctx.theme.sizes.space;
        for (tab, name) in tabs {
            let words = ctx.say(name);
            let is_on = page.tab == tab;
            let role = egui::Role::Tab;
            if line::chip_ui(ui, ctx, &words, is_on, role) && !is_on {
                page.tab = tab;
                // The line takes the keys when it is back.
                page.has_focus = false;
                page.planned = worklist::Planned::default();
                // What was planned when it was last looked at may be yesterday's.
                if tab == Tab::Worklist {
                    ctx.commands.push(Command::Worklist(WorklistEdit::Run));
                }
            }
        }
    });
}
