//! `archive find`.

use std::process::ExitCode;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::FindArgs;
use super::LevelChoice;
use crate::archive::Archive;
use crate::cli::output;
use crate::cli::pacs;
use crate::dicom::Date;
use crate::dicom::Time;
use crate::model::Level;
use crate::model::StudyMatch;
use crate::problem::Message;
use crate::problem::msg;

pub(super) fn run(args: &FindArgs) -> Result<ExitCode, Message> {
    let level = match args.level {
        LevelChoice::Patient => Level::Patient,
        LevelChoice::Study => Level::Study,
        LevelChoice::Series => Level::Series,
        LevelChoice::Instance => Level::Instance,
    };
    let mut query = match pacs::query_of(level, &args.key, args.limit) {
        Ok(query) => query,
        Err(reason) => return Ok(output::fail(output::WRONG_USAGE, &reason)),
    };
    if !args.words.is_empty() {
        let named = [query.patient_name.as_str(), &args.words.join(" ")];
        named.join(" ").trim().clone_into(&mut query.patient_name);
    }
    let archive = args.common.open()?;
    let matches = archive.search(&query).map_err(|error| error.message())?;
    if args.common.json {
        let matches: Result<Vec<Value>, Message> = matches
            .iter()
            .map(|found| {
                let mut document = as_json(found);
                if args.files {
                    document.insert("files".to_owned(), files(&archive, found)?.into());
                }
                Ok(Value::Object(document))
            })
            .collect();
        output::print_json(&json!({ "matches": matches? }));
    } else {
        for found in &matches {
            if args.files {
                for file in files(&archive, found)? {
                    output::print(&format!("{file}\n"));
                }
            } else {
                output::print(&pacs::line(shown_as(args.level), found));
            }
        }
    }
    Ok(if matches.is_empty() {
        let nothing = Message::new(msg("archive-nothing-found"));
        output::fail(output::NOTHING_USABLE, &nothing)
    } else {
        ExitCode::SUCCESS
    })
}

const fn shown_as(level: LevelChoice) -> pacs::LevelChoice {
    match level {
        LevelChoice::Patient => pacs::LevelChoice::Patient,
        LevelChoice::Study => pacs::LevelChoice::Study,
        LevelChoice::Series => pacs::LevelChoice::Series,
        LevelChoice::Instance => pacs::LevelChoice::Instance,
    }
}

fn files(archive: &Archive, found: &StudyMatch) -> Result<Vec<String>, Message> {
    let files = archive
        .study_files(found)
        .map_err(|error| error.message())?;
    let files = files.iter().map(|file| file.display().to_string());
    Ok(files.collect())
}

/// What is known, by keywords; as `pacs find` prints it.
pub(super) fn as_json(found: &StudyMatch) -> Map<String, Value> {
    let day = |date: Option<Date>| {
        date.map(|Date { year, month, day }| format!("{year:04}{month:02}{day:02}"))
    };
    let time = |time: Time| format!("{:02}{:02}{:02}", time.hour, time.minute, time.second);
    let texts = [
        ("PatientName", found.patient_name.clone()),
        ("PatientID", found.patient_id.clone()),
        ("IssuerOfPatientID", found.issuer_of_patient_id.clone()),
        (
            "PatientBirthDate",
            day(found.patient_birth_date).unwrap_or_default(),
        ),
        ("PatientSex", found.patient_sex.clone()),
        ("StudyInstanceUID", found.study_uid.clone()),
        ("StudyDate", day(found.study_date).unwrap_or_default()),
        ("StudyTime", found.study_time.map(time).unwrap_or_default()),
        ("AccessionNumber", found.accession_number.clone()),
        ("StudyDescription", found.study_description.clone()),
        ("SeriesInstanceUID", found.series_uid.clone()),
        ("SeriesDescription", found.series_description.clone()),
        ("SOPClassUID", found.sop_class_uid.clone()),
        ("SOPInstanceUID", found.sop_instance_uid.clone()),
    ];
    let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
    let mut document: Map<String, Value> = texts
        .map(|(keyword, text)| (keyword.to_owned(), text.into()))
        .collect();
    let mut put = |keyword: &str, value: Option<Value>| {
        document.extend(value.map(|value| (keyword.to_owned(), value)));
    };
    put("SeriesNumber", found.series_number.map(Value::from));
    put("InstanceNumber", found.instance_number.map(Value::from));
    let modalities = (!found.modalities.is_empty()).then(|| found.modalities.clone().into());
    if found.series_uid.is_empty() {
        put("ModalitiesInStudy", modalities);
        put(
            "NumberOfStudyRelatedSeries",
            found.series_count.map(Value::from),
        );
        put(
            "NumberOfStudyRelatedInstances",
            found.instance_count.map(Value::from),
        );
    } else {
        put(
            "Modality",
            found.modalities.first().cloned().map(Value::from),
        );
        put(
            "NumberOfSeriesRelatedInstances",
            found.instance_count.map(Value::from),
        );
    }
    document
}
