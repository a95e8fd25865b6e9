//! When the vault locks or destroys itself.

use serde_json::json;

use super::Context;
use crate::output::{Answer, Failure};

/// Shows, or sets, after how long an app locks the persona by itself.
pub fn auto_lock(context: &Context, seconds: Option<u32>, off: bool) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    if off || seconds.is_some() {
        persona.set_auto_lock(seconds)?;
    }
    let auto_lock_s = persona.auto_lock_s();
    let name = persona.name();
    persona.lock()?;
    let text = match auto_lock_s {
        Some(seconds) => format!("An app locks the persona {seconds} seconds after it was last touched."),
        None => "The persona never locks by itself.".to_owned(),
    };
    Ok(Answer::new(json!({"persona": name, "auto_lock_s": auto_lock_s}), text))
}

/// Takes an older state as it is from the next unlock on.
pub fn accept_rollback(context: &Context) -> Result<Answer, Failure> {
    let entry = context.agent.entry(context.persona.as_deref())?;
    context.agent.accept_rollback(&entry.id)?;
    Ok(Answer::new(
        json!({"persona": entry.label, "id": entry.id, "accepted": true}),
        "The next unlock takes the vault as it is.",
    ))
}

/// Shows, or sets, after how many wrong passphrases the vault destroys itself.
pub fn wipe_after(context: &Context, wrong: Option<u32>, off: bool) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    if off || wrong.is_some() {
        persona.set_wipe_after(wrong)?;
    }
    let wipes_after = persona.wipe_after();
    let name = persona.name();
    persona.lock()?;
    let text = match wipes_after {
        Some(wrong) => format!("After {wrong} wrong passphrases, one after the other, the vault destroys itself."),
        None => "The vault never destroys itself.".to_owned(),
    };
    Ok(Answer::new(json!({"persona": name, "wipe_after": wipes_after}), text))
}
