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

/// Parts of a type in these syntaxes, the first being the best, and then in any.
pub(super) fn accept_parts(media_type: &str, syntaxes: &[&str]) -> String {
    let mut forms: Vec<String> = Vec::new();
    let mut quality = 100;
    for syntax in syntaxes {
        let weight = format!("{}.{:02}", quality / 100, quality % 100);
        forms.push(format!(
            r#"multipart/related; type="{media_type}"; transfer-syntax={syntax}; q={weight}"#
        ));
        quality = (quality - 5).max(10);
    }
    let last = if forms.is_empty() { "" } else { "; q=0.05" };
    forms.push(format!(
        r#"multipart/related; type="{media_type}"; transfer-syntax=*{last}"#
    ));
    forms.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_syntaxes_stand_in_their_order_before_any_other() {
        let accept = accept_parts("application/dicom", &["1.2.3", "1.2.4"]);
        assert_eq!(
            accept,
            "multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.3; q=1.00, \
             multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.4; q=0.95, \
             multipart/related; type=\"application/dicom\"; transfer-syntax=*; q=0.05"
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
