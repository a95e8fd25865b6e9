// The core's `KeyStore`, by the Secure Enclave. It never waits for the person: a key of this device opens only after they
// have shown themselves, which `DevicePresence` asks for, so `unwrap` always says that it is not available here. Why a key was
// not made the core has no word for: the view models ask `DevicePresence.ready`, and the number goes into the log.
import Foundation
import TekramCore

final class KeychainKeyStore: KeyStore, Sendable {
    private let keys: PhoneKeys

    init(keys: PhoneKeys) {
        self.keys = keys
    }

    func wrap(name: String, key: Data) throws -> Data {
        try keys.noted { try keys.wrap(key, name: name) }
    }

    func unwrap(name: String, wrapped: Data) throws -> Data {
        throw HostError.PresenceNeeded
    }

    func remove(name: String) throws {
        try keys.noted { try keys.remove(name: name) }
    }

    func exists(name: String) throws -> Bool {
        try keys.noted { try keys.exists(name: name) }
    }
}

extension PhoneKeys {
    /// A failure as the core knows it.
    fileprivate func noted<Answer>(_ call: () throws -> Answer) throws -> Answer {
        do {
            return try call()
        } catch {
            log?.note(.keyFailed, code: (error as? Keychain.Failure).map { Int64($0.status) } ?? 0)
            throw HostError.Failed
        }
    }

    func keepNumber(name: String, number: UInt64) throws {
        do { try keys.keepNumber(number, name: name) } catch { throw HostError.Failed }
    }

    func keptNumber(name: String) throws -> UInt64? {
        do { return try keys.keptNumber(name: name) } catch { throw HostError.Failed }
    }
}
