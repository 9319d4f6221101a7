//! The sentences beside a waveform: scale, units, and what the calipers measured.

use crate::dicom::Elements;
use crate::dicom::modules::{ChannelUnit, WaveformChannel, WaveformGroup};
use crate::dicom::tags;
use crate::problem::{Message, msg};
use crate::text::Words;
use crate::view::waveform::{Interval, Sheet, VerticalScale, VoltageCaliper, WaveformState};

/// Between the parts of a line.
const DOT: &str = " · ";

/// When it was taken; empty if the file does not say.
pub(super) fn taken(words: &Words, root: Elements<'_>) -> String {
    let text = |tag| root.text(tag).unwrap_or_default();
    let moment = text(tags::ACQUISITION_DATE_TIME);
    match moment.split_at_checked(8) {
        Some((date, time)) => words.date_time(date, time.split(['+', '-']).next().unwrap_or("")),
        None => words.date_time(&text(tags::CONTENT_DATE), &text(tags::CONTENT_TIME)),
    }
}

/// `10 mm/mV`; a bare factor where nothing is a voltage.
pub(super) fn gain(words: &Words, gain: f64, has_voltage: bool) -> String {
    if has_voltage {
        words.get(&Message::new(msg("waveform-gain")).number("gain", gain))
    } else {
        let factor = words.number_up_to(gain / 10.0, 1);
        words.get(&Message::new(msg("waveform-factor")).text("factor", factor))
    }
}

/// The lead's name, else what the file calls the channel.
pub(super) fn name(words: &Words, group: &WaveformGroup, channel: usize) -> String {
    let found = group.channels.get(channel);
    match found.and_then(|channel| channel.lead) {
        Some(lead) => lead.name().to_owned(),
        None => found
            .map(|channel| channel.name.clone())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| {
                words.get(&Message::new(msg("waveform-channel")).count("number", channel + 1))
            }),
    }
}

/// The name, and what a reader must know who takes it for an ECG at the gain that is written.
pub(super) fn heading(
    words: &Words,
    group: &WaveformGroup,
    channel: usize,
    scale: Option<&VerticalScale>,
) -> String {
    let name = name(words, group, channel);
    let (Some(scale), Some(found)) = (scale, group.channels.get(channel)) else {
        return [name, words.id(msg("waveform-no-values"))].join(DOT);
    };
    let mut parts = vec![name];
    if !found.is_voltage() {
        let step = words.number_up_to(10.0 * scale.units_per_mm, 6);
        parts.push(match &found.scale {
            Some(known) => words.get(
                &Message::new(msg("waveform-step"))
                    .text("value", with_unit(step, unit_name(&known.unit))),
            ),
            None => words.get(&Message::new(msg("waveform-step-raw")).text("value", step)),
        });
    }
    if scale.centre != 0.0 {
        let unit = found
            .scale
            .as_ref()
            .map_or("", |known| unit_name(&known.unit));
        let value = with_unit(words.number_up_to(scale.centre, 3), unit);
        parts.push(words.get(&Message::new(msg("waveform-axis")).text("value", value)));
    }
    parts.join(DOT)
}

fn unit_name(unit: &ChannelUnit) -> &str {
    match unit {
        ChannelUnit::Millivolt => "mV",
        ChannelUnit::Other(name) => name,
    }
}

fn with_unit(number: String, unit: &str) -> String {
    if unit.is_empty() {
        number
    } else {
        format!("{number}\u{a0}{unit}")
    }
}

/// The line below: the grid's scale, sampling, filters, and which time is shown.
pub(super) fn scale_line(
    words: &Words,
    group: &WaveformGroup,
    state: &WaveformState,
    sheet: &Sheet,
) -> String {
    let speed = Message::new(msg("waveform-speed")).number("speed", state.speed);
    let mut parts = vec![words.get(&speed)];
    if group.channels.iter().any(WaveformChannel::is_voltage) {
        parts.push(gain(words, state.gain, true));
    }
    let hz = words.number_up_to(group.frequency_hz, 2);
    parts.push(words.get(&Message::new(msg("waveform-sampled")).text("hz", hz)));
    parts.extend(filters(words, group));
    let seconds = |value| words.number(value, 1);
    let start_s = state.start_s.clamp(0.0, sheet.last_start_s);
    let duration_s = group.duration_s();
    let end_s = (start_s + duration_s - sheet.last_start_s).min(duration_s);
    let shown = Message::new(msg("waveform-time"))
        .text("from", seconds(start_s))
        .text("to", seconds(end_s))
        .text("of", seconds(duration_s));
    parts.push(words.get(&shown));
    parts.join(DOT)
}

/// What was filtered, where it was the same in all channels.
fn filters(words: &Words, group: &WaveformGroup) -> Vec<String> {
    let mut channels = group.channels.iter().map(|channel| channel.filters);
    let Some(first) = channels.next() else {
        return Vec::new();
    };
    if channels.any(|other| other != first) {
        return Vec::new();
    }
    let hz = |value| words.number_up_to(value, 3);
    let band = match (first.low_hz, first.high_hz) {
        (Some(low), Some(high)) => Some(
            Message::new(msg("waveform-band"))
                .text("low", hz(low))
                .text("high", hz(high)),
        ),
        (Some(low), None) => Some(Message::new(msg("waveform-high-pass")).text("hz", hz(low))),
        (None, Some(high)) => Some(Message::new(msg("waveform-low-pass")).text("hz", hz(high))),
        (None, None) => None,
    };
    let notch = first
        .notch_hz
        .map(|notch| Message::new(msg("waveform-notch")).text("hz", hz(notch)));
    let found = band.into_iter().chain(notch);
    found.map(|message| words.get(&message)).collect()
}

/// That the data end before they should; `None` if they do not.
pub(super) fn shortened(words: &Words, group: &WaveformGroup) -> Option<String> {
    let declared = group.declared_samples? as f64 / group.frequency_hz;
    let message = Message::new(msg("waveform-shortened"))
        .text("found", words.number(group.duration_s(), 1))
        .text("declared", words.number(declared, 1));
    Some(words.get(&message))
}

/// `Δt 820 ms · 73 bpm`.
pub(super) fn interval(words: &Words, times: [f64; 2]) -> String {
    let interval = Interval::between(times);
    let ms = words.with_unit(interval.ms, 0, "ms");
    match interval.per_minute() {
        Some(rate) => words.get(
            &Message::new(msg("waveform-interval"))
                .text("ms", ms)
                .text("rate", words.number(rate, 0)),
        ),
        None => words.get(&Message::new(msg("waveform-interval-none")).text("ms", ms)),
    }
}

/// `V5: Δ 1.23 mV`.
pub(super) fn difference(words: &Words, group: &WaveformGroup, caliper: &VoltageCaliper) -> String {
    let found = group.channels.get(caliper.channel);
    let scale = found.and_then(|channel| channel.scale.as_ref());
    let value = match scale {
        Some(scale) => {
            let number = words.number(caliper.difference(), 2);
            with_unit(number, unit_name(&scale.unit))
        }
        None => words.get(
            &Message::new(msg("waveform-raw")).text("value", words.number(caliper.difference(), 0)),
        ),
    };
    let message = Message::new(msg("waveform-difference"))
        .text("lead", name(words, group, caliper.channel))
        .text("value", value);
    words.get(&message)
}

/// What a screen reader says.
pub(super) fn accessible_name(words: &Words, group: &WaveformGroup) -> String {
    let leads: Vec<String> = (0..group.channels.len())
        .map(|channel| name(words, group, channel))
        .collect();
    words.get(&Message::new(msg("waveform-pane")).text("leads", leads.join(", ")))
}
