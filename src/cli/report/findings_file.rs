//! `findings.json`: what `report new` is asked to measure and write.

use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;

use crate::annotation::Geometry;
use crate::annotation::Quantity;
use crate::files;
use crate::objects::sr;
use crate::objects::sr::Template;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::msg;

/// The file as it is written.
#[derive(Debug, Deserialize)]
pub(super) struct FindingsFile {
    template: Option<String>,
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) observer: String,
    /// `en` or `fr`; English if it says nothing.
    #[serde(default)]
    pub(super) language: String,
    #[serde(default)]
    pub(super) findings: Vec<FindingEntry>,
    #[serde(default)]
    pub(super) text: TextEntry,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct TextEntry {
    #[serde(default)]
    pub(super) findings: String,
    #[serde(default)]
    pub(super) impression: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct FindingEntry {
    #[serde(default)]
    pub(super) label: String,
    /// Value, scheme, meaning.
    pub(super) code: Option<[String; 3]>,
    pub(super) geometry: GeometryEntry,
    measurements: Option<Vec<String>>,
    /// Free text of an arrow.
    #[serde(default)]
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct GeometryEntry {
    #[serde(rename = "type")]
    kind: GeometryName,
    pub(super) points_mm: Option<Vec<[f64; 3]>>,
    pub(super) points_px: Option<Vec<[f64; 2]>>,
    pub(super) sop_instance_uid: Option<String>,
    /// Counted from 1.
    pub(super) frame: Option<u32>,
    /// Which series points in mm are anchored to, where several are given.
    pub(super) series_instance_uid: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum GeometryName {
    Point,
    Multipoint,
    Polyline,
    Polygon,
    Ellipse,
    Circle,
}

impl GeometryEntry {
    pub(super) const fn geometry(&self) -> Geometry {
        match self.kind {
            GeometryName::Point => Geometry::Point,
            GeometryName::Multipoint => Geometry::MultiPoint,
            GeometryName::Polyline => Geometry::Polyline,
            GeometryName::Polygon => Geometry::Polygon,
            GeometryName::Ellipse => Geometry::Ellipse,
            GeometryName::Circle => Geometry::Circle,
        }
    }
}

impl FindingEntry {
    /// What is asked for; `None` where the file leaves it to the geometry.
    ///
    /// # Errors
    /// A measurement that does not exist.
    pub(super) fn quantities(&self) -> Result<Option<Vec<Quantity>>, Message> {
        let Some(names) = &self.measurements else {
            return Ok(None);
        };
        names
            .iter()
            .map(|name| {
                Quantity::from_name(name).ok_or_else(|| {
                    let known: Vec<&str> = Quantity::ALL.iter().map(|q| q.name()).collect();
                    Message::new(msg("findings-measurement"))
                        .text("name", name)
                        .text("known", known.join(", "))
                })
            })
            .collect::<Result<Vec<Quantity>, Message>>()
            .map(Some)
    }
}

impl FindingsFile {
    pub(super) fn read(path: &Path) -> Result<Self, Problem> {
        let bytes = files::read(path).map_err(|error| Problem::error(error.message()).at(path))?;
        serde_json::from_slice(&bytes).map_err(|error| {
            Problem::error(Message::new(msg("findings-json")).text("error", error.to_string()))
                .at(PathBuf::from(path))
        })
    }

    /// The template it names, `TID1500` or `1500`; the first there is if it names none.
    ///
    /// # Errors
    /// A template that is not there.
    pub(super) fn template(&self) -> Result<&'static dyn Template, Message> {
        let first = sr::TEMPLATES.iter().copied().next();
        let found = match &self.template {
            None => first,
            Some(name) => sr::TEMPLATES.iter().copied().find(|template| {
                template.name().eq_ignore_ascii_case(name) || template.tid() == name
            }),
        };
        found.ok_or_else(|| {
            let known: Vec<&str> = sr::TEMPLATES.iter().map(|t| t.name()).collect();
            Message::new(msg("findings-template"))
                .text("name", self.template.clone().unwrap_or_default())
                .text("known", known.join(", "))
        })
    }
}
