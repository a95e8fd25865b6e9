//! `tekram persona …`

use serde_json::json;

use super::Context;
use crate::args::PersonaCommand;
use crate::output::{Answer, Failure, table};

/// Carries out one command.
pub fn run(context: &Context, command: PersonaCommand) -> Result<Answer, Failure> {
    match command {
        PersonaCommand::Create { name } => create(context, &name),
        PersonaCommand::List => list(context),
        PersonaCommand::Show => show(context),
    }
}

fn create(context: &Context, name: &str) -> Result<Answer, Failure> {
    let passphrase = context.passphrase(&format!("New passphrase for {name}: "))?;
    if passphrase.expose().is_empty() {
        return Err(Failure::new("empty_passphrase", "an empty passphrase protects nothing"));
    }
    let persona = context.agent.create_persona(name, &passphrase)?;
    let id = persona.id().to_owned();
    persona.lock()?;
    Ok(Answer::new(
        json!({"persona": name, "id": id, "created": true}),
        format!(
            "Persona {name} is ready. Its vault is {}.",
            context.data.join("vaults").join(&id).display()
        ),
    ))
}

fn list(context: &Context) -> Result<Answer, Failure> {
    let personas = context.agent.personas()?;
    let rows: Vec<Vec<String>> = personas
        .iter()
        .map(|entry| vec![entry.label.clone(), entry.id.clone()])
        .collect();
    let text = if rows.is_empty() {
        "There are no personas yet: tekram persona create NAME".to_owned()
    } else {
        table(&rows)
    };
    let json: Vec<_> = personas
        .iter()
        .map(|entry| json!({"persona": entry.label, "id": entry.id}))
        .collect();
    Ok(Answer::new(json!({"personas": json}), text))
}

fn show(context: &Context) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    let holdings = persona.holdings()?;
    let text = format!(
        "{}: {} listens, {} statements, {} requests, {} agreements",
        holdings.name, holdings.listens, holdings.statements, holdings.intents, holdings.agreements
    );
    persona.lock()?;
    Ok(Answer::new(
        json!({
            "persona": holdings.name, "id": holdings.id, "listens": holdings.listens,
            "statements": holdings.statements, "intents": holdings.intents, "agreements": holdings.agreements,
        }),
        text,
    ))
}
