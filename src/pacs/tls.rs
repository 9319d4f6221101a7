//! TLS 1.2 and 1.3 with rustls, under DIMSE and HTTP alike: whom we trust, who we are, and what is
//! said where it does not come to be.

use std::io;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use rustls::CertificateError;
use rustls::ClientConfig;
use rustls::ConnectionCommon;
use rustls::DigitallySignedStruct;
use rustls::InvalidMessage;
use rustls::PeerIncompatible;
use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::SideData;
use rustls::SignatureScheme;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::client::danger::ServerCertVerified;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::UnixTime;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::WebPkiClientVerifier;

use super::Authorities;
use super::ReceiverTls;
use super::Tls;
use super::TlsTrouble;

/// Until both sides know each other.
///
/// # Errors
/// The line's; what rustls says is carried ([`carried_trouble`]), and so is that the other side
/// hung up: who does not understand the first bytes does that.
pub(super) fn shake_hands<D: SideData>(
    session: &mut ConnectionCommon<D>,
    line: &mut (impl Read + Write),
) -> io::Result<()> {
    while session.is_handshaking() {
        session.complete_io(line).map_err(not_spoken)?;
    }
    Ok(())
}

fn not_spoken(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
            if carried_trouble(&error).is_none() =>
        {
            let message = InvalidMessage::MissingData("handshake");
            io::Error::other(rustls::Error::InvalidMessage(message))
        }
        _ => error,
    }
}

/// What is behind an error of rustls, if an [`io::Error`] carries one.
pub(super) fn carried_trouble(error: &io::Error) -> Option<TlsTrouble> {
    let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    Some(trouble_of(inner))
}

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
        Authorities::File(path) => Arc::new(FileVerifier::new(path)?),
        Authorities::Anyone => Arc::new(Anyone(provider())),
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

/// Trusts the authorities of a file, and a certificate that stands in the file itself: archives
/// often vouch for themselves.
#[derive(Debug)]
struct FileVerifier {
    listed: Vec<CertificateDer<'static>>,
    chains: Arc<WebPkiServerVerifier>,
}

impl FileVerifier {
    fn new(path: &Path) -> Result<Self, TlsTrouble> {
        let listed = certificates(path)?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(listed.iter().cloned());
        let chains = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
            .build()
            .map_err(|error| unusable(path, &error))?;
        Ok(Self { listed, chains })
    }
}

impl ServerCertVerifier for FileVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.chains.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        match verified {
            Err(error)
                if self.listed.iter().any(|listed| listed == end_entity)
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
        self.chains.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.chains.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chains.supported_verify_schemes()
    }
}

/// Trusts whoever answers; only what the reader asked for by [`Authorities::Anyone`].
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
