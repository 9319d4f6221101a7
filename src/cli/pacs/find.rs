//! `pacs find`.

use std::process::ExitCode;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::FindArgs;
use super::LevelChoice;
use crate::cli::output;
use crate::dicom::Dataset;
use crate::dicom::Date;
use crate::dicom::Elements;
use crate::dicom::keyword_of_tag;
use crate::dicom::tag_of_keyword;
use crate::dicom::tags as t;
use crate::jobs::JobCtx;
use crate::model::DateRange;
use crate::model::Level;
use crate::model::StudyMatch;
use crate::model::StudyQuery;
use crate::pacs::WorklistQuery;
use crate::problem::Message;
use crate::problem::msg;
use crate::text::Words;

pub(super) fn run(args: &FindArgs) -> ExitCode {
    let prepared = query(args).and_then(|query| {
        let node = args.node.node()?;
        let service = args.node.service(&node)?;
        Ok((query, service))
    });
    let (query, service) = match prepared {
        Ok(prepared) => prepared,
        Err(reason) => return output::fail(output::WRONG_USAGE, &reason),
    };
    let mut count = 0;
    let mut matches: Vec<StudyMatch> = Vec::new();
    let mut found = |found: StudyMatch| {
        count += 1;
        if args.json {
            matches.push(found);
        } else {
            output::print(&line(args.level, &found));
        }
    };
    let ctx = JobCtx::new();
    let result = if args.level == LevelChoice::Worklist {
        service.worklist(&planned(&query, args), &mut found, &ctx)
    } else {
        service.find(&query, &mut found, &ctx)
    };
    let (is_cut_off, warnings, failure) = match result {
        Ok(result) => (result.is_cut_off, result.warnings, None),
        Err(failure) => (false, Vec::new(), Some(failure.message())),
    };
    if args.json {
        let words = Words::system();
        let warnings: Vec<String> = warnings.iter().map(|it| words.get(it)).collect();
        let matches: Vec<Value> = matches.iter().map(|it| as_json(&it.dataset)).collect();
        output::print_json(&json!({
            "matches": matches,
            "is_cut_off": is_cut_off,
            "warnings": warnings,
            "end": failure.as_ref().map(|reason| words.get(reason)),
        }));
    } else {
        for warning in &warnings {
            output::say(warning);
        }
        if is_cut_off {
            output::say(&Message::new(msg("pacs-find-cut-off")).count("limit", args.limit));
        }
    }
    match failure {
        None if count == 0 => {
            let nothing = Message::new(msg("pacs-find-nothing")).text("node", &args.node.node);
            output::fail(output::NOTHING_USABLE, &nothing)
        }
        None => ExitCode::SUCCESS,
        Some(reason) if count == 0 => output::fail(output::NOTHING_USABLE, &reason),
        Some(reason) => output::fail(output::IN_PART, &reason),
    }
}

fn query(args: &FindArgs) -> Result<StudyQuery, Message> {
    let level = match args.level {
        LevelChoice::Patient => Level::Patient,
        LevelChoice::Study | LevelChoice::Worklist => Level::Study,
        LevelChoice::Series => Level::Series,
        LevelChoice::Instance => Level::Instance,
    };
    query_of(level, &args.key, args.limit)
}

/// From `KEYWORD=VALUE`s.
pub(in crate::cli) fn query_of(
    level: Level,
    keys: &[String],
    limit: usize,
) -> Result<StudyQuery, Message> {
    let mut query = StudyQuery {
        level,
        limit,
        ..StudyQuery::default()
    };
    for key in keys {
        let (keyword, value) = key.split_once('=').unwrap_or((key, ""));
        let unknown = || Message::new(msg("pacs-find-keyword")).text("keyword", keyword);
        let tag = tag_of_keyword(keyword).ok_or_else(unknown)?;
        let values = || value.split('\\').map(str::to_owned).collect();
        match tag {
            _ if value.is_empty() => query.other.push((tag, String::new())),
            t::PATIENT_NAME => value.clone_into(&mut query.patient_name),
            t::PATIENT_ID => value.clone_into(&mut query.patient_id),
            t::ACCESSION_NUMBER => value.clone_into(&mut query.accession_number),
            t::STUDY_DESCRIPTION => value.clone_into(&mut query.study_description),
            t::STUDY_DATE => query.study_date = range(value)?,
            t::MODALITIES_IN_STUDY | t::MODALITY => query.modalities = values(),
            t::STUDY_INSTANCE_UID => query.study_uids = values(),
            t::SERIES_INSTANCE_UID => query.series_uids = values(),
            t::SOP_INSTANCE_UID => query.instance_uids = values(),
            _ => query.other.push((tag, value.to_owned())),
        }
    }
    Ok(query)
}

/// The same keys, for what is planned.
fn planned(query: &StudyQuery, args: &FindArgs) -> WorklistQuery {
    let other = |tag| {
        let mut keys = query.other.iter();
        let value = keys.find(|(known, _)| *known == tag);
        value.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    WorklistQuery {
        patient_name: query.patient_name.clone(),
        patient_id: query.patient_id.clone(),
        accession_number: query.accession_number.clone(),
        day: range(&other(t::SCHEDULED_PROCEDURE_STEP_START_DATE)).unwrap_or_default(),
        modality: query.modalities.first().cloned().unwrap_or_default(),
        station_ae_title: other(t::SCHEDULED_STATION_AE_TITLE),
        limit: args.limit,
    }
}

/// A day, or days from and to.
fn range(text: &str) -> Result<DateRange, Message> {
    DateRange::parse(text).ok_or_else(|| Message::new(msg("pacs-find-date")).text("text", text))
}

/// One line a match, parts separated by tabs.
pub(in crate::cli) fn line(level: LevelChoice, found: &StudyMatch) -> String {
    let words = Words::system();
    let number = |count: Option<u32>| count.map(|count| count.to_string()).unwrap_or_default();
    let day = |date: Option<Date>| match date {
        Some(date) => words.date(&format!("{:04}{:02}{:02}", date.year, date.month, date.day)),
        None => String::new(),
    };
    let parts = match level {
        LevelChoice::Patient => vec![
            found.patient_name.clone(),
            found.patient_id.clone(),
            day(found.patient_birth_date),
            found.patient_sex.clone(),
        ],
        LevelChoice::Study => vec![
            found.patient_name.clone(),
            found.patient_id.clone(),
            day(found.study_date),
            found.modalities.join("/"),
            found.study_description.clone(),
            number(found.series_count),
            number(found.instance_count),
            found.study_uid.clone(),
        ],
        LevelChoice::Series => vec![
            found
                .series_number
                .map(|it| it.to_string())
                .unwrap_or_default(),
            found.modalities.join("/"),
            found.series_description.clone(),
            number(found.instance_count),
            found.series_uid.clone(),
        ],
        LevelChoice::Instance => vec![
            found
                .instance_number
                .map(|it| it.to_string())
                .unwrap_or_default(),
            found.sop_class_uid.clone(),
            found.sop_instance_uid.clone(),
        ],
        LevelChoice::Worklist => {
            let step = found.dataset.elements();
            let step = step.item(t::SCHEDULED_PROCEDURE_STEP_SEQUENCE);
            let said = |tag| step.and_then(|step| step.text(tag)).unwrap_or_default();
            let (date, time) = (
                said(t::SCHEDULED_PROCEDURE_STEP_START_DATE),
                said(t::SCHEDULED_PROCEDURE_STEP_START_TIME),
            );
            vec![
                words.date_time(&date, &time),
                found.patient_name.clone(),
                found.patient_id.clone(),
                said(t::MODALITY),
                said(t::SCHEDULED_PROCEDURE_STEP_DESCRIPTION),
                said(t::SCHEDULED_STATION_AE_TITLE),
                found.accession_number.clone(),
            ]
        }
    };
    // What a node sends must not move the terminal's cursor.
    let clean = |part: &String| -> String {
        let shown = part.chars().map(|c| if c.is_control() { ' ' } else { c });
        shown.collect()
    };
    let parts: Vec<String> = parts.iter().map(clean).collect();
    parts.join("\t") + "\n"
}

/// All that came, by keywords: a text, or a list where there are several values.
fn as_json(dataset: &Dataset) -> Value {
    Value::Object(object(dataset.elements()))
}

fn object(elements: Elements<'_>) -> Map<String, Value> {
    let mut map = Map::new();
    for tag in elements
        .tags()
        .filter(|tag| *tag != t::SPECIFIC_CHARACTER_SET)
    {
        let items = elements.items(tag);
        let value = if items.is_empty() {
            let mut texts = elements.texts(tag);
            match texts.len() {
                0 => Value::from(""),
                1 => Value::from(texts.swap_remove(0)),
                _ => Value::from(texts),
            }
        } else {
            items
                .into_iter()
                .map(|item| Value::Object(object(item)))
                .collect()
        };
        map.insert(keyword_of_tag(tag), value);
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_days_has_one_end_or_two() {
        let ends = |range: DateRange| (range.from.map(|it| it.day), range.to.map(|it| it.day));
        let range = |text: &str| range(text).map(ends);
        assert_eq!(range("20260101").unwrap(), (Some(1), Some(1)));
        assert_eq!(range("20260101-20260131").unwrap(), (Some(1), Some(31)));
        assert_eq!(range("20260102-").unwrap(), (Some(2), None));
        assert_eq!(range("-20260103").unwrap(), (None, Some(3)));
        assert!(range("yesterday").is_err());
    }
}
