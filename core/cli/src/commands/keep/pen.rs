//! `tekram keep pen …`

use serde_json::{Value, json};
use tekram_agent::{PenBatch, PenPage, Persona};

use super::to_json;
use crate::args::PenCommand;
use crate::output::{Answer, Failure, table};

/// Carries out one command.
pub fn run(persona: &Persona, command: PenCommand) -> Result<Answer, Failure> {
    match command {
        PenCommand::List => Ok(list(&persona.pen_batches()?)),
        PenCommand::Show { batch, after, limit } => show(&persona.pen_items(batch, after, limit)?),
        PenCommand::Accept { batch, numbers } => {
            let done = persona.accept_held(batch, some(numbers))?;
            let mut text = format!("{} in the vault now.", done.accepted);
            if done.alike > 0 {
                text.push_str(&format!(
                    " {} still wait: the vault has what is probably the same. Name them by number to take them.",
                    done.alike
                ));
            }
            let json = json!({"batch": batch, "accepted": done.accepted, "alike": done.alike});
            Ok(Answer::new(json, text))
        }
        PenCommand::Reject { batch, numbers } => {
            let rejected = persona.reject_held(batch, some(numbers))?;
            Ok(Answer::new(
                json!({"batch": batch, "rejected": rejected}),
                format!("{rejected} rejected."),
            ))
        }
        PenCommand::Undo { batch } => {
            let undone = persona.undo_held(batch)?;
            Ok(Answer::new(
                json!({"batch": batch, "undone": undone}),
                format!("{undone} taken back out; they wait again."),
            ))
        }
        PenCommand::Discard { batch } => {
            persona.discard_held(batch)?;
            Ok(Answer::new(
                json!({"batch": batch}),
                "Removed; what was accepted stays in the vault.",
            ))
        }
    }
}

/// No numbers are all.
fn some(numbers: Vec<u32>) -> Option<Vec<u32>> {
    Some(numbers).filter(|numbers| !numbers.is_empty())
}

fn list(batches: &[PenBatch]) -> Answer {
    let rows: Vec<Vec<String>> = batches
        .iter()
        .map(|batch| {
            vec![
                batch.id.to_string(),
                batch.name.clone(),
                batch.source.clone(),
                tekram_agent::time_text(batch.arrived.millis()),
                format!(
                    "{} wait, {} accepted, {} rejected",
                    batch.held, batch.accepted, batch.rejected
                ),
            ]
        })
        .collect();
    let json: Vec<Value> = batches
        .iter()
        .map(|batch| {
            json!({
                "batch": batch.id, "name": batch.name, "source": batch.source, "arrived_ms": batch.arrived.millis(),
                "held": batch.held, "accepted": batch.accepted, "rejected": batch.rejected,
            })
        })
        .collect();
    let text = if rows.is_empty() {
        "Nothing waits.".to_owned()
    } else {
        table(&rows)
    };
    Answer::new(json!({"batches": json}), text)
}

fn show(page: &PenPage) -> Result<Answer, Failure> {
    let json = to_json(page)?;
    let word = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let items = json.get("items").and_then(Value::as_array);
    let rows: Vec<Vec<String>> = page
        .items
        .iter()
        .zip(items.into_iter().flatten())
        .map(|(item, json)| {
            let when = item.ordered_ms.map(tekram_agent::time_text);
            let what = [
                item.total.map(|total| total.to_string()),
                when,
                item.verified.then(|| "vouched for".to_owned()),
                item.alike.then(|| "the vault has this already".to_owned()),
            ];
            vec![
                item.number.to_string(),
                word(json, "state"),
                word(json, "kind"),
                item.title.clone(),
                item.detail.clone(),
                what.into_iter().flatten().collect::<Vec<_>>().join(", "),
            ]
        })
        .collect();
    let mut text = table(&rows);
    if let Some(next) = page.next {
        text.push_str(&format!("  more: --after {next}\n"));
    }
    Ok(Answer::new(json, text))
}
