//! PDF documents in DICOM objects, and key objects: from the bytes to the window.

use std::path::Path;
use std::process::{Command, Output};

use eframe::egui::{self, PointerButton};

use isocentre::dicom::{Dataset, DatasetBuilder, tags, write_part10_bytes};
use isocentre::model::{DisplaySetId, DisplaySetKind};
use isocentre::workspace::{self, Layout, LayoutEdit, PaneId, ViewEdit};

use crate::common::{Encoding, Screen, ct, temp_folder};

const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const ENCAPSULATED_PDF: &str = "1.2.840.10008.5.1.4.1.1.104.1";
const KEY_OBJECTS: &str = "1.2.840.10008.5.1.4.1.1.88.59";
const CT: &str = "1.2.840.10008.5.1.4.1.1.2";

/// Pages of 200 by 300 points, each with its number in large letters.
fn pdf(pages: usize) -> Vec<u8> {
    let kids: Vec<String> = (0..pages).map(|n| format!("{} 0 R", 4 + 2 * n)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!(
            "<< /Type /Pages /Kids [{}] /Count {pages} >>",
            kids.join(" ")
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    for n in 0..pages {
        let content = format!("BT /F1 40 Tf 50 200 Td ({}) Tj ET", n + 1);
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + 2 * n
        ));
        let length = content.len();
        objects.push(format!(
            "<< /Length {length} >>\nstream\n{content}\nendstream"
        ));
    }
    let mut file = b"%PDF-1.7\n".to_vec();
    for (index, object) in objects.iter().enumerate() {
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    file.extend(b"trailer\n<< /Root 1 0 R >>\n%%EOF\n");
    file
}

fn object(sop_class: &str, number: u32) -> DatasetBuilder {
    let mut root = DatasetBuilder::new();
    root.text(tags::SOP_CLASS_UID, sop_class)
        .text(tags::SOP_INSTANCE_UID, &format!("1.2.3.77.{number}"))
        .text(tags::STUDY_INSTANCE_UID, "1.2.3.40.1")
        .text(tags::SERIES_INSTANCE_UID, &format!("1.2.3.78.{number}"))
        .text(tags::PATIENT_NAME, "Benali^Fatima")
        .text(tags::PATIENT_ID, "004711");
    root
}

fn letter(document: &[u8]) -> Dataset {
    let mut root = object(ENCAPSULATED_PDF, 1);
    root.text(tags::MODALITY, "DOC")
        .text(tags::DOCUMENT_TITLE, "Discharge letter")
        .text(tags::MIME_TYPE_OF_ENCAPSULATED_DOCUMENT, "application/pdf")
        .bytes(tags::ENCAPSULATED_DOCUMENT, document);
    root.into_dataset()
}

fn write(folder: &Path, name: &str, dataset: &Dataset) {
    let bytes = write_part10_bytes(dataset, EXPLICIT).unwrap();
    std::fs::write(folder.join(name), bytes).unwrap();
}

fn opened(home: &Path, objects: &[Dataset], has_images: bool) -> Screen {
    let folder = home.join("study");
    std::fs::create_dir(&folder).unwrap();
    for (n, dataset) in objects.iter().enumerate() {
        write(&folder, &format!("object{n}"), dataset);
    }
    if has_images {
        let images = ct(("Benali^Fatima", "004711"), "1.2.3.40", 5);
        for (n, image) in images.iter().enumerate() {
            let bytes = image.write(Encoding::ExplicitLittle);
            std::fs::write(folder.join(format!("slice{n}")), bytes).unwrap();
        }
    }
    Screen::open(home, vec![folder])
}

#[test]
fn a_pdf_document_is_read_page_by_page_in_the_window() {
    let home = temp_folder();
    let mut screen = opened(home.path(), &[letter(&pdf(3))], false);
    assert!(screen.says("Benali, Fatima") && screen.says("Discharge letter"));
    assert!(screen.says("Page 1 of 3"));
    screen.key(egui::Key::PageDown);
    assert!(screen.says("Page 2 of 3"));
    screen.key(egui::Key::PageDown);
    screen.key(egui::Key::PageDown);
    assert!(screen.says("Page 3 of 3"));
    screen.key(egui::Key::Home);
    assert!(screen.says("Page 1 of 3"));
}

#[test]
fn a_document_that_cannot_be_shown_says_why_in_its_pane() {
    let home = temp_folder();
    let screen = opened(home.path(), &[letter(b"not a document")], false);
    assert!(screen.says("The PDF document is damaged and cannot be shown"));
}

fn isocentre(arguments: &[&std::ffi::OsStr]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .env("LC_ALL", "C.UTF-8")
        .env("LANGUAGE", "en")
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn scripts_learn_title_and_pages_of_a_document_and_get_a_page_as_a_picture() {
    let home = temp_folder();
    write(home.path(), "letter", &letter(&pdf(2)));
    let output = isocentre(&["info".as_ref(), home.path().as_ref(), "--json".as_ref()]);
    let info: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let set = &info["patients"][0]["studies"][0]["series"][0]["display_sets"][0];
    assert_eq!(set["kind"], "pdf");
    assert_eq!(set["document"]["title"], "Discharge letter");
    assert_eq!(set["document"]["pages"], 2);
    let png = home.path().join("page.png");
    let render = |index: &str| {
        isocentre(&[
            "render".as_ref(),
            home.path().join("letter").as_ref(),
            "--out".as_ref(),
            png.as_ref(),
            "--size".as_ref(),
            "200x200".as_ref(),
            "--index".as_ref(),
            index.as_ref(),
        ])
    };
    assert_eq!(render("2").status.code(), Some(0));
    let page = image::open(&png).unwrap().to_rgb8();
    assert_eq!(page.dimensions(), (133, 200));
    assert!(page.pixels().any(|pixel| pixel.0 == [0; 3]));
    assert_eq!(render("3").status.code(), Some(1));
}

fn code(value: &str, meaning: &str) -> Dataset {
    let mut item = DatasetBuilder::new();
    item.text(tags::CODE_VALUE, value)
        .text(tags::CODING_SCHEME_DESIGNATOR, "DCM")
        .text(tags::CODE_MEANING, meaning);
    item.into_dataset()
}

fn text_item(name: Dataset, text: &str) -> Dataset {
    let mut item = DatasetBuilder::new();
    item.text(tags::RELATIONSHIP_TYPE, "CONTAINS")
        .text(tags::VALUE_TYPE, "TEXT")
        .item(tags::CONCEPT_NAME_CODE_SEQUENCE, name)
        .text(tags::TEXT_VALUE, text);
    item.into_dataset()
}

fn image_item(slice: u32) -> Dataset {
    let mut reference = DatasetBuilder::new();
    reference.text(tags::REFERENCED_SOP_CLASS_UID, CT).text(
        tags::REFERENCED_SOP_INSTANCE_UID,
        &format!("1.2.3.40.3.{slice}"),
    );
    let mut item = DatasetBuilder::new();
    item.text(tags::RELATIONSHIP_TYPE, "CONTAINS")
        .text(tags::VALUE_TYPE, "IMAGE")
        .item(tags::REFERENCED_SOP_SEQUENCE, reference.into_dataset());
    item.into_dataset()
}

fn selection(number: u32, title: Dataset, slices: &[u32]) -> Dataset {
    let mut root = object(KEY_OBJECTS, number);
    let mut content = vec![text_item(
        code("113012", "Key Object Description"),
        "Nodule, segment 6",
    )];
    content.extend(slices.iter().copied().map(image_item));
    root.text(tags::MODALITY, "KO")
        .text(tags::VALUE_TYPE, "CONTAINER")
        .text(tags::CONTINUITY_OF_CONTENT, "SEPARATE")
        .item(tags::CONCEPT_NAME_CODE_SEQUENCE, title)
        .items(tags::CONTENT_SEQUENCE, content);
    root.into_dataset()
}

fn of_interest(slices: &[u32]) -> Dataset {
    selection(1, code("113000", "Of Interest"), slices)
}

/// The only stack, and the only document.
fn sets(screen: &Screen) -> (DisplaySetId, DisplaySetId) {
    let library = &screen.0.state().workspace.library;
    let find = |kind: DisplaySetKind| {
        let mut sets = library.display_sets();
        sets.find(|set| set.kind == kind).map(|set| set.id).unwrap()
    };
    (find(DisplaySetKind::Stack), find(DisplaySetKind::Report))
}

fn active(screen: &Screen) -> (DisplaySetId, u32) {
    let view = screen.0.state().workspace.panes.active_view().unwrap();
    (view.display_set, view.index)
}

fn click(screen: &mut Screen, text: &str) {
    let place = screen
        .texts()
        .into_iter()
        .find(|(found, _)| found.contains(text))
        .unwrap_or_else(|| panic!("no {text:?} on screen"))
        .1
        .center();
    screen.drag(PointerButton::Primary, place.into(), place.into());
}

#[test]
fn a_key_object_document_leads_to_its_images_beside_it() {
    let home = temp_folder();
    // The document is read before its images.
    let mut screen = opened(home.path(), &[of_interest(&[1, 4, 9])], true);
    let (stack, document) = sets(&screen);
    let two = Layout::Grid {
        rows: 1,
        columns: 2,
    };
    screen.ask(workspace::Command::Layout(LayoutEdit::Set(two)));
    let panes: Vec<PaneId> = screen.0.state().workspace.panes.visible();
    screen.ask(workspace::Command::View(panes[1], ViewEdit::Show(document)));
    assert!(screen.says("Of Interest"));
    assert!(screen.says("Key Object Description: Nodule, segment 6"));
    assert!(screen.says("image 1.2.3.40.3.9 (not open)"));
    click(&mut screen, "image 2 of 5");
    assert_eq!(active(&screen), (stack, 1));
    assert!(screen.says("Key image: Of Interest"));
    assert!(screen.says("image 5 of 5"), "the document stays in sight");
}

#[test]
fn keys_step_from_key_image_to_key_image_and_round() {
    let home = temp_folder();
    let mut screen = opened(home.path(), &[of_interest(&[4, 0])], true);
    let (stack, _) = sets(&screen);
    assert_eq!(active(&screen), (stack, 2));
    screen.key(egui::Key::K);
    assert_eq!(active(&screen), (stack, 4));
    screen.key(egui::Key::K);
    assert_eq!(active(&screen), (stack, 0));
    screen.ask(workspace::Command::View(
        screen.0.state().workspace.panes.active,
        ViewEdit::PreviousKeyImage,
    ));
    assert_eq!(active(&screen), (stack, 4));
}

#[test]
fn a_rejected_image_says_so_and_is_no_key_image() {
    let home = temp_folder();
    let title = code("113001", "Rejected for Quality Reasons");
    let screen = opened(home.path(), &[selection(1, title, &[2])], true);
    let (stack, _) = sets(&screen);
    assert_eq!(active(&screen), (stack, 2));
    assert!(screen.says("Rejected: Rejected for Quality Reasons"));
    let workspace = &screen.0.state().workspace;
    let study = workspace.active_study().unwrap();
    assert!(!workspace.has_key_images(study));
}

#[test]
fn a_document_of_another_patient_marks_no_image_of_this_one() {
    let home = temp_folder();
    let mut other = DatasetBuilder::from(of_interest(&[2]));
    other
        .text(tags::PATIENT_NAME, "Someone^Else")
        .text(tags::PATIENT_ID, "999");
    let screen = opened(home.path(), &[other.into_dataset()], true);
    assert!(!screen.says("Key image"));
}

#[test]
fn a_document_of_another_patient_bears_the_name_like_a_picture() {
    let home = temp_folder();
    let mut other = DatasetBuilder::from(of_interest(&[2]));
    other
        .text(tags::PATIENT_NAME, "Someone^Else")
        .text(tags::PATIENT_ID, "999");
    let mut screen = opened(home.path(), &[other.into_dataset()], true);
    let workspace = &screen.0.state().workspace;
    let kinds = workspace.library.display_sets();
    let document = kinds.filter(|set| !set.is_image()).map(|set| set.id).next();
    screen.ask(workspace::Command::Layout(LayoutEdit::Set(Layout::Grid {
        rows: 1,
        columns: 2,
    })));
    let visible = screen.0.state().workspace.panes.visible();
    screen.ask(workspace::Command::View(
        visible[1],
        ViewEdit::Show(document.unwrap()),
    ));
    screen.ask(workspace::Command::Layout(LayoutEdit::Activate(visible[0])));
    // Right of the browser, where the name stands as well.
    let framed = |screen: &Screen| {
        let texts = screen.texts().into_iter();
        let named = texts.filter(|(text, _)| text.contains("Someone, Else"));
        named.filter(|(_, at)| at.left() > 500.0).count()
    };
    assert_eq!(framed(&screen), 1);
}
