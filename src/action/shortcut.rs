//! Keys and their names on screen.

use crate::problem::{Message, MessageId, msg};

/// A key by what it types, or by its place where what it types differs between keyboards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names on the keys")]
pub enum Key {
    /// A letter, by what it types: `A` is where the reader's keyboard has it.
    Letter(char),
    /// A digit of the row above the letters, by its place: AZERTY types digits with Shift only.
    Digit(u8),
    /// F1 to F12.
    Function(u8),
    Comma,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    Tab,
    Escape,
    Delete,
    Backspace,
    Space,
}

/// A key with what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shortcut {
    /// The key.
    pub key: Key,
    /// Control (Command on a Mac).
    pub control: bool,
    /// Shift.
    pub shift: bool,
}

impl Shortcut {
    /// The key alone.
    #[must_use]
    pub const fn plain(key: Key) -> Self {
        Self {
            key,
            control: false,
            shift: false,
        }
    }

    /// A letter alone.
    #[must_use]
    pub const fn letter(letter: char) -> Self {
        Self::plain(Key::Letter(letter))
    }

    /// With Control.
    #[must_use]
    pub const fn control(key: Key) -> Self {
        Self {
            control: true,
            ..Self::plain(key)
        }
    }

    /// With Shift.
    #[must_use]
    pub const fn shift(key: Key) -> Self {
        Self {
            shift: true,
            ..Self::plain(key)
        }
    }

    /// Whether a text field needs it for itself.
    #[must_use]
    pub const fn is_typing(self) -> bool {
        match self.key {
            Key::Function(_) | Key::Escape => false,
            Key::Letter(letter) => {
                !self.control || matches!(letter, 'A' | 'C' | 'V' | 'X' | 'Y' | 'Z')
            }
            Key::Comma | Key::Digit(_) => !self.control,
            _ => true,
        }
    }

    /// Its words: modifiers, then the key.
    #[must_use]
    pub fn parts(self) -> Vec<Message> {
        let mut parts = Vec::new();
        if self.control {
            parts.push(Message::new(msg("key-control")));
        }
        if self.shift {
            parts.push(Message::new(msg("key-shift")));
        }
        parts.push(self.key.name());
        parts
    }
}

impl Key {
    fn name(self) -> Message {
        let named = |id: MessageId| Message::new(id);
        match self {
            Self::Letter(letter) => named(msg("key-itself")).text("key", letter),
            Self::Digit(digit) => named(msg("key-itself")).text("key", digit.to_string()),
            Self::Function(n) => named(msg("key-itself")).text("key", format!("F{n}")),
            Self::Comma => named(msg("key-itself")).text("key", ","),
            Self::Up => named(msg("key-itself")).text("key", "↑"),
            Self::Down => named(msg("key-itself")).text("key", "↓"),
            Self::Left => named(msg("key-itself")).text("key", "←"),
            Self::Right => named(msg("key-itself")).text("key", "→"),
            Self::Home => named(msg("key-home")),
            Self::End => named(msg("key-end")),
            Self::PageUp => named(msg("key-page-up")),
            Self::PageDown => named(msg("key-page-down")),
            Self::Tab => named(msg("key-tab")),
            Self::Escape => named(msg("key-escape")),
            Self::Delete => named(msg("key-delete")),
            Self::Backspace => named(msg("key-backspace")),
            Self::Space => named(msg("key-space")),
        }
    }
}
