//! A study that cannot be written where it belongs.

use std::path::Path;

use isocentre::archive::ImportMode;
use isocentre::jobs::JobCtx;

use super::*;
use crate::common::files_below;

/// The patient has an earlier study in the archive, and a file lies where this one's folder would.
fn take_its_place(home: &Path) {
    std::fs::create_dir_all(home.join("data")).unwrap();
    let archive = Archive::open(&home.join("data/archive")).unwrap();
    let medium = home.join("earlier.dcm");
    std::fs::write(&medium, slice("1.2.3.99", "20250101", 1)).unwrap();
    let ctx = JobCtx::new();
    archive
        .import(&[medium], ImportMode::Copy, &ctx, &|_| {})
        .unwrap();
    let kept = files_below(archive.folder());
    let earlier = kept.iter().flat_map(|file| file.ancestors());
    let earlier = earlier.into_iter().find(|path| path.ends_with("1.2.3.99"));
    std::fs::write(earlier.unwrap().with_file_name(STUDY), b"a file").unwrap();
}

#[test]
fn a_study_without_a_place_is_not_fetched_to_its_end_and_says_what_it_waits_for() {
    let Some(orthanc) = Orthanc::start("pacs_reading_no_place") else {
        return;
    };
    fill(&orthanc, 100);
    for address in [orthanc.dimse(), orthanc.dicom_web()] {
        let home = temp_folder();
        take_its_place(home.path());
        let mut session = session(home.path(), &[node("PACS", &address)]);
        search(&mut session, "benali");
        let mut rows = session.workspace.search.rows().iter();
        let found = rows.find(|it| it.study.study_uid == STUDY);
        let open = TransferEdit::Open(Box::new(found.unwrap().clone()));
        session.apply(Command::Transfer(open));
        let transfer = |it: &Session| it.workspace.transfers.all().first().cloned();
        session.until("the end of the attempt", |it| {
            transfer(it).is_some_and(|it| matches!(it.state, TransferState::Waiting(Some(_))))
        });
        let transfer = transfer(&session).unwrap();
        let said = isocentre::text::Words::system().get(&transfer.reason.unwrap());
        assert!(
            said.contains("local archive") && said.contains(STUDY),
            "{said}"
        );
        let failed = transfer.failed.len();
        assert!((20..60).contains(&failed), "{address}: {failed}");
    }
}
