//! The tokens of apps that may tell what they played. Which app has which stands in the vault; that a token is taken stands beside
//! the inbox, as its hash. A restored vault takes none until the person gives new ones.

use rusqlite::params;
use serde::Serialize;
use tekram_primitives::secret::{Passphrase, SecretError, fill_random, random_hex_128};
use tekram_primitives::time::Timestamp;
use tekram_vault::{InboxToken, Vault};

use super::MAX_TOKENS;
use crate::ListenError;
use crate::pen::LOG;

/// No app has a longer name, in bytes.
const LONGEST_NAME: usize = 256;

/// A token that an app was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndpointToken {
    /// Its name here; not the token.
    pub token_id: String,
    /// The app, as the person calls it.
    pub app: String,
    /// When it was made, milliseconds since 1970.
    pub created_ms: i64,
    /// When a listen that came with it last reached the log; 0 for never.
    pub last_ms: i64,
    /// Whether it is taken: not after a vault was restored.
    pub works: bool,
}

/// A token that was just made: the one moment in which it can be shown.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its name here.
    pub token_id: String,
    /// The token itself.
    pub token: Passphrase,
}

/// Makes a token for an app.
///
/// # Errors
/// `bad_app_name`, `too_many_tokens`, or when the vault or the system's randomness fails.
pub fn add_token(vault: &Vault, app: &str, now: Timestamp) -> Result<NewToken, ListenError> {
    let app = app.trim();
    if app.is_empty() || app.len() > LONGEST_NAME || app.contains('\0') {
        return Err(ListenError::BadAppName);
    }
    let no_randomness = |_: SecretError| ListenError::NoRandomness;
    let (token_id, token) = (random_hex_128().map_err(no_randomness)?, uuid().map_err(no_randomness)?);
    vault.write(LOG, |transaction| {
        let count: i64 = transaction
            .prepare_cached("SELECT count(*) FROM listen_token")?
            .query_row([], |row| row.get(0))?;
        if count >= i64::try_from(MAX_TOKENS).unwrap_or(i64::MAX) {
            return Err(ListenError::TooManyTokens { limit: MAX_TOKENS });
        }
        transaction
            .prepare_cached("INSERT INTO listen_token (token_id, app, created_ms, last_ms) VALUES (?1, ?2, ?3, 0)")?
            .execute(params![token_id, app, now.millis()])?;
        // The person gave it a token, so it may be listened to.
        transaction
            .prepare_cached(
                "INSERT INTO listen_app (app, allowed, last_ms) VALUES (?1, 1, 0)
                 ON CONFLICT (app) DO UPDATE SET allowed = 1",
            )?
            .execute([app])?;
        Ok(())
    })?;
    let entry = InboxToken::of(&token_id, token.expose());
    vault.inbox().change_tokens(|tokens| tokens.push(entry))?;
    Ok(NewToken { token_id, token })
}

/// The tokens that apps were given, oldest first.
///
/// # Errors
/// When the vault fails.
pub fn tokens(vault: &Vault) -> Result<Vec<EndpointToken>, ListenError> {
    let taken = vault.inbox().tokens()?;
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT token_id, app, created_ms, last_ms FROM listen_token ORDER BY created_ms, token_id",
        )?;
        let rows = statement.query_map([], |row| {
            let token_id: String = row.get(0)?;
            Ok(EndpointToken {
                works: taken.iter().any(|one| one.id == token_id),
                token_id,
                app: row.get(1)?,
                created_ms: row.get(2)?,
                last_ms: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}

/// Takes a token back: from now on nothing is taken with it, and what was told with it and is not in the log yet stays out.
///
/// # Errors
/// `no_such_token`, or when the vault fails.
pub fn revoke_token(vault: &Vault, token_id: &str) -> Result<(), ListenError> {
    vault
        .inbox()
        .change_tokens(|tokens| tokens.retain(|one| one.id != token_id))?;
    vault.write(LOG, |transaction| {
        let gone = transaction
            .prepare_cached("DELETE FROM listen_token WHERE token_id = ?1")?
            .execute([token_id])?;
        if gone == 1 {
            Ok(())
        } else {
            Err(ListenError::NoSuchToken)
        }
    })
}

/// A random UUID (RFC 9562 section 5.4), because that is what a token of ListenBrainz looks like and some apps look.
fn uuid() -> Result<Passphrase, SecretError> {
    let mut bytes = [0_u8; 16];
    fill_random(&mut bytes)?;
    let bits = (u128::from_be_bytes(bytes) & !(0xF000 << 64) & !(0xC000 << 48)) | (0x4000 << 64) | (0x8000 << 48);
    let digits = format!("{bits:032x}");
    let mut text = String::with_capacity(36);
    for (place, digit) in digits.chars().enumerate() {
        if matches!(place, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    Ok(Passphrase::new(text))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic
    )]
    use super::*;

    #[test]
    fn a_token_is_a_random_uuid() {
        for _ in 0..100 {
            let token = uuid().unwrap();
            let token = token.expose();
            let groups: Vec<usize> = token.split('-').map(str::len).collect();
            assert_eq!(groups, [8, 4, 4, 4, 12]);
            assert_eq!(token.as_bytes()[14], b'4');
            assert!(matches!(token.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
        }
        assert_ne!(uuid().unwrap().expose(), uuid().unwrap().expose());
    }
}
