//! What has arrived of an image is its picture until it is here, whatever the service.

use std::sync::Arc;
use std::time::Duration;

use isocentre::dicom::FrameDecoder;
use isocentre::jobs::JobCtx;
use isocentre::pacs::{Node, NodeAddress, Retrieval};
use isocentre::workspace::{
    Command, Effect, NodeEdit, Preview, SearchEdit, Transfer, TransferEdit,
};

use super::network::{decoded, forwarded_json, is_done, previewed, watch};
use super::{PATIENT, SERIES, STUDY, uid};
use crate::common::http::{HttpServer, Reply, forwarded};
use crate::common::line::Line;
use crate::common::orthanc::Orthanc;
use crate::common::{Encoding, Session, SyntheticImage, Value, temp_folder};
use crate::decode::encoders::jpeg_2000::Jpeg2000;

const SIDE: u16 = 1024;
const LOSSLESS: &str = "1.2.840.10008.1.2.4.90";

/// Black on the left, white on the right under its own window, with noise that takes its bytes.
fn samples() -> Vec<i64> {
    let side = usize::from(SIDE);
    (0..side * side)
        .map(|at| {
            let (row, column) = (at / side, at % side);
            let noise = (row * 7919 + column * 104_729 + row * column * 31) % 61;
            let level = if column < side / 2 { 100 } else { 3000 };
            (level + noise) as i64
        })
        .collect()
}

/// A radiograph in JPEG 2000, about 0.8 MB.
fn radiograph() -> SyntheticImage {
    let side = usize::from(SIDE);
    SyntheticImage::new(SIDE, SIDE)
        .patient(PATIENT.0, PATIENT.1)
        .study(STUDY)
        .series(SERIES)
        .sop_instance(&uid(1))
        .instance_number(1)
        .bits(16, 12)
        .window(1500.0, 2000.0)
        .transfer_syntax(LOSSLESS)
        .raw_pixels(Value::Fragments(vec![
            Jpeg2000::grey(side, side, 12).encode(&samples()),
        ]))
}

/// A program that opens the study behind this address.
fn opened(session: &mut Session, address: NodeAddress) {
    opened_as(session, address, false);
}

fn opened_as(session: &mut Session, address: NodeAddress, is_slow: bool) {
    session.engine.run(Effect::FollowPacs, &session.workspace);
    session.apply(Command::Node(NodeEdit::Put(Node {
        name: "PACS".into(),
        address,
        is_searched: true,
        limit_bytes_per_s: None,
        is_slow,
    })));
    session.apply(Command::Search(SearchEdit::Text("benali".into())));
    session.apply(Command::Search(SearchEdit::Run));
    session.until("the search", |it| !it.workspace.search.is_running());
    let found = session.workspace.search.rows().first().cloned();
    let found = Box::new(found.expect("a study is found"));
    session.apply(Command::Transfer(TransferEdit::Open(found)));
}

fn at_web(port: u16) -> NodeAddress {
    NodeAddress::parse(&format!("http://127.0.0.1:{port}/dicom-web")).unwrap()
}

fn at_dimse(port: u16) -> NodeAddress {
    let address = NodeAddress::parse(&format!("ORTHANC@127.0.0.1:{port}")).unwrap();
    let NodeAddress::Dimse(mut address) = address else {
        panic!("it is one of DIMSE");
    };
    address.retrieval = Retrieval::Get;
    NodeAddress::Dimse(address)
}

fn picture_of(session: &Session) -> Arc<Preview> {
    Arc::clone(session.workspace.previews.of(&uid(1)).unwrap())
}

#[test]
fn what_has_arrived_of_an_image_is_its_picture_until_the_image_is_here() {
    let Some(orthanc) = Orthanc::start("beginnings") else {
        return;
    };
    let file = radiograph().write(Encoding::ExplicitLittle);
    orthanc.store(&file);
    for is_web in [true, false] {
        let port = if is_web {
            orthanc.http_port
        } else {
            orthanc.dicom_port
        };
        let line = Line::new(port, 150_000.0, Duration::from_millis(20));
        let address = if is_web { at_web } else { at_dimse }(line.port());
        let home = temp_folder();
        let mut session = Session::new(home.path());
        opened(&mut session, address);

        watch(&mut session, "a picture", |it| previewed(it).is_some());
        assert!(session.workspace.library.instances().next().is_none());
        let first = picture_of(&session);
        assert_eq!(first.patient_id, PATIENT.1);
        assert_eq!(first.geometry.image_size, [u32::from(SIDE); 2]);
        let [columns, rows] = first.picture.size();
        assert!(
            columns == rows && (128..=512).contains(&columns),
            "{columns}"
        );
        // Eight bits through the image's own window.
        let level = |at: usize| first.picture.samples.get(at).unwrap();
        let row = (rows / 2 * columns) as usize;
        let right = level(row + columns as usize * 3 / 4);
        assert!(level(row + 8) < 5.0 && right > 250.0, "{right}");

        // Larger ones follow, and then the image itself.
        watch(&mut session, "a larger picture", |it| {
            picture_of(it).picture.columns == u32::from(SIDE) / 2
        });
        assert!(session.workspace.library.instances().next().is_none());
        watch(&mut session, "the image", |it| decoded(it).is_some());
        let library = &session.workspace.library;
        let instance = library.instances().next().unwrap();
        let pixels = FrameDecoder::new(&instance.header).unwrap();
        let pixels = pixels.decode(0, &JobCtx::new()).unwrap().samples;
        let is_as_written = |(at, value): (usize, &i64)| pixels.get(at) == Some(*value as f64);
        assert!(samples().iter().enumerate().all(is_as_written));
        watch(&mut session, "the end", is_done);
        let came = line.bytes_from_server() as usize;
        assert!(came < file.len() * 5 / 4, "{came} of {}", file.len());
        assert!(session.workspace.notices.shown().is_empty());
    }
}

/// Eight frames, a bright bar further to the right in each, without compression: 1 MB.
fn run() -> SyntheticImage {
    let (side, frames) = (256, 8);
    let samples = (0..side * side * frames).map(|at| {
        let noise = (at * 7919 + at / side * 104_729) % 997;
        let is_bar = at % side / (side / frames) == at / (side * side);
        (noise + if is_bar { 3000 } else { 0 }) as i64
    });
    SyntheticImage::new(side as u16, side as u16)
        .patient(PATIENT.0, PATIENT.1)
        .study(STUDY)
        .series(SERIES)
        .sop_instance(&uid(1))
        .instance_number(1)
        .bits(16, 12)
        .window(2000.0, 4000.0)
        .pixels_all(frames, samples.collect())
}

#[test]
fn of_several_frames_one_is_shown_until_all_are_here() {
    let Some(orthanc) = Orthanc::start("frames on their way") else {
        return;
    };
    orthanc.store(&run().write(Encoding::ExplicitLittle));
    // The first of those that have arrived; the one in the middle, where the archive renders.
    for (is_slow, frame) in [(false, 0), (true, 4)] {
        let line = Line::new(orthanc.http_port, 100_000.0, Duration::from_millis(20));
        let home = temp_folder();
        let mut session = Session::new(home.path());
        opened_as(&mut session, at_web(line.port()), is_slow);
        watch(&mut session, "a picture", |it| previewed(it).is_some());
        assert!(session.workspace.library.instances().next().is_none());
        let picture = picture_of(&session);
        assert_eq!((picture.frame, picture.frames), (frame, 8));
        let [columns, rows] = picture.picture.size();
        let level = |part: u32| {
            let at = rows / 2 * columns + columns * part / 8 + columns / 16;
            picture.picture.samples.get(at as usize).unwrap() as u32
        };
        assert_eq!((0..8).max_by_key(|part| level(*part)), Some(frame));
        watch(&mut session, "the image", |it| decoded(it).is_some());
        assert_eq!(session.shown().index, frame);
    }
}

#[test]
fn on_a_quick_line_and_where_they_are_not_wanted_no_pictures_are_made() {
    let Some(orthanc) = Orthanc::start("no beginnings") else {
        return;
    };
    orthanc.store(&radiograph().write(Encoding::ExplicitLittle));
    let line = Line::new(orthanc.http_port, 150_000.0, Duration::from_millis(20));
    for (port, is_previewing) in [(orthanc.http_port, true), (line.port(), false)] {
        let home = temp_folder();
        let mut session = Session::new(home.path());
        session.apply(Command::Node(NodeEdit::Previews(is_previewing)));
        opened(&mut session, at_web(port));
        watch(&mut session, "the image", |it| {
            assert!(it.workspace.previews.of(&uid(1)).is_none());
            decoded(it).is_some()
        });
    }
}

#[test]
fn what_arrives_of_another_patients_image_is_not_shown() {
    let Some(orthanc) = Orthanc::start("another's beginning") else {
        return;
    };
    orthanc.store(&radiograph().write(Encoding::ExplicitLittle));
    let port = orthanc.http_port;
    // The node lists the study under another patient's number than its images have.
    let server = HttpServer::start(move |request| {
        if request.path().ends_with("/studies") {
            Reply::json(&forwarded_json(port, request).replace(PATIENT.1, "0815"))
        } else {
            forwarded(port, request).unwrap()
        }
    });
    let line = Line::new(server.port, 150_000.0, Duration::from_millis(20));
    let home = temp_folder();
    let mut session = Session::new(home.path());
    opened(&mut session, at_web(line.port()));
    watch(&mut session, "the end", |it| {
        assert!(it.workspace.previews.of(&uid(1)).is_none());
        let transfers = it.workspace.transfers.all();
        !transfers.is_empty() && transfers.iter().all(Transfer::is_over)
    });
    assert_eq!(session.workspace.library.instances().count(), 0);
}
