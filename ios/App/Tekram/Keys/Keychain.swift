// Small secrets and key handles in the keychain: never synchronised, never in a backup, never on another device.
import Foundation
import Security

struct Keychain: Sendable {
    struct Failure: Error {
        let status: OSStatus
    }

    let service: String

    private func query(_ account: String?) -> [CFString: Any] {
        var query: [CFString: Any] = [
            kSecClass: kSecClassGenericPassword,
            kSecAttrService: service,
            kSecAttrSynchronizable: false,
            kSecUseDataProtectionKeychain: true,
        ]
        if let account { query[kSecAttrAccount] = account }
        return query
    }

    /// Puts `value` in place of what was there.
    func put(_ value: Data, account: String) throws {
        var item = query(account)
        SecItemDelete(item as CFDictionary)
        item[kSecValueData] = value
        item[kSecAttrAccessible] = kSecAttrAccessibleWhenUnlockedThisDeviceOnly
        try check(SecItemAdd(item as CFDictionary, nil))
    }

    func get(account: String) throws -> Data? {
        var asked = query(account)
        asked[kSecReturnData] = true
        asked[kSecMatchLimit] = kSecMatchLimitOne
        var found: CFTypeRef?
        let status = SecItemCopyMatching(asked as CFDictionary, &found)
        if status == errSecItemNotFound { return nil }
        try check(status)
        return found as? Data
    }

    func accounts(withPrefix prefix: String = "") throws -> [String] {
        var asked = query(nil)
        asked[kSecReturnAttributes] = true
        asked[kSecMatchLimit] = kSecMatchLimitAll
        var found: CFTypeRef?
        let status = SecItemCopyMatching(asked as CFDictionary, &found)
        if status == errSecItemNotFound { return [] }
        try check(status)
        let items = found as? [[CFString: Any]] ?? []
        return items.compactMap { $0[kSecAttrAccount] as? String }.filter { $0.hasPrefix(prefix) }
    }

    /// What is not there is no failure.
    func remove(account: String) throws {
        let status = SecItemDelete(query(account) as CFDictionary)
        if status != errSecItemNotFound { try check(status) }
    }

    private func check(_ status: OSStatus) throws {
        guard status == errSecSuccess else { throw Failure(status: status) }
    }
}
