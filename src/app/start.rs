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
        Box::new(|cc| {
            let mut app = App::new(&cc.egui_ctx, setup);
            if let Some(state) = &cc.wgpu_render_state {
                app.draw_with(state);
            }
            Ok(Box::new(app))
        }),
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
        wgpu_options: wgpu_options(),
        dithering: false, // it would alter grey values
        system_font_fallback: false,
        persist_window: false,
        ..eframe::NativeOptions::default()
    }
}
/// A device with the adapter's own texture sizes: egui's default asks for less.
fn wgpu_options() -> eframe::egui_wgpu::WgpuConfiguration {
    let mut setup = eframe::egui_wgpu::WgpuSetupCreateNew::without_display_handle();
    setup.device_descriptor = std::sync::Arc::new(crate::render::device_descriptor);
    eframe::egui_wgpu::WgpuConfiguration {
        wgpu_setup: setup.into(),
        ..Default::default()
    }
}

fn todo_settings() -> (AppFolders, Settings, Vec<Problem>) {
    (
        AppFolders::under(std::path::Path::new("/tmp/shell-home")),
        Settings::default(),
        Vec::new(),
    )
}
