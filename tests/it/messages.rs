//! Every sentence has its words in every language, and no words are left over.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use fluent_bundle::FluentResource;
use isocentre::text::CATALOGUES;
use isocentre::text::Catalogue;
use isocentre::text::Language;

use crate::common::source::SourceFile;
use crate::common::source::Strings;
use crate::common::source::code;
use crate::common::source::product_sources;

/// Where code names a message, and with which arguments as far as can be read off.
struct Use {
    id: String,
    path: String,
    /// `None` where the message is not put together on the spot.
    args: Option<BTreeSet<String>>,
}

/// The messages of a language: their arguments and the messages they mention.
#[derive(Default)]
struct Messages {
    args: BTreeMap<String, BTreeSet<String>>,
    mentioned: BTreeSet<String>,
}

fn identifiers_after(text: &str, mark: char) -> impl Iterator<Item = &str> {
    text.match_indices(mark).map(move |(at, _)| {
        let rest = &text[at + mark.len_utf8()..];
        let rest = rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    })
}

/// Reads a language's catalogues; what is wrong with them goes to `broken`.
fn read(catalogues: &[&Catalogue], broken: &mut Vec<String>) -> Messages {
    let mut messages = Messages::default();
    for catalogue in catalogues {
        let place = format!("{}/{}.ftl", catalogue.language, catalogue.area);
        if let Err((_, errors)) = FluentResource::try_new(catalogue.source.to_owned()) {
            broken.push(format!("{place} is no Fluent: {errors:?}"));
        }
        let mut current: Option<String> = None;
        for line in catalogue
            .source
            .lines()
            .filter(|line| !line.starts_with('#'))
        {
            let is_start = line.starts_with(|c: char| c.is_ascii_alphabetic());
            if let (true, Some((id, _))) = (is_start, line.split_once('=')) {
                let id = id.trim().to_owned();
                if messages.args.insert(id.clone(), BTreeSet::new()).is_some() {
                    broken.push(format!("{place}: `{id}` is there twice"));
                }
                current = Some(id);
            }
            if let Some(args) = current.as_ref().and_then(|id| messages.args.get_mut(id)) {
                args.extend(identifiers_after(line, '$').map(str::to_owned));
            }
            messages.mentioned.extend(
                identifiers_after(line, '{')
                    .filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
                    .map(str::to_owned),
            );
        }
    }
    messages
}

/// A string literal at the start (after spaces), and what follows it.
fn literal(text: &str) -> Option<(&str, &str)> {
    let inside = text.trim_start().strip_prefix('"')?;
    let end = inside.find('"')?;
    Some((&inside[..end], &inside[end + 1..]))
}

/// What follows the parenthesis that closes the one before `text`.
fn after_parenthesis(text: &str) -> &str {
    let (mut depth, mut in_string, mut escaped) = (1, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ if in_string => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[at + 1..];
        }
    }
    ""
}

/// The arguments put on a message right after `Message::new(…)`; `None` if there are none.
fn chained_args(mut rest: &str) -> Option<BTreeSet<String>> {
    let mut args = BTreeSet::new();
    while let Some(call) = rest.trim_start().strip_prefix('.') {
        let known = ["text", "count", "number", "message"]
            .into_iter()
            .find_map(|name| call.strip_prefix(name)?.strip_prefix('('));
        let Some(inside) = known else { break };
        let (name, _) = literal(inside)?;
        args.insert(name.to_owned());
        rest = after_parenthesis(inside);
    }
    (!args.is_empty()).then_some(args)
}

fn uses(sources: &[SourceFile], broken: &mut Vec<String>) -> Vec<Use> {
    let mut uses = Vec::new();
    for file in sources.iter().filter(|file| file.path != "problem.rs") {
        let code = code(&file.text, Strings::Keep);
        for (at, _) in code.match_indices("msg(") {
            let before = &code[..at];
            if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let Some((id, after)) = literal(&code[at + "msg(".len()..]) else {
                broken.push(format!("src/{}: `msg(…)` without a literal id", file.path));
                continue;
            };
            let is_new = before.trim_end().ends_with("Message::new(");
            let rest = after.trim_start().trim_start_matches(',').trim_start();
            let args = match rest.strip_prefix(')') {
                Some(rest) if is_new => rest
                    .trim_start()
                    .trim_start_matches(',')
                    .trim_start()
                    .strip_prefix(')')
                    .and_then(chained_args),
                _ => None,
            };
            uses.push(Use {
                id: id.to_owned(),
                path: file.path.clone(),
                args,
            });
        }
        if code.contains("MessageId(") {
            broken.push(format!(
                "src/{}: a `MessageId` not made by `msg`",
                file.path
            ));
        }
    }
    uses
}

/// Everything wrong between the catalogues and the code.
fn check(catalogues: &[Catalogue], sources: &[SourceFile]) -> Vec<String> {
    let mut broken = Vec::new();
    let uses = uses(sources, &mut broken);
    let languages: BTreeMap<&str, Messages> = Language::ALL
        .iter()
        .map(|language| {
            let of_it = |c: &&Catalogue| c.language == language.code();
            let own: Vec<&Catalogue> = catalogues.iter().filter(of_it).collect();
            (language.code(), read(&own, &mut broken))
        })
        .collect();
    let used: BTreeSet<&str> = uses.iter().map(|u| u.id.as_str()).collect();
    let (first, first_messages) = languages.first_key_value().unwrap();
    for (language, messages) in &languages {
        for one in uses.iter().filter(|u| !messages.args.contains_key(&u.id)) {
            broken.push(format!(
                "src/{}: `{}` has no words in {language}",
                one.path, one.id
            ));
        }
        for (id, args) in &messages.args {
            if !used.contains(id.as_str()) && !messages.mentioned.contains(id) {
                broken.push(format!("`{id}` in {language} is used nowhere"));
            }
            match first_messages.args.get(id) {
                None => broken.push(format!("`{id}` is in {language}, not in {first}")),
                Some(others) if others != args => broken.push(format!(
                    "`{id}` takes {args:?} in {language} but {others:?} in {first}"
                )),
                Some(_) => {}
            }
        }
    }
    for one in &uses {
        let (Some(given), Some(taken)) = (&one.args, first_messages.args.get(&one.id)) else {
            continue;
        };
        if given != taken {
            broken.push(format!(
                "src/{}: `{}` is given {given:?} but takes {taken:?}",
                one.path, one.id
            ));
        }
    }
    broken.sort();
    broken.dedup();
    broken
}

#[test]
fn every_sentence_has_its_words_in_every_language_and_none_is_left_over() {
    let broken = check(CATALOGUES, &product_sources());
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_catalogue_on_disk_is_built_in() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/locales");
    let on_disk: BTreeSet<String> = crate::common::files_below(&root)
        .iter()
        .map(|path| {
            path.strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/")
        })
        .collect();
    let built_in: BTreeSet<String> = CATALOGUES
        .iter()
        .map(|c| format!("{}/{}.ftl", c.language, c.area))
        .collect();
    assert_eq!(on_disk, built_in);
}

#[test]
fn broken_catalogues_are_refused() {
    const CODE: &str =
        "fn f() { Message::new(msg(\"found\")).text(\"file\", g(1)).count(\"n\", 2); }";
    const GOOD: &str = "found = { $n } in { $file }\n";
    let broken = |en: &'static str, fr: &'static str, text: &str| {
        let catalogue = |language, source| Catalogue {
            language,
            area: "base",
            source,
        };
        let file = SourceFile {
            path: "x.rs".to_owned(),
            text: text.to_owned(),
        };
        check(&[catalogue("en", en), catalogue("fr", fr)], &[file])
    };
    assert_eq!(broken(GOOD, GOOD, CODE), Vec::<String>::new());
    for (why, en, fr, text) in [
        ("missing in one language", GOOD, "", CODE),
        ("used nowhere", GOOD, GOOD, ""),
        ("other arguments", GOOD, "found = { $n }\n", CODE),
        (
            "an argument nobody gives",
            "found = { $x }\n",
            "found = { $x }\n",
            CODE,
        ),
        ("no Fluent", "found = { $n in { $file }\n", GOOD, CODE),
        (
            "twice",
            "found = { $n } { $file }\nfound = { $n } { $file }\n",
            GOOD,
            CODE,
        ),
        (
            "an id made up at run time",
            GOOD,
            GOOD,
            &format!("{CODE} fn g() {{ msg(name); }}"),
        ),
        (
            "an id past msg",
            GOOD,
            GOOD,
            &format!("{CODE} fn g() {{ MessageId(\"x\"); }}"),
        ),
        (
            "no words",
            GOOD,
            GOOD,
            &format!("{CODE} fn g() {{ msg(\"other\"); }}"),
        ),
    ] {
        assert!(!broken(en, fr, text).is_empty(), "{why} passes");
    }
}
