//! What a node lists is fetched from its first series on: over a bad line the list of a study with
//! many series takes seconds, and the reader would see nothing meanwhile.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use crate::archive::Ending;
use crate::pacs::{Failure, RetrieveEvent, Service, Wanted};

use super::super::on_thread;
use super::super::order::{Listed, in_order, wanted};
use super::super::previews::Previews;
use super::super::transfers::lock;
use super::listing::take_list;
use super::{Attempt, FEW};

/// How often is looked whether the list has grown.
pub(super) const GLANCE: Duration = Duration::from_millis(10);
/// A list that takes no longer is waited for: one request for everything is quicker than two.
const QUICK: Duration = Duration::from_millis(50);

impl Attempt<'_> {
    /// Asks what there is, and waits for it.
    pub(super) fn list(&self, service: &dyn Service, previews: Option<&Previews<'_>>) {
        let more = |list: &[Listed]| {
            if let Some(previews) = previews {
                previews.list(list);
            }
        };
        take_list(self.shared, self.run, service, &self.listing, &more);
    }

    /// The same beside a retrieval that need not wait for it, nor end with it.
    pub(super) fn list_beside(&self, service: &Arc<dyn Service>) {
        let (listing, service) = (Arc::clone(&self.listing), Arc::clone(service));
        let (run, shared) = (Arc::clone(self.run), Arc::clone(self.shared));
        on_thread("listing", &self.shared.messenger, move || {
            take_list(&shared, &run, service.as_ref(), &listing, &|_| {});
        });
    }

    /// The same beside a retrieval of what is listed so far.
    pub(super) fn list_meanwhile<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        service: &'scope dyn Service,
        previews: Option<&'scope Previews<'_>>,
    ) -> Option<ScopedJoinHandle<'scope, ()>> {
        self.is_listing.store(true, Ordering::SeqCst);
        let work = move || {
            let _end = EndOfListing(self);
            self.list(service, previews);
        };
        let thread = std::thread::Builder::new().name("listing".to_owned());
        match thread.spawn_scoped(scope, work) {
            Ok(thread) => Some(thread),
            Err(error) => {
                tracing::warn!(%error, "the list is waited for");
                let _end = EndOfListing(self);
                self.list(service, previews);
                None
            }
        }
    }

    /// Whether the list may still grow.
    pub(super) fn is_listing(&self) -> bool {
        self.is_listing.load(Ordering::SeqCst)
    }

    /// Whether what is listed so far may be fetched: where something is missing in the list,
    /// everything is asked for afterwards in the node's own order, and would come twice.
    pub(super) fn may_run_ahead(&self) -> bool {
        !self.run.is_list_short.load(Ordering::SeqCst)
    }

    /// What is known to be there.
    pub(super) fn listed_so_far<R>(&self, of: impl FnOnce(&[Listed]) -> R) -> R {
        match self.listed() {
            Some(listed) => of(listed),
            None => of(&lock(&self.run.listed)),
        }
    }

    /// Until the list is complete, a few of what it has so far, time and again. What goes wrong here
    /// goes wrong once more where everything is asked for, and is said there: the node may only
    /// have no room for two connections. Only a disk that is full ends all.
    pub(super) fn fetch_meanwhile(&self, service: &dyn Service) -> Option<Ending> {
        let ending = self.fetch_listed(service);
        // In another way it may come, or once the node has nothing else to do for us.
        lock(&self.failed).clear();
        ending
    }

    fn fetch_listed(&self, service: &dyn Service) -> Option<Ending> {
        let begun = Instant::now();
        let sink = self.sink();
        // What was looked through in vain: so many listed, so many tried.
        let mut seen = None;
        while self.is_listing() && !self.run.is_stopped() {
            let state = (self.listed_so_far(<[Listed]>::len), self.over().len());
            // One request for everything is quicker than two for the last series.
            let is_ahead = self.may_run_ahead() && self.run.unlisted.load(Ordering::SeqCst) > 0;
            if !is_ahead || begun.elapsed() < QUICK || seen == Some(state) {
                std::thread::sleep(GLANCE);
                continue;
            }
            let asked = self.first_few();
            if asked.is_empty() {
                seen = Some(state);
                continue;
            }
            let before = self.settled().len();
            let ctx = self.run.begin();
            *lock(&self.begun) = Instant::now();
            let told = |event: RetrieveEvent| {
                // Of these few, and not of the study.
                if !matches!(event, RetrieveEvent::Expected(_)) {
                    self.hear(event, true);
                }
            };
            let result = service.retrieve(&asked, &sink, &told, &ctx);
            self.hand_on(true);
            self.shared.record(self.run, false);
            let end = match result {
                Ok(retrieved) => {
                    self.warn(&retrieved.warnings);
                    retrieved.end
                }
                Err(failure) => Some(failure),
            };
            match end {
                // All else would come in vain.
                Some(failure @ Failure::NoRoom(_)) => return Some(self.broken_off(&failure)),
                None if self.settled().len() > before => {}
                _ => return None,
            }
        }
        None
    }

    /// What is wanted first of what is listed so far.
    fn first_few(&self) -> Vec<Wanted> {
        let study_uid = &self.run.transfer.study_uid;
        let focus = self.shared.focus(study_uid).map(|(focus, _)| focus);
        let over = self.over();
        self.listed_so_far(|listed| {
            let order = in_order(listed, &over, focus.as_ref());
            let few = order.get(..order.len().min(FEW)).unwrap_or_default();
            if few.is_empty() {
                return Vec::new();
            }
            *lock(&self.asked_for) = few.iter().map(|it| it.sop_instance_uid.clone()).collect();
            wanted(study_uid, few)
        })
    }
}

/// Nothing more is listed when it goes, however that comes.
struct EndOfListing<'a, 'b>(&'a Attempt<'b>);

impl Drop for EndOfListing<'_, '_> {
    fn drop(&mut self) {
        self.0.is_listing.store(false, Ordering::SeqCst);
    }
}
