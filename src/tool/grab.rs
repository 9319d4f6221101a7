//! What lies under the pointer before the tool gets the press: handles, bodies and labels of
//! annotations, then the crosshair's planes.

use crate::annotation::{Annotation, AnnotationId};
use crate::geom::{DVec2, DVec3};
use crate::tool::event::{Cursor, PointerEvent};
use crate::tool::gesture::Gesture;
use crate::tool::planes::{self, PlaneGrab};
use crate::tool::scene::Scene;
use crate::view::{Space, Visibility};
use crate::workspace::{AnnotationEdit, Command};

/// Handles and lines of annotations are hit within this, points.
pub const HIT_PT: f64 = 10.0;

/// Where the label of an annotation was drawn, physical pixels of the pane.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct LabelPlace {
    pub id: AnnotationId,
    pub min_px: DVec2,
    pub max_px: DVec2,
}

impl LabelPlace {
    fn contains(&self, point: DVec2) -> bool {
        point.cmpge(self.min_px).all() && point.cmple(self.max_px).all()
    }
}

/// What a press took hold of.
#[derive(Debug, Clone, PartialEq)]
pub enum Grab {
    /// A point of an annotation.
    Handle(Box<Annotation>, usize),
    /// An annotation as a whole.
    Body(Box<Annotation>),
    /// Its label.
    Label(Box<Annotation>),
    /// The crosshair.
    Planes(PlaneGrab),
}

impl Grab {
    /// How the pointer looks over it.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        match self {
            Self::Handle(..) => Cursor::Crosshair,
            Self::Body(_)
            | Self::Label(_)
            | Self::Planes(PlaneGrab::Middle | PlaneGrab::Line(_)) => Cursor::Move,
            Self::Planes(PlaneGrab::Turn) => Cursor::Turn,
        }
    }

    /// The annotation held.
    #[must_use]
    pub fn annotation(&self) -> Option<AnnotationId> {
        match self {
            Self::Handle(annotation, _) | Self::Body(annotation) | Self::Label(annotation) => {
                Some(annotation.id)
            }
            Self::Planes(_) => None,
        }
    }
}

/// What lies under a position: the selected annotation first, then the latest drawn.
#[must_use]
pub fn grab_at(scene: &Scene<'_>, position_px: DVec2, px_per_pt: f64) -> Option<Grab> {
    let reach_px = HIT_PT * px_per_pt;
    let selected = scene.workspace.selected;
    let seen = || {
        let whole = scene
            .annotations
            .iter()
            .filter(|(_, visibility)| *visibility == Visibility::Full)
            .map(|(annotation, _)| annotation);
        let (first, rest): (Vec<_>, Vec<_>) = whole
            .rev()
            .partition(|annotation| Some(annotation.id) == selected);
        first.into_iter().chain(rest)
    };
    for annotation in seen() {
        let space = Space::of(&annotation.points);
        let nearest = annotation
            .handles()
            .into_iter()
            .enumerate()
            .filter_map(|(index, handle)| {
                let at = scene.view.screen_from_place(space, handle)?;
                Some((index, (at - position_px).length()))
            })
            .min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((index, distance)) = nearest
            && distance <= reach_px
        {
            return Some(Grab::Handle(Box::new((**annotation).clone()), index));
        }
    }
    let is_labelled = |id: AnnotationId| {
        scene
            .labels
            .iter()
            .any(|l| l.id == id && l.contains(position_px))
    };
    if let Some(annotation) = seen().find(|annotation| is_labelled(annotation.id)) {
        return Some(Grab::Label(Box::new((**annotation).clone())));
    }
    let body = seen()
        .map(|annotation| (annotation, distance_px(scene, annotation, position_px)))
        .filter(|(_, distance)| *distance <= reach_px)
        .min_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((annotation, _)) = body {
        return Some(Grab::Body(Box::new((**annotation).clone())));
    }
    planes::grab_at(scene, position_px, px_per_pt).map(Grab::Planes)
}

/// Distance from an annotation's lines, physical pixels.
fn distance_px(scene: &Scene<'_>, annotation: &Annotation, position_px: DVec2) -> f64 {
    scene
        .view
        .outlines_on_screen(annotation)
        .iter()
        .flat_map(|line| line.iter().zip(line.iter().skip(1).chain(line.last())))
        .map(|(&a, &b)| distance_to_segment(position_px, a, b))
        .fold(f64::INFINITY, f64::min)
}

fn distance_to_segment(point: DVec2, a: DVec2, b: DVec2) -> f64 {
    let along = b - a;
    let share = if along.length_squared() > 0.0 {
        ((point - a).dot(along) / along.length_squared()).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (a + along * share - point).length()
}

/// What dragging it does.
pub(super) fn drag_commands(
    scene: &Scene<'_>,
    gesture: &mut Gesture,
    grab: &Grab,
    event: &PointerEvent,
) -> Vec<Command> {
    if gesture.is_click() {
        return Vec::new();
    }
    let changed = match grab {
        Grab::Planes(planes) => return planes::drag_commands(scene, gesture, *planes, event),
        Grab::Handle(start, handle) => {
            let Some(way) = way_in_space(scene, start, gesture.start_px, event.position_px) else {
                return Vec::new();
            };
            let Some(from) = start.handles().get(*handle).copied() else {
                return Vec::new();
            };
            start.with_handle_moved(*handle, from + way)
        }
        Grab::Body(start) => {
            match way_in_space(scene, start, gesture.start_px, event.position_px) {
                Some(way) => start.translated(way),
                None => return Vec::new(),
            }
        }
        Grab::Label(start) => {
            let label = scene.labels.iter().find(|label| label.id == start.id);
            match label_moved(scene, start, gesture, label, event) {
                Some(changed) => changed,
                None => return Vec::new(),
            }
        }
    };
    vec![Command::Annotate(AnnotationEdit::Change(
        changed, gesture.id,
    ))]
}

/// The way of the pointer, in the space of an annotation's points.
fn way_in_space(
    scene: &Scene<'_>,
    annotation: &Annotation,
    from_px: DVec2,
    to_px: DVec2,
) -> Option<DVec3> {
    let space = Space::of(&annotation.points);
    Some(scene.view.place(space, to_px)? - scene.view.place(space, from_px)?)
}

/// Screen pixels a unit of an annotation's space.
#[must_use]
pub fn px_per_unit(view: &crate::view::ResolvedView, space: Space) -> Option<f64> {
    let here = view.place(space, view.middle_px())?;
    let there = view.place(space, view.middle_px() + DVec2::X)?;
    let unit = (there - here).length();
    (unit > 0.0).then(|| 1.0 / unit)
}

fn label_moved(
    scene: &Scene<'_>,
    start: &Annotation,
    gesture: &mut Gesture,
    label: Option<&LabelPlace>,
    event: &PointerEvent,
) -> Option<Annotation> {
    let space = Space::of(&start.points);
    let px_per_unit = px_per_unit(scene.view, space)?;
    let first = scene
        .view
        .screen_from_place(space, *start.handles().first()?)?;
    // Where the label stood at the press: as it says, or where it was placed by itself.
    let from = match (start.label_offset, gesture.label_px) {
        (Some(offset), _) => first + offset * px_per_unit,
        (None, Some(place)) => place,
        (None, None) => label?.min_px,
    };
    gesture.label_px.get_or_insert(from);
    let to = from + (event.position_px - gesture.start_px);
    Some(Annotation {
        label_offset: Some((to - first) / px_per_unit),
        ..start.clone()
    })
}
