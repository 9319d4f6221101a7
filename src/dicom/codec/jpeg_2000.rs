//! JPEG 2000 (ITU-T T.800), its multi-component extension (T.801) and high-throughput JPEG 2000
//! (T.814), by OpenJPEG.
//!
//! The library is handed a bare codestream that was found whole and no larger than the data set
//! says (`jpeg_2000_stream`), and its warnings are read: what does not decode is an error here,
//! never a grey area in a picture.
#![expect(
    unsafe_code,
    reason = "OpenJPEG is a C library; no Rust decoder reads JPEG 2000 and HTJ2K, signed and in colour, as exactly"
)]

use std::borrow::Cow;
use std::ffi::CStr;
use std::ffi::c_char;
use std::ffi::c_int;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::Mutex;

use openjpeg_sys as opj;

use super::Codec;
use super::Coded;
use super::Colour;
use super::MANY_SAMPLES;
use super::Reduced;
use super::Words;
use super::jpeg_2000_beginning::Beginning;
use super::jpeg_2000_beginning::cut_resolution;
use super::jpeg_2000_stream as stream;
use super::jpeg_2000_stream::Component;
use super::jpeg_2000_stream::Header;
use super::jpeg_2000_stream::NAME;
use super::jpeg_2000_stream::damaged;
use super::zeroed;
use crate::dicom::DecodeError;
use crate::dicom::PixelDescription;
use crate::dicom::fragments::FrameMarks;

/// The decoder.
pub struct Jpeg2000;

/// Beyond this many threads nothing is won.
const MAX_THREADS: usize = 8;

impl Codec for Jpeg2000 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn is_foreign(&self) -> bool {
        true
    }

    fn marks(&self) -> FrameMarks {
        FrameMarks {
            start: Some(&[0xFF, 0x4F, 0xFF, 0x51]),
            one_fragment: false,
        }
    }

    fn decode(&self, encoded: &[u8], pixels: &PixelDescription) -> Result<Coded, DecodeError> {
        let codestream = stream::codestream(encoded)?;
        let header = Header::read(codestream)?;
        header.check(pixels, codestream.len())?;
        let length = stream::whole_length(codestream, &header)?;
        let messages = Messages::default();
        let reading = Reading::Whole;
        let image = decompress(&with_end(codestream, length), &header, reading, &messages)?;
        if let Some(message) = messages.all().into_iter().next() {
            return Err(damaged(message));
        }
        let words = image.words(pixels, &header, reading)?;
        Ok(coded(words, pixels, &header))
    }

    fn decode_beginning(
        &self,
        arrived: &[u8],
        pixels: &PixelDescription,
        better_than: u32,
    ) -> Result<Option<Reduced>, DecodeError> {
        let codestream = stream::codestream(arrived)?;
        let header = Header::read(codestream)?;
        header.check(pixels, codestream.len())?;
        let Some(beginning) = Beginning::of(codestream, &header)? else {
            return Ok(None);
        };
        let mut main = stream::main_header(codestream);
        header.check_coding(&mut main, codestream.len())?;
        let at = |halvings| {
            let messages = Messages::default();
            let reading = Reading::Beginning { halvings };
            let image = decompress(&beginning.stream, &header, reading, &messages)?;
            let cut = cut_resolution(&messages.all());
            Ok::<_, DecodeError>((image, cut))
        };
        // The lowest resolution costs little, and tells which one is the highest.
        let (lowest, cut) = at(beginning.levels)?;
        let halvings = cut.and_then(|cut| beginning.halvings(cut, &header));
        let Some(halvings) = halvings.filter(|halvings| *halvings < better_than) else {
            return Ok(None);
        };
        let image = if halvings == beginning.levels {
            lowest
        } else {
            let (image, again) = at(halvings)?;
            if again != cut {
                return Ok(None);
            }
            image
        };
        let pixels = pixels.halved(halvings);
        let words = image.words(&pixels, &header, Reading::Beginning { halvings })?;
        Ok(Some(Reduced {
            coded: coded(words, &pixels, &header),
            halvings,
        }))
    }
}

fn coded(words: Words, pixels: &PixelDescription, header: &Header) -> Coded {
    // Chrominance of lower resolution gives YBR away under any label.
    let is_ybr = !header.has_colour_transform && header.is_subsampled();
    Coded {
        words: words.at_least(pixels.bits_allocated),
        is_planar: false,
        colour: match (header.has_colour_transform, is_ybr) {
            (true, _) => Colour::Rgb,
            (false, true) => Colour::YbrFull,
            (false, false) => Colour::AsDeclared,
        },
        is_cells: false,
        is_lossy: false, // clamped already, where signs are still known
        missing: None,
    }
}

/// How a codestream is read.
#[derive(Debug, Clone, Copy)]
enum Reading {
    /// Every sample as it was written, or an error.
    Whole,
    /// As far as it is there, the sides halved so many times. What is missing is not told from what
    /// was never there, but by what the library says.
    Beginning { halvings: u32 },
}

impl Reading {
    const fn halvings(self) -> u32 {
        match self {
            Self::Whole => 0,
            Self::Beginning { halvings } => halvings,
        }
    }
}

/// The codestream with its end marker, which some writers leave out or put behind padding.
fn with_end(codestream: &[u8], length: usize) -> Cow<'_, [u8]> {
    let (parts, rest) = codestream
        .split_at_checked(length)
        .unwrap_or((codestream, &[]));
    if rest.starts_with(&stream::EOC) {
        return Cow::Borrowed(codestream.get(..length + 2).unwrap_or(codestream));
    }
    let mut copy = Vec::with_capacity(parts.len() + 2);
    copy.extend_from_slice(parts);
    copy.extend(stream::EOC);
    Cow::Owned(copy)
}

/// How a component's values become words of the data set's: unsigned, beginning at bit 0.
#[derive(Debug, Clone, Copy)]
struct Range {
    /// Bits to shift up and down again, where unsigned values stand for signed ones.
    extend: u32,
    low: i32,
    high: i32,
    mask: u32,
}

impl Range {
    fn new(component: Component, pixels: &PixelDescription, is_irreversible: bool) -> Self {
        let bits = component.precision.min(pixels.bits_stored).clamp(1, 32);
        let is_signed = pixels.is_signed && pixels.bits_allocated > 1;
        // Foreign bits above the bits stored are masked; the overshoot of a lossy transform is
        // clamped, in the sign that the values have.
        let (low, high) = match (is_irreversible, component.is_signed) {
            (false, _) => (i32::MIN, i32::MAX),
            (true, true) => (-1 << (bits - 1), i32::MAX >> (32 - bits)),
            (true, false) => (0, (u32::MAX >> (32 - bits)).min(i32::MAX as u32) as i32),
        };
        let mask_bits = match (is_signed, component.is_signed) {
            (false, true) => bits,
            _ => pixels.bits_stored,
        };
        Self {
            extend: if is_signed && !component.is_signed {
                32 - bits
            } else {
                0
            },
            low,
            high,
            mask: u32::MAX >> (32 - mask_bits.clamp(1, 32)),
        }
    }

    fn word(self, value: i32) -> u32 {
        let value = (value.clamp(self.low, self.high) << self.extend) >> self.extend;
        value as u32 & self.mask
    }
}

/// A decoded image, freed when dropped.
struct Image(*mut opj::opj_image_t);

impl Drop for Image {
    fn drop(&mut self) {
        // SAFETY: the image came from `opj_read_header`, is owned by `self` alone and not used
        // again.
        unsafe { opj::opj_image_destroy(self.0) }
    }
}

impl Image {
    /// The samples of each component, after a check that they are what the header announced.
    fn components(&self, header: &Header, reading: Reading) -> Result<Vec<Plane<'_>>, DecodeError> {
        // SAFETY: the image is live; its components are an array of `numcomps`.
        let components = unsafe {
            let image = &*self.0;
            if image.comps.is_null() || image.numcomps as usize != header.components.len() {
                return Err(damaged("another number of components"));
            }
            std::slice::from_raw_parts(image.comps, image.numcomps as usize)
        };
        let planes = components
            .iter()
            .zip(&header.components)
            .map(|(found, announced)| {
                let is_announced = found.prec == announced.precision
                    && (found.sgnd != 0) == announced.is_signed
                    && (found.dx, found.dy) == announced.step
                    && found.factor == reading.halvings();
                if found.data.is_null() || found.w == 0 || found.h == 0 || !is_announced {
                    return Err(damaged("a component was not decoded"));
                }
                let count = found.w as usize * found.h as usize;
                Ok(Plane {
                    component: *announced,
                    columns: found.w as usize,
                    // SAFETY: the library allocated w × h samples for a component whose data are
                    // there, and they live as long as the image, which `self` borrows.
                    samples: unsafe { std::slice::from_raw_parts(found.data, count) },
                })
            });
        planes.collect()
    }

    /// The samples pixel by pixel.
    fn words(
        &self,
        pixels: &PixelDescription,
        header: &Header,
        reading: Reading,
    ) -> Result<Words, DecodeError> {
        let planes = self.components(header, reading)?;
        // Means of neighbours overshoot as well.
        let is_lossy = header.is_irreversible || matches!(reading, Reading::Beginning { .. });
        let count = planes.len();
        if pixels.bits_allocated <= 8 {
            let mut words: Vec<u8> = zeroed(pixels.samples())?;
            for (at, plane) in planes.iter().enumerate() {
                plane.write(&mut words, (at, count), pixels, is_lossy, |word| word as u8)?;
            }
            Ok(Words::U8(words))
        } else if pixels.bits_allocated <= 16 {
            let mut words: Vec<u16> = zeroed(pixels.samples())?;
            for (at, plane) in planes.iter().enumerate() {
                plane.write(&mut words, (at, count), pixels, is_lossy, |word| {
                    word as u16
                })?;
            }
            Ok(Words::U16(words))
        } else {
            let mut words: Vec<u32> = zeroed(pixels.samples())?;
            for (at, plane) in planes.iter().enumerate() {
                plane.write(&mut words, (at, count), pixels, is_lossy, |word| word)?;
            }
            Ok(Words::U32(words))
        }
    }
}

/// The samples of one component.
struct Plane<'a> {
    component: Component,
    columns: usize,
    samples: &'a [i32],
}

impl Plane<'_> {
    /// Writes the samples as component `at` of `count`, each as often as it stands for pixels.
    fn write<T>(
        &self,
        words: &mut [T],
        (at, count): (usize, usize),
        pixels: &PixelDescription,
        is_lossy: bool,
        narrow: impl Fn(u32) -> T,
    ) -> Result<(), DecodeError> {
        let range = Range::new(self.component, pixels, is_lossy);
        let (across, down) = self.component.step;
        let (across, down) = (across as usize, down as usize);
        let columns = pixels.columns as usize;
        if self.columns * across < columns
            || self.samples.len() / self.columns * down < pixels.rows as usize
        {
            return Err(damaged("a component is smaller than the image"));
        }
        if (across, down, count) == (1, 1, 1) && self.columns == columns {
            for (word, &sample) in words.iter_mut().zip(self.samples) {
                *word = narrow(range.word(sample));
            }
            return Ok(());
        }
        for (row, line) in words.chunks_exact_mut(columns * count).enumerate() {
            let samples = self.samples.chunks_exact(self.columns).nth(row / down);
            let samples = samples.unwrap_or_default();
            let line = line.iter_mut().skip(at).step_by(count);
            if across == 1 {
                for (word, &sample) in line.zip(samples) {
                    *word = narrow(range.word(sample));
                }
            } else {
                let samples = samples.iter().flat_map(|s| std::iter::repeat_n(s, across));
                for (word, &sample) in line.zip(samples) {
                    *word = narrow(range.word(sample));
                }
            }
        }
        Ok(())
    }
}

/// What the library said while it decoded; its threads speak too.
#[derive(Default)]
struct Messages(Mutex<Vec<String>>);

impl Messages {
    /// What stands for the whole when a damaged stream has thousands to tell.
    const MAX: usize = 8;

    fn add(&self, text: &CStr) {
        let text = text.to_string_lossy();
        let text = text.trim();
        if let Ok(mut messages) = self.0.lock()
            && messages.len() < Self::MAX
            && !is_harmless(text)
        {
            messages.push(text.chars().take(200).collect());
        }
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().map_or_else(
            |_poisoned| vec!["no reason".to_owned()],
            |messages| messages.clone(),
        )
    }
}

/// Whether a warning of OpenJPEG leaves every sample decoded.
fn is_harmless(warning: &str) -> bool {
    [
        "does not end with EOC",
        "Empty SOT marker",
        "Expected SOP marker",
        "for expected SOP marker",
        "more tile-parts than found in TLM",
        "number of subbands",
        "opj_j2k_read_tlm",
        "TPsot==TNsot",
        "Unknown marker",
    ]
    .iter()
    .any(|known| warning.contains(known))
}

/// The library's message callback; `data` are the [`Messages`] of this decoding.
unsafe extern "C" fn on_message(text: *const c_char, data: *mut c_void) {
    if text.is_null() || data.is_null() {
        return;
    }
    // SAFETY: the text ends with a zero; `data` is the pointer given with this callback, and the
    // messages outlive the codec.
    let (text, messages) = unsafe { (CStr::from_ptr(text), &*data.cast::<Messages>()) };
    messages.add(text);
}

/// The codestream as the library reads it.
struct Source<'a> {
    bytes: &'a [u8],
    position: usize,
}

/// The library's read callback; `data` is the [`Source`] of this decoding.
unsafe extern "C" fn on_read(buffer: *mut c_void, length: usize, data: *mut c_void) -> usize {
    // SAFETY: `data` is the pointer given with this callback; the library calls from the thread
    // that decodes, and nothing else refers to the source while it does.
    let source = unsafe { &mut *data.cast::<Source<'_>>() };
    let rest = source.bytes.get(source.position..).unwrap_or_default();
    let count = rest.len().min(length);
    if count == 0 {
        return usize::MAX; // the library's sign of the end
    }
    // SAFETY: the buffer holds `length` bytes, `rest` at least `count`; they do not overlap.
    unsafe { std::ptr::copy_nonoverlapping(rest.as_ptr(), buffer.cast(), count) };
    source.position += count;
    count
}

/// The library's skip callback.
unsafe extern "C" fn on_skip(length: i64, data: *mut c_void) -> i64 {
    // SAFETY: as for reading.
    let source = unsafe { &mut *data.cast::<Source<'_>>() };
    let rest = source.bytes.len().saturating_sub(source.position);
    let Some(count) = usize::try_from(length).ok().filter(|&count| count <= rest) else {
        source.position = source.bytes.len();
        return -1;
    };
    source.position += count;
    length
}

/// The library's seek callback.
unsafe extern "C" fn on_seek(position: i64, data: *mut c_void) -> opj::OPJ_BOOL {
    // SAFETY: as for reading.
    let source = unsafe { &mut *data.cast::<Source<'_>>() };
    match usize::try_from(position) {
        Ok(position) if position <= source.bytes.len() => {
            source.position = position;
            1
        }
        _ => 0,
    }
}

/// A codec and its input, freed when dropped.
struct Decompressor {
    codec: *mut opj::opj_codec_t,
    stream: *mut opj::opj_stream_t,
}

impl Drop for Decompressor {
    fn drop(&mut self) {
        // SAFETY: both are null or came from their constructors, are owned by `self` alone and
        // not used again.
        unsafe {
            if !self.stream.is_null() {
                opj::opj_stream_destroy(self.stream);
            }
            if !self.codec.is_null() {
                opj::opj_destroy_codec(self.codec);
            }
        }
    }
}

/// Decodes what `reading` says; whether what the library said meanwhile matters, the caller decides.
fn decompress(
    codestream: &[u8],
    header: &Header,
    reading: Reading,
    messages: &Messages,
) -> Result<Image, DecodeError> {
    let mut source = Source {
        bytes: codestream,
        position: 0,
    };
    let failed = || {
        let said = messages.all().into_iter().next();
        damaged(said.unwrap_or_else(|| "no reason".to_owned()))
    };
    // SAFETY: no preconditions; null pointers are checked for.
    let decompressor = unsafe {
        Decompressor {
            codec: opj::opj_create_decompress(opj::CODEC_FORMAT::OPJ_CODEC_J2K),
            stream: opj::opj_stream_create(codestream.len().min(1 << 20), 1),
        }
    };
    let (codec, input) = (decompressor.codec, decompressor.stream);
    if codec.is_null() || input.is_null() {
        return Err(DecodeError::Memory { bytes: 0 });
    }
    let data = std::ptr::from_ref(messages).cast_mut().cast();
    let samples = header.columns as usize * header.rows as usize * header.components.len();
    let mut parameters = MaybeUninit::uninit();
    // SAFETY: codec and stream are live. The pointers given with the callbacks are to values of
    // this function or its caller, which are declared before the decompressor and so outlive it. The
    // parameters are initialised by the library before they are used.
    let is_set_up = unsafe {
        opj::opj_set_error_handler(codec, Some(on_message), data);
        opj::opj_set_warning_handler(codec, Some(on_message), data);
        opj::opj_stream_set_user_data(input, (&raw mut source).cast(), None);
        opj::opj_stream_set_user_data_length(input, codestream.len() as u64);
        opj::opj_stream_set_read_function(input, Some(on_read));
        opj::opj_stream_set_skip_function(input, Some(on_skip));
        opj::opj_stream_set_seek_function(input, Some(on_seek));
        opj::opj_set_default_decoder_parameters(parameters.as_mut_ptr());
        (*parameters.as_mut_ptr()).cp_reduce = reading.halvings();
        opj::opj_setup_decoder(codec, parameters.as_mut_ptr())
    };
    if is_set_up == 0 {
        return Err(failed());
    }
    if matches!(reading, Reading::Beginning { .. }) {
        // SAFETY: the codec is live.
        unsafe { opj::opj_decoder_set_strict_mode(codec, 0) };
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    // One thread beside this one would only be waited for.
    if samples >= MANY_SAMPLES && threads > 1 {
        // SAFETY: the codec is live; without its threads it decodes all the same.
        unsafe { opj::opj_codec_set_threads(codec, threads.min(MAX_THREADS) as c_int) };
    }
    let mut image = std::ptr::null_mut();
    // SAFETY: codec and stream are live and set up; the image is owned from here on.
    let is_read = unsafe { opj::opj_read_header(input, codec, &raw mut image) };
    let image = (!image.is_null()).then(|| Image(image));
    let Some(image) = image.filter(|_| is_read != 0) else {
        return Err(failed());
    };
    // SAFETY: codec, stream and image are live and belong together.
    let is_decoded = unsafe { opj::opj_decode(codec, input, image.0) };
    if is_decoded == 0 {
        return Err(failed());
    }
    Ok(image)
}
