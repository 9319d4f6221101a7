//! How long a reader waits for an image from the network: `cargo bench --bench reading`.
//!
//! A CT of 400 slices, 200 MiB, in an Orthanc of the program's own, opened from the search by the
//! program without a window; on the slow line also the same slices in sixteen series. An image counts when it is decoded; drawing it takes one frame more
//! (`isocentre bench` says how long that is). Each time is the median of several.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a benchmark may stop at the first surprise"
)]

#[path = "../it/common/mod.rs"]
mod common;

use std::time::Duration;
use std::time::Instant;

use isocentre::pacs::Node;
use isocentre::pacs::NodeAddress;
use isocentre::view::Frames as _;
use isocentre::workspace::Command;
use isocentre::workspace::Effect;
use isocentre::workspace::NodeEdit;
use isocentre::workspace::SearchEdit;
use isocentre::workspace::TransferEdit;
use isocentre::workspace::TransferState;
use isocentre::workspace::ViewEdit;

use common::Encoding;
use common::Session;
use common::SyntheticImage;
use common::line::Line;
use common::orthanc::Orthanc;
use common::temp_folder;

const SLICES: i32 = 400;
const SIDE: u16 = 512;
/// A time is the median of so many.
const ROUNDS: usize = 5;
/// Ten megabits.
const LINE_BYTES_PER_S: f64 = 1.25e6;
/// There and back.
const ROUND_TRIP: Duration = Duration::from_millis(100);
/// Series of the study that has several.
const MANY: i32 = 16;

/// Patient's name in the search, and Study Instance UID.
type Study = (&'static str, &'static str);
const ONE_SERIES: Study = ("Benali", "1.2.3.400");
const MANY_SERIES: Study = ("Amrani", "1.2.3.401");

fn main() {
    let Some(orthanc) = Orthanc::start("the benchmark") else {
        return;
    };
    for number in 1..=SLICES {
        orthanc.store(&slice(ONE_SERIES, 1, number));
        orthanc.store(&slice(MANY_SERIES, 1 + number % MANY, number));
    }
    println!(
        "{:<42}{:>14}{:>14}{:>12}",
        "", "first image", "a far slice", "all"
    );
    for (name, address) in [
        ("C-GET", orthanc.dimse()),
        ("DICOMweb", orthanc.dicom_web()),
    ] {
        let node = node(&address, false);
        row(&format!("{name}, this computer"), || {
            whole(&node, ONE_SERIES)
        });
    }
    let dimse = |port: u16| format!("ORTHANC@127.0.0.1:{port}");
    let web = |port: u16| format!("http://127.0.0.1:{port}/dicom-web");
    for is_slow in [false, true] {
        for (study, series) in [(ONE_SERIES, ""), (MANY_SERIES, ", 16 series")] {
            let said = if is_slow { ", slow line" } else { "" };
            row(&format!("C-GET, 10 Mbit/s{said}{series}"), || {
                let line = Line::new(orthanc.dicom_port, LINE_BYTES_PER_S, ROUND_TRIP / 2);
                far(&node(&dimse(line.port()), is_slow), study)
            });
            row(&format!("DICOMweb, 10 Mbit/s{said}{series}"), || {
                let line = Line::new(orthanc.http_port, LINE_BYTES_PER_S, ROUND_TRIP / 2);
                far(&node(&web(line.port()), is_slow), study)
            });
        }
    }
}

/// What was waited for, since the request.
#[derive(Debug, Clone, Copy, Default)]
struct Times {
    first: Option<Duration>,
    far: Option<Duration>,
    all: Option<Duration>,
}

fn row(name: &str, run: impl Fn() -> Times) {
    let times: Vec<Times> = (0..ROUNDS).map(|_| run()).collect();
    let median = |of: &dyn Fn(&Times) -> Option<Duration>| {
        let mut all: Vec<Duration> = times.iter().filter_map(of).collect();
        all.sort();
        let middle = all.get(all.len() / 2);
        middle.map_or_else(
            || "–".to_owned(),
            |it| format!("{:.0} ms", it.as_secs_f64() * 1e3),
        )
    };
    let [first, far, all] = [
        median(&|it| it.first),
        median(&|it| it.far),
        median(&|it| it.all),
    ];
    println!("{name:<42}{first:>14}{far:>14}{all:>12}");
}

/// Opens the study and waits for all of it.
fn whole(node: &Node, study: Study) -> Times {
    let home = temp_folder();
    let (mut session, begin) = opened(home.path(), node, study);
    session.until_turned("the first image", is_shown);
    let first = begin.elapsed();
    session.until("the study", |it| {
        let transfers = it.workspace.transfers.all();
        transfers.iter().all(|it| it.state == TransferState::Done)
    });
    Times {
        first: Some(first),
        all: Some(begin.elapsed()),
        far: None,
    }
}

/// Opens the study and, once it is listed, asks for the slice that is farthest from all that came.
fn far(node: &Node, study: Study) -> Times {
    let home = temp_folder();
    let (mut session, begin) = opened(home.path(), node, study);
    session.until_turned("the first image", is_shown);
    let first = begin.elapsed();
    session.until("the list", |it| awaited_place(it).is_some());
    let instance = awaited_place(&session).unwrap();
    let number = instance.instance_number;
    let pane = session.workspace.panes.active;
    let asked = Instant::now();
    session.apply(Command::View(pane, ViewEdit::Await(instance)));
    session.until_turned("the slice waited for", |it| {
        it.engine.look_at(&it.workspace);
        is_shown(it) && shown_number(it) == number
    });
    Times {
        first: Some(first),
        far: Some(asked.elapsed()),
        all: None,
    }
}

/// A program that has just been asked to open the study from this node.
fn opened(home: &std::path::Path, node: &Node, (name, _): Study) -> (Session, Instant) {
    let mut session = Session::new(home);
    session.engine.run(Effect::FollowPacs, &session.workspace);
    session.apply(Command::Node(NodeEdit::Put(node.clone())));
    session.apply(Command::Search(SearchEdit::Text(name.into())));
    session.apply(Command::Search(SearchEdit::Run));
    session.until("the search", |it| !it.workspace.search.is_running());
    let found = session.workspace.search.rows().first().cloned().unwrap();
    let begin = Instant::now();
    session.apply(Command::Transfer(TransferEdit::Open(Box::new(found))));
    (session, begin)
}

/// Whether the image in the active pane is decoded.
fn is_shown(session: &mut Session) -> bool {
    let view = session.workspace.panes.active_view();
    let set = view.and_then(|view| session.workspace.library.display_set(view.display_set));
    let frame = set
        .zip(view)
        .and_then(|(set, view)| set.frames.get(view.index as usize));
    frame.is_some_and(|key| {
        matches!(
            session.engine.frame(*key),
            isocentre::view::Loading::Ready(_)
        )
    })
}

fn shown_number(session: &Session) -> Option<i64> {
    let view = session.workspace.panes.active_view()?;
    let library = &session.workspace.library;
    let frame = *library
        .display_set(view.display_set)?
        .frames
        .get(view.index as usize)?;
    let elements = library.header(frame.instance)?.dataset.elements();
    elements.integer(isocentre::dicom::tags::INSTANCE_NUMBER)
}

/// The place in the series that is farthest from all that is here.
fn awaited_place(session: &Session) -> Option<isocentre::workspace::ListedInstance> {
    let view = session.workspace.panes.active_view()?;
    let set = session.workspace.library.display_set(view.display_set)?;
    let track = session.workspace.track(set)?;
    let here: Vec<usize> = (0..track.frames.len())
        .filter(|place| track.frames[*place].is_some())
        .collect();
    let far = (0..track.frames.len())
        .max_by_key(|place| here.iter().map(|it| it.abs_diff(*place)).min())?;
    track.instance(far).cloned()
}

fn node(address: &str, is_slow: bool) -> Node {
    Node {
        name: "bench".to_owned(),
        address: NodeAddress::parse(address).unwrap(),
        is_searched: true,
        limit_bytes_per_s: None,
        is_slow,
    }
}

/// A slice of noise: no compression on the way helps anybody.
fn slice((name, study_uid): Study, series: i32, number: i32) -> Vec<u8> {
    let noise = move |row: usize, column: usize| {
        let at = (number as u32) << 18 | (row as u32) << 9 | column as u32;
        let mixed = (at ^ at >> 15).wrapping_mul(0x2c1b_3c6d);
        i64::from((mixed ^ mixed >> 12).wrapping_mul(0x297a_2d39) >> 20)
    };
    SyntheticImage::new(SIDE, SIDE)
        .patient(&format!("{name}^Fatima"), name)
        .study(study_uid)
        .series(&format!("{study_uid}.{series}"))
        .sop_instance(&format!("{study_uid}.{series}.{number}"))
        .instance_number(number)
        .position([0.0, 0.0, f64::from(number)])
        .pixels(noise)
        .write(Encoding::ExplicitLittle)
}
