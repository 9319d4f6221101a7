//! Sentences on disk: id and arguments, so that they are said in the language of the day on which
//! they are read; and the words of the day on which they were kept, for a program that does not
//! know the id.

use serde::{Deserialize, Serialize};

use crate::problem::{Arg, Message, MessageId, msg};
use crate::text::{CATALOGUES, Words};

/// Deeper than any sentence is nested; what is deeper is not ours.
const MOST_NESTING: usize = 8;

#[derive(Serialize, Deserialize)]
struct Kept {
    id: String,
    args: Vec<(String, KeptArg)>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    said: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptArg {
    Text(String),
    Number(f64),
    Message(Kept),
}

/// A sentence as it is kept, one line of JSON.
#[must_use]
pub fn kept(message: &Message, words: &Words) -> String {
    let said = words.get(message);
    let kept = Kept {
        said: said.clone(),
        ..Kept::of(message)
    };
    serde_json::to_string(&kept).unwrap_or(said)
}

/// The sentence of what was kept; the words of then where its id is not known any more, and what
/// is no kept sentence as it stands.
#[must_use]
pub fn of_kept(text: &str) -> Message {
    let as_it_is = |text: &str| Message::new(msg("as-it-is")).text("text", text);
    let Ok(kept) = serde_json::from_str::<Kept>(text) else {
        return as_it_is(text);
    };
    let message = kept.message(0);
    message.unwrap_or_else(|| {
        as_it_is(if kept.said.is_empty() {
            text
        } else {
            &kept.said
        })
    })
}

impl Kept {
    fn of(message: &Message) -> Self {
        let arg = |arg: &Arg| match arg {
            Arg::Text(text) => KeptArg::Text(text.clone()),
            Arg::Number(number) => KeptArg::Number(*number),
            Arg::Message(message) => KeptArg::Message(Self::of(message)),
        };
        let args = message.args.iter();
        Self {
            id: message.id.0.to_owned(),
            args: args
                .map(|(name, it)| ((*name).to_owned(), arg(it)))
                .collect(),
            said: String::new(),
        }
    }

    /// `None` where the catalogues have no such sentence, or it has no such arguments.
    fn message(&self, depth: usize) -> Option<Message> {
        let (id, pattern) = entry(&self.id)?;
        let mut args = Vec::new();
        for (name, arg) in &self.args {
            let arg = match arg {
                KeptArg::Text(text) => Arg::Text(text.clone()),
                KeptArg::Number(number) => Arg::Number(*number),
                KeptArg::Message(_) if depth >= MOST_NESTING => return None,
                KeptArg::Message(inner) => Arg::Message(inner.message(depth + 1)?),
            };
            // An argument that the sentence does not use has no name here.
            if let Some(name) = variable(pattern, name) {
                args.push((name, arg));
            }
        }
        Some(Message { id, args })
    }
}

/// A sentence of the catalogues by its id, and its pattern.
fn entry(id: &str) -> Option<(MessageId, &'static str)> {
    let mut sources = CATALOGUES.iter().map(|catalogue| catalogue.source);
    sources.find_map(|source| entry_in(source, id))
}

fn entry_in(source: &'static str, id: &str) -> Option<(MessageId, &'static str)> {
    let mut begin = 0;
    for line in source.split_inclusive('\n') {
        let known = line.split_once(" =").map(|(known, _)| known);
        if let Some(known) = known.filter(|known| *known == id) {
            let rest = source.get(begin..)?;
            let is_next = |(at, _): &(usize, &str)| {
                let next = rest.get(at + 1..).and_then(|rest| rest.chars().next());
                next.is_some_and(|first| first.is_ascii_lowercase() || first == '#')
            };
            let end = rest.match_indices('\n').find(is_next);
            let pattern = rest.get(..end.map_or(rest.len(), |(at, _)| at))?;
            return Some((MessageId::of_catalogue(known), pattern));
        }
        begin += line.len();
    }
    None
}

/// `name` as it stands after a `$` in a pattern.
fn variable(pattern: &'static str, name: &str) -> Option<&'static str> {
    pattern.match_indices('$').find_map(|(at, _)| {
        let rest = pattern.get(at + 1..)?;
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        rest.get(..end).filter(|found| *found == name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    fn refused() -> Message {
        Message::new(msg("transfer-instances-failed"))
            .count("count", 2)
            .message(
                "reason",
                Message::new(msg("pacs-refused")).text("place", "pacs:104"),
            )
    }

    #[test]
    fn a_sentence_that_was_kept_in_one_language_is_said_in_another() {
        let kept = kept(&refused(), Words::of(Language::English));
        let again = of_kept(&kept);
        assert_eq!(again, refused());
        let french = Words::of(Language::French).get(&again);
        assert!(french.contains("pacs:104 refuse la connexion"), "{french}");
    }

    #[test]
    fn numbers_come_back_and_choose_the_plural() {
        let message = Message::new(msg("transfer-incomplete")).count("count", 2);
        let again = of_kept(&kept(&message, Words::of(Language::French)));
        assert_eq!(again, message);
    }

    #[test]
    fn words_of_an_older_program_are_said_as_they_stand() {
        let words = Words::of(Language::English);
        let old = "Der Rechner „PACS“ antwortet nicht.";
        assert_eq!(words.get(&of_kept(old)), old);
        let newer = r#"{"id":"gone-since","args":[],"said":"It is gone."}"#;
        assert_eq!(words.get(&of_kept(newer)), "It is gone.");
    }

    #[test]
    fn what_is_nested_without_end_is_refused() {
        let mut text = r#"{"id":"pacs-cancelled","args":[]}"#.to_owned();
        for _ in 0..20 {
            text = format!(
                r#"{{"id":"transfer-instances-failed","args":[["reason",{{"message":{text}}}]]}}"#
            );
        }
        assert_eq!(of_kept(&text).id, msg("as-it-is"));
    }
}
