//! The main job: the story in the terminal, then the app over what it left. With a display the app opens in a window; without one,
//! or with `--headless`, its screens are drawn into pictures. Relay, mint, feeds and desks stay up meanwhile.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::step::{Done, Failure, cargo, run as step, say};
use crate::{bindings, kotlin, place, setup};

/// Opens the profiles that the story makes; it takes the person's own from `TEKRAM_PASSPHRASE`.
const PASSPHRASE: &str = "correct horse battery staple";

/// How the run goes on after the story.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    /// What the story is called with.
    story: Vec<String>,
    /// The run's folder.
    data: PathBuf,
    /// The person asked for no window.
    headless: bool,
    /// Only the story: it is asked something, or read by a program.
    story_only: bool,
    /// The person wants the counterparts to stay.
    keep: bool,
}

impl Wanted {
    fn parse(args: &[String]) -> Self {
        let given = |names: &[&str]| args.iter().any(|arg| names.contains(&arg.as_str()));
        let named = args
            .iter()
            .find_map(|arg| arg.strip_prefix("--data=").map(str::to_owned));
        let after = args
            .iter()
            .position(|arg| arg == "--data")
            .and_then(|at| args.get(at + 1))
            .cloned();
        let mut story: Vec<String> = args.iter().filter(|arg| *arg != "--headless").cloned().collect();
        let data = named.or(after).map_or_else(
            || {
                let data = place::root().join("target").join("run");
                story.splice(0..0, ["--data".to_owned(), data.display().to_string()]);
                data
            },
            PathBuf::from,
        );
        Self {
            story,
            data,
            headless: given(&["--headless"]),
            story_only: given(&["--help", "-h", "--stop", "--hold", "--json"]),
            keep: given(&["--keep"]),
        }
    }
}

/// Set-up, build, the story with the arguments given, the app.
pub fn run(args: &[String]) -> Done {
    let wanted = Wanted::parse(args);
    if !args.iter().any(|arg| arg == "--help" || arg == "-h") {
        setup::setup()?;
    }
    step(
        "building tekram, tekram-desk and the story (some minutes the first time)",
        cargo()
            // Exactly as in `test`: another selection would give dependencies other features and build them again.
            .args(["build", "--workspace", "--bins", "--locked"]),
    )?;
    let mut story = story()?;
    story.args(&wanted.story);
    if wanted.story_only {
        return become_program(story);
    }
    if !wanted.keep {
        story.arg("--keep");
    }
    step("the story", &mut story)?;
    let shown = show(&wanted);
    if !wanted.keep {
        step(
            "ending relay, mint, feeds and desks",
            self::story()?.arg("--stop").arg("--data").arg(&wanted.data),
        )?;
    }
    shown
}

fn story() -> Done<Command> {
    Ok(Command::new(place::target()?.join("debug").join("tekram-story")))
}

/// The app over the story's profiles: a window, or pictures of its screens.
fn show(wanted: &Wanted) -> Done {
    bindings::make()?;
    kotlin::build_window()?;
    let mut app = kotlin::window()?;
    let headless = wanted.headless || !has_display();
    let pictures = wanted.data.join("pictures");
    if headless {
        app.arg("-Djava.awt.headless=true")
            .arg("tekram.desktop.PicturesKt")
            .arg(&pictures);
    } else {
        app.arg("tekram.desktop.MainKt");
    }
    app.arg("--data").arg(wanted.data.join("personas"));
    for port in ports(&wanted.data)? {
        app.arg("--allow").arg(format!("127.0.0.1:{port}"));
    }
    let passphrase = std::env::var("TEKRAM_PASSPHRASE").unwrap_or_else(|_| PASSPHRASE.to_owned());
    if !headless {
        say(format!(
            "the app is open in a window; its profiles open with: {passphrase}"
        ));
        return step("the app", &mut app);
    }
    app.env("TEKRAM_PASSPHRASE", passphrase);
    step("drawing the app's screens", &mut app)?;
    say(format!("pictures of the screens: {}", pictures.display()));
    Ok(())
}

/// Where the story's counterparts are reached.
fn ports(data: &Path) -> Done<Vec<u64>> {
    let file = data.join("ports.json");
    let text = fs::read(&file).map_err(Failure::because(format!("cannot read {}", file.display())))?;
    let ports: Value = serde_json::from_slice(&text)
        .map_err(|cause| Failure::new(format!("{} cannot be read: {cause}", file.display())))?;
    Ok(ports
        .as_object()
        .map(|ports| ports.values().filter_map(Value::as_u64).collect())
        .unwrap_or_default())
}

fn has_display() -> bool {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(target_os = "macos", windows)) || named("DISPLAY") || named("WAYLAND_DISPLAY")
}

/// Replaces this process, so that Ctrl-C and the exit code belong to the story alone.
#[cfg(unix)]
fn become_program(mut program: Command) -> Done {
    use std::os::unix::process::CommandExt;
    let cause = program.exec();
    Err(Failure::new(format!("cannot start {program:?}: {cause}")))
}

#[cfg(not(unix))]
fn become_program(mut program: Command) -> Done {
    step("the story", &mut program)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    fn parsed(args: &[&str]) -> Wanted {
        Wanted::parse(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_story_gets_what_is_its_own_and_a_folder() {
        let wanted = parsed(&["--headless", "--budget", "5 EUR"]);
        assert!(wanted.headless && !wanted.keep && !wanted.story_only);
        assert_eq!(wanted.story.first().unwrap(), "--data");
        assert_eq!(wanted.story.get(2..).unwrap(), ["--budget", "5 EUR"]);
    }

    #[test]
    fn a_folder_that_was_named_is_used_however_it_is_written() {
        for args in [&["--data", "/tmp/a"][..], &["--data=/tmp/a"]] {
            let wanted = parsed(args);
            assert_eq!(wanted.data, Path::new("/tmp/a"));
            assert_eq!(wanted.story, args);
        }
    }

    #[test]
    fn what_is_asked_of_the_story_alone_shows_no_app() {
        for arg in ["--help", "--stop", "--json"] {
            assert!(parsed(&[arg]).story_only, "{arg}");
        }
        assert!(parsed(&["--keep"]).keep);
    }
}
