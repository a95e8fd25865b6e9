//! `tekram listen note …` and what else changes the log.

use clap::{Args, Subcommand};

use super::Page;

/// The commands of `tekram listen` that change what is in the log.
#[derive(Debug, Subcommand)]
pub enum EditCommand {
    /// Write a note beside a listen; without a text, take it away.
    #[command(after_help = "Example:\n  tekram listen note 12 \"heard on the ferry\"")]
    Note {
        /// Number of the listen.
        listen: i64,
        /// The note.
        text: Option<String>,
    },
    /// Tag a listen.
    #[command(after_help = "Example:\n  tekram listen tag 12 harbour to-learn --remove new")]
    Tag {
        /// Number of the listen.
        listen: i64,
        /// Tags to add.
        tags: Vec<String>,
        /// Take this tag away; may be repeated.
        #[arg(long, value_name = "TAG")]
        remove: Vec<String>,
    },
    /// Correct what a listen was; the source's own words stay beside it. What it counts for goes by the correction.
    #[command(
        after_help = "Example:\n  tekram listen correct 12 --title \"Low Tide\" --creator \"Vera Quill\"\n  tekram listen correct 12 --original"
    )]
    Correct(Correct),
    /// Hide a listen from history and from all that is counted and paid.
    #[command(after_help = "Example:\n  tekram listen hide 12\n  tekram listen hide 12 --off")]
    Hide {
        /// Number of the listen.
        listen: i64,
        /// Show it again.
        #[arg(long)]
        off: bool,
    },
    /// Delete a listen. It can come back for thirty days, unless it is deleted for good.
    #[command(after_help = "Example:\n  tekram listen delete 12\n  tekram listen delete 12 --for-good --yes")]
    Delete {
        /// Number of the listen.
        listen: i64,
        /// At once and for good, with all evidence of it; nothing brings it back.
        #[arg(long)]
        for_good: bool,
        /// Yes, for good.
        #[arg(long, requires = "for_good")]
        yes: bool,
    },
    /// Listens that are hidden or deleted and can come back, the last heard first.
    #[command(after_help = "Example:\n  tekram listen hidden")]
    Hidden {
        #[command(flatten)]
        page: Page,
    },
    /// Tags in use, those of most listens first.
    #[command(after_help = "Example:\n  tekram listen tags")]
    Tags {
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Changes that were made, newest first.
    #[command(after_help = "Example:\n  tekram listen edits")]
    Edits {
        #[command(flatten)]
        page: Page,
    },
    /// Take the newest change back that was not taken back yet.
    #[command(after_help = "Example:\n  tekram listen undo-edit")]
    UndoEdit,
    /// Works over all sources, with how each source describes them.
    #[command(after_help = "Example:\n  tekram listen works \"low tide\"\n  tekram listen works --of 12")]
    Works {
        /// Words, or beginnings of words.
        #[arg(required_unless_present = "of")]
        text: Option<String>,
        /// The work of the listen with this number.
        #[arg(long, value_name = "LISTEN", conflicts_with = "text")]
        of: Option<i64>,
        /// At most so many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Say that works are one.
    #[command(after_help = "Example:\n  tekram listen merge 3 8 --look\n  tekram listen merge 3 8")]
    Merge {
        /// Numbers of the works, as `listen works` gives them.
        #[arg(required = true, num_args = 2..)]
        works: Vec<i64>,
        /// Only show what they would come to; nothing changes.
        #[arg(long)]
        look: bool,
    },
    /// Say that descriptions of a work are another work than the rest.
    #[command(after_help = "Example:\n  tekram listen split 41")]
    Split {
        /// Numbers of the descriptions, as `listen works` gives them.
        #[arg(required = true)]
        descriptions: Vec<i64>,
    },
}

/// What to correct.
#[derive(Debug, Args)]
pub struct Correct {
    /// Number of the listen.
    pub listen: i64,
    /// What it was.
    #[arg(long, value_parser = ["music", "podcast", "radio", "audiobook", "video", "page", "advert"])]
    pub kind: Option<String>,
    /// Title.
    #[arg(long)]
    pub title: Option<String>,
    /// Who made it; may be repeated, the first creator first.
    #[arg(long = "creator", value_name = "CREATOR")]
    pub creators: Vec<String>,
    /// Album, podcast, book or station.
    #[arg(long)]
    pub show: Option<String>,
    /// Publisher or label.
    #[arg(long)]
    pub publisher: Option<String>,
    /// As the source has it again.
    #[arg(long, conflicts_with_all = ["kind", "title", "creators", "show", "publisher"])]
    pub original: bool,
}
