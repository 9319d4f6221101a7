//! Certificates of a test's own authority, as PEM files in a folder of the test.

use std::path::Path;
use std::path::PathBuf;

use rcgen::BasicConstraints;
use rcgen::CertificateParams;
use rcgen::CertifiedIssuer;
use rcgen::DnType;
use rcgen::IsCa;
use rcgen::KeyPair;
use rcgen::date_time_ymd;

/// An authority that nobody trusts but who is told to.
pub struct TestAuthority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: PathBuf,
    /// Its own certificate.
    pub file: PathBuf,
}

/// A certificate and its key.
#[derive(Debug, Clone)]
pub struct TestCertificate {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl TestAuthority {
    /// A new one; its files go into this folder.
    pub fn new(folder: &Path) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "isocentre test authority");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let file = folder.join("authority.pem");
        std::fs::write(&file, issuer.pem()).unwrap();
        Self {
            issuer,
            folder: folder.to_owned(),
            file,
        }
    }

    /// A certificate for this computer, under the names by which tests call it.
    pub fn for_this_computer(&self) -> TestCertificate {
        self.issue("localhost", &["localhost", "127.0.0.1"], false)
    }

    /// A certificate for somebody, `file`.pem and `file`.key; if `is_expired`, of long ago.
    pub fn issue(&self, file: &str, names: &[&str], is_expired: bool) -> TestCertificate {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, file);
        if is_expired {
            params.not_before = date_time_ymd(2001, 1, 1);
            params.not_after = date_time_ymd(2002, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let path = |ending: &str| self.folder.join(format!("{file}.{ending}"));
        let issued = TestCertificate {
            certificate: path("pem"),
            key: path("key"),
        };
        std::fs::write(&issued.certificate, certificate.pem()).unwrap();
        std::fs::write(&issued.key, key.serialize_pem()).unwrap();
        issued
    }
}

/// What a server says that knows no TLS after 1.1, to whoever says hello first: that it takes 1.1
/// (a ServerHello of RFC 4346 7.4.1.3), or that it takes no newer version (the alert
/// `protocol_version`).
pub fn old_servers() -> [Vec<u8>; 2] {
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]); // random
    hello.extend([0, 0, 0x2f, 0]); // no session, AES128-SHA, no compression
    [hello, vec![0x15, 3, 2, 0, 2, 2, 70]]
}

/// A port where the first bytes that come are answered so, and nothing else is said.
pub fn answering_once(bytes: Vec<u8>) -> u16 {
    use std::io::Read as _;
    use std::io::Write as _;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut hello = [0; 4096];
            if client.read(&mut hello).is_ok_and(|read| read > 0) {
                drop(client.write_all(&bytes));
                // Until the client is done with it.
                drop(client.read(&mut hello));
            }
        }
    });
    port
}
