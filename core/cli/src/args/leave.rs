//! The words of `tekram vault` for ways out and back: backups, restoring, checking, rescuing, exporting, importing.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `tekram vault backup`, `restore`, `export` and their like.
#[derive(Debug, Subcommand)]
pub enum LeaveCommand {
    /// Back the persona up, to the place that it uses, while it stays in use; adds to the backup that is there.
    #[command(
        after_help = "Example:\n  tekram vault backup --to /media/stick/tekram\n  tekram vault backup --to https://dav.example/backups/ --user me\n  tekram vault backup --to http://192.168.178.20/backups/ --user me --home-network\n  tekram vault backup --if-due"
    )]
    Backup {
        /// Use this folder, or this folder on a WebDAV server, from now on.
        #[arg(long, value_name = "DIR|URL")]
        to: Option<String>,
        #[command(flatten)]
        login: Login,
        /// Do nothing when the last backup is less than a day old.
        #[arg(long)]
        if_due: bool,
        /// Use no place any more; the backups that are there stay.
        #[arg(long, conflicts_with_all = ["to", "if_due"])]
        forget: bool,
    },
    /// List the backups in a place, and their states; without a place, the persona's own and how the last one ended.
    #[command(after_help = "Example:\n  tekram vault backups --from /media/stick/tekram")]
    Backups {
        #[command(flatten)]
        from: From,
    },
    /// Make the persona of a backup again, by its passphrase or the words in TEKRAM_RECOVERY_WORDS.
    #[command(
        after_help = "Example:\n  tekram vault restore --from /media/stick/tekram\n  tekram vault restore --from /media/stick/tekram --state 3 --replace\n  tekram vault restore --from /media/stick/tekram --salvage Saved"
    )]
    Restore {
        #[command(flatten)]
        backup: Backup,
        /// Restore this state, as `tekram vault backups` numbers them [default: the newest].
        #[arg(long)]
        state: Option<u32>,
        /// Call the persona so [default: as before].
        #[arg(long, value_name = "NEW")]
        name: Option<String>,
        /// Replace the persona of this backup that is on this device.
        #[arg(long)]
        replace: bool,
        /// Save what a damaged backup still has as a new persona of this name; its passphrase is asked for, or taken from
        /// TEKRAM_NEW_PASSPHRASE.
        #[arg(long, value_name = "NEW", conflicts_with_all = ["name", "replace"])]
        salvage: Option<String>,
    },
    /// Prove that the vault is whole, its audit too; or, with --from, that a backup is. Ends with 1 when it is not.
    #[command(after_help = "Example:\n  tekram vault check\n  tekram vault check --from /media/stick/tekram")]
    Check {
        /// The backup's file name; may be left out when there is only one.
        #[arg(requires = "from")]
        backup: Option<String>,
        /// Folder, or folder on a WebDAV server, with the backup.
        #[arg(long, value_name = "DIR|URL")]
        from: Option<String>,
        #[command(flatten)]
        login: Login,
    },
    /// Save what is left of a damaged vault as a new persona; the damaged one stays as it is.
    #[command(after_help = "Example:\n  tekram --persona Home vault rescue Saved")]
    Rescue {
        /// Name of the new persona; its passphrase is asked for, or taken from TEKRAM_NEW_PASSPHRASE.
        name: String,
    },
    /// Write everything to one file, sealed with a passphrase; or, with --open, what other programs can read, in the clear.
    #[command(
        after_help = "The sealed file is in the age format: age -d everything.age > everything.zip\n\nExample:\n  tekram vault export everything.age\n  tekram vault export mine.zip --open"
    )]
    Export {
        /// File to write; it must not exist yet.
        file: PathBuf,
        /// In the clear, without keys and money. No persona can be made of it.
        #[arg(long)]
        open: bool,
    },
    /// Make the persona of a sealed export again. The passphrase that sealed it becomes its way in.
    #[command(after_help = "Example:\n  tekram vault import everything.age")]
    Import {
        /// The file, sealed or unsealed by hand.
        file: PathBuf,
        /// Call the persona so [default: as before].
        #[arg(long, value_name = "NEW")]
        name: Option<String>,
    },
}

/// Who the person is to a server.
#[derive(Debug, Args)]
pub struct Login {
    /// User name on the WebDAV server; the password is asked for, or taken from TEKRAM_SERVER_PASSWORD.
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// The WebDAV server is in my own network: its private address may be reached, for backups alone, and over http: as long as
    /// that stays in this network. Kept with the place.
    #[arg(long)]
    pub home_network: bool,
}

/// A place with backups.
#[derive(Debug, Args)]
pub struct From {
    /// Folder, or folder on a WebDAV server, with the backups [default: the persona's own place].
    #[arg(long, value_name = "DIR|URL")]
    pub from: Option<String>,
    #[command(flatten)]
    pub login: Login,
}

/// A backup in a place.
#[derive(Debug, Args)]
pub struct Backup {
    /// The backup's file name; may be left out when there is only one.
    pub backup: Option<String>,
    /// Folder, or folder on a WebDAV server, with the backup.
    #[arg(long, value_name = "DIR|URL")]
    pub from: String,
    #[command(flatten)]
    pub login: Login,
}
