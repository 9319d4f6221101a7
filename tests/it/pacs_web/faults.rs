//! What servers and lines do wrong, one at a time.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use isocentre::model::StudyMatch;
use isocentre::model::StudyQuery;
use isocentre::pacs::Failure;
use isocentre::pacs::Retrieved;
use isocentre::pacs::Secret;
use isocentre::pacs::SecretKind;
use isocentre::pacs::Secrets;
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

fn wanted(numbers: &[i32]) -> Vec<Wanted> {
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
fn number(request: &HttpRequest) -> i32 {
    request.path().rsplit('.').next().unwrap().parse().unwrap()
}

fn whole(request: &HttpRequest) -> Reply {
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
fn refusal(answer: impl Fn(&HttpRequest) -> Reply + Send + Sync + 'static) -> String {
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
    let mut node = node(&server.url());
    node.is_slow = true;
    let sink = Keeping::new();
    let outcome = service(&node).retrieve(&wanted(&[1]), &sink, &|_| {}, &ctx());
    assert!(outcome.unwrap().is_complete());
    let requests = server.requests();
    let accept = requests[0].header("accept").unwrap();
    let weight = |syntax: &str| -> f64 {
        let form = accept.split(", ").find(|form| form.contains(syntax));
        form.unwrap().split_once("q=").unwrap().1.parse().unwrap()
    };
    assert!(weight("1.2.840.10008.1.2.4.202") > weight("1.2.840.10008.1.2.4.90"));
    assert!(weight("1.2.840.10008.1.2.4.90") > weight("transfer-syntax=*"));
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
fn a_busy_service_is_asked_again_when_it_says() {
    let tries = AtomicUsize::new(0);
    let server = HttpServer::start(move |request| {
        if tries.fetch_add(1, Ordering::Relaxed) == 0 {
            return Reply::with(503, &[("Retry-After", "1")], "");
        }
        whole(request)
    });
    let begin = Instant::now();
    let outcome = retrieve(&server, &[1], &Keeping::new()).unwrap();
    assert!(outcome.is_complete(), "{outcome:?}");
    assert!(begin.elapsed() >= Duration::from_secs(1));
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
        node_count: None,
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

#[test]
fn each_file_sent_has_the_answer_of_the_service() {
    let server = HttpServer::start(|request| {
        let body = String::from_utf8_lossy(&request.body);
        let stored = |n| {
            format!(
                r#"{{"00081199":{{"vr":"SQ","Value":[{{"00081155":{{"vr":"UI","Value":["{}"]}}}}]}}}}"#,
                uid(n)
            )
        };
        if body.contains(&uid(1)) {
            return Reply::json(&stored(1));
        }
        if body.contains(&uid(2)) {
            let failed = stored(2).replace("00081199", "00081198").replace(
                "{\"00081155\"",
                "{\"00081197\":{\"vr\":\"US\",\"Value\":[42752]},\"00081155\"",
            );
            return Reply::new(409, "application/dicom+json", failed);
        }
        if body.contains(&uid(3)) {
            return Reply::new(409, "text/plain", "no");
        }
        Reply::status(200)
    });
    let folder = crate::common::temp_folder();
    let files: Vec<_> = (1..=4)
        .map(|n| {
            let path = folder.path().join(n.to_string());
            std::fs::write(&path, file(n)).unwrap();
            path
        })
        .collect();
    let sent = service(&node(&server.url()))
        .send(&files, &|_| {}, &ctx())
        .unwrap();
    assert_eq!(sent.end, None);
    let result = |n: i32| {
        let found = sent
            .outcomes
            .iter()
            .find(|one| one.sop_instance_uid == uid(n));
        found
            .unwrap()
            .result
            .clone()
            .map_err(|message| in_english(&message))
    };
    assert_eq!(result(1), Ok(file(1).len() as u64));
    let full = result(2).unwrap_err();
    assert!(full.contains("A700"), "{full}");
    let refused = result(3).unwrap_err();
    assert!(refused.contains("does not say why"), "{refused}");
    assert!(result(4).is_ok());
    // The parts are the files, to the byte.
    for request in server.requests() {
        let n = (1..=4).find(|n| String::from_utf8_lossy(&request.body).contains(&uid(*n)));
        let file = file(n.unwrap());
        assert!(request.body.windows(file.len()).any(|part| part == file));
    }
}

#[test]
fn only_what_the_service_names_as_stored_was_sent() {
    let elsewhere =
        r#"{"00081199":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.2.9"]}}]}}"#;
    let dicom = "application/dicom+json";
    for (reply, expected) in [
        (
            Reply::new(200, "text/html", "<html>Sign in</html>"),
            "web page",
        ),
        (Reply::new(200, dicom, "<html>Sign in</html>"), "web page"),
        (Reply::new(200, "text/html", ""), "did not store it"),
        (Reply::new(200, dicom, "stored"), "cannot be read"),
        (Reply::new(200, dicom, "[]"), "did not store it"),
        (
            Reply::new(200, dicom, "{\"message\":\"ok\"}"),
            "did not store it",
        ),
        (Reply::new(200, dicom, elsewhere), "did not store it"),
        (Reply::new(202, dicom, elsewhere), "did not store it"),
        (Reply::status(202), "did not store it"),
        (Reply::status(204), "did not store it"),
    ] {
        let server = HttpServer::start(move |_| reply.clone());
        let folder = crate::common::temp_folder();
        let path = folder.path().join("1");
        std::fs::write(&path, file(1)).unwrap();
        let text = match service(&node(&server.url())).send(&[path], &|_| {}, &ctx()) {
            Ok(sent) => in_english(&sent.outcomes[0].result.clone().unwrap_err()),
            Err(failure) => in_english(&failure.message()),
        };
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

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

#[test]
fn sending_keeps_to_the_limit_of_the_line_too() {
    let server = HttpServer::start(|_| Reply::status(200));
    let big = image(1).bits(16, 16).pixels_all(1, vec![0; 256]);
    let file = big.raw_pixels(crate::common::Value::Bytes(vec![0; 60_000]));
    let folder = crate::common::temp_folder();
    let path = folder.path().join("1");
    std::fs::write(&path, file.write(Encoding::ExplicitLittle)).unwrap();
    let mut node = node(&server.url());
    node.limit_bytes_per_s = Some(60_000);
    let begin = Instant::now();
    let sent = service(&node).send(&[path], &|_| {}, &ctx()).unwrap();
    assert!(sent.is_complete(1), "{sent:?}");
    let elapsed = begin.elapsed();
    assert!(elapsed > Duration::from_millis(600), "{elapsed:?}");
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
