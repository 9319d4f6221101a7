//! JPEG-LS (ITU-T T.87), lossless and near-lossless, 2 to 16 bits, by CharLS.
//!
//! The library never sees bytes behind the end of its stream: a copy is made that ends with the
//! end-of-image marker, whatever the file holds there. Its exceptions end at its C interface.
#![expect(
    unsafe_code,
    reason = "CharLS is a C++ library; no Rust decoder reads JPEG-LS in colour"
)]

use std::ffi::CStr;
use std::ffi::c_int;

use charls_sys as charls;

use super::Codec;
use super::Coded;
use super::Colour;
use super::StreamSize;
use super::Words;
use super::jpeg_stream::EOI;
use super::jpeg_stream::SOS;
use super::jpeg_stream::Segments;
use super::jpeg_stream::from_start;
use super::zeroed;
use crate::dicom::DecodeError;
use crate::dicom::PixelDescription;
use crate::dicom::fragments::FrameMarks;

/// The decoder.
pub struct JpegLs;

const NAME: &str = "JPEG-LS";

/// One bit codes at most this many samples, all in one line (T.87 A.7.1, J[31]).
const MAX_RUN: usize = 1 << 15;

impl Codec for JpegLs {
    fn name(&self) -> &'static str {
        NAME
    }

    fn is_foreign(&self) -> bool {
        true
    }

    fn marks(&self) -> FrameMarks {
        FrameMarks {
            start: Some(&[0xFF, 0xD8, 0xFF]),
            one_fragment: false,
        }
    }

    fn decode(&self, encoded: &[u8], pixels: &PixelDescription) -> Result<Coded, DecodeError> {
        let encoded = from_start(encoded).map_err(|_jpeg| damaged("no start of image"))?;
        let scan = Scan::first(encoded)?;
        let is_planar = scan.is_planar && pixels.samples_per_pixel > 1;
        if is_planar {
            only_planes(encoded)?;
        }
        let whole = up_to_end(encoded);
        let (words, precision) = match decompress(&with_end(whole), pixels) {
            // Some encoders pad the last scan with a zero byte, which the standard does not know.
            Err(DecodeError::Damaged { .. }) if whole.ends_with(&[0]) => {
                decompress(&with_end(without_padding(whole)), pixels)?
            }
            other => other?,
        };
        Ok(Coded {
            words: words
                .at_least(pixels.bits_allocated)
                .with_sign(precision, pixels),
            is_planar,
            colour: Colour::AsDeclared,
            is_cells: false,
            // Negative values are large words here: they are masked and never clamped.
            is_lossy: scan.near > 0 && !pixels.is_signed,
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

/// What a scan header says (T.87 C.2.3).
struct Scan {
    /// The largest difference to the original.
    near: u8,
    /// Whether components come one after the other rather than by line or by sample.
    is_planar: bool,
}

impl Scan {
    fn read(body: &[u8]) -> Option<Self> {
        let components = usize::from(*body.first()?);
        let &[near, interleave] = body.get(1 + 2 * components..)?.first_chunk::<2>()?;
        Some(Self {
            near,
            is_planar: interleave == 0,
        })
    }

    fn first(stream: &[u8]) -> Result<Self, DecodeError> {
        Segments { rest: stream }
            .find(|segment| segment.marker == SOS)
            .and_then(|segment| Self::read(segment.body))
            .ok_or_else(|| damaged("no scan"))
    }
}

/// Refuses planes followed by interleaved components.
///
/// CharLS lays its output out by the first scan and would write a later, interleaved one beyond
/// it. Entropy-coded data hold no such marker.
fn only_planes(stream: &[u8]) -> Result<(), DecodeError> {
    let is_plane = |scan: &[u8]| {
        let body = scan.get(4..).unwrap_or_default();
        body.first() == Some(&1) && Scan::read(body).is_some_and(|scan| scan.is_planar)
    };
    let mut rest = stream;
    while let Some(at) = memchr::memmem::find(rest, &[0xFF, SOS]) {
        let scan = rest.get(at..).unwrap_or_default();
        if !is_plane(scan) {
            return Err(damaged("scans of different interleave modes"));
        }
        rest = scan.get(2..).unwrap_or_default();
    }
    Ok(())
}

/// The stream before its last end-of-image marker; all of it if it has none.
fn up_to_end(stream: &[u8]) -> &[u8] {
    let end = memchr::memmem::rfind(stream, &[0xFF, EOI]);
    end.and_then(|end| stream.get(..end)).unwrap_or(stream)
}

fn without_padding(stream: &[u8]) -> &[u8] {
    let kept = stream.iter().rposition(|&byte| byte != 0);
    kept.and_then(|last| stream.get(..=last)).unwrap_or(stream)
}

fn with_end(stream: &[u8]) -> Vec<u8> {
    let mut copy = Vec::with_capacity(stream.len() + 2);
    copy.extend_from_slice(stream);
    copy.extend([0xFF, EOI]);
    copy
}

/// The words, and how many bits of each the stream holds.
fn decompress(stream: &[u8], pixels: &PixelDescription) -> Result<(Words, u32), DecodeError> {
    let decoder = Decoder::new(stream)?;
    let size = decoder.size()?;
    size.check(NAME, pixels)?;
    check_length(stream.len(), pixels)?;
    let samples = pixels.samples();
    if size.precision <= 8 {
        let mut words: Vec<u8> = zeroed(samples)?;
        decoder.decode(&mut words)?;
        Ok((Words::U8(words), size.precision))
    } else {
        let mut words: Vec<u16> = zeroed(samples)?;
        decoder.decode(bytemuck::cast_slice_mut(&mut words))?;
        Ok((Words::U16(words), size.precision))
    }
}

/// Whether so many bytes can hold the frame: the longest run ends with its line.
fn check_length(length: usize, pixels: &PixelDescription) -> Result<(), DecodeError> {
    let bits_a_line = (pixels.columns as usize).div_ceil(MAX_RUN);
    if bits_a_line * pixels.rows as usize > length * 8 {
        return Err(damaged(format!(
            "{length} bytes cannot hold {}",
            pixels.size_text()
        )));
    }
    Ok(())
}

/// A decoder of one stream, freed when dropped.
struct Decoder<'a> {
    handle: *mut charls::charls_jpegls_decoder,
    /// The library keeps a pointer into it.
    _stream: &'a [u8],
}

impl Drop for Decoder<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle came from `create`, is owned by `self` alone and not used again.
        unsafe { charls::charls_jpegls_decoder_destroy(self.handle) }
    }
}

impl<'a> Decoder<'a> {
    /// Reads the stream's header.
    fn new(stream: &'a [u8]) -> Result<Self, DecodeError> {
        // SAFETY: no preconditions; a null handle is checked for.
        let handle = unsafe { charls::charls_jpegls_decoder_create() };
        if handle.is_null() {
            return Err(DecodeError::Memory { bytes: 0 });
        }
        let decoder = Self {
            handle,
            _stream: stream,
        };
        // SAFETY: the handle is live; pointer and length are those of one slice, which the
        // decoder's lifetime keeps borrowed.
        check(unsafe {
            charls::charls_jpegls_decoder_set_source_buffer(
                handle,
                stream.as_ptr().cast(),
                stream.len(),
            )
        })?;
        // SAFETY: the handle is live and has its source.
        check(unsafe { charls::charls_jpegls_decoder_read_header(handle) })?;
        Ok(decoder)
    }

    fn size(&self) -> Result<StreamSize, DecodeError> {
        let mut info = charls::charls_frame_info {
            width: 0,
            height: 0,
            bits_per_sample: 0,
            component_count: 0,
        };
        // SAFETY: the handle is live and its header read; the structure is ours to write to.
        check(unsafe { charls::charls_jpegls_decoder_get_frame_info(self.handle, &raw mut info) })?;
        Ok(StreamSize {
            columns: info.width,
            rows: info.height,
            components: info.component_count as u32,
            precision: info.bits_per_sample as u32,
        })
    }

    /// Decodes into all of `words`: bytes of one byte a sample up to 8 bits, else two.
    fn decode(self, words: &mut [u8]) -> Result<(), DecodeError> {
        // SAFETY: the handle is live and its header read. The library writes at most `len` bytes,
        // by lines without a gap (stride 0): it checks the length against its own frame header,
        // and all scans are laid out as the first (`only_planes`).
        check(unsafe {
            charls::charls_jpegls_decoder_decode_to_buffer(
                self.handle,
                words.as_mut_ptr().cast(),
                words.len(),
                0,
            )
        })
    }
}

fn check(code: charls::charls_jpegls_errc) -> Result<(), DecodeError> {
    if code == charls::charls_jpegls_errc_success {
        return Ok(());
    }
    // SAFETY: the library returns a static string for every number.
    let text = unsafe { CStr::from_ptr(charls::charls_get_error_message(code as c_int)) };
    Err(damaged(text.to_string_lossy()))
}
