//! Calipers: what two lines measure, and which of them the pointer is on.

use super::{Sheet, VerticalScale, WaveformState};

/// The time between two lines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Milliseconds, never negative.
    pub ms: f64,
}

impl Interval {
    /// Between two times, seconds.
    #[must_use]
    pub fn between([a_s, b_s]: [f64; 2]) -> Self {
        Self {
            ms: (b_s - a_s).abs() * 1000.0,
        }
    }

    /// Beats a minute if the interval is one beat; `None` for no interval.
    #[must_use]
    pub fn per_minute(self) -> Option<f64> {
        (self.ms >= 1.0).then(|| 60_000.0 / self.ms)
    }
}

/// Two levels of one channel, in its unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VoltageCaliper {
    /// Which channel of the group.
    pub channel: usize,
    /// The levels.
    pub levels: [f64; 2],
}

impl VoltageCaliper {
    /// The difference, never negative.
    #[must_use]
    pub fn difference(&self) -> f64 {
        let [a, b] = self.levels;
        (a - b).abs()
    }
}

/// What a drag moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grab {
    /// The sheet, in time.
    Sheet,
    /// One of the two times.
    Time(usize),
    /// Both times.
    BothTimes,
    /// One of the two levels.
    Level(usize),
    /// Both levels, onto the channel under the pointer.
    BothLevels,
}

/// What lies under a place (mm), within `reach_mm`; levels before times, for they are shorter.
#[must_use]
pub fn grab_at(
    state: &WaveformState,
    sheet: &Sheet,
    scales: &[Option<VerticalScale>],
    (x_mm, y_mm): (f64, f64),
    reach_mm: f64,
) -> Grab {
    if let Some(caliper) = state.levels
        && let Some(Some(scale)) = scales.get(caliper.channel)
    {
        let along = |strip: &&super::Strip| {
            strip.channel == caliper.channel
                && x_mm >= strip.left_mm
                && x_mm <= strip.left_mm + strip.width_mm
        };
        for strip in sheet.strips.iter().filter(along) {
            let distance = |level| (sheet.axis_mm(strip.row) + scale.y_mm(level) - y_mm).abs();
            if let Some(which) = nearest(caliper.levels.map(distance), reach_mm) {
                return Grab::Level(which);
            }
        }
    }
    if let Some(times) = state.times
        && let Some(strip) = sheet.strip_at(x_mm, y_mm)
    {
        let distance = |time| {
            sheet
                .x_mm(strip, time)
                .map_or(f64::INFINITY, |line_mm| (line_mm - x_mm).abs())
        };
        if let Some(which) = nearest(times.map(distance), reach_mm) {
            return Grab::Time(which);
        }
    }
    Grab::Sheet
}

fn nearest([a, b]: [f64; 2], reach: f64) -> Option<usize> {
    match (a <= reach, b <= reach) {
        (false, false) => None,
        (true, false) => Some(0),
        (false, true) => Some(1),
        (true, true) => Some(usize::from(b < a)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Arrangement;
    use super::*;

    #[test]
    fn an_interval_is_milliseconds_and_a_rate() {
        let interval = Interval::between([1.25, 2.0]);
        assert!((interval.ms - 750.0).abs() < 1e-9);
        assert!((interval.per_minute().unwrap() - 80.0).abs() < 1e-9);
        assert_eq!(interval, Interval::between([2.0, 1.25]));
        assert_eq!(Interval::between([2.0, 2.0]).per_minute(), None);
    }

    #[test]
    fn a_line_is_taken_hold_of_where_it_is_drawn() {
        let sheet = Sheet::lay_out(Arrangement::Rows(2), (260.0, 80.0), 25.0, 0.0, 10.0);
        let scale = VerticalScale {
            units_per_mm: 0.1,
            centre: 0.0,
        };
        let scales = [Some(scale), Some(scale)];
        let state = WaveformState {
            times: Some([1.0, 2.0]),
            levels: Some(VoltageCaliper {
                channel: 1,
                levels: [1.0, -0.5],
            }),
            ..WaveformState::default()
        };
        let at = |x_mm, y_mm| grab_at(&state, &sheet, &scales, (x_mm, y_mm), 1.0);
        // Traces begin at 10 mm; rows are 40 mm high, their axes at 20 and 60 mm.
        assert_eq!(at(35.5, 20.0), Grab::Time(0));
        assert_eq!(at(60.2, 20.0), Grab::Time(1));
        assert_eq!(at(100.0, 50.0), Grab::Level(0));
        assert_eq!(at(35.0, 65.3), Grab::Level(1));
        assert_eq!(at(100.0, 10.0), Grab::Sheet);
    }

    #[test]
    fn a_voltage_difference_is_that_of_the_levels_at_any_gain() {
        for gain in [5.0, 10.0, 20.0] {
            let scale = VerticalScale {
                units_per_mm: 1.0 / gain,
                centre: 0.0,
            };
            // Lines 12 mm apart on the grid.
            let caliper = VoltageCaliper {
                channel: 0,
                levels: [scale.value(-7.0), scale.value(5.0)],
            };
            assert!((caliper.difference() - 12.0 / gain).abs() < 1e-12);
        }
    }
}
