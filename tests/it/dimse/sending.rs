//! C-STORE to Orthanc and to our own receiver.

use std::sync::Arc;

use isocentre::jobs::JobCtx;
use isocentre::pacs::FolderSink;
use isocentre::pacs::ScpEvent;
use isocentre::pacs::ScpOptions;
use isocentre::pacs::StorageScp;

use super::assert_same;
use super::orthanc;
use super::slices;
use super::speak;
use super::write;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::Value;
use crate::common::orthanc::OrthancOptions;
use crate::common::temp_folder;

#[test]
fn files_are_sent_as_they_are_and_what_is_no_instance_costs_itself_alone() {
    let folder = temp_folder();
    let mut files = write(&slices(40), folder.path());
    let compressed = SyntheticImage::new(4, 4)
        .sop_instance("1.2.3.77")
        .transfer_syntax("1.2.840.10008.1.2.4.90")
        .raw_pixels(Value::Fragments(vec![vec![1; 32]]));
    let path = folder.path().join("compressed.dcm");
    std::fs::write(&path, compressed.write(Encoding::ExplicitLittle)).unwrap();
    files.push(path);
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not an image").unwrap();
    files.push(text.clone());

    let there = temp_folder();
    let sink = Arc::new(FolderSink::new(there.path()));
    let scp = StorageScp::start(0, ScpOptions::default(), sink).unwrap();
    let service = speak(&format!("ANY@127.0.0.1:{}", scp.port()));
    let sent = service.send(&files, &|_| {}, &JobCtx::new()).unwrap();
    assert_eq!(sent.end, None);
    let failed: Vec<_> = sent
        .outcomes
        .iter()
        .filter(|it| it.result.is_err())
        .collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0].path, text);
    assert!(!sent.is_complete(files.len()));
    let bytes: Vec<Vec<u8>> = files[..41]
        .iter()
        .map(|it| std::fs::read(it).unwrap())
        .collect();
    drop(scp);
    assert_same(&bytes, there.path());
}

#[test]
fn orthanc_has_what_was_sent() {
    let orthanc = orthanc(OrthancOptions::default());
    let folder = temp_folder();
    let files = write(&slices(20), folder.path());
    let service = speak(&orthanc.dimse());
    let sent = service.send(&files, &|_| {}, &JobCtx::new()).unwrap();
    assert!(sent.is_complete(20), "{sent:?}");
    assert_eq!(orthanc.instance_count(), 20);
}

#[test]
fn orthanc_commits_itself_to_what_it_has() {
    // Orthanc reports over an association of its own, to whom it knows.
    let nowhere = temp_folder();
    let sink = Arc::new(FolderSink::new(nowhere.path()));
    let scp = Arc::new(StorageScp::start(0, ScpOptions::default(), sink).unwrap());
    let orthanc = orthanc(OrthancOptions {
        modalities: vec![("ISOCENTRE".into(), scp.port())],
        ..OrthancOptions::default()
    });
    let folder = temp_folder();
    let files = write(&slices(3), folder.path());
    let caller = isocentre::pacs::Caller {
        reception: isocentre::pacs::Reception::Running(scp.clone()),
        ..isocentre::pacs::Caller::default()
    };
    let node = super::node(&orthanc.dimse(), |address| address.commits = true);
    let service = isocentre::pacs::service(&node, &caller);
    let events = scp.events();
    let sent = service.send(&files, &|_| {}, &JobCtx::new()).unwrap();
    assert!(sent.is_complete(3), "{sent:?}");
    let transaction = isocentre::dicom::new_uid();
    let report = service.commit(&transaction, &sent.stored(), &JobCtx::new());
    let committed = report.unwrap().unwrap_or_else(|| {
        // It took its time: the receiver has it.
        let event = events.recv_timeout(std::time::Duration::from_secs(30));
        match event.unwrap() {
            ScpEvent::Commitment {
                transaction_uid,
                commitment,
                ..
            } if transaction_uid == transaction => commitment,
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(committed.committed.len(), 3);
    assert!(committed.failed.is_empty());
}

#[test]
fn a_report_is_heard_without_a_receiver_that_is_always_on() {
    let port = super::programs::free_port();
    let orthanc = orthanc(OrthancOptions {
        modalities: vec![("ISOCENTRE".into(), port)],
        ..OrthancOptions::default()
    });
    let folder = temp_folder();
    let files = write(&slices(2), folder.path());
    let caller = isocentre::pacs::Caller {
        reception: isocentre::pacs::Reception::Listen(port),
        ..isocentre::pacs::Caller::default()
    };
    let node = super::node(&orthanc.dimse(), |address| address.patience_s = 30.0);
    let service = isocentre::pacs::service(&node, &caller);
    let mut stored = service
        .send(&files, &|_| {}, &JobCtx::new())
        .unwrap()
        .stored();
    stored.push(isocentre::pacs::SopReference {
        sop_class_uid: stored[0].sop_class_uid.clone(),
        sop_instance_uid: "1.2.3.999".into(),
    });
    let transaction = isocentre::dicom::new_uid();
    let report = service.commit(&transaction, &stored, &JobCtx::new());
    let report = report
        .unwrap()
        .expect("Orthanc reports by an association of its own");
    assert_eq!(report.committed.len(), 2);
    assert_eq!(report.failed.len(), 1);
    assert_eq!(report.failed[0].0, "1.2.3.999");
}
