//! `tekram listen look`, and the columns of a table as a person names them.

use std::path::Path;

use serde_json::json;
use tekram_agent::{AgentError, ColumnRole, Look, LookedTable, ReadAs, TableMapping, look_at_export};

use super::readable;
use crate::args::ReadingArgs;
use crate::output::{Answer, Failure, table};

/// Looks at a file.
pub fn look(file: &Path) -> Result<Answer, Failure> {
    readable(file)?;
    let look = look_at_export(file)?;
    let mut text = match (look.format, &look.table) {
        (Some(format), _) => format!("This is {}.\n", format.name()),
        (None, Some(_)) => "A table of no known format.\n".to_owned(),
        (None, None) => "This is no listening history in a known format.\n".to_owned(),
    };
    let rows: Vec<Vec<String>> = look
        .files
        .iter()
        .map(|file| vec![file.name.clone(), file.format.name().to_owned()])
        .collect();
    text.push_str(&table(&rows));
    if look.cut_off {
        text.push_str(
            "The archive breaks off: what stands before its break is imported. Fetch it again for the rest.\n",
        );
    }
    if look.files_skipped > 0 {
        text.push_str(&format!("{} other files in it are passed over.\n", look.files_skipped));
    }
    if let Some(looked) = look.table.as_ref().filter(|_| look.format.is_none()) {
        text.push_str(&shown(looked));
    }
    Ok(Answer::new(json(&look), text))
}

fn json(look: &Look) -> serde_json::Value {
    json!({
        "format": look.format, "files": look.files, "files_skipped": look.files_skipped, "cut_off": look.cut_off, "table": look.table,
        "mapping_needed": look.format.is_none() && look.table.is_some(),
    })
}

/// The columns one below the other: heading, likely role, first values.
fn shown(looked: &LookedTable) -> String {
    let role = |column: usize| {
        looked
            .suggested
            .columns
            .iter()
            .find(|(_, at)| **at == column)
            .map_or("", |(role, _)| role.name())
    };
    let mut rows = vec![
        ["column", "heading", "likely", "first values"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for (column, heading) in looked.headings.iter().enumerate() {
        let values: Vec<_> = looked
            .rows
            .iter()
            .filter_map(|row| row.get(column))
            .filter(|value| !value.is_empty())
            .take(3)
            .cloned()
            .collect();
        rows.push(vec![
            (column + 1).to_string(),
            heading.clone(),
            role(column).to_owned(),
            values.join(" · "),
        ]);
    }
    let mut text = table(&rows);
    text.push_str("Import it with: tekram listen import FILE --as-suggested, or --column ROLE=COLUMN for each.\n");
    text
}

/// What the arguments say of a file.
pub fn read_as(file: &Path, said: &ReadingArgs) -> Result<ReadAs, Failure> {
    let mapping = if said.maps() { Some(mapping(file, said)?) } else { None };
    Ok(ReadAs {
        zone: said.zone.clone(),
        mapping,
    })
}

fn mapping(file: &Path, said: &ReadingArgs) -> Result<TableMapping, Failure> {
    let bad = |what: String| Failure::new("bad_mapping", what);
    let looked = look_at_export(file)
        .map_err(|error: AgentError| Failure::from(error))?
        .table
        .ok_or_else(|| bad("this is no table, so it has no columns".to_owned()))?;
    let LookedTable {
        headings,
        mut suggested,
        ..
    } = looked;
    if !said.as_suggested {
        suggested.columns.clear();
    }
    for column in &said.columns {
        let (role, place) = column
            .split_once('=')
            .ok_or_else(|| bad(format!("{column} is not ROLE=COLUMN")))?;
        let role = ColumnRole::from_name(role).ok_or_else(|| bad(format!("{role} is no role of a column")))?;
        let named = headings.iter().position(|heading| heading == place);
        let place = named
            .or_else(|| place.parse::<usize>().ok().and_then(|number| number.checked_sub(1)))
            .ok_or_else(|| bad(format!("there is no column {place}")))?;
        suggested.columns.insert(role, place);
    }
    Ok(TableMapping {
        delimiter: said.delimiter.unwrap_or(suggested.delimiter),
        header: suggested.header && !said.no_header,
        day_first: suggested.day_first || said.day_first,
        columns: suggested.columns,
    })
}
