//! What a person changes in their log: it holds when imports come and go, and every change can be taken back in order.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use common::{Log, NOW, array, lines, listen};
use proptest::prelude::*;
use tekram_listen::{
    Changed, Correction, EditKind, Kind, ListQuery, Listen, ListenError, Presence, TagInUse, Thumb, WorkView, correct,
    delete, delete_for_good, detail, drain_capture, edits, find, hidden, hide, list, merge, merge_look, next_undo,
    note, rate, split, tag, tags_in_use, totals, undo_edit, work_of_listen, works,
};
use tekram_primitives::time::Timestamp;

/// 2026-09-21T14:13:21Z.
const AT: i64 = 1_790_000_001;

fn search(log: &Log, text: &str) -> Vec<String> {
    let query = ListQuery {
        text: Some(text.into()),
        ..ListQuery::default()
    };
    let found = list(&log.vault, &query, None, 100).unwrap().listens;
    found.into_iter().map(|listen| listen.title).collect()
}

fn paid(log: &Log) -> Vec<(String, i64)> {
    let totals = totals(&log.vault, 0, i64::MAX).unwrap();
    totals.into_iter().map(|total| (total.name, total.played_ms)).collect()
}

fn id(log: &Log, title: &str) -> i64 {
    log.listens()
        .into_iter()
        .find(|listen| listen.title == title)
        .unwrap()
        .id
}

/// The same play as `listen(at, title)` tells it, from another service.
fn streamed(at: i64, title: &str) -> String {
    let end = jiff::Timestamp::from_second(at + 190).unwrap();
    common::stream(&end.to_string(), 190_000, title).replace("Brassica", "Vera Quill")
}

fn titled(title: &str) -> Correction {
    Correction {
        title: Some(title.into()),
        ..Correction::default()
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, ListenError>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn notes_and_tags_are_found_and_outlive_an_undone_import() {
    let log = Log::new();
    let file = lines(&[listen(AT, "Low Tide"), listen(AT + 1000, "High Sun")]);
    let batch = log.add(&file);
    let tide = id(&log, "Low Tide");
    note(&log.vault, tide, "Sung at the café in Ålesund", NOW).unwrap();
    let tags = ["To-learn".to_owned(), "harbour".to_owned(), " HARBOUR ".to_owned()];
    let noted = tag(&log.vault, tide, &tags, &[], NOW).unwrap();
    assert_eq!(
        (noted.note.as_str(), noted.tags.as_slice()),
        ("Sung at the café in Ålesund", &tags[..2])
    );
    assert_eq!(search(&log, "cafe ales"), ["Low Tide"]);
    // A word of the listen and a word of its tags.
    assert_eq!(search(&log, "tide harb"), ["Low Tide"]);
    assert_eq!(search(&log, "vera"), ["High Sun", "Low Tide"]);
    assert_eq!(search(&log, "moon harb"), Vec::<String>::new());
    log.undo(batch);
    assert_eq!(search(&log, "cafe"), Vec::<String>::new());
    log.add(&file);
    assert_eq!(search(&log, "cafe"), ["Low Tide"]);
    tag(&log.vault, id(&log, "Low Tide"), &[], &["TO-LEARN".to_owned()], NOW).unwrap();
    assert_eq!(log.listens()[1].tags, ["harbour"]);
    assert_eq!(code(note(&log.vault, tide, "x", NOW)), "no_such_listen");
    assert_eq!(
        code(note(&log.vault, id(&log, "Low Tide"), &"x".repeat(20_000), NOW)),
        "edit_too_long"
    );
}

#[test]
fn a_correction_counts_everywhere_and_the_original_stays() {
    let log = Log::new();
    let file = lines(&[listen(AT, "Lwo Tide"), listen(AT + 1000, "Lwo Tide")]);
    let batch = log.add(&file);
    let first = log.listens()[1].id;
    let fixed = Correction {
        title: Some("Low Tide".into()),
        creators: Some(vec!["Brassica".into(), "Vera Quill".into()]),
        ..Correction::default()
    };
    let corrected = correct(&log.vault, first, &fixed, NOW).unwrap();
    assert_eq!((corrected.title.as_str(), corrected.corrected), ("Low Tide", true));
    let halves = [("Brassica".to_owned(), 200_000), ("Vera Quill".to_owned(), 200_000)];
    assert_eq!(paid(&log), halves);
    assert_eq!(search(&log, "low tide"), ["Low Tide"]);
    let original = detail(&log.vault, first).unwrap().original.unwrap();
    assert_eq!((original.title.as_deref(), original.kind), (Some("Lwo Tide"), None));
    // It is still there after an import that tells it wrong again.
    log.undo(batch);
    log.add(&file);
    assert_eq!(paid(&log), halves);
    let first = log.listens()[1].id;
    // Corrections add up, and one with nothing takes them away.
    let podcast = Correction {
        kind: Some(Kind::Podcast),
        show: Some("Harbour Lights".into()),
        ..Correction::default()
    };
    let corrected = correct(&log.vault, first, &podcast, NOW).unwrap();
    assert_eq!((corrected.title.as_str(), corrected.kind), ("Low Tide", Kind::Podcast));
    assert!(paid(&log).contains(&("Harbour Lights".to_owned(), 200_000)));
    let plain = correct(&log.vault, first, &Correction::default(), NOW).unwrap();
    assert_eq!((plain.title.as_str(), plain.corrected), ("Lwo Tide", false));
    assert_eq!(paid(&log), [("Vera Quill".to_owned(), 400_000)]);
    let nothing = Correction {
        title: Some(String::new()),
        creators: Some(Vec::new()),
        ..Correction::default()
    };
    assert_eq!(code(correct(&log.vault, first, &nothing, NOW)), "nothing_named");
}

#[test]
fn a_listen_counts_by_the_rule_of_the_kind_that_it_is_corrected_to() {
    let log = Log::new();
    log.add(array(&[common::stream("2026-09-21T14:13:21Z", 20_000, "Low Tide")]));
    let tide = id(&log, "Low Tide");
    assert!(!find(&log.vault, tide).unwrap().counts, "twenty seconds of music");
    let article = Correction {
        kind: Some(Kind::Page),
        show: Some("The Harbour Post".into()),
        ..Correction::default()
    };
    assert!(
        correct(&log.vault, tide, &article, NOW).unwrap().counts,
        "of an article"
    );
    correct(&log.vault, tide, &Correction::default(), NOW).unwrap();
    assert!(!find(&log.vault, tide).unwrap().counts);
}

#[test]
fn a_corrected_play_is_still_the_one_that_another_source_tells_of() {
    let log = Log::new();
    log.add(lines(&[listen(AT, "Lwo Tide")]));
    correct(&log.vault, log.listens()[0].id, &titled("Low Tide"), NOW).unwrap();
    let service = log.add(array(&[streamed(AT, "Lwo Tide")]));
    assert_eq!(paid(&log), [("Vera Quill".to_owned(), 190_000)]);
    assert_eq!(log.listens().len(), 1);
    // The service's leads now; correcting it corrects the listen, whichever row leads.
    correct(&log.vault, log.listens()[0].id, &titled("High Tide"), NOW).unwrap();
    assert_eq!(log.titles(), ["High Tide"]);
    log.undo(service);
    assert_eq!(log.titles(), ["High Tide"]);
}

#[test]
fn what_is_hidden_counts_for_nothing_whoever_else_tells_of_it() {
    let log = Log::new();
    log.add(lines(&[listen(AT, "Low Tide"), listen(AT + 1000, "High Sun")]));
    log.add(array(&[streamed(AT, "Low Tide")]));
    assert_eq!(paid(&log), [("Vera Quill".to_owned(), 390_000)]);
    let tide = id(&log, "Low Tide");
    assert!(hide(&log.vault, tide, true, NOW).unwrap().hidden);
    assert_eq!(log.titles(), ["High Sun"]);
    assert_eq!(paid(&log), [("Vera Quill".to_owned(), 200_000)]);
    assert_eq!(search(&log, "low"), Vec::<String>::new());
    // A third one that tells of it: hidden it stays.
    let other = log.add(lines(&[listen(AT + 3, "low tide")]));
    assert_eq!(paid(&log), [("Vera Quill".to_owned(), 400_000)]);
    log.undo(other);
    assert!(find(&log.vault, tide).unwrap().hidden);
    hide(&log.vault, tide, false, NOW).unwrap();
    assert_eq!(paid(&log), [("Vera Quill".to_owned(), 390_000)]);
}

#[test]
fn another_source_does_not_bring_a_hidden_listen_back() {
    let log = Log::new();
    log.add(lines(&[listen(AT, "Low Tide")]));
    hide(&log.vault, log.listens()[0].id, true, NOW).unwrap();
    log.add(array(&[streamed(AT, "Low Tide")]));
    assert_eq!(paid(&log), []);
}

#[test]
fn a_deleted_listen_can_come_back_for_a_month_and_then_never() {
    let log = Log::new();
    let file = lines(&[listen(AT, "Low Tide"), listen(AT + 1000, "High Sun")]);
    let batch = log.add(&file);
    note(&log.vault, id(&log, "Low Tide"), "secret", NOW).unwrap();
    delete(&log.vault, id(&log, "Low Tide"), NOW).unwrap();
    assert_eq!(log.titles(), ["High Sun"]);
    assert_eq!(undo_edit(&log.vault, NOW).unwrap().what, EditKind::Deleted);
    assert_eq!(log.titles(), ["High Sun", "Low Tide"]);
    delete(&log.vault, id(&log, "Low Tide"), NOW).unwrap();
    let day = |days: i64| Timestamp::from_millis(NOW.millis() + days * 24 * 60 * 60 * 1000);
    drain_capture(&log.vault, day(29)).unwrap();
    assert_eq!(log.rows("listen_play"), 2);
    drain_capture(&log.vault, day(30)).unwrap();
    assert_eq!((log.rows("listen_play"), log.rows("listen_work")), (1, 1));
    assert_eq!((log.rows("listen_said"), log.rows("listen_hidden")), (0, 0));
    // Nothing that was said of it is left to be taken back or read.
    let left: Vec<EditKind> = edits(&log.vault, None, 10)
        .unwrap()
        .into_iter()
        .map(|edit| edit.what)
        .collect();
    assert_eq!(left, [EditKind::DeletedForGood]);
    assert_eq!(code(undo_edit(&log.vault, NOW)), "nothing_to_undo");
    // The same file does not bring it back, not even after it was undone.
    let again = log.import(&file);
    assert_eq!((again.new, again.duplicates, again.listens), (0, 2, 0));
    log.reject(again.batch_id);
    log.undo(batch);
    let again = log.import(&file);
    assert_eq!((again.new, again.duplicates, again.listens), (1, 1, 1));
    log.accept(again.batch_id);
    assert_eq!(log.titles(), ["High Sun"]);
}

#[test]
fn deleting_for_good_takes_all_evidence_along() {
    let log = Log::new();
    log.add(lines(&[listen(AT, "Low Tide"), listen(AT + 1000, "Low Tide")]));
    log.add(array(&[streamed(AT, "Low Tide")]));
    tekram_listen::catch_up(&log.vault).unwrap();
    let first = log.listens()[1].id;
    correct(&log.vault, first, &titled("Ebbe"), NOW).unwrap();
    delete_for_good(&log.vault, first, NOW).unwrap();
    assert_eq!(
        (
            log.rows("listen_play"),
            log.rows("listen_same_play"),
            log.rows("listen_correction")
        ),
        (1, 0, 0)
    );
    assert_eq!(log.titles(), ["Low Tide"]);
    assert_eq!(log.rows("listen_work"), 1);
    assert_eq!(code(find(&log.vault, first)), "no_such_listen");
}

fn described(work: &WorkView) -> Vec<&str> {
    work.descriptions.iter().map(|one| one.title.as_str()).collect()
}

#[test]
fn merged_works_are_one_also_when_an_import_comes_again() {
    let log = Log::new();
    let file = lines(&[listen(AT, "Ebbe"), listen(AT + 500, "Flut")]);
    let batch = log.add(&file);
    log.add(lines(&[listen(AT + 1000, "Low Tide")]));
    let work = |title: &str| work_of_listen(&log.vault, id(&log, title)).unwrap();
    let merged = merge(&log.vault, &[work("Ebbe").work, work("Low Tide").work], NOW).unwrap();
    assert_eq!((described(&merged), merged.plays), (vec!["Ebbe", "Low Tide"], 2));
    assert_eq!(detail(&log.vault, id(&log, "Low Tide")).unwrap().heard.plays_before, 1);
    log.undo(batch);
    assert_eq!(described(&work("Low Tide")), ["Low Tide"]);
    log.add(&file);
    assert_eq!(work("Low Tide").descriptions.len(), 2);
    // Another source's words for the same song come to it too.
    log.add(array(&[streamed(AT + 5000, "EBBE (feat. A)")]));
    assert_eq!(work("Low Tide").descriptions.len(), 3);
    let undone = undo_edit(&log.vault, NOW).unwrap();
    assert_eq!((undone.what, undone.undone_ms), (EditKind::Merged, Some(NOW.millis())));
    assert_eq!(work("Low Tide").descriptions.len(), 1);
    assert_eq!(work("Ebbe").descriptions.len(), 2);
    assert_eq!(code(merge(&log.vault, &[work("Ebbe").work], NOW)), "nothing_to_merge");
    assert_eq!(code(merge(&log.vault, &[work("Ebbe").work, 999], NOW)), "no_such_work");
}

#[test]
fn a_description_that_was_split_off_stays_apart_until_it_is_merged() {
    let log = Log::new();
    let file = lines(&[
        listen(AT, "Low Tide"),
        listen(AT + 500, "LOW TIDE"),
        listen(AT + 900, "low  tide"),
    ]);
    let batch = log.add(&file);
    let work = |title: &str| work_of_listen(&log.vault, id(&log, title)).unwrap();
    let whole = work("Low Tide");
    assert_eq!(whole.descriptions.len(), 3);
    let loud = whole.descriptions.iter().find(|one| one.title == "LOW TIDE").unwrap();
    let apart = split(&log.vault, &[loud.description], NOW).unwrap();
    assert_eq!(described(&apart), ["LOW TIDE"]);
    log.undo(batch);
    log.add(&file);
    assert_eq!(
        (work("LOW TIDE").descriptions.len(), work("Low Tide").descriptions.len()),
        (1, 2)
    );
    let found = works(&log.vault, "low tide", 10).unwrap();
    assert_eq!(found.iter().map(|work| work.plays).collect::<Vec<_>>(), [2, 1]);
    merge(&log.vault, &[found[0].work, found[1].work], NOW).unwrap();
    assert_eq!(work("LOW TIDE").descriptions.len(), 3);
    undo_edit(&log.vault, NOW).unwrap();
    assert_eq!(work("LOW TIDE").descriptions.len(), 1);
    undo_edit(&log.vault, NOW).unwrap();
    assert_eq!(work("LOW TIDE").descriptions.len(), 3);
    let all: Vec<i64> = work("Low Tide")
        .descriptions
        .iter()
        .map(|one| one.description)
        .collect();
    assert_eq!(code(split(&log.vault, &all, NOW)), "nothing_to_split");
    assert_eq!(code(split(&log.vault, &[999], NOW)), "no_such_work");
}

#[test]
fn a_thumb_is_the_listens_whichever_row_leads() {
    let log = Log::new();
    log.add(lines(&[listen(AT, "Low Tide")]));
    rate(&log.vault, log.listens()[0].id, Some(Thumb::Up), NOW).unwrap();
    note(&log.vault, log.listens()[0].id, "fine", NOW).unwrap();
    log.add(array(&[streamed(AT, "Low Tide")]));
    tekram_listen::catch_up(&log.vault).unwrap();
    let now = log.listens();
    assert_eq!((now.len(), now[0].source.as_str()), (1, "spotify"));
    assert_eq!((now[0].thumb, now[0].note.as_str()), (Some(Thumb::Up), "fine"));
    assert_eq!(search(&log, "fine"), ["Low Tide"]);
    assert_eq!(rate(&log.vault, now[0].id, None, NOW).unwrap().thumb, None);
}

#[test]
fn a_correction_to_what_the_source_says_is_none() {
    let log = Log::new();
    log.add(lines(&[listen(AT, "Lwo Tide")]));
    let first = log.listens()[0].id;
    let both = Correction {
        show: Some("Ebb".into()),
        ..titled("Low Tide")
    };
    correct(&log.vault, first, &both, NOW).unwrap();
    let one = correct(&log.vault, first, &titled("Lwo Tide"), NOW).unwrap();
    assert_eq!((one.title.as_str(), one.show.as_str()), ("Lwo Tide", "Ebb"));
    let original = detail(&log.vault, first).unwrap().original.unwrap();
    assert_eq!((original.title, original.show.is_some()), (None, true));
    // Said of a listen that was never corrected, it is no change at all.
    undo_edit(&log.vault, NOW).unwrap();
    undo_edit(&log.vault, NOW).unwrap();
    let before = edits(&log.vault, None, 10).unwrap().len();
    assert!(!correct(&log.vault, first, &titled("Lwo Tide"), NOW).unwrap().corrected);
    assert_eq!(edits(&log.vault, None, 10).unwrap().len(), before);
}

#[test]
fn what_is_hidden_and_deleted_is_listed_by_page_once_for_each_listen() {
    let log = Log::new();
    let file = lines(&[
        listen(AT, "Low Tide"),
        listen(AT + 1000, "High Sun"),
        listen(AT + 2000, "Ebbe"),
    ]);
    let batch = log.add(&file);
    log.add(array(&[streamed(AT, "Low Tide")]));
    tekram_listen::catch_up(&log.vault).unwrap();
    assert_eq!(hidden(&log.vault, None, 10).unwrap().listens, []);
    let tide = id(&log, "Low Tide");
    let sun = id(&log, "High Sun");
    hide(&log.vault, tide, true, NOW).unwrap();
    delete(&log.vault, sun, NOW).unwrap();
    let first = hidden(&log.vault, None, 1).unwrap();
    assert_eq!(first.listens[0].listen.title, "High Sun");
    let month_ms = 30 * 24 * 60 * 60 * 1000;
    assert_eq!(first.listens[0].for_good_ms, Some(NOW.millis() + month_ms));
    assert_eq!(
        detail(&log.vault, sun).unwrap().for_good_ms,
        first.listens[0].for_good_ms
    );
    let second = hidden(&log.vault, first.next.as_ref(), 1).unwrap();
    assert_eq!(
        (second.listens[0].listen.id, second.listens[0].for_good_ms),
        (tide, None)
    );
    assert_eq!(detail(&log.vault, tide).unwrap().for_good_ms, None);
    let last = hidden(&log.vault, second.next.as_ref(), 1).unwrap();
    assert_eq!((last.listens.len(), last.next), (0, None));
    hide(&log.vault, sun, false, NOW).unwrap();
    assert_eq!(hidden(&log.vault, None, 10).unwrap().listens.len(), 1);
    delete_for_good(&log.vault, tide, NOW).unwrap();
    assert_eq!(hidden(&log.vault, None, 10).unwrap().listens, []);
    // Of an import that is not in the log nothing is listed.
    hide(&log.vault, sun, true, NOW).unwrap();
    log.undo(batch);
    assert_eq!(hidden(&log.vault, None, 10).unwrap().listens, []);
}

#[test]
fn tags_in_use_are_counted_however_they_are_written() {
    let log = Log::new();
    log.add(lines(&[
        listen(AT, "Low Tide"),
        listen(AT + 1000, "High Sun"),
        listen(AT + 2000, "Ebbe"),
    ]));
    let tagged = |title: &str, tags: &[&str]| {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        tag(&log.vault, id(&log, title), &tags, &[], NOW).unwrap();
    };
    tagged("Low Tide", &["harbour", "again"]);
    tagged("High Sun", &["Harbour"]);
    tagged("Ebbe", &["harbour"]);
    let used = |tag: &str, listens| TagInUse {
        tag: tag.to_owned(),
        listens,
    };
    assert_eq!(
        tags_in_use(&log.vault, 10).unwrap(),
        [used("harbour", 3), used("again", 1)]
    );
    assert_eq!(tags_in_use(&log.vault, 1).unwrap(), [used("harbour", 3)]);
    tag(&log.vault, id(&log, "Low Tide"), &[], &["AGAIN".to_owned()], NOW).unwrap();
    assert_eq!(tags_in_use(&log.vault, 10).unwrap(), [used("harbour", 3)]);
}

#[test]
fn each_change_says_what_it_did_and_which_is_taken_back_next() {
    let log = Log::new();
    log.add(lines(&[listen(AT, "Low Tide"), listen(AT + 1000, "Ebbe")]));
    assert_eq!(next_undo(&log.vault).unwrap(), None);
    let tide = id(&log, "Low Tide");
    rate(&log.vault, tide, Some(Thumb::Down), NOW).unwrap();
    note(&log.vault, tide, "fine", NOW).unwrap();
    tag(&log.vault, tide, &["one".to_owned(), "two".to_owned()], &[], NOW).unwrap();
    tag(&log.vault, tide, &["three".to_owned()], &["one".to_owned()], NOW).unwrap();
    correct(&log.vault, tide, &titled("High Tide"), NOW).unwrap();
    delete(&log.vault, tide, NOW).unwrap();
    hide(&log.vault, tide, false, NOW).unwrap();
    let works = [tide, id(&log, "Ebbe")].map(|id| work_of_listen(&log.vault, id).unwrap().work);
    merge(&log.vault, &works, NOW).unwrap();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let done = edits(&log.vault, None, 20).unwrap();
    let changed: Vec<Changed> = done.iter().rev().map(|edit| edit.changed().unwrap()).collect();
    let moved = |before, after| Changed::Moved { before, after };
    assert_eq!(
        changed,
        [
            Changed::Rated {
                before: None,
                after: Some(Thumb::Down)
            },
            Changed::Noted {
                before: String::new(),
                after: "fine".into()
            },
            Changed::Tagged {
                added: names(&["one", "two"]),
                removed: Vec::new()
            },
            Changed::Tagged {
                added: names(&["three"]),
                removed: names(&["one"])
            },
            Changed::Corrected {
                before: Correction::default(),
                after: titled("High Tide")
            },
            moved(Presence::Shown, Presence::Deleted),
            moved(Presence::Deleted, Presence::Shown),
            Changed::Merged {
                titles: names(&["Ebbe", "High Tide"])
            },
        ]
    );
    for edit in done {
        assert_eq!(next_undo(&log.vault).unwrap().unwrap().edit_id, edit.edit_id);
        assert_eq!(undo_edit(&log.vault, NOW).unwrap().edit_id, edit.edit_id);
    }
    assert_eq!(next_undo(&log.vault).unwrap(), None);
}

#[test]
fn a_look_at_a_merge_says_what_it_will_come_to() {
    let log = Log::new();
    log.add(lines(&[
        listen(AT, "Ebbe"),
        listen(AT + 500, "Low Tide"),
        listen(AT + 900, "Low Tide"),
    ]));
    log.add(array(&[streamed(AT + 5000, "Ebbe")]));
    let work = |title: &str| work_of_listen(&log.vault, id(&log, title)).unwrap().work;
    let chosen = [work("Ebbe"), work("Low Tide")];
    let look = merge_look(&log.vault, &chosen).unwrap();
    assert_eq!(look.works.len(), 2);
    assert_eq!(look.sources, ["listenbrainz", "spotify"]);
    assert_eq!(edits(&log.vault, None, 10).unwrap(), []);
    let merged = merge(&log.vault, &chosen, NOW).unwrap();
    assert_eq!(look.plays, merged.plays);
    assert_eq!(merged.plays, 4);
    assert_eq!(code(merge_look(&log.vault, &chosen[..1])), "nothing_to_merge");
    assert_eq!(code(merge_look(&log.vault, &[chosen[0], 999])), "no_such_work");
    undo_edit(&log.vault, NOW).unwrap();
    let advert = Correction {
        kind: Some(Kind::Podcast),
        ..Correction::default()
    };
    correct(&log.vault, log.listens()[0].id, &advert, NOW).unwrap();
    let kinds = [
        work("Low Tide"),
        work_of_listen(&log.vault, log.listens()[0].id).unwrap().work,
    ];
    assert_eq!(code(merge_look(&log.vault, &kinds)), "different_kinds");
}

/// The log, each listen by its number, what is paid, and in how many ways each work is described.
type State = (Vec<Listen>, Vec<Listen>, Vec<(String, i64)>, Vec<usize>);

/// What a person may do, to the listen with this place in the log.
#[derive(Debug, Clone)]
enum Act {
    Rate(usize, bool),
    Note(usize, usize),
    Tag(usize, usize),
    Untag(usize, usize),
    Correct(usize, usize),
    Hide(usize),
    Delete(usize),
    Merge(usize, usize),
}

fn act() -> impl Strategy<Value = Act> {
    let which = || 0_usize..3;
    prop_oneof![
        (which(), any::<bool>()).prop_map(|(at, up)| Act::Rate(at, up)),
        (which(), which()).prop_map(|(at, text)| Act::Note(at, text)),
        (which(), which()).prop_map(|(at, text)| Act::Tag(at, text)),
        (which(), which()).prop_map(|(at, text)| Act::Untag(at, text)),
        (which(), which()).prop_map(|(at, text)| Act::Correct(at, text)),
        which().prop_map(Act::Hide),
        which().prop_map(Act::Delete),
        (which(), which()).prop_map(|(one, other)| Act::Merge(one, other)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever a person does, taking it back step by step gives each state before it again, down to the first.
    #[test]
    fn every_change_can_be_taken_back_in_order(acts in prop::collection::vec(act(), 0..8)) {
        let texts = ["", "one", "two"];
        let log = Log::new();
        log.add(lines(&[listen(AT, "Low Tide"), listen(AT + 1000, "Ebbe"), listen(AT + 2000, "High Sun")]));
        log.add(array(&[streamed(AT, "Low Tide")]));
        tekram_listen::catch_up(&log.vault).unwrap();
        let ids: Vec<i64> = log.listens().into_iter().map(|listen| listen.id).collect();
        let state = || -> State {
            let each = ids.iter().map(|id| find(&log.vault, *id).unwrap()).collect();
            let works = ids.iter().map(|id| work_of_listen(&log.vault, *id).unwrap().descriptions.len()).collect();
            (log.listens(), each, paid(&log), works)
        };
        let mut states = vec![state()];
        for act in acts {
            let before = edits(&log.vault, None, 100).unwrap().len();
            match act {
                Act::Rate(at, up) => {
                    rate(&log.vault, ids[at], Some(if up { Thumb::Up } else { Thumb::Down }), NOW).unwrap();
                }
                Act::Note(at, text) => { note(&log.vault, ids[at], texts[text], NOW).unwrap(); }
                Act::Tag(at, text) => { tag(&log.vault, ids[at], &[texts[text].to_owned()], &[], NOW).unwrap(); }
                Act::Untag(at, text) => { tag(&log.vault, ids[at], &[], &[texts[text].to_owned()], NOW).unwrap(); }
                Act::Correct(at, text) => {
                    let fields = if text == 0 { Correction::default() } else { titled(texts[text]) };
                    correct(&log.vault, ids[at], &fields, NOW).unwrap();
                }
                Act::Hide(at) => { hide(&log.vault, ids[at], true, NOW).unwrap(); }
                Act::Delete(at) => { delete(&log.vault, ids[at], NOW).unwrap(); }
                Act::Merge(one, other) => {
                    let work = |at: usize| work_of_listen(&log.vault, ids[at]).unwrap().work;
                    let _ = merge(&log.vault, &[work(one), work(other)], NOW);
                }
            }
            if edits(&log.vault, None, 100).unwrap().len() > before {
                states.push(state());
            }
        }
        prop_assert_eq!(&state(), states.last().unwrap());
        while states.len() > 1 {
            states.pop();
            undo_edit(&log.vault, NOW).unwrap();
            prop_assert_eq!(&state(), states.last().unwrap());
        }
        prop_assert_eq!(code(undo_edit(&log.vault, NOW)), "nothing_to_undo");
    }
}
