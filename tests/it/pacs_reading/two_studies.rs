//! One study is opened while another is still on its way over the same slow line.

use isocentre::workspace::ViewEdit;

use super::*;

const OTHER: &str = "1.2.3.200";

/// Two studies of many slices, the older one asked for first.
fn two_studies(test: &str) -> Option<Orthanc> {
    let orthanc = Orthanc::start(test)?;
    for number in 1..=40 {
        orthanc.store(&slice(STUDY, "20261121", number));
    }
    for number in 1..=15 {
        orthanc.store(&slice(OTHER, "20261120", number));
    }
    Some(orthanc)
}

fn open(session: &mut Session, study_uid: &str) {
    let rows = session.workspace.search.rows();
    let found = rows.iter().find(|row| row.study.study_uid == study_uid);
    let found = Box::new(found.expect("it is found").clone());
    session.apply(Command::Transfer(TransferEdit::Open(found)));
}

/// Images of a study in the window.
fn images(session: &Session, study_uid: &str) -> usize {
    let library = &session.workspace.library;
    let of_study = library.display_sets().filter(|set| {
        let study = library.study(set.study);
        study.is_some_and(|study| study.module.study_instance_uid == study_uid)
    });
    of_study.map(|set| set.frames.len()).sum()
}

fn state(session: &Session, study_uid: &str) -> Option<TransferState> {
    let mut transfers = session.workspace.transfers.all().iter();
    let is_it = |it: &&isocentre::workspace::Transfer| {
        // It may be an earlier study of the other as well.
        it.study_uid == study_uid && it.kind == TransferKind::Retrieve
    };
    let transfer = transfers.find(is_it)?;
    Some(transfer.state.clone())
}

/// The study that is shown.
fn shown(session: &Session) -> Option<String> {
    let view = session.workspace.panes.active_view()?;
    let library = &session.workspace.library;
    let set = library.display_set(view.display_set)?;
    let study = library.study(set.study)?;
    Some(study.module.study_instance_uid.clone())
}

#[test]
fn a_study_that_is_opened_comes_before_the_rest_of_the_one_that_was_opened_earlier() {
    let Some(orthanc) = two_studies("pacs_reading_two") else {
        return;
    };
    let (_proxy, address) = slow_line(&orthanc, 40_000);
    let home = temp_folder();
    let mut session = session(home.path(), &[node("PACS", &address)]);
    search(&mut session, "benali");
    open(&mut session, STUDY);
    session.until("the first's first", |it| images(it, STUDY) > 2);
    assert_eq!(shown(&session).as_deref(), Some(STUDY));
    open(&mut session, OTHER);
    session.until("the second", |it| {
        state(it, OTHER) == Some(TransferState::Done) && images(it, OTHER) == 15
    });
    assert!(images(&session, STUDY) < 40, "the first stood back");
    assert_eq!(session.workspace.scans_running, 1, "the first is not whole");
    assert_eq!(
        shown(&session).as_deref(),
        Some(STUDY),
        "what is read stays"
    );
    session.until("the rest of the first", |it| {
        is_done(it) && images(it, STUDY) == 40
    });
    assert_eq!(session.workspace.scans_running, 0);
}

#[test]
fn a_study_that_is_turned_to_again_comes_first_again() {
    let Some(orthanc) = two_studies("pacs_reading_turned") else {
        return;
    };
    let (_proxy, address) = slow_line(&orthanc, 40_000);
    let home = temp_folder();
    let mut session = session(home.path(), &[node("PACS", &address)]);
    search(&mut session, "benali");
    open(&mut session, OTHER);
    session.until("its first", |it| images(it, OTHER) > 2);
    session.engine.look_at(&session.workspace);
    open(&mut session, STUDY);
    session.until("the second's first", |it| images(it, STUDY) > 2);
    assert!(images(&session, OTHER) < 15, "it stood back");
    let show = |session: &mut Session, study_uid: &str| {
        let library = &session.workspace.library;
        let set = library.display_sets().find(|set| {
            let study = library.study(set.study);
            study.is_some_and(|study| study.module.study_instance_uid == study_uid)
        });
        let set = set.expect("some of it is here").id;
        let pane = session.workspace.panes.active;
        session.apply(Command::View(pane, ViewEdit::Show(set)));
        session.engine.look_at(&session.workspace);
    };
    show(&mut session, STUDY);
    show(&mut session, OTHER);
    session.until("what is looked at again", |it| {
        state(it, OTHER) == Some(TransferState::Done) && images(it, OTHER) == 15
    });
    assert!(images(&session, STUDY) < 40, "that stands back now");
    session.until("the rest", is_done);
}
