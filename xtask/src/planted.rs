//! Plants one mistake at a time in a copy of a screen and expects the compiler to refuse it: a check of the check, since
//! the screens are compiled against a stand-in for SwiftUI that could be too kind.
//!
//! The sources themselves are not touched. Only the changed file is checked, against the modules that the build before
//! left behind.

use std::fs;
use std::path::{Path, PathBuf};

use crate::step::{Done, Failure, say};
use crate::swift::{Swift, ios};

/// What is wrong, in which file, and what stands there instead of what.
struct Mistake {
    what: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

const fn mistake(what: &'static str, file: &'static str, from: &'static str, to: &'static str) -> Mistake {
    Mistake { what, file, from, to }
}

const START: &str = "Start/StartScreen.swift";
const LOCK: &str = "Start/LockScreen.swift";
const PANES: &str = "Common/Panes.swift";
const SHELL: &str = "Shell.swift";
const WAYS: &str = "Me/WaysScreen.swift";
const RECOVERY: &str = "Me/RecoveryScreen.swift";
const SHARED: &str = "Me/SharedScreen.swift";
const SPLIT: &str = "Pay/SplitScreen.swift";

const MISTAKES: [Mistake; 19] = [
    mistake(
        "a member that the view model lacks",
        START,
        "model.passphraseFits)",
        "model.passphraseFit)",
    ),
    mistake(
        "a missing argument",
        LOCK,
        "UnlockSection(model: model)",
        "UnlockSection()",
    ),
    mistake(
        "a binding of another type",
        START,
        "text: $model.passphrase, isNew",
        "text: $model.way, isNew",
    ),
    mistake(
        "a value where a binding belongs",
        START,
        "text: $model.name",
        "text: model.name",
    ),
    mistake("no @Bindable", LOCK, "@Bindable var model", "var model"),
    mistake(
        "writing what only the view model writes",
        START,
        "choosesPassphrase = true",
        "model.isBusy = true",
    ),
    mistake(
        "no await",
        START,
        "case .phone: Task { await model.create() }",
        "case .phone: Task { model.create() }",
    ),
    mistake(
        "an environment value that does not exist",
        SHELL,
        "\\.scenePhase",
        "\\.scenePhaze",
    ),
    mistake("a modifier that does not exist", LOCK, ".onSubmit {", ".onSubmitted {"),
    mistake(
        "a wrong label",
        START,
        "navigationDestination(isPresented:",
        "navigationDestination(isShown:",
    ),
    mistake("something that is no view", PANES, "LoadingPane(text: loading)", "3"),
    mistake(
        "the main actor's model in a detached task",
        LOCK,
        "Task { await model.unlock() }",
        "Task.detached { model.forget() }",
    ),
    mistake(
        "a room that nothing is shown for",
        SHELL,
        "case .failed(let problem):\n",
        "case .broken(let problem):\n",
    ),
    mistake("a tag that cannot be compared", SHELL, ".tag(room)", ".tag { room }"),
    mistake(
        "a state without its pane",
        PANES,
        "        case .locked: LockedPane(text: locked)\n",
        "",
    ),
    mistake(
        "a way in that is forgotten",
        WAYS,
        "        case .recoveryPhrase: \"list.number\"\n",
        "",
    ),
    mistake(
        "a binding to what is only read",
        RECOVERY,
        "$model[answerTo: position]",
        "$model.questions",
    ),
    mistake(
        "an amount that is no text",
        SHARED,
        "Text(amount.text())",
        "Text(amount)",
    ),
    mistake(
        "a slider that moves nothing",
        SPLIT,
        "factor: $model[factorOf: source.source]",
        "factor: model[factorOf: source.source]",
    ),
];

/// Fails when a planted mistake compiles, or no longer fits into its screen.
pub fn check(swift: &Swift) -> Done {
    let screens = ios().join("TekramUI");
    let sources = sources(&screens)?;
    let scratch = ios().join(".build/planted");
    fs::create_dir_all(&scratch).map_err(Failure::because("cannot make a folder for the planted mistakes"))?;
    let mut missed = Vec::new();
    for file in [START, LOCK, PANES, SHELL, WAYS, RECOVERY, SHARED] {
        let screen = screens.join(file);
        let text = read(&screen)?;
        // Refusing a mistake means something only where the same file without it is taken.
        if !compiles(swift, &screen, &text, &sources, &scratch)? {
            missed.push(format!("  {file} is refused as it is"));
        }
        for mistake in MISTAKES.iter().filter(|mistake| mistake.file == file) {
            if !text.contains(mistake.from) {
                let (from, what) = (mistake.from, mistake.what);
                return Err(Failure::new(format!(
                    "{file} has no {from:?} to plant a mistake in ({what})"
                )));
            }
            let wrong = text.replacen(mistake.from, mistake.to, 1);
            if compiles(swift, &screen, &wrong, &sources, &scratch)? {
                missed.push(format!("  {file}: {} ({}) compiles", mistake.what, mistake.to));
            }
        }
    }
    if missed.is_empty() {
        say(format!("{} planted mistakes, all caught", MISTAKES.len()));
        return Ok(());
    }
    Err(Failure::new(format!("planted mistakes:\n{}", missed.join("\n"))))
}

fn read(path: &Path) -> Done<String> {
    fs::read_to_string(path).map_err(Failure::because(format!("cannot read {}", path.display())))
}

/// Whether the compiler takes `text` in the place of `screen`.
fn compiles(swift: &Swift, screen: &Path, text: &str, sources: &[PathBuf], scratch: &Path) -> Done<bool> {
    let planted = scratch.join(screen.file_name().unwrap_or_default());
    fs::write(&planted, text).map_err(Failure::because("cannot plant a mistake"))?;
    let mut command = swift.command("swiftc");
    command.args([
        "-frontend",
        "-typecheck",
        "-module-name",
        "TekramUI",
        "-swift-version",
        "6",
    ]);
    command.args([
        "-enable-upcoming-feature",
        "ExistentialAny",
        "-I",
        ".build/debug/Modules",
    ]);
    command
        .args(["-Xcc", "-fmodule-map-file=TekramFFI/module.modulemap", "-primary-file"])
        .arg(&planted);
    command.args(sources.iter().filter(|source| *source != screen));
    match command.output() {
        Ok(ended) => Ok(ended.status.success()),
        Err(cause) => Err(Failure::because("cannot start swiftc")(cause)),
    }
}

fn sources(folder: &Path) -> Done<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).map_err(Failure::because(format!("cannot list {}", folder.display())))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "swift") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
