//! `tekram listen account …`

use std::time::Duration;

use serde_json::json;
use tekram_agent::{AccountKind, BatchState, NewAccount, Passphrase, Persona};

use super::{Context, to_json};
use crate::args::{self, AccountCommand};
use crate::output::{Answer, Failure, table};

/// Environment variable that stands in for the prompt for an account's password or token.
const ACCOUNT_SECRET: &str = "TEKRAM_ACCOUNT_SECRET";

pub async fn run(context: &Context, persona: &Persona, command: AccountCommand) -> Result<Answer, Failure> {
    match command {
        AccountCommand::Add {
            kind,
            user,
            server,
            public,
            home,
        } => {
            let secret = if public {
                Passphrase::from("")
            } else {
                context.secret(ACCOUNT_SECRET, "Password or token: ")?
            };
            let account_id = persona.add_account(&NewAccount {
                kind: account_kind(kind),
                url: server.unwrap_or_default(),
                user,
                secret,
                in_home_network: home,
            })?;
            Ok(Answer::new(
                json!({"account_id": account_id}),
                format!("Account {account_id} was added. Ask it with: tekram listen account pull {account_id}"),
            ))
        }
        AccountCommand::List => list(persona),
        AccountCommand::Remove { account } => {
            persona.remove_account(account)?;
            Ok(Answer::new(
                json!({"account_id": account, "removed": true}),
                format!("Account {account} and its password are forgotten."),
            ))
        }
        AccountCommand::Pull {
            account,
            accept,
            again,
            seconds,
            every,
        } => {
            let known = persona.accounts()?;
            let known = known.iter().find(|known| known.account_id == account);
            if known.is_some_and(|known| known.kind == AccountKind::Subsonic) {
                watch(context, persona, account, seconds, every).await
            } else {
                pull(context, persona, account, again, accept).await
            }
        }
    }
}

fn account_kind(named: args::AccountKind) -> AccountKind {
    match named {
        args::AccountKind::Listenbrainz => AccountKind::Listenbrainz,
        args::AccountKind::Gpodder => AccountKind::Gpodder,
        args::AccountKind::Nextcloud => AccountKind::Nextcloud,
        args::AccountKind::Subsonic => AccountKind::Subsonic,
    }
}

fn list(persona: &Persona) -> Result<Answer, Failure> {
    let accounts = persona.accounts()?;
    let rows: Vec<Vec<String>> = accounts
        .iter()
        .map(|account| {
            let state = match (account.problem.as_str(), account.pulled_ms) {
                ("", 0) => "not asked yet".to_owned(),
                ("", pulled_ms) => format!("asked {}", tekram_agent::time_text(pulled_ms)),
                (problem, _) => problem.to_owned(),
            };
            vec![
                account.account_id.to_string(),
                account.kind.name().to_owned(),
                account.user.clone(),
                account.url.clone(),
                state,
            ]
        })
        .collect();
    Ok(Answer::new(json!({"accounts": to_json(&accounts)?}), table(&rows)))
}

async fn pull(
    context: &Context,
    persona: &Persona,
    account: i64,
    again: bool,
    accept: bool,
) -> Result<Answer, Failure> {
    let told =
        |so_far: &tekram_agent::Pulled| context.progress(&format!("{} records, {} new", so_far.read, so_far.new));
    let pulled = persona.pull_account(account, again, &told, &context.stop).await;
    context.progress_done();
    let pulled = pulled?;
    let mut text = format!(
        "{} records: {} new, {} duplicates, {} refused.\n",
        pulled.read, pulled.new, pulled.duplicates, pulled.refused
    );
    if let Some(problem) = &pulled.problem {
        text.push_str(&format!("It stopped: {problem}. The next pull goes on from there.\n"));
    }
    let batches = persona.batches()?;
    let state = batches
        .iter()
        .find(|batch| batch.batch_id == pulled.batch_id)
        .map(|batch| batch.state);
    let state = match state {
        Some(BatchState::Held) if accept => {
            persona.accept_batch(pulled.batch_id)?;
            text.push_str("Accepted into the log, and so will be what comes later.\n");
            Some(BatchState::Accepted)
        }
        Some(BatchState::Held) => {
            let batch = pulled.batch_id;
            text.push_str(&format!(
                "Nothing counts yet. Take it in with: tekram listen accept {batch}\n"
            ));
            state
        }
        _ => state,
    };
    let mut json = to_json(&pulled)?;
    if let Some(object) = json.as_object_mut() {
        object.insert("state".to_owned(), to_json(&state)?);
    }
    Ok(Answer::new(json, text))
}

async fn watch(
    context: &Context,
    persona: &Persona,
    account: i64,
    seconds: Option<u64>,
    every: u64,
) -> Result<Answer, Failure> {
    let told = |so_far: &tekram_agent::Watched| {
        context.progress(&format!("{} looks, {} new listens", so_far.looks, so_far.new))
    };
    let length = seconds.map(Duration::from_secs);
    let watched = persona
        .watch_account(account, Duration::from_secs(every), length, &told, &context.stop)
        .await;
    context.progress_done();
    let watched = watched?;
    let mut text = format!("{} looks, {} new listens.\n", watched.looks, watched.new);
    if let Some(problem) = &watched.problem {
        text.push_str(&format!("The last look told nothing: {problem}.\n"));
    }
    Ok(Answer::new(to_json(&watched)?, text))
}
