//! DICOMweb (PS3.18): a client for searches (QIDO-RS), retrieval (WADO-RS, WADO-URI) and storing
//! (STOW-RS), over HTTP/1.1 on threads.

mod accept;
mod address;
mod bulk_data;
mod credentials;
mod instance;
mod list;
mod lookup;
mod media_type;
mod multipart;
mod open_id;
mod preview;
mod proxy;
mod receive;
mod refusal;
mod retrieve;
mod retry_after;
mod search;
mod send;
mod service;
mod session;
mod site;
mod tls;
mod trouble;
mod window;

pub use accept::COMPRESSED;
pub(super) use address::{origin, place};
pub use instance::InstancePlace;
pub use media_type::MediaType;
pub use multipart::BadMultipart;
pub use multipart::MultipartParser;
pub use multipart::PartEvent;
pub use multipart::PartHeader;
pub use open_id::SignInPage;
pub use open_id::sign_in;
pub use preview::FramePart;
pub use preview::PreviewSession;
pub use proxy::ProxyRefusal;
pub use service::WebService;
pub use trouble::WebTrouble;
pub use window::RenderWindow;
