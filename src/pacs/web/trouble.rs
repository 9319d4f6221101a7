//! What can go wrong over HTTP beyond the line itself, in sentences that name the likely cause.

use super::ProxyRefusal;
use crate::pacs::KeyringTrouble;
use crate::problem::Message;
use crate::problem::msg;

/// What can go wrong over HTTP beyond the line itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebTrouble {
    /// The node's address is no URL of a web service.
    Address,
    /// It asks who we are, and we have nothing to say.
    NoSecret {
        /// The variable that would say it.
        variable: String,
    },
    /// It asks who we are, and the keyring that may know does not say it.
    NoKeyring {
        /// The variable that would say it.
        variable: String,
        /// Why not.
        trouble: KeyringTrouble,
    },
    /// It does not take our password or token (401).
    Unauthorised,
    /// It knows us and says no (403).
    Forbidden,
    /// Nobody is signed in, or not any more.
    SignIn,
    /// Signing in failed.
    SignInFailed(String),
    /// There is nothing at this path (404, 405, 501).
    NoService {
        /// The path asked for.
        path: String,
    },
    /// It has no form of this that we can read (406).
    NotAcceptable,
    /// Too much at the moment (429, 503).
    Busy,
    /// It has no room left to keep what is sent (507).
    NoRoom,
    /// Any other refusal.
    Status {
        /// The status of HTTP.
        status: u16,
        /// Its own words; may be empty.
        detail: String,
    },
    /// Any other refusal, where the address names a host and no path.
    NoPath {
        /// The status of HTTP.
        status: u16,
        /// Its own words; may be empty.
        detail: String,
    },
    /// It sends pages for people.
    Html,
    /// It sends something else than it was asked for.
    NotDicom {
        /// What it calls it.
        media_type: String,
    },
    /// Its lists cannot be read.
    NotJson {
        /// What is wrong.
        detail: String,
    },
    /// What speaks there does not speak HTTP.
    NotHttp,
    /// The answer ended in the middle.
    Truncated,
    /// The answer is longer than any sensible one.
    TooLong,
    /// It sends us elsewhere, where we do not follow.
    Redirected {
        /// Where to, without path.
        to: String,
    },
    /// The proxy does not let us through, for this reason.
    ProxyRefused(ProxyRefusal),
    /// The proxy does not let us through.
    Proxy {
        /// What it says.
        detail: String,
    },
}

impl WebTrouble {
    /// What happened, and what is likely to help.
    #[must_use]
    pub fn message(&self, peer: &str) -> Message {
        let to = |id| Message::new(id).text("peer", peer);
        match self {
            Self::Address => to(msg("web-address")),
            Self::NoSecret { variable } => to(msg("web-no-secret")).text("variable", variable),
            Self::NoKeyring { variable, trouble } => trouble.message(peer, variable),
            Self::Unauthorised => to(msg("web-unauthorised")),
            Self::Forbidden => to(msg("web-forbidden")),
            Self::SignIn => to(msg("web-sign-in")),
            Self::SignInFailed(detail) => to(msg("web-sign-in-failed")).text("detail", detail),
            Self::NoService { path } => to(msg("web-no-service")).text("path", path),
            Self::NotAcceptable => to(msg("web-not-acceptable")),
            Self::Busy => to(msg("web-busy")),
            Self::NoRoom => to(msg("web-no-room")),
            Self::Status { status, detail } if detail.is_empty() => {
                to(msg("web-status")).text("status", status.to_string())
            }
            Self::Status { status, detail } => to(msg("web-status-detail"))
                .text("status", status.to_string())
                .text("detail", detail),
            Self::NoPath { status, detail } => {
                let status = Self::Status {
                    status: *status,
                    detail: detail.clone(),
                };
                to(msg("web-no-path")).message("refusal", status.message(peer))
            }
            Self::Html => to(msg("web-html")),
            Self::NotDicom { media_type } => to(msg("web-not-dicom")).text("type", media_type),
            Self::NotJson { detail } => to(msg("web-not-json")).text("detail", detail),
            Self::NotHttp => to(msg("web-not-http")),
            Self::Truncated => to(msg("web-truncated")),
            Self::TooLong => to(msg("web-too-long")),
            Self::Redirected { to: place } => to(msg("web-redirected")).text("to", place),
            Self::ProxyRefused(refusal) => to(match refusal {
                ProxyRefusal::Absent => msg("web-proxy-absent"),
                ProxyRefusal::Credentials => msg("web-proxy-credentials"),
                ProxyRefusal::NotAllowed => msg("web-proxy-not-allowed"),
                ProxyRefusal::Unreachable => msg("web-proxy-unreachable"),
                ProxyRefusal::Refused => msg("web-proxy-refused"),
            }),
            Self::Proxy { detail } => to(msg("web-proxy")).text("detail", detail),
        }
    }

    /// Whether the same may go well later without anybody's doing.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Busy | Self::NoRoom | Self::Truncated => true,
            Self::ProxyRefused(refusal) => matches!(
                refusal,
                ProxyRefusal::Absent | ProxyRefusal::Unreachable | ProxyRefusal::Refused
            ),
            Self::Status { status, .. } => matches!(status, 408 | 500 | 502 | 504),
            _ => false,
        }
    }

    /// Whether a service may well do all at once what it does not do one by one: it knows no such
    /// request, or answers it in no form that we can read.
    pub(super) const fn is_of_one_request(&self) -> bool {
        matches!(
            self,
            Self::NoService { .. } | Self::NotAcceptable | Self::NotJson { .. }
        )
    }

    /// Whether it is about one thing asked for, and another may well be had.
    pub(super) const fn is_of_one_instance(&self) -> bool {
        match self {
            Self::NoService { .. }
            | Self::NotAcceptable
            | Self::NotDicom { .. }
            | Self::NotJson { .. }
            | Self::Truncated
            | Self::TooLong
            | Self::Forbidden
            | Self::Busy => true,
            Self::Status { status, .. } => *status != 407,
            _ => false,
        }
    }
}

/// Refusals in a row after which a run of many instances ends.
const MOST_REFUSALS: usize = 3;

/// What a service says to one instance after the other.
#[derive(Debug, Default)]
pub(super) struct Streak {
    last: Option<WebTrouble>,
    length: usize,
    has_success: bool,
}

impl Streak {
    /// An instance went well.
    pub fn succeed(&mut self) {
        *self = Self {
            has_success: true,
            ..Self::default()
        };
    }

    /// An instance was refused. `true` if the next ones will be, too: who may not, may not at all,
    /// and who is overloaded is not helped by more requests. What only this instance may be the
    /// reason of, counts as long as nothing went well.
    pub fn refuse(&mut self, trouble: &WebTrouble) -> bool {
        let kind = match trouble {
            // Each has a path of its own.
            WebTrouble::NoService { .. } => WebTrouble::NoService {
                path: String::new(),
            },
            WebTrouble::Status { status, .. } => WebTrouble::Status {
                status: *status,
                detail: String::new(),
            },
            WebTrouble::Forbidden | WebTrouble::Busy => trouble.clone(),
            _ => {
                self.length = 0;
                self.last = None;
                return false;
            }
        };
        let is_perhaps_its_own = matches!(
            kind,
            WebTrouble::NoService { .. } | WebTrouble::Status { status: ..=500, .. }
        );
        if self.last.as_ref() == Some(&kind) {
            self.length += 1;
        } else {
            self.length = 1;
            self.last = Some(kind);
        }
        self.length >= MOST_REFUSALS && !(is_perhaps_its_own && self.has_success)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_times_the_same_no_is_the_services_word_and_one_of_its_own_is_the_instances() {
        let missing = |n: u32| WebTrouble::NoService {
            path: n.to_string(),
        };
        let run = |troubles: &[Option<WebTrouble>]| {
            let mut streak = Streak::default();
            let mut is_over = false;
            for trouble in troubles {
                match trouble {
                    None => streak.succeed(),
                    Some(trouble) => is_over |= streak.refuse(trouble),
                }
            }
            is_over
        };
        let forbidden = || Some(WebTrouble::Forbidden);
        let busy = || Some(WebTrouble::Busy);
        assert!(run(&[forbidden(), forbidden(), forbidden()]));
        assert!(run(&[None, busy(), busy(), busy()]));
        assert!(!run(&[busy(), busy(), None, busy()]));
        assert!(!run(&[busy(), forbidden(), busy(), forbidden()]));
        let missing = |n| Some(missing(n));
        assert!(run(&[missing(1), missing(2), missing(3)]));
        assert!(!run(&[None, missing(1), missing(2), missing(3)]));
        let torn = || Some(WebTrouble::Truncated);
        assert!(!run(&[torn(), torn(), torn(), torn()]));
    }
}
