//! `tekram intent …`

use std::time::Duration;

use serde_json::json;
use tekram_agent::{IntentView, Offers, Persona, Want};

use super::{Context, amount, short, to_json};
use crate::args::IntentCommand;
use crate::output::{Answer, Failure, table};

/// Carries out one command.
pub async fn run(context: &Context, command: IntentCommand) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    let answer = answer(context, &persona, command).await?;
    persona.lock()?;
    Ok(answer)
}

async fn answer(context: &Context, persona: &Persona, command: IntentCommand) -> Result<Answer, Failure> {
    match command {
        IntentCommand::Send {
            want,
            gtin,
            quantity,
            max,
            at,
            precision,
            hours,
            terms,
            relay,
            now,
            dry_run,
        } => {
            let want = Want {
                what: want,
                gtin,
                quantity,
                ceiling: max.map(|max| amount(&max)).transpose()?,
                at: position(&at)?,
                precision,
                hours,
                terms,
                in_store: now,
                relays: relay,
            };
            send(context, persona, &want, dry_run).await
        }
        IntentCommand::List => list(persona),
        IntentCommand::Offers { intent, wait, min } => {
            let intent = persona.find_intent(&intent)?;
            context.progress(&format!("Listening for offers, at most {wait} s"));
            let offers = persona.collect(&intent, Duration::from_secs(wait), min).await;
            context.progress_done();
            Ok(offers_answer(&intent, &offers?))
        }
        IntentCommand::Accept { intent, offer, wait } => {
            let intent = persona.find_intent(&intent)?;
            context.progress(&format!("Waiting for the seller's signature, at most {wait} s"));
            let accepted = persona.accept_offer(&intent, &offer, Duration::from_secs(wait)).await;
            context.progress_done();
            let accepted = accepted?;
            let text = match accepted.state {
                "confirmed" => format!(
                    "Agreed at {}. Both sides hold the same bytes of agreement {}\n(SHA-256 {}).\nAt the counter, say: {}",
                    accepted.price,
                    short(&accepted.agreement),
                    accepted.agreement_sha256.as_deref().unwrap_or_default(),
                    accepted.pickup_code.as_deref().unwrap_or_default()
                ),
                "refused" => format!(
                    "The seller refused: {}.",
                    accepted.reason.as_deref().unwrap_or("no reason given")
                ),
                _ => "Sent to the chosen seller; no signature yet. Run the same command again to wait on.".to_owned(),
            };
            Ok(Answer::new(to_json(&accepted)?, text))
        }
        IntentCommand::Withdraw { intent } => {
            let intent = persona.find_intent(&intent)?;
            let view = persona.withdraw(&intent).await?;
            Ok(Answer::new(
                to_json(&view)?,
                format!("Request {} is taken back.", short(&intent)),
            ))
        }
    }
}

async fn send(context: &Context, persona: &Persona, want: &Want, dry_run: bool) -> Result<Answer, Failure> {
    let mut view = persona.compose(want)?;
    if !dry_run {
        context.progress("Working and sending");
        let published = persona.publish(&view.intent).await;
        context.progress_done();
        view = published?;
    }
    let mut text = seen(&view);
    if dry_run {
        text.push_str(&format!(
            "Nothing was sent. It is kept as a draft: {}\n",
            short(&view.intent)
        ));
    } else {
        text.push_str(&format!(
            "Request {} is out. Collect offers with: tekram intent offers {}\n",
            short(&view.intent),
            short(&view.intent)
        ));
    }
    Ok(Answer::new(to_json(&view)?, text))
}

/// What everybody who reads the noticeboard sees.
fn seen(view: &IntentView) -> String {
    let mut text = String::from("What the noticeboard sees, under a key used once:\n");
    let area = view
        .areas
        .last()
        .map_or_else(String::new, |[south, west, north, east]| {
            format!(" ({south:.3}…{north:.3}, {west:.3}…{east:.3})")
        });
    let ceiling = view
        .ceiling
        .map_or_else(|| "no ceiling".to_owned(), |ceiling| format!("at most {ceiling}"));
    text.push_str(&table(&[
        vec!["want".to_owned(), format!("{}, {ceiling}", view.want)],
        vec!["area".to_owned(), format!("{}{area}", view.cells.join(" → "))],
        vec!["terms".to_owned(), view.terms.clone()],
        vec!["until".to_owned(), view.until.clone()],
        vec!["where".to_owned(), view.relays.join(", ")],
    ]));
    text
}

fn list(persona: &Persona) -> Result<Answer, Failure> {
    let intents = persona.intents()?;
    let rows: Vec<Vec<String>> = intents
        .iter()
        .map(|view| {
            vec![
                short(&view.intent),
                view.state.to_owned(),
                view.want.clone(),
                format!("until {}", view.until),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        "No requests yet.".to_owned()
    } else {
        table(&rows)
    };
    Ok(Answer::new(json!({"intents": to_json(&intents)?}), text))
}

fn offers_answer(intent: &str, offers: &Offers) -> Answer {
    let mut text = format!("{} offers stand for request {}.\n", offers.offers.len(), short(intent));
    let rows: Vec<Vec<String>> = offers
        .offers
        .iter()
        .map(|offer| {
            vec![
                format!("{}.", offer.rank),
                short(&offer.offer),
                offer.price.to_string(),
                offer.seller.clone(),
                offer.item.clone(),
                format!("{}/1000: {}", offer.points, why(&offer.reasons)),
            ]
        })
        .collect();
    text.push_str(&table(&rows));
    for (reason, times) in &offers.refused {
        text.push_str(&format!("  refused: {times} × {reason}\n"));
    }
    if let Some(best) = offers.offers.first() {
        text.push_str(&format!(
            "Accept one with: tekram intent accept {} {}\n",
            short(intent),
            short(&best.offer)
        ));
    }
    let json = json!({
        "intent": intent, "offers": serde_json::to_value(&offers.offers).unwrap_or_default(),
        "received": offers.received, "refused": offers.refused,
    });
    Answer::new(json, text)
}

/// The reasons of a rank in words.
fn why(reasons: &[tekram_agent::Reason]) -> String {
    use tekram_agent::Why;
    let words: Vec<String> = reasons
        .iter()
        .map(|reason| match reason.why {
            Why::Cheapest => "cheapest".to_owned(),
            Why::Dearer { by_minor } => format!("{by_minor} minor units dearer"),
            Why::Distance { metres: 0 } => "in your area".to_owned(),
            Why::Distance { metres } => format!("{}.{} km", metres / 1000, metres % 1000 / 100),
            Why::NoCell => "place unknown".to_owned(),
            Why::InStock => "in stock".to_owned(),
            Why::ShortOf { on_hand } => format!("only {on_hand} there"),
            Why::KnownSeller => "known seller".to_owned(),
            Why::NewSeller => "new seller".to_owned(),
        })
        .collect();
    words.join(", ")
}

fn position(text: &str) -> Result<(f64, f64), Failure> {
    let bad = || {
        Failure::new(
            "bad_position",
            "a place is given as LATITUDE,LONGITUDE in degrees, say 52.52,13.40",
        )
    };
    let (lat, lon) = text.split_once(',').ok_or_else(bad)?;
    Ok((
        lat.trim().parse().map_err(|_| bad())?,
        lon.trim().parse().map_err(|_| bad())?,
    ))
}
