//! Numbers as Decimal String.

/// A number as DS (PS3.5 6.2): at most 16 characters, as exact as those allow, never an infinity
/// or a NaN (`None`).
#[must_use]
pub fn decimal_string(value: f64) -> Option<String> {
    const LONGEST: usize = 16;
    if !value.is_finite() {
        return None;
    }
    let shortest = format!("{value}");
    if shortest.len() <= LONGEST {
        return Some(shortest);
    }
    let magnitude = value.abs();
    let plain = (0..LONGEST)
        .rev()
        .map(|digits| format!("{value:.digits$}"))
        .find(|text| text.len() <= LONGEST);
    let scientific = (0..LONGEST)
        .rev()
        .map(|digits| format!("{value:.digits$e}"))
        // Rounding up the largest numbers would overflow.
        .find(|text| text.len() <= LONGEST && text.parse::<f64>().is_ok_and(f64::is_finite));
    let error = |text: &Option<String>| {
        text.as_ref()
            .and_then(|text| text.parse::<f64>().ok())
            .map_or(f64::INFINITY, |read| (read - value).abs() / magnitude)
    };
    if error(&plain) <= error(&scientific) {
        plain
    } else {
        scientific
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_strings_fit_sixteen_characters_and_stay_near() {
        for value in [
            0.0,
            1.0,
            -1024.0,
            0.1,
            1.0 / 3.0,
            -200.0 / 3.0,
            1e-12 / 3.0,
            -12_345_678.901_234_567,
            1.234_567_890_123e300,
            -1.0e-300 / 3.0,
            f64::MAX,
        ] {
            let text = decimal_string(value).unwrap();
            assert!(text.len() <= 16, "{text}");
            let read: f64 = text.parse().unwrap();
            assert!((read - value).abs() <= value.abs() * 1e-6, "{value} {text}");
        }
        assert_eq!(decimal_string(f64::NAN), None);
        assert_eq!(decimal_string(f64::INFINITY), None);
    }
}
