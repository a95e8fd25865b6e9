//! What the log answers about months and years, each held against the plainest reading of the same listens.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use common::{Log, NOW, action, array, fixture, lines, listen, opml, stream};
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use proptest::prelude::*;
use tekram_listen::{
    About, Amount, Correction, Cursor, Forgotten, Glance, GlanceQuestion, Known, Listen, ListenError, Measure, Span,
    Step, TopQuestion, What, about, about_source, around, belongs_to, by_period, catch_up, correct, first_heard,
    forgotten, glance, glance_svg, hide, hours_of_week, listens_of, merge, moment, newly_heard, rate, search,
    search_page, split, streaks, top, undo_edit, work_of_listen,
};
use tekram_vault::Scope;

/// 2026-09-21T14:13:20Z.
const AT: i64 = 1_790_000_000;

fn song(at: i64, title: &str, artist: &str, album: &str) -> String {
    format!(
        r#"{{"listened_at":{at},"track_metadata":{{"track_name":"{title}","artist_name":"{artist}","release_name":"{album}","additional_info":{{"artist_names":["{artist}"],"duration_ms":200000}}}}}}"#
    )
}

fn amount(plays: u64, seconds: i64, estimated_s: i64) -> Amount {
    Amount {
        plays,
        listens: plays,
        played_ms: seconds * 1000,
        estimated_ms: estimated_s * 1000,
        unknown_plays: 0,
    }
}

fn ask(what: What, span: &str) -> TopQuestion {
    TopQuestion {
        what,
        by: Measure::Plays,
        span: Span::parse(span).unwrap(),
        zone: "Europe/Berlin".to_owned(),
    }
}

fn sql(log: &Log, sql: &str) {
    log.vault
        .write(Scope("test"), |transaction| {
            transaction.execute_batch(sql)?;
            Ok::<_, ListenError>(())
        })
        .unwrap();
}

/// What each work, creator, show and publisher is, and everything else that an answer needs, read from the listens
/// alone.
struct Naive {
    zone: TimeZone,
    listens: Vec<Listen>,
}

impl Naive {
    fn of(log: &Log, zone: &str) -> Self {
        // Which plays are one is worked out behind the log; the plain list does not wait for it.
        catch_up(&log.vault).unwrap();
        Self {
            zone: TimeZone::get(zone).unwrap(),
            listens: log.listens(),
        }
    }

    fn clock(&self, listen: &Listen) -> jiff::civil::DateTime {
        let at = jiff::Timestamp::from_millisecond(listen.start_ms).unwrap();
        match listen.offset_min {
            Some(minutes) => Offset::from_seconds(i32::try_from(minutes * 60).unwrap())
                .unwrap()
                .to_datetime(at),
            None => at.to_zoned(self.zone.clone()).datetime(),
        }
    }

    fn within(&self, first: Option<Date>, last: Option<Date>) -> Vec<&Listen> {
        let all = self.listens.iter();
        all.filter(|listen| {
            let date = self.clock(listen).date();
            first.is_none_or(|first| first <= date) && last.is_none_or(|last| date <= last)
        })
        .collect()
    }
}

fn sum<'l>(listens: impl IntoIterator<Item = &'l Listen>) -> Amount {
    let mut amount = Amount::default();
    for listen in listens {
        amount.listens += 1;
        amount.plays += u64::from(listen.counts);
        amount.played_ms += listen.played.ms().unwrap_or(0);
        match listen.played {
            tekram_listen::Played::Unknown => amount.unknown_plays += 1,
            tekram_listen::Played::Estimate { ms, .. } => amount.estimated_ms += ms,
            _ => {}
        }
    }
    amount
}

/// The names that the answers go by, without case; the test's works have one description for each title and artist.
fn names(listen: &Listen, what: What) -> Vec<String> {
    let some = |text: &String| Some(text.to_lowercase()).filter(|text| !text.is_empty());
    match what {
        What::Work => vec![format!("{}/{}", listen.title, listen.creators.join(","))],
        What::Creator => listen.creators.iter().filter_map(some).collect(),
        What::Show => some(&listen.show)
            .map(|show| format!("{show}/{}", listen.creators.first().map_or("", String::as_str)))
            .into_iter()
            .collect(),
        What::Publisher => some(&listen.publisher).into_iter().collect(),
        What::Source => vec![listen.source.clone()],
    }
}

fn by_name<'l>(listens: &[&'l Listen], what: What) -> BTreeMap<String, Vec<&'l Listen>> {
    let mut named: BTreeMap<String, Vec<&Listen>> = BTreeMap::new();
    for listen in listens {
        for name in names(listen, what) {
            named.entry(name).or_default().push(listen);
        }
    }
    named
}

fn given(what: What, name: &str, maker: &str) -> String {
    match what {
        What::Work | What::Show if what == What::Show => format!("{}/{maker}", name.to_lowercase()),
        What::Work => format!("{name}/{maker}"),
        _ => name.to_lowercase(),
    }
}

/// Holds every answer about a span against the naive reading.
fn all_agree(log: &Log, zone: &str, span: &str) {
    let naive = Naive::of(log, zone);
    let range = Span::parse(span).unwrap();
    let date = |text: Option<String>| text.map(|text| text.parse::<Date>().unwrap());
    let heard = naive.within(date(range.first_date()), date(range.last_date()));

    for step in [Step::Day, Step::Week, Step::Month, Step::Year] {
        let name = |date: Date| match step {
            Step::Day => date.to_string(),
            Step::Week => {
                let week = date.iso_week_date();
                format!("{}-W{:02}", week.year(), week.week())
            }
            Step::Month => date.strftime("%Y-%m").to_string(),
            Step::Year => date.strftime("%Y").to_string(),
        };
        let mut expected: BTreeMap<String, Vec<&Listen>> = BTreeMap::new();
        for listen in &heard {
            expected
                .entry(name(naive.clock(listen).date()))
                .or_default()
                .push(listen);
        }
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = by_period(&log.vault, range, step, zone, after.as_ref(), 3).unwrap();
            found.extend(page.periods);
            match page.next {
                Some(next) => after = Some(Cursor::from_text(next.as_str())),
                None => break,
            }
        }
        let found: Vec<_> = found
            .into_iter()
            .map(|one| (one.period, one.amount, one.works, one.creators))
            .collect();
        let expected: Vec<_> = expected
            .into_iter()
            .rev()
            .map(|(name, listens)| {
                let count = |what| by_name(&listens, what).len() as u64;
                let (works, creators) = (count(What::Work), count(What::Creator));
                (name, sum(listens), works, creators)
            })
            .collect();
        assert_eq!(found, expected, "{step:?}");
    }

    for (what, by) in What::ALL
        .into_iter()
        .zip([Measure::Plays, Measure::Time].into_iter().cycle())
    {
        let question = TopQuestion {
            what,
            by,
            span: range,
            zone: zone.to_owned(),
        };
        let (mut ranks, mut after) = (Vec::new(), None);
        let total;
        loop {
            let page = top(&log.vault, &question, after.as_ref(), 4).unwrap();
            ranks.extend(page.ranks);
            match page.next {
                Some(next) => after = Some(next),
                None => {
                    total = page.total;
                    break;
                }
            }
        }
        assert_eq!(total, sum(heard.iter().copied()), "{what:?}");
        let measured = |amount: &Amount| match by {
            Measure::Plays => amount.plays as i64,
            Measure::Time => amount.played_ms,
        };
        let order: Vec<i64> = ranks.iter().map(|rank| -measured(&rank.amount)).collect();
        assert!(order.is_sorted(), "{order:?}");
        assert!(ranks.iter().zip(1..).all(|(rank, number)| rank.rank == number));
        let found: BTreeMap<String, Amount> = ranks
            .iter()
            .map(|rank| (given(what, &rank.name, &rank.maker), rank.amount))
            .collect();
        assert_eq!(found.len(), ranks.len());
        let expected: BTreeMap<String, Amount> = by_name(&heard, what)
            .into_iter()
            .map(|(name, listens)| (name, sum(listens)))
            .collect();
        assert_eq!(found, expected, "{what:?}");
    }

    for what in [What::Work, What::Creator, What::Show, What::Publisher] {
        let everything: Vec<&Listen> = naive.listens.iter().collect();
        let expected: BTreeMap<String, i64> = by_name(&everything, what)
            .into_iter()
            .filter_map(|(name, listens)| {
                let first = listens
                    .into_iter()
                    .min_by_key(|listen| (listen.start_ms, listen.offset_min))
                    .unwrap();
                heard
                    .iter()
                    .any(|one| one.id == first.id)
                    .then_some((name, first.start_ms))
            })
            .collect();
        let new = newly_heard(&log.vault, what, range, zone, None, 1000).unwrap();
        let order: Vec<i64> = new.entries.iter().map(|known| -known.first_ms).collect();
        assert!(order.is_sorted());
        let found: BTreeMap<String, i64> = new
            .entries
            .iter()
            .map(|known| (given(what, &known.name, &known.maker), known.first_ms))
            .collect();
        assert_eq!(found, expected, "new {what:?}");

        let limits = Forgotten {
            months: 2,
            least_plays: 2,
        };
        let now = naive.listens.first().map_or(NOW.millis(), |newest| newest.start_ms);
        let now = tekram_primitives::time::Timestamp::from_millis(now);
        let zoned = jiff::Timestamp::from_millisecond(now.millis())
            .unwrap()
            .to_zoned(naive.zone.clone());
        let cutoff = (&zoned - jiff::Span::new().months(2)).timestamp().as_millisecond();
        let gone = forgotten(&log.vault, what, limits, zone, now, None, 1000).unwrap();
        let found: BTreeSet<String> = gone
            .entries
            .iter()
            .map(|known| given(what, &known.name, &known.maker))
            .collect();
        let expected: BTreeSet<String> = by_name(&everything, what)
            .into_iter()
            .filter(|(_, listens)| {
                listens.iter().filter(|listen| listen.counts).count() >= 2
                    && listens.iter().all(|listen| listen.start_ms < cutoff)
            })
            .map(|(name, _)| name)
            .collect();
        assert_eq!(found, expected, "forgotten {what:?}");
    }

    let week = hours_of_week(&log.vault, range, zone).unwrap();
    for day in 0..7_usize {
        for hour in 0..24_usize {
            let at = |listen: &&&Listen| {
                let clock = naive.clock(listen);
                let from_monday = clock.date().weekday().to_monday_zero_offset();
                (
                    usize::try_from(from_monday).unwrap(),
                    usize::try_from(clock.hour()).unwrap(),
                ) == (day, hour)
            };
            assert_eq!(
                week.days[day][hour],
                sum(heard.iter().filter(at).copied()),
                "{day} {hour}"
            );
        }
    }

    let dates: BTreeSet<Date> = heard.iter().map(|listen| naive.clock(listen).date()).collect();
    let run_from = |first: &Date| {
        let run = std::iter::successors(Some(*first), |date| date.tomorrow().ok());
        run.take_while(|date| dates.contains(date)).count() as u64
    };
    let found = streaks(&log.vault, range, zone, NOW).unwrap();
    assert_eq!(found.days_heard, dates.len() as u64);
    assert_eq!(
        found.longest.map_or(0, |streak| streak.days),
        dates.iter().map(run_from).max().unwrap_or(0)
    );

    let question = GlanceQuestion {
        span: range,
        zone: zone.to_owned(),
        by: Measure::Plays,
        ranks: 5,
    };
    let seen = glance(&log.vault, &question, NOW).unwrap();
    assert_eq!(seen.total, sum(heard.iter().copied()));
    assert_eq!(seen.hours_of_week, week);
    assert_eq!(seen.days.len() as u64, found.days_heard);
    assert_eq!(seen.different.works, by_name(&heard, What::Work).len() as u64);
    assert_eq!(seen.different.creators, by_name(&heard, What::Creator).len() as u64);
    let first_works = top(
        &log.vault,
        &TopQuestion {
            what: What::Work,
            by: Measure::Plays,
            span: range,
            zone: zone.to_owned(),
        },
        None,
        5,
    );
    assert_eq!(seen.works, first_works.unwrap().ranks);
    assert!(glance_svg(&seen).ends_with("</svg>\n"));
}

/// A log of songs in the hours after AT, some of which know their clock.
type Song = (i64, u8, Option<i64>);

fn songs() -> impl Strategy<Value = Vec<Song>> {
    // Across both changes of clocks of a year, and a new year.
    let hour = 0_i64..24 * 400;
    let offset = prop::option::weighted(0.3, prop::sample::select(vec![-600_i64, -210, 0, 60, 345, 765, 840, 7]));
    prop::collection::vec((hour, 0_u8..12, offset), 1..60)
}

#[test]
fn others_write_while_all_is_worked_out_behind_an_import_and_nothing_differs() {
    let songs: Vec<Song> = (0..4_000_i64)
        .map(|n| (n * 3, ((n * n * 7 + n) % 251) as u8, None))
        .collect();
    let logs = [Log::new(), Log::new()];
    for log in &logs {
        log.add(text_of(&songs, 0));
        log.add(streams_of(&songs, 0));
    }
    catch_up(&logs[0].vault).unwrap();
    let (done, mut writes) = (AtomicBool::new(false), 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            catch_up(&logs[1].vault).unwrap();
            done.store(true, Ordering::SeqCst);
        });
        // As a player's events come in, but all the time.
        while !done.load(Ordering::SeqCst) {
            sql(&logs[1], "UPDATE listen_answer SET play_id = play_id");
            writes += 1;
        }
    });
    assert!(writes > 10, "{writes} writes came in between");
    let works = logs.each_ref().map(|log| works_by(log, WORKS_KEPT));
    assert_eq!(works[0], works[1]);
    assert_eq!(works_by(&logs[1], WORKS_READ), works[1]);
    let periods = logs
        .each_ref()
        .map(|log| by_period(&log.vault, Span::ALL, Step::Month, "Europe/Berlin", None, 1_000).unwrap());
    assert_eq!(periods[0], periods[1]);
    let found = logs.each_ref().map(|log| {
        let hits = search(&log.vault, "song 12", 50).unwrap();
        let names = hits
            .works
            .entries
            .iter()
            .map(|hit| (hit.known.name.clone(), hit.known.last_ms));
        names.collect::<BTreeSet<_>>()
    });
    assert_eq!(found[0], found[1]);
    assert!(!found[0].is_empty());
}

fn text_of(songs: &[Song], second: i64) -> String {
    let texts: Vec<String> = songs
        .iter()
        .zip(0..)
        .map(|((hour, which, _), place)| {
            let (title, artist) = (format!("Song {which}"), format!("Artist {}", which % 5));
            let album = if which % 3 == 0 {
                String::new()
            } else {
                format!("Album {}", which % 4)
            };
            song(
                AT - 400 * 86_400 + hour * 3600 + place * 7 + second,
                &title,
                &artist,
                &album,
            )
        })
        .collect();
    lines(&texts)
}

/// The same songs as Spotify tells of them.
fn streams_of(songs: &[Song], second: i64) -> String {
    let texts: Vec<String> = songs
        .iter()
        .zip(0..)
        .map(|((hour, which, _), place)| {
            let ended_s = AT - 400 * 86_400 + hour * 3600 + place * 7 + second + 200;
            let ended = jiff::Timestamp::from_second(ended_s).unwrap();
            let album = if which % 3 == 0 { String::new() } else { format!("Album {}", which % 4) };
            format!(
                r#"{{"ts":"{ended}","ms_played":{},"master_metadata_track_name":"Song {which}","master_metadata_album_artist_name":"Artist {}","master_metadata_album_album_name":"{album}"}}"#,
                if which % 4 == 0 { 20_000 } else { 200_000 },
                which % 5
            )
        })
        .collect();
    array(&texts)
}

fn set_clocks(log: &Log, songs: &[Song], second: i64) {
    let updates: String = songs
        .iter()
        .zip(0..)
        .filter_map(|((hour, _, offset), place)| {
            let start_ms = (AT - 400 * 86_400 + hour * 3600 + place * 7 + second) * 1000;
            offset.map(|offset| format!("UPDATE listen_play SET offset_min = {offset} WHERE start_ms = {start_ms};"))
        })
        .collect();
    sql(log, &updates);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Any log, any zone, any range: what is kept behind the log and what a plain reading says are the same.
    #[test]
    fn every_answer_is_what_a_plain_reading_says(
        songs in songs(),
        zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]),
        span in prop::sample::select(vec!["all", "2025", "2026", "2026-03", "2026-03-29", "2025-W52..2026-W01", "2025-11..2026-03-29", "..2026-01-01", "2026-08-30.."]),
    ) {
        let log = Log::new();
        log.add(text_of(&songs, 0));
        set_clocks(&log, &songs, 0);
        all_agree(&log, zone, span);
    }

    /// Whatever is imported, accepted, undone, hidden, changed and asked in between, in any order: the sums kept behind
    /// the log are what the listens say.
    #[test]
    fn sums_follow_the_log_whatever_happens_to_it(
        batches in (songs(), songs(), 0_usize..3).prop_map(|(first, last, again)| {
            // The same plays told twice, and some more.
            let second = first.iter().skip(again % first.len()).copied().collect();
            vec![first, second, last]
        }),
        deeds in prop::collection::vec((0_u8..8, 0_usize..60), 1..12),
    ) {
        let log = Log::new();
        let mut held: Vec<i64> = Vec::new();
        let mut accepted: Vec<i64> = Vec::new();
        for (songs, place) in batches.iter().zip(0..) {
            // The second is told by another service, and the third may overlap with it.
            let text = if place == 1 { streams_of(songs, 0) } else { text_of(songs, place / 2) };
            held.push(log.import(text).batch_id);
            set_clocks(&log, songs, place / 2);
        }
        for (deed, which) in deeds {
            let take = |from: &mut Vec<i64>| (!from.is_empty()).then(|| from.remove(which % from.len()));
            let play = format!("(SELECT play_id FROM listen_play ORDER BY play_id LIMIT 1 OFFSET {which})");
            match deed {
                0 | 1 => if let Some(batch) = take(&mut held) {
                    log.accept(batch);
                    accepted.push(batch);
                },
                2 => if let Some(batch) = take(&mut accepted) {
                    log.undo(batch);
                },
                3 => sql(&log, &format!("UPDATE listen_play SET marks = marks | 16 WHERE play_id = {play}")),
                4 => sql(&log, &format!("UPDATE listen_play SET marks = marks & ~16 WHERE play_id = {play}")),
                5 => sql(&log, &format!("UPDATE listen_play SET played_how = 1, played_ms = 12345, start_ms = start_ms + 90000000 WHERE play_id = {play}")),
                6 => sql(&log, &format!("UPDATE OR IGNORE listen_play SET work_id = (SELECT min(work_id) FROM listen_work) WHERE play_id = {play}")),
                _ => {
                    search(&log.vault, "song", 3).unwrap();
                }
            }
        }
        all_agree(&log, "Europe/Berlin", "all");
    }
}

/// Listens and seconds of each work, read from the plays alone.
const WORKS_READ: &str =
    "SELECT 'i' || w.identity_id, count(*), sum(coalesce(p.played_ms, 0)), min(p.start_ms), max(p.start_ms)
    FROM listen_play p JOIN listen_work w ON w.work_id = p.work_id JOIN listen_batch b ON b.batch_id = p.batch_id
    WHERE b.state = 'accepted' AND p.marks & 24 = 0 GROUP BY w.identity_id ORDER BY w.identity_id";
/// The same, as it is kept.
const WORKS_KEPT: &str = "SELECT e.entity_key, h.listens, h.played_ms, h.first_ms, h.last_ms FROM listen_entity_heard h
    JOIN listen_entity e ON e.entity_id = h.entity_id WHERE h.what = 0 ORDER BY CAST(substr(e.entity_key, 2) AS INTEGER)";

fn works_by(log: &Log, sql: &str) -> Vec<(String, i64, i64, i64, i64)> {
    log.vault
        .read(|connection| {
            let mut statement = connection.prepare(sql)?;
            let rows = statement.query_map([], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })?;
            Ok::<_, ListenError>(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Works merged and split by hand, listens corrected and hidden, edits and imports undone, in any order: the sums kept
    /// behind the log are what the plays say, and everything at a glance (which goes by them) is what a range that holds
    /// everything says (which goes by the plays).
    #[test]
    fn sums_follow_what_the_person_puts_right(
        first in songs(),
        second in songs(),
        deeds in prop::collection::vec((0_u8..7, 0_usize..60, 0_usize..60), 1..10),
    ) {
        let log = Log::new();
        let mut batches = vec![log.add(text_of(&first, 0)), log.add(streams_of(&second, 0))];
        for (deed, which, other) in deeds {
            let listens = log.listens();
            let pick = |which: usize| (!listens.is_empty()).then(|| listens[which % listens.len()].id);
            let (Some(one), Some(two)) = (pick(which), pick(other)) else { continue };
            let works = [work_of_listen(&log.vault, one).unwrap(), work_of_listen(&log.vault, two).unwrap()];
            match deed {
                0 | 1 => if works[0].work != works[1].work {
                    merge(&log.vault, &[works[0].work, works[1].work], NOW).unwrap();
                },
                2 => if works[0].descriptions.len() > 1 {
                    split(&log.vault, &[works[0].descriptions[other % 2].description], NOW).unwrap();
                },
                3 => {
                    let correction = Correction {
                        title: Some(format!("Song {}", other % 12)),
                        creators: Some(vec![format!("Artist {}", other % 5)]),
                        ..Correction::default()
                    };
                    correct(&log.vault, one, &correction, NOW).unwrap();
                }
                4 => { hide(&log.vault, one, true, NOW).unwrap(); }
                5 => { let _nothing_left = undo_edit(&log.vault, NOW); }
                _ => if let Some(batch) = batches.pop() { log.undo(batch); },
            }
            if which % 3 == 0 {
                catch_up(&log.vault).unwrap();
            }
        }
        let glance_of = |span: &str| {
            let question = GlanceQuestion {
                span: Span::parse(span).unwrap(),
                zone: "Europe/Berlin".to_owned(),
                by: Measure::Time,
                ranks: 100,
            };
            glance(&log.vault, &question, NOW).unwrap()
        };
        let (all, wide) = (glance_of("all"), glance_of("1990..2090"));
        let wide = Glance { first_date: None, last_date: None, ..wide };
        prop_assert_eq!(all, wide);
        prop_assert_eq!(works_by(&log, WORKS_KEPT), works_by(&log, WORKS_READ));
    }
}

#[test]
fn the_fixtures_are_counted_exactly() {
    let log = Log::new();
    for name in [
        "listenbrainz.zip",
        "spotify-extended.zip",
        "episode-actions.json",
        "podcasts.opml",
    ] {
        let batch = log.import_file(&fixture(name)).unwrap().batch_id;
        log.accept(batch);
    }
    for span in ["all", "2026", "2026-09"] {
        let naive = Naive::of(&log, "Europe/Berlin");
        let range = Span::parse(span).unwrap();
        let date = |text: Option<String>| text.map(|text| text.parse::<Date>().unwrap());
        let heard = naive.within(date(range.first_date()), date(range.last_date()));
        let all = top(&log.vault, &ask(What::Source, span), None, 10).unwrap();
        assert_eq!(all.total, sum(heard.iter().copied()));
        let works = top(&log.vault, &ask(What::Work, span), None, 1000).unwrap();
        assert_eq!(works.total, all.total);
        assert_eq!(
            works.ranks.iter().map(|rank| rank.amount.plays).sum::<u64>(),
            all.total.plays
        );
    }
    // The podcasts of the actions have their titles from the list of subscriptions.
    let shows = top(&log.vault, &ask(What::Show, "all"), None, 1000).unwrap();
    assert!(
        shows.ranks.iter().all(|rank| !rank.name.contains("feeds.example")),
        "{shows:?}"
    );
}

#[test]
fn a_day_is_the_day_on_the_clock_also_when_clocks_change() {
    let log = Log::new();
    // Berlin puts its clocks back on 2025-10-26 at 01:00 UTC: two o'clock comes twice, and the day has 25 hours.
    let midnight = 1_761_429_600;
    log.add(lines(&[
        listen(midnight - 1, "before"),
        listen(midnight, "first"),
        listen(midnight + 2 * 3600, "two"),
        listen(midnight + 3 * 3600, "two again"),
        listen(midnight + 25 * 3600 - 1, "last"),
        listen(midnight + 25 * 3600, "after"),
    ]));
    let span = Span::parse("2025-10-26").unwrap();
    let day = &by_period(&log.vault, span, Step::Day, "Europe/Berlin", None, 5)
        .unwrap()
        .periods[0];
    assert_eq!((day.amount, day.works, day.creators), (amount(4, 800, 800), 4, 1));
    let week = hours_of_week(&log.vault, span, "Europe/Berlin").unwrap();
    assert_eq!(week.days[6][2], amount(2, 400, 400));
    assert_eq!(week.days[6].iter().map(|hour| hour.plays).sum::<u64>(), 4);
    assert_eq!(
        by_period(&log.vault, span, Step::Day, "Mars/Olympus", None, 5)
            .unwrap_err()
            .code(),
        "unknown_zone"
    );
    let after = Cursor::from_text("x");
    let error = by_period(&log.vault, span, Step::Day, "UTC", Some(&after), 5).unwrap_err();
    assert_eq!(error.code(), "bad_cursor");
}

#[test]
fn the_same_song_of_two_services_is_one_work_and_an_album_is_one_of_its_artist() {
    let log = Log::new();
    log.add(lines(&[
        song(AT, "Low Tide", "Brassica", "Greatest Hits"),
        song(AT + 900, "High Sun", "Alder", "Greatest Hits"),
    ]));
    log.add(array(&[stream("2026-09-22T10:00:00Z", 90_000, "low  tide")]));
    let works = top(&log.vault, &ask(What::Work, "2026"), None, 5).unwrap();
    assert_eq!((works.count, works.ranks[0].amount), (2, amount(2, 290, 200)));
    assert_eq!(works.ranks[0].share_permille, 667);
    let shows = top(&log.vault, &ask(What::Show, "all"), None, 5).unwrap();
    assert_eq!(shows.count, 2);
    assert!(
        shows
            .ranks
            .iter()
            .all(|rank| rank.name == "Greatest Hits" && !rank.maker.is_empty())
    );
}

#[test]
fn a_podcast_goes_by_its_subscription_also_when_that_comes_later_and_goes_again() {
    let log = Log::new();
    log.add(array(&[action("e1", "2026-10-01T10:00:00", 0, 60)]));
    let episode =
        r#"{"ts":"2026-10-02T10:00:00Z","ms_played":30000,"episode_name":"E","episode_show_name":"harbour  LIGHTS"}"#;
    log.add(array(&[episode.to_owned()]));
    let shows = || {
        let top = top(&log.vault, &ask(What::Show, "all"), None, 5).unwrap();
        top.ranks
            .into_iter()
            .map(|rank| (rank.name, rank.amount.listens))
            .collect::<Vec<_>>()
    };
    assert_eq!(shows().len(), 2);
    let list = log.add(opml(&[("Harbour Lights", "https://feeds.example/harbour-lights.xml")]));
    assert_eq!(shows(), [("Harbour Lights".to_owned(), 2)]);
    assert_eq!(search(&log.vault, "harb", 5).unwrap().shows.entries.len(), 1);
    log.undo(list);
    assert_eq!(shows().len(), 2);
}

fn found_works(log: &Log, text: &str) -> Vec<String> {
    let works = search(&log.vault, text, 50).unwrap().works;
    works.entries.into_iter().map(|found| found.known.name).collect()
}

#[test]
fn results_come_as_one_types_whole_words_first_and_the_newest_heard_first() {
    let log = Log::new();
    log.add(lines(&[
        song(AT, "Low", "Ålesund Quartet", "Lowlands"),
        song(AT + 100, "Lower Sun", "Alder", "Salt"),
        song(AT + 200, "Below", "Marlowe", "Salt"),
        song(AT + 300, "Low Tide", "Alder", "Salt"),
        song(AT + 400, "Lowell", "Low", "Café"),
    ]));
    // One letter finds beginnings of words, in every field.
    assert_eq!(found_works(&log, "l"), ["Lowell", "Low Tide", "Lower Sun", "Low"]);
    // Whole words first ("Lowell" is by Low), each part the newest heard first.
    assert_eq!(found_works(&log, "low"), ["Lowell", "Low Tide", "Low", "Lower Sun"]);
    assert_eq!(found_works(&log, "LOW ti"), ["Low Tide"]);
    assert_eq!(found_works(&log, "ale quart"), ["Low"]);
    assert_eq!(found_works(&log, "\"tide* OR"), Vec::<String>::new());
    assert_eq!(found_works(&log, " - "), Vec::<String>::new());
    let typed = search(&log.vault, "al", 5).unwrap();
    let creators: Vec<_> = typed
        .creators
        .entries
        .iter()
        .map(|found| found.known.name.as_str())
        .collect();
    assert_eq!(creators, ["Alder", "Ålesund Quartet"]);
    assert_eq!(
        search(&log.vault, "cafe", 5).unwrap().shows.entries[0].known.name,
        "Café"
    );
    // What is heard again comes first, and what is taken back is found no more.
    let again = log.add(song(AT + 500, "Low", "Ålesund Quartet", "Lowlands"));
    assert_eq!(found_works(&log, "low")[0], "Low");
    log.undo(again);
    assert_eq!(found_works(&log, "low")[2], "Low");
}

#[test]
fn pages_of_results_follow_each_other_and_know_their_marks() {
    let log = Log::new();
    let texts: Vec<String> = (0..40)
        .map(|n| {
            song(
                AT + n * 300,
                &format!("{} {n}", if n % 3 == 0 { "salt" } else { "salty" }),
                "Alder",
                "",
            )
        })
        .collect();
    log.add(lines(&texts));
    let whole: Vec<Known> = search(&log.vault, "salt", 100)
        .unwrap()
        .works
        .entries
        .into_iter()
        .map(|found| found.known)
        .collect();
    assert_eq!(
        (whole.len(), whole[0].name.as_str(), whole[14].name.as_str()),
        (40, "salt 39", "salty 38")
    );
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = search_page(&log.vault, What::Work, "salt", after.as_ref(), 7).unwrap();
        seen.extend(page.entries.into_iter().map(|found| found.known));
        match page.next {
            Some(next) => after = Some(Cursor::from_text(next.as_str())),
            None => break,
        }
    }
    assert_eq!(seen, whole);
    for wrong in ["", "x1", "w", "wé", "b-5"] {
        let error = search_page(&log.vault, What::Work, "salt", Some(&Cursor::from_text(wrong)), 7).unwrap_err();
        assert_eq!(error.code(), "bad_cursor", "{wrong}");
    }
    assert!(
        search_page(&log.vault, What::Source, "listenbrainz", None, 7)
            .unwrap()
            .entries
            .is_empty()
    );
}

#[test]
fn one_knows_when_something_was_heard_first_and_pages_through_all_of_it() {
    let log = Log::new();
    log.add(lines(&[
        song(AT, "Low Tide", "Alder", "Salt"),
        song(AT + 86_400, "Low Tide", "Alder", "Salt"),
        song(AT + 2 * 86_400, "High Sun", "Alder", "Salt"),
    ]));
    let first = first_heard(&log.vault, What::Creator, "alder", "Europe/Berlin", 3).unwrap();
    assert_eq!((first.len(), first[0].first_date.as_str()), (1, "2026-09-21"));
    assert_eq!(first[0].first.as_ref().unwrap().title, "Low Tide");
    assert_eq!(first[0].known.amount.plays, 3);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = listens_of(&log.vault, first[0].known.id, after.as_ref(), 2).unwrap();
        seen.extend(page.listens);
        match page.next {
            Some(next) => after = Some(Cursor::from_text(next.as_str())),
            None => break,
        }
    }
    assert_eq!(seen, log.listens());
    assert!(
        first_heard(&log.vault, What::Work, "nothing", "UTC", 3)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn each_has_a_page_of_its_own_that_says_what_the_listens_say() {
    let log = Log::new();
    const MONTH: i64 = 31 * 86_400;
    log.add(lines(&[
        song(AT, "Low Tide", "Alder", "Salt"),
        song(AT + 86_400, "Low Tide", "Alder", "Salt"),
        song(AT + MONTH, "High Sun", "Alder", "Salt"),
        song(AT + MONTH + 300, "Elsewhere", "Birch", "Far"),
    ]));
    let page = |id| about(&log.vault, id, Measure::Time, 5, "Europe/Berlin").unwrap();
    let listens = log.listens();
    let low_tide = listens.iter().find(|listen| listen.title == "Low Tide").unwrap();
    let belongs = belongs_to(&log.vault, low_tide.id).unwrap();
    let names: Vec<(What, &str)> = belongs.iter().map(|named| (named.what, named.name.as_str())).collect();
    assert_eq!(
        names,
        [(What::Work, "Low Tide"), (What::Creator, "Alder"), (What::Show, "Salt")]
    );
    let months = |about: &About| -> Vec<(String, u64)> {
        about
            .months
            .iter()
            .map(|month| (month.date.clone(), month.amount.plays))
            .collect()
    };
    for named in &belongs[1..] {
        let about = page(named.id).unwrap();
        assert_eq!((about.what, &about.name), (named.what, &named.name));
        assert_eq!(about.amount, amount(3, 600, 600));
        assert_eq!(
            (about.first_date.as_str(), about.last_date.as_str()),
            ("2026-09-21", "2026-10-22")
        );
        assert_eq!(months(&about), [("2026-09".to_owned(), 2), ("2026-10".to_owned(), 1)]);
        let works: Vec<(&str, u64)> = about
            .works
            .iter()
            .map(|work| (work.name.as_str(), work.share_permille))
            .collect();
        assert_eq!(works, [("Low Tide", 667), ("High Sun", 333)]);
    }
    let work = page(belongs[0].id).unwrap();
    assert_eq!((work.maker.as_str(), work.amount.plays), ("Alder", 2));
    assert_eq!(work.works, []);
    // What is hidden is on no page, and a page of nothing is none.
    tekram_listen::hide(&log.vault, low_tide.id, true, NOW).unwrap();
    assert_eq!(page(belongs[0].id).unwrap().amount.plays, 1);
    assert!(belongs_to(&log.vault, low_tide.id).is_err());
    assert_eq!(page(9_999), None);
    let source = about_source(&log.vault, "listenbrainz", "Europe/Berlin")
        .unwrap()
        .unwrap();
    assert_eq!((source.what, source.amount.plays), (What::Source, 3));
    assert_eq!(source.last_date, "2026-10-22");
    assert_eq!(months(&source), [("2026-09".to_owned(), 1), ("2026-10".to_owned(), 2)]);
    assert_eq!(about_source(&log.vault, "spotify", "Europe/Berlin").unwrap(), None);
}

#[test]
fn what_was_on_at_a_moment_is_known_with_what_came_before_and_after() {
    let log = Log::new();
    // Each lasts 200 s; the long one goes on behind the second.
    log.add(lines(&[
        listen(AT, "one"),
        listen(AT + 300, "two"),
        listen(AT + 900, "three"),
    ]));
    log.add(array(&[stream("2026-09-21T15:13:20Z", 3_600_000, "long")]));
    let at = moment("2026-09-21T16:20", "Europe/Berlin").unwrap();
    assert_eq!(at, (AT + 400) * 1000);
    let on = around(&log.vault, at, 5).unwrap();
    let titles = |listens: &[Listen]| listens.iter().map(|listen| listen.title.clone()).collect::<Vec<_>>();
    assert_eq!(titles(&on.playing), ["two", "long"]);
    assert_eq!(titles(&on.before), ["one"]);
    assert_eq!(titles(&on.after), ["three"]);
    let id = log.listens()[0].id;
    rate(&log.vault, id, None, NOW).unwrap();
}

#[test]
fn a_year_at_a_glance_is_one_picture() {
    let log = Log::new();
    log.add(lines(&[listen(AT, "<one>"), listen(AT + 86_400, "two")]));
    let question = GlanceQuestion {
        span: Span::parse("2026").unwrap(),
        zone: "Europe/Berlin".to_owned(),
        by: Measure::Time,
        ranks: 3,
    };
    let year = glance(&log.vault, &question, NOW).unwrap();
    assert_eq!((year.new.works, year.new.creators, year.different.works), (2, 1, 2));
    assert_eq!(year.streaks.longest.as_ref().unwrap().days, 2);
    assert_eq!(year.busiest_day().unwrap().date, "2026-09-21");
    let svg = glance_svg(&year);
    // A square for each day and each hour of the week, and no title.
    assert_eq!(svg.matches("<rect ").count(), 1 + 365 + 7 * 24);
    assert!(!svg.contains("one"));
    let nothing = glance(
        &log.vault,
        &GlanceQuestion {
            span: Span::parse("1990").unwrap(),
            ..question
        },
        NOW,
    )
    .unwrap();
    assert_eq!(nothing.total, Amount::default());
    assert!(nothing.busiest_day().is_none());
}
