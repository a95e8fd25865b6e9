//! `tekram vault …`, one module for each group of its commands.

mod lock;

use super::Context;
use crate::args::VaultCommand;
use crate::output::{Answer, Failure};

/// Carries out one command.
pub fn run(context: &Context, command: VaultCommand) -> Result<Answer, Failure> {
    match command {
        VaultCommand::WipeAfter { wrong, off } => lock::wipe_after(context, wrong, off),
    }
}
