//! The words of the answers in `tekram listen …`: statistics, ranks, what is new and what is forgotten, when, and search
//! as one types.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Page, Zone};

/// Questions about months and years.
#[derive(Debug, Subcommand)]
pub enum AnswerCommand {
    /// How much was heard by day, week, month or year, newest first.
    #[command(after_help = "Example:\n  tekram listen stats 2026 --by week")]
    Stats {
        #[command(flatten)]
        range: Range,
        /// What to add up.
        #[arg(long, value_enum, default_value_t = By::Month)]
        by: By,
        #[command(flatten)]
        page: Page,
    },
    /// What was heard most, and each one's share.
    #[command(after_help = "Example:\n  tekram listen top creators 2026-10 --by time")]
    Top {
        /// What to rank.
        #[arg(value_enum)]
        what: Subject,
        #[command(flatten)]
        range: Range,
        /// By number of plays or by time.
        #[arg(long, value_enum, default_value_t = Weight::Plays)]
        by: Weight,
        #[command(flatten)]
        page: Page,
    },
    /// What was heard for the first time in a range, the newest first.
    #[command(after_help = "Example:\n  tekram listen new creators 2026")]
    New {
        /// What is new.
        #[arg(value_enum)]
        what: Subject,
        #[command(flatten)]
        range: Range,
        #[command(flatten)]
        page: Page,
    },
    /// What was heard often before, and not for some months.
    #[command(after_help = "Example:\n  tekram listen forgotten works --months 12 --plays 10")]
    Forgotten {
        /// What may be forgotten.
        #[arg(value_enum)]
        what: Subject,
        /// Not heard for so many months.
        #[arg(long, default_value_t = 6)]
        months: u32,
        /// Heard at least so often before.
        #[arg(long, default_value_t = 5)]
        plays: u64,
        #[command(flatten)]
        zone: Zone,
        #[command(flatten)]
        page: Page,
    },
    /// Days in a row on which something was heard: the longest streak and the one that goes on.
    #[command(after_help = "Example:\n  tekram listen streaks")]
    Streaks {
        #[command(flatten)]
        range: Range,
    },
    /// How much was heard at each hour of the week.
    #[command(after_help = "Example:\n  tekram listen week 2026")]
    Week {
        #[command(flatten)]
        range: Range,
    },
    /// A year, or any other range, at a glance.
    #[command(after_help = "Example:\n  tekram listen year 2026 --svg 2026.svg")]
    Year {
        /// Days, as `2026`, `2026-10`, `2026-W40`, `2026-10-01`, two of them with `..` between, or `all` [default: this year].
        range: Option<String>,
        /// Rank by number of plays or by time.
        #[arg(long, value_enum, default_value_t = Weight::Time)]
        by: Weight,
        /// Write the picture of it to this file.
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
        #[command(flatten)]
        zone: Zone,
    },
    /// When something was heard first: a work, a creator or a show.
    #[command(after_help = "Example:\n  tekram listen first creators \"vera quill\"")]
    First {
        /// What it is.
        #[arg(value_enum)]
        what: Subject,
        /// Words of its name, or their beginnings.
        text: String,
        /// At most this many matches.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
        #[command(flatten)]
        zone: Zone,
    },
    /// What was on at a moment, and before and after it.
    #[command(after_help = "Example:\n  tekram listen when \"2026-10-01 21:30\"")]
    When {
        /// A local time, or RFC 3339 with an offset; a date alone is its noon.
        moment: String,
        /// At most so many before and after it.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
        #[command(flatten)]
        zone: Zone,
    },
    /// Results as one types: works, creators, shows and publishers; whole words first, then the newest heard.
    #[command(
        after_help = "Example:\n  tekram listen find \"harb li\"\n  tekram listen find harb --only shows --limit 50"
    )]
    Find {
        /// Words, or beginnings of words.
        text: String,
        /// Only these, by page.
        #[arg(long, value_enum)]
        only: Option<Subject>,
        #[command(flatten)]
        page: Page,
    },
    /// The listens of a work, creator, show or publisher, newest first.
    #[command(after_help = "Example:\n  tekram listen of 12")]
    Of {
        /// Its number, as `find`, `top`, `new` and `first` print it.
        id: i64,
        #[command(flatten)]
        page: Page,
    },
}

/// Which days.
#[derive(Debug, Args)]
pub struct Range {
    /// Days, as `2026`, `2026-10`, `2026-W40`, `2026-10-01`, two of them with `..` between, or `all`.
    #[arg(default_value = "all")]
    pub range: String,
    #[command(flatten)]
    pub zone: Zone,
}

/// What to add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Days.
    Day,
    /// Weeks from Monday (ISO 8601).
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Subject {
    /// Songs, episodes, videos.
    Works,
    /// Who made them.
    Creators,
    /// Albums, podcasts, books, stations.
    Shows,
    /// Publishers and labels.
    Publishers,
    /// Where the listens come from.
    Sources,
}

/// By what it is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Weight {
    /// Number of plays.
    Plays,
    /// Time played.
    Time,
}
