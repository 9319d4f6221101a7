//! Names and values as a query or a form has them.

use crate::pacs::web::address::escaped;

/// `a=1&b=%20`
pub(super) fn encoded(fields: &[(&str, &str)]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
        .collect();
    fields.join("&")
}

/// A value out of a query, decoded.
pub(super) fn value(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|field| {
        let (own, value) = field.split_once('=')?;
        (own == name).then(|| decoded(value))
    })
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).filter(|_| *first == b'%');
        let byte = hex.and_then(|hex| u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok());
        match (byte, first) {
            (Some(byte), _) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
                continue;
            }
            (None, b'+') => bytes.push(b' '),
            (None, first) => bytes.push(*first),
        }
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_out_of_a_query_as_they_went_in() {
        let text = "a b&c=d%é+/";
        let query = encoded(&[("first", "1"), ("state", text)]);
        assert_eq!(value(&query, "state").as_deref(), Some(text));
        assert_eq!(value("state=a+b%2", "state").as_deref(), Some("a b%2"));
        assert_eq!(value(&query, "code"), None);
    }
}
