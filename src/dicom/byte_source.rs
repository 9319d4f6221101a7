//! Reading bytes of an instance from where it lies: a file, an archive's entry, memory.
//!
//! Lengths asked for are claims out of files: no more is ever allocated than the source holds.
//! Every call opens its own handle, so that calls from many threads share no position or lock.

use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Seek as _;
use std::io::SeekFrom;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::SystemTime;

use zip::CompressionMethod;
use zip::ZipArchive;
use zip::read::ZipArchiveMetadata;
use zip::read::ZipReadOptions;

use super::ByteSource;
use super::Password;

impl ByteSource {
    /// What a message calls it: the file, the archive with the entry's name behind it, or
    /// `memory`.
    #[must_use]
    pub fn display_path(&self) -> PathBuf {
        match self {
            Self::File(path) => path.to_path_buf(),
            Self::ZipEntry { archive, name, .. } => archive.join(&**name),
            Self::Memory(_) => PathBuf::from("memory"),
        }
    }

    /// `length` bytes from `offset` on; fewer, even none, where the source ends before.
    ///
    /// # Errors
    /// The source cannot be opened or read, the entry is not in the archive, is encrypted or
    /// corrupt.
    pub fn read_range(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        match self {
            Self::File(path) => {
                let file = File::open(path)?;
                let size = file.metadata()?.len();
                read_at(file, 0, size, offset, length)
            }
            Self::ZipEntry {
                archive,
                index,
                password,
                ..
            } => read_entry(archive, *index, password.as_ref(), offset, length, false),
            Self::Memory(bytes) => Ok(slice_of(bytes, offset, length).to_vec()),
        }
    }

    /// Fills `buffer` from `offset` on and returns how many bytes there were. For pixels: a
    /// compressed entry of an archive is read on to its end, where its checksum is verified.
    ///
    /// # Errors
    /// As [`Self::read_range`]; [`io::ErrorKind::InvalidData`] where that checksum does not match.
    pub fn read_into(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if let Self::File(path) = self {
            let mut file = File::open(path)?;
            if i64::try_from(offset).is_err() {
                return Ok(0); // beyond any file; seeking there is an error
            }
            file.seek(SeekFrom::Start(offset))?;
            return fill(&mut file, buffer);
        }
        let bytes = match self {
            Self::Memory(bytes) => slice_of(bytes, offset, buffer.len()),
            Self::ZipEntry {
                archive,
                index,
                password,
                ..
            } => &read_entry(
                archive,
                *index,
                password.as_ref(),
                offset,
                buffer.len(),
                true,
            )?,
            Self::File(_) => &self.read_range(offset, buffer.len())?,
        };
        let (head, _) = buffer.split_at_mut(bytes.len().min(buffer.len()));
        head.copy_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Everything, if it is not more than `limit` bytes.
    ///
    /// # Errors
    /// As [`Self::read_range`]; [`io::ErrorKind::FileTooLarge`] beyond the limit;
    /// [`io::ErrorKind::InvalidData`] where an archive's checksum does not match.
    pub fn read_all(&self, limit: u64) -> io::Result<Vec<u8>> {
        let length = usize::try_from(limit.saturating_add(1)).unwrap_or(usize::MAX);
        let bytes = self.read_range(0, length)?;
        if bytes.len() as u64 > limit {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("more than {limit} bytes"),
            ));
        }
        Ok(bytes)
    }

    /// Whether a range can be read without reading what lies before it. A compressed entry of an
    /// archive cannot: who needs many ranges of it reads it whole.
    ///
    /// # Errors
    /// As [`Self::read_range`].
    pub fn is_random_access(&self) -> io::Result<bool> {
        match self {
            Self::File(_) | Self::Memory(_) => Ok(true),
            Self::ZipEntry { archive, index, .. } => {
                let (_, directory) = open_archive(archive)?;
                let entry = directory.entry(*index).map_err(io::Error::from)?;
                Ok(entry.compression() == CompressionMethod::Stored && !entry.encrypted())
            }
        }
    }

    /// How many bytes there are, as the file system says, or as the archive's directory claims; a
    /// claim never exceeds what the bytes of the archive can hold.
    ///
    /// # Errors
    /// As [`Self::read_range`].
    pub fn size(&self) -> io::Result<u64> {
        match self {
            Self::File(path) => Ok(std::fs::metadata(path)?.len()),
            Self::Memory(bytes) => Ok(bytes.len() as u64),
            Self::ZipEntry { archive, index, .. } => {
                let (file, directory) = open_archive(archive)?;
                let entry = directory.entry(*index).map_err(io::Error::from)?;
                let packed = entry.compressed_size().min(file.metadata()?.len());
                let expansion = if entry.compression() == CompressionMethod::Stored {
                    1
                } else {
                    MAX_DEFLATE_EXPANSION
                };
                Ok(entry.size().min(packed.saturating_mul(expansion)))
            }
        }
    }
}

/// No deflate stream yields more bytes than this for one of its own.
const MAX_DEFLATE_EXPANSION: u64 = 1032;

fn slice_of(bytes: &[u8], offset: u64, length: usize) -> &[u8] {
    let start = usize::try_from(offset).map_or(bytes.len(), |offset| offset.min(bytes.len()));
    let end = start.saturating_add(length).min(bytes.len());
    bytes.get(start..end).unwrap_or_default()
}

/// Reads a range of the `size` bytes that begin at `start` of a file.
fn read_at(
    mut file: File,
    start: u64,
    size: u64,
    offset: u64,
    length: usize,
) -> io::Result<Vec<u8>> {
    let there = size.saturating_sub(offset).min(length as u64);
    if there == 0 {
        return Ok(Vec::new()); // seeking beyond any file is an error
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(usize::try_from(there).map_err(io::Error::other)?)?;
    file.seek(SeekFrom::Start(start.saturating_add(offset)))?;
    file.take(there).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

fn read_entry(
    archive: &Path,
    index: usize,
    password: Option<&Password>,
    offset: u64,
    length: usize,
    verifies: bool,
) -> io::Result<Vec<u8>> {
    let (mut file, directory) = open_archive(archive)?;
    let archive_size = file.metadata()?.len();
    let entry = directory.entry(index).map_err(io::Error::from)?;
    let is_plain = entry.compression() == CompressionMethod::Stored && !entry.encrypted();
    let mut content = entry
        .with_reader(&mut file, decrypting(password))
        .map_err(io::Error::from)?;
    if let Some(start) = content.data_start().filter(|_| is_plain) {
        let size = content.size().min(archive_size.saturating_sub(start));
        drop(content);
        return read_at(file, start, size, offset, length);
    }
    // Skipped bytes are inflated in vain; the checksum is verified where the end is reached.
    let skipped = io::copy(&mut content.by_ref().take(offset), &mut io::sink())?;
    if skipped < offset {
        return Ok(Vec::new());
    }
    let mut bytes = Vec::new(); // grows with what is there, not with what the directory claims
    content
        .by_ref()
        .take(length as u64)
        .read_to_end(&mut bytes)?;
    if verifies {
        io::copy(&mut content, &mut io::sink())?;
    }
    Ok(bytes)
}

/// How an entry is read with this password.
pub(super) fn decrypting(password: Option<&Password>) -> ZipReadOptions<'_> {
    ZipReadOptions::new().password(password.map(Password::as_bytes))
}

/// The directory of an archive, as it was at a time of writing.
struct CachedDirectory {
    archive: PathBuf,
    stamp: (u64, Option<SystemTime>),
    directory: Arc<ZipArchiveMetadata>,
}

/// The directories read last. Without it, reading n entries would parse n directories of n
/// entries each.
static DIRECTORIES: Mutex<Vec<CachedDirectory>> = Mutex::new(Vec::new());
const MAX_DIRECTORIES: usize = 8;

pub(super) fn open_archive(archive: &Path) -> io::Result<(File, Arc<ZipArchiveMetadata>)> {
    let file = File::open(archive)?;
    let metadata = file.metadata()?;
    let stamp = (metadata.len(), metadata.modified().ok());
    let known = {
        let cache = DIRECTORIES.lock().unwrap_or_else(PoisonError::into_inner);
        cache
            .iter()
            .find(|cached| cached.archive == archive && cached.stamp == stamp)
            .map(|cached| Arc::clone(&cached.directory))
    };
    if let Some(directory) = known {
        return Ok((file, directory));
    }
    let directory = ZipArchive::new(io::BufReader::new(&file))
        .map_err(io::Error::from)?
        .metadata();
    let mut cache = DIRECTORIES.lock().unwrap_or_else(PoisonError::into_inner);
    cache.retain(|cached| cached.archive != archive);
    if cache.len() >= MAX_DIRECTORIES {
        cache.remove(0);
    }
    cache.push(CachedDirectory {
        archive: archive.to_owned(),
        stamp,
        directory: Arc::clone(&directory),
    });
    Ok((file, directory))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn content() -> Vec<u8> {
        (0..100_000_u32)
            .map(|i| (i.wrapping_mul(i) % 251) as u8)
            .collect()
    }

    fn sources(folder: &Path) -> Vec<ByteSource> {
        let plain = folder.join("plain.dcm");
        std::fs::write(&plain, content()).unwrap();
        let archive = folder.join("study.zip");
        let mut zip = ZipWriter::new(File::create(&archive).unwrap());
        for (name, method) in [
            ("first", CompressionMethod::Stored),
            ("stored", CompressionMethod::Stored),
            ("deflated", CompressionMethod::Deflated),
        ] {
            let options = SimpleFileOptions::default().compression_method(method);
            zip.start_file(name, options).unwrap();
            if name == "first" {
                zip.write_all(b"something else").unwrap();
            } else {
                zip.write_all(&content()).unwrap();
            }
        }
        zip.finish().unwrap();
        let entry = |index, name: &str| ByteSource::ZipEntry {
            archive: archive.as_path().into(),
            index,
            name: name.into(),
            password: None,
        };
        vec![
            ByteSource::File(plain.as_path().into()),
            entry(1, "stored"),
            entry(2, "deflated"),
            ByteSource::Memory(content().into()),
        ]
    }

    #[test]
    fn every_source_gives_the_same_bytes_of_any_range() {
        let folder = tempfile::tempdir().unwrap();
        let content = content();
        for source in sources(folder.path()) {
            assert_eq!(source.read_all(1 << 20).unwrap(), content, "{source:?}");
            assert_eq!(source.size().unwrap(), 100_000);
            for (offset, length) in [(0, 4), (99_990, 10), (99_990, 11), (70_000, 20_000)] {
                let end = (offset + length).min(content.len());
                let expected = &content[offset..end];
                assert_eq!(source.read_range(offset as u64, length).unwrap(), expected);
                let mut buffer = vec![0; length];
                let read = source.read_into(offset as u64, &mut buffer).unwrap();
                assert_eq!(&buffer[..read], expected);
            }
        }
    }

    #[test]
    fn a_damaged_entry_of_an_archive_gives_no_pixels() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a.zip");
        let mut zip = ZipWriter::new(File::create(&archive).unwrap());
        zip.start_file("a", SimpleFileOptions::default()).unwrap();
        zip.write_all(&content()).unwrap();
        zip.finish().unwrap();
        let source = ByteSource::ZipEntry {
            archive: archive.as_path().into(),
            index: 0,
            name: "a".into(),
            password: None,
        };
        let whole = std::fs::read(&archive).unwrap();
        let mut damaged = 0;
        for at in (whole.len() / 4..whole.len() / 2).step_by(97) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            std::fs::write(&archive, bytes).unwrap();
            let mut buffer = vec![0; 90_000];
            match source.read_into(0, &mut buffer) {
                Ok(_) => assert_eq!(buffer, content()[..90_000]),
                Err(_) => damaged += 1,
            }
        }
        assert!(damaged > 0);
    }

    #[test]
    fn a_claim_beyond_the_end_gives_what_is_there_and_allocates_no_more() {
        let folder = tempfile::tempdir().unwrap();
        for source in sources(folder.path()) {
            let bytes = source.read_range(99_000, usize::MAX).unwrap();
            assert_eq!(bytes.len(), 1000);
            assert!(bytes.capacity() < 1 << 20);
            assert!(source.read_range(u64::MAX - 1, 10).unwrap().is_empty());
            assert_eq!(source.read_into(1 << 40, &mut [0; 10]).unwrap(), 0);
        }
    }

    #[test]
    fn more_than_the_limit_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        for source in sources(folder.path()) {
            let error = source.read_all(99_999).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
            assert!(source.read_all(100_000).is_ok());
        }
    }

    #[test]
    fn only_a_compressed_entry_must_be_read_from_its_start() {
        let folder = tempfile::tempdir().unwrap();
        let random: Vec<bool> = sources(folder.path())
            .iter()
            .map(|source| source.is_random_access().unwrap())
            .collect();
        assert_eq!(random, [true, true, false, true]);
    }

    #[test]
    fn an_encrypted_entry_is_an_error_not_noise() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("secret.zip");
        let mut zip = ZipWriter::new(File::create(&archive).unwrap());
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .with_aes_encryption(zip::AesMode::Aes256, "secret");
        zip.start_file("a", options).unwrap();
        zip.write_all(&content()).unwrap();
        zip.finish().unwrap();
        let source = ByteSource::ZipEntry {
            archive: archive.as_path().into(),
            index: 0,
            name: "a".into(),
            password: None,
        };
        assert!(source.read_range(0, 10).is_err());
        let with = |password: &str| ByteSource::ZipEntry {
            archive: archive.as_path().into(),
            index: 0,
            name: "a".into(),
            password: Some(Password::new(password)),
        };
        assert!(with("sesame").read_range(0, 10).is_err());
        assert_eq!(
            with("secret").read_range(10, 90).unwrap(),
            content()[10..100]
        );
        assert!(!format!("{:?}", with("secret")).contains("\"secret\""));
    }

    #[test]
    fn an_archive_that_was_written_anew_is_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a.zip");
        let source = ByteSource::ZipEntry {
            archive: archive.as_path().into(),
            index: 0,
            name: "a".into(),
            password: None,
        };
        for text in ["first", "second, longer"] {
            let mut zip = ZipWriter::new(File::create(&archive).unwrap());
            zip.start_file("a", SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
            zip.finish().unwrap();
            assert_eq!(source.read_all(100).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        let missing = ByteSource::File(Path::new("/nowhere/at/all").into());
        assert!(missing.read_range(0, 1).is_err());
        assert!(missing.read_into(0, &mut [0]).is_err());
        assert!(missing.read_all(1).is_err());
    }
}
