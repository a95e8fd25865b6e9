//! The facade from end to end, as an app uses it: a profile, a history, a month's split, recovery words, a request.

use crate::common::{PASSPHRASE, all, device, import, name, persona};
use tekram_ffi::{
    ExportForm, Money, PlayerAction, PlayerEvent, PlayerMedia, RecoveryDuty, RulesChange, SourceFactor, StatementState,
    Thumb, WantDraft, check_gtin, qr_code, roster, terms,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_imported_looked_at_and_leaves_again() {
    let device = device();
    let home = device
        .agent
        .create_persona("Home".to_owned(), PASSPHRASE.to_owned())
        .await
        .unwrap();
    assert_eq!(home.name().unwrap(), "Home");

    let task = home.start_import(crate::common::sample("listenbrainz.zip")).unwrap();
    while task.next().await.is_some() {}
    let report = task.finish().await.unwrap();
    assert!(report.new_records > 0);
    // The end can be asked for again.
    assert_eq!(task.finish().await.unwrap(), report);

    let preview = home.preview_batch(report.batch, None, 2).unwrap();
    assert_eq!(preview.listens.len(), 2);
    let more = home.preview_batch(report.batch, preview.next, 2).unwrap();
    assert_ne!(more.listens[0].id, preview.listens[0].id);
    let refused = home.refused_lines(report.batch, None, 1000).unwrap();
    assert_eq!(refused.lines.len() as u64, report.refused);

    let batch = home.accept_batch(report.batch).await.unwrap();
    let holdings = home.holdings().unwrap();
    assert_eq!(holdings.listens, batch.listens);

    // Pages join without a gap.
    let mut listens = Vec::new();
    let mut after = None;
    loop {
        let page = home.listens(all(), after, 7).await.unwrap();
        listens.extend(page.listens);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(listens.len() as u64, holdings.listens);

    let days = home.days(all(), None, 10_000).await.unwrap().days;
    assert_eq!(days.iter().map(|day| day.plays).sum::<u64>(), holdings.listens);
    let months = home.months().await.unwrap();
    assert_eq!(months.iter().map(|month| month.plays).sum::<u64>(), holdings.listens);

    let first = listens[0].clone();
    let rated = home.rate(first.id, Some(Thumb::Up)).unwrap();
    assert_eq!(rated.thumb, Some(Thumb::Up));
    let detail = home.listen(first.id).await.unwrap();
    assert_eq!(detail.listen, rated);
    assert!(!detail.told_by.is_empty());

    let file = device.folder.path().join("history.jsonl");
    let exported = home
        .export(ExportForm::JsonLines, file.to_str().unwrap().to_owned())
        .await
        .unwrap();
    assert_eq!(exported.written, holdings.listens);
    let lines = std::fs::read_to_string(&file).unwrap().lines().count();
    assert_eq!(lines as u64, holdings.listens);

    let unusable = home.export(ExportForm::JsonLines, "/nowhere/at/all".to_owned()).await;
    assert_eq!(name(unusable), "file_unusable");

    // Locked, and opened again by what the person knows.
    let id = home.id();
    home.lock().unwrap();
    home.lock().unwrap();
    assert_eq!(name(home.holdings()), "locked");
    let wrong = device
        .agent
        .unlock_with_passphrase(id.clone(), "not it".to_owned())
        .await;
    assert_eq!(name(wrong), "wrong_passphrase");
    let home = device
        .agent
        .unlock_with_passphrase(id, PASSPHRASE.to_owned())
        .await
        .unwrap();
    assert_eq!(home.holdings().unwrap(), holdings);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_divided_previewed_and_confirmed() {
    let device = device();
    let home = persona(&device).await;
    import(&home, "episode-actions.json").await;
    let euros = |minor| Money {
        amount_minor: minor,
        currency: "EUR".to_owned(),
    };
    let rules = home
        .change_rules(RulesChange {
            budget: Some(euros(1000)),
            ..RulesChange::default()
        })
        .unwrap();
    assert_eq!(rules.zone, "Europe/Berlin");

    let statement = home.statement(None).await.unwrap();
    assert_eq!(statement.state, StatementState::Draft);
    let shares: i64 = statement.lines.iter().map(|line| line.share_minor).sum();
    assert_eq!(shares, 1000);

    let sources = home.month_sources(Some(statement.month.clone())).await.unwrap();
    let change = RulesChange {
        budget: Some(euros(2000)),
        factors: Some(vec![SourceFactor {
            source: sources[0].source.clone(),
            permille: 500,
        }]),
        ..RulesChange::default()
    };
    let preview = home.preview_statement(None, change).await.unwrap();
    assert_eq!(preview.budget, euros(2000));
    assert_eq!(home.rules().unwrap().unwrap().budget, euros(1000));

    let confirmed = home.commit(statement.month.clone()).await.unwrap();
    assert_ne!(confirmed.state, StatementState::Draft);
    assert_eq!(home.statements().unwrap().len(), 1);
    assert_eq!(home.ledger().unwrap().sum_minor, 0);
    assert!(home.mints(statement.month).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_words_open_after_they_were_checked() {
    let device = device();
    let home = persona(&device).await;
    assert_eq!(home.recovery_duty(false).unwrap(), RecoveryDuty::None);
    assert_eq!(home.recovery_duty(true).unwrap(), RecoveryDuty::Required);

    let words = home.new_recovery_phrase().unwrap().words();
    assert_eq!(words.len(), 24);
    let asked = home.recovery_questions().unwrap();
    let typed = asked.iter().map(|at| words[*at as usize - 1].clone()).collect();
    home.check_recovery_phrase(asked, typed).unwrap();
    assert_eq!(home.recovery_duty(true).unwrap(), RecoveryDuty::None);
    assert_eq!(home.ways().unwrap().len(), 2);

    let id = home.id();
    home.lock().unwrap();
    let unknown = device
        .agent
        .unlock_with_recovery_phrase(id.clone(), "one two three".to_owned())
        .await;
    assert_eq!(name(unknown), "recovery_word_count");
    let home = device
        .agent
        .unlock_with_recovery_phrase(id, words.join(" "))
        .await
        .unwrap();

    // What is left must open it.
    home.remove_way("this phone".to_owned()).unwrap();
    let last = home.ways().unwrap().remove(0).name;
    assert_eq!(name(home.remove_way(last)), "last_way_in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_native_code_unwrapped_opens() {
    let device = device();
    let home = persona(&device).await;
    let id = home.id();
    home.lock().unwrap();
    let wrapped = device.agent.wrapped_key(id.clone(), "this phone".to_owned()).unwrap();
    // The store in memory masks with 1.
    let key: Vec<u8> = wrapped.into_iter().map(|byte| byte ^ 1).collect();
    let short = device.agent.unlock_with_key(id.clone(), vec![1; 31]).await;
    assert_eq!(name(short), "wrong_key");
    let wrong = device.agent.unlock_with_key(id.clone(), vec![1; 32]).await;
    assert_eq!(name(wrong), "wrong_key");
    device.agent.unlock_with_key(id, key).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_player_did_while_locked_is_in_the_log_after_unlocking() {
    let device = device();
    let home = persona(&device).await;
    home.set_capture_app("Radio".to_owned(), true).unwrap();
    let id = home.id();
    home.lock().unwrap();
    let event = |at_ms, action| PlayerEvent {
        session: "one".to_owned(),
        app: "Radio".to_owned(),
        at_ms,
        offset_min: Some(60),
        monotonic_ms: Some(at_ms),
        action,
        position_ms: Some(0),
    };
    let media = PlayerMedia {
        title: "Night Music".to_owned(),
        creators: vec!["Small Press".to_owned()],
        show: String::new(),
        publisher: String::new(),
        url: String::new(),
        media_ms: Some(240_000),
        kind: None,
        feed_url: String::new(),
        item_guid: String::new(),
    };
    let begin = 1_790_000_000_000;
    let mut end = event(begin + 200_000, PlayerAction::End);
    end.position_ms = Some(200_000);
    let events = vec![
        event(begin, PlayerAction::Metadata { media }),
        event(begin, PlayerAction::Play),
        end,
    ];
    device.agent.capture(id.clone(), events).unwrap();
    let home = device.agent.unlock_with_key_store(id).await.unwrap();
    home.drain().await.unwrap();
    let listens = home.listens(all(), None, 10).await.unwrap().listens;
    assert_eq!(listens.len(), 1);
    assert_eq!(listens[0].title, "Night Music");
    assert_eq!(listens[0].played_ms, Some(200_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_shows_exactly_what_would_be_seen() {
    let device = device();
    let home = persona(&device).await;
    let draft = WantDraft {
        what: "Wireless headphones".to_owned(),
        gtin: None,
        quantity: 1,
        ceiling: Some(Money {
            amount_minor: 25_000,
            currency: "EUR".to_owned(),
        }),
        latitude: Some(52.52),
        longitude: Some(13.405),
        precision: 5,
        hours: 8,
        terms: roster().remove(0).id,
        in_store: false,
        relays: vec!["wss://relay.example".to_owned()],
    };
    let composed = home.compose(draft.clone()).await.unwrap();
    assert_eq!(composed.cells.last().unwrap().geohash.len(), 5);
    assert!(composed.content.contains("Wireless headphones"));
    assert!(!composed.content.contains("52.52"));
    assert_eq!(home.intents().unwrap(), std::slice::from_ref(&composed));
    assert_eq!(home.accepted(composed.intent).unwrap(), None);

    let nowhere = WantDraft {
        latitude: None,
        ..draft.clone()
    };
    assert_eq!(name(home.compose(nowhere).await), "no_position");
    let too_fine = WantDraft {
        precision: 4_000_000_000,
        ..draft
    };
    home.compose(too_fine).await.unwrap_err();
    assert!(home.shared(None, 10).unwrap().items.is_empty());
    assert!(home.networks().unwrap().is_empty());
    assert!(home.relations().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn personas_are_renamed_and_deleted() {
    let device = device();
    let home = persona(&device).await;
    home.rename("Zuhause".to_owned()).unwrap();
    let entries = device.agent.personas().unwrap();
    assert_eq!(entries[0].name, "Zuhause");
    assert_eq!(entries[0].ways[0].name, "this phone");
    assert_eq!(name(device.agent.delete_persona(home.id())), "vault_in_use");
    home.lock().unwrap();
    device.agent.delete_persona(home.id()).unwrap();
    assert!(device.agent.personas().unwrap().is_empty());
}

#[test]
fn what_needs_no_device_answers_at_once() {
    let row = roster().remove(0);
    let detail = terms(row.id).unwrap();
    assert!(!detail.clauses.is_empty());
    assert_eq!(name(terms("none".to_owned())), "unknown_terms");
    assert_eq!(check_gtin("4006381333931".to_owned()).unwrap(), "4006381333931");
    assert_eq!(name(check_gtin("4006381333932".to_owned())), "bad_gtin");
    let code = qr_code("https://example.org".to_owned()).unwrap();
    assert_eq!(code.modules.len(), (code.side * code.side) as usize);
    assert!(code.modules.iter().all(|module| *module <= 1));
    assert_eq!(name(qr_code("x".repeat(5000))), "qr_too_long");
}
