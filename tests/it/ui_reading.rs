//! What a reader meets while reading: whose picture it is, what of it is missing, what is said of
//! a drawing, what becomes of the work.

use std::path::Path;
use std::sync::Arc;

use eframe::egui;
use egui::{Key, PointerButton, Rect};
use egui_kittest::kittest::Queryable as _;

use isocentre::problem::{MessageId, msg};
use isocentre::text::{Language, Words};
use isocentre::workspace::{
    Command, Layout, LayoutEdit, OverlayLevel, PaneId, SettingsEdit, ViewEdit,
};

use crate::common::{Encoding, Screen, SyntheticImage, Value, ct, files_below, temp_folder};

const BENALI: (&str, &str) = ("Benali^Fatima", "004711");

fn english(id: MessageId) -> String {
    Words::of(Language::English).id(id)
}

fn side_by_side() -> Command {
    Command::Layout(LayoutEdit::Set(Layout::Grid {
        rows: 1,
        columns: 2,
    }))
}

/// Where the panes are, in reading order.
fn panes(screen: &Screen) -> Vec<Rect> {
    let harness = &screen.0;
    let nodes = harness.get_all_by_label_contains("Image pane");
    nodes.map(|node| node.rect()).collect()
}

/// What is written in a pane.
fn texts_in(screen: &Screen, pane: Rect) -> Vec<(String, Rect)> {
    let texts = screen.texts().into_iter();
    texts.filter(|(_, at)| pane.contains_rect(*at)).collect()
}

/// Two patients side by side, the first in the active pane.
fn two_patients(home: &Path) -> Screen {
    let other = ("Haddad^Youssef Abdelkarim ben Mohammed", "99812");
    let mut images = ct(BENALI, "1.2.3.70", 3);
    images.extend(
        ct(other, "1.2.3.71", 3)
            .into_iter()
            .map(|image| image.text(0x0008, 0x1030, "LO", "CT Abdomen and pelvis with contrast")),
    );
    let mut screen = Screen::of(home, &images);
    screen.ask(side_by_side());
    let workspace = &screen.0.state().workspace;
    let first = workspace.panes.active_view().unwrap().display_set;
    let sets = workspace.library.display_sets();
    let second = sets.map(|set| set.id).find(|id| *id != first).unwrap();
    let visible = workspace.panes.visible();
    screen.ask(Command::View(visible[1], ViewEdit::Show(second)));
    screen.ask(Command::Layout(LayoutEdit::Activate(visible[0])));
    screen
}

#[test]
fn another_patients_picture_bears_the_name_where_nothing_else_is_written() {
    let home = temp_folder();
    let screen = two_patients(home.path());
    let pane = panes(&screen)[1];
    let texts = texts_in(&screen, pane);
    let named = texts
        .iter()
        .filter(|(text, _)| text.contains("Haddad, Youssef"));
    let (strip, at) = named
        .min_by(|(_, a), (_, b)| a.top().total_cmp(&b.top()))
        .unwrap();
    // Wider than the pane with its sentence, so the name stands alone.
    assert_eq!(strip, "Haddad, Youssef Abdelkarim ben Mohammed");
    for (other, place) in &texts {
        assert!(other == strip || place.top() > at.bottom() - 2.0 || !place.intersects(*at));
    }
    let others = texts_in(&screen, panes(&screen)[0]);
    assert!(!others.iter().any(|(text, _)| text.contains("Haddad")));
}

#[test]
fn overlays_set_to_none_leave_nothing_on_the_picture_but_the_warning() {
    let home = temp_folder();
    let mut screen = two_patients(home.path());
    screen.ask(Command::Settings(SettingsEdit::Overlay(OverlayLevel::None)));
    let panes = panes(&screen);
    assert_eq!(texts_in(&screen, panes[0]), []);
    let left = texts_in(&screen, panes[1]);
    assert!(left.iter().any(|(text, _)| text.contains("Haddad")));
    assert_eq!(left.len(), 2, "the sign and the name: {left:?}");
    screen.ask(side_by_side());
    screen.key(Key::M);
    for pane in self::panes(&screen) {
        assert_eq!(texts_in(&screen, pane), []);
    }
}

#[test]
fn small_panes_keep_who_and_where_and_write_nothing_twice_in_one_place() {
    let home = temp_folder();
    let images = ct(BENALI, "1.2.3.72", 12);
    let images: Vec<_> = images
        .into_iter()
        .map(|image| {
            image
                .text(0x0008, 0x0080, "LO", "Hospital")
                .text(
                    0x0008,
                    0x1030,
                    "LO",
                    "CT thorax with a long description indeed",
                )
                .text(0x0008, 0x0050, "SH", "88123")
                .text(0x0010, 0x1010, "AS", "054Y")
        })
        .collect();
    let mut screen = Screen::of(home.path(), &images);
    screen.key(Key::M);
    screen.until("everything is loaded", isocentre::app::App::is_settled);
    let panes = panes(&screen);
    assert_eq!(panes.len(), 3);
    for pane in panes {
        let texts = texts_in(&screen, pane);
        for part in ["Benali, Fatima", "004711", "\u{a0}mm"] {
            assert!(texts.iter().any(|(text, _)| text.contains(part)), "{part}");
        }
        for (number, (text, at)) in texts.iter().enumerate() {
            // Outlines repeat a text a pixel beside it.
            let others = texts.iter().skip(number + 1);
            for (other, place) in others.filter(|(other, _)| other != text) {
                let both = at.shrink(2.0).intersect(place.shrink(2.0));
                assert!(!both.is_positive(), "{text:?} and {other:?} at {both:?}");
            }
            let middle = pane.shrink2(egui::vec2(0.0, pane.height() * 0.25));
            let is_letter = text.chars().count() <= 2;
            assert!(
                is_letter || !at.intersects(middle),
                "{text:?} in the middle"
            );
        }
    }
}

/// Five slices, of the middle one's pixel data nothing but half a pixel.
fn cut_off(home: &Path) -> Screen {
    let folder = home.join("study");
    std::fs::create_dir(&folder).unwrap();
    for (number, image) in ct(BENALI, "1.2.3.73", 5).iter().enumerate() {
        let mut bytes = image.write(Encoding::ExplicitLittle);
        if number == 2 {
            bytes.truncate(bytes.len() - 2 * 32 * 32 + 1);
        }
        std::fs::write(folder.join(format!("image{number}")), bytes).unwrap();
    }
    Screen::open(home, vec![folder])
}

#[test]
fn a_slice_that_cannot_be_read_says_why_and_which_file_in_the_stack_and_in_mpr() {
    let home = temp_folder();
    let mut screen = cut_off(home.path());
    let reason = "too little of it is there to show";
    assert!(screen.says(reason) && screen.says("image2"));
    assert!(screen.says("Im 3/5"), "which of the series it is");
    let browser = screen.0.query_all_by_label_contains("cannot be read");
    assert_eq!(browser.count(), 1, "the browser says it too");
    screen.key(Key::M);
    screen.until("everything is loaded", isocentre::app::App::is_settled);
    let panes = panes(&screen);
    let axial = texts_in(&screen, panes[0]);
    assert!(axial.iter().any(|(text, _)| text.contains(reason)));
    for pane in panes {
        let texts = texts_in(&screen, pane);
        assert!(texts.iter().any(|(text, _)| text == "1 slice unreadable"));
    }
}

#[test]
fn a_missing_slice_is_named_in_the_browser_and_on_the_picture() {
    let home = temp_folder();
    let mut images = ct(BENALI, "1.2.3.74", 8);
    images.remove(3);
    let screen = Screen::of(home.path(), &images);
    screen.0.get_by_label_contains("Slice 4 is missing");
    assert!(screen.says("1 slice missing"));
}

#[test]
fn lossy_compression_is_said_on_the_picture_with_its_ratio_at_every_level_but_none() {
    let home = temp_folder();
    let lossy: Vec<SyntheticImage> = ct(BENALI, "1.2.3.75", 3)
        .into_iter()
        .map(|image| {
            image
                .text(0x0028, 0x2110, "CS", "01")
                .text(0x0028, 0x2112, "DS", "12.5")
        })
        .collect();
    let mut screen = Screen::of(home.path(), &lossy);
    assert!(screen.says("Lossy compression 12.5 : 1"));
    screen.ask(Command::Settings(SettingsEdit::Overlay(
        OverlayLevel::Essential,
    )));
    assert!(screen.says("Lossy compression 12.5 : 1"));
}

/// A length across the middle of the only pane; gives back its ends.
fn drawn(screen: &mut Screen) -> ([f32; 2], [f32; 2]) {
    let middle = panes(screen)[0].center();
    let (from, to) = ([middle.x - 90.0, middle.y], [middle.x + 90.0, middle.y]);
    screen.key(Key::L);
    screen.drag(PointerButton::Primary, from, to);
    (from, to)
}

#[test]
fn a_new_drawing_is_named_by_what_it_is_and_only_a_name_of_ones_own_stands_on_the_picture() {
    let home = temp_folder();
    let mut screen = Screen::of(home.path(), &ct(BENALI, "1.2.3.76", 3));
    drawn(&mut screen);
    let document = screen.0.state().workspace.active_document().unwrap();
    let annotation = Arc::clone(&document.annotations[0]);
    assert_eq!(annotation.label, "Length 1");
    let pane = panes(&screen)[0];
    let on_picture =
        |screen: &Screen, name: &str| texts_in(screen, pane).iter().any(|(text, _)| text == name);
    assert!(!on_picture(&screen, "Length 1"));
    let renamed = isocentre::annotation::Annotation {
        label: "Lesion 1".to_owned(),
        ..(*annotation).clone()
    };
    let gesture = isocentre::workspace::GestureId(77);
    screen.ask(Command::Annotate(
        isocentre::workspace::AnnotationEdit::Change(renamed, gesture),
    ));
    assert!(on_picture(&screen, "Lesion 1"));
}

#[test]
fn the_menu_on_a_drawing_is_about_that_drawing_and_esc_closes_the_menu_alone() {
    let home = temp_folder();
    let mut screen = Screen::of(home.path(), &ct(BENALI, "1.2.3.77", 3));
    let (from, _) = drawn(&mut screen);
    screen.ask(Command::Annotate(
        isocentre::workspace::AnnotationEdit::Select(None),
    ));
    screen.drag(PointerButton::Secondary, from, from);
    assert!(screen.says("Delete Length 1"));
    screen.key(Key::Escape);
    assert!(!screen.says("Fit to the view"), "the menu is closed");
    assert!(
        screen.0.state().workspace.selected.is_some(),
        "and the drawing still selected"
    );
    let off = [from[0], from[1] + 120.0];
    screen.drag(PointerButton::Secondary, off, off);
    assert!(screen.says("Fit to the view") && !screen.says("Delete Length"));
}

#[test]
fn windows_in_hounsfield_units_are_not_offered_for_an_mr_image() {
    let home = temp_folder();
    let mr: Vec<_> = ct(BENALI, "1.2.3.78", 3)
        .into_iter()
        .map(|image| image.text(0x0008, 0x0060, "CS", "MR"))
        .collect();
    let mut screen = Screen::of(home.path(), &mr);
    let middle = panes(&screen)[0].center().into();
    screen.drag(PointerButton::Secondary, middle, middle);
    assert!(screen.says("Full range") && !screen.says("Soft tissue"));
}

#[test]
fn mpr_opens_at_the_slice_that_was_read() {
    let home = temp_folder();
    let mut screen = Screen::of(home.path(), &ct(BENALI, "1.2.3.79", 9));
    let pane: PaneId = screen.0.state().workspace.panes.active;
    screen.ask(Command::View(pane, ViewEdit::Index(2)));
    screen.key(Key::M);
    let workspace = &screen.0.state().workspace;
    let set = workspace.panes.active_view().unwrap().display_set;
    let at = workspace.panes.mpr[&set].crosshair;
    let key = workspace.library.display_set(set).unwrap().frames[2];
    let header = workspace.library.header(key.instance).unwrap();
    let root = header.dataset.elements();
    let plane = isocentre::dicom::modules::ImagePlaneModule::read(root, root);
    assert!((at.z - plane.unwrap().origin.z).abs() < 1e-9, "{at}");
}

#[test]
fn a_report_goes_to_the_folder_of_reports_and_never_beside_the_images() {
    let home = temp_folder();
    let mut screen = Screen::of(home.path(), &ct(BENALI, "1.2.3.80", 3));
    drawn(&mut screen);
    let before = files_below(&home.path().join("study"));
    let save = english(msg("action-save-report"));
    screen.0.get_by_label(&save).click();
    screen.0.run_steps(2);
    screen.until("the report is saved", |app| {
        app.workspace.unsaved_studies().is_empty() && app.is_settled()
    });
    assert_eq!(files_below(&home.path().join("study")), before);
    assert_eq!(files_below(&home.path().join("reports")).len(), 1);
    let action = isocentre::action::action("save-report").unwrap();
    let why = action.enabled(&screen.0.state().workspace).unwrap_err();
    assert_eq!(why.id, msg("why-nothing-new-to-save"));
}

#[test]
fn saving_on_the_way_out_writes_the_report_and_then_closes() {
    let home = temp_folder();
    let mut screen = Screen::of(home.path(), &ct(BENALI, "1.2.3.81", 3));
    drawn(&mut screen);
    screen.ask(Command::Quit);
    let save = english(msg("close-save"));
    let question = screen.0.get_all_by_label(&save).last(); // the panel's button lies below it
    question.unwrap().click();
    let end = std::time::Instant::now() + std::time::Duration::from_mins(1);
    let mut is_told = false;
    while !is_told && std::time::Instant::now() < end {
        std::thread::sleep(std::time::Duration::from_millis(5));
        screen.0.step();
        let outputs = screen.0.output().viewport_output.values();
        is_told = outputs
            .flat_map(|output| &output.commands)
            .any(|command| *command == egui::ViewportCommand::Close);
    }
    assert!(is_told, "the window was told to close");
    assert_eq!(files_below(&home.path().join("reports")).len(), 1);
}

#[derive(Debug)]
struct Dropped(std::path::PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn a_folder_dropped_on_the_window_is_opened() {
    let home = temp_folder();
    let folder = home.path().join("dropped");
    std::fs::create_dir(&folder).unwrap();
    for (number, image) in ct(BENALI, "1.2.3.82", 3).iter().enumerate() {
        let bytes = image.write(Encoding::ExplicitLittle);
        std::fs::write(folder.join(number.to_string()), bytes).unwrap();
    }
    let mut screen = Screen::open(home.path(), Vec::new());
    screen.0.run_steps(2);
    let input = screen.0.input_mut();
    input.dropped_files.push(Arc::new(Dropped(folder)));
    screen.0.step();
    screen.until("what was dropped is open", |app| {
        app.workspace.panes.active_view().is_some()
    });
    assert!(screen.says("Benali, Fatima"));
}

#[test]
fn text_being_typed_of_one_patient_never_goes_on_in_anothers_report() {
    let home = temp_folder();
    let mut screen = two_patients(home.path());
    let first = screen.0.state().workspace.active_study().unwrap();
    let field = |screen: &mut Screen, text: &str| {
        let name = english(msg("report-text-findings"));
        let role = egui::accesskit::Role::MultilineTextInput;
        let field = screen.0.get_by_role_and_label(role, &name);
        if text == "a nodule" {
            field.focus();
        }
        field.type_text(text);
        screen.0.run_steps(3);
    };
    field(&mut screen, "a nodule");
    // Without a click anywhere: by dragging in the other pane, or by key.
    let panes = &screen.0.state().workspace.panes;
    let shown: Vec<PaneId> = panes.shown().map(|(pane, _)| pane).collect();
    let other = *shown.iter().find(|pane| **pane != panes.active).unwrap();
    screen.ask(Command::Layout(LayoutEdit::Activate(other)));
    screen.0.run_steps(2);
    let second = screen.0.state().workspace.active_study().unwrap();
    assert_ne!(first, second);
    field(&mut screen, "x");
    let studies = &screen.0.state().workspace.studies;
    assert_eq!(&*studies[&first].document.findings, "a nodule");
    let others = studies.get(&second);
    let others = others.map_or(String::new(), |record| record.document.findings.to_string());
    assert!(!others.contains("nodule"), "{others}");
}

#[test]
fn values_of_one_phase_are_not_written_on_the_picture_of_another() {
    let of_phase = |phase: u32| {
        ct(BENALI, "1.2.3.77", 4)
            .into_iter()
            .enumerate()
            .map(move |(k, image)| {
                image
                    .sop_instance(&format!("1.2.3.77.{phase}.{k}"))
                    .text(0x0018, 0x1060, "DS", &(phase * 50).to_string())
                    .text(0x0020, 0x0100, "IS", &(phase + 1).to_string())
            })
    };
    let home = temp_folder();
    let images: Vec<_> = (0..2).flat_map(of_phase).collect();
    let mut screen = Screen::of(home.path(), &images);
    screen.ask(Command::Tool("ellipse"));
    let pane = panes(&screen)[0];
    let (from, to) = (pane.center(), pane.center() + egui::vec2(60.0, 40.0));
    screen.drag(PointerButton::Primary, from.into(), to.into());
    let written = |screen: &Screen| {
        let texts = texts_in(screen, panes(screen)[0]);
        let has = |part: &str| texts.iter().any(|(text, _)| text.contains(part));
        (has("mm²"), has("Mean"))
    };
    assert_eq!(written(&screen), (true, true));
    let shown = screen.0.state().workspace.panes.active;
    let phases = |screen: &Screen| {
        let workspace = &screen.0.state().workspace;
        let view = workspace.panes.active_view().unwrap();
        workspace.phase(view).map(|phase| phase.place)
    };
    let from = phases(&screen).unwrap();
    let step = if from == 0 { 1 } else { -1 };
    screen.ask(Command::View(shown, ViewEdit::Phase(step)));
    assert_ne!(phases(&screen), Some(from));
    // The outline and its size are true in the same space; the values are the other phase's.
    assert_eq!(written(&screen), (true, false));
}

#[test]
fn an_image_that_is_cut_off_says_so_beside_its_pixels() {
    let home = temp_folder();
    let held = Value::U16(vec![700; 32 * 20 + 5]);
    let image = SyntheticImage::new(32, 32).raw_pixels(held);
    let screen = Screen::of(home.path(), &[image]);
    assert!(
        screen.says("Cut off at row 21 of 32"),
        "{:?}",
        screen.texts()
    );
}
