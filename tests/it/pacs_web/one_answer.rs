//! Whole series and studies in one answer.

use std::sync::Arc;
use std::sync::Mutex;

use isocentre::pacs::Retrieved;
use isocentre::pacs::Service as _;
use isocentre::pacs::Wanted;

use super::*;
use crate::common::http::HttpRequest;
use crate::common::http::HttpServer;
use crate::common::http::Reply;
use crate::common::keeping::Keeping;

fn retrieve_study(server: &HttpServer, sink: &Keeping) -> Retrieved {
    let study = vec![Wanted {
        study_uid: STUDY.into(),
        series: Vec::new(),
    }];
    let service = service(&node(&server.url()));
    service.retrieve(&study, sink, &|_| {}, &ctx()).unwrap()
}

/// A service with one series, which answers for the study with the instances `sent` although it
/// says that there are `said`, and has these: its answer to a request, by its path.
fn answer(request: &HttpRequest, said: usize, sent: i32, has: i32) -> Reply {
    let path = request.path();
    if path.ends_with("/series") {
        return Reply::json(&format!(
            r#"[{{"0020000E":{{"vr":"UI","Value":["{SERIES}"]}},
                 "00201209":{{"vr":"IS","Value":[{said}]}}}}]"#
        ));
    }
    if path.ends_with("/instances") {
        let entries: Vec<_> = (1..=has)
            .map(|n| {
                format!(
                    r#"{{"0020000E":{{"vr":"UI","Value":["{SERIES}"]}},
                        "00080018":{{"vr":"UI","Value":["{}"]}}}}"#,
                    uid(n)
                )
            })
            .collect();
        return Reply::json(&format!("[{}]", entries.join(",")));
    }
    if path.contains("/instances/") {
        let number = path.rsplit('.').next().unwrap().parse().unwrap();
        return Reply::new(200, PARTS, parts(&[file(number)]));
    }
    let files: Vec<_> = (1..=sent).map(file).collect();
    Reply::new(200, PARTS, parts(&files))
}

/// What a server like [`answer`] was asked for, and what came of it.
fn asked(said: usize, sent: i32, has: i32) -> (Vec<String>, Retrieved, Keeping) {
    let paths = Arc::new(Mutex::new(Vec::new()));
    let heard = paths.clone();
    let server = HttpServer::start(move |request| {
        heard.lock().unwrap().push(request.path().to_owned());
        answer(request, said, sent, has)
    });
    let sink = Keeping::new();
    let outcome = retrieve_study(&server, &sink);
    let paths = paths.lock().unwrap().clone();
    (paths, outcome, sink)
}

#[test]
fn instances_that_all_came_are_not_listed() {
    let (paths, outcome, sink) = asked(12, 12, 12);
    assert!(outcome.is_complete(), "{outcome:?}");
    assert_eq!(sink.file_count(), 12);
    let lists = paths.iter().filter(|path| path.ends_with("/instances"));
    assert_eq!(lists.count(), 0, "{paths:?}");
}

#[test]
fn what_one_answer_leaves_out_is_asked_for_one_by_one() {
    let (paths, outcome, sink) = asked(12, 9, 12);
    assert!(outcome.is_complete(), "{outcome:?}");
    assert_eq!(sink.file_count(), 12);
    let single = paths.iter().filter(|path| path.contains("/instances/"));
    assert_eq!(single.count(), 3, "{paths:?}");
}

#[test]
fn a_count_that_is_too_high_does_not_make_a_study_incomplete() {
    let (_, outcome, sink) = asked(14, 12, 12);
    assert!(outcome.is_complete(), "{outcome:?}");
    assert_eq!(outcome.expected, Some(12));
    assert_eq!(sink.file_count(), 12);
}

#[test]
fn what_is_counted_but_never_comes_leaves_a_study_incomplete() {
    let (_, outcome, _) = asked(12, 9, 0);
    assert_eq!(outcome.instances, 9);
    assert!(!outcome.is_complete(), "{outcome:?}");
}

#[test]
fn a_service_that_cannot_list_sends_all_at_once() {
    let server = HttpServer::start(|request| {
        if request.path().ends_with("/instances") {
            return Reply::status(501);
        }
        Reply::new(200, PARTS, parts(&[file(1), file(2)]))
    });
    let study = vec![Wanted {
        study_uid: STUDY.into(),
        series: Vec::new(),
    }];
    let sink = Keeping::new();
    let outcome = service(&node(&server.url())).retrieve(&study, &sink, &|_| {}, &ctx());
    assert_eq!(outcome.unwrap().instances, 2);
    // What has come is made to last side by side.
    let mut kept = sink.kept();
    kept.sort();
    assert_eq!(kept, [uid(1), uid(2)]);
}

#[test]
fn part_of_what_was_asked_for_is_not_all_of_it() {
    let server = HttpServer::start(|request| {
        if request.path().ends_with("/instances") {
            return Reply::status(501);
        }
        Reply::new(206, PARTS, parts(&[file(1)]))
    });
    let study = vec![Wanted {
        study_uid: STUDY.into(),
        series: Vec::new(),
    }];
    let outcome = service(&node(&server.url()))
        .retrieve(&study, &Keeping::new(), &|_| {}, &ctx())
        .unwrap();
    assert_eq!(outcome.instances, 1);
    assert!(!outcome.is_complete());
}
