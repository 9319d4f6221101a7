//! How long the data say each frame lasts.
//!
//! A recommended rate comes first: it is how the maker wants the frames seen. Then come the times
//! of the frames themselves, one for each before one for all, then the rate of the camera, then
//! the delays after the trigger of frames that show one place in time, then the stream of a video.
//! Slices of a volume have no time of their own and get [`STACK_FPS`].

use super::state::Repeat;
use crate::dicom::modules::CineModule;
use crate::model::{DisplaySet, DisplaySetId, DisplaySetKind, Library};
use crate::problem::{MessageId, msg};

/// Frames a second where the data say nothing.
pub const STACK_FPS: f64 = 15.0;
/// Frames of one place lie this near to each other along the normal, mm.
const SAME_PLACE_MM: f64 = 0.01;
/// Frames that follow each other more slowly than this are no film but a follow-up, ms.
const SLOWEST_FILM_MS: f64 = 1000.0;

/// Why a film has its speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub enum RateSource {
    RecommendedDisplayFrameRate,
    FrameTimeVector,
    FrameTime,
    CineRate,
    ActualFrameDuration,
    TriggerTime,
    /// The timing within a video.
    VideoStream,
    /// The data say nothing.
    Default,
}

impl RateSource {
    /// For the reader.
    #[must_use]
    pub const fn message(self) -> MessageId {
        match self {
            Self::RecommendedDisplayFrameRate => msg("cine-rate-recommended"),
            Self::FrameTimeVector => msg("cine-rate-frame-time-vector"),
            Self::FrameTime => msg("cine-rate-frame-time"),
            Self::CineRate => msg("cine-rate-camera"),
            Self::ActualFrameDuration => msg("cine-rate-frame-duration"),
            Self::TriggerTime => msg("cine-rate-trigger-time"),
            Self::VideoStream => msg("cine-rate-video"),
            Self::Default => msg("cine-rate-default"),
        }
    }
}

/// How the data want to be played.
#[derive(Debug, Clone, PartialEq)]
pub struct Timing {
    /// Of each frame, ms; all positive.
    pub durations_ms: Vec<f64>,
    /// Why.
    pub source: RateSource,
    /// What happens at the end.
    pub repeat: Repeat,
    /// The part to play, first and last frame from 0; `None`: all.
    pub trim: Option<(u32, u32)>,
}

impl Timing {
    /// So many frames a second, for want of anything better.
    #[must_use]
    pub fn even(frames: usize, fps: f64) -> Self {
        Self {
            durations_ms: vec![1000.0 / fps; frames],
            source: RateSource::Default,
            repeat: Repeat::Loop,
            trim: None,
        }
    }

    /// Of the frames of a display set.
    #[must_use]
    pub fn of_frames(library: &Library, set: &DisplaySet) -> Self {
        let count = set.frames.len();
        let mut timing = Self::even(count, STACK_FPS);
        let Some(instance) = set.instances.first().and_then(|ix| library.instance(*ix)) else {
            return timing;
        };
        let root = instance.header.dataset.elements();
        let module = CineModule::read(root, instance.facts.frame_count);
        if module.is_sweeping {
            timing.repeat = Repeat::Sweep;
        }
        // Times and trims belong to the frames of one instance in the order they were recorded.
        let is_recorded = set.kind == DisplaySetKind::Loop
            || (set.instances.len() == 1 && count > 1 && has_no_place(library, set));
        let is_in_order = (0..).zip(set.frames.iter()).all(|(n, key)| key.frame == n);
        let is_whole = instance.facts.frame_count as usize == count && is_in_order;
        if is_recorded && is_whole {
            timing.trim = module.trim;
        }
        let even = |ms: f64| vec![ms; count];
        let durations = if let Some(fps) = module.recommended_display_frame_rate {
            Some((even(1000.0 / fps), RateSource::RecommendedDisplayFrameRate))
        } else if !is_recorded {
            trigger_delays(library, set).map(|delays| (delays, RateSource::TriggerTime))
        } else if !module.frame_time_vector_ms.is_empty() && is_whole {
            let durations = from_increments(&module.frame_time_vector_ms);
            Some((durations, RateSource::FrameTimeVector))
        } else if let Some(ms) = module.frame_time_ms {
            Some((even(ms), RateSource::FrameTime))
        } else if let Some(fps) = module.cine_rate {
            Some((even(1000.0 / fps), RateSource::CineRate))
        } else {
            let duration = module.actual_frame_duration_ms;
            let of_stream = instance.header.video.as_ref();
            duration
                .filter(|ms| *ms <= SLOWEST_FILM_MS)
                .map(|ms| (even(ms), RateSource::ActualFrameDuration))
                .or_else(|| {
                    let fps = of_stream?.frame_rate()?;
                    Some((even(1000.0 / fps), RateSource::VideoStream))
                })
        };
        if let Some((durations_ms, source)) = durations {
            timing.durations_ms = durations_ms;
            timing.source = source;
        }
        timing
    }

    /// Of one slice through the sets that show the same places: the delays after the trigger where
    /// all state one, else a recommended rate.
    #[must_use]
    pub fn of_phases(library: &Library, sets: &[DisplaySetId]) -> Self {
        let mut timing = Self::even(sets.len(), STACK_FPS);
        let first_frame = |set: &DisplaySetId| {
            let key = *library.display_set(*set)?.frames.first()?;
            let instance = library.instance(key.instance)?;
            Some((instance, instance.facts.frame(key.frame)?))
        };
        let moments: Option<Vec<f64>> = sets
            .iter()
            .map(|set| first_frame(set)?.1.trigger_time_ms)
            .collect();
        if let Some(durations_ms) = moments.as_deref().and_then(from_moments) {
            timing.durations_ms = durations_ms;
            timing.source = RateSource::TriggerTime;
            return timing;
        }
        let recommended = sets
            .first()
            .and_then(first_frame)
            .and_then(|(instance, _)| {
                let root = instance.header.dataset.elements();
                CineModule::read(root, instance.facts.frame_count).recommended_display_frame_rate
            });
        if let Some(fps) = recommended {
            timing.durations_ms = vec![1000.0 / fps; sets.len()];
            timing.source = RateSource::RecommendedDisplayFrameRate;
        }
        timing
    }

    /// Frames a second on average over the part played.
    #[must_use]
    pub fn fps(&self) -> f64 {
        let (first, last) = self
            .trim
            .unwrap_or((0, (self.durations_ms.len() as u32).saturating_sub(1)));
        let played = self
            .durations_ms
            .get(first as usize..=last as usize)
            .unwrap_or_default();
        let sum_ms: f64 = played.iter().sum();
        if sum_ms > 0.0 {
            1000.0 * played.len() as f64 / sum_ms
        } else {
            STACK_FPS
        }
    }
}

/// Frame Time Vector holds the time since the frame before: frame k lasts as long as the next one
/// says. The last one lasts as long as they do on average.
fn from_increments(vector_ms: &[f64]) -> Vec<f64> {
    let mut durations: Vec<f64> = vector_ms.iter().skip(1).copied().collect();
    let mean = durations.iter().sum::<f64>() / durations.len().max(1) as f64;
    durations.push(mean);
    durations
}

fn has_no_place(library: &Library, set: &DisplaySet) -> bool {
    set.frames.iter().all(|key| {
        library
            .instance(key.instance)
            .and_then(|instance| instance.facts.frame(key.frame))
            .is_none_or(|facts| facts.plane.is_none())
    })
}

/// The delays after the trigger between frames that show one place, if all state one and they
/// grow: a heart beat. The last frame lasts as long as they do on average.
fn trigger_delays(library: &Library, set: &DisplaySet) -> Option<Vec<f64>> {
    let mut times = Vec::with_capacity(set.frames.len());
    let mut first_plane = None;
    for key in set.frames.iter() {
        let facts = library.instance(key.instance)?.facts.frame(key.frame)?;
        let plane = facts.plane?;
        let first = *first_plane.get_or_insert(plane);
        if (plane.origin - first.origin).dot(first.normal()).abs() > SAME_PLACE_MM {
            return None;
        }
        times.push(facts.trigger_time_ms?);
    }
    from_moments(&times)
}

/// Durations from the moments at which frames begin; `None` if these do not grow, or grow too
/// slowly for a film.
fn from_moments(times_ms: &[f64]) -> Option<Vec<f64>> {
    let mut durations: Vec<f64> = times_ms
        .windows(2)
        .filter_map(|pair| Some(pair.get(1)? - pair.first()?))
        .collect();
    let is_film = |ms: &f64| (1.0..=SLOWEST_FILM_MS).contains(ms);
    if durations.is_empty() || !durations.iter().all(is_film) {
        return None;
    }
    durations.push(durations.iter().sum::<f64>() / durations.len() as f64);
    Some(durations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_frame_lasts_until_the_next_one_says_so() {
        assert_eq!(from_increments(&[0.0, 10.0, 30.0]), [10.0, 30.0, 20.0]);
    }

    #[test]
    fn moments_that_stand_still_or_are_minutes_apart_are_no_film() {
        assert_eq!(
            from_moments(&[0.0, 40.0, 90.0]),
            Some(vec![40.0, 50.0, 45.0])
        );
        assert_eq!(from_moments(&[0.0, 0.0, 90.0]), None);
        assert_eq!(from_moments(&[0.0, 60_000.0]), None);
        assert_eq!(from_moments(&[7.0]), None);
    }

    #[test]
    fn the_rate_is_that_of_the_part_played() {
        let timing = Timing {
            durations_ms: vec![1000.0, 50.0, 50.0, 1000.0],
            trim: Some((1, 2)),
            ..Timing::even(4, 1.0)
        };
        assert!((timing.fps() - 20.0).abs() < 1e-9);
    }
}
