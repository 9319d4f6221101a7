//! DCMTK's programs on the other side.

use std::sync::Arc;

use isocentre::dicom::ByteSource;
use isocentre::dicom::decode_frame;
use isocentre::dicom::read_header;
use isocentre::dicom::tags;
use isocentre::jobs::JobCtx;
use isocentre::model::Level;
use isocentre::model::StudyMatch;
use isocentre::model::StudyQuery;
use isocentre::pacs::Caller;
use isocentre::pacs::Failure;
use isocentre::pacs::FolderSink;
use isocentre::pacs::Reception;
use isocentre::pacs::ScpOptions;
use isocentre::pacs::StorageScp;
use isocentre::pacs::service;

use super::STUDY;
use super::assert_same;
use super::by_move;
use super::fetch;
use super::find;
use super::node;
use super::programs::Listening;
use super::programs::dcmqrscp;
use super::programs::free_port;
use super::programs::run;
use super::slices;
use super::speak;
use super::write;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::Value;
use crate::common::orthanc::OrthancOptions;
use crate::common::temp_folder;

#[test]
fn dcmqrscp_takes_finds_and_gives_back_by_get_and_by_move() {
    let folder = temp_folder();
    let port = free_port();
    let archive = dcmqrscp(folder.path(), port);
    let address = format!("QR@127.0.0.1:{}", archive.port);
    let service = speak(&address);
    service.echo(&JobCtx::new()).unwrap();
    let files = temp_folder();
    let mut paths = write(&slices(60), files.path());
    // A compressed image, which dcmqrscp gives back as it is or not at all.
    let compressed = SyntheticImage::new(4, 4)
        .sop_instance("1.2.3.77")
        .transfer_syntax("1.2.840.10008.1.2.4.70")
        .raw_pixels(Value::Fragments(vec![vec![1; 32]]));
    paths.push(files.path().join("compressed.dcm"));
    std::fs::write(&paths[60], compressed.write(Encoding::ExplicitLittle)).unwrap();
    let sent = service.send(&paths, &|_| {}, &JobCtx::new()).unwrap();
    assert!(sent.is_complete(61), "{sent:?}");

    // Its comparison of names knows capitals from small letters.
    let query = StudyQuery {
        patient_name: "synthetic TEST".into(),
        ..StudyQuery::default()
    };
    let found = find(&*service, &query).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].study_uid, STUDY);

    let expected: Vec<Vec<u8>> = paths.iter().map(|it| std::fs::read(it).unwrap()).collect();
    let got = temp_folder();
    let (retrieved, _) = fetch(&*service, STUDY, got.path()).unwrap();
    assert!(retrieved.is_complete(), "{retrieved:?}");
    assert_same(&expected, got.path());

    let caller = Caller {
        reception: Reception::Listen(port),
        ..Caller::default()
    };
    let moved = temp_folder();
    let mover = super::service(&node(&address, by_move), &caller);
    let (retrieved, _) = fetch(&*mover, STUDY, moved.path()).unwrap();
    assert_eq!(retrieved.instances, 61, "{retrieved:?}");
}

#[test]
fn storescu_and_echoscu_are_answered_by_our_receiver() {
    let there = temp_folder();
    let sink = Arc::new(FolderSink::new(there.path()));
    let options = ScpOptions {
        ae_title: Some("ISOCENTRE".to_owned().try_into().unwrap()),
        ..ScpOptions::default()
    };
    let scp = StorageScp::start(0, options, sink).unwrap();
    let port = scp.port().to_string();
    let files = temp_folder();
    let paths = write(&slices(12), files.path());
    let folder = files.path().to_str().unwrap();
    run("echoscu", &["-aec", "ISOCENTRE", "localhost", &port]).unwrap();
    run(
        "storescu",
        &["-aec", "ISOCENTRE", "localhost", &port, "+sd", folder],
    )
    .unwrap();
    let refused = run("echoscu", &["-aec", "OTHER", "localhost", &port]).unwrap_err();
    assert!(
        refused.contains("Called AE Title Not Recognized"),
        "{refused}"
    );
    drop(scp);
    let sent: Vec<Vec<u8>> = paths.iter().map(|it| std::fs::read(it).unwrap()).collect();
    assert_same(&sent, there.path());
}

#[test]
fn storescp_takes_uncompressed_what_it_does_not_take_compressed() {
    let there = temp_folder();
    let folder = there.path().to_str().unwrap();
    let peer = Listening::start("storescp", &["+xi", "-od", folder]);
    let files = temp_folder();
    let paths = write(&slices(2), files.path());
    let service = speak(&format!("ANY@127.0.0.1:{}", peer.port));
    let sent = service.send(&paths, &|_| {}, &JobCtx::new()).unwrap();
    assert!(sent.is_complete(2), "{sent:?}");
    // It takes implicit VR only: pixels and names are what they were.
    for path in crate::common::files_below(there.path()) {
        let read = read_header(ByteSource::File(path.as_path().into())).unwrap();
        assert_eq!(&*read.transfer_syntax, "1.2.840.10008.1.2");
        let frame = decode_frame(&read, 0, &JobCtx::new()).unwrap();
        let number = read.dataset.elements().integer(tags::INSTANCE_NUMBER);
        let first = number.unwrap() - 1;
        assert_eq!(frame.samples.get(0), Some(first as f64));
        assert_eq!(frame.samples.get(255), Some((first + 255) as f64));
    }
    // Pixels that no decoder makes anything of.
    let torn = SyntheticImage::new(4, 4)
        .sop_instance("1.2.3.78")
        .transfer_syntax("1.2.840.10008.1.2.4.50")
        .raw_pixels(Value::Fragments(vec![vec![1; 32]]));
    let path = files.path().join("torn.dcm");
    std::fs::write(&path, torn.write(Encoding::ExplicitLittle)).unwrap();
    let sent = service.send(&[path], &|_| {}, &JobCtx::new()).unwrap();
    assert!(sent.outcomes[0].result.is_err());
    assert_eq!(crate::common::files_below(there.path()).len(), 2);
}

#[test]
fn a_peer_without_the_service_is_said_to_have_none() {
    let there = temp_folder();
    let folder = there.path().to_str().unwrap();
    let peer = Listening::start("storescp", &["-od", folder]);
    let service = service(
        &node(&format!("ANY@127.0.0.1:{}", peer.port), |_| {}),
        &Caller::default(),
    );
    let failure = find(&*service, &StudyQuery::default()).unwrap_err();
    assert!(matches!(failure, Failure::NoContext { .. }), "{failure:?}");
}

#[test]
fn findscu_finds_the_same_studies_and_series_as_we_do() {
    let orthanc = super::orthanc(OrthancOptions::default());
    for (study, day, name) in [
        ("1.2.3.1", "20260101", "Doe^Jane"),
        ("1.2.3.2", "20260102", "Doe^Jim"),
        ("1.2.3.3", "20260201", "Doe^Jane"),
        ("1.2.3.4", "20260102", "Roe^Jane"),
    ] {
        for series in 1..=2 {
            let image = SyntheticImage::new(4, 4)
                .patient(name, "7")
                .study(study)
                .text(0x0008, 0x0020, "DA", day)
                .series(&format!("{study}.{series}"))
                .sop_instance(&format!("{study}.{series}.1"));
            orthanc.store(&image.write(Encoding::ExplicitLittle));
        }
    }
    let port = orthanc.dicom_port.to_string();
    // The UIDs in the answers that findscu prints.
    let asked = |level: &str, uid: &str, keys: &[&str]| -> Vec<String> {
        let level = format!("QueryRetrieveLevel={level}");
        let mut arguments = vec!["-S", "-aec", "ORTHANC", "127.0.0.1", &port, "-k", &level];
        arguments.extend(["-k", uid]);
        for key in keys {
            arguments.extend(["-k", key]);
        }
        let said = run("findscu", &arguments).unwrap();
        let lines = said.lines().filter(|line| line.trim_end().ends_with(uid));
        let uids = lines.filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0));
        let mut uids: Vec<String> = uids
            .map(|uid| uid.trim_end_matches('\0').to_owned())
            .collect();
        uids.sort();
        uids.dedup();
        uids
    };
    let service = speak(&orthanc.dimse());
    let ours = |query: &StudyQuery, uid: fn(&StudyMatch) -> String| -> Vec<String> {
        let mut uids: Vec<String> = find(&*service, query).unwrap().iter().map(uid).collect();
        uids.sort();
        uids
    };
    let by_name = StudyQuery {
        patient_name: "doe jane".into(),
        ..StudyQuery::default()
    };
    let theirs = asked("STUDY", "StudyInstanceUID", &["PatientName=Doe^Jane*"]);
    assert_eq!(theirs, ["1.2.3.1", "1.2.3.3"]);
    assert_eq!(ours(&by_name, |it| it.study_uid.clone()), theirs);
    let of_study = StudyQuery {
        level: Level::Series,
        study_uids: vec!["1.2.3.4".into()],
        ..StudyQuery::default()
    };
    let theirs = asked("SERIES", "SeriesInstanceUID", &["StudyInstanceUID=1.2.3.4"]);
    assert_eq!(theirs, ["1.2.3.4.1", "1.2.3.4.2"]);
    assert_eq!(ours(&of_study, |it| it.series_uid.clone()), theirs);
}

#[test]
fn movescu_moves_into_our_receiver() {
    let there = temp_folder();
    let sink = Arc::new(FolderSink::new(there.path()));
    let scp = StorageScp::start(0, ScpOptions::default(), sink).unwrap();
    let orthanc = super::orthanc(OrthancOptions {
        modalities: vec![("ISOCENTRE".into(), scp.port())],
        ..OrthancOptions::default()
    });
    let files: Vec<Vec<u8>> = slices(12)
        .iter()
        .map(|image| image.write(Encoding::ExplicitLittle))
        .collect();
    files.iter().for_each(|file| orthanc.store(file));
    let study = format!("StudyInstanceUID={STUDY}");
    let port = orthanc.dicom_port.to_string();
    let own = free_port().to_string();
    let arguments = [
        "-S",
        "-aet",
        "MOVESCU",
        "-aec",
        "ORTHANC",
        "-aem",
        "ISOCENTRE",
        "+P",
        &own,
        "-k",
        "QueryRetrieveLevel=STUDY",
        "-k",
        &study,
        "127.0.0.1",
        &port,
    ];
    run("movescu", &arguments).unwrap();
    drop(scp);
    assert_same(&files, there.path());
}
