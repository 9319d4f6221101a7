//! The real program without a display, drawn by the CPU twin, and what is written on its screen.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eframe::egui;
use egui::{Rect, Shape};
use egui_kittest::Harness;

use isocentre::app::{App, Setup};
use isocentre::files::AppFolders;
use isocentre::workspace::{Language, Settings, Start};

use super::{Encoding, SyntheticImage};

const PATIENCE: Duration = Duration::from_mins(1);

/// In English, past its first start.
pub fn english() -> Settings {
    Settings {
        language: Language::English,
        is_notice_read: true,
        ..Settings::default()
    }
}

/// The program in a window of 1280 × 800 points. Two clicks in two frames are a double click.
pub fn window(home: &Path, settings: Settings, start: Start) -> Harness<'static, App> {
    let folders = AppFolders::under(home);
    Harness::builder()
        .with_size(egui::vec2(1280.0, 800.0))
        .with_max_steps(64)
        .with_step_dt(1.0 / 60.0)
        .build_eframe(move |cc| {
            let setup = Setup {
                folders,
                settings,
                problems: Vec::new(),
                start,
                gpu: None,
            };
            App::new(&cc.egui_ctx, setup)
        })
}

/// Frames until it is so; jobs run beside.
pub fn until(harness: &mut Harness<'static, App>, what: &str, is_so: impl Fn(&App) -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so(harness.state()) {
        assert!(Instant::now() < end, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
    harness.run_steps(4);
}

/// A window of the program.
pub struct Screen(pub Harness<'static, App>);

impl Screen {
    /// 1280 × 800 points, in English, with these places open.
    pub fn open(home: &Path, paths: Vec<PathBuf>) -> Self {
        let has_paths = !paths.is_empty();
        let harness = window(home, english(), Start::Paths(paths));
        let mut screen = Self(harness);
        if has_paths {
            screen.until("the study is open", |app| {
                app.workspace.scans_running == 0 && app.workspace.panes.active_view().is_some()
            });
            screen.until("everything is loaded", App::is_settled);
        }
        screen
    }

    /// With a folder that holds these images.
    pub fn of(home: &Path, images: &[SyntheticImage]) -> Self {
        let folder = home.join("study");
        std::fs::create_dir(&folder).unwrap();
        for (number, image) in images.iter().enumerate() {
            let bytes = image.write(Encoding::ExplicitLittle);
            std::fs::write(folder.join(format!("image{number}")), bytes).unwrap();
        }
        Self::open(home, vec![folder])
    }

    /// Frames until it is so; jobs run beside.
    pub fn until(&mut self, what: &str, is_so: impl Fn(&App) -> bool) {
        until(&mut self.0, what, is_so);
    }

    /// Carried out as if the reader had asked for it.
    pub fn ask(&mut self, command: isocentre::workspace::Command) {
        let ctx = self.0.ctx.clone();
        self.0.state_mut().ask(&ctx, command);
        self.0.run_steps(2);
        self.until("everything is loaded", App::is_settled);
    }

    pub fn key(&mut self, key: egui::Key) {
        self.0.key_press(key);
        self.0.run_steps(3);
    }

    /// A click, or a drag where the way is not nought.
    pub fn drag(&mut self, button: egui::PointerButton, from: [f32; 2], to: [f32; 2]) {
        let (from, to) = (egui::Pos2::from(from), egui::Pos2::from(to));
        let press = |pos, pressed| egui::Event::PointerButton {
            pos,
            button,
            pressed,
            modifiers: egui::Modifiers::NONE,
        };
        for event in [
            egui::Event::PointerMoved(from),
            press(from, true),
            egui::Event::PointerMoved(from.lerp(to, 0.5)),
            egui::Event::PointerMoved(to),
            press(to, false),
        ] {
            self.0.event(event);
            self.0.step();
        }
        self.0.run_steps(3);
    }

    /// Every line of text on screen, where it is seen.
    pub fn texts(&self) -> Vec<(String, Rect)> {
        let mut texts = Vec::new();
        for clipped in &self.0.output().shapes {
            collect(&clipped.shape, clipped.clip_rect, &mut texts);
        }
        texts
    }

    /// Whether a line of text on screen holds this.
    pub fn says(&self, part: &str) -> bool {
        self.texts().iter().any(|(text, _)| text.contains(part))
    }
}

fn collect(shape: &Shape, clip: Rect, texts: &mut Vec<(String, Rect)>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, texts)),
        Shape::Text(text) => {
            let seen = text.visual_bounding_rect().intersect(clip);
            if seen.is_positive() {
                texts.push((text.galley.text().to_owned(), seen));
            }
        }
        _ => {}
    }
}
