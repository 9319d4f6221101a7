//! The network: DIMSE and DICOMweb with other programs' archives.
//!
//! Instances that arrive go to a [`crate::dicom::InstanceSink`]; what is found comes as
//! [`crate::model::StudyMatch`]. Everything here blocks, with time-outs, and belongs on a thread
//! of its own, never on the window's.
#![warn(missing_docs)]

mod node;

pub use node::AeTitle;
pub use node::Authentication;
pub use node::Authorities;
pub use node::DimseAddress;
pub use node::Node;
pub use node::NodeAddress;
pub use node::Retrieval;
pub use node::Tls;
pub use node::WebAddress;
