//! Drives the real `tekram` program: what is shown is what a person would type and read; what is counted comes from
//! the same commands with `--json`.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Output, Stdio};

use serde_json::Value;
use tekram_harness::process::{leashed, output_of};

use crate::error::{StoryError, Told, While};
use crate::narrator::Narrator;
use crate::patience::patiently;
use crate::reading::field;

/// How an error in words ends when another process holds the vault.
pub const VAULT_IN_USE: &str = "[vault_in_use]";

/// The program with what stays the same over all commands.
#[derive(Debug, Clone)]
pub struct Tekram {
    /// Where `tekram` lies.
    pub program: PathBuf,
    /// `--data`.
    pub data: PathBuf,
    /// Unlocks every persona of the run.
    pub passphrase: String,
    /// `host:port` of the local servers that may be reached.
    pub allow: Vec<String>,
}

impl Tekram {
    /// The variables that make the commands as short as they are shown.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("TEKRAM_DATA", self.data.display().to_string()),
            ("TEKRAM_ALLOW", self.allow.join(",")),
            ("TEKRAM_PASSPHRASE", self.passphrase.clone()),
        ]
    }

    /// Runs a command, shows it and what it printed.
    ///
    /// # Errors
    /// When it ends with another exit code than 0; what it said is in the error.
    pub fn show(&self, narrator: &Narrator, persona: &str, arguments: &[&str]) -> Told {
        let mut all = Vec::new();
        if !persona.is_empty() {
            all.extend(["--persona", persona]);
        }
        all.extend(arguments);
        narrator.command(&shell_line(&all));
        let (output, told) = patiently(
            || self.told(narrator, &all),
            |(_, told)| told.last().is_some_and(|line| line.ends_with(VAULT_IN_USE)),
        )?;
        narrator.printed(&text(&output.stdout));
        if output.status.success() {
            return Ok(());
        }
        let why = told.last().cloned().unwrap_or_default();
        Err(StoryError::new(format!(
            "`{}` ended with {}: {why}",
            shell_line(&all),
            output.status
        )))
    }

    /// Runs a command; what it tells while it works is shown at once. Returns its end and the lines it told.
    fn told(&self, narrator: &Narrator, arguments: &[&str]) -> Told<(Output, Vec<String>)> {
        let mut child = self.start(arguments)?;
        let mut told = Vec::new();
        if let Some(errors) = child.stderr.take() {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                // A vault in use is asked for again, so it is no news yet.
                if !line.ends_with(VAULT_IN_USE) {
                    narrator.printed(&line);
                }
                told.push(line);
            }
        }
        let output = output_of(child).during("cannot wait for tekram")?;
        Ok((output, told))
    }

    /// Runs a command with `--json`, without showing it, and returns its object.
    ///
    /// # Errors
    /// When it is refused, with the error's code and sentence.
    pub fn ask(&self, persona: &str, arguments: &[&str]) -> Told<Value> {
        let answer = self.ask_anyway(persona, arguments)?;
        match answer.get("error") {
            None => Ok(answer),
            Some(error) => Err(StoryError::new(format!("`{}`: {error}", shell_line(arguments)))),
        }
    }

    /// Like [`ask`](Self::ask), but a refusal is an answer too.
    ///
    /// # Errors
    /// When the program printed no JSON object.
    pub fn ask_anyway(&self, persona: &str, arguments: &[&str]) -> Told<Value> {
        let mut all = vec!["--json"];
        if !persona.is_empty() {
            all.extend(["--persona", persona]);
        }
        all.extend(arguments);
        let answered = || {
            let output = output_of(self.start(&all)?).during("cannot wait for tekram")?;
            let printed = text(&output.stdout);
            serde_json::from_str(printed.trim()).during(format!(
                "`{}` ({}) printed no JSON; it said {}",
                shell_line(&all),
                output.status,
                text(&output.stderr).trim()
            ))
        };
        patiently(answered, |answer: &Value| {
            answer
                .get("error")
                .is_some_and(|error| field(error, "code") == "vault_in_use")
        })
    }

    /// Starts a command that ends with the story, however that ends.
    fn start(&self, arguments: &[&str]) -> Told<Child> {
        let mut command = leashed(&self.program);
        command.args(arguments).envs(self.variables());
        // What the person set for their own use must not change the story.
        command.env_remove("TEKRAM_PERSONA").env_remove("TEKRAM_PROXY");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
            .spawn()
            .during(format!("cannot start {}", self.program.display()))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The command as one would type it.
fn shell_line(arguments: &[&str]) -> String {
    let mut line = String::from("tekram");
    for argument in arguments {
        line.push(' ');
        line.push_str(&quoted(argument));
    }
    line
}

/// A word for a POSIX shell, quoted only where it must be.
pub fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_./:,=@%+".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_shown_as_one_would_type_them() {
        let line = shell_line(&["--persona", "Home", "pay", "statement", "--budget", "10 EUR"]);
        assert_eq!(line, "tekram --persona Home pay statement --budget '10 EUR'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
