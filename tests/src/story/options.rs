//! What the story can be asked to do.

use std::path::PathBuf;

use tekram_primitives::money::Money;
use tekram_primitives::time::Period;

/// Shown by `--help`.
pub const HELP: &str = "\
cargo xtask run [OPTIONS]: the story of Tekram, played with real programs on real files

  --data DIR        folder for everything it makes; a second run reopens it   [target/run]
  --import FILE     your own listening export instead of the sample
  --month YYYY-MM   month of the statement                                    [the log's newest]
  --budget TEXT     what that month is worth to you                           [10 EUR]
  --keep            leave relay, mint, feeds and desks running afterwards, to explore by hand
  --stop            end what an earlier --keep left running, and do nothing else
  --json            end with one JSON line of what happened
";

/// A run's options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Folder for everything the run makes.
    pub data: PathBuf,
    /// The person's own export.
    pub import: Option<PathBuf>,
    /// Month of the statement, `YYYY-MM`.
    pub month: Option<String>,
    /// Budget of that month, as `tekram` reads it.
    pub budget: String,
    /// Leave the counterparts running.
    pub keep: bool,
    /// End with a JSON line.
    pub json: bool,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Play the story.
    Play(Options),
    /// Only run the counterparts of a folder until ended: what `--keep` starts in the background.
    Hold(PathBuf),
    /// End a background run of the counterparts.
    Stop(PathBuf),
    /// Say what there is.
    Help,
}

/// Reads the command line.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn task(args: impl IntoIterator<Item = String>) -> Result<Task, String> {
    let mut options = Options {
        data: PathBuf::from("target/run"),
        import: None,
        month: None,
        budget: "10 EUR".to_owned(),
        keep: false,
        json: false,
    };
    let (mut hold, mut stop) = (false, false);
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let (name, inline) = match arg.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (arg, None),
        };
        let mut value = || {
            inline
                .clone()
                .or_else(|| args.next())
                .ok_or_else(|| format!("{name} needs a value"))
        };
        match name.as_str() {
            "--data" => options.data = PathBuf::from(value()?),
            "--import" => options.import = Some(PathBuf::from(value()?)),
            "--month" => options.month = Some(month(value()?)?),
            "--budget" => options.budget = budget(value()?)?,
            "--keep" => options.keep = true,
            "--json" => options.json = true,
            "--stop" => stop = true,
            "--hold" => hold = true,
            "--help" | "-h" => return Ok(Task::Help),
            other => return Err(format!("unknown option {other:?}\n\n{HELP}")),
        }
    }
    if hold {
        return Ok(Task::Hold(options.data));
    }
    if stop {
        return Ok(Task::Stop(options.data));
    }
    if let Some(file) = options.import.as_ref().filter(|file| !file.is_file()) {
        return Err(format!("--import {}: there is no such file", file.display()));
    }
    Ok(Task::Play(options))
}

/// A month as `tekram` reads it.
fn month(text: String) -> Result<String, String> {
    match Period::parse(&text, "UTC") {
        Ok(_) => Ok(text),
        Err(cause) => Err(format!("--month {text:?}: {cause}")),
    }
}

/// A budget as `tekram` reads it, and more than nothing.
fn budget(text: String) -> Result<String, String> {
    match text.parse::<Money>() {
        Ok(money) if money.amount_minor > 0 => Ok(text),
        Ok(_) => Err(format!("--budget {text:?}: it must be more than zero")),
        Err(cause) => Err(format!("--budget {text:?}: {cause}")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    fn read(line: &str) -> Result<Task, String> {
        task(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_read_in_both_spellings() {
        let Task::Play(options) = read("--data=/tmp/x --month 2026-10 --json").unwrap() else {
            unreachable!()
        };
        assert_eq!(
            (options.data, options.month),
            (PathBuf::from("/tmp/x"), Some("2026-10".to_owned()))
        );
        assert!(options.json && !options.keep);
        assert_eq!(read("--data d --stop").unwrap(), Task::Stop(PathBuf::from("d")));
    }

    #[test]
    fn a_month_that_is_none_and_a_budget_that_is_none_are_named() {
        for wrong in ["2026-13", "2026-00", "2026", "26-1", "October"] {
            let refused = read(&format!("--month {wrong}")).unwrap_err();
            assert!(refused.contains("--month") && refused.contains(wrong), "{refused}");
        }
        for wrong in ["0 EUR", "0.00 EUR", "-5 EUR", "ten euros", "10", "10.50 JPY", ""] {
            let refused = task(["--budget".to_owned(), wrong.to_owned()]).unwrap_err();
            assert!(refused.contains("--budget") && refused.contains(wrong), "{refused}");
        }
        assert!(matches!(task(["--budget=1500 JPY".to_owned()]), Ok(Task::Play(_))));
    }

    #[test]
    fn a_wrong_option_a_missing_value_and_a_missing_file_are_named() {
        assert!(read("--colour").unwrap_err().contains("--colour"));
        assert!(read("--data").unwrap_err().contains("--data"));
        assert!(read("--import /no/such/file").unwrap_err().contains("/no/such/file"));
    }
}
