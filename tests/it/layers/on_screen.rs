//! The list of what lies over the images, the legend and the words under the pointer, in the real
//! program.

use eframe::egui;
use egui_kittest::kittest::Queryable as _;
use isocentre::app::App;
use isocentre::workspace::{Command, LayerEdit, LayerState};

use super::objects::{Seg, at, dose_grid, region, square, structure_set};
use crate::common::{Screen, SyntheticImage, temp_folder};

fn series() -> Vec<SyntheticImage> {
    let slice = |k: u32| {
        SyntheticImage::new(8, 8)
            .sop_instance(&format!("1.2.3.4.5.1.{k}"))
            .position([0.0, 0.0, 2.0 * f64::from(k)])
    };
    (0..5).map(slice).collect()
}

fn screen(home: &std::path::Path, objects: Vec<SyntheticImage>) -> Screen {
    let mut screen = Screen::of(home, &[series(), objects].concat());
    screen.until("the objects are read", |app| {
        let mut layers = app.workspace.layers.values();
        layers.len() > 0 && layers.all(|it| !matches!(it.state, LayerState::Reading))
    });
    screen
}

fn liver() -> SyntheticImage {
    let places = (0..5)
        .map(|k| at(1, [0.0, 0.0, 2.0 * f64::from(k)]))
        .collect();
    let mut seg = Seg::new("BINARY", [8, 8], places, vec![1; 5 * 64]);
    seg.segments.truncate(1);
    seg.image().text(0x0008, 0x103E, "LO", "Organs")
}

fn is_liver_hidden(app: &App) -> bool {
    let mut layers = app.workspace.layers.values();
    layers.any(|it| it.setting.hidden.contains(&1))
}

#[test]
fn a_segment_is_listed_named_under_the_pointer_and_hidden_by_its_eye() {
    let home = temp_folder();
    let mut screen = screen(home.path(), vec![liver()]);
    for part in ["Over the images", "Organs", "Liver", "Opacity"] {
        assert!(screen.says(part), "{part}");
    }
    let middle = egui::Pos2::new(600.0, 420.0);
    screen.0.event(egui::Event::PointerMoved(middle));
    screen.0.run_steps(3);
    let at_the_bottom = |screen: &Screen| {
        let mut texts = screen.texts().into_iter();
        texts.any(|(text, place)| text == "Liver" && place.top() > 770.0)
    };
    assert!(at_the_bottom(&screen));
    screen.0.get_by_label("Hide Liver").click();
    screen.0.run_steps(3);
    assert!(is_liver_hidden(screen.0.state()));
    screen.0.event(egui::Event::PointerMoved(middle));
    screen.0.run_steps(3);
    assert!(!at_the_bottom(&screen));
    screen.0.get_by_label("Show Liver").click();
    screen.0.run_steps(3);
    assert!(!is_liver_hidden(screen.0.state()));
}

#[test]
fn an_object_of_another_space_is_listed_with_the_reason_why_it_is_not_drawn() {
    let home = temp_folder();
    let contours = vec![("CLOSED_PLANAR", square([1.0; 2], [5.0; 2], 4.0))];
    let mut elsewhere = region(1, "Heart", contours);
    elsewhere.space = Some("1.2.3.4.5.999");
    let screen = screen(home.path(), vec![structure_set(&[elsewhere])]);
    assert!(screen.says("Plan 1"));
    assert!(screen.says("another frame of reference"));
    assert!(!screen.says("Heart"));
}

#[test]
fn a_region_of_another_space_is_not_listed_as_if_it_were_drawn() {
    let home = temp_folder();
    let contours = vec![("CLOSED_PLANAR", square([1.0; 2], [5.0; 2], 4.0))];
    let here = region(1, "Heart", contours.clone());
    let mut elsewhere = region(2, "Lung", contours);
    elsewhere.space = Some("1.2.3.4.5.999");
    let screen = screen(home.path(), vec![structure_set(&[here, elsewhere])]);
    assert!(screen.says("Heart") && screen.says("Lung"));
    assert!(screen.says("In another frame of reference: not drawn here"));
    let labels = screen.0.query_by_label("Hide Heart").is_some();
    assert!(labels && screen.0.query_by_label("Hide Lung").is_none());
}

#[test]
fn a_dose_that_is_shown_has_a_legend_in_gray() {
    let home = temp_folder();
    let dose = dose_grid(&[0.0, 2.0, 4.0, 6.0, 8.0], 16, "2").position([0.0, 0.0, 0.0]);
    let mut screen = screen(home.path(), vec![dose]);
    assert!(!screen.says("Gy"));
    let instance = *screen.0.state().workspace.layers.keys().next().unwrap();
    screen.ask(Command::Layer(LayerEdit::Toggle(instance)));
    // The largest stored value is 29.
    assert!(screen.says("58.00\u{a0}Gy"));
    assert!(screen.says("Of plan 1.2.3.4.481.5"));
    assert!(screen.says("Physical dose · whole plan"));
}
