//! What is planned: for which day, on which machine, for whom. A row leads to its patient's
//! studies.

use eframe::egui;
use egui::{ComboBox, Role, Ui, vec2};

use crate::dicom::{Date, Time};
use crate::model::PlannedStep;
use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::findings::name_field;
use crate::ui::panel::{PanelCtx, button_ui, row_end_ui};
use crate::ui::table::{self, Column, KeyDeed, Row, Table};
use crate::workspace::{Command, PlannedDay, SEARCH_MODALITIES, SourceState, WorklistEdit};

use super::line::{chip_ui, keep_keys};
use super::priority::priority_words;
use super::rows_shown;
use super::sources::{failures_ui, sources_ui};

const COLUMNS: [Column; 8] = [
    (msg("search-column-name"), 0.21),
    (msg("worklist-column-time"), 0.11),
    (msg("search-column-id"), 0.10),
    (msg("worklist-column-birth"), 0.11),
    (msg("worklist-column-procedure"), 0.20),
    (msg("worklist-column-accession"), 0.10),
    (msg("search-column-modality"), 0.06),
    (msg("worklist-column-station"), 0.11),
];

/// What the page remembers.
#[derive(Default)]
pub(super) struct Planned {
    /// What is chosen; its row may move with every answer.
    chosen: Option<PlannedStep>,
    has_focus: bool,
}

/// The page. Returns whether the studies of a patient are searched now.
pub(super) fn worklist_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut Planned) -> bool {
    line_ui(ui, ctx, page);
    ui.add_space(ctx.theme.sizes.space);
    chips_ui(ui, ctx);
    sources_ui(ui, ctx, &ctx.workspace.worklist.sources, &|_| 0);
    ui.add_space(ctx.theme.sizes.space);
    let entered = rows_ui(ui, ctx, page);
    ui.add_space(ctx.theme.sizes.space);
    let chosen = deeds_ui(ui, ctx, page);
    failures_ui(ui, ctx, &ctx.workspace.worklist.sources, &|_| 0);
    let Some(step) = entered.or(chosen) else {
        return false;
    };
    edit(ctx, WorklistEdit::FindStudies(Box::new(step)));
    true
}

fn edit(ctx: &mut PanelCtx<'_>, edit: WorklistEdit) {
    ctx.commands.push(Command::Worklist(edit));
}

/// The words that narrow the list, and asking anew. The field has the keys, so that arrows choose
/// rows and not images.
fn line_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut Planned) {
    let worklist = &ctx.workspace.worklist;
    ui.horizontal(|ui| {
        row_end_ui(ui, |ui| {
            let is_running = worklist.sources.is_running();
            let (words, deed) = if is_running {
                (msg("search-stop"), WorklistEdit::Stop)
            } else {
                (msg("worklist-run"), WorklistEdit::Run)
            };
            let words = ctx.say(words);
            if button_ui(ui, ctx.theme, None, &words, false).clicked() {
                edit(ctx, deed);
            }
            let mut text = worklist.text.clone();
            let field = egui::TextEdit::singleline(&mut text)
                .hint_text(ctx.say(msg("worklist-hint")))
                .desired_width(f32::INFINITY);
            let response = ui.add(field);
            name_field(&response, &text, &ctx.say(msg("worklist-line")));
            keep_keys(&response, &mut page.has_focus);
            if response.changed() {
                edit(ctx, WorklistEdit::Text(text));
            }
        });
    });
}

fn chips_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let worklist = &ctx.workspace.worklist;
    let days = [
        (PlannedDay::Yesterday, msg("search-yesterday")),
        (PlannedDay::Today, msg("search-today")),
        (PlannedDay::Tomorrow, msg("worklist-tomorrow")),
        (PlannedDay::Week, msg("worklist-week")),
    ];
    let space = ctx.theme.sizes.space;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space, space);
        for (day, name) in days {
            let is_on = worklist.request.day == day;
            let words = ctx.say(name);
            if chip_ui(ui, ctx, &words, is_on, Role::RadioButton) && !is_on {
                edit(ctx, WorklistEdit::Day(day));
            }
        }
        ui.add_space(2.0 * space);
        for modality in SEARCH_MODALITIES {
            let is_on = worklist.request.modalities.contains(modality);
            if chip_ui(ui, ctx, modality, is_on, Role::CheckBox) {
                edit(ctx, WorklistEdit::ToggleModality(modality));
            }
        }
        ui.add_space(2.0 * space);
        stations_ui(ui, ctx);
    });
}

/// The machines for which something is planned.
fn stations_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let worklist = &ctx.workspace.worklist;
    let all = ctx.say(msg("worklist-all-stations"));
    let mut choices = vec![(None, all)];
    for station in worklist.stations() {
        choices.push((Some(station.to_owned()), station.to_owned()));
    }
    let now = choices.iter().find(|(it, _)| *it == worklist.station);
    let shown = now.map(|(_, words)| words.clone()).unwrap_or_default();
    let combo = ComboBox::from_id_salt("worklist-station")
        .selected_text(&shown)
        .show_ui(ui, |ui| {
            let mut chosen = None;
            for (station, words) in choices {
                let is_on = station == worklist.station;
                if ui.selectable_label(is_on, words).clicked() {
                    chosen = Some(station);
                }
            }
            chosen
        });
    let name = ctx.say(msg("worklist-column-station"));
    combo.response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(Role::ComboBox, true, &name);
        info.current_text_value = Some(shown.clone());
        info
    });
    if let Some(Some(station)) = combo.inner {
        edit(ctx, WorklistEdit::Station(station));
    }
}

/// The rows. Gives the one that was entered.
fn rows_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut Planned) -> Option<PlannedStep> {
    let worklist = &ctx.workspace.worklist;
    let steps: Vec<&PlannedStep> = worklist.steps().collect();
    let chosen = page.chosen.as_ref();
    let chosen = chosen.and_then(|it| steps.iter().position(|step| *step == it));
    if chosen.is_none() {
        page.chosen = None;
    }
    match table::key_deed(ui, chosen, steps.len()) {
        Some(KeyDeed::Choose(row)) => {
            page.chosen = row
                .and_then(|row| steps.get(row))
                .map(|step| (*step).clone());
        }
        Some(KeyDeed::Enter) => return page.chosen.clone(),
        None => {}
    }
    if steps.is_empty() {
        let sources = worklist.sources.all();
        let is_offered = |(_, state): &(_, SourceState)| *state != SourceState::NotOffered;
        let words = if worklist.sources.is_running() {
            msg("worklist-running")
        } else if sources.iter().any(is_offered) {
            msg("worklist-nothing")
        } else {
            msg("worklist-no-node")
        };
        table::empty_ui(ui, ctx, rows_shown(ui, ctx), words);
        return None;
    }
    let row = |number: usize| {
        let step = *steps.get(number)?;
        Some(Row {
            texts: texts(ctx, step),
            is_chosen: page.chosen.as_ref() == Some(step),
            is_doubtful: false,
        })
    };
    let table = Table {
        columns: &COLUMNS,
        rows: rows_shown(ui, ctx),
        is_choosing: true,
    };
    let click = table::table_ui(ui, ctx, &table, steps.len(), row)?;
    let step = *steps.get(click.row)?;
    let is_same = page.chosen.as_ref() == Some(step);
    page.chosen = Some(step.clone());
    click.times.is_double(is_same).then(|| step.clone())
}

/// The texts of a row, one a column.
fn texts(ctx: &PanelCtx<'_>, step: &PlannedStep) -> Vec<String> {
    let identity = |text: String| table::identity(ctx, text);
    let day = |date: Option<Date>| {
        date.map(|date| ctx.words.date(&date.to_da()))
            .unwrap_or_default()
    };
    let time = |time: Time| format!("{:02}:{:02}", time.hour, time.minute);
    let time = step.start_time.map(time).unwrap_or_default();
    let when = match ctx.workspace.worklist.request.day {
        PlannedDay::Week => format!("{} {time}", day(step.start_date)),
        _ => time,
    };
    let born = [step.patient_sex.clone(), day(step.patient_birth_date)];
    let born: Vec<String> = born.into_iter().filter(|it| !it.is_empty()).collect();
    let mut procedure = step.procedure.clone();
    if let Some(words) = priority_words(&step.priority) {
        procedure = format!("{} · {procedure}", ctx.say(words));
    }
    vec![
        identity(step.patient_name.clone()),
        when,
        identity(step.patient_id.clone()),
        identity(born.join(" · ")),
        procedure,
        identity(step.accession_number.clone()),
        step.modality.clone(),
        step.station().to_owned(),
    ]
}

/// For which days the list is: a window may stay open over midnight.
fn days(ctx: &PanelCtx<'_>) -> Option<String> {
    let days = || {
        ctx.workspace
            .worklist
            .steps()
            .filter_map(|step| step.start_date)
    };
    let (first, last) = (days().min()?, days().max()?);
    let day = |date: Date| ctx.words.date(&date.to_da());
    Some(if first == last {
        day(first)
    } else {
        format!("{} – {}", day(first), day(last))
    })
}

/// What can be done with the row that is chosen.
fn deeds_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, page: &Planned) -> Option<PlannedStep> {
    let theme = ctx.theme;
    let count = ctx.workspace.worklist.steps().count();
    let mut found = None;
    ui.horizontal(|ui| {
        ui.set_min_height(theme.sizes.control);
        if count > 0 {
            let words = Message::new(msg("worklist-count")).count("count", count);
            let mut parts = vec![ctx.words.get(&words)];
            parts.extend(days(ctx));
            let words = parts.join(" · ");
            Text::new(&words, theme.small(), theme.colours.secondary).ui(ui);
        }
        row_end_ui(ui, |ui| {
            let words = ctx.say(msg("worklist-find"));
            let add = |ui: &mut Ui| button_ui(ui, theme, None, &words, true);
            let is_chosen = page.chosen.is_some();
            if ui.add_enabled_ui(is_chosen, add).inner.clicked() {
                found.clone_from(&page.chosen);
            }
        });
    });
    found
}
