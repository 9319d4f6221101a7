//! The presentation states of a series, where their images are not on screen: what each is, what it
//! is about, and why it cannot be applied if it cannot.

use eframe::egui::Ui;

use crate::dicom::PersonName;
use crate::model::DisplaySet;
use crate::objects::presentation_state::{PresentationState, is_for_any};
use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::panel::PanelCtx;
use crate::workspace::Workspace;

/// All of them.
pub(super) fn presentation_page_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, set: &DisplaySet) {
    let theme = ctx.theme;
    let states = &ctx.workspace.presentations;
    for ix in set.instances.iter() {
        let (title, lines, is_refused) = match (states.get(*ix), states.refused(*ix)) {
            (Some(state), _) => {
                let lines = lines(ctx, state);
                (state.name().to_owned(), lines, false)
            }
            (None, Some(why)) => {
                let refused =
                    Message::new(msg("presentation-refused")).message("reason", why.clone());
                (String::new(), vec![ctx.words.get(&refused)], true)
            }
            (None, None) => continue,
        };
        if !title.is_empty() {
            Text::new(&title, theme.strong(), theme.colours.text).ui(ui);
        }
        let colour = if is_refused {
            theme.colours.warning
        } else {
            theme.colours.secondary
        };
        for line in lines {
            Text::new(&line, theme.body(), colour).wrapped().ui(ui);
        }
        ui.add_space(2.0 * theme.sizes.space);
    }
}

fn lines(ctx: &PanelCtx<'_>, state: &PresentationState) -> Vec<String> {
    let words = ctx.words;
    let [date, time] = &state.created;
    let who = PersonName::parse(&state.creator).display();
    let made = [who, words.date_time(date, time)];
    let made: Vec<String> = made.into_iter().filter(|part| !part.is_empty()).collect();
    let about = Message::new(msg("presentation-about")).count("count", state.images.len());
    let mut lines = vec![
        state.description.clone(),
        made.join(" · "),
        words.get(&about),
    ];
    if !is_any_open(ctx.workspace, state) {
        lines.push(words.id(msg("presentation-waits")));
    }
    lines.extend(state.faults.iter().map(|fault| words.get(fault)));
    lines.retain(|line| !line.is_empty());
    lines
}

fn is_any_open(workspace: &Workspace, state: &PresentationState) -> bool {
    let library = &workspace.library;
    let mut sets = library.display_sets();
    sets.any(|set| set.is_image() && is_for_any(state, library, set))
}
