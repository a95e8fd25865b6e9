//! One work over all sources. Each source describes a song or an episode in its own words (`listen_work`); an identity
//! (`listen_identity`) is the one work that several descriptions are about. Which ones belong together is a pure function
//! of the descriptions that are there and of what the person said, so the order of imports makes no difference.
//!
//! It is worked out behind an import, in steps, as the rest of the index is (`docs/decisions/0011-one-work-one-play.md`).

pub(crate) mod decision;
pub(crate) mod keys;
pub(crate) mod partition;
pub(crate) mod step;
pub(crate) mod text;
