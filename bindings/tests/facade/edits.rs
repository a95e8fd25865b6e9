//! Changes to history through the facade: each is made, read back in its own terms, listed, and taken back in order.

use crate::common::{all, device, import, name, persona};
use tekram_ffi::{Correction, EditChange, ListenKind, Presence, Thumb};

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_listed_in_its_own_terms_and_taken_back_in_order() {
    let device = device();
    let home = persona(&device).await;
    import(&home, "listenbrainz.zip").await;
    let before = home.listens(all(), None, 10).await.unwrap().listens;
    let id = before[0].id;

    home.rate(id, Some(Thumb::Up)).unwrap();
    assert_eq!(
        home.note_listen(id, " by the sea ".to_owned()).await.unwrap().note,
        "by the sea"
    );
    let tags = vec!["harbour".to_owned(), "Harbour".to_owned()];
    assert_eq!(home.tag_listen(id, tags, Vec::new()).await.unwrap().tags, ["harbour"]);
    let used = home.tags_in_use(5).await.unwrap();
    assert_eq!((used[0].tag.as_str(), used[0].listens), ("harbour", 1));
    let correction = Correction {
        kind: Some(ListenKind::Radio),
        show: Some("Kanal Meer".to_owned()),
        ..Correction::default()
    };
    let corrected = home.correct_listen(id, correction.clone()).await.unwrap();
    assert!(corrected.corrected && corrected.kind == ListenKind::Radio);
    let detail = home.listen(id).await.unwrap();
    assert_eq!(detail.original.unwrap().kind, Some(before[0].kind));
    assert_eq!(detail.told_by[0].source, before[0].source);
    assert!(home.delete_listen(id).await.unwrap().hidden);
    let hidden = home.hidden_listens(None, 1).await.unwrap();
    assert!(hidden.listens[0].for_good_ms.is_some());
    assert_eq!(home.hidden_listens(hidden.next, 1).await.unwrap().listens, []);
    assert!(
        home.listens(all(), None, 10)
            .await
            .unwrap()
            .listens
            .iter()
            .all(|listen| listen.id != id)
    );

    let newest = home.edits(None, 2).await.unwrap();
    assert_eq!(newest.next_undo, Some(newest.edits[0].edit));
    let moved = EditChange::Moved {
        before: Presence::Shown,
        after: Presence::Deleted,
    };
    assert_eq!(newest.edits[0].change, moved);
    let made = EditChange::Corrected {
        before: Correction::default(),
        after: correction,
    };
    assert_eq!(newest.edits[1].change, made);
    let older = home.edits(newest.next, 9).await.unwrap();
    assert_eq!(older.edits.len(), 3);
    assert_eq!(older.next, None);
    assert_eq!(name(home.edits(Some("x".to_owned()), 1).await), "bad_cursor");

    for edit in newest.edits.iter().chain(&older.edits) {
        assert_eq!(home.undo_edit().await.unwrap().edit, edit.edit);
    }
    assert_eq!(home.edits(None, 1).await.unwrap().next_undo, None);
    assert_eq!(name(home.undo_edit().await), "nothing_to_undo");
    assert_eq!(home.listens(all(), None, 10).await.unwrap().listens, before);

    home.delete_listen_for_good(id).await.unwrap();
    assert_eq!(name(home.listen(id).await), "no_such_listen");
    assert_eq!(
        home.edits(None, 1).await.unwrap().edits[0].change,
        EditChange::DeletedForGood
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn works_are_looked_at_merged_and_split_again() {
    let device = device();
    let home = persona(&device).await;
    import(&home, "listenbrainz.zip").await;
    let listens = home.listens(all(), None, 100).await.unwrap().listens;
    let music: Vec<_> = listens
        .iter()
        .filter(|listen| listen.kind == ListenKind::Music)
        .collect();
    let one = home.work_of_listen(music[0].id).await.unwrap();
    let other = music.iter().find(|listen| listen.title != music[0].title).unwrap();
    let other = home.work_of_listen(other.id).await.unwrap();
    assert!(home.works(one.title.clone(), 5).await.unwrap().contains(&one));
    let look = home.merge_look(vec![one.work, other.work]).await.unwrap();
    assert_eq!(look.plays, one.plays + other.plays);
    let merged = home.merge_works(vec![one.work, other.work]).await.unwrap();
    assert_eq!(
        (merged.plays, merged.descriptions.len()),
        (look.plays, one.descriptions.len() + other.descriptions.len())
    );
    let off = other
        .descriptions
        .iter()
        .map(|described| described.description)
        .collect();
    let apart = home.split_work(off).await.unwrap();
    assert_eq!(apart.title, other.title);
    assert_eq!(name(home.merge_look(vec![one.work]).await), "nothing_to_merge");
}
