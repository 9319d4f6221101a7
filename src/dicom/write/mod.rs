//! Data sets made from values, and their way to a file (PS3.10): text always as UTF-8
//! (`ISO_IR 192`), explicit VR little endian unless a test or the demo asks for another syntax.

mod builder;
mod number;
mod part10;

pub use builder::DatasetBuilder;
pub use number::decimal_string;
pub use part10::{IMPLEMENTATION_CLASS_UID, WriteError, write_part10, write_part10_bytes};
