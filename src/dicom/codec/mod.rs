//! The decoders behind [`super::transfer_syntax`]: one file a syntax family.
