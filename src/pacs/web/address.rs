//! Addresses over HTTP: where a service is, what lies below it, and where an answer sends us.

use ureq::http::Uri;

/// `%XX` for all but letters, digits and `-._~` (RFC 3986 2.3).
#[must_use]
pub(super) fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _infallible = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Scheme, host and port of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub is_secure: bool,
    pub host: String,
    pub port: u16,
}

impl Origin {
    /// `None` where it is no `http` or `https` address of a host.
    pub fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let is_secure = match uri.scheme_str()? {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let host = uri.host().filter(|host| !host.is_empty())?;
        let port = if is_secure { 443 } else { 80 };
        Some(Self {
            is_secure,
            host: host.to_ascii_lowercase(),
            port: uri.port_u16().unwrap_or(port),
        })
    }

    /// `host:port`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Whether what may be said here may be said there too: it is the same place, or the same host
    /// by encryption.
    pub fn trusts(&self, other: &Self) -> bool {
        self == other || (self.host == other.host && !self.is_secure && other.is_secure)
    }

    /// Whether it is this computer, where nobody listens in.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host == "[::1]" || self.host.starts_with("127.")
    }
}

/// `host:port` of a URL; the whole of what is none.
#[must_use]
pub fn place(url: &str) -> String {
    let url = url.trim();
    Origin::of(url).map_or_else(|| url.to_owned(), |origin| origin.place())
}

/// `scheme://host:port` of a URL; the whole of what is none.
#[must_use]
pub fn origin(url: &str) -> String {
    let Some(origin) = Origin::of(url.trim()) else {
        return url.trim().to_owned();
    };
    let scheme = if origin.is_secure { "https" } else { "http" };
    format!("{scheme}://{}", origin.place())
}

/// Where `location`, as the answer to a request for `from` says it, leads.
pub(super) fn resolved(from: &str, location: &str) -> Option<String> {
    let location = location.trim();
    let (scheme, rest) = from.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let lower = location.to_ascii_lowercase();
    let url = if lower.starts_with("http://") || lower.starts_with("https://") {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else {
        let path = rest.split(['?', '#']).next()?.strip_prefix(authority)?;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{scheme}://{authority}{folder}/{location}")
    };
    Origin::of(&url).map(|_| url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_go_to_the_same_place_or_to_the_same_host_by_encryption() {
        let origin = |url| Origin::of(url).unwrap();
        let home = origin("http://pacs.example:8042/dicom-web");
        assert!(home.trusts(&origin("http://PACS.example:8042/other")));
        assert!(home.trusts(&origin("https://pacs.example/dicom-web")));
        assert!(!home.trusts(&origin("http://pacs.example:9000/")));
        assert!(!home.trusts(&origin("https://pacs.example.evil/")));
        let secure = origin("https://pacs.example/dicom-web");
        assert!(!secure.trusts(&origin("http://pacs.example/dicom-web")));
        assert!(!secure.trusts(&origin("https://pacs.example:444/")));
        assert_eq!(Origin::of("ftp://pacs.example"), None);
        assert_eq!(Origin::of("https://"), None);
    }

    #[test]
    fn a_location_is_taken_from_where_the_answer_came() {
        let from = "https://pacs.example:8443/a/b?q=1";
        for (location, expected) in [
            ("/c", Some("https://pacs.example:8443/c")),
            ("c?x=/", Some("https://pacs.example:8443/a/c?x=/")),
            ("//other.example/c", Some("https://other.example/c")),
            ("HTTP://other.example/c", Some("HTTP://other.example/c")),
            (
                "javascript:alert(1)",
                Some("https://pacs.example:8443/a/javascript:alert(1)"),
            ),
        ] {
            assert_eq!(resolved(from, location).as_deref(), expected, "{location}");
        }
    }

    #[test]
    fn what_would_change_an_address_is_escaped() {
        assert_eq!(escaped("1.2-a_~"), "1.2-a_~");
        assert_eq!(escaped("Müller*&/?"), "M%C3%BCller%2A%26%2F%3F");
    }
}
