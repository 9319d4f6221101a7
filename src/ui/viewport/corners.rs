//! What the four corners say. Who it is comes from the header of the very image on screen.

use eframe::egui;
use egui::Ui;

use super::PaneRect;
use super::showing::{Pixels, Showing};
use super::text_on_image::{Corner, block};
use crate::dicom::PersonName;
use crate::dicom::modules::{PatientModule, SeriesModule, StudyModule};
use crate::geom::{AnatomicalPlane, DVec3};
use crate::problem::{Message, MessageId, msg};
use crate::text::{Words, age_at};
use crate::ui::theme::Theme;
use crate::view::{Filter, ResolvedKind, ViewMode, own_voi, slice_thickness_mm, voi_name};
use crate::workspace::{OverlayLevel, Workspace};

/// Left top, right top, left bottom, right bottom.
pub(super) type Corners = [Vec<String>; 4];

/// Between the corner's text and the pane's edge, points.
const MARGIN: f32 = 8.0;
/// Half the width kept free for what stands at the middle of an edge, points.
const MIDDLE: f32 = 24.0;

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
    if workspace.is_identification_hidden {
        return words.id(msg("viewport-hidden"));
    }
    let header = showing
        .key
        .and_then(|key| workspace.library.header(key.instance));
    let name = header.map(|header| PatientModule::read(header.dataset.elements()).name);
    let name = name.map(|name| PersonName::parse(&name).display());
    name.filter(|name| !name.is_empty())
        .unwrap_or_else(|| words.id(msg("viewport-no-name")))
}

/// The lines of each corner at a level.
pub(super) fn corner_lines(
    workspace: &Workspace,
    showing: &Showing,
    words: &Words,
    level: OverlayLevel,
) -> Corners {
    if level == OverlayLevel::None {
        return Corners::default();
    }
    let is_all = level == OverlayLevel::All;
    let mut corners = Corners::default();
    let [left_top, right_top, left_bottom, right_bottom] = &mut corners;
    left_top.push(patient_name(workspace, showing, words));
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
        if is_all && !workspace.is_identification_hidden {
            left_top.extend(patient_lines(&patient, &study, words));
            right_top.extend(study_lines(&study, words));
        }
        if is_all {
            right_bottom.push(series_line(&series, words));
        }
    }
    right_bottom.extend(slice_lines(workspace, showing, words, is_all));
    if is_all {
        left_bottom.extend(look_lines(showing, words));
    }
    for corner in &mut corners {
        corner.retain(|line| !line.trim().is_empty());
    }
    corners
}

fn patient_lines(patient: &PatientModule, study: &StudyModule, words: &Words) -> Vec<String> {
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
    vec![patient.patient_id.clone(), joined(&born_sex_age)]
}

fn study_lines(study: &StudyModule, words: &Words) -> Vec<String> {
    vec![
        study.institution.clone(),
        study.description.clone(),
        study.accession_number.clone(),
        words.date_time(&study.date, &study.time),
    ]
}

fn series_line(series: &SeriesModule, words: &Words) -> String {
    let number = series.number.map(|number| {
        words.get(&Message::new(msg("viewport-series")).number("number", number as f64))
    });
    joined(&[number.unwrap_or_default(), series.description.clone()])
}

/// The number of the image, where it lies and how thick it is.
fn slice_lines(
    workspace: &Workspace,
    showing: &Showing,
    words: &Words,
    is_all: bool,
) -> Vec<String> {
    let mut lines = Vec::new();
    if showing.image.is_none() {
        return lines;
    }
    match showing.state.mode {
        ViewMode::Stack => {
            let of = workspace
                .library
                .display_set(showing.state.display_set)
                .map_or(0, |set| set.frames.len());
            lines.push(
                words.get(
                    &Message::new(msg("viewport-image"))
                        .text("number", (showing.state.index + 1).to_string())
                        .text("of", of.to_string()),
                ),
            );
        }
        ViewMode::Mpr(plane) if !is_all => lines.push(words.id(plane_name(plane))),
        ViewMode::Mpr(_) => {}
    }
    if !is_all {
        return lines;
    }
    let position = showing
        .view
        .plane()
        .zip(point_of_plane(workspace, showing))
        .and_then(|(plane, point)| position_text(plane.normal(), point, words));
    let thickness = match showing.state.mode {
        ViewMode::Stack => showing
            .key
            .and_then(|key| slice_thickness_mm(&workspace.library, key))
            .map(|mm| {
                let mm = format!("{}\u{a0}mm", words.number_up_to(mm, 2));
                words.get(&Message::new(msg("viewport-thickness")).text("value", mm))
            }),
        ViewMode::Mpr(_) => None,
    };
    lines.push(joined(&[
        position.unwrap_or_default(),
        thickness.unwrap_or_default(),
    ]));
    lines
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

/// Window, zoom, and what the reader should know of how the pixels came to be.
fn look_lines(showing: &Showing, words: &Words) -> Vec<String> {
    let mut lines = Vec::new();
    let Some(image) = &showing.image else {
        return lines;
    };
    if let Some(lossy) = &image.lossy {
        lines.push(match lossy.ratio {
            Some(ratio) => words.get(
                &Message::new(msg("viewport-lossy-ratio"))
                    .text("ratio", words.number_up_to(ratio, 1)),
            ),
            None => words.id(msg("viewport-lossy")),
        });
    }
    if let Some(window) = &showing.window {
        let decimals = if window.width >= 10.0 { 0 } else { 3 };
        let id = if window.is_lut {
            msg("viewport-voi-lut")
        } else {
            msg("viewport-window")
        };
        let numbers = words.get(
            &Message::new(id)
                .text("width", words.number_up_to(window.width, decimals))
                .text("center", words.number_up_to(window.center, decimals)),
        );
        let own = own_voi(showing.state.look.voi, &image.vois).filter(|_| image.vois.len() > 1);
        let name = own.map(|index| words.get(&voi_name(&image.vois, index)));
        lines.push(joined(&[numbers, name.unwrap_or_default()]));
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
    lines.push(joined(&zoom));
    lines.extend(marks_lines(showing, words));
    lines
}

/// What of shutter and overlays is not shown, be it the reader's wish or a fault of the file.
fn marks_lines(showing: &Showing, words: &Words) -> Vec<String> {
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
    let faults = marks.faults.iter().map(|fault| words.get(fault));
    std::iter::once(joined(&off)).chain(faults).collect()
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
    let corners = corner_lines(workspace, showing, words, level);
    let painter = ui.painter_at(rect.points);
    let area = rect.points.shrink(MARGIN);
    let right = area.right() - super::frame::BAR_WIDTH;
    let room = (area.width() * 0.5 - MIDDLE).max(40.0);
    let [left_top, right_top, left_bottom, right_bottom] = &corners;
    let write = |lines: &[String], at: egui::Pos2, is_right: bool, is_bottom: bool| {
        let corner = Corner {
            at,
            is_right,
            is_bottom,
            room,
        };
        block(ui, &painter, theme, lines, corner)
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
