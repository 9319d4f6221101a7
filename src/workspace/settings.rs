//! What is remembered between runs. No patient data: written as it stands to the user's folder.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::text::Language as Spoken;
use crate::view::Filter;
use crate::workspace::Workspace;
use crate::workspace::command::{Effect, SettingsEdit};
use crate::workspace::nodes::PacsSettings;

/// Recent places kept.
const RECENT: usize = 12;

/// Language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// The system's, if we have it, else English.
    #[default]
    System,
    /// English.
    English,
    /// French.
    French,
}

impl Language {
    /// The language whose words are used: on screen and in reports.
    #[must_use]
    pub fn spoken(self) -> Spoken {
        match self {
            Self::System => Spoken::of_the_system(),
            Self::English => Spoken::English,
            Self::French => Spoken::French,
        }
    }
}

/// How much stands in the corners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum OverlayLevel {
    /// Everything.
    #[default]
    All,
    /// Patient and slice.
    Essential,
    /// Nothing (the patient bar stays).
    None,
}

impl OverlayLevel {
    /// The next of the three.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::All => Self::Essential,
            Self::Essential => Self::None,
            Self::None => Self::All,
        }
    }
}

/// Read tolerantly: what is missing takes its default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Of this file's format.
    pub version: u32,
    /// Of the interface.
    pub language: Language,
    /// In the corners.
    pub overlay: OverlayLevel,
    /// The study browser is a rail.
    pub is_left_folded: bool,
    /// The findings are a rail.
    pub is_right_folded: bool,
    /// The reader has read that this program is not cleared for diagnosis.
    pub is_notice_read: bool,
    /// Dragging up makes darker, dragging right narrower.
    pub is_drag_inverted: bool,
    /// The light theme, for offices.
    pub is_light: bool,
    /// Interpolation of new views.
    pub filter: Filter,
    /// Who observes; goes into reports.
    pub observer: String,
    /// Where reports go; the folder of [`Workspace::reports`] if not set.
    pub report_folder: Option<PathBuf>,
    /// Places opened, latest first.
    pub recent: Vec<PathBuf>,
    /// The network and the local archive.
    pub pacs: PacsSettings,
}

impl Settings {
    /// Puts a place at the head of the recent ones.
    pub fn remember(&mut self, path: PathBuf) {
        self.recent.retain(|known| *known != path);
        self.recent.insert(0, path);
        self.recent.truncate(RECENT);
    }
}

impl Workspace {
    pub(super) fn edit_settings(&mut self, edit: SettingsEdit) -> Vec<Effect> {
        let settings = &mut self.settings;
        match edit {
            SettingsEdit::Language(language) => settings.language = language,
            SettingsEdit::Overlay(level) => settings.overlay = level,
            SettingsEdit::FoldLeft(is_folded) => settings.is_left_folded = is_folded,
            SettingsEdit::FoldRight(is_folded) => settings.is_right_folded = is_folded,
            SettingsEdit::NoticeRead => settings.is_notice_read = true,
            SettingsEdit::InvertDrag(is_inverted) => settings.is_drag_inverted = is_inverted,
            SettingsEdit::Light(is_light) => settings.is_light = is_light,
            SettingsEdit::Filter(filter) => settings.filter = filter,
            SettingsEdit::Observer(observer) => settings.observer = observer,
            SettingsEdit::ReportFolder(folder) => settings.report_folder = folder,
        }
        vec![Effect::WriteSettings(self.settings.clone())]
    }
}
