//! What the program's own player needs: stations, what is to be played and from where on, and what was heard of it before.

use std::collections::BTreeMap;

use tekram_listen::feed::{self, Episode, EpisodeHeard, FeedNews, Playable, Station};

use crate::error::AgentError;
use crate::persona::Persona;

impl Persona {
    /// What is new in each feed that is followed, by the feed's number.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn feed_news(&self) -> Result<BTreeMap<i64, FeedNews>, AgentError> {
        Ok(feed::news(&self.vault)?)
    }

    /// What was heard of an episode, and where it was left.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn episode_heard(&self, episode: &Episode) -> Result<EpisodeHeard, AgentError> {
        Ok(feed::heard(&self.vault, episode)?)
    }

    /// What the feed says an episode is about, as plain text.
    ///
    /// # Errors
    /// `no_such_episode`, the vault's errors.
    pub fn episode_notes(&self, episode_id: i64) -> Result<String, AgentError> {
        Ok(feed::notes(&self.vault, episode_id)?)
    }

    /// An episode to play, from where it was left.
    ///
    /// # Errors
    /// `no_such_episode`, `nothing_to_play`, the vault's errors.
    pub fn playable_episode(&self, episode_id: i64) -> Result<Playable, AgentError> {
        Ok(feed::playable_episode(&self.vault, episode_id)?)
    }

    /// A station to play.
    ///
    /// # Errors
    /// `no_such_station`, the vault's errors.
    pub fn playable_station(&self, station_id: i64) -> Result<Playable, AgentError> {
        Ok(feed::playable_station(&self.vault, station_id)?)
    }

    /// The radio stations, by name.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn stations(&self) -> Result<Vec<Station>, AgentError> {
        Ok(feed::stations(&self.vault)?)
    }

    /// Adds the station whose stream has an address, or calls one that is known something else. A stream that is not
    /// encrypted on its way is taken only with `allow_insecure`.
    ///
    /// # Errors
    /// `bad_station_address`, `insecure_stream`, the vault's errors.
    pub fn add_station(&self, name: &str, address: &str, allow_insecure: bool) -> Result<i64, AgentError> {
        Ok(feed::add_station(
            &self.vault,
            name,
            address,
            allow_insecure,
            self.clock.now(),
        )?)
    }

    /// Takes a station off the list. What was heard of it stays in the log.
    ///
    /// # Errors
    /// `no_such_station`, the vault's errors.
    pub fn remove_station(&self, station_id: i64) -> Result<(), AgentError> {
        Ok(feed::remove_station(&self.vault, station_id)?)
    }
}
