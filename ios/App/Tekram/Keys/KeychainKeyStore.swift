// The core's `KeyStore`, by the Secure Enclave. It never waits for the person: a key of this device opens only after they
// have shown themselves, which `DevicePresence` asks for, so `unwrap` always says that it is not available here.
import Foundation
import TekramCore

final class KeychainKeyStore: KeyStore, Sendable {
    private let keys: PhoneKeys

    init(keys: PhoneKeys) {
        self.keys = keys
    }

    func wrap(name: String, key: Data) throws -> Data {
        do { return try keys.wrap(key, name: name) } catch { throw HostError.Failed }
    }

    func unwrap(name: String, wrapped: Data) throws -> Data {
        throw HostError.PresenceNeeded
    }

    func remove(name: String) throws {
        do { try keys.remove(name: name) } catch { throw HostError.Failed }
    }

    func exists(name: String) throws -> Bool {
        do { return try keys.exists(name: name) } catch { throw HostError.Failed }
    }
}
