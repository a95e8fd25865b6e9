//! `eddsa-jcs-2022` against the vectors of the W3C Recommendation, step by step.

use serde_json::{Map, Value};
use tekram_primitives::canonical::{sha256_hex, to_canonical_json};
use tekram_primitives::data_integrity::{ProofError, create_proof, hash_data, proof_config, verify_proof};
use tekram_primitives::did::{DidError, DidKey, SigningKey};
use tekram_primitives::record::{RecordError, SignedRecord};
use tekram_primitives::time::Timestamp;

use crate::vectors;

fn vector(name: &str) -> String {
    vectors::text(&format!("eddsa-jcs-2022/{name}"))
}

fn object(name: &str) -> Map<String, Value> {
    vectors::object(&format!("eddsa-jcs-2022/{name}"))
}

/// The published key pair: multibase base58-btc with the multicodecs 0x8026 (secret) and 0xed01 (public).
fn published_key() -> SigningKey {
    let pair = object("keyPair.json");
    let secret = pair["secretKeyMultibase"].as_str().unwrap().strip_prefix('z').unwrap();
    let bytes = bs58::decode(secret).into_vec().unwrap();
    let seed: [u8; 32] = bytes.strip_prefix(&[0x80, 0x26]).unwrap().try_into().unwrap();
    let key = SigningKey::from_seed(&seed).unwrap();
    assert_eq!(key.did().multibase(), pair["publicKeyMultibase"].as_str().unwrap());
    key
}

fn published_time() -> Timestamp {
    object("proofConfigJCS.json")["created"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

#[test]
fn every_step_of_the_published_signature_is_reproduced() {
    let key = published_key();
    let document = object("unsigned.json");
    let method = key.did().verification_method();

    let canonical_document = to_canonical_json(&document).unwrap();
    assert_eq!(canonical_document, vector("canonDocJCS.txt").as_bytes());
    assert_eq!(sha256_hex(&canonical_document), vector("docHashJCS.txt"));

    let config = proof_config(&document, &method, published_time());
    assert_eq!(config, object("proofConfigJCS.json"));
    let canonical_config = to_canonical_json(&config).unwrap();
    assert_eq!(canonical_config, vector("proofCanonJCS.txt").as_bytes());
    assert_eq!(sha256_hex(&canonical_config), vector("proofHashJCS.txt"));

    let hashes = hash_data(&document, &config).unwrap();
    assert_eq!(hex::encode(hashes.proof_config), vector("proofHashJCS.txt"));
    assert_eq!(hex::encode(hashes.document), vector("docHashJCS.txt"));
    assert_eq!(hex::encode(hashes.bytes()), vector("combinedHashJCS.txt"));

    let signature = key.sign(&hashes.bytes());
    assert_eq!(hex::encode(signature), vector("sigHexJCS.txt"));
    assert_eq!(
        format!("z{}", bs58::encode(signature).into_string()),
        vector("sigBTC58JCS.txt")
    );

    let proof = create_proof(&document, &key, &method, published_time()).unwrap();
    let mut signed = document;
    signed.insert("proof".into(), Value::Object(proof));
    assert_eq!(signed, object("signedJCS.json"));
    assert_eq!(
        to_canonical_json(&signed).unwrap(),
        to_canonical_json(&object("signedJCS.json")).unwrap()
    );
}

#[test]
fn the_published_credential_verifies_as_a_record() {
    let record = SignedRecord::parse(vector("signedJCS.json").as_bytes()).unwrap();
    assert_eq!(record.verify().unwrap(), [published_key().did()]);
    assert_eq!(record.id().unwrap().as_str(), vector("docHashJCS.txt"));
    assert_eq!(record.kind(), "", "a credential has several types");
}

/// A draft of the Recommendation named the key by an https URL. Its mathematics hold; whose key it is, we cannot know.
#[test]
fn a_key_named_by_a_web_address_holds_for_whoever_knows_the_key_but_not_in_a_record() {
    let signed = object("signedJCS-draft-https-method.json");
    let mut document = signed.clone();
    let proof = document.remove("proof").unwrap().as_object().unwrap().clone();
    verify_proof(&document, &proof, &published_key().did()).unwrap();

    let method = proof["verificationMethod"].as_str().unwrap();
    let again = create_proof(&document, &published_key(), method, published_time()).unwrap();
    assert_eq!(again, proof);

    let record = SignedRecord::parse(&serde_json::to_vec(&signed).unwrap()).unwrap();
    assert_eq!(
        record.verify(),
        Err(RecordError::Proof {
            position: 1,
            source: ProofError::Key(DidError::NotDidKey)
        })
    );
}

/// A change to the published proof, and the name of the error it must give.
fn refused(change: impl FnOnce(&mut Map<String, Value>, &mut Map<String, Value>)) -> &'static str {
    let mut document = object("signedJCS.json");
    let mut proof = document.remove("proof").unwrap().as_object().unwrap().clone();
    change(&mut document, &mut proof);
    let key: DidKey = published_key().did();
    verify_proof(&document, &proof, &key).unwrap_err().code()
}

#[test]
fn every_part_of_a_proof_is_checked_by_name() {
    let set = |field: &'static str, value: &'static str| {
        refused(move |_, proof| {
            proof.insert(field.into(), value.into());
        })
    };
    assert_eq!(set("type", "Ed25519Signature2020"), "wrong_proof_type");
    assert_eq!(set("cryptosuite", "eddsa-rdfc-2022"), "wrong_cryptosuite");
    assert_eq!(set("proofPurpose", "authentication"), "wrong_proof_purpose");
    assert_eq!(set("created", "yesterday"), "bad_proof_created");
    assert_eq!(set("created", "2023-02-24T23:36:38"), "bad_proof_created");
    assert_eq!(set("created", "2023-02-24T23:36:39Z"), "bad_signature");
    assert_eq!(set("proofValue", "z1"), "bad_proof_value");
    assert_eq!(set("proofValue", "u3q2-7w"), "bad_proof_value");
    assert_eq!(set("id", "urn:uuid:added"), "bad_signature");
    for option in ["expires", "domain", "challenge", "previousProof"] {
        assert_eq!(
            set(option, "2030-01-01T00:00:00Z"),
            "unsupported_proof_option",
            "{option}"
        );
    }
    for field in [
        "type",
        "cryptosuite",
        "proofPurpose",
        "created",
        "verificationMethod",
        "proofValue",
    ] {
        assert_eq!(
            refused(|_, proof| drop(proof.remove(field))),
            "proof_field_missing",
            "{field}"
        );
        assert_eq!(
            refused(|_, proof| drop(proof.insert(field.into(), 7.into()))),
            "proof_field_missing",
            "{field}"
        );
    }
}

#[test]
fn the_context_is_part_of_what_is_signed() {
    assert_eq!(
        refused(|document, _| drop(document.remove("@context"))),
        "proof_context_mismatch"
    );
    assert_eq!(
        refused(|document, _| {
            document["@context"]
                .as_array_mut()
                .unwrap()
                .push("https://evil.example/v1".into());
        }),
        "proof_context_mismatch"
    );
    assert_eq!(refused(|_, proof| drop(proof.remove("@context"))), "bad_signature");
}
