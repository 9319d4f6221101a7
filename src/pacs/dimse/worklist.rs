//! The modality worklist (PS3.4 annex K): what is planned, for whom and when.

use super::association::Call;
use super::find::Finder;
use super::keys::Keys;
use super::keys::range;
use super::uids;
use crate::dicom::DatasetBuilder;
use crate::dicom::tags as t;
use crate::jobs::JobCtx;
use crate::model::StudyMatch;
use crate::model::StudyQuery;
use crate::pacs::Failure;
use crate::pacs::Found;
use crate::pacs::WorklistQuery;
use crate::pacs::matches::After;

/// Everything planned that fits; each is handed over as it comes.
pub(super) fn find(
    call: &Call,
    query: &WorklistQuery,
    found: &mut dyn FnMut(StudyMatch),
    ctx: &JobCtx,
) -> Result<Found, Failure> {
    let mut finder = Finder::in_models(call, "Modality Worklist", &[uids::WORKLIST_FIND], ctx)?;
    // What is planned is short: names are compared here, in whatever spelling.
    let judge = StudyQuery {
        patient_name: query.patient_name.clone(),
        patient_id: query.patient_id.clone(),
        accession_number: query.accession_number.clone(),
        ..StudyQuery::default()
    };
    let mut state = Found::default();
    finder.ask(&keys(query), &mut |dataset| {
        let one = StudyMatch::from_dataset(dataset);
        if judge.admits(&one) {
            if query.limit > 0 && state.matches >= query.limit {
                state.is_cut_off = true;
                return After::Stop;
            }
            state.matches += 1;
            found(one);
        }
        After::Go
    })?;
    state.warnings.extend(finder.unreadable());
    finder.association.release();
    Ok(state)
}

fn keys(query: &WorklistQuery) -> Keys {
    let mut step = DatasetBuilder::new();
    step.text(t::SCHEDULED_STATION_AE_TITLE, &query.station_ae_title)
        .text(t::SCHEDULED_PROCEDURE_STEP_START_DATE, &range(query.day))
        .text(t::MODALITY, &query.modality)
        .empty(t::SCHEDULED_PROCEDURE_STEP_START_TIME)
        .empty(t::SCHEDULED_PERFORMING_PHYSICIAN_NAME)
        .empty(t::SCHEDULED_PROCEDURE_STEP_DESCRIPTION)
        .empty(t::SCHEDULED_PROCEDURE_STEP_ID)
        .empty(t::SCHEDULED_STATION_NAME);
    let mut builder = DatasetBuilder::new();
    for tag in [
        t::PATIENT_BIRTH_DATE,
        t::PATIENT_SEX,
        t::STUDY_INSTANCE_UID,
        t::REQUESTED_PROCEDURE_ID,
        t::REQUESTED_PROCEDURE_DESCRIPTION,
        t::REQUESTED_PROCEDURE_PRIORITY,
        t::REFERRING_PHYSICIAN_NAME,
    ] {
        builder.empty(tag);
    }
    builder
        .empty(t::PATIENT_NAME)
        .text(t::PATIENT_ID, &query.patient_id)
        .text(t::ACCESSION_NUMBER, &query.accession_number)
        .item(t::SCHEDULED_PROCEDURE_STEP_SEQUENCE, step.into_dataset());
    Keys {
        dataset: builder.into_dataset(),
        character_set: "ISO_IR 192",
        has_name: false,
        is_last_resort: false,
        is_variant: false,
    }
}
