//! Reports that are broken or absurd.

use isocentre::dicom::ByteSource;
use isocentre::dicom::DatasetBuilder;
use isocentre::dicom::read_header;
use isocentre::dicom::tags;
use isocentre::objects::sr;
use isocentre::objects::sr::NoImages;
use isocentre::objects::sr::Template as _;
use isocentre::objects::sr::Tid1500;
use isocentre::problem::Problems;

use super::every_kind;
use super::evidence;
use super::header;
use super::patient;

#[test]
fn a_tree_deeper_than_any_template_is_cut_and_a_reference_to_itself_is_harmless() {
    let mut item = DatasetBuilder::new();
    item.text(tags::VALUE_TYPE, "TEXT")
        .text(tags::TEXT_VALUE, "end");
    for _ in 0..500 {
        let mut outer = DatasetBuilder::new();
        outer
            .text(tags::VALUE_TYPE, "CONTAINER")
            .items(tags::CONTENT_SEQUENCE, vec![item.into_dataset()]);
        item = outer;
    }
    let root = sr::content_tree(item.into_dataset().elements());
    assert!((10..500).contains(&sr::lines(&root).len()));

    let mut b = DatasetBuilder::from(header(0));
    let reference = {
        let mut b = DatasetBuilder::new();
        b.text(tags::RELATIONSHIP_TYPE, "SELECTED FROM")
            .integers(tags::REFERENCED_CONTENT_ITEM_IDENTIFIER, &[1]);
        b.into_dataset()
    };
    b.text(tags::SOP_CLASS_UID, sr::COMPREHENSIVE_SR)
        .text(tags::VALUE_TYPE, "CONTAINER")
        .items(tags::CONTENT_SEQUENCE, vec![reference]);
    let document = sr::read_document(b.into_dataset()).unwrap();
    let findings = Tid1500.read(&document, &NoImages, &Problems::new());
    assert!(findings.is_empty());
}

/// A saved report, its bytes.
fn written() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let findings = every_kind(patient);
    let saved = sr::save(&findings, &evidence(3), &Tid1500, folder.path()).unwrap();
    std::fs::read(saved.path()).unwrap()
}

/// Everything that opening a report does with its bytes; how many findings and lines came out.
fn opened(bytes: &[u8]) -> (usize, usize) {
    let Ok(header) = read_header(ByteSource::Memory(bytes.into())) else {
        return (0, 0);
    };
    let Ok(document) = sr::read_document(header.dataset) else {
        return (0, 0);
    };
    let lines = sr::lines(&document.root).len();
    let findings = sr::template_of(&document.root).map_or(0, |template| {
        let read = template.read(&document, &NoImages, &Problems::new());
        read.findings.len()
    });
    (findings, lines)
}

#[test]
fn every_prefix_of_a_report_opens_with_what_it_holds_or_is_refused() {
    let bytes = written();
    let whole = opened(&bytes);
    let expected = every_kind(patient).findings.len();
    assert_eq!(whole.0, expected);
    let mut before = (0, 0);
    for length in (0..bytes.len()).step_by(7) {
        let now = opened(&bytes[..length]);
        assert!(now.0 <= whole.0 && now.1 <= whole.1, "{length}: {now:?}");
        assert!(now.1 >= before.1, "{length}: {now:?} after {before:?}");
        before = now;
    }
}

#[test]
fn no_corruption_of_a_report_panics_or_makes_more_of_it_than_its_bytes_hold() {
    let bytes = written();
    let whole = opened(&bytes);
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize
    };
    for _ in 0..1500 {
        let mut corrupt = bytes.clone();
        for _ in 0..=next() % 8 {
            let at = next() % corrupt.len();
            corrupt[at] = [next() as u8, 0xFF, 0x00, 0xFE][next() % 4];
        }
        let (findings, lines) = opened(&corrupt);
        // A broken group may come out as two, but no item out of nothing.
        assert!(findings <= whole.1 && lines <= whole.1 + 8);
    }
}
