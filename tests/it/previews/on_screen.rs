//! What the reader sees and hears of them, in the real program.

use std::path::Path;
use std::time::{Duration, Instant};

use eframe::egui;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use isocentre::app::{App, Setup};
use isocentre::dicom::{ByteSource, read_header};
use isocentre::files::AppFolders;
use isocentre::workspace::{Arrival, Command, Language, Settings, Start};

use super::{arrived, listed, preview, previewed, slice};
use crate::common::{Encoding, temp_folder};

const PATIENCE: Duration = Duration::from_mins(1);

fn window(home: &Path, language: Language) -> Harness<'static, App> {
    let folders = AppFolders::under(home);
    let settings = Settings {
        language,
        is_notice_read: true,
        ..Settings::default()
    };
    Harness::builder()
        .with_size(egui::vec2(1280.0, 800.0))
        .with_max_steps(64)
        .build_eframe(move |cc| {
            let setup = Setup {
                folders,
                settings,
                problems: Vec::new(),
                start: Start::Paths(Vec::new()),
                gpu: None,
            };
            App::new(&cc.egui_ctx, setup)
        })
}

fn says(harness: &Harness<'static, App>, text: &str) -> bool {
    harness.query_all_by_label_contains(text).next().is_some()
}

fn until(
    harness: &mut Harness<'static, App>,
    what: &str,
    is_so: impl Fn(&Harness<'static, App>) -> bool,
) {
    let end = Instant::now() + PATIENCE;
    while !is_so(harness) {
        assert!(Instant::now() < end, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
}

#[test]
fn a_picture_says_that_it_is_none_to_read_from_until_the_image_is_there() {
    for (language, badge, in_full, previews, reached) in [
        (
            Language::English,
            "Preview – not for diagnosis",
            "0 of 2 images in full",
            "1 preview",
            "Diagnostic quality reached",
        ),
        (
            Language::French,
            "Aperçu – impropre au diagnostic",
            "0 image sur 2",
            "1 aperçu",
            "Qualité diagnostique atteinte",
        ),
    ] {
        let home = temp_folder();
        let mut harness = window(home.path(), language);
        harness.run_steps(3);
        let app = harness.state_mut();
        app.workspace.apply(listed(2));
        app.workspace.apply(previewed(preview(&slice(1, 64), 32)));
        harness.run_steps(3);
        for text in [badge, in_full, previews, "Benali", "Im 1/2"] {
            assert!(says(&harness, text), "{text}");
        }

        // One image is here, and not all.
        harness
            .state_mut()
            .workspace
            .apply(arrived(&[slice(1, 64)]));
        until(&mut harness, "the image", |it| !says(it, badge));
        assert!(!says(&harness, reached));

        harness
            .state_mut()
            .workspace
            .apply(arrived(&[slice(2, 64)]));
        until(&mut harness, "the last image", |it| says(it, reached));
        assert!(!says(&harness, badge));
    }
}

#[test]
fn a_damaged_image_is_no_diagnostic_quality() {
    let home = temp_folder();
    let mut harness = window(home.path(), Language::English);
    harness.run_steps(3);
    let mut bytes = slice(1, 64).write(Encoding::ExplicitLittle);
    bytes.truncate(bytes.len() - 2000);
    let cut = read_header(ByteSource::Memory(bytes.into())).unwrap();
    let app = harness.state_mut();
    app.workspace.apply(listed(1));
    app.workspace.apply(previewed(preview(&slice(1, 64), 32)));
    harness.run_steps(3);
    assert!(says(&harness, "Preview"));
    let came = Command::Arrived(Arrival::headers(vec![cut]));
    harness.state_mut().workspace.apply(came);
    until(&mut harness, "the image", |it| !says(it, "Preview"));
    for _ in 0..20 {
        harness.step();
        assert!(!says(&harness, "Diagnostic quality"));
    }
}
