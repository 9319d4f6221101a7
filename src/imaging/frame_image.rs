//! One frame with all that is needed to show and measure it.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dicom::modules::{RealWorldValueMap, UltrasoundRegion};
use crate::dicom::{MissingEnd, Photometric, Samples};
use crate::geom::DVec3;
use crate::imaging::colour_profile::{ColourProfile, Colours};
use crate::imaging::lut::Lut;
use crate::imaging::marks::FrameMarks;
use crate::imaging::presentation::PresentationTable;
use crate::problem::Message;

/// Stored value → modality value (PS3.3 C.11.1).
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub enum ModalityTransform {
    Identity,
    Rescale { slope: f64, intercept: f64 },
    Lut(Arc<Lut>),
}

/// VOI LUT Function (0028,1056).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub enum VoiFunction {
    #[default]
    Linear,
    LinearExact,
    Sigmoid,
}

/// Modality value → 0..=1 (PS3.3 C.11.2).
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "DICOM's own names")]
pub enum VoiTransform {
    Window {
        center: f64,
        width: f64,
        function: VoiFunction,
    },
    Lut(Arc<Lut>),
}

/// One of the VOI transforms an image offers, with the explanation it gives for it.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedVoi {
    /// Window Center & Width Explanation or LUT Explanation; empty if none.
    pub name: String,
    /// The transform.
    pub voi: VoiTransform,
}

/// Unit of the modality values. Never invented: [`Units::None`] where the data do not say.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Units {
    /// Hounsfield units, where Rescale Type or the CT image module says so.
    Hounsfield,
    /// A unit named by the data: `OD`, `CNTS`, `BQML`, `SUVbw` …
    Named(Arc<str>),
    /// A code of UCUM, of a real world value mapping.
    Ucum(Arc<str>),
    /// No unit.
    None,
}

impl Units {
    /// What to write behind a value; empty for none.
    #[must_use]
    pub fn symbol(&self) -> &str {
        match self {
            Self::Hounsfield => "HU",
            Self::Named(name) | Self::Ucum(name) => name,
            Self::None => "",
        }
    }
}

/// Stored values that mean "no image here" (PS3.3 C.7.5.1.1.2), low and high included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PaddingRange {
    /// Smallest padding value, stored.
    pub low: f64,
    /// Largest padding value, stored.
    pub high: f64,
}

impl PaddingRange {
    /// Whether a stored value is padding.
    #[must_use]
    pub fn contains(&self, stored: f64) -> bool {
        stored >= self.low && stored <= self.high
    }
}

/// Where millimetres come from; said beside every length that is not in patient millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Calibration {
    /// Pixel Spacing of an image plane: millimetres in the patient.
    Patient,
    /// Pixel Spacing of a projection, calibrated by geometry or fiducials.
    Calibrated,
    /// Imager Pixel Spacing divided by the magnification factor.
    Magnified,
    /// Imager Pixel Spacing: millimetres at the detector.
    Detector,
    /// Nominal Scanned Pixel Spacing: millimetres on the scanned film.
    Scanner,
    /// An ultrasound region's physical delta.
    UltrasoundRegion,
    /// A line of known length that the reader drew.
    Manual,
}

/// Distance between pixel centres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PixelSpacing {
    /// Between rows (down), mm.
    pub row_mm: f64,
    /// Between columns (right), mm.
    pub column_mm: f64,
    /// Where that comes from.
    pub source: Calibration,
}

/// Position and orientation of a frame in the patient (PS3.3 C.7.6.2).
#[derive(Debug, Clone, PartialEq)]
pub struct ImagePlane {
    /// Centre of the top-left pixel, patient mm.
    pub origin: DVec3,
    /// Unit vector along a row: the direction of increasing column index.
    pub row: DVec3,
    /// Unit vector along a column: the direction of increasing row index.
    pub column: DVec3,
    /// Frame of Reference UID; planes with different ones share no space.
    pub frame_of_reference: Option<Arc<str>>,
}

impl ImagePlane {
    /// Unit normal, row × column.
    #[must_use]
    pub fn normal(&self) -> DVec3 {
        self.row.cross(self.column)
    }
}

/// That, and how much, an image was compressed with loss (PS3.3 C.7.6.1.1.5).
#[derive(Debug, Clone, PartialEq)]
pub struct LossyNote {
    /// The largest ratio stated, if any.
    pub ratio: Option<f64>,
}

/// One frame, decoded and described: the unit of the frame cache.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameImage {
    /// Height, pixels.
    pub rows: u32,
    /// Width, pixels.
    pub columns: u32,
    /// Stored values.
    pub samples: Samples,
    /// What they mean as light: of grey, by Presentation LUT Shape where the image states one.
    pub photometric: Photometric,
    /// In place of that: the table that a presentation state puts behind the VOI stage.
    pub presentation: Option<PresentationTable>,
    /// Stored → modality.
    pub modality: ModalityTransform,
    /// Unit of modality values.
    pub units: Units,
    /// The stored values, first and last included, that have a modality value; `None` for all. Others
    /// are shown, but nothing says what they stand for.
    pub mapped: Option<(f64, f64)>,
    /// Stored values outside the image.
    pub padding: Option<PaddingRange>,
    /// The transforms the image offers, in its own order; may be empty.
    pub vois: Arc<[NamedVoi]>,
    /// Where it lies in the patient, if it says.
    pub plane: Option<ImagePlane>,
    /// Millimetres a pixel, if anything calibrates it.
    pub spacing: Option<PixelSpacing>,
    /// Height over width of a pixel where only the aspect is known; 1 otherwise.
    pub aspect: f64,
    /// Ultrasound regions, each with its own calibration.
    pub regions: Arc<[UltrasoundRegion]>,
    /// Compressed with loss at any time of its life.
    pub lossy: Option<LossyNote>,
    /// What a modality value is multiplied with to be SUVbw, g/ml; `None` where the image does not
    /// hold all that it takes (PET only).
    pub suv_bw_factor: Option<f64>,
    /// What else the stored values stand for, beside their modality values.
    pub value_maps: Arc<[RealWorldValueMap]>,
    /// Shutter and overlays; `None` where the image has neither.
    pub marks: Option<Arc<FrameMarks>>,
    /// What its colours stand for, where they are not the screen's; or why that cannot be told.
    pub colour: Option<Result<Arc<ColourProfile>, Message>>,
    /// The end that the file does not hold, if it was cut off: no image, whatever the samples say.
    pub missing: Option<MissingEnd>,
}

impl FrameImage {
    /// Samples of which nothing is known but their size: no rescale, no unit, no place.
    #[must_use]
    pub fn plain([columns, rows]: [u32; 2], samples: Samples) -> Self {
        Self {
            rows,
            columns,
            photometric: if samples.samples_per_pixel() == 3 {
                Photometric::Rgb
            } else {
                Photometric::Monochrome2
            },
            samples,
            presentation: None,
            modality: ModalityTransform::Identity,
            units: Units::None,
            mapped: None,
            padding: None,
            vois: Arc::from([]),
            plane: None,
            spacing: None,
            aspect: 1.0,
            regions: Arc::from([]),
            lossy: None,
            suv_bw_factor: None,
            value_maps: Arc::from([]),
            marks: None,
            colour: None,
            missing: None,
        }
    }

    /// Whether a stored value stands for a modality value.
    #[must_use]
    pub fn is_mapped(&self, stored: f64) -> bool {
        { self.mapped }.is_none_or(|(first, last)| stored >= first && stored <= last)
    }

    /// Turns values, modality values as f32, of which none is mapped into NaN.
    pub(crate) fn blank_unmapped(&self, values: &mut [f32]) {
        let Some((first, last)) = self.mapped else {
            return;
        };
        let ends = [first, last].map(|stored| self.modality.apply(stored) as f32);
        let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        for value in values {
            if !(*value >= low && *value <= high) {
                *value = f32::NAN;
            }
        }
    }

    /// The samples as the display path takes them: colours by the image's profile, if they are
    /// wanted so and it has one.
    #[must_use]
    pub fn shown_samples(&self, colours: Colours) -> Cow<'_, Samples> {
        let profile = self.colour.as_ref().and_then(|colour| colour.as_ref().ok());
        profile
            .filter(|_| colours == Colours::Managed)
            .and_then(|profile| profile.apply(&self.samples))
            .map_or(Cow::Borrowed(&self.samples), Cow::Owned)
    }
}
