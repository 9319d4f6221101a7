//! Synthetic objects that are laid over images.

use crate::common::{Element, SyntheticImage, Value};

pub const SEGMENTATION: &str = "1.2.840.10008.5.1.4.1.1.66.4";
pub const LABEL_MAP: &str = "1.2.840.10008.5.1.4.1.1.66.7";
pub const STRUCTURE_SET: &str = "1.2.840.10008.5.1.4.1.1.481.3";
pub const DOSE: &str = "1.2.840.10008.5.1.4.1.1.481.2";
/// The frame of reference of [`SyntheticImage::new`].
pub const SPACE: &str = "1.2.3.4.5.4";

fn text(group: u16, element: u16, vr: &'static str, value: &str) -> Element {
    Element::text(group, element, vr, value)
}

fn items(group: u16, element: u16, items: Vec<Vec<Element>>) -> Element {
    Element::new(group, element, "SQ", Value::Items(items))
}

fn numbers(values: &[f64]) -> String {
    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
    values.join("\\")
}

/// Where a frame of a segmentation lies, or which image it was made of.
#[derive(Clone)]
pub enum Place {
    Patient([f64; 3]),
    Image(&'static str, u32),
    /// Made of all of these, each of whole images.
    Images(Vec<&'static str>),
    /// With Spatial Locations Preserved.
    Derived(&'static str, &'static str),
    /// Both a place and an image.
    PatientOf([f64; 3], &'static str),
    Nowhere,
}

impl Place {
    fn position(&self) -> Option<[f64; 3]> {
        match self {
            Self::Patient(position) | Self::PatientOf(position, _) => Some(*position),
            _ => None,
        }
    }

    /// Items of Source Image Sequence.
    fn sources(&self) -> Vec<Vec<Element>> {
        let named = |uid: &str| vec![text(0x0008, 0x1155, "UI", uid)];
        match self {
            Self::Image(uid, number) => {
                let mut source = named(uid);
                source.push(text(0x0008, 0x1160, "IS", &(number + 1).to_string()));
                vec![source]
            }
            Self::Images(uids) => uids.iter().map(|uid| named(uid)).collect(),
            Self::Derived(uid, preserved) => {
                let mut source = named(uid);
                source.push(text(0x0028, 0x135A, "CS", preserved));
                vec![source]
            }
            Self::PatientOf(_, uid) => vec![named(uid)],
            Self::Patient(_) | Self::Nowhere => Vec::new(),
        }
    }
}

/// A frame with this segment names none.
pub const UNNAMED: u16 = u16::MAX;

/// A frame of a segmentation.
#[derive(Clone)]
pub struct Frame {
    pub segment: u16,
    pub place: Place,
    /// Temporal Position Index.
    pub phase: Option<u32>,
}

impl Frame {
    pub const fn new(segment: u16, place: Place) -> Self {
        Self {
            segment,
            place,
            phase: None,
        }
    }
}

pub fn at(segment: u16, position: [f64; 3]) -> Frame {
    Frame::new(segment, Place::Patient(position))
}

/// A segmentation of any type.
pub struct Seg {
    pub kind: &'static str,
    pub size: [u16; 2],
    pub frames: Vec<Frame>,
    pub samples: Vec<i64>,
    /// Between rows, between columns.
    pub spacing: [f64; 2],
    pub slice_mm: Option<f64>,
    pub orientation: [f64; 6],
    /// Number, label, colour.
    pub segments: Vec<(u16, &'static str, Option<[u16; 3]>)>,
    pub bits: u16,
}

impl Seg {
    /// Rows × columns, 1 mm, axial.
    pub fn new(kind: &'static str, size: [u16; 2], frames: Vec<Frame>, samples: Vec<i64>) -> Self {
        Self {
            kind,
            size,
            frames,
            samples,
            spacing: [1.0, 1.0],
            slice_mm: None,
            orientation: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
            segments: vec![(1, "Liver", None), (2, "Spleen", None)],
            bits: if kind == "BINARY" { 1 } else { 8 },
        }
    }

    pub fn image(&self) -> SyntheticImage {
        let segments = self.segments.iter().map(|(number, label, lab)| {
            let mut item = vec![
                Element::u16(0x0062, 0x0004, *number),
                text(0x0062, 0x0005, "LO", label),
                text(0x0062, 0x0008, "CS", "MANUAL"),
            ];
            if let Some(lab) = lab {
                item.push(Element::new(0x0062, 0x000D, "US", Value::U16(lab.to_vec())));
            }
            item.push(items(
                0x0062,
                0x000F,
                vec![vec![text(0x0008, 0x0104, "LO", "Organ")]],
            ));
            item.push(text(0x0062, 0x0020, "UT", "lesion 1"));
            item
        });
        let mut measures = Vec::new();
        if let Some(mm) = self.slice_mm {
            measures.push(text(0x0018, 0x0088, "DS", &mm.to_string()));
        }
        measures.push(text(0x0028, 0x0030, "DS", &numbers(&self.spacing)));
        let has_place = self
            .frames
            .iter()
            .any(|frame| frame.place.position().is_some());
        let mut shared = Vec::new();
        if has_place {
            let orientation = text(0x0020, 0x0037, "DS", &numbers(&self.orientation));
            shared.push(items(0x0020, 0x9116, vec![vec![orientation]]));
        }
        shared.push(items(0x0028, 0x9110, vec![measures]));
        let frames = self.frames.iter().map(|frame| {
            let mut groups = Vec::new();
            let sources = frame.place.sources();
            if !sources.is_empty() {
                let derivation = vec![items(0x0008, 0x2112, sources)];
                groups.push(items(0x0008, 0x9124, vec![derivation]));
            }
            if let Some(phase) = frame.phase {
                let phase = Element::new(0x0020, 0x9128, "UL", Value::U32(vec![phase]));
                groups.push(items(0x0020, 0x9111, vec![vec![phase]]));
            }
            if let Some(position) = frame.place.position() {
                let position = text(0x0020, 0x0032, "DS", &numbers(&position));
                groups.push(items(0x0020, 0x9113, vec![vec![position]]));
            }
            if self.kind != "LABELMAP" && frame.segment != UNNAMED {
                let segment = Element::u16(0x0062, 0x000B, frame.segment);
                groups.push(items(0x0062, 0x000A, vec![vec![segment]]));
            }
            groups
        });
        let class = if self.kind == "LABELMAP" {
            LABEL_MAP
        } else {
            SEGMENTATION
        };
        let mut image = SyntheticImage::new(self.size[0], self.size[1])
            .bits(self.bits, self.bits)
            .text(0x0008, 0x0016, "UI", class)
            .text(0x0008, 0x0060, "CS", "SEG")
            .sop_instance("1.2.3.4.66.1")
            .series("1.2.3.4.66")
            .text(0x0062, 0x0001, "CS", self.kind)
            .element(items(0x0062, 0x0002, segments.collect()))
            .element(items(0x5200, 0x9229, vec![shared]))
            .element(items(0x5200, 0x9230, frames.collect()))
            .without(0x0020, 0x0032)
            .without(0x0020, 0x0037)
            .without(0x0028, 0x0030)
            .pixels_all(self.frames.len(), self.samples.clone());
        if self.kind == "FRACTIONAL" {
            image = image
                .text(0x0062, 0x0010, "CS", "PROBABILITY")
                .element(Element::u16(0x0062, 0x000E, 200));
        }
        if !has_place {
            image = image.without(0x0020, 0x0052);
        }
        image
    }
}

/// A region of a structure set: name, type, its contours as geometric type and points.
pub struct Region {
    pub number: i32,
    pub name: &'static str,
    pub kind: &'static str,
    pub rgb: Option<[u8; 3]>,
    pub space: Option<&'static str>,
    pub contours: Vec<(&'static str, Vec<[f64; 3]>)>,
    /// The images its contours name.
    pub images: Vec<&'static str>,
}

pub fn region(
    number: i32,
    name: &'static str,
    contours: Vec<(&'static str, Vec<[f64; 3]>)>,
) -> Region {
    Region {
        number,
        name,
        kind: "ORGAN",
        rgb: Some([10, 200, 30]),
        space: Some(SPACE),
        contours,
        images: Vec::new(),
    }
}

pub fn square(min: [f64; 2], max: [f64; 2], z: f64) -> Vec<[f64; 3]> {
    vec![
        [min[0], min[1], z],
        [max[0], min[1], z],
        [max[0], max[1], z],
        [min[0], max[1], z],
    ]
}

pub fn structure_set(regions: &[Region]) -> SyntheticImage {
    let rois = regions.iter().map(|region| {
        let mut item = vec![text(0x3006, 0x0022, "IS", &region.number.to_string())];
        if let Some(space) = region.space {
            item.push(text(0x3006, 0x0024, "UI", space));
        }
        item.push(text(0x3006, 0x0026, "LO", region.name));
        item
    });
    let contours = regions.iter().map(|region| {
        let mut item = Vec::new();
        if let Some(rgb) = region.rgb {
            item.push(text(0x3006, 0x002A, "IS", &numbers(&rgb.map(f64::from))));
        }
        let contours = region.contours.iter().map(|(kind, points)| {
            let images = region.images.iter();
            let images = images.map(|uid| vec![text(0x0008, 0x1155, "UI", uid)]);
            vec![
                items(0x3006, 0x0016, images.collect()),
                text(0x3006, 0x0042, "CS", kind),
                text(0x3006, 0x0046, "IS", &points.len().to_string()),
                text(0x3006, 0x0050, "DS", &numbers(points.as_flattened())),
            ]
        });
        item.push(items(0x3006, 0x0040, contours.collect()));
        item.push(text(0x3006, 0x0084, "IS", &region.number.to_string()));
        item
    });
    let observations = regions.iter().map(|region| {
        vec![
            text(0x3006, 0x0084, "IS", &region.number.to_string()),
            text(0x3006, 0x00A4, "CS", region.kind),
        ]
    });
    SyntheticImage::new(0, 0)
        .text(0x0008, 0x0016, "UI", STRUCTURE_SET)
        .text(0x0008, 0x0060, "CS", "RTSTRUCT")
        .sop_instance("1.2.3.4.481.3")
        .series("1.2.3.4.481")
        .text(0x3006, 0x0002, "SH", "Plan 1")
        .element(items(0x3006, 0x0020, rois.collect()))
        .element(items(0x3006, 0x0039, contours.collect()))
        .element(items(0x3006, 0x0080, observations.collect()))
        .without(0x0020, 0x0052)
        .without(0x0020, 0x0032)
        .without(0x0020, 0x0037)
        .without(0x0028, 0x0030)
}

/// A dose of 2 rows × 3 columns, 5 mm; the stored values count up.
pub fn dose_grid(offsets: &[f64], bits: u16, scaling: &str) -> SyntheticImage {
    let frames = offsets.len();
    SyntheticImage::new(2, 3)
        .bits(bits, bits)
        .text(0x0008, 0x0016, "UI", DOSE)
        .text(0x0008, 0x0060, "CS", "RTDOSE")
        .sop_instance("1.2.3.4.481.2")
        .series("1.2.3.4.482")
        .text(0x3004, 0x0002, "CS", "GY")
        .text(0x3004, 0x0004, "CS", "PHYSICAL")
        .text(0x3004, 0x000A, "CS", "PLAN")
        .text(0x3004, 0x000C, "DS", &numbers(offsets))
        .text(0x3004, 0x000E, "DS", scaling)
        .element(items(
            0x300C,
            0x0002,
            vec![vec![text(0x0008, 0x1155, "UI", "1.2.3.4.481.5")]],
        ))
        .position([10.0, 20.0, 30.0])
        .spacing(5.0, 5.0)
        .pixels_all(frames, (0..frames as i64 * 6).collect())
}
