//! What is open, as a tree by keys.

use std::sync::Arc;

use crate::dicom::InstanceHeader;
use crate::dicom::modules::{FrameFacts, InstanceFacts, PatientModule, SeriesModule, StudyModule};
use crate::model::keys::{InstanceIx, PatientKey, SeriesKey, StudyKey};

/// One person.
#[derive(Debug, Clone)]
pub struct Patient {
    /// Its key.
    pub key: PatientKey,
    /// Who, as the first instance found says.
    pub module: PatientModule,
}

/// One study of one patient.
#[derive(Debug, Clone)]
pub struct Study {
    /// Its key.
    pub key: StudyKey,
    /// Of whom.
    pub patient: PatientKey,
    /// What, as the first instance found says.
    pub module: StudyModule,
}

/// One series of one study.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its key.
    pub key: SeriesKey,
    /// Of which study.
    pub study: StudyKey,
    /// What, as the first instance found says.
    pub module: SeriesModule,
    /// What it holds, in the order found.
    pub instances: Vec<InstanceIx>,
}

/// One SOP instance.
#[derive(Debug)]
pub struct Instance {
    /// Its key.
    pub ix: InstanceIx,
    /// Of which series.
    pub series: SeriesKey,
    /// All but its pixels.
    pub header: Arc<InstanceHeader>,
    /// What splitting and ordering look at.
    pub facts: InstanceFacts,
}

impl Instance {
    /// The facts of one frame, from 0.
    #[must_use]
    pub fn frame_facts(&self, frame: u32) -> FrameFacts {
        self.facts.frame(frame)
    }
}
