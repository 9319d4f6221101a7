//! The shape of every icon: one table. Material Symbols, bundled by `egui_material_icons`.

use eframe::egui;
use egui_material_icons::icons as material;

use crate::action::Icon;

/// The family the icons' font is registered under.
pub const ICON_FAMILY: &str = egui_material_icons::FONT_FAMILY;

/// Icons that no action has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    Close,
    Document,
    Error,
    FoldLeft,
    FoldRight,
    Faster,
    FitPage,
    FitWidth,
    Frames,
    Good,
    Hidden,
    KeyImage,
    Loop,
    NextPage,
    Once,
    Pause,
    Phases,
    Play,
    PreviousPage,
    Problem,
    Slower,
    Sweep,
    UnfoldLeft,
    UnfoldRight,
    Shown,
    Volume,
    Waiting,
    Waveform,
}

/// The glyph of an action's icon.
#[must_use]
#[rustfmt::skip] // a table
pub const fn glyph(icon: Icon) -> &'static str {
    match icon {
        Icon::About => material::ICON_INFO.codepoint,
        Icon::Angle => material::ICON_SQUARE_FOOT.codepoint,
        Icon::Archive => material::ICON_INVENTORY_2.codepoint,
        Icon::Arrow => material::ICON_NORTH_EAST.codepoint,
        Icon::Crosshair => material::ICON_ADD.codepoint,
        Icon::Delete => material::ICON_DELETE.codepoint,
        Icon::Demo => material::ICON_SCIENCE.codepoint,
        Icon::Ellipse => material::ICON_RADIO_BUTTON_UNCHECKED.codepoint,
        Icon::Files => material::ICON_FILE_OPEN.codepoint,
        Icon::Fit => material::ICON_FIT_SCREEN.codepoint,
        Icon::FlipHorizontal => material::ICON_FLIP.codepoint,
        Icon::FlipVertical => material::ICON_SWAP_VERT.codepoint,
        Icon::Folder => material::ICON_FOLDER_OPEN.codepoint,
        Icon::FullScreen => material::ICON_FULLSCREEN.codepoint,
        Icon::Help => material::ICON_KEYBOARD.codepoint,
        Icon::Hide => material::ICON_VISIBILITY_OFF.codepoint,
        Icon::Invert => material::ICON_INVERT_COLORS.codepoint,
        Icon::Layout => material::ICON_GRID_VIEW.codepoint,
        Icon::Length => material::ICON_STRAIGHTEN.codepoint,
        Icon::Mpr => material::ICON_VIEW_QUILT.codepoint,
        Icon::Nodes => material::ICON_DNS.codepoint,
        Icon::OneToOne => material::ICON_LOOKS_ONE.codepoint,
        Icon::Overlay => material::ICON_SUBTITLES.codepoint,
        Icon::Palette => material::ICON_SEARCH.codepoint,
        Icon::Pan => material::ICON_OPEN_WITH.codepoint,
        Icon::Picture => material::ICON_IMAGE.codepoint,
        Icon::Preset => material::ICON_TUNE.codepoint,
        Icon::Probe => material::ICON_MY_LOCATION.codepoint,
        Icon::Queue => material::ICON_DOWNLOADING.codepoint,
        Icon::Rectangle => material::ICON_CHECK_BOX_OUTLINE_BLANK.codepoint,
        Icon::Redo => material::ICON_REDO.codepoint,
        Icon::Reset => material::ICON_RESTART_ALT.codepoint,
        Icon::RotateLeft => material::ICON_ROTATE_LEFT.codepoint,
        Icon::RotateRight => material::ICON_ROTATE_RIGHT.codepoint,
        Icon::Save => material::ICON_SAVE.codepoint,
        Icon::Scroll => material::ICON_UNFOLD_MORE.codepoint,
        Icon::Search => material::ICON_PERSON_SEARCH.codepoint,
        Icon::Settings => material::ICON_SETTINGS.codepoint,
        Icon::Undo => material::ICON_UNDO.codepoint,
        Icon::Window => material::ICON_CONTRAST.codepoint,
        Icon::Zoom => material::ICON_ZOOM_IN.codepoint,
    }
}

/// The glyph of another sign.
#[must_use]
#[rustfmt::skip] // a table
pub const fn sign(sign: Sign) -> &'static str {
    match sign {
        Sign::Close => material::ICON_CLOSE.codepoint,
        Sign::Document => material::ICON_DESCRIPTION.codepoint,
        Sign::Error => material::ICON_ERROR.codepoint,
        Sign::FoldLeft => material::ICON_LEFT_PANEL_CLOSE.codepoint,
        Sign::FoldRight => material::ICON_RIGHT_PANEL_CLOSE.codepoint,
        Sign::Faster => material::ICON_ADD.codepoint,
        Sign::FitPage => material::ICON_FIT_SCREEN.codepoint,
        Sign::FitWidth => material::ICON_WIDTH.codepoint,
        Sign::Frames => material::ICON_LAYERS.codepoint,
        Sign::Good => material::ICON_CHECK_CIRCLE.codepoint,
        Sign::Hidden => material::ICON_VISIBILITY_OFF.codepoint,
        Sign::KeyImage => material::ICON_KEY.codepoint,
        Sign::Loop => material::ICON_REPEAT.codepoint,
        Sign::NextPage => material::ICON_EXPAND_MORE.codepoint,
        Sign::Once => material::ICON_KEYBOARD_TAB.codepoint,
        Sign::Pause => material::ICON_PAUSE.codepoint,
        Sign::Phases => material::ICON_SCHEDULE.codepoint,
        Sign::Play => material::ICON_PLAY_ARROW.codepoint,
        Sign::PreviousPage => material::ICON_EXPAND_LESS.codepoint,
        Sign::Problem => material::ICON_WARNING.codepoint,
        Sign::Shown => material::ICON_VISIBILITY.codepoint,
        Sign::Slower => material::ICON_REMOVE.codepoint,
        Sign::Sweep => material::ICON_SYNC_ALT.codepoint,
        Sign::UnfoldLeft => material::ICON_DOCK_TO_LEFT.codepoint,
        Sign::UnfoldRight => material::ICON_DOCK_TO_RIGHT.codepoint,
        Sign::Volume => material::ICON_VIEW_IN_AR.codepoint,
        Sign::Waiting => material::ICON_HOURGLASS_EMPTY.codepoint,
        Sign::Waveform => material::ICON_ECG.codepoint,
    }
}

/// The font of icons of this size.
#[must_use]
pub fn font(size: f32) -> egui::FontId {
    egui::FontId::new(size, egui::FontFamily::Name(ICON_FAMILY.into()))
}
