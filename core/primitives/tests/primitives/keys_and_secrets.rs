//! Keys against published pairs; secrets that never show.

use tekram_primitives::did::{DidError, DidKey, SigningKey};
use tekram_primitives::secret::{Passphrase, Secret32, hkdf_sha256, random_hex_128};

use crate::vectors;

#[test]
fn published_seeds_give_the_published_names() {
    let pairs = vectors::object("did-key.json");
    assert_eq!(pairs.len(), 5);
    for (did, seed) in pairs {
        let seed: [u8; 32] = hex::decode(seed.as_str().unwrap()).unwrap().try_into().unwrap();
        let key = SigningKey::from_seed(&seed).unwrap();
        assert_eq!(key.did().to_string(), did);
        assert_eq!(key.did(), did.parse().unwrap());
        assert_eq!(key.seed().expose(), &seed);
        assert_eq!(DidKey::from_public(key.did().public()), key.did());
        let method = key.did().verification_method();
        assert_eq!(method, format!("{did}#{}", did.strip_prefix("did:key:").unwrap()));
        assert_eq!(DidKey::from_verification_method(&method), Ok(key.did()));
    }
}

#[test]
fn a_name_that_is_not_an_ed25519_did_key_is_refused() {
    let code = |text: &str| text.parse::<DidKey>().unwrap_err().code();
    for text in [
        "",
        "did:key:",
        "did:web:example.org",
        "did:key:m7QE",
        "did:key:z0OIl",
        "z6Mk",
        " did:key:z6Mk",
    ] {
        assert_eq!(code(text), "not_did_key", "{text}");
    }
    assert_eq!(code(&format!("did:key:z{}", "1".repeat(10_000))), "not_did_key");
    // The P-256 key of the did:key method's own examples.
    assert_eq!(
        code("did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"),
        "not_ed25519"
    );
    assert_eq!(code("did:key:z6Mk"), "not_ed25519");
}

#[test]
fn a_verification_method_must_belong_to_its_name() {
    let (one, other) = (
        SigningKey::generate().unwrap().did(),
        SigningKey::generate().unwrap().did(),
    );
    for method in [
        one.to_string(),
        format!("{one}#"),
        format!("{one}#{}", other.multibase()),
        format!("{one}#{}#", one.multibase()),
    ] {
        assert_eq!(
            DidKey::from_verification_method(&method),
            Err(DidError::ForeignVerificationMethod),
            "{method}"
        );
    }
}

#[test]
fn a_signature_holds_for_its_key_and_message_only() {
    let (key, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let signature = key.sign(b"two of those");
    assert_eq!(key.did().verify(b"two of those", &signature), Ok(()));
    assert_eq!(
        key.did().verify(b"two of these", &signature),
        Err(DidError::BadSignature)
    );
    assert_eq!(
        other.did().verify(b"two of those", &signature),
        Err(DidError::BadSignature)
    );
    assert_eq!(
        key.did().verify(b"two of those", &signature[..63]),
        Err(DidError::BadSignature)
    );
}

#[test]
fn a_key_that_anyone_can_sign_for_is_refused() {
    // For the neutral element, R = neutral and S = 0 satisfies the equation with every message.
    let mut neutral = [0_u8; 32];
    neutral[0] = 1;
    let mut forged = [0_u8; 64];
    forged[0] = 1;
    let careless = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, neutral);
    assert!(
        careless.verify(b"I owe you everything", &forged).is_ok(),
        "the equation alone does not refuse it"
    );
    assert_eq!(
        DidKey::from_public(neutral).verify(b"I owe you everything", &forged),
        Err(DidError::WeakKey)
    );
    let mut negative = neutral;
    negative[31] |= 0x80;
    assert_eq!(
        DidKey::from_public(negative).verify(b"", &forged),
        Err(DidError::WeakKey)
    );
}

/// "Taming the many EdDSAs", which the Recommendation on the cryptosuite tells implementers to try (section 4.1.2).
#[test]
fn the_edge_cases_of_ed25519_are_settled_strictly() {
    let expected = [
        Err(DidError::WeakKey),      // public key and R of small order, S = 0
        Err(DidError::WeakKey),      // public key of small order
        Ok(()),                      // R of small order, public key of mixed order
        Ok(()),                      // both of mixed order
        Err(DidError::BadSignature), // holds only when multiplied by the cofactor
        Err(DidError::BadSignature), // the same, with a hash that must be reduced first
        Err(DidError::BadSignature), // S beyond the group order
        Err(DidError::BadSignature), // S far beyond the group order
        Err(DidError::BadSignature), // R not in canonical form
        Err(DidError::BadSignature), // R not in canonical form, reduced before hashing
    ];
    let cases = vectors::json("ed25519-speccheck.json");
    let cases = cases.as_array().unwrap();
    assert_eq!(cases.len(), expected.len());
    for (number, (case, expected)) in cases.iter().zip(expected).enumerate() {
        let bytes = |field: &str| hex::decode(case[field].as_str().unwrap()).unwrap();
        let key = DidKey::from_public(bytes("pub_key").try_into().unwrap());
        assert_eq!(
            key.verify(&bytes("message"), &bytes("signature")),
            expected,
            "case {number}"
        );
    }
}

#[test]
fn secrets_print_as_redacted() {
    let seed = Secret32::new([0x2a; 32]);
    let passphrase = Passphrase::from("correct horse battery staple");
    let key = SigningKey::from_seed(seed.expose()).unwrap();
    assert_eq!(format!("{seed:?} {seed:#?}"), "[REDACTED] [REDACTED]");
    assert_eq!(format!("{passphrase:?}"), "[REDACTED]");
    let printed = format!("{key:?}");
    assert!(printed.contains("[REDACTED]") && !printed.contains("42"), "{printed}");
    assert_eq!(passphrase.expose(), "correct horse battery staple");
}

/// The memory of a dropped value cannot be read back in safe Rust; that these types wipe themselves is checked by the
/// compiler, and that wiping works is checked in place.
#[test]
fn secrets_are_wiped_when_dropped() {
    fn wipes_itself_on_drop<T: zeroize::ZeroizeOnDrop>() {}
    wipes_itself_on_drop::<Secret32>();
    wipes_itself_on_drop::<Passphrase>();
    let mut seed = Secret32::new([0x2a; 32]);
    zeroize::Zeroize::zeroize(&mut seed);
    assert_eq!(seed.expose(), &[0; 32]);
    let mut passphrase = Passphrase::from("correct horse");
    zeroize::Zeroize::zeroize(&mut passphrase);
    assert_eq!(passphrase.expose(), "");
}

#[test]
fn one_root_gives_one_key_for_each_label() {
    let root = Secret32::new([7; 32]);
    let relation = hkdf_sha256(&root, "tekram/v1/relation");
    assert_eq!(relation.expose(), hkdf_sha256(&root, "tekram/v1/relation").expose());
    assert_ne!(relation.expose(), hkdf_sha256(&root, "tekram/v2/relation").expose());
    assert_ne!(
        relation.expose(),
        hkdf_sha256(&Secret32::new([8; 32]), "tekram/v1/relation").expose()
    );
    assert_ne!(relation.expose(), root.expose());
}

#[test]
fn random_secrets_differ() {
    assert_ne!(
        Secret32::random().unwrap().expose(),
        Secret32::random().unwrap().expose()
    );
    let nonce = random_hex_128().unwrap();
    assert_eq!(nonce.len(), 32);
    assert!(
        nonce
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase())
    );
    assert_ne!(nonce, random_hex_128().unwrap());
    let bytes: &[u8] = &[1; 31];
    assert_eq!(Secret32::try_from(bytes).unwrap_err().code(), "wrong_secret_length");
}
