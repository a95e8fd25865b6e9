//! Every way in which a vault can refuse, each under its own stable code, so that a screen can say what happened and
//! what the person can do. No variant holds a path, a label, a passphrase or a key; a file is named by its role.

use std::io;

use tekram_primitives::credential::CredentialError;

use crate::holding_error::HoldingError;

/// Why a vault refused. [`VaultError::code`] is stable; the text is for developers.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The passphrase does not open any passphrase way in.
    #[error("no passphrase way in opens with this passphrase")]
    WrongPassphrase,
    /// Too many wrong passphrases: the next may be tried when the time is over.
    #[error("the next passphrase may be tried in {milliseconds} ms")]
    Wait {
        /// What is left, in milliseconds.
        milliseconds: u64,
    },
    /// So many wrong passphrases were tried as the person had set as the limit, and the vault was destroyed.
    #[error("too many wrong passphrases: the vault was destroyed, as it was set to")]
    Wiped,
    /// The vault is an older state of itself than the one that was last locked here.
    #[error("the vault was put back to an older state: commit {found}, and {kept} was the last")]
    RolledBack {
        /// The commit number that the key store has.
        kept: u64,
        /// The commit number of the vault.
        found: u64,
    },
    /// The bytes given as vault key are not this vault's key.
    #[error("the key given is not this vault's key")]
    WrongKey,
    /// The vault has no way in of the kind, or with the name, that was asked for.
    #[error("the vault has no such way in: {kind}")]
    NoSuchWayIn {
        /// `passphrase`, `key_store`, `recovery_phrase`, or `named` when it was looked for by name.
        kind: &'static str,
    },
    /// An empty passphrase protects nothing.
    #[error("an empty passphrase protects nothing")]
    EmptyPassphrase,
    /// The last way in cannot be removed: nobody could open the vault any more.
    #[error("the last way in stays")]
    LastWayIn,
    /// A way in of that name is there already.
    #[error("a way in of this name exists already")]
    WayInExists,
    /// A new vault key cannot be given to a way in that was not used since its header was of an older version, or whose key
    /// store is not at hand.
    #[error("a way in cannot take a new key now: {kind}")]
    WayNotUpgraded {
        /// `passphrase`, `key_store` or `recovery_phrase`.
        kind: &'static str,
    },
    /// The header has no room for more ways in.
    #[error("the header has no room for more ways in")]
    TooManyWaysIn,
    /// Recovery words are 24.
    #[error("recovery words are 24, not {words}")]
    RecoveryWordCount {
        /// How many there were.
        words: usize,
    },
    /// A word that is not in the list of BIP-39.
    #[error("word {position} is not one of the words that recovery words are made of")]
    RecoveryWordUnknown {
        /// Which word, counted from 1.
        position: usize,
    },
    /// Each word exists, and together they fail the checksum: one is another word, or the order is.
    #[error("one of the words is another word, or they are in another order")]
    RecoveryChecksum,
    /// Good recovery words, but not this vault's.
    #[error("these recovery words are not this vault's")]
    WrongRecoveryPhrase,
    /// No recovery words wait for being checked.
    #[error("there are no recovery words to check; show new ones first")]
    NothingToCheck,
    /// Too few of the words were given to call them written down.
    #[error("at least {least} different words must be given, by positions from 1 to 24")]
    TooFewAnswers {
        /// How many.
        least: usize,
    },
    /// A word is not the one that was shown.
    #[error("word {position} is not the word that was shown")]
    WrongRecoveryWord {
        /// Which word, counted from 1.
        position: usize,
    },
    /// A file of the vault is not what a vault has in that place.
    #[error("{file} is not a vault's file")]
    NotAVault {
        /// The file's role: `header.json` or `vault.db`.
        file: &'static str,
    },
    /// A file that belongs to every vault is not there.
    #[error("{file} is missing")]
    MissingFile {
        /// The file's role.
        file: &'static str,
    },
    /// A file is shorter than it must be.
    #[error("{file} was cut short")]
    Truncated {
        /// The file's role.
        file: &'static str,
    },
    /// A file's content fails its authentication or its checksum.
    #[error("{file} is damaged")]
    Damaged {
        /// The file's role.
        file: &'static str,
    },
    /// The header is whole, but it was written by somebody who does not hold the vault key.
    #[error("the header was changed by something that does not hold the vault key")]
    HeaderForged,
    /// Files of two different vaults lie in one folder.
    #[error("{file} belongs to another vault")]
    ForeignVault {
        /// The role of the file that does not belong.
        file: &'static str,
    },
    /// Another process, or another handle in this one, holds the vault.
    #[error("the vault is in use by another process or handle")]
    VaultInUse,
    /// A newer version of the program wrote this vault.
    #[error("room {room} has schema {found}, this program knows up to {known}")]
    NewerSchema {
        /// The room, or `header` for the header file's own version.
        room: String,
        /// The version in the vault.
        found: u32,
        /// The newest version this program knows.
        known: u32,
    },
    /// A migration failed; the vault keeps the version it had before.
    #[error("migration {version} of room {room} failed and was undone")]
    MigrationFailed {
        /// The room whose migration failed.
        room: &'static str,
        /// The version it would have led to.
        version: u32,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// No vault with this id or label.
    #[error("no vault with this id or label")]
    NoSuchVault,
    /// A vault with this label is there already.
    #[error("a vault with this label exists already")]
    VaultExists,
    /// The label is empty, too long or has control characters.
    #[error("a label has 1 to 64 characters and no control characters")]
    BadLabel,
    /// The vault was locked while this handle was kept.
    #[error("the vault is locked")]
    Locked,
    /// A write was begun inside a write of the same thread.
    #[error("a write cannot begin inside another write")]
    NestedWrite,
    /// An item for the inbox is larger than the inbox takes.
    #[error("an inbox item has at most {limit_bytes} bytes")]
    ItemTooLarge {
        /// The limit, in bytes of the plain item.
        limit_bytes: usize,
    },
    /// Something that the vault holds was refused: audit, files, attributes, purchases, credentials.
    #[error(transparent)]
    Holding(#[from] HoldingError),
    /// The person, or the program for them, stopped a long step. Everything is as it was before it.
    #[error("the step was cancelled")]
    Cancelled,
    /// Reads that take long kept a step from beginning.
    #[error("the vault is busy with long reads")]
    Busy,
    /// The vault has neither a passphrase nor checked recovery words: nothing could ever open its backup on another device.
    #[error("a backup needs a passphrase or checked recovery words as a way in")]
    BackupWithoutWay,
    /// The file is no backup.
    #[error("this is not a backup")]
    NotABackup,
    /// The backup has no state of that number.
    #[error("the backup has no such state")]
    NoSuchState,
    /// The file is no export.
    #[error("this is not an export")]
    NotAnExport,
    /// The export is a part of a vault, without keys: no vault can be made of it.
    #[error("the export is only a part of a vault")]
    ExportIsPartial,
    /// A part of an export is not what was written there.
    #[error("the export is damaged: {part}")]
    ExportDamaged {
        /// `manifest`, `seal`, `zip`, `files`, or a table's name.
        part: String,
    },
    /// The vault has no table of that name.
    #[error("the vault has no such table")]
    NoSuchTable,
    /// A part of a backup is not what was written there.
    #[error("segment {segment} of the backup is damaged: {part} {pages}")]
    BackupDamaged {
        /// The segment, counted from 0.
        segment: u32,
        /// The part: see [`crate::BackupDamage`].
        part: &'static str,
        /// The pages of the database that lie there, as ranges.
        pages: String,
    },
    /// A credential, or what was fetched about it, does not hold.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// The platform's key store refused.
    #[error("the key store refused")]
    KeyStore(#[from] KeyStoreError),
    /// The SQLite in this program is not SQLCipher, so nothing was opened.
    #[error("this program was built without SQLCipher")]
    NotEncrypted,
    /// The system gave no randomness, or a cryptographic step failed that cannot fail on whole input.
    #[error("a cryptographic step failed: {step}")]
    Crypto {
        /// Which step.
        step: &'static str,
    },
    /// The disk or the file system refused.
    #[error("{action} failed")]
    Io {
        /// What was being done, with the file's role.
        action: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// SQLite refused.
    #[error("the database refused")]
    Db(#[source] rusqlite::Error),
}

impl VaultError {
    /// The stable name of this refusal, for callers, tests and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongPassphrase => "wrong_passphrase",
            Self::Wait { .. } => "wait",
            Self::Wiped => "wiped",
            Self::RolledBack { .. } => "rolled_back",
            Self::WrongKey => "wrong_key",
            Self::NoSuchWayIn { .. } => "no_such_way_in",
            Self::EmptyPassphrase => "empty_passphrase",
            Self::LastWayIn => "last_way_in",
            Self::WayInExists => "way_in_exists",
            Self::WayNotUpgraded { .. } => "way_not_upgraded",
            Self::TooManyWaysIn => "too_many_ways_in",
            Self::RecoveryWordCount { .. } => "recovery_word_count",
            Self::RecoveryWordUnknown { .. } => "recovery_word_unknown",
            Self::RecoveryChecksum => "recovery_checksum",
            Self::WrongRecoveryPhrase => "wrong_recovery_phrase",
            Self::NothingToCheck => "nothing_to_check",
            Self::TooFewAnswers { .. } => "too_few_answers",
            Self::WrongRecoveryWord { .. } => "wrong_recovery_word",
            Self::NotAVault { .. } => "not_a_vault",
            Self::MissingFile { .. } => "missing_file",
            Self::Truncated { .. } => "truncated",
            Self::Damaged { .. } => "damaged",
            Self::HeaderForged => "header_forged",
            Self::ForeignVault { .. } => "foreign_vault",
            Self::VaultInUse => "vault_in_use",
            Self::NewerSchema { .. } => "newer_schema",
            Self::MigrationFailed { .. } => "migration_failed",
            Self::NoSuchVault => "no_such_vault",
            Self::VaultExists => "vault_exists",
            Self::BadLabel => "bad_label",
            Self::Locked => "locked",
            Self::NestedWrite => "nested_write",
            Self::ItemTooLarge { .. } => "item_too_large",
            Self::Holding(error) => error.code(),
            Self::Credential(error) => error.code(),
            Self::Cancelled => "cancelled",
            Self::Busy => "busy",
            Self::BackupWithoutWay => "backup_without_way",
            Self::NotABackup => "not_a_backup",
            Self::NoSuchState => "no_such_state",
            Self::NotAnExport => "not_an_export",
            Self::ExportIsPartial => "export_is_partial",
            Self::ExportDamaged { .. } => "export_damaged",
            Self::NoSuchTable => "no_such_table",
            Self::BackupDamaged { .. } => "backup_damaged",
            Self::KeyStore(error) => error.code(),
            Self::NotEncrypted => "not_encrypted",
            Self::Crypto { .. } => "crypto",
            Self::Io { .. } => "io",
            Self::Db(_) => "db",
        }
    }

    /// Names what was being done when the system refused; for `map_err`.
    pub(crate) fn io(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }
}

impl From<rusqlite::Error> for VaultError {
    /// A page that fails its authentication while the vault is open is damage, not a mistake of the caller. SQLCipher gives it several
    /// names: to whoever meets the page, SQLite's own or an error without a text of its own, which no mistake in SQL is; and
    /// "out of memory" to all that is asked later of that connection. SQLite itself runs out of memory long after we do.
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, OutOfMemory};
        let is_damage = match &error {
            rusqlite::Error::SqliteFailure(failure, text) => {
                matches!(failure.code, DatabaseCorrupt | NotADatabase | OutOfMemory)
                    || (failure.extended_code == SQLITE_ERROR && text.as_deref() == Some(ERROR_WITHOUT_TEXT))
            }
            error => matches!(
                error.sqlite_error_code(),
                Some(DatabaseCorrupt | NotADatabase | OutOfMemory)
            ),
        };
        if is_damage {
            Self::Damaged { file: "vault.db" }
        } else {
            Self::Db(error)
        }
    }
}

/// SQLite's generic error, and what it says of it when nothing else was said.
const SQLITE_ERROR: i32 = 1;
const ERROR_WITHOUT_TEXT: &str = "SQL logic error";

/// Why a key store refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyStoreError {
    /// The store no longer has the key (new fingerprint enrolled, device reset, file removed).
    #[error("the key store no longer has this key")]
    KeyGone,
    /// The store wants the person's presence first.
    #[error("the key store wants the person's presence")]
    PresenceNeeded,
    /// The wrapped bytes were not made by this key.
    #[error("the wrapped key was not made by this key store")]
    NotMine,
    /// Native code that stands behind the trait threw; its text is dropped.
    #[error("the host's key store threw")]
    HostFailed,
    /// The store itself failed.
    #[error("the key store failed: {action}")]
    Failed {
        /// What was being done.
        action: &'static str,
    },
}

impl KeyStoreError {
    /// The stable name of this refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::KeyGone => "key_gone",
            Self::PresenceNeeded => "presence_needed",
            Self::NotMine => "key_not_mine",
            Self::HostFailed => "host_failed",
            Self::Failed { .. } => "key_store_failed",
        }
    }
}
