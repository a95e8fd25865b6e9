//! One play that several sources tell of: the phone that captured it, the service's own export, the scrobbler. It is one
//! listen with all their evidence; whoever knows more of it leads, and the others keep what they say
//! (`docs/decisions/0011-one-work-one-play.md`).

pub(crate) mod align;
pub(crate) mod near;
pub(crate) mod step;
