//! What a study costs of a line: every connection more is journeys more.

use isocentre::jobs::JobCtx;
use isocentre::pacs::{Caller, service};

use super::*;

/// A line without faults, which counts connections.
fn counted(port: u16) -> Proxy {
    Proxy::new(port, Fault::default())
}

#[test]
fn a_study_of_many_series_is_listed_over_one_connection() {
    let Some(orthanc) = Orthanc::start("pacs_reading_listed") else {
        return;
    };
    for series in 1..=16 {
        for number in 1..=2 {
            let slice = SyntheticImage::new(8, 8)
                .study(STUDY)
                .series(&format!("{STUDY}.{series}"))
                .sop_instance(&format!("{STUDY}.{series}.{number}"))
                .instance_number(number)
                .text(0x0020, 0x0011, "IS", &(17 - series).to_string());
            orthanc.store(&slice.write(Encoding::ExplicitLittle));
        }
    }
    let (dimse, web) = (counted(orthanc.dicom_port), counted(orthanc.http_port));
    for (line, address) in [
        (&dimse, format!("ORTHANC@127.0.0.1:{}", dimse.port())),
        (&web, format!("http://127.0.0.1:{}/dicom-web", web.port())),
    ] {
        let service = service(&node("PACS", &address), &Caller::default());
        let mut all = Vec::new();
        let mut each = |listed: isocentre::pacs::ListedSeries| {
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
