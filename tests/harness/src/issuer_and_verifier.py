"""Issues and verifies SD-JWT VCs with the reference implementation (sd-jwt). One JSON object in, one out.

{"do": "key", "kind": "EC" | "OKP"}                          -> {"private": JWK, "public": JWK}
{"do": "issue", "key", "kid", "alg", "open", "hidden", "holder": did:key} -> {"credential": text}
{"do": "verify", "presentation", "issuer", "audience", "nonce"} -> {"claims": {...}} or {"refused": text}
{"do": "sign", "key", "kid", "alg", "typ", "claims"}         -> {"token": text}
"""

import json
import sys
from base64 import urlsafe_b64encode

from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier


def key(asked):
    curve = {"EC": "P-256", "OKP": "Ed25519"}[asked["kind"]]
    made = JWK.generate(kty=asked["kind"], crv=curve)
    return {"private": json.loads(made.export_private()), "public": json.loads(made.export_public())}


def did_key(did):
    """The Ed25519 key of a did:key (base58-btc, multicodec 0xed 0x01)."""
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number = 0
    for character in did.removeprefix("did:key:z"):
        number = number * 58 + alphabet.index(character)
    prefixed = number.to_bytes(34, "big")
    assert prefixed[:2] == b"\xed\x01", "not an Ed25519 key"
    return JWK(kty="OKP", crv="Ed25519", x=urlsafe_b64encode(prefixed[2:]).rstrip(b"=").decode())


def issue(asked):
    claims = dict(asked["open"])
    claims.update({SDObj(name): value for name, value in asked["hidden"].items()})
    issued = SDJWTIssuer(
        user_claims=claims,
        issuer_key=JWK(**asked["key"]),
        holder_key=did_key(asked["holder"]),
        sign_alg=asked["alg"],
        add_decoy_claims=True,
        extra_header_parameters={"typ": "dc+sd-jwt", "kid": asked["kid"]},
    )
    return {"credential": issued.sd_jwt_issuance}


class Verifier(SDJWTVerifier):
    """The library takes one algorithm for both signatures; holders here sign with EdDSA."""

    def _verify_key_binding_jwt(self, audience=None, nonce=None, sign_alg=None):
        super()._verify_key_binding_jwt(audience, nonce, "EdDSA")


def verify(asked):
    try:
        verifier = Verifier(
            asked["presentation"],
            lambda issuer, header: JWK(**asked["issuer"]),
            asked["audience"],
            asked["nonce"],
        )
        return {"claims": verifier.get_verified_payload()}
    except Exception as refused:
        return {"refused": f"{type(refused).__name__}: {refused}"}


def sign(asked):
    token = JWS(json.dumps(asked["claims"]))
    header = {"alg": asked["alg"], "typ": asked["typ"], "kid": asked["kid"]}
    token.add_signature(JWK(**asked["key"]), alg=asked["alg"], protected=json.dumps(header))
    return {"token": token.serialize(compact=True)}


asked = json.load(sys.stdin)
json.dump({"key": key, "issue": issue, "verify": verify, "sign": sign}[asked["do"]](asked), sys.stdout)
