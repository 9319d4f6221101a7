//! Bodies in all pieces they can come in, and bodies that are none.

use super::*;

/// Content type and bytes.
type Part = (String, Vec<u8>);

/// The parts of a body that comes in these pieces: content type and bytes of each whole one.
fn parts(boundary: &str, pieces: &[&[u8]]) -> (Vec<Part>, Result<(), BadMultipart>) {
    let mut whole = Vec::new();
    let mut part = None;
    let mut parser = MultipartParser::new(boundary);
    let mut tell = |event: PartEvent<'_>| {
        match event {
            PartEvent::Begin(header) => {
                assert_eq!(part, None, "a part begins within another");
                part = Some((header.content_type().essence, Vec::new()));
            }
            PartEvent::Data(bytes) => part.as_mut().unwrap().1.extend_from_slice(bytes),
            PartEvent::End => whole.push(part.take().unwrap()),
        }
        Ok(())
    };
    for piece in pieces {
        if let Err(error) = parser.push(piece, &mut tell) {
            return (whole, Err(error));
        }
    }
    let end = parser.finish(&mut tell);
    (whole, end)
}

/// Bytes full of what could be taken for a delimiter.
fn tricky(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::new();
    while bytes.len() < length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let pieces: [&[u8]; 8] = [
            b"\r\n--bou",
            b"--",
            b"\r\n--boundaryx",
            b"\r",
            b"\n",
            b"\0\xFF",
            b"x--boundary\r\n",
            b"-",
        ];
        bytes.extend_from_slice(pieces[(state >> 60) as usize % 8]);
    }
    bytes
}

fn body(line: &str, contents: &[Vec<u8>]) -> Vec<u8> {
    let mut body = format!("a preamble{line}").into_bytes();
    for content in contents {
        body.extend(format!("--boundary{line}Content-Type: application/dicom{line}{line}").bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(line.as_bytes());
    }
    body.extend_from_slice(b"--boundary--");
    body
}

#[test]
fn any_chunking_gives_the_same_parts() {
    for line in ["\r\n", "\n"] {
        for seed in 0..40 {
            let contents: Vec<Vec<u8>> = (0..3).map(|n| tricky(seed * 3 + n, 60)).collect();
            let body = body(line, &contents);
            let expected: Vec<_> = contents
                .iter()
                .map(|content| ("application/dicom".to_owned(), content.clone()))
                .collect();
            for size in [1, 2, 3, 7, 11, 64, body.len()] {
                let pieces: Vec<&[u8]> = body.chunks(size).collect();
                let found = parts("boundary", &pieces);
                assert_eq!(found, (expected.clone(), Ok(())), "{line:?} {seed} {size}");
            }
        }
    }
}

#[test]
fn a_body_cut_anywhere_is_an_error_and_never_a_whole_part_too_many() {
    let contents = [tricky(1, 50), tricky(2, 50)];
    let body = body("\r\n", &contents);
    // Behind the two hyphens of the last delimiter nothing is missing.
    for length in 0..body.len() {
        let (whole, end) = parts("boundary", &[&body[..length]]);
        assert!(end.is_err(), "cut at {length}");
        for (part, content) in whole.iter().zip(&contents) {
            assert_eq!(&part.1, content, "cut at {length}");
        }
        assert!(whole.len() <= 2);
    }
}

#[test]
fn a_part_without_last_delimiter_is_whole_only_if_it_said_its_length() {
    let head = |length: &str| format!("--b\r\nContent-Length: {length}\r\n\r\n12345");
    let whole = |text: String| {
        let (whole, end) = parts("b", &[text.as_bytes()]);
        (whole.len(), end)
    };
    assert_eq!(whole(head("5")), (1, Ok(())));
    assert_eq!(whole(head("6")), (0, Err(BadMultipart::Truncated)));
    assert_eq!(whole(head("x")), (0, Err(BadMultipart::Truncated)));
}

#[test]
fn a_length_that_lies_changes_nothing() {
    for length in ["0", "3", "999999999999", "-1"] {
        let text = format!("--b\r\ncontent-length: {length}\r\n\r\n12345\r\n--b--\r\n");
        let (whole, end) = parts("b", &[text.as_bytes()]);
        assert_eq!((whole[0].1.as_slice(), end), (b"12345".as_slice(), Ok(())));
    }
}

#[test]
fn odd_but_readable_bodies_are_read() {
    for (text, expected) in [
        // Blanks behind the delimiter, a folded header line, an epilogue.
        (
            "--b  \t\r\nX: 1\r\n folded\r\n\r\none\r\n--b--\r\nepilogue --b\r\n",
            vec!["one"],
        ),
        // No header at all, and an empty part.
        ("--b\r\n\r\none\r\n--b\r\n\r\n\r\n--b--", vec!["one", ""]),
        // A part that holds nothing, not even its own line break.
        ("--b\r\nX: 1\r\n\r\n--b--", vec![""]),
        // The first delimiter behind a blank line.
        ("\r\n--b\r\nX: 1\r\n\r\none\r\n--b--", vec!["one"]),
    ] {
        let (whole, end) = parts("b", &[text.as_bytes()]);
        assert_eq!(end, Ok(()), "{text}");
        let found: Vec<_> = whole.iter().map(|(_, bytes)| bytes.as_slice()).collect();
        let expected: Vec<_> = expected.iter().map(|text| text.as_bytes()).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_has_no_parts_is_given_up_early() {
    let endless = vec![b'x'; MOST_PREAMBLE + 1];
    assert_eq!(parts("b", &[&endless]).1, Err(BadMultipart::NoParts));
    let header = [b"--b\r\n".to_vec(), vec![b'x'; MOST_HEADER + 1]].concat();
    assert_eq!(parts("b", &[&header]).1, Err(BadMultipart::Header));
    assert_eq!(
        parts("b", &[b"<html></html>"]).1,
        Err(BadMultipart::NoParts)
    );
}

#[test]
fn memory_stays_flat_however_long_a_part_is() {
    let mut parser = MultipartParser::new("boundary");
    let mut bytes = 0;
    let mut tell = |event: PartEvent<'_>| -> Result<(), BadMultipart> {
        if let PartEvent::Data(data) = event {
            bytes += data.len();
        }
        Ok(())
    };
    parser.push(b"--boundary\r\n\r\n", &mut tell).unwrap();
    let piece = vec![b'\n'; 64 * 1024];
    for _ in 0..200 {
        parser.push(&piece, &mut tell).unwrap();
        assert!(parser.pending.capacity() < 4 * piece.len());
    }
    assert!(bytes > 199 * piece.len());
}
