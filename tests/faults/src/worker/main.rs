//! The process that is killed: does one deed after the other to a device's vault and says so. What happens to its calls to
//! the system meanwhile is the plan's.
//!
//! `tekram-fault-worker ROOT ID PLAN [TAPE]`, with the script on its standard input: `words` and `backup words` that open,
//! `version` of the growing room, deeds one a line, and `clear`, from where on nothing fails any more. It says `open`, then
//! `begin N WORDS` and `done N` or `failed N CODE` of each deed, and last `calls KINDS`.

#[cfg(target_os = "linux")]
mod system;

#[cfg(target_os = "linux")]
fn main() {
    use std::io::{Read, Write};
    use std::path::Path;

    use tekram_faults::deed::{Deed, Hand};
    use tekram_faults::look::patient;
    use tekram_faults::plan::Plan;

    // A panic is told by the exit code; its text names no more than a place.
    let fail = |why: &str| -> ! {
        let _ = writeln!(std::io::stderr(), "worker: {why}");
        std::process::exit(3);
    };
    let say = |line: String| {
        system::said(&line);
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
    };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [root, id, plan, tape @ ..] = arguments.as_slice() else {
        fail("ROOT ID PLAN [TAPE]");
    };
    let plan: Plan = plan.parse().unwrap_or_else(|why: String| fail(&why));
    let mut script = String::new();
    if std::io::stdin().read_to_string(&mut script).is_err() {
        fail("no script");
    }
    let mut settings = ["", "", "0"];
    let mut lines = Vec::new();
    for line in script.lines() {
        match line.split_once(": ") {
            Some(("words", words)) => settings[0] = words,
            Some(("backup words", words)) => settings[1] = words,
            Some(("version", version)) => settings[2] = version,
            _ => lines.push(line),
        }
    }
    let [words, backup_words, version] = settings;
    system::arm(Path::new(root), plan, tape.first().map(Path::new));
    let mut kinds = String::new();
    let made = Hand::new(Path::new(root), id, words, backup_words, version.parse().unwrap_or(0));
    let mut hand = match made {
        Ok(hand) => hand,
        Err(error) => {
            say(format!("shut\t{}", error.code()));
            system::disarm();
            match Hand::new(Path::new(root), id, words, backup_words, version.parse().unwrap_or(0)) {
                Ok(hand) => hand,
                Err(error) => fail(error.code()),
            }
        }
    };
    // Whoever begins by leaving an item does not unlock, which would sync the folder.
    if !lines.first().is_some_and(|line| line.starts_with("leave\t")) {
        match patient(|| hand.open()) {
            Ok(_) => say("open".to_owned()),
            Err(error) => say(format!("shut\t{}", error.code())),
        }
    }
    let mut number = 0;
    for line in lines {
        if line == "clear" {
            let (counted, noted) = system::disarm();
            kinds.push_str(&counted);
            if let [tape] = tape
                && noted.save(Path::new(tape)).is_err()
            {
                fail("the tape cannot be written");
            }
            // Who met an error opens the vault again.
            let _ = hand.lock();
            say("clear".to_owned());
            continue;
        }
        let deed: Deed = line.parse().unwrap_or_else(|why: String| fail(&why));
        let told = patient(|| hand.foretell(&deed));
        say(format!("begin\t{number}\t{}", told.as_deref().unwrap_or_default()));
        match told.and_then(|_| patient(|| hand.perform(&deed))) {
            Ok(()) => say(format!("done\t{number}")),
            Err(error) => {
                say(format!("failed\t{number}\t{}", error.code()));
                if error.code() == "locked" {
                    let _ = hand.lock();
                }
            }
        }
        number += 1;
    }
    let _ = hand.lock();
    let (counted, noted) = system::disarm();
    kinds.push_str(&counted);
    if let [tape] = tape
        && matches!(plan, Plan::Record)
        && noted.save(Path::new(tape)).is_err()
    {
        fail("the tape cannot be written");
    }
    say(format!("calls\t{kinds}"));
}

#[cfg(not(target_os = "linux"))]
fn main() {}
