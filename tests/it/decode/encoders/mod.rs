//! Encoders of the tests: RLE by hand, the others by the compressors of the libraries.
#![expect(unsafe_code, reason = "libjpeg-turbo's compressor is called directly")]

use std::ffi::c_int;
use std::io::Write as _;

use turbojpeg_sys as tj;

pub mod jpeg_2000;
pub mod jpeg_ls;
pub mod jpeg_xl;
pub mod video;

/// An RLE frame (PS3.5 Annex G) of these byte planes.
pub fn rle_frame(planes: &[Vec<u8>]) -> Vec<u8> {
    let mut header = vec![u32::try_from(planes.len()).unwrap()];
    let mut body = Vec::new();
    for plane in planes {
        header.push(u32::try_from(64 + body.len()).unwrap());
        body.extend(rle_segment(plane));
    }
    header.resize(16, 0);
    let mut frame: Vec<u8> = header.iter().flat_map(|word| word.to_le_bytes()).collect();
    frame.extend(body);
    frame
}

/// The byte planes of samples: component by component, most significant byte first.
pub fn planes(samples: &[i64], components: usize, bytes: usize) -> Vec<Vec<u8>> {
    (0..components * bytes)
        .map(|plane| {
            let (component, byte) = (plane / bytes, bytes - 1 - plane % bytes);
            samples
                .iter()
                .skip(component)
                .step_by(components)
                .map(|sample| (sample >> (8 * byte)) as u8)
                .collect()
        })
        .collect()
}

pub fn rle_segment(plane: &[u8]) -> Vec<u8> {
    let mut code = Vec::new();
    let mut at = 0;
    while at < plane.len() {
        let run = plane[at..]
            .iter()
            .take(128)
            .take_while(|&&b| b == plane[at])
            .count();
        if run > 1 {
            code.extend([(257 - run) as u8, plane[at]]);
            at += run;
        } else {
            let rest = &plane[at..plane.len().min(at + 128)];
            let literal = rest.windows(2).position(|pair| pair[0] == pair[1]);
            let literal = literal.unwrap_or(rest.len()).max(1);
            code.push((literal - 1) as u8);
            code.extend(&rest[..literal]);
            at += literal;
        }
    }
    if code.len() % 2 == 1 {
        code.push(0);
    }
    code
}

pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What a JPEG stream shall be.
#[derive(Debug, Clone, Copy)]
pub struct Jpeg {
    pub rows: usize,
    pub columns: usize,
    pub components: usize,
    pub precision: u32,
    /// The predictor, if lossless.
    pub predictor: Option<c_int>,
    pub is_progressive: bool,
    /// Arithmetic rather than Huffman coding.
    pub is_arithmetic: bool,
    /// Chrominance at half the resolution both ways.
    pub is_subsampled: bool,
    /// Whether the components are coded as they come rather than as YCbCr.
    pub is_untransformed: bool,
}

impl Jpeg {
    pub const fn grey(rows: usize, columns: usize, precision: u32) -> Self {
        Self {
            rows,
            columns,
            components: 1,
            precision,
            predictor: None,
            is_progressive: false,
            is_arithmetic: false,
            is_subsampled: false,
            is_untransformed: false,
        }
    }

    pub const fn colour(rows: usize, columns: usize) -> Self {
        Self {
            components: 3,
            ..Self::grey(rows, columns, 8)
        }
    }

    pub const fn lossless(mut self, predictor: c_int) -> Self {
        self.predictor = Some(predictor);
        self
    }

    pub const fn untransformed(mut self) -> Self {
        self.is_untransformed = true;
        self
    }

    pub fn encode(&self, samples: &[i64]) -> Vec<u8> {
        assert_eq!(samples.len(), self.rows * self.columns * self.components);
        // SAFETY: the handle is checked and destroyed once; every pointer is of a live vector of
        // rows × columns × components samples; the library's buffer is copied, then freed.
        unsafe {
            let handle = tj::tj3Init(tj::TJINIT_TJINIT_COMPRESS as c_int);
            assert!(!handle.is_null());
            let set = |parameter: tj::TJPARAM, value: c_int| {
                assert_eq!(tj::tj3Set(handle, parameter as c_int, value), 0);
            };
            let subsampling = match (self.components, self.is_subsampled) {
                (1, _) => tj::TJSAMP_TJSAMP_GRAY,
                (_, true) => tj::TJSAMP_TJSAMP_420,
                (_, false) => tj::TJSAMP_TJSAMP_444,
            };
            set(tj::TJPARAM_TJPARAM_SUBSAMP, subsampling as c_int);
            set(tj::TJPARAM_TJPARAM_QUALITY, 98);
            set(tj::TJPARAM_TJPARAM_PRECISION, self.precision as c_int);
            if self.is_progressive {
                set(tj::TJPARAM_TJPARAM_PROGRESSIVE, 1);
            }
            if self.is_arithmetic {
                set(tj::TJPARAM_TJPARAM_ARITHMETIC, 1);
            }
            if let Some(predictor) = self.predictor {
                set(tj::TJPARAM_TJPARAM_LOSSLESS, 1);
                set(tj::TJPARAM_TJPARAM_LOSSLESSPSV, predictor);
                set(tj::TJPARAM_TJPARAM_LOSSLESSPT, 0);
            }
            if self.is_untransformed && self.predictor.is_none() {
                set(tj::TJPARAM_TJPARAM_COLORSPACE, tj::TJCS_TJCS_RGB as c_int);
            }
            let (columns, rows) = (self.columns as c_int, self.rows as c_int);
            let format = if self.components == 1 {
                tj::TJPF_TJPF_GRAY
            } else {
                tj::TJPF_TJPF_RGB
            } as c_int;
            let mut jpeg = std::ptr::null_mut();
            let mut size = 0;
            let status = if self.precision <= 8 {
                let samples: Vec<u8> = samples.iter().map(|&v| v as u8).collect();
                let from = samples.as_ptr();
                tj::tj3Compress8(
                    handle,
                    from,
                    columns,
                    0,
                    rows,
                    format,
                    &raw mut jpeg,
                    &raw mut size,
                )
            } else if self.precision <= 12 {
                let samples: Vec<i16> = samples.iter().map(|&v| v as i16).collect();
                let from = samples.as_ptr();
                tj::tj3Compress12(
                    handle,
                    from,
                    columns,
                    0,
                    rows,
                    format,
                    &raw mut jpeg,
                    &raw mut size,
                )
            } else {
                let samples: Vec<u16> = samples.iter().map(|&v| v as u16).collect();
                let from = samples.as_ptr();
                tj::tj3Compress16(
                    handle,
                    from,
                    columns,
                    0,
                    rows,
                    format,
                    &raw mut jpeg,
                    &raw mut size,
                )
            };
            assert_eq!(
                status,
                0,
                "{:?}",
                std::ffi::CStr::from_ptr(tj::tj3GetErrorStr(handle))
            );
            let stream = std::slice::from_raw_parts(jpeg, size as usize).to_vec();
            tj::tj3Free(jpeg.cast());
            tj::tj3Destroy(handle);
            stream
        }
    }
}

/// A copy of a single-scan stream without application segments and with these component
/// identifiers: the labels are changed, the picture is not.
pub fn relabelled(stream: &[u8], ids: [u8; 3]) -> Vec<u8> {
    let mut copy = vec![0xFF, 0xD8];
    let mut at = 2;
    loop {
        let marker = stream[at + 1];
        let length = usize::from(stream[at + 2]) << 8 | usize::from(stream[at + 3]);
        let mut segment = stream[at..at + 2 + length].to_vec();
        at += 2 + length;
        match marker {
            0xE0..=0xEF => continue,
            0xC0..=0xC3 => {
                for (position, id) in ids.iter().enumerate() {
                    segment[10 + 3 * position] = *id;
                }
            }
            0xDA => {
                for (position, id) in ids.iter().enumerate() {
                    segment[5 + 2 * position] = *id;
                }
            }
            _ => {}
        }
        copy.extend(segment);
        if marker == 0xDA {
            copy.extend(&stream[at..]);
            return copy;
        }
    }
}
