//! Real world values (PS3.3 C.7.6.16.2.11): where they are what the image shows, and where they
//! stand beside its modality values.

use std::sync::Arc;

use crate::dicom::modules::{RealWorldValueMap, RealWorldValues};
use crate::imaging::frame_image::{
    FrameImage, ModalityTransform, NamedVoi, Units, VoiFunction, VoiTransform,
};

/// What the values of a frame are, before mappings are looked at.
pub(super) struct Meaning {
    pub modality: ModalityTransform,
    pub units: Units,
    pub vois: Vec<NamedVoi>,
    /// The stored values that have one; `None` for all.
    pub mapped: Option<(f64, f64)>,
}

impl Meaning {
    /// Takes up a mapping that says what the values are: one that is the image's own rescale, holds
    /// for all it can store and names its unit; of a parametric map, whose stored values stand for
    /// nothing else, the first, for the values that it maps alone. Gives back the mappings that stand
    /// beside the values.
    pub(super) fn take(
        &mut self,
        mut maps: Vec<RealWorldValueMap>,
        is_parametric_map: bool,
        stored: (f64, f64),
    ) -> Arc<[RealWorldValueMap]> {
        let own = linear(&self.modality);
        if let Some(first) = maps.first()
            && let RealWorldValues::Linear(slope, intercept) = first.values
        {
            let is_own = own.is_some_and(|own| is_same(own, (slope, intercept)));
            let has_tables = { self.vois.iter() }.any(|it| matches!(it.voi, VoiTransform::Lut(_)));
            let holds_for_all = is_within(stored, first.range);
            let is_whole_meaning = is_parametric_map
                && own == Some((1.0, 0.0))
                && maps.iter().all(|other| is_within(other.range, first.range));
            if is_own && self.units == Units::None && (holds_for_all || is_whole_meaning) {
                self.units = units(&first.unit);
                self.mapped = (!holds_for_all).then_some(first.range);
            } else if is_whole_meaning && slope > 0.0 && !has_tables {
                self.units = units(&first.unit);
                self.mapped = (!holds_for_all).then_some(first.range);
                self.modality = ModalityTransform::Rescale { slope, intercept };
                for named in &mut self.vois {
                    scale(&mut named.voi, slope, intercept);
                }
            }
        }
        let own = linear(&self.modality);
        maps.retain(|map| !says_nothing_more(map, own, &self.units));
        maps.into()
    }
}

/// Whether a mapping gives nothing but the modality values: `own`, where they are linear.
fn says_nothing_more(map: &RealWorldValueMap, own: Option<(f64, f64)>, unit: &Units) -> bool {
    let RealWorldValues::Linear(slope, intercept) = map.values else {
        return false;
    };
    let mapped = units(&map.unit);
    own.is_some_and(|own| is_same(own, (slope, intercept)))
        && (mapped == *unit || mapped == Units::None)
}

/// The image with mappings of its stored values that others made, beside its own; itself where they
/// say nothing new. What it shows stays as it is.
#[must_use]
pub fn with_value_maps(image: &Arc<FrameImage>, others: Vec<RealWorldValueMap>) -> Arc<FrameImage> {
    if image.samples.samples_per_pixel() != 1 {
        return Arc::clone(image);
    }
    let own = linear(&image.modality);
    let mut maps = image.value_maps.to_vec();
    for map in others {
        let is_covered = image.mapped.is_none_or(|own| is_within(map.range, own));
        let is_known = is_covered && says_nothing_more(&map, own, &image.units);
        if !is_known && !maps.contains(&map) {
            maps.push(map);
        }
    }
    if maps.len() == image.value_maps.len() {
        return Arc::clone(image);
    }
    Arc::new(FrameImage {
        value_maps: maps.into(),
        ..(**image).clone()
    })
}

/// Slope and intercept of the modality stage; `None` for a table.
const fn linear(modality: &ModalityTransform) -> Option<(f64, f64)> {
    match *modality {
        ModalityTransform::Identity => Some((1.0, 0.0)),
        ModalityTransform::Rescale { slope, intercept } => Some((slope, intercept)),
        ModalityTransform::Lut(_) => None,
    }
}

/// Whether a mapping holds nowhere beyond another: one that does says what other values are.
fn is_within((from, to): (f64, f64), (first, last): (f64, f64)) -> bool {
    from >= first && to <= last
}

/// Slopes are written with the digits a decimal string has room for.
fn is_same(a: (f64, f64), b: (f64, f64)) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
    near(a.0, b.0) && near(a.1, b.1)
}

/// A unit by its UCUM code; `1` is none.
fn units(code: &str) -> Units {
    match code {
        "" | "1" => Units::None,
        "[hnsf'U]" => Units::Hounsfield,
        code => Units::Ucum(code.into()),
    }
}

/// The same greys for values that are `slope × value + intercept`.
fn scale(voi: &mut VoiTransform, slope: f64, intercept: f64) {
    if let VoiTransform::Window {
        center,
        width,
        function,
    } = voi
    {
        // LINEAR counts in steps of one, which are steps no more.
        if *function == VoiFunction::Linear && *width > 1.0 && slope != 1.0 {
            (*center, *width) = (*center - 0.5, *width - 1.0);
            *function = VoiFunction::LinearExact;
        }
        *center = slope.mul_add(*center, intercept);
        *width *= slope;
    }
}

/// A value beside the one shown.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedValue {
    /// What the image calls the mapping; may be empty.
    pub label: String,
    /// The value.
    pub value: f64,
    /// Its UCUM unit; empty for none.
    pub unit: String,
}

/// The UCUM unit of what is mapped; empty for none.
#[must_use]
pub fn map_unit(map: &RealWorldValueMap) -> String {
    units(&map.unit).symbol().to_owned()
}

/// What a mapping is called, else what it measures; may be empty.
#[must_use]
pub fn map_label(map: &RealWorldValueMap) -> String {
    let named = [&map.label, &map.quantity];
    let named = named.into_iter().find(|name| !name.is_empty());
    named.cloned().unwrap_or_default()
}

/// What else a stored value stands for.
#[must_use]
pub fn mapped_values(image: &FrameImage, stored: f64) -> Vec<MappedValue> {
    let of = |map: &RealWorldValueMap| {
        Some(MappedValue {
            label: map_label(map),
            value: map.apply(stored)?,
            unit: map_unit(map),
        })
    };
    image.value_maps.iter().filter_map(of).collect()
}

/// A mapping of modality values, where both are linear.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearMap {
    /// What the image calls it; may be empty.
    pub label: String,
    /// UCUM unit; empty for none.
    pub unit: String,
    slope: f64,
    intercept: f64,
    range: (f64, f64),
}

impl LinearMap {
    /// Those of a frame.
    #[must_use]
    pub fn of(image: &FrameImage) -> Vec<Self> {
        let Some((own_slope, own_intercept)) = linear(&image.modality) else {
            return Vec::new();
        };
        let composed = |map: &RealWorldValueMap| {
            let RealWorldValues::Linear(slope, intercept) = map.values else {
                return None;
            };
            let value = |stored: f64| own_slope * stored + own_intercept;
            let (a, b) = (value(map.range.0), value(map.range.1));
            Some(Self {
                label: map_label(map),
                unit: map_unit(map),
                slope: slope / own_slope,
                intercept: intercept - slope / own_slope * own_intercept,
                range: (a.min(b), a.max(b)),
            })
        };
        image.value_maps.iter().filter_map(composed).collect()
    }

    /// Mean, lowest and highest of a region, mapped; `None` if the mapping does not hold for all
    /// of it.
    #[must_use]
    pub fn region(&self, mean: f64, lowest: f64, highest: f64) -> Option<[f64; 3]> {
        let holds = lowest >= self.range.0 && highest <= self.range.1;
        let map = |value: f64| self.slope.mul_add(value, self.intercept);
        let (a, b) = (map(lowest), map(highest));
        holds.then(|| [map(mean), a.min(b), a.max(b)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::Samples;

    fn map(slope: f64, intercept: f64, unit: &str) -> RealWorldValueMap {
        RealWorldValueMap {
            label: "ADC".to_owned(),
            unit: unit.to_owned(),
            quantity: String::new(),
            range: (0.0, 4095.0),
            values: RealWorldValues::Linear(slope, intercept),
        }
    }

    /// What twelve bits can hold, as the mappings here do.
    const ALL: (f64, f64) = (0.0, 4095.0);

    fn meaning(modality: ModalityTransform) -> Meaning {
        Meaning {
            modality,
            mapped: None,
            units: Units::None,
            vois: vec![NamedVoi {
                name: String::new(),
                voi: VoiTransform::Window {
                    center: 1000.5,
                    width: 2001.0,
                    function: VoiFunction::Linear,
                },
            }],
        }
    }

    #[test]
    fn a_parametric_map_shows_its_real_values_in_their_unit() {
        let mut meant = meaning(ModalityTransform::Identity);
        let beside = meant.take(
            vec![map(1e-6, 0.0, "mm2/s"), map(2.0, 1.0, "ms")],
            true,
            ALL,
        );
        assert_eq!(meant.units, Units::Ucum("mm2/s".into()));
        assert_eq!(meant.modality.apply(1500.0), 0.0015);
        assert_eq!(beside.len(), 1);
        let VoiTransform::Window { center, width, .. } = meant.vois[0].voi else {
            panic!("no window");
        };
        assert!((center - 0.001).abs() < 1e-12 && (width - 0.002).abs() < 1e-12);
    }

    #[test]
    fn of_mappings_that_hold_for_different_values_none_is_taken_for_all() {
        let mut meant = meaning(ModalityTransform::Identity);
        let upper = RealWorldValueMap {
            range: (4096.0, 65_535.0),
            ..map(2e-6, 0.0, "mm2/s")
        };
        let beside = meant.take(vec![map(1e-6, 0.0, "mm2/s"), upper], true, ALL);
        assert_eq!(meant.modality, ModalityTransform::Identity);
        let image = FrameImage {
            value_maps: beside,
            ..FrameImage::plain([1, 1], Samples::U16([5000].into()))
        };
        let mapped = mapped_values(&image, 5000.0);
        assert_eq!((mapped.len(), mapped[0].value), (1, 2e-6 * 5000.0));
    }

    #[test]
    fn a_mapping_that_is_the_rescale_names_its_unit() {
        let rescale = ModalityTransform::Rescale {
            slope: 1.0,
            intercept: -1024.0,
        };
        let mut meant = meaning(rescale.clone());
        let beside = meant.take(vec![map(1.0, -1024.0, "ml/100ml/s")], false, ALL);
        assert_eq!(meant.units, Units::Ucum("ml/100ml/s".into()));
        assert_eq!((meant.modality, beside.len()), (rescale, 0));
    }

    #[test]
    fn a_mapping_says_nothing_of_values_beyond_its_range() {
        let sixteen_bits = (0.0, 65_535.0);
        let mut meant = meaning(ModalityTransform::Identity);
        meant.take(vec![map(1e-6, 0.0, "mm2/s")], true, sixteen_bits);
        assert_eq!(meant.mapped, Some((0.0, 4095.0)));
        let image = FrameImage {
            modality: meant.modality,
            mapped: meant.mapped,
            ..FrameImage::plain([2, 1], Samples::U16([1000, 5000].into()))
        };
        assert_eq!(image.modality_value(0, 0), Some(0.001));
        assert_eq!(image.modality_value(1, 0), None);
        let probed = crate::imaging::probe(&image, 1.0, 0.0);
        assert_eq!(
            probed,
            Some(crate::imaging::Probe::Unmapped { stored: 5000.0 })
        );
        // One that only names the unit of a rescale names it for all values or for none.
        let rescale = ModalityTransform::Rescale {
            slope: 2.0,
            intercept: 0.0,
        };
        let mut meant = meaning(rescale);
        let beside = meant.take(vec![map(2.0, 0.0, "ms")], false, sixteen_bits);
        assert_eq!((&meant.units, meant.mapped), (&Units::None, None));
        assert_eq!(beside.len(), 1);
    }

    #[test]
    fn another_mapping_stands_beside_the_values_and_changes_none() {
        let mut meant = meaning(ModalityTransform::Rescale {
            slope: 2.0,
            intercept: 10.0,
        });
        let before = meant.modality.clone();
        let value_maps = meant.take(vec![map(0.5, 3.0, "ms"), map(2.0, 10.0, "1")], false, ALL);
        assert_eq!((&meant.modality, &meant.units), (&before, &Units::None));
        assert_eq!(value_maps.len(), 1, "the other says nothing new");
        let image = FrameImage {
            modality: meant.modality,
            value_maps,
            ..FrameImage::plain([1, 1], Samples::U16([100].into()))
        };
        let at = mapped_values(&image, 100.0);
        assert_eq!((at[0].value, at[0].unit.as_str()), (53.0, "ms"));
        assert!(mapped_values(&image, 5000.0).is_empty(), "beyond its range");
        // The modality value 210 is the stored 100.
        let region = LinearMap::of(&image)[0].region(210.0, 10.0, 410.0);
        assert_eq!(region, Some([53.0, 3.0, 103.0]));
        assert_eq!(LinearMap::of(&image)[0].region(210.0, 10.0, 1e6), None);
    }
}
