//! The answering half of `tekram listen …`: statistics, ranks, what is new and what is forgotten, when, and search as one
//! types.

use std::path::Path;

use serde_json::{Value, json};
use tekram_agent::{
    Amount, Forgotten, Glance, HitPage, HoursOfWeek, Known, KnownPage, Listen, Measure, Persona, Ranked, Span, Step,
    Streak, What, glance_svg,
};

use super::listen::listen_row;
use super::{new_private_file, to_json};
use crate::args::{AnswerCommand, By, Page, Range, Subject, Weight};
use crate::output::{Answer, Failure, hours, table};

/// How many works, creators and shows a year at a glance ranks.
const RANKS: usize = 5;
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LEVELS: [char; 5] = ['·', '░', '▒', '▓', '█'];

/// Carries out one question.
pub fn run(persona: &Persona, command: AnswerCommand) -> Result<Answer, Failure> {
    match command {
        AnswerCommand::Stats { range, by, page } => stats(persona, &range, by, &page),
        AnswerCommand::Top { what, range, by, page } => top(persona, what, &range, by, &page),
        AnswerCommand::New { what, range, page } => {
            let (what, zone) = (what_of(what), range.zone.zone.as_deref());
            let span = tekram_agent::span(&range.range)?;
            let new = persona.newly_heard(what, span, zone, page.after.as_deref(), page.limit as usize)?;
            Ok(known(what, &new))
        }
        AnswerCommand::Forgotten {
            what,
            months,
            plays,
            zone,
            page,
        } => {
            let forgotten = Forgotten {
                months,
                least_plays: plays,
            };
            let (what, zone) = (what_of(what), zone.zone.as_deref());
            let gone = persona.forgotten(what, forgotten, zone, page.after.as_deref(), page.limit as usize)?;
            Ok(known(what, &gone))
        }
        AnswerCommand::Streaks { range } => streaks(persona, &range),
        AnswerCommand::Week { range } => {
            let span = tekram_agent::span(&range.range)?;
            let week = persona.hours_of_week(span, range.zone.zone.as_deref())?;
            Ok(Answer::new(to_json(&week)?, week_text(&week)))
        }
        AnswerCommand::Year { range, by, svg, zone } => {
            year(persona, range.as_deref(), by, svg.as_deref(), zone.zone.as_deref())
        }
        AnswerCommand::First {
            what,
            text,
            limit,
            zone,
        } => first(persona, what_of(what), &text, limit, zone.zone.as_deref()),
        AnswerCommand::When { moment, limit, zone } => when(persona, &moment, limit, zone.zone.as_deref()),
        AnswerCommand::Find { text, only, page } => find(persona, &text, only, &page),
        AnswerCommand::Of { id, page } => of(persona, id, &page),
    }
}

fn what_of(subject: Subject) -> What {
    match subject {
        Subject::Works => What::Work,
        Subject::Creators => What::Creator,
        Subject::Shows => What::Show,
        Subject::Publishers => What::Publisher,
        Subject::Sources => What::Source,
    }
}

fn measure(by: Weight) -> Measure {
    match by {
        Weight::Plays => Measure::Plays,
        Weight::Time => Measure::Time,
    }
}

fn step(by: By) -> Step {
    match by {
        By::Day => Step::Day,
        By::Week => Step::Week,
        By::Month => Step::Month,
        By::Year => Step::Year,
    }
}

/// Time and plays, and what of it is not known for sure.
fn amount(amount: &Amount) -> Vec<String> {
    let mut plays = format!("{} plays", amount.plays);
    if amount.estimated_ms > 0 {
        plays.push_str(&format!(", {} estimated", hours(amount.estimated_ms)));
    }
    if amount.unknown_plays > 0 {
        plays.push_str(&format!(", {} of unknown length", amount.unknown_plays));
    }
    vec![hours(amount.played_ms), plays]
}

fn named(name: &str, maker: &str) -> String {
    if maker.is_empty() {
        name.to_owned()
    } else {
        format!("{name} · {maker}")
    }
}

fn next_page(text: &mut String, next: Option<&tekram_agent::Cursor>) -> Option<String> {
    let next = next.map(|next| next.as_str().to_owned());
    if let Some(next) = &next {
        text.push_str(&format!("Next page: --after {next}\n"));
    }
    next
}

fn stats(persona: &Persona, range: &Range, by: By, page: &Page) -> Result<Answer, Failure> {
    let span = tekram_agent::span(&range.range)?;
    let zone = range.zone.zone.as_deref();
    let found = persona.heard_by(step(by), span, zone, page.after.as_deref(), page.limit as usize)?;
    let rows: Vec<Vec<String>> = found
        .periods
        .iter()
        .map(|period| {
            let mut row = vec![period.period.clone()];
            row.extend(amount(&period.amount));
            row.push(format!("{} works, {} creators", period.works, period.creators));
            row
        })
        .collect();
    let mut text = table(&rows);
    let next = next_page(&mut text, found.next.as_ref());
    Ok(Answer::new(
        json!({"by": step(by), "periods": found.periods, "next": next}),
        text,
    ))
}

fn rank_rows(ranks: &[Ranked]) -> Vec<Vec<String>> {
    ranks
        .iter()
        .map(|rank| {
            let share = format!("{}.{} %", rank.share_permille / 10, rank.share_permille % 10);
            let mut row = vec![format!("{}.", rank.rank), share];
            row.extend(amount(&rank.amount));
            row.push(named(&rank.name, &rank.maker));
            row
        })
        .collect()
}

fn top(persona: &Persona, what: Subject, range: &Range, by: Weight, page: &Page) -> Result<Answer, Failure> {
    let (what, by) = (what_of(what), measure(by));
    let span = tekram_agent::span(&range.range)?;
    let zone = range.zone.zone.as_deref();
    let found = persona.top(what, by, span, zone, page.after.as_deref(), page.limit as usize)?;
    let mut text = table(&rank_rows(&found.ranks));
    let next = next_page(&mut text, found.next.as_ref());
    Ok(Answer::new(
        json!({"what": what, "by": by, "ranks": found.ranks, "count": found.count, "total": found.total, "next": next}),
        text,
    ))
}

fn known_row(known: &Known) -> Vec<String> {
    let mut row = vec![known.id.to_string(), tekram_agent::time_text(known.first_ms)];
    row.extend(amount(&known.amount));
    row.push(named(&known.name, &known.maker));
    row
}

fn known(what: What, page: &KnownPage) -> Answer {
    let mut text = table(&page.entries.iter().map(known_row).collect::<Vec<_>>());
    let next = next_page(&mut text, page.next.as_ref());
    Answer::new(
        json!({"what": what, "entries": page.entries, "count": page.count, "next": next}),
        text,
    )
}

fn streaks(persona: &Persona, range: &Range) -> Result<Answer, Failure> {
    let span = tekram_agent::span(&range.range)?;
    let found = persona.streaks(span, range.zone.zone.as_deref())?;
    let row = |name: &str, streak: Option<&Streak>| {
        let told = streak.map_or_else(
            || "none".to_owned(),
            |streak| format!("{} days, {} to {}", streak.days, streak.first_date, streak.last_date),
        );
        vec![name.to_owned(), told]
    };
    let rows = [
        vec!["days heard".to_owned(), found.days_heard.to_string()],
        row("longest", found.longest.as_ref()),
        row("current", found.current.as_ref()),
    ];
    Ok(Answer::new(to_json(&found)?, table(&rows)))
}

/// The part of the most, as a letter that is filled so far.
fn filled(part_ms: i64, most_ms: i64, is_heard: bool) -> char {
    let level = match (is_heard, most_ms) {
        (false, _) => 0,
        (true, ..=0) => 1,
        (true, most) => 1 + (i128::from(part_ms) * 3 / i128::from(most)).clamp(0, 3),
    };
    let level = usize::try_from(level).unwrap_or(0);
    LEVELS.get(level).copied().unwrap_or('█')
}

fn week_text(week: &HoursOfWeek) -> String {
    let most_ms = week.days.iter().flatten().map(|hour| hour.played_ms).max().unwrap_or(0);
    let mut text = "       0     6     12    18\n".to_owned();
    for (name, day) in WEEKDAYS.iter().zip(&week.days) {
        let bars: String = day
            .iter()
            .map(|hour| filled(hour.played_ms, most_ms, hour.listens > 0))
            .collect();
        let total_ms = day.iter().map(|hour| hour.played_ms).sum();
        text.push_str(&format!("  {name}  {bars}  {}\n", hours(total_ms)));
    }
    text
}

fn year(
    persona: &Persona,
    range: Option<&str>,
    by: Weight,
    svg: Option<&Path>,
    zone: Option<&str>,
) -> Result<Answer, Failure> {
    let span: Option<Span> = range.map(tekram_agent::span).transpose()?;
    let glance = persona.glance(span, measure(by), RANKS, zone)?;
    let mut text = glance_text(&glance);
    let mut json = to_json(&glance)?;
    if let Some(file) = svg {
        use std::io::Write as _;
        let written = new_private_file(file)?.write_all(glance_svg(&glance).as_bytes());
        written.map_err(|error| Failure::new("io", format!("the picture could not be written: {}", error.kind())))?;
        text.push_str(&format!("Picture written to {}\n", file.display()));
        if let Some(json) = json.as_object_mut() {
            json.insert("svg".to_owned(), file.display().to_string().into());
        }
    }
    Ok(Answer::new(json, text))
}

fn glance_text(glance: &Glance) -> String {
    let dates = |first: Option<&String>, last: Option<&String>| match (first, last) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        (Some(first), None) => format!("since {first}"),
        (None, Some(last)) => format!("until {last}"),
        (None, None) => "everything".to_owned(),
    };
    let mut text = format!(
        "{}: {}\n",
        dates(glance.first_date.as_ref(), glance.last_date.as_ref()),
        amount(&glance.total).join(", ")
    );
    let count = |name: &str, all: u64, new: u64| format!("{all} {name} ({new} new)");
    text.push_str(&format!(
        "{}, {}, {}; {} days, {} in a row\n",
        count("works", glance.different.works, glance.new.works),
        count("creators", glance.different.creators, glance.new.creators),
        count("shows", glance.different.shows, glance.new.shows),
        glance.streaks.days_heard,
        glance.streaks.longest.as_ref().map_or(0, |streak| streak.days),
    ));
    if let Some(day) = glance.busiest_day() {
        text.push_str(&format!("Most on {}: {}\n", day.date, hours(day.amount.played_ms)));
    }
    let most_ms = glance
        .months
        .iter()
        .map(|month| month.amount.played_ms)
        .max()
        .unwrap_or(0);
    let rows: Vec<Vec<String>> = glance
        .months
        .iter()
        .map(|month| {
            let length = i128::from(month.amount.played_ms) * 30 / i128::from(most_ms.max(1));
            let bar = "█".repeat(usize::try_from(length).unwrap_or(0));
            vec![month.date.clone(), hours(month.amount.played_ms), bar]
        })
        .collect();
    text.push_str(&format!("\n{}\n{}", table(&rows), week_text(&glance.hours_of_week)));
    for (title, ranks) in [
        ("Works", &glance.works),
        ("Creators", &glance.creators),
        ("Shows", &glance.shows),
        ("Sources", &glance.sources),
    ] {
        if !ranks.is_empty() {
            text.push_str(&format!("\n{title}\n{}", table(&rank_rows(ranks))));
        }
    }
    text
}

fn first(persona: &Persona, what: What, words: &str, limit: u32, zone: Option<&str>) -> Result<Answer, Failure> {
    let found = persona.first_heard(what, words, zone, limit as usize)?;
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|one| {
            let mut row = vec![one.known.id.to_string(), one.first_date.clone()];
            row.extend(amount(&one.known.amount));
            row.push(named(&one.known.name, &one.known.maker));
            row
        })
        .collect();
    Ok(Answer::new(json!({"what": what, "found": found}), table(&rows)))
}

fn when(persona: &Persona, moment: &str, limit: u32, zone: Option<&str>) -> Result<Answer, Failure> {
    let on = persona.around(moment, zone, limit as usize)?;
    let row = |when: &str, listen: &Listen| {
        let mut row = vec![when.to_owned()];
        row.extend(listen_row(listen));
        row
    };
    let mut rows: Vec<Vec<String>> = on.before.iter().rev().map(|listen| row("before", listen)).collect();
    rows.extend(on.playing.iter().map(|listen| row("playing", listen)));
    rows.extend(on.after.iter().map(|listen| row("after", listen)));
    Ok(Answer::new(to_json(&on)?, table(&rows)))
}

fn find(persona: &Persona, words: &str, only: Option<Subject>, page: &Page) -> Result<Answer, Failure> {
    let limit = page.limit as usize;
    let rows = |page: &HitPage| {
        let rows: Vec<Vec<String>> = page.entries.iter().map(|found| known_row(&found.known)).collect();
        table(&rows)
    };
    if let Some(only) = only {
        let found = persona.search_page(what_of(only), words, page.after.as_deref(), limit)?;
        let mut text = rows(&found);
        let next = next_page(&mut text, found.next.as_ref());
        let what = what_of(only);
        return Ok(Answer::new(
            json!({"what": what, "entries": found.entries, "next": next}),
            text,
        ));
    }
    if page.after.is_some() {
        return Err(Failure::new("bad_cursor", "further pages are of one kind: add --only"));
    }
    let found = persona.search_as_typed(words, limit)?;
    let mut text = String::new();
    for (title, page) in [
        ("Works", &found.works),
        ("Creators", &found.creators),
        ("Shows", &found.shows),
        ("Publishers", &found.publishers),
    ] {
        if !page.entries.is_empty() {
            text.push_str(&format!("{title}\n{}", rows(page)));
        }
    }
    let json: Value = to_json(&found)?;
    Ok(Answer::new(json, text))
}

fn of(persona: &Persona, id: i64, page: &Page) -> Result<Answer, Failure> {
    let found = persona.listens_of(id, page.after.as_deref(), page.limit as usize)?;
    let mut text = table(&found.listens.iter().map(listen_row).collect::<Vec<_>>());
    let next = next_page(&mut text, found.next.as_ref());
    Ok(Answer::new(json!({"listens": found.listens, "next": next}), text))
}
