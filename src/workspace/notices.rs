//! What slides in at the bottom right. Errors stay until they are read.

use crate::problem::{Problem, Severity};

/// Identifies a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NoticeId(pub u64);

/// One notice.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Its key.
    pub id: NoticeId,
    /// What to say.
    pub problem: Problem,
    /// How often the same thing happened.
    pub count: usize,
}

impl Notice {
    /// Whether it goes away by itself.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.problem.severity == Severity::Note
    }
}

/// All that were not dismissed, oldest first; the same sentence about another
/// file is one notice with a count, so that a folder of odd files does not bury the screen.
#[derive(Debug, Default)]
pub struct Notices {
    shown: Vec<Notice>,
    next: u64,
}

impl Notices {
    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        if let Some(same) = self.shown.iter_mut().find(|notice| {
            notice.problem.message == problem.message && notice.problem.severity == problem.severity
        }) {
            same.count += 1;
            return;
        }
        self.next += 1;
        self.shown.push(Notice {
            id: NoticeId(self.next),
            problem,
            count: 1,
        });
    }

    /// Takes one away.
    pub fn dismiss(&mut self, id: NoticeId) {
        self.shown.retain(|notice| notice.id != id);
    }

    /// Oldest first.
    #[must_use]
    pub fn shown(&self) -> &[Notice] {
        &self.shown
    }
}
