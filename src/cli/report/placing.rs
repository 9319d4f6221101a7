//! Entries of a findings file as annotations on the images that are open.

use super::findings_file::FindingEntry;
use crate::annotation::Anchor;
use crate::annotation::Annotation;
use crate::annotation::AnnotationId;
use crate::annotation::AnnotationKind;
use crate::annotation::Code;
use crate::annotation::Geometry;
use crate::annotation::PixelSource as _;
use crate::annotation::Points;
use crate::annotation::pixel_from_patient;
use crate::dicom::new_uid;
use crate::engine::LoadedPixels;
use crate::geom::DVec2;
use crate::geom::DVec3;
use crate::model::DisplaySet;
use crate::model::FrameKey;
use crate::model::Instance;
use crate::model::Library;
use crate::objects::sr;
use crate::problem::Message;
use crate::problem::msg;
use crate::view::NoFrames;

/// Without a frame of reference, points in patient mm must lie this near to the plane of an image
/// to be drawn on it.
const ON_IMAGE_MM: f64 = 0.5;

/// The open instance of a UID.
pub(super) fn instance<'a>(library: &'a Library, sop_instance_uid: &str) -> Option<&'a Instance> {
    library
        .namesakes(sop_instance_uid)
        .next()
        .map(|instance| &**instance)
}

/// The entry as an annotation on an image.
pub(super) fn placed(
    library: &Library,
    entry: &FindingEntry,
    label: &str,
) -> Result<Annotation, Message> {
    let shape = &entry.geometry;
    let (points, anchor) = match (&shape.points_mm, &shape.points_px) {
        (Some(points), None) => {
            let points: Vec<DVec3> = points.iter().map(|&p| DVec3::from_array(p)).collect();
            in_patient(library, shape.series_instance_uid.as_deref(), points)?
        }
        (None, Some(points)) => {
            let points = points.iter().map(|&p| DVec2::from_array(p)).collect();
            let uid = shape
                .sop_instance_uid
                .as_deref()
                .ok_or_else(|| Message::new(msg("findings-needs-image")))?;
            (Points::Image(points), on_image(library, uid, shape.frame)?)
        }
        _ => return Err(Message::new(msg("findings-needs-points"))),
    };
    let annotation = Annotation {
        id: AnnotationId(0),
        tracking_uid: new_uid().into(),
        label: label.to_owned(),
        text: entry.text.clone(),
        kind: AnnotationKind::Other,
        geometry: shape.geometry(),
        points: open(shape.geometry(), &points),
        anchor,
        finding: entry
            .code
            .as_ref()
            .map(|[value, scheme, meaning]| Code::new(value, scheme, meaning)),
        label_offset: None,
    };
    if annotation.is_writable() {
        Ok(annotation)
    } else {
        Err(Message::new(msg("findings-points-wrong")))
    }
}

/// A polygon may repeat its first point at the end or not.
fn open(geometry: Geometry, points: &Points) -> Points {
    let mut space = points.to_space();
    if geometry == Geometry::Polygon && space.len() > 3 && space.first() == space.last() {
        space.pop();
    }
    points.like(space)
}

fn on_image(library: &Library, uid: &str, frame: Option<u32>) -> Result<Anchor, Message> {
    let absent = || Message::new(msg("findings-no-such-image")).text("uid", uid);
    let instance = instance(library, uid).ok_or_else(absent)?;
    // Frames are counted from 1 outside.
    let number = frame.unwrap_or(1);
    let count = instance.facts.frame_count;
    if number == 0 || number > count {
        return Err(Message::new(msg("findings-no-such-frame"))
            .count("frame", number as usize)
            .count("count", count as usize));
    }
    sr::anchor_of(library, instance, number - 1).ok_or_else(absent)
}

/// Points in patient mm, anchored to the nearest image of the series.
fn in_patient(
    library: &Library,
    series_instance_uid: Option<&str>,
    points: Vec<DVec3>,
) -> Result<(Points, Anchor), Message> {
    let nowhere = || Message::new(msg("findings-no-space"));
    let first = points
        .first()
        .copied()
        .ok_or_else(|| Message::new(msg("findings-needs-points")))?;
    let set = spatial_set(library, series_instance_uid).ok_or_else(nowhere)?;
    let plane_of = |key: &FrameKey| {
        let instance = library.instance(key.instance)?;
        Some((instance, instance.facts.frame(key.frame)?.plane?))
    };
    let distance_mm = |key: &FrameKey| {
        let (_, plane) = plane_of(key)?;
        Some((first - plane.origin).dot(plane.normal()).abs())
    };
    let (_, key) = set
        .frames
        .iter()
        .filter_map(|key| Some((distance_mm(key)?, key)))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .ok_or_else(nowhere)?;
    let (instance, _) = plane_of(key).ok_or_else(nowhere)?;
    let anchor = sr::anchor_of(library, instance, key.frame).ok_or_else(nowhere)?;
    if anchor.frame_of_reference.is_some() {
        return Ok((Points::Patient(points), anchor));
    }
    // Patient coordinates need a frame of reference to be written; without one the points are
    // drawn on the image they lie on.
    let images = LoadedPixels {
        library,
        frames: &NoFrames,
        patient: library.study_of(key.instance).map(|study| study.patient),
    };
    let image = images.image(&anchor).ok_or_else(nowhere)?;
    let (Some(plane), Some(spacing)) = (image.plane, image.spacing) else {
        return Err(nowhere());
    };
    let pixels: Option<Vec<DVec2>> = points
        .iter()
        .map(|&point| {
            let (pixel, distance_mm) = pixel_from_patient(&plane, spacing, point);
            (distance_mm.abs() <= ON_IMAGE_MM).then_some(pixel)
        })
        .collect();
    let pixels = pixels.ok_or_else(|| Message::new(msg("findings-no-frame-of-reference")))?;
    Ok((Points::Image(pixels), anchor))
}

/// The series asked for; else the first that makes a volume, else the first that lies in space.
fn spatial_set<'a>(library: &'a Library, series: Option<&str>) -> Option<&'a DisplaySet> {
    let has_plane = |set: &&DisplaySet| {
        set.frames.iter().any(|key| {
            let instance = library.instance(key.instance);
            let facts = instance.and_then(|instance| instance.facts.frame(key.frame));
            facts.is_some_and(|facts| facts.plane.is_some())
        })
    };
    let is_wanted =
        |set: &&DisplaySet| series.is_none_or(|series| *set.series_instance_uid == *series);
    let sets = || library.display_sets().filter(is_wanted);
    sets()
        .find(|set| set.volume.is_ok())
        .or_else(|| sets().find(has_plane))
}
