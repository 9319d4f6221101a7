//! What an archive of another maker makes of our requests, and we of its answers.

use std::sync::Mutex;

use isocentre::dicom::Date;
use isocentre::dicom::FrameDecoder;
use isocentre::dicom::tags;
use isocentre::model::DateRange;
use isocentre::model::Level;
use isocentre::model::StudyMatch;
use isocentre::model::StudyQuery;
use isocentre::pacs::Found;
use isocentre::pacs::RetrieveEvent;
use isocentre::pacs::Secret;
use isocentre::pacs::SecretKind;
use isocentre::pacs::Secrets;
use isocentre::pacs::Service as _;
use isocentre::pacs::Wanted;
use isocentre::pacs::WantedSeries;
use isocentre::pacs::web::RenderWindow;

use super::*;
use crate::common::http::HttpServer;
use crate::common::http::Reply;
use crate::common::http::forwarded;
use crate::common::keeping::Keeping;
use crate::common::orthanc::Orthanc;
use crate::common::orthanc::OrthancOptions;
use crate::common::temp_folder;

fn whole_study() -> Vec<Wanted> {
    vec![Wanted {
        study_uid: STUDY.into(),
        series: Vec::new(),
    }]
}

fn with_images(test: &str, count: i32) -> Option<Orthanc> {
    let orthanc = Orthanc::start(test)?;
    // Not in their order.
    for n in (1..=count).rev() {
        orthanc.store(&file(n));
    }
    Some(orthanc)
}

#[test]
fn a_study_comes_whole_and_byte_for_byte() {
    let Some(orthanc) = with_images("retrieval over DICOMweb", 12) else {
        return;
    };
    let service = service(&node(&orthanc.dicom_web()));
    let sink = Keeping::new();
    let events = Mutex::new(Vec::new());
    let told = |event| events.lock().unwrap().push(event);
    let outcome = service
        .retrieve(&whole_study(), &sink, &told, &ctx())
        .unwrap();
    assert!(outcome.is_complete(), "{outcome:?}\n{}", orthanc.log());
    assert_eq!(outcome.expected, Some(12));
    assert_eq!(outcome.instances, 12);
    assert!(outcome.warnings.is_empty());
    for n in 1..=12 {
        let kept = sink.file(&uid(n));
        assert_eq!(data_set(&kept), data_set(&file(n)), "instance {n}");
    }
    let begun = sink.begun();
    assert!(
        begun
            .iter()
            .all(|one| one.transfer_syntax_uid == "1.2.840.10008.1.2.1")
    );
    let events = events.into_inner().unwrap();
    assert!(matches!(events[0], RetrieveEvent::Expected(12)));
    assert_eq!(events.len(), 13);
}

#[test]
fn what_is_wanted_first_is_asked_for_first() {
    let Some(orthanc) = with_images("order over DICOMweb", 10) else {
        return;
    };
    let wanted = vec![Wanted {
        study_uid: STUDY.into(),
        series: vec![WantedSeries {
            series_uid: SERIES.into(),
            instance_uids: [7, 8, 6, 9, 5].map(uid).to_vec(),
            ..WantedSeries::default()
        }],
    }];
    let service = service(&node(&orthanc.dicom_web()));
    let sink = Keeping::new();
    let outcome = service.retrieve(&wanted, &sink, &|_| {}, &ctx()).unwrap();
    assert!(outcome.is_complete(), "{outcome:?}");
    let mut kept = sink.kept();
    kept.sort();
    assert_eq!(kept, [5, 6, 7, 8, 9].map(uid));

    // The list may change while it is worked on.
    let next = Mutex::new(vec![place(1), place(2), place(3)]);
    let sink = Keeping::new();
    let pop = || {
        let mut next = next.lock().unwrap();
        let place = next.pop();
        if place.as_ref() == Some(&super::place(3)) {
            next.clear();
            next.push(super::place(10));
        }
        place
    };
    let outcome = service
        .retrieve_ordered(&pop, &sink, &|_| {}, &ctx())
        .unwrap();
    assert!(outcome.is_complete(), "{outcome:?}");
    let mut kept = sink.kept();
    kept.sort();
    assert_eq!(kept, [uid(10), uid(3)]);
}

#[test]
fn an_instance_that_is_not_there_costs_itself_alone() {
    let Some(orthanc) = with_images("a missing instance over DICOMweb", 2) else {
        return;
    };
    let wanted = vec![Wanted {
        study_uid: STUDY.into(),
        series: vec![WantedSeries {
            series_uid: SERIES.into(),
            instance_uids: [1, 99, 2].map(uid).to_vec(),
            ..WantedSeries::default()
        }],
    }];
    let sink = Keeping::new();
    let outcome = service(&node(&orthanc.dicom_web()))
        .retrieve(&wanted, &sink, &|_| {}, &ctx())
        .unwrap();
    assert_eq!(outcome.instances, 2);
    assert_eq!(outcome.failed.len(), 1);
    assert_eq!(outcome.failed[0].0, uid(99));
    assert!(outcome.end.is_none());
    assert_eq!(sink.file_count(), 2);
}

#[test]
fn what_is_sent_is_stored_and_what_is_no_instance_is_not() {
    let Some(orthanc) = Orthanc::start("storing over DICOMweb") else {
        return;
    };
    let folder = temp_folder();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("1"), file(1)).unwrap();
    // As old devices write it: no preamble, no meta information.
    let bare = image(2).without_preamble_and_meta();
    std::fs::write(path("2"), bare.write(Encoding::ImplicitLittle)).unwrap();
    std::fs::write(path("3"), "no image at all").unwrap();
    let files = ["1", "2", "3"].map(path);
    let service = service(&node(&orthanc.dicom_web()));
    let sent = service.send(&files, &|_| {}, &ctx()).unwrap();
    assert_eq!(sent.end, None);
    let mut kept: Vec<_> = sent
        .outcomes
        .iter()
        .map(|one| {
            (
                one.path.file_name().unwrap().to_str().unwrap(),
                one.result.is_ok(),
            )
        })
        .collect();
    kept.sort_unstable();
    assert_eq!(
        kept,
        [("1", true), ("2", true), ("3", false)],
        "{:?}",
        sent.outcomes
    );
    assert_eq!(orthanc.instance_count(), 2);
    // What came there is what left here.
    let sink = Keeping::new();
    service
        .retrieve(&whole_study(), &sink, &|_| {}, &ctx())
        .unwrap();
    assert_eq!(data_set(&sink.file(&uid(1))), data_set(&file(1)));
}

#[test]
fn a_picture_is_rendered_with_the_window_of_the_image() {
    let Some(orthanc) = Orthanc::start("rendering with a window") else {
        return;
    };
    // Lung beside bone: by all of its values, lung is nearly black.
    let values = |_, column| if column < 8 { 200 } else { 4000 };
    let image = SyntheticImage::new(16, 16)
        .sop_instance(&uid(1))
        .study(STUDY)
        .series(SERIES)
        .pixels(values)
        .window(200.0, 100.0);
    orthanc.store(&image.write(Encoding::ExplicitLittle));
    let service = service(&node(&orthanc.dicom_web()));
    let grey = |window: Option<&RenderWindow>| {
        let picture = service.rendered(&place(1), None, None, window, &ctx());
        let picture = picture.unwrap();
        let decoded = FrameDecoder::new(&picture).unwrap().decode(0, &ctx());
        i64::from(decoded.unwrap().samples.as_bytes()[0])
    };
    let metadata = service.metadata(&place(1), &ctx()).unwrap();
    let window = RenderWindow::of_image(&metadata[0].dataset, 0);
    let own = grey(window.as_ref());
    assert!((own - 128).abs() < 10, "{own}");
    assert!(grey(None) < 40);
}

#[test]
fn a_service_that_refuses_a_window_renders_without() {
    let Some(orthanc) = with_images("rendering without a window", 1) else {
        return;
    };
    let port = orthanc.http_port;
    let server = HttpServer::start(move |request| {
        if request.target.contains("window") {
            return Reply::status(400);
        }
        forwarded(port, request).unwrap()
    });
    let service = service(&node(&format!("{}/dicom-web", server.url())));
    let metadata = service.metadata(&place(1), &ctx()).unwrap();
    let window = RenderWindow::of_image(&metadata[0].dataset, 0);
    assert!(window.is_some());
    let picture = service.rendered(&place(1), None, None, window.as_ref(), &ctx());
    assert!(picture.unwrap().is_picture());
}

#[test]
fn previews_frames_and_metadata_are_of_the_instance() {
    let Some(orthanc) = with_images("previews over DICOMweb", 1) else {
        return;
    };
    let service = service(&node(&orthanc.dicom_web()));
    let preview = service
        .rendered(&place(1), None, None, None, &ctx())
        .unwrap();
    assert!(preview.is_picture());
    assert_eq!(preview.dataset.elements().integer(tags::ROWS), Some(16));
    let small = service
        .rendered(&place(1), Some(1), Some([8, 8]), None, &ctx())
        .unwrap();
    assert_eq!(small.dataset.elements().integer(tags::COLUMNS), Some(8));
    assert!(service.thumbnail(&place(1), &ctx()).unwrap().is_picture());

    let frames = service.frames(&place(1), &[1], &[], &ctx()).unwrap();
    let file = file(1);
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0].bytes, file[file.len() - 512..]);

    let metadata = service.metadata(&place(1), &ctx()).unwrap();
    let elements = metadata[0].dataset.elements();
    assert_eq!(elements.uid(tags::SOP_INSTANCE_UID).unwrap(), uid(1));
    let bulk: Vec<_> = metadata[0].bulk_data.iter().map(|it| it.tag).collect();
    assert_eq!(bulk, [tags::PIXEL_DATA]);
    let uri = &metadata[0].bulk_data[0].uri;
    let values = service.bulk_data(&place(1), uri, &ctx()).unwrap();
    assert_eq!(values[0].bytes, file[file.len() - 512..]);
}

#[test]
fn a_password_opens_the_archive_and_none_says_where_it_goes() {
    let options = OrthancOptions {
        users: vec![("reader".into(), "s3cret".into())],
        ..OrthancOptions::default()
    };
    let Some(orthanc) = Orthanc::start_with("passwords over DICOMweb", options) else {
        return;
    };
    let anonymous = node(&orthanc.dicom_web());
    let failure = service(&anonymous).echo(&ctx()).unwrap_err();
    let text = in_english(&failure.message());
    assert!(text.contains("ISOCENTRE_SECRET_TEST"), "{text}");

    let node = node_with(&orthanc.dicom_web(), with_password);
    let secrets = Secrets::of_this_run();
    let echo = |secrets: &Secrets| service_with(&node, secrets).echo(&ctx());
    let text = in_english(&echo(&secrets).unwrap_err().message());
    assert!(text.contains("ISOCENTRE_SECRET_TEST"), "{text}");
    secrets.set(&owner(&node), SecretKind::Password, &Secret::new("wrong"));
    let text = in_english(&echo(&secrets).unwrap_err().message());
    assert!(text.contains("does not accept"), "{text}");
    assert!(!text.contains("wrong"), "{text}");
    secrets.set(&owner(&node), SecretKind::Password, &Secret::new("s3cret"));
    assert!(!echo(&secrets).unwrap().is_verified);
}

#[test]
fn a_wrong_path_is_named_with_the_likely_ones() {
    let Some(orthanc) = Orthanc::start("a wrong path over DICOMweb") else {
        return;
    };
    let failure = service(&node(&format!("{}/wrong", orthanc.http())))
        .echo(&ctx())
        .unwrap_err();
    let text = in_english(&failure.message());
    assert!(
        text.contains("“/wrong/studies”") && text.contains("/dicom-web"),
        "{text}"
    );
}

fn found(service: &WebService, query: &StudyQuery) -> (Vec<StudyMatch>, Found) {
    let mut all = Vec::new();
    let state = service
        .find(query, &mut |found| all.push(found), &ctx())
        .unwrap();
    (all, state)
}

#[test]
fn a_search_finds_names_in_any_order_and_spelling() {
    let options = OrthancOptions {
        other: Some(serde_json::json!({"DefaultEncoding": "Utf8"})),
        ..OrthancOptions::default()
    };
    let Some(orthanc) = Orthanc::start_with("searches over DICOMweb", options) else {
        return;
    };
    for (n, name) in ["BENALI^Fatima", "Müller^Jörg", "Yamada^Tarou=山田^太郎"]
        .iter()
        .enumerate()
    {
        let image = image(1)
            .text(0x0008, 0x0005, "CS", "ISO_IR 192")
            .patient(name, &format!("ID{n}"))
            .study(&format!("1.2.3.{n}"))
            .series(&format!("1.2.3.{n}.1"))
            .sop_instance(&format!("1.2.3.{n}.1.1"))
            .text(0x0008, 0x0020, "DA", &format!("2026010{}", n + 1))
            .text(0x0008, 0x0050, "SH", &format!("A{n}"))
            .text(0x0008, 0x1030, "LO", "Thorax sans injection");
        orthanc.store(&image.write(Encoding::ExplicitLittle));
    }
    let service = service(&node(&orthanc.dicom_web()));
    let uids = |query: StudyQuery| {
        let (all, _) = found(&service, &query);
        let mut uids: Vec<_> = all.into_iter().map(|one| one.study_uid).collect();
        uids.sort();
        uids
    };
    let named = |name: &str| StudyQuery {
        patient_name: name.into(),
        ..StudyQuery::default()
    };
    assert_eq!(
        uids(StudyQuery::default()),
        ["1.2.3.0", "1.2.3.1", "1.2.3.2"]
    );
    assert_eq!(uids(named("fatima benali")), ["1.2.3.0"]);
    assert_eq!(uids(named("muller")), ["1.2.3.1"]);
    assert_eq!(uids(named("太郎")), ["1.2.3.2"]);
    assert!(uids(named("nobody")).is_empty());
    let from = StudyQuery {
        study_date: DateRange {
            from: Date::parse("20260102"),
            to: None,
        },
        ..StudyQuery::default()
    };
    assert_eq!(uids(from), ["1.2.3.1", "1.2.3.2"]);
    let (all, state) = found(
        &service,
        &StudyQuery {
            limit: 2,
            ..StudyQuery::default()
        },
    );
    assert_eq!((all.len(), state.matches, state.is_cut_off), (2, 2, true));

    let study = StudyQuery {
        accession_number: "A1".into(),
        ..StudyQuery::default()
    };
    let (all, _) = found(&service, &study);
    assert_eq!(all[0].patient_name, "Müller, Jörg");
    assert_eq!(all[0].study_description, "Thorax sans injection");
    assert_eq!(all[0].modalities, ["CT"]);
    assert_eq!(
        (all[0].series_count, all[0].instance_count),
        (Some(1), Some(1))
    );

    let below = |level| {
        let query = StudyQuery {
            level,
            study_uids: vec!["1.2.3.1".into()],
            ..StudyQuery::default()
        };
        found(&service, &query).0
    };
    let series = below(Level::Series);
    assert_eq!(series.len(), 1);
    assert_eq!(series[0].series_uid, "1.2.3.1.1");
    assert_eq!(series[0].study_uid, "1.2.3.1");
    let instances = below(Level::Instance);
    assert_eq!(instances[0].sop_instance_uid, "1.2.3.1.1.1");
    assert_eq!(instances[0].instance_number, Some(1));
}
