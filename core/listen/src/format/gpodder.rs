//! An episode action of gpodder.net and its kin (<https://gpoddernet.readthedocs.io/en/latest/api/reference/events.html>):
//! a stretch of an episode that was played, with positions in seconds of the medium and the time in UTC. Other actions
//! (download, delete, new, flattr) are no plays.

use std::borrow::Cow;

use serde::Deserialize;

use super::draft::{Fingerprint, extra, fingerprint, needed};
use super::moment::{duration, moment};
use super::{Format, Reason};
use crate::input::RecordKind;
use crate::input::loose::Loose;

/// Episode actions.
pub(crate) struct Actions;

impl RecordKind for Actions {
    type Row<'a> = Row<'a>;
}

/// An action as it stands in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Row<'a> {
    #[serde(borrow)]
    podcast: Loose<'a>,
    #[serde(borrow)]
    episode: Loose<'a>,
    #[serde(borrow)]
    guid: Loose<'a>,
    #[serde(borrow)]
    device: Loose<'a>,
    #[serde(borrow)]
    action: Loose<'a>,
    #[serde(borrow)]
    timestamp: Loose<'a>,
    #[serde(borrow)]
    started: Loose<'a>,
    #[serde(borrow)]
    position: Loose<'a>,
    #[serde(borrow)]
    total: Loose<'a>,
}

/// One stretch of an episode.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Action<'a> {
    pub(crate) podcast: Cow<'a, str>,
    pub(crate) episode: Cow<'a, str>,
    pub(crate) guid: Cow<'a, str>,
    pub(crate) device: Cow<'a, str>,
    /// When the stretch ended.
    pub(crate) at_ms: i64,
    /// Stretch of the medium; `None` when the player gave no start.
    pub(crate) stretch: Option<(i64, i64)>,
    pub(crate) total_ms: Option<i64>,
    pub(crate) fingerprint: Fingerprint,
}

/// The play that a row tells of.
pub(crate) fn action<'a>(row: Row<'a>, now_ms: i64, scratch: &mut Vec<u8>) -> Result<Action<'a>, Reason> {
    let what = needed(row.action, "action")?;
    if !what.eq_ignore_ascii_case("play") {
        return Err(Reason::NotAPlay);
    }
    let podcast = needed(row.podcast, "podcast")?;
    if !is_web_url(&podcast) {
        return Err(Reason::BadUrl("podcast"));
    }
    let episode = needed(row.episode, "episode")?;
    let at_ms = moment(&row.timestamp, "timestamp", now_ms)?;
    let started = seconds(&row.started, "started")?;
    let position = seconds(&row.position, "position")?;
    let total_ms = seconds(&row.total, "total")?.filter(|ms| *ms > 0);
    let stretch = match (started, position) {
        (Some(started), Some(position)) if position < started => return Err(Reason::EndBeforeStart),
        // A position past the end is rounding, or an advert that was spliced in.
        (Some(started), Some(position)) => {
            let end = total_ms.map_or(position, |total| position.min(total).max(started));
            Some((started, end))
        }
        _ => None,
    };
    let device = extra(row.device);
    let number = |ms: Option<i64>| ms.map_or_else(String::new, |ms| ms.to_string());
    let fingerprint = fingerprint(
        scratch,
        Format::GpodderActions.source(),
        at_ms,
        &[&podcast, &episode, &device, &number(started), &number(position)],
    );
    Ok(Action {
        podcast,
        episode,
        guid: extra(row.guid),
        device,
        at_ms,
        stretch,
        total_ms,
        fingerprint,
    })
}

/// Players write −1 for what they do not know.
fn seconds(value: &Loose<'_>, field: &'static str) -> Result<Option<i64>, Reason> {
    match value {
        Loose::Int(-1) => Ok(None),
        value => duration(value, field, 1000),
    }
}

/// Whether a text is an address that a feed can have.
pub(crate) fn is_web_url(text: &str) -> bool {
    url::Url::parse(text.trim()).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
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

    const NOW: i64 = 1_793_500_000_000;

    fn read(fields: &str) -> Result<Action<'_>, Reason> {
        action(serde_json::from_str(fields).unwrap(), NOW, &mut Vec::new())
    }

    #[test]
    fn a_stretch_is_read_in_media_time() {
        let play = read(
            r#"{"podcast":"https://feeds.example/a.xml","episode":"https://feeds.example/1.mp3","guid":"g","device":"phone",
            "action":"Play","timestamp":"2026-10-01T10:00:00","started":15,"position":120,"total":500}"#,
        )
        .unwrap();
        assert_eq!(play.stretch, Some((15_000, 120_000)));
        assert_eq!(play.total_ms, Some(500_000));
        assert_eq!(play.guid, "g");
    }

    #[test]
    fn what_a_player_does_not_know_stays_unknown() {
        let play = read(
            r#"{"podcast":"https://f.example/a","episode":"e","action":"play","timestamp":"2026-10-01T10:00:00Z","started":-1,"position":120,"total":-1}"#,
        );
        let play = play.unwrap();
        assert_eq!((play.stretch, play.total_ms), (None, None));
    }

    #[test]
    fn other_actions_and_broken_ones_are_refused() {
        for (fields, reason) in [
            (
                r#"{"podcast":"https://f.example/a","episode":"e","action":"download","timestamp":"2026-10-01T10:00:00"}"#,
                Reason::NotAPlay,
            ),
            (
                r#"{"podcast":"file:///etc/passwd","episode":"e","action":"play","timestamp":"2026-10-01T10:00:00"}"#,
                Reason::BadUrl("podcast"),
            ),
            (
                r#"{"podcast":"https://f.example/a","episode":"e","action":"play","timestamp":"2026-10-01T10:00:00","started":9,"position":3,"total":10}"#,
                Reason::EndBeforeStart,
            ),
            (
                r#"{"podcast":"https://f.example/a","episode":"e","action":"play","timestamp":"2026-10-01T10:00:00","started":-9,"position":3}"#,
                Reason::NegativeDuration("started"),
            ),
            (
                r#"{"podcast":"https://f.example/a","episode":"e","action":"play"}"#,
                Reason::MissingField("timestamp"),
            ),
            (
                r#"{"podcast":"https://f.example/a","action":"play"}"#,
                Reason::MissingField("episode"),
            ),
        ] {
            assert_eq!(read(fields), Err(reason), "{fields}");
        }
    }
}
