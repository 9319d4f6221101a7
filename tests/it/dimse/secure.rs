//! DIMSE over TLS, and what is said where it does not come to be.

use std::sync::Arc;

use isocentre::jobs::JobCtx;
use isocentre::pacs::Authorities;
use isocentre::pacs::Caller;
use isocentre::pacs::Failure;
use isocentre::pacs::FolderSink;
use isocentre::pacs::Node;
use isocentre::pacs::ScpOptions;
use isocentre::pacs::StorageScp;
use isocentre::pacs::Tls;
use isocentre::pacs::TlsTrouble;
use isocentre::pacs::service;

use super::STUDY;
use super::assert_same;
use super::fetch;
use super::node;
use super::orthanc;
use super::slices;
use super::write;
use crate::common::Encoding;
use crate::common::certificates::TestAuthority;
use crate::common::certificates::TestCertificate;
use crate::common::certificates::answering_once;
use crate::common::certificates::old_servers;
use crate::common::orthanc::OrthancOptions;
use crate::common::orthanc::OrthancTls;
use crate::common::temp_folder;

fn trusting(authorities: Authorities) -> Tls {
    Tls {
        authorities,
        ..Tls::default()
    }
}

fn secure_node(address: &str, tls: Tls) -> Node {
    node(address, |dimse| dimse.tls = Some(tls))
}

fn trouble(node: &Node) -> TlsTrouble {
    let failure = service(node, &Caller::default())
        .echo(&JobCtx::new())
        .unwrap_err();
    match failure {
        Failure::Tls { trouble, .. } => trouble,
        other => panic!("{other:?}"),
    }
}

/// Our own receiver behind a certificate.
fn receiver(own: &TestCertificate, authorities: Authorities) -> (StorageScp, tempfile::TempDir) {
    let folder = temp_folder();
    let options = ScpOptions {
        tls: Some(Tls {
            authorities,
            certificate: Some(own.certificate.clone()),
            key: Some(own.key.clone()),
        }),
        ..ScpOptions::default()
    };
    let sink = Arc::new(FolderSink::new(folder.path()));
    (StorageScp::start(0, options, sink).unwrap(), folder)
}

#[test]
fn orthanc_is_spoken_to_over_tls_with_the_authority_that_was_named() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let orthanc = orthanc(OrthancOptions {
        dicom_tls: Some(OrthancTls::of(&authority)),
        ..OrthancOptions::default()
    });
    let files: Vec<Vec<u8>> = slices(60)
        .iter()
        .map(|image| image.write(Encoding::ExplicitLittle))
        .collect();
    for file in &files {
        orthanc.store(file);
    }
    let tls = trusting(Authorities::File(authority.file.clone()));
    let service = service(&secure_node(&orthanc.dimse(), tls), &Caller::default());
    assert!(service.echo(&JobCtx::new()).unwrap().is_verified);
    let got = temp_folder();
    let (retrieved, _) = fetch(&*service, STUDY, got.path()).unwrap();
    assert!(retrieved.is_complete(), "{retrieved:?}");
    assert_same(&files, got.path());
    // Nobody of the system's authorities vouches for it.
    let system = secure_node(&orthanc.dimse(), trusting(Authorities::System));
    assert_eq!(trouble(&system), TlsTrouble::UnknownAuthority);
    // It is not told that it speaks plain DICOM.
    let plain = node(&orthanc.dimse(), |dimse| dimse.tls = None);
    let failure = super::service(&plain, &Caller::default()).echo(&JobCtx::new());
    assert!(
        matches!(
            failure,
            Err(Failure::Tls {
                trouble: TlsTrouble::Needed,
                ..
            } | Failure::Cut { .. })
        ),
        "{failure:?}"
    );
}

#[test]
fn certificates_that_do_not_hold_are_refused_each_for_its_reason() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let trusted = || trusting(Authorities::File(authority.file.clone()));
    let at = |scp: &StorageScp| format!("ANY@127.0.0.1:{}", scp.port());

    let good = authority.for_this_computer();
    let (scp, _kept) = receiver(&good, Authorities::Anyone);
    let echo = service(&secure_node(&at(&scp), trusted()), &Caller::default());
    assert!(echo.echo(&JobCtx::new()).unwrap().is_verified);
    let stranger = secure_node(&at(&scp), trusting(Authorities::System));
    assert_eq!(trouble(&stranger), TlsTrouble::UnknownAuthority);
    let anyone = secure_node(&at(&scp), trusting(Authorities::Anyone));
    let echo = service(&anyone, &Caller::default())
        .echo(&JobCtx::new())
        .unwrap();
    assert!(!echo.is_verified);
    // The certificate itself may be what is trusted.
    let pinned = trusting(Authorities::File(good.certificate.clone()));
    let pinned = service(&secure_node(&at(&scp), pinned), &Caller::default());
    assert!(pinned.echo(&JobCtx::new()).unwrap().is_verified);

    let old = authority.issue("old", &["127.0.0.1"], true);
    let (scp, _kept) = receiver(&old, Authorities::Anyone);
    assert_eq!(
        trouble(&secure_node(&at(&scp), trusted())),
        TlsTrouble::Expired
    );

    let other = authority.issue("other", &["pacs.example"], false);
    let (scp, _kept) = receiver(&other, Authorities::Anyone);
    assert_eq!(
        trouble(&secure_node(&at(&scp), trusted())),
        TlsTrouble::OtherName
    );

    let missing = trusting(Authorities::File(folder.path().join("none.pem")));
    let missing = trouble(&secure_node(&at(&scp), missing));
    assert!(matches!(missing, TlsTrouble::File(_)), "{missing:?}");
}

#[test]
fn a_peer_that_wants_our_certificate_gets_it_and_says_so_if_there_is_none() {
    let folder = temp_folder();
    let authority = TestAuthority::new(folder.path());
    let own = authority.for_this_computer();
    let (scp, kept) = receiver(&own, Authorities::File(authority.file.clone()));
    let address = format!("ANY@127.0.0.1:{}", scp.port());
    let without = secure_node(
        &address,
        trusting(Authorities::File(authority.file.clone())),
    );
    let failure = service(&without, &Caller::default())
        .echo(&JobCtx::new())
        .unwrap_err();
    assert!(
        matches!(
            failure,
            Failure::Tls {
                trouble: TlsTrouble::OurCertificate,
                ..
            }
        ),
        "{failure:?}"
    );
    let ours = authority.issue("us", &["localhost"], false);
    let with = Tls {
        authorities: Authorities::File(authority.file.clone()),
        certificate: Some(ours.certificate),
        key: Some(ours.key),
    };
    let files = temp_folder();
    let paths = write(&slices(3), files.path());
    let service = service(&secure_node(&address, with), &Caller::default());
    let sent = service.send(&paths, &|_| {}, &JobCtx::new()).unwrap();
    assert!(sent.is_complete(3), "{sent:?}");
    drop(scp);
    assert_eq!(crate::common::files_below(kept.path()).len(), 3);
}

#[test]
fn a_peer_that_does_not_speak_tls_is_said_not_to() {
    let folder = temp_folder();
    let sink = Arc::new(FolderSink::new(folder.path()));
    let scp = StorageScp::start(0, ScpOptions::default(), sink).unwrap();
    let address = format!("ANY@127.0.0.1:{}", scp.port());
    let node = secure_node(&address, trusting(Authorities::Anyone));
    assert_eq!(trouble(&node), TlsTrouble::NotSpoken);
}

#[test]
fn a_peer_that_knows_only_old_versions_of_tls_is_refused_and_said_to_be_old() {
    for said in old_servers() {
        let address = format!("OLD@127.0.0.1:{}", answering_once(said));
        let node = secure_node(&address, trusting(Authorities::Anyone));
        assert_eq!(trouble(&node), TlsTrouble::TooOld);
    }
}

#[test]
fn a_certificate_of_ours_that_the_peer_does_not_trust_is_blamed() {
    let (folder, elsewhere) = (temp_folder(), temp_folder());
    let authority = TestAuthority::new(folder.path());
    let stranger = TestAuthority::new(elsewhere.path());
    let own = authority.for_this_computer();
    let (scp, _kept) = receiver(&own, Authorities::File(authority.file.clone()));
    for ours in [
        stranger.issue("us", &["localhost"], false),
        authority.issue("old", &["localhost"], true),
    ] {
        let with = Tls {
            authorities: Authorities::File(authority.file.clone()),
            certificate: Some(ours.certificate),
            key: Some(ours.key),
        };
        let node = secure_node(&format!("ANY@127.0.0.1:{}", scp.port()), with);
        assert_eq!(trouble(&node), TlsTrouble::OurCertificate);
    }
}
