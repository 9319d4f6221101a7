//! Standardized uptake value by body weight: from activity, dose and weight (PS3.3 C.8.9.1, C.8.9.2,
//! C.8.9.4; the vendor-neutral computation of QIBA and the FDG-PET/CT profile).
//!
//! SUVbw = activity (Bq/ml) · weight (g) / dose (Bq), the dose decayed to the time the images are
//! corrected to. Nothing is guessed: where one of the values is missing or doubtful there is none.

use crate::dicom::Date;
use crate::dicom::Elements;
use crate::dicom::Tag;
use crate::dicom::Time;
use crate::dicom::tags;

/// A patient weighs less than this, kg.
const WEIGHT_MAX_KG: f64 = 1000.0;
/// An injection lies no longer before the images than this many half-lives.
const HALF_LIVES_MAX: f64 = 8.0;
/// Without the date of the injection only a nuclide that lives shorter than this tells the day.
const UNDATED_HALF_LIFE_MAX_S: f64 = 3.0 * 3600.0;
/// And an injection the evening before lies no longer back than this.
const OVERNIGHT_MAX_S: f64 = 12.0 * 3600.0;
const START: Tag = tags::RADIOPHARMACEUTICAL_START_DATE_TIME;
const DAY_S: f64 = 86_400.0;
/// Philips writes its own factor: SUVbw a count, in this block (7053,xx00).
const PHILIPS: &str = "Philips PET Private Group";

/// What a modality value of a PET image is to be multiplied with to be SUVbw in g/ml; `None` where
/// the image does not hold all that the computation needs.
#[must_use]
pub fn suv_bw_factor(root: Elements<'_>) -> Option<f64> {
    if root.text(tags::MODALITY)? != "PT" {
        return None;
    }
    let is_corrected = |name: &str| {
        let corrections = root.texts(tags::CORRECTED_IMAGE);
        corrections.iter().any(|correction| correction == name)
    };
    if !(is_corrected("ATTN") && is_corrected("DECY")) {
        return None;
    }
    let factor = match root.text(tags::UNITS)?.as_str() {
        "BQML" => {
            let weight_g = positive(root, tags::PATIENT_WEIGHT)? * 1000.0;
            weight_g / dose_bq(root)?
        }
        "CNTS" => positive(root, root.private_tag(0x7053, PHILIPS, 0x00)?)?,
        _ => return None,
    };
    let is_plausible = root
        .float(tags::PATIENT_WEIGHT)
        .is_none_or(|kg| kg < WEIGHT_MAX_KG);
    (is_plausible && factor.is_finite() && factor > 0.0).then_some(factor)
}

fn positive(elements: Elements<'_>, tag: Tag) -> Option<f64> {
    elements
        .float(tag)
        .filter(|value| value.is_finite() && *value > 0.0)
}

/// The dose at the time the images are corrected to: that of injection (ADMIN), or the beginning of
/// the series (START), to which it is decayed here.
fn dose_bq(root: Elements<'_>) -> Option<f64> {
    let injections = root.items(tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE);
    // Of several injections nobody knows which one the picture shows.
    let [injection] = *injections else {
        return None;
    };
    let dose_bq = positive(injection, tags::RADIONUCLIDE_TOTAL_DOSE)?;
    match root.text(tags::DECAY_CORRECTION)?.as_str() {
        "ADMIN" => Some(dose_bq),
        "START" => {
            let half_life_s = positive(injection, tags::RADIONUCLIDE_HALF_LIFE)?;
            let elapsed_s = seconds_since_injection(root, injection, half_life_s)?;
            (elapsed_s <= HALF_LIVES_MAX * half_life_s)
                .then(|| dose_bq * (-elapsed_s / half_life_s).exp2())
        }
        _ => None,
    }
}

/// From injection to the beginning of the series.
fn seconds_since_injection(
    root: Elements<'_>,
    injection: Elements<'_>,
    half_life_s: f64,
) -> Option<f64> {
    let (date, time) = (root.date(tags::SERIES_DATE)?, root.time(tags::SERIES_TIME)?);
    let series_s = seconds(date, time);
    // A series that begins after its own images was derived later; its time is not the one that
    // they are corrected to.
    let acquired = root
        .date(tags::ACQUISITION_DATE)
        .zip(root.time(tags::ACQUISITION_TIME))
        .map(|(date, time)| seconds(date, time))?;
    if acquired < series_s {
        return None;
    }
    let elapsed_s = if injection.has(START) {
        // An offset from UTC can be told apart from local time only where both state one.
        let start = injection.text(START)?;
        let offset = start.find(['+', '-']).and_then(|at| start.get(at..));
        let own = root.text(tags::TIMEZONE_OFFSET_FROM_UTC);
        if offset.is_some() && offset != own.as_deref() {
            return None;
        }
        series_s - seconds(injection.date(START)?, injection.time(START)?)
    } else {
        let time = injection.time(tags::RADIOPHARMACEUTICAL_START_TIME)?;
        if half_life_s > UNDATED_HALF_LIFE_MAX_S {
            return None;
        }
        let same_day = series_s - seconds(date, time);
        // Without a date, an injection later than its images was the evening before, unless that
        // is too long ago: then a clock was wrong.
        if same_day >= 0.0 {
            same_day
        } else {
            Some(same_day + DAY_S).filter(|elapsed_s| *elapsed_s <= OVERNIGHT_MAX_S)?
        }
    };
    (elapsed_s >= 0.0).then_some(elapsed_s)
}

/// Since some day long ago; differences are what counts.
fn seconds(date: Date, time: Time) -> f64 {
    // Days of the civil calendar, March first, so that the leap day ends the year.
    let (year, month) = (i64::from(date.year), i64::from(date.month));
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100
        + year / 400
        + (153 * month + 2) / 5
        + i64::from(date.day);
    let of_day = f64::from(time.hour) * 3600.0
        + f64::from(time.minute) * 60.0
        + f64::from(time.second)
        + f64::from(time.microsecond) * 1e-6;
    days as f64 * DAY_S + of_day
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::modules::testing::Header;

    fn injection() -> Header {
        Header::new()
            .text(tags::RADIONUCLIDE_TOTAL_DOSE, "370000000")
            .text(tags::RADIONUCLIDE_HALF_LIFE, "6586.2")
            .text(tags::RADIOPHARMACEUTICAL_START_TIME, "100000")
    }

    fn pet() -> Header {
        Header::new()
            .text(tags::MODALITY, "PT")
            .text(tags::UNITS, "BQML")
            .texts(tags::CORRECTED_IMAGE, &["DECY", "ATTN", "SCAT"])
            .text(tags::DECAY_CORRECTION, "START")
            .text(tags::PATIENT_WEIGHT, "70")
            .text(tags::SERIES_DATE, "20261121")
            .text(tags::SERIES_TIME, "110000")
            .text(tags::ACQUISITION_DATE, "20261121")
            .text(tags::ACQUISITION_TIME, "110500")
    }

    fn factor(image: Header, injection: Header) -> Option<f64> {
        let sequence = tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE;
        let image = image.items(sequence, vec![injection.dataset()]);
        suv_bw_factor(image.dataset().elements())
    }

    fn is_near(got: Option<f64>, want: f64) -> bool {
        got.is_some_and(|got| (got / want - 1.0).abs() < 1e-6)
    }

    #[test]
    fn the_dose_is_decayed_from_injection_to_the_beginning_of_the_series() {
        // An hour of a half-life of 6586.2 s leaves 2^(-3600/6586.2) = 0.684 632 92 of 370 MBq:
        // 253 314 180 Bq; 70 000 g over that.
        let want = 70_000.0 / 253_314_180.0;
        let got = factor(pet(), injection());
        assert!(is_near(got, want), "{got:?}, not {want}");
        // Uptake in step with dose and weight is 1.
        assert!((got.unwrap() * 253_314_180.0 / 70_000.0 - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_dose_of_images_corrected_to_the_injection_is_not_decayed() {
        let admin = pet().text(tags::DECAY_CORRECTION, "ADMIN");
        assert!(is_near(factor(admin, injection()), 70_000.0 / 370e6));
    }

    #[test]
    fn an_injection_before_midnight_lies_before_images_after_it() {
        let night = pet()
            .text(tags::SERIES_DATE, "20240301")
            .text(tags::SERIES_TIME, "003000")
            .text(tags::ACQUISITION_DATE, "20240301")
            .text(tags::ACQUISITION_TIME, "003000");
        let want = factor(pet(), injection()).unwrap();
        let by_time = injection().text(tags::RADIOPHARMACEUTICAL_START_TIME, "233000");
        assert!(is_near(factor(night.clone(), by_time), want));
        let start = tags::RADIOPHARMACEUTICAL_START_DATE_TIME;
        let by_date = injection().date_time(start, "20240229233000.000");
        assert!(is_near(factor(night.clone(), by_date), want));
        let day_later = injection().date_time(start, "20240302233000");
        assert_eq!(factor(night.clone(), day_later), None);
        let elsewhere = injection().date_time(start, "20240229233000+0100");
        assert_eq!(factor(night.clone(), elsewhere.clone()), None);
        let here = night.text(tags::TIMEZONE_OFFSET_FROM_UTC, "+0100");
        assert!(is_near(factor(here, elsewhere), want));
    }

    #[test]
    fn nothing_is_computed_where_one_value_is_missing_or_doubtful() {
        let without: [(&str, Header); 9] = [
            ("modality", pet().text(tags::MODALITY, "NM")),
            ("unit", pet().text(tags::UNITS, "PROPCPS")),
            ("attenuation", pet().texts(tags::CORRECTED_IMAGE, &["DECY"])),
            ("decay", pet().texts(tags::CORRECTED_IMAGE, &["ATTN"])),
            ("correction", pet().text(tags::DECAY_CORRECTION, "NONE")),
            ("weight", pet().text(tags::PATIENT_WEIGHT, "0")),
            (
                "grams for kilograms",
                pet().text(tags::PATIENT_WEIGHT, "70000"),
            ),
            ("series time", pet().text(tags::SERIES_TIME, "")),
            ("a derived series", pet().text(tags::SERIES_TIME, "120000")),
        ];
        for (what, image) in without {
            assert_eq!(factor(image, injection()), None, "{what}");
        }
        let dose = injection().text(tags::RADIONUCLIDE_TOTAL_DOSE, "0");
        assert_eq!(factor(pet(), dose), None);
        let start = injection().text(tags::RADIOPHARMACEUTICAL_START_TIME, "");
        assert_eq!(factor(pet(), start), None);
        // Half-lives written in minutes: nothing of the dose would be left.
        let half_life = injection().text(tags::RADIONUCLIDE_HALF_LIFE, "109.8");
        assert_eq!(factor(pet(), half_life), None);
        let twice = pet().items(
            tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE,
            vec![injection().dataset(), injection().dataset()],
        );
        assert_eq!(suv_bw_factor(twice.dataset().elements()), None);
    }

    #[test]
    fn an_injection_without_a_date_is_not_guessed_days_or_clocks_apart() {
        // Zirconium-89 four days earlier would read 2.3 times too low.
        let long_lived = injection().text(tags::RADIONUCLIDE_HALF_LIFE, "282240");
        assert_eq!(factor(pet(), long_lived.clone()), None);
        let dated =
            long_lived.date_time(tags::RADIOPHARMACEUTICAL_START_DATE_TIME, "20261117100000");
        let want = 70_000.0 / (370e6 * (-97.0_f64 * 3600.0 / 282_240.0).exp2());
        assert!(is_near(factor(pet(), dated), want));
        // Half a minute after the series by a wrong clock is not the day before.
        let skewed = injection().text(tags::RADIOPHARMACEUTICAL_START_TIME, "110030");
        assert_eq!(factor(pet(), skewed), None);
    }

    #[test]
    fn an_offset_east_is_not_the_same_one_west() {
        let start = tags::RADIOPHARMACEUTICAL_START_DATE_TIME;
        let east = injection().date_time(start, "20261121100000+0500");
        let own = |offset| pet().text(tags::TIMEZONE_OFFSET_FROM_UTC, offset);
        assert!(factor(own("+0500"), east.clone()).is_some());
        assert_eq!(factor(own("-0500"), east), None);
    }

    #[test]
    fn counts_become_suv_by_the_factor_philips_writes_and_by_nothing_else() {
        let counts = pet().text(tags::UNITS, "CNTS");
        assert_eq!(factor(counts.clone(), injection()), None);
        let philips = counts
            .text(Tag(0x7053, 0x0010), PHILIPS)
            .text(Tag(0x7053, 0x1000), "0.000541");
        assert_eq!(factor(philips.clone(), injection()), Some(0.000_541));
        let zero = philips.text(Tag(0x7053, 0x1000), "0");
        assert_eq!(factor(zero, injection()), None);
    }
}
