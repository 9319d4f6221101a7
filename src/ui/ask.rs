//! A question in a page, before what cannot be taken back.

use eframe::egui;
use egui::{Context, Event, Id, Key, Ui};

use crate::model::StudyKey;
use crate::problem::{Message, Severity, msg};
use crate::text::in_a_row;
use crate::ui::bidi_label::Text;
use crate::ui::browse::identity;
use crate::ui::notices::card_ui;
use crate::ui::panel::{PanelCtx, button_ui};

/// The question on screen, as keys meet it.
#[derive(Clone, Copy)]
struct OnScreen {
    /// The pass that drew it last.
    pass: u64,
    /// Whether the keys go to its other answer.
    is_turned: bool,
}

fn question_id() -> Id {
    Id::unique("question")
}

/// The question that the last pass drew, if there was one.
fn on_screen(ctx: &Context) -> Option<OnScreen> {
    let question: OnScreen = ctx.data(|data| data.get_temp(question_id()))?;
    (question.pass + 1 >= ctx.cumulative_pass_nr()).then_some(question)
}

/// Tab and the arrows go from one answer to the other while a question is on screen; they are
/// nobody else's then.
pub fn turn_answers(ctx: &Context) {
    let Some(mut question) = on_screen(ctx) else {
        return;
    };
    if ctx.text_edit_focused() {
        return;
    }
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key {
                key: Key::Tab | Key::ArrowLeft | Key::ArrowRight,
                pressed: true,
                ..
            } = event
            else {
                return true;
            };
            question.is_turned = !question.is_turned;
            false
        });
    });
    if question.is_turned {
        ctx.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
        ctx.data_mut(|data| data.insert_temp(question_id(), question));
    }
}

/// The question, with what it is about below, and its two answers. It has the keys when it comes,
/// and Enter then withdraws it: what cannot be taken back takes a click, or a key to go there.
/// Who shows it lets Esc withdraw it.
pub(super) fn ask_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    question: &str,
    about: &[String],
    yes: &str,
) -> Option<bool> {
    let theme = ctx.theme;
    let shown = on_screen(ui.ctx());
    let mut answer = None;
    card_ui(ui, ctx, Severity::Warning, |ui, ctx| {
        Text::new(question, theme.strong(), theme.colours.text)
            .wrapped()
            .ui(ui);
        for line in about {
            Text::new(line, theme.body(), theme.colours.text)
                .wrapped()
                .ui(ui);
        }
        ui.add_space(theme.sizes.space);
        ui.horizontal(|ui| {
            let agree = button_ui(ui, theme, None, yes, false);
            // The second click of two may be meant for what the question has taken the place of.
            if agree.clicked() && !agree.double_clicked() && !agree.triple_clicked() {
                answer = Some(true);
            }
            let no = ctx.say(msg("ask-cancel"));
            let no = button_ui(ui, theme, None, &no, false);
            if no.clicked() {
                answer = Some(false);
            }
            if shown.is_some_and(|question| question.is_turned) && no.has_focus() {
                agree.request_focus();
            } else if shown.is_none_or(|question| question.is_turned)
                || ui.memory(|memory| memory.focused().is_none())
            {
                no.request_focus();
            }
        });
    });
    let shown = OnScreen {
        pass: ui.ctx().cumulative_pass_nr(),
        is_turned: false,
    };
    ui.data_mut(|data| data.insert_temp(question_id(), shown));
    answer
}

/// Whose study it is, and which, in one line each; nothing of it where that is hidden.
pub(super) fn study_lines(ctx: &PanelCtx<'_>, study: StudyKey) -> Vec<String> {
    let library = &ctx.workspace.library;
    let images = Message::new(msg("ask-images")).count("count", library.headers_of(study).count());
    let images = ctx.words.get(&images);
    if ctx.workspace.is_identification_hidden {
        return vec![ctx.say(msg("identification-hidden")), images];
    }
    let who = identity(library, study, ctx.words);
    let line = |parts: &[&str]| in_a_row(parts.iter().copied(), " · ");
    vec![
        line(&[&who.name, &who.birth_date, &who.patient_id]),
        line(&[&who.study, &who.accession, &images]),
    ]
}
