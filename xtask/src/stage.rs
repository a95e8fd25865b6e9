//! The counterparts of the app's story while a front end's tests play it: `tekram-story --hold` with a mint, a relay, feeds
//! and desks that know nothing yet.
//!
//! A test that finds no stage skips the story; here it may not. So each telling leaves a mark in the stage's folder, and a
//! missing mark is a failure.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::step::{Done, Failure, cargo, run};
use crate::{place, setup};

/// The variable that names the stage's folder to a test.
pub const VARIABLE: &str = "TEKRAM_STORY_STAGE";

/// What a test writes into the folder when it has told the whole story.
const TOLD: &str = "told";

/// The counterparts; they end with this value.
pub struct Stage {
    folder: PathBuf,
    process: Child,
}

impl Stage {
    /// Raises them anew for the front end called `name`, and waits until every desk is ready.
    pub fn raise(name: &str) -> Done<Self> {
        setup::setup()?;
        run(
            "building the counterparts of the app's story",
            cargo()
                // Exactly as in `run` and `test`: another selection would give dependencies other features and build them again.
                .args(["build", "--workspace", "--bins", "--locked"]),
        )?;
        // Under the checkout: the Debian folder shows nothing else.
        let folder = place::root().join("target").join(format!("app-story-{name}"));
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(Failure::because(format!("cannot clear {}", folder.display())))?;
        }
        let mut process = Command::new(place::target()?.join("debug").join("tekram-story"))
            .arg("--hold")
            .arg("--data")
            .arg(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Failure::because("cannot start the counterparts of the app's story"))?;
        let said = process.stdout.take();
        let stage = Self { folder, process };
        let ready = said.is_some_and(|said| {
            let mut lines = BufReader::new(said).lines().map_while(Result::ok);
            lines.any(|line| line == "ready")
        });
        if ready {
            return Ok(stage);
        }
        Err(Failure::new("the counterparts of the app's story did not come up"))
    }

    /// What [`VARIABLE`] is set to.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Ends the counterparts, and fails when the story was not told to its end.
    pub fn told(self) -> Done {
        if self.folder.join(TOLD).is_file() {
            return Ok(());
        }
        Err(Failure::new(
            "the tests passed without telling the app's story; its test was skipped or is gone",
        ))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Its desks, relay and mint hang on pipes of this process and end with it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
