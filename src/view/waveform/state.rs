//! What the reader chose for a waveform; everything on screen follows from it and the data.

use crate::dicom::modules::WaveformGroup;

use super::{Grab, Sheet, VerticalScale, VoltageCaliper};

/// Paper speeds to choose from, mm/s.
pub const SPEEDS_MM_PER_S: [f64; 2] = [25.0, 50.0];
/// Gains to choose from, mm/mV: those of an ECG, then those of what is as faint as an EEG.
const GAINS_MM_PER_MV: [f64; 6] = [5.0, 10.0, 20.0, 50.0, 100.0, 200.0];
/// The gains of an ECG are the first.
const ECG_GAINS: usize = 3;

/// The lines of a new caliper are so far from the middle, mm.
const NEW_LINE_MM: f64 = 10.0;
/// Magnification goes from and to.
const ZOOMS: std::ops::RangeInclusive<f64> = 0.5..=8.0;

/// Of one pane.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveformState {
    /// Which multiplex group.
    pub group: usize,
    /// Paper speed, mm/s.
    pub speed: f64,
    /// Gain, mm/mV.
    pub gain: f64,
    /// Magnification of the grid; 1 fits 10 s at 25 mm/s.
    pub zoom: f64,
    /// The time the sheet begins at, seconds.
    pub start_s: f64,
    /// How far the sheet is scrolled down, mm.
    pub top_mm: f64,
    /// The time caliper, seconds.
    pub times: Option<[f64; 2]>,
    /// The voltage caliper.
    pub levels: Option<VoltageCaliper>,
}

impl Default for WaveformState {
    fn default() -> Self {
        Self {
            group: 0,
            speed: 25.0,
            gain: 10.0,
            zoom: 1.0,
            start_s: 0.0,
            top_mm: 0.0,
            times: None,
            levels: None,
        }
    }
}

impl WaveformState {
    /// The gains offered for a group: an ECG's alone where it has leads of one.
    #[must_use]
    pub fn gains(group: &WaveformGroup) -> &'static [f64] {
        let is_ecg = group.channels.iter().any(|channel| channel.lead.is_some());
        let count = if is_ecg {
            ECG_GAINS
        } else {
            GAINS_MM_PER_MV.len()
        };
        GAINS_MM_PER_MV.get(..count).unwrap_or_default()
    }

    /// Another group, from its beginning; calipers belong to the group they were laid on.
    pub fn show_group(&mut self, group: usize) {
        if group != self.group {
            *self = Self {
                group,
                speed: self.speed,
                gain: self.gain,
                zoom: self.zoom,
                ..Self::default()
            };
        }
    }

    /// Magnifies around the time at a place that far into the sheet, mm.
    pub fn zoom_by(&mut self, factor: f64, into_mm: f64) {
        let before = self.zoom;
        self.zoom = (self.zoom * factor).clamp(*ZOOMS.start(), *ZOOMS.end());
        let grown = self.zoom / before;
        self.start_s += into_mm * (1.0 - 1.0 / grown) / self.speed;
        self.top_mm *= grown;
    }

    /// Keeps the sheet on the recording and in the pane.
    pub fn keep_within(&mut self, sheet: &Sheet, height_mm: f64) {
        self.start_s = self.start_s.clamp(0.0, sheet.last_start_s);
        let lowest = (sheet.height_mm() - height_mm).max(0.0);
        self.top_mm = self.top_mm.clamp(0.0, lowest);
    }

    /// Lays the time caliper into the middle of the first strip, or takes it away.
    pub fn toggle_times(&mut self, sheet: &Sheet) {
        self.times = match (self.times, sheet.strips.last()) {
            (None, Some(strip)) => {
                let half_s = (strip.width_mm / 4.0).min(NEW_LINE_MM) / sheet.speed;
                let middle_s = strip.start_s + strip.width_mm / 2.0 / sheet.speed;
                Some([middle_s - half_s, middle_s + half_s])
            }
            _ => None,
        };
    }

    /// Lays the voltage caliper onto the last strip that has values, or takes it away.
    pub fn toggle_levels(&mut self, sheet: &Sheet, scales: &[Option<VerticalScale>]) {
        let mut strips = sheet.strips.iter().rev();
        let found = strips.find_map(|strip| Some((strip.channel, (*scales.get(strip.channel)?)?)));
        self.levels = match (self.levels, found) {
            (None, Some((channel, scale))) => Some(VoltageCaliper {
                channel,
                levels: [scale.value(-NEW_LINE_MM), scale.value(0.0)],
            }),
            _ => None,
        };
    }

    /// A drag from one place to another, mm on the pane.
    pub fn drag(
        &mut self,
        grab: Grab,
        sheet: &Sheet,
        scales: &[Option<VerticalScale>],
        (x_mm, y_mm): (f64, f64),
        (dx_mm, dy_mm): (f64, f64),
    ) {
        let passed_s = dx_mm / sheet.speed;
        match (grab, &mut self.times, &mut self.levels) {
            (Grab::Sheet, ..) => {
                self.start_s -= passed_s;
                self.top_mm -= dy_mm;
            }
            (Grab::Time(which), Some(times), _) => {
                if let Some(time) = times.get_mut(which) {
                    *time += passed_s;
                }
            }
            (Grab::BothTimes, Some(times), _) => *times = times.map(|time| time + passed_s),
            (Grab::Level(which), _, Some(caliper)) => {
                if let (Some(Some(scale)), Some(level)) =
                    (scales.get(caliper.channel), caliper.levels.get_mut(which))
                {
                    *level -= dy_mm * scale.units_per_mm;
                }
            }
            (Grab::BothLevels, _, Some(caliper)) => {
                move_levels(caliper, sheet, scales, (x_mm, y_mm), dy_mm);
            }
            _ => {}
        }
    }
}

/// Both lines keep their distance in millimetres when they come to another channel.
fn move_levels(
    caliper: &mut VoltageCaliper,
    sheet: &Sheet,
    scales: &[Option<VerticalScale>],
    (x_mm, y_mm): (f64, f64),
    dy_mm: f64,
) {
    let scale_of = |channel: usize| scales.get(channel).copied().flatten();
    let (Some(strip), Some(scale)) = (sheet.strip_at(x_mm, y_mm), scale_of(caliper.channel)) else {
        return;
    };
    if strip.channel == caliper.channel {
        let moved = dy_mm * scale.units_per_mm;
        caliper.levels = caliper.levels.map(|level| level - moved);
    } else if let Some(new) = scale_of(strip.channel) {
        caliper.levels = caliper.levels.map(|level| new.value(scale.y_mm(level)));
        caliper.channel = strip.channel;
    }
}

#[cfg(test)]
mod tests {
    use super::super::Arrangement;
    use super::*;

    #[test]
    fn a_dragged_line_measures_the_way_of_the_hand() {
        let sheet = Sheet::lay_out(Arrangement::Rows(2), (260.0, 80.0), 25.0, 0.0, 10.0);
        let scale = Some(VerticalScale {
            units_per_mm: 0.1,
            centre: 0.0,
        });
        let scales = [scale, scale];
        let mut state = WaveformState::default();
        state.toggle_times(&sheet);
        let [a, b] = state.times.unwrap();
        assert!((b - a - 0.8).abs() < 1e-12);
        state.drag(Grab::Time(1), &sheet, &scales, (50.0, 20.0), (5.0, 0.0));
        let [a, b] = state.times.unwrap();
        assert!((b - a - 1.0).abs() < 1e-12, "5 mm at 25 mm/s are 200 ms");
        state.drag(Grab::BothTimes, &sheet, &scales, (50.0, 20.0), (25.0, 9.0));
        let moved = state.times.unwrap();
        assert!((moved[0] - a - 1.0).abs() < 1e-12);
        assert!((moved[1] - b - 1.0).abs() < 1e-12);

        state.toggle_levels(&sheet, &scales);
        assert!((state.levels.unwrap().difference() - 1.0).abs() < 1e-12);
        state.drag(Grab::Level(0), &sheet, &scales, (50.0, 50.0), (0.0, -4.0));
        assert!((state.levels.unwrap().difference() - 1.4).abs() < 1e-12);
        state.drag(
            Grab::BothLevels,
            &sheet,
            &scales,
            (50.0, 20.0),
            (0.0, -40.0),
        );
        let caliper = state.levels.unwrap();
        assert_eq!(caliper.channel, 0);
        assert!((caliper.difference() - 1.4).abs() < 1e-12);
        state.toggle_times(&sheet);
        state.toggle_levels(&sheet, &scales);
        assert_eq!((state.times, state.levels), (None, None));
    }

    #[test]
    fn zooming_keeps_the_time_under_the_pointer() {
        let mut state = WaveformState {
            start_s: 4.0,
            ..WaveformState::default()
        };
        let into_mm = 100.0;
        let before = state.start_s + into_mm / state.speed;
        state.zoom_by(2.0, into_mm);
        // The same point of the screen is half as many millimetres into the sheet.
        let after = state.start_s + into_mm / 2.0 / state.speed;
        assert!((before - after).abs() < 1e-12);
        state.zoom_by(1e9, 0.0);
        assert_eq!(state.zoom, 8.0);
    }

    #[test]
    fn calipers_do_not_go_along_to_another_group() {
        let mut state = WaveformState {
            times: Some([1.0, 2.0]),
            gain: 20.0,
            ..WaveformState::default()
        };
        state.show_group(0);
        assert!(state.times.is_some());
        state.show_group(1);
        assert_eq!((state.times, state.gain), (None, 20.0));
    }
}
