//! How long decoding takes here and in DCMTK, GDCM and OpenJPEG: `tests/bench/decode` runs it.
//!
//! Each decodes a file in a process of its own; theirs write its uncompressed copy. What the same
//! program takes for the uncompressed file is subtracted, so that reading, writing and starting
//! do not count. OpenJPEG's own tool tells what decoding alone took, cut to whole milliseconds: it is
//! compared on a large image alone, with what decoding alone takes here. One core is counted in time
//! of the processor, which other programs do not stretch; all cores by the clock. Each time is the best of several, taken in turns. A second table
//! says how much faster two cores are than one, both by the clock.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a benchmark may stop at the first surprise"
)]

#[path = "../it/decode/encoders/jpeg_2000.rs"]
#[allow(dead_code, reason = "the decoders' tests use all of it")]
mod jpeg_2000;

use std::fmt::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use std::time::Instant;

use dicom_core::DataElement;
use dicom_core::PrimitiveValue;
use dicom_core::VR;
use dicom_core::value::PixelFragmentSequence;
use dicom_dictionary_std::tags;
use dicom_object::FileMetaTableBuilder;
use dicom_object::InMemDicomObject;
use isocentre::demo;
use isocentre::dicom;
use isocentre::dicom::ByteSource;
use isocentre::dicom::DecodedFrame;
use isocentre::dicom::FrameDecoder;
use isocentre::dicom::Samples;
use isocentre::jobs::JobCtx;

/// Frames of the CT that are timed.
const FRAMES: usize = 24;
/// A frame that takes less cannot be compared with whole milliseconds.
const COUNTABLE_MS: f64 = 50.0;
/// A time is the best of so many.
const ROUNDS: usize = 5;

/// A compression: who makes it, and who else decodes it.
struct Row {
    name: &'static str,
    encode: Encoder,
    peers: &'static [Peer],
}

enum Encoder {
    Tool(&'static [&'static str]),
    /// High-throughput JPEG 2000, which no packaged tool makes.
    OpenJph,
}

enum Peer {
    /// A tool that decompresses a file, and what it does to the uncompressed one.
    Tool(&'static [&'static str], &'static [&'static str]),
    /// OpenJPEG's, which takes streams one by one and tells how long each took.
    OpenJpeg,
}

impl Peer {
    const fn name(&self) -> &'static str {
        match self {
            Self::Tool([name, ..], _) => name,
            Self::Tool([], _) => "",
            Self::OpenJpeg => OPENJPEG,
        }
    }
}

/// The argument by which this program decodes a file as their tools do: in a process of its own.
const OURS: &str = "--ours";

const OPENJPEG: &str = "opj_decompress";
const GDCM: Peer = Peer::Tool(&["gdcmconv", "--raw"], &["gdcmconv", "--raw"]);
const ROWS: &[Row] = &[
    row("RLE", &["dcmcrle"], &[dcmtk(&["dcmdrle"]), GDCM]),
    row(
        "deflated",
        &["dcmconv", "+td"],
        &[dcmtk(&["dcmconv", "+te"]), GDCM],
    ),
    row(
        "JPEG .57",
        &["dcmcjpeg", "+el"],
        &[dcmtk(&["dcmdjpeg"]), GDCM],
    ),
    row(
        "JPEG .70",
        &["dcmcjpeg", "+e1"],
        &[dcmtk(&["dcmdjpeg"]), GDCM],
    ),
    row("JPEG-LS", &["dcmcjpls"], &[dcmtk(&["dcmdjpls"]), GDCM]),
    row("JPEG 2000", &["gdcmconv", "--j2k"], &[GDCM, Peer::OpenJpeg]),
    Row {
        name: "HTJ2K",
        encode: Encoder::OpenJph,
        peers: &[Peer::OpenJpeg],
    },
];

const fn dcmtk(decode: &'static [&'static str]) -> Peer {
    Peer::Tool(decode, &["dcmconv"])
}

const fn row(name: &'static str, encode: &'static [&'static str], peers: &'static [Peer]) -> Row {
    Row {
        name,
        encode: Encoder::Tool(encode),
        peers,
    }
}

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == OURS) {
        let file = arguments.next().expect("a file");
        let begin = processor_time();
        decode(Path::new(&file));
        let took = processor_time().saturating_sub(begin);
        println!("{}", took.as_secs_f64());
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ctx = JobCtx::new();
    let study = demo::study();
    let slices = study.len() - 1; // the last is a radiograph
    let ct: Vec<DecodedFrame> = (0..FRAMES)
        .map(|k| {
            let frame = dicom::decode_frame(&study[k * slices / FRAMES], 0, &ctx);
            frame.expect("the built-in study decodes")
        })
        .collect();
    let sheet = [sheet(&ct)];
    let images = [("CT", &ct[..]), ("one sheet", &sheet[..])];
    println!("milliseconds a frame, less what the same program takes for the uncompressed file\n");
    println!(
        "{:<12}{:<12}{:<16}{:>9}{:>9}{:>7}{:>12}{:>9}{:>7}",
        "image",
        "compression",
        "against",
        "1 core:",
        "theirs",
        "ratio",
        "all cores:",
        "theirs",
        "ratio"
    );
    let natives = images.map(|(name, frames)| {
        let native = folder.path().join(format!("{name}.dcm"));
        write_native(&native, frames);
        native
    });
    for ((name, frames), native) in images.iter().zip(&natives) {
        for row in ROWS {
            time_row(name, row, native, frames);
        }
    }
    println!(
        "\n{:<12}{:<12}{:>9}{:>9}{:>8}",
        "image", "compression", "1 core:", "2 cores:", "faster"
    );
    for ((name, frames), native) in images.iter().zip(&natives) {
        for row in ROWS {
            time_cores(name, row, native, frames);
        }
    }
}

/// The file in this compression; `None` if it cannot be made here.
fn packed(row: &Row, native: &Path, frames: &[DecodedFrame]) -> Option<PathBuf> {
    let packed = native.with_extension("packed");
    match row.encode {
        Encoder::Tool(tool) => run(tool, native, &packed, true).map(drop)?,
        Encoder::OpenJph => write_high_throughput(&packed, frames),
    }
    Some(packed)
}

/// How much faster two cores are than one.
fn time_cores(image: &str, row: &Row, native: &Path, frames: &[DecodedFrame]) {
    let Some(packed) = packed(row, native, frames) else {
        return;
    };
    let program = std::env::current_exe().expect("a program");
    let mut best = [[f64::MAX; 2]; 2];
    for _ in 0..ROUNDS {
        for (best, cores) in best.iter_mut().zip(["0", "0,1"]) {
            for (best, file) in best.iter_mut().zip([&packed, native]) {
                let begin = Instant::now();
                let done = Command::new("taskset")
                    .args(["-c", cores])
                    .args([program.as_os_str(), OURS.as_ref(), file.as_os_str()])
                    .status();
                assert!(done.expect("util-linux").success());
                *best = best.min(milliseconds(begin.elapsed()));
            }
        }
    }
    let count = frames.len() as f64;
    let [one, two] = best.map(|[packed, native]| (packed - native) / count);
    println!(
        "{image:<12}{:<12}{one:>9.2}{two:>9.2}{:>7.2}×",
        row.name,
        one / two
    );
}

fn time_row(image: &str, row: &Row, native: &Path, frames: &[DecodedFrame]) {
    let out = native.with_extension("out");
    let Some(packed) = packed(row, native, frames) else {
        println!("{image:<12}{:<12}could not be made", row.name);
        return;
    };
    let Ok(decoded) = std::panic::catch_unwind(|| decode(&packed)) else {
        println!("{image:<12}{:<12}is not decoded here", row.name);
        return;
    };
    for (k, frame) in decoded {
        assert!(
            frame.samples == frames[k as usize].samples,
            "frame {k} differs"
        );
    }
    let program = std::env::current_exe().expect("a program");
    let ours = [program.to_str().expect("a plain path"), OURS];
    let count = frames.len() as f64;
    for peer in row.peers {
        if matches!(peer, Peer::OpenJpeg)
            && milliseconds(processor_time_of(&packed)) / count < COUNTABLE_MS
        {
            continue;
        }
        let mut line = format!("{image:<12}{:<12}{:<16}", row.name, peer.name());
        for one_core in [true, false] {
            let mut best = [f64::MAX; 4];
            for _ in 0..ROUNDS {
                let (theirs, baseline) = match peer {
                    Peer::Tool(decode, baseline) => (
                        run(decode, &packed, &out, one_core),
                        run(baseline, native, &out, one_core),
                    ),
                    // It has no second core to use on frames.
                    Peer::OpenJpeg if one_core => (open_jpeg(&packed, &out), Some(Duration::ZERO)),
                    Peer::OpenJpeg => (None, None),
                };
                let (packed_here, native_here) = match peer {
                    Peer::OpenJpeg if one_core => (
                        Some(processor_time_of(&packed)),
                        Some(processor_time_of(native)),
                    ),
                    _ => (
                        run(&ours, &packed, &out, one_core),
                        run(&ours, native, &out, one_core),
                    ),
                };
                let times = [packed_here, native_here, theirs, baseline];
                for (best, time) in best.iter_mut().zip(times) {
                    *best = best.min(time.map_or(f64::MAX, milliseconds));
                }
            }
            let (ours, theirs) = ((best[0] - best[1]) / count, (best[2] - best[3]) / count);
            let width = if one_core { 9 } else { 12 };
            if best[2] < f64::MAX {
                let ratio = theirs / ours;
                write!(line, "{ours:>width$.2}{theirs:>9.2}{ratio:>6.2}×").expect("memory");
            } else {
                write!(line, "{ours:>width$.2}{:>9}{:>7}", "–", "").expect("memory");
            }
        }
        println!("{line}");
    }
}

/// What OpenJPEG's tool says that decoding the frames of a file takes, as it counts: time of the
/// processor, on one core, without writing the result.
fn open_jpeg(packed: &Path, out: &Path) -> Option<Duration> {
    let file = dicom_object::open_file(packed).ok()?;
    let pixels = file.element(tags::PIXEL_DATA).ok()?;
    let (stream, raw) = (packed.with_extension("j2k"), out.with_extension("raw"));
    let mut sum = 0.0;
    for fragment in pixels.fragments()? {
        std::fs::write(&stream, fragment).ok()?;
        let output = Command::new("taskset")
            .args(["-c", "0", OPENJPEG, "-threads", "1", "-i"])
            .arg(&stream)
            .arg("-o")
            .arg(&raw)
            .output()
            .ok()?;
        let said = String::from_utf8(output.stdout).ok()?;
        let (_, time) = said.split_once("decode time: ")?;
        sum += time.split_whitespace().next()?.parse::<f64>().ok()?;
    }
    Some(Duration::from_secs_f64(sum / 1e3))
}

/// What this process and its threads had of the processor so far.
fn processor_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// What decoding a file here takes on one core, without the start of the process.
fn processor_time_of(file: &Path) -> Duration {
    let program = std::env::current_exe().expect("a program");
    let output = Command::new("taskset")
        .args(["-c", "0"])
        .args([program.as_os_str(), OURS.as_ref(), file.as_os_str()])
        .output()
        .expect("util-linux");
    let said = String::from_utf8(output.stdout).expect("a number");
    Duration::from_secs_f64(said.trim().parse().expect("a number"))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// All frames side by side in one, as large as a mammogram.
fn sheet(frames: &[DecodedFrame]) -> DecodedFrame {
    const ACROSS: usize = 4;
    let (rows, columns) = (frames[0].rows as usize, frames[0].columns as usize);
    let down = frames.len() / ACROSS;
    let value = |row: usize, column: usize| {
        let frame = &frames[row / rows * ACROSS + column / columns];
        let at = row % rows * columns + column % columns;
        frame.samples.get(at).expect("a sample") as i16
    };
    let samples = (0..down * rows)
        .flat_map(|row| (0..ACROSS * columns).map(move |column| value(row, column)));
    DecodedFrame {
        missing: None,
        rows: (down * rows) as u32,
        columns: (ACROSS * columns) as u32,
        samples: Samples::I16(samples.collect()),
        photometric: frames[0].photometric,
    }
}

/// Runs a tool from one file to another: the time its processor took on one core, or the time by
/// the clock on all of them. `None` if it fails or is not there.
fn run(tool: &[&str], from: &Path, to: &Path, one_core: bool) -> Option<Duration> {
    let script = if one_core {
        r#"taskset -c 0 "$@" >&2 && times"#
    } else {
        r#""$@" >&2"#
    };
    let begin = Instant::now();
    let output = Command::new("bash")
        .args(["-c", script, "bash"])
        .args(tool)
        .args([from, to])
        .output()
        .ok()?;
    let elapsed = begin.elapsed();
    if !output.status.success() {
        return None;
    }
    if !one_core {
        return Some(elapsed);
    }
    // User and system time of the shell, then of its children, as 0m0.012s.
    let text = String::from_utf8(output.stdout).ok()?;
    let seconds = text.lines().nth(1)?.split_whitespace().map(|time| {
        let (minutes, seconds) = time.trim_end_matches('s').split_once('m')?;
        Some(60.0 * minutes.parse::<f64>().ok()? + seconds.parse::<f64>().ok()?)
    });
    Some(Duration::from_secs_f64(seconds.sum::<Option<f64>>()?))
}

/// Decodes every frame of a file on every core this process may use.
fn decode(file: &Path) -> Vec<(u32, DecodedFrame)> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let header = dicom::read_header(ByteSource::File(PathBuf::from(file).into()));
    let decoder = FrameDecoder::new(&header.expect("a header")).expect("a decoder");
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|first| {
                let decoder = &decoder;
                scope.spawn(move || {
                    let own = (first as u32..decoder.frame_count()).step_by(threads);
                    own.map(|k| (k, decoder.decode(k, &JobCtx::new()).expect("a frame")))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let joined = workers.into_iter().map(|worker| worker.join());
        joined
            .flat_map(|result| result.expect("no panic"))
            .collect()
    })
}

/// The same frames in high-throughput JPEG 2000.
fn write_high_throughput(path: &Path, frames: &[DecodedFrame]) {
    let is_signed = frames[0].samples.sample_type().name() == "i2";
    let streams = frames.iter().map(|frame| {
        let samples: Vec<i64> = (0..frame.samples.len())
            .map(|at| frame.samples.get(at).expect("a sample") as i64)
            .collect();
        let (rows, columns) = (frame.rows as usize, frame.columns as usize);
        // A bit to spare: without, the encoder writes blocks that no decoder takes.
        let most = samples
            .iter()
            .map(|value| value.unsigned_abs())
            .max()
            .unwrap_or(0);
        let bits = u64::BITS - most.leading_zeros() + 1 + u32::from(is_signed);
        jpeg_2000::high_throughput(rows, columns, bits, is_signed, &samples)
    });
    let fragments = PixelFragmentSequence::new_fragments(streams.collect::<Vec<_>>());
    let pixels = DataElement::new(tags::PIXEL_DATA, VR::OB, fragments);
    write(path, frames, "1.2.840.10008.1.2.4.201", 16, pixels);
}

/// A multi-frame secondary capture of these frames, uncompressed.
fn write_native(path: &Path, frames: &[DecodedFrame]) {
    let is_signed = frames[0].samples.sample_type().name() == "i2";
    let mut bytes: Vec<u8> = Vec::new();
    for frame in frames {
        bytes.extend(frame.samples.as_bytes());
    }
    let high = frames
        .iter()
        .flat_map(|frame| (0..frame.samples.len()).filter_map(|k| frame.samples.get(k)))
        .fold(0.0, f64::max);
    let stored = if is_signed || high > 4095.0 { 16 } else { 12 };
    let pixels = DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::from(bytes));
    write(path, frames, "1.2.840.10008.1.2.1", stored, pixels);
}

fn write(
    path: &Path,
    frames: &[DecodedFrame],
    syntax: &str,
    stored: u32,
    pixels: DataElement<InMemDicomObject>,
) {
    const CLASS: &str = "1.2.840.10008.5.1.4.1.1.7.3";
    const INSTANCE: &str = "2.25.1";
    let is_signed = frames[0].samples.sample_type().name() == "i2";
    let number = |value: u32| PrimitiveValue::from(value as u16);
    let count = frames.len().to_string();
    let object = InMemDicomObject::from_element_iter([
        DataElement::new(tags::SOP_CLASS_UID, VR::UI, CLASS),
        DataElement::new(tags::SOP_INSTANCE_UID, VR::UI, INSTANCE),
        DataElement::new(tags::STUDY_INSTANCE_UID, VR::UI, "2.25.2"),
        DataElement::new(tags::SERIES_INSTANCE_UID, VR::UI, "2.25.3"),
        DataElement::new(tags::MODALITY, VR::CS, "OT"),
        DataElement::new(tags::SAMPLES_PER_PIXEL, VR::US, number(1)),
        DataElement::new(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2"),
        DataElement::new(tags::NUMBER_OF_FRAMES, VR::IS, count.as_str()),
        DataElement::new(tags::ROWS, VR::US, number(frames[0].rows)),
        DataElement::new(tags::COLUMNS, VR::US, number(frames[0].columns)),
        DataElement::new(tags::BITS_ALLOCATED, VR::US, number(16)),
        DataElement::new(tags::BITS_STORED, VR::US, number(stored)),
        DataElement::new(tags::HIGH_BIT, VR::US, number(stored - 1)),
        DataElement::new(tags::PIXEL_REPRESENTATION, VR::US, number(is_signed.into())),
        pixels,
    ]);
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(syntax)
        .media_storage_sop_class_uid(CLASS)
        .media_storage_sop_instance_uid(INSTANCE);
    let file = object.with_meta(meta).expect("a complete header");
    file.write_to_file(path).expect("a writable folder");
}
