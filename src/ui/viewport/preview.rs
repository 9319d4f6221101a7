//! What a pane says while a picture stands for the image, and when the last image is here.

use std::time::{Duration, Instant};

use eframe::egui;
use egui::{Color32, Painter, Pos2, Rect, Ui, Vec2};

use super::PaneRect;
use super::frame::{BAR_WIDTH, letters_of};
use super::memory::PaneMemory;
use super::showing::{Pixels, Showing};
use super::text_on_image::line;
use crate::geom::DVec2;
use crate::model::DisplaySetId;
use crate::problem::{Message, msg};
use crate::text::Words;
use crate::ui::icons::{self, Sign};
use crate::ui::theme::Theme;
use crate::view::{Frames, Loading, StackGeometry, resolve_stack};
use crate::workspace::{InFull, OverlayLevel, Preview, Workspace};

/// How long it is said that everything is here.
const SAID_FOR: Duration = Duration::from_secs(8);

/// What a pane remembers of how much of its series is here.
#[derive(Debug, Default)]
pub(super) struct Quality {
    /// Something of this was not here when the pane was drawn last.
    lacking: Option<DisplaySetId>,
    /// All of this is here, since then.
    reached: Option<(DisplaySetId, Instant)>,
}

/// What is said over the picture, if anything is: the badge of a preview, or that the last image
/// came. Said to whoever cannot see it, too.
pub(super) fn said(
    ui: &Ui,
    workspace: &Workspace,
    frames: &dyn Frames,
    showing: &Showing,
    memory: &mut PaneMemory,
    words: &Words,
) -> Option<Said> {
    let quality = &mut memory.quality;
    if matches!(showing.pixels, Pixels::Preview(_)) {
        quality.lacking = Some(showing.state.display_set);
        return Some(Said {
            text: words.id(msg("preview-badge")),
            is_warning: true,
        });
    }
    let set = showing.state.display_set;
    let in_full = workspace.in_full(&showing.state)?;
    if !in_full.is_whole() {
        quality.lacking = Some(set);
        return None;
    }
    // What is here but not decoded yet, or cannot be, is not there for the reader.
    let is_shown = matches!(&showing.pixels, Pixels::Frame(image) if image.missing.is_none());
    if !is_shown || showing.is_waiting || has_damage(workspace, frames, set) {
        return None;
    }
    if quality.lacking.take_if(|lacking| *lacking == set).is_some() {
        quality.reached = Some((set, Instant::now()));
    }
    let (of, since) = quality.reached?;
    let left = SAID_FOR.checked_sub(since.elapsed());
    let Some(left) = left.filter(|_| of == set) else {
        quality.reached = None;
        return None;
    };
    ui.ctx().request_repaint_after(left);
    Some(reached(&in_full, words))
}

/// Whether an image of the set is known not to be whole.
fn has_damage(workspace: &Workspace, frames: &dyn Frames, set: DisplaySetId) -> bool {
    let set = workspace.library.display_set(set);
    let keys = set.map_or(&[][..], |set| &set.frames);
    keys.iter().any(|key| match frames.frame(*key) {
        Loading::Failed(_) => true,
        Loading::Ready(image) => image.missing.is_some(),
        Loading::Waiting => false,
    })
}

fn reached(in_full: &InFull, words: &Words) -> Said {
    Said {
        text: words.get(&in_full.words()),
        is_warning: in_full.is_lossy,
    }
}

/// A sentence at the upper edge.
pub(super) struct Said {
    pub text: String,
    is_warning: bool,
}

impl Said {
    /// A strip at the upper edge of the picture, whatever else is written over it.
    pub fn ui(&self, ui: &Ui, rect: &PaneRect, theme: &Theme) {
        let painter = ui.painter_at(rect.points);
        let (sign, colour) = if self.is_warning {
            (Sign::Problem, theme.colours.on_image_warning)
        } else {
            (Sign::Good, theme.colours.overlay)
        };
        strip(ui, &painter, rect, theme, (sign, colour), &self.text);
    }
}

/// Dark letters on a bright strip, so that it is seen over any picture.
fn strip(
    ui: &Ui,
    painter: &Painter,
    rect: &PaneRect,
    theme: &Theme,
    (sign, colour): (Sign, Color32),
    text: &str,
) {
    let ink = theme.colours.halo;
    let room = rect.inside.width() - 2.0 * BAR_WIDTH - 4.0 * theme.sizes.icon;
    let whole = line(ui, text, &theme.heading(), ink);
    let galley = if whole.size().x <= room {
        whole
    } else {
        crate::ui::bidi_label::galley(ui, text, &theme.overlay(), ink, room.max(40.0))
    };
    let sign_width = theme.sizes.icon + theme.sizes.space;
    let pad = Vec2::new(2.0 * theme.sizes.space, theme.sizes.space);
    let size = galley.size() + Vec2::X * sign_width + 2.0 * pad;
    // Below the letter at the upper edge, above the middle of the picture.
    let top = rect.inside.top() + 4.0 * theme.sizes.letter;
    let middle = rect.inside.center().x - BAR_WIDTH * 0.5;
    let place = Rect::from_min_size(Pos2::new(middle - size.x * 0.5, top), size);
    painter.rect_filled(place.expand(1.0), 4.0, ink);
    painter.rect_filled(place, 4.0, colour);
    painter.text(
        place.left_center() + Vec2::X * pad.x,
        egui::Align2::LEFT_CENTER,
        icons::sign(sign),
        icons::font(theme.sizes.icon),
        ink,
    );
    let at = Pos2::new(
        place.left() + pad.x + sign_width,
        place.center().y - galley.size().y * 0.5,
    );
    painter.galley_with_override_text_color(at, galley, ink);
}

/// The letters at the edges: they come from where the image lies, which the node said, and are all
/// that is taken from it.
pub(super) fn letters_ui(
    ui: &Ui,
    workspace: &Workspace,
    showing: &Showing,
    rect: &PaneRect,
    theme: &Theme,
) {
    let Pixels::Preview(preview) = &showing.pixels else {
        return;
    };
    if workspace.settings.overlay == OverlayLevel::None {
        return;
    }
    let geometry = StackGeometry {
        patient_from_image: preview.patient_from_image,
        ..preview.geometry.clone()
    };
    let size = DVec2::new(rect.size_px[0].into(), rect.size_px[1].into());
    let placed = resolve_stack(&showing.state.camera, &geometry, size);
    letters_of(ui, &ui.painter_at(rect.points), &placed, rect, theme);
}

/// `Im 200/400`, of a slice or a frame that a picture stands for.
pub(super) fn number_text(
    workspace: &Workspace,
    showing: &Showing,
    preview: &Preview,
    words: &Words,
) -> String {
    let place = if preview.frames > 1 {
        Some((preview.frame as usize, preview.frames as usize))
    } else {
        let track = workspace.track_of(&showing.state);
        track.and_then(|track| {
            let place = track.place_of_uid(&preview.sop_instance_uid)?;
            Some((place, track.frames.len()))
        })
    };
    place.map_or_else(String::new, |(place, of)| {
        words.get(
            &Message::new(msg("viewport-image"))
                .text("number", (place + 1).to_string())
                .text("of", of.to_string()),
        )
    })
}
