//! What the four corners say, and where.
//!
//! | file | what it says |
//! |---|---|
//! | `identity.rs` | whose image it is |
//! | `place.rs` | which image it is, and what of its series is not there |
//! | `look.rs` | how it came to look as it does |

mod identity;
mod look;
mod place;

use eframe::egui;
use egui::Ui;

use super::PaneRect;
use super::showing::{Pixels, Showing};
use super::text_on_image::{Corner, block, line_height};
use crate::dicom::InstanceHeader;
use crate::dicom::modules::{PatientModule, SeriesModule, StudyModule};
use crate::text::Words;
use crate::ui::theme::Theme;
use crate::view::ViewMode;
use crate::workspace::{OverlayLevel, Workspace};

use identity::{patient_lines, series_line, study_lines};
use look::{look_lines, presentation_lines};
use place::{gap_lines, key_lines, slice_lines};

pub(in crate::ui) use identity::name_of;
pub(super) use identity::patient_name;
pub(super) use place::{place_text, plane_name};

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

/// All there is to say, by corner.
pub(super) fn corner_lines(workspace: &Workspace, showing: &Showing, words: &Words) -> Corners {
    let mut corners = Corners::default();
    let [left_top, right_top, left_bottom, right_bottom] = &mut corners;
    left_top.push(line(ESSENTIAL, patient_name(workspace, showing, words)));
    if let Some(header) = header_of(workspace, showing) {
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

/// The header of the image on screen, or of the one that a picture stands for.
fn header_of<'a>(workspace: &'a Workspace, showing: &'a Showing) -> Option<&'a InstanceHeader> {
    if let Pixels::Preview(preview) = &showing.pixels {
        return Some(&preview.header);
    }
    let header = workspace.library.header(showing.key?.instance);
    header.map(AsRef::as_ref)
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
