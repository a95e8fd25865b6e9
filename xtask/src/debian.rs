//! Debian folders: some tools are packaged for Debian 13 only, so they live in a folder of their own in the cache and are
//! entered through a mount namespace, which leaves the rest of the machine as it is.

use std::process::Command;

use crate::step::output;

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
