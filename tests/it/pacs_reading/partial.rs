//! A study of which only a part has come is never taken for the whole.

use isocentre::problem::msg;
use isocentre::workspace::Part;

use super::*;

fn part(session: &Session) -> Option<Part> {
    let study = session.workspace.active_study()?;
    session.workspace.part_of_study(study)
}

fn says(session: &Session, id: &str) -> bool {
    let mut notices = session.workspace.notices.shown().iter();
    notices.any(|notice| notice.problem.message.id.0 == id)
}

fn has_track(session: &Session) -> bool {
    let view = session.workspace.panes.active_view();
    let set = view.and_then(|view| session.workspace.library.display_set(view.display_set));
    set.is_some_and(|set| session.workspace.track(set).is_some())
}

#[test]
fn what_a_cancelled_fetch_left_says_that_it_is_a_part_and_opening_it_brings_the_rest() {
    let Some(orthanc) = Orthanc::start("pacs_reading_partial") else {
        return;
    };
    fill(&orthanc, 60);
    let (proxy, address) = slow_line(&orthanc, 60_000);
    let home = temp_folder();
    let mut first = session(home.path(), &[node("PACS", &address)]);
    search(&mut first, "benali");
    open_first(&mut first);
    first.until("a beginning", |it| frames_shown(it) >= 5 && has_track(it));
    let id = first.workspace.transfers.all()[0].id;
    first.apply(Command::Transfer(TransferEdit::Cancel(id)));
    first.until("the end", |it| {
        it.workspace.transfers.all().is_empty() && it.workspace.scans_running == 0
    });
    let here = frames_shown(&first);
    assert!(here < 60, "the line is slow");
    assert_eq!(part(&first), Some(Part { here, of: 60 }));
    let view = first.workspace.panes.active_view().unwrap();
    let set = first.workspace.library.display_set(view.display_set);
    let words = first.workspace.part_words(set.unwrap()).unwrap();
    assert_eq!(words.id, msg("series-arriving"));
    let study = first.workspace.active_study().unwrap();
    first.apply(Command::Transfer(TransferEdit::Send(study, "PACS".into())));
    first.until("the refusal", |it| says(it, "transfer-only-part"));
    assert!(first.workspace.transfers.all().is_empty());
    drop(first);

    // The program starts anew, and the archive alone is asked.
    proxy.mend();
    let pacs = Node {
        is_searched: false,
        ..node("PACS", &address)
    };
    let mut second = session(home.path(), &[pacs]);
    search(&mut second, "benali");
    let rows = second.workspace.search.rows();
    assert_eq!(rows[0].sources, [Source::Archive]);
    assert_eq!(rows[0].part().map(|(_, of)| of), Some(60));
    open_first(&mut second);
    second.until("the rest", |it| frames_shown(it) == 60 && is_done(it));
    second.until("its end", |it| it.workspace.scans_running == 0);
    assert_eq!(part(&second), None);
    search(&mut second, "benali");
    assert_eq!(second.workspace.search.rows()[0].part(), None);
}

#[test]
fn a_study_that_is_opened_while_its_fetch_goes_on_knows_how_much_is_still_to_come() {
    let Some(orthanc) = Orthanc::start("pacs_reading_rejoin") else {
        return;
    };
    fill(&orthanc, 80);
    let (_proxy, address) = slow_line(&orthanc, 60_000);
    let home = temp_folder();
    let mut first = session(home.path(), &[node("PACS", &address)]);
    search(&mut first, "benali");
    open_first(&mut first);
    first.until("a beginning", |it| frames_shown(it) >= 3);
    drop(first); // as a program that ends in the middle

    let mut second = session(home.path(), &[node("PACS", &address)]);
    let transfer = |it: &Session| it.workspace.transfers.all().first().cloned();
    second.until("the list", |it| {
        transfer(it).is_some_and(|it| it.state == TransferState::Running && it.of == 80)
    });
    search(&mut second, "benali");
    open_first(&mut second);
    second.until("the track", has_track);
    let view = second.workspace.panes.active_view().unwrap();
    let set = second.workspace.library.display_set(view.display_set);
    let track = second.workspace.track(set.unwrap()).unwrap();
    assert_eq!(track.frames.len(), 80);
    assert!(frames_shown(&second) < 80, "not all is here yet");
    assert_eq!(second.workspace.transfers.all().len(), 1, "it is joined");
}
