//! Multipart bodies (RFC 2046 5.1) as they arrive: bytes in, parts out, no part ever whole in
//! memory.
//!
//! A part counts as whole only when a delimiter follows it, or when the body ends where the part
//! said it would. A length that a part announces is believed for nothing else.

use memchr::memmem::Finder;

use super::MediaType;

/// Longest run of header lines of a part.
const MOST_HEADER: usize = 32 * 1024;
/// Longest text before the first part.
const MOST_PREAMBLE: usize = 64 * 1024;
/// Most blanks behind a delimiter, before the end of its line.
const MOST_PADDING: usize = 256;

/// What is wrong with a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMultipart {
    /// It ended in the middle.
    #[error("the body ends in the middle of a part")]
    Truncated,
    /// Its boundary does not occur.
    #[error("the body has no parts")]
    NoParts,
    /// The header of a part never ends.
    #[error("a part's header is too long")]
    Header,
}

/// The header lines of a part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartHeader {
    lines: Vec<(String, String)>,
}

impl PartHeader {
    fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut lines: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            if line.starts_with([' ', '\t']) {
                // Folded: this belongs to the line before.
                if let Some((_, value)) = lines.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                lines.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Self { lines }
    }

    /// A line's value; the name in small letters.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.lines.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// What the part is.
    #[must_use]
    pub fn content_type(&self) -> MediaType {
        MediaType::parse(self.get("content-type").unwrap_or_default())
    }

    fn content_length(&self) -> Option<u64> {
        self.get("content-length")?.parse().ok()
    }
}

/// What a body turns out to hold, in this order for each part: one `Begin`, any number of `Data`,
/// one `End`.
#[derive(Debug, PartialEq, Eq)]
pub enum PartEvent<'a> {
    /// A part begins.
    Begin(PartHeader),
    /// Its next bytes.
    Data(&'a [u8]),
    /// It was whole.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first delimiter.
    Preamble,
    Header,
    /// Within a part; its bytes so far, and how many it announced.
    Body {
        bytes: u64,
        announced: Option<u64>,
    },
    /// Behind the last delimiter.
    Epilogue,
}

/// Takes a body apart.
#[derive(Debug)]
pub struct MultipartParser {
    finder: Finder<'static>,
    delimiter_length: usize,
    state: State,
    /// What has come and is not used up: less than a delimiter line, once `push` is through.
    pending: Vec<u8>,
    /// The pending bytes begin where a line begins.
    is_at_line: bool,
    /// Lines end with a line feed alone.
    has_bare_lines: bool,
}

/// A delimiter within the pending bytes.
struct Delimiter {
    /// Where the line break before it begins, which belongs to it.
    begin: usize,
    /// Behind its own line break.
    end: usize,
    is_last: bool,
    has_bare_line: bool,
}

enum Search {
    Found(Delimiter),
    /// Bytes before this place are no delimiter; what follows may be one.
    NotBefore(usize),
}

impl MultipartParser {
    /// For a body with this boundary.
    #[must_use]
    pub fn new(boundary: &str) -> Self {
        let delimiter = format!("--{boundary}");
        Self {
            finder: Finder::new(&delimiter).into_owned(),
            delimiter_length: delimiter.len(),
            state: State::Preamble,
            pending: Vec::new(),
            is_at_line: true,
            has_bare_lines: false,
        }
    }

    /// Whether the last delimiter was seen: nothing of interest follows.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Epilogue
    }

    /// The next bytes of the body.
    ///
    /// # Errors
    /// What is wrong with the body, or the first error of `tell`; no more can be pushed then.
    pub fn push<E: From<BadMultipart>>(
        &mut self,
        bytes: &[u8],
        tell: &mut dyn FnMut(PartEvent<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.pending.extend_from_slice(bytes);
        while self.step(tell)? {}
        Ok(())
    }

    /// The body ended.
    ///
    /// # Errors
    /// [`BadMultipart`] where it ended too early; the part at hand has no `End` then.
    pub fn finish<E: From<BadMultipart>>(
        mut self,
        tell: &mut dyn FnMut(PartEvent<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.state {
            State::Epilogue => Ok(()),
            State::Preamble => Err(BadMultipart::NoParts.into()),
            State::Header => Err(BadMultipart::Truncated.into()),
            State::Body { bytes, announced } => {
                // Some servers forget the last delimiter; only what was announced to the byte is
                // believed to be whole then.
                let rest = std::mem::take(&mut self.pending);
                if announced != Some(bytes + rest.len() as u64) {
                    return Err(BadMultipart::Truncated.into());
                }
                if !rest.is_empty() {
                    tell(PartEvent::Data(&rest))?;
                }
                tell(PartEvent::End)
            }
        }
    }

    /// One step onwards; false if more bytes are needed.
    fn step<E: From<BadMultipart>>(
        &mut self,
        tell: &mut dyn FnMut(PartEvent<'_>) -> Result<(), E>,
    ) -> Result<bool, E> {
        match self.state {
            State::Epilogue => {
                self.pending.clear();
                Ok(false)
            }
            State::Preamble => match self.search() {
                Search::Found(delimiter) => {
                    self.behind(&delimiter);
                    Ok(true)
                }
                Search::NotBefore(_) if self.pending.len() > MOST_PREAMBLE => {
                    Err(BadMultipart::NoParts.into())
                }
                Search::NotBefore(_) => Ok(false),
            },
            State::Header => {
                let Some((length, end)) = header_end(&self.pending) else {
                    return if self.pending.len() > MOST_HEADER {
                        Err(BadMultipart::Header.into())
                    } else {
                        Ok(false)
                    };
                };
                let header = PartHeader::parse(self.pending.get(..length).unwrap_or_default());
                self.pending.drain(..end);
                self.is_at_line = true;
                self.state = State::Body {
                    bytes: 0,
                    announced: header.content_length(),
                };
                tell(PartEvent::Begin(header))?;
                Ok(true)
            }
            State::Body { bytes, announced } => {
                let search = self.search();
                let (Search::Found(Delimiter { begin: safe, .. }) | Search::NotBefore(safe)) =
                    search;
                if let Some(data) = self.pending.get(..safe).filter(|data| !data.is_empty()) {
                    tell(PartEvent::Data(data))?;
                }
                if let Search::Found(delimiter) = search {
                    self.behind(&delimiter);
                    tell(PartEvent::End)?;
                    return Ok(true);
                }
                if safe > 0 {
                    self.pending.drain(..safe);
                    self.is_at_line = false;
                }
                self.state = State::Body {
                    bytes: bytes + safe as u64,
                    announced,
                };
                Ok(false)
            }
        }
    }

    fn behind(&mut self, delimiter: &Delimiter) {
        if self.state == State::Preamble {
            self.has_bare_lines = delimiter.has_bare_line;
        }
        self.pending.drain(..delimiter.end);
        self.is_at_line = true;
        self.state = if delimiter.is_last {
            State::Epilogue
        } else {
            State::Header
        };
    }

    /// Looks for the next delimiter.
    fn search(&self) -> Search {
        let pending = self.pending.as_slice();
        let mut from = 0;
        while let Some(found) = pending.get(from..).and_then(|rest| self.finder.find(rest)) {
            let at = from + found;
            if let Some(begin) = self.line_break_before(at) {
                let rest = pending.get(at + self.delimiter_length..);
                match line_end(rest.unwrap_or_default()) {
                    LineEnd::At {
                        length,
                        is_last,
                        is_bare,
                    } => {
                        return Search::Found(Delimiter {
                            begin,
                            end: at + self.delimiter_length + length,
                            is_last,
                            has_bare_line: is_bare,
                        });
                    }
                    LineEnd::Unknown => return Search::NotBefore(begin),
                    LineEnd::Not => {}
                }
            }
            from = at + 1;
        }
        // The beginning of a delimiter, with its line break, may stand at the end.
        Search::NotBefore(pending.len().saturating_sub(self.delimiter_length + 1))
    }

    /// Where the line break before a place begins; `None` if the place is within a line.
    fn line_break_before(&self, at: usize) -> Option<usize> {
        let before = self.pending.get(..at)?;
        if before.is_empty() {
            return self.is_at_line.then_some(0);
        }
        // Where lines end with a line feed alone, a carriage return is the part's own.
        let takes_return = !self.has_bare_lines;
        if takes_return && before.ends_with(b"\r\n") {
            return Some(at - 2);
        }
        before.ends_with(b"\n").then(|| at - 1)
    }
}

enum LineEnd {
    At {
        length: usize,
        is_last: bool,
        is_bare: bool,
    },
    /// Not enough bytes to know.
    Unknown,
    /// This is no delimiter.
    Not,
}

/// What follows the boundary: `--` behind the last part, else blanks and a line break.
fn line_end(rest: &[u8]) -> LineEnd {
    match rest {
        [b'-', b'-', ..] => {
            return LineEnd::At {
                length: 2,
                is_last: true,
                is_bare: false,
            };
        }
        [b'-'] => return LineEnd::Unknown,
        _ => {}
    }
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
    let blanks = blanks.count();
    let at = |length, is_bare| LineEnd::At {
        length: blanks + length,
        is_last: false,
        is_bare,
    };
    match rest.get(blanks..).unwrap_or_default() {
        _ if blanks > MOST_PADDING => LineEnd::Not,
        [] | [b'\r'] => LineEnd::Unknown,
        [b'\r', b'\n', ..] => at(2, false),
        [b'\n', ..] => at(1, true),
        _ => LineEnd::Not,
    }
}

/// The length of the header lines, and where the part's bytes begin.
fn header_end(bytes: &[u8]) -> Option<(usize, usize)> {
    // A part without any header line begins with the blank one.
    if bytes.starts_with(b"\r\n") {
        return Some((0, 2));
    }
    if bytes.starts_with(b"\n") {
        return Some((0, 1));
    }
    memchr::memchr_iter(b'\n', bytes).find_map(|at| {
        let rest = bytes.get(at + 1..)?;
        let blank = if rest.starts_with(b"\r\n") {
            2
        } else {
            usize::from(rest.starts_with(b"\n"))
        };
        (blank > 0).then_some((at + 1, at + 1 + blank))
    })
}

#[cfg(test)]
mod tests;
