//! Status lists: a token's and a bitstring's. The first nine bytes say which place is asked for and how the list is packed; the rest is
//! a list as it comes, and besides the content of a list that is packed and signed here.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::json;
use tekram_primitives::credential::{PublicKey, StatusRef, StatusType, bitstring_status, token_status};

use crate::{NOW, key, w3c};

const ADDRESS: &str = "https://example.org/list/1";

/// Asks a list about a place.
pub fn status_list(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first_chunk::<9>() else {
        return;
    };
    let [how, index @ ..] = *first;
    let Some(issuer) = key(1) else { return };
    let place = |kind| StatusRef {
        kind,
        uri: ADDRESS.to_owned(),
        index: u64::from_be_bytes(index),
    };
    let purpose = if how & 0x80 == 0 { "revocation" } else { "suspension" };
    let bitstring = place(StatusType::Bitstring {
        purpose: purpose.to_owned(),
    });
    let token = place(StatusType::Token);
    let issuer_key = PublicKey::Ed25519(issuer.did());
    let did = issuer.did().to_string();
    let _ = token_status(rest, &token, &issuer_key, NOW);
    let _ = bitstring_status(rest, &bitstring, &did, NOW);

    // A list of these bytes; with one bit set, the bytes are what unpacking gets.
    let packed = |compressed: Option<Vec<u8>>| {
        if how & 0x40 == 0 {
            compressed
        } else {
            Some(rest.to_vec())
        }
    };
    let bits = 1_u64 << (how & 3);
    if let Some(lst) = packed(zlib(rest)) {
        let payload = json!({
            "sub": ADDRESS, "iat": NOW.secs(),
            "status_list": {"bits": bits, "lst": URL_SAFE_NO_PAD.encode(lst)},
        });
        let header = json!({"alg": "EdDSA", "typ": "statuslist+jwt"});
        let encode = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let unsigned = format!("{}.{}", encode(&header), encode(&payload));
        let signed = format!(
            "{unsigned}.{}",
            URL_SAFE_NO_PAD.encode(issuer.sign(unsigned.as_bytes()))
        );
        let status = token_status(signed.as_bytes(), &token, &issuer_key, NOW);
        let there = (token.index < u64::MAX / 8) && token.index * bits / 8 < rest.len() as u64;
        assert!(
            how & 0x40 != 0 || status.is_ok() == there,
            "a place is in the list or is not"
        );
    }
    // A bitstring has 16 KiB at least.
    let long = [rest, &[0; 16 * 1024]].concat();
    let Some(packed) = packed(gzip(&long)) else { return };
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": ADDRESS,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "credentialSubject": {
            "type": "BitstringStatusList", "statusPurpose": purpose, "encodedList": format!("u{}", URL_SAFE_NO_PAD.encode(packed)),
        },
    });
    let Some(signed) = document.as_object().cloned().and_then(w3c::signed) else {
        return;
    };
    let status = bitstring_status(&signed, &bitstring, &did, NOW);
    assert!(how & 0x40 != 0 || status.is_ok() == (bitstring.index / 8 < long.len() as u64));
}

fn zlib(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).ok()?;
    packer.finish().ok()
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).ok()?;
    packer.finish().ok()
}
