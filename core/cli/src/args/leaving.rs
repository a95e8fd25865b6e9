//! The words of what leaves the log: `tekram listen export`, `disclose`, `disclosed`, `verify` and `submit …`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use tekram_agent::Timestamp;

use super::vault::moment;

/// A format to export to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// ListenBrainz JSON Lines, which other programs read.
    Listenbrainz,
    /// JSON Lines with everything the log knows; `tekram listen import` takes them back unchanged.
    Full,
    /// A table for a spreadsheet (RFC 4180).
    Csv,
}

/// Which listens leave.
#[derive(Debug, Args)]
pub struct Which {
    /// Not before this day or moment: `2026-11-01`, `2026-11-01T08:00:00Z`.
    #[arg(long, value_name = "DAY", value_parser = moment)]
    pub from: Option<Timestamp>,
    /// Before this day or moment.
    #[arg(long, visible_alias = "to-date", value_name = "DAY", value_parser = moment)]
    pub until: Option<Timestamp>,
    /// Only from this source; may be repeated.
    #[arg(long, value_name = "SOURCE")]
    pub source: Vec<String>,
    /// Only of this kind; may be repeated.
    #[arg(long, value_name = "KIND")]
    pub kind: Vec<String>,
}

/// What `tekram listen export` takes.
#[derive(Debug, Args)]
pub struct Export {
    /// File to write; it must not exist yet.
    pub file: PathBuf,
    /// What to write.
    #[arg(long, value_enum, default_value_t = Form::Listenbrainz)]
    pub form: Form,
    /// Which listens.
    #[command(flatten)]
    pub which: Which,
    /// Leave out what was heard in a private session.
    #[arg(long)]
    pub without_private: bool,
    /// Columns of a table, in their order, with commas between.
    #[arg(long, value_delimiter = ',', value_name = "COLUMN")]
    pub columns: Vec<String>,
    /// The zone of local times, where it is not known where a listen was heard.
    #[command(flatten)]
    pub zone: super::Zone,
}

/// What of each listen is shown.
#[derive(Debug, Args)]
pub struct Fields {
    /// What is shown of each listen, with commas between: `start`, `kind`, `title`, `creators`, `show`, `publisher`,
    /// `played_seconds`, `source`, `isrc`, `recording_mbid`, and the blurred `hour`, `day`, `month`, `played_minutes`.
    #[arg(long, value_delimiter = ',', required = true, value_name = "FIELD")]
    pub fields: Vec<String>,
    /// Show this in the place of the exact: `start=hour`, `start=day`, `start=month`, `title=show`,
    /// `played_seconds=played_minutes`; may be repeated.
    #[arg(long, value_delimiter = ',', value_name = "FIELD=BLURRED")]
    pub blur: Vec<String>,
}

/// What `tekram listen disclose` takes.
#[derive(Debug, Args)]
pub struct Disclose {
    /// Who gets it: the relation's id, or the beginning of it.
    #[arg(long, value_name = "RELATION", required_unless_present = "more")]
    pub to: Option<String>,
    /// The agreement that it is given under: its record id, or the beginning of it.
    #[arg(long, value_name = "RECORD", required_unless_present = "more")]
    pub agreement: Option<String>,
    /// Show more of the extract with this id, or the beginning of it, instead of making one.
    #[arg(long, value_name = "EXTRACT", conflicts_with_all = ["to", "agreement"])]
    pub more: Option<String>,
    /// Which listens.
    #[command(flatten)]
    pub which: Which,
    /// What of each.
    #[command(flatten)]
    pub fields: Fields,
    /// The party's question: a random text of its own.
    #[arg(long, required_unless_present = "preview")]
    pub nonce: Option<String>,
    /// What the party calls itself [default: the relation's id].
    #[arg(long)]
    pub audience: Option<String>,
    /// Only show what they would read; nothing is made or written.
    #[arg(long)]
    pub preview: bool,
    /// Write it to this new file instead of printing it.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What `tekram listen verify` takes.
#[derive(Debug, Args)]
pub struct Verify {
    /// The file with what was handed over.
    pub file: PathBuf,
    /// What you call yourself, as the other side was told.
    #[arg(long)]
    pub audience: String,
    /// The random text that you asked with.
    #[arg(long)]
    pub nonce: String,
    /// The agreement that it must be under.
    #[arg(long, value_name = "RECORD")]
    pub agreement: Option<String>,
    /// The key that it must be from, a `did:key`.
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// How old the answer may be, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400, value_parser = clap::value_parser!(i64).range(1..))]
    pub max_age: i64,
}

/// `tekram listen submit …`
#[derive(Debug, Subcommand)]
pub enum SubmitCommand {
    /// The servers that listens are sent to, and how far each has come.
    #[command(after_help = "Example:\n  tekram listen submit list")]
    List,
    /// Add a server that speaks ListenBrainz's API; its token is asked for, or taken from TEKRAM_LISTENS_TOKEN. Nothing is
    /// sent before it is turned on.
    #[command(
        after_help = "Example:\n  tekram listen submit add https://api.listenbrainz.org --on\n  tekram listen submit add https://maloja.example/apis/listenbrainz --source this_device --source spotify --from 2026-01-01"
    )]
    Add {
        /// Where its API begins, without `/1`.
        url: String,
        #[command(flatten)]
        change: AccountChange,
    },
    /// Change what is sent to a server, or turn it on or off.
    #[command(after_help = "Example:\n  tekram listen submit change 1 --off")]
    Change {
        /// Its number.
        account: i64,
        #[command(flatten)]
        change: AccountChange,
    },
    /// Forget a server with its token.
    #[command(after_help = "Example:\n  tekram listen submit remove 1")]
    Remove {
        /// Its number.
        account: i64,
    },
    /// Send what is due; it can be stopped at any moment and goes on where it was.
    #[command(after_help = "Example:\n  tekram listen submit run 1 --wait 60")]
    Run {
        /// Its number.
        account: i64,
        /// Wait so many seconds at a time when the server asks for it; else the run ends there.
        #[arg(long, value_name = "SECONDS", default_value_t = 15)]
        wait: u64,
    },
}

/// What is to be different about a server.
#[derive(Debug, Args)]
pub struct AccountChange {
    /// Send listens from this source; may be repeated [default of a new one: this_device].
    #[arg(long, value_name = "SOURCE")]
    pub source: Vec<String>,
    /// Send what began on this day, or at this moment, or later [default of a new one: from now on].
    #[arg(long, value_name = "DAY", value_parser = moment)]
    pub from: Option<Timestamp>,
    /// Also tell it what plays right now.
    #[arg(long, conflicts_with = "no_playing_now")]
    pub playing_now: bool,
    /// Do not tell it what plays right now.
    #[arg(long)]
    pub no_playing_now: bool,
    /// Send to it.
    #[arg(long, conflicts_with = "off")]
    pub on: bool,
    /// Send nothing to it.
    #[arg(long)]
    pub off: bool,
    /// The server is in your own network: its private address may be reached, by what is sent to it alone, and over http too as
    /// long as that stays there.
    #[arg(long, conflicts_with = "no_home")]
    pub home: bool,
    /// It is not in your own network.
    #[arg(long)]
    pub no_home: bool,
}
