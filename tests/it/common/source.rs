//! Our own source as text: comments gone, tests cut off, strings kept or emptied.

use std::path::Path;

/// A source file of the product, its path relative to `src/` with forward slashes.
pub struct SourceFile {
    pub path: String,
    pub text: String,
}

/// Every Rust file below `src/`.
pub fn product_sources() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    super::files_below(&root)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| SourceFile {
            path: path
                .strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/"),
            text: std::fs::read_to_string(&path).unwrap(),
        })
        .collect()
}

/// What to do with the inside of string literals.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Strings {
    Keep,
    Empty,
}

/// The code alone: no comments, no doc comments, nothing from `#[cfg(test)] mod …` on.
pub fn code(source: &str, strings: Strings) -> String {
    let code = without_comments(source, strings);
    let is_test_module = |at: &usize| {
        let after = code[at + "#[cfg(test)]".len()..].trim_start();
        let after = after.strip_prefix("pub").unwrap_or(after);
        let after = after.strip_prefix("(crate)").unwrap_or(after).trim_start();
        after.starts_with("mod ") || after.starts_with("#[")
    };
    let end = code
        .match_indices("#[cfg(test)]")
        .map(|(at, _)| at)
        .find(is_test_module);
    code[..end.unwrap_or(code.len())].to_owned()
}

fn without_comments(source: &str, strings: Strings) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = after_block_comment(rest);
            out.push(' ');
        } else if let Some(length) = raw_string(rest, &out) {
            push_string(&mut out, &rest[..length], strings);
            rest = &rest[length..];
        } else if c == '"' {
            let length = string_length(rest);
            push_string(&mut out, &rest[..length], strings);
            rest = &rest[length..];
        } else if let Some(length) = char_literal(rest) {
            out.push_str("' '");
            rest = &rest[length..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

fn push_string(out: &mut String, literal: &str, strings: Strings) {
    out.push_str(match strings {
        Strings::Keep => literal,
        Strings::Empty => "\"\"",
    });
}

fn after_block_comment(text: &str) -> &str {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return &text[at..];
            }
        } else {
            at += text[at..].chars().next().unwrap().len_utf8();
        }
    }
    ""
}

/// Length of `r"…"`, `r#"…"#`, `br"…"` at the start, unless the `r` ends an identifier.
fn raw_string(text: &str, before: &str) -> Option<usize> {
    let is_identifier = |c: char| c.is_alphanumeric() || c == '_';
    if before.chars().next_back().is_some_and(is_identifier) {
        return None;
    }
    let prefix = ["r", "br", "cr"].into_iter().find(|p| {
        text.strip_prefix(p)
            .is_some_and(|t| t.trim_start_matches('#').starts_with('"'))
    })?;
    let after = &text[prefix.len()..];
    let hashes = after.len() - after.trim_start_matches('#').len();
    let close = format!("\"{}", "#".repeat(hashes));
    let body = prefix.len() + hashes + 1;
    Some(
        text[body..]
            .find(&close)
            .map_or(text.len(), |end| body + end + close.len()),
    )
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Length of a character literal at the start; `None` for a lifetime.
fn char_literal(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let mut chars = inside.char_indices();
    let (_, first) = chars.next()?;
    if first == '\\' {
        let end = inside[2..].find('\'')?;
        return Some(1 + 2 + end + 1);
    }
    match chars.next() {
        Some((at, '\'')) => Some(1 + at + 1),
        _ => None,
    }
}

#[test]
fn only_code_is_left_of_source() {
    let source = r##"
//! [`crate::docs`]
use crate::a; // crate::b
/* crate::c /* nested */ crate::d */
fn f<'a>(x: &'a str) -> char { let _ = "crate::e \" // no"; let _ = r#"crate::f"#; '"' }
#[cfg(test)]
mod tests { use crate::g; }
"##;
    let bare = code(source, Strings::Empty);
    assert!(bare.contains("use crate::a;") && bare.contains("fn f<'a>(x: &'a str)"));
    for gone in ["docs", "::b", "::c", "::d", "::e", "::f", "::g", "nested"] {
        assert!(!bare.contains(gone), "{gone} is left in {bare}");
    }
    assert!(code(source, Strings::Keep).contains("crate::e"));
    let shared = "fn f() {}\n#[cfg(test)]\npub(crate) mod tests { use super::*; }";
    assert_eq!(code(shared, Strings::Empty), "fn f() {}\n");
}
