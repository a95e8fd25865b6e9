//! Positions and places. A true position never leaves this room: what goes on is the cell of a noisy one, whose noise is
//! drawn once for each place and kept, because fresh draws would average out.

use std::fmt;

use rusqlite::{OptionalExtension, Transaction, params};
use tekram_primitives::secret::fill_random;
use tekram_primitives::time::Clock;
use tekram_vault::Vault;

use crate::cell::{Cell, Precision};
use crate::error::IntentError;
use crate::intent::SCOPE;
use crate::laplace::{EARTH_RADIUS_M, displace};

/// A position this close to one that has noise takes that one's: a fix wanders by some metres, and somebody who names
/// the same place twice must not be given a second draw.
pub const SAME_PLACE_M: f64 = 500.0;

/// A point on the globe, WGS 84 degrees. Prints as `[REDACTED]`.
#[derive(Clone, Copy, PartialEq)]
pub struct Position {
    lat: f64,
    lon: f64,
}

impl Position {
    /// A position of `lat` −90 to 90 and `lon` −180 to 180 degrees.
    ///
    /// # Errors
    /// `bad_position`.
    pub fn new(lat: f64, lon: f64) -> Result<Self, IntentError> {
        if (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon) {
            Ok(Self::wrapped(lat, lon))
        } else {
            Err(IntentError::BadPosition)
        }
    }

    /// Brings a computed point back onto the globe; longitude in [−180, 180).
    pub(crate) fn wrapped(lat: f64, lon: f64) -> Self {
        Self {
            lat: lat.clamp(-90.0, 90.0),
            lon: (lon + 180.0).rem_euclid(360.0) - 180.0,
        }
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        self.lat
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Great-circle distance in metres on a sphere (haversine).
    pub fn distance_m(self, other: Self) -> f64 {
        let (lat1, lat2) = (self.lat.to_radians(), other.lat.to_radians());
        let (half_lat, half_lon) = ((lat2 - lat1) / 2.0, (other.lon - self.lon).to_radians() / 2.0);
        let h = half_lat.sin().powi(2) + lat1.cos() * lat2.cos() * half_lon.sin().powi(2);
        2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Position([REDACTED])")
    }
}

/// Where the noise comes from.
pub trait Randomness {
    /// A number uniform in `[0, 1)`, with 53 random bits.
    ///
    /// # Errors
    /// When the system gives no randomness.
    fn uniform(&mut self) -> Result<f64, IntentError>;
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn uniform(&mut self) -> Result<f64, IntentError> {
        let mut bytes = [0_u8; 8];
        fill_random(&mut bytes)?;
        Ok((u64::from_le_bytes(bytes) >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

/// A place, as far as it may be told: the noisy position that was drawn for it once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    noisy: Position,
}

impl Place {
    /// The cell to publish for this place.
    ///
    /// # Errors
    /// `bad_cell` when the position cannot be encoded.
    pub fn cell(&self, precision: Precision) -> Result<Cell, IntentError> {
        Cell::of(self.noisy, precision)
    }
}

/// The place at a true position: the noise drawn for it before, or a first draw, kept from now on.
///
/// # Errors
/// The vault's errors.
pub fn locate(
    vault: &Vault,
    position: Position,
    random: &mut dyn Randomness,
    clock: &dyn Clock,
) -> Result<Place, IntentError> {
    vault.write(SCOPE, |tx| Ok(noise_for(tx, position, random, clock)?.1))
}

/// Keeps a place by name (`home`), or moves the name to a new position.
///
/// # Errors
/// `bad_place_name`, or the vault's errors.
pub fn keep_place(
    vault: &Vault,
    name: &str,
    position: Position,
    random: &mut dyn Randomness,
    clock: &dyn Clock,
) -> Result<Place, IntentError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 80 {
        return Err(IntentError::BadPlaceName);
    }
    vault.write(SCOPE, |tx| {
        let (noise_id, place) = noise_for(tx, position, random, clock)?;
        tx.execute(
            "INSERT INTO intent_place (name, noise_id) VALUES (?1, ?2) \
             ON CONFLICT (name) DO UPDATE SET noise_id = excluded.noise_id",
            params![name, noise_id],
        )?;
        Ok(place)
    })
}

/// The place kept under a name.
///
/// # Errors
/// `no_such_place`, or the vault's errors.
pub fn place(vault: &Vault, name: &str) -> Result<Place, IntentError> {
    vault.read(|connection| {
        connection
            .query_row(
                "SELECT noisy_lat, noisy_lon FROM intent_place JOIN intent_noise ON intent_noise.id = noise_id \
                 WHERE name = ?1",
                params![name.trim()],
                |row| {
                    Ok(Place {
                        noisy: Position::wrapped(row.get(0)?, row.get(1)?),
                    })
                },
            )
            .optional()?
            .ok_or(IntentError::NoSuchPlace)
    })
}

/// The names of the kept places, in order.
///
/// # Errors
/// The vault's errors.
pub fn place_names(vault: &Vault) -> Result<Vec<String>, IntentError> {
    vault.read(|connection| {
        let mut statement = connection.prepare_cached("SELECT name FROM intent_place ORDER BY name")?;
        let names = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(names)
    })
}

/// Draws are never deleted or replaced: the name of a place may move away and back, its noise may not change.
fn noise_for(
    tx: &Transaction<'_>,
    position: Position,
    random: &mut dyn Randomness,
    clock: &dyn Clock,
) -> Result<(i64, Place), IntentError> {
    let mut nearest: Option<(f64, i64, Position)> = None;
    let mut statement = tx.prepare_cached("SELECT id, lat, lon, noisy_lat, noisy_lon FROM intent_noise ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let distance_m = Position::wrapped(row.get(1)?, row.get(2)?).distance_m(position);
        if distance_m <= SAME_PLACE_M && nearest.is_none_or(|(best_m, ..)| distance_m < best_m) {
            nearest = Some((distance_m, row.get(0)?, Position::wrapped(row.get(3)?, row.get(4)?)));
        }
    }
    if let Some((_, id, noisy)) = nearest {
        return Ok((id, Place { noisy }));
    }
    let noisy = displace(position, random.uniform()?, random.uniform()?);
    tx.execute(
        "INSERT INTO intent_noise (lat, lon, noisy_lat, noisy_lon, drawn_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![position.lat, position.lon, noisy.lat, noisy.lon, clock.now().millis()],
    )?;
    Ok((tx.last_insert_rowid(), Place { noisy }))
}
