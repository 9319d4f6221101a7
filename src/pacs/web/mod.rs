//! DICOMweb (PS3.18): a client for searches (QIDO-RS), retrieval (WADO-RS, WADO-URI) and storing
//! (STOW-RS), over HTTP/1.1 on threads.

mod media_type;
mod multipart;

pub use media_type::MediaType;
pub use multipart::BadMultipart;
pub use multipart::MultipartParser;
pub use multipart::PartEvent;
pub use multipart::PartHeader;
