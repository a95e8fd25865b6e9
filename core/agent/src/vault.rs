//! What a person does with the vault itself, one module for each use: how it locks, what its audit says, its key, and the
//! ways out and back.

mod audit;
mod backup;
mod face;
mod folder;
mod key_change;
mod leave;
mod lock;
mod place;
mod rescue;
mod restore;
mod server;
mod watching;

pub use backup::BackupMade;
pub use folder::BackupFolder;
pub use key_change::KeyChanged;
pub use lock::LOCKED;
pub use place::{BackupPlaceKind, BackupPlan, BackupSource};
pub use rescue::{CheckFault, RescueBy};
pub use restore::Salvaged;
pub use server::BackupServer;
pub use watching::WorkWatch;
