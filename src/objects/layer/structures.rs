//! Regions of interest of an RT structure set (PS3.3 C.8.8.5, C.8.8.6, C.8.8.8): closed contours
//! become slabs, each as thick as the way to the middle between it and its neighbours.
//!
//! A contour states an area in one plane and says nothing of what lies between planes. We take it to
//! hold half-way to the next plane, as the voxels of a mask would, and draw the cut through these
//! slabs exactly; no mask is made, so a contour is as fine as its points at every zoom. Several
//! contours in a plane, and a contour that crosses or touches itself, are read by the even-odd rule:
//! an inner contour is a hole, and the two sides of a keyhole cancel.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::colour::colour_of;
use super::contour::{Contour, ContourType};
use crate::dicom::{Elements, tags};
use crate::geom::DVec3;

/// Contours nearer than this lie in one plane, mm.
const SAME_PLANE_MM: f64 = 0.05;
/// Normals that differ by less are the same (length of the difference).
const SAME_NORMAL: f64 = 0.01;
/// Planes farther apart than so many usual distances have nothing between them.
const GAP: f64 = 1.5;
/// A lone contour is this thick where nothing tells, mm.
const THICKNESS_UNKNOWN_MM: f64 = 1.0;

/// The closed contours of one plane and how far they reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Slab {
    /// Distance of the plane along the normal, mm.
    pub distance: f64,
    /// Where the slab begins and ends along the normal, mm.
    pub reach: [f64; 2],
    /// Closed polygons, patient mm; the first point is not repeated.
    pub polygons: Vec<Vec<DVec3>>,
}

/// Slabs with a common normal, ascending along it.
#[derive(Debug, Clone, PartialEq)]
pub struct SlabStack {
    /// Unit normal.
    pub normal: DVec3,
    /// The middle of the box around its points, patient mm.
    pub middle: DVec3,
    /// They do not overlap.
    pub slabs: Vec<Slab>,
}

/// A region of interest.
#[derive(Debug, Clone, PartialEq)]
pub struct Roi {
    /// ROI Number.
    pub number: u32,
    /// ROI Name.
    pub name: String,
    /// RT ROI Interpreted Type: PTV, ORGAN, EXTERNAL …; empty if not stated.
    pub interpreted_type: String,
    /// ROI Generation Algorithm.
    pub algorithm: String,
    /// ROI Display Color, else one of ours.
    pub rgb: [u8; 3],
    /// Referenced Frame of Reference UID.
    pub frame_of_reference: Option<Arc<str>>,
    /// Areas.
    pub stacks: Vec<SlabStack>,
    /// Lines, and closed contours that enclose nothing.
    pub lines: Vec<Vec<DVec3>>,
    /// Points.
    pub points: Vec<DVec3>,
    /// How many contours it has.
    pub contours: usize,
    /// Contours that could not be read.
    pub unreadable: usize,
}

/// An RT structure set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StructureSet {
    /// In the order of Structure Set ROI Sequence.
    pub rois: Vec<Roi>,
}

impl StructureSet {
    /// Reads it.
    #[must_use]
    pub fn read(root: Elements<'_>) -> Self {
        let number = |item: &Elements<'_>, tag| {
            let number = item.integer(tag)?;
            u32::try_from(number).ok()
        };
        let mut contours: BTreeMap<u32, Vec<Elements<'_>>> = BTreeMap::new();
        for item in root.items(tags::ROI_CONTOUR_SEQUENCE) {
            if let Some(roi) = number(&item, tags::REFERENCED_ROI_NUMBER) {
                contours.entry(roi).or_default().push(item);
            }
        }
        let mut types: BTreeMap<u32, String> = BTreeMap::new();
        for item in root.items(tags::RTROI_OBSERVATIONS_SEQUENCE) {
            if let Some((roi, text)) = number(&item, tags::REFERENCED_ROI_NUMBER)
                .zip(item.text(tags::RTROI_INTERPRETED_TYPE))
            {
                types.entry(roi).or_insert(text);
            }
        }
        let rois = root.items(tags::STRUCTURE_SET_ROI_SEQUENCE);
        let mut known = std::collections::BTreeSet::new();
        let rois = rois.into_iter().enumerate().filter_map(|(index, item)| {
            let own = number(&item, tags::ROI_NUMBER)?;
            if !known.insert(own) {
                return None;
            }
            let text = |tag| item.text(tag).unwrap_or_default();
            let mut roi = Roi {
                number: own,
                name: text(tags::ROI_NAME),
                interpreted_type: types.remove(&own).unwrap_or_default(),
                algorithm: text(tags::ROI_GENERATION_ALGORITHM),
                rgb: colour_of(index),
                frame_of_reference: item
                    .text(tags::REFERENCED_FRAME_OF_REFERENCE_UID)
                    .map(Into::into),
                stacks: Vec::new(),
                lines: Vec::new(),
                points: Vec::new(),
                contours: 0,
                unreadable: 0,
            };
            roi.take(contours.get(&own).map_or(&[], Vec::as_slice));
            Some(roi)
        });
        Self {
            rois: rois.collect(),
        }
    }
}

impl StructureSet {
    /// What its points take in memory.
    pub(super) fn bytes(&self) -> u64 {
        let points = self.rois.iter().map(|roi| {
            let slabs = roi.stacks.iter().flat_map(|stack| &stack.slabs);
            let areas = slabs.flat_map(|slab| &slab.polygons);
            let ways = areas.chain(&roi.lines).map(Vec::len);
            ways.sum::<usize>() + roi.points.len()
        });
        points.sum::<usize>() as u64 * size_of::<DVec3>() as u64
    }
}

impl Roi {
    /// Takes the first colour and all contours of its items of ROI Contour Sequence.
    fn take(&mut self, items: &[Elements<'_>]) {
        let rgb = items.iter().find_map(|item| {
            let levels = item.integers(tags::ROI_DISPLAY_COLOR).into_iter();
            let rgb: Option<Vec<u8>> = levels.map(|level| u8::try_from(level).ok()).collect();
            <[u8; 3]>::try_from(rgb?).ok()
        });
        self.rgb = rgb.unwrap_or(self.rgb);
        let mut closed: Vec<(DVec3, Contour)> = Vec::new();
        let all = items
            .iter()
            .flat_map(|item| item.items(tags::CONTOUR_SEQUENCE));
        for item in all {
            self.contours += 1;
            let Some(contour) = Contour::read(item) else {
                self.unreadable += 1;
                continue;
            };
            match (contour.kind, contour.area_normal()) {
                (ContourType::Closed, Some(normal)) => closed.push((normal, contour)),
                (ContourType::Point, _) => self.points.extend(contour.points),
                (ContourType::Closed, None) if contour.points.len() == 1 => {
                    self.points.extend(contour.points);
                }
                (ContourType::Closed | ContourType::Open, _) => self.lines.push(contour.points),
            }
        }
        while let Some((normal, _)) = closed.first() {
            let first = normal.normalize_or_zero();
            let is_alike = |(other, _): &(DVec3, Contour)| {
                (other.normalize_or_zero() - first).length() < SAME_NORMAL
            };
            let (alike, others): (Vec<_>, Vec<_>) = closed.into_iter().partition(is_alike);
            // A small contour's points say little of how its plane lies.
            let mean: DVec3 = alike.iter().map(|(normal, _)| *normal).sum();
            self.stacks
                .push(stack(mean.try_normalize().unwrap_or(first), alike));
            closed = others;
        }
    }
}

fn stack(normal: DVec3, contours: Vec<(DVec3, Contour)>) -> SlabStack {
    // The plane of a contour is that of the middle of its points.
    let distance = |contour: &Contour| {
        let count = contour.points.len().max(1) as f64;
        contour
            .points
            .iter()
            .map(|point| point.dot(normal))
            .sum::<f64>()
            / count
    };
    let said = contours.iter().filter_map(|(_, contour)| contour.slab_mm);
    let said = said.fold(None, |most: Option<f64>, mm| {
        Some(most.map_or(mm, |most| most.max(mm)))
    });
    let mut placed: Vec<(f64, Contour)> = contours
        .into_iter()
        .map(|(_, contour)| (distance(&contour), contour))
        .collect();
    placed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let points = || placed.iter().flat_map(|(_, contour)| &contour.points);
    let low = points().fold(DVec3::INFINITY, |low, point| low.min(*point));
    let high = points().fold(DVec3::NEG_INFINITY, |high, point| high.max(*point));
    let mut known = HashSet::new();
    let mut slabs: Vec<Slab> = Vec::new();
    for (distance, contour) in placed {
        let polygon = open_ended(contour.points);
        // Written twice it would be its own hole.
        if !known.insert(way(&polygon)) {
            continue;
        }
        match slabs.last_mut() {
            Some(slab) if distance - slab.distance <= SAME_PLANE_MM => slab.polygons.push(polygon),
            _ => slabs.push(Slab {
                distance,
                reach: [distance; 2],
                polygons: vec![polygon],
            }),
        }
    }
    let usual = said
        .or_else(|| usual_gap(&slabs))
        .unwrap_or(THICKNESS_UNKNOWN_MM);
    let distances: Vec<f64> = slabs.iter().map(|slab| slab.distance).collect();
    for (at, slab) in slabs.iter_mut().enumerate() {
        let half = |other: Option<&f64>| {
            let gap = other.map(|other| (other - slab.distance).abs());
            gap.filter(|gap| *gap <= GAP * usual).unwrap_or(usual) * 0.5
        };
        let below = half(at.checked_sub(1).and_then(|at| distances.get(at)));
        let above = half(distances.get(at + 1));
        slab.reach = [slab.distance - below, slab.distance + above];
    }
    SlabStack {
        normal,
        middle: (low + high) * 0.5,
        slabs,
    }
}

/// The same of two polygons that go the same way, wherever they begin and in whichever sense.
fn way(polygon: &[DVec3]) -> Vec<[u64; 3]> {
    let mut way: Vec<[u64; 3]> = polygon
        .iter()
        .map(|point| point.to_array().map(|part| (part + 0.0).to_bits()))
        .collect();
    let first = (0..way.len()).min_by_key(|at| way.get(*at).copied());
    way.rotate_left(first.unwrap_or(0));
    if way.get(1) > way.last() {
        way.reverse();
        way.rotate_right(1);
    }
    way
}

/// Without a last point that repeats the first.
fn open_ended(mut points: Vec<DVec3>) -> Vec<DVec3> {
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    points
}

/// The middle one of the distances between neighbouring planes.
fn usual_gap(slabs: &[Slab]) -> Option<f64> {
    let mut gaps: Vec<f64> = slabs
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] => Some(b.distance - a.distance),
            _ => None,
        })
        .collect();
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 2).copied()
}
