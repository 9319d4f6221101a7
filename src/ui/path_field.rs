//! A path typed by hand, with completion: stands in where the desktop has no file dialog.

use std::path::{Path, PathBuf};

use eframe::egui;
use egui::{Key, Ui};

use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::findings::name_field;
use crate::ui::panel::{PanelCtx, button_ui, row_end_ui};
use crate::workspace::Command;

/// Names offered at once.
const OFFERED: usize = 6;
/// Entries of a folder looked at, so that a huge one does not stop the window.
const LOOKED_AT: usize = 4096;

/// What is typed and what it could become.
#[derive(Default)]
pub struct PathField {
    text: String,
    offers: Vec<String>,
    asked_for: Option<String>,
    is_missing: bool,
}

impl PathField {
    fn path(&self) -> PathBuf {
        from_typed(&self.text)
    }

    fn refresh(&mut self) {
        if self.asked_for.as_deref() != Some(&self.text) {
            self.offers = completions(&self.text);
            self.asked_for = Some(self.text.clone());
            self.is_missing = false;
        }
    }
}

/// The field with an Open button. Returns whether something was opened.
pub fn path_field_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, field: &mut PathField) -> bool {
    let theme = ctx.theme;
    let name = ctx.say(msg("path-field"));
    let id = ui.make_persistent_id("path-field");
    // Tab completes instead of leaving the field.
    let completes = ui.memory(|memory| memory.has_focus(id))
        && ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Tab));
    let mut is_asked = false;
    ui.horizontal(|ui| {
        row_end_ui(ui, |ui| {
            let words = ctx.say(msg("path-open"));
            let is_enabled = !field.text.trim().is_empty();
            is_asked |= ui
                .add_enabled_ui(is_enabled, |ui| button_ui(ui, theme, None, &words, true))
                .inner
                .clicked();
            let hint = ctx.say(msg("path-hint"));
            let edit = egui::TextEdit::singleline(&mut field.text)
                .id(id)
                .hint_text(hint)
                .lock_focus(true)
                .desired_width(f32::INFINITY);
            let response = ui.add(edit);
            name_field(&response, &field.text, &name);
            is_asked |= response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        });
    });
    field.refresh();
    if completes && let Some(longer) = longest_common(&field.offers) {
        take(ui, field, id, longer);
    }
    offers_ui(ui, ctx, field, id);
    if field.is_missing {
        let words = ctx
            .words
            .get(&Message::new(msg("path-missing")).text("path", &field.text));
        Text::new(&words, theme.body(), theme.colours.danger)
            .wrapped()
            .ui(ui);
    }
    if !is_asked || field.text.trim().is_empty() {
        return false;
    }
    let path = field.path();
    if !path.exists() {
        field.is_missing = true;
        return false;
    }
    ctx.commands.push(Command::Open(vec![path]));
    *field = PathField::default();
    true
}

fn offers_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, field: &mut PathField, id: egui::Id) {
    let theme = ctx.theme;
    let mut chosen = None;
    for offer in field.offers.iter().take(OFFERED) {
        let response = Text::new(offer, theme.small(), theme.colours.secondary)
            .clickable()
            .ui(ui);
        if response.hovered() {
            ui.painter().hline(
                response.rect.x_range(),
                response.rect.bottom(),
                egui::Stroke::new(1.0, theme.colours.secondary),
            );
        }
        if response.clicked() {
            chosen = Some(offer.clone());
        }
    }
    if let Some(offer) = chosen {
        take(ui, field, id, offer);
    }
}

/// Puts a completed path into the field, the cursor behind it.
fn take(ui: &Ui, field: &mut PathField, id: egui::Id, text: String) {
    field.text = text;
    field.refresh();
    if let Some(mut state) = egui::TextEdit::load_state(ui, id) {
        let end = egui::text::CCursor::new(field.text.chars().count());
        state
            .cursor
            .set_char_range(Some(egui::text::CCursorRange::one(end)));
        state.store(ui, id);
    }
    ui.memory_mut(|memory| memory.request_focus(id));
}

/// `~` is the home folder, as everywhere on this system.
fn from_typed(text: &str) -> PathBuf {
    let text = text.trim();
    let home = || directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    match text.strip_prefix('~') {
        Some("") => home().unwrap_or_else(|| text.into()),
        Some(rest) => match (rest.strip_prefix('/'), home()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => text.into(),
        },
        None => text.into(),
    }
}

/// What a typed path could become: entries of its folder that begin with its last part, folders
/// with a separator behind them, hidden ones only when asked for.
fn completions(text: &str) -> Vec<String> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let (folder, start) = match text.rfind(std::path::is_separator) {
        Some(at) => text.split_at(at + 1),
        None => ("", text),
    };
    let place = if folder.is_empty() {
        PathBuf::from(".")
    } else {
        from_typed(folder)
    };
    let Ok(entries) = std::fs::read_dir(place) else {
        return Vec::new();
    };
    let wanted = start.to_lowercase();
    let mut found: Vec<String> = entries
        .take(LOOKED_AT)
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let is_hidden = name.starts_with('.') && !start.starts_with('.');
            if is_hidden || !name.to_lowercase().starts_with(&wanted) {
                return None;
            }
            let separator = if is_folder(&entry.path()) {
                std::path::MAIN_SEPARATOR_STR
            } else {
                ""
            };
            Some(format!("{folder}{name}{separator}"))
        })
        .filter(|offer| offer != text)
        .collect();
    found.sort();
    found
}

fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// How far all offers agree.
fn longest_common(offers: &[String]) -> Option<String> {
    let (first, rest) = offers.split_first()?;
    let mut common: Vec<char> = first.chars().collect();
    for other in rest {
        let same = common
            .iter()
            .zip(other.chars())
            .take_while(|(a, b)| **a == *b)
            .count();
        common.truncate(same);
    }
    Some(common.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("thorax")).unwrap();
        std::fs::create_dir(folder.path().join("Thorax old")).unwrap();
        std::fs::write(folder.path().join("thigh.dcm"), b"").unwrap();
        std::fs::write(folder.path().join(".thumbs"), b"").unwrap();
        folder
    }

    #[test]
    fn a_path_is_completed_from_what_is_there_folders_with_a_separator() {
        let folder = folder();
        let start = format!("{}/th", folder.path().display());
        let names: Vec<String> = completions(&start)
            .iter()
            .map(|offer| offer.rsplit("/th").next().unwrap().to_owned())
            .collect();
        assert_eq!(names.len(), 3, "{names:?}");
        assert!(
            completions(&start)
                .iter()
                .any(|offer| offer.ends_with("/thorax/"))
        );
        assert!(
            completions(&start)
                .iter()
                .any(|offer| offer.ends_with("/thigh.dcm"))
        );
    }

    #[test]
    fn completion_goes_as_far_as_all_offers_agree() {
        let offers = ["/a/thorax/".to_owned(), "/a/thigh.dcm".to_owned()];
        assert_eq!(longest_common(&offers).as_deref(), Some("/a/th"));
        assert_eq!(longest_common(&[]), None);
    }

    #[test]
    fn a_folder_that_is_not_there_offers_nothing() {
        assert!(completions("/no/such/folder/at all/x").is_empty());
        assert!(completions("").is_empty());
    }
}
