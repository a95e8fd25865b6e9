//! The picture of a year at a glance: an SVG with a square for each day and one for each hour of the week, to keep or
//! show. A pure function of the numbers; it holds no title or name, so nothing in it needs escaping.

use std::fmt::Write as _;

use super::calendar::{date_of, day_number};
use super::glance::{Glance, quartered};

/// Weeks that fit beside each other; of a longer range the last ones are drawn.
const MOST_DAYS: i64 = 53 * 7;
const SQUARE: i64 = 12;
const PITCH: i64 = 14;
const MARGIN: i64 = 32;
const LEFT: i64 = MARGIN + 34;
const TOP: i64 = 118;
const WIDTH: i64 = LEFT + 54 * PITCH + MARGIN;
const HOURS_TOP: i64 = TOP + 7 * PITCH + 62;
const HEIGHT: i64 = HOURS_TOP + 7 * PITCH + 44;
const INK: &str = "#22252a";
const SOFT_INK: &str = "#6a6d73";
const LEVELS: [&str; 5] = ["#ece8e0", "#bcd3dd", "#86b0c2", "#4f8ba6", "#2f6f8f"];
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The first and the day after the last that are drawn.
fn drawn(glance: &Glance) -> (i64, i64) {
    let number = |date: Option<&str>| date.and_then(|date| date.parse().ok()).map(day_number);
    let heard = |day: Option<&super::glance::DatedAmount>| number(day.map(|day| day.date.as_str()));
    let first = number(glance.first_date.as_deref()).or_else(|| heard(glance.days.first()));
    let last = number(glance.last_date.as_deref()).or_else(|| heard(glance.days.last()));
    let (Some(first), Some(last)) = (first, last) else {
        return (0, 0);
    };
    (first.max(last + 1 - MOST_DAYS), last + 1)
}

/// The range as an SVG document: days by week, and hours of the week.
#[must_use]
pub fn glance_svg(glance: &Glance) -> String {
    let (from, to) = drawn(glance);
    let title = match (from < to).then(|| (date_of(from).to_string(), date_of(to - 1).to_string())) {
        Some((first, last)) => format!("{first} – {last}"),
        None => "nothing heard".to_owned(),
    };
    let hours = glance.total.played_ms / 3_600_000;
    let line = format!(
        "{hours} h · {} plays · {} works · {} creators · {} days",
        glance.total.plays, glance.different.works, glance.different.creators, glance.streaks.days_heard
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
         height=\"{HEIGHT}\" font-family=\"system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif\">\n\
         <title>Heard {title}</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"16\" fill=\"#fbfaf7\"/>\n\
         <text x=\"{MARGIN}\" y=\"50\" font-size=\"24\" font-weight=\"650\" fill=\"{INK}\">{title}</text>\n\
         <text x=\"{MARGIN}\" y=\"76\" font-size=\"14\" fill=\"{SOFT_INK}\">{line}</text>\n"
    );
    days(&mut svg, glance, from, to);
    hours_of_week(&mut svg, glance);
    svg.push_str("</svg>\n");
    svg
}

fn label(svg: &mut String, x: i64, y: i64, text: &str) {
    let _ = writeln!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"11\" fill=\"{SOFT_INK}\">{text}</text>"
    );
}

fn square(svg: &mut String, x: i64, y: i64, level: u8, title: &str) {
    let color = LEVELS.get(usize::from(level)).copied().unwrap_or(INK);
    let _ = writeln!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{SQUARE}\" height=\"{SQUARE}\" rx=\"2\" fill=\"{color}\"><title>{title}</title></rect>"
    );
}

fn days(svg: &mut String, glance: &Glance, from: i64, to: i64) {
    weekdays(svg, TOP);
    let monday = super::calendar::Step::Week.begin(from);
    let mut month = 0;
    for (day, level) in quartered(glance, from, to) {
        let date = date_of(day);
        let (column, row) = ((day - monday) / 7, (day - monday) % 7);
        let x = LEFT + column * PITCH;
        if date.month() != month {
            month = date.month();
            if date.day() <= 7 {
                label(svg, x, TOP - 8, &date.strftime("%b").to_string());
            }
        }
        square(svg, x, TOP + row * PITCH, level, &date.to_string());
    }
}

fn hours_of_week(svg: &mut String, glance: &Glance) {
    weekdays(svg, HOURS_TOP);
    let all = glance.hours_of_week.days.iter().flatten();
    let most = all.map(|hour| hour.played_ms).max().unwrap_or(0).max(1);
    for (day, (name, hours)) in (0..).zip(WEEKDAYS.iter().zip(&glance.hours_of_week.days)) {
        for (hour, amount) in (0..).zip(hours) {
            let level = if amount.listens == 0 {
                0
            } else {
                u8::try_from((i128::from(amount.played_ms) * 3 / i128::from(most)).clamp(0, 3) + 1).unwrap_or(1)
            };
            // Two columns to an hour, so that both grids end together.
            let x = LEFT + hour * PITCH * 2;
            square(svg, x, HOURS_TOP + day * PITCH, level, &format!("{name} {hour:02}:00"));
        }
    }
    for hour in [0, 6, 12, 18] {
        label(svg, LEFT + hour * PITCH * 2, HOURS_TOP - 8, &format!("{hour:02}:00"));
    }
}

fn weekdays(svg: &mut String, top: i64) {
    for (row, name) in (0..).zip(WEEKDAYS).step_by(2) {
        label(svg, MARGIN, top + row * PITCH + 10, name);
    }
}
