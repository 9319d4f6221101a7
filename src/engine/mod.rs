//! Runs effects as jobs; owns the caches and the budget. Knows no egui: the window and the
//! command line both stand on it.
//!
//! One frame of the window: [`Engine::poll`] → commands → `Workspace::apply` → effects →
//! [`Engine::run`]; then [`Engine::want`] says what is on screen, and the views read what is
//! here through [`crate::view::Frames`], which the engine implements.
//!
//! | file | what it owns |
//! |---|---|
//! | `loader.rs` | the frames of one display set, nearest first, and its volume |
//! | `loaders.rs` | which sets are loaded, within the budget |
//! | `documents.rs` | PDF documents, and pictures of their pages |
//! | `duplicates.rs` | copies of one instance |
//! | `source.rs` | one instance ready to decode |
//! | `tasks.rs` | effects as jobs: scan, demo, reports |
//! | `journal.rs` | unsaved work, on disk within two seconds |
//! | `layer_textures.rs` | their voxels on the graphics adapter |
//! | `layers.rs` | objects laid over images, read |
//! | `textures.rs` | frames and volumes on the graphics adapter |
//! | `thumbnails.rs` | small pictures of display sets |
//! | `pacs/` | searches, nodes, transfers, the local archive |
//! | `reports.rs` | reports saved and read |
//! | `pixel_source.rs`, `own_pixels.rs` | pixels for measuring: what is loaded; whatever is needed |
//! | `open.rs` | opening without a window |

mod documents;
mod duplicates;
mod journal;
mod layer_textures;
mod layers;
mod loader;
mod loaders;
pub mod open;
mod own_pixels;
mod pacs;
mod pixel_source;
mod reports;
mod source;
mod tasks;
mod textures;
mod thumbnails;

pub use documents::PageKey;
pub use layer_textures::LayerPrepared;
pub use loader::{Loader, Look, Unreadable};
pub use own_pixels::OwnPixels;
pub use pacs::ARCHIVE_FOLDER;
pub use pixel_source::LoadedPixels;
pub use source::InstanceSource;
pub use tasks::read_settings;
pub use textures::{Prepared, TextureKey, Textures};
pub use thumbnails::Thumbnail;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};

use crate::cache::Budget;
use crate::files::AppFolders;
use crate::imaging::{FrameImage, Picture};
use crate::jobs::{JobInfo, Queue};
use crate::model::{DisplaySetId, FrameKey, InstanceIx, Library};
use crate::objects::journal::Journal;
use crate::problem::{Message, Problem, msg};
use crate::view::{Frames, Loading, ViewMode, ViewState};
use crate::volume::Volume;
use crate::workspace::{Cinema, Command, Effect, PaneId, Workspace};

/// Events that may wait before jobs wait for them to be taken.
const EVENTS: usize = 256;

/// Frames a film is decoded ahead, where not all of them fit into memory.
const AHEAD: usize = 24;

/// What a pane shows and so needs first; its neighbours follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want {
    /// The display set.
    pub display_set: DisplaySetId,
    /// The frame shown, from 0.
    pub index: u32,
    /// Stack: this frame, then its neighbours. MPR: the whole volume.
    pub mode: ViewMode,
    /// The frames a film shows next, in their order.
    pub coming: Vec<u32>,
    /// Not on screen, but soon may be: another phase of what is.
    pub is_ahead: bool,
    /// On screen for a moment: a film runs through the phases.
    pub is_passing: bool,
}

impl Want {
    /// What all panes show.
    #[must_use]
    pub fn shown_in(workspace: &Workspace, cinema: &Cinema) -> Vec<Self> {
        let mut wants: Vec<Self> = Vec::new();
        for (pane, view) in workspace.panes.shown() {
            wants.push(Self {
                display_set: view.display_set,
                index: view.index,
                mode: view.mode,
                coming: cinema.coming(pane, AHEAD),
                is_ahead: false,
                is_passing: !cinema.coming_phases(pane).is_empty(),
            });
        }
        for (pane, view) in workspace.panes.shown() {
            for phase in phases_ahead(workspace, cinema, pane, view) {
                if wants.iter().all(|want| want.display_set != phase) {
                    wants.push(Self {
                        display_set: phase,
                        index: view.index,
                        mode: view.mode,
                        coming: Vec::new(),
                        is_ahead: true,
                        is_passing: false,
                    });
                }
            }
        }
        wants
    }
}

/// The other phases of what a pane shows, most wanted first: those a film brings, else outwards
/// from the one shown, if they are one entry of the browser.
fn phases_ahead(
    workspace: &Workspace,
    cinema: &Cinema,
    pane: PaneId,
    view: &ViewState,
) -> Vec<DisplaySetId> {
    let coming = cinema.coming_phases(pane);
    let set = workspace.library.display_set(view.display_set);
    if !coming.is_empty() || !set.is_some_and(|set| workspace.is_joined(set)) {
        return coming;
    }
    workspace.phase(view).map_or_else(Vec::new, |phase| {
        let place = phase.place as usize;
        let look = Look {
            index: place,
            coming: Vec::new(),
        };
        let order = look.order(phase.sets.len());
        order.filter_map(|at| phase.sets.get(at)).copied().collect()
    })
}

impl Want {
    /// It takes no memory from what is on screen.
    const fn is_modest(&self) -> bool {
        self.is_ahead || self.is_passing
    }
}

/// Called when something arrived, from any thread.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Runs jobs and keeps what they bring.
pub struct Engine {
    queue: Queue,
    events: Receiver<Command>,
    sender: Sender<Command>,
    waker: Waker,
    budget: Arc<Budget>,
    loaders: loaders::Loaders,
    thumbnails: thumbnails::Thumbnails,
    documents: documents::Documents,
    journal: journal::JournalWriter,
    reports: Arc<reports::ReportsRead>,
    folders: AppFolders,
    network: pacs::Network,
}

impl Engine {
    /// An idle one. `waker` is called whenever [`Self::poll`] has something to give.
    #[must_use]
    pub fn new(folders: AppFolders, waker: Waker) -> Self {
        Self::with_budget(folders, waker, Budget::of_this_machine())
    }

    /// The same with so much memory for decoded samples.
    #[must_use]
    pub fn with_budget(folders: AppFolders, waker: Waker, budget: Budget) -> Self {
        let (sender, events) = crossbeam_channel::bounded(EVENTS);
        let network = pacs::Network::new(sender.clone(), Arc::clone(&waker), &folders);
        Self {
            network,
            queue: Queue::new(Arc::clone(&waker)),
            events,
            sender,
            budget: Arc::new(budget),
            loaders: loaders::Loaders::default(),
            thumbnails: thumbnails::Thumbnails::default(),
            documents: documents::Documents::default(),
            journal: journal::JournalWriter::new(
                Journal::new(&folders.journal),
                Arc::clone(&waker),
            ),
            reports: Arc::default(),
            folders,
            waker,
        }
    }

    /// What jobs brought, until nothing is left or the time is up (then the waker is called again).
    pub fn poll(&mut self, budget: Duration) -> Vec<Command> {
        let end = Instant::now() + budget;
        let mut commands: Vec<Command> = self
            .queue
            .problems()
            .into_iter()
            .map(Command::Notify)
            .collect();
        while let Ok(command) = self.events.try_recv() {
            commands.push(command);
            if Instant::now() >= end {
                (self.waker)();
                break;
            }
        }
        commands.extend(self.journal.problems().into_iter().map(Command::Notify));
        commands
    }

    /// Carries out an effect. File dialogs and quitting are the application's.
    pub fn run(&mut self, effect: Effect, workspace: &Workspace) {
        match effect {
            Effect::Spawn(task) => self.spawn(task, workspace),
            Effect::CancelJob(job) => {
                if !self.loaders.cancel(job, &self.queue) {
                    self.queue.cancel(job);
                }
            }
            Effect::WriteSettings(settings) => self.write_settings(&settings),
            Effect::Journal(study, document) => self.write_journal(study, &document, workspace),
            Effect::DiscardJournal(study) => self.discard_journal(study, workspace),
            Effect::StopSearch => self.network.stop_search(),
            Effect::StopWorklist => self.network.stop_worklist(),
            Effect::FollowPacs => self.network.follow(workspace),
            Effect::Transfer(edit) => self.network.transfer(edit, workspace),
            Effect::Browse(_) | Effect::Pick(_) | Effect::Quit => {}
        }
    }

    /// Says what is on screen. Idempotent; to be called whenever the window is drawn.
    pub fn want(&mut self, library: &Library, wants: &[Want]) {
        let Self {
            loaders,
            queue,
            budget,
            waker,
            documents,
            ..
        } = self;
        let is_shown = |instance| {
            let mut sets = wants
                .iter()
                .filter_map(|w| library.display_set(w.display_set));
            sets.any(|set| set.instances.contains(&instance))
        };
        documents.keep(is_shown, budget);
        for problem in loaders.want(library, wants, queue, budget, waker) {
            // The window draws the sentence in place of the picture; here it is said once.
            drop(self.sender.try_send(Command::Notify(problem)));
        }
    }

    /// Says what the reader looks at: of a study that is on its way, that comes first.
    pub fn look_at(&mut self, workspace: &Workspace) {
        self.network.look_at(workspace);
    }

    /// A small picture of a display set; asked for when it is missing.
    pub fn thumbnail(&mut self, library: &Library, set: DisplaySetId) -> Option<Thumbnail> {
        self.thumbnails.get(library, set, &self.queue, &self.waker)
    }

    /// Width and height of the pages of a PDF document, points of 1/72 inch.
    pub fn document_pages(
        &mut self,
        library: &Library,
        instance: InstanceIx,
    ) -> Loading<Arc<[[f32; 2]]>> {
        let Some(header) = library.header(instance) else {
            return Loading::Waiting;
        };
        let (queue, waker) = (&self.queue, &self.waker);
        self.documents.pages(instance, header, queue, waker)
    }

    /// Pictures of the pages of a PDF document that are on screen, most wanted first.
    pub fn document_pictures(
        &mut self,
        library: &Library,
        instance: InstanceIx,
        wanted: &[PageKey],
    ) -> Vec<Loading<Arc<Picture>>> {
        let Some(header) = library.header(instance) else {
            return Vec::new();
        };
        let (queue, waker) = (&self.queue, &self.waker);
        self.documents
            .pictures(instance, header, wanted, queue, waker)
    }

    /// What of a display set could not be read, as far as it was tried.
    #[must_use]
    pub fn unreadable(&self, set: DisplaySetId) -> Option<Unreadable> {
        let loaded = self.loaders.get(set).and_then(|loader| loader.unreadable());
        loaded.or_else(|| {
            let why = self.thumbnails.failed(set)?;
            Some(Unreadable { count: 1, why })
        })
    }

    /// What runs now.
    #[must_use]
    pub fn jobs(&self) -> Vec<JobInfo> {
        let mut jobs = self.queue.running();
        jobs.extend(self.loaders.jobs());
        jobs
    }

    /// Which frames of a set are decoded.
    #[must_use]
    pub fn loaded_frames(&self, set: DisplaySetId) -> Vec<bool> {
        self.loaders
            .get(set)
            .map_or_else(Vec::new, |loader| loader.loaded())
    }

    /// The journal is on disk; to be called before the program ends.
    pub fn finish(&mut self) {
        self.journal.flush();
    }

    fn write_settings(&self, settings: &crate::workspace::Settings) {
        if let Err(problem) = tasks::write_settings(&self.folders, settings) {
            drop(self.sender.try_send(Command::Notify(problem)));
        }
    }
}

impl Frames for Engine {
    fn frame(&self, key: FrameKey) -> Loading<Arc<FrameImage>> {
        self.loaders.frame(key)
    }

    fn volume(&self, display_set: DisplaySetId) -> Loading<Arc<Volume>> {
        match self.loaders.get(display_set) {
            None => Loading::Waiting,
            Some(loader) => loader.volume().map_or_else(
                || Loading::Failed(Message::new(msg("volume-not-in-memory"))),
                |volume| Loading::Ready(Arc::clone(volume)),
            ),
        }
    }
}

/// A problem as an event.
fn notify(sender: &Sender<Command>, problem: Problem) {
    // The receiver is gone only when the program ends.
    drop(sender.send(Command::Notify(problem)));
}
