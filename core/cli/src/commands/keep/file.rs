//! `tekram keep file …`

use std::fs::File;
use std::path::Path;

use serde_json::json;
use tekram_agent::Persona;

use super::{new_private_file, readable, short, to_json, whole};
use crate::args::FileCommand;
use crate::output::{Answer, Failure, table};

/// Carries out one command.
pub fn run(persona: &Persona, command: FileCommand) -> Result<Answer, Failure> {
    match command {
        FileCommand::List => {
            let files = persona.files()?;
            let rows: Vec<Vec<String>> = files
                .iter()
                .map(|file| {
                    vec![
                        short(&file.id),
                        file.name.clone(),
                        file.media_type.clone(),
                        format!("{} bytes", file.bytes),
                        tekram_agent::time_text(file.added_ms),
                    ]
                })
                .collect();
            let text = if rows.is_empty() {
                "No file is kept.".to_owned()
            } else {
                table(&rows)
            };
            Ok(Answer::new(json!({"files": to_json(&files)?}), text))
        }
        FileCommand::Add { path, name, media_type } => {
            readable(&path)?;
            let mut from = File::open(&path)
                .map_err(|error| Failure::new("io", format!("the file cannot be read: {}", error.kind())))?;
            let own_name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = name.unwrap_or_else(|| own_name.into_owned());
            let media_type = media_type.as_deref().unwrap_or_else(|| media_type_of(&path));
            let file = persona.add_file(&name, media_type, &mut from)?;
            let text = format!("Kept as {}.", file.id);
            Ok(Answer::new(to_json(&file)?, text))
        }
        FileCommand::Write { id, path } => {
            let id = known(persona, &id)?;
            let mut to = new_private_file(&path)?;
            let written = persona.write_file(&id, &mut to);
            if written.is_err() {
                // What was half written is of no use to anybody; the error says enough.
                let _ = std::fs::remove_file(&path);
            }
            let file = written?;
            Ok(Answer::new(to_json(&file)?, format!("{} bytes written.", file.bytes)))
        }
        FileCommand::Remove { id } => {
            let id = known(persona, &id)?;
            persona.remove_file(&id)?;
            Ok(Answer::new(json!({"id": id}), "Removed."))
        }
    }
}

fn known(persona: &Persona, beginning: &str) -> Result<String, Failure> {
    let files = persona.files()?;
    Ok(whole(files.iter().map(|file| file.id.as_str()), beginning))
}

/// What a file is, by the end of its name: the kinds that receipts and cards come in.
fn media_type_of(path: &Path) -> &'static str {
    let end = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match end.as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "heic" => "image/heic",
        "pdf" => "application/pdf",
        "json" => "application/json",
        "html" | "htm" => "text/html",
        "txt" => "text/plain",
        "eml" => "message/rfc822",
        _ => "application/octet-stream",
    }
}
