//! The values that belong into an error's sentence: positions, counts, limits, states. Never an address, a name or a text
//! of the person or of somebody outside, because errors end in logs.

use tekram_intent::IntentError;
use tekram_listen::ListenError;
use tekram_net::{BusError, FetchError};
use tekram_pay::PayError;
use tekram_pay::cashu::CashuError;
use tekram_pay::rail::RailError;
use tekram_primitives::credential::CredentialError;
use tekram_primitives::money::MoneyError;
use tekram_relate::RelateError;
use tekram_vault::{HoldingError, VaultError};

use crate::error::AgentError;

/// Names and values.
type Params = Vec<(&'static str, String)>;

fn one(name: &'static str, value: impl ToString) -> Params {
    vec![(name, value.to_string())]
}

fn two(first: (&'static str, impl ToString), second: (&'static str, impl ToString)) -> Params {
    vec![(first.0, first.1.to_string()), (second.0, second.1.to_string())]
}

impl AgentError {
    /// Values for the sentence that a screen shows, by name; nothing personal.
    #[must_use]
    pub fn params(&self) -> Params {
        match self {
            Self::BadSetting { what, .. } => one("what", what),
            Self::AvatarTooLarge { limit_bytes } => one("limit_bytes", limit_bytes),
            Self::NotServed { status } => one("status", status),
            Self::AskLater { wait_ms } => one("milliseconds", wait_ms),
            Self::NoEndpoint { port, .. } => one("port", port),
            Self::FileTooLong { limit_bytes } => one("limit_bytes", limit_bytes),
            Self::Vault(error) => vault(error),
            Self::Server(tekram_net::DavError::Status { status, .. }) => one("status", status),
            Self::Listen(error) => listen(error),
            Self::Pay(error) => pay(error),
            Self::Cashu(error) => cashu(error),
            Self::Rail(error) => rail(error),
            Self::Relate(error) => relate(error),
            Self::Intent(error) => intent(error),
            Self::Fetch(error) => fetch(error),
            Self::Bus(error) => bus(error),
            Self::Money(error) => money(error),
            _ => Vec::new(),
        }
    }
}

fn vault(error: &VaultError) -> Params {
    match error {
        VaultError::NoSuchWayIn { kind } | VaultError::WayNotUpgraded { kind } => one("kind", kind),
        VaultError::Wait { milliseconds } => one("milliseconds", milliseconds),
        VaultError::RecoveryWordCount { words } => one("words", words),
        VaultError::RecoveryWordUnknown { position } | VaultError::WrongRecoveryWord { position } => {
            one("position", position)
        }
        VaultError::TooFewAnswers { least } => one("least", least),
        VaultError::NotAVault { file }
        | VaultError::MissingFile { file }
        | VaultError::Truncated { file }
        | VaultError::Damaged { file }
        | VaultError::ForeignVault { file } => one("file", file),
        VaultError::NewerSchema { found, known, .. } => two(("found", found), ("known", known)),
        VaultError::MigrationFailed { room, version, .. } => two(("room", room), ("version", version)),
        VaultError::ItemTooLarge { limit_bytes } => one("limit_bytes", limit_bytes),
        VaultError::BackupDamaged { segment, part, pages } => {
            let mut params = two(("segment", segment), ("part", part));
            params.extend(one("pages", pages));
            params
        }
        VaultError::ExportDamaged { part } => one("part", part),
        VaultError::Io { action, .. } => one("action", action),
        VaultError::Holding(HoldingError::BadField { field }) => one("field", field),
        VaultError::Credential(CredentialError::Unsupported { what }) => one("what", what),
        VaultError::Credential(
            CredentialError::Malformed { part }
            | CredentialError::BadKeyBinding { part }
            | CredentialError::BadStatusList { part },
        ) => one("part", part),
        _ => Vec::new(),
    }
}

fn listen(error: &ListenError) -> Params {
    match error {
        ListenError::Vault(error) => vault(error),
        ListenError::FileTooLarge { limit_bytes } => one("limit_bytes", limit_bytes),
        ListenError::TooManyListens { limit } => one("limit", limit),
        ListenError::WrongExtract { part } => one("part", part),
        ListenError::BadAccount { field } => one("field", field),
        ListenError::BadPullAccount { field } => one("field", field),
        ListenError::TooManyTokens { limit } => one("limit", limit),
        ListenError::BadPage { field } => one("field", field),
        ListenError::NoSuchBatch { batch_id } => one("batch", batch_id),
        ListenError::WrongBatchState { batch_id, state } => two(("batch", batch_id), ("state", state)),
        ListenError::NoSuchWork { work } => one("work", work),
        ListenError::EditTooLong { limit } => one("limit", limit),
        _ => Vec::new(),
    }
}

fn pay(error: &PayError) -> Params {
    match error {
        PayError::BadReceipt { reason } | PayError::BadCard { reason } | PayError::BadLink { reason } => {
            one("reason", reason)
        }
        PayError::HttpStatus { status } => one("status", status),
        PayError::WrongState { from } => one("state", from),
        PayError::Vault(error) => vault(error),
        PayError::Rail(error) => rail(error),
        PayError::Fetch(error) => fetch(error),
        PayError::Bus(error) => bus(error),
        PayError::Money(error) => money(error),
        _ => Vec::new(),
    }
}

fn cashu(error: &CashuError) -> Params {
    match error {
        CashuError::MintLacksRecovery { nut, .. } => one("nut", nut),
        CashuError::MintLacksUnit { unit, .. } => one("unit", unit),
        CashuError::InsufficientFunds {
            available_minor,
            needed_minor,
        } => two(("available_minor", available_minor), ("needed_minor", needed_minor)),
        CashuError::FeesTooHigh {
            fee_minor,
            max_fee_minor,
        } => two(("fee_minor", fee_minor), ("max_fee_minor", max_fee_minor)),
        CashuError::LocktimeNotReached { from_s } => one("from_s", from_s),
        CashuError::Vault(error) => vault(error),
        _ => Vec::new(),
    }
}

fn rail(error: &RailError) -> Params {
    match error {
        RailError::Unreachable { rail, .. }
        | RailError::Refused { rail, .. }
        | RailError::Uncertain { rail, .. }
        | RailError::Misbehaved { rail, .. } => one("rail", rail),
        RailError::Vault(error) => vault(error),
    }
}

fn relate(error: &RelateError) -> Params {
    match error {
        RelateError::WrongState { status } => one("state", status.name()),
        RelateError::Vault(error) => vault(error),
        _ => Vec::new(),
    }
}

fn intent(error: &IntentError) -> Params {
    match error {
        IntentError::BadDemand { field } => one("field", field),
        IntentError::BadGtin { reason } => one("reason", reason),
        IntentError::WrongState { state } => one("state", state),
        IntentError::Bus(error) => bus(error),
        IntentError::Vault(error) => vault(error),
        _ => Vec::new(),
    }
}

fn fetch(error: &FetchError) -> Params {
    match error {
        FetchError::TooManyRedirects { limit, .. } => one("limit", limit),
        FetchError::ResponseTooLarge { limit_bytes, .. } | FetchError::HeadersTooLarge { limit_bytes, .. } => {
            one("limit_bytes", limit_bytes)
        }
        _ => Vec::new(),
    }
}

fn bus(error: &BusError) -> Params {
    match error {
        BusError::EventTooLarge { bytes, limit_bytes } => two(("bytes", bytes), ("limit_bytes", limit_bytes)),
        _ => Vec::new(),
    }
}

fn money(error: &MoneyError) -> Params {
    match error {
        MoneyError::TooPrecise { asset, scale, decimals } => vec![
            ("currency", asset.code().to_owned()),
            ("scale", scale.to_string()),
            ("decimals", decimals.to_string()),
        ],
        MoneyError::Overflow { asset } => one("currency", asset.code()),
        MoneyError::DifferentAssets { left, right } => two(("left", left.code()), ("right", right.code())),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_named_by_its_position_however_deep_the_error_lies() {
        let unknown = VaultError::RecoveryWordUnknown { position: 17 };
        assert_eq!(AgentError::from(unknown).params(), [("position", "17".to_owned())]);
        let deep = PayError::Vault(VaultError::TooFewAnswers { least: 3 });
        assert_eq!(AgentError::from(deep).params(), [("least", "3".to_owned())]);
        assert_eq!(AgentError::NoBudget.params(), []);
    }

    #[test]
    fn an_address_is_never_among_the_values() {
        let origin = "https://somebody.example".to_owned();
        let error = AgentError::from(FetchError::ResponseTooLarge { origin, limit_bytes: 5 });
        assert_eq!(error.params(), [("limit_bytes", "5".to_owned())]);
    }
}
