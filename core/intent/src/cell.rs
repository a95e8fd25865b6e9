//! Geohash cells: what of a place goes on the wire. Never finer than chosen, and each coarser precision beside it, because
//! relays match `g` tags exactly.

use std::fmt;

use geohash::Coord;
use serde::{Deserialize, Serialize};

use crate::error::IntentError;
use crate::place::Position;

const ALPHABET: &str = "0123456789bcdefghjkmnpqrstuvwxyz";

/// How fine the finest published cell is: the length of its geohash, 3 (156 × 156 km) to 7 (153 × 153 m).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Precision(u8);

impl Precision {
    /// The coarsest, which every intent carries.
    pub const COARSEST: Self = Self(3);
    /// The finest that can be chosen.
    pub const FINEST: Self = Self(7);

    /// A precision of `length` characters.
    ///
    /// # Errors
    /// `bad_precision` outside 3 to 7.
    pub fn new(length: u8) -> Result<Self, IntentError> {
        if (Self::COARSEST.0..=Self::FINEST.0).contains(&length) {
            Ok(Self(length))
        } else {
            Err(IntentError::BadPrecision)
        }
    }

    /// Characters in a geohash of this precision.
    pub fn length(self) -> usize {
        usize::from(self.0)
    }
}

impl Default for Precision {
    /// 5: cells of 4.9 × 4.9 km.
    fn default() -> Self {
        Self(5)
    }
}

impl TryFrom<u8> for Precision {
    type Error = IntentError;

    fn try_from(length: u8) -> Result<Self, IntentError> {
        Self::new(length)
    }
}

impl From<Precision> for u8 {
    fn from(precision: Precision) -> Self {
        precision.0
    }
}

/// One geohash cell (lower-case base 32, 1 to 12 characters).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cell(String);

impl Cell {
    /// Reads a geohash.
    ///
    /// # Errors
    /// `bad_cell` for other characters or another length.
    pub fn new(geohash: &str) -> Result<Self, IntentError> {
        if (1..=12).contains(&geohash.len()) && geohash.chars().all(|c| ALPHABET.contains(c)) {
            Ok(Self(geohash.to_owned()))
        } else {
            Err(IntentError::BadCell)
        }
    }

    /// The cell of `precision` that a position lies in. To publish a person's area, give it the kept noisy position.
    ///
    /// # Errors
    /// `bad_cell` when the position cannot be encoded.
    pub fn of(position: Position, precision: Precision) -> Result<Self, IntentError> {
        let coordinate = Coord {
            x: position.lon(),
            y: position.lat(),
        };
        geohash::encode(coordinate, precision.length())
            .map(Self)
            .map_err(|_| IntentError::BadCell)
    }

    /// The geohash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This cell and the ones around it that are coarser, from [`Precision::COARSEST`]: what an intent publishes.
    pub fn from_coarse(&self) -> Vec<Self> {
        (Precision::COARSEST.length()..=self.0.len())
            .filter_map(|length| Some(Self(self.0.get(..length)?.to_owned())))
            .collect()
    }

    /// Whether `self` lies in `other` or is it.
    pub fn is_in(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// South-west and north-east corner.
    pub fn corners(&self) -> (Position, Position) {
        match geohash::decode_bbox(&self.0) {
            Ok(bounds) => (
                Position::wrapped(bounds.min().y, bounds.min().x),
                // 180° east would wrap to −180°: keep the corner just inside.
                Position::wrapped(bounds.max().y, bounds.max().x.min(179.999_999_999)),
            ),
            Err(_) => (
                Position::wrapped(-90.0, -180.0),
                Position::wrapped(90.0, 179.999_999_999),
            ),
        }
    }

    /// The middle.
    pub fn centre(&self) -> Position {
        let (south_west, north_east) = self.corners();
        Position::wrapped(
            f64::midpoint(south_west.lat(), north_east.lat()),
            f64::midpoint(south_west.lon(), north_east.lon()),
        )
    }

    /// Distance between the middles of two cells in metres, rounded to 100 m: cells say no more than that.
    pub fn distance_m(&self, other: &Self) -> u32 {
        let metres = self.centre().distance_m(other.centre());
        // Half the Earth's girth is 20,016 km: fits.
        ((metres / 100.0).round() as u32).saturating_mul(100)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cell({})", self.0)
    }
}

impl TryFrom<String> for Cell {
    type Error = IntentError;

    fn try_from(geohash: String) -> Result<Self, IntentError> {
        Self::new(&geohash)
    }
}

impl From<Cell> for String {
    fn from(cell: Cell) -> Self {
        cell.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        missing_docs
    )]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn vienna_lies_in_its_cells_from_coarse_to_chosen() {
        let stephansplatz = Position::new(48.2082, 16.3738).unwrap();
        let cell = Cell::of(stephansplatz, Precision::default()).unwrap();
        assert_eq!(cell.as_str(), "u2edk");
        assert_eq!(
            cell.from_coarse().iter().map(Cell::as_str).collect::<Vec<_>>(),
            ["u2e", "u2ed", "u2edk"]
        );
        assert!(cell.is_in(&Cell::new("u2e").unwrap()) && !cell.is_in(&Cell::new("u2f").unwrap()));
    }

    #[test]
    fn only_geohashes_are_cells_and_only_three_to_seven_are_precisions() {
        for bad in ["", "u2a", "U2E", "u2e dk", "u2edk85xvu2edk", "ü"] {
            assert_eq!(Cell::new(bad).unwrap_err().code(), "bad_cell", "{bad}");
        }
        for bad in [0, 2, 8, 255] {
            assert_eq!(Precision::new(bad).unwrap_err().code(), "bad_precision");
        }
    }

    proptest! {
        #[test]
        fn no_published_cell_is_finer_than_chosen(lat in -90.0_f64..90.0, lon in -180.0_f64..180.0, length in 3_u8..=7) {
            let precision = Precision::new(length).unwrap();
            let cell = Cell::of(Position::new(lat, lon).unwrap(), precision).unwrap();
            let published = cell.from_coarse();
            prop_assert_eq!(published.len(), precision.length() - 2);
            for (extra, coarser) in published.iter().enumerate() {
                prop_assert_eq!(coarser.as_str().len(), 3 + extra);
                prop_assert!(cell.is_in(coarser));
            }
            prop_assert!(cell.centre().distance_m(Position::new(lat, lon).unwrap()) < 111_000.0);
        }
    }
}
