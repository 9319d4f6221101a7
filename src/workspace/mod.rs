//! The one truth: [`Workspace`] takes a [`Command`], changes itself and returns [`Effect`]s. It
//! starts no thread, touches no file and knows neither egui nor wgpu, so everything a
//! radiologist's hand can do is tested without a window.
//!
//! | file | what it owns |
//! |---|---|
//! | `command.rs` | [`Command`], nested by owner; [`Effect`], [`Task`] |
//! | `phases.rs` | the second direction of scrolling: from phase to phase |
//! | `presentation.rs` | presentation states in panes |
//! | `panes.rs` | panes, layouts, the MPR group and its crosshair |
//! | `view_edit.rs` | changes to one pane's view |
//! | `calibrations.rs` | millimetres the reader gives to pictures |
//! | `cine.rs` | films in panes: [`Cinema`], their clocks |
//! | `document.rs` | what the reader made of one study |
//! | `history.rs` | undo and redo, one history a study |
//! | `document_edit.rs` | changes to a document: annotations and report text |
//! | `key_images.rs` | images that key object documents point at |
//! | `labels.rs` | the names new annotations get |
//! | `arrivals.rs` | headers, passed-over files and results coming in from jobs |
//! | `archive_work.rs` | the archive's upkeep: taking in, checking, making room |
//! | `arrived.rs` | instances as jobs hand them over, with what they say of other images |
//! | `arriving.rs` | series on their way, and the slice that is waited for |
//! | `previews.rs` | pictures that stand for images still on their way |
//! | `layers.rs` | objects laid over images |
//! | `nodes.rs` | the archives on the network that the reader knows |
//! | `search.rs` | one search over the archive and all nodes |
//! | `settings.rs` | what is remembered between runs |
//! | `transfers.rs` | retrieves and sends, as far as they are |
//! | `worklist.rs` | what the nodes say is planned |

mod archive_work;
mod arrivals;
mod arrived;
mod arriving;
mod calibrations;
mod camera;
mod cine;
mod command;
mod document;
mod document_edit;
mod history;
mod key_images;
mod labels;
mod layers;
mod nodes;
mod notices;
mod panes;
mod phases;
mod presentation;
mod presets;
mod previews;
mod search;
mod settings;
mod start;
mod transfers;
mod view_edit;
mod worklist;

pub use archive_work::{ArchiveDone, ArchiveEdit, ArchiveState, ArchiveWork, InUse, Told};
pub use arrived::ArrivedInstance;
pub use arriving::{Arriving, Awaited, ListedInstance, Part, Track};
pub use camera::{one_to_one, panned, zoomed_at};
pub use cine::{Cinema, Film};
pub use command::{
    AnnotationEdit, Arrival, CineEdit, Command, Effect, GestureId, LayerEdit, LayoutEdit, PathOf,
    PickKind, ReportEdit, SettingsEdit, Task, ViewEdit,
};
pub use document::{Document, SaveState, StudyRecord};
pub use document_edit::kind_name;
pub use history::History;
pub use key_images::SetKeys;
pub use labels::is_default_label;
pub use layers::{LayerRecord, LayerState, Layers};
pub use nodes::{CleanUp, NodeAnswers, NodeEdit, NodeTest, NodeTests, PacsSettings, Priors};
pub use notices::{Notice, NoticeId};
pub use panes::{Layout, Pane, PaneId, Panes, WindowLayout};
pub use presets::{WINDOW_PRESETS, WindowPreset};
pub use previews::{InFull, NoPreview, Preview, Previews, shape_of};
pub use search::{
    AnswerEnd, FoundStudy, MODALITIES as SEARCH_MODALITIES, Period, Search, SearchEdit,
    SearchField, SearchRequest, Source, SourceState, Sources, URGENT_DAYS,
};
pub use settings::{Language, OverlayLevel, Settings};
pub use start::Start;
pub use transfers::{Transfer, TransferEdit, TransferId, TransferKind, TransferState, Transfers};
pub use worklist::{PlanEnd, PlanRequest, PlannedDay, Worklist, WorklistEdit};

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use crate::annotation::AnnotationId;
use crate::model::InstanceIx;
use crate::model::Library;
use crate::model::SeriesKey;
use crate::model::StudyKey;
use crate::objects::presentation_state::PresentationStates;
use crate::objects::value_mappings::ValueMappings;
use crate::problem::{Message, msg};

/// A file that was found and not shown, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct PassedOver {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub reason: Message,
}

impl PassedOver {
    /// Whether it was passed over for want of this archive's password.
    #[must_use]
    pub fn is_locked_in(&self, archive: &Path) -> bool {
        self.path.starts_with(archive) && self.reason.id == msg("reading-archive-encrypted")
    }
}

/// An archive with entries that are encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedArchive {
    /// Which.
    pub archive: PathBuf,
    /// How many entries.
    pub entries: usize,
    /// The password given was wrong.
    pub is_wrong: bool,
    /// A password is being tried.
    pub is_trying: bool,
}

/// Everything the program knows.
#[derive(Debug, Default)]
pub struct Workspace {
    /// What is open.
    pub library: Library,
    /// What is on screen.
    pub panes: Panes,
    /// What the reader made of each study.
    pub studies: BTreeMap<StudyKey, StudyRecord>,
    /// Objects laid over images.
    pub layers: Layers,
    /// The annotation whose handles show.
    pub selected: Option<AnnotationId>,
    /// The name of the tool on the left button; `tool::TOOLS` has it.
    pub tool: &'static str,
    /// Identification is replaced by one marker, everywhere.
    pub is_identification_hidden: bool,
    /// What is remembered.
    pub settings: Settings,
    /// The search over archive and nodes.
    pub search: Search,
    /// Earlier studies of the patients whose studies are open, newest first, by the Study Instance
    /// UID of what is open.
    pub earlier: HashMap<String, Vec<FoundStudy>>,
    /// What is planned.
    pub worklist: Worklist,
    /// The archive's upkeep.
    pub archive: ArchiveState,
    /// Series on their way.
    pub arriving: Arriving,
    /// Pictures that stand for what of them is not here.
    pub previews: Previews,
    /// Retrieves and sends.
    pub transfers: Transfers,
    /// Whether nodes answered.
    pub node_tests: NodeTests,
    /// What the reader should know.
    pub notices: notices::Notices,
    /// Files found and not shown.
    pub passed_over: Vec<PassedOver>,
    /// Archives that wait for their password.
    pub locked: Vec<LockedArchive>,
    /// Files found so far.
    pub files_found: usize,
    /// Series whose phases the reader wants as one entry of the browser, or not.
    phases_joined: BTreeMap<SeriesKey, bool>,
    /// Scans under way.
    pub scans_running: usize,
    /// Where reports go if the settings name no folder; never the medium the images lie on.
    pub reports: Option<PathBuf>,
    next_annotation: u64,
    /// The presentation states that are open.
    pub presentations: PresentationStates,
    /// The mappings to real world values that are open.
    pub value_mappings: ValueMappings,
    /// A state whose images are not open yet, and where they are to be seen.
    awaited_presentation: Option<(PaneId, InstanceIx)>,
    key_objects: key_images::KeyObjects,
}

impl Workspace {
    /// An empty one with these settings.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            tool: "window",
            ..Self::default()
        }
    }

    /// A key for a new annotation; never given twice.
    pub fn new_annotation_id(&mut self) -> AnnotationId {
        self.next_annotation += 1;
        AnnotationId(self.next_annotation)
    }

    /// The study the active pane shows: what undo, findings and report are about.
    #[must_use]
    pub fn active_study(&self) -> Option<StudyKey> {
        let view = self.panes.active_view()?;
        self.library
            .display_set(view.display_set)
            .map(|set| set.study)
    }

    /// The document of the active study.
    #[must_use]
    pub fn active_document(&self) -> Option<&Document> {
        self.studies
            .get(&self.active_study()?)
            .map(|record| &record.document)
    }

    /// Carries out a command.
    pub fn apply(&mut self, command: Command) -> Vec<Effect> {
        let mut effects = self.obey(command);
        effects.extend(self.follow_layers());
        effects
    }

    fn obey(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Open(paths) => self.open(paths),
            Command::OpenArchived(paths) => {
                self.scans_running += 1;
                vec![Effect::Spawn(Task::Scan(paths))]
            }
            Command::OpenDemo => self.open_demo(),
            Command::Unlock(archive, password) => self.unlock(archive, password),
            Command::LeaveLocked(archive) => {
                self.locked.retain(|locked| locked.archive != archive);
                Vec::new()
            }
            Command::Pick(kind) => vec![Effect::Pick(kind)],
            Command::Arrived(arrival) => self.arrived(arrival),
            Command::View(pane, edit) => self.edit_view(pane, edit),
            Command::Layout(edit) => self.edit_layout(edit),
            Command::Layer(edit) => self.edit_layer(edit),
            Command::Annotate(edit) => self.annotate(edit),
            Command::Report(edit) => self.edit_report(edit),
            Command::Settings(edit) => self.edit_settings(edit),
            Command::Search(edit) => self.edit_search(edit),
            Command::Worklist(edit) => self.edit_worklist(edit),
            Command::Node(edit) => self.edit_nodes(edit),
            Command::Transfer(edit) => self.edit_transfers(edit),
            Command::Archive(edit) => self.edit_archive(edit),
            Command::Tool(tool) => {
                self.tool = tool;
                Vec::new()
            }
            Command::HideIdentification(is_hidden) => {
                self.is_identification_hidden = is_hidden;
                Vec::new()
            }
            Command::TogglePhases(set) => {
                self.toggle_phases(set);
                Vec::new()
            }
            Command::Dismiss(notice) => {
                self.notices.dismiss(notice);
                Vec::new()
            }
            Command::Notify(problem) => {
                self.notices.push(problem);
                Vec::new()
            }
            Command::Browse(url) => vec![Effect::Browse(url)],
            Command::CancelJob(job) => vec![Effect::CancelJob(job)],
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::Quit => self.quit(),
        }
    }

    /// Documents with changes that are in no report yet.
    #[must_use]
    pub fn unsaved_studies(&self) -> Vec<StudyKey> {
        let unsaved = |record: &StudyRecord| record.is_unsaved();
        self.studies
            .iter()
            .filter(|(_, record)| unsaved(record))
            .map(|(key, _)| *key)
            .collect()
    }
}
