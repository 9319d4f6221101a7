//! How long a study takes from an archive on this computer to files on its disk, here and by curl
//! and DCMTK: `cargo bench --bench retrieval`.
//!
//! A CT of 400 slices, 200 MiB, in an Orthanc of the program's own. Each time is the best of
//! several, taken in turns. Ours are whole files, checked and synced one by one before they count;
//! the others sync nothing, so theirs are timed a second time until what they wrote is on the disk.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark may stop at the first surprise"
)]

#[path = "../it/common/certificates.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod certificates;
#[path = "../it/common/orthanc.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod orthanc;

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use isocentre::dicom::DatasetBuilder;
use isocentre::dicom::tags;
use isocentre::dicom::write_part10_bytes;
use isocentre::jobs::JobCtx;
use isocentre::pacs::Caller;
use isocentre::pacs::FolderSink;
use isocentre::pacs::Node;
use isocentre::pacs::NodeAddress;
use isocentre::pacs::Wanted;
use isocentre::pacs::service;

use orthanc::Orthanc;

const SLICES: usize = 400;
const SIDE: usize = 512;
/// A time is the best of so many.
const ROUNDS: usize = 3;
const STUDY: &str = "1.2.3.400";
const SERIES: &str = "1.2.3.400.1";

fn temp_folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn main() {
    let Some(orthanc) = Orthanc::start("the benchmark") else {
        return;
    };
    for n in 0..SLICES {
        orthanc.store(&slice(n));
    }
    let rows: [(&str, Box<Run<'_>>); 4] = [
        (
            "isocentre, DICOMweb",
            Box::new(|to| ours(&orthanc.dicom_web(), to)),
        ),
        ("curl, one body", Box::new(|to| curl(&orthanc, to))),
        (
            "isocentre, C-GET",
            Box::new(|to| ours(&orthanc.dimse(), to)),
        ),
        ("getscu (DCMTK)", Box::new(|to| getscu(&orthanc, to))),
    ];
    let mut best: [Option<Outcome>; 4] = [None; 4];
    for _ in 0..ROUNDS {
        for ((_, run), best) in rows.iter().zip(&mut best) {
            let folder = temp_folder();
            let outcome = run(folder.path());
            if best.is_none_or(|best| outcome.elapsed < best.elapsed) {
                *best = Some(outcome);
            }
        }
    }
    println!(
        "{:<22}{:>10}{:>14}{:>12}",
        "", "all, s", "on disk, s", "first, ms"
    );
    for ((name, _), best) in rows.iter().zip(best) {
        let best = best.unwrap();
        let seconds = best.elapsed.as_secs_f64();
        let on_disk = best.on_disk.as_secs_f64();
        let first = best.first.map_or_else(String::new, |first| {
            format!("{:.0}", first.as_secs_f64() * 1e3)
        });
        println!("{name:<22}{seconds:>10.2}{on_disk:>14.2}{first:>12}");
    }
    println!("peak memory of this program: {} MiB", peak_mib());
}

/// Fetches all into a folder.
type Run<'a> = dyn Fn(&Path) -> Outcome + 'a;

#[derive(Debug, Clone, Copy)]
struct Outcome {
    elapsed: Duration,
    /// Until a power cut would take nothing of it.
    on_disk: Duration,
    first: Option<Duration>,
}

/// A slice of noise: no compression on the way helps anybody.
fn slice(n: usize) -> Vec<u8> {
    let mut state = n as u32 + 1;
    let pixels: Vec<u16> = (0..SIDE * SIDE)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 20) as u16
        })
        .collect();
    let mut b = DatasetBuilder::new();
    b.text(tags::SOP_CLASS_UID, "1.2.840.10008.5.1.4.1.1.2")
        .text(tags::SOP_INSTANCE_UID, &format!("{SERIES}.{}", n + 1))
        .text(tags::STUDY_INSTANCE_UID, STUDY)
        .text(tags::SERIES_INSTANCE_UID, SERIES)
        .text(tags::MODALITY, "CT")
        .text(tags::PATIENT_ID, "BENCH")
        .text(tags::PATIENT_NAME, "Bench^Mark")
        .text(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME2")
        .integer(tags::INSTANCE_NUMBER, n as i64 + 1)
        .integer(tags::SAMPLES_PER_PIXEL, 1)
        .integer(tags::ROWS, SIDE as i64)
        .integer(tags::COLUMNS, SIDE as i64)
        .integer(tags::BITS_ALLOCATED, 16)
        .integer(tags::BITS_STORED, 12)
        .integer(tags::HIGH_BIT, 11)
        .integer(tags::PIXEL_REPRESENTATION, 0)
        .words(tags::PIXEL_DATA, &pixels);
    write_part10_bytes(&b.into_dataset(), "1.2.840.10008.1.2.1").unwrap()
}

fn ours(address: &str, to: &Path) -> Outcome {
    let node = Node {
        name: "bench".to_owned(),
        address: NodeAddress::parse(address).unwrap(),
        is_searched: true,
        limit_bytes_per_s: None,
        is_slow: false,
    };
    let wanted = [Wanted {
        study_uid: STUDY.to_owned(),
        series: Vec::new(),
    }];
    let begin = Instant::now();
    let outcome = service(&node, &Caller::default())
        .retrieve(&wanted, &FolderSink::new(to), &|_| {}, &JobCtx::new())
        .unwrap();
    assert_eq!(outcome.instances, SLICES, "{outcome:?}");
    let elapsed = begin.elapsed();
    Outcome {
        elapsed,
        on_disk: elapsed,
        first: outcome.first_instance,
    }
}

fn curl(orthanc: &Orthanc, to: &Path) -> Outcome {
    let accept = r#"Accept: multipart/related; type="application/dicom"; transfer-syntax=*"#;
    let url = format!("{}/studies/{STUDY}/series/{SERIES}", orthanc.dicom_web());
    let file = to.join("body");
    timed(
        to,
        Command::new("curl")
            .args(["-sf", "-H", accept, "-o"])
            .arg(file)
            .arg(url),
    )
}

fn getscu(orthanc: &Orthanc, to: &Path) -> Outcome {
    let port = orthanc.dicom_port.to_string();
    let key = format!("StudyInstanceUID={STUDY}");
    let keys = [
        "-S",
        "-k",
        "QueryRetrieveLevel=STUDY",
        "-k",
        &key,
        "-aec",
        "ORTHANC",
    ];
    timed(
        to,
        Command::new("getscu")
            .args(keys)
            .arg("-od")
            .arg(to)
            .args(["127.0.0.1", &port]),
    )
}

fn timed(to: &Path, command: &mut Command) -> Outcome {
    let begin = Instant::now();
    // DCMTK waits for acknowledgements of small packets otherwise.
    command.env("TCP_NODELAY", "1").stdout(Stdio::null());
    let status = command.status().unwrap();
    let elapsed = begin.elapsed();
    assert!(status.success(), "{command:?}");
    for file in std::fs::read_dir(to).unwrap() {
        let file = File::open(file.unwrap().path()).unwrap();
        file.sync_all().unwrap();
    }
    File::open(to).unwrap().sync_all().unwrap();
    Outcome {
        elapsed,
        on_disk: begin.elapsed(),
        first: None,
    }
}

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let words = line.and_then(|line| line.split_whitespace().nth(1));
    words
        .and_then(|kib| kib.parse::<u64>().ok())
        .unwrap_or_default()
        / 1024
}
