//! In which forms instances are asked for, from the best to what any service can do.

/// Lossless, the smallest to transfer first: HTJ2K, JPEG 2000, JPEG-LS, JPEG lossless, RLE.
pub const COMPRESSED: &[&str] = &[
    "1.2.840.10008.1.2.4.202",
    "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.70",
    "1.2.840.10008.1.2.5",
];

/// Of these, what Orthanc makes. Its plug-in minds no weight and takes the last form it is told,
/// whether it can make it or not.
const NAMED_LAST: &str = "1.2.840.10008.1.2.4.70";

/// A form in which an instance is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// In one of the syntaxes that are preferred, else as it is.
    Preferred,
    /// As it is, whatever its transfer syntax.
    AsIs,
    /// In what the service takes for its default.
    Default,
    /// Not in parts.
    Single,
    /// By the older WADO-URI.
    Uri,
}

impl Form {
    /// What to try next where this one is not to be had.
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Preferred => Some(Self::AsIs),
            Self::AsIs => Some(Self::Default),
            Self::Default => Some(Self::Single),
            Self::Single => Some(Self::Uri),
            Self::Uri => None,
        }
    }

    /// The header `Accept`.
    pub fn accept(self, preferred: &[&str]) -> String {
        match self {
            Self::Preferred => accept_parts("application/dicom", preferred),
            Self::AsIs => {
                r#"multipart/related; type="application/dicom"; transfer-syntax=*"#.to_owned()
            }
            Self::Default => r#"multipart/related; type="application/dicom""#.to_owned(),
            Self::Single | Self::Uri => "application/dicom".to_owned(),
        }
    }
}

/// Parts of a type in these syntaxes, the first being the best, and then in any. The weights say so
/// (RFC 9110 12.4.2); the order is for services that do not mind them.
pub(super) fn accept_parts(media_type: &str, syntaxes: &[&str]) -> String {
    let form = |syntax: &str, weight: &str| {
        format!(r#"multipart/related; type="{media_type}"; transfer-syntax={syntax}{weight}"#)
    };
    if syntaxes.is_empty() {
        return form("*", "");
    }
    let mut forms = vec![form("*", "; q=0.05")];
    let mut last = None;
    for (place, syntax) in syntaxes.iter().enumerate() {
        let quality = (100 - 5 * place.min(18)).max(10);
        let weight = format!("; q={}.{:02}", quality / 100, quality % 100);
        let form = form(syntax, &weight);
        if *syntax == NAMED_LAST {
            last = Some(form);
        } else {
            forms.push(form);
        }
    }
    forms.extend(last);
    forms.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_syntaxes_weigh_more_than_any_other_and_what_orthanc_makes_is_named_last() {
        let accept = accept_parts("application/dicom", &["1.2.3", NAMED_LAST, "1.2.4"]);
        assert_eq!(
            accept,
            "multipart/related; type=\"application/dicom\"; transfer-syntax=*; q=0.05, \
             multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.3; q=1.00, \
             multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.4; q=0.90, \
             multipart/related; type=\"application/dicom\"; \
             transfer-syntax=1.2.840.10008.1.2.4.70; q=0.95"
        );
    }

    #[test]
    fn every_form_ends_with_the_one_that_all_services_know() {
        let mut form = Form::Preferred;
        while let Some(next) = form.next() {
            form = next;
        }
        assert_eq!(form, Form::Uri);
    }
}
