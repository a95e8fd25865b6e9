//! The rules of a budget and what they make of a month: `tekram pay rules`, `preview`, `statement`, `sources`, `mints`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;
use tekram_agent::{Money, Persona, RulesChange, Statement, StatementLine, split_svg, split_text};

use super::pay::{insert, summary_json};
use super::{amount, to_json};
use crate::args::RulesArgs;
use crate::output::{Answer, Failure, hours, table};

/// Columns of the picture in a terminal.
const PICTURE_COLUMNS: usize = 100;

/// What the words ask to be changed.
fn changed(words: &RulesArgs) -> Result<RulesChange, Failure> {
    let weight = words.weight.as_deref().map(|weight| {
        weight
            .parse()
            .map_err(|error: tekram_agent::PayError| Failure::new(error.code(), error.to_string()))
    });
    let factors: BTreeMap<String, u32> = words
        .factor
        .iter()
        .map(|words| factor(words))
        .collect::<Result<_, _>>()?;
    Ok(RulesChange {
        budget: words.budget.as_deref().map(amount).transpose()?,
        weight: weight.transpose()?,
        minimum: words.minimum.as_deref().map(amount).transpose()?,
        zone: words.zone.zone.clone(),
        factors: (!factors.is_empty()).then_some(factors),
    })
}

/// `SOURCE=PERMILLE`; a source's key may hold the sign itself.
fn factor(words: &str) -> Result<(String, u32), Failure> {
    words
        .rsplit_once('=')
        .and_then(|(source, factor)| Some((source.to_owned(), factor.parse().ok()?)))
        .ok_or_else(|| {
            Failure::new(
                "bad_factor",
                "a factor is given as SOURCE=PERMILLE, say \"Ondine Okafor=2000\"",
            )
        })
}

/// Shows or changes the rules.
pub fn rules(persona: &Persona, words: &RulesArgs) -> Result<Answer, Failure> {
    let change = changed(words)?;
    let asked_only = change.budget.is_none()
        && change.weight.is_none()
        && change.minimum.is_none()
        && change.zone.is_none()
        && change.factors.is_none();
    let rules = match persona.rules()? {
        Some(rules) if asked_only => rules,
        _ => persona.change_rules(change)?,
    };
    let minimum = Money::new(rules.minimum_minor, rules.budget.asset);
    let json = json!({
        "budget_minor": rules.budget.amount_minor, "currency": rules.budget.asset.code(), "weight": rules.weight.name(),
        "minimum_minor": rules.minimum_minor, "factors": rules.factors, "zone": rules.zone,
    });
    let mut text = format!(
        "{} a month, shared by {}, at least {minimum} a payment, months in {}.",
        rules.budget,
        rules.weight.name(),
        rules.zone
    );
    for (source, factor) in &rules.factors {
        text.push_str(&format!("\n  {} × {source}", times(*factor)));
    }
    Ok(Answer::new(json, text))
}

/// Thousandths as a number for people.
fn times(factor: u32) -> String {
    let text = format!("{}.{:03}", factor / 1000, factor % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What a month's statement would be.
pub fn preview(persona: &Persona, month: Option<&str>, words: &RulesArgs) -> Result<Answer, Failure> {
    let statement = persona.preview_statement(month, &changed(words)?)?;
    let mut answer = shown(&statement, None)?;
    if statement.id.is_empty() {
        answer
            .text
            .push_str("Nothing was stored. Keep the rules with: tekram pay rules\n");
    }
    Ok(answer)
}

/// What was heard, with its factors.
pub fn sources(persona: &Persona, month: Option<&str>) -> Result<Answer, Failure> {
    let sources = persona.month_sources(month)?;
    let rows: Vec<Vec<String>> = sources
        .iter()
        .map(|source| {
            vec![
                hours(i64::try_from(source.played_ms).unwrap_or(i64::MAX)),
                format!("× {}", times(source.factor)),
                source.name.clone(),
                source.source.clone(),
            ]
        })
        .collect();
    Ok(Answer::new(json!({"sources": to_json(&sources)?}), table(&rows)))
}

/// Who takes which e-cash.
pub fn mints(persona: &Persona, month: &str) -> Result<Answer, Failure> {
    let mints = persona.mints(month)?;
    let mut text = String::new();
    for mint in &mints {
        let takers: Vec<&str> = mint.takers.iter().map(|taker| taker.name.as_str()).collect();
        text.push_str(&format!("{}: {}\n", mint.mint, takers.join(", ")));
    }
    if mints.is_empty() {
        text.push_str("Nobody in this statement takes e-cash.\n");
    }
    Ok(Answer::new(json!({"mints": to_json(&mints)?}), text))
}

/// The statement as a picture, with a reason under each line.
pub fn shown(statement: &Statement, svg: Option<&Path>) -> Result<Answer, Failure> {
    let mut text = split_text(statement, PICTURE_COLUMNS);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str("\nWhy:\n");
    for line in &statement.lines {
        text.push_str(&why(line, statement));
    }
    let mut json = summary_json(statement);
    if let Some(file) = svg {
        std::fs::write(file, split_svg(statement))
            .map_err(|error| Failure::new("io", format!("the picture could not be written: {}", error.kind())))?;
        text.push_str(&format!("\nThe picture is in {}.\n", file.display()));
        insert(&mut json, "svg", json!(file.display().to_string()));
    }
    insert(&mut json, "lines", to_json(&statement.lines)?);
    if statement.state.name() == "draft" && !statement.id.is_empty() {
        text.push_str(&format!(
            "\nNothing is promised yet. Promise it with: tekram pay commit {}\n",
            statement.period.month_text()
        ));
    }
    Ok(Answer::new(json, text))
}

/// One line's calculation in words.
fn why(line: &StatementLine, statement: &Statement) -> String {
    let money = |minor: i64| Money::new(minor, statement.budget.asset).to_string();
    let name = if line.line.name.is_empty() {
        "Saved for later"
    } else {
        &line.line.name
    };
    let mut text = format!("  {name}: {}\n", money(line.line.amount_minor));
    for part in &line.line.because {
        let share = if part.fee {
            format!("{} % off the top", part.split)
        } else if part.split == part.split_total {
            "all of it".to_owned()
        } else {
            format!("{} of {}", part.split, part.split_total)
        };
        let factor = match part.factor {
            1000 => String::new(),
            factor => format!(", × {}", times(factor)),
        };
        text.push_str(&format!(
            "    {} of {}, {} plays{factor} → {}; {share} → {}\n",
            hours(i64::try_from(part.played_ms).unwrap_or(i64::MAX)),
            part.name,
            part.plays,
            money(part.source_minor),
            money(part.amount_minor)
        ));
    }
    if line.line.because.is_empty() && line.line.played_ms > 0 {
        let heard = hours(i64::try_from(line.line.played_ms).unwrap_or(i64::MAX));
        text.push_str(&format!(
            "    {heard} of {} sources nobody payable is known for\n",
            line.line.sources
        ));
    }
    if line.line.carry_in_minor != 0 {
        text.push_str(&format!(
            "    {} saved from earlier months\n",
            money(line.line.carry_in_minor)
        ));
    }
    if let Some(reason) = line.line.reason {
        text.push_str(&format!("    saved for later: {}\n", reason.name()));
    }
    text
}
