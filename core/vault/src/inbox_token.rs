//! Who may leave things in the inbox by way of this device's own server: hashes of their tokens in a small file beside the
//! inbox, because they must be checked while the vault is locked. A token is random and long, so its hash can be guessed by
//! nobody; whose token it is stands in the vault. Whoever can write this file can write into the inbox anyway.

use std::io;

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::durable;
use crate::error::VaultError;
use crate::inbox::Inbox;

/// The file's name.
pub(crate) const FILE: &str = "inbox.tokens";
const VERSION: u32 = 1;
/// Far more than a hundred tokens.
const LONGEST_FILE_BYTES: u64 = 64 * 1024;

/// A token that is taken: its name here, and its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxToken {
    /// Random name, which says nothing.
    pub id: String,
    /// SHA-256 of the token.
    #[serde(with = "hex::serde")]
    pub sha256: [u8; 32],
}

impl InboxToken {
    /// The entry of a token.
    #[must_use]
    pub fn of(id: &str, token: &str) -> Self {
        Self {
            id: id.to_owned(),
            sha256: sha256(token),
        }
    }

    /// Whether this is the token. Hashes are compared, so how long it takes tells nothing of the token.
    #[must_use]
    pub fn is(&self, token: &str) -> bool {
        self.sha256 == sha256(token)
    }
}

fn sha256(token: &str) -> [u8; 32] {
    let full = digest(&SHA256, token.as_bytes());
    full.as_ref().first_chunk().copied().unwrap_or_default()
}

#[derive(Serialize, Deserialize)]
struct Tokens {
    version: u32,
    tokens: Vec<InboxToken>,
}

impl Inbox {
    /// The tokens that are taken. A file that is missing, damaged or of a later version takes none. Fails with `io`.
    pub fn tokens(&self) -> Result<Vec<InboxToken>, VaultError> {
        let read = match durable::read_small(&self.folder().join(FILE), LONGEST_FILE_BYTES) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            read => read.map_err(VaultError::io("reading inbox.tokens"))?,
        };
        let tokens = read.and_then(|bytes| serde_json::from_slice::<Tokens>(&bytes).ok());
        Ok(tokens
            .filter(|tokens| tokens.version == VERSION)
            .map(|tokens| tokens.tokens)
            .unwrap_or_default())
    }

    /// Changes the tokens that are taken, from now on and across a power cut. Two that change them wait for each other. Fails
    /// with `io`.
    pub fn change_tokens(&self, change: impl FnOnce(&mut Vec<InboxToken>)) -> Result<(), VaultError> {
        let _turn = self.turn()?;
        let mut tokens = self.tokens()?;
        change(&mut tokens);
        let content = serde_json::to_vec(&Tokens {
            version: VERSION,
            tokens,
        })
        .map_err(|error| VaultError::io("writing inbox.tokens")(error.into()))?;
        durable::replace(self.folder(), FILE, &content).map_err(VaultError::io("writing inbox.tokens"))
    }
}
