//! Credentials: the examples of RFC 9901 and of the SD-JWT VC draft, credentials made here, and every way to cheat with
//! one that the standards name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tekram_primitives::canonical::sha256;
use tekram_primitives::credential::{
    CredentialError, CredentialStatus, IssuerKeySource, KeyBinding, PublicKey, SdJwt, SdJwtVc, Selective, StatusRef,
    StatusType, W3cCredential, bitstring_status, issue_sd_jwt_vc, key_from_did_document, key_from_issuer_metadata,
    key_from_jwks, key_source, keys_address, status_list_credential_issuer, token_status,
};
use tekram_primitives::data_integrity::create_proof;
use tekram_primitives::did::SigningKey;
use tekram_primitives::time::Timestamp;

const RFC_9901: &str = include_str!("vectors/sd-jwt/rfc9901-presentation.txt");
const DRAFT: &str = include_str!("vectors/sd-jwt/sd-jwt-vc-presentation.txt");
const NOW: Timestamp = Timestamp::from_secs(1_790_000_000);

fn example_issuer() -> PublicKey {
    let jwk: Value = serde_json::from_str(include_str!("vectors/sd-jwt/issuer.jwk.json")).unwrap();
    PublicKey::from_jwk(jwk.as_object().unwrap()).unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

fn public(key: &SigningKey) -> PublicKey {
    PublicKey::Ed25519(key.did())
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A signed token.
fn token(header: Value, payload: &Value, key: &SigningKey) -> String {
    let signed = format!("{}.{}", encode(&header), encode(payload));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes())))
}

fn hash(disclosure: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(disclosure.as_bytes()))
}

const ISSUER: u8 = 1;
const HOLDER: u8 = 2;

/// What every credential made here says openly.
fn open_claims() -> Map<String, Value> {
    let claims = json!({
        "iss": key(ISSUER).did().to_string(), "vct": "https://example.org/member", "iat": NOW.secs(),
        "exp": NOW.secs() + 1000, "cnf": SdJwtVc::confirmation(&key(HOLDER).did()),
        "status": {"status_list": {"idx": 5, "uri": "https://example.org/list/1"}},
    });
    claims.as_object().unwrap().clone()
}

/// A credential with a name, an address whose town is hidden on its own, and a list with one hidden element.
fn credential() -> String {
    let name = encode(&json!(["s1", "name", "Ada"]));
    let town = encode(&json!(["s2", "town", "Wien"]));
    let address = encode(&json!(["s3", "address", {"country": "AT", "_sd": [hash(&town)]}]));
    let element = encode(&json!(["s4", "b"]));
    let mut claims = open_claims();
    claims.insert("_sd".to_owned(), json!([hash(&name), hash(&address), hash("a decoy")]));
    claims.insert(
        "tags".to_owned(),
        json!(["a", {"...": hash(&element)}, {"...": hash("another decoy")}]),
    );
    let token = token(
        json!({"alg": "EdDSA", "typ": "dc+sd-jwt"}),
        &Value::Object(claims),
        &key(ISSUER),
    );
    format!("{token}~{name}~{town}~{address}~{element}~")
}

const ASKED: KeyBinding<'_> = KeyBinding {
    audience: "https://shop.example",
    nonce: "n-1",
    max_age_seconds: 60,
};

#[test]
fn the_example_of_rfc_9901_is_read_as_the_rfc_says() {
    let example = SdJwt::parse(RFC_9901.trim()).unwrap();
    example.verify(&example_issuer()).unwrap();
    let claims = example.claims();
    assert_eq!(claims["given_name"], "John");
    assert_eq!(claims["family_name"], "Doe");
    assert_eq!(claims["address"]["locality"], "Anytown");
    assert_eq!(claims["nationalities"], json!(["US"]));
    assert!(!claims.contains_key("_sd") && !claims.contains_key("_sd_alg") && !claims.contains_key("email"));
    let paths: Vec<_> = example.disclosable().into_iter().map(|claim| claim.path).collect();
    assert_eq!(paths, ["/family_name", "/address", "/given_name", "/nationalities/0"]);
    assert_eq!(
        SdJwtVc::parse(RFC_9901).unwrap_err(),
        CredentialError::WrongType { expected: "dc+sd-jwt" }
    );
}

#[test]
fn the_example_of_the_sd_jwt_vc_draft_holds_with_its_key_binding() {
    let example = SdJwtVc::parse(DRAFT).unwrap();
    let asked_at = Timestamp::from_secs(1_733_230_150);
    example.verify(&example_issuer(), asked_at).unwrap();
    let asked = KeyBinding {
        audience: "https://example.com/verifier",
        nonce: "1234567890",
        max_age_seconds: 60,
    };
    example.verify_key_binding(Some(asked), asked_at).unwrap();
    assert_eq!(example.issuer(), "https://example.com/issuer");
    assert_eq!(example.key_id().unwrap(), Some("doc-signer-05-25-2022"));
    assert_eq!(
        example.credential_type(),
        "https://credentials.example.com/identity_credential"
    );
    assert_eq!(example.sd_jwt().claims()["is_over_65"], true);
    assert_eq!(
        example.verify(&example_issuer(), Timestamp::from_secs(1_883_000_000)),
        Err(CredentialError::Expired)
    );
    assert_eq!(
        example.verify(&public(&key(1)), asked_at),
        Err(CredentialError::BadSignature)
    );
}

#[test]
fn a_credential_shows_what_was_chosen_and_nothing_else() {
    let whole = SdJwtVc::parse(&credential()).unwrap();
    whole.verify(&public(&key(ISSUER)), NOW).unwrap();
    assert_eq!(
        whole.sd_jwt().claims()["address"],
        json!({"country": "AT", "town": "Wien"})
    );
    assert_eq!(whole.sd_jwt().claims()["tags"], json!(["a", "b"]));
    let cases: [(&[&str], &[&str]); 4] = [
        (&[], &[]),
        (&["/name"], &["/name"]),
        (&["/address"], &["/address"]),
        // The town lies in the address, which has to be shown too.
        (&["/address/town", "/tags/1"], &["/address/town", "/address", "/tags/1"]),
    ];
    for (chosen, shown) in cases {
        let text = whole
            .present(chosen, ASKED.audience, ASKED.nonce, &key(HOLDER), NOW)
            .unwrap();
        let presented = SdJwtVc::parse(&text).unwrap();
        presented.verify(&public(&key(ISSUER)), NOW).unwrap();
        presented.verify_key_binding(Some(ASKED), NOW).unwrap();
        let paths: Vec<_> = presented
            .sd_jwt()
            .disclosable()
            .into_iter()
            .map(|claim| claim.path)
            .collect();
        assert_eq!(paths, shown);
        assert_eq!(
            text.contains(&encode(&json!(["s1", "name", "Ada"]))),
            chosen.contains(&"/name")
        );
    }
    let refused = whole.present(&["/surname"], "a", "n", &key(HOLDER), NOW);
    assert_eq!(refused.unwrap_err(), CredentialError::NoSuchClaim);
    let refused = whole.present(&[], "a", "n", &key(3), NOW);
    assert_eq!(refused.unwrap_err(), CredentialError::NotHolder);
}

#[test]
fn a_key_binding_is_for_one_verifier_one_question_one_selection_and_a_short_time() {
    let whole = SdJwtVc::parse(&credential()).unwrap();
    let text = whole
        .present(&["/name"], ASKED.audience, ASKED.nonce, &key(HOLDER), NOW)
        .unwrap();
    let check = |text: &str, asked: Option<KeyBinding<'_>>, now: Timestamp| {
        SdJwtVc::parse(text).unwrap().verify_key_binding(asked, now)
    };
    let bad = |part| Err(CredentialError::BadKeyBinding { part });
    assert_eq!(
        check(
            &text,
            Some(KeyBinding {
                audience: "https://other.example",
                ..ASKED
            }),
            NOW
        ),
        bad("audience")
    );
    assert_eq!(
        check(&text, Some(KeyBinding { nonce: "n-2", ..ASKED }), NOW),
        bad("nonce")
    );
    assert_eq!(check(&text, Some(ASKED), NOW.plus_secs(61)), bad("time"));
    assert_eq!(check(&text, Some(ASKED), NOW.plus_secs(-301)), bad("time"));
    assert_eq!(check(&text, None, NOW), bad("missing"));
    let (unbound, binding) = text.rsplit_once('~').unwrap();
    assert_eq!(check(&format!("{unbound}~"), Some(ASKED), NOW), bad("missing"));
    // One disclosure fewer under the same binding.
    let issued = unbound.split('~').next().unwrap();
    assert_eq!(
        check(&format!("{issued}~{binding}"), Some(ASKED), NOW),
        bad("selection")
    );
    // Bound by somebody else's key.
    let mut payload: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(binding.split('.').nth(1).unwrap()).unwrap()).unwrap();
    let forged = token(json!({"alg": "EdDSA", "typ": "kb+jwt"}), &payload, &key(3));
    assert_eq!(
        check(&format!("{unbound}~{forged}"), Some(ASKED), NOW),
        Err(CredentialError::BadSignature)
    );
    let wrong_type = token(json!({"alg": "EdDSA", "typ": "JWT"}), &payload, &key(HOLDER));
    assert_eq!(
        check(&format!("{unbound}~{wrong_type}"), Some(ASKED), NOW),
        Err(CredentialError::WrongType { expected: "kb+jwt" })
    );
    payload.as_object_mut().unwrap().remove("iat");
    let timeless = token(json!({"alg": "EdDSA", "typ": "kb+jwt"}), &payload, &key(HOLDER));
    assert_eq!(check(&format!("{unbound}~{timeless}"), Some(ASKED), NOW), bad("time"));
}

/// The code with which a credential of these claims and disclosures is refused; `None` when it is read.
fn refusal(header: Value, change: impl FnOnce(&mut Map<String, Value>), disclosures: &[&str]) -> Option<&'static str> {
    let mut claims = open_claims();
    change(&mut claims);
    let mut text = format!("{}~", token(header, &Value::Object(claims), &key(ISSUER)));
    for disclosure in disclosures {
        text.push_str(disclosure);
        text.push('~');
    }
    SdJwtVc::parse(&text).err().map(|error| error.code())
}

#[test]
fn every_way_to_cheat_with_disclosures_is_refused() {
    let vc = || json!({"alg": "EdDSA", "typ": "dc+sd-jwt"});
    let set = |member: &'static str, value: Value| {
        move |claims: &mut Map<String, Value>| {
            claims.insert(member.to_owned(), value);
        }
    };
    let name = encode(&json!(["s", "name", "Ada"]));
    let element = encode(&json!(["s", "x"]));
    let hidden = |disclosure: &str| json!([hash(disclosure)]);
    assert_eq!(
        refusal(vc(), set("_sd", hidden(&name)), &[&name]),
        None,
        "the honest one is read"
    );
    let foreign = Some("foreign_disclosure");
    assert_eq!(refusal(vc(), |_| (), &[&name]), foreign, "not hashed anywhere");
    assert_eq!(
        refusal(vc(), set("_sd", hidden(&name)), &[&name, &name]),
        foreign,
        "sent twice"
    );
    let twice = json!([hash(&name), hash(&name)]);
    assert_eq!(refusal(vc(), set("_sd", twice), &[&name]), foreign, "hashed twice");
    let element_as_claim = set("_sd", hidden(&element));
    assert_eq!(
        refusal(vc(), element_as_claim, &[&element]),
        foreign,
        "an element as a claim"
    );
    let claim_as_element = set("list", json!([{"...": hash(&name)}]));
    assert_eq!(
        refusal(vc(), claim_as_element, &[&name]),
        foreign,
        "a claim as an element"
    );
    let reserved = Some("bad_disclosure_name");
    for taken in ["_sd", "...", "vct", "iss", "exp", "cnf", "status"] {
        let disclosure = encode(&json!(["s", taken, "x"]));
        assert_eq!(
            refusal(vc(), set("_sd", hidden(&disclosure)), &[&disclosure]),
            reserved,
            "{taken}"
        );
    }
    let hidden_nbf = encode(&json!(["s", "nbf", 0]));
    assert_eq!(refusal(vc(), set("_sd", hidden(&hidden_nbf)), &[&hidden_nbf]), reserved);
    let shape = Some("not_a_credential");
    for disclosure in [
        json!(["s"]),
        json!(["s", "a", 1, 2]),
        json!([1, "a", 1]),
        json!({}),
        json!("s"),
    ] {
        let disclosure = encode(&disclosure);
        assert_eq!(refusal(vc(), set("_sd", hidden(&disclosure)), &[&disclosure]), shape);
    }
    assert_eq!(refusal(vc(), set("_sd", json!("x")), &[]), shape);
    assert_eq!(refusal(vc(), set("_sd", json!([1])), &[]), shape);
    assert_eq!(refusal(vc(), set("list", json!([{"...": "x", "y": 1}])), &[]), shape);
    assert_eq!(refusal(vc(), set("map", json!({"...": "x"})), &[]), shape);
    assert_eq!(
        refusal(vc(), set("_sd_alg", json!("sha-512")), &[]),
        Some("credential_unsupported")
    );
    let type_of = |typ: &str| json!({"alg": "EdDSA", "typ": typ});
    assert_eq!(refusal(type_of("JWT"), |_| (), &[]), Some("wrong_credential_type"));
    assert_eq!(refusal(type_of("application/dc+sd-jwt"), |_| (), &[]), None);
    let critical = json!({"alg": "EdDSA", "typ": "dc+sd-jwt", "crit": ["b64"]});
    assert_eq!(refusal(critical, |_| (), &[]), Some("credential_unsupported"));
    let other_status = set("status", json!({"other": {}}));
    assert_eq!(
        refusal(vc(), other_status, &[]),
        Some("credential_unsupported"),
        "a status that cannot be asked"
    );
}

#[test]
fn a_signature_counts_only_with_the_algorithm_of_the_issuer_s_key_and_at_its_time() {
    let check = |header: Value, change: fn(&mut Map<String, Value>)| {
        let mut claims = open_claims();
        change(&mut claims);
        let text = format!("{}~", token(header, &Value::Object(claims), &key(ISSUER)));
        SdJwtVc::parse(&text).unwrap().verify(&public(&key(ISSUER)), NOW)
    };
    let header = |algorithm: &str| json!({"alg": algorithm, "typ": "dc+sd-jwt"});
    assert_eq!(check(header("EdDSA"), |_| ()), Ok(()));
    assert_eq!(check(header("Ed25519"), |_| ()), Ok(()));
    for algorithm in ["none", "ES256", "HS256", ""] {
        assert_eq!(
            check(header(algorithm), |_| ()),
            Err(CredentialError::BadSignature),
            "{algorithm}"
        );
    }
    let expired = check(header("EdDSA"), |claims| {
        claims.insert("exp".to_owned(), NOW.secs().into());
    });
    assert_eq!(expired, Err(CredentialError::Expired));
    let early = check(header("EdDSA"), |claims| {
        claims.insert("nbf".to_owned(), (NOW.secs() + 301).into());
    });
    assert_eq!(early, Err(CredentialError::NotYetValid));
    let whole = credential();
    let mut changed = whole.clone().into_bytes();
    let at = whole.find('.').unwrap() + 20;
    changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
    let changed = SdJwtVc::parse(&String::from_utf8(changed).unwrap());
    assert!(
        changed
            .and_then(|changed| changed.verify(&public(&key(ISSUER)), NOW))
            .is_err()
    );
}

#[test]
fn the_key_of_an_issuer_comes_from_its_name_or_its_metadata() {
    let did = key(ISSUER).did().to_string();
    assert_eq!(key_source(&did).unwrap(), IssuerKeySource::Known(public(&key(ISSUER))));
    let jwk = encode(&example_issuer().to_jwk());
    assert_eq!(
        key_source(&format!("did:jwk:{jwk}")).unwrap(),
        IssuerKeySource::Known(example_issuer())
    );
    let url = |issuer: &str| match key_source(issuer).unwrap() {
        IssuerKeySource::Metadata { url } => url,
        known => panic!("{known:?}"),
    };
    // draft-ietf-oauth-sd-jwt-vc, section 5.1: the well-known part stands between host and path.
    assert_eq!(
        url("https://example.com"),
        "https://example.com/.well-known/jwt-vc-issuer"
    );
    assert_eq!(
        url("https://example.com/t/1/"),
        "https://example.com/.well-known/jwt-vc-issuer/t/1"
    );
    for issuer in [
        "http://example.com",
        "did:web:",
        "did:web:a/b",
        "did:web:a:..:b",
        "did:web:a@b",
        "did:ion:x",
        "https://",
        "https://a@b",
        "https://a/?x",
        "x",
    ] {
        assert_eq!(
            key_source(issuer).unwrap_err().code(),
            "credential_unsupported",
            "{issuer}"
        );
    }
    let document = |did: &str| match key_source(did).unwrap() {
        IssuerKeySource::DidDocument { url } => url,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        document("did:web:example.com"),
        "https://example.com/.well-known/did.json"
    );
    assert_eq!(
        document("did:web:example.com%3A3000:user:ada"),
        "https://example.com:3000/user/ada/did.json"
    );
    let mut jwk = example_issuer().to_jwk();
    jwk["kid"] = "k1".into();
    let metadata = json!({"issuer": "https://example.com", "jwks": {"keys": [jwk, public(&key(1)).to_jwk()]}});
    let find = |issuer: &str, kid| key_from_issuer_metadata(metadata.to_string().as_bytes(), issuer, kid);
    assert_eq!(find("https://example.com", Some("k1")), Ok(example_issuer()));
    for (issuer, kid) in [
        ("https://example.com", Some("k2")),
        ("https://example.com", None),
        ("https://evil", Some("k1")),
    ] {
        assert_eq!(find(issuer, kid), Err(CredentialError::UnknownIssuerKey));
    }
    let elsewhere = json!({"issuer": "https://example.com", "jwks_uri": "https://example.com/keys"}).to_string();
    assert_eq!(
        keys_address(elsewhere.as_bytes(), "https://example.com"),
        Ok(Some("https://example.com/keys".to_owned()))
    );
    assert_eq!(
        keys_address(elsewhere.as_bytes(), "https://evil"),
        Err(CredentialError::UnknownIssuerKey)
    );
    assert_eq!(
        keys_address(metadata.to_string().as_bytes(), "https://example.com"),
        Ok(None)
    );
    let keys = metadata["jwks"].to_string();
    assert_eq!(key_from_jwks(keys.as_bytes(), Some("k1")), Ok(example_issuer()));
    assert_eq!(
        key_from_jwks(keys.as_bytes(), None),
        Err(CredentialError::UnknownIssuerKey)
    );
}

#[test]
fn a_did_web_document_gives_only_keys_that_it_signs_with() {
    let did = "did:web:example.com";
    let multibase = key(ISSUER).did().multibase();
    let document = json!({
        "id": did,
        "verificationMethod": [
            {"id": "did:web:example.com#a", "controller": did, "publicKeyMultibase": multibase},
            {"id": "#b", "controller": did, "publicKeyJwk": example_issuer().to_jwk()},
            {"id": "#login", "controller": did, "publicKeyJwk": public(&key(7)).to_jwk()},
        ],
        "assertionMethod": ["#a", "did:web:example.com#b", {"id": "#c", "publicKeyJwk": public(&key(8)).to_jwk()}],
        "authentication": ["#login"],
    });
    let find = |document: &Value, kid| key_from_did_document(document.to_string().as_bytes(), did, kid);
    assert_eq!(find(&document, Some("did:web:example.com#a")), Ok(public(&key(ISSUER))));
    assert_eq!(find(&document, Some("#b")), Ok(example_issuer()));
    assert_eq!(find(&document, Some("c")), Ok(public(&key(8))));
    for kid in [Some("#login"), Some("#d"), Some("did:web:evil.example#a"), None] {
        assert_eq!(find(&document, kid), Err(CredentialError::UnknownIssuerKey), "{kid:?}");
    }
    let mut only = document.clone();
    only["assertionMethod"] = json!(["#a"]);
    assert_eq!(find(&only, None), Ok(public(&key(ISSUER))));
    only["id"] = "did:web:evil.example".into();
    assert_eq!(find(&only, None), Err(CredentialError::UnknownIssuerKey));
}

fn packed(bytes: &[u8], gzip: bool) -> String {
    let level = flate2::Compression::default();
    URL_SAFE_NO_PAD.encode(if gzip {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), level);
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    } else {
        let mut out = flate2::write::ZlibEncoder::new(Vec::new(), level);
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    })
}

#[test]
fn a_status_list_token_says_whether_a_credential_was_revoked() {
    let place = SdJwtVc::parse(&credential()).unwrap().status().unwrap().clone();
    assert_eq!((place.uri.as_str(), place.index), ("https://example.org/list/1", 5));
    let list = |bits: u64, bytes: &[u8]| {
        json!({"sub": place.uri, "iat": NOW.secs(), "exp": NOW.secs() + 60,
            "status_list": {"bits": bits, "lst": packed(bytes, false)}})
    };
    let typ = || json!({"alg": "EdDSA", "typ": "statuslist+jwt"});
    let ask = |payload: &Value, index: u64, now: Timestamp| {
        let fetched = token(typ(), payload, &key(ISSUER));
        let place = StatusRef { index, ..place.clone() };
        token_status(fetched.as_bytes(), &place, &public(&key(ISSUER)), now)
    };
    assert_eq!(ask(&list(1, &[0b0010_0000]), 5, NOW), Ok(CredentialStatus::Revoked));
    assert_eq!(ask(&list(1, &[0b1101_1111]), 5, NOW), Ok(CredentialStatus::Valid));
    assert_eq!(
        ask(&list(2, &[0, 0b0000_1000]), 5, NOW),
        Ok(CredentialStatus::Suspended)
    );
    assert_eq!(
        ask(&list(8, &[0, 0, 0, 0, 0, 12]), 5, NOW),
        Ok(CredentialStatus::Other(12))
    );
    assert_eq!(
        ask(&list(1, &[0]), 8, NOW),
        Err(CredentialError::BadStatusList { part: "index" })
    );
    assert_eq!(ask(&list(3, &[0]), 0, NOW).unwrap_err().code(), "not_a_credential");
    assert_eq!(ask(&list(1, &[0]), 0, NOW.plus_secs(60)), Err(CredentialError::Expired));
    let mut other = list(1, &[0]);
    other["sub"] = "https://example.org/list/2".into();
    assert_eq!(
        ask(&other, 5, NOW),
        Err(CredentialError::BadStatusList { part: "address" })
    );
    let fetched = token(typ(), &list(1, &[0]), &key(9));
    assert_eq!(
        token_status(fetched.as_bytes(), &place, &public(&key(ISSUER)), NOW),
        Err(CredentialError::BadSignature)
    );
    // A list of 64 MiB of nothing packs into a few KiB.
    assert_eq!(
        ask(&list(1, &vec![0; 64 * 1024 * 1024]), 5, NOW),
        Err(CredentialError::TooLarge)
    );
}

/// A W3C credential by this key.
fn w3c(change: impl FnOnce(&mut Map<String, Value>), signer: &SigningKey) -> Vec<u8> {
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "MemberCredential"],
        "issuer": {"id": key(ISSUER).did().to_string(), "name": "Library"},
        "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2027-01-01T00:00:00+01:00",
        "credentialSubject": {"id": key(HOLDER).did().to_string(), "member": true},
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation",
            "statusListIndex": "9", "statusListCredential": "https://example.org/list"}
    });
    let mut document = document.as_object().unwrap().clone();
    change(&mut document);
    let method = signer.did().verification_method();
    let proof = create_proof(&document, signer, &method, NOW).unwrap();
    document.insert("proof".to_owned(), proof.into());
    serde_json::to_vec(&document).unwrap()
}

#[test]
fn a_w3c_credential_holds_by_its_issuer_s_key_and_in_its_time_only() {
    let credential = W3cCredential::parse(&w3c(|_| (), &key(ISSUER))).unwrap();
    credential.verify(NOW).unwrap();
    assert_eq!(credential.types(), ["VerifiableCredential", "MemberCredential"]);
    assert_eq!(credential.expires().unwrap().to_string(), "2026-12-31T23:00:00Z");
    assert_eq!(
        credential.verify("2027-01-01T00:00:00Z".parse().unwrap()),
        Err(CredentialError::Expired)
    );
    assert_eq!(
        credential.verify("2025-12-01T00:00:00Z".parse().unwrap()),
        Err(CredentialError::NotYetValid)
    );
    let forged = W3cCredential::parse(&w3c(|_| (), &key(3))).unwrap();
    assert_eq!(forged.verify(NOW), Err(CredentialError::UnknownIssuerKey));
    let text = String::from_utf8(w3c(|_| (), &key(ISSUER))).unwrap();
    let changed = W3cCredential::parse(text.replace("\"member\":true", "\"member\":false").as_bytes()).unwrap();
    assert_eq!(changed.verify(NOW).unwrap_err().code(), "bad_signature");
    for (member, value) in [
        ("@context", json!(["https://www.w3.org/2018/credentials/v1"])),
        ("type", json!("Thing")),
        ("issuer", json!(7)),
        ("validFrom", json!("yesterday")),
        ("credentialStatus", json!({"type": "Other"})),
    ] {
        let change = |document: &mut Map<String, Value>| {
            document.insert(member.to_owned(), value);
        };
        assert!(W3cCredential::parse(&w3c(change, &key(ISSUER))).is_err(), "{member}");
    }
    // The Recommendation's example is whole, and by a key that is not its issuer's name.
    let example = include_bytes!("vectors/eddsa-jcs-2022/signedJCS.json");
    let example = W3cCredential::parse(example).unwrap();
    assert_eq!(example.verify(NOW), Err(CredentialError::UnknownIssuerKey));
}

#[test]
fn a_bitstring_list_says_whether_a_w3c_credential_was_revoked() {
    let credential = W3cCredential::parse(&w3c(|_| (), &key(ISSUER))).unwrap();
    let place = credential.status()[0].clone();
    let issuer = credential.issuer();
    let list = |purpose: &str, bytes: &[u8], signer: &SigningKey| {
        let subject = json!({"type": "BitstringStatusList", "statusPurpose": purpose,
            "encodedList": format!("u{}", packed(bytes, true))});
        w3c(
            |document| {
                document.remove("credentialStatus");
                document.insert("id".to_owned(), "https://example.org/list".into());
                document.insert("credentialSubject".to_owned(), subject);
            },
            signer,
        )
    };
    let mut bytes = vec![0; 16 * 1024];
    let fetched = list("revocation", &bytes, &key(ISSUER));
    assert_eq!(status_list_credential_issuer(&fetched).unwrap(), issuer);
    assert_eq!(
        bitstring_status(&fetched, &place, issuer, NOW),
        Ok(CredentialStatus::Valid)
    );
    bytes[1] = 0b0100_0000;
    let fetched = list("revocation", &bytes, &key(ISSUER));
    assert_eq!(
        bitstring_status(&fetched, &place, issuer, NOW),
        Ok(CredentialStatus::Revoked)
    );
    let far = StatusRef {
        index: 131_072,
        ..place.clone()
    };
    let bad = |part| Err(CredentialError::BadStatusList { part });
    assert_eq!(bitstring_status(&fetched, &far, issuer, NOW), bad("index"));
    let purpose = StatusType::Bitstring {
        purpose: "suspension".to_owned(),
    };
    assert_eq!(
        bitstring_status(
            &fetched,
            &StatusRef {
                kind: purpose,
                ..place.clone()
            },
            issuer,
            NOW
        ),
        bad("purpose")
    );
    let elsewhere = StatusRef {
        uri: "https://example.org/other".to_owned(),
        ..place.clone()
    };
    assert_eq!(bitstring_status(&fetched, &elsewhere, issuer, NOW), bad("address"));
    let short = list("revocation", &bytes[..100], &key(ISSUER));
    assert_eq!(bitstring_status(&short, &place, issuer, NOW), bad("length"));
    let forged = list("revocation", &bytes, &key(3));
    assert_eq!(
        bitstring_status(&forged, &place, issuer, NOW),
        Err(CredentialError::UnknownIssuerKey)
    );
}

proptest! {
    #[test]
    fn no_text_brings_the_readers_down(text in "\\PC{0,400}", bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = SdJwt::parse(&text);
        let _ = W3cCredential::parse(&bytes);
        let _ = key_source(&text);
        let place = StatusRef { kind: StatusType::Token, uri: text, index: 0 };
        let _ = token_status(&bytes, &place, &public(&key(1)), NOW);
    }

    #[test]
    fn no_change_of_one_byte_goes_unnoticed(at in 0..2000_usize, to in any::<u8>()) {
        let whole = credential();
        let mut bytes = whole.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] = to;
        if let Ok(text) = String::from_utf8(bytes) && text != whole {
            let outcome = SdJwtVc::parse(&text)
                .and_then(|changed| changed.verify(&public(&key(ISSUER)), NOW).map(|()| changed));
            if let Ok(changed) = outcome {
                // A changed part that still holds can only be one that says the same, or is not shown any more.
                let whole = SdJwtVc::parse(&whole).unwrap();
                for (name, value) in changed.sd_jwt().claims() {
                    prop_assert_eq!(Some(value), whole.sd_jwt().claims().get(name));
                }
            }
        }
    }
}

/// A statement about two things, of which each word is hidden on its own.
fn issued() -> SdJwtVc {
    let open = Selective::Open;
    let thing =
        |name: &str, day: &str| Selective::Members(vec![("name", open(json!(name))), ("day", open(json!(day)))]);
    let claims = vec![
        ("iss", open(json!(key(ISSUER).did().to_string()))),
        ("vct", open(json!("Things/1"))),
        ("iat", open(json!(NOW.secs()))),
        ("cnf", open(SdJwtVc::confirmation(&key(HOLDER).did()))),
        (
            "things",
            Selective::Elements(vec![thing("a cup", "Monday"), thing("a plate", "Tuesday")]),
        ),
    ];
    SdJwtVc::parse(&issue_sd_jwt_vc(claims, &key(ISSUER)).unwrap()).unwrap()
}

#[test]
fn what_is_issued_here_shows_each_part_on_its_own_and_later_parts_fit() {
    let whole = issued();
    whole.verify(&public(&key(ISSUER)), NOW).unwrap();
    assert_eq!(whole.sd_jwt().claims()["things"].as_array().unwrap().len(), 2);
    assert_eq!(whole.sd_jwt().disclosable().len(), 6);
    let shown = |name: &str| {
        let wanted = |path: &str| path.ends_with(name);
        let text = whole
            .present_where(wanted, ASKED.audience, ASKED.nonce, &key(HOLDER), NOW)
            .unwrap();
        let shown = SdJwtVc::parse(&text).unwrap();
        shown.verify_key_binding(Some(ASKED), NOW).unwrap();
        assert_eq!(shown.sd_jwt().signed_part(), whole.sd_jwt().signed_part());
        shown.sd_jwt().claims()["things"].clone()
    };
    let days = shown("/day");
    assert!(
        days.as_array()
            .unwrap()
            .iter()
            .all(|thing| thing.as_object().unwrap().keys().eq(["day"]))
    );
    let names = shown("/name");
    let mut names: Vec<&str> = names
        .as_array()
        .unwrap()
        .iter()
        .map(|thing| thing["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["a cup", "a plate"]);
    // Nothing is chosen: the hashes alone, and none says the same twice, not even of equal things.
    let bare = SdJwt::parse(&whole.sd_jwt().select_where(|_| false)).unwrap();
    assert_eq!(bare.claims()["things"], json!([]));
    assert_ne!(
        issued().sd_jwt().signed_claims()["things"],
        bare.signed_claims()["things"]
    );
    let text = bare.signed_claims()["things"].to_string();
    assert!(!text.contains("cup") && !text.contains("Monday"), "{text}");
}
