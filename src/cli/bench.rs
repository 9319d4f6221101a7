//! `isocentre bench`: how long things take here, in milliseconds from the start of the process.
//!
//! The order is the window's own: files are read, the middle slice is decoded first and drawn,
//! the rest of the volume follows. Frame times are medians, each frame waited for until the
//! adapter has finished it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use crate::cache::Budget;
use crate::cli::display_set;
use crate::cli::output::{NOTHING_USABLE, fail, print, print_json};
use crate::engine::Loader;
use crate::engine::open;
use crate::geom::{AnatomicalPlane, DVec2, DVec3, PlanePose};
use crate::imaging::{FrameImage, Look, SliceView, VoiFunction, VoiTransform, full_range};
use crate::jobs::JobCtx;
use crate::problem::{Message, msg};
use crate::render::pass::{Pane, reslice, slice};
use crate::render::{FrameTexture, Gpu, Offscreen, Output, RenderError, VolumeTexture};
use crate::view::{Camera, ResolvedKind, VoiChoice, resolve_plane, resolve_voi};
use crate::volume::{ReslicePlane, Volume};

/// Width and height of the frames that are timed, pixels.
const SIZE_PX: [u32; 2] = [1024, 1024];

/// Frames a median is taken of.
const FRAMES: usize = 25;

/// `isocentre bench`
#[derive(Debug, clap::Args)]
pub struct BenchArgs {
    /// A folder with a series
    path: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand; `start` is when the process began.
pub fn run(args: &BenchArgs, start: Instant) -> ExitCode {
    match measure(args, start) {
        Ok(found) if args.json => {
            print_json(&Value::Object(found));
            ExitCode::SUCCESS
        }
        Ok(found) => {
            for (name, value) in found {
                print(&format!("{name}: {value}\n"));
            }
            ExitCode::SUCCESS
        }
        Err(reason) => fail(NOTHING_USABLE, &reason),
    }
}

fn milliseconds(duration: Duration) -> Value {
    Value::from((duration.as_secs_f64() * 1e6).round() / 1e3)
}

fn measure(args: &BenchArgs, start: Instant) -> Result<Map<String, Value>, Message> {
    let ctx = JobCtx::new();
    let mut found = Map::new();
    // The device starts while the files are read.
    let device = std::thread::spawn(Gpu::headless);
    let paths = [args.path.clone()];
    let opened =
        open::open(&paths, &ctx).map_err(|_cancelled| Message::new(msg("cli-no-images")))?;
    found.insert("scan_ms".to_owned(), milliseconds(start.elapsed()));
    let set = display_set::choose(&opened.library, None, false)?;
    let plan = opened.library.volume_plan(set.id).ok();
    let volume = plan.map(|plan| Arc::new(Volume::new((*plan).clone())));
    let loader = Arc::new(open::loader(
        &opened.library,
        set,
        volume.clone(),
        &Budget::of_this_machine(),
    )?);
    let filling = fill(&loader, &ctx, start);

    let middle = wait_for_middle(&loader, set.frames.len() / 2)?;
    let gpu = device
        .join()
        .map_err(|_panic| Message::new(msg("cli-no-images")))?;
    let gpu = gpu.map_err(|error| error.message())?;
    let look = Look::new(resolve_voi(VoiChoice::default(), &middle, || {
        full_range(&middle)
    }));
    let mut frames = FrameTimer::new(&gpu).map_err(|error| error.message())?;
    let texture = FrameTexture::new(&gpu, &middle).map_err(|error| error.message())?;
    let view = SliceView::fit(&middle, SIZE_PX, middle.aspect, look.clone());
    frames
        .slice(&texture, &view)
        .map_err(|error| error.message())?;
    found.insert("first_image_ms".to_owned(), milliseconds(start.elapsed()));
    let ready = filling
        .into_iter()
        .filter_map(|thread| thread.join().ok())
        .max()
        .unwrap_or_else(|| start.elapsed());
    found.insert("volume_ready_ms".to_owned(), milliseconds(ready));
    timings(
        &gpu,
        &mut frames,
        &middle,
        volume.as_deref(),
        &look,
        start,
        &mut found,
    )
    .map_err(|error| error.message())?;
    if let Some(peak) = peak_rss_mib() {
        found.insert("peak_rss_mib".to_owned(), Value::from(peak));
    }
    found.insert("adapter".to_owned(), Value::from(gpu.info().name.clone()));
    Ok(found)
}

/// Decodes on every core; each thread says when it had nothing left to do.
fn fill(
    loader: &Arc<Loader>,
    ctx: &JobCtx,
    start: Instant,
) -> Vec<std::thread::JoinHandle<Duration>> {
    let count = std::thread::available_parallelism().map_or(2, usize::from);
    (0..count)
        .map(|_| {
            let (loader, ctx) = (Arc::clone(loader), ctx.clone());
            std::thread::spawn(move || {
                let _done_or_cancelled = loader.run_all(&ctx);
                start.elapsed()
            })
        })
        .collect()
}

fn wait_for_middle(loader: &Loader, index: usize) -> Result<Arc<FrameImage>, Message> {
    loop {
        match loader.get(index) {
            crate::view::Loading::Ready(frame) => return Ok(frame),
            crate::view::Loading::Failed(reason) => return Err(reason),
            crate::view::Loading::Waiting => std::thread::sleep(Duration::from_micros(200)),
        }
    }
}

/// Draws frames off screen and waits for each.
struct FrameTimer<'a> {
    gpu: &'a Gpu,
    target: Offscreen,
    pane: Pane,
    output: Output,
}

impl<'a> FrameTimer<'a> {
    fn new(gpu: &'a Gpu) -> Result<Self, RenderError> {
        let output = Output::PICTURE;
        Ok(Self {
            gpu,
            target: Offscreen::new(gpu, SIZE_PX, output)?,
            pane: Pane::new(gpu),
            output,
        })
    }

    fn finish(&self, begin: Instant) -> Result<Duration, RenderError> {
        self.target.draw(self.gpu, &self.pane);
        self.gpu.wait()?;
        Ok(begin.elapsed())
    }

    fn slice(&mut self, texture: &FrameTexture, view: &SliceView) -> Result<Duration, RenderError> {
        let begin = Instant::now();
        slice::prepare(self.gpu, &mut self.pane, texture, view, [0, 0], self.output)?;
        self.finish(begin)
    }

    fn reslice(
        &mut self,
        texture: &VolumeTexture,
        volume: &Volume,
        plane: &ReslicePlane,
        look: &Look,
    ) -> Result<Duration, RenderError> {
        let begin = Instant::now();
        reslice::prepare(
            self.gpu,
            &mut self.pane,
            texture,
            &volume.grid,
            plane,
            look,
            [0, 0],
            self.output,
        )?;
        self.finish(begin)
    }
}

fn median(mut times: Vec<Duration>) -> Value {
    times.sort_unstable();
    times
        .get(times.len() / 2)
        .copied()
        .map_or(Value::Null, milliseconds)
}

/// The window `step` drags away from the image's own.
fn dragged(look: &Look, step: usize) -> Look {
    let voi = match &look.voi {
        VoiTransform::Window {
            center,
            width,
            function,
        } => VoiTransform::Window {
            center: center + step as f64,
            width: width + step as f64,
            function: *function,
        },
        VoiTransform::Lut(_) => VoiTransform::Window {
            center: 40.0,
            width: 400.0 + step as f64,
            function: VoiFunction::Linear,
        },
    };
    Look {
        voi,
        ..look.clone()
    }
}

fn timings(
    gpu: &Gpu,
    frames: &mut FrameTimer<'_>,
    middle: &FrameImage,
    volume: Option<&Volume>,
    look: &Look,
    start: Instant,
    found: &mut Map<String, Value>,
) -> Result<(), RenderError> {
    let view = |look: Look| SliceView::fit(middle, SIZE_PX, middle.aspect, look);
    if let Some(volume) = volume {
        let mut texture = VolumeTexture::new(gpu, volume)?;
        texture.upload_all(gpu, volume)?;
        frames.reslice(&texture, volume, &axial(volume, 0.0), look)?;
        found.insert(
            "mpr_first_frame_ms".to_owned(),
            milliseconds(start.elapsed()),
        );
        let times: Result<Vec<_>, _> = (0..FRAMES)
            .map(|k| frames.reslice(&texture, volume, &axial(volume, k as f64), look))
            .collect();
        found.insert("mpr_frame_ms".to_owned(), median(times?));
        let times: Result<Vec<_>, _> = (0..FRAMES)
            .map(|k| frames.reslice(&texture, volume, &oblique(volume, k as f64), look))
            .collect();
        found.insert("oblique_frame_ms".to_owned(), median(times?));
    }
    // A stack's frame is another image each time: its upload belongs to it.
    let times: Result<Vec<_>, _> = (0..FRAMES)
        .map(|_| {
            let begin = Instant::now();
            let texture = FrameTexture::new(gpu, middle)?;
            frames.slice(&texture, &view(look.clone()))?;
            Ok(begin.elapsed())
        })
        .collect();
    found.insert("stack_frame_ms".to_owned(), median(times?));
    let texture = FrameTexture::new(gpu, middle)?;
    let times: Result<Vec<_>, _> = (0..FRAMES)
        .map(|k| frames.slice(&texture, &view(dragged(look, k))))
        .collect();
    found.insert("window_drag_frame_ms".to_owned(), median(times?));
    Ok(())
}

/// The axial plane, fitted, some millimetres off the middle.
fn axial(volume: &Volume, offset_mm: f64) -> ReslicePlane {
    let (right, down) = AnatomicalPlane::Axial.right_down();
    fitted(volume, right, down, offset_mm)
}

/// A doubly oblique plane, fitted, some millimetres off the middle.
fn oblique(volume: &Volume, offset_mm: f64) -> ReslicePlane {
    let right = DVec3::new(0.8, 0.5, 0.33).normalize();
    let down = DVec3::new(-0.4, 0.8, -0.24).normalize();
    fitted(volume, right, down, offset_mm)
}

fn fitted(volume: &Volume, right: DVec3, down: DVec3, offset_mm: f64) -> ReslicePlane {
    let size = DVec2::new(f64::from(SIZE_PX[0]), f64::from(SIZE_PX[1]));
    let through = volume.grid.centre() + right.cross(down) * offset_mm;
    match resolve_plane(&Camera::default(), &volume.grid, right, down, through, size)
        .map(|view| view.kind)
    {
        Some(ResolvedKind::Plane { pose, mm_per_px }) => {
            ReslicePlane::of_pose(&pose, mm_per_px, SIZE_PX)
        }
        _ => ReslicePlane::of_pose(
            &PlanePose {
                centre: through,
                right,
                down,
            },
            1.0,
            SIZE_PX,
        ),
    }
}

/// The most memory this process ever had, MiB; where the system tells it in a file.
fn peak_rss_mib() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some((kib / 1024.0).round())
}
