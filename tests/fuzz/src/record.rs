//! Signed records. What can be read has one spelling, keeps its name, and can be signed once more.

use serde_json::Value;
use tekram_primitives::record::{SignedRecord, WireRecord};
use tekram_primitives::wire::{Agreement, Commitment, DeskCard, Message, Offer, Receipt};

use crate::{NOW, key};

/// Reads a record, and the body as each type there is; signs it again. JSON without a proof gets one first.
pub fn signed_record(bytes: &[u8]) {
    let _ = serde_json::from_slice::<Message>(bytes);
    if let Ok(record) = SignedRecord::parse(bytes) {
        look(&record);
    }
    let Ok(Value::Object(mut document)) = serde_json::from_slice(bytes) else {
        return;
    };
    document.remove("proof");
    let Some(signer) = key(1) else { return };
    let method = signer.did().verification_method();
    let Ok(proof) = tekram_primitives::data_integrity::create_proof(&document, &signer, &method, NOW) else {
        return;
    };
    document.insert("proof".to_owned(), Value::Object(proof));
    let Ok(signed) = serde_json::to_vec(&document) else {
        return;
    };
    if let Ok(record) = SignedRecord::parse(&signed) {
        assert!(record.verify().is_ok_and(|signers| signers == [signer.did()]));
        look(&record);
    }
}

fn look(record: &SignedRecord) {
    let bytes = record.bytes();
    let bytes = bytes.as_deref().unwrap_or_default();
    let again = SignedRecord::parse(bytes);
    assert!(again.as_ref() == Ok(record), "a record is read back as it was");
    assert!(again.is_ok_and(|again| again.bytes().as_deref() == Ok(bytes) && again.id() == record.id()));
    if let (true, Some(other)) = (record.verify().is_ok(), key(2))
        && let Ok(by_both) = record.countersign(&other, NOW)
    {
        assert!(by_both.verify().is_ok() && by_both.id() == record.id());
    }
    body::<Agreement>(record);
    body::<Commitment>(record);
    body::<DeskCard>(record);
    body::<Offer>(record);
    body::<Receipt>(record);
}

/// A body that can be read can be signed and is then read as the same.
fn body<T: WireRecord>(record: &SignedRecord) {
    let (Ok(body), Some(signer)) = (record.body::<T>(), key(3)) else {
        return;
    };
    let Ok(signed) = SignedRecord::sign(&body, &signer, NOW) else {
        return;
    };
    assert!(signed.verify().is_ok());
    let again = signed.body::<T>().map(|again| serde_json::to_value(again).ok());
    assert!(again == Ok(serde_json::to_value(&body).ok()), "{}", T::TYPE);
}
