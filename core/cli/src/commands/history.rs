//! The reading half of `tekram listen …`: days, lists, one listen in detail, and what the person thinks of it.

use serde_json::json;
use tekram_agent::{Cursor, Kind, ListQuery, ListenView, Persona, Thumb};

use super::listen::listen_row;
use super::to_json;
use crate::args::{Narrow, Page, Rating};
use crate::output::{Answer, Failure, hours, table};

/// The part of the log that the options name.
fn query(persona: &Persona, text: Option<String>, narrow: &Narrow) -> Result<ListQuery, Failure> {
    let bounds_ms = narrow
        .month
        .as_deref()
        .map(|month| persona.month_bounds_ms(month, narrow.zone.zone.as_deref()))
        .transpose()?;
    Ok(ListQuery {
        from_ms: bounds_ms.map(|(from_ms, _)| from_ms),
        to_ms: bounds_ms.map(|(_, to_ms)| to_ms),
        source: narrow.source.clone(),
        kind: narrow.kind.as_deref().and_then(Kind::from_name),
        text,
    })
}

fn next_page(text: &mut String, next: Option<&Cursor>) -> Option<String> {
    let next = next.map(|next| next.as_str().to_owned());
    if let Some(next) = &next {
        text.push_str(&format!("Next page: --after {next}\n"));
    }
    next
}

pub fn days(persona: &Persona, narrow: &Narrow, page: &Page) -> Result<Answer, Failure> {
    let query = query(persona, None, narrow)?;
    let zone = narrow.zone.zone.as_deref();
    let found = persona.days(&query, zone, page.after.as_deref(), page.limit as usize)?;
    let rows: Vec<Vec<String>> = found
        .days
        .iter()
        .map(|day| {
            let sources: Vec<String> = day
                .sources
                .iter()
                .map(|source| format!("{} {}", source.source, hours(source.played_ms)))
                .collect();
            vec![
                day.date.clone(),
                hours(day.played_ms),
                format!("{} plays", day.plays),
                sources.join(", "),
            ]
        })
        .collect();
    let mut text = table(&rows);
    let next = next_page(&mut text, found.next.as_ref());
    Ok(Answer::new(json!({"days": found.days, "next": next}), text))
}

pub fn list(persona: &Persona, text: Option<String>, narrow: &Narrow, page: &Page) -> Result<Answer, Failure> {
    let query = query(persona, text, narrow)?;
    let found = persona.listens(&query, page.after.as_deref(), page.limit as usize)?;
    let mut text = table(&found.listens.iter().map(listen_row).collect::<Vec<_>>());
    let next = next_page(&mut text, found.next.as_ref());
    Ok(Answer::new(json!({"listens": found.listens, "next": next}), text))
}

pub fn show(persona: &Persona, id: i64) -> Result<Answer, Failure> {
    let view = persona.listen(id)?;
    Ok(Answer::new(to_json(&view)?, told(&view)))
}

/// The answers as a person reads them.
fn told(view: &ListenView) -> String {
    let listen = &view.detail.listen;
    let heard = &view.detail.heard;
    let mut rows = Vec::new();
    let mut row = |question: &str, answer: String| {
        if !answer.is_empty() {
            rows.push(vec![question.to_owned(), answer]);
        }
    };
    let named = |texts: &[&str]| {
        let texts: Vec<&str> = texts.iter().copied().filter(|text| !text.is_empty()).collect();
        texts.join(", ")
    };
    row("what", named(&[&listen.title, &listen.show, listen.kind.name()]));
    row("made by", listen.creators.join(", "));
    row("published by", listen.publisher.clone());
    let played = listen.played.ms().map_or_else(|| "?".to_owned(), hours);
    row(
        "when",
        format!("{}, {played}", tekram_agent::time_text(listen.start_ms)),
    );
    row(
        "where",
        named(&[&listen.source, &listen.service, &listen.player, &listen.device]),
    );
    row(
        "before",
        format!(
            "{} times; {} times in all, {}",
            heard.plays_before,
            heard.plays,
            hours(heard.played_ms)
        ),
    );
    row("tags", listen.tags.join(", "));
    row("note", listen.note.clone());
    if listen.hidden {
        row("hidden", "counts for nothing".to_owned());
    }
    if let Some(original) = &view.detail.original {
        let creators = original.creators.as_ref().map(|names| names.join(", "));
        let texts = [&original.title, &creators, &original.show, &original.publisher];
        let kind = original.kind.map(Kind::name);
        let told: Vec<&str> = texts.into_iter().flatten().map(String::as_str).chain(kind).collect();
        row("its source says", told.join(", "));
    }
    row("counts for", view.detail.credit.name.clone());
    for payee in &view.relation.payees {
        row("who gets paid", payee.name.clone());
    }
    for told in &view.detail.told_by {
        let record = told
            .record
            .map_or_else(String::new, |record| format!(", record {record}"));
        row(
            "known by",
            named(&[
                told.format.name(),
                &told.file_name,
                &format!("import {}{record}", told.batch_id),
            ]),
        );
    }
    table(&rows)
}

pub fn rate(persona: &Persona, id: i64, rating: Rating) -> Result<Answer, Failure> {
    let thumb = match rating {
        Rating::Up => Some(Thumb::Up),
        Rating::Down => Some(Thumb::Down),
        Rating::None => None,
    };
    let listen = persona.rate(id, thumb)?;
    let text = match thumb {
        Some(Thumb::Up) => "Thumb up.",
        Some(Thumb::Down) => "Thumb down.",
        None => "No thumb.",
    };
    Ok(Answer::new(json!({"listen": listen}), text))
}
