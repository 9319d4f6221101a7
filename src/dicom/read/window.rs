//! The part of a byte stream read so far: it grows until the pixel data come into sight.

use std::io::ErrorKind;
use std::io::Read;
use std::io::Result;

/// What is read at once at the beginning: most headers.
const FIRST_READ: usize = 32 * 1024;

/// How many bytes of an instance may lie outside its pixel data.
pub(super) const MAX_HEADER: usize = 512 * 1024 * 1024;

pub(super) struct Window<'r> {
    reader: Box<dyn Read + 'r>,
    bytes: Vec<u8>,
    is_complete: bool,
    is_corrupt: bool,
    limit: usize,
}

impl<'r> Window<'r> {
    /// Reads the first bytes.
    pub(super) fn open(reader: Box<dyn Read + 'r>, limit: usize) -> Result<Self> {
        let mut window = Self {
            reader,
            bytes: Vec::new(),
            is_complete: false,
            is_corrupt: false,
            limit: limit.min(MAX_HEADER),
        };
        window.grow(FIRST_READ)?;
        Ok(window)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the window holds everything there is, or all it may hold.
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Whether the stream ended in a fault of its compression or with a wrong checksum.
    pub(super) fn is_corrupt(&self) -> bool {
        self.is_corrupt
    }

    /// Whether the stream goes on but the window may not.
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= self.limit
    }

    /// Reads on until `wanted` bytes are there, at least doubling what is. The bytes are taken
    /// in steps that what has come so far justifies: `wanted` is a claim out of the file.
    pub(super) fn grow(&mut self, wanted: usize) -> Result<()> {
        let wanted = wanted
            .max(self.bytes.len().saturating_mul(2))
            .min(self.limit);
        while !self.is_complete && self.bytes.len() < wanted {
            let here = self.bytes.len();
            let step = (wanted - here).min(here.max(FIRST_READ));
            self.bytes.try_reserve(step)?;
            let read = match self
                .reader
                .by_ref()
                .take(step as u64)
                .read_to_end(&mut self.bytes)
            {
                Ok(read) => read,
                // What an archive's corrupt entry gave before is worth reading.
                Err(error) if is_corruption(&error) && !self.bytes.is_empty() => {
                    self.is_corrupt = true;
                    0
                }
                Err(error) => return Err(error),
            };
            self.is_complete = read < step;
        }
        self.is_complete |= self.bytes.len() >= self.limit;
        Ok(())
    }

    /// The stream from `at` on, beginning with what was read already.
    pub(super) fn into_reader(mut self, at: usize) -> Box<dyn Read + 'r> {
        let rest = self.bytes.split_off(at.min(self.bytes.len()));
        Box::new(std::io::Cursor::new(rest).chain(self.reader))
    }
}

fn is_corruption(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof
    )
}
