//! The words of `tekram listen account …`.

use clap::{Subcommand, ValueEnum};

/// What an account speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AccountKind {
    /// ListenBrainz's API.
    Listenbrainz,
    /// gpodder.net's API.
    Gpodder,
    /// Nextcloud's app gPodder Sync.
    Nextcloud,
    /// The Subsonic API: Navidrome and others.
    Subsonic,
}

/// `tekram listen account …`
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Add an account; its password or token is asked for, or taken from TEKRAM_ACCOUNT_SECRET.
    #[command(
        after_help = "Example:\n  tekram listen account add listenbrainz ada\n  tekram listen account add nextcloud ada --server https://cloud.example\n  tekram listen account add subsonic ada --server http://192.168.178.20:4533 --home"
    )]
    Add {
        /// What it speaks.
        #[arg(value_enum)]
        kind: AccountKind,
        /// Your name there.
        user: String,
        /// The server [default: listenbrainz.org or gpodder.net].
        #[arg(long, value_name = "URL")]
        server: Option<String>,
        /// It needs no password: listens at ListenBrainz are public.
        #[arg(long)]
        public: bool,
        /// The server is in your own network: its private address may be reached, by this account alone, and over http too as
        /// long as that stays there.
        #[arg(long)]
        home: bool,
    },
    /// The accounts, and when each was asked.
    #[command(after_help = "Example:\n  tekram listen account list")]
    List,
    /// Forget an account and its password; what it told stays.
    #[command(after_help = "Example:\n  tekram listen account remove 1")]
    Remove {
        /// Number of the account.
        account: i64,
    },
    /// Pull what is new, into the holding pen the first time; or watch what plays on a music server.
    #[command(after_help = "Example:\n  tekram listen account pull 1\n  tekram listen account pull 2 --for 3600")]
    Pull {
        /// Number of the account.
        account: i64,
        /// Accept at once what the account told.
        #[arg(long)]
        accept: bool,
        /// Ask for everything again, not only for what is new.
        #[arg(long)]
        again: bool,
        /// Subsonic: watch for this many seconds [default: until it is stopped].
        #[arg(long = "for", value_name = "SECONDS")]
        seconds: Option<u64>,
        /// Subsonic: seconds between two looks, at least 5.
        #[arg(long, default_value_t = 30, value_name = "SECONDS")]
        every: u64,
    },
}
