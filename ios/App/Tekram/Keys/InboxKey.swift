// The key that shares are sealed to. It needs no presence, since it guards a page's address until the next unlock and
// nothing of a vault; it never leaves this device.
import CryptoKit
import Foundation
import TekramKit

struct InboxKey: Sendable {
    private let keychain = Keychain(service: "org.tekram.app.inbox")
    private static let account = "share"

    /// Makes the key at the first start and tells the extensions its public half.
    func prepare() throws {
        guard let inbox = ShareInbox() else { return }
        try inbox.publish(key().publicKey())
    }

    /// What was shared since the last time.
    func drain() -> [Ask] {
        guard let inbox = ShareInbox(), let key = try? key().privateKey() else { return [] }
        return inbox.drain(with: key)
    }

    private func key() throws -> EnclaveKey {
        if let handle = try keychain.get(account: Self.account) { return EnclaveKey(handle: handle) }
        let made = try EnclaveKey(guardedBy: .none)
        try keychain.put(made.handle, account: Self.account)
        return made
    }
}
