//! `tekram keep …`, one module for each kind of thing that is kept.

mod attribute;
mod card;
mod credential;
mod file;
mod pen;
mod purchase;

use super::{Context, new_private_file, readable, short, to_json};
use crate::args::KeepCommand;
use crate::output::{Answer, Failure};

/// Carries out one command.
pub async fn run(context: &Context, command: KeepCommand) -> Result<Answer, Failure> {
    let persona = context.unlock()?;
    let answer = match command {
        KeepCommand::Attribute(command) => attribute::run(&persona, command),
        KeepCommand::Credential(command) => credential::run(&persona, command).await,
        KeepCommand::Purchase(command) => purchase::run(&persona, command),
        KeepCommand::Membership(command) => card::memberships(&persona, command),
        KeepCommand::Preference(command) => card::preferences(&persona, command),
        KeepCommand::File(command) => file::run(&persona, command),
        KeepCommand::Pen(command) => pen::run(&persona, command),
    };
    persona.lock()?;
    answer
}

/// The only id that begins like this; what several or none begin with is left to the core to refuse.
fn whole<'a>(known: impl Iterator<Item = &'a str>, beginning: &str) -> String {
    let mut found = known.filter(|id| !beginning.is_empty() && id.starts_with(beginning));
    match (found.next(), found.next()) {
        (Some(only), None) => only.to_owned(),
        _ => beginning.to_owned(),
    }
}
