//! `tekram vault backup`, `backups` and `restore`.

use serde_json::{Value, json};
use tekram_agent::{
    BackupDamage, BackupEntry, BackupKey, BackupPlan, BackupSource, Persona, RecoveryPhrase, RestoreOptions, WayInKind,
    time_text,
};

use super::place::{chosen, is_server, server, source, whole_path};
use super::rescue::saved;
use crate::args::{Backup, From, Login};
use crate::commands::{Context, NEW_PASSPHRASE, RECOVERY_WORDS, short};
use crate::output::{Answer, Failure, megabytes, ranges, table};

/// Backs up.
pub(super) fn backup(context: &Context, to: Option<&str>, login: &Login, if_due: bool) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    if let Some(to) = to {
        use_place(context, &persona, to, login)?;
    }
    if if_due && persona.backup_plan()?.is_some_and(|plan| !plan.due) {
        let plan = persona.backup_plan()?;
        persona.lock()?;
        return Ok(Answer::new(
            json!({"backed_up": false, "plan": plan_json(plan.as_ref())?}),
            "The last backup is less than a day old.",
        ));
    }
    let made = persona.back_up(None, &mut context.watch("Backing up"));
    context.progress_done();
    let made = made?;
    let place = persona.backup_plan()?.map(|plan| plan.place).unwrap_or_default();
    persona.lock()?;
    let done = &made.done;
    let text = format!(
        "Backed up to {place}: {}, {} {} ({} pages).",
        done.name,
        if done.full.is_some() { "a new file of" } else { "now" },
        megabytes(made.file_bytes),
        done.pages
    );
    Ok(Answer::new(
        json!({
            "backed_up": true, "place": place, "backup": done.name, "made_ms": made.made_ms, "state": done.state,
            "new_file": done.full.is_some(), "file_bytes": made.file_bytes, "written_bytes": done.bytes, "pages": done.pages,
        }),
        text,
    ))
}

/// Forgets the place.
pub(super) fn forget(context: &Context) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    persona.forget_backup_place()?;
    persona.lock()?;
    Ok(Answer::new(json!({"forgotten": true}), "Backups go nowhere any more."))
}

/// Uses another place from now on; the same one keeps what is known of its last backup.
fn use_place(context: &Context, persona: &Persona, to: &str, login: &Login) -> Result<(), Failure> {
    if is_server(to) {
        return Ok(persona.use_backup_server(&server(context, to, login)?)?);
    }
    let folder = whole_path(to)?;
    if persona.backup_folder_reference()?.as_deref() != Some(&*folder) {
        persona.use_backup_folder(&folder, &folder)?;
    }
    Ok(())
}

fn plan_json(plan: Option<&BackupPlan>) -> Result<Value, Failure> {
    plan.map_or(Ok(Value::Null), crate::commands::to_json)
}

/// Lists what is in a place.
pub(super) fn backups(context: &Context, from: &From) -> Result<Answer, Failure> {
    let (source, plan) = match &from.from {
        Some(place) => (source(context, place, &from.login)?, None),
        None => {
            let persona = context.unlock()?;
            let found = persona
                .backup_source(None)
                .and_then(|source| Ok((source, persona.backup_plan()?)));
            persona.lock()?;
            found?
        }
    };
    let entries = context.agent.backups(&source, &mut context.watch("Looking"));
    context.progress_done();
    let entries = entries?;
    let mut text = plan.as_ref().map(plan_text).unwrap_or_default();
    if entries.is_empty() {
        text.push_str("There are no backups here.");
    }
    for entry in &entries {
        text.push_str(&entry_text(entry));
    }
    let json: Vec<Value> = entries.iter().map(entry_json).collect();
    Ok(Answer::new(
        json!({"backups": json, "plan": plan_json(plan.as_ref())?}),
        text,
    ))
}

fn plan_text(plan: &BackupPlan) -> String {
    let last = plan.last_ms.map_or_else(|| "never".to_owned(), time_text);
    let due = if plan.due { "; one is due" } else { "" };
    let problem = plan.last_problem.as_ref();
    let problem = problem.map_or_else(String::new, |problem| format!("; the last try failed [{problem}]"));
    format!("Backups go to {}. Last: {last}{due}{problem}.\n", plan.place)
}

fn opens_with(entry: &BackupEntry, kind: &WayInKind) -> bool {
    entry.ways_in.iter().any(|way| way.kind == *kind)
}

fn entry_text(entry: &BackupEntry) -> String {
    let keys = [
        (WayInKind::Passphrase, "a passphrase"),
        (WayInKind::RecoveryPhrase, "recovery words"),
    ];
    let keys: Vec<&str> = keys
        .iter()
        .filter(|(kind, _)| opens_with(entry, kind))
        .map(|(_, name)| *name)
        .collect();
    let rows: Vec<Vec<String>> = entry
        .states
        .iter()
        .map(|state| vec![format!("state {}", state.number), time_text(state.made_ms)])
        .collect();
    let cut = if entry.cut {
        "; its last state was cut and does not count"
    } else {
        ""
    };
    format!(
        "{}  {}, vault {}, opens with {}{cut}\n{}",
        entry.name,
        megabytes(entry.bytes),
        short(&entry.vault_id),
        keys.join(" or "),
        table(&rows)
    )
}

fn entry_json(entry: &BackupEntry) -> Value {
    let states: Vec<Value> = entry
        .states
        .iter()
        .map(|state| json!({"number": state.number, "made_ms": state.made_ms}))
        .collect();
    json!({
        "backup": entry.name, "vault": entry.vault_id, "states": states, "cut": entry.cut, "bytes": entry.bytes,
        "opens_with_passphrase": opens_with(entry, &WayInKind::Passphrase),
        "opens_with_words": opens_with(entry, &WayInKind::RecoveryPhrase),
    })
}

/// Restores, or saves what is left.
pub(super) fn restore(
    context: &Context,
    backup: &Backup,
    options: &RestoreOptions,
    salvage: Option<&str>,
) -> Result<Answer, Failure> {
    let source = source(context, &backup.from, &backup.login)?;
    let name = chosen(context, &source, backup.backup.as_deref())?;
    with_key(context, |key| match salvage {
        Some(new_name) => salvaged(context, &source, &name, key, options.state, new_name),
        None => restored(context, &source, &name, key, options),
    })
}

/// Calls `work` with the recovery words of the environment, else with the passphrase.
pub(super) fn with_key<T>(
    context: &Context,
    work: impl FnOnce(BackupKey<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    match std::env::var(RECOVERY_WORDS).map(zeroize::Zeroizing::new) {
        Ok(words) => {
            let phrase = RecoveryPhrase::parse(&words).map_err(tekram_agent::AgentError::from)?;
            work(BackupKey::RecoveryPhrase(&phrase))
        }
        Err(_) => {
            let passphrase = context.passphrase("Passphrase of the backup: ")?;
            work(BackupKey::Passphrase(&passphrase))
        }
    }
}

fn restored(
    context: &Context,
    source: &BackupSource,
    name: &str,
    key: BackupKey<'_>,
    options: &RestoreOptions,
) -> Result<Answer, Failure> {
    let restored = context
        .agent
        .restore(source, name, key, options, &mut context.watch("Restoring"));
    context.progress_done();
    let (persona, restored) = restored?;
    let (name, id) = (persona.name(), persona.id().to_owned());
    persona.lock()?;
    let made = time_text(restored.state.made_ms);
    let mut text =
        format!("Persona {name} is back, as it was {made}. Nothing that was on its way is paid again by itself.");
    if restored.cut {
        text.push_str("\nA later state of the backup was cut and does not count.");
    }
    text.push_str(&damage_text(&restored.damage));
    Ok(Answer::new(
        json!({
            "persona": name, "id": id, "state": restored.state.number, "made_ms": restored.state.made_ms,
            "cut": restored.cut, "damage": damage_json(&restored.damage),
        }),
        text,
    ))
}

fn salvaged(
    context: &Context,
    source: &BackupSource,
    name: &str,
    key: BackupKey<'_>,
    state: Option<u32>,
    new_name: &str,
) -> Result<Answer, Failure> {
    let new = context.secret(NEW_PASSPHRASE, &format!("New passphrase for {new_name}: "))?;
    let watch = &mut context.watch("Saving");
    let done = context.agent.salvage(source, name, key, state, new_name, &new, watch);
    context.progress_done();
    let (persona, done) = done?;
    let mut answer = saved(persona, &done.report)?;
    answer.text.push_str(&damage_text(&done.damage));
    if let Some(json) = answer.json.as_object_mut() {
        json.insert("state".to_owned(), done.state.number.into());
        json.insert("made_ms".to_owned(), done.state.made_ms.into());
        json.insert("damage".to_owned(), damage_json(&done.damage));
    }
    Ok(answer)
}

/// Damage of a backup, a line each.
pub(super) fn damage_text(damage: &[BackupDamage]) -> String {
    let line = |damage: &BackupDamage| {
        let pages = ranges(&damage.pages);
        let pages = if pages.is_empty() {
            pages
        } else {
            format!(", pages {pages}")
        };
        format!("\nDamaged: segment {}, {}{pages}", damage.segment, damage.part)
    };
    damage.iter().map(line).collect()
}

/// Damage of a backup.
pub(super) fn damage_json(damage: &[BackupDamage]) -> Value {
    damage
        .iter()
        .map(|damage| json!({"segment": damage.segment, "part": damage.part, "pages": damage.pages}))
        .collect()
}
