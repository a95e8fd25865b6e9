//! Type-checks the facade and everything below it for both phones, without an NDK or Xcode: a Debian folder has a Rust
//! compiler and the standard library's source, which is built for the phone on the way. Nothing is linked, so C code is
//! not looked at; what only the platforms' own tools can say stands in `docs/on-device.md`.

use std::path::PathBuf;
use std::process::Command;

use crate::debian::{Folder, cannot_enter, script};
use crate::place;
use crate::step::{Done, Failure, cargo, run, say};

/// Android on ARM with 64 bits, and the iPhone.
const TARGETS: [&str; 2] = ["aarch64-linux-android", "aarch64-apple-ios"];

/// The project's toolchain has no standard library for phones; Debian's has its source.
const FOLDER: Folder = Folder {
    purpose: "with Rust's sources in it",
    takes: "some minutes, 1.3 GB",
    mark: ".phone-env-1",
    suite: "trixie-backports",
    packages: &["rustc", "cargo", "rust-src", "libc6-dev"],
};

/// `cargo xtask phone`: makes the folder when it is not there, then checks.
pub fn phone(args: &[String]) -> Done {
    if !args.is_empty() {
        return Err(Failure::usage("phone takes no arguments"));
    }
    if let Some(why) = cannot_enter() {
        return Err(Failure::new(format!("phones cannot be checked for here: {why}")));
    }
    FOLDER.make(&root()?)?;
    check()
}

/// Part of `cargo xtask test`: the same, or a line that says why not.
pub fn when_possible() -> Done {
    let why = match cannot_enter() {
        Some(why) => why.to_owned(),
        None => match FOLDER.make(&root()?) {
            Ok(()) => return check(),
            Err(failure) => failure.message,
        },
    };
    say(format!(
        "skipped: the library is not checked for phones here, because {why}"
    ));
    Ok(())
}

fn root() -> Done<PathBuf> {
    Ok(place::cache()?.join("trixie-rust"))
}

fn check() -> Done {
    // The compiler in the folder reads what was fetched here.
    run("fetching the dependencies", cargo().args(["fetch", "--locked"]))?;
    for target in TARGETS {
        let mut command = Command::new(script("phone.sh"));
        command
            .args([target, "--locked", "--quiet", "--package", "tekram-ffi", "--lib"])
            .env("PHONE_ROOT", root()?)
            .env("PHONE_PROJECT", place::root())
            .env("PHONE_REGISTRY", registry()?)
            // Its own, in the cache: the standard library is built once for all checkouts.
            .env("PHONE_TARGET", place::cache()?.join("target/phone"));
        run(&format!("checking the types for {target}"), &mut command)?;
    }
    Ok(())
}

/// Where cargo keeps what it fetched.
fn registry() -> Done<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let home = match (set("CARGO_HOME"), set("HOME")) {
        (Some(cargo), _) => cargo,
        (None, Some(home)) => home.join(".cargo"),
        (None, None) => return Err(Failure::new("no cargo folder: set CARGO_HOME or HOME")),
    };
    Ok(home.join("registry"))
}
