//! `tekram listen endpoint …`

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tekram_agent::Persona;

use super::{Context, short, to_json};
use crate::args::TokenCommand;
use crate::output::{Answer, Failure, table};

/// Answers until it is stopped, or for some seconds.
pub async fn serve(context: &Context, port: u16, seconds: Option<u64>) -> Result<Answer, Failure> {
    let persona = context.agent.entry(context.persona.as_deref())?;
    let endpoint = context.agent.endpoint(&[persona.id], port).await?;
    let url = endpoint.url();
    // On the error stream, because the answer comes when it ends.
    let _ = writeln!(std::io::stderr(), "Answering at {url}");
    let sealed = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sealed);
    let serving = endpoint.serve(move |listens| {
        counted.fetch_add(listens, Ordering::Relaxed);
    });
    match seconds {
        Some(seconds) => {
            let _ = tokio::time::timeout(Duration::from_secs(seconds), serving).await;
        }
        None => serving.await,
    }
    let sealed = sealed.load(Ordering::Relaxed);
    Ok(Answer::new(
        json!({"url": url, "sealed": sealed}),
        format!("{sealed} listens sealed; they land in the log with the next unlock."),
    ))
}

pub fn token(persona: &Persona, command: TokenCommand) -> Result<Answer, Failure> {
    match command {
        TokenCommand::Add { app } => {
            let new = persona.add_endpoint_token(&app)?;
            Ok(Answer::new(
                json!({"id": new.token_id, "app": app.trim(), "token": new.token.expose()}),
                format!(
                    "{}\nGive it to the app as its ListenBrainz token; it is not shown again. Id: {}",
                    new.token.expose(),
                    short(&new.token_id)
                ),
            ))
        }
        TokenCommand::List => {
            let tokens = persona.endpoint_tokens()?;
            let rows: Vec<Vec<String>> = tokens
                .iter()
                .map(|token| {
                    let state = match (token.works, token.last_ms) {
                        (false, _) => "does not work any more".to_owned(),
                        (true, 0) => "not used yet".to_owned(),
                        (true, last_ms) => format!("last {}", tekram_agent::time_text(last_ms)),
                    };
                    vec![short(&token.token_id), token.app.clone(), state]
                })
                .collect();
            Ok(Answer::new(json!({"tokens": to_json(&tokens)?}), table(&rows)))
        }
        TokenCommand::Revoke { id } => {
            let tokens = persona.endpoint_tokens()?;
            let mut found = tokens
                .iter()
                .filter(|token| !id.is_empty() && token.token_id.starts_with(&id));
            let (Some(token), None) = (found.next(), found.next()) else {
                return Err(Failure::new(
                    "no_such_token",
                    "no token, or more than one, has an id that begins so",
                ));
            };
            persona.revoke_endpoint_token(&token.token_id)?;
            Ok(Answer::new(
                json!({"id": token.token_id, "revoked": true}),
                format!("The token of {} opens nothing any more.", token.app),
            ))
        }
    }
}
