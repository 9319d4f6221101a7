//! Values to millimetres: voltages by the gain, other units by a round step that fits their range.

use crate::dicom::modules::{WaveformChannel, WaveformSamples};

/// The range of a channel is taken from at most so many samples, evenly over all of it.
const SAMPLED: usize = 4096;
/// A row's trace should take about so much, millimetres at the standard gain.
const FITTED_MM: f64 = 20.0;
/// The standard gain, mm/mV; other units are magnified along with voltages.
const STANDARD_GAIN: f64 = 10.0;
/// A voltage further from zero than this is drawn around its middle, mV.
const FAR_FROM_ZERO_MV: f64 = 1.0;

/// Where a channel's values lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChannelRange {
    /// Lowest value.
    pub low: f64,
    /// As many values are below as above.
    pub median: f64,
    /// Highest value.
    pub high: f64,
}

impl ChannelRange {
    /// Of evenly spread samples; `None` if there is no value.
    #[must_use]
    pub fn of(samples: &WaveformSamples<'_>, channel: usize, count: usize) -> Option<Self> {
        let step = count.div_ceil(SAMPLED).max(1);
        let mut values: Vec<f64> = (0..count)
            .step_by(step)
            .filter_map(|sample| samples.value(channel, sample))
            .collect();
        values.sort_by(f64::total_cmp);
        Some(Self {
            low: *values.first()?,
            median: *values.get(values.len() / 2)?,
            high: *values.last()?,
        })
    }
}

/// How a channel's values lie on its row: `y = (centre − value) / units_per_mm` below the row's axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VerticalScale {
    /// Units (mV for voltages) a millimetre.
    pub units_per_mm: f64,
    /// The value on the row's axis: 0 mV unless the whole trace is far from it.
    pub centre: f64,
}

impl VerticalScale {
    /// For a channel at a gain, mm/mV.
    #[must_use]
    pub fn of(channel: &WaveformChannel, range: ChannelRange, gain: f64) -> Self {
        if channel.is_voltage() {
            let is_far = range.median.abs() > FAR_FROM_ZERO_MV;
            let rounded = (range.median * 10.0).round() / 10.0;
            return Self {
                units_per_mm: 1.0 / gain,
                centre: if is_far { rounded } else { 0.0 },
            };
        }
        let per_mm = round_up((range.high - range.low) / FITTED_MM);
        Self {
            units_per_mm: per_mm * STANDARD_GAIN / gain,
            centre: (f64::midpoint(range.low, range.high) / per_mm).round() * per_mm,
        }
    }

    /// Millimetres below the row's axis.
    #[must_use]
    pub fn y_mm(&self, value: f64) -> f64 {
        (self.centre - value) / self.units_per_mm
    }

    /// The value so many millimetres below the row's axis.
    #[must_use]
    pub fn value(&self, y_mm: f64) -> f64 {
        self.centre - y_mm * self.units_per_mm
    }
}

/// The next of 1, 2, 5, 10, 20 …; 1 where there is no range.
fn round_up(value: f64) -> f64 {
    if !value.is_normal() || value < 0.0 {
        return 1.0;
    }
    let decade = 10_f64.powf(value.log10().floor());
    let step = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|step| step * decade >= value * (1.0 - 1e-9));
    step.unwrap_or(10.0) * decade
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_never_too_small() {
        for (value, expected) in [
            (1.0, 1.0),
            (1.1, 2.0),
            (2.1, 5.0),
            (5.1, 10.0),
            (73.0, 100.0),
            (0.03, 0.05),
            (0.0, 1.0),
        ] {
            assert!((round_up(value) / expected - 1.0).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn heights_and_values_are_each_others_inverse() {
        let scale = VerticalScale {
            units_per_mm: 0.1,
            centre: -2.0,
        };
        assert!((scale.y_mm(-1.0) + 10.0).abs() < 1e-12);
        for value in [-3.0, 0.0, 1.7] {
            assert!((scale.value(scale.y_mm(value)) - value).abs() < 1e-12);
        }
    }
}
