//! TID 1500 Measurement Report (PS3.16).
//!
//! Where things go:
//! - a line with values (length, angle, path) or points is a measurement group of TID 1501 whose values are
//!   INFERRED FROM the coordinates (TID 300, TID 320);
//! - every other geometry is a planar region of TID 1410, the coordinates being its Image Region;
//! - coordinates on an image are SELECTED FROM it; beside patient coordinates, which cannot be,
//!   the group names the image they were drawn on as its source, so that a reader can jump to it;
//! - the text of an arrow is a comment of its group, a qualitative evaluation as text, and the
//!   arrow is what that text is INFERRED FROM (an open line is no Image Region);
//! - free-text findings and impression are text items of the Qualitative Evaluations, the only
//!   place TID 1500 has for text that belongs to no measurement.

mod read;
mod write;

use crate::dicom::codes;
use crate::objects::sr::ContentItem;
use crate::objects::sr::ContentValue;
use crate::objects::sr::Evidence;
use crate::objects::sr::Findings;
use crate::objects::sr::Images;
use crate::objects::sr::SrDocument;
use crate::objects::sr::Template;
use crate::problem::Problems;

/// TID 1500 Measurement Report.
#[derive(Debug, Clone, Copy)]
pub struct Tid1500;

impl Template for Tid1500 {
    fn tid(&self) -> &'static str {
        "1500"
    }

    fn name(&self) -> &'static str {
        "TID1500"
    }

    fn matches(&self, root: &ContentItem) -> bool {
        match &root.value {
            ContentValue::Container {
                template: Some(template),
                ..
            } if !template.identifier.is_empty() => template.identifier == self.tid(),
            // Some makers leave the template out; the title tells as well.
            _ => root.is_named(codes::IMAGING_MEASUREMENT_REPORT),
        }
    }

    fn read(&self, document: &SrDocument, images: &dyn Images, problems: &Problems) -> Findings {
        read::findings(document, images, problems)
    }

    fn write(&self, findings: &Findings, evidence: &Evidence) -> ContentItem {
        write::tree(findings, evidence)
    }
}
