//! The studies on the left, through the real program.

use std::sync::Arc;

use eframe::egui;

use isocentre::dicom::{ByteSource, read_header};
use isocentre::workspace::{Arrival, Command};

use crate::common::{Encoding, Screen, ct, temp_folder};

/// How far down a name stands in the browser.
fn height(screen: &Screen, name: &str) -> f32 {
    let texts = screen.texts();
    let in_browser =
        |(text, at): &&(String, egui::Rect)| text == name && at.left() < 200.0 && at.top() > 60.0;
    texts.iter().find(in_browser).unwrap().1.top()
}

#[test]
fn what_arrives_while_the_pointer_is_over_the_studies_moves_none_of_them() {
    let home = temp_folder();
    let mut screen = Screen::of(home.path(), &ct(("Martin^Paul", "1"), "1.2.91", 4));
    let over = egui::pos2(60.0, 180.0);
    screen.0.event(egui::Event::PointerMoved(over));
    screen.0.run_steps(3);
    let before = height(&screen, "Martin, Paul");

    let headers = ct(("Abel^Zoe", "2"), "1.2.92", 4)
        .iter()
        .map(|image| {
            let bytes: Arc<[u8]> = image.write(Encoding::ExplicitLittle).into();
            read_header(ByteSource::Memory(bytes)).unwrap()
        })
        .collect();
    screen.ask(Command::Arrived(Arrival::headers(headers)));
    screen.0.run_steps(3);
    assert_eq!(height(&screen, "Martin, Paul"), before);
    assert!(height(&screen, "Abel, Zoe") > before);

    // Elsewhere nothing is aimed at: the order is that of the names.
    screen
        .0
        .event(egui::Event::PointerMoved(egui::pos2(600.0, 400.0)));
    screen.0.run_steps(3);
    assert!(height(&screen, "Abel, Zoe") < height(&screen, "Martin, Paul"));
}
