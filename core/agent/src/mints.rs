//! Which mints' e-cash is paid with: those that payees of a statement take, and who takes which.

use std::collections::BTreeMap;

use serde::Serialize;
use tekram_pay::method::{Method, RailKind};
use tekram_pay::payee::Payee;
use tekram_pay::statement::{Statement, StatementLine};
use tekram_primitives::money::Money;

use crate::error::AgentError;
use crate::persona::Persona;

/// A mint, and who of a statement takes its e-cash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MintTakers {
    /// The mint's address.
    pub mint: String,
    /// Those who take it, by name.
    pub takers: Vec<MintTaker>,
}

/// A payee of a statement who takes a mint's e-cash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MintTaker {
    /// Id of the payee in this vault.
    pub payee_id: String,
    /// Its name.
    pub name: String,
    /// What the statement has for it.
    pub due: Money,
}

impl Persona {
    /// The mints to pay with: the person's choice alone, or all that payees of the statement take, the most taken first.
    pub(crate) fn mints_for(&self, chosen: Option<&str>, statement: &Statement) -> Result<Vec<String>, AgentError> {
        let payees = self.payees_of(statement)?;
        mints_by_takers(payees.iter().flat_map(cashu_mints), chosen)
    }

    /// The payees of a statement.
    fn payees_of(&self, statement: &Statement) -> Result<Vec<Payee>, AgentError> {
        let in_statement = |payee: &Payee| {
            statement
                .lines
                .iter()
                .any(|line| line.payee_id() == Some(&payee.payee_id))
        };
        let mut payees = self.payees()?;
        payees.retain(in_statement);
        Ok(payees)
    }

    /// The mints whose e-cash payees of a month's statement take, the most taken first, with who takes which. Empty when
    /// e-cash is switched off.
    ///
    /// # Errors
    /// `no_such_statement`, the vault's errors.
    pub fn mints(&self, month: &str) -> Result<Vec<MintTakers>, AgentError> {
        let statement = self.statement_of(Some(month))?;
        if self.rails_off.contains(&RailKind::Cashu) {
            return Ok(Vec::new());
        }
        let payees = self.payees_of(&statement)?;
        let taker = |payee: &Payee| MintTaker {
            payee_id: payee.payee_id.clone(),
            name: payee.name.clone(),
            due: Money::new(due_minor(&statement, &payee.payee_id), statement.budget.asset),
        };
        Ok(mints_by_takers(payees.iter().flat_map(cashu_mints), None)?
            .into_iter()
            .map(|mint| MintTakers {
                takers: payees
                    .iter()
                    .filter(|payee| cashu_mints(payee).flatten().any(|known| plain_mint(known) == mint))
                    .map(taker)
                    .collect(),
                mint,
            })
            .collect())
    }
}

/// The mints in the order in which they are used. Of equally taken ones the first by name, so that a second run chooses
/// the same. A chosen mint must be taken by somebody, unless nobody takes e-cash at all.
fn mints_by_takers<'a>(
    taken: impl Iterator<Item = &'a [String]>,
    chosen: Option<&str>,
) -> Result<Vec<String>, AgentError> {
    let mut takers: BTreeMap<&str, usize> = BTreeMap::new();
    for mint in taken.flatten() {
        *takers.entry(plain_mint(mint)).or_default() += 1;
    }
    if let Some(chosen) = chosen {
        let known = takers.is_empty() || takers.contains_key(plain_mint(chosen));
        return if known {
            Ok(vec![chosen.to_owned()])
        } else {
            Err(AgentError::MintNotTaken)
        };
    }
    let mut mints: Vec<(&str, usize)> = takers.into_iter().collect();
    mints.sort_by(|(a, a_takers), (b, b_takers)| b_takers.cmp(a_takers).then(a.cmp(b)));
    Ok(mints.into_iter().map(|(mint, _)| mint.to_owned()).collect())
}

/// The mints that a payee names, for each of its e-cash methods.
fn cashu_mints(payee: &Payee) -> impl Iterator<Item = &[String]> {
    payee.methods.iter().filter_map(|method| match method {
        Method::Cashu(cashu) => Some(cashu.mints.as_slice()),
        _ => None,
    })
}

/// What a statement has for one payee, minor units.
fn due_minor(statement: &Statement, payee_id: &str) -> i64 {
    let own = |line: &&StatementLine| line.payee_id() == Some(payee_id);
    statement.lines.iter().filter(own).map(|line| line.line.due_minor).sum()
}

/// A mint's address as it is compared: without the slashes at its end.
fn plain_mint(mint: &str) -> &str {
    mint.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mints(taken: &[&[&str]], chosen: Option<&str>) -> Result<Vec<String>, &'static str> {
        let taken: Vec<Vec<String>> = taken
            .iter()
            .map(|mints| mints.iter().map(|mint| (*mint).to_owned()).collect())
            .collect();
        mints_by_takers(taken.iter().map(Vec::as_slice), chosen).map_err(|error| error.code())
    }

    #[test]
    fn every_mint_that_somebody_takes_is_used_the_most_taken_first() {
        let taken: [&[&str]; 3] = [
            &["https://b.example"],
            &["https://a.example", "https://b.example/"],
            &["https://c.example"],
        ];
        let expected = ["https://b.example", "https://a.example", "https://c.example"]
            .map(str::to_owned)
            .to_vec();
        assert_eq!(mints(&taken, None), Ok(expected));
        assert_eq!(mints(&[], None), Ok(Vec::new()));
    }

    #[test]
    fn a_chosen_mint_is_used_alone_and_only_if_somebody_takes_it() {
        let taken: [&[&str]; 2] = [&["https://a.example"], &["https://b.example"]];
        assert_eq!(
            mints(&taken, Some("https://b.example/")),
            Ok(vec!["https://b.example/".to_owned()])
        );
        assert_eq!(mints(&taken, Some("https://c.example")), Err("mint_not_taken"));
    }
}
