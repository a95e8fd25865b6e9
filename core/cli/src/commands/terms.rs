//! `tekram terms …`

use std::path::Path;

use serde_json::json;

use super::{Context, new_private_file, short};
use crate::args::TermsCommand;
use crate::output::{Answer, Failure, table};

/// Carries out one command.
pub fn run(context: &Context, command: TermsCommand) -> Result<Answer, Failure> {
    match command {
        TermsCommand::List => Ok(list()),
        TermsCommand::Show { id } => show(&id),
        TermsCommand::Agreements => agreements(context),
        TermsCommand::Export { id, file } => export(context, &id, &file),
    }
}

fn list() -> Answer {
    let mut rows = Vec::new();
    let mut json = Vec::new();
    for terms in tekram_agent::roster().iter() {
        rows.push(vec![terms.id.clone(), terms.title.clone()]);
        json.push(json!({"id": terms.id, "title": terms.title, "sha256": terms.sha256, "status": terms.status}));
    }
    Answer::new(json!({"terms": json}), table(&rows))
}

fn show(id: &str) -> Result<Answer, Failure> {
    let terms = tekram_agent::terms(id)?;
    let json = json!({
        "id": terms.id, "title": terms.title, "sha256": terms.sha256, "status": terms.status, "iri": terms.iri(),
        "summary": terms.summary, "clauses": terms.clauses, "text": terms.text,
    });
    Ok(Answer::new(
        json,
        format!(
            "{}\n\n{}\n\n{}\nSHA-256 {}",
            terms.title, terms.summary, terms.text, terms.sha256
        ),
    ))
}

fn agreements(context: &Context) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    let agreements = persona.agreements()?;
    persona.lock()?;
    let rows: Vec<Vec<String>> = agreements
        .iter()
        .map(|agreement| {
            vec![
                short(&agreement.record),
                agreement.terms.clone(),
                agreement.status.clone(),
                agreement.second_party.clone(),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        "Nothing has been agreed yet.".to_owned()
    } else {
        table(&rows)
    };
    Ok(Answer::new(json!({"agreements": agreements}), text))
}

fn export(context: &Context, id: &str, file: &Path) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    // Asked for before a file is made.
    persona.agreement_bytes(id)?;
    let bytes = persona.export_agreement(id, &mut new_private_file(file)?)?;
    persona.lock()?;
    Ok(Answer::new(
        json!({"record": id, "file": file.display().to_string(), "bytes": bytes}),
        format!("{bytes} bytes written to {}.", file.display()),
    ))
}
