//! Real World Value Mapping (PS3.3 C.7.6.16.2.11): what stored values stand for, in a unit of UCUM.

use std::sync::Arc;

use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::modules::FunctionalGroups;
use crate::dicom::tags;

/// How stored values become real ones.
#[derive(Debug, Clone, PartialEq)]
pub enum RealWorldValues {
    /// Slope and intercept, both finite.
    Linear(f64, f64),
    /// One for each stored value from the first on.
    Table(Arc<[f64]>),
}

/// One mapping of an image.
#[derive(Debug, Clone, PartialEq)]
pub struct RealWorldValueMap {
    /// LUT Label; else LUT Explanation; may be empty.
    pub label: String,
    /// Code Value of Measurement Units Code Sequence; empty if not stated.
    pub unit: String,
    /// Code Meaning of the quantity measured, if stated.
    pub quantity: String,
    /// First and last stored value mapped.
    pub range: (f64, f64),
    /// The mapping.
    pub values: RealWorldValues,
}

impl RealWorldValueMap {
    /// The mappings of a frame (from 0), in their order; what cannot be applied is left out.
    #[must_use]
    pub fn read_all(groups: &FunctionalGroups<'_>, frame: usize) -> Vec<Self> {
        groups
            .items(frame, tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE)
            .into_iter()
            .filter_map(Self::read)
            .collect()
    }

    fn read(item: Elements<'_>) -> Option<Self> {
        let text = |tag: Tag| item.text(tag);
        let first = item.float(tags::DOUBLE_FLOAT_REAL_WORLD_VALUE_FIRST_VALUE_MAPPED);
        let first = first.or_else(|| item.float(tags::REAL_WORLD_VALUE_FIRST_VALUE_MAPPED));
        let last = item.float(tags::DOUBLE_FLOAT_REAL_WORLD_VALUE_LAST_VALUE_MAPPED);
        let last = last.or_else(|| item.float(tags::REAL_WORLD_VALUE_LAST_VALUE_MAPPED));
        // A value that is none has its place all the same.
        let table = item.optional_floats(tags::REAL_WORLD_VALUE_LUT_DATA);
        let table: Vec<f64> = { table.into_iter() }
            .map(|it| it.unwrap_or(f64::NAN))
            .collect();
        let values = if table.is_empty() {
            let slope = item.float(tags::REAL_WORLD_VALUE_SLOPE)?;
            let intercept = item.float(tags::REAL_WORLD_VALUE_INTERCEPT).unwrap_or(0.0);
            let is_usable = slope.is_finite() && intercept.is_finite() && slope != 0.0;
            is_usable.then_some(RealWorldValues::Linear(slope, intercept))?
        } else {
            RealWorldValues::Table(table.into())
        };
        let range = match (first, last, &values) {
            (Some(first), Some(last), _) => (first, last),
            // A table begins somewhere; a line holds everywhere unless it says where.
            (Some(first), None, RealWorldValues::Table(table)) => {
                (first, first + table.len() as f64 - 1.0)
            }
            (_, _, RealWorldValues::Table(_)) => return None,
            (first, last, RealWorldValues::Linear(..)) => (
                first.unwrap_or(f64::NEG_INFINITY),
                last.unwrap_or(f64::INFINITY),
            ),
        };
        let code = |tag: Tag, part: Tag| item.item(tag)?.text(part);
        // The unit of values without one has a code, too: "no units".
        let unit = code(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, tags::CODE_VALUE);
        let quantity = item.items(tags::QUANTITY_DEFINITION_SEQUENCE);
        let quantity = quantity.into_iter().find_map(|it| {
            it.item(tags::CONCEPT_CODE_SEQUENCE)?
                .text(tags::CODE_MEANING)
        });
        (range.0 <= range.1).then(|| Self {
            label: text(tags::LUT_LABEL)
                .or_else(|| text(tags::LUT_EXPLANATION))
                .unwrap_or_default(),
            unit: unit.unwrap_or_default(),
            quantity: quantity.unwrap_or_default(),
            range,
            values,
        })
    }

    /// The real value of a stored one; `None` where none is mapped.
    #[must_use]
    pub fn apply(&self, stored: f64) -> Option<f64> {
        if !(stored >= self.range.0 && stored <= self.range.1) {
            return None;
        }
        match &self.values {
            RealWorldValues::Linear(slope, intercept) => Some(slope * stored + intercept),
            RealWorldValues::Table(table) => {
                let index = (stored - self.range.0).round();
                table.get(index as usize).copied().filter(|v| v.is_finite())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::Dataset;
    use crate::dicom::modules::testing::Header;

    fn read(item: Dataset) -> Option<RealWorldValueMap> {
        let root = Header::new()
            .items(tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE, vec![item])
            .dataset();
        let groups = FunctionalGroups::read(root.elements());
        RealWorldValueMap::read_all(&groups, 0).pop()
    }

    fn line() -> Header {
        Header::new()
            .floats(tags::REAL_WORLD_VALUE_SLOPE, &[0.5])
            .floats(tags::REAL_WORLD_VALUE_INTERCEPT, &[-10.0])
    }

    #[test]
    fn a_line_maps_the_values_of_its_range_alone() {
        let ranged = line()
            .u16s(tags::REAL_WORLD_VALUE_FIRST_VALUE_MAPPED, &[10])
            .u16s(tags::REAL_WORLD_VALUE_LAST_VALUE_MAPPED, &[20]);
        let map = read(ranged.dataset()).unwrap();
        assert_eq!(map.apply(10.0), Some(-5.0));
        assert_eq!(map.apply(20.0), Some(0.0));
        assert_eq!((map.apply(9.0), map.apply(21.0)), (None, None));
        assert_eq!(
            read(line().dataset()).unwrap().apply(-1e6),
            Some(-500_010.0)
        );
    }

    #[test]
    fn a_table_gives_each_stored_value_its_own() {
        let table = Header::new()
            .i16s(tags::REAL_WORLD_VALUE_FIRST_VALUE_MAPPED, &[-1])
            .floats(tags::REAL_WORLD_VALUE_LUT_DATA, &[7.5, 8.25, f64::NAN]);
        let map = read(table.dataset()).unwrap();
        assert_eq!((map.apply(-1.0), map.apply(0.0)), (Some(7.5), Some(8.25)));
        assert_eq!((map.apply(1.0), map.apply(2.0)), (None, None));
    }

    #[test]
    fn nonsense_maps_nothing() {
        let backwards = line()
            .u16s(tags::REAL_WORLD_VALUE_FIRST_VALUE_MAPPED, &[20])
            .u16s(tags::REAL_WORLD_VALUE_LAST_VALUE_MAPPED, &[10]);
        let flat = Header::new().floats(tags::REAL_WORLD_VALUE_SLOPE, &[0.0]);
        let nowhere = Header::new().floats(tags::REAL_WORLD_VALUE_LUT_DATA, &[1.0]);
        for item in [backwards, flat, nowhere, Header::new()] {
            assert_eq!(read(item.dataset()), None);
        }
    }
}
