//! What a report says, apart from how a template arranges it.

use crate::annotation::Annotation;
use crate::annotation::Geometry;
use crate::annotation::Measurement;
use crate::annotation::major_axis_first;
use crate::dicom::codes;
use crate::dicom::codes::CodeRef;
use crate::dicom::is_valid_uid;
use crate::geom::DVec3;
use crate::objects::sr::ContentItem;
use crate::text::Language;

/// The text of an arrow without text: a text item must have a value.
pub(super) const NO_TEXT: &str = "→";

/// The code of a report's language.
#[must_use]
pub(super) const fn language_code(language: Language) -> CodeRef {
    match language {
        Language::English => codes::ENGLISH,
        Language::French => codes::FRENCH,
    }
}

/// One annotation with the values measured from it.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Where and what.
    pub annotation: Annotation,
    /// The values, as measured now or as a report stated them.
    pub measurements: Vec<Measurement>,
    /// What else a report said about it that we have no place for; written back as it is.
    pub kept: Vec<ContentItem>,
}

/// The content of a report.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// What the report is called (Series Description); a title of CID 7021 also names the document.
    pub title: String,
    /// Who observed, as a DICOM person name; empty if nobody is named.
    pub observer: String,
    /// The language of the texts.
    pub language: Language,
    /// The annotations.
    pub findings: Vec<Finding>,
    /// Free text.
    pub text: String,
    /// Free text: the conclusion.
    pub impression: String,
    /// Completion Flag: whether the reader says that nothing is missing.
    pub is_complete: bool,
    /// Measurement groups of a report that could not become annotations; written back as they are.
    pub other: Vec<ContentItem>,
}

/// Where two findings first differ.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} differs")]
pub struct Difference {
    /// Which part, for logs.
    pub what: String,
}

impl Findings {
    /// Whether there is nothing to report.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
            && self.other.is_empty()
            && self.text.trim().is_empty()
            && self.impression.trim().is_empty()
    }

    pub(super) fn title_or_default(&self) -> String {
        let title = clean(&self.title);
        if title.is_empty() {
            codes::IMAGING_MEASUREMENT_REPORT.meaning.to_owned()
        } else {
            title
        }
    }

    /// Compares what was meant with what a file says: texts, tracking identifiers and UIDs,
    /// geometry (to the 32-bit coordinates of the file), codes and values.
    ///
    /// # Errors
    /// The first [`Difference`].
    pub fn same_as(&self, read: &Self) -> Result<(), Difference> {
        let differs = |what: &str| {
            Err(Difference {
                what: what.to_owned(),
            })
        };
        if clean(&self.text) != clean(&read.text) {
            return differs("the text of the findings");
        }
        if clean(&self.impression) != clean(&read.impression) {
            return differs("the impression");
        }
        if clean(&self.observer) != clean(&read.observer) {
            return differs("the observer");
        }
        if self.findings.len() != read.findings.len() || self.other.len() != read.other.len() {
            return differs("the number of findings");
        }
        for (meant, found) in self.findings.iter().zip(&read.findings) {
            meant.same_as(found)?;
        }
        Ok(())
    }
}

impl Finding {
    fn same_as(&self, read: &Self) -> Result<(), Difference> {
        let (meant, found) = (&self.annotation, &read.annotation);
        let differs = |what: &str| {
            Err(Difference {
                what: format!("{what} of “{}”", meant.label),
            })
        };
        if meant.tracking_uid != found.tracking_uid {
            return differs("the tracking UID");
        }
        if !meant.label.trim().is_empty() && clean(&meant.label) != clean(&found.label) {
            return differs("the label");
        }
        if shown_text(&meant.text) != shown_text(&found.text) {
            return differs("the text");
        }
        if meant.finding != found.finding {
            return differs("the finding");
        }
        if meant.anchor.sop_instance_uid != found.anchor.sop_instance_uid
            || meant.anchor.frame != found.anchor.frame
        {
            return differs("the image");
        }
        if !same_geometry(meant, found) {
            return differs("the geometry");
        }
        if self.measurements != read.measurements {
            return differs("a value");
        }
        Ok(())
    }
}

fn same_geometry(meant: &Annotation, found: &Annotation) -> bool {
    if meant.points.is_patient() != found.points.is_patient() {
        return false;
    }
    let (geometry, points) = as_written(meant);
    let same = |a: &DVec3, b: &DVec3| a.as_vec3() == b.as_vec3();
    let found_points = found.points.to_space();
    geometry == found.geometry
        && points.len() == found_points.len()
        && points.iter().zip(&found_points).all(|(a, b)| same(a, b))
}

/// The geometry a file can hold: SCOORD3D has no circle, so it becomes an ellipse of equal axes;
/// an ellipse begins with its longer axis.
#[must_use]
pub(super) fn as_written(annotation: &Annotation) -> (Geometry, Vec<DVec3>) {
    let points = annotation.points.to_space();
    match annotation.geometry {
        Geometry::Circle if annotation.points.is_patient() => match annotation.axes() {
            Some((centre, u, v)) => (
                Geometry::Ellipse,
                vec![centre - u, centre + u, centre - v, centre + v],
            ),
            None => (Geometry::Circle, points),
        },
        Geometry::Ellipse => (Geometry::Ellipse, major_axis_first(points)),
        other => (other, points),
    }
}

impl Annotation {
    /// Whether a report can hold it: the right number of finite points, and a frame of reference
    /// where they are in patient space.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        let count = self.points.len();
        let fits = match self.geometry {
            Geometry::Point => count == 1,
            Geometry::MultiPoint => count >= 1,
            Geometry::Polyline => count >= 2,
            Geometry::Polygon => count >= 3,
            Geometry::Circle => count == 2 && (!self.points.is_patient() || self.axes().is_some()),
            Geometry::Ellipse => count == 4,
        };
        let has_space = !self.points.is_patient()
            || self
                .anchor
                .frame_of_reference
                .as_deref()
                .is_some_and(is_valid_uid);
        fits && has_space && self.points.is_finite() && is_valid_uid(&self.tracking_uid)
    }
}

/// The text of an annotation, cleaned; none if it is only the sign for none.
#[must_use]
pub(super) fn shown_text(text: &str) -> String {
    let text = clean(text);
    if text == NO_TEXT { String::new() } else { text }
}

/// A text as a file keeps it: no white space around it, no control characters but line ends.
#[must_use]
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .filter(|&c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\x0c'))
        .collect::<String>()
        .trim()
        .to_owned()
}
