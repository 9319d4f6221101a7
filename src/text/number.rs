//! Numbers as a reader of a language expects them.
//!
//! Thousands are set apart by a narrow no-break space from five digits on, in every language:
//! a comma or a point there would be somebody's decimal sign.

/// Joins a number and its unit.
pub(super) const NO_BREAK_SPACE: char = '\u{A0}';
/// Sets thousands apart.
const NARROW_NO_BREAK_SPACE: char = '\u{202F}';
/// From as many digits on are thousands set apart; 1024 stays as it is.
const GROUPED_FROM: usize = 5;
/// What stands for a value that is no number.
const NOT_A_NUMBER: &str = "–";

/// `value` with exactly `decimals` digits after the decimal sign, a true minus, and no "−0".
pub(super) fn format_number(value: f64, decimals: usize, decimal_sign: char) -> String {
    if !value.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let is_zero = plain.bytes().all(|b| b == b'0' || b == b'.');
    let mut out = String::with_capacity(plain.len() + 8);
    if value < 0.0 && !is_zero {
        out.push('−');
    }
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len() - index;
        if index > 0 && left.is_multiple_of(3) && whole.len() >= GROUPED_FROM {
            out.push(NARROW_NO_BREAK_SPACE);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(decimal_sign);
        out.push_str(fraction);
    }
    out
}

/// `value` with as many decimals as it needs, at most `decimals`.
pub(super) fn format_number_up_to(value: f64, decimals: usize, decimal_sign: char) -> String {
    let fixed = format_number(value, decimals, decimal_sign);
    if fixed.contains(decimal_sign) {
        fixed
            .trim_end_matches('0')
            .trim_end_matches(decimal_sign)
            .to_owned()
    } else {
        fixed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_true_minus_and_no_negative_zero() {
        assert_eq!(format_number(-612.04, 0, '.'), "−612");
        assert_eq!(format_number(-0.04, 1, '.'), "0.0");
        assert_eq!(format_number(-0.06, 1, ','), "−0,1");
        assert_eq!(format_number(f64::NAN, 1, '.'), "–");
        assert_eq!(format_number(f64::NEG_INFINITY, 1, '.'), "–");
    }

    #[test]
    fn thousands_are_apart_from_five_digits_on() {
        assert_eq!(format_number(1024.0, 0, '.'), "1024");
        assert_eq!(format_number(10_000.0, 0, '.'), "10\u{202F}000");
        assert_eq!(
            format_number(-1_234_567.25, 2, ','),
            "−1\u{202F}234\u{202F}567,25"
        );
        assert_eq!(format_number(123_456.0, 0, '.'), "123\u{202F}456");
    }

    #[test]
    fn needless_zeros_go_but_whole_tens_stay() {
        assert_eq!(format_number_up_to(12.50, 3, ','), "12,5");
        assert_eq!(format_number_up_to(100.0, 3, '.'), "100");
        assert_eq!(format_number_up_to(100.0, 0, '.'), "100");
        assert_eq!(format_number_up_to(0.1 + 0.2, 3, '.'), "0.3");
    }
}
