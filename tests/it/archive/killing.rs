//! A program that is killed at any moment loses nothing it has acknowledged.
//!
//! The child is this test program again. It receives and imports on several threads and says what
//! is kept; it is killed at random moments, and what it left is looked through.
//! `ISOCENTRE_KILLS` sets how often.

use std::collections::BTreeSet;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use isocentre::archive::Archive;
use isocentre::archive::CheckDepth;
use isocentre::archive::ImportEvent;
use isocentre::archive::ImportMode;
use isocentre::jobs::JobCtx;

use super::found_uids;
use super::image;
use super::message_ids;
use super::receive;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::files_below;
use crate::common::temp_folder;

const FOLDER: &str = "ISOCENTRE_KILLED_ARCHIVE";
const RUN: &str = "ISOCENTRE_KILLED_RUN";
const KILLS: &str = "ISOCENTRE_KILLS";

fn of_series(series: usize) -> SyntheticImage {
    image()
        .patient(&format!("Name{}", series % 7), &format!("ID{}", series % 7))
        .study(&format!("1.2.{}", series % 7))
        .series(&format!("1.2.{}.{series}", series % 7))
}

/// No test: what the child does.
#[test]
fn child_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let run: usize = std::env::var(RUN).unwrap().parse().unwrap();
    let archive = Archive::open(&folder.join("archive")).unwrap();
    let acknowledge = |uid: &str| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "kept {uid}")
            .and_then(|()| out.flush())
            .unwrap();
    };
    std::thread::scope(|scope| {
        for thread in 0..3 {
            let (archive, acknowledge) = (&archive, &acknowledge);
            scope.spawn(move || {
                for n in 0.. {
                    let uid = format!("1.3.{run}.{thread}.{n}");
                    receive(archive, &of_series(n / 3), &uid).unwrap();
                    acknowledge(&uid);
                }
            });
        }
        let (archive, acknowledge, folder) = (&archive, &acknowledge, &folder);
        scope.spawn(move || {
            let medium = folder.join(format!("medium-{run}"));
            std::fs::create_dir_all(&medium).unwrap();
            for n in 0.. {
                let uid = format!("1.3.{run}.9.{n}");
                let path = medium.join(n.to_string());
                let image = of_series(n / 5).sop_instance(&uid);
                std::fs::write(&path, image.write(Encoding::ExplicitLittle)).unwrap();
                let on = |event| match event {
                    ImportEvent::Added(_) => acknowledge(&uid),
                    event => panic!("{event:?}"),
                };
                let copy = ImportMode::Copy;
                archive.import(&[path], copy, &JobCtx::new(), &on).unwrap();
            }
        });
    });
}

/// Runs the child for a while; what it acknowledged.
fn run_and_kill(folder: &Path, run: usize, time: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "archive::killing::child_that_is_killed",
            "--exact",
            "--nocapture",
        ])
        .env(FOLDER, folder)
        .env(RUN, run.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let lines = out.lines().map_while(Result::ok);
        // A line that was cut off was never said.
        let kept = lines.filter_map(|line| {
            let uid = line.strip_prefix("kept ")?.to_owned();
            Some(uid)
        });
        kept.collect::<Vec<String>>()
    });
    std::thread::sleep(time);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

/// A number without a pattern, from 0 to below `end`.
fn scattered(run: usize, end: u64) -> u64 {
    let mut x =
        (run as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(std::process::id());
    x ^= x >> 31;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x ^ (x >> 29)) % end
}

#[test]
fn nothing_acknowledged_is_lost_when_the_program_is_killed() {
    let kills = std::env::var(KILLS).ok().and_then(|text| text.parse().ok());
    let kills: usize = kills.unwrap_or(24);
    let folder = temp_folder();
    let archive_folder = folder.path().join("archive");
    let mut acknowledged = BTreeSet::new();
    let mut busy_runs = 0;
    for run in 0..kills {
        // Some are killed while they open and catch up, most while they receive.
        let time = Duration::from_millis(scattered(run, 350));
        let kept = run_and_kill(folder.path(), run, time);
        busy_runs += usize::from(!kept.is_empty());
        acknowledged.extend(kept);
        if run % 3 == 2 {
            continue; // the next child finds what two of them left
        }
        let archive = Archive::open(&archive_folder).unwrap();
        let found: BTreeSet<String> = found_uids(&archive).into_iter().collect();
        let lost: Vec<_> = acknowledged.difference(&found).collect();
        assert!(lost.is_empty(), "run {run}: {lost:?}");
        assert_eq!(message_ids(&archive), Vec::<&str>::new(), "run {run}");
        let check = archive.check(CheckDepth::Contents, &JobCtx::new()).unwrap();
        assert!(
            check.is_clean() && check.aside.is_empty(),
            "run {run}: {check:?}"
        );
        assert!(check.checked >= acknowledged.len());
        drop(archive);
        let parts = files_below(&archive_folder).into_iter();
        let parts: Vec<_> = parts
            .filter(|path| path.extension().is_some_and(|ending| ending == "part"))
            .collect();
        assert!(parts.is_empty(), "run {run}: {parts:?}");
    }
    eprintln!(
        "{kills} kills, {busy_runs} while receiving, {} kept",
        acknowledged.len()
    );
    assert!(
        busy_runs > 0,
        "every child was killed before it did anything"
    );
}
