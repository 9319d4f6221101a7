//! One frame on screen, on the CPU: the twin of `shaders/slice.wgsl` and
//! `shaders/slice_colour.wgsl`, and what export and thumbnails are drawn with.

use glam::{DAffine2, DVec2};

use crate::dicom::Samples;
use crate::imaging::frame_image::FrameImage;
use crate::imaging::grey_chain::{
    GreyChain, HATCH_LEVEL, Look, Stored, is_hatched, load, with_grey_samples,
};
use crate::imaging::marks::{Marks, MarksLook, SHUTTER, reach};
use crate::imaging::picture::{self, Picture};
use crate::imaging::presentation::behind_voi;
use crate::imaging::sampling::{Blank, Filter, Position, Stepper, Tap, sample};

/// A picture of a frame: how large, and where on the frame each pixel lies.
#[derive(Debug, Clone, PartialEq)]
pub struct SliceView {
    /// Width and height of the picture, px.
    pub size_px: [u32; 2],
    /// Screen pixel (x, y), its centre at integers, → image (column, row), pixel centres at
    /// integers.
    pub image_from_screen: DAffine2,
    /// Filter and grey.
    pub look: Look,
}

impl SliceView {
    /// The frame at one screen pixel a sample.
    #[must_use]
    pub fn one_to_one(image: &FrameImage, look: Look) -> Self {
        Self {
            size_px: image.size(),
            image_from_screen: DAffine2::IDENTITY,
            look,
        }
    }

    /// The whole frame as large as it fits into `size_px`, centred, its pixels as high over wide
    /// as `pixel_aspect` says.
    #[must_use]
    pub fn fit(image: &FrameImage, size_px: [u32; 2], pixel_aspect: f64, look: Look) -> Self {
        let aspect = if pixel_aspect.is_finite() && pixel_aspect > 0.0 {
            pixel_aspect
        } else {
            1.0
        };
        let [columns, rows] = image.size().map(f64::from);
        let [width, height] = size_px.map(f64::from);
        let pixels_per_column = (width / columns.max(1.0)).min(height / (rows * aspect).max(1e-9));
        let scale = DVec2::new(1.0, 1.0 / aspect) / pixels_per_column.max(1e-9);
        let image_centre = DVec2::new(columns - 1.0, rows - 1.0) * 0.5;
        let screen_centre = DVec2::new(width - 1.0, height - 1.0) * 0.5;
        Self {
            size_px,
            image_from_screen: DAffine2::from_translation(image_centre)
                * DAffine2::from_scale(scale)
                * DAffine2::from_translation(-screen_centre),
            look,
        }
    }

    /// The positions of its pixels; `None` if it shows nothing.
    #[must_use]
    pub fn stepper(&self) -> Option<Stepper<2>> {
        let m = &self.image_from_screen;
        Stepper::new(
            m.translation.to_array(),
            m.matrix2.x_axis.to_array(),
            m.matrix2.y_axis.to_array(),
            self.size_px,
        )
    }
}

/// The picture.
#[must_use]
pub fn render(image: &FrameImage, view: &SliceView) -> Picture {
    let (look, photometric) =
        behind_voi(&view.look, image.photometric, image.presentation.as_ref());
    let chain = GreyChain::new(&look, photometric);
    let blank = |x, y| chain.rgba(Err(Blank::NoData), x, y);
    let Some(stepper) = view.stepper().filter(|_| image.is_complete()) else {
        return Picture::paint(view.size_px, blank);
    };
    let filter = view.look.filter;
    let marks = MarksOver::new(image, view);
    let marks = marks.as_ref();
    match &*image.shown_samples(view.look.colours) {
        Samples::Rgb8(samples) => {
            let colour = Colour::new(image, samples, 255.0, filter);
            paint(view, marks, &stepper, |x, y| {
                colour.rgba(&stepper, x, y, &view.look)
            })
        }
        Samples::Rgb16(samples) => {
            let colour = Colour::new(image, samples, 65_535.0, filter);
            paint(view, marks, &stepper, |x, y| {
                colour.rgba(&stepper, x, y, &view.look)
            })
        }
        grey => with_grey_samples!(
            grey,
            samples => {
                paint(view, marks, &stepper, |x, y| {
                    chain.rgba(grey_at(image, samples, &stepper, filter, x, y), x, y)
                })
            },
            Picture::paint(view.size_px, blank)
        ),
    }
}

fn paint(
    view: &SliceView,
    marks: Option<&MarksOver>,
    stepper: &Stepper<2>,
    light: impl Fn(u32, u32) -> [u8; 4] + Sync,
) -> Picture {
    let Some(marks) = marks else {
        return Picture::paint(view.size_px, light);
    };
    Picture::paint(view.size_px, |x, y| {
        marks.over(light(x, y), stepper.at(x, y))
    })
}

/// Modality values of the picture's pixels, row by row; NaN where there is none, and everywhere in
/// colour, which has no modality values.
#[must_use]
pub fn modality_values(
    image: &FrameImage,
    size_px: [u32; 2],
    image_from_screen: DAffine2,
    filter: Filter,
) -> Vec<f32> {
    let stepper = Stepper::new(
        image_from_screen.translation.to_array(),
        image_from_screen.matrix2.x_axis.to_array(),
        image_from_screen.matrix2.y_axis.to_array(),
        size_px,
    );
    let none = || vec![f32::NAN; size_px[0] as usize * size_px[1] as usize];
    let Some(stepper) = stepper.filter(|_| image.is_complete()) else {
        return none();
    };
    let mut values = with_grey_samples!(
        &image.samples,
        samples => picture::values(size_px, |x, y| grey_at(image, samples, &stepper, filter, x, y)),
        none()
    );
    image.blank_unmapped(&mut values);
    values
}

#[inline]
fn grey_at<T: Stored>(
    image: &FrameImage,
    samples: &[T],
    stepper: &Stepper<2>,
    filter: Filter,
    x: u32,
    y: u32,
) -> Tap {
    let columns = image.columns as usize;
    let dims = image.size().map(|n| n as i32);
    let lut = image.modality.lut();
    let [slope, intercept] = image.modality.affine();
    let held = image.pixels_held();
    let value = sample(filter, stepper.at(x, y), dims, |[i, j]| {
        let at = j as usize * columns + i as usize;
        match samples.get(at) {
            _ if at >= held => Err(Blank::Gap),
            Some(stored) => load(*stored, image.padding, lut),
            None => Err(Blank::NoData),
        }
    })?;
    Ok(value * slope + intercept)
}

/// Shutter and overlays over what the grey chain made: the twin of `shaders/common/marks.wgsl`.
struct MarksOver {
    marks: Marks,
    dims: [i32; 2],
    look: MarksLook,
    shutter_rgb: [u8; 3],
    reach: [i32; 2],
}

impl MarksOver {
    /// `None` where nothing is to be seen over the image.
    fn new(image: &FrameImage, view: &SliceView) -> Option<Self> {
        let marks = image.marks.as_ref().filter(|marks| !marks.is_empty())?;
        Some(Self {
            marks: marks.lay_out(image.size()),
            dims: image.size().map(|n| n as i32),
            look: view.look.marks,
            shutter_rgb: marks.shutter_rgb(&view.look),
            reach: reach(&view.image_from_screen),
        })
    }

    #[inline]
    fn over(&self, rgba: [u8; 4], position: Position<2>) -> [u8; 4] {
        if !position.is_inside(self.dims) {
            return rgba;
        }
        let [i, j] = position.nearest(self.dims);
        let [across, down] = self.reach;
        let around = (-down..=down).flat_map(|y| (-across..=across).map(move |x| (i + x, j + y)));
        let overlays = around.fold(0, |found, (x, y)| found | self.at(x, y)) & !SHUTTER;
        let found = (self.at(i, j) | overlays) & self.look.shown;
        { self.look.rgb(found, self.shutter_rgb) }.map_or(rgba, |[r, g, b]| [r, g, b, u8::MAX])
    }

    fn at(&self, column: i32, row: i32) -> u32 {
        let [columns, rows] = self.dims;
        if !(0..columns).contains(&column) || !(0..rows).contains(&row) {
            return 0;
        }
        self.marks
            .at(row as usize * columns as usize + column as usize)
    }
}

/// Interleaved RGB, filtered channel by channel.
struct Colour<'a, T> {
    samples: &'a [T],
    dims: [i32; 2],
    white: f32,
    filter: Filter,
    pixels_held: usize,
}

impl<'a, T: Stored> Colour<'a, T> {
    fn new(image: &FrameImage, samples: &'a [T], white: f32, filter: Filter) -> Self {
        Self {
            samples,
            dims: image.size().map(|n| n as i32),
            white,
            filter,
            pixels_held: image.pixels_held(),
        }
    }

    fn rgba(&self, stepper: &Stepper<2>, x: u32, y: u32, look: &Look) -> [u8; 4] {
        let position = stepper.at(x, y);
        let columns = self.dims[0] as usize;
        let mut rgba = [u8::MAX; 4];
        for (channel, (out, background)) in rgba.iter_mut().zip(look.background).enumerate() {
            let value = sample(self.filter, position, self.dims, |[i, j]| {
                let pixel = j as usize * columns + i as usize;
                if pixel >= self.pixels_held {
                    return Err(Blank::Gap);
                }
                self.samples
                    .get(pixel * 3 + channel)
                    .map_or(Err(Blank::NoData), |stored| Ok(stored.value()))
            });
            *out = match value {
                Ok(value) => {
                    let y = (value / self.white).clamp(0.0, 1.0);
                    let y = if look.invert { 1.0 - y } else { y };
                    (y * 255.0).round_ties_even() as u8
                }
                Err(Blank::Gap) if is_hatched(x, y) => HATCH_LEVEL,
                Err(_) => background,
            };
        }
        rgba
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{PaddingRange, VoiFunction, VoiTransform};
    use std::sync::Arc;

    fn image(columns: u32, rows: u32, samples: Samples) -> FrameImage {
        FrameImage::plain([columns, rows], samples)
    }

    fn look() -> Look {
        Look::new(VoiTransform::Window {
            center: 128.0,
            width: 256.0,
            function: VoiFunction::Linear,
        })
    }

    #[test]
    fn one_to_one_shows_every_sample_at_its_pixel() {
        let samples: Arc<[u8]> = (0..12).map(|v| v * 20).collect();
        let image = image(4, 3, Samples::U8(samples.clone()));
        for filter in [Filter::Nearest, Filter::Linear, Filter::Cubic] {
            let view = SliceView::one_to_one(&image, look().with_filter(filter));
            let shown = render(&image, &view);
            let levels: Vec<u8> = shown.rgba.chunks(4).map(|p| p[0]).collect();
            assert_eq!(levels, samples.to_vec(), "{filter:?}");
            assert!(shown.rgba.chunks(4).all(|p| p[3] == 255));
        }
    }

    #[test]
    fn a_fitted_frame_is_centred_and_keeps_the_shape_of_its_pixels() {
        let image = image(10, 10, Samples::U8(vec![200; 100].into()));
        let shown = render(&image, &SliceView::fit(&image, [101, 50], 2.0, look()));
        // Pixels twice as high as wide: the frame is 25 px wide and 50 px high.
        let lit: Vec<u32> = (0..101)
            .filter(|x| shown.at(*x, 25).unwrap()[0] == 200)
            .collect();
        assert_eq!(lit, (38..=62).collect::<Vec<_>>());
        assert!((0..50).all(|y| shown.at(50, y).unwrap()[0] == 200));
    }

    #[test]
    fn padding_never_bleeds_into_interpolated_pixels() {
        let samples: Vec<i16> = (0..64)
            .map(|v| if v % 8 < 4 { -2000 } else { 100 })
            .collect();
        let mut image = image(8, 8, Samples::I16(samples.into()));
        image.padding = Some(PaddingRange {
            low: -2000.0,
            high: -2000.0,
        });
        for filter in [Filter::Nearest, Filter::Linear, Filter::Cubic] {
            let view = SliceView::fit(&image, [80, 80], 1.0, look().with_filter(filter));
            let shown = render(&image, &view);
            let values = modality_values(&image, [80, 80], view.image_from_screen, filter);
            for (at, value) in values.iter().enumerate() {
                let level = shown.rgba[at * 4];
                if at % 80 < 40 {
                    assert!(value.is_nan() && level == 0);
                } else {
                    assert!(
                        (value - 100.0).abs() < 1e-3 && level == 100,
                        "{filter:?} {value}"
                    );
                }
            }
        }
    }

    #[test]
    fn colour_is_shown_as_it_is_and_inverted_on_request() {
        let image = image(2, 1, Samples::Rgb8(Arc::from([1, 2, 3, 250, 251, 252])));
        let mut view = SliceView::one_to_one(&image, look());
        assert_eq!(
            render(&image, &view).rgba,
            [1, 2, 3, 255, 250, 251, 252, 255]
        );
        view.look.invert = true;
        assert_eq!(render(&image, &view).at(0, 0), Some([254, 253, 252, 255]));
        let values = modality_values(&image, [2, 1], DAffine2::IDENTITY, Filter::Linear);
        assert!(values.iter().all(|value| value.is_nan()));
    }

    #[test]
    fn a_frame_with_fewer_samples_than_it_says_shows_the_background() {
        let image = image(1000, 1000, Samples::U8(Arc::from([255; 10])));
        let shown = render(&image, &SliceView::fit(&image, [9, 9], 1.0, look()));
        assert!(shown.rgba.chunks(4).all(|p| p == [0, 0, 0, 255]));
    }
}
