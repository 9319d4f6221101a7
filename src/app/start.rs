//! Opening the window, and what to say when there can be none.

use std::process::ExitCode;
use std::sync::Arc;

use eframe::{egui, egui_wgpu};

use crate::app::window::{App, Setup};
use crate::engine::read_settings;
use crate::files::AppFolders;
use crate::problem::{Message, Problem, msg};
use crate::render::device_descriptor;
use crate::text::{Language, Words};
use crate::workspace::{Settings, Start};

/// Opens the window and stays until it is closed.
#[must_use]
pub fn run(start: Start) -> ExitCode {
    let (folders, settings, problems) = remembered();
    let result = show(Box::new(|cc| {
        let setup = Setup {
            folders,
            settings,
            problems,
            start,
            gpu: Setup::gpu_of(cc),
        };
        Ok(Box::new(App::new(&cc.egui_ctx, setup)))
    }));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            let words = Words::new(Language::of_the_system());
            eprintln!("{}", words.get(&why));
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn show(app: eframe::AppCreator<'_>) -> Result<(), Message> {
    eframe::run_native("isocentre", options(), app).map_err(|error| why_no_window(&error))
}

/// As `eframe::run_native`, with wheels put right on the way.
#[cfg(target_os = "linux")]
fn show(app: eframe::AppCreator<'_>) -> Result<(), Message> {
    use winit::event_loop::EventLoop;

    use crate::app::wheel::OneTurnPerClick;
    use crate::render::Gpu;

    let is_open = std::cell::Cell::new(false);
    let app: eframe::AppCreator<'_> = Box::new(|cc| {
        is_open.set(true);
        app(cc)
    });
    let no_window = |error| why_no_window(&eframe::Error::WinitEventLoop(error));
    let event_loop = EventLoop::<eframe::UserEvent>::with_user_event()
        .build()
        .map_err(no_window)?;
    let window = eframe::create_native("isocentre", options(), app, &event_loop);
    event_loop
        .run_app(&mut OneTurnPerClick::before(window))
        .map_err(no_window)?;
    if is_open.get() {
        return Ok(());
    }
    // Why eframe gave up it tells nobody but the log.
    Err(match Gpu::headless() {
        Err(error) => Message::new(msg("window-no-adapter")).text("detail", error.reason),
        Ok(_) => Message::new(msg("window-not-opened-logged")),
    })
}

/// Where things are kept and what was remembered there.
fn remembered() -> (AppFolders, Settings, Vec<Problem>) {
    match AppFolders::of_user() {
        Ok(folders) => {
            let (settings, problem) = read_settings(&folders);
            (folders, settings, problem.into_iter().collect())
        }
        Err(error) => {
            // Nothing can be remembered; the window opens all the same and says so.
            let folders = AppFolders::under(&std::env::temp_dir().join("isocentre"));
            let problem = Problem::warning(error.message());
            (folders, Settings::default(), vec![problem])
        }
    }
}

fn why_no_window(error: &eframe::Error) -> Message {
    let detail = error.to_string();
    match error {
        eframe::Error::Wgpu(_) => Message::new(msg("window-no-adapter")).text("detail", detail),
        _ => Message::new(msg("window-not-opened")).text("detail", detail),
    }
}

fn options() -> eframe::NativeOptions {
    let mut wgpu_options = egui_wgpu::WgpuConfiguration::default();
    if let egui_wgpu::WgpuSetup::CreateNew(setup) = &mut wgpu_options.wgpu_setup {
        setup.device_descriptor = Arc::new(device_descriptor);
    }
    eframe::NativeOptions {
        wgpu_options,
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
