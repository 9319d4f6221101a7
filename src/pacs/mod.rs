//! The network: DIMSE and DICOMweb with other programs' archives.
//!
//! Instances that arrive go to a [`crate::dicom::InstanceSink`]; what is found comes as
//! [`crate::model::StudyMatch`]. Everything here blocks, with time-outs, and belongs on a thread
//! of its own, never on the window's.
#![warn(missing_docs)]

mod dimse;
mod failure;
mod folder_sink;
mod keyring;
mod lines;
mod listing;
mod matches;
mod mixed;
mod node;
mod pace;
mod secrets;
mod service;
mod throttle;
mod tls;
pub mod web;

pub use dimse::DimseService;
pub use dimse::MoveOriginator;
pub use dimse::RefusedCall;
pub use dimse::ScpEvent;
pub use dimse::ScpOptions;
pub use dimse::StorageScp;
pub use dimse::WhyRefused;
pub use failure::Failure;
pub use failure::TlsTrouble;
pub use failure::status_message;
pub use folder_sink::FolderSink;
pub use keyring::KeyringTrouble;
pub use lines::Lines;
pub use listing::ListStep;
pub use listing::ListedSeries;
pub use node::AeTitle;
pub use node::Authentication;
pub use node::Authorities;
pub use node::BadAddress;
pub use node::DimseAddress;
pub use node::Node;
pub use node::NodeAddress;
pub use node::ReceiverTls;
pub use node::Retrieval;
pub use node::Tls;
pub use node::WebAddress;
pub use node::has_user_info;
pub use node::is_slow_limit;
pub use secrets::Kept;
pub use secrets::Secret;
pub use secrets::SecretKind;
pub use secrets::SecretOwner;
pub use secrets::Secrets;
pub use service::Caller;
pub use service::Commitment;
pub use service::CommitmentSink;
pub use service::Echo;
pub use service::Found;
pub use service::InstanceOutcome;
pub use service::MoveCounts;
pub use service::Moved;
pub use service::NotTaken;
pub use service::Reception;
pub use service::RetrieveEvent;
pub use service::Retrieved;
pub use service::SendOutcome;
pub use service::Sent;
pub use service::Service;
pub use service::SopReference;
pub use service::Wanted;
pub use service::WantedSeries;
pub use service::WorklistQuery;
pub use service::service;
pub use throttle::Throttle;
