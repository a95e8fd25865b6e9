//! `tekram pay …`

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::{Value, json};
use tekram_agent::{
    Ended, FeedLook, Method, Money, Payee, Persona, RulesChange, SettleProgress, Statement, StatementSummary,
};

use super::{Context, amount, short, split, to_json};
use crate::args::PayCommand;
use crate::output::{Answer, Failure, table};

/// Carries out one command.
pub async fn run(context: &Context, command: PayCommand) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    let answer = answer(context, &persona, command).await?;
    persona.lock()?;
    Ok(answer)
}

async fn answer(context: &Context, persona: &Persona, command: PayCommand) -> Result<Answer, Failure> {
    match command {
        PayCommand::Discover { feed } => discover(context, persona, &feed).await,
        PayCommand::Payees => payees(persona),
        PayCommand::Changes => changes(persona),
        PayCommand::Confirm { change, reject } => {
            persona.decide_change(&change, !reject)?;
            let done = if reject { "dropped" } else { "taken into use" };
            Ok(Answer::new(
                json!({"change": change, "taken": !reject}),
                format!("The change was {done}."),
            ))
        }
        PayCommand::Rules { change } => split::rules(persona, &change),
        PayCommand::Preview { month, change } => split::preview(persona, month.as_deref(), &change),
        PayCommand::Sources { month } => split::sources(persona, month.as_deref()),
        PayCommand::Mints { month } => split::mints(persona, &month),
        PayCommand::Statement {
            month,
            budget,
            svg,
            zone,
        } => {
            if budget.is_some() || zone.zone.is_some() {
                persona.change_rules(RulesChange {
                    budget: budget.as_deref().map(amount).transpose()?,
                    zone: zone.zone,
                    ..RulesChange::default()
                })?;
            }
            let statement = persona.statement(month.as_deref())?;
            split::shown(&statement, svg.as_deref())
        }
        PayCommand::Commit { month } => commit(persona, &month),
        PayCommand::Settle { month, mint, wait } => settle(context, persona, &month, mint.as_deref(), wait).await,
        PayCommand::Summary { month } => {
            let statement = persona.statement_of(month.as_deref())?;
            Ok(Answer::new(summary_json(&statement), summary_text(&statement)))
        }
        PayCommand::Receipts { month } => receipts(persona, month.as_deref()),
        PayCommand::Ledger => ledger(persona),
        PayCommand::Wallet { mint } => wallet(persona, &mint).await,
    }
}

async fn discover(context: &Context, persona: &Persona, feeds: &[String]) -> Result<Answer, Failure> {
    let looks = persona
        .discover(feeds, &|look| context.progress(&format!("Looked into {}", look.feed)))
        .await;
    context.progress_done();
    let looks = looks?;
    let mut text = String::new();
    for look in &looks {
        text.push_str(&look_text(look));
    }
    if looks.is_empty() {
        text.push_str("No feeds are known yet: import podcasts, or name a feed with --feed.\n");
    }
    Ok(Answer::new(json!({"feeds": to_json(&looks)?}), text))
}

fn look_text(look: &FeedLook) -> String {
    let Some(found) = &look.found else {
        return format!(
            "{}\n  nothing: {} [{}]\n",
            look.feed,
            look.problem_text.as_deref().unwrap_or_default(),
            look.problem.unwrap_or_default()
        );
    };
    let mut rows: Vec<Vec<String>> = found
        .payees
        .iter()
        .map(|payee| {
            let how = payee.methods.first().map_or_else(
                || format!("not payable: {}", payee.problem.as_deref().unwrap_or("no_method")),
                method,
            );
            let share = if payee.fee {
                format!("{} % off the top", payee.split)
            } else {
                format!("split {}", payee.split)
            };
            vec![payee.name.clone(), share, how]
        })
        .collect();
    if rows.is_empty() {
        rows.push(vec!["names nobody to pay".to_owned()]);
    }
    for refused in &found.refused {
        rows.push(vec![format!("refused: {refused}")]);
    }
    if found.held {
        rows.push(vec![
            "payment details changed; look with: tekram pay changes".to_owned(),
        ]);
    }
    format!("{} ({})\n{}", found.title, look.feed, table(&rows))
}

fn method(method: &Method) -> String {
    match method {
        Method::Cashu(cashu) => format!("e-cash ({}) by {}", cashu.units.join(", "), cashu.mints.join(", ")),
        Method::LightningAddress { address } => format!("Lightning address {address}, finished in your wallet"),
        Method::Keysend { .. } => "Lightning keysend: no rail for it yet".to_owned(),
        Method::Link { url } => format!("link {url}"),
    }
}

fn payees(persona: &Persona) -> Result<Answer, Failure> {
    let payees = persona.payees()?;
    let mut text = String::new();
    for payee in &payees {
        text.push_str(&payee_text(payee));
    }
    if payees.is_empty() {
        text.push_str("Nobody yet: tekram pay discover\n");
    }
    Ok(Answer::new(json!({"payees": to_json(&payees)?}), text))
}

fn payee_text(payee: &Payee) -> String {
    let mut rows: Vec<Vec<String>> = payee
        .methods
        .iter()
        .map(|way| vec!["takes".to_owned(), method(way)])
        .collect();
    for evidence in &payee.evidence {
        let hash: String = evidence.sha256.chars().take(16).collect();
        rows.push(vec![
            "seen".to_owned(),
            format!(
                "{} in {} ({}…) at {}",
                evidence.element, evidence.url, hash, evidence.fetched
            ),
        ]);
    }
    let changed = if payee.changed {
        "  [changed: tekram pay changes]"
    } else {
        ""
    };
    format!("{}{changed}\n{}", payee.name, table(&rows))
}

fn changes(persona: &Persona) -> Result<Answer, Failure> {
    let changes = persona.changes()?;
    let mut text = String::new();
    for view in &changes {
        let shown = serde_json::to_string_pretty(&view.change).unwrap_or_default();
        text.push_str(&format!(
            "{}\n{shown}\nTake it into use with: tekram pay confirm {}\n",
            view.id, view.id
        ));
    }
    if changes.is_empty() {
        text.push_str("No payment details have changed.\n");
    }
    Ok(Answer::new(json!({"changes": to_json(&changes)?}), text))
}

fn commit(persona: &Persona, month: &str) -> Result<Answer, Failure> {
    let statement = persona.commit(month)?;
    let promised: Vec<Value> = statement
        .lines
        .iter()
        .filter_map(|line| {
            let commitment = line.commitment.as_ref()?;
            Some(json!({"commitment": commitment, "payee": line.line.name, "amount_minor": line.line.due_minor}))
        })
        .collect();
    let rows: Vec<Vec<String>> = statement
        .lines
        .iter()
        .filter_map(|line| {
            let commitment = line.commitment.as_ref()?;
            Some(vec![
                short(commitment),
                Money::new(line.line.due_minor, statement.budget.asset).to_string(),
                line.line.name.clone(),
            ])
        })
        .collect();
    let mut json = summary_json(&statement);
    insert(&mut json, "commitments", Value::Array(promised));
    Ok(Answer::new(
        json,
        format!(
            "{} signed promises:\n{}Meet them with: tekram pay settle {month}\n",
            rows.len(),
            table(&rows)
        ),
    ))
}

async fn settle(
    context: &Context,
    persona: &Persona,
    month: &str,
    mint: Option<&str>,
    wait: u64,
) -> Result<Answer, Failure> {
    let lines = persona.statement_of(Some(month))?.lines;
    let line = |line_no: i64| lines.iter().find(|line| line.line_no == line_no);
    let name = |line_no: i64| line(line_no).map(|line| line.line.name.clone()).unwrap_or_default();
    let speak = !context.json;
    // What stands in the way of a line, as last heard.
    let mut problems: BTreeMap<i64, Problem> = BTreeMap::new();
    let mut told = |progress: &SettleProgress| {
        note(&mut problems, progress);
        if speak {
            // Each step is final when it is told, so it stays on the screen.
            let _ = writeln!(std::io::stderr(), "  {}", progress_text(progress, &name));
        }
        ControlFlow::Continue(())
    };
    let report = persona
        .settle(month, mint, Duration::from_secs(wait), &mut told)
        .await?;
    let statement = persona.statement_of(Some(month))?;
    let hand_offs = persona.hand_offs(&statement)?;
    let ended = match report.ended {
        Ended::Done if statement.waiting_minor() > 0 => "incomplete",
        Ended::Done => "done",
        Ended::Stopped => "stopped",
        Ended::TopUpNotPaid => "top_up_not_paid",
    };
    let mut text = summary_text(&statement);
    for hand_off in &hand_offs {
        text.push_str(&format!(
            "Finish in your bank app or browser: {} to {}\n  {}\n",
            hand_off.amount, hand_off.name, hand_off.link.link
        ));
        if std::io::stdout().is_terminal()
            && let Ok(code) = tekram_agent::qr_text(hand_off.link.epc.as_deref().unwrap_or(&hand_off.link.link))
        {
            text.push_str(&code);
            text.push('\n');
        }
    }
    for (line_no, problem) in &problems {
        text.push_str(&format!("Not paid: {} ({})\n", name(*line_no), problem.reason));
    }
    if ended == "incomplete" {
        text.push_str(&format!(
            "Nothing is lost. Go on later with: tekram pay settle {month}\n"
        ));
    }
    let problems: Vec<Value> = problems
        .iter()
        .map(|(line_no, problem)| {
            let commitment = line(*line_no).and_then(|line| line.commitment.clone());
            json!({
                "payee": name(*line_no), "commitment": commitment, "reason": problem.reason,
                "carried": problem.carried,
            })
        })
        .collect();
    let mut json = summary_json(&statement);
    insert(&mut json, "ended", json!(ended));
    insert(&mut json, "problems", Value::Array(problems));
    insert(&mut json, "hand_offs", to_json(&hand_offs)?);
    Ok(Answer::new(json, text))
}

/// What stands in the way of a payment.
struct Problem {
    /// Stable snake_case reason.
    reason: String,
    /// Whether its amount was saved for later; else it is tried again.
    carried: bool,
}

/// Keeps the last problem of each line; what went through has none.
fn note(problems: &mut BTreeMap<i64, Problem>, progress: &SettleProgress) {
    let (line_no, reason, carried) = match progress {
        SettleProgress::NotPlanned {
            line_no,
            reason,
            carried,
        } => (*line_no, reason, *carried),
        SettleProgress::Delayed { line_no, reason } | SettleProgress::Unknown { line_no, reason } => {
            (*line_no, reason, false)
        }
        SettleProgress::Failed { line_no, reason } => (*line_no, reason, true),
        SettleProgress::Paid { line_no } | SettleProgress::Refunded { line_no } => {
            problems.remove(line_no);
            return;
        }
        _ => return,
    };
    problems.insert(
        line_no,
        Problem {
            reason: reason.clone(),
            carried,
        },
    );
}

fn progress_text(progress: &SettleProgress, name: &dyn Fn(i64) -> String) -> String {
    match progress {
        SettleProgress::Planned { rail, lines, amount } => format!("{lines} payments over {rail}, {amount} in all"),
        SettleProgress::NotPlanned {
            line_no,
            reason,
            carried,
        } => {
            let what = if *carried { "saved for later" } else { "not now" };
            format!("{}: {what} ({reason})", name(*line_no))
        }
        SettleProgress::TopUpNeeded { invoice, amount, .. } => {
            format!("Pay this invoice with your Lightning wallet to get {amount} of e-cash:\n  {invoice}")
        }
        SettleProgress::Funded { topped_up, .. } => format!("e-cash on hand; {topped_up} were added"),
        SettleProgress::Begun { line_no } => format!("{}: begun", name(*line_no)),
        SettleProgress::Locked { line_no, net, fees } => {
            format!("{}: {net} locked to the payee's key, fees {fees}", name(*line_no))
        }
        SettleProgress::Delivered { line_no } => format!("{}: sealed and delivered", name(*line_no)),
        SettleProgress::Paid { line_no } => format!("{}: paid, the receipt is here", name(*line_no)),
        SettleProgress::Delayed { line_no, reason } => {
            format!("{}: delayed ({reason}); run settle again later", name(*line_no))
        }
        SettleProgress::Unknown { line_no, reason } => {
            format!("{}: not known whether it was paid ({reason})", name(*line_no))
        }
        SettleProgress::Failed { line_no, reason } => {
            format!("{}: refused ({reason}); saved for later", name(*line_no))
        }
        SettleProgress::Refunded { line_no } => format!("{}: taken back, not redeemed in time", name(*line_no)),
        SettleProgress::HandedOff { hand_off } => {
            format!("{}: {} handed to you to finish", hand_off.name, hand_off.amount)
        }
    }
}

pub(super) fn summary_json(statement: &Statement) -> Value {
    let StatementSummary {
        statement_total_minor,
        budget_minor,
        paid_minor,
        handed_off_minor,
        carried_minor,
        fees_minor,
        in_flight_minor,
        payable_minor,
    } = statement.summary();
    json!({
        "statement": statement.id, "month": statement.period.month_text(), "zone": statement.period.zone(),
        "state": statement.state.name(), "currency": statement.budget.asset.code(),
        "statement_total_minor": statement_total_minor, "budget_minor": budget_minor, "paid_minor": paid_minor,
        "handed_off_minor": handed_off_minor, "carried_minor": carried_minor, "fees_minor": fees_minor,
        "in_flight_minor": in_flight_minor, "payable_minor": payable_minor, "waiting_minor": statement.waiting_minor(),
    })
}

fn summary_text(statement: &Statement) -> String {
    let summary = statement.summary();
    let money = |minor: i64| Money::new(minor, statement.budget.asset).to_string();
    let on_its_way = if summary.in_flight_minor > 0 {
        format!(" (of it on its way: {})", money(summary.in_flight_minor))
    } else {
        String::new()
    };
    table(&[
        vec![
            format!("Statement of {}", statement.period.month_text()),
            money(summary.statement_total_minor),
        ],
        vec!["  paid".to_owned(), money(summary.paid_minor)],
        vec!["  handed off".to_owned(), money(summary.handed_off_minor)],
        vec![
            "  saved for later".to_owned(),
            format!("{}{on_its_way}", money(summary.carried_minor)),
        ],
        vec!["  fees".to_owned(), money(summary.fees_minor)],
    ])
}

fn receipts(persona: &Persona, month: Option<&str>) -> Result<Answer, Failure> {
    let statement = persona.statement_of(month)?;
    let receipts = persona.receipts(&statement)?;
    let rows: Vec<Vec<String>> = receipts
        .iter()
        .map(|receipt| {
            let by = if receipt.record.is_some() {
                "signed by the payee"
            } else {
                "proven by the mint"
            };
            let line = statement
                .lines
                .iter()
                .find(|line| line.commitment.as_deref() == Some(&receipt.commitment));
            let amount = line.map_or_else(String::new, |line| {
                Money::new(line.paid_minor, statement.budget.asset).to_string()
            });
            let payee = line.map_or_else(String::new, |line| line.line.name.clone());
            vec![
                short(&receipt.commitment),
                amount,
                payee,
                by.to_owned(),
                receipt.received.to_string(),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        "No receipts yet.".to_owned()
    } else {
        table(&rows)
    };
    Ok(Answer::new(
        json!({"month": statement.period.month_text(), "receipts": to_json(&receipts)?}),
        text,
    ))
}

fn ledger(persona: &Persona) -> Result<Answer, Failure> {
    let (balances, sum_minor) = persona.ledger()?;
    let mut rows: Vec<Vec<String>> = balances
        .iter()
        .map(|balance| vec![balance.account.clone(), balance.balance.to_string()])
        .collect();
    rows.push(vec!["sum".to_owned(), sum_minor.to_string()]);
    let accounts: Vec<Value> = balances
        .iter()
        .map(|balance| {
            json!({"account": balance.account, "balance_minor": balance.balance.amount_minor, "currency": balance.balance.asset.code()})
        })
        .collect();
    Ok(Answer::new(
        json!({"accounts": accounts, "ledger_sum_minor": sum_minor}),
        table(&rows),
    ))
}

async fn wallet(persona: &Persona, mint: &str) -> Result<Answer, Failure> {
    let balances = persona.wallet(mint).await?;
    let rows: Vec<Vec<String>> = balances.iter().map(|balance| vec![balance.to_string()]).collect();
    let json: Vec<Value> = balances
        .iter()
        .map(|balance| json!({"balance_minor": balance.amount_minor, "currency": balance.asset.code()}))
        .collect();
    let text = if rows.is_empty() {
        "No e-cash at this provider.".to_owned()
    } else {
        table(&rows)
    };
    Ok(Answer::new(json!({"mint": mint, "balances": json}), text))
}

pub(super) fn insert(json: &mut Value, name: &str, value: Value) {
    if let Some(object) = json.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}
