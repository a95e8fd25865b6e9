//! A person and a desk agree on terms, each with a vault of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use tekram_primitives::did::SigningKey;
use tekram_primitives::record::{RecordId, SignedRecord, WireRecord};
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::{FixedClock, Timestamp};
use tekram_primitives::wire::{Agreement, TermsRef};
use tekram_relate::{
    AgreementAnswer, Answer, NegotiationStatus, RelateError, SCHEMA, accept, adopt, check_agreed, check_proposal,
    conclude, counter, expire, get, hear, list, propose, receive, refuse, terminate, terms,
};
use tekram_vault::{Store, Vault};

struct Side {
    _folder: tempfile::TempDir,
    vault: Vault,
    key: SigningKey,
}

fn side(label: &str) -> Side {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let vault = store
        .create(label, &Passphrase::from("correct horse"), &[SCHEMA], &clock())
        .unwrap();
    Side {
        _folder: folder,
        vault,
        key: SigningKey::generate().unwrap(),
    }
}

fn clock() -> FixedClock {
    FixedClock::new(Timestamp::from_secs(1_790_000_000))
}

fn code<T: std::fmt::Debug>(result: Result<T, RelateError>) -> &'static str {
    result.unwrap_err().code()
}

fn intent_terms() -> TermsRef {
    terms("PDC-INTENT").unwrap().reference()
}

fn offer_id() -> RecordId {
    "ab".repeat(32).parse().unwrap()
}

#[test]
fn both_sides_keep_identical_bytes_of_what_both_signed() {
    let (person, desk, clock) = (side("Home"), side("shop"), clock());
    let proposed = propose(
        &person.vault,
        &person.key,
        &desk.key.did(),
        &intent_terms(),
        Some(&offer_id()),
        &clock,
    )
    .unwrap();
    assert_eq!(proposed.status, NegotiationStatus::PendingResponse);

    let arrived = receive(&desk.vault, &proposed.signed().unwrap(), &desk.key.did()).unwrap();
    assert_eq!(arrived.status, NegotiationStatus::ConfirmationRequired);
    clock.advance_ms(1500);
    let signed = accept(&desk.vault, &arrived.id, &desk.key, &clock).unwrap();
    clock.advance_ms(1500);
    let concluded = conclude(&person.vault, &signed.signed().unwrap(), &clock).unwrap();

    assert_eq!(concluded.status, NegotiationStatus::Accepted);
    assert_eq!(concluded.record, signed.record);
    assert_eq!(
        get(&desk.vault, &concluded.id).unwrap().record,
        get(&person.vault, &concluded.id).unwrap().record
    );
    assert_eq!(
        concluded.id, proposed.id,
        "a second signature does not change what the record is"
    );
    let body = check_agreed(&concluded.signed().unwrap()).unwrap();
    assert_eq!((body.terms, body.about), (intent_terms(), Some(offer_id())));
    assert_eq!(list(&person.vault, 10, 0).unwrap(), [concluded]);
}

#[test]
fn every_step_can_be_repeated_after_a_crash() {
    let (person, desk, clock) = (side("Home"), side("shop"), clock());
    let proposed = propose(
        &person.vault,
        &person.key,
        &desk.key.did(),
        &intent_terms(),
        None,
        &clock,
    )
    .unwrap();
    let record = proposed.signed().unwrap();
    assert_eq!(adopt(&person.vault, &record).unwrap(), proposed);
    for _ in 0..2 {
        receive(&desk.vault, &record, &desk.key.did()).unwrap();
    }
    let first = accept(&desk.vault, &proposed.id, &desk.key, &clock).unwrap();
    clock.advance_ms(60_000);
    let again = accept(&desk.vault, &proposed.id, &desk.key, &clock).unwrap();
    assert_eq!(first.record, again.record, "signing again must not make other bytes");
    assert_eq!(
        receive(&desk.vault, &record, &desk.key.did()).unwrap().status,
        NegotiationStatus::Accepted
    );
    let concluded = conclude(&person.vault, &first.signed().unwrap(), &clock).unwrap();
    assert_eq!(
        conclude(&person.vault, &again.signed().unwrap(), &clock).unwrap(),
        concluded
    );
}

#[test]
fn a_refusal_is_signed_and_kept_by_both() {
    let (person, desk, clock) = (side("Home"), side("shop"), clock());
    let proposed = propose(
        &person.vault,
        &person.key,
        &desk.key.did(),
        &intent_terms(),
        None,
        &clock,
    )
    .unwrap();
    receive(&desk.vault, &proposed.signed().unwrap(), &desk.key.did()).unwrap();
    assert_eq!(
        code(refuse(&desk.vault, &proposed.id, "We don't like it", &desk.key, &clock)),
        "bad_reason"
    );
    let no = refuse(&desk.vault, &proposed.id, "terms_not_offered", &desk.key, &clock).unwrap();
    assert_eq!(
        refuse(&desk.vault, &proposed.id, "terms_not_offered", &desk.key, &clock).unwrap(),
        no
    );
    let heard = hear(&person.vault, &no, &clock).unwrap();
    assert_eq!(heard.status, NegotiationStatus::Refused);
    assert_eq!(heard.answer, get(&desk.vault, &proposed.id).unwrap().answer);
    assert_eq!(hear(&person.vault, &no, &clock).unwrap(), heard);
    assert_eq!(
        code(accept(&desk.vault, &proposed.id, &desk.key, &clock)),
        "wrong_state"
    );
}

#[test]
fn an_alternative_is_named_once_and_binds_only_when_the_person_proposes_it() {
    let (person, desk, clock) = (side("Home"), side("shop"), clock());
    let mine = terms("SD-BASE").unwrap().reference();
    let theirs = terms("SD-BASE-A").unwrap().reference();
    let first = propose(&person.vault, &person.key, &desk.key.did(), &mine, None, &clock).unwrap();
    receive(&desk.vault, &first.signed().unwrap(), &desk.key.did()).unwrap();
    assert_eq!(
        code(counter(&desk.vault, &first.id, &mine, &desk.key, &clock)),
        "same_terms"
    );
    let alternative = counter(&desk.vault, &first.id, &theirs, &desk.key, &clock).unwrap();
    assert_eq!(
        hear(&person.vault, &alternative, &clock).unwrap().status,
        NegotiationStatus::CounterOfferMade
    );

    clock.advance_ms(1000);
    let second = propose(&person.vault, &person.key, &desk.key.did(), &theirs, None, &clock).unwrap();
    assert_eq!(second.follows, Some(first.id.clone()));
    let arrived = receive(&desk.vault, &second.signed().unwrap(), &desk.key.did()).unwrap();
    assert_eq!(arrived.follows, Some(first.id));
    assert_eq!(
        code(counter(&desk.vault, &second.id, &mine, &desk.key, &clock)),
        "already_countered"
    );
    let signed = accept(&desk.vault, &second.id, &desk.key, &clock).unwrap();
    assert_eq!(
        conclude(&person.vault, &signed.signed().unwrap(), &clock)
            .unwrap()
            .record,
        signed.record
    );
}

#[test]
fn terms_outside_the_roster_are_not_proposed_and_not_received() {
    let (person, desk, clock) = (side("Home"), side("shop"), clock());
    let unknown = TermsRef {
        id: "SD-EVERYTHING".into(),
        sha256: intent_terms().sha256,
    };
    let changed = TermsRef {
        id: "PDC-INTENT".into(),
        sha256: "0".repeat(64),
    };
    for (reference, expected) in [(unknown, "unknown_terms"), (changed, "terms_hash_differs")] {
        assert_eq!(
            code(propose(
                &person.vault,
                &person.key,
                &desk.key.did(),
                &reference,
                None,
                &clock
            )),
            expected
        );
        let record = SignedRecord::sign(&agreement(&person, &desk, reference), &person.key, Timestamp::EPOCH).unwrap();
        assert_eq!(code(receive(&desk.vault, &record, &desk.key.did())), expected);
    }
}

#[test]
fn only_the_two_named_parties_can_make_an_agreement() {
    let (person, desk, stranger, clock) = (side("Home"), side("shop"), side("stranger"), clock());
    let body = agreement(&person, &desk, intent_terms());

    let not_for_me = SignedRecord::sign(&body, &person.key, Timestamp::EPOCH).unwrap();
    assert_eq!(code(check_proposal(&not_for_me, &stranger.key.did())), "wrong_party");
    let by_stranger = SignedRecord::sign(&body, &stranger.key, Timestamp::EPOCH).unwrap();
    assert_eq!(
        code(receive(&desk.vault, &by_stranger, &desk.key.did())),
        "missing_signature"
    );
    let by_three = not_for_me
        .countersign(&desk.key, Timestamp::EPOCH)
        .unwrap()
        .countersign(&stranger.key, Timestamp::EPOCH)
        .unwrap();
    assert_eq!(code(check_agreed(&by_three)), "missing_signature");

    let proposed = adopt(&person.vault, &not_for_me).unwrap();
    receive(&desk.vault, &not_for_me, &desk.key.did()).unwrap();
    assert_eq!(
        code(accept(&desk.vault, &proposed.id, &stranger.key, &clock)),
        "wrong_party"
    );
    assert_eq!(code(conclude(&person.vault, &not_for_me, &clock)), "missing_signature");
    assert_eq!(
        code(propose(
            &person.vault,
            &person.key,
            &person.key.did(),
            &intent_terms(),
            None,
            &clock
        )),
        "wrong_party"
    );

    let answer = AgreementAnswer {
        kind: AgreementAnswer::TYPE.into(),
        version: 1,
        proposal: proposed.id.clone(),
        second_party: stranger.key.did(),
        answer: Answer::Refused { reason: "no".into() },
        answered: Timestamp::EPOCH,
    };
    let meddling = SignedRecord::sign(&answer, &stranger.key, Timestamp::EPOCH).unwrap();
    assert_eq!(code(hear(&person.vault, &meddling, &clock)), "wrong_party");
    assert_eq!(
        get(&person.vault, &proposed.id).unwrap().status,
        NegotiationStatus::PendingResponse
    );
}

#[test]
fn a_changed_document_or_a_false_signature_is_not_kept() {
    let (person, desk, clock) = (side("Home"), side("shop"), clock());
    let proposed = propose(
        &person.vault,
        &person.key,
        &desk.key.did(),
        &intent_terms(),
        None,
        &clock,
    )
    .unwrap();
    receive(&desk.vault, &proposed.signed().unwrap(), &desk.key.did()).unwrap();
    let signed = accept(&desk.vault, &proposed.id, &desk.key, &clock).unwrap();

    let text = String::from_utf8(signed.record.clone()).unwrap();
    let tampered = text
        .replacen(&intent_terms().sha256, &terms("SD-BASE").unwrap().sha256, 1)
        .replacen("PDC-INTENT", "SD-BASE", 1);
    let tampered = SignedRecord::parse(tampered.as_bytes()).unwrap();
    assert_eq!(code(conclude(&person.vault, &tampered, &clock)), "bad_signature");

    let other = SignedRecord::sign(
        &agreement(&person, &desk, intent_terms()),
        &person.key,
        Timestamp::EPOCH,
    )
    .unwrap();
    let other = other.countersign(&desk.key, Timestamp::EPOCH).unwrap();
    assert_eq!(
        code(conclude(&person.vault, &other, &clock)),
        "no_such_agreement",
        "only what was proposed is concluded"
    );
    assert_eq!(
        get(&person.vault, &proposed.id).unwrap().status,
        NegotiationStatus::PendingResponse
    );
}

#[test]
fn a_second_set_of_signatures_does_not_replace_the_first() {
    let (person, desk, clock) = (side("Home"), side("shop"), clock());
    let proposed = propose(
        &person.vault,
        &person.key,
        &desk.key.did(),
        &intent_terms(),
        None,
        &clock,
    )
    .unwrap()
    .signed()
    .unwrap();
    let first = proposed.countersign(&desk.key, Timestamp::from_secs(1)).unwrap();
    let second = proposed.countersign(&desk.key, Timestamp::from_secs(2)).unwrap();
    let kept = conclude(&person.vault, &first, &clock).unwrap();
    assert_eq!(code(conclude(&person.vault, &second, &clock)), "already_agreed");
    assert_eq!(get(&person.vault, &kept.id).unwrap().record, first.bytes().unwrap());
}

#[test]
fn a_proposal_that_was_taken_back_cannot_be_signed_any_more() {
    let (person, desk, clock) = (side("Home"), side("shop"), clock());
    let proposed = propose(
        &person.vault,
        &person.key,
        &desk.key.did(),
        &intent_terms(),
        None,
        &clock,
    )
    .unwrap();
    receive(&desk.vault, &proposed.signed().unwrap(), &desk.key.did()).unwrap();
    for _ in 0..2 {
        assert_eq!(
            terminate(&person.vault, &proposed.id, &clock).unwrap().status,
            NegotiationStatus::Terminated
        );
    }
    let signed = accept(&desk.vault, &proposed.id, &desk.key, &clock).unwrap();
    assert_eq!(
        code(conclude(&person.vault, &signed.signed().unwrap(), &clock)),
        "wrong_state"
    );
    assert_eq!(
        code(terminate(&desk.vault, &proposed.id, &clock)),
        "no_such_agreement",
        "only the first party proposed it"
    );
}

#[test]
fn a_proposal_without_an_answer_expires_and_a_late_signature_still_counts() {
    let (person, desk, clock) = (side("Home"), side("shop"), clock());
    let proposed = propose(
        &person.vault,
        &person.key,
        &desk.key.did(),
        &intent_terms(),
        None,
        &clock,
    )
    .unwrap();
    receive(&desk.vault, &proposed.signed().unwrap(), &desk.key.did()).unwrap();
    let signed = accept(&desk.vault, &proposed.id, &desk.key, &clock).unwrap();
    clock.advance_ms(3_600_000);
    assert_eq!(
        expire(&person.vault, Timestamp::from_secs(1_790_000_100), &clock).unwrap(),
        1
    );
    assert_eq!(
        get(&person.vault, &proposed.id).unwrap().status,
        NegotiationStatus::Expired
    );
    assert_eq!(
        conclude(&person.vault, &signed.signed().unwrap(), &clock)
            .unwrap()
            .status,
        NegotiationStatus::Accepted
    );
    assert_eq!(
        expire(&desk.vault, Timestamp::from_secs(1_790_000_100), &clock).unwrap(),
        0,
        "what both signed stands"
    );
}

fn agreement(person: &Side, desk: &Side, terms: TermsRef) -> Agreement {
    Agreement {
        kind: Agreement::TYPE.into(),
        version: 1,
        nonce: "00".repeat(16),
        first_party: person.key.did(),
        second_party: desk.key.did(),
        terms,
        about: None,
        proposed: Timestamp::EPOCH,
    }
}
