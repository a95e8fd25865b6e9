//! How a vault looks from outside: its label, a colour and a picture, each seen while it is locked only if the person allows it.
//! What may be seen stands in the header as it is, the rest sealed under the vault key: one rewrite changes both.

use serde::{Deserialize, Serialize};
use tekram_primitives::secret::{Secret32, hkdf_sha256};

use super::{Secrets, Vault};
use crate::error::VaultError;
use crate::header::Header;
use crate::way_in;

/// A picture has at most this many bytes: it lies in the header, which is read while locked.
pub const AVATAR_LIMIT_BYTES: usize = 24 * 1024;

/// What is seen of a vault from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Face {
    /// What the person calls it.
    pub label: String,
    /// Red, green, blue.
    pub colour: Option<[u8; 3]>,
    /// A small picture, in whatever format the app draws.
    pub avatar: Option<Vec<u8>>,
}

/// What is seen while locked. The label is, unless the person wants it otherwise; the rest only if they want it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownWhileLocked {
    /// The label. A vault without one is still listed, and found by its id.
    pub label: bool,
    /// The colour.
    pub colour: bool,
    /// The picture.
    pub avatar: bool,
}

impl Default for ShownWhileLocked {
    fn default() -> Self {
        Self {
            label: true,
            colour: false,
            avatar: false,
        }
    }
}

/// A colour in the header: six hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Colour(#[serde(with = "hex::serde")] pub(crate) [u8; 3]);

/// A picture in the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Avatar(#[serde(with = "hex::serde")] pub(crate) Vec<u8>);

/// What is not seen while locked, as it is sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Hidden {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    colour: Option<Colour>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<Avatar>,
}

/// Something sealed, in the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Sealed(#[serde(with = "hex::serde")] Vec<u8>);

impl Vault {
    /// Label, colour and picture. Fails with `locked`.
    pub fn face(&self) -> Result<Face, VaultError> {
        self.with_header_and_key(|header, vault_key| Ok(header.face(vault_key)?.0))
    }

    /// Which of them are seen while locked.
    pub fn shown_while_locked(&self) -> ShownWhileLocked {
        self.with_header(|header| header.shown())
    }

    /// Gives the vault a colour, or takes it away.
    pub fn set_colour(&self, colour: Option<[u8; 3]>) -> Result<(), VaultError> {
        self.change_face(|face, _| face.colour = colour)
    }

    /// Gives the vault a picture, or takes it away. Fails with `item_too_large` beyond [`AVATAR_LIMIT_BYTES`].
    pub fn set_avatar(&self, avatar: Option<Vec<u8>>) -> Result<(), VaultError> {
        if avatar.as_ref().is_some_and(|avatar| avatar.len() > AVATAR_LIMIT_BYTES) {
            return Err(VaultError::ItemTooLarge {
                limit_bytes: AVATAR_LIMIT_BYTES,
            });
        }
        self.change_face(|face, _| face.avatar = avatar)
    }

    /// Says what is seen while locked.
    pub fn show_while_locked(&self, shown: ShownWhileLocked) -> Result<(), VaultError> {
        self.change_face(|_, now| *now = shown)
    }

    /// Calls the vault something else; [`crate::Store::rename`] sees to it that no other is called so.
    pub(crate) fn set_label(&self, label: &str) -> Result<(), VaultError> {
        self.change_face(|face, _| label.clone_into(&mut face.label))
    }

    fn change_face(&self, change: impl FnOnce(&mut Face, &mut ShownWhileLocked)) -> Result<(), VaultError> {
        self.change_header(|header, secrets: &Secrets| {
            let (mut face, mut shown) = header.face(&secrets.vault_key)?;
            change(&mut face, &mut shown);
            header.set_face(face, shown, &secrets.vault_key)
        })
    }
}

impl Header {
    fn shown(&self) -> ShownWhileLocked {
        ShownWhileLocked {
            label: !self.hides_label,
            colour: self.shows_colour,
            avatar: self.shows_avatar,
        }
    }

    /// All of the face, and what of it is shown.
    pub(crate) fn face(&self, vault_key: &Secret32) -> Result<(Face, ShownWhileLocked), VaultError> {
        let hidden = match &self.sealed_face {
            Some(sealed) => open(&self.vault_id, vault_key, sealed)?,
            None => Hidden::default(),
        };
        let face = Face {
            label: hidden.label.unwrap_or_else(|| self.label.clone()),
            colour: self.colour.or(hidden.colour).map(|colour| colour.0),
            avatar: self.avatar.clone().or(hidden.avatar).map(|avatar| avatar.0),
        };
        Ok((face, self.shown()))
    }

    /// Puts a face into the header: what is shown as it is, the rest sealed under the vault key.
    pub(crate) fn set_face(
        &mut self,
        face: Face,
        shown: ShownWhileLocked,
        vault_key: &Secret32,
    ) -> Result<(), VaultError> {
        let (colour, avatar) = (face.colour.map(Colour), face.avatar.map(Avatar));
        let hidden = Hidden {
            label: (!shown.label).then(|| face.label.clone()),
            colour: colour.filter(|_| !shown.colour),
            avatar: avatar.clone().filter(|_| !shown.avatar),
        };
        self.label = if shown.label { face.label } else { String::new() };
        self.colour = colour.filter(|_| shown.colour);
        self.avatar = avatar.filter(|_| shown.avatar);
        self.hides_label = !shown.label;
        self.shows_colour = shown.colour;
        self.shows_avatar = shown.avatar;
        self.sealed_face = if hidden == Hidden::default() {
            None
        } else {
            Some(seal(&self.vault_id, vault_key, &hidden)?)
        };
        Ok(())
    }
}

fn seal(vault_id: &str, vault_key: &Secret32, hidden: &Hidden) -> Result<Sealed, VaultError> {
    let plain = serde_json::to_vec(hidden).map_err(|_| VaultError::Crypto {
        step: "writing the face as JSON",
    })?;
    Ok(Sealed(way_in::wrap_bytes(
        &key(vault_key),
        &plain,
        &associated(vault_id),
    )?))
}

fn open(vault_id: &str, vault_key: &Secret32, sealed: &Sealed) -> Result<Hidden, VaultError> {
    way_in::unwrap_bytes(&key(vault_key), &sealed.0, &associated(vault_id))
        .and_then(|plain| serde_json::from_slice(&plain).ok())
        .ok_or(VaultError::Damaged {
            file: crate::header::FILE,
        })
}

fn key(vault_key: &Secret32) -> Secret32 {
    hkdf_sha256(vault_key, "tekram/v1/vault/face")
}

fn associated(vault_id: &str) -> Vec<u8> {
    format!("tekram/v1/vault/face|{vault_id}").into_bytes()
}
