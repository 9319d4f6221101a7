//! DICOMweb against Orthanc with its plug-in.

mod command_line;
mod elsewhere;
mod faults;
mod forms;
mod limited;
mod lists;
mod one_answer;
mod orthanc;
mod room;
mod sign_in;
mod socks;
mod storing;
mod trust;

use isocentre::jobs::JobCtx;
use isocentre::pacs::Authentication;
use isocentre::pacs::Caller;
use isocentre::pacs::Node;
use isocentre::pacs::NodeAddress;
use isocentre::pacs::SecretOwner;
use isocentre::pacs::Secrets;
use isocentre::pacs::WebAddress;
use isocentre::pacs::web::InstancePlace;
use isocentre::pacs::web::WebService;
use isocentre::problem::Message;
use isocentre::text::Language;
use isocentre::text::Words;

use crate::common::Encoding;
use crate::common::SyntheticImage;

/// A node at this URL that gives up soon.
fn node(url: &str) -> Node {
    node_with(url, |_| {})
}

fn node_with(url: &str, change: impl FnOnce(&mut WebAddress)) -> Node {
    let NodeAddress::Web(mut address) = NodeAddress::parse(url).unwrap() else {
        panic!("{url} is a URL")
    };
    address.patience_s = 20.0;
    change(&mut address);
    Node {
        name: "Test".into(),
        address: NodeAddress::Web(address),
        is_searched: true,
        limit_bytes_per_s: None,
        is_slow: false,
    }
}

fn service(node: &Node) -> WebService {
    service_with(node, &Secrets::of_this_run())
}

fn service_with(node: &Node, secrets: &Secrets) -> WebService {
    let NodeAddress::Web(address) = &node.address else {
        panic!("a web node")
    };
    let caller = Caller {
        secrets: secrets.clone(),
        ..Caller::default()
    };
    WebService::new(address, node, &caller)
}

/// Whose the node's secrets are.
fn owner(node: &Node) -> SecretOwner {
    SecretOwner::of(node).unwrap()
}

/// The kind of a body of [`parts`].
const PARTS: &str = "multipart/related; type=\"application/dicom\"; boundary=b";

fn part(file: &[u8]) -> Vec<u8> {
    let head = b"--b\r\nContent-Type: application/dicom\r\n\r\n";
    [head.as_slice(), file, b"\r\n"].concat()
}

/// A body with these files.
fn parts(files: &[Vec<u8>]) -> Vec<u8> {
    let mut body: Vec<u8> = files.iter().flat_map(|file| part(file)).collect();
    body.extend_from_slice(b"--b--");
    body
}

const STUDY: &str = "1.2.3.1";
const SERIES: &str = "1.2.3.1.1";

/// The `n`th image of a series, of 16×16 pixels with their own values.
fn image(n: i32) -> SyntheticImage {
    SyntheticImage::new(16, 16)
        .study(STUDY)
        .series(SERIES)
        .sop_instance(&uid(n))
        .instance_number(n)
        .window(100.0, 300.0)
        .rescale(1.0, 0.0)
        .pixels(move |row, column| (row * 16 + column) as i64 + i64::from(n))
}

fn uid(n: i32) -> String {
    format!("1.2.3.1.1.{n}")
}

fn file(n: i32) -> Vec<u8> {
    image(n).write(Encoding::ExplicitLittle)
}

/// The data set of a Part 10 file, found without the product.
fn data_set(file: &[u8]) -> &[u8] {
    assert_eq!(&file[128..132], b"DICM");
    let length = u32::from_le_bytes(file[140..144].try_into().unwrap());
    &file[144 + length as usize..]
}

fn place(n: i32) -> InstancePlace {
    InstancePlace {
        study_uid: STUDY.into(),
        series_uid: SERIES.into(),
        instance_uid: uid(n),
    }
}

fn in_english(message: &Message) -> String {
    Words::of(Language::English).get(message)
}

fn ctx() -> JobCtx {
    JobCtx::new()
}

fn with_password(address: &mut WebAddress) {
    address.authentication = Authentication::Basic {
        user: "reader".into(),
    };
}
