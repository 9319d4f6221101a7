//! `isocentre render`: one view as a picture, or its modality values.

mod arguments;
mod drawing;
mod layers;
mod page;
mod plane;
mod presentation;
mod stack;
mod voi;

pub use arguments::RenderArgs;

use std::process::ExitCode;
use std::sync::Arc;

use crate::cli::display_set;
use crate::cli::output::{IN_PART, NOTHING_USABLE, WRONG_USAGE, fail, say, write_file};
use crate::engine::open;
use crate::imaging::Picture;
use crate::jobs::JobCtx;
use crate::problem::{Message, msg};
use crate::render::Gpu;
use arguments::{Renderer, View};
use layers::Layers;

/// What one rendering gives.
enum Rendered {
    Picture(Picture),
    /// Modality values, NaN where there is none.
    Values(Vec<f32>),
}

/// Where the picture is made: on the GPU, or by its twin.
enum Device {
    Gpu(Arc<Gpu>),
    Cpu,
}

impl Device {
    /// The twin stands in where there is no adapter, and says so.
    fn new(renderer: Renderer) -> Self {
        match renderer {
            Renderer::Cpu => Self::Cpu,
            Renderer::Gpu => match Gpu::headless() {
                Ok(gpu) => Self::Gpu(Arc::new(gpu)),
                Err(error) => {
                    say(&Message::new(msg("cli-cpu-instead")).message("reason", error.message()));
                    Self::Cpu
                }
            },
        }
    }
}

/// Runs the subcommand.
pub fn run(args: &RenderArgs) -> ExitCode {
    let request = match args.request() {
        Ok(request) => request,
        Err(reason) => return fail(WRONG_USAGE, &reason),
    };
    let ctx = JobCtx::new();
    // The device takes as long to start as the files take to read.
    let (opened, device) = rayon::join(
        || open::open(&args.all_paths(), &ctx),
        || Device::new(request.renderer),
    );
    let Ok(opened) = opened else {
        return ExitCode::from(NOTHING_USABLE);
    };
    let needs_volume = !matches!(request.view, View::Stack);
    let by = match &request.presentation {
        Some(name) => match presentation::find(&opened.library, name) {
            Ok(state) => Some(state),
            Err(reason) => return fail(NOTHING_USABLE, &reason),
        },
        None => None,
    };
    let series = args.series.as_deref();
    let set = match &by {
        Some(state) => presentation::choose(&opened.library, state, series),
        None => display_set::choose(&opened.library, series, needs_volume),
    };
    let document = set
        .is_err()
        .then(|| display_set::choose_document(&opened.library, series))
        .flatten()
        .filter(|_| !needs_volume && !request.wants_values && by.is_none());
    let set = match document.map_or(set, Ok) {
        Ok(set) => set,
        Err(reason) => {
            for file in &opened.passed_over {
                say(&Message::new(msg("cli-passed-over"))
                    .text("path", file.path.display().to_string())
                    .message("reason", file.reason.clone()));
            }
            return fail(NOTHING_USABLE, &reason);
        }
    };
    if document.is_some() && !args.overlay_object.is_empty() {
        let why = Message::new(msg("cli-no-objects-over-pages"));
        return fail(NOTHING_USABLE, &why);
    }
    let layers = match Layers::read(&opened, &args.overlay_object, &ctx) {
        Ok(layers) => layers,
        Err(reason) => return fail(NOTHING_USABLE, &reason),
    };
    let rendered = if document.is_some() {
        page::render(&opened.library, set, &request, &ctx)
    } else if needs_volume {
        plane::render(&opened.library, set, &request, &device, &layers, &ctx)
    } else {
        stack::render(
            &opened.library,
            set,
            &request,
            by.as_deref(),
            (&device, &layers),
            &ctx,
        )
    };
    let (rendered, failures) = match rendered {
        Ok(done) => done,
        Err(reason) if reason.id == voi::NO_SUCH_PRESET => return fail(WRONG_USAGE, &reason),
        Err(reason) => return fail(NOTHING_USABLE, &reason),
    };
    let written = match rendered {
        Rendered::Picture(picture) => {
            png(&picture).and_then(|bytes| write_file(&request.output, &bytes))
        }
        Rendered::Values(values) => {
            let bytes: Vec<u8> = values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect();
            write_file(&request.output, &bytes)
        }
    };
    if let Err(reason) = written {
        return fail(NOTHING_USABLE, &reason);
    }
    failures.iter().for_each(say);
    if failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(IN_PART)
    }
}

/// The bytes of a PNG file.
pub(super) fn png(picture: &Picture) -> Result<Vec<u8>, Message> {
    use image::ImageEncoder as _;
    let mut bytes = Vec::new();
    let [width, height] = picture.size_px;
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(
            &picture.rgba,
            width,
            height,
            image::ExtendedColorType::Rgba8,
        )
        .map_err(|error| Message::new(msg("cli-png-failed")).text("detail", error.to_string()))?;
    Ok(bytes)
}
