//! Notches of a wheel, and two fingers on a touchpad, to whole slices.

/// Points of a touchpad that make a slice.
const POINTS_A_SLICE: f64 = 24.0;

/// What is left of a slice between events.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wheel {
    rest: f64,
}

impl Wheel {
    /// Slices forward for a turn of `lines` notches towards the reader (negative: away).
    pub fn lines(&mut self, lines: f64) -> i32 {
        // One event of a common wheel is one notch, whatever share of a line the system calls it.
        if lines.abs() >= 0.5 {
            self.rest = 0.0;
            return lines.round() as i32;
        }
        self.take(lines)
    }

    /// Slices forward for `points` of two fingers.
    pub fn points(&mut self, points: f64) -> i32 {
        self.take(points / POINTS_A_SLICE)
    }

    fn take(&mut self, slices: f64) -> i32 {
        if slices * self.rest < 0.0 {
            self.rest = 0.0; // turning back starts afresh
        }
        self.rest += slices;
        let whole = self.rest.trunc();
        self.rest -= whole;
        whole as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_notch_is_one_slice_and_a_touchpad_adds_up() {
        let mut wheel = Wheel::default();
        assert_eq!(wheel.lines(1.0), 1);
        assert_eq!(wheel.lines(-2.0), -2);
        assert_eq!((0..6).map(|_| wheel.points(8.0)).sum::<i32>(), 2);
        assert_eq!(wheel.points(20.0), 0);
        assert_eq!(wheel.points(-10.0), 0, "turning back starts afresh");
        assert_eq!(wheel.points(-14.0), -1);
    }
}
