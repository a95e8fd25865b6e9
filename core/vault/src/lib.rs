//! Persona vaults: everything a person knows about themselves and their dealings, encrypted, theirs alone.
//!
//! A vault is one SQLCipher file with its own random key, a small header beside it that wraps this key once for each
//! way in, and a sealed inbox for what arrives while it is locked. Rooms bring their tables as a [`RoomSchema`] and
//! work through [`Vault::read`] and [`Vault::write`]; they never open files themselves.
//!
//! ```
//! use tekram_primitives::{secret::Passphrase, time::SystemClock};
//! use tekram_vault::{RoomSchema, Scope, Store, VaultError};
//!
//! const LISTEN: RoomSchema = RoomSchema {
//!     room: "listen",
//!     migrations: &["CREATE TABLE listen_sitting (id INTEGER PRIMARY KEY, title TEXT NOT NULL) STRICT"],
//! };
//!
//! # fn main() -> Result<(), VaultError> {
//! # let folder = tempfile::tempdir().map_err(|source| VaultError::Io { action: "test", source })?;
//! let store = Store::open(folder.path())?;
//! let passphrase = Passphrase::from("correct horse battery staple");
//! let vault = store.create("Home", &passphrase, &[LISTEN], &SystemClock)?;
//! vault.write(Scope("listen"), |transaction| {
//!     transaction.execute("INSERT INTO listen_sitting (title) VALUES (?1)", ["Episode 1"])?;
//!     Ok::<_, VaultError>(())
//! })?;
//! vault.lock()?;
//!
//! let vault = store.unlock("Home", &passphrase, &[LISTEN])?;
//! let title: String = vault.read(|connection| {
//!     Ok::<_, VaultError>(connection.query_row("SELECT title FROM listen_sitting", [], |row| row.get(0))?)
//! })?;
//! assert_eq!(title, "Episode 1");
//! # Ok(())
//! # }
//! ```

mod age;
mod attribute;
mod audit;
mod backup;
mod blob;
mod change;
mod credential;
mod database;
mod delete;
mod durable;
mod error;
mod export;
mod frames;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod header;
mod hold;
mod holding_error;
mod inbox;
mod inbox_token;
mod key_store;
mod leftovers;
mod membership;
mod page;
mod pen;
mod progress;
mod purchase;
mod readers;
mod recovery;
mod rescue;
mod schema;
mod seal;
mod store;
mod stretch;
mod tries;
mod vault;
mod way_in;
mod way_key;
mod ways;

pub use attribute::{Attribute, AttributeSource, AttributeValue, NewAttribute, PersonName, PostalAddress};
pub use audit::{
    AuditBreak, AuditContent, AuditEntry, AuditEvent, AuditFault, AuditKind, AuditPage, AuditQuery, AuditReport,
    verify_audit_export,
};
pub use backup::{
    BACKUP_SUFFIX, BackedUp, BackupDamage, BackupEntry, BackupKey, BackupPlace, BackupState, Fill, FolderPlace,
    FullBackup, PlaceEntry, ReadSeek, RestoreOptions, Restored, Salvage, backups, check_backup,
};
pub use blob::{BLOB_LIMIT_BYTES, BlobEntry, BlobId, BlobReader, BlobWriter};
pub use change::{Scope, Subscription};
pub use credential::{CredentialEntry, CredentialFormat, CredentialRequest, StatusEntry};
pub use error::{KeyStoreError, VaultError};
pub use export::{ExportContent, Exported};
pub use holding_error::HoldingError;
pub use inbox::{Drained, ITEM_LIMIT_BYTES, Inbox, InboxAddress, InboxItem, ItemId};
pub use inbox_token::InboxToken;
pub use key_store::{FileKeyStore, KeyStore};
pub use membership::{Membership, MembershipEntry, Preference, PreferenceEntry, Stance};
pub use pen::{BATCH_LIMIT, NewCredential, PenAccepted, PenBatch, PenChoice, PenContent, PenItem, PenState};
pub use progress::{Progress, Watch};
pub use purchase::{
    CsvDate, CsvFault, CsvField, CsvLook, CsvPurchases, Purchase, PurchaseCsv, PurchaseEntry, PurchaseItem,
};
pub use recovery::{RECOVERY_WORDS, RecoveryAnswer, RecoveryPhrase};
pub use rescue::{DatabaseDamage, Fault, Rescue, RescueKey, RescueReport, RescuedTable};
pub use schema::RoomSchema;
pub use store::{Store, VaultEntry};
pub use vault::{AVATAR_LIMIT_BYTES, Face, KeyChange, ShownWhileLocked, Vault};
pub use way_in::{WayIn, WayInKind};
