//! The rows. Keys follow what most peers have; one table, so a test finds conflicts.

use super::conditions::{
    always, colour_profile, film, image, key_images, layers, passed_over, phases, presentations,
    presented, redo, report, report_folder, selected, selection, stack, undo, volume,
};
use super::{Action, Deed, Group, Icon, Key, Part, Shortcut};
use crate::problem::{Message, MessageId, msg};
use crate::view::Filter;
use crate::view::cine::CineAxis;
use crate::workspace::{
    AnnotationEdit, CineEdit, Command, LayerEdit, Layout, LayoutEdit, PickKind, ReportEdit,
    SettingsEdit, ViewEdit, Workspace,
};

type Condition = fn(&Workspace) -> Result<(), Message>;

const fn row(
    group: Group,
    id: &'static str,
    label: MessageId,
    shortcuts: &'static [Shortcut],
    condition: Condition,
    deed: Deed,
) -> Action {
    Action {
        id,
        label,
        group,
        icon: None,
        shortcuts,
        condition,
        deed,
    }
}

const fn with_icon(icon: Icon, action: Action) -> Action {
    Action {
        icon: Some(icon),
        ..action
    }
}

const fn tool(
    icon: Icon,
    name: &'static str,
    label: MessageId,
    shortcuts: &'static [Shortcut],
) -> Action {
    with_icon(
        icon,
        row(
            Group::Tools,
            name,
            label,
            shortcuts,
            image,
            Deed::Tool(name),
        ),
    )
}

/// The preset of this row of the presets' table, on the digit of the same number.
const fn preset(
    row_index: usize,
    id: &'static str,
    label: MessageId,
    shortcuts: &'static [Shortcut],
) -> Action {
    row(
        Group::Window,
        id,
        label,
        shortcuts,
        image,
        Deed::Preset(row_index),
    )
}

/// An edit of the active pane's view.
fn view(workspace: &Workspace, edit: ViewEdit) -> Vec<Command> {
    vec![Command::View(workspace.panes.active, edit)]
}

fn cine(workspace: &Workspace, edit: CineEdit) -> Vec<Command> {
    view(workspace, ViewEdit::Cine(edit))
}

/// The other way a film can run.
fn axis(workspace: &Workspace) -> Vec<Command> {
    let now = workspace
        .panes
        .active_view()
        .map(|view| workspace.cine_axis(view));
    cine(
        workspace,
        CineEdit::Axis(match now {
            Some(CineAxis::Phases) => CineAxis::Frames,
            _ => CineAxis::Phases,
        }),
    )
}

fn toggle_phases(workspace: &Workspace) -> Vec<Command> {
    let view = workspace.panes.active_view();
    view.map(|view| Command::TogglePhases(view.display_set))
        .into_iter()
        .collect()
}

/// What happens at the end of the film: the next choice.
fn repeat(workspace: &Workspace) -> Vec<Command> {
    let chosen = workspace
        .panes
        .active_view()
        .and_then(|view| view.cine.repeat);
    cine(
        workspace,
        CineEdit::Repeat(chosen.unwrap_or_default().next()),
    )
}

fn layout(edit: LayoutEdit) -> Vec<Command> {
    vec![Command::Layout(edit)]
}

fn grid(rows: u8, columns: u8) -> Vec<Command> {
    layout(LayoutEdit::Set(Layout::Grid { rows, columns }))
}

fn save(workspace: &Workspace) -> Vec<Command> {
    let Some(study) = workspace.active_study() else {
        return Vec::new();
    };
    match report_folder(workspace) {
        Some(folder) => vec![Command::Report(ReportEdit::Save(study, folder))],
        None => vec![Command::Pick(PickKind::ReportFolder)],
    }
}

const CTRL_SHIFT_Z: Shortcut = Shortcut {
    key: Key::Letter('Z'),
    control: true,
    shift: true,
};
const CTRL_SHIFT_O: Shortcut = Shortcut {
    key: Key::Letter('O'),
    control: true,
    shift: true,
};

/// Every action, in the order of palette and help sheet.
#[rustfmt::skip] // one row an action reads as the table it is
pub static ACTIONS: &[Action] = &[
    with_icon(Icon::Folder, row(Group::Study, "open", msg("action-open"), &[Shortcut::control(Key::Letter('O'))], always, Deed::Show(Part::Open))),
    with_icon(Icon::Folder, row(Group::Study, "open-folder", msg("action-open-folder"), &[CTRL_SHIFT_O], always, Deed::Ask(|_| vec![Command::Pick(PickKind::Folder)]))),
    with_icon(Icon::Files, row(Group::Study, "open-files", msg("action-open-files"), &[], always, Deed::Ask(|_| vec![Command::Pick(PickKind::Files)]))),
    with_icon(Icon::Demo, row(Group::Study, "open-demo", msg("action-open-demo"), &[], always, Deed::Ask(|_| vec![Command::OpenDemo]))),
    with_icon(Icon::Search, row(Group::Study, "search", msg("action-search"), &[Shortcut::control(Key::Letter('F'))], always, Deed::Show(Part::Search))),
    with_icon(Icon::Queue, row(Group::Study, "queue", msg("action-queue"), &[Shortcut::control(Key::Letter('J'))], always, Deed::Show(Part::Queue))),
    with_icon(Icon::Archive, row(Group::Study, "archive", msg("action-archive"), &[], always, Deed::Show(Part::Archive))),
    row(Group::Study, "passed-over", msg("action-passed-over"), &[], passed_over, Deed::Show(Part::PassedOver)),
    with_icon(Icon::Hide, row(Group::Study, "hide-identification", msg("action-hide-identification"), &[Shortcut::control(Key::Letter('H'))], always, Deed::Ask(|w| vec![Command::HideIdentification(!w.is_identification_hidden)]))),
    with_icon(Icon::Save, row(Group::Study, "save-report", msg("action-save-report"), &[Shortcut::control(Key::Letter('S'))], report, Deed::Ask(save))),
    row(Group::Study, "report-folder", msg("action-report-folder"), &[], always, Deed::Ask(|_| vec![Command::Pick(PickKind::ReportFolder)])),

    row(Group::Navigate, "previous-image", msg("action-previous-image"), &[Shortcut::plain(Key::Up)], image, Deed::Ask(|w| view(w, ViewEdit::Step(-1)))),
    row(Group::Navigate, "next-image", msg("action-next-image"), &[Shortcut::plain(Key::Down)], image, Deed::Ask(|w| view(w, ViewEdit::Step(1)))),
    row(Group::Navigate, "ten-back", msg("action-ten-back"), &[Shortcut::shift(Key::Up)], image, Deed::Ask(|w| view(w, ViewEdit::Step(-10)))),
    row(Group::Navigate, "ten-forward", msg("action-ten-forward"), &[Shortcut::shift(Key::Down)], image, Deed::Ask(|w| view(w, ViewEdit::Step(10)))),
    row(Group::Navigate, "first-image", msg("action-first-image"), &[Shortcut::plain(Key::Home)], image, Deed::Ask(|w| view(w, ViewEdit::First))),
    row(Group::Navigate, "last-image", msg("action-last-image"), &[Shortcut::plain(Key::End)], image, Deed::Ask(|w| view(w, ViewEdit::Last))),
    row(Group::Navigate, "previous-series", msg("action-previous-series"), &[Shortcut::plain(Key::PageUp), Shortcut::plain(Key::Left)], image, Deed::Ask(|_| layout(LayoutEdit::StepSeries(-1)))),
    row(Group::Navigate, "next-series", msg("action-next-series"), &[Shortcut::plain(Key::PageDown), Shortcut::plain(Key::Right)], image, Deed::Ask(|_| layout(LayoutEdit::StepSeries(1)))),
    row(Group::Navigate, "next-key-image", msg("action-next-key-image"), &[Shortcut::letter('K')], key_images, Deed::Ask(|w| view(w, ViewEdit::NextKeyImage))),
    row(Group::Navigate, "previous-key-image", msg("action-previous-key-image"), &[Shortcut::shift(Key::Letter('K'))], key_images, Deed::Ask(|w| view(w, ViewEdit::PreviousKeyImage))),
    row(Group::Navigate, "next-pane", msg("action-next-pane"), &[Shortcut::plain(Key::Tab)], always, Deed::Ask(|_| layout(LayoutEdit::ActivateNext))),

    row(Group::Navigate, "previous-phase", msg("action-previous-phase"), &[Shortcut::control(Key::Left)], phases, Deed::Ask(|w| view(w, ViewEdit::Phase(-1)))),
    row(Group::Navigate, "next-phase", msg("action-next-phase"), &[Shortcut::control(Key::Right)], phases, Deed::Ask(|w| view(w, ViewEdit::Phase(1)))),
    row(Group::Navigate, "toggle-phases", msg("action-toggle-phases"), &[], phases, Deed::Ask(toggle_phases)),
    row(Group::Navigate, "cine", msg("action-cine"), &[Shortcut::letter('C'), Shortcut::plain(Key::Space)], film, Deed::Ask(|w| cine(w, CineEdit::Toggle))),
    row(Group::Navigate, "cine-faster", msg("action-cine-faster"), &[Shortcut::control(Key::Up)], film, Deed::Ask(|w| cine(w, CineEdit::Faster))),
    row(Group::Navigate, "cine-slower", msg("action-cine-slower"), &[Shortcut::control(Key::Down)], film, Deed::Ask(|w| cine(w, CineEdit::Slower))),
    row(Group::Navigate, "cine-repeat", msg("action-cine-repeat"), &[], film, Deed::Ask(repeat)),
    row(Group::Navigate, "cine-axis", msg("action-cine-axis"), &[], phases, Deed::Ask(axis)),
    row(Group::Navigate, "cine-begin", msg("action-cine-begin"), &[], film, Deed::Ask(|w| cine(w, CineEdit::Begin))),
    row(Group::Navigate, "cine-end", msg("action-cine-end"), &[], film, Deed::Ask(|w| cine(w, CineEdit::End))),
    row(Group::Navigate, "cine-whole", msg("action-cine-whole"), &[], film, Deed::Ask(|w| cine(w, CineEdit::Whole))),
    row(Group::Navigate, "cine-close", msg("action-cine-close"), &[], film, Deed::Ask(|w| cine(w, CineEdit::Close))),

    tool(Icon::Window, "window", msg("tool-window"), &[Shortcut::letter('W')]),
    tool(Icon::Pan, "pan", msg("tool-pan"), &[Shortcut::letter('P')]),
    tool(Icon::Zoom, "zoom", msg("tool-zoom"), &[Shortcut::letter('Z')]),
    tool(Icon::Scroll, "scroll", msg("tool-scroll"), &[Shortcut::letter('S')]),
    tool(Icon::Length, "length", msg("tool-length"), &[Shortcut::letter('L')]),
    tool(Icon::Angle, "angle", msg("tool-angle"), &[Shortcut::letter('A')]),
    tool(Icon::Ellipse, "ellipse", msg("tool-ellipse"), &[Shortcut::letter('E')]),
    tool(Icon::Rectangle, "rectangle", msg("tool-rectangle"), &[Shortcut::shift(Key::Letter('E'))]),
    tool(Icon::Probe, "probe", msg("tool-probe"), &[Shortcut::shift(Key::Letter('P'))]),
    tool(Icon::Arrow, "arrow", msg("tool-arrow"), &[Shortcut::letter('T')]),
    tool(Icon::Crosshair, "crosshair", msg("tool-crosshair"), &[Shortcut::letter('X')]),

    preset(0, "preset-auto", msg("preset-auto"), &[Shortcut::plain(Key::Digit(0))]),
    preset(1, "preset-default", msg("preset-default"), &[Shortcut::plain(Key::Digit(1))]),
    row(Group::Window, "next-own-voi", msg("action-next-own-voi"), &[Shortcut::letter('N')], image, Deed::Ask(|w| view(w, ViewEdit::NextOwnVoi))),
    preset(2, "preset-soft", msg("preset-soft"), &[Shortcut::plain(Key::Digit(2))]),
    preset(3, "preset-lung", msg("preset-lung"), &[Shortcut::plain(Key::Digit(3))]),
    preset(4, "preset-bone", msg("preset-bone"), &[Shortcut::plain(Key::Digit(4))]),
    preset(5, "preset-brain", msg("preset-brain"), &[Shortcut::plain(Key::Digit(5))]),
    preset(6, "preset-stroke", msg("preset-stroke"), &[Shortcut::plain(Key::Digit(6))]),
    preset(7, "preset-liver", msg("preset-liver"), &[Shortcut::plain(Key::Digit(7))]),
    preset(8, "preset-mediastinum", msg("preset-mediastinum"), &[Shortcut::plain(Key::Digit(8))]),
    preset(9, "preset-angio", msg("preset-angio"), &[Shortcut::plain(Key::Digit(9))]),

    with_icon(Icon::Reset, row(Group::Picture, "reset", msg("action-reset"), &[Shortcut::control(Key::Digit(0))], image, Deed::Ask(|w| view(w, ViewEdit::Reset)))),
    with_icon(Icon::Fit, row(Group::Picture, "fit", msg("action-fit"), &[Shortcut::letter('F')], image, Deed::Ask(|w| view(w, ViewEdit::Fit)))),
    with_icon(Icon::OneToOne, row(Group::Picture, "one-to-one", msg("action-one-to-one"), &[Shortcut::control(Key::Digit(1))], stack, Deed::Ask(|w| view(w, ViewEdit::OneToOne)))),
    with_icon(Icon::Invert, row(Group::Picture, "invert", msg("action-invert"), &[Shortcut::control(Key::Letter('I'))], image, Deed::Ask(|w| view(w, ViewEdit::ToggleInvert)))),
    with_icon(Icon::FlipHorizontal, row(Group::Picture, "flip-horizontal", msg("action-flip-horizontal"), &[Shortcut::letter('H')], image, Deed::Ask(|w| view(w, ViewEdit::FlipHorizontal)))),
    with_icon(Icon::FlipVertical, row(Group::Picture, "flip-vertical", msg("action-flip-vertical"), &[Shortcut::letter('V')], image, Deed::Ask(|w| view(w, ViewEdit::FlipVertical)))),
    with_icon(Icon::RotateRight, row(Group::Picture, "rotate-right", msg("action-rotate-right"), &[Shortcut::letter('R')], image, Deed::Ask(|w| view(w, ViewEdit::Rotate(90.0))))),
    with_icon(Icon::RotateLeft, row(Group::Picture, "rotate-left", msg("action-rotate-left"), &[Shortcut::shift(Key::Letter('R'))], image, Deed::Ask(|w| view(w, ViewEdit::Rotate(-90.0))))),
    row(Group::Picture, "filter-nearest", msg("action-filter-nearest"), &[], image, Deed::Ask(|w| view(w, ViewEdit::Filter(Filter::Nearest)))),
    row(Group::Picture, "filter-linear", msg("action-filter-linear"), &[], image, Deed::Ask(|w| view(w, ViewEdit::Filter(Filter::Linear)))),
    row(Group::Picture, "filter-cubic", msg("action-filter-cubic"), &[], image, Deed::Ask(|w| view(w, ViewEdit::Filter(Filter::Cubic)))),
    row(Group::Picture, "image-overlays", msg("action-image-overlays"), &[Shortcut::letter('O')], stack, Deed::Ask(|w| view(w, ViewEdit::ToggleOverlays))),
    row(Group::Picture, "next-presentation", msg("action-next-presentation"), &[Shortcut::shift(Key::Letter('N'))], presentations, Deed::Ask(|w| view(w, ViewEdit::NextPresentation))),
    row(Group::Picture, "no-presentation", msg("action-no-presentation"), &[], presented, Deed::Ask(|w| view(w, ViewEdit::Present(None)))),
    row(Group::Picture, "layers", msg("action-layers"), &[Shortcut::letter('G')], layers, Deed::Ask(|_| vec![Command::Layer(LayerEdit::ToggleAll)])),
    row(Group::Picture, "shutter", msg("action-shutter"), &[Shortcut::shift(Key::Letter('O'))], stack, Deed::Ask(|w| view(w, ViewEdit::ToggleShutter))),
    row(Group::Picture, "colour-profile", msg("action-colour-profile"), &[], colour_profile, Deed::Ask(|w| view(w, ViewEdit::ToggleColourProfile))),
    with_icon(Icon::Overlay, row(Group::Picture, "overlay", msg("action-overlay"), &[Shortcut::letter('I')], always, Deed::Ask(|w| vec![Command::Settings(SettingsEdit::Overlay(w.settings.overlay.next()))]))),

    with_icon(Icon::Mpr, row(Group::Layout, "mpr", msg("action-mpr"), &[Shortcut::letter('M')], volume, Deed::Ask(|_| layout(LayoutEdit::ToggleMpr)))),
    row(Group::Layout, "maximise", msg("action-maximise"), &[], image, Deed::Ask(|w| layout(LayoutEdit::ToggleMaximise(w.panes.active)))),
    row(Group::Layout, "layout-1x1", msg("action-layout-1x1"), &[], always, Deed::Ask(|_| grid(1, 1))),
    row(Group::Layout, "layout-1x2", msg("action-layout-1x2"), &[], always, Deed::Ask(|_| grid(1, 2))),
    row(Group::Layout, "layout-2x1", msg("action-layout-2x1"), &[], always, Deed::Ask(|_| grid(2, 1))),
    row(Group::Layout, "layout-2x2", msg("action-layout-2x2"), &[], always, Deed::Ask(|_| grid(2, 2))),
    row(Group::Layout, "layout-3x3", msg("action-layout-3x3"), &[], always, Deed::Ask(|_| grid(3, 3))),
    row(Group::Layout, "fold-left", msg("action-fold-left"), &[Shortcut::plain(Key::Function(9))], always, Deed::Ask(|w| vec![Command::Settings(SettingsEdit::FoldLeft(!w.settings.is_left_folded))])),
    row(Group::Layout, "fold-right", msg("action-fold-right"), &[Shortcut::plain(Key::Function(10))], always, Deed::Ask(|w| vec![Command::Settings(SettingsEdit::FoldRight(!w.settings.is_right_folded))])),
    with_icon(Icon::FullScreen, row(Group::Layout, "full-screen", msg("action-full-screen"), &[Shortcut::plain(Key::Function(11))], always, Deed::Show(Part::FullScreen))),

    with_icon(Icon::Undo, row(Group::Edit, "undo", msg("action-undo"), &[Shortcut::control(Key::Letter('Z'))], undo, Deed::Ask(|_| vec![Command::Undo]))),
    with_icon(Icon::Redo, row(Group::Edit, "redo", msg("action-redo"), &[Shortcut::control(Key::Letter('Y')), CTRL_SHIFT_Z], redo, Deed::Ask(|_| vec![Command::Redo]))),
    with_icon(Icon::Delete, row(Group::Edit, "delete", msg("action-delete"), &[Shortcut::plain(Key::Delete), Shortcut::plain(Key::Backspace)], selected, Deed::Ask(|w| selection(w).map(|id| Command::Annotate(AnnotationEdit::Remove(id))).into_iter().collect()))),
    row(Group::Edit, "deselect", msg("action-deselect"), &[], selected, Deed::Ask(|_| vec![Command::Annotate(AnnotationEdit::Select(None))])),

    with_icon(Icon::Palette, row(Group::Program, "palette", msg("action-palette"), &[Shortcut::control(Key::Letter('K'))], always, Deed::Show(Part::Palette))),
    with_icon(Icon::Settings, row(Group::Program, "settings", msg("action-settings"), &[Shortcut::control(Key::Comma)], always, Deed::Show(Part::Settings))),
    with_icon(Icon::Nodes, row(Group::Program, "nodes", msg("action-nodes"), &[], always, Deed::Show(Part::Nodes))),
    with_icon(Icon::Help, row(Group::Program, "help", msg("action-help"), &[Shortcut::plain(Key::Function(1))], always, Deed::Show(Part::Help))),
    with_icon(Icon::About, row(Group::Program, "about", msg("action-about"), &[], always, Deed::Show(Part::About))),
    row(Group::Program, "jobs", msg("action-jobs"), &[], always, Deed::Show(Part::Jobs)),
    row(Group::Program, "close-part", msg("action-close-part"), &[Shortcut::plain(Key::Escape)], always, Deed::Show(Part::Close)),
    row(Group::Program, "quit", msg("action-quit"), &[Shortcut::control(Key::Letter('Q'))], always, Deed::Ask(|_| vec![Command::Quit])),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::workspace::WINDOW_PRESETS;

    #[test]
    fn every_action_has_an_id_of_its_own() {
        let ids: BTreeSet<_> = ACTIONS.iter().map(|action| action.id).collect();
        assert_eq!(ids.len(), ACTIONS.len());
    }

    /// Two actions with one shortcut, if there are any.
    fn conflict<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Option<Shortcut> {
        let mut seen = std::collections::HashSet::new();
        actions
            .into_iter()
            .flat_map(|action| action.shortcuts)
            .find(|shortcut| !seen.insert(**shortcut))
            .copied()
    }

    #[test]
    fn no_key_does_two_things() {
        assert_eq!(conflict(ACTIONS), None);
    }

    #[test]
    fn a_key_that_does_two_things_is_found() {
        let twice = [&ACTIONS[0], &ACTIONS[0]];
        assert_eq!(conflict(twice), Some(Shortcut::control(Key::Letter('O'))));
    }

    #[test]
    fn the_digit_of_a_preset_is_the_one_its_table_says() {
        for action in ACTIONS {
            if let Deed::Preset(row) = action.deed {
                let preset = &WINDOW_PRESETS[row];
                assert_eq!(
                    action.shortcuts,
                    [Shortcut::plain(Key::Digit(preset.digit))]
                );
                assert_eq!(action.label, preset.label);
            }
        }
    }

    #[test]
    fn what_cannot_be_done_asks_for_nothing_and_says_why() {
        let workspace = Workspace::default();
        for id in [
            "next-image",
            "undo",
            "delete",
            "save-report",
            "length",
            "mpr",
        ] {
            let action = super::super::action(id).unwrap();
            assert!(action.enabled(&workspace).is_err(), "{id}");
            assert!(action.commands(&workspace).is_empty(), "{id}");
        }
    }
}
