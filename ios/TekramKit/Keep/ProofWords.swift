// The words of a proof: its kind and what it says carry the names that the issuer gave them, and those that everybody uses
// have words in the person's language.
import Foundation
import TekramCore

/// Names that issuers give.
public enum ProofNames {
    /// The last part of a web address, or the names without the one that every proof has.
    public static func type(_ type: String) -> String {
        let names = type.split(separator: " ").filter { $0 != "VerifiableCredential" }.map { name in
            name.split { $0 == "/" || $0 == ":" }.last.map { String($0) } ?? String(name)
        }
        let shown = names.joined(separator: " ").replacing("_", with: " ").replacing("-", with: " ").trimmed
        return shown.isEmpty ? type : shown
    }

    /// What a claim is called: the parts of its path, each in the person's language where it has a word.
    public static func claim(_ path: String) -> String {
        var parts = path.split(separator: "/").map { String($0) }
        if parts.count > 1 && parts.first == "credentialSubject" { parts.removeFirst() }
        return parts.map { part in
            if let key = known[part] { return Words.text(key) }
            return part.replacing("~1", with: "/").replacing("~0", with: "~").replacing("_", with: " ")
        }.joined(separator: " › ")
    }

    /// The names that most issuers use (OpenID Connect, schema.org), as words.
    private static let known = [
        "name": "keep_property_name", "given_name": "keep_field_given_name", "givenName": "keep_field_given_name",
        "family_name": "keep_field_family_name", "familyName": "keep_field_family_name",
        "email": "keep_property_email", "phone_number": "keep_property_telephone",
        "telephone": "keep_property_telephone", "address": "keep_property_address",
        "birthdate": "keep_property_birth_date", "birth_date": "keep_property_birth_date",
        "birthDate": "keep_property_birth_date", "street_address": "keep_field_street",
        "postal_code": "keep_field_postal_code", "locality": "keep_field_town", "region": "keep_field_region",
    ]
}

extension Credential {
    /// What kind of proof it is.
    public var typeText: String { ProofNames.type(credentialType) }

    /// Who issued it: a name, else what the proof itself says.
    public var issuedByText: String { Words.text("keep_proof_by", issuerName ?? issuer) }

    /// How long it holds.
    public var untilText: String {
        expiresMs.map { Words.text("keep_proof_until", Moments.day($0)) } ?? Words.text("keep_proof_no_end")
    }
}

extension Claim {
    /// What it is called.
    public var nameText: String { ProofNames.claim(path) }
}

extension CredentialState {
    /// Whether the proof holds, in a word.
    public var text: String {
        switch self {
        case .valid: Words.text("keep_proof_valid")
        case .expired: Words.text("keep_proof_expired")
        case .revoked: Words.text("keep_proof_revoked")
        case .suspended: Words.text("keep_proof_suspended")
        case .unchecked: Words.text("keep_proof_unchecked")
        case .other: Words.text("keep_proof_other")
        }
    }

    /// Whether it can be shown to somebody: the core refuses the others.
    public var canBeShown: Bool {
        switch self {
        case .valid, .unchecked, .other: true
        case .expired, .revoked, .suspended: false
        }
    }
}
