//! What went wrong, said once, in words the catalogue holds.
//!
//! A [`Problem`] carries a message id with arguments, never a sentence: `text` turns it into the
//! reader's language. Work that carries on past a bad input takes `&Problems` and reports into it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The id of a message in `assets/locales/<lang>/*.ftl`. Make one with [`msg`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(pub &'static str);

impl MessageId {
    /// An id read out of a catalogue, where it is known to be.
    #[must_use]
    pub const fn of_catalogue(id: &'static str) -> Self {
        Self(id)
    }
}

/// A message id. A test collects every `msg("…")` in `src/` and compares with the catalogues.
#[must_use]
pub const fn msg(id: &'static str) -> MessageId {
    MessageId(id)
}

/// An argument of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// Text, shown as it is.
    Text(String),
    /// A number, formatted for the language.
    Number(f64),
    /// Another message, translated first (a reason within a sentence).
    Message(Message),
}

/// A sentence to be: id and arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Which sentence.
    pub id: MessageId,
    /// Its arguments, by their names in the catalogue.
    pub args: Vec<(&'static str, Arg)>,
}

impl Message {
    /// A sentence without arguments.
    #[must_use]
    pub const fn new(id: MessageId) -> Self {
        Self {
            id,
            args: Vec::new(),
        }
    }

    /// The same with one more text argument.
    #[must_use]
    pub fn text(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.push((name, Arg::Text(value.into())));
        self
    }

    /// The same with one more numeric argument.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts and sizes on screen; 2^53 is enough"
    )]
    pub fn count(self, name: &'static str, value: usize) -> Self {
        self.number(name, value as f64)
    }

    /// The same with one more numeric argument.
    #[must_use]
    pub fn number(mut self, name: &'static str, value: f64) -> Self {
        self.args.push((name, Arg::Number(value)));
        self
    }

    /// The same with a sentence as argument.
    #[must_use]
    pub fn message(mut self, name: &'static str, value: Message) -> Self {
        self.args.push((name, Arg::Message(value)));
        self
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Something is missing or doubtful; the rest goes on.
    Warning,
    /// What was asked for could not be done.
    Error,
}

/// One thing that went wrong, for the person at the screen: what, with which file, what to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// How bad.
    pub severity: Severity,
    /// What happened and what to do.
    pub message: Message,
    /// The file it happened to.
    pub path: Option<PathBuf>,
}

impl Problem {
    /// A warning.
    #[must_use]
    pub const fn warning(message: Message) -> Self {
        Self {
            severity: Severity::Warning,
            message,
            path: None,
        }
    }

    /// An error.
    #[must_use]
    pub const fn error(message: Message) -> Self {
        Self {
            severity: Severity::Error,
            message,
            path: None,
        }
    }

    /// The same, about this file.
    #[must_use]
    pub fn at(mut self, path: impl AsRef<Path>) -> Self {
        self.path = Some(path.as_ref().to_owned());
        self
    }
}

/// A reporter: best-effort work takes one and carries on.
#[derive(Debug, Default)]
pub struct Problems(Mutex<Vec<Problem>>);

impl Problems {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn report(&self, problem: Problem) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(problem);
    }

    /// Takes all of them, oldest first.
    pub fn drain(&self) -> Vec<Problem> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
