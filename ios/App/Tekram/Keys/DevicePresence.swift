// Asks the person to show that they are there, by Face ID, Touch ID or the device's code, and then opens the wrapped key
// that the core handed out. The core gets the bytes; no call of the core ever waits for a finger.
import Foundation
import LocalAuthentication
import TekramKit

struct DevicePresence: TekramKit.Presence {
    private let keys: PhoneKeys

    init(keys: PhoneKeys) {
        self.keys = keys
    }

    /// Whether a key can be made now; false where no code is set, or the device has nothing that guards keys.
    var ready: Bool {
        EnclaveKey.isPossible && LAContext().canEvaluatePolicy(.deviceOwnerAuthentication, error: nil)
    }

    func unwrap(way: String, reason: String, wrapped: Data) async throws -> Data {
        let context = LAContext()
        // The context is for this one key: it must not serve a second one.
        context.touchIDAuthenticationAllowableReuseDuration = 0
        defer { context.invalidate() }
        do {
            guard try await context.evaluatePolicy(.deviceOwnerAuthentication, localizedReason: reason) else {
                throw NotPresent.notRecognised
            }
            return try keys.unwrap(wrapped, shown: context)
        } catch let error as LAError {
            throw Self.absence(error.code)
        } catch PhoneKeys.Failure.gone {
            throw NotPresent.notSetUp
        }
    }

    private static func absence(_ code: LAError.Code) -> NotPresent {
        switch code {
        case .userCancel, .appCancel, .systemCancel: .cancelled
        case .passcodeNotSet, .biometryNotAvailable, .biometryNotEnrolled: .notSetUp
        default: .notRecognised
        }
    }
}
