//! SD-JWTs, as text, and made of lines of JSON: header, payload, and a disclosure each. `#2` in a line stands for the hash of the
//! second disclosure.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tekram_primitives::canonical::sha256;
use tekram_primitives::credential::{KeyBinding, PublicKey, SdJwt, SdJwtVc};
use tekram_primitives::did::SigningKey;

use crate::{NOW, key};

/// Reads the bytes as an SD-JWT, and makes and signs one of their lines.
pub fn sd_jwt(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some((issuer, holder)) = key(1).zip(key(2)) else {
        return;
    };
    look(text, &issuer, &holder);
    if let Some(signed) = signed(text, &issuer) {
        look(&signed, &issuer, &holder);
    }
}

/// The SD-JWT that the lines describe.
pub fn signed(text: &str, issuer: &SigningKey) -> Option<String> {
    let mut lines = text.lines();
    let (header, payload) = (lines.next()?, lines.next()?);
    let mut lines: Vec<String> = lines.take(9).map(str::to_owned).collect();
    let mut made = Vec::new();
    let mut payload = payload.to_owned();
    // From the last to the first: a disclosure may have the hashes of those behind it.
    while let Some(disclosure) = lines.pop() {
        let mark = format!("#{}", lines.len() + 1);
        let encoded = URL_SAFE_NO_PAD.encode(disclosure);
        let hash = URL_SAFE_NO_PAD.encode(sha256(encoded.as_bytes()));
        for line in lines.iter_mut().chain([&mut payload]) {
            *line = line.replace(&mark, &hash);
        }
        made.insert(0, encoded);
    }
    let unsigned = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = URL_SAFE_NO_PAD.encode(issuer.sign(unsigned.as_bytes()));
    let mut token = format!("{unsigned}.{signature}~");
    for encoded in made {
        token.push_str(&encoded);
        token.push('~');
    }
    Some(token)
}

fn look(text: &str, issuer: &SigningKey, holder: &SigningKey) {
    let issuer_key = PublicKey::Ed25519(issuer.did());
    if let Ok(token) = SdJwt::parse(text) {
        let _ = token.verify(&issuer_key);
        let all = token.disclosable();
        let paths: Vec<&str> = all.iter().map(|one| &*one.path).collect();
        let nothing = token.select(&[]).and_then(|text| SdJwt::parse(&text));
        assert!(
            nothing.is_ok_and(|nothing| nothing.disclosable().is_empty()),
            "nothing shown is nothing shown"
        );
        let everything = token.select(&paths).and_then(|text| SdJwt::parse(&text));
        assert!(
            everything.is_ok_and(|everything| everything.claims() == token.claims()),
            "everything is everything"
        );
        for path in &paths {
            let one = token.select(&[path]).and_then(|text| SdJwt::parse(&text));
            assert!(
                one.is_ok_and(|one| one.disclosable().len() <= all.len()),
                "one can be shown"
            );
        }
    }
    let Ok(credential) = SdJwtVc::parse(text) else { return };
    let _ = (
        credential.key_id(),
        credential.status(),
        credential.issued(),
        credential.expires(),
    );
    let _ = tekram_primitives::credential::key_source(credential.issuer());
    let (audience, nonce) = ("https://shop.example", "n-1");
    let binding = KeyBinding {
        audience,
        nonce,
        max_age_seconds: 60,
    };
    let _ = credential.verify_key_binding(Some(binding), NOW);
    if credential.verify(&issuer_key, NOW).is_err() {
        return;
    }
    let all = credential.sd_jwt().disclosable();
    let paths: Vec<&str> = all.iter().map(|one| &*one.path).collect();
    let Ok(shown) = credential.present(&paths, audience, nonce, holder, NOW) else {
        return;
    };
    let binding = credential.holder().is_some().then_some(binding);
    let shown = SdJwtVc::parse(&shown);
    assert!(shown.is_ok_and(|shown| {
        shown.verify(&issuer_key, NOW).is_ok()
            && shown.verify_key_binding(binding, NOW).is_ok()
            && shown.sd_jwt().claims() == credential.sd_jwt().claims()
    }));
}
