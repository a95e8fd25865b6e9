//! `tekram keep purchase …`

use std::fs::File;
use std::path::Path;

use serde_json::json;
use tekram_agent::{
    AgentError, CsvDate, CsvField, PenArrived, Persona, Purchase, PurchaseCsv, PurchaseItem, PurchaseView, Timestamp,
    VaultError,
};

use super::{readable, to_json};
use crate::args::{AddPurchase, CsvColumns, DateForm, PurchaseCommand};
use crate::commands::amount;
use crate::output::{Answer, Failure, table};

/// Carries out one command.
pub fn run(persona: &Persona, command: PurchaseCommand) -> Result<Answer, Failure> {
    match command {
        PurchaseCommand::List { text, from, until } => {
            let from = from.as_deref().map(day).transpose()?;
            let until = until.as_deref().map(day).transpose()?;
            list(&persona.purchases(&text, from, until)?)
        }
        PurchaseCommand::Add(add) => {
            let id = persona.add_purchase(&purchase(persona, add)?)?;
            Ok(Answer::new(json!({"id": id}), format!("Kept as number {id}.")))
        }
        PurchaseCommand::ImportCsv(columns) => {
            let mut from = open(&columns.file)?;
            let choice = choice(&columns)?;
            arrived(&persona.hold_purchases_csv(&name_of(&columns.file), &choice, &mut from)?)
        }
        PurchaseCommand::ImportJson { file } => {
            let mut from = open(&file)?;
            arrived(&persona.hold_orders_json(&name_of(&file), &mut from)?)
        }
        PurchaseCommand::Receipt { id, file, none: _ } => {
            persona.set_receipt(id, file.as_deref())?;
            Ok(Answer::new(json!({"id": id, "receipt": file}), "Done."))
        }
        PurchaseCommand::Remove { id } => {
            persona.remove_purchase(id)?;
            Ok(Answer::new(json!({"id": id}), "Removed."))
        }
    }
}

fn open(file: &Path) -> Result<File, Failure> {
    readable(file)?;
    File::open(file).map_err(|error| Failure::new("io", format!("the file cannot be read: {}", error.kind())))
}

fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The beginning of a day, ms since 1970.
fn day(text: &str) -> Result<i64, Failure> {
    let time: Result<Timestamp, _> = format!("{text}T00:00:00Z").parse();
    time.map(|time| time.millis())
        .map_err(|_| Failure::new("bad_day", "a day is written like 2026-01-31"))
}

fn purchase(persona: &Persona, add: AddPurchase) -> Result<Purchase, Failure> {
    let items = add.item.iter().map(|item| {
        let (quantity, name) = match item.split_once(' ') {
            Some((number, name)) => number.parse().map_or((1, item.as_str()), |number| (number, name)),
            None => (1, item.as_str()),
        };
        PurchaseItem {
            name: name.to_owned(),
            quantity,
            price_minor: None,
            product_id: String::new(),
        }
    });
    let receipt = add.receipt.map(|id| id.parse()).transpose();
    let ordered_ms = match &add.day {
        Some(text) => day(text)?,
        None => persona.now_ms(),
    };
    Ok(Purchase {
        items: items.collect(),
        seller: add.seller,
        seller_id: String::new(),
        order_number: add.number,
        ordered: Timestamp::from_millis(ordered_ms),
        total: amount(&add.total)?,
        record: String::new(),
        receipt: receipt.map_err(|error| AgentError::from(VaultError::Holding(error)))?,
    })
}

fn choice(columns: &CsvColumns) -> Result<PurchaseCsv, Failure> {
    let field = |text: &str| match text.strip_prefix('=') {
        Some(value) => CsvField::Fixed(value.to_owned()),
        None => CsvField::Column(text.to_owned()),
    };
    let mut delimiter = columns.delimiter.chars();
    let delimiter = match (columns.delimiter.as_str(), delimiter.next(), delimiter.next()) {
        ("tab", ..) => '\t',
        (_, Some(only), None) => only,
        _ => return Err(Failure::new("bad_delimiter", "a delimiter is one character, or `tab`")),
    };
    Ok(PurchaseCsv {
        delimiter,
        decimal: columns.decimal,
        seller: field(&columns.seller),
        date: field(&columns.date),
        date_form: match columns.date_form {
            DateForm::Iso => CsvDate::Iso,
            DateForm::DayFirst => CsvDate::DayFirst,
            DateForm::MonthFirst => CsvDate::MonthFirst,
        },
        total: field(&columns.total),
        currency: field(&columns.currency),
        order_number: columns.order_number.as_deref().map(field),
        item: columns.item.as_deref().map(field),
        quantity: columns.quantity.as_deref().map(field),
        paid_is_negative: columns.paid_is_negative,
    })
}

fn arrived(arrived: &PenArrived) -> Result<Answer, Failure> {
    let mut text = match arrived.batch {
        Some(batch) => format!("{} wait to be looked at: tekram keep pen show {batch}\n", arrived.held),
        None => "Nothing could be read.\n".to_owned(),
    };
    for fault in &arrived.faults {
        text.push_str(&format!("  line {}: {} could not be read\n", fault.line, fault.field));
    }
    Ok(Answer::new(to_json(arrived)?, text))
}

fn list(purchases: &[PurchaseView]) -> Result<Answer, Failure> {
    let rows: Vec<Vec<String>> = purchases
        .iter()
        .map(|purchase| {
            let items: Vec<String> = purchase
                .items
                .iter()
                .map(|item| match item.quantity {
                    1 => item.name.clone(),
                    quantity => format!("{quantity} {}", item.name),
                })
                .collect();
            vec![
                purchase.id.to_string(),
                tekram_agent::time_text(purchase.ordered_ms),
                purchase.total.to_string(),
                purchase.seller.clone(),
                items.join(", "),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        "No purchase is kept.".to_owned()
    } else {
        table(&rows)
    };
    Ok(Answer::new(json!({"purchases": to_json(&purchases)?}), text))
}
