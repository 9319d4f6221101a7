//! Who was asked, and how far each is.

use crate::pacs::Found;
use crate::problem::Message;

/// Who was asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The local archive.
    Archive,
    /// The node of this name.
    Node(String),
    /// What the node of this name plans, for what is urgent.
    Worklist(String),
}

/// How an answer ended that came to its end.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AnswerEnd {
    /// There are more matches than were asked for.
    pub is_cut: bool,
    /// What the reader should know, such as answers that could not be read.
    pub warnings: Vec<Message>,
}

impl AnswerEnd {
    /// Of one more query; what was said before is not said again.
    pub fn add(&mut self, found: Found) {
        self.is_cut |= found.is_cut_off;
        for warning in found.warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }
}

/// How far a source is.
#[derive(Debug, Clone, PartialEq)]
pub enum SourceState {
    /// Asked; so many matches so far.
    Asked(usize),
    /// It has answered to its end.
    Answered {
        /// So many matches.
        matches: usize,
        /// How it ended.
        end: AnswerEnd,
    },
    /// It could not be asked, or broke off.
    Failed(Message),
    /// It is there and has nothing of the kind.
    NotOffered,
}

/// All who were asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sources(Vec<(Source, SourceState)>);

impl Sources {
    /// These are asked from now on.
    pub(in crate::workspace) fn ask(sources: impl IntoIterator<Item = Source>) -> Self {
        let asked = |source| (source, SourceState::Asked(0));
        Self(sources.into_iter().map(asked).collect())
    }

    /// In the order in which they were asked.
    #[must_use]
    pub fn all(&self) -> &[(Source, SourceState)] {
        &self.0
    }

    /// Whether someone has not answered yet.
    #[must_use]
    pub fn is_running(&self) -> bool {
        let asked = |(_, state): &(Source, SourceState)| matches!(state, SourceState::Asked(_));
        self.0.iter().any(asked)
    }

    fn state(&mut self, source: &Source) -> Option<&mut SourceState> {
        let found = self.0.iter_mut().find(|(it, _)| it == source);
        found.map(|(_, state)| state)
    }

    /// So many more came from it.
    pub(in crate::workspace) fn add(&mut self, source: &Source, matches: usize) {
        if let Some(SourceState::Asked(count)) = self.state(source) {
            *count += matches;
        }
    }

    /// So many came from it, by now.
    pub(in crate::workspace) fn set(&mut self, source: &Source, count: usize) {
        if let Some(SourceState::Asked(matches) | SourceState::Answered { matches, .. }) =
            self.state(source)
        {
            *matches = count;
        }
    }

    /// It has nothing of the kind.
    pub(in crate::workspace) fn not_offered(&mut self, source: &Source) {
        if let Some(state) = self.state(source) {
            *state = SourceState::NotOffered;
        }
    }

    /// It has answered to its end, or what hindered it.
    pub(in crate::workspace) fn ended(
        &mut self,
        source: &Source,
        result: Result<AnswerEnd, Message>,
    ) {
        if let Some(state) = self.state(source) {
            *state = match (result, &*state) {
                (Err(why), _) => SourceState::Failed(why),
                (Ok(end), SourceState::Asked(matches)) => SourceState::Answered {
                    matches: *matches,
                    end,
                },
                (Ok(_), state) => state.clone(),
            };
        }
    }

    /// Nobody is waited for any more; what came stays.
    pub(in crate::workspace) fn stop(&mut self) {
        for (_, state) in &mut self.0 {
            if let SourceState::Asked(matches) = *state {
                *state = SourceState::Answered {
                    matches,
                    end: AnswerEnd {
                        is_cut: true,
                        ..AnswerEnd::default()
                    },
                };
            }
        }
    }
}
