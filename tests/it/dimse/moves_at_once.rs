//! C-MOVEs that run at the same time into one receiver of ours.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::time::Duration;

use isocentre::pacs::Caller;
use isocentre::pacs::FolderSink;
use isocentre::pacs::Reception;
use isocentre::pacs::Retrieved;
use isocentre::pacs::ScpOptions;
use isocentre::pacs::StorageScp;
use isocentre::pacs::service;

use super::by_move;
use super::fetch;
use super::liars::liar;
use super::node;
use super::peer::C_FIND;
use super::peer::answer;
use super::receiving;
use crate::common::temp_folder;

const LOST: &str = "1.2.3.4.5.66";
const OTHER: &str = "1.2.3.4.5.77";

/// Sends what is refused, as it is another instance than the one announced. For a C-MOVE, if its
/// originator is said.
fn send_refused(port: u16, originator: Option<(&str, u16)>) {
    let mut tcp = TcpStream::connect(("127.0.0.1", port)).unwrap();
    tcp.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    tcp.write_all(&receiving::request_of("LIAR", receiving::CT))
        .unwrap();
    receiving::next(&mut tcp).unwrap();
    let store = receiving::store_for(originator, "1.2.3.66", &receiving::body());
    tcp.write_all(&store).unwrap();
    let status = receiving::status(&receiving::next(&mut tcp).unwrap());
    assert_ne!(status, 0);
}

/// Where two wait for each other, and not for ever for one that does not come.
#[derive(Default)]
struct Meeting {
    come: Mutex<usize>,
    changed: Condvar,
}

impl Meeting {
    fn wait(&self) {
        let mut come = self.come.lock().unwrap();
        *come += 1;
        self.changed.notify_all();
        let patience = Duration::from_secs(10);
        let is_alone = |come: &mut usize| *come < 2;
        let waited = self.changed.wait_timeout_while(come, patience, is_alone);
        assert!(!waited.unwrap().1.timed_out(), "the other does not come");
    }
}

/// What comes of two C-MOVEs at once, of which the first loses an instance. The node lists nothing.
fn two_moves(names_originator: bool) -> [Retrieved; 2] {
    let folder = temp_folder();
    let sink = Arc::new(FolderSink::new(folder.path()));
    let scp = Arc::new(StorageScp::start(0, ScpOptions::default(), sink).unwrap());
    let port = scp.port();
    let (before, after) = (Meeting::default(), Meeting::default());
    let address = liar(move |tcp, request| {
        if request.kind == C_FIND {
            return answer(tcp, request, 0xc000, &[], None);
        }
        before.wait();
        let is_lost = request.text().contains(LOST);
        if is_lost {
            let originator = names_originator.then_some(("ISOCENTRE", request.id));
            send_refused(port, originator);
        }
        after.wait();
        // Our side counts when it has answered.
        std::thread::sleep(Duration::from_millis(300));
        let failed = u16::from(is_lost);
        answer(tcp, request, 0, &[(0x1021, 0), (0x1022, failed)], None)
    });
    let caller = Caller {
        reception: Reception::Running(scp),
        ..Caller::default()
    };
    let node = node(&address, by_move);
    let fetched = |study| {
        let service = service(&node, &caller);
        fetch(&*service, study, folder.path()).unwrap().0
    };
    std::thread::scope(|scope| {
        let lost = scope.spawn(|| fetched(LOST));
        let other = scope.spawn(|| fetched(OTHER));
        [lost.join().unwrap(), other.join().unwrap()]
    })
}

fn names(retrieved: &Retrieved) -> Vec<String> {
    let failed = retrieved.failed.iter();
    failed.map(|(uid, _)| uid.clone()).collect()
}

#[test]
fn an_instance_that_one_move_lost_is_no_loss_of_another() {
    let [lost, other] = two_moves(true);
    assert!(names(&lost).contains(&"1.2.3.66".to_owned()), "{lost:?}");
    assert!(names(&other).is_empty(), "{other:?}");
}

#[test]
fn an_instance_that_was_lost_for_a_move_that_nobody_names_is_lost_for_the_one_that_counts_it() {
    let [lost, other] = two_moves(false);
    assert_eq!(names(&lost), [""], "{lost:?}");
    assert!(names(&other).is_empty(), "{other:?}");
}
