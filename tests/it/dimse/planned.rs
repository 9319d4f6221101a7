//! The modality worklist of DCMTK's wlmscpfs.

use std::path::Path;

use isocentre::dicom::Date;
use isocentre::jobs::JobCtx;
use isocentre::model::DateRange;
use isocentre::pacs::WorklistQuery;

use super::programs::Listening;
use super::speak;
use crate::common::Element;
use crate::common::Encoding;
use crate::common::Value;
use crate::common::encode;
use crate::common::file_meta;
use crate::common::temp_folder;

/// Puts a procedure into the folder of a worklist; the ID is the accession number, too.
pub fn plan(folder: &Path, name: &str, id: &str, day: &str) {
    plan_with(folder, name, id, day, "");
}

/// The same, with a priority.
pub fn plan_with(folder: &Path, name: &str, id: &str, day: &str, priority: &str) {
    let step = vec![
        Element::text(0x0008, 0x0060, "CS", "CT"),
        Element::text(0x0040, 0x0001, "AE", "SCANNER"),
        Element::text(0x0040, 0x0002, "DA", day),
        Element::text(0x0040, 0x0003, "TM", "0900"),
        Element::text(0x0040, 0x0006, "PN", "DOE^J"),
        Element::text(0x0040, 0x0007, "LO", "Thorax CT"),
        Element::text(0x0040, 0x0009, "SH", "S1"),
    ];
    let elements = [
        Element::text(0x0008, 0x0005, "CS", "ISO_IR 192"),
        Element::text(0x0008, 0x0050, "SH", id),
        Element::text(0x0010, 0x0010, "PN", name),
        Element::text(0x0010, 0x0020, "LO", id),
        Element::text(0x0020, 0x000D, "UI", "1.2.3.7"),
        Element::text(0x0032, 0x1060, "LO", "Thorax"),
        Element::new(0x0040, 0x0100, "SQ", Value::Items(vec![step])),
        Element::text(0x0040, 0x1001, "SH", "RP1"),
        Element::text(0x0040, 0x1003, "SH", priority),
    ];
    let mut file = file_meta("1.2.840.10008.1.2.1", "1.2.276.0.7230010.3.1.0.1", "1.2.3");
    file.extend(encode(&elements, Encoding::ExplicitLittle));
    std::fs::write(folder.join(format!("{id}.wl")), file).unwrap();
}

#[test]
fn what_is_planned_is_found_by_day_and_by_words_of_the_name() {
    let folder = temp_folder();
    let list = folder.path().join("WL");
    std::fs::create_dir(&list).unwrap();
    std::fs::write(list.join("lockfile"), "").unwrap();
    plan(&list, "BENALI^FATIMA", "P1", "20260105");
    plan(&list, "Müller^Jörg", "P2", "20260106");
    let arguments = ["-dfp", folder.path().to_str().unwrap()];
    let server = Listening::start("wlmscpfs", &arguments);
    let service = speak(&format!("WL@127.0.0.1:{}", server.port));
    let found = |query: &WorklistQuery| -> Vec<String> {
        let mut ids = Vec::new();
        let mut add = |one: isocentre::model::StudyMatch| ids.push(one.patient_id);
        service.worklist(query, &mut add, &JobCtx::new()).unwrap();
        ids.sort();
        ids
    };
    assert_eq!(found(&WorklistQuery::default()), ["P1", "P2"]);
    let day = WorklistQuery {
        day: DateRange::day(Date::parse("20260105").unwrap()),
        ..WorklistQuery::default()
    };
    assert_eq!(found(&day), ["P1"]);
    let name = WorklistQuery {
        patient_name: "jorg muller".into(),
        ..WorklistQuery::default()
    };
    assert_eq!(found(&name), ["P2"]);
}
