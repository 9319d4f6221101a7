//! What can go wrong over HTTP beyond the line itself, in sentences that name the likely cause.

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
    /// Any other refusal.
    Status {
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
            Self::Unauthorised => to(msg("web-unauthorised")),
            Self::Forbidden => to(msg("web-forbidden")),
            Self::SignIn => to(msg("web-sign-in")),
            Self::SignInFailed(detail) => to(msg("web-sign-in-failed")).text("detail", detail),
            Self::NoService { path } => to(msg("web-no-service")).text("path", path),
            Self::NotAcceptable => to(msg("web-not-acceptable")),
            Self::Busy => to(msg("web-busy")),
            Self::Status { status, detail } if detail.is_empty() => {
                to(msg("web-status")).text("status", status.to_string())
            }
            Self::Status { status, detail } => to(msg("web-status-detail"))
                .text("status", status.to_string())
                .text("detail", detail),
            Self::Html => to(msg("web-html")),
            Self::NotDicom { media_type } => to(msg("web-not-dicom")).text("type", media_type),
            Self::NotJson { detail } => to(msg("web-not-json")).text("detail", detail),
            Self::NotHttp => to(msg("web-not-http")),
            Self::Truncated => to(msg("web-truncated")),
            Self::TooLong => to(msg("web-too-long")),
            Self::Redirected { to: place } => to(msg("web-redirected")).text("to", place),
            Self::Proxy { detail } => to(msg("web-proxy")).text("detail", detail),
        }
    }

    /// Whether the same may go well later without anybody's doing.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Busy | Self::Truncated => true,
            Self::Status { status, .. } => matches!(status, 408 | 500 | 502 | 504),
            _ => false,
        }
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
