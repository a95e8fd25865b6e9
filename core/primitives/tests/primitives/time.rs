//! Instants have one text, months follow each other without gap or overlap.

use proptest::prelude::*;
use tekram_primitives::time::{Clock, FixedClock, Period, SystemClock, TimeError, Timestamp};

const HOUR_MS: i64 = 3_600_000;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_time_is_written_in_utc_with_milliseconds_only_where_there_are_some() {
    assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00Z");
    assert_eq!(Timestamp::from_millis(1).to_string(), "1970-01-01T00:00:00.001Z");
    assert_eq!(Timestamp::from_millis(-1).to_string(), "1969-12-31T23:59:59.999Z");
    assert_eq!(Timestamp::from_secs(1_790_856_000).to_string(), "2026-10-01T12:00:00Z");
    assert_eq!(
        Timestamp::from_millis(1_790_856_000_120).to_string(),
        "2026-10-01T12:00:00.120Z"
    );
    assert_eq!(Timestamp::from_millis(-1).secs(), -1);
}

#[test]
fn offsets_are_understood_but_do_not_travel() {
    assert_eq!(at("2026-10-01T14:00:00+02:00"), at("2026-10-01T12:00:00Z"));
    assert_eq!(at("2026-10-01T12:00:00.9999Z").millis() % 1000, 999);
    let wire = |text: &str| serde_json::from_value::<Timestamp>(text.into());
    assert_eq!(wire("2026-10-01T12:00:00Z").unwrap(), at("2026-10-01T12:00:00Z"));
    assert!(
        wire("2026-10-01T14:00:00+02:00")
            .unwrap_err()
            .to_string()
            .contains("ends with Z")
    );
    assert_eq!(
        serde_json::to_value(at("2026-10-01T12:00:00Z")).unwrap(),
        "2026-10-01T12:00:00Z"
    );
}

#[test]
fn what_is_not_rfc_3339_is_refused() {
    for text in [
        "",
        "2026-10-01",
        "2026-10-01 12:00:00Z",
        "2026-10-01T12:00:00",
        "2026-10-01T12:00Z",
        "2026-10-01t12:00:00z",
        "2026-10-01T12:00:00.Z",
        "2026-10-01T12:00:00,5Z",
        "2026-13-01T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-10-01T25:00:00Z",
        "2026-10-01T12:00:00+0200",
        "2026-10-01T12:00:00Z[UTC]",
        "+002026-10-01T12:00:00Z",
        "20261001T120000Z",
        "2026-10-01T12:00:00Ž",
        "２026-10-01T12:00:00Z",
    ] {
        assert_eq!(text.parse::<Timestamp>(), Err(TimeError::NotATimestamp), "{text}");
    }
}

#[test]
fn time_beyond_the_calendar_stops_at_its_end() {
    assert_eq!(Timestamp::from_millis(i64::MAX), Timestamp::MAX);
    assert_eq!(Timestamp::from_secs(i64::MIN), Timestamp::MIN);
    assert_eq!(Timestamp::MAX.plus_secs(i64::MAX), Timestamp::MAX);
    assert_eq!(at(&Timestamp::MAX.to_string()), Timestamp::MAX);
    assert_eq!(at(&Timestamp::MIN.to_string()), Timestamp::MIN);
    assert_eq!(
        Timestamp::MAX.millis_since(Timestamp::MIN),
        Timestamp::MAX.millis() - Timestamp::MIN.millis()
    );
}

#[test]
fn a_month_is_as_long_as_its_zone_says() {
    let length = |month: &str, zone: &str| {
        let (start, end) = Period::parse(month, zone).unwrap().bounds_ms();
        (end - start) / HOUR_MS
    };
    assert_eq!(length("2026-10", "UTC"), 31 * 24);
    assert_eq!(length("2026-10", "Europe/Berlin"), 31 * 24 + 1, "clocks go back");
    assert_eq!(length("2026-03", "Europe/Berlin"), 31 * 24 - 1, "clocks go forward");
    assert_eq!(length("2026-02", "Asia/Tokyo"), 28 * 24);
    assert_eq!(length("2028-02", "Asia/Tokyo"), 29 * 24);
    assert_eq!(length("2011-12", "Pacific/Apia"), 30 * 24, "Samoa skipped the 30th");
}

#[test]
fn a_month_begins_with_its_first_local_instant() {
    let berlin = Period::parse("2026-10", "Europe/Berlin").unwrap();
    assert_eq!(berlin.start(), at("2026-10-01T00:00:00+02:00"));
    assert_eq!(berlin.end(), at("2026-11-01T00:00:00+01:00"));
    assert!(berlin.contains(berlin.start()) && !berlin.contains(berlin.end()));
    // Paraguay's clocks went from 00:00 to 01:00 on 1 October 2017: there was no midnight.
    let paraguay = Period::parse("2017-10", "America/Asuncion").unwrap();
    assert_eq!(paraguay.start(), at("2017-10-01T01:00:00-03:00"));
    assert_eq!(paraguay.start(), paraguay.previous().unwrap().end());
}

#[test]
fn a_moment_belongs_to_the_month_of_its_place() {
    let moment = at("2026-09-30T22:30:00Z");
    assert_eq!(
        Period::containing(moment, "Europe/Berlin").unwrap().month_text(),
        "2026-10"
    );
    assert_eq!(
        Period::containing(moment, "America/New_York").unwrap().month_text(),
        "2026-09"
    );
    assert_eq!(
        Period::containing(at("2026-12-31T23:00:00Z"), "UTC")
            .unwrap()
            .next()
            .unwrap()
            .to_string(),
        "2027-01"
    );
}

#[test]
fn a_period_is_written_with_its_zone() {
    let berlin: Period = "2026-10[Europe/Berlin]".parse().unwrap();
    assert_eq!(
        (berlin.year(), berlin.month(), berlin.zone()),
        (2026, 10, "Europe/Berlin")
    );
    assert_eq!(berlin.to_string(), "2026-10[Europe/Berlin]");
    assert_eq!("2026-10".parse::<Period>().unwrap().to_string(), "2026-10");
    assert_eq!(serde_json::to_value(&berlin).unwrap(), "2026-10[Europe/Berlin]");
    assert_eq!(
        serde_json::from_value::<Period>("2026-10[Europe/Berlin]".into()).unwrap(),
        berlin
    );
    assert_eq!(
        Period::parse("2026-10", "europe/berlin").unwrap(),
        berlin,
        "zone names have one spelling"
    );
}

#[test]
fn what_is_not_a_month_or_a_zone_is_refused() {
    for text in [
        "",
        "2026",
        "2026-1",
        "2026-13",
        "2026-00",
        "0000-01",
        "9999-01",
        "26-10",
        "2026-10-01",
        "-2026-10",
        "2026-+1",
        "2026-10[UTC",
    ] {
        assert_eq!(text.parse::<Period>(), Err(TimeError::NotAMonth), "{text}");
    }
    for zone in ["", "Mars/Olympus", "+02:00", "Europe/Berlin ", "../etc/passwd"] {
        assert_eq!(
            Period::parse("2026-10", zone).unwrap_err().code(),
            "unknown_time_zone",
            "{zone}"
        );
    }
    assert!(Period::parse("9998-12", "UTC").unwrap().next().is_err());
    assert!(Period::parse("0001-01", "UTC").unwrap().previous().is_err());
}

#[test]
fn a_fixed_clock_moves_only_when_told() {
    let clock = FixedClock::new(at("2026-10-01T12:00:00Z"));
    assert_eq!((clock.now(), clock.monotonic_ms()), (at("2026-10-01T12:00:00Z"), 0));
    clock.advance_ms(1500);
    assert_eq!(
        (clock.now(), clock.monotonic_ms()),
        (at("2026-10-01T12:00:01.500Z"), 1500)
    );
    clock.set(at("2026-09-01T00:00:00Z"));
    assert_eq!(
        (clock.now(), clock.monotonic_ms()),
        (at("2026-09-01T00:00:00Z"), 1500),
        "setting it back is seen"
    );
}

#[test]
fn the_system_clocks_run_forward() {
    let clock: std::sync::Arc<dyn Clock> = std::sync::Arc::new(SystemClock);
    let before = clock.monotonic_ms();
    assert!(clock.now() > at("2026-01-01T00:00:00Z"));
    assert!(clock.monotonic_ms() >= before);
}

const ZONES: [&str; 9] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Asuncion",
    "America/Havana",
    "Asia/Damascus",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
];

proptest! {
    #[test]
    fn every_time_reads_back(millis in Timestamp::MIN.millis()..=Timestamp::MAX.millis()) {
        let time = Timestamp::from_millis(millis);
        prop_assert_eq!(time.to_string().parse(), Ok(time));
        prop_assert_eq!(time.millis(), millis);
    }

    #[test]
    fn every_moment_belongs_to_exactly_one_month(
        millis in at("1900-01-01T00:00:00Z").millis()..at("2100-01-01T00:00:00Z").millis(),
        zone in prop::sample::select(ZONES.to_vec()),
    ) {
        let moment = Timestamp::from_millis(millis);
        let month = Period::containing(moment, zone).unwrap();
        let (before, after) = (month.previous().unwrap(), month.next().unwrap());
        prop_assert!(month.contains(moment) && !before.contains(moment) && !after.contains(moment));
        prop_assert_eq!(before.end(), month.start());
        prop_assert_eq!(month.end(), after.start());
        prop_assert_eq!(month.to_string().parse(), Ok(month));
    }

    #[test]
    fn any_text_is_refused_or_read_without_a_panic(text in ".{0,40}") {
        let _ = text.parse::<Timestamp>();
        let _ = text.parse::<Period>();
    }
}
