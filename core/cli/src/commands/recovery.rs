//! `tekram persona recovery …`: words on paper. They are shown once, asked for, and from then on kept nowhere.

use std::io::IsTerminal;

use serde_json::json;
use tekram_agent::{AgentError, RecoveryAnswer, RecoveryPhrase};

use super::persona::ways_after;
use super::{Context, RECOVERY_WORDS};
use crate::args::RecoveryCommand;
use crate::output::{Answer, Failure, table};

/// Words in one line of text.
const IN_A_LINE: usize = 4;

/// Carries out one command.
pub fn run(context: &Context, command: RecoveryCommand) -> Result<Answer, Failure> {
    match command {
        RecoveryCommand::New => {
            // Without words that open already, only the passphrase does.
            let persona = context.unlock()?;
            let phrase = persona.new_recovery_phrase()?;
            persona.lock()?;
            Ok(shown(&phrase))
        }
        RecoveryCommand::Show => {
            let persona = context.unlock()?;
            let phrase = persona.unchecked_recovery_phrase()?;
            persona.lock()?;
            Ok(shown(&phrase))
        }
        RecoveryCommand::Check => check(context),
        RecoveryCommand::Due { about_to_pay } => due(context, about_to_pay),
    }
}

fn shown(phrase: &RecoveryPhrase) -> Answer {
    let words = phrase.words();
    let numbered: Vec<String> = (1..).zip(&words).map(|(at, word)| format!("{at:>2} {word}")).collect();
    let rows: Vec<Vec<String>> = numbered.chunks(IN_A_LINE).map(<[String]>::to_vec).collect();
    Answer::new(
        json!({"words": words}),
        format!(
            "Write these words down, on paper, in this order. Then: tekram persona recovery check\n{}",
            table(&rows)
        ),
    )
}

fn check(context: &Context) -> Result<Answer, Failure> {
    // The words in the environment are what is checked here; they open nothing yet.
    let persona = context.unlock_by_passphrase()?;
    let asked = persona.recovery_questions()?;
    let answers = match std::env::var(RECOVERY_WORDS) {
        Ok(words) => {
            let phrase = RecoveryPhrase::parse(&words).map_err(AgentError::from)?;
            answers_of(&phrase, &asked)
        }
        Err(_) => asked_for(&asked)?,
    };
    persona.check_recovery_phrase(&answers)?;
    ways_after(&persona, "The recovery words open this persona from now on.")
}

fn answers_of(phrase: &RecoveryPhrase, asked: &[u32]) -> Vec<RecoveryAnswer> {
    (1..)
        .zip(phrase.words())
        .filter(|(position, _)| asked.contains(position))
        .map(|(position, word)| RecoveryAnswer {
            position,
            word: word.to_owned(),
        })
        .collect()
}

fn asked_for(asked: &[u32]) -> Result<Vec<RecoveryAnswer>, Failure> {
    let unreadable = || {
        Failure::new(
            "no_recovery_words",
            format!("no terminal to ask for the words on; set {RECOVERY_WORDS}"),
        )
    };
    if !std::io::stdin().is_terminal() {
        return Err(unreadable());
    }
    asked
        .iter()
        .map(|position| {
            let word = rpassword::prompt_password(format!("Word {position}: ")).map_err(|_| unreadable())?;
            Ok(RecoveryAnswer {
                position: *position,
                word,
            })
        })
        .collect()
}

fn due(context: &Context, about_to_pay: bool) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    let duty = persona.recovery_duty(about_to_pay);
    persona.lock()?;
    let text = match duty {
        tekram_agent::RecoveryDuty::None => "Nothing is due.",
        tekram_agent::RecoveryDuty::Ask => "It is time to write recovery words down: tekram persona recovery new",
        tekram_agent::RecoveryDuty::Required => "Before money is sent: tekram persona recovery new",
    };
    Ok(Answer::new(json!({"duty": super::to_json(&duty)?}), text))
}
