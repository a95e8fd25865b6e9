//! The words of `tekram vault …`: how the vault looks and locks, what its audit says, its key, and the ways out and back.

use clap::Subcommand;

/// `tekram vault …`
#[derive(Debug, Subcommand)]
pub enum VaultCommand {
    /// Show or set after how many wrong passphrases the vault destroys itself; it never does unless this is set.
    #[command(after_help = "Example:\n  tekram vault wipe-after 20\n  tekram vault wipe-after --off")]
    WipeAfter {
        /// So many wrong passphrases, one after the other; five at least.
        #[arg(conflicts_with = "off")]
        wrong: Option<u32>,
        /// Never.
        #[arg(long)]
        off: bool,
    },
}
