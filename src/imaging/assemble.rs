//! A decoded frame and its header become a [`FrameImage`].
//!
//! [`ImageAttributes`] is read once an instance and shared by its frames.

use std::sync::Arc;

use super::calibration::CalibratedPixels;
use super::colour_profile::ColourProfile;
use super::frame_image::FrameImage;
use super::frame_image::ImagePlane;
use super::frame_image::LossyNote;
use super::frame_image::ModalityTransform;
use super::frame_image::NamedVoi;
use super::frame_image::PaddingRange;
use super::frame_image::PixelSpacing;
use super::frame_image::Units;
use super::frame_image::VoiFunction;
use super::frame_image::VoiTransform;
use super::lut::Lut;
use super::marks::FrameMarks;
use super::marks::FrameOverlay;
use super::value_maps::Meaning;
use crate::dicom::DecodedFrame;
use crate::dicom::Elements;
use crate::dicom::InstanceHeader;
use crate::dicom::Photometric;
use crate::dicom::Samples;
use crate::dicom::modules::ColourSpaceModule;
use crate::dicom::modules::DisplayShutter;
use crate::dicom::modules::FunctionalGroups;
use crate::dicom::modules::ImagePixelModule;
use crate::dicom::modules::InstanceFacts;
use crate::dicom::modules::LutTable;
use crate::dicom::modules::ModalityModule;
use crate::dicom::modules::OverlayBits;
use crate::dicom::modules::OverlayPlane;
use crate::dicom::modules::RealWorldValueMap;
use crate::dicom::modules::SpacingModule;
use crate::dicom::modules::UltrasoundRegion;
use crate::dicom::modules::UnitName;
use crate::dicom::modules::VoiModule;
use crate::dicom::modules::lossy_ratio;
use crate::dicom::modules::padding_range;
use crate::dicom::modules::suv_bw_factor;
use crate::dicom::sop_class::PARAMETRIC_MAP_STORAGE;
use crate::dicom::tags;
use crate::problem::{Message, msg};

/// What the header says about showing and measuring, for every frame of one instance.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageAttributes {
    /// One for each frame that describes itself; the last holds for all that follow.
    frames: Vec<FrameAttributes>,
    /// Frames that the instance has; one beyond lies nowhere.
    frame_count: u32,
    padding: Option<PaddingRange>,
    lossy: Option<LossyNote>,
    /// Of colour samples wider than a byte.
    bits_stored: u32,
    /// Ultrasound regions, whose calibration depends on the place in the picture.
    regions: Arc<[UltrasoundRegion]>,
    suv_bw_factor: Option<f64>,
    /// What Presentation LUT Shape makes of grey, if the image states one.
    presentation: Option<Photometric>,
    overlays: Vec<Arc<OverlayPlane>>,
    /// Overlays that cannot be shown, a sentence each.
    overlay_faults: Vec<Message>,
    size: [u32; 2],
}

#[derive(Debug, Clone, PartialEq)]
struct FrameAttributes {
    shutter: Option<Arc<DisplayShutter>>,
    shutter_faults: Vec<Message>,
    modality: ModalityTransform,
    units: Units,
    mapped: Option<(f64, f64)>,
    value_maps: Arc<[RealWorldValueMap]>,
    vois: Arc<[NamedVoi]>,
    plane: Option<ImagePlane>,
    pixels: CalibratedPixels,
    colour: FrameColour,
}

/// `None` for grey, and for the colours of the screen.
type FrameColour = Option<Result<Arc<ColourProfile>, Message>>;

impl FrameAttributes {
    /// Height over width of a pixel on screen.
    fn pixel_aspect(&self) -> f64 {
        let spacing = self.pixels.spacing;
        spacing.map_or(self.pixels.aspect, |mm| mm.row_mm / mm.column_mm)
    }
}

impl ImageAttributes {
    /// Reads them. Nothing here fails: what is absent or wrong is left out.
    #[must_use]
    pub fn read(header: &InstanceHeader) -> Self {
        let root = header.dataset.elements();
        let facts = InstanceFacts::read(header);
        let groups = FunctionalGroups::read(root);
        let regions: Arc<[UltrasoundRegion]> = UltrasoundRegion::read_all(root).into();
        let mut frames: Vec<FrameAttributes> = Vec::with_capacity(facts.frames.len());
        let photometric = root
            .text(tags::PHOTOMETRIC_INTERPRETATION)
            .unwrap_or_default();
        let is_colour = header.pixel_data.is_some()
            && (facts.pixel.samples_per_pixel == 3 || photometric == "PALETTE COLOR");
        let mut profiles = Profiles::default();
        for (index, frame) in facts.frames.iter().enumerate() {
            let plane = frame.plane.map(|plane| ImagePlane {
                origin: plane.origin,
                row: plane.row,
                column: plane.column,
                frame_of_reference: facts.frame_of_reference.clone(),
            });
            let mut spacing =
                SpacingModule::read(root, groups.group(index, tags::PIXEL_MEASURES_SEQUENCE));
            // A video states the shape of its pixels in the stream.
            let video = header.video.as_ref();
            spacing.aspect = spacing
                .aspect
                .or_else(|| video.and_then(|video| video.pixel_aspect()));
            let pixels = CalibratedPixels::choose(
                &spacing,
                &regions,
                &facts.sop_class_uid,
                &root.text(tags::MODALITY).unwrap_or_default(),
                plane.is_some(),
            );
            let transformation = groups.group(index, tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE);
            let module = ModalityModule::read(root, transformation, &facts.pixel);
            let voi_elements = groups.group(index, tags::FRAME_VOILUT_SEQUENCE);
            let mut meaning = Meaning {
                vois: named_vois(voi_elements, &module, &facts.pixel),
                units: units(&module.unit),
                modality: modality_transform(module),
                mapped: None,
            };
            let is_parametric_map = &*facts.sop_class_uid == PARAMETRIC_MAP_STORAGE;
            let maps = RealWorldValueMap::read_all(&groups, index, &facts.pixel);
            let value_maps =
                meaning.take(maps, is_parametric_map, stored_range(header, &facts.pixel));
            let vois = meaning.vois;
            let shared_vois = frames
                .last()
                .filter(|last| *last.vois == *vois)
                .map(|last| Arc::clone(&last.vois));
            let (shutter, shutter_faults) =
                DisplayShutter::read(groups.group(index, tags::FRAME_DISPLAY_SHUTTER_SEQUENCE));
            let shared_shutter = frames.last().and_then(|last| last.shutter.as_ref());
            let shared_shutter = shared_shutter
                .filter(|last| Some(&***last) == shutter.as_ref())
                .map(Arc::clone);
            frames.push(FrameAttributes {
                shutter: shared_shutter.or_else(|| shutter.map(Arc::new)),
                shutter_faults,
                units: meaning.units,
                modality: meaning.modality,
                mapped: meaning.mapped,
                value_maps: { frames.last() }
                    .filter(|last| *last.value_maps == *value_maps)
                    .map_or(value_maps, |last| Arc::clone(&last.value_maps)),
                vois: shared_vois.unwrap_or_else(|| vois.into()),
                plane,
                pixels,
                colour: is_colour
                    .then(|| profiles.get(ColourSpaceModule::read(root, &groups, index)))
                    .flatten(),
            });
        }
        let (overlays, overlay_faults) = OverlayPlane::read_all(root, &facts.pixel);
        Self {
            suv_bw_factor: suv_bw_factor(root),
            presentation: presentation(root),
            overlays: overlays.into_iter().map(Arc::new).collect(),
            overlay_faults,
            size: [facts.pixel.columns, facts.pixel.rows],
            frames,
            frame_count: facts.frame_count,
            padding: padding_range(root, &facts.pixel)
                .map(|(low, high)| PaddingRange { low, high }),
            bits_stored: facts.pixel.bits_stored,
            lossy: lossy_ratio(root, &header.transfer_syntax).map(|ratio| LossyNote { ratio }),
            regions,
        }
    }

    /// The image of a frame (from 0) from its decoded samples; overlays that lie in the pixel
    /// data are left out, see [`Self::frame_image_with`].
    #[must_use]
    pub fn frame_image(&self, frame: u32, decoded: DecodedFrame) -> FrameImage {
        self.frame_image_with(frame, decoded, |_| None)
    }

    /// The same; `cell_bits` gives a bit of every cell of the frame, packed, and is asked for where
    /// an overlay lies in the pixel data.
    #[must_use]
    pub fn frame_image_with(
        &self,
        frame: u32,
        decoded: DecodedFrame,
        cell_bits: impl Fn(u32) -> Option<Vec<u8>>,
    ) -> FrameImage {
        let marks = self.marks(frame, cell_bits);
        let is_grey = decoded.samples.samples_per_pixel() == 1;
        let attributes = self.of(frame);
        let grey = attributes.filter(|_| is_grey);
        let is_float = matches!(decoded.samples, Samples::F32(_) | Samples::F64(_));
        FrameImage {
            rows: decoded.rows,
            columns: decoded.columns,
            photometric: self
                .presentation
                .filter(|_| is_grey)
                .unwrap_or(decoded.photometric),
            presentation: None,
            // Modality, padding and windows are for grey images alone (PS3.3 C.11.1, C.7.5.1.1.2).
            modality: grey.map_or(ModalityTransform::Identity, |a| {
                table_for_integers(a.modality.clone(), is_float)
            }),
            units: grey.map_or(Units::None, |a| a.units.clone()),
            mapped: grey.and_then(|a| a.mapped),
            value_maps: grey.map_or_else(|| Arc::from([]), |a| Arc::clone(&a.value_maps)),
            padding: self.padding.filter(|_| is_grey),
            vois: grey.map_or_else(|| Arc::from([]), |a| Arc::clone(&a.vois)),
            plane: self.plane(frame).cloned(),
            spacing: attributes.and_then(|a| a.pixels.spacing),
            aspect: attributes.map_or(1.0, |a| a.pixels.aspect),
            regions: Arc::clone(&self.regions),
            lossy: self.lossy.clone(),
            suv_bw_factor: self.suv_bw_factor.filter(|_| is_grey),
            marks: marks.map(Arc::new),
            colour: attributes
                .filter(|_| !is_grey)
                .and_then(|a| a.colour.clone()),
            missing: decoded.missing,
            samples: shown(decoded.samples, self.bits_stored),
        }
    }

    /// What lies over a frame; `None` if nothing does or could.
    fn marks(&self, frame: u32, cell_bits: impl Fn(u32) -> Option<Vec<u8>>) -> Option<FrameMarks> {
        let attributes = self.of(frame);
        let shutter = attributes.and_then(|a| a.shutter.as_ref());
        let shutter_faults = attributes.map_or(&[][..], |a| &a.shutter_faults);
        if self.overlays.is_empty()
            && self.overlay_faults.is_empty()
            && shutter.is_none()
            && shutter_faults.is_empty()
        {
            return None;
        }
        let mut marks = FrameMarks {
            faults: [&self.overlay_faults, shutter_faults].concat(),
            ..FrameMarks::default()
        };
        for plane in &self.overlays {
            let Some(first_bit) = plane.first_bit(frame) else {
                continue;
            };
            let bits = match &plane.bits {
                OverlayBits::Separate(data) => Some(Arc::clone(data)),
                OverlayBits::Embedded(bit) => cell_bits(*bit).map(Into::into),
            };
            match bits {
                Some(bits) => marks.overlays.push(FrameOverlay {
                    plane: Arc::clone(plane),
                    bits,
                    first_bit,
                }),
                None => marks
                    .faults
                    .push(plane.not_shown(Message::new(msg("overlay-bits-lost")))),
            }
        }
        if let Some(shutter) = shutter {
            marks.cover(
                shutter,
                self.size,
                attributes.map_or(1.0, FrameAttributes::pixel_aspect),
            );
        }
        Some(marks)
    }

    /// Where a frame (from 0) lies in the patient, without decoding it.
    #[must_use]
    pub fn plane(&self, frame: u32) -> Option<&ImagePlane> {
        self.of(frame)?
            .plane
            .as_ref()
            .filter(|_| frame < self.frame_count)
    }

    /// Millimetres a pixel of a frame (from 0), without decoding it.
    #[must_use]
    pub fn spacing(&self, frame: u32) -> Option<PixelSpacing> {
        self.of(frame)?.pixels.spacing
    }

    /// Height over width of a pixel of a frame (from 0) where only that is known; 1 otherwise.
    #[must_use]
    pub fn aspect(&self, frame: u32) -> f64 {
        self.of(frame).map_or(1.0, |frame| frame.pixels.aspect)
    }

    /// Columns and rows.
    #[must_use]
    pub const fn size(&self) -> [u32; 2] {
        self.size
    }

    /// The last ones hold for all frames that follow.
    fn of(&self, frame: u32) -> Option<&FrameAttributes> {
        self.frames.get(frame as usize).or(self.frames.last())
    }

    /// The ultrasound regions of the picture, where several calibrations stand side by side.
    #[must_use]
    pub fn ultrasound_regions(&self) -> &Arc<[UltrasoundRegion]> {
        &self.regions
    }
}

/// What stored values can be; everything where they are floats.
fn stored_range(header: &InstanceHeader, pixel: &ImagePixelModule) -> (f64, f64) {
    let is_integer = { header.pixel_data }.is_none_or(|it| it.tag == tags::PIXEL_DATA);
    if !is_integer {
        return (f64::NEG_INFINITY, f64::INFINITY);
    }
    let (low, high) = pixel.stored_range();
    (low as f64, high as f64)
}

/// The profiles of an image's frames, each made ready once.
#[derive(Default)]
struct Profiles(Vec<(ColourSpaceModule, FrameColour)>);

impl Profiles {
    fn get(&mut self, space: ColourSpaceModule) -> FrameColour {
        if let Some((_, known)) = self.0.iter().find(|(known, _)| *known == space) {
            return known.clone();
        }
        let made = ColourProfile::new(&space).map(|made| made.map(Arc::new));
        let made = made.transpose();
        self.0.push((space, made.clone()));
        made
    }
}

/// The grey stages that a presentation state puts in place of an image's own.
#[derive(Debug, Clone, PartialEq)]
pub struct GreyStages {
    /// Stored → modality.
    pub modality: ModalityTransform,
    /// Unit of modality values.
    pub units: Units,
    /// The VOI transforms, never empty: where none is stated, the identity, which shows the whole
    /// range that modality values can have.
    pub vois: Vec<NamedVoi>,
}

impl GreyStages {
    /// Reads the Modality LUT module of `root` and the VOI LUT module of `voi` for images with
    /// these pixels. What is absent is the identity (PS3.4 N.2).
    #[must_use]
    pub fn read(root: Elements<'_>, voi: Option<Elements<'_>>, pixel: &ImagePixelModule) -> Self {
        let module = ModalityModule::read(root, root, pixel);
        let mut vois = voi.map_or_else(Vec::new, |voi| named_vois(voi, &module, pixel));
        let units = units(&module.unit);
        let modality = modality_transform(module);
        if vois.is_empty() {
            vois.push(NamedVoi {
                name: String::new(),
                voi: identity_voi(&modality, pixel),
            });
        }
        Self {
            modality,
            units,
            vois,
        }
    }
}

/// The smallest value there can be is black, the largest white.
fn identity_voi(modality: &ModalityTransform, pixel: &ImagePixelModule) -> VoiTransform {
    let (low, high) = match modality {
        ModalityTransform::Lut(lut) => (0.0, f64::from(lut.max())),
        other => {
            let (low, high) = pixel.stored_range();
            let (a, b) = (other.apply(low as f64), other.apply(high as f64));
            (a.min(b), a.max(b))
        }
    };
    VoiTransform::Window {
        center: f64::midpoint(low, high),
        width: high - low,
        function: VoiFunction::LinearExact,
    }
}

/// A table is indexed by integers; floating point samples cannot have one.
/// Deep colour is shown at 16 bits: fewer bits stored are spread over them, 32-bit samples keep
/// their high words; no display tells more apart.
fn shown(samples: Samples, bits_stored: u32) -> Samples {
    let spread = 16_u32.saturating_sub(bits_stored.max(1));
    match samples {
        Samples::Rgb32(rgb) => {
            let excess = bits_stored.clamp(16, 32) - 16;
            Samples::Rgb16(rgb.iter().map(|value| (value >> excess) as u16).collect())
        }
        Samples::Rgb16(rgb) if spread > 0 => {
            let largest = (1_u32 << (16 - spread)) - 1;
            let widened = |value: &u16| (u32::from(*value).min(largest) * 65_535 / largest) as u16;
            Samples::Rgb16(rgb.iter().map(widened).collect())
        }
        other => other,
    }
}

fn table_for_integers(modality: ModalityTransform, is_float: bool) -> ModalityTransform {
    match modality {
        ModalityTransform::Lut(_) if is_float => ModalityTransform::Identity,
        other => other,
    }
}

fn modality_transform(module: ModalityModule) -> ModalityTransform {
    if let Some(table) = module.lut {
        return ModalityTransform::Lut(lut(&table));
    }
    module
        .rescale
        .map_or(ModalityTransform::Identity, |(slope, intercept)| {
            ModalityTransform::Rescale { slope, intercept }
        })
}

fn units(name: &UnitName) -> Units {
    match name {
        UnitName::Hounsfield => Units::Hounsfield,
        UnitName::Named(name) => Units::Named(name.as_str().into()),
        UnitName::None => Units::None,
    }
}

fn lut(table: &LutTable) -> Arc<Lut> {
    Arc::new(Lut {
        first: table.first,
        bits: table.bits,
        entries: Arc::clone(&table.entries),
    })
}

/// Presentation LUT Shape (PS3.3 C.11.6, C.8.11.3.1.2): what the grey chain gives is P-values, or
/// is them once inverted. MONOCHROME1 says the latter too, and is no second inversion; where the two
/// disagree the shape is what the image was made to be seen with.
fn presentation(root: Elements<'_>) -> Option<Photometric> {
    match root.text(tags::PRESENTATION_LUT_SHAPE)?.as_str() {
        "IDENTITY" => Some(Photometric::Monochrome2),
        "INVERSE" => Some(Photometric::Monochrome1),
        _ => None,
    }
}

/// The windows first, then the tables, each in the image's order.
fn named_vois(
    elements: Elements<'_>,
    modality: &ModalityModule,
    pixel: &ImagePixelModule,
) -> Vec<NamedVoi> {
    let module = VoiModule::read(elements, modality_is_signed(modality, pixel));
    let stated = match module.function.as_str() {
        "LINEAR_EXACT" => VoiFunction::LinearExact,
        "SIGMOID" => VoiFunction::Sigmoid,
        _ => VoiFunction::Linear,
    };
    let windows = module.windows.into_iter().map(|window| {
        // LINEAR spans width - 1 values and asks for a width of at least 1; images of fractional
        // values are written with less all the same, and LINEAR_EXACT is what they mean.
        let function = if stated == VoiFunction::Linear && window.width < 1.0 {
            VoiFunction::LinearExact
        } else {
            stated
        };
        NamedVoi {
            name: window.explanation,
            voi: VoiTransform::Window {
                center: window.center,
                width: window.width,
                function,
            },
        }
    });
    let tables = module.luts.iter().map(|table| NamedVoi {
        name: table.explanation.clone(),
        voi: VoiTransform::Lut(lut(table)),
    });
    windows.chain(tables).collect()
}

/// Whether modality values may be negative: a table gives none, a rescale may.
fn modality_is_signed(modality: &ModalityModule, pixel: &ImagePixelModule) -> bool {
    if modality.lut.is_some() {
        return false;
    }
    let (slope, intercept) = modality.rescale.unwrap_or((1.0, 0.0));
    let (lowest, highest) = pixel.stored_range();
    let at = |stored: i64| (stored as f64).mul_add(slope, intercept);
    at(lowest).min(at(highest)) < 0.0
}
