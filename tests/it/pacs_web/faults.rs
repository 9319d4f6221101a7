//! What servers and lines do wrong, one at a time.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use isocentre::model::StudyMatch;
use isocentre::pacs::Failure;
use isocentre::pacs::Retrieved;
use isocentre::pacs::Service as _;
use isocentre::pacs::Wanted;
use isocentre::pacs::WantedSeries;
use isocentre::problem::Arg;
use isocentre::problem::msg;
use isocentre::workspace::Command;
use isocentre::workspace::Effect;
use isocentre::workspace::FoundStudy;
use isocentre::workspace::NodeEdit;
use isocentre::workspace::Source;
use isocentre::workspace::TransferEdit;

use super::*;
use crate::common::Session;
use crate::common::http::HttpRequest;
use crate::common::http::HttpServer;
use crate::common::http::Piece;
use crate::common::http::Reply;
use crate::common::keeping::Keeping;

pub(super) fn wanted(numbers: &[i32]) -> Vec<Wanted> {
    vec![Wanted {
        study_uid: STUDY.into(),
        series: vec![WantedSeries {
            series_uid: SERIES.into(),
            instance_uids: numbers.iter().map(|n| uid(*n)).collect(),
            ..WantedSeries::default()
        }],
    }]
}

/// The number of the instance that a request asks for.
pub(super) fn number(request: &HttpRequest) -> i32 {
    request.path().rsplit('.').next().unwrap().parse().unwrap()
}

pub(super) fn whole(request: &HttpRequest) -> Reply {
    Reply::new(200, PARTS, parts(&[file(number(request))]))
}

fn retrieve(server: &HttpServer, numbers: &[i32], sink: &Keeping) -> Result<Retrieved, Failure> {
    let mut node = node(&server.url());
    let NodeAddress::Web(address) = &mut node.address else {
        unreachable!()
    };
    address.patience_s = 2.0;
    service(&node).retrieve(&wanted(numbers), sink, &|_| {}, &ctx())
}

/// Fetches one instance from a server that answers so; why it was not kept.
pub(super) fn refusal(answer: impl Fn(&HttpRequest) -> Reply + Send + Sync + 'static) -> String {
    let server = HttpServer::start(answer);
    let sink = Keeping::new();
    let message = match retrieve(&server, &[1], &sink) {
        Ok(outcome) => {
            assert_eq!(outcome.instances, 0, "{outcome:?}");
            let failure = outcome.end.map(|end| end.message());
            failure.unwrap_or_else(|| outcome.failed[0].1.clone())
        }
        Err(failure) => failure.message(),
    };
    assert_eq!(sink.file_count(), 0, "nothing of it stays");
    in_english(&message)
}

#[test]
fn a_line_cut_in_mid_part_leaves_nothing_of_it_and_the_next_try_brings_it() {
    let tries = Arc::new(AtomicUsize::new(0));
    let count = tries.clone();
    let server = HttpServer::start(move |request| {
        if count.fetch_add(1, Ordering::Relaxed) == 0 {
            let body = parts(&[file(1)]);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {PARTS}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            return Reply::cut([head.as_bytes(), &body[..300]].concat());
        }
        whole(request)
    });
    let sink = Keeping::new();
    let outcome = retrieve(&server, &[1], &sink).unwrap();
    assert!(outcome.is_complete(), "{outcome:?}");
    assert_eq!(tries.load(Ordering::Relaxed), 2);
    assert_eq!(sink.file_count(), 1);
}

#[test]
fn a_body_that_is_always_cut_is_a_failure_with_nothing_kept() {
    for length in [100, 400, 900] {
        let text = refusal(move |_| {
            let body = parts(&[file(1)]);
            // No length: where the connection ends nobody knows but by the parts.
            Reply::stream(PARTS, vec![Piece::Bytes(body[..length].to_vec())])
        });
        assert!(text.contains("ended in the middle"), "{length}: {text}");
    }
}

#[test]
fn what_comes_instead_of_dicom_is_told_apart() {
    for (reply, expected) in [
        (
            Reply::new(200, "text/html", "<html>Sign in</html>"),
            "web page",
        ),
        (Reply::new(200, "image/png", "png"), "“image/png”"),
        (Reply::new(200, PARTS, "no parts at all"), "not DICOM"),
        (
            Reply::new(200, PARTS, parts(&[b"no instance".to_vec()])),
            "DICOM",
        ),
        (Reply::new(200, PARTS, parts(&[file(2)])), "something else"),
        (Reply::new(200, PARTS, "--b--"), "not DICOM"),
        (Reply::status(403), "does not allow"),
        (Reply::status(404), "nothing at"),
        (Reply::status(406), "no form"),
        (
            Reply::new(500, "application/json", r#"{"Details":"disk on fire"}"#),
            "“disk on fire”",
        ),
        (
            Reply::with(503, &[("Retry-After", "0")], "<html>busy</html>"),
            "overloaded",
        ),
        (Reply::cut("SSH-2.0-OpenSSH_9\r\n"), "does not speak HTTP"),
    ] {
        let text = refusal(move |_| reply.clone());
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn an_instance_in_one_piece_is_taken_too_but_only_if_its_length_is_known() {
    let sink = Keeping::new();
    let server = HttpServer::start(|_| Reply::new(200, "application/dicom", file(1)));
    assert!(retrieve(&server, &[1], &sink).unwrap().is_complete());
    let text = refusal(|_| Reply::stream("application/dicom", vec![Piece::Bytes(file(1))]));
    assert!(text.contains("ended in the middle"), "{text}");
}

#[test]
fn a_service_that_knows_only_one_form_is_asked_for_that_in_the_end() {
    let old = |request: &HttpRequest| {
        if request.path() == "/wado" && request.target.contains("requestType=WADO") {
            assert!(request.target.contains(&format!("objectUID={}", uid(1))));
            return Reply::new(200, "application/dicom", file(1));
        }
        Reply::status(404)
    };
    let picky = |request: &HttpRequest| {
        if request
            .header("accept")
            .unwrap()
            .contains("transfer-syntax")
        {
            return Reply::status(406);
        }
        whole(request)
    };
    let answers: [fn(&HttpRequest) -> Reply; 2] = [old, picky];
    for answer in answers {
        let server = HttpServer::start(answer);
        let sink = Keeping::new();
        let outcome = retrieve(&server, &[1], &sink).unwrap();
        assert!(outcome.is_complete(), "{outcome:?}");
    }
}

#[test]
fn on_a_slow_line_compressed_forms_are_asked_for_first() {
    let server = HttpServer::start(whole);
    // It is said, or is what the line's limit means.
    for (is_slow, limit_bytes_per_s) in [(true, None), (false, Some(1_000_000))] {
        let node = Node {
            is_slow,
            limit_bytes_per_s,
            ..node(&server.url())
        };
        let sink = Keeping::new();
        let outcome = service(&node).retrieve(&wanted(&[1]), &sink, &|_| {}, &ctx());
        assert!(outcome.unwrap().is_complete());
        let requests = server.requests();
        let accept = requests.last().unwrap().header("accept").unwrap();
        let weight = |syntax: &str| -> f64 {
            let form = accept.split(", ").find(|form| form.contains(syntax));
            form.unwrap().split_once("q=").unwrap().1.parse().unwrap()
        };
        assert!(weight("1.2.840.10008.1.2.4.202") > weight("1.2.840.10008.1.2.4.90"));
        assert!(weight("1.2.840.10008.1.2.4.90") > weight("transfer-syntax=*"));
    }
}

#[test]
fn a_limited_line_is_not_used_faster_than_allowed() {
    let server = HttpServer::start(|request| {
        let n = number(request);
        let big = image(n).bits(16, 16).pixels_all(1, vec![0; 256]);
        let file = big.raw_pixels(crate::common::Value::Bytes(vec![0; 40_000]));
        Reply::new(200, PARTS, parts(&[file.write(Encoding::ExplicitLittle)]))
    });
    let mut node = node(&server.url());
    node.limit_bytes_per_s = Some(100_000);
    let begin = Instant::now();
    let sink = Keeping::new();
    let outcome = service(&node).retrieve(&wanted(&[1, 2, 3]), &sink, &|_| {}, &ctx());
    assert!(outcome.unwrap().is_complete());
    // 120 000 bytes, less what the line had saved up.
    let elapsed = begin.elapsed();
    assert!(elapsed > Duration::from_millis(800), "{elapsed:?}");
}

#[test]
fn a_cancelled_job_ends_at_once_though_the_server_is_silent() {
    let server =
        HttpServer::start(|_| Reply::stream(PARTS, vec![Piece::Wait(Duration::from_secs(30))]));
    let service = service(&node(&server.url()));
    let ctx = ctx();
    let begin = Instant::now();
    let outcome = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(200));
            ctx.cancel();
        });
        service.retrieve(&wanted(&[1, 2, 3]), &Keeping::new(), &|_| {}, &ctx)
    });
    assert_eq!(outcome.unwrap_err(), Failure::Cancelled);
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[test]
fn silence_ends_with_the_patience_of_the_node() {
    let begin = Instant::now();
    let server =
        HttpServer::start(|_| Reply::stream(PARTS, vec![Piece::Wait(Duration::from_mins(1))]));
    let node = node_with(&server.url(), |address| address.patience_s = 0.3);
    let failure = service(&node).echo(&ctx()).unwrap_err();
    assert!(matches!(failure, Failure::NoAnswer { .. }), "{failure:?}");
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn an_endless_list_is_not_listened_to_without_end() {
    let server =
        HttpServer::start(|_| Reply::stream(PARTS, vec![Piece::Endless(vec![b'x'; 64 * 1024])]));
    let failure = retrieve(&server, &[1], &Keeping::new()).unwrap();
    assert_eq!(failure.failed.len(), 1, "{failure:?}");
}

#[test]
fn an_instance_of_another_study_is_kept_with_a_warning() {
    let server = HttpServer::start(|_| {
        let other = image(1).study("1.9.9");
        Reply::new(200, PARTS, parts(&[other.write(Encoding::ExplicitLittle)]))
    });
    let outcome = retrieve(&server, &[1], &Keeping::new()).unwrap();
    assert_eq!(outcome.warnings.len(), 1);
    let text = in_english(&outcome.warnings[0]);
    assert!(text.contains("not of the study"), "{text}");
}

#[test]
fn images_of_another_study_are_told_once_with_their_number_and_not_shown() {
    let server = HttpServer::start(|request| {
        let accept = request.header("accept").unwrap_or_default();
        if accept.contains("json") {
            return Reply::json("[]"); // it lists nothing
        }
        let others = [1, 2, 3].map(|n| image(n).study("1.9.9").write(Encoding::ExplicitLittle));
        Reply::new(200, PARTS, parts(&others))
    });
    let home = crate::common::temp_folder();
    let mut session = Session::new(home.path());
    session.engine.run(Effect::FollowPacs, &session.workspace);
    let node = node(&server.url());
    let source = Source::Node(node.name.clone());
    session.apply(Command::Node(NodeEdit::Put(node)));
    let found = FoundStudy {
        study: StudyMatch {
            study_uid: STUDY.into(),
            ..StudyMatch::default()
        },
        sources: vec![source],
        counts: std::collections::BTreeMap::new(),
        is_ambiguous: false,
    };
    session.apply(Command::Transfer(TransferEdit::Open(Box::new(found))));
    let told = |it: &Session| -> Vec<Vec<(&str, Arg)>> {
        let notices = it.workspace.notices.shown().iter();
        notices
            .filter(|notice| notice.problem.message.id == msg("transfer-other-study"))
            .map(|notice| notice.problem.message.args.clone())
            .collect()
    };
    session.until("the notice", |it| !told(it).is_empty());
    let told = told(&session);
    assert_eq!(told.len(), 1);
    assert!(told[0].contains(&("count", Arg::Number(3.0))), "{told:?}");
    assert!(session.workspace.panes.active_view().is_none());
}

#[test]
fn lengths_that_lie_and_chunks_that_end_early_are_cuts() {
    let head =
        |headers: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: {PARTS}\r\n{headers}\r\n\r\n");
    let body = parts(&[file(1)]);
    let chunk = [format!("{:x}\r\n", body.len()).as_bytes(), &body].concat();
    for (headers, sent) in [
        ("Content-Length: 500", body[..500].to_vec()),
        ("Transfer-Encoding: chunked", chunk[..500].to_vec()),
        (
            "Transfer-Encoding: chunked",
            [b"zz\r\n".as_slice(), &body].concat(),
        ),
    ] {
        let answer = [head(headers).as_bytes(), &sent].concat();
        let text = refusal(move |_| Reply::cut(answer.clone()));
        assert!(text.contains("ended in the middle"), "{headers}: {text}");
    }
    // What is behind the last delimiter is whole, whatever the line says of its length.
    for (headers, sent) in [
        ("Content-Length: 999999", body.clone()),
        ("Transfer-Encoding: chunked", chunk.clone()),
    ] {
        let answer = [head(headers).as_bytes(), &sent].concat();
        let server = HttpServer::start(move |_| Reply::cut(answer.clone()));
        let outcome = retrieve(&server, &[1], &Keeping::new()).unwrap();
        assert!(outcome.is_complete(), "{headers}: {outcome:?}");
    }
}

#[test]
fn a_service_that_refuses_one_after_the_other_is_not_asked_for_all() {
    let server = HttpServer::start(|request| {
        if request.path().ends_with("/instances") && request.method == "GET" {
            let all: Vec<_> = (1..=40)
                .map(|n| format!(r#"{{"00080018":{{"vr":"UI","Value":["{}"]}}}}"#, uid(n)))
                .collect();
            return Reply::json(&format!("[{}]", all.join(",")));
        }
        Reply::status(403)
    });
    let numbers: Vec<i32> = (1..=40).collect();
    let retrieved = retrieve(&server, &numbers, &Keeping::new()).unwrap();
    assert!(retrieved.end.is_some());
    assert!(retrieved.failed.len() < 40, "{}", retrieved.failed.len());
    let folder = crate::common::temp_folder();
    let files: Vec<_> = (1..=40)
        .map(|n| {
            let path = folder.path().join(n.to_string());
            std::fs::write(&path, file(n)).unwrap();
            path
        })
        .collect();
    let service = service(&node(&server.url()));
    let sent = service.send(&files, &|_| {}, &ctx()).unwrap();
    assert!(sent.end.is_some());
    assert!(sent.outcomes.len() < 10, "{}", sent.outcomes.len());
}
