//! Media types with their parameters (RFC 9110 8.3.1), as lenient as servers are careless.

/// `multipart/related; type="application/dicom"; boundary=x`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MediaType {
    /// Type and subtype, in small letters; empty if the header was missing.
    pub essence: String,
    parameters: Vec<(String, String)>,
}

impl MediaType {
    /// From the value of a header. Never fails.
    #[must_use]
    pub fn parse(header: &str) -> Self {
        let mut pieces = pieces(header).into_iter();
        let essence = pieces.next().unwrap_or_default();
        let parameters = pieces
            .filter_map(|piece| {
                let (name, value) = piece.split_once('=')?;
                let value = unquoted(value.trim());
                Some((name.trim().to_ascii_lowercase(), value))
            })
            .collect();
        Self {
            essence: essence.trim().to_ascii_lowercase(),
            parameters,
        }
    }

    /// A parameter's value, without quotes.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether it is a multipart of some kind.
    #[must_use]
    pub fn is_multipart(&self) -> bool {
        self.essence.starts_with("multipart/")
    }

    /// Whether it is JSON of some kind.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.essence == "application/json" || self.essence.ends_with("+json")
    }

    /// Whether it is a page for a person.
    #[must_use]
    pub fn is_html(&self) -> bool {
        self.essence == "text/html" || self.essence == "application/xhtml+xml"
    }
}

/// Split at semicolons outside quotes.
fn pieces(header: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut is_quoted = false;
    let mut is_escaped = false;
    for c in header.chars() {
        if c == ';' && !is_quoted {
            pieces.push(String::new());
            continue;
        }
        if c == '"' && !is_escaped {
            is_quoted = !is_quoted;
        }
        is_escaped = c == '\\' && is_quoted && !is_escaped;
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

fn unquoted(value: &str) -> String {
    for quote in ['"', '\''] {
        let inside = value.strip_prefix(quote);
        let inside = inside.map(|rest| rest.strip_suffix(quote).unwrap_or(rest));
        if let Some(inside) = inside {
            return inside.replace("\\\"", "\"").replace("\\\\", "\\");
        }
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_found_however_it_is_written() {
        for (header, boundary) in [
            ("multipart/related; boundary=abc", "abc"),
            ("Multipart/Related;BOUNDARY=\"a b;c=\\\"d\"", "a b;c=\"d"),
            (
                "multipart/related; type=\"application/dicom\"; boundary = 'x' ; start=1",
                "x",
            ),
            ("multipart/related;boundary=\"unfinished", "unfinished"),
            ("multipart/related; boundary=a/b=?", "a/b=?"),
        ] {
            let media_type = MediaType::parse(header);
            assert!(media_type.is_multipart(), "{header}");
            assert_eq!(media_type.parameter("boundary"), Some(boundary), "{header}");
        }
        assert_eq!(MediaType::parse("").parameter("boundary"), None);
    }

    #[test]
    fn kinds_are_told_apart() {
        assert!(MediaType::parse("application/dicom+json; charset=utf-8").is_json());
        assert!(MediaType::parse("application/json").is_json());
        assert!(MediaType::parse("TEXT/HTML; charset=utf-8").is_html());
        assert!(!MediaType::parse("application/dicom").is_json());
    }
}
