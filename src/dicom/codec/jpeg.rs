//! The JPEG family but JPEG-LS (ITU-T T.81): baseline, extended and progressive of 8 and 12
//! bits, lossless of 2 to 16, by libjpeg-turbo.
//!
//! The library is handed a canonical copy of the stream
//! (`jpeg_stream`), so that its guesses about colour never apply, and its warnings are read:
//! data that run out or do not decode are an error here, never a grey area in a picture.
#![expect(
    unsafe_code,
    reason = "libjpeg-turbo is a C library; no Rust decoder reads 12-bit, progressive and lossless JPEG"
)]

use std::ffi::CStr;
use std::ffi::c_int;

use turbojpeg_sys as tj;

use super::Codec;
use super::Coded;
use super::Colour;
use super::Words;
use super::jpeg_stream;
use super::jpeg_stream::Header;
use super::jpeg_stream::NAME;
use super::jpeg_stream::damaged;
use super::zeroed;
use crate::dicom::DecodeError;
use crate::dicom::PixelDescription;
use crate::dicom::fragments::FrameMarks;

/// The decoder.
pub struct Jpeg;

/// A progressive stream of more scans is an attack, not a picture: each costs a whole pass.
const MAX_SCANS: c_int = 500;

impl Codec for Jpeg {
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
        let stream = jpeg_stream::from_start(encoded)?;
        let header = Header::read(stream)?;
        header.check(pixels, stream.len())?;
        let is_ybr = header.components.len() == 3 && header.is_ybr(pixels.photometric.is_ybr());
        // The library converts lossy YCbCr well; lossless streams it can only pass through.
        let converts = is_ybr && !header.is_lossless();
        let stream = jpeg_stream::canonical(stream, &header, converts)?;
        let words = decompress(&stream, &header)?;
        Ok(Coded {
            words: words.at_least(pixels.bits_allocated),
            is_planar: false,
            colour: if is_ybr && !converts {
                Colour::YbrFull
            } else {
                Colour::Rgb
            },
            is_cells: false,
            is_lossy: !header.is_lossless(),
            missing: None,
        })
    }
}

fn decompress(stream: &[u8], header: &Header) -> Result<Words, DecodeError> {
    let first = Decompressor::new()?.decompress(stream, header, true);
    match first {
        // The decoder stopped at a warning that does not touch the picture: go on past it.
        Err(Failure::Warning(text)) if is_harmless(&text) => {
            let again = Decompressor::new()?.decompress(stream, header, false);
            again.map_err(Failure::into_error)
        }
        other => other.map_err(Failure::into_error),
    }
}

/// Whether a warning of libjpeg leaves every sample decoded.
fn is_harmless(warning: &str) -> bool {
    [
        "extraneous bytes before marker",
        "Invalid SOS parameters",
        "Unknown Adobe color transform",
        "unknown JFIF revision",
        "bad ICC marker",
    ]
    .iter()
    .any(|known| warning.contains(known))
}

/// What the library reported.
enum Failure {
    Warning(String),
    Fatal(String),
    Ours(DecodeError),
}

impl Failure {
    fn into_error(self) -> DecodeError {
        match self {
            Self::Warning(text) | Self::Fatal(text) => damaged(text),
            Self::Ours(error) => error,
        }
    }
}

/// A decompressor instance, freed when dropped.
struct Decompressor(tj::tjhandle);

impl Drop for Decompressor {
    fn drop(&mut self) {
        // SAFETY: the handle came from `tj3Init`, is owned by `self` alone and not used again.
        unsafe { tj::tj3Destroy(self.0) }
    }
}

impl Decompressor {
    fn new() -> Result<Self, DecodeError> {
        // SAFETY: no preconditions; a null handle is checked for.
        let handle = unsafe { tj::tj3Init(tj::TJINIT_TJINIT_DECOMPRESS as c_int) };
        if handle.is_null() {
            return Err(DecodeError::Memory { bytes: 0 });
        }
        Ok(Self(handle))
    }

    fn set(&mut self, parameter: tj::TJPARAM, value: c_int) {
        // SAFETY: the handle is live; unknown parameters and values are refused by the library.
        unsafe { tj::tj3Set(self.0, parameter as c_int, value) };
    }

    fn get(&mut self, parameter: tj::TJPARAM) -> u32 {
        // SAFETY: the handle is live; unknown parameters give −1.
        let value = unsafe { tj::tj3Get(self.0, parameter as c_int) };
        u32::try_from(value).unwrap_or(u32::MAX)
    }

    fn failure(&mut self) -> Failure {
        // SAFETY: the handle is live, and the string lives until the next call on it.
        let (text, code) = unsafe {
            let text = CStr::from_ptr(tj::tj3GetErrorStr(self.0));
            (
                text.to_string_lossy().into_owned(),
                tj::tj3GetErrorCode(self.0),
            )
        };
        if code == tj::TJERR_TJERR_WARNING as c_int {
            Failure::Warning(text)
        } else {
            Failure::Fatal(text)
        }
    }

    fn decompress(
        mut self,
        stream: &[u8],
        header: &Header,
        stop_on_warning: bool,
    ) -> Result<Words, Failure> {
        let components = header.components.len();
        let format = match components {
            1 => tj::TJPF_TJPF_GRAY,
            3 => tj::TJPF_TJPF_RGB,
            _ => return Err(Failure::Fatal(format!("{components} components"))),
        } as c_int;
        let pixels = header.rows as usize * header.columns as usize;
        let size = stream.len() as tj::size_t;
        self.set(tj::TJPARAM_TJPARAM_STOPONWARNING, stop_on_warning.into());
        self.set(tj::TJPARAM_TJPARAM_SCANLIMIT, MAX_SCANS);
        self.set(
            tj::TJPARAM_TJPARAM_MAXPIXELS,
            c_int::try_from(pixels).unwrap_or(c_int::MAX),
        );
        // SAFETY: pointer and length are those of one slice, which outlives the call.
        let read = unsafe { tj::tj3DecompressHeader(self.0, stream.as_ptr(), size) };
        if read != 0 {
            let failure = self.failure();
            if stop_on_warning || matches!(failure, Failure::Fatal(_)) {
                return Err(failure);
            }
        }
        // The buffer below is as large as our reading of the header; it must be the library's.
        let seen = (
            self.get(tj::TJPARAM_TJPARAM_JPEGWIDTH),
            self.get(tj::TJPARAM_TJPARAM_JPEGHEIGHT),
            self.get(tj::TJPARAM_TJPARAM_PRECISION),
        );
        if seen != (header.columns, header.rows, header.precision) {
            return Err(Failure::Fatal("two frame headers".to_owned()));
        }
        let samples = pixels * components;
        let (words, status) = match header.precision {
            2..=8 => {
                let mut words: Vec<u8> = zeroed(samples).map_err(Failure::Ours)?;
                // SAFETY: the stream is one live slice. The buffer holds rows × columns ×
                // components samples, which the library's own header (checked above) says it
                // writes with this pixel format and a pitch of 0, columns × components.
                let status = unsafe {
                    tj::tj3Decompress8(self.0, stream.as_ptr(), size, words.as_mut_ptr(), 0, format)
                };
                (Words::U8(words), status)
            }
            9..=12 => {
                let mut words: Vec<u16> = zeroed(samples).map_err(Failure::Ours)?;
                // SAFETY: as above; an i16 has the size and alignment of a u16, and samples of
                // at most 12 bits are never negative.
                let status = unsafe {
                    tj::tj3Decompress12(
                        self.0,
                        stream.as_ptr(),
                        size,
                        words.as_mut_ptr().cast(),
                        0,
                        format,
                    )
                };
                (Words::U16(words), status)
            }
            13..=16 => {
                let mut words: Vec<u16> = zeroed(samples).map_err(Failure::Ours)?;
                // SAFETY: as for 8 bits.
                let status = unsafe {
                    tj::tj3Decompress16(
                        self.0,
                        stream.as_ptr(),
                        size,
                        words.as_mut_ptr(),
                        0,
                        format,
                    )
                };
                (Words::U16(words), status)
            }
            bits => return Err(Failure::Fatal(format!("{bits} bits a sample"))),
        };
        if status == 0 {
            return Ok(words);
        }
        match self.failure() {
            Failure::Warning(text) if !stop_on_warning && is_harmless(&text) => Ok(words),
            failure => Err(failure),
        }
    }
}
