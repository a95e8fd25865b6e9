//! What leaves the log: exports to a file, and signed extracts for a party, of which the person sees beforehand exactly what will
//! be read.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use tekram_agent::{Choice, Column, ExtractField};

use super::{ExportForm, Exported, ListenKind};
use crate::error::TekramError;
use crate::gate::caught;
use crate::persona::Persona;
use crate::task::{Task, task};

/// Which listens leave.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct ListenChoice {
    /// Not before this moment.
    #[uniffi(default = None)]
    pub from_ms: Option<i64>,
    /// Before this moment.
    #[uniffi(default = None)]
    pub to_ms: Option<i64>,
    /// Only from these sources; from all when empty.
    #[uniffi(default = [])]
    pub sources: Vec<String>,
    /// Only of these kinds; of all when empty.
    #[uniffi(default = [])]
    pub kinds: Vec<ListenKind>,
    /// Without what was heard in a private session.
    #[uniffi(default = false)]
    pub without_private: bool,
}

impl From<ListenChoice> for Choice {
    fn from(choice: ListenChoice) -> Self {
        Self {
            from_ms: choice.from_ms,
            to_ms: choice.to_ms,
            sources: choice.sources,
            kinds: choice.kinds.into_iter().map(tekram_agent::Kind::from).collect(),
            without_private: choice.without_private,
        }
    }
}

/// A column that a table can have.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ExportColumn {
    /// Its stable name, which stands in the first line.
    pub column: String,
    /// Whether it is there when none are chosen.
    pub usual: bool,
}

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct ExportProgress {
    /// Listens written.
    pub written: u64,
}

task!(
    /// The log being written to a file. Cancelled or failed, it leaves no file.
    ExportTask,
    ExportProgress,
    Exported
);

/// Something that an extract can say of a listen.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ExtractPart {
    /// Its stable name.
    pub field: String,
    /// What can be said in its place, the finest first.
    pub blurs: Vec<String>,
}

/// What one listen says under one name.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ExtractClaim {
    /// The stable name.
    pub field: String,
    /// What is said; nothing when it is not known.
    pub value: Option<String>,
}

/// One listen as a party reads it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ExtractListen {
    /// What is said of it.
    pub claims: Vec<ExtractClaim>,
}

/// What is handed over.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HandedExtract {
    /// The extract's id: the same for everything shown of it.
    pub extract: String,
    /// Listens in it.
    pub listens: u64,
    /// The text for the party.
    pub presentation: String,
}

impl From<tekram_agent::ShownExtract> for HandedExtract {
    fn from(shown: tekram_agent::ShownExtract) -> Self {
        Self {
            extract: shown.extract_id,
            listens: shown.listens as u64,
            presentation: shown.presentation,
        }
    }
}

/// One showing of an extract.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ExtractShowing {
    /// When.
    pub at_ms: i64,
    /// What the party called itself.
    pub audience: String,
    /// What was shown of each listen, by stable names.
    pub fields: Vec<String>,
}

/// An extract that was made.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ListenExtract {
    /// Its id.
    pub extract: String,
    /// The party, as the list of relations has it.
    pub party: String,
    /// Record id of the agreement that it was given under.
    pub agreement: String,
    /// First moment of the range, if it has one.
    pub from_ms: Option<i64>,
    /// End of the range, if it has one.
    pub to_ms: Option<i64>,
    /// Listens in it.
    pub listens: u64,
    /// When it was made.
    pub made_ms: i64,
    /// What was shown of it, oldest first.
    pub shown: Vec<ExtractShowing>,
}

impl From<tekram_agent::Extract> for ListenExtract {
    fn from(extract: tekram_agent::Extract) -> Self {
        let shown = extract.shown.into_iter().map(|once| ExtractShowing {
            at_ms: once.at_ms,
            audience: once.audience,
            fields: once.fields,
        });
        Self {
            shown: shown.collect(),
            extract: extract.extract_id,
            party: extract.relation,
            agreement: extract.agreement,
            from_ms: extract.from_ms,
            to_ms: extract.to_ms,
            listens: extract.listens,
            made_ms: extract.made_ms,
        }
    }
}

/// An extract that somebody handed over, as it reads.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReadExtract {
    /// Its id: two showings with one id cannot contradict each other.
    pub extract: String,
    /// Who signed it: their did:key for this relation.
    pub issuer: String,
    /// The agreement that it is given under.
    pub agreement: String,
    /// When it was made.
    pub made_ms: i64,
    /// The first moment that it covers, RFC 3339, if it says one.
    pub from: Option<String>,
    /// The end of what it covers.
    pub to: Option<String>,
    /// What is said of each listen that is shown, in no order.
    pub listens: Vec<ExtractListen>,
    /// Listens of which nothing is shown.
    pub listens_hidden: u64,
}

/// What is said of one listen, in the order of the fields.
fn listen(said: &serde_json::Map<String, serde_json::Value>) -> ExtractListen {
    use serde_json::Value;
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(several) => {
            let several: Vec<&str> = several.iter().filter_map(Value::as_str).collect();
            Some(several.join(", "))
        }
        other => Some(other.to_string()),
    };
    let claims = ExtractField::ALL.iter().filter_map(|field| {
        let value = said.get(field.name())?;
        Some(ExtractClaim {
            field: field.name().to_owned(),
            value: text(value).filter(|text| !text.is_empty()),
        })
    });
    ExtractListen {
        claims: claims.collect(),
    }
}

/// The fields of these names, each once.
fn fields(names: &[String]) -> Result<Vec<ExtractField>, TekramError> {
    let known: Option<BTreeSet<ExtractField>> = names.iter().map(|name| ExtractField::from_name(name)).collect();
    Ok(known
        .ok_or_else(|| TekramError::bad_field("fields"))?
        .into_iter()
        .collect())
}

/// The columns that a table can have, in the order in which they stand.
#[uniffi::export]
#[must_use]
pub fn export_columns() -> Vec<ExportColumn> {
    let column = |column: &Column| ExportColumn {
        column: column.name().to_owned(),
        usual: Column::USUAL.contains(column),
    };
    Column::ALL.iter().map(column).collect()
}

/// What an extract can say of a listen, each with what can be said in its place.
#[uniffi::export]
#[must_use]
pub fn extract_parts() -> Vec<ExtractPart> {
    let names = |fields: &[ExtractField]| fields.iter().map(|field| field.name().to_owned()).collect();
    let part = |field: &ExtractField| ExtractPart {
        field: field.name().to_owned(),
        blurs: names(field.blurs()),
    };
    ExtractField::EXACT.iter().map(part).collect()
}

/// Reads an extract that somebody handed over: for whom it must have been made, the question that was asked, and the agreement, if
/// it must be a certain one. Answers older than a day are not taken.
///
/// # Errors
/// The credential's refusals (`bad_credential_signature`, `bad_key_binding` …), `wrong_extract`.
#[uniffi::export]
pub fn read_extract(
    presentation: String,
    audience: String,
    nonce: String,
    agreement: Option<String>,
) -> Result<ReadExtract, TekramError> {
    caught(|| {
        let question = tekram_agent::ExtractQuestion {
            audience: &audience,
            nonce: &nonce,
            agreement: agreement.as_deref(),
            key: None,
            max_age_seconds: 86_400,
        };
        let read = tekram_agent::read_listen_extract(&presentation, &question)?;
        Ok(ReadExtract {
            extract: read.extract_id,
            issuer: read.key,
            agreement: read.agreement,
            made_ms: read.made_ms,
            from: read.from,
            to: read.to,
            listens: read.listens.iter().map(listen).collect(),
            listens_hidden: read.listens_hidden as u64,
        })
    })
}

#[uniffi::export]
impl Persona {
    /// How many listens are chosen. A format may be unable to hold some of them.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub async fn count_listens(&self, choice: ListenChoice) -> Result<u64, TekramError> {
        self.beside(move |core| Ok(core.count_chosen(&choice.into())?)).await
    }

    /// Writes what is chosen to a file, in the place of what was there. `columns` are those of a table, by their names; the usual
    /// ones when empty. What begins like a formula is made harmless for a spreadsheet.
    ///
    /// # Errors
    /// `bad_field` for a column that there is not, `paused`, `locked`, `closed`; the task's end says the rest: `write_failed`,
    /// the vault's errors.
    #[uniffi::method(default(columns = []))]
    pub fn start_export(
        &self,
        form: ExportForm,
        choice: ListenChoice,
        columns: Vec<String>,
        path: String,
    ) -> Result<Arc<ExportTask>, TekramError> {
        let columns: Option<Vec<Column>> = columns.iter().map(|name| Column::from_name(name)).collect();
        let request = tekram_agent::ExportRequest {
            form: form.into(),
            choice: choice.into(),
            columns: columns.ok_or_else(|| TekramError::bad_field("columns"))?,
            zone: String::new(),
        };
        let (core, stop) = self.begin()?;
        let task = Task::latest(stop, move |stop, tell| {
            let told = |written| tell.tell(ExportProgress { written });
            let exported = core.export_file(&request, &PathBuf::from(path), &told, &stop.flag())?;
            Ok(exported.into())
        })?;
        Ok(Arc::new(ExportTask(task)))
    }

    /// What a party would read, listen by listen; nothing is made or written.
    ///
    /// # Errors
    /// `too_many_listens`, `nothing_to_disclose`, `bad_field` for a field that there is not, `locked`, `closed`, the vault's errors.
    pub async fn preview_extract(
        &self,
        choice: ListenChoice,
        shown: Vec<String>,
    ) -> Result<Vec<ExtractListen>, TekramError> {
        let shown = fields(&shown)?;
        self.beside(move |core| {
            let listens = core.preview_listen_disclosure(&choice.into(), &shown)?;
            Ok(listens.iter().map(listen).collect())
        })
        .await
    }

    /// Makes an extract for a party under an agreement that both have signed, and shows these fields of it. `audience` is what the
    /// party calls itself, the relation when empty; `nonce` is its question, a random text of its own. Who saw what says so.
    ///
    /// # Errors
    /// `not_agreed`, `bad_field` without a nonce, `too_many_listens`, `nothing_to_disclose`, `no_field_chosen`,
    /// `locked`, `closed`, the vault's errors.
    pub async fn disclose_listens(
        &self,
        party: String,
        agreement: String,
        choice: ListenChoice,
        shown: Vec<String>,
        audience: String,
        nonce: String,
    ) -> Result<HandedExtract, TekramError> {
        let disclosure = tekram_agent::ListenDisclosure {
            party,
            agreement,
            choice: choice.into(),
            fields: fields(&shown)?,
            audience,
            nonce,
        };
        self.beside(move |core| Ok(core.disclose_listens(&disclosure)?.into()))
            .await
    }

    /// Shows more of an extract that was made before: the party sees that it fits.
    ///
    /// # Errors
    /// `no_such_extract`, `no_field_chosen`, `bad_field` without a nonce, `locked`, `closed`, the vault's errors.
    pub async fn disclose_more_listens(
        &self,
        extract: String,
        shown: Vec<String>,
        audience: String,
        nonce: String,
    ) -> Result<HandedExtract, TekramError> {
        let shown = fields(&shown)?;
        self.beside(move |core| Ok(core.disclose_more_listens(&extract, &shown, &audience, &nonce)?.into()))
            .await
    }

    /// The extracts that were made, newest first, with what was shown of each.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn disclosed_listens(&self) -> Result<Vec<ListenExtract>, TekramError> {
        self.with(|core| Ok(core.disclosed_listens()?.into_iter().map(ListenExtract::from).collect()))
    }
}
