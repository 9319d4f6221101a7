//! The edges of a pane: orientation letters, scale bar, slice bar, progress, and the frames that
//! say which pane is active and whose picture is another's.

use eframe::egui;
use egui::{Painter, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use super::PaneRect;
use super::corners::{name_of, patient_name, plane_name};
use super::showing::{Pixels, Showing};
use super::text_on_image::{line, outlined};
use crate::engine::Engine;
use crate::imaging::Calibration;
use crate::model::{DisplaySet, DisplaySetId};
use crate::problem::{Message, MessageId, msg};
use crate::text::Words;
use crate::ui::bidi_label::{Text, galley};
use crate::ui::icons::{self, Sign};
use crate::ui::theme::Theme;
use crate::view::{
    Frames, ResolvedView, ViewMode, edge_letters, is_same_patient, scale_bar, step_mm,
};
use crate::workspace::{Command, OverlayLevel, PaneId, Track, ViewEdit, Workspace};

/// Room of the slice bar at the right edge, points.
pub(super) const BAR_WIDTH: f32 = 10.0;
/// A scale bar is at most this long, points.
const SCALE_POINTS: f64 = 100.0;
/// Line of the frame around another patient's picture, points.
const WARNING_LINE: f32 = 5.0;

/// Everything along the edges.
pub(super) fn frame(
    ui: &mut Ui,
    workspace: &Workspace,
    showing: &Showing,
    rect: &PaneRect,
    theme: &Theme,
    words: &Words,
    pane: PaneId,
) {
    let painter = ui.painter_at(rect.points);
    let why = match (&showing.pixels, &showing.gaps.here) {
        (Pixels::Failed(reason), _) => Some((reason, showing.key)),
        (_, Some((reason, key))) => Some((reason, *key)),
        _ => None,
    };
    if let Some((reason, key)) = why {
        let file = key.and_then(|key| workspace.library.header(key.instance));
        let file = file.map(|header| header.source.display_path().display().to_string());
        reason_ui(ui, rect, theme, &words.get(reason), file.as_deref());
    }
    if showing.image.is_some() && workspace.settings.overlay != OverlayLevel::None {
        letters(ui, &painter, showing, rect, theme);
    }
    if workspace.panes.active == pane {
        active_line(&painter, rect, theme);
    }
    if is_of_another_patient(workspace, showing.state.display_set) {
        let name = patient_name(workspace, showing, words);
        let whole = Message::new(msg("viewport-other-patient")).text("name", name.as_str());
        another_patient(
            ui,
            &painter,
            rect.points,
            theme,
            [&words.get(&whole), &name],
        );
    }
}

/// The same frame around what is no picture, where it is another patient's; gives back the room
/// it leaves.
pub(in crate::ui) fn warning_around(
    ui: &Ui,
    workspace: &Workspace,
    set: &DisplaySet,
    points: Rect,
    (theme, words): (&Theme, &Words),
) -> Rect {
    if !is_of_another_patient(workspace, set.id) {
        return points;
    }
    let name = name_of(workspace, set.instances.first().copied(), words);
    let whole = Message::new(msg("viewport-other-patient")).text("name", name.as_str());
    let painter = ui.painter_at(points);
    another_patient(ui, &painter, points, theme, [&words.get(&whole), &name]);
    inside_warning(points, theme)
}

fn letters(ui: &Ui, painter: &Painter, showing: &Showing, rect: &PaneRect, theme: &Theme) {
    letters_of(ui, painter, &showing.view, rect, theme);
}

/// The letters of where things lie.
pub(super) fn letters_of(
    ui: &Ui,
    painter: &Painter,
    view: &ResolvedView,
    rect: &PaneRect,
    theme: &Theme,
) {
    let Some(letters) = edge_letters(view) else {
        return;
    };
    let font = egui::FontId::proportional(theme.sizes.letter);
    let area = rect.inside.shrink(8.0);
    let right = area.right() - BAR_WIDTH;
    for (text, at, align) in [
        (&letters.left, area.left_center(), Vec2::new(0.0, 0.5)),
        (
            &letters.right,
            Pos2::new(right, area.center().y),
            Vec2::new(1.0, 0.5),
        ),
        (&letters.top, area.center_top(), Vec2::new(0.5, 0.0)),
        (&letters.bottom, area.center_bottom(), Vec2::new(0.5, 1.0)),
    ] {
        let galley = line(ui, text, &font, theme.colours.overlay);
        let at = at - galley.size() * align;
        outlined(
            painter,
            at,
            &galley,
            theme.colours.overlay,
            theme.colours.halo,
        );
    }
}

/// Where the millimetres come from, said where it is not the patient's own space.
pub(super) const fn calibration_name(source: Calibration) -> Option<MessageId> {
    match source {
        Calibration::Patient => None,
        Calibration::Calibrated => Some(msg("calibration-calibrated")),
        Calibration::Magnified => Some(msg("calibration-magnified")),
        Calibration::Detector => Some(msg("calibration-detector")),
        Calibration::Scanner => Some(msg("calibration-scanner")),
        Calibration::UltrasoundRegion => Some(msg("calibration-ultrasound")),
        Calibration::Manual => Some(msg("calibration-manual")),
    }
}

/// The scale bar from its left end.
pub(super) fn scale(
    ui: &Ui,
    painter: &Painter,
    showing: &Showing,
    rect: &PaneRect,
    start: Pos2,
    theme: &Theme,
    words: &Words,
) {
    let bar = showing
        .view
        .mm_per_px()
        .and_then(|mm_per_px| scale_bar(mm_per_px, SCALE_POINTS * rect.px_per_pt));
    let Some(bar) = bar else { return };
    let length = (bar.length_px / rect.px_per_pt) as f32;
    let (left, y) = (start.x + 1.0, start.y);
    let ends = [Pos2::new(left, y), Pos2::new(left + length, y)];
    let (halo, colour) = (theme.colours.halo, theme.colours.overlay);
    for (width, colour) in [(3.5, halo), (1.5, colour)] {
        let stroke = Stroke::new(width, colour);
        painter.line_segment(ends, stroke);
        for end in ends {
            painter.line_segment([end - Vec2::Y * 4.0, end + Vec2::Y * 4.0], stroke);
        }
    }
    let (value, unit) = if bar.length_mm >= 10.0 {
        (bar.length_mm / 10.0, "cm")
    } else {
        (bar.length_mm, "mm")
    };
    let mut text = format!("{}\u{a0}{unit}", words.number_up_to(value, 3));
    let spacing = showing.image.as_ref().and_then(|image| image.spacing);
    if let Some(source) = spacing.and_then(|spacing| calibration_name(spacing.source)) {
        text = format!("{text} ({})", words.id(source));
    }
    let galley = line(ui, &text, &theme.overlay(), colour);
    let at = Pos2::new(left + length + 8.0, y - galley.size().y * 0.5);
    outlined(painter, at, &galley, colour, halo);
}

/// The colour of a plane in MPR.
pub(super) fn plane_colour(theme: &Theme, plane: crate::geom::AnatomicalPlane) -> egui::Color32 {
    use crate::geom::AnatomicalPlane as Plane;
    match plane {
        Plane::Axial => theme.colours.axial,
        Plane::Coronal => theme.colours.coronal,
        Plane::Sagittal => theme.colours.sagittal,
    }
}

/// A square in the plane's colour, with its name for those who do not tell colours.
pub(super) fn plane_tag(
    ui: &Ui,
    painter: &Painter,
    at: Pos2,
    theme: &Theme,
    words: &Words,
    plane: crate::geom::AnatomicalPlane,
) {
    let colour = plane_colour(theme, plane);
    let galley = line(ui, &words.id(plane_name(plane)), &theme.overlay(), colour);
    let square = Rect::from_min_size(
        Pos2::new(at.x + 1.0, at.y + galley.size().y * 0.5 - 5.0),
        Vec2::splat(10.0),
    );
    painter.rect_filled(square.expand(1.0), 0.0, theme.colours.halo);
    painter.rect_filled(square, 0.0, colour);
    outlined(
        painter,
        at + Vec2::X * 16.0,
        &galley,
        colour,
        theme.colours.halo,
    );
}

pub(super) fn active_line(painter: &Painter, rect: &PaneRect, theme: &Theme) {
    let stroke = Stroke::new(theme.sizes.active_line, theme.colours.accent);
    painter.rect_stroke(rect.points, 0.0, stroke, StrokeKind::Inside);
}

/// Whether panes show several patients and this one is not the active pane's; each of them while
/// the active pane shows none.
pub(super) fn is_of_another_patient(workspace: &Workspace, set: DisplaySetId) -> bool {
    let is_other = |shown: DisplaySetId| !is_same_patient(&workspace.library, shown, set);
    match workspace.panes.active_view() {
        Some(active) => is_other(active.display_set),
        None => workspace
            .panes
            .shown()
            .any(|(_, view)| is_other(view.display_set)),
    }
}

/// How high the strip with the other patient's name is, points.
fn strip_height(theme: &Theme) -> f32 {
    theme.sizes.heading + 3.0 * theme.sizes.space
}

/// What the frame around another patient's picture leaves.
pub(super) fn inside_warning(points: Rect, theme: &Theme) -> Rect {
    let mut inside = points.shrink(WARNING_LINE);
    inside.min.y = points.top() + strip_height(theme);
    inside
}

/// A thick frame, its upper side a strip with the name: nothing else is ever written there.
/// Where the sentence does not fit, the name stands alone.
fn another_patient(
    ui: &Ui,
    painter: &Painter,
    points: Rect,
    theme: &Theme,
    [sentence, name]: [&str; 2],
) {
    let colour = theme.colours.on_image_warning;
    let stroke = Stroke::new(WARNING_LINE, colour);
    painter.rect_stroke(points, 0.0, stroke, StrokeKind::Inside);
    let mut strip = points;
    strip.max.y = strip.top() + strip_height(theme);
    painter.rect_filled(strip, 0.0, colour);
    let ink = theme.colours.halo;
    let sign = painter.text(
        strip.left_center() + Vec2::X * 10.0,
        egui::Align2::LEFT_CENTER,
        icons::sign(Sign::Problem),
        icons::font(theme.sizes.icon),
        ink,
    );
    let room = strip.right() - sign.right() - 14.0;
    let whole = line(ui, sentence, &theme.heading(), ink);
    let galley = if whole.size().x <= room {
        whole
    } else {
        galley(ui, name, &theme.heading(), ink, room)
    };
    let at = Pos2::new(sign.right() + 6.0, strip.center().y - galley.size().y * 0.5);
    painter.galley_with_override_text_color(at, galley, ink);
}

/// The reason in place of the picture, and the file it happened to.
fn reason_ui(ui: &mut Ui, rect: &PaneRect, theme: &Theme, reason: &str, file: Option<&str>) {
    let width = (rect.inside.width() - 48.0).clamp(80.0, 480.0);
    // Above the middle, where the crosshair would cross it.
    let top = rect.inside.top() + rect.inside.height() * 0.3;
    let place = Rect::from_min_size(
        Pos2::new(rect.inside.center().x - width * 0.5, top),
        Vec2::new(width, rect.inside.bottom() - top),
    );
    let layout = egui::Layout::top_down(egui::Align::Center);
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(place).layout(layout));
    let colours = &theme.colours;
    child.add(egui::Label::new(
        egui::RichText::new(icons::sign(Sign::Problem))
            .font(icons::font(1.5 * theme.sizes.icon))
            .color(colours.on_image_warning),
    ));
    Text::new(reason, theme.body(), colours.on_image_warning)
        .width(width)
        .wrapped()
        .ui(&mut child);
    if let Some(file) = file {
        Text::new(file, theme.overlay(), colours.overlay)
            .width(width)
            .wrapped()
            .ui(&mut child);
    }
}

/// What the slice bar asks for.
pub(super) struct BarAnswer {
    pub commands: Vec<Command>,
    /// The pointer belongs to the bar.
    pub is_held: bool,
}

/// A thin bar at the right edge: filled where slices are decoded, a tick where the view is, marks
/// for findings; dragged to scroll. The line of progress at the top belongs to it.
pub(super) fn slice_bar(
    ui: &Ui,
    workspace: &Workspace,
    engine: &Engine,
    showing: &Showing,
    rect: &PaneRect,
    (theme, words): (&Theme, &Words),
    pane: PaneId,
) -> BarAnswer {
    let mut answer = BarAnswer {
        commands: Vec::new(),
        is_held: false,
    };
    let loaded = engine.loaded_frames(showing.state.display_set);
    let (mut here, mut of) = place(workspace, engine, showing, loaded.len());
    let track = arriving_track(workspace, showing);
    let mut loaded = loaded;
    let mut previewed = Vec::new();
    if let Some(track) = &track {
        of = track.frames.len();
        here = workspace
            .place_on(track, pane, showing.state.index)
            .unwrap_or(0);
        previewed = workspace.previewed(track);
        let is_here = |frame: &Option<u32>| {
            frame.is_some_and(|frame| loaded.get(frame as usize).is_some_and(|is| *is))
        };
        loaded = track.frames.iter().map(is_here).collect();
    }
    let painter = ui.painter_at(rect.points);
    if showing.is_waiting && !loaded.is_empty() {
        let done = loaded.iter().filter(|is_here| **is_here).count();
        let share = done as f32 / loaded.len() as f32;
        progress(&painter, rect, theme, share);
    }
    if of < 2 {
        return answer;
    }
    let area = Rect::from_min_max(
        Pos2::new(rect.inside.right() - BAR_WIDTH, rect.inside.top() + 24.0),
        Pos2::new(rect.inside.right() - 2.0, rect.inside.bottom() - 24.0),
    );
    if area.height() < 40.0 {
        return answer;
    }
    let response = ui.interact(
        area,
        ui.scope_id().with(("slices", pane.0)),
        Sense::click_and_drag(),
    );
    let name = bar_words(&loaded, &previewed, words);
    response.widget_info(|| WidgetInfo::slider(true, here as f64, &name));
    let response = if previewed.contains(&true) {
        response.on_hover_text(&name)
    } else {
        response
    };
    answer.is_held = response.contains_pointer() || response.dragged();
    let y_of = |index: f32| area.top() + area.height() * (index + 0.5) / of as f32;
    let thin = Rect::from_center_size(area.center(), Vec2::new(3.0, area.height()));
    painter.rect_filled(thin, 0.0, theme.colours.line);
    let fill = |places: &[bool], colour| {
        for (first, end) in runs(places) {
            let scale = of as f32 / places.len() as f32;
            let (top, bottom) = (
                y_of(first as f32 * scale - 0.5),
                y_of(end as f32 * scale - 0.5),
            );
            // One slice of many is still to be seen.
            let bottom = bottom.max(top + 2.0);
            let part = Rect::from_x_y_ranges(thin.x_range(), top..=bottom);
            painter.rect_filled(part, 0.0, colour);
        }
    };
    fill(&loaded, theme.colours.dimmed);
    // The colour of the badge, so that both are taken for one thing.
    fill(
        &previewed,
        theme.colours.on_image_warning.gamma_multiply(0.6),
    );
    for mark in marks(workspace, showing) {
        let mark = match &track {
            Some(track) => track.place_of(mark).unwrap_or(0),
            None => mark as usize,
        };
        let centre = Pos2::new(area.center().x, y_of(mark as f32));
        painter.circle_filled(centre, 2.5, theme.colours.measurement);
    }
    let tick = Rect::from_center_size(
        Pos2::new(area.center().x, y_of(here as f32)),
        Vec2::new(area.width(), 4.0),
    );
    painter.rect_filled(tick.expand(1.0), 0.0, theme.colours.halo);
    painter.rect_filled(tick, 0.0, theme.colours.accent);
    if (response.dragged() || response.clicked() || response.is_pointer_button_down_on())
        && let Some(at) = response.interact_pointer_pos()
    {
        let share = f64::from((at.y - area.top()) / area.height()).clamp(0.0, 1.0);
        let index = ((share * of as f64).floor() as usize).min(of - 1);
        if index != here {
            let edit = match (showing.state.mode, &track) {
                (ViewMode::Mpr(_), _) => Some(ViewEdit::Step(index as i32 - here as i32)),
                (ViewMode::Stack, None) => Some(ViewEdit::Index(index as u32)),
                (ViewMode::Stack, Some(track)) => match track.frames.get(index) {
                    Some(Some(frame)) => Some(ViewEdit::Index(*frame)),
                    _ => track.instance(index).cloned().map(ViewEdit::Await),
                },
            };
            answer
                .commands
                .extend(edit.map(|edit| Command::View(pane, edit)));
        }
    }
    answer
}

/// What the bar says of the slices.
fn bar_words(loaded: &[bool], previewed: &[bool], words: &Words) -> String {
    let count = |places: &[bool]| places.iter().filter(|is_here| **is_here).count();
    if count(previewed) == 0 {
        return words.id(msg("viewport-slices"));
    }
    words.get(
        &Message::new(msg("preview-slices"))
            .count("here", count(loaded))
            .count("previews", count(previewed))
            .count("of", loaded.len()),
    )
}

/// Every place the series will have, while it is on its way.
fn arriving_track(workspace: &Workspace, showing: &Showing) -> Option<Track> {
    if showing.state.mode != ViewMode::Stack {
        return None;
    }
    workspace.track_of(&showing.state)
}

fn progress(painter: &Painter, rect: &PaneRect, theme: &Theme, share: f32) {
    let whole = Rect::from_min_size(rect.inside.min, Vec2::new(rect.inside.width(), 2.0));
    painter.rect_filled(whole, 0.0, theme.colours.line);
    let done = Rect::from_min_size(whole.min, Vec2::new(whole.width() * share, whole.height()));
    painter.rect_filled(done, 0.0, theme.colours.accent);
}

/// Which slice is shown, of how many: frames in a stack, steps of the volume along a plane's normal.
fn place(
    workspace: &Workspace,
    frames: &dyn Frames,
    showing: &Showing,
    in_stack: usize,
) -> (usize, usize) {
    let ViewMode::Mpr(_) = showing.state.mode else {
        return (showing.state.index as usize, in_stack);
    };
    let (Some(plane), Some(group)) = (
        showing.view.plane(),
        workspace.panes.mpr.get(&showing.state.display_set),
    ) else {
        return (0, 0);
    };
    let volume = frames.volume(showing.state.display_set);
    let Some(grid) = volume.ready().map(|volume| volume.grid) else {
        return (0, 0);
    };
    // The camera's turn may have flipped the normal; steps follow the group's own.
    let ViewMode::Mpr(own) = showing.state.mode else {
        return (0, 0);
    };
    let normal = group.pose(own).normal();
    let step = step_mm(&grid, normal);
    let spans = grid.patient_from_voxel.matrix3;
    let last = grid.dims.map(|n| f64::from(n.saturating_sub(1)));
    let reach = 0.5
        * [
            (spans.x_axis, last[0]),
            (spans.y_axis, last[1]),
            (spans.z_axis, last[2]),
        ]
        .iter()
        .map(|(axis, n)| (axis.dot(normal) * n).abs())
        .sum::<f64>();
    let of = (2.0 * reach / step).round() as usize + 1;
    let from_first = (plane.centre - grid.centre()).dot(normal) + reach;
    let here = (from_first / step).round().max(0.0) as usize;
    (here.min(of - 1), of)
}

/// Frames of a stack that hold a finding, or are key images.
fn marks(workspace: &Workspace, showing: &Showing) -> Vec<u32> {
    if showing.state.mode != ViewMode::Stack {
        return Vec::new();
    }
    let set = showing.state.display_set;
    let document = workspace
        .library
        .display_set(set)
        .and_then(|set| workspace.studies.get(&set.study))
        .map(|record| &record.document);
    let annotations = document
        .into_iter()
        .flat_map(|document| &document.annotations);
    let key_images = workspace.key_images(set).map(|keys| keys.selected.clone());
    annotations
        .filter_map(|annotation| workspace.place_of_annotation(annotation))
        .filter(|(found, _)| *found == set)
        .map(|(_, index)| index)
        .chain(key_images.into_iter().flatten())
        .collect()
}

/// Runs of what is here: (first, end).
fn runs(loaded: &[bool]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut start = None;
    for (index, is_here) in loaded.iter().copied().chain([false]).enumerate() {
        match (is_here, start) {
            (true, None) => start = Some(index),
            (false, Some(first)) => {
                runs.push((first, index));
                start = None;
            }
            _ => {}
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_filled_exactly_where_frames_are_here() {
        assert_eq!(runs(&[false, true, true, false, true]), [(1, 3), (4, 5)]);
        assert!(runs(&[false, false]).is_empty());
    }
}
