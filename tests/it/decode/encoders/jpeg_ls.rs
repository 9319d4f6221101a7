//! JPEG-LS by CharLS's compressor.
#![expect(unsafe_code, reason = "CharLS's compressor is called directly")]

use charls_sys as charls;

/// How the components follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interleave {
    None = 0,
    Line = 1,
    Sample = 2,
}

/// What a JPEG-LS stream shall be.
#[derive(Debug, Clone, Copy)]
pub struct JpegLs {
    pub rows: usize,
    pub columns: usize,
    pub components: usize,
    pub precision: u32,
    /// The largest difference allowed.
    pub near: i32,
    pub interleave: Interleave,
}

impl JpegLs {
    pub const fn grey(rows: usize, columns: usize, precision: u32) -> Self {
        Self {
            rows,
            columns,
            components: 1,
            precision,
            near: 0,
            interleave: Interleave::None,
        }
    }

    pub const fn colour(
        rows: usize,
        columns: usize,
        precision: u32,
        interleave: Interleave,
    ) -> Self {
        Self {
            components: 3,
            interleave,
            ..Self::grey(rows, columns, precision)
        }
    }

    /// Encodes samples interleaved by pixel, whatever the stream's order.
    pub fn encode(&self, samples: &[i64]) -> Vec<u8> {
        assert_eq!(samples.len(), self.rows * self.columns * self.components);
        let ordered: Vec<i64> = match self.interleave {
            Interleave::None => (0..self.components)
                .flat_map(|c| samples.iter().copied().skip(c).step_by(self.components))
                .collect(),
            // In either mode CharLS's own buffers hold pixel after pixel.
            Interleave::Line | Interleave::Sample => samples.to_vec(),
        };
        let bytes: Vec<u8> = if self.precision <= 8 {
            ordered.iter().map(|&v| v as u8).collect()
        } else {
            ordered
                .iter()
                .flat_map(|&v| (v as u16).to_ne_bytes())
                .collect()
        };
        let info = charls::charls_frame_info {
            width: self.columns as u32,
            height: self.rows as u32,
            bits_per_sample: self.precision as i32,
            component_count: self.components as i32,
        };
        let mut stream = vec![0_u8; bytes.len() * 2 + 1024];
        let mut written = 0;
        // SAFETY: the encoder is checked and destroyed once; every pointer is of a live value of
        // the length given with it.
        unsafe {
            let encoder = charls::charls_jpegls_encoder_create();
            assert!(!encoder.is_null());
            let codes = [
                charls::charls_jpegls_encoder_set_frame_info(encoder, &raw const info),
                charls::charls_jpegls_encoder_set_near_lossless(encoder, self.near),
                charls::charls_jpegls_encoder_set_interleave_mode(encoder, self.interleave as _),
                charls::charls_jpegls_encoder_set_destination_buffer(
                    encoder,
                    stream.as_mut_ptr().cast(),
                    stream.len(),
                ),
                charls::charls_jpegls_encoder_encode_from_buffer(
                    encoder,
                    bytes.as_ptr().cast(),
                    bytes.len(),
                    0,
                ),
                charls::charls_jpegls_encoder_get_bytes_written(encoder, &raw mut written),
            ];
            charls::charls_jpegls_encoder_destroy(encoder);
            assert_eq!(codes, [0; 6]);
        }
        stream.truncate(written);
        stream
    }
}
