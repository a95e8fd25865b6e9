//! `tekram vault …`, one module for each group of its commands.

mod audit;
mod backup;
mod face;
mod key_change;
mod leave;
mod lock;
mod place;
mod rescue;

use tekram_agent::RestoreOptions;

use super::Context;
use crate::args::{LeaveCommand, VaultCommand};
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
        VaultCommand::Leave(command) => leave(context, command),
    }
}

fn leave(context: &Context, command: LeaveCommand) -> Result<Answer, Failure> {
    match command {
        LeaveCommand::Backup { forget: true, .. } => backup::forget(context),
        LeaveCommand::Backup { to, login, if_due, .. } => backup::backup(context, to.as_deref(), &login, if_due),
        LeaveCommand::Backups { from } => backup::backups(context, &from),
        LeaveCommand::Restore {
            backup,
            state,
            name,
            replace,
            salvage,
        } => {
            let options = RestoreOptions {
                state,
                label: name,
                replace,
            };
            backup::restore(context, &backup, &options, salvage.as_deref())
        }
        LeaveCommand::Check {
            backup,
            from: Some(from),
            login,
        } => rescue::check_backup(context, backup.as_deref(), &from, &login),
        LeaveCommand::Check { from: None, .. } => rescue::check(context),
        LeaveCommand::Rescue { name } => rescue::rescue(context, &name),
        LeaveCommand::Export { file, open } => leave::export(context, &file, open),
        LeaveCommand::Import { file, name } => leave::import(context, &file, name.as_deref()),
    }
}
