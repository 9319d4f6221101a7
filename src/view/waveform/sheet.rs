//! Which lead lies where on the sheet, and when: three rows of four leads with lead II along the
//! bottom where the channels are the twelve standard leads, else one channel below the other.

use crate::dicom::modules::{EcgLead, WaveformGroup};

/// Height of the calibration pulse, mV.
pub const PULSE_MV: f64 = 1.0;
/// Length of the calibration pulse, seconds.
pub const PULSE_S: f64 = 0.2;

/// The pulse stands so far from the left and from the traces, mm.
const PULSE_GAP_MM: f64 = 2.5;
/// Side of a big square, mm: rows are so many of them high, and their axes lie on their lines.
const SQUARE_MM: f64 = 5.0;
/// No row is lower, mm.
const LEAST_ROW_MM: f64 = 20.0;
/// A recording that fills this share of the page goes on from column to column; a shorter one
/// begins in each.
const FILLS_PAGE: f64 = 0.9;

/// Row by row, as on paper.
const STANDARD: [[EcgLead; 4]; 3] = [
    [EcgLead::I, EcgLead::AVR, EcgLead::V1, EcgLead::V4],
    [EcgLead::II, EcgLead::AVL, EcgLead::V2, EcgLead::V5],
    [EcgLead::III, EcgLead::AVF, EcgLead::V3, EcgLead::V6],
];
/// The lead along the bottom.
const RHYTHM: EcgLead = EcgLead::II;

/// How channels are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement {
    /// Three rows of four leads (the channel of each), and one along the bottom.
    Standard([[usize; 4]; 3], usize),
    /// So many channels, one below the other.
    Rows(usize),
}

impl Arrangement {
    /// The standard one where the group is exactly the twelve leads, each once and in millivolts.
    #[must_use]
    pub fn of(group: &WaveformGroup) -> Self {
        let channels = &group.channels;
        let rows = Self::Rows(channels.len());
        if channels.len() != 12 || !channels.iter().all(|channel| channel.is_voltage()) {
            return rows;
        }
        let channel_of = |lead| channels.iter().position(|c| c.lead == Some(lead));
        let mut places = [[0; 4]; 3];
        for (row, leads) in places.iter_mut().zip(STANDARD) {
            for (place, lead) in row.iter_mut().zip(leads) {
                let Some(channel) = channel_of(lead) else {
                    return rows;
                };
                *place = channel;
            }
        }
        channel_of(RHYTHM).map_or(rows, |rhythm| Self::Standard(places, rhythm))
    }
}

/// A piece of a channel on the sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strip {
    /// Which channel of the group.
    pub channel: usize,
    /// Which row, from the top.
    pub row: usize,
    /// Where it begins.
    pub left_mm: f64,
    /// How long it is.
    pub width_mm: f64,
    /// The time at its beginning, seconds.
    pub start_s: f64,
}

/// What lies where, for one frame on screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// All pieces, row by row.
    pub strips: Vec<Strip>,
    /// How many rows.
    pub rows: usize,
    /// Height of a row.
    pub row_mm: f64,
    /// Paper speed, mm/s.
    pub speed: f64,
    /// Left end of the calibration pulse.
    pub pulse_mm: f64,
    /// How much of the recording a strip along the whole page shows, seconds.
    pub page_s: f64,
    /// The last time the sheet can begin at, seconds.
    pub last_start_s: f64,
}

impl Sheet {
    /// A sheet as wide and at least as high as the pane (mm), from a time on; times before the
    /// recording and after its last page are moved into it.
    #[must_use]
    pub fn lay_out(
        arrangement: Arrangement,
        (width_mm, height_mm): (f64, f64),
        speed: f64,
        start_s: f64,
        duration_s: f64,
    ) -> Self {
        let left_mm = 2.0 * PULSE_GAP_MM + PULSE_S * speed;
        let whole_mm = (width_mm - left_mm).max(1.0);
        let page_s = whole_mm / speed;
        let (columns, rows) = match arrangement {
            Arrangement::Standard(..) => (4, 3),
            Arrangement::Rows(count) => (1, count),
        };
        let column_mm = whole_mm / f64::from(columns);
        let column_s = column_mm / speed;
        let goes_on = duration_s >= FILLS_PAGE * page_s;
        let has_rhythm = columns > 1 && duration_s > column_s;
        let shown_s = if goes_on { page_s } else { column_s };
        let last_start_s = (duration_s - shown_s).max(0.0);
        let start_s = start_s.clamp(0.0, last_start_s);
        let strip = |channel, row, column: u32| {
            let into_mm = column_mm * f64::from(column);
            Strip {
                channel,
                row,
                left_mm: left_mm + into_mm,
                width_mm: column_mm,
                start_s: start_s + if goes_on { into_mm / speed } else { 0.0 },
            }
        };
        let mut strips: Vec<Strip> = match arrangement {
            Arrangement::Standard(places, _) => places
                .iter()
                .enumerate()
                .flat_map(|(row, places)| {
                    let columns = (0_u32..).zip(places);
                    columns.map(move |(column, channel)| strip(*channel, row, column))
                })
                .collect(),
            Arrangement::Rows(count) => (0..count).map(|row| strip(row, row, 0)).collect(),
        };
        if let Arrangement::Standard(_, rhythm) = arrangement
            && has_rhythm
        {
            strips.push(Strip {
                width_mm: whole_mm,
                ..strip(rhythm, rows, 0)
            });
        }
        let rows = rows + usize::from(has_rhythm);
        Self {
            strips,
            rows,
            row_mm: ((height_mm / rows.max(1) as f64 / SQUARE_MM).floor() * SQUARE_MM)
                .max(LEAST_ROW_MM),
            speed,
            pulse_mm: PULSE_GAP_MM,
            page_s,
            last_start_s,
        }
    }

    /// How high all rows are.
    #[must_use]
    pub fn height_mm(&self) -> f64 {
        self.row_mm * self.rows as f64
    }

    /// The axis of a row: in its middle, or half a big square below, for R waves are the highest.
    #[must_use]
    pub fn axis_mm(&self, row: usize) -> f64 {
        let above_mm = (self.row_mm / 2.0 / SQUARE_MM).ceil() * SQUARE_MM;
        self.row_mm * row as f64 + above_mm
    }

    /// The strip at a place; the nearest where there is none.
    #[must_use]
    pub fn strip_at(&self, x_mm: f64, y_mm: f64) -> Option<&Strip> {
        let last = self.rows.saturating_sub(1);
        let row = ((y_mm / self.row_mm).max(0.0) as usize).min(last);
        let in_row = || self.strips.iter().filter(|strip| strip.row == row);
        let reached = in_row().rfind(|strip| x_mm >= strip.left_mm);
        reached.or_else(|| in_row().next())
    }

    /// Where a time lies on a strip; `None` beyond it.
    #[must_use]
    pub fn x_mm(&self, strip: &Strip, time_s: f64) -> Option<f64> {
        let into_mm = (time_s - strip.start_s) * self.speed;
        (0.0..=strip.width_mm)
            .contains(&into_mm)
            .then_some(strip.left_mm + into_mm)
    }

    /// The time at a place, by the strip that is there.
    #[must_use]
    pub fn time_s(&self, x_mm: f64, y_mm: f64) -> Option<f64> {
        let strip = self.strip_at(x_mm, y_mm)?;
        Some(strip.start_s + (x_mm - strip.left_mm) / self.speed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWELVE: Arrangement =
        Arrangement::Standard([[0, 3, 6, 9], [1, 4, 7, 10], [2, 5, 8, 11]], 1);

    /// 10 s at 25 mm/s beside the pulse.
    fn page(start_s: f64, duration_s: f64) -> Sheet {
        Sheet::lay_out(TWELVE, (260.0, 120.0), 25.0, start_s, duration_s)
    }

    #[test]
    fn ten_seconds_stand_in_columns_of_two_and_a_half_over_the_rhythm_strip() {
        let sheet = page(0.0, 10.0);
        assert_eq!((sheet.rows, sheet.strips.len()), (4, 13));
        assert!((sheet.page_s - 10.0).abs() < 1e-12);
        let first: Vec<_> = sheet.strips.iter().take(4).collect();
        for (k, strip) in first.iter().enumerate() {
            assert!((strip.start_s - 2.5 * k as f64).abs() < 1e-12);
            assert!((strip.width_mm - 62.5).abs() < 1e-12);
            assert_eq!(strip.channel, [0, 3, 6, 9][k]);
        }
        let rhythm = sheet.strips[12];
        assert_eq!((rhythm.channel, rhythm.row), (1, 3));
        assert!((rhythm.width_mm - 250.0).abs() < 1e-12);
        assert_eq!(sheet.last_start_s, 0.0);
    }

    #[test]
    fn one_time_lies_at_one_place_across_all_rows_of_a_long_recording() {
        let sheet = page(3.0, 60.0);
        assert!((sheet.last_start_s - 50.0).abs() < 1e-12);
        for x_mm in [15.0, 100.0, 200.0, 255.0] {
            let times: Vec<f64> = (0..4)
                .map(|row| sheet.time_s(x_mm, sheet.axis_mm(row)).unwrap())
                .collect();
            assert!(times.iter().all(|time| (time - times[0]).abs() < 1e-9));
            assert!((times[0] - (3.0 + (x_mm - 10.0) / 25.0)).abs() < 1e-9);
        }
    }

    #[test]
    fn a_beat_begins_in_every_column() {
        let sheet = page(0.0, 1.2);
        assert_eq!((sheet.rows, sheet.strips.len()), (3, 12));
        assert!(sheet.strips.iter().all(|strip| strip.start_s == 0.0));
        for strip in &sheet.strips {
            let x_mm = sheet.x_mm(strip, 0.5).unwrap();
            assert!((x_mm - strip.left_mm - 12.5).abs() < 1e-12);
            let back = sheet.time_s(x_mm, sheet.axis_mm(strip.row)).unwrap();
            assert!((back - 0.5).abs() < 1e-12);
        }
    }

    #[test]
    fn the_sheet_never_leaves_the_recording() {
        assert_eq!(page(-5.0, 60.0).strips[0].start_s, 0.0);
        assert!((page(1e9, 60.0).strips[0].start_s - 50.0).abs() < 1e-12);
        let rows = Sheet::lay_out(Arrangement::Rows(64), (260.0, 120.0), 50.0, 0.0, 10.0);
        assert!((rows.height_mm() - 64.0 * LEAST_ROW_MM).abs() < 1e-9);
        assert!(rows.strip_at(-5.0, 1e9).is_some_and(|s| s.channel == 63));
    }
}
