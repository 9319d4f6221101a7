//! IOD modules as plain structs, read tolerantly from [`super::Elements`].
