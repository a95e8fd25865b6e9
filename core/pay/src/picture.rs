//! The picture of a month's split: an SVG to keep or show, and bars for a terminal. Pure functions of the statement.
//!
//! Both show the same rows: payees by amount, the small ones together, what waits last. Names come from strangers and
//! are escaped; nothing is fetched by the picture.

use std::fmt::Write as _;

use tekram_primitives::money::Money;

use crate::state::{LineState, StatementState};
use crate::statement::{Outcome, Statement, StatementLine};

/// Payees that get a row of their own.
const MAX_ROWS: usize = 12;
const PALETTE: [&str; 12] = [
    "#2f6f8f", "#d9822b", "#4f8a4b", "#b5495b", "#7a5aa6", "#c2a33a", "#3f9c9c", "#8c6239", "#5b7bd5", "#a85a94",
    "#6d8b2f", "#cf6d4d",
];
const WAITING_COLOR: &str = "#c9c5bd";
const REST_COLOR: &str = "#8e8a83";
const INK: &str = "#22252a";
const SOFT_INK: &str = "#6a6d73";

/// One row of the picture.
struct Row {
    name: String,
    detail: String,
    amount_minor: i64,
    color: &'static str,
}

fn rows(statement: &Statement) -> Vec<Row> {
    let is_payee = |line: &&StatementLine| line.payee_id().is_some();
    let payees: Vec<&StatementLine> = statement
        .lines
        .iter()
        .filter(is_payee)
        .filter(|line| line.line.amount_minor > 0)
        .collect();
    let mut rows: Vec<Row> = payees
        .iter()
        .take(MAX_ROWS)
        .zip(PALETTE.iter().cycle())
        .map(|(line, color)| Row {
            name: line.line.name.clone(),
            detail: join(&[heard(line.line.played_ms, line.line.plays), fate(line)]),
            amount_minor: line.line.amount_minor,
            color,
        })
        .collect();
    let rest = payees.get(MAX_ROWS..).unwrap_or_default();
    if !rest.is_empty() {
        rows.push(Row {
            name: format!("{} more", rest.len()),
            detail: String::new(),
            amount_minor: rest.iter().map(|line| line.line.amount_minor).sum(),
            color: REST_COLOR,
        });
    }
    for line in statement
        .lines
        .iter()
        .filter(|line| line.payee_id().is_none() && line.line.amount_minor > 0)
    {
        let sources = line.line.sources;
        let from = if sources == 1 {
            "1 source".to_owned()
        } else {
            format!("{sources} sources")
        };
        rows.push(Row {
            name: "Saved for later".to_owned(),
            detail: match sources {
                0 => "nothing was heard".to_owned(),
                _ => join(&[
                    heard(line.line.played_ms, line.line.plays),
                    format!("{from}, nobody to pay known yet"),
                ]),
            },
            amount_minor: line.line.amount_minor,
            color: WAITING_COLOR,
        });
    }
    rows
}

fn join(parts: &[String]) -> String {
    let filled: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    filled.join(" · ")
}

/// Time heard as people say it; plays where no time is known.
fn heard(played_ms: u64, plays: u64) -> String {
    let minutes = played_ms / 60_000;
    match (minutes, plays) {
        (0, 0) if played_ms == 0 => String::new(),
        (0, 1) if played_ms == 0 => "1 play".to_owned(),
        (0, plays) if played_ms == 0 => format!("{plays} plays"),
        (0, _) => "under 1 min".to_owned(),
        (1..60, _) => format!("{minutes} min"),
        _ => format!("{} h {:02} min", minutes / 60, minutes % 60),
    }
}

/// What becomes of a line, in the interface's words.
fn fate(line: &StatementLine) -> String {
    match line.state {
        LineState::Draft => match line.line.outcome {
            Outcome::Pay => "can be paid",
            Outcome::HandOff => "finish in your own app",
            Outcome::Carry => "saved for later",
        },
        LineState::Committed => "confirmed",
        LineState::Paying => "on its way",
        LineState::Paid => "paid",
        LineState::HandedOff => "finish in your own app",
        LineState::Unknown => "being asked about",
        LineState::Failed | LineState::Refunded | LineState::Carried => "saved for later",
    }
    .to_owned()
}

/// Tenths of a percent, rounded to the nearest.
fn permille(part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let (part, whole) = (i128::from(part), i128::from(whole));
    i64::try_from((part * 1000 + whole / 2) / whole).unwrap_or(0)
}

fn percent(part: i64, whole: i64) -> String {
    let permille = permille(part, whole);
    format!("{}.{} %", permille / 10, permille % 10)
}

/// Text as XML 1.0 holds it, in an element or a quoted attribute (sections 2.2 to 2.4): the five special characters
/// escaped, what XML cannot hold replaced by a space.
#[must_use]
pub fn xml_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// At most `most` characters, the last an ellipsis when something was left out.
fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

fn headline(statement: &Statement) -> String {
    let total = Money::new(statement.total_minor, statement.budget.asset);
    let state = match statement.state {
        StatementState::Draft => "preview",
        StatementState::Committed => "confirmed",
        StatementState::Settled => "done",
    };
    format!("{} · {total} · {state}", statement.period.month_text())
}

/// What is paid, handed off, saved and taken by fees, in one line.
fn footline(statement: &Statement) -> String {
    let asset = statement.budget.asset;
    let amount = |minor: i64| Money::new(minor, asset).amount_text();
    let sum = statement.summary();
    if statement.state == StatementState::Draft {
        return format!(
            "{} of {} can be paid today",
            amount(sum.payable_minor),
            Money::new(sum.statement_total_minor, asset)
        );
    }
    let mut line = format!(
        "paid {} · to finish in your own app {} · fees {} · saved for later {}",
        amount(sum.paid_minor),
        amount(sum.handed_off_minor),
        amount(sum.fees_minor),
        amount(sum.carried_minor - sum.in_flight_minor),
    );
    if sum.in_flight_minor > 0 {
        let _ = write!(line, " · on its way {}", amount(sum.in_flight_minor));
    }
    line
}

/// The split as an SVG document: a stacked bar, and a row with name, time, bar and amount for each payee.
#[must_use]
pub fn split_svg(statement: &Statement) -> String {
    const WIDTH: i64 = 760;
    const MARGIN: i64 = 36;
    const INNER: i64 = WIDTH - 2 * MARGIN;
    const TOP: i64 = 176;
    const ROW: i64 = 46;
    let rows = rows(statement);
    let total = statement.total_minor;
    let height = TOP + ROW * i64::try_from(rows.len()).unwrap_or(0) + 56;
    let mut svg = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" font-family=\"system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif\">\n\
         <title>This month's split, {title}</title>\n\
         <defs><clipPath id=\"bar\"><rect x=\"{MARGIN}\" y=\"104\" width=\"{INNER}\" height=\"34\" rx=\"8\"/></clipPath></defs>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" rx=\"16\" fill=\"#fbfaf7\"/>\n\
         <text x=\"{MARGIN}\" y=\"52\" font-size=\"24\" font-weight=\"650\" fill=\"{INK}\">This month's split</text>\n\
         <text x=\"{MARGIN}\" y=\"79\" font-size=\"15\" fill=\"{SOFT_INK}\">{title}</text>\n\
         <g clip-path=\"url(#bar)\">\n",
        title = xml_text(&headline(statement)),
    );
    let mut before = 0_i64;
    for row in &rows {
        let x = MARGIN + scaled(before, total, INNER);
        before += row.amount_minor;
        let end = MARGIN + scaled(before, total, INNER);
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"104\" width=\"{}\" height=\"34\" fill=\"{}\"><title>{}: {}</title></rect>",
            (end - x).max(0),
            row.color,
            xml_text(&row.name),
            percent(row.amount_minor, total),
        );
        if end < MARGIN + INNER {
            let _ = writeln!(
                svg,
                "<rect x=\"{}\" y=\"104\" width=\"1\" height=\"34\" fill=\"#fbfaf7\"/>",
                end - 1
            );
        }
    }
    svg.push_str("</g>\n");
    for (row, y) in rows.iter().zip((TOP..).step_by(46)) {
        let most = rows.iter().map(|row| row.amount_minor).max().unwrap_or(1);
        let _ = write!(
            svg,
            "<circle cx=\"{dot}\" cy=\"{dot_y}\" r=\"6\" fill=\"{color}\"/>\n\
             <text x=\"{text}\" y=\"{name_y}\" font-size=\"15\" font-weight=\"550\" fill=\"{INK}\">{name}</text>\n\
             <text x=\"{text}\" y=\"{detail_y}\" font-size=\"12\" fill=\"{SOFT_INK}\">{detail}</text>\n\
             <rect x=\"424\" y=\"{bar_y}\" width=\"160\" height=\"8\" rx=\"4\" fill=\"#ece8e0\"/>\n\
             <rect x=\"424\" y=\"{bar_y}\" width=\"{bar}\" height=\"8\" rx=\"4\" fill=\"{color}\"/>\n\
             <text x=\"{right}\" y=\"{name_y}\" font-size=\"15\" text-anchor=\"end\" fill=\"{INK}\" \
             style=\"font-variant-numeric: tabular-nums\">{amount}</text>\n\
             <text x=\"{right}\" y=\"{detail_y}\" font-size=\"12\" text-anchor=\"end\" fill=\"{SOFT_INK}\">{percent}</text>\n",
            dot = MARGIN + 6,
            dot_y = y - 1,
            text = MARGIN + 24,
            name_y = y + 2,
            detail_y = y + 19,
            bar_y = y + 2,
            right = WIDTH - MARGIN,
            color = row.color,
            name = xml_text(&shorten(&row.name, 40)),
            detail = xml_text(&shorten(&row.detail, 62)),
            bar = scaled(row.amount_minor, most, 160).max(2),
            amount = Money::new(row.amount_minor, statement.budget.asset).amount_text(),
            percent = percent(row.amount_minor, total),
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{MARGIN}\" y=\"{}\" font-size=\"12.5\" fill=\"{SOFT_INK}\">{}</text>\n</svg>\n",
        height - 26,
        xml_text(&footline(statement)),
    );
    svg
}

/// `part / whole` of `length`, rounded down.
fn scaled(part: i64, whole: i64, length: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let product = i128::from(part.max(0)) * i128::from(length);
    i64::try_from(product / i128::from(whole)).unwrap_or(length).min(length)
}

/// The split as bars for a terminal of `columns` (at least 60 are used).
#[must_use]
pub fn split_text(statement: &Statement, columns: usize) -> String {
    const NAME: usize = 26;
    const AMOUNT: usize = 11;
    const PERCENT: usize = 9;
    let rows = rows(statement);
    let most = rows.iter().map(|row| row.amount_minor).max().unwrap_or(0);
    let detail = if columns >= 100 { 40 } else { 0 };
    let bar_columns = columns
        .max(60)
        .saturating_sub(NAME + AMOUNT + PERCENT + detail + 3)
        .clamp(8, 40);
    let mut text = format!("This month's split · {}\n\n", headline(statement));
    for row in &rows {
        let eighths = scaled(row.amount_minor, most, i64::try_from(bar_columns * 8).unwrap_or(0));
        let eighths = usize::try_from(eighths).unwrap_or(0);
        let mut bar = "█".repeat(eighths / 8);
        if let Some(part) = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"].get(eighths % 8) {
            bar.push_str(part);
        }
        if bar.is_empty() {
            bar.push('▏');
        }
        let name: String = row
            .name
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .collect();
        let amount = Money::new(row.amount_minor, statement.budget.asset).amount_text();
        let _ = write!(
            text,
            "{:<NAME$} {bar:<bar_columns$} {amount:>AMOUNT$} {:>PERCENT$}",
            shorten(&name, NAME),
            percent(row.amount_minor, statement.total_minor),
        );
        if detail > 0 && !row.detail.is_empty() {
            let _ = write!(text, "  {}", shorten(&row.detail, detail + 12));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "\n{}", footline(statement));
    text
}
