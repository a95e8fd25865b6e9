//! `tekram persona shared` and `tekram persona networks`: what others know.

use serde_json::json;

use super::{Context, to_json};
use crate::args::Page;
use crate::output::{Answer, Failure, table};

/// What left the persona.
pub fn shared(context: &Context, page: &Page) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    let shared = persona.shared(page.after.as_deref(), page.limit)?;
    persona.lock()?;
    let rows: Vec<Vec<String>> = shared
        .items
        .iter()
        .map(|item| {
            vec![
                tekram_agent::time_text(item.at_ms),
                format!("to {}", item.to.join(", ")),
                item.what.clone(),
                item.amount.map(|amount| amount.to_string()).unwrap_or_default(),
                item.terms.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let mut text = if rows.is_empty() {
        "Nothing has left this persona.".to_owned()
    } else {
        table(&rows)
    };
    if let Some(next) = &shared.next {
        text.push_str(&format!("More with: --after {next}\n"));
    }
    Ok(Answer::new(to_json(&shared)?, text))
}

/// The hosts that the persona has asked.
pub fn networks(context: &Context) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    let networks = persona.networks()?;
    persona.lock()?;
    let json = to_json(&networks)?;
    let word = |value: Option<&serde_json::Value>| value.and_then(|word| word.as_str()).unwrap_or_default().to_owned();
    let rows: Vec<Vec<String>> = networks
        .iter()
        .zip(json.as_array().into_iter().flatten())
        .map(|(network, json)| {
            let since = network.since_ms.map(tekram_agent::time_text).unwrap_or_default();
            vec![
                network.host.clone(),
                word(json.get("kind")),
                word(json.get("why")),
                since,
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        "No host was asked yet.".to_owned()
    } else {
        table(&rows)
    };
    Ok(Answer::new(json!({"networks": json}), text))
}
