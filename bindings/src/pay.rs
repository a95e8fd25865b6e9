//! Payments: who can be paid, the month's split, promises, and what became of them.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use crate::error::TekramError;
use crate::gate::{caught, wait_here};
use crate::money::Money;
use crate::persona::Persona;
use crate::task::{Task, task};

/// One way a payee takes money.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum PaymentMethod {
    /// E-cash locked to the payee's key.
    Cashu {
        /// Mints in the payee's order of preference.
        mints: Vec<String>,
        /// Units accepted, as NUT-00 names them.
        units: Vec<String>,
    },
    /// A Lightning address.
    LightningAddress {
        /// `name@domain`.
        address: String,
    },
    /// A keysend destination, which nothing here can pay yet.
    Keysend {
        /// Node public key, hex.
        node: String,
    },
    /// A link on which the person finishes the payment.
    Link {
        /// The link as published.
        url: String,
    },
}

impl From<&tekram_agent::Method> for PaymentMethod {
    fn from(method: &tekram_agent::Method) -> Self {
        use tekram_agent::Method;
        match method {
            Method::Cashu(cashu) => Self::Cashu {
                mints: cashu.mints.clone(),
                units: cashu.units.clone(),
            },
            Method::LightningAddress { address } => Self::LightningAddress {
                address: address.clone(),
            },
            Method::Keysend { node, .. } => Self::Keysend { node: node.clone() },
            Method::Link { url } => Self::Link { url: url.clone() },
        }
    }
}

fn methods(methods: &[tekram_agent::Method]) -> Vec<PaymentMethod> {
    methods.iter().map(PaymentMethod::from).collect()
}

/// Where payment details came from.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Evidence {
    /// The address that answered.
    pub url: String,
    /// Which element of it.
    pub element: String,
    /// SHA-256 of the bytes received, hex.
    pub sha256: String,
    /// When.
    pub fetched_ms: i64,
}

/// Somebody who can be paid.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Payee {
    /// Id in this vault.
    pub payee: String,
    /// Name.
    pub name: String,
    /// What it is known by: `did:key:…`, `lnaddress:…`, `node:…`, `feed:…`.
    pub identity: String,
    /// Methods in use, best first.
    pub methods: Vec<PaymentMethod>,
    /// Whether new details wait for the person's confirmation.
    pub changed: bool,
    /// Keys of the sources that it is payable for.
    pub sources: Vec<String>,
    /// Where the details came from, oldest first.
    pub evidence: Vec<Evidence>,
}

impl From<tekram_agent::Payee> for Payee {
    fn from(payee: tekram_agent::Payee) -> Self {
        Self {
            methods: methods(&payee.methods),
            payee: payee.payee_id,
            name: payee.name,
            identity: payee.identity,
            changed: payee.changed,
            sources: payee.sources.into_iter().map(|payable| payable.source).collect(),
            evidence: payee
                .evidence
                .into_iter()
                .map(|evidence| Evidence {
                    url: evidence.url,
                    element: evidence.element,
                    sha256: evidence.sha256,
                    fetched_ms: evidence.fetched.millis(),
                })
                .collect(),
        }
    }
}

/// A recipient of a source and its split.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecipientShare {
    /// The payee's id in this vault.
    pub payee: String,
    /// Weight, or a percentage when `fee`.
    pub split: u64,
    /// A percentage off the top.
    pub fee: bool,
}

/// A change of payment details that waits for a look.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum PayeeChange {
    /// A payee published other payment details.
    Methods {
        /// Names exactly what is shown.
        id: String,
        /// Whose.
        payee: String,
        /// In use until confirmed.
        used: Vec<PaymentMethod>,
        /// Published now.
        held: Vec<PaymentMethod>,
    },
    /// A source names other recipients, or other splits.
    Recipients {
        /// Names exactly what is shown.
        id: String,
        /// Key of the source.
        source: String,
        /// Item GUID, empty for the whole source.
        item: String,
        /// In use until confirmed.
        used: Vec<RecipientShare>,
        /// Published now.
        held: Vec<RecipientShare>,
    },
}

fn shares(shares: Vec<tekram_agent::Share>) -> Vec<RecipientShare> {
    let shares = shares.into_iter().map(|share| RecipientShare {
        payee: share.payee_id,
        split: share.split,
        fee: share.fee,
    });
    shares.collect()
}

impl From<tekram_agent::ChangeView> for PayeeChange {
    fn from(view: tekram_agent::ChangeView) -> Self {
        use tekram_agent::HeldChange;
        match view.change {
            HeldChange::Methods { payee_id, used, held } => Self::Methods {
                id: view.id,
                payee: payee_id,
                used: methods(&used),
                held: methods(&held),
            },
            HeldChange::Recipients {
                source,
                item,
                used,
                held,
            } => Self::Recipients {
                id: view.id,
                source,
                item,
                used: shares(used),
                held: shares(held),
            },
        }
    }
}

/// What looking into one feed brought.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FeedLook {
    /// The feed's address.
    pub feed: String,
    /// Its title, when it answered.
    pub title: Option<String>,
    /// How many payees it names.
    pub payees: u32,
    /// Recipients and links that could not be read, as stable names.
    pub refused: Vec<String>,
    /// Whether something changed and waits for confirmation.
    pub held: bool,
    /// Why it told nothing: an error's name.
    pub problem: Option<String>,
}

impl From<&tekram_agent::FeedLook> for FeedLook {
    fn from(look: &tekram_agent::FeedLook) -> Self {
        let found = look.found.as_ref();
        Self {
            feed: look.feed.clone(),
            title: found.map(|found| found.title.clone()),
            payees: found.map_or(0, |found| u32::try_from(found.payees.len()).unwrap_or(u32::MAX)),
            refused: found.map(|found| found.refused.clone()).unwrap_or_default(),
            held: found.is_some_and(|found| found.held),
            problem: look.problem.map(str::to_owned),
        }
    }
}

task!(
    /// A look into feeds for who can be paid. Each feed is told as it is done.
    DiscoverTask,
    FeedLook,
    Vec<FeedLook>
);

/// What a share is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Weight {
    /// Media time heard.
    Seconds,
    /// Number of plays.
    Plays,
    /// The same for everything that was heard.
    Equal,
}

impl From<tekram_agent::Weight> for Weight {
    fn from(weight: tekram_agent::Weight) -> Self {
        match weight {
            tekram_agent::Weight::Seconds => Self::Seconds,
            tekram_agent::Weight::Plays => Self::Plays,
            tekram_agent::Weight::Equal => Self::Equal,
        }
    }
}

impl From<Weight> for tekram_agent::Weight {
    fn from(weight: Weight) -> Self {
        match weight {
            Weight::Seconds => Self::Seconds,
            Weight::Plays => Self::Plays,
            Weight::Equal => Self::Equal,
        }
    }
}

/// The rules in force.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Rules {
    /// How much a month.
    pub budget: Money,
    /// IANA time zone in which a month begins and ends.
    pub zone: String,
    /// What a share is measured by.
    pub weight: Weight,
    /// What is smaller than this is saved for later.
    pub minimum: Money,
    /// Factors of sources that count more or less.
    pub factors: Vec<SourceFactor>,
}

impl From<tekram_agent::Rules> for Rules {
    fn from(rules: tekram_agent::Rules) -> Self {
        Self {
            budget: rules.budget.into(),
            minimum: tekram_agent::Money::new(rules.minimum_minor, rules.budget.asset).into(),
            factors: rules
                .factors
                .into_iter()
                .map(|(source, permille)| SourceFactor { source, permille })
                .collect(),
            zone: rules.zone,
            weight: rules.weight.into(),
        }
    }
}

/// How much of a source's weight counts.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SourceFactor {
    /// Key of the source.
    pub source: String,
    /// In thousandths: 1000 is all of it, 0 leaves the source out.
    pub permille: u32,
}

/// What of the rules is to be changed; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct RulesChange {
    /// Budget of a month.
    pub budget: Option<Money>,
    /// Measure of a share.
    pub weight: Option<Weight>,
    /// Least amount that is sent.
    pub minimum: Option<Money>,
    /// IANA time zone.
    pub zone: Option<String>,
    /// Factors of sources; those of others stay.
    pub factors: Option<Vec<SourceFactor>>,
}

impl RulesChange {
    fn core(self) -> Result<tekram_agent::RulesChange, TekramError> {
        Ok(tekram_agent::RulesChange {
            budget: self.budget.as_ref().map(Money::core).transpose()?,
            weight: self.weight.map(Into::into),
            minimum: self.minimum.as_ref().map(Money::core).transpose()?,
            zone: self.zone,
            factors: self.factors.map(|factors| {
                factors
                    .into_iter()
                    .map(|factor| (factor.source, factor.permille))
                    .collect()
            }),
        })
    }
}

/// What is to become of a line's amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Outcome {
    /// Paid by this program.
    Pay,
    /// Handed to the person as a link or code.
    HandOff,
    /// Saved for the next month.
    Carry,
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LineState {
    /// Can still be remade.
    Draft,
    /// Promised; nothing has left.
    Committed,
    /// On its way.
    Paying,
    /// The payee has it.
    Paid,
    /// The person finishes it in another app. Not paid.
    HandedOff,
    /// Nobody can say yet what happened.
    Unknown,
    /// Ended without money leaving; saved for later.
    Failed,
    /// Came back; saved for later.
    Refunded,
    /// Saved for later.
    Carried,
}

impl From<tekram_agent::LineState> for LineState {
    fn from(state: tekram_agent::LineState) -> Self {
        use tekram_agent::LineState as Core;
        match state {
            Core::Draft => Self::Draft,
            Core::Committed => Self::Committed,
            Core::Paying => Self::Paying,
            Core::Paid => Self::Paid,
            Core::HandedOff => Self::HandedOff,
            Core::Unknown => Self::Unknown,
            Core::Failed => Self::Failed,
            Core::Refunded => Self::Refunded,
            Core::Carried => Self::Carried,
        }
    }
}

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum StatementState {
    /// Can be made again from new inputs.
    Draft,
    /// Confirmed by the person; never made again.
    Committed,
    /// Every line is at its end.
    Settled,
}

impl From<tekram_agent::StatementState> for StatementState {
    fn from(state: tekram_agent::StatementState) -> Self {
        use tekram_agent::StatementState as Core;
        match state {
            Core::Draft => Self::Draft,
            Core::Committed => Self::Committed,
            Core::Settled => Self::Settled,
        }
    }
}

/// One source's part in a payee's share: the calculation.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Contribution {
    /// Key of the source.
    pub source: String,
    /// The source's name.
    pub name: String,
    /// Media time heard.
    pub played_ms: u64,
    /// Plays.
    pub plays: u64,
    /// What the source weighs under the rules.
    pub weight: u64,
    /// The source's whole part of the budget, minor units.
    pub source_minor: i64,
    /// The payee's split, or percent when `fee`.
    pub split: u64,
    /// All splits of the source, 100 when `fee`.
    pub split_total: u64,
    /// Taken off the top as a percentage.
    pub fee: bool,
    /// This source's part for this payee, minor units.
    pub amount_minor: i64,
}

/// A line of the month's split, with every number that it was made from.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StatementLine {
    /// Position, from 0.
    pub line_no: i64,
    /// The payee's id; nothing for what waits because nobody payable is known.
    pub payee: Option<String>,
    /// Name.
    pub name: String,
    /// Part of this month's budget, minor units.
    pub share_minor: i64,
    /// Brought in from earlier months, minor units.
    pub carry_in_minor: i64,
    /// Both together, minor units.
    pub amount_minor: i64,
    /// What leaves this month, minor units.
    pub due_minor: i64,
    /// What is saved for the next month, minor units.
    pub carry_out_minor: i64,
    /// What is to become of it.
    pub outcome: Outcome,
    /// Why it is carried, a stable name.
    pub reason: Option<String>,
    /// Media time behind the line.
    pub played_ms: u64,
    /// Plays behind the line.
    pub plays: u64,
    /// Weight behind the line under the rules.
    pub weight: u64,
    /// Weight of everything in the statement.
    pub weight_total: u64,
    /// How many sources stand behind it.
    pub sources: u64,
    /// The calculation by source.
    pub because: Vec<Contribution>,
    /// Where it stands.
    pub state: LineState,
    /// Why it stands there, a stable name; empty when there is nothing to say.
    pub state_reason: String,
    /// Arrived at the payee, minor units.
    pub paid_minor: i64,
    /// Handed to the person to finish, minor units.
    pub handed_off_minor: i64,
    /// Fees of both sides, minor units.
    pub fees_minor: i64,
    /// On its way without evidence yet, minor units.
    pub in_flight_minor: i64,
    /// Record id of its promise, once confirmed.
    pub commitment: Option<String>,
}

impl From<tekram_agent::StatementLine> for StatementLine {
    fn from(kept: tekram_agent::StatementLine) -> Self {
        let payee = kept.payee_id().map(str::to_owned);
        let line = kept.line;
        let because = line.because.into_iter().map(|part| Contribution {
            source: part.source,
            name: part.name,
            played_ms: part.played_ms,
            plays: part.plays,
            weight: part.weight,
            source_minor: part.source_minor,
            split: part.split,
            split_total: part.split_total,
            fee: part.fee,
            amount_minor: part.amount_minor,
        });
        Self {
            line_no: kept.line_no,
            payee,
            because: because.collect(),
            name: line.name,
            share_minor: line.share_minor,
            carry_in_minor: line.carry_in_minor,
            amount_minor: line.amount_minor,
            due_minor: line.due_minor,
            carry_out_minor: line.carry_out_minor,
            outcome: match line.outcome {
                tekram_agent::Outcome::Pay => Outcome::Pay,
                tekram_agent::Outcome::HandOff => Outcome::HandOff,
                tekram_agent::Outcome::Carry => Outcome::Carry,
            },
            reason: line.reason.map(|reason| reason.name().to_owned()),
            played_ms: line.played_ms,
            plays: line.plays,
            weight: line.weight,
            weight_total: line.weight_total,
            sources: line.sources,
            state: kept.state.into(),
            state_reason: kept.state_reason,
            paid_minor: kept.paid_minor,
            handed_off_minor: kept.handed_off_minor,
            fees_minor: kept.fees_minor,
            in_flight_minor: kept.in_flight_minor,
            commitment: kept.commitment,
        }
    }
}

/// What has become of a statement, in minor units of its budget.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StatementSummary {
    /// Arrived at payees.
    pub paid_minor: i64,
    /// Handed to the person to finish in another app.
    pub handed_off_minor: i64,
    /// Everything that has not left for good.
    pub carried_minor: i64,
    /// Fees of both sides.
    pub fees_minor: i64,
    /// The part of `carried_minor` that is on its way.
    pub in_flight_minor: i64,
    /// What can be paid or handed off today.
    pub payable_minor: i64,
}

impl From<tekram_agent::StatementSummary> for StatementSummary {
    fn from(summary: tekram_agent::StatementSummary) -> Self {
        Self {
            paid_minor: summary.paid_minor,
            handed_off_minor: summary.handed_off_minor,
            carried_minor: summary.carried_minor,
            fees_minor: summary.fees_minor,
            in_flight_minor: summary.in_flight_minor,
            payable_minor: summary.payable_minor,
        }
    }
}

/// A month's split.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Statement {
    /// Month, as `2026-10`.
    pub month: String,
    /// Zone in which it begins and ends.
    pub zone: String,
    /// The month's budget.
    pub budget: Money,
    /// Budget plus what was carried in: what the lines add up to.
    pub total: Money,
    /// Where it stands.
    pub state: StatementState,
    /// Its lines, payees by amount, what waits last.
    pub lines: Vec<StatementLine>,
    /// What has become of it.
    pub summary: StatementSummary,
}

impl From<tekram_agent::Statement> for Statement {
    fn from(statement: tekram_agent::Statement) -> Self {
        Self {
            summary: statement.summary().into(),
            month: statement.period.month_text(),
            zone: statement.period.zone().to_owned(),
            budget: statement.budget.into(),
            total: tekram_agent::Money::new(statement.total_minor, statement.budget.asset).into(),
            state: statement.state.into(),
            lines: statement.lines.into_iter().map(StatementLine::from).collect(),
        }
    }
}

/// A month's split as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StatementRow {
    /// Month, as `2026-10`.
    pub month: String,
    /// The month's budget.
    pub budget: Money,
    /// Budget plus what was carried in.
    pub total: Money,
    /// Where it stands.
    pub state: StatementState,
    /// What has become of it.
    pub summary: StatementSummary,
}

/// Something that was heard in a month, whether or not it gets a share: what a factor can be set for.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MonthSource {
    /// Key of the source.
    pub source: String,
    /// Its name.
    pub name: String,
    /// Media time heard.
    pub played_ms: u64,
    /// Plays.
    pub plays: u64,
    /// The rules' factor, in thousandths.
    pub permille: u32,
}

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
    /// Looks for payees in the feeds of what was heard and of the subscriptions, or only in the given ones.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`; a feed that fails does not stop the others.
    pub fn discover(&self, feeds: Vec<String>) -> Result<Arc<DiscoverTask>, TekramError> {
        let (core, stop) = self.begin_online()?;
        let task = Task::each(stop, move |stop, tell| {
            let told = |look: &tekram_agent::FeedLook| tell.tell(FeedLook::from(look));
            wait_here(stop, async {
                let looks = core.discover(&feeds, &told).await?;
                Ok(looks.iter().map(FeedLook::from).collect())
            })
        })?;
        Ok(Arc::new(DiscoverTask(task)))
    }

    /// Those who can be paid, how, and the evidence for it.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn payees(&self) -> Result<Vec<Payee>, TekramError> {
        self.with(|core| Ok(core.payees()?.into_iter().map(Payee::from).collect()))
    }

    /// Payment details that changed and wait for a look.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn changes(&self) -> Result<Vec<PayeeChange>, TekramError> {
        self.with(|core| Ok(core.changes()?.into_iter().map(PayeeChange::from).collect()))
    }

    /// Takes a change into use, or drops it.
    ///
    /// # Errors
    /// `no_such_change` when nothing with exactly that content waits any more, `locked`, `closed`, the vault's errors.
    pub fn decide_change(&self, id: String, take: bool) -> Result<(), TekramError> {
        self.with(|core| Ok(core.decide_change(&id, take)?))
    }

    /// The rules in force, if any were set.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn rules(&self) -> Result<Option<Rules>, TekramError> {
        self.with(|core| Ok(core.rules()?.map(Rules::from)))
    }

    /// Changes the rules; what is not named stays.
    ///
    /// # Errors
    /// `no_budget`, `zero_budget`, `negative_budget`, `bad_setting`, `unknown_asset`, `locked`, `closed`, the vault's errors.
    pub fn change_rules(&self, change: RulesChange) -> Result<Rules, TekramError> {
        self.with(|core| Ok(core.change_rules(change.core()?)?.into()))
    }

    /// Makes a month's statement from the log and the rules, or returns the one that is confirmed already; the newest month
    /// when none is named.
    ///
    /// # Errors
    /// `empty_log`, `empty_month`, `month_in_future`, `no_rules`, `locked`, `closed`, the vault's errors.
    pub async fn statement(&self, month: Option<String>) -> Result<Statement, TekramError> {
        self.beside(move |core| Ok(core.statement(month.as_deref())?.into()))
            .await
    }

    /// What the month's statement would be if the rules were changed like this. Nothing is stored, so a slider can ask with
    /// every move. Of a month that is confirmed it is the confirmed one.
    ///
    /// # Errors
    /// As [`Persona::statement`] and [`Persona::change_rules`].
    pub async fn preview_statement(
        &self,
        month: Option<String>,
        change: RulesChange,
    ) -> Result<Statement, TekramError> {
        self.beside(move |core| Ok(core.preview_statement(month.as_deref(), &change.core()?)?.into()))
            .await
    }

    /// Everything that was heard in a month, by source, longest first, with the factors in force.
    ///
    /// # Errors
    /// `empty_log`, `month_in_future`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn month_sources(&self, month: Option<String>) -> Result<Vec<MonthSource>, TekramError> {
        self.beside(move |core| {
            let sources = core
                .month_sources(month.as_deref())?
                .into_iter()
                .map(|source| MonthSource {
                    source: source.source,
                    name: source.name,
                    played_ms: source.played_ms,
                    plays: source.plays,
                    permille: source.factor,
                });
            Ok(sources.collect())
        })
        .await
    }

    /// All statements, newest month first.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn statements(&self) -> Result<Vec<StatementRow>, TekramError> {
        self.with(|core| {
            let rows = core.statements()?.into_iter().map(|statement| StatementRow {
                month: statement.period.month_text(),
                summary: statement.summary().into(),
                state: statement.state.into(),
                total: tekram_agent::Money::new(statement.total_minor, statement.budget.asset).into(),
                budget: statement.budget.into(),
            });
            Ok(rows.collect())
        })
    }

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

/// A QR code with its quiet zone, row by row.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct QrCode {
    /// Modules on each side.
    pub side: u32,
    /// One byte for each module: 1 is dark.
    pub modules: Vec<u8>,
}

/// The QR code of a text.
///
/// # Errors
/// `qr_too_long`.
#[uniffi::export]
pub fn qr_code(text: String) -> Result<QrCode, TekramError> {
    caught(|| {
        let rows = tekram_agent::qr_modules(&text).map_err(tekram_agent::AgentError::Pay)?;
        Ok(QrCode {
            side: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            modules: rows.into_iter().flatten().map(u8::from).collect(),
        })
    })
}
