//! Whole files of every family, made here; beside them the sample files, where there are some.

use std::io::Write as _;
use std::path::PathBuf;

use crate::common::bytes::Element;
use crate::common::bytes::Encoding;
use crate::common::bytes::Value;
use crate::common::bytes::encode;
use crate::common::bytes::file_meta;
use crate::common::synthetic::SyntheticImage;
use crate::encoders::Jpeg;
use crate::encoders::deflate;
use crate::encoders::jpeg_2000::Jpeg2000;
use crate::encoders::jpeg_2000::high_throughput;
use crate::encoders::jpeg_ls::Interleave;
use crate::encoders::jpeg_ls::JpegLs;
use crate::encoders::jpeg_xl;
use crate::encoders::planes;
use crate::encoders::rle_frame;

const ROWS: usize = 24;
const COLUMNS: usize = 20;

fn samples(components: usize, bits: u32) -> Vec<i64> {
    let most = (1_i64 << bits) - 1;
    (0..ROWS * COLUMNS * components)
        .map(|at| (at as i64 * 37 + (at as i64 % 7) * 11) & most)
        .collect()
}

fn grey(allocated: u16, stored: u16) -> SyntheticImage {
    SyntheticImage::new(ROWS as u16, COLUMNS as u16).bits(allocated, stored)
}

fn colour() -> SyntheticImage {
    grey(8, 8).samples_per_pixel(3).photometric("RGB")
}

fn coded(image: SyntheticImage, syntax: &str, frames: Vec<Vec<u8>>) -> Vec<u8> {
    let count = frames.len().to_string();
    image
        .text(0x0028, 0x0008, "IS", &count)
        .transfer_syntax(syntax)
        .raw_pixels(Value::Fragments(frames))
        .write(Encoding::ExplicitLittle)
}

pub fn native() -> Vec<Vec<u8>> {
    let frames = [samples(1, 12), samples(1, 12)].concat();
    let mut files: Vec<_> = Encoding::ALL
        .into_iter()
        .map(|encoding| grey(16, 12).pixels_all(2, frames.clone()).write(encoding))
        .collect();
    files.push(
        grey(32, 32)
            .signed()
            .pixels_all(1, samples(1, 16))
            .write(Encoding::ExplicitBig),
    );
    files.push(
        colour()
            .pixels_all(1, samples(3, 8))
            .write(Encoding::ExplicitLittle),
    );
    let packed = Value::Bytes(vec![0xA5; ROWS * COLUMNS / 4]);
    let bits = grey(1, 1)
        .text(0x0028, 0x0008, "IS", "2")
        .raw_pixels(packed);
    files.push(bits.write(Encoding::ImplicitLittle));
    let palette = |element| {
        let entries = (0..256_u16).map(|entry| entry << 8).collect();
        Element::new(0x0028, element, "OW", Value::U16(entries))
    };
    let descriptor = |element| Element::new(0x0028, element, "US", Value::U16(vec![256, 0, 16]));
    let mut image = grey(8, 8)
        .photometric("PALETTE COLOR")
        .pixels_all(1, samples(1, 8));
    for channel in 0..3 {
        image = image
            .element(descriptor(0x1101 + channel))
            .element(palette(0x1201 + channel));
    }
    files.push(image.write(Encoding::ExplicitLittle));
    files
}

pub fn overlays_and_tables() -> Vec<Vec<u8>> {
    let overlay = |group| {
        [
            Element::u16(group, 0x0010, ROWS as u16),
            Element::u16(group, 0x0011, COLUMNS as u16),
            Element::text(group, 0x0015, "IS", "1"),
            Element::text(group, 0x0040, "CS", "G"),
            Element::new(group, 0x0050, "SS", Value::I16(vec![1, 1])),
            Element::u16(group, 0x0100, 1),
            Element::u16(group, 0x0102, 0),
            Element::new(group, 0x3000, "OW", Value::U16(vec![0x5A5A; 32])),
        ]
    };
    let table = |group, sequence| {
        let descriptor = Value::U16(vec![64, 0, 12]);
        let entries = Value::U16((0..64).map(|entry| entry * 60).collect());
        let item = vec![
            Element::new(0x0028, 0x3002, "US", descriptor),
            Element::text(0x0028, 0x3004, "LO", "HU"),
            Element::new(0x0028, 0x3006, "US", entries),
        ];
        Element::new(group, sequence, "SQ", Value::Items(vec![item]))
    };
    let number =
        |group, element, value: u32| Element::new(group, element, "UL", Value::U32(vec![value]));
    let region = vec![
        Element::u16(0x0018, 0x6012, 1),
        Element::u16(0x0018, 0x6014, 1),
        number(0x0018, 0x6016, 0),
        number(0x0018, 0x6018, 0),
        number(0x0018, 0x601A, 0),
        number(0x0018, 0x601C, 19),
        number(0x0018, 0x601E, 23),
        Element::new(0x0018, 0x6020, "SL", Value::U32(vec![3])),
        Element::new(0x0018, 0x6022, "SL", Value::U32(vec![4])),
        Element::u16(0x0018, 0x6024, 3),
        Element::u16(0x0018, 0x6026, 3),
        Element::new(0x0018, 0x602C, "FD", Value::F64(vec![0.1])),
        Element::new(0x0018, 0x602E, "FD", Value::F64(vec![0.1])),
    ];
    let mut image = grey(16, 12)
        .pixels_all(1, samples(1, 12))
        .window(40.0, 400.0);
    for group in [0x6000, 0x6002] {
        for element in overlay(group) {
            image = image.element(element);
        }
    }
    let shutter = image
        .clone()
        .text(0x0018, 0x1600, "CS", "RECTANGULAR\\CIRCULAR\\POLYGONAL")
        .text(0x0018, 0x1602, "IS", "2")
        .text(0x0018, 0x1604, "IS", "18")
        .text(0x0018, 0x1606, "IS", "2")
        .text(0x0018, 0x1608, "IS", "20")
        .text(0x0018, 0x1610, "IS", "12\\10")
        .text(0x0018, 0x1612, "IS", "8")
        .text(0x0018, 0x1620, "IS", "2\\2\\20\\4\\12\\18")
        .element(Element::u16(0x0028, 0x0120, 7));
    let regions = Element::new(0x0018, 0x6011, "SQ", Value::Items(vec![region]));
    vec![
        image.write(Encoding::ExplicitLittle),
        image
            .element(table(0x0028, 0x3000))
            .write(Encoding::ImplicitLittle),
        shutter
            .element(table(0x0028, 0x3010))
            .write(Encoding::ExplicitLittle),
        colour()
            .element(regions)
            .element(Element::new(
                0x0028,
                0x2000,
                "OB",
                Value::Bytes(vec![7; 200]),
            ))
            .pixels_all(1, samples(3, 8))
            .write(Encoding::ExplicitLittle),
    ]
}

pub fn rle() -> Vec<Vec<u8>> {
    let syntax = "1.2.840.10008.1.2.5";
    let deep = rle_frame(&planes(&samples(1, 12), 1, 2));
    let rgb = rle_frame(&planes(&samples(3, 8), 3, 1));
    vec![
        coded(grey(16, 12), syntax, vec![deep.clone(), deep]),
        coded(colour(), syntax, vec![rgb]),
    ]
}

pub fn deflated() -> Vec<Vec<u8>> {
    let bytes: Vec<u8> = samples(1, 12)
        .iter()
        .flat_map(|v| (*v as u16).to_le_bytes())
        .collect();
    let file = grey(16, 12)
        .pixels_all(1, samples(1, 12))
        .transfer_syntax("1.2.840.10008.1.2.1.99")
        .write(Encoding::ExplicitLittle);
    let at = file
        .windows(4)
        .position(|tag| tag == [8, 0, 8, 0])
        .expect("a data set");
    let (meta, body) = file.split_at(at);
    vec![
        [meta, &deflate(body)].concat(),
        coded(grey(16, 12), "1.2.840.10008.1.2.8.1", vec![deflate(&bytes)]),
    ]
}

pub fn jpeg() -> Vec<Vec<u8>> {
    let (shallow, deep) = (Jpeg::grey(ROWS, COLUMNS, 8), Jpeg::grey(ROWS, COLUMNS, 12));
    let progressive = Jpeg {
        is_progressive: true,
        ..shallow
    };
    let arithmetic = Jpeg {
        is_arithmetic: true,
        ..shallow
    };
    let subsampled = Jpeg {
        is_subsampled: true,
        ..Jpeg::colour(ROWS, COLUMNS)
    };
    let process = |number: u32| format!("1.2.840.10008.1.2.4.{number}");
    vec![
        coded(
            grey(8, 8),
            &process(50),
            vec![shallow.encode(&samples(1, 8)); 2],
        ),
        coded(
            grey(16, 12),
            &process(51),
            vec![deep.encode(&samples(1, 12))],
        ),
        coded(
            grey(8, 8),
            &process(55),
            vec![progressive.encode(&samples(1, 8))],
        ),
        coded(
            grey(8, 8),
            &process(52),
            vec![arithmetic.encode(&samples(1, 8))],
        ),
        coded(
            colour(),
            &process(50),
            vec![subsampled.encode(&samples(3, 8))],
        ),
    ]
}

pub fn jpeg_lossless() -> Vec<Vec<u8>> {
    let syntax = "1.2.840.10008.1.2.4.70";
    let with = |precision: u32, predictor| {
        Jpeg::grey(ROWS, COLUMNS, precision)
            .lossless(predictor)
            .encode(&samples(1, precision))
    };
    let rgb = Jpeg::colour(ROWS, COLUMNS)
        .untransformed()
        .lossless(1)
        .encode(&samples(3, 8));
    vec![
        coded(grey(16, 12), syntax, vec![with(12, 1); 2]),
        coded(grey(16, 16), "1.2.840.10008.1.2.4.57", vec![with(16, 7)]),
        coded(grey(8, 8), syntax, vec![with(8, 4)]),
        coded(colour(), syntax, vec![rgb]),
    ]
}

pub fn jpeg_ls() -> Vec<Vec<u8>> {
    let syntax = "1.2.840.10008.1.2.4.80";
    let near = JpegLs {
        near: 3,
        ..JpegLs::grey(ROWS, COLUMNS, 12)
    };
    let rgb = |interleave| JpegLs::colour(ROWS, COLUMNS, 8, interleave).encode(&samples(3, 8));
    let deep = JpegLs::grey(ROWS, COLUMNS, 12).encode(&samples(1, 12));
    vec![
        coded(grey(16, 12), syntax, vec![deep.clone(), deep]),
        coded(
            grey(16, 12),
            "1.2.840.10008.1.2.4.81",
            vec![near.encode(&samples(1, 12))],
        ),
        coded(colour(), syntax, vec![rgb(Interleave::None)]),
        coded(colour(), syntax, vec![rgb(Interleave::Line)]),
        coded(colour(), syntax, vec![rgb(Interleave::Sample)]),
    ]
}

pub fn jpeg_2000() -> Vec<Vec<u8>> {
    let syntax = "1.2.840.10008.1.2.4.90";
    let tiled = Jpeg2000 {
        tile: Some(16),
        ..Jpeg2000::grey(ROWS, COLUMNS, 12)
    };
    let precincts = Jpeg2000 {
        precinct: Some(8),
        ..Jpeg2000::grey(ROWS, COLUMNS, 12)
    };
    let lossy = Jpeg2000::colour(ROWS, COLUMNS, 8).transformed().lossy(2.0);
    let plain = Jpeg2000::grey(ROWS, COLUMNS, 12).encode(&samples(1, 12));
    vec![
        coded(grey(16, 12), syntax, vec![plain.clone(), plain]),
        coded(grey(16, 12), syntax, vec![tiled.encode(&samples(1, 12))]),
        coded(
            grey(16, 12),
            syntax,
            vec![precincts.encode(&samples(1, 12))],
        ),
        coded(
            colour(),
            "1.2.840.10008.1.2.4.91",
            vec![lossy.encode(&samples(3, 8))],
        ),
    ]
}

pub fn high_throughput_jpeg_2000() -> Vec<Vec<u8>> {
    let stream = high_throughput(ROWS, COLUMNS, 12, false, &samples(1, 12));
    vec![coded(grey(16, 12), "1.2.840.10008.1.2.4.201", vec![stream])]
}

pub fn jpeg_xl() -> Vec<Vec<u8>> {
    let syntax = "1.2.840.10008.1.2.4.110";
    let deep = jpeg_xl::lossless(ROWS, COLUMNS, 1, 12, &samples(1, 12));
    let rgb = jpeg_xl::lossless(ROWS, COLUMNS, 3, 8, &samples(3, 8));
    let small = SyntheticImage::new(16, 16)
        .bits(8, 8)
        .samples_per_pixel(3)
        .photometric("RGB");
    vec![
        coded(grey(16, 12), syntax, vec![deep.clone(), deep]),
        coded(colour(), syntax, vec![rgb]),
        coded(
            small.clone(),
            "1.2.840.10008.1.2.4.112",
            vec![jpeg_xl::COLOUR.to_vec()],
        ),
        coded(
            small,
            "1.2.840.10008.1.2.4.111",
            vec![jpeg_xl::RECOMPRESSED_JPEG.to_vec()],
        ),
    ]
}

fn code(group: u16, sequence: u16, value: &str, meaning: &str) -> Element {
    let item = vec![
        Element::text(0x0008, 0x0100, "SH", value),
        Element::text(0x0008, 0x0102, "SH", "DCM"),
        Element::text(0x0008, 0x0104, "LO", meaning),
    ];
    Element::new(group, sequence, "SQ", Value::Items(vec![item]))
}

fn content(relationship: &str, kind: &str, name: &str, value: Vec<Element>) -> Vec<Element> {
    let mut item = vec![
        Element::text(0x0040, 0xA010, "CS", relationship),
        Element::text(0x0040, 0xA040, "CS", kind),
        code(0x0040, 0xA043, name, "a name"),
    ];
    item.extend(value);
    item
}

pub fn reports() -> Vec<Vec<u8>> {
    let children = |items| Element::new(0x0040, 0xA730, "SQ", Value::Items(items));
    let measured = vec![
        code(0x0040, 0x08EA, "mm", "millimetre"),
        Element::text(0x0040, 0xA30A, "DS", "12.5"),
    ];
    let number = vec![Element::new(
        0x0040,
        0xA300,
        "SQ",
        Value::Items(vec![measured]),
    )];
    let image = vec![
        Element::text(0x0008, 0x1150, "UI", "1.2.840.10008.5.1.4.1.1.2"),
        Element::text(0x0008, 0x1155, "UI", "1.2.3.4.5.1"),
        Element::text(0x0008, 0x1160, "IS", "1\\2"),
    ];
    let reference = Element::new(0x0008, 0x1199, "SQ", Value::Items(vec![image]));
    let selected = content("SELECTED FROM", "IMAGE", "121112", vec![reference.clone()]);
    let outline = vec![
        Element::new(0x0070, 0x0022, "FL", Value::F32(vec![1.0, 2.0, 3.0, 4.5])),
        Element::text(0x0070, 0x0023, "CS", "POLYLINE"),
        children(vec![selected]),
    ];
    let in_space = vec![
        Element::new(0x0070, 0x0022, "FL", Value::F32(vec![1.0; 6])),
        Element::text(0x0070, 0x0023, "CS", "POLYLINE"),
        Element::text(0x3006, 0x0024, "UI", "1.2.3.9"),
    ];
    let text = |value| vec![Element::text(0x0040, 0xA160, "UT", value)];
    let uid = vec![Element::text(0x0040, 0xA124, "UI", "1.2.3.4.99")];
    let group = vec![
        content("HAS OBS CONTEXT", "TEXT", "112039", text("Lesion 1")),
        content("HAS OBS CONTEXT", "UIDREF", "112040", uid),
        content(
            "CONTAINS",
            "CODE",
            "121071",
            vec![code(0x0040, 0xA168, "1", "a finding")],
        ),
        content("CONTAINS", "NUM", "410668003", {
            let mut number = number;
            let from = [
                content("INFERRED FROM", "SCOORD", "121055", outline),
                content("INFERRED FROM", "SCOORD3D", "121055", in_space),
            ];
            number.push(children(from.to_vec()));
            number
        }),
    ];
    let groups = vec![content(
        "CONTAINS",
        "CONTAINER",
        "125007",
        vec![children(group)],
    )];
    let measurements = content("CONTAINS", "CONTAINER", "126010", vec![children(groups)]);
    let mut elements = vec![
        Element::text(0x0008, 0x0005, "CS", "ISO_IR 192"),
        Element::text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.88.34"),
        Element::text(0x0008, 0x0018, "UI", "1.2.3.4.5.88"),
        Element::text(0x0008, 0x0060, "CS", "SR"),
        Element::text(0x0010, 0x0010, "PN", "Test^Synthetic"),
        Element::text(0x0020, 0x000D, "UI", "1.2.3.4.5.2"),
        Element::text(0x0020, 0x000E, "UI", "1.2.3.4.5.8"),
    ];
    let mut root = content("CONTAINS", "CONTAINER", "126000", Vec::new());
    root.remove(0); // the root has no parent to relate to
    let template = vec![
        Element::text(0x0008, 0x0105, "CS", "DCMR"),
        Element::text(0x0040, 0xDB00, "CS", "1500"),
    ];
    root.push(Element::text(0x0040, 0xA050, "CS", "SEPARATE"));
    root.push(Element::new(
        0x0040,
        0xA504,
        "SQ",
        Value::Items(vec![template]),
    ));
    root.push(children(vec![
        content("CONTAINS", "TEXT", "121070", text("findings")),
        content("CONTAINS", "IMAGE", "111030", vec![reference]),
        measurements,
    ]));
    elements.extend(root);
    Encoding::ALL
        .into_iter()
        .map(|encoding| {
            let class = "1.2.840.10008.5.1.4.1.1.88.34";
            let mut file = file_meta(encoding.transfer_syntax(), class, "1.2.3.4.5.88");
            file.extend(encode(&elements, encoding));
            file
        })
        .collect()
}

pub fn waveforms() -> Vec<Vec<u8>> {
    let channel = || {
        vec![
            code(0x003A, 0x0208, "5.6.3-9-1", "Lead I"),
            Element::text(0x003A, 0x0210, "DS", "2.5"),
            code(0x003A, 0x0211, "uV", "microvolt"),
            Element::text(0x003A, 0x0212, "DS", "1"),
            Element::text(0x003A, 0x0213, "DS", "0"),
            Element::u16(0x003A, 0x021A, 16),
        ]
    };
    let group = |bits: u16, kind: &str| {
        let definition = Value::Items(vec![channel(), channel()]);
        vec![
            Element::text(0x003A, 0x0004, "CS", "ORIGINAL"),
            Element::u16(0x003A, 0x0005, 2),
            Element::new(0x003A, 0x0010, "UL", Value::U32(vec![50])),
            Element::text(0x003A, 0x001A, "DS", "500"),
            Element::new(0x003A, 0x0200, "SQ", definition),
            Element::u16(0x5400, 0x1004, bits),
            Element::text(0x5400, 0x1006, "CS", kind),
            Element::new(0x5400, 0x1010, "OW", Value::U16((0..100).collect())),
        ]
    };
    let class = "1.2.840.10008.5.1.4.1.1.9.1.1";
    [Encoding::ExplicitLittle, Encoding::ImplicitLittle]
        .into_iter()
        .map(|encoding| {
            let groups = Value::Items(vec![group(16, "SS"), group(8, "MB")]);
            let elements = [
                Element::text(0x0008, 0x0016, "UI", class),
                Element::text(0x0008, 0x0018, "UI", "1.2.3.90"),
                Element::text(0x0008, 0x0060, "CS", "ECG"),
                Element::text(0x0020, 0x000D, "UI", "1.2.3.91"),
                Element::text(0x0020, 0x000E, "UI", "1.2.3.92"),
                Element::new(0x5400, 0x0100, "SQ", groups),
            ];
            let mut file = file_meta(encoding.transfer_syntax(), class, "1.2.3.90");
            file.extend(encode(&elements, encoding));
            file
        })
        .collect()
}

pub fn directories() -> Vec<Vec<u8>> {
    let record = |kind: &str, next: u32, lower: u32, file: &str| {
        vec![
            Element::new(4, 0x1400, "UL", Value::U32(vec![next])),
            Element::u16(4, 0x1410, 0xFFFF),
            Element::new(4, 0x1420, "UL", Value::U32(vec![lower])),
            Element::text(4, 0x1430, "CS", kind),
            Element::text(4, 0x1500, "CS", file),
        ]
    };
    let records = vec![
        record("PATIENT", 0, 500, ""),
        record("STUDY", 0, 600, ""),
        record("IMAGE", 500, 0, "IMAGES\\IM1"),
        record("IMAGE", 0, 0, "..\\..\\IM2"),
    ];
    let mut file = file_meta("1.2.840.10008.1.2.1", "1.2.840.10008.1.3.10", "1.2");
    let elements = [
        Element::new(4, 0x1200, "UL", Value::U32(vec![400])),
        Element::new(4, 0x1220, "SQ", Value::Items(records)),
    ];
    file.extend(encode(&elements, Encoding::ExplicitLittle));
    vec![file]
}

pub fn archives() -> Vec<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let plain = zip::write::SimpleFileOptions::default();
    for (name, method) in [
        ("a/IM1", zip::CompressionMethod::Stored),
        ("IM2", zip::CompressionMethod::Deflated),
    ] {
        zip.start_file(name, plain.compression_method(method))
            .expect("an entry");
        zip.write_all(&native()[0]).expect("memory");
    }
    vec![zip.finish().expect("an archive").into_inner()]
}

pub fn pictures() -> Vec<Vec<u8>> {
    let image = image::DynamicImage::ImageRgb8(image::RgbImage::from_fn(20, 24, |x, y| {
        image::Rgb([x as u8 * 9, y as u8 * 7, 80])
    }));
    [
        image::ImageFormat::Png,
        image::ImageFormat::Jpeg,
        image::ImageFormat::Tiff,
    ]
    .into_iter()
    .map(|format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).expect("memory");
        bytes.into_inner()
    })
    .collect()
}

/// Real files, small ones, where the folder of the sample files is named.
pub fn sample_files() -> Vec<Vec<u8>> {
    const LARGEST: u64 = 64 << 10;
    let Some(root) = std::env::var_os("ISOCENTRE_TEST_DATA") else {
        return Vec::new();
    };
    let mut folders = vec![PathBuf::from(root)];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if entry.metadata().is_ok_and(|it| it.len() <= LARGEST) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths
        .iter()
        .filter_map(|path| std::fs::read(path).ok())
        .collect()
}
