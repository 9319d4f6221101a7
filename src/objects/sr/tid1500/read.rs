//! TID 1500 → findings, ours and other makers'.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use crate::annotation::Anchor;
use crate::annotation::Annotation;
use crate::annotation::AnnotationId;
use crate::annotation::AnnotationKind;
use crate::annotation::Geometry;
use crate::annotation::Measurement;
use crate::annotation::Points;
use crate::dicom::codes;
use crate::dicom::new_uid;
use crate::dicom::tags;
use crate::geom::DVec3;
use crate::objects::sr::ContentItem;
use crate::objects::sr::ContentValue;
use crate::objects::sr::EvidenceImage;
use crate::objects::sr::Finding;
use crate::objects::sr::Findings;
use crate::objects::sr::ImageReference;
use crate::objects::sr::Images;
use crate::objects::sr::Language;
use crate::objects::sr::SrDocument;
use crate::objects::sr::findings::shown_text;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::Problems;
use crate::problem::msg;

pub(super) fn findings(
    document: &SrDocument,
    images: &dyn Images,
    problems: &Problems,
) -> Findings {
    let root = &document.root;
    let reader = Reader {
        root,
        evidence: document.evidence(),
        images,
    };
    let elements = document.dataset.elements();
    let mut findings = Findings {
        title: elements.text(tags::SERIES_DESCRIPTION).unwrap_or_default(),
        observer: root
            .child(codes::PERSON_OBSERVER_NAME)
            .and_then(ContentItem::text)
            .unwrap_or_default()
            .to_owned(),
        language: root
            .child(codes::LANGUAGE)
            .and_then(ContentItem::code)
            .and_then(|code| Language::from_locale(&code.value))
            .unwrap_or_default(),
        is_complete: elements.text(tags::COMPLETION_FLAG).as_deref() == Some("COMPLETE"),
        ..Findings::default()
    };
    for container in &root.children {
        if container.is_named(codes::IMAGING_MEASUREMENTS) {
            for group in &container.children {
                let read = reader.group(group);
                if read.is_empty() {
                    let label = group.child(codes::TRACKING_IDENTIFIER);
                    let label = label.and_then(ContentItem::text).unwrap_or("–");
                    problems.report(Problem::warning(
                        Message::new(msg("sr-group-without-place")).text("label", label),
                    ));
                    findings.other.push(group.clone());
                }
                findings.findings.extend(read);
            }
        } else {
            texts(container, &mut findings);
        }
    }
    findings
}

/// Free text, under whichever heading a maker puts it.
fn texts(item: &ContentItem, findings: &mut Findings) {
    let is_impression = [codes::IMPRESSION, codes::IMPRESSIONS, codes::CONCLUSION]
        .into_iter()
        .any(|name| item.is_named(name));
    let is_finding = [codes::FINDING, codes::FINDINGS]
        .into_iter()
        .any(|name| item.is_named(name));
    if let ContentValue::Text(text) = &item.value {
        let target = if is_impression {
            &mut findings.impression
        } else if is_finding {
            &mut findings.text
        } else {
            return;
        };
        if !target.is_empty() {
            target.push('\n');
        }
        target.push_str(text);
    } else if matches!(item.value, ContentValue::Container { .. }) {
        for child in &item.children {
            texts(child, findings);
        }
    }
}

struct Reader<'a> {
    root: &'a ContentItem,
    evidence: Vec<EvidenceImage>,
    images: &'a dyn Images,
}

/// Coordinates and the image they were selected from.
struct Place<'a> {
    value: &'a ContentValue,
    image: Option<&'a ImageReference>,
}

impl Reader<'_> {
    /// The annotations of a measurement group: one for each coordinates item, the values with the
    /// first. None if the group has no coordinates that can be placed.
    fn group(&self, group: &ContentItem) -> Vec<Finding> {
        let measurements: Vec<Measurement> =
            group.children.iter().filter_map(measurement).collect();
        let text_of = |concept| group.child(concept).and_then(ContentItem::text);
        let tracking_uid: Arc<str> =
            text_of(codes::TRACKING_UNIQUE_IDENTIFIER).map_or_else(|| new_uid().into(), Into::into);
        let label = text_of(codes::TRACKING_IDENTIFIER)
            .unwrap_or_default()
            .to_owned();
        let comment = group.children.iter().find(|c| is_comment(c));
        let finding = group
            .child(codes::FINDING)
            .and_then(ContentItem::code)
            .cloned();
        let kept = |anchor: &Anchor| -> Vec<ContentItem> {
            let is_source = |item: &ContentItem| {
                item.is_named(codes::SOURCE)
                    && image(item)
                        .is_some_and(|i| *i.instance.sop_instance_uid == *anchor.sop_instance_uid)
            };
            let others = group.children.iter();
            others
                .filter(|child| !is_understood(child) && !is_source(child))
                .cloned()
                .collect()
        };
        let mut found: Vec<Finding> = Vec::new();
        for place in self.places(group) {
            let Some((geometry, points, anchor)) = self.placed(&place, group) else {
                continue;
            };
            let is_first = found.is_empty();
            let has_values = is_first && !measurements.is_empty();
            let kept = if is_first { kept(&anchor) } else { Vec::new() };
            found.push(Finding {
                kept,
                annotation: Annotation {
                    id: next_id(),
                    tracking_uid: Arc::clone(&tracking_uid),
                    label: label.clone(),
                    text: shown_text(comment.and_then(ContentItem::text).unwrap_or_default()),
                    kind: kind(geometry, &points, &measurements),
                    geometry,
                    points,
                    anchor,
                    finding: finding.clone(),
                    label_offset: None,
                },
                measurements: if has_values {
                    measurements.clone()
                } else {
                    Vec::new()
                },
            });
        }
        found
    }

    /// All coordinates of a group: its regions, and those its values are inferred from, each once.
    fn places<'g>(&'g self, group: &'g ContentItem) -> Vec<Place<'g>> {
        let inferred = group
            .children
            .iter()
            .filter(|child| {
                matches!(
                    child.value,
                    ContentValue::Num(..) | ContentValue::Text(_) | ContentValue::Code(_)
                )
            })
            .flat_map(|child| child.children.iter());
        let mut places: Vec<Place<'g>> = Vec::new();
        for item in group.children.iter().chain(inferred) {
            let item = self.resolved(item);
            let is_coordinates = matches!(
                item.value,
                ContentValue::Scoord { .. } | ContentValue::Scoord3d { .. }
            );
            if is_coordinates && !places.iter().any(|place| *place.value == item.value) {
                let images = item.children.iter().map(|child| self.resolved(child));
                let image = images.into_iter().find_map(image);
                places.push(Place {
                    value: &item.value,
                    image,
                });
            }
        }
        places
    }

    fn resolved<'g>(&'g self, item: &'g ContentItem) -> &'g ContentItem {
        match &item.value {
            ContentValue::ByReference(position) => self.root.at(position).unwrap_or(item),
            _ => item,
        }
    }

    fn placed(&self, place: &Place<'_>, group: &ContentItem) -> Option<(Geometry, Points, Anchor)> {
        let image = place
            .image
            .or_else(|| group.children.iter().find_map(|c| image(self.resolved(c))));
        match place.value {
            ContentValue::Scoord { graphic, points } => {
                let space: Vec<DVec3> = points.iter().map(|p| p.extend(0.0)).collect();
                let (geometry, space) = geometry(graphic, space)?;
                let points = Points::Image(space.into_iter().map(DVec3::truncate).collect());
                Some((geometry, points, self.anchor(image?)))
            }
            ContentValue::Scoord3d {
                graphic,
                points,
                frame_of_reference,
            } => {
                let (geometry, points) = geometry(graphic, points.clone())?;
                let first = *points.first()?;
                let anchor = match image {
                    Some(image) => self.anchor(image),
                    None => self.images.nearest(frame_of_reference, first)?,
                };
                let anchor = Anchor {
                    frame_of_reference: Some(frame_of_reference.as_str().into()),
                    ..anchor
                };
                Some((geometry, Points::Patient(points), anchor))
            }
            _ => None,
        }
    }

    /// The anchor of a referenced image: as open, else as the document's evidence lists it.
    fn anchor(&self, image: &ImageReference) -> Anchor {
        let uid = &image.instance.sop_instance_uid;
        let frame = image.frames.first().map_or(0, |n| n.saturating_sub(1));
        if let Some(anchor) = self.images.find(uid) {
            return Anchor { frame, ..anchor };
        }
        let evidence = self
            .evidence
            .iter()
            .find(|e| e.instance.sop_instance_uid == *uid);
        Anchor {
            series_instance_uid: evidence
                .map_or("", |e| e.series_instance_uid.as_str())
                .into(),
            sop_instance_uid: uid.as_str().into(),
            sop_class_uid: image.instance.sop_class_uid.as_str().into(),
            frame,
            frame_of_reference: None,
            normal: None,
        }
    }
}

fn image(item: &ContentItem) -> Option<&ImageReference> {
    match &item.value {
        ContentValue::Image(image) => Some(image),
        _ => None,
    }
}

fn is_comment(item: &ContentItem) -> bool {
    item.is_named(codes::COMMENT) && matches!(item.value, ContentValue::Text(_))
}

/// Whether an item's content is in the annotation, its values or its place. References by
/// position are not kept either: positions change.
fn is_understood(item: &ContentItem) -> bool {
    let is_finding = item.is_named(codes::FINDING) && item.code().is_some();
    item.is_named(codes::TRACKING_IDENTIFIER)
        || item.is_named(codes::TRACKING_UNIQUE_IDENTIFIER)
        || is_finding
        || is_comment(item)
        || measurement(item).is_some()
        || matches!(
            item.value,
            ContentValue::Scoord { .. }
                | ContentValue::Scoord3d { .. }
                | ContentValue::ByReference(_)
        )
}

fn measurement(item: &ContentItem) -> Option<Measurement> {
    let (ContentValue::Num(Some(number), _), Some(name)) = (&item.value, &item.name) else {
        return None;
    };
    Some(Measurement {
        quantity: name.clone(),
        value: number.value,
        unit: number.unit.clone(),
        derivation: item
            .child(codes::DERIVATION)
            .and_then(ContentItem::code)
            .cloned(),
        method: item
            .child(codes::MEASUREMENT_METHOD)
            .and_then(ContentItem::code)
            .cloned(),
    })
}

/// Our geometry of a graphic type; a line that closes is a polygon, and a repeated first point
/// goes. `None` for what has the wrong number of points, and for ellipsoids.
fn geometry(graphic: &str, mut points: Vec<DVec3>) -> Option<(Geometry, Vec<DVec3>)> {
    if !points.iter().all(|p| p.is_finite()) {
        return None;
    }
    let closes = points.len() > 3 && points.first() == points.last();
    let (geometry, fits) = match graphic {
        "POINT" => (Geometry::Point, points.len() == 1),
        "MULTIPOINT" => (Geometry::MultiPoint, !points.is_empty()),
        "POLYLINE" if !closes => (Geometry::Polyline, points.len() >= 2),
        "POLYLINE" | "POLYGON" => {
            if closes {
                points.pop();
            }
            (Geometry::Polygon, points.len() >= 3)
        }
        "CIRCLE" => (Geometry::Circle, points.len() == 2),
        "ELLIPSE" => (Geometry::Ellipse, points.len() == 4),
        _ => return None,
    };
    fits.then_some((geometry, points))
}

/// What the drawing was meant as, told from its geometry and values.
fn kind(geometry: Geometry, points: &Points, measurements: &[Measurement]) -> AnnotationKind {
    let has = |code| measurements.iter().any(|m| m.quantity.is(code));
    match (geometry, points.len()) {
        (Geometry::Point, _) => AnnotationKind::Probe,
        (Geometry::Polyline, 2) if measurements.is_empty() => AnnotationKind::Arrow,
        (Geometry::Polyline, 2) => AnnotationKind::Length,
        (Geometry::Polyline, 3) if has(codes::ANGLE) => AnnotationKind::Angle,
        (Geometry::Ellipse, _) => AnnotationKind::EllipseRoi,
        (Geometry::Polygon, 4) if is_rectangle(&points.to_space()) => AnnotationKind::RectangleRoi,
        _ => AnnotationKind::Other,
    }
}

fn is_rectangle(points: &[DVec3]) -> bool {
    let &[a, b, c, d] = points else { return false };
    let (u, v) = (b - a, d - a);
    let scale = u.length() * v.length();
    // Coordinates in a file are 32-bit.
    scale > 0.0
        && u.dot(v).abs() < scale * 1e-4
        && (c - b - v).length() < (u.length() + v.length()) * 1e-4
}

fn next_id() -> AnnotationId {
    static NEXT: AtomicU64 = AtomicU64::new(1 << 32);
    AnnotationId(NEXT.fetch_add(1, Ordering::Relaxed))
}
