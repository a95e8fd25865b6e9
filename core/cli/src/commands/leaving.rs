//! `tekram listen export`, `disclose`, `disclosed` and `verify`.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use tekram_agent::{
    Choice, Column, ExportForm, ExportRequest, Extract, ExtractField, ExtractQuestion, Kind, ListenDisclosure, Persona,
    ShownExtract,
};

use super::{new_private_file, readable, short, to_json, write_private_file};
use crate::args::{Disclose, Export, Fields, Form, Verify, Which};
use crate::output::{Answer, Failure, table};

/// Longest file that can be an extract, in bytes.
const LONGEST_BYTES: u64 = 4 * 1024 * 1024;
/// Listens printed of an extract for people; programs get all.
const MOST_PRINTED: usize = 20;

pub fn export(persona: &Persona, export: &Export) -> Result<Answer, Failure> {
    let form = match export.form {
        Form::Listenbrainz => ExportForm::ListenbrainzJsonl,
        Form::Full => ExportForm::JsonLines,
        Form::Csv => ExportForm::Csv,
    };
    if form != ExportForm::Csv && !export.columns.is_empty() {
        return Err(Failure::new("no_columns", "only a table has columns: add --form csv"));
    }
    let named = |name: &String| {
        let all = || Column::ALL.map(Column::name).join(", ");
        Column::from_name(name).ok_or_else(|| {
            Failure::new(
                "no_such_column",
                format!("there is no column {name}; there are: {}", all()),
            )
        })
    };
    let request = ExportRequest {
        form,
        choice: Choice {
            without_private: export.without_private,
            ..choice(&export.which)?
        },
        columns: export.columns.iter().map(named).collect::<Result<_, _>>()?,
        zone: export.zone.zone.clone().unwrap_or_default(),
    };
    let exported = whole_file(&export.file, |out| Ok(persona.export(&request, out)?))?;
    Ok(Answer::new(
        json!({"file": export.file.display().to_string(), "written": exported.written, "left_out": exported.left_out}),
        format!(
            "{} listens written to {}; {} do not fit the format.",
            exported.written,
            export.file.display(),
            exported.left_out
        ),
    ))
}

/// Writes a new file that only its owner may read, whole or not at all: under another name until everything is on the disk.
fn whole_file<T>(file: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<T, Failure>) -> Result<T, Failure> {
    let io = |error: std::io::Error| Failure::new("io", format!("the file could not be written: {}", error.kind()));
    let exists = || Failure::new("file_exists", "that file exists already; it is not written over");
    if file.symlink_metadata().is_ok() {
        return Err(exists());
    }
    let beside = PathBuf::from(format!("{}.part", file.display()));
    let mut out = BufWriter::new(new_private_file(&beside)?);
    let written = write(&mut out).and_then(|written| {
        out.flush().map_err(io)?;
        out.get_ref().sync_all().map_err(io)?;
        // A second name is refused where the first would be written over; some disks know no second names.
        match std::fs::hard_link(&beside, file) {
            Ok(()) => std::fs::remove_file(&beside).map_err(io)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(exists()),
            Err(_) => std::fs::rename(&beside, file).map_err(io)?,
        }
        Ok(written)
    });
    if written.is_err() {
        // What is left of it is no export.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

fn choice(which: &Which) -> Result<Choice, Failure> {
    let kind = |name: &String| {
        Kind::from_name(name).ok_or_else(|| Failure::new("no_such_kind", format!("there is no kind {name}")))
    };
    Ok(Choice {
        from_ms: which.from.map(|from| from.millis()),
        to_ms: which.until.map(|until| until.millis()),
        sources: which.source.clone(),
        kinds: which.kind.iter().map(kind).collect::<Result<_, _>>()?,
        without_private: false,
    })
}

/// What is shown: the fields, with the blurred in the place of the exact.
fn fields(fields: &Fields) -> Result<Vec<ExtractField>, Failure> {
    let named = |name: &str| {
        let unknown = || Failure::new("no_such_field", format!("a listen has no field {name}"));
        ExtractField::from_name(name).ok_or_else(unknown)
    };
    let mut chosen = fields
        .fields
        .iter()
        .map(|name| named(name))
        .collect::<Result<Vec<_>, _>>()?;
    for blur in &fields.blur {
        let (exact, blurred) = blur
            .split_once('=')
            .ok_or_else(|| Failure::new("no_such_blur", "a blur is FIELD=BLURRED, such as start=day"))?;
        let (exact, blurred) = (named(exact)?, named(blurred)?);
        if !exact.blurs().contains(&blurred) {
            return Err(Failure::new(
                "no_such_blur",
                format!("{} is no blur of {}", blurred.name(), exact.name()),
            ));
        }
        chosen
            .iter_mut()
            .filter(|field| **field == exact)
            .for_each(|field| *field = blurred);
    }
    chosen.sort_unstable();
    chosen.dedup();
    Ok(chosen)
}

pub fn disclose(persona: &Persona, disclose: &Disclose) -> Result<Answer, Failure> {
    let fields = fields(&disclose.fields)?;
    if disclose.preview {
        let listens = persona.preview_listen_disclosure(&choice(&disclose.which)?, &fields)?;
        let text = format!("They would read of {} listens:\n{}", listens.len(), rows(&listens));
        return Ok(Answer::new(json!({"listens": listens}), text));
    }
    let nonce = disclose.nonce.clone().unwrap_or_default();
    let audience = disclose.audience.clone().unwrap_or_default();
    let shown = match &disclose.more {
        Some(beginning) => {
            let known = persona.disclosed_listens()?;
            let id = one_of(known.iter().map(|extract| extract.extract_id.as_str()), beginning);
            persona.disclose_more_listens(&id, &fields, &audience, &nonce)?
        }
        None => {
            let parties = persona.relations()?;
            let agreements = persona.agreements()?;
            let (to, agreement) = (disclose.to.as_deref(), disclose.agreement.as_deref());
            persona.disclose_listens(&ListenDisclosure {
                party: one_of(parties.iter().map(|known| known.party.as_str()), to.unwrap_or_default()),
                agreement: one_of(
                    agreements.iter().map(|known| known.record.as_str()),
                    agreement.unwrap_or_default(),
                ),
                choice: choice(&disclose.which)?,
                fields,
                audience,
                nonce,
            })?
        }
    };
    handed_over(&shown, disclose.out.as_deref())
}

fn handed_over(shown: &ShownExtract, out: Option<&Path>) -> Result<Answer, Failure> {
    let (id, listens) = (&shown.extract_id, shown.listens);
    match out {
        None => Ok(Answer::new(
            json!({"extract": id, "listens": listens, "presentation": shown.presentation}),
            shown.presentation.as_str(),
        )),
        Some(file) => {
            write_private_file(file, shown.presentation.as_bytes())?;
            Ok(Answer::new(
                json!({"extract": id, "listens": listens, "bytes": shown.presentation.len()}),
                format!(
                    "Extract {} with {listens} listens written. The audit says what was shown.",
                    short(id)
                ),
            ))
        }
    }
}

/// The whole of what begins like this, if only one does; else the beginning itself, which the core refuses.
fn one_of<'a>(known: impl Iterator<Item = &'a str>, beginning: &str) -> String {
    let mut found = known.filter(|id| !beginning.is_empty() && id.starts_with(beginning));
    match (found.next(), found.next()) {
        (Some(only), None) => only.to_owned(),
        _ => beginning.to_owned(),
    }
}

pub fn disclosed(persona: &Persona) -> Result<Answer, Failure> {
    let extracts = persona.disclosed_listens()?;
    let mut text = String::new();
    for extract in &extracts {
        text.push_str(&about(extract));
    }
    if extracts.is_empty() {
        text.push_str("No listens were shown to anybody.\n");
    }
    Ok(Answer::new(json!({"extracts": to_json(&extracts)?}), text))
}

fn about(extract: &Extract) -> String {
    let mut text = format!(
        "{}  {} listens  {}\n",
        short(&extract.extract_id),
        extract.listens,
        extract.relation
    );
    for shown in &extract.shown {
        text.push_str(&format!(
            "  {}  {}\n",
            tekram_agent::time_text(shown.at_ms),
            shown.fields.join(", ")
        ));
    }
    text
}

pub fn verify(verify: &Verify) -> Result<Answer, Failure> {
    readable(&verify.file)?;
    let io = |error: std::io::Error| Failure::new("io", format!("the file cannot be read: {}", error.kind()));
    let mut presentation = String::new();
    File::open(&verify.file)
        .map_err(io)?
        .take(LONGEST_BYTES + 1)
        .read_to_string(&mut presentation)
        .map_err(io)?;
    let question = ExtractQuestion {
        audience: &verify.audience,
        nonce: &verify.nonce,
        agreement: verify.agreement.as_deref(),
        key: verify.key.as_deref(),
        max_age_seconds: verify.max_age,
    };
    let read = tekram_agent::read_listen_extract(&presentation, &question)?;
    let text = format!(
        "Extract {} from {}\nunder agreement {}: {} listens, {} more of which nothing is shown.\n\
         It is whole and consistent; that it is true, nothing proves.\n{}",
        short(&read.extract_id),
        read.key,
        short(&read.agreement),
        read.listens.len(),
        read.listens_hidden,
        rows(&read.listens)
    );
    Ok(Answer::new(to_json(&read)?, text))
}

/// The first listens, in columns.
fn rows(listens: &[serde_json::Map<String, serde_json::Value>]) -> String {
    let cell = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let rows: Vec<Vec<String>> = listens
        .iter()
        .take(MOST_PRINTED)
        .map(|listen| listen.values().map(cell).collect())
        .collect();
    let more = listens.len().saturating_sub(MOST_PRINTED);
    let mut text = table(&rows);
    if more > 0 {
        text.push_str(&format!("  … and {more} more\n"));
    }
    text
}
