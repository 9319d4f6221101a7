//! One row an action: label, icon, shortcuts, when it can be done and what it asks for.
//!
//! Toolbar, palette, help sheet and keyboard all read [`ACTIONS`]; a new row appears in each by
//! itself. Nothing here knows egui: `ui/keys.rs` turns key events into [`Shortcut`]s.
//!
//! | file | what it owns |
//! |---|---|
//! | `table.rs` | [`ACTIONS`]: the rows |
//! | `shortcut.rs` | [`Shortcut`], [`Key`] and their words on screen |
//! | `conditions.rs` | when an action can be done, and the reason when it cannot |
#![warn(missing_docs)]

mod conditions;
mod shortcut;
mod table;

pub use conditions::report_folder;
pub use shortcut::{Key, Shortcut};
pub use table::ACTIONS;

use crate::problem::{Message, MessageId};
use crate::workspace::{Command, ViewEdit, WINDOW_PRESETS, Workspace};

/// Where an action stands in the palette and the help sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Group {
    Study,
    Navigate,
    Window,
    Picture,
    Tools,
    Layout,
    Edit,
    Program,
}

impl Group {
    /// In the order of the help sheet.
    pub const ALL: [Self; 8] = [
        Self::Study,
        Self::Navigate,
        Self::Tools,
        Self::Window,
        Self::Picture,
        Self::Layout,
        Self::Edit,
        Self::Program,
    ];

    /// Its heading.
    #[must_use]
    pub const fn label(self) -> MessageId {
        use crate::problem::msg;
        match self {
            Self::Study => msg("group-study"),
            Self::Navigate => msg("group-navigate"),
            Self::Window => msg("group-window"),
            Self::Picture => msg("group-picture"),
            Self::Tools => msg("group-tools"),
            Self::Layout => msg("group-layout"),
            Self::Edit => msg("group-edit"),
            Self::Program => msg("group-program"),
        }
    }
}

/// A sign for an action; `ui/icons.rs` has its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Icon {
    About,
    Angle,
    Archive,
    Arrow,
    Crosshair,
    Delete,
    Demo,
    Ellipse,
    Files,
    Fit,
    FlipHorizontal,
    FlipVertical,
    Folder,
    FullScreen,
    Help,
    Hide,
    Invert,
    Layout,
    Length,
    Mpr,
    Nodes,
    OneToOne,
    Overlay,
    Palette,
    Pan,
    Picture,
    Preset,
    Probe,
    Queue,
    Rectangle,
    Redo,
    Reset,
    RotateLeft,
    RotateRight,
    Save,
    Scroll,
    Search,
    Settings,
    Undo,
    Window,
    Zoom,
}

/// A part of the window an action opens, closes or changes; the workspace knows nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Part {
    About,
    Archive,
    FullScreen,
    Help,
    Jobs,
    Nodes,
    Open,
    Palette,
    PassedOver,
    Queue,
    Search,
    Settings,
    /// Closes whatever part is open.
    Close,
}

/// What an action does.
#[derive(Clone, Copy)]
pub enum Deed {
    /// Asks the workspace.
    Ask(fn(&Workspace) -> Vec<Command>),
    /// Puts the tool of this name on the left button.
    Tool(&'static str),
    /// Sets a row of [`WINDOW_PRESETS`].
    Preset(usize),
    /// Shows a part of the window.
    Show(Part),
}

/// One row.
#[derive(Clone, Copy)]
pub struct Action {
    /// Never changes; what settings and tests know it by.
    pub id: &'static str,
    /// Its name.
    pub label: MessageId,
    /// Where it stands.
    pub group: Group,
    /// Its sign, if it stands in the tools row.
    pub icon: Option<Icon>,
    /// Keys that do it.
    pub shortcuts: &'static [Shortcut],
    /// Whether it can be done now, else why not.
    condition: fn(&Workspace) -> Result<(), Message>,
    /// What it does.
    pub deed: Deed,
}

impl Action {
    /// Whether it can be done now.
    ///
    /// # Errors
    /// The reason why not, for the reader.
    pub fn enabled(&self, workspace: &Workspace) -> Result<(), Message> {
        (self.condition)(workspace)
    }

    /// What it asks of the workspace; nothing for what concerns the window alone.
    #[must_use]
    pub fn commands(&self, workspace: &Workspace) -> Vec<Command> {
        if self.enabled(workspace).is_err() {
            return Vec::new();
        }
        match self.deed {
            Deed::Ask(ask) => ask(workspace),
            Deed::Tool(tool) => vec![Command::Tool(tool)],
            Deed::Preset(row) => WINDOW_PRESETS
                .get(row)
                .map(|preset| Command::View(workspace.panes.active, ViewEdit::Voi(preset.voi)))
                .into_iter()
                .collect(),
            Deed::Show(_) => Vec::new(),
        }
    }

    /// What exactly it would do now, where its name does not say it (`Undo`: draw length).
    #[must_use]
    pub fn detail(&self, workspace: &Workspace) -> Option<Message> {
        let record = workspace.studies.get(&workspace.active_study()?)?;
        match self.id {
            "undo" => record.history.undo_label().cloned(),
            "redo" => record.history.redo_label().cloned(),
            _ => None,
        }
    }

    /// Whether it is what is on now (the tool in hand).
    #[must_use]
    pub fn is_active(&self, workspace: &Workspace) -> bool {
        match self.deed {
            Deed::Tool(tool) => workspace.tool == tool,
            _ => match self.id {
                "mpr" => workspace.panes.main().layout == crate::workspace::Layout::Mpr,
                "hide-identification" => workspace.is_identification_hidden,
                _ => false,
            },
        }
    }
}

/// The row of this id.
#[must_use]
pub fn action(id: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.id == id)
}

/// The row with this shortcut.
#[must_use]
pub fn action_of(shortcut: Shortcut) -> Option<&'static Action> {
    ACTIONS
        .iter()
        .find(|action| action.shortcuts.contains(&shortcut))
}
