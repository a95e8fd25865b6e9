//! Where things are: the checkout, the cache folder that outlives it, and cargo's target folder.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use crate::step::{Done, Failure, cargo, output};

/// The checkout that cargo runs this xtask for; without cargo, the one it was compiled in. Checkouts share a target folder, so the
/// program may have been compiled in another one.
pub fn root() -> &'static Path {
    static HERE: LazyLock<PathBuf> = LazyLock::new(|| {
        let running = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        running
            .filter(|folder| folder.ends_with("xtask"))
            .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")))
    });
    HERE.parent().unwrap_or(&HERE)
}

/// `$TEKRAM_CACHE`, else `$XDG_CACHE_HOME/tekram`, else `~/.cache/tekram`.
pub fn cache() -> Done<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(cache) = set("TEKRAM_CACHE") {
        return Ok(cache);
    }
    if let Some(cache) = set("XDG_CACHE_HOME") {
        return Ok(cache.join("tekram"));
    }
    match set("HOME") {
        Some(home) => Ok(home.join(".cache").join("tekram")),
        None => Err(Failure::new(
            "no cache folder: set TEKRAM_CACHE, XDG_CACHE_HOME or HOME",
        )),
    }
}

/// `cargo metadata` of the workspace; with the whole resolved tree when `whole_tree`.
pub fn metadata(whole_tree: bool) -> Done<Value> {
    let mut command = cargo();
    command.args(["metadata", "--format-version", "1", "--locked"]);
    if !whole_tree {
        command.arg("--no-deps");
    }
    let json = output("cargo metadata", &mut command)?;
    serde_json::from_slice(&json).map_err(|cause| Failure::new(format!("cargo metadata is not JSON: {cause}")))
}

/// Cargo's target folder, wherever `CARGO_TARGET_DIR` put it.
pub fn target() -> Done<PathBuf> {
    let metadata = metadata(false)?;
    match metadata.get("target_directory").and_then(Value::as_str) {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => Err(Failure::new("cargo metadata names no target folder")),
    }
}
