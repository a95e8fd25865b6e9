//! Fifth chapter: a request under a one-time key, sealed offers, one acceptance, and the same agreement on both sides.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::books::{agreement, agreement_file};
use crate::cast::{DESKS, Desk, HERE, Role};
use crate::error::{StoryError, Told, While};
use crate::facts::Facts;
use crate::narrator::Narrator;
use crate::personas::NOBODY;
use crate::place::Place;
use crate::reading::{field, list, text};
use crate::stage::Stage;
use crate::tekram::Tekram;

/// How long a desk may take to say that it signed.
const SIGN_LIMIT: Duration = Duration::from_secs(60);

/// Wants headphones, takes the best offer, and compares what both sides keep.
///
/// # Errors
/// When nobody offers, or something is refused.
pub fn play(
    narrator: &mut Narrator,
    tekram: &Tekram,
    stage: &mut Stage,
    place: &Place,
    facts: &mut Facts,
) -> Told<Agreed> {
    narrator.chapter("Want: a request that says what, where about and on which terms, but not who");
    if !list(&tekram.ask(NOBODY, &["intent", "list"])?, "intents")?.is_empty() {
        narrator.say("Every run sends a new request and accepts a new offer; what was agreed before stays.");
    }
    let relay = format!("ws://127.0.0.1:{}", stage.ports.relay);
    let want = [
        "intent",
        "send",
        "--want",
        "wireless headphones",
        "--max",
        "250 EUR",
        "--at",
        HERE,
    ];
    tekram.show(
        narrator,
        NOBODY,
        &[&want[..], &["--hours", "12", "--relay", &relay]].concat(),
    )?;
    let intents = tekram.ask(NOBODY, &["intent", "list"])?;
    let intent = text(
        list(&intents, "intents")?.first().during("the request just sent")?,
        "intent",
    )?
    .to_owned();
    let intent = short(&intent);

    narrator.wait("waiting for the stores' sealed offers");
    tekram.show(
        narrator,
        NOBODY,
        &["intent", "offers", intent, "--wait", "30", "--min", "3"],
    )?;
    let offers = tekram.ask(NOBODY, &["intent", "offers", intent, "--wait", "0"])?;
    let offers = list(&offers, "offers")?;
    facts.offers = i64::try_from(offers.len()).unwrap_or(i64::MAX);
    let best = offers
        .first()
        .ok_or_else(|| StoryError::new("no store made an offer"))?;
    let offer = text(best, "offer")?;

    narrator.wait("the best one is accepted; only its store learns of it");
    tekram.show(
        narrator,
        NOBODY,
        &["intent", "accept", intent, short(offer), "--wait", "30"],
    )?;
    let seller = seller_of(stage, offer)?;
    let signed = stage.wait_for(seller.id, "the signed agreement", SIGN_LIMIT, |line| {
        field(line, "event") == "agreement_signed" && field(line, "offer") == offer
    })?;
    facts.accepted = Some(offer.to_owned());
    let accepted = tekram.ask(NOBODY, &["intent", "accept", intent, short(offer), "--wait", "0"])?;
    let (said, known) = (text(&accepted, "pickup_code")?, text(&signed, "pickup_code")?);
    if said != known {
        return Err(StoryError::new("the pick-up codes of the two sides differ"));
    }
    narrator.say(&format!(
        "At the counter you say {said}; the store's desk has the same."
    ));
    others_learned_nothing(narrator, stage, seller, offer)?;

    let record = text(&signed, "record")?.to_owned();
    let mine = agreement_file(place, &record, "mine");
    // The file of an earlier export would be in the way.
    let _ = fs::remove_file(&mine);
    tekram.show(
        narrator,
        NOBODY,
        &["terms", "export", &record, &mine.display().to_string()],
    )?;
    Ok(Agreed { record, seller, mine })
}

/// An agreement that both sides should hold.
#[derive(Debug)]
pub struct Agreed {
    /// Record id.
    record: String,
    seller: &'static Desk,
    /// The person's copy.
    mine: PathBuf,
}

impl Agreed {
    /// Compares the person's bytes with the desk's, which has closed by now.
    ///
    /// # Errors
    /// When one side does not have it.
    pub fn same_on_both_sides(&self, narrator: &Narrator, place: &Place) -> Told<bool> {
        let mine = fs::read(&self.mine).during(format!("cannot read {}", self.mine.display()))?;
        let theirs = agreement(self.seller, place, &self.record)?;
        let same = mine == theirs;
        let verdict = if same { "the same bytes" } else { "DIFFERENT bytes" };
        narrator.say(&format!(
            "Both sides hold {verdict} of the agreement ({} bytes):",
            mine.len()
        ));
        narrator.say(&format!("  yours      {}", self.mine.display()));
        narrator.say(&format!(
            "  the store's {}",
            agreement_file(place, &self.record, self.seller.id).display()
        ));
        Ok(same)
    }
}

/// The store that made an offer, by its own word.
fn seller_of(stage: &mut Stage, offer: &str) -> Told<&'static Desk> {
    for desk in &DESKS {
        if stage
            .said_by(desk.id)
            .iter()
            .any(|line| field(line, "event") == "offer_sent" && field(line, "offer") == offer)
        {
            return Ok(desk);
        }
    }
    Err(StoryError::new("no desk says that the accepted offer is its own"))
}

fn others_learned_nothing(narrator: &Narrator, stage: &mut Stage, seller: &Desk, offer: &str) -> Told {
    let stores = DESKS
        .iter()
        .filter(|desk| matches!(desk.role, Role::Store { .. }) && desk.id != seller.id);
    for other in stores {
        let heard = stage.said_by(other.id);
        if heard
            .iter()
            .any(|line| field(line, "event") == "agreement_signed" || field(line, "offer") == offer)
        {
            return Err(StoryError::new(format!(
                "{} heard of an acceptance that was not for it",
                other.name
            )));
        }
    }
    narrator.say(&format!(
        "{} holds a signed commitment and the agreement; the other stores heard nothing.",
        seller.name
    ));
    Ok(())
}

/// As much of an id as names it.
fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
