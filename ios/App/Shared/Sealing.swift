// Sealing to a P-256 key of this device: HPKE (RFC 9180) with P-256, SHA-256 and AES-256-GCM, as CryptoKit has it. What
// is sealed can be opened by the Secure Enclave that holds the private half, and by nobody else; sealing needs nobody.
import CryptoKit
import Foundation

enum Sealing {
    private static let suite = HPKE.Ciphersuite.P256_SHA256_AES_GCM_256
    /// An uncompressed point: what P-256 puts in front of the sealed bytes.
    private static let encapsulatedBytes = 65

    struct NotSealed: Error {}

    /// `purpose` keeps what was sealed for one thing from being opened as another.
    static func seal(_ plain: Data, to key: P256.KeyAgreement.PublicKey, purpose: String) throws -> Data {
        var sender = try HPKE.Sender(recipientKey: key, ciphersuite: suite, info: Data(purpose.utf8))
        let sealed = try sender.seal(plain)
        return sender.encapsulatedKey + sealed
    }

    static func open<Key: HPKEDiffieHellmanPrivateKey>(
        _ sealed: Data, with key: Key, purpose: String
    ) throws -> Data {
        guard sealed.count > encapsulatedBytes else { throw NotSealed() }
        var recipient = try HPKE.Recipient(
            privateKey: key, ciphersuite: suite, info: Data(purpose.utf8),
            encapsulatedKey: sealed.prefix(encapsulatedBytes))
        return try recipient.open(sealed.dropFirst(encapsulatedBytes))
    }
}
