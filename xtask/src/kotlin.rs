//! Builds, tests and lints the app's Kotlin by Maven, on any machine with a JDK. Maven stays offline while everything it
//! needs has been downloaded, and is asked again online when something has not.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::stage::{self, Stage};
use crate::step::{Done, Failure, output, run, say};
use crate::{bindings, place};

/// A program or library without which nothing is built or drawn, and the Debian package that has it.
const NEEDED: [(Need, &str); 4] = [
    (Need::Program("javac"), "openjdk-17-jdk"),
    (Need::Program("mvn"), "maven"),
    (Need::Library("libGL.so.1"), "libgl1"),
    (Need::Library("libfontconfig.so.1"), "libfontconfig1"),
];

/// What packs the app's resources for its tests; other systems than Debian's have no package for it.
const NEEDED_BY_APP: [(Need, &str); 3] = [
    (Need::File("/usr/bin/aapt"), "aapt"),
    (
        Need::File("/usr/share/android-framework-res/framework-res.apk"),
        "android-framework-res",
    ),
    (Need::File("/usr/bin/unzip"), "unzip"),
];

#[derive(Clone, Copy)]
enum Need {
    Program(&'static str),
    Library(&'static str),
    File(&'static str),
}

/// What of the whole is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wanted {
    quick: bool,
    pictures: bool,
}

impl Wanted {
    fn parse(args: &[String]) -> Done<Self> {
        let mut wanted = Self::default();
        for arg in args {
            match arg.as_str() {
                "--quick" => wanted.quick = true,
                "--pictures" => wanted.pictures = true,
                other => {
                    return Err(Failure::usage(format!(
                        "kotlin takes --quick and --pictures, not {other:?}"
                    )));
                }
            }
        }
        Ok(wanted)
    }
}

/// `cargo xtask kotlin [--quick] [--pictures]`.
pub fn kotlin(args: &[String]) -> Done {
    let wanted = Wanted::parse(args)?;
    bindings::make()?;
    verify(&wanted)
}

/// Everything after the bindings, for `cargo xtask test`, which has made them.
pub fn test(quick: bool) -> Done {
    verify(&Wanted { quick, pictures: false })
}

fn verify(wanted: &Wanted) -> Done {
    have_what_is_needed()?;
    let target = place::target()?;
    let mut goals = vec![
        "verify".to_owned(),
        format!("-Dtekram.native={}", target.join("debug").display()),
        format!("-Dtekram.bindings={}", target.join("bindings").display()),
    ];
    if wanted.pictures {
        goals.push("-Dpictures=write".to_owned());
    }
    if !NEEDED_BY_APP.iter().all(|(need, _)| is_there(*need)) {
        say("the app's own tests are left out: they need Debian's aapt and android-framework-res");
        goals.extend(["-pl", "!app,!app/androidx"].map(str::to_owned));
    }
    let stage = Stage::raise("kotlin")?;
    maven("the Kotlin modules and their tests", &goals, Some(&stage))?;
    stage.told()?;
    if !wanted.quick {
        let lint = ["-N", "-Plint", "verify"].map(str::to_owned);
        maven("ktlint and detekt", &lint, None)?;
    }
    Ok(())
}

/// Builds the desktop window with what it stands on, without tests.
pub fn build_window() -> Done {
    have_what_is_needed()?;
    let target = place::target()?;
    let goals = [
        "package".to_owned(),
        "-pl".to_owned(),
        "binding,ui,desktop".to_owned(),
        "-Dmaven.test.skip=true".to_owned(),
        format!("-Dtekram.native={}", target.join("debug").display()),
        format!("-Dtekram.bindings={}", target.join("bindings").display()),
    ];
    maven("the app's window", &goals, None)
}

/// A JVM that is about to run a program of the desktop module; its main class and arguments follow.
pub fn window() -> Done<Command> {
    let built = place::root().join("android").join("desktop").join("target");
    let mut java = Command::new("java");
    java.arg("-cp")
        .arg(format!("{0}/classes:{0}/libraries/*", built.display()));
    java.arg(format!(
        "-Djna.library.path={}",
        place::target()?.join("debug").display()
    ));
    Ok(java)
}

/// Runs Maven in `android/`, offline at first.
fn maven(what: &str, goals: &[String], stage: Option<&Stage>) -> Done {
    say(what);
    let started = Instant::now();
    let ended = match maven_once(goals, true, stage)? {
        Ended::NotDownloaded => {
            say(format!("{what}: downloading what is missing"));
            maven_once(goals, false, stage)?
        }
        ended => ended,
    };
    if ended != Ended::Well {
        return Err(Failure::new(format!("{what} failed")));
    }
    say(format!("{what}: done in {:.1} s", started.elapsed().as_secs_f32()));
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
enum Ended {
    Well,
    Badly,
    NotDownloaded,
}

fn maven_once(goals: &[String], offline: bool, stage: Option<&Stage>) -> Done<Ended> {
    let mut command = Command::new("mvn");
    command.args(goals).current_dir(place::root().join("android"));
    if offline {
        command.arg("--offline");
    }
    if let Some(stage) = stage {
        command.env(stage::VARIABLE, stage.folder());
    }
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Failure::because("cannot start mvn"))?;
    let mut not_downloaded = false;
    let mut held = Vec::new();
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines() {
            let line = line.map_err(Failure::because("cannot read what mvn says"))?;
            not_downloaded |= offline && says_not_downloaded(&line);
            if is_worth_showing(&line) {
                // Errors of a run that is repeated online would only mislead, so they wait for its end.
                if offline && line.contains("[ERROR]") {
                    held.push(line);
                } else {
                    println!("{line}");
                }
            }
        }
    }
    let status = child.wait().map_err(Failure::because("cannot wait for mvn"))?;
    if !status.success() && not_downloaded {
        return Ok(Ended::NotDownloaded);
    }
    for line in held {
        println!("{line}");
    }
    Ok(if status.success() { Ended::Well } else { Ended::Badly })
}

/// Maven's words for what it may not download while offline.
fn says_not_downloaded(line: &str) -> bool {
    line.contains("in offline mode") || line.contains("offline mode and the artifact")
}

/// Tests, modules, warnings of the linters and errors; not the plugins' chatter.
fn is_worth_showing(line: &str) -> bool {
    let line = line.trim_start_matches(['\u{1b}', '[', '0', 'm']);
    // A linter's findings come through Ant, which calls them information.
    if line.contains("Tests run:") || line.contains("Building tekram") || line.contains("[java]") {
        return true;
    }
    !(line.trim().is_empty() || line.starts_with("[INFO]") || line.starts_with("INFO]") || line.contains("WARNING]"))
}

/// Installs the Debian packages that are missing, or says which to install.
fn have_what_is_needed() -> Done {
    let without = |needs: &[(Need, &'static str)]| -> Vec<&'static str> {
        let missing = needs.iter().filter(|(need, _)| !is_there(*need));
        missing.map(|(_, package)| *package).collect()
    };
    let must = without(&NEEDED);
    let missing = [must.as_slice(), &without(&NEEDED_BY_APP)].concat();
    if missing.is_empty() || must.is_empty() && !may_install() {
        return Ok(());
    }
    let packages = missing.join(" ");
    if !may_install() {
        return Err(Failure::new(format!(
            "the Kotlin part needs a JDK 17 or newer, Maven, and the libraries that Compose draws with. Missing here; on Debian: \
             apt-get install {packages}"
        )));
    }
    run(
        "asking Debian for its packages",
        Command::new("apt-get").args(["update", "-q"]),
    )?;
    run(
        &format!("installing {packages}"),
        Command::new("apt-get")
            .args(["install", "-y", "-q", "--no-install-recommends"])
            .args(&missing)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn is_there(need: Need) -> bool {
    match need {
        Need::Program(name) => Command::new(name)
            .arg("-version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success()),
        Need::File(path) => Path::new(path).is_file(),
        Need::Library(name) => {
            // Only Linux has to be asked: elsewhere the system brings what Compose draws with.
            !cfg!(target_os = "linux")
                || ["ldconfig", "/sbin/ldconfig"].iter().any(|ldconfig| {
                    output("asking for libraries", Command::new(ldconfig).arg("-p"))
                        .is_ok_and(|known| String::from_utf8_lossy(&known).contains(name))
                })
        }
    }
}

/// Whether this is root on a system with Debian's packages.
fn may_install() -> bool {
    let is_root = output("asking who this is", Command::new("id").arg("-u")).is_ok_and(|id| id.trim_ascii() == b"0");
    let has_apt = output("asking for apt-get", Command::new("apt-get").arg("--version")).is_ok();
    is_root && has_apt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_shows_tests_and_errors_and_no_chatter() {
        assert!(is_worth_showing(
            "[INFO] Tests run: 21, Failures: 0, Errors: 0, Skipped: 0"
        ));
        assert!(is_worth_showing(
            "[INFO] Building tekram-ui 0.1.0                 [3/4]"
        ));
        assert!(is_worth_showing(
            "[INFO]      [java] ui/src/main/kotlin/Screen.kt:3:1: Imports must be ordered"
        ));
        assert!(is_worth_showing("[ERROR] Screen.kt:3:1 Unresolved reference"));
        assert!(is_worth_showing("a line that a test or a linter printed"));
        assert!(!is_worth_showing("[INFO] --- maven-resources-plugin:3.3.1:resources"));
        assert!(!is_worth_showing("\u{1b}[0m\u{1b}[0m"));
        assert!(!is_worth_showing(""));
    }

    #[test]
    fn only_a_missing_download_is_tried_again_online() {
        assert!(says_not_downloaded(
            "[ERROR] Cannot access central in offline mode and the artifact x:y:jar:1 has not been downloaded from it before."
        ));
        assert!(!says_not_downloaded("[ERROR] Tests run: 3, Failures: 1"));
    }

    #[test]
    fn an_unknown_argument_is_named() {
        let failure = Wanted::parse(&["--fast".to_owned()]).unwrap_err();
        assert!(failure.message.contains("--fast"), "{}", failure.message);
        assert_eq!(failure.code, 2);
        let wanted = Wanted::parse(&["--quick".to_owned(), "--pictures".to_owned()]).unwrap();
        assert_eq!(
            wanted,
            Wanted {
                quick: true,
                pictures: true
            }
        );
    }
}
