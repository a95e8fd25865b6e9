//! The words of `tekram listen endpoint …`.

use clap::Subcommand;

/// `tekram listen endpoint …`
#[derive(Debug, Subcommand)]
pub enum EndpointCommand {
    /// Answer on a port of 127.0.0.1, until it is stopped; nothing is unlocked.
    #[command(after_help = "Example:\n  tekram listen endpoint serve")]
    Serve {
        /// Port.
        #[arg(long, default_value_t = tekram_agent::ENDPOINT_PORT)]
        port: u16,
        /// Stop after this many seconds.
        #[arg(long = "for", value_name = "SECONDS")]
        seconds: Option<u64>,
    },
    /// Tokens of apps: each app gets one of its own, which can be taken back.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram listen endpoint token add \"Pano Scrobbler\""
    )]
    Token(TokenCommand),
}

/// `tekram listen endpoint token …`
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token for an app, and show it this once.
    #[command(after_help = "Example:\n  tekram listen endpoint token add \"Pano Scrobbler\"")]
    Add {
        /// The app, as you call it.
        app: String,
    },
    /// The apps that have a token.
    #[command(after_help = "Example:\n  tekram listen endpoint token list")]
    List,
    /// Take a token back.
    #[command(after_help = "Example:\n  tekram listen endpoint token revoke 3f2a")]
    Revoke {
        /// The token's id, or its beginning, as `list` prints it.
        id: String,
    },
}
