//! The archive's upkeep as the program does it: as jobs, beside the reading.

use std::path::Path;
use std::time::{Duration, SystemTime};

use isocentre::archive::{Archive, CleanUpLimits, KeptBack, NodeOrigin};
use isocentre::jobs::JobCtx;
use isocentre::model::Level;
use isocentre::pacs::{Node, NodeAddress};
use isocentre::problem::msg;
use isocentre::workspace::{
    ArchiveEdit, CleanUp, Command, Effect, FoundStudy, NodeEdit, Source, TransferEdit,
};

use super::{all_at, image, kept_files, receive};
use crate::common::{Session, temp_folder};

/// A program's archive with two studies from a scanner, last opened a month ago.
fn filled(home: &Path) -> std::path::PathBuf {
    let folder = home.join("data/archive");
    std::fs::create_dir_all(folder.parent().unwrap()).unwrap();
    let archive = Archive::open(&folder).unwrap();
    for n in 1..=2 {
        let study = image()
            .patient("Benali^Fatima", "4711")
            .study(&format!("1.2.{n}"))
            .series(&format!("1.2.{n}.1"));
        receive(&archive, &study, &format!("1.2.{n}.1.1")).unwrap();
    }
    let then = SystemTime::now() - Duration::from_hours(30 * 24);
    for study in all_at(&archive, Level::Study) {
        archive.mark_opened(&study, then).unwrap();
    }
    archive.flush();
    folder
}

fn session(home: &Path) -> Session {
    let mut session = Session::new(home);
    session.engine.run(Effect::FollowPacs, &session.workspace);
    session
}

fn says(session: &Session, id: &'static str) -> bool {
    let mut notices = session.workspace.notices.shown().iter();
    notices.any(|notice| notice.problem.message.id == msg(id))
}

#[test]
fn an_index_that_was_lost_is_made_again_as_a_job_that_can_be_seen() {
    let home = temp_folder();
    let folder = filled(home.path());
    std::fs::remove_file(folder.join(".isocentre/index.sqlite")).unwrap();
    let mut session = session(home.path());
    session.until("the job", |it| it.workspace.archive.is_working);
    session.until("its end", |it| says(it, "archive-rebuilt"));
    assert!(!session.workspace.archive.is_working);
}

#[test]
fn what_is_old_and_on_a_node_goes_by_itself_and_someone_is_told_but_not_if_no_node_has_it() {
    let home = temp_folder();
    let folder = filled(home.path());
    let mut session = session(home.path());
    session.apply(Command::Node(NodeEdit::CleanUp(CleanUp {
        is_automatic: true,
        unused_days: Some(7),
        at_most_bytes: None,
    })));
    let tidy = |session: &mut Session| {
        session.apply(Command::Archive(ArchiveEdit::Tidy));
        session.until("the end", |it| it.engine.jobs().is_empty());
        for command in session.engine.poll(Duration::from_millis(50)) {
            session.apply(command);
        }
    };
    tidy(&mut session);
    assert_eq!(
        kept_files(&folder).len(),
        2,
        "no node is known to have them"
    );
    assert!(!says(&session, "archive-tidied"));
    session.apply(Command::Node(NodeEdit::Put(Node {
        name: "Scanner".into(),
        address: NodeAddress::parse("SCANNER@127.0.0.1:104").unwrap(),
        is_searched: true,
        limit_bytes_per_s: None,
        is_slow: false,
    })));
    tidy(&mut session);
    assert_eq!(kept_files(&folder).len(), 2, "it sent them unasked");
    assert!(!says(&session, "archive-tidied"));
    let archive = Archive::open(&folder).unwrap();
    let uids = ["1.2.1.1.1", "1.2.2.1.1"];
    archive.transfers().mark_fetched(&scanner(), uids).unwrap();
    drop(archive);
    tidy(&mut session);
    assert!(says(&session, "archive-tidied"));
    assert_eq!(kept_files(&folder).len(), 0);
}

fn scanner() -> NodeOrigin {
    NodeOrigin {
        name: "Scanner".into(),
        origin: "SCANNER".into(),
    }
}

#[test]
fn what_is_open_in_the_window_is_left_alone_by_every_programs_clean_up() {
    let home = temp_folder();
    let folder = filled(home.path());
    let archive = Archive::open(&folder).unwrap();
    let uids = ["1.2.1.1.1", "1.2.2.1.1"];
    archive.transfers().mark_fetched(&scanner(), uids).unwrap();
    let limits = CleanUpLimits {
        unused_for: Some(Duration::ZERO),
        ..CleanUpLimits::default()
    };
    let kept_back = || -> Vec<_> {
        let later = SystemTime::now() + Duration::from_mins(1);
        let plan = archive.plan_clean_up(&limits, &[], later, &JobCtx::new());
        let kept_back = plan.unwrap().kept_back.into_iter();
        kept_back
            .map(|(study, why)| (study.study_uid, why))
            .collect()
    };
    let mut session = session(home.path());
    let study = all_at(&archive, Level::Study).remove(0);
    let open = study.study_uid.clone();
    session.apply(Command::Transfer(TransferEdit::Open(Box::new(
        FoundStudy {
            study,
            sources: vec![Source::Archive],
            counts: std::collections::BTreeMap::new(),
            is_ambiguous: false,
        },
    ))));
    session.until("the study", |it| {
        it.workspace.studies_in_use() == [open.clone()]
    });
    session.engine.look_at(&session.workspace);
    let in_use = [(open, KeptBack::InUse)];
    session.until("the other program to know", |_| kept_back() == in_use);
}
