//! What a person says of an export that it does not say itself: the zone of its times, the columns of a table.

use clap::Args;

/// How to read an export.
#[derive(Debug, Clone, Default, Args)]
pub struct ReadingArgs {
    /// IANA time zone in which times without a zone were written [default: UTC, marked as assumed].
    #[arg(long)]
    pub zone: Option<String>,
    /// A column of a table, as ROLE=COLUMN: a heading, or a number counted from 1; may be repeated. Roles: time, date,
    /// title, artist, album, show, publisher, kind, played_s, played_ms, length_s, length_ms, url, feed_url, item_guid, isrc,
    /// recording_mbid, release_mbid, artist_mbid, player, device, service, event.
    #[arg(long = "column", value_name = "ROLE=COLUMN")]
    pub columns: Vec<String>,
    /// Take the other columns as `tekram listen look` suggests them.
    #[arg(long)]
    pub as_suggested: bool,
    /// What stands between two values of a table [default: as it looks].
    #[arg(long)]
    pub delimiter: Option<char>,
    /// The table has no line of headings.
    #[arg(long)]
    pub no_header: bool,
    /// In 3/4/2026 the day comes first.
    #[arg(long)]
    pub day_first: bool,
}

impl ReadingArgs {
    /// Whether anything is said of a table.
    pub fn maps(&self) -> bool {
        !self.columns.is_empty() || self.as_suggested || self.delimiter.is_some() || self.no_header || self.day_first
    }
}
