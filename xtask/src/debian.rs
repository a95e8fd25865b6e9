//! Debian folders: some tools are packaged for Debian 13 only, so they live in a folder of their own in the cache and are
//! entered through a mount namespace, which leaves the rest of the machine as it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place;
use crate::step::{Done, Failure, output, say};

/// What a folder holds.
pub struct Folder {
    /// What it is made for, for people.
    pub purpose: &'static str,
    /// What its making takes, for people.
    pub takes: &'static str,
    /// The file that a finished folder holds; another name makes the folder anew.
    pub mark: &'static str,
    /// Debian's name of the set of packages.
    pub suite: &'static str,
    /// What is installed.
    pub packages: &'static [&'static str],
}

impl Folder {
    /// Makes the folder, if no finished one is there.
    pub fn make(&self, root: &Path) -> Done {
        if root.join(self.mark).exists() {
            return Ok(());
        }
        say(format!(
            "making a Debian folder {} ({}, once)",
            self.purpose, self.takes
        ));
        let made = Command::new(script("folder.sh"))
            .arg(root)
            .args([self.mark, self.suite])
            .args(self.packages)
            .status();
        if made.is_ok_and(|status| status.success()) {
            return Ok(());
        }
        Err(Failure::new(format!(
            "the Debian folder {} could not be made",
            self.purpose
        )))
    }
}

/// A script that makes a Debian folder or enters it.
pub fn script(name: &str) -> PathBuf {
    place::root().join("xtask/debian").join(name)
}

/// Why no folder can be entered here.
pub fn cannot_enter() -> Option<&'static str> {
    if !cfg!(target_os = "linux") {
        return Some("Debian's programs run on Linux");
    }
    let uid = output("asking who runs this", Command::new("id").arg("-u")).unwrap_or_default();
    if uid.trim_ascii() != b"0" {
        return Some("a mount namespace needs root");
    }
    let enter = Command::new("unshare").args(["--mount", "true"]).output();
    if !enter.is_ok_and(|output| output.status.success()) {
        return Some("`unshare --mount` is not allowed");
    }
    None
}
