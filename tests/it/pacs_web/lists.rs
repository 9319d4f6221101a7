//! Lists that services give: their pages, and what comes instead of one.

use isocentre::model::StudyMatch;
use isocentre::model::StudyQuery;
use isocentre::pacs::Service as _;

use super::*;
use crate::common::http::HttpRequest;
use crate::common::http::HttpServer;
use crate::common::http::Reply;

/// The studies `from..to` as a list.
fn listed(from: usize, to: usize) -> String {
    let entries: Vec<_> = (from..to)
        .map(|n| format!(r#"{{"0020000D":{{"vr":"UI","Value":["1.2.{n}"]}}}}"#))
        .collect();
    format!("[{}]", entries.join(","))
}

fn count(server: &HttpServer) -> usize {
    let mut uids = std::collections::BTreeSet::new();
    let mut found = |found: StudyMatch| assert!(uids.insert(found.study_uid));
    let query = StudyQuery::default();
    service(&node(&server.url()))
        .find(&query, &mut found, &ctx())
        .unwrap();
    uids.len()
}

fn parameter(request: &HttpRequest, name: &str) -> Option<usize> {
    let query = request.target.split_once('?')?.1;
    let value = query
        .split('&')
        .find_map(|field| field.strip_prefix(&format!("{name}=")))?;
    value.parse().ok()
}

#[test]
fn every_study_is_found_once_however_a_service_counts_its_pages() {
    const ALL: usize = 2_300;
    // As the standard says.
    let pages = HttpServer::start(|request| {
        let offset = parameter(request, "offset").unwrap_or(0);
        let limit = parameter(request, "limit").unwrap();
        Reply::json(&listed(offset.min(ALL), (offset + limit).min(ALL)))
    });
    assert_eq!(count(&pages), ALL);
    // With a limit of its own that it says nothing of.
    let short = HttpServer::start(|request| {
        let offset = parameter(request, "offset").unwrap_or(0);
        if offset >= ALL {
            return Reply::status(204);
        }
        Reply::json(&listed(offset, (offset + 100).min(ALL)))
    });
    assert_eq!(count(&short), ALL);
    // Without any idea of pages.
    let all = HttpServer::start(|_| Reply::json(&listed(0, ALL)));
    assert_eq!(count(&all), ALL);
    assert!(all.requests().len() <= 2);
    // Few at a time, but it says that there are more.
    let few = HttpServer::start(|request| {
        let offset = parameter(request, "offset").unwrap_or(0);
        let end = (offset + 10).min(35);
        let warning = ("Warning", "299 pacs \"There are more\"");
        let headers = [("Content-Type", "application/dicom+json"), warning];
        Reply::with(
            200,
            &headers[..if end < 35 { 2 } else { 1 }],
            listed(offset, end),
        )
    });
    assert_eq!(count(&few), 35);
}

#[test]
fn a_service_that_does_not_know_a_wish_is_asked_without() {
    let server = HttpServer::start(|request| {
        if request.target.contains("includefield") {
            return Reply::new(400, "text/plain", "unknown attribute");
        }
        Reply::json(&listed(0, 3))
    });
    assert_eq!(count(&server), 3);
}

#[test]
fn a_list_that_is_none_says_what_came_instead() {
    for (reply, expected) in [
        (Reply::json("[{\"0010"), "cannot be read"),
        (Reply::new(200, "text/html", "<html>"), "web page"),
        (
            Reply::new(200, "application/json", "<!doctype html>"),
            "web page",
        ),
        (Reply::new(200, "image/png", "png"), "“image/png”"),
        (
            Reply::new(500, "text/plain", "database  locked\n"),
            "“database locked”",
        ),
    ] {
        let server = HttpServer::start(move |_| reply.clone());
        let failure = service(&node(&server.url())).echo(&ctx()).unwrap_err();
        let text = in_english(&failure.message());
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn a_packed_list_is_unpacked() {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(listed(0, 7).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let server = HttpServer::start(move |request| {
        assert_eq!(request.header("accept-encoding"), Some("gzip"));
        let headers = [
            ("Content-Type", "application/dicom+json"),
            ("Content-Encoding", "gzip"),
        ];
        Reply::with(200, &headers, &packed)
    });
    assert_eq!(count(&server), 7);
}

#[test]
fn entries_without_an_identifier_do_not_make_a_list_endless() {
    let server = HttpServer::start(|_| {
        let entry = r#"{"00100010":{"vr":"PN","Value":[{"Alphabetic":"A"}]}}"#;
        Reply::json(&format!("[{}]", vec![entry; 60].join(",")))
    });
    let query = StudyQuery::default();
    let found = service(&node(&server.url())).find(&query, &mut |_| {}, &ctx());
    found.unwrap();
    assert!(server.requests().len() <= 3);
}
