//! A program of ours as a child process: its JSON lines arrive as events that can be waited for, its errors go to a
//! file, and it ends with the value that started it, even when this process is killed.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use thiserror::Error;

/// Starts the program in the background and ends it, politely first, when the pipe on standard input closes: when
/// [`Process`] is dropped, and when the process that holds it dies in any way (Ctrl-C, a panic, a kill).
const WATCHDOG: &str = r#"exec 3<&0
"$@" 3<&- </dev/null & p=$!
(read -r _ <&3; kill -TERM "$p"; sleep 3; kill -KILL "$p") >/dev/null 2>&1 &
wait "$p"; code=$?
trap '' TERM; kill -TERM 0; exit "$code""#;

/// How long a program may take to end after it was asked to.
const END_LIMIT: Duration = Duration::from_secs(5);

/// Why a program could not be started or did not say what was waited for.
#[derive(Debug, Error)]
pub enum ProcessError {
    /// It could not be started.
    #[error("{program} could not be started: {cause}")]
    Start {
        /// File name of the program.
        program: String,
        /// What the system said.
        cause: io::Error,
    },
    /// It ended before it said what was waited for.
    #[error("{program} ended before {awaited}; the end of what it said:\n{log}")]
    Ended {
        /// File name of the program.
        program: String,
        /// What was waited for.
        awaited: String,
        /// Last lines of its output and errors.
        log: String,
    },
    /// It runs, and did not say what was waited for in time.
    #[error("{program} did not come to {awaited} within {seconds} s; the end of what it said:\n{log}")]
    Silent {
        /// File name of the program.
        program: String,
        /// What was waited for.
        awaited: String,
        /// How long was waited.
        seconds: u64,
        /// Last lines of its output and errors.
        log: String,
    },
}

/// A command that runs `program` with an empty standard input and ends it when this process dies in any way. The
/// child's standard input is the leash: the program is ended when it is dropped, so wait with [`output_of`].
pub fn leashed(program: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", WATCHDOG, "sh"]).arg(program);
    command.process_group(0).stdin(Stdio::piped());
    command
}

/// Waits for a child of a [`leashed`] command and returns what it printed on pipes that were not taken.
///
/// # Errors
/// When its output cannot be read.
pub fn output_of(mut child: Child) -> io::Result<Output> {
    // The standard library closes a child's input before it waits, which would end the program.
    let leash = child.stdin.take();
    let output = child.wait_with_output();
    drop(leash);
    output
}

/// A running program that prints JSON lines.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    /// Held open: closing it ends the program.
    lifeline: Option<ChildStdin>,
    lines: Receiver<Value>,
    seen: Vec<Value>,
    errors: PathBuf,
}

impl Process {
    /// Starts `program` with `arguments` and `variables` added to the environment. Its standard output is copied to
    /// `NAME.out` and its standard error to `NAME.err` in `log_folder`.
    ///
    /// # Errors
    /// [`ProcessError::Start`] when the program or a log file is not there.
    pub fn start<A: AsRef<OsStr>>(
        name: &str,
        program: &Path,
        arguments: impl IntoIterator<Item = A>,
        variables: &[(&str, &str)],
        log_folder: &Path,
    ) -> Result<Self, ProcessError> {
        let failed = |cause| ProcessError::Start {
            program: program.display().to_string(),
            cause,
        };
        // The shell would report a missing program only later, as an early end.
        std::fs::metadata(program).map_err(failed)?;
        std::fs::create_dir_all(log_folder).map_err(failed)?;
        let errors = log_folder.join(format!("{name}.err"));
        let error_file = File::create(&errors).map_err(failed)?;
        let mut copy = File::create(log_folder.join(format!("{name}.out"))).map_err(failed)?;
        let mut command = leashed(program);
        command.args(arguments).envs(variables.iter().copied());
        command.stdout(Stdio::piped()).stderr(error_file);
        let mut child = command.spawn().map_err(failed)?;
        let lifeline = child.stdin.take();
        let (sender, lines) = mpsc::channel();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    // A full disk must not end the program under test.
                    let _ = writeln!(copy, "{line}");
                    if let Ok(value) = serde_json::from_str(&line)
                        && sender.send(value).is_err()
                    {
                        break;
                    }
                }
            });
        }
        Ok(Self {
            name: name.to_owned(),
            child,
            lifeline,
            lines,
            seen: Vec::new(),
            errors,
        })
    }

    /// Waits until a line satisfies `wanted`, also one that came earlier; `awaited` says what in words.
    ///
    /// # Errors
    /// [`ProcessError::Ended`] or [`ProcessError::Silent`], with the end of the program's output.
    pub fn wait_for(
        &mut self,
        awaited: &str,
        limit: Duration,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value, ProcessError> {
        if let Some(line) = self.seen.iter().find(|line| wanted(line)) {
            return Ok(line.clone());
        }
        let deadline = Instant::now() + limit;
        loop {
            match self
                .lines
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if wanted(&line) {
                        return Ok(line);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let (program, awaited, log) = (self.name.clone(), awaited.to_owned(), self.log_end());
                    return Err(ProcessError::Ended { program, awaited, log });
                }
                Err(RecvTimeoutError::Timeout) => {
                    let (program, awaited, log) = (self.name.clone(), awaited.to_owned(), self.log_end());
                    return Err(ProcessError::Silent {
                        program,
                        awaited,
                        seconds: limit.as_secs(),
                        log,
                    });
                }
            }
        }
    }

    /// Waits for a line whose `event` is `event`.
    ///
    /// # Errors
    /// As [`wait_for`](Self::wait_for).
    pub fn wait_for_event(&mut self, event: &str, limit: Duration) -> Result<Value, ProcessError> {
        self.wait_for(event, limit, |line| {
            line.get("event").and_then(Value::as_str) == Some(event)
        })
    }

    /// Every line so far, without waiting.
    pub fn lines(&mut self) -> &[Value] {
        self.seen.extend(self.lines.try_iter());
        &self.seen
    }

    /// Process id of the group that the program runs in.
    pub fn group(&self) -> u32 {
        self.child.id()
    }

    /// Ends the program: asks it to, and kills it when it does not.
    pub fn stop(&mut self) {
        self.lifeline = None;
        let asked = Instant::now();
        while asked.elapsed() < END_LIMIT {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.kill();
    }

    /// Ends the program as a power cut would: at once, without a word.
    pub fn kill(&mut self) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // A group that is already gone is what is wanted.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }

    fn log_end(&self) -> String {
        let errors = std::fs::read_to_string(&self.errors).unwrap_or_default();
        let lines: Vec<String> = self
            .seen
            .iter()
            .map(Value::to_string)
            .chain(errors.lines().map(str::to_owned))
            .collect();
        lines
            .iter()
            .skip(lines.len().saturating_sub(15))
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn shell(folder: &Path, script: &str) -> Process {
        Process::start("child", Path::new("/bin/sh"), ["-c", script], &[], folder).unwrap()
    }

    #[test]
    fn events_can_be_waited_for_also_after_they_came() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = shell(
            folder.path(),
            r#"echo words; echo '{"event":"ready","port":7}'; echo '{"event":"more"}'; sleep 1000"#,
        );
        child.wait_for_event("more", LONG).unwrap();
        assert_eq!(child.wait_for_event("ready", LONG).unwrap().get("port").unwrap(), 7);
        child.stop();
        let printed = std::fs::read_to_string(folder.path().join("child.out")).unwrap();
        assert!(printed.starts_with("words\n"));
    }

    #[test]
    fn an_early_end_is_reported_with_what_was_said() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = shell(folder.path(), "echo 'no such catalogue' >&2; exit 1");
        let error = child.wait_for_event("ready", LONG).unwrap_err();
        assert!(matches!(error, ProcessError::Ended { .. }));
        assert!(error.to_string().contains("no such catalogue"));
    }

    #[test]
    fn a_dropped_program_is_asked_to_end() {
        let folder = tempfile::tempdir().unwrap();
        let told = folder.path().join("told");
        let script = format!(
            "trap 'touch {}; exit 0' TERM; echo '{{\"event\":\"ready\"}}'; while :; do sleep 0.05; done",
            told.display()
        );
        let mut child = shell(folder.path(), &script);
        child.wait_for_event("ready", LONG).unwrap();
        drop(child);
        assert!(told.exists());
    }

    #[test]
    fn a_leashed_program_runs_to_its_end_and_ends_early_when_the_leash_is_dropped() {
        let run = |script: &str| {
            let mut command = leashed(Path::new("/bin/sh"));
            command.args(["-c", script]).stdout(Stdio::piped());
            command.spawn().unwrap()
        };
        let output = output_of(run("sleep 0.1; echo done; exit 3")).unwrap();
        assert_eq!(
            (output.stdout.as_slice(), output.status.code()),
            (&b"done\n"[..], Some(3))
        );
        let mut child = run("sleep 1000; echo late");
        drop(child.stdin.take());
        let output = output_of(child).unwrap();
        assert!(output.stdout.is_empty() && !output.status.success());
    }

    #[test]
    fn a_missing_program_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let started = Process::start("x", Path::new("/no/such/program"), ["a"], &[], folder.path());
        assert!(started.unwrap_err().to_string().contains("/no/such/program"));
    }
}
