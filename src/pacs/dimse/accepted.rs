//! What we take of what a caller proposes (PS3.8 9.3.3, PS3.7 D.3.3).

use dicom_ul::pdu::AssociationAC;
use dicom_ul::pdu::AssociationRQ;
use dicom_ul::pdu::PresentationContextProposed;
use dicom_ul::pdu::PresentationContextResult;
use dicom_ul::pdu::PresentationContextResultReason as Answer;
use dicom_ul::pdu::RequestorRoles;
use dicom_ul::pdu::UserVariableItem;

use super::association::APPLICATION_CONTEXT;
use super::association::Context;
use super::association::our_variables;
use super::contexts;
use super::uids;

/// The answer to a request, and the contexts that are agreed on by it. `prefers_plain`: uncompressed
/// where the caller leaves the choice to us.
pub(super) fn accepted(
    request: &AssociationRQ,
    prefers_plain: bool,
) -> (AssociationAC, Vec<Context>) {
    let mut contexts = Vec::new();
    let mut results = Vec::new();
    for proposed in &request.presentation_contexts {
        let (reason, transfer_syntax) = judged(proposed, prefers_plain);
        if reason == Answer::Acceptance
            && contexts
                .iter()
                .all(|known: &Context| known.id != proposed.id)
        {
            contexts.push(Context {
                id: proposed.id,
                sop_class: proposed
                    .abstract_syntax
                    .trim_matches([' ', '\0'])
                    .to_owned(),
                transfer_syntax: transfer_syntax.clone(),
            });
        }
        results.push(PresentationContextResult {
            id: proposed.id,
            reason,
            transfer_syntax,
        });
    }
    let mut user_variables = our_variables();
    for variable in &request.user_variables {
        // Who asks to be the SCP (of a commitment, reporting on an association of its own) may.
        if let UserVariableItem::ScuScpRoleSelectionSubItem(class, roles) = variable {
            let is_commitment = class == uids::STORAGE_COMMITMENT;
            let roles = RequestorRoles {
                scu: roles.scu,
                scp: roles.scp && is_commitment,
            };
            let item = UserVariableItem::ScuScpRoleSelectionSubItem(class.clone(), roles);
            user_variables.push(item);
        }
    }
    let answer = AssociationAC {
        protocol_version: 1,
        calling_ae_title: request.calling_ae_title.clone(),
        called_ae_title: request.called_ae_title.clone(),
        application_context_name: APPLICATION_CONTEXT.to_owned(),
        presentation_contexts: results,
        user_variables,
    };
    (answer, contexts)
}

fn judged(proposed: &PresentationContextProposed, prefers_plain: bool) -> (Answer, String) {
    let class = proposed.abstract_syntax.trim_matches([' ', '\0']);
    let is_plain = matches!(class, uids::VERIFICATION | uids::STORAGE_COMMITMENT);
    if !is_plain && !contexts::is_storage(class) {
        return (
            Answer::AbstractSyntaxNotSupported,
            uids::IMPLICIT_LITTLE.to_owned(),
        );
    }
    match contexts::chosen(&proposed.transfer_syntaxes, prefers_plain) {
        Some(syntax) => (Answer::Acceptance, syntax.to_owned()),
        None => (
            Answer::TransferSyntaxesNotSupported,
            uids::IMPLICIT_LITTLE.to_owned(),
        ),
    }
}
