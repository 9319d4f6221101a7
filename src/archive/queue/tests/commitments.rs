//! What a node promises to keep, what it does not, and what we may then do without.

use super::*;

/// A sending of these that was stored, and that the node was asked to commit to.
fn asked(queue: &Transfers, uids: &[&str], transaction_uid: &str) -> TransferId {
    let id = queue.add(&send(uids, true), at(0)).unwrap().id;
    queue.next(&[], at(0)).unwrap().unwrap();
    let stored: Vec<_> = uids.iter().map(|uid| ok(uid)).collect();
    queue.record(id, &stored, 0, at(0)).unwrap();
    assert!(queue.ask_commitment(id, transaction_uid, at(0)).unwrap());
    queue.finish(id, &Ending::AwaitsCommitment, at(0)).unwrap();
    let transfer = queue.get(id).unwrap().unwrap();
    assert_eq!(transfer.state, TransferState::Committing);
    id
}

fn refusal(uid: &str) -> NotKept {
    NotKept {
        reason: "stored, but not kept".to_owned(),
        is_absent: false,
        ..absent(uid)
    }
}

#[test]
fn what_is_to_be_committed_counts_as_sent_only_once_the_node_has_committed() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = asked(&queue, &["1", "2"], "2.25.7");
    assert!(!queue.was_sent("1").unwrap());
    let kept = ["1".to_owned()];
    queue
        .commitment("2.25.7", &kept, &[absent("2")], at(1))
        .unwrap()
        .unwrap();
    queue.cancel(id, at(2)).unwrap();
    queue.remove(id).unwrap();
    assert!(queue.was_sent("1").unwrap() && !queue.was_sent("2").unwrap());
}

#[test]
fn what_a_node_once_acknowledged_and_will_not_keep_counts_as_sent_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    for node in ["main", "other"] {
        let plain = NewTransfer {
            node: node.to_owned(),
            study_uid: "1.9".to_owned(),
            ..send(&["1"], false)
        };
        let id = queue.add(&plain, at(0)).unwrap().id;
        queue.next(&[], at(0)).unwrap().unwrap();
        queue.record(id, &[ok("1")], 0, at(0)).unwrap();
        queue.finish(id, &Ending::Complete, at(0)).unwrap();
        queue.remove(id).unwrap();
        assert!(queue.was_sent("1").unwrap());
        if node == "main" {
            asked(&queue, &["1"], "2.25.7");
            // What was not asked about is none of its business.
            let lost = ["1", "5"].map(absent);
            queue.commitment("2.25.7", &[], &lost, at(1)).unwrap();
            assert!(!queue.was_sent("1").unwrap());
        }
    }
    // The other node has it all the same.
    assert!(queue.was_sent("1").unwrap());
}

#[test]
fn an_instance_that_a_report_names_both_kept_and_failed_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = asked(&queue, &["1", "2"], "2.25.7");
    let kept = ["1".to_owned(), "2".to_owned()];
    let transfer = queue.commitment("2.25.7", &kept, &[refusal("2")], at(1));
    assert_ne!(transfer.unwrap().unwrap().state, TransferState::Done);
    let outcomes = queue.items(id).unwrap();
    assert_eq!(outcomes[0].outcome, ItemOutcome::Committed);
    assert_ne!(outcomes[1].outcome, ItemOutcome::Committed);
    assert!(!queue.was_sent("2").unwrap());
}

#[test]
fn a_clock_that_is_set_back_makes_no_report_overdue() {
    const DAY: u64 = 86_400;
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&send(&["1"], true), at(2 * DAY)).unwrap().id;
    queue.next(&[], at(2 * DAY)).unwrap().unwrap();
    queue.record(id, &[ok("1")], 0, at(2 * DAY)).unwrap();
    queue.ask_commitment(id, "2.25.7", at(2 * DAY)).unwrap();
    let awaits = Ending::AwaitsCommitment;
    queue.finish(id, &awaits, at(2 * DAY)).unwrap();
    for (back, seconds) in [(at(2 * DAY - 1), 3601), (at(0), DAY / 2)] {
        assert_eq!(queue.next(&[], back).unwrap(), None);
        let wait = Duration::from_secs(seconds);
        assert_eq!(queue.next_due(back).unwrap(), Some(wait));
    }
    assert_eq!(queue.next(&[], at(DAY / 2 - 1)).unwrap(), None);
    let handed = queue.next(&[], at(DAY / 2)).unwrap().unwrap();
    assert_eq!(
        handed.transaction_uid, "",
        "it is asked again, not given up"
    );
}

#[test]
fn a_commitment_that_is_not_remembered_is_not_to_be_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (open(folder.path()), open(folder.path()));
    let id = here.add(&send(&["1"], true), at(0)).unwrap().id;
    here.next(&[], at(0)).unwrap().unwrap();
    here.pause(id, at(1)).unwrap();
    assert!(!here.ask_commitment(id, "2.25.7", at(1)).unwrap());
    there.resume(id, at(2)).unwrap();
    there.next(&[], at(2)).unwrap().unwrap();
    assert!(!here.ask_commitment(id, "2.25.7", at(3)).unwrap());
    assert_eq!(here.awaiting("2.25.7").unwrap(), None);
    assert!(there.ask_commitment(id, "2.25.8", at(3)).unwrap());
    assert!(here.awaiting("2.25.8").unwrap().is_some());
    here.remove(id).unwrap();
    assert!(!there.ask_commitment(id, "2.25.9", at(4)).unwrap());
}

#[test]
fn what_a_node_stored_and_will_not_promise_to_keep_is_not_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = asked(&queue, &["1", "2", "3"], "2.25.7");
    let kept = ["1".to_owned()];
    // What it has not got is sent again first.
    let not_kept = [absent("2"), refusal("3")];
    let transfer = queue.commitment("2.25.7", &kept, &not_kept, at(1));
    let transfer = transfer.unwrap().unwrap();
    assert_eq!(transfer.state, TransferState::Waiting);
    assert_eq!(transfer.reason, "no such instance");
    assert_eq!(not_done(&queue, id), ["2"]);

    queue.next(&[], at(100)).unwrap().unwrap();
    queue.record(id, &[ok("2")], 0, at(100)).unwrap();
    assert!(queue.ask_commitment(id, "2.25.8", at(100)).unwrap());
    // The report is faster than the end of the attempt.
    let kept = ["2".to_owned()];
    let report = queue.commitment("2.25.8", &kept, &[refusal("3")], at(100));
    assert_eq!(report.unwrap().unwrap().state, TransferState::Running);
    let awaits = Ending::AwaitsCommitment;
    let transfer = queue.finish(id, &awaits, at(101)).unwrap().unwrap();
    assert_eq!(transfer.state, TransferState::Failed);
    assert_eq!(transfer.reason, "stored, but not kept");
    assert_eq!(not_done(&queue, id), Vec::<String>::new());
    assert_eq!(queue.next(&[], at(999_999)).unwrap(), None);
    assert!(queue.was_sent("2").unwrap() && !queue.was_sent("3").unwrap());

    // Trying again asks again; by then it may have changed its mind.
    queue.resume(id, at(200)).unwrap();
    queue.next(&[], at(200)).unwrap().unwrap();
    assert!(queue.ask_commitment(id, "2.25.9", at(200)).unwrap());
    queue.finish(id, &awaits, at(200)).unwrap();
    let kept = ["3".to_owned()];
    let transfer = queue.commitment("2.25.9", &kept, &[], at(201));
    assert_eq!(transfer.unwrap().unwrap().state, TransferState::Done);
}

#[test]
fn a_report_on_what_was_stored_counts_while_the_rest_is_still_to_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&send(&["1", "2"], true), at(0)).unwrap().id;
    queue.next(&[], at(0)).unwrap().unwrap();
    queue
        .record(id, &[ok("1"), refused("2")], 0, at(0))
        .unwrap();
    assert!(queue.ask_commitment(id, "2.25.7", at(0)).unwrap());
    let awaits = Ending::AwaitsCommitment;
    let transfer = queue.finish(id, &awaits, at(0)).unwrap().unwrap();
    assert_eq!(transfer.state, TransferState::Waiting);
    assert_eq!(transfer.reason, "no room", "the first that failed says why");
    // It comes during the next attempt.
    let handed = queue.next(&[], at(100)).unwrap().unwrap();
    assert_eq!(handed.transaction_uid, "", "a day has not passed");
    let report = queue.commitment("2.25.7", &["1".to_owned()], &[], at(101));
    assert!(report.unwrap().is_some());
    queue.record(id, &[refused("2")], 0, at(102)).unwrap();
    let transfer = queue.finish(id, &Ending::Complete, at(102)).unwrap();
    assert_eq!(transfer.unwrap().state, TransferState::Waiting);
    assert!(queue.was_sent("1").unwrap());
}

#[test]
fn a_report_to_any_request_counts_and_only_what_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = asked(&queue, &["1", "2"], "2.25.7");
    queue.next(&[], at(3600)).unwrap().unwrap();
    queue.ask_commitment(id, "2.25.8", at(3600)).unwrap();
    let awaits = Ending::AwaitsCommitment;
    queue.finish(id, &awaits, at(3600)).unwrap();
    let state = |report: Option<Transfer>| report.unwrap().state;
    let kept = ["1".to_owned()];
    let report = queue.commitment("2.25.7", &kept, &[], at(3601)).unwrap();
    assert_eq!(
        state(report),
        TransferState::Committing,
        "2 is still awaited"
    );
    let kept = ["2".to_owned()];
    let report = queue.commitment("2.25.8", &kept, &[], at(3602)).unwrap();
    assert_eq!(state(report), TransferState::Done);
}

#[test]
fn a_report_that_comes_while_the_reader_has_paused_the_sending_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = asked(&queue, &["1"], "2.25.7");
    queue.pause(id, at(1)).unwrap();
    let kept = ["1".to_owned()];
    let report = queue.commitment("2.25.7", &kept, &[], at(2)).unwrap();
    assert_eq!(report.unwrap().state, TransferState::Paused);
    assert!(queue.was_sent("1").unwrap());
}

#[test]
fn what_is_added_while_a_report_is_awaited_is_sent_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = asked(&queue, &["1"], "2.25.7");
    // The same again changes nothing.
    queue.add(&send(&["1"], true), at(1)).unwrap();
    assert_eq!(queue.next(&[], at(1)).unwrap(), None);
    let added = queue.add(&send(&["1", "2"], true), at(2)).unwrap();
    assert_eq!((added.id, added.has_joined), (id, true));
    queue.next(&[], at(2)).unwrap().unwrap();
    assert_eq!(not_done(&queue, id), ["2"]);
    // The report on the first is as good as ever.
    let report = queue.commitment("2.25.7", &["1".to_owned()], &[], at(3));
    assert!(report.unwrap().is_some() && queue.was_sent("1").unwrap());
}

#[test]
fn a_request_that_did_not_reach_the_node_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&send(&["1"], true), at(0)).unwrap().id;
    queue.next(&[], at(0)).unwrap().unwrap();
    queue.record(id, &[ok("1")], 0, at(0)).unwrap();
    for n in 0..4 {
        let now = at(n * 3600);
        assert!(queue.ask_commitment(id, &format!("2.25.{n}"), now).unwrap());
        let cut = Ending::Failed("the line was cut".to_owned(), Retry::Later);
        let transfer = queue.finish(id, &cut, now).unwrap().unwrap();
        assert_eq!(transfer.reason, "the line was cut");
        queue.next(&[], at((n + 1) * 3600)).unwrap().unwrap();
    }
    let now = 4 * 3600;
    assert!(queue.ask_commitment(id, "2.25.7", at(now)).unwrap());
    queue
        .finish(id, &Ending::AwaitsCommitment, at(now))
        .unwrap();
    // The first hour of its day begins now.
    assert_eq!(queue.next(&[], at(now + 3599)).unwrap(), None);
    let handed = queue.next(&[], at(now + 3600)).unwrap().unwrap();
    assert_eq!((handed.transaction_uid.as_str(), handed.asks), ("", 1));
}

#[test]
fn what_is_asked_for_again_after_it_was_given_up_has_a_day_again() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&send(&["1"], true), at(0)).unwrap().id;
    queue.next(&[], at(0)).unwrap();
    queue.record(id, &[ok("1")], 0, at(0)).unwrap();
    ask_for_a_day(&queue, id, "2.25.7");
    queue.next(&[], at(86_400)).unwrap().unwrap();
    let unconfirmed = Ending::Failed("not confirmed".to_owned(), Retry::Never);
    queue.finish(id, &unconfirmed, at(86_400)).unwrap();
    let again = queue.add(&send(&["1"], true), at(90_000)).unwrap();
    assert_eq!(again.id, id);
    let handed = queue.next(&[], at(90_000)).unwrap().unwrap();
    assert_eq!((handed.transaction_uid.as_str(), handed.asks), ("", 0));
    assert!(queue.ask_commitment(id, "2.25.8", at(90_000)).unwrap());
    let awaits = Ending::AwaitsCommitment;
    queue.finish(id, &awaits, at(90_000)).unwrap();
    assert!(queue.next(&[], at(93_600)).unwrap().is_some(), "in an hour");
}

#[test]
fn what_a_node_has_lost_is_not_confirmed_by_a_report_on_what_it_had_before() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = asked(&queue, &["1", "2"], "2.25.7");
    queue.next(&[], at(3600)).unwrap().unwrap();
    assert!(queue.ask_commitment(id, "2.25.8", at(3600)).unwrap());
    let awaits = Ending::AwaitsCommitment;
    queue.finish(id, &awaits, at(3600)).unwrap();
    let lost = [absent("1")];
    let report = queue.commitment("2.25.8", &["2".to_owned()], &lost, at(3601));
    assert_eq!(report.unwrap().unwrap().state, TransferState::Waiting);
    queue.next(&[], at(4000)).unwrap().unwrap();
    queue.record(id, &[ok("1")], 0, at(4000)).unwrap();
    assert!(queue.ask_commitment(id, "2.25.9", at(4000)).unwrap());
    queue.finish(id, &awaits, at(4000)).unwrap();
    // It was sent again since.
    let late = queue.commitment("2.25.7", &["1".to_owned()], &[], at(4001));
    assert_eq!(late.unwrap(), None);
    assert!(!queue.was_sent("1").unwrap());
    let report = queue.commitment("2.25.9", &["1".to_owned()], &[], at(4002));
    assert_eq!(report.unwrap().unwrap().state, TransferState::Done);
}

#[test]
fn a_late_report_commits_nothing_that_is_to_be_sent_anew() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = queue.add(&send(&["1", "2"], true), at(0)).unwrap().id;
    queue.next(&[], at(0)).unwrap().unwrap();
    let outcomes = [ok("1"), refused("2")];
    queue.record(id, &outcomes, 0, at(0)).unwrap();
    assert!(queue.ask_commitment(id, "2.25.7", at(0)).unwrap());
    queue.finish(id, &Ending::Complete, at(0)).unwrap();
    // It names what it never acknowledged as well.
    let kept = ["1".to_owned(), "2".to_owned()];
    let report = queue.commitment("2.25.7", &kept, &[], at(1)).unwrap();
    assert_ne!(report.unwrap().state, TransferState::Done);
    assert_eq!(not_done(&queue, id), ["2"]);
    assert!(queue.was_sent("1").unwrap() && !queue.was_sent("2").unwrap());
}

#[test]
fn a_report_on_what_was_sent_before_says_nothing_of_what_was_sent_anew() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = asked(&queue, &["1"], "2.25.7");
    queue.next(&[], at(3600)).unwrap().unwrap();
    assert!(queue.ask_commitment(id, "2.25.8", at(3600)).unwrap());
    let awaits = Ending::AwaitsCommitment;
    queue.finish(id, &awaits, at(3600)).unwrap();
    let kept = ["1".to_owned()];
    let report = queue.commitment("2.25.8", &kept, &[], at(3601)).unwrap();
    assert_eq!(report.unwrap().state, TransferState::Done);
    // Sent once more on purpose.
    queue.add(&send(&["1"], true), at(4000)).unwrap();
    queue.next(&[], at(4000)).unwrap().unwrap();
    let late = queue.commitment("2.25.7", &kept, &[], at(4001)).unwrap();
    assert_eq!(late, None);
    assert_eq!(not_done(&queue, id), ["1"]);
}
