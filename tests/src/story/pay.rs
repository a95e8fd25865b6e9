//! Third and fourth chapter: who can be paid, the month's split, the promises, and the payments with their receipts.

use std::collections::BTreeSet;
use std::fs;

use tekram_primitives::money::Money;

use crate::error::Told;
use crate::facts::Facts;
use crate::narrator::Narrator;
use crate::options::Options;
use crate::personas::HOME;
use crate::place::Place;
use crate::reading::{field, list, number, text};
use crate::tekram::Tekram;

/// Looks into the feeds of what was heard.
///
/// # Errors
/// When `tekram` refuses.
pub fn discover(narrator: &mut Narrator, tekram: &Tekram) -> Told {
    narrator.chapter("Who can be paid? The feeds of what was heard say so themselves");
    tekram.show(narrator, HOME, &["pay", "discover"])?;
    let known = tekram.ask(HOME, &["pay", "payees"])?;
    if list(&known, "payees")?.is_empty() {
        narrator.say("Nobody in this history says how to be paid. Their part is saved for later.");
        return Ok(());
    }
    narrator.say("The evidence is kept: which element of which feed, its hash, and when it was seen.");
    tekram.show(narrator, HOME, &["pay", "payees"])
}

/// Makes the statement, promises its lines, and meets the promises. Returns the commitments' record ids.
///
/// # Errors
/// When `tekram` refuses.
pub fn play(
    narrator: &mut Narrator,
    tekram: &Tekram,
    options: &Options,
    place: &Place,
    mint: &str,
    facts: &mut Facts,
) -> Told<BTreeSet<String>> {
    narrator.chapter("Choose and pay: the month's split, exact to the cent, then e-cash and links");
    let picture = place.records().join("split.svg").display().to_string();
    let mut statement = vec!["pay", "statement", "--budget", &options.budget, "--svg", &picture];
    if let Some(month) = &options.month {
        statement.extend(["--month", month]);
    }
    tekram.show(narrator, HOME, &statement)?;
    let mut asked = vec!["pay", "statement"];
    if let Some(month) = &options.month {
        asked.extend(["--month", month]);
    }
    let drawn = tekram.ask(HOME, &asked)?;
    let month = text(&drawn, "month")?.to_owned();

    if text(&drawn, "state")? == "draft" {
        tekram.show(narrator, HOME, &["pay", "commit", &month])?;
    } else {
        narrator.say("It was promised in an earlier run; what was paid is not paid again.");
        let promised = format!("{} {}", number(&drawn, "budget_minor")?, text(&drawn, "currency")?);
        if let Ok(asked) = options.budget.parse::<Money>()
            && promised != format!("{} {}", asked.amount_minor, asked.asset.code())
        {
            narrator.say(&format!(
                "What was promised stands: {asked} do not change {month}, they count for months not promised yet."
            ));
        }
    }
    narrator
        .wait("e-cash is locked to the payees' keys, sealed, and delivered; their desks redeem it and sign receipts");
    tekram.show(narrator, HOME, &["pay", "settle", &month, "--mint", mint])?;
    tekram.show(narrator, HOME, &["pay", "receipts", &month])?;
    tekram.show(narrator, HOME, &["pay", "ledger"])?;

    let summary = tekram.ask(HOME, &["pay", "summary", &month])?;
    facts.statement_total_minor = number(&summary, "statement_total_minor")?;
    facts.budget_minor = number(&summary, "budget_minor")?;
    facts.paid_minor = number(&summary, "paid_minor")?;
    facts.handed_off_minor = number(&summary, "handed_off_minor")?;
    facts.carried_minor = number(&summary, "carried_minor")?;
    facts.fees_minor = number(&summary, "fees_minor")?;
    facts.ledger_sum_minor = number(&tekram.ask(HOME, &["pay", "ledger"])?, "ledger_sum_minor")?;
    keep_receipts(tekram, place, &month)?;
    // Drawn once more, now that it shows what was paid.
    let committed = tekram.ask(HOME, &[&asked[..], &["--svg", &picture]].concat())?;
    let lines = list(&committed, "lines")?.iter();
    Ok(lines
        .map(|line| field(line, "commitment").to_owned())
        .filter(|id| !id.is_empty())
        .collect())
}

/// Writes the payees' signed receipts where a person can look at them.
fn keep_receipts(tekram: &Tekram, place: &Place, month: &str) -> Told {
    let answer = tekram.ask(HOME, &["pay", "receipts", month])?;
    for receipt in list(&answer, "receipts")? {
        let commitment = text(receipt, "commitment")?;
        let name = format!("receipt-{}.json", commitment.get(..12).unwrap_or(commitment));
        // A copy to look at; the record itself is in the vault.
        let _ = fs::write(place.records().join(name), format!("{receipt:#}\n"));
    }
    Ok(())
}
