//! This log's own export with everything (`out/full.rs`), read back: the same listens, from the sources that they came from,
//! credited to whom they were credited to. A file is a stranger's word also when it says that it is ours, so every value is
//! checked like any other.

use std::borrow::Cow;

use serde::Deserialize;
use tekram_primitives::ranges::Ranges;

use super::Reason;
use super::draft::{Credit, Draft, Fingerprint, Via, Work, extra, fingerprint, needed, optional};
use super::moment::{duration, plausible};
use crate::input::RecordKind;
use crate::input::loose::{Loose, Nested, Several};
use crate::listen::{EstimateRule, Kind, MARK_OFFLINE, MARK_PRIVATE, MARK_SKIPPED, MARK_ZONELESS, Played, Thumb};

/// The version of the form that is read.
const VERSION: i64 = 1;
const MINUTES_OF_A_DAY: i64 = 24 * 60;

/// Lines of our own.
pub(crate) struct Own;

impl RecordKind for Own {
    type Row<'a> = Row<'a>;
}

/// A line as it stands in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Row<'a> {
    #[serde(borrow)]
    tekram_listen: Loose<'a>,
    #[serde(borrow)]
    start_ms: Loose<'a>,
    #[serde(borrow)]
    offset_min: Loose<'a>,
    #[serde(borrow)]
    zoneless: Loose<'a>,
    #[serde(borrow)]
    kind: Loose<'a>,
    #[serde(borrow)]
    title: Loose<'a>,
    #[serde(borrow)]
    creators: Several<Loose<'a>>,
    #[serde(borrow)]
    show: Loose<'a>,
    #[serde(borrow)]
    publisher: Loose<'a>,
    #[serde(borrow)]
    identifiers: Nested<Names<'a>>,
    #[serde(borrow)]
    played: Nested<PlayedRow<'a>>,
    #[serde(borrow)]
    media_ms: Loose<'a>,
    #[serde(borrow)]
    source: Loose<'a>,
    #[serde(borrow)]
    service: Loose<'a>,
    #[serde(borrow)]
    player: Loose<'a>,
    #[serde(borrow)]
    device: Loose<'a>,
    #[serde(borrow)]
    client: Loose<'a>,
    #[serde(borrow)]
    skipped: Loose<'a>,
    #[serde(borrow)]
    private_session: Loose<'a>,
    #[serde(borrow)]
    offline: Loose<'a>,
    #[serde(borrow)]
    thumb: Loose<'a>,
    #[serde(borrow)]
    credit: Nested<CreditRow<'a>>,
    #[serde(borrow)]
    fingerprint: Loose<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Names<'a> {
    #[serde(borrow)]
    url: Loose<'a>,
    #[serde(borrow)]
    feed_url: Loose<'a>,
    #[serde(borrow)]
    item_guid: Loose<'a>,
    #[serde(borrow)]
    isrc: Loose<'a>,
    #[serde(borrow)]
    recording_mbid: Loose<'a>,
    #[serde(borrow)]
    release_mbid: Loose<'a>,
    #[serde(borrow)]
    artist_mbids: Several<Loose<'a>>,
    #[serde(borrow)]
    spotify_uri: Loose<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PlayedRow<'a> {
    #[serde(borrow)]
    how: Loose<'a>,
    #[serde(borrow)]
    ms: Loose<'a>,
    #[serde(borrow)]
    rule: Loose<'a>,
    #[serde(borrow)]
    ranges: Several<Several<Loose<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CreditRow<'a> {
    #[serde(borrow)]
    key: Loose<'a>,
    #[serde(borrow)]
    name: Loose<'a>,
    #[serde(borrow)]
    feed_url: Loose<'a>,
}

/// The listen that a line tells of, and what the person thought of it.
pub(crate) fn draft<'a>(
    row: Row<'a>,
    now_ms: i64,
    scratch: &mut Vec<u8>,
) -> Result<(Draft<'a>, Option<Thumb>), Reason> {
    match row.tekram_listen {
        Loose::Int(VERSION) => {}
        Loose::Absent => return Err(Reason::MissingField("tekram_listen")),
        _ => return Err(Reason::WrongType("tekram_listen")),
    }
    let start_ms = match row.start_ms {
        Loose::Int(ms) => plausible(ms, "start_ms", now_ms)?,
        Loose::Absent | Loose::Null => return Err(Reason::MissingField("start_ms")),
        _ => return Err(Reason::WrongType("start_ms")),
    };
    let offset_min = match row.offset_min {
        Loose::Absent | Loose::Null => None,
        Loose::Int(minutes) if minutes.abs() < MINUTES_OF_A_DAY => Some(minutes),
        _ => return Err(Reason::WrongType("offset_min")),
    };
    let kind = Kind::from_name(&needed(row.kind, "kind")?).ok_or(Reason::WrongType("kind"))?;
    let title = optional(row.title, "title")?;
    let creators = texts(row.creators, "creators")?;
    let show = optional(row.show, "show")?;
    let source = needed(row.source, "source")?;
    let names = match row.identifiers {
        Nested::Present(names) => names,
        Nested::Absent => Names::default(),
        Nested::Wrong => return Err(Reason::WrongType("identifiers")),
    };
    let credit = match row.credit {
        Nested::Present(credit) => credit,
        Nested::Absent | Nested::Wrong => return Err(Reason::MissingField("credit")),
    };
    let (key, name) = (needed(credit.key, "credit")?, optional(credit.name, "credit")?);
    let credit = if kind == Kind::Advert {
        // Whatever the line says: an advert's seconds are nobody else's.
        Credit::Advert(name)
    } else {
        Credit::Kept {
            key,
            name,
            feed_url: optional(credit.feed_url, "credit")?,
        }
    };
    let played = match row.played {
        Nested::Present(played) => played.read()?,
        Nested::Absent => Played::Unknown,
        Nested::Wrong => return Err(Reason::WrongType("played")),
    };
    let fingerprint = match row.fingerprint {
        Loose::Absent | Loose::Null => fingerprint(scratch, &source, start_ms, &[&title, &show]),
        Loose::Text(text) => from_hex(&text).ok_or(Reason::WrongType("fingerprint"))?,
        _ => return Err(Reason::WrongType("fingerprint")),
    };
    let mark = |value: &Loose<'_>, mark: i64| if *value == Loose::Bool(true) { mark } else { 0 };
    let thumb = match &row.thumb {
        Loose::Text(text) if text == "up" => Some(Thumb::Up),
        Loose::Text(text) if text == "down" => Some(Thumb::Down),
        _ => None,
    };
    let draft = Draft {
        start_ms,
        offset_min,
        played,
        media_ms: duration(&row.media_ms, "media_ms", 1)?,
        marks: mark(&row.skipped, MARK_SKIPPED)
            | mark(&row.private_session, MARK_PRIVATE)
            | mark(&row.offline, MARK_OFFLINE)
            | mark(&row.zoneless, MARK_ZONELESS),
        fingerprint,
        credit,
        via: Via {
            source,
            service: extra(row.service),
            player: extra(row.player),
            device: extra(row.device),
            client: extra(row.client),
        },
        work: Work {
            kind: Some(kind),
            title,
            creators,
            show,
            publisher: optional(row.publisher, "publisher")?,
            url: optional(names.url, "url")?,
            feed_url: optional(names.feed_url, "feed_url")?,
            item_guid: optional(names.item_guid, "item_guid")?,
            isrc: optional(names.isrc, "isrc")?,
            recording_mbid: optional(names.recording_mbid, "recording_mbid")?,
            release_mbid: optional(names.release_mbid, "release_mbid")?,
            artist_mbids: texts(names.artist_mbids, "artist_mbids")?,
            spotify_uri: optional(names.spotify_uri, "spotify_uri")?,
        },
    };
    Ok((draft, thumb))
}

impl PlayedRow<'_> {
    fn read(self) -> Result<Played, Reason> {
        let wrong = || Reason::WrongType("played");
        let ms = || duration(&self.ms, "played", 1)?.ok_or(Reason::MissingField("played"));
        match &self.how {
            Loose::Text(how) if how == "ranges" => {
                let mut intervals = Vec::with_capacity(self.ranges.0.len());
                for stretch in &self.ranges.0 {
                    match stretch.0.as_slice() {
                        [Loose::Int(start), Loose::Int(end)] => intervals.push((*start, *end)),
                        _ => return Err(wrong()),
                    }
                }
                Ok(Played::Ranges {
                    ranges: Ranges::from_intervals(intervals).map_err(|_| Reason::EndBeforeStart)?,
                })
            }
            Loose::Text(how) if how == "total" => Ok(Played::Total { ms: ms()? }),
            Loose::Text(how) if how == "estimate" => match &self.rule {
                Loose::Text(rule) if rule == "whole_track" => Ok(Played::Estimate {
                    ms: ms()?,
                    rule: EstimateRule::WholeTrack,
                }),
                _ => Err(wrong()),
            },
            Loose::Text(how) if how == "unknown" => Ok(Played::Unknown),
            _ => Err(wrong()),
        }
    }
}

fn texts<'a>(values: Several<Loose<'a>>, field: &'static str) -> Result<Vec<Cow<'a, str>>, Reason> {
    values.0.into_iter().map(|value| optional(value, field)).collect()
}

fn from_hex(text: &str) -> Option<Fingerprint> {
    let plain = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = plain.then(|| u128::from_str_radix(text, 16).ok()).flatten()?;
    Some(number.to_be_bytes())
}

/// The source of lines that say none; there are none such.
pub(crate) const SOURCE: &str = "tekram";

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
    use serde_json::{Value, json};

    const NOW: i64 = 1_793_500_000_000;

    fn line() -> Value {
        json!({
            "tekram_listen": 1, "start_ms": 1_790_000_000_123_i64, "kind": "music", "title": "Low Tide",
            "creators": ["Alder", "Pike"], "source": "spotify", "played": {"how": "total", "ms": 5},
            "credit": {"key": "artist:alder", "name": "Alder"}, "fingerprint": "000102030405060708090a0b0c0d0e0f",
        })
    }

    fn read(line: &Value) -> Result<(i64, Fingerprint), Reason> {
        let text = line.to_string();
        draft(serde_json::from_str(&text).unwrap(), NOW, &mut Vec::new())
            .map(|(draft, _)| (draft.start_ms, draft.fingerprint))
    }

    #[test]
    fn a_line_is_the_listen_that_it_says() {
        let (start_ms, fingerprint) = read(&line()).unwrap();
        assert_eq!(start_ms, 1_790_000_000_123);
        assert_eq!(fingerprint, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    }

    #[test]
    fn a_line_that_says_what_cannot_be_is_refused_with_its_field() {
        for (pointer, value, reason) in [
            ("/tekram_listen", json!(2), Reason::WrongType("tekram_listen")),
            ("/start_ms", json!(1), Reason::TimeBefore2002("start_ms")),
            ("/start_ms", json!("1790000000123"), Reason::WrongType("start_ms")),
            ("/kind", json!("sermon"), Reason::WrongType("kind")),
            ("/title", json!("a\u{0}"), Reason::NulCharacter("title")),
            ("/creators", json!([7]), Reason::WrongType("creators")),
            ("/source", json!(""), Reason::MissingField("source")),
            (
                "/played",
                json!({"how": "total", "ms": -1}),
                Reason::NegativeDuration("played"),
            ),
            (
                "/played",
                json!({"how": "ranges", "ranges": [[5, 1]]}),
                Reason::EndBeforeStart,
            ),
            (
                "/played",
                json!({"how": "ranges", "ranges": [[1]]}),
                Reason::WrongType("played"),
            ),
            ("/played", json!({"how": "guess"}), Reason::WrongType("played")),
            ("/credit", json!({"name": "x"}), Reason::MissingField("credit")),
            (
                "/fingerprint",
                json!("+0102030405060708090a0b0c0d0e0f0"),
                Reason::WrongType("fingerprint"),
            ),
        ] {
            let mut line = line();
            *line.pointer_mut(pointer).unwrap() = value.clone();
            assert_eq!(read(&line), Err(reason), "{pointer} {value}");
        }
    }
}
