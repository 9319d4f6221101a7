//! One frame of the window: events in, commands to the workspace, effects out, then the picture.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use eframe::{egui, wgpu};
use egui::{Context, OutputCommand, ViewportCommand};

use crate::action::Part;
use crate::app::dialogs::{Chosen, Dialogs};
use crate::engine::{Engine, Waker, Want};
use crate::files::AppFolders;
use crate::problem::{Problem, msg};
use crate::render::Gpu;
use crate::text::Words;
use crate::ui::{
    Closing, PanelCtx, Shell, Theme, drop_held_keys, install_fonts, pressed_actions, run_action,
    shell_ui, turn_answers,
};
use crate::view::Frames;
use crate::workspace::{
    AnnotationEdit, Command, Effect, PathOf, PickKind, SaveState, Settings, Start, Workspace,
};

/// What arrives between two frames may hold up the next one by this much.
const DRAIN: Duration = Duration::from_millis(10);

/// What the window is made from.
pub struct Setup {
    /// Where settings and journal are.
    pub folders: AppFolders,
    /// What was remembered.
    pub settings: Settings,
    /// What to tell at once (an unreadable settings file).
    pub problems: Vec<Problem>,
    /// What to open.
    pub start: Start,
    /// What panes are drawn with; without, by the CPU.
    pub gpu: Option<(Arc<Gpu>, wgpu::TextureFormat)>,
}

impl Setup {
    /// The adapter of a window.
    #[must_use]
    pub fn gpu_of(cc: &eframe::CreationContext<'_>) -> Option<(Arc<Gpu>, wgpu::TextureFormat)> {
        let state = cc.wgpu_render_state.as_ref()?;
        let gpu = Gpu::from_existing(&state.adapter, state.device.clone(), state.queue.clone());
        Some((Arc::new(gpu), state.target_format))
    }
}

/// The program behind the window.
pub struct App {
    /// The one truth.
    pub workspace: Workspace,
    engine: Engine,
    shell: Shell,
    words: Words,
    theme: Theme,
    dialogs: Dialogs,
    gpu: Option<Arc<Gpu>>,
}

/// Two clicks within this time are a double click, as on most desktops. egui would give 0.3 s, and
/// tells the time by frames: under load the second click is seen late.
const DOUBLE_CLICK_S: f64 = 0.5;

impl App {
    /// The program for a window with this context.
    #[must_use]
    pub fn new(ctx: &Context, setup: Setup) -> Self {
        let Setup {
            folders,
            settings,
            problems,
            start,
            gpu,
        } = setup;
        install_fonts(ctx);
        ctx.options_mut(|options| {
            options.zoom_with_keyboard = false; // Ctrl+0 resets the view
            options.input_options.max_double_click_delay = DOUBLE_CLICK_S;
        });
        let theme = Theme::new(!settings.is_light);
        theme.apply(ctx);
        let words = Words::new(settings.language.spoken());
        let waker: Waker = {
            let ctx = ctx.clone();
            Arc::new(move || ctx.request_repaint())
        };
        let mut workspace = Workspace::new(settings);
        workspace.reports = Some(folders.reports.clone());
        let mut app = Self {
            workspace,
            engine: Engine::new(folders, Arc::clone(&waker)),
            shell: Shell::default(),
            words,
            theme,
            dialogs: Dialogs::new(waker),
            gpu: None,
        };
        if let Some((gpu, format)) = gpu {
            app.shell.interaction.draw_with(Arc::clone(&gpu), format);
            app.gpu = Some(gpu);
        }
        let first = match start {
            Start::Paths(paths) if paths.is_empty() => None,
            Start::Paths(paths) => Some(Command::Open(paths)),
            Start::Demo => Some(Command::OpenDemo),
        };
        let told = problems.into_iter().map(Command::Notify);
        app.engine.run(Effect::FollowPacs, &app.workspace);
        app.apply(ctx, told.chain(first).collect());
        app
    }

    /// Before drawing: what arrived, keys, files dropped, the wish to close.
    pub fn before(&mut self, ctx: &Context) {
        // A frame may have two passes; what happens once a frame happens in the first.
        if ctx.current_pass_index() > 0 {
            return;
        }
        self.turn_films(ctx);
        self.workspace.archive.is_page_open = self.shell.parts.open == Some(Part::Archive);
        let mut commands = self.engine.poll(DRAIN);
        for chosen in self.dialogs.chosen() {
            match chosen {
                Chosen::Deed(command) => commands.push(*command),
                Chosen::Path(field, path) => self.shell.parts.fill_in(field, &path),
            }
        }
        if let Some(gpu) = &self.gpu {
            commands.extend(gpu.take_problems().into_iter().map(Command::Notify));
        }
        let dropped = dropped_paths(ctx);
        if !dropped.is_empty() {
            commands.push(Command::Open(dropped));
        }
        let mut parts = Vec::new();
        // Only the notice of the first start and the question on closing hold the keys.
        let is_held = !self.workspace.settings.is_notice_read || self.shell.closing != Closing::No;
        if !is_held {
            self.shell.pdfs.take_keys(ctx, &self.workspace);
        }
        drop_held_keys(ctx);
        turn_answers(ctx);
        for action in pressed_actions(ctx) {
            if self.shell.closing == Closing::Asking && action.id == "close-part" {
                self.shell.closing = Closing::No;
            } else if !is_held {
                run_action(action, &self.workspace, &mut commands, &mut parts);
            }
        }
        if !commands.is_empty() {
            // A film that was just started has no clock yet.
            ctx.request_repaint();
        }
        self.apply(ctx, commands);
        self.show_parts(ctx, &parts);
        self.mind_closing(ctx);
    }

    /// Films go to the frame of this moment; the window is drawn again when the next one is due.
    fn turn_films(&mut self, ctx: &Context) {
        let now_s = ctx.input(|input| input.time);
        let films = &mut self.shell.interaction.films;
        let commands = films.tick(&self.workspace, &self.engine, now_s);
        if let Some(next_s) = films.next_s() {
            ctx.request_repaint_after(Duration::from_secs_f64(next_s));
        }
        self.apply(ctx, commands);
    }

    /// Draws the window.
    pub fn draw(&mut self, ui: &mut egui::Ui) {
        let mut commands = Vec::new();
        let mut parts = Vec::new();
        shell_ui(
            ui,
            &mut self.shell,
            &mut PanelCtx {
                workspace: &self.workspace,
                engine: &mut self.engine,
                words: &self.words,
                theme: &self.theme,
                commands: &mut commands,
                parts: &mut parts,
            },
        );
        let ctx = ui.ctx().clone();
        if !commands.is_empty() || !parts.is_empty() {
            // What was just drawn is what was before them.
            ctx.request_repaint();
        }
        let was_closing = self.shell.closing;
        self.apply(&ctx, commands);
        self.show_parts(&ctx, &parts);
        if was_closing == Closing::Agreed {
            self.apply(&ctx, vec![Command::Quit]);
        }
        let wants = Want::shown_in(&self.workspace, &self.shell.interaction.films);
        self.engine.want(&self.workspace.library, &wants);
        self.engine.look_at(&self.workspace);
        keep_marked_text(&ctx);
    }

    /// Carries out a command as if the reader had asked for it.
    pub fn ask(&mut self, ctx: &Context, command: Command) {
        self.apply(ctx, vec![command]);
    }

    /// Frames and volumes as far as they are loaded.
    #[must_use]
    pub fn frames(&self) -> &dyn Frames {
        &self.engine
    }

    /// Whether nothing runs and all that is on screen is loaded.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.engine.jobs().is_empty()
    }

    /// Unsaved work is on disk; to be called before the program ends.
    pub fn finish(&mut self) {
        self.engine.finish();
    }

    fn apply(&mut self, ctx: &Context, commands: Vec<Command>) {
        for command in commands {
            let is_question_due = matches!(command, Command::Quit)
                && self.shell.closing != Closing::Agreed
                && !self.workspace.unsaved_studies().is_empty();
            if is_question_due {
                self.shell.closing = Closing::Asking;
                egui::Popup::close_all(ctx);
                continue;
            }
            for effect in self.workspace.apply(from_anywhere(command)) {
                match effect {
                    Effect::Pick(kind) => self.pick(kind),
                    Effect::Browse(url) => ctx.open_url(egui::OpenUrl::new_tab(url)),
                    Effect::Quit => {
                        self.shell.closing = Closing::Agreed;
                        ctx.send_viewport_cmd(ViewportCommand::Close);
                    }
                    effect => self.engine.run(effect, &self.workspace),
                }
            }
        }
        self.follow_settings(ctx);
    }

    fn pick(&mut self, kind: PickKind) {
        if kind == PickKind::ReportFolder {
            // The path can be typed there, should the desktop have no dialog.
            self.shell.parts.open = Some(Part::Settings);
        }
        let title = match kind {
            PickKind::Files => msg("action-open-files"),
            PickKind::Folder => msg("action-open-folder"),
            PickKind::ReportFolder => msg("action-report-folder"),
            PickKind::ArchiveFolder => msg("action-archive"),
            PickKind::ImportNodes | PickKind::ExportNodes => msg("nodes-file"),
            PickKind::Field(PathOf::TakenIn) => msg("archive-page-take-in"),
            PickKind::Field(PathOf::Authorities) => msg("node-authorities"),
            PickKind::Field(PathOf::Certificate | PathOf::OwnCertificate) => {
                msg("node-certificate")
            }
            PickKind::Field(PathOf::Key | PathOf::OwnKey) => msg("node-key"),
            PickKind::Field(PathOf::Callers) => msg("nodes-callers"),
        };
        self.dialogs.pick(kind, self.words.id(title));
    }

    /// Language and theme change at once.
    fn follow_settings(&mut self, ctx: &Context) {
        let settings = &self.workspace.settings;
        let language = settings.language.spoken();
        if language != self.words.language() {
            self.words = Words::new(language);
            ctx.request_repaint();
        }
        if self.theme.is_dark == settings.is_light {
            self.theme = Theme::new(!settings.is_light);
            self.theme.apply(ctx);
            ctx.request_repaint();
        }
    }

    fn show_parts(&mut self, ctx: &Context, parts: &[Part]) {
        for part in parts {
            match part {
                Part::FullScreen => {
                    let is_full = ctx.input(|input| input.viewport().fullscreen.unwrap_or(false));
                    ctx.send_viewport_cmd(ViewportCommand::Fullscreen(!is_full));
                }
                Part::Close => self.escape(ctx),
                part => self.shell.parts.toggle(*part),
            }
        }
    }

    /// A menu closes; else a part that is open, or the question in it; else what is being drawn is taken back; else nothing is selected.
    fn escape(&mut self, ctx: &Context) {
        if egui::Popup::is_any_open(ctx) {
            egui::Popup::close_all(ctx);
            return;
        }
        if self.shell.parts.escape() {
            return;
        }
        let mut commands = self.shell.interaction.cancel();
        if commands.is_empty() && self.workspace.selected.is_some() {
            commands.push(Command::Annotate(AnnotationEdit::Select(None)));
        }
        self.apply(ctx, commands);
    }

    /// Unsaved work is asked about; a failed save brings the question back.
    fn mind_closing(&mut self, ctx: &Context) {
        let is_asked = ctx.input(|input| input.viewport().close_requested());
        let unsaved = self.workspace.unsaved_studies();
        if is_asked && self.shell.closing != Closing::Agreed && !unsaved.is_empty() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            if self.shell.closing == Closing::No {
                self.shell.closing = Closing::Asking;
            }
        }
        if self.shell.closing != Closing::Saving {
            return;
        }
        if unsaved.is_empty() {
            self.shell.closing = Closing::Agreed;
            self.apply(ctx, vec![Command::Quit]);
        } else if !unsaved.iter().any(|study| self.is_saving(*study)) {
            self.shell.closing = Closing::Asking;
        }
    }

    fn is_saving(&self, study: crate::model::StudyKey) -> bool {
        self.workspace
            .studies
            .get(&study)
            .is_some_and(|record| record.save_state == SaveState::Saving)
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.before(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.draw(ui);
    }

    fn on_exit(&mut self) {
        self.finish();
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        self.theme.colours.viewport.to_normalized_gamma_f32()
    }
}

/// What is opened is remembered, and the next run may start in another folder.
fn from_anywhere(command: Command) -> Command {
    match command {
        Command::Open(paths) => {
            let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
            Command::Open(paths.into_iter().map(absolute).collect())
        }
        other => other,
    }
}

/// Marked text is not copied yet: what names a patient goes to other programs only when the reader
/// copies it, and not into the selection that the middle button pastes.
fn keep_marked_text(ctx: &Context) {
    let is_marked = |it: &OutputCommand| matches!(it, OutputCommand::TextSelectionSettled(_));
    ctx.output_mut(|output| output.commands.retain(|it| !is_marked(it)));
}

fn dropped_paths(ctx: &Context) -> Vec<PathBuf> {
    ctx.input(|input| {
        input
            .raw
            .dropped_files
            .iter()
            .map(|file| file.path().to_owned())
            .collect()
    })
}
