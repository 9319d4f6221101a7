//! MP4 (ISO/IEC 14496-12): the sample table of the first video track.
//!
//! Our own reader, because `re_mp4` 0.5.1 indexes and panics on tables that do not fit each other
//! and makes as many samples as a hostile count says. Fragmented files (`moof`) are refused.

use std::ops::Range;

use super::extents::Stream;
use super::format::VideoCodec;
use super::format::plausible_rate;
use super::walk::Framing;
use crate::dicom::DecodeError;

/// A movie's tables are smaller than this.
const MAX_MOVIE: u64 = 64 << 20;
/// More samples than this are a claim.
const MAX_SAMPLES: usize = super::coded::MAX_PICTURES;

/// The video track.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) codec: VideoCodec,
    pub(super) framing: Framing,
    /// Parameter sets of the sample description, without start codes.
    pub(super) parameter_sets: Vec<Vec<u8>>,
    /// Where each sample is, in decoding order.
    pub(super) samples: Vec<Range<u64>>,
    pub(super) frame_rate: Option<f64>,
    pub(super) has_audio: bool,
}

/// Whether the beginning is that of an MP4 file.
pub(super) fn sniff(beginning: &[u8]) -> bool {
    let kind = beginning.get(4..8).unwrap_or_default();
    [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"]
        .iter()
        .any(|known| **known == *kind)
}

fn damaged(detail: &str) -> DecodeError {
    DecodeError::Damaged {
        codec: "MP4",
        detail: detail.to_owned(),
    }
}

/// Reads the tables.
pub(super) fn read(payload: &Stream) -> Result<Track, DecodeError> {
    let mut place = 0;
    let mut is_fragmented = false;
    while place < payload.length() {
        let head = payload.read(place, 16)?;
        let Some((kind, header, size)) = box_head(&head) else {
            break;
        };
        let size = if size == 0 {
            payload.length() - place
        } else {
            size
        };
        if size < header as u64 {
            break;
        }
        let Some(next) = place.checked_add(size) else {
            break;
        };
        if &kind == b"moov" {
            if size > MAX_MOVIE || next > payload.length() {
                return Err(damaged("the movie box is cut off"));
            }
            let movie = payload.read(place + header as u64, size as usize - header)?;
            let track =
                read_movie(&movie, payload.length()).ok_or_else(|| damaged("no video track"))?;
            if track.samples.is_empty() {
                is_fragmented = true;
            } else {
                return Ok(track);
            }
        }
        place = next;
    }
    Err(damaged(if is_fragmented {
        "a fragmented MP4, whose samples are not in its movie box"
    } else {
        "no movie box"
    }))
}

/// Kind, length of the head, and size (0: to the end) of a box.
fn box_head(bytes: &[u8]) -> Option<([u8; 4], usize, u64)> {
    let size = u64::from(u32_at(bytes, 0)?);
    let kind = *bytes.get(4..)?.first_chunk::<4>()?;
    if size == 1 {
        let large = u64::from_be_bytes(*bytes.get(8..)?.first_chunk::<8>()?);
        return Some((kind, 16, large));
    }
    Some((kind, 8, size))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk::<4>()?))
}

/// The boxes within a box.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (kind, header, size) = box_head(rest)?;
        let size = if size == 0 {
            rest.len()
        } else {
            usize::try_from(size).ok()?
        };
        let body = rest.get(header..size)?;
        rest = rest.get(size..)?;
        Some((kind, body))
    })
}

fn child<'a>(bytes: &'a [u8], kind: &str) -> Option<&'a [u8]> {
    boxes(bytes)
        .find(|(it, _)| it == kind.as_bytes())
        .map(|(_, body)| body)
}

fn read_movie(movie: &[u8], payload_length: u64) -> Option<Track> {
    let mut video = None;
    let mut has_audio = false;
    for (_, track) in boxes(movie).filter(|(kind, _)| kind == b"trak") {
        let media = child(track, "mdia")?;
        let handler = child(media, "hdlr").and_then(|body| body.get(8..12));
        match handler {
            Some(b"vide") if video.is_none() => video = read_track(media, payload_length),
            Some(b"soun") => has_audio = true,
            _ => {}
        }
    }
    let mut track = video?;
    track.has_audio = has_audio;
    Some(track)
}

fn read_track(media: &[u8], payload_length: u64) -> Option<Track> {
    let table = child(child(media, "minf")?, "stbl")?;
    let (codec, framing, parameter_sets) = read_description(child(table, "stsd")?)?;
    let samples = read_samples(table, payload_length).unwrap_or_default();
    Some(Track {
        codec,
        framing,
        parameter_sets,
        frame_rate: read_rate(child(media, "mdhd"), child(table, "stts")),
        samples,
        has_audio: false,
    })
}

/// The first sample description: its codec, how units are told apart, its parameter sets.
fn read_description(body: &[u8]) -> Option<(VideoCodec, Framing, Vec<Vec<u8>>)> {
    let (kind, entry) = boxes(body.get(8..)?).next()?;
    let inner = entry.get(78..).unwrap_or_default();
    match &kind {
        b"avc1" | b"avc3" => {
            let (width, sets) = read_avc_configuration(child(inner, "avcC")?)?;
            Some((VideoCodec::H264, Framing::Lengths(width), sets))
        }
        b"hvc1" | b"hev1" => {
            let (width, sets) = read_hevc_configuration(child(inner, "hvcC")?)?;
            Some((VideoCodec::Hevc, Framing::Lengths(width), sets))
        }
        b"mp4v" => {
            // Object types 0x60 to 0x65 are MPEG-2 Video, 0x6A is MPEG-1; other MPEG-4 Part 2.
            let descriptor = child(inner, "esds")?;
            let object = object_type(descriptor)?;
            matches!(object, 0x60..=0x65 | 0x6A).then_some((
                VideoCodec::Mpeg2,
                Framing::StartCodes,
                Vec::new(),
            ))
        }
        _ => None,
    }
}

/// The object type of the decoder configuration (tag 4) in an `esds` box.
fn object_type(descriptor: &[u8]) -> Option<u8> {
    let mut rest = descriptor.get(4..)?;
    loop {
        let (&tag, after) = rest.split_first()?;
        let length_bytes = after.iter().take_while(|byte| **byte & 0x80 != 0).count() + 1;
        let body = after.get(length_bytes..)?;
        match tag {
            3 => rest = body.get(3..)?,
            4 => return body.first().copied(),
            _ => return None,
        }
    }
}

fn read_avc_configuration(body: &[u8]) -> Option<(usize, Vec<Vec<u8>>)> {
    let width = usize::from(body.get(4)? & 3) + 1;
    let mut sets = Vec::new();
    let mut rest = body.get(5..)?;
    for mask in [0x1F, 0xFF] {
        let (&count, after) = rest.split_first()?;
        rest = after;
        for _ in 0..count & mask {
            rest = take_set(rest, &mut sets)?;
        }
    }
    Some((width, sets))
}

fn read_hevc_configuration(body: &[u8]) -> Option<(usize, Vec<Vec<u8>>)> {
    let width = usize::from(body.get(21)? & 3) + 1;
    let mut sets = Vec::new();
    let (&arrays, mut rest) = body.get(22..)?.split_first()?;
    for _ in 0..arrays {
        let [_, c0, c1, after @ ..] = rest else {
            return None;
        };
        rest = after;
        for _ in 0..u16::from_be_bytes([*c0, *c1]) {
            rest = take_set(rest, &mut sets)?;
        }
    }
    Some((width, sets))
}

fn take_set<'a>(bytes: &'a [u8], sets: &mut Vec<Vec<u8>>) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let (set, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    sets.push(set.to_vec());
    Some(rest)
}

/// Chunks, samples in each, and their sizes to where each sample is. They end with those that the
/// payload cannot hold: behind its end, or more bytes together than it has.
fn read_samples(table: &[u8], payload_length: u64) -> Option<Vec<Range<u64>>> {
    let sizes = child(table, "stsz")?;
    let (one_size, count) = (u32_at(sizes, 4)?, u32_at(sizes, 8)? as usize);
    let count = count.min(MAX_SAMPLES);
    let size = |at: usize| {
        if one_size == 0 {
            u32_at(sizes, 12 + 4 * at)
        } else {
            Some(one_size)
        }
    };
    let chunks: Vec<u64> = match (child(table, "stco"), child(table, "co64")) {
        (Some(body), _) => body
            .get(8..)?
            .as_chunks::<4>()
            .0
            .iter()
            .map(|offset| u32::from_be_bytes(*offset).into())
            .collect(),
        (None, Some(body)) => body
            .get(8..)?
            .as_chunks::<8>()
            .0
            .iter()
            .map(|offset| u64::from_be_bytes(*offset))
            .collect(),
        (None, None) => return None,
    };
    let runs: Vec<(usize, u32)> = child(table, "stsc")?
        .get(8..)?
        .as_chunks::<12>()
        .0
        .iter()
        .filter_map(|run| Some((u32_at(run, 0)? as usize, u32_at(run, 4)?)))
        .collect();
    let mut samples = Vec::new();
    let mut left = payload_length;
    let mut run = 0;
    for (n, &chunk) in chunks.iter().enumerate() {
        while runs.get(run + 1).is_some_and(|next| next.0 <= n + 1) {
            run += 1;
        }
        let mut offset = chunk;
        for _ in 0..runs.get(run)?.1 {
            if samples.len() >= count {
                return Some(samples);
            }
            let length = u64::from(size(samples.len())?);
            let end = offset.checked_add(length)?;
            let held = payload_length.saturating_sub(offset).min(length);
            if offset >= payload_length || held > left {
                return Some(samples);
            }
            left -= held;
            samples.push(offset..end);
            offset = end;
        }
    }
    Some(samples)
}

/// Samples a second on average.
fn read_rate(header: Option<&[u8]>, times: Option<&[u8]>) -> Option<f64> {
    let header = header?;
    let is_long = *header.first()? == 1;
    let scale = u32_at(header, if is_long { 20 } else { 12 })?;
    let (mut samples, mut ticks) = (0.0, 0.0);
    for run in times?.get(8..)?.as_chunks::<8>().0 {
        let (count, delta) = (u32_at(run, 0)?, u32_at(run, 4)?);
        samples += f64::from(count);
        ticks += f64::from(count) * f64::from(delta);
    }
    plausible_rate(samples * f64::from(scale), ticks)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::extents::Extents;
    use super::*;
    use crate::dicom::ByteSource;
    use crate::jobs::JobCtx;

    fn boxed(kind: [u8; 4], words: &[u32]) -> Vec<u8> {
        let length = 8 + 4 * words.len() as u32;
        let body = words.iter().flat_map(|word| word.to_be_bytes());
        let head = length.to_be_bytes().into_iter().chain(kind);
        head.chain(body).collect()
    }

    #[test]
    fn a_box_whose_length_wraps_ends_the_search() {
        let mut bytes = boxed(*b"ftyp", &[0, 0]);
        bytes.extend([&[0, 0, 0, 1], &b"free"[..], &(u64::MAX - 15).to_be_bytes()].concat());
        let mut extents = Extents::default();
        extents.push(0, bytes.len() as u64);
        let payload = Stream {
            source: ByteSource::Memory(bytes.into()),
            extents: Arc::new(extents),
            ctx: JobCtx::new(),
        };
        assert!(read(&payload).is_err());
    }

    #[test]
    fn samples_are_no_more_bytes_than_there_are() {
        let table = |size: u32, chunks: &[u32]| {
            let count = chunks.len() as u32;
            let offsets = [&[0, count], chunks].concat();
            [
                boxed(*b"stsz", &[0, size, count]),
                boxed(*b"stsc", &[0, 1, 1, 1, 1]),
                boxed(*b"stco", &offsets),
            ]
            .concat()
        };
        let apart = table(10, &[0, 10, 20, 30]);
        // The last but one is cut off with the file and says so when read; the last is not there.
        assert_eq!(
            read_samples(&apart, 25).unwrap(),
            [0..10, 10..20, 20..30],
            "cut off"
        );
        let over_each_other = table(100, &[0; 1000]);
        assert_eq!(read_samples(&over_each_other, 250).unwrap().len(), 2);
    }
}
