//! Lines that are cut, slow, or fall silent in the middle.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use isocentre::jobs::JobCtx;
use isocentre::pacs::Caller;
use isocentre::pacs::Failure;
use isocentre::pacs::FolderSink;
use isocentre::pacs::ScpOptions;
use isocentre::pacs::StorageScp;
use isocentre::pacs::service;

use super::STUDY;
use super::assert_same;
use super::fetch;
use super::node;
use super::orthanc;
use super::slices;
use super::speak;
use crate::common::Encoding;
use crate::common::Fault;
use crate::common::Proxy;
use crate::common::files_below;
use crate::common::orthanc::Orthanc;
use crate::common::orthanc::OrthancOptions;
use crate::common::temp_folder;

fn filled(count: usize) -> (Orthanc, Vec<Vec<u8>>) {
    let orthanc = orthanc(OrthancOptions::default());
    let files: Vec<Vec<u8>> = slices(count)
        .iter()
        .map(|image| image.write(Encoding::ExplicitLittle))
        .collect();
    for file in &files {
        orthanc.store(file);
    }
    (orthanc, files)
}

#[test]
fn what_came_before_the_line_was_cut_is_kept_and_the_rest_is_said() {
    let (orthanc, files) = filled(80);
    let fault = Fault {
        cut_after: Some(80_000),
        ..Fault::default()
    };
    let proxy = Proxy::new(orthanc.dicom_port, fault);
    let service = speak(&format!("ORTHANC@127.0.0.1:{}", proxy.port()));
    let folder = temp_folder();
    let (retrieved, _) = fetch(&*service, STUDY, folder.path()).unwrap();
    assert!(!retrieved.is_complete());
    let end = retrieved.end.as_ref().unwrap();
    assert!(
        matches!(end, Failure::Cut { .. } | Failure::Aborted { .. }),
        "{end:?}"
    );
    assert!(end.is_transient());
    assert!(retrieved.instances > 0 && retrieved.instances < 80);
    let kept = files_below(folder.path());
    assert_eq!(kept.len(), retrieved.instances);
    assert!(kept.iter().all(|path| path.extension().unwrap() == "dcm"));
    // Once more over a sound line: everything is there.
    proxy.mend();
    let (retrieved, _) = fetch(&*service, STUDY, folder.path()).unwrap();
    assert!(retrieved.is_complete(), "{retrieved:?}");
    assert_same(&files, folder.path());
}

#[test]
fn a_node_that_falls_silent_in_the_middle_is_noticed() {
    let (orthanc, _) = filled(80);
    let fault = Fault {
        silent_after: Some(60_000),
        ..Fault::default()
    };
    let proxy = Proxy::new(orthanc.dicom_port, fault);
    let address = format!("ORTHANC@127.0.0.1:{}", proxy.port());
    let impatient = node(&address, |dimse| dimse.patience_s = 0.7);
    let service = service(&impatient, &Caller::default());
    let folder = temp_folder();
    let begin = Instant::now();
    let (retrieved, _) = fetch(&*service, STUDY, folder.path()).unwrap();
    assert!(
        begin.elapsed() < Duration::from_secs(6),
        "{:?}",
        begin.elapsed()
    );
    let end = retrieved.end.unwrap();
    assert!(matches!(end, Failure::NoAnswer { .. }), "{end:?}");
    assert_eq!(files_below(folder.path()).len(), retrieved.instances);
}

#[test]
fn a_slow_line_is_only_slow() {
    let (orthanc, files) = filled(20);
    let fault = Fault {
        delay: Duration::from_millis(3),
        bytes_per_s: Some(400_000),
        ..Fault::default()
    };
    let proxy = Proxy::new(orthanc.dicom_port, fault);
    let service = speak(&format!("ORTHANC@127.0.0.1:{}", proxy.port()));
    service.echo(&JobCtx::new()).unwrap();
    let folder = temp_folder();
    let (retrieved, _) = fetch(&*service, STUDY, folder.path()).unwrap();
    assert!(retrieved.is_complete(), "{retrieved:?}");
    assert_same(&files, folder.path());
}

#[test]
fn titles_the_node_does_not_know_are_said_each_by_itself() {
    let orthanc = orthanc(OrthancOptions {
        checks_ae_titles: true,
        modalities: vec![("ISOCENTRE".into(), 11999)],
        ..OrthancOptions::default()
    });
    let wrong = format!("WRONG@127.0.0.1:{}", orthanc.dicom_port);
    let failure = speak(&wrong).echo(&JobCtx::new()).unwrap_err();
    assert!(
        matches!(&failure, Failure::CalledTitleUnknown { title, .. } if title == "WRONG"),
        "{failure:?}"
    );
    let stranger = node(&orthanc.dimse(), |dimse| {
        dimse.calling_ae_title = Some("STRANGER".to_owned().try_into().unwrap());
    });
    let failure = service(&stranger, &Caller::default())
        .echo(&JobCtx::new())
        .unwrap_err();
    assert!(
        matches!(failure, Failure::CallingTitleUnknown { .. }),
        "{failure:?}"
    );
    speak(&orthanc.dimse()).echo(&JobCtx::new()).unwrap();
}

#[test]
fn a_line_that_closes_before_any_answer_is_another_service_and_one_that_answered_before_is_cut() {
    let folder = temp_folder();
    let sink = Arc::new(FolderSink::new(folder.path()));
    let scp = StorageScp::start(0, ScpOptions::default(), sink).unwrap();
    let fault = Fault {
        cut_after: Some(1000),
        ..Fault::default()
    };
    let proxy = Proxy::new(scp.port(), fault);
    let node = node(&format!("ANY@127.0.0.1:{}", proxy.port()), |_| {});
    let caller = Caller::default();
    let echo = |caller: &Caller| service(&node, caller).echo(&JobCtx::new());
    echo(&caller).unwrap();
    let failures: Vec<Failure> = (0..20).filter_map(|_| echo(&caller).err()).collect();
    assert!(failures.len() > 5, "{failures:?}");
    for failure in &failures {
        assert!(matches!(failure, Failure::Cut { .. }), "{failure:?}");
    }
    // Who never heard anything from there cannot say that the line is bad.
    let failure = echo(&Caller::default()).unwrap_err();
    assert!(
        matches!(failure, Failure::ClosedUnanswered { .. }),
        "{failure:?}"
    );
    assert!(
        !failure.is_lasting(),
        "a proxy before an archive that starts anew does so, too"
    );
}
