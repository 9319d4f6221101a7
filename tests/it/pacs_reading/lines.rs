//! What a study costs of a line: every connection more is journeys more.

use std::time::Duration;

use isocentre::jobs::JobCtx;
use isocentre::pacs::{Caller, ListStep, service};

use super::*;

/// A line without faults, which counts connections.
fn counted(port: u16) -> Proxy {
    Proxy::new(port, Fault::default())
}

/// A study of so many series, the last of them with the first Series Number.
fn fill_series(orthanc: &Orthanc, count: i32, slices: i32) {
    for series in 1..=count {
        for number in 1..=slices {
            let slice = SyntheticImage::new(8, 8)
                .patient("Benali^Fatima", "004711")
                .study(STUDY)
                .series(&format!("{STUDY}.{series}"))
                .sop_instance(&format!("{STUDY}.{series}.{number}"))
                .instance_number(number)
                .text(0x0020, 0x0011, "IS", &(count + 1 - series).to_string());
            orthanc.store(&slice.write(Encoding::ExplicitLittle));
        }
    }
}

#[test]
fn a_study_of_many_series_is_seen_before_a_distant_node_has_listed_them_all() {
    let Some(orthanc) = Orthanc::start("pacs_reading_while_listed") else {
        return;
    };
    fill_series(&orthanc, 40, 1);
    let distant = Fault {
        delay: Duration::from_millis(100),
        ..Fault::default()
    };
    let dimse = Proxy::new(orthanc.dicom_port, distant);
    let web = Proxy::new(orthanc.http_port, distant);
    for address in [
        format!("ORTHANC@127.0.0.1:{}", dimse.port()),
        format!("http://127.0.0.1:{}/dicom-web", web.port()),
    ] {
        let home = temp_folder();
        let slow = Node {
            is_slow: true,
            ..node("PACS", &address)
        };
        let mut session = session(home.path(), &[slow]);
        search(&mut session, "benali");
        open_first(&mut session);
        session.until("the first image", |it| frames_shown(it) > 0);
        // Each series is a journey, and how many images will come is known when all have been made.
        let archive = Archive::open(&home.path().join("data/archive")).unwrap();
        let transfers = || archive.transfers().list().unwrap();
        let expected = transfers()[0].expected;
        assert_eq!(expected, None, "{address}: the list was waited for");
        // Who stopped here would be told that it is a part.
        let listed = archive.transfers().listed(STUDY, "004711").unwrap();
        assert_eq!(listed[0].series.len(), 40, "{address}");
        session.until("the rest", is_done);
        let transfer = &session.workspace.transfers.all()[0];
        assert_eq!((transfer.done, transfer.of), (40, 40), "{address}");
    }
}

#[test]
fn a_study_of_many_series_is_listed_over_one_connection() {
    let Some(orthanc) = Orthanc::start("pacs_reading_listed") else {
        return;
    };
    fill_series(&orthanc, 16, 2);
    let (dimse, web) = (counted(orthanc.dicom_port), counted(orthanc.http_port));
    for (line, address) in [
        (&dimse, format!("ORTHANC@127.0.0.1:{}", dimse.port())),
        (&web, format!("http://127.0.0.1:{}/dicom-web", web.port())),
    ] {
        let service = service(&node("PACS", &address), &Caller::default());
        let mut all = Vec::new();
        let mut each = |step: ListStep| {
            let ListStep::Series(listed) = step else {
                return true;
            };
            assert!(listed.is_sound && listed.instances.len() == 2, "{listed:?}");
            all.push(listed.series.series_uid);
            true
        };
        service.list(STUDY, &[], &mut each, &JobCtx::new()).unwrap();
        let expected: Vec<_> = (1..=16).rev().map(|n| format!("{STUDY}.{n}")).collect();
        assert_eq!(all, expected, "by their numbers");
        assert_eq!(line.connections(), 1, "{address}");
    }
}

#[test]
fn who_looks_at_one_slice_does_not_make_the_study_come_in_pieces() {
    let Some(orthanc) = Orthanc::start("pacs_reading_still") else {
        return;
    };
    fill(&orthanc, 100);
    let (proxy, address) = slow_line(&orthanc, 80_000);
    let home = temp_folder();
    let mut session = session(home.path(), &[node("PACS", &address)]);
    search(&mut session, "benali");
    open_first(&mut session);
    session.until_turned("the study", |it| {
        it.engine.look_at(&it.workspace);
        frames_shown(it) == 100 && is_done(it)
    });
    // The search, the list, earlier studies, and the associations that bring the images.
    let connections = proxy.connections();
    assert!(connections <= 7, "{connections} connections");
}
