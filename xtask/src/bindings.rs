//! Makes the Kotlin and Swift sources from what the built library says about itself, and puts them where the packages
//! take them. They are never checked in; a copy that differs from the library is named by `--check`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Done, Failure, cargo, run, say};
use crate::{licences, place};

/// The native library as cargo names it on this system.
pub const LIBRARY: &str = if cfg!(target_os = "macos") {
    "libtekram_ffi.dylib"
} else {
    "libtekram_ffi.so"
};

/// What is generated, below `target/bindings`.
const GENERATED: [&str; 3] = [
    "kotlin/tekram/ffi/tekram_ffi.kt",
    "swift/TekramCore.swift",
    "swift/TekramFFI.h",
];

/// The licences page below `target/bindings`, as a resource of the packages.
const LICENCES: &str = "resources/tekram/licences.txt";

/// Where Gradle takes it.
const PACKAGED_LICENCES: &str = "android/binding/generated/resources/tekram/licences.txt";

/// Where the packages take it: Gradle, the Swift package and its C module. Maven reads `target/bindings` itself.
const PACKAGED: [(&str, &str); 3] = [
    (
        "kotlin/tekram/ffi/tekram_ffi.kt",
        "android/binding/generated/tekram/ffi/tekram_ffi.kt",
    ),
    ("swift/TekramCore.swift", "ios/TekramCore/TekramCore.swift"),
    ("swift/TekramFFI.h", "ios/TekramFFI/TekramFFI.h"),
];

/// `cargo xtask bindings [--check]`.
pub fn bindings(args: &[String]) -> Done {
    match args {
        [] => make(),
        [flag] if flag == "--check" => check(),
        _ => Err(Failure::usage("bindings takes --check or nothing")),
    }
}

/// Builds the library and writes the sources, each only when it changed, so that nothing is built anew for nothing.
pub fn make() -> Done {
    let fresh = generate()?;
    let made = place::target()?.join("bindings");
    // Packed beside the facade, so that no edition is without it.
    licences::write(&made.join(LICENCES))?;
    copy_when_changed(&made.join(LICENCES), &place::root().join(PACKAGED_LICENCES))?;
    let mut written = 0;
    for name in GENERATED {
        written += usize::from(copy_when_changed(&fresh.join(name), &made.join(name))?);
    }
    // For those who build against the header without the Swift package.
    let module = made.join("swift/module.modulemap");
    written += usize::from(copy_when_changed(
        &place::root().join("ios/TekramFFI/module.modulemap"),
        &module,
    )?);
    for (name, packaged) in PACKAGED {
        written += usize::from(copy_when_changed(&made.join(name), &place::root().join(packaged))?);
    }
    say(format!("bindings: {written} files written, in {}", made.display()));
    Ok(())
}

/// Fails when a copy in a package is not what the library gives now.
fn check() -> Done {
    let fresh = generate()?;
    let drifted = drifted(&fresh, place::root())?;
    if drifted.is_empty() {
        say("bindings: every packaged copy is what the library gives");
        return Ok(());
    }
    Err(Failure::new(format!(
        "these differ from what the library gives; run `cargo xtask bindings`:\n  {}",
        drifted.join("\n  ")
    )))
}

/// The packaged files below `checkout` that are missing or differ from those below `fresh`.
fn drifted(fresh: &Path, checkout: &Path) -> Done<Vec<String>> {
    let mut drifted = Vec::new();
    for (name, packaged) in PACKAGED {
        let now = read(&fresh.join(name))?;
        if fs::read(checkout.join(packaged)).ok() != Some(now) {
            drifted.push(packaged.to_owned());
        }
    }
    Ok(drifted)
}

/// Builds the library and the generator, and runs it. Returns the folder of what it wrote.
fn generate() -> Done<PathBuf> {
    run(
        "building the native library and the generator",
        // As the tests build: another selection would give dependencies other features and build them again.
        cargo().args(["build", "--workspace", "--lib", "--bin", "tekram-bindgen", "--locked"]),
    )?;
    let target = place::target()?;
    let built = target.join("debug");
    let fresh = target.join("bindings-fresh");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(Failure::because("cannot empty the generator's folder"))?;
    }
    write(&built.join("tekram-bindgen"), &built.join(LIBRARY), &fresh)?;
    Ok(fresh)
}

/// Runs the generator on a library.
fn write(generator: &Path, library: &Path, out: &Path) -> Done {
    let mut command = Command::new(generator);
    command
        .arg(library)
        .arg(out)
        .arg(place::root().join("bindings/uniffi.toml"))
        .current_dir(place::root());
    run("generating Kotlin and Swift", &mut command)
}

fn read(path: &Path) -> Done<Vec<u8>> {
    fs::read(path).map_err(Failure::because(format!("cannot read {}", path.display())))
}

/// Whether `to` was written.
fn copy_when_changed(from: &Path, to: &Path) -> Done<bool> {
    let now = read(from)?;
    if fs::read(to).ok().as_ref() == Some(&now) {
        return Ok(false);
    }
    let put = || -> std::io::Result<()> {
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(to, &now)
    };
    put().map_err(Failure::because(format!("cannot write {}", to.display())))?;
    Ok(true)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]
mod tests {
    use super::*;

    fn put(root: &Path, name: &str, text: &str) {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn a_packaged_copy_that_differs_from_the_library_is_named() {
        let (fresh, checkout) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (name, packaged) in PACKAGED {
            put(fresh.path(), name, name);
            put(checkout.path(), packaged, name);
        }
        assert!(drifted(fresh.path(), checkout.path()).unwrap().is_empty());

        // One call more in the library than in the package.
        put(fresh.path(), "swift/TekramFFI.h", "uint32_t one_more(void);");
        assert_eq!(
            drifted(fresh.path(), checkout.path()).unwrap(),
            ["ios/TekramFFI/TekramFFI.h"]
        );

        fs::remove_file(checkout.path().join(PACKAGED[0].1)).unwrap();
        assert_eq!(drifted(fresh.path(), checkout.path()).unwrap().len(), 2);
    }

    #[test]
    fn an_unchanged_file_is_not_written_again() {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), "made", "same");
        let (from, to) = (folder.path().join("made"), folder.path().join("there/copy"));
        assert!(copy_when_changed(&from, &to).unwrap());
        assert!(!copy_when_changed(&from, &to).unwrap());
        put(folder.path(), "made", "other");
        assert!(copy_when_changed(&from, &to).unwrap());
    }
}
