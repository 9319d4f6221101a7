//! From an instance's bytes to stored samples: every encoding of the table, by synthetic frames
//! written independently of the product, by the sample files, and by broken input.

mod beginnings;
mod command;
mod compressed;
mod cut_off;
pub mod encoders;
mod fragments;
mod hostile;
mod jpeg_2000;
mod jpeg_ls;
mod jpeg_xl;
mod native;
mod number_of_frames;
mod palette;
mod samples;
mod video;

use isocentre::dicom;
use isocentre::dicom::ByteSource;
use isocentre::dicom::DecodeError;
use isocentre::dicom::DecodedFrame;
use isocentre::dicom::FrameDecoder;
use isocentre::dicom::InstanceHeader;
use isocentre::dicom::Samples;
use isocentre::jobs::JobCtx;

use super::common::Element;
use super::common::Encoding;
use super::common::SyntheticImage;
use super::common::Value;

fn header(file: Vec<u8>) -> InstanceHeader {
    dicom::read_header(ByteSource::Memory(file.into())).unwrap()
}

/// Every frame of a file, or why not.
fn frames(file: Vec<u8>) -> Vec<Result<DecodedFrame, DecodeError>> {
    let decoder = match FrameDecoder::new(&header(file)) {
        Ok(decoder) => decoder,
        Err(error) => return vec![Err(error)],
    };
    (0..decoder.frame_count())
        .map(|frame| decoder.decode(frame, &JobCtx::new()))
        .collect()
}

/// The first frame's samples.
fn first(file: Vec<u8>) -> Result<Samples, DecodeError> {
    frames(file).remove(0).map(|frame| frame.samples)
}

fn values(samples: &Samples) -> Vec<i64> {
    (0..samples.len())
        .map(|at| samples.get(at).unwrap() as i64)
        .collect()
}

/// An image whose pixel data are these fragments, under this transfer syntax.
fn encapsulated(image: SyntheticImage, syntax: &str, fragments: Vec<Vec<u8>>) -> Vec<u8> {
    image
        .transfer_syntax(syntax)
        .raw_pixels(Value::Fragments(fragments))
        .write(Encoding::ExplicitLittle)
}

fn us(element: u16, value: u16) -> Element {
    Element::u16(0x0028, element, value)
}

/// A smooth grey picture of `bits` bits.
fn ramp(rows: usize, columns: usize, bits: u32) -> Vec<i64> {
    let colourful = picture(rows, columns, bits);
    colourful.into_iter().skip(2).step_by(3).collect()
}

/// A grey image without its pixels.
fn grey(rows: u16, columns: u16, allocated: u16, stored: u16) -> SyntheticImage {
    SyntheticImage::new(rows, columns).bits(allocated, stored)
}

/// A colour image of eight bits without its pixels.
fn colour(rows: u16, columns: u16, photometric: &str) -> SyntheticImage {
    grey(rows, columns, 8, 8)
        .samples_per_pixel(3)
        .photometric(photometric)
}

/// A colourful picture: interleaved samples of `bits` bits.
fn picture(rows: usize, columns: usize, bits: u32) -> Vec<i64> {
    let max = (1_i64 << bits) - 1;
    (0..rows * columns)
        .flat_map(|at| {
            let (row, column) = ((at / columns) as i64, (at % columns) as i64);
            let (rows, columns) = (rows as i64, columns as i64);
            [
                max * row / rows,
                max * column / columns,
                max * (row + column) / (rows + columns),
            ]
        })
        .collect()
}

/// Full-range YBR of interleaved RGB, by the formula of PS3.3 C.7.6.3.1.2.
fn ybr_of_rgb(rgb: &[i64], bits: u32) -> Vec<i64> {
    let half = f64::from(1 << (bits - 1));
    rgb.chunks_exact(3)
        .flat_map(|pixel| {
            let [r, g, b] = [pixel[0] as f64, pixel[1] as f64, pixel[2] as f64];
            [
                0.299 * r + 0.587 * g + 0.114 * b,
                -0.168_736 * r - 0.331_264 * g + 0.5 * b + half,
                0.5 * r - 0.418_688 * g - 0.081_312 * b + half,
            ]
        })
        .map(|value| value.round().clamp(0.0, 2.0 * half - 1.0) as i64)
        .collect()
}

fn assert_near(found: &Samples, expected: &[i64], tolerance: i64) {
    let found = values(found);
    assert_eq!(found.len(), expected.len());
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= tolerance,
            "sample {at}: {found} instead of {expected}"
        );
    }
}

#[test]
#[should_panic(expected = "sample 2: 7 instead of 3")]
fn the_comparer_sees_a_single_sample_that_is_off() {
    assert_near(&Samples::U8([1, 2, 7].into()), &[1, 2, 3], 3);
}
