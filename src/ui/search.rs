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
    selected: Option<usize>,
    has_focus: bool,
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
    let count = ctx.workspace.search.rows().len();
    page.selected = page.selected.filter(|row| *row < count);
    keys_ui(ui, ctx, page, count);
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
fn keys_ui(ui: &Ui, ctx: &mut PanelCtx<'_>, page: &mut SearchPage, count: usize) {
    if count == 0 {
        return;
    }
    let (down, up, enter) = ui.input(|input| {
        let is = |key| input.key_pressed(key);
        (is(Key::ArrowDown), is(Key::ArrowUp), is(Key::Enter))
    });
    if down {
        page.selected = Some(page.selected.map_or(0, |row| (row + 1).min(count - 1)));
    } else if up {
        page.selected = page.selected.and_then(|row| row.checked_sub(1));
    } else if enter && let Some(row) = page.selected {
        open(ctx, row);
    }
}

fn open(ctx: &mut PanelCtx<'_>, row: usize) {
    if let Some(found) = ctx.workspace.search.rows().get(row) {
        let found = Box::new(found.clone());
        ctx.commands
            .push(Command::Transfer(TransferEdit::Open(found)));
        ctx.parts.push(crate::action::Part::Close);
    }
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
                let is_selected = page.selected == Some(row);
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
                if response.clicked() {
                    page.selected = Some(row);
                }
                if response.double_clicked() {
                    opened = Some(row);
                }
            }
        });
    if let Some(row) = opened {
        open(ctx, row);
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
    let chosen = page
        .selected
        .and_then(|row| ctx.workspace.search.rows().get(row));
    let chosen = chosen.cloned();
    let count = ctx.workspace.search.rows().len();
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
