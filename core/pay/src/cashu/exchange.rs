//! Brings an exchange that is written down to its end: asks the mint, checks every signature, and books the result in
//! one transaction. It can be interrupted anywhere and asked again: the same request is sent again, and when the mint
//! says that it has been used, its signatures are read back (NUT-09). An exchange is given up only when the mint says,
//! by NUT-07 and NUT-09, that it did not happen.

use std::collections::BTreeMap;
use std::sync::Arc;

use cdk::wallet::MintConnector;
use cdk_common::dhke::construct_proofs;
use cdk_common::mint_url::MintUrl;
use cdk_common::nuts::{
    BlindSignature, CheckStateRequest, CurrencyUnit, MintQuoteState, MintRequest, PaymentMethod, Proof, PublicKey,
    RestoreRequest, State, SwapRequest, Token,
};
use cdk_common::wallet::{MintQuote, ProofInfo};

use super::error::CashuError;
use super::store::exchanges::{self, Exchange, Output, Purpose, Stage};
use super::store::{VaultWalletStore, locks, proofs, quotes};
use super::transport::WayFailure;

/// Carries out exchanges with one mint in one unit.
#[derive(Clone, Debug)]
pub(super) struct Exchanger {
    pub store: VaultWalletStore,
    pub wallet: cdk::Wallet,
    pub mint: Arc<dyn MintConnector + Send + Sync>,
    pub mint_url: MintUrl,
    pub unit: CurrencyUnit,
}

impl Exchanger {
    /// Brings a prepared exchange to its end. `first` says that the mint was never asked for it before: then a failure
    /// to connect proves that nothing happened, and the exchange is given up.
    ///
    /// # Errors
    /// [`CashuError::OutcomeUnknown`] and [`CashuError::MintUnreadable`] leave it prepared, to be asked again, as does
    /// [`CashuError::MintLied`]. The others give it up, except for a top-up, whose money is at the mint.
    pub(super) async fn settle(&self, exchange: &Exchange, first: bool) -> Result<(), CashuError> {
        if exchange.stage != Stage::Prepared {
            return Ok(());
        }
        match self.ask(exchange).await? {
            Ok(signatures) => self.finish(exchange, signatures).await,
            Err(error) => match WayFailure::read(&error) {
                Some(WayFailure::NotSent(reason)) if first && exchange.purpose != Purpose::TopUp => {
                    self.give_up(exchange, "not_sent", Vec::new()).await?;
                    Err(CashuError::MintUnreachable {
                        mint: self.mint_url.to_string(),
                        reason,
                    })
                }
                Some(failure) => Err(self.way_error(failure, true)),
                None => self.reconcile(exchange, &error).await,
            },
        }
    }

    /// Asks the mint for the exchange's signatures. The outer error is this side's, the inner one the mint's or the way's.
    async fn ask(&self, exchange: &Exchange) -> Result<Result<Vec<BlindSignature>, cdk::Error>, CashuError> {
        let outputs = blinded(exchange)?;
        if exchange.purpose != Purpose::TopUp {
            let request = SwapRequest::new(exchange.inputs.clone(), outputs);
            return Ok(self.mint.post_swap(request).await.map(|response| response.signatures));
        }
        let quote_id = exchange.subject.clone();
        let quote: MintQuote = self
            .store
            .read(move |conn| Ok::<_, CashuError>(quotes::get(conn, &quote_id)?))
            .await?
            .ok_or(CashuError::QuoteUnknown)?;
        let mut request = MintRequest {
            quote: quote.id.clone(),
            outputs,
            signature: None,
        };
        let Some(key) = quote.secret_key else {
            return Ok(self.mint_for(request).await);
        };
        request.sign(&key).map_err(|_| CashuError::BadKey)?;
        match self.mint_for(request.clone()).await {
            // Mints before NUT-20's domain separation want the older message signed; Nutshell 0.19 is one.
            Err(cdk::Error::SignatureMissingOrInvalid) => {
                request.sign_legacy(key).map_err(|_| CashuError::BadKey)?;
                Ok(self.mint_for(request).await)
            }
            answer => Ok(answer),
        }
    }

    async fn mint_for(&self, request: MintRequest<String>) -> Result<Vec<BlindSignature>, cdk::Error> {
        Ok(self.mint.post_mint(&PaymentMethod::BOLT11, request).await?.signatures)
    }

    /// Checks what the mint signed and books it.
    async fn finish(&self, exchange: &Exchange, signatures: Vec<BlindSignature>) -> Result<(), CashuError> {
        let made = self.check(exchange, signatures).await?;
        let (locked, kept): (Vec<_>, Vec<_>) = made.into_iter().partition(|(output, _)| output.locked);
        let token = (exchange.purpose == Purpose::Lock).then(|| {
            let proofs = locked.into_iter().map(|(_, proof)| proof).collect();
            Token::new(self.mint_url.clone(), proofs, None, self.unit.clone()).to_string()
        });
        let mut booked = Vec::with_capacity(kept.len());
        for (output, proof) in kept {
            let mut info =
                ProofInfo::new(proof, self.mint_url.clone(), State::Unspent, self.unit.clone()).map_err(|_| {
                    CashuError::Internal {
                        what: "a proof without a point",
                    }
                })?;
            info.derivation_index = output.derivation_index;
            info.created_by_operation = Some(exchange.operation);
            booked.push(info);
        }
        let exchange = exchange.clone();
        self.store
            .write(move |tx| {
                // Somebody else may have finished it in the meantime, with the same signatures.
                if !exchanges::end(tx, exchange.no, Stage::Done, "")? {
                    return Ok(());
                }
                proofs::put(tx, &booked)?;
                match exchange.purpose {
                    Purpose::Lock => proofs::set_state(tx, &points(&exchange.inputs)?, State::Spent)?,
                    Purpose::TopUp => {
                        if let Some(mut quote) = quotes::get::<MintQuote>(tx, &exchange.subject)? {
                            quote.state = MintQuoteState::Issued;
                            quote.amount_issued = quote.amount.unwrap_or_default();
                            quotes::put(tx, &quote)?;
                        }
                    }
                    Purpose::Redeem | Purpose::Refund => {}
                }
                if let Some(token) = token {
                    locks::keep_token(tx, exchange.no, &token)?;
                }
                Ok::<_, CashuError>(())
            })
            .await
    }

    /// The proofs that the signatures make, if each is over its output and by the keyset's key (NUT-12).
    async fn check(
        &self,
        exchange: &Exchange,
        signatures: Vec<BlindSignature>,
    ) -> Result<Vec<(Output, Proof)>, CashuError> {
        if signatures.len() != exchange.outputs.len() {
            return Err(self.lied("another number of signatures than outputs"));
        }
        let mut made = Vec::with_capacity(signatures.len());
        for (output, signature) in exchange.outputs.iter().zip(signatures) {
            if signature.amount != output.amount || signature.keyset_id != output.keyset_id {
                return Err(self.lied("a signature for another amount or keyset"));
            }
            let keys = self
                .wallet
                .keyset(output.keyset_id)
                .await
                .map_err(|error| self.question_failed(&error))?
                .keys;
            let key = keys
                .amount_key(output.amount)
                .ok_or_else(|| self.lied("no key for an amount it signed"))?;
            if signature.verify_dleq(key, output.blinded()?.blinded_secret).is_err() {
                return Err(self.lied("a signature without a valid proof that its key made it (NUT-12)"));
            }
            let proof = construct_proofs(
                vec![signature],
                vec![output.blinding.clone()],
                vec![output.secret.clone()],
                &keys,
            )
            .ok()
            .and_then(|mut proofs| proofs.pop())
            .ok_or_else(|| self.lied("a signature that is not a point"))?;
            made.push((output.clone(), proof));
        }
        Ok(made)
    }

    /// Learns from the mint whether a prepared exchange happened, without asking for it again: books it when it did.
    /// `false` when the mint has no signature for it.
    pub(super) async fn look(&self, exchange: &Exchange) -> Result<bool, CashuError> {
        if exchange.stage != Stage::Prepared {
            return Ok(exchange.stage == Stage::Done);
        }
        match self.read_back(exchange).await? {
            Some(signatures) => self.finish(exchange, signatures).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// The signatures that the mint made for an exchange (NUT-09); `None` when it made none.
    async fn read_back(&self, exchange: &Exchange) -> Result<Option<Vec<BlindSignature>>, CashuError> {
        let outputs = blinded(exchange)?;
        let restored = self
            .mint
            .post_restore(RestoreRequest {
                outputs: outputs.clone(),
            })
            .await
            .map_err(|error| self.after_asking(&error))?;
        let mut found: BTreeMap<PublicKey, BlindSignature> = restored
            .outputs
            .into_iter()
            .map(|output| output.blinded_secret)
            .zip(restored.signatures)
            .collect();
        let signatures: Vec<BlindSignature> = outputs
            .iter()
            .filter_map(|output| found.remove(&output.blinded_secret))
            .collect();
        match signatures.len() {
            0 => Ok(None),
            count if count == outputs.len() => Ok(Some(signatures)),
            _ => Err(self.lied("signatures for a part of an exchange")),
        }
    }

    /// The mint answered with an error: finds out what happened to the exchange.
    async fn reconcile(&self, exchange: &Exchange, error: &cdk::Error) -> Result<(), CashuError> {
        if let Some(signatures) = self.read_back(exchange).await? {
            return self.finish(exchange, signatures).await;
        }
        if matches!(error, cdk::Error::BlindedMessageAlreadySigned) {
            return Err(self.lied("outputs it says it signed, without the signatures"));
        }
        if exchange.purpose == Purpose::TopUp {
            self.refused_top_up(exchange, error).await
        } else {
            self.refused_swap(exchange, error).await
        }
    }

    /// A top-up that did not happen. The money is at the mint, so only outputs that can never be signed are given up.
    async fn refused_top_up(&self, exchange: &Exchange, error: &cdk::Error) -> Result<(), CashuError> {
        match error {
            cdk::Error::UnpaidQuote => Err(CashuError::QuoteUnpaid),
            cdk::Error::IssuedQuote => Err(self.lied("a quote it says it issued, without the signatures")),
            cdk::Error::PendingQuote | cdk::Error::TokenPending => Err(self.unknown("pending")),
            cdk::Error::InactiveKeyset | cdk::Error::ExpiredKeyset | cdk::Error::UnknownKeySet => {
                self.give_up(exchange, refusal(error), Vec::new()).await?;
                Err(self.refused(error))
            }
            _ => Err(self.refused(error)),
        }
    }

    /// A swap that did not happen: gives the inputs back, or puts aside those that were spent elsewhere.
    async fn refused_swap(&self, exchange: &Exchange, error: &cdk::Error) -> Result<(), CashuError> {
        let ys = points(&exchange.inputs)?;
        let states = self.states(ys.clone()).await.map_err(|error| match error {
            CashuError::MintUnreachable { reason, .. } => self.unknown(&reason),
            other => other,
        })?;
        let with = |wanted: State| -> Vec<PublicKey> {
            ys.iter()
                .filter(|y| states.get(y).is_some_and(|state| *state == wanted))
                .copied()
                .collect()
        };
        let (spent, unspent) = (with(State::Spent), with(State::Unspent));
        if spent.is_empty() && unspent.len() == ys.len() {
            self.give_up(exchange, refusal(error), Vec::new()).await?;
            return Err(self.refused(error));
        }
        if spent.is_empty() {
            return Err(self.unknown("pending"));
        }
        self.give_up(exchange, "inputs_spent", spent).await?;
        Err(match exchange.purpose {
            Purpose::Lock => CashuError::InputsSpentElsewhere,
            _ => CashuError::TokenSpent,
        })
    }

    /// The states of proofs at the mint (NUT-07), each of those asked for.
    pub(super) async fn states(&self, ys: Vec<PublicKey>) -> Result<BTreeMap<PublicKey, State>, CashuError> {
        let answer = self
            .mint
            .post_check_state(CheckStateRequest { ys: ys.clone() })
            .await
            .map_err(|error| self.question_failed(&error))?;
        let states: BTreeMap<PublicKey, State> =
            answer.states.into_iter().map(|proof| (proof.y, proof.state)).collect();
        if ys.iter().all(|y| states.contains_key(y)) {
            Ok(states)
        } else {
            Err(self.lied("states of other proofs"))
        }
    }

    /// Ends an exchange that did not happen: reserved inputs are free again, `spent` ones are marked so.
    async fn give_up(
        &self,
        exchange: &Exchange,
        reason: &'static str,
        spent: Vec<PublicKey>,
    ) -> Result<(), CashuError> {
        let (no, operation, purpose) = (exchange.no, exchange.operation, exchange.purpose);
        self.store
            .write(move |tx| {
                if exchanges::end(tx, no, Stage::Void, reason)? && purpose == Purpose::Lock {
                    proofs::set_state(tx, &spent, State::Spent)?;
                    proofs::release(tx, &operation)?;
                }
                Ok::<_, CashuError>(())
            })
            .await
    }

    pub(super) fn lied(&self, what: &'static str) -> CashuError {
        CashuError::MintLied {
            mint: self.mint_url.to_string(),
            what,
        }
    }

    fn unknown(&self, reason: &str) -> CashuError {
        CashuError::OutcomeUnknown {
            mint: self.mint_url.to_string(),
            reason: reason.to_owned(),
        }
    }

    fn refused(&self, error: &cdk::Error) -> CashuError {
        CashuError::MintRefused {
            mint: self.mint_url.to_string(),
            reason: refusal(error),
        }
    }

    /// What a broken way means; `asked` when an earlier request of the same exchange reached the mint or may have.
    fn way_error(&self, failure: WayFailure, asked: bool) -> CashuError {
        let mint = self.mint_url.to_string();
        match failure {
            WayFailure::Unreadable => CashuError::MintUnreadable { mint },
            WayFailure::NotSent(reason) | WayFailure::Lost(reason) if asked => {
                CashuError::OutcomeUnknown { mint, reason }
            }
            WayFailure::NotSent(reason) | WayFailure::Lost(reason) => CashuError::MintUnreachable { mint, reason },
        }
    }

    /// A question that was asked to learn an outcome failed: the outcome stays unknown.
    fn after_asking(&self, error: &cdk::Error) -> CashuError {
        match WayFailure::read(error) {
            Some(failure) => self.way_error(failure, true),
            None => self.unknown(refusal(error)),
        }
    }

    /// A question that moves no money failed.
    pub(super) fn question_failed(&self, error: &cdk::Error) -> CashuError {
        match error {
            cdk::Error::UnknownQuote => CashuError::QuoteUnknown,
            cdk::Error::UnknownKeySet | cdk::Error::NoActiveKeyset => CashuError::MintLacksUnit {
                mint: self.mint_url.to_string(),
                unit: self.unit.to_string(),
            },
            cdk::Error::NUT02(_) => self.lied("a keyset whose id is not the hash of its keys (NUT-02)"),
            cdk::Error::Database(_) => CashuError::Internal {
                what: "the wallet database",
            },
            _ => match WayFailure::read(error) {
                Some(failure) => self.way_error(failure, false),
                None => self.refused(error),
            },
        }
    }
}

/// The messages of an exchange's outputs, in their order.
fn blinded(exchange: &Exchange) -> Result<Vec<cdk_common::nuts::BlindedMessage>, CashuError> {
    exchange.outputs.iter().map(|output| Ok(output.blinded()?)).collect()
}

/// The `Y` of each proof (NUT-07).
pub(super) fn points(proofs: &[Proof]) -> Result<Vec<PublicKey>, CashuError> {
    proofs
        .iter()
        .map(|proof| proof.y().map_err(|_| CashuError::BadToken))
        .collect()
}

/// A stable name for a mint's refusal; its own text is not repeated.
fn refusal(error: &cdk::Error) -> &'static str {
    match error {
        cdk::Error::DHKE(_) => "proofs_not_valid",
        cdk::Error::TokenAlreadySpent => "proofs_spent",
        cdk::Error::TokenPending => "proofs_pending",
        cdk::Error::BlindedMessageAlreadySigned => "outputs_signed",
        cdk::Error::TransactionUnbalanced(..) => "unbalanced",
        cdk::Error::AmountOutofLimitRange(..) => "amount_out_of_range",
        cdk::Error::MaxInputsExceeded { .. } | cdk::Error::MaxOutputsExceeded { .. } => "too_many_proofs",
        cdk::Error::UnknownKeySet => "keyset_unknown",
        cdk::Error::InactiveKeyset => "keyset_inactive",
        cdk::Error::ExpiredKeyset => "keyset_expired",
        cdk::Error::UnsupportedUnit => "unit_unsupported",
        cdk::Error::MintingDisabled => "minting_disabled",
        cdk::Error::UnpaidQuote => "quote_unpaid",
        cdk::Error::IssuedQuote => "quote_issued",
        cdk::Error::PendingQuote => "quote_pending",
        cdk::Error::ExpiredQuote(..) => "quote_expired",
        cdk::Error::SignatureMissingOrInvalid => "signature_invalid",
        cdk::Error::ClearAuthRequired | cdk::Error::BlindAuthRequired => "log_in_required",
        cdk::Error::HttpError(Some(404 | 405), _) => "not_offered",
        _ => "other",
    }
}
