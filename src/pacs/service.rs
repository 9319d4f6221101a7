//! What a node does for us, in whichever of the two languages: one trait, and who speaks it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::dicom::InstanceSink;
use crate::dicom::Received;
use crate::jobs::JobCtx;
use crate::model::DateRange;
use crate::model::StudyMatch;
use crate::model::StudyQuery;
use crate::problem::Message;
use crate::problem::msg;

use super::AeTitle;
use super::Failure;
use super::Lines;
use super::ListStep;
use super::Node;
use super::NodeAddress;
use super::ReceiverTls;
use super::Secrets;
use super::dimse;
use super::web::WebService;

/// A node, ready to be asked. Every call opens what connections it needs and closes them, blocks
/// until it is done, and ends soon after its job is cancelled, with [`Failure::Cancelled`].
pub trait Service: Send + Sync {
    /// Whether the node is there and takes us for who we are (C-ECHO; a search for nothing).
    ///
    /// # Errors
    /// [`Failure`].
    fn echo(&self, ctx: &JobCtx) -> Result<Echo, Failure>;

    /// Searches. Each match is handed to `found` as it comes, already filtered by all that the
    /// query says, even where the node ignores part of it.
    ///
    /// # Errors
    /// [`Failure`]; what was found before it stays found.
    fn find(
        &self,
        query: &StudyQuery,
        found: &mut dyn FnMut(StudyMatch),
        ctx: &JobCtx,
    ) -> Result<Found, Failure>;

    /// Lists the instances of a study, or of series of it, over one connection, in the order of the
    /// series' numbers. `each` hears of every series as soon as it is known, and ends the list with
    /// `false`.
    ///
    /// # Errors
    /// [`Failure`]; what was listed before it stays listed.
    fn list(
        &self,
        study_uid: &str,
        series_uids: &[String],
        each: &mut dyn FnMut(ListStep) -> bool,
        ctx: &JobCtx,
    ) -> Result<(), Failure>;

    /// What is planned (modality worklist).
    ///
    /// # Errors
    /// [`Failure`]; where the language has no worklist, that it has none.
    fn worklist(
        &self,
        _query: &WorklistQuery,
        _found: &mut dyn FnMut(StudyMatch),
        _ctx: &JobCtx,
    ) -> Result<Found, Failure> {
        Err(Failure::Told(Message::new(msg("pacs-no-worklist"))))
    }

    /// Fetches instances into `sink`, in the order of `wanted` as far as the node lets us choose.
    /// `told` hears of every instance as soon as its fate is known, from any thread.
    ///
    /// # Errors
    /// [`Failure`] where nothing could be asked for. A line cut in the middle is in
    /// [`Retrieved::end`], beside what had come by then.
    fn retrieve(
        &self,
        wanted: &[Wanted],
        sink: &dyn InstanceSink,
        told: &(dyn Fn(RetrieveEvent) + Sync),
        ctx: &JobCtx,
    ) -> Result<Retrieved, Failure>;

    /// Has the node send instances to another AE title that it knows (C-MOVE); `told` hears what it
    /// has counted so far.
    ///
    /// # Errors
    /// [`Failure`] where nothing could be asked for; where the language cannot say it, that it
    /// cannot. A line cut in the middle is in [`Moved::end`].
    fn move_to(
        &self,
        _to: &AeTitle,
        _wanted: &Wanted,
        _told: &mut dyn FnMut(MoveCounts),
        _ctx: &JobCtx,
    ) -> Result<Moved, Failure> {
        Err(Failure::Told(Message::new(msg("pacs-no-move"))))
    }

    /// Whether the way is open by which instances would come, found out without fetching any, as a
    /// sentence; `None` where nothing can be found out so.
    ///
    /// # Errors
    /// [`Failure`]: none would come.
    fn try_retrieval(&self, _ctx: &JobCtx) -> Result<Option<Message>, Failure> {
        Ok(None)
    }

    /// Sends files as they are; `told` hears of each one. A file sent counts only after the node
    /// said that it has it.
    ///
    /// # Errors
    /// [`Failure`] where nothing could be sent.
    fn send(
        &self,
        files: &[PathBuf],
        told: &(dyn Fn(&SendOutcome) + Sync),
        ctx: &JobCtx,
    ) -> Result<Sent, Failure>;

    /// Asks the node to commit itself to instances that it was sent (storage commitment, PS3.4
    /// annex J), under a Transaction UID of the caller's. `None`: it took the request and has not
    /// reported yet; the report comes to our receiver, by an association of its own.
    ///
    /// # Errors
    /// [`Failure`] where the request was not made or not taken; where the language has no
    /// commitment, that it has none.
    fn commit(
        &self,
        _transaction_uid: &str,
        _instances: &[SopReference],
        _ctx: &JobCtx,
    ) -> Result<Option<Commitment>, Failure> {
        Err(Failure::Told(Message::new(msg("pacs-no-commitment"))))
    }
}

/// Who we are to all nodes.
#[derive(Clone)]
pub struct Caller {
    /// Our title, where a node does not know us by another.
    pub ae_title: AeTitle,
    /// Where C-MOVE sends instances to.
    pub reception: Reception,
    /// How what comes to a receiver that listens only as long as it is needed is encrypted; with
    /// the node's own certificate where not set.
    pub receiver_tls: Option<ReceiverTls>,
    /// The lines to nodes, shared with all else that uses them.
    pub lines: Lines,
    /// Passwords and tokens of the nodes that ask for them.
    pub secrets: Secrets,
}

impl Default for Caller {
    fn default() -> Self {
        Self {
            ae_title: AeTitle::ours(),
            reception: Reception::None,
            receiver_tls: None,
            lines: Lines::default(),
            secrets: Secrets::of_user(),
        }
    }
}

/// Where C-MOVE sends instances to.
#[derive(Clone, Default)]
pub enum Reception {
    /// Nowhere: C-MOVE is not possible.
    #[default]
    None,
    /// A receiver that listens on this port as long as the retrieval takes.
    Listen(u16),
    /// A receiver that listens all the time, with a sink of its own.
    Running(Arc<dimse::StorageScp>),
}

/// The service of a node.
#[must_use]
pub fn service(node: &Node, caller: &Caller) -> Box<dyn Service> {
    match &node.address {
        NodeAddress::Dimse(address) => Box::new(dimse::DimseService::new(address, node, caller)),
        NodeAddress::Web(address) => Box::new(WebService::new(address, node, caller)),
    }
}

/// An answer to an echo.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Echo {
    /// From the first byte sent to the answer.
    pub elapsed: Duration,
    /// What the other side calls its program, if it says.
    pub implementation: String,
    /// The line is encrypted and the other side is who its certificate says.
    pub is_verified: bool,
}

/// What is looked for in a modality worklist. An empty field asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorklistQuery {
    /// Words of the name, in any order, with or without accents.
    pub patient_name: String,
    /// Patient ID.
    pub patient_id: String,
    /// Accession Number.
    pub accession_number: String,
    /// When the step is planned.
    pub day: DateRange,
    /// Modality.
    pub modality: String,
    /// AE title of the machine it is planned for.
    pub station_ae_title: String,
    /// At most so many; 0 for no limit.
    pub limit: usize,
}

/// How a search ended.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// Matches handed over.
    pub matches: usize,
    /// There are more: the limit of the query was reached.
    pub is_cut_off: bool,
    /// What the reader should know, such as keys that the node does not support.
    pub warnings: Vec<Message>,
}

/// What is to be fetched of one study.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Study Instance UID.
    pub study_uid: String,
    /// In this order; none: the whole study.
    pub series: Vec<WantedSeries>,
}

/// What is to be fetched of one series.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WantedSeries {
    /// Series Instance UID.
    pub series_uid: String,
    /// SOP Instance UIDs, in this order; none: the whole series.
    pub instance_uids: Vec<String>,
    /// SOP classes of these instances, where all are known: then nobody need ask for them first.
    pub sop_class_uids: Vec<String>,
    /// Nothing else of the series may come in their place, where a node does not take names.
    pub is_exact: bool,
}

/// What happens during a retrieval.
#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all events are of the large kind"
)]
pub enum RetrieveEvent {
    /// So many instances are to come in all, as the node says by now.
    Expected(usize),
    /// An instance came, or did not.
    Instance(InstanceOutcome),
}

/// What became of one instance.
#[derive(Debug, Clone)]
pub struct InstanceOutcome {
    /// SOP Instance UID, as it was announced; empty where the node counts a failure without name.
    pub sop_instance_uid: String,
    /// Kept, or why not.
    pub result: Result<Received, Message>,
    /// What is odd about it although it was kept, such as another study than the one asked for.
    pub remark: Option<Message>,
    /// It was not kept for want of room, and others would not be either.
    pub has_no_room: bool,
    /// It came and has no place here, while others may: to ask for it in another way brings the same.
    pub has_no_place: bool,
}

impl InstanceOutcome {
    /// Why nothing more can be kept, if that is so.
    pub(super) fn no_room(&self) -> Option<Failure> {
        let reason = self.result.as_ref().err().filter(|_| self.has_no_room)?;
        Some(Failure::NoRoom(reason.clone()))
    }
}

/// How a retrieval ended.
#[derive(Debug, Clone, Default)]
pub struct Retrieved {
    /// Instances kept, those known before included.
    pub instances: usize,
    /// Bytes of their data sets.
    pub bytes: u64,
    /// Instances the node said there are; `None` if it does not say.
    pub expected: Option<usize>,
    /// Those that were not kept: SOP Instance UID (empty where it is not known), and why.
    pub failed: Vec<(String, Message)>,
    /// What is odd, such as instances of another study.
    pub warnings: Vec<Message>,
    /// Instances of one study name more than one patient; a warning says who they are.
    pub is_of_two_patients: bool,
    /// From the first request to the first instance kept.
    pub first_instance: Option<Duration>,
    /// What ended it early.
    pub end: Option<Failure>,
}

impl Retrieved {
    /// Everything that was asked for is here. Nothing at all is never everything.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.end.is_none()
            && self.failed.is_empty()
            && self.instances > 0
            && self
                .expected
                .is_none_or(|expected| self.instances >= expected)
    }
}

/// What a node counts while it sends instances to another one (PS3.7 9.1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MoveCounts {
    /// Still to be sent.
    pub remaining: usize,
    /// Sent and taken.
    pub completed: usize,
    /// Not sent, or not taken.
    pub failed: usize,
    /// Taken with a warning.
    pub warned: usize,
}

impl MoveCounts {
    /// Those of two requests together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            remaining: self.remaining + other.remaining,
            completed: self.completed + other.completed,
            failed: self.failed + other.failed,
            warned: self.warned + other.warned,
        }
    }

    /// Those that the other one has.
    #[must_use]
    pub const fn taken(self) -> usize {
        self.completed + self.warned
    }
}

/// How a node's sending to another one ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// What it counted; what remained at the end has failed.
    pub counts: MoveCounts,
    /// It counted at all: a node need not.
    pub is_counted: bool,
    /// SOP Instance UIDs of those that failed, as far as it names them.
    pub failed_uids: Vec<String>,
    /// Why it is no success.
    pub reasons: Vec<Message>,
    /// What ended it early.
    pub end: Option<Failure>,
}

impl Default for Moved {
    fn default() -> Self {
        Self {
            counts: MoveCounts::default(),
            is_counted: true,
            failed_uids: Vec::new(),
            reasons: Vec::new(),
            end: None,
        }
    }
}

impl Moved {
    /// The node says that everything went. Nothing at all is never everything.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.end.is_none() && self.reasons.is_empty() && self.failed_uids.is_empty()
    }
}

/// What became of one file sent.
#[derive(Debug, Clone)]
pub struct SendOutcome {
    /// The file.
    pub path: PathBuf,
    /// SOP Class UID; empty where the file is no instance.
    pub sop_class_uid: String,
    /// SOP Instance UID; empty where the file is none.
    pub sop_instance_uid: String,
    /// Bytes sent, or why the node does not have it.
    pub result: Result<u64, Message>,
    /// What the node warns of although it kept it.
    pub remark: Option<Message>,
}

/// How sending ended.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// Every file that was tried, in the order of its end.
    pub outcomes: Vec<SendOutcome>,
    /// What ended it early.
    pub end: Option<Failure>,
}

impl Sent {
    /// Every file of `asked` is with the node.
    #[must_use]
    pub fn is_complete(&self, asked: usize) -> bool {
        self.end.is_none()
            && self.outcomes.len() == asked
            && self.outcomes.iter().all(|outcome| outcome.result.is_ok())
    }

    /// What the node has now.
    #[must_use]
    pub fn stored(&self) -> Vec<SopReference> {
        let stored = self.outcomes.iter().filter(|it| it.result.is_ok());
        let stored = stored.map(|outcome| SopReference {
            sop_class_uid: outcome.sop_class_uid.clone(),
            sop_instance_uid: outcome.sop_instance_uid.clone(),
        });
        stored.collect()
    }
}

/// An instance by what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SopReference {
    /// SOP Class UID.
    pub sop_class_uid: String,
    /// SOP Instance UID.
    pub sop_instance_uid: String,
}

/// What a node says of its obligation to keep instances (storage commitment, PS3.4 annex J).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Commitment {
    /// SOP Instance UIDs it will keep.
    pub committed: Vec<String>,
    /// SOP Instance UIDs it will not, or did not speak of, and why.
    pub failed: Vec<(String, Message)>,
    /// Those of `failed` that it says it has not got: they may be sent again.
    pub absent: Vec<String>,
}

/// Who takes reports on commitments that come by an association of the node's own.
pub trait CommitmentSink: Send + Sync {
    /// A report on the commitment of this Transaction UID, from this AE title. The node hears of
    /// success only after this came back: then the report need not come again.
    ///
    /// # Errors
    /// [`NotTaken`], told to the node.
    fn take(
        &self,
        from: &str,
        transaction_uid: &str,
        commitment: &Commitment,
    ) -> Result<(), NotTaken>;
}

/// Why a report was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// Nobody asked for it (status 0115, invalid argument).
    Unknown,
    /// Another node was asked (status 0124, not authorised).
    OtherNode,
    /// It could not be written down (status 0110, processing failure).
    NotKept,
}

impl NotTaken {
    /// Status of the answer (PS3.7 annex C).
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Unknown => 0x0115,
            Self::OtherNode => 0x0124,
            Self::NotKept => 0x0110,
        }
    }
}
