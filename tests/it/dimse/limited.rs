//! A node with a bandwidth limit, where instances come over associations that it opens to us.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use isocentre::jobs::JobCtx;
use isocentre::pacs::AeTitle;
use isocentre::pacs::Caller;
use isocentre::pacs::DimseAddress;
use isocentre::pacs::FolderSink;
use isocentre::pacs::Reception;
use isocentre::pacs::ScpOptions;
use isocentre::pacs::StorageScp;
use isocentre::pacs::Throttle;
use isocentre::pacs::service;

use super::STUDY;
use super::by_move;
use super::fetch;
use super::node;
use super::orthanc;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::orthanc::OrthancOptions;
use crate::common::temp_folder;

const LIMIT: u64 = 200_000;

fn limit_of(title: &str) -> (AeTitle, Throttle) {
    let title = AeTitle::try_from(title.to_owned()).unwrap();
    (title, Throttle::new(Some(LIMIT)).unwrap())
}

/// Half a megabyte takes two and a half seconds, less what a line that stood still has saved up.
/// The patience is shorter: a line that is slow because we want it so is not silent.
fn moved(reception: Reception, port: u16) -> Duration {
    let caller = Caller {
        reception,
        ..Caller::default()
    };
    fetched(&caller, port, by_move)
}

fn fetched(caller: &Caller, port: u16, change: impl FnOnce(&mut DimseAddress)) -> Duration {
    let orthanc = orthanc(OrthancOptions {
        modalities: vec![("ISOCENTRE".into(), port)],
        ..OrthancOptions::default()
    });
    let slice = SyntheticImage::new(512, 512).study(STUDY);
    orthanc.store(&slice.write(Encoding::ExplicitLittle));
    let mut node = node(&orthanc.dimse(), |address| {
        change(address);
        address.patience_s = 1.0;
    });
    node.limit_bytes_per_s = Some(LIMIT);
    let folder = temp_folder();
    let begin = Instant::now();
    let (retrieved, _) = fetch(&*service(&node, caller), STUDY, folder.path()).unwrap();
    assert!(retrieved.is_complete(), "{retrieved:?}");
    begin.elapsed()
}

#[test]
fn what_is_moved_to_a_receiver_of_its_own_keeps_to_the_limit() {
    let port = super::programs::free_port();
    let elapsed = moved(Reception::Listen(port), port);
    assert!(elapsed > Duration::from_secs(2), "{elapsed:?}");
}

#[test]
fn what_a_limited_node_sends_to_the_receiver_that_is_always_on_keeps_to_the_limit() {
    let folder = temp_folder();
    let sink = Arc::new(FolderSink::new(folder.path()));
    let scp = Arc::new(StorageScp::start(0, ScpOptions::default(), sink).unwrap());
    let port = scp.port();
    scp.limit(vec![limit_of("ORTHANC")]);
    let elapsed = moved(Reception::Running(scp.clone()), port);
    assert!(elapsed > Duration::from_secs(2), "{elapsed:?}");
    scp.limit(vec![limit_of("OTHER")]);
    let elapsed = moved(Reception::Running(scp), port);
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
}

#[test]
fn what_comes_by_c_get_keeps_to_the_limit() {
    let port = super::programs::free_port();
    let elapsed = fetched(&Caller::default(), port, |_| {});
    assert!(elapsed > Duration::from_secs(2), "{elapsed:?}");
}

#[test]
fn what_we_send_keeps_to_the_limit_of_the_node_however_many_send_at_once() {
    for senders in [1, 2] {
        let kept = temp_folder();
        let sink = Arc::new(FolderSink::new(kept.path()));
        let scp = StorageScp::start(0, ScpOptions::default(), sink).unwrap();
        let mut node = node(&format!("ANY@127.0.0.1:{}", scp.port()), |_| {});
        node.limit_bytes_per_s = Some(LIMIT);
        let files = temp_folder();
        // Half a megabyte in all.
        let paths: Vec<_> = (0..senders)
            .map(|n| {
                let slice = SyntheticImage::new(512 / senders, 512)
                    .study(STUDY)
                    .sop_instance(&format!("1.2.3.4.5.1.{n}"));
                let path = files.path().join(format!("{n}.dcm"));
                std::fs::write(&path, slice.write(Encoding::ExplicitLittle)).unwrap();
                path
            })
            .collect();
        let caller = Caller::default();
        let begin = Instant::now();
        std::thread::scope(|scope| {
            for path in paths {
                let service = service(&node, &caller);
                scope.spawn(move || {
                    let sent = service.send(&[path], &|_| {}, &JobCtx::new()).unwrap();
                    assert!(sent.is_complete(1), "{sent:?}");
                });
            }
        });
        let elapsed = begin.elapsed();
        assert!(elapsed > Duration::from_secs(2), "{senders}: {elapsed:?}");
    }
}
