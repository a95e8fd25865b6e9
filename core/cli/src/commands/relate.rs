//! `tekram relate …`

use serde_json::json;
use tekram_agent::{DifferingClause, RelationDetail, RelationView, Side};

use super::{Context, short, to_json};
use crate::args::RelateCommand;
use crate::output::{Answer, Failure, table};

/// Carries out one command.
pub fn run(context: &Context, command: &RelateCommand) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    let answer = match command {
        RelateCommand::List => list(&persona.relations()?),
        RelateCommand::Show { party } => {
            let known = persona.relations()?;
            let mut named = known.iter().filter(|view| view.party.starts_with(party.as_str()));
            let whole = match (named.next(), named.next()) {
                (Some(only), None) => &only.party,
                _ => party,
            };
            show(&persona.relation(whole)?)
        }
    };
    persona.lock()?;
    answer
}

fn list(relations: &[RelationView]) -> Result<Answer, Failure> {
    let rows: Vec<Vec<String>> = relations
        .iter()
        .map(|view| {
            vec![
                view.name.clone().unwrap_or_else(|| "?".to_owned()),
                format!("you {}, they {}", view.mine.name(), view.theirs.name()),
                format!("{} agreed", view.agreements),
                tekram_agent::time_text(view.since_ms),
                view.party.clone(),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        "Nobody was met yet.".to_owned()
    } else {
        table(&rows)
    };
    Ok(Answer::new(json!({"relations": to_json(&relations)?}), text))
}

fn show(detail: &RelationDetail) -> Result<Answer, Failure> {
    let view = &detail.relation;
    let mut text = format!(
        "{}\n{}\nYou: {}. They: {}.\n",
        view.name.as_deref().unwrap_or("?"),
        view.party,
        view.mine.name(),
        view.theirs.name()
    );
    for record in &detail.records {
        text.push_str(&format!("\n{} – {}\n{}\n", record.title, record.status, record.summary));
        if let Some(item) = &record.about_item {
            text.push_str(&format!("  about: {item}\n"));
        }
        for clause in &record.clauses {
            text.push_str(&format!("  - {}\n", clause.label));
        }
        let signed = match (record.signed_by_me, record.signed_by_them) {
            (true, true) => "signed by both",
            (true, false) => "signed by you",
            (false, true) => "signed by them",
            (false, false) => "not signed",
        };
        text.push_str(&format!(
            "  {signed}; record {}, SHA-256 {}\n",
            short(&record.record),
            record.sha256
        ));
    }
    for differing in &view.differs {
        text.push_str(&difference(differing));
    }
    Ok(Answer::new(to_json(detail)?, text))
}

fn difference(differing: &DifferingClause) -> String {
    let whose = match differing.side {
        Side::Mine => "yours",
        Side::Theirs => "theirs",
    };
    format!("only in {whose}: {}\n", differing.clause.label)
}
