//! Samples to lines. Where several samples fall into one column of the screen their lowest and
//! highest are both drawn: a narrow spike (a pacemaker's) never vanishes between two points.

use std::ops::Range;

/// A corner of a line: which sample, and its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TracePoint {
    /// Index of the sample.
    pub sample: usize,
    /// Its value.
    pub value: f64,
}

/// Lines through the samples of a range, broken where `value` gives none; `samples_per_column` is
/// how many fall into one column of the screen.
#[must_use]
pub fn trace(
    samples: Range<usize>,
    samples_per_column: f64,
    value: impl Fn(usize) -> Option<f64>,
) -> Vec<Vec<TracePoint>> {
    let mut lines = vec![Vec::new()];
    let mut column = Column::default();
    for sample in samples {
        let Some(value) = value(sample) else {
            column.flush(lines.last_mut());
            if lines.last().is_some_and(|line| !line.is_empty()) {
                lines.push(Vec::new());
            }
            continue;
        };
        // Columns are counted from the first sample of all, so that they stay while one scrolls.
        let number = (sample as f64 / samples_per_column.max(1.0)) as usize;
        if column.number != Some(number) {
            column.flush(lines.last_mut());
            column.number = Some(number);
        }
        column.take(TracePoint { sample, value });
    }
    column.flush(lines.last_mut());
    lines.retain(|line| !line.is_empty());
    lines
}

/// First, lowest, highest and last sample of a column.
#[derive(Default)]
struct Column {
    number: Option<usize>,
    points: Option<[TracePoint; 4]>,
}

impl Column {
    fn take(&mut self, point: TracePoint) {
        let [first, lowest, highest, _] = self.points.unwrap_or([point; 4]);
        let lower = if point.value < lowest.value {
            point
        } else {
            lowest
        };
        let higher = if point.value > highest.value {
            point
        } else {
            highest
        };
        self.points = Some([first, lower, higher, point]);
    }

    fn flush(&mut self, line: Option<&mut Vec<TracePoint>>) {
        self.number = None;
        let (Some(mut points), Some(line)) = (self.points.take(), line) else {
            return;
        };
        points.sort_by_key(|point| point.sample);
        for point in points {
            if line.last().is_none_or(|last| last.sample != point.sample) {
                line.push(point);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_and_highest_sample_of_every_column_are_drawn() {
        let value = |i: usize| (i as f64 * 0.37).sin() * (i as f64);
        for per_column in [1.0, 2.5, 7.0, 40.0, 1000.0] {
            let lines = trace(0..500, per_column, |i| Some(value(i)));
            assert_eq!(lines.len(), 1);
            let line = &lines[0];
            assert!(line.is_sorted_by(|a, b| a.sample < b.sample));
            assert!(line.iter().all(|point| point.value == value(point.sample)));
            for start in 0..500 {
                let column = (start as f64 / per_column) as usize;
                let same = |i: &usize| (*i as f64 / per_column) as usize == column;
                let drawn = line.iter().filter(|point| same(&point.sample));
                let highest = drawn.map(|point| point.value).fold(f64::MIN, f64::max);
                assert!(highest >= value(start), "{per_column} {start}");
            }
            assert_eq!((line[0].sample, line[line.len() - 1].sample), (0, 499));
            assert!(line.len() <= 4 * (500.0 / per_column).ceil() as usize);
        }
    }

    #[test]
    fn a_spike_of_one_sample_is_seen_at_any_width() {
        let lines = trace(0..100_000, 5000.0, |i| {
            Some(if i == 77_777 { 9.0 } else { 0.0 })
        });
        let spike = TracePoint {
            sample: 77_777,
            value: 9.0,
        };
        assert!(lines[0].contains(&spike));
        assert!(lines[0].len() < 100);
    }

    #[test]
    fn padding_breaks_the_line() {
        let lines = trace(0..10, 1.0, |i| (i != 4 && i != 5).then_some(1.0));
        let ends: Vec<_> = lines
            .iter()
            .map(|line| (line[0].sample, line[line.len() - 1].sample))
            .collect();
        assert_eq!(ends, [(0, 3), (6, 9)]);
        assert!(trace(0..10, 3.0, |_| None).is_empty());
    }
}
