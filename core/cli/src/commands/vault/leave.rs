//! `tekram vault export` and `import`.

use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::json;

use crate::commands::{Context, EXPORT_PASSPHRASE, new_private_file, readable};
use crate::output::{Answer, Failure};

/// Writes an export.
pub(super) fn export(context: &Context, file: &Path, open: bool) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    let seal = if open {
        None
    } else {
        Some(context.secret(EXPORT_PASSPHRASE, "Passphrase to seal the export with: ")?)
    };
    let mut out = BufWriter::new(new_private_file(file)?);
    let watch = &mut context.watch("Writing");
    let written = match &seal {
        Some(seal) => persona.export_sealed(&mut out, seal, watch),
        None => persona.export_open(&mut out, watch),
    };
    context.progress_done();
    let io = |error: std::io::Error| Failure::new("io", format!("the file could not be written: {}", error.kind()));
    let written = written.map_err(Failure::from).and_then(|done| {
        out.flush().map_err(io)?;
        out.get_ref().sync_all().map_err(io)?;
        Ok(done)
    });
    let done = match written {
        Ok(done) => done,
        Err(failure) => {
            // What was not written to its end is no export.
            let _ = std::fs::remove_file(file);
            return Err(failure);
        }
    };
    let name = persona.name();
    persona.lock()?;
    let what = if open { "in the clear" } else { "sealed" };
    Ok(Answer::new(
        json!({"persona": name, "sealed": !open, "tables": done.tables, "rows": done.rows, "files": done.files}),
        format!(
            "{} tables with {} rows and {} files are in {}, {what}.",
            done.tables,
            done.rows,
            done.files,
            file.display()
        ),
    ))
}

/// Makes the persona of an export.
pub(super) fn import(context: &Context, file: &Path, name: Option<&str>) -> Result<Answer, Failure> {
    readable(file)?;
    let passphrase = context.secret(EXPORT_PASSPHRASE, "Passphrase of the export: ")?;
    let moved = context
        .agent
        .move_in(file, &passphrase, name, &mut context.watch("Reading"));
    context.progress_done();
    let (persona, done) = moved?;
    let (name, id) = (persona.name(), persona.id().to_owned());
    persona.lock()?;
    Ok(Answer::new(
        json!({"persona": name, "id": id, "tables": done.tables, "rows": done.rows, "files": done.files}),
        format!(
            "Persona {name} is back: {} tables with {} rows and {} files. The passphrase of the export opens it.",
            done.tables, done.rows, done.files
        ),
    ))
}
