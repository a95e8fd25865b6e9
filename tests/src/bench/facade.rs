//! What the facade costs over the core: each call of `tekram-ffi` that needs neither network nor a key derivation, from
//! Rust values to the bytes that Kotlin and Swift read, against the same call of `tekram-agent` on a copy of the same
//! vault. What waits in the facade waits here too: the calling thread is woken by the one that worked.

use std::collections::BTreeMap;
use std::future::Future;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tekram_agent as core;
use tekram_ffi as ffi;
use tekram_ffi::UniFfiTag;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::device::{self, PASSPHRASE, ZONE};
use crate::measure::{Measurement, Outcome, Promise, Question, compare};

const LISTENS: usize = 50_000;
const PAGE: u32 = 50;
const DAYS: u32 = 30;
const ROUNDS: usize = 41;
/// A round calls as often as fits into this.
const ROUND: Duration = Duration::from_millis(4);
const MOST_CALLS: u128 = 2_000;
/// A thirtieth of a frame at 60 Hz.
const MOST_OVER_US: f64 = 500.0;
const BENCH: &str = "facade_call";

/// The same persona twice, in two folders.
struct Sides {
    ffi_agent: Arc<ffi::Agent>,
    ffi: Arc<ffi::Persona>,
    core_agent: core::Agent,
    core: core::Persona,
    runtime: Runtime,
    _folders: [TempDir; 2],
}

/// `facade_call`, one case for each call.
///
/// # Errors
/// When anything fails.
pub fn measure(_megabytes: u64) -> Outcome<Vec<Measurement>> {
    let sides = Sides::new()?;
    let mut all = Calls(Vec::new());
    device_calls(&sides, &mut all)?;
    history(&sides, &mut all)?;
    pay(&sides, &mut all)?;
    others(&sides, &mut all)?;
    sides.ffi_agent.close()?;
    sides.core.lock()?;
    Ok(all.0)
}

impl Sides {
    fn new() -> Outcome<Self> {
        let folder = || tempfile::Builder::new().prefix("tekram-bench-").tempdir();
        let folders = [folder()?, folder()?];
        device::make(folders[0].path(), LISTENS)?;
        copy(folders[0].path(), folders[1].path())?;
        let settings = ffi::AgentSettings {
            data_folder: folders[0]
                .path()
                .to_str()
                .ok_or("a folder's name is no text")?
                .to_owned(),
            allow: Vec::new(),
            proxy: None,
            rails_off: Vec::new(),
            zone: ZONE.to_owned(),
        };
        let ffi_agent = ffi::Agent::open(settings, None, None, None)?;
        let core_agent = device::open(folders[1].path())?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let id = ffi_agent.personas()?.into_iter().next().ok_or("no persona")?.id;
        Ok(Self {
            ffi: runtime.block_on(ffi_agent.unlock_with_passphrase(id, PASSPHRASE.to_owned()))?,
            core: device::unlock(&core_agent)?,
            ffi_agent,
            core_agent,
            runtime,
            _folders: folders,
        })
    }

    /// Waits for an async call as a front end does.
    fn wait<T>(&self, call: impl Future<Output = Result<T, ffi::TekramError>>) -> Outcome<T> {
        Ok(self.runtime.block_on(call)?)
    }
}

fn copy(from: &Path, to: &Path) -> Outcome {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir_all(&to)?;
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// A result as the generated code hands it over: serialised into one buffer.
fn written<T: uniffi::Lower<UniFfiTag>>(result: T) {
    let mut bytes = Vec::new();
    T::write(result, &mut bytes);
    black_box(bytes);
}

/// Nothing to hand over.
fn done((): ()) -> bool {
    true
}

struct Calls(Vec<Measurement>);

impl Calls {
    fn add<C>(
        &mut self,
        case: &'static str,
        mut facade: impl FnMut() -> Outcome,
        mut core: impl FnMut() -> Outcome<C>,
    ) -> Outcome {
        facade()?;
        let started = Instant::now();
        facade()?;
        let calls = (ROUND.as_nanos() / started.elapsed().as_nanos().max(1)).clamp(1, MOST_CALLS) as u32;
        let note = if self.0.is_empty() {
            format!(
                "a call of the facade with its result written for Kotlin or Swift, on a persona with {LISTENS} listens and \
                 {} payees; floor: the same call of `tekram-agent` on a copy of the vault",
                device::PAYEES
            )
        } else {
            String::new()
        };
        let measured = compare(
            Question {
                bench: BENCH,
                case,
                promise: Promise::Over(MOST_OVER_US),
                note,
                rounds: ROUNDS,
            },
            || repeated(calls, &mut facade),
            || {
                repeated(calls, || {
                    black_box(core()?);
                    Ok(())
                })
            },
        )?;
        self.0.push(measured.each(calls));
        Ok(())
    }
}

fn repeated(calls: u32, mut call: impl FnMut() -> Outcome) -> Outcome<Duration> {
    let started = Instant::now();
    for _ in 0..calls {
        call()?;
    }
    Ok(started.elapsed())
}

/// `name: facade => core;` – the facade's side ends in a value, the core's in a result.
macro_rules! calls {
    ($all:expr; $($case:literal: $facade:expr => $core:expr;)*) => {
        $($all.add($case, || Ok(written($facade)), || Ok($core))?;)*
    };
}

fn device_calls(sides: &Sides, all: &mut Calls) -> Outcome {
    let (agent, core_agent, persona, core) = (&sides.ffi_agent, &sides.core_agent, &sides.ffi, &sides.core);
    let id = core.id().to_owned();
    let event = || ffi::PlayerEvent {
        session: "one".to_owned(),
        app: "Quodlibet".to_owned(),
        at_ms: 1_790_000_000_000,
        offset_min: None,
        monotonic_ms: Some(1),
        action: ffi::PlayerAction::Play,
        position_ms: None,
    };
    let core_event = core::PlayerEvent {
        session: "one".to_owned(),
        app: "Quodlibet".to_owned(),
        at_ms: 1_790_000_000_000,
        offset_min: None,
        monotonic_ms: Some(1),
        kind: core::PlayerEventKind::Play,
        position_ms: None,
    };
    calls! { all;
        "name": persona.name()? => core.name();
        "personas": agent.personas()? => core_agent.personas()?;
        "capture": done(agent.capture(id.clone(), vec![event()])?) =>
            core_agent.capture(&id, std::slice::from_ref(&core_event))?;
        "drain": sides.wait(persona.drain())? => core.drain()?;
        "holdings": persona.holdings()? => core.holdings()?;
        "ways": persona.ways()? => core.ways();
        "recovery_duty": persona.recovery_duty(true)? => core.recovery_duty(true);
        "capture_apps": persona.capture_apps()? => core.capture_apps()?;
        "set_capture_app": done(persona.set_capture_app("Quodlibet".to_owned(), true)?) =>
            core.set_capture_app("Quodlibet", true)?;
        "roster": ffi::roster() => core::roster();
        "terms": ffi::terms("PDC-INTENT".to_owned())? => core::terms("PDC-INTENT")?;
        "qr_code": ffi::qr_code("https://pay.example/one".to_owned())? => core::qr_modules("https://pay.example/one")?;
        "check_gtin": ffi::check_gtin("4006381333931".to_owned())? => core::check_gtin("4006381333931")?;
    }
    Ok(())
}

fn history(sides: &Sides, all: &mut Calls) -> Outcome {
    let (persona, core) = (&sides.ffi, &sides.core);
    let everything = core::ListQuery::default();
    let searched = core::ListQuery {
        text: Some("low tide".to_owned()),
        ..everything.clone()
    };
    let query = |text: Option<&str>| ffi::HistoryQuery {
        text: text.map(str::to_owned),
        ..ffi::HistoryQuery::default()
    };
    let newest = core.listens(&everything, None, 1)?.listens;
    let id = newest.first().ok_or("an empty log")?.id;
    let batch = core.batches()?.first().ok_or("no batch")?.batch_id;
    let month = core.months(None)?.into_iter().next().ok_or("no month")?.month;
    let page = PAGE as usize;
    calls! { all;
        "days": sides.wait(persona.days(query(None), None, DAYS))? => core.days(&everything, None, None, DAYS as usize)?;
        "listens": sides.wait(persona.listens(query(None), None, PAGE))? => core.listens(&everything, None, page)?;
        "listens, searched": sides.wait(persona.listens(query(Some("low tide")), None, PAGE))? =>
            core.listens(&searched, None, page)?;
        "listen": sides.wait(persona.listen(id))? => core.listen(id)?;
        "rate": persona.rate(id, Some(ffi::Thumb::Up))? => core.rate(id, Some(core::Thumb::Up))?;
        "months": sides.wait(persona.months())? => core.months(None)?;
        "hours": sides.wait(persona.hours(Some(month.clone())))? => core.hours(Some(&month), None)?;
        "subscriptions": persona.subscriptions()? => core.subscriptions()?;
        "batches": persona.batches()? => core.batches()?;
        "preview_batch": persona.preview_batch(batch, None, PAGE)? => core.preview(batch, 0, page)?;
        "refused_lines": persona.refused_lines(batch, None, PAGE)? => core.refused(batch, 0, page)?;
    }
    Ok(())
}

fn pay(sides: &Sides, all: &mut Calls) -> Outcome {
    let (persona, core) = (&sides.ffi, &sides.core);
    let drafted = core.statement(None)?;
    let paid = drafted.lines.iter().filter(|line| line.line.amount_minor > 0).count();
    eprintln!(
        "{BENCH}: the month's split has {} lines, {paid} with an amount",
        drafted.lines.len()
    );
    let month = drafted.period.month_text();
    let source = core
        .month_sources(None)?
        .into_iter()
        .next()
        .ok_or("a silent month")?
        .source;
    let change = || ffi::RulesChange {
        factors: Some(vec![ffi::SourceFactor {
            source: source.clone(),
            permille: 1_500,
        }]),
        ..ffi::RulesChange::default()
    };
    let core_change = || core::RulesChange {
        factors: Some(BTreeMap::from([(source.clone(), 1_500)])),
        ..core::RulesChange::default()
    };
    calls! { all;
        "payees": persona.payees()? => core.payees()?;
        "changes": persona.changes()? => core.changes()?;
        "rules": persona.rules()? => core.rules()?;
        "change_rules": persona.change_rules(change())? => core.change_rules(core_change())?;
        "statement": sides.wait(persona.statement(None))? => core.statement(None)?;
        "preview_statement": sides.wait(persona.preview_statement(None, change()))? =>
            core.preview_statement(None, &core_change())?;
        "month_sources": sides.wait(persona.month_sources(None))? => core.month_sources(None)?;
        "statements": persona.statements()? => core.statements()?;
        "mints": persona.mints(month.clone())? => core.mints(&month)?;
        "hand_offs": persona.hand_offs(month.clone())? => core.hand_offs(&core.statement_of(Some(&month))?)?;
        "receipts": persona.receipts(month.clone())? => core.receipts(&core.statement_of(Some(&month))?)?;
        "ledger": persona.ledger()? => core.ledger()?;
    }
    Ok(())
}

fn others(sides: &Sides, all: &mut Calls) -> Outcome {
    let (persona, core) = (&sides.ffi, &sides.core);
    let intent = core.intents()?.into_iter().next().ok_or("no request")?.intent;
    calls! { all;
        "intents": persona.intents()? => core.intents()?;
        "offers": persona.offers(intent.clone())? => core.offers(&intent)?;
        "accepted": persona.accepted(intent.clone())? => core.accepted(&intent)?;
        "relations": persona.relations()? => core.relations()?;
        "shared": persona.shared(None, PAGE)? => core.shared(None, PAGE)?;
        "networks": persona.networks()? => core.networks()?;
    }
    Ok(())
}
