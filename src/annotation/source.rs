//! Where measuring gets its pixels from.

use std::sync::Arc;

use crate::annotation::Anchor;
use crate::dicom::modules::UltrasoundRegion;
use crate::imaging::FrameImage;
use crate::imaging::ImageAttributes;
use crate::imaging::ImagePlane;
use crate::imaging::PixelSpacing;
use crate::volume::Volume;

/// What of an image measuring needs to know before its pixels are there.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageGeometry {
    /// Columns and rows.
    pub size: [u32; 2],
    /// Where it lies in the patient, if it says.
    pub plane: Option<ImagePlane>,
    /// Millimetres a pixel, if anything calibrates it.
    pub spacing: Option<PixelSpacing>,
    /// Height over width of a pixel where only the aspect is known; 1 otherwise.
    pub aspect: f64,
    /// Ultrasound regions: what a pixel measures depends on where it lies.
    pub regions: Arc<[UltrasoundRegion]>,
}

impl ImageGeometry {
    /// Of a frame (from 0), without decoding it.
    #[must_use]
    pub fn of(attributes: &ImageAttributes, frame: u32) -> Self {
        Self {
            size: attributes.size(),
            plane: attributes.plane(frame).cloned(),
            spacing: attributes.spacing(frame),
            aspect: attributes.aspect(frame),
            regions: Arc::clone(attributes.ultrasound_regions()),
        }
    }
}

impl From<&FrameImage> for ImageGeometry {
    fn from(frame: &FrameImage) -> Self {
        Self {
            size: [frame.columns, frame.rows],
            plane: frame.plane.clone(),
            spacing: frame.spacing,
            aspect: frame.aspect,
            regions: Arc::clone(&frame.regions),
        }
    }
}

/// Gives measuring the images it needs. What is not there (yet) is `None`; then the values that
/// need it are missing, never guessed.
pub trait PixelSource {
    /// The geometry of the image an annotation is anchored to.
    fn image(&self, anchor: &Anchor) -> Option<ImageGeometry>;
    /// That image with its samples.
    fn frame(&self, anchor: &Anchor) -> Option<Arc<FrameImage>>;
    /// The volume that image is a slice of, for regions and points off its plane.
    fn volume(&self, anchor: &Anchor) -> Option<Arc<Volume>>;
}

/// One image and no volume: whatever is asked for is taken to be anchored to it.
#[derive(Debug, Clone)]
pub struct SingleFrame(pub Arc<FrameImage>);

impl PixelSource for SingleFrame {
    fn image(&self, _anchor: &Anchor) -> Option<ImageGeometry> {
        Some(self.0.as_ref().into())
    }

    fn frame(&self, _anchor: &Anchor) -> Option<Arc<FrameImage>> {
        Some(Arc::clone(&self.0))
    }

    fn volume(&self, _anchor: &Anchor) -> Option<Arc<Volume>> {
        None
    }
}
