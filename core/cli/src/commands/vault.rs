//! `tekram vault …`, one module for each group of its commands.

mod audit;
mod face;
mod key_change;
mod lock;

use super::Context;
use crate::args::VaultCommand;
use crate::output::{Answer, Failure};

/// Carries out one command.
pub fn run(context: &Context, command: VaultCommand) -> Result<Answer, Failure> {
    match command {
        VaultCommand::Face(change) => face::run(context, &change),
        VaultCommand::AutoLock { seconds, off } => lock::auto_lock(context, seconds, off),
        VaultCommand::WipeAfter { wrong, off } => lock::wipe_after(context, wrong, off),
        VaultCommand::AcceptRollback => lock::accept_rollback(context),
        VaultCommand::Audit(which) => audit::list(context, which),
        VaultCommand::AuditExport { file } => audit::export(context, &file),
        VaultCommand::AuditCheck { file } => audit::check(context, file.as_deref()),
        VaultCommand::AuditForget { numbers, yes } => audit::forget(context, &numbers, yes),
        VaultCommand::KeyChange { without, drop_others } => key_change::run(context, &without, drop_others),
    }
}
