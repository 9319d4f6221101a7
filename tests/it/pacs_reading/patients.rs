//! Whose a study is: what comes is never taken for another patient's.

use isocentre::problem::{Arg, msg};

use super::*;

/// Slices of one study, as this patient's.
fn fill_as(orthanc: &Orthanc, (name, id): (&'static str, &'static str), series: i32, slices: i32) {
    for number in 1..=slices {
        let slice = SyntheticImage::new(16, 16)
            .patient(name, id)
            .study(STUDY)
            .series(&format!("{STUDY}.{series}"))
            .sop_instance(&format!("{STUDY}.{series}.{number}"))
            .instance_number(number)
            .position([0.0, 0.0, f64::from(number)]);
        orthanc.store(&slice.write(Encoding::ExplicitLittle));
    }
}

/// What a notice of this kind says, if there is one.
fn said(session: &Session, id: &'static str) -> Vec<Vec<(&'static str, Arg)>> {
    let notices = session.workspace.notices.shown().iter();
    let ours = notices.filter(|notice| notice.problem.message.id == msg(id));
    ours.map(|notice| notice.problem.message.args.clone())
        .collect()
}

fn patients(session: &Session) -> Vec<String> {
    let patients = session.workspace.library.patients();
    patients.map(|it| it.module.patient_id.clone()).collect()
}

/// Instances of the archive, by Patient ID.
fn kept(home: &std::path::Path, patient_id: &str) -> usize {
    let query = isocentre::model::StudyQuery {
        level: isocentre::model::Level::Instance,
        patient_id: patient_id.into(),
        ..isocentre::model::StudyQuery::default()
    };
    // The program that has just ended may still be writing its index.
    for _ in 0..30 {
        let archive = Archive::open(&home.join("data/archive")).unwrap();
        let found = archive.search(&query).unwrap().len();
        if found > 0 {
            return found;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    0
}

#[test]
fn a_study_that_is_another_patients_by_now_is_not_shown_as_the_one_that_was_found() {
    let Some(orthanc) = Orthanc::start("pacs_reading_exchanged") else {
        return;
    };
    for address in [orthanc.dimse(), orthanc.dicom_web()] {
        orthanc.forget_all();
        fill_as(&orthanc, ("Foxtrot^X", "F1"), 1, 4);
        let home = temp_folder();
        let mut session = session(home.path(), &[node("PACS", &address)]);
        search(&mut session, "foxtrot");
        orthanc.forget_all();
        fill_as(&orthanc, ("Golf^X", "G2"), 1, 4);
        open_first(&mut session);
        let state = |it: &Session| {
            it.workspace
                .transfers
                .all()
                .first()
                .map(|it| it.state.clone())
        };
        session.until("the end", |it| {
            matches!(state(it), Some(TransferState::Failed(_))) || frames_shown(it) > 0
        });
        let Some(TransferState::Failed(why)) = state(&session) else {
            panic!("{address}: shown as Foxtrot's: {:?}", patients(&session));
        };
        assert_eq!(why.id, msg("transfer-only-other-patient"), "{address}");
        session.until("the notice", |it| {
            !said(it, "transfer-other-patient").is_empty()
        });
        let told = said(&session, "transfer-other-patient");
        let of = |name: &str, what: &str| {
            told[0].iter().any(|(arg, value)| {
                *arg == name && matches!(value, Arg::Text(text) if text.contains(what))
            })
        };
        assert!(of("asked", "Foxtrot") && of("other", "Golf"), "{told:?}");
        assert!(told[0].contains(&("count", Arg::Number(4.0))), "{told:?}");
        assert!(patients(&session).is_empty(), "{address}");
        drop(session);
        assert_eq!((kept(home.path(), "G2"), kept(home.path(), "F1")), (4, 0));
    }
}

#[test]
fn of_a_study_uid_that_two_patients_bear_only_those_of_who_was_opened_are_shown_and_counted() {
    let Some(orthanc) = Orthanc::start("pacs_reading_two_patients") else {
        return;
    };
    fill_as(&orthanc, ("Delta^X", "D1"), 1, 4);
    fill_as(&orthanc, ("Epsilon^X", "E2"), 2, 4);
    for address in [orthanc.dimse(), orthanc.dicom_web()] {
        let home = temp_folder();
        let mut session = session(home.path(), &[node("PACS", &address)]);
        search(&mut session, "delta");
        open_first(&mut session);
        session.until("the end", is_done);
        let transfer = &session.workspace.transfers.all()[0];
        assert_eq!((transfer.done, transfer.of), (4, 4), "{address}");
        assert_eq!(patients(&session), ["D1"], "{address}");
        session.until("the notice", |it| {
            !said(it, "transfer-other-patient").is_empty()
        });
        let told = said(&session, "transfer-other-patient");
        assert_eq!(told.len(), 1);
        assert!(told[0].contains(&("count", Arg::Number(4.0))), "{told:?}");

        // The other is the reader's to open, and is there.
        search(&mut session, "epsilon");
        open_first(&mut session);
        session.until("the other's", |it| patients(it).len() == 2 && is_done(it));
        drop(session);
        assert_eq!((kept(home.path(), "D1"), kept(home.path(), "E2")), (4, 4));
    }
}

#[test]
fn whose_study_is_open_is_known_again_when_the_drive_of_the_archive_is_back() {
    let Some(orthanc) = Orthanc::start("pacs_reading_drive_back") else {
        return;
    };
    fill_as(&orthanc, ("Delta^X", "D1"), 1, 4);
    let (home, drive) = (temp_folder(), temp_folder());
    let (here, away) = (drive.path().join("archive"), drive.path().join("away"));
    drop(Archive::open(&here).unwrap());
    let mut session = session(home.path(), &[node("PACS", &orthanc.dimse())]);
    session.apply(Command::Node(NodeEdit::ArchiveFolder(Some(here.clone()))));
    search(&mut session, "delta");
    open_first(&mut session);
    session.until("the end", is_done);
    let found = session.workspace.search.rows()[0].clone();
    std::fs::rename(&here, &away).unwrap();
    session.until("that it is away", |it| !said(it, "archive-gone").is_empty());
    std::thread::sleep(Duration::from_secs(3));
    std::fs::rename(&away, &here).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    // More of it comes, and another patient's of the same UID.
    fill_as(&orthanc, ("Delta^X", "D1"), 3, 2);
    fill_as(&orthanc, ("Epsilon^X", "E2"), 2, 4);
    session.apply(Command::Transfer(TransferEdit::Fetch(Box::new(found))));
    let images = |it: &Session| {
        let sets = it.workspace.library.display_sets();
        sets.map(|set| set.frames.len()).sum::<usize>()
    };
    session.until("what is new", |it| images(it) > 4);
    session.until("the notice", |it| {
        !said(it, "transfer-other-patient").is_empty()
    });
    assert_eq!(
        (images(&session), patients(&session)),
        (6, vec!["D1".to_owned()])
    );
}

#[test]
fn the_command_line_names_both_patients_of_a_study_and_says_that_it_is_not_as_asked() {
    let Some(orthanc) = Orthanc::start("pacs_get_two_patients") else {
        return;
    };
    fill_as(&orthanc, ("Delta^X", "D1"), 1, 3);
    let get = |address: &str| {
        let folder = temp_folder();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_isocentre"))
            .args(["pacs", "get", address, "--study", STUDY, "--out"])
            .arg(folder.path())
            .env("ISOCENTRE_HOME", folder.path().join("home"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    };
    for address in [orthanc.dimse(), orthanc.dicom_web()] {
        let (code, said) = get(&address);
        assert_eq!(code, Some(0), "{address}: {said}");
    }
    fill_as(&orthanc, ("Epsilon^X", "E2"), 2, 3);
    for address in [orthanc.dimse(), orthanc.dicom_web()] {
        let (code, said) = get(&address);
        assert_eq!(code, Some(3), "{address}: {said}");
        assert_eq!(said.matches("two patients").count(), 1, "{said}");
        assert!(
            said.contains("Delta, X (D1)") && said.contains("Epsilon, X (E2)"),
            "{said}"
        );
    }
}
