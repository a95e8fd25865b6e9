//! `tekram listen submit …`

use std::time::Duration;

use serde_json::json;
use tekram_agent::{AccountChange, AccountView, Persona, Submitted};

use super::{Context, LISTENS_TOKEN, to_json};
use crate::args::{self, SubmitCommand};
use crate::output::{Answer, Failure, table};

pub async fn run(context: &Context, persona: &Persona, command: SubmitCommand) -> Result<Answer, Failure> {
    match command {
        SubmitCommand::List => list(&persona.listen_accounts()?),
        SubmitCommand::Add { url, change } => {
            let token = context.secret(LISTENS_TOKEN, "Token of that server: ")?;
            let added = persona
                .add_listen_account(&url, token.expose(), &changed(&change))
                .await?;
            one(&added)
        }
        SubmitCommand::Change { account, change } => one(&persona.change_listen_account(account, &changed(&change))?),
        SubmitCommand::Remove { account } => {
            persona.remove_listen_account(account)?;
            Ok(Answer::new(
                json!({"account": account, "removed": true}),
                "Forgotten, with its token. What it has, it keeps.",
            ))
        }
        SubmitCommand::Run { account, wait } => {
            let told = |so_far: &Submitted| context.progress(&format!("{} listens sent", so_far.sent));
            let submitted = persona.submit_listens(account, Duration::from_secs(wait), &told).await;
            context.progress_done();
            sent(&submitted?)
        }
    }
}

fn changed(change: &args::AccountChange) -> AccountChange {
    let either = |yes: bool, no: bool| if yes || no { Some(yes) } else { None };
    AccountChange {
        sources: (!change.source.is_empty()).then(|| change.source.clone()),
        from_ms: change.from.map(|from| from.millis()),
        playing_now: either(change.playing_now, change.no_playing_now),
        is_on: either(change.on, change.off),
        in_home_network: either(change.home, change.no_home),
    }
}

fn list(accounts: &[AccountView]) -> Result<Answer, Failure> {
    let text = if accounts.is_empty() {
        "Listens are sent nowhere.".to_owned()
    } else {
        table(&accounts.iter().map(row).collect::<Vec<_>>())
    };
    Ok(Answer::new(json!({"accounts": to_json(&accounts)?}), text))
}

fn one(account: &AccountView) -> Result<Answer, Failure> {
    Ok(Answer::new(to_json(account)?, table(&[row(account)])))
}

fn row(account: &AccountView) -> Vec<String> {
    let state = match (account.is_on, account.problem.as_str()) {
        (false, _) => "off".to_owned(),
        (true, "") => "on".to_owned(),
        (true, problem) => format!("on, but {problem}"),
    };
    vec![
        account.account.to_string(),
        account.url.clone(),
        state,
        format!("{} sent, {} refused", account.sent, account.refused),
        account.sources.join(", "),
        format!("from {}", tekram_agent::time_text(account.from_ms)),
    ]
}

fn sent(submitted: &Submitted) -> Result<Answer, Failure> {
    let mut text = format!("{} listens sent, {} refused.\n", submitted.sent, submitted.refused);
    if let Some(until) = submitted.wait_until_ms {
        text.push_str(&format!(
            "The server wants to be left alone until {}; run it again then.\n",
            tekram_agent::time_text(until)
        ));
    }
    if let Some(problem) = submitted.problem {
        text.push_str(&format!(
            "Stopped: {problem}. What is not sent waits for the next run.\n"
        ));
    }
    Ok(Answer::new(to_json(submitted)?, text))
}
