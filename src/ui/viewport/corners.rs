//! What the four corners say. Who it is comes from the header of the very image on screen.

use eframe::egui;
use egui::Ui;

use super::PaneRect;
use super::showing::{Pixels, Showing};
use super::text_on_image::{Corner, block, line_height};
use crate::dicom::PersonName;
use crate::dicom::modules::{PatientModule, SeriesModule, StudyModule};
use crate::geom::{AnatomicalPlane, DVec3};
use crate::model::InstanceIx;
use crate::objects::presentation_state::PresentationSize;
use crate::problem::{Message, MessageId, msg};
use crate::text::{Words, age_at};
use crate::ui::theme::Theme;
use crate::view::{Filter, ResolvedKind, ViewMode, own_voi, slice_thickness_mm, voi_name};
use crate::workspace::{OverlayLevel, Workspace};

/// A line of a corner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub text: String,
    /// Whose picture, which slice, what is wrong with it: never left out for want of room.
    /// The others go from the highest rank down.
    rank: u8,
    pub is_warning: bool,
}

/// Left top, right top, left bottom, right bottom.
pub(super) type Corners = [Vec<Line>; 4];

/// Between the corner's text and the pane's edge, points.
const MARGIN: f32 = 8.0;
/// Half the width kept free for what stands at the middle of an edge, points.
const MIDDLE: f32 = 24.0;
/// A corner takes at most this share of the pane's height, so that the middle stays the image's.
const SHARE: f32 = 0.11;
/// A plane of MPR with room for fewer lines leaves study and series to its neighbours.
const WHOLE_MPR: usize = 4;
/// Rank of what is always there.
const ESSENTIAL: u8 = 0;

fn line(rank: u8, text: String) -> Line {
    Line {
        text,
        rank,
        is_warning: false,
    }
}

fn warning(text: String) -> Line {
    Line {
        text,
        rank: ESSENTIAL,
        is_warning: true,
    }
}

/// The name of a plane of the body.
pub(super) const fn plane_name(plane: AnatomicalPlane) -> MessageId {
    match plane {
        AnatomicalPlane::Axial => msg("plane-axial"),
        AnatomicalPlane::Coronal => msg("plane-coronal"),
        AnatomicalPlane::Sagittal => msg("plane-sagittal"),
    }
}

/// Whose picture it is, on one line; the marker where identification is hidden.
pub(super) fn patient_name(workspace: &Workspace, showing: &Showing, words: &Words) -> String {
    name_of(workspace, showing.key.map(|key| key.instance), words)
}

/// Whose instance it is, on one line; the marker where identification is hidden.
pub(in crate::ui) fn name_of(
    workspace: &Workspace,
    instance: Option<InstanceIx>,
    words: &Words,
) -> String {
    if workspace.is_identification_hidden {
        return words.id(msg("viewport-hidden"));
    }
    let header = instance.and_then(|instance| workspace.library.header(instance));
    let name = header.map(|header| PatientModule::read(header.dataset.elements()).name);
    let name = name.map(|name| PersonName::parse(&name).display());
    name.filter(|name| !name.is_empty())
        .unwrap_or_else(|| words.id(msg("viewport-no-name")))
}

/// All there is to say, by corner.
pub(super) fn corner_lines(workspace: &Workspace, showing: &Showing, words: &Words) -> Corners {
    let mut corners = Corners::default();
    let [left_top, right_top, left_bottom, right_bottom] = &mut corners;
    left_top.push(line(ESSENTIAL, patient_name(workspace, showing, words)));
    let header = showing
        .key
        .and_then(|key| workspace.library.header(key.instance));
    if let Some(header) = header {
        let root = header.dataset.elements();
        let (patient, study, series) = (
            PatientModule::read(root),
            StudyModule::read(root),
            SeriesModule::read(root),
        );
        if !workspace.is_identification_hidden {
            left_top.extend(patient_lines(&patient, &study, words));
            right_top.extend(study_lines(&study, words));
        }
        right_bottom.push(line(2, series_line(&series, words)));
    }
    left_top.extend(gap_lines(showing, words));
    right_bottom.extend(key_lines(workspace, showing, words));
    right_bottom.extend(slice_lines(workspace, showing, words));
    left_bottom.extend(presentation_lines(showing, words));
    left_bottom.extend(look_lines(showing, words));
    for corner in &mut corners {
        corner.retain(|line| !line.text.trim().is_empty());
    }
    corners
}

/// The lines that are shown at a level where there is room for `most`.
fn chosen(lines: Vec<Line>, level: OverlayLevel, most: usize) -> Vec<Line> {
    let mut by_rank: Vec<(usize, Line)> = match level {
        OverlayLevel::None => Vec::new(),
        OverlayLevel::Essential | OverlayLevel::All => lines.into_iter().enumerate().collect(),
    };
    by_rank.sort_by_key(|(_, line)| line.rank); // stable: earlier lines first among equals
    let essential = by_rank.partition_point(|(_, line)| line.rank == ESSENTIAL);
    by_rank.truncate(match level {
        OverlayLevel::All => most.max(essential),
        OverlayLevel::Essential | OverlayLevel::None => essential,
    });
    by_rank.sort_by_key(|(place, _)| *place);
    by_rank.into_iter().map(|(_, line)| line).collect()
}

/// Which image it is, on one line.
pub(super) fn place_text(workspace: &Workspace, showing: &Showing, words: &Words) -> String {
    let plane = match showing.state.mode {
        ViewMode::Mpr(plane) => words.id(plane_name(plane)),
        ViewMode::Stack => String::new(),
    };
    let lines = slice_lines(workspace, showing, words);
    let essential = lines.into_iter().filter(|line| line.rank == ESSENTIAL);
    let parts: Vec<String> = [plane]
        .into_iter()
        .chain(essential.map(|line| line.text))
        .collect();
    joined(&parts)
}

/// What a pane says to who cannot see it: whose image, which, what is wrong with it.
pub(super) fn essential_text(workspace: &Workspace, showing: &Showing, words: &Words) -> String {
    let place = place_text(workspace, showing, words);
    let gaps = gap_lines(showing, words).into_iter().map(|line| line.text);
    let parts: Vec<String> = [patient_name(workspace, showing, words), place]
        .into_iter()
        .chain(gaps)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(", ")
}

fn patient_lines(patient: &PatientModule, study: &StudyModule, words: &Words) -> Vec<Line> {
    let age = if patient.age.trim().is_empty() {
        age_at(&patient.birth_date, &study.date).unwrap_or_default()
    } else {
        patient.age.clone()
    };
    let born_sex_age = [
        words.date(&patient.birth_date),
        patient.sex.trim().to_owned(),
        words.age(&age),
    ];
    vec![
        line(ESSENTIAL, patient.patient_id.clone()),
        line(3, joined(&born_sex_age)),
    ]
}

fn study_lines(study: &StudyModule, words: &Words) -> Vec<Line> {
    vec![
        line(4, study.institution.clone()),
        line(1, study.description.clone()),
        line(3, study.accession_number.clone()),
        line(2, words.date_time(&study.date, &study.time)),
    ]
}

fn series_line(series: &SeriesModule, words: &Words) -> String {
    let number = series.number.map(|number| {
        words.get(&Message::new(msg("viewport-series")).number("number", number as f64))
    });
    joined(&[number.unwrap_or_default(), series.description.clone()])
}

/// What of the series is not there, so that nobody takes the rest for the whole.
fn gap_lines(showing: &Showing, words: &Words) -> Vec<Line> {
    let counted = |id: MessageId, count: usize| {
        (count > 0).then(|| warning(words.get(&Message::new(id).count("count", count))))
    };
    let gaps = &showing.gaps;
    [
        counted(msg("viewport-missing"), gaps.missing),
        counted(msg("viewport-unreadable"), gaps.unreadable),
        counted(msg("viewport-slices-cut-off"), gaps.cut_off),
    ]
    .into_iter()
    .chain([gaps.parts.as_ref().map(|what| warning(words.get(what)))])
    .flatten()
    .collect()
}

/// The number of the image, where it lies and how thick it is.
fn slice_lines(workspace: &Workspace, showing: &Showing, words: &Words) -> Vec<Line> {
    if showing.key.is_none() {
        return Vec::new();
    }
    let position = showing
        .view
        .plane()
        .zip(point_of_plane(workspace, showing))
        .and_then(|(plane, point)| position_text(plane.normal(), point, words))
        .unwrap_or_default();
    if matches!(showing.state.mode, ViewMode::Mpr(_)) {
        let phase = phase_line(workspace, showing, words);
        let phase = phase.map(|text| line(ESSENTIAL, text));
        return std::iter::once(line(ESSENTIAL, position))
            .chain(phase)
            .collect();
    }
    let of = workspace
        .library
        .display_set(showing.state.display_set)
        .map_or(0, |set| set.frames.len());
    let number = Message::new(msg("viewport-image"))
        .text("number", (showing.state.index + 1).to_string())
        .text("of", of.to_string());
    let thickness = showing
        .key
        .and_then(|key| slice_thickness_mm(&workspace.library, key))
        .map(|mm| {
            let mm = format!("{}\u{a0}mm", words.number_up_to(mm, 2));
            words.get(&Message::new(msg("viewport-thickness")).text("value", mm))
        });
    let phase = phase_line(workspace, showing, words);
    std::iter::once(line(ESSENTIAL, words.get(&number)))
        .chain(phase.map(|text| line(ESSENTIAL, text)))
        .chain([line(1, joined(&[position, thickness.unwrap_or_default()]))])
        .collect()
}

/// Which of the phases it is, and what sets it apart from them.
fn phase_line(workspace: &Workspace, showing: &Showing, words: &Words) -> Option<String> {
    let phase = workspace.phase(&showing.state)?;
    let id = if phase.is_time {
        msg("viewport-phase")
    } else {
        msg("viewport-volume")
    };
    let number = words.get(
        &Message::new(id)
            .text("number", (phase.place + 1).to_string())
            .text("of", phase.sets.len().to_string()),
    );
    let mut parts = vec![number];
    parts.extend(phase.by.iter().map(|what| words.get(what)));
    Some(joined(&parts))
}

/// A point of the plane shown that panning does not move: the middle of the image, or where the
/// three planes meet.
fn point_of_plane(workspace: &Workspace, showing: &Showing) -> Option<DVec3> {
    match &showing.view.kind {
        ResolvedKind::Image {
            patient_from_image,
            image_size,
            ..
        } => {
            let [columns, rows] = image_size.map(f64::from);
            let middle = DVec3::new((columns - 1.0) * 0.5, (rows - 1.0) * 0.5, 0.0);
            patient_from_image.map(|patient| patient.transform_point3(middle))
        }
        ResolvedKind::Plane { .. } => {
            let group = workspace.panes.mpr.get(&showing.state.display_set)?;
            Some(group.crosshair)
        }
    }
}

/// The normal of a plane with one position along a body axis is this near to that axis (cosine of
/// about 30 degrees, so that scans along the disc or the jaw keep theirs).
const NEARLY_STRAIGHT: f64 = 0.866;

/// How far along the body's axis nearest to the normal the plane lies: `S 12.5 mm`; nothing for
/// planes far off every axis, of which it would say little.
fn position_text(normal: DVec3, centre: DVec3, words: &Words) -> Option<String> {
    let n = normal.abs();
    if n.max_element() < NEARLY_STRAIGHT {
        return None;
    }
    let (axis, value) = if n.z >= n.x && n.z >= n.y {
        (DVec3::Z, centre.z)
    } else if n.y >= n.x {
        (DVec3::Y, centre.y)
    } else {
        (DVec3::X, centre.x)
    };
    let side = if value < 0.0 { -axis } else { axis };
    let letter = crate::geom::anatomical_letters(side);
    let value = words.with_unit(value.abs(), 1, "mm");
    Some(format!("{letter}\u{a0}{value}"))
}

/// Which presentation state makes the picture look as it does, and what of it does not hold here.
fn presentation_lines(showing: &Showing, words: &Words) -> Vec<Line> {
    let Some(presented) = &showing.presented else {
        return Vec::new();
    };
    let state = &presented.state;
    let name = Message::new(msg("viewport-presentation")).text("name", state.name());
    let mut lines = vec![line(ESSENTIAL, words.get(&name))];
    if !presented.is_for_frame {
        lines.push(warning(words.id(msg("viewport-presentation-elsewhere"))));
        return lines;
    }
    if presented.is_modified {
        lines.push(line(
            ESSENTIAL,
            words.id(msg("viewport-presentation-modified")),
        ));
    }
    let area = (showing.data.as_ref())
        .and_then(|data| state.area(&data.image.sop_instance_uid, data.image.frame));
    if area.is_some_and(|area| area.size == PresentationSize::TrueSize) {
        lines.push(line(1, words.id(msg("viewport-presentation-true-size"))));
    }
    if !state.faults.is_empty() {
        lines.push(warning(words.id(msg("viewport-presentation-faulty"))));
    }
    lines
}

/// Window, zoom, and what the reader should know of how the pixels came to be.
fn look_lines(showing: &Showing, words: &Words) -> Vec<Line> {
    let mut lines = Vec::new();
    let Some(image) = &showing.image else {
        return lines;
    };
    if let (Some(missing), Pixels::Frame(_)) = (image.missing, &showing.pixels) {
        let cut_off = Message::new(msg("viewport-cut-off"))
            .number("row", missing.row(image.columns).into())
            .number("rows", image.rows.into());
        lines.push(warning(words.get(&cut_off)));
    }
    if let Some(lossy) = &image.lossy {
        let text = match lossy.ratio {
            Some(ratio) => words.get(
                &Message::new(msg("viewport-lossy-ratio"))
                    .text("ratio", words.number_up_to(ratio, 1)),
            ),
            None => words.id(msg("viewport-lossy")),
        };
        lines.push(warning(text));
    }
    if let Some(window) = &showing.window {
        let decimals = if window.width >= 10.0 { 0 } else { 3 };
        let id = if window.is_lut {
            msg("viewport-voi-lut")
        } else {
            msg("viewport-window")
        };
        let text = Message::new(id)
            .text("width", words.number_up_to(window.width, decimals))
            .text("center", words.number_up_to(window.center, decimals));
        let vois = showing.drawn_image().map_or(&[][..], |drawn| &drawn.vois);
        let own = own_voi(showing.state.look.voi, vois).filter(|_| vois.len() > 1);
        let name = own.map(|index| words.get(&voi_name(vois, index)));
        lines.push(line(
            1,
            joined(&[words.get(&text), name.unwrap_or_default()]),
        ));
    }
    let percent = match &showing.view.kind {
        ResolvedKind::Image {
            image_from_screen, ..
        } => 100.0 / image_from_screen.matrix2.x_axis.length().max(1e-9),
        ResolvedKind::Plane { mm_per_px, .. } => match &showing.pixels {
            Pixels::Plane(volume, _, _) => 100.0 * volume.grid.spacing_mm().x / mm_per_px.max(1e-9),
            _ => 100.0,
        },
    };
    let mut zoom = vec![
        words.get(&Message::new(msg("viewport-zoom")).text("percent", words.number(percent, 0))),
    ];
    match showing.state.look.filter {
        Filter::Nearest => zoom.push(words.id(msg("viewport-filter-nearest"))),
        Filter::Cubic => zoom.push(words.id(msg("viewport-filter-cubic"))),
        Filter::Linear => {}
    }
    if showing.state.look.invert {
        zoom.push(words.id(msg("viewport-inverted")));
    }
    lines.push(line(2, joined(&zoom)));
    lines.extend(marks_lines(showing, words));
    lines.extend(colour_line(showing, words));
    lines
}

/// What of shutter and overlays is not shown, be it the reader's wish or a fault of the file.
fn marks_lines(showing: &Showing, words: &Words) -> Vec<Line> {
    let Pixels::Frame(image) = &showing.pixels else {
        return Vec::new();
    };
    let Some(marks) = &image.marks else {
        return Vec::new();
    };
    let choice = showing.state.look.marks;
    let is_any_hidden = marks
        .overlays
        .iter()
        .any(|it| !choice.shows(it.plane.index));
    let mut off = Vec::new();
    if is_any_hidden {
        off.push(words.id(msg("viewport-overlays-off")));
    }
    if marks.shutter.is_some() && !choice.shutter {
        off.push(words.id(msg("viewport-shutter-off")));
    }
    if !marks.faults.is_empty() {
        off.push(words.id(msg("viewport-marks-faulty")));
    }
    off.into_iter().map(|text| line(1, text)).collect()
}

/// What key object documents say of the image on screen.
fn key_lines(workspace: &Workspace, showing: &Showing, words: &Words) -> Vec<Line> {
    let key = showing
        .key
        .filter(|_| showing.state.mode == ViewMode::Stack);
    let marks = key.map_or_else(Vec::new, |key| workspace.key_marks(key));
    let said = marks.into_iter().map(|mark| {
        let id = if mark.is_rejection {
            msg("viewport-rejected")
        } else {
            msg("viewport-key-image")
        };
        let text = words.get(&Message::new(id).text("title", &*mark.title));
        if mark.is_rejection {
            warning(text)
        } else {
            line(1, joined(&[text, mark.description.to_string()]))
        }
    });
    said.collect()
}

/// What the colours went through, of an image that brings a profile.
fn colour_line(showing: &Showing, words: &Words) -> Option<Line> {
    let Pixels::Frame(image) = &showing.pixels else {
        return None;
    };
    let is_off = showing.state.look.has_colours_as_stored;
    Some(match image.colour.as_ref()? {
        Err(_) => warning(words.id(msg("viewport-colour-profile-faulty"))),
        Ok(_) if is_off => line(1, words.id(msg("viewport-colour-profile-off"))),
        Ok(_) => line(3, words.id(msg("viewport-colour-profile"))),
    })
}

fn joined(parts: &[String]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" · ")
}

/// Writes them, with the plane's tag below the left top and the scale bar above the left bottom.
pub(super) fn corners_ui(
    ui: &Ui,
    workspace: &Workspace,
    showing: &Showing,
    rect: &PaneRect,
    theme: &Theme,
    words: &Words,
) {
    let level = workspace.settings.overlay;
    if level == OverlayLevel::None {
        return;
    }
    let painter = ui.painter_at(rect.points);
    let area = rect.inside.shrink(MARGIN);
    let right = area.right() - super::frame::BAR_WIDTH;
    let room = (area.width() * 0.5 - MIDDLE).max(40.0);
    let mut most = (rect.inside.height() * SHARE / line_height(ui, theme)) as usize;
    let mut corners = corner_lines(workspace, showing, words);
    if matches!(showing.state.mode, ViewMode::Mpr(_)) && most < WHOLE_MPR {
        // The three planes are of one series, named beside and above.
        most = 1;
        corners[1].clear();
    }
    let [left_top, right_top, left_bottom, right_bottom] = corners;
    let write = |lines: Vec<Line>, at: egui::Pos2, is_right: bool, is_bottom: bool| {
        let corner = Corner {
            at,
            is_right,
            is_bottom,
            room,
        };
        let coloured: Vec<_> = chosen(lines, level, most)
            .into_iter()
            .map(|line| {
                let colour = if line.is_warning {
                    theme.colours.on_image_warning
                } else {
                    theme.colours.overlay
                };
                (line.text, colour)
            })
            .collect();
        block(ui, &painter, theme, &coloured, corner)
    };
    let top = write(left_top, area.left_top(), false, false);
    write(right_top, egui::pos2(right, area.top()), true, false);
    let bottom = write(left_bottom, area.left_bottom(), false, true);
    write(right_bottom, egui::pos2(right, area.bottom()), true, true);
    if showing.image.is_none() {
        return;
    }
    if let ViewMode::Mpr(plane) = showing.state.mode {
        let at = area.left_top() + egui::vec2(0.0, top + 2.0);
        super::frame::plane_tag(ui, &painter, at, theme, words, plane);
    }
    let at = area.left_bottom() - egui::vec2(0.0, bottom + 10.0);
    super::frame::scale(ui, &painter, showing, rect, at, theme, words);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(most: usize, level: OverlayLevel) -> Vec<String> {
        let lines = vec![
            line(4, "hospital".to_owned()),
            line(ESSENTIAL, "name".to_owned()),
            line(2, "date".to_owned()),
            warning("missing".to_owned()),
            line(1, "id".to_owned()),
            line(2, "time".to_owned()),
        ];
        let kept = chosen(lines, level, most).into_iter();
        kept.map(|line| line.text).collect()
    }

    #[test]
    fn a_small_pane_keeps_name_and_warnings_and_drops_the_least_first() {
        let all = OverlayLevel::All;
        assert_eq!(texts(1, all), ["name", "missing"]);
        assert_eq!(texts(3, all), ["name", "missing", "id"]);
        assert_eq!(texts(4, all), ["name", "date", "missing", "id"]);
        assert_eq!(texts(5, all), ["name", "date", "missing", "id", "time"]);
        assert_eq!(texts(9, all).len(), 6);
    }

    #[test]
    fn levels_below_all_leave_out_whatever_the_room() {
        assert_eq!(texts(9, OverlayLevel::Essential), ["name", "missing"]);
        assert!(texts(9, OverlayLevel::None).is_empty());
    }
}
