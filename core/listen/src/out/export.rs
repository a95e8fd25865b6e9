//! The log in open formats, written as a stream: everything as JSON Lines, listens of ListenBrainz that other programs
//! take, or a table for a spreadsheet.

use std::io::{self, Write};
use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use serde::Serialize;
use tekram_vault::Vault;

use super::choice::Choice;
use super::column::Column;
use super::csv::{BYTE_ORDER_MARK, write_row};
use super::full::Line;
use super::listenbrainz::{For, listenbrainz};
use crate::ListenError;
use crate::out::column::Cell;

/// Listens between two words of how far it is.
const TELL_EVERY: u64 = 500;

/// A format to export to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ExportForm {
    /// One JSON object a line with everything; it comes back unchanged.
    #[default]
    JsonLines,
    /// Listens of ListenBrainz, one a line. A listen without a title or a name to credit cannot be one and is left out.
    ListenbrainzJsonl,
    /// A table for a spreadsheet (RFC 4180).
    Csv,
}

/// What to export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportRequest {
    /// The format.
    pub form: ExportForm,
    /// Which listens.
    pub choice: Choice,
    /// Columns of a table, in their order; the usual ones ([`Column::USUAL`]) when empty. Other forms have no columns.
    pub columns: Vec<Column>,
    /// IANA time zone of local times, for listens of which it is not known where they were heard; UTC when empty.
    pub zone: String,
}

impl From<ExportForm> for ExportRequest {
    fn from(form: ExportForm) -> Self {
        Self {
            form,
            ..Self::default()
        }
    }
}

/// What was exported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// Listens written.
    pub written: u64,
    /// Listens that the format cannot hold.
    pub left_out: u64,
}

/// Writes what is chosen of the log, oldest first, as a stream.
///
/// # Errors
/// `write_failed`, `unknown_zone`, or when the vault fails.
pub fn export(vault: &Vault, request: &ExportRequest, into: impl Write) -> Result<Exported, ListenError> {
    export_watched(vault, request, into, &mut |_| ControlFlow::Continue(()))
}

/// [`export`]; `told` hears every now and then how many listens are written, and stops it.
///
/// # Errors
/// As [`export`], and `cancelled`.
pub fn export_watched(
    vault: &Vault,
    request: &ExportRequest,
    mut into: impl Write,
    told: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Exported, ListenError> {
    let zone = match request.zone.as_str() {
        "" => TimeZone::UTC,
        name => TimeZone::get(name).map_err(|_| ListenError::UnknownZone)?,
    };
    let columns = match request.columns.as_slice() {
        [] => Column::USUAL.as_slice(),
        chosen => chosen,
    };
    if request.form == ExportForm::Csv {
        let names = columns.iter().map(|column| Cell::Own(column.name().to_owned()));
        into.write_all(BYTE_ORDER_MARK)
            .and_then(|()| write_row(&mut into, names))
            .map_err(|error| write_error(&error))?;
    }
    let mut exported = Exported::default();
    vault.read(|connection| {
        request.choice.walk(connection, |chosen| {
            let written = match request.form {
                ExportForm::JsonLines => serde_json::to_writer(&mut into, &Line::of(&chosen))
                    .map_err(io::Error::from)
                    .and_then(|()| into.write_all(b"\n")),
                ExportForm::ListenbrainzJsonl => match listenbrainz(&chosen.listen, For::Oneself) {
                    Some(listen) => writeln!(into, "{listen}"),
                    None => {
                        exported.left_out += 1;
                        return Ok(());
                    }
                },
                ExportForm::Csv => write_row(
                    &mut into,
                    columns.iter().map(|column| column.cell(&chosen.listen, &zone)),
                ),
            };
            exported.written += 1;
            written.map_err(|error| write_error(&error))?;
            if exported.written.is_multiple_of(TELL_EVERY) && told(exported.written).is_break() {
                return Err(ListenError::Cancelled);
            }
            Ok(())
        })
    })?;
    into.flush().map_err(|error| write_error(&error))?;
    Ok(exported)
}

fn write_error(error: &io::Error) -> ListenError {
    ListenError::Write { kind: error.kind() }
}
