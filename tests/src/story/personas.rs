//! First chapter: two profiles in two encrypted vaults that nothing links.

use crate::error::{StoryError, Told};
use crate::narrator::Narrator;
use crate::reading::{field, list};
use crate::tekram::Tekram;

/// Hears and pays.
pub const HOME: &str = "Home";
/// Wants things without saying who.
pub const NOBODY: &str = "Nobody";

/// Creates what is not there yet, and shows that the vaults are locked.
///
/// # Errors
/// When `tekram` refuses.
pub fn play(narrator: &mut Narrator, tekram: &Tekram) -> Told {
    narrator.chapter("Two profiles, each in an encrypted vault of its own");
    let listed = tekram.ask("", &["persona", "list"])?;
    let known: Vec<&str> = list(&listed, "personas")?
        .iter()
        .map(|persona| field(persona, "persona"))
        .collect();
    for name in [HOME, NOBODY] {
        if known.contains(&name) {
            narrator.say(&format!("{name} is there from an earlier run; it is opened again."));
        } else {
            tekram.show(narrator, "", &["persona", "create", name])?;
        }
    }
    tekram.show(narrator, "", &["persona", "list"])?;
    wrong_passphrase(narrator, tekram)
}

/// A wrong passphrase opens nothing, and says so.
fn wrong_passphrase(narrator: &Narrator, tekram: &Tekram) -> Told {
    let wrong = Tekram {
        passphrase: "a guess".to_owned(),
        ..tekram.clone()
    };
    let answer = wrong.ask_anyway(HOME, &["persona", "show"])?;
    narrator.command(&format!(
        "TEKRAM_PASSPHRASE='a guess' tekram --persona {HOME} persona show"
    ));
    let Some(error) = answer.get("error") else {
        return Err(StoryError::new("a wrong passphrase opened the vault"));
    };
    narrator.printed(field(error, "message"));
    narrator.say(&format!("A wrong passphrase opens nothing ({}).", field(error, "code")));
    Ok(())
}
