//! Saving: built, written to a temporary file, synced, renamed, opened again, read and compared.
//! Only that gives a [`Saved`].

use std::path::Path;
use std::path::PathBuf;

use crate::dicom::WriteError;
use crate::dicom::tags;
use crate::dicom::write_part10;
use crate::objects::sr::ContentItem;
use crate::objects::sr::Difference;
use crate::objects::sr::Evidence;
use crate::objects::sr::Findings;
use crate::objects::sr::NoImages;
use crate::objects::sr::SrError;
use crate::objects::sr::Template;
use crate::objects::sr::build;
use crate::objects::sr::read_file;
use crate::problem::Message;
use crate::problem::Problems;
use crate::problem::msg;

/// A report that is on disk and was read back as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    path: PathBuf,
    sop_instance_uid: String,
}

impl Saved {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its SOP Instance UID.
    #[must_use]
    pub fn sop_instance_uid(&self) -> &str {
        &self.sop_instance_uid
    }
}

/// Why a report was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// No measurement and no text.
    #[error("nothing to report")]
    Empty,
    /// The images name no study.
    #[error("the images name no study")]
    NoStudy,
    /// An annotation that a report cannot hold.
    #[error("“{label}” cannot be written")]
    Geometry {
        /// Which.
        label: String,
    },
    /// An annotation on an image that is not among the evidence.
    #[error("“{label}” lies on an image that is not of this study")]
    ForeignImage {
        /// Which.
        label: String,
    },
    /// Writing failed; nothing is on disk.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The file was written and cannot be read; it was removed.
    #[error("the saved file cannot be read: {0}")]
    ReadBack(#[from] SrError),
    /// The file was written and says something else; it was removed.
    #[error("the saved file differs: {0}")]
    Differs(#[from] Difference),
}

impl SaveError {
    /// What happened and what to do.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Empty => Message::new(msg("sr-nothing-to-report")),
            Self::NoStudy => Message::new(msg("sr-no-study")),
            Self::Geometry { label } => Message::new(msg("sr-geometry")).text("label", label),
            Self::ForeignImage { label } => {
                Message::new(msg("sr-foreign-image")).text("label", label)
            }
            Self::Write(error) => error.message(),
            Self::ReadBack(error) => {
                Message::new(msg("sr-read-back")).text("error", error.to_string())
            }
            Self::Differs(difference) => {
                Message::new(msg("sr-differs")).text("what", difference.to_string())
            }
        }
    }
}

/// Saves findings as a new document of a template in a folder that exists. The file is named
/// after its SOP Instance UID.
///
/// # Errors
/// [`SaveError`]; then no file of this report is left.
pub fn save(
    findings: &Findings,
    evidence: &Evidence,
    template: &dyn Template,
    folder: &Path,
) -> Result<Saved, SaveError> {
    check(findings, evidence)?;
    let document = build(findings, evidence, template);
    let sop_instance_uid = document.sop_instance_uid();
    let path = folder.join(format!("SR_{sop_instance_uid}.dcm"));
    write_part10(&document.dataset, &path)?;
    match compare(&document.root, findings, template, &path, &sop_instance_uid) {
        Ok(()) => Ok(Saved {
            path,
            sop_instance_uid,
        }),
        Err(error) => {
            if let Err(error) = std::fs::remove_file(&path) {
                tracing::warn!("a report that does not read back stays: {error}");
            }
            Err(error)
        }
    }
}

fn check(findings: &Findings, evidence: &Evidence) -> Result<(), SaveError> {
    if findings.is_empty() {
        return Err(SaveError::Empty);
    }
    let study = evidence
        .source
        .elements()
        .text(tags::STUDY_INSTANCE_UID)
        .ok_or(SaveError::NoStudy)?;
    for finding in &findings.findings {
        let annotation = &finding.annotation;
        let label = || annotation.label.clone();
        if !annotation.is_writable() {
            return Err(SaveError::Geometry { label: label() });
        }
        match evidence.image(&annotation.anchor.sop_instance_uid) {
            Some(image) if image.study_instance_uid == study => {}
            _ => return Err(SaveError::ForeignImage { label: label() }),
        }
    }
    Ok(())
}

fn compare(
    meant: &ContentItem,
    findings: &Findings,
    template: &dyn Template,
    path: &Path,
    sop_instance_uid: &str,
) -> Result<(), SaveError> {
    let read = read_file(path)?;
    let differs = |what: &str| {
        Err(SaveError::Differs(Difference {
            what: what.to_owned(),
        }))
    };
    if read.sop_instance_uid() != sop_instance_uid {
        return differs("the identity");
    }
    if read.root != *meant {
        return differs("the content tree");
    }
    let problems = Problems::new();
    findings.same_as(&template.read(&read, &NoImages, &problems))?;
    Ok(())
}
