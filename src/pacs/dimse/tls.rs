//! TLS 1.2 and 1.3 under DIMSE (PS3.15 annex B), with rustls: whom we trust, and who we are.

use std::io;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use rustls::CertificateError;
use rustls::ClientConfig;
use rustls::ClientConnection;
use rustls::DigitallySignedStruct;
use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::ServerConnection;
use rustls::SignatureScheme;
use rustls::StreamOwned;
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

use super::wire::Wire;
use crate::pacs::Authorities;
use crate::pacs::Failure;
use crate::pacs::Tls;
use crate::pacs::TlsTrouble;

/// A connection, plain or encrypted.
pub(super) enum Stream {
    Plain(Wire),
    Client(Box<StreamOwned<ClientConnection, Wire>>),
    Server(Box<StreamOwned<ServerConnection, Wire>>),
}

impl Stream {
    pub fn wire(&self) -> &Wire {
        match self {
            Self::Plain(wire) => wire,
            Self::Client(stream) => &stream.sock,
            Self::Server(stream) => &stream.sock,
        }
    }

    pub fn wire_mut(&mut self) -> &mut Wire {
        match self {
            Self::Plain(wire) => wire,
            Self::Client(stream) => &mut stream.sock,
            Self::Server(stream) => &mut stream.sock,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.read(buffer),
            Self::Client(stream) => stream.read(buffer),
            Self::Server(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.write(buffer),
            Self::Client(stream) => stream.write(buffer),
            Self::Server(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(wire) => wire.flush(),
            Self::Client(stream) => stream.flush(),
            Self::Server(stream) => stream.flush(),
        }
    }
}

/// Encrypts a connection that we made; the other side is who it says when this returns.
pub(super) fn connect(
    mut wire: Wire,
    tls: &Tls,
    host: &str,
    peer: &str,
) -> Result<Stream, Failure> {
    let failed = |trouble| Failure::Tls {
        peer: peer.to_owned(),
        trouble,
    };
    let config = client_config(tls).map_err(failed)?;
    let name = ServerName::try_from(host.to_owned())
        .map_err(|error| failed(TlsTrouble::Other(error.to_string())))?;
    let mut session = ClientConnection::new(Arc::new(config), name)
        .map_err(|error| failed(trouble_of(&error)))?;
    while session.is_handshaking() {
        session
            .complete_io(&mut wire)
            .map_err(|error| handshake_failure(&error, peer, wire.patience()))?;
    }
    Ok(Stream::Client(Box::new(StreamOwned::new(session, wire))))
}

/// Encrypts a connection that the other side made.
pub(super) fn accept(
    mut wire: Wire,
    config: &Arc<ServerConfig>,
    peer: &str,
) -> Result<Stream, Failure> {
    let mut session = ServerConnection::new(config.clone()).map_err(|error| Failure::Tls {
        peer: peer.to_owned(),
        trouble: trouble_of(&error),
    })?;
    while session.is_handshaking() {
        session
            .complete_io(&mut wire)
            .map_err(|error| handshake_failure(&error, peer, wire.patience()))?;
    }
    Ok(Stream::Server(Box::new(StreamOwned::new(session, wire))))
}

fn handshake_failure(error: &io::Error, peer: &str, patience: std::time::Duration) -> Failure {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref());
    let trouble = match (tls, error.kind()) {
        (Some(error), _) => trouble_of(error),
        // Who does not understand the first bytes hangs up.
        (
            None,
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe,
        ) => TlsTrouble::NotSpoken,
        _ => return super::link::failure_of(error, peer, patience),
    };
    Failure::Tls {
        peer: peer.to_owned(),
        trouble,
    }
}

/// What is behind an error of rustls, if an [`io::Error`] carries one.
pub(in crate::pacs) fn carried_trouble(error: &io::Error) -> Option<TlsTrouble> {
    let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    Some(trouble_of(inner))
}

fn trouble_of(error: &rustls::Error) -> TlsTrouble {
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
        other => TlsTrouble::Other(other.to_string()),
    }
}

/// The one provider of ciphers.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// How we speak to a node.
pub(in crate::pacs) fn client_config(tls: &Tls) -> Result<ClientConfig, TlsTrouble> {
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
    match identity(tls)? {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(other),
        None => Ok(builder.with_no_client_auth()),
    }
}

/// How nodes speak to us. They must show a certificate where [`Authorities::File`] says who may
/// vouch for them.
pub(super) fn server_config(tls: &Tls) -> Result<ServerConfig, TlsTrouble> {
    let other = |error: rustls::Error| TlsTrouble::Other(error.to_string());
    let builder = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(other)?;
    let builder = match &tls.authorities {
        Authorities::File(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(path)? {
                roots.add(certificate).map_err(other)?;
            }
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider()).build();
            let verifier = verifier.map_err(|error| TlsTrouble::Other(error.to_string()))?;
            builder.with_client_cert_verifier(verifier)
        }
        Authorities::System | Authorities::Anyone => builder.with_no_client_auth(),
    };
    let (chain, key) = identity(tls)?
        .ok_or_else(|| TlsTrouble::File("a certificate and its key are needed".to_owned()))?;
    builder.with_single_cert(chain, key).map_err(other)
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Our own certificate, if there is one.
fn identity(tls: &Tls) -> Result<Option<Identity>, TlsTrouble> {
    let Some(path) = &tls.certificate else {
        return Ok(None);
    };
    // Certificate and key often stand in one file.
    let key = tls.key.as_ref().unwrap_or(path);
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, &error))?;
    Ok(Some((certificates(path)?, key)))
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
