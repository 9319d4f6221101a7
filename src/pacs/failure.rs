//! Why a node did not do what it was asked, in sentences that name the likely causes.

use std::time::Duration;

use super::web::WebTrouble;
use crate::jobs::Cancelled;
use crate::problem::Message;
use crate::problem::msg;

/// Why a node did not do what it was asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// Our side asked for it.
    Cancelled,
    /// No address for the host's name.
    HostUnknown {
        /// The name.
        host: String,
    },
    /// Nothing listens there.
    Refused {
        /// `host:port`
        place: String,
    },
    /// The network says that there is no way to it.
    Unreachable {
        /// `host:port`
        place: String,
        /// What the system says.
        detail: String,
    },
    /// The connection was not made in time.
    NoConnection {
        /// `host:port`
        place: String,
        /// For how long we waited.
        patience: Duration,
    },
    /// Connected, but then silent.
    NoAnswer {
        /// Who.
        peer: String,
        /// For how long we waited.
        patience: Duration,
    },
    /// It does not take our calls under the title we called it by.
    CalledTitleUnknown {
        /// Who.
        peer: String,
        /// What we called it.
        title: String,
    },
    /// It does not know us.
    CallingTitleUnknown {
        /// Who.
        peer: String,
        /// What we call ourselves.
        title: String,
    },
    /// It has too many associations at the moment.
    Busy {
        /// Who.
        peer: String,
    },
    /// It refuses the association for another reason.
    Rejected {
        /// Who.
        peer: String,
        /// The reason.
        reason: Message,
    },
    /// It takes the association, but none of what we propose.
    NoContext {
        /// Who.
        peer: String,
        /// What it was asked to do.
        service: &'static str,
    },
    /// Encryption.
    Tls {
        /// Who.
        peer: String,
        /// What about it.
        trouble: TlsTrouble,
    },
    /// It ended the association in the middle.
    Aborted {
        /// Who.
        peer: String,
    },
    /// The line was cut.
    Cut {
        /// Who.
        peer: String,
    },
    /// It closed the connection before it ever said a word in our language.
    ClosedUnanswered {
        /// Who.
        peer: String,
    },
    /// What it sends is no DICOM.
    Protocol {
        /// Who.
        peer: String,
        /// What is wrong with it.
        detail: String,
    },
    /// It answered that it cannot, with a status of the standard.
    Status {
        /// Who.
        peer: String,
        /// The status.
        status: u16,
        /// Its own words (Error Comment).
        comment: String,
    },
    /// We cannot listen on our own port.
    Listen {
        /// The port.
        port: u16,
        /// What the system says.
        detail: String,
    },
    /// C-MOVE without a port of ours to call back.
    NoReception,
    /// C-MOVE from a node that speaks TLS, to a receiver of ours that has no certificate.
    MoveInClear {
        /// Who.
        peer: String,
    },
    /// HTTP, beyond the line itself.
    Web {
        /// Who.
        peer: String,
        /// What about it.
        trouble: WebTrouble,
    },
    /// Nothing more can be kept here: the disk is full, or cannot be written.
    NoRoom(Message),
    /// Any other sentence.
    Told(Message),
}

/// What about encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsTrouble {
    /// The other side does not speak it.
    NotSpoken,
    /// The other side hangs up on whoever begins with it: it does not speak it, or is not ready.
    ClosedAtOnce,
    /// The other side speaks nothing else.
    Needed,
    /// The certificate's time is over, or not yet come.
    Expired,
    /// Nobody we trust vouches for it.
    UnknownAuthority,
    /// The certificate is another host's.
    OtherName,
    /// The other side wants a certificate of ours, or does not take it.
    OurCertificate,
    /// The other side speaks only versions before TLS 1.2.
    TooOld,
    /// A file with certificates or a key cannot be used.
    File(String),
    /// Anything else.
    Other(String),
}

impl From<Cancelled> for Failure {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<Message> for Failure {
    fn from(message: Message) -> Self {
        Self::Told(message)
    }
}

impl Failure {
    /// Whether trying the same again would come to the same: who we are, or what was asked, is
    /// wrong. Of two minds with [`Self::is_transient`] never: a wrong password that is tried again
    /// and again locks an account.
    #[must_use]
    pub const fn is_lasting(&self) -> bool {
        !self.is_transient()
    }

    /// What happened, and what is likely to help.
    #[must_use]
    pub fn message(&self) -> Message {
        let seconds = |patience: &Duration| patience.as_secs_f64();
        match self {
            Self::Cancelled => Message::new(msg("pacs-cancelled")),
            Self::HostUnknown { host } => Message::new(msg("pacs-host-unknown")).text("host", host),
            Self::Refused { place } => Message::new(msg("pacs-refused")).text("place", place),
            Self::Unreachable { place, detail } => Message::new(msg("pacs-unreachable"))
                .text("place", place)
                .text("detail", detail),
            Self::NoConnection { place, patience } => Message::new(msg("pacs-no-connection"))
                .text("place", place)
                .number("seconds", seconds(patience)),
            Self::NoAnswer { peer, patience } => Message::new(msg("pacs-no-answer"))
                .text("peer", peer)
                .number("seconds", seconds(patience)),
            Self::CalledTitleUnknown { peer, title } => {
                Message::new(msg("pacs-called-title-unknown"))
                    .text("peer", peer)
                    .text("title", title)
            }
            Self::CallingTitleUnknown { peer, title } => {
                Message::new(msg("pacs-calling-title-unknown"))
                    .text("peer", peer)
                    .text("title", title)
            }
            Self::Busy { peer } => Message::new(msg("pacs-busy")).text("peer", peer),
            Self::Rejected { peer, reason } => Message::new(msg("pacs-rejected"))
                .text("peer", peer)
                .message("reason", reason.clone()),
            Self::NoContext { peer, service } => Message::new(msg("pacs-no-context"))
                .text("peer", peer)
                .text("service", *service),
            Self::Tls { peer, trouble } => trouble.message(peer),
            Self::Aborted { peer } => Message::new(msg("pacs-aborted")).text("peer", peer),
            Self::Cut { peer } => Message::new(msg("pacs-cut")).text("peer", peer),
            Self::ClosedUnanswered { peer } => {
                Message::new(msg("pacs-closed-unanswered")).text("peer", peer)
            }
            Self::Protocol { peer, detail } => Message::new(msg("pacs-protocol"))
                .text("peer", peer)
                .text("detail", detail),
            Self::Status {
                peer,
                status,
                comment,
            } => status_message(peer, *status, comment),
            Self::Listen { port, detail } => Message::new(msg("pacs-listen"))
                .text("port", port.to_string())
                .text("detail", detail),
            Self::NoReception => Message::new(msg("pacs-no-reception")),
            Self::MoveInClear { peer } => {
                Message::new(msg("pacs-move-in-clear")).text("peer", peer)
            }
            Self::Web { peer, trouble } => trouble.message(peer),
            Self::NoRoom(message) | Self::Told(message) => message.clone(),
        }
    }

    /// Whether the same may go well later without anybody's doing: a line that was cut, a node
    /// that is down or busy. What must be set right first (titles, certificates, passwords) is not.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Cancelled
            | Self::Refused { .. }
            | Self::HostUnknown { .. }
            | Self::Unreachable { .. }
            | Self::NoConnection { .. }
            | Self::NoAnswer { .. }
            | Self::Busy { .. }
            | Self::Aborted { .. }
            | Self::Cut { .. }
            // A proxy before an archive that starts anew closes like this, too.
            | Self::ClosedUnanswered { .. }
            | Self::Tls {
                trouble: TlsTrouble::ClosedAtOnce,
                ..
            }
            | Self::Listen { .. }
            // Somebody makes room, sooner or later.
            | Self::NoRoom(_) => true,
            Self::Web { trouble, .. } => trouble.is_transient(),
            // Out of resources, unable to process, processing failure, ended in the middle.
            Self::Status { status, .. } => {
                matches!(*status, 0xa700..=0xa7ff | 0xc000..=0xcfff | 0x0110 | 0xfe00)
            }
            Self::CalledTitleUnknown { .. }
            | Self::CallingTitleUnknown { .. }
            | Self::Rejected { .. }
            | Self::NoContext { .. }
            | Self::Tls { .. }
            | Self::Protocol { .. }
            | Self::NoReception
            | Self::MoveInClear { .. }
            | Self::Told(_) => false,
        }
    }
}

impl TlsTrouble {
    fn message(&self, peer: &str) -> Message {
        match self {
            Self::NotSpoken => Message::new(msg("pacs-tls-not-spoken")).text("peer", peer),
            Self::ClosedAtOnce => Message::new(msg("pacs-tls-closed-at-once")).text("peer", peer),
            Self::Needed => Message::new(msg("pacs-tls-needed")).text("peer", peer),
            Self::Expired => Message::new(msg("pacs-tls-expired")).text("peer", peer),
            Self::UnknownAuthority => {
                Message::new(msg("pacs-tls-unknown-authority")).text("peer", peer)
            }
            Self::OtherName => Message::new(msg("pacs-tls-other-name")).text("peer", peer),
            Self::OurCertificate => {
                Message::new(msg("pacs-tls-our-certificate")).text("peer", peer)
            }
            Self::TooOld => Message::new(msg("pacs-tls-too-old")).text("peer", peer),
            Self::File(detail) => Message::new(msg("pacs-tls-file")).text("detail", detail),
            Self::Other(detail) => Message::new(msg("pacs-tls-other"))
                .text("peer", peer)
                .text("detail", detail),
        }
    }
}

/// A status of PS3.4 (annexes B, C, J) and PS3.7 annex C, as a sentence.
#[must_use]
pub fn status_message(peer: &str, status: u16, comment: &str) -> Message {
    let sentence = match status {
        0xa701 => msg("pacs-status-count"),
        0xa702 => msg("pacs-status-sub-operations"),
        0xa700..=0xa7ff => msg("pacs-status-resources"),
        0xa801 => msg("pacs-status-destination"),
        0xa900..=0xa9ff => msg("pacs-status-not-the-class"),
        0xc000..=0xcfff => msg("pacs-status-unable"),
        0x0122 => msg("pacs-status-class"),
        0x0124 => msg("pacs-status-not-authorised"),
        0x0112 => msg("pacs-status-no-instance"),
        0x0117 | 0x0119 => msg("pacs-status-conflict"),
        0xfe00 => msg("pacs-status-cancelled"),
        0xb000..=0xbfff | 0x0001 | 0x0107 | 0x0116 => msg("pacs-status-warning"),
        _ => msg("pacs-status-other"),
    };
    let message = Message::new(sentence)
        .text("peer", peer)
        .text("status", format!("{status:04X}"));
    if comment.is_empty() {
        message
    } else {
        Message::new(msg("pacs-status-comment"))
            .message("sentence", message)
            .text("comment", comment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_set_right_is_not_tried_again() {
        let peer = || "P".to_owned();
        let title = Failure::CallingTitleUnknown {
            peer: peer(),
            title: "ISOCENTRE".into(),
        };
        assert!(!title.is_transient());
        assert!(Failure::Cut { peer: peer() }.is_transient());
        assert!(Failure::NoRoom(Message::new(msg("receiving-no-room"))).is_transient());
        let status = |status| Failure::Status {
            peer: peer(),
            status,
            comment: String::new(),
        };
        assert!(status(0xa700).is_transient());
        assert!(!status(0xa801).is_transient());
    }

    #[test]
    fn a_wrong_password_is_never_tried_again() {
        let web = |trouble| Failure::Web {
            peer: "P".into(),
            trouble,
        };
        for trouble in [
            WebTrouble::Unauthorised,
            WebTrouble::Forbidden,
            WebTrouble::SignIn,
            WebTrouble::SignInFailed(String::new()),
            WebTrouble::NoSecret {
                variable: String::new(),
            },
        ] {
            assert!(web(trouble.clone()).is_lasting(), "{trouble:?}");
        }
        assert!(!web(WebTrouble::Busy).is_lasting());
        let untrusted = Failure::Tls {
            peer: "P".into(),
            trouble: TlsTrouble::UnknownAuthority,
        };
        assert!(untrusted.is_lasting());
    }

    #[test]
    fn a_comment_of_the_node_stands_behind_our_sentence() {
        assert_eq!(
            status_message("P", 0xa801, "").id,
            msg("pacs-status-destination")
        );
        assert_eq!(
            status_message("P", 0xa801, "no").id,
            msg("pacs-status-comment")
        );
    }
}
