//! Credentials in the vault: kept when they hold, shown in part with an entry in the audit, never after their end.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use support::Device;
use tekram_primitives::canonical::sha256;
use tekram_primitives::credential::{CredentialStatus, KeyBinding, PublicKey, SdJwtVc};
use tekram_primitives::data_integrity::create_proof;
use tekram_primitives::did::SigningKey;
use tekram_primitives::time::Timestamp;
use tekram_vault::{
    AttributeSource, AttributeValue, AuditKind, AuditQuery, CredentialEntry, CredentialFormat, CredentialRequest,
    NewAttribute, NewCredential, PenChoice, PenContent, Vault, VaultError,
};

const NOW: Timestamp = Timestamp::from_secs(1_790_000_000);

fn issuer() -> SigningKey {
    SigningKey::from_seed(&[1; 32]).unwrap()
}

fn issuer_key() -> PublicKey {
    PublicKey::Ed25519(issuer().did())
}

/// The relation's own key, derived in the vault as rooms do it.
fn holder(vault: &Vault) -> SigningKey {
    SigningKey::from_seed(vault.derive("tekram/v1/relation/library").unwrap().expose()).unwrap()
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn token(typ: &str, payload: &Value, key: &SigningKey) -> String {
    let signed = format!("{}.{}", encode(&json!({"alg": "EdDSA", "typ": typ})), encode(payload));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes())))
}

/// A membership with a hidden name and a hidden address for mail.
fn membership(holder: &SigningKey) -> String {
    let hidden = [json!(["s1", "name", "Ada"]), json!(["s2", "email", "ada@example.org"])].map(|part| encode(&part));
    let hashes = hidden
        .each_ref()
        .map(|part| URL_SAFE_NO_PAD.encode(sha256(part.as_bytes())));
    let claims = json!({
        "iss": issuer().did().to_string(), "vct": "https://example.org/member", "exp": NOW.secs() + 1000,
        "cnf": SdJwtVc::confirmation(&holder.did()), "_sd": hashes,
        "status": {"status_list": {"idx": 1, "uri": "https://example.org/list"}},
    });
    format!("{}~{}~", token("dc+sd-jwt", &claims, &issuer()), hidden.join("~"))
}

fn add(vault: &Vault, content: &str) -> Result<CredentialEntry, VaultError> {
    let key = holder(vault).did();
    vault.add_credential(content, Some(&issuer_key()), Some(("library", &key)), NOW)
}

const ASKED: CredentialRequest<'_> = CredentialRequest {
    paths: &["/name"],
    audience: "https://shop.example",
    nonce: "n-1",
    who: "Shop",
    party: "relation-7",
};

#[test]
fn a_credential_is_kept_shown_in_part_and_the_audit_says_to_whom() {
    let device = Device::new();
    let vault = device.create("Home");
    let content = membership(&holder(&vault));
    let kept = add(&vault, &content).unwrap();
    assert_eq!(
        (kept.format, kept.relation.as_str()),
        (CredentialFormat::SdJwtVc, "library")
    );
    assert_eq!(vault.credentials().unwrap(), std::slice::from_ref(&kept));
    assert_eq!(vault.credential_content(&kept.id).unwrap(), content);
    assert_eq!(vault.credential_claims(&kept.id).unwrap()["email"], "ada@example.org");
    assert_eq!(add(&vault, &content).unwrap_err().code(), "held_already");
    let shown = vault
        .disclose_credential(&kept.id, &ASKED, &holder(&vault), NOW)
        .unwrap();
    let seen = SdJwtVc::parse(&shown).unwrap();
    seen.verify(&issuer_key(), NOW).unwrap();
    let asked = KeyBinding {
        audience: ASKED.audience,
        nonce: ASKED.nonce,
        max_age_seconds: 60,
    };
    seen.verify_key_binding(Some(asked), NOW).unwrap();
    assert_eq!(seen.sd_jwt().claims()["name"], "Ada");
    assert!(!seen.sd_jwt().claims().contains_key("email"));
    let disclosures = AuditQuery {
        kinds: vec![AuditKind::Disclosure],
        ..AuditQuery::default()
    };
    let entries = vault.audit_entries(&disclosures).unwrap().entries;
    let content = entries[0].content.clone().unwrap();
    assert_eq!(
        (content.who.as_str(), content.party.as_str()),
        ("Shop https://shop.example", "relation-7")
    );
    assert_eq!(
        (content.record, content.what),
        (kept.id.clone(), "https://example.org/member: /name".to_owned())
    );
    let missing = CredentialRequest {
        paths: &["/iban"],
        ..ASKED
    };
    let refused = vault
        .disclose_credential(&kept.id, &missing, &holder(&vault), NOW)
        .unwrap_err();
    assert_eq!(refused.code(), "no_such_claim");
    let refused = vault.disclose_credential(&kept.id, &ASKED, &issuer(), NOW).unwrap_err();
    assert_eq!(refused.code(), "not_credential_holder");
    let refused = vault
        .disclose_credential(&kept.id, &ASKED, &holder(&vault), NOW.plus_secs(1000))
        .unwrap_err();
    assert_eq!(refused.code(), "credential_expired");
    assert_eq!(
        vault.audit_entries(&disclosures).unwrap().entries.len(),
        1,
        "what was refused was not shown"
    );
    vault.remove_credential(&kept.id, NOW).unwrap();
    assert_eq!(vault.credential_claims(&kept.id).unwrap_err().code(), "no_such_holding");
    assert_eq!(vault.verify_audit().unwrap().breaks, []);
}

#[test]
fn what_does_not_hold_or_is_somebody_else_s_is_not_kept() {
    let device = Device::new();
    let vault = device.create("Home");
    let good = membership(&holder(&vault));
    let theirs = membership(&issuer());
    let forged = good.replacen("~", "~x~", 1);
    for (content, key, code) in [
        (&theirs, Some(issuer_key()), "not_credential_holder"),
        (&forged, Some(issuer_key()), "not_a_credential"),
        (&good, None, "unknown_issuer_key"),
        (
            &good,
            Some(PublicKey::Ed25519(holder(&vault).did())),
            "bad_credential_signature",
        ),
    ] {
        let own = holder(&vault).did();
        let refused = vault
            .add_credential(content, key.as_ref(), Some(("library", &own)), NOW)
            .unwrap_err();
        assert_eq!(refused.code(), code);
    }
    assert_eq!(vault.credentials().unwrap(), []);
}

#[test]
fn a_revoked_credential_is_shown_no_more() {
    let device = Device::new();
    let vault = device.create("Home");
    let kept = add(&vault, &membership(&holder(&vault))).unwrap();
    let place = kept.status[0].place.clone();
    assert_eq!(
        (kept.status[0].status.as_str(), kept.status[0].checked),
        ("unknown", None)
    );
    // Two bits each, packed by zlib: place 1 is 0, then 2 (suspended); draft-ietf-oauth-status-list, section 4.1.
    let list = |lst: &str, bits: u32, uri: &str| {
        token(
            "statuslist+jwt",
            &json!({"sub": uri, "iat": NOW.secs(), "status_list": {"bits": bits, "lst": lst}}),
            &issuer(),
        )
    };
    let note = |list: String| vault.note_credential_status(&kept.id, &place, list.as_bytes(), None, NOW);
    assert_eq!(
        note(list("eNrbuRgAAhcBXQ", 1, &place.uri)).unwrap(),
        CredentialStatus::Valid
    );
    vault
        .disclose_credential(&kept.id, &ASKED, &holder(&vault), NOW)
        .unwrap();
    assert_eq!(
        note(list("eNo76fITAAPfAgc", 2, "https://elsewhere"))
            .unwrap_err()
            .code(),
        "bad_status_list"
    );
    assert_eq!(
        note(list("eNo76fITAAPfAgc", 2, &place.uri)).unwrap(),
        CredentialStatus::Suspended
    );
    let known = vault.credentials().unwrap().remove(0).status.remove(0);
    assert_eq!((known.status.as_str(), known.checked), ("suspended", Some(NOW)));
    let refused = vault
        .disclose_credential(&kept.id, &ASKED, &holder(&vault), NOW)
        .unwrap_err();
    assert_eq!(refused.code(), "credential_revoked");
    assert_eq!(
        note(list("eNrbuRgAAhcBXQ", 1, &place.uri)).unwrap(),
        CredentialStatus::Valid
    );
    vault
        .disclose_credential(&kept.id, &ASKED, &holder(&vault), NOW)
        .unwrap();
}

#[test]
fn a_w3c_credential_is_kept_and_shown_as_a_whole() {
    let device = Device::new();
    let vault = device.create("Home");
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential", "Member"],
        "issuer": issuer().did().to_string(),
        "credentialSubject": {"id": holder(&vault).did().to_string(), "email": "ada@example.org"},
    });
    let mut document = document.as_object().unwrap().clone();
    let proof = create_proof(&document, &issuer(), &issuer().did().verification_method(), NOW).unwrap();
    document.insert("proof".to_owned(), proof.into());
    let content = Value::Object(document).to_string();
    let own = holder(&vault).did();
    let kept = vault
        .add_credential(&content, None, Some(("library", &own)), NOW)
        .unwrap();
    assert_eq!(
        (kept.format, kept.credential_type.as_str()),
        (CredentialFormat::W3cVc, "VerifiableCredential Member")
    );
    let whole = CredentialRequest { paths: &[], ..ASKED };
    assert_eq!(
        vault
            .disclose_credential(&kept.id, &whole, &holder(&vault), NOW)
            .unwrap(),
        content
    );
    let refused = vault
        .disclose_credential(&kept.id, &ASKED, &holder(&vault), NOW)
        .unwrap_err();
    assert_eq!(refused.code(), "no_such_claim", "a part cannot be shown");
    let changed = content.replace("ada@", "eve@");
    let refused = vault
        .add_credential(&changed, None, Some(("library", &own)), NOW)
        .unwrap_err();
    assert_eq!(refused.code(), "bad_signature");
    let refused = vault.add_credential(&content, None, None, NOW).unwrap_err();
    assert_eq!(refused.code(), "not_credential_holder");
}

#[test]
fn an_attribute_is_verified_only_by_a_credential_that_says_it() {
    let device = Device::new();
    let vault = device.create("Home");
    let kept = add(&vault, &membership(&holder(&vault))).unwrap();
    let verified = |address: &str, credential: &str| NewAttribute {
        value: AttributeValue::Email(address.to_owned()),
        label: String::new(),
        source: AttributeSource::Verified {
            credential: credential.to_owned(),
        },
    };
    vault
        .set_attribute(&verified("ada@example.org", &kept.id), NOW)
        .unwrap();
    let refused = vault
        .set_attribute(&verified("eve@example.org", &kept.id), NOW)
        .unwrap_err();
    assert_eq!(refused.code(), "bad_field");
    let refused = vault
        .set_attribute(&verified("ada@example.org", "none"), NOW)
        .unwrap_err();
    assert_eq!(refused.code(), "no_such_holding");
    assert_eq!(vault.attributes().unwrap().len(), 1);
    vault.remove_credential(&kept.id, NOW).unwrap();
    assert_eq!(vault.attributes().unwrap(), [], "nothing vouches for it any more");
}

#[test]
fn a_received_credential_waits_in_the_pen_and_goes_with_its_batch() {
    let device = Device::new();
    let vault = device.create("Home");
    let own = holder(&vault).did();
    let new = |content: String| {
        PenContent::Credential(NewCredential {
            content,
            issuer_key: issuer_key().to_jwk().as_object().cloned(),
            holder: Some(("library".to_owned(), own)),
        })
    };
    let batch = vault
        .hold("library", "library", [new(membership(&holder(&vault)))], NOW)
        .unwrap();
    assert_eq!(vault.credentials().unwrap(), []);
    vault.accept_held(batch, &PenChoice::All, NOW).unwrap();
    assert_eq!(vault.credentials().unwrap()[0].relation, "library");
    assert_eq!(vault.undo_batch(batch, NOW).unwrap(), 1);
    assert_eq!(vault.credentials().unwrap(), []);
    let forged = vault.hold("x", "x", [new(membership(&issuer()))], NOW).unwrap();
    let refused = vault.accept_held(forged, &PenChoice::All, NOW).unwrap_err();
    assert_eq!(refused.code(), "not_credential_holder");
}
