//! Earlier studies of the patient who is being read: told to the window, and fetched when nothing
//! else is to be done.

mod relevant;

use std::sync::Arc;

use crate::archive::{TransferKind, TransferPriority};
use crate::jobs::JobCtx;
use crate::model::{Level, StudyMatch, StudyQuery};
use crate::pacs::{Node, Service, service};
use crate::workspace::{Arrival, FoundStudy, PacsSettings, Source};

use super::asks::retrieval;
use super::on_thread;
use super::transfers::{Shared, known_instances};
use relevant::{is_earlier, regions, relevant};

/// Studies of one patient that a source is asked for.
const MOST_FOUND: usize = 200;
/// Studies that are looked into for the part of the body, where their descriptions say nothing.
const MOST_LOOKED_INTO: usize = 6;

/// Asks the archive and the nodes, beside everything else.
pub(super) fn fetch(shared: &Arc<Shared>, found: &FoundStudy, settings: &PacsSettings) {
    if found.study.patient_id.is_empty() {
        return; // a name alone is not enough to say whose study it is
    }
    let (shared, settings, found) = (Arc::clone(shared), settings.clone(), found.clone());
    let messenger = shared.messenger.clone();
    on_thread("priors", &messenger, move || {
        let ask = Ask {
            shared: &shared,
            settings: &settings,
            read: &found,
        };
        ask.run();
    });
}

struct Ask<'a> {
    shared: &'a Arc<Shared>,
    settings: &'a PacsSettings,
    /// The study that is read.
    read: &'a FoundStudy,
}

impl Ask<'_> {
    fn run(&self) {
        let mut study = self.read.study.clone();
        let query = StudyQuery {
            patient_id: study.patient_id.clone(),
            limit: MOST_FOUND,
            ..StudyQuery::default()
        };
        let mut earlier: Vec<FoundStudy> = Vec::new();
        let here = self.shared.archive.search(&query).unwrap_or_default();
        for other in here {
            take(&mut earlier, &study, other, &Source::Archive, false);
        }
        self.tell(&mut earlier);
        if !self.settings.priors.is_on {
            return;
        }
        let caller = self.shared.caller();
        for (node, is_elsewhere) in self.nodes() {
            let service = service(node, &caller);
            let source = Source::Node(node.name.clone());
            let mut of_node = Vec::new();
            // Who cannot be asked has no priors to give; nobody waits for them.
            let asked = service.find(&query, &mut |it| of_node.push(it), &JobCtx::new());
            if let Err(failure) = asked {
                tracing::debug!("no earlier studies: {:?}", failure.message().id);
            }
            of_node.retain(|it| is_earlier(&study, it, is_elsewhere));
            if of_node.is_empty() {
                continue;
            }
            look_into(service.as_ref(), of_node.iter_mut().take(MOST_LOOKED_INTO));
            if !is_elsewhere {
                look_into(service.as_ref(), std::iter::once(&mut study));
            }
            for other in of_node {
                take(&mut earlier, &study, other, &source, is_elsewhere);
            }
            self.tell(&mut earlier);
        }
        let wanted = relevant(&study, &earlier, &self.settings.priors).into_iter();
        for prior in wanted.filter(|prior| !self.is_whole(prior)) {
            if let Some(mut new) =
                retrieval(prior, &self.settings.nodes, TransferPriority::Background)
            {
                new.kind = TransferKind::Priors;
                self.shared.add(&new);
            }
        }
    }

    /// Those the study is from first; then the others that are searched, which may be of another
    /// hospital.
    fn nodes(&self) -> impl Iterator<Item = (&Node, bool)> {
        let is_from = |node: &&Node| {
            let source = Source::Node(node.name.clone());
            self.read.sources.contains(&source)
        };
        let nodes = &self.settings.nodes;
        let from = nodes.iter().filter(is_from).map(|node| (node, false));
        let others = nodes
            .iter()
            .filter(move |node| node.is_searched && !is_from(node));
        from.chain(others.map(|node| (node, true)))
    }

    fn tell(&self, earlier: &mut [FoundStudy]) {
        earlier.sort_by_key(|it| std::cmp::Reverse(it.study.study_date));
        self.shared.messenger.send(Arrival::Earlier {
            study_uid: self.read.study.study_uid.clone(),
            studies: earlier.to_vec(),
        });
    }

    fn is_whole(&self, prior: &FoundStudy) -> bool {
        let study = &prior.study;
        let here = known_instances(&self.shared.archive, &study.study_uid, &study.patient_id);
        let of = prior
            .node_count()
            .map_or(usize::MAX, |count| count as usize);
        here.len() >= of
    }
}

/// What a source says, if it is an earlier study of the patient.
fn take(
    earlier: &mut Vec<FoundStudy>,
    study: &StudyMatch,
    other: StudyMatch,
    source: &Source,
    is_elsewhere: bool,
) {
    if !is_earlier(study, &other, is_elsewhere) {
        return;
    }
    let known = (earlier.iter_mut()).find(|it| it.study.study_uid == other.study_uid);
    match known {
        Some(known) => known.add(other, source),
        None => earlier.push(FoundStudy::new(other, source.clone())),
    }
}

/// Asks a node for the parts of the body its series show, where the study itself does not say.
fn look_into<'a>(service: &dyn Service, studies: impl Iterator<Item = &'a mut StudyMatch>) {
    for study in studies.filter(|study| regions(study).is_empty()) {
        let query = StudyQuery {
            level: Level::Series,
            study_uids: vec![study.study_uid.clone()],
            ..StudyQuery::default()
        };
        let mut parts = Vec::new();
        let mut hear = |series: StudyMatch| {
            parts.extend(series.body_parts);
            parts.push(series.series_description);
        };
        if service.find(&query, &mut hear, &JobCtx::new()).is_err() {
            return; // it answers for none of them
        }
        study.body_parts.extend(parts);
    }
}
