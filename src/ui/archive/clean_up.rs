//! Making room in the archive: by which limits, whether by itself, and what would go.

use eframe::egui::Ui;

use crate::archive::{CleanUpLimits, CleanUpPlan, KeptBack};
use crate::model::StudyMatch;
use crate::problem::{Message, MessageId, msg};
use crate::ui::bidi_label::Text;
use crate::ui::panel::PanelCtx;
use crate::ui::rows::{NAMES, choice_ui, text_row_ui};
use crate::ui::table::{self, Column, Row, Table};
use crate::workspace::{ArchiveEdit, CleanUp, Command, NodeEdit};

use super::deed_ui;

const GIB: f64 = 1_073_741_824.0;
/// Rows of the list of what would go, and of what stays, at most.
const ROWS: (f32, f32) = (10.0, 6.0);

const GOING: [Column; 6] = [
    (msg("search-column-name"), 0.26),
    (msg("search-column-id"), 0.13),
    (msg("search-column-date"), 0.14),
    (msg("search-column-modality"), 0.10),
    (msg("search-column-description"), 0.19),
    (msg("archive-page-size"), 0.18),
];

const STAYING: [Column; 4] = [
    (msg("search-column-name"), 0.27),
    (msg("search-column-id"), 0.14),
    (msg("search-column-date"), 0.15),
    (msg("archive-page-why"), 0.44),
];

/// The limits as they are typed.
#[derive(Default)]
pub(super) struct Limits {
    typed: Option<Typed>,
    with_never_sent: bool,
}

struct Typed {
    days: String,
    gib: String,
}

impl Typed {
    fn of(kept: &CleanUp) -> Self {
        let gib = |bytes: u64| (bytes as f64 / GIB * 100.0).round() / 100.0;
        Self {
            days: kept
                .unused_days
                .map(|days| days.to_string())
                .unwrap_or_default(),
            gib: kept
                .at_most_bytes
                .map(|bytes| gib(bytes).to_string())
                .unwrap_or_default(),
        }
    }

    /// `None` where a field holds what is no number.
    fn read(&self, kept: &CleanUp) -> Option<CleanUp> {
        let days = match self.days.trim() {
            "" => None,
            days => Some(days.parse().ok()?),
        };
        let gib: Option<f64> = match self.gib.trim() {
            "" => None,
            gib => Some(gib.replace(',', ".").parse().ok()?),
        };
        if gib.is_some_and(|gib| !gib.is_finite() || gib < 0.0) {
            return None;
        }
        Some(CleanUp {
            is_automatic: kept.is_automatic,
            unused_days: days,
            at_most_bytes: gib.map(|gib| (gib * GIB) as u64),
        })
    }
}

/// The limits, whether they hold by themselves, and a look at what they would let go.
pub(super) fn limits_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut Limits) {
    let kept = ctx.workspace.settings.pacs.clean_up.clone();
    let typed = page.typed.get_or_insert_with(|| Typed::of(&kept));
    let hint = ctx.say(msg("archive-page-no-limit"));
    let days = text_row_ui(ui, ctx, msg("archive-page-days"), &mut typed.days, &hint);
    let gib = text_row_ui(ui, ctx, msg("archive-page-gib"), &mut typed.gib, &hint);
    let read = typed.read(&kept);
    // What is half typed must not become what goes by itself.
    if (days.lost_focus() || gib.lost_focus())
        && let Some(read) = read.clone().filter(|read| *read != kept)
    {
        set(ctx, read);
    }
    let limits = read.clone().and_then(|read| read.limits());
    let ways = [
        (false, msg("archive-page-by-hand")),
        (true, msg("archive-page-by-itself")),
    ];
    let name = msg("archive-page-automatic");
    choice_ui(
        ui,
        ctx,
        name,
        &ways,
        kept.is_automatic,
        |ctx, is_automatic| {
            let read = read.clone().unwrap_or_else(|| kept.clone());
            set(
                ctx,
                CleanUp {
                    is_automatic,
                    ..read
                },
            );
        },
    );
    if kept.is_automatic {
        let words = match kept.limits() {
            Some(_) => msg("archive-page-automatic-rules"),
            None => msg("archive-page-automatic-nothing"),
        };
        let words = ctx.say(words);
        Text::new(&words, ctx.theme.small(), ctx.theme.colours.secondary)
            .wrapped()
            .ui(ui);
    }
    let choices = [
        (false, msg("archive-page-stay")),
        (true, msg("archive-page-go")),
    ];
    let now = page.with_never_sent;
    let name = msg("archive-page-never-sent");
    choice_ui(ui, ctx, name, &choices, now, |_, goes| {
        page.with_never_sent = goes
    });
    ui.horizontal(|ui| {
        ui.add_space(NAMES);
        let is_said = limits.is_some();
        let limits = CleanUpLimits {
            includes_never_sent: page.with_never_sent,
            ..limits.unwrap_or_default()
        };
        let plan = ArchiveEdit::Plan(limits);
        deed_ui(ui, ctx, msg("archive-page-plan"), is_said, plan);
    });
}

fn set(ctx: &mut PanelCtx<'_>, clean_up: CleanUp) {
    ctx.commands
        .push(Command::Node(NodeEdit::CleanUp(clean_up)));
}

/// What would go, before anything does, and what stays although it is old.
pub(super) fn plan_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, plan: &CleanUpPlan) {
    let theme = ctx.theme;
    let words = Message::new(msg("archive-page-would-go"))
        .count("studies", plan.studies.len())
        .text("size", ctx.words.bytes(plan.bytes))
        .text("of", ctx.words.bytes(plan.bytes_before));
    let words = if plan.studies.is_empty() {
        ctx.say(msg("archive-clean-nothing"))
    } else {
        ctx.words.get(&words)
    };
    Text::new(&words, theme.body(), theme.colours.text)
        .wrapped()
        .ui(ui);
    let row = |number: usize| {
        let planned = plan.studies.get(number)?;
        let mut texts = who(ctx, &planned.study);
        texts.push(planned.study.modalities.join(" "));
        texts.push(planned.study.study_description.clone());
        texts.push(match planned.references {
            0 => ctx.words.bytes(planned.bytes),
            count => {
                let outside = Message::new(msg("archive-page-outside")).count("count", count);
                let parts = [ctx.words.bytes(planned.bytes), ctx.words.get(&outside)];
                parts.join(" · ")
            }
        });
        Some(plain(texts))
    };
    if !plan.studies.is_empty() {
        list_ui(ui, ctx, &GOING, ROWS.0, plan.studies.len(), row);
    }
    if !plan.kept_back.is_empty() {
        ui.add_space(3.0 * theme.sizes.space);
        let count = plan.kept_back.len();
        let words = Message::new(msg("archive-page-kept-back")).count("count", count);
        let words = ctx.words.get(&words);
        Text::new(&words, theme.body(), theme.colours.text)
            .wrapped()
            .ui(ui);
        let row = |number: usize| {
            let (study, why) = plan.kept_back.get(number)?;
            let mut texts = who(ctx, study);
            texts.push(ctx.say(reason(*why)));
            Some(plain(texts))
        };
        list_ui(ui, ctx, &STAYING, ROWS.1, count, row);
    }
    ui.add_space(2.0 * theme.sizes.space);
    ui.horizontal(|ui| {
        let (remove, leave) = (msg("archive-page-remove"), msg("archive-page-leave"));
        let may_go = !plan.studies.is_empty();
        deed_ui(ui, ctx, remove, may_go, ArchiveEdit::CleanUp);
        deed_ui(ui, ctx, leave, true, ArchiveEdit::LeavePlan);
    });
}

fn list_ui(
    ui: &mut Ui,
    ctx: &PanelCtx<'_>,
    columns: &[Column],
    most: f32,
    count: usize,
    row: impl Fn(usize) -> Option<Row>,
) {
    let table = Table {
        columns,
        rows: (count as f32).min(most),
        is_choosing: false,
    };
    table::table_ui(ui, ctx, &table, count, row);
}

/// Name, ID and day.
fn who(ctx: &PanelCtx<'_>, study: &StudyMatch) -> Vec<String> {
    let day = study.study_date.map(|date| ctx.words.date(&date.to_da()));
    vec![
        table::identity(ctx, study.patient_name.clone()),
        table::identity(ctx, study.patient_id.clone()),
        day.unwrap_or_default(),
    ]
}

const fn plain(texts: Vec<String>) -> Row {
    Row {
        texts,
        is_chosen: false,
        is_doubtful: false,
    }
}

const fn reason(why: KeptBack) -> MessageId {
    match why {
        KeptBack::Pinned => msg("archive-kept-pinned"),
        KeptBack::InUse => msg("archive-kept-in-use"),
        KeptBack::InQueue => msg("archive-kept-in-queue"),
        KeptBack::NeverSent => msg("archive-kept-never-sent"),
        KeptBack::Unasked => msg("archive-kept-unasked"),
        KeptBack::Today => msg("archive-kept-today"),
        KeptBack::Elsewhere => msg("archive-kept-elsewhere"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(days: &str, gib: &str) -> Option<CleanUp> {
        let typed = Typed {
            days: days.into(),
            gib: gib.into(),
        };
        typed.read(&CleanUp::default())
    }

    #[test]
    fn what_is_no_number_is_no_limit_and_does_not_take_one_away() {
        assert_eq!(typed("36x", "100"), None);
        assert_eq!(typed("365", "-1"), None);
        assert_eq!(typed("365", "inf"), None);
        let read = typed("365", "1,5").unwrap();
        assert_eq!(read.unused_days, Some(365));
        assert_eq!(read.at_most_bytes, Some(1_610_612_736));
        assert_eq!(typed("", "").unwrap().limits(), None);
    }

    #[test]
    fn limits_read_back_as_they_were_typed() {
        let read = typed("30", "1.5").unwrap();
        let again = Typed::of(&read);
        assert_eq!((again.days.as_str(), again.gib.as_str()), ("30", "1.5"));
    }
}
