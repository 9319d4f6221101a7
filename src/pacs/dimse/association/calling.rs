//! Calls to others: what is proposed, and what of it is accepted (PS3.8 9.3.2, 9.3.3).

use dicom_ul::pdu::AssociationAC;
use dicom_ul::pdu::AssociationRJServiceProviderASCEReason as AcseReason;
use dicom_ul::pdu::AssociationRJServiceProviderPresentationReason as PresentationReason;
use dicom_ul::pdu::AssociationRJServiceUserReason as UserReason;
use dicom_ul::pdu::AssociationRJSource;
use dicom_ul::pdu::AssociationRQ;
use dicom_ul::pdu::Pdu;
use dicom_ul::pdu::PresentationContextProposed;
use dicom_ul::pdu::RequestorRoles;
use dicom_ul::pdu::UserVariableItem;

use super::APPLICATION_CONTEXT;
use super::Association;
use super::Context;
use super::MOST_CONTEXTS;
use super::our_variables;
use crate::jobs::JobCtx;
use crate::pacs::AeTitle;
use crate::pacs::DimseAddress;
use crate::pacs::Failure;
use crate::pacs::dimse::link::Link;
use crate::pacs::dimse::tls;
use crate::pacs::dimse::tls::Stream;
use crate::pacs::dimse::wire::Wire;
use crate::pacs::dimse::wire::place;
use crate::pacs::lines::Line;
use crate::problem::Message;
use crate::problem::msg;

/// Who we are and whom we call.
#[derive(Clone)]
pub(in crate::pacs::dimse) struct Call {
    pub address: DimseAddress,
    pub calling: AeTitle,
    pub line: Line,
}

impl Call {
    /// `TITLE (host:port)`, for messages.
    pub fn peer(&self) -> String {
        let place = place(&self.address.host, self.address.port);
        format!("{} ({place})", self.address.ae_title)
    }
}

/// What an association is for.
#[derive(Debug, Clone, Default)]
pub(in crate::pacs::dimse) struct Proposal {
    /// The service in the standard's words, for messages.
    pub service: &'static str,
    /// SOP class and transfer syntaxes of each context.
    pub contexts: Vec<(String, Vec<String>)>,
    /// SOP classes whose instances we take (role selection, for C-GET).
    pub scp_for: Vec<String>,
}

impl Proposal {
    pub fn new(service: &'static str) -> Self {
        Self {
            service,
            ..Self::default()
        }
    }

    /// The same with one more context.
    pub fn with(mut self, sop_class: &str, transfer_syntaxes: &[&str]) -> Self {
        let syntaxes = transfer_syntaxes.iter().map(|uid| (*uid).to_owned());
        self.contexts
            .push((sop_class.to_owned(), syntaxes.collect()));
        self
    }
}

impl Association {
    /// Calls a node and proposes.
    pub fn request(call: &Call, proposal: &Proposal, ctx: &JobCtx) -> Result<Self, Failure> {
        let DimseAddress { host, port, .. } = &call.address;
        let peer = call.peer();
        let patience = call.address.patience();
        let mut wire = Wire::connect(host, *port, patience, ctx)?;
        wire.throttle_by(call.line.throttle.clone());
        let stream = match &call.address.tls {
            None => Stream::Plain(wire),
            Some(tls) => tls::connect(wire, tls, host, &peer, &call.line)?,
        };
        let mut link = Link::new(stream, peer);
        let sent = link.send_pdu(&Pdu::AssociationRQ(request(call, proposal)));
        let answer = match sent.and_then(|()| link.next_pdu()) {
            Ok(pdu) => pdu,
            // Nothing that speaks as we do was ever heard there.
            Err(Failure::Cut { peer }) if !link.has_heard() && !call.line.has_answered() => {
                return Err(Failure::ClosedUnanswered { peer });
            }
            Err(failure) => return Err(failure),
        };
        call.line.answered();
        let accepted = match answer {
            Pdu::AssociationAC(accepted) => accepted,
            Pdu::AssociationRJ(rejected) => return Err(rejection(call, &rejected.source)),
            Pdu::AbortRQ { .. } => return Err(Failure::Aborted { peer: link.peer }),
            _ => {
                return Err(
                    link.nonsense("a request for an association is answered with another PDU")
                );
            }
        };
        let contexts = accepted_contexts(proposal, &accepted);
        let mut association = Self {
            link,
            contexts,
            implementation: String::new(),
            peer_title: call.address.ae_title.to_string(),
            last_message_id: 0,
            command: Vec::new(),
            is_over: false,
        };
        association.note(&accepted.user_variables);
        if association.contexts.is_empty() {
            let peer = association.link.peer.clone();
            association.release();
            return Err(Failure::NoContext {
                peer,
                service: proposal.service,
            });
        }
        Ok(association)
    }
}

fn request(call: &Call, proposal: &Proposal) -> AssociationRQ {
    let contexts = proposal.contexts.iter().take(MOST_CONTEXTS).enumerate();
    let contexts = contexts.map(
        |(index, (sop_class, syntaxes))| PresentationContextProposed {
            id: (2 * index + 1) as u8,
            abstract_syntax: sop_class.clone(),
            transfer_syntaxes: syntaxes.clone(),
        },
    );
    let mut user_variables = our_variables();
    user_variables.extend(proposal.scp_for.iter().map(|sop_class| {
        UserVariableItem::ScuScpRoleSelectionSubItem(
            sop_class.clone(),
            RequestorRoles {
                scu: false,
                scp: true,
            },
        )
    }));
    AssociationRQ {
        protocol_version: 1,
        calling_ae_title: call.calling.to_string(),
        called_ae_title: call.address.ae_title.to_string(),
        application_context_name: APPLICATION_CONTEXT.to_owned(),
        presentation_contexts: contexts.collect(),
        user_variables,
    }
}

fn accepted_contexts(proposal: &Proposal, accepted: &AssociationAC) -> Vec<Context> {
    // Refused ones were left out when the PDU was read.
    let contexts = accepted.presentation_contexts.iter().filter_map(|context| {
        let index = usize::from(context.id.checked_sub(1)?) / 2;
        let (sop_class, syntaxes) = proposal.contexts.get(index)?;
        let transfer_syntax = context.transfer_syntax.trim_matches([' ', '\0']);
        let is_ours = context.id % 2 == 1 && syntaxes.iter().any(|uid| uid == transfer_syntax);
        is_ours.then(|| Context {
            id: context.id,
            sop_class: sop_class.clone(),
            transfer_syntax: transfer_syntax.to_owned(),
        })
    });
    contexts.collect()
}

fn rejection(call: &Call, source: &AssociationRJSource) -> Failure {
    let peer = call.peer();
    match source {
        AssociationRJSource::ServiceUser(UserReason::CalledAETitleNotRecognized) => {
            Failure::CalledTitleUnknown {
                peer,
                title: call.address.ae_title.to_string(),
            }
        }
        AssociationRJSource::ServiceUser(UserReason::CallingAETitleNotRecognized) => {
            Failure::CallingTitleUnknown {
                peer,
                title: call.calling.to_string(),
            }
        }
        AssociationRJSource::ServiceProviderPresentation(
            PresentationReason::TemporaryCongestion | PresentationReason::LocalLimitExceeded,
        ) => Failure::Busy { peer },
        other => Failure::Rejected {
            peer,
            reason: rejection_reason(other),
        },
    }
}

/// Why, as far as the node says (PS3.8 9.3.4).
fn rejection_reason(source: &AssociationRJSource) -> Message {
    match source {
        AssociationRJSource::ServiceUser(reason) => match reason {
            UserReason::NoReasonGiven => Message::new(msg("pacs-rejected-no-reason")),
            UserReason::ApplicationContextNameNotSupported => {
                Message::new(msg("pacs-rejected-application-context"))
            }
            UserReason::CallingAETitleNotRecognized => Message::new(msg("pacs-rejected-calling")),
            UserReason::CalledAETitleNotRecognized => Message::new(msg("pacs-rejected-called")),
            UserReason::Reserved(code) => reserved(*code),
        },
        AssociationRJSource::ServiceProviderASCE(reason) => Message::new(match reason {
            AcseReason::NoReasonGiven => msg("pacs-rejected-no-reason"),
            AcseReason::ProtocolVersionNotSupported => msg("pacs-rejected-version"),
        }),
        AssociationRJSource::ServiceProviderPresentation(reason) => match reason {
            PresentationReason::TemporaryCongestion | PresentationReason::LocalLimitExceeded => {
                Message::new(msg("pacs-rejected-full"))
            }
            PresentationReason::Reserved(code) => reserved(*code),
        },
    }
}

fn reserved(code: u8) -> Message {
    Message::new(msg("pacs-rejected-reserved")).text("code", code.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, Words};

    #[test]
    fn no_reason_for_a_rejection_is_said_in_the_words_of_the_library() {
        let sources = [
            AssociationRJSource::ServiceUser(UserReason::NoReasonGiven),
            AssociationRJSource::ServiceUser(UserReason::ApplicationContextNameNotSupported),
            AssociationRJSource::ServiceUser(UserReason::CallingAETitleNotRecognized),
            AssociationRJSource::ServiceUser(UserReason::CalledAETitleNotRecognized),
            AssociationRJSource::ServiceUser(UserReason::Reserved(5)),
            AssociationRJSource::ServiceProviderASCE(AcseReason::NoReasonGiven),
            AssociationRJSource::ServiceProviderASCE(AcseReason::ProtocolVersionNotSupported),
            AssociationRJSource::ServiceProviderPresentation(PresentationReason::Reserved(3)),
        ];
        let call = Call {
            address: match crate::pacs::NodeAddress::parse("P@h:104") {
                Ok(crate::pacs::NodeAddress::Dimse(address)) => address,
                other => panic!("{other:?}"),
            },
            calling: AeTitle::ours(),
            line: Line::default(),
        };
        for source in sources {
            let french = Words::of(Language::French);
            let said = french.get(&rejection(&call, &source).message());
            assert!(!said.contains(&source.to_string()), "{said}");
            assert!(!said.contains("reserved"), "{said}");
        }
    }
}
