//! JPEG XL (ISO/IEC 18181), lossless, lossy and recompressed JPEG, by jxl-oxide.
//!
//! Values come out in the range that the codestream gives its samples; a library's full-scale
//! output would multiply values of 12 bits by 16. Only the codestream reaches the decoder: what
//! else a JPEG XL file may hold (metadata, compressed boxes) is left where it is.

use std::borrow::Cow;

use jxl_oxide::AllocTracker;
use jxl_oxide::InitializeResult;
use jxl_oxide::JxlImage;
use jxl_oxide::JxlThreadPool;
use jxl_oxide::Render;
use jxl_oxide::image::BitDepth;
use jxl_render::ImageBuffer;

use super::Codec;
use super::Coded;
use super::Colour;
use super::MANY_SAMPLES;
use super::StreamSize;
use super::Words;
use super::boxes::boxes;
use super::zeroed;
use crate::dicom::DecodeError;
use crate::dicom::PixelDescription;
use crate::dicom::fragments::FrameMarks;

/// The decoder.
pub struct JpegXl;

const NAME: &str = "JPEG XL";

/// Memory the decoder may take: so much, and so much for every sample of the frame.
const MEMORY_BYTES: usize = 64 << 20;
const MEMORY_BYTES_A_SAMPLE: usize = 48;
/// Layers and references that one picture is made of; each costs as much as a picture.
const MAX_LAYERS: usize = 16;
/// The largest precision that single-precision floats carry.
const FLOAT_BITS: u32 = 24;

impl Codec for JpegXl {
    fn name(&self) -> &'static str {
        NAME
    }

    fn marks(&self) -> FrameMarks {
        FrameMarks {
            start: Some(&[0xFF, 0x0A]),
            one_fragment: false,
        }
    }

    fn decode(&self, encoded: &[u8], pixels: &PixelDescription) -> Result<Coded, DecodeError> {
        let codestream = codestream(encoded)?;
        let image = load(&codestream, pixels)?;
        let header = image.frame_header(0).ok_or_else(|| damaged("no frame"))?;
        let metadata = &image.image_header().metadata;
        let is_lossy =
            metadata.xyb_encoded || header.encoding != jxl_oxide::frame::Encoding::Modular;
        // The decoder turns these back; what it passes through is what the data set says.
        let colour = if metadata.xyb_encoded || header.do_ycbcr {
            Colour::Rgb
        } else {
            Colour::AsDeclared
        };
        let render = image
            .render_frame(0)
            .map_err(|error| damaged(error.to_string()))?;
        let precision = precision(&image)?;
        Ok(Coded {
            words: words(&render, precision, pixels)?.with_sign(precision, pixels),
            is_planar: false,
            colour,
            is_cells: false,
            // Negative values are large words here: they are masked and never clamped.
            is_lossy: is_lossy && !pixels.is_signed,
            missing: None,
        })
    }
}

fn damaged(detail: impl Into<String>) -> DecodeError {
    DecodeError::Damaged {
        codec: NAME,
        detail: detail.into(),
    }
}

/// The codestream: as it is, or put together from the boxes of a file (ISO/IEC 18181-2).
fn codestream(encoded: &[u8]) -> Result<Cow<'_, [u8]>, DecodeError> {
    if encoded.starts_with(&[0xFF, 0x0A]) {
        return Ok(Cow::Borrowed(encoded));
    }
    let mut parts = Vec::new();
    for (kind, content) in boxes(encoded) {
        match &kind {
            b"jxlc" => return Ok(Cow::Borrowed(content)),
            // The first four bytes number the part; parts come in order.
            b"jxlp" => parts.extend_from_slice(content.get(4..).unwrap_or_default()),
            _ => {}
        }
    }
    if parts.is_empty() {
        return Err(damaged("no start of codestream"));
    }
    Ok(Cow::Owned(parts))
}

/// Reads the whole codestream, once its header is what the data set declares; nothing is decoded.
fn load(codestream: &[u8], pixels: &PixelDescription) -> Result<JxlImage, DecodeError> {
    let limit = pixels
        .samples()
        .saturating_mul(MEMORY_BYTES_A_SAMPLE)
        .saturating_add(MEMORY_BYTES);
    let pool = if pixels.samples() < MANY_SAMPLES {
        JxlThreadPool::none()
    } else {
        JxlThreadPool::rayon_global()
    };
    let mut loading = JxlImage::builder()
        .pool(pool)
        .alloc_tracker(AllocTracker::with_limit(limit))
        .build_uninit();
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| damaged(error.to_string());
    // The header is read anew with each portion: they grow, and begin small, so that no frame is
    // looked at before the header was.
    let mut rest = codestream;
    let mut portion = 16;
    let mut image = loop {
        let (now, later) = rest.split_at(portion.min(rest.len()));
        if now.is_empty() {
            return Err(damaged("the header is cut off"));
        }
        loading.feed_bytes(now).map_err(failed)?;
        rest = later;
        portion *= 2;
        match loading.try_init().map_err(failed)? {
            InitializeResult::NeedMoreData(more) => loading = more,
            InitializeResult::Initialized(image) => break image,
        }
    };
    let header = image.image_header();
    let components =
        if header.metadata.grayscale() { 1 } else { 3 } + header.metadata.ec_info.len();
    let size = StreamSize {
        columns: header.size.width,
        rows: header.size.height,
        components: components as u32,
        precision: precision(&image)?,
    };
    size.check(NAME, pixels)?;
    if header.metadata.orientation != 1 {
        return Err(damaged("it asks to be turned, which DICOM does not know"));
    }
    image.feed_bytes(rest).map_err(failed)?;
    if !image.is_loading_done() {
        return Err(damaged("it ends early"));
    }
    if image.num_loaded_keyframes() != 1 || image.num_loaded_frames() > MAX_LAYERS {
        return Err(damaged("more than one picture"));
    }
    Ok(image)
}

/// Bits a sample.
fn precision(image: &JxlImage) -> Result<u32, DecodeError> {
    match image.image_header().metadata.bit_depth {
        BitDepth::IntegerSample { bits_per_sample } => Ok(bits_per_sample),
        BitDepth::FloatSample { .. } => Err(damaged("floating-point samples")),
    }
}

/// The samples pixel by pixel, no narrower than the data set's cells.
fn words(render: &Render, precision: u32, pixels: &PixelDescription) -> Result<Words, DecodeError> {
    Ok(match pixels.bits_allocated {
        ..=8 => Words::U8(interleaved(render, precision, pixels, |word| word as u8)?),
        9..=16 => Words::U16(interleaved(render, precision, pixels, |word| word as u16)?),
        _ => Words::U32(interleaved(render, precision, pixels, |word| word)?),
    })
}

fn interleaved<T: bytemuck::Zeroable>(
    render: &Render,
    precision: u32,
    pixels: &PixelDescription,
    narrow: impl Fn(u32) -> T,
) -> Result<Vec<T>, DecodeError> {
    let (columns, rows) = (pixels.columns as usize, pixels.rows as usize);
    let channels = render.color_channels();
    let count = pixels.samples_per_pixel as usize;
    let are_whole = channels
        .iter()
        .all(|channel| (channel.width(), channel.height()) == (columns, rows));
    if channels.len() != count || !are_whole {
        return Err(damaged("a channel is not as large as the image"));
    }
    let max = u32::MAX >> (32 - precision.clamp(1, 32));
    let mut words: Vec<T> = zeroed(pixels.samples())?;
    for (at, channel) in channels.iter().enumerate() {
        for (row, line) in words.chunks_exact_mut(columns * count).enumerate() {
            let line = line.iter_mut().skip(at).step_by(count);
            match channel {
                ImageBuffer::I16(grid) => {
                    for (word, &value) in line.zip(grid.get_row(row)) {
                        *word = narrow((value.max(0) as u32).min(max));
                    }
                }
                ImageBuffer::I32(grid) => {
                    for (word, &value) in line.zip(grid.get_row(row)) {
                        *word = narrow((value.max(0) as u32).min(max));
                    }
                }
                ImageBuffer::F32(grid) if precision <= FLOAT_BITS => {
                    let max = max as f32;
                    for (word, &value) in line.zip(grid.get_row(row)) {
                        *word = narrow((value * max + 0.5).clamp(0.0, max) as u32);
                    }
                }
                ImageBuffer::F32(_) => {
                    return Err(damaged(format!("{precision} bits are not decoded exactly")));
                }
            }
        }
    }
    Ok(words)
}
