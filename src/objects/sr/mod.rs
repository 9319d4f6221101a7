//! Structured reports (PS3.3 A.35, C.17.3): a tree of content items, read from any maker's
//! document, and templates that turn it into findings and back.
//!
//! ```text
//! file ─ read::content_tree ─▶ ContentItem ─ Template::read ─▶ Findings
//! file ◀─ document, save ───── ContentItem ◀─ Template::write ── Findings
//! ```
//!
//! A new template is one file and one row in [`TEMPLATES`].

mod content;
mod document;
mod findings;
mod open_images;
mod read;
mod save;
mod show;
mod tid1500;
mod write;

use crate::annotation::Anchor;
use crate::geom::DVec3;
use crate::problem::Problems;

pub use crate::text::Language;
pub use content::{
    CodedValue, ContentItem, ContentValue, ImageReference, NumericValue, Reference, Relationship,
    TemplateId,
};
pub use document::{
    COMPREHENSIVE_3D_SR, COMPREHENSIVE_SR, DocumentReference, Evidence, EvidenceImage, SrDocument,
    build, is_structured_report,
};
pub use findings::{Difference, Finding, Findings};
pub use open_images::{OpenImages, anchor_of};
pub use read::{SrError, content_tree, read_document, read_file};
pub use save::{SaveError, Saved, save};
pub use show::{Line, lines};
pub use tid1500::Tid1500;
pub use write::content_dataset;

/// What reading a template needs to know about the images that are open.
pub trait Images {
    /// The image with this SOP Instance UID, if it is open.
    fn find(&self, sop_instance_uid: &str) -> Option<Anchor>;
    /// The image of a frame of reference whose plane is nearest to a patient point.
    fn nearest(&self, frame_of_reference: &str, point: DVec3) -> Option<Anchor>;
}

/// No image is open.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoImages;

impl Images for NoImages {
    fn find(&self, _sop_instance_uid: &str) -> Option<Anchor> {
        None
    }

    fn nearest(&self, _frame_of_reference: &str, _point: DVec3) -> Option<Anchor> {
        None
    }
}

/// A template of PS3.16: how findings become a content tree, and back.
pub trait Template: Sync {
    /// Its number in PS3.16.
    fn tid(&self) -> &'static str;
    /// Its name in findings files, `TID1500`.
    fn name(&self) -> &'static str;
    /// Whether a document follows it.
    fn matches(&self, root: &ContentItem) -> bool;
    /// The findings of a document that follows it. What cannot be placed on an image is kept as
    /// content and reported.
    fn read(&self, document: &SrDocument, images: &dyn Images, problems: &Problems) -> Findings;
    /// The content tree of findings.
    fn write(&self, findings: &Findings, evidence: &Evidence) -> ContentItem;
}

/// Every template there is.
pub static TEMPLATES: &[&dyn Template] = &[&Tid1500];

/// The template a document follows.
#[must_use]
pub fn template_of(root: &ContentItem) -> Option<&'static dyn Template> {
    TEMPLATES
        .iter()
        .copied()
        .find(|template| template.matches(root))
}
