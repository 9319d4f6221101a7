//! Frames in the order in which they are played, with their times.

use super::state::{Cine, Repeat};
use super::timing::Timing;

/// The slowest film, frames a second.
pub const SLOWEST_FPS: f64 = 0.5;
/// The fastest, frames a second.
pub const FASTEST_FPS: f64 = 120.0;

/// Rates a reader chooses from, beside the one of the data.
const RATES_FPS: [f64; 19] = [
    0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0,
    80.0, 120.0,
];

/// The next faster or slower rate than `fps`; the rate of the data is among the choices.
#[must_use]
pub fn next_rate(fps: f64, of_data_fps: f64, is_faster: bool) -> f64 {
    // Two rates nearer than this are one to the eye.
    const SAME: f64 = 1.02;
    let rates = RATES_FPS.into_iter().chain([of_data_fps]);
    let next = if is_faster {
        rates
            .filter(|rate| *rate > fps * SAME)
            .min_by(f64::total_cmp)
    } else {
        rates
            .filter(|rate| *rate * SAME < fps)
            .max_by(f64::total_cmp)
    };
    next.unwrap_or(fps)
}

/// One frame for a time.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    frame: u32,
    duration_s: f64,
}

/// One way through the frames: the whole of a loop, or there and back.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    steps: Vec<Step>,
    /// Whether the first follows the last.
    is_endless: bool,
}

impl Track {
    /// The way through frames with this timing, as the reader chose.
    #[must_use]
    pub fn new(timing: &Timing, cine: &Cine) -> Self {
        let last = (timing.durations_ms.len() as u32).saturating_sub(1);
        let (first, last) = cine
            .range
            .or(timing.trim)
            .map_or((0, last), |(a, b)| (a.min(b).min(last), a.max(b).min(last)));
        let step = |frame: u32| {
            let ms = timing.durations_ms.get(frame as usize)?;
            let duration_s = ms / 1000.0 / cine.speed.max(1e-6);
            Some(Step { frame, duration_s })
        };
        let repeat = cine.repeat.unwrap_or(timing.repeat);
        let mut steps: Vec<Step> = (first..=last).filter_map(step).collect();
        if repeat == Repeat::Sweep && last > first {
            steps.extend((first + 1..last).rev().filter_map(step));
        }
        Self {
            steps,
            is_endless: repeat != Repeat::Once,
        }
    }

    /// Whether there is nothing to play.
    #[must_use]
    pub const fn is_still(&self) -> bool {
        self.steps.len() < 2
    }

    pub(super) const fn len(&self) -> usize {
        self.steps.len()
    }

    pub(super) fn frame(&self, step: usize) -> Option<u32> {
        Some(self.steps.get(step)?.frame)
    }

    pub(super) fn duration_s(&self, step: usize) -> f64 {
        self.steps.get(step).map_or(0.0, |step| step.duration_s)
    }

    /// How long all steps take, s.
    pub(super) fn cycle_s(&self) -> f64 {
        self.steps.iter().map(|step| step.duration_s).sum()
    }

    /// The step after one; `None` at the end.
    pub(super) fn after(&self, step: usize) -> Option<usize> {
        match step + 1 {
            next if next < self.steps.len() => Some(next),
            _ if self.is_endless && !self.is_still() => Some(0),
            _ => None,
        }
    }

    /// The step that shows a frame; on the way back if the walk is at or beyond `from`.
    pub(super) fn step_showing(&self, frame: u32, from: usize) -> Option<usize> {
        let shows = |step: &usize| self.frame(*step) == Some(frame);
        (from..self.steps.len())
            .find(shows)
            .or_else(|| (0..self.steps.len()).find(shows))
    }

    /// The frames played after a step, each once, in their order; at most `most`.
    pub(super) fn coming(&self, step: usize, most: usize) -> Vec<u32> {
        let mut seen = std::collections::BTreeSet::new();
        let ways = std::iter::successors(self.after(step), |step| self.after(*step));
        ways.take(self.steps.len())
            .filter_map(|step| self.frame(step))
            .filter(|frame| seen.insert(*frame))
            .take(most)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(frames: usize, cine: Cine) -> Track {
        Track::new(&Timing::even(frames, 10.0), &cine)
    }

    fn frames(track: &Track) -> Vec<u32> {
        (0..track.len())
            .filter_map(|step| track.frame(step))
            .collect()
    }

    fn with(repeat: Repeat) -> Cine {
        Cine {
            repeat: Some(repeat),
            ..Cine::default()
        }
    }

    #[test]
    fn a_sweep_shows_each_end_once() {
        assert_eq!(frames(&track(4, with(Repeat::Sweep))), [0, 1, 2, 3, 2, 1]);
        assert_eq!(frames(&track(2, with(Repeat::Sweep))), [0, 1]);
        assert_eq!(frames(&track(1, with(Repeat::Sweep))), [0]);
    }

    #[test]
    fn a_part_of_the_frames_is_played_whichever_end_was_named_first() {
        for range in [(2, 4), (4, 2)] {
            let cine = Cine {
                range: Some(range),
                ..Cine::default()
            };
            assert_eq!(frames(&track(9, cine)), [2, 3, 4]);
        }
        let beyond = Cine {
            range: Some((7, 99)),
            ..Cine::default()
        };
        assert_eq!(frames(&track(9, beyond)), [7, 8]);
    }

    #[test]
    fn what_comes_is_asked_for_in_the_order_it_is_shown() {
        let looped = track(5, with(Repeat::Loop));
        assert_eq!(looped.coming(3, 9), [4, 0, 1, 2, 3]);
        assert_eq!(looped.coming(3, 2), [4, 0]);
        let swept = track(5, with(Repeat::Sweep));
        assert_eq!(swept.coming(3, 9), [4, 3, 2, 1, 0]);
        // The fifth step shows frame 3 again, on the way back.
        assert_eq!(swept.coming(5, 3), [2, 1, 0]);
        assert_eq!(track(5, with(Repeat::Once)).coming(3, 9), [4]);
    }

    #[test]
    fn faster_and_slower_pass_the_rate_of_the_data() {
        let data = 33.3;
        assert!((next_rate(30.0, data, true) - data).abs() < 1e-9);
        assert!((next_rate(data, data, true) - 40.0).abs() < 1e-9);
        assert!((next_rate(40.0, data, false) - data).abs() < 1e-9);
        assert!((next_rate(120.0, data, true) - 120.0).abs() < 1e-9);
        assert!((next_rate(0.5, data, false) - 0.5).abs() < 1e-9);
    }
}
