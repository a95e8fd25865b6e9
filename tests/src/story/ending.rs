//! Last chapter: where everything is, and how to go on.

use crate::facts::Facts;
use crate::narrator::Narrator;
use crate::personas::{HOME, NOBODY};
use crate::place::Place;
use crate::tekram::{Tekram, quoted};

/// Says where things lie and what can be typed next. `kept` is the process id of counterparts that go on running.
pub fn play(narrator: &mut Narrator, tekram: &Tekram, place: &Place, kept: Option<u32>, facts: &Facts) {
    narrator.chapter("Where everything is");
    let show = |path: std::path::PathBuf| path.display().to_string();
    let records = place.records();
    for (what, path) in [
        ("encrypted vaults of both profiles", show(place.personas())),
        ("picture of the split", show(records.join("split.svg"))),
        ("signed records: receipts, the agreement from both sides", show(records)),
        ("the imported exports", show(place.imports())),
        (
            "desks: configuration, catalogue, keys and books",
            show(place.root().join("desks")),
        ),
        ("feeds and desk cards as they were served", show(place.site())),
        ("what mint and desks said", show(place.logs())),
    ] {
        narrator.say(&format!("{what:<58} {path}"));
    }
    narrator.line("");
    narrator.say("Go on by hand, on the same data:");
    for (name, value) in tekram.variables() {
        narrator.command(&format!("export {name}={}", quoted(&value)));
    }
    let program = show(tekram.program.clone());
    for command in [
        format!("--persona {HOME} listen list --limit 10"),
        format!("--persona {HOME} pay payees"),
        format!("--persona {HOME} pay summary"),
        format!("--persona {NOBODY} terms agreements"),
        "terms show PDC-INTENT".to_owned(),
        "help".to_owned(),
    ] {
        narrator.command(&format!("{program} {command}"));
    }
    narrator.line("");
    match kept {
        Some(process) => {
            narrator.say("Relay, mint, feeds and desks go on running in the background. End them with:");
            narrator.command(&format!("kill {process}"));
        }
        None => narrator.say("Everything that was started has ended; `cargo xtask run --keep` leaves it running."),
    }
    let Facts {
        paid_minor,
        handed_off_minor,
        carried_minor,
        fees_minor,
        statement_total_minor,
        ..
    } = facts;
    narrator.say(&format!(
        "{statement_total_minor} = {paid_minor} paid + {handed_off_minor} handed off + {carried_minor} saved for later + {fees_minor} fees (minor units), in {:.1} s",
        narrator.seconds()
    ));
}
