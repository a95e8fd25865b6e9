//! What leaves the log: exports in open formats, listens for a server of the person's choice, and signed extracts for one
//! party. All of it is what [`Choice`] says, out of what is in the log.

pub(crate) mod account;
pub(crate) mod choice;
pub(crate) mod column;
pub(crate) mod csv;
pub(crate) mod export;
pub(crate) mod extract;
pub(crate) mod extract_field;
pub(crate) mod extract_read;
pub(crate) mod full;
pub(crate) mod listenbrainz;
pub(crate) mod submit;
