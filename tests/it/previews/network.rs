//! From a live archive behind a slow line to the pane.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use isocentre::dicom::{FrameDecoder, tags};
use isocentre::jobs::JobCtx;
use isocentre::pacs::{Node, NodeAddress};
use isocentre::view::{Frames as _, Loading, StackGeometry};
use isocentre::workspace::{
    Command, Effect, NodeEdit, SearchEdit, TransferEdit, TransferState, ViewEdit,
};

use super::{header, png, slice, uid};
use crate::common::http::{HttpRequest, HttpServer, Reply, forwarded};
use crate::common::line::Line;
use crate::common::orthanc::Orthanc;
use crate::common::{Encoding, Session, temp_folder};

const SIDE: u16 = 256;
const SLICES: i64 = 12;

fn filled(test: &str) -> Option<Orthanc> {
    let orthanc = Orthanc::start(test)?;
    for number in 1..=SLICES {
        orthanc.store(&slice(number, SIDE).write(Encoding::ExplicitLittle));
    }
    Some(orthanc)
}

/// Narrow and long.
fn bad_line(port: u16) -> Line {
    Line::new(port, 50_000.0, Duration::from_millis(50))
}

/// A program that found the study behind this port and opens it.
fn opened(home: &Path, port: u16) -> Session {
    let mut session = Session::new(home);
    session.engine.run(Effect::FollowPacs, &session.workspace);
    let url = format!("http://127.0.0.1:{port}/dicom-web");
    session.apply(Command::Node(NodeEdit::Put(Node {
        name: "PACS".into(),
        address: NodeAddress::parse(&url).unwrap(),
        is_searched: true,
        limit_bytes_per_s: None,
        is_slow: true,
    })));
    session.apply(Command::Search(SearchEdit::Text("benali".into())));
    session.apply(Command::Search(SearchEdit::Run));
    session.until("the search", |it| !it.workspace.search.is_running());
    let found = session.workspace.search.rows().first().cloned();
    let found = Box::new(found.expect("a study is found"));
    session.apply(Command::Transfer(TransferEdit::Open(found)));
    session
}

/// Until something is so, the eye on the active pane.
pub(super) fn watch(session: &mut Session, what: &str, is_so: impl Fn(&Session) -> bool) {
    session.until_turned(what, |it| {
        it.engine.look_at(&it.workspace);
        is_so(it)
    });
}

/// The image that a picture stands for in the active pane.
pub(super) fn previewed(session: &Session) -> Option<String> {
    let workspace = &session.workspace;
    let pane = workspace.panes.active;
    workspace.arriving.awaited_in(pane)?;
    let preview = workspace.preview_in(pane, workspace.panes.active_view()?)?;
    Some(preview.sop_instance_uid.clone())
}

/// The image that is decoded and at which the active pane is.
pub(super) fn decoded(session: &Session) -> Option<String> {
    let workspace = &session.workspace;
    let view = workspace.panes.active_view()?;
    let is_awaiting = workspace
        .arriving
        .awaited_in(workspace.panes.active)
        .is_some();
    let set = workspace.library.display_set(view.display_set)?;
    let key = *set.frames.get(view.index as usize)?;
    let is_ready = matches!(session.engine.frame(key), Loading::Ready(_)) && !is_awaiting;
    let header = workspace.library.header(key.instance)?;
    let uid = header.dataset.elements().uid(tags::SOP_INSTANCE_UID);
    uid.filter(|_| is_ready)
}

pub(super) fn is_done(session: &Session) -> bool {
    let transfers = session.workspace.transfers.all();
    !transfers.is_empty() && transfers.iter().all(|it| it.state == TransferState::Done)
}

#[test]
fn a_picture_comes_before_its_image_and_the_image_is_the_archives_own() {
    let Some(orthanc) = filled("previews on a slow line") else {
        return;
    };
    let line = bad_line(orthanc.http_port);
    let home = temp_folder();
    let mut session = opened(home.path(), line.port());
    watch(&mut session, "a picture", |it| previewed(it).is_some());
    let first = previewed(&session);
    assert!(session.workspace.library.instances().next().is_none());
    let picture = session.workspace.previews.of(first.as_ref().unwrap());
    let picture = Arc::clone(picture.unwrap());
    watch(&mut session, "its image", |it| decoded(it) == first);
    let (set, index) = (session.shown().display_set, session.shown().index);
    let key = session.workspace.library.display_set(set).unwrap().frames[index as usize];
    let Loading::Ready(image) = session.engine.frame(key) else {
        panic!("it was decoded");
    };
    let own = StackGeometry::of(&image);
    assert_eq!(picture.geometry.image_size, own.image_size);
    assert!((picture.geometry.pixel_aspect - own.pixel_aspect).abs() < 1e-9);
    assert_eq!(picture.patient_from_image, own.patient_from_image);
    assert!(own.patient_from_image.is_some() && own.pixel_aspect > 1.0);

    // To the far end.
    let view = session.workspace.panes.active_view().unwrap().clone();
    let track = session.workspace.track_of(&view).unwrap();
    let far = (0..track.frames.len()).find(|place| {
        let uid = &track.instance(*place).unwrap().sop_instance_uid;
        track.frames[*place].is_none() && session.workspace.previews.of(uid).is_none()
    });
    if let Some(far) = far {
        let instance = track.instance(far).unwrap().clone();
        let uid = Some(instance.sop_instance_uid.clone());
        let pane = session.workspace.panes.active;
        session.apply(Command::View(pane, ViewEdit::Await(instance)));
        watch(&mut session, "a far picture", |it| {
            previewed(it) == uid || decoded(it) == uid
        });
        watch(&mut session, "its image", |it| decoded(it) == uid);
    }

    watch(&mut session, "all", is_done);
    watch(&mut session, "the pixels", |it| decoded(it).is_some());
    let view = session.workspace.panes.active_view().unwrap().clone();
    let in_full = session.workspace.in_full(&view).unwrap();
    assert!(in_full.is_whole() && !in_full.is_lossy, "{in_full:?}");
    let library = &session.workspace.library;
    assert_eq!(library.instances().count() as i64, SLICES);
    for instance in library.instances() {
        let number = instance.header.dataset.elements();
        let number = number.integer(tags::INSTANCE_NUMBER).unwrap();
        let pixels = |header| {
            let decoder = FrameDecoder::new(header).unwrap();
            decoder.decode(0, &JobCtx::new()).unwrap().samples
        };
        let own = header(&slice(number, SIDE));
        assert_eq!(pixels(&instance.header), pixels(&own), "{number}");
        assert!(!instance.header.is_picture());
    }
}

#[test]
fn on_a_slow_line_orthanc_compresses_what_it_sends() {
    let Some(orthanc) = filled("compression on a slow line") else {
        return;
    };
    let home = temp_folder();
    let mut session = opened(home.path(), orthanc.http_port);
    watch(&mut session, "all", is_done);
    for instance in session.workspace.library.instances() {
        // JPEG Lossless, First-Order Prediction.
        assert_eq!(&*instance.header.transfer_syntax, "1.2.840.10008.1.2.4.70");
    }
}

/// What an answer is instead, if it is another.
type Meddle = Box<dyn Fn(&HttpRequest) -> Option<Reply> + Send + Sync>;

/// A line to the archive on which some answers are others.
fn meddled(
    orthanc: &Orthanc,
    meddle: impl Fn(&HttpRequest) -> Option<Reply> + Send + Sync + 'static,
) -> (HttpServer, Line) {
    let port = orthanc.http_port;
    let server = HttpServer::start(move |request| {
        meddle(request).unwrap_or_else(|| forwarded(port, request).unwrap())
    });
    let line = bad_line(server.port);
    (server, line)
}

fn asked_for(server: &HttpServer, what: &str) -> usize {
    let requests = server.requests();
    requests
        .iter()
        .filter(|request| request.path().ends_with(what))
        .count()
}

#[test]
fn a_service_that_does_not_render_is_not_asked_again_and_its_images_come_as_ever() {
    let Some(orthanc) = filled("refused previews") else {
        return;
    };
    // Where it may be the window that is refused, it is asked once more without.
    for (status, times) in [(400, 2), (404, 1), (406, 2), (501, 1)] {
        let (server, line) = meddled(&orthanc, move |request| {
            let is_picture = request.path().ends_with("/rendered");
            is_picture.then(|| Reply::status(status))
        });
        let home = temp_folder();
        let mut session = opened(home.path(), line.port());
        watch(&mut session, "all", |it| {
            assert_eq!(previewed(it), None, "{status}");
            is_done(it)
        });
        assert_eq!(session.workspace.library.instances().count() as i64, SLICES);
        assert!(session.workspace.notices.shown().is_empty(), "{status}");
        assert_eq!(asked_for(&server, "/rendered"), times, "{status}");
    }
}

#[test]
fn pictures_of_another_patient_image_or_shape_larger_than_their_image_or_damaged_are_not_shown() {
    let Some(orthanc) = filled("wrong previews") else {
        return;
    };
    let port = orthanc.http_port;
    let altered = move |request: &HttpRequest, from: String, to: &str| {
        let mut plain = request.clone();
        plain.target = request.target.clone();
        let reply = forwarded_json(port, &plain);
        Reply::json(&reply.replace(&from, to))
    };
    let middle = uid(SLICES / 2 + 1);
    let cases: [(&str, Meddle); 5] = [
        (
            "patient",
            Box::new(move |request| {
                let is_it = request.path().ends_with("/metadata");
                is_it.then(|| altered(request, "004711".into(), "0815"))
            }),
        ),
        (
            "image",
            Box::new(move |request| {
                let is_it = request.path().ends_with("/metadata");
                is_it.then(|| altered(request, middle.clone(), "1.2.3.4"))
            }),
        ),
        (
            "shape",
            Box::new(|request| {
                let is_it = request.path().ends_with("/rendered");
                is_it.then(|| Reply::new(200, "image/jpeg", png(256, 128, 90)))
            }),
        ),
        (
            "larger",
            Box::new(|request| {
                let is_it = request.path().ends_with("/rendered");
                is_it.then(|| Reply::new(200, "image/jpeg", png(512, 512, 90)))
            }),
        ),
        (
            "damaged",
            Box::new(|request| {
                let mut cut = png(256, 256, 90);
                cut.truncate(cut.len() / 2);
                let is_it = request.path().ends_with("/rendered");
                is_it.then(|| Reply::new(200, "image/jpeg", cut))
            }),
        ),
    ];
    for (what, meddle) in cases {
        let (server, line) = meddled(&orthanc, meddle);
        let home = temp_folder();
        let mut session = opened(home.path(), line.port());
        watch(&mut session, "all", |it| {
            assert_eq!(previewed(it), None, "{what}");
            is_done(it)
        });
        let asked = asked_for(&server, "/metadata") + asked_for(&server, "/rendered");
        assert!(asked > 0, "{what}: nothing was tried");
    }
}

#[test]
fn of_a_list_that_leaves_something_out_it_is_never_said_that_all_is_here() {
    let Some(orthanc) = filled("a shortened list") else {
        return;
    };
    let port = orthanc.http_port;
    let (server, line) = meddled(&orthanc, move |request| {
        let is_list = request.path().ends_with("/instances") && request.target.contains("limit=");
        is_list.then(|| {
            let list = forwarded_json(port, request);
            let mut list: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
            list.truncate(SLICES as usize - 2);
            Reply::json(&serde_json::to_string(&list).unwrap())
        })
    });
    let home = temp_folder();
    let mut session = opened(home.path(), line.port());
    watch(&mut session, "what is listed", |it| {
        let mut transfers = it.workspace.transfers.all().iter();
        let is_running = transfers.any(|it| it.state == TransferState::Running);
        it.workspace.library.instances().count() as i64 >= SLICES - 2 && !is_running
    });
    let view = session.shown().clone();
    assert_eq!(session.workspace.in_full(&view), None);
    assert_eq!(asked_for(&server, "/rendered"), 0);
}

/// Its answer's body, which is not packed.
pub(super) fn forwarded_json(port: u16, request: &HttpRequest) -> String {
    let url = format!("http://127.0.0.1:{port}{}", request.target);
    let agent = ureq::Agent::config_builder()
        .proxy(None)
        .build()
        .new_agent();
    let request = agent.get(url).header("Accept", "application/dicom+json");
    let mut answer = request
        .header("Accept-Encoding", "identity")
        .call()
        .unwrap();
    answer.body_mut().read_to_string().unwrap()
}

#[test]
fn a_retrieval_that_is_stopped_asks_for_no_more_pictures() {
    let Some(orthanc) = filled("cancelled previews") else {
        return;
    };
    let is_silent = Arc::new(AtomicBool::new(false));
    let silent = Arc::clone(&is_silent);
    let (server, line) = meddled(&orthanc, move |request| {
        let is_data =
            !request.path().contains("/metadata") && !request.path().contains("/rendered");
        let is_instance = request.path().contains("/instances/") && is_data;
        // The data never come: only pictures do.
        if is_instance {
            silent.store(true, Ordering::SeqCst);
            std::thread::sleep(Duration::from_secs(5));
        }
        is_instance.then(|| Reply::status(503))
    });
    let home = temp_folder();
    let mut session = opened(home.path(), line.port());
    watch(&mut session, "a picture", |it| previewed(it).is_some());
    watch(&mut session, "the data", |_| {
        is_silent.load(Ordering::SeqCst)
    });
    let begin = Instant::now();
    let id = session.workspace.transfers.all()[0].id;
    session.apply(Command::Transfer(TransferEdit::Cancel(id)));
    watch(&mut session, "the end", |it| {
        it.workspace.transfers.open_count() == 0 && it.workspace.panes.active_view().is_none()
    });
    assert!(begin.elapsed() < Duration::from_secs(4), "it ends at once");
    let asked = asked_for(&server, "/rendered");
    std::thread::sleep(Duration::from_millis(800));
    assert_eq!(asked_for(&server, "/rendered"), asked);
}
