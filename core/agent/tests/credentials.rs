//! Credentials from an issuer's own server: its key and its lists are fetched, what is received waits in the pen, and what is
//! shown is signed by the relation's key.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tekram_agent::{
    Agent, AgentError, AttributeSource, CredentialState, CredentialView, NetPolicy, NetworkKind, NetworkWhy,
    Passphrase, PenKind, Persona,
};
use tekram_harness::feed_server::FeedServer;
use tekram_primitives::canonical::sha256;
use tekram_primitives::credential::{KeyBinding, PublicKey, SdJwtVc};
use tekram_primitives::data_integrity::create_proof;
use tekram_primitives::did::SigningKey;
use tekram_primitives::time::{FixedClock, Timestamp};
use tempfile::TempDir;

/// 20 November 2026, noon.
const NOW: Timestamp = Timestamp::from_millis(1_795_176_000_000);

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

fn code<T: std::fmt::Debug>(outcome: Result<T, AgentError>) -> &'static str {
    outcome.unwrap_err().code()
}

/// An issuer with a server that says what its keys are and which credentials it took back.
struct Issuer {
    folder: TempDir,
    server: FeedServer,
}

impl Issuer {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = FeedServer::start(folder.path(), 0).unwrap();
        let issuer = Self { folder, server };
        let keys = json!({"keys": [jwk(1, "k1"), jwk(2, "k2")]});
        issuer.serve("keys", &keys.to_string());
        let metadata = json!({"issuer": issuer.name(), "jwks": keys});
        issuer.serve(".well-known/jwt-vc-issuer/members", &metadata.to_string());
        issuer
    }

    fn name(&self) -> String {
        format!("{}/members", self.server.url)
    }

    fn serve(&self, path: &str, content: &str) {
        let path: PathBuf = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn list_url(&self) -> String {
        format!("{}/list", self.server.url)
    }

    /// Says what it thinks of place 1 of its list, signed by the key of this seed.
    fn judge(&self, status: u8, seed: u8) {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(&[status << 2, 0]).unwrap();
        let list = json!({"bits": 2, "lst": URL_SAFE_NO_PAD.encode(packed.finish().unwrap())});
        let claims = json!({"sub": self.list_url(), "iat": NOW.secs(), "status_list": list});
        let header = json!({"alg": "EdDSA", "typ": "statuslist+jwt", "kid": format!("k{seed}")});
        self.serve("list", &token(&header, &claims, &key(seed)));
    }

    /// A membership: the tier is open, name and address for mail are hidden.
    fn issue(&self, holder: &str, more: Value) -> String {
        let hidden = [
            json!(["s1", "given_name", "Ada"]),
            json!(["s2", "family_name", "Lovelace"]),
            json!(["s3", "email", "ada@example.org"]),
            json!(["s4", "address", {"street_address": "Gasse 1", "locality": "Wien", "country": "Austria"}]),
        ]
        .map(|part| encode(&part));
        let hashes = hidden
            .each_ref()
            .map(|part| URL_SAFE_NO_PAD.encode(sha256(part.as_bytes())));
        let mut claims = json!({
            "iss": self.name(), "vct": "https://example.org/member", "exp": NOW.secs() + 1000, "tier": "gold",
            "cnf": SdJwtVc::confirmation(&holder.parse().unwrap()), "_sd": hashes,
            "status": {"status_list": {"idx": 1, "uri": self.list_url()}},
        });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let mut header = json!({"alg": "EdDSA", "typ": "dc+sd-jwt", "kid": "k1"});
        if let Some(certificate) = claims.as_object_mut().unwrap().remove("x5c") {
            header["x5c"] = certificate;
        }
        format!("{}~{}~", token(&header, &claims, &key(1)), hidden.join("~"))
    }
}

fn jwk(seed: u8, kid: &str) -> Value {
    let mut jwk = PublicKey::Ed25519(key(seed).did()).to_jwk();
    jwk["kid"] = kid.into();
    jwk
}

fn token(header: &Value, payload: &Value, key: &SigningKey) -> String {
    let signed = format!("{}.{}", encode(header), encode(payload));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes())))
}

struct Device {
    _folder: TempDir,
    clock: Arc<FixedClock>,
    persona: Persona,
}

/// A persona on a device that may reach the issuer's server.
fn device(issuer: &Issuer) -> Device {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(NOW));
    let policy = NetPolicy {
        allow_origins: std::iter::once(issuer.server.origin()).collect(),
        proxy: None,
    };
    let agent = Agent::open(folder.path(), policy, Arc::clone(&clock) as _).unwrap();
    let persona = agent
        .create_persona("Home", &Passphrase::from("a long walk in the rain"))
        .unwrap();
    Device {
        _folder: folder,
        clock,
        persona,
    }
}

/// Receives and accepts a credential with what it vouches for.
async fn kept(persona: &Persona, content: &str) -> CredentialView {
    let batch = persona.receive_credential(content).await.unwrap();
    persona.accept_held(batch, None).unwrap();
    persona.credentials().unwrap().remove(0)
}

#[tokio::test]
async fn a_credential_is_received_looked_at_kept_and_shown_in_part() {
    let issuer = Issuer::start();
    let device = device(&issuer);
    let persona = &device.persona;
    let holder = persona.credential_key("library").unwrap();
    assert_eq!(persona.credential_key("library").unwrap(), holder);
    assert_ne!(
        persona.credential_key("theatre").unwrap(),
        holder,
        "each relation has a key of its own"
    );

    let batch = persona
        .receive_credential(&issuer.issue(&holder, json!({})))
        .await
        .unwrap();
    assert_eq!(
        persona.credentials().unwrap(),
        [],
        "nothing is kept before it is accepted"
    );
    let page = persona.pen_items(batch, 0, 100).unwrap();
    let seen: Vec<(PenKind, &str, &str, bool)> = page
        .items
        .iter()
        .map(|item| (item.kind, item.title.as_str(), item.detail.as_str(), item.verified))
        .collect();
    assert_eq!(
        seen,
        [
            (
                PenKind::Credential,
                "https://example.org/member",
                issuer.name().as_str(),
                false
            ),
            (PenKind::Attribute, "name", "Ada Lovelace", true),
            (PenKind::Attribute, "email", "ada@example.org", true),
        ],
        "an address whose country is no code is left out"
    );
    // An attribute needs the credential that vouches for it.
    assert_eq!(code(persona.accept_held(batch, Some(vec![3]))), "no_such_holding");
    persona.accept_held(batch, None).unwrap();

    let credential = persona.credentials().unwrap().remove(0);
    assert_eq!(
        (credential.state, credential.relation.as_str(), credential.checked_ms),
        (CredentialState::Unchecked, "library", None)
    );
    assert_eq!(credential.issuer_name.as_deref(), Some(issuer.server.origin().as_str()));
    let claims: Vec<(&str, &str, bool)> = credential
        .claims
        .iter()
        .map(|claim| (claim.path.as_str(), claim.text.as_str(), claim.disclosable))
        .collect();
    assert_eq!(
        claims,
        [
            ("/tier", "gold", false),
            ("/given_name", "Ada", true),
            ("/family_name", "Lovelace", true),
            ("/email", "ada@example.org", true),
            ("/address", "Gasse 1, Wien, Austria", true),
        ]
    );
    let attributes = persona.attributes().unwrap();
    assert_eq!(attributes.len(), 2);
    assert!(attributes.iter().all(|attribute| attribute.source
        == AttributeSource::Verified {
            credential: credential.id.clone()
        }));

    let preview = persona
        .preview_disclosure(&credential.id, &["/email".to_owned()])
        .unwrap();
    let seen: Vec<&str> = preview.iter().map(|claim| claim.path.as_str()).collect();
    assert_eq!(seen, ["/tier", "/email"]);
    let shown = persona
        .disclose_credential(
            &credential.id,
            &["/email".to_owned()],
            "did:key:shop",
            "n-1",
            "https://shop.example",
        )
        .unwrap();
    let seen = SdJwtVc::parse(&shown).unwrap();
    seen.verify(&PublicKey::Ed25519(key(1).did()), NOW).unwrap();
    assert_eq!(seen.holder(), Some(&PublicKey::Ed25519(holder.parse().unwrap())));
    let binding = KeyBinding {
        audience: "https://shop.example",
        nonce: "n-1",
        max_age_seconds: 60,
    };
    seen.verify_key_binding(Some(binding), NOW).unwrap();
    let said = seen.sd_jwt().claims();
    assert_eq!(
        (said["email"].as_str(), said["tier"].as_str()),
        (Some("ada@example.org"), Some("gold"))
    );
    assert!(!said.contains_key("given_name") && !shown.contains(&encode(&json!(["s1", "given_name", "Ada"]))));
    assert_eq!(
        code(persona.disclose_credential(&credential.id, &["/iban".to_owned()], "x", "n", "a")),
        "no_such_claim"
    );

    // The whole batch can be taken back.
    assert_eq!(persona.undo_held(batch).unwrap(), 3);
    assert_eq!(
        (
            persona.credentials().unwrap().len(),
            persona.attributes().unwrap().len()
        ),
        (0, 0)
    );
}

#[tokio::test]
async fn what_the_issuer_says_later_holds() {
    let issuer = Issuer::start();
    let device = device(&issuer);
    let (persona, clock) = (&device.persona, &device.clock);
    let holder = persona.credential_key("library").unwrap();
    let id = kept(persona, &issuer.issue(&holder, json!({}))).await.id;
    assert_eq!(code(persona.check_credential_status(&id).await), "not_served");

    issuer.judge(0, 1);
    let checked = persona.check_credential_status(&id).await.unwrap();
    assert_eq!(
        (checked.state, checked.checked_ms),
        (CredentialState::Valid, Some(NOW.millis()))
    );
    // Another key of the same issuer signs the list.
    issuer.judge(2, 2);
    let checked = persona.check_credential_status(&id).await.unwrap();
    assert_eq!(checked.state, CredentialState::Suspended);
    let show = |nonce: &str| persona.disclose_credential(&id, &[], "did:key:shop", nonce, "https://shop.example");
    assert_eq!(code(show("n-1")), "credential_revoked");
    issuer.judge(0, 2);
    persona.check_credential_status(&id).await.unwrap();
    show("n-2").unwrap();
    // A list signed by a stranger says nothing.
    issuer.judge(1, 3);
    assert_eq!(code(persona.check_credential_status(&id).await), "unknown_issuer_key");
    assert_eq!(persona.credential(&id).unwrap().state, CredentialState::Valid);
    issuer.judge(1, 1);
    assert_eq!(
        persona.check_credential_status(&id).await.unwrap().state,
        CredentialState::Revoked
    );
    clock.advance_ms(2_000_000);
    assert_eq!(persona.credential(&id).unwrap().state, CredentialState::Revoked);
    let asked: Vec<(NetworkKind, NetworkWhy, String, Option<i64>)> = persona
        .networks()
        .unwrap()
        .into_iter()
        .map(|used| (used.kind, used.why, used.host, used.since_ms))
        .collect();
    assert_eq!(
        asked,
        [(
            NetworkKind::Issuer,
            NetworkWhy::Credentials,
            issuer.server.origin(),
            Some(NOW.millis())
        )]
    );
    assert!(
        issuer.server.requests().iter().all(|request| {
            !request
                .headers
                .iter()
                .any(|(_, value)| value.contains(&id) || value.contains("tekram"))
        }),
        "nobody is told which credential is meant, or by what program"
    );
}

#[tokio::test]
async fn what_does_not_hold_is_refused_at_the_door() {
    let issuer = Issuer::start();
    let device = device(&issuer);
    let (persona, clock) = (&device.persona, &device.clock);
    let holder = persona.credential_key("library").unwrap();
    let good = issuer.issue(&holder, json!({}));
    let theirs = issuer.issue(&key(9).did().to_string(), json!({}));
    let ended = issuer.issue(&holder, json!({"exp": NOW.secs() - 1}));
    let elsewhere = issuer.issue(&holder, json!({"iss": format!("{}/other", issuer.server.url)}));
    let plain = issuer.issue(&holder, json!({"iss": "http://issuer.example"}));
    let unknown = issuer.issue(&holder, json!({"iss": "did:ion:x"}));
    let private = issuer.issue(&holder, json!({"iss": "https://127.0.0.1:1/x"}));
    let changed = good.replacen(".", ".e", 1);
    for (content, expected) in [
        (&theirs, "not_credential_holder"),
        (&ended, "credential_expired"),
        (&elsewhere, "not_served"),
        (&plain, "credential_unsupported"),
        (&unknown, "credential_unsupported"),
        (&private, "private_address"),
        (&changed, "not_a_credential"),
    ] {
        assert_eq!(code(persona.receive_credential(content).await), expected, "{content}");
    }
    // A certificate is not looked at, and said so when it would be the only way to the key.
    let certified = issuer.issue(
        &holder,
        json!({"iss": format!("{}/other", issuer.server.url), "x5c": ["MIIB"]}),
    );
    let refused = persona.receive_credential(&certified).await.unwrap_err();
    assert_eq!(
        (refused.code(), refused.params()),
        ("credential_unsupported", vec![("what", "x5c".to_owned())])
    );
    // Metadata of somebody else, and keys of which none fits.
    issuer.serve(
        ".well-known/jwt-vc-issuer/members",
        &json!({"issuer": "https://evil.example", "jwks": {"keys": [jwk(1, "k1")]}}).to_string(),
    );
    assert_eq!(code(persona.receive_credential(&good).await), "unknown_issuer_key");
    issuer.serve(
        ".well-known/jwt-vc-issuer/members",
        &json!({"issuer": issuer.name(), "jwks": {"keys": [jwk(2, "k1")]}}).to_string(),
    );
    assert_eq!(
        code(persona.receive_credential(&good).await),
        "bad_credential_signature"
    );
    // The keys may lie elsewhere.
    issuer.serve(
        ".well-known/jwt-vc-issuer/members",
        &json!({"issuer": issuer.name(), "jwks_uri": format!("{}/keys", issuer.server.url)}).to_string(),
    );
    let batch = persona.receive_credential(&good).await.unwrap();
    assert_eq!(persona.pen_batches().unwrap().len(), 1, "only the last one came in");
    // What ends while it waits is not accepted.
    clock.advance_ms(2_000_000);
    assert_eq!(code(persona.accept_held(batch, None)), "credential_expired");
    assert_eq!(persona.credentials().unwrap(), []);
}

#[tokio::test]
async fn a_w3c_credential_by_a_key_needs_no_network() {
    let issuer = Issuer::start();
    let device = device(&issuer);
    let persona = &device.persona;
    let holder = persona.credential_key("library").unwrap();
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential", "Member"],
        "issuer": key(1).did().to_string(), "credentialSubject": {"id": holder, "email": "ada@example.org"},
    });
    let mut document = document.as_object().unwrap().clone();
    let proof = create_proof(&document, &key(1), &key(1).did().verification_method(), NOW).unwrap();
    document.insert("proof".to_owned(), proof.into());
    let content = Value::Object(document).to_string();
    let credential = kept(persona, &content).await;
    assert_eq!(
        (credential.format, credential.state),
        ("w3c_vc", CredentialState::Valid)
    );
    let claims: Vec<&str> = credential.claims.iter().map(|claim| claim.path.as_str()).collect();
    assert_eq!(claims, ["/credentialSubject/email", "/credentialSubject/id"]);
    assert_eq!(persona.attributes().unwrap()[0].text, "ada@example.org");
    assert_eq!(
        persona.disclose_credential(&credential.id, &[], "x", "n", "a").unwrap(),
        content
    );
    assert!(issuer.server.requests().is_empty());
    assert_eq!(code(persona.receive_credential("{}").await), "not_a_credential");
    assert_eq!(
        code(persona.receive_credential(&content.replace("ada@", "eve@")).await),
        "bad_signature"
    );
}
