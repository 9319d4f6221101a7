//! The bar of a film: play, where it is, how fast it really runs, what happens at its end.

use eframe::egui;
use egui::{Pos2, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo};

use super::showing::Showing;
use super::{PaneRect, ViewportCtx};
use crate::geom::AnatomicalPlane;
use crate::model::DisplaySetKind;
use crate::problem::{Message, msg};
use crate::text::Words;
use crate::ui::bidi_label::Text;
use crate::ui::icons::{self, Sign};
use crate::ui::panel::icon_button_ui;
use crate::ui::theme::Theme;
use crate::view::cine::{CineAxis, Repeat};
use crate::view::{ViewMode, edge_letters};
use crate::workspace::{CineEdit, Command, Film, PaneId, ViewEdit, Workspace};

/// Widest and narrowest, points.
const WIDTH: (f32, f32) = (380.0, 220.0);
/// What the texts of a lower corner usually take, points and lines.
const CORNER_WIDTH: f32 = 110.0;
const CORNER_LINES: f32 = 4.0;
/// Room of the rate, points: nothing moves while it changes.
const RATE_WIDTH: f32 = 60.0;
/// A film that shows fewer frames than this share of what was asked for leaves some out.
const FOLLOWS: f64 = 0.9;

/// Where the bar lies: at the lower edge, above the letter if one stands there. `None` where there is no film, or no
/// room for it.
pub(super) fn place(
    workspace: &Workspace,
    showing: &Showing,
    rect: &PaneRect,
    theme: &Theme,
) -> Option<Rect> {
    let set = workspace.library.display_set(showing.state.display_set)?;
    let is_still = showing.state.mode == ViewMode::Stack && set.frames.len() < 2;
    let is_moving = set.kind == DisplaySetKind::Loop || workspace.is_joined(set);
    let is_film = (!is_still || set.phase.is_some())
        && match showing.state.mode {
            ViewMode::Stack => showing.state.cine.is_open || is_moving,
            // One bar for the three planes.
            ViewMode::Mpr(plane) => set.phase.is_some() && plane == AnatomicalPlane::Axial,
        };
    let (most, least) = WIDTH;
    let room = rect.points.width() - 4.0 * theme.sizes.control;
    if !is_film || room < least || rect.points.height() < 8.0 * theme.sizes.control {
        return None;
    }
    let width = (rect.points.width() * 0.45).clamp(least, most).min(room);
    let height = theme.sizes.control + theme.sizes.space;
    let letter = match edge_letters(&showing.view) {
        Some(_) => 1.5 * theme.sizes.letter + theme.sizes.space,
        None => 0.0,
    };
    // Where it would lie on the texts of the lower corners it stands above them.
    let texts = if room - width < 2.0 * CORNER_WIDTH {
        CORNER_LINES * 1.4 * theme.sizes.overlay
    } else {
        letter
    };
    let bottom = rect.points.bottom() - 8.0 - texts;
    let centre = Pos2::new(rect.points.center().x, bottom - 0.5 * height);
    Some(Rect::from_center_size(centre, Vec2::new(width, height)))
}

/// Draws the bar; says whether the pointer holds it.
pub(super) fn bar_ui(
    ui: &mut Ui,
    ctx: &mut ViewportCtx<'_>,
    showing: &Showing,
    bar: Rect,
    pane: PaneId,
) -> bool {
    let Some(film) = ctx.interaction.films.film(pane) else {
        return false;
    };
    let (theme, words) = (ctx.theme, ctx.words);
    let cine = showing.state.cine;
    let ground = theme.colours.panel.gamma_multiply(0.9);
    ui.painter().rect_filled(bar, 3.0, ground);
    let mut asked: Vec<ViewEdit> = Vec::new();
    let inside = bar.shrink2(Vec2::new(theme.sizes.space, 0.5 * theme.sizes.space));
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let builder = egui::UiBuilder::new()
        .id_salt(("film", pane.0))
        .max_rect(inside)
        .layout(layout);
    let mut ui = ui.new_child(builder);
    ui.spacing_mut().item_spacing.x = theme.sizes.space;
    let mut button = |ui: &mut Ui, sign: Sign, name: String, edit: CineEdit| {
        if icon_button_ui(ui, theme, icons::sign(sign), &name, false).clicked() {
            asked.push(ViewEdit::Cine(edit));
        }
    };
    let (sign, name) = if cine.is_playing {
        (Sign::Pause, msg("cine-stop"))
    } else {
        (Sign::Play, msg("cine-play"))
    };
    button(&mut ui, sign, words.id(name), CineEdit::Toggle);
    let has_axes =
        ctx.workspace.phase(&showing.state).is_some() && showing.state.mode == ViewMode::Stack;
    let axis = ctx.workspace.cine_axis(&showing.state);
    let buttons = if has_axes { 4.0 } else { 3.0 };
    let controls = buttons * (theme.sizes.control + theme.sizes.space) + RATE_WIDTH;
    let slider = Vec2::new(
        (ui.available_width() - controls - theme.sizes.space).max(20.0),
        theme.sizes.control,
    );
    if has_axes {
        let (sign, name, other) = match axis {
            CineAxis::Phases => (Sign::Phases, msg("cine-phases"), CineAxis::Frames),
            CineAxis::Frames => (Sign::Frames, msg("cine-frames"), CineAxis::Phases),
        };
        button(&mut ui, sign, words.id(name), CineEdit::Axis(other));
    }
    let (track, handle) = ui.allocate_exact_size(slider, Sense::click_and_drag());
    button(
        &mut ui,
        Sign::Slower,
        words.id(msg("cine-slower")),
        CineEdit::Slower,
    );
    rate_ui(&mut ui, film, showing, theme, words);
    button(
        &mut ui,
        Sign::Faster,
        words.id(msg("cine-faster")),
        CineEdit::Faster,
    );
    let repeat = film.repeat(&cine);
    let (sign, name) = match repeat {
        Repeat::Loop => (Sign::Loop, msg("cine-loop")),
        Repeat::Sweep => (Sign::Sweep, msg("cine-sweep")),
        Repeat::Once => (Sign::Once, msg("cine-once")),
    };
    button(
        &mut ui,
        sign,
        words.id(name),
        CineEdit::Repeat(repeat.next()),
    );

    let last = film.len().saturating_sub(1);
    let index = ctx.workspace.cine_place(&showing.state).min(last);
    handle.widget_info(|| WidgetInfo::slider(true, index.into(), words.id(msg("cine-position"))));
    paint_track(&ui, track, (index, last), film.range(&cine), theme);
    if (handle.dragged() || handle.clicked())
        && let Some(at) = handle.interact_pointer_pos()
    {
        let share = ((at.x - track.left()) / track.width()).clamp(0.0, 1.0);
        let wanted = (share * last as f32).round() as u32;
        if wanted != index {
            asked.push(match axis {
                CineAxis::Frames => ViewEdit::Index(wanted),
                CineAxis::Phases => ViewEdit::Phase(wanted as i32 - index as i32),
            });
        }
    }
    let is_held = handle.dragged() || handle.is_pointer_button_down_on();
    ctx.commands
        .extend(asked.into_iter().map(|edit| Command::View(pane, edit)));
    is_held
}

/// The part played is drawn stronger; a tick where the film is.
fn paint_track(ui: &Ui, track: Rect, (index, last): (u32, u32), range: (u32, u32), theme: &Theme) {
    let painter = ui.painter();
    let x_of = |frame: u32| track.left() + track.width() * frame as f32 / last.max(1) as f32;
    let y = track.center().y;
    painter.hline(track.x_range(), y, Stroke::new(2.0, theme.colours.dimmed));
    let part = egui::Rangef::new(x_of(range.0), x_of(range.1));
    painter.hline(part, y, Stroke::new(3.0, theme.colours.secondary));
    let tick = Rect::from_center_size(Pos2::new(x_of(index), y), Vec2::new(4.0, 14.0));
    painter.rect_filled(tick.expand(1.0), 1.0, theme.colours.halo);
    painter.rect_filled(tick, 1.0, theme.colours.accent);
}

/// The rate measured on screen while it plays, the rate asked for while it stands; the reason for
/// it when pointed at.
fn rate_ui(ui: &mut Ui, film: &Film, showing: &Showing, theme: &Theme, words: &Words) {
    let asked = film.asked_fps(&showing.state.cine);
    let rate = |fps: f64| {
        let decimals = usize::from(fps < 9.95);
        words.get(&Message::new(msg("cine-fps")).text("fps", words.number(fps, decimals)))
    };
    let measured = film.measured_fps();
    let is_behind = measured.is_some_and(|fps| fps < FOLLOWS * asked);
    let mut help = vec![words.id(film.timing.source.message())];
    let (text, colour) = if film.is_waiting() {
        help.push(words.id(msg("cine-waiting-help")));
        (words.id(msg("cine-waiting")), theme.colours.warning)
    } else if is_behind {
        let fps = words.number(asked, usize::from(asked < 9.95));
        help.push(words.get(&Message::new(msg("cine-left-out")).text("fps", fps)));
        (rate(measured.unwrap_or(asked)), theme.colours.warning)
    } else {
        (rate(measured.unwrap_or(asked)), theme.colours.text)
    };
    let size = Vec2::new(RATE_WIDTH, theme.sizes.control);
    let (place, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &text));
    let galley = crate::ui::bidi_label::galley(ui, &text, &theme.small(), colour, RATE_WIDTH);
    ui.painter()
        .galley(place.center() - 0.5 * galley.size(), galley, colour);
    response.on_hover_ui(|ui| {
        for line in &help {
            Text::new(line, theme.body(), theme.colours.text)
                .width(280.0)
                .wrapped()
                .ui(ui);
        }
    });
}
