//! A scale bar of round length.

/// A bar to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScaleBar {
    /// What it stands for, mm.
    pub length_mm: f64,
    /// How long it is on screen, physical pixels.
    pub length_px: f64,
}

/// The longest round bar (1, 2 or 5 × 10ⁿ mm) that is at most `max_px` long.
#[must_use]
pub fn scale_bar(mm_per_px: f64, max_px: f64) -> Option<ScaleBar> {
    let max_mm = mm_per_px * max_px;
    if !(max_mm.is_finite() && max_mm > 0.0) {
        return None;
    }
    let decade = 10_f64.powf(max_mm.log10().floor());
    let length_mm = [5.0, 2.0, 1.0]
        .map(|step| step * decade)
        .into_iter()
        .find(|mm| *mm <= max_mm)?;
    Some(ScaleBar {
        length_mm,
        length_px: length_mm / mm_per_px,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_bar_is_round_and_as_long_as_it_may_be() {
        let bar = scale_bar(0.5, 130.0).unwrap();
        assert_eq!((bar.length_mm, bar.length_px), (50.0, 100.0));
        assert!(scale_bar(f64::NAN, 100.0).is_none());
    }
}
