//! The header `Retry-After` (RFC 9110 10.2.3): seconds, or a date.

use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// How long to wait from `now` on; `None` for what is neither.
pub(super) fn pause(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = UNIX_EPOCH + Duration::from_secs(seconds_of_date(text)?);
    // What is over is over.
    Some(then.duration_since(now).unwrap_or_default())
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the only form that is still written, in seconds since 1970.
fn seconds_of_date(text: &str) -> Option<u64> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [_, day, month, year, time, "GMT"] = *words.as_slice() else {
        return None;
    };
    let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
    let (day, year): (i64, i64) = (day.parse().ok()?, year.parse().ok()?);
    let is_date = (1..=31).contains(&day) && (1970..10_000).contains(&year);
    let time: Vec<u64> = time.split(':').map_while(|it| it.parse().ok()).collect();
    let [hours, minutes, seconds] = *time.as_slice() else {
        return None;
    };
    let is_time = hours < 24 && minutes < 60 && seconds <= 60;
    if !(is_date && is_time) {
        return None;
    }
    let days = u64::try_from(days_since_1970(year, month, day)).ok()?;
    Some(days * 86_400 + hours * 3_600 + minutes * 60 + seconds)
}

/// Of the Gregorian calendar; its year begins in March here, so that the leap day is the last.
const fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let month = (month + 9) % 12;
    let days_of_years = year * 365 + year / 4 - year / 100 + year / 400;
    let days_of_months = (month * 153 + 2) / 5;
    days_of_years + days_of_months + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_said_in_seconds_or_by_its_end() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        let pause = |text| pause(text, now).map(|pause| pause.as_secs());
        assert_eq!(pause("120"), Some(120));
        assert_eq!(pause("Sun, 06 Nov 1994 08:49:37 GMT"), Some(0));
        assert_eq!(pause("Sun, 06 Nov 1994 08:50:07 GMT"), Some(30));
        assert_eq!(pause("Mon, 07 Nov 1994 08:49:37 GMT"), Some(86_400));
        assert_eq!(pause("Sat, 01 Jan 1994 00:00:00 GMT"), Some(0));
        for text in ["", "soon", "-1", "Sun, 06 Nov 1994 08:49 GMT", "6 Nov 1994"] {
            assert_eq!(pause(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_counted_over_leap_years() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(days_since_1970(2000, 2, 29), 11_016);
        assert_eq!(days_since_1970(2000, 3, 1), 11_017);
        assert_eq!(days_since_1970(2026, 11, 22), 20_779);
    }
}
