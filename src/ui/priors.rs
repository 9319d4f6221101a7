//! Which earlier studies come by themselves when a study is opened, in the settings.

use eframe::egui::Ui;

use crate::problem::{Message, msg};
use crate::ui::panel::{PanelCtx, heading_ui};
use crate::ui::rows::{choice_ui, named_choice_ui};
use crate::workspace::{Command, NodeEdit, Priors};

/// Numbers of studies that are offered.
const MOST: [u8; 5] = [1, 2, 3, 5, 10];
/// Years that are offered; 0 is any number.
const YEARS: [u8; 5] = [1, 2, 5, 10, 0];
/// Bytes that are offered.
const BUDGETS: [u64; 5] = [
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_000_000_000,
    5_000_000_000,
];

/// The rules.
pub(super) fn priors_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let words = ctx.say(msg("priors-title"));
    heading_ui(ui, ctx.theme, &words);
    let rules = ctx.workspace.settings.pacs.priors.clone();
    let ways = [(false, msg("priors-off")), (true, msg("priors-on"))];
    choice_ui(
        ui,
        ctx,
        msg("priors-fetch"),
        &ways,
        rules.is_on,
        |ctx, is_on| {
            set(ctx, |rules| rules.is_on = is_on);
        },
    );
    if !rules.is_on {
        return;
    }
    let kinds = [
        ((true, true), msg("priors-either")),
        ((true, false), msg("priors-same-region")),
        ((false, true), msg("priors-same-modality")),
        ((false, false), msg("priors-any")),
    ];
    let kind = (rules.same_body_part, rules.same_modality);
    choice_ui(ui, ctx, msg("priors-which"), &kinds, kind, |ctx, kind| {
        set(ctx, |rules| {
            (rules.same_body_part, rules.same_modality) = kind
        });
    });
    let counts = named(with(&MOST, rules.most), |count| count.to_string());
    named_choice_ui(
        ui,
        ctx,
        msg("priors-most"),
        &counts,
        rules.most,
        |ctx, most| {
            set(ctx, |rules| rules.most = most);
        },
    );
    let years = named(with(&YEARS, rules.most_years), |years| match years {
        0 => ctx.say(msg("priors-however-old")),
        years => {
            let years = Message::new(msg("priors-years")).count("count", years.into());
            ctx.words.get(&years)
        }
    });
    let now = rules.most_years;
    named_choice_ui(ui, ctx, msg("priors-oldest"), &years, now, |ctx, years| {
        set(ctx, |rules| rules.most_years = years);
    });
    let budgets = with(&BUDGETS, rules.budget_bytes);
    let budgets = named(budgets, |bytes| ctx.words.bytes(bytes));
    let now = rules.budget_bytes;
    named_choice_ui(
        ui,
        ctx,
        msg("priors-budget"),
        &budgets,
        now,
        |ctx, bytes| {
            set(ctx, |rules| rules.budget_bytes = bytes);
        },
    );
}

fn set(ctx: &mut PanelCtx<'_>, change: impl FnOnce(&mut Priors)) {
    let mut rules = ctx.workspace.settings.pacs.priors.clone();
    change(&mut rules);
    ctx.commands.push(Command::Node(NodeEdit::Priors(rules)));
}

/// What is offered, and what the settings' file has besides.
fn with<T: Copy + PartialEq>(offered: &[T], now: T) -> Vec<T> {
    let mut all = offered.to_vec();
    if !all.contains(&now) {
        all.insert(0, now);
    }
    all
}

fn named<T: Copy>(values: Vec<T>, name: impl Fn(T) -> String) -> Vec<(T, String)> {
    let named = |value| (value, name(value));
    values.into_iter().map(named).collect()
}
