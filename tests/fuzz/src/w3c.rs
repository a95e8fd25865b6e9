//! W3C credentials, as they come, and with a proof by their own issuer.

use serde_json::{Map, Value};
use tekram_primitives::credential::{StatusRef, W3cCredential, bitstring_status, key_source};
use tekram_primitives::data_integrity::create_proof;

use crate::{NOW, key};

/// Reads the bytes as a credential; then makes a key of ours its issuer, and signs it.
pub fn w3c(bytes: &[u8]) {
    if let Ok(credential) = W3cCredential::parse(bytes) {
        look(&credential);
    }
    let Some(bytes) = serde_json::from_slice(bytes).ok().and_then(signed) else {
        return;
    };
    if let Ok(credential) = W3cCredential::parse(&bytes) {
        look(&credential);
    }
}

/// The document by an issuer of ours.
pub(crate) fn signed(document: Map<String, Value>) -> Option<Vec<u8>> {
    let mut document = document;
    let issuer = key(1)?;
    document.remove("proof");
    document.insert("issuer".to_owned(), issuer.did().to_string().into());
    let method = issuer.did().verification_method();
    let proof = create_proof(&document, &issuer, &method, NOW).ok()?;
    document.insert("proof".to_owned(), Value::Object(proof));
    serde_json::to_vec(&document).ok()
}

fn look(credential: &W3cCredential) {
    let _ = (
        credential.verify(NOW),
        credential.id(),
        credential.types(),
        credential.valid_from(),
        credential.expires(),
    );
    let _ = key_source(credential.issuer());
    for place in credential.status() {
        let place: &StatusRef = place;
        let _ = bitstring_status(b"{}", place, credential.issuer(), NOW);
    }
}
