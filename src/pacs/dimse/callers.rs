//! What a receiver knows of who calls it, by AE title: how much of the line they may take, whether
//! they must encrypt, when bytes of theirs came last, and what else than our title they may call us
//! by.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Instant;

use crate::pacs::AeTitle;
use crate::pacs::throttle::Throttle;

#[derive(Default)]
pub(super) struct Callers {
    limits: Mutex<Vec<(AeTitle, Throttle)>>,
    /// Of all others.
    general: Option<Throttle>,
    encrypted: Mutex<Vec<AeTitle>>,
    heard: Mutex<HashMap<String, Instant>>,
    /// What single nodes know us as.
    our_titles: Mutex<Vec<AeTitle>>,
}

impl Callers {
    /// All share this limit.
    pub fn limited(general: Option<Throttle>) -> Self {
        Self {
            general,
            ..Self::default()
        }
    }

    /// From the next association on, these are limited so.
    pub fn limit(&self, limits: Vec<(AeTitle, Throttle)>) {
        *self.limits.lock().unwrap_or_else(PoisonError::into_inner) = limits;
    }

    /// From the next association on, these are titles of ours besides the one that all may use.
    pub fn answer_to(&self, titles: &[AeTitle]) {
        let mut known = (self.our_titles.lock()).unwrap_or_else(PoisonError::into_inner);
        *known = titles.to_vec();
    }

    /// Whether some node knows us under this title.
    pub fn is_ours(&self, title: &str) -> bool {
        let known = (self.our_titles.lock()).unwrap_or_else(PoisonError::into_inner);
        known.iter().any(|known| known.as_str() == title)
    }

    /// From the next association on, these must encrypt.
    pub fn expect_encrypted(&self, titles: &[AeTitle]) {
        let mut encrypted = (self.encrypted.lock()).unwrap_or_else(PoisonError::into_inner);
        *encrypted = titles.to_vec();
    }

    pub fn must_encrypt(&self, title: &str) -> bool {
        let encrypted = (self.encrypted.lock()).unwrap_or_else(PoisonError::into_inner);
        encrypted.iter().any(|known| known.as_str() == title)
    }

    pub fn throttle(&self, title: &str) -> Option<Throttle> {
        let limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        let own = limits.iter().find(|(known, _)| known.as_str() == title);
        own.map(|(_, throttle)| throttle.clone())
            .or_else(|| self.general.clone())
    }

    /// Bytes of theirs came.
    pub fn hear(&self, title: &str) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        match heard.get_mut(title) {
            Some(last) => *last = Instant::now(),
            None => drop(heard.insert(title.to_owned(), Instant::now())),
        }
    }

    pub fn last_heard(&self, title: &str) -> Option<Instant> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(title).copied()
    }
}
