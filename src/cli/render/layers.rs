//! Objects laid over the picture: segmentations, structure sets, doses.

use std::path::Path;

use crate::cache::Budget;
use crate::engine::open::Opened;
use crate::geom::DVec2;
use crate::imaging::Picture;
use crate::jobs::JobCtx;
use crate::model::{DisplaySet, FrameKey, InstanceIx, Library};
use crate::objects::layer::{Layer, LayerKind, LayerSpace, read_layer, space_over};
use crate::problem::{Message, msg};
use crate::render::RenderError;
use crate::render::pass::layer as layer_pass;
use crate::view::{LayerOver, LayerSetting, ResolvedView, ViewMode, ViewState, shown_data};
use crate::volume::layer_twin;

/// Width of outlines and contours, px.
const LINE_PX: u32 = 1;

/// Objects that were asked for, read.
#[derive(Default)]
pub(super) struct Layers(Vec<(InstanceIx, Layer)>);

impl Layers {
    /// Reads those named by SOP Instance UID, by a file that was opened, or all of them.
    ///
    /// # Errors
    /// The sentence about the first that is not there or cannot be read.
    pub(super) fn read(opened: &Opened, names: &[String], ctx: &JobCtx) -> Result<Self, Message> {
        let budget = Budget::of_this_machine();
        let mut layers = Vec::new();
        for name in names {
            let file = Path::new(name).canonicalize().ok();
            let instances = opened.library.instances().filter(|instance| {
                let is_layer = LayerKind::of(&instance.facts.sop_class_uid).is_some();
                let is_file = || {
                    let path = instance.header.source.display_path().canonicalize();
                    file.is_some() && path.ok() == file
                };
                is_layer && (name == ALL || *instance.facts.sop_instance_uid == **name || is_file())
            });
            let mut is_any = false;
            for instance in instances {
                is_any = true;
                let layer = read_layer(instance.header.source.clone(), &budget, ctx);
                layers.push((instance.ix, layer.map_err(|refusal| refusal.message())?));
            }
            if !is_any {
                return Err(Message::new(msg("cli-no-such-object")).text("name", name.as_str()));
            }
        }
        Ok(Self(layers))
    }

    /// Draws them over a picture of a display set; `key` is the frame shown, or the one nearest to
    /// the plane. Those that do not lie over it are named.
    pub(super) fn lay_over(
        &self,
        picture: &mut Picture,
        library: &Library,
        (set, mode, key): (&DisplaySet, ViewMode, FrameKey),
        view: &ResolvedView,
        device: &super::Device,
    ) -> Vec<Message> {
        let mut failures = Vec::new();
        let state = ViewState::new(set.id, mode);
        let Some(shown) = shown_data(library, &state, key, view) else {
            return failures;
        };
        for (instance, layer) in &self.0 {
            let space = space_over(library, (*instance, layer), set.id);
            let name = if layer.label.is_empty() {
                layer.sop_instance_uid.to_string()
            } else {
                layer.label.clone()
            };
            let space = match space {
                Ok(LayerSpace::Images) if mode != ViewMode::Stack => {
                    Err(Message::new(msg("layer-not-in-reslices")))
                }
                Ok(space) => Ok(space),
                Err(why) => Err(why.message()),
            };
            let space = match space {
                Ok(space) => space,
                Err(why) => {
                    failures.push(
                        Message::new(msg("cli-object-not-drawn"))
                            .text("name", name)
                            .message("reason", why),
                    );
                    continue;
                }
            };
            let over = LayerOver {
                layer,
                space,
                setting: &LayerSetting::default(),
                view,
                shown: &shown,
            };
            if let Err(error) = draw(&over, picture, device) {
                failures
                    .push(Message::new(msg("cli-cpu-instead")).message("reason", error.message()));
            }
        }
        failures
    }
}

/// Every object among the files.
const ALL: &str = "all";

/// Draws it, on the processor where the adapter cannot; then why is returned.
fn draw(
    over: &LayerOver<'_>,
    picture: &mut Picture,
    device: &super::Device,
) -> Result<(), RenderError> {
    let mut refused = Ok(());
    for draw in over.draws(LINE_PX) {
        if let super::Device::Gpu(gpu) = device {
            match layer_pass::render_over(gpu, &draw.volume, &draw.plane, &draw.look, picture) {
                Ok(drawn) => {
                    *picture = drawn;
                    continue;
                }
                Err(error) => refused = Err(error),
            }
        }
        let layer = layer_twin::picture(&draw.volume, &draw.plane, &draw.look);
        layer_twin::lay_over(picture, &layer);
    }
    for cut in over.cuts() {
        let on_screen = |point| Some(over.view.screen_from_patient(point)?.0);
        for line in &cut.lines.lines {
            let points: Option<Vec<DVec2>> = line.iter().map(|point| on_screen(*point)).collect();
            picture.stroke(&points.unwrap_or_default(), f64::from(LINE_PX), cut.rgb);
        }
        for at in cut
            .lines
            .points
            .iter()
            .filter_map(|point| on_screen(*point))
        {
            for arm in [DVec2::X * 4.0, DVec2::Y * 4.0] {
                picture.stroke(&[at - arm, at + arm], f64::from(LINE_PX), cut.rgb);
            }
        }
    }
    refused
}
