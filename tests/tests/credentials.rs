//! An issuer that is not ours gives a credential, the person keeps it and shows one claim of it, and a verifier that is not
//! ours checks whose it is: the reference implementation of SD-JWT stands on both other sides.
//!
//! Driven through the real programs, which `cargo xtask test` builds first.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::Person;
use tekram_harness::feed_server::FeedServer;
use tekram_harness::sd_jwt::ask;

/// The lists that draft-ietf-oauth-status-list prints: with one bit each, place 1 is valid; with two, it is suspended.
const VALID: (u32, &str) = (1, "eNrbuRgAAhcBXQ");
const SUSPENDED: (u32, &str) = (2, "eNo76fITAAPfAgc");

struct Issuer {
    server: FeedServer,
    folder: tempfile::TempDir,
    private: Value,
    public: Value,
}

impl Issuer {
    fn start() -> Self {
        let keys = ask(&json!({"do": "key", "kind": "EC"})).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let server = FeedServer::start(folder.path(), 0).unwrap();
        let issuer = Self {
            server,
            folder,
            private: keys["private"].clone(),
            public: keys["public"].clone(),
        };
        let mut key = issuer.public.clone();
        key["kid"] = "2026".into();
        let metadata = json!({"issuer": issuer.server.url, "jwks": {"keys": [key]}});
        issuer.serve(".well-known/jwt-vc-issuer", &metadata.to_string());
        issuer.judge(VALID);
        issuer
    }

    fn serve(&self, path: &str, content: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn list(&self) -> String {
        format!("{}/list", self.server.url)
    }

    fn judge(&self, (bits, list): (u32, &str)) {
        let claims = json!({"sub": self.list(), "iat": now() - 60, "status_list": {"bits": bits, "lst": list}});
        let signed = ask(
            &json!({"do": "sign", "key": self.private, "kid": "2026", "alg": "ES256",
            "typ": "statuslist+jwt", "claims": claims}),
        );
        self.serve("list", signed.unwrap()["token"].as_str().unwrap());
    }

    /// A library card: the reader's number is open, name and address for mail are hidden.
    fn issue(&self, holder: &str) -> String {
        let issued = ask(
            &json!({"do": "issue", "key": self.private, "kid": "2026", "alg": "ES256", "holder": holder,
            "open": {"iss": self.server.url, "vct": "https://library.example/card", "iat": now() - 60,
                "exp": now() + 86_400, "status": {"status_list": {"idx": 1, "uri": self.list()}}, "tier": "reader"},
            "hidden": {"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.org"}}),
        );
        issued.unwrap()["credential"].as_str().unwrap().to_owned()
    }

    /// What a verifier makes of a presentation.
    fn verified(&self, presentation: &str, audience: &str, nonce: &str) -> Value {
        ask(
            &json!({"do": "verify", "presentation": presentation, "issuer": self.public, "audience": audience,
            "nonce": nonce}),
        )
        .unwrap()
    }
}

fn now() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

#[test]
fn one_claim_of_a_foreign_credential_is_shown_and_its_binding_holds() {
    let issuer = Issuer::start();
    let person = Person::new(&[issuer.server.origin()]);
    let key = person.done(&["keep", "credential", "key", "library"]);
    let card = person.file("card.sd-jwt", &issuer.issue(key["key"].as_str().unwrap()));
    let arrived = person.done(&["keep", "credential", "receive", &card]);
    let batch = arrived["batch"].to_string();
    let waits = person.done(&["keep", "pen", "show", &batch]);
    let seen: Vec<&str> = waits["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["detail"].as_str().unwrap())
        .collect();
    assert_eq!(seen, [issuer.server.url.as_str(), "Ada Lovelace", "ada@example.org"]);
    assert_eq!(person.done(&["keep", "pen", "accept", &batch])["accepted"], 3);
    let id = person.done(&["keep", "credential", "list"])["credentials"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(person.done(&["keep", "credential", "check", &id])["state"], "valid");
    let attributes = person.done(&["keep", "attribute", "list"]);
    assert_eq!(
        attributes["attributes"][0]["source"],
        json!({"kind": "verified", "credential": id})
    );

    let show = |nonce: &str| {
        [
            "keep",
            "credential",
            "show",
            &id,
            "/email",
            "--to",
            "shop",
            "--audience",
            "https://shop.example",
            "--nonce",
            nonce,
        ]
        .map(str::to_owned)
    };
    let words = show("n-1");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let shown = person.done(&words)["presentation"].as_str().unwrap().to_owned();
    let verified = issuer.verified(&shown, "https://shop.example", "n-1");
    let claims = &verified["claims"];
    assert_eq!(
        (&claims["email"], &claims["tier"]),
        (&"ada@example.org".into(), &"reader".into()),
        "{verified}"
    );
    assert!(
        claims.get("given_name").is_none() && claims.get("family_name").is_none(),
        "{verified}"
    );
    // For nobody else, and for no other question; and without the holder's signature it is nobody's.
    let (unbound, _) = shown.rsplit_once('~').unwrap();
    for (presentation, audience, nonce) in [
        (shown.as_str(), "https://shop.example", "n-2"),
        (shown.as_str(), "https://evil.example", "n-1"),
        (&format!("{unbound}~"), "https://shop.example", "n-1"),
    ] {
        let verified = issuer.verified(presentation, audience, nonce);
        assert!(verified.get("claims").is_none(), "{verified}");
    }

    // What the issuer takes back is shown no more.
    issuer.judge(SUSPENDED);
    assert_eq!(person.done(&["keep", "credential", "check", &id])["state"], "suspended");
    let words = show("n-3");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(person.refused(&words), "credential_revoked");
    let networks = person.done(&["persona", "networks"]);
    assert_eq!(
        (&networks["networks"][0]["kind"], &networks["networks"][0]["host"]),
        (&"issuer".into(), &issuer.server.origin().into())
    );
}

#[test]
fn what_was_issued_to_somebody_else_or_changed_is_not_taken() {
    let issuer = Issuer::start();
    let (person, other) = (Person::new(&[issuer.server.origin()]), Person::new(&[]));
    let mine = person.done(&["keep", "credential", "key", "library"]);
    let theirs = other.done(&["keep", "credential", "key", "library"]);
    assert_ne!(mine["key"], theirs["key"]);
    let card = person.file("card.sd-jwt", &issuer.issue(theirs["key"].as_str().unwrap()));
    assert_eq!(
        person.refused(&["keep", "credential", "receive", &card]),
        "not_credential_holder"
    );

    let good = issuer.issue(mine["key"].as_str().unwrap());
    // Another issuer's key under the same name.
    let another = Issuer::start();
    let mut key = another.public.clone();
    key["kid"] = "2026".into();
    issuer.serve(
        ".well-known/jwt-vc-issuer",
        &json!({"issuer": issuer.server.url, "jwks": {"keys": [key]}}).to_string(),
    );
    let card = person.file("card.sd-jwt", &good);
    assert_eq!(
        person.refused(&["keep", "credential", "receive", &card]),
        "bad_credential_signature"
    );
    // A server on a private address that was not asked for is not asked.
    let unasked = other.file("card.sd-jwt", &good);
    assert_eq!(
        other.refused(&["keep", "credential", "receive", &unasked]),
        "credential_unsupported"
    );
    assert_eq!(person.done(&["keep", "pen", "list"])["batches"], json!([]));
}
