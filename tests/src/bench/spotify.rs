//! A Spotify extended streaming history of any size, in the form that the service sends it: a zip of JSON arrays of some
//! thousand streams each, written as a stream. What is in it never happened: artists, albums and podcasts are invented
//! from a fixed seed, in several scripts, and played as people play, a few very often and most once (Zipf's law).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::{Map, Value, json};
use zip::write::SimpleFileOptions;

use crate::catalogue::Seeded;
use crate::measure::Outcome;

const ARTISTS: u64 = 30_000;
const SHOWS: u64 = 600;
const TRACKS_OF_AN_ALBUM: u64 = 12;
/// Streams in one file of the archive.
const STREAMS_A_FILE: u64 = 16_000;
/// 2009-01-01T00:00:00Z: a million streams of some minutes, with the pauses between, end in the middle of 2026.
const FIRST_STREAM_S: i64 = 1_230_768_000;
/// Nobody's clock was further when this was written: what is later is refused as not heard yet.
const MOST_STREAMS: u64 = 1_000_000;

const PLATFORMS: [&str; 6] = [
    "android",
    "ios",
    "Windows 10 (10.0.19045; x64)",
    "web_player linux 6.1;chrome 120.0;desktop",
    "Android OS 13 API 33 (samsung, SM-S911B)",
    "Partner google cast_tv;Chromecast",
];
/// Words that are in very many titles.
const COMMON: [&str; 40] = [
    "the", "of", "love", "you", "me", "in", "my", "to", "a", "and", "it", "on", "night", "I", "be", "for", "down",
    "time", "no", "your", "heart", "all", "is", "baby", "day", "like", "one", "world", "home", "blue", "la", "el",
    "de", "mi", "der", "und", "le", "amor", "à", "Été",
];
const LATIN: [&str; 48] = [
    "ka", "lo", "mer", "tin", "sa", "ro", "vel", "nor", "ash", "bri", "cal", "dor", "el", "fen", "gra", "hal", "is",
    "jun", "kor", "lis", "ma", "nes", "or", "pel", "qui", "ros", "sten", "tor", "ul", "ver", "wes", "yor", "zan", "ö",
    "é", "ñi", "çe", "åse", "ža", "ør", "ün", "ða", "ło", "ši", "brü", "clé", "ghi", "ão",
];
const CYRILLIC: [&str; 20] = [
    "ка", "ло", "мир", "ти", "са", "ро", "вел", "нор", "аш", "бри", "звез", "до", "ель", "фе", "гра", "лю", "бовь",
    "ёл", "ночь", "свет",
];
const GREEK: [&str; 16] = [
    "κα", "λο", "μέ", "τι", "σα", "ρο", "βε", "νύ", "χτα", "φως", "γρα", "άλ", "ήλ", "ιος", "θα", "ξε",
];
const JAPANESE: [&str; 20] = [
    "夜", "星", "愛", "空", "海", "花", "の", "に", "さ", "く", "ら", "メロ", "ディ", "ラブ", "恋", "風", "雨", "光",
    "君", "夢",
];
const KOREAN: [&str; 16] = [
    "사랑", "밤", "별", "하늘", "바다", "꽃", "너", "나", "의", "봄", "날", "꿈", "비", "빛", "노래", "길",
];
const ARABIC: [&str; 16] = [
    "حب", "ليل", "قمر", "نور", "بحر", "يا", "قلب", "عين", "شمس", "روح", "سلام", "ورد", "دار", "حلم", "صوت", "أنا",
];

/// What was played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Played {
    /// A track.
    Track {
        /// Its title.
        title: String,
        /// Its album's artist.
        artist: String,
        /// Its album.
        album: String,
        /// `spotify:track:…`.
        uri: String,
    },
    /// An episode of a podcast.
    Episode {
        /// Its title.
        title: String,
        /// The podcast.
        show: String,
        /// `spotify:episode:…`.
        uri: String,
    },
}

/// One stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// When it ended, seconds since 1970 UTC.
    pub ended_s: i64,
    /// How long it ran.
    pub ms_played: i64,
    /// What was played.
    pub played: Played,
    skipped: bool,
    shuffle: bool,
    platform: &'static str,
}

/// The streams of one person, in order of time, without end.
#[derive(Debug, Clone)]
pub struct Streams {
    seeded: Seeded,
    at_s: i64,
    /// What is left of the album or the list that is on: the number of the next track, and how many more.
    on: (u64, u64),
    platform: &'static str,
}

impl Streams {
    /// Those of one account from the first one; another number is another account, which hears the same artists its own way.
    pub fn of(account: u64) -> Self {
        Self {
            seeded: Seeded::new(20_261_124 + account),
            at_s: FIRST_STREAM_S,
            on: (0, 0),
            platform: PLATFORMS[0],
        }
    }

    /// A number below `bound`, the first one most often, the second half as often, the third a third as often.
    fn zipf(&mut self, bound: u64) -> u64 {
        let rank = (self.seeded.part() * ((bound + 1) as f64).ln()).exp() as u64;
        rank.saturating_sub(1).min(bound - 1)
    }
}

impl Iterator for Streams {
    type Item = Stream;

    fn next(&mut self) -> Option<Stream> {
        // A sitting ends now and then: a pause of minutes to a night, often another device.
        if self.seeded.below(18) == 0 {
            self.at_s += 600 + (self.seeded.part().powi(3) * 13_000.0) as i64;
            self.platform = pick(&mut self.seeded, &PLATFORMS);
        }
        let episode = self.seeded.below(12) == 0;
        let skipped = !episode && self.seeded.below(6) == 0;
        let (played, ms_played) = if episode {
            let show = self.zipf(SHOWS);
            // Episodes come out one after the other, and are heard once or in two parts.
            let number = (self.at_s - FIRST_STREAM_S).unsigned_abs() / (200_000 + show * 900);
            (episode_of(show, number), 300_000 + self.seeded.below(3_000_000) as i64)
        } else {
            let (track, left) = self.on;
            let track = if left > 0 {
                track
            } else {
                let artist = self.zipf(ARTISTS);
                let albums = 1 + Seeded::new(artist ^ 0x616c).below(9);
                let album = self.zipf(albums);
                artist * 1000 + album * TRACKS_OF_AN_ALBUM + self.zipf(TRACKS_OF_AN_ALBUM)
            };
            let shuffled = left == 0 && self.seeded.below(3) > 0;
            let ends = (track % 1000) % TRACKS_OF_AN_ALBUM + 1 == TRACKS_OF_AN_ALBUM;
            self.on = match (left, shuffled, ends) {
                (_, true, _) | (_, _, true) => (0, 0),
                (0, ..) => (track + 1, 1 + self.seeded.below(10)),
                (left, ..) => (track + 1, left - 1),
            };
            let length_ms = 120_000 + Seeded::new(track ^ 0x6c65).below(240_000) as i64;
            let ms = if skipped {
                1000 + self.seeded.below(60_000) as i64
            } else {
                length_ms
            };
            (track_of(track), ms)
        };
        self.at_s += ms_played / 1000 + 1;
        Some(Stream {
            ended_s: self.at_s,
            ms_played,
            played,
            skipped,
            shuffle: self.seeded.below(3) == 0,
            platform: self.platform,
        })
    }
}

fn pick<T: Copy + Default>(seeded: &mut Seeded, from: &[T]) -> T {
    from.get(seeded.below(from.len() as u64) as usize)
        .copied()
        .unwrap_or_default()
}

/// An invented word; the lower its number, the shorter.
fn word(script: &[&str], number: u64) -> String {
    let mut seeded = Seeded::new(number ^ 0x776f_7264);
    let syllables = 2 + (number > 300) as u64 + seeded.below(2);
    let text: String = (0..syllables).map(|_| pick(&mut seeded, script)).collect();
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// One to five words of a script, common ones among those in Latin.
fn phrase(seeded: &mut Seeded, script: &[&str], most: u64) -> String {
    let words: Vec<String> = (0..=seeded.below(most))
        .map(|_| {
            if script.len() == LATIN.len() && seeded.below(3) == 0 {
                pick(seeded, &COMMON).to_owned()
            } else {
                // Twenty thousand words, the first ones oftener.
                let number = (seeded.part().powi(3) * 20_000.0) as u64;
                word(script, number)
            }
        })
        .collect();
    words.join(" ")
}

/// The script that an artist or a show writes in.
fn script(number: u64) -> &'static [&'static str] {
    match Seeded::new(number ^ 0x7363).below(20) {
        0 => &CYRILLIC,
        1 => &JAPANESE,
        2 => &KOREAN,
        3 => &ARABIC,
        4 => &GREEK,
        _ => &LATIN,
    }
}

fn track_of(number: u64) -> Played {
    let (artist, album) = (number / 1000, number / TRACKS_OF_AN_ALBUM);
    let script = script(artist);
    let mut of_artist = Seeded::new(artist ^ 0x6172);
    let name = match of_artist.below(5) {
        0 => format!("The {}", phrase(&mut of_artist, script, 2)),
        1 => format!(
            "{} & {}",
            word(script, of_artist.below(9_000)),
            word(script, of_artist.below(9_000))
        ),
        _ => format!(
            "{} {}",
            word(script, of_artist.below(9_000)),
            word(script, of_artist.below(9_000))
        ),
    };
    let mut of_track = Seeded::new(number ^ 0x7472);
    let title = phrase(&mut of_track, script, 4);
    let title = match of_track.below(16) {
        0 => format!("{title} - Remastered {}", 2005 + of_track.below(15)),
        1 => format!("{title} (feat. {})", word(&LATIN, of_track.below(9_000))),
        2 => format!("{title} - Live"),
        3 => format!("{title} - {} Remix", word(&LATIN, of_track.below(500))),
        _ => title,
    };
    Played::Track {
        title,
        artist: name,
        album: phrase(&mut Seeded::new(((artist << 8) | (album % 256)) ^ 0x6162), script, 3),
        uri: format!("spotify:track:{}", base62(number)),
    }
}

fn episode_of(show: u64, number: u64) -> Played {
    let script = script(show ^ 0xffff);
    let name = format!("{} Podcast", phrase(&mut Seeded::new(show ^ 0x7368), script, 2));
    let mut seeded = Seeded::new(((show << 32) | number) ^ 0x6570);
    Played::Episode {
        title: format!("#{number} {}", phrase(&mut seeded, script, 5)),
        show: name,
        uri: format!("spotify:episode:{}", base62((show << 32) | number)),
    }
}

/// Twenty-two letters and digits, as the service names things.
fn base62(number: u64) -> String {
    const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut seeded = Seeded::new(number ^ 0x0075_7269);
    (0..22)
        .map(|_| char::from(DIGITS.get(seeded.below(62) as usize).copied().unwrap_or(b'0')))
        .collect()
}

impl Stream {
    /// The stream with every field that the service writes.
    pub fn json(&self) -> Value {
        let null = || Value::Null;
        let ended = tekram_primitives::time::Timestamp::from_secs(self.ended_s).to_string();
        let (track, episode) = match &self.played {
            Played::Track {
                title,
                artist,
                album,
                uri,
            } => (
                [json!(title), json!(artist), json!(album), json!(uri)],
                [null(), null(), null()],
            ),
            Played::Episode { title, show, uri } => (
                [null(), null(), null(), null()],
                [json!(title), json!(show), json!(uri)],
            ),
        };
        let mut row = Map::new();
        let mut put = |name: &str, value: Value| row.insert(name.to_owned(), value);
        put("ts", ended.into());
        put("platform", self.platform.into());
        put("ms_played", self.ms_played.into());
        put("conn_country", "AT".into());
        put("ip_addr", "192.0.2.17".into());
        for (name, value) in [
            "master_metadata_track_name",
            "master_metadata_album_artist_name",
            "master_metadata_album_album_name",
            "spotify_track_uri",
        ]
        .into_iter()
        .zip(track)
        {
            put(name, value);
        }
        for (name, value) in ["episode_name", "episode_show_name", "spotify_episode_uri"]
            .into_iter()
            .zip(episode)
        {
            put(name, value);
        }
        for name in [
            "audiobook_title",
            "audiobook_uri",
            "audiobook_chapter_uri",
            "audiobook_chapter_title",
        ] {
            put(name, Value::Null);
        }
        put("reason_start", if self.skipped { "fwdbtn" } else { "trackdone" }.into());
        put("reason_end", if self.skipped { "fwdbtn" } else { "trackdone" }.into());
        put("shuffle", self.shuffle.into());
        put("skipped", self.skipped.into());
        put("offline", false.into());
        put("offline_timestamp", (self.ended_s - self.ms_played / 1000).into());
        put("incognito_mode", false.into());
        Value::Object(row)
    }
}

/// Writes the archive of an account with so many streams, file by file; the number of bytes unpacked comes back.
///
/// # Errors
/// When there are more than an account has, or the disk fails.
pub fn write_zip(path: &Path, account: u64, streams: u64) -> Outcome<u64> {
    if streams > MOST_STREAMS {
        return Err(format!("an account has {MOST_STREAMS} streams, not {streams}").into());
    }
    let mut archive = zip::ZipWriter::new(BufWriter::with_capacity(1 << 20, File::create(path)?));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let (mut all, mut left, mut bytes, mut number) = (Streams::of(account), streams, 0, 0);
    while left > 0 {
        archive.start_file(
            format!("Spotify Extended Streaming History/Streaming_History_Audio_{number}.json"),
            options,
        )?;
        let here = left.min(STREAMS_A_FILE);
        bytes += write_array(&mut archive, all.by_ref().take(here as usize))?;
        left -= here;
        number += 1;
    }
    archive.finish()?.into_inner()?.sync_all()?;
    Ok(bytes)
}

/// Writes every `nth` stream of an account as one file of the archive, unpacked, until it has so many.
///
/// # Errors
/// When the disk fails.
pub fn write_some(path: &Path, streams: usize, nth: usize) -> Outcome {
    let mut file = BufWriter::new(File::create(path)?);
    write_array(&mut file, Streams::of(0).step_by(nth).take(streams))?;
    file.into_inner()?.sync_all()?;
    Ok(())
}

fn write_array(out: &mut impl Write, streams: impl Iterator<Item = Stream>) -> Outcome<u64> {
    let (mut line, mut bytes) = (Vec::with_capacity(1 << 16), 0);
    line.push(b'[');
    for (place, stream) in streams.enumerate() {
        if place > 0 {
            line.push(b',');
        }
        serde_json::to_writer(&mut line, &stream.json())?;
        if line.len() > 60_000 {
            bytes += line.len() as u64;
            out.write_all(&line)?;
            line.clear();
        }
    }
    line.push(b']');
    out.write_all(&line)?;
    Ok(bytes + line.len() as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, missing_docs)]
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn the_archive_is_the_same_each_time_and_is_imported_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one.zip"), folder.path().join("other.zip"));
        assert_eq!(
            write_zip(&one, 0, 20_000).unwrap(),
            write_zip(&other, 0, 20_000).unwrap()
        );
        assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&other).unwrap());
        let place = crate::place::Place::new(&[tekram_listen::SCHEMA]).unwrap();
        let vault = place.unlock().unwrap();
        let now = tekram_primitives::time::Timestamp::from_secs(1_800_000_000);
        let report = tekram_listen::import(&vault, &one, tekram_listen::ImportOptions::new(now)).unwrap();
        assert_eq!((report.read, report.new, report.refused), (20_000, 20_000, 0));
        vault.lock().unwrap();
    }

    #[test]
    fn a_million_streams_were_heard_by_now() {
        for account in [0, 1] {
            let some = Streams::of(account).take(50_000).last().unwrap();
            let all_s = FIRST_STREAM_S + (some.ended_s - FIRST_STREAM_S) * (MOST_STREAMS as i64 / 50_000);
            // 2026-11-01T00:00:00Z.
            assert!(all_s < 1_793_491_200, "{all_s}");
        }
        assert!(write_zip(Path::new("/nowhere"), 0, MOST_STREAMS + 1).is_err());
    }

    #[test]
    fn a_few_are_played_often_and_there_are_several_scripts() {
        let mut artists: HashMap<String, u64> = HashMap::new();
        let (mut episodes, mut others) = (0, 0);
        for stream in Streams::of(0).take(20_000) {
            match stream.played {
                Played::Track { artist, .. } => *artists.entry(artist).or_default() += 1,
                Played::Episode { .. } => episodes += 1,
            }
        }
        for name in artists.keys() {
            others += u64::from(name.chars().any(|letter| letter > '\u{370}'));
        }
        let most = artists.values().max().copied().unwrap();
        assert!((500..4_000).contains(&most), "{most}");
        assert!(
            artists.len() > 2_000 && others > 200 && episodes > 1_000,
            "{} {others} {episodes}",
            artists.len()
        );
    }
}
