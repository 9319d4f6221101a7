//! Pictures that stand for images still on their way over a slow line.

mod beginnings;
mod network;
mod on_screen;
mod workspace;

use std::io::Cursor;
use std::sync::Arc;

use isocentre::dicom::{ByteSource, FrameDecoder, InstanceHeader, read_header, read_picture};
use isocentre::imaging::{FrameImage, ImageAttributes};
use isocentre::jobs::JobCtx;
use isocentre::workspace::{Arrival, Command, ListedInstance, Preview};

use crate::common::{Encoding, SyntheticImage};

const STUDY: &str = "1.2.3.700";
const SERIES: &str = "1.2.3.700.1";
const PATIENT: (&str, &str) = ("Benali^Fatima", "004711");

/// A slice as CT gives it: a body with noise in it.
fn slice(number: i64, side: u16) -> SyntheticImage {
    let middle = i64::from(side / 2);
    SyntheticImage::new(side, side)
        .patient(PATIENT.0, PATIENT.1)
        .study(STUDY)
        .series(SERIES)
        .sop_instance(&uid(number))
        .instance_number(number as i32)
        .spacing(0.8, 0.7)
        .position([-179.0, -179.0, number as f64])
        .window(40.0, 400.0)
        .rescale(1.0, -1024.0)
        .pixels(move |row, column| {
            let (y, x) = (row as i64 - middle, column as i64 - middle);
            let noise = (row * 7919 + column * 104_729 + number as usize * 31) % 61;
            if x * x + y * y < middle * middle * 3 / 5 {
                1000 + (x * y / 300 + number) % 120 + noise as i64
            } else {
                24 + noise as i64 / 8
            }
        })
}

fn uid(number: i64) -> String {
    format!("{SERIES}.{number}")
}

fn header(image: &SyntheticImage) -> InstanceHeader {
    let bytes: Arc<[u8]> = image.write(Encoding::ExplicitLittle).into();
    read_header(ByteSource::Memory(bytes)).unwrap()
}

/// A grey picture of this level, as a service might send it.
fn png(width: u32, height: u32, level: u8) -> Vec<u8> {
    let picture = image::GrayImage::from_pixel(width, height, image::Luma([level]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// The same, decoded.
fn picture(width: u32, height: u32, level: u8) -> FrameImage {
    let source = ByteSource::Memory(png(width, height, level).into());
    let header = read_picture(source).unwrap();
    let decoded = FrameDecoder::new(&header).unwrap();
    let decoded = decoded.decode(0, &JobCtx::new()).unwrap();
    ImageAttributes::read(&header).frame_image(0, decoded)
}

/// What stands for an image of this side.
fn preview(image: &SyntheticImage, side: u32) -> Arc<Preview> {
    Arc::new(Preview::new(header(image), 0, picture(side, side, 90)).unwrap())
}

/// What the node lists: so many slices.
fn listed(count: i64) -> Command {
    let instances = (1..=count).map(|number| ListedInstance {
        instance_number: Some(number),
        sop_instance_uid: uid(number),
    });
    Command::Arrived(Arrival::Listed {
        study_uid: STUDY.to_owned(),
        series: vec![(SERIES.to_owned(), instances.collect())],
    })
}

fn previewed(preview: Arc<Preview>) -> Command {
    Command::Arrived(Arrival::Preview(preview))
}

fn arrived(images: &[SyntheticImage]) -> Command {
    Command::Arrived(Arrival::headers(images.iter().map(header).collect()))
}
