//! From an instance's bytes to the stored samples of a frame.
//!
//! `transfer_syntax` says how the bytes are coded, `fragments` where a frame's bytes are and
//! `codec` turns them into words, which `stored_values` settles. The common case, native grey
//! cells, is read straight into the samples instead. Nothing is invented: a frame that is cut off
//! says which of its pixels are missing, or is an error with the numbers.

mod embedded_bits;
mod video;

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;

use bytemuck::Pod;
use dicom_dictionary_std::tags;

use super::ByteSource;
use super::DecodeError;
use super::DecodedFrame;
use super::InstanceHeader;
use super::MissingEnd;
use super::Photometric;
use super::PixelDataLocation;
use super::PixelDescription;
use super::Samples;
use super::codec;
use super::codec::Codec;
use super::codec::Coded;
use super::codec::deflate;
use super::codec::native;
use super::fragments::FragmentIndex;
use super::palette::Palette;
use super::picture;
use super::pixel_description::DeclaredPhotometric;
use super::pixel_description::MAX_FRAME_BYTES;
use super::pixel_description::SampleKind;
use super::stored_values::Field;
use super::stored_values::StoredValues;
use super::transfer_syntax;
use super::transfer_syntax::Encoding;
use super::video::VideoSession;
use crate::jobs::JobCtx;
use crate::jobs::panic_text;

pub use video::FrameRun;
pub(super) use video::find_video;

/// A source that must be read whole (compressed in an archive, or deflated) may be this large.
pub(super) const MAX_WHOLE_BYTES: u64 = 2 * MAX_FRAME_BYTES;

/// Decodes one frame, counted from 0, of an instance.
///
/// For many frames of one instance prepare a [`FrameDecoder`] once.
///
/// # Errors
/// See [`DecodeError`]; nothing is returned for a frame that is damaged, or of which too little is
/// there. One that is cut off says so in [`DecodedFrame::missing`].
pub fn decode_frame(
    header: &InstanceHeader,
    frame: u32,
    ctx: &JobCtx,
) -> Result<DecodedFrame, DecodeError> {
    ctx.check()?;
    FrameDecoder::new(header)?.decode(frame, ctx)
}

/// Decodes the frames of one instance in any order, from any thread, each reading its own bytes.
#[derive(Debug)]
pub struct FrameDecoder {
    source: ByteSource,
    pixels: PixelDescription,
    plan: Plan,
    palette: Option<Palette>,
}

/// A smaller picture of a frame that is still on its way.
#[derive(Debug, Clone)]
pub struct ReducedFrame {
    /// The picture.
    pub frame: DecodedFrame,
    /// How often the sides of the frame are halved, and rounded up.
    pub halvings: u32,
}

/// Where the bytes of frames are.
enum Plan {
    /// One after the other.
    Native {
        offset: u64,
        /// Bytes there are.
        length: u64,
        is_big_endian: bool,
        /// Cells of 8 bits or less were written as big-endian words.
        swaps_pairs: bool,
        /// Bits of a frame as stored.
        frame_bits: u64,
        /// Whether chrominance is stored for every second pixel alone.
        is_packed_422: bool,
    },
    /// A picture file: one frame.
    Picture,
    /// In fragments.
    Fragments {
        codec: &'static dyn Codec,
        index: FragmentIndex,
    },
    /// One stream.
    Video(VideoSession),
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Native { offset, length, .. } => write!(f, "native {offset}+{length}"),
            Self::Picture => f.write_str("picture"),
            Self::Fragments { codec, .. } => write!(f, "{} fragments", codec.name()),
            Self::Video(session) => session.fmt(f),
        }
    }
}

impl FrameDecoder {
    /// Reads the Image Pixel module and finds the frames; no pixels yet (but where the whole
    /// source is compressed, it is inflated here).
    ///
    /// # Errors
    /// There are no pixel data, the transfer syntax or the layout is not decoded, or frames
    /// cannot be told apart.
    pub fn new(header: &InstanceHeader) -> Result<Self, DecodeError> {
        let location = header.pixel_data.ok_or(DecodeError::NoPixelData)?;
        let encoding = transfer_syntax::encoding(&header.transfer_syntax)?;
        let elements = header.dataset.elements();
        let mut pixels = PixelDescription::read(elements, location)?;
        let palette = if pixels.photometric == DeclaredPhotometric::PaletteColor {
            Some(Palette::read(elements, pixels.is_signed)?)
        } else {
            None
        };
        let (source, plan) = match encoding {
            Encoding::Native { .. } | Encoding::DeflatedDataSet if location.length.is_none() => {
                // Some writers put uncompressed frames into fragments and keep the native name.
                let source = random_access(&header.source)?;
                let plan = fragments(&source, header, &pixels, location, &native::Uncompressed)?;
                (source, plan)
            }
            Encoding::Native { is_big_endian } => {
                native_plan(&header.source, &pixels, location, *is_big_endian)?
            }
            Encoding::DeflatedDataSet => deflated_plan(&header.source, &pixels, location)?,
            Encoding::Encapsulated(codec) => {
                let source = random_access(&header.source)?;
                let plan = fragments(&source, header, &pixels, location, *codec)?;
                (source, plan)
            }
            Encoding::Video(codec) => {
                let index = video::index(header, location, *codec, &JobCtx::new())?;
                pixels.frames = index.frames();
                let source = header.source.clone();
                (source, Plan::Video(VideoSession::new(index, &pixels)?))
            }
            Encoding::Picture => (header.source.clone(), Plan::Picture),
            Encoding::NotYet => return Err(DecodeError::NoPixelData),
        };
        Ok(Self {
            source,
            pixels,
            plan,
            palette,
        })
    }

    /// The same for values as they are stored: indices of a palette stay indices, YBR stays YBR.
    ///
    /// # Errors
    /// As [`FrameDecoder::new`].
    pub(super) fn of_stored_values(header: &InstanceHeader) -> Result<Self, DecodeError> {
        let mut decoder = Self::new(header)?;
        decoder.palette = None;
        decoder.pixels.photometric = if decoder.pixels.samples_per_pixel == 3 {
            DeclaredPhotometric::Rgb
        } else {
            DeclaredPhotometric::Monochrome2
        };
        Ok(decoder)
    }

    /// Number of frames the header declares, at least 1; of a video those found in its stream.
    #[must_use]
    pub const fn frame_count(&self) -> u32 {
        self.pixels.frames
    }

    /// The Image Pixel module.
    #[must_use]
    pub const fn pixels(&self) -> &PixelDescription {
        &self.pixels
    }

    /// Decodes a frame, counted from 0. A panic of a codec is an error of this frame.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn decode(&self, frame: u32, ctx: &JobCtx) -> Result<DecodedFrame, DecodeError> {
        ctx.check()?;
        if frame >= self.pixels.frames {
            return Err(DecodeError::NoSuchFrame {
                number: u64::from(frame) + 1,
                frames: self.pixels.frames,
            });
        }
        // Nothing is shared with the codec but what it only reads, and what it begins anew.
        catch_unwind(AssertUnwindSafe(|| {
            self.decode_unguarded(frame, false, ctx)
        }))
        .unwrap_or_else(|payload| Err(self.panicked(&*payload)))
        .map(|(decoded, _is_ybr)| decoded)
    }

    /// The same with the components as the codec gives them, and whether these are luminance and
    /// chrominance of full range (`true`), or red, green and blue.
    ///
    /// # Errors
    /// As [`FrameDecoder::decode`].
    pub(super) fn decode_components(
        &self,
        frame: u32,
        ctx: &JobCtx,
    ) -> Result<(DecodedFrame, bool), DecodeError> {
        ctx.check()?;
        catch_unwind(AssertUnwindSafe(|| self.decode_unguarded(frame, true, ctx)))
            .unwrap_or_else(|payload| Err(self.panicked(&*payload)))
    }

    /// A smaller picture of the only frame, from what has arrived of an instance that is still on its
    /// way: the largest that is whole, if its sides are halved less often than `better_than` times.
    /// `None` where nothing of the kind is there (yet), or its transfer syntax knows no such thing.
    ///
    /// It stands for the image until that is here: its values are means of neighbours.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn decode_beginning(
        &self,
        better_than: u32,
        ctx: &JobCtx,
    ) -> Result<Option<ReducedFrame>, DecodeError> {
        ctx.check()?;
        let Plan::Fragments { codec, index } = &self.plan else {
            return Ok(None);
        };
        // The mean of two entries of a palette is any colour.
        if self.pixels.frames != 1 || self.palette.is_some() {
            return Ok(None);
        }
        let arrived = index.frame_bytes(&self.source, 0)?.bytes;
        let work = || codec::decode_beginning(*codec, &arrived, &self.pixels, better_than);
        let reduced = catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|payload| Err(self.panicked(&*payload)))?;
        let Some(reduced) = reduced else {
            return Ok(None);
        };
        let pixels = self.pixels.halved(reduced.halvings);
        let values = StoredValues {
            pixels: &pixels,
            palette: None,
            keeps_ybr: false,
        };
        let samples = values.settle(reduced.coded)?;
        Ok(Some(ReducedFrame {
            frame: DecodedFrame {
                rows: pixels.rows,
                columns: pixels.columns,
                ..self.frame(samples, None)
            },
            halvings: reduced.halvings,
        }))
    }

    fn panicked(&self, payload: &(dyn Any + Send)) -> DecodeError {
        DecodeError::Panicked {
            codec: match &self.plan {
                Plan::Native { .. } => "native",
                Plan::Picture => "picture",
                Plan::Fragments { codec, .. } => codec.name(),
                Plan::Video(session) => session.codec().name(),
            },
            detail: panic_text(payload),
        }
    }

    /// The frame, and whether it is YBR, which it stays if `keeps_ybr`.
    fn decode_unguarded(
        &self,
        frame: u32,
        keeps_ybr: bool,
        ctx: &JobCtx,
    ) -> Result<(DecodedFrame, bool), DecodeError> {
        let coded = match &self.plan {
            Plan::Native { is_big_endian, .. } => {
                let range = self.native_range(frame)?;
                if let Some((samples, missing)) = self.direct(range, *is_big_endian)? {
                    return Ok((self.frame(samples, missing), false));
                }
                self.native_coded(range)?
            }
            Plan::Picture => picture::decode(&self.source, &self.pixels)?,
            Plan::Fragments { codec, index } => self.encapsulated(*codec, index, frame, ctx)?,
            Plan::Video(session) => {
                let rgb = session.frame(frame, ctx)?;
                return Ok((self.frame(Samples::Rgb8(rgb.into()), None), false));
            }
        };
        ctx.check()?;
        let values = StoredValues {
            pixels: &self.pixels,
            palette: self.palette.as_ref(),
            keeps_ybr,
        };
        let missing = coded.missing;
        let is_ybr = keeps_ybr && values.are_ybr_full(coded.colour);
        Ok((self.frame(values.settle(coded)?, missing), is_ybr))
    }

    fn encapsulated(
        &self,
        codec: &'static dyn Codec,
        index: &FragmentIndex,
        frame: u32,
        ctx: &JobCtx,
    ) -> Result<Coded, DecodeError> {
        let encoded = index.frame_bytes(&self.source, frame)?;
        ctx.check()?;
        let (expected, found) = (encoded.expected, encoded.bytes.len() as u64);
        if found >= expected {
            return codec::decode(codec, &encoded.bytes, &self.pixels);
        }
        let truncated = DecodeError::Truncated { expected, found };
        let Some(decoded) = codec.decode_cut(&encoded.bytes, expected, &self.pixels) else {
            return Err(truncated);
        };
        let mut coded = decoded.map_err(|_for_want_of_bytes| truncated)?;
        if let Some(missing) = &mut coded.missing {
            missing.bytes = expected - found; // of the file, not of what it would decode to
        }
        Ok(coded)
    }

    fn frame(&self, samples: Samples, missing: Option<MissingEnd>) -> DecodedFrame {
        DecodedFrame {
            missing,
            rows: self.pixels.rows,
            columns: self.pixels.columns,
            photometric: match samples.samples_per_pixel() {
                3 => Photometric::Rgb,
                _ if self.pixels.photometric == DeclaredPhotometric::Monochrome1 => {
                    Photometric::Monochrome1
                }
                _ => Photometric::Monochrome2,
            },
            samples,
        }
    }

    /// Where a native frame lies.
    fn native_range(&self, frame: u32) -> Result<NativeRange, DecodeError> {
        let Plan::Native {
            length, frame_bits, ..
        } = self.plan
        else {
            return Err(DecodeError::NoPixelData);
        };
        // Saturated, a frame lies behind the end of any file, and is reported so.
        let first_bit = u64::from(frame).saturating_mul(frame_bits);
        let (start, end) = (
            first_bit / 8,
            first_bit.saturating_add(frame_bits).div_ceil(8),
        );
        let range = NativeRange {
            start,
            expected: end - start,
            found: end.min(length).saturating_sub(start),
            skip_bits: (first_bit % 8) as u32,
        };
        range.missing_end(self)?; // before any memory is taken
        Ok(range)
    }

    /// Reads native grey cells straight into the samples; `None` where they need more than a
    /// mask and a sign.
    fn direct(
        &self,
        range: NativeRange,
        is_big_endian: bool,
    ) -> Result<Option<(Samples, Option<MissingEnd>)>, DecodeError> {
        let pixels = &self.pixels;
        let Plan::Native {
            offset,
            swaps_pairs,
            ..
        } = self.plan
        else {
            return Ok(None);
        };
        if pixels.samples_per_pixel != 1 || self.palette.is_some() || swaps_pairs {
            return Ok(None);
        }
        let mut read = Reader {
            source: &self.source,
            offset: offset + range.start,
            count: pixels.pixels(),
            found: range.found,
        };
        let is_swapped = is_big_endian != cfg!(target_endian = "big");
        let field = Field::of_cells(pixels);
        let samples = match (pixels.kind, pixels.bits_allocated, pixels.is_signed) {
            (SampleKind::Integer, 8, false) => {
                Samples::U8(read.words(|words| field.mask_u8(words))?)
            }
            (SampleKind::Integer, 8, true) => {
                Samples::I8(read.words(|words| field.extend_i8(words))?)
            }
            (SampleKind::Integer, 16, false) => Samples::U16(read.words(|words| {
                swap(is_swapped, words, u16::swap_bytes);
                field.mask_u16(words);
            })?),
            (SampleKind::Integer, 16, true) => Samples::I16(read.words(|words| {
                swap(is_swapped, words, i16::swap_bytes);
                field.extend_i16(words);
            })?),
            (SampleKind::Integer, 32, false) => Samples::U32(read.words(|words| {
                swap(is_swapped, words, u32::swap_bytes);
                field.mask_u32(words);
            })?),
            (SampleKind::Integer, 32, true) => Samples::I32(read.words(|words| {
                swap(is_swapped, words, i32::swap_bytes);
                field.extend_i32(words);
            })?),
            _ => return Ok(None),
        };
        let range = NativeRange {
            found: read.found,
            ..range
        };
        Ok(Some((samples, range.missing_end(self)?)))
    }

    /// The words of a native frame.
    fn native_coded(&self, range: NativeRange) -> Result<Coded, DecodeError> {
        let Plan::Native {
            is_big_endian,
            is_packed_422,
            ..
        } = self.plan
        else {
            return Err(DecodeError::NoPixelData);
        };
        let bytes = self.native_bytes(range.start, range.found)?;
        let skip_bits = range.skip_bits;
        native::coded_as(
            &bytes,
            &self.pixels,
            is_big_endian,
            skip_bits,
            is_packed_422,
        )
    }

    fn native_bytes(&self, start: u64, length: u64) -> Result<Vec<u8>, DecodeError> {
        let Plan::Native {
            offset,
            length: available,
            swaps_pairs,
            ..
        } = self.plan
        else {
            return Err(DecodeError::NoPixelData);
        };
        // Swapped words are read whole: a frame of odd length shares one with its neighbour.
        let (from, to) = if swaps_pairs {
            let end = start + length;
            (start - start % 2, (end + end % 2).min(available))
        } else {
            (start, start + length)
        };
        let mut bytes = self
            .source
            .read_range(offset + from, usize_of(to - from)?)?;
        if swaps_pairs {
            if to == available && to % 2 == 1 {
                bytes.pop(); // the half of a word that was cut
            }
            native::swap_pairs(&mut bytes);
            bytes.drain(..usize_of(start - from)?.min(bytes.len()));
        }
        bytes.truncate(usize_of(length)?);
        Ok(bytes)
    }
}

fn swap<T: Copy>(is_swapped: bool, words: &mut [T], swapped: impl Fn(T) -> T) {
    if is_swapped {
        for word in words {
            *word = swapped(*word);
        }
    }
}

/// Where a native frame lies, in bytes from the beginning of the pixel data.
#[derive(Debug, Clone, Copy)]
struct NativeRange {
    start: u64,
    /// Bytes it should have.
    expected: u64,
    /// Bytes of it that are there.
    found: u64,
    /// Bits of its first byte that belong to the frame before.
    skip_bits: u32,
}

impl NativeRange {
    fn missing_end(&self, decoder: &FrameDecoder) -> Result<Option<MissingEnd>, DecodeError> {
        let is_packed_422 = matches!(
            decoder.plan,
            Plan::Native {
                is_packed_422: true,
                ..
            }
        );
        let lengths = (self.expected, self.found);
        native::missing_end(&decoder.pixels, is_packed_422, lengths, self.skip_bits)
    }
}

/// A run of words in a source.
struct Reader<'a> {
    source: &'a ByteSource,
    offset: u64,
    count: usize,
    /// Bytes that are there; once read, those that were.
    found: u64,
}

impl Reader<'_> {
    /// Reads into the memory that is kept, then lets `finish` work on it in place. What is not
    /// there is zero.
    fn words<T: Pod>(&mut self, finish: impl FnOnce(&mut [T])) -> Result<Arc<[T]>, DecodeError> {
        let mut words: Arc<[T]> = std::iter::repeat_n(T::zeroed(), self.count).collect();
        let Some(slice) = Arc::get_mut(&mut words) else {
            return Err(DecodeError::NoPixelData); // never: nobody else has it yet
        };
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(slice);
        let there = bytes.len().min(usize_of(self.found)?);
        let (there, _) = bytes.split_at_mut(there);
        self.found = self.source.read_into(self.offset, there)? as u64;
        // A word of which only some bytes are there is no value.
        let whole = self.found as usize / size_of::<T>() * size_of::<T>();
        bytes.get_mut(whole..).unwrap_or_default().fill(0);
        finish(slice);
        Ok(words)
    }
}

fn usize_of(value: u64) -> Result<usize, DecodeError> {
    usize::try_from(value).map_err(|_too_large| DecodeError::Memory { bytes: value })
}

/// The source itself, or what it inflates to where ranges of it cannot be read.
fn random_access(source: &ByteSource) -> Result<ByteSource, DecodeError> {
    if source.is_random_access()? {
        return Ok(source.clone());
    }
    Ok(ByteSource::Memory(source.read_all(MAX_WHOLE_BYTES)?.into()))
}

fn native_plan(
    source: &ByteSource,
    pixels: &PixelDescription,
    location: PixelDataLocation,
    is_big_endian: bool,
) -> Result<(ByteSource, Plan), DecodeError> {
    let source = if pixels.frames > 1 {
        random_access(source)?
    } else {
        source.clone()
    };
    let declared = location.length.map_or(u64::MAX, u64::from);
    let available = source.size()?.saturating_sub(location.offset);
    let swaps_pairs = is_big_endian && pixels.bits_allocated <= 8 && {
        // The representation stands before the length in explicit VR; implicit VR is OW.
        let before = location.offset.saturating_sub(8);
        source.read_range(before, 2)? != b"OB"
    };
    let plan = plan_of_length(pixels, location.offset, declared.min(available), declared);
    let Plan::Native {
        offset,
        length,
        frame_bits,
        is_packed_422,
        ..
    } = plan
    else {
        return Ok((source, plan));
    };
    Ok((
        source,
        Plan::Native {
            offset,
            length,
            is_big_endian,
            swaps_pairs,
            frame_bits,
            is_packed_422,
        },
    ))
}

fn plan_of_length(pixels: &PixelDescription, offset: u64, length: u64, declared: u64) -> Plan {
    let is_packed = native::is_packed_422(pixels, declared / u64::from(pixels.frames));
    Plan::Native {
        offset,
        length,
        is_big_endian: false,
        swaps_pairs: false,
        frame_bits: native::stored_bits(pixels, is_packed),
        is_packed_422: is_packed,
    }
}

fn deflated_plan(
    source: &ByteSource,
    pixels: &PixelDescription,
    location: PixelDataLocation,
) -> Result<(ByteSource, Plan), DecodeError> {
    let file = source.read_all(MAX_WHOLE_BYTES)?;
    let deflated = file
        .get(deflate::start_of_data_set(&file)..)
        .unwrap_or_default();
    let declared = location.length.map_or(u64::MAX, u64::from);
    let inflated = deflate::inflate_range(deflated, location.offset, declared.min(MAX_WHOLE_BYTES));
    let bytes = inflated.bytes;
    let mut plan = plan_of_length(pixels, 0, bytes.len() as u64, declared);
    if let (
        Some(_),
        Plan::Native {
            length, frame_bits, ..
        },
    ) = (inflated.damage, &mut plan)
    {
        // What was inflated last before the damage was noticed may be wrong: no frame ends in it.
        let frame_bytes = frame_bits.div_ceil(8).max(1);
        *length -= *length % frame_bytes;
    }
    Ok((ByteSource::Memory(bytes.into()), plan))
}

fn fragments(
    source: &ByteSource,
    header: &InstanceHeader,
    pixels: &PixelDescription,
    location: PixelDataLocation,
    codec: &'static dyn Codec,
) -> Result<Plan, DecodeError> {
    if pixels.kind != SampleKind::Integer {
        return Err(DecodeError::Layout {
            samples: pixels.samples_per_pixel,
            bits: pixels.bits_allocated,
        });
    }
    let extended = header
        .dataset
        .elements()
        .bytes(tags::EXTENDED_OFFSET_TABLE)
        .unwrap_or_default();
    let extended: Vec<u64> = extended
        .as_chunks::<8>()
        .0
        .iter()
        .map(|entry| u64::from_le_bytes(*entry))
        .collect();
    let end = location
        .length
        .map(|length| location.offset + u64::from(length));
    let index = FragmentIndex::read(
        source,
        location.offset,
        end,
        pixels.frames,
        &extended,
        codec.marks(),
    )?;
    Ok(Plan::Fragments { codec, index })
}
