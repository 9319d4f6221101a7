//! One history a study, one step a gesture, and undo says what it changes.

use isocentre::annotation::Points;
use isocentre::problem::msg;
use isocentre::tool::Button;
use isocentre::workspace::{
    AnnotationEdit, Command, Effect, GestureId, Layout, LayoutEdit, ReportEdit, ViewEdit,
};

use crate::common::{Desk, ct};

fn desk() -> Desk {
    let mut desk = Desk::open(&ct(("Benali^Fatima", "004711"), "1.2.3.20", 5));
    desk.ask(Command::Tool("length"));
    desk
}

/// Two patients side by side: the panes of A and B.
fn two_patients() -> (Desk, [isocentre::workspace::PaneId; 2]) {
    let mut images = ct(("Alpha^Anna", "A1"), "1.2.3.21", 5);
    images.extend(ct(("Beta^Berta", "B1"), "1.2.3.22", 5));
    let mut desk = Desk::open(&images);
    desk.ask(Command::Layout(LayoutEdit::Set(Layout::Grid {
        rows: 1,
        columns: 2,
    })));
    let panes = desk.workspace.panes.visible();
    let sets: Vec<_> = desk
        .workspace
        .library
        .display_sets()
        .map(|set| set.id)
        .collect();
    desk.ask(Command::View(panes[0], ViewEdit::Show(sets[0])));
    desk.ask(Command::View(panes[1], ViewEdit::Show(sets[1])));
    desk.ask(Command::Tool("length"));
    (desk, [panes[0], panes[1]])
}

#[test]
fn one_drag_is_one_step_and_scrolling_is_none() {
    let mut desk = desk();
    desk.drag(Button::Primary, [100.0, 100.0], [200.0, 100.0]);
    desk.drag(Button::Primary, [200.0, 100.0], [300.0, 100.0]); // by its handle
    desk.wheel([50.0, 50.0], 1.0);
    desk.ask(Command::Undo);
    assert_eq!(
        desk.document().annotations.len(),
        1,
        "the drag of the handle"
    );
    desk.ask(Command::Undo);
    assert!(desk.document().is_empty(), "drawing it");
    desk.ask(Command::Redo);
    desk.ask(Command::Redo);
    let Points::Patient(points) = &desk.only().points else {
        panic!("not in patient space");
    };
    assert!(((points[1] - points[0]).length() - 32.0).abs() < 1e-9);
}

#[test]
fn undo_over_one_patient_leaves_the_other_alone() {
    let (mut desk, [a, b]) = two_patients();
    desk.drag_in(a, Button::Primary, [100.0, 100.0], [200.0, 100.0]);
    let study_a = desk.workspace.active_study().unwrap();
    desk.drag_in(b, Button::Primary, [100.0, 100.0], [200.0, 150.0]);
    let study_b = desk.workspace.active_study().unwrap();
    assert_ne!(study_a, study_b);
    let count = |desk: &Desk, study| desk.workspace.studies[study].document.annotations.len();
    desk.ask(Command::Undo);
    desk.ask(Command::Undo);
    desk.ask(Command::Undo);
    assert_eq!((count(&desk, &study_a), count(&desk, &study_b)), (1, 0));
    desk.ask(Command::Layout(LayoutEdit::Activate(a)));
    desk.ask(Command::Undo);
    assert_eq!((count(&desk, &study_a), count(&desk, &study_b)), (0, 0));
}

#[test]
fn a_drawing_on_one_patient_is_never_seen_on_another() {
    let (mut desk, [a, b]) = two_patients();
    desk.drag_in(a, Button::Primary, [100.0, 100.0], [200.0, 100.0]);
    assert_eq!(desk.seen(a).len(), 1);
    assert!(desk.seen(b).is_empty());
}

#[test]
fn undo_and_redo_say_what_they_change() {
    let mut desk = desk();
    desk.drag(Button::Primary, [100.0, 100.0], [200.0, 100.0]);
    let study = desk.workspace.active_study().unwrap();
    let findings = ReportEdit::Findings(study, "Clear.".to_owned(), GestureId(900));
    desk.ask(Command::Report(findings));
    let id = desk.only().id;
    desk.ask(Command::Annotate(AnnotationEdit::Remove(id)));
    let labels = |desk: &Desk| {
        let history = &desk.workspace.studies[&study].history;
        (
            history.undo_label().map(|label| label.id),
            history.redo_label().map(|label| label.id),
        )
    };
    assert_eq!(labels(&desk), (Some(msg("history-delete")), None));
    desk.ask(Command::Undo);
    assert_eq!(
        labels(&desk),
        (Some(msg("history-findings")), Some(msg("history-delete")))
    );
    desk.ask(Command::Undo);
    assert_eq!(labels(&desk).0, Some(msg("history-draw")));
}

#[test]
fn typing_in_one_field_is_one_step() {
    let mut desk = desk();
    let study = desk.workspace.active_study().unwrap();
    for (gesture, text) in [(1, "N"), (1, "No"), (1, "Nod"), (2, "Nodule")] {
        let edit = ReportEdit::Findings(study, text.to_owned(), GestureId(1000 + gesture));
        desk.ask(Command::Report(edit));
    }
    desk.ask(Command::Undo);
    assert_eq!(desk.document().findings.as_ref(), "Nod");
    desk.ask(Command::Undo);
    assert_eq!(desk.document().findings.as_ref(), "");
}

#[test]
fn every_change_is_journalled_with_what_it_made() {
    let mut desk = desk();
    desk.effects.clear();
    desk.drag(Button::Primary, [100.0, 100.0], [200.0, 100.0]);
    desk.ask(Command::Undo);
    let journalled: Vec<usize> = desk
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Journal(_, document) => Some(document.annotations.len()),
            _ => None,
        })
        .collect();
    assert_eq!(journalled.first(), Some(&1));
    assert_eq!(journalled.last(), Some(&0));
}

#[test]
fn a_deselected_or_undone_annotation_is_not_selected() {
    let mut desk = desk();
    desk.drag(Button::Primary, [100.0, 100.0], [200.0, 100.0]);
    assert_eq!(desk.workspace.selected, Some(desk.only().id));
    desk.ask(Command::Undo);
    assert_eq!(desk.workspace.selected, None);
}
