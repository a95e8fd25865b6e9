//! The desk's one configuration file (TOML): who it is, where it listens, what it sells and how it is paid.
//!
//! Paths in the file are relative to the file's folder, so that a desk can be moved as one folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tekram_net::NetPolicy;
use tekram_primitives::money::Asset;
use url::Url;

use crate::error::DeskError;

/// Longest name; a person's side shows no more (characters).
const MAX_NAME_CHARS: usize = 80;
/// Most relays, mints or units; a payer's side refuses a card with more.
const MAX_ENTRIES: usize = 16;
/// Most cells. Each is asked for at every relay, with its coarser ones.
const MAX_CELLS: usize = 100;

/// Everything a desk is told by the one who runs it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name on the card.
    pub name: String,
    /// Folder of the desk's own vault and its key; made when missing.
    #[serde(default = "default_keys")]
    pub keys: PathBuf,
    /// Relays (`wss://…`) it reads and answers on.
    pub relays: Vec<String>,
    /// Geohash cells it serves, precision 3 to 9. Empty for a creator without a place.
    #[serde(default)]
    pub cells: Vec<String>,
    /// Catalogue file (`.csv` or `.json`). None for a desk that only receives payments.
    #[serde(default)]
    pub catalogue: Option<PathBuf>,
    /// Currency of catalogue prices that name none.
    #[serde(default = "default_currency")]
    pub currency: String,
    /// Roster ids of the customer terms it accepts.
    #[serde(default)]
    pub terms: Vec<String>,
    /// How it takes ecash.
    #[serde(default)]
    pub cashu: Option<CashuConfig>,
    /// `host:port` pairs on private addresses it may reach; everything else private is refused.
    #[serde(default)]
    pub allow: BTreeSet<String>,
    /// Proxy for everything the desk sends (`socks5h://…` or `http://…`).
    #[serde(default)]
    pub proxy: Option<Url>,
    /// Address that each event is posted to as JSON, besides standard output.
    #[serde(default)]
    pub webhook: Option<Url>,
    /// File that `run` writes the signed card to, for a web server to publish.
    #[serde(default)]
    pub card_file: Option<PathBuf>,
    /// Least proof of work (NIP-13 bits) an intent must carry to be answered.
    #[serde(default = "default_work")]
    pub min_work_bits: u8,
    /// How long an offer stands, in minutes; never longer than the intent itself.
    #[serde(default = "default_offer_minutes")]
    pub offer_minutes: u32,
    /// How long a card stands, in days.
    #[serde(default = "default_card_days")]
    pub card_days: u32,
}

/// How the desk takes ecash.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CashuConfig {
    /// Mints it trusts, in order of preference. A token from another mint is refused.
    pub mints: Vec<String>,
    /// Units it takes (`eur`, `sat`).
    pub units: Vec<String>,
    /// File with the hex secret key that tokens are locked to. Without it the key is derived from the desk's vault.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
}

fn default_keys() -> PathBuf {
    PathBuf::from("keys")
}
fn default_currency() -> String {
    "EUR".to_owned()
}
fn default_work() -> u8 {
    8
}
fn default_offer_minutes() -> u32 {
    60
}
fn default_card_days() -> u32 {
    90
}

impl Config {
    /// Reads and checks a configuration file; relative paths in it become absolute.
    ///
    /// # Errors
    /// `config_unreadable` when the file cannot be read, `config_invalid` with line and reason when it cannot be used.
    pub fn read(path: &Path) -> Result<Self, DeskError> {
        let text = std::fs::read_to_string(path).map_err(|error| DeskError::ConfigUnreadable {
            reason: error.kind().to_string(),
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut config: Self = toml::from_str(&text).map_err(|error| DeskError::ConfigInvalid {
            reason: located(&text, &error),
        })?;
        config.keys = folder.join(&config.keys);
        config.catalogue = config.catalogue.map(|file| folder.join(file));
        config.card_file = config.card_file.map(|file| folder.join(file));
        if let Some(cashu) = &mut config.cashu {
            cashu.key_file = cashu.key_file.take().map(|file| folder.join(file));
        }
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), DeskError> {
        match self.fault() {
            Some(reason) => Err(DeskError::ConfigInvalid { reason }),
            None => Ok(()),
        }
    }

    /// The first thing that makes this configuration unusable, in words.
    fn fault(&self) -> Option<String> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
            return Some(format!("`name` must have 1 to {MAX_NAME_CHARS} characters on one line"));
        }
        if self.relays.is_empty() || self.relays.len() > MAX_ENTRIES {
            return Some(format!("`relays` must name 1 to {MAX_ENTRIES} relays"));
        }
        if let Some(relay) = self.relays.iter().find(|relay| !has_scheme(relay, &["ws", "wss"])) {
            return Some(format!("`relays`: {relay:?} is not a ws:// or wss:// address"));
        }
        if let Some(cell) = self.cells.iter().find(|cell| !is_cell(cell)) {
            return Some(format!("`cells`: {cell:?} is not a geohash of 3 to 9 characters"));
        }
        if self.cells.len() > MAX_CELLS {
            return Some(format!("`cells` must name at most {MAX_CELLS} cells; use coarser ones"));
        }
        if self.catalogue.is_some() && self.cells.is_empty() {
            return Some("a desk with a `catalogue` needs `cells`, the places it sells in".to_owned());
        }
        if self.catalogue.is_some() && self.terms.is_empty() {
            return Some("a desk with a `catalogue` needs `terms`, the customer terms it accepts".to_owned());
        }
        if let Some(id) = self.terms.iter().find(|id| tekram_relate::terms(id).is_err()) {
            return Some(format!("`terms`: {id:?} is not in the roster"));
        }
        if self.currency.parse::<Asset>().is_err() {
            return Some(format!("`currency`: {:?} is not a currency code", self.currency));
        }
        if self.min_work_bits > 40 {
            return Some("`min_work_bits` above 40 would shut everybody out".to_owned());
        }
        if self.offer_minutes == 0 || self.offer_minutes > 90 * 24 * 60 {
            return Some("`offer_minutes` must be 1 to 129600 (90 days)".to_owned());
        }
        if self.card_days == 0 || self.card_days > 3650 {
            return Some("`card_days` must be 1 to 3650".to_owned());
        }
        self.cashu.as_ref().and_then(CashuConfig::fault)
    }

    /// What this desk may reach.
    #[must_use]
    pub fn policy(&self) -> NetPolicy {
        NetPolicy {
            allow_origins: self.allow.clone(),
            proxy: self.proxy.clone(),
        }
    }
}

impl CashuConfig {
    fn fault(&self) -> Option<String> {
        if [self.mints.len(), self.units.len()]
            .iter()
            .any(|count| !(1..=MAX_ENTRIES).contains(count))
        {
            return Some(format!("`cashu` needs 1 to {MAX_ENTRIES} `mints` and `units`"));
        }
        if let Some(mint) = self.mints.iter().find(|mint| !has_scheme(mint, &["http", "https"])) {
            return Some(format!("`cashu.mints`: {mint:?} is not an http(s) address"));
        }
        let unknown = self.units.iter().find(|unit| Asset::from_cashu_unit(unit).is_err());
        unknown.map(|unit| format!("`cashu.units`: {unit:?} is not a unit of ecash (`eur`, `sat`)"))
    }
}

fn has_scheme(address: &str, schemes: &[&str]) -> bool {
    Url::parse(address).is_ok_and(|url| schemes.contains(&url.scheme()) && url.has_host())
}

/// What is wrong, with its line: the error itself would repeat the file's text, which may hold a webhook's token.
fn located(text: &str, error: &toml::de::Error) -> String {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map(|before| before.matches('\n').count() + 1);
    match line {
        Some(line) => format!("line {line}: {}", error.message()),
        None => error.message().to_owned(),
    }
}

/// Whether the text is a geohash of precision 3 to 9.
fn is_cell(text: &str) -> bool {
    (3..=9).contains(&text.len())
        && text
            .bytes()
            .all(|byte| b"0123456789bcdefghjkmnpqrstuvwxyz".contains(&byte))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]
    use super::*;

    fn read(text: &str) -> Result<Config, DeskError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("desk.toml");
        std::fs::write(&file, text).unwrap();
        Config::read(&file)
    }

    #[test]
    fn a_creator_needs_only_a_name_and_a_relay() {
        let config = read("name = \"Harbour Lights\"\nrelays = [\"wss://relay.example\"]\n").unwrap();
        assert!(config.keys.ends_with("keys"));
        assert_eq!(config.min_work_bits, 8);
    }

    #[test]
    fn a_misspelt_key_is_named() {
        let error = read("name = \"x\"\nrelays = [\"wss://r\"]\nrelay = 1\n").unwrap_err();
        assert_eq!(error.code(), "config_invalid");
        assert!(error.to_string().contains("relay"), "{error}");
    }

    #[test]
    fn a_shop_without_a_place_or_terms_is_refused() {
        let base = "name = \"x\"\nrelays = [\"wss://r\"]\ncatalogue = \"c.csv\"\n";
        assert_eq!(read(base).unwrap_err().code(), "config_invalid");
        assert_eq!(
            read(&format!("{base}cells = [\"u33db\"]\n")).unwrap_err().code(),
            "config_invalid"
        );
        assert!(read(&format!("{base}cells = [\"u33db\"]\nterms = [\"PDC-INTENT\"]\n")).is_ok());
        assert_eq!(
            read(&format!("{base}cells = [\"u33da!\"]\nterms = [\"PDC-INTENT\"]\n"))
                .unwrap_err()
                .code(),
            "config_invalid"
        );
    }

    #[test]
    fn what_cannot_work_is_named_with_its_key() {
        let base = "name = \"x\"\nrelays = [\"wss://r\"]\n";
        for (line, word) in [
            ("terms = [\"NO-SUCH\"]", "roster"),
            ("currency = \"XXXX\"", "currency"),
            ("min_work_bits = 41", "min_work_bits"),
            ("offer_minutes = 0", "offer_minutes"),
            ("[cashu]\nmints = [\"ftp://m\"]\nunits = [\"eur\"]", "mints"),
            ("[cashu]\nmints = [\"https://m\"]\nunits = [\"EURO\"]", "units"),
            ("webhook = \"nonsense\"", "line 3"),
        ] {
            let error = read(&format!("{base}{line}\n")).unwrap_err();
            assert_eq!(error.code(), "config_invalid", "{line}");
            assert!(error.to_string().contains(word), "{line}: {error}");
        }
        assert_eq!(
            read("name = \"x\"\nrelays = [\"http://r\"]\n").unwrap_err().code(),
            "config_invalid"
        );
    }

    #[test]
    fn the_examples_can_be_used() {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        let store = Config::read(&examples.join("store.toml")).unwrap();
        assert!(store.catalogue.unwrap().is_file());
        let creator = Config::read(&examples.join("creator.toml")).unwrap();
        assert!(creator.cashu.is_some() && creator.catalogue.is_none());
    }
}
