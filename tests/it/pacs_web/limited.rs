//! A service with a limit, and one that is none.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use isocentre::jobs::JobCtx;
use isocentre::model::StudyQuery;
use isocentre::pacs::Caller;
use isocentre::pacs::Failure;
use isocentre::pacs::FolderSink;
use isocentre::pacs::ScpOptions;
use isocentre::pacs::StorageScp;
use isocentre::pacs::service;

use super::node_with;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::http::HttpServer;
use crate::common::http::Reply;
use crate::common::temp_folder;

#[test]
fn two_who_ask_one_service_share_its_limit() {
    let body = format!("[{}]", " ".repeat(250_000));
    let server = HttpServer::start(move |_| Reply::json(&body));
    let mut node = node_with(&server.url(), |_| {});
    node.limit_bytes_per_s = Some(200_000);
    let caller = Caller::default();
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let service = service(&node, &caller);
            scope.spawn(move || {
                let query = StudyQuery::default();
                let found = service.find(&query, &mut |_| {}, &JobCtx::new());
                assert!(found.is_ok(), "{found:?}");
            });
        }
    });
    // Half a megabyte.
    let elapsed = begin.elapsed();
    assert!(elapsed > Duration::from_secs(2), "{elapsed:?}");
}

#[test]
fn a_dicom_port_that_is_taken_for_a_web_service_is_said_to_be_another_service() {
    let folder = temp_folder();
    let sink = Arc::new(FolderSink::new(folder.path()));
    let scp = StorageScp::start(0, ScpOptions::default(), sink).unwrap();
    let url = format!("http://127.0.0.1:{}/dicom-web", scp.port());
    let service = service(&node_with(&url, |_| {}), &Caller::default());
    let file = folder.path().join("a.dcm");
    let image = SyntheticImage::new(64, 64).write(Encoding::ExplicitLittle);
    std::fs::write(&file, image).unwrap();
    let sent = service.send(&[file], &|_| {}, &JobCtx::new());
    let sent = sent.map_or_else(Some, |sent| sent.end);
    let asked = service.echo(&JobCtx::new()).err();
    for failure in [asked, sent] {
        assert!(
            matches!(failure, Some(Failure::ClosedUnanswered { .. })),
            "{failure:?}"
        );
    }
}
