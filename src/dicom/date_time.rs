//! Dates and times as DICOM writes them (VR DA, TM, DT; PS3.5 6.2).

/// A calendar date that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// Year.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

/// A time of day; what the file leaves out is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time {
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute.
    pub minute: u8,
    /// Second, 60 in a leap second.
    pub second: u8,
    /// Millionths of the second.
    pub microsecond: u32,
}

impl Date {
    /// `20261121`, or `2026.11.21` and `2026-11-21` as older files have it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches([' ', '\0']);
        let digits: String = match text.as_bytes() {
            [_, _, _, _, b'.' | b'-', _, _, b'.' | b'-', _, _] => {
                text.chars().filter(char::is_ascii_digit).collect()
            }
            _ => text.to_owned(),
        };
        if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let date = Self {
            year: digits.get(..4)?.parse().ok()?,
            month: digits.get(4..6)?.parse().ok()?,
            day: digits.get(6..)?.parse().ok()?,
        };
        (date.year > 0 && (1..=date.days_in_month()).contains(&date.day)).then_some(date)
    }

    /// As DICOM writes it: `20261121`.
    #[must_use]
    pub fn to_da(self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }

    /// So many days earlier; the first day there is, at the least.
    #[must_use]
    pub fn days_before(self, days: u32) -> Self {
        (0..days).fold(self, |date, _| date.day_before())
    }

    fn day_before(self) -> Self {
        let Self { year, month, day } = self;
        let mut before = match (year, month, day) {
            (1, 1, 1) => self,
            (_, 1, 1) => Self {
                year: year - 1,
                month: 12,
                day: 0,
            },
            (_, _, 1) => Self {
                year,
                month: month - 1,
                day: 0,
            },
            _ => Self {
                day: day - 1,
                ..self
            },
        };
        if before.day == 0 {
            before.day = before.days_in_month();
        }
        before
    }

    /// So many days later.
    #[must_use]
    pub fn days_after(self, days: u32) -> Self {
        (0..days).fold(self, |date, _| date.day_after())
    }

    fn day_after(self) -> Self {
        let Self { year, month, day } = self;
        if day < self.days_in_month() {
            let day = day + 1;
            return Self { day, ..self };
        }
        let (year, month) = if month < 12 {
            (year, month + 1)
        } else {
            (year.saturating_add(1), 1)
        };
        let day = 1;
        Self { year, month, day }
    }

    fn is_leap_year(self) -> bool {
        let is_century = self.year.is_multiple_of(100);
        self.year.is_multiple_of(if is_century { 400 } else { 4 })
    }

    fn days_in_month(self) -> u8 {
        match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if self.is_leap_year() => 29,
            2 => 28,
            _ => 0,
        }
    }
}

impl Time {
    /// `143015.25`, cut off after any pair of digits; `14:30:15` as older files have it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches([' ', '\0']).replace(':', "");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        if !matches!(whole.len(), 2 | 4 | 6)
            || !whole
                .bytes()
                .chain(fraction.bytes())
                .all(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        let pair = |at: usize| match whole.get(at..at + 2) {
            Some(pair) => pair.parse().ok(),
            None => Some(0),
        };
        let microsecond = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
        let time = Self {
            hour: pair(0)?,
            minute: pair(2)?,
            second: pair(4)?,
            microsecond,
        };
        (time.hour < 24 && time.minute < 60 && time.second <= 60).then_some(time)
    }
}

/// Both parts of a DT; the offset from UTC is left aside, as it is for DA and TM.
pub(super) fn parse_date_time(text: &str) -> Option<(Date, Option<Time>)> {
    let text = text.trim_matches([' ', '\0']);
    let local = text.split(['+', '-']).next()?;
    let (date, time) = local.split_at_checked(8)?;
    Some((Date::parse(date)?, Time::parse(time)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: u16, month: u8, day: u8) -> Date {
        Date { year, month, day }
    }

    #[test]
    fn only_dates_that_exist_are_dates() {
        for text in [
            "20240229",
            " 20240229 ",
            "2024.02.29",
            "2024-02-29",
            "20240229\0",
        ] {
            assert_eq!(Date::parse(text), Some(date(2024, 2, 29)), "{text}");
        }
        for text in [
            "20230229",
            "19000229",
            "20241301",
            "20240100",
            "2024",
            "",
            "2024O229",
            "00000101",
            "é0240229",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_may_stop_after_any_pair() {
        let time = |hour, minute, second, microsecond| Time {
            hour,
            minute,
            second,
            microsecond,
        };
        for (text, expected) in [
            ("14", time(14, 0, 0, 0)),
            ("1430", time(14, 30, 0, 0)),
            ("143015", time(14, 30, 15, 0)),
            ("143015.2", time(14, 30, 15, 200_000)),
            ("143015.123456", time(14, 30, 15, 123_456)),
            ("143015.1234567", time(14, 30, 15, 123_456)),
            ("14:30:15", time(14, 30, 15, 0)),
        ] {
            assert_eq!(Time::parse(text), Some(expected), "{text}");
        }
        for text in ["", "1", "143", "25", "1460", "14301x", "é4"] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_time_gives_its_local_parts() {
        let (day, time) = parse_date_time("20261121143015.5+0100").unwrap();
        assert_eq!(day, date(2026, 11, 21));
        assert_eq!(time.unwrap().microsecond, 500_000);
        assert_eq!(parse_date_time("20261121").unwrap().1, None);
        assert_eq!(parse_date_time("2026"), None);
    }
}
