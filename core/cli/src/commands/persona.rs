//! `tekram persona …`

use serde_json::{Value, json};
use tekram_agent::{Persona, WayIn};

use super::{Context, NEW_PASSPHRASE, PASSPHRASE, outward, recovery};
use crate::args::PersonaCommand;
use crate::output::{Answer, Failure, table};

/// Carries out one command.
pub fn run(context: &Context, command: PersonaCommand) -> Result<Answer, Failure> {
    match command {
        PersonaCommand::Create { name } => create(context, &name),
        PersonaCommand::List => list(context),
        PersonaCommand::Show => show(context),
        PersonaCommand::Shared { page } => outward::shared(context, &page),
        PersonaCommand::Networks => outward::networks(context),
        PersonaCommand::Ways => ways(context),
        PersonaCommand::RemoveWay { name } => remove_way(context, &name),
        PersonaCommand::Passphrase { add } => passphrase(context, add),
        PersonaCommand::Recovery(command) => recovery::run(context, command),
        PersonaCommand::Rename { name } => rename(context, &name),
        PersonaCommand::Delete { yes } => delete(context, yes),
    }
}

fn create(context: &Context, name: &str) -> Result<Answer, Failure> {
    let passphrase = context.passphrase(&format!("New passphrase for {name}: "))?;
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

pub fn way_json(way_in: &WayIn) -> Value {
    json!({"name": way_in.name, "kind": way_in.kind.name(), "added_ms": way_in.added_ms})
}

/// The ways in of an unlocked persona, which is then locked.
pub fn ways_after(persona: &Persona, text: &str) -> Result<Answer, Failure> {
    let ways: Vec<Value> = persona.ways().iter().map(way_json).collect();
    let name = persona.name();
    persona.lock()?;
    Ok(Answer::new(json!({"persona": name, "ways": ways}), text))
}

fn ways(context: &Context) -> Result<Answer, Failure> {
    let entry = context.agent.entry(context.persona.as_deref())?;
    let rows: Vec<Vec<String>> = entry
        .ways_in
        .iter()
        .map(|way_in| {
            let added = way_in.added_ms.map(tekram_agent::time_text).unwrap_or_default();
            vec![way_in.name.clone(), way_in.kind.name().to_owned(), added]
        })
        .collect();
    let ways: Vec<Value> = entry.ways_in.iter().map(way_json).collect();
    Ok(Answer::new(json!({"persona": entry.label, "ways": ways}), table(&rows)))
}

fn remove_way(context: &Context, name: &str) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    persona.remove_way(name)?;
    ways_after(&persona, "It opens this persona no longer.")
}

fn passphrase(context: &Context, add: bool) -> Result<Answer, Failure> {
    if add {
        let persona = context.unlock()?;
        let new = context.secret(NEW_PASSPHRASE, "New passphrase: ")?;
        persona.add_passphrase(&new)?;
        return ways_after(&persona, "The new passphrase opens this persona too.");
    }
    let entry = context.agent.entry(context.persona.as_deref())?;
    let old = context.secret(PASSPHRASE, "Passphrase: ")?;
    let persona = context.agent.unlock_with_passphrase(&entry.id, &old)?;
    let new = context.secret(NEW_PASSPHRASE, "New passphrase: ")?;
    persona.change_passphrase(&old, &new)?;
    ways_after(&persona, "The passphrase is changed.")
}

fn rename(context: &Context, name: &str) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    persona.rename(name)?;
    let id = persona.id().to_owned();
    persona.lock()?;
    Ok(Answer::new(
        json!({"persona": name, "id": id}),
        format!("The persona is called {name} now."),
    ))
}

fn delete(context: &Context, yes: bool) -> Result<Answer, Failure> {
    let entry = context.agent.entry(context.persona.as_deref())?;
    if !yes {
        return Err(Failure::new(
            "not_confirmed",
            format!(
                "everything {} holds would be gone for good; say so with --yes",
                entry.label
            ),
        ));
    }
    context.agent.delete_persona(&entry.id)?;
    Ok(Answer::new(
        json!({"persona": entry.label, "id": entry.id, "deleted": true}),
        format!("Persona {} is gone.", entry.label),
    ))
}
