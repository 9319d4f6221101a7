//! The studies that were found: their rows, which is chosen, what can be done with it.

use eframe::egui;
use egui::Ui;

use crate::action::Part;
use crate::dicom::{Date, tags};
use crate::model::StudyMatch;
use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::panel::{PanelCtx, button_ui, row_end_ui};
use crate::ui::table::{self, Column, KeyDeed, Row, Table, Times};
use crate::workspace::{Command, FoundStudy, TransferEdit};

use super::priority::priority_words;
use super::rows_shown;
use super::sources::source_name;

/// Widths of the columns, as parts of the whole; the description takes what is left.
const COLUMNS: [Column; 8] = [
    (msg("search-column-name"), 0.20),
    (msg("search-column-id"), 0.10),
    (msg("search-column-birth"), 0.09),
    (msg("search-column-date"), 0.13),
    (msg("search-column-modality"), 0.07),
    (msg("search-column-description"), 0.18),
    (msg("search-column-images"), 0.06),
    (msg("search-column-place"), 0.17),
];

/// The study that was chosen. Its row is looked up each time: rows move with every answer.
#[derive(Default)]
pub(super) struct Selection(Option<Chosen>);

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

impl Selection {
    /// The row of the chosen study, as the rows stand now.
    pub(super) fn row(&self, rows: &[FoundStudy]) -> Option<usize> {
        let chosen = self.0.as_ref()?;
        rows.iter().position(|found| chosen.is(found))
    }

    /// A click on a row. Returns whether it opens the study: at a double click, if the first click
    /// met the same one. A row may have moved between the two.
    fn click(&mut self, found: &FoundStudy, times: Times) -> bool {
        let is_same = self.0.as_ref().is_some_and(|it| it.is(found));
        self.0 = Some(Chosen::of(found));
        times.is_double(is_same)
    }

    pub(super) fn clear(&mut self) {
        self.0 = None;
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

/// The rows, by pointer and keys.
pub(super) fn studies_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, selection: &mut Selection) {
    let search = &ctx.workspace.search;
    let rows = search.rows();
    let chosen = selection.row(rows);
    if chosen.is_none() {
        selection.clear();
    }
    match table::key_deed(ui, chosen, rows.len()) {
        Some(KeyDeed::Choose(row)) => {
            selection.0 = row.and_then(|row| rows.get(row)).map(Chosen::of);
        }
        Some(KeyDeed::Enter) => {
            if let Some(found) = chosen.and_then(|row| rows.get(row)) {
                open(ctx, found);
            }
        }
        None => {}
    }
    if rows.is_empty() {
        let words = if search.is_running() {
            msg("search-running")
        } else if search.is_urgent_only() {
            msg("search-nothing-urgent")
        } else if search.is_begun() {
            msg("search-nothing")
        } else {
            msg("search-begin")
        };
        table::empty_ui(ui, ctx, rows_shown(ui, ctx), words);
        return;
    }
    let row = |number: usize| {
        let found = rows.get(number)?;
        Some(Row {
            texts: texts(ctx, found),
            is_chosen: selection.0.as_ref().is_some_and(|it| it.is(found)),
            is_doubtful: found.is_ambiguous,
        })
    };
    let table = Table {
        columns: &COLUMNS,
        rows: rows_shown(ui, ctx),
        is_choosing: true,
    };
    let clicked = table::table_ui(ui, ctx, &table, rows.len(), row);
    if let Some(click) = clicked
        && let Some(found) = rows.get(click.row)
        && selection.click(found, click.times)
    {
        open(ctx, found);
    }
}

fn open(ctx: &mut PanelCtx<'_>, found: &FoundStudy) {
    let found = Box::new(found.clone());
    ctx.commands
        .push(Command::Transfer(TransferEdit::Open(found)));
    ctx.parts.push(Part::Close);
}

/// The texts of a row, one a column.
fn texts(ctx: &PanelCtx<'_>, found: &FoundStudy) -> Vec<String> {
    let study = &found.study;
    let day = |date: Option<Date>| {
        date.map(|date| ctx.words.date(&date.to_da()))
            .unwrap_or_default()
    };
    let time = study
        .study_time
        .map(|time| format!("{:02}:{:02}", time.hour, time.minute));
    let identity = |text: String| table::identity(ctx, text);
    let mut description = study.study_description.clone();
    if let Some(words) = priority_words(&study.priority) {
        description = format!("{} · {description}", ctx.say(words));
    }
    vec![
        identity(name(ctx, study)),
        identity(study.patient_id.clone()),
        identity(day(study.patient_birth_date)),
        format!("{} {}", day(study.study_date), time.unwrap_or_default()),
        study.modalities.join(" "),
        description,
        study
            .instance_count
            .map(|count| ctx.words.number(f64::from(count), 0))
            .unwrap_or_default(),
        place(ctx, found),
    ]
}

/// The name of a row.
fn name(ctx: &PanelCtx<'_>, study: &StudyMatch) -> String {
    if study.patient_name.is_empty() {
        return ctx.say(msg("search-unnamed"));
    }
    spelling(study, &ctx.workspace.search.request.text)
}

/// The name, in every spelling where another than the first is what was found.
fn spelling(study: &StudyMatch, asked: &str) -> String {
    let elements = study.dataset.elements();
    let whole = elements.person_name(tags::PATIENT_NAME);
    let whole = whole.map(|name| name.display_all()).unwrap_or_default();
    let first = &study.patient_name;
    let mut words = asked.split_whitespace();
    if words.any(|word| !holds(first, word) && holds(&whole, word)) {
        whole
    } else {
        first.clone()
    }
}

/// Whether a name holds a word, whatever their capitals.
fn holds(name: &str, word: &str) -> bool {
    name.to_lowercase().contains(&word.to_lowercase())
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
    if let Some((here, of)) = found.part() {
        let words = Message::new(msg("search-place-part"))
            .text("sources", names.join(", "))
            .count("here", here as usize)
            .count("of", of as usize);
        return ctx.words.get(&words);
    }
    names.join(", ")
}

/// What can be done with the row that is chosen.
pub(super) fn deeds_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, selection: &Selection) {
    let theme = ctx.theme;
    let rows = ctx.workspace.search.rows();
    let chosen = selection.row(rows).and_then(|row| rows.get(row)).cloned();
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
                    ctx.parts.push(Part::Close);
                }
                ctx.commands.push(Command::Transfer(edit));
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::{Dataset, DatasetBuilder};
    use crate::workspace::Source;

    fn found(uid: &str, id: &str, name: &str) -> FoundStudy {
        let mut study = StudyMatch::from_dataset(Dataset::default());
        study.study_uid = uid.into();
        study.patient_id = id.into();
        study.patient_name = name.into();
        FoundStudy {
            study,
            sources: vec![Source::Archive],
            counts: std::collections::BTreeMap::new(),
            is_ambiguous: false,
        }
    }

    #[test]
    fn a_name_that_was_found_by_its_other_spelling_shows_it() {
        let mut builder = DatasetBuilder::new();
        builder.text(tags::PATIENT_NAME, "EL ARABI^Mohamed=العربي^محمد");
        let study = StudyMatch::from_dataset(builder.into_dataset());
        assert_eq!(spelling(&study, "arabi mohamed"), "EL ARABI, Mohamed");
        assert_eq!(spelling(&study, "AR-10"), "EL ARABI, Mohamed");
        assert_eq!(
            spelling(&study, "العربي"),
            "EL ARABI, Mohamed (العربي محمد)"
        );
    }

    #[test]
    fn the_chosen_study_stays_chosen_when_rows_move() {
        let (mine, other) = (found("1", "A", "Benali"), found("2", "B", "Abel"));
        let mut page = Selection::default();
        assert!(!page.click(&mine, Times::Once));
        assert_eq!(page.row(&[mine.clone(), other.clone()]), Some(0));
        assert_eq!(page.row(&[other.clone(), mine]), Some(1));
        assert_eq!(page.row(&[other]), None);
    }

    #[test]
    fn the_same_uid_of_another_patient_is_not_the_chosen_study() {
        let mut page = Selection::default();
        page.click(&found("1", "A", "Benali"), Times::Once);
        let others = [found("1", "B", "Benali"), found("1", "A", "Abel")];
        assert_eq!(page.row(&others), None);
    }

    #[test]
    fn a_double_click_opens_only_what_the_first_click_chose() {
        let (mine, other) = (found("1", "A", "Benali"), found("2", "B", "Abel"));
        let mut page = Selection::default();
        page.click(&mine, Times::Once);
        assert!(!page.click(&other, Times::Again));
        page.click(&mine, Times::Once);
        assert!(page.click(&mine, Times::Again));
        assert!(
            page.click(&other, Times::Twice),
            "nothing moved between two clicks in one frame"
        );
    }
}
