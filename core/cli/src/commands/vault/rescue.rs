//! `tekram vault check` and `rescue`.

use serde_json::{Value, json};
use tekram_agent::{AgentError, CheckFault, Passphrase, Persona, RecoveryPhrase, RescueBy, RescueReport};
use zeroize::Zeroizing;

use super::backup::{damage_text, with_key};
use super::place::{chosen, source};
use crate::args::Login;
use crate::commands::{Context, NEW_PASSPHRASE, RECOVERY_WORDS};
use crate::output::{Answer, Failure, ranges, table};

/// Refusals of a vault whose files are not what they were. Its pages can be looked at all the same.
const DAMAGE: [&str; 7] = [
    "damaged",
    "truncated",
    "missing_file",
    "not_a_vault",
    "header_forged",
    "foreign_vault",
    "migration_failed",
];

/// What opens the vault, kept for a second use.
enum Key {
    Words(RecoveryPhrase),
    Passphrase(Passphrase),
}

impl Key {
    fn ask(context: &Context) -> Result<Self, Failure> {
        Ok(match std::env::var(RECOVERY_WORDS).map(Zeroizing::new) {
            Ok(words) => Self::Words(RecoveryPhrase::parse(&words).map_err(AgentError::from)?),
            Err(_) => Self::Passphrase(context.passphrase("Passphrase: ")?),
        })
    }

    fn unlock(&self, context: &Context, id: &str) -> Result<Persona, AgentError> {
        match self {
            Self::Words(words) => {
                let words = Zeroizing::new(words.words().join(" "));
                context.agent.unlock_with_recovery_phrase(id, &words)
            }
            Self::Passphrase(passphrase) => context.agent.unlock_with_passphrase(id, passphrase),
        }
    }

    fn rescue(&self) -> RescueBy<'_> {
        match self {
            Self::Words(words) => RescueBy::RecoveryPhrase(words),
            Self::Passphrase(passphrase) => RescueBy::Passphrase(passphrase),
        }
    }
}

/// Proves the vault, or its pages when it does not open any more.
pub(super) fn check(context: &Context) -> Result<Answer, Failure> {
    let entry = context.agent.entry(context.persona.as_deref())?;
    let key = Key::ask(context)?;
    let watch = &mut context.watch("Checking");
    let checked = match key.unlock(context, &entry.id) {
        Ok(persona) => {
            let faults = persona.check(watch);
            context.progress_done();
            let faults = faults?;
            persona.lock()?;
            (faults, None)
        }
        Err(refused) if DAMAGE.contains(&refused.code()) => {
            let faults = context.agent.check_damaged(&entry.id, key.rescue(), watch);
            context.progress_done();
            // A vault in which not even that can be looked at says why it does not open.
            match faults {
                Ok(faults) => (faults, Some(refused)),
                Err(_) => return Err(refused.into()),
            }
        }
        Err(refused) => return Err(refused.into()),
    };
    match checked {
        (faults, None) if faults.is_empty() => Ok(Answer::new(
            json!({"persona": entry.label, "whole": true}),
            "The vault is whole: header, every page, tables and audit.",
        )),
        (faults, refused) => Err(faulty(&faults, refused.as_ref())),
    }
}

/// What does not hold, by its kind: page numbers, or how many.
fn faulty(faults: &[CheckFault], refused: Option<&AgentError>) -> Failure {
    let value = |fault: &CheckFault| match fault.kind {
        "pages" => ranges(&fault.pages),
        _ => fault.count.to_string(),
    };
    let mut params: Vec<(&'static str, String)> = faults.iter().map(|fault| (fault.kind, value(fault))).collect();
    if let Some(refused) = refused {
        params.push(("unlocking", refused.code().to_owned()));
    }
    let named: Vec<String> = params.iter().map(|(kind, value)| format!("{kind} {value}")).collect();
    Failure {
        code: "not_whole".to_owned(),
        message: format!(
            "the vault is not whole: {}; tekram vault rescue saves what is left",
            named.join("; ")
        ),
        params,
    }
}

/// Proves a backup.
pub(super) fn check_backup(
    context: &Context,
    name: Option<&str>,
    from: &str,
    login: &Login,
) -> Result<Answer, Failure> {
    let source = source(context, from, login)?;
    let name = chosen(context, &source, name)?;
    let damage = with_key(context, |key| {
        Ok(context
            .agent
            .check_backup(&source, &name, key, &mut context.watch("Checking"))?)
    });
    context.progress_done();
    let damage = damage?;
    let Some(first) = damage.first() else {
        return Ok(Answer::new(
            json!({"backup": name, "whole": true}),
            format!("{name} is whole."),
        ));
    };
    Err(Failure {
        code: "backup_damaged".to_owned(),
        message: format!("{name} is damaged{}", damage_text(&damage)),
        params: vec![
            ("segment", first.segment.to_string()),
            ("part", first.part.to_owned()),
            ("pages", ranges(&first.pages)),
        ],
    })
}

/// Saves what is left.
pub(super) fn rescue(context: &Context, name: &str) -> Result<Answer, Failure> {
    let entry = context.agent.entry(context.persona.as_deref())?;
    let key = Key::ask(context)?;
    let new = context.secret(NEW_PASSPHRASE, &format!("New passphrase for {name}: "))?;
    let watch = &mut context.watch("Saving");
    let rescued = context.agent.rescue(&entry.id, key.rescue(), name, &new, watch);
    context.progress_done();
    let (persona, report) = rescued?;
    saved(persona, &report)
}

/// A persona of what was left of another, which is then locked.
pub(super) fn saved(persona: Persona, report: &RescueReport) -> Result<Answer, Failure> {
    let (name, id) = (persona.name(), persona.id().to_owned());
    persona.lock()?;
    let complete = report.is_complete();
    let mut text = if complete {
        format!("Everything was saved as {name}.")
    } else {
        format!("What could be saved is in {name}.")
    };
    if !report.same_keys {
        text.push_str("\nIts keys were lost: all of them are new.");
    }
    let rows: Vec<Vec<String>> = report
        .tables
        .iter()
        .filter(|table| table.lost > 0 || !table.lost_pages.is_empty())
        .map(|table| {
            let pages = ranges(&table.lost_pages);
            vec![
                table.table.clone(),
                format!("{} saved", table.saved),
                format!("{} lost", table.lost),
                if pages.is_empty() {
                    pages
                } else {
                    format!("pages {pages}")
                },
            ]
        })
        .collect();
    if !rows.is_empty() {
        text.push('\n');
        text.push_str(table(&rows).trim_end());
    }
    let tables: Vec<Value> = report
        .tables
        .iter()
        .map(|table| {
            json!({"table": table.table, "saved": table.saved, "lost": table.lost, "lost_pages": table.lost_pages})
        })
        .collect();
    Ok(Answer::new(
        json!({
            "persona": name, "id": id, "complete": complete, "same_keys": report.same_keys, "tables": tables,
            "lost_lists": report.lost_lists, "inbox_items": report.inbox_items, "dangling": report.dangling,
        }),
        text,
    ))
}
