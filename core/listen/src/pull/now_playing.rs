//! What plays on a music server right now (`getNowPlaying` of the Subsonic API 1.16.1, <http://www.subsonic.org/pages/api.jsp>),
//! as events of players. The server keeps no history that could be asked for, so listens come only of the time in which somebody
//! looks: nothing is counted before the first and after the last look at which a title was there. It says nothing of pauses.

use std::collections::BTreeMap;

use serde::Deserialize;
use tekram_vault::Vault;

use super::account::{Account, AccountKind, one, player_name, secret};
use super::step::percent_encoded;
use crate::input::loose::{Loose, Nested, Several};
use crate::{Kind, ListenError, Media, PlayerEvent, PlayerEventKind};

/// A player's own word about when a title began is in whole minutes.
const MINUTE_MS: i64 = 60_000;
/// Nobody has more players at once.
const MOST_PLAYERS: usize = 32;

/// Why a look told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NowPlayingFault {
    /// The server does not take name and password.
    AccessRefused,
    /// It is no answer of this API.
    BadAnswer,
    /// The server said that something else is wrong.
    Refused,
}

impl NowPlayingFault {
    /// Stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::AccessRefused => "access_refused",
            Self::BadAnswer => "bad_answer",
            Self::Refused => "server_status",
        }
    }
}

/// The address to look at. The password goes into it only as the MD5 of itself and a salt, as the API wants it; `salt` is random
/// and used once.
///
/// # Errors
/// `no_such_account`, `nothing_to_watch` for an account of another kind, or when the vault fails.
pub fn now_playing_url(vault: &Vault, account_id: i64, salt: &str) -> Result<String, ListenError> {
    vault.read(|connection| {
        let account = one(connection, account_id)?;
        if account.kind != AccountKind::Subsonic {
            return Err(ListenError::NothingToWatch);
        }
        let password = secret(connection, account_id)?;
        let token = md5::compute(format!("{}{salt}", password.expose()));
        Ok(format!(
            "{}/rest/getNowPlaying.view?u={}&t={token:x}&s={}&v=1.16.1&c=tekram&f=json",
            account.url,
            percent_encoded(&account.user),
            percent_encoded(salt),
        ))
    })
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, rename = "subsonic-response")]
    response: Response<'a>,
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    status: Loose<'a>,
    #[serde(default, borrow)]
    error: Nested<Refusal<'a>>,
    #[serde(default, borrow, rename = "nowPlaying")]
    now_playing: Nested<NowPlaying<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal<'a> {
    #[serde(borrow)]
    code: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NowPlaying<'a> {
    #[serde(borrow)]
    entry: Several<Nested<Entry<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow)]
    id: Loose<'a>,
    #[serde(borrow)]
    username: Loose<'a>,
    #[serde(borrow)]
    minutes_ago: Loose<'a>,
    #[serde(borrow)]
    player_id: Loose<'a>,
    #[serde(borrow)]
    title: Loose<'a>,
    #[serde(borrow)]
    artist: Loose<'a>,
    #[serde(borrow)]
    album: Loose<'a>,
    #[serde(borrow)]
    duration: Loose<'a>,
    #[serde(borrow)]
    is_video: Loose<'a>,
    #[serde(borrow, rename = "type")]
    media_type: Loose<'a>,
}

/// What plays on one account, from look to look.
#[derive(Debug)]
pub struct Watch {
    app: String,
    user: String,
    /// Tells the sessions of this watch from those of another.
    name: String,
    sessions: u64,
    playing: BTreeMap<String, Playing>,
}

#[derive(Debug)]
struct Playing {
    session: String,
    id: String,
    /// When it began, by the clock that never goes back.
    begun_ms: i64,
    last: (i64, i64),
}

impl Watch {
    /// A watch that begins now; `name` tells it from every other.
    #[must_use]
    pub fn new(account: &Account, name: &str) -> Self {
        Self {
            app: player_name(&account.url),
            user: account.user.clone(),
            name: name.to_owned(),
            sessions: 0,
            playing: BTreeMap::new(),
        }
    }

    /// What a look tells: events since the last one. `at_ms` by the device's clock, `monotonic_ms` by one that never goes back.
    ///
    /// # Errors
    /// Why it told nothing; what played goes on.
    pub fn look(&mut self, body: &[u8], at_ms: i64, monotonic_ms: i64) -> Result<Vec<PlayerEvent>, NowPlayingFault> {
        let body: Body<'_> = serde_json::from_slice(body).map_err(|_| NowPlayingFault::BadAnswer)?;
        let response = body.response;
        match text(&response.status).as_str() {
            "ok" => {}
            "failed" => {
                return Err(match response.error {
                    // 40: wrong name or password; 41 to 44: this way of saying them is not taken; 50: not allowed.
                    Nested::Present(Refusal {
                        code: Loose::Int(40..=44 | 50),
                    }) => NowPlayingFault::AccessRefused,
                    _ => NowPlayingFault::Refused,
                });
            }
            _ => return Err(NowPlayingFault::BadAnswer),
        }
        let entries = match response.now_playing {
            Nested::Present(now_playing) => now_playing.entry.0,
            Nested::Absent | Nested::Wrong => Vec::new(),
        };
        let now = (at_ms, monotonic_ms);
        let mut events = Vec::new();
        let mut there = Vec::new();
        for entry in entries.into_iter().take(MOST_PLAYERS) {
            let Nested::Present(entry) = entry else {
                continue;
            };
            // Others listen on the same server; that is theirs.
            if !text(&entry.username).eq_ignore_ascii_case(&self.user) || text(&entry.title).is_empty() {
                continue;
            }
            let player = text(&entry.player_id);
            if there.contains(&player) {
                continue;
            }
            self.hear(&player, &entry, now, &mut events);
            there.push(player);
        }
        let gone: Vec<String> = self
            .playing
            .keys()
            .filter(|player| !there.contains(player))
            .cloned()
            .collect();
        for player in gone {
            self.over(&player, &mut events);
        }
        Ok(events)
    }

    /// The watch is over: so is everything that was heard.
    pub fn end(&mut self) -> Vec<PlayerEvent> {
        let mut events = Vec::new();
        for player in self.playing.keys().cloned().collect::<Vec<_>>() {
            self.over(&player, &mut events);
        }
        events
    }

    fn hear(&mut self, player: &str, entry: &Entry<'_>, now: (i64, i64), events: &mut Vec<PlayerEvent>) {
        let id = text(&entry.id);
        let length_ms = seconds_ms(&entry.duration);
        let ago_ms = match entry.minutes_ago {
            Loose::Int(minutes) => minutes.clamp(0, 24 * 60).saturating_mul(MINUTE_MS),
            _ => 0,
        };
        if let Some(playing) = self.playing.get(player) {
            // Begun again by itself: the server says that it began later than it did.
            let again = now.1.saturating_sub(playing.begun_ms) > ago_ms.saturating_add(2 * MINUTE_MS);
            if playing.id != id || again {
                self.over(player, events);
            }
        }
        if let Some(playing) = self.playing.get_mut(player) {
            playing.last = now;
            // It goes on, and nothing else is known: a second word that it plays would mean that it had stopped.
            let goes_on = PlayerEventKind::Speed { permille: 1000 };
            events.push(event(&self.app, &playing.session, now, goes_on));
            return;
        }
        self.sessions += 1;
        let session = format!("{}-{}", self.name, self.sessions);
        let media = Media {
            title: text(&entry.title),
            creators: Some(text(&entry.artist))
                .filter(|artist| !artist.is_empty())
                .into_iter()
                .collect(),
            show: text(&entry.album),
            media_ms: length_ms,
            kind: Some(kind(entry)),
            ..Media::default()
        };
        // In the middle of it, as far as the server says: what came before nobody saw.
        let place_ms = length_ms.map_or(ago_ms, |length_ms| ago_ms.min(length_ms));
        let mut first = event(&self.app, &session, now, PlayerEventKind::Metadata { media });
        first.position_ms = Some(place_ms);
        events.push(first);
        events.push(event(&self.app, &session, now, PlayerEventKind::Play));
        let playing = Playing {
            session,
            id,
            begun_ms: now.1.saturating_sub(ago_ms),
            last: now,
        };
        self.playing.insert(player.to_owned(), playing);
    }

    /// It was there at the last look: that far it was heard.
    fn over(&mut self, player: &str, events: &mut Vec<PlayerEvent>) {
        if let Some(playing) = self.playing.remove(player) {
            events.push(event(&self.app, &playing.session, playing.last, PlayerEventKind::End));
        }
    }
}

fn event(app: &str, session: &str, (at_ms, monotonic_ms): (i64, i64), kind: PlayerEventKind) -> PlayerEvent {
    PlayerEvent {
        session: session.to_owned(),
        app: app.to_owned(),
        at_ms,
        offset_min: None,
        monotonic_ms: Some(monotonic_ms),
        kind,
        position_ms: None,
    }
}

fn kind(entry: &Entry<'_>) -> Kind {
    match text(&entry.media_type).as_str() {
        "podcast" => Kind::Podcast,
        "audiobook" => Kind::Audiobook,
        "video" => Kind::Video,
        _ if entry.is_video == Loose::Bool(true) => Kind::Video,
        _ => Kind::Music,
    }
}

fn seconds_ms(value: &Loose<'_>) -> Option<i64> {
    match value {
        Loose::Int(seconds) => seconds.checked_mul(1000).filter(|ms| *ms > 0),
        _ => None,
    }
}

/// A text, or a number as one.
fn text(value: &Loose<'_>) -> String {
    match value {
        Loose::Text(text) => text.trim().to_owned(),
        Loose::Int(number) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic
    )]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const AT: i64 = 1_790_000_000_000;

    fn watch() -> Watch {
        let account = Account {
            account_id: 1,
            kind: AccountKind::Subsonic,
            url: "https://music.example".into(),
            user: "ada".into(),
            batch_id: 0,
            pulled_ms: 0,
            next_ms: 0,
            problem: String::new(),
            in_home_network: false,
        };
        Watch::new(&account, "w")
    }

    fn body(entries: &serde_json::Value) -> Vec<u8> {
        json!({"subsonic-response": {"status": "ok", "version": "1.16.1", "nowPlaying": {"entry": entries}}})
            .to_string()
            .into_bytes()
    }

    fn song(id: &str, user: &str, minutes: i64) -> serde_json::Value {
        json!({"id": id, "title": format!("Song {id}"), "artist": "Alder", "album": "Salt", "duration": 200, "username": user, "minutesAgo": minutes, "playerId": 3})
    }

    fn told(watch: &mut Watch, entries: &serde_json::Value, seconds: i64) -> Vec<String> {
        let events = watch.look(&body(entries), AT + seconds * 1000, seconds * 1000).unwrap();
        events
            .iter()
            .map(|event| {
                let what = match &event.kind {
                    PlayerEventKind::Metadata { media } => format!("{} at {}", media.title, event.position_ms.unwrap()),
                    other => format!("{other:?}"),
                };
                format!("{} {} {what}", event.session, event.monotonic_ms.unwrap() / 1000)
            })
            .collect()
    }

    #[test]
    fn a_title_is_heard_from_the_first_to_the_last_look_at_which_it_was_there() {
        let mut watch = watch();
        assert_eq!(
            told(&mut watch, &json!([song("1", "ADA", 1), song("9", "bob", 0)]), 0),
            ["w-1 0 Song 1 at 60000", "w-1 0 Play"]
        );
        assert_eq!(
            told(&mut watch, &json!([song("1", "ada", 1)]), 30),
            ["w-1 30 Speed { permille: 1000 }"]
        );
        assert_eq!(
            told(&mut watch, &json!([song("2", "ada", 0)]), 60),
            ["w-1 30 End", "w-2 60 Song 2 at 0", "w-2 60 Play"]
        );
        assert_eq!(told(&mut watch, &json!([]), 90), ["w-2 60 End"]);
        assert_eq!(told(&mut watch, &json!([song("3", "ada", 0)]), 120).len(), 2);
        let again = told(&mut watch, &json!([song("3", "ada", 0)]), 320);
        assert_eq!(
            again,
            ["w-3 120 End", "w-4 320 Song 3 at 0", "w-4 320 Play"],
            "it began again by itself"
        );
        assert_eq!(watch.end().len(), 1);
        assert!(watch.end().is_empty());
    }

    #[test]
    fn refusals_have_names() {
        let mut watch = watch();
        let mut fault = |body: serde_json::Value| watch.look(body.to_string().as_bytes(), AT, 0).unwrap_err().code();
        assert_eq!(
            fault(json!({"subsonic-response": {"status": "failed", "error": {"code": 40, "message": "x"}}})),
            "access_refused"
        );
        assert_eq!(
            fault(json!({"subsonic-response": {"status": "failed", "error": {"code": 70}}})),
            "server_status"
        );
        assert_eq!(fault(json!({"other": 1})), "bad_answer");
        assert_eq!(fault(json!([])), "bad_answer");
        assert!(
            watch
                .look(
                    &json!({"subsonic-response": {"status": "ok"}}).to_string().into_bytes(),
                    AT,
                    0
                )
                .unwrap()
                .is_empty()
        );
    }

    proptest! {
        #[test]
        fn no_answer_breaks_it(minutes in any::<i64>(), duration in any::<i64>(), id in "\\PC{0,9}", at in any::<i64>(), bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let mut watch = watch();
            let mut one = song(&id, "ada", minutes);
            one["duration"] = duration.into();
            let _ = watch.look(&body(&json!([one.clone()])), at, at);
            let _ = watch.look(&body(&json!([one, 7, null])), at, at.saturating_add(1));
            let _ = watch.look(&bytes, at, at);
        }
    }
}
