//! `--window` and `--preset`: with which window a picture is drawn.

use crate::imaging::NamedVoi;
use crate::problem::{Message, MessageId, msg};
use crate::view::VoiChoice;
use crate::workspace::WINDOW_PRESETS;

/// That a preset is neither ours nor the image's: wrong usage, though found out late.
pub(super) const NO_SUCH_PRESET: MessageId = msg("cli-no-such-preset");

/// With which window.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Voi {
    /// Whatever the image is.
    Choice(VoiChoice),
    /// The n-th the image offers, from 0: it has to.
    Own(usize),
    /// The one the image calls so.
    Named(String),
}

impl Voi {
    /// What a name on the command line means.
    pub fn preset(name: &str) -> Self {
        if let Some(preset) = WINDOW_PRESETS.iter().find(|preset| preset.name == name) {
            return Self::Choice(preset.voi);
        }
        let number = name
            .strip_prefix("default-")
            .and_then(|number| number.parse().ok());
        match number.and_then(|number: usize| number.checked_sub(1)) {
            Some(index) => Self::Own(index),
            None => Self::Named(name.trim().to_owned()),
        }
    }

    /// # Errors
    /// The image offers no such transform; the sentence names those it does.
    pub fn choice(&self, offered: &[NamedVoi]) -> Result<VoiChoice, Message> {
        let (found, asked) = match self {
            Self::Choice(choice) => return Ok(*choice),
            Self::Own(index) => (
                Some(*index).filter(|index| *index < offered.len()),
                format!("default-{}", index + 1),
            ),
            Self::Named(name) => {
                let is_it =
                    |it: &NamedVoi| !name.is_empty() && it.name.trim().eq_ignore_ascii_case(name);
                (offered.iter().position(is_it), name.clone())
            }
        };
        found.map(VoiChoice::Own).ok_or_else(|| {
            let names = WINDOW_PRESETS.iter().map(|preset| preset.name);
            let own = offered.iter().map(|it| it.name.trim());
            let all: Vec<&str> = names.chain(own).filter(|name| !name.is_empty()).collect();
            Message::new(NO_SUCH_PRESET)
                .text("name", asked)
                .text("names", all.join(", "))
        })
    }
}
