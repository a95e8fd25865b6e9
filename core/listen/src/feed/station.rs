//! Radio stations: a stream, and what the person calls it. A stream has no list of what it plays, so there is nothing to
//! ask; what was heard of it is in the log, under the station's name.

use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::route::Route;
use crate::ListenError;
use crate::format::draft::LONGEST_TEXT;
use crate::pen::LOG;

/// No station has a longer name, in bytes.
const LONGEST_NAME: usize = 256;

/// A radio station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Station {
    /// Number in this log.
    pub station_id: i64,
    /// What the person calls it.
    pub name: String,
    /// The stream's address; show it with [`shown_address`](super::shown_address).
    #[serde(skip)]
    pub stream_url: String,
    /// Everybody on the way sees what is heard (`http`); the person said that this may be.
    pub insecure: bool,
    /// When it was added.
    pub added_ms: i64,
}

/// The stations, by name.
///
/// # Errors
/// When the vault fails.
pub fn stations(vault: &Vault) -> Result<Vec<Station>, ListenError> {
    vault.read(|connection| {
        let mut statement =
            connection.prepare_cached("SELECT station_id, name, stream_url, added_ms FROM listen_station")?;
        let rows = statement.query_map([], from_row)?;
        let mut stations = rows.collect::<Result<Vec<_>, _>>()?;
        stations.sort_by_cached_key(|station| (station.name.to_lowercase(), station.station_id));
        Ok(stations)
    })
}

pub(super) fn station(vault: &Vault, station_id: i64) -> Result<Station, ListenError> {
    vault.read(|connection| {
        connection
            .prepare_cached("SELECT station_id, name, stream_url, added_ms FROM listen_station WHERE station_id = ?1")?
            .query_row([station_id], from_row)
            .optional()?
            .ok_or(ListenError::NoSuchStation { station_id })
    })
}

fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Station> {
    let stream_url: String = row.get(2)?;
    Ok(Station {
        station_id: row.get(0)?,
        name: row.get(1)?,
        insecure: is_insecure(&stream_url),
        stream_url,
        added_ms: row.get(3)?,
    })
}

/// Adds the station whose stream has an address, or calls one that is known something else. Without a name it is called by
/// its host. A stream that is not encrypted on its way is taken only with `allow_insecure`. Returns its number.
///
/// # Errors
/// `bad_station_address`, `insecure_stream`, or when the vault fails.
pub fn add_station(
    vault: &Vault,
    name: &str,
    address: &str,
    allow_insecure: bool,
    now: Timestamp,
) -> Result<i64, ListenError> {
    let address = address.trim();
    let host = Route::from(address)
        .filter(|_| address.len() <= LONGEST_TEXT && !address.contains('\0'))
        .and_then(|route| route.url().host_str().map(str::to_owned))
        .ok_or(ListenError::BadStationAddress)?;
    if is_insecure(address) && !allow_insecure {
        return Err(ListenError::InsecureStream);
    }
    let name: String = name.trim().chars().filter(|letter| !letter.is_control()).collect();
    let name = if name.is_empty() || name.len() > LONGEST_NAME {
        host
    } else {
        name
    };
    vault.write(LOG, |transaction| {
        Ok(transaction
            .prepare_cached(
                "INSERT INTO listen_station (name, stream_url, added_ms) VALUES (?1, ?2, ?3)
                 ON CONFLICT (stream_url) DO UPDATE SET name = excluded.name RETURNING station_id",
            )?
            .query_row(params![name, address, now.millis()], |row| row.get(0))?)
    })
}

/// Takes a station off the list. What was heard of it stays in the log.
///
/// # Errors
/// `no_such_station`, or when the vault fails.
pub fn remove_station(vault: &Vault, station_id: i64) -> Result<(), ListenError> {
    vault.write(LOG, |transaction| {
        let removed = transaction
            .prepare_cached("DELETE FROM listen_station WHERE station_id = ?1")?
            .execute([station_id])?;
        if removed == 1 {
            Ok(())
        } else {
            Err(ListenError::NoSuchStation { station_id })
        }
    })
}

fn is_insecure(address: &str) -> bool {
    !address
        .get(..8)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
}
