//! Letters: sealed by one, opened by one, and every way to forge them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use nostr_sdk::nips::nip44::{self, Version};
use nostr_sdk::nips::nip59::UnwrappedGift;
use nostr_sdk::{Event, EventBuilder, JsonUtil, Keys, Kind, Tag, TagKind, Timestamp, UnsignedEvent};
use tekram_net::sealed::{MAX_LETTER_BYTES, MAX_WRAP_CHARS, open, open_verified, seal_to};
use tekram_net::{EventFault, VerifiedEvent};

const OFFER: u16 = 27_400;

fn keys() -> (Keys, Keys) {
    (Keys::generate(), Keys::generate())
}

fn code(receiver: &Keys, wrap: &Event) -> &'static str {
    open(receiver, wrap).unwrap_err().code()
}

/// A wrap around any seal text.
fn wrap(receiver: &Keys, seal: &str) -> Event {
    let once = Keys::generate();
    let content = nip44::encrypt(once.secret_key(), &receiver.public_key(), seal, Version::V2).unwrap();
    EventBuilder::new(Kind::GiftWrap, content)
        .tag(Tag::public_key(receiver.public_key()))
        .sign_with_keys(&once)
        .unwrap()
}

fn seal(receiver: &Keys, sender: &Keys, rumor: &str) -> EventBuilder {
    let content = nip44::encrypt(sender.secret_key(), &receiver.public_key(), rumor, Version::V2).unwrap();
    EventBuilder::new(Kind::Seal, content)
}

fn rumor(author: &Keys) -> UnsignedEvent {
    let mut rumor = UnsignedEvent::new(
        author.public_key(),
        Timestamp::now(),
        Kind::from(OFFER),
        [],
        "{\"price\":1}",
    );
    rumor.ensure_id();
    rumor
}

#[test]
fn a_letter_is_opened_by_its_receiver_and_nobody_else() {
    let (sender, receiver) = keys();
    let before = Timestamp::now();
    let letter = seal_to(&receiver.public_key(), &sender, OFFER, "{\"price\":\"12\"}", None).unwrap();
    let opened = open(&receiver, &letter).unwrap();
    assert_eq!(
        (opened.sender, opened.kind, opened.json.as_str()),
        (sender.public_key(), OFFER, "{\"price\":\"12\"}")
    );
    assert!(opened.created_at >= before);
    assert_eq!(code(&sender, &letter), "not_for_us");
    assert_eq!(code(&Keys::generate(), &letter), "not_for_us");
    let verified = VerifiedEvent::check(letter).unwrap();
    assert_eq!(open_verified(&receiver, &verified).unwrap(), opened);
}

#[tokio::test]
async fn another_implementation_of_nip_59_opens_our_letters_and_we_open_its() {
    let (sender, receiver) = keys();
    let ours = seal_to(&receiver.public_key(), &sender, OFFER, "hello", None).unwrap();
    let unwrapped = UnwrappedGift::from_gift_wrap(&receiver, &ours).await.unwrap();
    assert_eq!(
        (unwrapped.sender, unwrapped.rumor.content.as_str()),
        (sender.public_key(), "hello")
    );
    let theirs = EventBuilder::gift_wrap(&sender, &receiver.public_key(), rumor(&sender), [])
        .await
        .unwrap();
    assert_eq!(open(&receiver, &theirs).unwrap().sender, sender.public_key());
}

#[test]
fn the_outside_tells_nothing_but_the_receiver() {
    let (sender, receiver) = keys();
    let now = Timestamp::now().as_secs();
    let letters: Vec<Event> = (0..40)
        .map(|_| seal_to(&receiver.public_key(), &sender, OFFER, "same", None).unwrap())
        .collect();
    for letter in &letters {
        assert_ne!(letter.pubkey, sender.public_key());
        assert!(!letter.as_json().contains(&sender.public_key().to_hex()));
        assert_eq!(letter.tags.len(), 1, "the receiver and nothing else");
        let age = now.saturating_sub(letter.created_at.as_secs());
        assert!(age <= 172_800, "within the past two days");
    }
    let once: std::collections::BTreeSet<_> = letters.iter().map(|letter| letter.pubkey).collect();
    assert_eq!(once.len(), letters.len(), "each wrap has a key of its own");
    let times: std::collections::BTreeSet<_> = letters.iter().map(|letter| letter.created_at).collect();
    assert!(times.len() > 30, "times are random");
}

#[test]
fn an_expiration_is_carried_and_must_be_in_the_future() {
    let (sender, receiver) = keys();
    let tomorrow = Timestamp::now() + 86_400;
    let letter = seal_to(&receiver.public_key(), &sender, OFFER, "x", Some(tomorrow)).unwrap();
    assert_eq!(letter.tags.expiration(), Some(&tomorrow));
    let yesterday = Timestamp::now() - 86_400;
    assert_eq!(
        seal_to(&receiver.public_key(), &sender, OFFER, "x", Some(yesterday))
            .unwrap_err()
            .code(),
        "already_expired"
    );
}

#[test]
fn every_forgery_has_its_name() {
    let (sender, receiver) = keys();
    let honest = rumor(&sender).as_json();

    let note = EventBuilder::text_note("x").sign_with_keys(&sender).unwrap();
    assert_eq!(code(&receiver, &note), "not_a_wrap");

    let mut changed = wrap(
        &receiver,
        &seal(&receiver, &sender, &honest)
            .sign_with_keys(&sender)
            .unwrap()
            .as_json(),
    );
    changed.tags = nostr_sdk::Tags::new();
    assert_eq!(code(&receiver, &changed), "forged_wrap");
    let mut resigned = wrap(&receiver, "x");
    resigned.sig = note.sig;
    assert_eq!(
        open(&receiver, &resigned).unwrap_err(),
        tekram_net::sealed::SealedError::ForgedWrap(EventFault::BadSignature)
    );

    assert_eq!(code(&receiver, &wrap(&receiver, "not JSON")), "not_a_seal");
    assert_eq!(code(&receiver, &wrap(&receiver, &note.as_json())), "not_a_seal");
    let tagged = seal(&receiver, &sender, &honest)
        .tag(Tag::custom(TagKind::custom("x"), ["y"]))
        .sign_with_keys(&sender)
        .unwrap();
    assert_eq!(code(&receiver, &wrap(&receiver, &tagged.as_json())), "not_a_seal");

    // Sealed by a stranger in the sender's name: the stranger cannot sign.
    let stranger = Keys::generate();
    let mut forged = seal(&receiver, &stranger, &honest).sign_with_keys(&stranger).unwrap();
    forged.pubkey = sender.public_key();
    assert_eq!(code(&receiver, &wrap(&receiver, &forged.as_json())), "forged_seal");
    let mut forged = seal(&receiver, &sender, &honest).sign_with_keys(&sender).unwrap();
    forged.sig = note.sig;
    assert_eq!(code(&receiver, &wrap(&receiver, &forged.as_json())), "forged_seal");

    // The stranger signs, and puts the sender's message inside.
    let anothers = seal(&receiver, &stranger, &honest).sign_with_keys(&stranger).unwrap();
    assert_eq!(code(&receiver, &wrap(&receiver, &anothers.as_json())), "anothers_name");

    // A seal for somebody else, wrapped anew for us.
    let diverted = seal(&Keys::generate(), &sender, &honest)
        .sign_with_keys(&sender)
        .unwrap();
    assert_eq!(code(&receiver, &wrap(&receiver, &diverted.as_json())), "broken_seal");

    let empty = seal(&receiver, &sender, "[]").sign_with_keys(&sender).unwrap();
    assert_eq!(code(&receiver, &wrap(&receiver, &empty.as_json())), "not_a_rumor");
    let mut lying = rumor(&sender);
    lying.content = "changed".to_owned();
    let lying = seal(&receiver, &sender, &lying.as_json())
        .sign_with_keys(&sender)
        .unwrap();
    assert_eq!(code(&receiver, &wrap(&receiver, &lying.as_json())), "bad_rumor_id");
}

#[test]
fn a_letter_too_large_is_refused_before_any_cryptography() {
    let (sender, receiver) = keys();
    let once = Keys::generate();
    let giant = EventBuilder::new(Kind::GiftWrap, "A".repeat(MAX_WRAP_CHARS + 1))
        .sign_with_keys(&once)
        .unwrap();
    assert_eq!(code(&receiver, &giant), "letter_too_large");
    let too_long = "x".repeat(MAX_LETTER_BYTES + 1);
    assert_eq!(
        seal_to(&receiver.public_key(), &sender, OFFER, &too_long, None)
            .unwrap_err()
            .code(),
        "letter_too_large"
    );
    // Escaping counts: each quotation mark takes two characters at each of two layers.
    let quotes = "\"".repeat(MAX_LETTER_BYTES);
    assert_eq!(
        seal_to(&receiver.public_key(), &sender, OFFER, &quotes, None)
            .unwrap_err()
            .code(),
        "letter_too_large"
    );
    let largest = "x".repeat(40_000);
    let letter = seal_to(&receiver.public_key(), &sender, OFFER, &largest, None).unwrap();
    assert!(letter.content.len() <= MAX_WRAP_CHARS);
    assert_eq!(open(&receiver, &letter).unwrap().json, largest);
}

#[test]
fn debug_shows_neither_sender_nor_content() {
    let (sender, receiver) = keys();
    let letter = seal_to(&receiver.public_key(), &sender, OFFER, "private words", None).unwrap();
    let shown = format!("{:?}", open(&receiver, &letter).unwrap());
    assert!(
        !shown.contains("private") && !shown.contains(&sender.public_key().to_hex()),
        "{shown}"
    );
}
