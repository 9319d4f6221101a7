//! Whom we take a server for, where it is not the system that decides.

use std::path::Path;
use std::sync::Arc;

use rustls::DigitallySignedStruct;
use rustls::RootCertStore;
use rustls::SignatureScheme;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::client::danger::ServerCertVerified;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::UnixTime;

use crate::pacs::TlsTrouble;

use super::certificates;
use super::provider;
use super::trouble_of;
use super::unusable;

/// Trusts whom it is told to. That the server has the key of its certificate is asked of anyone.
#[derive(Debug)]
pub(super) struct Verifier {
    trusted: Trusted,
    algorithms: WebPkiSupportedAlgorithms,
}

#[derive(Debug)]
enum Trusted {
    /// The authorities of a file, and a certificate that stands in the file itself: archives often
    /// vouch for themselves.
    Listed {
        listed: Vec<CertificateDer<'static>>,
        chains: Arc<WebPkiServerVerifier>,
    },
    /// Whoever answers; only what the reader asked for by [`crate::pacs::Authorities::Anyone`].
    Anyone,
}

impl Verifier {
    pub fn of_file(path: &Path) -> Result<Self, TlsTrouble> {
        let listed = certificates(path)?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(listed.iter().cloned());
        let chains = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
            .build()
            .map_err(|error| unusable(path, &error))?;
        Ok(Self::of(Trusted::Listed { listed, chains }))
    }

    pub fn of_anyone() -> Self {
        Self::of(Trusted::Anyone)
    }

    fn of(trusted: Trusted) -> Self {
        let algorithms = provider().signature_verification_algorithms;
        Self {
            trusted,
            algorithms,
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Trusted::Listed { listed, chains } = &self.trusted else {
            return Ok(ServerCertVerified::assertion());
        };
        let verified =
            chains.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            Err(error)
                if listed.iter().any(|listed| listed == end_entity)
                    && trouble_of(&error) != TlsTrouble::Expired =>
            {
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
