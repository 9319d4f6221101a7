//! Every action by its name in the reader's language (Ctrl+K).

use eframe::egui;
use egui::{Align2, Area, Context, Key, Modifiers, Order, ScrollArea, Sense, Ui, vec2};

use crate::action::{ACTIONS, Action, Deed, Part};
use crate::problem::msg;
use crate::ui::bidi_label::Text;
use crate::ui::findings::name_field;
use crate::ui::panel::{PanelCtx, shortcut_text};
use crate::ui::parts::{PartState, part_frame};

/// Rows seen at once.
const ROWS: f32 = 12.0;

/// What is typed, and the row chosen.
#[derive(Default)]
pub struct Palette {
    query: String,
    chosen: usize,
}

/// The palette.
pub fn palette_ui(egui_ctx: &Context, ctx: &mut PanelCtx<'_>, state: &mut PartState) {
    let sizes = &ctx.theme.sizes;
    let width = sizes.part.min(egui_ctx.content_rect().width() - 32.0);
    let name = ctx.say(msg("palette-title"));
    Area::new(egui::Id::unique("palette"))
        .order(Order::Foreground)
        .anchor(
            Align2::CENTER_TOP,
            vec2(0.0, sizes.patient_bar + 2.0 * sizes.space),
        )
        .show(egui_ctx, |ui| {
            part_frame(ctx).show(ui, |ui| {
                ui.set_width(width);
                list_ui(ui, ctx, state, &name);
            });
        });
}

fn list_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, state: &mut PartState, name: &str) {
    let theme = ctx.theme;
    let id = ui.make_persistent_id("palette-query");
    // Taken before the field sees them.
    let (down, up, enter) = ui.input_mut(|input| {
        (
            input.consume_key(Modifiers::NONE, Key::ArrowDown),
            input.consume_key(Modifiers::NONE, Key::ArrowUp),
            input.consume_key(Modifiers::NONE, Key::Enter),
        )
    });
    let hint = ctx.say(msg("palette-hint"));
    let palette = &mut state.palette;
    let field = egui::TextEdit::singleline(&mut palette.query)
        .id(id)
        .hint_text(hint)
        .desired_width(f32::INFINITY);
    let response = ui.add(field);
    name_field(&response, &palette.query, name);
    if !response.has_focus() {
        response.request_focus();
    }
    if response.changed() {
        palette.chosen = 0;
    }
    let found = matching(&palette.query, |action| ctx.words.id(action.label));
    if down {
        palette.chosen += 1;
    }
    if up {
        palette.chosen = palette.chosen.saturating_sub(1);
    }
    palette.chosen = palette.chosen.min(found.len().saturating_sub(1));
    if found.is_empty() {
        let words = ctx.say(msg("palette-none"));
        Text::new(&words, theme.body(), theme.colours.secondary).ui(ui);
    }
    let mut done = None;
    ScrollArea::vertical()
        .max_height(ROWS * theme.sizes.control)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (row, action) in found.iter().enumerate() {
                let is_chosen = row == palette.chosen;
                if row_ui(ui, ctx, action, is_chosen, is_chosen && (up || down)) {
                    done = Some(*action);
                }
            }
        });
    if enter {
        done = found.get(palette.chosen).copied();
    }
    let Some(action) = done else {
        return;
    };
    if action.enabled(ctx.workspace).is_ok() {
        state.open = None;
        ctx.run(action);
    }
}

fn row_ui(
    ui: &mut Ui,
    ctx: &PanelCtx<'_>,
    action: &Action,
    is_chosen: bool,
    scrolls: bool,
) -> bool {
    let theme = ctx.theme;
    let colours = &theme.colours;
    let why = action.enabled(ctx.workspace).err();
    let size = vec2(ui.available_width(), theme.sizes.control);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = ctx.say(action.label);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, why.is_none(), &name));
    if scrolls {
        response.scroll_to_me(None);
    }
    if is_chosen || response.hovered() {
        ui.painter().rect_filled(rect, 3.0, colours.line);
    }
    let inner = rect.shrink2(vec2(2.0 * theme.sizes.space, 0.0));
    let colour = if why.is_none() {
        colours.text
    } else {
        colours.dimmed
    };
    let painter = ui.painter();
    let placed = painter.text(
        inner.left_center(),
        Align2::LEFT_CENTER,
        &name,
        theme.body(),
        colour,
    );
    let group = ctx.say(action.group.label());
    painter.text(
        placed.right_center() + vec2(3.0 * theme.sizes.space, 0.0),
        Align2::LEFT_CENTER,
        group,
        theme.small(),
        colours.dimmed,
    );
    if let Some(shortcut) = action.shortcuts.first() {
        let key = shortcut_text(ctx.words, *shortcut);
        painter.text(
            inner.right_center(),
            Align2::RIGHT_CENTER,
            key,
            theme.small(),
            colours.secondary,
        );
    }
    if let Some(why) = why {
        let why = ctx.words.get(&why);
        response.on_hover_text(why);
        return false;
    }
    response.clicked()
}

/// The actions whose name holds the query's letters in order, best first.
fn matching(query: &str, name: impl Fn(&Action) -> String) -> Vec<&'static Action> {
    let mut found: Vec<(i32, &'static Action)> = ACTIONS
        .iter()
        .filter(|action| !matches!(action.deed, Deed::Show(Part::Palette | Part::Close)))
        .filter_map(|action| Some((score(query, &name(action))?, action)))
        .collect();
    found.sort_by_key(|(score, _)| -score); // stable: the table's order among equals
    found.into_iter().map(|(_, action)| action).collect()
}

/// How well a name answers a query; `None` if its letters are not there in order. Letters at the
/// beginnings of words and beside each other count more.
fn score(query: &str, name: &str) -> Option<i32> {
    let name: Vec<char> = plain(name);
    let mut from = 0;
    let mut score = 0;
    let mut previous = None;
    for letter in plain(query).into_iter().filter(|c| !c.is_whitespace()) {
        let beside = previous
            .map(|at: usize| at + 1)
            .filter(|at| name.get(*at) == Some(&letter));
        let at = beside.or_else(|| {
            let rest = name.get(from..)?;
            rest.iter()
                .position(|c| *c == letter)
                .map(|offset| from + offset)
        })?;
        let starts_word = at == 0 || name.get(at - 1).is_some_and(|c| !c.is_alphanumeric());
        score += match (beside.is_some(), starts_word) {
            (true, _) => 3,
            (false, true) => 2,
            (false, false) => 0,
        };
        if at == 0 {
            score += 2;
        }
        previous = Some(at);
        from = at + 1;
    }
    Some(score)
}

/// Lower case without accents: `reinit` finds `Réinitialiser`.
fn plain(text: &str) -> Vec<char> {
    text.to_lowercase()
        .chars()
        .map(|c| match c {
            'à' | 'â' | 'ä' => 'a',
            'ç' => 'c',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' => 'i',
            'ô' | 'ö' => 'o',
            'ù' | 'û' | 'ü' => 'u',
            '×' => 'x',
            '’' => '\'',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, Words};

    fn first(query: &str, language: Language) -> Option<&'static str> {
        let words = Words::new(language);
        matching(query, |action| words.id(action.label))
            .first()
            .map(|action| action.id)
    }

    #[test]
    fn a_few_letters_find_an_action_in_either_language() {
        assert_eq!(first("full s", Language::English), Some("full-screen"));
        assert_eq!(first("flip l", Language::English), Some("flip-horizontal"));
        assert_eq!(first("2 x 2", Language::English), Some("layout-2x2"));
        assert_eq!(first("plein", Language::French), Some("full-screen"));
        assert_eq!(first("reinit", Language::French), Some("reset"));
        assert_eq!(first("xyzzy", Language::English), None);
    }

    #[test]
    fn without_a_query_every_action_is_there() {
        let hidden = 2; // the palette itself, and closing it
        assert_eq!(
            matching("", |_| String::new()).len(),
            ACTIONS.len() - hidden
        );
    }
}
