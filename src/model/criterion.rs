//! What a series may have to be split by, and the values its frames have for it.

use std::cmp::Ordering;

use crate::dicom::modules::FrameFacts;
use crate::problem::Message;
use crate::problem::msg;

/// A property that may tell several volumes of one series apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Criterion {
    ImageType,
    EchoTime,
    EchoNumber,
    BValue,
    ConvolutionKernel,
    StackId,
    TemporalPosition,
    TriggerTime,
    ContrastAgent,
    /// The n-th of the dimensions an enhanced image names itself and nothing above tells.
    Dimension(usize),
    AcquisitionNumber,
    AcquisitionTime,
}

/// What sets of different values have to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    /// Pictures that are no steps of one thing.
    Fixed,
    /// One slice in several contrasts, one after the other.
    Contrast,
    /// One slice at several moments.
    Time,
}

/// A frame's value; what is missing comes first.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Missing,
    Number(f64),
    Text(String),
}

impl Criterion {
    /// In the order in which they are tried.
    pub(super) const ALL: [Self; 15] = [
        Self::ImageType,
        Self::EchoTime,
        Self::EchoNumber,
        Self::BValue,
        Self::ConvolutionKernel,
        Self::StackId,
        Self::TemporalPosition,
        Self::TriggerTime,
        Self::ContrastAgent,
        Self::Dimension(0),
        Self::Dimension(1),
        Self::Dimension(2),
        Self::Dimension(3),
        Self::AcquisitionNumber,
        Self::AcquisitionTime,
    ];

    /// Whether its values are different pictures (and so kept apart even where no place is taken
    /// twice), not moments of one acquisition.
    pub(super) const fn is_kind_of_picture(self) -> bool {
        matches!(
            self,
            Self::ImageType
                | Self::EchoTime
                | Self::EchoNumber
                | Self::BValue
                | Self::ConvolutionKernel
                | Self::StackId
        )
    }

    pub(super) const fn axis(self) -> Axis {
        match self {
            Self::ImageType | Self::ConvolutionKernel | Self::StackId | Self::ContrastAgent => {
                Axis::Fixed
            }
            Self::EchoTime | Self::EchoNumber | Self::BValue | Self::Dimension(_) => Axis::Contrast,
            Self::TemporalPosition
            | Self::TriggerTime
            | Self::AcquisitionNumber
            | Self::AcquisitionTime => Axis::Time,
        }
    }

    pub(super) fn value(self, facts: &FrameFacts) -> Value {
        let integer =
            |value: Option<i64>| value.map_or(Value::Missing, |v| Value::Number(v as f64));
        // Times are computed by scanners and differ in their last digits.
        let tenths = |value: Option<f64>| {
            value.map_or(Value::Missing, |v| Value::Number((v * 10.0).round() / 10.0))
        };
        let text = |value: &str| match value {
            "" => Value::Missing,
            text => Value::Text(text.to_owned()),
        };
        match self {
            Self::ImageType => text(&facts.image_type),
            Self::EchoTime => tenths(facts.echo_time_ms),
            Self::EchoNumber => integer(facts.echo_number),
            Self::BValue => tenths(facts.b_value),
            Self::ConvolutionKernel => text(&facts.convolution_kernel),
            Self::StackId => text(&facts.stack_id),
            Self::TemporalPosition => integer(facts.temporal_position),
            Self::TriggerTime => tenths(facts.trigger_time_ms),
            Self::ContrastAgent => text(&facts.contrast_agent),
            Self::Dimension(n) => integer(facts.further_dimensions.get(n).map(|(_, index)| *index)),
            Self::AcquisitionNumber => integer(facts.acquisition_number),
            Self::AcquisitionTime => text(&facts.acquisition_time),
        }
    }

    /// Why a part is a part; `facts` are those of one of its frames.
    pub(super) fn reason(self, value: &Value, facts: &FrameFacts) -> Message {
        let id = match self {
            Self::ImageType => msg("split-image-type"),
            Self::EchoTime => msg("split-echo-time"),
            Self::EchoNumber => msg("split-echo-number"),
            Self::BValue => msg("split-b-value"),
            Self::ConvolutionKernel => msg("split-kernel"),
            Self::StackId => msg("split-stack"),
            Self::TemporalPosition => msg("split-temporal-position"),
            Self::TriggerTime => msg("split-trigger-time"),
            Self::ContrastAgent => msg("split-contrast"),
            Self::Dimension(_) => msg("split-dimension"),
            Self::AcquisitionNumber => msg("split-acquisition"),
            Self::AcquisitionTime => msg("split-acquisition-time"),
        };
        let named = match self {
            Self::Dimension(n) => {
                let name = facts.further_dimensions.get(n);
                Message::new(id).text("name", name.map_or("", |(name, _)| &**name))
            }
            _ => Message::new(id),
        };
        match value {
            Value::Missing => named.text("value", "–"),
            Value::Number(number) => named.number("value", *number),
            Value::Text(text) => named.text("value", text.as_str()),
        }
    }
}

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |value: &Self| match value {
            Self::Missing => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
        };
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}
