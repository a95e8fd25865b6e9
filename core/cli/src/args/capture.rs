//! The words of `tekram listen …` for what this device captures: players, pauses, private sessions, what counts as a play,
//! and recordings.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What this device captures.
#[derive(Debug, Subcommand)]
pub enum CaptureCommand {
    /// Players that were heard on this device, and which of them may be listened to.
    #[command(after_help = "Example:\n  tekram listen apps\n  tekram listen apps --allow AntennaPod")]
    Apps {
        /// Listen to this player from now on; may be repeated.
        #[arg(long, value_name = "APP")]
        allow: Vec<String>,
        /// Do not listen to this player any more; may be repeated.
        #[arg(long, value_name = "APP")]
        deny: Vec<String>,
    },
    /// Seal what players did to the persona's vault, as the phone does; nothing is unlocked.
    #[command(after_help = "Example:\n  tekram listen capture events.json")]
    Capture {
        /// JSON array of player events.
        file: PathBuf,
    },
    /// Log nothing of what players do, until a time or until `listen resume`.
    #[command(after_help = "Example:\n  tekram listen pause\n  tekram listen pause --for 2h")]
    Pause {
        #[command(flatten)]
        length: Length,
    },
    /// Log again what players do.
    #[command(after_help = "Example:\n  tekram listen resume")]
    Resume,
    /// Begin a private session: what is heard is logged and marked as private, and stays out of what leaves for others.
    #[command(after_help = "Example:\n  tekram listen private --for 90m\n  tekram listen private --off")]
    Private {
        #[command(flatten)]
        length: Length,
        /// End it.
        #[arg(long, conflicts_with = "minutes")]
        off: bool,
    },
    /// Whether the log is paused or a private session goes on.
    #[command(after_help = "Example:\n  tekram listen quiet")]
    Quiet,
    /// From when on a listen counts as a play. Shorter ones are marked, never deleted.
    #[command(
        after_help = "Example:\n  tekram listen counting\n  tekram listen counting --kind music --least 20 --share 50 --enough 240\n  tekram listen counting --reset"
    )]
    Counting {
        /// Change the rule of this kind.
        #[arg(long, value_parser = super::KINDS)]
        kind: Option<String>,
        /// At least so many seconds were played.
        #[arg(long, value_name = "SECONDS", requires = "kind")]
        least: Option<u32>,
        /// And this part of the medium, in per cent, where its length is known; 0 asks for none.
        #[arg(long, value_name = "PERCENT", requires = "kind", value_parser = clap::value_parser!(u32).range(0..=100))]
        share: Option<u32>,
        /// So many seconds are enough, whatever part they are; 0: only the part is.
        #[arg(long, value_name = "SECONDS", requires = "kind")]
        enough: Option<u32>,
        /// Such a listen never counts.
        #[arg(long, requires = "kind", conflicts_with_all = ["least", "share", "enough"])]
        never: bool,
        /// Back to the usual rules of all kinds.
        #[arg(long, conflicts_with = "kind")]
        reset: bool,
    },
    /// Record what players tell, inside the vault, so that it can be played again elsewhere.
    #[command(
        after_help = "Example:\n  tekram listen record start\n  tekram listen record stop\n  tekram listen record save morning.jsonl"
    )]
    Record {
        /// What to do.
        #[arg(value_enum)]
        act: RecordAct,
        /// File to write for `save`; it must not exist yet.
        #[arg(required_if_eq("act", "save"))]
        file: Option<PathBuf>,
    },
    /// Play a recording again: its events go the way of a player's, at the times of the recording.
    #[command(after_help = "Example:\n  tekram listen replay morning.jsonl")]
    Replay {
        /// The recording, JSON Lines.
        file: PathBuf,
        /// Allow this player first; may be repeated.
        #[arg(long, value_name = "APP")]
        allow: Vec<String>,
    },
}

/// For how long.
#[derive(Debug, Args)]
pub struct Length {
    /// For so long from now: `90m`, `2h`, `1d` [default: until it is ended].
    #[arg(long = "for", id = "minutes", value_name = "TIME", value_parser = minutes)]
    pub minutes: Option<u32>,
}

/// What to do with the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RecordAct {
    /// Start one; an earlier one is thrown away.
    Start,
    /// Stop it.
    Stop,
    /// Write it to a file.
    Save,
    /// Throw it away.
    Discard,
    /// Say what there is.
    State,
}

fn minutes(text: &str) -> Result<u32, String> {
    let wrong = || "a time is a number of minutes, hours or days, such as 90m, 2h or 1d".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let each = match unit {
        'm' => 1,
        'h' => 60,
        'd' => 24 * 60,
        _ => return Err(wrong()),
    };
    let number: u32 = text
        .strip_suffix(unit)
        .unwrap_or_default()
        .parse()
        .map_err(|_| wrong())?;
    number
        .checked_mul(each)
        .filter(|minutes| *minutes > 0)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_minutes_hours_or_days() {
        assert_eq!(
            [minutes("90m"), minutes("2h"), minutes("1d")],
            [Ok(90), Ok(120), Ok(1440)]
        );
        assert!(
            ["", "2", "h", "-1h", "0m", "99999999d", "2hh"]
                .iter()
                .all(|text| minutes(text).is_err())
        );
    }
}
