//! The words of `tekram listen feed …`.

use clap::Subcommand;

/// `tekram listen feed …`
#[derive(Debug, Subcommand)]
pub enum FeedCommand {
    /// Follow the feed at an address; `-` reads the address from the standard input, where no list of processes shows it.
    #[command(after_help = "Example:\n  tekram listen feed add https://feeds.example/show.xml")]
    Add {
        /// The address.
        address: String,
        /// The address is yours alone: never show it.
        #[arg(long)]
        private: bool,
    },
    /// Ask the feeds that may be asked now, or one feed.
    #[command(after_help = "Example:\n  tekram listen feed refresh\n  tekram listen feed refresh 3")]
    Refresh {
        /// Number of the feed: ask it now.
        feed: Option<i64>,
    },
    /// Let a feed go; what was heard of it stays in the log.
    #[command(after_help = "Example:\n  tekram listen feed remove 3")]
    Remove {
        /// Number of the feed.
        feed: i64,
    },
}
