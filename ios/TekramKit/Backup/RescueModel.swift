// What is whole of a damaged profile, saved into a new one with a passphrase of its own. The damaged one stays as it is until the
// person deletes it.
import Foundation
import Observation
import TekramCore

/// start_rescue.
@MainActor
@Observable
public final class RescueModel {
    /// What the damaged profile is called.
    public let name: String
    /// What can open it.
    public let keys: [StartModel.Way]
    /// What opens it.
    public var key: StartModel.Way
    /// Recovery words, separated by spaces.
    public var words = ""
    /// The passphrase that the profile has.
    public var passphrase = ""
    /// Name of the new profile.
    public var newName = ""
    /// Its passphrase.
    public var newPassphrase = ""
    /// The same again.
    public var newPassphraseAgain = ""
    /// The work itself.
    public let work = LongWork()
    /// Why the phone's key stayed closed.
    public private(set) var absence: NotPresent?
    /// What was saved.
    public private(set) var rescued: Rescued?

    private let app: AppModel
    private let entry: PersonaEntry
    private let presence: (any Presence)?
    private let profile: NewProfile

    /// For the damaged profile `entry` of `app`; `presence` is missing where the phone guards no keys.
    public init(app: AppModel, entry: PersonaEntry, presence: (any Presence)? = nil) {
        (self.app, self.entry, self.presence) = (app, entry, presence)
        profile = NewProfile(app: app)
        name = entry.shownName
        var keys: [StartModel.Way] = []
        if presence?.ready == true, entry.ways.contains(where: \.isKeyStore) { keys.append(.phone) }
        if entry.ways.contains(where: { $0.kind == .passphrase }) { keys.append(.passphrase) }
        if entry.ways.contains(where: { $0.kind == .recoveryPhrase }) { keys.append(.words) }
        // A header that cannot be read names no ways; then the person knows.
        self.keys = keys.isEmpty ? [.passphrase, .words] : keys
        key = self.keys[0]
    }

    /// How many recovery words were typed.
    public var wordCount: Int { words.split(whereSeparator: \.isWhitespace).count }

    /// Both new passphrases were typed and are the same.
    public var passphraseFits: Bool { !newPassphrase.isEmpty && newPassphrase == newPassphraseAgain }

    private var trimmedName: String { newName.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// Everything that saving needs was said.
    public var mayRescue: Bool {
        hasKey && passphraseFits && !trimmedName.isEmpty && !work.isRunning
    }

    private var hasKey: Bool {
        switch key {
        case .phone: true
        case .passphrase: !passphrase.isEmpty
        case .words: wordCount > 0
        }
    }

    /// Saves what is whole.
    public func rescue() async {
        guard mayRescue else { return }
        let (agent, id, key, words, passphrase) = (app.agent, entry.id, key, words, passphrase)
        let (name, newPassphrase) = (trimmedName, newPassphrase)
        var phoneKey = Data()
        defer { phoneKey.resetBytes(in: phoneKey.indices) }
        absence = nil
        if key == .phone {
            do {
                phoneKey = try await agent.phoneKey(of: entry, presence: presence)
            } catch {
                absence = error as? NotPresent ?? .notSetUp
                return
            }
        }
        await work.run {
            switch key {
            case .phone:
                try agent.startRescueWithKey(id: id, key: phoneKey, newName: name, newPassphrase: newPassphrase)
            case .words:
                try agent.startRescueWithWords(id: id, words: words, newName: name, newPassphrase: newPassphrase)
            case .passphrase:
                try agent.startRescueWithPassphrase(
                    id: id, passphrase: passphrase, newName: name, newPassphrase: newPassphrase)
            }
        } done: { work, report in
            rescued = report
            profile.made(work.persona())
            forget()
        }
    }

    /// Goes on with the new profile.
    public func open() { profile.open() }

    /// The screen was left: what was made and not opened is locked, and what was typed is wiped.
    public func leave() {
        work.stop()
        forget()
        profile.leave()
    }

    /// Wipes what was typed as a secret.
    public func forget() {
        (words, passphrase, newPassphrase, newPassphraseAgain) = ("", "", "", "")
    }
}

extension Rescued {
    /// What was saved and lost, by the part of the profile that people know, in the order of the rooms.
    public var parts: [RescuedPart] {
        var parts: [RescuedPart] = []
        for table in tables {
            let key = "start_rescue_part_\(Self.part(of: table.table))"
            if let place = parts.firstIndex(where: { $0.wordKey == key }) {
                parts[place].saved += table.saved
                parts[place].lost += table.lost
            } else {
                parts.append(RescuedPart(wordKey: key, saved: table.saved, lost: table.lost))
            }
        }
        return parts.filter { $0.saved + $0.lost > 0 }
            .sorted { (Self.order.firstIndex(of: $0.wordKey) ?? 0) < (Self.order.firstIndex(of: $1.wordKey) ?? 0) }
    }

    private static let order = ["history", "pay", "want", "relations", "holdings", "audit", "other"]
        .map { "start_rescue_part_\($0)" }

    /// Tables are named by their room first.
    private static func part(of table: String) -> String {
        switch table.prefix(while: { $0 != "_" }) {
        case "listen": "history"
        case "pay": "pay"
        case "intent": "want"
        case "relate": "relations"
        case "vault" where table.hasPrefix("vault_audit"): "audit"
        case "vault": "holdings"
        default: "other"
        }
    }
}

/// A part of a profile, as people know it.
public struct RescuedPart: Hashable, Sendable {
    /// Key of its name.
    public let wordKey: String
    /// Entries that were saved.
    public fileprivate(set) var saved: UInt64
    /// Entries that could not be read.
    public fileprivate(set) var lost: UInt64
}
