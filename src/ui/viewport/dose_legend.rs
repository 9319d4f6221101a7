//! The colours of a dose: a bar with the doses its lines stand for.

use eframe::egui;
use egui::{Color32, Pos2, Rect, Ui, Vec2};

use super::PaneRect;
use super::layers::{dose_text, over};
use super::showing::Showing;
use super::text_on_image::{line, outlined};
use crate::objects::layer::LayerContent;
use crate::text::Words;
use crate::ui::theme::Theme;
use crate::view::{ISODOSES, dose_palette};
use crate::workspace::Workspace;

/// Height and width of the bar, points.
const BAR: Vec2 = Vec2::new(10.0, 150.0);
/// The pane must be so many bars high: in smaller ones the anatomy needs the room.
const ROOM: f32 = 4.0;
/// Between the bar and its words, points.
const GAP: f32 = 6.0;

/// Draws it for the dose over a pane that is shown; of several, the first.
pub(super) fn dose_legend_ui(
    ui: &Ui,
    workspace: &Workspace,
    showing: &Showing,
    rect: &PaneRect,
    (theme, words): (&Theme, &Words),
) {
    let over = over(workspace, showing);
    let shown = over.iter().filter(|(_, over)| over.setting.is_shown);
    let mut dose = shown.filter_map(|(_, over)| match &over.layer.content {
        LayerContent::Dose(dose) => Some((dose, over.setting)),
        _ => None,
    });
    let Some((dose, setting)) = dose.next() else {
        return;
    };
    if rect.inside.height() < ROOM * BAR.y {
        return;
    }
    let painter = ui.painter_at(rect.points);
    // Between the letter at the middle of the edge and the corner below it.
    let top = rect.inside.center().y + 0.3 * BAR.y;
    let bar = Rect::from_min_size(Pos2::new(rect.inside.left() + 10.0, top), BAR);
    painter.rect_filled(bar.expand(1.0), 0.0, theme.colours.halo);
    let palette = dose_palette();
    let rows = BAR.y as usize;
    for row in 0..rows {
        let share = 1.0 - (row as f32 + 0.5) / rows as f32;
        let entry = palette.get((share * 255.0) as usize).copied();
        let [r, g, b, _] = entry.unwrap_or_default();
        if share >= setting.threshold {
            let at = Pos2::new(bar.left(), bar.top() + row as f32);
            let step = Rect::from_min_size(at, Vec2::new(BAR.x, 1.0));
            painter.rect_filled(step, 0.0, Color32::from_rgb(r, g, b));
        }
    }
    let levels = ISODOSES.iter().rev().filter(|_| setting.has_isodoses);
    let colour = theme.colours.overlay;
    let mut free = f32::MIN;
    for share in std::iter::once(&1.0).chain(levels).copied() {
        let y = bar.bottom() - share * bar.height();
        // No percentages: they would be read as shares of the prescribed dose.
        let text = dose_text(f64::from(share * dose.most), &dose.units, words);
        let galley = line(ui, &text, &theme.small(), colour);
        let at = Pos2::new(bar.right() + GAP, y - galley.size().y * 0.5);
        // From the top down; what would cover the one above is left out.
        if at.y < free {
            continue;
        }
        free = at.y + galley.size().y;
        outlined(&painter, at, &galley, colour, theme.colours.halo);
    }
}
