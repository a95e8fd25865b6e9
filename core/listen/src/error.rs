//! What can go wrong with a whole import or question, each with a stable code. A single bad line is not an error: it
//! is refused with a [`Reason`](crate::Reason) and the rest goes on.

use tekram_vault::VaultError;

/// An error of the `listen` room. No variant holds a title, a name or a line of somebody's log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The file could not be read.
    #[error("the file could not be read: {kind}")]
    Io {
        /// What the system said.
        kind: std::io::ErrorKind,
    },
    /// Nothing in the file looks like a listening history that is understood here.
    #[error("this is no listening history in a known format")]
    UnknownFormat,
    /// The file is a web page, as Takeout makes it when it is not asked for JSON.
    #[error("this is a page to look at and no data: ask the provider for JSON")]
    WebPage,
    /// The file is a table whose columns only the person can name.
    #[error("this table is of no known format: say which of its columns is what")]
    MappingNeeded,
    /// A mapping of columns leaves out what is needed, or cannot be one.
    #[error("the columns cannot be read so: {what}")]
    BadMapping {
        /// What is missing or wrong.
        what: &'static str,
    },
    /// The file is a database that does not open.
    #[error("the database is damaged or no plain SQLite file: export it again")]
    DamagedDatabase,
    /// The file is a zip archive whose end is missing, and nothing in it can be read: the download was cut off.
    #[error("the zip archive is cut off or damaged, and nothing in it can be read: fetch it again")]
    TruncatedArchive,
    /// The archive unpacks to far more than a listening history can be.
    #[error("the archive unpacks to far more than it should: {limit}")]
    ArchiveBomb {
        /// Which limit was passed.
        limit: &'static str,
    },
    /// The archive is encrypted.
    #[error("the archive is locked with a password: unpack it first")]
    LockedArchive,
    /// A list of subscriptions or a database is larger than any real one.
    #[error("the file is larger than {limit_bytes} bytes")]
    FileTooLarge {
        /// The largest size taken.
        limit_bytes: u64,
    },
    /// The person stopped the import; nothing of it was kept.
    #[error("the import was stopped; nothing of it was kept")]
    Cancelled,
    /// Another import or removal runs on this log.
    #[error("another import or removal is running on this log: wait for it")]
    ImportRunning,
    /// There is no such batch.
    #[error("there is no import number {batch_id}")]
    NoSuchBatch {
        /// The number asked for.
        batch_id: i64,
    },
    /// The batch is in a state in which this cannot be done.
    #[error("import number {batch_id} is {state}, so this cannot be done with it")]
    WrongBatchState {
        /// The batch.
        batch_id: i64,
        /// Its state.
        state: &'static str,
    },
    /// There is no such listen.
    #[error("there is no listen number {play_id}")]
    NoSuchListen {
        /// The number asked for.
        play_id: i64,
    },
    /// There is no such work, or no such description of one.
    #[error("there is no work or description number {work}")]
    NoSuchWork {
        /// The number asked for.
        work: i64,
    },
    /// Works of different kinds are not one work.
    #[error("works of different kinds cannot be one")]
    DifferentKinds,
    /// Less than two works to say are one.
    #[error("name two works or more to make one of them")]
    NothingToMerge,
    /// The descriptions are not of one work, or are all that it has.
    #[error("name some descriptions of one work, not all of them")]
    NothingToSplit,
    /// No change is left that could be taken back.
    #[error("there is no change to take back")]
    NothingToUndo,
    /// A correction would leave nothing that names the listen.
    #[error("a listen needs a title or somebody who made it")]
    NothingNamed,
    /// A note, tag or correction is longer than is kept.
    #[error("that is longer than is kept: {limit} at most")]
    EditTooLong {
        /// The longest that is kept, in bytes; for a list, the most there can be.
        limit: usize,
    },
    /// A page mark was not made by this log.
    #[error("the page mark is not one of this log")]
    BadCursor,
    /// No such time zone.
    #[error("no such time zone")]
    UnknownZone,
    /// There is no such feed among those that are followed.
    #[error("no feed number {feed_id} is followed")]
    NoSuchFeed {
        /// The number asked for.
        feed_id: i64,
    },
    /// There is no such episode.
    #[error("there is no episode number {episode_id}")]
    NoSuchEpisode {
        /// The number asked for.
        episode_id: i64,
    },
    /// No feed can have this address.
    #[error("no feed can have this address")]
    BadFeedAddress,
    /// No stream can have this address.
    #[error("no stream can have this address")]
    BadStationAddress,
    /// A stream can be read by everybody on the way, and the person did not say that it may.
    #[error("the stream is not encrypted on its way (http); that has to be allowed for it")]
    InsecureStream,
    /// There is no such station.
    #[error("there is no station number {station_id}")]
    NoSuchStation {
        /// The number asked for.
        station_id: i64,
    },
    /// An episode has no medium that could be played.
    #[error("episode number {episode_id} has nothing to play")]
    NothingToPlay {
        /// The number asked for.
        episode_id: i64,
    },
    /// A file of chapters is none.
    #[error("this is no file of chapters")]
    BadChapters,
    /// A text is no range of days.
    #[error("not a range of dates, like 2026, 2026-10, 2026-W40, 2026-10-01, 2026-10-01..2026-10-15 or all")]
    NotARange,
    /// A text is no moment.
    #[error("not a moment, like 2026-10-01T21:30 or 2026-10-01T19:30:00Z")]
    NotAMoment,
    /// An app's name is empty or too long.
    #[error("an app's name has 1 to 256 bytes")]
    BadAppName,
    /// A page that was read cannot be a listen.
    #[error("the page's {field} cannot be used")]
    BadPage {
        /// The field at fault.
        field: &'static str,
    },
    /// There are as many tokens as there can be.
    #[error("there are {limit} tokens already: take one back first")]
    TooManyTokens {
        /// The limit.
        limit: usize,
    },
    /// There is no such token.
    #[error("there is no such token")]
    NoSuchToken,
    /// The operating system gave no randomness.
    #[error("the system's random number generator failed")]
    NoRandomness,
    /// An account cannot be added as it was given.
    #[error("the account's {field} cannot be used")]
    BadPullAccount {
        /// Which part: `address`, `user` or `password`.
        field: &'static str,
    },
    /// There is no such account.
    #[error("there is no account number {account_id}")]
    NoSuchPullAccount {
        /// The number asked for.
        account_id: i64,
    },
    /// The account keeps no history that could be pulled.
    #[error("this account keeps no history; what plays there can be watched")]
    NothingToPull,
    /// The account does not say what plays right now.
    #[error("this account does not say what plays right now; its history can be pulled")]
    NothingToWatch,
    /// The export could not be written.
    #[error("the export could not be written: {kind}")]
    Write {
        /// What the system said.
        kind: std::io::ErrorKind,
    },
    /// Nothing was chosen to be shown of the listens.
    #[error("nothing was chosen to be shown of the listens")]
    NoFieldChosen,
    /// No listen is in what was chosen.
    #[error("there is no listen in what was chosen")]
    NothingToDisclose,
    /// More listens than one extract holds.
    #[error("an extract holds at most {limit} listens: choose a shorter time")]
    TooManyListens {
        /// The most.
        limit: usize,
    },
    /// There is no such extract.
    #[error("there is no such extract")]
    NoSuchExtract,
    /// An extract is not the one that was asked for, or contradicts itself.
    #[error("the extract does not fit: {part}")]
    WrongExtract {
        /// What of it.
        part: &'static str,
    },
    /// There is no such server to send listens to.
    #[error("there is no such server to send listens to")]
    NoSuchAccount,
    /// Something about a server to send listens to cannot be used.
    #[error("{field} of the server cannot be used")]
    BadAccount {
        /// What of it.
        field: &'static str,
    },
    /// The log holds something this version cannot read.
    #[error("the log holds a {what} that this version cannot read")]
    Unreadable {
        /// Which column.
        what: &'static str,
    },
}

impl ListenError {
    /// Stable snake_case name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Vault(error) => error.code(),
            Self::Io { .. } => "io",
            Self::UnknownFormat => "unknown_format",
            Self::WebPage => "web_page",
            Self::MappingNeeded => "mapping_needed",
            Self::BadMapping { .. } => "bad_mapping",
            Self::DamagedDatabase => "damaged_database",
            Self::TruncatedArchive => "truncated_archive",
            Self::ArchiveBomb { .. } => "archive_bomb",
            Self::LockedArchive => "locked_archive",
            Self::FileTooLarge { .. } => "file_too_large",
            Self::Cancelled => "cancelled",
            Self::ImportRunning => "import_running",
            Self::NoSuchBatch { .. } => "no_such_batch",
            Self::WrongBatchState { .. } => "wrong_batch_state",
            Self::NoSuchListen { .. } => "no_such_listen",
            Self::NoSuchWork { .. } => "no_such_work",
            Self::DifferentKinds => "different_kinds",
            Self::NothingToMerge => "nothing_to_merge",
            Self::NothingToSplit => "nothing_to_split",
            Self::NothingToUndo => "nothing_to_undo",
            Self::NothingNamed => "nothing_named",
            Self::EditTooLong { .. } => "edit_too_long",
            Self::BadCursor => "bad_cursor",
            Self::UnknownZone => "unknown_zone",
            Self::NoSuchFeed { .. } => "no_such_feed",
            Self::NoSuchEpisode { .. } => "no_such_episode",
            Self::BadFeedAddress => "bad_feed_address",
            Self::BadChapters => "bad_chapters",
            Self::BadStationAddress => "bad_station_address",
            Self::InsecureStream => "insecure_stream",
            Self::NoSuchStation { .. } => "no_such_station",
            Self::NothingToPlay { .. } => "nothing_to_play",
            Self::NotARange => "not_a_range",
            Self::NotAMoment => "not_a_moment",
            Self::BadAppName => "bad_app_name",
            Self::BadPage { .. } => "bad_page",
            Self::TooManyTokens { .. } => "too_many_tokens",
            Self::NoSuchToken => "no_such_token",
            Self::NoRandomness => "no_randomness",
            Self::BadPullAccount { .. } => "bad_account",
            Self::NoSuchPullAccount { .. } => "no_such_account",
            Self::NothingToPull => "nothing_to_pull",
            Self::NothingToWatch => "nothing_to_watch",
            Self::Write { .. } => "write_failed",
            Self::NoFieldChosen => "no_field_chosen",
            Self::NothingToDisclose => "nothing_to_disclose",
            Self::TooManyListens { .. } => "too_many_listens",
            Self::NoSuchExtract => "no_such_extract",
            Self::WrongExtract { .. } => "wrong_extract",
            Self::NoSuchAccount => "no_such_listen_account",
            Self::BadAccount { .. } => "bad_listen_account",
            Self::Unreadable { .. } => "unreadable",
        }
    }
}

impl From<rusqlite::Error> for ListenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Vault(error.into())
    }
}
