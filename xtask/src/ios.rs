//! Builds the native library for iPhones and their simulator and packs both as an XCFramework, where Xcode is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Done, Failure, cargo, output, run, say};
use crate::{android, bindings, place};

/// The phone, and the simulator of a Mac with an Apple processor.
const TARGETS: [&str; 2] = ["aarch64-apple-ios", "aarch64-apple-ios-sim"];

/// The oldest iOS that the app runs on.
const OLDEST: &str = "17.0";

/// The C module as Xcode reads it: the framework says itself what is linked.
const MODULE: &str = "module TekramFFI {\n    header \"TekramFFI.h\"\n    export *\n}\n";

/// `cargo xtask ios`.
pub fn ios(args: &[String]) -> Done {
    if !args.is_empty() {
        return Err(Failure::usage("ios takes no arguments"));
    }
    xcode()?;
    for target in TARGETS {
        android::standard_library(target)?;
    }
    bindings::make()?;
    let target_folder = place::target()?;
    let headers = headers(&target_folder)?;
    let mut pack = Command::new("xcodebuild");
    pack.arg("-create-xcframework");
    for target in TARGETS {
        let mut build = cargo();
        build
            .args([
                "rustc",
                "--locked",
                "--release",
                "--package",
                "tekram-ffi",
                "--lib",
                "--features",
                "phone",
            ])
            // A shared library would have to be signed and embedded; an archive becomes part of the app.
            .args(["--crate-type", "staticlib", "--target", target])
            .env("IPHONEOS_DEPLOYMENT_TARGET", OLDEST);
        run(&format!("building the native library for {target}"), &mut build)?;
        pack.arg("-library")
            .arg(target_folder.join(target).join("release/libtekram_ffi.a"))
            .arg("-headers")
            .arg(&headers);
    }
    let framework = place::root().join("ios/TekramFFI/TekramFFI.xcframework");
    if framework.exists() {
        fs::remove_dir_all(&framework).map_err(Failure::because("cannot take the old framework away"))?;
    }
    pack.arg("-output").arg(&framework);
    run("packing the framework", &mut pack)?;
    say(format!("{} is ready", framework.display()));
    Ok(())
}

/// Fails where there is no Xcode.
fn xcode() -> Done {
    if !cfg!(target_os = "macos") {
        return Err(Failure::new(
            "Xcode is missing: libraries for iPhones can only be linked on a Mac, with Xcode 16 or newer",
        ));
    }
    output("asking for Xcode", Command::new("xcodebuild").arg("-version")).map_err(|_| {
        Failure::new("Xcode is missing: install it from the App Store, then run `xcode-select --install`")
    })?;
    Ok(())
}

/// A folder with the C header and its module.
fn headers(target: &Path) -> Done<PathBuf> {
    let folder = target.join("ios/headers");
    let put = || -> std::io::Result<()> {
        fs::create_dir_all(&folder)?;
        fs::copy(target.join("bindings/swift/TekramFFI.h"), folder.join("TekramFFI.h"))?;
        fs::write(folder.join("module.modulemap"), MODULE)
    };
    put().map_err(Failure::because("cannot gather the headers"))?;
    Ok(folder)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_are_a_module_of_the_facades_name() {
        let target = tempfile::tempdir().unwrap();
        let made = target.path().join("bindings/swift");
        fs::create_dir_all(&made).unwrap();
        fs::write(made.join("TekramFFI.h"), "// C").unwrap();
        let folder = headers(target.path()).unwrap();
        let module = fs::read_to_string(folder.join("module.modulemap")).unwrap();
        assert!(module.starts_with("module TekramFFI {"));
        assert!(folder.join("TekramFFI.h").exists());
    }

    #[cfg(not(target_os = "macos"))]
    #[test]
    fn without_a_mac_it_says_so() {
        let missing = ios(&[]).unwrap_err();
        assert_eq!(missing.code, 1);
        assert!(missing.message.contains("Xcode"), "{}", missing.message);
    }
}
