//! What was watched on YouTube and heard on YouTube Music, from `watch-history.json` of Google Takeout
//! (<https://takeout.google.com>). It says when and what, not for how long. Titles are sentences in the account's language
//! ("Watched …"); what was an advert has `details`, and what is gone has no address.

use std::borrow::Cow;

use serde::Deserialize;
use url::Url;

use super::draft::{Draft, Via, Work, extra, fingerprint, needed};
use super::play::{Amount, play};
use super::plays::{Context, Plays};
use super::{Format, Reason};
use crate::input::RecordKind;
use crate::input::loose::{Loose, Nested, Several};
use crate::listen::Kind;

/// Records of what was watched.
pub(crate) struct Watches;

impl RecordKind for Watches {
    type Row<'a> = Row<'a>;
}

/// A record as it stands in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Row<'a> {
    #[serde(borrow)]
    header: Loose<'a>,
    #[serde(borrow)]
    title: Loose<'a>,
    #[serde(borrow)]
    title_url: Loose<'a>,
    #[serde(borrow)]
    subtitles: Several<Nested<Named<'a>>>,
    #[serde(borrow)]
    time: Loose<'a>,
    #[serde(borrow)]
    details: Several<Nested<Named<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Named<'a> {
    #[serde(borrow)]
    name: Loose<'a>,
}

/// What stands before and after a title, in the languages that most accounts have.
const AROUND: &[(&str, &str)] = &[
    ("Watched ", ""),
    ("Listened to ", ""),
    ("Has visto ", ""),
    ("Viste ", ""),
    ("Vous avez regardé ", ""),
    ("A regardé ", ""),
    ("Hai guardato ", ""),
    ("Hai visto ", ""),
    ("Você assistiu a ", ""),
    ("Você assistiu ", ""),
    ("Assistiu a ", ""),
    ("Viu ", ""),
    ("Je hebt ", " bekeken"),
    ("Gekeken naar ", ""),
    ("Du tittade på ", ""),
    ("Tittade på ", ""),
    ("Du så på ", ""),
    ("Så på ", ""),
    ("Obejrzano: ", ""),
    ("Obejrzane: ", ""),
    ("Просмотрено: ", ""),
    ("Вы посмотрели ", ""),
    ("Bạn đã xem ", ""),
    ("Menonton ", ""),
    ("观看了", ""),
    ("已觀看", ""),
    ("", " angesehen"),
    ("", " bekeken"),
    ("", " を視聴しました"),
    ("", "을(를) 시청했습니다."),
    ("", " izlendi"),
    ("", " adlı videoyu izlediniz"),
];

/// The address by which a video is known, from any that leads to it; `None` when it leads to something else.
fn video(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let key = match host {
        "youtube.com" | "m.youtube.com" | "music.youtube.com" => {
            let mut path = url.path_segments()?;
            match path.next()? {
                "watch" => url.query_pairs().find(|(name, _)| name == "v")?.1.into_owned(),
                "shorts" | "live" => path.next()?.to_owned(),
                _ => return None,
            }
        }
        "youtu.be" => url.path_segments()?.next()?.to_owned(),
        _ => return None,
    };
    let plain = !key.is_empty()
        && key
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
    plain.then(|| format!("https://www.youtube.com/watch?v={key}"))
}

/// A title without the sentence around it. Quotation marks that a language puts there go too.
fn bare(sentence: &str) -> &str {
    let inner = AROUND
        .iter()
        .find_map(|(before, after)| sentence.strip_prefix(before)?.strip_suffix(after))
        .unwrap_or(sentence)
        .trim();
    [("„", "“"), ("«", "»"), ("「", "」"), ("“", "”")]
        .iter()
        .find_map(|(open, close)| inner.strip_prefix(open)?.strip_suffix(close))
        .unwrap_or(inner)
        .trim()
}

fn without_sentence(sentence: Cow<'_, str>) -> Cow<'_, str> {
    let inner = match sentence {
        Cow::Borrowed(sentence) => Cow::Borrowed(bare(sentence)),
        Cow::Owned(sentence) => Cow::Owned(bare(&sentence).to_owned()),
    };
    // A video that was removed later is named by its address.
    if inner.starts_with("https://") {
        Cow::Borrowed("")
    } else {
        inner
    }
}

impl Plays for Watches {
    fn draft<'a>(row: Self::Row<'a>, context: &Context, scratch: &mut Vec<u8>) -> Result<Draft<'a>, Reason> {
        let sentence = needed(row.title, "title")?;
        let address = extra(row.title_url);
        if address.is_empty() {
            return Err(Reason::NothingNamed);
        }
        let url = video(&address).ok_or(Reason::NotAPlay)?;
        let at = context.times.utc_text(&row.time, "time")?;
        let music = matches!(&row.header, Loose::Text(header) if header.trim() == "YouTube Music")
            || address.contains("//music.youtube.com/");
        let channel = row.subtitles.0.into_iter().find_map(|subtitle| match subtitle {
            Nested::Present(named) => Some(extra(named.name)).filter(|name| !name.is_empty()),
            Nested::Absent | Nested::Wrong => None,
        });
        let advert = row.details.0.iter().any(|detail| matches!(detail, Nested::Present(_)));
        let (kind, creator) = match channel {
            _ if advert => (Kind::Advert, channel),
            // YouTube keeps an artist's own recordings on a channel of this name.
            Some(channel) if channel.ends_with(" - Topic") => {
                let artist = channel.trim_end_matches(" - Topic").to_owned();
                (Kind::Music, Some(Cow::Owned(artist)))
            }
            channel => (if music { Kind::Music } else { Kind::Video }, channel),
        };
        let mark = fingerprint(scratch, Format::Youtube.source(), at.stated_ms, &[&url]);
        let work = Work {
            kind: Some(kind),
            title: without_sentence(sentence),
            creators: creator.into_iter().collect(),
            url: Cow::Owned(url),
            ..Work::default()
        };
        let via = Via {
            service: Cow::Borrowed(if music { "music.youtube.com" } else { "youtube.com" }),
            player: Cow::Borrowed(if music { "YouTube Music" } else { "YouTube" }),
            ..Via::default()
        };
        let mut draft = play(Format::Youtube, work, at, Amount::Unknown, None, via, scratch);
        draft.fingerprint = mark;
        Ok(draft)
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

    #[test]
    fn a_title_is_the_same_in_every_language() {
        for sentence in [
            "Watched Low Tide",
            "„Low Tide“ angesehen",
            "Low Tide angesehen",
            "Vous avez regardé Low Tide",
            "Has visto Low Tide",
            "Je hebt Low Tide bekeken",
            "Low Tide を視聴しました",
            "Low Tide",
        ] {
            assert_eq!(bare(sentence), "Low Tide", "{sentence}");
        }
        assert_eq!(without_sentence("Watched https://www.youtube.com/watch?v=a".into()), "");
    }

    #[test]
    fn every_address_of_a_video_is_the_same_one() {
        for address in [
            "https://www.youtube.com/watch?v=abc_-1&t=30s",
            "https://www.youtube.com/watch?list=PL&v=abc_-1",
            "https://music.youtube.com/watch?v=abc_-1",
            "https://youtu.be/abc_-1?si=x",
            "https://www.youtube.com/shorts/abc_-1",
        ] {
            assert_eq!(
                video(address).as_deref(),
                Some("https://www.youtube.com/watch?v=abc_-1"),
                "{address}"
            );
        }
        for address in [
            "https://www.youtube.com/post/x",
            "https://www.youtube.com/results?search_query=v",
            "https://example.org/watch?v=a",
            "x",
        ] {
            assert_eq!(video(address), None, "{address}");
        }
    }
}
