//! Podcast feeds that a person follows: what each says of itself and of its episodes, when it may be asked again, and the
//! list of them as OPML. Bytes come in and rows go out; whoever has a network asks.
//!
//! A feed is asked for with [`ask`], its redirects are walked with a [`Route`], and whatever came of it is handed back to
//! [`answered`] or [`failed`]. A feed's address can hold a personal token: [`shown_address`] is the form for screens and logs,
//! the whole address leaves only in [`write_opml`].

mod address;
mod chapters;
mod encoding;
mod episodes;
mod follow;
mod found;
mod heard;
mod moment;
mod notes;
mod opml;
mod parse;
mod playing;
mod route;
mod schedule;
mod station;
mod store;

pub use address::{is_private_address, shown_address};
pub use chapters::{Chapter, ChapterSource, Chapters, ChaptersAsk, chapters, chapters_ask, take_chapters};
pub use episodes::{Episode, EpisodePage, episode, episode_of, episodes, notes};
pub use follow::{Feed, feed, feeds, follow, unfollow};
pub use found::Found;
pub use heard::{EpisodeHeard, FeedNews, heard, news};
pub use opml::write_opml;
pub use parse::{FeedFacts, FeedFault, ItemFacts, ParsedFeed, parse};
pub use playing::{Playable, on_air, playable_episode, playable_station};
pub use route::{Route, RouteEnd};
pub(crate) use schedule::retry_after_ms;
pub use station::{Station, add_station, remove_station, stations};
pub use store::{Answer, Ask, Outcome, answered, ask, due, failed};

/// Most bytes of a feed that are fetched.
pub const MAX_FEED_BYTES: u64 = 16 * 1024 * 1024;
/// Most bytes of a file of chapters that are fetched.
pub const MAX_CHAPTERS_BYTES: u64 = 1024 * 1024;
/// Redirects that are followed.
pub const MAX_REDIRECTS: u8 = 5;
/// Deepest nesting of elements that is read.
pub(crate) const MAX_DEPTH: usize = 64;
/// Most attributes that are read of one element.
pub(crate) const MAX_ATTRIBUTES: usize = 64;
/// Most bytes of one attribute or text that are kept.
pub(crate) const MAX_TEXT_BYTES: usize = 4096;
/// Most bytes of markup that are read of what a feed says of an episode.
pub(crate) const MAX_NOTES_MARKUP_BYTES: usize = 64 * 1024;
/// Most bytes of plain text that are kept of it.
pub(crate) const MAX_NOTES_BYTES: usize = 16 * 1024;
/// Most episodes that are kept of one feed; of more, the oldest go.
pub(crate) const MAX_EPISODES: usize = 20_000;
/// Most chapters of one episode.
pub(crate) const MAX_CHAPTERS: usize = 2_000;
