//! The queue, as a runner and a reader use it.

mod commitments;

use std::iter::repeat;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use crate::archive::NodeOrigin;
use crate::archive::database;
use crate::archive::session::Session;
use crate::model::StudyMatch;

use super::schema::MEMORY;
use super::*;

fn open(folder: &Path) -> Transfers {
    let session = Session::begin(folder).unwrap().session;
    let connection = database::open(&folder.join("memory.sqlite"), &MEMORY).unwrap();
    let transfers = Transfers::new(connection, Arc::new(session));
    transfers.wake().unwrap();
    transfers
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
}

fn retrieve(node: &str, study: &str) -> NewTransfer {
    NewTransfer {
        kind: TransferKind::Retrieve,
        node: node.to_owned(),
        study_uid: study.to_owned(),
        patient_id: String::new(),
        series_uids: Vec::new(),
        instance_uids: Vec::new(),
        items: Vec::new(),
        label: Label("Doe, Jane".to_owned()),
        priority: TransferPriority::Normal,
        is_to_be_committed: false,
    }
}

fn send(uids: &[&str], is_to_be_committed: bool) -> NewTransfer {
    let item = |uid: &&str| NewItem {
        sop_class_uid: "1.2.840.10008.5.1.4.1.1.2".to_owned(),
        sop_instance_uid: (*uid).to_owned(),
        path: Some("/images/a.dcm".into()),
    };
    NewTransfer {
        kind: TransferKind::Send,
        items: uids.iter().map(item).collect(),
        is_to_be_committed,
        ..retrieve("main", "1.2")
    }
}

fn ok(uid: &str) -> (String, ItemOutcome) {
    (uid.to_owned(), ItemOutcome::Success)
}

fn refused(uid: &str) -> (String, ItemOutcome) {
    (uid.to_owned(), ItemOutcome::Failed("no room".to_owned()))
}

fn absent(uid: &str) -> NotKept {
    NotKept {
        sop_instance_uid: uid.to_owned(),
        reason: "no such instance".to_owned(),
        is_absent: true,
    }
}

fn not_done(transfers: &Transfers, id: TransferId) -> Vec<String> {
    let items = transfers.items(id).unwrap().into_iter();
    let not_done =
        items.filter(|item| matches!(item.outcome, ItemOutcome::Waiting | ItemOutcome::Failed(_)));
    not_done.map(|item| item.sop_instance_uid).collect()
}

#[test]
fn the_same_transfer_asked_for_twice_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let first = queue.add(&retrieve("main", "1.2"), at(0)).unwrap();
    let mut again = retrieve("main", "1.2");
    again.priority = TransferPriority::Urgent;
    let second = queue.add(&again, at(1)).unwrap();
    assert_eq!((second.id, second.has_joined), (first.id, true));
    let kept = queue.get(first.id).unwrap().unwrap();
    assert_eq!(kept.priority, TransferPriority::Urgent);
    for other in [
        retrieve("other", "1.2"),
        retrieve("main", "1.3"),
        NewTransfer {
            series_uids: vec!["1.2.1".to_owned()],
            ..retrieve("main", "1.2")
        },
        send(&["1"], false),
    ] {
        assert!(!queue.add(&other, at(2)).unwrap().has_joined);
    }
    assert_eq!(queue.list().unwrap().len(), 5);
}

#[test]
fn the_most_urgent_goes_first_and_busy_nodes_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    for (node, study, priority) in [
        ("a", "1", TransferPriority::Background),
        ("a", "2", TransferPriority::Normal),
        ("b", "3", TransferPriority::Normal),
        ("a", "4", TransferPriority::Urgent),
    ] {
        let mut new = retrieve(node, study);
        new.priority = priority;
        queue.add(&new, at(0)).unwrap();
    }
    let next = |busy: &[&str]| {
        let busy: Vec<String> = busy.iter().map(|node| (*node).to_owned()).collect();
        let next = queue.next(&busy, at(1)).unwrap();
        next.map(|transfer| transfer.study_uid)
    };
    assert_eq!(next(&[]).as_deref(), Some("4"));
    assert_eq!(next(&["a"]).as_deref(), Some("3"));
    assert_eq!(next(&["a"]), None);
    assert_eq!(next(&[]).as_deref(), Some("2"));
    assert_eq!(next(&[]).as_deref(), Some("1"));
    assert_eq!(next(&[]), None);
    assert_eq!(queue.next_due(at(1)).unwrap(), None);
}

#[test]
fn of_what_is_urgent_the_one_that_was_asked_for_last_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let mut ids = Vec::new();
    for study in ["1", "2", "3", "4"] {
        let mut new = retrieve("a", study);
        new.priority = TransferPriority::Urgent;
        ids.push(queue.add(&new, at(0)).unwrap().id);
    }
    queue.add(&retrieve("a", "5"), at(0)).unwrap();
    // The first was turned to last; of the others the newest goes first.
    let asked = [ids[1], ids[0]];
    let mut order = Vec::new();
    while let Some(next) = queue
        .next_asked(&[], &asked, TransferPriority::Background, at(1))
        .unwrap()
    {
        order.push(next.study_uid);
    }
    assert_eq!(order, ["1", "2", "4", "3", "5"]);
}

#[test]
fn where_there_is_room_for_what_is_urgent_alone_nothing_else_is_handed_out() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let next = || {
        let next = queue.next_asked(&[], &[], TransferPriority::Urgent, at(1));
        next.unwrap().map(|it| it.id)
    };
    let id = queue.add(&retrieve("main", "1.2"), at(0)).unwrap().id;
    assert_eq!(next(), None);
    queue.hasten(id, at(1)).unwrap();
    assert_eq!(next(), Some(id));
}

#[test]
fn what_is_to_go_first_is_due_at_once_and_what_is_paused_stays_so() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&retrieve("main", "1.2"), at(0)).unwrap().id;
    queue.next(&[], at(0)).unwrap().unwrap();
    let failed = Ending::Failed("no answer".to_owned(), Retry::Later);
    queue.finish(id, &failed, at(0)).unwrap();
    assert_eq!(queue.next(&[], at(1)).unwrap(), None);
    queue.hasten(id, at(1)).unwrap();
    assert!(queue.next(&[], at(1)).unwrap().is_some());
    queue.pause(id, at(2)).unwrap();
    queue.hasten(id, at(2)).unwrap();
    let transfer = queue.get(id).unwrap().unwrap();
    assert_eq!(transfer.state, TransferState::Paused);
}

#[test]
fn what_ran_when_the_program_died_waits_again_and_keeps_what_was_done() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&send(&["1", "2"], false), at(0)).unwrap().id;
    queue.next(&[], at(1)).unwrap().unwrap();
    queue.record(id, &[ok("1")], 100, at(2)).unwrap();
    let other = open(folder.path());
    assert_eq!(other.next(&[], at(3)).unwrap(), None, "its runner lives");
    drop(queue);
    let transfer = other.next(&[], at(4)).unwrap().unwrap();
    assert_eq!((transfer.id, transfer.attempts), (id, 1));
    assert_eq!((transfer.succeeded, transfer.bytes), (1, 100));
    assert_eq!(not_done(&other, id), ["2"]);
    drop(other);
    let third = open(folder.path());
    let state = third.get(id).unwrap().unwrap().state;
    assert_eq!(state, TransferState::Waiting);
}

#[test]
fn a_send_is_done_only_when_every_instance_is_a_success() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&send(&["1", "2", "3"], false), at(0)).unwrap().id;
    queue.next(&[], at(0)).unwrap();
    queue
        .record(id, &[ok("1"), refused("2")], 10, at(0))
        .unwrap();
    let transfer = queue.finish(id, &Ending::Complete, at(0)).unwrap().unwrap();
    assert_eq!(transfer.state, TransferState::Waiting, "3 was never sent");
    assert_eq!((transfer.succeeded, transfer.failed), (1, 1));
    assert_eq!(transfer.next_attempt, Some(at(15)));
    assert_eq!(queue.next(&[], at(14)).unwrap(), None);
    assert_eq!(
        queue.next_due(at(5)).unwrap(),
        Some(Duration::from_secs(10))
    );
    queue.next(&[], at(15)).unwrap().unwrap();
    assert_eq!(not_done(&queue, id), ["2", "3"]);
    queue
        .record(id, &[ok("2"), ok("3"), refused("1")], 10, at(16))
        .unwrap();
    let transfer = queue
        .finish(id, &Ending::Complete, at(16))
        .unwrap()
        .unwrap();
    assert_eq!(transfer.state, TransferState::Done, "a success stays one");
    assert_eq!(
        (transfer.succeeded, transfer.failed, transfer.bytes),
        (3, 0, 20)
    );
    assert!(queue.was_sent("1").unwrap() && !queue.was_sent("4").unwrap());
    queue.remove(id).unwrap();
    assert!(queue.was_sent("3").unwrap());
}

#[test]
fn what_is_to_be_committed_is_not_done_before_the_node_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&send(&["1", "2"], true), at(0)).unwrap().id;
    queue.next(&[], at(0)).unwrap();
    queue.record(id, &[ok("1"), ok("2")], 0, at(0)).unwrap();
    // Nothing is awaited that was not asked for.
    let transfer = queue.finish(id, &Ending::AwaitsCommitment, at(0)).unwrap();
    assert_eq!(transfer.unwrap().state, TransferState::Waiting);
    queue.next(&[], at(20)).unwrap().unwrap();
    queue.ask_commitment(id, "2.25.7", at(20)).unwrap();
    let transfer = queue.finish(id, &Ending::AwaitsCommitment, at(20)).unwrap();
    assert_eq!(transfer.unwrap().state, TransferState::Committing);
    assert_eq!(queue.commitment("2.25.8", &[], &[], at(21)).unwrap(), None);
    assert_eq!(queue.commitment("", &[], &[], at(21)).unwrap(), None);

    // It waits an hour, through a restart.
    drop(queue);
    let queue = open(folder.path());
    assert_eq!(queue.awaiting("2.25.7").unwrap().unwrap().id, id);
    assert_eq!(queue.next(&[], at(20 + 3599)).unwrap(), None);
    let due = queue.next_due(at(20 + 3599)).unwrap();
    assert_eq!(due, Some(Duration::from_secs(1)));

    // It keeps one: the other is sent again.
    let lost = absent("2");
    let kept = ["1".to_owned(), "99".to_owned()];
    let transfer = queue
        .commitment("2.25.7", &kept, &[lost], at(62))
        .unwrap()
        .unwrap();
    assert_eq!(transfer.state, TransferState::Waiting);
    assert_eq!(not_done(&queue, id), ["2"]);
    // Not at once: a node that keeps nothing is not sent the same without end.
    assert_eq!(queue.next(&[], at(62)).unwrap(), None);
    queue.next(&[], at(200)).unwrap().unwrap();
    queue.record(id, &[ok("2")], 0, at(200)).unwrap();
    queue.ask_commitment(id, "2.25.9", at(200)).unwrap();
    // The report is faster than the end of the attempt.
    let kept = ["2".to_owned()];
    let transfer = queue.commitment("2.25.9", &kept, &[], at(200)).unwrap();
    assert_eq!(transfer.unwrap().state, TransferState::Running);
    let transfer = queue
        .finish(id, &Ending::AwaitsCommitment, at(201))
        .unwrap();
    assert_eq!(transfer.unwrap().state, TransferState::Done);
}

/// Asks as often as a node is asked in a day, the attempt of the first time being under way.
fn ask_for_a_day(queue: &Transfers, id: TransferId, transaction_uid: &str) {
    for (n, hours) in [0, 1, 4, 12].into_iter().enumerate() {
        let now = at(hours * 3600);
        if n > 0 {
            let before = at(hours * 3600 - 1);
            assert_eq!(queue.next(&[], before).unwrap(), None, "{hours} h");
            let handed = queue.next(&[], now).unwrap().unwrap();
            assert_eq!((handed.id, handed.transaction_uid.as_str()), (id, ""));
        }
        let transaction_uid = format!("{transaction_uid}.{n}");
        assert!(queue.ask_commitment(id, &transaction_uid, now).unwrap());
        queue.finish(id, &Ending::AwaitsCommitment, now).unwrap();
    }
}

#[test]
fn a_report_that_comes_after_its_time_is_true_all_the_same_and_asking_again_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&send(&["1"], true), at(0)).unwrap().id;
    queue.next(&[], at(0)).unwrap();
    queue.record(id, &[ok("1")], 0, at(0)).unwrap();
    ask_for_a_day(&queue, id, "2.25.7");
    // After a day it is handed out to be given up.
    let handed = queue.next(&[], at(86_400)).unwrap().unwrap();
    assert_eq!(handed.transaction_uid, "2.25.7.3");
    let unconfirmed = Ending::Failed("not confirmed".to_owned(), Retry::Never);
    queue.finish(id, &unconfirmed, at(86_400)).unwrap();
    assert_eq!(queue.get(id).unwrap().unwrap().state, TransferState::Failed);
    let kept = ["1".to_owned()];
    // To the first time it was asked.
    let late = queue
        .commitment("2.25.7.0", &kept, &[], at(90_000))
        .unwrap();
    assert_eq!(late.unwrap().state, TransferState::Done);

    // Without it, trying again asks again: nothing of it is to be sent.
    let other = NewTransfer {
        study_uid: "1.3".to_owned(),
        ..send(&["2"], true)
    };
    let id = queue.add(&other, at(0)).unwrap().id;
    queue.next(&[], at(0)).unwrap();
    queue.record(id, &[ok("2")], 0, at(0)).unwrap();
    ask_for_a_day(&queue, id, "2.25.8");
    queue.next(&[], at(86_400)).unwrap();
    queue.finish(id, &unconfirmed, at(86_400)).unwrap();
    queue.resume(id, at(86_401)).unwrap();
    let handed = queue.next(&[], at(86_402)).unwrap().unwrap();
    assert_eq!((handed.id, handed.transaction_uid.as_str()), (id, ""));
    let outcomes = queue
        .items(id)
        .unwrap()
        .into_iter()
        .map(|item| item.outcome);
    assert!(outcomes.eq([ItemOutcome::Success]));
}

#[test]
fn attempts_end_and_what_has_no_point_is_not_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&retrieve("main", "1.2"), at(0)).unwrap().id;
    let away = Ending::Failed("away".to_owned(), Retry::Later);
    let mut now = 0;
    let mut attempts = 0;
    while let Some(transfer) = queue.next(&[], at(now)).unwrap() {
        attempts += 1;
        assert_eq!(transfer.attempts, attempts);
        queue.finish(id, &away, at(now)).unwrap();
        now += 3600;
    }
    let transfer = queue.get(id).unwrap().unwrap();
    assert_eq!((transfer.state, attempts), (TransferState::Failed, 12));
    assert_eq!(transfer.reason, "away");

    queue.resume(id, at(now)).unwrap();
    let transfer = queue.next(&[], at(now)).unwrap().unwrap();
    assert_eq!(transfer.attempts, 1);
    let unknown = Ending::Failed("unknown study".to_owned(), Retry::Never);
    let transfer = queue.finish(id, &unknown, at(now)).unwrap().unwrap();
    assert_eq!(transfer.state, TransferState::Failed);

    // Nothing came: that is no success either.
    queue.add(&retrieve("main", "1.2"), at(now)).unwrap();
    queue.next(&[], at(now)).unwrap().unwrap();
    let transfer = queue
        .finish(id, &Ending::Complete, at(now))
        .unwrap()
        .unwrap();
    assert_eq!(transfer.state, TransferState::Failed);
}

#[test]
fn what_the_reader_stopped_is_not_revived_by_its_runner() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&retrieve("main", "1.2"), at(0)).unwrap().id;
    queue.next(&[], at(0)).unwrap().unwrap();
    queue.pause(id, at(1)).unwrap();
    let told = queue.record(id, &[ok("1")], 5, at(1)).unwrap().unwrap();
    assert_eq!((told.state, told.succeeded), (TransferState::Paused, 1));
    let left = Ending::Failed("stopped".to_owned(), Retry::Later);
    let transfer = queue.finish(id, &left, at(2)).unwrap().unwrap();
    assert_eq!(transfer.state, TransferState::Paused);
    assert_eq!(queue.next(&[], at(9999)).unwrap(), None);
    queue.resume(id, at(3)).unwrap();
    queue.next(&[], at(3)).unwrap().unwrap();
    queue.cancel(id, at(4)).unwrap();
    queue.finish(id, &Ending::Complete, at(4)).unwrap();
    let state = queue.get(id).unwrap().unwrap().state;
    assert_eq!(state, TransferState::Cancelled);
    queue.remove(id).unwrap();
    assert_eq!(queue.record(id, &[ok("1")], 5, at(5)).unwrap(), None);
    assert!(queue.items(id).unwrap().is_empty());
}

#[test]
fn a_clock_that_is_set_back_holds_up_no_transfer() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&retrieve("main", "1.2"), at(90_000)).unwrap().id;
    queue.next(&[], at(90_000)).unwrap().unwrap();
    let away = Ending::Failed("away".to_owned(), Retry::Later);
    queue.finish(id, &away, at(90_000)).unwrap();
    assert_eq!(queue.next_due(at(0)).unwrap(), Some(Duration::ZERO));
    assert!(queue.next(&[], at(0)).unwrap().is_some());
}

#[test]
fn a_runner_that_yields_loses_no_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&retrieve("main", "1.2"), at(0)).unwrap().id;
    queue.next(&[], at(0)).unwrap().unwrap();
    let transfer = queue.finish(id, &Ending::Yielded, at(0)).unwrap().unwrap();
    assert_eq!(
        (transfer.state, transfer.attempts),
        (TransferState::Waiting, 0)
    );
    assert!(queue.next(&[], at(0)).unwrap().is_some());
}

#[test]
fn a_full_disk_or_one_that_is_away_is_waited_for_as_long_as_it_takes() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&retrieve("main", "1.2"), at(0)).unwrap().id;
    let mut now = 0;
    for _ in 0..100 {
        queue.next(&[], at(now)).unwrap().expect("it goes on");
        let hindered = Ending::Hindered("the disk is full".to_owned());
        let transfer = queue.finish(id, &hindered, at(now)).unwrap().unwrap();
        assert_eq!(transfer.state, TransferState::Waiting);
        assert_eq!(transfer.attempts, 0);
        assert_eq!(transfer.reason, "the disk is full");
        assert_eq!(queue.next(&[], at(now)).unwrap(), None, "not at once");
        now += 20;
    }
}

#[test]
fn what_came_in_vain_is_waited_for_longer_each_time_and_never_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&retrieve("main", "1.2"), at(0)).unwrap().id;
    let mut now = 0;
    for (times, wait) in (1..40).zip([15, 30, 60, 120].into_iter().chain(repeat(240))) {
        queue.next(&[], at(now)).unwrap().expect("it goes on");
        let ending = Ending::NoRoom("the disk is full".to_owned(), times);
        let transfer = queue.finish(id, &ending, at(now)).unwrap().unwrap();
        assert_eq!(transfer.state, TransferState::Waiting);
        assert_eq!(transfer.attempts, 0);
        assert_eq!(transfer.reason, "the disk is full");
        assert_eq!(queue.next(&[], at(now + wait - 1)).unwrap(), None);
        now += 3600;
    }
}

#[test]
fn what_a_transfer_is_called_is_not_in_its_debug_form() {
    let text = format!("{:?}", retrieve("main", "1.2"));
    assert!(!text.contains("Jane"), "{text}");
}

#[test]
fn a_run_that_another_program_took_over_is_not_ended_here() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (open(folder.path()), open(folder.path()));
    let id = here.add(&retrieve("main", "1.2"), at(0)).unwrap().id;
    here.next(&[], at(1)).unwrap().unwrap();
    here.pause(id, at(2)).unwrap();
    there.resume(id, at(3)).unwrap();
    there.next(&[], at(4)).unwrap().unwrap();
    assert_eq!(here.record(id, &[ok("1")], 10, at(5)).unwrap(), None);
    here.expect(id, 1).unwrap();
    assert_eq!(here.finish(id, &Ending::Complete, at(6)).unwrap(), None);
    let transfer = there.get(id).unwrap().unwrap();
    assert_eq!(transfer.state, TransferState::Running);
    assert_eq!((transfer.succeeded, transfer.expected), (0, None));
    there.record(id, &[ok("1")], 10, at(7)).unwrap().unwrap();
    let done = there.finish(id, &Ending::Complete, at(8)).unwrap().unwrap();
    assert_eq!(done.state, TransferState::Done);
}

#[test]
fn a_memory_of_the_first_version_is_taken_over() {
    for had_patient_id in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let id = open(folder.path())
            .add(&retrieve("main", "1.2"), at(0))
            .unwrap()
            .id;
        let path = folder.path().join("memory.sqlite");
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        if !had_patient_id {
            let drop_it = "ALTER TABLE transfer DROP COLUMN patient_id";
            connection.execute_batch(drop_it).unwrap();
            let drop_it = "DROP TABLE asked; DROP INDEX transfer_study;
                ALTER TABLE transfer DROP COLUMN asks";
            connection.execute_batch(drop_it).unwrap();
        }
        connection
            .execute_batch("DROP TABLE fetched; DROP TABLE listed")
            .unwrap();
        drop(connection);
        let transfers = open(folder.path());
        let transfer = transfers.get(id).unwrap().unwrap();
        assert_eq!(transfer.study_uid, "1.2");
        let main = NodeOrigin {
            name: "main".to_owned(),
            origin: "MAIN".to_owned(),
        };
        transfers.mark_fetched(&main, ["1.2.3"]).unwrap();
        assert_eq!(transfers.fetched_from("1.2.3").unwrap(), [main]);
        assert!(transfers.listed("1.2", "").unwrap().is_empty());
    }
}

#[test]
fn a_shortened_list_takes_nothing_from_what_the_node_counts_of_the_study() {
    let folder = tempfile::tempdir().unwrap();
    let transfers = open(folder.path());
    let study = StudyMatch {
        study_uid: "1.2".into(),
        ..StudyMatch::default()
    };
    transfers.note_counted("main", &study, 2000).unwrap();
    let id = transfers.add(&retrieve("main", "1.2"), at(0)).unwrap().id;
    let known = || transfers.listed("1.2", "").unwrap()[0].clone();
    let series = [("1.2.1".to_owned(), 500)];
    transfers.note_listed(id, &series, false).unwrap();
    assert_eq!(known().counted(), Some(2000));
    // What it does not count may be any number.
    let more = [("1.2.1".to_owned(), 0), ("1.2.2".to_owned(), 0)];
    transfers.note_series(id, &more).unwrap();
    assert_eq!(known().series.values().sum::<u32>(), 500);
    assert_eq!(known().counted(), Some(2000));
    transfers.note_listed(id, &series, true).unwrap();
    assert_eq!(known().counted(), Some(500));
    transfers.note_series(id, &more).unwrap();
    assert_eq!(known().counted(), None);
}

#[test]
fn what_a_node_listed_is_known_until_all_of_it_has_come_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let transfers = open(folder.path());
    let study = StudyMatch {
        study_uid: "1.2".into(),
        ..StudyMatch::default()
    };
    transfers.note_counted("rich", &study, 400).unwrap();
    let id = transfers.add(&retrieve("poor", "1.2"), at(0)).unwrap().id;
    let series = |count| [("1.2.1".to_owned(), 1), ("1.2.2".to_owned(), count)];
    transfers.note_listed(id, &series(7), true).unwrap();
    transfers.note_listed(id, &series(1), true).unwrap();
    drop(transfers);
    let transfers = open(folder.path());
    let known = || -> Vec<(String, u32)> {
        let listed = transfers.listed("1.2", "").unwrap().into_iter();
        listed.map(|it| (it.node.clone(), it.instances())).collect()
    };
    let of = |node: &str, count| (node.to_owned(), count);
    assert_eq!(known(), [of("poor", 2), of("rich", 400)]);
    transfers.next(&[], at(1)).unwrap().unwrap();
    transfers
        .record(id, &[ok("1"), ok("2")], 10, at(2))
        .unwrap();
    transfers.expect(id, 3).unwrap();
    transfers.finish(id, &Ending::Complete, at(3)).unwrap();
    assert_eq!(known(), [of("poor", 2), of("rich", 400)], "one is missing");
    transfers.expect(id, 2).unwrap();
    transfers.next(&[], at(9999)).unwrap().unwrap();
    let done = transfers.finish(id, &Ending::Complete, at(9999)).unwrap();
    assert_eq!(done.unwrap().state, TransferState::Done);
    assert_eq!(known(), [of("rich", 400)]);
}
