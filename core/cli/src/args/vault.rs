//! The words of `tekram vault …`: how the vault looks and locks, what its audit says, its key, and the ways out and back.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use tekram_agent::Timestamp;

use super::LeaveCommand;

/// `tekram vault …`
#[derive(Debug, Subcommand)]
pub enum VaultCommand {
    /// Show how the persona looks, or change it: its colour, its picture, and what is seen while it is locked.
    #[command(
        after_help = "Example:\n  tekram vault face --colour 2a6f4e --picture me.png\n  tekram vault face --show name,colour"
    )]
    Face(FaceArgs),
    /// Show or set after how many seconds an app locks the persona by itself when nobody touches it.
    #[command(after_help = "Example:\n  tekram vault auto-lock 300\n  tekram vault auto-lock --off")]
    AutoLock {
        /// So many seconds; one at least.
        #[arg(conflicts_with = "off")]
        seconds: Option<u32>,
        /// Never.
        #[arg(long)]
        off: bool,
    },
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
    /// Say that the vault is an older state of itself, because you put it back: the next unlock takes it as it is.
    #[command(after_help = "Example:\n  tekram --key-store ~/.tekram-keys vault accept-rollback")]
    AcceptRollback,
    /// Who read or got what, and what was done to the vault; newest first.
    #[command(
        after_help = "Example:\n  tekram vault audit --limit 50\n  tekram vault audit --kind disclosure --kind export --from 2026-11-01"
    )]
    Audit(AuditArgs),
    /// Write the whole audit to a file that anybody can check without the vault.
    #[command(after_help = "Example:\n  tekram vault audit-export audit.jsonl")]
    AuditExport {
        /// File to write; it must not exist yet.
        file: PathBuf,
    },
    /// Check that nobody changed or removed an entry of the audit, or of a file that was written from one.
    #[command(after_help = "Example:\n  tekram vault audit-check\n  tekram vault audit-check audit.jsonl")]
    AuditCheck {
        /// A file that `audit-export` wrote; nothing is unlocked then.
        file: Option<PathBuf>,
    },
    /// Destroy the texts of entries of the audit for good; that there were entries stays.
    #[command(after_help = "Example:\n  tekram vault audit-forget 17 18 --yes")]
    AuditForget {
        /// Numbers of the entries, as `tekram vault audit` prints them.
        #[arg(required = true)]
        numbers: Vec<u32>,
        /// Yes, for good.
        #[arg(long)]
        yes: bool,
    },
    /// Give the vault a new key: whoever kept the old one reads nothing that is written from then on.
    #[command(after_help = "Example:\n  tekram vault key-change\n  tekram vault key-change --without \"passphrase 2\"")]
    KeyChange {
        /// Remove this way in with the old key, as `tekram persona ways` names it; may be repeated.
        #[arg(long, value_name = "NAME")]
        without: Vec<String>,
        /// Remove ways in too that cannot take a new key now.
        #[arg(long)]
        drop_others: bool,
    },
    /// Ways out and back.
    #[command(flatten)]
    Leave(LeaveCommand),
}

/// What of the face is to be changed.
#[derive(Debug, Args)]
pub struct FaceArgs {
    /// The colour: six hexadecimal digits, red, green, blue.
    #[arg(long, value_name = "RRGGBB", conflicts_with = "no_colour", value_parser = colour)]
    pub colour: Option<[u8; 3]>,
    /// No colour any more.
    #[arg(long)]
    pub no_colour: bool,
    /// The picture, of at most 24 KiB.
    #[arg(long, value_name = "FILE", conflicts_with = "no_picture")]
    pub picture: Option<PathBuf>,
    /// No picture any more.
    #[arg(long)]
    pub no_picture: bool,
    /// What is seen while the persona is locked: these, and nothing else.
    #[arg(long, value_delimiter = ',', value_name = "PART,…")]
    pub show: Vec<Shown>,
}

/// A part of the face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shown {
    /// The name.
    Name,
    /// The colour.
    Colour,
    /// The picture.
    Picture,
    /// None of them.
    Nothing,
}

/// Which entries of the audit.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Only with this text somewhere in it.
    #[arg(long)]
    pub text: Option<String>,
    /// Only of this kind, such as `unlock`, `disclosure`, `export`; may be repeated.
    #[arg(long)]
    pub kind: Vec<String>,
    /// Only with this party, as `tekram relate list` prints it.
    #[arg(long)]
    pub party: Option<String>,
    /// Not before this day or moment: `2026-11-01`, `2026-11-01T08:00:00Z`.
    #[arg(long, value_parser = moment)]
    pub from: Option<Timestamp>,
    /// Before this day or moment.
    #[arg(long, value_parser = moment)]
    pub until: Option<Timestamp>,
    /// At most this many rows.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=500))]
    pub limit: u32,
    /// Start after this entry, as the page before printed it.
    #[arg(long)]
    pub after: Option<u32>,
}

/// Six hexadecimal digits.
fn colour(text: &str) -> Result<[u8; 3], String> {
    let six_digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = six_digits.then(|| u32::from_str_radix(text, 16).ok()).flatten();
    match number.map(u32::to_be_bytes) {
        Some([_, red, green, blue]) => Ok([red, green, blue]),
        None => Err("a colour is six hexadecimal digits, such as 2a6f4e".to_owned()),
    }
}

/// A day in UTC, or a moment.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .or_else(|_| format!("{text}T00:00:00Z").parse())
        .map_err(|_| "neither a day such as 2026-11-01 nor a moment such as 2026-11-01T08:00:00Z".to_owned())
}
