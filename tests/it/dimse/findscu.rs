//! Our searches beside those of DCMTK's findscu, at the same archives.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use isocentre::jobs::JobCtx;
use isocentre::model::Level;
use isocentre::model::StudyMatch;
use isocentre::model::StudyQuery;

use super::find;
use super::orthanc;
use super::programs::dcmqrscp;
use super::programs::free_port;
use super::programs::run;
use super::speak;
use crate::common::Element;
use crate::common::Encoding;
use crate::common::SyntheticImage;
use crate::common::Value;
use crate::common::orthanc::OrthancOptions;
use crate::common::temp_folder;

/// An answer by tag: `0010,0010`.
type Answer = BTreeMap<String, String>;

/// What findscu has of a node; texts as DCMTK itself makes UTF-8 of them.
fn findscu(title: &str, port: u16, level: &str, keys: &[&str]) -> Vec<Answer> {
    let folder = temp_folder();
    let (out, port) = (folder.path().to_str().unwrap(), port.to_string());
    let level = format!("QueryRetrieveLevel={level}");
    let mut arguments = vec!["-S", "-aec", title, "-X", "-od", out, "-k", &level];
    arguments.extend(keys.iter().flat_map(|key| ["-k", key]));
    run("findscu", &[&arguments[..], &["127.0.0.1", &port]].concat()).unwrap();
    let files = crate::common::files_below(folder.path());
    files
        .iter()
        .map(|file| {
            let dump = run("dcmdump", &["+U8", "+L", file.to_str().unwrap()]).unwrap();
            dump.lines().filter_map(element).collect()
        })
        .collect()
}

/// A line of dcmdump: `(0010,0010) PN [A^B]   #  4, 1 PatientName`.
fn element(line: &str) -> Option<(String, String)> {
    let tag = line.strip_prefix('(')?.get(..9)?;
    let value = match line.split_once('[') {
        Some((_, rest)) => rest.rsplit_once(']')?.0,
        None => "",
    };
    Some((tag.to_owned(), value.trim_end().to_owned()))
}

fn ours(address: &str, level: Level, study: &str, series: &str) -> Vec<StudyMatch> {
    let uids = |uid: &str| -> Vec<String> {
        let uid = Some(uid.to_owned());
        uid.filter(|uid| !uid.is_empty()).into_iter().collect()
    };
    let query = StudyQuery {
        level,
        study_uids: uids(study),
        series_uids: uids(series),
        ..StudyQuery::default()
    };
    find(&*speak(address), &query).unwrap()
}

fn texts<const N: usize>(answers: &[Answer], tags: [&str; N]) -> BTreeSet<[String; N]> {
    let text = |answer: &Answer, tag| match (tag, answer.get(tag).cloned().unwrap_or_default()) {
        // As we show it.
        ("0010,0010", name) => name.replace('^', ", "),
        (_, text) => text,
    };
    let of = |answer: &Answer| tags.map(|tag| text(answer, tag));
    answers.iter().map(of).collect()
}

const NAMES: [(&str, &str); 4] = [
    ("ISO_IR 192", "فاطمة^بنت علي"),
    ("ISO_IR 192", "Lefèvre^Zoë"),
    ("ISO_IR 100", "Müller^Jérôme"),
    ("ISO_IR 100", "BENALI^FATIMA"),
];

/// Four patients of one study each, with two series of two images each.
fn images() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for (n, (set, name)) in NAMES.into_iter().enumerate() {
        let bytes: Vec<u8> = if set == "ISO_IR 100" {
            name.chars().map(|c| c as u8).collect()
        } else {
            name.as_bytes().to_vec()
        };
        for (series, image) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
            let image = SyntheticImage::new(2, 2)
                .text(0x0008, 0x0005, "CS", set)
                .patient(name, &format!("P{n}"))
                .text(0x0008, 0x0020, "DA", &format!("2026010{}", n + 1))
                .study(&format!("1.2.3.{n}"))
                .series(&format!("1.2.3.{n}.{series}"))
                .sop_instance(&format!("1.2.3.{n}.{series}.{image}"))
                .instance_number(image)
                .element(Element::new(
                    0x0010,
                    0x0010,
                    "PN",
                    Value::Bytes(bytes.clone()),
                ));
            all.push(image.write(Encoding::ExplicitLittle));
        }
    }
    all
}

/// The same studies, series and instances, under the same names.
fn agree(title: &str, port: u16, has_all_names: bool) {
    let address = format!("{title}@127.0.0.1:{port}");
    let keys = ["PatientName", "PatientID", "StudyInstanceUID", "StudyDate"];
    let theirs = findscu(title, port, "STUDY", &keys);
    let theirs = texts(
        &theirs,
        ["0020,000d", "0010,0020", "0008,0020", "0010,0010"],
    );
    let mine = ours(&address, Level::Study, "", "");
    assert_eq!(mine.len(), NAMES.len());
    let dates = |found: &StudyMatch| {
        let date = found.study_date.unwrap();
        format!("{:04}{:02}{:02}", date.year, date.month, date.day)
    };
    let uids: BTreeSet<[String; 4]> = mine
        .iter()
        .map(|it| {
            let (uid, id) = (it.study_uid.clone(), it.patient_id.clone());
            [uid, id, dates(it), it.patient_name.clone()]
        })
        .collect();
    if has_all_names {
        assert_eq!(uids, theirs);
    }
    for (n, (_, name)) in NAMES.into_iter().enumerate() {
        let study = format!("1.2.3.{n}");
        let found = mine.iter().find(|it| it.study_uid == study).unwrap();
        if has_all_names {
            assert_eq!(found.patient_name, name.replace('^', ", "));
        }
        let key = format!("StudyInstanceUID={study}");
        let theirs = findscu(title, port, "SERIES", &[&key, "SeriesInstanceUID"]);
        let mine = ours(&address, Level::Series, &study, "");
        let mine: BTreeSet<_> = mine.into_iter().map(|it| [it.series_uid]).collect();
        assert_eq!(mine, texts(&theirs, ["0020,000e"]));
        assert_eq!(mine.len(), 2);
        let series = format!("{study}.1");
        let key_of_series = format!("SeriesInstanceUID={series}");
        let keys = [key.as_str(), &key_of_series, "SOPInstanceUID"];
        let theirs = findscu(title, port, "IMAGE", &keys);
        let mine = ours(&address, Level::Instance, &study, &series);
        let mine: BTreeSet<_> = mine.into_iter().map(|it| [it.sop_instance_uid]).collect();
        assert_eq!(mine, texts(&theirs, ["0008,0018"]));
        assert_eq!(mine.len(), 2);
    }
}

#[test]
fn orthanc_tells_us_what_it_tells_findscu_in_every_character_set() {
    // In its Latin and Arabic sets some letters are lost before anybody hears of them.
    for (encoding, has_all_names) in [("Utf8", true), ("Latin1", false), ("Arabic", false)] {
        let orthanc = orthanc(OrthancOptions {
            other: Some(serde_json::json!({"DefaultEncoding": encoding})),
            ..OrthancOptions::default()
        });
        for image in images() {
            orthanc.store(&image);
        }
        agree("ORTHANC", orthanc.dicom_port, has_all_names);
        let names: Vec<String> = ours(&orthanc.dimse(), Level::Study, "", "")
            .into_iter()
            .map(|it| it.patient_name)
            .collect();
        let kept: &[&str] = match encoding {
            "Latin1" => &["Lefèvre^Zoë", "Müller^Jérôme", "BENALI^FATIMA"],
            "Arabic" => &["فاطمة^بنت علي", "BENALI^FATIMA"],
            _ => &[],
        };
        for name in kept {
            assert!(
                names.contains(&name.replace('^', ", ")),
                "{encoding}: {names:?}"
            );
        }
    }
}

#[test]
fn dcmqrscp_tells_us_what_it_tells_findscu() {
    let folder = temp_folder();
    let archive = dcmqrscp(folder.path(), free_port());
    let files = temp_folder();
    let paths: Vec<_> = images()
        .into_iter()
        .enumerate()
        .map(|(n, image)| {
            let path = files.path().join(n.to_string());
            std::fs::write(&path, image).unwrap();
            path
        })
        .collect();
    let service = speak(&format!("QR@127.0.0.1:{}", archive.port));
    let sent = service.send(&paths, &|_| {}, &JobCtx::new()).unwrap();
    assert!(sent.is_complete(paths.len()), "{sent:?}");
    agree("QR", archive.port, true);
}
