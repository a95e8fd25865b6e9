//! What must be true of the code before its tests matter: formatting, clippy without warnings, the dependency tree, the
//! words of the interface.

use crate::step::{Done, cargo, run};
use crate::{tree, words};

/// All four checks.
pub fn lint() -> Done {
    format()?;
    tree::check()?;
    words::words(&["--check".to_owned()])?;
    run(
        "clippy",
        cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--quiet",
            "--",
            "--deny",
            "warnings",
        ]),
    )
}

/// Only the formatting.
pub fn format() -> Done {
    run("checking the formatting", cargo().args(["fmt", "--all", "--check"]))
}
