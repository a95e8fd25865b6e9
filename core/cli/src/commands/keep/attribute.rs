//! `tekram keep attribute …`

use serde_json::json;
use tekram_agent::{AttributeSource, AttributeValue, AttributeView, PersonName, Persona, PostalAddress};

use super::{short, to_json};
use crate::args::{AttributeCommand, AttributeKind, SetAttribute};
use crate::output::{Answer, Failure, table};

/// Carries out one command.
pub fn run(persona: &Persona, command: AttributeCommand) -> Result<Answer, Failure> {
    match command {
        AttributeCommand::List => list(&persona.attributes()?, "Nothing is kept about you."),
        AttributeCommand::History { id } => list(&persona.attribute_history(id)?, ""),
        AttributeCommand::Set(set) => keep(persona, value(&set), &set.kind),
        AttributeCommand::SetAddress(set) => {
            let address = PostalAddress {
                street_address: set.street,
                postal_code: set.postal_code,
                address_locality: set.town,
                address_region: set.region,
                address_country: set.country,
            };
            keep(persona, AttributeValue::Address(address), &set.kind)
        }
        AttributeCommand::End { id } => {
            persona.end_attribute(id)?;
            Ok(Answer::new(json!({"id": id}), "It stands no more; its history stays."))
        }
        AttributeCommand::Forget { id } => {
            persona.forget_attribute(id)?;
            Ok(Answer::new(json!({"id": id}), "Removed, with its history."))
        }
    }
}

fn value(set: &SetAttribute) -> AttributeValue {
    let text = set.value.clone();
    match set.property.as_str() {
        "name" => AttributeValue::Name(PersonName {
            name: text,
            given_name: set.given_name.clone(),
            family_name: set.family_name.clone(),
        }),
        "email" => AttributeValue::Email(text),
        "telephone" => AttributeValue::Telephone(text),
        "birthDate" => AttributeValue::BirthDate(text),
        name => AttributeValue::Free {
            name: name.to_owned(),
            value: text,
        },
    }
}

fn keep(persona: &Persona, value: AttributeValue, kind: &AttributeKind) -> Result<Answer, Failure> {
    let id = match &kind.credential {
        None => persona.set_attribute(value, &kind.label)?,
        Some(beginning) => {
            let known = persona.credentials()?;
            let credential = super::whole(known.iter().map(|known| known.id.as_str()), beginning);
            persona.set_verified_attribute(value, &kind.label, &credential)?
        }
    };
    Ok(Answer::new(json!({"id": id}), format!("Kept as number {id}.")))
}

fn list(attributes: &[AttributeView], otherwise: &str) -> Result<Answer, Failure> {
    let rows: Vec<Vec<String>> = attributes
        .iter()
        .map(|attribute| {
            let source = match &attribute.source {
                AttributeSource::SelfAsserted => "you say so".to_owned(),
                AttributeSource::Collected { from } => format!("from {from}"),
                AttributeSource::Verified { credential } => format!("by credential {}", short(credential)),
            };
            vec![
                attribute.id.to_string(),
                attribute.value.property(),
                attribute.label.clone(),
                attribute.text.clone(),
                source,
                tekram_agent::time_text(attribute.since_ms),
                attribute
                    .until_ms
                    .map(|until| format!("until {}", tekram_agent::time_text(until)))
                    .unwrap_or_default(),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        otherwise.to_owned()
    } else {
        table(&rows)
    };
    Ok(Answer::new(json!({"attributes": to_json(&attributes)?}), text))
}
