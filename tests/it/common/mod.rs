//! What the tests share: DICOM bytes written independently of the product, the sample files,
//! folders that vanish, and comparisons that can fail.
#![allow(
    dead_code,
    unused_imports,
    reason = "a helper may wait for the test that needs it"
)]

mod accepting;
mod bytes;
pub mod certificates;
mod compare;
mod desk;
pub mod drawn;
pub mod http;
pub mod keeping;
pub mod line;
pub mod orthanc;
mod proxy;
mod screen;
mod session;
pub mod source;
mod synthetic;

use std::path::PathBuf;

pub use bytes::Element;
pub use bytes::Encoding;
pub use bytes::Value;
pub use bytes::encode;
pub use bytes::file_meta;
pub use compare::Difference;
pub use compare::differences;
pub use compare::differences_u8;
pub use desk::{Desk, ct};
pub use proxy::{Fault, Proxy};
pub use screen::{Screen, english, until, window};
pub use session::Session;
pub use synthetic::SyntheticImage;

/// The folder of sample files: `ISOCENTRE_TEST_DATA`, else `../shared/data` beside the checkout.
/// Without it, says which test skips what and gives `None`.
pub fn test_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ISOCENTRE_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "skipped: {test} over the sample files, which are not at {}",
        folder.display()
    );
    None
}

/// Every file below a folder, sorted, so that failures repeat.
pub fn files_below(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A folder of this test alone, removed when dropped.
pub fn temp_folder() -> tempfile::TempDir {
    tempfile::Builder::new()
        .prefix("isocentre-test-")
        .tempdir()
        .unwrap()
}
