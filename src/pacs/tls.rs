//! TLS 1.2 and 1.3 with rustls, under DIMSE and HTTP alike: whom we trust, who we are, and what is
//! said where it does not come to be.

mod handshake;
mod verifier;

use std::path::Path;
use std::sync::Arc;

use rustls::CertificateError;
use rustls::ClientConfig;
use rustls::PeerIncompatible;
use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::WebPkiClientVerifier;

use super::Authorities;
use super::ReceiverTls;
use super::Tls;
use super::TlsTrouble;

pub(super) use handshake::carried_trouble;
pub(super) use handshake::is_cut_after_us;
pub(super) use handshake::is_cut_midway;
pub(super) use handshake::shake_hands;

use verifier::Verifier;

pub(super) fn trouble_of(error: &rustls::Error) -> TlsTrouble {
    use rustls::AlertDescription as Alert;
    use rustls::Error;
    match error {
        Error::InvalidMessage(_) | Error::InappropriateMessage { .. } => TlsTrouble::NotSpoken,
        Error::InvalidCertificate(error) => match error {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => TlsTrouble::Expired,
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                TlsTrouble::UnknownAuthority
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsTrouble::OtherName
            }
            // A certificate that vouches for itself (webpki names the reason so).
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                TlsTrouble::UnknownAuthority
            }
            other => TlsTrouble::Other(other.to_string()),
        },
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::Tls13RequiredForQuic,
        )
        | Error::AlertReceived(Alert::ProtocolVersion) => TlsTrouble::TooOld,
        Error::AlertReceived(
            Alert::CertificateRequired
            | Alert::BadCertificate
            | Alert::UnknownCA
            | Alert::CertificateUnknown
            | Alert::CertificateExpired
            | Alert::AccessDenied
            | Alert::UnsupportedCertificate
            | Alert::DecryptError,
        ) => TlsTrouble::OurCertificate,
        // Who must show a certificate and shows none.
        Error::NoCertificatesPresented => TlsTrouble::UnknownAuthority,
        other => TlsTrouble::Other(other.to_string()),
    }
}

/// The one provider of ciphers.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// How we speak to a node.
pub(super) fn client_config(tls: &Tls) -> Result<ClientConfig, TlsTrouble> {
    let other = |error: rustls::Error| TlsTrouble::Other(error.to_string());
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(other)?;
    let verifier: Arc<dyn ServerCertVerifier> = match &tls.authorities {
        Authorities::System => {
            Arc::new(rustls_platform_verifier::Verifier::new(provider()).map_err(other)?)
        }
        Authorities::File(path) => Arc::new(Verifier::of_file(path)?),
        Authorities::Anyone => Arc::new(Verifier::of_anyone()),
    };
    let builder = builder
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    match &tls.certificate {
        Some(certificate) => {
            let (chain, key) = identity(certificate, tls.key.as_deref())?;
            builder.with_client_auth_cert(chain, key).map_err(other)
        }
        None => Ok(builder.with_no_client_auth()),
    }
}

/// How nodes speak to us.
pub(super) fn server_config(tls: &ReceiverTls) -> Result<ServerConfig, TlsTrouble> {
    let other = |error: rustls::Error| TlsTrouble::Other(error.to_string());
    let builder = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(other)?;
    let builder = match &tls.callers {
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(path)? {
                roots.add(certificate).map_err(other)?;
            }
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider()).build();
            let verifier = verifier.map_err(|error| TlsTrouble::Other(error.to_string()))?;
            builder.with_client_cert_verifier(verifier)
        }
        None => builder.with_no_client_auth(),
    };
    let (chain, key) = identity(&tls.certificate, tls.key.as_deref())?;
    builder.with_single_cert(chain, key).map_err(other)
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Our own certificate. It and its key often stand in one file.
fn identity(certificate: &Path, key: Option<&Path>) -> Result<Identity, TlsTrouble> {
    let key = key.unwrap_or(certificate);
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, &error))?;
    Ok((certificates(certificate)?, key))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsTrouble> {
    let all = CertificateDer::pem_file_iter(path).map_err(|error| unusable(path, &error))?;
    let all: Result<Vec<_>, _> = all.collect();
    let all = all.map_err(|error| unusable(path, &error))?;
    if all.is_empty() {
        return Err(TlsTrouble::File(path.display().to_string()));
    }
    Ok(all)
}

fn unusable(path: &Path, error: &impl std::fmt::Display) -> TlsTrouble {
    TlsTrouble::File(format!("{}: {error}", path.display()))
}
