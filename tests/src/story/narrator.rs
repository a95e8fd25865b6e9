//! Speaks to the person at the terminal: chapters with elapsed seconds, what happens, and commands with what they print.

use std::io::{IsTerminal, Write};
use std::time::Instant;

/// Prints to standard output; colours only on a terminal.
#[derive(Debug)]
pub struct Narrator {
    started: Instant,
    coloured: bool,
    chapter: u32,
}

impl Narrator {
    /// Starts the clock.
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            coloured: std::io::stdout().is_terminal(),
            chapter: 0,
        }
    }

    /// Seconds since the start.
    pub fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// A new part of the story.
    pub fn chapter(&mut self, title: &str) {
        self.chapter += 1;
        let time = format!("{:.1} s", self.seconds());
        let head = format!("{}  {title}", self.chapter);
        let gap = 90usize.saturating_sub(head.chars().count() + time.len());
        self.line("");
        self.line(&format!("{}{}{}", self.bold(&head), " ".repeat(gap), self.dim(&time)));
    }

    /// What happens, in a sentence.
    pub fn say(&self, sentence: &str) {
        for line in sentence.lines() {
            self.line(&format!("   {line}"));
        }
    }

    /// Something that takes a moment, said before it starts.
    pub fn wait(&self, sentence: &str) {
        self.line(&self.dim(&format!("   … {sentence}  ({:.1} s)", self.seconds())));
    }

    /// A command as one would type it.
    pub fn command(&self, line: &str) {
        self.line(&self.bold(&format!("   $ {line}")));
    }

    /// What a command printed.
    pub fn printed(&self, text: &str) {
        for line in text.trim_end().lines() {
            self.line(&format!("     {line}"));
        }
    }

    /// A line as it is.
    pub fn line(&self, text: &str) {
        // A reader that went away is no reason to stop: the person's data is being written.
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }

    fn bold(&self, text: &str) -> String {
        if self.coloured {
            format!("\x1b[1m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn dim(&self, text: &str) -> String {
        if self.coloured {
            format!("\x1b[2m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
