// Who saw what: the core's record of each unlock, disclosure, export and change of ways in, newest first, by day. It can be
// searched, handed on and checked; the texts of an entry can be destroyed, the entry itself stays.
import Foundation
import Observation
import TekramCore

/// me_audit.
@MainActor
@Observable
public final class AuditModel {
    /// What is looked for.
    public var text = "" {
        didSet { if text != oldValue { askAnew() } }
    }
    /// The kinds that are looked for.
    public var group: AuditGroup = .all {
        didSet { if group != oldValue { askAnew() } }
    }
    /// The entries that were asked for.
    public private(set) var items: PagedRows<AuditItem>
    /// Counts what was asked for: the screen reads anew whenever it grows.
    public private(set) var questions = 0
    /// The whole record as a file, to hand on.
    public private(set) var exported: URL?
    /// How many entries are in that file.
    public private(set) var exportedEntries: UInt32 = 0
    /// What checking it found.
    public private(set) var report: AuditReport?
    /// The record is being written or checked.
    public private(set) var isBusy = false
    /// Why the last step did not work.
    public private(set) var problem: Problem?

    private let persona: Persona
    private let folder: URL

    /// For `persona`; `folder` is a place of this screen alone.
    public init(persona: Persona, folder: URL) {
        self.persona = persona
        self.folder = folder
        items = Self.asked(persona, text: "", group: .all)
    }

    /// The entries that are held, by the day they were made on.
    public var days: [AuditDay] {
        var days: [AuditDay] = []
        for item in items.rows {
            let day = Moments.day(item.atMs)
            if days.last?.day == day {
                days[days.count - 1].items.append(item)
            } else {
                days.append(AuditDay(id: item.number, day: day, items: [item]))
            }
        }
        return days
    }

    /// Nothing is looked for: an empty list then means that there is nothing.
    public var isWhole: Bool { text.isEmpty && group == .all }

    /// Destroys the texts of an entry for good.
    public func destroyTexts(of item: AuditItem) async {
        do {
            try persona.destroyAuditTexts(numbers: [item.number])
            problem = nil
        } catch {
            problem = Problem(error)
        }
        await items.reload()
    }

    /// Writes the whole record to a file that anybody can check without the vault.
    public func export() async {
        let (persona, folder) = (persona, folder)
        let file = folder.appending(path: "tekram-who-saw-what.jsonl")
        await step {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            exportedEntries = try await persona.exportAudit(path: file.path)
            exported = file
        }
        // That it was written stands in the record, too.
        await items.reload()
    }

    /// Checks the whole record.
    public func verify() async {
        let persona = persona
        report = nil
        await step { report = try await persona.verifyAudit() }
    }

    /// Removes the file.
    public func forget() {
        try? FileManager.default.removeItem(at: folder)
        exported = nil
    }

    private func step(_ call: () async throws -> Void) async {
        guard !isBusy else { return }
        isBusy = true
        problem = nil
        defer { isBusy = false }
        do {
            try await call()
        } catch {
            problem = Problem(error)
        }
    }

    private func askAnew() {
        items = Self.asked(persona, text: text, group: group)
        questions += 1
    }

    private static func asked(_ persona: Persona, text: String, group: AuditGroup) -> PagedRows<AuditItem> {
        let wanted = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return PagedRows { after, limit in
            let page = try persona.audit(
                text: wanted, kinds: group.kinds, fromMs: nil, untilMs: nil, after: after.flatMap { UInt32($0) },
                limit: limit)
            return RowPage(rows: page.items, next: page.next.map { String($0) })
        }
    }
}

/// The entries of one day.
public struct AuditDay: Identifiable, Sendable {
    /// Number of its newest entry.
    public let id: UInt32
    /// The day, as it is read.
    public let day: String
    /// Newest first.
    public fileprivate(set) var items: [AuditItem]
}

/// Kinds of entries that a person looks for together.
public enum AuditGroup: String, CaseIterable, Hashable, Sendable {
    /// Any.
    case all
    /// What somebody else got or could read.
    case seen
    /// Each unlock.
    case unlocks
    /// What opens the profile, and how it looks from outside.
    case ways
    /// Backups, restoring, rescue, and what came in from a file.
    case copies
    /// Proofs that came and went.
    case proofs

    /// The core's names; none for any.
    public var kinds: [String] {
        switch self {
        case .all: []
        case .seen: ["disclosure", "export"]
        case .unlocks: ["unlock"]
        case .ways:
            [
                "begun", "way_added", "way_changed", "way_removed", "label_changed", "header_changed",
                "vault_key_changed",
            ]
        case .copies: ["backup", "restore", "rescue", "import"]
        case .proofs: ["credential_added", "credential_removed"]
        }
    }

    /// Key of the word for it.
    public var wordKey: String { "me_audit_filter_\(rawValue)" }
}

extension AuditItem {
    /// There are texts in it that can be destroyed.
    public var hasTexts: Bool { !destroyed && [who, party, record, what].contains { $0 != nil } }

    /// What happened, in words.
    public var title: String {
        let key = "me_audit_kind_\(kind)"
        return Words.text(Words.has(key) ? key : "me_audit_kind_other")
    }
}

extension AuditBreak {
    /// What does not hold, in words.
    public var text: String {
        let key = "me_audit_fault_\(fault)"
        return Words.text(Words.has(key) ? key : "me_audit_fault_other", number)
    }
}
