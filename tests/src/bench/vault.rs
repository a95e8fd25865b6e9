//! What encryption costs: 50,000 listens written, read one by one and read through, in a vault and in plain SQLite with
//! the same tables and settings; and what unlocking costs.

use std::time::Instant;

use argon2::{Algorithm, Argon2, Params, Version};
use rusqlite::Connection;
use serde_json::Value;
use tekram_listen::SCHEMA;
use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_vault::{Scope, VaultError};

use crate::catalogue::{Plays, Seeded};
use crate::measure::{Measurement, Outcome, Promise, Question, compare, timed};
use crate::place::{self, PASSPHRASE, Place, ROWS_AT_ONCE};
use crate::tables::{self, Filled, Play, Work};
use crate::{life, listen, peers};

const LISTENS: usize = 50_000;
const POINT_READS: usize = 20_000;
const PLAIN: &str = "plain.db";

/// `vault_insert`, `vault_read`, `vault_scan`, `vault_unlock`.
///
/// # Errors
/// When anything fails.
pub fn measure(megabytes: u64) -> Outcome<Vec<Measurement>> {
    let plays = plays();
    let insert = insert(&plays)?;
    let place = Place::new(&[SCHEMA])?;
    fill_vault(&place, &plays)?;
    fill_plain(&place, &plays)?;
    let mut all = vec![
        insert,
        read(&place)?,
        scan(&place)?,
        raw_key(&place)?,
        passphrase(&place)?,
    ];
    drop(place);
    all.extend(peers::measure()?);
    all.extend(life::measure()?);
    if megabytes > listen::MEGABYTES {
        all.extend(life::large()?);
    }
    Ok(all)
}

fn plays() -> Vec<Play> {
    Plays::new()
        .take(LISTENS)
        .map(|play| Play {
            start_ms: play.start_s * 1000,
            played_ms: play.track.length_ms,
            work: Work::Track(Box::new(play.track)),
        })
        .collect()
}

fn insert(plays: &[Play]) -> Outcome<Measurement> {
    compare(
        Question {
            bench: "vault_insert",
            case: "",
            promise: Promise::Ratio(1.5),
            note: format!(
                "{LISTENS} listens into the listen room's tables (play, work, credit, two indexes), {ROWS_AT_ONCE} a \
                 transaction, `synchronous=FULL`; floor: plain SQLite"
            ),
            rounds: 15,
        },
        || {
            let place = Place::new(&[SCHEMA])?;
            fill_vault(&place, plays)
        },
        || {
            let place = Place::new(&[SCHEMA])?;
            fill_plain(&place, plays)
        },
    )
}

fn fill_vault(place: &Place, plays: &[Play]) -> Outcome<std::time::Duration> {
    let vault = place.unlock_to_write()?;
    let mut filled = Filled::default();
    let took = timed(|| {
        for (number, some) in plays.chunks(ROWS_AT_ONCE).enumerate() {
            vault.write(Scope("listen"), |transaction| {
                if number == 0 {
                    tables::begin(transaction, plays.len())?;
                }
                Ok::<_, VaultError>(tables::insert(transaction, &mut filled, some)?)
            })?;
        }
        Ok(())
    })?;
    vault.lock()?;
    Ok(took)
}

fn fill_plain(place: &Place, plays: &[Play]) -> Outcome<std::time::Duration> {
    let mut plain = place.plain(PLAIN)?;
    let mut filled = Filled::default();
    let took = timed(|| {
        for (number, some) in plays.chunks(ROWS_AT_ONCE).enumerate() {
            let transaction = plain.transaction()?;
            if number == 0 {
                tables::begin(&transaction, plays.len())?;
            }
            tables::insert(&transaction, &mut filled, some)?;
            transaction.commit()?;
        }
        Ok(())
    })?;
    place::close(plain)?;
    Ok(took)
}

/// A listen as a screen shows one.
const POINT: &str = "SELECT p.start_ms, p.played_ms, w.title, w.creators, w.show FROM listen_play p
    JOIN listen_work w ON w.work_id = p.work_id WHERE p.play_id = ?1";

fn point(connection: &Connection, play_id: i64) -> rusqlite::Result<usize> {
    connection.prepare_cached(POINT)?.query_row([play_id], |row| {
        let (start_ms, played_ms): (i64, Option<i64>) = (row.get(0)?, row.get(1)?);
        let (title, creators, show): (String, String, String) = (row.get(2)?, row.get(3)?, row.get(4)?);
        std::hint::black_box((start_ms, played_ms));
        Ok(title.len() + creators.len() + show.len())
    })
}

fn read(place: &Place) -> Outcome<Measurement> {
    let ids: Vec<i64> = {
        let mut seeded = Seeded::new(7);
        (0..POINT_READS)
            .map(|_| 1 + seeded.below(LISTENS as u64) as i64)
            .collect()
    };
    compare(
        Question {
            bench: "vault_read",
            case: "",
            promise: Promise::Ratio(2.5),
            note: format!(
                "{POINT_READS} random listens of {LISTENS} by id, with their work, each in its own `Vault::read` (one \
                 snapshot each); the cache is empty at first; floor: `query_row` on plain SQLite"
            ),
            rounds: 21,
        },
        || {
            let vault = place.unlock()?;
            // Opens the reader: what that costs belongs to unlocking.
            vault.read(nothing)?;
            let took = timed(|| {
                let mut bytes = 0;
                for id in &ids {
                    bytes += vault.read(|connection| Ok::<_, VaultError>(point(connection, *id)?))?;
                }
                Ok(bytes)
            })?;
            vault.lock()?;
            Ok(took)
        },
        || {
            let plain = place.plain(PLAIN)?;
            nothing(&plain)?;
            timed(|| {
                let mut bytes = 0;
                for id in &ids {
                    bytes += point(&plain, *id)?;
                }
                Ok(bytes)
            })
        },
    )
}

fn nothing(connection: &Connection) -> Result<i64, VaultError> {
    Ok(connection.query_row("SELECT count(*) FROM listen_batch", [], |row| row.get(0))?)
}

/// Every column of every play, in order of the table.
const SCAN: &str = "SELECT play_id, start_ms, fingerprint, batch_id, work_id, via_id, record, played_how, played_ms,
    media_ms, offset_min, marks, ranges FROM listen_play";
/// Every text of every work.
const SCAN_WORKS: &str = "SELECT work_id, work_hash, credit_id, kind, title, creators, show, publisher, url, feed_url,
    feed_guid, item_guid, isrc, recording_mbid, release_mbid, artist_mbids, spotify_uri FROM listen_work";

fn through(connection: &Connection) -> rusqlite::Result<u64> {
    let mut sum = 0;
    for sql in [SCAN, SCAN_WORKS] {
        let mut statement = connection.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                sum += match row.get_ref(column)? {
                    rusqlite::types::ValueRef::Null => 0,
                    rusqlite::types::ValueRef::Integer(number) => number.unsigned_abs() & 0xff,
                    rusqlite::types::ValueRef::Real(_) => 1,
                    rusqlite::types::ValueRef::Text(bytes) | rusqlite::types::ValueRef::Blob(bytes) => {
                        bytes.len() as u64
                    }
                };
            }
        }
    }
    Ok(sum)
}

fn scan(place: &Place) -> Outcome<Measurement> {
    compare(
        Question {
            bench: "vault_scan",
            case: "",
            promise: Promise::Ratio(1.6),
            note: format!(
                "every column of {LISTENS} plays and of all their works, in order of the tables; the cache is empty at \
                 first; floor: plain SQLite"
            ),
            rounds: 41,
        },
        || {
            let vault = place.unlock()?;
            vault.read(nothing)?;
            let took = timed(|| Ok(vault.read(|connection| Ok::<_, VaultError>(through(connection)?))?))?;
            vault.lock()?;
            Ok(took)
        },
        || {
            let plain = place.plain(PLAIN)?;
            nothing(&plain)?;
            timed(|| Ok(through(&plain)?))
        },
    )
}

fn raw_key(place: &Place) -> Outcome<Measurement> {
    let (store, key) = (place.store()?, place.raw_key()?);
    compare(
        Question {
            bench: "vault_unlock",
            case: "raw_key",
            promise: Promise::Figure(5.0),
            note: format!(
                "unlocking a vault of {LISTENS} listens with its raw key and reading one of them; floor: opening the \
                 plain file and reading one"
            ),
            rounds: 101,
        },
        || {
            let key = Secret32::new(*key.expose());
            let started = Instant::now();
            let vault = store.unlock_raw(place.label(), key, &[SCHEMA])?;
            vault.read(|connection| Ok::<_, VaultError>(point(connection, 1)?))?;
            let took = started.elapsed();
            vault.lock()?;
            Ok(took)
        },
        || {
            let started = Instant::now();
            let plain = place.plain(PLAIN)?;
            point(&plain, 1)?;
            let took = started.elapsed();
            place::close(plain)?;
            Ok(took)
        },
    )
}

fn passphrase(place: &Place) -> Outcome<Measurement> {
    let store = place.store()?;
    let (params, salt) = stretching(place)?;
    let note = format!(
        "unlocking with the passphrase; floor: Argon2id alone with the vault's own parameters ({} KiB, {} passes, {} \
         lane)",
        params.m_cost(),
        params.t_cost(),
        params.p_cost()
    );
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    compare(
        Question {
            bench: "vault_unlock",
            case: "passphrase",
            promise: Promise::Ratio(1.1),
            note,
            rounds: 41,
        },
        || {
            let passphrase = Passphrase::from(PASSPHRASE);
            let started = Instant::now();
            let vault = store.unlock(place.label(), &passphrase, &[SCHEMA])?;
            let took = started.elapsed();
            vault.lock()?;
            Ok(took)
        },
        || {
            timed(|| {
                let mut key = [0; 32];
                argon2
                    .hash_password_into(PASSPHRASE.as_bytes(), &salt, &mut key)
                    .map_err(|cause| cause.to_string())?;
                Ok(key)
            })
        },
    )
}

/// What the vault's header says about stretching its passphrase.
fn stretching(place: &Place) -> Outcome<(Params, Vec<u8>)> {
    let id = place.store()?.list()?.first().ok_or("no vault")?.id.clone();
    let header = std::fs::read(place.path().join("vaults").join(id).join("header.json"))?;
    let header: Value = serde_json::from_slice(&header)?;
    let way_in = header.pointer("/vault/ways_in/0").ok_or("the header has no way in")?;
    let cost = |name: &str| -> Outcome<u32> {
        let cost = way_in.pointer(&format!("/argon2id/{name}")).and_then(Value::as_u64);
        Ok(u32::try_from(cost.ok_or("the way in has no cost")?)?)
    };
    let params = Params::new(cost("memory_kib")?, cost("passes")?, cost("lanes")?, Some(32))
        .map_err(|cause| cause.to_string())?;
    // Any salt of the same length costs the same.
    Ok((params, vec![7; 16]))
}
