//! Calls to our receiver that were not taken, in sentences for the person at its screen: the caller
//! sits elsewhere.

use crate::pacs::TlsTrouble;
use crate::problem::Message;
use crate::problem::msg;

/// A call to our receiver that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedCall {
    /// `TITLE (address)`, or the address alone where no title was said. Without the port, which is
    /// another one at each call.
    pub from: String,
    /// Why not.
    pub why: WhyRefused,
}

/// Why a call was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyRefused {
    /// It called another title.
    OtherTitle {
        /// What it called us.
        called: String,
        /// What we are called.
        ours: String,
    },
    /// So many associations are open that there is no room for one more.
    NoRoom,
    /// It does not encrypt, and must.
    Unencrypted,
    /// It encrypts, and we have no certificate.
    Encrypted,
    /// Encryption did not come to be.
    Tls(TlsTrouble),
    /// It was gone when it had seen our certificate, and did not say why.
    HungUpOnUs,
}

impl RefusedCall {
    /// What happened, and what is likely to help.
    #[must_use]
    pub fn message(&self) -> Message {
        let said = |id| Message::new(id).text("from", &self.from);
        match &self.why {
            WhyRefused::OtherTitle { called, ours } => said(msg("pacs-call-other-title"))
                .text("called", called)
                .text("ours", ours),
            WhyRefused::NoRoom => said(msg("pacs-call-no-room")),
            WhyRefused::Unencrypted => said(msg("pacs-call-unencrypted")),
            WhyRefused::Encrypted => said(msg("pacs-call-encrypted")),
            WhyRefused::HungUpOnUs => said(msg("pacs-call-hung-up")),
            WhyRefused::Tls(TlsTrouble::OurCertificate) => said(msg("pacs-call-not-trusting")),
            WhyRefused::Tls(TlsTrouble::UnknownAuthority | TlsTrouble::Expired) => {
                said(msg("pacs-call-not-trusted"))
            }
            WhyRefused::Tls(TlsTrouble::Other(detail) | TlsTrouble::File(detail)) => {
                said(msg("pacs-call-tls")).text("detail", detail)
            }
            WhyRefused::Tls(other) => {
                said(msg("pacs-call-tls")).text("detail", format!("{other:?}"))
            }
        }
    }
}
