//! Every sample of every picture against ffmpeg's, over streams that ffmpeg makes here; skipped
//! with a notice where it is not installed.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;

use super::container;
use super::extents::Extents;
use super::extents::Stream;
use super::format::VideoCodec;
use super::index::VideoIndex;
use super::planes::Plane;
use super::planes::Planes;
use super::session::Session;
use super::session::Step;
use crate::dicom::ByteSource;

/// Small, so that debug builds are quick; not of whole macroblocks, and more than two coding tree
/// units wide, since the decoder of HEVC refuses slices across narrower wavefronts.
const SIZE: [usize; 2] = [136, 72];

/// Whether ffmpeg and an encoder are there.
fn has(encoder: &str) -> bool {
    let listed = Command::new("ffmpeg")
        .args(["-v", "error", "-encoders"])
        .output();
    let is_there = listed.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains(encoder));
    if !is_there {
        // Past the capture of the test harness: a skipped judge is to be seen.
        drop(writeln!(
            std::io::stderr(),
            "SKIPPED: comparing video with ffmpeg’s: no ffmpeg with {encoder}"
        ));
    }
    is_there
}

/// Moving pictures, encoded.
fn clip(folder: &Path, name: &str, options: &str) -> Vec<u8> {
    let path = folder.join(name);
    let [width, height] = SIZE;
    let source = format!("testsrc2=size={width}x{height}:rate=25:duration=0.96");
    let zoom = format!("mandelbrot=size={width}x{height}:rate=25");
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", &source])
        .args(["-f", "lavfi", "-i", &zoom, "-t", "0.96", "-filter_complex"])
        .arg("[0][1]blend=all_mode=average:shortest=1")
        .args(options.split_whitespace())
        .arg(&path)
        .status();
    assert!(done.is_ok_and(|status| status.success()), "{name}");
    std::fs::read(path).unwrap()
}

/// Its pictures as ffmpeg decodes them.
fn theirs(path: &Path) -> Vec<u8> {
    let out = Command::new("ffmpeg")
        .args(["-v", "error", "-idct", "faani", "-i"])
        .arg(path)
        .args([
            "-map",
            "0:v",
            "-fps_mode",
            "passthrough",
            "-f",
            "rawvideo",
            "-",
        ])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    out.stdout
}

fn index(bytes: Vec<u8>, codec: VideoCodec) -> VideoIndex {
    let mut extents = Extents::default();
    extents.push(0, bytes.len() as u64);
    let stream = Stream {
        source: ByteSource::Memory(bytes.into()),
        extents: Arc::new(extents),
    };
    VideoIndex::of(container::unwrap(stream, codec).unwrap()).unwrap()
}

fn bytes(planes: &Planes) -> Vec<u8> {
    let mut bytes = Vec::new();
    for plane in &planes.planes {
        match plane {
            Plane::U8(samples) => bytes.extend_from_slice(samples),
            Plane::U16(samples) => bytes.extend(samples.iter().flat_map(|s| s.to_le_bytes())),
        }
    }
    bytes
}

fn decode(session: &mut Session, index: &VideoIndex, turn: u32) -> Vec<u8> {
    if session.kept(turn).is_none() {
        session.seek(index, turn).unwrap();
        while session.step(index) != Step::Shown(turn) {}
    }
    let planes = session.kept(turn).unwrap().as_ref();
    bytes(planes.unwrap_or_else(|error| panic!("{:?} frame {turn}: {error}", index.container)))
}

/// Decodes in order and out of order; the largest difference of any sample, and the mean square.
fn compare(folder: &Path, name: &str, options: &str, codec: VideoCodec) -> (u32, f64) {
    let index = index(clip(folder, name, options), codec);
    let theirs = theirs(&folder.join(name));
    let one = bytes_of_one(&index);
    assert_eq!(
        theirs.len(),
        one * index.frames() as usize,
        "{name}: number of frames"
    );
    let mut largest = 0;
    let mut squares = 0.0;
    let mut session = Session::new();
    let count = index.frames();
    // Forwards, then back and forth across the whole film.
    let turns = (0..count).chain((0..count / 4).map(|n| (n * 37 + 11) % count));
    for turn in turns.chain((0..count).rev()) {
        let ours = decode(&mut session, &index, turn);
        let at = turn as usize * one;
        let theirs = &theirs[at..at + one];
        assert_eq!(ours.len(), one);
        for (a, b) in ours.iter().zip(theirs) {
            let off = u32::from(a.abs_diff(*b));
            largest = largest.max(off);
            squares += f64::from(off * off);
        }
    }
    (largest, squares / (3.0 * theirs.len() as f64))
}

fn bytes_of_one(index: &VideoIndex) -> usize {
    let mut session = Session::new();
    decode(&mut session, index, 0).len()
}

fn hold(cases: &[(&str, &str)], codec: VideoCodec, most: u32) {
    let folder = tempfile::tempdir().unwrap();
    for (name, options) in cases {
        let (largest, mean_square) = compare(folder.path(), name, options, codec);
        assert!(largest <= most, "{name}: {largest} levels off");
        assert!(mean_square < 0.02, "{name}: {mean_square}");
    }
}

#[test]
fn h264_is_to_the_bit_what_ffmpeg_decodes_in_any_order() {
    if !has("libx264") {
        return;
    }
    let cases = [
        ("plain.264", "-pix_fmt yuv420p -c:v libx264 -g 12 -bf 0"),
        (
            "open.264",
            "-pix_fmt yuv420p -c:v libx264 -g 10 -bf 3 -x264-params open-gop=1:b-pyramid=normal:scenecut=0",
        ),
        (
            "slices.264",
            "-pix_fmt yuv420p -c:v libx264 -g 15 -x264-params slices=4:cabac=0",
        ),
        (
            "tff.264",
            "-pix_fmt yuv420p -c:v libx264 -g 12 -bf 2 -flags +ildct+ilme",
        ),
        ("b.mp4", "-pix_fmt yuv420p -c:v libx264 -g 12 -bf 3"),
        ("ten.264", "-pix_fmt yuv420p10le -c:v libx264 -g 12 -bf 2"),
    ];
    hold(&cases, VideoCodec::H264, 0);
    hold(
        &[
            ("b.ts", "-pix_fmt yuv420p -c:v libx264 -g 12 -bf 3"),
            (
                "b.m2ts",
                "-pix_fmt yuv420p -c:v libx264 -g 12 -bf 3 -mpegts_m2ts_mode 1",
            ),
        ],
        VideoCodec::H264,
        0,
    );
}

#[test]
fn hevc_is_to_the_bit_what_ffmpeg_decodes_in_any_order() {
    if !has("libx265") {
        return;
    }
    let cases = [
        (
            "open.265",
            "-pix_fmt yuv420p -c:v libx265 -x265-params log-level=none:keyint=10:open-gop=1:bframes=4:scenecut=0",
        ),
        (
            "closed.265",
            "-pix_fmt yuv420p -c:v libx265 -x265-params log-level=none:keyint=12:open-gop=0:slices=2",
        ),
        (
            "ten.265",
            "-pix_fmt yuv420p10le -c:v libx265 -x265-params log-level=none:keyint=10",
        ),
        (
            "b.mp4",
            "-pix_fmt yuv420p -c:v libx265 -tag:v hvc1 -x265-params log-level=none:keyint=10",
        ),
        (
            "b.ts",
            "-pix_fmt yuv420p -c:v libx265 -x265-params log-level=none:keyint=10",
        ),
    ];
    hold(&cases, VideoCodec::Hevc, 0);
}

#[test]
fn mpeg2_is_within_two_levels_of_what_ffmpeg_decodes_in_any_order() {
    if !has("mpeg2video") {
        return;
    }
    let cases = [
        (
            "b.m2v",
            "-pix_fmt yuv420p -c:v mpeg2video -g 12 -bf 2 -qscale:v 3",
        ),
        (
            "i.m2v",
            "-pix_fmt yuv420p -c:v mpeg2video -g 1 -qscale:v 1 -intra_vlc 1 -dc 10",
        ),
        (
            "fields.m2v",
            "-pix_fmt yuv420p -c:v mpeg2video -g 12 -bf 2 -qscale:v 3 -flags +ildct+ilme -alternate_scan 1",
        ),
        (
            "nonlinear.m2v",
            "-pix_fmt yuv420p -c:v mpeg2video -g 12 -qscale:v 4 -qmax 28 -non_linear_quant 1",
        ),
        (
            "b.ts",
            "-pix_fmt yuv420p -c:v mpeg2video -g 12 -bf 2 -qscale:v 3",
        ),
        (
            "b.vob",
            "-pix_fmt yuv420p -c:v mpeg2video -g 12 -bf 2 -qscale:v 3",
        ),
        (
            "one.m1v",
            "-pix_fmt yuv420p -c:v mpeg1video -g 12 -bf 2 -qscale:v 3",
        ),
        (
            "one.mpg",
            "-pix_fmt yuv420p -c:v mpeg1video -g 12 -bf 2 -qscale:v 3",
        ),
        (
            "b.mp4",
            "-pix_fmt yuv420p -c:v mpeg2video -g 12 -bf 2 -qscale:v 3",
        ),
    ];
    hold(&cases, VideoCodec::Mpeg2, 2);
}
