//! `tekram listen …`

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::json;
use tekram_agent::{Batch, Listen, Persona, Progress};

use super::{
    Context, account, answers, bring, capture, edit, endpoint, feed, history, leaving, readable, reading, submit,
};
use crate::args::capture::CaptureCommand;
use crate::args::{EndpointCommand, ListenCommand, Page, ReadingArgs};
use crate::output::{Answer, Failure, hours, table};

/// Refused lines shown under an import.
const REFUSED_SHOWN: usize = 5;

/// Carries out one command.
pub async fn run(context: &Context, command: ListenCommand) -> Result<Answer, Failure> {
    if let ListenCommand::Capture(CaptureCommand::Capture { file }) = &command {
        return capture::seal(context, file);
    }
    if let ListenCommand::Look { file } = &command {
        return reading::look(file);
    }
    if matches!(command, ListenCommand::Providers) {
        return bring::providers();
    }
    if let ListenCommand::Verify(verify) = &command {
        return leaving::verify(verify);
    }
    if let ListenCommand::Endpoint(EndpointCommand::Serve { port, seconds }) = command {
        return endpoint::serve(context, port, seconds).await;
    }
    let persona = context.unlock()?;
    let answer = answer(context, &persona, command).await?;
    persona.lock()?;
    Ok(answer)
}

async fn answer(context: &Context, persona: &Persona, command: ListenCommand) -> Result<Answer, Failure> {
    match command {
        ListenCommand::Import { file, accept, read_as } => import(context, persona, &file, accept, &read_as),
        ListenCommand::Look { file } => reading::look(&file),
        ListenCommand::Batches => batches(persona),
        ListenCommand::Preview { batch, page } => preview(persona, batch, &page),
        ListenCommand::Refused { batch, page } => refused(persona, batch, &page),
        ListenCommand::Accept { batch } => decided(persona.accept_batch(batch)?, "accepted"),
        ListenCommand::Reject { batch } => decided(persona.reject_batch(batch)?, "rejected"),
        ListenCommand::Undo { batch } => decided(persona.undo_batch(batch)?, "taken back out of the log"),
        ListenCommand::Hours { month, zone } => by_source(persona, month.as_deref(), zone.zone.as_deref()),
        ListenCommand::Months { zone } => months(persona, zone.zone.as_deref()),
        ListenCommand::Days { narrow, page } => history::days(persona, &narrow, &page),
        ListenCommand::List { narrow, page } => history::list(persona, None, &narrow, &page),
        ListenCommand::Search { text, narrow, page } => history::list(persona, Some(text), &narrow, &page),
        ListenCommand::Show { listen } => history::show(persona, listen),
        ListenCommand::Rate { listen, thumb } => history::rate(persona, listen, thumb),
        ListenCommand::Capture(command) => capture::answer(persona, command),
        ListenCommand::Edit(command) => edit::run(persona, command),
        ListenCommand::Export(export) => leaving::export(persona, &export),
        ListenCommand::Disclose(disclose) => leaving::disclose(persona, &disclose),
        ListenCommand::Disclosed => leaving::disclosed(persona),
        ListenCommand::Verify(verify) => leaving::verify(&verify),
        ListenCommand::Submit(command) => submit::run(context, persona, command).await,
        ListenCommand::Providers => bring::providers(),
        ListenCommand::Request(command) => bring::request(persona, command),
        ListenCommand::Subscriptions => subscriptions(persona),
        ListenCommand::Feeds => feed::feeds(persona),
        ListenCommand::Feed(command) => feed::run(context, persona, command).await,
        ListenCommand::Episodes { feed, page } => feed::episodes(persona, feed, &page),
        ListenCommand::Chapters { episode, fetch } => feed::chapters(persona, episode, fetch).await,
        ListenCommand::Account(command) => account::run(context, persona, command).await,
        ListenCommand::Endpoint(EndpointCommand::Serve { port, seconds }) => {
            endpoint::serve(context, port, seconds).await
        }
        ListenCommand::Endpoint(EndpointCommand::Token(command)) => endpoint::token(persona, command),
        ListenCommand::Opml { file } => feed::opml(persona, &file),
        ListenCommand::Answer(command) => answers::run(persona, command),
    }
}

fn import(
    context: &Context,
    persona: &Persona,
    file: &Path,
    accept: bool,
    said: &ReadingArgs,
) -> Result<Answer, Failure> {
    readable(file)?;
    let read_as = reading::read_as(file, said)?;
    let mut progress = |progress: Progress| {
        let of_all = match progress.bytes_total {
            Some(total) if total > 0 => format!("{} %", progress.bytes_read.saturating_mul(100) / total),
            _ => format!("{} kB", progress.bytes_read / 1000),
        };
        context.progress(&format!("Reading {of_all}, {} records", progress.records));
    };
    let imported = persona.import_as(file, read_as, &mut progress, Arc::new(AtomicBool::new(false)));
    context.progress_done();
    let report = imported?;
    let mut text = format!(
        "Import {}: {} records of {} read; {} new, {} duplicates, {} refused.\n",
        report.batch_id,
        report.read,
        report.format.name(),
        report.new,
        report.duplicates,
        report.refused
    );
    if report.assumed_utc > 0 {
        text.push_str(&format!(
            "{} times name no zone and were taken for UTC. If that is wrong, reject the import and name the zone: --zone\n",
            report.assumed_utc
        ));
    }
    if report.cut_off {
        text.push_str(
            "The file breaks off: what stands before its break was read. Fetch it again and import it for the rest.\n",
        );
    }
    if report.files_skipped > 0 {
        text.push_str(&format!(
            "{} other files in it were passed over.\n",
            report.files_skipped
        ));
    }
    let refused = persona.refused(report.batch_id, 0, REFUSED_SHOWN)?;
    let rows: Vec<Vec<String>> = refused.iter().map(refused_row).collect();
    text.push_str(&table(&rows));
    let more = report.refused.saturating_sub(refused.len() as u64);
    if more > 0 {
        text.push_str(&format!(
            "  … and {more} more: tekram listen refused {}\n",
            report.batch_id
        ));
    }
    let state = if accept {
        persona.accept_batch(report.batch_id)?;
        text.push_str("Accepted into the log.\n");
        "accepted"
    } else {
        text.push_str(&format!(
            "Nothing counts yet. Take it in with: tekram listen accept {}\n",
            report.batch_id
        ));
        "held"
    };
    let json = json!({
        "batch": report.batch_id, "format": report.format, "state": state,
        "read": report.read, "new": report.new, "duplicates": report.duplicates, "refused": report.refused,
        "assumed_utc": report.assumed_utc, "files_skipped": report.files_skipped, "cut_off": report.cut_off,
    });
    Ok(Answer::new(json, text))
}

fn refused_row(line: &tekram_agent::RefusedLine) -> Vec<String> {
    // Formats without lines of their own (XML) count records.
    let place = if line.line > 0 {
        format!("line {}", line.line)
    } else {
        format!("record {}", line.record)
    };
    let place = if line.file.is_empty() {
        place
    } else {
        format!("{} {place}", line.file)
    };
    let field = if line.field.is_empty() {
        String::new()
    } else {
        format!(" ({})", line.field)
    };
    vec![place, format!("{}{field}", line.reason)]
}

fn batch_json(batch: &Batch) -> serde_json::Value {
    json!({
        "batch": batch.batch_id, "state": batch.state, "format": batch.format, "file": batch.file_name,
        "read": batch.read, "new": batch.new, "duplicates": batch.duplicates, "refused": batch.refused,
        "listens": batch.listens, "imported_ms": batch.imported_ms,
    })
}

fn batches(persona: &Persona) -> Result<Answer, Failure> {
    let batches = persona.batches()?;
    let mut rows = vec![
        ["import", "state", "format", "new", "duplicates", "refused"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for batch in &batches {
        rows.push(vec![
            batch.batch_id.to_string(),
            batch.state.name().to_owned(),
            batch.format.name().to_owned(),
            batch.new.to_string(),
            batch.duplicates.to_string(),
            batch.refused.to_string(),
        ]);
    }
    let json: Vec<_> = batches.iter().map(batch_json).collect();
    Ok(Answer::new(json!({"batches": json}), table(&rows)))
}

fn decided(batch: Batch, what: &str) -> Result<Answer, Failure> {
    Ok(Answer::new(
        batch_json(&batch),
        format!("Import {} was {what}: {} listens.", batch.batch_id, batch.listens),
    ))
}

pub(super) fn listen_row(listen: &Listen) -> Vec<String> {
    vec![
        tekram_agent::time_text(listen.start_ms),
        format!(
            "{}{}",
            listen.played.ms().map_or_else(|| "?".to_owned(), hours),
            if listen.counts { "" } else { " (no play)" }
        ),
        listen.source.clone(),
        [listen.title.as_str(), &listen.creators.join(", "), &listen.show]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
    ]
}

fn preview(persona: &Persona, batch: i64, page: &Page) -> Result<Answer, Failure> {
    let after = number(page.after.as_deref())?;
    let preview = persona.preview(batch, after, page.limit as usize)?;
    let mut text = table(&preview.listens.iter().map(listen_row).collect::<Vec<_>>());
    for subscription in &preview.subscriptions {
        text.push_str(&format!("  subscription  {}\n", subscription.title));
    }
    if let Some(next) = preview.next_after {
        text.push_str(&format!("Next page: --after {next}\n"));
    }
    Ok(Answer::new(
        json!({"batch": batch, "listens": preview.listens, "subscriptions": preview.subscriptions,
            "next": preview.next_after.map(|next| next.to_string())}),
        text,
    ))
}

fn refused(persona: &Persona, batch: i64, page: &Page) -> Result<Answer, Failure> {
    let after = number(page.after.as_deref())?;
    let refused = persona.refused(batch, after, page.limit as usize)?;
    let next = (refused.len() == page.limit as usize)
        .then(|| refused.last().map(|line| line.seq.to_string()))
        .flatten();
    let mut text = table(&refused.iter().map(refused_row).collect::<Vec<_>>());
    if text.is_empty() {
        text.push_str("Nothing was refused.\n");
    }
    if let Some(next) = &next {
        text.push_str(&format!("Next page: --after {next}\n"));
    }
    Ok(Answer::new(
        json!({"batch": batch, "refused": refused, "next": next}),
        text,
    ))
}

fn by_source(persona: &Persona, month: Option<&str>, zone: Option<&str>) -> Result<Answer, Failure> {
    let sources = persona.hours(month, zone)?;
    let total_ms: i64 = sources.iter().map(|source| source.played_ms).sum();
    let mut rows: Vec<Vec<String>> = sources
        .iter()
        .map(|source| {
            let unknown = if source.unknown_plays > 0 {
                format!(", {} of unknown length", source.unknown_plays)
            } else {
                String::new()
            };
            vec![
                source.source.clone(),
                hours(source.played_ms),
                format!("{} plays{unknown}", source.plays),
            ]
        })
        .collect();
    rows.push(vec!["together".to_owned(), hours(total_ms)]);
    Ok(Answer::new(
        json!({"sources": sources, "total_ms": total_ms}),
        table(&rows),
    ))
}

fn months(persona: &Persona, zone: Option<&str>) -> Result<Answer, Failure> {
    let months = persona.months(zone)?;
    let rows: Vec<Vec<String>> = months
        .iter()
        .map(|month| {
            vec![
                month.month.clone(),
                hours(month.played_ms),
                format!("{} plays", month.plays),
            ]
        })
        .collect();
    Ok(Answer::new(json!({"months": months}), table(&rows)))
}

fn subscriptions(persona: &Persona) -> Result<Answer, Failure> {
    let subscriptions = persona.subscriptions()?;
    let rows: Vec<Vec<String>> = subscriptions
        .iter()
        .map(|subscription| vec![subscription.title.clone(), subscription.feed_url.clone()])
        .collect();
    Ok(Answer::new(json!({"subscriptions": subscriptions}), table(&rows)))
}

/// A cursor that is a number; 0 for the first page.
fn number(after: Option<&str>) -> Result<i64, Failure> {
    after.map_or(Ok(0), |after| {
        after
            .parse()
            .map_err(|_| Failure::new("bad_cursor", "that is not a cursor of this list"))
    })
}
