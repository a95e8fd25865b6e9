//! Podcast feeds and radio stations: which there are, asking them, their episodes, and what the program's own player needs to
//! play one and to tell exactly what was heard of it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::capture::PlayerMedia;
use crate::error::TekramError;
use crate::gate::wait_here;
use crate::persona::Persona;
use crate::task::{Task, task};

/// A podcast feed that is followed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Feed {
    /// Number in this log.
    pub feed: i64,
    /// The key that its listens are totalled under.
    pub credit_key: String,
    /// Its title; empty before it was asked.
    pub title: String,
    /// Who makes it.
    pub author: String,
    /// Its address as it may be shown: of a private feed the host alone.
    pub address: String,
    /// Whether the address is the person's own.
    pub private: bool,
    /// Address of its site.
    pub site_url: String,
    /// Folders it lies in, from outside in, joined by `/`.
    pub folder: String,
    /// Episodes known.
    pub episodes: u64,
    /// Episodes that came since it is followed and of which nothing was heard.
    pub new_episodes: u64,
    /// Title of the newest episode; empty when there is none.
    pub newest_title: String,
    /// When that was published.
    pub newest_ms: Option<i64>,
    /// When it was last asked; 0 for never.
    pub checked_ms: i64,
    /// When it last had something new to say.
    pub changed_ms: i64,
    /// Not to be asked before.
    pub next_ms: i64,
    /// It moved for good, and is asked at its new address.
    pub moved: bool,
    /// It is gone for good and not asked any more.
    pub gone: bool,
    /// Failures in a row.
    pub failures: u32,
    /// Stable name of the last failure; empty when the last question went well.
    pub problem: String,
}

impl Feed {
    fn new(feed: tekram_agent::Feed, news: Option<tekram_agent::FeedNews>) -> Self {
        let news = news.unwrap_or_default();
        Self {
            address: tekram_agent::shown_address(&feed.feed_url, feed.private),
            feed: feed.feed_id,
            credit_key: feed.key,
            title: feed.facts.title,
            author: feed.facts.author,
            private: feed.private,
            site_url: feed.facts.site_url,
            folder: feed.folder,
            episodes: feed.episodes,
            new_episodes: news.new_episodes,
            newest_title: news.newest_title,
            newest_ms: news.newest_ms,
            checked_ms: feed.checked_ms,
            changed_ms: feed.changed_ms,
            next_ms: feed.next_ms,
            moved: feed.moved,
            gone: feed.gone,
            failures: feed.failures,
            problem: feed.problem,
        }
    }
}

/// What came of asking one feed, and how far the whole is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FeedRefreshed {
    /// The feed.
    pub feed: i64,
    /// Its title, as far as it is known.
    pub title: String,
    /// Episodes that are new.
    pub new_episodes: u64,
    /// Episodes that say something else than before.
    pub changed: u64,
    /// Stable name of why it told nothing; empty when it went well.
    pub problem: String,
    /// Feeds done, this one included.
    pub done: u32,
    /// Feeds to ask.
    pub of: u32,
}

impl From<tekram_agent::FeedRefreshed> for FeedRefreshed {
    fn from(one: tekram_agent::FeedRefreshed) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            feed: one.feed_id,
            title: one.title,
            new_episodes: one.outcome.new,
            changed: one.outcome.changed,
            problem: one.outcome.problem.unwrap_or_default(),
            done: count(one.done),
            of: count(one.of),
        }
    }
}

/// What came of asking feeds.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct FeedsRefreshed {
    /// Feeds that were asked.
    pub asked: u32,
    /// Episodes that are new.
    pub new_episodes: u64,
    /// Feeds that told nothing; each of them says why.
    pub failed: u32,
}

task!(
    /// Feeds that are asked. Cancelled, it keeps what was answered before.
    FeedRefreshTask,
    FeedRefreshed,
    FeedsRefreshed
);

/// What was heard of an episode.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EpisodeHeard {
    /// Listens of it.
    pub listens: u64,
    /// How much of it was heard, each second once.
    pub heard_ms: i64,
    /// The stretches that are known exactly, in order.
    pub ranges: Vec<MediaRange>,
    /// When it was last begun.
    pub last_ms: Option<i64>,
    /// Where to go on; 0 for the beginning.
    pub resume_ms: i64,
    /// It was heard to its end, or nearly all of it.
    pub whole: bool,
}

/// A stretch of a medium.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MediaRange {
    /// From here, in milliseconds of the medium.
    pub from_ms: i64,
    /// To just before here.
    pub to_ms: i64,
}

/// An episode of a podcast.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Episode {
    /// Number in this log.
    pub episode: i64,
    /// Its feed.
    pub feed: i64,
    /// Title.
    pub title: String,
    /// Who made it, where the feed says it of the episode.
    pub author: String,
    /// Address of its page.
    pub page_url: String,
    /// Address of the medium; empty when there is nothing to play.
    pub enclosure_url: String,
    /// Its media type.
    pub enclosure_type: String,
    /// Its length in bytes, as the feed says.
    pub enclosure_bytes: Option<i64>,
    /// How long it plays, as the feed says.
    pub duration_ms: Option<i64>,
    /// When it was published.
    pub published_ms: Option<i64>,
    /// Whether chapters are known or can be fetched.
    pub has_chapters: bool,
    /// What was heard of it.
    pub heard: EpisodeHeard,
}

impl Episode {
    fn new(episode: tekram_agent::Episode, heard: &tekram_agent::EpisodeHeard) -> Self {
        let ranges = heard
            .ranges
            .iter()
            .map(|(from_ms, to_ms)| MediaRange { from_ms, to_ms });
        Self {
            episode: episode.episode_id,
            feed: episode.feed_id,
            title: episode.title,
            author: episode.author,
            page_url: episode.page_url,
            enclosure_url: episode.enclosure_url,
            enclosure_type: episode.enclosure_type,
            enclosure_bytes: episode.enclosure_bytes,
            duration_ms: episode.duration_ms,
            published_ms: episode.published_ms,
            has_chapters: episode.has_chapters,
            heard: EpisodeHeard {
                listens: heard.listens,
                heard_ms: heard.heard_ms,
                ranges: ranges.collect(),
                last_ms: heard.last_ms,
                resume_ms: heard.resume_ms,
                whole: heard.whole,
            },
        }
    }
}

/// A page of episodes.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EpisodePage {
    /// The episodes, newest first.
    pub episodes: Vec<Episode>,
    /// Hand it back as `after` for the next page; nothing on the last.
    pub next: Option<String>,
}

/// One episode with what its feed says of it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EpisodeDetail {
    /// The episode.
    pub episode: Episode,
    /// Title of its podcast.
    pub show: String,
    /// What it is about, as plain text; empty when the feed does not say.
    pub notes: String,
    /// Its chapters, as far as they are here.
    pub chapters: Chapters,
}

/// Where chapters come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ChapterSource {
    /// The episode has none.
    None,
    /// The feed.
    Feed,
    /// A file that was fetched.
    File,
    /// A file that was not fetched yet.
    FileNotFetched,
}

/// One chapter.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Chapter {
    /// Where it begins, in milliseconds of the medium.
    pub start_ms: i64,
    /// Where it ends, if that is said.
    pub end_ms: Option<i64>,
    /// Title.
    pub title: String,
    /// Address of a page about it.
    pub url: String,
    /// It stands in the table of contents.
    pub in_contents: bool,
}

/// The chapters of an episode.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Chapters {
    /// Where they come from.
    pub source: ChapterSource,
    /// In the order of the medium.
    pub chapters: Vec<Chapter>,
}

impl From<tekram_agent::Chapters> for Chapters {
    fn from(chapters: tekram_agent::Chapters) -> Self {
        use tekram_agent::ChapterSource as Core;
        let source = match chapters.source {
            Core::None => ChapterSource::None,
            Core::Feed => ChapterSource::Feed,
            Core::File => ChapterSource::File,
            Core::FileNotFetched => ChapterSource::FileNotFetched,
        };
        let chapters = chapters.chapters.into_iter().map(|chapter| Chapter {
            start_ms: chapter.start_ms,
            end_ms: chapter.end_ms,
            title: chapter.title,
            url: chapter.url,
            in_contents: chapter.in_contents,
        });
        Self {
            source,
            chapters: chapters.collect(),
        }
    }
}

/// A radio station.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Station {
    /// Number in this log.
    pub station: i64,
    /// What the person calls it.
    pub name: String,
    /// The stream's address as it may be shown.
    pub address: String,
    /// Everybody on the way sees what is heard (`http`); the person said that this may be.
    pub insecure: bool,
    /// When it was added.
    pub added_ms: i64,
}

/// Something for the player. The player tells what it does as the app that [`player_app`] names, and of what it plays it
/// says `media`, unchanged.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Playable {
    /// What the player says of it.
    pub media: PlayerMedia,
    /// Where the medium is.
    pub url: String,
    /// Its media type, as far as it is known.
    pub media_type: String,
    /// Where to begin, in milliseconds of the medium: where it was left.
    pub resume_ms: i64,
    /// It has no beginning and no end.
    pub live: bool,
}

impl std::fmt::Debug for Playable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Playable")
            .field("live", &self.live)
            .finish_non_exhaustive()
    }
}

impl From<tekram_agent::Playable> for Playable {
    fn from(playable: tekram_agent::Playable) -> Self {
        Self {
            media: PlayerMedia::from_core(playable.media),
            url: playable.url,
            media_type: playable.media_type,
            resume_ms: playable.resume_ms,
            live: playable.live,
        }
    }
}

/// The name by which the program's own player tells what it plays. It is allowed until the person says otherwise.
#[uniffi::export]
#[must_use]
pub fn player_app() -> String {
    tekram_agent::OWN_PLAYER.to_owned()
}

/// What a station plays when its stream says so (`StreamTitle` of in-band metadata): what the player then says of it.
#[uniffi::export]
#[must_use]
pub fn on_air(station: PlayerMedia, stream_title: String) -> PlayerMedia {
    PlayerMedia::from_core(tekram_agent::on_air(&station.core(), &stream_title))
}

#[uniffi::export]
impl Persona {
    /// The podcast feeds that are followed, by title.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`, the vault's errors.
    pub async fn feeds(&self) -> Result<Vec<Feed>, TekramError> {
        self.beside(|core| {
            let mut news = core.feed_news()?;
            let feeds = core.feeds()?.into_iter().map(|feed| {
                let of_feed = news.remove(&feed.feed_id);
                Feed::new(feed, of_feed)
            });
            Ok(feeds.collect())
        })
        .await
    }

    /// Follows the feed at an address from now on; `private` says that the address is the person's own even if it does not
    /// look so. Nothing is asked yet. Gives its number.
    ///
    /// # Errors
    /// `bad_feed_address`, `locked`, `closed`, the vault's errors.
    pub fn follow_feed(&self, address: String, private: bool) -> Result<i64, TekramError> {
        self.with(|core| Ok(core.follow_feed(&address, private)?))
    }

    /// Lets a feed go. What was heard of it stays in the log.
    ///
    /// # Errors
    /// `no_such_feed`, `locked`, `closed`, the vault's errors.
    pub fn unfollow_feed(&self, feed: i64) -> Result<(), TekramError> {
        self.with(|core| Ok(core.unfollow_feed(feed)?))
    }

    /// Asks the feeds that may be asked now, or one feed at once.
    ///
    /// # Errors
    /// `offline`, `paused`, `locked`, `closed`; at the end `no_such_feed`, `ask_later` for one feed whose server wants to be
    /// left alone. What goes wrong with one of many is in its progress.
    pub fn start_refresh_feeds(&self, feed: Option<i64>) -> Result<Arc<FeedRefreshTask>, TekramError> {
        let (core, stop) = self.begin_online()?;
        let task = Task::each(stop, move |stop, tell| {
            let report = Mutex::new(FeedsRefreshed::default());
            let told = |one: &tekram_agent::FeedRefreshed| {
                let one = FeedRefreshed::from(one.clone());
                let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
                report.asked += 1;
                report.new_episodes += one.new_episodes;
                report.failed += u32::from(!one.problem.is_empty());
                drop(report);
                tell.tell(one);
            };
            let flag = stop.flag();
            wait_here(stop, async {
                match feed {
                    Some(feed) => told(&core.refresh_feed(feed).await?),
                    None => {
                        core.refresh_feeds(&told, &flag).await?;
                    }
                }
                Ok(())
            })?;
            Ok(report.into_inner().unwrap_or_else(PoisonError::into_inner))
        })?;
        Ok(Arc::new(FeedRefreshTask(task)))
    }

    /// A page of the episodes of one feed, or of all, newest first.
    ///
    /// # Errors
    /// `bad_cursor`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn episodes(
        &self,
        feed: Option<i64>,
        after: Option<String>,
        limit: u32,
    ) -> Result<EpisodePage, TekramError> {
        self.beside(move |core| {
            let page = core.episodes(feed, after.as_deref(), limit as usize)?;
            let mut episodes = Vec::with_capacity(page.episodes.len());
            for episode in page.episodes {
                let heard = core.episode_heard(&episode)?;
                episodes.push(Episode::new(episode, &heard));
            }
            Ok(EpisodePage {
                episodes,
                next: page.next,
            })
        })
        .await
    }

    /// One episode with its notes and the chapters that are here.
    ///
    /// # Errors
    /// `no_such_episode`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn episode(&self, episode: i64) -> Result<EpisodeDetail, TekramError> {
        let (core, stop) = self.begin()?;
        crate::gate::beside(stop, move |stop| {
            let found = core.episode(episode)?;
            let heard = core.episode_heard(&found)?;
            let chapters = wait_here(stop, async { Ok(core.chapters(episode, false).await?) })?;
            let show = core.feeds()?.into_iter().find(|feed| feed.feed_id == found.feed_id);
            Ok(EpisodeDetail {
                show: show.map(|feed| feed.facts.title).unwrap_or_default(),
                notes: core.episode_notes(episode)?,
                chapters: chapters.into(),
                episode: Episode::new(found, &heard),
            })
        })
        .await
    }

    /// The chapters of an episode that lie in a file of their own, which is fetched.
    ///
    /// # Errors
    /// `no_such_episode`, `bad_chapters`, `not_served`, `offline`, `paused`, `locked`, `closed`, those of fetching, the vault's
    /// errors.
    pub async fn fetch_chapters(&self, episode: i64) -> Result<Chapters, TekramError> {
        self.waiting(move |core| async move { Ok(core.chapters(episode, true).await?.into()) })
            .await
    }

    /// Writes the feeds that are followed as OPML 2.0, with their whole addresses, also those of private feeds. Gives how many.
    ///
    /// # Errors
    /// `file_unusable`, `write_failed`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn export_feeds(&self, path: String) -> Result<u64, TekramError> {
        self.beside(move |core| {
            let file = File::create(path).map_err(|_| TekramError::file())?;
            let mut out = BufWriter::new(file);
            let written = core.export_feeds(&mut out)?;
            out.flush().map_err(|_| TekramError::file())?;
            Ok(written as u64)
        })
        .await
    }

    /// The radio stations, by name.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn stations(&self) -> Result<Vec<Station>, TekramError> {
        self.with(|core| {
            let stations = core.stations()?.into_iter().map(|station| Station {
                address: tekram_agent::shown_address(&station.stream_url, false),
                station: station.station_id,
                name: station.name,
                insecure: station.insecure,
                added_ms: station.added_ms,
            });
            Ok(stations.collect())
        })
    }

    /// Adds the station whose stream has an address, or calls one that is known something else. Without a name it is called
    /// by its host. A stream that is not encrypted on its way (`http`) is taken only with `allow_insecure`. Gives its number.
    ///
    /// # Errors
    /// `bad_station_address`, `insecure_stream`, `locked`, `closed`, the vault's errors.
    pub fn add_station(&self, name: String, address: String, allow_insecure: bool) -> Result<i64, TekramError> {
        self.with(|core| Ok(core.add_station(&name, &address, allow_insecure)?))
    }

    /// Takes a station off the list. What was heard of it stays in the log.
    ///
    /// # Errors
    /// `no_such_station`, `locked`, `closed`, the vault's errors.
    pub fn remove_station(&self, station: i64) -> Result<(), TekramError> {
        self.with(|core| Ok(core.remove_station(station)?))
    }

    /// An episode for the player, from where it was left.
    ///
    /// # Errors
    /// `no_such_episode`, `nothing_to_play`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn playable_episode(&self, episode: i64) -> Result<Playable, TekramError> {
        self.beside(move |core| Ok(core.playable_episode(episode)?.into()))
            .await
    }

    /// A station for the player.
    ///
    /// # Errors
    /// `no_such_station`, `locked`, `closed`, the vault's errors.
    pub fn playable_station(&self, station: i64) -> Result<Playable, TekramError> {
        self.with(|core| Ok(core.playable_station(station)?.into()))
    }
}
