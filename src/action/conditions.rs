//! When an action can be done; the reason is what the dimmed button says.

use std::path::PathBuf;

use crate::annotation::AnnotationId;
use crate::dicom::modules::ColourSpaceModule;
use crate::problem::{Message, msg};
use crate::view::ViewMode;
use crate::workspace::{Layout, StudyRecord, Workspace};

type Possible = Result<(), Message>;

#[expect(
    clippy::unnecessary_wraps,
    reason = "the type of every row's condition"
)]
pub(super) fn always(_: &Workspace) -> Possible {
    Ok(())
}

pub(super) fn image(workspace: &Workspace) -> Possible {
    if workspace.panes.active_view().is_some() {
        Ok(())
    } else {
        Err(Message::new(msg("why-no-image")))
    }
}

pub(super) fn volume(workspace: &Workspace) -> Possible {
    if workspace.panes.main().layout == Layout::Mpr {
        return Ok(()); // the way back
    }
    image(workspace)?;
    let view = workspace.panes.active_view();
    view.map_or(Ok(()), |view| {
        workspace.library.volume_grid(view.display_set).map(|_| ())
    })
}

pub(super) fn stack(workspace: &Workspace) -> Possible {
    image(workspace)?;
    match workspace.panes.active_view().map(|view| view.mode) {
        Some(ViewMode::Mpr(_)) => Err(Message::new(msg("why-not-in-mpr"))),
        _ => Ok(()),
    }
}

pub(super) fn colour_profile(workspace: &Workspace) -> Possible {
    stack(workspace)?;
    let view = workspace.panes.active_view();
    let is_stated = view.is_some_and(|view| {
        let set = workspace.library.display_set(view.display_set);
        set.and_then(|set| set.frames.get(view.index as usize))
            .and_then(|key| workspace.library.header(key.instance))
            .is_some_and(|header| ColourSpaceModule::is_stated(header.dataset.elements()))
    });
    if is_stated {
        Ok(())
    } else {
        Err(Message::new(msg("why-no-colour-profile")))
    }
}

/// There is a presentation state for what is shown.
pub(super) fn presentations(workspace: &Workspace) -> Possible {
    stack(workspace)?;
    if workspace
        .presentations_for(workspace.panes.active)
        .is_empty()
    {
        Err(Message::new(msg("why-no-presentation")))
    } else {
        Ok(())
    }
}

/// One of them is applied.
pub(super) fn presented(workspace: &Workspace) -> Possible {
    stack(workspace)?;
    let view = workspace.panes.active_view();
    match view.and_then(|view| view.presentation) {
        Some(_) => Ok(()),
        None => Err(Message::new(msg("why-not-presented"))),
    }
}

pub(super) fn key_images(workspace: &Workspace) -> Possible {
    let study = workspace.active_study();
    match study.filter(|study| workspace.has_key_images(*study)) {
        Some(_) => Ok(()),
        None => Err(Message::new(msg("why-no-key-images"))),
    }
}

pub(super) fn layers(workspace: &Workspace) -> Possible {
    image(workspace)?;
    let view = workspace.panes.active_view();
    let is_any = view.is_some_and(|view| workspace.layers_over(view.display_set).next().is_some());
    if is_any {
        Ok(())
    } else {
        Err(Message::new(msg("why-no-layers")))
    }
}

pub(super) fn phases(workspace: &Workspace) -> Possible {
    image(workspace)?;
    let view = workspace.panes.active_view();
    match view.and_then(|view| workspace.phase(view)) {
        Some(_) => Ok(()),
        None => Err(Message::new(msg("why-no-phases"))),
    }
}

pub(super) fn film(workspace: &Workspace) -> Possible {
    let through_phases = phases(workspace);
    let view = workspace.panes.active_view();
    let is_plane = view.is_some_and(|view| matches!(view.mode, ViewMode::Mpr(_)));
    if through_phases.is_ok() || is_plane {
        return through_phases; // a resliced plane has no frames of its own
    }
    image(workspace)?;
    let set = view.and_then(|view| workspace.library.display_set(view.display_set));
    if set.is_some_and(|set| set.frames.len() > 1) {
        Ok(())
    } else {
        Err(Message::new(msg("why-one-image")))
    }
}

fn record(workspace: &Workspace) -> Option<&StudyRecord> {
    workspace.studies.get(&workspace.active_study()?)
}

pub(super) fn undo(workspace: &Workspace) -> Possible {
    record(workspace)
        .and_then(|record| record.history.undo_label())
        .map(|_| ())
        .ok_or_else(|| Message::new(msg("why-nothing-to-undo")))
}

pub(super) fn redo(workspace: &Workspace) -> Possible {
    record(workspace)
        .and_then(|record| record.history.redo_label())
        .map(|_| ())
        .ok_or_else(|| Message::new(msg("why-nothing-to-redo")))
}

pub(super) fn selection(workspace: &Workspace) -> Option<AnnotationId> {
    let selected = workspace.selected?;
    // Only in the study that is read: a key pressed over patient B never deletes from patient A.
    workspace.active_document()?.annotation(selected)?;
    Some(selected)
}

pub(super) fn selected(workspace: &Workspace) -> Possible {
    selection(workspace)
        .map(|_| ())
        .ok_or_else(|| Message::new(msg("why-nothing-selected")))
}

pub(super) fn report(workspace: &Workspace) -> Possible {
    match record(workspace) {
        Some(record) if record.is_unsaved() => Ok(()),
        Some(record) if !record.document.is_empty() => {
            Err(Message::new(msg("why-nothing-new-to-save")))
        }
        _ => Err(Message::new(msg("why-nothing-to-save"))),
    }
}

pub(super) fn passed_over(workspace: &Workspace) -> Possible {
    if workspace.passed_over.is_empty() {
        Err(Message::new(msg("why-none-passed-over")))
    } else {
        Ok(())
    }
}

/// Where reports go: the folder in the settings, else the application's own; `None` where there is
/// neither and the reader has to choose.
#[must_use]
pub fn report_folder(workspace: &Workspace) -> Option<PathBuf> {
    let chosen = workspace.settings.report_folder.as_ref();
    chosen.or(workspace.reports.as_ref()).cloned()
}
