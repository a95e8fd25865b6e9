//! The capturing half of `tekram listen …`: players, pauses and private sessions, what counts as a play, recordings.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use serde_json::{Value, json};
use tekram_agent::{CountingRule, Kind, Persona, PlayerEvent, Quiet, QuietNow, QuietSpan, Recording, time_text};

use super::{Context, new_private_file, readable};
use crate::args::capture::{CaptureCommand, Length, RecordAct};
use crate::output::{Answer, Failure, table};

const SECOND_MS: i64 = 1_000;

/// Carries out one command on an unlocked persona.
pub fn answer(persona: &Persona, command: CaptureCommand) -> Result<Answer, Failure> {
    match command {
        CaptureCommand::Apps { allow, deny } => apps(persona, &allow, &deny),
        CaptureCommand::Capture { .. } => Err(Failure::new("usage", "events are sealed without unlocking")),
        CaptureCommand::Pause { length } => Ok(quiet(begin(persona, Quiet::Paused, &length)?)),
        CaptureCommand::Resume => Ok(quiet(persona.end_quiet(Quiet::Paused)?)),
        CaptureCommand::Private { off: true, .. } => Ok(quiet(persona.end_quiet(Quiet::Private)?)),
        CaptureCommand::Private { length, .. } => Ok(quiet(begin(persona, Quiet::Private, &length)?)),
        CaptureCommand::Quiet => Ok(quiet(persona.quiet()?)),
        CaptureCommand::Counting {
            kind,
            least,
            share,
            enough,
            never,
            reset,
        } => counting(persona, kind.as_deref(), [least, share, enough], never, reset),
        CaptureCommand::Record { act, file } => record(persona, act, file.as_deref()),
        CaptureCommand::Replay { file, allow } => replay(persona, &file, &allow),
    }
}

/// Seals a file of events; nothing is unlocked.
pub fn seal(context: &Context, file: &Path) -> Result<Answer, Failure> {
    readable(file)?;
    let bytes = std::fs::read(file)
        .map_err(|error| Failure::new("io", format!("the file could not be read: {}", error.kind())))?;
    let events: Vec<PlayerEvent> = serde_json::from_slice(&bytes)
        .map_err(|_| Failure::new("unknown_format", "that is no JSON array of player events"))?;
    let entry = context.agent.entry(context.persona.as_deref())?;
    context.agent.capture(&entry.id, &events)?;
    Ok(Answer::new(
        json!({"sealed": events.len()}),
        format!(
            "{} events sealed; they land in the log with the next unlock.",
            events.len()
        ),
    ))
}

fn apps(persona: &Persona, allow: &[String], deny: &[String]) -> Result<Answer, Failure> {
    for (app, allowed) in allow
        .iter()
        .map(|app| (app, true))
        .chain(deny.iter().map(|app| (app, false)))
    {
        persona.set_capture_app(app, allowed)?;
    }
    let apps = persona.capture_apps()?;
    let rows: Vec<Vec<String>> = apps
        .iter()
        .map(|app| {
            vec![
                app.app.clone(),
                if app.allowed { "listened to" } else { "not listened to" }.to_owned(),
            ]
        })
        .collect();
    Ok(Answer::new(json!({"apps": apps}), table(&rows)))
}

fn begin(persona: &Persona, quiet: Quiet, length: &Length) -> Result<QuietNow, Failure> {
    Ok(match length.minutes {
        Some(minutes) => persona.begin_quiet_for(quiet, minutes)?,
        None => persona.begin_quiet(quiet, None)?,
    })
}

fn quiet(now: QuietNow) -> Answer {
    let span = |span: QuietSpan| match span.until_ms {
        Some(until_ms) => format!("since {} until {}", time_text(span.from_ms), time_text(until_ms)),
        None => format!("since {}, until you end it", time_text(span.from_ms)),
    };
    let paused = now.paused.map_or("What players do is logged.".to_owned(), |paused| {
        format!("Nothing is logged {}.", span(paused))
    });
    let private = now.private.map_or("No private session.".to_owned(), |private| {
        format!("A private session {}.", span(private))
    });
    Answer::new(json!(now), format!("{paused}\n{private}\n"))
}

fn counting(
    persona: &Persona,
    kind: Option<&str>,
    [least, share, enough]: [Option<u32>; 3],
    never: bool,
    reset: bool,
) -> Result<Answer, Failure> {
    let mut rules = if reset {
        persona.reset_counting_rules()?
    } else {
        persona.counting_rules()?
    };
    let wanted = kind.and_then(Kind::from_name);
    if let Some(mut rule) = rules.iter().copied().find(|rule| Some(rule.kind) == wanted) {
        let seconds = |seconds: u32| i64::from(seconds).saturating_mul(SECOND_MS);
        rule.least_ms = match (never, least) {
            (true, _) => None,
            (false, Some(least)) => Some(seconds(least)),
            // A rule that never counted begins to when anything is asked for.
            (false, None) => rule.least_ms.or((share.is_some() || enough.is_some()).then_some(0)),
        };
        rule.share_permille = share.map_or(rule.share_permille, |percent| i64::from(percent).saturating_mul(10));
        rule.enough_ms = enough.map_or(rule.enough_ms, seconds);
        rules = persona.set_counting_rule(rule)?;
    }
    let rows: Vec<Vec<String>> = rules
        .iter()
        .map(|rule| vec![rule.kind.name().to_owned(), in_words(rule)])
        .collect();
    Ok(Answer::new(json!({"rules": rules}), table(&rows)))
}

fn in_words(rule: &CountingRule) -> String {
    let Some(least_ms) = rule.least_ms else {
        return "never counts".to_owned();
    };
    let mut text = format!("after {} s", least_ms / SECOND_MS);
    if rule.share_permille > 0 {
        text.push_str(&format!(" and {} % of it", rule.share_permille / 10));
        if rule.enough_ms > 0 {
            text.push_str(&format!(" or {} s", rule.enough_ms / SECOND_MS));
        }
    }
    text
}

fn record(persona: &Persona, act: RecordAct, file: Option<&Path>) -> Result<Answer, Failure> {
    let state = match (act, file) {
        (RecordAct::Start, _) => persona.start_recording()?,
        (RecordAct::Stop, _) => persona.stop_recording()?,
        (RecordAct::State, _) | (RecordAct::Save, None) => persona.recording()?,
        (RecordAct::Discard, _) => {
            persona.discard_recording()?;
            persona.recording()?
        }
        (RecordAct::Save, Some(file)) => {
            let mut out = BufWriter::new(new_private_file(file)?);
            let events = persona.write_recording(&mut out)?;
            return Ok(Answer::new(
                json!({"file": file.display().to_string(), "events": events}),
                format!("{events} events written to {}, readable by everybody.", file.display()),
            ));
        }
    };
    Ok(recorded(state))
}

fn recorded(state: Recording) -> Answer {
    let text = match (state.running, state.started_ms) {
        (_, 0) => "There is no recording.".to_owned(),
        (true, at) => format!("Recording since {}: {} events so far.", time_text(at), state.events),
        (false, at) => format!("A recording of {}: {} events.", time_text(at), state.events),
    };
    Answer::new(json!(state), text)
}

fn replay(persona: &Persona, file: &Path, allow: &[String]) -> Result<Answer, Failure> {
    readable(file)?;
    let opened = File::open(file)
        .map_err(|error| Failure::new("io", format!("the file could not be read: {}", error.kind())))?;
    for app in allow {
        persona.set_capture_app(app, true)?;
    }
    let replayed = persona.replay(&mut BufReader::new(opened))?;
    let drained = replayed.drained;
    let mut text = format!(
        "{} events: {} new listens, {} that went on.\n",
        replayed.events, drained.new, drained.changed
    );
    for (number, what) in [
        (
            drained.not_allowed,
            "of players that are not listened to: see tekram listen apps",
        ),
        (drained.paused, "while the log was paused"),
        (drained.unreadable, "that nothing could be made of"),
        (replayed.refused.len() as u64, "lines that are no event"),
    ] {
        if number > 0 {
            text.push_str(&format!("  {number} {what}\n"));
        }
    }
    let json: Value = json!(replayed);
    Ok(Answer::new(json, text))
}
