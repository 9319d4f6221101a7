//! Whether the instances of one study are all one patient's.

use std::collections::BTreeMap;

use crate::dicom::InstanceHeader;
use crate::dicom::PersonName;
use crate::dicom::modules::PatientModule;
use crate::dicom::tags;
use crate::model::identity;
use crate::model::identity::Relation;
use crate::problem::Message;
use crate::problem::msg;

/// Who each study names first, by Study Instance UID.
#[derive(Debug, Default)]
pub(super) struct Patients(BTreeMap<String, PatientModule>);

impl Patients {
    /// An instance came: the warning if it names another patient than the first of its study did.
    pub(super) fn note(&mut self, header: &InstanceHeader) -> Option<Message> {
        let elements = header.dataset.elements();
        let study_uid = elements.uid(tags::STUDY_INSTANCE_UID).unwrap_or_default();
        let own = PatientModule::read(elements);
        let first = (self.0.entry(study_uid.clone())).or_insert_with(|| own.clone());
        let only_study = identity::only_study(first, &study_uid);
        let relation = identity::relation(first, only_study.as_deref(), &own, &study_uid);
        (relation != Relation::Same).then(|| {
            Message::new(msg("pacs-two-patients"))
                .text("uid", &study_uid)
                .text("first", described(first))
                .text("second", described(&own))
        })
    }
}

/// A patient in a sentence: name and ID.
fn described(patient: &PatientModule) -> String {
    let name = PersonName::parse(&patient.name).display();
    format!("{name} ({})", patient.patient_id)
}
