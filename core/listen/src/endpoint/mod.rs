//! The endpoint of this device: other apps tell what they played, as they would tell ListenBrainz
//! (<https://listenbrainz.readthedocs.io/en/latest/users/api/core.html>). Each has a token of its own, which the person gave it
//! and can take back.
//!
//! It works while the vault is locked: tokens are checked by hashes beside the inbox, listens are sealed into it, and the next
//! drain brings them into the log. Nothing here listens on a port; whoever does hands requests to [`answer`].

mod answer;
mod limiter;
mod submission;
mod take;
mod tokens;

pub use answer::{Asked, Door, Reply, answer};
pub use limiter::Limiter;
pub use submission::SubmissionFault;
pub(crate) use take::{Sealed, take};
pub use tokens::{EndpointToken, NewToken, add_token, revoke_token, tokens};

/// Most bytes of a request's body.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Most listens of one request, as for ListenBrainz.
pub(crate) const MAX_LISTENS: usize = 1_000;
/// Most bytes of one listen, as for ListenBrainz.
pub(crate) const MAX_LISTEN_BYTES: usize = 10_240;
/// Deepest nesting of a body.
pub(crate) const MAX_DEPTH: usize = 12;
/// Most tokens of one persona.
pub(crate) const MAX_TOKENS: usize = 100;
