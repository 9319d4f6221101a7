//! What a node says there is of what a transfer is for.

use std::sync::OnceLock;

use crate::jobs::JobCtx;
use crate::pacs::{Failure, ListedSeries, Service};
use crate::workspace::{Arrival, ListedInstance};

use super::super::order::Listed;
use super::super::run::Run;
use super::super::transfers::{Shared, lock};

/// What a node says there is.
pub(super) struct Listing {
    pub instances: Vec<Listed>,
    /// Instances in all by what it counts, or lists.
    count: usize,
    /// It lists as many as it counts. Some shorten their lists, and say nothing of it: then only the
    /// node itself can tell when all has come.
    pub is_whole: bool,
}

/// Asks a node what there is, and tells the window of each series as soon as it is known, and
/// `more` of each of which nothing is left out: of no other is it ever said that all is here.
pub(super) fn take_list(
    shared: &Shared,
    run: &Run,
    service: &dyn Service,
    listing: &OnceLock<Listing>,
    more: &dyn Fn(&[Listed]),
) {
    let transfer = &run.transfer;
    let each = |list: &[Listed], is_whole: bool| {
        let study_uid = transfer.study_uid.clone();
        if shared.is_open(&study_uid) {
            let series = by_series(list);
            shared.messenger.send(Arrival::Listed { study_uid, series });
        }
        if is_whole {
            more(list);
        }
    };
    let is_stopped = || run.is_stopped();
    let list = instances(service, transfer, &run.listing, &is_stopped, &each);
    // Without a list everything comes in the node's own order.
    // An empty list is that of a node that does not list instances.
    let Some(list) = list.ok().filter(|list| !list.instances.is_empty()) else {
        return;
    };
    let of = u32::try_from(list.count).unwrap_or(u32::MAX);
    let queue = shared.archive.transfers();
    if let Err(error) = queue.expect(transfer.id, of) {
        tracing::warn!("the number of instances is not kept: {error}");
    }
    let mut live = lock(&run.live);
    live.of = live.of.max(list.count);
    drop(live);
    drop(listing.set(list));
}

/// The instances of what a transfer is for, as the node lists them, series by series. `each` hears of
/// those of a series, and whether they are all that it has.
fn instances(
    service: &dyn Service,
    transfer: &crate::archive::Transfer,
    ctx: &JobCtx,
    is_stopped: &dyn Fn() -> bool,
    each: &dyn Fn(&[Listed], bool),
) -> Result<Listing, Failure> {
    let mut is_whole = true;
    let mut instances = Vec::new();
    let mut count = 0;
    let mut take = |listed: ListedSeries| {
        let series = listed.series;
        let found = listed.instances.into_iter();
        let mut of_series: Vec<Listed> = found
            .map(|found| Listed {
                sop_instance_uid: found.sop_instance_uid,
                sop_class_uid: found.sop_class_uid,
                series_uid: series.series_uid.clone(),
                instance_number: found.instance_number,
            })
            .collect();
        // Some nodes shorten their lists, and say nothing of it.
        let said_count = series.instance_count.map(|said| said as usize);
        let has_names = of_series.iter().all(|it| !it.sop_instance_uid.is_empty());
        let has_count = said_count.is_some_and(|said| said <= of_series.len());
        let mut has_all = listed.is_sound && has_count && has_names;
        is_whole &= has_all;
        if transfer.instance_uids.is_empty() {
            count += of_series.len().max(said_count.unwrap_or(0));
        } else {
            of_series.retain(|it| transfer.instance_uids.contains(&it.sop_instance_uid));
            has_all = false;
            count += of_series.len();
        }
        each(&of_series, has_all);
        instances.extend(of_series);
        !is_stopped()
    };
    service.list(&transfer.study_uid, &transfer.series_uids, &mut take, ctx)?;
    Ok(Listing {
        instances,
        count,
        is_whole,
    })
}

/// As the window is told.
fn by_series(list: &[Listed]) -> Vec<(String, Vec<ListedInstance>)> {
    let mut series: Vec<(String, Vec<ListedInstance>)> = Vec::new();
    for listed in list {
        let instance = ListedInstance {
            instance_number: listed.instance_number,
            sop_instance_uid: listed.sop_instance_uid.clone(),
        };
        match series.last_mut() {
            Some((uid, instances)) if *uid == listed.series_uid => instances.push(instance),
            _ => series.push((listed.series_uid.clone(), vec![instance])),
        }
    }
    series
}
