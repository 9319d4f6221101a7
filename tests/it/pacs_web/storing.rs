//! What a service says of what it is sent.

use std::time::Duration;
use std::time::Instant;

use isocentre::pacs::Service as _;

use super::*;
use crate::common::http::HttpServer;
use crate::common::http::Reply;

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
