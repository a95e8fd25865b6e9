//! A number for each error's name, so that front ends, logs and people on the telephone can say which one it was: room ×
//! 1000 + number within the room. Numbers stay for ever; the list of them all is `docs/errors.md`.

mod table;

/// Number within the room, stable name, meaning for developers.
type Rows = &'static [(u32, &'static str, &'static str)];

/// Number and name of each room, and its errors. A name that several rooms use has its number in the first of them.
const ROOMS: &[(u32, &str, Rows)] = &[
    (1, "primitives", table::PRIMITIVES),
    (2, "net", table::NET),
    (3, "vault", table::VAULT),
    (4, "listen", table::LISTEN),
    (5, "pay", table::PAY),
    (6, "relate", table::RELATE),
    (7, "intent", table::INTENT),
    (8, "agent", table::AGENT),
    (90, "facade", table::FACADE),
];

/// One error that can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    /// Room × 1000 + number within the room.
    pub number: u32,
    /// Stable snake_case name.
    pub name: &'static str,
    /// The room that it belongs to.
    pub room: &'static str,
    /// What it means, for developers.
    pub meaning: &'static str,
}

/// All errors, room by room.
pub fn error_codes() -> impl Iterator<Item = ErrorCode> {
    ROOMS.iter().flat_map(|(room_number, room, rows)| {
        rows.iter().map(|(number, name, meaning)| ErrorCode {
            number: room_number.saturating_mul(1000).saturating_add(*number),
            name,
            room,
            meaning,
        })
    })
}

/// The number of the error with this name; 0 for a name that is not in the list.
#[must_use]
pub fn error_number(name: &str) -> u32 {
    error_codes()
        .find(|code| code.name == name)
        .map_or(0, |code| code.number)
}
