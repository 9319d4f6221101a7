//! One search over the archive and all nodes: a line, a few chips, who answered, what was found.

use eframe::egui;
use egui::{Key, Rect, ScrollArea, Sense, Ui, Vec2, vec2};

use crate::problem::{Message, MessageId, msg};
use crate::ui::bidi_label::{Text, galley};
use crate::ui::findings::name_field;
use crate::ui::icons::{self, Sign};
use crate::ui::panel::{PanelCtx, button_ui, row_end_ui};
use crate::ui::parts::most_height;
use crate::workspace::{
    Command, FoundStudy, Period, SEARCH_MODALITIES, SearchEdit, SearchField, Source, SourceState,
    TransferEdit,
};

/// What the page remembers while it is open.
#[derive(Default)]
pub struct SearchPage {
    /// The study that was chosen. Its row is looked up each time: rows move with every answer.
    selected: Option<Chosen>,
    has_focus: bool,
}

/// Which study is chosen, whatever row it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chosen {
    study_uid: String,
    patient_id: String,
    patient_name: String,
}

impl Chosen {
    fn of(found: &FoundStudy) -> Self {
        let study = &found.study;
        Self {
            study_uid: study.study_uid.clone(),
            patient_id: study.patient_id.clone(),
            patient_name: study.patient_name.clone(),
        }
    }

    fn is(&self, found: &FoundStudy) -> bool {
        let study = &found.study;
        self.study_uid == study.study_uid
            && self.patient_id == study.patient_id
            && self.patient_name == study.patient_name
    }
}

impl SearchPage {
    /// The row of the chosen study, as the rows stand now.
    fn row(&self, rows: &[FoundStudy]) -> Option<usize> {
        let chosen = self.selected.as_ref()?;
        rows.iter().position(|found| chosen.is(found))
    }

    /// A click on a row. Returns whether it opens the study: at a double click, if the first click
    /// met the same one. A row may have moved between the two.
    fn click(&mut self, found: &FoundStudy, is_double: bool) -> bool {
        let is_same = self.selected.as_ref().is_some_and(|it| it.is(found));
        self.selected = Some(Chosen::of(found));
        is_double && is_same
    }
}

/// Widths of the columns, as parts of the whole; the description takes what is left.
const COLUMNS: [(MessageId, f32); 7] = [
    (msg("search-column-name"), 0.21),
    (msg("search-column-id"), 0.11),
    (msg("search-column-birth"), 0.09),
    (msg("search-column-date"), 0.12),
    (msg("search-column-modality"), 0.07),
    (msg("search-column-description"), 0.22),
    (msg("search-column-place"), 0.18),
];

/// Rows shown at once, at least and at most.
const ROWS: (f32, f32) = (5.0, 24.0);
/// Height of what stands above and below the rows, points.
const AROUND_ROWS: f32 = 226.0;

/// The page.
pub fn search_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut SearchPage) {
    line_ui(ui, ctx, page);
    ui.add_space(ctx.theme.sizes.space);
    chips_ui(ui, ctx);
    sources_ui(ui, ctx);
    ui.add_space(ctx.theme.sizes.space);
    if page.row(ctx.workspace.search.rows()).is_none() {
        page.selected = None;
    }
    keys_ui(ui, ctx, page);
    table_ui(ui, ctx, page);
    ui.add_space(ctx.theme.sizes.space);
    deeds_ui(ui, ctx, page);
}

fn edit(ctx: &mut PanelCtx<'_>, edit: SearchEdit) {
    ctx.commands.push(Command::Search(edit));
}

/// The line that is typed, and the button beside it.
fn line_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut SearchPage) {
    let theme = ctx.theme;
    let search = &ctx.workspace.search;
    let is_running = search.is_running();
    ui.horizontal(|ui| {
        row_end_ui(ui, |ui| {
            let words = ctx.say(if is_running {
                msg("search-stop")
            } else {
                msg("search-run")
            });
            if button_ui(ui, theme, None, &words, !is_running).clicked() {
                let what = if is_running {
                    SearchEdit::Stop
                } else {
                    SearchEdit::Run
                };
                edit(ctx, what);
            }
            let id = ui.make_persistent_id("search-line");
            let mut text = ctx.workspace.search.request.text.clone();
            let field = egui::TextEdit::singleline(&mut text)
                .id(id)
                .hint_text(ctx.say(msg("search-hint")))
                .desired_width(f32::INFINITY);
            let response = ui.add(field);
            name_field(&response, &text, &ctx.say(msg("search-line")));
            if !page.has_focus {
                page.has_focus = true;
                response.request_focus();
            }
            if response.changed() {
                page.selected = None;
                edit(ctx, SearchEdit::Text(text));
            }
            let is_entered = ui.input(|input| input.key_pressed(Key::Enter));
            if response.lost_focus() && is_entered && page.selected.is_none() {
                edit(ctx, SearchEdit::Run);
                response.request_focus();
            }
        })
    });
}

/// A choice that is on or off.
fn chip_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, words: &str, is_on: bool) -> bool {
    let colours = &ctx.theme.colours;
    let colour = if is_on {
        colours.on_accent
    } else {
        colours.text
    };
    let text = egui::RichText::new(words)
        .color(colour)
        .size(ctx.theme.sizes.overlay);
    let mut button = egui::Button::new(text);
    if is_on {
        button = button.fill(colours.accent);
    }
    let response = ui.add(button);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, true, is_on, words));
    response.clicked()
}

fn chips_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let request = ctx.workspace.search.request.clone();
    let fields = [
        (SearchField::Name, msg("search-field-name")),
        (SearchField::PatientId, msg("search-field-id")),
        (SearchField::Accession, msg("search-field-accession")),
    ];
    let periods = [
        (Period::Today, msg("search-today")),
        (Period::Yesterday, msg("search-yesterday")),
        (Period::LastWeek, msg("search-last-week")),
        (Period::LastMonth, msg("search-last-month")),
    ];
    ui.horizontal_wrapped(|ui| {
        let space = ctx.theme.sizes.space;
        ui.spacing_mut().item_spacing = vec2(space, space);
        for (field, name) in fields {
            let is_on = request.field == field;
            if chip_ui(ui, ctx, &ctx.say(name), is_on) {
                let next = if is_on { SearchField::Any } else { field };
                edit(ctx, SearchEdit::Field(next));
            }
        }
        ui.add_space(2.0 * space);
        for (period, name) in periods {
            let is_on = request.period == period;
            if chip_ui(ui, ctx, &ctx.say(name), is_on) {
                let next = if is_on { Period::Any } else { period };
                edit(ctx, SearchEdit::Period(next));
            }
        }
        ui.add_space(2.0 * space);
        if chip_ui(ui, ctx, &ctx.say(msg("search-urgent")), request.is_urgent) {
            edit(ctx, SearchEdit::ToggleUrgent);
        }
        ui.add_space(2.0 * space);
        for modality in SEARCH_MODALITIES {
            if chip_ui(ui, ctx, modality, request.modalities.contains(modality)) {
                edit(ctx, SearchEdit::ToggleModality(modality));
            }
        }
    });
}

/// The name of a source as the reader calls it.
fn source_name(ctx: &PanelCtx<'_>, source: &Source) -> String {
    match source {
        Source::Archive => ctx.say(msg("search-archive")),
        Source::Node(name) => name.clone(),
    }
}

/// Who was asked, and how far each is; a failure with its likely cause.
fn sources_ui(ui: &mut Ui, ctx: &PanelCtx<'_>) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    let search = &ctx.workspace.search;
    if search.sources.is_empty() {
        return;
    }
    ui.add_space(theme.sizes.space);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * theme.sizes.space;
        for (source, state) in &search.sources {
            let name = source_name(ctx, source);
            let (sign, colour, words) = match state {
                SourceState::Asked(matches) => {
                    let words = Message::new(msg("search-source-asked"));
                    (
                        Sign::Waiting,
                        colours.secondary,
                        words.count("count", *matches),
                    )
                }
                SourceState::Answered { matches, is_cut } => {
                    let words = if *is_cut {
                        msg("search-source-cut")
                    } else {
                        msg("search-source-answered")
                    };
                    let words = Message::new(words).count("count", *matches);
                    (Sign::Good, colours.secondary, words)
                }
                SourceState::Failed(_) => continue,
            };
            ui.label(
                egui::RichText::new(icons::sign(sign))
                    .font(icons::font(theme.sizes.body))
                    .color(colour),
            );
            let words = ctx.words.get(&words.text("source", name));
            Text::new(&words, theme.small(), colour).ui(ui);
        }
    });
    for (source, state) in &search.sources {
        let SourceState::Failed(why) = state else {
            continue;
        };
        let words = Message::new(msg("search-source-failed"))
            .text("source", source_name(ctx, source))
            .message("reason", why.clone());
        let words = ctx.words.get(&words);
        Text::new(&words, theme.small(), colours.warning)
            .wrapped()
            .ui(ui);
    }
}

/// Up and down choose a row, Enter opens it.
fn keys_ui(ui: &Ui, ctx: &mut PanelCtx<'_>, page: &mut SearchPage) {
    let rows = ctx.workspace.search.rows();
    let row = page.row(rows);
    let (down, up, enter) = ui.input(|input| {
        let is = |key| input.key_pressed(key);
        (is(Key::ArrowDown), is(Key::ArrowUp), is(Key::Enter))
    });
    if down {
        let next = row.map_or(0, |row| (row + 1).min(rows.len().saturating_sub(1)));
        page.selected = rows.get(next).map(Chosen::of);
    } else if up {
        let next = row.and_then(|row| row.checked_sub(1));
        page.selected = next.and_then(|row| rows.get(row)).map(Chosen::of);
    } else if enter && let Some(found) = row.and_then(|row| rows.get(row)) {
        open(ctx, found);
    }
}

fn open(ctx: &mut PanelCtx<'_>, found: &FoundStudy) {
    let found = Box::new(found.clone());
    ctx.commands
        .push(Command::Transfer(TransferEdit::Open(found)));
    ctx.parts.push(crate::action::Part::Close);
}

fn table_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut SearchPage) {
    let theme = ctx.theme;
    let search = &ctx.workspace.search;
    let width = ui.available_width();
    let height = theme.sizes.control;
    let room = most_height(ui.ctx(), theme) - AROUND_ROWS;
    let rows = (room / height).floor().clamp(ROWS.0, ROWS.1);
    if search.rows().is_empty() {
        let words = if search.is_running() {
            msg("search-running")
        } else if search.is_begun() {
            msg("search-nothing")
        } else {
            msg("search-begin")
        };
        let (rect, _) = ui.allocate_exact_size(vec2(width, rows * height), Sense::hover());
        let words = ctx.say(words);
        let drawn = galley(ui, &words, &theme.body(), theme.colours.secondary, width);
        let at = rect.center() - drawn.size() / 2.0;
        ui.painter().galley(at, drawn, theme.colours.secondary);
        return;
    }
    let (head, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let names: Vec<String> = COLUMNS.iter().map(|(name, _)| ctx.say(*name)).collect();
    cells_ui(ui, ctx, head, &names, false);
    ui.painter().hline(
        head.x_range(),
        head.bottom(),
        egui::Stroke::new(1.0, theme.colours.line),
    );
    let mut opened = None;
    ScrollArea::vertical()
        .id_salt("search-rows")
        .min_scrolled_height(rows * height)
        .max_height(rows * height)
        .auto_shrink([false, false])
        .show_rows(ui, height, search.rows().len(), |ui, range| {
            ui.spacing_mut().item_spacing = Vec2::ZERO;
            for row in range {
                let Some(found) = search.rows().get(row) else {
                    continue;
                };
                let size = vec2(ui.available_width(), height);
                let (rect, response) = ui.allocate_exact_size(size, Sense::click());
                let is_selected = page.selected.as_ref().is_some_and(|it| it.is(found));
                response.widget_info(|| {
                    let name = &found.study.patient_name;
                    egui::WidgetInfo::selected(egui::Role::Button, true, is_selected, name)
                });
                if is_selected {
                    ui.painter()
                        .rect_filled(rect, 3.0, theme.colours.accent.gamma_multiply(0.3));
                } else if response.hovered() {
                    ui.painter().rect_filled(rect, 3.0, theme.colours.line);
                }
                cells_ui(ui, ctx, rect, &cells(ctx, found), found.is_ambiguous);
                if response.clicked() && page.click(found, response.double_clicked()) {
                    opened = Some(found);
                }
            }
        });
    if let Some(found) = opened {
        open(ctx, found);
    }
}

/// The texts of a row, one a column.
fn cells(ctx: &PanelCtx<'_>, found: &FoundStudy) -> Vec<String> {
    let study = &found.study;
    let day = |date: Option<crate::dicom::Date>| {
        date.map(|date| ctx.words.date(&date.to_da()))
            .unwrap_or_default()
    };
    let time = study
        .study_time
        .map(|time| format!("{:02}:{:02}", time.hour, time.minute));
    let is_hidden = ctx.workspace.is_identification_hidden;
    let identity = |text: String| {
        if is_hidden {
            "•••".to_owned()
        } else {
            text
        }
    };
    let mut description = study.study_description.clone();
    if found.is_urgent() {
        description = format!("{} · {description}", ctx.say(msg("search-urgent")));
    }
    vec![
        identity(study.patient_name.clone()),
        identity(study.patient_id.clone()),
        identity(day(study.patient_birth_date)),
        format!("{} {}", day(study.study_date), time.unwrap_or_default()),
        study.modalities.join(" "),
        description,
        place(ctx, found),
    ]
}

/// Who has it, and how much of it is here or on its way.
fn place(ctx: &PanelCtx<'_>, found: &FoundStudy) -> String {
    if let Some(transfer) = ctx.workspace.transfers.of_study(&found.study.study_uid) {
        return ctx.words.get(&transfer.state_words());
    }
    let names: Vec<String> = found
        .sources
        .iter()
        .map(|source| source_name(ctx, source))
        .collect();
    match found.study.instance_count {
        Some(count) => {
            let words = Message::new(msg("search-place"))
                .text("sources", names.join(", "))
                .count("count", count as usize);
            ctx.words.get(&words)
        }
        None => names.join(", "),
    }
}

fn cells_ui(ui: &Ui, ctx: &PanelCtx<'_>, rect: Rect, texts: &[String], is_doubtful: bool) {
    let theme = ctx.theme;
    let gap = 2.0 * theme.sizes.space;
    let mut left = rect.left() + gap;
    for (column, (text, (_, share))) in texts.iter().zip(COLUMNS).enumerate() {
        let width = share * rect.width();
        let colour = match column {
            0 if is_doubtful => theme.colours.warning,
            0 => theme.colours.text,
            _ => theme.colours.secondary,
        };
        let drawn = galley(ui, text, &theme.overlay(), colour, width - gap);
        let at = egui::pos2(left, rect.center().y - drawn.size().y / 2.0);
        ui.painter().galley(at, drawn, colour);
        left += width;
    }
}

/// What can be done with the row that is chosen.
fn deeds_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &SearchPage) {
    let theme = ctx.theme;
    let rows = ctx.workspace.search.rows();
    let chosen = page.row(rows).and_then(|row| rows.get(row)).cloned();
    let count = rows.len();
    ui.horizontal(|ui| {
        ui.set_min_height(theme.sizes.control);
        let words = if chosen.as_ref().is_some_and(|found| found.is_ambiguous) {
            ctx.say(msg("search-ambiguous"))
        } else if count > 0 {
            let words = Message::new(msg("search-count")).count("count", count);
            ctx.words.get(&words)
        } else {
            String::new()
        };
        let room = ui.available_width() * 0.6;
        Text::new(&words, theme.small(), theme.colours.secondary)
            .width(room)
            .ui(ui);
        row_end_ui(ui, |ui| {
            let is_chosen = chosen.is_some();
            let mut deed = None;
            let mut button =
                |ui: &mut Ui, id, is_chief, make: fn(Box<FoundStudy>) -> TransferEdit| {
                    let words = ctx.say(id);
                    let add = |ui: &mut Ui| button_ui(ui, theme, None, &words, is_chief);
                    if ui.add_enabled_ui(is_chosen, add).inner.clicked() {
                        deed = Some(make);
                    }
                };
            button(ui, msg("search-open"), true, TransferEdit::Open);
            button(ui, msg("search-fetch"), false, TransferEdit::Fetch);
            if let (Some(make), Some(found)) = (deed, chosen) {
                let edit = make(Box::new(found));
                if matches!(edit, TransferEdit::Open(_)) {
                    ctx.parts.push(crate::action::Part::Close);
                }
                ctx.commands.push(Command::Transfer(edit));
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::Dataset;
    use crate::model::StudyMatch;

    fn found(uid: &str, id: &str, name: &str) -> FoundStudy {
        let mut study = StudyMatch::from_dataset(Dataset::default());
        study.study_uid = uid.into();
        study.patient_id = id.into();
        study.patient_name = name.into();
        FoundStudy {
            study,
            sources: vec![Source::Archive],
            node_count: None,
            is_ambiguous: false,
        }
    }

    #[test]
    fn the_chosen_study_stays_chosen_when_rows_move() {
        let (mine, other) = (found("1", "A", "Benali"), found("2", "B", "Abel"));
        let mut page = SearchPage::default();
        assert!(!page.click(&mine, false));
        assert_eq!(page.row(&[mine.clone(), other.clone()]), Some(0));
        assert_eq!(page.row(&[other.clone(), mine]), Some(1));
        assert_eq!(page.row(&[other]), None);
    }

    #[test]
    fn the_same_uid_of_another_patient_is_not_the_chosen_study() {
        let mut page = SearchPage::default();
        page.click(&found("1", "A", "Benali"), false);
        let others = [found("1", "B", "Benali"), found("1", "A", "Abel")];
        assert_eq!(page.row(&others), None);
    }

    #[test]
    fn a_double_click_opens_only_what_the_first_click_chose() {
        let (mine, other) = (found("1", "A", "Benali"), found("2", "B", "Abel"));
        let mut page = SearchPage::default();
        page.click(&mine, false);
        assert!(!page.click(&other, true));
        page.click(&mine, false);
        assert!(page.click(&mine, true));
    }
}
