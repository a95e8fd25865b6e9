//! The rules and the month's split that follows from them, line by line with its reasons.

use crate::error::TekramError;
use crate::money::Money;
use crate::persona::Persona;

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

#[uniffi::export]
impl Persona {
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
}
