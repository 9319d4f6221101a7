//! `isocentre demo` without a display: the demo is opened, measured and reported as in the window,
//! and what the window would show is written as a picture, beside the report.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::{egui, egui_wgpu, wgpu};

use crate::annotation::{Anchor, Annotation, AnnotationId, AnnotationKind, Geometry, Points};
use crate::app::window::{App, Setup};
use crate::demo;
use crate::dicom::{new_uid, tags};
use crate::files::{AppFolders, Readable, make_folder, write_atomically};
use crate::geom::{AnatomicalPlane, DVec2, DVec3};
use crate::imaging::{Look, Picture, full_range};
use crate::model::{DisplaySetId, StudyKey};
use crate::problem::{Message, msg};
use crate::render::{Gpu, NoAdapter, Offscreen, Output};
use crate::text::{Language, Words};
use crate::view::{Camera, ResolvedKind, VoiChoice, resolve_plane, resolve_voi};
use crate::volume::{ReslicePlane, reslice};
use crate::workspace::{
    AnnotationEdit, Command, GestureId, LayoutEdit, ReportEdit, SaveState, Settings, Start,
    ViewEdit,
};

/// Where everything goes, below the folder the program was started in.
const FOLDER: &str = "isocentre-demo";
/// The size of the window that would be.
const SIZE: [u32; 2] = [1280, 800];
/// Width and height of a view drawn by the processor.
const VIEW: u32 = 512;
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
/// A slow machine decodes and reslices this long at most.
const PATIENCE: Duration = Duration::from_mins(2);

/// Writes picture and report; says where.
#[must_use]
pub fn demo_picture() -> ExitCode {
    let words = Words::new(Language::of_the_system());
    eprintln!("{}", words.id(msg("demo-no-display")));
    match write_all(Path::new(FOLDER), &words) {
        Ok(written) => {
            for path in written {
                let message =
                    Message::new(msg("demo-written")).text("path", path.display().to_string());
                eprintln!("{}", words.get(&message));
            }
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{}", words.get(&why));
            ExitCode::FAILURE
        }
    }
}

fn write_all(folder: &Path, words: &Words) -> Result<Vec<PathBuf>, Message> {
    make_folder(folder, Readable::AsUsual).map_err(|error| error.message())?;
    let gpu = match Gpu::headless() {
        Ok(gpu) => Some(Arc::new(gpu)),
        Err(NoAdapter { reason }) => {
            let message = Message::new(msg("demo-no-adapter")).text("detail", reason);
            eprintln!("{}", words.get(&message));
            None
        }
    };
    let mut screen = Screen::new(folder, gpu)?;
    screen.read_the_demo()?;
    let report = screen.report.clone();
    let mut written = screen.pictures(folder)?;
    written.extend(report);
    Ok(written)
}

/// A window without a window.
struct Screen {
    ctx: egui::Context,
    app: App,
    gpu: Option<Arc<Gpu>>,
    renderer: Option<egui_wgpu::Renderer>,
    /// What the last frame drew.
    shapes: Vec<egui::epaint::ClippedShape>,
    /// Textures the last frame was the last to use.
    to_free: Vec<egui::TextureId>,
    report: Option<PathBuf>,
    /// Journal and settings of this run alone.
    _home: Home,
}

/// A folder that goes when the run ends.
struct Home(PathBuf);

impl Drop for Home {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::debug!("a temporary folder stays: {error}");
        }
    }
}

impl Screen {
    fn new(folder: &Path, gpu: Option<Arc<Gpu>>) -> Result<Self, Message> {
        let home = std::env::temp_dir().join(format!("isocentre-demo-{}", std::process::id()));
        make_folder(&home, Readable::ByUserAlone).map_err(|error| error.message())?;
        let ctx = egui::Context::default();
        let setup = Setup {
            folders: AppFolders::under(&home),
            settings: Settings {
                is_notice_read: true,
                report_folder: Some(folder.to_owned()),
                ..Settings::default()
            },
            problems: Vec::new(),
            start: Start::Demo,
            gpu: gpu.clone().map(|gpu| (gpu, FORMAT)),
        };
        let app = App::new(&ctx, setup);
        let renderer = gpu.as_ref().map(|gpu| {
            let options = egui_wgpu::RendererOptions {
                dithering: false,
                ..egui_wgpu::RendererOptions::default()
            };
            egui_wgpu::Renderer::new(&gpu.device, FORMAT, options)
        });
        Ok(Self {
            ctx,
            app,
            gpu,
            renderer,
            shapes: Vec::new(),
            to_free: Vec::new(),
            report: None,
            _home: Home(home),
        })
    }

    /// One frame of the window.
    fn frame(&mut self) {
        let size = egui::vec2(SIZE[0] as f32, SIZE[1] as f32);
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size)),
            ..egui::RawInput::default()
        };
        let app = &mut self.app;
        let mut output = self.ctx.run_ui(input, |ui| {
            let ctx = ui.ctx().clone();
            app.before(&ctx);
            app.draw(ui);
        });
        if let (Some(renderer), Some(gpu)) = (&mut self.renderer, &self.gpu) {
            #[expect(
                clippy::iter_over_hash_type,
                reason = "each texture is uploaded by itself"
            )]
            for (id, deltas) in &output.textures_delta.set {
                for delta in deltas {
                    renderer.update_texture(&gpu.device, &gpu.queue, *id, delta);
                }
            }
            let leaving = output.textures_delta.free.iter().copied().collect();
            // What the frame before still showed goes now; what this one shows stays until the next.
            for id in std::mem::replace(&mut self.to_free, leaving) {
                renderer.free_texture(&id);
            }
        }
        output.textures_delta.clear();
        self.shapes = output.shapes;
    }

    fn until(&mut self, is_so: impl Fn(&App) -> bool) -> Result<(), Message> {
        let end = Instant::now() + PATIENCE;
        loop {
            self.frame();
            if is_so(&self.app) {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(Message::new(msg("demo-too-slow")));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Opens the study, reslices it, measures the nodule, writes the report.
    fn read_the_demo(&mut self) -> Result<(), Message> {
        self.until(|app| app.workspace.scans_running == 0 && app.is_settled())?;
        let (set, study) = self.volume()?;
        let pane = self.app.workspace.panes.active;
        let nodule = DVec3::from_array(demo::truth().nodule_centre_mm);
        self.ask(Command::View(pane, ViewEdit::Show(set)));
        self.ask(Command::Layout(LayoutEdit::ToggleMpr));
        let pane = self.app.workspace.panes.active;
        self.ask(Command::View(pane, ViewEdit::Crosshair(nodule)));
        let gesture = GestureId(1);
        for annotation in self.measurements(set, nodule) {
            self.ask(Command::Annotate(AnnotationEdit::Add(annotation, gesture)));
        }
        let words = Words::new(Language::of_the_system());
        let findings = words.id(msg("demo-findings"));
        let impression = words.id(msg("demo-impression"));
        self.ask(Command::Report(ReportEdit::Findings(
            study, findings, gesture,
        )));
        self.ask(Command::Report(ReportEdit::Impression(
            study, impression, gesture,
        )));
        self.until(App::is_settled)?;
        let folder = PathBuf::from(FOLDER);
        self.ask(Command::Report(ReportEdit::Save(study, folder)));
        let state = |app: &App| {
            app.workspace
                .studies
                .get(&study)
                .map(|record| record.save_state.clone())
        };
        self.until(|app| state(app) != Some(SaveState::Saving) && app.is_settled())?;
        self.report = match state(&self.app) {
            Some(SaveState::Saved { path }) => Some(path),
            _ => return Err(Message::new(msg("demo-report-failed"))),
        };
        let notices = self.app.workspace.notices.shown().iter();
        let told: Vec<_> = notices.map(|notice| notice.id).collect();
        for notice in told {
            self.ask(Command::Dismiss(notice));
        }
        // What was loaded while the last frame was drawn.
        for _ in 0..3 {
            self.frame();
        }
        Ok(())
    }

    fn ask(&mut self, command: Command) {
        self.app.ask(&self.ctx, command);
    }

    fn volume(&self) -> Result<(DisplaySetId, StudyKey), Message> {
        let library = &self.app.workspace.library;
        library
            .display_sets()
            .find(|set| library.volume_grid(set.id).is_ok())
            .map(|set| (set.id, set.study))
            .ok_or_else(|| Message::new(msg("demo-report-failed")))
    }

    /// The nodule's diameter, and its density.
    fn measurements(&self, set: DisplaySetId, centre: DVec3) -> Vec<Annotation> {
        let radius = demo::truth().nodule_diameter_mm / 2.0;
        let Some(anchor) = self.anchor(set, centre) else {
            return Vec::new();
        };
        let words = Words::new(Language::of_the_system());
        let annotation = |label, kind, geometry, points| Annotation {
            id: AnnotationId(0),
            tracking_uid: new_uid().into(),
            label: words.id(label),
            text: String::new(),
            kind,
            geometry,
            points: Points::Patient(points),
            anchor: anchor.clone(),
            finding: None,
            label_offset: None,
        };
        let (right, down) = (DVec3::X, DVec3::Y);
        let inner = 0.7 * radius;
        vec![
            annotation(
                msg("demo-diameter"),
                AnnotationKind::Length,
                Geometry::Polyline,
                vec![centre - right * radius, centre + right * radius],
            ),
            annotation(
                msg("demo-density"),
                AnnotationKind::EllipseRoi,
                Geometry::Ellipse,
                vec![
                    centre - right * inner,
                    centre + right * inner,
                    centre - down * inner,
                    centre + down * inner,
                ],
            ),
        ]
    }

    /// The slice nearest to a point.
    fn anchor(&self, set: DisplaySetId, point: DVec3) -> Option<Anchor> {
        let library = &self.app.workspace.library;
        let set = library.display_set(set)?;
        let distance = |ix: &crate::model::InstanceIx| {
            let header = library.header(*ix)?;
            let position = header
                .dataset
                .elements()
                .floats(tags::IMAGE_POSITION_PATIENT);
            Some((position.get(2)? - point.z).abs())
        };
        let nearest = set.instances.iter().min_by(|a, b| {
            let far = f64::INFINITY;
            distance(a)
                .unwrap_or(far)
                .total_cmp(&distance(b).unwrap_or(far))
        })?;
        let elements = library.header(*nearest)?.dataset.elements();
        Some(Anchor {
            series_instance_uid: Arc::clone(&set.series_instance_uid),
            sop_instance_uid: (*elements.text(tags::SOP_INSTANCE_UID)?).into(),
            sop_class_uid: Arc::clone(&set.sop_class_uid),
            frame: 0,
            frame_of_reference: set.frame_of_reference.clone(),
            normal: Some(DVec3::Z),
        })
    }

    /// The window; without an adapter, what its views would show.
    fn pictures(&mut self, folder: &Path) -> Result<Vec<PathBuf>, Message> {
        let (Some(renderer), Some(gpu)) = (&mut self.renderer, &self.gpu) else {
            return self.views(folder);
        };
        let target =
            Offscreen::new(gpu, SIZE, Output::Display(FORMAT)).map_err(|error| error.message())?;
        let shapes = std::mem::take(&mut self.shapes);
        let triangles = self.ctx.tessellate(shapes, 1.0);
        let screen = egui_wgpu::ScreenDescriptor {
            size_in_pixels: SIZE,
            pixels_per_point: 1.0,
        };
        let mut encoder = gpu
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let prepared =
            renderer.update_buffers(&gpu.device, &gpu.queue, &mut encoder, &triangles, &screen);
        let mut pass = target.begin_pass(&mut encoder).forget_lifetime();
        renderer.render(&mut pass, &triangles, &screen);
        drop(pass);
        gpu.queue
            .submit(prepared.into_iter().chain([encoder.finish()]));
        let picture = target.read_picture(gpu).map_err(|error| error.message())?;
        let path = folder.join("window.png");
        write_png(&path, picture)?;
        Ok(vec![path])
    }
}

impl Screen {
    /// The three planes through the nodule, drawn by the processor.
    fn views(&self, folder: &Path) -> Result<Vec<PathBuf>, Message> {
        let not_loaded = || Message::new(msg("demo-too-slow"));
        let (set, _) = self.volume()?;
        let frames = self.app.frames();
        let volume = frames.volume(set);
        let volume = volume.ready().ok_or_else(not_loaded)?;
        let middle = volume.slices.get(volume.slices.len() / 2);
        let middle = middle
            .and_then(|slice| slice.get())
            .ok_or_else(not_loaded)?;
        let voi = resolve_voi(VoiChoice::default(), middle, || full_range(middle));
        let look = Look::new(voi);
        let through = DVec3::from_array(demo::truth().nodule_centre_mm);
        let size = DVec2::splat(f64::from(VIEW));
        let mut written = Vec::new();
        for plane in AnatomicalPlane::ALL {
            let (right, down) = plane.right_down();
            let view = resolve_plane(&Camera::default(), &volume.grid, right, down, through, size);
            let Some(ResolvedKind::Plane { pose, mm_per_px }) = view.map(|view| view.kind) else {
                continue;
            };
            let pixels = ReslicePlane::of_pose(&pose, mm_per_px, [VIEW; 2]);
            let name = match plane {
                AnatomicalPlane::Axial => "axial.png",
                AnatomicalPlane::Coronal => "coronal.png",
                AnatomicalPlane::Sagittal => "sagittal.png",
            };
            let path = folder.join(name);
            write_png(&path, reslice::picture(volume, &pixels, &look))?;
            written.push(path);
        }
        Ok(written)
    }
}

fn write_png(path: &Path, picture: Picture) -> Result<(), Message> {
    let failed = |detail: String| {
        Message::new(msg("demo-picture-failed"))
            .text("path", path.display().to_string())
            .text("detail", detail)
    };
    let [width, height] = picture.size_px;
    let image = image::RgbaImage::from_raw(width, height, picture.rgba)
        .ok_or_else(|| failed(String::new()))?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::ImageRgba8(image)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .map_err(|error| failed(error.to_string()))?;
    write_atomically(path, &bytes.into_inner(), Readable::AsUsual).map_err(|error| error.message())
}
