// Wraps the vaults' keys for this device's Secure Enclave. Each wrap makes a key of its own, whose public half seals at
// once, so that making a way in waits for nobody; opening always wants the person there.
import CryptoKit
import Foundation
import LocalAuthentication
import TekramKit

struct PhoneKeys: Sendable {
    /// Why a key did not open. No name and no text of the system: both may say more than a caller needs.
    enum Failure: Error {
        /// The key is no longer there, or the bytes are another device's.
        case gone
    }

    private static let purpose = "tekram vault key 1"
    private static let version: UInt8 = 1
    private static let idBytes = 16

    private let keychain = Keychain(service: "org.tekram.app.keys")
    /// Where failures are noted, by their number alone.
    let log: DiagnosticLog?

    /// Wraps `key` under `name`. What was wrapped under that name before still opens, until the name is removed.
    func wrap(_ key: Data, name: String) throws -> Data {
        let guardian = try EnclaveKey(guardedBy: .presence)
        let id = withUnsafeBytes(of: UUID().uuid) { Data($0) }
        let sealed = try Sealing.seal(key, to: guardian.publicKey(), purpose: Self.purpose)
        try keychain.put(guardian.handle, account: prefix(name) + hex(id))
        return Data([Self.version]) + id + sealed
    }

    /// Opens what `wrap` made, with a context that the person has shown themselves to.
    func unwrap(_ wrapped: Data, shown context: LAContext) throws -> Data {
        guard wrapped.first == Self.version, wrapped.count > 1 + Self.idBytes else { throw Failure.gone }
        let id = hex(wrapped.dropFirst().prefix(Self.idBytes))
        // By its id alone: what the person calls a way in may change, the key does not.
        guard let account = try keychain.accounts().first(where: { $0.hasSuffix(".\(id)") }),
            let handle = try keychain.get(account: account)
        else { throw Failure.gone }
        let key = try EnclaveKey(handle: handle).privateKey(shown: context)
        return try Sealing.open(wrapped.dropFirst(1 + Self.idBytes), with: key, purpose: Self.purpose)
    }

    func exists(name: String) throws -> Bool {
        try !keychain.accounts(withPrefix: prefix(name)).isEmpty
    }

    func remove(name: String) throws {
        for account in try keychain.accounts(withPrefix: prefix(name)) {
            try keychain.remove(account: account)
        }
    }

    /// Keeps `number` under `name`, in place of the one before: in the keychain, and not among the app's files.
    func keepNumber(_ number: UInt64, name: String) throws {
        try keychain.put(Data(String(number).utf8), account: prefix(name) + "number")
    }

    func keptNumber(name: String) throws -> UInt64? {
        try keychain.get(account: prefix(name) + "number").flatMap { UInt64(String(decoding: $0, as: UTF8.self)) }
    }

    private func prefix(_ name: String) -> String { "\(name)." }

    private func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }
}
