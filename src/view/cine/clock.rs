//! Along a track as time goes by.
//!
//! The frame shown is a function of the time since the film began: a slow screen leaves frames out
//! and never makes the heart beat slower. A frame that is not decoded yet stops the film before
//! it, so that no frame is passed over unseen for that reason and none is shown in another's
//! place; the time waited is not made up for.

use std::collections::VecDeque;

use super::track::Track;

/// The rate is measured over this time, s.
const MEASURED_S: f64 = 2.0;

/// A walk along a track.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    track: Track,
    step: usize,
    /// When the step began, in the time the clock is given, s.
    began_s: f64,
    /// The frame that is not here.
    waits_for: Option<u32>,
    /// When frames changed, newest last, s.
    changes_s: VecDeque<f64>,
}

/// Where the film is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tick {
    /// The frame to show.
    pub frame: u32,
    /// The next one is not here yet.
    pub is_waiting: bool,
    /// The film is over.
    pub has_ended: bool,
    /// Until something changes, s; `None` while waiting and at the end.
    pub next_s: Option<f64>,
}

impl Clock {
    /// Starts at a frame; at the beginning if that is not on the track, or is its end.
    #[must_use]
    pub fn new(track: Track, frame: u32, now_s: f64) -> Self {
        let step = track
            .step_showing(frame, 0)
            .filter(|step| track.after(*step).is_some());
        Self {
            step: step.unwrap_or(0),
            track,
            began_s: now_s,
            waits_for: None,
            changes_s: VecDeque::new(),
        }
    }

    /// The frame shown.
    #[must_use]
    pub fn frame(&self) -> Option<u32> {
        self.track.frame(self.step)
    }

    /// The frames that come, each once, in the order they are shown; at most `most`.
    #[must_use]
    pub fn coming(&self, most: usize) -> Vec<u32> {
        self.track.coming(self.step, most)
    }

    /// Whether the film waits for a frame.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.waits_for.is_some()
    }

    /// Goes on along another track (another speed, another part): the frame shown stays, and so
    /// does the share of its time that has passed.
    pub fn follow(&mut self, track: Track, now_s: f64) {
        if self.track == track {
            return;
        }
        let was_s = self.track.duration_s(self.step).max(1e-9);
        let share = ((now_s - self.began_s) / was_s).clamp(0.0, 1.0);
        let frame = self.track.frame(self.step).unwrap_or(0);
        // On the way back of a sweep the second half shows the same frames.
        let from = if track.len() == self.track.len() {
            self.step
        } else {
            0
        };
        self.step = track.step_showing(frame, from).unwrap_or(0);
        self.began_s = now_s - share * track.duration_s(self.step);
        self.track = track;
    }

    /// Where the film is now. `is_here` says whether a frame can be shown.
    pub fn tick(&mut self, now_s: f64, is_here: impl Fn(u32) -> bool) -> Tick {
        let before = self.step;
        let mut has_ended = false;
        let missing = |frame: Option<u32>| frame.filter(|frame| !is_here(*frame));
        if let Some(awaited) = self.waits_for.take() {
            // What was awaited begins now.
            let is_next = self.track.frame(self.step) != Some(awaited);
            let past_s = self.track.duration_s(self.step);
            self.began_s = now_s - if is_next { past_s } else { 0.0 };
        }
        self.waits_for = missing(self.track.frame(self.step));
        let mut left = self.track.len();
        while self.waits_for.is_none() {
            let end_s = self.began_s + self.track.duration_s(self.step);
            if now_s < end_s {
                break;
            }
            let Some(next) = self.track.after(self.step) else {
                has_ended = true;
                break;
            };
            if left == 0 {
                // Everything was looked at once: whole rounds change nothing.
                let cycle_s = self.track.cycle_s().max(1e-9);
                self.began_s += ((now_s - self.began_s) / cycle_s).floor() * cycle_s;
                left = usize::MAX;
                continue;
            }
            left -= 1;
            self.waits_for = missing(self.track.frame(next));
            if self.waits_for.is_some() {
                break;
            }
            self.step = next;
            self.began_s = end_s;
        }
        if self.step != before {
            self.changes_s.push_back(now_s);
        }
        while self
            .changes_s
            .front()
            .is_some_and(|at| now_s - at > MEASURED_S.max(2.0 * self.track.duration_s(self.step)))
        {
            self.changes_s.pop_front();
        }
        let end_s = self.began_s + self.track.duration_s(self.step);
        Tick {
            frame: self.track.frame(self.step).unwrap_or(0),
            is_waiting: self.is_waiting(),
            has_ended,
            next_s: (!self.is_waiting() && !has_ended).then_some((end_s - now_s).max(0.0)),
        }
    }

    /// Frames shown a second, as seen on screen; `None` until enough were.
    #[must_use]
    pub fn measured_fps(&self) -> Option<f64> {
        let (first, last) = (self.changes_s.front()?, self.changes_s.back()?);
        let intervals = self.changes_s.len() - 1;
        (intervals > 0 && last > first).then(|| intervals as f64 / (last - first))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::view::cine::{Cine, RateSource, Repeat, Timing};

    fn uneven() -> Timing {
        Timing {
            durations_ms: vec![10.0, 20.0, 30.0, 40.0],
            ..Timing::even(4, 1.0)
        }
    }

    fn track(timing: &Timing, repeat: Repeat) -> Track {
        let cine = Cine {
            repeat: Some(repeat),
            ..Cine::default()
        };
        Track::new(timing, &cine)
    }

    fn always(_: u32) -> bool {
        true
    }

    #[test]
    fn the_frame_is_that_of_its_time_however_seldom_someone_looks() {
        let timing = uneven();
        let frame_at = |ms: f64| match ms.rem_euclid(100.0) {
            t if t < 10.0 => 0,
            t if t < 30.0 => 1,
            t if t < 60.0 => 2,
            _ => 3,
        };
        for every_ms in [1.0, 7.0, 16.7, 33.0, 250.0, 1234.0] {
            let mut clock = Clock::new(track(&timing, Repeat::Loop), 0, 5.0);
            for n in 1..2000_u32 {
                // Looked at a little after the instant, away from the edges.
                let ms = (f64::from(n) * every_ms).floor() + 0.5;
                let tick = clock.tick(5.0 + ms / 1000.0, always);
                assert_eq!(tick.frame, frame_at(ms), "{ms} ms, every {every_ms}");
                let next_ms = tick.next_s.unwrap() * 1000.0;
                assert_eq!(frame_at(ms + next_ms - 0.01), tick.frame);
                assert_ne!(frame_at(ms + next_ms + 0.01), tick.frame);
            }
        }
    }

    #[test]
    fn a_sweep_comes_back_and_once_stops_at_the_end() {
        let timing = Timing::even(3, 10.0);
        let seen = |repeat| {
            let mut clock = Clock::new(track(&timing, repeat), 0, 0.0);
            (0..7)
                .map(|n| clock.tick(0.05 + 0.1 * f64::from(n), always).frame)
                .collect::<Vec<_>>()
        };
        assert_eq!(seen(Repeat::Loop), [0, 1, 2, 0, 1, 2, 0]);
        assert_eq!(seen(Repeat::Sweep), [0, 1, 2, 1, 0, 1, 2]);
        assert_eq!(seen(Repeat::Once), [0, 1, 2, 2, 2, 2, 2]);
        let mut clock = Clock::new(track(&timing, Repeat::Once), 1, 0.0);
        assert!(!clock.tick(0.15, always).has_ended);
        let last = clock.tick(0.25, always);
        assert!(last.has_ended && last.next_s.is_none() && last.frame == 2);
    }

    #[test]
    fn the_film_waits_before_a_frame_that_is_not_here_and_then_shows_it_for_its_whole_time() {
        let here = Cell::new(2_u32);
        let mut clock = Clock::new(track(&Timing::even(4, 10.0), Repeat::Loop), 0, 0.0);
        let mut at = |s: f64| clock.tick(s, |frame| frame < here.get());
        assert_eq!(at(0.15).frame, 1);
        for s in [0.25, 1.0, 5.0] {
            let tick = at(s);
            assert!(tick.is_waiting && tick.frame == 1 && tick.next_s.is_none());
        }
        here.set(4);
        let tick = at(6.0);
        assert_eq!((tick.frame, tick.is_waiting), (2, false));
        assert_eq!(at(6.05).frame, 2, "its time began when it was seen");
        assert_eq!(at(6.15).frame, 3);
    }

    #[test]
    fn a_long_absence_changes_nothing_but_the_frame() {
        let mut clock = Clock::new(track(&Timing::even(10, 10.0), Repeat::Loop), 0, 0.0);
        assert_eq!(clock.tick(3600.0 * 24.0 + 0.35, always).frame, 3);
        assert!(clock.measured_fps().is_none());
    }

    #[test]
    fn another_speed_goes_on_from_the_frame_shown() {
        let timing = Timing::even(10, 10.0);
        let mut clock = Clock::new(track(&timing, Repeat::Loop), 0, 0.0);
        assert_eq!(clock.tick(0.35, always).frame, 3);
        let slower = Cine {
            speed: 0.1,
            ..Cine::default()
        };
        clock.follow(Track::new(&timing, &slower), 0.35);
        assert_eq!(clock.tick(0.8, always).frame, 3);
        assert_eq!(
            clock.tick(0.9, always).frame,
            4,
            "half of its time had passed"
        );
    }

    #[test]
    fn the_measured_rate_is_what_was_seen() {
        let timing = Timing::even(100, 50.0);
        let mut clock = Clock::new(track(&timing, Repeat::Loop), 0, 0.0);
        for n in 1..200_u32 {
            clock.tick(f64::from(n) / 60.0, always);
        }
        let full = clock.measured_fps().unwrap();
        assert!((full - 50.0).abs() < 1.0, "{full}");
        // The same film on a screen that shows ten pictures a second.
        let mut clock = Clock::new(track(&timing, Repeat::Loop), 0, 0.0);
        for n in 1..40_u32 {
            clock.tick(f64::from(n) / 10.0, always);
        }
        let slow = clock.measured_fps().unwrap();
        assert!((slow - 10.0).abs() < 0.1, "{slow}");
    }

    #[test]
    fn a_film_begins_at_the_frame_shown_or_at_its_first() {
        let timing = Timing {
            trim: Some((2, 5)),
            source: RateSource::FrameTime,
            ..Timing::even(9, 10.0)
        };
        let start = |frame| Clock::new(track(&timing, Repeat::Once), frame, 0.0).tick(0.0, always);
        assert_eq!(start(3).frame, 3);
        assert_eq!(start(8).frame, 2, "outside of the part played");
        assert_eq!(start(5).frame, 2, "at its end");
    }
}
