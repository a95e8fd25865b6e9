// Where shares wait until the app is unlocked: one sealed file for each, in the app group. The share extension has the
// public half of the key only, so it can put in and not read; the vaults are out of its reach.
import CryptoKit
import Foundation

#if TEKRAM_APP
    import TekramKit
#endif

struct ShareInbox: Sendable {
    /// More than this many waiting shares are not the person's.
    static let most = 100
    private static let purpose = "tekram share inbox 1"
    private static let largest = 16_384

    enum Trouble: Error {
        /// The app has not been opened yet, so there is no key to seal to.
        case notSetUp
        /// Too many are waiting.
        case full
    }

    private let folder: URL
    private let keyFile: URL

    init?() {
        guard let group = AppGroup.folder else { return nil }
        folder = group.appending(path: "inbox", directoryHint: .isDirectory)
        keyFile = group.appending(path: "inbox.key", directoryHint: .notDirectory)
    }

    /// Lets extensions seal to this key from now on.
    func publish(_ key: P256.KeyAgreement.PublicKey) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try key.x963Representation.write(to: keyFile, options: [.atomic, .completeFileProtection])
    }

    /// The share is on the disk when this returns.
    func put(_ ask: Ask) throws {
        guard let bytes = try? Data(contentsOf: keyFile),
            let key = try? P256.KeyAgreement.PublicKey(x963Representation: bytes)
        else { throw Trouble.notSetUp }
        guard try files().count < Self.most else { throw Trouble.full }
        let sealed = try Sealing.seal(JSONEncoder().encode(ask), to: key, purpose: Self.purpose)
        let file = folder.appending(path: "\(UUID().uuidString).sealed", directoryHint: .notDirectory)
        try sealed.write(to: file, options: [.atomic, .completeFileProtection, .withoutOverwriting])
    }

    /// Takes out what waits, oldest first. A file that cannot be opened is not ours, and goes too.
    func drain<Key: HPKEDiffieHellmanPrivateKey>(with key: Key) -> [Ask] {
        guard let waiting = try? files() else { return [] }
        return waiting.compactMap { file in
            defer { try? FileManager.default.removeItem(at: file) }
            guard let sealed = try? Data(contentsOf: file), sealed.count <= Self.largest,
                let plain = try? Sealing.open(sealed, with: key, purpose: Self.purpose)
            else { return nil }
            return try? JSONDecoder().decode(Ask.self, from: plain)
        }
    }

    private func files() throws -> [URL] {
        let found = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: [.creationDateKey])
        return found.filter { $0.pathExtension == "sealed" }.sorted { age(of: $0) < age(of: $1) }
    }

    private func age(of file: URL) -> Date {
        (try? file.resourceValues(forKeys: [.creationDateKey]).creationDate) ?? .distantPast
    }
}
