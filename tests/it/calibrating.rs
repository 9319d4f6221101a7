//! A line of known length gives a picture its millimetres: in the window, in undo, in the report.

use std::sync::Arc;

use eframe::egui::{self, PointerButton};

use isocentre::annotation::{AnnotationId, ImageGeometry, ManualCalibration};
use isocentre::model::{DisplaySetId, FrameKey};
use isocentre::objects::sr::{ContentItem, read_file};
use isocentre::tool::Button;
use isocentre::view::Frames as _;
use isocentre::workspace::{AnnotationEdit, Command, ReportEdit, ViewEdit};

use crate::common::{Desk, Screen, SyntheticImage, temp_folder};

/// A scanned film: no place, no spacing.
fn film(number: i32) -> SyntheticImage {
    [
        (0x0020, 0x0032),
        (0x0020, 0x0037),
        (0x0028, 0x0030),
        (0x0020, 0x0052),
    ]
    .into_iter()
    .fold(SyntheticImage::new(100, 100), |image, (group, element)| {
        image.without(group, element)
    })
    .text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.7")
    .text(0x0008, 0x0060, "CS", "OT")
    .sop_instance(&format!("1.2.3.4.5.1.{number}"))
    .instance_number(number)
}

const FROM: [f32; 2] = [500.0, 300.0];
const TO: [f32; 2] = [700.0, 300.0];

fn click(screen: &mut Screen, button: PointerButton, text: &str) {
    let place = screen
        .texts()
        .into_iter()
        .find(|(found, _)| found.contains(text))
        .unwrap_or_else(|| panic!("no {text:?} on screen"))
        .1
        .center();
    screen.drag(button, place.into(), place.into());
}

/// A line drawn, its menu opened and the field for its length filled.
fn calibrated(screen: &mut Screen, how: &str, length: &str) {
    screen.key(egui::Key::L);
    screen.drag(PointerButton::Primary, FROM, TO);
    let middle = [600.0, 300.0];
    screen.drag(PointerButton::Secondary, middle, middle);
    click(screen, PointerButton::Primary, how);
    screen.0.event(egui::Event::Text(length.to_owned()));
    screen.0.run_steps(3);
    screen.key(egui::Key::Enter);
}

#[test]
fn a_line_of_known_length_calibrates_its_image_and_undo_takes_that_back() {
    let home = temp_folder();
    let mut screen = Screen::of(home.path(), &[film(1), film(2)]);
    calibrated(&mut screen, "Calibrate this image", "50");
    assert!(screen.says("50.0\u{a0}mm (manual calibration)"));
    // The other image of the series keeps its pixels.
    screen.key(egui::Key::Home);
    screen.key(egui::Key::L);
    screen.drag(PointerButton::Primary, FROM, TO);
    assert!(screen.says("\u{a0}px"));
    for _ in 0..2 {
        screen.ask(Command::Undo);
    }
    screen.key(egui::Key::End);
    assert!(!screen.says("manual calibration"));
    assert!(screen.says("\u{a0}px"));
    screen.ask(Command::Redo);
    assert!(screen.says("50.0\u{a0}mm (manual calibration)"));
}

/// A line of 100 px in the active pane, and the frame it lies on.
fn drawn(desk: &mut Desk) -> (AnnotationId, FrameKey) {
    desk.ask(Command::Tool("length"));
    desk.drag(Button::Primary, [100.0, 200.0], [200.0, 200.0]);
    let line = desk.document().annotations.last().unwrap().id;
    let view = desk.state();
    let set = desk.workspace.library.display_set(view.display_set);
    (line, set.unwrap().frames[view.index as usize])
}

fn spacing_mm(desk: &Desk, key: FrameKey) -> Option<f64> {
    let image = Arc::clone(desk.frames.frame(key).ready().unwrap());
    let spacing = desk.workspace.calibrated_image(key, image).spacing;
    spacing.map(|mm| mm.column_mm)
}

fn calibrate(desk: &mut Desk, line: AnnotationId, key: FrameKey, mm: f64, is_for_series: bool) {
    let image = ImageGeometry::from(&**desk.frames.frame(key).ready().unwrap());
    let document = desk.document();
    let drawn = document.annotation(line).unwrap();
    let made = ManualCalibration::of_line(drawn, &image, mm, is_for_series).unwrap();
    desk.ask(Command::Annotate(AnnotationEdit::Calibrate(line, made)));
}

#[test]
fn a_patient_s_films_are_calibrated_and_not_those_of_another_with_the_same_uids() {
    let other = film(1).patient("Other^Patient", "ID2");
    let mut desk = Desk::open(&[film(1), other]);
    let sets: Vec<DisplaySetId> = desk
        .workspace
        .library
        .display_sets()
        .map(|set| set.id)
        .collect();
    let mut keys = Vec::new();
    for (place, set) in sets.into_iter().enumerate() {
        desk.ask(Command::View(desk.pane(), ViewEdit::Show(set)));
        let (line, key) = drawn(&mut desk);
        assert_eq!(desk.document().annotations.len(), 1, "in its own study");

        keys.push(key);
        let mm = 50.0 + 50.0 * place as f64;
        calibrate(&mut desk, line, key, mm, true);
    }
    let [first, second] = keys[..] else {
        panic!("two patients, two sets: {keys:?}");
    };
    let ratio = spacing_mm(&desk, second).unwrap() / spacing_mm(&desk, first).unwrap();
    assert!((ratio - 2.0).abs() < 1e-9, "{ratio}");
    desk.ask(Command::Undo);
    assert_eq!(spacing_mm(&desk, second), None);
    assert!(spacing_mm(&desk, first).is_some());
}

#[test]
fn a_region_is_measured_on_its_patient_s_image_though_another_s_has_the_same_uid() {
    let home = temp_folder();
    let grey = |value: i64| film(1).pixels(move |_, _| value);
    let other = grey(700).patient("Other^Patient", "ID2");
    let mut screen = Screen::of(home.path(), &[grey(300), other]);
    let library = &screen.0.state().workspace.library;
    let sets: Vec<_> = library.display_sets().collect();
    assert_eq!(sets.len(), 2);
    let wanted = sets.iter().map(|set| {
        let patient = library.patient(set.patient).unwrap();
        let is_other = patient.module.patient_id == "ID2";
        (set.id, if is_other { "700" } else { "300" })
    });
    for (set, mean) in wanted.collect::<Vec<_>>() {
        let pane = screen.0.state().workspace.panes.active;
        screen.ask(Command::View(pane, ViewEdit::Show(set)));
        screen.until("the picture is drawn", |_| true);
        screen.ask(Command::Tool("ellipse"));
        screen.drag(PointerButton::Primary, FROM, [700.0, 400.0]);
        assert!(screen.says(mean), "{mean}: {:?}", screen.texts());
    }
}

#[test]
fn removing_an_image_s_own_calibration_leaves_that_of_its_series() {
    let mut desk = Desk::open(&[film(1), film(2)]);
    let (line, key) = drawn(&mut desk);
    calibrate(&mut desk, line, key, 50.0, true);
    let by_series = spacing_mm(&desk, key);
    calibrate(&mut desk, line, key, 25.0, false);
    assert_ne!(spacing_mm(&desk, key), by_series);
    let remove = Command::Annotate(AnnotationEdit::Uncalibrate(line));
    desk.ask(remove.clone());
    assert_eq!(spacing_mm(&desk, key), by_series);
    desk.ask(remove);
    assert_eq!(spacing_mm(&desk, key), None);
    // The series told from an image that was calibrated alone: the latest word holds there, too.
    calibrate(&mut desk, line, key, 25.0, false);
    calibrate(&mut desk, line, key, 50.0, true);
    assert_eq!(spacing_mm(&desk, key), by_series);
}

#[test]
fn a_series_is_calibrated_at_once_where_the_reader_asks_for_it() {
    let home = temp_folder();
    let mut screen = Screen::of(home.path(), &[film(1), film(2)]);
    calibrated(&mut screen, "Calibrate the series", "20,0");
    screen.key(egui::Key::Home);
    screen.drag(PointerButton::Primary, FROM, TO);
    assert!(screen.says("20.0\u{a0}mm (manual calibration)"));
}

#[test]
fn a_length_that_makes_no_sense_is_asked_for_again() {
    let home = temp_folder();
    let mut screen = Screen::of(home.path(), &[film(1)]);
    calibrated(&mut screen, "Calibrate this image", "fifty");
    assert!(screen.says("Type a length in millimetres"));
    assert!(!screen.says("manual calibration"));
}

#[test]
fn an_image_with_a_place_in_the_patient_offers_no_calibration() {
    let home = temp_folder();
    let mut screen = Screen::of(home.path(), &[SyntheticImage::new(100, 100)]);
    screen.key(egui::Key::L);
    screen.drag(PointerButton::Primary, FROM, TO);
    screen.drag(PointerButton::Secondary, [600.0, 300.0], [600.0, 300.0]);
    assert!(screen.says("Delete") && !screen.says("Calibrate"));
}

fn any(item: &ContentItem, is_it: &dyn Fn(&ContentItem) -> bool) -> bool {
    is_it(item) || item.children.iter().any(|child| any(child, is_it))
}

#[test]
fn the_report_says_that_the_reader_calibrated_the_picture() {
    let home = temp_folder();
    let mut screen = Screen::of(home.path(), &[film(1)]);
    calibrated(&mut screen, "Calibrate this image", "50");
    let workspace = &screen.0.state().workspace;
    let study = workspace.active_study().unwrap();
    let folder = home.path().join("out");
    screen.ask(Command::Report(ReportEdit::Save(study, folder.clone())));
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
    let report = read_file(&file.path()).unwrap();
    let is_method = |item: &ContentItem| {
        let code = item.code();
        code.is_some_and(|code| code.value == "manual-calibration")
            && item
                .name
                .as_ref()
                .is_some_and(|name| name.value == "370129005")
    };
    assert!(any(&report.root, &is_method));
}
