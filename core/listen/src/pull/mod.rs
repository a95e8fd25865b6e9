//! Histories that lie with a service, pulled piece by piece: what is new since the last time, politely, and on from where it
//! stopped. Requests and answers pass through here as text; whoever has a network carries them.
//!
//! What an account tells is in one batch. The first pull is held, as an import is, and the person decides; after that, whatever
//! the account tells more goes the same way: into the log when the batch was accepted. When it was rejected or undone, the next
//! pull begins another one.

mod account;
mod actions;
mod listens;
mod lists;
mod now_playing;
mod step;

pub use account::{
    Account, AccountKind, Login, NewAccount, account, account_address, accounts, add_account, remove_account,
};
pub use now_playing::{NowPlayingFault, Watch, now_playing_url};
pub use step::{PullAnswer, PullAsk, PullStep, ask, begin_again, failed, taken};

/// Most bytes of one answer.
pub const MAX_ANSWER_BYTES: u64 = 32 * 1024 * 1024;
