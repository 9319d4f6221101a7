//! Opening the window, and what to say when there can be none.

use std::process::ExitCode;

use eframe::egui;

use crate::app::window::{App, Setup};
use crate::files::AppFolders;
use crate::problem::{Message, Problem, msg};
use crate::text::{Language, Words};
use crate::workspace::{Settings, Start};

/// Opens the window and stays until it is closed.
#[must_use]
pub fn run(start: Start) -> ExitCode {
    let (folders, settings, problems) = remembered();
    let setup = Setup {
        folders,
        settings,
        problems,
        start,
    };
    let result = eframe::run_native(
        "isocentre",
        options(),
        Box::new(|cc| Ok(Box::new(App::new(&cc.egui_ctx, setup)))),
    );
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let words = Words::new(Language::of_the_system());
            eprintln!("{}", words.get(&why_no_window(&error)));
            ExitCode::FAILURE
        }
    }
}

fn remembered() -> (AppFolders, Settings, Vec<Problem>) {
    todo_settings()
}

fn why_no_window(error: &eframe::Error) -> Message {
    let detail = error.to_string();
    match error {
        eframe::Error::Wgpu(_) => Message::new(msg("window-no-adapter")).text("detail", detail),
        _ => Message::new(msg("window-not-opened")).text("detail", detail),
    }
}

fn options() -> eframe::NativeOptions {
    eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("isocentre")
            .with_app_id("isocentre")
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([960.0, 600.0])
            .with_drag_and_drop(true),
        renderer: eframe::Renderer::Wgpu,
        dithering: false, // it would alter grey values
        system_font_fallback: false,
        persist_window: false,
        ..eframe::NativeOptions::default()
    }
}
fn todo_settings() -> (AppFolders, Settings, Vec<Problem>) {
    (
        AppFolders::under(std::path::Path::new("/tmp/shell-home")),
        Settings::default(),
        Vec::new(),
    )
}
