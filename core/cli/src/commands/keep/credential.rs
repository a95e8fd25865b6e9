//! `tekram keep credential …`

use std::io::Read;
use std::path::Path;

use serde_json::json;
use tekram_agent::{CredentialState, CredentialView, Persona};

use super::{readable, short, to_json, whole};
use crate::args::{CredentialCommand, ShowCredential};
use crate::commands::write_private_file;
use crate::output::{Answer, Failure, table};

/// Longest file that can be a credential, in bytes.
const LONGEST_BYTES: u64 = 4 * 1024 * 1024;

/// Carries out one command.
pub async fn run(persona: &Persona, command: CredentialCommand) -> Result<Answer, Failure> {
    match command {
        CredentialCommand::List => list(&persona.credentials()?),
        CredentialCommand::Look { id } => look(&persona.credential(&known(persona, &id)?)?),
        CredentialCommand::Key { relation } => {
            let key = persona.credential_key(&relation)?;
            let text =
                format!("{key}\nGive it to the issuer before it issues; it says nothing about your other relations.");
            Ok(Answer::new(json!({"relation": relation, "key": key}), text))
        }
        CredentialCommand::Receive { file } => {
            let batch = persona.receive_credential(&content(&file)?).await?;
            let text = format!("It holds and waits to be looked at: tekram keep pen show {batch}");
            Ok(Answer::new(json!({"batch": batch}), text))
        }
        CredentialCommand::Check { id } => look(&persona.check_credential_status(&known(persona, &id)?).await?),
        CredentialCommand::Preview { id, paths } => {
            let claims = persona.preview_disclosure(&known(persona, &id)?, &paths)?;
            let rows: Vec<Vec<String>> = claims
                .iter()
                .map(|claim| vec![claim.path.clone(), claim.text.clone()])
                .collect();
            let text = format!(
                "They would see, beside issuer, kind, end and the relation's key:\n{}",
                table(&rows)
            );
            Ok(Answer::new(json!({"claims": to_json(&claims)?}), text))
        }
        CredentialCommand::Show(show) => disclose(persona, &show),
        CredentialCommand::Remove { id } => {
            let id = known(persona, &id)?;
            persona.remove_credential(&id)?;
            Ok(Answer::new(
                json!({"id": id}),
                "Removed; what it vouched for stands no more.",
            ))
        }
    }
}

fn known(persona: &Persona, beginning: &str) -> Result<String, Failure> {
    let credentials = persona.credentials()?;
    Ok(whole(credentials.iter().map(|known| known.id.as_str()), beginning))
}

/// What the file, or the standard input, has.
fn content(file: &Path) -> Result<String, Failure> {
    let io = |error: std::io::Error| Failure::new("io", format!("the file cannot be read: {}", error.kind()));
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin()
            .take(LONGEST_BYTES + 1)
            .read_to_string(&mut text)
            .map_err(io)?;
    } else {
        readable(file)?;
        let opened = std::fs::File::open(file).map_err(io)?;
        opened.take(LONGEST_BYTES + 1).read_to_string(&mut text).map_err(io)?;
    }
    Ok(text)
}

fn disclose(persona: &Persona, show: &ShowCredential) -> Result<Answer, Failure> {
    let id = known(persona, &show.id)?;
    let shown = persona.disclose_credential(&id, &show.paths, &show.to, &show.nonce, &show.audience)?;
    match &show.out {
        None => Ok(Answer::new(json!({"id": id, "presentation": shown}), shown)),
        Some(file) => {
            write_private_file(file, shown.as_bytes())?;
            Ok(Answer::new(
                json!({"id": id, "bytes": shown.len()}),
                "Written. The audit says that it was shown.",
            ))
        }
    }
}

fn state(state: CredentialState) -> &'static str {
    match state {
        CredentialState::Valid => "valid",
        CredentialState::Expired => "expired",
        CredentialState::Revoked => "revoked",
        CredentialState::Suspended => "suspended",
        CredentialState::Unchecked => "not asked yet whether it was taken back",
        CredentialState::Other => "its issuer says something of its own",
    }
}

fn list(credentials: &[CredentialView]) -> Result<Answer, Failure> {
    let rows: Vec<Vec<String>> = credentials
        .iter()
        .map(|credential| {
            vec![
                short(&credential.id),
                credential.credential_type.clone(),
                credential
                    .issuer_name
                    .clone()
                    .unwrap_or_else(|| short(&credential.issuer)),
                state(credential.state).to_owned(),
                credential
                    .expires_ms
                    .map(|until| format!("until {}", tekram_agent::time_text(until)))
                    .unwrap_or_default(),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        "Nobody vouches for anything yet.".to_owned()
    } else {
        table(&rows)
    };
    Ok(Answer::new(json!({"credentials": to_json(&credentials)?}), text))
}

fn look(credential: &CredentialView) -> Result<Answer, Failure> {
    let mut text = format!(
        "{}\n{}\nissued by {}\nbound to {}\n{}\n",
        credential.id,
        credential.credential_type,
        credential.issuer,
        if credential.relation.is_empty() {
            "no key"
        } else {
            &credential.relation
        },
        state(credential.state)
    );
    let rows: Vec<Vec<String>> = credential
        .claims
        .iter()
        .map(|claim| {
            let seen = if claim.disclosable {
                "if you choose"
            } else {
                "always seen"
            };
            vec![claim.path.clone(), claim.text.clone(), seen.to_owned()]
        })
        .collect();
    text.push_str(&table(&rows));
    Ok(Answer::new(to_json(credential)?, text))
}
