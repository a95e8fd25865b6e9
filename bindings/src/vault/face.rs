//! How the persona looks: a colour and a picture beside its name, and which of the three are seen while it is locked.

use tekram_agent::{AgentError, ShownWhileLocked};

use crate::error::TekramError;
use crate::persona::Persona;

/// How the persona looks, unlocked.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProfileFace {
    /// What the person calls it.
    pub name: String,
    /// Its colour, 0xRRGGBB.
    pub colour: Option<u32>,
    /// Its picture, as it was set.
    pub avatar: Option<Vec<u8>>,
    /// Whether the name is seen while it is locked.
    pub shows_name: bool,
    /// Whether the colour is.
    pub shows_colour: bool,
    /// Whether the picture is.
    pub shows_avatar: bool,
}

/// 0xRRGGBB.
pub(crate) fn colour_number([red, green, blue]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, red, green, blue])
}

fn colour_of(number: u32) -> Result<[u8; 3], TekramError> {
    match number.to_be_bytes() {
        [0, red, green, blue] => Ok([red, green, blue]),
        _ => Err(AgentError::BadSetting {
            what: "the colour",
            reason: "it is more than 0xFFFFFF".to_owned(),
        }
        .into()),
    }
}

#[uniffi::export]
impl Persona {
    /// How the persona looks, and what of it is seen while it is locked.
    ///
    /// # Errors
    /// `locked`, `closed`.
    pub fn face(&self) -> Result<ProfileFace, TekramError> {
        self.with(|core| {
            let face = core.face()?;
            let shown = core.shown_while_locked();
            Ok(ProfileFace {
                name: face.label,
                colour: face.colour.map(colour_number),
                avatar: face.avatar,
                shows_name: shown.label,
                shows_colour: shown.colour,
                shows_avatar: shown.avatar,
            })
        })
    }

    /// Gives the persona a colour, 0xRRGGBB, or takes it away.
    ///
    /// # Errors
    /// `bad_setting` beyond 0xFFFFFF, `locked`, `closed`, the vault's errors.
    pub fn set_colour(&self, colour: Option<u32>) -> Result<(), TekramError> {
        self.with(|core| Ok(core.set_colour(colour.map(colour_of).transpose()?)?))
    }

    /// Gives the persona a picture of at most 24 KiB, in whatever format the app draws, or takes it away.
    ///
    /// # Errors
    /// `avatar_too_large`, `locked`, `closed`, the vault's errors.
    pub fn set_avatar(&self, avatar: Option<Vec<u8>>) -> Result<(), TekramError> {
        self.with(|core| Ok(core.set_avatar(avatar)?))
    }

    /// Says what of the persona is seen while it is locked. At first, only the name is.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn show_while_locked(&self, name: bool, colour: bool, avatar: bool) -> Result<(), TekramError> {
        self.with(|core| {
            Ok(core.show_while_locked(ShownWhileLocked {
                label: name,
                colour,
                avatar,
            })?)
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, missing_docs)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_comes_back_and_a_number_beyond_is_refused() {
        for number in [0, 1, 0x12_ab_ef, 0xff_ff_ff] {
            assert_eq!(colour_number(colour_of(number).unwrap()), number);
        }
        assert_eq!(colour_of(0x01_00_00_00).unwrap_err().name(), "bad_setting");
    }
}
