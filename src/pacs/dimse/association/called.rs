//! Calls of others to us, from the first byte to our answer (PS3.8 9.3.2 to 9.3.4).

use std::net::TcpStream;
use std::time::Duration;

use dicom_ul::pdu::AssociationAC;
use dicom_ul::pdu::AssociationRJ;
use dicom_ul::pdu::AssociationRQ;
use dicom_ul::pdu::Pdu;

use super::Association;
use super::Context;
use crate::jobs::JobCtx;
use crate::pacs::Failure;
use crate::pacs::dimse::link::Incoming;
use crate::pacs::dimse::link::Link;
use crate::pacs::dimse::link::failure_of;
use crate::pacs::dimse::refused::RefusedCall;
use crate::pacs::dimse::refused::WhyRefused;
use crate::pacs::dimse::tls;
use crate::pacs::dimse::tls::Door;
use crate::pacs::dimse::tls::Stream;
use crate::pacs::dimse::tls::Unencrypted;
use crate::pacs::dimse::wire::Wire;

/// The first byte of a connection that is encrypted (RFC 8446 5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// A call to us that came to nothing.
pub(in crate::pacs::dimse) enum Untaken {
    /// Nothing was asked for: somebody looks whether the port is open, or takes it for another.
    Probe(Failure),
    Refused(RefusedCall),
}

/// What is answered to a call: the contexts that are accepted, or why it is not taken.
pub(in crate::pacs::dimse) type Decision =
    Result<(AssociationAC, Vec<Context>), (AssociationRJ, WhyRefused)>;

impl Association {
    /// Takes a call. `decide` says which contexts are accepted, or why the call is not, of a request
    /// that came encrypted or not.
    pub fn accept(
        tcp: TcpStream,
        door: &Door,
        patience: Duration,
        ctx: &JobCtx,
        decide: impl FnOnce(&AssociationRQ, bool) -> Decision,
    ) -> Result<Self, Untaken> {
        let place = match tcp.peer_addr() {
            Ok(address) => address.ip().to_canonical().to_string(),
            Err(_closed) => String::new(),
        };
        let refused = |from: String, why| Untaken::Refused(RefusedCall { from, why });
        let cut = || Failure::Cut {
            peer: place.clone(),
        };
        let wire = Wire::new(tcp, patience, ctx).map_err(|_closed| Untaken::Probe(cut()))?;
        let first = wire
            .first()
            .map_err(|error| Untaken::Probe(failure_of(&error, &place, patience)))?;
        let stream = match (first, door.encrypted()) {
            (None, _) => return Err(Untaken::Probe(cut())),
            (Some(TLS_HANDSHAKE), None) => return Err(refused(place, WhyRefused::Encrypted)),
            (Some(TLS_HANDSHAKE), Some(config)) => {
                tls::accept(wire, config, &place).map_err(|why| match why {
                    Unencrypted::Trouble(trouble) => {
                        refused(place.clone(), WhyRefused::Tls(trouble))
                    }
                    Unencrypted::HungUpOnUs => refused(place.clone(), WhyRefused::HungUpOnUs),
                    Unencrypted::Line(failure) => Untaken::Probe(failure),
                })?
            }
            (Some(_), _) => Stream::Plain(wire),
        };
        let mut link = Link::new(stream, place.clone());
        let request = match link.next() {
            Ok(Incoming::Pdu(Pdu::AssociationRQ(request))) => request,
            Ok(_) => {
                let failure = link.nonsense("something else than a request for an association");
                link.abort();
                return Err(Untaken::Probe(failure));
            }
            // A caller that does not trust our certificate may say so only now (TLS 1.3).
            Err(Failure::Tls { trouble, .. }) => {
                return Err(refused(place, WhyRefused::Tls(trouble)));
            }
            Err(failure) => return Err(Untaken::Probe(failure)),
        };
        link.peer = format!("{} ({place})", request.calling_ae_title.trim());
        match decide(&request, link.is_encrypted()) {
            Ok((answer, contexts)) => {
                let mut association = Self {
                    link,
                    contexts,
                    implementation: String::new(),
                    peer_title: request.calling_ae_title,
                    last_message_id: 0,
                    command: Vec::new(),
                    is_over: false,
                };
                association.note(&request.user_variables);
                let sent = association.link.send_pdu(&Pdu::AssociationAC(answer));
                sent.map_err(Untaken::Probe)?;
                Ok(association)
            }
            Err((rejection, why)) => {
                // Who hung up by now need not be told.
                drop(link.send_pdu(&Pdu::AssociationRJ(rejection)));
                Err(refused(link.peer, why))
            }
        }
    }
}
