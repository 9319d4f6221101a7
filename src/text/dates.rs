//! DICOM dates, times and ages (PS3.5 6.2) taken apart, for [`super::Words`] to put into words.

/// A complete date out of a DA, or of the older form with points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl Date {
    pub fn parse(da: &str) -> Option<Self> {
        let digits: String = match da.trim() {
            text if text.len() == 10 && (text.matches('.').count() == 2) => text.replace('.', ""),
            text => text.to_owned(),
        };
        if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let date = Self {
            year: digits.get(..4)?.parse().ok()?,
            month: digits.get(4..6)?.parse().ok()?,
            day: digits.get(6..)?.parse().ok()?,
        };
        (date.year > 0
            && (1..=12).contains(&date.month)
            && (1..=date.days_in_month()).contains(&date.day))
        .then_some(date)
    }

    const fn days_in_month(self) -> u8 {
        match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if self.year.is_multiple_of(4)
                && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400)) =>
            {
                29
            }
            2 => 28,
            _ => 31,
        }
    }

    /// Days since 1 March of the year 0.
    fn day_number(self) -> i32 {
        let (month, year) = if self.month < 3 {
            (i32::from(self.month) + 9, i32::from(self.year) - 1)
        } else {
            (i32::from(self.month) - 3, i32::from(self.year))
        };
        365 * year + year / 4 - year / 100
            + year / 400
            + (month * 153 + 2) / 5
            + i32::from(self.day)
    }
}

/// A TM as `14:05` or `14:05:09`: hours and minutes, seconds where given. The older form with
/// colons is read, too.
pub(super) fn format_time(tm: &str) -> Option<String> {
    let whole = tm.trim().split('.').next()?.replace(':', "");
    if !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>, below: u8| {
        let text = whole.get(range)?;
        text.parse::<u8>().ok().filter(|&v| v < below)?;
        Some(text)
    };
    let hours = part(0..2, 24)?;
    let minutes = if whole.len() == 2 {
        "00"
    } else {
        part(2..4, 60)?
    };
    match whole.len() {
        2 | 4 => Some(format!("{hours}:{minutes}")),
        6 => Some(format!("{hours}:{minutes}:{}", part(4..6, 61)?)),
        _ => None,
    }
}

/// The unit of an AS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AgeUnit {
    Days,
    Weeks,
    Months,
    Years,
}

/// An AS: `054Y`, `006M` …
pub(super) fn parse_age(age: &str) -> Option<(u16, AgeUnit)> {
    let age = age.trim();
    let (digits, unit) = age.split_at_checked(age.len().checked_sub(1)?)?;
    let unit = match unit {
        "D" | "d" => AgeUnit::Days,
        "W" | "w" => AgeUnit::Weeks,
        "M" | "m" => AgeUnit::Months,
        "Y" | "y" => AgeUnit::Years,
        _ => return None,
    };
    if digits.is_empty() || digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((digits.parse().ok()?, unit))
}

/// The age (AS) on a date from the date of birth, both DA: years from two on, else months from one on,
/// else days. `None` if either is unreadable, or the date lies before the birth.
#[must_use]
pub fn age_at(birth_date: &str, date: &str) -> Option<String> {
    let (birth, date) = (Date::parse(birth_date)?, Date::parse(date)?);
    if date < birth {
        return None;
    }
    let months = (i32::from(date.year) - i32::from(birth.year)) * 12 + i32::from(date.month)
        - i32::from(birth.month)
        - i32::from(date.day < birth.day);
    let (value, unit) = match months {
        24.. => (months / 12, 'Y'),
        1.. => (months, 'M'),
        _ => (date.day_number() - birth.day_number(), 'D'),
    };
    (value <= 999).then(|| format!("{value:03}{unit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_dates_are_dates() {
        assert_eq!(
            Date::parse("20261121"),
            Some(Date {
                year: 2026,
                month: 11,
                day: 21
            })
        );
        assert_eq!(Date::parse("1972.03.12").map(|d| d.day), Some(12));
        assert!(Date::parse("20240229").is_some());
        for bad in [
            "",
            "2026",
            "20261321",
            "20260230",
            "20230229",
            "19000229",
            "2026112",
            "2026112x",
            "٢٠٢٦١١٢١",
        ] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn times_lose_fractions_and_refuse_nonsense() {
        assert_eq!(format_time("140509.123456").as_deref(), Some("14:05:09"));
        assert_eq!(format_time("1405").as_deref(), Some("14:05"));
        assert_eq!(format_time("14").as_deref(), Some("14:00"));
        assert_eq!(format_time("14:05:09").as_deref(), Some("14:05:09"));
        for bad in ["", "25", "1460", "140", "1405091", "é1"] {
            assert_eq!(format_time(bad), None, "{bad}");
        }
    }

    #[test]
    fn ages_are_read_and_reckoned() {
        assert_eq!(parse_age("054Y"), Some((54, AgeUnit::Years)));
        assert_eq!(parse_age("010D"), Some((10, AgeUnit::Days)));
        for bad in ["", "Y", "54", "5x4Y", "0541Y", "é"] {
            assert_eq!(parse_age(bad), None, "{bad}");
        }
        assert_eq!(age_at("19720312", "20261121").as_deref(), Some("054Y"));
        assert_eq!(age_at("19721122", "20261121").as_deref(), Some("053Y"));
        assert_eq!(age_at("20241121", "20261121").as_deref(), Some("002Y"));
        assert_eq!(age_at("20241122", "20261121").as_deref(), Some("023M"));
        assert_eq!(age_at("20240229", "20240301").as_deref(), Some("001D"));
        assert_eq!(age_at("20261231", "20270101").as_deref(), Some("001D"));
        assert_eq!(age_at("20261121", "20261121").as_deref(), Some("000D"));
        assert_eq!(age_at("20261122", "20261121"), None);
    }
}
