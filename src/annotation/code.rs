//! Codes of concepts and units as annotations hold them.

use crate::annotation::Code;
use crate::dicom::codes;
use crate::dicom::codes::CodeRef;
use crate::imaging::Units;

impl From<CodeRef> for Code {
    fn from(code: CodeRef) -> Self {
        Self::new(code.value, code.scheme, code.meaning)
    }
}

impl Code {
    /// Whether this means the same concept: value and scheme are equal, whatever the meaning says
    /// (it may be in another language).
    #[must_use]
    pub fn is(&self, other: CodeRef) -> bool {
        self.value == other.value && self.scheme == other.scheme
    }

    /// The same for two codes that both came from elsewhere.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.value == other.value && self.scheme == other.scheme
    }
}

/// The UCUM unit of modality values.
#[must_use]
pub fn unit_of_values(units: &Units) -> Code {
    match units {
        Units::Hounsfield => codes::HOUNSFIELD_UNIT.into(),
        Units::None => codes::NO_UNITS.into(),
        Units::Ucum(code) => Code::new(code, "UCUM", code),
        Units::Named(name) => match name.as_ref() {
            "HU" => codes::HOUNSFIELD_UNIT.into(),
            "BQML" => codes::BECQUEREL_PER_MILLILITRE.into(),
            "CNTS" => codes::COUNTS.into(),
            "CPS" => codes::COUNTS_PER_SECOND.into(),
            "SUVbw" => codes::SUV_BODY_WEIGHT.into(),
            "SUVlbm" => codes::SUV_LEAN_BODY_MASS.into(),
            "SUVbsa" => codes::SUV_BODY_SURFACE_AREA.into(),
            // An annotation in braces is a unit of no dimension in UCUM, and cannot be mistaken.
            other => {
                let clean: String = other
                    .chars()
                    .filter(|c| c.is_ascii_graphic() && !matches!(c, '{' | '}' | '\\'))
                    .take(14)
                    .collect();
                Code::new(&format!("{{{clean}}}"), "UCUM", other)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hounsfield_units_are_coded_only_where_the_values_have_them() {
        assert!(unit_of_values(&Units::Hounsfield).is(codes::HOUNSFIELD_UNIT));
        assert!(unit_of_values(&Units::None).is(codes::NO_UNITS));
        assert_eq!(unit_of_values(&Units::Named("OD".into())).value, "{OD}");
    }
}
