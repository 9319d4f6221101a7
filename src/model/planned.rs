//! What a modality worklist plans (Scheduled Procedure Step, PS3.4 K.6.1.2.2).

use crate::dicom::Date;
use crate::dicom::Elements;
use crate::dicom::Time;
use crate::dicom::tags as t;
use crate::model::StudyMatch;
use crate::model::is_urgent;

/// One step that is planned. What the node does not say is empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[expect(missing_docs, reason = "each is the attribute of that name")]
pub struct PlannedStep {
    pub start_date: Option<Date>,
    pub start_time: Option<Time>,
    pub patient_name: String,
    pub patient_id: String,
    pub patient_birth_date: Option<Date>,
    pub patient_sex: String,
    /// Requested Procedure Description, else that of the step.
    pub procedure: String,
    pub step_id: String,
    /// Requested Procedure Priority, in the node's word.
    pub priority: String,
    pub accession_number: String,
    pub modality: String,
    /// Scheduled Station AE Title.
    pub station_ae_title: String,
    /// Scheduled Station Name.
    pub station_name: String,
    pub study_uid: String,
}

impl PlannedStep {
    /// All steps of an answer; the standard has one in each, some nodes put several.
    #[must_use]
    pub fn of_match(found: &StudyMatch) -> Vec<Self> {
        let answer = found.dataset.elements();
        let requested = answer.text(t::REQUESTED_PROCEDURE_DESCRIPTION);
        let steps = answer.items(t::SCHEDULED_PROCEDURE_STEP_SEQUENCE);
        let step = |step| Self::of_item(found, requested.as_deref(), step);
        steps.into_iter().map(step).collect()
    }

    fn of_item(found: &StudyMatch, requested: Option<&str>, step: Elements<'_>) -> Self {
        let text = |tag| step.text(tag).unwrap_or_default();
        let requested = requested.filter(|text| !text.is_empty());
        Self {
            start_date: step.date(t::SCHEDULED_PROCEDURE_STEP_START_DATE),
            start_time: step.time(t::SCHEDULED_PROCEDURE_STEP_START_TIME),
            patient_name: found.patient_name.clone(),
            patient_id: found.patient_id.clone(),
            patient_birth_date: found.patient_birth_date,
            patient_sex: found.patient_sex.clone(),
            procedure: requested.map_or_else(
                || text(t::SCHEDULED_PROCEDURE_STEP_DESCRIPTION),
                str::to_owned,
            ),
            step_id: text(t::SCHEDULED_PROCEDURE_STEP_ID),
            priority: found.priority.clone(),
            accession_number: found.accession_number.clone(),
            modality: text(t::MODALITY),
            station_ae_title: text(t::SCHEDULED_STATION_AE_TITLE),
            station_name: text(t::SCHEDULED_STATION_NAME),
            study_uid: found.study_uid.clone(),
        }
    }

    /// Requested as urgent.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        is_urgent(&self.priority)
    }

    /// What the machine is called: its name, else its title.
    #[must_use]
    pub fn station(&self) -> &str {
        if self.station_name.is_empty() {
            &self.station_ae_title
        } else {
            &self.station_name
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::{Dataset, DatasetBuilder};

    fn step(id: &str, station: &str) -> Dataset {
        let mut step = DatasetBuilder::new();
        step.text(t::SCHEDULED_PROCEDURE_STEP_ID, id)
            .text(t::SCHEDULED_PROCEDURE_STEP_START_TIME, "0930")
            .text(t::SCHEDULED_PROCEDURE_STEP_DESCRIPTION, "Thorax low dose")
            .text(t::SCHEDULED_STATION_AE_TITLE, "CT1")
            .text(t::SCHEDULED_STATION_NAME, station);
        step.into_dataset()
    }

    #[test]
    fn every_step_of_an_answer_is_planned_and_a_station_is_called_by_its_name() {
        let mut answer = DatasetBuilder::new();
        answer.text(t::REQUESTED_PROCEDURE_PRIORITY, "STAT");
        answer.text(t::PATIENT_ID, "4711").items(
            t::SCHEDULED_PROCEDURE_STEP_SEQUENCE,
            vec![step("S1", "Scanner 1"), step("S2", "")],
        );
        let found = StudyMatch::from_dataset(answer.into_dataset());
        let steps = PlannedStep::of_match(&found);
        let ids: Vec<&str> = steps.iter().map(|it| it.step_id.as_str()).collect();
        assert_eq!(ids, ["S1", "S2"]);
        assert_eq!(
            (steps[0].station(), steps[1].station()),
            ("Scanner 1", "CT1")
        );
        assert_eq!(steps[0].procedure, "Thorax low dose");
        assert_eq!(steps[0].patient_id, "4711");
        assert!(steps.iter().all(PlannedStep::is_urgent));
    }
}
