//! Relations that are not yet, or no longer, agreed: answers of the other side, and payees without terms.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::sync::Arc;

use tekram_net::NetPolicy;
use tekram_primitives::did::SigningKey;
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::FixedClock;
use tekram_vault::Vault;

use super::*;
use crate::device::Agent;

/// 20 November 2026, noon.
const NOW_MS: i64 = 1_795_176_000_000;

struct Two {
    _folder: tempfile::TempDir,
    clock: Arc<FixedClock>,
    mine: Persona,
    theirs: Persona,
    my_key: SigningKey,
    their_key: SigningKey,
}

fn two() -> Two {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(Timestamp::from_millis(NOW_MS)));
    let agent = Agent::open(folder.path(), NetPolicy::default(), Arc::clone(&clock) as _).unwrap();
    let passphrase = Passphrase::from("a long walk in the rain");
    Two {
        mine: agent.create_persona("Home", &passphrase).unwrap(),
        theirs: agent.create_persona("Work", &passphrase).unwrap(),
        _folder: folder,
        clock,
        my_key: SigningKey::generate().unwrap(),
        their_key: SigningKey::generate().unwrap(),
    }
}

impl Two {
    /// I propose terms; they have it.
    fn propose(&self, terms: &str) -> KeptAgreement {
        let terms = tekram_relate::terms(terms).unwrap().reference();
        let them = self.their_key.did();
        let kept =
            tekram_relate::propose(&self.mine.vault, &self.my_key, &them, &terms, None, self.clock.as_ref()).unwrap();
        tekram_relate::receive(&self.theirs.vault, &kept.signed().unwrap(), &them).unwrap();
        self.clock.advance_ms(60_000);
        kept
    }

    fn my_view(&self) -> RelationView {
        self.mine.relation(&self.their_key.did().to_string()).unwrap().relation
    }

    fn their_view(&self) -> RelationView {
        self.theirs.relation(&self.my_key.did().to_string()).unwrap().relation
    }
}

fn both(view: &RelationView) -> (Half, Half) {
    (view.mine, view.theirs)
}

#[test]
fn a_proposal_waits_on_one_side_and_is_seen_mirrored_on_the_other() {
    let two = two();
    two.propose("PDC-INTENT");
    assert_eq!(both(&two.my_view()), (Half::Offering, Half::Open));
    assert_eq!(both(&two.their_view()), (Half::Open, Half::Offering));
    let detail = two.mine.relation(&two.their_key.did().to_string()).unwrap();
    assert!(detail.records[0].signed_by_me && !detail.records[0].signed_by_them);
    assert_eq!(two.my_view().agreements, 0);
    assert_eq!(two.my_view().name, None, "a key has no name");
}

#[test]
fn an_alternative_names_the_clauses_that_differ_to_both() {
    let two = two();
    let proposed = two.propose("PDC-INTENT");
    let other = tekram_relate::terms("SD-BASE-A").unwrap();
    let answer = tekram_relate::counter(
        &two.theirs.vault,
        &proposed.id,
        &other.reference(),
        &two.their_key,
        two.clock.as_ref(),
    )
    .unwrap();
    tekram_relate::hear(&two.mine.vault, &answer, two.clock.as_ref()).unwrap();

    let (mine, theirs) = (two.my_view(), two.their_view());
    assert_eq!(both(&mine), (Half::Offering, Half::Offering));
    assert!(!mine.differs.is_empty());
    let swapped: Vec<(Side, String)> = theirs
        .differs
        .iter()
        .map(|differing| (differing.side, differing.clause.name.clone()))
        .collect();
    for differing in &mine.differs {
        let (own, foreign) = match differing.side {
            Side::Mine => ("PDC-INTENT", Side::Theirs),
            Side::Theirs => ("SD-BASE-A", Side::Mine),
        };
        let clauses = &tekram_relate::terms(own).unwrap().clauses;
        assert!(clauses.iter().any(|clause| clause.name() == differing.clause.name));
        assert!(swapped.contains(&(foreign, differing.clause.name.clone())));
    }
    let detail = two.mine.relation(&two.their_key.did().to_string()).unwrap();
    assert_eq!(detail.records[0].alternative.as_deref(), Some("SD-BASE-A"));

    // I take the alternative up: nothing differs any more.
    let taken = two.propose("SD-BASE-A");
    let by_both = tekram_relate::accept(&two.theirs.vault, &taken.id, &two.their_key, two.clock.as_ref()).unwrap();
    tekram_relate::conclude(&two.mine.vault, &by_both.signed().unwrap(), two.clock.as_ref()).unwrap();
    let agreed = two.my_view();
    assert_eq!(both(&agreed), (Half::InRelation, Half::InRelation));
    assert_eq!((agreed.agreements, agreed.differs.len()), (1, 0));
    assert_eq!(agreed.since_ms, NOW_MS, "since the first proposal");
    let records = two.mine.relation(&two.their_key.did().to_string()).unwrap().records;
    assert_eq!(records.len(), 2);
    assert!(records[0].signed_by_me && records[0].signed_by_them);
}

#[test]
fn a_refusal_ends_their_half_only() {
    let two = two();
    let proposed = two.propose("PDC-INTENT");
    let answer = tekram_relate::refuse(
        &two.theirs.vault,
        &proposed.id,
        "not_now",
        &two.their_key,
        two.clock.as_ref(),
    )
    .unwrap();
    tekram_relate::hear(&two.mine.vault, &answer, two.clock.as_ref()).unwrap();
    assert_eq!(both(&two.my_view()), (Half::Open, Half::Ended));
    assert_eq!(both(&two.their_view()), (Half::Ended, Half::Open));
}

/// A payee by its page, and a promise to it.
fn promised(vault: &Vault) {
    let statements = [
        "INSERT INTO pay_payee VALUES ('p1', 'The Long Table', 'feed:https://table.example/feed', 'r1', 1)",
        "INSERT INTO pay_payee VALUES ('p2', 'Never Promised', 'feed:https://never.example/feed', 'r2', 1)",
        "INSERT INTO pay_commitment VALUES ('c1', 'p1', '{}', 'EUR', 150, 0, 1795170000000)",
    ];
    vault
        .write(tekram_vault::Scope("pay"), |tx| {
            for sql in statements {
                tx.execute(sql, [])?;
            }
            Ok::<_, tekram_vault::VaultError>(())
        })
        .unwrap();
}

#[test]
fn who_was_promised_money_is_met_even_without_terms() {
    let two = two();
    promised(&two.mine.vault);
    let relations = two.mine.relations().unwrap();
    assert_eq!(relations.len(), 1);
    let payee = &relations[0];
    assert_eq!(
        (payee.party.as_str(), payee.name.as_deref(), payee.name_from),
        (
            "feed:https://table.example/feed",
            Some("The Long Table"),
            Some(NameSource::Payee)
        )
    );
    assert_eq!(both(payee), (Half::Absent, Half::Absent));
    assert_eq!((payee.agreements, payee.since_ms), (0, 1_795_170_000_000));
    assert!(two.mine.relation(&payee.party).unwrap().records.is_empty());
}

#[test]
fn the_newest_acquaintance_comes_first() {
    let two = two();
    promised(&two.mine.vault);
    two.propose("PDC");
    let parties: Vec<String> = two
        .mine
        .relations()
        .unwrap()
        .into_iter()
        .map(|view| view.party)
        .collect();
    assert_eq!(
        parties,
        [
            two.their_key.did().to_string(),
            "feed:https://table.example/feed".to_owned()
        ]
    );
}
