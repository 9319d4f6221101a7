//! JPEG 2000 by OpenJPEG's compressor, high-throughput JPEG 2000 by OpenJPH's in Rust.
#![expect(unsafe_code, reason = "OpenJPEG's compressor is called directly")]

use std::ffi::c_char;
use std::ffi::c_int;
use std::ffi::c_void;
use std::mem::MaybeUninit;

use openjpeg_sys as opj;
use openjph_core::codestream::Codestream;
use openjph_core::file::MemOutfile;
use openjph_core::types::Point;
use openjph_core::types::Size;

/// What a JPEG 2000 stream shall be.
#[derive(Debug, Clone, Copy)]
pub struct Jpeg2000 {
    pub rows: usize,
    pub columns: usize,
    pub components: usize,
    pub precision: u32,
    pub is_signed: bool,
    /// Whether three components are transformed to luminance and chrominance.
    pub has_transform: bool,
    /// The compression ratio of the transform that rounds; `None` is lossless.
    pub ratio: Option<f32>,
    /// Width and height of tiles.
    pub tile: Option<usize>,
    /// Columns and rows that share a sample of the second and third component.
    pub chrominance_step: (usize, usize),
    /// Width and height of the precincts of every resolution.
    pub precinct: Option<usize>,
    /// In which order its packets come.
    pub order: opj::PROG_ORDER,
    /// Qualities that follow one another.
    pub layers: usize,
}

impl Jpeg2000 {
    pub const fn grey(rows: usize, columns: usize, precision: u32) -> Self {
        Self {
            rows,
            columns,
            components: 1,
            precision,
            is_signed: false,
            has_transform: false,
            ratio: None,
            tile: None,
            chrominance_step: (1, 1),
            precinct: None,
            order: opj::PROG_ORDER::OPJ_LRCP,
            layers: 1,
        }
    }

    pub const fn colour(rows: usize, columns: usize, precision: u32) -> Self {
        Self {
            components: 3,
            ..Self::grey(rows, columns, precision)
        }
    }

    pub const fn signed(self) -> Self {
        Self {
            is_signed: true,
            ..self
        }
    }

    pub const fn transformed(self) -> Self {
        Self {
            has_transform: true,
            ..self
        }
    }

    pub const fn lossy(self, ratio: f32) -> Self {
        Self {
            ratio: Some(ratio),
            ..self
        }
    }

    const fn step(&self, component: usize) -> (usize, usize) {
        match component {
            1 | 2 => self.chrominance_step,
            _ => (1, 1),
        }
    }

    /// Encodes samples interleaved by pixel; shared chrominance is that of the first pixel.
    pub fn encode(&self, samples: &[i64]) -> Vec<u8> {
        assert_eq!(samples.len(), self.rows * self.columns * self.components);
        let mut sizes: Vec<opj::opj_image_cmptparm_t> = (0..self.components)
            .map(|component| {
                let (across, down) = self.step(component);
                opj::opj_image_cmptparm_t {
                    dx: across as u32,
                    dy: down as u32,
                    w: self.columns.div_ceil(across) as u32,
                    h: self.rows.div_ceil(down) as u32,
                    x0: 0,
                    y0: 0,
                    prec: self.precision,
                    bpp: self.precision,
                    sgnd: self.is_signed.into(),
                }
            })
            .collect();
        let mut written = Written::default();
        // SAFETY: every pointer is checked or of a live value; the components' data are written
        // within w × h samples; everything is destroyed once, in the reverse order.
        unsafe {
            let image = opj::opj_image_create(
                sizes.len() as u32,
                sizes.as_mut_ptr(),
                opj::COLOR_SPACE::OPJ_CLRSPC_UNSPECIFIED,
            );
            assert!(!image.is_null());
            (*image).x1 = self.columns as u32;
            (*image).y1 = self.rows as u32;
            for (component, size) in sizes.iter().enumerate() {
                let (across, down) = self.step(component);
                let data = (*(*image).comps.add(component)).data;
                let (columns, rows) = (size.w as usize, size.h as usize);
                for (row, column) in (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c))) {
                    let pixel = row * down * self.columns + column * across;
                    let sample = samples[pixel * self.components + component];
                    *data.add(row * columns + column) = sample as i32;
                }
            }
            let mut parameters = self.parameters();
            let codec = opj::opj_create_compress(opj::CODEC_FORMAT::OPJ_CODEC_J2K);
            assert_eq!(opj::opj_setup_encoder(codec, &raw mut parameters, image), 1);
            let stream = opj::opj_stream_create(1 << 16, 0);
            opj::opj_stream_set_user_data(stream, (&raw mut written).cast(), None);
            opj::opj_stream_set_write_function(stream, Some(on_write));
            opj::opj_stream_set_skip_function(stream, Some(on_skip));
            opj::opj_stream_set_seek_function(stream, Some(on_seek));
            assert_eq!(opj::opj_start_compress(codec, image, stream), 1);
            assert_eq!(opj::opj_encode(codec, stream), 1);
            assert_eq!(opj::opj_end_compress(codec, stream), 1);
            opj::opj_stream_destroy(stream);
            opj::opj_destroy_codec(codec);
            opj::opj_image_destroy(image);
        }
        written.bytes
    }

    fn parameters(&self) -> opj::opj_cparameters_t {
        let mut parameters = MaybeUninit::<opj::opj_cparameters_t>::uninit();
        // SAFETY: the library initialises the whole structure.
        let mut parameters = unsafe {
            opj::opj_set_default_encoder_parameters(parameters.as_mut_ptr());
            parameters.assume_init()
        };
        parameters.prog_order = self.order;
        parameters.tcp_numlayers = self.layers as c_int;
        // The last one lossless, those before it of half the bytes each.
        for (rate, layer) in parameters.tcp_rates.iter_mut().zip((0..self.layers).rev()) {
            *rate = if layer == 0 { 0.0 } else { (4 << layer) as f32 };
        }
        parameters.cp_disto_alloc = 1;
        parameters.tcp_mct = c_char::from(self.has_transform);
        let smallest = self.rows.min(self.columns).min(self.tile.unwrap_or(64));
        parameters.numresolution = if smallest < 32 { 2 } else { 5 };
        if let Some(ratio) = self.ratio {
            parameters.irreversible = 1;
            parameters.tcp_rates[0] = ratio;
        }
        if let Some(tile) = self.tile {
            parameters.tile_size_on = 1;
            parameters.cp_tdx = tile as c_int;
            parameters.cp_tdy = tile as c_int;
        }
        if let Some(precinct) = self.precinct {
            parameters.csty |= 1;
            parameters.res_spec = 1;
            parameters.prcw_init[0] = precinct as c_int;
            parameters.prch_init[0] = precinct as c_int;
        }
        parameters
    }
}

/// What the compressor wrote, and where it stands.
#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    position: usize,
}

unsafe extern "C" fn on_write(bytes: *mut c_void, length: usize, data: *mut c_void) -> usize {
    // SAFETY: the library gives `length` bytes and the pointer set with this callback.
    let (bytes, written) = unsafe {
        (
            std::slice::from_raw_parts(bytes.cast::<u8>(), length),
            &mut *data.cast::<Written>(),
        )
    };
    let end = written.position + length;
    written.bytes.resize(written.bytes.len().max(end), 0);
    written.bytes[written.position..end].copy_from_slice(bytes);
    written.position = end;
    length
}

unsafe extern "C" fn on_skip(length: i64, data: *mut c_void) -> i64 {
    // SAFETY: the pointer set with this callback.
    unsafe { (*data.cast::<Written>()).position += length as usize };
    length
}

unsafe extern "C" fn on_seek(position: i64, data: *mut c_void) -> opj::OPJ_BOOL {
    // SAFETY: the pointer set with this callback.
    unsafe { (*data.cast::<Written>()).position = position as usize };
    1
}

/// Lossless high-throughput JPEG 2000 of grey samples.
pub fn high_throughput(
    rows: usize,
    columns: usize,
    precision: u32,
    is_signed: bool,
    samples: &[i64],
) -> Vec<u8> {
    let mut codestream = Codestream::new();
    let size = codestream.access_siz_mut();
    size.set_image_extent(Point::new(columns as u32, rows as u32));
    size.set_num_components(1);
    size.set_comp_info(0, Point::new(1, 1), precision, is_signed);
    size.set_tile_size(Size::new(columns as u32, rows as u32));
    let style = codestream.access_cod_mut();
    style.set_num_decomposition(3);
    // In larger ones this encoder writes longer variable-length codes than there may be.
    style.set_block_dims(32, 32);
    style.set_reversible(true);
    style.set_color_transform(false);
    codestream.set_planar(0);
    let mut file = MemOutfile::new();
    codestream.write_headers(&mut file, &[]).unwrap();
    for line in samples.chunks_exact(columns) {
        let line: Vec<i32> = line.iter().map(|&v| v as i32).collect();
        codestream.exchange(&line, 0).unwrap();
    }
    codestream.flush(&mut file).unwrap();
    file.get_data().to_vec()
}

/// A JP2 file (T.800 Annex I) of this codestream, its header box with these boxes.
pub fn boxed(codestream: &[u8], header: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let header: Vec<u8> = header
        .iter()
        .flat_map(|(kind, content)| box_of(**kind, content))
        .collect();
    [
        box_of(*b"jP  ", &[0x0D, 0x0A, 0x87, 0x0A]),
        box_of(*b"ftyp", b"jp2 \0\0\0\0jp2 "),
        box_of(*b"jp2h", &header),
        box_of(*b"jp2c", codestream),
    ]
    .concat()
}

fn box_of(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
    [&length[..], &kind, content].concat()
}
