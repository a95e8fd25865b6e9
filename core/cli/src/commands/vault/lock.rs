//! When the vault locks or destroys itself.

use serde_json::json;

use super::Context;
use crate::output::{Answer, Failure};

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
