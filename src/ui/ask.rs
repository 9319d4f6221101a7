//! A question in a page, before what cannot be taken back.

use eframe::egui;
use egui::{Key, Ui};

use crate::model::StudyKey;
use crate::problem::{Message, Severity, msg};
use crate::text::in_a_row;
use crate::ui::bidi_label::Text;
use crate::ui::browse::identity;
use crate::ui::notices::card_ui;
use crate::ui::panel::{PanelCtx, button_ui};

/// The question, with what it is about below, and its two answers; Enter is the first of them.
/// Who shows it lets Esc withdraw it.
pub(super) fn ask_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    question: &str,
    about: &[String],
    yes: &str,
) -> Option<bool> {
    let theme = ctx.theme;
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
            let agree = button_ui(ui, theme, None, yes, true);
            if agree.clicked() {
                answer = Some(true);
            }
            let no = ctx.say(msg("ask-cancel"));
            if button_ui(ui, theme, None, &no, false).clicked() {
                answer = Some(false);
            }
            // The keys are the answer's, unless the reader has put them elsewhere.
            if ui.memory(|memory| memory.focused().is_none()) {
                agree.request_focus();
                if ui.input(|input| input.key_pressed(Key::Enter)) {
                    answer = answer.or(Some(true));
                }
            }
        });
    });
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
