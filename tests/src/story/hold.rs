//! `--keep` and `--stop`: the counterparts go on in a process of their own, in the background, until they are ended.
//!
//! The background process holds the run folder's lock and its process id stands in the folder, so that a later run
//! finds it, ends it, and takes over.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{StoryError, Told, While};
use crate::patience::patiently;
use crate::place::Place;
use crate::stage::Stage;

/// How long ending or starting the counterparts may take.
const LIMIT: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(50);

/// Runs the counterparts until this process is ended. What `--keep` starts.
///
/// # Errors
/// When they do not come up.
pub fn hold(folder: &Path) -> Told {
    let place = Place::open(folder)?;
    let _lock = wait_for_lock(&place)?;
    let _stage = Stage::raise(&place, &|line| println!("{line}"))?;
    fs::write(place.holder(), std::process::id().to_string()).during("cannot write the process id")?;
    println!("ready");
    loop {
        thread::park();
    }
}

/// Starts the counterparts in the background and returns the process id that ends them.
///
/// # Errors
/// When they do not come up.
pub fn leave_running(place: &Place) -> Told<u32> {
    let program = std::env::current_exe().during("cannot find this program")?;
    let log = place.logs().join("kept.log");
    let output = File::create(&log).during(format!("cannot write {}", log.display()))?;
    let errors = output.try_clone().during("cannot share the log")?;
    let mut command = Command::new(program);
    command.arg("--hold").arg("--data").arg(place.root()).process_group(0);
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    let mut child = command
        .spawn()
        .during("cannot start the counterparts in the background")?;
    let started = Instant::now();
    while started.elapsed() < LIMIT {
        if holder(place) == Some(child.id()) {
            return Ok(child.id());
        }
        if child.try_wait().during("cannot watch the counterparts")?.is_some() {
            break;
        }
        thread::sleep(PAUSE);
    }
    let said = fs::read_to_string(&log).unwrap_or_default();
    Err(StoryError::new(format!(
        "the counterparts did not come up in the background:\n{said}"
    )))
}

/// Ends what an earlier `--keep` left running; false when there is nothing.
///
/// # Errors
/// When the folder is held by a run in the foreground, or the process does not end.
pub fn stop(place: &Place) -> Told<bool> {
    if place.lock()?.is_some() {
        // Nobody holds the folder: a process id that is still there belongs to a process long gone.
        let _ = fs::remove_file(place.holder());
        return Ok(false);
    }
    let Some(process) = holder(place) else {
        return Err(StoryError::new(format!(
            "another run is at work in {}",
            place.root().display()
        )));
    };
    let status = Command::new("kill")
        .arg(process.to_string())
        .status()
        .during("cannot run `kill`")?;
    if !status.success() {
        return Err(StoryError::new(format!("process {process} could not be ended")));
    }
    let _ = fs::remove_file(place.holder());
    let _lock = wait_for_lock(place)?;
    // Its mint ends a moment after it: done is when nobody answers any more.
    let ports = place.ports()?;
    if !patiently(|| Ok(ports.are_free()), |free| !free)? {
        return Err(StoryError::new(format!(
            "process {process} has ended, and its ports are still taken"
        )));
    }
    Ok(true)
}

fn holder(place: &Place) -> Option<u32> {
    fs::read_to_string(place.holder()).ok()?.trim().parse().ok()
}

fn wait_for_lock(place: &Place) -> Told<File> {
    let started = Instant::now();
    while started.elapsed() < LIMIT {
        if let Some(lock) = place.lock()? {
            return Ok(lock);
        }
        thread::sleep(PAUSE);
    }
    Err(StoryError::new(format!(
        "another run still holds {}",
        place.root().display()
    )))
}
