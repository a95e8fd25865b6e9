//! The log beside Maloja 3.2, which keeps scrobbles in plain SQLite and is written in Python: the same Spotify history taken in, and what
//! was heard most in each of its years. Maloja is asked as its users ask it, by `maloja import` and by its web API; it is the one
//! that `cargo xtask setup` installs for the tests. Without it its lines are left out, and that is said.

use std::collections::HashMap;
use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use tekram_harness::maloja::Maloja;
use tekram_listen::{ImportOptions, Measure, SCHEMA, Span, TopQuestion, What, accept, catch_up, import, top};
use tekram_primitives::time::{Clock as _, SystemClock, Timestamp};

use crate::answers::one;
use crate::measure::{Measurement, Outcome, Promise, quantile, timed};
use crate::place::Place;
use crate::spotify::{Played, Stream, Streams, write_some};

/// The argument that measures only this.
pub const PEER: &str = "maloja";
/// The name tells Maloja what it is.
const FILE: &str = "Streaming_History_Audio_0.json";
const PLAYS: usize = 50_000;
/// Every twentieth of a million streams: 17 years.
const NTH: usize = 20;
/// Maloja takes no play that is shorter.
const LEAST_MS: i64 = 30_000;
const RANKS: usize = 10;

/// `listen_spotify beside Maloja` and `listen_year beside Maloja`.
///
/// # Errors
/// When anything fails, or Maloja answers something else than the history says.
pub fn measure() -> Outcome<Vec<Measurement>> {
    let folder = tempfile::Builder::new().prefix("tekram-bench-").tempdir()?;
    let file = folder.path().join(FILE);
    let empty = folder.path().join("empty").join(FILE);
    fs::create_dir(folder.path().join("empty"))?;
    fs::write(&empty, "[]")?;
    write_some(&file, PLAYS, NTH)?;
    let theirs = folder.path().join("maloja");
    fs::create_dir(&theirs)?;
    // The first time it makes its tables; the second time is the start of Python and of its modules.
    if let Err(cause) = Maloja::import(&theirs, &empty) {
        eprintln!("the lines with Maloja are left out: {cause}");
        return Ok(Vec::new());
    }
    let start = timed(|| Ok(Maloja::import(&theirs, &empty)?))?;
    let of_maloja = timed(|| Ok(Maloja::import(&theirs, &file)?))?.saturating_sub(start);

    let place = Place::new(&[SCHEMA])?;
    let vault = place.unlock_to_write()?;
    let now = SystemClock.now();
    let of_log = timed(|| {
        let report = import(&vault, &file, ImportOptions::new(now))?;
        accept(&vault, report.batch_id, now)?;
        catch_up(&vault)?;
        if report.new == PLAYS as u64 {
            Ok(())
        } else {
            Err(format!("{} of {PLAYS} plays were imported", report.new).into())
        }
    })?;
    vault.lock()?;
    let seconds = |took: Duration| took.as_secs_f64();
    let mut imported = one(
        "listen_spotify",
        "beside Maloja",
        (PLAYS as f64 / seconds(of_log), "plays/s"),
        PLAYS as f64 / seconds(of_maloja),
        Promise::Shown,
        format!(
            "a Spotify extended history of {PLAYS} plays over 17 years (one JSON file) taken in, with acceptance and all sums and words behind it; \
             beside it `maloja import` of the same file, without the {:.1} s that the program takes to start; Maloja leaves podcasts and plays \
             under 30 s out",
            seconds(start)
        ),
    );
    imported.ratio = seconds(of_log) / seconds(of_maloja);
    (imported.ratio_min, imported.ratio_max) = (imported.ratio, imported.ratio);

    let expected = plays_by_year()?;
    let maloja = Maloja::start(&theirs)?;
    let vault = place.unlock()?;
    let (mut ours, mut first, mut again) = (Vec::new(), Vec::new(), Vec::new());
    let millis = |began: Instant| began.elapsed().as_secs_f64() * 1000.0;
    for (year, plays) in &expected {
        let question = TopQuestion {
            what: What::Work,
            by: Measure::Plays,
            span: Span::parse(&year.to_string())?,
            zone: "UTC".to_owned(),
        };
        let began = Instant::now();
        let most = black_box(top(&vault, &question, None, RANKS)?);
        ours.push(millis(began));
        let began = Instant::now();
        let tracks = maloja.tracks_of_year(*year)?;
        first.push(millis(began));
        let began = Instant::now();
        black_box(maloja.tracks_of_year(*year)?);
        again.push(millis(began));
        let counted: u64 = tracks.iter().map(|(plays, _)| plays).sum();
        if counted != *plays || most.ranks.len() != RANKS {
            return Err(format!("Maloja counts {counted} plays in {year}, the history {plays}").into());
        }
    }
    vault.lock()?;
    let mut year = one(
        "listen_year",
        "beside Maloja",
        (quantile(&ours, 0.5), "ms"),
        quantile(&first, 0.5),
        Promise::Shown,
        format!(
            "the tracks heard most in a year, for each of {} years, asked once on a log that was just unlocked; beside it Maloja's chart of the \
             year by its web API on the same machine, all ranks, asked for the first time; what it was asked before it has in memory: {:.1} ms",
            expected.len(),
            quantile(&again, 0.5)
        ),
    );
    year.rounds = ours.len();
    Ok(vec![imported, year])
}

/// How many plays of the file Maloja must have of each year: it goes by when a play ended.
fn plays_by_year() -> Outcome<Vec<(i64, u64)>> {
    let mut by_year: HashMap<i64, u64> = HashMap::new();
    let counts = |stream: &Stream| matches!(stream.played, Played::Track { .. }) && stream.ms_played >= LEAST_MS;
    for stream in Streams::of(0).step_by(NTH).take(PLAYS).filter(counts) {
        let ended = Timestamp::from_secs(stream.ended_s).to_string();
        *by_year.entry(ended.get(..4).unwrap_or_default().parse()?).or_default() += 1;
    }
    let mut all: Vec<(i64, u64)> = by_year.into_iter().collect();
    all.sort_unstable();
    Ok(all)
}
