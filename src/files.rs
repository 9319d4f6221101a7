//! Files are never written in place: temporary file, sync, rename. And the folders of the application.
