//! A window at rest asks for no more frames: its reader's battery and fan are at rest, too.

use eframe::egui::Key;
use egui_kittest::kittest::Queryable as _;

use crate::common::Encoding;
use crate::common::Screen;
use crate::common::SyntheticImage;
use crate::common::temp_folder;

/// Frames until the window asks for none any more; `None` if it never does.
fn frames_to_rest(screen: &mut Screen) -> Option<usize> {
    (0..120).find(|_| {
        screen.0.step();
        let output = screen.0.output();
        let wait = output
            .viewport_output
            .values()
            .map(|viewport| viewport.repaint_delay);
        wait.min().is_none_or(|delay| delay.as_secs() >= 1)
    })
}

#[test]
fn the_window_rests_with_a_study_and_with_every_list_open() {
    let home = temp_folder();
    let folder = home.path().join("study");
    std::fs::create_dir(&folder).unwrap();
    for number in 0..80 {
        std::fs::write(folder.join(format!("note {number}.txt")), "no image").unwrap();
    }
    std::fs::write(
        folder.join("image"),
        SyntheticImage::new(64, 64).write(Encoding::ExplicitLittle),
    )
    .unwrap();
    let mut screen = Screen::open(home.path(), vec![folder]);
    assert!(frames_to_rest(&mut screen).is_some(), "with a study");
    screen.key(Key::F1);
    assert!(frames_to_rest(&mut screen).is_some(), "with the keys");
    screen.key(Key::Escape);
    screen
        .0
        .get_all_by_label_contains("80 files not shown")
        .next()
        .unwrap()
        .click();
    screen.0.run_steps(4);
    assert!(screen.says("Not a DICOM file"));
    assert!(frames_to_rest(&mut screen).is_some(), "files not shown");
}

#[test]
fn the_window_rests_when_nothing_of_a_study_can_be_decoded() {
    let home = temp_folder();
    let folder = home.path().join("study");
    std::fs::create_dir(&folder).unwrap();
    for number in 0..6 {
        let mut bytes = SyntheticImage::new(64, 64)
            .sop_instance(&format!("1.2.3.{number}"))
            .position([0.0, 0.0, f64::from(number)])
            .write(Encoding::ExplicitLittle);
        if number % 2 == 0 {
            bytes.truncate(bytes.len() - 900);
        }
        std::fs::write(folder.join(format!("{number}")), bytes).unwrap();
    }
    let mut screen = Screen::open(home.path(), vec![folder]);
    assert!(frames_to_rest(&mut screen).is_some(), "in a stack");
    screen.key(Key::M);
    screen.until("the planes", isocentre::app::App::is_settled);
    assert!(frames_to_rest(&mut screen).is_some(), "in planes");
}
