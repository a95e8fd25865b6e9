//! The audit: who read or got what.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use serde_json::{Value, json};
use tekram_agent::{AgentError, AuditEntry, AuditKind, AuditQuery, AuditReport, time_text, verify_audit_export};

use super::Context;
use crate::args::AuditArgs;
use crate::commands::{new_private_file, readable};
use crate::output::{Answer, Failure, table};

/// A page of entries, newest first.
pub fn list(context: &Context, which: AuditArgs) -> Result<Answer, Failure> {
    let query = AuditQuery {
        kinds: which.kind.iter().map(|kind| AuditKind::named(kind)).collect(),
        party: which.party,
        text: which.text,
        from: which.from,
        until: which.until,
        before: which.after,
        limit: which.limit as usize,
    };
    let persona = context.unlock()?;
    let page = persona.audit(&query)?;
    persona.lock()?;
    let rows: Vec<Vec<String>> = page.entries.iter().map(row).collect();
    let mut text = if rows.is_empty() {
        "The audit has no such entry.".to_owned()
    } else {
        table(&rows)
    };
    if let Some(next) = page.next_before {
        text.push_str(&format!("  more: --after {next}\n"));
    }
    let entries: Vec<Value> = page.entries.iter().map(entry_json).collect();
    Ok(Answer::new(json!({"entries": entries, "next": page.next_before}), text))
}

fn row(entry: &AuditEntry) -> Vec<String> {
    let said = match (&entry.content, entry.about) {
        (_, Some(about)) => format!("entry {about}"),
        (None, None) => "(destroyed)".to_owned(),
        (Some(content), None) => [&content.who, &content.what]
            .into_iter()
            .filter(|text| !text.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(": "),
    };
    vec![
        entry.number.to_string(),
        time_text(entry.at.millis()),
        entry.kind.name().to_owned(),
        said,
    ]
}

fn entry_json(entry: &AuditEntry) -> Value {
    let said = |text: &String| (!text.is_empty()).then(|| text.clone());
    let content = entry.content.clone().unwrap_or_default();
    json!({
        "number": entry.number, "at_ms": entry.at.millis(), "kind": entry.kind.name(), "who": said(&content.who),
        "party": said(&content.party), "record": said(&content.record), "what": said(&content.what),
        "about": entry.about, "destroyed": entry.content.is_none(),
    })
}

/// Writes the whole audit to a new file.
pub fn export(context: &Context, file: &Path) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    let mut out = BufWriter::new(new_private_file(file)?);
    let entries = persona.export_audit(&mut out)?;
    persona.lock()?;
    Ok(Answer::new(
        json!({"file": file.display().to_string(), "entries": entries}),
        format!("{entries} entries written to {}.", file.display()),
    ))
}

/// Checks the audit of the persona, or of a file.
pub fn check(context: &Context, file: Option<&Path>) -> Result<Answer, Failure> {
    let report = match file {
        Some(file) => {
            readable(file)?;
            let from = File::open(file)
                .map_err(|error| Failure::new("io", format!("the file cannot be read: {}", error.kind())))?;
            verify_audit_export(from).map_err(AgentError::from)?
        }
        None => {
            let persona = context.unlock()?;
            let report = persona.verify_audit()?;
            persona.lock()?;
            report
        }
    };
    Ok(checked(&report))
}

fn checked(report: &AuditReport) -> Answer {
    let breaks: Vec<Value> = report
        .breaks
        .iter()
        .map(|found| json!({"number": found.number, "fault": found.fault.name()}))
        .collect();
    let text = if report.breaks.is_empty() {
        format!(
            "{} entries, each as it was written; the texts of {} were destroyed.",
            report.entries, report.destroyed
        )
    } else {
        let rows: Vec<Vec<String>> = report
            .breaks
            .iter()
            .map(|found| vec![format!("entry {}", found.number), found.fault.name().to_owned()])
            .collect();
        format!("The audit was tampered with:\n{}", table(&rows))
    };
    Answer::new(
        json!({
            "whole": report.breaks.is_empty(), "entries": report.entries, "destroyed": report.destroyed, "breaks": breaks,
        }),
        text,
    )
}

/// Destroys the texts of entries.
pub fn forget(context: &Context, numbers: &[u32], yes: bool) -> Result<Answer, Failure> {
    if !yes {
        return Err(Failure::new(
            "not_confirmed",
            "the texts would be gone for good; say so with --yes",
        ));
    }
    let persona = context.unlock()?;
    persona.destroy_audit_texts(numbers)?;
    persona.lock()?;
    Ok(Answer::new(
        json!({"destroyed": numbers}),
        "The texts are gone; backups made before keep them.",
    ))
}
