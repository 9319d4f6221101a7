//! Encoders of flat macroblocks: H.264 as PCM and skipped ones, MPEG-2 by their DC coefficients;
//! and what such streams are wrapped in.

/// Bits, most significant first.
#[derive(Default)]
pub struct Bits(Vec<bool>);

impl Bits {
    fn put(&mut self, bits: usize, value: u32) -> &mut Self {
        self.0
            .extend((0..bits).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    fn code(&mut self, code: &str) -> &mut Self {
        self.0.extend(code.bytes().map(|bit| bit == b'1'));
        self
    }

    fn ue(&mut self, value: u32) -> &mut Self {
        let length = (value + 1).ilog2() as usize;
        self.put(length, 0).put(length + 1, value + 1)
    }

    fn align(&mut self) -> &mut Self {
        while !self.0.len().is_multiple_of(8) {
            self.0.push(false);
        }
        self
    }

    fn bytes(&mut self) -> Vec<u8> {
        self.align();
        let byte = |bits: &[bool]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
        self.0.chunks(8).map(byte).collect()
    }
}

/// One picture of flat macroblocks, in the order of decoding.
#[derive(Clone)]
pub struct Flat {
    /// Place in the order of presentation since the last picture that stands alone.
    pub order: u32,
    pub kind: Kind,
    /// Luminance by macroblock; `None`: as predicted.
    pub luma: Vec<Option<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It stands alone.
    Key,
    /// Predicted from the last of its kind or the last key, and others are from it.
    Predicted,
    /// Nothing is predicted from it.
    Between,
}

/// Two groups of pictures, the second beginning anew; each with pictures shown before those they
/// are predicted from.
pub fn film(macroblocks: usize) -> Vec<Flat> {
    let mut film = Vec::new();
    for group in 0..2_u8 {
        let only = |at: usize, luma: u8| {
            let mut all = vec![None; macroblocks];
            all[at] = Some(luma);
            all
        };
        let picture = |order, kind, luma| Flat { order, kind, luma };
        film.extend([
            picture(0, Kind::Key, vec![Some(40 + 100 * group); macroblocks]),
            picture(2, Kind::Predicted, only(0, 60 + group)),
            picture(1, Kind::Between, only(1, 80 + group)),
            picture(4, Kind::Predicted, only(2, 90 + group)),
            picture(3, Kind::Between, only(3, 110 + group)),
        ]);
    }
    film
}

/// What `film` shows, in the order of presentation, of a codec that predicts every picture from the
/// last one others are predicted from.
pub fn shown(film: &[Flat]) -> Vec<Vec<u8>> {
    let mut shown: Vec<(usize, Vec<u8>)> = Vec::new();
    let mut reference = Vec::new();
    let mut base = 0;
    for (at, picture) in film.iter().enumerate() {
        if picture.kind == Kind::Key {
            base = at;
        }
        let luma: Vec<u8> = (0..picture.luma.len())
            .map(|n| picture.luma[n].unwrap_or_else(|| reference[n]))
            .collect();
        if picture.kind != Kind::Between {
            reference.clone_from(&luma);
        }
        shown.push((base + picture.order as usize, luma));
    }
    shown.sort_by_key(|(order, _)| *order);
    shown.into_iter().map(|(_, luma)| luma).collect()
}

/// H.264 of two macroblocks by two.
pub mod h264 {
    use super::{Bits, Flat, Kind};

    fn nal(header: u8, payload: &mut Bits) -> Vec<u8> {
        let mut nal = vec![header];
        let mut zeros = 0;
        for byte in payload.bytes() {
            if zeros == 2 && byte <= 3 {
                nal.push(3);
                zeros = 0;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            nal.push(byte);
        }
        nal
    }

    /// Sequence and picture parameter set of a size in macroblocks.
    pub fn parameter_sets([width, height]: [u32; 2]) -> [Vec<u8>; 2] {
        let mut sps = Bits::default();
        sps.put(8, 66).put(8, 0).put(8, 51).ue(0).ue(0).ue(0).ue(2);
        sps.ue(1).put(1, 0).ue(width - 1).ue(height - 1);
        // Whole frames; no cropping; usability: 25 pictures a second.
        sps.code("110").code("1").code("0000").code("1");
        sps.put(32, 1)
            .put(32, 50)
            .put(1, 1)
            .code("00")
            .code("0")
            .code("0")
            .put(1, 1);
        let mut pps = Bits::default();
        pps.ue(0).ue(0).code("00").ue(0).ue(0).ue(0).code("000");
        pps.ue(0).ue(0).ue(0).code("100").put(1, 1);
        [nal(0x67, &mut sps), nal(0x68, &mut pps)]
    }

    /// The slices, one a picture.
    pub fn slices(film: &[Flat]) -> Vec<Vec<u8>> {
        let mut frame_num = 0;
        let mut keys = 0;
        let mut slices = Vec::new();
        for picture in film {
            let is_key = picture.kind == Kind::Key;
            let is_reference = picture.kind != Kind::Between;
            if is_key {
                frame_num = 0;
                keys += 1;
            }
            let mut bits = Bits::default();
            bits.ue(0)
                .ue(if is_key { 7 } else { 5 })
                .ue(0)
                .put(4, frame_num % 16);
            if is_key {
                bits.ue(keys % 2);
            }
            bits.put(6, 2 * picture.order);
            if is_key {
                bits.code("00");
            } else {
                bits.code("00");
                if is_reference {
                    bits.code("0");
                }
            }
            bits.ue(0).ue(1);
            let mut skipped = 0;
            for luma in &picture.luma {
                let Some(luma) = luma else {
                    skipped += 1;
                    continue;
                };
                if is_key {
                    bits.ue(25);
                } else {
                    bits.ue(skipped).ue(30);
                    skipped = 0;
                }
                bits.align();
                for sample in [[*luma; 256].as_slice(), &[128; 128]].concat() {
                    bits.put(8, sample.into());
                }
            }
            if skipped > 0 {
                bits.ue(skipped);
            }
            bits.put(1, 1);
            let header = match (is_key, is_reference) {
                (true, _) => 0x65,
                (false, true) => 0x41,
                (false, false) => 0x01,
            };
            slices.push(nal(header, &mut bits));
            if is_reference {
                frame_num += 1;
            }
        }
        slices
    }

    /// The stream with start codes.
    pub fn stream(film: &[Flat]) -> Vec<u8> {
        let sets = parameter_sets([2, 2]);
        let nals = sets.into_iter().chain(slices(film));
        nals.flat_map(|nal| [&[0, 0, 0, 1], nal.as_slice()].concat())
            .collect()
    }
}

/// MPEG-2 of two macroblocks by two. What stands between is predicted from the picture before and
/// the one after it in the order of presentation, in equal parts.
pub mod mpeg2 {
    use super::{Bits, Flat, Kind};

    fn unit(code: u8, bits: &mut Bits) -> Vec<u8> {
        [&[0, 0, 1, code], bits.bytes().as_slice()].concat()
    }

    /// Differences of DC coefficients by their size (tables B-12 and B-13).
    fn intra(bits: &mut Bits, difference: i32) {
        let sizes = [
            "100", "00", "01", "101", "110", "1110", "11110", "111110", "1111110",
        ];
        let put = |bits: &mut Bits, difference: i32| {
            let size = (32 - difference.unsigned_abs().leading_zeros()) as usize;
            let value = if difference < 0 {
                difference + (1 << size) - 1
            } else {
                difference
            };
            bits.code(sizes[size]).put(size, value as u32).code("10");
        };
        put(bits, difference);
        for _ in 0..3 {
            put(bits, 0);
        }
        bits.code("0010").code("0010");
    }

    /// The stream; `aspect` is the code of the display's shape.
    pub fn stream(film: &[Flat], aspect: u32) -> Vec<u8> {
        let mut stream = Vec::new();
        for picture in film {
            if picture.kind == Kind::Key {
                let mut bits = Bits::default();
                bits.put(12, 32).put(12, 32).put(4, aspect).put(4, 3);
                bits.put(18, 1000).put(1, 1).put(10, 20).put(3, 0);
                stream.extend(unit(0xB3, &mut bits));
                let mut bits = Bits::default();
                bits.put(4, 1)
                    .put(8, 0x48)
                    .put(1, 1)
                    .put(2, 1)
                    .put(4, 0)
                    .put(12, 0);
                bits.put(1, 1).put(8, 0).put(1, 0).put(7, 0);
                stream.extend(unit(0xB5, &mut bits));
                stream.extend(unit(0xB8, Bits::default().put(25, 0).put(2, 2)));
            }
            let kind = match picture.kind {
                Kind::Key => 1,
                Kind::Predicted => 2,
                Kind::Between => 3,
            };
            let mut bits = Bits::default();
            bits.put(10, picture.order).put(3, kind).put(16, 0xFFFF);
            for _ in 1..kind {
                bits.put(4, 7);
            }
            stream.extend(unit(0x00, bits.put(1, 0)));
            let codes = match picture.kind {
                Kind::Key => 0xFFFF,
                Kind::Predicted => 0x11FF,
                Kind::Between => 0x1111,
            };
            let mut bits = Bits::default();
            bits.put(4, 8)
                .put(16, codes)
                .put(2, 0)
                .put(2, 3)
                .code("0100000110");
            stream.extend(unit(0xB5, &mut bits));
            for (row, pair) in picture.luma.chunks(2).enumerate() {
                let mut bits = Bits::default();
                bits.put(5, 2).put(1, 0);
                let mut predictor = 128;
                for luma in pair {
                    bits.code("1");
                    match (luma, picture.kind) {
                        (Some(luma), kind) => {
                            bits.code(if kind == Kind::Key { "1" } else { "00011" });
                            intra(&mut bits, i32::from(*luma) - predictor);
                            predictor = i32::from(*luma);
                        }
                        (None, Kind::Between) => {
                            bits.code("10").code("1111");
                            predictor = 128;
                        }
                        (None, _) => {
                            bits.code("001").code("11");
                            predictor = 128;
                        }
                    }
                }
                stream.extend(unit(row as u8 + 1, &mut bits));
            }
        }
        stream.extend([0, 0, 1, 0xB7]);
        stream
    }

    /// What the stream shows of a film that [`super::shown`] describes for H.264.
    pub fn shown(film: &[Flat]) -> Vec<Vec<u8>> {
        let mut shown = Vec::new();
        let mut anchors: [Vec<u8>; 2] = [vec![], vec![]];
        let mut base = 0;
        for (at, picture) in film.iter().enumerate() {
            if picture.kind == Kind::Key {
                base = at;
            }
            let [past, future] = &anchors;
            let predicted = |n: usize| match picture.kind {
                Kind::Between => (u16::from(past[n]) + u16::from(future[n])).div_ceil(2) as u8,
                _ => future[n],
            };
            let luma: Vec<u8> = (0..picture.luma.len())
                .map(|n| picture.luma[n].unwrap_or_else(|| predicted(n)))
                .collect();
            if picture.kind != Kind::Between {
                anchors = [std::mem::take(&mut anchors[1]), luma.clone()];
            }
            shown.push((base + picture.order as usize, luma));
        }
        shown.sort_by_key(|(order, _)| *order);
        shown.into_iter().map(|(_, luma)| luma).collect()
    }
}

/// A transport stream of one programme with this video, sound beside it.
pub fn transport_stream(video: &[u8], stream_type: u8) -> Vec<u8> {
    let packet = |pid: u16, is_start: bool, payload: &[u8]| {
        let mut packet = vec![0x47, u8::from(is_start) << 6 | (pid >> 8) as u8, pid as u8];
        let room = 184 - payload.len();
        if room == 0 {
            packet.push(0x10);
        } else {
            packet.extend([0x30, room as u8 - 1]);
            packet.extend(std::iter::repeat_n(0xFF, room - 1));
            if let Some(flags) = packet.get_mut(5).filter(|_| room > 1) {
                *flags = 0;
            }
        }
        packet.extend(payload);
        packet
    };
    let table = |id: u8, body: &[u8]| {
        let length = body.len() as u16 + 9;
        let mut table = vec![
            0,
            id,
            0xB0 | (length >> 8) as u8,
            length as u8,
            0,
            1,
            0xC1,
            0,
            0,
        ];
        table.extend(body);
        table.extend([0; 4]);
        table
    };
    let mut stream = packet(0, true, &table(0, &[0, 1, 0xE1, 0x00]));
    let map = [
        0xE1,
        1,
        0xF0,
        0,
        0x03,
        0xE1,
        2,
        0xF0,
        0,
        stream_type,
        0xE1,
        1,
        0xF0,
        0,
    ];
    stream.extend(packet(0x100, true, &table(2, &map)));
    for (at, part) in video.chunks(500).enumerate() {
        let mut pes = vec![0, 0, 1, 0xE0, 0, 0, 0x80, 0, 3, 0xFF, 0xFF, 0xFF];
        pes.extend(part);
        for (n, part) in pes.chunks(184).enumerate() {
            stream.extend(packet(0x101, n == 0, part));
        }
        if at % 3 == 0 {
            let sound = [0, 0, 1, 0xC0, 0, 8, 0x80, 0, 0, 1, 2, 3, 4, 5];
            stream.extend(packet(0x102, true, &sound));
        }
    }
    stream
}

/// A program stream with this video.
pub fn program_stream(video: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    for part in video.chunks(700) {
        stream.extend([0, 0, 1, 0xBA, 0x44, 0, 4, 0, 4, 1, 0, 0, 3, 0xF8]);
        stream.extend([0, 0, 1, 0xBB, 0, 6, 0x80, 0, 1, 0, 0, 0]);
        let length = part.len() as u16 + 5;
        stream.extend([
            0,
            0,
            1,
            0xE0,
            (length >> 8) as u8,
            length as u8,
            0x80,
            0,
            2,
            0xFF,
            0xFF,
        ]);
        stream.extend(part);
        stream.extend([0, 0, 1, 0xC0, 0, 5, 0x80, 0, 0, 7, 7]);
    }
    stream.extend([0, 0, 1, 0xB9]);
    stream
}

/// An MP4 file of H.264 samples, two a chunk.
pub fn mp4(sets: &[Vec<u8>; 2], samples: &[Vec<u8>]) -> Vec<u8> {
    fn boxed(kind: &str, body: &[u8]) -> Vec<u8> {
        let size = (body.len() as u32 + 8).to_be_bytes();
        [size.as_slice(), kind.as_bytes(), body].concat()
    }
    let numbers = |numbers: &[u32]| -> Vec<u8> {
        numbers
            .iter()
            .flat_map(|number| number.to_be_bytes())
            .collect()
    };
    let [sps, pps] = sets;
    let set = |set: &Vec<u8>| [&(set.len() as u16).to_be_bytes(), set.as_slice()].concat();
    let avcc = [&[1, 66, 0, 51, 0xFF, 0xE1][..], &set(sps), &[1], &set(pps)].concat();
    let entry = [vec![0; 78], boxed("avcC", &avcc)].concat();
    let stsd = [numbers(&[0, 1]), boxed("avc1", &entry)].concat();
    let start = 16;
    let lengths: Vec<u32> = samples
        .iter()
        .map(|sample| sample.len() as u32 + 4)
        .collect();
    let count = samples.len() as u32;
    let chunks: Vec<u32> = (0..samples.len())
        .step_by(2)
        .map(|at| start + lengths[..at].iter().sum::<u32>())
        .collect();
    let stbl = [
        boxed("stsd", &stsd),
        boxed("stts", &numbers(&[0, 1, count, 1])),
        boxed("stsc", &numbers(&[0, 1, 1, 2, 1])),
        boxed(
            "stsz",
            &[numbers(&[0, 0, count]), numbers(&lengths)].concat(),
        ),
        boxed(
            "stco",
            &[numbers(&[0, chunks.len() as u32]), numbers(&chunks)].concat(),
        ),
    ]
    .concat();
    let handler = [numbers(&[0, 0]), b"vide".to_vec(), vec![0; 13]].concat();
    let media = [
        boxed("mdhd", &numbers(&[0, 0, 0, 25, count, 0])),
        boxed("hdlr", &handler),
        boxed("minf", &boxed("stbl", &stbl)),
    ]
    .concat();
    let movie = boxed("moov", &boxed("trak", &boxed("mdia", &media)));
    let data: Vec<u8> = samples
        .iter()
        .flat_map(|sample| [&(sample.len() as u32).to_be_bytes(), sample.as_slice()].concat())
        .collect();
    [boxed("ftyp", b""), boxed("mdat", &data), movie].concat()
}
