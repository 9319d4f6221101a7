//! The voxels of a volume as the reslice loads them: slices that lie apart in memory, each with
//! its own modality transform and padding, some missing.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::dicom::{Photometric, Samples};
use crate::imaging::FrameImage;
use crate::imaging::Lut;
use crate::imaging::PaddingRange;
use crate::imaging::grey_chain::{Stored, load};
use crate::imaging::sampling::{Blank, Tap};
use crate::volume::grid::Volume;

impl Volume {
    /// The slice at a grid position, or why it has no values: a [`Blank::Gap`] where no slice
    /// fills the position or ever will, [`Blank::NoData`] while it is not loaded.
    ///
    /// # Errors
    /// The reason.
    pub fn slice(&self, k: usize) -> Result<&FrameImage, Blank> {
        let Some(image) = self.slices.get(k).and_then(|slice| slice.get()) else {
            let is_unreadable = |place: &AtomicBool| place.load(Ordering::Relaxed);
            let is_gap = matches!(self.frames.get(k), Some(None))
                || self.unreadable.get(k).is_some_and(is_unreadable);
            return Err(if is_gap { Blank::Gap } else { Blank::NoData });
        };
        let fits = image.size() == [self.grid.dims[0], self.grid.dims[1]]
            && image.samples.samples_per_pixel() == 1
            && image.is_complete();
        if fits { Ok(image) } else { Err(Blank::NoData) }
    }

    /// What its values mean as light: as its first slice present says.
    #[must_use]
    pub fn photometric(&self) -> Photometric {
        (0..self.slices.len())
            .find_map(|k| self.slice(k).ok())
            .map_or(Photometric::Monochrome2, |image| image.photometric)
    }
}

/// Whether all slices are there, whole, and share one rescale and one padding, so that nothing has to be
/// looked up slice by slice; the passes choose their variant by the same test.
#[must_use]
pub fn is_plain(slices: &[Result<&FrameImage, Blank>]) -> bool {
    let mut first = None;
    slices.iter().all(|slice| {
        let Ok(image) = slice else { return false };
        let this = (image.modality.affine(), image.padding);
        image.missing.is_none()
            && image.modality.lut().is_none()
            && *first.get_or_insert(this) == this
    })
}

/// All slices of a volume, as they are at one moment.
pub struct VolumeTaps<'a> {
    dims: [i32; 3],
    slices: Vec<Result<&'a FrameImage, Blank>>,
    is_plain: bool,
}

impl<'a> VolumeTaps<'a> {
    /// As the volume is now.
    #[must_use]
    pub fn new(volume: &'a Volume) -> Self {
        let depth = volume.grid.dims[2] as usize;
        let slices: Vec<_> = (0..depth).map(|k| volume.slice(k)).collect();
        Self {
            dims: volume.grid.dims.map(|n| n as i32),
            is_plain: is_plain(&slices),
            slices,
        }
    }

    /// Columns, rows, slices.
    #[must_use]
    pub const fn dims(&self) -> [i32; 3] {
        self.dims
    }

    /// Why slice `k` has no values; `None` if it has.
    #[must_use]
    pub fn blank(&self, k: i32) -> Option<Blank> {
        self.slices.get(k as usize)?.err()
    }

    /// What the values mean as light.
    #[must_use]
    pub fn photometric(&self) -> Photometric {
        self.slices
            .iter()
            .find_map(|slice| slice.ok())
            .map_or(Photometric::Monochrome2, |image| image.photometric)
    }

    /// Any slice, to learn the type of the samples; `None` if none is there.
    #[must_use]
    pub fn first(&self) -> Option<&'a FrameImage> {
        self.slices.iter().find_map(|slice| slice.ok())
    }

    /// The taps through `samples_of`, which gives a slice's samples in one type.
    pub fn typed<S: Slice>(
        &self,
        samples_of: impl Fn(&'a FrameImage) -> Option<S>,
    ) -> Option<TypedTaps<'a, S>> {
        let slices = self
            .slices
            .iter()
            .map(|slice| match slice {
                Err(blank) => Some(Err(*blank)),
                Ok(image) => Some(Ok(SliceTaps {
                    samples: samples_of(image)?,
                    affine: if self.is_plain {
                        [1.0, 0.0]
                    } else {
                        image.modality.affine()
                    },
                    padding: image.padding,
                    lut: image.modality.lut(),
                    pixels_held: image.pixels_held(),
                })),
            })
            .collect::<Option<Vec<_>>>()?;
        let affine = match self.first() {
            Some(image) if self.is_plain => image.modality.affine(),
            _ => [1.0, 0.0],
        };
        let has_padding = self.slices.iter().flatten().any(|s| s.padding.is_some());
        Some(TypedTaps {
            dims: self.dims,
            slices,
            affine,
            is_unconditional: self.is_plain && !has_padding && S::T::IS_ALWAYS_VALID,
        })
    }
}

/// Samples of one slice in one type.
pub trait Slice: Copy + Send + Sync {
    /// The type.
    type T: Stored;
    /// One of them.
    fn at(&self, index: usize) -> Option<Self::T>;
}

impl<T: Stored> Slice for &[T] {
    type T = T;
    #[inline]
    fn at(&self, index: usize) -> Option<T> {
        self.get(index).copied()
    }
}

/// Slices of different types in one volume: read one by one through f64, which holds all exactly.
impl Slice for &Samples {
    type T = f64;
    #[inline]
    fn at(&self, index: usize) -> Option<f64> {
        self.get(index)
    }
}

/// One slice, ready to load from.
pub struct SliceTaps<'a, S> {
    samples: S,
    affine: [f32; 2],
    padding: Option<PaddingRange>,
    lut: Option<&'a Lut>,
    pixels_held: usize,
}

/// All slices in one type.
pub struct TypedTaps<'a, S> {
    dims: [i32; 3],
    slices: Vec<Result<SliceTaps<'a, S>, Blank>>,
    affine: [f32; 2],
    is_unconditional: bool,
}

/// What the reslice asks of a volume.
pub trait Voxels: Sync {
    /// Columns, rows, slices.
    fn dims(&self) -> [i32; 3];
    /// The tap at a voxel within the dims.
    fn tap(&self, index: [i32; 3]) -> Tap;
    /// The eight taps from `whole` up, x fastest, if all lie inside and none can be invalid.
    fn corners(&self, whole: [i32; 3]) -> Option<[f32; 8]>;
    /// The rescale that all taps share, after the filter.
    fn finish(&self, value: f32) -> f32;
}

impl<S: Slice> Voxels for TypedTaps<'_, S> {
    fn dims(&self) -> [i32; 3] {
        self.dims
    }

    #[inline]
    fn tap(&self, [i, j, k]: [i32; 3]) -> Tap {
        let slice = match self.slices.get(k as usize) {
            Some(Ok(slice)) => slice,
            Some(Err(blank)) => return Err(*blank),
            None => return Err(Blank::NoData),
        };
        let at = j as usize * self.dims[0] as usize + i as usize;
        if at >= slice.pixels_held {
            return Err(Blank::Gap);
        }
        let stored = slice.samples.at(at).ok_or(Blank::NoData)?;
        let value = load(stored, slice.padding, slice.lut)?;
        let [slope, intercept] = slice.affine;
        Ok(value * slope + intercept)
    }

    #[inline]
    fn corners(&self, [i, j, k]: [i32; 3]) -> Option<[f32; 8]> {
        let [columns, rows, _] = self.dims;
        if !self.is_unconditional || i < 0 || j < 0 || k < 0 || i + 1 >= columns || j + 1 >= rows {
            return None;
        }
        let below = self.slices.get(k as usize)?.as_ref().ok()?;
        let above = self.slices.get(k as usize + 1)?.as_ref().ok()?;
        let at = j as usize * columns as usize + i as usize;
        let next = at + columns as usize;
        let get = |slice: &SliceTaps<'_, S>, at| slice.samples.at(at).map(Stored::value);
        Some([
            get(below, at)?,
            get(below, at + 1)?,
            get(below, next)?,
            get(below, next + 1)?,
            get(above, at)?,
            get(above, at + 1)?,
            get(above, next)?,
            get(above, next + 1)?,
        ])
    }

    #[inline]
    fn finish(&self, value: f32) -> f32 {
        let [slope, intercept] = self.affine;
        value * slope + intercept
    }
}

/// Runs an expression with the taps in the type all slices share, or through f64 if they differ;
/// `$none` if there is no slice.
macro_rules! with_voxels {
    ($taps:expr, $voxels:ident => $some:expr, $none:expr) => {{
        macro_rules! of {
            ($variant:ident) => {
                $taps.typed(|image| match &image.samples {
                    $crate::dicom::Samples::$variant(samples) => Some(&samples[..]),
                    _ => None,
                })
            };
        }
        macro_rules! try_type {
            ($variant:ident) => {
                match of!($variant) {
                    Some($voxels) => $some,
                    None => match $taps.typed(|image| Some(&image.samples)) {
                        Some($voxels) => $some,
                        None => $none,
                    },
                }
            };
        }
        match $taps.first().map(|image| &image.samples) {
            Some($crate::dicom::Samples::U8(_)) => try_type!(U8),
            Some($crate::dicom::Samples::I8(_)) => try_type!(I8),
            Some($crate::dicom::Samples::U16(_)) => try_type!(U16),
            Some($crate::dicom::Samples::I16(_)) => try_type!(I16),
            Some($crate::dicom::Samples::U32(_)) => try_type!(U32),
            Some($crate::dicom::Samples::I32(_)) => try_type!(I32),
            Some($crate::dicom::Samples::F32(_)) => try_type!(F32),
            // F64; or no slice is there and every pixel is a gap or has no data yet.
            Some(_) | None => match $taps.typed(|image| Some(&image.samples)) {
                Some($voxels) => $some,
                None => $none,
            },
        }
    }};
}
pub(crate) use with_voxels;
