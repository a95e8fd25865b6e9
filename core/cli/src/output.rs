//! What a command answers: one value, printed as text for people or as one JSON object for programs.
//!
//! Every command builds its JSON first; the text is made from the same value, so the two cannot disagree.

use std::io::Write;

use serde_json::{Value, json};

/// What went wrong, with a stable code.
#[derive(Debug)]
pub struct Failure {
    /// Stable snake_case name.
    pub code: String,
    /// A sentence for people, without personal data.
    pub message: String,
    /// Values in that sentence, for programs.
    pub params: Vec<(&'static str, String)>,
}

impl Failure {
    /// A failure of the command line itself.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            params: Vec::new(),
        }
    }

    fn json(&self) -> Value {
        let mut error = json!({"code": self.code, "message": self.message});
        if let Some(error) = error.as_object_mut() {
            // The command line's own refusals have no number.
            let number = tekram_agent::error_number(&self.code);
            if number > 0 {
                error.insert("number".to_owned(), number.into());
            }
            if !self.params.is_empty() {
                let params = self.params.iter().map(|(name, value)| (*name, value.as_str()));
                error.insert("params".to_owned(), params.collect());
            }
        }
        error
    }
}

impl From<tekram_agent::AgentError> for Failure {
    fn from(error: tekram_agent::AgentError) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            params: error.params(),
        }
    }
}

/// An answer: the JSON object and the lines that say the same to a person.
#[derive(Debug)]
pub struct Answer {
    /// Stable field names; documented in the README.
    pub json: Value,
    /// Text lines.
    pub text: String,
}

impl Answer {
    /// An answer from its two forms.
    pub fn new(json: Value, text: impl Into<String>) -> Self {
        Self {
            json,
            text: text.into(),
        }
    }
}

/// Prints the outcome and says the exit code: 0 done, 1 refused with a reason.
pub fn print(outcome: Result<Answer, Failure>, as_json: bool) -> u8 {
    let mut out = std::io::stdout().lock();
    match outcome {
        Ok(answer) => {
            let text = if as_json {
                let mut json = answer.json;
                if let Some(object) = json.as_object_mut() {
                    object.insert("ok".to_owned(), Value::Bool(true));
                }
                json.to_string()
            } else {
                answer.text.trim_end().to_owned()
            };
            // A reader that went away (`tekram … | head`) is not a failure of the command.
            let _ = writeln!(out, "{text}");
            0
        }
        Err(failure) => {
            if as_json {
                let _ = writeln!(out, "{}", json!({"ok": false, "error": failure.json()}));
            } else {
                let _ = writeln!(std::io::stderr(), "tekram: {} [{}]", failure.message, failure.code);
            }
            1
        }
    }
}

/// Rows of text in columns; the last column is left ragged.
pub fn table(rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let width = cell.chars().count();
            match widths.get_mut(column) {
                Some(widest) => *widest = (*widest).max(width),
                None => widths.push(width),
            }
        }
    }
    rows.iter()
        .map(|row| {
            let last = row.len().saturating_sub(1);
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(column, (cell, width))| {
                    let gap = if column == last {
                        0
                    } else {
                        width - cell.chars().count()
                    };
                    format!("{cell}{}", " ".repeat(gap))
                })
                .collect();
            format!("  {}\n", cells.join("  ").trim_end())
        })
        .collect()
}

/// Bytes as megabytes, `12.3 MB`.
pub fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_add(50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// Page numbers as ranges, `3, 7-9`.
pub fn ranges(ranges: &[(u32, u32)]) -> String {
    let one = |(first, last): &(u32, u32)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        }
    };
    ranges.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Milliseconds as hours and minutes, `12 h 05 min`.
pub fn hours(ms: i64) -> String {
    let minutes = ms / 60_000;
    if minutes >= 60 {
        format!("{} h {:02} min", minutes / 60, minutes % 60)
    } else {
        format!("{minutes} min")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_page_numbers_are_short() {
        assert_eq!(megabytes(0), "0.0 MB");
        assert_eq!(megabytes(12_340_000), "12.3 MB");
        assert_eq!(ranges(&[(3, 3), (7, 9)]), "3, 7-9");
    }

    #[test]
    fn columns_line_up() {
        let rows = [
            vec!["a".to_owned(), "bb".to_owned()],
            vec!["ccc".to_owned(), "d".to_owned()],
        ];
        assert_eq!(table(&rows), "  a    bb\n  ccc  d\n");
    }

    #[test]
    fn hours_are_read_by_people() {
        assert_eq!(hours(59 * 60_000), "59 min");
        assert_eq!(hours(3_900_000), "1 h 05 min");
    }
}
