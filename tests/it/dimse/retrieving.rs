//! C-GET and C-MOVE from Orthanc.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use isocentre::jobs::JobCtx;
use isocentre::pacs::Caller;
use isocentre::pacs::Failure;
use isocentre::pacs::FolderSink;
use isocentre::pacs::Reception;
use isocentre::pacs::RetrieveEvent;
use isocentre::pacs::ScpOptions;
use isocentre::pacs::StorageScp;
use isocentre::pacs::Wanted;
use isocentre::pacs::WantedSeries;
use isocentre::pacs::service;

use super::STUDY;
use super::assert_same;
use super::by_move;
use super::fetch;
use super::liars::liar;
use super::liars::list;
use super::node;
use super::orthanc;
use super::peer::C_MOVE;
use super::peer::answer;
use super::slices;
use super::speak;
use crate::common::Encoding;
use crate::common::Fault;
use crate::common::Proxy;
use crate::common::SyntheticImage;
use crate::common::Value;
use crate::common::orthanc::Orthanc;
use crate::common::orthanc::OrthancOptions;
use crate::common::temp_folder;

/// A study of two series, one longer than what is asked for at once, with compressed images.
fn study() -> Vec<Vec<u8>> {
    let mut files: Vec<Vec<u8>> = slices(120)
        .iter()
        .map(|image| image.write(Encoding::ExplicitLittle))
        .collect();
    for (n, syntax) in [
        "1.2.840.10008.1.2.4.90",
        "1.2.840.10008.1.2.4.70",
        "1.2.840.10008.1.2.4.80",
        "1.2.840.10008.1.2.5",
        "1.2.840.10008.1.2.4.50",
    ]
    .into_iter()
    .enumerate()
    {
        let image = SyntheticImage::new(4, 4)
            .series("1.2.3.4.5.33")
            .sop_instance(&format!("1.2.3.4.5.33.{}", n + 1))
            .transfer_syntax(syntax)
            .raw_pixels(Value::Fragments(vec![vec![n as u8; 64]]));
        files.push(image.write(Encoding::ExplicitLittle));
    }
    files
}

fn filled(options: OrthancOptions) -> (Orthanc, Vec<Vec<u8>>) {
    let orthanc = orthanc(options);
    let files = study();
    for file in &files {
        orthanc.store(file);
    }
    (orthanc, files)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn a_study_comes_by_c_get_with_every_instance_as_it_is_stored() {
    let (orthanc, files) = filled(OrthancOptions::default());
    let folder = temp_folder();
    let (retrieved, events) = fetch(&*speak(&orthanc.dimse()), STUDY, folder.path()).unwrap();
    assert!(retrieved.is_complete(), "{retrieved:?}");
    assert_eq!(retrieved.instances, files.len());
    assert_eq!(retrieved.expected, Some(files.len()));
    assert_eq!(retrieved.warnings, []);
    assert!(retrieved.first_instance.is_some());
    assert_same(&files, folder.path());
    let instances = events
        .iter()
        .filter(|event| matches!(event, RetrieveEvent::Instance(it) if it.result.is_ok()));
    assert_eq!(instances.count(), files.len());
}

#[test]
fn a_study_comes_by_c_move_to_a_receiver_of_its_own() {
    let port = free_port();
    let (orthanc, files) = filled(OrthancOptions {
        modalities: vec![("ISOCENTRE".into(), port)],
        ..OrthancOptions::default()
    });
    let caller = Caller {
        reception: Reception::Listen(port),
        ..Caller::default()
    };
    let folder = temp_folder();
    let service = service(&node(&orthanc.dimse(), by_move), &caller);
    let (retrieved, _) = fetch(&*service, STUDY, folder.path()).unwrap();
    assert!(retrieved.is_complete(), "{retrieved:?}");
    assert_same(&files, folder.path());
    // The port is free again.
    drop(TcpListener::bind(("0.0.0.0", port)).unwrap());
}

#[test]
fn a_study_comes_by_c_move_to_a_receiver_that_is_always_on() {
    let folder = temp_folder();
    let sink = Arc::new(FolderSink::new(folder.path()));
    let scp = Arc::new(StorageScp::start(0, ScpOptions::default(), sink).unwrap());
    let (orthanc, files) = filled(OrthancOptions {
        modalities: vec![("ISOCENTRE".into(), scp.port())],
        ..OrthancOptions::default()
    });
    let caller = Caller {
        reception: Reception::Running(scp),
        ..Caller::default()
    };
    let nowhere = temp_folder();
    let service = service(&node(&orthanc.dimse(), by_move), &caller);
    let (retrieved, _) = fetch(&*service, STUDY, nowhere.path()).unwrap();
    assert!(retrieved.is_complete(), "{retrieved:?}");
    assert_same(&files, folder.path());
}

#[test]
fn a_destination_the_node_does_not_know_is_said() {
    let (orthanc, _) = filled(OrthancOptions::default());
    let caller = Caller {
        reception: Reception::Listen(free_port()),
        ..Caller::default()
    };
    let service = service(&node(&orthanc.dimse(), by_move), &caller);
    let folder = temp_folder();
    let (retrieved, _) = fetch(&*service, STUDY, folder.path()).unwrap();
    assert!(!retrieved.is_complete());
    assert_eq!(retrieved.instances, 0);
    // It fails each instance, without saying why.
    let reasons = retrieved.failed.iter().map(|(_, reason)| reason.id.0);
    assert!(reasons.clone().all(|id| id == "pacs-status-unable"));
    assert_eq!(reasons.count(), 125);

    // One that says what it lacks (PS3.4 C.4.2.1.5).
    let strict = liar(|tcp, request| match request.kind {
        C_MOVE => answer(tcp, request, 0xa801, &[], None),
        _ => list(tcp, request, "1", &["1.2.3.1"]),
    });
    let end = match fetch(
        &*super::service(&node(&strict, by_move), &caller),
        STUDY,
        folder.path(),
    ) {
        Ok((retrieved, _)) => retrieved.end.unwrap(),
        Err(failure) => failure,
    };
    assert!(
        matches!(end, Failure::Status { status: 0xa801, .. }),
        "{end:?}"
    );
    assert_eq!(end.message().id.0, "pacs-status-destination");
    let without = super::service(&node(&orthanc.dimse(), by_move), &Caller::default());
    let refused = fetch(&*without, STUDY, folder.path()).unwrap_err();
    assert_eq!(refused, Failure::NoReception);
}

#[test]
fn only_the_series_and_instances_that_are_wanted_come_and_the_first_series_first() {
    let (orthanc, _) = filled(OrthancOptions::default());
    let order = std::sync::Mutex::new(Vec::new());
    let folder = temp_folder();
    let wanted = Wanted {
        study_uid: STUDY.into(),
        series: vec![
            WantedSeries {
                series_uid: "1.2.3.4.5.33".into(),
                ..WantedSeries::default()
            },
            WantedSeries {
                series_uid: "1.2.3.4.5.3".into(),
                instance_uids: vec!["1.2.3.4.5.1.61".into(), "1.2.3.4.5.1.60".into()],
                ..WantedSeries::default()
            },
        ],
    };
    let retrieved = speak(&orthanc.dimse())
        .retrieve(
            &[wanted],
            &FolderSink::new(folder.path()),
            &|event| {
                if let RetrieveEvent::Instance(outcome) = event {
                    order.lock().unwrap().push(outcome.sop_instance_uid);
                }
            },
            &JobCtx::new(),
        )
        .unwrap();
    assert!(retrieved.is_complete(), "{retrieved:?}");
    let order = order.into_inner().unwrap();
    assert_eq!(order.len(), 7);
    assert!(order[0].starts_with("1.2.3.4.5.33."), "{order:?}");
    let came: BTreeSet<String> = order.into_iter().collect();
    let whole = (1..=5).map(|n| format!("1.2.3.4.5.33.{n}"));
    let named = [60, 61].map(|n| format!("1.2.3.4.5.1.{n}"));
    assert_eq!(came, whole.chain(named).collect());
}

#[test]
fn a_study_nobody_has_is_said_to_be_unknown() {
    let (orthanc, _) = filled(OrthancOptions::default());
    let folder = temp_folder();
    let failure = fetch(&*speak(&orthanc.dimse()), "1.2.3.999", folder.path()).unwrap_err();
    let Failure::Told(message) = failure else {
        panic!("{failure:?}")
    };
    assert_eq!(message.id.0, "pacs-study-unknown");
}

#[test]
fn a_cancelled_retrieval_ends_at_once_and_leaves_no_part_of_a_file() {
    let (orthanc, _) = filled(OrthancOptions::default());
    let mut slow = node(&orthanc.dimse(), |_| {});
    slow.limit_bytes_per_s = Some(20_000);
    let service = service(&slow, &Caller::default());
    let folder = temp_folder();
    let ctx = JobCtx::new();
    let cancel = ctx.clone();
    let wanted = Wanted {
        study_uid: STUDY.into(),
        series: Vec::new(),
    };
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(2));
        cancel.cancel();
        Instant::now()
    });
    let result = service.retrieve(&[wanted], &FolderSink::new(folder.path()), &|_| {}, &ctx);
    let ended = Instant::now();
    let cancelled = canceller.join().unwrap();
    assert!(
        ended - cancelled < Duration::from_secs(1),
        "{:?}",
        ended - cancelled
    );
    match result {
        Ok(retrieved) => assert_eq!(retrieved.end, Some(Failure::Cancelled)),
        Err(failure) => assert_eq!(failure, Failure::Cancelled),
    }
    for path in crate::common::files_below(folder.path()) {
        assert_eq!(path.extension().unwrap(), "dcm", "{}", path.display());
    }
}

#[test]
fn a_study_of_more_classes_than_one_association_holds_comes_whole() {
    // All of them grey pictures; what they are called is what counts here.
    const CLASSES: [&str; 14] = [
        "1", "1.1", "1.2", "2", "4", "6.1", "7", "20", "12.1", "12.2", "128", "77.1.1", "77.1.4",
        "481.1",
    ];
    let orthanc = orthanc(OrthancOptions::default());
    let files: Vec<Vec<u8>> = CLASSES
        .iter()
        .enumerate()
        .map(|(n, class)| {
            let class = format!("1.2.840.10008.5.1.4.1.1.{class}");
            SyntheticImage::new(8, 8)
                .study(STUDY)
                .series(&format!("{STUDY}.{n}"))
                .sop_instance(&format!("{STUDY}.{n}.1"))
                .text(0x0008, 0x0016, "UI", &class)
                .write(Encoding::ExplicitLittle)
        })
        .collect();
    for file in &files {
        orthanc.store(file);
    }
    let proxy = Proxy::new(orthanc.dicom_port, Fault::default());
    let service = speak(&format!("ORTHANC@127.0.0.1:{}", proxy.port()));
    let folder = temp_folder();
    let (retrieved, _) = fetch(&*service, STUDY, folder.path()).unwrap();
    assert!(retrieved.is_complete(), "{retrieved:?}");
    assert_eq!(retrieved.instances, CLASSES.len());
    assert_same(&files, folder.path());
    // One that lists, and at least two that fetch.
    assert!(proxy.connections() >= 3, "{}", proxy.connections());
}
