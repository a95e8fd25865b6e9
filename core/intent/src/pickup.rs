//! The code by which an accepted offer is picked up at the counter: short enough to be read out, and computed by both sides
//! from the record they both hold, so that no message carries it.

use std::fmt;
use std::str::FromStr;

use tekram_primitives::canonical::sha256;
use tekram_primitives::record::RecordId;

use crate::error::IntentError;

/// Crockford's base 32: no I, L, O or U.
const ALPHABET: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// What is hashed before the record id, so that the code tells nothing about other hashes of it.
const LABEL: &[u8] = b"tekram/v1/pickup/";
/// Characters in one of the two groups.
const GROUP: usize = 4;
/// Characters that carry the record; one more checks them.
const CARRYING: usize = 2 * GROUP - 1;

/// A pick-up code: two groups of four characters, the last one a check character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PickupCode([u8; 2 * GROUP]);

/// The code of an acceptance, from the record id of its commitment: the same on both sides.
#[must_use]
pub fn pickup_code(commitment: &RecordId) -> PickupCode {
    let digest = sha256(&[LABEL, commitment.as_str().as_bytes()].concat());
    let mut values = [0_u8; 2 * GROUP];
    // Five bits of each byte: thirty-five in all.
    for (value, byte) in values.iter_mut().zip(digest).take(CARRYING) {
        *value = byte & 31;
    }
    if let Some((check, carrying)) = values.split_last_mut() {
        *check = times_generator(remainder(carrying));
    }
    PickupCode(values)
}

/// The sum of the values, each times another power of the generator of GF(32): one wrong character, and two that changed
/// places, always change it.
fn remainder(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, value| times_generator(sum) ^ value)
}

/// Multiplies by the generator x of GF(32) = GF(2)[x] / (x^5 + x^2 + 1).
fn times_generator(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 32 == 0 {
        shifted
    } else {
        shifted ^ 0b10_0101
    }
}

/// The value of a typed character, with those that look alike read as what the alphabet has.
fn value_of(typed: char) -> Option<u8> {
    let upper = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == upper)?;
    u8::try_from(place).ok()
}

impl fmt::Display for PickupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, value) in self.0.iter().enumerate() {
            if place == GROUP {
                f.write_str("-")?;
            }
            let shown = ALPHABET.get(usize::from(*value)).copied().unwrap_or(b'0');
            write!(f, "{}", char::from(shown))?;
        }
        Ok(())
    }
}

impl FromStr for PickupCode {
    type Err = IntentError;

    /// Reads a code as people type it: in small letters, with or without the hyphen, O for 0 and I or L for 1.
    fn from_str(text: &str) -> Result<Self, IntentError> {
        let mut values = [0_u8; 2 * GROUP];
        let mut places = values.iter_mut();
        for typed in text.chars().filter(|typed| *typed != '-' && !typed.is_whitespace()) {
            let place = places.next().ok_or(IntentError::BadPickupCode)?;
            *place = value_of(typed).ok_or(IntentError::BadPickupCode)?;
        }
        if places.next().is_some() || remainder(&values) != 0 {
            return Err(IntentError::BadPickupCode);
        }
        Ok(Self(values))
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
    use tekram_primitives::canonical::sha256_hex;

    use super::*;

    fn code(seed: u64) -> String {
        let id: RecordId = sha256_hex(&seed.to_be_bytes()).parse().unwrap();
        pickup_code(&id).to_string()
    }

    #[test]
    fn a_code_stays_what_it_was() {
        // Both sides may run different versions: this value is part of the protocol.
        assert_eq!(code(1), "APSE-8HF7");
    }

    proptest! {
        #[test]
        fn a_code_is_read_as_people_type_it(seed: u64) {
            let shown = code(seed);
            prop_assert_eq!(shown.len(), 9);
            let expected: PickupCode = shown.parse().unwrap();
            prop_assert_eq!(expected.to_string(), shown.clone());
            let typed = shown.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            prop_assert_eq!(typed.parse::<PickupCode>().unwrap(), expected);
        }

        #[test]
        fn one_wrong_character_is_noticed(seed: u64, place in 0_usize..8, other in 0_usize..32) {
            let mut typed: Vec<u8> = code(seed).replace('-', "").into_bytes();
            prop_assume!(typed[place] != ALPHABET[other]);
            typed[place] = ALPHABET[other];
            let read = String::from_utf8(typed).unwrap().parse::<PickupCode>();
            prop_assert_eq!(read.unwrap_err().code(), "bad_pickup_code");
        }

        #[test]
        fn two_characters_that_changed_places_are_noticed(seed: u64, a in 0_usize..8, b in 0_usize..8) {
            let mut typed: Vec<u8> = code(seed).replace('-', "").into_bytes();
            prop_assume!(typed[a] != typed[b]);
            typed.swap(a, b);
            prop_assert!(String::from_utf8(typed).unwrap().parse::<PickupCode>().is_err());
        }

        #[test]
        fn whatever_is_typed_is_read_or_refused(text in "\\PC{0,12}") {
            if let Ok(read) = text.parse::<PickupCode>() {
                prop_assert_eq!(read.to_string().parse::<PickupCode>().unwrap(), read);
            }
        }
    }

    #[test]
    fn too_short_and_too_long_are_refused() {
        let shown = code(7);
        for typed in ["", &shown[..8], &format!("{shown}0")] {
            assert_eq!(typed.parse::<PickupCode>().unwrap_err().code(), "bad_pickup_code");
        }
    }
}
