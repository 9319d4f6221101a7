//! Where things stand on small screens and when there is much to say, through the real program.

use egui_kittest::kittest::Queryable as _;

use isocentre::problem::{Message, Problem, msg};
use isocentre::workspace::{Command, Language, Settings, Start};

use crate::common::{Screen, ct, english, temp_folder, window};

#[test]
fn many_long_notices_leave_the_slice_number_and_the_way_to_be_rid_of_them() {
    let home = temp_folder();
    let mut screen = Screen::of(home.path(), &ct(("Benali^Fatima", "1"), "1.2.93", 4));
    for number in 0..40 {
        let host = format!("{number}{}", "/a.very.long.name".repeat(30));
        let told = Message::new(msg("pacs-host-unknown")).text("host", host);
        screen.ask(Command::Notify(Problem::warning(told)));
    }
    screen.0.run_steps(4);
    let texts = screen.texts();
    let place = |part: &str| {
        let mut found = texts.iter().filter(|(text, _)| text.starts_with(part));
        found.next().unwrap_or_else(|| panic!("no {part}")).1
    };
    let slice = place("Im ");
    let told: Vec<_> = texts
        .iter()
        .filter(|(text, _)| text.contains("very.long"))
        .collect();
    assert!(!told.is_empty());
    assert!(
        told.iter().all(|(_, at)| at.bottom() < slice.top()),
        "{told:?}"
    );
    let middle = 400.0;
    assert!(place("37 ").top() > middle, "in the lower half");
    let all = screen.0.get_by_label("Dismiss all");
    assert!(all.rect().top() > middle);
    all.click();
    screen.0.run_steps(4);
    assert!(screen.0.state().workspace.notices.shown().is_empty());
}

#[test]
fn a_notice_that_comes_is_seen_whole() {
    let home = temp_folder();
    let mut screen = Screen::open(home.path(), Vec::new());
    // Where a lower one stood before.
    for host in ["low", &"a.long.name ".repeat(20)] {
        screen
            .0
            .query_all_by_label("Dismiss")
            .for_each(|it| it.click());
        screen.0.run_steps(4);
        let told = Message::new(msg("pacs-host-unknown")).text("host", host);
        screen.ask(Command::Notify(Problem::warning(told)));
        screen.0.run_steps(4);
    }
    let texts = screen.texts();
    let mut seen = texts
        .iter()
        .filter(|(text, _)| text.contains("a.long.name"));
    let seen = seen.next().unwrap().1;
    // Seven lines.
    assert!(seen.height() > 90.0, "{seen:?}");
}

#[test]
fn the_buttons_of_the_start_screen_stay_in_their_box_in_french() {
    let home = temp_folder();
    let settings = Settings {
        language: Language::French,
        ..english()
    };
    let mut screen = Screen(window(home.path(), settings, Start::Paths(Vec::new())));
    screen.0.run_steps(4);
    let path = screen.0.get_by_label("Ouvrir").rect();
    let last = screen.0.get_by_label("Ouvrir l’examen de démonstration");
    assert!(last.rect().right() <= path.right(), "{:?}", last.rect());
}
