//! Commands in, effects out; nested by what they change, so that each `apply` sits beside it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::annotation::{Annotation, AnnotationId, ManualCalibration};
use crate::dicom::{InstanceHeader, Password};
use crate::geom::{AnatomicalPlane, DVec3};
use crate::jobs::JobId;
use crate::model::StudyKey;
use crate::model::{DisplaySetId, InstanceIx, PlannedStep, StudyMatch};
use crate::objects::layer::Layer;
use crate::pacs::{Node, Secret, SecretOwner};
use crate::problem::{Message, Problem};
use crate::view::cine::{CineAxis, Repeat};
use crate::view::{Camera, Filter, ViewMode, VoiChoice};
use crate::workspace::archive_work::{ArchiveDone, ArchiveEdit, ArchiveWork};
use crate::workspace::arrived::ArrivedInstance;
use crate::workspace::arriving::ListedInstance;
use crate::workspace::document::Document;
use crate::workspace::nodes::{NodeEdit, NodeTest};
use crate::workspace::notices::NoticeId;
use crate::workspace::panes::{Layout, PaneId};
use crate::workspace::previews::Preview;
use crate::workspace::search::{AnswerEnd, FoundStudy, SearchEdit, SearchRequest, Source};
use crate::workspace::settings::{Language, OverlayLevel, Settings};
use crate::workspace::transfers::{Transfer, TransferEdit};
use crate::workspace::worklist::{PlanEnd, PlanRequest, WorklistEdit};

/// One press-to-release of the pointer, or one edit field's focus: its edits are one undo step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GestureId(pub u64);

/// Everything that can be asked of the workspace.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum Command {
    Open(Vec<PathBuf>),
    /// Files of the archive: no places to be remembered.
    OpenArchived(Vec<PathBuf>),
    OpenDemo,
    /// Open what is encrypted in this archive.
    Unlock(PathBuf, Password),
    /// Leave it as it is.
    LeaveLocked(PathBuf),
    Pick(PickKind),
    Arrived(Arrival),
    View(PaneId, ViewEdit),
    Layout(LayoutEdit),
    Layer(LayerEdit),
    Annotate(AnnotationEdit),
    Report(ReportEdit),
    Settings(SettingsEdit),
    Search(SearchEdit),
    Worklist(WorklistEdit),
    Node(NodeEdit),
    Transfer(TransferEdit),
    Archive(ArchiveEdit),
    Tool(&'static str),
    HideIdentification(bool),
    /// The phases of this display set as one entry of the browser, or each on its own.
    TogglePhases(DisplaySetId),
    Dismiss(NoticeId),
    Notify(Problem),
    CancelJob(JobId),
    Undo,
    Redo,
    /// This page, in the system's browser.
    Browse(String),
    /// Asked to close; nothing unsaved is lost (it is journalled first).
    Quit,
}

/// What a file dialog is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PickKind {
    Files,
    Folder,
    ReportFolder,
    /// Into a field of a form, which then holds it.
    Field(PathOf),
    ArchiveFolder,
    ImportNodes,
    ExportNodes,
}

/// A field of a form that holds a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PathOf {
    TakenIn,
    Authorities,
    Certificate,
    Key,
    /// Of our receiver, as are the two after it.
    OwnCertificate,
    OwnKey,
    Callers,
}

/// What jobs bring.
#[derive(Debug, Clone)]
pub enum Arrival {
    /// Instances found; see [`Arrival::headers`].
    Headers(Vec<ArrivedInstance>),
    /// A file found and not shown.
    PassedOver {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: Message,
    },
    /// Entries of an archive wait for a password; each was passed over, too.
    Locked {
        /// The archive.
        archive: PathBuf,
        /// How many.
        entries: usize,
    },
    /// The password was right; what the archive holds follows.
    Unlocked(PathBuf),
    /// The password was wrong, or trying it was stopped; nothing changed.
    StillLocked {
        /// The archive.
        archive: PathBuf,
        /// The password was tried, and was not it.
        is_wrong: bool,
    },
    /// A scan found this many files in all.
    ScanEnded {
        /// Files found.
        files_found: usize,
    },
    /// A report was written, read back and found equal.
    ReportSaved {
        /// Of which study.
        study: StudyKey,
        /// Where.
        path: PathBuf,
        /// What was saved; later changes stay unsaved.
        document: Document,
    },
    /// Saving failed; nothing was lost.
    ReportFailed {
        /// Of which study.
        study: StudyKey,
        /// Why.
        problem: Problem,
    },
    /// A report that was opened holds these findings.
    ReportRead {
        /// Of which study.
        study: StudyKey,
        /// Its findings, placed on the images.
        annotations: Vec<Annotation>,
        /// Its text.
        findings: String,
        /// Its text.
        impression: String,
    },
    /// An object laid over images was read, or why not.
    LayerRead {
        /// Which.
        instance: InstanceIx,
        /// Its content.
        result: Result<Arc<Layer>, Message>,
    },
    /// What a search found, so far.
    Found {
        /// Of which search.
        generation: u64,
        /// Who found it.
        source: Source,
        /// What.
        matches: Vec<StudyMatch>,
    },
    /// What a node plans, so far.
    Planned {
        /// Asked when.
        generation: u64,
        /// Who plans it.
        source: Source,
        /// What.
        steps: Vec<PlannedStep>,
    },
    /// What a node plans, for the studies that are urgent.
    UrgentPlanned {
        /// For which search.
        generation: u64,
        /// Who plans it.
        source: Source,
        /// What.
        steps: Vec<PlannedStep>,
        /// How it ended.
        end: PlanEnd,
    },
    /// A node has said all it plans, or why not.
    PlanEnded {
        /// Asked when.
        generation: u64,
        /// Who.
        source: Source,
        /// How it ended.
        end: PlanEnd,
    },
    /// A source has answered, or why it could not be asked.
    SearchEnded {
        /// Which search.
        generation: u64,
        /// Who.
        source: Source,
        /// How it ended.
        result: Result<AnswerEnd, Message>,
    },
    /// Whether a node answers.
    NodeTested(Box<Node>, NodeTest),
    /// What a node lists of a study that is on its way: its series, and their instances.
    Listed {
        /// Study Instance UID.
        study_uid: String,
        /// By Series Instance UIDs.
        series: Vec<(String, Vec<ListedInstance>)>,
    },
    /// What a node lists of a study has come, and is another patient's.
    Apart {
        /// Study Instance UID.
        study_uid: String,
        /// SOP Instance UID.
        sop_instance_uid: String,
    },
    /// Earlier studies of the patient whose study was opened, newest first.
    Earlier {
        /// Study Instance UID of what was opened.
        study_uid: String,
        /// Who has them, too.
        studies: Vec<FoundStudy>,
    },
    /// How many images nodes said there are of a study that was not fetched to its end; 0 once all
    /// of it is here.
    Counted {
        /// Study Instance UID.
        study_uid: String,
        /// In all.
        count: usize,
        /// Of its series, by their UIDs, as far as that is known.
        series: BTreeMap<String, usize>,
    },
    /// A picture that stands for an image on its way.
    Preview(Arc<Preview>),
    /// What was asked of the archive is done.
    ArchiveDone(ArchiveDone),
    /// How far all transfers are.
    Transfers(Vec<Transfer>),
    /// Unsaved work of an earlier run.
    JournalFound {
        /// Of which study.
        study: StudyKey,
        /// What it was.
        document: Document,
    },
}

impl Arrival {
    /// Instances found. Reads what they say of other images, so for jobs, not for the window's
    /// thread.
    #[must_use]
    pub fn headers(headers: Vec<InstanceHeader>) -> Self {
        Self::Headers(headers.into_iter().map(ArrivedInstance::read).collect())
    }
}

/// A change of one pane's view.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum ViewEdit {
    Show(DisplaySetId),
    Mode(ViewMode),
    /// Slices forward (positive) or back: frames in a stack, steps of the volume in a plane.
    Step(i32),
    /// To this frame (stack).
    Index(u32),
    /// This instance of the series shown, which is on its way: as soon as it is here.
    Await(ListedInstance),
    /// This frame of this display set, as a stack.
    ShowAt(DisplaySetId, u32),
    /// The next image of the study that a key object document points at, or the one before.
    NextKeyImage,
    PreviousKeyImage,
    First,
    Last,
    /// The crosshair of the volume shown to this patient point.
    Crosshair(DVec3),
    Voi(VoiChoice),
    /// The next of the transforms the image offers; the first, if another is applied.
    NextOwnVoi,
    ToggleInvert,
    ToggleShutter,
    /// All overlays; shown again, those hidden one by one are shown too.
    ToggleOverlays,
    /// The overlay of this index.
    ToggleOverlay(u8),
    /// The image's colour profile applied, or not.
    ToggleColourProfile,
    Filter(Filter),
    Camera(Camera),
    Fit,
    OneToOne,
    /// Turn clockwise by these degrees.
    Rotate(f64),
    FlipHorizontal,
    FlipVertical,
    /// Window, zoom, pan, rotation, mirror as at first, or as the presentation state has them.
    Reset,
    Cine(CineEdit),
    /// By this presentation state, or none (stack).
    Present(Option<InstanceIx>),
    /// By the next of those there are for the images; none after the last.
    NextPresentation,
    /// The same slice so many phases on (positive) or back: moments, echoes, b-values.
    Phase(i32),
}

/// A change of a pane's film.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum CineEdit {
    /// Plays, or stops where it is.
    Toggle,
    Repeat(Repeat),
    /// Through the frames, or one slice through the phases.
    Axis(CineAxis),
    /// The next higher rate.
    Faster,
    Slower,
    /// From the frame shown on.
    Begin,
    /// To the frame shown.
    End,
    /// Every frame, whatever part the data ask for.
    Whole,
    /// Stops, and the bar goes.
    Close,
    /// The clock is at this frame; nothing if the film stands still.
    At(u32),
    /// The clock came to the end.
    Ended,
}

/// A change of what is where.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum LayoutEdit {
    Set(Layout),
    /// Into MPR of the active pane's volume, or back to what was before.
    ToggleMpr,
    Activate(PaneId),
    ActivateNext,
    /// One pane over the whole window, or back.
    ToggleMaximise(PaneId),
    /// The next or previous display set of the study in the active pane.
    StepSeries(i32),
    /// Crosshair lines turned in one plane, radians clockwise on the unturned picture.
    TurnPlanes(DisplaySetId, AnatomicalPlane, f64),
}

/// A change of how an object laid over images is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum LayerEdit {
    Toggle(InstanceIx),
    /// A segment or region, by its number.
    ToggleItem(InstanceIx, u32),
    /// Of its areas, 0 to 1.
    Opacity(InstanceIx, f32),
    /// What part of the largest dose is not coloured.
    Threshold(InstanceIx, f32),
    ToggleIsodoses(InstanceIx),
    /// One that could not be read.
    ReadAgain(InstanceIx),
    /// Over the active pane's images: hides all that are shown, or brings back those it hid; where
    /// there are neither, shows all but doses.
    ToggleAll,
}

/// A change of what is drawn.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum AnnotationEdit {
    /// A new one; its `id` comes from [`super::Workspace::new_annotation_id`] or is replaced if 0.
    Add(Annotation, GestureId),
    /// The same id with other contents.
    Change(Annotation, GestureId),
    Remove(AnnotationId),
    /// Millimetres by this line for its image or series, beside what was said before.
    Calibrate(AnnotationId, ManualCalibration),
    /// Takes those away that hold on the image of this line: its own, else those of its series.
    Uncalibrate(AnnotationId),
    /// Takes back what this gesture changed, as if it had never begun.
    Cancel(GestureId),
    Select(Option<AnnotationId>),
    /// Shows it: the pane that can goes to its slice.
    JumpTo(AnnotationId),
}

/// A change of a study's report.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum ReportEdit {
    Findings(StudyKey, String, GestureId),
    Impression(StudyKey, String, GestureId),
    /// Writes a structured report into this folder.
    Save(StudyKey, PathBuf),
    /// Takes up the unsaved work of an earlier run.
    Restore(StudyKey),
    /// Throws the unsaved work of an earlier run away.
    DiscardJournal(StudyKey),
}

/// A change of the settings.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum SettingsEdit {
    Language(Language),
    Overlay(OverlayLevel),
    FoldLeft(bool),
    FoldRight(bool),
    NoticeRead,
    InvertDrag(bool),
    Light(bool),
    Filter(Filter),
    Observer(String),
    ReportFolder(Option<PathBuf>),
}

/// What the program should do outside the workspace.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum Effect {
    Pick(PickKind),
    Spawn(Task),
    CancelJob(JobId),
    WriteSettings(Settings),
    StopSearch,
    StopWorklist,
    Browse(String),
    /// Nodes, titles, ports or folders of the network are others now.
    FollowPacs,
    Transfer(TransferEdit),
    /// Write this study's unsaved work within two seconds.
    Journal(StudyKey, Document),
    DiscardJournal(StudyKey),
    Quit,
}

/// Work for a job; a plain enum, so that tests can compare.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each names what it does")]
pub enum Task {
    Scan(Vec<PathBuf>),
    Unlock(PathBuf, Password),
    Demo,
    Search {
        generation: u64,
        request: SearchRequest,
        nodes: Vec<Node>,
        /// Those whose worklists say what is urgent.
        worklists: Vec<Node>,
    },
    Worklist {
        generation: u64,
        request: PlanRequest,
        nodes: Vec<Node>,
    },
    TestNode(Node, Option<Secret>),
    Archive(ArchiveWork),
    KeepSecret(SecretOwner, Secret),
    ForgetSecret(SecretOwner),
    SignIn(Node),
    ExportNodes(PathBuf, Vec<Node>),
    ImportNodes(PathBuf),
    /// Look for unsaved work of this study.
    FindJournal(StudyKey),
    /// Read the findings of a report among the display sets.
    ReadReport(DisplaySetId),
    /// Read an object that is laid over images.
    ReadLayer(InstanceIx),
    SaveReport {
        study: StudyKey,
        document: Document,
        folder: PathBuf,
    },
}
