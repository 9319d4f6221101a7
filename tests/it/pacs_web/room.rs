//! Services that are too busy, or have no room; and none here.

use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use isocentre::dicom::Announced;
use isocentre::dicom::InstanceSink;
use isocentre::dicom::InstanceWriter;
use isocentre::dicom::Refusal;
use isocentre::pacs::Failure;
use isocentre::pacs::Service as _;
use isocentre::pacs::Wanted;
use isocentre::pacs::WantedSeries;
use isocentre::pacs::web::WebTrouble;
use isocentre::problem::msg;

use super::*;
use crate::common::http::HttpRequest;
use crate::common::http::HttpServer;
use crate::common::http::Reply;
use crate::common::keeping::Keeping;
use crate::common::temp_folder;

fn wanted(count: i32) -> [Wanted; 1] {
    [Wanted {
        study_uid: STUDY.into(),
        series: vec![WantedSeries {
            series_uid: SERIES.into(),
            instance_uids: (1..=count).map(uid).collect(),
            ..WantedSeries::default()
        }],
    }]
}

fn whole(request: &HttpRequest) -> Reply {
    let number = request.path().rsplit('.').next().unwrap().parse().unwrap();
    Reply::new(200, PARTS, parts(&[file(number)]))
}

fn files(folder: &tempfile::TempDir, count: i32) -> Vec<PathBuf> {
    let written = (1..=count).map(|n| {
        let path = folder.path().join(n.to_string());
        std::fs::write(&path, file(n)).unwrap();
        path
    });
    written.collect()
}

#[test]
fn who_asks_too_often_waits_as_long_as_the_service_says_in_seconds_or_by_a_date() {
    for (after, least) in [
        ("1", Duration::from_secs(1)),
        // What is over need not be waited for.
        ("Sun, 06 Nov 1994 08:49:37 GMT", Duration::ZERO),
        ("in a moment", Duration::from_secs(1)),
    ] {
        let tries = AtomicUsize::new(0);
        let server = HttpServer::start(move |request| {
            if tries.fetch_add(1, Ordering::Relaxed) == 0 {
                return Reply::with(429, &[("Retry-After", after)], "");
            }
            whole(request)
        });
        let begin = Instant::now();
        let service = service(&node(&server.url()));
        let came = service.retrieve(&wanted(1), &Keeping::new(), &|_| {}, &ctx());
        assert!(came.unwrap().is_complete(), "{after}");
        let elapsed = begin.elapsed();
        assert!(elapsed >= least, "{after}: {elapsed:?}");
        assert!(
            elapsed < least + Duration::from_secs(3),
            "{after}: {elapsed:?}"
        );
    }
}

#[test]
fn a_date_that_is_still_to_come_is_waited_for() {
    let date = "Fri, 01 Jan 2100 00:00:00 GMT";
    let server = HttpServer::start(move |_| Reply::with(429, &[("Retry-After", date)], ""));
    let job = ctx();
    let cancel = job.clone();
    std::thread::spawn(move || {
        // Who does not understand the date asks again after a second.
        std::thread::sleep(Duration::from_millis(2500));
        cancel.cancel();
    });
    let failure = service(&node(&server.url())).echo(&job).unwrap_err();
    assert_eq!(failure, Failure::Cancelled);
    assert_eq!(server.requests().len(), 1);
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
    let outcome = service(&node(&server.url()))
        .retrieve(&wanted(1), &Keeping::new(), &|_| {}, &ctx())
        .unwrap();
    assert!(outcome.is_complete(), "{outcome:?}");
    assert!(begin.elapsed() >= Duration::from_secs(1));
}

#[test]
fn nobody_waits_for_a_service_after_giving_up() {
    let server = HttpServer::start(|_| Reply::with(429, &[("Retry-After", "86400")], ""));
    let job = ctx();
    let cancel = job.clone();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        cancel.cancel();
    });
    let begin = Instant::now();
    let failure = service(&node(&server.url())).echo(&job).unwrap_err();
    assert_eq!(failure, Failure::Cancelled);
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_service_that_stays_busy_is_said_to_be_and_may_be_asked_later() {
    let tries = std::sync::Arc::new(AtomicUsize::new(0));
    let counted = tries.clone();
    let server = HttpServer::start(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Reply::with(429, &[("Retry-After", "0")], "")
    });
    let failure = service(&node(&server.url())).echo(&ctx()).unwrap_err();
    assert!(failure.is_transient(), "{failure:?}");
    let text = in_english(&failure.message());
    assert!(text.contains("overloaded"), "{text}");
    assert!(tries.load(Ordering::Relaxed) <= 3);
}

#[test]
fn what_a_busy_service_did_not_take_is_sent_again_when_it_says() {
    let tries = AtomicUsize::new(0);
    let server = HttpServer::start(move |_| {
        if tries.fetch_add(1, Ordering::Relaxed) < 2 {
            return Reply::with(429, &[("Retry-After", "0")], "");
        }
        Reply::status(200)
    });
    let folder = temp_folder();
    let service = service(&node(&server.url()));
    let sent = service.send(&files(&folder, 1), &|_| {}, &ctx()).unwrap();
    assert!(sent.is_complete(1), "{sent:?}");
    let bodies: Vec<usize> = server.requests().iter().map(|it| it.body.len()).collect();
    assert_eq!(bodies.len(), 3);
    assert!(bodies.iter().all(|length| *length == bodies[0]));
}

#[test]
fn a_service_without_room_ends_the_sending_and_may_have_room_later() {
    let server = HttpServer::start(|_| Reply::new(507, "text/plain", "disk full"));
    let folder = temp_folder();
    let service = service(&node(&server.url()));
    let failure = match service.send(&files(&folder, 30), &|_| {}, &ctx()) {
        Ok(sent) => sent.end.unwrap(),
        Err(failure) => failure,
    };
    let is_no_room = matches!(
        failure,
        Failure::Web {
            trouble: WebTrouble::NoRoom,
            ..
        }
    );
    assert!(is_no_room && failure.is_transient(), "{failure:?}");
    let text = in_english(&failure.message());
    assert!(text.contains("no room left"), "{text}");
    assert!(server.requests().len() < 10, "{}", server.requests().len());
}

/// Takes so many instances, and has no room for more.
struct Small {
    keeping: Keeping,
    left: AtomicUsize,
}

impl InstanceSink for Small {
    fn begin(&self, announced: &Announced) -> Result<Box<dyn InstanceWriter>, Refusal> {
        let take = |left: usize| left.checked_sub(1);
        let taken = (self.left).fetch_update(Ordering::SeqCst, Ordering::SeqCst, take);
        match taken {
            Ok(_) => self.keeping.begin(announced),
            Err(_) => Err(Refusal::NoRoom(Message::new(msg("pacs-cancelled")))),
        }
    }
}

#[test]
fn where_nothing_more_can_be_kept_here_nothing_more_is_asked_for() {
    let server = HttpServer::start(whole);
    let sink = Small {
        keeping: Keeping::new(),
        left: AtomicUsize::new(2),
    };
    let service = service(&node(&server.url()));
    let came = service
        .retrieve(&wanted(60), &sink, &|_| {}, &ctx())
        .unwrap();
    assert!(matches!(came.end, Some(Failure::NoRoom(_))), "{came:?}");
    assert_eq!(came.instances, 2);
    assert_eq!(sink.keeping.file_count(), 2, "no half of a third");
    assert!(server.requests().len() < 30, "{}", server.requests().len());
}
