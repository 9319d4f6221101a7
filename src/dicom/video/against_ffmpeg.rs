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
use crate::jobs::JobCtx;

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
        ctx: JobCtx::new(),
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

const OPEN_264: &str =
    "-pix_fmt yuv420p -c:v libx264 -g 10 -bf 3 -x264-params open-gop=1:b-pyramid=normal:scenecut=0";
const OPEN_265: &str = "-pix_fmt yuv420p -c:v libx265 -x265-params log-level=none:keyint=10:open-gop=1:bframes=4:scenecut=0";

/// Every picture shown, where it decodes.
fn all(index: &VideoIndex) -> Vec<Option<Vec<u8>>> {
    let mut session = Session::new();
    let mut all = vec![None; index.frames() as usize];
    session.seek(index, 0).unwrap();
    loop {
        match session.step(index) {
            Step::Shown(turn) => {
                let picture = session.kept(turn).unwrap().as_ref().ok();
                all[turn as usize] = picture.map(bytes);
            }
            Step::Hidden => {}
            Step::End => return all,
        }
    }
}

#[test]
fn a_film_cut_out_of_another_shows_nothing_that_needs_what_was_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    for (encoder, name, options, codec) in [
        ("libx264", "open.264", OPEN_264, VideoCodec::H264),
        ("libx265", "open.265", OPEN_265, VideoCodec::Hevc),
    ] {
        if !has(encoder) {
            continue;
        }
        let whole = clip(folder.path(), name, options);
        let index_of_whole = index(whole.clone(), codec);
        let pictures = &index_of_whole.pictures;
        let leads = |at: usize| pictures.get(at + 1).is_some_and(|next| next.is_leading);
        let from = (1..pictures.len())
            .find(|at| pictures[*at].is_random_access && leads(*at))
            .unwrap();
        let cut = index(whole[pictures[from].bytes.start as usize..].to_vec(), codec);
        let left = pictures[from..].iter();
        let order = pictures[from].order;
        let expected = left.filter(|picture| picture.order >= order).count();
        assert_eq!(cut.frames() as usize, expected, "{name}");
        let right = all(&index_of_whole);
        let shown = all(&cut);
        assert!(shown.iter().all(Option::is_some), "{name}");
        assert_eq!(shown, right[right.len() - shown.len()..], "{name}");
    }
}

#[test]
fn a_film_that_lost_a_picture_shows_none_that_is_predicted_from_it() {
    if !has("libx264") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let options = "-pix_fmt yuv420p -c:v libx264 -g 10 -bf 0 -refs 1";
    let mut stream = clip(folder.path(), "plain.264", options);
    let whole = index(stream.clone(), VideoCodec::H264);
    let lost = &whole.pictures[4].bytes;
    stream.drain(lost.start as usize..lost.end as usize);
    let mut right = all(&whole);
    right.remove(4);
    let shown = all(&index(stream, VideoCodec::H264));
    assert_eq!(shown.len(), right.len());
    for (at, (shown, right)) in shown.into_iter().zip(right).enumerate() {
        // The next group begins with the picture 9 of those left.
        let is_hurt = (4..9).contains(&at);
        assert_eq!(shown, right.filter(|_| !is_hurt), "{at}");
    }
}

#[test]
fn h264_is_to_the_bit_what_ffmpeg_decodes_in_any_order() {
    if !has("libx264") {
        return;
    }
    let cases = [
        ("plain.264", "-pix_fmt yuv420p -c:v libx264 -g 12 -bf 0"),
        ("open.264", OPEN_264),
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
        ("open.265", OPEN_265),
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
