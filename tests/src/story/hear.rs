//! Second chapter: listening exports through the holding pen, into the log.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Told, While};
use crate::facts::Facts;
use crate::narrator::Narrator;
use crate::personas::HOME;
use crate::place::{Place, fixture};
use crate::reading::{list, number, text};
use crate::tekram::Tekram;

/// Where the sample's feeds claim to be; the run serves them itself.
const SAMPLE_ORIGINS: [&str; 2] = ["https://feeds.example", "http://feeds.example"];

/// The sample's files, in the order in which they are imported.
const SAMPLE: [&str; 4] = [
    "listenbrainz.zip",
    "spotify-extended.zip",
    "podcasts.opml",
    "episode-actions.json",
];

/// Imports and accepts the person's export, or the sample.
///
/// # Errors
/// When `tekram` refuses a file.
pub fn play(narrator: &mut Narrator, tekram: &Tekram, files: &[PathBuf], facts: &mut Facts) -> Told {
    narrator.chapter("Hear: exports go through the holding pen; nothing counts until it is accepted");
    for file in files {
        import(narrator, tekram, &file.display().to_string(), facts)?;
    }
    tekram.show(narrator, HOME, &["listen", "hours"])
}

fn import(narrator: &Narrator, tekram: &Tekram, file: &str, facts: &mut Facts) -> Told {
    tekram.show(narrator, HOME, &["listen", "import", file])?;
    let batches = tekram.ask(HOME, &["listen", "batches"])?;
    let batch = list(&batches, "batches")?.first().during("the import just made")?;
    facts.lines_refused += number(batch, "refused")?;
    facts.duplicates += number(batch, "duplicates")?;
    let id = number(batch, "batch")?.to_string();
    if text(batch, "state")? != "held" {
        return Ok(());
    }
    if number(batch, "new")? == 0 {
        narrator.say("Nothing in it is new.");
        return tekram.show(narrator, HOME, &["listen", "reject", &id]);
    }
    tekram.show(narrator, HOME, &["listen", "accept", &id])?;
    let batches = tekram.ask(HOME, &["listen", "batches"])?;
    let accepted = list(&batches, "batches")?.first().during("the import just accepted")?;
    facts.listens_accepted += number(accepted, "listens")?;
    Ok(())
}

/// Copies the sample into the run folder, with the feeds' address put in.
///
/// # Errors
/// When a file cannot be copied.
pub fn sample(place: &Place, feeds: &str) -> Told<Vec<PathBuf>> {
    SAMPLE
        .iter()
        .map(|name| copied(&fixture("listens").join(name), place, feeds))
        .collect()
}

fn copied(path: &Path, place: &Place, feeds: &str) -> Told<PathBuf> {
    let copy = place.imports().join(path.file_name().during("a file's name")?);
    let bytes = fs::read(path).during(format!("cannot read {}", path.display()))?;
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => SAMPLE_ORIGINS
            .iter()
            .fold(text, |text, origin| text.replace(origin, feeds))
            .into_bytes(),
        // The archives name no feeds.
        Err(archive) => archive.into_bytes(),
    };
    fs::write(&copy, bytes).during(format!("cannot write {}", copy.display()))?;
    Ok(copy)
}
