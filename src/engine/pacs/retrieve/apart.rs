//! What came that is not of what was asked for: kept in the archive as what it is, neither shown
//! with the study nor counted, and told once.

use std::collections::HashSet;

use crate::archive::{Ending, Retry};
use crate::dicom::modules::PatientModule;
use crate::dicom::{PersonName, Received, tags};
use crate::model::identity;
use crate::problem::{Message, Problem, msg};
use crate::workspace::Arrival;

use super::super::transfers::lock;
use super::Attempt;

/// What came that is not of what was asked for.
#[derive(Default)]
pub(super) struct Apart {
    /// Instances of another study.
    other_study: usize,
    /// Of another patient under the study's UID (SOP Instance UIDs).
    other_patient: HashSet<String>,
    /// Who the first of these names.
    patient: Option<String>,
}

/// Of what an instance is that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// What was asked for.
    Asked,
    /// Another patient's, whose study of the same UID the reader has opened as well.
    OpenToo,
    /// Something else.
    Other,
}

impl Attempt<'_> {
    /// Of what an instance is that came; what is not of what was asked for is noted.
    pub(super) fn whose(&self, sop_instance_uid: &str, received: &Received) -> Whose {
        let transfer = &self.run.transfer;
        let elements = received.header.dataset.elements();
        let mut apart = lock(&self.apart);
        if elements.uid(tags::STUDY_INSTANCE_UID).as_deref() != Some(&transfer.study_uid) {
            apart.other_study += 1;
            return Whose::Other;
        }
        let own = PatientModule::read(elements);
        if !identity::is_another(&self.patient, &own) {
            return Whose::Asked;
        }
        if apart.other_patient.insert(sop_instance_uid.to_owned()) {
            self.shared.messenger.send(Arrival::Apart {
                study_uid: transfer.study_uid.clone(),
                sop_instance_uid: sop_instance_uid.to_owned(),
            });
        }
        apart.patient.get_or_insert_with(|| described(&own));
        if self.shared.takes(received) {
            Whose::OpenToo
        } else {
            Whose::Other
        }
    }

    /// Instances that need not be asked for: they are here, or came as another patient's.
    pub(super) fn settled(&self) -> HashSet<String> {
        let known = lock(&self.known);
        let apart = lock(&self.apart);
        known.union(&apart.other_patient).cloned().collect()
    }

    /// Everything was asked for, and what is missing of the list came as another patient's.
    pub(super) fn end_without_others(&self) -> Ending {
        let here = lock(&self.known).len();
        let transfer = &self.run.transfer;
        if here == 0
            && let Some(other) = lock(&self.apart).patient.clone()
        {
            let why = Message::new(msg("transfer-only-other-patient"))
                .text("node", &transfer.node)
                .text("asked", self.asked())
                .text("other", other);
            return Ending::Failed(self.shared.said(&why), Retry::Never);
        }
        let others = lock(&self.apart).other_patient.len();
        if others > 0 && self.listed().is_some() {
            let of = if self.whole_list().is_some() {
                here
            } else {
                // The node counts more than it lists: what is missing of that stays missing.
                here.max(lock(&self.run.live).of.saturating_sub(others))
            };
            let expected = u32::try_from(of).unwrap_or(u32::MAX);
            if let Err(error) = self
                .shared
                .archive
                .transfers()
                .expect(transfer.id, expected)
            {
                tracing::warn!("the number of instances is not kept: {error}");
            }
            lock(&self.run.live).of = of;
        }
        Ending::Complete
    }

    /// What came that was not asked for is told once, with its number.
    pub(super) fn tell_apart(&self) {
        let apart = lock(&self.apart);
        let node = &self.run.transfer.node;
        if apart.other_study > 0 {
            let words = Message::new(msg("transfer-other-study"))
                .text("node", node)
                .count("count", apart.other_study);
            self.shared.messenger.notify(Problem::warning(words));
        }
        if let Some(other) = &apart.patient {
            let words = Message::new(msg("transfer-other-patient"))
                .text("node", node)
                .count("count", apart.other_patient.len())
                .text("asked", self.asked())
                .text("other", other);
            self.shared.messenger.notify(Problem::warning(words));
        }
    }

    /// Who and what was asked for, in words.
    fn asked(&self) -> &str {
        let transfer = &self.run.transfer;
        let label = transfer.label.0.as_str();
        if label.is_empty() {
            &transfer.patient_id
        } else {
            label
        }
    }
}

/// A patient in a sentence: name and ID.
fn described(patient: &PatientModule) -> String {
    let name = PersonName::parse(&patient.name).display();
    let id = patient.patient_id.as_str();
    match (name.is_empty(), id.is_empty()) {
        (false, false) => format!("{name} ({id})"),
        (false, true) => name,
        (true, _) => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::SystemTime;

    use super::super::*;
    use crate::archive::TransferState;
    use crate::dicom::InstanceSink;
    use crate::engine::pacs::transfers::tests::Stage;
    use crate::jobs::JobCtx;
    use crate::model::{StudyMatch, StudyQuery};
    use crate::pacs::{Echo, Found, InstanceOutcome, ListStep, SendOutcome, Sent};

    fn listed(uid: &str) -> Listed {
        Listed {
            sop_instance_uid: uid.to_owned(),
            sop_class_uid: String::new(),
            series_uid: "1.2.1".to_owned(),
            instance_number: None,
        }
    }

    #[test]
    fn what_failed_before_and_is_not_on_the_node_any_more_is_not_awaited_for_ever() {
        let stage = Stage::new();
        let id = stage.add("1.2");
        let run = stage.begin();
        let now = SystemTime::now();
        let failed = |uid: &str| (uid.to_owned(), ItemOutcome::Failed("no".to_owned()));
        let here = ("1".to_owned(), ItemOutcome::Success);
        let before = [here, failed("2")];
        stage.queue().record(id, &before, 0, now).unwrap();
        let listing = Listing {
            instances: vec![listed("1")],
            count: 1,
            counts: Vec::new(),
            is_whole: true,
        };
        stage.queue().expect(id, 1).unwrap();
        let attempt = Attempt::new(&stage.shared, &run, HashSet::from(["1".to_owned()]));
        assert!(attempt.listing.set(listing).is_ok());
        // A part of an answer that was no instance, and has no name.
        attempt.hear(failure(""), false);
        stage.shared.record(&run, true);
        assert_eq!(stage.queue().items(id).unwrap().len(), 2);
        let ending = attempt.end();
        let transfer = stage.queue().finish(id, &ending, now).unwrap().unwrap();
        assert_eq!(transfer.state, TransferState::Done);
    }

    fn failure(uid: &str) -> RetrieveEvent {
        RetrieveEvent::Instance(InstanceOutcome {
            sop_instance_uid: uid.to_owned(),
            result: Err(Message::new(msg("pacs-cancelled"))),
            remark: None,
            has_no_room: false,
            has_no_place: false,
        })
    }

    /// Sends nothing, and notes what it was asked for.
    #[derive(Default)]
    struct Empty(Mutex<Vec<String>>);

    impl Service for Empty {
        fn echo(&self, _: &JobCtx) -> Result<Echo, Failure> {
            Err(Failure::Cancelled)
        }

        fn find(
            &self,
            _: &StudyQuery,
            _: &mut dyn FnMut(StudyMatch),
            _: &JobCtx,
        ) -> Result<Found, Failure> {
            Err(Failure::Cancelled)
        }

        fn list(
            &self,
            _: &str,
            _: &[String],
            _: &mut dyn FnMut(ListStep) -> bool,
            _: &JobCtx,
        ) -> Result<(), Failure> {
            Err(Failure::Cancelled)
        }

        fn retrieve(
            &self,
            wanted: &[Wanted],
            _: &dyn InstanceSink,
            told: &(dyn Fn(RetrieveEvent) + Sync),
            _: &JobCtx,
        ) -> Result<Retrieved, Failure> {
            let series = wanted.iter().flat_map(|study| &study.series);
            for uid in series.flat_map(|series| &series.instance_uids) {
                lock(&self.0).push(uid.clone());
                told(failure(uid));
            }
            Ok(Retrieved::default())
        }

        fn send(
            &self,
            _: &[PathBuf],
            _: &(dyn Fn(&SendOutcome) + Sync),
            _: &JobCtx,
        ) -> Result<Sent, Failure> {
            Err(Failure::Cancelled)
        }
    }

    #[test]
    fn what_does_not_come_keeps_nothing_else_from_being_asked_for_and_is_asked_for_once() {
        let stage = Stage::new();
        stage.add("1.2");
        let run = stage.begin();
        let instances: Vec<Listed> = (0..60).map(|n| listed(&n.to_string())).collect();
        let listing = Listing {
            count: instances.len(),
            instances,
            counts: Vec::new(),
            is_whole: true,
        };
        // The reader looks at something else just now: a few are asked for at once.
        stage.look_at("1.2", "1.2.1", None);
        let attempt = Attempt::new(&stage.shared, &run, HashSet::new());
        assert!(attempt.listing.set(listing).is_ok());
        let node = Empty::default();
        let ending = attempt.fetch(&node, None);
        assert!(
            matches!(ending, Ending::Failed(_, Retry::Later)),
            "{ending:?}"
        );
        let mut asked = std::mem::take(&mut *lock(&node.0));
        assert_eq!(asked.len(), 60);
        asked.sort();
        asked.dedup();
        assert_eq!(asked.len(), 60);
    }

    #[test]
    fn what_a_node_does_not_give_aside_is_asked_for_with_the_others() {
        let stage = Stage::new();
        stage.add("1.2");
        let run = stage.begin();
        let listing = Listing {
            instances: vec![listed("1")],
            count: 1,
            counts: Vec::new(),
            is_whole: true,
        };
        stage.look_at("1.2", "1.2.1", Some("1"));
        lock(&run.listed).push(listed("1"));
        let attempt = Attempt::new(&stage.shared, &run, HashSet::new());
        assert!(attempt.listing.set(listing).is_ok());
        let node = Empty::default();
        attempt.fetch_awaited(&node, &AtomicBool::new(false));
        assert_eq!(*lock(&node.0), ["1"], "once");
        let (asked, _) = attempt.next_few();
        assert_eq!(asked[0].series[0].instance_uids, ["1"]);
    }

    #[test]
    fn a_shortened_list_is_not_all_because_what_is_missing_of_it_is_another_patients() {
        let stage = Stage::new();
        let id = stage.add("1.2");
        let run = stage.begin();
        // It counts three, lists two, and one of these came as somebody else's.
        let listing = Listing {
            instances: vec![listed("1"), listed("2")],
            count: 3,
            counts: Vec::new(),
            is_whole: false,
        };
        let attempt = Attempt::new(&stage.shared, &run, HashSet::from(["1".to_owned()]));
        assert!(attempt.listing.set(listing).is_ok());
        lock(&run.live).of = 3;
        lock(&attempt.apart).other_patient.insert("2".to_owned());
        let ending = attempt.end();
        let now = SystemTime::now();
        let here = [("1".to_owned(), ItemOutcome::Success)];
        stage.queue().record(id, &here, 0, now).unwrap();
        let transfer = stage.queue().finish(id, &ending, now).unwrap().unwrap();
        assert_ne!(transfer.state, TransferState::Done);
        assert_eq!(transfer.expected, Some(2));
    }
}
