//! The changing half of `tekram listen …`: notes, tags, corrections, hiding, deleting, and which works are one.

use serde_json::json;
use tekram_agent::{Correction, Edit, Kind, Listen, Persona, TagInUse, WorkView};

use super::listen::listen_row;
use crate::args::{EditCommand, Page};
use crate::output::{Answer, Failure, table};

/// Carries out one command.
pub fn run(persona: &Persona, command: EditCommand) -> Result<Answer, Failure> {
    match command {
        EditCommand::Note { listen, text } => {
            changed(&persona.note_listen(listen, &text.unwrap_or_default())?, "Noted")
        }
        EditCommand::Tag { listen, tags, remove } => changed(&persona.tag_listen(listen, &tags, &remove)?, "Tagged"),
        EditCommand::Correct(fields) => {
            let correction = Correction {
                kind: fields.kind.as_deref().and_then(Kind::from_name),
                title: fields.title,
                creators: (!fields.creators.is_empty()).then_some(fields.creators),
                show: fields.show,
                publisher: fields.publisher,
            };
            if correction == Correction::default() && !fields.original {
                return Err(Failure::new("nothing_named", "say what to correct, or --original"));
            }
            changed(&persona.correct_listen(fields.listen, &correction)?, "Corrected")
        }
        EditCommand::Hide { listen, off } => {
            let said = if off { "Shown again" } else { "Hidden" };
            changed(&persona.hide_listen(listen, !off)?, said)
        }
        EditCommand::Delete { listen, for_good, yes } => delete(persona, listen, for_good, yes),
        EditCommand::Hidden { page } => hidden(persona, &page),
        EditCommand::Tags { limit } => {
            let tags = persona.tags_in_use(limit as usize)?;
            let row = |one: &TagInUse| vec![one.tag.clone(), format!("{} listens", one.listens)];
            let text = table(&tags.iter().map(row).collect::<Vec<_>>());
            Ok(Answer::new(json!({"tags": tags}), text))
        }
        EditCommand::Edits { page } => edits(persona, &page),
        EditCommand::UndoEdit => {
            let edit = persona.undo_edit()?;
            let text = format!("Taken back: {}", row(&edit).join("  "));
            Ok(Answer::new(json!({"edit": edit}), text))
        }
        EditCommand::Works { text, of, limit } => {
            let works = match of {
                Some(listen) => vec![persona.work_of_listen(listen)?],
                None => persona.works(&text.unwrap_or_default(), limit as usize)?,
            };
            let text: String = works.iter().map(described).collect();
            Ok(Answer::new(json!({"works": works}), text))
        }
        EditCommand::Merge { works, look: true } => {
            let look = persona.merge_look(&works)?;
            let mut text: String = look.works.iter().map(described).collect();
            text.push_str(&format!(
                "As one: {} plays, from {}.\n",
                look.plays,
                look.sources.join(", ")
            ));
            Ok(Answer::new(json!({"look": look}), text))
        }
        EditCommand::Merge { works, look: false } => one_work(&persona.merge_works(&works)?),
        EditCommand::Split { descriptions } => one_work(&persona.split_work(&descriptions)?),
    }
}

fn changed(listen: &Listen, said: &str) -> Result<Answer, Failure> {
    let mut rows = vec![listen_row(listen)];
    if !listen.tags.is_empty() {
        rows.push(vec!["tags".to_owned(), listen.tags.join(", ")]);
    }
    if !listen.note.is_empty() {
        rows.push(vec!["note".to_owned(), listen.note.clone()]);
    }
    Ok(Answer::new(
        json!({"listen": listen}),
        format!("{said}.\n{}", table(&rows)),
    ))
}

fn delete(persona: &Persona, listen: i64, for_good: bool, yes: bool) -> Result<Answer, Failure> {
    if !for_good {
        let deleted = persona.delete_listen(listen)?;
        return Ok(Answer::new(
            json!({"listen": deleted, "for_good": false}),
            "Deleted. For thirty days it comes back with: tekram listen undo-edit, or tekram listen hide --off",
        ));
    }
    if !yes {
        return Err(Failure::new(
            "not_confirmed",
            "nothing brings back what is deleted for good: add --yes to do it",
        ));
    }
    persona.delete_listen_for_good(listen)?;
    Ok(Answer::new(
        json!({"listen": null, "for_good": true}),
        "Deleted for good. Nothing brings it back, not the same file either.",
    ))
}

fn row(edit: &Edit) -> Vec<String> {
    let short = |value: &serde_json::Value| match value {
        serde_json::Value::Null => "-".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    vec![
        edit.edit_id.to_string(),
        tekram_agent::time_text(edit.edited_ms),
        edit.what.name().to_owned(),
        edit.title.clone(),
        format!("{} → {}", short(&edit.before), short(&edit.after)),
        if edit.undone_ms.is_some() { "taken back" } else { "" }.to_owned(),
    ]
}

fn hidden(persona: &Persona, page: &Page) -> Result<Answer, Failure> {
    let hidden = persona.hidden_listens(page.after.as_deref(), page.limit as usize)?;
    let rows: Vec<Vec<String>> = hidden
        .listens
        .iter()
        .map(|one| {
            let mut row = vec![one.listen.id.to_string()];
            row.extend(listen_row(&one.listen));
            row.push(one.for_good_ms.map_or_else(
                || "hidden".to_owned(),
                |at_ms| format!("deleted, for good at {}", tekram_agent::time_text(at_ms)),
            ));
            row
        })
        .collect();
    let next = hidden.next.as_ref().map(|next| next.as_str().to_owned());
    let mut text = table(&rows);
    if let Some(next) = &next {
        text.push_str(&format!("Next page: --after {next}\n"));
    }
    Ok(Answer::new(json!({"listens": hidden.listens, "next": next}), text))
}

fn edits(persona: &Persona, page: &Page) -> Result<Answer, Failure> {
    let before = page
        .after
        .as_deref()
        .map(|after| {
            after
                .parse()
                .map_err(|_| Failure::new("bad_cursor", "that is not a cursor of this list"))
        })
        .transpose()?;
    let edits = persona.edits(before, page.limit as usize)?;
    let next = (edits.len() == page.limit as usize)
        .then(|| edits.last().map(|edit| edit.edit_id.to_string()))
        .flatten();
    let mut text = table(&edits.iter().map(row).collect::<Vec<_>>());
    if let Some(next) = &next {
        text.push_str(&format!("Next page: --after {next}\n"));
    }
    Ok(Answer::new(json!({"edits": edits, "next": next}), text))
}

fn one_work(work: &WorkView) -> Result<Answer, Failure> {
    Ok(Answer::new(json!({"work": work}), described(work)))
}

/// A work with its descriptions under it.
fn described(work: &WorkView) -> String {
    let named = |texts: [&str; 3]| {
        let texts: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        texts.join(" · ")
    };
    let mut rows = vec![vec![
        format!("work {}", work.work),
        work.kind.name().to_owned(),
        format!("{} plays", work.plays),
        named([&work.title, &work.creators.join(", "), &work.show]),
    ]];
    for one in &work.descriptions {
        rows.push(vec![
            format!("  {}", one.description),
            one.sources.join(", "),
            format!("{} plays", one.plays),
            named([&one.title, &one.creators.join(", "), &one.show]),
        ]);
    }
    table(&rows)
}
