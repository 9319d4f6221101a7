//! Which pictures a stream holds, in which order they are shown, and from where each can be
//! decoded; found by headers alone, nothing is decoded.

use std::ops::Range;
use std::sync::Arc;

use super::coded::Coded;
use super::coded::ParameterSets;
use super::container;
use super::container::Elementary;
use super::extents::Stream;
use super::format::PictureFormat;
use super::format::VideoCodec;
use super::format::VideoContainer;
use super::h264_index::H264Index;
use super::hevc_index::HevcIndex;
use super::mpeg2_index::Mpeg2Index;
use super::walk::Framing;
use super::walk::walk;
use crate::dicom::DecodeError;
use crate::dicom::fragments::fragment_ranges;
use crate::dicom::{ByteSource, PixelDataLocation};
use crate::jobs::JobCtx;

/// The pictures of a video.
#[derive(Debug, Clone)]
pub struct VideoIndex {
    pub(super) codec: VideoCodec,
    pub(super) container: VideoContainer,
    pub(super) framing: Framing,
    pub(super) stream: Stream,
    pub(super) format: PictureFormat,
    /// In the order in which they are decoded.
    pub(super) pictures: Vec<Coded>,
    /// Places in `pictures`, in the order in which they are shown.
    pub(super) shown: Vec<u32>,
    /// Places in `shown`, by place in `pictures`; `None` for what is not shown.
    pub(super) turns: Vec<Option<u32>>,
    pub(super) sets: ParameterSets,
    /// Where the bytes end, if the file is shorter than its pixel data claim to be.
    pub(super) is_cut_off: bool,
    has_audio: bool,
    has_other_views: bool,
}

impl VideoIndex {
    /// Scans the pixel data at `location`, to their end: that may be gigabytes.
    ///
    /// # Errors
    /// The source cannot be read, no picture is found in it, or the job was cancelled.
    pub(in crate::dicom) fn scan(
        source: &ByteSource,
        location: PixelDataLocation,
        codec: VideoCodec,
        ctx: &JobCtx,
    ) -> Result<Self, DecodeError> {
        let (fragments, is_cut_off) = fragment_ranges(source, location)?;
        let mut extents = super::extents::Extents::default();
        for fragment in fragments {
            extents.push(fragment.start, fragment.end - fragment.start);
        }
        let payload = Stream {
            source: source.clone(),
            extents: Arc::new(extents),
            ctx: ctx.clone(),
        };
        let mut index = Self::of(container::unwrap(payload, codec)?)?;
        index.stream.ctx = JobCtx::new();
        index.is_cut_off = is_cut_off;
        Ok(index)
    }

    pub(super) fn of(video: Elementary) -> Result<Self, DecodeError> {
        let Elementary {
            stream,
            codec,
            framing,
            samples,
            ..
        } = &video;
        let mut has_other_views = false;
        let (pictures, format, sets) = match codec {
            VideoCodec::H264 => {
                let mut scan = H264Index::default();
                feed(&video.parameter_sets, &mut scan);
                walk(stream, *framing, samples, &mut scan)?;
                has_other_views = scan.has_other_views;
                (scan.pictures, scan.format, scan.sets)
            }
            VideoCodec::Hevc => {
                let mut scan = HevcIndex::default();
                feed(&video.parameter_sets, &mut scan);
                walk(stream, *framing, samples, &mut scan)?;
                (scan.pictures, scan.format, scan.sets)
            }
            VideoCodec::Mpeg2 => {
                let mut scan = Mpeg2Index::default();
                walk(stream, *framing, samples, &mut scan)?;
                let scan = scan.finish();
                (scan.pictures, scan.format, scan.sets)
            }
        };
        let Some(mut format) = format.filter(|_| !pictures.is_empty()) else {
            return Err(DecodeError::Damaged {
                codec: codec.name(),
                detail: "no picture was found in it".to_owned(),
            });
        };
        format.frame_rate = format.frame_rate.or(video.frame_rate);
        let (shown, turns) = order(&pictures);
        Ok(Self {
            codec: *codec,
            container: video.container,
            framing: *framing,
            format,
            pictures,
            shown,
            turns,
            sets,
            is_cut_off: false,
            has_audio: video.has_audio,
            has_other_views,
            stream: video.stream,
        })
    }

    /// The same pictures in another source of the same bytes.
    pub(in crate::dicom) fn in_source(&self, source: ByteSource) -> Self {
        let mut index = self.clone();
        index.stream.source = source;
        index
    }

    /// Pictures shown.
    #[must_use]
    pub fn frames(&self) -> u32 {
        self.shown.len() as u32
    }

    /// Columns and rows of a picture as shown.
    #[must_use]
    pub const fn size(&self) -> [u32; 2] {
        self.format.size
    }

    /// The compression.
    #[must_use]
    pub const fn codec(&self) -> VideoCodec {
        self.codec
    }

    /// What the stream is wrapped in.
    #[must_use]
    pub const fn container(&self) -> VideoContainer {
        self.container
    }

    /// Pictures a second, where the stream says so.
    #[must_use]
    pub const fn frame_rate(&self) -> Option<f64> {
        self.format.frame_rate
    }

    /// Height over width of a pixel, where the stream says so.
    #[must_use]
    pub fn pixel_aspect(&self) -> Option<f64> {
        let [width, height] = self.format.sample_aspect?;
        let aspect = f64::from(height) / f64::from(width);
        (0.1..=10.0).contains(&aspect).then_some(aspect)
    }

    /// Whether there is sound, which is not played.
    #[must_use]
    pub const fn has_audio(&self) -> bool {
        self.has_audio
    }

    /// Whether there is a second eye's view, which is not shown.
    #[must_use]
    pub const fn has_other_views(&self) -> bool {
        self.has_other_views
    }

    /// Pictures from which decoding can begin.
    #[must_use]
    pub fn random_access_points(&self) -> usize {
        self.pictures
            .iter()
            .filter(|picture| picture.is_random_access)
            .count()
    }

    /// The most pictures from one random access point to the next.
    #[must_use]
    pub fn longest_group(&self) -> usize {
        let starts = self
            .pictures
            .iter()
            .enumerate()
            .filter(|(_, picture)| picture.is_random_access)
            .map(|(at, _)| at);
        let mut before = 0;
        let mut longest = 0;
        for start in starts.chain([self.pictures.len()]) {
            longest = longest.max(start - before);
            before = start;
        }
        longest
    }

    /// Memory of the decoded pictures between two random access points.
    #[must_use]
    pub fn group_bytes(&self) -> u64 {
        let [columns, rows] = self.format.coded_size.map(u64::from);
        self.longest_group() as u64 * columns * rows * self.format.half_bytes_a_pixel / 2
    }

    /// Where decoding must begin for a picture, by its place in decoding order.
    pub(super) fn start_for(&self, picture: usize) -> usize {
        let is_leading = self.pictures.get(picture).is_some_and(|it| it.is_leading);
        let mut points = (0..=picture)
            .rev()
            .filter(|at| self.pictures.get(*at).is_some_and(|it| it.is_random_access));
        let nearest = points.next();
        // A leading picture needs what comes before the point it follows.
        if is_leading { points.next() } else { nearest }.unwrap_or(0)
    }

    /// The bytes of a picture in the stream.
    pub(super) fn bytes_of(&self, picture: usize) -> Range<u64> {
        self.pictures
            .get(picture)
            .map_or(0..0, |picture| picture.bytes.clone())
    }
}

/// Places in the order of presentation, and by place the number there.
fn order(pictures: &[Coded]) -> (Vec<u32>, Vec<Option<u32>>) {
    let mut shown: Vec<u32> = (0_u32..)
        .zip(pictures)
        .filter(|(_, picture)| !picture.is_hidden)
        .map(|(at, _)| at)
        .collect();
    shown.sort_by_key(|at| {
        pictures
            .get(*at as usize)
            .map_or(0, |picture| picture.order)
    });
    let mut turns = vec![None; pictures.len()];
    for (turn, at) in (0_u32..).zip(&shown) {
        if let Some(place) = turns.get_mut(*at as usize) {
            *place = Some(turn);
        }
    }
    (shown, turns)
}

#[cfg(test)]
impl VideoIndex {
    /// Pictures of one byte each.
    pub(super) fn of_pictures(coded: &[(u8, Coded)]) -> Self {
        let mut extents = super::extents::Extents::default();
        extents.push(0, coded.len() as u64);
        let bytes: Vec<u8> = coded.iter().map(|(byte, _)| *byte).collect();
        let pictures: Vec<Coded> = (0..)
            .zip(coded)
            .map(|(at, (_, picture))| Coded {
                bytes: at..at + 1,
                ..picture.clone()
            })
            .collect();
        let (shown, turns) = order(&pictures);
        Self {
            codec: VideoCodec::H264,
            container: VideoContainer::Elementary,
            framing: Framing::StartCodes,
            stream: Stream {
                source: ByteSource::Memory(bytes.into()),
                extents: Arc::new(extents),
                ctx: JobCtx::new(),
            },
            format: PictureFormat {
                size: [1, 1],
                coded_size: [1, 1],
                sample_aspect: None,
                matrix: None,
                is_full_range: None,
                chroma_location: 0,
                half_bytes_a_pixel: 6,
                frame_rate: None,
            },
            pictures,
            shown,
            turns,
            sets: ParameterSets::default(),
            is_cut_off: false,
            has_audio: false,
            has_other_views: false,
        }
    }
}

/// What stands in the container comes before the stream.
fn feed(sets: &[Vec<u8>], visitor: &mut dyn super::walk::Visitor) {
    for set in sets {
        visitor.unit(0..0, set);
    }
}
