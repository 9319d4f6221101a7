//! Whether the archive is what its index says.

use std::fs::File;
use std::io;
use std::io::Read as _;
use std::io::Seek as _;
use std::io::SeekFrom;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use rayon::prelude::*;
use sha2::Digest as _;
use sha2::Sha256;

use crate::jobs::JobCtx;

use super::Archive;
use super::ArchiveError;
use super::entry::Checksum;
use super::index::Known;
use super::walk::files_aside;
use super::walk::own_files;

/// Instances looked at between two looks at the clock.
const PAGE: usize = 512;
/// How far another program's index may lag behind its files.
const LAG: Duration = Duration::from_millis(500);

/// How closely to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckDepth {
    /// Whether the files are there, of the size they had.
    Files,
    /// Also every byte, against the checksum taken when the file was kept. Where there is none,
    /// one is taken now, for the next time.
    Contents,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckReport {
    /// Instances looked at.
    pub checked: usize,
    /// Of the archive's own, those whose file is not there.
    pub missing: Vec<PathBuf>,
    /// Of the archive's own, those whose file is not what was kept.
    pub changed: Vec<PathBuf>,
    /// Files of the archive that the index does not hold.
    pub unindexed: Vec<PathBuf>,
    /// Files elsewhere that are not there any more, or of another size.
    pub missing_references: Vec<PathBuf>,
    /// Files that were kept aside.
    pub aside: Vec<PathBuf>,
}

impl CheckReport {
    /// Nothing is missing, changed or unknown. What was kept aside is as it should be.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.missing.is_empty()
            && self.changed.is_empty()
            && self.unindexed.is_empty()
            && self.missing_references.is_empty()
    }
}

/// What one file turned out to be.
enum Finding {
    Fine,
    /// And this is its checksum, which was not known.
    Summed(i64, Checksum),
    Missing(PathBuf),
    Changed(PathBuf),
    MissingReference(PathBuf),
}

impl Archive {
    /// Compares the index with the files, and changes nothing but checksums that were not known.
    /// Instances may arrive meanwhile.
    ///
    /// # Errors
    /// [`ArchiveError`], also when cancelled.
    pub fn check(&self, depth: CheckDepth, ctx: &JobCtx) -> Result<CheckReport, ArchiveError> {
        self.flush();
        let store = &self.store;
        let of = store.index.instance_count()?;
        let mut report = CheckReport::default();
        let mut last = 0;
        loop {
            let page = store.index.instances_after(last, PAGE)?;
            let Some(end) = page.last() else { break };
            last = end.id;
            let findings: Vec<Finding> = page
                .par_iter()
                .map(|known| {
                    ctx.check()?;
                    Ok(look_at(known, &store.file_of(known), depth))
                })
                .collect::<Result<_, ArchiveError>>()?;
            report.checked += findings.len();
            let mut sums = Vec::new();
            for finding in findings {
                match finding {
                    Finding::Fine => {}
                    Finding::Summed(id, sum) => sums.push((id, sum)),
                    Finding::Missing(path) => report.missing.push(path),
                    Finding::Changed(path) => report.changed.push(path),
                    Finding::MissingReference(path) => report.missing_references.push(path),
                }
            }
            store.index.set_checksums(&sums)?;
            ctx.progress(report.checked, of);
        }
        self.find_unindexed(&mut report, ctx)?;
        report.aside = files_aside(&store.folder);
        Ok(report)
    }

    fn find_unindexed(&self, report: &mut CheckReport, ctx: &JobCtx) -> Result<(), ArchiveError> {
        let store = &self.store;
        let unknown = |files: Vec<String>| -> Result<Vec<String>, ArchiveError> {
            let mut unknown = Vec::new();
            for file in files {
                ctx.check()?;
                if !store.index.has_path(&file)? {
                    unknown.push(file);
                }
            }
            Ok(unknown)
        };
        let mut files = unknown(own_files(&store.folder, ctx)?)?;
        if !files.is_empty() {
            // They may be on their way, from here or from another program.
            self.flush();
            std::thread::sleep(LAG);
            files = unknown(files)?;
        }
        report.unindexed = files.iter().map(|file| store.folder.join(file)).collect();
        Ok(())
    }
}

fn look_at(known: &Known, path: &Path, depth: CheckDepth) -> Finding {
    let size = std::fs::metadata(path).map(|metadata| metadata.len());
    if !known.is_own {
        // The size of a zip archive's entry is not the archive's.
        let is_there = size.is_ok_and(|size| !known.entry.is_empty() || size == known.size);
        return if is_there {
            Finding::Fine
        } else {
            Finding::MissingReference(path.to_owned())
        };
    }
    match size {
        Err(_) => return Finding::Missing(path.to_owned()),
        Ok(size) if size != known.size => return Finding::Changed(path.to_owned()),
        Ok(_) if depth == CheckDepth::Files => return Finding::Fine,
        Ok(_) => {}
    }
    let from = known.checksum.map_or(0, |sum| sum.from);
    match (checksum(path, from), known.checksum) {
        (Ok(sum), Some(kept)) if sum == kept => Finding::Fine,
        (Ok(sum), None) => Finding::Summed(known.id, sum),
        _ => Finding::Changed(path.to_owned()),
    }
}

fn checksum(path: &Path, from: u64) -> io::Result<Checksum> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
    Ok(Checksum {
        from,
        sha256: hash.finalize().into(),
    })
}
