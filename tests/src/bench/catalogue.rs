//! Listening that never happened: an endless catalogue of invented tracks and a person who plays them.
//!
//! Everything follows from a fixed seed, so that every run and every machine measures the same rows. A track's texts are
//! made from its number alone, so a catalogue of any size takes no memory. A third of the first ten thousand plays are of
//! tracks not played before: much for a person, because repetition would flatter the importer, which stores a work once.

use std::fmt::Write as _;

/// Tracks of the catalogue.
const TRACKS: u64 = 400_000;
/// Tracks for each artist.
const TRACKS_PER_ARTIST: u64 = 12;
/// 2015-01-01T00:00:00Z: half a gigabyte of listens ends in 2020.
const FIRST_PLAY_S: i64 = 1_420_070_400;

const FIRST_WORDS: [&str; 32] = [
    "Return",
    "Low",
    "Medianoche",
    "Harbour",
    "Salt",
    "Postcards",
    "Über",
    "Slow",
    "Election",
    "Paper",
    "Été",
    "Northern",
    "Glass",
    "Kitchen",
    "Borrowed",
    "Ålesund",
    "Winter",
    "Second",
    "Copper",
    "Ordinary",
    "Señal",
    "Blue",
    "Long",
    "Quiet",
    "Tidal",
    "Letters",
    "Électrique",
    "Seven",
    "Wild",
    "Rust",
    "Evening",
    "Última",
];
const LAST_WORDS: [&str; 32] = [
    "to Sender",
    "Tide",
    "en Cádiz",
    "Lights",
    "Road",
    "from Nowhere",
    "den Dächern",
    "Signal",
    "Day",
    "Boats",
    "Indien",
    "Line",
    "Houses",
    "Radio",
    "Time",
    "Ferry",
    "Garden",
    "Language",
    "Mine",
    "Weather",
    "Perdida",
    "Hour",
    "Table",
    "Engines",
    "Pools",
    "Unsent",
    "Sœurs",
    "Rivers",
    "Onions",
    "Belt",
    "Service",
    "Noche",
];
const NAMES: [&str; 32] = [
    "Alder",
    "Pike",
    "Faroleros",
    "Okonkwo",
    "Lindqvist",
    "Moreau",
    "Tanaka",
    "Brandt",
    "Iyer",
    "Ferreira",
    "Novák",
    "O'Shea",
    "Guðmundsdóttir",
    "Castellano",
    "Haddad",
    "Weiss",
    "Marlowe",
    "Ruiz",
    "Petrov",
    "Adeyemi",
    "Kowalski",
    "Nguyen",
    "Sørensen",
    "Bianchi",
    "Duarte",
    "Hollis",
    "Keller",
    "Marchetti",
    "Yilmaz",
    "Laurent",
    "Ibsen",
    "Zhao",
];
const PLAYERS: [(&str, &str); 4] = [
    ("Quodlibet", "Tallyman"),
    ("Navidrome", "navidrome"),
    ("BitBop", "Rainbow Scrobbler"),
    ("Lyrion Music Server", "lms-listenbrainz"),
];

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast and good enough to look like a person's taste.
#[derive(Debug, Clone)]
pub struct Seeded(u64);

impl Seeded {
    /// Numbers from this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next_u64() % bound.max(1)
    }

    /// A number in `[0, 1)`.
    pub fn part(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        from.get(self.below(from.len() as u64) as usize)
            .copied()
            .unwrap_or_default()
    }
}

/// An invented track.
#[derive(Debug, Clone)]
pub struct Track {
    /// Its number in the catalogue.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// One artist, or two.
    pub artists: Vec<String>,
    /// The release it is on.
    pub album: String,
    /// Its length, where the player told.
    pub length_ms: Option<i64>,
    /// International Standard Recording Code; empty when unknown.
    pub isrc: String,
    /// MusicBrainz ids of recording, release and artists; empty when it is not in MusicBrainz.
    pub mbids: Vec<String>,
}

impl Track {
    /// The track with this number.
    pub fn new(number: u64) -> Self {
        let mut seeded = Seeded::new(number ^ 0x7465_6b72_616d);
        let number_of_artist = number / TRACKS_PER_ARTIST;
        let mut artists = vec![artist(number_of_artist)];
        if seeded.below(8) == 0 {
            artists.push(artist(number_of_artist ^ 1));
        }
        let title = format!("{} {}", seeded.pick(&FIRST_WORDS), seeded.pick(&LAST_WORDS));
        let title = match seeded.below(16) {
            0 => format!("{title} (\"{}\" version)", seeded.pick(&FIRST_WORDS)),
            1 => format!("{title}, Pt. {}", 1 + seeded.below(4)),
            _ => title,
        };
        let mut of_album = Seeded::new(number_of_artist ^ 0x0061_6c62_756d);
        let mbids = if seeded.below(4) == 0 {
            Vec::new()
        } else {
            let mut ids = vec![uuid(&mut seeded), uuid(&mut of_album)];
            ids.extend((0..artists.len() as u64).map(|n| uuid(&mut Seeded::new(number_of_artist ^ n))));
            ids
        };
        Self {
            number,
            title,
            artists,
            album: format!("{} {}", of_album.pick(&LAST_WORDS), of_album.pick(&FIRST_WORDS)),
            length_ms: (seeded.below(10) != 0).then(|| 90_000 + seeded.below(300_000) as i64),
            isrc: if seeded.below(3) == 0 {
                format!("QZTKR{:07}", number % 10_000_000)
            } else {
                String::new()
            },
            mbids,
        }
    }

    /// The artists as they are printed.
    pub fn credit(&self) -> String {
        self.artists.join(" & ")
    }
}

fn artist(number: u64) -> String {
    let mut seeded = Seeded::new(number ^ 0x6172_7469_7374);
    match seeded.below(4) {
        0 => format!("The {} {}", seeded.pick(&FIRST_WORDS), seeded.pick(&NAMES)),
        1 => format!("{} {number}", seeded.pick(&NAMES)),
        _ => format!(
            "{} {} {}",
            seeded.pick(&NAMES),
            seeded.pick(&NAMES),
            seeded.pick(&LAST_WORDS)
        ),
    }
}

fn uuid(seeded: &mut Seeded) -> String {
    let (high, low) = (seeded.next_u64(), seeded.next_u64());
    let mut text = String::with_capacity(36);
    let _ = write!(
        text,
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    );
    text
}

/// A play as a player tells of it.
#[derive(Debug, Clone)]
pub struct Played {
    /// When it started, seconds since 1970 UTC.
    pub start_s: i64,
    /// What it was.
    pub track: Track,
    /// Player and the client that submitted it.
    pub via: (&'static str, &'static str),
}

/// A person's plays, in order of time, without end.
#[derive(Debug, Clone)]
pub struct Plays {
    seeded: Seeded,
    at_s: i64,
    via: (&'static str, &'static str),
}

impl Plays {
    /// From the first one.
    pub fn new() -> Self {
        Self {
            seeded: Seeded::new(20_261_123),
            at_s: FIRST_PLAY_S,
            via: ("Quodlibet", "Tallyman"),
        }
    }
}

impl Iterator for Plays {
    type Item = Played;

    fn next(&mut self) -> Option<Self::Item> {
        // One player for an evening, then perhaps another.
        if self.seeded.below(30) == 0 {
            self.via = self.seeded.pick(&PLAYERS);
        }
        self.at_s += 60 + self.seeded.below(480) as i64;
        // A few tracks are played often, most are played once.
        let number = (self.seeded.part().powi(16) * TRACKS as f64) as u64;
        Some(Played {
            start_s: self.at_s,
            track: Track::new(number),
            via: self.via,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_same_listening_comes_out_each_time() {
        let texts = |plays: Plays| plays.take(500).map(|play| format!("{play:?}")).collect::<Vec<_>>();
        assert_eq!(texts(Plays::new()), texts(Plays::new()));
    }

    #[test]
    fn about_a_third_of_the_plays_are_of_tracks_not_played_before() {
        let played = 10_000;
        let distinct: HashSet<u64> = Plays::new().take(played).map(|play| play.track.number).collect();
        assert!(
            (played * 3 / 10..played * 4 / 10).contains(&distinct.len()),
            "{}",
            distinct.len()
        );
    }
}
