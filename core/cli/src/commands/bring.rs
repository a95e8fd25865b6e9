//! `tekram listen providers` and `tekram listen request`: from whom a history can be had, and what was asked for.

use serde_json::json;
use tekram_agent::{HistoryRequest, Persona, Provider, time_text};

use crate::args::RequestCommand;
use crate::output::{Answer, Failure, table};

/// Everybody a history can be had from.
pub fn providers() -> Result<Answer, Failure> {
    let mut rows = vec![["from", "ready within", "file", "page"].map(str::to_owned).to_vec()];
    for one in Provider::all() {
        let within = match one.ready_hours {
            0 => "at once".to_owned(),
            hours if hours < 48 => format!("{hours} hours"),
            hours => format!("{} days", hours / 24),
        };
        rows.push(
            [one.provider_id, &within, one.file_name, one.page]
                .map(str::to_owned)
                .to_vec(),
        );
    }
    Ok(Answer::new(json!({"providers": Provider::all()}), table(&rows)))
}

/// Carries out one command about what was asked for.
pub fn request(persona: &Persona, command: RequestCommand) -> Result<Answer, Failure> {
    match command {
        RequestCommand::List => {
            let requests = persona.history_requests()?;
            let text = table(&requests.iter().map(row).collect::<Vec<_>>());
            Ok(Answer::new(json!({"requests": requests}), text))
        }
        RequestCommand::Add { provider } => {
            let request = persona.remember_request(&provider)?;
            let text = format!(
                "Remembered: it should be ready by {}. Then: tekram listen import FILE\n",
                time_text(request.ready_ms)
            );
            Ok(Answer::new(json!({"request": request}), text))
        }
        RequestCommand::Done { provider } => {
            if !persona
                .history_requests()?
                .iter()
                .any(|one| one.provider_id == provider)
            {
                return Err(Failure::new(
                    "no_such_request",
                    "nothing was asked for there; see: tekram listen request list",
                ));
            }
            persona.forget_request(&provider)?;
            Ok(Answer::new(json!({"provider": provider}), "Forgotten.\n".to_owned()))
        }
    }
}

fn row(request: &HistoryRequest) -> Vec<String> {
    let state = if request.came_ms > 0 {
        format!("came {}", time_text(request.came_ms))
    } else {
        format!("ready by {}", time_text(request.ready_ms))
    };
    vec![
        request.provider_id.clone(),
        format!("asked {}", time_text(request.requested_ms)),
        state,
    ]
}
