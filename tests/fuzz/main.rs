//! Corrupted files of every family, on stable Rust: nothing panics, hangs, or takes memory that no
//! honest file would. `tests/fuzz/run` does it at scale.
//!
//! | variable | |
//! |---|---|
//! | `ISOCENTRE_FUZZ` | corruptions a family; few by default, so that the suite stays quick |
//! | `ISOCENTRE_TEST_DATA` | a folder of sample files, corrupted beside our own |
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    unsafe_code,
    reason = "tests may fail loudly; an allocator is unsafe by its nature"
)]

mod allocations;
mod common;
mod corruption;
#[path = "../it/decode/encoders/mod.rs"]
#[expect(dead_code, reason = "the decoders' tests use all of it")]
mod encoders;
#[path = "../it/layers/objects.rs"]
#[expect(dead_code, reason = "the layers' tests use all of it")]
mod layer_objects;
mod object_seeds;
mod seeds;
mod targets;

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;
use std::time::Instant;

use corruption::Numbers;
use corruption::corrupted;
use isocentre::dicom::ByteSource;
use isocentre::dicom::PixelDescription;
use isocentre::dicom::read_header;

#[global_allocator]
static ALLOCATOR: allocations::Counting = allocations::Counting;

/// Corruptions a family when nobody asks for more.
const FEW: usize = 150;
/// No case takes longer: optimised, and without optimisation on a busy machine.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 2 });
/// What any file may take, and times of its own length and of a frame that its header claims.
const MEMORY_BYTES: usize = 128 << 20;
const TIMES_LENGTH: usize = 64;
const TIMES_FRAME: usize = 24;

/// Memory is counted for the whole process: one family at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// Runs a target over the seeds, their prefixes and their corruptions.
fn feed(family: &str, target: fn(&[u8]), seeds: &[Vec<u8>]) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let count = std::env::var("ISOCENTRE_FUZZ").ok();
    let count = count.and_then(|count| count.parse().ok()).unwrap_or(FEW);
    let mut run = Run::new(family, target);
    for seed in seeds {
        run.case(seed);
        let prefixes = (count / seeds.len()).clamp(1, seed.len());
        for part in 0..prefixes {
            run.case(&seed[..part * seed.len() / prefixes]);
        }
    }
    let mut numbers = Numbers::new(family.len() as u64 + 77);
    for at in 0..count {
        run.case(&corrupted(&seeds[at % seeds.len()], seeds, &mut numbers));
    }
    run.finish();
}

/// One family on its way.
struct Run<'a> {
    family: &'a str,
    target: fn(&[u8]),
    begun: Instant,
    cases: usize,
    slowest: Duration,
    largest: usize,
    watch: mpsc::Sender<Watched>,
}

/// What the watchdog is told.
enum Watched {
    Begins(Vec<u8>),
    Ends,
}

impl<'a> Run<'a> {
    fn new(family: &'a str, target: fn(&[u8])) -> Self {
        let (watch, told) = mpsc::channel();
        let name = family.to_owned();
        std::thread::spawn(move || watchdog(&name, &told));
        Self {
            family,
            target,
            begun: Instant::now(),
            cases: 0,
            slowest: Duration::ZERO,
            largest: 0,
            watch,
        }
    }

    fn case(&mut self, bytes: &[u8]) {
        self.cases += 1;
        self.watch.send(Watched::Begins(bytes.to_vec())).unwrap();
        let begun = Instant::now();
        let mut result = Ok(());
        let peak = allocations::peak_of(|| {
            result = catch_unwind(AssertUnwindSafe(|| (self.target)(bytes)));
        });
        let took = begun.elapsed();
        self.watch.send(Watched::Ends).unwrap();
        self.slowest = self.slowest.max(took);
        self.largest = self.largest.max(peak);
        assert!(
            result.is_ok(),
            "{} panics on {}",
            self.family,
            kept(self.family, bytes)
        );
        let allowed = allowed_bytes(bytes);
        assert!(
            peak <= allowed,
            "{} takes {peak} bytes, not {allowed}, for {}",
            self.family,
            kept(self.family, bytes)
        );
    }

    fn finish(self) {
        println!(
            "{:<18}{:>7} cases in {:>4} s, slowest {:>5} ms, largest {:>4} MiB",
            self.family,
            self.cases,
            self.begun.elapsed().as_secs(),
            self.slowest.as_millis(),
            self.largest >> 20
        );
    }
}

/// Ends the process when a case hangs: nothing else ends a loop in a decoder.
fn watchdog(family: &str, told: &mpsc::Receiver<Watched>) {
    while let Ok(Watched::Begins(bytes)) = told.recv() {
        match told.recv_timeout(LONGEST) {
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => {
                println!("{family} hangs on {}", kept(family, &bytes));
                std::process::exit(124);
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// A finding, kept in a file for whoever mends it.
fn kept(family: &str, bytes: &[u8]) -> String {
    let path = std::env::temp_dir().join(format!("isocentre-fuzz-{family}.bin"));
    std::fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

/// Memory that a file may take: more for what is large, or claims a large frame that could be true.
fn allowed_bytes(bytes: &[u8]) -> usize {
    let claimed = || {
        let header = read_header(ByteSource::Memory(bytes.into())).ok()?;
        let location = header.pixel_data?;
        let pixels = PixelDescription::read(header.dataset.elements(), location).ok()?;
        Some(pixels.samples().saturating_mul(4))
    };
    let frame = catch_unwind(claimed).ok().flatten().unwrap_or(0);
    MEMORY_BYTES + TIMES_LENGTH * bytes.len() + frame.saturating_mul(TIMES_FRAME)
}

macro_rules! families {
    ($module:ident: $($test:ident: $target:ident, $seeds:ident;)*) => {
        $(#[test]
        fn $test() {
            feed(stringify!($seeds), targets::$target, &$module::$seeds());
        })*
    };
}

families! { object_seeds:
    corrupted_layers_do_no_harm: layer, layers;
    corrupted_presentation_states_do_no_harm: presentation, presentation_states;
    corrupted_documents_do_no_harm: document, documents;
    corrupted_videos_do_no_harm: frame, videos;
}

families! { seeds:
    corrupted_native_images_do_no_harm: frame, native;
    corrupted_overlays_and_tables_do_no_harm: frame, overlays_and_tables;
    corrupted_rle_does_no_harm: frame, rle;
    corrupted_deflate_does_no_harm: frame, deflated;
    corrupted_jpeg_does_no_harm: frame, jpeg;
    corrupted_lossless_jpeg_does_no_harm: frame, jpeg_lossless;
    corrupted_jpeg_ls_does_no_harm: frame, jpeg_ls;
    corrupted_jpeg_2000_does_no_harm: frame, jpeg_2000;
    corrupted_htj2k_does_no_harm: frame, high_throughput_jpeg_2000;
    corrupted_jpeg_xl_does_no_harm: frame, jpeg_xl;
    corrupted_reports_do_no_harm: report, reports;
    corrupted_waveforms_do_no_harm: header, waveforms;
    corrupted_directories_do_no_harm: directory, directories;
    corrupted_archives_do_no_harm: archive, archives;
    corrupted_pictures_do_no_harm: picture, pictures;
}

#[test]
fn corrupted_headers_do_no_harm() {
    let seeds = [
        seeds::native(),
        seeds::overlays_and_tables(),
        seeds::waveforms(),
    ]
    .concat();
    feed("header", targets::header, &seeds);
}

#[test]
fn corrupted_sample_files_do_no_harm() {
    let seeds = seeds::sample_files();
    for (family, target) in [
        ("samples-header", targets::header as fn(&[u8])),
        ("samples-frame", targets::frame),
        ("samples-report", targets::report),
        ("samples-layer", targets::layer),
        ("samples-state", targets::presentation),
    ] {
        if !seeds.is_empty() {
            feed(family, target, &seeds);
        }
    }
}

#[test]
fn the_seeds_are_whole_files() {
    let images = [
        seeds::native(),
        seeds::overlays_and_tables(),
        seeds::rle(),
        seeds::deflated(),
        seeds::jpeg(),
        seeds::jpeg_lossless(),
        seeds::jpeg_ls(),
        seeds::jpeg_2000(),
        seeds::high_throughput_jpeg_2000(),
        seeds::jpeg_xl(),
    ];
    for file in images.concat() {
        let header = read_header(ByteSource::Memory(file.into())).unwrap();
        let decoded = isocentre::dicom::decode_frame(&header, 0, &isocentre::jobs::JobCtx::new());
        assert!(decoded.is_ok(), "{}: {decoded:?}", header.transfer_syntax);
    }
    for file in object_seeds::videos() {
        let header = read_header(ByteSource::Memory(file.into())).unwrap();
        let decoded = isocentre::dicom::decode_frame(&header, 3, &isocentre::jobs::JobCtx::new());
        assert!(decoded.is_ok(), "{decoded:?}");
    }
    for file in object_seeds::layers() {
        assert!(targets::read_layer(&file), "a layer");
    }
    for file in object_seeds::presentation_states() {
        assert!(targets::marks(&file) > 3, "a state");
    }
    for file in object_seeds::documents() {
        assert_eq!(targets::pages(&file), 1);
    }
    for file in seeds::reports() {
        let header = isocentre::dicom::read_full(ByteSource::Memory(file.into())).unwrap();
        let document = isocentre::objects::sr::read_document(header.dataset).unwrap();
        assert!(isocentre::objects::sr::lines(&document.root).len() > 8);
    }
    for file in seeds::waveforms() {
        let header = read_header(ByteSource::Memory(file.into())).unwrap();
        let groups = isocentre::dicom::modules::WaveformGroup::read_all(&header);
        assert!(
            groups.len() == 2 && groups.iter().all(Result::is_ok),
            "{groups:?}"
        );
    }
}
