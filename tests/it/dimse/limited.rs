//! A node with a bandwidth limit, where instances come over associations that it opens to us.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use isocentre::pacs::AeTitle;
use isocentre::pacs::Caller;
use isocentre::pacs::FolderSink;
use isocentre::pacs::Reception;
use isocentre::pacs::ScpOptions;
use isocentre::pacs::StorageScp;
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

/// Half a megabyte takes two and a half seconds, less what a line that stood still has saved up.
/// The patience is shorter: a line that is slow because we want it so is not silent.
fn moved(reception: Reception, port: u16) -> Duration {
    let orthanc = orthanc(OrthancOptions {
        modalities: vec![("ISOCENTRE".into(), port)],
        ..OrthancOptions::default()
    });
    let slice = SyntheticImage::new(512, 512).study(STUDY);
    orthanc.store(&slice.write(Encoding::ExplicitLittle));
    let caller = Caller {
        reception,
        ..Caller::default()
    };
    let mut node = node(&orthanc.dimse(), |address| {
        by_move(address);
        address.patience_s = 1.0;
    });
    node.limit_bytes_per_s = Some(LIMIT);
    let folder = temp_folder();
    let begin = Instant::now();
    let (retrieved, _) = fetch(&*service(&node, &caller), STUDY, folder.path()).unwrap();
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
    scp.limit(&[(AeTitle::try_from("ORTHANC".to_owned()).unwrap(), LIMIT)]);
    let elapsed = moved(Reception::Running(scp.clone()), port);
    assert!(elapsed > Duration::from_secs(2), "{elapsed:?}");
    scp.limit(&[(AeTitle::try_from("OTHER".to_owned()).unwrap(), LIMIT)]);
    let elapsed = moved(Reception::Running(scp), port);
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
}
