//! Key events to actions, through the one keymap of [`crate::action::ACTIONS`].

use eframe::egui;
use egui::{Context, Event};

use crate::action::{Action, Key, Shortcut, action_of};

/// Takes away what the keyboard repeats of Enter, Space and Esc while they are held: each acts once.
/// Held for a moment too long, Enter would else answer the question that it has just opened or
/// search again and again, and Esc close one thing after the other. Only Space writes in a field.
pub fn drop_held_keys(ctx: &Context) {
    let is_typing = ctx.text_edit_focused();
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key {
                key, repeat: true, ..
            } = event
            else {
                return true;
            };
            match key {
                egui::Key::Enter | egui::Key::Escape => false,
                egui::Key::Space => is_typing,
                _ => true,
            }
        });
    });
}

/// The actions asked for by the keys pressed since the last frame; takes those keys away, so that
/// no widget acts on them as well. Keys a text field needs stay with it while it has the focus.
pub fn pressed_actions(ctx: &Context) -> Vec<&'static Action> {
    let is_typing = ctx.text_edit_focused();
    let mut actions = Vec::new();
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let Some(shortcut) = shortcut_of(event) else {
                return true;
            };
            if is_typing && shortcut.is_typing() {
                return true;
            }
            let Some(action) = action_of(shortcut) else {
                return true;
            };
            actions.push(action);
            false
        });
    });
    if !actions.is_empty() {
        // Tab and arrows are also egui's own way through the widgets; they mean one thing.
        ctx.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
    }
    actions
}

/// What a key event means; `None` for releases, and for keys held with Alt (menus of the desktop,
/// and AltGr, which types).
#[must_use]
pub fn shortcut_of(event: &Event) -> Option<Shortcut> {
    let Event::Key {
        key,
        physical_key,
        pressed: true,
        modifiers,
        ..
    } = event
    else {
        return None;
    };
    if modifiers.alt {
        return None;
    }
    if let Some(digit) = physical_key.or(Some(*key)).and_then(digit) {
        // Shift makes the digit on AZERTY and a sign on QWERTY; both mean the key.
        return Some(Shortcut {
            key: Key::Digit(digit),
            control: modifiers.command,
            shift: false,
        });
    }
    Some(Shortcut {
        key: logical(*key)?,
        control: modifiers.command,
        shift: modifiers.shift,
    })
}

const fn digit(key: egui::Key) -> Option<u8> {
    use egui::Key as E;
    Some(match key {
        E::Num0 => 0,
        E::Num1 => 1,
        E::Num2 => 2,
        E::Num3 => 3,
        E::Num4 => 4,
        E::Num5 => 5,
        E::Num6 => 6,
        E::Num7 => 7,
        E::Num8 => 8,
        E::Num9 => 9,
        _ => return None,
    })
}

fn logical(key: egui::Key) -> Option<Key> {
    use egui::Key as E;
    Some(match key {
        E::ArrowUp => Key::Up,
        E::ArrowDown => Key::Down,
        E::ArrowLeft => Key::Left,
        E::ArrowRight => Key::Right,
        E::Home => Key::Home,
        E::End => Key::End,
        E::PageUp => Key::PageUp,
        E::PageDown => Key::PageDown,
        E::Tab => Key::Tab,
        E::Escape => Key::Escape,
        E::Delete => Key::Delete,
        E::Backspace => Key::Backspace,
        E::Space => Key::Space,
        E::Comma => Key::Comma,
        other => {
            let name = other.name();
            let mut letters = name.chars();
            match (letters.next(), letters.next()) {
                (Some(letter), None) if letter.is_ascii_uppercase() => Key::Letter(letter),
                _ => Key::Function(name.strip_prefix('F')?.parse().ok()?),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Modifiers;

    fn press(key: egui::Key, physical: Option<egui::Key>, modifiers: Modifiers) -> Event {
        Event::Key {
            key,
            physical_key: physical,
            pressed: true,
            repeat: false,
            modifiers,
        }
    }

    fn id(event: &Event) -> Option<&'static str> {
        Some(action_of(shortcut_of(event)?)?.id)
    }

    #[test]
    fn letters_are_where_the_readers_keyboard_has_them() {
        // The key right of Tab types A on AZERTY, Q on QWERTY.
        let azerty = press(egui::Key::A, Some(egui::Key::Q), Modifiers::NONE);
        assert_eq!(id(&azerty), Some("angle"));
    }

    #[test]
    fn digits_are_presets_on_azerty_with_and_without_shift() {
        let unshifted = press(egui::Key::Quote, Some(egui::Key::Num4), Modifiers::NONE);
        let shifted = press(egui::Key::Num4, Some(egui::Key::Num4), Modifiers::SHIFT);
        assert_eq!(id(&unshifted), Some("preset-bone"));
        assert_eq!(id(&shifted), Some("preset-bone"));
    }

    #[test]
    fn control_changes_what_a_key_does() {
        let key = |modifiers| press(egui::Key::I, Some(egui::Key::I), modifiers);
        assert_eq!(id(&key(Modifiers::NONE)), Some("overlay"));
        assert_eq!(
            id(&key(Modifiers::COMMAND | Modifiers::CTRL)),
            Some("invert")
        );
        assert_eq!(id(&key(Modifiers::ALT)), None);
    }

    #[test]
    fn every_function_key_up_to_twelve_is_known() {
        assert_eq!(logical(egui::Key::F9), Some(Key::Function(9)));
        assert_eq!(logical(egui::Key::F11), Some(Key::Function(11)));
        assert_eq!(logical(egui::Key::F), Some(Key::Letter('F')));
    }
}
