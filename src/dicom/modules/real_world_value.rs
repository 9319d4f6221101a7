//! Real World Value Mapping (PS3.3 C.7.6.16.2.11): what stored values stand for, in a unit of UCUM.

use std::sync::Arc;

use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::modules::FunctionalGroups;
use crate::dicom::modules::ImagePixelModule;
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
    /// The mappings of a frame (from 0) with these pixels, in their order; what cannot be applied is
    /// left out.
    #[must_use]
    pub fn read_all(
        groups: &FunctionalGroups<'_>,
        frame: usize,
        pixel: &ImagePixelModule,
    ) -> Vec<Self> {
        let items = groups.items(frame, tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE);
        let signs = has_short_signed_values(pixel);
        let read = items.into_iter().filter_map(|item| read(item, signs));
        read.collect()
    }

    /// The mappings in one item of another object, for images whose stored values are `signed` (see
    /// [`has_short_signed_values`]) or not: that object does not say it.
    #[must_use]
    pub fn read_item(item: Elements<'_>, signed: bool) -> Vec<Self> {
        let items = item.items(tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE);
        let read = items.into_iter().filter_map(|item| read(item, signed));
        read.collect()
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

/// Whether stored values have a sign and fit into 16 bits: then a value above 32767, written without
/// a sign, is a negative one.
#[must_use]
pub fn has_short_signed_values(pixel: &ImagePixelModule) -> bool {
    pixel.is_signed && pixel.bits_stored <= 16
}

fn read(item: Elements<'_>, signed: bool) -> Option<RealWorldValueMap> {
    let text = |tag: Tag| item.text(tag);
    let mut whole = [
        item.float(tags::REAL_WORLD_VALUE_FIRST_VALUE_MAPPED),
        item.float(tags::REAL_WORLD_VALUE_LAST_VALUE_MAPPED),
    ];
    // A range from 0 on that goes further than values can is one of all of them.
    if signed && whole[0].is_some_and(|first| first > f64::from(i16::MAX)) {
        whole = whole.map(|end| {
            end.map(|end| {
                if end > f64::from(i16::MAX) {
                    end - 65536.0
                } else {
                    end
                }
            })
        });
    }
    let first = item.float(tags::DOUBLE_FLOAT_REAL_WORLD_VALUE_FIRST_VALUE_MAPPED);
    let first = first.or(whole[0]);
    let last = item.float(tags::DOUBLE_FLOAT_REAL_WORLD_VALUE_LAST_VALUE_MAPPED);
    let last = last.or(whole[1]);
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
    (range.0 <= range.1).then(|| RealWorldValueMap {
        label: text(tags::LUT_LABEL)
            .or_else(|| text(tags::LUT_EXPLANATION))
            .unwrap_or_default(),
        unit: unit.unwrap_or_default(),
        quantity: quantity.unwrap_or_default(),
        range,
        values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::Dataset;
    use crate::dicom::modules::testing::Header;

    fn read(item: Dataset) -> Option<RealWorldValueMap> {
        read_for(item, false)
    }

    fn read_for(item: Dataset, signed: bool) -> Option<RealWorldValueMap> {
        let root = Header::new()
            .items(tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE, vec![item])
            .dataset();
        RealWorldValueMap::read_item(root.elements(), signed).pop()
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
    fn ends_written_without_a_sign_are_those_of_the_values_they_map() {
        let ends = |first, last| {
            line()
                .u16s(tags::REAL_WORLD_VALUE_FIRST_VALUE_MAPPED, &[first])
                .u16s(tags::REAL_WORLD_VALUE_LAST_VALUE_MAPPED, &[last])
                .dataset()
        };
        let range = |first, last, signed| Some(read_for(ends(first, last), signed)?.range);
        assert_eq!(range(64_512, 3071, true), Some((-1024.0, 3071.0)));
        assert_eq!(range(64_512, 65_535, true), Some((-1024.0, -1.0)));
        assert_eq!(range(0, 65_535, true), Some((0.0, 65_535.0)));
        assert_eq!(range(64_512, 3071, false), None);
        assert_eq!(range(64_512, 65_535, false), Some((64_512.0, 65_535.0)));
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
