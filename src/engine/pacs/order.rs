//! Which instances of a study are wanted first: those about the slice that is looked at, then its
//! series outwards from there, then the other series, each from its middle outwards.

use std::collections::{HashMap, HashSet};

use crate::dicom::tags;
use crate::pacs::{Wanted, WantedSeries};
use crate::workspace::Workspace;

/// An instance as the node lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub sop_instance_uid: String,
    /// Empty where the node does not say.
    pub sop_class_uid: String,
    pub series_uid: String,
    pub instance_number: Option<i64>,
}

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Focus {
    /// Of this study.
    pub study_uid: String,
    /// Series Instance UID.
    pub series_uid: String,
    /// Instance Number of the slice shown.
    pub instance_number: Option<i64>,
    /// SOP Instance UID of what the reader waits for, where that is not here.
    pub awaited: Option<String>,
}

/// What the active pane shows.
pub(super) fn looked_at(workspace: &Workspace) -> Option<Focus> {
    if let Some(awaited) = workspace.arriving.awaited_in(workspace.panes.active) {
        return Some(Focus {
            study_uid: awaited.study_uid.clone(),
            series_uid: awaited.series_uid.clone(),
            instance_number: awaited.instance.instance_number,
            awaited: Some(awaited.instance.sop_instance_uid.clone()),
        });
    }
    let view = workspace.panes.active_view()?;
    let library = &workspace.library;
    let set = library.display_set(view.display_set)?;
    let frame = set.frames.get(view.index as usize).or(set.frames.first())?;
    let elements = library.header(frame.instance)?.dataset.elements();
    Some(Focus {
        study_uid: elements.uid(tags::STUDY_INSTANCE_UID)?,
        series_uid: elements.uid(tags::SERIES_INSTANCE_UID)?,
        instance_number: elements.integer(tags::INSTANCE_NUMBER),
        awaited: None,
    })
}

/// The instances of a study in the order they are wanted. `listed` is in the node's order, series
/// after series; what is in `known` is left out.
pub(super) fn in_order<'a>(
    listed: &'a [Listed],
    known: &HashSet<String>,
    focus: Option<&Focus>,
) -> Vec<&'a Listed> {
    let mut series_order: Vec<&str> = Vec::new();
    let mut by_series: HashMap<&str, Vec<&Listed>> = HashMap::new();
    for instance in listed {
        let series = instance.series_uid.as_str();
        by_series
            .entry(series)
            .or_insert_with(|| {
                series_order.push(series);
                Vec::new()
            })
            .push(instance);
    }
    if let Some(focus) = focus {
        // A stable sort: the others keep the node's order.
        series_order.sort_by_key(|series| *series != focus.series_uid);
    }
    let mut order = Vec::with_capacity(listed.len());
    for series in series_order {
        let Some(mut instances) = by_series.remove(series) else {
            continue;
        };
        instances.sort_by_key(|instance| instance.instance_number);
        let is_focused = focus.is_some_and(|focus| focus.series_uid == series);
        let centre = focus
            .filter(|_| is_focused)
            .and_then(|focus| focus.instance_number)
            .and_then(|number| nearest(&instances, number))
            .unwrap_or(instances.len() / 2);
        let mut places: Vec<usize> = (0..instances.len()).collect();
        places.sort_by_key(|place| place.abs_diff(centre));
        order.extend(
            places
                .into_iter()
                .filter_map(|place| instances.get(place).copied()),
        );
    }
    order.retain(|instance| !known.contains(&instance.sop_instance_uid));
    order
}

/// The place of the instance whose number is nearest.
fn nearest(instances: &[&Listed], number: i64) -> Option<usize> {
    let distance = |instance: &&Listed| Some(instance.instance_number?.abs_diff(number));
    instances
        .iter()
        .enumerate()
        .filter_map(|(place, instance)| Some((distance(instance)?, place)))
        .min()
        .map(|(_, place)| place)
}

/// The beginning of an order, as a node is asked for it.
pub(super) fn wanted(study_uid: &str, order: &[&Listed]) -> Vec<Wanted> {
    let mut series: Vec<WantedSeries> = Vec::new();
    for instance in order {
        let is_next = |last: &WantedSeries| last.series_uid == instance.series_uid;
        if !series.last().is_some_and(is_next) {
            series.push(WantedSeries {
                series_uid: instance.series_uid.clone(),
                ..WantedSeries::default()
            });
        }
        if let Some(last) = series.last_mut() {
            last.instance_uids.push(instance.sop_instance_uid.clone());
            if !last.sop_class_uids.contains(&instance.sop_class_uid) {
                last.sop_class_uids.push(instance.sop_class_uid.clone());
            }
        }
    }
    for series in &mut series {
        if series.sop_class_uids.iter().any(String::is_empty) {
            series.sop_class_uids.clear(); // the node is asked
        }
    }
    vec![Wanted {
        study_uid: study_uid.to_owned(),
        series,
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Vec<Listed> {
        let series = |series: &str, count: i64| {
            (1..=count)
                .map(|number| Listed {
                    sop_instance_uid: format!("{series}.{number}"),
                    sop_class_uid: "1.2.840.10008.5.1.4.1.1.2".to_owned(),
                    series_uid: series.to_owned(),
                    instance_number: Some(number),
                })
                .collect::<Vec<_>>()
        };
        [series("1", 3), series("2", 7)].concat()
    }

    fn uids(order: &[&Listed]) -> Vec<String> {
        order.iter().map(|it| it.sop_instance_uid.clone()).collect()
    }

    fn focus(number: Option<i64>) -> Focus {
        Focus {
            study_uid: "s".into(),
            series_uid: "2".into(),
            instance_number: number,
            awaited: None,
        }
    }

    #[test]
    fn without_a_focus_each_series_comes_from_its_middle_outwards() {
        let listed = listed();
        let order = in_order(&listed, &HashSet::new(), None);
        assert_eq!(uids(&order)[..4], ["1.2", "1.1", "1.3", "2.4"]);
        assert_eq!(order.len(), listed.len());
    }

    #[test]
    fn the_slice_looked_at_comes_first_then_its_neighbours_then_the_other_series() {
        let listed = listed();
        let order = in_order(&listed, &HashSet::new(), Some(&focus(Some(6))));
        assert_eq!(uids(&order)[..4], ["2.6", "2.5", "2.7", "2.4"]);
        assert_eq!(uids(&order)[7..], ["1.2", "1.1", "1.3"]);
    }

    #[test]
    fn what_is_here_is_not_asked_for_again() {
        let listed = listed();
        let known = ["2.6", "2.5", "1.1"].map(String::from).into();
        let order = in_order(&listed, &known, Some(&focus(Some(6))));
        assert_eq!(uids(&order)[..2], ["2.7", "2.4"]);
        assert_eq!(order.len(), listed.len() - 3);
    }

    #[test]
    fn what_is_asked_for_keeps_the_order() {
        let listed = listed();
        let order = in_order(&listed, &HashSet::new(), Some(&focus(None)));
        let wanted = wanted("s", &order);
        assert_eq!(wanted.len(), 1);
        assert_eq!(wanted[0].series[0].series_uid, "2");
        assert_eq!(wanted[0].series[0].instance_uids[0], "2.4");
        assert_eq!(wanted[0].series[1].instance_uids.len(), 3);
        assert_eq!(wanted[0].series[1].sop_class_uids.len(), 1);
    }

    #[test]
    fn classes_are_told_only_if_all_are_known() {
        let mut listed = listed();
        listed[4].sop_class_uid.clear();
        let order = in_order(&listed, &HashSet::new(), None);
        let wanted = wanted("s", &order);
        assert_eq!(wanted[0].series[0].sop_class_uids.len(), 1);
        assert!(wanted[0].series[1].sop_class_uids.is_empty());
    }
}
