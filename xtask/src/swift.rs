//! Checks the iOS package on Linux: Debian's Swift, in a folder of its own, formats, builds and tests it against the
//! real native library, and is then shown mistakes that it must refuse.
//!
//! The folder is made once (about a minute, 2.5 GB in the cache) and entered through a mount namespace, which needs
//! root; without it, or on another system, the check says that it is skipped. What only Xcode can say stands in
//! `ios/README.md`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::debian::{Folder, cannot_enter, script};
use crate::stage::{self, Stage};
use crate::step::{Done, Failure, run, say};
use crate::{bindings, place, planted};

/// Swift is packaged for few systems.
const FOLDER: Folder = Folder {
    purpose: "with Swift in it",
    takes: "about a minute, 2.5 GB",
    mark: ".swift-env-2",
    suite: "trixie",
    packages: &["swiftlang", "swiftlang-dev", "libc6-dev", "libstdc++-14-dev"],
};

/// Sets how often `LifetimeTests` open and close; `LifetimeGrowthTests` run only with it, alone in their process.
const CYCLES: &str = "TEKRAM_CYCLES";
/// Enough for a leak to show, in a few seconds.
const FEW_CYCLES: &str = "200";

/// The generated sources and where the package wants them.
const GENERATED: [(&str, &str); 2] = [
    ("TekramCore.swift", "TekramCore/TekramCore.swift"),
    ("TekramFFI.h", "TekramFFI/TekramFFI.h"),
];

/// Folders of `ios` that are ours to format; the generated code is not.
const FORMATTED: [&str; 7] = [
    "Package.swift",
    "App",
    "TekramKit",
    "TekramUI",
    "Tests",
    "SwiftUIStub",
    "UniformTypeIdentifiersStub",
];

/// Debian's Swift, ready to be called on the package.
pub struct Swift {
    root: PathBuf,
    native: PathBuf,
}

/// `cargo xtask swift`: everything; `cargo xtask swift build|test|format ARGS`: one command of Swift on the package.
pub fn swift(args: &[String]) -> Done {
    if let Some(why) = missing() {
        say(format!("skipped: the iOS package is not checked here, because {why}"));
        return Ok(());
    }
    if args.first().map(String::as_str) == Some("format") {
        return write_format(&Swift::make(PathBuf::new())?);
    }
    generated()?;
    let swift = Swift::make(native()?)?;
    match args.split_first() {
        None => everything(&swift),
        Some((command, rest)) if command == "build" || command == "test" => run(
            &format!("swift {command}"),
            swift
                .with_cycles(command, named(CYCLES).as_deref())
                .args(rest.iter().filter(|arg| *arg != "--")),
        ),
        Some((other, _)) => Err(Failure::usage(format!(
            "swift takes build, test or format, not {other:?}"
        ))),
    }
}

fn everything(swift: &Swift) -> Done {
    run(
        "checking the formatting of Swift",
        swift
            .command("swift")
            .args(["format", "lint", "--strict", "--parallel", "--recursive"])
            .args(FORMATTED),
    )?;
    run("building the iOS package", &mut swift.with_library("build"))?;
    let stage = Stage::raise("swift")?;
    run(
        "testing the view models against the core",
        &mut swift.told_of(&stage, "test"),
    )?;
    stage.told()?;
    run(
        "counting what opening and closing leaves behind",
        swift
            .with_cycles("test", Some(Path::new(FEW_CYCLES)))
            .args(["--filter", "LifetimeGrowthTests"]),
    )?;
    planted::check(swift)
}

fn write_format(swift: &Swift) -> Done {
    run(
        "formatting Swift",
        swift
            .command("swift")
            .args(["format", "--in-place", "--parallel", "--recursive"])
            .args(FORMATTED),
    )
}

/// Why the check cannot run on this machine.
fn missing() -> Option<&'static str> {
    if !cfg!(target_os = "linux") {
        return Some("Debian's Swift runs on Linux; on a Mac, Xcode builds and tests the package");
    }
    cannot_enter()
}

/// Part of `cargo xtask test`: everything, where the Debian folder is there already. Making it takes a network and 2.5 GB,
/// which a test should not ask for by itself.
pub fn when_ready() -> Done {
    if missing().is_none() && !root()?.join(FOLDER.mark).exists() {
        say("skipped: the iOS package is not checked here; `cargo xtask swift` makes what that needs");
        return Ok(());
    }
    swift(&[])
}

/// `$TEKRAM_NATIVE`, else cargo's folder for debug builds.
fn native() -> Done<PathBuf> {
    match named("TEKRAM_NATIVE") {
        Some(folder) => Ok(folder),
        None => Ok(place::target()?.join("debug")),
    }
}

/// Puts the generated binding into the package: from `$TEKRAM_BINDINGS`, else made anew. Unchanged files keep their time,
/// so that Swift does not build anew.
fn generated() -> Done {
    let Some(from) = named("TEKRAM_BINDINGS") else {
        return bindings::make();
    };
    for (name, place) in GENERATED {
        let made = from.join("swift").join(name);
        let source = fs::read(&made).map_err(Failure::because(format!("cannot read {}", made.display())))?;
        let copy = ios().join(place);
        if fs::read(&copy).ok().as_ref() != Some(&source) {
            // A fresh checkout has no folder for what is generated.
            if let Some(folder) = copy.parent() {
                fs::create_dir_all(folder).map_err(Failure::because(format!("cannot make {}", folder.display())))?;
            }
            fs::write(&copy, source).map_err(Failure::because(format!("cannot write {}", copy.display())))?;
        }
    }
    Ok(())
}

/// The Debian folder.
fn root() -> Done<PathBuf> {
    match named("TEKRAM_SWIFT_ROOT") {
        Some(folder) => Ok(folder),
        None => Ok(place::cache()?.join("trixie")),
    }
}

/// A folder that the environment names.
fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// The iOS package.
pub fn ios() -> PathBuf {
    place::root().join("ios")
}

impl Swift {
    /// Makes the Debian folder if it is not there. `native` is the folder with the library.
    fn make(native: PathBuf) -> Done<Self> {
        let root = root()?;
        FOLDER.make(&root)?;
        // The namespace shows the checkout alone, so the library comes to it.
        let shown = ios().join(".build/native");
        if !native.as_os_str().is_empty() {
            copy_library(&native, &shown)?;
        }
        Ok(Self { root, native: shown })
    }

    /// A program of the Debian folder, run in the package's folder.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(script("swift.sh"));
        command
            .env("SWIFT_ROOT", &self.root)
            .env("SWIFT_PROJECT", place::root())
            .env("SWIFT_CWD", ios())
            .env("SWIFT_LIBS", &self.native)
            .arg(program);
        command
    }

    /// `swift COMMAND`, linked with the native library, warnings as errors.
    fn with_library(&self, subcommand: &str) -> Command {
        self.linked(self.command("swift"), subcommand)
    }

    /// The same with the number of cycles named, where it is one.
    fn with_cycles(&self, subcommand: &str, cycles: Option<&Path>) -> Command {
        let Some(cycles) = cycles else {
            return self.with_library(subcommand);
        };
        let mut command = self.command("env");
        command.arg(format!("{CYCLES}={}", cycles.display())).arg("swift");
        self.linked(command, subcommand)
    }

    /// The same with the app's story's counterparts named; the namespace keeps nothing of the environment.
    fn told_of(&self, stage: &Stage, subcommand: &str) -> Command {
        let mut command = self.command("env");
        command
            .arg(format!("{}={}", stage::VARIABLE, stage.folder().display()))
            .arg("swift");
        self.linked(command, subcommand)
    }

    fn linked(&self, mut command: Command, subcommand: &str) -> Command {
        command
            .args([subcommand, "--quiet", "-Xswiftc", "-warnings-as-errors", "-Xlinker"])
            .arg(format!("-L{}", self.native.display()))
            // Debian's Observation library names symbols that only its runtime has.
            .args(["-Xlinker", "--allow-shlib-undefined"]);
        command
    }
}

fn copy_library(from: &Path, to: &Path) -> Done {
    let name = bindings::LIBRARY;
    let copy = || -> std::io::Result<()> {
        fs::create_dir_all(to)?;
        let (made, held) = (fs::metadata(from.join(name))?, fs::metadata(to.join(name)));
        let fresh = held.is_ok_and(|held| {
            held.len() == made.len()
                && matches!((held.modified(), made.modified()), (Ok(held), Ok(made)) if held >= made)
        });
        if !fresh {
            // A new file, not new bytes in the old one: a running test may have it mapped.
            let part = to.join("libtekram_ffi.part");
            fs::copy(from.join(name), &part)?;
            fs::rename(part, to.join(name))?;
        }
        Ok(())
    };
    copy().map_err(Failure::because(format!("cannot take {name} from {}", from.display())))
}
