//! Answers that lead elsewhere: no secret goes there, and nothing is taken from there.

use isocentre::pacs::Secret;
use isocentre::pacs::SecretKind;
use isocentre::pacs::Secrets;
use isocentre::pacs::Service as _;

use super::faults::number;
use super::faults::refusal;
use super::faults::wanted;
use super::faults::whole;
use super::*;
use crate::common::http::HttpServer;
use crate::common::http::Reply;
use crate::common::keeping::Keeping;

#[test]
fn a_password_never_goes_to_another_host() {
    let elsewhere = HttpServer::start(whole);
    let there = elsewhere.url();
    let home = HttpServer::start(move |request| {
        assert!(request.header("authorization").is_some());
        if request.path().starts_with("/moved") {
            return whole(request);
        }
        let to = if number(request) == 1 {
            format!("{there}{}", request.target)
        } else {
            format!("/moved{}", request.target)
        };
        Reply::with(307, &[("Location", &to)], "")
    });
    let node = node_with(&home.url(), with_password);
    let secrets = Secrets::of_this_run();
    secrets.set(&owner(&node), SecretKind::Password, &Secret::new("s3cret"));
    let sink = Keeping::new();
    let service = service_with(&node, &secrets);
    let outcome = service.retrieve(&wanted(&[1, 2]), &sink, &|_| {}, &ctx());
    assert!(outcome.unwrap().is_complete());
    let requests = elsewhere.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].header("authorization"), None);
}

#[test]
fn bulk_data_are_not_fetched_from_elsewhere() {
    let elsewhere = HttpServer::start(|_| panic!("nobody asks here"));
    let server = HttpServer::start(|_| Reply::new(200, "application/octet-stream", vec![7]));
    let service = service(&node(&server.url()));
    let inside = service.bulk_data(&place(1), "bulk/1", &ctx()).unwrap();
    assert_eq!(inside[0].bytes, [7]);
    let outside = format!("{}/bulk/1", elsewhere.url());
    assert!(service.bulk_data(&place(1), &outside, &ctx()).is_err());
}

#[test]
fn endless_redirects_and_none_at_all_are_refusals() {
    for location in [Some("/again"), None] {
        let text = refusal(move |_| {
            let headers: Vec<_> = location.map(|to| ("Location", to)).into_iter().collect();
            Reply::with(302, &headers, "")
        });
        assert!(text.contains("sends us on"), "{text}");
    }
}
