//! Exchange rates between currencies: the edge, the rate itself as an exact fraction, and the European Central Bank's
//! daily reference rates as the real adapter.
//!
//! A rate is only used when the mint has no unit for the budget's currency. Amounts are rounded down to the target's
//! minor unit; what a conversion used is kept with the payment. The ECB publishes reference rates of banking days, so
//! a rate may be some days old: the age limit is the caller's.

use std::fmt;

use async_trait::async_trait;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use serde::{Deserialize, Serialize};
use tekram_net::{FetchError, Http, Request};
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::time::{Clock, Timestamp};
use tokio::sync::Mutex;

/// Where the ECB publishes its daily reference rates (euro foreign exchange reference rates, XML).
pub const ECB_DAILY: &str = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml";
/// Rates older than this are refused: a long weekend with holidays on both sides.
pub const MAX_AGE_MS: i64 = 6 * 24 * 3_600_000;
/// How long an answer of the bank is kept, ms.
pub const KEPT_MS: u64 = 10 * 60_000;
const MAX_BYTES: u64 = 64 * 1024;
const MAX_CURRENCIES: usize = 200;

/// Why there is no rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// The source does not quote one of the two.
    #[error("there is no rate from {from} to {to}")]
    NoRate {
        /// From.
        from: Asset,
        /// To.
        to: Asset,
    },
    /// The newest rates are too old.
    #[error("the newest exchange rates are too old")]
    Stale,
    /// The source's answer is not what it should be.
    #[error("the exchange rates cannot be read: {reason}")]
    Malformed {
        /// Stable snake_case reason.
        reason: &'static str,
    },
    /// The amount does not fit after conversion.
    #[error("the converted amount does not fit")]
    Overflow,
    /// The source could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

impl RateError {
    /// Stable snake_case name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRate { .. } => "no_rate",
            Self::Stale => "rate_stale",
            Self::Malformed { .. } => "rate_malformed",
            Self::Overflow => "amount_overflow",
            Self::Fetch(error) => error.code(),
        }
    }
}

/// A rate between minor units: `to_minor = from_minor × numerator / denominator`, rounded down. Exact, never a float.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// From.
    pub from: Asset,
    /// To.
    pub to: Asset,
    /// Numerator between minor units.
    pub numerator: u64,
    /// Denominator between minor units, never zero.
    pub denominator: u64,
    /// Who says so, for example `ecb`.
    pub source: String,
    /// The day (or moment) the rate is for.
    pub as_of: Timestamp,
}

impl Rate {
    /// Converts, rounding towards zero.
    ///
    /// # Errors
    /// [`RateError::NoRate`] for another asset, [`RateError::Overflow`].
    pub fn convert(&self, amount: Money) -> Result<Money, RateError> {
        if amount.asset != self.from || self.denominator == 0 {
            return Err(RateError::NoRate {
                from: amount.asset,
                to: self.to,
            });
        }
        let product = i128::from(amount.amount_minor) * i128::from(self.numerator);
        let converted = product / i128::from(self.denominator);
        i64::try_from(converted)
            .map(|minor| Money::new(minor, self.to))
            .map_err(|_| RateError::Overflow)
    }
}

/// Where rates come from.
#[async_trait]
pub trait RateSource: Send + Sync + fmt::Debug {
    /// The rate from one asset to another, not older than the source allows.
    async fn rate(&self, from: Asset, to: Asset) -> Result<Rate, RateError>;
}

/// The European Central Bank's daily reference rates. The document is fetched once and kept for [`KEPT_MS`]: the lines of
/// one settlement use the same rates, and a server that is down is not waited for with each of them.
#[derive(Debug)]
pub struct EcbRates<'a> {
    http: &'a dyn Http,
    clock: &'a dyn Clock,
    url: String,
    /// The last answer, good or not, and when it came by the monotonic clock.
    kept: Mutex<Option<(u64, Result<EcbDay, RateError>)>>,
}

impl<'a> EcbRates<'a> {
    /// The ECB's own address.
    #[must_use]
    pub fn new(http: &'a dyn Http, clock: &'a dyn Clock) -> Self {
        Self::at(http, clock, ECB_DAILY)
    }

    /// The same document at another address (a mirror).
    #[must_use]
    pub fn at(http: &'a dyn Http, clock: &'a dyn Clock, url: &str) -> Self {
        Self {
            http,
            clock,
            url: url.to_owned(),
            kept: Mutex::new(None),
        }
    }

    async fn fetch(&self) -> Result<EcbDay, RateError> {
        let response = self.http.fetch(Request::get(&self.url)?.max_bytes(MAX_BYTES)).await?;
        if !response.is_success() {
            return Err(RateError::Malformed { reason: "http_status" });
        }
        EcbDay::parse(&response.body)
    }

    async fn day(&self) -> Result<EcbDay, RateError> {
        let mut kept = self.kept.lock().await;
        let now_ms = self.clock.monotonic_ms();
        if let Some((at_ms, answer)) = kept.as_ref()
            && now_ms.saturating_sub(*at_ms) < KEPT_MS
        {
            return answer.clone();
        }
        let answer = self.fetch().await;
        *kept = Some((now_ms, answer.clone()));
        answer
    }
}

#[async_trait]
impl RateSource for EcbRates<'_> {
    async fn rate(&self, from: Asset, to: Asset) -> Result<Rate, RateError> {
        let day = self.day().await?;
        let age_ms = self.clock.now().millis_since(day.as_of);
        if !(-24 * 3_600_000..=MAX_AGE_MS).contains(&age_ms) {
            return Err(RateError::Stale);
        }
        day.rate(from, to)
    }
}

/// One day of the ECB's reference rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcbDay {
    /// The day, at 00:00 UTC.
    pub as_of: Timestamp,
    /// Units of each currency for one euro, as digits and number of decimals.
    quotes: Vec<(Asset, Decimal)>,
}

/// `digits / 10^decimals`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Decimal {
    digits: u64,
    decimals: u32,
}

impl Decimal {
    const ONE: Self = Self { digits: 1, decimals: 0 };

    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || all.len() > 15 || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = all.parse().ok().filter(|digits| *digits > 0)?;
        Some(Self {
            digits,
            decimals: u32::try_from(fraction.len()).ok()?,
        })
    }
}

impl EcbDay {
    /// Reads `eurofxref-daily.xml`: nested `Cube` elements, the outer with `time`, the inner with `currency` and `rate`.
    ///
    /// # Errors
    /// [`RateError::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, RateError> {
        const BAD: fn(&'static str) -> RateError = |reason| RateError::Malformed { reason };
        let mut reader = Reader::from_reader(bytes);
        let mut as_of: Option<Timestamp> = None;
        let mut quotes = Vec::new();
        loop {
            let cube = match reader.read_event().map_err(|_| BAD("not_xml"))? {
                Event::Start(cube) | Event::Empty(cube) if cube.local_name().as_ref() == b"Cube" => cube,
                Event::DocType(_) => return Err(BAD("has_dtd")),
                Event::Eof => break,
                _ => continue,
            };
            let mut currency = None;
            let mut rate = None;
            for attribute in cube.attributes().with_checks(false).take(8) {
                let attribute = attribute.map_err(|_| BAD("not_xml"))?;
                let value = attribute.unescape_value().map_err(|_| BAD("not_xml"))?;
                match attribute.key.as_ref() {
                    b"time" if as_of.is_some() => return Err(BAD("several_days")),
                    b"time" => {
                        as_of = Some(format!("{value}T00:00:00Z").parse().map_err(|_| BAD("bad_day"))?);
                    }
                    b"currency" => currency = Some(value.into_owned()),
                    b"rate" => rate = Some(Decimal::parse(&value).ok_or(BAD("bad_rate"))?),
                    _ => {}
                }
            }
            if let (Some(currency), Some(rate)) = (currency, rate)
                && let Ok(asset) = currency.parse::<Asset>()
            {
                if quotes.len() >= MAX_CURRENCIES || asset.is_bitcoin() {
                    return Err(BAD("unexpected_currency"));
                }
                quotes.push((asset, rate));
            }
        }
        let as_of = as_of.ok_or(BAD("no_day"))?;
        if quotes.is_empty() {
            return Err(BAD("no_rates"));
        }
        Ok(Self { as_of, quotes })
    }

    fn quote(&self, asset: Asset) -> Option<Decimal> {
        if asset.code() == "EUR" {
            return Some(Decimal::ONE);
        }
        self.quotes
            .iter()
            .find(|(have, _)| *have == asset)
            .map(|(_, quote)| *quote)
    }

    /// The rate between two currencies, across the euro.
    ///
    /// # Errors
    /// [`RateError::NoRate`] when one is not quoted, [`RateError::Overflow`].
    pub fn rate(&self, from: Asset, to: Asset) -> Result<Rate, RateError> {
        let missing = RateError::NoRate { from, to };
        let have = self.quote(from).ok_or_else(|| missing.clone())?;
        let want = self.quote(to).ok_or(missing)?;
        // to/from = want/have in major units; minor units bring in 10^scale on both sides.
        let power = |exponent: u32| 10_u128.checked_pow(exponent).ok_or(RateError::Overflow);
        let numerator = u128::from(want.digits)
            .checked_mul(power(have.decimals + u32::from(to.scale()))?)
            .ok_or(RateError::Overflow)?;
        let denominator = u128::from(have.digits)
            .checked_mul(power(want.decimals + u32::from(from.scale()))?)
            .ok_or(RateError::Overflow)?;
        let divisor = greatest_common_divisor(numerator, denominator);
        let narrow = |value: u128| u64::try_from(value / divisor).map_err(|_| RateError::Overflow);
        Ok(Rate {
            from,
            to,
            numerator: narrow(numerator)?,
            denominator: narrow(denominator)?,
            source: "ecb".to_owned(),
            as_of: self.as_of,
        })
    }
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]

    use proptest::prelude::*;

    use super::*;

    const DAY: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
  <Cube><Cube time='2026-10-01'>
    <Cube currency='USD' rate='1.1725'/>
    <Cube currency='JPY' rate='173.08'/>
    <Cube currency='CZK' rate='24.331'/>
  </Cube></Cube>
</gesmes:Envelope>"#;

    fn asset(code: &str) -> Asset {
        code.parse().unwrap()
    }

    #[test]
    fn ten_euro_are_what_the_bank_says_rounded_down() {
        let day = EcbDay::parse(DAY.as_bytes()).unwrap();
        let usd = day.rate(asset("EUR"), asset("USD")).unwrap();
        assert_eq!(
            usd.convert(Money::new(1000, asset("EUR"))).unwrap(),
            Money::new(1172, asset("USD"))
        );
        let jpy = day.rate(asset("EUR"), asset("JPY")).unwrap();
        assert_eq!(
            jpy.convert(Money::new(1000, asset("EUR"))).unwrap(),
            Money::new(1730, asset("JPY"))
        );
    }

    #[test]
    fn a_currency_without_minor_units_converts_exactly() {
        let day = EcbDay::parse(DAY.as_bytes()).unwrap();
        let rate = day.rate(asset("JPY"), asset("USD")).unwrap();
        // 17308 JPY = 100 EUR = 117.25 USD
        assert_eq!(
            rate.convert(Money::new(17_308, asset("JPY"))).unwrap(),
            Money::new(11_725, asset("USD"))
        );
    }

    #[test]
    fn a_currency_that_is_not_quoted_has_no_rate() {
        let day = EcbDay::parse(DAY.as_bytes()).unwrap();
        assert_eq!(day.rate(asset("EUR"), asset("SAT")).unwrap_err().code(), "no_rate");
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        for (broken, reason) in [
            (DAY.replace("1.1725", "-3"), "bad_rate"),
            (DAY.replace("1.1725", "0.0000"), "bad_rate"),
            (DAY.replace("2026-10-01", "yesterday"), "bad_day"),
            (DAY.replace("time=", "day="), "no_day"),
            (format!("<!DOCTYPE x [<!ENTITY a 'b'>]>{DAY}"), "has_dtd"),
        ] {
            assert_eq!(
                EcbDay::parse(broken.as_bytes()).unwrap_err(),
                RateError::Malformed { reason }
            );
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = EcbDay::parse(&bytes);
        }

        #[test]
        fn there_and_back_never_makes_money(minor in 0_i64..1_000_000_000_000) {
            let day = EcbDay::parse(DAY.as_bytes()).unwrap();
            let there = day.rate(asset("EUR"), asset("CZK")).unwrap();
            let back = day.rate(asset("CZK"), asset("EUR")).unwrap();
            let start = Money::new(minor, asset("EUR"));
            let end = back.convert(there.convert(start).unwrap()).unwrap();
            prop_assert!(end.amount_minor <= minor);
            prop_assert!(end.amount_minor >= minor - 2);
        }
    }
}
