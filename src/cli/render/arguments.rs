//! The options of `render`, and what they ask for together.

use std::path::PathBuf;

use clap::Args;

use super::voi::Voi;
use crate::geom::{AnatomicalPlane, DVec3};
use crate::imaging::{Filter, VoiFunction};
use crate::problem::{Message, msg};
use crate::view::{MarksChoice, VoiChoice};

/// Pixels a side of a picture may have; its memory is asked for by the caller.
const SIZE_MAX: u32 = 16_384;

/// `isocentre render`
#[derive(Debug, Args)]
pub struct RenderArgs {
    /// Files, folders, zip archives or DICOMDIRs
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Write a picture (PNG)
    #[arg(
        long,
        value_name = "F.png",
        required_unless_present = "values",
        conflicts_with = "values"
    )]
    out: Option<PathBuf>,
    /// Write modality values: f4 little-endian, row by row, NaN where there is none
    #[arg(long, value_name = "F.f32")]
    values: Option<PathBuf>,
    /// Series Instance UID or Series Number
    #[arg(long, value_name = "UID|NUMBER")]
    pub series: Option<String>,
    /// What to show
    #[arg(long, value_enum, default_value_t = ViewName::Stack)]
    view: ViewName,
    /// Slice, counted from 1
    #[arg(long, value_name = "N", conflicts_with = "at")]
    index: Option<u32>,
    /// A point the view goes through, patient mm (LPS)
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true)]
    at: Option<String>,
    /// Any plane: centre of the top-left pixel; step to the right; step down; patient mm
    #[arg(long, value_name = "ox,oy,oz;rx,ry,rz;dx,dy,dz", allow_hyphen_values = true, conflicts_with_all = ["at", "index", "view"])]
    plane: Option<String>,
    /// Width and height of the picture, pixels
    #[arg(long, value_name = "WxH")]
    size: Option<String>,
    /// Window centre and width
    #[arg(
        long,
        value_name = "C,W",
        allow_hyphen_values = true,
        conflicts_with = "preset"
    )]
    window: Option<String>,
    /// A window by name
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// Interpolation
    #[arg(long, value_enum, default_value_t = FilterName::Linear)]
    filter: FilterName,
    /// Overlays of the image (stack)
    #[arg(long, value_enum, default_value_t = Switch::On)]
    overlays: Switch,
    /// Display shutter of the image (stack)
    #[arg(long, value_enum, default_value_t = Switch::On)]
    shutter: Switch,
    /// As a presentation state shows it, by its SOP Instance UID, label or file (stack)
    #[arg(long, value_name = "UID|LABEL|FILE")]
    presentation: Option<String>,
    /// Objects to draw over the image: SOP Instance UID or file, `all` for all of them
    #[arg(long, value_name = "UID|FILE|all", conflicts_with = "values")]
    pub overlay_object: Vec<String>,
    /// Where to compute
    #[arg(long, value_enum, default_value_t = Renderer::Gpu)]
    renderer: Renderer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ViewName {
    Stack,
    Axial,
    Coronal,
    Sagittal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FilterName {
    Nearest,
    Linear,
    Cubic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Switch {
    On,
    Off,
}

/// Where a picture is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Renderer {
    Gpu,
    Cpu,
}

/// Which view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum View {
    Stack,
    Anatomical(AnatomicalPlane),
    /// Centre of the top-left pixel, step right, step down; patient mm.
    Plane([DVec3; 3]),
}

/// Where in the set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    Middle,
    /// Counted from 0.
    Index(u32),
    /// Patient mm.
    At(DVec3),
}

/// The options, checked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    pub output: PathBuf,
    pub wants_values: bool,
    pub view: View,
    pub place: Place,
    pub size_px: Option<[u32; 2]>,
    pub voi: Voi,
    pub filter: Filter,
    pub marks: MarksChoice,
    pub renderer: Renderer,
    /// UID, label or file of a presentation state.
    pub presentation: Option<String>,
}

impl RenderArgs {
    /// The files to open: an object named by its file is one of them.
    pub(super) fn all_paths(&self) -> Vec<PathBuf> {
        let named = self.presentation.iter().chain(&self.overlay_object);
        let files = named.map(PathBuf::from).filter(|path| path.is_file());
        let new = files.filter(|file| !self.paths.iter().any(|path| file.starts_with(path)));
        self.paths.iter().cloned().chain(new).collect()
    }

    /// # Errors
    /// A sentence naming the option that makes no sense.
    pub(super) fn request(&self) -> Result<Request, Message> {
        let bad = |option: &str, value: &str| {
            Message::new(msg("cli-bad-option"))
                .text("option", option)
                .text("value", value)
        };
        let view = match (&self.plane, self.view) {
            (Some(text), _) => View::Plane(plane(text).ok_or_else(|| bad("--plane", text))?),
            (None, ViewName::Stack) => View::Stack,
            (None, ViewName::Axial) => View::Anatomical(AnatomicalPlane::Axial),
            (None, ViewName::Coronal) => View::Anatomical(AnatomicalPlane::Coronal),
            (None, ViewName::Sagittal) => View::Anatomical(AnatomicalPlane::Sagittal),
        };
        if let (Some(name), true) = (&self.presentation, view != View::Stack) {
            return Err(bad("--presentation", name));
        }
        let place = match (&self.at, self.index) {
            (Some(text), _) => Place::At(point(text).ok_or_else(|| bad("--at", text))?),
            (None, Some(0)) => return Err(bad("--index", "0")),
            (None, Some(index)) => Place::Index(index - 1),
            (None, None) => Place::Middle,
        };
        let size_px = match &self.size {
            Some(text) => Some(size(text).ok_or_else(|| bad("--size", text))?),
            None => None,
        };
        let voi = match (&self.window, &self.preset) {
            (Some(text), _) => Voi::Choice(window(text).ok_or_else(|| bad("--window", text))?),
            (None, Some(name)) => Voi::preset(name),
            (None, None) => Voi::Choice(VoiChoice::Own(0)),
        };
        let filter = match self.filter {
            FilterName::Nearest => Filter::Nearest,
            FilterName::Linear => Filter::Linear,
            FilterName::Cubic => Filter::Cubic,
        };
        let output = self
            .values
            .as_ref()
            .or(self.out.as_ref())
            .cloned()
            .unwrap_or_default();
        let wants_values = self.values.is_some();
        Ok(Request {
            output,
            wants_values,
            view,
            place,
            size_px,
            voi,
            filter,
            marks: MarksChoice {
                shutter: self.shutter == Switch::On,
                overlays: self.overlays == Switch::On,
                ..MarksChoice::default()
            },
            renderer: self.renderer,
            presentation: self.presentation.clone(),
        })
    }
}

fn numbers<const N: usize>(text: &str) -> Option<[f64; N]> {
    let parts: Vec<f64> = text
        .split(',')
        .map(|part| part.trim().parse().ok())
        .collect::<Option<_>>()?;
    let numbers: [f64; N] = parts.try_into().ok()?;
    numbers
        .iter()
        .all(|number| number.is_finite())
        .then_some(numbers)
}

fn point(text: &str) -> Option<DVec3> {
    numbers::<3>(text).map(DVec3::from_array)
}

fn plane(text: &str) -> Option<[DVec3; 3]> {
    let parts: Vec<DVec3> = text.split(';').map(point).collect::<Option<_>>()?;
    let plane: [DVec3; 3] = parts.try_into().ok()?;
    (plane[1].cross(plane[2]).length() > 0.0).then_some(plane)
}

fn size(text: &str) -> Option<[u32; 2]> {
    let (width, height) = text.split_once(['x', 'X'])?;
    let size: [u32; 2] = [width.trim().parse().ok()?, height.trim().parse().ok()?];
    size.iter()
        .all(|side| (1..=SIZE_MAX).contains(side))
        .then_some(size)
}

fn window(text: &str) -> Option<VoiChoice> {
    let [center, width] = numbers::<2>(text)?;
    (width > 0.0).then_some(VoiChoice::Window {
        center,
        width,
        function: VoiFunction::Linear,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_is_three_points_that_span_an_area() {
        assert!(plane("0,0,0;1,0,0;0,1,0").is_some());
        assert!(plane("0,0,0;1,0,0;2,0,0").is_none());
        assert!(plane("0,0,0;1,0,0").is_none());
        assert!(plane("0,0,nan;1,0,0;0,1,0").is_none());
    }

    #[test]
    fn a_size_is_two_positive_numbers_below_the_limit() {
        assert_eq!(size("640x480"), Some([640, 480]));
        assert_eq!(size("0x480"), None);
        assert_eq!(size("640x99999"), None);
    }
}
