//! Builds the native library for Android phones, hands it to the Gradle build of the app and packs it as an AAR for others,
//! where Google's NDK is. The sources of the facade are generated before the libraries are stripped, because stripping takes
//! away what they are generated from.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::step::{Done, Failure, cargo, output, run, say};
use crate::{bindings, place};

/// The oldest Android that the app runs on, which is the oldest that the library is linked for.
const API: u32 = 30;

/// Pages of 16 KB, which Android 15 phones may have: every loadable segment is aligned to them.
const PAGE_BYTES: u64 = 16_384;

/// The native library, as the facade loads it.
const LIBRARY: &str = "libtekram_ffi.so";

/// Where Gradle takes the native libraries: `jniLibs` in the build file of the same folder.
const GRADLE_LIBRARIES: &str = "android/binding/generated/jniLibs";

/// A kind of processor: Android's name, Rust's target, and the compiler's name for it in the NDK.
struct Abi {
    name: &'static str,
    target: &'static str,
    clang: &'static str,
}

const ABIS: [Abi; 3] = [
    Abi {
        name: "arm64-v8a",
        target: "aarch64-linux-android",
        clang: "aarch64-linux-android",
    },
    Abi {
        name: "armeabi-v7a",
        target: "armv7-linux-androideabi",
        clang: "armv7a-linux-androideabi",
    },
    Abi {
        name: "x86_64",
        target: "x86_64-linux-android",
        clang: "x86_64-linux-android",
    },
];

/// `cargo xtask android`.
pub fn android(args: &[String]) -> Done {
    if !args.is_empty() {
        return Err(Failure::usage("android takes no arguments"));
    }
    let tools = tools(std::env::var_os("ANDROID_NDK_HOME").map(PathBuf::from))?;
    for abi in &ABIS {
        standard_library(abi.target)?;
    }
    let target = place::target()?;
    let mut libraries = Vec::new();
    for abi in &ABIS {
        libraries.push((abi.name, build(abi, &tools, &target)?));
    }
    bindings::make()?;
    let mut stripped = Vec::new();
    for (abi, library) in libraries {
        let out = target.join("android").join(abi).join(LIBRARY);
        strip(&tools, &library, &out)?;
        check_pages(&out)?;
        stripped.push((abi, out));
    }
    let gradle = place::root().join(GRADLE_LIBRARIES);
    for_gradle(&gradle, &stripped).map_err(Failure::because(format!("cannot write {}", gradle.display())))?;
    let classes = classes(&place::root().join("android/binding/target"));
    if classes.is_none() {
        say("android/binding is not built by Maven, so the AAR has no classes: take the module's sources beside it");
    }
    let aar = target.join("android/tekram.aar");
    write_aar(&aar, classes.as_deref(), &stripped)
        .map_err(Failure::because(format!("cannot write {}", aar.display())))?;
    say(format!("{} is ready", aar.display()));
    Ok(())
}

/// The NDK's programs.
fn tools(ndk: Option<PathBuf>) -> Done<PathBuf> {
    let ndk = ndk.filter(|ndk| !ndk.as_os_str().is_empty()).ok_or_else(|| {
        Failure::new("Android's NDK is missing: install it with Android Studio and set ANDROID_NDK_HOME to its folder")
    })?;
    let host = if cfg!(target_os = "macos") {
        "darwin-x86_64"
    } else {
        "linux-x86_64"
    };
    let tools = ndk.join("toolchains/llvm/prebuilt").join(host).join("bin");
    if !tools.join("llvm-strip").exists() {
        return Err(Failure::new(format!(
            "ANDROID_NDK_HOME has no compilers in toolchains/llvm/prebuilt/{host}/bin: it must name an NDK of release 23 or newer"
        )));
    }
    Ok(tools)
}

/// Fails when Rust's standard library for `target` is not installed.
pub fn standard_library(target: &str) -> Done {
    let mut ask = Command::new("rustc");
    ask.args(["--print", "target-libdir", "--target", target])
        .current_dir(place::root());
    let folder = output("asking rustc for its libraries", &mut ask)?;
    let folder = String::from_utf8_lossy(&folder).trim().to_owned();
    if Path::new(&folder).exists() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "Rust's standard library for {target} is missing: run `rustup target add {target}`"
    )))
}

/// Builds the library for one kind of processor. Returns it as the linker made it.
fn build(abi: &Abi, tools: &Path, target: &Path) -> Done<PathBuf> {
    let clang = tools.join(format!("{}{API}-clang", abi.clang));
    let upper = abi.target.replace('-', "_").to_uppercase();
    let lower = abi.target.replace('-', "_");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut paths = vec![tools.to_owned()];
    paths.extend(std::env::split_paths(&path));
    let path = std::env::join_paths(paths).map_err(|cause| Failure::new(format!("PATH cannot be used: {cause}")))?;
    let mut command = cargo();
    command
        .args([
            "rustc",
            "--locked",
            "--release",
            "--package",
            "tekram-ffi",
            "--lib",
            // Of the shared library alone, because cargo optimises nothing as a whole while it makes a Rust library too.
            "--crate-type",
            "cdylib",
            "--features",
            "phone",
            "--target",
            abi.target,
        ])
        .env(format!("CARGO_TARGET_{upper}_LINKER"), &clang)
        .env(
            format!("CARGO_TARGET_{upper}_RUSTFLAGS"),
            // Packed relocations are a few kilobytes instead of a megabyte; Android reads them since release 30.
            format!("-Clink-arg=-Wl,-z,max-page-size={PAGE_BYTES} -Clink-arg=-Wl,--pack-dyn-relocs=relr"),
        )
        .env(format!("CC_{lower}"), &clang)
        .env(format!("AR_{lower}"), tools.join("llvm-ar"))
        .env(format!("RANLIB_{lower}"), tools.join("llvm-ranlib"))
        // OpenSSL's own build looks for the compiler by its name.
        .env("PATH", path);
    run(&format!("building the native library for {}", abi.name), &mut command)?;
    Ok(target.join(abi.target).join("release").join(LIBRARY))
}

fn strip(tools: &Path, library: &Path, out: &Path) -> Done {
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder).map_err(Failure::because(format!("cannot make {}", folder.display())))?;
    }
    let mut command = Command::new(tools.join("llvm-strip"));
    command.arg("--strip-unneeded").arg("-o").arg(out).arg(library);
    run(&format!("stripping {}", library.display()), &mut command)
}

/// Fails when a loadable segment is aligned to less than 16 KB.
fn check_pages(library: &Path) -> Done {
    let bytes = fs::read(library).map_err(Failure::because(format!("cannot read {}", library.display())))?;
    match smallest_alignment(&bytes) {
        Some(bytes) if bytes >= PAGE_BYTES => Ok(()),
        found => Err(Failure::new(format!(
            "{} is aligned to {found:?} bytes, and phones with pages of 16 KB refuse it",
            library.display()
        ))),
    }
}

/// The smallest alignment of a loadable segment (`PT_LOAD` of the ELF specification), in files of little-endian machines
/// with 32 or 64 bits.
fn smallest_alignment(elf: &[u8]) -> Option<u64> {
    let number = |at: usize, bytes: usize| -> Option<u64> {
        let field = elf.get(at..at.checked_add(bytes)?)?;
        Some(
            field
                .iter()
                .rev()
                .fold(0, |number, byte| number << 8 | u64::from(*byte)),
        )
    };
    if elf.get(..4)? != b"\x7fELF" {
        return None;
    }
    let wide = number(4, 1)? == 2;
    // Where e_phoff, e_phentsize and e_phnum stand, and p_align in a program header.
    let (table, entry, count, align, bytes) = if wide {
        (number(32, 8)?, number(54, 2)?, number(56, 2)?, 48, 8)
    } else {
        (number(28, 4)?, number(42, 2)?, number(44, 2)?, 28, 4)
    };
    let mut smallest = None;
    for index in 0..count {
        let header = usize::try_from(table.checked_add(index.checked_mul(entry)?)?).ok()?;
        if number(header, 4)? == 1 {
            let alignment = number(header.checked_add(align)?, bytes)?;
            smallest = Some(smallest.map_or(alignment, |known: u64| known.min(alignment)));
        }
    }
    smallest
}

/// The jar that Maven built of the module `binding`, if it did.
fn classes(folder: &Path) -> Option<PathBuf> {
    let mut jars: Vec<PathBuf> = fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jar"))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            !name.ends_with("-sources.jar") && !name.ends_with("-tests.jar") && !name.starts_with("original-")
        })
        .collect();
    jars.sort();
    jars.into_iter().next()
}

/// Puts the library for each kind of processor where Gradle packs it into the app, and nothing beside them: what an earlier
/// run left for another processor would be packed as well.
fn for_gradle(folder: &Path, libraries: &[(&str, PathBuf)]) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
        _ => {}
    }
    for (abi, library) in libraries {
        let folder = folder.join(abi);
        fs::create_dir_all(&folder)?;
        fs::copy(library, folder.join(LIBRARY))?;
    }
    Ok(())
}

/// Writes an Android archive: manifest, classes, resources (none) and a library for each kind of processor.
fn write_aar(out: &Path, classes: Option<&Path>, libraries: &[(&str, PathBuf)]) -> io::Result<()> {
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut aar = ZipWriter::new(File::create(out)?);
    let options = SimpleFileOptions::default();
    let manifest = format!(
        "<manifest xmlns:android=\"http://schemas.android.com/apk/res/android\" package=\"tekram.ffi\">\n    \
         <uses-sdk android:minSdkVersion=\"{API}\"/>\n</manifest>\n"
    );
    let classes = match classes {
        Some(jar) => fs::read(jar)?,
        None => ZipWriter::new(io::Cursor::new(Vec::new())).finish()?.into_inner(),
    };
    let mut put = |name: &str, bytes: &[u8]| -> io::Result<()> {
        aar.start_file(name, options)?;
        aar.write_all(bytes)
    };
    put("AndroidManifest.xml", manifest.as_bytes())?;
    put("classes.jar", &classes)?;
    put("R.txt", b"")?;
    // JNA calls the library by name and reads its own classes by reflection.
    put(
        "proguard.txt",
        b"-keep class com.sun.jna.** { *; }\n-keep class * implements com.sun.jna.** { *; }\n-keep class tekram.ffi.** { *; }\n",
    )?;
    for (abi, library) in libraries {
        let mut bytes = Vec::new();
        File::open(library)?.read_to_end(&mut bytes)?;
        put(&format!("jni/{abi}/{LIBRARY}"), &bytes)?;
    }
    aar.finish()?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_has_what_android_looks_for() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("made-up.so");
        fs::write(&library, b"not a library").unwrap();
        let out = folder.path().join("out/tekram.aar");
        let libraries: Vec<_> = ABIS.iter().map(|abi| (abi.name, library.clone())).collect();
        write_aar(&out, None, &libraries).unwrap();

        let mut aar = zip::ZipArchive::new(File::open(&out).unwrap()).unwrap();
        let mut names: Vec<String> = aar.file_names().map(|name| name.unwrap().into_owned()).collect();
        names.sort();
        let expected = [
            "AndroidManifest.xml",
            "R.txt",
            "classes.jar",
            "jni/arm64-v8a/libtekram_ffi.so",
            "jni/armeabi-v7a/libtekram_ffi.so",
            "jni/x86_64/libtekram_ffi.so",
            "proguard.txt",
        ];
        assert_eq!(names, expected);
        let mut text = String::new();
        aar.by_name("jni/x86_64/libtekram_ffi.so")
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "not a library");
        let mut jar = Vec::new();
        aar.by_name("classes.jar").unwrap().read_to_end(&mut jar).unwrap();
        assert_eq!(zip::ZipArchive::new(io::Cursor::new(jar)).unwrap().len(), 0);
    }

    #[test]
    fn the_app_is_built_with_the_libraries_of_this_run() {
        let folder = tempfile::tempdir().unwrap();
        let gradle = folder.path().join("generated/jniLibs");
        fs::create_dir_all(gradle.join("x86")).unwrap();
        fs::write(gradle.join("x86").join(LIBRARY), b"of another day").unwrap();
        let libraries: Vec<_> = ABIS
            .iter()
            .map(|abi| {
                let library = folder.path().join(abi.name);
                fs::write(&library, abi.target).unwrap();
                (abi.name, library)
            })
            .collect();
        for_gradle(&gradle, &libraries).unwrap();

        let mut names: Vec<_> = fs::read_dir(&gradle)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["arm64-v8a", "armeabi-v7a", "x86_64"]);
        for abi in &ABIS {
            let library = gradle.join(abi.name).join("libtekram_ffi.so");
            assert_eq!(fs::read_to_string(library).unwrap(), abi.target);
        }
    }

    #[test]
    fn gradle_looks_where_the_libraries_are_put() {
        let build = fs::read_to_string(place::root().join("android/binding/build.gradle.kts")).unwrap();
        let named = GRADLE_LIBRARIES.strip_prefix("android/binding/").unwrap();
        assert!(build.contains(&format!("jniLibs.srcDir(\"{named}\")")), "{build}");
    }

    #[test]
    fn the_classes_are_those_that_maven_built() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(classes(folder.path()), None);
        for name in [
            "binding-1-sources.jar",
            "binding-1-tests.jar",
            "binding-1.jar",
            "notes.txt",
        ] {
            fs::write(folder.path().join(name), b"").unwrap();
        }
        assert_eq!(classes(folder.path()), Some(folder.path().join("binding-1.jar")));
    }

    /// An ELF file with one note and these loadable segments.
    fn elf(wide: bool, alignments: &[u64]) -> Vec<u8> {
        let (header, entry, align, bytes) = if wide { (64, 56, 48, 8) } else { (52, 32, 28, 4) };
        let mut file = vec![0; header + entry * (alignments.len() + 1)];
        let mut put = |at: usize, number: u64, bytes: usize| {
            file[at..at + bytes].copy_from_slice(&number.to_le_bytes()[..bytes]);
        };
        put(0, u64::from(u32::from_le_bytes(*b"\x7fELF")), 4);
        put(4, if wide { 2 } else { 1 }, 1);
        let (table, size, count) = if wide { (32, 54, 56) } else { (28, 42, 44) };
        put(table, header as u64, bytes);
        put(size, entry as u64, 2);
        put(count, alignments.len() as u64 + 1, 2);
        put(header, 4, 4);
        put(header + align, 4, bytes);
        for (index, alignment) in alignments.iter().enumerate() {
            let at = header + entry * (index + 1);
            put(at, 1, 4);
            put(at + align, *alignment, bytes);
        }
        file
    }

    #[test]
    fn a_library_for_small_pages_is_found_out() {
        for wide in [true, false] {
            assert_eq!(smallest_alignment(&elf(wide, &[16_384, 65_536])), Some(16_384));
            assert_eq!(smallest_alignment(&elf(wide, &[16_384, 4096])), Some(4096));
        }
        assert_eq!(smallest_alignment(b"#!/bin/sh"), None);
        assert_eq!(smallest_alignment(&elf(true, &[16_384])[..100]), None);
    }

    #[test]
    fn what_is_missing_is_said_in_a_sentence() {
        let nothing = tools(None).unwrap_err();
        assert_eq!(nothing.code, 1);
        assert!(nothing.message.contains("ANDROID_NDK_HOME"), "{}", nothing.message);
        let empty = tempfile::tempdir().unwrap();
        let wrong = tools(Some(empty.path().to_owned())).unwrap_err();
        assert!(wrong.message.contains("release 23"), "{}", wrong.message);
    }
}
