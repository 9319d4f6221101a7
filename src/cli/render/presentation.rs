//! `--presentation`: which presentation state, of which images.

use std::path::Path;
use std::sync::Arc;

use crate::cli::display_set::is_named;
use crate::geom::DMat2;
use crate::imaging::FrameImage;
use crate::model::{DisplaySet, FrameKey, Instance, Library};
use crate::objects::presentation_state::{
    DisplayedArea, PresentationSize, PresentationState, PresentationStates, PresentedFrame, is_for,
};
use crate::problem::{Message, msg};
use crate::view::{
    PresentationMark, ResolvedView, StackGeometry, presentation_marks, presented_camera,
};

/// Pixels a side of a picture may have that nobody gave a size for.
const SIZE_MAX: f64 = 16_384.0;

/// The state of this UID, label or file.
///
/// # Errors
/// There is none, or it cannot be applied; the sentence says why, or names those there are.
pub(super) fn find(library: &Library, name: &str) -> Result<Arc<PresentationState>, Message> {
    let states = PresentationStates::of(library);
    let file = Path::new(name).canonicalize().ok();
    let is_named = |instance: &Instance| {
        let path = || instance.header.source.display_path().canonicalize().ok();
        *instance.facts.sop_instance_uid == *name || (file.is_some() && path() == file)
    };
    let mut instances = library.instances();
    if let Some(instance) = instances.find(|instance| is_named(instance)) {
        if let Some(why) = states.refused(instance.ix) {
            let refused = Message::new(msg("presentation-refused")).message("reason", why.clone());
            return Err(refused);
        }
        if let Some(state) = states.get(instance.ix) {
            return Ok(Arc::clone(state));
        }
    }
    let all = states.all();
    let labelled = all.iter().find(|(_, state)| state.label == name);
    if let Some((_, state)) = labelled {
        return Ok(Arc::clone(state));
    }
    let names: Vec<&str> = all.iter().map(|(_, state)| state.name()).collect();
    Err(if names.is_empty() {
        Message::new(msg("cli-no-presentations")).text("name", name)
    } else {
        Message::new(msg("cli-no-such-presentation"))
            .text("name", name)
            .text("names", names.join(", "))
    })
}

/// The first display set that the state is about, of the series named if one is.
///
/// # Errors
/// None is open.
pub(super) fn choose<'a>(
    library: &'a Library,
    state: &PresentationState,
    series: Option<&str>,
) -> Result<&'a DisplaySet, Message> {
    let mut sets = library.display_sets();
    sets.find(|set| {
        set.is_image() && is_named(library, set, series) && first(library, state, set).is_some()
    })
    .ok_or_else(|| Message::new(msg("cli-presentation-no-images")).text("name", state.name()))
}

/// The first frame of a set that a state is for.
pub(super) fn first(
    library: &Library,
    state: &PresentationState,
    set: &DisplaySet,
) -> Option<usize> {
    set.frames
        .iter()
        .position(|key| is_for(state, library, *key))
}

/// A frame as the state shows it, with its geometry and what to call it.
///
/// # Errors
/// The state is not for it.
pub(super) fn apply(
    library: &Library,
    state: &PresentationState,
    key: FrameKey,
    frame: &FrameImage,
) -> Result<(FrameImage, StackGeometry), Message> {
    let instance = library
        .instance(key.instance)
        .filter(|_| is_for(state, library, key))
        .ok_or_else(|| {
            Message::new(msg("cli-presentation-elsewhere")).text("name", state.name())
        })?;
    let of = PresentedFrame {
        sop_instance_uid: &instance.facts.sop_instance_uid,
        frame: key.frame,
        pixel: &instance.facts.pixel,
    };
    let area = state.area(of.sop_instance_uid, of.frame).copied();
    let geometry = StackGeometry::of(frame).presented(area);
    Ok((state.apply(frame, of), geometry))
}

/// What the state draws over a frame.
pub(super) fn marks(
    library: &Library,
    state: &PresentationState,
    key: FrameKey,
    view: &ResolvedView,
) -> Vec<PresentationMark> {
    let instance = library.instance(key.instance);
    instance.map_or_else(Vec::new, |instance| {
        presentation_marks(state, &instance.facts.sop_instance_uid, key.frame, view)
    })
}

/// The size of a picture that shows the whole area, one pixel a sample, whatever the shape of its
/// pixels, or as many as it magnifies to.
pub(super) fn own_size(state: &PresentationState, geometry: &StackGeometry) -> [u32; 2] {
    let area = geometry
        .area
        .unwrap_or_else(|| DisplayedArea::whole(geometry.image_size));
    let ratio = match area.size {
        PresentationSize::Magnify(ratio) => ratio,
        PresentationSize::ScaleToFit | PresentationSize::TrueSize => 1.0,
    };
    let size = (area.high - area.low) * ratio;
    let turn = DMat2::from_angle(presented_camera(state).rotation_degrees.to_radians());
    let turned = (turn.x_axis * size.x).abs() + (turn.y_axis * size.y).abs();
    turned
        .to_array()
        .map(|side| side.round().clamp(1.0, SIZE_MAX) as u32)
}
