//! Archives with a password: asked for, tried, and forgotten.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command as Process;

use isocentre::dicom::Password;
use isocentre::workspace::Command;
use zip::ZipWriter;
use zip::unstable::write::FileOptionsExt as _;
use zip::write::FileOptions;
use zip::write::SimpleFileOptions;

use crate::common::Encoding;
use crate::common::Session;
use crate::common::SyntheticImage;
use crate::common::temp_folder;

fn image(uid: &str) -> Vec<u8> {
    SyntheticImage::new(8, 8)
        .sop_instance(uid)
        .write(Encoding::ExplicitLittle)
}

/// An archive with one plain entry and `entries` encrypted ones.
fn archive(folder: &Path, options: FileOptions<'_, '_, ()>, entries: usize) -> PathBuf {
    let path = folder.join("study.zip");
    let mut zip = ZipWriter::new(fs::File::create(&path).unwrap());
    zip.start_file("plain", SimpleFileOptions::default())
        .unwrap();
    zip.write_all(&image("1.1")).unwrap();
    for at in 0..entries {
        zip.start_file(format!("secret/{at}"), options).unwrap();
        zip.write_all(&image(&format!("1.2.{at}"))).unwrap();
    }
    zip.finish().unwrap();
    path
}

fn aes() -> FileOptions<'static, 'static, ()> {
    SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, "sesame-7")
}

fn opened(home: &Path, archive: &Path) -> Session {
    let mut session = Session::new(home);
    session.apply(Command::Open(vec![archive.to_owned()]));
    session.until("the scan", |session| session.workspace.scans_running == 0);
    session
}

fn answered(session: &mut Session, archive: &Path, password: &str) {
    let password = Password::new(password);
    session.apply(Command::Unlock(archive.to_owned(), password));
    session.until("the answer", |session| session.workspace.scans_running == 0);
}

#[test]
fn an_archive_asks_for_its_password_and_opens_with_the_right_one_alone() {
    for options in [
        aes(),
        SimpleFileOptions::default()
            .with_deprecated_encryption(b"sesame-7")
            .unwrap(),
    ] {
        let home = temp_folder();
        let archive = archive(home.path(), options, 3);
        let mut session = opened(home.path(), &archive);
        let workspace = &session.workspace;
        assert_eq!(workspace.library.instances().count(), 1);
        assert_eq!((workspace.passed_over.len(), workspace.files_found), (3, 4));
        assert_eq!(workspace.locked[0].entries, 3);

        for wrong in ["sesame", "x", ""] {
            answered(&mut session, &archive, wrong);
            assert!(session.workspace.locked[0].is_wrong, "{wrong:?} opened it");
            assert_eq!(session.workspace.library.instances().count(), 1);
            assert_eq!(session.workspace.passed_over.len(), 3);
        }

        answered(&mut session, &archive, "sesame-7");
        let workspace = &session.workspace;
        assert_eq!(workspace.library.instances().count(), 4);
        assert_eq!(workspace.locked, []);
        assert_eq!((workspace.passed_over.len(), workspace.files_found), (0, 4));
        // Pixels are decrypted, too.
        for instance in workspace.library.instances() {
            let ctx = isocentre::jobs::JobCtx::new();
            isocentre::dicom::decode_frame(&instance.header, 0, &ctx).unwrap();
        }
    }
}

#[test]
fn an_archive_left_locked_stays_explained_and_asks_no_more() {
    let home = temp_folder();
    let archive = archive(home.path(), aes(), 2);
    let mut session = opened(home.path(), &archive);
    session.apply(Command::LeaveLocked(archive));
    assert_eq!(session.workspace.locked, []);
    assert_eq!(session.workspace.passed_over.len(), 2);
}

#[test]
fn a_script_gives_the_password_in_the_environment() {
    let home = temp_folder();
    let archive = archive(home.path(), aes(), 2);
    let shown = |password: &str| {
        let output = Process::new(env!("CARGO_BIN_EXE_isocentre"))
            .env("LC_ALL", "C.UTF-8")
            .env("ISOCENTRE_ARCHIVE_PASSWORD", password)
            .args(["info", "--json"])
            .arg(&archive)
            .output()
            .unwrap();
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (
            document["files_found"].as_u64().unwrap(),
            document["files_shown"].as_u64().unwrap(),
        )
    };
    assert_eq!(shown("sesame-7"), (3, 3));
    assert_eq!(shown("wrong"), (3, 1));
    assert_eq!(shown(""), (3, 1));
}
