//! Every instance is shown or explained, over synthetic and sample files.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use isocentre::dicom::ScanEvent;
use isocentre::dicom::scan;
use isocentre::dicom::tags;
use isocentre::jobs::JobCtx;
use isocentre::model::DisplaySet;
use isocentre::model::DisplaySetKind;
use isocentre::model::Library;
use isocentre::text::Language;
use isocentre::text::Words;

use super::library;
use super::sets;
use crate::common::test_data;
use crate::headers::*;

/// One line a display set: what `info` would say of it.
fn described(library: &Library, set: &DisplaySet) -> String {
    let words = Words::new(Language::English);
    let series = library.series(set.series).unwrap();
    let apart: Vec<String> = set.apart_by.iter().map(|why| words.get(why)).collect();
    let volume = match &set.volume {
        Ok(plan) => format!("{:?} {:?}", plan.grid.dims, plan.report),
        Err(why) => words.get(&why.message()),
    };
    format!(
        "{} {:?} {} frames {}x{} [{}] {} {}",
        series.module.modality,
        series.module.description,
        set.frames.len(),
        set.columns,
        set.rows,
        apart.join(", "),
        set.kind
            .message()
            .map_or_else(|| set.kind.name().to_owned(), |why| words.get(why)),
        volume,
    )
}

/// Everything below a folder; checks that all that was found is shown or explained.
fn opened(folder: &Path) -> Library {
    let state = Mutex::new((Library::default(), 0_usize));
    let summary = scan(&[folder.to_owned()], &JobCtx::new(), &|event| {
        let mut state = state.lock().unwrap();
        match event {
            ScanEvent::Headers(headers) => {
                for header in headers {
                    if state.0.insert(header).is_err() {
                        state.1 += 1;
                    }
                }
            }
            ScanEvent::PassedOver { .. } => state.1 += 1,
            ScanEvent::Locked { .. } => {}
        }
    });
    let (library, passed_over) = state.into_inner().unwrap();
    let mut shown = BTreeSet::new();
    for set in library.display_sets() {
        let whole = set.instances.iter().map(|ix| (*ix, None));
        let frames = set.frames.iter().map(|key| (key.instance, Some(key.frame)));
        let keys: Vec<_> = if set.is_image() {
            frames.collect()
        } else {
            whole.collect()
        };
        for key in keys {
            assert!(shown.insert(key), "{key:?} is shown twice");
        }
    }
    let expected: usize = library
        .instances()
        .map(|instance| instance.facts.frame_count.max(1) as usize)
        .sum();
    assert_eq!(shown.len(), expected, "a frame is hidden");
    let shown = library.instances().count();
    assert_eq!(summary.unwrap().files_found, shown + passed_over);
    library
}

#[test]
fn what_the_sample_files_hold_is_shown_as_it_is_or_explained() {
    let Some(data) = test_data("display sets") else {
        return;
    };
    for folder in [
        "mr-structural",
        "mr-brain",
        "enhanced",
        "highdicom",
        "radiotherapy",
        "nema-wg04",
        "pydicom",
    ] {
        let library = opened(&data.join(folder));
        for patient in library.patients() {
            eprintln!(
                "{folder} {:?} {:?}",
                patient.module.patient_id, patient.module.name
            );
            for set in library
                .display_sets()
                .filter(|set| set.patient == patient.key)
            {
                eprintln!("    {}", described(&library, set));
            }
        }
    }
    let structural = opened(&data.join("mr-structural"));
    let sets = sets(&structural);
    assert_eq!(sets.len(), 1);
    let plan = sets[0].volume.as_ref().unwrap();
    assert_eq!(plan.grid.dims[2], 384);
    assert_eq!(plan.report.missing, [0_u32; 0]);
    let brain = opened(&data.join("mr-brain"));
    let sets = self::sets(&brain);
    assert_eq!(sets.len(), 1);
    assert_eq!(sets[0].volume.as_ref().unwrap().grid.dims[2], 20);
}

#[test]
fn every_instance_is_in_exactly_one_display_set_and_says_what_it_is() {
    let mut headers = stack(4, 2.0);
    for (k, class) in [
        "88.33", "104.1", "481.3", "9.1.1", "11.1", "66", "2", "999", "",
    ]
    .into_iter()
    .enumerate()
    {
        let mut header = Header::axial(&format!("1.50.{k}"), 0.0);
        let uid = format!("1.2.840.10008.5.1.4.1.1.{class}");
        header.text(
            tags::SOP_CLASS_UID,
            if class.is_empty() { "" } else { &uid },
        );
        header.has_pixels = false;
        headers.push(header);
    }
    let library = library(&headers);
    for instance in library.instances() {
        let holding = library
            .display_sets()
            .filter(|set| set.instances.contains(&instance.ix));
        assert_eq!(holding.count(), 1);
    }
    let reports = library
        .display_sets()
        .filter(|set| set.kind == DisplaySetKind::Report);
    assert_eq!(reports.count(), 1);
    assert_eq!(library.report_sets().len(), 1);
    let explained = library
        .display_sets()
        .filter(|set| set.kind.message().is_some());
    assert_eq!(explained.count(), 5);
    let states = library
        .display_sets()
        .filter(|set| set.kind == DisplaySetKind::PresentationState);
    assert_eq!(states.count(), 1);
    let waveforms = library
        .display_sets()
        .filter(|set| set.kind == DisplaySetKind::Waveform);
    assert_eq!(waveforms.count(), 1);
}
