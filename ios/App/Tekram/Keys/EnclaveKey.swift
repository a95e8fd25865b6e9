// One P-256 key that is born in the Secure Enclave and never leaves it. What the keychain keeps is a handle that is of use
// to this device's enclave alone. The simulator has no enclave: there, and only there, the key is kept in software.
import CryptoKit
import Foundation
import LocalAuthentication
import Security

struct EnclaveKey: Sendable {
    enum Guard: Sendable {
        /// Opens while the device is unlocked.
        case none
        /// Opens after Face ID, Touch ID or the device's code, each time.
        case presence
    }

    struct NoEnclave: Error {}

    /// Whether this device can keep such a key.
    static var isPossible: Bool {
        #if targetEnvironment(simulator)
            true
        #else
            SecureEnclave.isAvailable
        #endif
    }

    /// The handle for the keychain.
    let handle: Data

    init(handle: Data) {
        self.handle = handle
    }

    init(guardedBy presence: Guard) throws {
        #if targetEnvironment(simulator)
            handle = P256.KeyAgreement.PrivateKey().rawRepresentation
        #else
            guard Self.isPossible else { throw NoEnclave() }
            let flags: SecAccessControlCreateFlags =
                presence == .presence ? [.privateKeyUsage, .userPresence] : [.privateKeyUsage]
            guard
                let access = SecAccessControlCreateWithFlags(
                    nil, kSecAttrAccessibleWhenUnlockedThisDeviceOnly, flags, nil)
            else { throw NoEnclave() }
            handle = try SecureEnclave.P256.KeyAgreement.PrivateKey(accessControl: access).dataRepresentation
        #endif
    }

    #if targetEnvironment(simulator)
        typealias Private = P256.KeyAgreement.PrivateKey

        func privateKey(shown context: LAContext? = nil) throws -> Private {
            try Private(rawRepresentation: handle)
        }
    #else
        typealias Private = SecureEnclave.P256.KeyAgreement.PrivateKey

        /// Asks nobody: the context is one that the person has already shown themselves to.
        func privateKey(shown context: LAContext? = nil) throws -> Private {
            try Private(dataRepresentation: handle, authenticationContext: context)
        }
    #endif

    func publicKey() throws -> P256.KeyAgreement.PublicKey {
        try privateKey().publicKey
    }
}
