//! Waveform Module (PS3.3 C.10.9): multiplex groups of channels sampled together, and their values
//! in the units the file gives them.
//!
//! Samples stay in the header's bytes, channel after channel within each sample time; nothing is
//! allocated by what a file claims.

use std::borrow::Cow;

use super::ecg_lead::EcgLead;
use super::waveform_sample::WaveformSampleKind;
use crate::dicom::Elements;
use crate::dicom::InstanceHeader;
use crate::dicom::tags;
use crate::dicom::transfer_syntax;
use crate::dicom::transfer_syntax::Encoding;
use crate::problem::{Message, msg};

/// A group has at most so many channels; no recorder is near it.
const MAX_CHANNELS: usize = 1024;
/// No biological signal or voice is sampled faster, Hz.
const MAX_FREQUENCY_HZ: f64 = 100_000.0;
/// A channel is shifted against its group by at most this, seconds.
const MAX_SKEW_S: f64 = 1.0;

/// Channels sampled at the same times, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveformGroup {
    /// Its place in the Waveform Sequence, from 0.
    pub index: usize,
    /// Multiplex Group Label; may be empty.
    pub label: String,
    /// Sampling Frequency, Hz; positive.
    pub frequency_hz: f64,
    /// Sample times that are there whole; at least one.
    pub samples: usize,
    /// Number of Waveform Samples, where the data hold fewer.
    pub declared_samples: Option<usize>,
    /// Its channels in the order of the data; at least one.
    pub channels: Vec<WaveformChannel>,
    kind: WaveformSampleKind,
    /// Waveform Padding Value: a stored number that is no value.
    padding: Option<i64>,
}

/// One channel.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveformChannel {
    /// Channel Label, else the meaning of the Channel Source code; may be empty.
    pub name: String,
    /// Which of the twelve standard leads it is.
    pub lead: Option<EcgLead>,
    /// How stored numbers become values; `None` if the file does not say.
    pub scale: Option<ChannelScale>,
    /// When its samples were taken, after those of the group, seconds.
    pub skew_s: f64,
    /// What was filtered out before it was stored.
    pub filters: ChannelFilters,
}

/// Stored number × factor + baseline = value in the unit.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelScale {
    /// Channel Sensitivity × Channel Sensitivity Correction Factor.
    pub factor: f64,
    /// Channel Baseline.
    pub baseline: f64,
    /// What the values are in.
    pub unit: ChannelUnit,
}

/// Unit of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelUnit {
    /// Any voltage, turned to millivolts.
    Millivolt,
    /// Another one, as it is written.
    Other(String),
}

/// Corner frequencies, Hz; `None` where the file does not say, or says 0 for none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ChannelFilters {
    /// Filter Low Frequency.
    pub low_hz: Option<f64>,
    /// Filter High Frequency.
    pub high_hz: Option<f64>,
    /// Notch Filter Frequency.
    pub notch_hz: Option<f64>,
}

impl WaveformGroup {
    /// All groups of an instance: each, or the reason why it cannot be shown.
    #[must_use]
    pub fn read_all(header: &InstanceHeader) -> Vec<Result<Self, Message>> {
        let encoding = transfer_syntax::encoding(&header.transfer_syntax);
        let is_big_endian = matches!(
            encoding,
            Ok(Encoding::Native {
                is_big_endian: true
            })
        );
        header
            .dataset
            .elements()
            .items(tags::WAVEFORM_SEQUENCE)
            .into_iter()
            .enumerate()
            .map(|(index, item)| Self::read(item, index, is_big_endian))
            .collect()
    }

    fn read(item: Elements<'_>, index: usize, is_big_endian: bool) -> Result<Self, Message> {
        let fault = |id| Message::new(id);
        let frequency_hz = item
            .float(tags::SAMPLING_FREQUENCY)
            .filter(|hz| *hz > 0.0 && *hz <= MAX_FREQUENCY_HZ)
            .ok_or_else(|| fault(msg("waveform-no-frequency")))?;
        let term = item.text(tags::WAVEFORM_SAMPLE_INTERPRETATION);
        let term = term.unwrap_or_default();
        let bits = item.integer(tags::WAVEFORM_BITS_ALLOCATED).unwrap_or(0);
        let kind = WaveformSampleKind::read(&term, bits)
            // Words of 16 bits are turned on reading; what is longer would be half turned.
            .filter(|kind| !is_big_endian || kind.bytes() <= 2)
            .ok_or_else(|| {
                Message::new(msg("waveform-sample-kind"))
                    .text("term", term)
                    .number("bits", bits as f64)
            })?;
        let definitions = item.items(tags::CHANNEL_DEFINITION_SEQUENCE);
        let declared = item.integer(tags::NUMBER_OF_WAVEFORM_CHANNELS);
        let count = declared.map_or(definitions.len(), |n| usize::try_from(n).unwrap_or(0));
        if definitions.is_empty() || count != definitions.len() {
            // Which samples are whose would be a guess.
            return Err(Message::new(msg("waveform-channels-disagree"))
                .count("declared", count)
                .count("described", definitions.len()));
        }
        if count > MAX_CHANNELS {
            return Err(Message::new(msg("waveform-too-many-channels"))
                .count("count", count)
                .count("most", MAX_CHANNELS));
        }
        let data = item.raw(tags::WAVEFORM_DATA).unwrap_or_default();
        let whole = data.len() / (kind.bytes() * count);
        let declared = item.integer(tags::NUMBER_OF_WAVEFORM_SAMPLES);
        let declared = declared.map(|n| usize::try_from(n).unwrap_or(0));
        let samples = declared.map_or(whole, |declared| declared.min(whole));
        if samples == 0 {
            return Err(fault(msg("waveform-no-samples")));
        }
        let channels = definitions
            .into_iter()
            .map(|definition| WaveformChannel::read(definition, kind, frequency_hz))
            .collect();
        Ok(Self {
            index,
            label: item.text(tags::MULTIPLEX_GROUP_LABEL).unwrap_or_default(),
            frequency_hz,
            samples,
            declared_samples: declared.filter(|declared| *declared > whole),
            channels,
            kind,
            padding: item
                .raw(tags::WAVEFORM_PADDING_VALUE)
                .and_then(|bytes| kind.decode(&bytes)),
        })
    }

    /// How long it is, seconds.
    #[must_use]
    pub fn duration_s(&self) -> f64 {
        self.samples as f64 / self.frequency_hz
    }

    /// Its samples: from the header it was read from.
    #[must_use]
    pub fn samples_of<'a>(&'a self, header: &'a InstanceHeader) -> Option<WaveformSamples<'a>> {
        let groups = header.dataset.elements().items(tags::WAVEFORM_SEQUENCE);
        let bytes = groups.get(self.index)?.raw(tags::WAVEFORM_DATA)?;
        Some(WaveformSamples { group: self, bytes })
    }
}

/// The samples of a group.
#[derive(Debug, Clone)]
pub struct WaveformSamples<'a> {
    group: &'a WaveformGroup,
    bytes: Cow<'a, [u8]>,
}

impl WaveformSamples<'_> {
    /// Whose samples they are.
    #[must_use]
    pub const fn group(&self) -> &WaveformGroup {
        self.group
    }

    /// The stored number; `None` outside, and for padding.
    #[must_use]
    pub fn stored(&self, channel: usize, sample: usize) -> Option<i64> {
        let group = self.group;
        if channel >= group.channels.len() || sample >= group.samples {
            return None;
        }
        let at = (sample * group.channels.len() + channel) * group.kind.bytes();
        let value = group.kind.decode(self.bytes.get(at..)?)?;
        (group.padding != Some(value)).then_some(value)
    }

    /// The value in the channel's unit (voltages in mV), the stored number where it has none;
    /// `None` outside, and for padding.
    #[must_use]
    pub fn value(&self, channel: usize, sample: usize) -> Option<f64> {
        let stored = self.stored(channel, sample)? as f64;
        let scale = self.group.channels.get(channel)?.scale.as_ref();
        Some(scale.map_or(stored, |scale| stored * scale.factor + scale.baseline))
    }
}

impl WaveformChannel {
    fn read(item: Elements<'_>, kind: WaveformSampleKind, frequency_hz: f64) -> Self {
        let source = item.item(tags::CHANNEL_SOURCE_SEQUENCE);
        let of_source = |tag| source.and_then(|source| source.text(tag));
        let meaning = of_source(tags::CODE_MEANING);
        let label = item.text(tags::CHANNEL_LABEL);
        let by_code = of_source(tags::CODE_VALUE)
            .zip(of_source(tags::CODING_SCHEME_DESIGNATOR))
            .and_then(|(value, scheme)| EcgLead::from_code(&value, &scheme));
        let by_text = |text: &Option<String>| EcgLead::from_text(text.as_deref()?);
        let skew_s = item.float(tags::CHANNEL_TIME_SKEW).or_else(|| {
            let samples = item.float(tags::CHANNEL_SAMPLE_SKEW)?;
            Some(samples / frequency_hz)
        });
        Self {
            lead: by_code
                .or_else(|| by_text(&label))
                .or_else(|| by_text(&meaning)),
            name: label.or(meaning).unwrap_or_default(),
            scale: ChannelScale::read(item).filter(|_| !kind.is_companded()),
            skew_s: skew_s
                .filter(|skew| skew.abs() <= MAX_SKEW_S)
                .unwrap_or(0.0),
            filters: ChannelFilters::read(item),
        }
    }

    /// Whether its values are millivolts.
    #[must_use]
    pub fn is_voltage(&self) -> bool {
        self.scale
            .as_ref()
            .is_some_and(|scale| scale.unit == ChannelUnit::Millivolt)
    }
}

impl ChannelScale {
    fn read(item: Elements<'_>) -> Option<Self> {
        let number = |tag, otherwise| {
            if item.has(tag) {
                item.float(tag)
            } else {
                Some(otherwise)
            }
        };
        let sensitivity = item.float(tags::CHANNEL_SENSITIVITY)?;
        let correction = number(tags::CHANNEL_SENSITIVITY_CORRECTION_FACTOR, 1.0)?;
        let baseline = number(tags::CHANNEL_BASELINE, 0.0)?;
        let unit = item.item(tags::CHANNEL_SENSITIVITY_UNITS_SEQUENCE)?;
        let code = unit.text(tags::CODE_VALUE)?;
        let is_ucum = unit.text(tags::CODING_SCHEME_DESIGNATOR).as_deref() == Some("UCUM");
        let millivolts = match &*code {
            "nV" => Some(1e-6),
            "uV" => Some(1e-3),
            "mV" => Some(1.0),
            "V" => Some(1e3),
            _ => None,
        };
        let (unit, to_unit) = match millivolts.filter(|_| is_ucum) {
            Some(millivolts) => (ChannelUnit::Millivolt, millivolts),
            None if is_ucum => (ChannelUnit::Other(code.replace(['[', ']'], "")), 1.0),
            None => {
                let meaning = unit.text(tags::CODE_MEANING);
                (ChannelUnit::Other(meaning.unwrap_or(code)), 1.0)
            }
        };
        let factor = sensitivity * correction * to_unit;
        let is_usable = factor.is_normal() && (baseline * to_unit).is_finite();
        is_usable.then_some(Self {
            factor,
            baseline: baseline * to_unit,
            unit,
        })
    }
}

impl ChannelFilters {
    fn read(item: Elements<'_>) -> Self {
        let hertz = |tag| item.float(tag).filter(|hz| *hz > 0.0);
        Self {
            low_hz: hertz(tags::FILTER_LOW_FREQUENCY),
            high_hz: hertz(tags::FILTER_HIGH_FREQUENCY),
            notch_hz: hertz(tags::NOTCH_FILTER_FREQUENCY),
        }
    }
}
