//! What happened, in the numbers that the last line of `--json` gives, and what must be true of them.

use serde::Serialize;

/// The run in numbers. Amounts are minor units of the budget's currency.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Facts {
    /// Listens taken into the log by this run.
    pub listens_accepted: i64,
    /// Lines of the exports that could not be used.
    pub lines_refused: i64,
    /// Lines that the log had already.
    pub duplicates: i64,
    /// Sum of the statement's lines.
    pub statement_total_minor: i64,
    /// What the person set aside for the month.
    pub budget_minor: i64,
    /// What payees can redeem or have redeemed, by evidence.
    pub paid_minor: i64,
    /// What the person finishes in another app.
    pub handed_off_minor: i64,
    /// What is saved for later.
    pub carried_minor: i64,
    /// What the mint took.
    pub fees_minor: i64,
    /// Sum of all ledger entries: zero.
    pub ledger_sum_minor: i64,
    /// Sealed offers that came.
    pub offers: i64,
    /// Record id of the accepted offer.
    pub accepted: Option<String>,
    /// Whether both sides keep the same bytes of the agreement.
    pub agreement_bytes_equal: bool,
    /// What the desks say they redeemed.
    pub payee_redeemed_minor: i64,
    /// How long the run took.
    pub seconds: f64,
}

impl Facts {
    /// What does not add up, in sentences; empty when all is well.
    pub fn contradictions(&self) -> Vec<String> {
        let mut found = Vec::new();
        let parts = self.paid_minor + self.handed_off_minor + self.carried_minor + self.fees_minor;
        if parts != self.statement_total_minor {
            found.push(format!(
                "paid, handed off, carried and fees are {parts} together; the statement's total is {}",
                self.statement_total_minor
            ));
        }
        // It may be more: what earlier months saved for later is in it.
        if self.statement_total_minor < self.budget_minor {
            found.push(format!(
                "the statement adds up to {}, less than the budget",
                self.statement_total_minor
            ));
        }
        if self.ledger_sum_minor != 0 {
            found.push(format!("the ledger adds up to {}, not to zero", self.ledger_sum_minor));
        }
        if self.payee_redeemed_minor != self.paid_minor {
            found.push(format!(
                "the payees redeemed {}, and {} counts as paid",
                self.payee_redeemed_minor, self.paid_minor
            ));
        }
        if self.accepted.is_some() && !self.agreement_bytes_equal {
            found.push("the two sides keep different bytes of the agreement".to_owned());
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_that_do_not_add_up_are_named() {
        let sound = Facts {
            statement_total_minor: 1000,
            budget_minor: 1000,
            paid_minor: 600,
            handed_off_minor: 300,
            carried_minor: 90,
            fees_minor: 10,
            payee_redeemed_minor: 600,
            ..Facts::default()
        };
        assert_eq!(sound.contradictions(), Vec::<String>::new());
        let short = Facts {
            carried_minor: 89,
            ..sound.clone()
        };
        assert_eq!(short.contradictions().len(), 1);
        let unbalanced = Facts {
            ledger_sum_minor: -1,
            payee_redeemed_minor: 601,
            ..sound
        };
        assert_eq!(unbalanced.contradictions().len(), 2);
    }
}
