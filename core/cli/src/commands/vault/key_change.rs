//! A new vault key.

use serde_json::json;

use super::Context;
use crate::commands::persona::way_json;
use crate::output::{Answer, Failure};

/// Gives the vault a new key, and says which ways in are left.
pub fn run(context: &Context, without: &[String], drop_others: bool) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    let changed = persona.change_vault_key(without, drop_others, &mut context.watch("Changing the key"));
    context.progress_done();
    let changed = changed?;
    let name = persona.name();
    persona.lock()?;
    let gone: Vec<&str> = changed.gone.iter().map(|way_in| way_in.name.as_str()).collect();
    let text = if gone.is_empty() {
        "The vault has a new key; every way in opens it.".to_owned()
    } else {
        format!("The vault has a new key; these open it no longer: {}.", gone.join(", "))
    };
    Ok(Answer::new(
        json!({
            "persona": name, "ways": changed.ways.iter().map(way_json).collect::<Vec<_>>(),
            "gone": changed.gone.iter().map(way_json).collect::<Vec<_>>(),
        }),
        text,
    ))
}
