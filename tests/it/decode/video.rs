//! Videos: the right picture for every number from anywhere, in whatever they are wrapped; and
//! damage, which costs the pictures that build on it and no other.

use std::time::Duration;
use std::time::Instant;

use isocentre::engine::{Loader, Look, open};
use isocentre::imaging::ImageAttributes;

use super::encoders::video::{Flat, Kind, film, h264, mp4, mpeg2};
use super::encoders::video::{program_stream, shown, transport_stream};
use super::*;
use crate::common::temp_folder;

const MPEG2: &str = "1.2.840.10008.1.2.4.100";
const H264: &str = "1.2.840.10008.1.2.4.102";
const HEVC: &str = "1.2.840.10008.1.2.4.107";

/// Seven flat pictures of 64 × 64: luminance 40 + 20 n, blue 100 + 5 n, red 150 − 5 n. Made with
/// x265 (`lossless=1:keyint=4:bframes=2:b-adapt=0:ctu=16`), since nobody writes HEVC by hand.
const TINY_HEVC: &[u8] = include_bytes!("tiny.265");

fn pictures(rows: u16, columns: u16, frames: usize) -> SyntheticImage {
    colour(rows, columns, "YBR_PARTIAL_420")
        .without(0x0028, 0x0030)
        .text(0x0028, 0x0008, "IS", &frames.to_string())
}

/// A file whose pixel data are this stream in pieces of so many bytes.
fn video(image: SyntheticImage, syntax: &str, stream: &[u8], piece: usize) -> Vec<u8> {
    let pieces = stream.chunks(piece).map(<[u8]>::to_vec).collect();
    encapsulated(image, syntax, pieces)
}

fn decoder(file: Vec<u8>) -> FrameDecoder {
    FrameDecoder::new(&header(file)).unwrap()
}

/// Grey of limited range.
fn grey_of(luma: u8) -> i64 {
    ((f64::from(luma) - 16.0) * 255.0 / 219.0).round() as i64
}

/// Luminance of 2 × 2 macroblocks as pixels of red, green and blue.
fn pixels(luma: &[u8]) -> Vec<i64> {
    let at = |row: usize, column: usize| grey_of(luma[row / 16 * 2 + column / 16]);
    (0..32 * 32).flat_map(|n| [at(n / 32, n % 32); 3]).collect()
}

/// Every picture from every place: in order, backwards, and jumping.
fn assert_film(decoder: &FrameDecoder, shown: &[Vec<u8>]) {
    let count = decoder.frame_count();
    assert_eq!(count as usize, shown.len());
    let jumps = (0..3 * count).map(|n| n * 7 % count);
    for frame in (0..count).chain((0..count).rev()).chain(jumps) {
        let decoded = decoder.decode(frame, &JobCtx::new()).unwrap();
        assert_eq!((decoded.rows, decoded.columns), (32, 32));
        assert_near(&decoded.samples, &pixels(&shown[frame as usize]), 0);
    }
}

#[test]
fn h264_pictures_come_in_the_order_they_are_shown_from_any_place() {
    let film = film(4);
    let stream = h264::stream(&film);
    for piece in [stream.len(), 1000, 334, 50] {
        let file = video(pictures(32, 32, 10), H264, &stream, piece);
        assert_film(&decoder(file), &shown(&film));
    }
}

#[test]
fn mpeg2_pictures_come_in_the_order_they_are_shown_from_any_place() {
    let film = film(4);
    let stream = mpeg2::stream(&film, 1);
    for piece in [stream.len(), 64] {
        let file = video(pictures(32, 32, 10), MPEG2, &stream, piece);
        assert_film(&decoder(file), &mpeg2::shown(&film));
    }
}

#[test]
fn what_a_video_is_wrapped_in_makes_no_difference() {
    let film = film(4);
    let (avc, mpeg) = (h264::stream(&film), mpeg2::stream(&film, 1));
    let wrapped = [
        (H264, transport_stream(&avc, 0x1B), shown(&film)),
        (
            H264,
            mp4(&h264::parameter_sets([2, 2]), &h264::slices(&film)),
            shown(&film),
        ),
        (MPEG2, transport_stream(&mpeg, 0x02), mpeg2::shown(&film)),
        (MPEG2, program_stream(&mpeg), mpeg2::shown(&film)),
        // The container knows better than the transfer syntax.
        (MPEG2, transport_stream(&avc, 0x1B), shown(&film)),
    ];
    for (syntax, stream, shown) in wrapped {
        let file = video(pictures(32, 32, 10), syntax, &stream, 776);
        assert_film(&decoder(file), &shown);
    }
    let file = video(
        pictures(32, 32, 10),
        H264,
        &transport_stream(&avc, 0x1B),
        4000,
    );
    assert!(header(file).video.unwrap().has_audio());
}

#[test]
fn hevc_pictures_have_the_colours_they_were_made_with() {
    let decoder = decoder(video(pictures(64, 64, 7), HEVC, TINY_HEVC, 100));
    for frame in [0, 6, 2, 5, 1, 4, 3, 3, 0] {
        let decoded = decoder.decode(frame, &JobCtx::new()).unwrap();
        let n = f64::from(frame);
        // ITU-R BT.601 of limited range, as for all pictures so small.
        let (y, b, r) = (
            (24.0 + 20.0 * n) * 255.0 / 219.0,
            5.0 * n - 28.0,
            22.0 - 5.0 * n,
        );
        let (b, r) = (b * 255.0 / 224.0, r * 255.0 / 224.0);
        let rgb = [
            y + 1.402 * r,
            y - 0.344_136 * b - 0.714_136 * r,
            y + 1.772 * b,
        ];
        let rgb = rgb.map(|value: f64| value.round().clamp(0.0, 255.0) as i64);
        assert_near(&decoded.samples, &rgb.repeat(64 * 64), 0);
    }
}

#[test]
fn a_stream_that_says_nothing_of_its_range_has_the_one_its_standard_infers() {
    let film = film(4);
    let stream = h264::stream(&film);
    for photometric in ["YBR_PARTIAL_420", "YBR_FULL_422", "YBR_FULL", "RGB"] {
        let image = pictures(32, 32, 10).photometric(photometric);
        let decoder = decoder(video(image, H264, &stream, 1000));
        assert_film(&decoder, &shown(&film));
    }
}

#[test]
fn a_film_in_a_compressed_archive_is_not_kept_in_memory_with_its_header() {
    use std::io::Write as _;
    let film = film(4);
    let file = video(pictures(32, 32, 10), H264, &h264::stream(&film), 1000);
    let folder = temp_folder();
    let archive = folder.path().join("a.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&archive).unwrap());
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    zip.start_file("IM1", options).unwrap();
    zip.write_all(&file).unwrap();
    zip.finish().unwrap();
    let source = ByteSource::ZipEntry {
        password: None,
        archive: archive.as_path().into(),
        index: 0,
        name: "IM1".into(),
    };
    let header = dicom::read_header(source).unwrap();
    assert_film(&FrameDecoder::new(&header).unwrap(), &shown(&film));
    std::fs::remove_file(&archive).unwrap();
    assert!(FrameDecoder::new(&header).is_err(), "it is still there");
}

#[test]
fn the_stream_knows_how_many_pictures_there_are() {
    let film = film(4);
    for declared in [3, 10, 99] {
        let file = video(pictures(32, 32, declared), H264, &h264::stream(&film), 998);
        let header = header(file);
        assert_eq!(header.notes.is_empty(), declared == 10);
        let facts = dicom::modules::InstanceFacts::read(&header);
        assert_eq!(facts.frame_count, 10);
        assert_film(&FrameDecoder::new(&header).unwrap(), &shown(&film));
    }
}

#[test]
fn a_broken_picture_costs_those_built_on_it_and_no_others() {
    let film = film(4);
    let mut slices = h264::slices(&film);
    // The second P picture of the first group, shown as number 5: a type no macroblock has.
    slices[3].truncate(6);
    slices[3].extend([0, 0x40, 0x80]);
    let sets = h264::parameter_sets([2, 2]);
    let nals = sets.into_iter().chain(slices);
    let stream: Vec<u8> = nals
        .flat_map(|nal| [&[0, 0, 1], nal.as_slice()].concat())
        .collect();
    let decoder = decoder(video(pictures(32, 32, 10), H264, &stream, 998));
    let expected = shown(&film);
    for _ in 0..2 {
        for frame in (0..10).rev() {
            let decoded = decoder.decode(frame, &JobCtx::new());
            match frame {
                4 => assert!(matches!(decoded, Err(DecodeError::Damaged { .. }))),
                3 => assert!(matches!(
                    decoded,
                    Err(DecodeError::DependsOnDamaged { number: 5 })
                )),
                _ => {
                    let picture = pixels(&expected[frame as usize]);
                    assert_near(&decoded.unwrap().samples, &picture, 0);
                }
            }
        }
    }
}

#[test]
fn a_file_cut_off_shows_the_pictures_that_are_whole() {
    let film = film(4);
    let streams = [
        (H264, h264::stream(&film), shown(&film)),
        (MPEG2, mpeg2::stream(&film, 1), mpeg2::shown(&film)),
    ];
    for (syntax, stream, shown) in streams {
        let whole = video(pictures(32, 32, 10), syntax, &stream, stream.len());
        // Within the last of ten pictures, which is the ninth that is shown.
        let file = whole[..whole.len() - 8 - 12].to_vec();
        let frames = frames(file);
        for (frame, picture) in frames.iter().zip(&shown).take(8) {
            assert_near(&frame.as_ref().unwrap().samples, &pixels(picture), 0);
        }
        assert!(
            frames
                .iter()
                .any(|frame| matches!(frame, Err(DecodeError::Truncated { .. })))
        );
    }
}

#[test]
fn another_size_than_declared_is_refused_before_memory_is_taken() {
    let stream = h264::stream(&film(4));
    let refused = FrameDecoder::new(&header(video(pictures(48, 32, 10), H264, &stream, 998)));
    assert!(matches!(refused, Err(DecodeError::Mismatch { .. })));
    let [sps, pps] = h264::parameter_sets([4000, 4000]);
    let slices = h264::slices(&film(4));
    let nals = [sps, pps].into_iter().chain(slices);
    let huge: Vec<u8> = nals
        .flat_map(|nal| [&[0, 0, 1], nal.as_slice()].concat())
        .collect();
    let begun = Instant::now();
    for (rows, columns) in [(32, 32), (64000, 64000)] {
        let claim = pictures(8, 8, 10).element(us(0x0010, rows));
        let claim = claim.element(us(0x0011, columns));
        let file = video(claim, H264, &huge, 998);
        assert!(FrameDecoder::new(&header(file)).is_err());
    }
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn pixels_that_are_not_square_are_drawn_so() {
    let film = film(4);
    // 32 × 32 pixels on a display of 4:3.
    let file = video(pictures(32, 32, 10), MPEG2, &mpeg2::stream(&film, 2), 998);
    let aspect = |file: Vec<u8>| ImageAttributes::read(&header(file)).aspect(0);
    assert!((aspect(file) - 0.75).abs() < 1e-9);
    let stated = pictures(32, 32, 10).text(0x0028, 0x0034, "IS", "2\\1");
    let file = video(stated, MPEG2, &mpeg2::stream(&film, 2), 998);
    assert!(
        (aspect(file) - 2.0).abs() < 1e-9,
        "the data set is asked first"
    );
}

#[test]
fn noise_in_a_stream_is_never_a_panic_nor_a_wait() {
    let film = film(4);
    let avc = h264::stream(&film);
    let mpeg = mpeg2::stream(&film, 1);
    let streams = [
        (H264, (32, 32), avc.clone()),
        (MPEG2, (32, 32), mpeg.clone()),
        (HEVC, (64, 64), TINY_HEVC.to_vec()),
        (H264, (32, 32), transport_stream(&avc, 0x1B)),
        (MPEG2, (32, 32), program_stream(&mpeg)),
        (
            H264,
            (32, 32),
            mp4(&h264::parameter_sets([2, 2]), &h264::slices(&film)),
        ),
    ];
    let mut state = 7_u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for (syntax, (rows, columns), stream) in streams {
        for round in 0..60 {
            let mut noisy = stream.clone();
            // Headers stand at the beginning, and tables of MP4 at the end.
            let reach = if round % 2 == 0 {
                stream.len()
            } else {
                120.min(stream.len())
            };
            for _ in 0..=round % 5 {
                let at = random(reach);
                let at = if round % 4 == 1 {
                    stream.len() - 1 - at
                } else {
                    at
                };
                noisy[at] ^= 1 << random(8);
            }
            if round % 7 == 0 {
                noisy.truncate(random(stream.len()));
            }
            let begun = Instant::now();
            let file = video(
                pictures(rows, columns, 10),
                syntax,
                &noisy,
                2 + 2 * random(1000),
            );
            for decoded in frames(file).into_iter().flatten() {
                assert_eq!(
                    decoded.samples.len(),
                    usize::from(rows) * usize::from(columns) * 3
                );
            }
            assert!(begun.elapsed() < Duration::from_secs(2), "{syntax} {round}");
        }
    }
}

#[test]
fn pictures_that_lead_into_a_group_are_decoded_from_the_group_before() {
    // In MPEG-2 the pictures between the last of a group and the first of the next follow the
    // latter in the stream, and are predicted from both.
    let flat = |order, kind, luma: u8| Flat {
        order,
        kind,
        luma: vec![Some(luma).filter(|luma| *luma > 0); 4],
    };
    let film = [
        flat(0, Kind::Key, 40),
        flat(1, Kind::Predicted, 60),
        flat(3, Kind::Key, 100),
        flat(2, Kind::Between, 0),
    ];
    let mut stream = mpeg2::stream(&film, 1);
    // An open group: the flag that says otherwise stands in the fourth byte of its header.
    let headers: Vec<usize> = (0..stream.len() - 8)
        .filter(|at| stream[*at..].starts_with(&[0, 0, 1, 0xB8]))
        .collect();
    stream[headers[1] + 7] &= !0x40;
    let file = video(pictures(32, 32, 4), MPEG2, &stream, 998);
    let decoder = decoder(file);
    for frame in [3, 2, 0, 2, 1, 2] {
        let luma = [40, 60, 80, 100][frame as usize];
        let decoded = decoder.decode(frame, &JobCtx::new()).unwrap();
        assert_near(&decoded.samples, &pixels(&[luma; 4]), 0);
    }
}

#[test]
fn a_set_too_large_keeps_the_pictures_around_the_one_looked_at() {
    let film = film(4);
    let folder = temp_folder();
    let path = folder.path().join("video.dcm");
    let file = video(pictures(32, 32, 10), H264, &h264::stream(&film), 998);
    std::fs::write(&path, file).unwrap();
    let opened = open::open(&[path], &JobCtx::new()).unwrap();
    let set = opened.library.display_sets().next().unwrap();
    let sources = open::sources(&opened.library, set);
    let loader = Loader::new(set.frames.clone(), sources, None, 4, None);
    assert!(loader.is_partial() && loader.most_jobs(8) == 1);
    let shown = shown(&film);
    for (index, coming, expected) in [
        (6, vec![], [5, 6, 7, 8]),
        (5, vec![], [4, 5, 6, 7]),
        (2, vec![], [1, 2, 3, 4]),
        (8, vec![9, 0, 1], [0, 1, 8, 9]),
    ] {
        loader.look_at(vec![Look { index, coming }]);
        loader.run_all(&JobCtx::new()).unwrap();
        for (frame, picture) in shown.iter().enumerate() {
            let is_here = loader.get(frame).ready().map(|image| {
                assert_near(&image.samples, &pixels(picture), 0);
            });
            assert_eq!(
                is_here.is_some(),
                expected.contains(&frame),
                "{index}: {frame}"
            );
        }
        assert!(!loader.has_work());
    }
}
