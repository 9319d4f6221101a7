//! A view under a presentation state: how the camera lies, whether the reader has changed it since,
//! and what is drawn over the picture.

use std::sync::Arc;

use super::resolved::{ResolvedKind, ResolvedView};
use super::state::{Camera, DataPresentation, ViewState, VoiChoice, Zoom};
use crate::geom::{DAffine2, DVec2};
use crate::imaging::FrameImage;
use crate::model::InstanceIx;
use crate::objects::presentation_state::{
    AnnotationUnits, BoundingBox, DisplayedArea, GraphicType, Justification, PresentationState,
    PresentedFrame, TextObject,
};

/// The state of a view, and whether it says anything about the frame shown.
#[derive(Debug, Clone)]
pub struct Presented {
    /// Its instance.
    pub ix: InstanceIx,
    /// The state.
    pub state: Arc<PresentationState>,
    /// It is for this frame; others are seen as without it.
    pub is_for_frame: bool,
    /// The reader has changed window, zoom or the like since it was applied.
    pub is_modified: bool,
}

impl Presented {
    /// A view by a state, on a frame that it is for or not.
    #[must_use]
    pub fn new(
        ix: InstanceIx,
        state: Arc<PresentationState>,
        view: &ViewState,
        is_for_frame: bool,
    ) -> Self {
        let untouched = DataPresentation {
            filter: view.look.filter,
            ..DataPresentation::default()
        };
        Self {
            is_modified: view.look != untouched || view.camera != UNTOUCHED,
            ix,
            state,
            is_for_frame,
        }
    }

    /// How this frame lies on screen: turned and mirrored by the state, if it is for this frame, and
    /// then by the reader.
    #[must_use]
    pub fn camera(&self, view: &ViewState) -> Camera {
        let own = view.camera;
        if !self.is_for_frame {
            let zoom = match own.zoom {
                Zoom::Presented => Zoom::Fit,
                zoom => zoom,
            };
            return Camera { zoom, ..own };
        }
        let by_state = presented_camera(&self.state);
        // A mirror that comes after a turn turns it the other way round.
        let is_mirrored = own.flip_horizontal != own.flip_vertical;
        let turn = by_state.rotation_degrees * if is_mirrored { -1.0 } else { 1.0 };
        Camera {
            rotation_degrees: (own.rotation_degrees + turn).rem_euclid(360.0),
            flip_horizontal: own.flip_horizontal != by_state.flip_horizontal,
            flip_vertical: own.flip_vertical != by_state.flip_vertical,
            ..own
        }
    }

    /// The window of the view for a frame that the state says nothing about. One that the reader
    /// chose in the state's values holds only where the image's own are the same.
    #[must_use]
    pub fn voi_elsewhere(
        &self,
        view: &ViewState,
        image: &FrameImage,
        of: PresentedFrame<'_>,
    ) -> VoiChoice {
        match view.look.voi {
            VoiChoice::Window { .. } if self.state.apply(image, of).modality != image.modality => {
                VoiChoice::default()
            }
            choice => choice,
        }
    }
}

/// The camera of a view whose presentation state the reader has not changed. In a view with a state
/// the camera's turn and mirrors are the reader's alone, done after those of the state; what the
/// state does holds on its own frames only.
pub const UNTOUCHED: Camera = Camera {
    zoom: Zoom::Presented,
    pan: DVec2::ZERO,
    rotation_degrees: 0.0,
    flip_horizontal: false,
    flip_vertical: false,
};

/// The camera that shows images as a state wants them.
#[must_use]
pub fn presented_camera(state: &PresentationState) -> Camera {
    // The state turns and then mirrors, the camera mirrors and then turns: the same with the turn
    // the other way round.
    let transformation = state.transformation;
    let turned = f64::from(transformation.rotation_degrees);
    Camera {
        zoom: Zoom::Presented,
        rotation_degrees: if transformation.is_flipped {
            (360.0 - turned).rem_euclid(360.0)
        } else {
            turned
        },
        flip_horizontal: transformation.is_flipped,
        ..Camera::default()
    }
}

/// Something drawn over the picture, in screen px of the pane. Without a colour it has the one of
/// overlays.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PresentationMark {
    Point {
        at: DVec2,
        rgb: Option<[u8; 3]>,
    },
    Line {
        points: Vec<DVec2>,
        rgb: Option<[u8; 3]>,
        /// Over that of other lines.
        thickness: f64,
        is_dashed: bool,
    },
    /// A closed line, filled.
    Area {
        points: Vec<DVec2>,
        rgb: Option<[u8; 3]>,
        opacity: f64,
    },
    Text {
        text: String,
        rgb: Option<[u8; 3]>,
        place: TextPlace,
    },
}

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TextPlace {
    /// In a box.
    Box {
        /// Its corners.
        low: DVec2,
        /// Its corners.
        high: DVec2,
        /// Quarter turns clockwise that the text is turned by.
        quarter_turns: u8,
        /// Between the sides, as the text is read.
        justification: Justification,
    },
    /// Beside a point.
    Beside(DVec2),
}

impl TextPlace {
    /// Where the text begins, and the width and height of its room as it is read; no room beside a
    /// point.
    #[must_use]
    pub fn beginning(self) -> (DVec2, DVec2) {
        match self {
            Self::Beside(at) => (at, DVec2::ZERO),
            Self::Box {
                low,
                high,
                quarter_turns,
                ..
            } => {
                let room = high - low;
                match quarter_turns % 4 {
                    0 => (low, room),
                    1 => (DVec2::new(high.x, low.y), DVec2::new(room.y, room.x)),
                    2 => (high, room),
                    _ => (DVec2::new(low.x, high.y), DVec2::new(room.y, room.x)),
                }
            }
        }
    }
}

/// The inside of a polygon (even-odd, so that one that crosses itself has one, too), as pieces of
/// the rows of a screen of this height: from and to, px.
#[must_use]
pub fn filled_rows(points: &[DVec2], height_px: u32) -> Vec<(u32, [f64; 2])> {
    let mut crossings: Vec<(u32, f64)> = Vec::new();
    let next = points.iter().cycle().skip(1);
    for (a, b) in points.iter().zip(next) {
        let (upper, lower) = if a.y < b.y { (a, b) } else { (b, a) };
        // Rows whose middle lies between the ends, the upper one with them.
        let row_from = |y: f64| (y - 0.5).ceil().clamp(0.0, f64::from(height_px)) as u32;
        for row in row_from(upper.y)..row_from(lower.y) {
            let share = (f64::from(row) + 0.5 - upper.y) / (lower.y - upper.y);
            crossings.push((row, upper.x + (lower.x - upper.x) * share));
        }
    }
    crossings.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    // A closed line crosses every row an even number of times.
    let pairs = crossings.as_chunks::<2>().0.iter();
    pairs
        .map(|[(row, from), (_, to)]| (*row, [*from, *to]))
        .collect()
}

/// Letters are at most this much larger than others on the image, to fill a box made for it.
const LARGEST: f64 = 2.0;
/// Height of a line over the size of its letters.
const LEADING: f64 = 1.3;

/// The size of the letters of so many lines: as high as their room allows, within reason, and never
/// below `plain`, since a text need not stay inside its box. `widest` is the width of the longest
/// line in letters of a size.
#[must_use]
pub fn letter_size(plain: f64, lines: usize, room: DVec2, widest: impl FnOnce(f64) -> f64) -> f64 {
    let within = |size: f64| size.clamp(plain, plain * LARGEST);
    let size = within(room.y / (lines.max(1) as f64 * LEADING));
    if size == plain {
        return plain;
    }
    let width = widest(size).max(1e-9);
    within(size * (room.x / width).min(1.0))
}

/// What a state draws over a frame (from 0) of an image, lowest layer first.
#[must_use]
pub fn presentation_marks(
    state: &PresentationState,
    sop_instance_uid: &str,
    frame: u32,
    view: &ResolvedView,
) -> Vec<PresentationMark> {
    let ResolvedKind::Image {
        image_from_screen,
        image_size,
        ..
    } = &view.kind
    else {
        return Vec::new();
    };
    let whole = DisplayedArea::whole(*image_size);
    let area = state.area(sop_instance_uid, frame).unwrap_or(&whole);
    let screen_from_image = image_from_screen.inverse();
    let spaces = Spaces {
        from_pixel: screen_from_image * DAffine2::from_translation(DVec2::splat(-0.5)),
        from_display: screen_from_image * area.image_from_fraction(state.transformation),
    };
    let mut marks = Vec::new();
    for annotation in state.annotations_of(sop_instance_uid, frame) {
        let layer = state.layer(&annotation.layer).and_then(|layer| layer.rgb);
        for object in &annotation.graphics {
            let space = spaces.of(object.units);
            let aspect = space.matrix2.y_axis.length() / space.matrix2.x_axis.length().max(1e-12);
            let outline = object.outline(aspect);
            let points: Vec<DVec2> = outline
                .iter()
                .map(|at| space.transform_point2(*at))
                .collect();
            if points.iter().any(|point| !point.is_finite()) {
                continue;
            }
            let rgb = object.line_rgb.or(layer);
            if let (GraphicType::Point, Some(at)) = (object.graphic_type, points.first()) {
                marks.push(PresentationMark::Point { at: *at, rgb });
                continue;
            }
            if object.is_filled {
                marks.push(PresentationMark::Area {
                    points: points.clone(),
                    rgb: object.fill_rgb.or(rgb),
                    opacity: object.fill_opacity,
                });
            }
            marks.push(PresentationMark::Line {
                points,
                rgb,
                thickness: object.thickness,
                is_dashed: object.is_dashed,
            });
        }
        for text in &annotation.texts {
            marks.extend(text_marks(text, &spaces, text.rgb.or(layer)));
        }
    }
    marks
}

/// Screen px from what positions are counted in.
struct Spaces {
    from_pixel: DAffine2,
    from_display: DAffine2,
}

impl Spaces {
    const fn of(&self, units: AnnotationUnits) -> &DAffine2 {
        match units {
            AnnotationUnits::Pixel => &self.from_pixel,
            AnnotationUnits::Display => &self.from_display,
        }
    }
}

/// A text and, where its anchor is to be seen, a line from the box to it.
fn text_marks(text: &TextObject, spaces: &Spaces, rgb: Option<[u8; 3]>) -> Vec<PresentationMark> {
    let anchor = text
        .anchor
        .map(|anchor| (spaces.of(anchor.units).transform_point2(anchor.at), anchor));
    let place = match (&text.bounding_box, anchor) {
        (Some(bounding_box), _) => boxed(bounding_box, spaces.of(bounding_box.units)),
        (None, Some((at, _))) => TextPlace::Beside(at),
        (None, None) => return Vec::new(),
    };
    let mut marks = Vec::new();
    if let Some((at, _)) = anchor.filter(|(_, anchor)| anchor.is_visible) {
        if let TextPlace::Box { low, high, .. } = place {
            marks.push(PresentationMark::Line {
                points: vec![at.clamp(low, high), at],
                rgb,
                thickness: 1.0,
                is_dashed: false,
            });
        }
        marks.push(PresentationMark::Point { at, rgb });
    }
    marks.push(PresentationMark::Text {
        text: text.text.clone(),
        rgb,
        place,
    });
    let is_on_screen = |mark: &PresentationMark| match mark {
        PresentationMark::Text {
            place: TextPlace::Box { low, high, .. },
            ..
        } => low.is_finite() && high.is_finite(),
        PresentationMark::Text {
            place: TextPlace::Beside(at),
            ..
        } => at.is_finite(),
        PresentationMark::Line { points, .. } => points.iter().all(|at| at.is_finite()),
        _ => true,
    };
    marks.retain(is_on_screen);
    marks
}

/// The text runs from the top left corner to the bottom right one wherever these have come to lie
/// (C.10.5.1.1); in a mirrored picture it cannot, and stays as it is read.
fn boxed(bounding_box: &BoundingBox, space: &DAffine2) -> TextPlace {
    let a = space.transform_point2(bounding_box.top_left);
    let b = space.transform_point2(bounding_box.bottom_right);
    let is_mirrored = space.matrix2.determinant() < 0.0;
    let quarter_turns = match (b.x < a.x, b.y < a.y) {
        (true, true) => 2,
        (true, false) if !is_mirrored => 1,
        (false, true) if !is_mirrored => 3,
        _ => 0,
    };
    TextPlace::Box {
        low: a.min(b),
        high: a.max(b),
        quarter_turns,
        justification: bounding_box.justification,
    }
}
