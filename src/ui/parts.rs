//! Parts laid over the window: palette, settings, help, lists. None of them stops the reading.

use std::path::Path;

use eframe::egui;
use egui::{Align2, Area, Context, Order, ScrollArea, Ui, vec2};

use crate::action::Part;
use crate::problem::{MessageId, msg};
use crate::ui::about::about_ui;
use crate::ui::archive::{ArchivePage, archive_ui};
use crate::ui::bidi_label::Text;
use crate::ui::findings::Edits;
use crate::ui::help::{help_ui, help_width};
use crate::ui::icons::{self, Sign};
use crate::ui::nodes::{NodesPage, nodes_ui};
use crate::ui::palette::{Palette, palette_ui};
use crate::ui::panel::{PanelCtx, button_ui, icon_button_ui, row_end_ui};
use crate::ui::passed_over::passed_over_ui;
use crate::ui::path_field::{PathField, path_field_ui};
use crate::ui::search::{SearchPage, search_ui};
use crate::ui::settings::settings_ui;
use crate::ui::status::jobs_ui;
use crate::ui::theme::Theme;
use crate::ui::transfers::{TransfersPage, transfers_ui};
use crate::workspace::PathOf;

/// What the parts remember while they are open.
#[derive(Default)]
pub struct PartState {
    /// The one that is open.
    pub open: Option<Part>,
    pub(super) palette: Palette,
    pub(super) path: PathField,
    search: SearchPage,
    nodes: NodesPage,
    archive: ArchivePage,
    transfers: TransfersPage,
}

impl PartState {
    /// Opens a part, or closes it if it is the one that is open.
    pub fn toggle(&mut self, part: Part) {
        self.open = (self.open != Some(part)).then_some(part);
        self.palette = Palette::default();
        self.path = PathField::default();
        self.search = SearchPage::default();
        self.nodes = NodesPage::default();
        self.archive = ArchivePage::default();
        self.transfers = TransfersPage::default();
    }

    /// What Esc does: takes back a question that stands in the part, else closes the part. Returns
    /// whether there was either.
    pub fn escape(&mut self) -> bool {
        let is_withdrawn = self.transfers.withdraw() || self.nodes.withdraw();
        is_withdrawn && self.open.is_some() || self.open.take().is_some()
    }

    /// Puts a chosen path into its field, if that is still there.
    pub fn fill_in(&mut self, field: PathOf, path: &Path) {
        match field {
            PathOf::TakenIn => self.archive.take_in_from(path),
            _ => self.nodes.fill_in(field, path),
        }
    }
}

/// The open part, if there is one.
pub fn parts_ui(
    egui_ctx: &Context,
    ctx: &mut PanelCtx<'_>,
    state: &mut PartState,
    edits: &mut Edits,
) {
    let Some(part) = state.open else {
        return;
    };
    if part == Part::Palette {
        palette_ui(egui_ctx, ctx, state);
        return;
    }
    let title = match part {
        Part::About => msg("action-about"),
        Part::Archive => msg("action-archive"),
        Part::Help => msg("action-help"),
        Part::Jobs => msg("action-jobs"),
        Part::Nodes => msg("action-nodes"),
        Part::Open => msg("open-title"),
        Part::PassedOver => msg("action-passed-over"),
        Part::Queue => msg("action-queue"),
        Part::Search => msg("search-title"),
        Part::Settings => msg("action-settings"),
        Part::Close | Part::FullScreen | Part::Palette => return,
    };
    let width = match part {
        Part::Help => help_width(ctx.theme),
        Part::PassedOver => 1.6 * ctx.theme.sizes.part,
        Part::Search => 2.3 * ctx.theme.sizes.part,
        Part::Archive | Part::Nodes | Part::Queue | Part::Settings => 1.25 * ctx.theme.sizes.part,
        _ => ctx.theme.sizes.part,
    };
    let is_closed = window_ui(egui_ctx, ctx, title, width, |ui, ctx| match part {
        Part::About => about_ui(ui, ctx),
        Part::Archive => archive_ui(ui, ctx, &mut state.archive),
        Part::Help => help_ui(ui, ctx),
        Part::Jobs => jobs_ui(ui, ctx),
        Part::Nodes => nodes_ui(ui, ctx, &mut state.nodes),
        Part::Open => {
            if open_ui(ui, ctx, &mut state.path) {
                ctx.parts.push(Part::Close);
            }
        }
        Part::PassedOver => passed_over_ui(ui, ctx),
        Part::Queue => transfers_ui(ui, ctx, &mut state.transfers),
        Part::Search => search_ui(ui, ctx, &mut state.search),
        Part::Settings => settings_ui(ui, ctx, edits),
        Part::Close | Part::FullScreen | Part::Palette => {}
    });
    if is_closed {
        state.open = None;
    }
}

/// The room for what is in a part, from its title down.
pub(super) fn most_height(egui_ctx: &Context, theme: &Theme) -> f32 {
    let sizes = &theme.sizes;
    let bars = sizes.patient_bar + sizes.tools + sizes.status;
    egui_ctx.content_rect().height() - bars - 25.0 * sizes.space
}

/// A titled box over the images. Returns whether its cross was clicked.
pub fn window_ui(
    egui_ctx: &Context,
    ctx: &mut PanelCtx<'_>,
    title: MessageId,
    width: f32,
    contents: impl FnOnce(&mut Ui, &mut PanelCtx<'_>),
) -> bool {
    let theme = ctx.theme;
    let sizes = &theme.sizes;
    let screen = egui_ctx.content_rect();
    let width = width.min(screen.width() - 8.0 * sizes.space);
    let most_height = most_height(egui_ctx, ctx.theme);
    let mut is_closed = false;
    let words = ctx.say(title);
    Area::new(egui::Id::unique(("part", title.0)))
        .order(Order::Foreground)
        .anchor(
            Align2::CENTER_TOP,
            vec2(0.0, sizes.patient_bar + sizes.tools + 4.0 * sizes.space),
        )
        .accessible_name(&words)
        .default_size(vec2(width, screen.height()))
        .show(egui_ctx, |ui| {
            part_frame(ctx).show(ui, |ui| {
                ui.set_width(width);
                ui.horizontal(|ui| {
                    Text::new(&words, theme.heading(), theme.colours.text)
                        .width(width - 40.0)
                        .ui(ui);
                    row_end_ui(ui, |ui| {
                        let name = ctx.say(msg("part-close"));
                        let glyph = icons::sign(Sign::Close);
                        is_closed = icon_button_ui(ui, theme, glyph, &name, false).clicked();
                    });
                });
                ui.add_space(sizes.space);
                ScrollArea::vertical()
                    // What grows while it is open gets the room there is.
                    .min_scrolled_height(most_height)
                    .max_height(most_height)
                    .auto_shrink([false, true])
                    .show(ui, |ui| contents(ui, ctx));
            });
        });
    is_closed
}

/// Ground and edge of what is laid over the window.
pub fn part_frame(ctx: &PanelCtx<'_>) -> egui::Frame {
    let theme = ctx.theme;
    egui::Frame::new()
        .fill(theme.colours.raised)
        .stroke(egui::Stroke::new(1.0, theme.colours.dimmed))
        .corner_radius(3.0)
        .inner_margin(4.0 * theme.sizes.space)
}

fn open_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, path: &mut PathField) -> bool {
    let theme = ctx.theme;
    let words = ctx.say(msg("start-path"));
    Text::new(&words, theme.body(), theme.colours.secondary).ui(ui);
    let is_opened = path_field_ui(ui, ctx, path);
    ui.add_space(2.0 * theme.sizes.space);
    let mut is_chosen = false;
    ui.horizontal(|ui| {
        for id in ["open-folder", "open-files", "open-demo"] {
            let Some(action) = crate::action::action(id) else {
                continue;
            };
            let words = ctx.say(action.label);
            let glyph = action.icon.map(icons::glyph);
            if button_ui(ui, theme, glyph, &words, false).clicked() {
                ctx.run(action);
                is_chosen = true;
            }
        }
    });
    is_opened || is_chosen
}
