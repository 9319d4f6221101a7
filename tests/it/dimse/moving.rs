//! C-MOVE to another than us: what the node says of its sending.

use std::process::Command;
use std::process::Output;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use isocentre::jobs::JobCtx;
use isocentre::pacs::AeTitle;
use isocentre::pacs::Failure;
use isocentre::pacs::MoveCounts;
use isocentre::pacs::Moved;
use isocentre::pacs::Wanted;
use isocentre::pacs::WantedSeries;
use isocentre::problem::Message;
use isocentre::text::Language;
use isocentre::text::Words;

use super::STUDY;
use super::assert_same;
use super::orthanc;
use super::peer::C_CANCEL;
use super::peer::C_MOVE;
use super::peer::Request;
use super::peer::answer;
use super::peer::peer;
use super::programs::Listening;
use super::programs::dcmqrscp;
use super::programs::free_port;
use super::slices;
use super::speak;
use super::write;
use crate::common::Element;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::files_below;
use crate::common::orthanc::OrthancOptions;
use crate::common::temp_folder;

fn title(text: &str) -> AeTitle {
    text.to_owned().try_into().unwrap()
}

fn english(message: &Message) -> String {
    Words::of(Language::English).get(message)
}

fn wanted(series: &[&str]) -> Wanted {
    let series = series.iter().map(|uid| WantedSeries {
        series_uid: (*uid).to_owned(),
        ..WantedSeries::default()
    });
    Wanted {
        study_uid: STUDY.to_owned(),
        series: series.collect(),
    }
}

/// What came of a move to `ELSEWHERE`, and what was counted on the way.
fn moved(address: &str, series: &[&str]) -> (Moved, Vec<MoveCounts>) {
    let mut heard = Vec::new();
    let to = title("ELSEWHERE");
    let moved = speak(address).move_to(
        &to,
        &wanted(series),
        &mut |counts| heard.push(counts),
        &JobCtx::new(),
    );
    (moved.unwrap(), heard)
}

/// A node that answers every C-MOVE by a script.
fn mover(
    script: impl Fn(&mut std::net::TcpStream, &Request) -> bool + Send + Sync + 'static,
) -> String {
    format!("MOVER@127.0.0.1:{}", peer(script))
}

/// `isocentre pacs move`.
fn command(arguments: &[&str]) -> Output {
    let home = temp_folder();
    Command::new(env!("CARGO_BIN_EXE_isocentre"))
        .env("ISOCENTRE_HOME", home.path())
        .args(["pacs", "move"])
        .args(arguments)
        .output()
        .unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn orthanc_sends_a_study_to_storescp_and_every_instance_is_counted() {
    let there = temp_folder();
    let store = Listening::start("storescp", &["-od", there.path().to_str().unwrap()]);
    let orthanc = orthanc(OrthancOptions {
        modalities: vec![("ELSEWHERE".into(), store.port)],
        ..OrthancOptions::default()
    });
    let mut images = slices(12);
    let other = SyntheticImage::new(4, 4).series("1.2.3.4.5.44");
    images.push(other.sop_instance("1.2.3.4.5.44.1"));
    let files: Vec<Vec<u8>> = images
        .iter()
        .map(|image| image.write(Encoding::ExplicitLittle))
        .collect();
    for file in &files {
        orthanc.store(file);
    }
    let (one, _) = moved(&orthanc.dimse(), &["1.2.3.4.5.44"]);
    assert!(one.is_complete(), "{one:?}");
    assert_eq!(one.counts.completed, 1);
    assert_eq!(files_below(there.path()).len(), 1);

    let (all, heard) = moved(&orthanc.dimse(), &[]);
    assert!(all.is_complete(), "{all:?}");
    assert_eq!(all.counts.completed, 13);
    assert!(heard.len() > 2, "{heard:?}");
    for (before, after) in heard.iter().zip(&heard[1..]) {
        assert!(before.completed <= after.completed, "{heard:?}");
        assert!(before.remaining >= after.remaining, "{heard:?}");
    }
    assert_same(&files, there.path());

    let address = orthanc.dimse();
    let arguments = [&address, "--study", STUDY, "--to", "ELSEWHERE", "--json"];
    let output = command(&arguments);
    assert!(output.status.success(), "{}", errors(&output));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["completed"], 13, "{said}");
    assert_eq!(said["failed"], 0, "{said}");
    assert_eq!(said["remaining"], 0, "{said}");

    // A destination that is known, and not there.
    drop(store);
    let output = command(&arguments);
    assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["completed"], 0, "{said}");
    assert!(!said["reasons"].as_array().unwrap().is_empty(), "{said}");
}

#[test]
fn without_a_destination_a_move_comes_to_us() {
    let port = free_port();
    let orthanc = orthanc(OrthancOptions {
        modalities: vec![("ISOCENTRE".into(), port)],
        ..OrthancOptions::default()
    });
    for image in slices(3) {
        orthanc.store(&image.write(Encoding::ExplicitLittle));
    }
    let (here, port) = (temp_folder(), port.to_string());
    let out = here.path().to_str().unwrap();
    let address = orthanc.dimse();
    let came = command(&[
        &address, "--study", STUDY, "--listen", &port, "--out", out, "--json",
    ]);
    assert!(came.status.success(), "{}", errors(&came));
    let said: Value = serde_json::from_slice(&came.stdout).unwrap();
    assert_eq!(said["instances"], 3, "{said}");
    assert_eq!(files_below(here.path()).len(), 3);
    // The node must be able to call back.
    let deaf = command(&[&address, "--study", STUDY, "--out", out]);
    assert_eq!(deaf.status.code(), Some(1));
    assert!(errors(&deaf).contains("--listen"), "{}", errors(&deaf));
}

#[test]
fn a_destination_that_the_node_does_not_know_is_named() {
    let folder = temp_folder();
    let archive = dcmqrscp(folder.path(), free_port());
    let address = format!("QR@127.0.0.1:{}", archive.port);
    let files = temp_folder();
    let sent = speak(&address).send(&write(&slices(2), files.path()), &|_| {}, &JobCtx::new());
    assert!(sent.unwrap().is_complete(2));
    let (unknown, _) = moved(&address, &[]);
    let reason = english(&unknown.end.as_ref().unwrap().message());
    assert!(reason.contains("does not know ELSEWHERE"), "{reason}");
    assert!(unknown.end.unwrap().is_lasting());

    let orthanc = orthanc(OrthancOptions::default());
    for image in slices(2) {
        orthanc.store(&image.write(Encoding::ExplicitLittle));
    }
    // It has no status of its own for this.
    let output = command(&[&orthanc.dimse(), "--study", STUDY, "--to", "ELSEWHERE"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("ELSEWHERE"), "{}", errors(&output));
}

#[test]
fn a_move_is_a_success_only_if_nothing_failed() {
    // Status, remaining, completed, failed and warned; whether it is a success, and its counts.
    let cases = [
        (0x0000, (0, 3, 0, 0), true),
        (0xb000, (0, 2, 0, 1), true),
        (0xb000, (0, 2, 1, 0), false),
        (0x0000, (0, 2, 1, 0), false),
        (0x0000, (2, 1, 0, 0), false),
        // Nothing at all, as of a study that is not there.
        (0x0000, (0, 0, 0, 0), false),
        (0xa702, (0, 1, 2, 0), false),
        (0xc000, (0, 0, 0, 0), false),
    ];
    for (status, (remaining, completed, failed, warned), is_complete) in cases {
        let address = mover(move |tcp, request| {
            assert_eq!(request.command_text(0x0600).unwrap(), "ELSEWHERE");
            let numbers = [
                (0x1020, remaining),
                (0x1021, completed),
                (0x1022, failed),
                (0x1023, warned),
            ];
            let lost = [Element::text(0x0008, 0x0058, "UI", "1.2.3.1\\1.2.3.2")];
            let data = (failed > 0).then_some(lost.as_slice());
            answer(tcp, request, status, &numbers, data)
        });
        let (moved, _) = moved(&address, &[]);
        assert_eq!(moved.is_complete(), is_complete, "{status:04x}: {moved:?}");
        assert_eq!(moved.counts.taken(), usize::from(completed + warned));
        // What remains at the end has failed.
        assert_eq!(moved.counts.failed, usize::from(failed + remaining));
        let names = if failed > 0 { 2 } else { 0 };
        assert_eq!(moved.failed_uids.len(), names, "{moved:?}");
        assert_eq!(moved.reasons.is_empty(), is_complete, "{moved:?}");
    }
}

#[test]
fn a_node_that_does_not_count_is_believed_and_said_not_to() {
    let address = mover(|tcp, request| answer(tcp, request, 0, &[], None));
    let (moved, heard) = moved(&address, &[]);
    assert!(moved.is_complete() && !moved.is_counted, "{moved:?}");
    assert!(heard.is_empty());
}

#[test]
fn a_warning_of_a_node_that_does_not_count_is_no_success() {
    let address = mover(|tcp, request| answer(tcp, request, 0xb000, &[], None));
    let (moved, _) = moved(&address, &[]);
    assert!(!moved.is_complete(), "{moved:?}");
    assert_eq!(moved.reasons.len(), 1, "{moved:?}");
    let output = command(&[&address, "--study", STUDY, "--to", "ELSEWHERE"]);
    assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
    assert!(errors(&output).contains("B000"), "{}", errors(&output));
}

#[test]
fn what_was_counted_before_the_line_was_cut_is_kept() {
    let address = mover(|tcp, request| {
        let numbers = [(0x1020, 3), (0x1021, 2), (0x1022, 0), (0x1023, 0)];
        assert!(request.text().contains("1.2.3.9"));
        answer(tcp, request, 0xff00, &numbers, None);
        false
    });
    let (moved, _) = moved(&address, &["1.2.3.9"]);
    assert!(!moved.is_complete());
    assert_eq!((moved.counts.completed, moved.counts.remaining), (2, 3));
    assert!(
        matches!(moved.end, Some(Failure::Cut { .. })),
        "{:?}",
        moved.end
    );
}

#[test]
fn a_move_that_is_called_off_is_cancelled_at_the_node() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let its = seen.clone();
    let address = mover(move |tcp, request| {
        its.lock().unwrap().push((request.kind, request.id));
        let numbers = [(0x1020, 3), (0x1021, 2), (0x1022, 0), (0x1023, 0)];
        request.kind == C_CANCEL || answer(tcp, request, 0xff00, &numbers, None)
    });
    let ctx = JobCtx::new();
    let to = title("ELSEWHERE");
    let moved = speak(&address).move_to(&to, &wanted(&[]), &mut |_| ctx.cancel(), &ctx);
    assert_eq!(moved.unwrap().end, Some(Failure::Cancelled));
    let begin = std::time::Instant::now();
    while seen.lock().unwrap().len() < 2 {
        assert!(begin.elapsed() < Duration::from_secs(10), "no C-CANCEL");
        std::thread::sleep(Duration::from_millis(20));
    }
    let seen = seen.lock().unwrap();
    assert_eq!(*seen, [(C_MOVE, seen[0].1), (C_CANCEL, seen[0].1)]);
}

#[test]
fn a_web_service_cannot_be_told_to_send() {
    let output = command(&["http://127.0.0.1:1/rs", "--study", STUDY, "--to", "X"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("DICOMweb"), "{}", errors(&output));
}
