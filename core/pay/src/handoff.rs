//! The hand-off: a link or code with amount and text filled in, which the person finishes in another app. Handed off is
//! recorded as handed off, never as paid.
//!
//! Formats: payto (RFC 8905), EPC069-12 (the "Girocode" text, SEPA credit transfer), UPI deep links, GNU Taler
//! `pay-template`, `lightning:` and plain web links. A link that cannot carry an amount is handed over unchanged, and says so.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use tekram_primitives::money::Money;
use tekram_vault::{Scope, Vault};
use url::Url;

use crate::error::PayError;
use crate::ledger::post;
use crate::method::Method;
use crate::outward::note_sent;
use crate::payee::methods;
use crate::state::{LineEvent, LineState, StatementState};
use crate::statement::{LineAmounts, Outcome, Statement, StatementLine, move_line, read};
use tekram_primitives::time::Clock;

/// RFC 3986: unreserved characters stay, and `:` and `@`, which a query may hold and apps expect; the rest is encoded.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b'@');
/// EPC069-12: most characters of the name and of the unstructured text, most bytes of the whole.
const EPC_NAME_CHARS: usize = 70;
const EPC_TEXT_CHARS: usize = 140;
const EPC_BYTES: usize = 331;

/// What kind of link it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// `payto:` (RFC 8905).
    Payto,
    /// `upi:`.
    Upi,
    /// `taler:`.
    Taler,
    /// `lightning:`.
    Lightning,
    /// A web page.
    Web,
}

/// A link ready to be opened or scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilledLink {
    /// What kind.
    pub kind: LinkKind,
    /// The link.
    pub link: String,
    /// Whether the amount is in the link; otherwise the person types it.
    pub amount_filled: bool,
    /// Text for an EPC069-12 QR code, when it is a SEPA transfer in euro: what banking apps scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epc: Option<String>,
}

/// One payment that the person finishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOff {
    /// The statement's line.
    pub line_no: i64,
    /// The payee's id in this vault.
    pub payee_id: String,
    /// The payee's name.
    pub name: String,
    /// How much.
    pub amount: Money,
    /// The link.
    #[serde(flatten)]
    pub link: FilledLink,
}

/// Fills amount and text into a payee's link. `None` for methods that are no link.
///
/// # Errors
/// `bad_link` with the reason: `unreadable`, `bad_iban`, `unknown_scheme`.
pub fn fill(method: &Method, name: &str, amount: Money, text: &str) -> Result<Option<FilledLink>, PayError> {
    match method {
        Method::LightningAddress { address } => Ok(Some(lightning(&format!("lightning:{address}")))),
        Method::Link { url } => fill_link(url, name, amount, text).map(Some),
        Method::Cashu(_) | Method::Keysend { .. } => Ok(None),
    }
}

fn lightning(link: &str) -> FilledLink {
    FilledLink {
        kind: LinkKind::Lightning,
        link: link.to_owned(),
        amount_filled: false,
        epc: None,
    }
}

fn fill_link(link: &str, name: &str, amount: Money, text: &str) -> Result<FilledLink, PayError> {
    let (scheme, rest) = link.split_once(':').ok_or(PayError::BadLink { reason: "unreadable" })?;
    match scheme.to_ascii_lowercase().as_str() {
        "payto" => payto(rest, name, amount, text),
        "upi" => Ok(upi(rest, name, amount, text)),
        "taler" => Ok(taler(rest, amount, text)),
        "lightning" => Ok(lightning(link)),
        "https" | "http" => web(link, amount),
        _ => Err(PayError::BadLink {
            reason: "unknown_scheme",
        }),
    }
}

/// A link's query as pairs, still encoded.
struct Query(Vec<(String, String)>);

impl Query {
    fn parse(query: &str) -> Self {
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned())
        });
        Self(pairs.collect())
    }

    fn get(&self, name: &str) -> Option<String> {
        let (_, value) = self.0.iter().find(|(have, _)| have == name)?;
        Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
    }

    fn set(&mut self, name: &str, value: &str) {
        let value = utf8_percent_encode(value, QUERY).to_string();
        match self.0.iter_mut().find(|(have, _)| have == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    fn set_if_missing(&mut self, name: &str, value: &str) {
        if self.get(name).is_none() && !value.is_empty() {
            self.set(name, value);
        }
    }

    fn text(&self) -> String {
        self.0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("&")
    }
}

/// RFC 8905 section 5: `amount`, `receiver-name`, `message`.
fn payto(rest: &str, name: &str, amount: Money, text: &str) -> Result<FilledLink, PayError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let is_iban = parts.first().is_some_and(|kind| kind.eq_ignore_ascii_case("iban"));
    // `payto://iban/[BIC/]IBAN`
    let iban = parts.last().map(|iban| iban.to_ascii_uppercase()).unwrap_or_default();
    if is_iban && (parts.len() < 2 || !is_iban_valid(&iban)) {
        return Err(PayError::BadLink { reason: "bad_iban" });
    }
    let mut query = Query::parse(query);
    let amount_text = amount.amount_text();
    let is_fiat = !amount.asset.is_bitcoin();
    if is_fiat {
        query.set("amount", &format!("{}:{amount_text}", amount.asset.code()));
    }
    query.set_if_missing("receiver-name", name);
    query.set_if_missing("message", text);
    let bic = if is_iban && parts.len() == 3 {
        parts.get(1).copied().unwrap_or_default()
    } else {
        ""
    };
    let epc = (is_iban && amount.asset.code() == "EUR")
        .then(|| {
            let receiver = query.get("receiver-name").unwrap_or_default();
            let message = query.get("message").unwrap_or_default();
            epc_text(bic, &receiver, &iban, amount, &message)
        })
        .flatten();
    Ok(FilledLink {
        kind: LinkKind::Payto,
        link: format!("payto:{path}?{}", query.text()),
        amount_filled: is_fiat,
        epc,
    })
}

/// EPC069-12 version 002: twelve lines, of which the trailing empty ones are left out. `None` when it does not fit.
fn epc_text(bic: &str, name: &str, iban: &str, amount: Money, text: &str) -> Option<String> {
    let one_line = |text: &str, most: usize| -> String {
        text.chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .take(most)
            .collect()
    };
    if !(1..=99_999_999_999).contains(&amount.amount_minor) {
        return None;
    }
    let lines = [
        "BCD".to_owned(),
        "002".to_owned(),
        "1".to_owned(),
        "SCT".to_owned(),
        bic.to_ascii_uppercase(),
        one_line(name, EPC_NAME_CHARS),
        iban.to_owned(),
        format!("EUR{}", amount.amount_text()),
        String::new(),
        String::new(),
        one_line(text, EPC_TEXT_CHARS),
    ];
    let joined = lines.join("\n");
    let joined = joined.trim_end_matches('\n').to_owned();
    (joined.len() <= EPC_BYTES && !name.is_empty()).then_some(joined)
}

/// ISO 13616: country, two check digits, up to 30 letters and digits; the whole is 1 modulo 97.
fn is_iban_valid(iban: &str) -> bool {
    let bytes = iban.as_bytes();
    if !(15..=34).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let (head, tail) = bytes.split_at(4);
    let shaped = matches!(head, [a, b, c, d] if a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_digit() && d.is_ascii_digit());
    let remainder = tail.iter().chain(head).fold(0_u32, |sum, byte| {
        if byte.is_ascii_digit() {
            (sum * 10 + u32::from(byte - b'0')) % 97
        } else {
            (sum * 100 + u32::from(byte.to_ascii_uppercase() - b'A') + 10) % 97
        }
    });
    shaped && remainder == 1
}

/// UPI linking specification (NPCI): `am` and `cu` are rupees only, `tn` the note.
fn upi(rest: &str, name: &str, amount: Money, text: &str) -> FilledLink {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut query = Query::parse(query);
    let is_rupees = amount.asset.code() == "INR";
    if is_rupees {
        query.set("am", &amount.amount_text());
        query.set("cu", "INR");
    }
    query.set_if_missing("pn", name);
    query.set_if_missing("tn", text);
    FilledLink {
        kind: LinkKind::Upi,
        link: format!("upi:{path}?{}", query.text()),
        amount_filled: is_rupees,
        epc: None,
    }
}

/// GNU Taler `taler://pay-template/…?amount=CUR:1.5&summary=…`. Only a currency that the template names is filled in.
fn taler(rest: &str, amount: Money, text: &str) -> FilledLink {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut query = Query::parse(query);
    let named = query
        .get("amount")
        .map(|named| named.split(':').next().unwrap_or_default().to_owned());
    let fits = path.trim_start_matches('/').starts_with("pay-template/")
        && named.is_none_or(|currency| currency.is_empty() || currency == amount.asset.code());
    if fits {
        query.set("amount", &format!("{}:{}", amount.asset.code(), amount.amount_text()));
        query.set_if_missing("summary", text);
    }
    let query = query.text();
    let link = if query.is_empty() {
        format!("taler:{path}")
    } else {
        format!("taler:{path}?{query}")
    };
    FilledLink {
        kind: LinkKind::Taler,
        link,
        amount_filled: fits,
        epc: None,
    }
}

/// A page is opened as it is; only PayPal.me documents an amount in its address (`paypal.me/name/12.30EUR`).
fn web(link: &str, amount: Money) -> Result<FilledLink, PayError> {
    let mut url = Url::parse(link).map_err(|_| PayError::BadLink { reason: "unreadable" })?;
    let host = url.host_str().unwrap_or_default().trim_start_matches("www.").to_owned();
    let segments = url
        .path_segments()
        .map_or(0, |parts| parts.filter(|part| !part.is_empty()).count());
    let mut amount_filled = false;
    let mut link = link.to_owned();
    if host == "paypal.me" && segments == 1 && !amount.asset.is_bitcoin() {
        let path = format!(
            "{}/{}{}",
            url.path().trim_end_matches('/'),
            amount.amount_text(),
            amount.asset.code()
        );
        url.set_path(&path);
        link = url.to_string();
        amount_filled = true;
    }
    Ok(FilledLink {
        kind: LinkKind::Web,
        link,
        amount_filled,
        epc: None,
    })
}

/// The hand-off links of a committed statement, for lines that are to be or were handed off.
///
/// # Errors
/// `no_statement`; `bad_link`.
pub fn hand_offs(vault: &Vault, statement_id: &str, text: &str) -> Result<Vec<HandOff>, PayError> {
    vault.read(|db| {
        let statement = read(db, statement_id)?;
        let lines = statement.lines.iter().filter(|line| is_hand_off(line));
        lines
            .filter_map(|line| link_of(db, &statement, line, text).transpose())
            .collect()
    })
}

/// Hands the committed lines without a rail to the person: from now on they count as handed off.
///
/// # Errors
/// `not_committed`. A line whose link cannot be filled in is carried, with the reason.
pub fn hand_off(vault: &Vault, statement_id: &str, text: &str, clock: &dyn Clock) -> Result<Vec<HandOff>, PayError> {
    let now = clock.now();
    vault.write(Scope("pay"), |tx| {
        let statement = read(tx, statement_id)?;
        if statement.state == StatementState::Draft {
            return Err(PayError::NotCommitted);
        }
        let mut given = Vec::new();
        for line in statement.lines.iter().filter(|line| is_hand_off(line)) {
            let link = match link_of(tx, &statement, line, text) {
                Ok(Some(link)) => Ok(link),
                Ok(None) => Err("no_method"),
                Err(PayError::BadLink { reason }) => Err(reason),
                Err(other) => return Err(other),
            };
            if line.state == LineState::Committed {
                let payee_id = line.payee_id().unwrap_or_default();
                let due = Money::new(line.line.due_minor, statement.budget.asset);
                let budget = &statement.budget_name;
                let (event, reason, account, kind) = match &link {
                    Ok(_) => (LineEvent::HandOff, "", format!("handed_off:{payee_id}"), "hand_off"),
                    Err(reason) => (
                        LineEvent::Carry,
                        *reason,
                        format!("carried:{budget}:{payee_id}"),
                        "release",
                    ),
                };
                let handed_off_minor = if link.is_ok() { due.amount_minor } else { 0 };
                let amounts = LineAmounts {
                    handed_off_minor,
                    ..LineAmounts::default()
                };
                move_line(tx, statement_id, line.line_no, event, amounts, reason)?;
                let entries = [
                    (format!("committed:{budget}:{payee_id}"), due.checked_neg()?),
                    (account, due),
                ];
                let reference = format!("{kind}:{}", line.commitment.as_deref().unwrap_or_default());
                post(tx, kind, &reference, statement_id, now, &entries)?;
                if let (Ok(_), Some(commitment)) = (&link, &line.commitment) {
                    note_sent(tx, commitment.as_str(), now)?;
                }
            }
            given.extend(link.ok());
        }
        Ok(given)
    })
}

fn is_hand_off(line: &StatementLine) -> bool {
    line.line.outcome == Outcome::HandOff && matches!(line.state, LineState::Committed | LineState::HandedOff)
}

fn link_of(
    db: &rusqlite::Connection,
    statement: &Statement,
    line: &StatementLine,
    text: &str,
) -> Result<Option<HandOff>, PayError> {
    let Some(payee_id) = line.payee_id() else {
        return Ok(None);
    };
    let amount = Money::new(line.line.due_minor, statement.budget.asset);
    let mut problem = None;
    for method in methods(db, payee_id, "used")? {
        match fill(&method, &line.line.name, amount, text) {
            Ok(Some(link)) => {
                return Ok(Some(HandOff {
                    line_no: line.line_no,
                    payee_id: payee_id.to_owned(),
                    name: line.line.name.clone(),
                    amount,
                    link,
                }));
            }
            Ok(None) => {}
            Err(error) => problem = Some(error),
        }
    }
    problem.map_or(Ok(None), Err)
}
