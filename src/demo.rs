//! The built-in synthetic study: a CT of a thorax with contrast and a nodule of known size, and a
//! radiograph with detector spacing only. Made in code, the same every time; nobody's images.
//!
//! Shapes are painted slice by slice in patient millimetres (LPS), so that what the demo holds is
//! known: [`truth`] tells, and tests measure it through the whole program.
#![warn(missing_docs)]

mod canvas;
mod headers;
mod radiograph;
mod thorax;
mod tubes;

use rayon::iter::{IndexedParallelIterator as _, IntoParallelIterator as _, ParallelIterator as _};

use crate::dicom::InstanceHeader;

use canvas::Canvas;

/// Axial slices of the CT.
const SLICES: u16 = 120;
/// Between slices, mm.
const STEP_MM: f32 = 2.5;
/// The lowest slice, mm (to the head is positive).
const LOWEST_MM: f32 = -150.0;
/// Noise of the CT, standard deviation in HU.
const NOISE_HU: f32 = 12.0;

/// What is in the study, exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Truth {
    /// Centre of the nodule in the right lung, patient mm.
    pub nodule_centre_mm: [f64; 3],
    /// Its diameter, mm.
    pub nodule_diameter_mm: f64,
    /// Its density, HU.
    pub nodule_hu: f64,
    /// A point inside the descending aorta, patient mm.
    pub aorta_centre_mm: [f64; 3],
    /// Diameter of the descending aorta there, mm.
    pub aorta_diameter_mm: f64,
    /// Its density, HU.
    pub aorta_hu: f64,
    /// Standard deviation of the noise everywhere, HU.
    pub noise_hu: f64,
}

/// What is in the study.
#[must_use]
pub fn truth() -> Truth {
    let nodule = thorax::NODULE;
    let aorta = thorax::DESCENDING_AORTA;
    Truth {
        nodule_centre_mm: nodule.from.map(f64::from),
        nodule_diameter_mm: 2.0 * f64::from(nodule.from_radius),
        nodule_hu: nodule.hu.into(),
        aorta_centre_mm: [aorta.from[0].into(), aorta.from[1].into(), 0.0],
        aorta_diameter_mm: 2.0 * f64::from(aorta.from_radius),
        aorta_hu: aorta.hu.into(),
        noise_hu: NOISE_HU.into(),
    }
}

/// The study: every instance as a Part 10 file in memory, the CT from the feet up, then the
/// radiograph.
#[must_use]
pub fn study() -> Vec<InstanceHeader> {
    let tree = tubes::lung_vessels();
    let slices: Vec<(Vec<u16>, Vec<f32>)> = (0..SLICES)
        .into_par_iter()
        .map(|index| {
            let mut canvas = Canvas::new(slice_z_mm(index));
            thorax::paint(&mut canvas, &tree);
            let projection = canvas.projection();
            (canvas.into_stored(u64::from(index), NOISE_HU), projection)
        })
        .collect();
    let (slices, projections): (Vec<_>, Vec<_>) = slices.into_iter().unzip();
    let radiograph = radiograph::from_projections(&projections);
    slices
        .into_par_iter()
        .zip(0..SLICES)
        .filter_map(|(stored, index)| headers::ct_slice(index, &stored))
        .chain(headers::radiograph(&radiograph))
        .collect()
}

fn slice_z_mm(index: u16) -> f32 {
    LOWEST_MM + STEP_MM * f32::from(index)
}
