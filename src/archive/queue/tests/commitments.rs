//! What a node promises to keep, what it does not, and what we may then do without.

use super::*;

/// A sending of these that was stored, and that the node was asked to commit to.
fn asked(queue: &Transfers, uids: &[&str], transaction_uid: &str) -> TransferId {
    let id = queue.add(&send(uids, true), at(0)).unwrap().id;
    queue.next(&[], at(0)).unwrap().unwrap();
    let stored: Vec<_> = uids.iter().map(|uid| ok(uid)).collect();
    queue.record(id, &stored, 0, at(0)).unwrap();
    queue.ask_commitment(id, transaction_uid, at(0)).unwrap();
    queue.finish(id, &Ending::AwaitsCommitment, at(0)).unwrap();
    let transfer = queue.get(id).unwrap().unwrap();
    assert_eq!(transfer.state, TransferState::Committing);
    id
}

#[test]
fn what_is_to_be_committed_counts_as_sent_only_once_the_node_has_committed() {
    let folder = tempfile::tempdir().unwrap();
    let queue = open(folder.path());
    let id = asked(&queue, &["1", "2"], "2.25.7");
    assert!(!queue.was_sent("1").unwrap());
    let kept = ["1".to_owned()];
    let lost = ("2".to_owned(), "no such instance".to_owned());
    queue
        .commitment("2.25.7", &kept, &[lost], at(1))
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
            let lost = ["1", "5"].map(|uid| (uid.to_owned(), "no such instance".to_owned()));
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
    let lost = ("2".to_owned(), "disk broke".to_owned());
    let transfer = queue.commitment("2.25.7", &kept, &[lost], at(1));
    assert_ne!(transfer.unwrap().unwrap().state, TransferState::Done);
    let outcomes = queue.items(id).unwrap();
    assert_eq!(outcomes[0].outcome, ItemOutcome::Committed);
    assert_ne!(outcomes[1].outcome, ItemOutcome::Committed);
    assert!(!queue.was_sent("2").unwrap());
}
