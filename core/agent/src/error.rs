//! One error for everything above the rooms: the room's own error, with its stable code.

use thiserror::Error;

use crate::code::error_number;

/// Why a use case did not happen. [`AgentError::code`] is stable; the text is for developers and logs and holds no
/// personal data.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AgentError {
    /// There is no persona of that name, or none at all.
    #[error("there is no such persona")]
    NoSuchPersona,
    /// Several personas exist and none was named.
    #[error("there are several personas; name one")]
    WhichPersona,
    /// The device was opened without a key store.
    #[error("this device has no key store")]
    NoKeyStore,
    /// A setting that was given cannot be used.
    #[error("{what} cannot be used: {reason}")]
    BadSetting {
        /// Which setting.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// The log is empty, so there is no month to make a statement of.
    #[error("the log is empty; import a history first")]
    EmptyLog,
    /// Nothing was heard in that month.
    #[error("nothing was heard in that month, so there is nothing to divide a budget over")]
    EmptyMonth,
    /// The month has not begun.
    #[error("that month has not begun yet")]
    MonthInFuture,
    /// No payee of the statement takes e-cash of the mint that was named.
    #[error("nobody in this statement takes e-cash of that provider; name one that they take, or none")]
    MintNotTaken,
    /// There is no statement for that month.
    #[error("there is no statement for that month; make one first")]
    NoSuchStatement,
    /// There is no budget yet.
    #[error("no budget has been set")]
    NoBudget,
    /// The picture of a persona is too large.
    #[error("a persona's picture has at most {limit_bytes} bytes")]
    AvatarTooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// An address that was asked about a credential answered with an error.
    #[error("the address that was asked about the credential answered with status {status}")]
    NotServed {
        /// The HTTP status.
        status: u16,
    },
    /// A file is too long to be read at once.
    #[error("at most {limit_bytes} bytes of a file are read at once")]
    FileTooLong {
        /// The limit.
        limit_bytes: u64,
    },
    /// A server asked to be left alone for a while.
    #[error("the server asks to wait {} s", wait_ms.saturating_add(999) / 1000)]
    AskLater {
        /// How much longer.
        wait_ms: i64,
    },
    /// The endpoint for other apps cannot have its port.
    #[error("port {port} of this device cannot be had: {kind}")]
    NoEndpoint {
        /// The port.
        port: u16,
        /// What the system said.
        kind: std::io::ErrorKind,
    },
    /// The persona has no place for backups.
    #[error("no place for backups was chosen")]
    NoBackupPlace,
    /// The place is not there.
    #[error("there is no such place with backups")]
    NoSuchBackupPlace,
    /// The place has no backup of that name.
    #[error("there is no backup of that name")]
    NoSuchBackup,
    /// The folder is one that only the host gets at, and it did not hand it over.
    #[error("the folder for backups must be handed over")]
    BackupFolderNeeded,
    /// Both sides have signed no such agreement.
    #[error("there is no such agreement that this party and you have both signed")]
    NotAgreed,
    /// A server that listens are sent to does not take the token.
    #[error("the server does not take the token")]
    TokenRefused,
    /// The server does not speak ListenBrainz's API at that address.
    #[error("the server does not speak ListenBrainz's API at that address")]
    NotListenbrainz,
    /// Sending listens to this server is turned off.
    #[error("sending listens to this server is turned off")]
    AccountOff,
    /// A server for backups.
    #[error(transparent)]
    Server(#[from] tekram_net::DavError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] tekram_vault::VaultError),
    /// The log.
    #[error(transparent)]
    Listen(#[from] tekram_listen::ListenError),
    /// Payments.
    #[error(transparent)]
    Pay(#[from] tekram_pay::PayError),
    /// Ecash.
    #[error(transparent)]
    Cashu(#[from] tekram_pay::cashu::CashuError),
    /// A payment rail.
    #[error(transparent)]
    Rail(#[from] tekram_pay::rail::RailError),
    /// Terms and agreements.
    #[error(transparent)]
    Relate(#[from] tekram_relate::RelateError),
    /// Intents.
    #[error(transparent)]
    Intent(#[from] tekram_intent::IntentError),
    /// HTTP.
    #[error(transparent)]
    Fetch(#[from] tekram_net::FetchError),
    /// Relays.
    #[error(transparent)]
    Bus(#[from] tekram_net::BusError),
    /// A time or month.
    #[error(transparent)]
    Time(#[from] tekram_primitives::time::TimeError),
    /// An amount.
    #[error(transparent)]
    Money(#[from] tekram_primitives::money::MoneyError),
    /// A signed record.
    #[error(transparent)]
    Record(#[from] tekram_primitives::record::RecordError),
}

impl AgentError {
    /// Stable number of what went wrong: room × 1000 + number within the room.
    #[must_use]
    pub fn number(&self) -> u32 {
        error_number(self.code())
    }

    /// Stable snake_case name of what went wrong.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchPersona => "no_such_persona",
            Self::WhichPersona => "which_persona",
            Self::NoKeyStore => "no_key_store",
            Self::BadSetting { .. } => "bad_setting",
            Self::EmptyLog => "empty_log",
            Self::EmptyMonth => "empty_month",
            Self::MonthInFuture => "month_in_future",
            Self::MintNotTaken => "mint_not_taken",
            Self::NoSuchStatement => "no_such_statement",
            Self::NoBudget => "no_budget",
            Self::AvatarTooLarge { .. } => "avatar_too_large",
            Self::NotServed { .. } => "not_served",
            Self::FileTooLong { .. } => "file_too_long",
            Self::AskLater { .. } => "ask_later",
            Self::NoEndpoint { .. } => "no_endpoint",
            Self::NoBackupPlace => "no_backup_place",
            Self::NoSuchBackupPlace => "no_such_backup_place",
            Self::NoSuchBackup => "no_such_backup",
            Self::BackupFolderNeeded => "backup_folder_needed",
            Self::NotAgreed => "not_agreed",
            Self::TokenRefused => "token_refused",
            Self::NotListenbrainz => "not_listenbrainz",
            Self::AccountOff => "listen_account_off",
            Self::Server(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Listen(error) => error.code(),
            Self::Pay(error) => error.code(),
            Self::Cashu(error) => error.code(),
            Self::Rail(error) => error.code(),
            Self::Relate(error) => error.code(),
            Self::Intent(error) => error.code(),
            Self::Fetch(error) => error.code(),
            Self::Bus(error) => error.code(),
            Self::Time(error) => error.code(),
            Self::Money(error) => error.code(),
            Self::Record(error) => error.code(),
        }
    }
}
