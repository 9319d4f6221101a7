//! C-FIND (PS3.4 C.4.1): searches in the study root and patient root models.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::time::Duration;
use std::time::Instant;

use super::association::Association;
use super::association::Call;
use super::association::Proposal;
use super::association::Request;
use super::command::Command;
use super::command::field;
use super::command::kind;
use super::keys::Keys;
use super::keys::keys;
use super::keys::level_name;
use super::plan;
use super::uids;
use crate::dicom::Dataset;
use crate::dicom::DatasetBuilder;
use crate::dicom::decode_data_set;
use crate::dicom::encode_data_set;
use crate::dicom::tags as t;
use crate::jobs::JobCtx;
use crate::model::Level;
use crate::model::StudyMatch;
use crate::model::StudyQuery;
use crate::pacs::Failure;
use crate::pacs::Found;
use crate::pacs::ListStep;
use crate::pacs::listing;
use crate::pacs::matches::After;
use crate::pacs::matches::Matches;
use crate::pacs::matches::Spelling;
use crate::pacs::matches::studies_of;
use crate::pacs::matches::tells_studies_apart;
use crate::pacs::matches::without_studies;
use crate::problem::Message;
use crate::problem::msg;

/// How long a node may take to end a search that was called off.
const FAREWELL: Duration = Duration::from_secs(2);

pub(super) fn find(
    call: &Call,
    query: &StudyQuery,
    found: &mut dyn FnMut(StudyMatch),
    ctx: &JobCtx,
) -> Result<Found, Failure> {
    let mut finder = Finder::new(call, query.level, ctx)?;
    let state = find_with(&mut finder, query, found)?;
    finder.association.release();
    Ok(state)
}

/// A study's instances, series by series, over one association.
pub(super) fn list(
    call: &Call,
    study_uid: &str,
    series_uids: &[String],
    each: &mut dyn FnMut(ListStep) -> bool,
    ctx: &JobCtx,
) -> Result<(), Failure> {
    let mut finder = Finder::new(call, Level::Series, ctx)?;
    let mut is_first = true;
    let mut ask = |query: &StudyQuery, found: &mut dyn FnMut(StudyMatch)| {
        let mut all = Vec::new();
        let mut result = find_with(&mut finder, query, &mut |it| all.push(it));
        // Some nodes answer once an association.
        if !is_first && matches!(result, Err(Failure::Cut { .. })) {
            all.clear();
            finder = Finder::new(call, Level::Series, ctx)?;
            result = find_with(&mut finder, query, &mut |it| all.push(it));
        }
        is_first = false;
        all.into_iter().for_each(found);
        result
    };
    listing::list(&mut ask, study_uid, series_uids, each)?;
    finder.association.release();
    Ok(())
}

/// Over an association that is there, and stays.
fn find_with(
    finder: &mut Finder,
    query: &StudyQuery,
    found: &mut dyn FnMut(StudyMatch),
) -> Result<Found, Failure> {
    let mut search = Search {
        matches: Matches::new(query, found),
        has_lost_names: false,
    };
    for one in single_queries(finder, query)? {
        search.run(finder, &one)?;
        if search.matches.state.is_cut_off {
            break;
        }
    }
    let mut state = search.matches.state;
    if search.has_lost_names {
        let message = Message::new(msg("pacs-names-lost"));
        state
            .warnings
            .push(message.text("peer", finder.call.peer()));
    }
    state.warnings.extend(finder.unreadable());
    if finder.has_unsupported_keys {
        state
            .warnings
            .push(Message::new(msg("pacs-keys-ignored")).text("peer", finder.call.peer()));
    }
    Ok(state)
}

/// Below the study level a search names one study, and below the series level one series
/// (hierarchical search, PS3.4 C.4.1.2.2.1): a query that names several, or none, becomes several.
fn single_queries(finder: &mut Finder, query: &StudyQuery) -> Result<Vec<StudyQuery>, Failure> {
    if matches!(query.level, Level::Patient | Level::Study) {
        return Ok(vec![query.clone()]);
    }
    let mut studies = query.study_uids.clone();
    if tells_studies_apart(query) {
        studies = finder.uids_of(&studies_of(query), |found| found.study_uid)?;
    }
    let query = &without_studies(query);
    let mut all = Vec::new();
    for study in studies {
        let mut series = query.series_uids.clone();
        if query.level == Level::Series {
            all.push(StudyQuery {
                study_uids: vec![study],
                ..query.clone()
            });
            continue;
        }
        if series.is_empty() {
            let above = StudyQuery {
                level: Level::Series,
                study_uids: vec![study.clone()],
                modalities: query.modalities.clone(),
                ..StudyQuery::default()
            };
            series = finder.uids_of(&above, |found| found.series_uid)?;
        }
        all.extend(series.into_iter().map(|series| StudyQuery {
            study_uids: vec![study.clone()],
            series_uids: vec![series],
            modalities: Vec::new(),
            ..query.clone()
        }));
    }
    Ok(all)
}

/// What came so far.
struct Search<'a> {
    matches: Matches<'a>,
    has_lost_names: bool,
}

impl Search<'_> {
    /// Sends a query, and does it patient by patient where the node wants that.
    fn run(&mut self, finder: &mut Finder, query: &StudyQuery) -> Result<(), Failure> {
        match self.run_spellings(finder, query) {
            Err(Failure::Status { .. }) if finder.wants_patients(query) => {
                self.run_by_patient(finder, query)
            }
            done => done,
        }
    }

    /// Sends a query in all its spellings.
    fn run_spellings(&mut self, finder: &mut Finder, query: &StudyQuery) -> Result<(), Failure> {
        let before = self.matches.state.matches;
        let nameless = StudyQuery {
            patient_name: String::new(),
            ..query.clone()
        };
        let mut ignores_case = false;
        for keys in keys(query) {
            let has_come = self.matches.state.matches > before;
            if keys.is_last_resort && has_come || keys.is_variant && ignores_case {
                continue;
            }
            let mut spelling = Spelling::new(&keys, keys.is_last_resort);
            finder.ask(&keys, &mut |dataset| {
                let found = StudyMatch::from_dataset(dataset);
                self.matches.take(found, &mut spelling, |found, is_new| {
                    query.admits(found) || {
                        // The letters are lost on the way: the node, which has them, compared them.
                        let is_lost = keys.has_name && is_unreadable(&found.patient_name);
                        self.has_lost_names |= is_lost && is_new;
                        is_lost && nameless.admits(found)
                    }
                })
            })?;
            ignores_case |= spelling.ignores_case;
            if self.matches.state.is_cut_off {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Sends a query for studies patient by patient.
    fn run_by_patient(&mut self, finder: &mut Finder, query: &StudyQuery) -> Result<(), Failure> {
        let patients = StudyQuery {
            level: Level::Patient,
            patient_name: query.patient_name.clone(),
            ..StudyQuery::default()
        };
        let ids: BTreeSet<String> = finder
            .uids_of(&patients, |found| found.patient_id)?
            .into_iter()
            .collect();
        for patient_id in ids {
            let of_patient = StudyQuery {
                patient_id,
                ..query.clone()
            };
            self.run(finder, &of_patient)?;
            if self.matches.state.is_cut_off {
                break;
            }
        }
        Ok(())
    }
}

/// Whether a node wrote a name in a character set that has none of its letters.
fn is_unreadable(name: &str) -> bool {
    !name.chars().any(char::is_alphanumeric)
}

/// An association for searches.
pub(super) struct Finder {
    pub association: Association,
    model: &'static str,
    has_unsupported_keys: bool,
    /// Matches that could not be read.
    pub unreadable: usize,
    /// Patient ID by study, as far as it was asked for; empty where nobody says.
    patients: BTreeMap<String, String>,
    call: Call,
    service: &'static str,
    ctx: JobCtx,
}

impl Finder {
    pub fn new(call: &Call, level: Level, ctx: &JobCtx) -> Result<Self, Failure> {
        let models: &[&'static str] = match level {
            Level::Patient => &[uids::PATIENT_ROOT_FIND],
            _ => &[uids::STUDY_ROOT_FIND, uids::PATIENT_ROOT_FIND],
        };
        Self::in_models(call, "C-FIND", models, ctx)
    }

    /// In the first of these models that the node offers.
    pub fn in_models(
        call: &Call,
        service: &'static str,
        models: &[&'static str],
        ctx: &JobCtx,
    ) -> Result<Self, Failure> {
        let proposal = models.iter().fold(Proposal::new(service), |all, model| {
            all.with(model, &uids::PLAIN)
        });
        let association = Association::request(call, &proposal, ctx)?;
        let model = models
            .iter()
            .find(|model| association.context(model).is_some())
            .ok_or_else(|| Failure::NoContext {
                peer: call.peer(),
                service,
            })?;
        Ok(Self {
            association,
            model,
            has_unsupported_keys: false,
            unreadable: 0,
            patients: BTreeMap::new(),
            call: call.clone(),
            service,
            ctx: ctx.clone(),
        })
    }

    /// Whether a search for studies may be refused for want of a Patient ID: the patient root has
    /// patients above its studies, and a search names one of them (PS3.4 C.4.1.2.2.1, C.6.1.1).
    fn wants_patients(&self, query: &StudyQuery) -> bool {
        self.model == uids::PATIENT_ROOT_FIND
            && query.level == Level::Study
            && query.patient_id.is_empty()
    }

    /// The Patient ID of a study; empty where the node does not say.
    pub fn patient_of(&mut self, study_uid: &str) -> Result<String, Failure> {
        if let Some(known) = self.patients.get(study_uid) {
            return Ok(known.clone());
        }
        let found = plan::ask(self, Level::Study, study_uid, None);
        let patient_id = match found {
            Ok(found) => found.into_iter().next().map(|study| study.patient_id),
            // It wants to hear what it is asked.
            Err(Failure::Status { .. }) => None,
            Err(failure) => return Err(failure),
        };
        let patient_id = patient_id.unwrap_or_default();
        (self.patients).insert(study_uid.to_owned(), patient_id.clone());
        Ok(patient_id)
    }

    /// In the patient root, a search below the study names the patient as well.
    fn with_patient(&mut self, keys: &Keys) -> Result<Dataset, Failure> {
        let elements = keys.dataset.elements();
        let level = elements.text(t::QUERY_RETRIEVE_LEVEL);
        let below = [Level::Series, Level::Instance].map(level_name);
        let study = elements.uid(t::STUDY_INSTANCE_UID).filter(|_| {
            self.model == uids::PATIENT_ROOT_FIND
                && level.is_some_and(|level| below.contains(&level.as_str()))
                && elements.text(t::PATIENT_ID).is_none()
        });
        let mut builder = DatasetBuilder::from_dataset(&keys.dataset);
        if let Some(study) = study {
            builder.text(t::PATIENT_ID, &self.patient_of(&study)?);
        }
        Ok(builder.into_dataset())
    }

    /// Asks once; every answer goes to `each`.
    pub fn ask(
        &mut self,
        keys: &Keys,
        each: &mut dyn FnMut(Dataset) -> After,
    ) -> Result<(), Failure> {
        let asked = self.with_patient(keys)?;
        if self.association.is_over() {
            // The one before was called off, and the node did not end it.
            let again = Self::in_models(&self.call, self.service, &[self.model], &self.ctx)?;
            self.association = again.association;
        }
        let Some(context) = self.association.context(self.model).cloned() else {
            return Ok(());
        };
        let peer = self.association.link.peer.clone();
        let identifier =
            encode_data_set(&asked, &context.transfer_syntax, Some(keys.character_set))
                .map_err(|error| Failure::Told(error.message()))?;
        let id = self.association.next_message_id();
        let request = Command::request(kind::C_FIND, id, self.model)
            .number(field::PRIORITY, 0)
            .with_data();
        self.association
            .send(context.id, &request, Some(&identifier))?;
        let mut stopped: Option<Instant> = None;
        loop {
            let answer = match self.next(context.id, id) {
                // A search that was called off need not be answered to its end.
                Err(_) if stopped.is_some() && self.ctx.check().is_ok() => {
                    self.association.abort();
                    return Ok(());
                }
                answer => answer?,
            };
            let status = answer.status();
            if matches!(status, 0xff00 | 0xff01) {
                if !answer.has_data() {
                    return Err(self.association.link.nonsense("a match without data"));
                }
                let bytes = self.read(context.id, id)?;
                self.has_unsupported_keys |= status == 0xff01;
                let dataset = decode_data_set(&bytes, &context.transfer_syntax);
                // A match that cannot be read costs that match only.
                self.unreadable += usize::from(dataset.is_err());
                if let Ok(dataset) = &dataset {
                    self.note_patient(dataset);
                }
                if let Ok(dataset) = dataset
                    && stopped.is_none()
                    && each(dataset) == After::Stop
                {
                    stopped = Some(Instant::now());
                    self.association.link.set_patience(FAREWELL);
                    self.association
                        .send(context.id, &Command::cancel(id), None)?;
                }
                if stopped.is_some_and(|since| since.elapsed() > FAREWELL) {
                    self.association.abort();
                    return Ok(());
                }
                continue;
            }
            if answer.has_data() {
                self.read(context.id, id)?;
            }
            self.association
                .link
                .set_patience(self.call.address.patience());
            return match status {
                0x0000 => Ok(()),
                _ if stopped.is_some() => Ok(()),
                _ => Err(Failure::Status {
                    peer,
                    status,
                    comment: answer.comment(),
                }),
            };
        }
    }

    /// A study's patient, where an answer says who that is.
    fn note_patient(&mut self, found: &Dataset) {
        if self.model != uids::PATIENT_ROOT_FIND {
            return;
        }
        let elements = found.elements();
        if let Some(study) = elements.uid(t::STUDY_INSTANCE_UID)
            && let Some(patient_id) = elements.text(t::PATIENT_ID).filter(|it| !it.is_empty())
        {
            self.patients.entry(study).or_insert(patient_id);
        }
    }

    /// A warning of matches that could not be read.
    pub fn unreadable(&self) -> Option<Message> {
        (self.unreadable > 0).then(|| {
            Message::new(msg("pacs-matches-unreadable"))
                .text("peer", self.call.peer())
                .count("count", self.unreadable)
        })
    }

    fn next(&mut self, context_id: u8, id: u16) -> Result<Command, Failure> {
        let answer = match self.association.next() {
            Ok(Request::Message { command, .. }) if command.answers(id) => return Ok(command),
            Ok(Request::Message { .. }) => Err(self
                .association
                .link
                .nonsense("an answer to another message")),
            Ok(Request::Release) => Err(Failure::Cut {
                peer: self.association.link.peer.clone(),
            }),
            Err(failure) => Err(failure),
        };
        if answer == Err(Failure::Cancelled) {
            self.call_off(context_id, id);
        }
        answer
    }

    fn read(&mut self, context_id: u8, id: u16) -> Result<Vec<u8>, Failure> {
        let bytes = self.association.read_data_set(context_id);
        if bytes == Err(Failure::Cancelled) {
            self.call_off(context_id, id);
        }
        bytes
    }

    /// The job was cancelled: the node is told, and the line closed.
    fn call_off(&mut self, context_id: u8, id: u16) {
        self.association
            .link
            .send_last(context_id, &Command::cancel(id));
        self.association.abort();
    }

    /// What a search above the one that is meant gives.
    fn uids_of(
        &mut self,
        query: &StudyQuery,
        uid: impl Fn(StudyMatch) -> String,
    ) -> Result<Vec<String>, Failure> {
        let mut uids = Vec::new();
        let mut found = |found| uids.push(uid(found));
        let mut search = Search {
            matches: Matches::new(query, &mut found),
            has_lost_names: false,
        };
        search.run(self, query)?;
        uids.retain(|uid| !uid.is_empty());
        Ok(uids)
    }
}
