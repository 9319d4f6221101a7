//! One instance after the other, several at a time: what is looked at when one is done comes next.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Instant;

use crate::archive::Ending;
use crate::pacs::RetrieveEvent;
use crate::pacs::web::{InstancePlace, WebService};

use super::super::order::{Focus, Listed, in_order};
use super::super::previews::Previews;
use super::super::transfers::lock;
use super::Attempt;
use super::meanwhile::GLANCE;

impl Attempt<'_> {
    /// All that is listed, instance after instance, from the first series on that the list has.
    /// Where the list turns out to be shortened, everything is asked for in the node's own order.
    pub(super) fn fetch_each(&self, web: &WebService, previews: Option<&Previews<'_>>) -> Ending {
        let plan = Mutex::new(Plan::default());
        let next = || {
            loop {
                if let Some(previews) = previews {
                    previews.go_first();
                }
                // What is asked for now would take of the line what has the right of way.
                self.gate.pass();
                if self.run.is_stopped() {
                    return None;
                }
                // Before the plan is made: what is listed after it was over is in the plan.
                let is_listing = self.is_listing();
                if !is_listing && self.whole_list().is_none() {
                    return None;
                }
                let may_begin = !is_listing || self.may_run_ahead();
                if may_begin && let Some(listed) = self.next_of(&mut lock(&plan), is_listing) {
                    return Some(InstancePlace {
                        study_uid: self.run.transfer.study_uid.clone(),
                        series_uid: listed.series_uid,
                        instance_uid: listed.sop_instance_uid,
                    });
                }
                if !is_listing {
                    return None;
                }
                std::thread::sleep(GLANCE);
            }
        };
        let ctx = self.run.begin();
        *lock(&self.begun) = Instant::now();
        let told = |event: RetrieveEvent| {
            if let (Some(previews), RetrieveEvent::Instance(outcome)) = (previews, &event)
                && let Ok(received) = &outcome.result
            {
                previews.data_came(received.bytes);
            }
            self.hear(event, false);
            // The next one may take seconds, and this one may be what is waited for.
            self.hand_on(true);
        };
        let sink = self.sink();
        let failure = match web.retrieve_ordered(&next, &sink, &told, &ctx) {
            Ok(retrieved) => {
                self.warn(&retrieved.warnings);
                retrieved.end
            }
            Err(failure) => Some(failure),
        };
        match failure {
            _ if self.run.is_stopped() => Ending::Yielded,
            None if self.whole_list().is_none() => self.fetch(web, Some(web)),
            None => self.end(),
            Some(failure) => self.broken_off(&failure),
        }
    }

    /// What is asked for next of what is listed so far.
    fn next_of(&self, plan: &mut Plan, is_listing: bool) -> Option<Listed> {
        let study_uid = &self.run.transfer.study_uid;
        let focus = self.shared.focus(study_uid).map(|(focus, _)| focus);
        self.listed_so_far(|listed| {
            // What was not given aside is asked for once more when all is listed.
            let is_done = plan.order.is_empty() && !is_listing;
            if plan.of != listed.len() || plan.focus != focus || is_done {
                let mut done = self.settled();
                done.extend(lock(&self.taken).iter().cloned());
                let order = in_order(listed, &done, focus.as_ref());
                plan.order = order.into_iter().cloned().collect();
                plan.focus = focus;
                plan.of = listed.len();
            }
        });
        loop {
            let next = plan.order.pop_front()?;
            if self.take(&next) {
                return Some(next);
            }
        }
    }
}

/// The order in which instances are asked for one by one.
#[derive(Default)]
struct Plan {
    order: VecDeque<Listed>,
    /// What it was made for.
    focus: Option<Focus>,
    /// How many were listed then.
    of: usize,
}
