//! A message between the program and its worker: the length of the head and that of the body, eight
//! bytes each, least significant first; the head in JSON; the body.
//!
//! Numbers in a body are in the machine's own byte order: both ends run on it.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// No head is longer.
const MAX_HEAD_BYTES: u64 = 1 << 20;

pub(super) fn write(to: &mut impl Write, head: &impl Serialize, body: &[u8]) -> io::Result<()> {
    let head = serde_json::to_vec(head)?;
    let lengths = [head.len() as u64, body.len() as u64];
    let mut start: Vec<u8> = lengths.iter().flat_map(|n| n.to_le_bytes()).collect();
    start.extend(head);
    to.write_all(&start)?;
    to.write_all(body)?;
    to.flush()
}

/// The head, and how many bytes of body follow; `None` where the other end is gone.
pub(super) fn read_head<H: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<(H, u64)>> {
    let mut lengths = [[0; 8]; 2];
    // The first byte decides between an end and a message cut off.
    let [head, body] = &mut lengths;
    loop {
        match from.read(head.get_mut(..1).unwrap_or_default()) {
            Ok(0) => return Ok(None),
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    from.read_exact(head.get_mut(1..).unwrap_or_default())?;
    from.read_exact(body)?;
    let [head, body] = lengths.map(u64::from_le_bytes);
    if head > MAX_HEAD_BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; head as usize];
    from.read_exact(&mut bytes)?;
    Ok(Some((serde_json::from_slice(&bytes)?, body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_as_it_was_written_and_its_body_follows() {
        let mut bytes = Vec::new();
        write(&mut bytes, &("head", 7), b"body").unwrap();
        let mut rest = bytes.as_slice();
        let read = read_head::<(String, u32)>(&mut rest).unwrap();
        assert_eq!(read, Some((("head".to_owned(), 7), 4)));
        assert_eq!(rest, b"body");
    }

    #[test]
    fn an_end_before_a_message_is_no_error_and_one_within_it_is() {
        let mut bytes = Vec::new();
        write(&mut bytes, &1, &[]).unwrap();
        assert!(read_head::<u32>(&mut io::empty()).unwrap().is_none());
        for kept in 1..bytes.len() {
            assert!(read_head::<u32>(&mut &bytes[..kept]).is_err(), "{kept}");
        }
    }

    #[test]
    fn a_head_that_claims_gigabytes_is_refused() {
        let bytes = [[0xFF; 8], [0; 8]].concat();
        assert!(read_head::<u32>(&mut bytes.as_slice()).is_err());
    }
}
