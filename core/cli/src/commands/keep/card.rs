//! `tekram keep membership …` and `tekram keep preference …`

use serde_json::json;
use tekram_agent::{AgentError, Membership, Persona, Stance, VaultError};

use super::to_json;
use crate::args::{self, MembershipCommand, PreferenceCommand};
use crate::output::{Answer, Failure, table};

/// Carries out one command about memberships.
pub fn memberships(persona: &Persona, command: MembershipCommand) -> Result<Answer, Failure> {
    match command {
        MembershipCommand::List => {
            let kept = persona.memberships()?;
            let rows: Vec<Vec<String>> = kept
                .iter()
                .map(|kept| {
                    let card = &kept.membership;
                    vec![
                        kept.id.to_string(),
                        card.organisation.clone(),
                        card.programme.clone(),
                        card.number.clone(),
                        card.tier.clone(),
                    ]
                })
                .collect();
            let text = if rows.is_empty() {
                "No membership is kept.".to_owned()
            } else {
                table(&rows)
            };
            Ok(Answer::new(json!({"memberships": to_json(&kept)?}), text))
        }
        MembershipCommand::Add(add) => {
            let picture = add.picture.map(|id| id.parse()).transpose();
            let picture = picture.map_err(|error| AgentError::from(VaultError::Holding(error)))?;
            let id = persona.add_membership(&Membership {
                organisation: add.organisation,
                programme: add.programme,
                number: add.number,
                tier: add.tier,
                barcode_format: add.barcode_format,
                barcode_text: add.barcode_text,
                valid_from: add.from,
                valid_until: add.until,
                picture,
            })?;
            Ok(Answer::new(json!({"id": id}), format!("Kept as number {id}.")))
        }
        MembershipCommand::Remove { id } => {
            persona.remove_membership(id)?;
            Ok(Answer::new(json!({"id": id}), "Removed."))
        }
    }
}

/// Carries out one command about preferences.
pub fn preferences(persona: &Persona, command: PreferenceCommand) -> Result<Answer, Failure> {
    match command {
        PreferenceCommand::List => {
            let kept = persona.preferences()?;
            let rows: Vec<Vec<String>> = kept
                .iter()
                .map(|kept| {
                    let stance = match kept.preference.stance {
                        Stance::Likes => "likes",
                        Stance::Avoids => "avoids",
                        Stance::Needs => "needs",
                    };
                    vec![
                        kept.id.to_string(),
                        kept.preference.topic.clone(),
                        kept.preference.value.clone(),
                        stance.to_owned(),
                    ]
                })
                .collect();
            let text = if rows.is_empty() {
                "No preference is kept.".to_owned()
            } else {
                table(&rows)
            };
            Ok(Answer::new(json!({"preferences": to_json(&kept)?}), text))
        }
        PreferenceCommand::Set { topic, value, stance } => {
            let stance = match stance {
                args::Stance::Likes => Stance::Likes,
                args::Stance::Avoids => Stance::Avoids,
                args::Stance::Needs => Stance::Needs,
            };
            let id = persona.set_preference(&topic, &value, stance)?;
            Ok(Answer::new(json!({"id": id}), format!("Kept as number {id}.")))
        }
        PreferenceCommand::Remove { id } => {
            persona.remove_preference(id)?;
            Ok(Answer::new(json!({"id": id}), "Removed."))
        }
    }
}
