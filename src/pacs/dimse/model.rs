//! The information model that a node retrieves in: the study root, or the patient root where it has
//! no other (PS3.4 C.6). In that a request names the patient as well (PS3.4 C.4.2.1.4.1).

use std::collections::BTreeMap;

use super::association::Association;
use super::association::Call;
use super::association::Context;
use super::association::Proposal;
use super::find::Finder;
use super::plan;
use super::plan::Task;
use super::uids;
use crate::dicom::Dataset;
use crate::dicom::DatasetBuilder;
use crate::dicom::tags as t;
use crate::jobs::JobCtx;
use crate::model::Level;
use crate::pacs::Failure;

/// Study root, then patient root.
pub(super) struct Models([&'static str; 2]);

pub(super) const GET: Models = Models([uids::STUDY_ROOT_GET, uids::PATIENT_ROOT_GET]);
pub(super) const MOVE: Models = Models([uids::STUDY_ROOT_MOVE, uids::PATIENT_ROOT_MOVE]);

impl Models {
    /// Contexts that [`Self::proposal`] takes.
    pub const CONTEXTS: usize = 2;

    pub fn proposal(&self, service: &'static str) -> Proposal {
        let new = Proposal::new(service);
        self.0
            .iter()
            .fold(new, |all, model| all.with(model, &uids::PLAIN))
    }
}

/// The model of an association.
pub(super) struct Model {
    pub context: Context,
    is_patient_root: bool,
    /// Patient ID by study; empty where nobody says.
    patients: BTreeMap<String, String>,
    call: Call,
    ctx: JobCtx,
}

impl Model {
    /// The first that the node took.
    pub fn taken(
        association: &Association,
        models: &Models,
        service: &'static str,
        call: &Call,
        ctx: &JobCtx,
    ) -> Result<Self, Failure> {
        let [study_root, patient_root] = models.0;
        let context = association
            .needed_context(study_root, service)
            .or_else(|_refused| association.needed_context(patient_root, service))?;
        Ok(Self {
            is_patient_root: context.sop_class == patient_root,
            context,
            patients: BTreeMap::new(),
            call: call.clone(),
            ctx: ctx.clone(),
        })
    }

    /// The identifier of a request for a task.
    pub fn identifier(&mut self, task: &Task) -> Result<Dataset, Failure> {
        let identifier = plan::identifier(task);
        if !self.is_patient_root {
            return Ok(identifier);
        }
        let mut builder = DatasetBuilder::from_dataset(&identifier);
        builder.text(t::PATIENT_ID, self.patient_of(&task.study_uid)?);
        Ok(builder.into_dataset())
    }

    fn patient_of(&mut self, study_uid: &str) -> Result<&str, Failure> {
        if !self.patients.contains_key(study_uid) {
            let mut finder = Finder::new(&self.call, Level::Study, &self.ctx)?;
            let patient_id = finder.patient_of(study_uid)?;
            finder.association.release();
            self.patients.insert(study_uid.to_owned(), patient_id);
        }
        Ok(self.patients.get(study_uid).map_or("", String::as_str))
    }
}
