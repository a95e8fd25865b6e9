//! Real counterparts for tests and for the story that `cargo xtask run` tells: a Cashu mint, a Nostr relay, a feed
//! server, an issuer of credentials, a WebDAV server, a client of ListenBrainz, and guards that end every process they started;
//! and folders as tests look at them. Nothing here knows the rooms.

pub mod bad_line;
pub mod feed_server;
pub mod folder;
pub mod listenbrainz;
pub mod maloja;
pub mod nutshell;
mod own_runtime;
pub mod process;
pub mod relay;
pub mod sd_jwt;
mod served;
pub mod webdav;
