//! Patients, studies, series and instances as the library keeps them.

use std::sync::Arc;

use super::FrameKey;
use super::InstanceIx;
use super::PatientKey;
use super::SeriesKey;
use super::StudyKey;
use crate::dicom::InstanceHeader;
use crate::dicom::modules::FrameFacts;
use crate::dicom::modules::InstanceFacts;
use crate::dicom::modules::PatientModule;
use crate::dicom::modules::SeriesModule;
use crate::dicom::modules::StudyModule;

/// A patient, as far as the files tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Patient {
    /// Its key.
    pub key: PatientKey,
    /// Who; what one file leaves out another may have filled in.
    pub module: PatientModule,
    /// Its studies, newest first.
    pub studies: Vec<StudyKey>,
    /// Without ID and name, nothing but the study tells patients apart.
    pub(super) only_study: Option<String>,
}

/// A study.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// Its key.
    pub key: StudyKey,
    /// Whose it is.
    pub patient: PatientKey,
    /// Its attributes, of the first file found.
    pub module: StudyModule,
    /// Its series, by number.
    pub series: Vec<SeriesKey>,
}

/// A series.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its key.
    pub key: SeriesKey,
    /// The study it belongs to.
    pub study: StudyKey,
    /// Its attributes, of the first file found.
    pub module: SeriesModule,
    /// Its instances, as they were found.
    pub instances: Vec<InstanceIx>,
}

/// An instance: its header, and what was read from it to place it.
#[derive(Debug)]
pub struct Instance {
    /// Its key.
    pub ix: InstanceIx,
    /// The series it belongs to.
    pub series: SeriesKey,
    /// Its header.
    pub header: Arc<InstanceHeader>,
    /// What it is split and ordered by.
    pub facts: InstanceFacts,
    /// Stands in for the facts of an instance without frames.
    pub(super) no_facts: FrameFacts,
}

impl Instance {
    /// The key of one of its frames (from 0).
    #[must_use]
    pub const fn frame_key(&self, frame: u32) -> FrameKey {
        FrameKey {
            instance: self.ix,
            frame,
        }
    }
}
