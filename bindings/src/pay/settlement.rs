//! Meeting what was promised: mints, progress, links to finish by hand, receipts and the account book.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use super::{Statement, StatementSummary};
use crate::error::TekramError;
use crate::gate::wait_here;
use crate::money::Money;
use crate::persona::Persona;
use crate::task::{Task, task};

/// A payee of a statement who takes a mint's e-cash.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MintTaker {
    /// Id of the payee in this vault.
    pub payee: String,
    /// Its name.
    pub name: String,
    /// What the statement has for it.
    pub due: Money,
}

/// A mint, and who of a statement takes its e-cash.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MintTakers {
    /// The mint's address.
    pub mint: String,
    /// Those who take it.
    pub takers: Vec<MintTaker>,
}

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LinkKind {
    /// `payto:`.
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

/// A payment that the person finishes in another app.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HandOff {
    /// The statement's line.
    pub line_no: i64,
    /// The payee's id.
    pub payee: String,
    /// The payee's name.
    pub name: String,
    /// How much.
    pub amount: Money,
    /// What the link opens.
    pub kind: LinkKind,
    /// The link.
    pub link: String,
    /// Whether the amount is in the link; otherwise the person types it.
    pub amount_filled: bool,
    /// What to draw as a QR code for banking apps (EPC069-12), when it is a transfer in euro.
    pub epc: Option<String>,
}

impl From<tekram_agent::HandOff> for HandOff {
    fn from(hand_off: tekram_agent::HandOff) -> Self {
        use tekram_agent::LinkKind as Core;
        Self {
            line_no: hand_off.line_no,
            payee: hand_off.payee_id,
            name: hand_off.name,
            amount: hand_off.amount.into(),
            kind: match hand_off.link.kind {
                Core::Payto => LinkKind::Payto,
                Core::Upi => LinkKind::Upi,
                Core::Taler => LinkKind::Taler,
                Core::Lightning => LinkKind::Lightning,
                Core::Web => LinkKind::Web,
            },
            link: hand_off.link.link,
            amount_filled: hand_off.link.amount_filled,
            epc: hand_off.link.epc,
        }
    }
}

/// One thing that happened while paying, told after it was written.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum SettleProgress {
    /// Lines were planned on one rail.
    Planned {
        /// The rail's name.
        rail: String,
        /// How many lines.
        lines: u32,
        /// What the wallet must hold for them.
        amount: Money,
    },
    /// A line cannot be paid now; it is carried, or tried again another time.
    NotPlanned {
        /// The line.
        line_no: i64,
        /// Stable name of the reason.
        reason: String,
        /// Carried for good.
        carried: bool,
    },
    /// The person has to pay this invoice to fund the plan.
    TopUpNeeded {
        /// The rail's name.
        rail: String,
        /// BOLT11 invoice.
        invoice: String,
        /// What arrives in the wallet.
        amount: Money,
        /// When the invoice expires, if known.
        expires_ms: Option<i64>,
    },
    /// The plan's wallet is funded.
    Funded {
        /// The rail's name.
        rail: String,
        /// What the top-up added.
        topped_up: Money,
    },
    /// The next effect is this payment.
    Begun {
        /// The line.
        line_no: i64,
    },
    /// Money is locked to the payee; not delivered yet.
    Locked {
        /// The line.
        line_no: i64,
        /// What the payee can redeem.
        net: Money,
        /// Fees of both sides.
        fees: Money,
    },
    /// On its way to the payee.
    Delivered {
        /// The line.
        line_no: i64,
    },
    /// The payee has it.
    Paid {
        /// The line.
        line_no: i64,
    },
    /// Something did not work this time and will be continued: nothing is lost.
    Delayed {
        /// The line.
        line_no: i64,
        /// Stable name of the reason.
        reason: String,
    },
    /// Nobody can say yet what happened.
    Unknown {
        /// The line.
        line_no: i64,
        /// Stable name of the reason.
        reason: String,
    },
    /// Refused for good; the amount is carried.
    Failed {
        /// The line.
        line_no: i64,
        /// Stable name of the reason.
        reason: String,
    },
    /// Came back; the amount is carried.
    Refunded {
        /// The line.
        line_no: i64,
    },
    /// The person finishes it.
    HandedOff {
        /// The link.
        hand_off: HandOff,
    },
}

impl From<&tekram_agent::SettleProgress> for SettleProgress {
    fn from(progress: &tekram_agent::SettleProgress) -> Self {
        use tekram_agent::SettleProgress as Core;
        match progress.clone() {
            Core::Planned { rail, lines, amount } => Self::Planned {
                rail,
                lines: u32::try_from(lines).unwrap_or(u32::MAX),
                amount: amount.into(),
            },
            Core::NotPlanned {
                line_no,
                reason,
                carried,
            } => Self::NotPlanned {
                line_no,
                reason,
                carried,
            },
            Core::TopUpNeeded {
                rail,
                invoice,
                amount,
                expires,
            } => Self::TopUpNeeded {
                rail,
                invoice,
                amount: amount.into(),
                expires_ms: expires.map(|expires| expires.millis()),
            },
            Core::Funded { rail, topped_up } => Self::Funded {
                rail,
                topped_up: topped_up.into(),
            },
            Core::Begun { line_no } => Self::Begun { line_no },
            Core::Locked { line_no, net, fees } => Self::Locked {
                line_no,
                net: net.into(),
                fees: fees.into(),
            },
            Core::Delivered { line_no } => Self::Delivered { line_no },
            Core::Paid { line_no } => Self::Paid { line_no },
            Core::Delayed { line_no, reason } => Self::Delayed { line_no, reason },
            Core::Unknown { line_no, reason } => Self::Unknown { line_no, reason },
            Core::Failed { line_no, reason } => Self::Failed { line_no, reason },
            Core::Refunded { line_no } => Self::Refunded { line_no },
            Core::HandedOff { hand_off } => Self::HandedOff {
                hand_off: hand_off.into(),
            },
        }
    }
}

/// Why paying ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SettleEnd {
    /// Everything that could be done was done.
    Done,
    /// It was stopped; what was begun is continued by the next run.
    Stopped,
    /// The top-up was not paid in time; the next run goes on waiting for the same invoice.
    TopUpNotPaid,
}

/// How paying ended.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SettleReport {
    /// Why it ended.
    pub ended: SettleEnd,
    /// Where the statement stands.
    pub summary: StatementSummary,
}

task!(
    /// Meeting the promises of a month. Every step is told. Cancelled, what was begun is continued by the next run.
    SettleTask,
    SettleProgress,
    SettleReport
);

/// Evidence that a promise was met.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Receipt {
    /// Record id of the promise.
    pub commitment: String,
    /// Whether the payee sent a signed receipt.
    pub signed: bool,
    /// What the rail says, when it was asked.
    pub rail_evidence: Option<String>,
    /// When the first of the two came.
    pub received_ms: i64,
}

/// A balance of the account book.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Balance {
    /// The account's name.
    pub account: String,
    /// Its balance.
    pub balance: Money,
}

/// The account book.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Ledger {
    /// Balances by account.
    pub balances: Vec<Balance>,
    /// The sum of everything, which is zero.
    pub sum_minor: i64,
}

#[uniffi::export]
impl Persona {
    /// The mints whose e-cash payees of a month's statement take, the most taken first.
    ///
    /// # Errors
    /// `no_such_statement`, `locked`, `closed`, the vault's errors.
    pub fn mints(&self, month: String) -> Result<Vec<MintTakers>, TekramError> {
        self.with(|core| {
            let mints = core.mints(&month)?.into_iter().map(|mint| MintTakers {
                mint: mint.mint,
                takers: mint
                    .takers
                    .into_iter()
                    .map(|taker| MintTaker {
                        payee: taker.payee_id,
                        name: taker.name,
                        due: taker.due.into(),
                    })
                    .collect(),
            });
            Ok(mints.collect())
        })
    }

    /// Promises the amounts of a month's statement: one signed record for each line that can be paid.
    ///
    /// # Errors
    /// `no_such_statement`, `draft_outdated`, `locked`, `closed`, the vault's errors.
    pub async fn commit(&self, month: String) -> Result<Statement, TekramError> {
        self.beside(move |core| Ok(core.commit(&month)?.into())).await
    }

    /// Meets the promises of a month as far as it goes now, and waits at most `wait_ms` for the payees' receipts. Called
    /// again it continues; nothing is paid twice.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`; the task's end says `no_such_statement`, `not_committed`, `mint_not_taken`,
    /// `bad_mint_url`, `settlement_running`, the vault's errors.
    pub fn settle(&self, month: String, mint: Option<String>, wait_ms: u64) -> Result<Arc<SettleTask>, TekramError> {
        let (core, stop) = self.begin_online()?;
        let task = Task::each(stop, move |stop, tell| {
            let mut told = |progress: &tekram_agent::SettleProgress| {
                tell.tell(SettleProgress::from(progress));
                match stop.why() {
                    Some(_) => ControlFlow::Break(()),
                    None => ControlFlow::Continue(()),
                }
            };
            wait_here(stop, async {
                let wait = Duration::from_millis(wait_ms);
                let report = core.settle(&month, mint.as_deref(), wait, &mut told).await?;
                Ok(SettleReport {
                    ended: match report.ended {
                        tekram_agent::Ended::Done => SettleEnd::Done,
                        tekram_agent::Ended::Stopped => SettleEnd::Stopped,
                        tekram_agent::Ended::TopUpNotPaid => SettleEnd::TopUpNotPaid,
                    },
                    summary: report.summary.into(),
                })
            })
        })?;
        Ok(Arc::new(SettleTask(task)))
    }

    /// The links on which the person finishes what this program cannot pay.
    ///
    /// # Errors
    /// `no_such_statement`, `locked`, `closed`, the vault's errors.
    pub fn hand_offs(&self, month: String) -> Result<Vec<HandOff>, TekramError> {
        self.with(|core| {
            let statement = core.statement_of(Some(&month))?;
            Ok(core.hand_offs(&statement)?.into_iter().map(HandOff::from).collect())
        })
    }

    /// The receipts of a month.
    ///
    /// # Errors
    /// `no_such_statement`, `locked`, `closed`, the vault's errors.
    pub fn receipts(&self, month: String) -> Result<Vec<Receipt>, TekramError> {
        self.with(|core| {
            let statement = core.statement_of(Some(&month))?;
            let receipts = core.receipts(&statement)?.into_iter().map(|receipt| Receipt {
                commitment: receipt.commitment,
                signed: receipt.record.is_some(),
                rail_evidence: receipt.rail_evidence,
                received_ms: receipt.received.millis(),
            });
            Ok(receipts.collect())
        })
    }

    /// The account book.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn ledger(&self) -> Result<Ledger, TekramError> {
        self.with(|core| {
            let (balances, sum_minor) = core.ledger()?;
            let balances = balances.into_iter().map(|balance| Balance {
                account: balance.account,
                balance: balance.balance.into(),
            });
            Ok(Ledger {
                balances: balances.collect(),
                sum_minor,
            })
        })
    }

    /// E-cash on hand at a mint, by unit.
    ///
    /// # Errors
    /// `bad_mint_url`, `offline`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn wallet(&self, mint: String) -> Result<Vec<Money>, TekramError> {
        self.waiting(move |core| async move { Ok(core.wallet(&mint).await?.into_iter().map(Money::from).collect()) })
            .await
    }
}
