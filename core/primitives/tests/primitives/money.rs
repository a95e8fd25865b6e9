//! Sums are exact, assets do not mix, and an amount is written in one way only.

use std::cmp::Ordering;

use iso_currency::Currency;
use proptest::prelude::*;
use serde_json::json;
use tekram_primitives::money::{Asset, Money, MoneyError};

const EUR: Asset = Asset::EUR;
const JPY: Asset = Asset::Fiat(Currency::JPY);
const KWD: Asset = Asset::Fiat(Currency::KWD);
const ASSETS: [Asset; 5] = [EUR, JPY, KWD, Asset::Sat, Asset::Msat];

fn parse(text: &str) -> Result<Money, MoneyError> {
    text.parse()
}

#[test]
fn each_currency_has_its_published_number_of_decimals() {
    assert_eq!(ASSETS.map(Asset::scale), [2, 0, 3, 0, 0]);
    assert_eq!(parse("12.34 EUR"), Ok(Money::new(1234, EUR)));
    assert_eq!(parse("1500 JPY"), Ok(Money::new(1500, JPY)));
    assert_eq!(parse("1.005 KWD"), Ok(Money::new(1005, KWD)));
    assert_eq!(parse("21 SAT"), Ok(Money::new(21, Asset::Sat)));
    assert_eq!(Money::new(5, EUR).to_string(), "0.05 EUR");
    assert_eq!(Money::new(-5, EUR).to_string(), "-0.05 EUR");
    assert_eq!(Money::new(1, KWD).to_string(), "0.001 KWD");
    assert_eq!(Money::new(7, JPY).to_string(), "7 JPY");
    assert_eq!(Money::new(1_000, Asset::Msat).to_string(), "1000 MSAT");
    assert_eq!(format!("{:>10}", Money::new(5, EUR)), "  0.05 EUR");
}

#[test]
fn a_fraction_of_a_yen_is_refused_by_name() {
    let refused = parse("1.50 JPY").unwrap_err();
    assert_eq!(
        refused,
        MoneyError::TooPrecise {
            asset: JPY,
            scale: 0,
            decimals: 2
        }
    );
    assert_eq!(refused.code(), "amount_too_precise");
    assert_eq!(refused.to_string(), "JPY has 0 decimals; the amount has 2");
    for text in [
        "1.00 JPY",
        "0.001 EUR",
        "1.000 EUR",
        "1.0000 KWD",
        "0.5 SAT",
        "0.1 MSAT",
    ] {
        assert_eq!(parse(text).unwrap_err().code(), "amount_too_precise", "{text}");
    }
}

#[test]
fn fewer_decimals_than_the_currency_has_are_understood() {
    assert_eq!(parse("7 EUR"), Ok(Money::new(700, EUR)));
    assert_eq!(parse("7.5 EUR"), Ok(Money::new(750, EUR)));
    assert_eq!(parse("-0.5 EUR"), Ok(Money::new(-50, EUR)));
    assert_eq!(parse("007.50 EUR"), Ok(Money::new(750, EUR)));
}

#[test]
fn what_is_not_an_amount_is_refused() {
    for text in [
        "", " ", "1,50", "1.", ".5", "-", "--1", "+1", "1e3", "0x10", "1_000", "1 000", "١", "1.5.0", "NaN", "-.5",
        "1.-5",
    ] {
        assert_eq!(Money::parse(text, EUR), Err(MoneyError::NotAnAmount), "{text:?}");
    }
    assert_eq!(parse("12.34"), Err(MoneyError::MissingAsset));
    assert_eq!(parse("12.34  EUR").unwrap_err().code(), "unknown_asset");
    assert_eq!(parse("EUR 12.34").unwrap_err().code(), "unknown_asset");
}

#[test]
fn what_cannot_be_counted_is_refused_and_never_wraps() {
    assert_eq!(parse("92233720368547758.07 EUR"), Ok(Money::new(i64::MAX, EUR)));
    assert_eq!(parse("-92233720368547758.08 EUR"), Ok(Money::new(i64::MIN, EUR)));
    for text in [
        "92233720368547758.08 EUR",
        "-92233720368547758.09 EUR",
        "99999999999999999999 JPY",
    ] {
        assert_eq!(parse(text).unwrap_err().code(), "amount_overflow", "{text}");
    }
    assert_eq!(Money::new(i64::MIN, EUR).to_string(), "-92233720368547758.08 EUR");
    let (most, least, one) = (Money::new(i64::MAX, EUR), Money::new(i64::MIN, EUR), Money::new(1, EUR));
    assert_eq!(most.checked_add(&one), Err(MoneyError::Overflow { asset: EUR }));
    assert_eq!(least.checked_sub(&one), Err(MoneyError::Overflow { asset: EUR }));
    assert_eq!(least.checked_neg(), Err(MoneyError::Overflow { asset: EUR }));
    assert_eq!(most.checked_mul(2), Err(MoneyError::Overflow { asset: EUR }));
    assert_eq!(Money::new(3, EUR).checked_mul(-4), Ok(Money::new(-12, EUR)));
}

#[test]
fn two_assets_do_not_add_compare_or_sum() {
    let (euros, yen) = (Money::new(1, EUR), Money::new(1, JPY));
    let refused = MoneyError::DifferentAssets { left: EUR, right: JPY };
    assert_eq!(euros.checked_add(&yen), Err(refused.clone()));
    assert_eq!(euros.checked_sub(&yen), Err(refused.clone()));
    assert_eq!(euros.compare(&yen), Err(refused.clone()));
    assert_eq!(Money::sum(EUR, [euros, yen]), Err(refused));
    assert_eq!(euros.compare(&Money::new(2, EUR)), Ok(Ordering::Less));
    assert!(
        Money::new(1, Asset::Sat)
            .checked_add(&Money::new(1, Asset::Msat))
            .is_err()
    );
}

#[test]
fn a_sum_is_exact_whatever_the_order() {
    let parts = [i64::MAX, i64::MAX, i64::MIN, i64::MIN, 2].map(|part| Money::new(part, EUR));
    assert_eq!(Money::sum(EUR, parts), Ok(Money::zero(EUR)));
    assert_eq!(Money::sum(JPY, []), Ok(Money::zero(JPY)));
    assert_eq!(
        Money::sum(EUR, [i64::MAX, 1].map(|part| Money::new(part, EUR))),
        Err(MoneyError::Overflow { asset: EUR })
    );
    assert!(Money::zero(EUR).is_zero() && Money::new(1, EUR).is_positive() && Money::new(-1, EUR).is_negative());
}

#[test]
fn an_asset_is_known_by_its_code_or_its_cashu_unit() {
    for (code, asset) in [
        ("EUR", EUR),
        ("eur", EUR),
        ("JPY", JPY),
        ("SAT", Asset::Sat),
        ("sat", Asset::Sat),
        ("msat", Asset::Msat),
    ] {
        assert_eq!(code.parse(), Ok(asset), "{code}");
        assert_eq!(Asset::try_from(code), Ok(asset), "{code}");
    }
    assert_eq!(Asset::from(Currency::EUR), EUR);
    for asset in ASSETS {
        assert_eq!(Asset::from_cashu_unit(&asset.cashu_unit()), Ok(asset));
        assert_eq!(asset.code().parse(), Ok(asset));
        assert_eq!(Asset::from_wire(asset.wire_code(), asset.wire_scale()), Ok(asset));
    }
    // Bitcoin without a scale, gold, test and mixed-case codes, and things that are no code.
    for code in [
        "BTC", "btc", "XAU", "XTS", "XXX", "Eur", "eUR", "", "EURO", "€", "EU", "usdt", " EUR",
    ] {
        assert_eq!(code.parse::<Asset>().unwrap_err().code(), "unknown_asset", "{code}");
    }
    for unit in ["EUR", "SAT", "auth", "Sat"] {
        assert_eq!(
            Asset::from_cashu_unit(unit).unwrap_err().code(),
            "unknown_asset",
            "{unit}"
        );
    }
}

#[test]
fn assets_have_one_order() {
    let mut assets = vec![Asset::Sat, JPY, Asset::Msat, EUR];
    assets.sort();
    assert_eq!(assets, [EUR, JPY, Asset::Msat, Asset::Sat]);
}

#[test]
fn on_the_wire_all_digits_are_in_a_string() {
    let wire = |money: Money| serde_json::to_value(money).unwrap();
    assert_eq!(
        wire(Money::new(1234, EUR)),
        json!({ "value": "1234", "assetCode": "EUR", "assetScale": 2 })
    );
    assert_eq!(
        wire(Money::new(-7, JPY)),
        json!({ "value": "-7", "assetCode": "JPY", "assetScale": 0 })
    );
    assert_eq!(
        wire(Money::new(21, Asset::Sat)),
        json!({ "value": "21", "assetCode": "BTC", "assetScale": 8 })
    );
    assert_eq!(
        wire(Money::new(i64::MAX, Asset::Msat)),
        json!({ "value": "9223372036854775807", "assetCode": "BTC", "assetScale": 11 })
    );
}

#[test]
fn a_wire_amount_that_is_not_exactly_one_is_refused() {
    let read = |value: &str, code: &str, scale: i32| {
        serde_json::from_value::<Money>(json!({ "value": value, "assetCode": code, "assetScale": scale }))
    };
    assert!(read("5", "EUR", 2).is_ok());
    for value in ["05", "+5", "-0", "5.0", "", " 5", "5e1", "9223372036854775808"] {
        assert!(read(value, "EUR", 2).is_err(), "{value:?}");
    }
    for (code, scale) in [
        ("EUR", 3),
        ("EUR", 0),
        ("JPY", 2),
        ("BTC", 2),
        ("SAT", 0),
        ("eur", 2),
        ("XAU", 0),
        ("EUR", -1),
    ] {
        assert!(read("5", code, scale).is_err(), "{code} {scale}");
    }
    assert!(serde_json::from_value::<Money>(json!({ "value": 5, "assetCode": "EUR", "assetScale": 2 })).is_err());
    assert!(serde_json::from_value::<Money>(json!({ "value": "5", "assetCode": "EUR" })).is_err());
}

fn any_asset() -> impl Strategy<Value = Asset> {
    prop::sample::select(ASSETS.to_vec())
}

proptest! {
    #[test]
    fn what_is_written_reads_back(amount in any::<i64>(), asset in any_asset()) {
        let money = Money::new(amount, asset);
        prop_assert_eq!(money.to_string().parse(), Ok(money));
        prop_assert_eq!(Money::parse(&money.amount_text(), asset), Ok(money));
        let wire = serde_json::to_string(&money).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&wire).unwrap(), money);
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in ".{0,40}", asset in any_asset()) {
        let _ = text.parse::<Money>();
        let _ = Money::parse(&text, asset);
        let _ = text.parse::<Asset>();
    }

    #[test]
    fn digits_are_read_as_arithmetic_says(
        negative in any::<bool>(), whole in "[0-9]{1,24}", decimals in "[0-9]{0,3}", asset in any_asset()
    ) {
        let point = if decimals.is_empty() { "" } else { "." };
        let text = format!("{}{whole}{point}{decimals}", if negative { "-" } else { "" });
        let scale = usize::from(asset.scale());
        let read = Money::parse(&text, asset);
        if decimals.len() > scale {
            prop_assert_eq!(read.unwrap_err().code(), "amount_too_precise");
        } else {
            let padded = format!("{whole}{decimals:0<scale$}");
            let exact: i128 = padded.parse::<i128>().unwrap() * if negative { -1 } else { 1 };
            prop_assert_eq!(read.ok().map(|money| money.amount_minor), i64::try_from(exact).ok());
        }
    }

    #[test]
    fn adding_and_taking_away_are_exact_or_refused(left in any::<i64>(), right in any::<i64>(), asset in any_asset()) {
        let (a, b) = (Money::new(left, asset), Money::new(right, asset));
        let exact = |sum: i128| i64::try_from(sum).map(|minor| Money::new(minor, asset)).ok();
        prop_assert_eq!(a.checked_add(&b).ok(), exact(i128::from(left) + i128::from(right)));
        prop_assert_eq!(a.checked_sub(&b).ok(), exact(i128::from(left) - i128::from(right)));
        prop_assert_eq!(a.checked_neg().ok(), exact(-i128::from(left)));
        prop_assert_eq!(a.checked_mul(right).ok(), exact(i128::from(left) * i128::from(right)));
        if let Ok(sum) = a.checked_add(&b) {
            prop_assert_eq!(sum.checked_sub(&b), Ok(a));
        }
    }

    #[test]
    fn the_order_of_a_sum_does_not_matter(mut parts in prop::collection::vec(any::<i64>(), 0..12), asset in any_asset()) {
        let exact: i128 = parts.iter().map(|&part| i128::from(part)).sum();
        let forward = Money::sum(asset, parts.iter().map(|&part| Money::new(part, asset)));
        parts.reverse();
        let backward = Money::sum(asset, parts.iter().map(|&part| Money::new(part, asset)));
        prop_assert_eq!(&forward, &backward);
        prop_assert_eq!(forward.ok().map(|money| i128::from(money.amount_minor)), i64::try_from(exact).ok().map(i128::from));
    }
}
