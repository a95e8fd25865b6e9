//! A place with backups, as it is named on the command line, and which of its backups is meant.

use std::path::Path;

use tekram_agent::{BackupEntry, BackupServer, BackupSource, Passphrase};

use crate::args::Login;
use crate::commands::{Context, SERVER_PASSWORD};
use crate::output::Failure;

/// Whether it names a server rather than a folder.
pub(super) fn is_server(place: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        place
            .get(..scheme.len())
            .is_some_and(|beginning| beginning.eq_ignore_ascii_case(scheme))
    })
}

/// A folder's whole path, so that it is found from every other folder.
pub(super) fn whole_path(folder: &str) -> Result<String, Failure> {
    let path = std::path::absolute(Path::new(folder)).ok();
    path.and_then(|path| path.to_str().map(str::to_owned))
        .ok_or_else(|| Failure::new("bad_setting", "the folder's name cannot be used"))
}

/// The server at this address, with the password from the environment or the terminal when there is a user.
pub(super) fn server(context: &Context, url: &str, login: &Login) -> Result<BackupServer, Failure> {
    let password = match login.user {
        Some(_) => context.secret(SERVER_PASSWORD, "Password on the server: ")?,
        None => Passphrase::from(""),
    };
    let server = BackupServer::new(url, login.user.as_deref().unwrap_or_default(), password);
    Ok(if login.home_network {
        server.in_home_network()
    } else {
        server
    })
}

/// The place that is named.
pub(super) fn source(context: &Context, place: &str, login: &Login) -> Result<BackupSource, Failure> {
    if is_server(place) {
        Ok(BackupSource::Server(server(context, place, login)?))
    } else {
        Ok(BackupSource::Path(whole_path(place)?.into()))
    }
}

/// The backup of this name, or the only one.
pub(super) fn chosen(context: &Context, source: &BackupSource, name: Option<&str>) -> Result<String, Failure> {
    if let Some(name) = name {
        return Ok(name.to_owned());
    }
    let mut entries = context
        .agent
        .backups(source, &mut context.watch("Looking"))?
        .into_iter()
        .map(|entry: BackupEntry| entry.name);
    match (entries.next(), entries.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Failure::new("no_such_backup", "there is no backup in this place")),
        _ => Err(Failure::new(
            "which_backup",
            "there are several backups; name one, as tekram vault backups lists them",
        )),
    }
}
